/* SPDX-License-Identifier: Apache-2.0 */
/* The results page of the open patient: every test's latest beside the one
 * before, what is out of range first; Tab keeps the home readings alone; Enter
 * opens a test in time. */
#include "tui/record.h"
#include "tui/results_view.h"

enum lane { LANE_EVERY, LANE_OUT, LANE_HOME, LANES_ };

struct results_view {
	struct view view;
	struct list list;
	enum lane lane;
	struct results_held held; /* all of them */
	GPtrArray *shown;        /* those of the lane, borrowed */
};

static const char *const lane_words[LANES_] = { N_("all results"),
	N_("out of range"), N_("home readings") };

static struct results_view *
self(struct view *v)
{
	return (struct results_view *)v;
}

static const struct results_line *
line_at(struct results_view *r, int64_t i)
{
	return r->shown && i >= 0 && i < (int64_t)r->shown->len ?
	    r->shown->pdata[i] : NULL;
}

static gboolean
in_lane(const struct results_line *l, enum lane lane)
{
	return lane == LANE_EVERY || (lane == LANE_OUT && l->rank <= 1) ||
	    (lane == LANE_HOME && l->row->now.home);
}

void
results_fail(struct tui *ui, const GError *error)
{
	ui_fail(ui, _("The results could not be read from the cache."), error);
}

void
results_drop(struct results_held *held)
{
	g_clear_pointer(&held->lines, g_array_unref);
	g_clear_pointer(&held->results, results_free);
}

gboolean
results_load(struct results_held *held, struct tui *ui,
    struct patient_id patient)
{
	g_autoptr(GError) error = NULL;
	int64_t now_ms = base_now_ms();
	struct results *results = store_results(ui->store, patient, now_ms,
	    &error);

	if (!results) {
		results_fail(ui, error);
		return FALSE;
	}
	results_drop(held);
	held->results = results;
	held->lines = results_lines_new(results, now_ms);
	return TRUE;
}

static void
lane_show(struct results_view *r)
{
	if (r->shown)
		g_ptr_array_unref(r->shown);
	r->shown = g_ptr_array_new();
	for (guint i = 0; i < r->held.lines->len; i++) {
		struct results_line *l = &g_array_index(r->held.lines,
		    struct results_line, i);

		if (in_lane(l, r->lane))
			g_ptr_array_add(r->shown, l);
	}
	list_select(&r->list, MAX(r->list.selected, 0));
}

static void
drop(struct view *v)
{
	struct results_view *r = self(v);

	g_clear_pointer(&r->shown, g_ptr_array_unref);
	results_drop(&r->held);
}

static void
load(struct view *v)
{
	struct results_view *r = self(v);

	if (results_load(&r->held, v->ui, v->ui->patient))
		lane_show(r);
}

/* ---- drawing ------------------------------------------------------------ */

static int64_t
count(void *user)
{
	struct results_view *r = user;

	return r->shown ? r->shown->len : 0;
}

static enum element
rank_element(const struct results_line *l)
{
	if (!chart_is_sound(&l->row->now))
		return E_CHART_VOID;
	return l->rank == 0 ? E_CHART_CRITICAL : l->rank == 1 ?
	    E_CHART_ABNORMAL : E_CHART_TEXT;
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	const struct results_line *l = line_at(user, i);
	int date = base_text_cols(l->date, -1), x = a.cols - date - 1;
	int half = MAX(x / 2 - 2, 8);

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	canvas_text_cut(c, a, 0, 2, half, rank_element(l), l->name);
	canvas_text_cut(c, a, 0, half + 3, x - half - 4, rank_element(l),
	    l->value);
	canvas_text(c, a, 0, x, date, E_CHART_DETAIL, l->date);
	canvas_text_cut(c, a, 1, 4, a.cols - 5, E_CHART_DETAIL, l->more);
}

static const struct list_ops rows_ops = { .count = count, .draw = draw_row };

static const char *
empty_words(const struct results_view *r)
{
	if (!r->held.results || r->held.results->state == SECTION_NOT_LOADED)
		return _("The results are not loaded yet.");
	if (r->held.results->state == SECTION_REFUSED)
		return _("The server refused to show the results.");
	return r->held.lines->len ? _("Nothing here: Tab shows the others.") :
	    _("No results are recorded.");
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct results_view *r = self(v);

	if (count(r))
		list_draw(&r->list, c, a, focused);
	else
		canvas_sentence(c, area_part(a, 1, 3, 3, a.cols - 6),
		    E_CHART_VOID, empty_words(r));
}

void
results_title(struct canvas *c, struct area a,
    const struct patient_brief *patient, const char *what)
{
	int cols = MIN(base_text_cols(what, -1), a.cols / 2);
	g_autofree char *person = patient ? words_patient_fit(patient,
	    a.cols - cols - 3) : g_strdup("");

	canvas_text(c, a, 0, 1, a.cols - cols - 3, E_TITLE_FOCUS, person);
	canvas_text_right(c, a, 0, a.cols - cols - 1, cols, E_TITLE_FOCUS,
	    what);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct results_view *r = self(v);
	g_autofree char *lane = g_strdup_printf("%s %d",
	    _(lane_words[r->lane]), (int)count(r));

	results_title(c, a, r->held.results ? &r->held.results->patient :
	    NULL, lane);
}

/* ---- acting ------------------------------------------------------------- */

static void
lane_step(struct results_view *r, int by)
{
	r->lane = (enum lane)(((int)r->lane + by + LANES_) % LANES_);
	r->list.selected = 0;
	if (r->held.lines)
		lane_show(r);
}

static gboolean
request(struct view *v, enum request q)
{
	struct results_view *r = self(v);
	const struct results_line *l = line_at(r, r->list.selected);

	if (list_request(&r->list, q))
		return TRUE;
	switch (q) {
	case REQ_SOURCE:
		record_open(v->ui, l ? l->row->now.ref : NULL, RECORD_SOURCE);
		return TRUE;
	case REQ_OPEN:
		if (l)
			ui_push(v->ui, (results_is_report(l) ?
			    report_view_new : trend_view_new)(v->ui,
			    r->held.results->patient.id, l));
		return TRUE;
	case REQ_YEARS:
		ui_push(v->ui, years_view_new(v->ui, v->ui->patient));
		return TRUE;
	case REQ_HOME:
		ui_push(v->ui, home_view_new(v->ui, v->ui->patient));
		return TRUE;
	case REQ_LANE_NEXT:
		lane_step(r, 1);
		return TRUE;
	case REQ_LANE_PREV:
		lane_step(r, -1);
		return TRUE;
	case REQ_BACK:
	case REQ_RESULTS:
		ui_pop(v->ui);
		return TRUE;
	default:
		return FALSE;
	}
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_OPEN, REQ_LANE_NEXT,
		REQ_YEARS, REQ_HELP };

	return keys;
}

static void
results_view_free(struct view *v)
{
	drop(v);
	g_free(v);
}

static char *
whose(struct view *v)
{
	struct results_view *r = self(v);

	return r->held.results ? words_patient(&r->held.results->patient) :
	    NULL;
}

static const struct view_ops ops = {
	.name = "results",
	.place = PLACE_PAGE,
	.where = IN_RESULTS,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.free = results_view_free,
};

struct view *
results_view_new(struct tui *ui)
{
	struct results_view *r = g_new0(struct results_view, 1);

	r->view = (struct view){ .ops = &ops, .ui = ui };
	list_init(&r->list, &rows_ops, r, FALSE);
	r->list.height = 2;
	return &r->view;
}
