/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking: patients by name, then whatever the index offers, from the newest back;
 * each is proved by its own text. There is an end to the work.
 */
#include "store/search_room.h"

#include <string.h>

enum {
	LIMIT_MAX = 200,
	NAMES_SHOWN = 20,        /* of patients before the rest */
	PEOPLE_MAX = 20000,      /* a filter may mean so many */
	NAMES_PART = 3,          /* of the time, for names */
};

/* ---- the index ----------------------------------------------------------- */

static gboolean
try_all(struct finder *f, struct search_scan *scan, GError **error)
{
	enum search_step step = SEARCH_STEP_ONE;
	struct search_doc doc;
	guint n;

	while (step == SEARCH_STEP_ONE) {
		f->page->cut = (int)f->hits->len >= f->limit ||
		    g_get_monotonic_time() >= f->end_us;
		if (f->page->cut)
			break;
		step = search_scan_next(scan, &doc, f->end_us, error);
		if (step != SEARCH_STEP_ONE ||
		    g_hash_table_contains(f->seen, (void *)(intptr_t)doc.what))
			continue;
		n = f->hits->len;
		if (!search_hit_try(f, doc.what, error))
			return FALSE;
		if (f->hits->len > n)
			g_hash_table_add(f->seen, (void *)(intptr_t)doc.what);
	}
	f->page->cut |= step == SEARCH_STEP_LATE;
	return step != SEARCH_STEP_FAILED;
}

static gboolean
by_index(struct finder *f, GError **error)
{
	g_autoptr(GPtrArray) clauses = search_clauses_new();
	BASE_AUTO(search_scan) scan = NULL;

	if (!search_want(f, clauses))
		return TRUE;
	scan = search_scan_new(f->store, clauses, f->query->since_ms,
	    f->query->before_ms, error);
	return scan && try_all(f, scan, error);
}

/* ---- names --------------------------------------------------------------- */

/* Patients of whom each term begins a name; owned. */
static GArray *
by_name(struct finder *f, GError **error)
{
	const struct search_query *q = f->query;
	int64_t now = g_get_monotonic_time();

	if (q->terms->len == 0 || q->op || q->from || q->from_name || q->has ||
	    q->patient)
		return g_array_new(FALSE, FALSE, sizeof(int64_t));
	return search_names(f->store, (char *const *)q->terms->pdata,
	    q->terms->len, TRUE, (guint)f->limit, now + (f->end_us - now) /
	    NAMES_PART, &f->page->cut, error);
}

/* The next of them until there are so many hits. */
static gboolean
names_show(struct finder *f, const GArray *found, guint *at, int hits,
    GError **error)
{
	for (; *at < found->len && (int)f->hits->len < hits; ++*at)
		if (!search_hit_patient(f, g_array_index(found, int64_t, *at),
		    error))
			return FALSE;
	return TRUE;
}

/* Those a filter means. */
static gboolean
people(struct finder *f, const char *words, gboolean patients,
    GHashTable **out, GError **error)
{
	int64_t now = g_get_monotonic_time();
	g_autoptr(GArray) found = NULL;
	g_auto(GStrv) terms = NULL;

	if (!words)
		return TRUE;
	terms = g_strsplit(words, " ", SEARCH_TERMS_MAX);
	found = search_names(f->store, terms, g_strv_length(terms), patients,
	    PEOPLE_MAX, now + (f->end_us - now) / NAMES_PART, &f->page->cut,
	    error);
	if (!found)
		return FALSE;
	*out = g_hash_table_new(g_direct_hash, g_direct_equal);
	for (guint i = 0; i < found->len; i++)
		touch(*out, g_array_index(found, int64_t, i));
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

/* Some names, what the index has, and more names where that leaves room. */
static gboolean
look(struct finder *f, GError **error)
{
	g_autoptr(GArray) named = NULL;
	gboolean cut;
	guint at = 0;

	if (!people(f, f->query->patient, TRUE, &f->patients, error) ||
	    !people(f, f->query->from_name, FALSE, &f->senders, error))
		return FALSE;
	named = by_name(f, error);
	if (!named || !names_show(f, named, &at, MIN(f->limit, NAMES_SHOWN),
	    error))
		return FALSE;
	cut = f->page->cut;
	if (f->query->test)
		f->page->said = g_string_chunk_insert(f->page->text,
		    f->query->test->said);
	if (!by_index(f, error) || !names_show(f, named, &at, f->limit, error))
		return FALSE;
	f->page->cut |= cut || at < named->len;
	return TRUE;
}

static gboolean
left_count(struct store *store, int64_t *left, GError **error)
{
	static const char sql[] = "SELECT max(n) - coalesce((SELECT CAST(value"
	    " AS INTEGER) FROM meta WHERE key='search.at'), 0) FROM resource";

	return db_int(store, error, 0, left, sql, "");
}

/* Parts must not go while they are read. */
static gboolean
in_snapshot(struct finder *f, GError **error)
{
	static const char begin[] = "BEGIN";
	static const char end[] = "COMMIT";
	gboolean ok;

	if (!db_run(f->store, error, begin, ""))
		return FALSE;
	ok = look(f, error) && left_count(f->store, &f->page->left, error);
	return db_run(f->store, ok ? error : NULL, end, "") && ok;
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
	f.seen = g_hash_table_new(g_direct_hash, g_direct_equal);
	ok = me_load(store, error) && in_snapshot(&f, error);
	search_text_clear(&f.text);
	g_clear_pointer(&f.patients, g_hash_table_unref);
	g_clear_pointer(&f.senders, g_hash_table_unref);
	g_hash_table_unref(f.seen);
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
