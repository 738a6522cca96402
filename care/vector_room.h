/* SPDX-License-Identifier: Apache-2.0 */
/* A vector between its files (care/vector*.c); nothing else includes this. */
#ifndef CARE_VECTOR_ROOM_H
#define CARE_VECTOR_ROOM_H

#include "care/pack.h"

#include <string.h>

/* One vector on its way. */
struct vector {
	const struct rule *rule;
	const struct care_pack *pack;
	const fhir_node *node;
	struct care_facts *facts;
	struct care_rx *rx;
};

/* ---- care/vector.c ------------------------------------------------------- */

/* A drug of the pack's samples; NULL: there is none of that name. */
const fhir_node *vector_sample(const struct care_pack *pack, const char *name);
/* The vector's now, else soon after its rule came into force. FALSE: its now is
 * no time. */
gboolean vector_when(const struct rule *rule, const fhir_node *node,
    int64_t *ms);
/* "facts.age" of the vector, else of the plain case. An explicit null is there
 * and says nothing. */
const fhir_node *vector_pick(const struct vector *v, const char *path);
int vector_int(const fhir_node *node, const char *path, int fallback);
gboolean vector_bool(const fhir_node *node, const char *path,
    gboolean fallback);
/* Of what vector_pick() finds. */
gboolean vector_stated(const struct vector *v, const char *path,
    gboolean fallback);
/* "system|code" of each text, with the pack's short names of systems; owned. */
char **vector_marks(const struct vector *v, const fhir_node *array);
/* NULL, or no bar in it: neither is set. Both are owned. */
void vector_mark_split(const char *mark, char **system, char **code);
/* By its sample's name, "uncoded:x" or "herb:x"; owned. */
struct care_drug *vector_drug(const struct vector *v, const char *name);

/* ---- care/vector_facts.c, care/vector_rx.c ------------------------------- */

void vector_set_facts(struct vector *v);
void vector_set_rx(struct vector *v);

#endif
