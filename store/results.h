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
	int missing;             /* of a report: named in it, and not here */
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
/* What "Observation/x" says as it is known now: its value, and its components'
 * beside it; none when it is not here. */
struct result_series *store_result_of(struct store *store, const char *ref,
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

/* ---- year on year (F41): store/years.c ---------------------------------- */

struct year_results {
	struct chart_entry *entries; /* of from, from + 1 …; ref NULL: none */
	int from, n;
	GStringChunk *text;
};
/* The last sound result of these tests together in each of the years. */
struct year_results *store_result_years(struct store *store,
    struct patient_id patient, const char *const *tests, int from_year,
    int years, GError **error);
void year_results_free(struct year_results *years);
BASE_DEFINE_AUTO(year_results, year_results_free)

/* ---- read at home (F43): store/home.c ----------------------------------- */

struct home_reading {
	struct patient_id patient; /* whose record it stands in */
	struct chart_entry entry;
};
struct home_readings {
	struct home_reading *rows; size_t n; /* oldest first */
	GStringChunk *text;
};
/* Of one patient, all their records; dated from … and before until. */
struct home_readings *store_home_readings(struct store *store,
    struct patient_id patient, int64_t from_ms, int64_t until_ms,
    GError **error);
/* Of every patient here, by an index of the home readings alone. */
struct home_readings *store_home_all(struct store *store, int64_t from_ms,
    int64_t until_ms, GError **error);
void home_readings_free(struct home_readings *readings);
BASE_DEFINE_AUTO(home_readings, home_readings_free)

/* ---- quoted in a draft (F75): store/fact.c ------------------------------ */

struct fact { char *ref, *words; };
/* These words of the draft are a result's, "Observation/x". */
gboolean store_fact_add(struct store *store, struct draft_key key,
    const char *ref, const char *words, GError **error);
/* Those the text still has, word for word. GArray of struct fact, owned. They go
 * with the reply, which then names them. */
GArray *store_facts(struct store *store, struct draft_key key,
    const char *text, GError **error);

/* ---- a result answered (F42): store/respond.c --------------------------- */

/*
 * Seen, and nothing more to be said: the Tasks to me about it are completed, each
 * behind its version; where there is none an acknowledgement about it is sent to
 * who made the report. It leaves the lane in the same transaction and comes back
 * if the server refuses. Nothing leaves before hold_ms are over; *first and *last
 * (may be NULL) are the letters, for store_result_unseen().
 */
gboolean store_result_seen(struct store *store, struct report_id report,
    const char *words, int64_t now_ms, int64_t hold_ms,
    struct outbox_id *first, struct outbox_id *last, GError **error);
/* Taken back, all or nothing; STORE_ERROR_INVALID: some of it has gone. */
gboolean store_result_unseen(struct store *store, struct report_id report,
    struct outbox_id first, struct outbox_id last, GError **error);
/* The day until which the patient is asked to come ("2026-12-07"; NULL: they are
 * not) belongs to the draft about a report: sent, it is a Task beside the message.
 * STORE_ERROR_INVALID: not a day. */
gboolean store_recall_set(struct store *store, struct report_id report,
    const char *due_or_null, GError **error);
char *store_recall_due(struct store *store, struct report_id report,
    GError **error); /* owned; NULL without error: none */
/* Both at once: the draft (or text) goes, with that day. */
gboolean store_result_recall(struct store *store, struct report_id report,
    struct patient_id patient, const char *text_or_null, const char *due,
    int64_t now_ms, GError **error);

/* What a report says, panels within panels included, each once. Rows carry now
 * alone. */
struct results *store_report_results(struct store *store,
    struct report_id report, GError **error);

#endif
