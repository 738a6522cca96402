/* SPDX-License-Identifier: Apache-2.0 */
/* The results page's questions: latest and previous, series, drug periods. */
#include "store/chart_row.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

/* ---- latest beside previous --------------------------------------------- */

static gboolean
panel_read(struct store *store, const struct line *line, GStringChunk *text,
    struct result_row *row, GError **error)
{
	static const char sql[] = "SELECT name FROM report WHERE n=?1";
	g_autoptr(GError) failed = NULL;
	g_autofree char *name = NULL;

	if (!report_of(store, line->n, &row->now.report, error))
		return FALSE;
	if (!row->now.report.n)
		return TRUE;
	name = db_text(store, &failed, sql, "i", row->now.report.n);
	if (failed) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	row->panel = name ? g_string_chunk_insert(text, name) : NULL;
	return TRUE;
}

static gboolean
row_read(struct store *store, const struct latest *latest, GStringChunk *text,
    struct result_row *row, GError **error)
{
	struct line now, before = { 0 };

	if (!chart_line_get(store, latest->e, text, &now, error) ||
	    (latest->previous && !chart_line_get(store, latest->previous, text,
	    &before, error)))
		return FALSE;
	row->test = latest->test;
	row->now = now.entry;
	row->before = before.entry;
	return panel_read(store, &now, text, row, error);
}

struct results *
store_results(struct store *store, struct patient_id patient, int64_t now_ms,
    GError **error)
{
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	g_autoptr(GArray) all = NULL;
	BASE_AUTO(results) out = g_new0(struct results, 1);
	enum section_state states[CHART_SECTIONS_];

	out->text = g_string_chunk_new(8192);
	if (!family || !brief_get(store, patient.n, out->text, &out->patient,
	    error) || !chart_states(store, family, states, error))
		return NULL;
	all = latest_read(store, family, now_ms, out->text, error);
	if (!all)
		return NULL;
	out->state = states[CHART_RESULTS];
	out->rows = g_new0(struct result_row, MAX(all->len, 1));
	for (guint i = 0; i < all->len; i++, out->n++)
		if (!row_read(store, &g_array_index(all, struct latest, i),
		    out->text, &out->rows[i], error))
			return NULL;
	return g_steal_pointer(&out);
}

void
results_free(struct results *results)
{
	if (!results)
		return;
	if (results->text)
		g_string_chunk_free(results->text);
	g_free(results->rows);
	g_free(results);
}

/* ---- a series ----------------------------------------------------------- */

static gboolean
points_read(struct store *store, int64_t patient, const char *test, int limit,
    GStringChunk *text, GArray *points, GError **error)
{
	static const char sql[] = "SELECT " LINE_COLUMNS LINE_TABLES
	    " WHERE e.patient=?1 AND e.section=?2 AND e.test=?3"
	    " ORDER BY e.date_ms DESC, e.status DESC, e.e DESC LIMIT ?4";
	sqlite3_stmt *st = db_query(store, error, sql, "iisi", patient,
	    (int64_t)CHART_RESULTS, test, (int64_t)limit);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		struct line line;

		chart_line_read(st, text, &line);
		g_array_append_val(points, line.entry);
	}
	db_done(st);
	return st && !failed;
}

static gboolean
points_count(struct store *store, int64_t patient, const char *test,
    int64_t *all, GError **error)
{
	static const char sql[] = "SELECT count(*) FROM entry INDEXED BY"
	    " entry_patient WHERE patient=?1 AND section=?2 AND test=?3";
	int64_t n;

	if (!db_int(store, error, 0, &n, sql, "iis", patient,
	    (int64_t)CHART_RESULTS, test))
		return FALSE;
	*all += n;
	return TRUE;
}

static gint
by_date(gconstpointer a, gconstpointer b)
{
	const struct chart_entry *x = a, *y = b;

	if (x->date_ms != y->date_ms)
		return x->date_ms < y->date_ms ? -1 : 1;
	return g_strcmp0(x->ref, y->ref);
}

struct result_series *
store_result_series(struct store *store, struct patient_id patient,
    const char *const *tests, int limit, GError **error)
{
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	g_autoptr(GArray) points = g_array_new(FALSE, FALSE,
	    sizeof(struct chart_entry));
	BASE_AUTO(result_series) out = g_new0(struct result_series, 1);
	int64_t all = 0;

	out->text = g_string_chunk_new(8192);
	for (guint i = 0; family && i < family->len; i++)
		for (const char *const *t = tests; *t; t++) {
			int64_t n = g_array_index(family, int64_t, i);

			if (!points_read(store, n, *t, limit, out->text,
			    points, error) ||
			    !points_count(store, n, *t, &all, error))
				return NULL;
		}
	if (!family)
		return NULL;
	g_array_sort(points, by_date);
	if (points->len > (guint)limit)
		g_array_remove_range(points, 0, points->len - (guint)limit);
	out->n = points->len;
	out->earlier = all - (int64_t)out->n;
	out->points = (struct chart_entry *)(void *)g_array_free(
	    g_steal_pointer(&points), FALSE);
	return g_steal_pointer(&out);
}

struct result_series *
store_result_of(struct store *store, const char *ref, GError **error)
{
	/* An entry's number is its resource's, and which part of it. */
	static const char sql[] = "SELECT " LINE_COLUMNS LINE_TABLES
	    " WHERE e.e>=?1*256 AND e.e<?1*256+256 AND r.here ORDER BY e.e";
	BASE_AUTO(result_series) out = g_new0(struct result_series, 1);
	g_autoptr(GArray) points = g_array_new(FALSE, FALSE,
	    sizeof(struct chart_entry));
	gboolean failed = FALSE;
	struct fhir_ref parsed;
	sqlite3_stmt *st;

	out->text = g_string_chunk_new(512);
	if (!fhir_ref_parse(ref, &parsed))
		return g_steal_pointer(&out);
	st = db_query(store, error, sql, "i", number_find(store, parsed.type,
	    parsed.id));
	while (st && db_row(store, st, &failed, error)) {
		struct line line;

		chart_line_read(st, out->text, &line);
		g_array_append_val(points, line.entry);
	}
	db_done(st);
	if (!st || failed)
		return NULL;
	out->n = points->len;
	out->points = (struct chart_entry *)(void *)g_array_free(
	    g_steal_pointer(&points), FALSE);
	return g_steal_pointer(&out);
}

void
result_series_free(struct result_series *series)
{
	if (!series)
		return;
	if (series->text)
		g_string_chunk_free(series->text);
	g_free(series->points);
	g_free(series);
}

/* ---- drugs in time ------------------------------------------------------ */

static void
period_clear(void *p)
{
	g_free(((struct drug_period *)p)->words);
}

/* Until the order says, else until what was handed out is used up, else it goes
 * on as long as it is active. */
static void
period_end(sqlite3_stmt *st, struct drug_period *p)
{
	int64_t until = sqlite3_column_int64(st, 2);
	double used = sqlite3_column_double(st, 4);
	gboolean active = g_strcmp0(db_col(st, 3), "active") == 0;

	p->until_known = TRUE;
	if (until > 0) {
		p->until_ms = until;
	} else if (used > 0 && used < 1e15) {
		p->until_ms = (int64_t)used;
	} else {
		p->until_ms = active ? G_MAXINT64 : p->from_ms;
		p->until_known = active;
	}
}

static gboolean
periods_read(struct store *store, int64_t patient, int limit, GArray *periods,
    GError **error)
{
	static const char sql[] = "SELECT coalesce(s.words, w.words),"
	    " s.authored, s.until, s.status, (SELECT max(d.handed + d.days *"
	    " 86400000.0) FROM dispense d WHERE d.patient=s.patient"
	    " AND d.request=s.n)"
	    " FROM script s LEFT JOIN named w ON w.n = s.drug"
	    " JOIN body b ON b.n = s.n WHERE s.patient=?1 AND s.authored>0 AND s.status IN ('active',"
	    " 'completed', 'stopped', 'on-hold') AND s.intent IS NOT"
	    " 'proposal' AND (instr(b.bytes, 'doNotPerform') = 0 OR"
	    " json_extract(CAST(b.bytes AS TEXT), '$.doNotPerform') IS NOT 1)"
	    " ORDER BY s.authored DESC LIMIT ?2";
	sqlite3_stmt *st = db_query(store, error, sql, "ii", patient,
	    (int64_t)limit);
	gboolean failed = FALSE;

	while (st && db_row(store, st, &failed, error)) {
		struct drug_period p = { .from_ms =
			sqlite3_column_int64(st, 1) };

		if (!db_col(st, 0))
			continue;
		p.words = g_strdup(db_col(st, 0));
		period_end(st, &p);
		g_array_append_val(periods, p);
	}
	db_done(st);
	return st && !failed;
}

static gint
by_beginning(gconstpointer a, gconstpointer b)
{
	const struct drug_period *x = a, *y = b;

	return (x->from_ms > y->from_ms) - (x->from_ms < y->from_ms);
}

GArray *
store_drug_periods(struct store *store, struct patient_id patient, int limit,
    GError **error)
{
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	g_autoptr(GArray) periods = g_array_new(FALSE, FALSE,
	    sizeof(struct drug_period));

	g_array_set_clear_func(periods, period_clear);
	for (guint i = 0; family && i < family->len; i++)
		if (!periods_read(store, g_array_index(family, int64_t, i),
		    limit, periods, error))
			return NULL;
	g_array_sort(periods, by_beginning);
	return family ? g_steal_pointer(&periods) : NULL;
}

/* ---- what a report says ------------------------------------------------- */

/* Panels deeper than this are none that a laboratory writes. */
enum { MEMBERS_DEEP = 8, MEMBERS_MAX = 1000 };

struct members {
	struct store *store;
	GHashTable *seen;         /* resource numbers: a circle ends here */
	struct results *out;
	GArray *rows;
};

static gboolean
member_lines(struct members *m, int64_t n, GError **error)
{
	static const char sql[] = "SELECT " LINE_COLUMNS LINE_TABLES
	    " WHERE e.e BETWEEN ?1*256 AND ?1*256+255 ORDER BY e.e";
	sqlite3_stmt *st = db_query(m->store, error, sql, "i", n);
	gboolean failed = st == NULL;

	while (!failed && db_row(m->store, st, &failed, error)) {
		struct result_row row = { 0 };
		struct line line;

		chart_line_read(st, m->out->text, &line);
		row.test = line.test;
		row.now = line.entry;
		g_array_append_val(m->rows, row);
	}
	db_done(st);
	return !failed;
}

static gboolean
member_add(struct members *m, int64_t n, int deep, GError **error)
{
	static const char sql[] = "SELECT bytes FROM body WHERE n=?1";
	g_autofree char *body = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	size_t count;

	if (deep > MEMBERS_DEEP || m->rows->len > MEMBERS_MAX ||
	    (n && touched(m->seen, n)))
		return TRUE;
	touch(m->seen, n);
	if (!member_lines(m, n, error))
		return FALSE;
	body = db_text(m->store, NULL, sql, "i", n);
	m->out->missing += !body;
	doc = body ? fhir_parse(body, strlen(body), NULL, NULL) : NULL;
	count = doc ? fhir_count(fhir_root(doc), "hasMember") : 0;
	for (size_t i = 0; i < count; i++) {
		struct fhir_ref ref;

		if (fhir_ref_at(fhir_at(fhir_root(doc), "hasMember", i), NULL,
		    &ref) && !member_add(m, number_find(m->store, ref.type,
		    ref.id), deep + 1, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
members_read(struct members *m, int64_t report, GError **error)
{
	static const char sql[] = "SELECT b FROM link WHERE a=?1 AND kind=4";
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
	sqlite3_stmt *st = db_query(m->store, error, sql, "i", report);
	gboolean failed = st == NULL;

	g_array_append_val(all, report); /* its own conclusion */
	while (!failed && db_row(m->store, st, &failed, error)) {
		int64_t n = sqlite3_column_int64(st, 0);

		g_array_append_val(all, n);
	}
	db_done(st);
	for (guint i = 0; !failed && i < all->len; i++)
		failed = !member_add(m, g_array_index(all, int64_t, i), 0,
		    error);
	return !failed;
}

struct results *
store_report_results(struct store *store, struct report_id report,
    GError **error)
{
	static const char sql[] = "SELECT patient FROM report WHERE n=?1";
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE,
	    sizeof(struct result_row));
	BASE_AUTO(results) out = g_new0(struct results, 1);
	struct members m = { store, seen, out, rows };
	int64_t patient;

	out->text = g_string_chunk_new(4096);
	if (!db_int(store, error, 0, &patient, sql, "i", report.n) ||
	    !brief_get(store, patient, out->text, &out->patient, error) ||
	    !members_read(&m, report.n, error))
		return NULL;
	out->state = SECTION_LOADED;
	out->n = rows->len;
	out->rows = (struct result_row *)(void *)g_array_free(
	    g_steal_pointer(&rows), FALSE);
	return g_steal_pointer(&out);
}
