/* SPDX-License-Identifier: Apache-2.0 */
/* What was read at home as a sheet: rows days, columns morning and evening; and
 * who reads out of range day after day. */
#include "tui/chart_lines.h"
#include "tui/labs.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
enum { NOON = 12 };

/* ---- a reading ---------------------------------------------------------- */

static gboolean
is_out(const struct chart_entry *e)
{
	return care_interpretation_rank(chart_reading(e)) <= 1;
}

/* The day it was read; NULL: only a month or a year is known. Owned. */
static char *
day_of(const struct chart_entry *e)
{
	char *date = e->date ? chart_date_words(e) : NULL;

	if (date && strlen(date) == 10)
		return date;
	g_free(date);
	return NULL;
}

static enum home_part
part_of(const struct chart_entry *e)
{
	g_autoptr(GDateTime) at = NULL;
	char precision;
	int64_t ms;

	if (!fhir_time_ms(e->date, &ms, &precision) || precision != 't')
		return HOME_UNTIMED;
	at = base_clock_date(ms);
	return g_date_time_get_hour(at) < NOON ? HOME_MORNING : HOME_EVENING;
}

static gboolean
is_reading(const struct chart_entry *e)
{
	return e->value && chart_is_sound(e);
}

/* ---- means -------------------------------------------------------------- */

/*
 * How many decimals a mean is told with: those of the coarsest reading, so that
 * a converted one lends none. Beside others with decimals a whole number is one
 * whose zero was not written, and glucose in mmol/L is read to a tenth.
 */
static int
mean_places(const GPtrArray *numbers, const char *unit)
{
	int least = G_MAXINT, most = 0;

	for (guint i = 0; i < numbers->len; i++) {
		g_auto(GStrv) parts = g_strsplit(numbers->pdata[i], "/", -1);

		for (char **part = parts; *part; part++) {
			int places = care_decimal_places(*part);

			least = MIN(least, MAX(places, 0));
			most = MAX(most, places);
		}
	}
	if (!numbers->len)
		return 0;
	return MAX(least, most > 0 || (unit &&
	    g_ascii_strcasecmp(unit, "mmol/L") == 0) ? 1 : 0);
}

static char *
mean_part(const GPtrArray *numbers, int part, int places)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < numbers->len; i++) {
		g_auto(GStrv) both = g_strsplit(numbers->pdata[i], "/", -1);

		if ((int)g_strv_length(both) <= part)
			return NULL;
		g_ptr_array_add(parts, g_strdup(both[part]));
	}
	return care_decimal_mean((const char *const *)parts->pdata,
	    parts->len, places);
}

/* "156/93" of pressures. */
static char *
mean_of(const GPtrArray *numbers, int places)
{
	g_autofree char *first = NULL, *second = NULL;

	if (!numbers->len)
		return NULL;
	first = mean_part(numbers, 0, places);
	if (!strchr(numbers->pdata[0], '/'))
		return g_steal_pointer(&first);
	second = mean_part(numbers, 1, places);
	return first && second ? g_strconcat(first, "/", second, NULL) : NULL;
}

static void
numbers_add(GPtrArray *numbers, const struct home_day *day)
{
	for (guint i = 0; i < day->values->len; i++) {
		const struct home_value *v = &g_array_index(day->values,
		    struct home_value, i);

		if (v->number && chart_is_plain(v->e))
			g_ptr_array_add(numbers, v->number);
	}
}

/* ---- a sheet ------------------------------------------------------------ */

static void
value_clear(void *p)
{
	g_free(((struct home_value *)p)->number);
}

static void
day_free(void *p)
{
	struct home_day *day = p;

	g_array_unref(day->values);
	g_free(day->date);
	g_free(day->mean);
	g_free(day);
}

static void
sheet_free(void *p)
{
	struct home_sheet *s = p;

	g_ptr_array_unref(s->days);
	g_free(s->name);
	g_free(s->unit);
	g_free(s->mean);
	g_free(s);
}

/* The readings come newest first: the last day is where one of that day goes. */
static struct home_day *
day_at(struct home_sheet *s, char *date)
{
	struct home_day *day = s->days->len ?
	    s->days->pdata[s->days->len - 1] : NULL;

	if (day && strcmp(day->date, date) == 0) {
		g_free(date);
		return day;
	}
	day = g_new0(struct home_day, 1);
	day->date = date;
	day->values = g_array_new(FALSE, TRUE, sizeof(struct home_value));
	g_array_set_clear_func(day->values, value_clear);
	g_ptr_array_add(s->days, day);
	return day;
}

static void
sheet_add(struct home_sheet *s, const struct chart_entry *first,
    const struct chart_entry *e)
{
	char *date = day_of(e);
	struct home_value v = { .e = e, .out = is_out(e) };
	struct home_day *day;

	if (!date)
		return;
	day = day_at(s, date);
	v.part = part_of(e);
	v.number = chart_value_as(e, first->test, chart_unit(first));
	day->out |= v.out;
	s->n++;
	s->out += v.out;
	g_array_insert_val(day->values, 0, v);
}

static void
sheet_end(struct home_sheet *s)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	int places;

	for (guint i = 0; i < s->days->len; i++)
		numbers_add(all, s->days->pdata[i]);
	places = mean_places(all, s->unit);
	for (guint i = 0; i < s->days->len; i++) {
		struct home_day *day = s->days->pdata[i];
		g_autoptr(GPtrArray) own = g_ptr_array_new();

		numbers_add(own, day);
		day->mean = mean_of(own, places);
	}
	s->mean = mean_of(all, places);
}

static const void *
group_of(const struct chart_entry *e)
{
	const struct care_analyte *analyte = care_analyte_of(e->test);

	return analyte ? (const void *)analyte->id : (const void *)e->test;
}

static gint
by_readings(gconstpointer a, gconstpointer b)
{
	const struct home_sheet *x = *(struct home_sheet *const *)a;
	const struct home_sheet *y = *(struct home_sheet *const *)b;

	return x->n != y->n ? y->n - x->n : strcmp(x->name, y->name);
}

static struct home_sheet *
sheet_new(const struct chart_entry *first)
{
	struct home_sheet *s = g_new0(struct home_sheet, 1);

	s->name = words_shown(first->words);
	s->unit = words_shown(first->unit);
	s->days = g_ptr_array_new_with_free_func(day_free);
	return s;
}

GPtrArray *
home_sheets_new(const struct home_readings *readings)
{
	g_autoptr(GHashTable) firsts = g_hash_table_new(g_str_hash,
	    g_str_equal);
	g_autoptr(GHashTable) sheets = g_hash_table_new(g_str_hash,
	    g_str_equal);
	GPtrArray *all = g_ptr_array_new_with_free_func(sheet_free);

	for (size_t i = readings->n; i-- > 0;) {
		const struct chart_entry *e = &readings->rows[i].entry;
		const void *group = group_of(e);

		if (!group || !is_reading(e))
			continue;
		if (!g_hash_table_lookup(sheets, group)) {
			g_hash_table_insert(firsts, (void *)group, (void *)e);
			g_hash_table_insert(sheets, (void *)group,
			    sheet_new(e));
			g_ptr_array_add(all, g_hash_table_lookup(sheets,
			    group));
		}
		sheet_add(g_hash_table_lookup(sheets, group),
		    g_hash_table_lookup(firsts, group), e);
	}
	for (guint i = 0; i < all->len; i++)
		sheet_end(all->pdata[i]);
	g_ptr_array_sort(all, by_readings);
	return all;
}

/* ---- in words ----------------------------------------------------------- */

/* "158/94 ↑"; with its comparator, in its own unit where it does not convert. */
static void
value_words(GString *out, const struct home_value *v)
{
	const char *mark = care_interpretation_mark(chart_reading(v->e));
	g_autofree char *detail = words_shown(v->e->detail);
	gboolean plain = v->number && chart_is_plain(v->e);

	g_string_append_printf(out, "%s%s%s%s", out->len ? ", " : "",
	    plain ? v->number : detail, *mark ? " " : "", mark);
}

char *
home_cell(const struct home_day *day, enum home_part part)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < day->values->len; i++) {
		const struct home_value *v = &g_array_index(day->values,
		    struct home_value, i);

		if (v->part == part)
			value_words(out, v);
	}
	return g_string_free(out, FALSE);
}

gboolean
home_has_untimed(const struct home_sheet *sheet)
{
	for (guint i = 0; i < sheet->days->len; i++) {
		const struct home_day *day = sheet->days->pdata[i];

		for (guint k = 0; k < day->values->len; k++)
			if (g_array_index(day->values, struct home_value,
			    k).part == HOME_UNTIMED)
				return TRUE;
	}
	return FALSE;
}

char *
home_sheet_words(const struct home_sheet *s)
{
	return g_strdup_printf(_("%s %s: mean %s; days: %d; out of range: "
	    "%d of %d"), s->name, s->unit, s->mean ? s->mean : "–",
	    (int)s->days->len, s->out, s->n);
}
