/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking. Candidates come from the newest back, each is proved by its own text,
 * and there is an end to the work: candidates of the index, of a patient's own
 * rows where one is named, or of a test's results where values are compared.
 */
#include "store/search_room.h"

#include <string.h>

enum {
	LIMIT_MAX = 200,
	VALUES_A_LOOK = 256,     /* results compared between looks at the clock */
	NAMES_SHOWN = 20,        /* of patients before the rest */
	PATIENTS_MAX = 50,       /* a filter may mean so many */
	TESTS_MAX = 200,
};

static gboolean
full(const struct finder *f)
{
	return (int)f->hits->len >= f->limit ||
	    g_get_monotonic_time() >= f->end_us;
}

/* ---- the index ----------------------------------------------------------- */

/* what of each row, until full. */
static gboolean
candidates(struct finder *f, sqlite3_stmt *st, GError **error)
{
	gboolean failed = st == NULL;

	while (!failed && db_row(f->store, st, &failed, error)) {
		if (full(f)) {
			f->page->cut = TRUE;
			break;
		}
		failed = !search_hit_try(f, sqlite3_column_int64(st, 0), error);
	}
	db_done(st);
	return !failed;
}

static int64_t
newest_d(const struct search_query *q)
{
	return q->before_ms == G_MAXINT64 ? G_MININT64 :
	    search_d(q->before_ms);
}

/* A crowded time is spread to what is older: a little more is looked at. */
static int64_t
oldest_d(const struct search_query *q)
{
	return q->since_ms == G_MININT64 ? G_MAXINT64 :
	    search_d(q->since_ms) + (INT64_C(1) << 16);
}

static gboolean
by_index(struct finder *f, GError **error)
{
	static const char words[] = "SELECT f.what FROM search s"
	    " CROSS JOIN found f ON f.d = s.rowid"
	    " WHERE s.search MATCH ?1 AND s.rowid BETWEEN ?2 AND ?3"
	    " ORDER BY s.rowid";
	static const char all[] = "SELECT what FROM found"
	    " WHERE d BETWEEN ?1 AND ?2 ORDER BY d";
	g_autofree char *match = search_match(f->query->terms);
	int64_t from = newest_d(f->query), to = oldest_d(f->query);

	if (match)
		return candidates(f, db_query(f->store, error, words, "sii",
		    match, from, to), error);
	if (f->query->terms->len > 0 || (!f->query->has && !f->query->from &&
	    !f->query->from_name))
		return TRUE;
	return candidates(f, db_query(f->store, error, all, "ii", from, to),
	    error);
}

/* ---- a patient's own ----------------------------------------------------- */

static gboolean
by_patient(struct finder *f, GError **error)
{
	static const char sql[] =
	    "SELECT what FROM (SELECT m.n*256 AS what, m.sent AS at"
	    "  FROM consult c JOIN message m ON m.thread = c.n"
	    "  WHERE c.patient=?1"
	    " UNION ALL SELECT c.n*256+255, c.sent FROM consult c"
	    "  WHERE c.patient=?1 AND (c.header OR c.loose)"
	    " UNION ALL SELECT m.n*256, m.sent FROM report r"
	    "  JOIN message m ON m.about = r.n WHERE r.n IN"
	    "  (SELECT n FROM resource WHERE patient=?1)"
	    " UNION ALL SELECT r.n*256+255, r.issued FROM report r WHERE r.n IN"
	    "  (SELECT n FROM resource WHERE patient=?1)"
	    " UNION ALL SELECT e, date_ms FROM entry WHERE patient=?1)"
	    " WHERE at >= ?2 AND at < ?3 ORDER BY at DESC";

	for (guint i = 0; i < f->patients->len && !full(f); i++)
		if (!candidates(f, db_query(f->store, error, sql, "iii",
		    g_array_index(f->patients, int64_t, i),
		    f->query->since_ms, f->query->before_ms), error))
			return FALSE;
	return TRUE;
}

/* ---- results by value ---------------------------------------------------- */

struct reading { int64_t e, ms; };

static GArray *
tests_named(struct finder *f, GError **error)
{
	static const char sql[] = "SELECT n, fold FROM test_name";
	GArray *out = g_array_new(FALSE, FALSE, sizeof(int64_t));
	sqlite3_stmt *st = db_query(f->store, error, sql, "");
	gboolean failed = st == NULL, all;
	size_t from, to;

	while (!failed && out->len < TESTS_MAX && db_row(f->store, st, &failed,
	    error)) {
		int64_t n = sqlite3_column_int64(st, 0);

		all = TRUE;
		search_text_set(&f->text, db_col(st, 1), strlen(db_col(st, 1)));
		for (guint i = 0; all && i < f->query->terms->len; i++)
			all = search_text_find(&f->text,
			    f->query->terms->pdata[i], &from, &to);
		if (all)
			g_array_append_val(out, n);
	}
	db_done(st);
	return failed ? (g_array_unref(out), NULL) : out;
}

/* Rounded both ways: its text decides. */
static gboolean
may_be(const struct search_query *q, double num, double bound)
{
	double slack = 1e-9 * (1 + (bound < 0 ? -bound : bound));

	switch (q->op) {
	case SEARCH_MORE:
	case SEARCH_MORE_EQUAL:
		return num >= bound - slack;
	case SEARCH_LESS:
	case SEARCH_LESS_EQUAL:
		return num <= bound + slack;
	default:
		return num >= bound - slack && num <= bound + slack;
	}
}

static gboolean
readings_of(struct finder *f, int64_t test, GArray *out, int *looked,
    GError **error)
{
	static const char sql[] = "SELECT e, date_ms, num FROM entry"
	    " INDEXED BY entry_name WHERE name=?1 AND num IS NOT NULL"
	    " AND date_ms >= ?2 AND date_ms < ?3 ORDER BY date_ms DESC";
	const struct search_query *q = f->query;
	double bound = g_ascii_strtod(q->number, NULL);
	sqlite3_stmt *st = db_query(f->store, error, sql, "iii", test,
	    q->since_ms, q->before_ms);
	gboolean failed = st == NULL;
	int taken = 0;

	while (!failed && taken < 2 * f->limit && db_row(f->store, st, &failed,
	    error)) {
		struct reading r = { sqlite3_column_int64(st, 0),
			sqlite3_column_int64(st, 1) };

		if (++*looked % VALUES_A_LOOK == 0 && full(f)) {
			f->page->cut = TRUE;
			break;
		}
		if (!may_be(q, sqlite3_column_double(st, 2), bound))
			continue;
		g_array_append_val(out, r);
		taken++;
	}
	db_done(st);
	return !failed;
}

static int
newest_first(const void *a, const void *b)
{
	const struct reading *x = a, *y = b;

	return (x->ms < y->ms) - (x->ms > y->ms);
}

static gboolean
by_value(struct finder *f, GError **error)
{
	g_autoptr(GArray) tests = tests_named(f, error);
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE,
	    sizeof(struct reading));
	int looked = 0;

	if (!tests)
		return FALSE;
	for (guint i = 0; i < tests->len; i++)
		if (!readings_of(f, g_array_index(tests, int64_t, i), found,
		    &looked, error))
			return FALSE;
	g_array_sort(found, newest_first);
	for (guint i = 0; i < found->len; i++) {
		if (full(f)) {
			f->page->cut = TRUE;
			break;
		}
		if (!search_hit_try(f, g_array_index(found, struct reading,
		    i).e, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- names --------------------------------------------------------------- */

static gboolean
by_name(struct finder *f, GError **error)
{
	const struct search_query *q = f->query;
	g_autoptr(GArray) found = NULL;

	if (q->terms->len == 0 || q->op || q->from || q->from_name || q->has ||
	    q->patient)
		return TRUE;
	found = search_names(f->store, (char *const *)q->terms->pdata,
	    q->terms->len, (guint)MIN(f->limit, NAMES_SHOWN), error);
	for (guint i = 0; found && i < found->len; i++)
		if (!search_hit_patient(f, g_array_index(found, int64_t, i),
		    error))
			return FALSE;
	return found != NULL;
}

/* The filter's patients; with nothing else said they are what is found. */
static gboolean
patients_find(struct finder *f, GError **error)
{
	g_auto(GStrv) terms = NULL;

	if (!f->query->patient)
		return TRUE;
	terms = g_strsplit(f->query->patient, " ", SEARCH_TERMS_MAX);
	f->patients = search_names(f->store, terms, g_strv_length(terms),
	    PATIENTS_MAX + 1, error);
	if (!f->patients)
		return FALSE;
	if (f->patients->len > PATIENTS_MAX) {
		g_array_set_size(f->patients, PATIENTS_MAX);
		f->page->cut = TRUE;
	}
	return TRUE;
}

/* ---- the whole ----------------------------------------------------------- */

static int
hit_order(const void *a, const void *b)
{
	const struct search_hit *x = a, *y = b;
	gboolean names = x->kind == FOUND_PATIENT, other = y->kind ==
	    FOUND_PATIENT;

	if (names != other)
		return other - names;
	return names ? 0 :
	    (x->when_ms < y->when_ms) - (x->when_ms > y->when_ms);
}

static gboolean
look(struct finder *f, GError **error)
{
	if (!patients_find(f, error) || !by_name(f, error))
		return FALSE;
	if (f->patients)
		return by_patient(f, error);
	return f->query->op ? by_value(f, error) : by_index(f, error);
}

static gboolean
left_count(struct store *store, int64_t *left, GError **error)
{
	static const char sql[] = "SELECT max(n) - coalesce((SELECT CAST(value"
	    " AS INTEGER) FROM meta WHERE key='search.at'), 0) FROM resource";

	return db_int(store, error, 0, left, sql, "");
}

struct search_page *
store_search(struct store *store, const struct search_query *query, int limit,
    int patience_ms, GError **error)
{
	BASE_AUTO(search_page) page = g_new0(struct search_page, 1);
	struct finder f = { .store = store, .query = query, .page = page,
		.limit = CLAMP(limit, 1, LIMIT_MAX), .end_us =
		g_get_monotonic_time() + (int64_t)patience_ms * 1000 };
	gboolean ok;

	db_fresh(store);
	page->text = g_string_chunk_new(4096);
	f.hits = g_array_new(FALSE, TRUE, sizeof(struct search_hit));
	ok = me_load(store, error) && look(&f, error) &&
	    left_count(store, &page->left, error);
	search_text_clear(&f.text);
	if (f.patients)
		g_array_unref(f.patients);
	g_array_sort(f.hits, hit_order);
	page->n = f.hits->len;
	page->hits = (struct search_hit *)(void *)g_array_free(f.hits, FALSE);
	if (!ok)
		return NULL;
	return g_steal_pointer(&page);
}

void
search_page_free(struct search_page *page)
{
	if (!page)
		return;
	if (page->text)
		g_string_chunk_free(page->text);
	g_free(page->hits);
	g_free(page);
}
