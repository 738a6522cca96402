/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole chart of a patient, read from store/: every section but the results,
 * the newest first, as far as asked; what was handed out beside the drugs. Merged
 * records are read together (Patient.link).
 */
#ifndef QN_STORE_PAGE_H
#define QN_STORE_PAGE_H

#include "store/store.h"

struct page_line {
	struct chart_entry entry;
	int64_t n;                 /* the resource: what hangs on it finds it */
	const char *until;         /* as FHIR wrote it, or NULL */
	int64_t until_ms;          /* 0: not said */
	const char *by;            /* who wrote or did it, or NULL */
	enum fhir_made made;
	int64_t what;              /* of a dispense: the order; 0 */
	gboolean other_record;     /* of a record that is read together */
};
struct page_section {
	struct page_line *lines; size_t n;
	int64_t total;             /* that there are */
};
struct chart_page {
	struct patient_brief patient;
	enum section_state state[CHART_SECTIONS_];
	struct page_section sections[CHART_SECTIONS_]; /* none of the results */
	struct page_section fills; /* dispenses and administrations */
	GStringChunk *text;
};
/* At most limits[s] lines of each section; of the drugs all that can stand on a
 * timeline (PAGE_DRUGS_MAX), whatever their limit. */
#define PAGE_DRUGS_MAX 5000
struct chart_page *store_chart_page(struct store *store,
    struct patient_id patient, const int limits[CHART_SECTIONS_],
    GError **error);
void chart_page_free(struct chart_page *page);
BASE_DEFINE_AUTO(chart_page, chart_page_free)

/* ---- where a resource comes from ----------------------------------------- */

/* The cache's own of one resource: store/chart_page.c. */
struct store_origin {
	char *version;             /* or NULL */
	int64_t updated_ms;        /* 0: the server did not say */
	struct patient_id patient; /* n 0: nobody's */
};
/* FALSE with STORE_ERROR_NOT_FOUND: it is not here. */
gboolean store_origin_get(struct store *store, const char *type,
    const char *id, struct store_origin *out, GError **error);
void store_origin_clear(struct store_origin *origin);
/* Name of "Type/id", as far as it is known here; owned or NULL. */
char *store_name_of(struct store *store, const char *ref);

#endif
