/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, the chart, Numbers: on the cache that bench_ingest left in DIR, one more
 * patient with 20,000 observations of ten years. The results page read and put
 * into rows; the trend of a test of 5,000 values drawn anew, zoomed and panned, on
 * a terminal of 120 by 40; who reads out of range at home, of 1,000 patients with
 * two readings a day.
 *
 * usage: bench_results DIR
 */
#include "store/results.h"
#include "tests/bench/figure.h"
#include "tui/results_view.h"

#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#define DAY_MS INT64_C(86400000)
enum { OBSERVATIONS = 20000, OF_ONE = 5000, TESTS = 60, READERS = 1000,
	READING_DAYS = 35, ROUNDS = 200 };

static int64_t now_ms;

static double
since(gint64 start)
{
	return (double)(g_get_monotonic_time() - start);
}

/* ---- what is added ------------------------------------------------------ */

static char *
observation(const char *id, const char *patient, const char *code,
    int64_t when_ms, double value, gboolean home)
{
	g_autofree char *when = fhir_instant(when_ms);

	return g_strdup_printf("{\"resourceType\":\"Observation\",\"id\":"
	    "\"%s\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"%s\"},"
	    "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
	    "\"http://loinc.org\",\"code\":\"%s\"}],\"text\":\"T %s\"},"
	    "\"subject\":{\"reference\":\"Patient/%s\"},%s"
	    "\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%.1f,"
	    "\"unit\":\"mmol/L\"},\"referenceRange\":[{\"low\":{\"value\":4},"
	    "\"high\":{\"value\":6}}]}", id, when, code, code, patient, home ?
	    "\"category\":[{\"coding\":[{\"code\":\"home\"}]}]," : "", when,
	    value);
}

struct batch { struct store_doc docs[STORE_BATCH_MAX]; size_t n; };

static void
flush(struct store *store, struct batch *b)
{
	struct store_ingested out = { 0 };
	g_autoptr(GError) error = NULL;

	if (b->n && !store_ingest(store, b->docs, b->n, NULL, &out, &error))
		bench_die("ingest", error);
	store_ingested_clear(&out);
	while (b->n > 0)
		g_free((char *)b->docs[--b->n].bytes);
}

static void
add(struct store *store, struct batch *b, char *json)
{
	b->docs[b->n++] = (struct store_doc){ json, strlen(json) };
	if (b->n == STORE_BATCH_MAX)
		flush(store, b);
}

static void
fill(struct store *store)
{
	struct batch b = { .n = 0 };

	add(store, &b, g_strdup("{\"resourceType\":\"Patient\",\"id\":"
	    "\"bench-many\"}"));
	for (int i = 0; i < OBSERVATIONS; i++) {
		g_autofree char *id = g_strdup_printf("bench-o%d", i);
		g_autofree char *code = i < OF_ONE ? g_strdup("14749-6") :
		    g_strdup_printf("%d-0", i % TESTS);

		add(store, &b, observation(id, "bench-many", code, now_ms -
		    (int64_t)(i % OF_ONE) * 10 * 365 * DAY_MS / OF_ONE,
		    4 + i % 37 / 10.0, FALSE));
	}
	for (int i = 0; i < READERS * READING_DAYS * 2; i++) {
		g_autofree char *id = g_strdup_printf("bench-h%d", i);
		g_autofree char *who = g_strdup_printf("bench-r%d",
		    i % READERS);
		int half = i / READERS;

		add(store, &b, observation(id, who, "14749-6", now_ms -
		    half * DAY_MS / 2, i % 3 ? 5.0 : 7.5, TRUE));
	}
	flush(store, &b);
}

/* ---- figures ------------------------------------------------------------ */

static void
bench_page(struct store *store, struct patient_id patient)
{
	struct samples samples = { 0 };

	for (int i = 0; i < ROUNDS; i++) {
		gint64 start = g_get_monotonic_time();
		g_autoptr(GError) error = NULL;
		BASE_AUTO(results) r = store_results(store, patient, now_ms,
		    &error);
		g_autoptr(GArray) lines = r ? results_lines_new(r, now_ms) :
		    NULL;
		BASE_AUTO(chart) chart = store_chart(store, patient, now_ms,
		    &error);

		if (!lines || !chart)
			bench_die("the results", error);
		samples_add(&samples, since(start) / 1000);
	}
	figure("results and chart of 20,000 observations",
	    samples_quantile(&samples, .5), "ms", FIGURE_AT_MOST, 20,
	    "p50 of 200, both read and the rows made");
	samples_clear(&samples);
}

static void
bench_home(struct store *store)
{
	struct samples samples = { 0 };

	for (int i = 0; i < 10; i++) {
		gint64 start = g_get_monotonic_time();
		g_autoptr(GError) error = NULL;
		BASE_AUTO(home_runs) runs = home_runs_read(store, now_ms,
		    &error);

		if (!runs)
			bench_die("three days", error);
		samples_add(&samples, since(start) / 1000);
	}
	figure("out of range three days, 70,000 home readings",
	    samples_quantile(&samples, .5), "ms", FIGURE_NO_LIMIT, 0,
	    "p50 of 10");
	samples_clear(&samples);
}

/* A terminal of our own; what is painted is read and thrown away. */
static void
terminal(void)
{
	struct winsize size = { .ws_row = 40, .ws_col = 120 };
	int master, slave;

	if (openpty(&master, &slave, NULL, NULL, &size) != 0)
		bench_die("a terminal", NULL);
	if (fork() == 0) {
		char bytes[65536];

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(slave);
		while (read(master, bytes, sizeof bytes) > 0)
			;
		_exit(0);
	}
	close(master);
	dup2(slave, STDIN_FILENO);
	dup2(slave, STDOUT_FILENO);
	g_setenv("TERM", "xterm-256color", TRUE);
}

static void
redraw(struct tui *ui, struct view *v, struct samples *samples)
{
	static const enum request keys[] = { REQ_ZOOM_IN, REQ_PAN_LEFT,
		REQ_DOWN, REQ_ZOOM_IN, REQ_PAN_RIGHT, REQ_ZOOM_OUT,
		REQ_ZOOM_OUT, REQ_UP };

	for (int i = 0; i < ROUNDS; i++) {
		gint64 start = g_get_monotonic_time();

		v->ops->request(v, keys[i % G_N_ELEMENTS(keys)]);
		canvas_begin(ui->canvas);
		v->ops->draw(v, ui->canvas, (struct area){ 1, 0, 38, 120 },
		    TRUE);
		canvas_end(ui->canvas);
		samples_add(samples, since(start) / 1000);
	}
}

static void
bench_trend(struct store *store, struct patient_id patient)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(results) r = store_results(store, patient, now_ms, &error);
	g_autoptr(GArray) lines = results_lines_new(r, now_ms);
	g_autoptr(GPtrArray) found = results_found(lines, "T 14749-6");
	int out = dup(STDOUT_FILENO);
	struct samples samples = { 0 };
	struct tui ui = { .store = store };
	struct view *v;
	gint64 start;
	double open_ms;

	if (found->len != 1)
		bench_die("the test", NULL);
	v = trend_view_new(&ui, patient, found->pdata[0]);
	start = g_get_monotonic_time();
	v->ops->load(v);
	open_ms = since(start) / 1000;
	terminal();
	ui.theme = theme_load("dark", &error);
	ui.canvas = canvas_open(ui.theme, FALSE, &error);
	if (!ui.canvas)
		bench_die("the screen", error);
	redraw(&ui, v, &samples);
	canvas_close(ui.canvas);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	v->ops->free(v);
	theme_free(ui.theme);
	figure("trend of 5,000 values read", open_ms, "ms", FIGURE_NO_LIMIT, 0,
	    "once");
	figure("trend of 5,000 values drawn anew",
	    samples_quantile(&samples, .5), "ms", FIGURE_AT_MOST, 5,
	    "p50 of 200 keys: zoom, pan, the cursor; 120 by 40");
	samples_clear(&samples);
}

int
main(int argc, char **argv)
{
	BASE_AUTO(store) store = NULL;
	struct patient_id patient;

	if (argc != 2)
		return 2;
	now_ms = base_now_ms();
	base_i18n_init("en");
	store = bench_open(argv[1], STORE_SYNC);
	fill(store);
	patient = store_patient_find(store, "bench-many");
	bench_page(store, patient);
	bench_trend(store, patient);
	bench_home(store);
	return figure_status();
}
