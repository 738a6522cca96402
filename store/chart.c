/* SPDX-License-Identifier: Apache-2.0 */
/* A patient's chart, from all records that are read together. */
#include "store/chart_row.h"

#include <math.h>

#define DAY_MS INT64_C(86400000)

/* ---- lines -------------------------------------------------------------- */

static const char lines_sql[] = "SELECT " LINE_COLUMNS LINE_TABLES
    " WHERE e.patient=?1 AND e.section=?2";
static const char line_sql[] = "SELECT " LINE_COLUMNS LINE_TABLES
    " WHERE e.e=?1";

void
chart_line_read(sqlite3_stmt *st, GStringChunk *text, struct line *line)
{
	struct chart_entry *e = &line->entry;
	char ref[128];

	*line = (struct line){ 0 };
	line->n = sqlite3_column_int64(st, 0) / ENTRY_PARTS;
	line->test = text_keep(text, st, 14);
	e->section = (enum chart_section)CLAMP(sqlite3_column_int(st, 1), 0,
	    CHART_SECTIONS_ - 1);
	e->words = text_keep(text, st, 2);
	e->detail = text_keep(text, st, 3);
	e->value = text_keep(text, st, 4);
	e->unit = text_keep(text, st, 5);
	e->range = text_keep(text, st, 6);
	e->interpretation = text_keep(text, st, 7);
	e->date = text_keep(text, st, 8);
	e->date_ms = sqlite3_column_int64(st, 9);
	e->status = (enum entry_status)CLAMP(sqlite3_column_int(st, 10), 0,
	    ENTRY_STATUSES_ - 1);
	e->severe = sqlite3_column_int(st, 11);
	e->test = line->test;
	e->ucum = text_keep(text, st, 15);
	e->home = sqlite3_column_int(st, 16);
	e->days_left = G_MININT;
	g_snprintf(ref, sizeof ref, "%s/%s", db_col(st, 12), db_col(st, 13));
	e->ref = g_string_chunk_insert(text, ref);
}

static gboolean
section_read(struct store *store, const GArray *family, enum chart_section s,
    GStringChunk *text, GArray *lines, GError **error)
{
	gboolean failed = FALSE;

	for (guint i = 0; i < family->len && !failed; i++) {
		sqlite3_stmt *st = db_query(store, error, lines_sql, "ii",
		    g_array_index(family, int64_t, i), (int64_t)s);
		struct line line;
		if (!st)
			return FALSE;
		while (db_row(store, st, &failed, error)) {
			chart_line_read(st, text, &line);
			g_array_append_val(lines, line);
		}
		db_done(st);
	}
	return !failed;
}

/* ---- results: the latest of each test ----------------------------------- */

gboolean
chart_line_get(struct store *store, int64_t e, GStringChunk *text,
    struct line *line, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, line_sql, "i", e);
	gboolean failed = FALSE;

	*line = (struct line){ 0 };
	if (st && db_row(store, st, &failed, error))
		chart_line_read(st, text, line);
	db_done(st);
	return st && !failed;
}

gboolean
report_of(struct store *store, int64_t n, struct report_id *report,
    GError **error)
{
	static const char sql[] = "SELECT a FROM link WHERE b=?1 AND kind=4"
	    " UNION ALL SELECT n FROM report WHERE n=?1 LIMIT 1";

	return db_int(store, error, 0, &report->n, sql, "i", n);
}

static gboolean
result_read(struct store *store, const struct latest *latest,
    GStringChunk *text, struct line *line, GError **error)
{
	struct line before = { 0 };

	if (!chart_line_get(store, latest->e, text, line, error) ||
	    !report_of(store, line->n, &line->entry.report, error) ||
	    (latest->previous && !chart_line_get(store, latest->previous, text,
	    &before, error)))
		return FALSE;
	/* A figure in another unit beside it would mislead. */
	if (g_strcmp0(before.entry.unit, line->entry.unit) == 0)
		line->entry.previous = before.entry.value ?
		    before.entry.value : before.entry.detail;
	return TRUE;
}

/* 0 critical, 1 abnormal, 2 the rest. */
static int
abnormal_rank(const char *mark)
{
	static const char *const critical[] = { "HH", "LL", "AA", "HU", "LU",
		NULL };
	static const char *const normal[] = { "N", "NEG", "ND", "IND", "S",
		NULL };

	if (!mark || g_strv_contains(normal, mark))
		return 2;
	return g_strv_contains(critical, mark) ? 0 : 1;
}

static gint
result_order(gconstpointer a, gconstpointer b)
{
	const struct chart_entry *x = &((const struct line *)a)->entry;
	const struct chart_entry *y = &((const struct line *)b)->entry;
	int by = abnormal_rank(x->interpretation) -
	    abnormal_rank(y->interpretation);

	if (by)
		return by;
	if (x->date_ms != y->date_ms)
		return x->date_ms < y->date_ms ? 1 : -1;
	return g_strcmp0(x->words, y->words);
}

static gboolean
results_read(struct store *store, const GArray *family, GStringChunk *text,
    GArray *lines, int64_t now_ms, GError **error)
{
	g_autoptr(GArray) all = latest_read(store, family, now_ms, text,
	    error);
	guint first = lines->len;
	struct line line;

	if (!all)
		return FALSE;
	for (guint i = 0; i < all->len; i++) {
		if (!result_read(store, &g_array_index(all, struct latest, i),
		    text, &line, error))
			return FALSE;
		g_array_append_val(lines, line);
	}
	if (lines->len > first)
		qsort(&g_array_index(lines, struct line, first),
		    lines->len - first, sizeof line,
		    (int (*)(const void *, const void *))result_order);
	return TRUE;
}

/* ---- the order of the others -------------------------------------------- */

/* What counts now above what does not. */
int
chart_status_rank(enum entry_status status)
{
	static const int ranks[] = {
		[ENTRY_DO_NOT_PERFORM] = -1, [ENTRY_PLAIN] = 0,
		[ENTRY_NOT_UNDERSTOOD] = 0, [ENTRY_KNOWN_NONE] = 0,
		[ENTRY_CORRECTED] = 0, [ENTRY_UNCONFIRMED] = 1,
		[ENTRY_PRELIMINARY] = 1, [ENTRY_ON_HOLD] = 1,
		[ENTRY_INACTIVE] = 2, [ENTRY_RESOLVED] = 2,
		[ENTRY_COMPLETED] = 2, [ENTRY_CANCELLED] = 3,
		[ENTRY_REFUTED] = 3, [ENTRY_ENTERED_IN_ERROR] = 4,
		[ENTRY_PLANNED] = 0, [ENTRY_ONGOING] = 0,
		[ENTRY_NOT_DONE] = 3, [ENTRY_SUPERSEDED] = 2,
	};

	return ranks[status];
}

static gint
entry_order(gconstpointer a, gconstpointer b)
{
	const struct chart_entry *x = &((const struct line *)a)->entry;
	const struct chart_entry *y = &((const struct line *)b)->entry;
	int by = chart_status_rank(x->status) -
	    chart_status_rank(y->status);

	if (by)
		return by;
	if (x->severe != y->severe)
		return x->severe ? -1 : 1;
	if (x->date_ms != y->date_ms)
		return x->date_ms < y->date_ms ? 1 : -1;
	return g_strcmp0(x->words, y->words);
}

static gboolean
listed_read(struct store *store, const GArray *family, enum chart_section s,
    GStringChunk *text, GArray *lines, GError **error)
{
	guint first = lines->len;

	if (!section_read(store, family, s, text, lines, error))
		return FALSE;
	if (lines->len > first)
		qsort(&g_array_index(lines, struct line, first),
		    lines->len - first, sizeof(struct line),
		    (int (*)(const void *, const void *))entry_order);
	return TRUE;
}

/* ---- days of supply left ------------------------------------------------ */

struct supply { int64_t request; double end_ms; gboolean any; };

/* What was handed over is taken one after the other, from the day it was. */
static void
supply_add(struct supply *supply, int64_t handed, double days)
{
	double from = supply->any ? MAX(supply->end_ms, (double)handed) :
	    (double)handed;

	supply->any = TRUE;
	supply->end_ms = from + days * (double)DAY_MS;
}

static gboolean
supply_read(struct store *store, const GArray *family, const struct line *line,
    struct supply *supply, GError **error)
{
	static const char sql[] = "SELECT handed, days FROM dispense"
	    " WHERE patient=?1 AND (request=?2 OR (request=0 AND code=?3))"
	    " ORDER BY handed";
	gboolean failed = FALSE;

	for (guint i = 0; i < family->len && !failed; i++) {
		sqlite3_stmt *st = db_query(store, error, sql, "iis",
		    g_array_index(family, int64_t, i), line->n, line->test);
		if (!st)
			return FALSE;
		while (db_row(store, st, &failed, error))
			supply_add(supply, sqlite3_column_int64(st, 0),
			    sqlite3_column_double(st, 1));
		db_done(st);
	}
	return !failed;
}

static gboolean
days_read(struct store *store, const GArray *family, GArray *lines, guint first,
    int64_t now_ms, GError **error)
{
	for (guint i = first; i < lines->len; i++) {
		struct line *line = &g_array_index(lines, struct line, i);
		struct supply supply = { 0 };
		if (line->entry.status != ENTRY_PLAIN)
			continue;
		if (!supply_read(store, family, line, &supply, error))
			return FALSE;
		if (supply.any)
			line->entry.days_left = (int)CLAMP(floor(
			    (supply.end_ms - (double)now_ms) /
			    (double)DAY_MS), -9999.0, 9999.0);
	}
	return TRUE;
}

/* ---- the whole ---------------------------------------------------------- */

/* Of several records, the least that is known of any. */
gboolean
chart_states(struct store *store, const GArray *family,
    enum section_state states[CHART_SECTIONS_], GError **error)
{
	static const char sql[] = "SELECT state FROM section"
	    " WHERE patient=?1 AND section=?2";
	static const int worse[] = { [SECTION_LOADED] = 0,
		[SECTION_NOT_KEPT] = 1, [SECTION_REFUSED] = 2,
		[SECTION_NOT_LOADED] = 3 };
	int64_t state;

	for (int s = 0; s < CHART_SECTIONS_; s++) {
		states[s] = SECTION_LOADED;
		for (guint i = 0; i < family->len; i++) {
			if (!db_int(store, error, SECTION_NOT_LOADED, &state,
			    sql, "ii", g_array_index(family, int64_t, i),
			    (int64_t)s))
				return FALSE;
			state = CLAMP(state, 0, SECTION_NOT_KEPT);
			if (worse[state] > worse[states[s]])
				states[s] = (enum section_state)state;
		}
	}
	return TRUE;
}

/* What stands beside the thread; the others are counted. */
static const enum chart_section pane_sections[] = { CHART_ALLERGIES,
	CHART_PROBLEMS, CHART_DRUGS, CHART_RESULTS, CHART_FLAGS };

static gboolean
lines_read(struct store *store, const GArray *family, GStringChunk *text,
    GArray *lines, int64_t now_ms, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pane_sections); i++) {
		enum chart_section s = pane_sections[i];
		guint first = lines->len;
		gboolean ok = s == CHART_RESULTS ?
		    results_read(store, family, text, lines, now_ms, error) :
		    listed_read(store, family, s, text, lines, error);
		if (!ok || (s == CHART_DRUGS && !days_read(store, family,
		    lines, first, now_ms, error)))
			return FALSE;
	}
	return TRUE;
}

/* Steps through the index alone. */
gboolean
chart_section_count(struct store *store, const GArray *family,
    enum chart_section s, int64_t *count, GError **error)
{
	static const char sql[] = "SELECT count(*) FROM entry INDEXED BY"
	    " entry_patient WHERE patient=?1 AND section=?2";

	*count = 0;
	for (guint i = 0; i < family->len; i++) {
		int64_t n;

		if (!db_int(store, error, 0, &n, sql, "ii",
		    g_array_index(family, int64_t, i), (int64_t)s))
			return FALSE;
		*count += n;
	}
	return TRUE;
}

static gboolean
counts_read(struct store *store, const GArray *family, struct chart *chart,
    GError **error)
{
	for (size_t i = 0; i < chart->n; i++)
		chart->count[chart->entries[i].section]++;
	for (int s = CHART_VISITS; s < CHART_FLAGS; s++)
		if (!chart_section_count(store, family, (enum chart_section)s,
		    &chart->count[s], error))
			return FALSE;
	return TRUE;
}

struct chart *
store_chart(struct store *store, struct patient_id patient, int64_t now_ms,
    GError **error)
{
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE,
	    sizeof(struct line));
	BASE_AUTO(chart) chart = g_new0(struct chart, 1);

	chart->text = g_string_chunk_new(8192);
	if (!family || !brief_get(store, patient.n, chart->text,
	    &chart->patient, error) ||
	    !chart_states(store, family, chart->state, error) ||
	    !lines_read(store, family, chart->text, lines, now_ms, error))
		return NULL;
	chart->n = lines->len;
	chart->entries = g_new0(struct chart_entry, MAX(chart->n, 1));
	for (guint i = 0; i < lines->len; i++)
		chart->entries[i] = g_array_index(lines, struct line, i).entry;
	if (!counts_read(store, family, chart, error))
		return NULL;
	return g_steal_pointer(&chart);
}

void
chart_free(struct chart *chart)
{
	if (!chart)
		return;
	g_free(chart->entries);
	g_string_chunk_free(chart->text);
	g_free(chart);
}
