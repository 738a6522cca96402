/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts a Bundle while it is scanned; no tree is made. */
#include "fhir/scan.h"

#include <string.h>

/* Containers counted from the root, 1: the list "entry" is 2, an entry 3, its
 * "response" 4. What lies deeper is a resource's own affair. */
enum { LEVELS = 5 };

struct cut {
	const char *bytes;
	int depth; /* open containers */
	struct level {
		enum scan_kind kind;   /* of the container at this level */
		struct scan_slice key; /* its member that we are in */
	} level[LEVELS];
	struct fhir_entry entry;
	struct fhir_bundle *bundle;
	struct scan_slice link_relation, link_url;
	struct scan_slice type;
	gboolean is_bundle;
};

static gboolean
key_is(const struct cut *c, int level, const char *text)
{
	return c->level[level].kind == SCAN_OBJECT &&
	    scan_slice_is(c->bytes, &c->level[level].key, text);
}

/* Within an object of the root's list of that name, or in something of it. */
static gboolean
in_list(const struct cut *c, const char *name)
{
	return c->depth >= 3 && c->level[2].kind == SCAN_ARRAY &&
	    c->level[3].kind == SCAN_OBJECT && key_is(c, 1, name);
}

/* At the bracket of an entry's resource: the container itself is not open. */
static gboolean
at_resource(const struct cut *c)
{
	return c->depth == 3 && in_list(c, "entry") && key_is(c, 3, "resource");
}

static void
cut_open(void *user, enum scan_kind kind, size_t at)
{
	struct cut *c = user;

	if (c->depth == 2) {
		memset(&c->entry, 0, sizeof(c->entry));
		c->link_relation = c->link_url = (struct scan_slice){ 0 };
	}
	if (kind == SCAN_OBJECT && at_resource(c))
		c->entry.resource = c->bytes + at;
	if (++c->depth < LEVELS)
		c->level[c->depth] = (struct level){ .kind = kind };
}

static void
cut_link(struct cut *c)
{
	char *url;

	if (c->bundle->next || c->link_url.len == 0 ||
	    !scan_slice_is(c->bytes, &c->link_relation, "next"))
		return;
	url = g_malloc(c->link_url.len + 1);
	scan_unescape(url, c->bytes + c->link_url.at, c->link_url.len);
	c->bundle->next = url;
}

static void
cut_close(void *user, size_t end)
{
	struct cut *c = user;

	if (c->depth == 3 && in_list(c, "entry"))
		g_array_append_val(c->bundle->entries, c->entry);
	else if (c->depth == 3 && in_list(c, "link"))
		cut_link(c);
	c->depth--;
	if (c->entry.resource && at_resource(c))
		c->entry.resource_len = (size_t)(c->bytes + end -
		    c->entry.resource);
}

static void
cut_key(void *user, const struct scan_slice *key)
{
	struct cut *c = user;

	if (c->depth < LEVELS)
		c->level[c->depth].key = *key;
}

static void
cut_root_scalar(struct cut *c, enum scan_kind kind,
    const struct scan_slice *raw)
{
	if (kind == SCAN_STRING && key_is(c, 1, "resourceType"))
		c->is_bundle = scan_slice_is(c->bytes, raw, "Bundle");
	else if (kind == SCAN_STRING && key_is(c, 1, "type"))
		c->type = *raw;
	else if (kind == SCAN_NUMBER && key_is(c, 1, "total"))
		c->bundle->total = g_ascii_strtoll(c->bytes + raw->at, NULL,
		    10);
}

static void
cut_entry_scalar(struct cut *c, const struct scan_slice *raw)
{
	const char *text = c->bytes + raw->at;
	struct fhir_entry *e = &c->entry;

	if (c->depth == 3 && key_is(c, 3, "fullUrl")) {
		e->full_url = text;
		e->full_url_len = raw->len;
	} else if (c->depth == 4 && key_is(c, 3, "response") &&
	    key_is(c, 4, "status")) {
		e->status = text;
		e->status_len = raw->len;
	} else if (c->depth == 4 && key_is(c, 3, "search") &&
	    key_is(c, 4, "mode")) {
		e->mode = text;
		e->mode_len = raw->len;
	}
}

static void
cut_scalar(void *user, enum scan_kind kind, const struct scan_slice *raw)
{
	struct cut *c = user;

	if (c->depth == 1)
		cut_root_scalar(c, kind, raw);
	if (kind != SCAN_STRING || c->depth < 3 || c->depth >= LEVELS)
		return;
	if (in_list(c, "entry"))
		cut_entry_scalar(c, raw);
	else if (c->depth == 3 && in_list(c, "link") &&
	    key_is(c, 3, "relation"))
		c->link_relation = *raw;
	else if (c->depth == 3 && in_list(c, "link") && key_is(c, 3, "url"))
		c->link_url = *raw;
}

static const struct scan_sink cut_sink = {
	.open = cut_open,
	.close = cut_close,
	.key = cut_key,
	.scalar = cut_scalar,
};

struct fhir_bundle *
fhir_bundle_cut(const char *bytes, size_t len,
    const struct fhir_limits *limits, GError **error)
{
	BASE_AUTO(fhir_bundle) bundle = g_new0(struct fhir_bundle, 1);
	struct cut c = { .bytes = bytes, .bundle = bundle };

	bundle->entries = g_array_new(FALSE, FALSE, sizeof(struct fhir_entry));
	bundle->total = -1;
	if (!scan_run(bytes, len, limits, &cut_sink, &c, error))
		return NULL;
	if (!c.is_bundle) {
		g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR,
		    "not a Bundle");
		return NULL;
	}
	if (c.type.len < sizeof(bundle->type))
		memcpy(bundle->type, bytes + c.type.at, c.type.len);
	return g_steal_pointer(&bundle);
}

void
fhir_bundle_free(struct fhir_bundle *bundle)
{
	if (!bundle)
		return;
	g_array_unref(bundle->entries);
	g_free(bundle->next);
	g_free(bundle);
}
