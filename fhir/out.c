/* SPDX-License-Identifier: Apache-2.0 */
/* Documents written front to back. A container that closes empty is cut off
 * again, so that what is not stated leaves no trace. */
#include "fhir/scan.h"

#include <string.h>

struct level {
	size_t start;    /* where it began, comma and key included */
	gboolean filled;
	char bracket;
};

struct fhir_out {
	GString *text;
	struct level levels[FHIR_OUT_DEPTH_MAX];
	int depth;
};

struct fhir_out *
fhir_out_new(void)
{
	struct fhir_out *out = g_new0(struct fhir_out, 1);

	out->text = g_string_sized_new(1024);
	fhir_out_open(out, NULL, '{');
	return out;
}

void
fhir_out_free(struct fhir_out *out)
{
	if (!out)
		return;
	if (out->text)
		g_string_free(out->text, TRUE);
	g_free(out);
}

static void
begin(struct fhir_out *out, const char *key)
{
	if (out->depth > 0 && out->levels[out->depth - 1].filled)
		g_string_append_c(out->text, ',');
	if (!key)
		return;
	scan_put_string(out->text, key, strlen(key));
	g_string_append_c(out->text, ':');
}

/* From here on the enclosing containers are not empty. */
static void
fill(struct fhir_out *out)
{
	if (out->depth > 0)
		out->levels[out->depth - 1].filled = TRUE;
}

void
fhir_out_open(struct fhir_out *out, const char *key, char bracket)
{
	size_t start = out->text->len;

	g_assert(out->depth < FHIR_OUT_DEPTH_MAX);
	begin(out, key);
	g_string_append_c(out->text, bracket);
	out->levels[out->depth++] = (struct level){ .start = start,
		.bracket = bracket };
}

void
fhir_out_close(struct fhir_out *out)
{
	const struct level *level;

	g_assert(out->depth > 0);
	level = &out->levels[--out->depth];
	if (!level->filled) {
		g_string_truncate(out->text, level->start);
		return;
	}
	g_string_append_c(out->text, level->bracket == '{' ? '}' : ']');
	fill(out);
}

void
fhir_out_raw(struct fhir_out *out, const char *key, const char *bytes,
    size_t len)
{
	if (!bytes)
		return;
	begin(out, key);
	g_string_append_len(out->text, bytes, (gssize)len);
	fill(out);
}

void
fhir_out_text(struct fhir_out *out, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	begin(out, key);
	scan_put_string(out->text, text, strlen(text));
	fill(out);
}

void
fhir_out_number(struct fhir_out *out, const char *key, const char *decimal)
{
	if (decimal)
		fhir_out_raw(out, key, decimal, strlen(decimal));
}

void
fhir_out_int(struct fhir_out *out, const char *key, int64_t n)
{
	char text[24];

	g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, n);
	fhir_out_number(out, key, text);
}

void
fhir_out_bool(struct fhir_out *out, const char *key, gboolean yes)
{
	fhir_out_number(out, key, yes ? "true" : "false");
}

void
fhir_out_reference(struct fhir_out *out, const char *key, const char *ref,
    const char *display)
{
	if (!ref)
		return;
	fhir_out_open(out, key, '{');
	fhir_out_text(out, "reference", ref);
	fhir_out_text(out, "display", display);
	fhir_out_close(out);
}

char *
fhir_out_finish(struct fhir_out *out, size_t *len)
{
	char *bytes;

	g_assert(out->depth == 1);
	fhir_out_close(out);
	*len = out->text->len;
	bytes = g_string_free(out->text, FALSE);
	out->text = NULL;
	fhir_out_free(out);
	return bytes;
}
