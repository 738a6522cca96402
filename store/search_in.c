/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index on its way in. It follows the resources by their numbers up to
 * search.at: what is new is taken later, a slice at a time, so that ingest pays
 * nothing for it; what is in it already and changes or goes does so in the same
 * transaction. FTS5 keeps no text of ours, so the old text is read before.
 */
#include "store/search_room.h"
#include "store/entry.h"

/* So many ms are one place in the order of time; close numbers are short ones. */
#define SLOT_MS 16000
#define D_BASE (INT64_C(1) << 33)

struct indexed {
	int64_t what, d, ms;
	char *text;
	gboolean old;
};

static void
indexed_clear(void *p)
{
	g_free(((struct indexed *)p)->text);
}

static GArray *
docs_new(void)
{
	GArray *docs = g_array_new(FALSE, FALSE, sizeof(struct indexed));

	g_array_set_clear_func(docs, indexed_clear);
	return docs;
}

static void
doc_add(GArray *docs, int64_t what, int64_t ms, char *text)
{
	struct indexed doc = { .what = what, .ms = ms, .text = text };

	g_array_append_val(docs, doc);
}

/* ---- the texts of a resource --------------------------------------------- */

char *
search_message_text(const char *text, const char *files)
{
	GString *out = g_string_new(text);

	while (files && *files) {
		size_t title = strcspn(files, "\x1f\x1e");

		if (title) {
			g_string_append_c(out, '\n');
			g_string_append_len(out, files, (gssize)title);
		}
		files += strcspn(files, "\x1e");
		files += *files == '\x1e';
	}
	return g_string_free(out, FALSE);
}

char *
search_entry_text(int section, const char *words, const char *detail,
    const char *value)
{
	gboolean number = section == CHART_RESULTS && value;

	return g_strconcat(words ? words : "", detail && !number ? " " : NULL,
	    detail, NULL);
}

static gboolean
message_docs(struct store *store, int64_t n, GArray *docs, GError **error)
{
	static const char sql[] = "SELECT text, files, sent FROM message"
	    " WHERE n=?1 AND NOT flags & 3";
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = st == NULL;

	if (st && db_row(store, st, &failed, error))
		doc_add(docs, n * ENTRY_PARTS, sqlite3_column_int64(st, 2),
		    search_message_text(db_col(st, 0), db_col(st, 1)));
	db_done(st);
	return !failed;
}

static gboolean
titles(struct store *store, const char *sql, int64_t n, GArray *docs,
    GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = st == NULL;

	if (st && db_row(store, st, &failed, error))
		doc_add(docs, n * ENTRY_PARTS + SEARCH_TITLE,
		    sqlite3_column_int64(st, 1), g_strdup(db_col(st, 0)));
	db_done(st);
	return !failed;
}

static gboolean
communication_docs(struct store *store, int64_t n, GArray *docs,
    GError **error)
{
	static const char sql[] = "SELECT complaint, sent FROM consult"
	    " WHERE n=?1 AND (header OR loose) AND complaint IS NOT NULL"
	    " AND status IS NOT 'entered-in-error'";

	return message_docs(store, n, docs, error) &&
	    titles(store, sql, n, docs, error);
}

static gboolean
entry_docs(struct store *store, int64_t n, GArray *docs, GError **error)
{
	static const char sql[] = "SELECT e, section, coalesce(e.words,"
	    " w.words), detail, value, date_ms FROM entry e"
	    " LEFT JOIN named w ON w.n = e.drug"
	    " WHERE e BETWEEN ?1*256 AND ?1*256+254 AND status<>?2"
	    " AND section<>?3";
	sqlite3_stmt *st = db_query(store, error, sql, "iii", n,
	    (int64_t)ENTRY_ENTERED_IN_ERROR, (int64_t)ENTRY_FILLS);
	gboolean failed = st == NULL;

	while (st && db_row(store, st, &failed, error))
		doc_add(docs, sqlite3_column_int64(st, 0),
		    sqlite3_column_int64(st, 5),
		    search_entry_text(sqlite3_column_int(st, 1), db_col(st, 2),
		    db_col(st, 3), db_col(st, 4)));
	db_done(st);
	return !failed;
}

static gboolean
report_docs(struct store *store, int64_t n, GArray *docs, GError **error)
{
	static const char sql[] = "SELECT name, issued FROM report WHERE n=?1"
	    " AND name IS NOT NULL AND status IS NOT 'entered-in-error'";

	return titles(store, sql, n, docs, error) &&
	    entry_docs(store, n, docs, error);
}

static const struct {
	const char *type;
	gboolean (*docs)(struct store *, int64_t, GArray *, GError **);
} types[] = {
	{ "Communication", communication_docs },
	{ "DiagnosticReport", report_docs },
};

static gboolean
docs_of(struct store *store, int64_t n, const char *type, GArray *docs,
    GError **error)
{
	for (size_t i = 0; type && i < G_N_ELEMENTS(types); i++)
		if (strcmp(type, types[i].type) == 0)
			return types[i].docs(store, n, docs, error);
	return entry_docs(store, n, docs, error);
}

/* ---- results by value ---------------------------------------------------- */

/* A test's number by its folded name, made where there is none. */
static gboolean
test_of(struct store *store, const char *words, int64_t *n, GError **error)
{
	static const char find[] = "SELECT n FROM test_name WHERE fold=?1";
	static const char make[] = "INSERT INTO test_name(fold) VALUES(?1)";
	g_autofree char *fold = base_text_fold(words);

	if (!db_int(store, error, 0, n, find, "s", fold))
		return FALSE;
	if (*n)
		return TRUE;
	if (!db_run(store, error, make, "s", fold))
		return FALSE;
	*n = sqlite3_last_insert_rowid(store->db);
	return TRUE;
}

struct value { int64_t e; double num; char *words; };

static void
value_clear(void *p)
{
	g_free(((struct value *)p)->words);
}

/* "< 5" is no 5: what has a comparator is not compared. */
static gboolean
is_value(const char *value, const char *detail)
{
	int order;

	return value && search_decimal_order(value, value, &order) &&
	    (!detail || !strchr("<>=~", *detail) || !*detail);
}

static gboolean
values_of(struct store *store, int64_t n, GArray *out, GError **error)
{
	static const char sql[] = "SELECT e, words, value, detail FROM entry"
	    " WHERE e BETWEEN ?1*256 AND ?1*256+254 AND section=?2"
	    " AND value IS NOT NULL AND words IS NOT NULL"
	    " AND status NOT IN (?3, ?4)";
	sqlite3_stmt *st = db_query(store, error, sql, "iiii", n,
	    (int64_t)CHART_RESULTS, (int64_t)ENTRY_ENTERED_IN_ERROR,
	    (int64_t)ENTRY_CANCELLED);
	gboolean failed = st == NULL;

	while (st && db_row(store, st, &failed, error)) {
		struct value v = { .e = sqlite3_column_int64(st, 0) };

		if (!is_value(db_col(st, 2), db_col(st, 3)))
			continue;
		v.num = g_ascii_strtod(db_col(st, 2), NULL);
		v.words = g_strdup(db_col(st, 1));
		g_array_append_val(out, v);
	}
	db_done(st);
	return !failed;
}

static gboolean
values_put(struct store *store, int64_t n, GError **error)
{
	static const char sql[] = "UPDATE entry SET name=?2, num=?3 WHERE e=?1";
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct value));
	int64_t test;

	g_array_set_clear_func(all, value_clear);
	if (!values_of(store, n, all, error))
		return FALSE;
	for (guint i = 0; i < all->len; i++) {
		struct value *v = &g_array_index(all, struct value, i);

		if (!test_of(store, v->words, &test, error) ||
		    !db_run(store, error, sql, "iid", v->e, test, v->num))
			return FALSE;
	}
	return TRUE;
}

/* ---- one document in and out --------------------------------------------- */

int64_t
search_d(int64_t ms)
{
	int64_t slot = ms / SLOT_MS;

	return D_BASE - CLAMP(slot, -D_BASE / 2, D_BASE / 2);
}

/* A free number at the time or a little older: the more there are of one time,
 * the wider it is looked for. */
static gboolean
d_free(struct store *store, const struct indexed *doc, int64_t *d,
    GError **error)
{
	static const char taken[] = "SELECT EXISTS(SELECT 1 FROM found"
	    " WHERE d=?1)";
	int64_t base = search_d(doc->ms), is = 1;
	uint64_t mix = (uint64_t)doc->what;

	*d = base;
	for (int i = 0; is; i++) {
		if (!db_int(store, error, 0, &is, taken, "i", *d))
			return FALSE;
		if (!is)
			break;
		mix = mix * UINT64_C(6364136223846793005) +
		    UINT64_C(1442695040888963407);
		*d = base + (int64_t)((mix >> 33) %
		    (UINT64_C(8) << MIN(i / 2, 24)));
	}
	return TRUE;
}

static gboolean
doc_place(struct store *store, struct indexed *doc, GError **error)
{
	static const char sql[] = "INSERT INTO found(d, what) VALUES(?1, ?2)";

	return d_free(store, doc, &doc->d, error) &&
	    db_run(store, error, sql, "ii", doc->d, doc->what);
}

static int
by_d(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;

	return x->d != y->d ? (x->d < y->d ? -1 : 1) : y->old - x->old;
}

/* FTS5 writes what it has to disk whenever a number is not greater than the last:
 * in their order, and what goes before what comes. */
static gboolean
docs_write(struct store *store, GArray *docs, GError **error)
{
	static const char in[] = "INSERT INTO search(rowid, text)"
	    " VALUES(?1, ?2)";
	static const char out[] = "INSERT INTO search(search, rowid, text)"
	    " VALUES('delete', ?1, ?2)";

	g_array_sort(docs, by_d);
	for (guint i = 0; i < docs->len; i++) {
		struct indexed *doc = &g_array_index(docs, struct indexed, i);

		if (doc->text && !db_run(store, error, doc->old ? out : in,
		    "is", doc->d, doc->text))
			return FALSE;
	}
	return TRUE;
}

/* ---- what changes -------------------------------------------------------- */

static void
old_free(void *p)
{
	g_array_unref(p);
}

static gboolean
found_of(struct store *store, int64_t n, GHashTable *out, GError **error)
{
	static const char sql[] = "SELECT what, d FROM found"
	    " WHERE what BETWEEN ?1*256 AND ?1*256+255";
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = st == NULL;

	while (st && db_row(store, st, &failed, error))
		g_hash_table_insert(out,
		    (void *)(intptr_t)(sqlite3_column_int64(st, 0) % 256),
		    (void *)(intptr_t)sqlite3_column_int64(st, 1));
	db_done(st);
	return !failed;
}

/* Its texts as they are, each with the number it is indexed under. */
static gboolean
olds_read(struct store *store, int64_t n, GArray *olds, GError **error)
{
	static const char type_sql[] = "SELECT type FROM resource WHERE n=?1";
	g_autoptr(GHashTable) found = g_hash_table_new(g_direct_hash,
	    g_direct_equal);
	g_autofree char *type = NULL;

	if (!found_of(store, n, found, error))
		return FALSE;
	if (g_hash_table_size(found) == 0)
		return TRUE;
	type = db_text(store, NULL, type_sql, "i", n);
	if (!docs_of(store, n, type, olds, error))
		return FALSE;
	for (guint i = 0; i < olds->len; i++) {
		struct indexed *doc = &g_array_index(olds, struct indexed, i);

		doc->d = (intptr_t)g_hash_table_lookup(found,
		    (void *)(intptr_t)(doc->what % 256));
		doc->old = TRUE;
		if (!doc->d)
			g_clear_pointer(&doc->text, g_free);
	}
	return TRUE;
}

gboolean
search_touch(struct store *store, int64_t n, GError **error)
{
	GArray *olds;

	if (n > store->search_at || (store->touched &&
	    touched(store->touched, n)))
		return TRUE;
	if (!store->touched)
		store->touched = g_hash_table_new_full(g_direct_hash,
		    g_direct_equal, NULL, old_free);
	olds = docs_new();
	g_hash_table_insert(store->touched, (void *)(intptr_t)n, olds);
	return olds_read(store, n, olds, error);
}

/* What is as it was stays as it is. */
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

		if (!a->text || a->what != b->what || a->ms != b->ms ||
		    g_strcmp0(a->text, b->text) != 0)
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
	static const char drop[] = "DELETE FROM found"
	    " WHERE what BETWEEN ?1*256 AND ?1*256+255";
	g_autoptr(GArray) news = docs_new();

	if (g_strcmp0(type, "Patient") == 0)
		return search_name_put(store, n, error);
	if (type && (!docs_of(store, n, type, news, error) ||
	    (strcmp(type, "Communication") != 0 &&
	    !values_put(store, n, error))))
		return FALSE;
	if (olds && unchanged(olds, news))
		return TRUE;
	if (olds) {
		if (!db_run(store, error, drop, "i", n))
			return FALSE;
		docs_move(docs, olds);
	}
	for (guint i = 0; i < news->len; i++)
		if (!doc_place(store, &g_array_index(news, struct indexed, i),
		    error))
			return FALSE;
	docs_move(docs, news);
	return TRUE;
}

void
search_forget(struct store *store)
{
	g_clear_pointer(&store->touched, g_hash_table_unref);
}

gboolean
search_finish(struct ingest *in, GError **error)
{
	static const char type_sql[] = "SELECT type FROM resource WHERE n=?1";
	struct store *store = in->store;
	g_autoptr(GArray) docs = docs_new();
	GHashTableIter iter;
	void *n, *olds;

	if (!store->touched)
		return TRUE;
	g_hash_table_iter_init(&iter, store->touched);
	while (g_hash_table_iter_next(&iter, &n, &olds)) {
		g_autofree char *type = db_text(store, NULL, type_sql, "i",
		    (int64_t)(intptr_t)n);

		if (!resource_put_in(store, (intptr_t)n, type, olds, docs,
		    error))
			return FALSE;
	}
	return docs_write(store, docs, error);
}

/* ---- slices -------------------------------------------------------------- */

struct slice { int limit; int64_t left; };

static gboolean
slice_docs(struct store *store, int limit, GArray *docs, int64_t *last,
    GError **error)
{
	static const char sql[] = "SELECT n, type FROM resource WHERE n > ?1"
	    " ORDER BY n LIMIT ?2";
	sqlite3_stmt *st = db_query(store, error, sql, "ii", *last,
	    (int64_t)limit);
	gboolean failed = st == NULL;

	while (!failed && db_row(store, st, &failed, error)) {
		*last = sqlite3_column_int64(st, 0);
		failed = !resource_put_in(store, *last, db_col(st, 1), NULL,
		    docs, error);
	}
	db_done(st);
	return !failed && docs_write(store, docs, error);
}

static gboolean
slice_work(struct store *store, void *data, GError **error)
{
	static const char at_sql[] = "SELECT value FROM meta"
	    " WHERE key='search.at'";
	static const char max_sql[] = "SELECT max(n) FROM resource";
	static const char set[] = "INSERT OR REPLACE INTO meta(key, value)"
	    " VALUES('search.at', CAST(?1 AS TEXT))";
	struct slice *slice = data;
	g_autoptr(GArray) docs = docs_new();
	int64_t at, max;

	if (!db_int(store, error, 0, &at, at_sql, "") ||
	    !slice_docs(store, slice->limit, docs, &at, error) ||
	    !db_int(store, error, 0, &max, max_sql, ""))
		return FALSE;
	slice->left = MAX(max - at, 0);
	return db_run(store, error, set, "i", at);
}

gboolean
store_search_index(struct store *store, int limit, int64_t *left,
    GError **error)
{
	static const char any[] = "SELECT EXISTS(SELECT 1 FROM resource"
	    " WHERE n > coalesce((SELECT CAST(value AS INTEGER) FROM meta"
	    " WHERE key='search.at'), 0))";
	struct slice slice = { .limit = MAX(limit, 1) };
	int64_t is;

	*left = 0;
	if (!db_int(store, error, 0, &is, any, ""))
		return FALSE;
	if (!is)
		return TRUE;
	if (!db_transact(store, DB_NORMAL, slice_work, &slice, error))
		return FALSE;
	*left = slice.left;
	return TRUE;
}

int64_t
store_search_bytes(struct store *store)
{
	static const char sql[] = "SELECT coalesce(sum(length(block)), 0)"
	    " FROM search_data";
	static const char rows[] = "SELECT count(*) FROM found";
	int64_t bytes, n;

	db_int(store, NULL, 0, &bytes, sql, "");
	db_int(store, NULL, 0, &n, rows, "");
	/* A row of found and of its index, filled pages assumed. */
	return bytes + n * 24;
}
