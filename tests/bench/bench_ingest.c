/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, §8: ingest of resources of about 1 KB, encrypted, projected and indexed,
 * no screen attached, against bare inserts of the same rows into plain SQLite in
 * the same run. Leaves the filled cache in DIR for the other programs.
 *
 * usage: bench_ingest DIR CONSULTATIONS MESSAGES
 *
 * The floor is the least that could be called the same rows: the bytes, found
 * again by type and id; 200 rows a transaction, WAL, synchronous NORMAL, 4096-byte
 * pages and the page cache of the store's own connection.
 */
#include "tests/bench/figure.h"
#include "tests/bench/gen.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SEED 20261122
#define YOUNG_ROWS 100000
#define FLOOR_CACHE_KIB 8192

struct batch {
	GString *text[STORE_BATCH_MAX];
	char *ref[STORE_BATCH_MAX];
	size_t n;
};

static void
batch_init(struct batch *batch)
{
	memset(batch, 0, sizeof(*batch));
	for (int i = 0; i < STORE_BATCH_MAX; i++)
		batch->text[i] = g_string_sized_new(4096);
}

static bool
batch_fill(struct batch *batch, struct gen *gen)
{
	for (batch->n = 0; batch->n < STORE_BATCH_MAX; batch->n++) {
		if (!gen_next(gen, batch->text[batch->n]))
			break;
		g_free(batch->ref[batch->n]);
		batch->ref[batch->n] = g_strdup(gen_last_ref(gen));
	}
	return batch->n > 0;
}

/* What of the run's time was spent storing; making the rows does not count. The
 * processor's time stands beside it: other work here does not change that. */
struct clock {
	gint64 us, young_us, cpu_us, young_cpu_us;
	int64_t rows;
};

static gint64
cpu_now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (gint64)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
clock_start(struct clock *clock)
{
	clock->us -= g_get_monotonic_time();
	clock->cpu_us -= cpu_now_us();
}

static void
clock_stop(struct clock *clock, size_t rows)
{
	clock->us += g_get_monotonic_time();
	clock->cpu_us += cpu_now_us();
	clock->rows += (int64_t)rows;
	if (clock->rows <= YOUNG_ROWS) {
		clock->young_us = clock->us;
		clock->young_cpu_us = clock->cpu_us;
	}
}

static double
rate(int64_t rows, gint64 us)
{
	return us > 0 ? (double)rows * 1e6 / (double)us : 0;
}

/* ---- the floor --------------------- */

static void
must(int rc, sqlite3 *db)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return;
	fprintf(stderr, "floor: %s\n", sqlite3_errmsg(db));
	_exit(2);
}

static void
floor_batch(sqlite3 *db, sqlite3_stmt *insert, const struct batch *batch)
{
	must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), db);
	for (size_t i = 0; i < batch->n; i++) {
		sqlite3_bind_text(insert, 1, batch->ref[i], -1, SQLITE_STATIC);
		sqlite3_bind_blob(insert, 2, batch->text[i]->str,
		    (int)batch->text[i]->len, SQLITE_STATIC);
		must(sqlite3_step(insert), db);
		sqlite3_reset(insert);
	}
	must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
}

static sqlite3 *
floor_open(const char *path)
{
	sqlite3 *db = NULL;
	must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL), db);
	g_autofree char *pragmas = g_strdup_printf("PRAGMA page_size = 4096;"
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
	    "PRAGMA secure_delete = OFF; PRAGMA cache_size = -%d",
	    FLOOR_CACHE_KIB);
	must(sqlite3_exec(db, pragmas, NULL, NULL, NULL), db);
	must(sqlite3_exec(db, "CREATE TABLE row(n INTEGER PRIMARY KEY,"
	    " ref TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL)", NULL, NULL,
	    NULL), db);
	return db;
}

static struct clock
run_floor(const char *path, int consults, int messages)
{
	struct gen *gen = gen_new(SEED, consults, messages);
	struct clock clock = { 0 };
	struct batch batch;
	sqlite3_stmt *insert = NULL;
	sqlite3 *db = floor_open(path);
	batch_init(&batch);
	must(sqlite3_prepare_v2(db, "INSERT INTO row(ref, bytes) VALUES(?, ?)",
	    -1, &insert, NULL), db);
	while (batch_fill(&batch, gen)) {
		clock_start(&clock);
		floor_batch(db, insert, &batch);
		clock_stop(&clock, batch.n);
	}
	sqlite3_finalize(insert);
	sqlite3_close(db);
	gen_free(gen);
	return clock;
}

static void
remove_db(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *name = g_strconcat(path, suffixes[i], NULL);
		g_unlink(name);
	}
}

/* In a process of its own: its memory and caches die with it. */
static struct clock
floor_in_child(const char *dir, int consults, int messages)
{
	g_autofree char *path = g_build_filename(dir, "floor.db", NULL);
	struct clock clock = { 0 };
	int fds[2], status = 0;
	remove_db(path);
	if (pipe(fds) != 0)
		bench_die("pipe", NULL);
	pid_t pid = fork();
	if (pid == 0) {
		clock = run_floor(path, consults, messages);
		_exit(write(fds[1], &clock, sizeof(clock)) == sizeof(clock)
		    ? 0 : 2);
	}
	close(fds[1]);
	bool ok = pid > 0 && read(fds[0], &clock, sizeof(clock)) ==
	    sizeof(clock);
	if (pid > 0)
		waitpid(pid, &status, 0);
	close(fds[0]);
	remove_db(path);
	if (!ok || status != 0)
		bench_die("the floor", NULL);
	return clock;
}

/* ---- the store --------------------- */

static void
ingest_batch(struct store *store, const struct batch *batch)
{
	struct store_doc docs[STORE_BATCH_MAX];
	struct store_ingested out = { 0 };
	g_autoptr(GError) error = NULL;
	for (size_t i = 0; i < batch->n; i++)
		docs[i] = (struct store_doc){ batch->text[i]->str,
			batch->text[i]->len };
	if (!store_ingest(store, docs, batch->n, NULL, &out, &error))
		bench_die("ingest", error);
	if (out.refused > 0)
		bench_die("ingest refused a document", NULL);
}

static struct clock
run_store(const char *dir, int consults, int messages)
{
	const char *const me[] = { GEN_ME, NULL };
	struct gen *gen = gen_new(SEED, consults, messages);
	struct clock clock = { 0 };
	struct batch batch;
	g_autoptr(GError) error = NULL;
	struct store *store = bench_open(dir, STORE_SYNC);
	batch_init(&batch);
	if (!store_me_set(store, me, "吴科荣", "心内科", &error))
		bench_die("who I am", error);
	while (batch_fill(&batch, gen)) {
		clock_start(&clock);
		ingest_batch(store, &batch);
		clock_stop(&clock, batch.n);
	}
	store_close(store);
	gen_free(gen);
	return clock;
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr,
		    "usage: bench_ingest DIR CONSULTATIONS MESSAGES\n");
		return 2;
	}
	int consults = atoi(argv[2]), messages = atoi(argv[3]);
	struct clock bare = floor_in_child(argv[1], consults, messages);
	struct clock store = run_store(argv[1], consults, messages);
	double bare_rate = rate(bare.rows, bare.us);
	double store_rate = rate(store.rows, store.us);
	int64_t young = MIN(store.rows, YOUNG_ROWS);
	g_autofree char *young_floor = g_strdup_printf("bare inserts: %.0f/s;"
	    " of the processor alone %.0f/s and %.0f/s",
	    rate(young, bare.young_us), rate(young, store.young_cpu_us),
	    rate(young, bare.young_cpu_us));
	g_autofree char *floor = g_strdup_printf(
	    "%.0f/s against bare inserts' %.0f/s; of the processor alone %.0f/s"
	    " and %.0f/s", store_rate, bare_rate,
	    rate(store.rows, store.cpu_us), rate(bare.rows, bare.cpu_us));
	g_autofree char *name = g_strdup_printf("ingest, whole run of %"
	    G_GINT64_FORMAT " rows", store.rows);
	figure("ingest, young cache (first 100,000 rows)",
	    rate(MIN(store.rows, YOUNG_ROWS), store.young_us), "rows/s",
	    FIGURE_AT_LEAST, 20000, young_floor);
	figure(name, store_rate / bare_rate, "floors", FIGURE_AT_LEAST, 0.4,
	    floor);
	return figure_status();
}
