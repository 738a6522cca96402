/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The latest result of each test. The index is ordered by test and date, so each
 * test costs a few steps in it, and ten years of daily readings no more than two.
 */
#include "store/chart_row.h"

/* Of what has neither code nor words. */
#define NAMELESS_MAX 40

static const char first_sql[] = "SELECT test FROM entry INDEXED BY"
    " entry_patient WHERE patient=?1 AND section=?2 AND test IS NOT NULL"
    " ORDER BY test LIMIT 1";
static const char next_sql[] = "SELECT test FROM entry INDEXED BY"
    " entry_patient WHERE patient=?1 AND section=?2 AND test>?3"
    " ORDER BY test LIMIT 1";
static const char sound_sql[] = "SELECT e, date_ms FROM entry INDEXED BY"
    " entry_patient WHERE patient=?1 AND section=?2 AND test=?3"
    " AND date_ms<=?4 AND status NOT IN (?5, ?6)"
    " ORDER BY date_ms DESC, status DESC, e DESC LIMIT 2";
static const char any_sql[] = "SELECT e, date_ms FROM entry INDEXED BY"
    " entry_patient WHERE patient=?1 AND section=?2 AND test=?3"
    " ORDER BY date_ms DESC, status DESC, e DESC LIMIT 1";
static const char nameless_sql[] = "SELECT e, date_ms FROM entry INDEXED BY"
    " entry_patient WHERE patient=?1 AND section=?2 AND test IS NULL"
    " ORDER BY date_ms DESC, e DESC LIMIT ?3";

static void
previous_set(struct latest *one, int64_t e, int64_t date_ms)
{
	if (!e || (one->previous && one->previous_ms >= date_ms))
		return;
	one->previous = e;
	one->previous_ms = date_ms;
}

/* Of the records of one person, the newest two stand. */
static void
latest_join(struct latest *old, const struct latest *now)
{
	struct latest other = *now;

	if (now->sound > old->sound || (now->sound == old->sound &&
	    now->date_ms >= old->date_ms)) {
		other = *old;
		*old = *now;
		old->test = other.test;
	}
	previous_set(old, other.sound ? other.e : 0, other.date_ms);
	previous_set(old, other.previous, other.previous_ms);
}

static void
latest_add(GHashTable *tests, GArray *all, const struct latest *now)
{
	void *at;

	if (g_hash_table_lookup_extended(tests, now->test, NULL, &at)) {
		latest_join(&g_array_index(all, struct latest,
		    GPOINTER_TO_UINT(at)), now);
		return;
	}
	g_hash_table_insert(tests, (void *)now->test,
	    GUINT_TO_POINTER(all->len));
	g_array_append_val(all, *now);
}

static gboolean
sound_read(struct store *store, int64_t patient, int64_t now_ms,
    struct latest *latest, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sound_sql, "iisiii", patient,
	    (int64_t)CHART_RESULTS, latest->test, now_ms + RESULT_AHEAD_MS,
	    (int64_t)ENTRY_ENTERED_IN_ERROR, (int64_t)ENTRY_CANCELLED);
	gboolean failed = FALSE;

	if (st && db_row(store, st, &failed, error)) {
		latest->sound = TRUE;
		latest->e = sqlite3_column_int64(st, 0);
		latest->date_ms = sqlite3_column_int64(st, 1);
		if (db_row(store, st, &failed, error)) {
			latest->previous = sqlite3_column_int64(st, 0);
			latest->previous_ms = sqlite3_column_int64(st, 1);
		}
	}
	db_done(st);
	return st && !failed;
}

static gboolean
any_read(struct store *store, int64_t patient, struct latest *latest,
    GError **error)
{
	sqlite3_stmt *st = db_query(store, error, any_sql, "iis", patient,
	    (int64_t)CHART_RESULTS, latest->test);
	gboolean failed = FALSE;

	if (st && db_row(store, st, &failed, error)) {
		latest->e = sqlite3_column_int64(st, 0);
		latest->date_ms = sqlite3_column_int64(st, 1);
	}
	db_done(st);
	return st && !failed;
}

static const char *
test_after(struct store *store, int64_t patient, const char *test,
    GStringChunk *text, gboolean *failed, GError **error)
{
	sqlite3_stmt *st = test ?
	    db_query(store, error, next_sql, "iis", patient,
	    (int64_t)CHART_RESULTS, test) :
	    db_query(store, error, first_sql, "ii", patient,
	    (int64_t)CHART_RESULTS);
	const char *next = NULL;

	*failed = st == NULL;
	if (st && db_row(store, st, failed, error))
		next = text_keep(text, st, 0);
	db_done(st);
	return next;
}

static gboolean
nameless_read(struct store *store, int64_t patient, GArray *all,
    GError **error)
{
	sqlite3_stmt *st = db_query(store, error, nameless_sql, "iii", patient,
	    (int64_t)CHART_RESULTS, (int64_t)NAMELESS_MAX);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		struct latest one = { .test = "",
			.e = sqlite3_column_int64(st, 0),
			.date_ms = sqlite3_column_int64(st, 1) };

		g_array_append_val(all, one);
	}
	db_done(st);
	return st && !failed;
}

static gboolean
record_read(struct store *store, int64_t patient, int64_t now_ms,
    GHashTable *tests, GArray *all, GStringChunk *text, GError **error)
{
	gboolean failed;
	const char *test = NULL;

	while ((test = test_after(store, patient, test, text, &failed,
	    error))) {
		struct latest one = { .test = test };

		if (!sound_read(store, patient, now_ms, &one, error) ||
		    (!one.sound && !any_read(store, patient, &one, error)))
			return FALSE;
		latest_add(tests, all, &one);
	}
	return !failed && nameless_read(store, patient, all, error);
}

GArray *
latest_read(struct store *store, const GArray *family, int64_t now_ms,
    GStringChunk *text, GError **error)
{
	g_autoptr(GHashTable) tests = g_hash_table_new(g_str_hash,
	    g_str_equal);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE,
	    sizeof(struct latest));

	for (guint i = 0; i < family->len; i++)
		if (!record_read(store, g_array_index(family, int64_t, i),
		    now_ms, tests, all, text, error))
			return NULL;
	return g_steal_pointer(&all);
}
