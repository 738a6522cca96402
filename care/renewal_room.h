/* SPDX-License-Identifier: Apache-2.0 */
/* A renewal between its files (care/renewal*.c); nothing else includes this. */
#ifndef CARE_RENEWAL_ROOM_H
#define CARE_RENEWAL_ROOM_H

#include "care/pack.h"

#include <string.h>

struct renewal {
	struct check check;
	const struct rule *row;    /* renewal-gates; NULL: no pack has one */
	const struct fact_drug *prior;
	struct care_renewal *out;
};

/* ---- care/renewal_gate.c ------------------------------------------------- */

/* Takes sentence and evidence (NULL: none). */
void gate_add(struct renewal *r, const char *id, enum gate_state state,
    char *sentence, char *evidence);
/* All of them. FALSE: no row of the packs watches this drug. */
gboolean renewal_gates(struct renewal *r);
/* "MedicationRequest/7, 2026-03-01", of what there is of it; owned. */
char *renewal_place(const char *ref, int64_t ms);
/* An order of the same substance that came after the prior one. */
gboolean renewal_is_newer(const struct renewal *r, const struct fact_drug *d);
/* The row says which tests the prior order's drug needs. */
gboolean renewal_watches(struct renewal *r, const struct rule *rule);

/* ---- care/renewal_beside.c ----------------------------------------------- */

/* What stands beside the gates: results, fills, what changed since. */
void renewal_beside(struct renewal *r);

#endif
