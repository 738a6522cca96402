/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes: the cutter, which makes no tree, finds in a Bundle what the tree
 * shows: as many entries, the same resources, the same next link.
 */
#include "fhir/fhir.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* An object always has a text; written empty ones are "{}". */
static gboolean
is_object(const fhir_node *node)
{
	g_autofree char *text = node ? fhir_write(node, NULL) : NULL;

	return text && text[0] == '{';
}

static void
same_resource(const struct fhir_entry *e, const fhir_node *node)
{
	if (!is_object(node)) {
		must(e->resource == NULL);
		return;
	}
	BASE_AUTO(fhir_doc) doc = fhir_parse(e->resource, e->resource_len, NULL,
	    NULL);
	must(doc != NULL);
	g_autofree char *cut = fhir_write(fhir_root(doc), NULL);
	g_autofree char *tree = fhir_write(node, NULL);
	must(strcmp(cut, tree) == 0);
}

static void
same_entries(const struct fhir_bundle *bundle, const fhir_node *root)
{
	guint found = 0;

	for (size_t i = 0; i < fhir_count(root, "entry"); i++) {
		const fhir_node *node = fhir_at(root, "entry", i);

		if (!is_object(node))
			continue;
		must(found < bundle->entries->len);
		same_resource(&g_array_index(bundle->entries, struct fhir_entry,
		    found++), fhir_get(node, "resource"));
	}
	must(found == bundle->entries->len);
}

static const char *
next_link(const fhir_node *root)
{
	for (size_t i = 0; i < fhir_count(root, "link"); i++) {
		const fhir_node *link = fhir_at(root, "link", i);
		const char *url = fhir_text(link, "url");

		if (is_object(link) && url && *url &&
		    g_strcmp0(fhir_text(link, "relation"), "next") == 0)
			return url;
	}
	return NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	BASE_AUTO(fhir_bundle) bundle = fhir_bundle_cut(bytes, size, NULL,
	    NULL);
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, size, NULL, NULL);
	const char *type = doc ? fhir_text(fhir_root(doc), "resourceType") :
	    NULL;

	must(!!bundle == (g_strcmp0(type, "Bundle") == 0));
	if (!bundle)
		return 0;
	same_entries(bundle, fhir_root(doc));
	must(g_strcmp0(bundle->next, next_link(fhir_root(doc))) == 0);
	return 0;
}
