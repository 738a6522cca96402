/* SPDX-License-Identifier: Apache-2.0 */
/* One test in time: a sentence that says it, the graph with the reference range,
 * another test over it, when which drug was taken, and every value; the cursor is
 * the selected value. */
#include "tui/record.h"
#include "tui/trend_view.h"

#include <math.h>

enum { PERIODS_MAX = 40, ZOOM_MAX = 10 };

static struct trend_view *
self(struct view *v)
{
	return (struct trend_view *)v;
}

/* ---- reading ------------------------------------------------------------ */

static GArray *
points_of(const struct trend *trend, gboolean second)
{
	GArray *points = g_array_new(FALSE, FALSE, sizeof(struct trend_point));

	for (guint i = trend->values->len; i-- > 0;) {
		const struct trend_value *v = trend_at(trend, i);
		struct trend_point p = { v->e->date_ms, second ? v->second :
			v->y };

		if (v->number && !isnan(p.y))
			g_array_append_val(points, p);
	}
	return points;
}

static void
points_drop(struct trend_view *t)
{
	g_clear_pointer(&t->points, g_array_unref);
	g_clear_pointer(&t->second, g_array_unref);
	g_clear_pointer(&t->over_points, g_array_unref);
}

static void
points_make(struct trend_view *t)
{
	points_drop(t);
	t->points = points_of(t->trend, FALSE);
	t->second = points_of(t->trend, TRUE);
	if (t->over)
		t->over_points = points_of(t->over, FALSE);
}

/* Values go; which tests they are of stays. */
static void
trend_forget(struct trend *trend)
{
	if (!trend)
		return;
	g_clear_pointer(&trend->values, g_array_unref);
	g_clear_pointer(&trend->series, result_series_free);
	g_clear_pointer(&trend->summary, g_free);
	g_clear_pointer(&trend->notes, g_free);
}

static void
drop(struct view *v)
{
	struct trend_view *t = self(v);

	points_drop(t);
	trend_forget(t->trend);
	trend_forget(t->over);
	g_clear_pointer(&t->periods, g_array_unref);
	g_clear_pointer(&t->text, g_string_chunk_free);
}

static gboolean
read_again(struct trend_view *t, GError **error)
{
	struct store *store = t->view.ui->store;

	t->text = g_string_chunk_new(256);
	if (!store_patient_brief(store, t->patient, t->text, &t->brief,
	    error) ||
	    !trend_again(t->trend, store, t->patient, error) ||
	    (t->over && !trend_again(t->over, store, t->patient, error)))
		return FALSE;
	t->periods = store_drug_periods(store, t->patient, PERIODS_MAX,
	    error);
	return t->periods != NULL;
}

/* What is dated in the future is not where one begins to read. */
static int64_t
newest_seen(const struct trend_view *t)
{
	int64_t ahead_ms = base_now_ms() + RESULT_AHEAD_MS, i = 0;
	const struct trend_value *v;

	while ((v = trend_at(t->trend, i)) && v->e->date_ms > ahead_ms)
		i++;
	return v ? i : 0;
}

static void
load(struct view *v)
{
	struct trend_view *t = self(v);
	g_autoptr(GError) error = NULL;

	drop(v);
	if (!read_again(t, &error)) {
		results_fail(v->ui, error);
		drop(v);
		return;
	}
	points_make(t);
	list_select(&t->list, t->list.selected >= 0 ? t->list.selected :
	    newest_seen(t));
}

/* ---- the page ----------------------------------------------------------- */

static int64_t
count(void *user)
{
	struct trend_view *t = user;

	return t->trend->values ? t->trend->values->len : 0;
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct trend_view *t = user;
	const struct trend_value *v = trend_at(t->trend, i);
	g_autofree char *date = trend_date_words(t->trend, i);
	g_autofree char *words = trend_words(v);
	int rank = chart_result_rank(v->e), cols = t->trend->date_cols;

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	canvas_text(c, a, 0, 2, cols, E_CHART_DETAIL, date);
	canvas_text(c, a, 0, cols + 3, a.cols - cols - 4,
	    !chart_is_sound(v->e) ? E_CHART_VOID : rank == 0 ?
	    E_CHART_CRITICAL : rank == 1 ? E_CHART_ABNORMAL : E_CHART_TEXT,
	    words);
}

static const struct list_ops rows_ops = { .count = count, .draw = draw_row };

static char *
notes(struct trend_view *t, int drugs_left)
{
	if (drugs_left <= 0)
		return g_strdup(t->trend->notes);
	return g_strdup_printf(_("%s%d more drugs in this time."),
	    t->trend->notes, drugs_left);
}

/* What the graph says, for who does not see it. */
static char *
reading(struct trend_view *t)
{
	g_autofree char *one = trend_sentence(t->trend,
	    (guint)MAX(t->list.selected, 0));
	g_autofree char *two = t->over ? trend_sentence(t->over, 0) :
	    g_strdup(t->trend->summary);

	return g_strconcat(one, *two ? _(". ") : "", two, NULL);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct trend_view *t = self(v);
	g_autofree char *words = NULL, *note = NULL;
	int y = a.cols < 80 && t->over ? 3 : 2, left = 0;

	if (!t->trend->values || !t->periods)
		return;
	words = reading(t);
	canvas_sentence(c, area_part(a, 0, 1, y, a.cols - 2), E_STRONG,
	    words);
	y += trend_graph_draw(t, c, area_part(a, y, 0, a.rows - y, a.cols),
	    &left);
	note = notes(t, left);
	if (*note)
		canvas_text(c, a, y++, 1, a.cols - 2, E_CHART_STATE, note);
	list_draw(&t->list, c, area_part(a, y, 0, a.rows - y, a.cols),
	    focused);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct trend_view *t = self(v);

	results_title(c, a, t->text ? &t->brief : NULL, t->trend->name);
}

/* ---- acting ------------------------------------------------------------- */

static void
zoom(struct trend_view *t, int by)
{
	t->zoom = CLAMP(t->zoom + by, 0, ZOOM_MAX);
	trend_look_at_cursor(t);
}

static void
over_set(struct view *v, const struct results_line *line)
{
	struct trend_view *t = self(v);
	g_autoptr(GError) error = NULL;
	struct trend *over = NULL;

	if (line)
		over = trend_read(v->ui->store, t->patient, line, &error);
	if (error) {
		results_fail(v->ui, error);
		return;
	}
	g_clear_pointer(&t->over, trend_free);
	t->over = over;
	points_make(t);
	ui_dirty(v->ui, DIRTY_SCREEN);
}

static void
source_show(struct trend_view *t)
{
	const struct trend_value *v = t->trend ? trend_cursor(t) : NULL;

	record_open(t->view.ui, v ? v->e->ref : NULL, RECORD_SOURCE);
}

static gboolean
request(struct view *v, enum request q)
{
	struct trend_view *t = self(v);

	if (list_request(&t->list, q)) {
		if (t->points)
			trend_follow_cursor(t);
		return TRUE;
	}
	switch (q) {
	case REQ_ZOOM_IN:
	case REQ_ZOOM_OUT:
		if (t->points)
			zoom(t, q == REQ_ZOOM_IN ? 1 : -1);
		return TRUE;
	case REQ_PAN_LEFT:
	case REQ_PAN_RIGHT:
		if (t->points)
			trend_pan(t, q == REQ_PAN_LEFT ? -1 : 1);
		return TRUE;
	case REQ_OVER:
		ui_push(v->ui, trend_over_view_new(v, t->patient,
		    t->trend->test, over_set));
		return TRUE;
	case REQ_SOURCE:
		source_show(t);
		return TRUE;
	case REQ_BACK:
	case REQ_RESULTS:
		ui_pop(v->ui);
		return TRUE;
	case REQ_OPEN:
	case REQ_LANE_NEXT:
	case REQ_LANE_PREV:
		return TRUE;
	default:
		return FALSE;
	}
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_ZOOM_IN, REQ_PAN_LEFT,
		REQ_OVER, REQ_BACK };

	return keys;
}

static void
trend_view_free(struct view *v)
{
	struct trend_view *t = self(v);

	drop(v);
	trend_free(t->trend);
	trend_free(t->over);
	g_free(t);
}

static char *
whose(struct view *v)
{
	struct trend_view *t = self(v);

	return t->text ? words_patient(&t->brief) : NULL;
}

static const struct view_ops ops = {
	.name = "trend",
	.place = PLACE_PAGE,
	.where = IN_RESULTS,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.free = trend_view_free,
};

struct view *
trend_view_new(struct tui *ui, struct patient_id patient,
    const struct results_line *line)
{
	struct trend_view *t = g_new0(struct trend_view, 1);

	t->view = (struct view){ .ops = &ops, .ui = ui };
	t->patient = patient;
	t->trend = trend_of(line);
	list_init(&t->list, &rows_ops, t, FALSE);
	return &t->view;
}
