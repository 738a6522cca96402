/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/timeline.h"

#include <math.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
/* Between two fills so many days are no gap: the pharmacy was shut. */
enum { GAP_DAYS = 3 };

static void
time_free(void *p)
{
	struct drug_time *t = p;

	g_ptr_array_unref(t->orders);
	g_ptr_array_unref(t->fills);
	g_array_unref(t->ordered);
	g_array_unref(t->told);
	g_array_unref(t->in_hand);
	g_free(t);
}

static struct drug_time *
time_new(void)
{
	struct drug_time *t = g_new0(struct drug_time, 1);

	t->orders = g_ptr_array_new();
	t->fills = g_ptr_array_new();
	t->ordered = g_array_new(FALSE, FALSE, sizeof(struct drug_span));
	t->told = g_array_new(FALSE, FALSE, sizeof(struct drug_span));
	t->in_hand = g_array_new(FALSE, FALSE, sizeof(struct drug_span));
	t->days_left = G_MININT;
	t->refills = -1;
	return t;
}

/* ---- which lines are of one drug ---------------------------------------- */

struct groups {
	GPtrArray *times;
	GHashTable *by_key;      /* code or words → struct drug_time */
	GHashTable *by_order;    /* resource number → struct drug_time */
};

static const char *
key_of(const struct page_line *l)
{
	if (l->entry.test)
		return l->entry.test;
	return l->entry.words ? l->entry.words : l->entry.ref;
}

static struct drug_time *
group_of(struct groups *g, const struct page_line *l)
{
	struct drug_time *t = l->what ? g_hash_table_lookup(g->by_order,
	    (void *)(intptr_t)l->what) : NULL;

	if (!t)
		t = g_hash_table_lookup(g->by_key, key_of(l));
	/* One order has the code, another its words alone. */
	if (!t && l->entry.words)
		t = g_hash_table_lookup(g->by_key, l->entry.words);
	if (!t) {
		t = time_new();
		g_ptr_array_add(g->times, t);
		g_hash_table_insert(g->by_key, (void *)key_of(l), t);
		if (l->entry.words)
			g_hash_table_insert(g->by_key, (void *)l->entry.words,
			    t);
	}
	if (!t->words)
		t->words = l->entry.words;
	return t;
}

/* ---- spans -------------------------------------------------------------- */

static gboolean
happened(const struct page_line *l)
{
	return l->entry.status == ENTRY_PLAIN ||
	    l->entry.status == ENTRY_ONGOING ||
	    l->entry.status == ENTRY_COMPLETED ||
	    l->entry.status == ENTRY_CORRECTED;
}

static gboolean
stands(const struct page_line *l)
{
	return l->entry.status == ENTRY_PLAIN ||
	    l->entry.status == ENTRY_ON_HOLD;
}

/* An order that ended and does not say when is a point in time. */
static void
order_span(struct drug_time *t, const struct page_line *l, int64_t now_ms)
{
	struct drug_span span = { l->entry.date_ms, l->until_ms };
	gboolean told = g_str_has_prefix(l->entry.ref, "MedicationStatement");

	if (!l->entry.date || l->entry.status == ENTRY_ENTERED_IN_ERROR ||
	    l->entry.status == ENTRY_DO_NOT_PERFORM)
		return;
	if (!span.until_ms)
		span.until_ms = stands(l) ? MAX(now_ms, span.from_ms) :
		    span.from_ms + DAY_MS;
	g_array_append_val(told ? t->told : t->ordered, span);
}

static gboolean
was_ordered(const struct drug_time *t, int64_t ms)
{
	for (guint i = 0; i < t->ordered->len; i++) {
		const struct drug_span *s = &g_array_index(t->ordered,
		    struct drug_span, i);
		if (s->from_ms <= ms && ms < s->until_ms)
			return TRUE;
	}
	return FALSE;
}

static void
gap_note(struct drug_time *t, int64_t from_ms, int64_t until_ms)
{
	if (until_ms - from_ms <= GAP_DAYS * DAY_MS ||
	    !was_ordered(t, from_ms + (until_ms - from_ms) / 2))
		return;
	t->gaps++;
	t->gap = (struct drug_span){ from_ms, until_ms };
}

/* What was handed over is taken one after the other. */
static void
supply_make(struct drug_time *t, int64_t now_ms)
{
	int64_t end_ms = 0;

	for (guint i = 0; i < t->fills->len; i++) {
		const struct page_line *l = t->fills->pdata[i];
		int64_t days_ms = l->until_ms - l->entry.date_ms;
		struct drug_span span = { MAX(l->entry.date_ms, end_ms), 0 };

		if (!happened(l))
			continue;
		t->handed++;
		if (!l->until_ms || !l->entry.date)
			continue;
		if (end_ms && l->entry.date_ms > end_ms)
			gap_note(t, end_ms, l->entry.date_ms);
		end_ms = span.until_ms = span.from_ms + days_ms;
		g_array_append_val(t->in_hand, span);
	}
	if (!end_ms || !t->now || !stands(t->now))
		return;
	t->days_left = (int)CLAMP(floor((double)(end_ms - now_ms) /
	    (double)DAY_MS), -9999.0, 9999.0);
	if (end_ms < now_ms)
		gap_note(t, end_ms, now_ms);
}

/* FHIR's numberOfRepeatsAllowed does not count the first fill. */
static void
refills_make(struct drug_time *t)
{
	int used = 0;

	if (!t->now || !stands(t->now) || !t->now->entry.value)
		return;
	for (guint i = 0; i < t->fills->len; i++) {
		const struct page_line *l = t->fills->pdata[i];
		used += l->what == t->now->n && happened(l);
	}
	t->refills = MAX(1 + (int)CLAMP(g_ascii_strtoll(t->now->entry.value,
	    NULL, 10), 0, 999) - used, 0);
}

static void
now_find(struct drug_time *t)
{
	for (guint i = 0; i < t->orders->len && !t->now; i++)
		if (stands(t->orders->pdata[i]))
			t->now = t->orders->pdata[i];
	if (!t->now && t->orders->len)
		t->now = t->orders->pdata[0];
}

/* ---- all of them -------------------------------------------------------- */

gboolean
timeline_stands(const struct drug_time *t)
{
	return t->now && stands(t->now);
}

static int
rank_of(const struct drug_time *t)
{
	if (t->now && t->now->entry.status == ENTRY_DO_NOT_PERFORM)
		return 0;
	if (timeline_stands(t))
		return 1;
	return t->now && (t->now->entry.status == ENTRY_UNCONFIRMED ||
	    t->now->entry.status == ENTRY_NOT_UNDERSTOOD) ? 2 : 3;
}

static int64_t
last_of(const struct drug_time *t)
{
	const struct page_line *l = t->now ? t->now : t->fills->pdata[
	    t->fills->len - 1];

	return l->entry.date_ms;
}

static gint
by_standing(gconstpointer a, gconstpointer b)
{
	const struct drug_time *x = *(struct drug_time *const *)a;
	const struct drug_time *y = *(struct drug_time *const *)b;
	int by = rank_of(x) - rank_of(y);

	if (by)
		return by;
	if (last_of(x) != last_of(y))
		return last_of(x) < last_of(y) ? 1 : -1;
	return g_strcmp0(x->words, y->words);
}

GPtrArray *
timeline_new(const struct chart_page *page, int64_t now_ms)
{
	const struct page_section *drugs = &page->sections[CHART_DRUGS];
	g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash,
	    g_str_equal);
	g_autoptr(GHashTable) by_order = g_hash_table_new(NULL, NULL);
	struct groups g = { g_ptr_array_new_with_free_func(time_free), by_key,
		by_order };

	for (size_t i = 0; i < drugs->n; i++) {
		struct page_line *l = &drugs->lines[i];
		struct drug_time *t = group_of(&g, l);

		g_ptr_array_add(t->orders, l);
		g_hash_table_insert(by_order, (void *)(intptr_t)l->n, t);
		order_span(t, l, now_ms);
	}
	for (size_t i = page->fills.n; i-- > 0;)
		g_ptr_array_add(group_of(&g, &page->fills.lines[i])->fills,
		    &page->fills.lines[i]);
	for (guint i = 0; i < g.times->len; i++) {
		struct drug_time *t = g.times->pdata[i];

		now_find(t);
		supply_make(t, now_ms);
		refills_make(t);
	}
	g_ptr_array_sort(g.times, by_standing);
	return g.times;
}

/* ---- the bar ------------------------------------------------------------ */

/* A span of any length is seen: one cell at least. */
static void
spans_paint(const GArray *spans, int64_t from_ms, int64_t until_ms, char mark,
    char *cells, int cols)
{
	double width = (double)(until_ms - from_ms);

	for (guint i = 0; i < spans->len; i++) {
		const struct drug_span *s = &g_array_index(spans,
		    struct drug_span, i);
		double a = (double)(s->from_ms - from_ms) / width * cols;
		double b = (double)(s->until_ms - from_ms) / width * cols;

		if (s->until_ms <= from_ms || s->from_ms >= until_ms)
			continue;
		for (int x = (int)CLAMP(a, 0, cols - 1);
		    x <= (int)CLAMP(b - 0.001, 0, cols - 1); x++)
			cells[x] = mark;
	}
}

char *
timeline_bar(const struct drug_time *t, int64_t from_ms, int64_t until_ms,
    int cols)
{
	static const char *const glyphs[] = { "·", "▒", "░", "█" };
	g_autofree char *cells = g_malloc0((gsize)MAX(cols, 1));
	GString *out = g_string_new(NULL);

	if (until_ms <= from_ms)
		until_ms = from_ms + DAY_MS;
	spans_paint(t->told, from_ms, until_ms, 1, cells, cols);
	spans_paint(t->ordered, from_ms, until_ms, 2, cells, cols);
	spans_paint(t->in_hand, from_ms, until_ms, 3, cells, cols);
	for (int x = 0; x < cols; x++)
		g_string_append(out, glyphs[(int)cells[x]]);
	return g_string_free(out, FALSE);
}

int64_t
timeline_begin(const GPtrArray *times)
{
	int64_t first = 0;

	for (guint i = 0; i < times->len; i++) {
		const struct drug_time *t = times->pdata[i];
		const GArray *all[] = { t->ordered, t->told, t->in_hand };

		for (size_t k = 0; k < G_N_ELEMENTS(all); k++)
			for (guint s = 0; s < all[k]->len; s++) {
				int64_t ms = g_array_index(all[k],
				    struct drug_span, s).from_ms;
				if (!first || ms < first)
					first = ms;
			}
	}
	return first;
}
