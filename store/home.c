/* SPDX-License-Identifier: Apache-2.0 */
/* What patients read at home: of one, and of all together by date. */
#include "store/chart_row.h"

static gboolean
rows_add(struct store *store, sqlite3_stmt *st, struct home_readings *out,
    GArray *rows, GError **error)
{
	gboolean failed = st == NULL;

	while (!failed && db_row(store, st, &failed, error)) {
		struct home_reading row = { 0 };
		struct line line;

		chart_line_read(st, out->text, &line);
		row.entry = line.entry;
		row.patient.n = sqlite3_column_int64(st, LINE_COUNT);
		g_array_append_val(rows, row);
	}
	db_done(st);
	return !failed;
}

static gint
by_date(gconstpointer a, gconstpointer b)
{
	const struct home_reading *x = a, *y = b;

	if (x->entry.date_ms != y->entry.date_ms)
		return x->entry.date_ms < y->entry.date_ms ? -1 : 1;
	return g_strcmp0(x->entry.ref, y->entry.ref);
}

static struct home_readings *
readings_take(struct home_readings *out, GArray *rows)
{
	g_array_sort(rows, by_date);
	out->n = rows->len;
	out->rows = (struct home_reading *)(void *)g_array_free(rows, FALSE);
	return out;
}

struct home_readings *
store_home_readings(struct store *store, struct patient_id patient,
    int64_t from_ms, int64_t until_ms, GError **error)
{
	static const char sql[] = "SELECT " LINE_COLUMNS ", e.patient"
	    LINE_TABLES " WHERE e.patient=?1 AND e.section=?2 AND e.home=1"
	    " AND e.date_ms>=?3 AND e.date_ms<?4";
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE,
	    sizeof(struct home_reading));
	BASE_AUTO(home_readings) out = g_new0(struct home_readings, 1);

	out->text = g_string_chunk_new(8192);
	for (guint i = 0; family && i < family->len; i++) {
		sqlite3_stmt *st = db_query(store, error, sql, "iiii",
		    g_array_index(family, int64_t, i), (int64_t)CHART_RESULTS,
		    from_ms, until_ms);

		if (!rows_add(store, st, out, rows, error))
			return NULL;
	}
	return family ? readings_take(g_steal_pointer(&out),
	    g_steal_pointer(&rows)) : NULL;
}

struct home_readings *
store_home_all(struct store *store, int64_t from_ms, int64_t until_ms,
    GError **error)
{
	static const char sql[] = "SELECT " LINE_COLUMNS ", e.patient FROM"
	    " entry e INDEXED BY entry_home JOIN resource r ON r.n = e.e / 256"
	    " LEFT JOIN named w ON w.n = e.drug WHERE e.home=1"
	    " AND e.date_ms>=?1 AND e.date_ms<?2";
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE,
	    sizeof(struct home_reading));
	BASE_AUTO(home_readings) out = g_new0(struct home_readings, 1);

	out->text = g_string_chunk_new(8192);
	if (!rows_add(store, db_query(store, error, sql, "ii", from_ms,
	    until_ms), out, rows, error))
		return NULL;
	return readings_take(g_steal_pointer(&out), g_steal_pointer(&rows));
}

void
home_readings_free(struct home_readings *readings)
{
	if (!readings)
		return;
	if (readings->text)
		g_string_chunk_free(readings->text);
	g_free(readings->rows);
	g_free(readings);
}
