/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of care/facts*.c: what waits for the last resource, and the readers. */
#ifndef QN_CARE_FACTS_H
#define QN_CARE_FACTS_H

#include "care/rules.h"

/* References between resources, resolved when all were taken. */
struct facts_join {
	GHashTable *medications;   /* "Medication/x" → struct care_drug */
	GHashTable *visits;        /* "Encounter/x" → struct fact_visit, owned
	                            * by the facts, or of no visit: NULL */
	GArray *diagnosed;         /* struct facts_diagnosed */
	GArray *fills;             /* struct facts_fill */
	GPtrArray *people;         /* struct facts_person */
};
struct facts_diagnosed { struct fact_problem *problem; const char *visit; };
struct facts_fill {
	const char *order;         /* NULL: names none */
	struct fact_fill fill;
	struct care_drug *drug;    /* owned */
	gboolean preparing;        /* not handed out yet */
};
/* A Practitioner, or a role of one. */
struct facts_person {
	const char *ref;           /* of the Practitioner */
	const char *name;
	char **privileges, **specialties;
	int64_t since_ms;          /* earliest qualification, 0 unknown */
	gboolean profile;          /* says what he or she may do */
};

/* One resource on its way in. */
struct facts_in {
	struct care_facts *facts;
	const fhir_node *root;
	const char *ref;           /* "Type/id" in the facts' text */
	const char *bytes; size_t len;
	gboolean modified;         /* a modifierExtension nobody knows here */
};
/* Words of the facts' own chunk; NULL stays NULL. */
const char *facts_words(struct care_facts *facts, const char *text);
/* One line of outside text, through base's gate. */
const char *facts_shown(struct care_facts *facts, const char *text);
const char *facts_concept(struct care_facts *facts, const fhir_node *concept);
/* "x/Practitioner/1/_history/2" at a path is "Practitioner/1"; NULL: none. */
const char *facts_ref(struct care_facts *facts, const fhir_node *root,
    const char *path);
/* The first of the paths that is a time; 0: none. */
int64_t facts_time(const fhir_node *root, const char *const *paths);
/* The marks of every concept of an array (or of one concept). Owned. */
char **facts_marks(const fhir_node *concepts);
/* The status is one of the words; absent is not. */
gboolean facts_is(const fhir_node *root, const char *path,
    const char *const *words);

/* Readers of care/facts_drug.c. */
void facts_take_order(struct facts_in *in);
void facts_take_statement(struct facts_in *in);
void facts_take_dispense(struct facts_in *in);
void facts_take_medication(struct facts_in *in);
void facts_join_drugs(struct care_facts *facts);
/* Readers of care/facts_chart.c. */
void facts_take_patient(struct facts_in *in);
void facts_take_relative(struct facts_in *in);
void facts_take_allergy(struct facts_in *in);
void facts_take_problem(struct facts_in *in);
void facts_take_flag(struct facts_in *in);
void facts_take_result(struct facts_in *in);
void facts_take_visit(struct facts_in *in);
void facts_take_consent(struct facts_in *in);
void facts_join_chart(struct care_facts *facts);
/* Readers of care/facts_me.c. */
void facts_take_practitioner(struct facts_in *in);
void facts_take_role(struct facts_in *in);
void facts_join_me(struct care_facts *facts);
void facts_person_free(void *person);

/* "5 mg|1/1d" of a dose and a frequency; NULL when one is missing. Owned. */
char *facts_regimen(const char *dose, const char *unit, int frequency,
    const char *period, const char *period_unit);

#endif
