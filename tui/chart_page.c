/* SPDX-License-Identifier: Apache-2.0 */
/* The whole chart of the open patient on a page: each section with its state, the
 * drugs in time, Tab from section to section; Enter opens a row in words, X its
 * source and the record as it came. */
#include "tui/chart_page_view.h"
#include "tui/record.h"

#include <string.h>

/* At first, and by how much more at each Enter. */
enum { LINES_FIRST = 20, LINES_TIMES = 20, LINES_MAX = 100000 };
enum { ZOOM_FIRST = 2 };

static struct chart_page_view *
self(struct view *v)
{
	return (struct chart_page_view *)v;
}

static void
text_clear(void *p)
{
	g_free(((struct text_line *)p)->text);
	g_free(((struct text_line *)p)->right);
}

/* ---- rows --------------------------------------------------------------- */

static void
row_add(struct chart_page_view *p, struct row row)
{
	g_array_append_val(p->rows, row);
}

static void
drugs_rows(struct chart_page_view *p)
{
	guint n = MIN(p->times->len, (guint)p->drugs);

	if (n)
		row_add(p, (struct row){ ROW_AXIS, CHART_DRUGS, NULL, NULL });
	for (guint i = 0; i < n; i++)
		row_add(p, (struct row){ .kind = ROW_DRUG,
			.section = CHART_DRUGS, .drug = p->times->pdata[i] });
	if (n < p->times->len)
		row_add(p, (struct row){ ROW_MORE, CHART_DRUGS, NULL, NULL });
}

static void
section_rows(struct chart_page_view *p, enum chart_section s)
{
	const struct page_section *of = &p->page->sections[s];

	row_add(p, (struct row){ ROW_HEAD, s, NULL, NULL });
	if (p->page->state[s] != SECTION_LOADED || !of->total)
		row_add(p, (struct row){ ROW_STATE, s, NULL, NULL });
	if (s == CHART_DRUGS) {
		drugs_rows(p);
		return;
	}
	for (size_t i = 0; i < of->n; i++)
		row_add(p, (struct row){ .kind = ROW_LINE, .section = s,
			.line = &of->lines[i] });
	if ((int64_t)of->n < of->total)
		row_add(p, (struct row){ ROW_MORE, s, NULL, NULL });
}

const struct row *
chart_page_row_at(struct chart_page_view *p, int i)
{
	return p->rows && i >= 0 && i < (int)p->rows->len ?
	    &g_array_index(p->rows, struct row, i) : NULL;
}

static void
rows_make(struct chart_page_view *p)
{
	g_array_set_size(p->rows, 0);
	for (int i = 0; i < chart_page_order_n; i++)
		section_rows(p, chart_page_order[i]);
	p->selected = CLAMP(p->selected, 0, (int)p->rows->len - 1);
	p->cols = 0;
}

static void
drop(struct view *v)
{
	struct chart_page_view *p = self(v);

	g_array_set_size(p->lines, 0);
	g_array_set_size(p->rows, 0);
	g_clear_pointer(&p->times, g_ptr_array_unref);
	g_clear_pointer(&p->page, chart_page_free);
	p->cols = 0;
}

static void
load(struct view *v)
{
	struct chart_page_view *p = self(v);
	g_autoptr(GError) error = NULL;
	struct chart_page *page = store_chart_page(v->ui->store,
	    v->ui->patient, p->limits, &error);
	int selected = p->selected;

	if (!page) {
		ui_fail(v->ui, _("The chart could not be read from the "
		    "cache."), error);
		return;
	}
	drop(v);
	p->page = page;
	p->times = timeline_new(page, base_now_ms());
	p->selected = selected;
	rows_make(p);
}

/* ---- drawing ------------------------------------------------------------ */

static int64_t
count(void *user)
{
	return ((struct chart_page_view *)user)->lines->len;
}

static void
draw_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean unused)
{
	struct chart_page_view *p = user;
	const struct text_line *l = &g_array_index(p->lines, struct text_line,
	    i);
	gboolean on = l->row >= 0 && l->row == p->selected;
	int x = l->indent;

	if (on) {
		canvas_under(c, E_SELECTED);
		canvas_fill(c, a, E_SCREEN);
	}
	if (on && (i == 0 || g_array_index(p->lines, struct text_line,
	    i - 1).row != l->row))
		canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, "▸");
	if (l->text)
		x += canvas_text(c, a, 0, x, a.cols - x, l->element, l->text);
	if (l->head)
		canvas_hline(c, a, 0, x + 1, a.cols - x - 2, E_FRAME);
	if (l->right)
		canvas_text_right(c, a, 0, l->indent, a.cols - l->indent - 1,
		    l->right_element, l->right);
	canvas_under(c, E_SCREEN);
}

/* The selected row is in sight, its head above it where there is room. */
static void
into_sight(struct chart_page_view *p)
{
	int first = -1, last = -1;

	for (int i = 0; i < (int)p->lines->len; i++)
		if (g_array_index(p->lines, struct text_line, i).row ==
		    p->selected) {
			first = first < 0 ? i : first;
			last = i;
		}
	if (first < 0)
		return;
	/* The axis of the drugs is read with the first of them. */
	if (p->selected > 0 &&
	    chart_page_row_at(p, p->selected - 1)->kind == ROW_AXIS)
		first = MAX(first - 2, 0);
	if (first - 1 < p->list.top)
		p->list.top = MAX(first - 1, 0);
	if (last >= p->list.top + p->body_rows)
		p->list.top = MIN(last - p->body_rows + 1, first);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct chart_page_view *p = self(v);

	if (!p->page)
		return;
	p->body_rows = a.rows;
	chart_page_lines_make(p, a.cols);
	into_sight(p);
	canvas_cursor(c, a, 0, 0, FALSE);
	list_draw(&p->list, c, a, focused);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct chart_page_view *p = self(v);
	g_autofree char *words = NULL;
	const char *name = _("the whole chart");
	int room = base_text_cols(name, -1) + 2;

	if (!p->page)
		return;
	words = words_patient_fit(&p->page->patient, a.cols - room - 2);
	canvas_text(c, a, 0, 1, a.cols - room, E_STRONG, words);
	canvas_text_right(c, a, 0, 1, a.cols - 2, E_TITLE_DIM, name);
}

/* ---- acting ------------------------------------------------------------- */

static gboolean
selectable(const struct row *r)
{
	return r && r->kind != ROW_HEAD && r->kind != ROW_AXIS;
}

static void
move_by(struct chart_page_view *p, int by)
{
	int at = p->selected;

	for (int i = at + by; chart_page_row_at(p, i); i += by)
		if (selectable(chart_page_row_at(p, i))) {
			p->selected = i;
			return;
		}
	/* The first head stays reachable. */
	if (by < 0)
		p->list.top = 0;
}

static void
move_far(struct chart_page_view *p, int lines)
{
	int by = lines < 0 ? -1 : 1, n = lines * by / 2;

	for (int i = 0; i < MAX(n, 1); i++)
		move_by(p, by);
}

static void
section_step(struct chart_page_view *p, int by)
{
	const struct row *r = chart_page_row_at(p, p->selected);
	int at = 0;

	for (int i = 0; r && i < chart_page_order_n; i++)
		if (chart_page_order[i] == r->section)
			at = i;
	at = (at + by + chart_page_order_n) % chart_page_order_n;
	for (int i = 0; chart_page_row_at(p, i); i++)
		if (chart_page_row_at(p, i)->section == chart_page_order[at] &&
		    selectable(chart_page_row_at(p, i))) {
			p->selected = i;
			p->list.top = G_MAXINT32; /* its head on top */
			return;
		}
}

/* The order, then what was handed out of it: Tab goes through them. */
static GPtrArray *
rows_of(const struct row *r)
{
	GPtrArray *rows = record_rows_new();

	if (r->line)
		record_rows_add(rows, r->line->entry.ref, NULL);
	if (!r->drug)
		return rows;
	if (r->drug->now)
		record_rows_add(rows, r->drug->now->entry.ref, NULL);
	for (guint i = r->drug->fills->len; i-- > 0;)
		record_rows_add(rows, ((struct page_line *)
		    r->drug->fills->pdata[i])->entry.ref, NULL);
	for (guint i = 0; i < r->drug->orders->len; i++)
		if (r->drug->orders->pdata[i] != r->drug->now)
			record_rows_add(rows, ((struct page_line *)
			    r->drug->orders->pdata[i])->entry.ref, NULL);
	return rows;
}

static void
show(struct chart_page_view *p, enum record_part part)
{
	const struct row *r = chart_page_row_at(p, p->selected);

	if (!r || (r->kind != ROW_LINE && r->kind != ROW_DRUG)) {
		record_open(p->view.ui, NULL, part);
		return;
	}
	ui_push(p->view.ui, record_view_new(p->view.ui, rows_of(r), 0, part));
}

static void
more(struct chart_page_view *p, const struct row *r)
{
	if (r->section == CHART_DRUGS) {
		p->drugs = MIN(p->drugs * LINES_TIMES, LINES_MAX);
		rows_make(p);
		return;
	}
	p->limits[r->section] = MIN(p->limits[r->section] * LINES_TIMES,
	    LINES_MAX);
	load(&p->view);
}

static void
open_row(struct chart_page_view *p)
{
	const struct row *r = chart_page_row_at(p, p->selected);

	if (r && r->kind == ROW_MORE)
		more(p, r);
	else if (r && (r->kind == ROW_LINE || r->kind == ROW_DRUG))
		show(p, RECORD_WORDS);
}

static void
zoom_by(struct chart_page_view *p, int by)
{
	p->zoom = CLAMP(p->zoom + by, 0, CHART_ZOOMS - 1);
	p->cols = 0;
}

static gboolean
request(struct view *v, enum request q)
{
	struct chart_page_view *p = self(v);
	const struct row *r;

	switch (q) {
	case REQ_DOWN:
		move_by(p, 1);
		return TRUE;
	case REQ_UP:
		move_by(p, -1);
		return TRUE;
	case REQ_PAGE_DOWN:
		move_far(p, p->body_rows);
		return TRUE;
	case REQ_PAGE_UP:
		move_far(p, -p->body_rows);
		return TRUE;
	case REQ_TOP:
		p->selected = 0;
		p->list.top = 0;
		move_by(p, 1);
		return TRUE;
	case REQ_BOTTOM:
		p->selected = (int)p->rows->len - 1;
		return TRUE;
	case REQ_ON:
		section_step(p, 1);
		return TRUE;
	case REQ_BEFORE:
		section_step(p, -1);
		return TRUE;
	case REQ_ZOOM_IN:
		zoom_by(p, -1);
		return TRUE;
	case REQ_ZOOM_OUT:
		zoom_by(p, 1);
		return TRUE;
	case REQ_OPEN:
		open_row(p);
		return TRUE;
	case REQ_SOURCE:
		show(p, RECORD_SOURCE);
		return TRUE;
	case REQ_FILES:
		r = chart_page_row_at(p, p->selected);
		record_files(v->ui, r && r->line ? r->line->entry.ref : NULL);
		return TRUE;
	case REQ_BACK:
	case REQ_CHART_PAGE:
		ui_pop(v->ui);
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean
event(struct view *v, const struct event *e)
{
	if (e->kind != EVENT_MOUSE || e->mouse == MOUSE_PRESS)
		return FALSE;
	move_by(self(v), e->mouse == MOUSE_WHEEL_UP ? -1 : 1);
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_OPEN, REQ_ON,
		REQ_SOURCE, REQ_BACK };

	return keys;
}

static void
page_view_free(struct view *v)
{
	struct chart_page_view *p = self(v);

	drop(v);
	g_array_unref(p->rows);
	g_array_unref(p->lines);
	g_free(v);
}

static char *
whose(struct view *v)
{
	struct chart_page_view *p = self(v);

	return p->page ? words_patient(&p->page->patient) : NULL;
}

static const struct view_ops ops = {
	.name = "chart page",
	.place = PLACE_PAGE,
	.where = IN_WHOLE,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.event = event,
	.free = page_view_free,
};

struct view *
chart_page_view_new(struct tui *ui)
{
	static const struct list_ops list_ops = { .count = count,
		.draw = draw_line };
	struct chart_page_view *p = g_new0(struct chart_page_view, 1);

	p->view = (struct view){ .ops = &ops, .ui = ui };
	p->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	p->lines = g_array_new(FALSE, FALSE, sizeof(struct text_line));
	g_array_set_clear_func(p->lines, text_clear);
	for (int s = 0; s < CHART_SECTIONS_; s++)
		p->limits[s] = LINES_FIRST;
	p->drugs = LINES_FIRST;
	p->zoom = ZOOM_FIRST;
	p->selected = 1;
	list_init(&p->list, &list_ops, p, TRUE);
	return &p->view;
}
