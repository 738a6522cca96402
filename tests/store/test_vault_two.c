/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: two programs use one cache at once. A reader sees whole transactions
 * only, in order, while another process writes and checkpoints; two writers take
 * turns and lose nothing; programs that start together on no cache make one; of
 * what a writer took back nothing comes over what another wrote.
 */
#include "tests/store/test_vault_kit.h"

#include <sys/wait.h>
#include <unistd.h>

#define COMMITS 150

static pid_t
start(void (*body)(const struct kit *kit, int id), const struct kit *kit,
    int id)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	body(kit, id);
	_exit(0);
}

static void
finish(pid_t pid)
{
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
exec_or_exit(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		_exit(3);
}

static sqlite3 *
open_or_exit(const struct kit *kit)
{
	sqlite3 *db = NULL;
	if (vault_open(kit->path, kit->key, &db, NULL) != SQLITE_OK)
		_exit(2);
	exec_or_exit(db, "PRAGMA synchronous = NORMAL;"
	    "PRAGMA wal_autocheckpoint = 15");
	return db;
}

static void
write_cells(const struct kit *kit, int id)
{
	sqlite3 *db = open_or_exit(kit);
	for (int i = 0; i < COMMITS; i++)
		exec_or_exit(db, "UPDATE cell SET n = n + 1,"
		    " pad = randomblob(500)");
	sqlite3_close(db);
}

static void
make_cells(const struct kit *kit)
{
	sqlite3 *db = kit_open(kit->path, kit->key);
	kit_exec(db, "CREATE TABLE cell(i INTEGER PRIMARY KEY, n INT, pad BLOB);"
	    "CREATE TABLE line(writer INT, i INT);"
	    "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r"
	    " WHERE i < 40) INSERT INTO cell SELECT i, 0, NULL FROM r");
	sqlite3_close(db);
}

static void
readers_see_whole_commits(void **state)
{
	struct kit *kit = *state;
	make_cells(kit);
	pid_t pid = start(write_cells, kit, 0);
	sqlite3 *db = kit_open(kit->path, kit->key);
	int64_t before = 0, seen = 0;
	while (before < COMMITS) {
		kit_exec(db, "BEGIN");
		int64_t low = kit_int(db, "SELECT min(n) FROM cell");
		int64_t high = kit_int(db, "SELECT max(n) FROM cell");
		kit_exec(db, "COMMIT");
		assert_int_equal(low, high);
		assert_true(low >= before);
		seen += low > before;
		before = low;
	}
	finish(pid);
	assert_true(seen > 0);
	kit_whole(db);
	sqlite3_close(db);
}

static void
write_lines(const struct kit *kit, int id)
{
	sqlite3 *db = open_or_exit(kit);
	for (int i = 0; i < COMMITS; i++) {
		g_autofree char *sql = g_strdup_printf("BEGIN IMMEDIATE;"
		    "INSERT INTO line VALUES(%d, %d); COMMIT", id, i);
		exec_or_exit(db, sql);
	}
	sqlite3_close(db);
}

static void
writers_take_turns(void **state)
{
	struct kit *kit = *state;
	make_cells(kit);
	pid_t one = start(write_lines, kit, 1);
	pid_t two = start(write_lines, kit, 2);
	finish(one);
	finish(two);
	sqlite3 *db = kit_open(kit->path, kit->key);
	assert_int_equal(kit_int(db, "SELECT count(*) FROM"
	    " (SELECT DISTINCT writer, i FROM line)"), 2 * COMMITS);
	kit_whole(db);
	sqlite3_close(db);
}

static void
make_and_write(const struct kit *kit, int id)
{
	sqlite3 *db = open_or_exit(kit);
	exec_or_exit(db, "CREATE TABLE IF NOT EXISTS line(writer INT, i INT)");
	g_autofree char *sql =
	    g_strdup_printf("INSERT INTO line VALUES(%d, 0)", id);
	exec_or_exit(db, sql);
	sqlite3_close(db);
}

static void
many_make_one(void **state)
{
	struct kit *kit = *state;
	pid_t pids[8];
	for (int i = 0; i < 8; i++)
		pids[i] = start(make_and_write, kit, i);
	for (int i = 0; i < 8; i++)
		finish(pids[i]);
	sqlite3 *db = kit_open(kit->path, kit->key);
	assert_int_equal(kit_int(db, "SELECT count(*) FROM line"), 8);
	sqlite3_close(db);
	GDir *dir = g_dir_open(kit->dir, 0, NULL);
	const char *name = g_dir_read_name(dir);
	assert_string_equal(name, "cache.db");
	assert_null(g_dir_read_name(dir));
	g_dir_close(dir);
}

/* Pages that no longer fitted into the cache are in the WAL or on their way when
 * all is taken back; the next writer uses their places. */
static void
what_was_taken_back_stays_away(void **state)
{
	static const char rows[] = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL"
	    " SELECT i + 1 FROM r WHERE i < 40) INSERT INTO line"
	    " SELECT %d, randomblob(3500) FROM r";
	struct kit *kit = *state;
	make_cells(kit);
	sqlite3 *one = kit_open(kit->path, kit->key);
	sqlite3 *two = kit_open(kit->path, kit->key);
	kit_exec(one, "PRAGMA cache_size = 4");
	for (int round = 1; round <= 5; round++) {
		g_autofree char *sql = g_strdup_printf(rows, round);
		kit_exec(one, "BEGIN IMMEDIATE");
		kit_exec(one, sql);
		kit_exec(one, "ROLLBACK");
		kit_exec(two, sql);
		assert_int_equal(kit_int(one, "SELECT count(*) FROM line"),
		    40 * round);
		kit_whole(one);
	}
	kit_whole(two);
	sqlite3_close(one);
	sqlite3_close(two);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(readers_see_whole_commits),
		TEST(writers_take_turns),
		TEST(many_make_one),
		TEST(what_was_taken_back_stays_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
