/* SPDX-License-Identifier: Apache-2.0 */
/* The composer as it is seen: whom it is for, the text, what is saved. */
#include "tui/attach.h"
#include "tui/composer_view.h"

#include <string.h>

static struct composer *
self(struct view *v)
{
	return (struct composer *)v;
}

static void
draw_frame(struct composer *p, struct canvas *c, struct area a,
    gboolean focused)
{
	int around = base_text_cols(_(" Reply to %s "), -1) - 2;
	g_autofree char *who = words_fit(p->name, p->person,
	    a.cols - 4 - around);
	g_autofree char *title = g_strdup_printf(_(" Reply to %s "), who);

	canvas_fill(c, a, E_COMPOSER_TEXT);
	canvas_box(c, a, E_COMPOSER_FRAME);
	canvas_text(c, a, 0, 2, a.cols - 4,
	    focused ? E_COMPOSER_TITLE : E_COMPOSER_FRAME, title);
}

/* As much of it as has room, and no half word. */
static char *
saved_words(struct composer *p, size_t n, int cols)
{
	g_autofree char *at = base_clock_hhmm(p->saved_ms);
	g_autofree char *longer = g_strdup_printf(NGETTEXT(
	    " draft saved %s, %zu character ",
	    " draft saved %s, %zu characters ", n), at, n);
	g_autofree char *shorter = g_strdup_printf(_(" draft saved %s "), at);

	if (base_text_cols(longer, -1) <= cols)
		return g_steal_pointer(&longer);
	if (base_text_cols(shorter, -1) <= cols)
		return g_steal_pointer(&shorter);
	return g_strdup(base_text_cols(_(" saved "), -1) <= cols ?
	    _(" saved ") : "");
}

static char *
state_words(struct composer *p, int cols)
{
	size_t n = buffer_graphemes(p->buf);

	if (n == 0)
		return g_strdup("");
	if (p->failed)
		return g_strdup(_(" not saved "));
	if (buffer_version(p->buf) != p->saved)
		return g_strdup_printf(NGETTEXT(" %zu character ",
		    " %zu characters ", n), n);
	return saved_words(p, n, cols);
}

static void
draw_state(struct composer *p, struct canvas *c, struct area a)
{
	g_autofree char *words = NULL;
	int x = 2;

	/* A recall is said on the frame: sent, it is a Task as well. */
	if (p->due && a.cols > 6) {
		g_autofree char *due = g_strdup_printf(
		    _(" recall, until %s "), p->due);

		x += canvas_text(c, a, a.rows - 1, x, a.cols - 4, E_FLAG, due);
	}
	words = state_words(p, a.cols - x - 2);
	if (a.cols > x + 4)
		canvas_text_right(c, a, a.rows - 1, x, a.cols - x - 2,
		    p->failed ? E_ERROR : E_COMPOSER_STATE, words);
}

/* A slice of the text as it is shown: the gate is for what was pasted, too. */
static char *
shown_slice(struct composer *p, size_t start, size_t len)
{
	return base_text_show(buffer_text(p->buf) + start, (gssize)len,
	    BASE_MANY_LINES);
}

static void
draw_line(struct composer *p, struct canvas *c, struct area text, int y,
    const struct base_line *line)
{
	g_autofree char *shown = NULL;
	size_t len = line->len;

	if (len && buffer_text(p->buf)[line->start + len - 1] == '\n')
		len--;
	shown = shown_slice(p, line->start, len);
	canvas_text(c, text, y, 0, text.cols, E_COMPOSER_TEXT, shown);
}

/* The caret's row, its column as shown, and that row on the screen. */
static void
follow_caret(struct composer *p, int rows, int *row, int *col)
{
	const GArray *lines = buffer_lines(p->buf, p->cols);
	const struct base_line *line;
	g_autofree char *before = NULL;

	buffer_caret_cell(p->buf, p->cols, row, col);
	line = &g_array_index(lines, struct base_line, (guint)*row);
	before = shown_slice(p, line->start,
	    buffer_caret(p->buf) - line->start);
	*col = base_text_cols(before, -1);
	p->top = CLAMP(p->top, MAX(*row - rows + 1, 0), *row);
	p->top = MIN(p->top, MAX((int)lines->len - rows, 0));
}

void
composer_view_draw(struct view *v, struct canvas *c, struct area a,
    gboolean focused)
{
	struct composer *p = self(v);
	struct area text = area_part(a, 1, 2, a.rows - 2, a.cols - 4);
	const GArray *lines;
	int row, col, offers;

	draw_frame(p, c, a, focused);
	draw_state(p, c, a);
	if (text.rows < 1 || text.cols < 4)
		return;
	int files = MIN(attach_rows(p), text.rows - 1);
	attach_draw(p, c, area_part(text, 0, 0, files, text.cols));
	text = area_part(text, files, 0, text.rows - files, text.cols);
	offers = MIN(fact_offers_rows(&p->offers), text.rows - 1);
	fact_offers_draw(&p->offers, c, area_part(text, text.rows - offers, 0,
	    offers, text.cols));
	text.rows -= offers;
	/* A column stays free for the caret behind a full line. */
	p->cols = text.cols - 1;
	follow_caret(p, text.rows, &row, &col);
	lines = buffer_lines(p->buf, p->cols);
	for (int y = 0; y < text.rows && p->top + y < (int)lines->len; y++)
		draw_line(p, c, text, y,
		    &g_array_index(lines, struct base_line,
			(guint)(p->top + y)));
	if (buffer_len(p->buf) == 0)
		canvas_text(c, text, 0, 0, text.cols, E_DIM,
		    focused ? _("Type the reply. ^S sends it; Esc keeps it as a "
				"draft.")
			    : _("r or Enter: reply"));
	if (focused)
		canvas_cursor(c, text, row - p->top, col, TRUE);
}

int
composer_view_rows(struct view *v, int cols, int max_rows)
{
	struct composer *p = self(v);
	int wanted = (int)buffer_lines(p->buf, MAX(cols - 5, 1))->len +
	    fact_offers_rows(&p->offers) + attach_rows(p);

	return CLAMP(wanted + 3, MIN(5, max_rows), max_rows);
}
