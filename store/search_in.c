/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index on its way in. It follows the resources by their numbers up to
 * search.at: what is new is taken later, a slice at a time, so that ingest pays
 * nothing for it; what is in it already and changes or goes does so in the same
 * transaction.
 */
#include "store/entry.h"
#include "store/search_room.h"

/* ---- what changes -------------------------------------------------------- */

/* A resource before it changes: its texts as they are in the index, and whose the
 * messages are that have their patient from it. */
struct old { GArray *docs; int64_t patient; };

static void
old_free(void *p)
{
	struct old *old = p;

	g_array_unref(old->docs);
	g_free(old);
}

/* Of a header or a report; 0: nobody's. */
static gboolean
thread_patient(struct store *store, int64_t n, int64_t *patient,
    GError **error)
{
	static const char sql[] = "SELECT coalesce((SELECT patient FROM consult"
	    " WHERE n=?1), (SELECT patient FROM report WHERE n=?1))";

	return db_int(store, error, 0, patient, sql, "i", n);
}

/* NULL: it is gone. */
static const char type_sql[] = "SELECT type FROM resource WHERE n=?1";

static gboolean
old_read(struct store *store, int64_t n, struct old *old, GError **error)
{
	g_autofree char *type = NULL;

	if (!db_text_get(store, error, &type, type_sql, "i", n))
		return FALSE;
	return !type || (thread_patient(store, n, &old->patient, error) &&
	    search_docs_of(store, n, type, old->docs, error));
}

gboolean
search_touch(struct store *store, int64_t n, GError **error)
{
	struct old *old;

	if (n > store->search_at || (store->touched &&
	    touched(store->touched, n)))
		return TRUE;
	if (!store->touched)
		store->touched = g_hash_table_new_full(g_direct_hash,
		    g_direct_equal, NULL, old_free);
	old = g_new0(struct old, 1);
	old->docs = search_docs_new();
	g_hash_table_insert(store->touched, (void *)(intptr_t)n, old);
	return old_read(store, n, old, error);
}

/* What is as it was stays as it is; whose it is and from whom is in its marks. */
static gboolean
unchanged(const GArray *olds, const GArray *news)
{
	if (olds->len != news->len)
		return FALSE;
	for (guint i = 0; i < olds->len; i++) {
		const struct indexed *a = &g_array_index(olds, struct indexed,
		    i);
		const struct indexed *b = &g_array_index(news, struct indexed,
		    i);

		if (a->what != b->what || a->ms != b->ms ||
		    strcmp(a->text, b->text) != 0 ||
		    strcmp(a->marks, b->marks) != 0)
			return FALSE;
	}
	return TRUE;
}

static void
docs_move(GArray *to, GArray *from)
{
	g_array_append_vals(to, from->data, from->len);
	g_array_set_clear_func(from, NULL);
	g_array_set_size(from, 0);
}

/* The resource as it is now; olds may be NULL. */
static gboolean
resource_put_in(struct store *store, int64_t n, const char *type,
    GArray *olds, GArray *docs, GError **error)
{
	g_autoptr(GArray) news = search_docs_new();

	if (search_sender_kind(type) != FROM_UNKNOWN &&
	    !search_name_put(store, n, type, error))
		return FALSE;
	if (type && !search_docs_of(store, n, type, news, error))
		return FALSE;
	if (olds && unchanged(olds, news))
		return TRUE;
	for (guint i = 0; olds && i < olds->len; i++)
		if (!search_part_gone(store, g_array_index(olds,
		    struct indexed, i).what, error))
			return FALSE;
	docs_move(docs, news);
	return TRUE;
}

/* Its messages, if they are another patient's now. */
static gboolean
thread_again(struct store *store, int64_t n, const struct old *old,
    GArray *docs, GError **error)
{
	static const char sql[] = "SELECT n FROM message WHERE thread=?1"
	    " AND n<>?1 AND n<=?2";
	sqlite3_stmt *st;
	int64_t patient;
	gboolean failed;

	if (!thread_patient(store, n, &patient, error))
		return FALSE;
	if (patient == old->patient)
		return TRUE;
	st = db_query(store, error, sql, "ii", n, store->search_at);
	failed = st == NULL;
	while (!failed && db_row(store, st, &failed, error)) {
		int64_t message = sqlite3_column_int64(st, 0);

		if (touched(store->touched, message))
			continue;
		failed = !search_part_gone(store, message * ENTRY_PARTS,
		    error) || !search_message_docs(store, message, docs, error);
	}
	db_done(st);
	return !failed;
}

void
search_forget(struct store *store)
{
	g_clear_pointer(&store->touched, g_hash_table_unref);
}

gboolean
search_finish(struct ingest *in, GError **error)
{
	struct store *store = in->store;
	g_autoptr(GArray) docs = search_docs_new();
	GHashTableIter iter;
	void *n, *was;

	if (!store->touched)
		return TRUE;
	g_hash_table_iter_init(&iter, store->touched);
	while (g_hash_table_iter_next(&iter, &n, &was)) {
		const struct old *old = was;
		g_autofree char *type = NULL;

		if (!db_text_get(store, error, &type, type_sql, "i",
		    (int64_t)(intptr_t)n) ||
		    !resource_put_in(store, (intptr_t)n, type, old->docs, docs,
		    error) ||
		    !thread_again(store, (intptr_t)n, old, docs, error))
			return FALSE;
	}
	return search_part_write(store, docs, error);
}

/* ---- slices -------------------------------------------------------------- */

/* About as long as a resource takes to be read and cut. */
enum { POSTINGS_A_RESOURCE = 400 };
struct slice { int limit; int64_t left; };

static gboolean
slice_docs(struct store *store, int limit, int64_t *last, GError **error)
{
	static const char sql[] = "SELECT n, type FROM resource WHERE n > ?1"
	    " ORDER BY n LIMIT ?2";
	sqlite3_stmt *st = db_query(store, error, sql, "ii", *last,
	    (int64_t)limit);
	gboolean failed = st == NULL;
	g_autoptr(GArray) docs = search_docs_new();

	while (!failed && db_row(store, st, &failed, error)) {
		*last = sqlite3_column_int64(st, 0);
		failed = !resource_put_in(store, *last, db_col(st, 1), NULL,
		    docs, error);
	}
	db_done(st);
	return !failed && search_part_write(store, docs, error);
}

static gboolean
slice_new(struct store *store, int limit, GError **error)
{
	static const char at_sql[] = "SELECT value FROM meta"
	    " WHERE key='search.at'";
	static const char set[] = "INSERT OR REPLACE INTO meta(key, value)"
	    " VALUES('search.at', CAST(?1 AS TEXT))";
	int64_t at;

	return db_int(store, error, 0, &at, at_sql, "") &&
	    slice_docs(store, limit, &at, error) &&
	    db_run(store, error, set, "i", at);
}

static gboolean
slice_left(struct store *store, int64_t *left, GError **error)
{
	static const char sql[] = "SELECT max(n) - coalesce((SELECT"
	    " CAST(value AS INTEGER) FROM meta WHERE key='search.at'), 0)"
	    " FROM resource";

	return db_int(store, error, 0, left, sql, "");
}

/* Parts first: many of them make a search slow. */
static gboolean
slice_work(struct store *store, void *data, GError **error)
{
	struct slice *slice = data;
	gboolean more = FALSE;

	if (!search_merge_some(store, (size_t)slice->limit *
	    POSTINGS_A_RESOURCE, &more, error))
		return FALSE;
	if (!more && slice->left > 0 &&
	    !slice_new(store, slice->limit, error))
		return FALSE;
	if (!slice_left(store, &slice->left, error))
		return FALSE;
	slice->left = MAX(slice->left, 0) + more;
	return TRUE;
}

gboolean
store_search_index(struct store *store, int limit, int64_t *left,
    GError **error)
{
	struct slice slice = { .limit = MAX(limit, 1) };
	gboolean due;

	*left = 0;
	if (!slice_left(store, &slice.left, error) ||
	    !search_merge_due(store, &due, error))
		return FALSE;
	if (slice.left <= 0 && !due)
		return TRUE;
	if (!db_transact(store, DB_NORMAL, slice_work, &slice, error)) {
		g_clear_pointer(&store->merge, search_merge_free);
		return FALSE;
	}
	*left = slice.left;
	return TRUE;
}

int64_t
store_search_bytes(struct store *store)
{
	static const char sql[] = "SELECT coalesce(sum(pgsize), 0) FROM dbstat"
	    " WHERE name IN ('search_doc', 'search_block', 'search_gone',"
	    " 'search_part', 'search_block_first', 'search_who')";
	static const char rows[] = "SELECT (SELECT coalesce(sum(length(bytes)"
	    " + length(first) * 2 + 24), 0) FROM search_block)"
	    " + (SELECT coalesce(sum(length(bytes) + 8), 0) FROM search_doc)";
	int64_t bytes;

	/* By pages where SQLite counts them, else by rows. */
	if (!db_int(store, NULL, 0, &bytes, sql, ""))
		db_int(store, NULL, 0, &bytes, rows, "");
	return bytes;
}
