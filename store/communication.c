/* SPDX-License-Identifier: Apache-2.0 */
/* Communication: a header, a message of one, or a loose message (wire.md §1). */
#include "store/file_room.h"
#include "store/ingest.h"
#include "store/search_room.h"

gboolean
addressed_to_me(struct store *store, const fhir_node *root)
{
	struct fhir_ref sender;

	if (store->me->len == 0 || fhir_count(root, "recipient") == 0)
		return TRUE;
	if (fhir_ref_at(root, "sender", &sender) &&
	    me_is(store, number_find(store, sender.type, sender.id)))
		return TRUE;
	return names_me(store, root, "recipient");
}

static const char *
complaint_of(const fhir_node *root, const char *lang)
{
	const char *words = fhir_concept_words(fhir_get(root, "topic"), lang);

	if (!words)
		words = fhir_concept_words(fhir_at(root, "reasonCode", 0),
		    lang);
	return words;
}

static int64_t
sent_of(const struct doc *doc)
{
	int64_t ms;

	if (fhir_time_ms(fhir_text(doc->root, "sent"), &ms, NULL) ||
	    fhir_time_ms(fhir_text(doc->root, "received"), &ms, NULL))
		return ms;
	return doc->head.updated_ms;
}

static gboolean
consult_put(struct ingest *in, const struct doc *doc, gboolean loose,
    GError **error)
{
	static const char sql[] = "INSERT INTO consult(n, id, header, loose,"
	    " patient, complaint, fold, status, priority, sent, mine, loaded)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?4)"
	    " ON CONFLICT(n) DO UPDATE SET header=?3, loose=?4,"
	    " patient=coalesce(?5, patient), complaint=?6, fold=?7, status=?8,"
	    " priority=?9, sent=?10, mine=?11, loaded=max(loaded, ?4)";
	const char *complaint = complaint_of(doc->root, in->lang);
	g_autofree char *fold = complaint ? base_text_fold(complaint) : NULL;

	touch(in->consults, doc->n);
	return db_run(in->store, error, sql, doc->patient ? "isiiisssiii" :
	    "isiinsssiii", doc->n, doc->head.id, (int64_t)!loose,
	    (int64_t)loose, doc->patient, complaint, fold,
	    fhir_text(doc->root, "status"),
	    (int64_t)fhir_priority_of(fhir_text(doc->root, "priority")),
	    sent_of(doc),
	    (int64_t)addressed_to_me(in->store, doc->root));
}

/* A message of a thread says whose all of it is. */
static gboolean
patient_known(struct ingest *in, int64_t n, int64_t patient, GError **error)
{
	static const char asked[] = "SELECT patient IS NULL FROM consult"
	    " WHERE n=?1";
	static const char sql[] = "UPDATE consult SET patient=?2 WHERE n=?1";
	int64_t open;

	if (!db_int(in->store, error, 0, &open, asked, "i", n))
		return FALSE;
	return !open || (search_touch(in->store, n, error) &&
	    db_run(in->store, error, sql, "ii", n, patient));
}

static gboolean
consult_placeholder(struct ingest *in, int64_t n, const char *id,
    int64_t patient, GError **error)
{
	static const char sql[] = "INSERT OR IGNORE INTO consult(n, id)"
	    " VALUES(?1, ?2)";

	if (!touched(in->consults, n) &&
	    !db_run(in->store, error, sql, "is", n, id))
		return FALSE;
	touch(in->consults, n);
	if (!patient || touched(in->owned, n))
		return TRUE;
	touch(in->owned, n);
	return patient_known(in, n, patient, error);
}

/* ---- where a message belongs -------------------------------------------- */

struct place {
	int64_t thread;  /* consultation, or report for those about one only */
	int64_t about;   /* report, or 0 */
	gboolean loose;
};

static gboolean
answered_thread(struct ingest *in, const struct doc *doc, int64_t n,
    const char *id, struct place *place, GError **error)
{
	static const char sql[] = "SELECT thread FROM message WHERE n=?1";
	/* An answer to what I wrote about a report is about it too. */
	static const char report[] = "SELECT n FROM resource WHERE n=?1"
	    " AND type='DiagnosticReport'";

	if (!db_int(in->store, error, n, &place->thread, sql, "i", n))
		return FALSE;
	if (place->thread == n)
		return consult_placeholder(in, n, id, doc->patient, error);
	touch(in->consults, place->thread);
	touch(in->reports, place->thread);
	return db_int(in->store, error, 0, &place->about, report, "i",
	    place->thread);
}

static gboolean
place_of(struct ingest *in, const struct doc *doc, struct place *place,
    GError **error)
{
	struct fhir_ref ref;
	int64_t n;

	*place = (struct place){ 0 };
	if (!number_at(in->store, doc->root, "about", "DiagnosticReport",
	    &place->about, error))
		return FALSE;
	if (fhir_ref_at(doc->root, "partOf", &ref) &&
	    strcmp(ref.type, "Communication") == 0) {
		if (!number_of(in->store, ref.type, ref.id, &place->thread,
		    error))
			return FALSE;
		return consult_placeholder(in, place->thread, ref.id,
		    doc->patient, error);
	}
	if (place->about) {
		place->thread = place->about;
		return TRUE;
	}
	if (fhir_ref_at(doc->root, "inResponseTo", &ref) &&
	    strcmp(ref.type, "Communication") == 0 &&
	    strcmp(ref.id, doc->head.id) != 0) {
		return number_of(in->store, ref.type, ref.id, &n, error) &&
		    answered_thread(in, doc, n, ref.id, place, error);
	}
	place->thread = doc->n;
	place->loose = TRUE;
	return TRUE;
}

/* Whose they are may be another's now. */
static gboolean
messages_touch(struct ingest *in, int64_t thread, GError **error)
{
	static const char sql[] = "SELECT n FROM message WHERE thread=?1";
	sqlite3_stmt *st = db_query(in->store, error, sql, "i", thread);
	gboolean failed = st == NULL;

	while (!failed && db_row(in->store, st, &failed, error))
		failed = !search_touch(in->store, sqlite3_column_int64(st, 0),
		    error);
	db_done(st);
	return !failed;
}

/* An answer to this message came before it and stands under its number: all of
 * that belongs to the thread it turns out to be in. */
static gboolean
move_thread(struct ingest *in, int64_t from, int64_t to, GError **error)
{
	static const char *const sql[] = {
		"UPDATE message SET thread=?2 WHERE thread=?1",
		"UPDATE OR IGNORE draft SET thread=?2 WHERE thread=?1",
		"UPDATE fact SET thread=?2 WHERE thread=?1",
		"UPDATE outbox SET thread=?2 WHERE thread=?1",
		"UPDATE own_file SET thread=?2 WHERE thread=?1",
		"UPDATE task SET target=?2 WHERE target=?1",
		"DELETE FROM consult WHERE n=?1 AND ?2",
	};

	if (!messages_touch(in, from, error))
		return FALSE;
	for (size_t i = 0; i < G_N_ELEMENTS(sql); i++)
		if (!db_run(in->store, error, sql[i], "ii", from, to))
			return FALSE;
	g_hash_table_remove(in->consults, (void *)(intptr_t)from);
	g_hash_table_remove(in->owned, (void *)(intptr_t)from);
	return queue_drop(in, from, error);
}

/* ---- the message -------------------------------------------------------- */

/* Field and record separators of the files column, out of names. */
static void
add_field(GString *out, const char *text, char end)
{
	for (; text && *text; text++)
		if (*text != '\x1e' && *text != '\x1f')
			g_string_append_c(out, *text);
	g_string_append_c(out, end);
}

static void
add_file(GString *out, const fhir_node *payload)
{
	const fhir_node *file = fhir_get(payload, "contentAttachment");
	const fhir_node *ref = fhir_get(payload, "contentReference");
	const char *title = file ? fhir_text(file, "title") :
	    fhir_text(ref, "display");

	if (!file && !ref)
		return;
	if (!title && ref)
		title = fhir_text(ref, "reference");
	add_field(out, title, '\x1f');
	add_field(out, fhir_text(file, "contentType"), '\x1f');
	add_field(out, fhir_number(file, "size"), '\x1e');
}

static void
payload_read(const fhir_node *root, GString *text, GString *files)
{
	size_t count = fhir_count(root, "payload");

	for (size_t i = 0; i < count; i++) {
		const fhir_node *payload = fhir_at(root, "payload", i);
		const char *words = fhir_text(payload, "contentString");
		if (words) {
			if (text->len)
				g_string_append_c(text, '\n');
			g_string_append(text, words);
		}
		add_file(files, payload);
	}
}

/* `received` speaks of me only where there is one recipient. */
static gboolean
one_recipient(const fhir_node *root)
{
	return fhir_count(root, "recipient") <= 1;
}

/* Its files are here already, as they were sent. */
static gboolean
files_come_back(struct ingest *in, const struct doc *doc, GError **error)
{
	size_t n = fhir_count(doc->root, "identifier");
	struct files_settle to = { .owner = doc->n,
		.version = doc->head.version };

	for (size_t i = 0; i < n; i++) {
		to.letter = fhir_text(fhir_at(doc->root, "identifier", i),
		    "value");
		if (to.letter && !files_settle(in->store, &to, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
flags_of(struct ingest *in, const struct doc *doc, int64_t *flags,
    GError **error)
{
	static const char sql[] = "SELECT flags FROM message WHERE n=?1";
	const char *status = fhir_text(doc->root, "status");
	gboolean joined = FALSE;

	*flags = 0;
	if (doc->update &&
	    !db_int(in->store, error, 0, flags, sql, "i", doc->n))
		return FALSE;
	*flags &= MSG_READ | MSG_FROM_HERE;
	if (g_strcmp0(status, "entered-in-error") == 0)
		*flags |= MSG_RETRACTED;
	if (g_strcmp0(status, "preparation") == 0)
		*flags |= MSG_PREPARATION;
	if (fhir_text(doc->root, "received") && one_recipient(doc->root))
		*flags |= MSG_RECEIVED;
	if (in->outbox_live &&
	    !outbox_join(in->store, doc->root, &joined, error))
		return FALSE;
	if (!joined)
		return TRUE;
	*flags |= MSG_FROM_HERE;
	return files_come_back(in, doc, error);
}

static gboolean
sender_of(struct ingest *in, const struct doc *doc, int64_t *sender,
    GError **error)
{
	static const char name[] = "INSERT OR IGNORE INTO named(n, words)"
	    " VALUES(?1, ?2)";
	const char *words = fhir_text(doc->root, "sender.display");

	if (!number_at(in->store, doc->root, "sender", NULL, sender, error))
		return FALSE;
	if (!*sender || !words || *sender == doc->patient ||
	    g_hash_table_contains(in->sides, (void *)(intptr_t)*sender) ||
	    touched(in->named, *sender))
		return TRUE;
	touch(in->named, *sender);
	return db_run(in->store, error, name, "is", *sender, words);
}

static gboolean
message_put(struct ingest *in, const struct doc *doc,
    const struct place *place, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO message(n, thread,"
	    " sent, sender, flags, text, files, modifier, about, id)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) files = g_string_new(NULL);
	int64_t sender, flags;

	if (!sender_of(in, doc, &sender, error) ||
	    !flags_of(in, doc, &flags, error))
		return FALSE;
	payload_read(doc->root, text, files);
	return db_run(in->store, error, sql, place->about ? "iiiiissiis" :
	    "iiiiissins", doc->n, place->thread, sent_of(doc), sender, flags,
	    text->str, files->len ? files->str : NULL,
	    (int64_t)fhir_has_unknown_modifier(doc->root), place->about,
	    doc->head.id);
}

static gboolean
project_message(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char old[] = "SELECT thread FROM message WHERE n=?1";
	static const char stood[] = "SELECT n FROM consult WHERE n=?1";
	struct place place;
	int64_t before = 0;

	if (!place_of(in, doc, &place, error))
		return FALSE;
	if (doc->update &&
	    !db_int(in->store, error, 0, &before, old, "i", doc->n))
		return FALSE;
	if (before && before != place.thread)
		touch(in->consults, before);
	if (!message_put(in, doc, &place, error))
		return FALSE;
	touch(in->reports, place.about);
	if (place.loose)
		return consult_put(in, doc, TRUE, error);
	if (!doc->awaited || doc->update)
		return TRUE;
	if (!db_int(in->store, error, 0, &before, stood, "i", doc->n))
		return FALSE;
	return !before || move_thread(in, doc->n, place.thread, error);
}

/* An acknowledgement may have no words; nothing else without them is a message. */
static gboolean
is_header(const fhir_node *root)
{
	struct fhir_ref ref;

	if (fhir_count(root, "payload") > 0 || fhir_count(root, "partOf") > 0)
		return FALSE;
	return fhir_get(root, "topic") || !fhir_ref_at(root, "about", &ref) ||
	    strcmp(ref.type, "DiagnosticReport") != 0;
}

gboolean
project_communication(struct ingest *in, const struct doc *doc, GError **error)
{
	if (is_header(doc->root))
		return consult_put(in, doc, FALSE, error);
	return project_message(in, doc, error);
}
