/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter with words looks at every row. It does so a part at a time, so that no
 * key waits for it: what was found stands in the order of the queue, and grows.
 */
#include "store/queue_words.h"

#include <string.h>

enum { ROWS_A_PART = 512 };

struct queue_scan {
	int64_t lane, rank_max;
	char *words[QUEUE_WORDS_MAX];
	int n_words;
	int64_t rank, a, b, key;   /* of the last row looked at */
	GArray *keys;              /* int64_t */
	GArray *within;            /* are looked at first; or NULL */
	guint within_at;
	gboolean whole;            /* there is nothing behind them */
	gboolean done;
};

/* What a word more or a longer one leaves is among what was found before. */
static gboolean
is_within(const struct queue_scan *scan, const struct queue_scan *before)
{
	for (int i = 0; i < before->n_words; i++) {
		gboolean any = FALSE;

		for (int k = 0; k < scan->n_words && !any; k++)
			any = strstr(scan->words[k], before->words[i]) != NULL;
		if (!any)
			return FALSE;
	}
	return scan->lane == before->lane && scan->rank_max ==
	    before->rank_max && !before->within;
}

struct queue_scan *
queue_scan_new(const struct queue_filter *filter,
    const struct queue_scan *before)
{
	struct queue_scan *scan = g_new0(struct queue_scan, 1);

	scan->lane = filter->lane;
	scan->rank_max = !filter->owed_only;
	scan->n_words = queue_words(filter->text, scan->words);
	scan->rank = scan->a = scan->b = scan->key = G_MININT64;
	scan->keys = g_array_new(FALSE, FALSE, sizeof(int64_t));
	if (!before || !is_within(scan, before))
		return scan;
	scan->within = g_array_copy(before->keys);
	scan->rank = before->rank;
	scan->a = before->a;
	scan->b = before->b;
	scan->key = before->key;
	scan->whole = before->done;
	return scan;
}

void
queue_scan_free(struct queue_scan *scan)
{
	if (!scan)
		return;
	for (int i = 0; i < scan->n_words; i++)
		g_free(scan->words[i]);
	g_array_unref(scan->keys);
	g_clear_pointer(&scan->within, g_array_unref);
	g_free(scan);
}

gboolean
queue_scan_done(const struct queue_scan *scan)
{
	return scan->done;
}

int64_t
queue_scan_found(const struct queue_scan *scan)
{
	return scan->keys->len;
}

int64_t
queue_scan_place(const struct queue_scan *scan, int64_t key)
{
	for (guint i = 0; i < scan->keys->len; i++)
		if (g_array_index(scan->keys, int64_t, i) == key)
			return i;
	return -1;
}

/* ---- looking ------------------------------------------------------------- */

static gboolean
has_all(const struct queue_scan *scan, const char *complaint, const char *name)
{
	for (int i = 0; i < scan->n_words; i++)
		if (!(complaint && strstr(complaint, scan->words[i])) &&
		    !(name && strstr(name, scan->words[i])))
			return FALSE;
	return TRUE;
}

static const char part_sql[] = "SELECT q.rank, q.a, q.b, q.key, q.fold, p.fold"
    " FROM (SELECT rank, a, b, key, patient, fold FROM queue"
    "  INDEXED BY queue_order WHERE (rank, a, b, key) > (?1, ?2, ?3, ?4)"
    "  AND rank <= ?5 AND (?6 < 0 OR kind = ?6)"
    "  ORDER BY rank, a, b, key LIMIT ?7) q"
    " LEFT JOIN patient p ON p.n = q.patient";

static gboolean
part_within(struct store *store, struct queue_scan *scan, GError **error)
{
	static const char sql[] = "SELECT q.fold, p.fold FROM queue q"
	    " LEFT JOIN patient p ON p.n = q.patient WHERE q.key=?1";
	guint end = MIN(scan->within_at + ROWS_A_PART / 4, scan->within->len);
	gboolean failed = FALSE;

	for (; !failed && scan->within_at < end; scan->within_at++) {
		int64_t key = g_array_index(scan->within, int64_t,
		    scan->within_at);
		sqlite3_stmt *st = db_query(store, error, sql, "i", key);

		failed = st == NULL;
		if (st && db_row(store, st, &failed, error) &&
		    has_all(scan, db_col(st, 0), db_col(st, 1)))
			g_array_append_val(scan->keys, key);
		db_done(st);
	}
	if (scan->within_at < scan->within->len && !failed)
		return TRUE;
	g_clear_pointer(&scan->within, g_array_unref);
	scan->done = scan->whole || failed;
	return !failed;
}

static gboolean
part_behind(struct store *store, struct queue_scan *scan, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, part_sql, "iiiiiii",
	    scan->rank, scan->a, scan->b, scan->key, scan->rank_max,
	    scan->lane, (int64_t)ROWS_A_PART);
	gboolean failed = st == NULL;
	int rows = 0;

	for (; !failed && db_row(store, st, &failed, error); rows++) {
		scan->rank = sqlite3_column_int64(st, 0);
		scan->a = sqlite3_column_int64(st, 1);
		scan->b = sqlite3_column_int64(st, 2);
		scan->key = sqlite3_column_int64(st, 3);
		if (has_all(scan, db_col(st, 4), db_col(st, 5)))
			g_array_append_val(scan->keys, scan->key);
	}
	db_done(st);
	scan->done = failed || rows < ROWS_A_PART;
	return !failed;
}

static gboolean
part(struct store *store, struct queue_scan *scan, GError **error)
{
	return scan->within ? part_within(store, scan, error) :
	    part_behind(store, scan, error);
}

gboolean
queue_scan_some(struct store *store, struct queue_scan *scan, int budget_ms,
    GError **error)
{
	int64_t end = g_get_monotonic_time() + (int64_t)budget_ms * 1000;

	do {
		if (!scan->done && !part(store, scan, error))
			return FALSE;
	} while (!scan->done && g_get_monotonic_time() < end);
	return TRUE;
}

/* ---- what was found ------------------------------------------------------ */

static const char row_sql[] = "SELECT " QUEUE_ROW_COLUMNS " FROM queue q"
    BRIEF_JOIN("q.patient") " WHERE q.key=?1";

struct queue_page *
queue_scan_page(struct store *store, struct queue_scan *scan, int64_t first,
    int limit, GError **error)
{
	BASE_AUTO(queue_page) page = queue_page_new(limit);
	gboolean failed = FALSE;

	while (!failed && page->n < (size_t)limit &&
	    first + (int64_t)page->n < scan->keys->len) {
		guint i = (guint)first + (guint)page->n;
		sqlite3_stmt *st = db_query(store, error, row_sql, "i",
		    g_array_index(scan->keys, int64_t, i));

		failed = st == NULL;
		if (st && db_row(store, st, &failed, error))
			queue_row_read(st, page->text, &page->rows[page->n++]);
		else /* it left the queue meanwhile */
			g_array_remove_index(scan->keys, i);
		db_done(st);
	}
	return failed ? NULL : g_steal_pointer(&page);
}

static gboolean
is_next(struct store *store, int64_t key)
{
	static const char sql[] = "SELECT rank, marks, unread FROM queue"
	    " WHERE key=?1";
	sqlite3_stmt *st = db_query(store, NULL, sql, "i", key);
	gboolean failed = FALSE, is = st && db_row(store, st, &failed, NULL) &&
	    sqlite3_column_int(st, 0) == 0 && !queue_is_answered(
	    sqlite3_column_int(st, 1), sqlite3_column_int(st, 2));

	db_done(st);
	return is;
}

gboolean
queue_scan_next(struct store *store, struct queue_scan *scan,
    const int64_t *seen, size_t n_seen, int64_t *key_out)
{
	for (guint i = 0; ; i++) {
		gboolean was_seen = FALSE;

		while (i >= scan->keys->len && !scan->done)
			if (!part(store, scan, NULL))
				return FALSE;
		if (i >= scan->keys->len)
			return FALSE;
		*key_out = g_array_index(scan->keys, int64_t, i);
		for (size_t k = 0; k < n_seen && !was_seen; k++)
			was_seen = seen[k] == *key_out;
		if (!was_seen && is_next(store, *key_out))
			return TRUE;
	}
}
