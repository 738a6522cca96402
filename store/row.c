/* SPDX-License-Identifier: Apache-2.0 */
/* Queue rows: written only where they differ, since five indexes follow. */
#include "store/ingest.h"

static const char old_sql[] = "SELECT rank, a, b, patient, complaint, priority,"
    " since, deadline, unread, marks, sender FROM queue WHERE key=?1";

static gboolean
same_row(sqlite3_stmt *st, const struct queue_item *item)
{
	const int64_t numbers[] = { item->rank, item->a, item->b,
		item->patient };
	const int64_t rest[] = { item->priority, item->since, item->deadline,
		item->unread, item->marks, item->sender };

	for (int i = 0; i < 4; i++)
		if (sqlite3_column_int64(st, i) != numbers[i])
			return FALSE;
	for (int i = 0; i < 6; i++)
		if (sqlite3_column_int64(st, 5 + i) != rest[i])
			return FALSE;
	return g_strcmp0(db_col(st, 4), item->complaint) == 0;
}

/* due has a row for each owed one of the queue. */
static gboolean
due_set(struct store *store, int64_t key, gboolean owed, GError **error)
{
	static const char add[] = "INSERT OR IGNORE INTO due(key) VALUES(?1)";
	static const char drop[] = "DELETE FROM due WHERE key=?1";

	return db_run(store, error, owed ? add : drop, "i", key);
}

enum row_state { ROW_NONE, ROW_SAME, ROW_CHANGED, ROW_MOVED, ROW_ERROR };
struct row_old { int64_t patient, rank; };

static enum row_state
row_compare(struct store *store, const struct queue_item *item,
    struct row_old *old, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, old_sql, "i", item->key);
	gboolean failed = FALSE;
	enum row_state state = ROW_NONE;

	if (!st)
		return ROW_ERROR;
	if (db_row(store, st, &failed, error)) {
		old->rank = sqlite3_column_int64(st, 0);
		old->patient = sqlite3_column_int64(st, 3);
		state = same_row(st, item) ? ROW_SAME :
		    old->patient == item->patient ? ROW_CHANGED : ROW_MOVED;
	}
	db_done(st);
	return failed ? ROW_ERROR : state;
}

static gboolean
row_update(struct store *store, const struct queue_item *item, GError **error)
{
	static const char sql[] = "UPDATE queue SET rank=?2, a=?3, b=?4,"
	    " complaint=?5, fold=?6, priority=?7, since=?8, deadline=?9,"
	    " unread=?10, marks=?11, sender=?12 WHERE key=?1";

	return db_run(store, error, sql, "iiiissiiiiii", item->key, item->rank,
	    item->a, item->b, item->complaint, item->fold, item->priority,
	    item->since, item->deadline, item->unread, item->marks,
	    item->sender);
}

static gboolean
row_insert(struct store *store, const struct queue_item *item, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO queue(key, kind, rank,"
	    " a, b, id, patient, complaint, fold, priority, since, deadline,"
	    " unread, marks, sender) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
	    " ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
	static const char stays[] = "UPDATE patient SET left_ms=0"
	    " WHERE n=?1 AND left_ms<>0";

	return db_run(store, error, sql, "iiiiisissiiiiii", item->key,
	    item->kind, item->rank, item->a, item->b, item->id, item->patient,
	    item->complaint, item->fold, item->priority, item->since,
	    item->deadline, item->unread, item->marks, item->sender) &&
	    db_run(store, error, stays, "i", item->patient);
}

/* When nothing of a patient is left in my queue, retention begins to count. */
static gboolean
patient_left(struct ingest *in, int64_t patient, GError **error)
{
	static const char sql[] = "UPDATE patient SET left_ms=?2 WHERE n=?1"
	    " AND NOT EXISTS(SELECT 1 FROM queue WHERE patient=?1)";

	return !patient ||
	    db_run(in->store, error, sql, "ii", patient, in->now_ms);
}

gboolean
queue_put(struct ingest *in, const struct queue_item *item, GError **error)
{
	struct row_old old = { .rank = 1 };
	enum row_state state = row_compare(in->store, item, &old, error);

	if (state == ROW_SAME || state == ROW_ERROR)
		return state == ROW_SAME;
	in->queue_changed = TRUE;
	if (old.rank != item->rank &&
	    !due_set(in->store, item->key, item->rank == 0, error))
		return FALSE;
	if (state == ROW_CHANGED)
		return row_update(in->store, item, error);
	return row_insert(in->store, item, error) &&
	    patient_left(in, old.patient, error);
}

gboolean
queue_drop(struct ingest *in, int64_t key, GError **error)
{
	static const char whose[] = "SELECT patient FROM queue WHERE key=?1";
	static const char sql[] = "DELETE FROM queue WHERE key=?1";
	int64_t patient;

	if (!db_int(in->store, error, -1, &patient, whose, "i", key))
		return FALSE;
	if (patient == -1)
		return TRUE;
	in->queue_changed = TRUE;
	return db_run(in->store, error, sql, "i", key) &&
	    due_set(in->store, key, FALSE, error) &&
	    patient_left(in, patient, error);
}
