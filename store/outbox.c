/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outbox. A reply's states: waiting, sending, failed, done. An entry that
 * was put on the wire counts one attempt, before it goes: whoever sends an entry
 * with attempts behind it asks the server for its identifier first.
 */
#include "store/file_room.h"
#include "store/transaction.h"

#include <limits.h>

void
letter_hash(const struct letter *l, unsigned char hash[HASH_BYTES])
{
	hash_parts(hash, "isssssbssi", (int64_t)l->verb, l->type, l->target,
	    l->if_match, l->system, l->value, l->bytes, l->len, l->thread_ref,
	    l->patient_ref, l->created_ms);
}

gboolean
letter_put(struct store *store, const struct letter *l,
    enum outbox_state state, int64_t *n, GError **error)
{
	static const char sql[] = "INSERT INTO outbox(verb, type, target,"
	    " if_match, system, value, bytes, thread_ref, patient_ref, created,"
	    " hash, thread, patient, state) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7,"
	    " ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
	unsigned char hash[HASH_BYTES];

	letter_hash(l, hash);
	if (!db_run(store, error, sql, "isssssbssibiii", (int64_t)l->verb,
	    l->type, l->target, l->if_match, l->system, l->value, l->bytes,
	    l->len, l->thread_ref, l->patient_ref, l->created_ms, hash,
	    sizeof hash, l->thread, l->patient, (int64_t)state))
		return FALSE;
	*n = sqlite3_last_insert_rowid(store->db);
	return TRUE;
}

gboolean
letter_read(sqlite3_stmt *st, int at, struct letter *l)
{
	unsigned char hash[HASH_BYTES];

	*l = (struct letter){
		.verb = (enum outbox_verb)sqlite3_column_int(st, at),
		.type = db_col(st, at + 1), .target = db_col(st, at + 2),
		.if_match = db_col(st, at + 3), .system = db_col(st, at + 4),
		.value = db_col(st, at + 5),
		.bytes = sqlite3_column_blob(st, at + 6),
		.len = (size_t)sqlite3_column_bytes(st, at + 6),
		.thread_ref = db_col(st, at + 7),
		.patient_ref = db_col(st, at + 8),
		.created_ms = sqlite3_column_int64(st, at + 9),
	};
	letter_hash(l, hash);
	return hash_matches(st, at + 10, hash);
}

/* ---- reading ------------------------------------------------------------ */

#define ENTRY_COLUMNS "n, state, attempts, next_try, thread, reason, " \
	LETTER_COLUMNS
#define ENTRY_LETTER 6

static char *
filled(const char *text)
{
	return text && *text ? g_strdup(text) : NULL;
}

static struct outbox_entry *
entry_read(sqlite3_stmt *st, GError **error)
{
	struct outbox_entry *e;
	struct letter l;

	if (!letter_read(st, ENTRY_LETTER, &l)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
		    "outbox entry %" G_GINT64_FORMAT " is not what was saved",
		    (gint64)sqlite3_column_int64(st, 0));
		return NULL;
	}
	e = g_new0(struct outbox_entry, 1);
	e->id.n = sqlite3_column_int64(st, 0);
	e->state = (enum outbox_state)sqlite3_column_int(st, 1);
	e->attempts = sqlite3_column_int(st, 2);
	e->next_try_ms = sqlite3_column_int64(st, 3);
	e->consult.n = sqlite3_column_int64(st, 4);
	e->reason = filled(db_col(st, 5));
	e->verb = l.verb;
	e->type = g_strdup(l.type);
	e->target_id = filled(l.target);
	e->if_match = filled(l.if_match);
	e->identifier_system = filled(l.system);
	e->identifier_value = filled(l.value);
	e->bytes = g_malloc(l.len + 1);
	memcpy(e->bytes, l.bytes ? l.bytes : "", l.len);
	e->bytes[l.len] = '\0';
	e->len = l.len;
	e->files = l.verb == OUTBOX_CREATE && files_named(e->bytes, e->len);
	e->created_ms = l.created_ms;
	e->patient_ref = filled(l.patient_ref);
	return e;
}

struct outbox_entry *
store_outbox_get(struct store *store, struct outbox_id id, GError **error)
{
	static const char sql[] = "SELECT " ENTRY_COLUMNS " FROM outbox"
	    " WHERE n=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", id.n);
	struct outbox_entry *entry = NULL;
	gboolean failed = FALSE;

	if (st && db_row(store, st, &failed, error))
		entry = entry_read(st, error);
	else if (st && !failed)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "no such outbox entry");
	db_done(st);
	return entry;
}

void
outbox_entry_free(struct outbox_entry *e)
{
	if (!e)
		return;
	g_free(e->type);
	g_free(e->target_id);
	g_free(e->if_match);
	g_free(e->identifier_system);
	g_free(e->identifier_value);
	g_free(e->bytes);
	g_free(e->patient_ref);
	g_free(e->reason);
	g_free(e);
}

/* ---- the next ----------------------------------------------------------- */

/* The first reply of each thread, whatever its state, and every update: a
 * receipt that the server refuses holds back no words of a doctor's. Transactions
 * about one Task go one after the other; what was refused holds none back, since
 * each stands whole by itself. */
static const char heads_sql[] = "SELECT n, state, next_try FROM outbox o"
    " WHERE state IN (0, 1) AND (verb=1"
    " OR (verb=0 AND NOT EXISTS(SELECT 1 FROM outbox b"
    "  WHERE b.thread = o.thread AND b.n < o.n AND b.state < 3 AND b.verb=0))"
    " OR (verb=2 AND NOT EXISTS(SELECT 1 FROM outbox b"
    "  WHERE b.thread = o.thread AND b.n < o.n AND b.state < 2"
    "  AND b.verb=2)))"
    " ORDER BY CASE verb WHEN 2 THEN 0 WHEN 0 THEN 1 ELSE 2 END, n";

static int64_t
next_number(struct store *store, int64_t now_ms, int64_t *wait_ms,
    gboolean *failed, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, heads_sql, "");
	int64_t n = 0;

	*failed = st == NULL;
	*wait_ms = -1;
	while (st && !n && db_row(store, st, failed, error)) {
		int64_t head = sqlite3_column_int64(st, 0);
		int64_t wait = sqlite3_column_int64(st, 2) - now_ms;
		if (g_hash_table_contains(store->in_flight, &head))
			continue;
		if (wait <= 0)
			n = head;
		else if (*wait_ms < 0 || wait < *wait_ms)
			*wait_ms = wait;
	}
	db_done(st);
	return n;
}

static gboolean outbox_set(struct store *store, struct outbox_id id,
    enum outbox_state state, int attempt, int64_t next_try,
    const char *reason, GError **error);

struct outbox_entry *
store_outbox_next(struct store *store, int64_t now_ms, int64_t *wait_ms_out,
    GError **error)
{
	static const char words[] = "damaged in the cache";
	gboolean failed;
	int64_t wait;

	for (;;) {
		struct outbox_id id = { next_number(store, now_ms, &wait,
		    &failed, error) };
		struct outbox_entry *entry;
		GError *why = NULL;

		if (wait_ms_out)
			*wait_ms_out = wait;
		if (failed || !id.n)
			return NULL;
		entry = store_outbox_get(store, id, &why);
		if (entry)
			return entry;
		/* What is not what was saved is never sent; the others go on. */
		if (!g_error_matches(why, STORE_ERROR, STORE_ERROR_DAMAGED) ||
		    !outbox_set(store, id, OUTBOX_FAILED, 0, 0, words, NULL)) {
			g_propagate_error(error, why);
			return NULL;
		}
		g_error_free(why);
	}
}

/* ---- states ------------------------------------------------------------- */

struct change {
	int64_t n;
	enum outbox_state state;
	int attempt;
	int64_t next_try;
	const char *reason;
};

static gboolean
change_put(struct store *store, void *data, GError **error)
{
	static const char sql[] = "UPDATE outbox SET state=?2,"
	    " attempts=max(attempts+?3, 0), next_try=?4, reason=?5"
	    " WHERE n=?1 AND state<3";
	static const char thread_sql[] = "SELECT thread FROM outbox WHERE n=?1";
	struct change *c = data;
	int64_t thread;

	if (!db_run(store, error, sql, "iiiis", c->n, (int64_t)c->state,
	    (int64_t)c->attempt, c->next_try, c->reason))
		return FALSE;
	if (sqlite3_changes(store->db) == 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "no such outbox entry, or done");
		return FALSE;
	}
	return db_int(store, error, 0, &thread, thread_sql, "i", c->n) &&
	    row_refresh(store, thread, error);
}

static gboolean
outbox_set(struct store *store, struct outbox_id id, enum outbox_state state,
    int attempt, int64_t next_try, const char *reason, GError **error)
{
	struct change change = { id.n, state, attempt, next_try, reason };

	if (!db_transact(store, DB_DURABLE, change_put, &change, error))
		return FALSE;
	if (state == OUTBOX_SENDING)
		g_hash_table_add(store->in_flight,
		    g_memdup2(&id.n, sizeof id.n));
	else
		g_hash_table_remove(store->in_flight, &id.n);
	return TRUE;
}

gboolean
store_outbox_sending(struct store *store, struct outbox_id id, GError **error)
{
	return outbox_set(store, id, OUTBOX_SENDING, 1, 0, NULL, error);
}

gboolean
store_outbox_again(struct store *store, struct outbox_id id,
    int64_t next_try_ms, GError **error)
{
	return outbox_set(store, id, OUTBOX_WAITING, 0, next_try_ms, NULL,
	    error);
}

gboolean
store_outbox_unsent(struct store *store, struct outbox_id id,
    int64_t next_try_ms, GError **error)
{
	return outbox_set(store, id, OUTBOX_WAITING, -1, next_try_ms, NULL,
	    error);
}

gboolean
store_outbox_failed(struct store *store, struct outbox_id id,
    const char *reason, GError **error)
{
	return outbox_set(store, id, OUTBOX_FAILED, 0, 0, reason, error);
}

static gboolean
require_state(struct store *store, struct outbox_id id,
    enum outbox_state wanted, GError **error)
{
	static const char sql[] = "SELECT state FROM outbox WHERE n=?1";
	int64_t state;

	if (!db_int(store, error, -1, &state, sql, "i", id.n))
		return FALSE;
	if (state == (int64_t)wanted)
		return TRUE;
	g_set_error(error, STORE_ERROR, state < 0 ? STORE_ERROR_NOT_FOUND :
	    STORE_ERROR_INVALID, "the entry is in another state");
	return FALSE;
}

/* A refusal is an answer: nothing of the attempts before it is unknown. */
gboolean
store_outbox_retry(struct store *store, struct outbox_id id, GError **error)
{
	return require_state(store, id, OUTBOX_FAILED, error) &&
	    outbox_set(store, id, OUTBOX_WAITING, -INT_MAX, 0, NULL, error);
}

gboolean
store_outbox_counts(struct store *store, struct outbox_counts *out,
    GError **error)
{
	static const char sql[] = "SELECT sum(state < 2), sum(state = 2)"
	    " FROM outbox INDEXED BY outbox_live WHERE state < 3"
	    " AND NOT " OUTBOX_RECEIPT;
	sqlite3_stmt *st = db_query(store, error, sql, "");
	gboolean failed = FALSE;

	*out = (struct outbox_counts){ 0 };
	if (st && db_row(store, st, &failed, error)) {
		out->waiting = sqlite3_column_int64(st, 0);
		out->failed = sqlite3_column_int64(st, 1);
	}
	db_done(st);
	return st && !failed;
}

/* ---- done --------------------------------------------------------------- */

static const char done_sql[] = "UPDATE outbox SET state=3, reason=NULL"
    " WHERE n=?1 AND state<3";

gboolean
outbox_join(struct store *store, const fhir_node *root, gboolean *joined,
    GError **error)
{
	static const char find[] = "SELECT n FROM outbox"
	    " WHERE value=?1 AND value<>'' AND system=?2 AND state<3"
	    " AND verb=0";
	size_t count = fhir_count(root, "identifier");
	int64_t n = 0;

	for (size_t i = 0; i < count && !n; i++) {
		const fhir_node *id = fhir_at(root, "identifier", i);
		const char *value = fhir_text(id, "value");
		const char *system = fhir_text(id, "system");
		if (value && system && !db_int(store, error, 0, &n, find,
		    "ss", value, system))
			return FALSE;
	}
	*joined = n != 0;
	if (!n)
		return TRUE;
	g_hash_table_remove(store->in_flight, &n);
	return db_run(store, error, done_sql, "i", n);
}

struct done { int64_t n; const struct store_doc *answer; };

static gboolean
done_put(struct ingest *in, void *data, GError **error)
{
	static const char thread_sql[] = "SELECT thread FROM outbox WHERE n=?1";
	static const char verb_sql[] = "SELECT verb FROM outbox WHERE n=?1";
	struct done *done = data;
	int64_t thread, verb;

	if (!db_int(in->store, error, 0, &verb, verb_sql, "i", done->n))
		return FALSE;
	if (verb == OUTBOX_TRANSACTION)
		return (!done->answer ||
		    transaction_answer(in, done->answer, error)) &&
		    db_run(in->store, error, done_sql, "i", done->n) &&
		    transaction_done(in, done->n, error);
	/* The answer first: it joins its entry by the identifier. */
	if (done->answer &&
	    ingest_doc(in, done->answer, error) == INGESTED_ERROR)
		return FALSE;
	if (!db_run(in->store, error, done_sql, "i", done->n) ||
	    !db_int(in->store, error, 0, &thread, thread_sql, "i", done->n))
		return FALSE;
	touch(in->consults, thread);
	touch(in->reports, thread);
	return TRUE;
}

gboolean
store_outbox_done(struct store *store, struct outbox_id id,
    const struct store_doc *answer, GError **error)
{
	struct done done = { id.n, answer };

	if (!ingest_transact(store, DB_DURABLE, done_put, &done, error))
		return FALSE;
	g_hash_table_remove(store->in_flight, &id.n);
	return TRUE;
}
