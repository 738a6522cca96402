/* SPDX-License-Identifier: Apache-2.0 */
/* Check-ups year on year: the last result of each year, its change and percent
 * against the year before that has one. */
#include "tui/chart_lines.h"
#include "tui/labs.h"

#include <stdlib.h>

static void
row_clear(void *p)
{
	struct year_row *row = p;

	for (int i = 0; i < YEARS_MAX; i++) {
		g_free(row->cells[i].value);
		g_free(row->cells[i].date);
		g_free(row->cells[i].change);
		g_free(row->cells[i].percent);
	}
	year_results_free(row->years);
}

/* In the unit of `as`; NULL: no plain number, or it does not convert. */
static char *
number_as(const struct chart_entry *e, const struct chart_entry *as)
{
	return chart_is_plain(e) && chart_is_plain(as) ?
	    chart_value_as(e, as->test, chart_unit(as)) : NULL;
}

static void
cell_make(struct year_cell *cell, const struct chart_entry *e,
    const struct chart_entry *before)
{
	const char *mark = care_interpretation_mark(chart_reading(e));
	g_autofree char *detail = words_shown(e->detail ? e->detail :
	    e->value);
	g_autofree char *was = before ? number_as(before, e) : NULL;

	cell->e = e;
	cell->value = g_strdup_printf("%s%s%s", detail, *mark ? " " : "", mark);
	cell->date = chart_date_words(e);
	if (!was)
		return;
	cell->change = care_decimal_change(e->value, was);
	cell->percent = care_decimal_percent(e->value, was);
}

/* Years that have one; each is told against the one before it. */
static int
cells_make(struct year_row *row)
{
	const struct chart_entry *before = NULL;
	int n = 0;

	for (int i = 0; i < row->years->n; i++) {
		const struct chart_entry *e = &row->years->entries[i];

		if (!e->ref)
			continue;
		cell_make(&row->cells[i], e, before);
		before = e;
		n++;
	}
	return n;
}

static gboolean
row_read(struct store *store, struct patient_id patient,
    const struct results_line *line, int from, GArray *rows, GError **error)
{
	g_auto(GStrv) tests = line->analyte ? care_analyte_tests(line->analyte)
	    : g_strdupv((char *[]){ (char *)line->row->test, NULL });
	struct year_row row = { .line = line };

	if (!line->row->now.value || !line->before)
		return TRUE;
	row.years = store_result_years(store, patient,
	    (const char *const *)tests, from, YEARS_MAX, error);
	if (!row.years)
		return FALSE;
	if (cells_make(&row) < 2)
		row_clear(&row);
	else
		g_array_append_val(rows, row);
	return TRUE;
}

/* The newest year that is no date in the future. */
static int
newest_year(const GArray *lines, int64_t now_ms)
{
	g_autoptr(GDateTime) now = base_clock_date(now_ms);
	int newest = 0, this_year = g_date_time_get_year(now);

	for (guint i = 0; i < lines->len; i++) {
		const char *date = g_array_index(lines, struct results_line,
		    i).date;
		int year = date ? atoi(date) : 0;

		if (year <= this_year)
			newest = MAX(newest, year);
	}
	return newest ? newest : this_year;
}

GArray *
years_read(struct store *store, struct patient_id patient,
    const GArray *lines, int64_t now_ms, int *from, GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, TRUE,
	    sizeof(struct year_row));

	g_array_set_clear_func(rows, row_clear);
	*from = newest_year(lines, now_ms) - YEARS_MAX + 1;
	for (guint i = 0; i < lines->len; i++)
		if (!row_read(store, patient, &g_array_index(lines,
		    struct results_line, i), *from, rows, error))
			return NULL;
	return g_steal_pointer(&rows);
}
