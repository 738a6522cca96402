/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to a server's document as cuts in its bytes: what is not named goes
 * back as it came. */
#include "fhir/scan.h"

#include <string.h>

enum { CHANGES_MAX = 16 };

/* Where a member of the root stands. */
struct place {
	gboolean found;
	enum scan_kind kind;
	size_t key, start, end; /* key: its opening quote */
};

struct edit {
	const char *bytes;
	const struct fhir_change *changes;
	size_t n, root_end;
	struct place places[CHANGES_MAX];
	struct place *at; /* whose value comes next or is open */
	int depth;
	gboolean filled;  /* the root has a member */
	gboolean removing;
};

/* One piece of the old bytes and what stands there instead. */
struct cut {
	size_t start, end;
	char *text;
};

static void
edit_key(void *user, const struct scan_slice *key)
{
	struct edit *e = user;

	if (e->depth != 1)
		return;
	e->filled = TRUE;
	e->at = NULL;
	for (size_t i = 0; i < e->n && !e->at; i++)
		if (scan_slice_is(e->bytes, key, e->changes[i].key))
			e->at = &e->places[i];
	if (e->at)
		e->at->key = key->at - 1;
}

static void
edit_open(void *user, enum scan_kind kind, size_t at)
{
	struct edit *e = user;

	if (e->depth++ != 1 || !e->at)
		return;
	e->at->found = TRUE;
	e->at->kind = kind;
	e->at->start = at;
}

static void
edit_close(void *user, size_t end)
{
	struct edit *e = user;

	if (--e->depth == 0)
		e->root_end = end - 1;
	if (e->depth != 1 || !e->at)
		return;
	e->at->end = end;
	e->at = NULL;
}

static void
edit_scalar(void *user, enum scan_kind kind, const struct scan_slice *raw)
{
	struct edit *e = user;
	size_t quote = kind == SCAN_STRING;

	if (e->depth != 1 || !e->at)
		return;
	e->at->found = TRUE;
	e->at->kind = kind;
	e->at->start = raw->at - quote;
	e->at->end = raw->at + raw->len + quote;
	e->at = NULL;
}

static const struct scan_sink edit_sink = {
	.open = edit_open,
	.close = edit_close,
	.key = edit_key,
	.scalar = edit_scalar,
};

static gboolean
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A member goes with the comma after it, or else the one before it. */
static struct cut
cut_member(const struct edit *e, const struct place *p)
{
	struct cut cut = { p->key, p->end, NULL };
	size_t after = p->end, before = p->key;

	while (is_blank(e->bytes[after]))
		after++;
	if (e->bytes[after] == ',') {
		cut.end = after + 1;
		return cut;
	}
	while (is_blank(e->bytes[before - 1]))
		before--;
	if (e->bytes[before - 1] == ',')
		cut.start = before - 1;
	return cut;
}

static struct cut
cut_append(const struct edit *e, const struct place *p, const char *value)
{
	size_t last = p->end - 1, from = last;

	while (is_blank(e->bytes[from - 1]))
		from--;
	return (struct cut){ last, last, g_strconcat(
	    e->bytes[from - 1] == '[' ? "" : ",", value, NULL) };
}

static struct cut
cut_absent(const struct edit *e, const struct fhir_change *c)
{
	return (struct cut){ e->root_end, e->root_end, g_strdup_printf(
	    "%s\"%s\":%s%s%s", e->filled ? "," : "", c->key,
	    c->append ? "[" : "", c->value, c->append ? "]" : "") };
}

static gboolean
cut_of(const struct edit *e, size_t i, struct cut *out)
{
	const struct fhir_change *c = &e->changes[i];
	const struct place *p = &e->places[i];

	if (!c->value && (!p->found || !e->removing))
		return FALSE;
	if (!p->found)
		*out = cut_absent(e, c);
	else if (!c->value)
		*out = cut_member(e, p);
	else if (c->append)
		*out = cut_append(e, p, c->value);
	else
		*out = (struct cut){ p->start, p->end, g_strdup(c->value) };
	return TRUE;
}

static int
by_start(const void *a, const void *b)
{
	const struct cut *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static char *
apply(const struct edit *e, size_t len, size_t *out_len)
{
	struct cut cuts[CHANGES_MAX];
	size_t n = 0, at = 0;
	GString *out = g_string_sized_new(len + 256);

	for (size_t i = 0; i < e->n; i++)
		n += cut_of(e, i, &cuts[n]);
	qsort(cuts, n, sizeof(cuts[0]), by_start);
	for (size_t i = 0; i < n; i++) {
		if (cuts[i].start > at)
			g_string_append_len(out, e->bytes + at,
			    (gssize)(cuts[i].start - at));
		if (cuts[i].text)
			g_string_append(out, cuts[i].text);
		g_free(cuts[i].text);
		at = MAX(at, cuts[i].end);
	}
	g_string_append_len(out, e->bytes + at, (gssize)(len - at));
	*out_len = out->len;
	return g_string_free(out, FALSE);
}

static char *
pass(struct edit *e, size_t len, size_t *out_len, GError **error)
{
	if (!scan_run(e->bytes, len, NULL, &edit_sink, e, error))
		return NULL;
	for (size_t i = 0; i < e->n; i++)
		if (e->changes[i].append && e->places[i].found &&
		    e->places[i].kind != SCAN_ARRAY) {
			g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR,
			    "%s is no array", e->changes[i].key);
			return NULL;
		}
	return apply(e, len, out_len);
}

/* Two neighbours that go would both claim the comma between them: members are
 * taken out one by one, after all that is set. */
char *
fhir_edit(const char *bytes, size_t len, const struct fhir_change *changes,
    size_t n, size_t *out_len, GError **error)
{
	struct edit e = { .bytes = bytes, .changes = changes, .n = n };
	char *out;

	g_return_val_if_fail(n <= CHANGES_MAX, NULL);
	out = pass(&e, len, out_len, error);
	for (size_t i = 0; out && i < n; i++) {
		struct edit one = { .bytes = out, .changes = &changes[i],
			.n = 1, .removing = TRUE };
		char *next;

		if (changes[i].value)
			continue;
		next = pass(&one, *out_len, out_len, error);
		g_free(out);
		out = next;
	}
	return out;
}
