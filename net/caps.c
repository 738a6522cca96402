/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/caps.h"

struct caps {
	gboolean known, batch;
	GHashTable *types; /* type → GHashTable set of parameters */
	GHashTable *histories; /* set: types with history-type */
	char *software, *websocket;
	gboolean binding_token;
	GPtrArray *topics; /* NULL last */
};

struct caps *
caps_unknown(void)
{
	struct caps *caps = g_new0(struct caps, 1);

	caps->types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    (GDestroyNotify)g_hash_table_unref);
	caps->histories = g_hash_table_new_full(g_str_hash, g_str_equal,
	    g_free, NULL);
	caps->batch = TRUE;
	caps->topics = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(caps->topics, NULL);
	return caps;
}

/* What the Backport guide has a server say of Subscription. */
static void
take_subscription(struct caps *caps, const fhir_node *resource)
{
	for (size_t i = 0; i < fhir_count(resource, "operation"); i++) {
		const fhir_node *o = fhir_at(resource, "operation", i);
		const char *name = fhir_text(o, "name");
		if (name && strstr(name, "get-ws-binding-token"))
			caps->binding_token = TRUE;
	}
	for (size_t i = 0; i < fhir_count(resource, "extension"); i++) {
		const fhir_node *e = fhir_at(resource, "extension", i);
		const char *url = fhir_text(e, "url");
		const char *topic = fhir_text(e, "valueCanonical");
		if (topic && url && g_str_has_suffix(url,
		    "subscriptiontopic-canonical"))
			g_ptr_array_insert(caps->topics, 0, g_strdup(topic));
	}
}

static gboolean
has_interaction(const fhir_node *rest, const char *code)
{
	size_t n = fhir_count(rest, "interaction");

	for (size_t i = 0; i < n; i++)
		if (g_strcmp0(fhir_text(fhir_at(rest, "interaction", i),
		    "code"), code) == 0)
			return TRUE;
	return FALSE;
}

static void
take_resource(struct caps *caps, const fhir_node *resource)
{
	const char *type = fhir_text(resource, "type");
	size_t n = fhir_count(resource, "searchParam");
	GHashTable *params;

	if (!type)
		return;
	if (strcmp(type, "Subscription") == 0)
		take_subscription(caps, resource);
	if (has_interaction(resource, "history-type"))
		g_hash_table_add(caps->histories, g_strdup(type));
	params = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; i < n; i++) {
		const char *name = fhir_text(fhir_at(resource, "searchParam",
		    i), "name");
		if (name)
			g_hash_table_add(params, g_strdup(name));
	}
	g_hash_table_replace(caps->types, g_strdup(type), params);
}

static char *
websocket_of(const fhir_node *rest)
{
	size_t n = fhir_count(rest, "extension");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *ext = fhir_at(rest, "extension", i);
		const char *url = fhir_text(ext, "url");
		if (url && g_str_has_suffix(url,
		    "/capabilitystatement-websocket"))
			return g_strdup(fhir_text(ext, "valueUri"));
	}
	return NULL;
}

static void
take_statement(struct caps *caps, const fhir_node *root)
{
	const fhir_node *rest = fhir_get(root, "rest[0]");
	size_t n = rest ? fhir_count(rest, "resource") : 0;

	caps->software = g_strdup(fhir_text(root, "software.name"));
	if (n == 0)
		return;
	caps->known = TRUE;
	caps->batch = has_interaction(rest, "batch");
	caps->websocket = websocket_of(rest);
	for (size_t i = 0; i < n; i++)
		take_resource(caps, fhir_at(rest, "resource", i));
}

struct caps *
caps_load(struct rest *rest, GError **error)
{
	BASE_AUTO(rest_answer) answer = rest_get(rest, "metadata", error);
	BASE_AUTO(fhir_doc) doc = NULL;
	struct caps *caps;

	if (!answer)
		return NULL;
	caps = caps_unknown();
	if (answer->status == 200 && answer->body)
		doc = fhir_parse(answer->body, answer->len, rest_limits(rest),
		    NULL);
	if (doc && g_strcmp0(fhir_text(fhir_root(doc), "resourceType"),
	    "CapabilityStatement") == 0)
		take_statement(caps, fhir_root(doc));
	return caps;
}

void
caps_free(struct caps *caps)
{
	if (!caps)
		return;
	g_hash_table_unref(caps->types);
	g_hash_table_unref(caps->histories);
	g_ptr_array_unref(caps->topics);
	g_free(caps->software);
	g_free(caps->websocket);
	g_free(caps);
}

gboolean
caps_known(const struct caps *caps)
{
	return caps->known;
}

gboolean
caps_type(const struct caps *caps, const char *type)
{
	return !caps->known || g_hash_table_contains(caps->types, type);
}

/* Some list no parameters at all: then nothing is known of them. */
gboolean
caps_param(const struct caps *caps, const char *type, const char *param)
{
	GHashTable *params = g_hash_table_lookup(caps->types, type);

	if (!caps->known)
		return TRUE;
	return params && (g_hash_table_size(params) == 0 ||
	    g_hash_table_contains(params, param));
}

gboolean
caps_history(const struct caps *caps, const char *type)
{
	return g_hash_table_contains(caps->histories, type);
}

gboolean
caps_batch(const struct caps *caps)
{
	return caps->batch;
}

void
caps_no_batch(struct caps *caps)
{
	caps->batch = FALSE;
}

const char *
caps_software(const struct caps *caps)
{
	return caps->software;
}

const char *
caps_websocket(const struct caps *caps)
{
	return caps->websocket;
}

gboolean
caps_binding_token(const struct caps *caps)
{
	return caps->binding_token;
}

const char *const *
caps_topics(const struct caps *caps)
{
	return (const char *const *)(void *)caps->topics->pdata;
}
