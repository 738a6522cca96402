/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fills the clinic: invented patients with charts and threads, and the
 * script by which they answer the doctor and write anew. Works on the storage
 * alone, never on sockets. The same seed gives the same clinic.
 */
#ifndef QN_CLINIC_SEED_H
#define QN_CLINIC_SEED_H

#include "clinic/db.h"

struct clinic_seed_options {
	uint64_t seed;
	int patients;
	int renewals;             /* of the cases for the renewal lane */
	int formulary;            /* rows at least; 0: as the table has */
	const char *practitioner; /* "Practitioner/ID" of the doctor. A bare
				   * one is there already; a fuller may be put
				   * in its place, under the same id. */
	int64_t now_ms;           /* the clinic's today */
};
/* In one transaction. */
gboolean clinic_seed(struct clinic_db *db,
    const struct clinic_seed_options *options, GError **error);

struct clinic_patients_options {
	uint64_t seed;
	const char *practitioner;
	double pace; /* 1: as patients write; 10: ten times as fast; 0: never */
};
struct clinic_patients;
/* Registers itself with clinic_on_write(); db must outlive it. */
struct clinic_patients *clinic_patients_new(struct clinic_db *db,
    const struct clinic_patients_options *options, int64_t now_ms);
/* Writes what is due by now. The time of the next that will be due, or
 * INT64_MAX. Called by the clinic's loop at that time, and after each write. */
int64_t clinic_patients_tick(struct clinic_patients *patients, int64_t now_ms);
void clinic_patients_free(struct clinic_patients *patients);
BASE_DEFINE_AUTO(clinic_patients, clinic_patients_free)

#endif
