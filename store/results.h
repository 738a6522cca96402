/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results of a patient, read from store/: the latest of every test beside the one
 * before, the series of a test, and when which drug was taken. Merged records are
 * read together (Patient.link). What the numbers mean is care's.
 */
#ifndef QN_STORE_RESULTS_H
#define QN_STORE_RESULTS_H

#include "store/store.h"

/* A result dated later than this after now is not believed to be the latest. */
#define RESULT_AHEAD_MS INT64_C(86400000)

struct result_row {
	const char *test;          /* "system|code", or folded words */
	struct chart_entry now;
	struct chart_entry before; /* ref NULL: none */
	const char *panel;         /* the report's name, or NULL: loose */
};
struct results {
	struct patient_brief patient;
	enum section_state state;
	struct result_row *rows; size_t n; /* by test; not yet in order */
	GStringChunk *text;
};
/* All tests, however many. Cost goes with the tests, not with the results. */
struct results *store_results(struct store *store, struct patient_id patient,
    int64_t now_ms, GError **error);
void results_free(struct results *results);
BASE_DEFINE_AUTO(results, results_free)

struct result_series {
	struct chart_entry *points; size_t n; /* oldest first; undated before */
	int64_t earlier;           /* older ones that are not here */
	GStringChunk *text;
};
/* Of these tests together (NULL-terminated), the newest `limit`. */
struct result_series *store_result_series(struct store *store,
    struct patient_id patient, const char *const *tests, int limit,
    GError **error);
void result_series_free(struct result_series *series);
BASE_DEFINE_AUTO(result_series, result_series_free)

/* From when to when a drug was ordered or handed out. */
struct drug_period {
	char *words;
	int64_t from_ms;
	int64_t until_ms;          /* G_MAXINT64: it goes on */
	gboolean until_known;      /* FALSE: ended, nobody says when */
};
/* GArray of struct drug_period by its beginning, at most limit; owned. */
GArray *store_drug_periods(struct store *store, struct patient_id patient,
    int limit, GError **error);

#endif
