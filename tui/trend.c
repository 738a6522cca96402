/* SPDX-License-Identifier: Apache-2.0 */
/* One test in time: a sentence that says it, the graph with the reference range,
 * when which drug was taken, and every value; the cursor is the selected value. */
#include "tui/results_view.h"

#include <string.h>

enum { POINTS_MAX = 5000, PERIODS_MAX = 40, BARS_MAX = 3, SCALE_COLS = 9,
	ZOOM_MAX = 10 };
#define DAY_MS INT64_C(86400000)
#define MONTH_MS (INT64_C(2629746) * 1000) /* a twelfth of 365.2425 days */

struct value {
	const struct chart_entry *e;
	char *number;            /* in the unit of the trend; NULL: not drawn */
	char *words;
};
struct trend_view {
	struct view view;
	struct list list;
	struct patient_id patient;
	char *name, *test, *unit, *person;
	char **tests;
	struct result_series *series;
	GArray *values;          /* struct value, newest first */
	GArray *points;          /* struct trend_point, drawn, oldest first */
	GArray *periods;         /* struct drug_period */
	int zoom;                /* each halves the time seen */
	int refused;             /* values whose unit does not convert */
};

static struct trend_view *
self(struct view *v)
{
	return (struct trend_view *)v;
}

static void
value_clear(void *p)
{
	g_free(((struct value *)p)->number);
	g_free(((struct value *)p)->words);
}

static const struct value *
value_at(struct trend_view *t, int64_t i)
{
	return t->values && i >= 0 && i < (int64_t)t->values->len ?
	    &g_array_index(t->values, struct value, i) : NULL;
}

/* ---- reading ------------------------------------------------------------ */

static void
drop(struct view *v)
{
	struct trend_view *t = self(v);

	g_clear_pointer(&t->values, g_array_unref);
	g_clear_pointer(&t->points, g_array_unref);
	g_clear_pointer(&t->periods, g_array_unref);
	g_clear_pointer(&t->series, result_series_free);
	g_clear_pointer(&t->person, g_free);
}

/* In the trend's own unit; NULL: no plain number, or it does not convert. */
static char *
number_of(struct trend_view *t, const struct chart_entry *e)
{
	const char *unit = e->ucum ? e->ucum : e->unit;
	char *number;

	if (!chart_is_plain(e) || !chart_is_sound(e) || !e->date)
		return NULL;
	if (g_strcmp0(e->test, t->test) == 0 && g_strcmp0(unit, t->unit) == 0)
		return g_strdup(e->value);
	number = care_analyte_convert(e->test, e->value, unit, t->test,
	    t->unit);
	t->refused += !number;
	return number;
}

static char *
value_words(const struct value *v)
{
	const struct chart_entry *e = v->e;
	g_autofree char *detail = words_shown(e->detail ? e->detail :
	    e->value);
	g_autofree char *range = words_shown(e->range);
	const char *mark = care_interpretation_mark(chart_reading(e));
	const char *status = chart_status_words(e->status);
	GString *out = g_string_new(detail);

	if (*mark)
		g_string_append_printf(out, " %s %s", mark,
		    care_interpretation_words(chart_reading(e)));
	if (v->number && g_strcmp0(v->number, e->value) != 0)
		g_string_append_printf(out, " ≈ %s", v->number);
	if (*range)
		g_string_append_printf(out, " (%s)", range);
	if (status)
		g_string_append_printf(out, " ! %s", status);
	if (e->home)
		g_string_append_printf(out, " · %s", _("at home"));
	return g_string_free(out, FALSE);
}

static void
values_make(struct trend_view *t)
{
	t->values = g_array_new(FALSE, TRUE, sizeof(struct value));
	g_array_set_clear_func(t->values, value_clear);
	t->points = g_array_new(FALSE, FALSE, sizeof(struct trend_point));
	t->refused = 0;
	for (size_t i = t->series->n; i-- > 0;) {
		struct value v = { .e = &t->series->points[i] };

		v.number = number_of(t, v.e);
		v.words = value_words(&v);
		g_array_append_val(t->values, v);
	}
	for (guint i = t->values->len; i-- > 0;) {
		const struct value *v = value_at(t, i);
		struct trend_point p = { v->e->date_ms, v->number ?
			g_ascii_strtod(v->number, NULL) : 0 };

		if (v->number)
			g_array_append_val(t->points, p);
	}
}

static void
load(struct view *v)
{
	struct trend_view *t = self(v);
	g_autoptr(GError) error = NULL;
	BASE_AUTO(results) whose = NULL;

	drop(v);
	whose = store_results(v->ui->store, t->patient, base_now_ms(), &error);
	t->series = whose ? store_result_series(v->ui->store, t->patient,
	    (const char *const *)t->tests, POINTS_MAX, &error) : NULL;
	t->periods = t->series ? store_drug_periods(v->ui->store, t->patient,
	    PERIODS_MAX, &error) : NULL;
	if (!t->periods) {
		ui_fail(v->ui, _("The results could not be read from the "
		    "cache."), error);
		return;
	}
	t->person = words_patient(&whose->patient);
	values_make(t);
	list_select(&t->list, MAX(t->list.selected, 0));
}

/* ---- the same in words -------------------------------------------------- */

/* The value a change is told against: the oldest within a year before. */
static const struct value *
year_before(struct trend_view *t, guint from)
{
	const struct value *now = value_at(t, from), *found = NULL;

	for (guint i = from + 1; i < t->values->len; i++) {
		const struct value *v = value_at(t, i);

		if (v->number && (!found ||
		    now->e->date_ms - v->e->date_ms < 366 * DAY_MS))
			found = v;
	}
	return found;
}

static char *
span_words(int64_t ms)
{
	int days = (int)(ms / DAY_MS), months = (int)((ms + MONTH_MS / 2) /
	    MONTH_MS);

	if (days < 61)
		return g_strdup_printf(NGETTEXT("%d day", "%d days",
		    (unsigned long)days), days);
	return g_strdup_printf(NGETTEXT("%d month", "%d months",
	    (unsigned long)months), months);
}

/* "HbA1c 7.2 % on 2026-10-03, up 0.4 in 11 months": of the value selected. */
static char *
sentence(struct trend_view *t)
{
	const struct value *v = value_at(t, t->list.selected), *b;
	g_autofree char *detail = NULL, *date = NULL, *change = NULL,
	    *span = NULL;

	if (!v)
		return g_strdup("");
	detail = words_shown(v->e->detail ? v->e->detail : v->e->value);
	date = chart_date_words(v->e);
	b = v->number ? year_before(t, (guint)t->list.selected) : NULL;
	change = b ? care_decimal_change(v->number, b->number) : NULL;
	if (!change)
		return g_strdup_printf(_("%s %s on %s"), t->name, detail,
		    date ? date : _("no date"));
	span = span_words(v->e->date_ms - b->e->date_ms);
	if (g_str_has_prefix(change, "±"))
		return g_strdup_printf(_("%s %s on %s, unchanged in %s"),
		    t->name, detail, date, span);
	return g_strdup_printf(g_str_has_prefix(change, "+") ?
	    _("%s %s on %s, up %s in %s") : _("%s %s on %s, down %s in %s"),
	    t->name, detail, date, change + (*change == '+' ? 1 :
	    strlen("−")), span);
}

/* ---- the graph ---------------------------------------------------------- */

/* "3.9–6.1", "≤ 6.1" of the newest value drawn; FALSE: it has none. */
static void
band_read(struct trend_view *t, struct trend_plot *p)
{
	const char *range = NULL, *dash;

	p->band_low = 1;
	p->band_high = 0;
	for (guint i = 0; i < t->values->len && !range; i++) {
		const struct value *v = value_at(t, i);

		if (v->number && g_strcmp0(v->number, v->e->value) == 0)
			range = v->e->range;
	}
	/* Whether it is a plain range, care says. */
	if (!range || !care_interpret_range("0", range))
		return;
	dash = strstr(range, "–");
	p->band_low = p->low;
	p->band_high = p->high;
	if (g_str_has_prefix(range, "≥ "))
		p->band_low = g_ascii_strtod(range + strlen("≥ "), NULL);
	else if (g_str_has_prefix(range, "≤ "))
		p->band_high = g_ascii_strtod(range + strlen("≤ "), NULL);
	else if (dash) {
		p->band_low = g_ascii_strtod(range, NULL);
		p->band_high = g_ascii_strtod(dash + strlen("–"), NULL);
	}
}

/* What is seen: all, halved by each zoom about the value selected. */
static void
window(struct trend_view *t, struct trend_plot *p)
{
	const struct value *v = value_at(t, t->list.selected);
	int64_t all, span, middle;

	p->from_ms = p->points[0].ms;
	p->until_ms = p->points[p->n - 1].ms;
	all = MAX(p->until_ms - p->from_ms, 2 * DAY_MS);
	span = MAX(all >> t->zoom, DAY_MS);
	middle = v && v->e->date ? v->e->date_ms : p->until_ms;
	if (t->zoom > 0) {
		p->from_ms = CLAMP(middle - span / 2, p->from_ms,
		    MAX(p->until_ms - span, p->from_ms));
		p->until_ms = p->from_ms + span;
	} else if (p->until_ms == p->from_ms) {
		p->from_ms -= DAY_MS;
		p->until_ms += DAY_MS;
	}
}

static gboolean
plot_make(struct trend_view *t, struct trend_plot *p)
{
	*p = (struct trend_plot){ .n = t->points->len,
		.points = (const struct trend_point *)(void *)
		t->points->data };
	if (p->n < 2)
		return FALSE;
	window(t, p);
	p->low = p->high = p->points[p->n - 1].y;
	for (size_t i = 0; i < p->n; i++) {
		p->low = MIN(p->low, p->points[i].y);
		p->high = MAX(p->high, p->points[i].y);
	}
	band_read(t, p);
	return TRUE;
}

static char *
day_text(int64_t ms)
{
	g_autoptr(GDateTime) day = base_clock_date(ms);

	return day ? g_date_time_format(day, "%Y-%m-%d") : g_strdup("");
}

static void
draw_axis(struct trend_view *t, const struct trend_plot *p, struct canvas *c,
    struct area a)
{
	const struct value *v = value_at(t, t->list.selected);
	g_autofree char *from = day_text(p->from_ms);
	g_autofree char *until = day_text(p->until_ms);

	canvas_text(c, a, 1, 0, a.cols, E_DIM, from);
	canvas_text_right(c, a, 1, 0, a.cols, E_DIM, until);
	canvas_hline(c, a, 0, 0, a.cols, E_DIM);
	if (v && v->number)
		canvas_text(c, a, 0, trend_plot_col(p, v->e->date_ms, a.cols),
		    1, E_STRONG, "▲");
}

static void
draw_scale(const struct trend_plot *p, struct canvas *c, struct area a)
{
	canvas_print(c, a, 0, 0, SCALE_COLS - 1, E_DIM, "%.*g", 5, p->high);
	canvas_print(c, a, a.rows - 1, 0, SCALE_COLS - 1, E_DIM, "%.*g", 5,
	    p->low);
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
		canvas_text(c, a, y, MIN(x, MAX(a.cols -
		    base_text_cols(words, -1), 0)), a.cols, E_CHART_DETAIL,
		    words);
		y++;
	}
	return left;
}

/* ---- the page ----------------------------------------------------------- */

static int64_t
count(void *user)
{
	struct trend_view *t = user;

	return t->values ? t->values->len : 0;
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	const struct value *v = value_at(user, i);
	g_autofree char *date = chart_date_words(v->e);
	int rank = chart_result_rank(v->e);

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	canvas_text(c, a, 0, 2, 10, E_CHART_DETAIL, date ? date :
	    _("no date"));
	canvas_text(c, a, 0, 13, a.cols - 14, !chart_is_sound(v->e) ?
	    E_CHART_VOID : rank == 0 ? E_CHART_CRITICAL : rank == 1 ?
	    E_CHART_ABNORMAL : E_CHART_TEXT, v->words);
}

static const struct list_ops rows_ops = { .count = count, .draw = draw_row };

static char *
notes(struct trend_view *t, int drugs_left)
{
	GString *out = g_string_new(NULL);

	if (t->refused)
		g_string_append_printf(out, NGETTEXT("%d value in a unit that "
		    "does not convert is not drawn. ", "%d values in units "
		    "that do not convert are not drawn. ",
		    (unsigned long)t->refused), t->refused);
	if (t->series->earlier > 0)
		g_string_append_printf(out, _("%d older values are not "
		    "shown. "), (int)t->series->earlier);
	if (drugs_left > 0)
		g_string_append_printf(out, _("%d more drugs in this time."),
		    drugs_left);
	return g_string_free(out, FALSE);
}

/* Rows used. */
static int
draw_graph(struct trend_view *t, struct canvas *c, struct area a, int *left)
{
	struct trend_plot p;
	int rows = CLAMP(a.rows / 2 - 4, 3, 14), bars, x = SCALE_COLS;
	int cols = a.cols - x - 1;

	if (cols < 10 || a.rows < 12 || !plot_make(t, &p))
		return 0;
	bars = MIN(BARS_MAX, (int)t->periods->len);
	draw_scale(&p, c, area_part(a, 0, 1, rows, SCALE_COLS));
	trend_plot_draw(&p, c, area_part(a, 0, x, rows, cols));
	draw_axis(t, &p, c, area_part(a, rows, x, 2, cols));
	*left = draw_drugs(t, &p, c, area_part(a, rows + 2, x, bars, cols));
	return rows + 2 + bars;
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct trend_view *t = self(v);
	g_autofree char *words = sentence(t), *note = NULL;
	int y = 2, left = 0;

	if (!t->values)
		return;
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
	int cols = base_text_cols(t->name, -1);

	cols = MIN(cols, a.cols / 2);
	canvas_text(c, a, 0, 1, a.cols - cols - 3, E_TITLE_FOCUS,
	    t->person ? t->person : "");
	canvas_text(c, a, 0, a.cols - cols - 1, cols, E_TITLE_FOCUS, t->name);
}

static gboolean
request(struct view *v, enum request q)
{
	struct trend_view *t = self(v);

	if (list_request(&t->list, q))
		return TRUE;
	switch (q) {
	case REQ_ZOOM_IN:
		t->zoom = MIN(t->zoom + 1, ZOOM_MAX);
		return TRUE;
	case REQ_ZOOM_OUT:
		t->zoom = MAX(t->zoom - 1, 0);
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
	static const enum request keys[] = { REQ_DOWN, REQ_ZOOM_IN,
		REQ_ZOOM_OUT, REQ_BACK };

	return keys;
}

static void
trend_free(struct view *v)
{
	struct trend_view *t = self(v);

	drop(v);
	g_strfreev(t->tests);
	g_free(t->name);
	g_free(t->test);
	g_free(t->unit);
	g_free(t);
}

static const struct view_ops ops = {
	.name = "trend",
	.place = PLACE_PAGE,
	.where = IN_RESULTS,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.draw = draw,
	.request = request,
	.free = trend_free,
};

struct view *
trend_view_new(struct tui *ui, struct patient_id patient,
    const struct results_line *line)
{
	struct trend_view *t = g_new0(struct trend_view, 1);
	const struct chart_entry *now = &line->row->now;

	t->view = (struct view){ .ops = &ops, .ui = ui };
	t->patient = patient;
	t->name = g_strdup(line->name);
	t->test = g_strdup(line->row->test);
	t->unit = g_strdup(now->ucum ? now->ucum : now->unit);
	t->tests = line->analyte ? care_analyte_tests(line->analyte) :
	    g_strdupv((char *[]){ t->test, NULL });
	list_init(&t->list, &rows_ops, t, FALSE);
	return &t->view;
}
