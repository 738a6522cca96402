/* SPDX-License-Identifier: Apache-2.0 */
/* A document over several lines. Nothing is parsed and written again: blanks
 * between tokens change and not another byte, so a number stays the text it is. */
#include "fhir/fhir.h"

#include <string.h>

/* Deep nesting is not indented on: what a hostile document grows by is bounded. */
enum { INDENT = 2, LEVELS_MAX = 12 };

static void
new_line(GString *out, int level)
{
	static const char blanks[] = "                        ";

	G_STATIC_ASSERT(sizeof blanks - 1 == INDENT * LEVELS_MAX);
	g_string_append_c(out, '\n');
	g_string_append_len(out, blanks, INDENT * MIN(level, LEVELS_MAX));
}

static gboolean
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Past the string that begins at p. */
static const char *
string_end(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return MIN(p + 1, end);
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

/* "{}" and "[]" stay on their line. */
static const char *
opened(GString *out, const char *p, const char *end, int *level)
{
	const char *next = skip_blanks(p + 1, end);

	g_string_append_c(out, *p);
	if (next < end && (*next == '}' || *next == ']')) {
		g_string_append_c(out, *next);
		return next + 1;
	}
	new_line(out, ++*level);
	return p + 1;
}

char *
fhir_pretty(const char *bytes, size_t len, size_t *out_len)
{
	const char *p = bytes, *end = bytes + len;
	GString *out = g_string_sized_new(len + len / 2);
	int level = 0;

	while (p < end) {
		const char *from = p;

		if (is_blank(*p)) {
			p++;
		} else if (*p == '"') {
			p = string_end(p, end);
			g_string_append_len(out, from, p - from);
		} else if (*p == '{' || *p == '[') {
			p = opened(out, p, end, &level);
		} else if (*p == '}' || *p == ']') {
			new_line(out, --level);
			g_string_append_c(out, *p++);
		} else {
			g_string_append_c(out, *p);
			if (*p == ',')
				new_line(out, level);
			else if (*p == ':')
				g_string_append_c(out, ' ');
			p++;
		}
	}
	if (out_len)
		*out_len = out->len;
	return g_string_free(out, FALSE);
}
