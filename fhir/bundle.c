/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts a Bundle while it is scanned; no tree is made. */
#include "fhir/scan.h"

#include <string.h>

enum { LEVELS = 5 }; /* the root's members are level 1, an entry's 3 */

struct cut {
	const char *bytes;
	int depth; /* open containers */
	/* The key under which the container or scalar at each level hangs. */
	struct scan_slice key[LEVELS];
	struct fhir_entry entry;
	struct fhir_bundle *bundle;
	struct scan_slice link_relation, link_url;
	struct scan_slice type, resource_type;
	gboolean resource_is_object;
};

static gboolean
slice_is(const struct cut *c, const struct scan_slice *s, const char *text)
{
	return s->len == strlen(text) &&
	    memcmp(c->bytes + s->at, text, s->len) == 0;
}

static gboolean
key_is(const struct cut *c, int level, const char *text)
{
	return slice_is(c, &c->key[level], text);
}

/* Within entry[i] (level 3) or something of it (level 4). */
static gboolean
in_array_of(const struct cut *c, const char *name)
{
	return c->depth >= 3 && key_is(c, 1, name);
}

static void
cut_open(void *user, enum scan_kind kind, size_t at)
{
	struct cut *c = user;

	if (c->depth == 2)
		memset(&c->entry, 0, sizeof(c->entry));
	if (c->depth == 2)
		c->link_relation = c->link_url = (struct scan_slice){ 0 };
	if (c->depth == 3 && kind == SCAN_OBJECT && key_is(c, 1, "entry") &&
	    key_is(c, 3, "resource"))
		c->entry.resource = c->bytes + at;
	if (++c->depth < LEVELS)
		c->key[c->depth] = (struct scan_slice){ 0 };
}

static char *
slice_text(const struct cut *c, const struct scan_slice *s)
{
	char *text = g_malloc(s->len + 1);

	scan_unescape(text, c->bytes + s->at, s->len);
	return text;
}

static void
cut_link(struct cut *c)
{
	if (!c->bundle->next && slice_is(c, &c->link_relation, "next") &&
	    c->link_url.len > 0)
		c->bundle->next = slice_text(c, &c->link_url);
}

static void
cut_close(void *user, size_t end)
{
	struct cut *c = user;

	c->depth--;
	if (c->depth == 3 && c->entry.resource && key_is(c, 1, "entry") &&
	    key_is(c, 3, "resource"))
		c->entry.resource_len = (size_t)(c->bytes + end -
		    c->entry.resource);
	if (c->depth != 2)
		return;
	if (key_is(c, 1, "entry"))
		g_array_append_val(c->bundle->entries, c->entry);
	else if (key_is(c, 1, "link"))
		cut_link(c);
}

static void
cut_key(void *user, const struct scan_slice *key)
{
	struct cut *c = user;

	if (c->depth < LEVELS)
		c->key[c->depth] = *key;
}

static void
cut_root_scalar(struct cut *c, enum scan_kind kind,
    const struct scan_slice *raw)
{
	if (kind == SCAN_STRING && key_is(c, 1, "resourceType"))
		c->resource_type = *raw;
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
	if (kind != SCAN_STRING)
		return;
	if (in_array_of(c, "entry"))
		cut_entry_scalar(c, raw);
	else if (c->depth == 3 && in_array_of(c, "link") &&
	    key_is(c, 3, "relation"))
		c->link_relation = *raw;
	else if (c->depth == 3 && in_array_of(c, "link") && key_is(c, 3, "url"))
		c->link_url = *raw;
}

static const struct scan_sink cut_sink = {
	.open = cut_open,
	.close = cut_close,
	.key = cut_key,
	.scalar = cut_scalar,
};

static gboolean
cut_is_bundle(const struct cut *c, GError **error)
{
	if (slice_is(c, &c->resource_type, "Bundle"))
		return TRUE;
	g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR, "not a Bundle");
	return FALSE;
}

struct fhir_bundle *
fhir_bundle_cut(const char *bytes, size_t len,
    const struct fhir_limits *limits, GError **error)
{
	BASE_AUTO(fhir_bundle) bundle = g_new0(struct fhir_bundle, 1);
	struct cut c = { .bytes = bytes, .bundle = bundle };

	bundle->entries = g_array_new(FALSE, FALSE, sizeof(struct fhir_entry));
	bundle->total = -1;
	if (!scan_run(bytes, len, limits, &cut_sink, &c, error) ||
	    !cut_is_bundle(&c, error))
		return NULL;
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
