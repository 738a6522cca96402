/* SPDX-License-Identifier: Apache-2.0 */
/* Which other test is laid over a trend: those of the patient that have numbers,
 * in the order of the results page; the first line takes it away. */
#include "tui/results_view.h"

struct over_view {
	struct view view;
	struct list list;
	struct view *trend;      /* outlives this */
	struct patient_id patient;
	char *test;              /* that is below */
	trend_over_fn chosen;
	struct results_held held;
	GPtrArray *shown;        /* struct results_line, borrowed */
};

static struct over_view *
self(struct view *v)
{
	return (struct over_view *)v;
}

static void
drop(struct view *v)
{
	struct over_view *o = self(v);

	g_clear_pointer(&o->shown, g_ptr_array_unref);
	results_drop(&o->held);
}

static void
load(struct view *v)
{
	struct over_view *o = self(v);

	drop(v);
	if (!results_load(&o->held, v->ui, o->patient))
		return;
	o->shown = g_ptr_array_new();
	for (guint i = 0; i < o->held.lines->len; i++) {
		struct results_line *l = &g_array_index(o->held.lines,
		    struct results_line, i);

		if (l->row->now.value && l->before &&
		    g_strcmp0(l->row->test, o->test) != 0)
			g_ptr_array_add(o->shown, l);
	}
	list_select(&o->list, MAX(o->list.selected, 0));
}

static int64_t
count(void *user)
{
	struct over_view *o = user;

	return o->shown ? o->shown->len + 1 : 0;
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct over_view *o = user;
	const struct results_line *l = i > 0 ? o->shown->pdata[i - 1] : NULL;
	int half = MAX(a.cols / 2, 8);

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	canvas_text(c, a, 0, 2, half - 3, E_CHART_TEXT, l ? l->name :
	    _("no second test"));
	if (l)
		canvas_text(c, a, 0, half, a.cols - half - 1, E_CHART_DETAIL,
		    l->value);
}

static const struct list_ops rows_ops = { .count = count, .draw = draw_row };

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	list_draw(&self(v)->list, c, a, focused);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct over_view *o = self(v);

	results_title(c, a, o->held.results ? &o->held.results->patient : NULL,
	    _("another test over the graph"));
}

static void
choose(struct over_view *o)
{
	int64_t i = o->list.selected;

	if (o->shown && i >= 0 && i <= (int64_t)o->shown->len)
		o->chosen(o->trend, i > 0 ? o->shown->pdata[i - 1] : NULL);
	ui_pop(o->view.ui); /* frees o */
}

static gboolean
request(struct view *v, enum request q)
{
	struct over_view *o = self(v);

	if (list_request(&o->list, q))
		return TRUE;
	if (q == REQ_OPEN)
		choose(o);
	else if (q == REQ_BACK || q == REQ_OVER)
		ui_pop(v->ui);
	else
		return q == REQ_LANE_NEXT || q == REQ_LANE_PREV;
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_OPEN, REQ_BACK, REQ_HELP,
		REQ_NONE };

	return keys;
}

static void
over_free(struct view *v)
{
	drop(v);
	g_free(self(v)->test);
	g_free(v);
}

static char *
whose(struct view *v)
{
	return words_patient_of(v->ui, self(v)->patient);
}

static const struct view_ops ops = {
	.name = "over",
	.place = PLACE_PAGE,
	.where = IN_RESULTS,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.free = over_free,
};

struct view *
trend_over_view_new(struct view *trend, struct patient_id patient,
    const char *test, trend_over_fn chosen)
{
	struct over_view *o = g_new0(struct over_view, 1);

	o->view = (struct view){ .ops = &ops, .ui = trend->ui };
	o->trend = trend;
	o->patient = patient;
	o->test = g_strdup(test);
	o->chosen = chosen;
	list_init(&o->list, &rows_ops, o, FALSE);
	return &o->view;
}
