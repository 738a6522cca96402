/* SPDX-License-Identifier: Apache-2.0 */
/* The Attachments of a resource, in the order in which they stand. */
#include "fhir/fhir.h"

#include <string.h>

/* The list that holds them (NULL: the resource itself), and where in each of its
 * elements: an Attachment, else a Reference to what has one. */
static const struct { const char *type, *list, *file, *ref; } places[] = {
	{ "Communication", "payload", "contentAttachment", "contentReference" },
	{ "DiagnosticReport", "presentedForm", "", NULL },
	{ "DocumentReference", "content", "attachment", NULL },
	{ "DiagnosticReport", "media", NULL, "link" },
	{ "Media", NULL, "content", NULL },
	{ "Observation", NULL, "valueAttachment", NULL },
	{ "Patient", "photo", "", NULL },
	{ "Consent", NULL, "sourceAttachment", NULL },
	{ "Contract", NULL, "legallyBindingAttachment", NULL },
};

static const fhir_node *
inner(const fhir_node *node, const char *path)
{
	if (!path)
		return NULL;
	return *path ? fhir_get(node, path) : node;
}

static void
add(GArray *files, const fhir_node *node, const char *file,
    const char *ref)
{
	struct fhir_file f = { .size_bytes = -1 };
	const fhir_node *a = inner(node, file), *r = inner(node, ref);
	const char *size;

	if (a && fhir_kind(a) == FHIR_OBJECT) {
		f.title = fhir_text(a, "title");
		f.content_type = fhir_text(a, "contentType");
		f.url = fhir_text(a, "url");
		f.data = fhir_text(a, "data");
		size = fhir_number(a, "size");
		f.size_bytes = size ? g_ascii_strtoll(size, NULL, 10) : -1;
	} else if (r) {
		f.url = fhir_text(r, "reference");
		f.title = fhir_text(r, "display");
		if (!f.title)
			f.title = f.url;
		f.by_reference = TRUE;
	} else {
		return;
	}
	g_array_append_val(files, f);
}

GArray *
fhir_files(const fhir_node *resource)
{
	GArray *files = g_array_new(FALSE, FALSE, sizeof(struct fhir_file));
	const char *type = fhir_text(resource, "resourceType");

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		size_t n = places[i].list ? fhir_count(resource, places[i].list)
		    : 1;

		if (g_strcmp0(type, places[i].type) != 0)
			continue;
		for (size_t k = 0; k < n && files->len < FHIR_FILES_MAX; k++)
			add(files, places[i].list ? fhir_at(resource,
			    places[i].list, k) : resource, places[i].file,
			    places[i].ref);
	}
	return files;
}

/* ---- base64 (RFC 4648, section 4; FHIR allows blanks between) ------------ */

GBytes *
fhir_base64(const char *text)
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = 0, pad = 0;
	guchar *bytes;
	gsize len;

	for (const char *c = text; *c; c++) {
		if (strchr(" \t\r\n", *c))
			continue;
		if (*c == '=')
			pad++;
		else if (pad || !strchr(signs, *c))
			return NULL;
		n++;
	}
	if (n % 4 || pad > 2)
		return NULL;
	if (n == 0)
		return g_bytes_new(NULL, 0);
	bytes = g_base64_decode(text, &len);
	return g_bytes_new_take(bytes, len);
}
