/* SPDX-License-Identifier: Apache-2.0 */
/* A draft becomes a letter: its addressees, its bytes, its identifier. */
#include "store/file_room.h"
#include "store/fact.h"

#define IDENTIFIER_SYSTEM "urn:ietf:rfc:3986"

struct sending {
	struct draft_key key;
	int64_t patient, now_ms;
	const char *text;         /* NULL: the draft's, with its files */
	const struct file_new *files; /* else these */
	size_t n_files;
	int64_t n;                /* out */
};

static gboolean
refuse(GError **error, enum store_error code, const char *why)
{
	g_set_error_literal(error, STORE_ERROR, code, why);
	return FALSE;
}

static gboolean
is_blank(const char *text)
{
	for (const char *c = text; *c; c = g_utf8_next_char(c))
		if (!g_unichar_isspace(g_utf8_get_char(c)))
			return FALSE;
	return TRUE;
}

/* ---- whom it goes to ---------------------------------------------------- */

static gboolean
has_ref(const GPtrArray *refs, const char *ref)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)refs, ref,
	    g_str_equal, NULL);
}

static void
add_ref(struct store *store, GPtrArray *refs, const fhir_node *node)
{
	struct fhir_ref ref;
	g_autofree char *text = NULL;

	if (!fhir_ref_at(node, NULL, &ref) ||
	    me_is(store, number_find(store, ref.type, ref.id)))
		return;
	text = g_strconcat(ref.type, "/", ref.id, NULL);
	if (!has_ref(refs, text))
		g_ptr_array_add(refs, g_steal_pointer(&text));
}

/* Everyone the header (or loose message) names but me. */
static void
add_participants(struct store *store, GPtrArray *refs, const fhir_node *root)
{
	size_t count = fhir_count(root, "recipient");

	add_ref(store, refs, fhir_get(root, "sender"));
	for (size_t i = 0; i < count; i++)
		add_ref(store, refs, fhir_at(root, "recipient", i));
}

static struct fhir_doc *
body_doc(struct store *store, const char *ref)
{
	g_autofree char *bytes = NULL;
	struct fhir_ref parsed;
	size_t len;

	if (!ref || !fhir_ref_parse(ref, &parsed))
		return NULL;
	bytes = store_body(store, parsed.type, parsed.id, &len, NULL);
	return bytes ? fhir_parse(bytes, len, NULL, NULL) : NULL;
}

/* ---- the letter --------------------------------------------------------- */

/* The newest message that is not ours: what is answered. */
static char *
answered_ref(struct store *store, int64_t thread)
{
	static const char sql[] = "SELECT n, sender FROM message WHERE thread=?1"
	    " AND NOT flags & 3 ORDER BY sent DESC, n DESC";
	sqlite3_stmt *st = db_query(store, NULL, sql, "i", thread);
	gboolean failed = FALSE;
	int64_t n = 0;

	while (st && !n && db_row(store, st, &failed, NULL))
		if (!me_is(store, sqlite3_column_int64(st, 1)))
			n = sqlite3_column_int64(st, 0);
	db_done(st);
	return number_ref(store, n);
}

static gboolean
is_loose(struct store *store, int64_t consult)
{
	static const char sql[] = "SELECT loose FROM consult WHERE n=?1";
	int64_t loose;

	return db_int(store, NULL, 0, &loose, sql, "i", consult) && loose;
}

static GArray *
quotes_of(const GArray *facts)
{
	GArray *quotes = g_array_new(FALSE, FALSE, sizeof(struct fhir_quote));

	for (guint i = 0; i < facts->len; i++) {
		const struct fact *f = &g_array_index(facts, struct fact, i);
		struct fhir_quote quote = { f->ref, f->words };

		g_array_append_val(quotes, quote);
	}
	return quotes;
}

static gboolean
letter_build(struct store *store, const struct sending *s,
    const char *thread_ref, const char *patient_ref, const char *text,
    GError **error, int64_t *n)
{
	BASE_AUTO(fhir_doc) head = body_doc(store, thread_ref);
	g_autoptr(GPtrArray) to = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *uuid = g_uuid_string_random();
	g_autofree char *value = g_strconcat("urn:uuid:", uuid, NULL);
	g_autofree char *answers = answered_ref(store, draft_thread(s->key));
	g_autofree char *bytes = NULL;
	g_autoptr(GArray) facts = store_facts(store, s->key, text, error);
	g_autoptr(GArray) quotes = facts ? quotes_of(facts) : NULL;
	gboolean loose = is_loose(store, s->key.consult.n);
	struct fhir_reply reply = {
		.in_response_to = answers,
		.subject_ref = patient_ref,
		.sender_ref = store->me_ref, .text = text,
		.identifier_system = IDENTIFIER_SYSTEM,
		.identifier_value = value, .sent_ms = s->now_ms,
	};
	struct letter letter = { .verb = OUTBOX_CREATE,
		.type = "Communication", .target = "", .if_match = "",
		.system = IDENTIFIER_SYSTEM, .value = value,
		.thread_ref = thread_ref, .patient_ref = patient_ref,
		.created_ms = s->now_ms, .thread = draft_thread(s->key),
		.patient = s->patient };

	struct files_bind bind = { .thread = letter.thread,
		.patient = s->patient, .letter = value, .of_draft = !s->text,
		.files = s->files, .n = s->n_files };
	g_autoptr(GArray) files = g_array_new(FALSE, FALSE,
	    sizeof(struct fhir_file));
	g_autoptr(GStringChunk) strings = g_string_chunk_new(256);

	if (!quotes || !files_bind(store, &bind, files, strings, error))
		return FALSE;
	if (is_blank(text) && !files->len)
		return refuse(error, STORE_ERROR_NOTHING, "nothing to send");
	reply.files = (struct fhir_file *)(void *)files->data;
	reply.n_files = files->len;
	reply.quotes = (struct fhir_quote *)(void *)quotes->data;
	reply.n_quotes = quotes->len;
	if (s->key.consult.n && head)
		add_participants(store, to, fhir_root(head));
	if (to->len == 0)
		g_ptr_array_add(to, g_strdup(patient_ref));
	g_ptr_array_add(to, NULL);
	reply.recipient_refs = (const char *const *)to->pdata;
	if (s->key.report.n)
		reply.about_ref = thread_ref;
	else if (!loose)
		reply.consult_ref = thread_ref;
	bytes = fhir_build_reply(&reply, &letter.len);
	if (!bytes)
		return refuse(error, STORE_ERROR_INVALID,
		    "the reply could not be built");
	letter.bytes = bytes;
	return letter_put(store, &letter, OUTBOX_WAITING, n, error);
}

/* ---- whose it is (F22) -------------------------------------------------- */

static gboolean
patient_fits(struct store *store, const struct sending *s, GError **error)
{
	static const char consult[] = "SELECT patient FROM consult WHERE n=?1";
	static const char report[] = "SELECT patient FROM report WHERE n=?1";
	static const char draft[] = "SELECT patient FROM draft WHERE thread=?1";
	g_autoptr(GArray) family = patient_family(store, s->patient, error);
	int64_t thread = draft_thread(s->key);
	int64_t owner, drafted = 0;
	gboolean fits = FALSE;

	if (!family || !db_int(store, error, 0, &owner,
	    s->key.consult.n ? consult : report, "i", thread) ||
	    (!s->text && !db_int(store, error, 0, &drafted, draft, "i",
	    thread)))
		return FALSE;
	for (guint i = 0; i < family->len; i++)
		fits |= g_array_index(family, int64_t, i) == owner;
	/* A thread whose patient is not known yet has only the draft's word. */
	if ((owner && !fits) || (drafted && drafted != s->patient))
		return refuse(error, STORE_ERROR_WRONG_PATIENT,
		    "the text belongs to another patient");
	return TRUE;
}

/* ---- send --------------------------------------------------------------- */

static gboolean
draft_take(struct store *store, const struct sending *s, char **text,
    GError **error)
{
	GError *why = NULL;
	BASE_AUTO(draft) draft = store_draft_load(store, s->key, &why);

	if (!draft && why) {
		g_propagate_error(error, why);
		return FALSE;
	}
	*text = g_strdup(draft ? draft->text : "");
	return TRUE;
}

/* Text given by hand leaves a draft alone, unless that is a beginning of it:
 * what the last pause saved of the same words. */
static gboolean
draft_clear(struct store *store, const struct sending *s, const char *text,
    GError **error)
{
	static const char sql[] = "DELETE FROM draft WHERE thread=?1"
	    " AND substr(?2, 1, length(text)) = text"
	    " AND NOT EXISTS(SELECT 1 FROM own_file"
	    "  WHERE own_file.thread=?1 AND letter='')";

	return db_run(store, error, sql, "is", draft_thread(s->key), text);
}

static gboolean
send_now(struct store *store, void *data, GError **error)
{
	struct sending *s = data;
	int64_t thread = draft_thread(s->key);
	g_autofree char *thread_ref = number_ref(store, thread);
	g_autofree char *patient_ref = number_ref(store, s->patient);
	g_autofree char *text = g_strdup(s->text), *due = NULL;

	if (!me_load(store, error) || (!text &&
	    !draft_take(store, s, &text, error)))
		return FALSE;
	if (!thread_ref || !patient_ref)
		return refuse(error, STORE_ERROR_NOT_FOUND, "no such thread");
	if (s->key.report.n && !report_answer_ms(store, s->key.report.n,
	    s->now_ms, &s->now_ms, error))
		return FALSE;
	if (s->key.report.n)
		due = store_recall_due(store, s->key.report, NULL);
	if (!store->me_ref)
		return refuse(error, STORE_ERROR_INVALID,
		    "who I am is not known yet");
	return patient_fits(store, s, error) &&
	    letter_build(store, s, thread_ref, patient_ref, text, error,
	    &s->n) &&
	    (!due || report_recall(store, thread, due, s->now_ms, error)) &&
	    draft_clear(store, s, text, error) &&
	    facts_sent(store, thread, error) &&
	    (!s->key.report.n || report_tasks_complete(store,
	    s->key.report.n, s->now_ms, error)) &&
	    row_refresh(store, thread, error);
}

gboolean
send_letter(struct store *store, struct draft_key key,
    struct patient_id patient, const char *text_or_null, int64_t now_ms,
    GError **error)
{
	struct sending s = { .key = key, .patient = patient.n,
		.now_ms = now_ms, .text = text_or_null };

	return send_now(store, &s, error);
}

gboolean
store_send(struct store *store, struct draft_key key, struct patient_id patient,
    const char *text_or_null, int64_t now_ms, struct outbox_id *out,
    GError **error)
{
	return store_send_files(store, key, patient, text_or_null, NULL, 0,
	    now_ms, out, error);
}

gboolean
store_send_files(struct store *store, struct draft_key key,
    struct patient_id patient, const char *text, const struct file_new *files,
    size_t n, int64_t now_ms, struct outbox_id *out, GError **error)
{
	struct sending s = { .key = key, .patient = patient.n,
		.now_ms = now_ms, .text = text, .files = files, .n_files = n };

	if (!db_transact(store, DB_DURABLE, send_now, &s, error))
		return FALSE;
	if (out)
		out->n = s.n;
	return TRUE;
}

/* ---- back to a draft ---------------------------------------------------- */

char *
outbox_text(const void *bytes, size_t len)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);

	const fhir_node *root = doc ? fhir_root(doc) : NULL;
	const char *text = fhir_text(root, "payload[0].contentString");

	/* A file may go without a word. */
	if (!text && fhir_get(root, "payload[0].contentAttachment"))
		text = "";
	return g_strdup(text);
}

/* What it quotes stays known. */
static gboolean
quotes_back(struct store *store, int64_t thread, const struct letter *letter,
    GError **error)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(letter->bytes, letter->len, NULL,
	    NULL);
	size_t n = doc ? fhir_count(fhir_root(doc), "about") : 0;

	for (size_t i = 0; i < n; i++) {
		const fhir_node *about = fhir_at(fhir_root(doc), "about", i);
		struct fact_row row = { .thread = thread,
			.thread_ref = letter->thread_ref,
			.ref = fhir_text(about, "reference"),
			.words = fhir_text(about, "display") };

		if (row.ref && row.words && !fact_put(store, &row, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
recall(struct store *store, void *data, GError **error)
{
	static const char sql[] = "SELECT " LETTER_COLUMNS ", thread, patient,"
	    " state FROM outbox WHERE n=?1 AND verb=0";
	static const char drop[] = "DELETE FROM outbox WHERE n=?1";
	static const char old[] = "SELECT text FROM draft WHERE thread=?1";
	int64_t n = *(int64_t *)data, thread = 0;
	g_autofree char *text = NULL, *before = NULL, *joined = NULL;
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = FALSE, ok = FALSE;
	struct letter letter;

	if (st && db_row(store, st, &failed, error) &&
	    sqlite3_column_int(st, LETTER_COUNT + 2) == OUTBOX_FAILED &&
	    letter_read(st, 0, &letter)) {
		thread = sqlite3_column_int64(st, LETTER_COUNT);
		text = outbox_text(letter.bytes, letter.len);
		/* What is written there already is lost by no failed read. */
		failed = !db_text_get(store, error, &before, old, "i", thread);
		joined = before && *before ?
		    g_strconcat(text, "\n", before, NULL) : g_strdup(text);
	}
	if (text && !failed) {
		struct note_row row = { .thread = thread,
			.patient = sqlite3_column_int64(st, LETTER_COUNT + 1),
			.thread_ref = letter.thread_ref,
			.patient_ref = letter.patient_ref, .text = joined,
			.caret = (int64_t)strlen(joined),
			.saved_ms = base_now_ms() };
		ok = draft_put(store, &row, error) &&
		    quotes_back(store, thread, &letter, error) &&
		    files_unbind(store, letter.value, error);
	} else if (st && !failed) {
		refuse(error, STORE_ERROR_INVALID,
		    "not a reply that was refused");
	}
	db_done(st);
	return ok && db_run(store, error, drop, "i", n) &&
	    row_refresh(store, thread, error);
}

gboolean
store_outbox_to_draft(struct store *store, struct outbox_id id, GError **error)
{
	return db_transact(store, DB_DURABLE, recall, &id.n, error);
}
