/* SPDX-License-Identifier: Apache-2.0 */
/* What is indexed of a resource: texts, and the tokens that stand beside them. */
#include "store/search_room.h"
#include "store/entry.h"

static void
indexed_clear(void *p)
{
	struct indexed *doc = p;

	g_free(doc->text);
	g_free(doc->marks);
}

GArray *
search_docs_new(void)
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

static const struct { const char *type; unsigned has; } contents[] = {
	{ "image/", SEARCH_HAS_PICTURE }, { "audio/", SEARCH_HAS_SOUND },
	{ "video/", SEARCH_HAS_VIDEO },
};

/* What its attachments are: title, type, size of each, apart by \x1f and \x1e. */
unsigned
search_has_of(const char *files)
{
	unsigned has = 0;

	while (files && *files) {
		const char *type = strchr(files, '\x1f');

		has |= SEARCH_HAS_FILE;
		for (size_t i = 0; type && i < G_N_ELEMENTS(contents); i++)
			if (g_str_has_prefix(type + 1, contents[i].type))
				has |= contents[i].has;
		files += strcspn(files, "\x1e");
		files += *files == '\x1e';
	}
	return has;
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

gboolean
search_message_docs(struct store *store, int64_t n, GArray *docs,
    GError **error)
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

	return search_message_docs(store, n, docs, error) &&
	    titles(store, sql, n, docs, error);
}

/* "< 5" is no 5: what has a comparator is not compared. */
gboolean
search_is_value(const char *value, const char *detail)
{
	size_t len = value ? search_decimal_len(value) : 0;

	return len && !value[len] &&
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

gboolean
search_docs_of(struct store *store, int64_t n, const char *type, GArray *docs,
    GError **error)
{
	for (size_t i = 0; type && i < G_N_ELEMENTS(types); i++)
		if (strcmp(type, types[i].type) == 0)
			return types[i].docs(store, n, docs, error);
	return entry_docs(store, n, docs, error);
}
