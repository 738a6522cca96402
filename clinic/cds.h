/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decision support by CDS Hooks 2.0.1, on the same origin as FHIR: two hooks and
 * one small table of interactions (data/interaction.c), which each card calls
 * practice data.
 */
#ifndef QN_CLINIC_CDS_H
#define QN_CLINIC_CDS_H

#include "clinic/login.h"
#include "clinic/rest.h"

enum cds_indicator { CDS_INFO, CDS_WARNING, CDS_CRITICAL };

/* Two substances, each the beginning of an ATC code. */
struct cds_interaction {
	const char *a, *b;
	enum cds_indicator indicator;
	const char *summary, *detail;
};
extern const struct cds_interaction cds_interactions[];
extern const size_t cds_interaction_count;

/* What somebody is allergic to, and the drugs that are of it. */
struct cds_allergen {
	const char *code; /* SNOMED CT or ATC */
	const char *atc;  /* the beginning of an ATC code */
	const char *words;
};
extern const struct cds_allergen cds_allergens[];
extern const size_t cds_allergen_count;

/* GET /cds-services */
void clinic_cds_services(struct clinic_answer *a);
/*
 * POST /cds-services/ID. What prefetch brings is used and not asked for again;
 * what it lacks is read here when fhirServer is this clinic and fhirAuthorization
 * brings a token of it, else it is 412.
 */
void clinic_cds_call(struct clinic *c, struct clinic_login *login,
    const char *id, const char *body, size_t len, struct clinic_answer *a);

#endif
