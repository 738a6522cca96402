/* SPDX-License-Identifier: Apache-2.0 */
/* A write: the place of a resource, its next version, its index rows. */
#include <string.h>

#include "clinic/sql.h"

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
