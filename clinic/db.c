/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/sql.h"

static const char schema[] =
"create table if not exists res("
"  num integer primary key, type text not null, id text not null,"
"  cur int not null, vcount int not null, updated int not null,"
"  deleted int not null, unique(type, id));"
"create index if not exists res_updated on res(type, updated, num);"
"create table if not exists version("
"  num integer primary key autoincrement, res int not null,"
"  ver text not null, method text not null, updated int not null,"
"  body blob);"
"create index if not exists version_res on version(res, num);"
"create table if not exists ix_text("
"  param text not null, value text not null, extra text not null,"
"  res int not null, primary key(param, value, extra, res)) without rowid;"
"create index if not exists ix_text_res on ix_text(res);"
"create table if not exists ix_date("
"  param text not null, lo int not null, hi int not null, res int not null,"
"  primary key(param, lo, hi, res)) without rowid;"
"create index if not exists ix_date_res on ix_date(res);";

struct listener {
	void (*written)(const struct clinic_row *row, void *user);
	void *user;
};

/* ---- SQLite ------------------------------------------------------------- */

gboolean
clinic_sql_fail(struct clinic_db *db, GError **error)
{
	g_set_error(error, CLINIC_ERROR, 500, "Storage: %s",
	    sqlite3_errmsg(db->sql));
	return FALSE;
}

sqlite3_stmt *
clinic_sql_once(struct clinic_db *db, const char *sql, GError **error)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(db->sql, sql, -1, &s, NULL) != SQLITE_OK)
		clinic_sql_fail(db, error);
	return s;
}

sqlite3_stmt *
clinic_sql(struct clinic_db *db, const char *sql, GError **error)
{
	sqlite3_stmt *s = g_hash_table_lookup(db->statements, sql);

	if (s) {
		sqlite3_reset(s);
		sqlite3_clear_bindings(s);
		return s;
	}
	s = clinic_sql_once(db, sql, error);
	if (s)
		g_hash_table_insert(db->statements, (char *)sql, s);
	return s;
}

void
clinic_sql_text(sqlite3_stmt *s, int at, const char *text)
{
	sqlite3_bind_text(s, at, text, -1, SQLITE_TRANSIENT);
}

gboolean
clinic_sql_run(struct clinic_db *db, sqlite3_stmt *s, GError **error)
{
	gboolean ok = sqlite3_step(s) == SQLITE_DONE;

	if (!ok)
		clinic_sql_fail(db, error);
	sqlite3_reset(s);
	return ok;
}

static gboolean
run_text(struct clinic_db *db, const char *sql, GError **error)
{
	if (sqlite3_exec(db->sql, sql, NULL, NULL, NULL) == SQLITE_OK)
		return TRUE;
	return clinic_sql_fail(db, error);
}

static void
finalize(void *s)
{
	sqlite3_finalize(s);
}

struct clinic_db *
clinic_db_open(const char *path, GError **error)
{
	struct clinic_db *db = g_new0(struct clinic_db, 1);

	db->statements = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
	    finalize);
	db->untold = g_array_new(FALSE, FALSE, sizeof(int64_t));
	db->listeners = g_array_new(FALSE, FALSE, sizeof(struct listener));
	if (sqlite3_open(path ? path : ":memory:", &db->sql) != SQLITE_OK) {
		clinic_sql_fail(db, error);
		clinic_db_close(db);
		return NULL;
	}
	sqlite3_busy_timeout(db->sql, 5000);
	if (!run_text(db, "pragma journal_mode=wal", error) ||
	    !run_text(db, "pragma synchronous=normal", error) ||
	    !run_text(db, "pragma cache_size=-65536", error) ||
	    !run_text(db, schema, error)) {
		clinic_db_close(db);
		return NULL;
	}
	return db;
}

void
clinic_db_close(struct clinic_db *db)
{
	g_hash_table_destroy(db->statements);
	g_array_free(db->untold, TRUE);
	g_array_free(db->listeners, TRUE);
	sqlite3_close(db->sql);
	g_free(db);
}

void
clinic_db_random_versions(struct clinic_db *db, gboolean random)
{
	db->random_versions = random;
}

void
clinic_db_late(struct clinic_db *db, int64_t late_ms)
{
	db->late_ms = late_ms;
}

/* ---- telling ------------------------------------------------------------ */

void
clinic_on_write(struct clinic_db *db,
    void (*written)(const struct clinic_row *row, void *user), void *user)
{
	struct listener l = { written, user };

	g_array_append_val(db->listeners, l);
}

static void
tell_one(struct clinic_db *db, int64_t num)
{
	BASE_AUTO(clinic_row) row = NULL;
	sqlite3_stmt *s = clinic_sql(db, "select " CLINIC_ROW_COLUMNS
	    " from version v join res r on r.num = v.res where v.num = ?",
	    NULL);
	guint i;

	if (!s)
		return;
	sqlite3_bind_int64(s, 1, num);
	if (sqlite3_step(s) == SQLITE_ROW)
		row = clinic_row_read(s);
	sqlite3_reset(s);
	for (i = 0; row && i < db->listeners->len; i++) {
		struct listener l = g_array_index(db->listeners,
		    struct listener, i);
		l.written(row, l.user);
	}
}

/* A listener may write; what it writes joins the end of the line. */
static void
tell(struct clinic_db *db)
{
	guint i;

	if (db->telling)
		return;
	db->telling = TRUE;
	for (i = 0; i < db->untold->len; i++)
		tell_one(db, g_array_index(db->untold, int64_t, i));
	g_array_set_size(db->untold, 0);
	db->telling = FALSE;
}

/* ---- transactions ------------------------------------------------------- */

gboolean
clinic_db_begin(struct clinic_db *db, GError **error)
{
	if (!db->depth && !run_text(db, "begin immediate", error))
		return FALSE;
	if (!db->depth) {
		db->broken = FALSE;
		db->untold_before = db->untold->len;
	}
	db->depth++;
	return TRUE;
}

gboolean
clinic_db_commit(struct clinic_db *db, GError **error)
{
	if (db->depth > 1) {
		db->depth--;
		return TRUE;
	}
	if (db->broken) {
		clinic_db_rollback(db);
		g_set_error(error, CLINIC_ERROR, 500,
		    "Storage: a part of the transaction was rolled back");
		return FALSE;
	}
	if (!run_text(db, "commit", error)) {
		clinic_db_rollback(db);
		return FALSE;
	}
	db->depth = 0;
	tell(db);
	return TRUE;
}

void
clinic_db_rollback(struct clinic_db *db)
{
	if (--db->depth > 0) {
		db->broken = TRUE;
		return;
	}
	run_text(db, "rollback", NULL);
	g_array_set_size(db->untold, db->untold_before);
}

/* ---- reading ------------------------------------------------------------ */

static char *
column(sqlite3_stmt *s, int at)
{
	return g_strdup((const char *)sqlite3_column_text(s, at));
}

struct clinic_row *
clinic_row_read(sqlite3_stmt *s)
{
	struct clinic_row *row = g_new0(struct clinic_row, 1);

	row->num = sqlite3_column_int64(s, 0);
	row->type = column(s, 1);
	row->id = column(s, 2);
	row->version = column(s, 3);
	row->method = column(s, 4);
	row->updated_ms = sqlite3_column_int64(s, 5);
	row->len = sqlite3_column_bytes(s, 6);
	row->deleted = sqlite3_column_type(s, 6) == SQLITE_NULL;
	if (!row->deleted) {
		char *body = g_malloc(row->len + 1);
		memcpy(body, sqlite3_column_blob(s, 6), row->len);
		body[row->len] = 0;
		row->json = body;
	}
	return row;
}

void
clinic_row_free(struct clinic_row *row)
{
	g_free((char *)row->type);
	g_free((char *)row->id);
	g_free((char *)row->version);
	g_free((char *)row->method);
	g_free((char *)row->json);
	g_free(row);
}

static struct clinic_row *
one_row(struct clinic_db *db, sqlite3_stmt *s, GError **error)
{
	struct clinic_row *row = NULL;
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW)
		row = clinic_row_read(s);
	else if (rc != SQLITE_DONE)
		clinic_sql_fail(db, error);
	sqlite3_reset(s);
	return row;
}

struct clinic_row *
clinic_db_get(struct clinic_db *db, const char *type, const char *id,
    GError **error)
{
	sqlite3_stmt *s = clinic_sql(db, "select " CLINIC_ROW_COLUMNS
	    " from res r join version v on v.num = r.cur"
	    " where r.type = ? and r.id = ?", error);

	if (!s)
		return NULL;
	clinic_sql_text(s, 1, type);
	clinic_sql_text(s, 2, id);
	return one_row(db, s, error);
}

struct clinic_row *
clinic_db_vget(struct clinic_db *db, const char *type, const char *id,
    const char *version, GError **error)
{
	sqlite3_stmt *s = clinic_sql(db, "select " CLINIC_ROW_COLUMNS
	    " from res r join version v on v.res = r.num"
	    " where r.type = ? and r.id = ? and v.ver = ?", error);

	if (!s)
		return NULL;
	clinic_sql_text(s, 1, type);
	clinic_sql_text(s, 2, id);
	clinic_sql_text(s, 3, version);
	return one_row(db, s, error);
}

struct clinic_row *
clinic_db_before(struct clinic_db *db, const struct clinic_row *row,
    GError **error)
{
	sqlite3_stmt *s = clinic_sql(db, "select " CLINIC_ROW_COLUMNS
	    " from res r join version v on v.res = r.num"
	    " where r.type = ? and r.id = ? and v.num < ?"
	    " order by v.num desc limit 1", error);

	if (!s)
		return NULL;
	clinic_sql_text(s, 1, row->type);
	clinic_sql_text(s, 2, row->id);
	sqlite3_bind_int64(s, 3, row->num);
	return one_row(db, s, error);
}

int64_t
clinic_db_count(struct clinic_db *db, const char *type)
{
	sqlite3_stmt *s = clinic_sql(db,
	    "select count(*) from res where type = ? and not deleted", NULL);
	int64_t n = 0;

	if (!s)
		return 0;
	clinic_sql_text(s, 1, type);
	if (sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return n;
}

/* The next after number num, so that no statement is open in the callback. */
static struct clinic_row *
next_row(struct clinic_db *db, const char *type, int64_t *num, int64_t until,
    GError **error)
{
	sqlite3_stmt *s = clinic_sql(db, "select " CLINIC_ROW_COLUMNS
	    ", r.num from res r join version v on v.num = r.cur"
	    /* '+': by number from where we stand, or each step would look
	     * through all of the type. */
	    " where +r.type = ?1 and not r.deleted and r.num > ?2"
	    " and r.num <= ?3 order by r.num limit 1", error);
	struct clinic_row *row = NULL;
	int rc;

	if (!s)
		return NULL;
	clinic_sql_text(s, 1, type);
	sqlite3_bind_int64(s, 2, *num);
	sqlite3_bind_int64(s, 3, until);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		row = clinic_row_read(s);
		*num = sqlite3_column_int64(s, 7);
	} else if (rc != SQLITE_DONE) {
		clinic_sql_fail(db, error);
	}
	sqlite3_reset(s);
	return row;
}

static int64_t
last_number(struct clinic_db *db)
{
	sqlite3_stmt *s = clinic_sql(db, "select max(num) from res", NULL);
	int64_t n = 0;

	if (s && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	if (s)
		sqlite3_reset(s);
	return n;
}

gboolean
clinic_db_each(struct clinic_db *db, const char *type,
    gboolean (*each)(const struct clinic_row *row, void *user), void *user,
    GError **error)
{
	int64_t num = 0, until = last_number(db);
	GError *failed = NULL;
	struct clinic_row *row;
	gboolean more = TRUE;

	while (more && (row = next_row(db, type, &num, until, &failed))) {
		more = each(row, user);
		clinic_row_free(row);
	}
	if (!failed)
		return TRUE;
	g_propagate_error(error, failed);
	return FALSE;
}
