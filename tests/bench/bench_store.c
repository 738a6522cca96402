/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, §8, on the cache that bench_ingest left in DIR: the first 50 rows of the
 * queue, warm; a thread of 200 messages, opened for the first time; a draft saved
 * while another process writes as a full sync does.
 *
 * usage: bench_store DIR CONSULTATIONS MESSAGES
 */
#include "tests/bench/figure.h"
#include "tests/bench/gen.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEED 20261122
#define OTHER_SEED 4711
#define QUEUE_RUNS 2000
#define DRAFTS 400
#define DRAFT_EVERY_US 15000
/* What qingnang-sync waits after each batch while a screen is attached. */
#define SYNC_PAUSE_US 5000

static double
since(gint64 start)
{
	return (double)(g_get_monotonic_time() - start);
}

/* ---- the queue --------------------- */

static void
bench_queue(struct store *store)
{
	const struct queue_filter all = { .lane = QUEUE_LANE_ALL };
	struct samples samples = { 0 };
	g_autoptr(GError) error = NULL;
	for (int i = 0; i < QUEUE_RUNS; i++) {
		/* One call is near the clock's own microsecond: ten a sample. */
		gint64 start = g_get_monotonic_time();
		for (int j = 0; j < 10; j++) {
			struct queue_page *page =
			    store_queue(store, &all, 0, 50, &error);
			if (page == NULL || page->n != 50)
				bench_die("the queue", error);
			queue_page_free(page);
		}
		samples_add(&samples, since(start) / 10);
	}
	g_autofree char *p99 = g_strdup_printf("p50 of %d; p99 %.0f us",
	    QUEUE_RUNS, samples_quantile(&samples, .99));
	figure("first 50 rows of the queue, warm",
	    samples_quantile(&samples, .5), "us", FIGURE_AT_MOST, 50, p99);
	samples_clear(&samples);
}

/* ---- threads --------------------- */

static struct thread *
open_thread(struct store *store, struct gen *gen, int consult)
{
	g_autofree char *ref = gen_consult_ref(gen, consult);
	g_autoptr(GError) error = NULL;
	struct thread *thread = store_thread(store,
	    store_consult_find(store, ref), GEN_LONG_MESSAGES, &error);
	if (thread == NULL)
		bench_die("a thread", error);
	return thread;
}

static void
bench_threads(struct store *store, struct gen *gen)
{
	struct samples samples = { 0 };
	for (int i = 0; i < GEN_LONG_THREADS; i++) {
		gint64 start = g_get_monotonic_time();
		struct thread *thread = open_thread(store, gen, i);
		samples_add(&samples, since(start) / 1000);
		if (thread->n != GEN_LONG_MESSAGES)
			bench_die("a thread has not its messages", NULL);
		thread_free(thread);
	}
	g_autofree char *worst = g_strdup_printf(
	    "p50 of %d, each opened once; p99 %.2f ms", GEN_LONG_THREADS,
	    samples_quantile(&samples, .99));
	figure("a thread of 200 messages", samples_quantile(&samples, .5),
	    "ms", FIGURE_AT_MOST, 5, worst);
	samples_clear(&samples);
}

/* ---- drafts --------------------- */

/* Another history streams in, until the parent has seen enough. */
static G_GNUC_NORETURN void
write_as_sync(const char *dir, int ready_fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	struct gen *gen = gen_new(OTHER_SEED, 20000, 400000);
	struct store *store = bench_open(dir, STORE_SYNC);
	struct store_doc docs[STORE_BATCH_SCREEN];
	GString *text[STORE_BATCH_SCREEN];
	for (size_t i = 0; i < STORE_BATCH_SCREEN; i++)
		text[i] = g_string_new(NULL);
	for (int batches = 0;; batches++) {
		struct store_ingested out = { 0 };
		for (size_t i = 0; i < STORE_BATCH_SCREEN; i++) {
			if (!gen_next(gen, text[i]))
				_exit(3);
			docs[i] = (struct store_doc){ text[i]->str,
				text[i]->len };
		}
		if (!store_ingest(store, docs, STORE_BATCH_SCREEN, NULL, &out,
		    NULL))
			_exit(4);
		if (batches == 5 && write(ready_fd, "x", 1) != 1)
			_exit(5);
		g_usleep(SYNC_PAUSE_US);
	}
}

static pid_t
start_sync(const char *dir)
{
	int fds[2];
	char c;
	if (pipe(fds) != 0)
		bench_die("pipe", NULL);
	pid_t pid = fork();
	if (pid < 0)
		bench_die("fork", NULL);
	if (pid == 0)
		write_as_sync(dir, fds[1]);
	close(fds[1]);
	if (read(fds[0], &c, 1) != 1)
		bench_die("the writer did not start", NULL);
	close(fds[0]);
	return pid;
}

static void
stop_sync(pid_t pid)
{
	int status = 0;
	if (waitpid(pid, &status, WNOHANG) != 0)
		bench_die("the writer ended too early", NULL);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

static void
save_drafts(struct store *store, const struct thread *thread,
    struct samples *samples)
{
	struct draft_key key = { .consult = thread->consult };
	g_autoptr(GString) text = g_string_new("先别加药。");
	g_autoptr(GError) error = NULL;
	for (int i = 0; i < DRAFTS; i++) {
		g_usleep(DRAFT_EVERY_US);
		g_string_append(text, "请连续三天早晚各测一次,");
		gint64 start = g_get_monotonic_time();
		if (!store_draft_save(store, key, thread->patient.id,
		    text->str, text->len, base_now_ms(), &error))
			bench_die("a draft", error);
		samples_add(samples, since(start) / 1000);
	}
}

static void
bench_drafts(const char *dir, struct gen *gen)
{
	struct samples samples = { 0 };
	pid_t pid = start_sync(dir);
	struct store *store = bench_open(dir, STORE_SCREEN);
	struct thread *thread = open_thread(store, gen, 0);
	save_drafts(store, thread, &samples);
	stop_sync(pid);
	g_autofree char *median = g_strdup_printf("p99 of %d; p50 %.2f ms",
	    DRAFTS, samples_quantile(&samples, .5));
	figure("a draft saved while a full sync writes",
	    samples_quantile(&samples, .99), "ms", FIGURE_AT_MOST, 20, median);
	samples_clear(&samples);
	thread_free(thread);
	store_close(store);
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: bench_store DIR CONSULTATIONS"
		    " MESSAGES\n");
		return 2;
	}
	struct gen *gen = gen_new(SEED, atoi(argv[2]), atoi(argv[3]));
	struct store *store = bench_open(argv[1], STORE_SCREEN);
	bench_queue(store);
	bench_threads(store, gen);
	store_close(store);
	bench_drafts(argv[1], gen);
	gen_free(gen);
	return figure_status();
}
