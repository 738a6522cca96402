/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where things are: a header, a line of titles, the panes, a line for what is to
 * be said, the footer. Three panes from 120 columns, two from 80, one from 60;
 * below that a sentence.
 */
#include "tui/composer.h"
#include "tui/header.h"
#include "tui/ui.h"

enum {
	COLS_MIN = 60, ROWS_MIN = 16, COLS_TWO = 80, COLS_THREE = 120,
	ROW_TITLE = 1, ROW_BODY = 2, ROWS_BELOW = 2, /* the line and the footer */
};

static struct area
whole(const struct tui *ui)
{
	return (struct area){ 0, 0, canvas_rows(ui->canvas),
		canvas_cols(ui->canvas) };
}

gboolean
layout_fits(const struct tui *ui)
{
	struct area a = whole(ui);

	return a.cols >= COLS_MIN && a.rows >= ROWS_MIN;
}

/* ---- panes -------------------------------------------------------------- */

/* Columns of each pane; 0: not on the screen. A column of rule between. */
static void
divide(const struct tui *ui, int cols, int width[PANES_])
{
	enum pane two = ui->chart_shown ? PANE_CHART : PANE_THREAD;

	memset(width, 0, sizeof(int) * PANES_);
	if (cols >= COLS_THREE) {
		width[PANE_QUEUE] = CLAMP(cols * 30 / 100, 36, 50);
		width[PANE_CHART] = CLAMP(cols * 29 / 100, 34, 52);
		width[PANE_THREAD] = cols - 2 - width[PANE_QUEUE] -
		    width[PANE_CHART];
	} else if (cols >= COLS_TWO) {
		width[PANE_QUEUE] = CLAMP(cols * 42 / 100, 33, 42);
		width[two] = cols - 1 - width[PANE_QUEUE];
	} else {
		width[ui->focus] = cols;
	}
}

static void
place(struct tui *ui, struct area a)
{
	int width[PANES_], x = 0;

	divide(ui, a.cols, width);
	for (int i = 0; i < PANES_; i++) {
		ui->area[i] = (struct area){ ROW_BODY, x,
			a.rows - ROW_BODY - ROWS_BELOW, width[i] };
		x += width[i] ? width[i] + 1 : 0;
	}
}

enum pane
layout_pane_at(const struct tui *ui, int y, int x)
{
	for (int i = 0; i < PANES_; i++) {
		struct area a = ui->area[i];

		if (y >= a.y && y < a.y + a.rows && x >= a.x &&
		    x < a.x + a.cols)
			return (enum pane)i;
	}
	return PANES_;
}

static void
draw_title(struct tui *ui, enum pane i, gboolean focused)
{
	struct area t = { ROW_TITLE, ui->area[i].x, 1, ui->area[i].cols };
	struct view *v = ui->pane[i];

	canvas_under(ui->canvas, focused ? E_TITLE_FOCUS : E_TITLE);
	canvas_fill(ui->canvas, t, E_SCREEN);
	canvas_text(ui->canvas, t, 0, 0, 1, focused ? E_TITLE_FOCUS : E_TITLE,
	    focused ? "▌" : " ");
	if (v->ops->title)
		v->ops->title(v, ui->canvas, area_part(t, 0, 1, 1, t.cols - 1));
	canvas_under(ui->canvas, E_SCREEN);
}

static void
draw_rules(struct tui *ui, struct area a)
{
	int y = a.rows - ROWS_BELOW;

	canvas_hline(ui->canvas, a, y, 0, a.cols, E_FRAME);
	for (int i = 0; i < PANES_; i++) {
		int x = ui->area[i].x + ui->area[i].cols;

		if (!ui->area[i].cols || x >= a.cols)
			continue;
		canvas_vline(ui->canvas, a, ROW_TITLE, x, y - ROW_TITLE,
		    E_FRAME);
		canvas_text(ui->canvas, a, y, x, 1, E_FRAME, "┴");
	}
}

static void
draw_panes(struct tui *ui, struct area a)
{
	gboolean over = ui->over->len > 0;

	draw_rules(ui, a);
	for (int i = 0; i < PANES_; i++) {
		gboolean focused = (enum pane)i == ui->focus && !over;

		if (!ui->area[i].cols)
			continue;
		/* The title last: it says what the body has left out. */
		ui->pane[i]->ops->draw(ui->pane[i], ui->canvas, ui->area[i],
		    focused);
		draw_title(ui, (enum pane)i, (enum pane)i == ui->focus);
	}
}

/* ---- the line above the footer, and the footer -------------------------- */

enum { NOTICE_ROWS = 3, NOTICE_X = 3 };

/* One sentence, whole: it grows upwards over the panes while it stands. */
static void
draw_notice(struct tui *ui, struct area a)
{
	enum element e = ui->notice_is_error ? E_ERROR : E_NOTICE;
	/* Where x is a letter, or another thing's details, it is not offered. */
	const char *more = ui->notice_details &&
	    ui_top(ui)->ops->where & IN_ROWS & ~IN_SIGN ? _("x details") : "";
	int room = *more ? base_text_cols(more, -1) + 2 : 0, rows;
	g_autoptr(GArray) wrap = NULL;
	struct area box;

	if (!ui->notice)
		return;
	wrap = base_text_wrap(ui->notice, strlen(ui->notice),
	    a.cols - NOTICE_X - room - 1, FALSE);
	rows = MIN((int)wrap->len, NOTICE_ROWS);
	box = area_part(a, a.rows - ROWS_BELOW - rows + 1, 0, rows, a.cols);
	canvas_fill(ui->canvas, box, e);
	canvas_text(ui->canvas, box, 0, 1, 1, e,
	    ui->notice_is_error ? "✗" : "›");
	for (int i = 0; i < rows; i++) {
		struct base_line *l = &g_array_index(wrap, struct base_line, i);

		canvas_text_n(ui->canvas, box, i, NOTICE_X, a.cols, e,
		    ui->notice + l->start, l->len);
	}
	canvas_text_right(ui->canvas, box, rows - 1, 0, a.cols - 1, e, more);
}

static void
draw_footer(struct tui *ui, struct area a)
{
	struct area f = area_part(a, a.rows - 1, 0, 1, a.cols);
	struct view *v = ui_top(ui);
	const enum request *r = v->ops->footer ? v->ops->footer(v) : NULL;
	int x = 1;

	canvas_fill(ui->canvas, f, E_FOOTER);
	canvas_under(ui->canvas, E_FOOTER);
	for (int i = 0; r && i < 4 && r[i] != REQ_NONE; i++) {
		g_autofree char *key = request_key(r[i], v->ops->where);
		const char *hint = _(tui_key_defs[r[i]].hint);

		if (x + base_text_cols(key, -1) + base_text_cols(hint, -1) + 1 >
		    f.cols)
			break;
		x += canvas_text(ui->canvas, f, 0, x, f.cols, E_FOOTER_KEY,
		    key);
		x += 1 + canvas_text(ui->canvas, f, 0, x + 1, f.cols, E_FOOTER,
		    hint);
		x += 3;
	}
	canvas_under(ui->canvas, E_SCREEN);
}

/* ---- overlays ----------------------------------------------------------- */

static void
draw_page(struct tui *ui, struct view *v, struct area a)
{
	struct area body = area_part(a, ROW_TITLE, 0,
	    a.rows - ROW_TITLE - ROWS_BELOW, a.cols);

	canvas_fill(ui->canvas, body, E_SCREEN);
	canvas_under(ui->canvas, E_TITLE_FOCUS);
	canvas_fill(ui->canvas, area_part(body, 0, 0, 1, body.cols), E_SCREEN);
	if (v->ops->title)
		v->ops->title(v, ui->canvas, area_part(body, 0, 1, 1,
		    body.cols - 1));
	canvas_under(ui->canvas, E_SCREEN);
	canvas_hline(ui->canvas, a, a.rows - ROWS_BELOW, 0, a.cols, E_FRAME);
	v->ops->draw(v, ui->canvas, area_part(body, 1, 0, body.rows - 1,
	    body.cols), TRUE);
}

static void
draw_prompt(struct tui *ui, struct view *v, struct area a)
{
	int most = a.rows - ROW_BODY - ROWS_BELOW;
	int rows = v->ops->rows ? v->ops->rows(v, a.cols, most) : 1;
	struct area p = area_part(a, a.rows - 1 - rows, 0, rows, a.cols);

	canvas_fill(ui->canvas, p, E_PROMPT);
	v->ops->draw(v, ui->canvas, p, TRUE);
}

static void
draw_over(struct tui *ui, struct view *v, struct area a)
{
	if (v->ops->place == PLACE_PROMPT)
		draw_prompt(ui, v, a);
	else
		draw_page(ui, v, a);
}

/* ---- the frame ---------------------------------------------------------- */

static void
draw_small(struct tui *ui, struct area a)
{
	g_autofree char *text = g_strdup_printf(_("The window is %d×%d; "
	    "qingnang needs %d×%d. Make it larger: nothing is lost."), a.cols,
	    a.rows, COLS_MIN, ROWS_MIN);
	g_autofree char *brief = g_strdup_printf(_("Enlarge to %d×%d"),
	    COLS_MIN, ROWS_MIN);
	g_autoptr(GArray) lines = base_text_wrap(text, strlen(text),
	    MAX(a.cols, 2), FALSE);

	memset(ui->area, 0, sizeof(ui->area));
	canvas_sentence(ui->canvas, a, E_NOTICE,
	    (int)lines->len <= a.rows ? text : brief);
}

static gboolean
covered(struct tui *ui, struct area a)
{
	struct view *top = ui_top(ui);

	if (ui->over->len && top->ops->place == PLACE_SCREEN) {
		memset(ui->area, 0, sizeof(ui->area));
		top->ops->draw(top, ui->canvas, a, TRUE);
		return TRUE;
	}
	return FALSE;
}

void
layout_draw(struct tui *ui)
{
	struct area a = whole(ui);
	struct view *top;

	if (covered(ui, a))
		return;
	if (!layout_fits(ui)) {
		draw_small(ui, a);
		return;
	}
	place(ui, a);
	header_draw(ui, area_part(a, 0, 0, 1, a.cols));
	draw_panes(ui, a);
	for (guint i = 0; i < ui->over->len; i++)
		draw_over(ui, g_ptr_array_index(ui->over, i), a);
	top = ui_top(ui);
	if (!ui->over->len || top->ops->place != PLACE_PROMPT)
		draw_notice(ui, a);
	else if (!top->ops->rows) /* above a question of one line */
		draw_notice(ui, area_part(a, 0, 0, a.rows - 1, a.cols));
	draw_footer(ui, a);
}
