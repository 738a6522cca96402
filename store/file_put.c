/* SPDX-License-Identifier: Apache-2.0 */
/* Files that qingnang-sync has fetched, and how many of them stay. */
#include "store/file.h"
#include "store/ingest.h"

#include <string.h>

GArray *
store_files_wanted(struct store *store, int limit, GError **error)
{
	static const char sql[] = "SELECT n FROM file WHERE state = 0"
	    " ORDER BY n LIMIT ?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", (int64_t)limit);
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct file_id));
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		struct file_id id = { sqlite3_column_int64(st, 0) };

		g_array_append_val(all, id);
	}
	db_done(st);
	if (!st || failed)
		g_clear_pointer(&all, g_array_unref);
	return all;
}

gboolean
store_file_wanted(struct store *store, struct file_id id,
    struct file_want *out, GError **error)
{
	static const char sql[] = "SELECT r.type, r.id, f.place FROM file f"
	    " JOIN resource r ON r.n = f.owner WHERE f.n=?1 AND f.state = 0"
	    " AND r.here";
	sqlite3_stmt *st = db_query(store, error, sql, "i", id.n);
	gboolean failed = FALSE, found = FALSE;

	if (st && db_row(store, st, &failed, error)) {
		found = TRUE;
		g_strlcpy(out->type, db_col(st, 0), sizeof out->type);
		g_strlcpy(out->id, db_col(st, 1), sizeof out->id);
		out->place = sqlite3_column_int(st, 2);
	}
	db_done(st);
	return found;
}

/* ---- what stays --------------------------------------------------------- */

/* The longest unseen first, until the rest fits. */
static gboolean
trim(struct store *store, int64_t keep, int64_t cap_bytes, GError **error)
{
	static const char total_sql[] = "SELECT coalesce(sum(size), 0)"
	    " FROM file WHERE state = 1";
	static const char old_sql[] = "SELECT n, size FROM file WHERE state = 1"
	    " AND n<>?1 ORDER BY used, n LIMIT 1";
	static const char body[] = "DELETE FROM file_body WHERE n=?1";
	static const char row[] = "DELETE FROM file WHERE n=?1";
	int64_t total;

	if (!db_int(store, error, 0, &total, total_sql, ""))
		return FALSE;
	while (total > cap_bytes) {
		sqlite3_stmt *st = db_query(store, error, old_sql, "i", keep);
		gboolean failed = FALSE;
		int64_t n = 0;

		if (st && db_row(store, st, &failed, error)) {
			n = sqlite3_column_int64(st, 0);
			total -= sqlite3_column_int64(st, 1);
		}
		db_done(st);
		if (!st || failed)
			return FALSE;
		if (!n)
			break;
		if (!db_run(store, error, body, "i", n) ||
		    !db_run(store, error, row, "i", n))
			return FALSE;
	}
	return TRUE;
}

/* ---- what came ---------------------------------------------------------- */

struct put {
	struct file_id id;
	enum file_state state;
	const char *content_type;
	const void *bytes;
	size_t len;
	int64_t cap_bytes, now_ms;
};

static gboolean
put(struct store *store, void *data, GError **error)
{
	static const char sql[] = "UPDATE file SET state=?2, type=?3, size=?4,"
	    " used=?5, hash=?6, version=(SELECT version FROM resource"
	    " WHERE n = owner) WHERE n=?1";
	static const char body[] = "INSERT OR REPLACE INTO file_body(n, bytes)"
	    " VALUES(?1, ?2)";
	const struct put *p = data;
	unsigned char hash[HASH_BYTES];

	hash_parts(hash, "b", p->bytes, p->len);
	if (!db_run(store, error, sql, "iisiib", p->id.n, (int64_t)p->state,
	    p->content_type, (int64_t)p->len, p->now_ms, hash, sizeof hash))
		return FALSE;
	if (p->state != FILE_HERE || sqlite3_changes(store->db) == 0)
		return TRUE;
	return db_run(store, error, body, "ib", p->id.n, p->bytes, p->len) &&
	    trim(store, p->id.n, p->cap_bytes, error);
}

gboolean
store_file_put(struct store *store, struct file_id id,
    const char *content_type, const void *bytes, size_t len, int64_t cap_bytes,
    int64_t now_ms, GError **error)
{
	struct put p = { id, FILE_HERE, content_type, len ? bytes : "", len,
		cap_bytes, now_ms };

	return db_transact(store, DB_NORMAL, put, &p, error);
}

gboolean
store_file_cannot(struct store *store, struct file_id id,
    enum file_state why, GError **error)
{
	struct put p = { .id = id, .state = why, .bytes = "" };

	return db_transact(store, DB_NORMAL, put, &p, error);
}
