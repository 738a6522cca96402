/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: one for a thread, bound to its patient (F22). */
#include "store/fact.h"

int64_t
draft_thread(struct draft_key key)
{
	return key.consult.n ? key.consult.n : key.report.n;
}

void
draft_hash(const struct note_row *row, unsigned char hash[HASH_BYTES])
{
	hash_parts(hash, "sssii", row->thread_ref, row->patient_ref, row->text,
	    row->caret, row->saved_ms);
}

gboolean
draft_put(struct store *store, const struct note_row *row, GError **error)
{
	static const char sql[] = "INSERT INTO draft(thread, thread_ref, patient,"
	    " patient_ref, text, caret, saved, hash)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
	    " ON CONFLICT(thread) DO UPDATE SET patient=?3, patient_ref=?4,"
	    " text=?5, caret=?6, saved=?7, hash=?8";
	unsigned char hash[HASH_BYTES];

	draft_hash(row, hash);
	return db_run(store, error, sql, "isissiib", row->thread,
	    row->thread_ref, row->patient, row->patient_ref, row->text,
	    row->caret, row->saved_ms, hash, sizeof hash);
}

gboolean
marks_refresh(struct store *store, int64_t thread, GError **error)
{
	static const char sql[] = "UPDATE queue SET marks=?2"
	    " WHERE key=?1 AND marks<>?2";
	int marks;

	return owed_marks(store, thread, &marks, error) &&
	    db_run(store, error, sql, "ii", thread, (int64_t)marks);
}

static gboolean
owed_again(struct ingest *in, void *data, GError **error)
{
	touch(in->reports, *(int64_t *)data);
	return TRUE;
}

gboolean
row_refresh(struct store *store, int64_t thread, GError **error)
{
	static const char sql[] = "SELECT n FROM report WHERE n=?1";
	int64_t report;

	return db_int(store, error, 0, &report, sql, "i", thread) &&
	    (report ? ingest_run(store, owed_again, &report, error) :
	    marks_refresh(store, thread, error));
}

static gboolean
save(struct store *store, void *data, GError **error)
{
	struct note_row *row = data;
	g_autofree char *thread_ref = number_ref(store, row->thread);
	g_autofree char *patient_ref = number_ref(store, row->patient);

	if (!thread_ref || !patient_ref) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "a draft of no thread or patient");
		return FALSE;
	}
	row->thread_ref = thread_ref;
	row->patient_ref = patient_ref;
	return draft_put(store, row, error) &&
	    marks_refresh(store, row->thread, error);
}

gboolean
store_draft_save(struct store *store, struct draft_key key,
    struct patient_id patient, const char *text, size_t caret, int64_t now_ms,
    GError **error)
{
	struct note_row row = { .thread = draft_thread(key),
		.patient = patient.n, .text = text, .caret = (int64_t)caret,
		.saved_ms = now_ms };

	return db_transact(store, DB_DURABLE, save, &row, error);
}

struct draft *
store_draft_load(struct store *store, struct draft_key key, GError **error)
{
	static const char sql[] = "SELECT thread_ref, patient_ref, text, caret,"
	    " saved, hash, patient FROM draft WHERE thread=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", draft_thread(key));
	gboolean failed = FALSE;
	struct draft *draft = NULL;

	if (st && db_row(store, st, &failed, error)) {
		unsigned char hash[HASH_BYTES];
		struct note_row row = { .thread_ref = db_col(st, 0),
			.patient_ref = db_col(st, 1), .text = db_col(st, 2),
			.caret = sqlite3_column_int64(st, 3),
			.saved_ms = sqlite3_column_int64(st, 4) };
		draft_hash(&row, hash);
		if (hash_matches(st, 5, hash)) {
			draft = g_new0(struct draft, 1);
			draft->text = g_strdup(row.text);
			draft->caret = (size_t)row.caret;
			draft->saved_ms = row.saved_ms;
			draft->patient.n = sqlite3_column_int64(st, 6);
		} else {
			g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
			    "the draft is not what was saved");
		}
	}
	db_done(st);
	return draft;
}

static gboolean
drop(struct store *store, void *data, GError **error)
{
	static const char sql[] = "DELETE FROM draft WHERE thread=?1";
	static const char files[] = "DELETE FROM own_file WHERE thread=?1"
	    " AND letter=''";
	int64_t thread = *(int64_t *)data;

	return db_run(store, error, sql, "i", thread) &&
	    db_run(store, error, files, "i", thread) &&
	    facts_drop(store, thread, error) &&
	    marks_refresh(store, thread, error);
}

gboolean
store_draft_drop(struct store *store, struct draft_key key, GError **error)
{
	int64_t thread = draft_thread(key);

	return db_transact(store, DB_DURABLE, drop, &thread, error);
}

void
draft_free(struct draft *draft)
{
	if (!draft)
		return;
	g_free(draft->text);
	g_free(draft);
}
