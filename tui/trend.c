/* SPDX-License-Identifier: Apache-2.0 */
/* One test in time: a sentence that says it, the graph with the reference range,
 * another test over it, when which drug was taken, and every value; the cursor is
 * the selected value. */
#include "tui/record.h"
#include "tui/results_view.h"

#include <math.h>
#include <string.h>

enum { PERIODS_MAX = 40, BARS_MAX = 3, SCALE_COLS = 9, ZOOM_MAX = 10 };
#define DAY_MS INT64_C(86400000)

struct trend_view {
	struct view view;
	struct list list;
	struct patient_id patient;
	char *person;
	struct trend *trend, *over; /* over: another test, or NULL */
	GArray *points, *second, *over_points; /* struct trend_point by date */
	GArray *periods;         /* struct drug_period */
	int zoom;                /* each halves the time seen */
	int64_t from_ms;         /* where it begins, while zoomed */
};

static struct trend_view *
self(struct view *v)
{
	return (struct trend_view *)v;
}

static const struct trend_value *
cursor(struct trend_view *t)
{
	return trend_at(t->trend, t->list.selected);
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
	g_clear_pointer(&t->person, g_free);
}

static gboolean
read_again(struct trend_view *t, GError **error)
{
	struct store *store = t->view.ui->store;
	g_autoptr(GStringChunk) text = g_string_chunk_new(256);
	struct patient_brief brief = { 0 };

	if (!store_patient_brief(store, t->patient, text, &brief, error) ||
	    !trend_again(t->trend, store, t->patient, error) ||
	    (t->over && !trend_again(t->over, store, t->patient, error)))
		return FALSE;
	t->periods = store_drug_periods(store, t->patient, PERIODS_MAX,
	    error);
	t->person = words_patient(&brief);
	return t->periods != NULL;
}

static void
load(struct view *v)
{
	struct trend_view *t = self(v);
	g_autoptr(GError) error = NULL;

	drop(v);
	if (!read_again(t, &error)) {
		ui_fail(v->ui, _("The results could not be read from the "
		    "cache."), error);
		drop(v);
		return;
	}
	points_make(t);
	list_select(&t->list, MAX(t->list.selected, 0));
}

/* ---- what is seen ------------------------------------------------------- */

static const struct trend_point *
point(const GArray *points, guint i)
{
	return &g_array_index(points, struct trend_point, i);
}

/* All that is drawn: the first moment, and how long. */
static void
extent(struct trend_view *t, int64_t *from, int64_t *all)
{
	const GArray *over = t->over_points;
	int64_t until = point(t->points, t->points->len - 1)->ms;

	*from = point(t->points, 0)->ms;
	if (over && over->len) {
		*from = MIN(*from, point(over, 0)->ms);
		until = MAX(until, point(over, over->len - 1)->ms);
	}
	*all = MAX(until - *from, 2 * DAY_MS);
}

static int64_t
span_of(struct trend_view *t, int64_t all)
{
	return MAX(all >> t->zoom, DAY_MS);
}

static void
look_from(struct trend_view *t, int64_t from_ms)
{
	int64_t from, all;

	extent(t, &from, &all);
	t->from_ms = CLAMP(from_ms, from, MAX(from + all - span_of(t, all),
	    from));
}

/* About the value at the cursor. */
static void
look_at_cursor(struct trend_view *t)
{
	const struct trend_value *v = cursor(t);
	int64_t from, all;

	if (t->points->len < 2)
		return;
	extent(t, &from, &all);
	look_from(t, (v && v->e->date ? v->e->date_ms : from + all) -
	    span_of(t, all) / 2);
}

/* The cursor has moved: it stays in sight. */
static void
follow_cursor(struct trend_view *t)
{
	const struct trend_value *v = cursor(t);
	int64_t from, all;

	if (!t->zoom || !v || !v->number || t->points->len < 2)
		return;
	extent(t, &from, &all);
	if (v->e->date_ms < t->from_ms ||
	    v->e->date_ms > t->from_ms + span_of(t, all))
		look_at_cursor(t);
}

static void
pan(struct trend_view *t, int by)
{
	int64_t from, all;

	if (t->points->len < 2)
		return;
	if (!t->zoom) {
		ui_say(t->view.ui, _("All of it is seen; + shows a shorter "
		    "time."));
		return;
	}
	extent(t, &from, &all);
	look_from(t, t->from_ms + by * (span_of(t, all) / 2));
}

static void
window(struct trend_view *t, struct trend_plot *p)
{
	int64_t from, all;

	extent(t, &from, &all);
	p->from_ms = t->zoom ? t->from_ms : from;
	p->until_ms = p->from_ms + (t->zoom ? span_of(t, all) : all);
	if (!t->zoom && point(t->points, t->points->len - 1)->ms == from) {
		p->from_ms -= DAY_MS;
		p->until_ms -= DAY_MS;
	}
}

/* ---- the graph ---------------------------------------------------------- */

static void
scale(struct trend_curve *curve, const GArray *points)
{
	for (guint i = 0; i < points->len; i++) {
		curve->low = MIN(curve->low, point(points, i)->y);
		curve->high = MAX(curve->high, point(points, i)->y);
	}
}

/* The nearer limit is in sight where all values lie beyond it. */
static void
scale_to_band(struct trend_curve *curve, const struct trend *trend)
{
	if (trend->band_low > trend->band_high)
		return;
	if (trend->band_high < curve->low)
		curve->low = trend->band_high;
	if (trend->band_low > curve->high)
		curve->high = trend->band_low;
}

static struct trend_curve
curve_of(const GArray *points, gboolean rings)
{
	struct trend_curve curve = { .n = points->len, .rings = rings,
		.points = (const struct trend_point *)(void *)points->data };

	curve.low = curve.high = points->len ? point(points, 0)->y : 0;
	scale(&curve, points);
	return curve;
}

static gboolean
plot_make(struct trend_view *t, struct trend_plot *p)
{
	const struct trend_value *v = cursor(t);

	*p = (struct trend_plot){ .n = 1, .cursor_ms = G_MININT64,
		.band_low = t->trend->band_low,
		.band_high = t->trend->band_high };
	if (t->points->len < 2)
		return FALSE;
	window(t, p);
	p->curves[0] = curve_of(t->points, FALSE);
	scale(&p->curves[0], t->second);
	scale_to_band(&p->curves[0], t->trend);
	if (t->second->len) {
		struct trend_curve lower = curve_of(t->second, FALSE);

		lower.low = p->curves[0].low;
		lower.high = p->curves[0].high;
		p->curves[p->n++] = lower;
	}
	if (t->over_points && t->over_points->len)
		p->curves[p->n++] = curve_of(t->over_points, TRUE);
	if (v && v->number) {
		p->cursor_ms = v->e->date_ms;
		p->cursor_y = v->y;
	}
	return TRUE;
}

static char *
day_text(int64_t ms)
{
	g_autoptr(GDateTime) day = base_clock_date(ms);

	return day ? g_date_time_format(day, "%Y-%m-%d") : g_strdup("");
}

enum { DATE_COLS = 10, DATES_APART = 24 };

/* A day at both ends, and between where there is room. */
static void
draw_axis(struct trend_view *t, const struct trend_plot *p, struct canvas *c,
    struct area a)
{
	const struct trend_value *v = cursor(t);
	int parts = MAX((a.cols - DATE_COLS) / DATES_APART, 1);

	canvas_hline(c, a, 0, 0, a.cols, E_DIM);
	for (int i = 0; i <= parts; i++) {
		g_autofree char *day = day_text(p->from_ms + (p->until_ms -
		    p->from_ms) / parts * i);
		int x = (a.cols - 1) * i / parts;

		canvas_text(c, a, 0, x, 1, E_DIM, "┴");
		canvas_text(c, a, 1, CLAMP(x - DATE_COLS / 2, 0, a.cols -
		    DATE_COLS), DATE_COLS, E_DIM, day);
	}
	if (v && v->number && v->e->date_ms >= p->from_ms &&
	    v->e->date_ms <= p->until_ms)
		canvas_text(c, a, 0, trend_plot_col(p, v->e->date_ms, a.cols),
		    1, E_STRONG, "▲");
}

static void
draw_scale(const struct trend_curve *curve, struct canvas *c, struct area a)
{
	canvas_print(c, a, 0, 0, SCALE_COLS - 1, E_DIM, "%.*g", 5,
	    curve->high);
	canvas_print(c, a, a.rows - 1, 0, SCALE_COLS - 1, E_DIM, "%.*g", 5,
	    curve->low);
}

/* Beside the bar where there is room, else upon it. */
static int
words_place(const char *words, int x, int end, int cols)
{
	int room = base_text_cols(words, -1);

	if (x > room)
		return x - room - 1;
	if (cols - end > room + 2)
		return end + 2;
	return MIN(x, MAX(cols - room, 0));
}

/* Those that touch the time seen, the last of them first. */
static int
draw_drugs(struct trend_view *t, const struct trend_plot *p, struct canvas *c,
    struct area a)
{
	int y = 0, left = 0;

	for (guint i = t->periods->len; i-- > 0;) {
		const struct drug_period *d = &g_array_index(t->periods,
		    struct drug_period, i);
		g_autofree char *words = NULL;
		int x, end;

		if (d->from_ms > p->until_ms || d->until_ms < p->from_ms)
			continue;
		if (y == a.rows) {
			left++;
			continue;
		}
		words = words_shown(d->words);
		x = trend_plot_col(p, d->from_ms, a.cols);
		end = trend_plot_col(p, d->until_ms, a.cols);
		for (int k = x; k <= end; k++)
			canvas_text(c, a, y, k, 1, E_CHART_HEADING, "━");
		if (!d->until_known)
			canvas_text(c, a, y, MIN(end + 1, a.cols - 1), 1,
			    E_CHART_HEADING, "?");
		canvas_text(c, a, y, words_place(words, x, end, a.cols),
		    a.cols, E_CHART_DETAIL, words);
		y++;
	}
	return left;
}

/* Which mark is which test, and on which side its scale stands. */
static void
draw_legend(struct trend_view *t, struct canvas *c, struct area a)
{
	g_autofree char *unit = words_shown(t->trend->unit);
	g_autofree char *other = words_shown(t->over->unit);
	g_autofree char *words = g_strdup_printf(t->over_points->len ?
	    _("⠒ %s %s, scale on the left   ○ %s %s, scale on the right") :
	    _("⠒ %s %s   ○ %s %s: no value to draw"), t->trend->name, unit,
	    t->over->name, other);

	canvas_text(c, a, 0, 1, a.cols - 2, E_CHART_STATE, words);
}

/* Rows used. */
static int
draw_graph(struct trend_view *t, struct canvas *c, struct area a, int *left)
{
	struct trend_plot p;
	int right = t->over_points && t->over_points->len ? SCALE_COLS : 1;
	int rows = CLAMP(a.rows / 2 - 4, 3, 14), bars, x = SCALE_COLS, y = 0;
	int cols = a.cols - x - right;

	if (cols < 10 || a.rows < 12 || !plot_make(t, &p))
		return 0;
	if (t->over)
		draw_legend(t, c, area_part(a, y++, 0, 1, a.cols));
	bars = MIN(BARS_MAX, (int)t->periods->len);
	draw_scale(&p.curves[0], c, area_part(a, y, 1, rows, SCALE_COLS));
	if (right > 1)
		draw_scale(&p.curves[p.n - 1], c, area_part(a, y, x + cols + 1,
		    rows, SCALE_COLS));
	trend_plot_draw(&p, c, area_part(a, y, x, rows, cols));
	draw_axis(t, &p, c, area_part(a, y + rows, x, 2, cols));
	*left = draw_drugs(t, &p, c, area_part(a, y + rows + 2, x, bars,
	    cols));
	return y + rows + 2 + bars;
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
	g_autofree char *date = chart_date_words(v->e);
	g_autofree char *words = trend_words(v);
	int rank = chart_result_rank(v->e);

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	canvas_text(c, a, 0, 2, 10, E_CHART_DETAIL, date ? date :
	    _("no date"));
	canvas_text(c, a, 0, 13, a.cols - 14, !chart_is_sound(v->e) ?
	    E_CHART_VOID : rank == 0 ? E_CHART_CRITICAL : rank == 1 ?
	    E_CHART_ABNORMAL : E_CHART_TEXT, words);
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
	int y = 2, left = 0;

	if (!t->trend->values || !t->periods)
		return;
	words = reading(t);
	canvas_sentence(c, area_part(a, 0, 1, 2, a.cols - 2), E_STRONG,
	    words);
	y += draw_graph(t, c, area_part(a, 2, 0, a.rows - 2, a.cols), &left);
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
	int cols = MIN(base_text_cols(t->trend->name, -1), a.cols / 2);

	canvas_text(c, a, 0, 1, a.cols - cols - 3, E_TITLE_FOCUS,
	    t->person ? t->person : "");
	canvas_text(c, a, 0, a.cols - cols - 1, cols, E_TITLE_FOCUS,
	    t->trend->name);
}

/* ---- acting ------------------------------------------------------------- */

static void
zoom(struct trend_view *t, int by)
{
	t->zoom = CLAMP(t->zoom + by, 0, ZOOM_MAX);
	look_at_cursor(t);
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
		ui_fail(v->ui, _("The results could not be read from the "
		    "cache."), error);
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
	const struct trend_value *v = t->trend ? cursor(t) : NULL;

	record_open(t->view.ui, v ? v->e->ref : NULL, RECORD_SOURCE);
}

static gboolean
request(struct view *v, enum request q)
{
	struct trend_view *t = self(v);

	if (list_request(&t->list, q)) {
		if (t->points)
			follow_cursor(t);
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
			pan(t, q == REQ_PAN_LEFT ? -1 : 1);
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
	return g_strdup(self(v)->person);
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
