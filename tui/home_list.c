/* SPDX-License-Identifier: Apache-2.0 */
/* Those of my patients who read out of range at home, three days in a row or more
 * (F43); Enter opens the patient with the sheet. */
#include "tui/results_view.h"

struct runs_view {
	struct view view;
	struct list list;
	struct home_runs *runs;
};

static struct runs_view *
self(struct view *v)
{
	return (struct runs_view *)v;
}

static void
drop(struct view *v)
{
	g_clear_pointer(&self(v)->runs, home_runs_free);
}

static void
load(struct view *v)
{
	struct runs_view *r = self(v);
	g_autoptr(GError) error = NULL;

	drop(v);
	r->runs = home_runs_read(v->ui->store, base_now_ms(), &error);
	if (!r->runs)
		results_fail(v->ui, error);
	list_select(&r->list, MAX(r->list.selected, 0));
}

static int64_t
count(void *user)
{
	struct runs_view *r = user;

	return r->runs ? r->runs->runs->len : 0;
}

static const struct home_run *
run_at(struct runs_view *r, int64_t i)
{
	return i >= 0 && i < count(r) ? &g_array_index(r->runs->runs,
	    struct home_run, (guint)i) : NULL;
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	const struct home_run *run = run_at(user, i);
	g_autofree char *days = g_strdup_printf(NGETTEXT("%d day in a row",
	    "%d days in a row", (unsigned long)run->days), run->days);
	int room = base_text_cols(days, -1);
	g_autofree char *person = words_patient_fit(&run->patient, a.cols -
	    room - 6);
	g_autofree char *last = g_strdup_printf("%s  %s  %s", run->name,
	    run->value, run->date);

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	canvas_text(c, a, 0, 2, a.cols - room - 5, E_QUEUE_NAME, person);
	canvas_text_right(c, a, 0, a.cols - room - 1, room, run->rank == 0 ?
	    E_CHART_CRITICAL : E_CHART_ABNORMAL, days);
	canvas_text(c, a, 1, 4, a.cols - 5, E_CHART_DETAIL, last);
}

static const struct list_ops rows_ops = { .count = count, .draw = draw_row };

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct runs_view *r = self(v);

	if (count(r))
		list_draw(&r->list, c, a, focused);
	else
		canvas_sentence(c, area_part(a, 1, 3, 3, a.cols - 6),
		    E_CHART_VOID, _("None of your patients has read out of "
		    "range at home three days in a row."));
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	g_autofree char *words = g_strdup_printf("%s %d",
	    _("Out of range at home, three days or more"),
	    (int)count(self(v)));

	canvas_text(c, a, 0, 1, a.cols - 2, E_TITLE_FOCUS, words);
}

static void
open_run(struct runs_view *r)
{
	const struct home_run *run = run_at(r, r->list.selected);
	struct tui *ui = r->view.ui;
	struct patient_id patient;

	if (!run)
		return;
	patient = run->patient.id;
	ui_pop(ui); /* frees r */
	ui_open_chart(ui, patient);
	ui_push(ui, home_view_new(ui, patient));
}

static gboolean
request(struct view *v, enum request q)
{
	struct runs_view *r = self(v);

	if (list_request(&r->list, q))
		return TRUE;
	if (q == REQ_OPEN)
		open_run(r);
	else if (q == REQ_BACK || q == REQ_HOME)
		ui_pop(v->ui);
	else
		return q == REQ_LANE_NEXT || q == REQ_LANE_PREV ||
		    q == REQ_RESULTS;
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
runs_free(struct view *v)
{
	drop(v);
	g_free(v);
}

static const struct view_ops ops = {
	.name = "runs",
	.place = PLACE_PAGE,
	.where = IN_RESULTS,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.draw = draw,
	.request = request,
	.free = runs_free,
};

struct view *
home_list_view_new(struct tui *ui)
{
	struct runs_view *r = g_new0(struct runs_view, 1);

	r->view = (struct view){ .ops = &ops, .ui = ui };
	list_init(&r->list, &rows_ops, r, FALSE);
	r->list.height = 2;
	return &r->view;
}
