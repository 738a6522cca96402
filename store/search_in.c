/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index on its way in. It follows the resources by their numbers up to
 * search.at: what is new is taken later, a slice at a time, so that ingest pays
 * nothing for it; what is in it already and changes or goes does so in the same
 * transaction.
 */
#include "store/search_room.h"
#include "store/entry.h"

static void
indexed_clear(void *p)
{
	struct indexed *doc = p;

	g_free(doc->text);
	g_free(doc->marks);
}

static GArray *
docs_new(void)
{
	GArray *docs = g_array_new(FALSE, FALSE, sizeof(struct indexed));

	g_array_set_clear_func(docs, indexed_clear);
	return docs;
}

/* Takes text and marks. */
static void
doc_add(GArray *docs, const struct indexed *doc)
{
	g_array_append_vals(docs, doc, 1);
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

static void
mark_add(GString *marks, char what, int64_t n)
{
	g_string_append_printf(marks, "%s%c%c%" G_GINT64_FORMAT, marks->len ?
	    " " : "", SEARCH_MARK_OF, what, n);
}

static char *
patient_mark(int64_t patient)
{
	GString *marks = g_string_new(NULL);

	if (patient)
		mark_add(marks, 'p', patient);
	return g_string_free(marks, FALSE);
}

static char *
message_marks(sqlite3_stmt *st)
{
	GString *marks = g_string_new(NULL);
	enum message_from from = search_sender_kind(db_col(st, 4));
	unsigned has = search_has_of(db_col(st, 1));
	int64_t patient = sqlite3_column_int64(st, 5);

	if (patient)
		mark_add(marks, 'p', patient);
	mark_add(marks, 's', sqlite3_column_int64(st, 3));
	mark_add(marks, 't', from);
	for (unsigned bit = 1; bit <= has; bit <<= 1)
		if (has & bit)
			mark_add(marks, 'h', bit);
	return g_string_free(marks, FALSE);
}

static gboolean
message_docs(struct store *store, int64_t n, GArray *docs, GError **error)
{
	static const char sql[] = "SELECT m.text, m.files, m.sent, m.sender,"
	    " s.type, coalesce(c.patient, t.patient) FROM message m"
	    " LEFT JOIN resource s ON s.n = m.sender"
	    " LEFT JOIN consult c ON c.n = m.thread"
	    " LEFT JOIN report t ON t.n = m.thread"
	    " WHERE m.n=?1 AND NOT m.flags & 3";
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = st == NULL, other = FALSE;
	int64_t sender = 0;

	if (st && db_row(store, st, &failed, error)) {
		sender = sqlite3_column_int64(st, 3);
		other = g_strcmp0(db_col(st, 4), "Patient") != 0;
		doc_add(docs, &(const struct indexed){
			.what = n * ENTRY_PARTS,
			.ms = sqlite3_column_int64(st, 2),
			.of = sqlite3_column_int64(st, 5), .from = sender,
			.text = search_message_text(db_col(st, 0),
			db_col(st, 1)), .marks = message_marks(st) });
	}
	db_done(st);
	return !failed && (!sender || !other ||
	    search_name_need(store, sender, error));
}

static gboolean
titles(struct store *store, const char *sql, int64_t n, GArray *docs,
    GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = st == NULL;

	if (st && db_row(store, st, &failed, error))
		doc_add(docs, &(const struct indexed){
			.what = n * ENTRY_PARTS + SEARCH_TITLE,
			.ms = sqlite3_column_int64(st, 1),
			.of = sqlite3_column_int64(st, 2),
			.text = g_strdup(db_col(st, 0)),
			.marks = patient_mark(sqlite3_column_int64(st, 2)) });
	db_done(st);
	return !failed;
}

static gboolean
communication_docs(struct store *store, int64_t n, GArray *docs,
    GError **error)
{
	static const char sql[] = "SELECT complaint, sent, patient FROM consult"
	    " WHERE n=?1 AND (header OR loose) AND complaint IS NOT NULL"
	    " AND status IS NOT 'entered-in-error'";

	return message_docs(store, n, docs, error) &&
	    titles(store, sql, n, docs, error);
}

/* "< 5" is no 5: what has a comparator is not compared. */
gboolean
search_is_value(const char *value, const char *detail)
{
	int order;

	return value && search_decimal_order(value, value, &order) &&
	    (!detail || !strchr("<>=~", *detail) || !*detail);
}

static char *
entry_marks(sqlite3_stmt *st)
{
	GString *marks = g_string_new(NULL);
	char token[SEARCH_VALUE_BYTES + 1];
	int64_t patient = sqlite3_column_int64(st, 6);
	int status = sqlite3_column_int(st, 7);

	if (patient)
		mark_add(marks, 'p', patient);
	if (sqlite3_column_int(st, 1) == CHART_RESULTS && status !=
	    ENTRY_CANCELLED && search_is_value(db_col(st, 4), db_col(st, 3))) {
		search_value_token(g_ascii_strtod(db_col(st, 4), NULL), token);
		g_string_append_printf(marks, "%s%s", marks->len ? " " : "",
		    token);
		search_test_marks(marks, db_col(st, 8), db_col(st, 2),
		    db_col(st, 4), db_col(st, 9));
	}
	return g_string_free(marks, FALSE);
}

static gboolean
entry_docs(struct store *store, int64_t n, GArray *docs, GError **error)
{
	static const char sql[] = "SELECT e, section, coalesce(e.words,"
	    " w.words), detail, value, date_ms, e.patient, status, test,"
	    " coalesce(ucum, unit)"
	    " FROM entry e"
	    " LEFT JOIN named w ON w.n = e.drug"
	    " WHERE e BETWEEN ?1*256 AND ?1*256+254 AND status<>?2"
	    " AND section<>?3";
	sqlite3_stmt *st = db_query(store, error, sql, "iii", n,
	    (int64_t)ENTRY_ENTERED_IN_ERROR, (int64_t)ENTRY_FILLS);
	gboolean failed = st == NULL;

	while (st && db_row(store, st, &failed, error))
		doc_add(docs, &(const struct indexed){
			.what = sqlite3_column_int64(st, 0),
			.ms = sqlite3_column_int64(st, 5),
			.of = sqlite3_column_int64(st, 6),
			.text = search_entry_text(sqlite3_column_int(st, 1),
			db_col(st, 2), db_col(st, 3), db_col(st, 4)),
			.marks = entry_marks(st) });
	db_done(st);
	return !failed;
}

static gboolean
report_docs(struct store *store, int64_t n, GArray *docs, GError **error)
{
	static const char sql[] = "SELECT name, issued, patient FROM report"
	    " WHERE n=?1 AND name IS NOT NULL"
	    " AND status IS NOT 'entered-in-error'";

	return titles(store, sql, n, docs, error) &&
	    entry_docs(store, n, docs, error);
}

static gboolean
patient_docs(struct store *store, int64_t n, GArray *docs, GError **error)
{
	g_autofree char *marks = NULL;

	if (!search_name_marks(store, n, &marks, error))
		return FALSE;
	if (marks)
		doc_add(docs, &(const struct indexed){
			.what = n * ENTRY_PARTS + SEARCH_NAMES, .of = n,
			.text = g_strdup(""), .marks =
			g_steal_pointer(&marks) });
	return TRUE;
}

static const struct {
	const char *type;
	gboolean (*docs)(struct store *, int64_t, GArray *, GError **);
} types[] = {
	{ "Patient", patient_docs },
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

static gboolean
old_read(struct store *store, int64_t n, struct old *old, GError **error)
{
	static const char type_sql[] = "SELECT type FROM resource WHERE n=?1";
	g_autofree char *type = db_text(store, NULL, type_sql, "i", n);

	return !type || (thread_patient(store, n, &old->patient, error) &&
	    docs_of(store, n, type, old->docs, error));
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
	old->docs = docs_new();
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
	g_autoptr(GArray) news = docs_new();

	if (search_sender_kind(type) != FROM_UNKNOWN &&
	    !search_name_put(store, n, type, error))
		return FALSE;
	if (type && !docs_of(store, n, type, news, error))
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
		    error) || !message_docs(store, message, docs, error);
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
	static const char type_sql[] = "SELECT type FROM resource WHERE n=?1";
	struct store *store = in->store;
	g_autoptr(GArray) docs = docs_new();
	GHashTableIter iter;
	void *n, *was;

	if (!store->touched)
		return TRUE;
	g_hash_table_iter_init(&iter, store->touched);
	while (g_hash_table_iter_next(&iter, &n, &was)) {
		g_autofree char *type = db_text(store, NULL, type_sql, "i",
		    (int64_t)(intptr_t)n);
		const struct old *old = was;

		if (!resource_put_in(store, (intptr_t)n, type, old->docs, docs,
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
	g_autoptr(GArray) docs = docs_new();

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
