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

/* ---- writing ------------------------------------------------------------ */

void
clinic_stamp(int64_t ms, char out[CLINIC_STAMP_SIZE])
{
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(ms / 1000);
	g_autofree char *text = t ?
	    g_date_time_format(t, "%Y-%m-%dT%H:%M:%S") :
	    g_strdup("1970-01-01T00:00:00");

	g_snprintf(out, CLINIC_STAMP_SIZE, "%s.%03dZ", text,
	    (int)(ms % 1000));
}

/* What a resource is before a write. */
struct place {
	int64_t num; /* 0: new */
	int64_t vcount;
	int64_t updated_ms;
};

static gboolean
find_place(struct clinic_db *db, const char *type, const char *id,
    struct place *p, GError **error)
{
	sqlite3_stmt *s = clinic_sql(db,
	    "select num, vcount, updated from res where type = ? and id = ?", error);

	*p = (struct place){ 0 };
	if (!s)
		return FALSE;
	clinic_sql_text(s, 1, type);
	clinic_sql_text(s, 2, id);
	if (sqlite3_step(s) == SQLITE_ROW) {
		p->num = sqlite3_column_int64(s, 0);
		p->vcount = sqlite3_column_int64(s, 1);
		p->updated_ms = sqlite3_column_int64(s, 2);
	}
	sqlite3_reset(s);
	return TRUE;
}

static gboolean
insert_place(struct clinic_db *db, const char *type, const char *id,
    struct place *p, GError **error)
{
	sqlite3_stmt *s = clinic_sql(db, "insert into res(type, id, cur,"
	    " vcount, updated, deleted) values(?, ?, 0, 0, 0, 0)", error);

	if (!s)
		return FALSE;
	clinic_sql_text(s, 1, type);
	clinic_sql_text(s, 2, id);
	if (!clinic_sql_run(db, s, error))
		return FALSE;
	p->num = sqlite3_last_insert_rowid(db->sql);
	return TRUE;
}

struct version {
	const char *name, *method;
	const char *body; /* NULL: deleted */
	size_t len;
	int64_t updated_ms;
};

static gboolean
insert_version(struct clinic_db *db, int64_t res, const struct version *v,
    int64_t *num, GError **error)
{
	sqlite3_stmt *s = clinic_sql(db, "insert into version(res, ver, method,"
	    " updated, body) values(?, ?, ?, ?, ?)", error);

	if (!s)
		return FALSE;
	sqlite3_bind_int64(s, 1, res);
	clinic_sql_text(s, 2, v->name);
	clinic_sql_text(s, 3, v->method);
	sqlite3_bind_int64(s, 4, v->updated_ms);
	if (v->body)
		sqlite3_bind_blob64(s, 5, v->body, v->len, SQLITE_STATIC);
	if (!clinic_sql_run(db, s, error))
		return FALSE;
	*num = sqlite3_last_insert_rowid(db->sql);
	return TRUE;
}

static gboolean
point_at(struct clinic_db *db, int64_t res, int64_t num,
    const struct version *v, GError **error)
{
	sqlite3_stmt *s = clinic_sql(db, "update res set cur = ?,"
	    " vcount = vcount + 1, updated = ?, deleted = ? where num = ?",
	    error);

	if (!s)
		return FALSE;
	sqlite3_bind_int64(s, 1, num);
	sqlite3_bind_int64(s, 2, v->updated_ms);
	sqlite3_bind_int(s, 3, !v->body);
	sqlite3_bind_int64(s, 4, res);
	return clinic_sql_run(db, s, error);
}

static gboolean
add_version(struct clinic_db *db, int64_t res, const struct version *v,
    GError **error)
{
	int64_t num;

	if (!insert_version(db, res, v, &num, error) ||
	    !point_at(db, res, num, v, error))
		return FALSE;
	if (db->listeners->len)
		g_array_append_val(db->untold, num);
	return TRUE;
}

static char *
version_name(struct clinic_db *db, const struct place *p)
{
	if (db->random_versions)
		return g_uuid_string_random();
	return g_strdup_printf("%" G_GINT64_FORMAT, p->vcount + 1);
}

/* A stamp from before the commit, never from before the last version. */
static int64_t
stamp_of(struct clinic_db *db, const struct place *p, int64_t now_ms)
{
	if (!db->late_ms || db->late_turn++ % 2)
		return now_ms;
	return MAX(now_ms - db->late_ms, p->updated_ms);
}

static gboolean
put_version(struct clinic_db *db, const char *type, const char *id,
    const char *json, size_t len, int64_t now_ms, json_t *tree, GError **error)
{
	g_autofree char *name = NULL;
	g_autofree char *body = NULL;
	struct version v = { 0 };
	struct place p;

	if (!find_place(db, type, id, &p, error))
		return FALSE;
	v.updated_ms = stamp_of(db, &p, now_ms);
	v.method = p.num ? "PUT" : "POST";
	v.name = name = version_name(db, &p);
	if (!p.num && !insert_place(db, type, id, &p, error))
		return FALSE;
	body = clinic_doc_stamp(json, len, id, name, v.updated_ms, &v.len);
	v.body = body;
	return add_version(db, p.num, &v, error) &&
	    clinic_index(db, p.num, type, tree, error);
}

static gboolean
type_is(json_t *tree, const char *type, GError **error)
{
	const char *is = json_string_value(json_object_get(tree,
	    "resourceType"));

	if (!g_strcmp0(is, type))
		return TRUE;
	g_set_error(error, CLINIC_ERROR, 400,
	    "The resourceType is not %s", type);
	return FALSE;
}

gboolean
clinic_id_ok(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-.");

	return n && !id[n] && n < CLINIC_ID_SIZE;
}

/* Ends what was begun: commits when all went well. */
static gboolean
finish(struct clinic_db *db, gboolean ok, GError **error)
{
	if (ok)
		return clinic_db_commit(db, error);
	clinic_db_rollback(db);
	return FALSE;
}

gboolean
clinic_db_put_tree(struct clinic_db *db, const char *type, const char *id,
    const char *json, size_t len, json_t *tree, int64_t now_ms,
    char id_out[CLINIC_ID_SIZE], GError **error)
{
	g_autofree char *fresh = id ? NULL : g_uuid_string_random();

	if (!id)
		id = fresh;
	if (!clinic_id_ok(id)) {
		g_set_error(error, CLINIC_ERROR, 400, "Not an id");
		return FALSE;
	}
	if (id_out)
		g_strlcpy(id_out, id, CLINIC_ID_SIZE);
	return type_is(tree, type, error) && clinic_db_begin(db, error) &&
	    finish(db, put_version(db, type, id, json, len, now_ms, tree,
		error), error);
}

gboolean
clinic_db_put(struct clinic_db *db, const char *type, const char *id,
    const char *json, size_t len, int64_t now_ms, char id_out[CLINIC_ID_SIZE],
    GError **error)
{
	json_t *tree = clinic_doc_parse(json, len, error);
	gboolean ok = tree && clinic_db_put_tree(db, type, id, json, len, tree,
	    now_ms, id_out, error);

	json_decref(tree);
	return ok;
}

gboolean
clinic_db_delete(struct clinic_db *db, const char *type, const char *id,
    int64_t now_ms, GError **error)
{
	struct version v = { .method = "DELETE", .updated_ms = now_ms };
	g_autofree char *name = NULL;
	struct place p;

	if (!find_place(db, type, id, &p, error))
		return FALSE;
	if (!p.num) {
		g_set_error(error, CLINIC_ERROR, 404, "No such resource");
		return FALSE;
	}
	v.name = name = version_name(db, &p);
	if (!clinic_db_begin(db, error))
		return FALSE;
	return finish(db, add_version(db, p.num, &v, error), error);
}
