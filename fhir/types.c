/* SPDX-License-Identifier: Apache-2.0 */
/* What identifies a resource, and what refers to one. */
#include "fhir/fhir.h"

#include <string.h>

static gboolean
is_type_name(const char *text, size_t len)
{
	if (len < 2 || len >= sizeof(((struct fhir_ref *)0)->type) ||
	    !g_ascii_isupper(text[0]))
		return FALSE;
	for (size_t i = 1; i < len; i++)
		if (!g_ascii_isalpha(text[i]))
			return FALSE;
	return TRUE;
}

static gboolean
is_id(const char *text, size_t len)
{
	if (len < 1 || len > 64)
		return FALSE;
	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(text[i]) && text[i] != '-' &&
		    text[i] != '.')
			return FALSE;
	return TRUE;
}

gboolean
fhir_head(const fhir_node *resource, struct fhir_head *out, GError **error)
{
	const char *type = fhir_text(resource, "resourceType");
	const char *id = fhir_text(resource, "id");
	const char *version = fhir_text(resource, "meta.versionId");
	const char *updated = fhir_text(resource, "meta.lastUpdated");

	memset(out, 0, sizeof(*out));
	if (!type || !is_type_name(type, strlen(type))) {
		g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR,
		    "no resourceType");
		return FALSE;
	}
	if (!id || !is_id(id, strlen(id))) {
		g_set_error(error, FHIR_ERROR, FHIR_ERROR_NO_ID,
		    "%s without a valid id", type);
		return FALSE;
	}
	out->type = type;
	out->id = id;
	out->version = version && is_id(version, strlen(version)) ? version :
	    NULL;
	if (!fhir_time_ms(updated, &out->updated_ms, NULL))
		out->updated_ms = 0;
	return TRUE;
}

/* Start of the segment that ends at end: just past the '/' before it. */
static const char *
segment_start(const char *text, const char *end)
{
	while (end > text && end[-1] != '/')
		end--;
	return end;
}

gboolean
fhir_ref_parse(const char *reference, struct fhir_ref *out)
{
	const char *end, *id, *type, *version;
	gboolean absolute;

	if (!reference)
		return FALSE;
	absolute = g_str_has_prefix(reference, "https://") ||
	    g_str_has_prefix(reference, "http://");
	version = strstr(reference, "/_history/");
	end = version ? version : reference + strlen(reference);
	id = segment_start(reference, end);
	if (id == reference)
		return FALSE;
	type = segment_start(reference, id - 1);
	/* Before the type there is nothing, or at least a scheme and host. */
	if (absolute ? type - reference < 10 : type != reference)
		return FALSE;
	if (!is_type_name(type, (size_t)(id - 1 - type)) ||
	    !is_id(id, (size_t)(end - id)))
		return FALSE;
	memset(out, 0, sizeof(*out));
	memcpy(out->type, type, (size_t)(id - 1 - type));
	memcpy(out->id, id, (size_t)(end - id));
	return TRUE;
}

gboolean
fhir_ref_at(const fhir_node *node, const char *path, struct fhir_ref *out)
{
	const fhir_node *ref = fhir_get(node, path);

	if (fhir_count(ref, NULL) > 0)
		ref = fhir_at(ref, NULL, 0);
	return fhir_ref_parse(fhir_text(ref, "reference"), out);
}

enum fhir_priority
fhir_priority_of(const char *code)
{
	static const char *const codes[] = {
		[FHIR_STAT] = "stat",
		[FHIR_ASAP] = "asap",
		[FHIR_URGENT] = "urgent",
	};

	for (size_t i = 0; code && i < G_N_ELEMENTS(codes); i++)
		if (strcmp(code, codes[i]) == 0)
			return (enum fhir_priority)i;
	return FHIR_ROUTINE;
}
