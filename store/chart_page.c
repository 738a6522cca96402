/* SPDX-License-Identifier: Apache-2.0 */
/* The whole chart: every section by the index of its lines, the newest first, as
 * far as asked, and counted beyond; where a resource comes from. */
#include "store/chart_row.h"
#include "store/page.h"

#include <string.h>

#define PAGE_COLUMNS LINE_COLUMNS ", a.until, a.until_ms," \
    " coalesce(nullif(a.by_words, ''), b.words), a.made, a.what"
#define PAGE_TABLES LINE_TABLES " LEFT JOIN aside a ON a.e = e.e" \
    " LEFT JOIN named b ON b.n = a.who"
enum { PAGE_FIRST = 17 };

/* Lines without a test stand in the index by their date. */
static const char newest_sql[] = "SELECT " PAGE_COLUMNS " FROM (SELECT e AS at"
    " FROM entry INDEXED BY entry_patient WHERE patient=?1 AND section=?2"
    " AND test IS NULL ORDER BY date_ms DESC LIMIT ?3)"
    " CROSS JOIN entry e ON e.e = at JOIN resource r ON r.n = e.e / 256"
    " LEFT JOIN named w ON w.n = e.drug"
    " LEFT JOIN aside a ON a.e = e.e LEFT JOIN named b ON b.n = a.who";
/* Drugs stand by their code: all of them are read. */
static const char all_sql[] = "SELECT " PAGE_COLUMNS PAGE_TABLES
    " WHERE e.patient=?1 AND e.section=?2 LIMIT ?3";

static void
line_take(sqlite3_stmt *st, GStringChunk *text, struct page_line *out)
{
	struct line line;

	chart_line_read(st, text, &line);
	*out = (struct page_line){ .entry = line.entry, .n = line.n };
	out->until = text_keep(text, st, PAGE_FIRST);
	out->until_ms = sqlite3_column_int64(st, PAGE_FIRST + 1);
	out->by = text_keep(text, st, PAGE_FIRST + 2);
	out->made = (enum fhir_made)CLAMP(sqlite3_column_int(st,
	    PAGE_FIRST + 3), FHIR_MADE_BY_PERSON, FHIR_MADE_UNKNOWN);
	out->what = sqlite3_column_int64(st, PAGE_FIRST + 4);
}

/* The newest first; what has no date at the end. */
static gint
by_date(gconstpointer a, gconstpointer b)
{
	const struct chart_entry *x = &((const struct page_line *)a)->entry;
	const struct chart_entry *y = &((const struct page_line *)b)->entry;

	if (!x->date != !y->date)
		return x->date ? -1 : 1;
	if (x->date_ms != y->date_ms)
		return x->date_ms < y->date_ms ? 1 : -1;
	return g_strcmp0(x->ref, y->ref);
}

/* Of allergies and problems, what counts now comes before what does not. */
static gint
by_standing(gconstpointer a, gconstpointer b)
{
	const struct chart_entry *x = &((const struct page_line *)a)->entry;
	const struct chart_entry *y = &((const struct page_line *)b)->entry;
	int by = chart_status_rank(x->status) - chart_status_rank(y->status);

	if (by)
		return by;
	if (x->severe != y->severe)
		return x->severe ? -1 : 1;
	return by_date(a, b);
}

struct reader {
	struct store *store;
	const GArray *family;
	GStringChunk *text;
};

static gboolean
record_read(struct reader *r, guint record, const char *sql, int section,
    int limit, GArray *lines, GError **error)
{
	sqlite3_stmt *st = db_query(r->store, error, sql, "iii",
	    g_array_index(r->family, int64_t, record), (int64_t)section,
	    (int64_t)limit);
	gboolean failed = FALSE;

	while (st && db_row(r->store, st, &failed, error)) {
		struct page_line line;

		line_take(st, r->text, &line);
		line.entry.section = (enum chart_section)section;
		line.other_record = record > 0;
		g_array_append_val(lines, line);
	}
	db_done(st);
	return st && !failed;
}

static gboolean
section_read(struct reader *r, int section, int limit,
    struct page_section *out, GError **error)
{
	gboolean drugs = section == CHART_DRUGS || section == ENTRY_FILLS;
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE,
	    sizeof(struct page_line));

	if (!chart_section_count(r->store, r->family,
	    (enum chart_section)section, &out->total, error))
		return FALSE;
	for (guint i = 0; out->total && i < r->family->len; i++)
		if (!record_read(r, i, drugs ? all_sql : newest_sql, section,
		    limit, lines, error))
			return FALSE;
	g_array_sort(lines, section == CHART_ALLERGIES ||
	    section == CHART_PROBLEMS ? by_standing : by_date);
	if (lines->len > (guint)limit)
		g_array_set_size(lines, (guint)limit);
	out->n = lines->len;
	out->lines = (struct page_line *)(void *)g_array_free(
	    g_steal_pointer(&lines), FALSE);
	return TRUE;
}

static gboolean
sections_read(struct reader *r, struct chart_page *page,
    const int limits[CHART_SECTIONS_], GError **error)
{
	for (int s = 0; s < CHART_SECTIONS_; s++) {
		int limit = s == CHART_DRUGS ? PAGE_DRUGS_MAX : limits[s];

		if (s != CHART_RESULTS && s != CHART_OTHER &&
		    !section_read(r, s, limit, &page->sections[s], error))
			return FALSE;
	}
	return section_read(r, ENTRY_FILLS, PAGE_DRUGS_MAX, &page->fills,
	    error);
}

struct chart_page *
store_chart_page(struct store *store, struct patient_id patient,
    const int limits[CHART_SECTIONS_], GError **error)
{
	g_autoptr(GArray) family = patient_family(store, patient.n, error);
	BASE_AUTO(chart_page) page = g_new0(struct chart_page, 1);
	struct reader r = { .store = store, .family = family };

	page->text = r.text = g_string_chunk_new(8192);
	if (!family || !brief_get(store, patient.n, page->text, &page->patient,
	    error) || !chart_states(store, family, page->state, error) ||
	    !sections_read(&r, page, limits, error) ||
	    !chart_section_count(store, family, CHART_RESULTS,
	    &page->sections[CHART_RESULTS].total, error))
		return NULL;
	return g_steal_pointer(&page);
}

void
chart_page_free(struct chart_page *page)
{
	if (!page)
		return;
	for (int s = 0; s < CHART_SECTIONS_; s++)
		g_free(page->sections[s].lines);
	g_free(page->fills.lines);
	g_string_chunk_free(page->text);
	g_free(page);
}

/* ---- where a resource comes from ----------------------------------------- */

gboolean
store_origin_get(struct store *store, const char *type, const char *id,
    struct store_origin *out, GError **error)
{
	static const char sql[] = "SELECT version, updated, coalesce(patient,"
	    " (SELECT coalesce(c.patient, t.patient) FROM message m"
	    "  LEFT JOIN consult t ON t.n = m.thread"
	    "  LEFT JOIN consult c ON c.n = m.n WHERE m.n = resource.n),"
	    " (SELECT patient FROM consult WHERE n = resource.n),"
	    " (SELECT n FROM patient p WHERE p.n = resource.n), 0)"
	    " FROM resource WHERE h=?3 AND id=?1 AND type=?2 AND here";
	sqlite3_stmt *st = db_query(store, error, sql, "ssi", id, type,
	    number_hash(type, id));
	gboolean failed = FALSE, found = FALSE;

	*out = (struct store_origin){ 0 };
	if (st && db_row(store, st, &failed, error)) {
		found = TRUE;
		out->version = g_strdup(db_col(st, 0));
		out->updated_ms = sqlite3_column_int64(st, 1);
		out->patient.n = sqlite3_column_int64(st, 2);
	}
	db_done(st);
	if (st && !failed && !found)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "%s/%s", type, id);
	return found;
}

void
store_origin_clear(struct store_origin *origin)
{
	g_clear_pointer(&origin->version, g_free);
}

char *
store_name_of(struct store *store, const char *ref)
{
	static const char sql[] = "SELECT coalesce((SELECT words FROM named"
	    " WHERE n=?1), (SELECT name FROM patient WHERE n=?1))";
	struct fhir_ref parsed;
	int64_t n;

	if (!ref || !fhir_ref_parse(ref, &parsed))
		return NULL;
	n = number_find(store, parsed.type, parsed.id);
	return n ? db_text(store, NULL, sql, "i", n) : NULL;
}
