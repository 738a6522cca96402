/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/param.h"
#include "clinic/rest.h"

#define CONDITIONAL_ENTRIES_MAX 8 /* Medplum's limit */

struct entry {
	const char *method, *url, *full_url; /* of the tree */
	const char *if_match, *if_none_match, *if_none_exist;
	struct clinic_span resource;
	char *path;
	GArray *query;
	char *id;                /* assigned to a create */
	struct clinic_answer answer;
};

struct bundle {
	struct clinic *c;
	const struct clinic_request *r;
	json_t *tree;
	gboolean whole;          /* a transaction */
	GArray *entries;
	GHashTable *names;       /* fullUrl → "Type/id" */
	GError *error;
};

/* R4 3.1.0.11.2: the order in which a transaction is done. */
static const char *const order[] = { "DELETE", "POST", "PUT", "GET" };

static void
refuse(struct bundle *b, int status, const char *why)
{
	if (!b->error)
		g_set_error_literal(&b->error, CLINIC_ERROR, status, why);
}

/* ---- reading what was sent ---------------------------------------------- */

static const char *
word(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* A url may be absolute on this server; "Type/id?query" is cut in two. */
static void
cut_url(struct bundle *b, struct entry *e)
{
	const char *url = e->url, *mark;
	size_t n = strlen(b->c->base);

	if (!strncmp(url, b->c->base, n) && url[n] == '/')
		url += n;
	while (*url == '/')
		url++;
	mark = strchr(url, '?');
	e->path = mark ? g_strndup(url, mark - url) : g_strdup(url);
	e->query = clinic_query_parse(mark ? mark + 1 : "");
}

static gboolean
known_method(const char *method)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(order); i++)
		if (!g_strcmp0(method, order[i]))
			return TRUE;
	return FALSE;
}

static void
read_entry(struct bundle *b, json_t *v, struct clinic_span text)
{
	json_t *request = json_object_get(v, "request");
	struct entry e = { .method = word(request, "method"),
		.url = word(request, "url"), .full_url = word(v, "fullUrl"),
		.if_match = word(request, "ifMatch"),
		.if_none_match = word(request, "ifNoneMatch"),
		.if_none_exist = word(request, "ifNoneExist") };

	if (!e.url || !known_method(e.method)) {
		refuse(b, 400, "An entry has no request, or not one that can "
		    "be done in a Bundle");
		return;
	}
	if (clinic_span_member(text, "resource", &e.resource) &&
	    *e.resource.at != '{')
		refuse(b, 400, "An entry's resource is not an object");
	cut_url(b, &e);
	g_array_append_val(b->entries, e);
}

static void
read_entries(struct bundle *b)
{
	struct clinic_span whole = { b->r->body, b->r->len }, array, item;
	json_t *list = json_object_get(b->tree, "entry");
	const char *at = NULL;
	size_t i = 0;

	while (whole.len && *whole.at != '{') {
		whole.at++;
		whole.len--;
	}
	if (!clinic_span_member(whole, "entry", &array))
		return;
	while (clinic_span_item(array, &at, &item) && !b->error)
		read_entry(b, json_array_get(list, i++), item);
}

static void
entry_clear(void *p)
{
	struct entry *e = p;

	g_free(e->path);
	g_free(e->id);
	if (e->query)
		g_array_free(e->query, TRUE);
	clinic_answer_clear(&e->answer);
}

/* ---- a transaction's names ---------------------------------------------- */

static gboolean
conditional(const struct entry *e)
{
	return e->if_none_exist || e->if_match ||
	    (strcmp(e->method, "GET") && e->query->len);
}

static void
check_conditions(struct bundle *b)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL);
	gboolean any = FALSE;
	guint i;

	for (i = 0; i < b->entries->len; i++) {
		struct entry *e = &g_array_index(b->entries, struct entry, i);
		char *name = e->if_none_exist ?
		    g_strconcat(e->path, "?", e->if_none_exist, NULL) :
		    !strcmp(e->method, "PUT") || !strcmp(e->method, "DELETE") ?
		    g_strdup(e->url) : g_strdup_printf("%u", i);
		any |= conditional(e);
		if (!g_hash_table_add(seen, name))
			refuse(b, 400, "Two entries are about one resource");
	}
	if (any && b->c->dialect == DIALECT_MEDPLUM &&
	    b->entries->len > CONDITIONAL_ENTRIES_MAX)
		refuse(b, 400, "A transaction with a conditional entry may "
		    "hold at most 8 entries");
}

/* The resource that a condition already names. NULL: none, or an error. */
static char *
existing(struct bundle *b, const struct entry *e)
{
	g_autofree char *query = clinic_query_text(e->query);
	const char *condition = e->if_none_exist ? e->if_none_exist : query;
	g_autoptr(GPtrArray) ids = NULL;

	if (!*condition || !clinic_type_ok(e->path) || b->error)
		return NULL;
	ids = clinic_search_ids(b->c, e->path, condition, 2, &b->error);
	if (ids && ids->len > 1)
		refuse(b, 412, "Several resources match a condition");
	return ids && ids->len == 1 ? g_strdup(ids->pdata[0]) : NULL;
}

static void
assign(struct bundle *b, struct entry *e)
{
	gboolean post = !strcmp(e->method, "POST");
	gboolean put = !strcmp(e->method, "PUT");
	g_autofree char *there = NULL;

	if ((!post && !put) || !e->full_url)
		return;
	if (put && strchr(e->path, '/')) {
		g_hash_table_insert(b->names, g_strdup(e->full_url),
		    g_strdup(e->path));
		return;
	}
	there = existing(b, e);
	e->id = there ? g_steal_pointer(&there) : g_uuid_string_random();
	g_hash_table_insert(b->names, g_strdup(e->full_url),
	    g_strconcat(e->path, "/", e->id, NULL));
}

/* R4 3.1.0.11.2: links are replaced, and nothing else. */
static char *
renamed_link(struct bundle *b, const char *name, const char *value)
{
	static const char *const links[] = { "reference", "url", "uri",
		"valueUri", "valueUrl", "valueUuid", "valueOid",
		"valueCanonical", NULL };

	return g_str_has_prefix(value, "urn:") && g_strv_contains(links, name)
	    ? g_strdup(g_hash_table_lookup(b->names, value)) : NULL;
}

/* Medplum looks into every string, and replaces the UUID of an entry wherever
 * it stands in one: an identifier of the same UUID is lost, a condition on it
 * asks for something else (fhir-router, batch.ts). */
static char *
renamed_anywhere(struct bundle *b, const char *value)
{
	static const char urn[] = "urn(:|%3A)uuid(:|%3A)[0-9a-f]{8}-"
	    "[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
	g_autoptr(GRegex) regex = strstr(value, "urn")
	    ? g_regex_new(urn, 0, 0, NULL) : NULL;
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *found = NULL;
	GString *key, *text;
	const char *to;

	if (!regex || !g_regex_match(regex, value, 0, &match))
		return NULL;
	found = g_match_info_fetch(match, 0);
	key = g_string_new(found);
	g_string_replace(key, "%3A", ":", 0);
	to = g_hash_table_lookup(b->names, key->str);
	g_string_free(key, TRUE);
	if (!to)
		return NULL;
	text = g_string_new(value);
	g_string_replace(text, found, to, 0);
	return g_string_free(text, FALSE);
}

static char *
renamed(const char *name, const char *value, void *user)
{
	struct bundle *b = user;

	return b->c->dialect == DIALECT_MEDPLUM
	    ? renamed_anywhere(b, value) : renamed_link(b, name, value);
}

/* ---- doing -------------------------------------------------------------- */

static void
do_entry(struct bundle *b, struct entry *e)
{
	struct clinic_request r = { .method = e->method, .path = e->path,
		.query = e->query, .if_match = e->if_match,
		.if_none_match = e->if_none_match,
		.if_none_exist = e->if_none_exist, .create_id = e->id,
		.content_type = "application/fhir+json",
		.accept = "application/fhir+json",
		.body = e->resource.at, .len = e->resource.len };
	g_autofree char *text = NULL, *condition = NULL;

	if (!*e->path) {
		clinic_answer_error(&e->answer, g_error_new_literal(
		    CLINIC_ERROR, 400, "A Bundle within a Bundle"));
		return;
	}
	if (b->c->misbehave && b->c->misbehave(b->c->misbehave_user, e->method,
	    e->path, &e->answer))
		return;
	if (b->whole && e->resource.at)
		text = clinic_doc_rewrite(r.body, r.len, renamed, b, &r.len);
	if (text)
		r.body = text;
	if (b->whole && e->if_none_exist)
		condition = renamed("ifNoneExist", e->if_none_exist, b);
	if (condition) {
		/* It finds nothing now, and makes another. */
		r.if_none_exist = condition;
		r.create_id = NULL;
	}
	clinic_rest(b->c, &r, &e->answer);
}

/* All of them, or the first that fails. */
static struct entry *
do_whole(struct bundle *b)
{
	size_t m;
	guint i;

	for (m = 0; m < G_N_ELEMENTS(order); m++)
		for (i = 0; i < b->entries->len; i++) {
			struct entry *e = &g_array_index(b->entries,
			    struct entry, i);
			if (strcmp(e->method, order[m]))
				continue;
			do_entry(b, e);
			if (e->answer.status >= 400)
				return e;
		}
	return NULL;
}

static void
transaction(struct bundle *b, struct clinic_answer *a)
{
	struct entry *failed;
	guint i;

	check_conditions(b);
	if (b->error || !clinic_db_begin(b->c->db, &b->error))
		return;
	for (i = 0; i < b->entries->len; i++)
		assign(b, &g_array_index(b->entries, struct entry, i));
	failed = b->error ? NULL : do_whole(b);
	if (!failed && !b->error) {
		clinic_db_commit(b->c->db, &b->error);
		return;
	}
	clinic_db_rollback(b->c->db);
	if (failed) {
		*a = failed->answer;
		memset(&failed->answer, 0, sizeof(failed->answer));
	}
}

static void
batch(struct bundle *b)
{
	guint i;

	for (i = 0; i < b->entries->len; i++)
		do_entry(b, &g_array_index(b->entries, struct entry, i));
}

/* ---- answering ---------------------------------------------------------- */

/* Medplum's answers have no etag, and locations without the version. */
static void
put_written(struct bundle *b, const struct entry *e, GString *out)
{
	const struct clinic_row *row = e->answer.row;
	char stamp[CLINIC_STAMP_SIZE];

	if (!row)
		return;
	if (b->c->dialect == DIALECT_MEDPLUM) {
		g_string_append_printf(out, ",\"location\":\"%s/%s\"",
		    row->type, row->id);
		return;
	}
	clinic_stamp(row->updated_ms, stamp);
	g_string_append_printf(out, ",\"location\":\"%s/%s/_history/%s\","
	    "\"etag\":\"W/\\\"%s\\\"\",\"lastModified\":\"%s\"", row->type,
	    row->id, row->version, row->version, stamp);
}

static void
put_entry(struct bundle *b, const struct entry *e, GString *out)
{
	gboolean bad = e->answer.status >= 400;
	gboolean minimal = b->r->prefer &&
	    strstr(b->r->prefer, "return=minimal") && strcmp(e->method, "GET");

	g_string_append_c(out, '{');
	if (!bad && e->answer.body && !minimal) {
		g_string_append(out, "\"resource\":");
		g_string_append_len(out, e->answer.body->str,
		    e->answer.body->len);
		g_string_append_c(out, ',');
	}
	g_string_append_printf(out, "\"response\":{\"status\":\"%d\"",
	    e->answer.status);
	put_written(b, e, out);
	if (bad)
		g_string_append_printf(out, ",\"outcome\":%s",
		    e->answer.body->str);
	g_string_append(out, "}}");
}

static GString *
response(struct bundle *b)
{
	GString *out = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"");
	guint i;

	g_string_append_printf(out, "%s-response\"",
	    b->whole ? "transaction" : "batch");
	for (i = 0; i < b->entries->len; i++) {
		g_string_append(out, i ? "," : ",\"entry\":[");
		put_entry(b, &g_array_index(b->entries, struct entry, i), out);
	}
	g_string_append(out, i ? "]}" : "}");
	return out;
}

static void
open_bundle(struct bundle *b)
{
	const char *type;

	b->tree = clinic_doc_parse(b->r->body, b->r->len, &b->error);
	if (!b->tree)
		return;
	type = word(b->tree, "type");
	b->whole = !g_strcmp0(type, "transaction");
	if (strcmp(word(b->tree, "resourceType"), "Bundle"))
		refuse(b, 400, "Only a Bundle can be posted here");
	else if (!b->whole && g_strcmp0(type, "batch"))
		refuse(b, 400, "The Bundle is neither batch nor transaction");
	else
		read_entries(b);
}

void
clinic_bundle(struct clinic *c, const struct clinic_request *r,
    struct clinic_answer *a)
{
	struct bundle b = { .c = c, .r = r };

	b.entries = g_array_new(FALSE, TRUE, sizeof(struct entry));
	g_array_set_clear_func(b.entries, entry_clear);
	b.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    g_free);
	open_bundle(&b);
	if (!b.error && b.whole)
		transaction(&b, a);
	else if (!b.error)
		batch(&b);
	if (b.error) {
		clinic_answer_error(a, b.error);
	} else if (!a->status) {
		a->status = 200;
		a->body = response(&b);
	}
	g_hash_table_destroy(b.names);
	g_array_free(b.entries, TRUE);
	json_decref(b.tree);
}
