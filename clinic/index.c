/* SPDX-License-Identifier: Apache-2.0 */
/* Takes out of a resource what its search parameters ask for. */
#include <string.h>

#include "clinic/date.h"
#include "clinic/param.h"
#include "clinic/sql.h"

#define VALUE_BYTES_MAX 1000

struct indexing {
	struct clinic_db *db;
	int64_t res;
	const struct clinic_param *param;
	char *key; /* "Communication.status" */
	GError **error;
	gboolean failed;
};

static void
put_text(struct indexing *x, const char *value, const char *extra)
{
	sqlite3_stmt *s;
	g_autofree char *cut = NULL;

	if (strlen(value) > VALUE_BYTES_MAX)
		value = cut = g_utf8_make_valid(value, VALUE_BYTES_MAX);
	s = clinic_sql(x->db, "insert or ignore into ix_text"
	    " values(?, ?, ?, ?)", x->error);
	if (s) {
		clinic_sql_text(s, 1, x->key);
		clinic_sql_text(s, 2, value);
		clinic_sql_text(s, 3, extra ? extra : "");
		sqlite3_bind_int64(s, 4, x->res);
	}
	if (!s || !clinic_sql_run(x->db, s, x->error))
		x->failed = TRUE;
}

static void
put_date(struct indexing *x, int64_t lo, int64_t hi)
{
	sqlite3_stmt *s = clinic_sql(x->db, "insert or ignore into ix_date"
	    " values(?, ?, ?, ?)", x->error);

	if (s) {
		clinic_sql_text(s, 1, x->key);
		sqlite3_bind_int64(s, 2, lo);
		sqlite3_bind_int64(s, 3, hi);
		sqlite3_bind_int64(s, 4, x->res);
	}
	if (!s || !clinic_sql_run(x->db, s, x->error))
		x->failed = TRUE;
}

static const char *
member(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* CodeableConcept, Coding, Identifier, ContactPoint, code or boolean: told
 * apart by what they have. */
static void
index_token(struct indexing *x, json_t *v)
{
	json_t *codings = json_object_get(v, "coding"), *coding;
	size_t i;

	if (json_is_string(v))
		put_text(x, json_string_value(v), "");
	else if (json_is_boolean(v))
		put_text(x, json_is_true(v) ? "true" : "false", "");
	else if (member(v, "code"))
		put_text(x, member(v, "code"), member(v, "system"));
	else if (member(v, "value"))
		put_text(x, member(v, "value"), member(v, "system"));
	json_array_foreach(codings, i, coding)
		if (member(coding, "code"))
			put_text(x, member(coding, "code"),
			    member(coding, "system"));
}

/* "Type/id" of a literal reference, whatever stands before and behind it. */
char *
clinic_reference_local(const char *reference, char **type_out)
{
	g_auto(GStrv) parts = g_strsplit(reference, "/", -1);
	guint n = g_strv_length(parts), i;

	for (i = n; i >= 2; i--) {
		if (!clinic_type_ok(parts[i - 2]) ||
		    !clinic_id_ok(parts[i - 1]))
			continue;
		if (i < n && strcmp(parts[i], "_history"))
			continue;
		if (type_out)
			*type_out = g_strdup(parts[i - 2]);
		return g_strconcat(parts[i - 2], "/", parts[i - 1], NULL);
	}
	return NULL;
}

static void
index_reference(struct indexing *x, json_t *v)
{
	const char *text = json_is_string(v) ? json_string_value(v) :
	    member(v, "reference");
	g_autofree char *local = NULL;
	g_autofree char *type = NULL;

	if (!text || *text == '#')
		return;
	local = clinic_reference_local(text, &type);
	if (x->param->target && g_strcmp0(type, x->param->target))
		return;
	put_text(x, local ? local : text, type);
}

static void
index_date(struct indexing *x, json_t *v)
{
	struct clinic_interval a = { 0 }, b = { 0 };
	const char *from = member(v, "start"), *to = member(v, "end");

	if (json_is_string(v)) {
		if (clinic_date_parse(json_string_value(v), &a))
			put_date(x, a.lo, a.hi);
		return;
	}
	if (!from && !to)
		return;
	if (!from || !clinic_date_parse(from, &a))
		a.lo = INT64_MIN;
	if (!to || !clinic_date_parse(to, &b))
		b.hi = INT64_MAX;
	put_date(x, a.lo, b.hi);
}

char *
clinic_fold(const char *text)
{
	g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);

	return g_utf8_casefold(normal ? normal : text, -1);
}

static void
put_string(struct indexing *x, const char *text)
{
	g_autofree char *folded = clinic_fold(text);

	put_text(x, folded, text);
}

/* A string, or every string inside a HumanName or an Address but its codes. */
static void
index_string(struct indexing *x, json_t *v)
{
	const char *name;
	json_t *part;
	size_t i;

	if (json_is_string(v))
		put_string(x, json_string_value(v));
	json_array_foreach(v, i, part)
		index_string(x, part);
	if (!json_is_object(v))
		return;
	json_object_foreach(v, name, part)
		if (strcmp(name, "use") && strcmp(name, "type") &&
		    !json_is_object(part))
			index_string(x, part);
}

static void
index_uri(struct indexing *x, json_t *v)
{
	if (json_is_string(v))
		put_text(x, json_string_value(v), "");
}

static void (*const by_kind[])(struct indexing *x, json_t *v) = {
	[PARAM_TOKEN] = index_token,
	[PARAM_REF] = index_reference,
	[PARAM_DATE] = index_date,
	[PARAM_STRING] = index_string,
	[PARAM_URI] = index_uri,
};

/* path has no '|' left in its first len bytes. */
static void
walk(struct indexing *x, json_t *v, const char *path, size_t len)
{
	const char *dot = memchr(path, '.', len);
	size_t n = dot ? (size_t)(dot - path) : len, i;
	g_autofree char *name = NULL;
	json_t *item;

	if (json_is_array(v)) {
		json_array_foreach(v, i, item)
			walk(x, item, path, len);
		return;
	}
	if (!len) {
		if (v)
			by_kind[x->param->kind](x, v);
		return;
	}
	name = g_strndup(path, n);
	v = json_object_get(v, name);
	if (v)
		walk(x, v, dot ? dot + 1 : path + n, dot ? len - n - 1 : 0);
}

static void
index_param(struct indexing *x, json_t *tree, const char *type)
{
	const char *path = x->param->path;

	x->key = g_strconcat(type, ".", x->param->name, NULL);
	while (*path) {
		size_t n = strcspn(path, "|");
		walk(x, tree, path, n);
		path += n + (path[n] == '|');
	}
	g_free(x->key);
}

static gboolean
forget(struct clinic_db *db, const char *sql, int64_t res, GError **error)
{
	sqlite3_stmt *s = clinic_sql(db, sql, error);

	if (!s)
		return FALSE;
	sqlite3_bind_int64(s, 1, res);
	return clinic_sql_run(db, s, error);
}

gboolean
clinic_index(struct clinic_db *db, int64_t res, const char *type, json_t *tree,
    GError **error)
{
	const struct clinic_param *end = clinic_params + clinic_param_count;
	struct indexing x = { .db = db, .res = res, .error = error };

	if (!forget(db, "delete from ix_text where res = ?", res, error) ||
	    !forget(db, "delete from ix_date where res = ?", res, error))
		return FALSE;
	x.param = clinic_params_of(type);
	if (!x.param) {
		x.param = clinic_param_find(type, "identifier");
		index_param(&x, tree, type);
		return !x.failed;
	}
	for (; x.param < end && !strcmp(x.param->type, type) && !x.failed;
	     x.param++)
		index_param(&x, tree, type);
	return !x.failed;
}
