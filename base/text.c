/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate for text from outside (F65), grapheme boundaries, and cutting to a
 * width. The gate is on the paint path and meets hostile bytes: one pass, no
 * look-back, memory at most three times the input (a wrong byte becomes the
 * three of U+FFFD), tabs aside, whose number is bounded by the width they make.
 */
#include "base/char.h"

#define MARKS_MAX 8
#define TAB_COLS 8
/* A mark with nothing to stand on would fall on the cell before the text. */
#define LONE_MARK_BASE 0x25cc

struct gate {
	GString *out;
	enum base_lines lines;
	size_t col;    /* columns since the line began, for tabs */
	int marks;     /* on the last base; -1: no base yet on this line */
	gboolean gap;  /* one-line: a space is owed before the next character */
	gboolean cr;   /* the last character was \r: a \n belongs to it */
};

static void
gate_base(struct gate *g, const char *bytes, size_t len, int cols)
{
	if (g->gap && g->out->len > 0)
		g_string_append_c(g->out, ' ');
	g->gap = FALSE;
	g_string_append_len(g->out, bytes, (gssize)len);
	g->col += (size_t)cols;
	g->marks = 0;
}

static void
gate_unichar(struct gate *g, gunichar c, int cols)
{
	char buf[6];

	gate_base(g, buf, (size_t)g_unichar_to_utf8(c, buf), cols);
}

static void
gate_mark(struct gate *g, const char *bytes, size_t len)
{
	if (g->gap || g->marks < 0)
		gate_unichar(g, LONE_MARK_BASE, 1);
	if (g->marks++ < MARKS_MAX)
		g_string_append_len(g->out, bytes, (gssize)len);
	else
		g->marks = MARKS_MAX;
}

static void
gate_break(struct gate *g)
{
	if (g->lines == BASE_ONE_LINE) {
		g->gap = TRUE;
		return;
	}
	g_string_append_c(g->out, '\n');
	g->col = 0;
	g->marks = -1;
}

static void
gate_tab(struct gate *g)
{
	if (g->lines == BASE_ONE_LINE) {
		g->gap = TRUE;
		return;
	}
	do
		gate_base(g, " ", 1, 1);
	while (g->col % TAB_COLS);
}

/* A space is kept as it is in many lines; in one line, runs become one. */
static void
gate_space(struct gate *g)
{
	if (g->lines == BASE_ONE_LINE)
		g->gap = TRUE;
	else
		gate_base(g, " ", 1, 1);
}

static void
gate_char(struct gate *g, gunichar c, const char *bytes, size_t len)
{
	uint8_t class = base_char_class(c);
	gboolean after_cr = g->cr;

	g->cr = c == '\r';
	if (class & CHAR_BREAK) {
		if (!(c == '\n' && after_cr))
			gate_break(g);
	} else if (class & CHAR_TAB) {
		gate_tab(g);
	} else if (c == ' ') {
		gate_space(g);
	} else if (class & CHAR_UNKNOWN || c == 0xfffd) {
		gate_base(g, "\xef\xbf\xbd", 3, 1);
	} else if (class & CHAR_DROP) {
		return;
	} else if ((class & CHAR_COLS) == 0) {
		gate_mark(g, bytes, len);
	} else {
		gate_base(g, bytes, len, class & CHAR_COLS);
	}
}

/* Printable ASCII but the space, which needs no table. */
static size_t
ascii_run(const char *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && bytes[n] > ' ' && bytes[n] < 0x7f)
		n++;
	return n;
}

char *
base_text_show(const char *bytes, gssize len, enum base_lines lines)
{
	size_t end = len < 0 ? strlen(bytes) : (size_t)len;
	struct gate g = { .lines = lines, .marks = -1 };
	size_t at = 0, n;
	gunichar c;

	g.out = g_string_sized_new(end + 1);
	while (at < end) {
		n = ascii_run(bytes + at, end - at);
		if (n > 0) {
			gate_base(&g, bytes + at, n, (int)MIN(n, G_MAXINT));
			g.cr = FALSE;
		} else {
			n = base_char_next(bytes + at, end - at, &c);
			gate_char(&g, c, bytes + at, n);
		}
		at += n;
	}
	return g_string_free(g.out, FALSE);
}

/* ---- cutting ------------------------------------------------------------ */

/* Bytes of the graphemes that fit into cols columns, and those columns. */
static size_t
fitting(const char *text, size_t len, int cols, int *used)
{
	size_t at = 0, next;
	int more;

	for (*used = 0; at < len; at = next, *used += more) {
		next = base_grapheme_next(text, len, at);
		more = base_text_cols(text + at, (gssize)(next - at));
		if (*used + more > cols)
			break;
	}
	return at;
}

static char *
cut(const char *text, int cols, int *used)
{
	size_t len = strlen(text), n;

	*used = 0;
	if (cols <= 0)
		return g_strdup("");
	n = fitting(text, len, cols, used);
	if (n == len)
		return g_strdup(text);
	n = fitting(text, len, cols - 1, used);
	*used += 1;
	return g_strdup_printf("%.*s…", (int)n, text);
}

char *
base_text_cut(const char *text, int cols)
{
	int used;

	return cut(text, cols, &used);
}

char *
base_text_fit(const char *text, int cols)
{
	g_autofree char *part = NULL;
	int used;

	part = cut(text, cols, &used);
	if (cols <= used)
		return g_steal_pointer(&part);
	return g_strdup_printf("%s%*s", part, cols - used, "");
}
