/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: SQLite sees no difference between the vault and its own VFS. A long
 * random workload runs on both and every answer is compared; and each kind of
 * file is read, written and cut at random places against a plain array.
 */
#include "tests/store/test_vault_kit.h"

#define STEPS 600

/* ---- the workload ---------------------------------------------------------- */

struct pair {
	struct kit *kit;
	sqlite3 *vault, *plain;
	GRand *rand;
	int depth;     /* open savepoints; 0: autocommit */
	int reopened, vacuumed, rolled_back;
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, k INT, b BLOB);"
    "CREATE INDEX IF NOT EXISTS t_k ON t(k);"
    "CREATE VIRTUAL TABLE IF NOT EXISTS f USING fts5(words)";

static void
pair_open(struct pair *pair)
{
	g_autofree char *path = g_strconcat(pair->kit->path, ".plain", NULL);
	pair->vault = kit_open(pair->kit->path, pair->kit->key);
	assert_int_equal(sqlite3_open(path, &pair->plain), SQLITE_OK);
	kit_exec(pair->plain, "PRAGMA page_size = 4096;"
	    "PRAGMA journal_mode = WAL; PRAGMA cell_size_check = ON;"
	    "PRAGMA secure_delete = FAST");
	const char pragmas[] = "PRAGMA synchronous = OFF;"
	    "PRAGMA temp_store = FILE; PRAGMA cache_size = 12;"
	    "PRAGMA wal_autocheckpoint = 40";
	kit_exec(pair->vault, pragmas);
	kit_exec(pair->plain, pragmas);
}

static void
pair_close(struct pair *pair)
{
	assert_int_equal(sqlite3_close(pair->vault), SQLITE_OK);
	assert_int_equal(sqlite3_close(pair->plain), SQLITE_OK);
}

/* All rows of a statement as one string; codes too. */
static char *
run(sqlite3 *db, const char *sql)
{
	GString *all = g_string_new(NULL);
	sqlite3_stmt *stmt = NULL;
	const char *tail = sql;
	int rc = SQLITE_OK;
	while (rc == SQLITE_OK && *tail) {
		rc = sqlite3_prepare_v2(db, tail, -1, &stmt, &tail);
		if (rc != SQLITE_OK || stmt == NULL)
			break;
		while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
			for (int i = 0; i < sqlite3_column_count(stmt); i++)
				g_string_append_printf(all, "%s|",
				    sqlite3_column_text(stmt, i));
		rc = sqlite3_finalize(stmt);
	}
	g_string_append_printf(all, "%d", rc & 0xff);
	return g_string_free(all, FALSE);
}

static void
both(struct pair *pair, const char *sql)
{
	g_autofree char *a = run(pair->vault, sql);
	g_autofree char *b = run(pair->plain, sql);
	if (strcmp(a, b) != 0)
		fail_msg("%s: %.200s / %.200s", sql, a, b);
}

G_GNUC_PRINTF(2, 3)
static void
bothf(struct pair *pair, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	g_autofree char *sql = g_strdup_vprintf(fmt, args);
	va_end(args);
	both(pair, sql);
}

static int
pick(struct pair *pair, int from, int to)
{
	return g_rand_int_range(pair->rand, from, to);
}

static void
step_insert(struct pair *pair)
{
	bothf(pair, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
	    " FROM n WHERE i < %d) INSERT INTO t(k, b) SELECT i * %d %% 1009,"
	    " zeroblob(%d) || i FROM n", pick(pair, 1, 60), pick(pair, 1, 999),
	    pick(pair, 0, 6000));
}

static void
step_update(struct pair *pair)
{
	int from = pick(pair, 0, 1000);
	bothf(pair, "UPDATE t SET b = b || %d || zeroblob(%d), k = k + 1"
	    " WHERE k BETWEEN %d AND %d AND length(b) < 20000",
	    pick(pair, 0, 1000), pick(pair, 0, 500), from,
	    from + pick(pair, 0, 80));
}

static void
step_delete(struct pair *pair)
{
	int from = pick(pair, 0, 1000);
	bothf(pair, "DELETE FROM t WHERE k BETWEEN %d AND %d", from,
	    from + pick(pair, 0, 120));
}

static void
step_text(struct pair *pair)
{
	bothf(pair, "INSERT INTO f VALUES('row %d potassium %d');"
	    "SELECT count(*) FROM f WHERE f MATCH 'potassium'",
	    pick(pair, 0, 100), pick(pair, 0, 100));
}

static void
step_sort(struct pair *pair)
{
	both(pair, "CREATE TEMP TABLE s AS SELECT id, hex(b) AS h FROM t;"
	    "SELECT sum(id), max(h) FROM (SELECT * FROM s ORDER BY h DESC);"
	    "DROP TABLE s");
}

/* A statement that fails half-way is undone through a statement journal. */
static void
step_abort(struct pair *pair)
{
	both(pair, "UPDATE t SET b = b || 'x', id = CASE WHEN id ="
	    " (SELECT max(id) FROM t) THEN (SELECT min(id) FROM t)"
	    " ELSE id END");
}

static void
step_savepoint(struct pair *pair)
{
	if (pair->depth < 4)
		bothf(pair, "SAVEPOINT s%d", ++pair->depth);
}

static void
step_release(struct pair *pair)
{
	if (pair->depth > 0)
		bothf(pair, "RELEASE s%d", pair->depth--);
}

static void
step_rollback(struct pair *pair)
{
	if (pair->depth == 0)
		return;
	bothf(pair, "ROLLBACK TO s%d; RELEASE s%d", pair->depth, pair->depth);
	pair->depth--;
	pair->rolled_back++;
}

static void
step_index(struct pair *pair)
{
	both(pair, pick(pair, 0, 2) ? "DROP INDEX IF EXISTS t_b"
				    : "CREATE INDEX IF NOT EXISTS t_b ON"
				      " t(substr(b, -4), k)");
}

static void
step_checkpoint(struct pair *pair)
{
	static const char *const how[] = { "PASSIVE", "FULL", "RESTART",
		"TRUNCATE" };
	if (pair->depth == 0)
		bothf(pair, "PRAGMA wal_checkpoint(%s)", how[pick(pair, 0, 4)]);
}

static void
step_vacuum(struct pair *pair)
{
	if (pair->depth > 0 || pick(pair, 0, 4))
		return;
	vault_allow_attach(pair->vault, true);
	both(pair, "VACUUM");
	vault_allow_attach(pair->vault, false);
	kit_exec(pair->vault, "PRAGMA temp_store = FILE");
	pair->vacuumed++;
}

static void
step_reopen(struct pair *pair)
{
	if (pair->depth > 0)
		return;
	pair_close(pair);
	pair_open(pair);
	pair->reopened++;
}

static void
step_compare(struct pair *pair)
{
	both(pair, "SELECT count(*), sum(k), sum(length(b)) FROM t;"
	    "SELECT id, k, hex(substr(b, 1, 40)), length(b) FROM t"
	    " WHERE k % 7 = 3; PRAGMA page_count; PRAGMA freelist_count");
}

static const struct {
	void (*step)(struct pair *pair);
	int weight;
} steps[] = {
	{ step_insert, 12 }, { step_update, 8 }, { step_delete, 10 },
	{ step_text, 6 }, { step_sort, 2 }, { step_abort, 2 },
	{ step_savepoint, 6 }, { step_release, 4 }, { step_rollback, 3 },
	{ step_index, 2 }, { step_checkpoint, 3 }, { step_vacuum, 2 },
	{ step_reopen, 2 }, { step_compare, 5 },
};

static void
random_step(struct pair *pair)
{
	int total = 0;
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
		total += steps[i].weight;
	int at = pick(pair, 0, total);
	size_t i = 0;
	while (at >= steps[i].weight)
		at -= steps[i++].weight;
	steps[i].step(pair);
}

static void
workload_agrees(void **state)
{
	struct pair pair = { .kit = *state,
		.rand = g_rand_new_with_seed(20261122) };
	pair_open(&pair);
	both(&pair, schema);
	for (int i = 0; i < STEPS; i++)
		random_step(&pair);
	while (pair.depth > 0)
		step_release(&pair);
	both(&pair, "SELECT id, k, hex(b) FROM t; SELECT * FROM f;"
	    "PRAGMA integrity_check");
	kit_whole(pair.vault);
	assert_true(kit_int(pair.vault, "SELECT count(*) FROM t") > 100);
	assert_true(pair.reopened > 3 && pair.vacuumed > 0 &&
	    pair.rolled_back > 3);
	pair_close(&pair);
	g_rand_free(pair.rand);
}

/* ---- bytes ------------------------------------------------------------------ */

#define SPACE (40 * 1024)

static void
check_read(sqlite3_file *file, const GByteArray *model, int at, int n)
{
	unsigned char got[SPACE], want[SPACE] = { 0 };
	int rc = file->pMethods->xRead(file, got, n, at);
	int there = CLAMP((int)model->len - at, 0, n);
	memcpy(want, model->data + at, (size_t)there);
	assert_int_equal(rc, there == n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
	assert_memory_equal(got, want, n);
}

static void
random_write(GRand *rand, sqlite3_file *file, GByteArray *model)
{
	unsigned char bytes[SPACE];
	int at = g_rand_int_range(rand, 0, SPACE);
	int n = g_rand_int_range(rand, 1, SPACE - at + 1);
	if (g_rand_boolean(rand))
		n = MIN(n, g_rand_int_range(rand, 1, 700));
	for (int i = 0; i < n; i++)
		bytes[i] = (unsigned char)g_rand_int(rand);
	assert_int_equal(file->pMethods->xWrite(file, bytes, n, at), SQLITE_OK);
	guint old = model->len;
	if (old < (guint)(at + n)) {
		g_byte_array_set_size(model, (guint)(at + n));
		memset(model->data + old, 0, model->len - old);
	}
	memcpy(model->data + at, bytes, (size_t)n);
}

static void
random_truncate(GRand *rand, sqlite3_file *file, GByteArray *model)
{
	guint size = (guint)g_rand_int_range(rand, 0, (int)model->len + 1);
	assert_int_equal(file->pMethods->xTruncate(file, size), SQLITE_OK);
	g_byte_array_set_size(model, size);
}

/* exact: the file keeps its size to the byte (temp files), else to the unit, and
 * then a read behind the end may find zeros. */
static void
bytes_agree(sqlite3_file *file, bool exact)
{
	g_autoptr(GByteArray) model = g_byte_array_new();
	GRand *rand = g_rand_new_with_seed(7);
	sqlite3_int64 size = 0;
	for (int i = 0; i < 1500; i++) {
		if (g_rand_int_range(rand, 0, 8) == 0)
			random_truncate(rand, file, model);
		else
			random_write(rand, file, model);
		file->pMethods->xFileSize(file, &size);
		if (exact)
			assert_int_equal(size, model->len);
		assert_in_range(size, model->len, model->len + 511);
		if (model->len == 0)
			continue;
		int at = g_rand_int_range(rand, 0, (int)model->len);
		int end = exact ? SPACE : (int)model->len;
		check_read(file, model, at,
		    g_rand_int_range(rand, 1, end - at + 1));
		check_read(file, model, 0, (int)model->len);
	}
	g_rand_free(rand);
}

static void
temp_bytes(void **state)
{
	assert_true(vault_register(NULL));
	sqlite3_vfs *vfs = sqlite3_vfs_find(VAULT_VFS);
	sqlite3_file *file = g_malloc0((gsize)vfs->szOsFile);
	int out = 0;
	assert_int_equal(vfs->xOpen(vfs, NULL, file, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE |
	    SQLITE_OPEN_DELETEONCLOSE | SQLITE_OPEN_TEMP_DB, &out), SQLITE_OK);
	bytes_agree(file, true);
	file->pMethods->xClose(file);
	g_free(file);
}

static void
main_and_wal_bytes(void **state)
{
	struct kit *kit = *state;
	const int which[] = { SQLITE_FCNTL_FILE_POINTER,
		SQLITE_FCNTL_JOURNAL_POINTER };
	for (int i = 0; i < 2; i++) {
		sqlite3_file *file = NULL;
		sqlite3 *db = kit_open(kit->path, kit->key);
		kit_exec(db, "CREATE TABLE t(x)");
		assert_int_equal(sqlite3_file_control(db, "main", which[i],
		    &file), SQLITE_OK);
		assert_int_equal(file->pMethods->xTruncate(file, 0), SQLITE_OK);
		bytes_agree(file, false);
		sqlite3_close(db);
		kit_teardown(state);
		kit_setup(state);
		kit = *state;
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(workload_agrees),
		TEST(temp_bytes),
		TEST(main_and_wal_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
