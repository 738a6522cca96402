/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, the chart, Numbers: search over the cache that bench_ingest left in DIR,
 * its messages and RESULTS results beside them. The index is made, its cost and
 * its size beside the text stated; then every beginning of each query is asked as
 * if it were typed: ordinary words and the worst we could think of. The same
 * words with LIKE over the same messages, and with notmuch over MAILS of them
 * as mail, for which it starts a process each time: its start is measured too.
 *
 * usage: bench_search DIR [--each | --ask QUERY...]
 */
#include "store/search.h"
#include "store/db.h"
#include "tests/bench/figure.h"
#include "tests/bench/mail.h"
#include "tui/desk.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SLICE = 500, ROUNDS = 20, ASKED_ROUNDS = 20,
	ASKED_MS = 2000, LIKE_ROUNDS = 2, HITS = 50,
	PATIENCE_MS = 4 /* as the screen has it */, RESULTS = 100000,
	PATIENTS = 2000 /* whose they are */ };

/* As patients and doctors are looked for. */
static const char *const usual[] = { "血", "的", "药", "头有点胀", "氨氯地平",
	"二甲双胍", "糖化血红蛋白", "夜里咳嗽", "血压 药", "walked",
	"tablet friday", "diuretic", "spironolactone", "张银兰",
	"patient:张银兰 药", "from:patient 肿", "血壓", "没有这个词吧",
	"Silva Grace", "肌酐 > 120", "hba1c > 9 since 2026-06",
	"我妈带我去医院看过", "尿酸 since:2026-09", "00012345" };
/* Words of which each is in very many messages and that are in few or none
 * together; the commonest beginnings; rare beside common; filters that leave
 * nearly nothing of common words; comparisons that nothing or all passes. */
static const char *const worst[] = { "血压 the", "医生 please tablet",
	"thank 谢谢", "的 一 不 是 药", "咸菜 螃蟹 香蕉", "安保 的", "镇资遵 药",
	"s", "the", "tak", "take", "1", "150 90 2", "patient:王 的",
	"patient:张银兰 螃蟹 香蕉", "from:me the since:2026-09",
	"from:colleague 药", "has:picture", "药 before:2025-02",
	"since:2025-01 before:2025-01-20 医生", "\"的药\"", "\"the of\"",
	"天天的的", "肌酐 > 100000", "尿素 < 0", "肌酐 >= 0", "钾 = 4.1234",
	"patient:王 肌酐 > 150", "王 张", "Miller A", "张 王芳", "李 高血压",
	"from:王 螃蟹 香蕉", "from:colleague since:2026-09 香蕉",
	"patient:李 since:2026-06 血压", "\"take half\"", "\"158/94\"",
	"血肌酐 > 1.4 mg/dL", "HbA1c > 9 %", "血糖 < 3", "w", "zh", "l w",
	"这三天 柚子 喝茶", "谢谢医生 尿酸" };

static double
since(gint64 start)
{
	return (double)(g_get_monotonic_time() - start);
}

/* What this thread alone took: other work on the machine is not in it. */
static double
cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int64_t
number(struct store *store, const char *sql)
{
	int64_t n;

	if (!db_int(store, NULL, 0, &n, sql, ""))
		bench_die("a count", NULL);
	return n;
}

/* ---- results ------------------------------------------------------------- */

static const struct {
	const char *name, *unit;
	int low, high, part;
} tests[] = {
	{ "肌酐", "umol/L", 40, 260, 1 }, { "血肌酐", "umol/L", 40, 200, 1 },
	{ "糖化血红蛋白 HbA1c", "%", 45, 130, 10 }, { "尿素", "mmol/L", 25, 300,
	10 }, { "钾", "mmol/L", 30, 62, 10 }, { "血糖", "mmol/L", 35, 190, 10 },
	{ "Haemoglobin", "g/L", 80, 170, 1 }, { "尿酸", "umol/L", 150, 620, 1 },
};

static GPtrArray *
patient_ids(struct store *store)
{
	static const char sql[] = "SELECT id FROM patient LIMIT ?1";
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	sqlite3_stmt *st = db_query(store, NULL, sql, "i", (int64_t)PATIENTS);
	gboolean failed = FALSE;

	while (db_row(store, st, &failed, NULL))
		g_ptr_array_add(out, g_strdup(db_col(st, 0)));
	db_done(st);
	if (out->len == 0)
		bench_die("patients", NULL);
	return out;
}

static void
result_make(GRand *rand, const GPtrArray *patients, int i, GString *out)
{
	int k = g_rand_int_range(rand, 0, G_N_ELEMENTS(tests));
	int value = g_rand_int_range(rand, tests[k].low, tests[k].high);
	const char *patient = patients->pdata[g_rand_int_range(rand, 0,
	    (gint32)patients->len)];
	g_autofree char *text = tests[k].part == 1 ? g_strdup_printf("%d",
	    value) : g_strdup_printf("%d.%d", value / 10, value % 10);
	g_autofree char *when = g_strdup_printf("%d-%02d-%02dT08:%02d:00Z",
	    g_rand_int_range(rand, 2016, 2026), g_rand_int_range(rand, 1, 13),
	    g_rand_int_range(rand, 1, 29), g_rand_int_range(rand, 0, 60));

	g_string_printf(out, "{\"resourceType\":\"Observation\",\"id\":\"o%d\","
	    "\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"%s\"},\"status\":"
	    "\"final\",\"code\":{\"text\":\"%s\"},\"subject\":{\"reference\":"
	    "\"Patient/%s\"},\"effectiveDateTime\":\"%s\",\"valueQuantity\":"
	    "{\"value\":%s,\"unit\":\"%s\"}}", i, when, tests[k].name, patient,
	    when, text, tests[k].unit);
}

static void
results_put(struct store *store)
{
	GRand *rand = g_rand_new_with_seed(7);
	GString *texts[STORE_BATCH_MAX];
	struct store_doc docs[STORE_BATCH_MAX];
	g_autoptr(GPtrArray) patients = patient_ids(store);
	g_autoptr(GError) error = NULL;

	for (int k = 0; k < STORE_BATCH_MAX; k++)
		texts[k] = g_string_new(NULL);
	for (int i = 0; i < RESULTS; i += STORE_BATCH_MAX) {
		struct store_ingested out = { 0 };

		for (int k = 0; k < STORE_BATCH_MAX; k++) {
			result_make(rand, patients, i + k, texts[k]);
			docs[k] = (struct store_doc){ texts[k]->str,
				texts[k]->len };
		}
		if (!store_ingest(store, docs, STORE_BATCH_MAX, NULL, &out,
		    &error) || out.refused)
			bench_die("results", error);
	}
	for (int k = 0; k < STORE_BATCH_MAX; k++)
		g_string_free(texts[k], TRUE);
	g_rand_free(rand);
}

/* ---- the index ----------------------------------------------------------- */

static void
bench_index(struct store *store)
{
	gint64 start = g_get_monotonic_time();
	double cpu = cpu_us();
	struct samples slices = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;
	int64_t left = 1, n = number(store, "SELECT max(n) FROM resource");

	while (left > 0) {
		gint64 slice = g_get_monotonic_time();

		if (!store_search_index(store, SLICE, &left, &error))
			bench_die("the index", error);
		samples_add(&slices, since(slice));
	}
	words = g_strdup_printf("%d resources in %.1f s (CPU %.1f s); a slice "
	    "p50 %.0f, p99 %.0f ms", (int)n, since(start) / 1e6, (cpu_us() -
	    cpu) / 1e6, samples_quantile(&slices, .5) / 1000,
	    samples_quantile(&slices, .99) / 1000);
	figure("search index, made beside ingest", since(start) / (double)n,
	    "us/resource", FIGURE_NO_LIMIT, 0, words);
	samples_clear(&slices);
}

static void
bench_size(struct store *store)
{
	int64_t text = number(store, "SELECT (SELECT sum(length(CAST(text AS"
	    " BLOB))) FROM message) + (SELECT coalesce(sum(length(CAST("
	    " complaint AS BLOB))), 0) FROM consult) + (SELECT coalesce(sum("
	    " length(CAST(words AS BLOB))), 0) FROM entry)");
	int64_t bytes = store_search_bytes(store);
	g_autofree char *of = g_strdup_printf("%.1f MB for %.1f MB of text",
	    (double)bytes / 1e6, (double)text / 1e6);

	figure("search index beside the text", (double)bytes / (double)text,
	    "times", FIGURE_AT_MOST, 2.5, of);
}

/* ---- keys ---------------------------------------------------------------- */

/* Hits; *late: not all of the first fifty in the time a key press has. */
static size_t
ask(struct store *store, const char *text, int patience_ms, gboolean *late)
{
	struct search_fault fault;
	BASE_AUTO(search_query) query = desk_search_parse(text, &fault);
	BASE_AUTO(search_page) page = NULL;
	g_autoptr(GError) error = NULL;

	*late = FALSE;
	if (!query)
		return 0;
	page = store_search(store, query, HITS, patience_ms, &error);
	if (!page)
		bench_die("a search", error);
	*late = page->cut && page->n < HITS;
	return page->n;
}

/* cut: without all of the first fifty when its time was over; late: by its own
 * work, and not because others had the processor. */
struct keys { struct samples all, ones, cpu; int cut, late; };

/* A key press; answered is it when all of the first fifty are there, or it is
 * certain that there are no more: one that was cut is asked again to its end. */
static void
press(struct store *store, const char *so_far, struct keys *keys,
    gboolean each)
{
	gboolean cut, ended = FALSE;
	gint64 start = g_get_monotonic_time();
	double cpu = cpu_us(), us;
	size_t n = ask(store, so_far, PATIENCE_MS, &cut);

	us = since(start);
	cpu = cpu_us() - cpu;
	keys->cut += cut;
	keys->late += cut && cpu > PATIENCE_MS * 900;
	if (cut) {
		start = g_get_monotonic_time();
		cpu = cpu_us();
		n = ask(store, so_far, ASKED_MS, &ended);
		us = MAX(us, since(start));
		cpu = cpu_us() - cpu;
	}
	samples_add(&keys->all, us);
	samples_add(&keys->cpu, cpu);
	if (g_utf8_strlen(so_far, -1) == 1)
		samples_add(&keys->ones, us);
	if (each)
		printf("%8.2f ms  CPU %8.2f  %3d%s%s  %s\n", us / 1000,
		    cpu / 1000, (int)n, cut ? " cut" : "", ended ?
		    " without end" : "", so_far);
}

static void
type(struct store *store, const char *text, struct keys *keys, gboolean each)
{
	for (const char *p = text; *p;) {
		g_autofree char *so_far = NULL;

		p = g_utf8_next_char(p);
		so_far = g_strndup(text, (gsize)(p - text));
		press(store, so_far, keys, each);
	}
}

static void
keys_figure(const char *name, struct keys *keys)
{
	g_autofree char *words = g_strdup_printf("p50 %.2f, worst %.2f, CPU "
	    "p99 %.2f ms", samples_quantile(&keys->all, .5) / 1000,
	    samples_quantile(&keys->all, 1) / 1000,
	    samples_quantile(&keys->cpu, .99) / 1000);
	g_autofree char *cut = g_strdup_printf("%d of %d; by its own work %d",
	    keys->cut, (int)keys->all.n, keys->late);

	figure(name, samples_quantile(&keys->all, .99) / 1000, "ms",
	    FIGURE_AT_MOST, 5, words);
	figure("  of these cut after 4 ms", 100.0 * keys->cut /
	    (double)keys->all.n, "%", FIGURE_AT_MOST, 1, cut);
}

static void
keys_clear(struct keys *keys)
{
	samples_clear(&keys->all);
	samples_clear(&keys->ones);
	samples_clear(&keys->cpu);
}

static void
bench_keys(struct store *store, gboolean each)
{
	struct keys kept = { 0 }, hard = { 0 };
	g_autofree char *words = NULL;
	gboolean late;

	if (ask(store, "血", PATIENCE_MS, &late) == 0)
		bench_die("nothing was found", NULL);
	for (int i = 0; i < ROUNDS; i++) {
		for (size_t k = 0; k < G_N_ELEMENTS(usual); k++)
			type(store, usual[k], &kept, each && i == 1);
		for (size_t k = 0; k < G_N_ELEMENTS(worst); k++)
			type(store, worst[k], &hard, each && i == 1);
	}
	keys_figure("search, a key press, first 50 hits, p99", &kept);
	keys_figure("search, the worst queries, first 50 hits, p99", &hard);
	words = g_strdup_printf("p50 %.2f ms, of %d",
	    samples_quantile(&kept.ones, .5) / 1000, (int)kept.ones.n);
	figure("search, words of one character, p99",
	    samples_quantile(&kept.ones, .99) / 1000, "ms", FIGURE_AT_MOST, 5,
	    words);
	keys_clear(&kept);
	keys_clear(&hard);
}

/* Queries in turn, so that none finds its own pages still there; to their end,
 * and of the processor alone. */
static void
bench_asked(struct store *store, char *const *texts, int n)
{
	struct samples *samples = g_new0(struct samples, n);
	int *hits = g_new0(int, n);

	for (int i = 0; i < ASKED_ROUNDS; i++)
		for (int k = 0; k < n; k++) {
			double cpu = cpu_us();
			gboolean late;

			hits[k] = (int)ask(store, texts[k], ASKED_MS, &late);
			samples_add(&samples[k], cpu_us() - cpu);
		}
	for (int k = 0; k < n; k++) {
		printf("CPU p50 %6.2f  p90 %6.2f ms  %2d hits  %s\n",
		    samples_quantile(&samples[k], .5) / 1000,
		    samples_quantile(&samples[k], .9) / 1000, hits[k],
		    texts[k]);
		samples_clear(&samples[k]);
	}
	g_free(samples);
	g_free(hits);
}

/* ---- beside it ----------------------------------------------------------- */

static const char *const compared[] = { "血压", "氨氯地平", "diuretic",
	"镇资遵", "没有这个词吧" };

static void
bench_like(struct store *store)
{
	static const char sql[] = "SELECT n FROM message WHERE text LIKE"
	    " '%' || ?1 || '%' ORDER BY sent DESC LIMIT 50";
	struct samples samples = { 0 };
	int64_t n;

	for (int i = 0; i < LIKE_ROUNDS; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(compared); k++) {
			gint64 start = g_get_monotonic_time();

			if (!db_int(store, NULL, 0, &n, sql, "s", compared[k]))
				bench_die("LIKE", NULL);
			samples_add(&samples, since(start));
		}
	figure("the same by LIKE, p50", samples_quantile(&samples, .5) / 1000,
	    "ms", FIGURE_NO_LIMIT, 0, "newest 50 of all messages");
	samples_clear(&samples);
}

static void
bench_ours(struct store *store)
{
	struct samples samples = { 0 };
	gboolean late;

	for (int i = 0; i < ROUNDS; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(compared); k++) {
			gint64 start = g_get_monotonic_time();

			ask(store, compared[k], PATIENCE_MS, &late);
			samples_add(&samples, since(start));
		}
	figure("five words by search, p50", samples_quantile(&samples, .5) /
	    1000, "ms", FIGURE_NO_LIMIT, 0, "newest 50, cited");
	samples_clear(&samples);
}

int
main(int argc, char **argv)
{
	gboolean each = argc == 3 && strcmp(argv[2], "--each") == 0;
	gboolean asked = argc > 3 && strcmp(argv[2], "--ask") == 0;
	struct store *store;

	if (argc != 2 && !each && !asked) {
		fprintf(stderr, "usage: bench_search DIR [--each | --ask "
		    "QUERY...]\n");
		return 2;
	}
	if (asked) {
		store = bench_open(argv[1], STORE_SCREEN);
		bench_asked(store, argv + 3, argc - 3);
		store_close(store);
		return 0;
	}
	store = bench_open(argv[1], STORE_SYNC);
	if (number(store, "SELECT count(*) FROM entry") == 0)
		results_put(store);
	bench_index(store);
	bench_size(store);
	store_close(store);
	store = bench_open(argv[1], STORE_SCREEN);
	bench_keys(store, each);
	bench_ours(store);
	bench_like(store);
	mail_bench(store, argv[1], compared, G_N_ELEMENTS(compared));
	store_close(store);
	return figure_status();
}
