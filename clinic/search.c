/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/plan.h"

#define INCLUDED_MAX 1000

/* A searchset in the making. */
struct result {
	struct clinic *c;
	struct plan *p;
	GString *entries;
	GHashTable *seen;   /* "Type/id" */
	GPtrArray *names;   /* of seen, in order */
	guint included;
	int rows;
	gboolean more;
	char *last_key;     /* of the last row: 'i' number or 't' text */
	int64_t last_num;
};

/* ---- running ------------------------------------------------------------ */

/* The caller has seen to it that the row is a new one. */
static void
add_entry(struct result *x, const struct clinic_row *row, const char *mode)
{
	char *name = g_strconcat(row->type, "/", row->id, NULL);
	char stamp[CLINIC_STAMP_SIZE];

	g_hash_table_add(x->seen, name);
	g_ptr_array_add(x->names, name);
	g_string_append_printf(x->entries, "%s{\"fullUrl\":\"%s/%s\","
	    "\"resource\":", x->entries->len ? "," : "", x->c->base, name);
	if (row->json) {
		g_string_append_len(x->entries, row->json, row->len);
	} else {
		clinic_stamp(row->updated_ms, stamp);
		g_string_append_printf(x->entries, "{\"resourceType\":\"%s\","
		    "\"id\":\"%s\",\"meta\":{\"versionId\":\"%s\","
		    "\"lastUpdated\":\"%s\"}}", row->type, row->id,
		    row->version, stamp);
	}
	g_string_append_printf(x->entries, ",\"search\":{\"mode\":\"%s\"}}",
	    mode);
}

/* Which of all: deleted or not, and the query's own conditions. */
static void
put_where(const struct plan *p, GString *sql)
{
	g_string_append_printf(sql, " where r.type=? and %s%s", p->deleted ? "r.deleted" : "not r.deleted", p->where->str);
}

/* cursor: "i123/45" or "ttext/45": behind that key and number. */
static gboolean
put_cursor(struct plan *p, const char *cursor, GString *sql)
{
	const char *slash = cursor ? strrchr(cursor, '/') : NULL;

	if (!slash)
		return FALSE;
	g_string_append_printf(sql, " and (%s, r.num) %s (?, ?)", p->key->str,
	    p->down ? "<" : ">");
	return TRUE;
}

static void
bind_cursor(sqlite3_stmt *s, int *at, const char *cursor)
{
	const char *slash = strrchr(cursor, '/');
	g_autofree char *key = g_strndup(cursor + 1, slash - cursor - 1);

	if (*cursor == 'i')
		sqlite3_bind_int64(s, (*at)++, g_ascii_strtoll(key, NULL, 10));
	else
		clinic_sql_text(s, (*at)++, key);
	sqlite3_bind_int64(s, (*at)++, g_ascii_strtoll(slash + 1, NULL, 10));
}

static void
read_position(struct result *x, sqlite3_stmt *s)
{
	gboolean number = sqlite3_column_type(s, 8) == SQLITE_INTEGER;

	g_free(x->last_key);
	x->last_key = g_strdup_printf("%c%s", number ? 'i' : 't',
	    (const char *)sqlite3_column_text(s, 8));
	x->last_num = sqlite3_column_int64(s, 7);
}

static gboolean
read_rows(struct result *x, sqlite3_stmt *s, GError **error)
{
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		BASE_AUTO(clinic_row) row = NULL;
		if (x->rows == x->p->count) {
			x->more = TRUE;
			return TRUE;
		}
		row = clinic_row_read(s);
		read_position(x, s);
		add_entry(x, row, "match");
		x->rows++;
	}
	return rc == SQLITE_DONE ? TRUE : clinic_sql_fail(x->c->db, error);
}

static gboolean
run(struct result *x, const char *cursor, GError **error)
{
	struct plan *p = x->p;
	g_autoptr(GString) sql = g_string_new("select " CLINIC_ROW_COLUMNS
	    ", r.num, ");
	gboolean positioned, ok;
	sqlite3_stmt *s;
	int at = 1;

	g_string_append_printf(sql, "%s from res r join version v on"
	    " v.num=r.cur", p->many_keys ? "0" : p->key->str);
	put_where(p, sql);
	positioned = !p->many_keys && put_cursor(p, cursor, sql);
	g_string_append_printf(sql, " order by %s limit ? offset ?",
	    p->order->str);
	s = clinic_sql_once(x->c->db, sql->str, error);
	if (!s)
		return FALSE;
	if (!p->many_keys)
		plan_bind_all(s, &at, p->key_binds);
	clinic_sql_text(s, at++, p->type);
	plan_bind_all(s, &at, p->binds);
	if (positioned) {
		plan_bind_all(s, &at, p->key_binds);
		bind_cursor(s, &at, cursor);
	}
	plan_bind_all(s, &at, p->key_binds);
	sqlite3_bind_int64(s, at++, p->count + 1);
	sqlite3_bind_int64(s, at, p->offset);
	ok = read_rows(x, s, error);
	sqlite3_finalize(s);
	return ok;
}

static int64_t
count_all(struct result *x, GError **error)
{
	g_autoptr(GString) sql = g_string_new("select count(*) from res r");
	sqlite3_stmt *s;
	int64_t n = -1;
	int at = 1;

	put_where(x->p, sql);
	s = clinic_sql_once(x->c->db, sql->str, error);
	if (!s)
		return -1;
	clinic_sql_text(s, at++, x->p->type);
	plan_bind_all(s, &at, x->p->binds);
	if (sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	else
		clinic_sql_fail(x->c->db, error);
	sqlite3_finalize(s);
	return n;
}

/* ---- what comes along --------------------------------------------------- */

static gboolean
room_for_more(struct result *x, GError **error)
{
	if (++x->included <= INCLUDED_MAX)
		return TRUE;
	g_set_error(error, CLINIC_ERROR, 400,
	    "More than %d resources would be included", INCLUDED_MAX);
	return FALSE;
}

static gboolean
include_named(struct result *x, const char *name, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(name, "/", 2);
	BASE_AUTO(clinic_row) row = NULL;

	if (!parts[0] || !parts[1] || g_hash_table_contains(x->seen, name))
		return TRUE;
	row = clinic_db_get(x->c->db, parts[0], parts[1], NULL);
	if (!row || row->deleted)
		return TRUE;
	if (!room_for_more(x, error))
		return FALSE;
	add_entry(x, row, "include");
	return TRUE;
}

/* The names found by a statement whose first column they are. */
static GPtrArray *
names_of(sqlite3_stmt *s)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	while (sqlite3_step(s) == SQLITE_ROW)
		g_ptr_array_add(names,
		    g_strdup((const char *)sqlite3_column_text(s, 0)));
	sqlite3_reset(s);
	return names;
}

static GPtrArray *
forward_names(struct result *x, const struct plan_include *i,
    const char *name, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(name, "/", 2);
	g_autofree char *key = g_strconcat(i->type, ".",
	    i->param ? i->param->name : "", NULL);
	sqlite3_stmt *s = clinic_sql(x->c->db, "select distinct t.value from"
	    " ix_text t join res r on r.num=t.res where r.type=?1 and r.id=?2"
	    " and (t.param=?3 or (?4 and t.extra<>'' and"
	    " t.value glob t.extra||'/*')) and (?5 is null or t.extra=?5)",
	    error);

	if (!s)
		return NULL;
	if (strcmp(parts[0], i->type))
		return g_ptr_array_new();
	clinic_sql_text(s, 1, parts[0]);
	clinic_sql_text(s, 2, parts[1]);
	clinic_sql_text(s, 3, key);
	sqlite3_bind_int(s, 4, !i->param);
	if (i->target)
		clinic_sql_text(s, 5, i->target);
	return names_of(s);
}

static GPtrArray *
reverse_names(struct result *x, const struct plan_include *i,
    const char *name, GError **error)
{
	g_autofree char *key = g_strconcat(i->type, ".",
	    i->param ? i->param->name : "", NULL);
	sqlite3_stmt *s = clinic_sql(x->c->db, "select r.type||'/'||r.id from"
	    " ix_text t join res r on r.num=t.res where t.param=?1 and"
	    " t.value=?2 and not r.deleted limit ?3", error);

	if (!s)
		return NULL;
	clinic_sql_text(s, 1, key);
	clinic_sql_text(s, 2, name);
	sqlite3_bind_int(s, 3, INCLUDED_MAX + 1);
	return names_of(s);
}

static gboolean
include_for(struct result *x, const struct plan_include *i, const char *name,
    GError **error)
{
	g_autoptr(GPtrArray) names = i->reverse ?
	    reverse_names(x, i, name, error) :
	    forward_names(x, i, name, error);
	guint k;

	if (!names)
		return FALSE;
	for (k = 0; k < names->len; k++)
		if (!include_named(x, names->pdata[k], error))
			return FALSE;
	return TRUE;
}

/* :iterate goes on over what was itself included. */
static gboolean
include_all(struct result *x, GError **error)
{
	guint matches = x->names->len, i, k;

	for (i = 0; i < x->p->includes->len; i++) {
		struct plan_include *inc = &g_array_index(x->p->includes,
		    struct plan_include, i);
		for (k = 0; k < (inc->iterate ? x->names->len : matches); k++)
			if (!include_for(x, inc, x->names->pdata[k], error))
				return FALSE;
	}
	return TRUE;
}

/* ---- the Bundle --------------------------------------------------------- */

static void
put_link(GString *out, const char *relation, const char *url)
{
	g_string_append_printf(out, "{\"relation\":\"%s\",\"url\":", relation);
	clinic_json_quote(out, url);
	g_string_append_c(out, '}');
}

static char *
next_url(struct result *x, const char *query)
{
	g_autofree char *plain = x->p->many_keys ?
	    g_strdup_printf("%s\n%s\no%" G_GINT64_FORMAT, x->p->type, query,
		x->p->offset + x->rows) :
	    g_strdup_printf("%s\n%s\n%s/%" G_GINT64_FORMAT, x->p->type, query,
		x->last_key, x->last_num);
	g_autofree char *sealed = clinic_page_seal(x->c, plain);

	return g_strconcat(x->c->base, "/", x->p->type, "?_page=", sealed,
	    NULL);
}

static void
put_links(struct result *x, const char *query, GString *out)
{
	g_autofree char *self = g_strconcat(x->c->base, "/", x->p->type,
	    *query ? "?" : "", query, NULL);

	g_string_append(out, ",\"link\":[");
	put_link(out, "self", self);
	if (x->more) {
		g_autofree char *next = next_url(x, query);
		g_string_append_c(out, ',');
		put_link(out, "next", next);
	}
	g_string_append_c(out, ']');
}

static GString *
bundle_of(struct result *x, const char *query, int64_t total)
{
	GString *out = g_string_sized_new(x->entries->len + 512);

	g_string_append(out, "{\"resourceType\":\"Bundle\","
	    "\"type\":\"searchset\"");
	if (total >= 0)
		g_string_append_printf(out, ",\"total\":%" G_GINT64_FORMAT,
		    total);
	put_links(x, query, out);
	if (x->entries->len) {
		g_string_append(out, ",\"entry\":[");
		g_string_append_len(out, x->entries->str, x->entries->len);
		g_string_append_c(out, ']');
	}
	g_string_append_c(out, '}');
	return out;
}

static void
result_init(struct result *x, struct clinic *c, struct plan *p)
{
	memset(x, 0, sizeof(*x));
	x->c = c;
	x->p = p;
	x->entries = g_string_new(NULL);
	x->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	x->names = g_ptr_array_new();
}

static void
result_clear(struct result *x)
{
	g_string_free(x->entries, TRUE);
	g_hash_table_destroy(x->seen);
	g_ptr_array_free(x->names, TRUE);
	g_free(x->last_key);
}

static GString *
search_at(struct clinic *c, const char *type, const GArray *query,
    const char *cursor, GError **error)
{
	BASE_AUTO(plan) p = plan_new(c, type);
	g_autofree char *text = clinic_query_text(query);
	GString *out = NULL;
	struct result x;
	int64_t total = -1;
	gboolean ok;

	if (!plan_query(p, query, error))
		return NULL;
	if (cursor && *cursor == 'o')
		p->offset = g_ascii_strtoll(cursor + 1, NULL, 10);
	result_init(&x, c, p);
	ok = p->only_total ||
	    (run(&x, cursor, error) && include_all(&x, error));
	if (ok && (p->total || p->only_total)) {
		total = count_all(&x, error);
		ok = total >= 0;
	}
	if (ok)
		out = bundle_of(&x, text, total);
	result_clear(&x);
	return out;
}

GString *
clinic_search(struct clinic *c, const char *type, const GArray *query,
    GError **error)
{
	const char *page = clinic_query_get(query, "_page");
	g_autofree char *plain = NULL;
	g_auto(GStrv) parts = NULL;
	g_autoptr(GArray) first = NULL;

	if (!page)
		return search_at(c, type, query, NULL, error);
	plain = clinic_page_open(c, page, error);
	if (!plain)
		return NULL;
	parts = g_strsplit(plain, "\n", 3);
	if (g_strv_length(parts) != 3 || strcmp(parts[0], type)) {
		g_set_error(error, CLINIC_ERROR, 400, "Not a page of this");
		return NULL;
	}
	first = clinic_query_parse(parts[1]);
	return search_at(c, type, first, parts[2], error);
}

/* ---- conditions --------------------------------------------------------- */

static GPtrArray *
ids_of(struct clinic *c, struct plan *p, int max, GError **error)
{
	g_autoptr(GString) sql = g_string_new("select r.id from res r");
	sqlite3_stmt *s;
	GPtrArray *ids;
	int at = 1;

	put_where(p, sql);
	g_string_append(sql, " order by r.num limit ?");
	s = clinic_sql_once(c->db, sql->str, error);
	if (!s)
		return NULL;
	clinic_sql_text(s, at++, p->type);
	plan_bind_all(s, &at, p->binds);
	sqlite3_bind_int(s, at, max);
	ids = names_of(s);
	sqlite3_finalize(s);
	return ids;
}

GPtrArray *
clinic_search_ids(struct clinic *c, const char *type, const char *condition,
    int max, GError **error)
{
	g_autoptr(GArray) query = clinic_query_parse(condition);
	BASE_AUTO(plan) p = plan_new(c, type);

	if (!plan_query(p, query, error))
		return NULL;
	if (p->where->len)
		return ids_of(c, p, max, error);
	g_set_error(error, CLINIC_ERROR, 412, "The condition is empty");
	return NULL;
}

gboolean
clinic_search_matches(struct clinic *c, const char *type, const char *id,
    const GArray *query, gboolean deleted, GError **error)
{
	g_autoptr(GPtrArray) ids = NULL;
	BASE_AUTO(plan) p = plan_new(c, type);

	if (!plan_query(p, query, error))
		return FALSE;
	p->deleted = deleted;
	g_string_append(p->where, " and r.id=?");
	plan_text(p->binds, id);
	ids = ids_of(c, p, 1, error);
	return ids && ids->len;
}
