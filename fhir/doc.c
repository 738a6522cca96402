/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of a document, as one array in the order of the text: a container is
 * followed by what it holds, and skip leads past it. Strings and numbers are
 * pieces of one copy of the bytes, cut off by NUL where their quote or the next
 * sign stood; so a number is for ever the text it came as.
 */
#include "fhir/scan.h"

#include <string.h>

/* The child that was found last, so that one after the other they are found in
 * linear time: what comes from a server may have a million. nodes 0: none. */
struct last {
	uint32_t i;
	uint32_t nodes;   /* from the container to the child */
};

struct node {
	const char *key;  /* NULL in an array */
	union {
		const char *text; /* strings and numbers */
		struct last last; /* containers */
	};
	uint32_t key_len;
	uint32_t len;     /* bytes of text; members of a container */
	uint32_t skip;    /* nodes from this one to the next sibling */
	uint32_t kind;    /* enum scan_kind */
};

struct fhir_doc {
	struct node *nodes;
	char *copy;
};

/* ---- growing ------------------------------------------------------------ */

struct grow {
	struct node *nodes;
	uint32_t n, cap;
	char *copy;
	const char *key;
	uint32_t key_len;
	/* The containers that are open, the innermost last. */
	uint32_t open[SCAN_DEPTH_MAX];
	int depth;
};

static const char *
cut_off(struct grow *g, const struct scan_slice *raw, uint32_t *len)
{
	char *text = g->copy + raw->at;

	*len = (uint32_t)raw->len;
	if (raw->escaped)
		*len = (uint32_t)scan_unescape(text, text, raw->len);
	else
		text[raw->len] = '\0';
	return text;
}

static struct node *
grow_node(struct grow *g, enum scan_kind kind)
{
	struct node *node;

	if (g->n == g->cap) {
		g->cap *= 2;
		g->nodes = g_renew(struct node, g->nodes, g->cap);
	}
	node = &g->nodes[g->n++];
	*node = (struct node){ .key = g->key, .key_len = g->key_len,
		.skip = 1, .kind = kind };
	g->key = NULL;
	g->key_len = 0;
	if (g->depth > 0)
		g->nodes[g->open[g->depth - 1]].len++;
	return node;
}

static void
grow_open(void *user, enum scan_kind kind, size_t at)
{
	struct grow *g = user;

	grow_node(g, kind);
	g->open[g->depth++] = g->n - 1;
}

static void
grow_close(void *user, size_t end)
{
	struct grow *g = user;
	uint32_t i = g->open[--g->depth];

	g->nodes[i].skip = g->n - i;
}

static void
grow_key(void *user, const struct scan_slice *key)
{
	struct grow *g = user;

	g->key = cut_off(g, key, &g->key_len);
}

static void
grow_scalar(void *user, enum scan_kind kind, const struct scan_slice *raw)
{
	struct grow *g = user;
	struct node *node = grow_node(g, kind);

	if (kind == SCAN_STRING || kind == SCAN_NUMBER)
		node->text = cut_off(g, raw, &node->len);
}

static const struct scan_sink grow_sink = {
	.open = grow_open,
	.close = grow_close,
	.key = grow_key,
	.scalar = grow_scalar,
};

struct fhir_doc *
fhir_parse(const char *bytes, size_t len, const struct fhir_limits *limits,
    GError **error)
{
	struct fhir_doc *doc;
	struct grow g;

	if (!limits)
		limits = &fhir_limits_default;
	if (len > limits->size_bytes) /* before anything is allocated */
		return fhir_check(bytes, len, limits, error), NULL;
	g.n = 0;
	g.depth = 0;
	g.key = NULL;
	g.key_len = 0;
	g.cap = (uint32_t)(len / 24 + 16);
	g.nodes = g_new(struct node, g.cap);
	g.copy = g_malloc(len + 1);
	if (len > 0)
		memcpy(g.copy, bytes, len);
	if (!scan_run(bytes, len, limits, &grow_sink, &g, error)) {
		g_free(g.nodes);
		g_free(g.copy);
		return NULL;
	}
	doc = g_new(struct fhir_doc, 1);
	doc->nodes = g.nodes;
	doc->copy = g.copy;
	return doc;
}

void
fhir_doc_free(struct fhir_doc *doc)
{
	if (!doc)
		return;
	g_free(doc->nodes);
	g_free(doc->copy);
	g_free(doc);
}

const fhir_node *
fhir_root(const struct fhir_doc *doc)
{
	return doc->nodes;
}

/* ---- finding ------------------------------------------------------------ */

static gboolean
is_called(const struct node *child, const char *name, size_t len)
{
	return child->key_len == len && memcmp(child->key, name, len) == 0;
}

static const struct node *
remember(const struct node *container, size_t i, const struct node *child)
{
	struct node *own = (void *)(uintptr_t)container;

	own->last = (struct last){ (uint32_t)i, (uint32_t)(child -
		container) };
	return child;
}

static const struct node *
member(const struct node *object, const char *name, size_t len)
{
	const struct node *child = object + object->last.nodes;

	if (child != object && is_called(child, name, len))
		return child;
	child = object + 1;
	for (uint32_t i = 0; i < object->len; i++, child += child->skip)
		if (is_called(child, name, len))
			return remember(object, i, child);
	return NULL;
}

static const struct node *
element(const struct node *array, size_t i)
{
	const struct node *child = array + 1;
	size_t at = 0;

	if (array->kind != SCAN_ARRAY || i >= array->len)
		return NULL;
	if (array->last.nodes && array->last.i <= i) {
		child = array + array->last.nodes;
		at = array->last.i;
	}
	for (; at < i; at++)
		child += child->skip;
	return remember(array, i, child);
}

/* One step: "name" or "name[3]"; *path moves past it. */
static const struct node *
step(const struct node *node, const char **path)
{
	size_t len = strcspn(*path, ".[");
	const char *p = *path + len;

	if (len > 0) {
		if (node->kind == SCAN_ARRAY)
			node = element(node, 0);
		if (!node || node->kind != SCAN_OBJECT)
			return NULL;
		node = member(node, *path, len);
	}
	if (node && *p == '[') {
		char *end;
		guint64 i = g_ascii_strtoull(p + 1, &end, 10);

		g_return_val_if_fail(*end == ']', NULL);
		node = element(node, (size_t)i);
		p = end + 1;
	}
	*path = *p == '.' ? p + 1 : p;
	return node;
}

const fhir_node *
fhir_get(const fhir_node *from, const char *path)
{
	const struct node *node = from;

	while (node && path && *path)
		node = step(node, &path);
	return node;
}

static const struct node *
get_kind(const fhir_node *from, const char *path, enum scan_kind kind)
{
	const struct node *node = fhir_get(from, path);

	return node && node->kind == kind ? node : NULL;
}

const char *
fhir_text(const fhir_node *from, const char *path)
{
	const struct node *node = get_kind(from, path, SCAN_STRING);

	return node ? node->text : NULL;
}

const char *
fhir_number(const fhir_node *from, const char *path)
{
	const struct node *node = get_kind(from, path, SCAN_NUMBER);

	return node ? node->text : NULL;
}

int
fhir_bool(const fhir_node *from, const char *path)
{
	const struct node *node = fhir_get(from, path);

	if (!node || (node->kind != SCAN_TRUE && node->kind != SCAN_FALSE))
		return -1;
	return node->kind == SCAN_TRUE;
}

size_t
fhir_count(const fhir_node *from, const char *path)
{
	const struct node *node = get_kind(from, path, SCAN_ARRAY);

	return node ? node->len : 0;
}

const fhir_node *
fhir_at(const fhir_node *from, const char *path, size_t i)
{
	const struct node *node = get_kind(from, path, SCAN_ARRAY);

	return node ? element(node, i) : NULL;
}

const fhir_node *
fhir_child(const fhir_node *object, const char *name)
{
	const struct node *node = object;

	return node && node->kind == SCAN_OBJECT ?
	    member(node, name, strlen(name)) : NULL;
}

void
fhir_each(struct fhir_each *each, const fhir_node *container)
{
	const struct node *node = container;

	each->next = node ? node + 1 : NULL;
	each->left = node && (node->kind == SCAN_OBJECT ||
	    node->kind == SCAN_ARRAY) ? node->len : 0;
}

const fhir_node *
fhir_each_next(struct fhir_each *each, const char **key)
{
	const struct node *node = each->next;

	if (each->left == 0)
		return NULL;
	each->left--;
	each->next = node + node->skip;
	if (key)
		*key = node->key;
	return node;
}

enum fhir_kind
fhir_kind(const fhir_node *from)
{
	const struct node *node = from;

	if (!node)
		return FHIR_ABSENT;
	switch ((enum scan_kind)node->kind) {
	case SCAN_OBJECT: return FHIR_OBJECT;
	case SCAN_ARRAY: return FHIR_ARRAY;
	case SCAN_STRING: return FHIR_STRING;
	case SCAN_NUMBER: return FHIR_NUMBER;
	default: return FHIR_WORD;
	}
}

/* A modifier inside an element changes that element, and one in a contained
 * resource what refers to it: none of it can be shown as plain. */
gboolean
fhir_has_unknown_modifier(const fhir_node *resource)
{
	const struct node *node = resource;
	static const char name[] = "modifierExtension";

	for (uint32_t i = 1; node && i < node->skip; i++)
		if (node[i].key_len == sizeof(name) - 1 && node[i].len > 0 &&
		    memcmp(node[i].key, name, sizeof(name) - 1) == 0)
			return TRUE;
	return FALSE;
}

/* ---- writing ------------------------------------------------------------ */

static const struct node *write_node(GString *out, const struct node *node);

static void
write_members(GString *out, const struct node *node)
{
	const struct node *child = node + 1;

	for (uint32_t i = 0; i < node->len; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		if (child->key) {
			scan_put_string(out, child->key, child->key_len);
			g_string_append_c(out, ':');
		}
		child = write_node(out, child);
	}
}

/* Returns the next sibling. As deep as the scanner's limit, no deeper. */
static const struct node *
write_node(GString *out, const struct node *node)
{
	static const char *const words[] = {
		[SCAN_TRUE] = "true",
		[SCAN_FALSE] = "false",
		[SCAN_NULL] = "null",
	};
	gboolean object = node->kind == SCAN_OBJECT;

	if (object || node->kind == SCAN_ARRAY) {
		g_string_append_c(out, object ? '{' : '[');
		write_members(out, node);
		g_string_append_c(out, object ? '}' : ']');
	} else if (node->kind == SCAN_STRING) {
		scan_put_string(out, node->text, node->len);
	} else if (node->kind == SCAN_NUMBER) {
		g_string_append_len(out, node->text, node->len);
	} else {
		g_string_append(out, words[node->kind]);
	}
	return node + node->skip;
}

char *
fhir_write(const fhir_node *node, size_t *len)
{
	GString *out = g_string_sized_new(1024);

	write_node(out, node);
	if (len)
		*len = out->len;
	return g_string_free(out, FALSE);
}
