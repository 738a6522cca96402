/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any resource in words, nothing left out: each of its fields on a line, labelled
 * in the doctor's language where the field is a usual one and by its FHIR name
 * where it is not. Pure: values in, lines out; texts are still text from outside.
 */
#ifndef QN_CARE_RECORD_H
#define QN_CARE_RECORD_H

#include "care/care.h"

struct record_line {
	int indent;
	char *label;        /* "", or words ours or of the standard */
	char *text;         /* "", or the value */
	gboolean grave;     /* it changes what the record means */
};
/* The name of "Type/id" as it is known here; owned or NULL. */
typedef char *record_name_fn(const char *ref, void *user);
struct record_words {
	const char *lang;   /* "zh", "en" */
	record_name_fn *name; /* or NULL */
	void *user;
};
/* GArray of struct record_line, owned. At most RECORD_LINES_MAX; the last then
 * says that there is more. */
#define RECORD_LINES_MAX 4000
GArray *care_record_lines(const fhir_node *resource,
    const struct record_words *words);
/* Who wrote it, when, which version, what labelled it; of a Provenance too. */
GArray *care_record_source(const fhir_node *resource,
    const struct record_words *words);

/* "outpatient" of an Encounter's class code; the code itself where it is none of
 * v3-ActCode's. */
const char *care_visit_class(const char *code);
/* "written by a machine", "told by the patient"; NULL: plainly a person's. */
const char *care_made_words(enum fhir_made made);

#endif
