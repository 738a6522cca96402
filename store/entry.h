/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: one line of a chart on its way in. */
#ifndef QN_STORE_ENTRY_H
#define QN_STORE_ENTRY_H

#include "store/ingest.h"
#include "store/page.h"

/* entry.section of what was handed out or given: beside the drugs, and of no
 * section's state. */
#define ENTRY_FILLS 32

/* Lines of one resource are numbered within this. */
#define ENTRY_PARTS 256

struct entry {
	enum chart_section section;
	const char *test;     /* what is the same from time to time */
	int64_t date_ms;
	enum entry_status status;
	gboolean severe;
	int64_t drug;         /* named.n, when words are not here */
	const char *words, *detail, *value, *unit, *range, *interp, *date,
	    *ucum;
	gboolean home;
};
gboolean entries_drop(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean entry_put(struct ingest *in, const struct doc *doc, int part,
    const struct entry *entry, GError **error);

/* What its first line says beyond that; written after entries_drop(). */
struct aside {
	int64_t until_ms;
	const char *until;
	int64_t who, what;
	const char *by;
	enum fhir_made made;
};
gboolean aside_put(struct ingest *in, const struct doc *doc,
    const struct aside *aside, GError **error);
/* An end that is a time. */
void aside_until(struct aside *aside, const char *until);
/* The (first) reference there, and what it is called. */
gboolean aside_who(struct ingest *in, const fhir_node *root, const char *path,
    struct aside *aside, GError **error);

/* Code to status; what is not in the table is "not understood". */
struct status_word { const char *word; enum entry_status status; };
enum entry_status status_of(const struct doc *doc, const char *word,
    const struct status_word *words, size_t n);
#define STATUS_OF(doc, word, words) \
	status_of(doc, word, words, G_N_ELEMENTS(words))
/* medication[x]: words, or the contained one's, or the number of another. */
gboolean drug_of(struct ingest *in, const fhir_node *root, const char **words,
    int64_t *drug, GError **error);
/* The first of these paths that is a time; date and date_ms of the entry. */
void entry_date(struct entry *entry, const fhir_node *root,
    const char *const *paths);

#endif
