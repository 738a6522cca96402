/* SPDX-License-Identifier: Apache-2.0 */
/* Check-ups year on year (F41): a test a row, a year a column, each with its
 * change, percent and day; as many of the last years as fit. */
#include "tui/results_view.h"

#include <string.h>

enum { NAME_COLS = 18, YEAR_COLS = 20 };

struct years_view {
	struct view view;
	struct list list;
	struct patient_id patient;
	struct results_held held;
	GArray *rows;            /* struct year_row */
	int from;                /* the first year */
};

static struct years_view *
self(struct view *v)
{
	return (struct years_view *)v;
}

static void
drop(struct view *v)
{
	struct years_view *y = self(v);

	g_clear_pointer(&y->rows, g_array_unref);
	results_drop(&y->held);
}

static void
load(struct view *v)
{
	struct years_view *y = self(v);
	g_autoptr(GError) error = NULL;

	drop(v);
	if (!results_load(&y->held, v->ui, y->patient))
		return;
	y->rows = years_read(v->ui->store, y->patient, y->held.lines,
	    base_now_ms(), &y->from, &error);
	if (!y->rows)
		results_fail(v->ui, error);
	list_select(&y->list, MAX(y->list.selected, 0));
}

static int64_t
count(void *user)
{
	struct years_view *y = user;

	return y->rows ? y->rows->len : 0;
}

static int
years_seen(int cols)
{
	return CLAMP((cols - NAME_COLS - 2) / YEAR_COLS, 1, YEARS_MAX);
}

/* "+0.4 +5.9 % 10-03" */
static char *
cell_more(const struct year_cell *cell)
{
	const char *day = cell->date && strlen(cell->date) > 5 ?
	    cell->date + 5 : "";

	return g_strdup_printf("%s%s%s%s%s", cell->change ? cell->change : "",
	    cell->percent ? " " : "", cell->percent ? cell->percent : "",
	    cell->change ? " " : "", day);
}

static void
draw_cell(struct canvas *c, struct area a, int x,
    const struct year_cell *cell)
{
	int rank = cell->e ? chart_result_rank(cell->e) : 2;
	g_autofree char *more = NULL;

	if (!cell->e) {
		canvas_text(c, a, 0, x, YEAR_COLS - 1, E_DIM, "–");
		return;
	}
	more = cell_more(cell);
	canvas_text_cut(c, a, 0, x, YEAR_COLS - 1, rank == 0 ?
	    E_CHART_CRITICAL : rank == 1 ? E_CHART_ABNORMAL : E_CHART_TEXT,
	    cell->value);
	canvas_text_cut(c, a, 1, x, YEAR_COLS - 1, E_CHART_DETAIL, more);
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct years_view *y = user;
	const struct year_row *row = &g_array_index(y->rows, struct year_row,
	    (guint)i);
	int n = years_seen(a.cols);

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	/* Its second row is free. */
	canvas_sentence(c, area_part(a, 0, 2, 2, NAME_COLS - 1), E_CHART_TEXT,
	    row->line->name);
	for (int k = 0; k < n; k++)
		draw_cell(c, a, NAME_COLS + 2 + k * YEAR_COLS,
		    &row->cells[YEARS_MAX - n + k]);
}

static const struct list_ops rows_ops = { .count = count, .draw = draw_row };

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct years_view *y = self(v);
	int n = years_seen(a.cols);

	if (!count(y)) {
		canvas_sentence(c, area_part(a, 1, 3, 3, a.cols - 6),
		    E_CHART_VOID, _("No test has results in two different "
		    "years."));
		return;
	}
	for (int k = 0; k < n; k++)
		canvas_print(c, a, 0, NAME_COLS + 2 + k * YEAR_COLS,
		    YEAR_COLS - 1, E_CHART_HEADING, "%d",
		    y->from + YEARS_MAX - n + k);
	list_draw(&y->list, c, area_part(a, 1, 0, a.rows - 1, a.cols),
	    focused);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct years_view *y = self(v);

	results_title(c, a, y->held.results ? &y->held.results->patient : NULL,
	    _("year on year"));
}

static gboolean
request(struct view *v, enum request q)
{
	struct years_view *y = self(v);
	int64_t i = y->list.selected;

	if (list_request(&y->list, q))
		return TRUE;
	switch (q) {
	case REQ_OPEN:
		if (i >= 0 && i < count(y))
			ui_push(v->ui, trend_view_new(v->ui, y->patient,
			    g_array_index(y->rows, struct year_row,
			    (guint)i).line));
		return TRUE;
	case REQ_BACK:
	case REQ_YEARS:
	case REQ_RESULTS:
		ui_pop(v->ui);
		return TRUE;
	default:
		return q == REQ_LANE_NEXT || q == REQ_LANE_PREV;
	}
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_OPEN, REQ_BACK, REQ_HELP,
		REQ_NONE };

	return keys;
}

static void
years_free(struct view *v)
{
	drop(v);
	g_free(v);
}

static char *
whose(struct view *v)
{
	return words_patient_of(v->ui, self(v)->patient);
}

static const struct view_ops ops = {
	.name = "years",
	.place = PLACE_PAGE,
	.where = IN_RESULTS,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.free = years_free,
};

struct view *
years_view_new(struct tui *ui, struct patient_id patient)
{
	struct years_view *y = g_new0(struct years_view, 1);

	y->view = (struct view){ .ops = &ops, .ui = ui };
	y->patient = patient;
	list_init(&y->list, &rows_ops, y, FALSE);
	y->list.height = 2;
	return &y->view;
}
