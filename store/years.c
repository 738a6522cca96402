/* SPDX-License-Identifier: Apache-2.0 */
/* The last sound result of each calendar year: check-ups beside each other (F41).
 * A year is the hospital's for a moment, and as it was written for a date. */
#include "store/chart_row.h"

#include <stdlib.h>

#define DAY_MS INT64_C(86400000)

static int
year_of(const struct chart_entry *e)
{
	g_autoptr(GDateTime) at = NULL;
	char precision;
	int64_t ms;

	if (!e->date || !fhir_time_ms(e->date, &ms, &precision))
		return 0;
	if (precision != 't')
		return atoi(e->date);
	at = base_clock_date(ms);
	return at ? g_date_time_get_year(at) : 0;
}

/* A day more on each side holds every zone's year. */
static gboolean
year_bounds(int year, int64_t *from, int64_t *until)
{
	g_autoptr(GDateTime) first = g_date_time_new_utc(year, 1, 1, 0, 0, 0);
	g_autoptr(GDateTime) next = g_date_time_new_utc(year + 1, 1, 1, 0, 0,
	    0);

	if (!first || !next)
		return FALSE;
	*from = g_date_time_to_unix(first) * 1000 - DAY_MS;
	*until = g_date_time_to_unix(next) * 1000 + DAY_MS;
	return TRUE;
}

static gboolean
is_newer(const struct chart_entry *e, const struct chart_entry *than)
{
	return !than->ref || e->date_ms > than->date_ms;
}

static gboolean
year_read(struct store *store, int64_t patient, const char *test, int year,
    GStringChunk *text, struct chart_entry *entry, GError **error)
{
	static const char sql[] = "SELECT " LINE_COLUMNS LINE_TABLES
	    " WHERE e.patient=?1 AND e.section=?2 AND e.test=?3"
	    " AND e.date_ms>=?4 AND e.date_ms<?5 AND e.status NOT IN (?6, ?7)"
	    " ORDER BY e.date_ms DESC, e.status DESC, e.e DESC";
	gboolean failed = FALSE, found = FALSE;
	int64_t from, until;
	sqlite3_stmt *st;

	if (!year_bounds(year, &from, &until))
		return TRUE;
	st = db_query(store, error, sql, "iisiiii", patient,
	    (int64_t)CHART_RESULTS, test, from, until,
	    (int64_t)ENTRY_ENTERED_IN_ERROR, (int64_t)ENTRY_CANCELLED);
	while (st && !found && db_row(store, st, &failed, error)) {
		struct line line;

		chart_line_read(st, text, &line);
		found = year_of(&line.entry) == year;
		if (found && is_newer(&line.entry, entry))
			*entry = line.entry;
	}
	db_done(st);
	return st && !failed;
}

struct year_results *
store_result_years(struct store *store, struct patient_id patient,
    const char *const *tests, int from_year, int years, GError **error)
{
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	BASE_AUTO(year_results) out = g_new0(struct year_results, 1);

	out->text = g_string_chunk_new(2048);
	out->from = from_year;
	out->n = years;
	out->entries = g_new0(struct chart_entry, (gsize)MAX(years, 1));
	for (guint i = 0; family && i < family->len; i++)
		for (const char *const *t = tests; *t; t++)
			for (int y = 0; y < years; y++)
				if (!year_read(store, g_array_index(family,
				    int64_t, i), *t, from_year + y, out->text,
				    &out->entries[y], error))
					return NULL;
	return family ? g_steal_pointer(&out) : NULL;
}

void
year_results_free(struct year_results *years)
{
	if (!years)
		return;
	if (years->text)
		g_string_chunk_free(years->text);
	g_free(years->entries);
	g_free(years);
}
