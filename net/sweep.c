/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deletions leave no trace in a search by _lastUpdated. Where the server can tell
 * of them it is asked (gone.h). And everywhere a few of the things
 * that stand on the screens are asked for by id at each delta; one that does not
 * come is read alone, and goes when the server says 410.
 */
#include <string.h>
#include "net/gone.h"
#include "net/pull.h"

enum { ROWS = 40, PATIENTS = 4 };

struct sweep {
	struct sync *s;
	GHashTable *refs;       /* "Type/id" that should be there */
	GHashTable *told;       /* "Type/id" of ours that the server deleted */
	GPtrArray *nexts;       /* more pages of that */
	gboolean again;         /* refused as we asked it */
	GPtrArray *urls;
	guint searches;         /* of those; behind them gone_ask()'s */
	int64_t began_ms;       /* the server's clock */
	struct many_also also;
};

static void
expect(struct sweep *w, const char *ref)
{
	struct fhir_ref parsed;

	if (ref && fhir_ref_parse(ref, &parsed))
		g_hash_table_add(w->refs, g_strdup_printf("%s/%s",
		    parsed.type, parsed.id));
}

static gboolean
is_of_search(gpointer ref, gpointer value, gpointer url)
{
	size_t type = strcspn(url, "?");

	return strncmp(ref, url, type) == 0 && ((char *)ref)[type] == '/';
}

/* Refused, or cut short: its silence says nothing. */
static void
forget(struct sweep *w, size_t i)
{
	g_hash_table_foreach_remove(w->refs, is_of_search,
	    g_ptr_array_index(w->urls, i));
}

static gboolean
on_found(size_t i, const struct many_answer *answer, void *user,
    GError **error)
{
	struct sweep *w = user;
	const struct fhir_limits *limits = rest_limits(w->s->rest);
	BASE_AUTO(fhir_bundle) bundle = NULL;

	if (!w->began_ms)
		w->began_ms = answer->date_ms;
	if (i >= w->searches) {
		char *next;
		gone_take(w->s, answer, w->told, &next);
		if (next)
			g_ptr_array_add(w->nexts, next);
		return TRUE;
	}
	if (answer->status == 200 && answer->bytes)
		bundle = fhir_bundle_cut(answer->bytes, answer->len, limits,
		    NULL);
	/* Some do not know _elements: whole ones from then on. */
	if (!w->s->sweep_whole && (answer->status == 400 ||
	    answer->status == 422)) {
		w->again = TRUE;
		return TRUE;
	}
	if (!bundle || bundle->next)
		forget(w, i);
	for (guint k = 0; bundle && k < bundle->entries->len; k++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, k);
		BASE_AUTO(fhir_doc) doc = e->resource ? fhir_parse(e->resource,
		    e->resource_len, limits, NULL) : NULL;
		struct fhir_head head;
		g_autofree char *ref = NULL;
		if (!doc || !fhir_head(fhir_root(doc), &head, NULL))
			continue;
		ref = g_strdup_printf("%s/%s", head.type, head.id);
		g_hash_table_remove(w->refs, ref);
	}
	return TRUE;
}

/* One search for each type: TYPE?_id=a,b,c. */
static GPtrArray *
searches(struct sweep *w)
{
	g_autoptr(GHashTable) types = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL);
	GPtrArray *urls = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter iter;
	gpointer ref, list;

	g_hash_table_iter_init(&iter, w->refs);
	while (g_hash_table_iter_next(&iter, &ref, NULL)) {
		const char *slash = strchr(ref, '/');
		g_autofree char *type = g_strndup(ref,
		    (gsize)(slash - (const char *)ref));
		GString *url = g_hash_table_lookup(types, type);
		if (!url) {
			url = g_string_new(NULL);
			g_string_printf(url, "%s?%s_count=%d&_id=%s", type,
			    w->s->sweep_whole ? "" : "_elements=id&",
			    JOB_COUNT, slash + 1);
			g_hash_table_insert(types, g_strdup(type), url);
		} else
			g_string_append_printf(url, ",%s", slash + 1);
	}
	g_hash_table_iter_init(&iter, types);
	while (g_hash_table_iter_next(&iter, NULL, &list))
		g_ptr_array_add(urls, g_string_free(list, FALSE));
	return urls;
}

static gboolean
ask_missing(struct sweep *w, GHashTable *refs, GError **error)
{
	GHashTableIter iter;
	gpointer ref;

	g_hash_table_iter_init(&iter, refs);
	while (g_hash_table_iter_next(&iter, &ref, NULL)) {
		g_autoptr(GError) why = NULL;
		struct fhir_ref parsed;
		if (fhir_ref_parse(ref, &parsed) && sync_fetch(w->s,
		    parsed.type, parsed.id, &why) == FETCH_FAILED &&
		    why && net_error_passing(why)) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean
expect_rows(struct sweep *w, GError **error)
{
	struct queue_filter filter = { .lane = QUEUE_LANE_ALL };
	BASE_AUTO(queue_page) page = store_queue(w->s->store, &filter,
	    w->s->sweep_at, ROWS, error);

	if (!page)
		return FALSE;
	for (size_t i = 0; i < page->n; i++)
		expect(w, page->rows[i].ref);
	w->s->sweep_at = page->n < ROWS ? 0 : w->s->sweep_at + ROWS;
	return TRUE;
}

static void
expect_charts(struct sweep *w)
{
	g_autoptr(GArray) ids = store_patients_in_scope(w->s->store, NULL);
	guint n = ids ? MIN(ids->len, PATIENTS) : 0;

	for (guint i = 0; i < n; i++) {
		struct patient_id id = g_array_index(ids, struct patient_id,
		    w->s->sweep_patient++ % ids->len);
		BASE_AUTO(chart) chart = store_chart(w->s->store, id,
		    base_now_ms(), NULL);
		for (size_t k = 0; chart && k < chart->n; k++)
			expect(w, chart->entries[k].ref);
	}
}

struct sweep *
sweep_new(struct sync *s, GError **error)
{
	BASE_AUTO(sweep) w = g_new0(struct sweep, 1);

	w->s = s;
	w->refs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	w->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	w->nexts = g_ptr_array_new_with_free_func(g_free);
	if (!expect_rows(w, error))
		return NULL;
	expect_charts(w);
	w->urls = searches(w);
	w->searches = w->urls->len;
	gone_ask(s, w->urls);
	w->also = (struct many_also){ (char *const *)w->urls->pdata,
		w->urls->len, on_found, w };
	return g_steal_pointer(&w);
}

void
sweep_free(struct sweep *w)
{
	if (!w)
		return;
	g_hash_table_unref(w->refs);
	g_hash_table_unref(w->told);
	g_ptr_array_unref(w->nexts);
	g_clear_pointer(&w->urls, g_ptr_array_unref);
	g_free(w);
}

const struct many_also *
sweep_also(const struct sweep *w)
{
	return &w->also;
}

gboolean
sweep_end(struct sweep *w, GError **error)
{
	if (w->again) {
		w->s->sweep_whole = TRUE;
		g_ptr_array_unref(w->urls);
		w->urls = searches(w);
		w->searches = w->urls->len;
		if (!many_get(w->s, (char *const *)w->urls->pdata,
		    w->urls->len, on_found, w, error))
			return FALSE;
	}
	for (guint i = 0; i < w->nexts->len; i++)
		if (!gone_follow(w->s, g_strdup(w->nexts->pdata[i]), w->told,
		    error))
			return FALSE;
	return ask_missing(w, w->told, error) &&
	    ask_missing(w, w->refs, error) &&
	    pull_mark(w->s, GONE_MARK, w->began_ms ? w->began_ms :
	    store_watermark(w->s->store, GONE_MARK_BEFORE), error);
}
