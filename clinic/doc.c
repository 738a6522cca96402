/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/doc.h"

G_DEFINE_QUARK(qn-clinic-error-quark, clinic_error)

/* ---- places in text that is known to be JSON ---------------------------- */

static const char *
skip_blank(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	return p;
}

/* p is at the opening quote; returns behind the closing one. */
static const char *
skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p < end ? p + 1 : end;
}

static const char *
skip_nest(const char *p, const char *end)
{
	int depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		p++;
		if (!depth)
			break;
	}
	return p;
}

static const char *
skip_value(const char *p, const char *end)
{
	if (p < end && *p == '"')
		return skip_string(p, end);
	if (p < end && (*p == '{' || *p == '['))
		return skip_nest(p, end);
	while (p < end && !strchr(" \t\r\n,]}", *p))
		p++;
	return p;
}

/* Decodes a string token; NULL when it is none. Owned. */
static char *
string_of(struct clinic_span token)
{
	json_t *s;
	char *text = NULL;

	if (!memchr(token.at, '\\', token.len))
		return g_strndup(token.at + 1, token.len - 2);
	s = json_loadb(token.at, token.len, JSON_DECODE_ANY, NULL);
	if (json_is_string(s))
		text = g_strdup(json_string_value(s));
	json_decref(s);
	return text;
}

/* A name may be written with escapes, and then is the same name. */
static gboolean
name_is(struct clinic_span token, const char *name)
{
	g_autofree char *text = NULL;

	if (!memchr(token.at, '\\', token.len))
		return token.len == strlen(name) + 2 &&
		    !memcmp(token.at + 1, name, token.len - 2);
	text = string_of(token);
	return text && !strcmp(text, name);
}

struct member {
	struct clinic_span name, value;
};

/* *at is where to go on, NULL at first. */
static gboolean
next_member(struct clinic_span object, const char **at, struct member *m)
{
	const char *end = object.at + object.len;
	const char *p = skip_blank(*at ? *at : object.at + 1, end);

	if (p < end && *p == ',')
		p = skip_blank(p + 1, end);
	if (p >= end || *p != '"')
		return FALSE;
	m->name.at = p;
	p = skip_string(p, end);
	m->name.len = p - m->name.at;
	p = skip_blank(p, end);
	m->value.at = skip_blank(p + 1, end); /* behind the colon */
	*at = skip_value(m->value.at, end);
	m->value.len = *at - m->value.at;
	return TRUE;
}

gboolean
clinic_span_member(struct clinic_span object, const char *name,
    struct clinic_span *value)
{
	const char *at = NULL;
	struct member m;

	if (!object.len || *object.at != '{')
		return FALSE;
	while (next_member(object, &at, &m)) {
		if (!name_is(m.name, name))
			continue;
		*value = m.value;
		return TRUE;
	}
	return FALSE;
}

gboolean
clinic_span_item(struct clinic_span array, const char **at,
    struct clinic_span *value)
{
	const char *end = array.at + array.len;
	const char *p;

	if (!array.len || *array.at != '[')
		return FALSE;
	p = skip_blank(*at ? *at : array.at + 1, end);
	if (p < end && *p == ',')
		p = skip_blank(p + 1, end);
	if (p >= end || *p == ']')
		return FALSE;
	value->at = p;
	*at = skip_value(p, end);
	value->len = *at - p;
	return TRUE;
}

/* ---- acceptance --------------------------------------------------------- */

static gboolean
depth_ok(const char *json, size_t len)
{
	const char *p = json, *end = json + len;
	int depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		if (depth > CLINIC_DEPTH_MAX)
			return FALSE;
		p++;
	}
	return TRUE;
}

static json_t *
refuse(GError **error, const char *why)
{
	g_set_error(error, CLINIC_ERROR, 400, "%s", why);
	return NULL;
}

json_t *
clinic_doc_parse(const char *json, size_t len, GError **error)
{
	json_error_t e;
	json_t *tree;

	if (!len)
		return refuse(error, "The body is empty");
	if (memchr(json, 0, len) || !g_utf8_validate(json, len, NULL))
		return refuse(error, "The body is not valid UTF-8");
	if (!depth_ok(json, len))
		return refuse(error, "The document is nested too deeply");
	tree = json_loadb(json, len, JSON_REJECT_DUPLICATES, &e);
	if (!tree) {
		g_set_error(error, CLINIC_ERROR, 400,
		    "Not JSON: line %d column %d: %s", e.line, e.column,
		    e.text);
		return NULL;
	}
	if (json_is_string(json_object_get(tree, "resourceType")))
		return tree;
	json_decref(tree);
	return refuse(error, "The document has no resourceType");
}

/* ---- splicing ----------------------------------------------------------- */

void
clinic_json_quote(GString *out, const char *text)
{
	const char *p;

	g_string_append_c(out, '"');
	for (p = text; *p; p++) {
		if (*p == '"' || *p == '\\')
			g_string_append_c(out, '\\');
		if ((unsigned char)*p < 0x20)
			g_string_append_printf(out, "\\u%04x", *p);
		else
			g_string_append_c(out, *p);
	}
	g_string_append_c(out, '"');
}

void
clinic_doc_set(GString *object, const char *name, const char *json)
{
	struct clinic_span whole = { object->str, object->len }, value;
	g_autoptr(GString) piece = g_string_new(NULL);
	const char *at = NULL;
	struct member any;
	size_t pos;

	if (clinic_span_member(whole, name, &value)) {
		g_string_append(piece, json);
		pos = value.at - object->str;
		g_string_erase(object, pos, value.len);
	} else {
		g_string_append_printf(piece, "\"%s\":%s", name, json);
		if (next_member(whole, &at, &any))
			g_string_append_c(piece, ',');
		pos = 1;
	}
	g_string_insert_len(object, pos, piece->str, piece->len);
}

static void
set_string(GString *object, const char *name, const char *text)
{
	g_autoptr(GString) quoted = g_string_new(NULL);

	clinic_json_quote(quoted, text);
	clinic_doc_set(object, name, quoted->str);
}

static GString *
new_meta(struct clinic_span old, const char *version, int64_t updated_ms)
{
	gboolean object = old.len && *old.at == '{';
	GString *meta = g_string_new_len(object ? old.at : "{}",
	    object ? (gssize)old.len : 2);
	char stamp[CLINIC_STAMP_SIZE];

	clinic_stamp(updated_ms, stamp);
	set_string(meta, "lastUpdated", stamp);
	set_string(meta, "versionId", version);
	return meta;
}

/* The members that a stamp replaces. */
struct stamped {
	struct clinic_span type, id, meta;
};

static struct stamped
find_stamped(struct clinic_span whole)
{
	struct stamped s = { 0 };
	const char *at = NULL;
	struct member m;

	while (next_member(whole, &at, &m)) {
		if (name_is(m.name, "resourceType"))
			s.type = m.value;
		else if (name_is(m.name, "id"))
			s.id = m.value;
		else if (name_is(m.name, "meta"))
			s.meta = m.value;
	}
	return s;
}

struct edit {
	const char *at; /* in the original */
	size_t drop;
	char *text;
};

static int
edit_order(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* Takes the edits' texts. */
static char *
apply(const char *json, size_t len, struct edit *edits, size_t n, size_t *out)
{
	GString *s = g_string_sized_new(len + 160 * n);
	const char *from = json;
	size_t i;

	for (i = 0; i < n; i++) {
		g_string_append_len(s, from, edits[i].at - from);
		g_string_append(s, edits[i].text);
		from = edits[i].at + edits[i].drop;
		g_free(edits[i].text);
	}
	g_string_append_len(s, from, json + len - from);
	*out = s->len;
	return g_string_free(s, FALSE);
}

/* Where a missing id or meta goes: behind the id, else behind the type. */
static char *
stamp_at(const char *json, size_t len, struct stamped s, const char *id,
    GString *meta, size_t *len_out)
{
	const char *behind_type = s.type.at + s.type.len;
	struct edit edits[2];

	edits[0] = s.id.at ?
	    (struct edit){ s.id.at, s.id.len, g_strdup_printf("\"%s\"", id) } :
	    (struct edit){ behind_type, 0,
		    g_strdup_printf(",\"id\":\"%s\"", id) };
	edits[1] = s.meta.at ?
	    (struct edit){ s.meta.at, s.meta.len, g_strdup(meta->str) } :
	    (struct edit){ s.id.at ? s.id.at + s.id.len : behind_type, 0,
		    g_strdup_printf(",\"meta\":%s", meta->str) };
	if (edit_order(&edits[0], &edits[1]) > 0) {
		struct edit first = edits[1];
		edits[1] = edits[0];
		edits[0] = first;
	}
	return apply(json, len, edits, 2, len_out);
}

char *
clinic_doc_stamp(const char *json, size_t len, const char *id,
    const char *version, int64_t updated_ms, size_t *len_out)
{
	const char *start = skip_blank(json, json + len);
	struct clinic_span whole = { start, json + len - start };
	struct stamped s = find_stamped(whole);
	g_autoptr(GString) meta = new_meta(s.meta, version, updated_ms);

	return stamp_at(json, len, s, id, meta, len_out);
}

/* The string at p is a value, not a name, unless a colon follows. */
static gboolean
is_name(const char *behind, const char *end)
{
	behind = skip_blank(behind, end);
	return behind < end && *behind == ':';
}

char *
clinic_doc_rewrite(const char *json, size_t len,
    char *(*map)(const char *name, const char *value, void *user), void *user,
    size_t *len_out)
{
	const char *p = json, *end = json + len;
	g_autoptr(GArray) edits = g_array_new(FALSE, FALSE,
	    sizeof(struct edit));
	g_autofree char *name = g_strdup("");

	while (p < end) {
		const char *behind;
		g_autofree char *text = NULL, *to = NULL;

		if (*p != '"') {
			p++;
			continue;
		}
		behind = skip_string(p, end);
		text = string_of((struct clinic_span){ p, behind - p });
		if (text && is_name(behind, end)) {
			g_free(name);
			name = g_steal_pointer(&text);
		} else if (text) {
			to = map(name, text, user);
		}
		if (to) {
			GString *quoted = g_string_new(NULL);
			struct edit e = { p, behind - p, NULL };

			clinic_json_quote(quoted, to);
			e.text = g_string_free(quoted, FALSE);
			g_array_append_val(edits, e);
		}
		p = behind;
	}
	if (!edits->len)
		return NULL;
	return apply(json, len, (struct edit *)edits->data, edits->len,
	    len_out);
}
