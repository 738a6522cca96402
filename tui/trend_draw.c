/* SPDX-License-Identifier: Apache-2.0 */
/* What time of a trend is seen, and its graph: the scales, the days below, the
 * drugs below these. */
#include "tui/trend_view.h"

#include <string.h>

enum { BARS_MAX = 3, SCALE_COLS = 9 };
#define DAY_MS INT64_C(86400000)

const struct trend_value *
trend_cursor(struct trend_view *t)
{
	return trend_at(t->trend, t->list.selected);
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
void
trend_look_at_cursor(struct trend_view *t)
{
	const struct trend_value *v = trend_cursor(t);
	int64_t from, all;

	if (t->points->len < 2)
		return;
	extent(t, &from, &all);
	look_from(t, (v && v->e->date ? v->e->date_ms : from + all) -
	    span_of(t, all) / 2);
}

/* The cursor has moved: it stays in sight. */
void
trend_follow_cursor(struct trend_view *t)
{
	const struct trend_value *v = trend_cursor(t);
	int64_t from, all;

	if (!t->zoom || !v || !v->number || t->points->len < 2)
		return;
	extent(t, &from, &all);
	if (v->e->date_ms < t->from_ms ||
	    v->e->date_ms > t->from_ms + span_of(t, all))
		trend_look_at_cursor(t);
}

void
trend_pan(struct trend_view *t, int by)
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
	const struct trend_value *v = trend_cursor(t);

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
	const struct trend_value *v = trend_cursor(t);
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
	g_autofree char *read = care_ucum_words(t->trend->unit);
	g_autofree char *read_over = care_ucum_words(t->over->unit);
	g_autofree char *unit = words_shown(read);
	g_autofree char *other = words_shown(read_over);
	g_autofree char *words = g_strdup_printf(t->over_points->len ?
	    _("⠒ %s %s, left scale   ○ %s %s, right scale") :
	    _("⠒ %s %s   ○ %s %s: no value to draw"), t->trend->name, unit,
	    t->over->name, other);

	canvas_text_cut(c, a, 0, 1, a.cols - 2, E_CHART_STATE, words);
}

int
trend_graph_draw(struct trend_view *t, struct canvas *c, struct area a,
    int *left)
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
