/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the results page: what care calls the same test in one row, the
 * graver first. */
#include "tui/results_view.h"

#include <stdio.h>
#include <string.h>

static void
line_clear(void *p)
{
	struct results_line *l = p;

	g_free(l->name);
	g_free(l->value);
	g_free(l->more);
	g_free(l->date);
	g_free(l->change);
}

const char *
results_reading(const struct chart_entry *entry)
{
	return chart_reading(entry);
}

/* A later row of the same analyte joins the one that is there. */
static void
line_join(struct results_line *l, const struct result_row *row)
{
	const struct chart_entry *older = &row->now;
	const struct chart_entry *next = row->before.ref ? &row->before : NULL;

	if (row->now.date_ms > l->row->now.date_ms) {
		older = &l->row->now;
		next = l->before;
		l->before = row->before.ref ? &row->before : NULL;
		l->row = row;
	}
	if (!l->before || older->date_ms > l->before->date_ms)
		l->before = older;
	if (next && next->date_ms > l->before->date_ms)
		l->before = next;
}

/* ---- words -------------------------------------------------------------- */

/* The value before, in the unit of now; NULL: it does not convert. Owned. */
static char *
before_value(const struct results_line *l)
{
	const struct chart_entry *now = &l->row->now, *b = l->before;

	return chart_is_plain(now) && chart_is_plain(b) ?
	    chart_value_as(b, now->test, chart_unit(now)) : NULL;
}

/* "was 6.8 % (2025-11-02), +0.4"; where the units do not convert, that. */
static void
before_words(struct results_line *l, GString *out)
{
	g_autofree char *was = words_shown(l->before->detail);
	g_autofree char *date = chart_date_words(l->before);
	g_autofree char *value = before_value(l);

	l->change = care_decimal_change(l->row->now.value, value);
	g_string_append(out, out->len ? ", " : "");
	g_string_append_printf(out, _("was %s"), was);
	if (date)
		g_string_append_printf(out, " (%s)", date);
	if (value && g_strcmp0(value, l->before->value) != 0)
		g_string_append_printf(out, " ≈ %s", value);
	if (l->change)
		g_string_append_printf(out, ", %s", l->change);
	else if (l->before->value && l->row->now.value && !value &&
	    g_strcmp0(chart_unit(&l->row->now), chart_unit(l->before)))
		g_string_append(out, _(", not comparable: other units"));
}

static char *
more_words(struct results_line *l, int64_t now_ms)
{
	const struct chart_entry *e = &l->row->now;
	g_autofree char *range = words_shown(e->range);
	g_autofree char *panel = words_shown(l->row->panel);
	const char *status = chart_status_words(e->status);
	GString *out = g_string_new(care_interpretation_words(
	    chart_reading(e)));

	if (*range)
		g_string_append_printf(out, "%s(%s)", out->len ? " " : "",
		    range);
	if (care_range_reversed(e->range))
		g_string_append_printf(out, " ! %s",
		    _("range upside down: not judged"));
	if (status)
		g_string_append_printf(out, " ! %s", status);
	if (e->date_ms > now_ms + RESULT_AHEAD_MS)
		g_string_append_printf(out, " ! %s",
		    _("dated in the future"));
	if (e->value && !e->unit)
		g_string_append_printf(out, " %s", _("no unit given"));
	if (l->before)
		before_words(l, out);
	if (*panel && g_strcmp0(panel, l->name) != 0)
		g_string_append_printf(out, " · %s", panel);
	g_strchug(out->str);
	return g_string_free(out, FALSE);
}

static void
line_words(struct results_line *l, int64_t now_ms)
{
	const struct chart_entry *e = &l->row->now;
	g_autofree char *detail = words_shown(e->detail ? e->detail :
	    e->value);
	const char *mark = care_interpretation_mark(chart_reading(e));

	l->name = words_shown(e->words);
	if (!*l->name) {
		g_free(l->name);
		l->name = words_shown(l->row->test);
	}
	l->rank = chart_result_rank(e);
	l->value = g_strdup_printf("%s%s%s", detail, *mark ? " " : "", mark);
	l->date = chart_date_words(e);
	if (!l->date)
		l->date = g_strdup(_("no date"));
	l->more = more_words(l, now_ms);
}

static gint
by_gravity(gconstpointer a, gconstpointer b)
{
	const struct results_line *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank - y->rank;
	if (x->row->now.date_ms != y->row->now.date_ms)
		return x->row->now.date_ms < y->row->now.date_ms ? 1 : -1;
	return strcmp(x->name, y->name);
}

GArray *
results_lines_new(const struct results *results, int64_t now_ms)
{
	g_autoptr(GHashTable) groups = g_hash_table_new(NULL, NULL);
	GArray *lines = g_array_new(FALSE, TRUE, sizeof(struct results_line));

	g_array_set_clear_func(lines, line_clear);
	for (size_t i = 0; i < results->n; i++) {
		const struct result_row *row = &results->rows[i];
		struct results_line line = { .row = row, .analyte =
			care_analyte_of(row->test), .before =
			row->before.ref ? &row->before : NULL };
		void *at = line.analyte ? g_hash_table_lookup(groups,
		    line.analyte) : NULL;

		if (at) {
			line_join(&g_array_index(lines, struct results_line,
			    GPOINTER_TO_UINT(at) - 1), row);
			continue;
		}
		g_array_append_val(lines, line);
		if (line.analyte)
			g_hash_table_insert(groups, (void *)line.analyte,
			    GUINT_TO_POINTER(lines->len));
	}
	for (guint i = 0; i < lines->len; i++)
		line_words(&g_array_index(lines, struct results_line, i),
		    now_ms);
	g_array_sort(lines, by_gravity);
	return lines;
}

/* ---- found by what is typed --------------------------------------------- */

char *
results_fact_words(const struct results_line *l)
{
	const struct chart_entry *e = &l->row->now;
	g_autofree char *value = words_shown(e->detail ? e->detail :
	    e->value);

	return g_strdup_printf(_("%s %s (%s)"), l->name, value, l->date);
}

int
results_fits(const struct results_line *l, const char *folded)
{
	g_autofree char *name = base_text_fold(l->name);
	g_auto(GStrv) also = l->analyte ? g_strsplit(l->analyte->also, " ",
	    -1) : NULL;
	int best = strcmp(name, folded) == 0 ? 2 : strstr(name, folded) != NULL;

	for (char **word = also; word && *word; word++)
		if (strcmp(*word, folded) == 0)
			best = 2;
		else if (g_str_has_prefix(*word, folded))
			best = MAX(best, 1);
	return chart_is_sound(&l->row->now) ? best : 0;
}

GPtrArray *
results_found(const GArray *lines, const char *typed)
{
	g_autofree char *folded = base_text_fold(typed);
	GPtrArray *found = g_ptr_array_new();
	int best = 1;

	for (guint i = 0; i < lines->len; i++) {
		struct results_line *l = &g_array_index(lines,
		    struct results_line, i);
		int fit = results_fits(l, folded);

		if (fit > best) {
			g_ptr_array_set_size(found, 0);
			best = fit;
		}
		if (fit == best)
			g_ptr_array_add(found, l);
	}
	return found;
}

/* ---- told to the patient ------------------------------------------------ */

GPtrArray *
results_told(const GArray *lines, guint max)
{
	GPtrArray *told = g_ptr_array_new();

	for (int want = 1; want <= 2 && !told->len; want++)
		for (guint i = 0; i < lines->len && told->len < max; i++) {
			struct results_line *l = &g_array_index(lines,
			    struct results_line, i);

			if (l->rank <= want &&
			    chart_is_sound(&l->row->now))
				g_ptr_array_add(told, l);
		}
	return told;
}

static GDateTime *
month_day(GDateTime *now, int month, int day)
{
	GDateTime *at = NULL;

	/* The next that there is: 29 February may be years away. */
	for (int year = g_date_time_get_year(now), i = 0; i < 9; i++) {
		g_clear_pointer(&at, g_date_time_unref);
		at = g_date_time_new(g_date_time_get_timezone(now), year + i,
		    month, day, 23, 59, 59);
		if (at && g_date_time_compare(at, now) >= 0)
			return at;
	}
	return at;
}

/* "14d", "+2w", "3m". */
static GDateTime *
span_from(GDateTime *now, const char *typed)
{
	char *unit = NULL;
	gint64 n = g_ascii_strtoll(typed + (*typed == '+'), &unit, 10);

	if (n < 1 || n > 3650 || !*unit || unit[1])
		return NULL;
	switch (*unit) {
	case 'd':
		return g_date_time_add_days(now, (int)n);
	case 'w':
		return g_date_time_add_weeks(now, (int)n);
	case 'm':
		return g_date_time_add_months(now, (int)n);
	default:
		return NULL;
	}
}

char *
results_due(const char *typed, int64_t now_ms)
{
	g_autoptr(GDateTime) now = base_clock_date(now_ms);
	g_autoptr(GDateTime) at = NULL;
	g_autofree char *today = g_date_time_format(now, "%Y-%m-%d");
	int year, month, day;
	char rest;

	if (sscanf(typed, "%4d-%2d-%2d%c", &year, &month, &day, &rest) == 3)
		at = g_date_time_new(g_date_time_get_timezone(now), year,
		    month, day, 23, 59, 59);
	else if (sscanf(typed, "%2d-%2d%c", &month, &day, &rest) == 2)
		at = month_day(now, month, day);
	else
		at = span_from(now, typed);
	if (!at || g_date_time_get_year(at) > 9999)
		return NULL;
	{
		g_autofree char *due = g_date_time_format(at, "%Y-%m-%d");

		return strcmp(due, today) >= 0 ? g_steal_pointer(&due) : NULL;
	}
}

gboolean
results_is_report(const struct results_line *line)
{
	return line->row->now.ref && g_str_has_prefix(line->row->now.ref,
	    "DiagnosticReport/");
}
