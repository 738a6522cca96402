/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/gone.h"
#include "net/origin.h"

/* What stands on the screens. */
static const char *const types[] = { "Communication", "Task",
	"DiagnosticReport", "MedicationRequest", "AllergyIntolerance",
	"Condition", "Observation" };

guint
gone_ask(struct sync *s, GPtrArray *urls)
{
	int64_t own_ms = store_watermark(s->store, GONE_MARK);
	int64_t mark_ms = own_ms > 0 ? own_ms :
	    store_watermark(s->store, GONE_MARK_BEFORE);
	g_autofree char *since = fhir_instant(MAX(mark_ms - GONE_OVERLAP_MS,
	    0));
	const char *software = caps_software(s->caps);
	gboolean medplum = software && strstr(software, "Medplum");
	guint before = urls->len;

	for (size_t i = 0; mark_ms > 0 && i < G_N_ELEMENTS(types); i++) {
		const char *type = types[i];
		if (!caps_type(s->caps, type))
			continue;
		if (medplum)
			g_ptr_array_add(urls, g_strdup_printf("%s?_deleted=true"
			    "&_lastUpdated=ge%s&_sort=_lastUpdated&_count=%d",
			    type, since, JOB_COUNT));
		else if (caps_history(s->caps, type))
			g_ptr_array_add(urls, g_strdup_printf("%s/_history"
			    "?_since=%s&_count=%d", type, since, JOB_COUNT));
	}
	return urls->len - before;
}

/* ".../Type/id" of an entry without a resource; a deleted one has none, or a
 * stub that carries its name. */
static char *
ref_of(struct sync *s, const struct fhir_entry *e, gboolean search)
{
	g_autofree char *url = NULL;
	g_auto(GStrv) parts = NULL;
	struct fhir_head head;
	guint n;

	if (e->resource) {
		BASE_AUTO(fhir_doc) doc = search ? fhir_parse(e->resource,
		    e->resource_len, rest_limits(s->rest), NULL) : NULL;
		return doc && fhir_head(fhir_root(doc), &head, NULL) ?
		    g_strdup_printf("%s/%s", head.type, head.id) : NULL;
	}
	url = g_strndup(e->full_url ? e->full_url : "", e->full_url_len);
	parts = g_strsplit(url, "/", -1);
	n = g_strv_length(parts);
	return n < 2 ? NULL : g_strdup_printf("%s/%s", parts[n - 2],
	    parts[n - 1]);
}

void
gone_take(struct sync *s, const struct many_answer *answer, GHashTable *refs,
    char **next_out)
{
	BASE_AUTO(fhir_bundle) bundle = NULL;
	gboolean search;

	*next_out = NULL;
	if (answer->status == 200 && answer->bytes)
		bundle = fhir_bundle_cut(answer->bytes, answer->len,
		    rest_limits(s->rest), NULL);
	if (!bundle)
		return;
	search = strcmp(bundle->type, "searchset") == 0;
	for (guint i = 0; i < bundle->entries->len; i++) {
		g_autofree char *ref = ref_of(s, &g_array_index(bundle->entries,
		    struct fhir_entry, i), search);
		struct fhir_ref parsed;
		g_autofree char *version = NULL;
		if (!ref || !fhir_ref_parse(ref, &parsed))
			continue;
		version = store_version(s->store, parsed.type, parsed.id);
		if (version)
			g_hash_table_add(refs, g_steal_pointer(&ref));
	}
	if (bundle->next)
		*next_out = origin_resolve(rest_base(s->rest), bundle->next,
		    rest_aliases(s->rest));
}

gboolean
gone_follow(struct sync *s, char *next, GHashTable *refs, GError **error)
{
	for (int pages = 1; next && pages < GONE_PAGES_MAX; pages++) {
		g_autofree char *url = next;
		BASE_AUTO(rest_answer) answer = NULL;
		struct many_answer one;

		next = NULL;
		sync_breathe(s);
		answer = rest_get(s->rest, url, error);
		if (!answer)
			return FALSE;
		many_answer_of(answer, &one);
		gone_take(s, &one, refs, &next);
	}
	g_free(next); /* a longer list is the sweep's */
	return TRUE;
}
