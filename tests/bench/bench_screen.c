/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, §8, the screens on the filled cache: the first complete screen beside
 * that of a bare ncurses and SQLite program, keys while a full sync writes, memory
 * and wake-ups.
 *
 * usage: bench_screen WORK BUILD_DIR CONSULTATIONS
 *
 * WORK/state/qingnang/bench is the profile's state directory, filled by
 * bench_ingest. Here a child is qingnang-sync: it answers the doorbell and, for
 * the keys, writes and rings as a full sync does. At the end a patient with ten
 * years of results comes into it, and their whole chart is opened.
 */
#include "tests/bench/big.h"
#include "tests/bench/clinic.h"
#include "tests/bench/figure.h"
#include "tests/bench/gen.h"
#include "tests/bench/glass.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROFILE "bench"
#define STARTS 40
#define KEYS 250
#define KEYS_DOWN 15
#define KEY_EVERY_MS 40
#define FILTER_ROUNDS 4
#define FILTER_REST_MS 400
#define OTHER_SEED 815
#define SYNC_PAUSE_MS 5

struct place {
	char *state, *run, *program, *trace, *floor, *floor_db;
	char *env[10];
};

static void
place_find(struct place *p, const char *work, const char *build)
{
	p->state = g_strdup_printf("%s/state/qingnang/" PROFILE, work);
	p->run = g_strdup_printf("%s/run/qingnang/" PROFILE, work);
	p->program = g_strdup_printf("%s/qingnang", build);
	p->trace = g_strdup_printf("%s/screen.trace", work);
	p->floor = g_strdup_printf("%s/tests/bench/floor_screen", build);
	p->floor_db = g_strdup_printf("%s/floor-queue.db", work);
	p->env[0] = g_strdup_printf("XDG_STATE_HOME=%s/state", work);
	p->env[1] = g_strdup_printf("XDG_CONFIG_HOME=%s/config", work);
	p->env[2] = g_strdup_printf("XDG_RUNTIME_DIR=%s/run", work);
	p->env[3] = g_strdup_printf("HOME=%s", work);
	p->env[4] = g_strdup("TERM=xterm-256color");
	p->env[5] = g_strdup("LC_ALL=C.UTF-8");
	p->env[6] = g_strdup_printf("PATH=%s", g_getenv("PATH"));
}

static void
write_profile(const char *work)
{
	g_autofree char *dir = g_strdup_printf("%s/config/qingnang", work);
	g_autofree char *path = g_strdup_printf("%s/" PROFILE ".conf", dir);
	g_autofree char *run = g_strdup_printf("%s/run", work);
	static const char text[] = "[server]\nurl=http://127.0.0.1:9/fhir\n"
	    "practitioner=" GEN_ME "\nauth=token-command\n"
	    "token_command=echo bench\n[cache]\npassphrase_command=echo bench\n"
	    "[screen]\nlanguage=en\nlock_minutes=0\ntime_zone=UTC\n";
	g_mkdir_with_parents(dir, 0700);
	g_mkdir_with_parents(run, 0700);
	if (!g_file_set_contents(path, text, -1, NULL) ||
	    g_chmod(path, 0600) != 0)
		bench_die("the bench's profile", NULL);
}

/* ---- a stand-in for qingnang-sync -------------------------------------------- */

struct standin {
	int listen_fd;
	struct doorbell *bell;  /* the screen */
	struct store *store;    /* NULL: only answers the door */
	struct gen *gen;
};

static void
ignore_line(const struct doorbell_line *line, void *user)
{
}

static void
say(struct standin *s, const struct doorbell_line *line)
{
	if (s->bell)
		doorbell_send(s->bell, line);
}

static void
say_state(struct standin *s)
{
	struct doorbell_line line = { .verb = BELL_STATE,
		.state = s->store ? BELL_CATCHING_UP : BELL_LIVE,
		.since_ms = base_now_ms(), .fresh_ms = base_now_ms() };
	say(s, &line);
}

static void
answer_door(struct standin *s, int wait_ms)
{
	struct pollfd fds[2] = {
		{ .fd = s->listen_fd, .events = POLLIN },
		{ .fd = s->bell ? doorbell_fd(s->bell) : -1,
			.events = POLLIN },
	};
	if (poll(fds, 2, wait_ms) <= 0)
		return;
	if (fds[1].revents && !doorbell_read(s->bell, ignore_line, NULL))
		g_clear_pointer(&s->bell, doorbell_free);
	if (!fds[0].revents)
		return;
	int fd = doorbell_accept(s->listen_fd);
	if (fd < 0)
		return;
	g_clear_pointer(&s->bell, doorbell_free);
	s->bell = doorbell_new(fd);
	say_state(s);
}

static void
write_batch(struct standin *s)
{
	static GString *text[STORE_BATCH_SCREEN];
	struct store_doc docs[STORE_BATCH_SCREEN];
	struct store_ingested out = { 0 };
	struct doorbell_line line = { .verb = BELL_CHANGED,
		.kind = BELL_KIND_CONSULT };
	g_autoptr(GError) error = NULL;
	for (size_t i = 0; i < STORE_BATCH_SCREEN; i++) {
		if (!text[i])
			text[i] = g_string_new(NULL);
		if (!gen_next(s->gen, text[i]))
			bench_die("the stand-in's history is too short", NULL);
		docs[i] = (struct store_doc){ text[i]->str, text[i]->len };
	}
	if (!store_ingest(s->store, docs, STORE_BATCH_SCREEN, NULL, &out,
	    &error))
		bench_die("the stand-in's ingest", error);
	say(s, &line);
	line.kind = BELL_KIND_QUEUE;
	say(s, &line);
	g_clear_pointer(&out.consults, g_array_unref);
	g_clear_pointer(&out.patients, g_array_unref);
}

static pid_t
standin_start(const struct place *p, bool writes)
{
	struct standin s = { .listen_fd = -1 };
	g_mkdir_with_parents(p->run, 0700);
	s.listen_fd = doorbell_listen(p->run, NULL);
	if (s.listen_fd < 0)
		bench_die("the doorbell", NULL);
	pid_t pid = fork();
	if (pid != 0) {
		close(s.listen_fd);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	if (writes) {
		s.store = bench_open(p->state, STORE_SYNC);
		s.gen = gen_new(OTHER_SEED, 20000, 400000);
	}
	for (;;) {
		answer_door(&s, writes ? SYNC_PAUSE_MS : 1000);
		if (writes)
			write_batch(&s);
	}
}

static void
standin_stop(pid_t pid)
{
	int status = 0;
	if (waitpid(pid, &status, WNOHANG) != 0)
		bench_die("the stand-in for qingnang-sync ended", NULL);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

/* ---- the first screen --------------------- */

static bool
row_is_blank(struct glass *glass, int y)
{
	g_autofree char *row = glass_row(glass, y);
	return *row == '\0';
}

/* Top and bottom line, and what is between. */
static bool
complete(struct glass *glass, void *user)
{
	int rows = 0;
	if (row_is_blank(glass, GLASS_ROWS - 1) || row_is_blank(glass, 0))
		return false;
	for (int y = 0; y < GLASS_ROWS; y++)
		rows += !row_is_blank(glass, y);
	return rows >= 50;
}

static struct glass *
start_client(const struct place *p)
{
	const char *const argv[] = { p->program, "--profile", PROFILE, NULL };
	return glass_start(argv, (const char *const *)p->env);
}

static struct glass *
start_floor(const struct place *p)
{
	const char *const argv[] = { p->floor, p->floor_db, NULL };
	return glass_start(argv, (const char *const *)p->env);
}

static double
first_screen_ms(const struct place *p,
    struct glass *(*start)(const struct place *p))
{
	struct glass *glass = start(p);
	gint64 at = glass_until(glass, complete, NULL, 5000);
	if (at < 0) {
		g_autofree char *text = glass_text(glass);
		fprintf(stderr, "%s\n", text);
		bench_die("no first screen", NULL);
	}
	double ms = (double)(at - glass_started_us(glass)) / 1000;
	glass_stop(glass);
	return ms;
}

static void
bench_first_screen(const struct place *p)
{
	struct samples client = { 0 }, floor = { 0 };
	pid_t standin = standin_start(p, false);
	first_screen_ms(p, start_client);
	for (int i = 0; i < STARTS; i++) {
		samples_add(&floor, first_screen_ms(p, start_floor));
		samples_add(&client, first_screen_ms(p, start_client));
	}
	standin_stop(standin);
	/* The better quarter of either: what else runs here falls on both, but
	 * not evenly. */
	double bare = samples_quantile(&floor, .25);
	double ours = samples_quantile(&client, .25);
	g_autofree char *words = g_strdup_printf(
	    "%.2f ms against bare ncurses and SQLite's %.2f ms", ours, bare);
	figure("first complete screen", ours / bare, "floors", FIGURE_AT_MOST,
	    2, words);
	samples_clear(&client);
	samples_clear(&floor);
}

/* ---- keys --------------------- */

struct rows { guint hash[GLASS_ROWS]; };

static struct rows
rows_now(struct glass *glass)
{
	struct rows rows;
	for (int y = 0; y < GLASS_ROWS; y++)
		rows.hash[y] = glass_row_hash(glass, y);
	return rows;
}

/* The selection left its row and came to the next: two neighbours differ. */
static bool
selection_moved(struct glass *glass, void *user)
{
	const struct rows *before = user;
	struct rows now = rows_now(glass);
	for (int y = 1; y + 2 < GLASS_ROWS; y++)
		if (now.hash[y] != before->hash[y] &&
		    now.hash[y + 1] != before->hash[y + 1])
			return true;
	return false;
}

static void
press(struct glass *glass, const char *key, struct samples *samples)
{
	struct rows before = rows_now(glass);
	gint64 start = g_get_monotonic_time();
	glass_type(glass, key);
	gint64 at = glass_until(glass, selection_moved, &before, 2000);
	if (at < 0)
		bench_die("a key without an answer", NULL);
	samples_add(samples, (double)(at - start) / 1000);
	glass_rest(glass, KEY_EVERY_MS);
}

static void
bench_keys(const struct place *p)
{
	struct samples samples = { 0 };
	pid_t standin = standin_start(p, true);
	struct glass *glass = start_client(p);
	if (glass_until(glass, complete, NULL, 5000) < 0)
		bench_die("no screen for the keys", NULL);
	glass_rest(glass, 500);
	for (int i = 0; i < KEYS_DOWN; i++)
		glass_type(glass, "j"); /* away from the top */
	glass_rest(glass, 500);
	for (int i = 0; i < KEYS; i++)
		press(glass, i / 10 % 2 ? "k" : "j", &samples);
	glass_stop(glass);
	standin_stop(standin);
	g_autofree char *median = g_strdup_printf("p99 of %d; p50 %.2f ms",
	    KEYS, samples_quantile(&samples, .5));
	figure("key to painted screen, a full sync writing",
	    samples_quantile(&samples, .99), "ms", FIGURE_AT_MOST, 8, median);
	samples_clear(&samples);
}

/* ---- a filter's keys --------------------- */

/* The prompt's line, which begins so; owned, NULL when there is none. */
static char *
prompt_row(struct glass *glass)
{
	for (int y = GLASS_ROWS - 1; y >= 0; y--) {
		g_autofree char *row = glass_row(glass, y);
		if (g_str_has_prefix(row, " / "))
			return g_steal_pointer(&row);
	}
	return NULL;
}

static bool
echoed(struct glass *glass, void *user)
{
	g_autofree char *row = prompt_row(glass);
	const char *typed = user;
	return row && strncmp(row + 3, typed, strlen(typed)) == 0;
}

/* It says how many were found. */
static bool
settled(struct glass *glass, void *user)
{
	g_autofree char *row = prompt_row(glass);
	return row && echoed(glass, user) && !strstr(row, "…");
}

static void
filter_type(struct glass *glass, const char *words, struct samples *echo,
    struct samples *whole)
{
	for (const char *p = words; *p;) {
		const char *next = g_utf8_next_char(p);
		g_autofree char *key = g_strndup(p, (gsize)(next - p));
		g_autofree char *typed = g_strndup(words, (gsize)(next -
		    words));
		gint64 start = g_get_monotonic_time();
		glass_type(glass, key);
		gint64 at = glass_until(glass, echoed, typed, 2000);
		gint64 all = settled(glass, typed) ? at :
		    glass_until(glass, settled, typed, 5000);
		if (at < 0 || all < 0)
			bench_die("a filter's key without an answer", NULL);
		samples_add(echo, (double)(at - start) / 1000);
		samples_add(whole, (double)(all - start) / 1000);
		p = next;
	}
	glass_type(glass, "\025"); /* ^U */
	glass_rest(glass, FILTER_REST_MS);
}

static void
bench_filter(const struct place *p)
{
	static const char *const words[] = { "okafor luis", "张银兰",
		"胸闷气短三天", "没有这个人" };
	struct samples echo = { 0 }, whole = { 0 };
	pid_t standin = standin_start(p, false);
	struct glass *glass = start_client(p);
	if (glass_until(glass, complete, NULL, 5000) < 0)
		bench_die("no screen for the filter", NULL);
	glass_rest(glass, 500);
	glass_type(glass, "/");
	glass_rest(glass, FILTER_REST_MS);
	for (int i = 0; i < FILTER_ROUNDS; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
			filter_type(glass, words[k], &echo, &whole);
	glass_stop(glass);
	standin_stop(standin);
	g_autofree char *rows = g_strdup_printf("p50 %.2f; all rows looked at: "
	    "p50 %.0f, p99 %.0f ms", samples_quantile(&echo, .5),
	    samples_quantile(&whole, .5), samples_quantile(&whole, .99));
	figure("a filter's key to painted screen, p99",
	    samples_quantile(&echo, .99), "ms", FIGURE_AT_MOST, 8, rows);
	samples_clear(&echo);
	samples_clear(&whole);
}

/* ---- memory, rest --------------------- */

static void
bench_memory(const struct place *p)
{
	pid_t standin = standin_start(p, false);
	struct glass *glass = start_client(p);
	if (glass_until(glass, complete, NULL, 5000) < 0)
		bench_die("no screen to rest", NULL);
	glass_type(glass, "j");
	glass_rest(glass, 4000);
	figure("qingnang resident", bench_resident_mb(glass_pid(glass)), "MB",
	    FIGURE_AT_MOST, 15, NULL);
	glass_stop(glass);
	standin_stop(standin);
}

/* The doctor has gone for half a minute (tui/loop.c tells qingnang-sync then, and
 * a count that was put off at the start is long done). */
enum { SETTLED_MS = 32000 };

/* Under strace from its first instruction: it lets nobody look in later. */
static void
bench_rest(const struct place *p, int seconds)
{
	const char *const argv[] = { BENCH_TRACE(p->trace), p->program,
		"--profile", PROFILE, NULL };
	pid_t standin = standin_start(p, false);
	struct glass *glass = glass_start(argv, (const char *const *)p->env);
	if (glass_until(glass, complete, NULL, 10000) < 0)
		bench_die("no screen under strace", NULL);
	glass_rest(glass, SETTLED_MS);
	gint64 from = g_get_real_time();
	glass_rest(glass, seconds * 1000);
	gint64 to = g_get_real_time();
	glass_type(glass, "q");
	glass_rest(glass, 300);
	glass_stop(glass);
	standin_stop(standin);
	int wakes = bench_trace_wakes(p->trace, from, to);
	if (wakes < 0)
		bench_die("strace", NULL);
	g_autofree char *words = g_strdup_printf("waits returned in %d s at"
	    " rest (strace -f)", seconds);
	figure("qingnang wakes", wakes, "times", FIGURE_AT_MOST,
	    1 + seconds / 60, words);
}

/* ---- a chart of ten years --------------------- */

#define CHARTS 60

static bool
says(struct glass *glass, const char *words)
{
	g_autofree char *text = glass_text(glass);
	return strstr(text, words) != NULL;
}

static bool
chart_open(struct glass *glass, void *user)
{
	return says(glass, "the whole chart") && says(glass, "Allergies") &&
	    says(glass, "Problems");
}

static bool
chart_shut(struct glass *glass, void *user)
{
	return !says(glass, "the whole chart");
}

/* From the key to the painted page; the chart is read anew each time. */
static void
bench_chart(const struct place *p)
{
	struct samples samples = { 0 };
	struct store *store = bench_open(p->state, STORE_SYNC);
	gint64 start = g_get_monotonic_time();
	int rows = big_put(store);
	double put_s = (double)(g_get_monotonic_time() - start) / 1e6;
	store_close(store);
	pid_t standin = standin_start(p, false);
	struct glass *glass = start_client(p);
	if (glass_until(glass, complete, NULL, 5000) < 0)
		bench_die("no screen for the chart", NULL);
	glass_rest(glass, 500);
	glass_type(glass, "g\r");
	glass_rest(glass, 1000);
	for (int i = 0; i < CHARTS; i++) {
		gint64 from = g_get_monotonic_time();
		glass_type(glass, "C");
		gint64 at = glass_until(glass, chart_open, NULL, 3000);
		if (at < 0)
			bench_die("the chart does not open", NULL);
		samples_add(&samples, (double)(at - from) / 1000);
		glass_type(glass, "C");
		if (glass_until(glass, chart_shut, NULL, 3000) < 0)
			bench_die("the chart does not close", NULL);
		glass_rest(glass, KEY_EVERY_MS);
	}
	glass_stop(glass);
	standin_stop(standin);
	g_autofree char *words = g_strdup_printf("p50 of %d, key to painted; "
	    "p99 %.1f ms; %d observations among %d resources, put at %.0f/s",
	    CHARTS, samples_quantile(&samples, .99), BIG_OBSERVATIONS, rows,
	    rows / put_s);
	figure("whole chart of ten years opens", samples_quantile(&samples,
	    .5), "ms", FIGURE_AT_MOST, 20, words);
	samples_clear(&samples);
}

int
main(int argc, char **argv)
{
	struct place p = { 0 };
	if (argc != 4) {
		fprintf(stderr,
		    "usage: bench_screen WORK BUILD_DIR CONSULTATIONS\n");
		return 2;
	}
	place_find(&p, argv[1], argv[2]);
	write_profile(argv[1]);
	g_autofree char *make = g_strdup_printf("'%s' --make '%s' %s", p.floor,
	    p.floor_db, argv[3]);
	g_unlink(p.floor_db);
	if (system(make) != 0)
		bench_die("the floor's database", NULL);
	BASE_AUTO(base_secret) key = bench_key(p.state);
	if (!vault_keyring_put(p.state, key, 600))
		puts("(no kernel keyring here: the key comes by"
		    " passphrase_command)");
	bench_first_screen(&p);
	bench_keys(&p);
	bench_filter(&p);
	bench_memory(&p);
	bench_rest(&p, 20);
	bench_chart(&p);
	vault_keyring_revoke(p.state);
	return figure_status();
}
