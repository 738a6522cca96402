/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, the chart, Numbers: search over the cache that bench_ingest left in DIR.
 * The index is made, its cost and its size beside the text stated; then every
 * beginning of each query is asked as if it were typed, and the same words with
 * LIKE over the same messages as the floor.
 *
 * usage: bench_search DIR
 */
#include "store/search.h"
#include "store/db.h"
#include "tests/bench/figure.h"

#include <stdio.h>
#include <string.h>

enum { SLICE = 500, ROUNDS = 40, LIKE_ROUNDS = 3, HITS = 50,
	PATIENCE_MS = 4 /* as the screen has it */ };

static const char *const typed[] = { "血", "的", "药", "头有点胀", "氨氯地平",
	"二甲双胍", "糖化血红蛋白", "夜里咳嗽", "血压 药", "walk",
	"tablet friday", "diuretic", "zhang", "张银兰", "patient:张银兰 药",
	"from:patient 肿", "血壓", "没有这个词吧" };

static double
since(gint64 start)
{
	return (double)(g_get_monotonic_time() - start);
}

static int64_t
number(struct store *store, const char *sql)
{
	int64_t n;

	if (!db_int(store, NULL, 0, &n, sql, ""))
		bench_die("a count", NULL);
	return n;
}

/* ---- the index ----------------------------------------------------------- */

static void
bench_index(struct store *store)
{
	gint64 start = g_get_monotonic_time();
	struct samples slices = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *worst = NULL;
	int64_t left = 1, n = number(store, "SELECT max(n) FROM resource");
	double seconds;

	while (left > 0) {
		gint64 slice = g_get_monotonic_time();

		if (!store_search_index(store, SLICE, &left, &error))
			bench_die("the index", error);
		samples_add(&slices, since(slice));
	}
	seconds = since(start) / 1e6;
	worst = g_strdup_printf("%d resources in %.1f s; a slice of %d: p99 "
	    "%.0f ms", (int)n, seconds, SLICE, samples_quantile(&slices, .99) /
	    1000);
	figure("search index, made beside ingest", seconds * 1e6 / (double)n,
	    "us/resource", FIGURE_NO_LIMIT, 0, worst);
	samples_clear(&slices);
}

static void
bench_size(struct store *store)
{
	int64_t text = number(store, "SELECT (SELECT sum(length(CAST(text AS"
	    " BLOB))) FROM message) + (SELECT coalesce(sum(length(CAST("
	    " complaint AS BLOB))), 0) FROM consult)");
	int64_t bytes = store_search_bytes(store);
	g_autofree char *of = g_strdup_printf("%.1f MB for %.1f MB of text",
	    (double)bytes / 1e6, (double)text / 1e6);

	figure("search index beside the text", (double)bytes / (double)text,
	    "times", FIGURE_AT_MOST, 2.5, of);
}

/* ---- keys ---------------------------------------------------------------- */

static size_t
ask(struct store *store, const char *text)
{
	struct search_fault fault;
	BASE_AUTO(search_query) query = search_query_parse(text, &fault);
	BASE_AUTO(search_page) page = NULL;
	g_autoptr(GError) error = NULL;

	if (!query)
		return 0;
	page = store_search(store, query, HITS, PATIENCE_MS, &error);
	if (!page)
		bench_die("a search", error);
	return page->n;
}

/* One sample a key press. */
static void
type(struct store *store, const char *text, struct samples *samples,
    struct samples *ones)
{
	for (const char *p = text; *p;) {
		g_autofree char *so_far = NULL;
		gint64 start;

		p = g_utf8_next_char(p);
		so_far = g_strndup(text, (gsize)(p - text));
		start = g_get_monotonic_time();
		ask(store, so_far);
		samples_add(samples, since(start));
		if (g_utf8_strlen(so_far, -1) == 1)
			samples_add(ones, since(start));
	}
}

static void
bench_keys(struct store *store)
{
	struct samples all = { 0 }, ones = { 0 };
	g_autofree char *words = NULL, *one_words = NULL;

	if (ask(store, "血") == 0)
		bench_die("nothing was found", NULL);
	for (int i = 0; i < ROUNDS; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(typed); k++)
			type(store, typed[k], &all, &ones);
	words = g_strdup_printf("p50 %.2f ms, worst %.2f, of %d keys",
	    samples_quantile(&all, .5) / 1000, samples_quantile(&all, 1) /
	    1000, (int)all.n);
	figure("search, a key press, first 50 hits, p99",
	    samples_quantile(&all, .99) / 1000, "ms", FIGURE_AT_MOST, 5,
	    words);
	one_words = g_strdup_printf("p50 %.2f ms, of %d",
	    samples_quantile(&ones, .5) / 1000, (int)ones.n);
	figure("search, words of one character, p99",
	    samples_quantile(&ones, .99) / 1000, "ms", FIGURE_AT_MOST, 5,
	    one_words);
	samples_clear(&all);
	samples_clear(&ones);
}

/* ---- the floor ----------------------------------------------------------- */

static void
bench_like(struct store *store)
{
	static const char sql[] = "SELECT n FROM message WHERE text LIKE"
	    " '%' || ?1 || '%' ORDER BY sent DESC LIMIT 50";
	static const char *const words[] = { "血", "氨氯地平", "diuretic",
		"没有这个词吧" };
	struct samples samples = { 0 };
	int64_t n;

	for (int i = 0; i < LIKE_ROUNDS; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
			gint64 start = g_get_monotonic_time();

			if (!db_int(store, NULL, 0, &n, sql, "s", words[k]))
				bench_die("LIKE", NULL);
			samples_add(&samples, since(start));
		}
	figure("the same by LIKE, p50", samples_quantile(&samples, .5) / 1000,
	    "ms", FIGURE_NO_LIMIT, 0, "newest 50 of all messages");
	samples_clear(&samples);
}

int
main(int argc, char **argv)
{
	struct store *store;

	if (argc != 2) {
		fprintf(stderr, "usage: bench_search DIR\n");
		return 2;
	}
	store = bench_open(argv[1], STORE_SYNC);
	bench_index(store);
	bench_size(store);
	store_close(store);
	store = bench_open(argv[1], STORE_SCREEN);
	bench_keys(store);
	bench_like(store);
	store_close(store);
	return figure_status();
}
