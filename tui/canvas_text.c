/* SPDX-License-Identifier: Apache-2.0 */
/* Text and shapes, cell by cell. */
#include "config.h"

#include <stdarg.h>
#include <string.h>

#include "tui/canvas_curses.h"

/* ---- text --------------------------------------------------------------- */

static void
put_cell(struct canvas *c, int y, int x, struct paint p,
    const wchar_t *w)
{
	cchar_t cell;

	if (y < 0 || x < 0 || y >= c->rows || x >= c->cols)
		return;
	setcchar(&cell, w, p.attrs, (short)p.pair, NULL);
	mvwadd_wch(stdscr, y, x, &cell);
}

/* A grapheme may be several cells (an emoji and its skin tone): each spacing
 * character takes the marks that follow it, as many as curses holds. */
static void
put_grapheme(struct canvas *c, int y, int x, struct paint p,
    const char *s, const char *end)
{
	wchar_t w[CCHARW_MAX + 1];
	int n = 0, at = x;

	for (; s < end; s = g_utf8_next_char(s)) {
		gunichar ch = g_utf8_get_char(s);
		int cols = base_char_cols(ch);

		if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0))
			ch = 0xfffd, cols = 1; /* the gate was missed */
		if (cols > 0 && n) {
			w[n] = 0;
			put_cell(c, y, at, p, w);
			at += MAX(base_char_cols((gunichar)w[0]), 0);
			n = 0;
		}
		if ((cols > 0 || n) && n < CCHARW_MAX - 1)
			w[n++] = (wchar_t)ch;
	}
	if (n) {
		w[n] = 0;
		put_cell(c, y, at, p, w);
	}
}

static int
grapheme_cols(const char *s, size_t len)
{
	return len == 1 ? 1 : base_text_cols(s, (gssize)len);
}

int
canvas_text_n(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text, size_t len)
{
	int limit = MIN(cols, a.cols - x), used = 0, w;
	struct paint p;
	size_t next;

	if (y < 0 || y >= a.rows || x < 0 || limit <= 0)
		return 0;
	p = canvas_paint(c, element);
	for (size_t at = 0; at < len; at = next) {
		next = base_grapheme_next(text, len, at);
		w = grapheme_cols(text + at, next - at);
		if (used + w > limit)
			break;
		put_grapheme(c, a.y + y, a.x + x + used, p, text + at,
		    text + next);
		used += w;
	}
	return used;
}

int
canvas_text(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text)
{
	return canvas_text_n(c, a, y, x, cols, element, text, strlen(text));
}

void
canvas_sentence(struct canvas *c, struct area a, enum element element,
    const char *text)
{
	g_autoptr(GArray) wrap = base_text_wrap(text, strlen(text),
	    MAX(a.cols, 2), FALSE);

	for (guint i = 0; i < wrap->len && (int)i < a.rows; i++) {
		struct base_line *l = &g_array_index(wrap, struct base_line,
		    i);

		canvas_text_n(c, a, (int)i, 0, a.cols, element,
		    text + l->start, l->len);
	}
}

void
canvas_text_cut(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text)
{
	g_autofree char *cut = base_text_cut(text, MAX(cols, 0));

	canvas_text(c, a, y, x, cols, element, cut);
}

void
canvas_text_right(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text)
{
	int w = base_text_cols(text, -1);

	if (w > cols)
		canvas_text(c, a, y, x, cols, element, text);
	else
		canvas_text(c, a, y, x + cols - w, w, element, text);
}

int
canvas_print(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *fmt, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	return canvas_text(c, a, y, x, cols, element, text);
}

/* ---- shapes ------------------------------------------------------------- */

static void
repeat(struct canvas *c, struct area a, int y, int x, int n,
    gboolean down, enum element element, const wchar_t *w)
{
	struct paint p = canvas_paint(c, element);

	for (int i = 0; i < n; i++) {
		int row = down ? y + i : y, col = down ? x : x + i;

		if (row >= 0 && row < a.rows && col >= 0 && col < a.cols)
			put_cell(c, a.y + row, a.x + col, p, w);
	}
}

void
canvas_fill(struct canvas *c, struct area a, enum element element)
{
	for (int y = 0; y < a.rows; y++)
		repeat(c, a, y, 0, a.cols, FALSE, element, L" ");
}

void
canvas_hline(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element)
{
	repeat(c, a, y, x, cols, FALSE, element, L"─");
}

void
canvas_vline(struct canvas *c, struct area a, int y, int x, int rows,
    enum element element)
{
	repeat(c, a, y, x, rows, TRUE, element, L"│");
}

void
canvas_box(struct canvas *c, struct area a, enum element element)
{
	int b = a.rows - 1, r = a.cols - 1;

	if (b < 1 || r < 1)
		return;
	canvas_hline(c, a, 0, 1, r - 1, element);
	canvas_hline(c, a, b, 1, r - 1, element);
	canvas_vline(c, a, 1, 0, b - 1, element);
	canvas_vline(c, a, 1, r, b - 1, element);
	repeat(c, a, 0, 0, 1, FALSE, element, L"┌");
	repeat(c, a, 0, r, 1, FALSE, element, L"┐");
	repeat(c, a, b, 0, 1, FALSE, element, L"└");
	repeat(c, a, b, r, 1, FALSE, element, L"┘");
}
