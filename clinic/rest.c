/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/param.h"
#include "clinic/rest_priv.h"

int64_t
clinic_now_ms(const struct clinic *c)
{
	return c->stamp_ms ? c->stamp_ms : g_get_real_time() / 1000;
}

void
clinic_call_fail(struct clinic_call *k, int status, const char *why)
{
	g_set_error_literal(&k->error, CLINIC_ERROR, status, why);
}

/* ---- answers ------------------------------------------------------------ */

static void
put_headers(struct clinic_call *k, const struct clinic_row *row)
{
	g_autoptr(GDateTime) t =
	    g_date_time_new_from_unix_utc(row->updated_ms / 1000);

	k->a->etag = g_strdup_printf("W/\"%s\"", row->version);
	k->a->modified = g_date_time_format(t, "%a, %d %b %Y %H:%M:%S GMT");
}

static void
answer_row(struct clinic_call *k, int status, struct clinic_row *row)
{
	k->a->status = status;
	put_headers(k, row);
	if (row->json)
		k->a->body = g_string_new_len(row->json, row->len);
	k->a->row = row;
}

static gboolean
minimal(const struct clinic_request *r)
{
	return r->prefer && strstr(r->prefer, "return=minimal");
}

/* After a write: what is there now. */
void
clinic_call_written(struct clinic_call *k, int status, const char *id)
{
	struct clinic_row *row = clinic_db_get(k->c->db, k->type, id,
	    &k->error);

	if (!row)
		return;
	answer_row(k, status, row);
	k->a->location = g_strdup_printf("%s/%s/%s/_history/%s", k->c->base,
	    k->type, id, row->version);
	if (!minimal(k->r))
		return;
	g_string_free(k->a->body, TRUE);
	k->a->body = NULL;
}

/* The current version, if there is one that was not deleted. */
static struct clinic_row *
current(struct clinic_call *k)
{
	struct clinic_row *row = clinic_db_get(k->c->db, k->type, k->id,
	    &k->error);

	if (!row && !k->error)
		clinic_call_fail(k, 404, "There is no such resource");
	if (row && row->deleted) {
		put_headers(k, row);
		clinic_row_free(row);
		row = NULL;
		clinic_call_fail(k, 410, "The resource was deleted");
	}
	return row;
}

/* ---- reading ------------------------------------------------------------ */

/* A Binary is its file, unless FHIR is asked for. */
static void
unwrap_binary(struct clinic_call *k)
{
	const char *accept = k->r->accept;
	json_t *tree;
	const char *data, *type;
	gsize len = 0;

	if (strcmp(k->type, "Binary") || (accept && strstr(accept, "json")))
		return;
	tree = json_loadb(k->a->body->str, k->a->body->len, 0, NULL);
	data = json_string_value(json_object_get(tree, "data"));
	type = json_string_value(json_object_get(tree, "contentType"));
	if (data && type) {
		g_autofree guchar *raw = *data ?
		    g_base64_decode(data, &len) : NULL;
		g_string_truncate(k->a->body, 0);
		g_string_append_len(k->a->body, (char *)raw, len);
		k->a->type_owned = g_strdup(type);
		k->a->type = k->a->type_owned;
	}
	json_decref(tree);
}

static void
do_read(struct clinic_call *k)
{
	struct clinic_row *row = current(k);

	if (!row)
		return;
	answer_row(k, 200, row);
	if (k->r->if_none_match &&
	    !strcmp(k->r->if_none_match, k->a->etag)) {
		k->a->status = 304;
		g_string_free(k->a->body, TRUE);
		k->a->body = NULL;
		return;
	}
	unwrap_binary(k);
}

static void
do_vread(struct clinic_call *k)
{
	struct clinic_row *row = clinic_db_vget(k->c->db, k->type, k->id,
	    k->path[3], &k->error);

	if (row && row->deleted) {
		clinic_row_free(row);
		clinic_call_fail(k, 410, "That version is a deletion");
	} else if (row) {
		answer_row(k, 200, row);
	} else if (!k->error) {
		clinic_call_fail(k, 404, "There is no such version");
	}
}

static void
do_search(struct clinic_call *k)
{
	k->a->body = clinic_search(k->c, k->type, k->r->query, &k->error);
	k->a->status = 200;
}

gboolean
clinic_call_content(struct clinic_call *k, const char *const *types)
{
	g_autofree char *bare = NULL;

	if (k->r->content_type) {
		bare = g_ascii_strdown(k->r->content_type,
		    strcspn(k->r->content_type, "; "));
		if (g_strv_contains(types, bare))
			return TRUE;
	}
	clinic_call_fail(k, 415, "This Content-Type is not understood here");
	return FALSE;
}

static void
do_post_search(struct clinic_call *k)
{
	static const char *const form[] = {
		"application/x-www-form-urlencoded", NULL };
	g_autofree char *text = NULL;
	g_autoptr(GArray) query = NULL;
	guint i;

	if (!clinic_call_content(k, form))
		return;
	text = g_strndup(k->r->body, k->r->len);
	query = clinic_query_parse(text);
	for (i = 0; i < k->r->query->len; i++) {
		struct clinic_pair *p = &g_array_index(k->r->query,
		    struct clinic_pair, i);
		clinic_query_add(query, p->name, p->value);
	}
	k->a->body = clinic_search(k->c, k->type, query, &k->error);
	k->a->status = 200;
}

static void
do_history(struct clinic_call *k)
{
	BASE_AUTO(clinic_row) row = NULL;

	if (k->id) {
		row = clinic_db_get(k->c->db, k->type, k->id, &k->error);
		if (!row && !k->error)
			clinic_call_fail(k, 404, "There is no such resource");
		if (!row)
			return;
	}
	k->a->body = clinic_history(k->c, k->type, k->id, k->r->query,
	    &k->error);
	k->a->status = 200;
}

/* ---- the others --------------------------------------------------------- */

static void
do_capability(struct clinic_call *k)
{
	k->a->body = clinic_capability(k->c);
	k->a->status = 200;
}

static void
do_bundle(struct clinic_call *k)
{
	if (clinic_call_content(k, clinic_json_types))
		clinic_bundle(k->c, k->r, k->a);
}

static void
do_operation(struct clinic_call *k)
{
	clinic_feed_operation(k->c, k->id, k->path[2], k->r->query, k->a);
}

/* Segments: T a type, I an id, V a version, $ an operation; else itself. */
static const struct {
	const char *method;
	const char *shape;
	void (*run)(struct clinic_call *k);
} routes[] = {
	{ "POST", "", do_bundle },
	{ "GET", "metadata", do_capability },
	{ "GET", "T", do_search },
	{ "POST", "T", clinic_do_create },
	{ "PUT", "T", clinic_do_update_where },
	{ "DELETE", "T", clinic_do_delete_where },
	{ "POST", "T/_search", do_post_search },
	{ "GET", "T/_history", do_history },
	{ "GET", "T/I", do_read },
	{ "PUT", "T/I", clinic_do_update },
	{ "DELETE", "T/I", clinic_do_delete },
	{ "GET", "T/I/_history", do_history },
	{ "GET", "T/I/_history/V", do_vread },
	{ "GET", "Subscription/I/$", do_operation },
};

static gboolean
segment_fits(const char *shape, const char *segment)
{
	if (!strcmp(shape, "T"))
		return clinic_type_ok(segment);
	if (!strcmp(shape, "I"))
		return clinic_id_ok(segment);
	if (!strcmp(shape, "V"))
		return clinic_id_ok(segment);
	if (!strcmp(shape, "$"))
		return *segment == '$';
	return !strcmp(shape, segment);
}

static gboolean
shape_fits(const char *shape, char **path)
{
	g_auto(GStrv) want = g_strsplit(shape, "/", -1);
	guint i, n = g_strv_length(want);

	if (n != g_strv_length(path))
		return FALSE;
	for (i = 0; i < n; i++)
		if (!segment_fits(want[i], path[i]))
			return FALSE;
	return TRUE;
}

/* The methods of an address, for 405. */
static char *
allowed(char **path)
{
	GString *allow = g_string_new(NULL);
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(routes); i++)
		if (shape_fits(routes[i].shape, path))
			g_string_append_printf(allow, "%s%s",
			    allow->len ? ", " : "", routes[i].method);
	return g_string_free(allow, FALSE);
}

static gboolean
accept_ok(const struct clinic_call *k)
{
	const char *accept = k->r->accept;

	return !accept || strstr(accept, "json") || strstr(accept, "*/*") ||
	    strstr(accept, "application/*") ||
	    !g_strcmp0(k->type, "Binary");
}

static void
no_route(struct clinic_call *k)
{
	g_autofree char *allow = allowed(k->path);

	if (*allow) {
		k->a->allow = g_steal_pointer(&allow);
		clinic_call_fail(k, 405, "This method is not for this address");
	} else {
		clinic_call_fail(k, 404, "There is nothing at this address");
	}
}

static void
route(struct clinic_call *k)
{
	size_t i;

	if (!accept_ok(k)) {
		clinic_call_fail(k, 406, "Only JSON is spoken here");
		return;
	}
	for (i = 0; i < G_N_ELEMENTS(routes); i++)
		if (!strcmp(routes[i].method, k->r->method) &&
		    shape_fits(routes[i].shape, k->path)) {
			routes[i].run(k);
			return;
		}
	no_route(k);
}

/* A rule of R4 that was broken is 400 on Medplum, 422 elsewhere. */
static void
by_dialect(struct clinic_call *k)
{
	if (k->error->domain == CLINIC_ERROR && k->error->code == 422 &&
	    k->c->dialect == DIALECT_MEDPLUM)
		k->error->code = 400;
}

void
clinic_rest(struct clinic *c, const struct clinic_request *r,
    struct clinic_answer *a)
{
	g_auto(GStrv) path = g_strsplit(r->path, "/", 8);
	struct clinic_call k = { .c = c, .r = r, .a = a, .path = path };
	guint n = g_strv_length(path);

	if (n && clinic_type_ok(path[0])) {
		k.type = path[0];
		if (n > 1 && *path[1] != '_')
			k.id = path[1];
	}
	route(&k);
	if (!k.error)
		return;
	by_dialect(&k);
	clinic_answer_error(a, k.error);
}
