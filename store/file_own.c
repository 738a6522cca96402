/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that go out with a reply. They lie here from the moment they are attached:
 * of the draft, then of the letter. A letter's bytes name each by "urn:uuid:…" until
 * the server has it; its id then takes that place, in the transaction that keeps
 * the id, so that a letter is built upon ids that are known and on no others.
 */
#include "config.h"

#include "store/file_room.h"

#include <string.h>

void
own_hash(const struct own_row *row, unsigned char hash[HASH_BYTES])
{
	hash_parts(hash, "sssssb", row->uuid, row->thread_ref,
	    row->patient_ref, row->title, row->type, row->bytes, row->len);
}

gboolean
own_put(struct store *store, const struct own_row *row, GError **error)
{
	static const char sql[] = "INSERT INTO own_file(thread, patient,"
	    " letter, binary, uuid, thread_ref, patient_ref, title, type, size,"
	    " hash, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
	    " ?12)";
	unsigned char hash[HASH_BYTES];

	own_hash(row, hash);
	return db_run(store, error, sql, "iisssssssibb", row->thread,
	    row->patient, row->letter, row->binary, row->uuid, row->thread_ref,
	    row->patient_ref, row->title, row->type, (int64_t)row->len, hash,
	    sizeof hash, row->len ? row->bytes : "", row->len);
}

/* ---- attached to a draft ------------------------------------------------ */

struct attach {
	int64_t thread, patient, now_ms;
	const struct file_new *file;
};

static gboolean
put_new(struct store *store, const struct attach *a, const char *letter,
    GError **error)
{
	g_autofree char *thread_ref = number_ref(store, a->thread);
	g_autofree char *patient_ref = number_ref(store, a->patient);
	g_autofree char *uuid = g_uuid_string_random();
	struct own_row row = { .thread = a->thread, .patient = a->patient,
		.letter = letter, .binary = "", .uuid = uuid,
		.thread_ref = thread_ref, .patient_ref = patient_ref,
		.title = a->file->title, .type = a->file->content_type,
		.bytes = a->file->bytes, .len = a->file->len };

	if (thread_ref && patient_ref)
		return own_put(store, &row, error);
	g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
	    "a file of no thread or patient");
	return FALSE;
}

/* A draft there is, though it has no words yet: it keeps its patient here. */
static gboolean
draft_ensure(struct store *store, const struct attach *a, GError **error)
{
	static const char find[] = "SELECT patient FROM draft WHERE thread=?1";
	g_autofree char *thread_ref = number_ref(store, a->thread);
	g_autofree char *patient_ref = number_ref(store, a->patient);
	struct note_row row = { .thread = a->thread, .patient = a->patient,
		.thread_ref = thread_ref, .patient_ref = patient_ref,
		.text = "", .saved_ms = a->now_ms };
	int64_t whose;

	if (!db_int(store, error, 0, &whose, find, "i", a->thread))
		return FALSE;
	if (whose == a->patient)
		return TRUE;
	if (!whose)
		return draft_put(store, &row, error);
	g_set_error(error, STORE_ERROR, STORE_ERROR_WRONG_PATIENT,
	    "the draft belongs to another patient");
	return FALSE;
}

static gboolean
attach(struct store *store, void *data, GError **error)
{
	const struct attach *a = data;

	return put_new(store, a, "", error) && draft_ensure(store, a, error) &&
	    marks_refresh(store, a->thread, error);
}

gboolean
store_file_attach(struct store *store, struct draft_key key,
    struct patient_id patient, const struct file_new *file, int64_t now_ms,
    GError **error)
{
	struct attach a = { draft_thread(key), patient.n, now_ms, file };

	return db_transact(store, DB_DURABLE, attach, &a, error);
}

static gboolean
detach(struct store *store, void *data, GError **error)
{
	static const char sql[] = "DELETE FROM own_file WHERE n=?1"
	    " AND letter=''";

	return db_run(store, error, sql, "i", *(int64_t *)data);
}

gboolean
store_file_detach(struct store *store, int64_t n, GError **error)
{
	return db_transact(store, DB_DURABLE, detach, &n, error);
}

void
own_file_free(struct own_file *file)
{
	if (!file)
		return;
	g_free(file->title);
	g_free(file->content_type);
	g_free(file);
}

GPtrArray *
store_file_attached(struct store *store, struct draft_key key, GError **error)
{
	static const char sql[] = "SELECT n, title, type, size FROM own_file"
	    " WHERE thread=?1 AND letter='' ORDER BY n";
	sqlite3_stmt *st = db_query(store, error, sql, "i", draft_thread(key));
	GPtrArray *all = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)own_file_free);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		struct own_file *f = g_new0(struct own_file, 1);

		f->n = sqlite3_column_int64(st, 0);
		f->title = g_strdup(db_col(st, 1));
		f->content_type = g_strdup(db_col(st, 2));
		f->size_bytes = sqlite3_column_int64(st, 3);
		g_ptr_array_add(all, f);
	}
	db_done(st);
	if (!st || failed)
		g_clear_pointer(&all, g_ptr_array_unref);
	return all;
}

/* ---- bound to a letter -------------------------------------------------- */

static gboolean
bound_read(struct store *store, const struct files_bind *b, GArray *out,
    GStringChunk *text, GError **error)
{
	static const char sql[] = "SELECT title, type, size, uuid, binary,"
	    " patient FROM own_file WHERE letter=?1 ORDER BY n";
	sqlite3_stmt *st = db_query(store, error, sql, "s", b->letter);
	gboolean failed = FALSE, fits = TRUE;

	while (st && db_row(store, st, &failed, error)) {
		const char *binary = db_col(st, 4);
		g_autofree char *url = *binary ? g_strconcat("Binary/", binary,
		    NULL) : g_strconcat(OWN_URL, db_col(st, 3), NULL);
		struct fhir_file f = {
			.title = g_string_chunk_insert(text, db_col(st, 0)),
			.content_type = g_string_chunk_insert(text,
			    db_col(st, 1)),
			.url = g_string_chunk_insert(text, url),
			.size_bytes = sqlite3_column_int64(st, 2),
		};

		fits &= sqlite3_column_int64(st, 5) == b->patient;
		g_array_append_val(out, f);
	}
	db_done(st);
	if (st && !failed && !fits)
		g_set_error(error, STORE_ERROR, STORE_ERROR_WRONG_PATIENT,
		    "the file belongs to another patient");
	return st && !failed && fits;
}

gboolean
files_bind(struct store *store, const struct files_bind *b, GArray *out,
    GStringChunk *text, GError **error)
{
	static const char take[] = "UPDATE own_file SET letter=?2"
	    " WHERE thread=?1 AND letter=''";

	if (b->of_draft && !db_run(store, error, take, "is", b->thread,
	    b->letter))
		return FALSE;
	for (size_t i = 0; i < b->n; i++) {
		struct attach a = { b->thread, b->patient, 0, &b->files[i] };

		if (!put_new(store, &a, b->letter, error))
			return FALSE;
	}
	return bound_read(store, b, out, text, error);
}

gboolean
files_unbind(struct store *store, const char *letter, GError **error)
{
	static const char sql[] = "UPDATE own_file SET letter=''"
	    " WHERE letter=?1 AND letter<>''";

	return db_run(store, error, sql, "s", letter);
}

/* ---- on their way ------------------------------------------------------- */

gboolean
files_named(const char *bytes, size_t len)
{
	static const char named[] = "\"url\":\"" OWN_URL;

	return memmem(bytes, len, named, strlen(named)) != NULL;
}

void
file_send_free(struct file_send *file)
{
	if (!file)
		return;
	g_free(file->content_type);
	g_free(file->patient_ref);
	g_free(file->bytes);
	g_free(file);
}

struct file_send *
store_file_unsent(struct store *store, const struct outbox_entry *e,
    GError **error)
{
	static const char sql[] = "SELECT " OWN_COLUMNS ", n FROM own_file"
	    " WHERE letter=?1 AND binary='' ORDER BY n LIMIT 1";
	sqlite3_stmt *st = db_query(store, error, sql, "s",
	    e->identifier_value);
	struct file_send *f = NULL;
	gboolean failed = FALSE;
	struct own_row row;

	if (st && db_row(store, st, &failed, error)) {
		if (own_read(st, &row)) {
			f = g_new0(struct file_send, 1);
			f->n = sqlite3_column_int64(st, OWN_COUNT);
			f->content_type = g_strdup(row.type);
			f->patient_ref = g_strdup(row.patient_ref);
			f->bytes = g_memdup2(row.len ? row.bytes : "",
			    MAX(row.len, 1));
			f->len = row.len;
		} else {
			g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
			    "the file is not what was attached");
		}
	}
	db_done(st);
	return f;
}

gboolean
own_read(sqlite3_stmt *st, struct own_row *row)
{
	unsigned char hash[HASH_BYTES];

	*row = (struct own_row){ .uuid = db_col(st, 0),
		.thread_ref = db_col(st, 1), .patient_ref = db_col(st, 2),
		.title = db_col(st, 3), .type = db_col(st, 4),
		.letter = db_col(st, 6), .binary = db_col(st, 7),
		.bytes = sqlite3_column_blob(st, 8),
		.len = (size_t)sqlite3_column_bytes(st, 8) };
	own_hash(row, hash);
	return row->uuid && hash_matches(st, 5, hash);
}

struct sent { int64_t entry, n; const char *id; };

/* The letter's bytes with one name more made an address. */
static gboolean
letter_fill(struct store *store, const struct sent *s, const char *uuid,
    GError **error)
{
	static const char sql[] = "SELECT " LETTER_COLUMNS " FROM outbox"
	    " WHERE n=?1";
	static const char put[] = "UPDATE outbox SET bytes=?2, hash=?3"
	    " WHERE n=?1";
	g_autofree char *name = g_strconcat(OWN_URL, uuid, NULL);
	g_autofree char *url = g_strconcat("Binary/", s->id, NULL);
	g_autoptr(GString) bytes = g_string_new(NULL);
	unsigned char hash[HASH_BYTES];
	sqlite3_stmt *st = db_query(store, error, sql, "i", s->entry);
	gboolean failed = FALSE, ok = FALSE;
	struct letter letter;

	if (st && db_row(store, st, &failed, error) &&
	    letter_read(st, 0, &letter)) {
		g_string_append_len(bytes, letter.bytes, (gssize)letter.len);
		ok = g_string_replace(bytes, name, url, 0) == 1;
		letter.bytes = bytes->str;
		letter.len = bytes->len;
		letter_hash(&letter, hash);
	}
	db_done(st);
	if (!ok && st && !failed)
		g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
		    "the letter does not name the file");
	return ok && db_run(store, error, put, "ibb", s->entry, bytes->str,
	    bytes->len, hash, sizeof hash);
}

static gboolean
sent(struct store *store, void *data, GError **error)
{
	static const char find[] = "SELECT uuid FROM own_file WHERE n=?1";
	static const char keep[] = "UPDATE own_file SET binary=?2 WHERE n=?1";
	const struct sent *s = data;
	g_autofree char *uuid = db_text(store, error, find, "i", s->n);

	return uuid && db_run(store, error, keep, "is", s->n, s->id) &&
	    letter_fill(store, s, uuid, error);
}

gboolean
store_file_sent(struct store *store, const struct outbox_entry *e,
    const struct file_send *file, const char *binary_id, GError **error)
{
	struct sent s = { e->id.n, file->n, binary_id };

	return db_transact(store, DB_DURABLE, sent, &s, error);
}

/* ---- on the server ------------------------------------------------------ */

static gboolean
settle_one(struct store *store, const struct files_settle *to, int place,
    sqlite3_stmt *st, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO file(owner, place,"
	    " version, patient, state, type, size, used, hash)"
	    " VALUES(?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8)";
	static const char body[] = "INSERT INTO file_body(n, bytes)"
	    " VALUES(?1, ?2)";
	unsigned char hash[HASH_BYTES];
	struct own_row row;

	if (!own_read(st, &row))
		return TRUE; /* it is fetched like any other */
	hash_parts(hash, "b", row.bytes, row.len);
	return db_run(store, error, sql, "iisisiib", to->owner,
	    (int64_t)place, to->version, sqlite3_column_int64(st, OWN_COUNT),
	    row.type, (int64_t)row.len, base_now_ms(), hash, sizeof hash) &&
	    db_run(store, error, body, "ib",
	    sqlite3_last_insert_rowid(store->db), row.len ? row.bytes : "",
	    row.len);
}

/* What was sent is what is seen: it need not be fetched. */
gboolean
files_settle(struct store *store, const struct files_settle *to,
    GError **error)
{
	static const char sql[] = "SELECT " OWN_COLUMNS ", patient"
	    " FROM own_file WHERE letter=?1 AND letter<>'' ORDER BY n";
	static const char drop[] = "DELETE FROM own_file WHERE letter=?1"
	    " AND letter<>''";
	sqlite3_stmt *st = db_query(store, error, sql, "s", to->letter);
	gboolean failed = FALSE, fine = st != NULL;

	for (int place = 0; fine && db_row(store, st, &failed, error); place++)
		fine = settle_one(store, to, place, st, error);
	db_done(st);
	return fine && !failed && db_run(store, error, drop, "s", to->letter);
}
