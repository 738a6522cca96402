/* SPDX-License-Identifier: Apache-2.0 */
/* Create, update and delete, with and without conditions. */
#include <string.h>

#include "clinic/rest_priv.h"

const char *const clinic_json_types[] = { "application/fhir+json",
	"application/json", "text/json", NULL };

/* The document that was sent, checked. */
static json_t *
sent(struct clinic_call *k)
{
	const char *type;
	json_t *tree;

	if (!clinic_call_content(k, clinic_json_types))
		return NULL;
	tree = clinic_doc_parse(k->r->body, k->r->len, &k->error);
	if (!tree)
		return NULL;
	type = json_string_value(json_object_get(tree, "resourceType"));
	if (strcmp(type, k->type))
		clinic_call_fail(k, 400,
		    "The resourceType is not that of the address");
	else
		clinic_validate(k->type, tree, &k->error);
	if (!k->error && !strcmp(k->type, "Subscription"))
		clinic_feed_accepts(k->c, tree, &k->error);
	if (!k->error)
		return tree;
	json_decref(tree);
	return NULL;
}

static void
store(struct clinic_call *k, const char *id, int status, const char *json,
    size_t len)
{
	char stored[CLINIC_ID_SIZE];

	if (clinic_db_put(k->c->db, k->type, id, json, len,
	    clinic_now_ms(k->c), stored, &k->error))
		clinic_call_written(k, status, stored);
}

/* The file itself was sent. */
static void
create_binary(struct clinic_call *k)
{
	g_autoptr(GString) json = g_string_new("{\"resourceType\":\"Binary\","
	    "\"contentType\":");
	g_autofree char *data = g_base64_encode((const guchar *)k->r->body,
	    k->r->len);

	if (!k->r->content_type) {
		clinic_call_fail(k, 415, "A Binary needs its Content-Type");
		return;
	}
	clinic_json_quote(json, k->r->content_type);
	if (k->r->security_context) {
		g_string_append(json, ",\"securityContext\":{\"reference\":");
		clinic_json_quote(json, k->r->security_context);
		g_string_append_c(json, '}');
	}
	g_string_append_printf(json, ",\"data\":\"%s\"}", data);
	store(k, NULL, 201, json->str, json->len);
}

/* TRUE when a condition decided: nothing is to be created. */
static gboolean
was_there(struct clinic_call *k)
{
	g_autoptr(GPtrArray) ids = NULL;

	if (!k->r->if_none_exist)
		return FALSE;
	ids = clinic_search_ids(k->c, k->type, k->r->if_none_exist, 2,
	    &k->error);
	if (!ids || !ids->len)
		return k->error != NULL;
	if (ids->len > 1)
		clinic_call_fail(k, 412,
		    "Several resources match If-None-Exist");
	else
		clinic_call_written(k, 200, ids->pdata[0]);
	return TRUE;
}

void
clinic_do_create(struct clinic_call *k)
{
	json_t *tree;

	if (!strcmp(k->type, "Binary") && (!k->r->content_type ||
	    !strstr(k->r->content_type, "fhir+json"))) {
		create_binary(k);
		return;
	}
	tree = sent(k);
	if (!tree)
		return;
	if (!was_there(k))
		store(k, k->r->create_id, 201, k->r->body, k->r->len);
	json_decref(tree);
}

/*
 * Medplum takes an unquoted version for no condition at all, and so does the
 * clinic in that dialect; elsewhere it is an error.
 */
static gboolean
if_match_ok(struct clinic_call *k, const struct clinic_row *row)
{
	const char *want = k->r->if_match;
	g_autofree char *etag = NULL;

	if (!want)
		return TRUE;
	if (!g_str_has_prefix(want, "W/\"") && *want != '"') {
		if (k->c->dialect == DIALECT_MEDPLUM)
			return TRUE;
		clinic_call_fail(k, 400, "If-Match must be W/\"version\"");
		return FALSE;
	}
	if (row)
		etag = g_strdup_printf("W/\"%s\"", row->version);
	if (etag && (!strcmp(want, etag) || !strcmp(want, etag + 2)))
		return TRUE;
	clinic_call_fail(k, 412,
	    "The resource is not of the version in If-Match");
	return FALSE;
}

static void
update(struct clinic_call *k, json_t *tree)
{
	BASE_AUTO(clinic_row) row = clinic_db_get(k->c->db, k->type, k->id,
	    &k->error);
	const char *id = json_string_value(json_object_get(tree, "id"));

	if (k->error || !if_match_ok(k, row))
		return;
	if (g_strcmp0(id, k->id)) {
		clinic_call_fail(k, 400, "The id is not that of the address");
		return;
	}
	store(k, k->id, row && !row->deleted ? 200 : 201, k->r->body,
	    k->r->len);
}

void
clinic_do_update(struct clinic_call *k)
{
	json_t *tree;

	if (!clinic_id_ok(k->id)) {
		clinic_call_fail(k, 400, "Not an id");
		return;
	}
	tree = sent(k);
	if (tree)
		update(k, tree);
	json_decref(tree);
}

/* The one resource that the query of the address names. */
static char *
only_match(struct clinic_call *k, gboolean *none)
{
	g_autofree char *query = clinic_query_text(k->r->query);
	g_autoptr(GPtrArray) ids = clinic_search_ids(k->c, k->type, query, 2,
	    &k->error);

	*none = ids && !ids->len;
	if (ids && ids->len > 1)
		clinic_call_fail(k, 412, "Several resources match");
	return ids && ids->len == 1 ? g_strdup(ids->pdata[0]) : NULL;
}

void
clinic_do_update_where(struct clinic_call *k)
{
	g_autofree char *id = NULL;
	json_t *tree = sent(k);
	const char *own;
	gboolean none;

	if (!tree)
		return;
	own = json_string_value(json_object_get(tree, "id"));
	id = only_match(k, &none);
	if (id && own && strcmp(own, id))
		clinic_call_fail(k, 400, "The id is not that of the match");
	else if (id || none)
		store(k, id ? id : own, id ? 200 : 201, k->r->body,
		    k->r->len);
	json_decref(tree);
}

static void
delete(struct clinic_call *k)
{
	BASE_AUTO(clinic_row) row = clinic_db_get(k->c->db, k->type, k->id,
	    &k->error);

	if (k->error || (row && !if_match_ok(k, row)))
		return;
	if (!row)
		clinic_call_fail(k, 404, "There is no such resource");
	else if (row->deleted || clinic_db_delete(k->c->db, k->type, k->id,
	    clinic_now_ms(k->c), &k->error))
		k->a->status = 204;
}

void
clinic_do_delete(struct clinic_call *k)
{
	delete(k);
}

void
clinic_do_delete_where(struct clinic_call *k)
{
	gboolean none;
	g_autofree char *id = only_match(k, &none);

	k->id = id;
	if (id)
		delete(k);
	else if (none)
		k->a->status = 204;
}
