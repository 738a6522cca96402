/* SPDX-License-Identifier: Apache-2.0 */
/* Read: shown whole on an unlocked screen (F17). The server learns it by
 * `received`, where I am the only one it was sent to. */
#include "store/fact.h"

struct reading {
	const struct message_id *ids;
	size_t n;
	int64_t now_ms;
};

/* The message's own addressees, else its thread's; the sender does not count. */
static gboolean
only_me(struct store *store, const fhir_node *root, const fhir_node *head)
{
	const fhir_node *from = fhir_count(root, "recipient") ? root : head;
	size_t count = fhir_count(from, "recipient");
	struct fhir_ref sender = { 0 }, ref;
	gboolean me = FALSE;

	fhir_ref_at(root, "sender", &sender);
	for (size_t i = 0; i < count; i++) {
		if (!fhir_ref_at(fhir_at(from, "recipient", i), NULL, &ref))
			return FALSE;
		if (strcmp(ref.type, sender.type) == 0 &&
		    strcmp(ref.id, sender.id) == 0)
			continue;
		if (!me_is(store, number_find(store, ref.type, ref.id)))
			return FALSE;
		me = TRUE;
	}
	return me;
}

static struct fhir_doc *
number_doc(struct store *store, int64_t n)
{
	static const char sql[] = "SELECT bytes FROM body WHERE n=?1";
	sqlite3_stmt *st = db_query(store, NULL, sql, "i", n);
	struct fhir_doc *doc = NULL;
	gboolean failed = FALSE;

	if (st && db_row(store, st, &failed, NULL))
		doc = fhir_parse(sqlite3_column_blob(st, 0),
		    (size_t)sqlite3_column_bytes(st, 0), NULL, NULL);
	db_done(st);
	return doc;
}

/* An update of the message as it came, `received` added. NULL bytes: there is
 * nothing to tell. */
static gboolean
receipt_put(struct store *store, const struct letter *letter, int64_t now_ms,
    const char *bytes, size_t len, GError **error)
{
	struct letter update = *letter;
	g_autofree char *told = fhir_set_received(bytes, len, now_ms,
	    &update.len, NULL);
	int64_t n;

	if (!told)
		return TRUE;
	update.bytes = told;
	return letter_put(store, &update, OUTBOX_WAITING, &n, error);
}

struct message_here {
	int64_t thread, sender, flags, patient;
	char *id, *version, *bytes;
	size_t len;
};

static void
message_here_clear(struct message_here *m)
{
	g_free(m->id);
	g_free(m->version);
	g_free(m->bytes);
}

static gboolean
message_get(struct store *store, int64_t n, struct message_here *m,
    gboolean *found, GError **error)
{
	static const char sql[] = "SELECT m.thread, m.sender, m.flags,"
	    " coalesce(r.patient, c.patient, t.patient), r.id, r.version"
	    " FROM message m JOIN resource r ON r.n = m.n"
	    " LEFT JOIN consult c ON c.n = m.thread"
	    " LEFT JOIN report t ON t.n = m.thread WHERE m.n=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = FALSE;

	*found = FALSE;
	if (st && db_row(store, st, &failed, error)) {
		*found = TRUE;
		m->thread = sqlite3_column_int64(st, 0);
		m->sender = sqlite3_column_int64(st, 1);
		m->flags = sqlite3_column_int64(st, 2);
		m->patient = sqlite3_column_int64(st, 3);
		m->id = g_strdup(db_col(st, 4));
		m->version = g_strdup(db_col(st, 5));
	}
	db_done(st);
	return st && !failed;
}

static gboolean
tell_server(struct store *store, const struct message_here *m, int64_t n,
    int64_t now_ms, GError **error)
{
	BASE_AUTO(fhir_doc) doc = number_doc(store, n);
	BASE_AUTO(fhir_doc) head = number_doc(store, m->thread);
	g_autofree char *thread_ref = number_ref(store, m->thread);
	g_autofree char *patient_ref = number_ref(store, m->patient);
	g_autofree char *bytes = NULL;
	size_t len;
	struct letter letter = { .verb = OUTBOX_UPDATE,
		.type = "Communication", .target = m->id,
		.if_match = m->version, .system = "", .value = "",
		.thread_ref = thread_ref ? thread_ref : "",
		.patient_ref = patient_ref ? patient_ref : "",
		.created_ms = now_ms, .thread = m->thread,
		.patient = m->patient };

	/* Without a version there is no If-Match, and no safe update. */
	if (!doc || !m->version || fhir_text(fhir_root(doc), "received") ||
	    !only_me(store, fhir_root(doc), head ? fhir_root(head) : NULL))
		return TRUE;
	bytes = store_body(store, "Communication", m->id, &len, NULL);
	return !bytes ||
	    receipt_put(store, &letter, now_ms, bytes, len, error);
}

static gboolean
read_one(struct ingest *in, int64_t n, int64_t now_ms, GError **error)
{
	static const char sql[] = "UPDATE message SET flags=flags|4 WHERE n=?1";
	struct message_here m = { 0 };
	gboolean found, ok;

	if (!message_get(in->store, n, &m, &found, error))
		return FALSE;
	ok = !found || (m.flags & (MSG_READ | MSG_NOT_SAID)) ||
	    me_is(in->store, m.sender) ||
	    (db_run(in->store, error, sql, "i", n) &&
	    tell_server(in->store, &m, n, now_ms, error));
	touch(in->consults, m.thread);
	touch(in->reports, m.thread);
	message_here_clear(&m);
	return ok;
}

static gboolean
read_all(struct ingest *in, void *data, GError **error)
{
	struct reading *r = data;

	for (size_t i = 0; i < r->n; i++)
		if (!read_one(in, r->ids[i].n, r->now_ms, error))
			return FALSE;
	return TRUE;
}

gboolean
store_read(struct store *store, const struct message_id *ids, size_t n,
    int64_t now_ms, GError **error)
{
	struct reading reading = { ids, n, now_ms };

	return n == 0 ||
	    ingest_transact(store, DB_NORMAL, read_all, &reading, error);
}

/* ---- 412: made again upon the fresh resource ---------------------------- */

struct rebase { int64_t n; const struct store_doc *fresh; };

/* The same said of the fresh resource; NULL: nothing is left to say. */
static char *
said_again(struct store *store, const struct letter *old,
    const struct store_doc *fresh, const fhir_node *root, size_t *len)
{
	if (g_strcmp0(old->type, "Task") == 0)
		return task_completed(store, fresh->bytes, fresh->len,
		    old->created_ms, len);
	return fhir_text(root, "received") ? NULL : fhir_set_received(
	    fresh->bytes, fresh->len, old->created_ms, len, NULL);
}

static gboolean
rebase_put(struct store *store, int64_t n, const struct letter *old,
    const struct store_doc *fresh, GError **error)
{
	static const char drop[] = "DELETE FROM outbox WHERE n=?1";
	static const char set[] = "UPDATE outbox SET if_match=?2, bytes=?3,"
	    " hash=?4, state=0, next_try=0, reason=NULL WHERE n=?1";
	BASE_AUTO(fhir_doc) doc = fhir_parse(fresh->bytes, fresh->len, NULL,
	    NULL);
	unsigned char hash[HASH_BYTES];
	g_autofree char *told = NULL;
	struct letter next = *old;
	struct fhir_head head;

	if (!doc || !fhir_head(fhir_root(doc), &head, NULL) || !head.version)
		return db_run(store, error, drop, "i", n);
	told = said_again(store, old, fresh, fhir_root(doc), &next.len);
	if (!told)
		return db_run(store, error, drop, "i", n);
	next.bytes = told;
	next.if_match = head.version;
	letter_hash(&next, hash);
	return db_run(store, error, set, "isbb", n, next.if_match, next.bytes,
	    next.len, hash, sizeof hash);
}

static gboolean
rebase(struct ingest *in, void *data, GError **error)
{
	static const char sql[] = "SELECT " LETTER_COLUMNS " FROM outbox"
	    " WHERE n=?1 AND verb=1 AND state<3";
	static const char thread_sql[] = "SELECT thread FROM outbox"
	    " WHERE n=?1";
	struct rebase *r = data;
	gboolean failed = FALSE, ok = TRUE;
	struct letter letter;
	int64_t thread;
	sqlite3_stmt *st;

	if (ingest_doc(in, r->fresh, error) == INGESTED_ERROR ||
	    !db_int(in->store, error, 0, &thread, thread_sql, "i", r->n))
		return FALSE;
	touch(in->reports, thread);
	st = db_query(in->store, error, sql, "i", r->n);
	if (st && db_row(in->store, st, &failed, error)) {
		/* A damaged one need not be sent: it only says "read". */
		letter_read(st, 0, &letter);
		ok = rebase_put(in->store, r->n, &letter, r->fresh, error);
	}
	db_done(st);
	return st && ok && !failed;
}

gboolean
store_outbox_rebase(struct store *store, struct outbox_id id,
    const struct store_doc *fresh, GError **error)
{
	struct rebase r = { id.n, fresh };

	if (!ingest_transact(store, DB_DURABLE, rebase, &r, error))
		return FALSE;
	g_hash_table_remove(store->in_flight, &id.n);
	return TRUE;
}
