/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line as its readers see it: lower case, halfwidth, simplified, separators as
 * blanks; and where each byte of that stood in what was typed.
 */
#include "care/line_room.h"

#include <string.h>

struct fold {
	GString *out;
	GArray *at;
};

static void
put(struct fold *f, const char *bytes, size_t from)
{
	guint32 place = (guint32)from;

	for (; *bytes; bytes++) {
		g_string_append_c(f->out, *bytes);
		g_array_append_val(f->at, place);
	}
}

static gboolean
is_digit(gunichar c)
{
	return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
}

/* A comma inside a number stays, so that it is asked about and not read as two. */
static gboolean
in_number(const char *text, const char *p)
{
	const char *next = g_utf8_next_char(p);

	return p > text && *next && is_digit(g_utf8_get_char(next)) &&
	    is_digit(g_utf8_get_char(g_utf8_prev_char(p)));
}

/* "q.d.": the point after a letter goes, unless a digit follows. */
static gboolean
is_latin_point(const char *text, const char *p)
{
	return p > text && g_ascii_isalpha(p[-1]) && !g_ascii_isdigit(p[1]);
}

static void
put_ascii(struct fold *f, const char *text, const char *p, gunichar c)
{
	char one[2] = { g_ascii_tolower((char)c), '\0' };

	if (c < 0x20 || c == 0x7F || c == ';' || (c == ',' &&
	    !in_number(text, p)))
		one[0] = ' ';
	else if (c == '*')
		one[0] = 'x';
	else if (c == '~')
		one[0] = '-';
	else if (c == '.' && is_latin_point(text, p))
		return;
	put(f, one, (size_t)(p - text));
}

static void
put_wide(struct fold *f, const char *text, const char *p, gunichar c)
{
	static const struct { gunichar c; const char *as; } signs[] = {
		{ 0x3000, " " }, { 0x00A0, " " }, { 0x3001, " " }, /* 、 */
		{ 0x3002, " " }, { 0x00D7, "x" }, { 0x2715, "x" }, /* 。 × */
		{ 0x301C, "-" }, { 0x2013, "-" }, { 0x2014, "-" },
		{ 0x2212, "-" },
	};
	g_autofree char *one = NULL;
	g_autofree char *folded = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (signs[i].c == c) {
			put(f, signs[i].as, (size_t)(p - text));
			return;
		}
	one = g_strndup(p, (size_t)(g_utf8_next_char(p) - p));
	folded = base_text_fold(one);
	put(f, folded, (size_t)(p - text));
}

void
line_fold(struct line *l)
{
	struct fold f = { g_string_new(NULL), g_array_new(FALSE, FALSE,
	    sizeof(guint32)) };
	guint32 end = (guint32)strlen(l->text);

	for (const char *p = l->text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c >= 0xFF01 && c <= 0xFF5E)
			c = c - 0xFF01 + '!';
		if (c < 0x80)
			put_ascii(&f, l->text, p, c);
		else
			put_wide(&f, l->text, p, c);
	}
	g_array_append_val(f.at, end);
	l->n = f.out->len;
	l->s = g_string_free(f.out, FALSE);
	l->at = (guint32 *)(void *)g_array_free(f.at, FALSE);
}

void
line_amount_clear(struct line_amount *amount)
{
	g_free(amount->value);
	g_free(amount->high);
	g_free(amount->per);
}
