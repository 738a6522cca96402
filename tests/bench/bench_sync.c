/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, §8: qingnang-sync on the filled cache, once it has caught up with the
 * practice clinic: resident memory, a WebSocket event on screen, and how often it
 * wakes when nothing happens.
 *
 * usage: bench_sync WORK BUILD_DIR
 *
 * The history in the cache counts as fetched already; else its charts would be
 * asked for one by one of a clinic that does not have them.
 */
#include "store/vault.h"
#include "tests/bench/clinic.h"
#include "tests/bench/figure.h"
#include "tests/bench/gen.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTLE_S 3
#define REST_S 20
#define IDLE_MAX_S 120

static void
mark_fetched(const char *state)
{
	static const char sql[] = "UPDATE consult SET loaded = 1;"
	    "UPDATE patient SET loaded = 1";
	g_autofree char *path = g_build_filename(state, "cache.db", NULL);
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) key = bench_key(state);
	sqlite3 *db = NULL;
	if (vault_open(path, key, &db, &error) != SQLITE_OK)
		bench_die("the cache", error);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		bench_die(sqlite3_errmsg(db), NULL);
	sqlite3_close(db);
}

/* ---- sync --------------------- */

static void
rest(void *user, int ms)
{
	g_usleep((gulong)ms * 1000);
}

/* Ticks of the processor that a process has had. */
static long
ticks(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
	g_autofree char *text = NULL;
	unsigned long user = 0, sys = 0;
	const char *after;

	if (!g_file_get_contents(path, &text, NULL, NULL) ||
	    !(after = strrchr(text, ')')) || sscanf(after + 1,
	    " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
	    &sys) != 2)
		bench_die(path, NULL);
	return (long)(user + sys);
}

/* What came since the last figures is in the search index too, and it works no
 * more. */
static void
until_idle(pid_t pid)
{
	long before = -1, now;

	for (int i = 0; i < IDLE_MAX_S / SETTLE_S &&
	    (now = ticks(pid)) != before; i++) {
		before = now;
		rest(NULL, SETTLE_S * 1000);
	}
}

struct place { char *cache, *run, *program, *trace; };

static void
bench_memory(const struct place *p, struct bench_clinic *clinic,
    const char *work, const char *build)
{
	const char *const argv[] = { p->program, "--profile", BENCH_PROFILE,
		"--watch", "--stay", NULL };
	pid_t sync = bench_spawn(argv, -1);
	bench_wait_live(p->run);
	until_idle(sync);
	figure("qingnang-sync resident, caught up", bench_resident_mb(sync),
	    "MB", FIGURE_AT_MOST, 25, NULL);
	bench_events(clinic, work, build);
	bench_stop(sync);
}

static void
bench_rest(const struct place *p)
{
	const char *const argv[] = { BENCH_TRACE(p->trace), p->program,
		"--profile", BENCH_PROFILE, "--watch", "--stay", NULL };
	pid_t strace = bench_spawn(argv, -1);
	bench_wait_live(p->run);
	rest(NULL, SETTLE_S * 1000);
	gint64 from = g_get_real_time();
	rest(NULL, REST_S * 1000);
	gint64 to = g_get_real_time();
	kill(bench_traced_pid(strace), SIGTERM);
	waitpid(strace, NULL, 0);
	int wakes = bench_trace_wakes(p->trace, from, to);
	if (wakes < 0)
		bench_die("strace", NULL);
	g_autofree char *words = g_strdup_printf("waits returned in %d s at"
	    " rest, all threads (strace -f)", REST_S);
	figure("qingnang-sync wakes", wakes, "times", FIGURE_AT_MOST,
	    REST_S / 5, words);
}

int
main(int argc, char **argv)
{
	struct place p = { 0 };
	if (argc != 3) {
		fprintf(stderr, "usage: bench_sync WORK BUILD_DIR\n");
		return 2;
	}
	p.cache = g_strdup_printf("%s/state/qingnang/" BENCH_PROFILE, argv[1]);
	p.run = g_strdup_printf("%s/run/qingnang/" BENCH_PROFILE, argv[1]);
	p.program = g_strdup_printf("%s/qingnang-sync", argv[2]);
	p.trace = g_strdup_printf("%s/sync.trace", argv[1]);
	mark_fetched(p.cache);
	struct bench_clinic *clinic = bench_clinic_start(argv[1], argv[2]);
	bench_memory(&p, clinic, argv[1], argv[2]);
	bench_rest(&p);
	bench_clinic_stop(clinic);
	return figure_status();
}
