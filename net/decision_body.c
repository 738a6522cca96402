/* SPDX-License-Identifier: Apache-2.0 */
/* CDS Hooks 2.0: discovery, request with context and prefetch, cards. */
#include "net/decision_room.h"

#include <string.h>

enum { SERVICES_MAX = 8, PREFETCH_MAX = 16 };

/* ---- discovery ---------------------------------------------------------- */

static const char *const hooks[] = { "order-sign", "medication-refill", NULL };

void
service_free(void *p)
{
	struct service *service = p;

	g_free(service->id);
	g_free(service->hook);
	g_hash_table_unref(service->prefetch);
	g_free(service);
}

/* Keys are not known beforehand: those that services of the field use. */
static const char *const prefetch_keys[] = { "patient", "medications",
	"medicationRequests", "medicationStatements", "allergies",
	"allergyIntolerances", "conditions", "observations", "encounters" };

static struct service *
service_read(const fhir_node *node)
{
	const char *id = fhir_text(node, "id"), *hook = fhir_text(node, "hook");
	struct service *service;

	/* The id becomes a part of an address. */
	if (!id || !hook || !g_strv_contains(hooks, hook) ||
	    strlen(id) > 128 || strspn(id, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != strlen(id))
		return NULL;
	service = g_new0(struct service, 1);
	service->id = g_strdup(id);
	service->hook = g_strdup(hook);
	service->prefetch = g_hash_table_new_full(g_str_hash, g_str_equal,
	    NULL, g_free);
	for (size_t i = 0; i < G_N_ELEMENTS(prefetch_keys); i++) {
		const fhir_node *all = fhir_get(node, "prefetch");
		const char *template = fhir_text(all, prefetch_keys[i]);

		if (template)
			g_hash_table_insert(service->prefetch,
			    (void *)prefetch_keys[i], g_strdup(template));
	}
	return service;
}

GPtrArray *
services_read(const char *bytes, size_t len, const struct fhir_limits *limits)
{
	BASE_AUTO(fhir_doc) doc = bytes ? fhir_parse(bytes, len, limits,
	    NULL) : NULL;
	const fhir_node *root = doc ? fhir_root(doc) : NULL;
	GPtrArray *services;

	if (!root || !fhir_get(root, "services"))
		return NULL;
	services = g_ptr_array_new_with_free_func(service_free);
	for (size_t i = 0; i < fhir_count(root, "services") &&
	    services->len < SERVICES_MAX; i++) {
		struct service *service = service_read(fhir_at(root,
		    "services", i));

		if (service)
			g_ptr_array_add(services, service);
	}
	return services;
}

/* ---- the question ------------------------------------------------------- */

/* "TYPE?…": the cache's bodies of that type, as a searchset. */
static void
put_search(GString *out, GPtrArray *bodies, const char *type)
{
	gboolean any = FALSE;

	g_string_append(out, "{\"resourceType\":\"Bundle\","
	    "\"type\":\"searchset\",\"entry\":[");
	for (guint i = 0; i < bodies->len; i++) {
		gsize len;
		const char *bytes = g_bytes_get_data(bodies->pdata[i], &len);
		BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);

		if (!doc || g_strcmp0(fhir_text(fhir_root(doc),
		    "resourceType"), type) != 0)
			continue;
		g_string_append(out, any ? ",{\"resource\":" :
		    "{\"resource\":");
		g_string_append_len(out, bytes, (gssize)len);
		g_string_append_c(out, '}');
		any = TRUE;
	}
	g_string_append(out, "]}");
}

/* "Patient/{{context.patientId}}": the body itself. */
static gboolean
put_patient(GString *out, struct sync *s, const char *patient)
{
	size_t len = 0;
	g_autofree char *bytes = store_body(s->store, "Patient", patient, &len,
	    NULL);

	if (!bytes)
		return FALSE;
	g_string_append_len(out, bytes, (gssize)len);
	return TRUE;
}

static void
put_prefetch(GString *out, struct sync *s, const struct service *service,
    const struct rx_row *row, const char *patient)
{
	g_autoptr(GPtrArray) bodies = store_chart_bodies(s->store,
	    row->patient, NULL);
	GHashTableIter it;
	void *key, *value;
	gboolean any = FALSE;

	g_hash_table_iter_init(&it, service->prefetch);
	while (bodies && g_hash_table_iter_next(&it, &key, &value)) {
		const char *template = value;
		g_autofree char *type = g_strndup(template,
		    strcspn(template, "?/"));
		size_t before = out->len;

		g_string_append_printf(out, "%s\"%s\":", any ? "," : "",
		    (const char *)key);
		if (strchr(template, '?'))
			put_search(out, bodies, type);
		else if (strcmp(type, "Patient") != 0 ||
		    !put_patient(out, s, patient)) {
			g_string_truncate(out, before);
			continue;
		}
		any = TRUE;
	}
}

char *
question_write(struct sync *s, const struct service *service,
    const struct rx_row *row)
{
	gboolean refill = strcmp(service->hook, "medication-refill") == 0;
	g_autofree char *instance = g_uuid_string_random();
	struct fhir_ref patient;
	GString *out;

	/* References and bytes are the cache's own: checked as they came. */
	if (!row->bytes || !row->patient_ref ||
	    !fhir_ref_parse(row->patient_ref, &patient))
		return NULL;
	out = g_string_new(NULL);
	g_string_append_printf(out, "{\"hook\":\"%s\",\"hookInstance\":\"%s\","
	    "\"context\":{\"userId\":\"%s\",\"patientId\":\"%s\",\"%s\":",
	    service->hook, instance, s->me[0], patient.id,
	    refill ? "medications" : "draftOrders");
	g_string_append_len(out, row->bytes, (gssize)row->len);
	g_string_append(out, "},\"prefetch\":{");
	put_prefetch(out, s, service, row, patient.id);
	g_string_append(out, "}}");
	return g_string_free(out, FALSE);
}

/* ---- the answer --------------------------------------------------------- */

char *
cards_read(const char *bytes, size_t len, const struct fhir_limits *limits)
{
	BASE_AUTO(fhir_doc) doc = bytes ? fhir_parse(bytes, len, limits,
	    NULL) : NULL;
	const fhir_node *cards = doc ? fhir_get(fhir_root(doc), "cards") : NULL;
	GString *out;

	if (!cards)
		return NULL;
	out = g_string_new(NULL);
	for (size_t i = 0; i < fhir_count(cards, NULL); i++) {
		size_t n;
		g_autofree char *card = fhir_write(fhir_at(cards, NULL, i),
		    &n);

		g_string_append_printf(out, "%s%s", i ? "," : "", card);
	}
	return g_string_free(out, FALSE);
}
