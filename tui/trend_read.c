/* SPDX-License-Identifier: Apache-2.0 */
/* A test in time as words and numbers: what the graph draws, and the same for who
 * does not see it. */
#include "tui/results_view.h"

#include <math.h>
#include <string.h>

enum { DAY_COLS = 10, CLOCK_COLS = 6 };
#define DAY_MS INT64_C(86400000)
#define MONTH_MS (INT64_C(2629746) * 1000) /* a twelfth of 365.2425 days */

static void
value_clear(void *p)
{
	g_free(((struct trend_value *)p)->number);
}

const struct trend_value *
trend_at(const struct trend *t, int64_t i)
{
	return t->values && i >= 0 && i < (int64_t)t->values->len ?
	    &g_array_index(t->values, struct trend_value, i) : NULL;
}

/* ---- reading ------------------------------------------------------------ */

/* In the trend's own unit; NULL: no plain number, or it does not convert. */
static char *
number_of(struct trend *t, const struct chart_entry *e)
{
	char *number;

	if (!chart_is_plain(e) || !chart_is_sound(e) || !e->date)
		return NULL;
	number = chart_value_as(e, t->test, t->unit);
	t->refused += !number;
	return number;
}

/* "22:40" of an instant; NULL: only its day is known. Owned. */
static char *
clock_words(const struct chart_entry *e)
{
	g_autoptr(GDateTime) at = NULL;
	char precision;
	int64_t ms;

	if (!e->date || !fhir_time_ms(e->date, &ms, &precision) ||
	    precision != 't')
		return NULL;
	at = base_clock_date(ms);
	return g_date_time_format(at, "%H:%M");
}

static gboolean
same_day(const struct trend *t, int64_t i, int64_t k)
{
	const struct trend_value *v = trend_at(t, i), *w = trend_at(t, k);
	g_autofree char *a = NULL, *b = NULL;

	if (!v || !w || ABS(v->e->date_ms - w->e->date_ms) >= DAY_MS)
		return FALSE;
	a = chart_date_words(v->e);
	b = chart_date_words(w->e);
	return a && g_strcmp0(a, b) == 0;
}

char *
trend_date_words(const struct trend *t, int64_t i)
{
	const struct chart_entry *e = trend_at(t, i)->e;
	char *date = chart_date_words(e);
	g_autofree char *time = date && (same_day(t, i, i - 1) ||
	    same_day(t, i, i + 1)) ? clock_words(e) : NULL;
	char *both;

	if (!date)
		return g_strdup(_("no date"));
	if (!time)
		return date;
	both = g_strdup_printf("%s %s", date, time);
	g_free(date);
	return both;
}

/* As wide as the widest of them; by arithmetic, since there may be thousands. */
static int
date_cols(const struct trend *t)
{
	g_autoptr(GDateTime) now = base_clock_date(base_now_ms());
	int64_t offset_ms = g_date_time_get_utc_offset(now) / 1000;

	for (guint i = 1; i < t->values->len; i++) {
		const struct chart_entry *a = trend_at(t, i - 1)->e;
		const struct chart_entry *b = trend_at(t, i)->e;

		if (a->date && b->date && strlen(a->date) > DAY_COLS &&
		    strlen(b->date) > DAY_COLS && (a->date_ms + offset_ms) /
		    DAY_MS == (b->date_ms + offset_ms) / DAY_MS)
			return DAY_COLS + CLOCK_COLS;
	}
	return DAY_COLS;
}

char *
trend_words(const struct trend_value *v)
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
	if (care_range_reversed(e->range))
		g_string_append_printf(out, " ! %s",
		    _("range upside down: not judged"));
	if (status)
		g_string_append_printf(out, " ! %s", status);
	if (e->date_ms > base_now_ms() + RESULT_AHEAD_MS)
		g_string_append_printf(out, " ! %s",
		    _("dated in the future"));
	if (e->home)
		g_string_append_printf(out, " · %s", _("at home"));
	return g_string_free(out, FALSE);
}

/* "158/94" is two numbers. */
static void
value_number(struct trend_value *v)
{
	char *end = NULL;

	v->y = v->number ? g_ascii_strtod(v->number, &end) : NAN;
	v->second = end && *end == '/' ? g_ascii_strtod(end + 1, NULL) : NAN;
}

static void
values_make(struct trend *t)
{
	t->values = g_array_new(FALSE, TRUE, sizeof(struct trend_value));
	g_array_set_clear_func(t->values, value_clear);
	t->refused = 0;
	for (size_t i = t->series->n; i-- > 0;) {
		struct trend_value v = { .e = &t->series->points[i] };

		v.number = number_of(t, v.e);
		value_number(&v);
		g_array_append_val(t->values, v);
	}
}

/* "3.9–6.1", "≤ 6.1" of the newest value drawn as it stands. */
static void
band_read(struct trend *t)
{
	const char *range = NULL, *dash, *more;
	g_autofree char *plain = NULL;

	t->band_low = 1;
	t->band_high = 0;
	for (guint i = 0; i < t->values->len && !range; i++) {
		const struct trend_value *v = trend_at(t, i);

		if (v->number && g_strcmp0(v->number, v->e->value) == 0)
			range = v->e->range;
	}
	/* "2.00–3.00 (target)": drawn, and the notes say what it is. */
	more = range ? strstr(range, " (") : NULL;
	plain = more ? g_strndup(range, (gsize)(more - range)) :
	    g_strdup(range);
	/* Whether it is a plain range, care says. */
	if (!plain || !care_interpret_range("0", plain))
		return;
	t->range = more ? words_shown(range) : NULL;
	range = plain;
	dash = strstr(range, "–");
	t->band_low = -INFINITY;
	t->band_high = INFINITY;
	if (g_str_has_prefix(range, "≥ "))
		t->band_low = g_ascii_strtod(range + strlen("≥ "), NULL);
	else if (g_str_has_prefix(range, "≤ "))
		t->band_high = g_ascii_strtod(range + strlen("≤ "), NULL);
	else if (dash) {
		t->band_low = g_ascii_strtod(range, NULL);
		t->band_high = g_ascii_strtod(dash + strlen("–"), NULL);
	}
}

struct trend *
trend_of(const struct results_line *line)
{
	const struct chart_entry *now = &line->row->now;
	struct trend *t = g_new0(struct trend, 1);

	t->name = g_strdup(line->name);
	t->test = g_strdup(line->row->test);
	/* A value without its unit cannot say in what the others are drawn. */
	t->unit = g_strdup(chart_unit(line->before && !now->unit ?
	    line->before : now));
	t->tests = line->analyte ? care_analyte_tests(line->analyte) :
	    g_strdupv((char *[]){ t->test, NULL });
	return t;
}

/* ---- in words ----------------------------------------------------------- */

/* The value a change is told against: the oldest within a year before. */
static const struct trend_value *
year_before(const struct trend *t, guint from)
{
	const struct trend_value *now = trend_at(t, from), *found = NULL;

	for (guint i = from + 1; i < t->values->len; i++) {
		const struct trend_value *v = trend_at(t, i);

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

	if (days < 1)
		return g_strdup(_("less than a day"));
	if (days < 61)
		return g_strdup_printf(NGETTEXT("%d day", "%d days",
		    (unsigned long)days), days);
	return g_strdup_printf(NGETTEXT("%d month", "%d months",
	    (unsigned long)months), months);
}

char *
trend_sentence(const struct trend *t, guint i)
{
	const struct trend_value *v = trend_at(t, i), *b;
	g_autofree char *detail = NULL, *date = NULL, *change = NULL,
	    *span = NULL;

	if (!v)
		return g_strdup("");
	detail = words_shown(v->e->detail ? v->e->detail : v->e->value);
	date = trend_date_words(t, i);
	b = v->number ? year_before(t, i) : NULL;
	change = b ? care_decimal_change(v->number, b->number) : NULL;
	if (!change)
		return g_strdup_printf(_("%s %s on %s"), t->name, detail, date);
	span = span_words(v->e->date_ms - b->e->date_ms);
	if (g_str_has_prefix(change, "±"))
		return g_strdup_printf(_("%s %s on %s, unchanged in %s"),
		    t->name, detail, date, span);
	return g_strdup_printf(g_str_has_prefix(change, "+") ?
	    _("%s %s on %s, up %s in %s") : _("%s %s on %s, down %s in %s"),
	    t->name, detail, date, change + (*change == '+' ? 1 :
	    strlen("−")), span);
}

static gboolean
is_out(const struct chart_entry *e)
{
	return care_interpretation_rank(chart_reading(e)) <= 1;
}

struct extent {
	const struct trend_value *first, *last, *low, *high;
	int n, out;
};

static struct extent
extent_of(const struct trend *t)
{
	struct extent x = { 0 };

	for (guint i = t->values->len; i-- > 0;) {
		const struct trend_value *v = trend_at(t, i);

		if (!v->number)
			continue;
		x.first = x.first ? x.first : v;
		x.last = v;
		x.low = !x.low || v->y < x.low->y ? v : x.low;
		x.high = !x.high || v->y > x.high->y ? v : x.high;
		x.n++;
		x.out += is_out(v->e);
	}
	return x;
}

static char *
summary_of(const struct trend *t)
{
	struct extent x = extent_of(t);
	g_autofree char *read = care_ucum_words(t->unit);
	g_autofree char *unit = words_shown(read);
	g_autofree char *from = NULL, *until = NULL;

	if (x.n < 2)
		return g_strdup("");
	from = chart_date_words(x.first->e);
	until = chart_date_words(x.last->e);
	return g_strdup_printf(_("%d values from %s to %s: lowest %s, highest "
	    "%s %s; %d out of range"), x.n, from, until, x.low->number,
	    x.high->number, unit, x.out);
}

static char *
notes_of(const struct trend *t)
{
	GString *out = g_string_new(NULL);
	int compared = 0;

	for (guint i = 0; i < t->values->len; i++) {
		const struct chart_entry *e = trend_at(t, i)->e;

		compared += e->value && !chart_is_plain(e);
	}
	if (t->range)
		g_string_append_printf(out, _("The dots are %s. "), t->range);
	if (t->refused)
		g_string_append_printf(out, NGETTEXT("%d value in a unit that "
		    "does not convert is not drawn. ", "%d values in units "
		    "that do not convert are not drawn. ",
		    (unsigned long)t->refused), t->refused);
	if (compared)
		g_string_append_printf(out, NGETTEXT("%d value with < or > is "
		    "not drawn. ", "%d values with < or > are not drawn. ",
		    (unsigned long)compared), compared);
	if (t->series->earlier > 0)
		g_string_append_printf(out, _("%d older values are not "
		    "shown. "), (int)t->series->earlier);
	return g_string_free(out, FALSE);
}

/* ---- life --------------------------------------------------------------- */

gboolean
trend_again(struct trend *t, struct store *store, struct patient_id patient,
    GError **error)
{
	struct result_series *series = store_result_series(store, patient,
	    (const char *const *)t->tests, TREND_POINTS_MAX, error);

	if (!series)
		return FALSE;
	g_clear_pointer(&t->values, g_array_unref);
	g_clear_pointer(&t->series, result_series_free);
	g_clear_pointer(&t->range, g_free);
	g_clear_pointer(&t->summary, g_free);
	g_clear_pointer(&t->notes, g_free);
	t->series = series;
	values_make(t);
	band_read(t);
	t->date_cols = date_cols(t);
	t->summary = summary_of(t);
	t->notes = notes_of(t);
	return TRUE;
}

struct trend *
trend_read(struct store *store, struct patient_id patient,
    const struct results_line *line, GError **error)
{
	BASE_AUTO(trend) t = trend_of(line);

	return trend_again(t, store, patient, error) ? g_steal_pointer(&t) :
	    NULL;
}

void
trend_free(struct trend *t)
{
	if (!t)
		return;
	g_clear_pointer(&t->values, g_array_unref);
	g_clear_pointer(&t->series, result_series_free);
	g_strfreev(t->tests);
	g_free(t->name);
	g_free(t->test);
	g_free(t->unit);
	g_free(t->range);
	g_free(t->summary);
	g_free(t->notes);
	g_free(t);
}
