/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: a program killed at any moment loses no transaction it had reported as
 * committed, and leaves none half done. Sixty times a child commits numbered
 * transactions through the vault and is killed; then its cache is opened.
 */
#include "tests/store/test_vault_kit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 60
#define CELLS 24 /* every transaction gives all of them its number */

static void
commit(sqlite3 *db, int64_t n)
{
	g_autofree char *sql = g_strdup_printf("BEGIN;"
	    "INSERT INTO done(n, pad) VALUES(%" G_GINT64_FORMAT
	    ", randomblob(%d)); UPDATE cell SET n = %" G_GINT64_FORMAT
	    ", pad = randomblob(300); COMMIT", n, (int)(n * 997 % 9000), n);
	kit_exec(db, sql);
}

/* Never returns; it ends by the parent's hand. */
static G_GNUC_NORETURN void
child(const struct kit *kit, int report_fd)
{
	sqlite3 *db = kit_open(kit->path, kit->key);
	kit_exec(db, "PRAGMA synchronous = FULL;"
	    "PRAGMA wal_autocheckpoint = 25; PRAGMA cache_size = 20");
	int64_t n = kit_int(db, "SELECT max(n) FROM done");
	for (;;) {
		commit(db, ++n);
		if (write(report_fd, &n, sizeof(n)) != sizeof(n))
			_exit(1);
	}
}

/* Somewhere within the transaction after the last report read. */
static void
spin(unsigned us)
{
	gint64 end = g_get_monotonic_time() + us;
	while (g_get_monotonic_time() < end)
		continue;
}

/* Lets the child report a few transactions, kills it, drains the pipe. Returns
 * the last number it reported. */
static int64_t
run_and_kill(const struct kit *kit, GRand *rand)
{
	int fds[2], status;
	int64_t n = 0, last = 0;
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		child(kit, fds[1]);
	}
	close(fds[1]);
	for (int left = g_rand_int_range(rand, 1, 12); left > 0; left--)
		if (read(fds[0], &n, sizeof(n)) == sizeof(n))
			last = n;
	spin((unsigned)g_rand_int_range(rand, 0, 1500));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	while (read(fds[0], &n, sizeof(n)) == sizeof(n))
		last = n;
	close(fds[0]);
	return last;
}

static void
killed_programs_lose_nothing(void **state)
{
	struct kit *kit = *state;
	GRand *rand = g_rand_new_with_seed(62);
	sqlite3 *db = kit_open(kit->path, kit->key);
	kit_exec(db, "CREATE TABLE done(n INTEGER PRIMARY KEY, pad BLOB);"
	    "CREATE TABLE cell(i INTEGER PRIMARY KEY, n INT, pad BLOB);"
	    "INSERT INTO done VALUES(0, NULL); WITH RECURSIVE r(i) AS"
	    " (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 24)"
	    " INSERT INTO cell SELECT i, 0, NULL FROM r");
	assert_int_equal(kit_int(db, "SELECT count(*) FROM cell"), CELLS);
	sqlite3_close(db);
	for (int i = 0; i < ROUNDS; i++) {
		int64_t reported = run_and_kill(kit, rand);
		db = kit_open(kit->path, kit->key);
		int64_t there = kit_int(db, "SELECT max(n) FROM done");
		assert_in_range(there, reported, reported + 1);
		assert_int_equal(kit_int(db, "SELECT count(*) FROM done"),
		    there + 1);
		assert_int_equal(kit_int(db, "SELECT min(n) FROM cell"), there);
		assert_int_equal(kit_int(db, "SELECT max(n) FROM cell"), there);
		kit_whole(db);
		/* Every other time the next child finds the WAL as it is. */
		if (i % 2)
			sqlite3_db_config(db,
			    SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		sqlite3_close(db);
	}
	g_rand_free(rand);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(killed_programs_lose_nothing,
		    kit_setup, kit_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
