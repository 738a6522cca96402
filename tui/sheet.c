/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/sheet.h"

#include <string.h>

struct paragraph {
	enum element element;
	char *mark, *text;
	gboolean head;
};

/* A line on the screen: a slice of a paragraph; -1: an empty line. */
struct sheet_line { int paragraph; size_t start, len; gboolean first; };

struct sheet {
	GArray *paragraphs;
	GArray *lines;
	int cols;       /* the width that lines are for; 0: none */
	int for_rows;   /* … and the height */
	int top, rows;  /* as last drawn */
	int lines_before; /* of which top counts; 0: of these */
	gboolean seen;
};

enum { X_MARK = 1, X_TEXT = 3 };

static void
paragraph_clear(void *p)
{
	g_free(((struct paragraph *)p)->mark);
	g_free(((struct paragraph *)p)->text);
}

struct sheet *
sheet_new(void)
{
	struct sheet *s = g_new0(struct sheet, 1);

	s->paragraphs = g_array_new(FALSE, FALSE, sizeof(struct paragraph));
	g_array_set_clear_func(s->paragraphs, paragraph_clear);
	s->lines = g_array_new(FALSE, FALSE, sizeof(struct sheet_line));
	return s;
}

void
sheet_free(struct sheet *s)
{
	if (!s)
		return;
	g_array_unref(s->paragraphs);
	g_array_unref(s->lines);
	g_free(s);
}

void
sheet_clear(struct sheet *s)
{
	g_array_set_size(s->paragraphs, 0);
	g_array_set_size(s->lines, 0);
	s->cols = s->top = s->lines_before = 0;
	s->seen = FALSE;
}

void
sheet_again(struct sheet *s)
{
	int top = s->top, before = s->cols && top ? (int)s->lines->len :
	    s->lines_before;

	sheet_clear(s);
	s->top = top;
	s->lines_before = before;
}

static void
add(struct sheet *s, enum element element, const char *mark,
    const char *text, gboolean head)
{
	struct paragraph p = { .element = element, .mark = g_strdup(mark),
		.text = base_text_show(text, -1, BASE_MANY_LINES),
		.head = head };

	g_array_append_val(s->paragraphs, p);
	s->cols = 0;
	s->seen = FALSE;
}

void
sheet_add(struct sheet *s, enum element element, const char *mark,
    const char *text)
{
	add(s, element, mark, text, FALSE);
}

void
sheet_print(struct sheet *s, enum element element, const char *mark,
    const char *fmt, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	add(s, element, mark, text, FALSE);
}

void
sheet_head(struct sheet *s, const char *text)
{
	add(s, E_CHART_HEADING, "", text, TRUE);
}

/* ---- lines -------------------------------------------------------------- */

static void
wrap_one(struct sheet *s, int i, int cols, gboolean gaps)
{
	const struct paragraph *p = &g_array_index(s->paragraphs,
	    struct paragraph, i);
	g_autoptr(GArray) wrap = base_text_wrap(p->text, strlen(p->text),
	    MAX(cols - (p->head ? X_MARK : X_TEXT) - 1, 2), FALSE);
	struct sheet_line line = { .paragraph = -1 };

	if (p->head && gaps && s->lines->len)
		g_array_append_val(s->lines, line);
	for (guint k = 0; k < wrap->len; k++) {
		struct base_line *l = &g_array_index(wrap, struct base_line,
		    k);

		line = (struct sheet_line){ i, l->start, l->len, k == 0 };
		g_array_append_val(s->lines, line);
	}
}

/* Empty lines give way before the last line does. */
static void
wrap_all(struct sheet *s, int cols, int rows)
{
	if (s->cols == cols && s->for_rows == rows)
		return;
	for (int gaps = 1; gaps >= 0; gaps--) {
		g_array_set_size(s->lines, 0);
		for (guint i = 0; i < s->paragraphs->len; i++)
			wrap_one(s, (int)i, cols, gaps);
		if ((int)s->lines->len <= rows)
			break;
	}
	s->cols = cols;
	s->for_rows = rows;
}

/* ---- the screen --------------------------------------------------------- */

static void
draw_line(struct sheet *s, struct canvas *c, struct area a, int y,
    const struct sheet_line *line)
{
	const struct paragraph *p;

	if (line->paragraph < 0)
		return;
	p = &g_array_index(s->paragraphs, struct paragraph, line->paragraph);
	if (line->first)
		canvas_text(c, a, y, X_MARK, X_TEXT - X_MARK, p->element,
		    p->mark);
	canvas_text_n(c, a, y, p->head ? X_MARK : X_TEXT, a.cols, p->element,
	    p->text + line->start, line->len);
}

void
sheet_draw(struct sheet *s, struct canvas *c, struct area a)
{
	int n;

	wrap_all(s, a.cols, a.rows);
	n = (int)s->lines->len;
	s->rows = a.rows;
	if (s->lines_before)
		s->top += n - s->lines_before;
	s->lines_before = 0;
	s->top = CLAMP(s->top, 0, MAX(n - a.rows, 0));
	for (int y = 0; y < a.rows && s->top + y < n; y++)
		draw_line(s, c, a, y, &g_array_index(s->lines,
		    struct sheet_line, s->top + y));
	if (s->top + a.rows >= n)
		s->seen = TRUE;
}

gboolean
sheet_fits(struct sheet *s, int cols, int rows)
{
	wrap_all(s, cols, rows);
	return (int)s->lines->len <= rows;
}

int
sheet_below(const struct sheet *s)
{
	return MAX((int)s->lines->len - s->top - s->rows, 0);
}

gboolean
sheet_seen(const struct sheet *s)
{
	return s->seen;
}

void
sheet_scroll(struct sheet *s, int lines)
{
	s->top = CLAMP(s->top + lines, 0, MAX((int)s->lines->len - s->rows,
	    0));
}

gboolean
sheet_request(struct sheet *s, enum request request)
{
	int all = (int)s->lines->len, page = MAX(s->rows - 1, 1);
	const struct { enum request request; int lines; } moves[] = {
		{ REQ_DOWN, 1 }, { REQ_UP, -1 }, { REQ_PAGE_DOWN, page },
		{ REQ_PAGE_UP, -page }, { REQ_TOP, -all }, { REQ_BOTTOM, all },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(moves); i++)
		if (moves[i].request == request) {
			sheet_scroll(s, moves[i].lines);
			return TRUE;
		}
	return FALSE;
}
