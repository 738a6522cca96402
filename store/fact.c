/* SPDX-License-Identifier: Apache-2.0 */
/* Where the results a draft quotes came from (F75). A row holds while the text
 * still has its very words: what was edited is the doctor's own. */
#include "store/fact.h"

void
fact_hash(const struct fact_row *row, unsigned char hash[HASH_BYTES])
{
	hash_parts(hash, "sss", row->thread_ref, row->ref, row->words);
}

gboolean
fact_put(struct store *store, const struct fact_row *row, GError **error)
{
	static const char sql[] = "INSERT INTO fact(thread, thread_ref, ref,"
	    " words, hash) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS("
	    "SELECT 1 FROM fact WHERE thread=?1 AND ref=?3 AND words=?4)";
	unsigned char hash[HASH_BYTES];

	fact_hash(row, hash);
	return db_run(store, error, sql, "isssb", row->thread,
	    row->thread_ref, row->ref, row->words, hash, sizeof hash);
}

gboolean
fact_read(sqlite3_stmt *st, int at, struct fact_row *row)
{
	unsigned char hash[HASH_BYTES];

	row->thread_ref = db_col(st, at);
	row->ref = db_col(st, at + 1);
	row->words = db_col(st, at + 2);
	fact_hash(row, hash);
	return row->ref && row->words && *row->words &&
	    hash_matches(st, at + 3, hash);
}

static gboolean
add(struct store *store, void *data, GError **error)
{
	struct fact_row *row = data;
	g_autofree char *thread_ref = number_ref(store, row->thread);

	if (!thread_ref || !*row->words) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "a quotation in no thread");
		return FALSE;
	}
	row->thread_ref = thread_ref;
	return fact_put(store, row, error);
}

gboolean
store_fact_add(struct store *store, struct draft_key key, const char *ref,
    const char *words, GError **error)
{
	struct fact_row row = { .thread = draft_thread(key), .ref = ref,
		.words = words };

	return db_transact(store, DB_DURABLE, add, &row, error);
}

static void
fact_clear(void *p)
{
	g_free(((struct fact *)p)->ref);
	g_free(((struct fact *)p)->words);
}

GArray *
store_facts(struct store *store, struct draft_key key, const char *text,
    GError **error)
{
	static const char sql[] = "SELECT " FACT_COLUMNS " FROM fact"
	    " WHERE thread=?1 ORDER BY n";
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct fact));
	sqlite3_stmt *st = db_query(store, error, sql, "i", draft_thread(key));
	gboolean failed = st == NULL;

	g_array_set_clear_func(all, fact_clear);
	while (!failed && db_row(store, st, &failed, error)) {
		struct fact_row row;
		struct fact fact;

		if (!fact_read(st, 0, &row) || !*row.ref ||
		    !strstr(text, row.words))
			continue;
		fact = (struct fact){ g_strdup(row.ref), g_strdup(row.words) };
		g_array_append_val(all, fact);
	}
	db_done(st);
	return failed ? NULL : g_steal_pointer(&all);
}

gboolean
facts_drop(struct store *store, int64_t thread, GError **error)
{
	static const char sql[] = "DELETE FROM fact WHERE thread=?1";

	return db_run(store, error, sql, "i", thread);
}

gboolean
facts_sent(struct store *store, int64_t thread, GError **error)
{
	static const char sql[] = "DELETE FROM fact WHERE thread=?1 AND"
	    " (ref='' OR NOT EXISTS(SELECT 1 FROM draft WHERE thread=?1))";

	return db_run(store, error, sql, "i", thread);
}

/* ---- a recall's day ----------------------------------------------------- */

gboolean
recall_set(struct store *store, int64_t report, const char *due,
    GError **error)
{
	static const char drop[] = "DELETE FROM fact WHERE thread=?1"
	    " AND ref=''";
	g_autofree char *thread_ref = number_ref(store, report);
	struct fact_row row = { .thread = report, .thread_ref = thread_ref,
		.ref = "", .words = due };
	char precision;
	int64_t ms;

	if (due && (!fhir_time_ms(due, &ms, &precision) || precision != 'd')) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
		    "not a day");
		return FALSE;
	}
	if (!thread_ref) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "no such report");
		return FALSE;
	}
	return db_run(store, error, drop, "i", report) &&
	    (!due || fact_put(store, &row, error));
}

struct recall_day { int64_t report; const char *due; };

static gboolean
recall_set_now(struct store *store, void *data, GError **error)
{
	struct recall_day *day = data;

	return recall_set(store, day->report, day->due, error);
}

gboolean
store_recall_set(struct store *store, struct report_id report,
    const char *due_or_null, GError **error)
{
	struct recall_day day = { report.n, due_or_null };

	return db_transact(store, DB_DURABLE, recall_set_now, &day, error);
}

char *
store_recall_due(struct store *store, struct report_id report, GError **error)
{
	static const char sql[] = "SELECT " FACT_COLUMNS " FROM fact"
	    " WHERE thread=?1 AND ref=''";
	sqlite3_stmt *st = db_query(store, error, sql, "i", report.n);
	gboolean failed = FALSE;
	struct fact_row row;
	char *due = NULL;

	if (st && db_row(store, st, &failed, error) && fact_read(st, 0, &row))
		due = g_strdup(row.words);
	db_done(st);
	return due;
}
