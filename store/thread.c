/* SPDX-License-Identifier: Apache-2.0 */
/* A consultation, or a result with the messages about it. Replies that are still
 * in the outbox stand at the end, as what they are. */
#include "store/brief.h"
#include "store/outbox.h"

static const char by_thread[] = "SELECT m.n, m.sent, m.sender, m.flags, m.text,"
    " m.files, m.modifier, r.type, r.id, coalesce(p.name, w.words),"
    " m.id"
    " FROM message m LEFT JOIN resource r ON r.n = m.sender"
    " LEFT JOIN patient p ON p.n = m.sender"
    " LEFT JOIN named w ON w.n = m.sender"
    " WHERE m.thread=?1 AND NOT m.flags & 2"
    " ORDER BY m.sent DESC, m.n DESC LIMIT ?2";
static const char by_report[] = "SELECT m.n, m.sent, m.sender, m.flags, m.text,"
    " m.files, m.modifier, r.type, r.id, coalesce(p.name, w.words),"
    " m.id"
    " FROM message m LEFT JOIN resource r ON r.n = m.sender"
    " LEFT JOIN patient p ON p.n = m.sender"
    " LEFT JOIN named w ON w.n = m.sender"
    " WHERE m.about=?1 AND NOT m.flags & 2"
    " ORDER BY m.sent DESC, m.n DESC LIMIT ?2";
static const char count_thread[] = "SELECT count(*) FROM message"
    " WHERE thread=?1 AND NOT flags & 2";
static const char count_report[] = "SELECT count(*) FROM message"
    " WHERE about=?1 AND NOT flags & 2";

/* ---- a message ---------------------------------------------------------- */

static const struct { const char *type; enum message_from from; } senders[] = {
	{ "Patient", FROM_PATIENT },
	{ "Practitioner", FROM_COLLEAGUE },
	{ "PractitionerRole", FROM_COLLEAGUE },
	{ "CareTeam", FROM_COLLEAGUE },
	{ "Organization", FROM_COLLEAGUE },
	{ "RelatedPerson", FROM_RELATED },
	{ "Device", FROM_DEVICE },
};

static enum message_from
from_of(struct store *store, sqlite3_stmt *st)
{
	const char *type = db_col(st, 7);

	if (me_is(store, sqlite3_column_int64(st, 2)))
		return FROM_ME;
	for (size_t i = 0; type && i < G_N_ELEMENTS(senders); i++)
		if (strcmp(type, senders[i].type) == 0)
			return senders[i].from;
	return FROM_UNKNOWN;
}

static const char *
keep_field(GStringChunk *text, const char **at, char end)
{
	const char *stop = strchr(*at, end);
	const char *field;

	if (!stop)
		stop = *at + strlen(*at);
	field = stop > *at ?
	    g_string_chunk_insert_len(text, *at, stop - *at) : NULL;
	*at = *stop ? stop + 1 : stop;
	return field;
}

static void
files_read(struct message_row *row, GStringChunk *text, const char *files)
{
	size_t n = 0;

	for (const char *c = files; c && *c; c++)
		n += *c == '\x1e';
	if (n == 0)
		return;
	row->attachments = g_new0(struct attachment, n);
	for (; row->n_attachments < n; row->n_attachments++) {
		struct attachment *a = &row->attachments[row->n_attachments];
		const char *size;
		a->title = keep_field(text, &files, '\x1f');
		a->content_type = keep_field(text, &files, '\x1f');
		size = keep_field(text, &files, '\x1e');
		a->size_bytes = size ? g_ascii_strtoll(size, NULL, 10) : 0;
	}
}

static void
message_read(struct store *store, sqlite3_stmt *st, GStringChunk *text,
    struct message_row *row)
{
	int flags = sqlite3_column_int(st, 3);

	row->id.n = sqlite3_column_int64(st, 0);
	row->ref = ref_keep(text, "Communication", st, 10);
	row->from = from_of(store, st);
	row->sender_name = text_keep(text, st, 9);
	if (row->from == FROM_ME && !row->sender_name && store->me_name)
		row->sender_name = g_string_chunk_insert(text, store->me_name);
	row->sent_ms = sqlite3_column_int64(st, 1);
	row->state = flags & MSG_RETRACTED ? MESSAGE_RETRACTED : MESSAGE_HERE;
	row->text = text_keep(text, st, 4);
	files_read(row, text, db_col(st, 5));
	row->not_understood = sqlite3_column_int(st, 6);
	row->unread = row->from != FROM_ME &&
	    !(flags & (MSG_NOT_SAID | MSG_READ | MSG_RECEIVED));
}

/* ---- the messages of a thread ------------------------------------------- */

/* What I sent from elsewhere tells that I had read what was before it. The
 * rows come newest first. */
static void
mark_read_elsewhere(struct message_row *rows, const gboolean *from_here,
    size_t n)
{
	gboolean read = FALSE;

	for (size_t i = 0; i < n; i++) {
		if (read)
			rows[i].unread = FALSE;
		if (rows[i].from == FROM_ME && !from_here[i] &&
		    rows[i].state != MESSAGE_RETRACTED)
			read = TRUE;
	}
}

static void
reverse(struct message_row *rows, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct message_row row = rows[i];
		rows[i] = rows[n - 1 - i];
		rows[n - 1 - i] = row;
	}
}

static gboolean
messages_read(struct store *store, const char *sql, int64_t n, int limit,
    struct thread *thread, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "ii", n,
	    (int64_t)limit);
	g_autofree gboolean *here = g_new0(gboolean, (size_t)limit);
	gboolean failed = FALSE;

	thread->messages = g_new0(struct message_row, (size_t)limit);
	if (!st)
		return FALSE;
	while (db_row(store, st, &failed, error)) {
		here[thread->n] = sqlite3_column_int(st, 3) & MSG_FROM_HERE;
		message_read(store, st, thread->text,
		    &thread->messages[thread->n++]);
	}
	db_done(st);
	mark_read_elsewhere(thread->messages, here, thread->n);
	reverse(thread->messages, thread->n);
	return !failed;
}

/* ---- replies on their way ----------------------------------------------- */

static const enum message_state states[] = {
	[OUTBOX_WAITING] = MESSAGE_WAITING,
	[OUTBOX_SENDING] = MESSAGE_SENDING,
	[OUTBOX_FAILED] = MESSAGE_FAILED,
};

static void
reply_files(struct message_row *row, GStringChunk *text, sqlite3_stmt *st)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(sqlite3_column_blob(st, 3),
	    (size_t)sqlite3_column_bytes(st, 3), NULL, NULL);
	g_autoptr(GArray) files = doc ? fhir_files(fhir_root(doc)) : NULL;

	if (!files || !files->len)
		return;
	row->attachments = g_new0(struct attachment, files->len);
	for (guint i = 0; i < files->len; i++) {
		const struct fhir_file *f = &g_array_index(files,
		    struct fhir_file, i);

		row->attachments[row->n_attachments++] = (struct attachment){
			f->title ? g_string_chunk_insert(text, f->title) : NULL,
			f->content_type ? g_string_chunk_insert(text,
			    f->content_type) : NULL, f->size_bytes };
	}
}

static void
reply_read(struct store *store, struct thread *thread, sqlite3_stmt *st)
{
	struct message_row *row = &thread->messages[thread->n++];
	g_autofree char *text = outbox_text(sqlite3_column_blob(st, 3),
	    (size_t)sqlite3_column_bytes(st, 3));

	row->outbox.n = sqlite3_column_int64(st, 0);
	row->from = FROM_ME;
	row->state = states[CLAMP(sqlite3_column_int(st, 1), 0, 2)];
	row->sent_ms = sqlite3_column_int64(st, 2);
	row->text = g_string_chunk_insert(thread->text, text ? text : "");
	reply_files(row, thread->text, st);
	row->reason = text_keep(thread->text, st, 4);
	if (store->me_name)
		row->sender_name = g_string_chunk_insert(thread->text,
		    store->me_name);
}

static gboolean
replies_read(struct store *store, int64_t n, struct thread *thread,
    GError **error)
{
	static const char count_sql[] = "SELECT count(*) FROM outbox"
	    " WHERE thread=?1 AND state < 3 AND verb=0"
	    " AND type='Communication'";
	static const char sql[] = "SELECT n, state, created, bytes, reason"
	    " FROM outbox WHERE thread=?1 AND state < 3 AND verb=0"
	    " AND type='Communication' ORDER BY n";
	gboolean failed = FALSE;
	sqlite3_stmt *st;
	int64_t count;
	size_t total;

	if (!db_int(store, error, 0, &count, count_sql, "i", n))
		return FALSE;
	if (count == 0)
		return TRUE;
	total = thread->n + (size_t)count;
	thread->messages = g_renew(struct message_row, thread->messages,
	    total);
	memset(thread->messages + thread->n, 0,
	    (size_t)count * sizeof *thread->messages);
	st = db_query(store, error, sql, "i", n);
	while (st && thread->n < total && db_row(store, st, &failed, error))
		reply_read(store, thread, st);
	db_done(st);
	return st && !failed;
}

/* ---- the thread --------------------------------------------------------- */

static struct thread *
thread_new(void)
{
	struct thread *thread = g_new0(struct thread, 1);

	thread->text = g_string_chunk_new(16384);
	return thread;
}

static gboolean
head_read(struct store *store, struct thread *thread, const char *sql,
    const char *type, int64_t n, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = FALSE, found = FALSE;

	if (st && db_row(store, st, &failed, error)) {
		g_autofree char *ref = g_strconcat(type, "/", db_col(st, 0),
		    NULL);
		found = TRUE;
		thread->ref = g_string_chunk_insert(thread->text, ref);
		thread->complaint = text_keep(thread->text, st, 1);
		thread->status = text_keep(thread->text, st, 2);
		thread->priority = (enum fhir_priority)CLAMP(
		    sqlite3_column_int(st, 3), FHIR_STAT, FHIR_ROUTINE);
		thread->loaded = sqlite3_column_int(st, 4);
		thread->owed = sqlite3_column_type(st, 5) != SQLITE_NULL &&
		    sqlite3_column_int(st, 5) == 0;
		thread->since_ms = sqlite3_column_int64(st, 6);
		thread->deadline_ms = sqlite3_column_int64(st, 7);
		brief_read(st, 8, thread->text, &thread->patient);
	}
	db_done(st);
	if (st && !found && !failed)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "no such thread");
	return found;
}

static gboolean
thread_fill(struct store *store, struct thread *thread, int64_t n,
    const char *sql, const char *count_sql, int limit, GError **error)
{
	int64_t all;

	if (!messages_read(store, sql, n, MAX(limit, 1), thread, error) ||
	    !db_int(store, error, 0, &all, count_sql, "i", n))
		return FALSE;
	thread->earlier = MAX(all - (int64_t)thread->n, 0);
	return replies_read(store, n, thread, error);
}

struct thread *
store_thread(struct store *store, struct consult_id consult, int limit,
    GError **error)
{
	static const char head[] = "SELECT c.id, c.complaint, c.status,"
	    " coalesce(q.priority, c.priority), c.loaded, q.rank,"
	    " coalesce(q.since, c.sent), q.deadline, " BRIEF_COLUMNS
	    " FROM consult c LEFT JOIN queue q ON q.key = c.n"
	    BRIEF_JOIN("c.patient") " WHERE c.n=?1";
	BASE_AUTO(thread) thread = thread_new();

	db_fresh(store);
	if (!me_load(store, error) || !head_read(store, thread, head,
	    "Communication", consult.n, error))
		return NULL;
	thread->consult = consult;
	if (!thread_fill(store, thread, consult.n, by_thread, count_thread,
	    limit, error))
		return NULL;
	return g_steal_pointer(&thread);
}

struct thread *
store_report_thread(struct store *store, struct report_id report, int limit,
    GError **error)
{
	static const char head[] = "SELECT r.id, r.name, r.status,"
	    " coalesce(q.priority, 3), 1, q.rank, coalesce(q.since, r.issued),"
	    " q.deadline, " BRIEF_COLUMNS
	    " FROM report r LEFT JOIN queue q ON q.key = r.n"
	    BRIEF_JOIN("r.patient") " WHERE r.n=?1";
	BASE_AUTO(thread) thread = thread_new();

	db_fresh(store);
	if (!me_load(store, error) || !head_read(store, thread, head,
	    "DiagnosticReport", report.n, error))
		return NULL;
	thread->report = report;
	if (!thread_fill(store, thread, report.n, by_report, count_report,
	    limit, error))
		return NULL;
	return g_steal_pointer(&thread);
}

void
thread_free(struct thread *thread)
{
	if (!thread)
		return;
	for (size_t i = 0; i < thread->n; i++)
		g_free(thread->messages[i].attachments);
	g_free(thread->messages);
	g_string_chunk_free(thread->text);
	g_free(thread);
}
