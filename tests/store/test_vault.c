/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: the cache's files are noise without the key (F62), also twice the same
 * content under one key, also temp files; a wrong key, a foreign, truncated or
 * damaged file are told apart; the connection cannot leave what the vault can
 * answer for; a flipped bit spoils 16 bytes and no more; a full disk says so; the
 * frames of a transaction go out together, and the disk is told of no other file.
 */
#include "tests/store/test_vault_kit.h"

#include <sys/stat.h>

#define MARKER "Zhang Yinlan potassium 5.9"
#define VAULT_OVER_UNDER "test-vault-over-under"

/* 2,000 rows that all look alike: a bad cipher would show it. */
static void
fill(sqlite3 *db)
{
	kit_exec(db, "CREATE TABLE note(id INTEGER PRIMARY KEY, words TEXT);"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 2000) INSERT INTO note(words)"
	    " SELECT '" MARKER " " MARKER " " MARKER "' FROM n");
}

static void
assert_noise(const guint8 *bytes, size_t len)
{
	assert_true(len > 64 * 1024);
	assert_false(kit_contains(bytes, len, MARKER));
	assert_false(kit_contains(bytes, len, "CREATE TABLE"));
	assert_false(kit_contains(bytes, len, "SQLite format"));
	double chi = kit_chi_square(bytes, len);
	if (chi > 420)
		fail_msg("chi-square %.0f of %zu bytes", chi, len);
	g_autoptr(GHashTable) blocks = kit_block_set();
	assert_int_equal(kit_repeats(blocks, bytes, len), 0);
}

static void
files_are_noise(void **state)
{
	struct kit *kit = *state;
	g_autofree char *wal_path = g_strconcat(kit->path, "-wal", NULL);
	g_autofree char *shm_path = g_strconcat(kit->path, "-shm", NULL);
	sqlite3 *db = kit_open(kit->path, kit->key);
	fill(db);
	g_autoptr(GByteArray) wal = kit_bytes(wal_path);
	g_autoptr(GByteArray) shm = kit_bytes(shm_path);
	assert_noise(wal->data, wal->len);
	assert_true(shm->len > 0);
	assert_false(kit_contains(shm->data, shm->len, "Zhang"));
	sqlite3_close(db);
	g_autoptr(GByteArray) main_file = kit_bytes(kit->path);
	assert_noise(main_file->data + VAULT_HEAD_BYTES,
	    main_file->len - VAULT_HEAD_BYTES);
	assert_false(g_file_test(wal_path, G_FILE_TEST_EXISTS));
	struct stat st;
	assert_int_equal(stat(kit->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* The checker is worth something only if it finds a plain file. */
static void
plain_files_are_not(void **state)
{
	struct kit *kit = *state;
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(kit->path, &db), SQLITE_OK);
	fill(db);
	sqlite3_close(db);
	g_autoptr(GByteArray) file = kit_bytes(kit->path);
	g_autoptr(GHashTable) blocks = kit_block_set();
	assert_true(kit_contains(file->data, file->len, MARKER));
	assert_true(kit_chi_square(file->data, file->len) > 420);
	assert_true(kit_repeats(blocks, file->data, file->len) > 0);
}

/* db and WAL of two caches with one key and one content share no block. */
static void
two_caches_differ(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GHashTable) blocks = kit_block_set();
	for (int i = 0; i < 2; i++) {
		g_autofree char *path = g_strdup_printf("%s%d", kit->path, i);
		g_autofree char *wal_path = g_strconcat(path, "-wal", NULL);
		sqlite3 *db = kit_open(path, kit->key);
		fill(db);
		kit_exec(db, "PRAGMA wal_checkpoint(PASSIVE)");
		g_autoptr(GByteArray) file = kit_bytes(path);
		g_autoptr(GByteArray) wal = kit_bytes(wal_path);
		assert_true(file->len > 100000 && wal->len > 100000);
		assert_int_equal(kit_repeats(blocks,
		    file->data + VAULT_HEAD_BYTES,
		    file->len - VAULT_HEAD_BYTES), 0);
		assert_int_equal(kit_repeats(blocks, wal->data, wal->len), 0);
		sqlite3_close(db);
	}
}

static sqlite3 *
open_over_under(struct kit *kit)
{
	sqlite3 *db = NULL;
	under_register();
	if (!sqlite3_vfs_find(VAULT_OVER_UNDER))
		assert_true(vault_register_over(VAULT_OVER_UNDER, UNDER_VFS,
		    NULL));
	assert_int_equal(vault_open_vfs(VAULT_OVER_UNDER, kit->path, kit->key,
	    &db, NULL), SQLITE_OK);
	return db;
}

static size_t
written(enum under_file file, GByteArray *all)
{
	for (guint i = 0; i < under.events->len; i++) {
		struct under_event *event = &g_array_index(under.events,
		    struct under_event, i);
		gsize len = 0;
		if (event->verb != UNDER_WRITE || event->file != file)
			continue;
		const void *bytes = g_bytes_get_data(event->bytes, &len);
		g_byte_array_append(all, bytes, (guint)len);
	}
	return all->len;
}

/* A sort and a temporary table too large for memory. */
static void
temp_files_are_noise(void **state)
{
	struct kit *kit = *state;
	sqlite3 *db = open_over_under(kit);
	fill(db);
	kit_exec(db, "PRAGMA temp_store = FILE; PRAGMA cache_size = 10;"
	    "PRAGMA temp.cache_size = 10");
	under_start();
	kit_exec(db, "CREATE TEMP TABLE copy AS SELECT words || random() AS w"
	    " FROM note; CREATE INDEX temp.copy_w ON copy(w)");
	assert_int_equal(kit_int(db, "SELECT count(*) FROM (SELECT a.words,"
	    " b.w FROM note a, copy b WHERE a.id % 10 = 1"
	    " AND b.rowid % 50 = 0 ORDER BY b.w || a.id)"), 200 * 40);
	g_autoptr(GByteArray) temp = g_byte_array_new();
	g_autoptr(GByteArray) none = g_byte_array_new();
	assert_true(written(UNDER_TEMP, temp) > 100000);
	assert_false(kit_contains(temp->data, temp->len, "Zhang"));
	assert_true(kit_chi_square(temp->data, temp->len) < 420);
	assert_int_equal(written(UNDER_MAIN, none), 0);
	under_stop();
	sqlite3_close(db);
}

/* By default nothing of the kind reaches a file at all. */
static void
temp_store_is_memory(void **state)
{
	struct kit *kit = *state;
	sqlite3 *db = open_over_under(kit);
	fill(db);
	under_start();
	kit_exec(db, "CREATE TEMP TABLE copy AS SELECT words || random() AS w"
	    " FROM note; CREATE INDEX temp.copy_w ON copy(w)");
	g_autoptr(GByteArray) temp = g_byte_array_new();
	assert_int_equal(written(UNDER_TEMP, temp), 0);
	under_stop();
	sqlite3_close(db);
}

/* ---- what is told apart --------------------------------------------------- */

static void
assert_refused(const char *path, const struct base_secret *key,
    enum store_error code)
{
	g_autoptr(GError) error = NULL;
	sqlite3 *db = NULL;
	int rc = vault_open(path, key, &db, &error);
	if (rc == SQLITE_OK)
		fail_msg("opened; expected error %d", code);
	assert_null(db);
	if (!g_error_matches(error, STORE_ERROR, (int)code))
		fail_msg("%d instead of %d: %s", error->code, code,
		    error->message);
}

static void
make(struct kit *kit)
{
	sqlite3 *db = kit_open(kit->path, kit->key);
	fill(db);
	sqlite3_close(db);
}

static void
wrong_key(void **state)
{
	struct kit *kit = *state;
	make(kit);
	g_autoptr(GByteArray) before = kit_bytes(kit->path);
	BASE_AUTO(base_secret) other = kit_key(0x5b);
	assert_refused(kit->path, other, STORE_ERROR_WRONG_KEY);
	g_autoptr(GByteArray) after = kit_bytes(kit->path);
	assert_int_equal(before->len, after->len);
	assert_memory_equal(before->data, after->data, before->len);
	sqlite3_close(kit_open(kit->path, kit->key));
}

static void
foreign_files(void **state)
{
	struct kit *kit = *state;
	sqlite3 *plain = NULL;
	assert_int_equal(sqlite3_open(kit->path, &plain), SQLITE_OK);
	fill(plain);
	sqlite3_close(plain);
	assert_refused(kit->path, kit->key, STORE_ERROR_DAMAGED);
	assert_true(g_file_set_contents(kit->path, "a shopping list\n", -1,
	    NULL));
	assert_refused(kit->path, kit->key, STORE_ERROR_DAMAGED);
	assert_true(g_file_set_contents(kit->path, "", 0, NULL));
	assert_refused(kit->path, kit->key, STORE_ERROR_DAMAGED);
}

static void
truncated_files(void **state)
{
	struct kit *kit = *state;
	make(kit);
	g_autoptr(GByteArray) whole = kit_bytes(kit->path);
	const guint cuts[] = { 1, 90, 4095, 4096, 5000, 8191, 8192, 40000,
		whole->len - 4096 };
	for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
		GByteArray part = { whole->data, cuts[i] };
		kit_write(kit->path, &part);
		assert_refused(kit->path, kit->key, STORE_ERROR_DAMAGED);
	}
}

static void
flip(const char *path, const GByteArray *whole, guint a, guint b)
{
	whole->data[a] ^= 1;
	whole->data[b] ^= 1;
	kit_write(path, whole);
	whole->data[a] ^= 1;
	whole->data[b] ^= 1;
}

/* Offsets: magic, salt, check and hash of the two copies, SQLite's header. */
static void
flipped_bits(void **state)
{
	struct kit *kit = *state;
	make(kit);
	g_autoptr(GByteArray) whole = kit_bytes(kit->path);
	const guint places[] = { 0, 15, 20, 50, 85 };
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		guint at = places[i], spare = 4000;
		flip(kit->path, whole, at, spare);
		sqlite3_close(kit_open(kit->path, kit->key));
		flip(kit->path, whole, at, at + VAULT_HEAD_BYTES / 2);
		assert_refused(kit->path, kit->key, STORE_ERROR_DAMAGED);
	}
	flip(kit->path, whole, VAULT_HEAD_BYTES + 3, 4000);
	assert_refused(kit->path, kit->key, STORE_ERROR_DAMAGED);
	flip(kit->path, whole, VAULT_HEAD_BYTES + 20, 4000);
	assert_refused(kit->path, kit->key, STORE_ERROR_DAMAGED);
}

/* XTS promises no integrity, and this is all it loses. */
static void
a_flipped_bit_spoils_one_block(void **state)
{
	struct kit *kit = *state;
	sqlite3 *db = kit_open(kit->path, kit->key);
	kit_exec(db, "CREATE TABLE b(x); INSERT INTO b VALUES(zeroblob(40000))");
	sqlite3_close(db);
	g_autoptr(GByteArray) whole = kit_bytes(kit->path);
	guint at = VAULT_HEAD_BYTES + 5 * VAULT_PAGE_BYTES + 1000;
	flip(kit->path, whole, at, 4000);
	db = kit_open(kit->path, kit->key);
	kit_whole(db);
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT x FROM b", -1, &stmt,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	const guint8 *blob = sqlite3_column_blob(stmt, 0);
	int first = -1, last = -1;
	for (int i = 0; i < 40000; i++)
		if (blob[i] != 0)
			first = first < 0 ? i : first, last = i;
	assert_true(first >= 0 && last - first < 16);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void
not_a_file(void **state)
{
	struct kit *kit = *state;
	assert_refused(kit->dir, kit->key, STORE_ERROR_IO);
	assert_refused("/nonexistent/cache.db", kit->key, STORE_ERROR_IO);
}

/* What somebody put beside the cache is not believed. */
static void
planted_journals(void **state)
{
	struct kit *kit = *state;
	make(kit);
	const char *const suffixes[] = { "-journal", "-wal" };
	g_autofree char *junk = g_strnfill(70000, 'x');
	memcpy(junk, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
	for (int i = 0; i < 2; i++) {
		g_autofree char *path =
		    g_strconcat(kit->path, suffixes[i], NULL);
		assert_true(g_file_set_contents(path, junk, 70000, NULL));
	}
	sqlite3 *db = kit_open(kit->path, kit->key);
	assert_int_equal(kit_int(db, "SELECT count(*) FROM note"), 2000);
	kit_whole(db);
	sqlite3_close(db);
}

/* ---- the connection -------------------------------------------------------- */

static void
the_connection_is_pinned(void **state)
{
	struct kit *kit = *state;
	sqlite3 *db = kit_open(kit->path, kit->key);
	fill(db);
	const char *const denied[] = { "ATTACH 'other.db' AS other",
		"ATTACH ':memory:' AS other", "ATTACH '' AS other",
		"PRAGMA journal_mode = DELETE", "PRAGMA main.journal_mode = OFF",
		"PRAGMA page_size = 8192", "PRAGMA mmap_size = 1000000",
		"VACUUM", "VACUUM INTO 'copy.db'",
		"SELECT load_extension('x')" };
	for (size_t i = 0; i < G_N_ELEMENTS(denied); i++)
		if (sqlite3_exec(db, denied[i], NULL, NULL, NULL) == SQLITE_OK)
			fail_msg("allowed: %s", denied[i]);
	g_autofree char *mode = kit_text(db, "PRAGMA journal_mode");
	assert_string_equal(mode, "wal");
	assert_int_equal(kit_int(db, "PRAGMA page_size"), VAULT_PAGE_BYTES);
	assert_int_equal(kit_int(db, "PRAGMA temp_store"), 2);
	sqlite3_close(db);
}

static void
vacuum_when_lifted(void **state)
{
	struct kit *kit = *state;
	sqlite3 *db = kit_open(kit->path, kit->key);
	fill(db);
	kit_exec(db, "DELETE FROM note WHERE id % 2");
	int64_t pages = kit_int(db, "PRAGMA page_count");
	vault_allow_attach(db, true);
	assert_int_not_equal(sqlite3_exec(db, "ATTACH 'other.db' AS other",
	    NULL, NULL, NULL), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(db, "VACUUM INTO 'copy.db'", NULL,
	    NULL, NULL), SQLITE_OK);
	kit_exec(db, "VACUUM");
	vault_allow_attach(db, false);
	assert_int_not_equal(sqlite3_exec(db, "VACUUM", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_true(kit_int(db, "PRAGMA page_count") < pages);
	assert_int_equal(kit_int(db, "SELECT count(*) FROM note"), 1000);
	kit_whole(db);
	sqlite3_close(db);
	db = kit_open(kit->path, kit->key);
	assert_int_equal(kit_int(db, "SELECT count(*) FROM note"), 1000);
	kit_whole(db);
	sqlite3_close(db);
}

static void
boasts_are_masked(void **state)
{
	struct kit *kit = *state;
	sqlite3 *db = open_over_under(kit);
	sqlite3_file *file = NULL;
	assert_int_equal(sqlite3_file_control(db, "main",
	    SQLITE_FCNTL_FILE_POINTER, &file), SQLITE_OK);
	int traits = file->pMethods->xDeviceCharacteristics(file);
	assert_int_equal(traits & ~(SQLITE_IOCAP_POWERSAFE_OVERWRITE |
	    SQLITE_IOCAP_SEQUENTIAL | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN |
	    SQLITE_IOCAP_IMMUTABLE), 0);
	assert_true(traits & SQLITE_IOCAP_POWERSAFE_OVERWRITE);
	sqlite3_close(db);
}

static void
a_full_disk_says_so(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GError) error = NULL;
	sqlite3 *db = open_over_under(kit);
	fill(db);
	under.writable_bytes = 20000;
	int rc = sqlite3_exec(db, "INSERT INTO note(words)"
	    " SELECT words FROM note", NULL, NULL, NULL);
	assert_int_equal(rc & 0xff, SQLITE_FULL);
	vault_error_set(&error, db, rc, "saving");
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL));
	assert_int_equal(kit_int(db, "SELECT count(*) FROM note"), 2000);
	under.writable_bytes = -1;
	kit_exec(db, "INSERT INTO note(words) SELECT words FROM note");
	kit_whole(db);
	sqlite3_close(db);
	db = kit_open(kit->path, kit->key);
	assert_int_equal(kit_int(db, "SELECT count(*) FROM note"), 4000);
	sqlite3_close(db);
}

/* ---- frames that go out together ------------------------------------------ */

static void
frames_go_out_together(void **state)
{
	struct kit *kit = *state;
	int calls = 0;
	gsize bytes = 0;
	sqlite3 *db = open_over_under(kit);
	kit_exec(db, "CREATE TABLE page(n INTEGER PRIMARY KEY, pad BLOB)");
	under_start();
	kit_exec(db, "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1"
	    " FROM r WHERE i < 200) INSERT INTO page"
	    " SELECT i, randomblob(3000) FROM r");
	for (guint i = 0; i < under.events->len; i++) {
		struct under_event *event = &g_array_index(under.events,
		    struct under_event, i);
		if (event->verb == UNDER_WRITE && event->file == UNDER_WAL) {
			calls++;
			bytes += g_bytes_get_size(event->bytes);
		}
	}
	under_stop();
	assert_true(bytes >= 200 * (VAULT_PAGE_BYTES + VAULT_UNIT_BYTES));
	assert_in_range(calls, 2, 20);
	/* The commit is over: another sees all of it. */
	sqlite3 *other = kit_open(kit->path, kit->key);
	assert_int_equal(kit_int(other, "SELECT sum(length(pad)) FROM page"),
	    200 * 3000);
	kit_whole(other);
	sqlite3_close(other);
	sqlite3_close(db);
}

/* ---- the disk begins ------------------------------------------------------- */

static void
the_disk_is_told_of_the_right_file(void **state)
{
	struct kit *kit = *state;
	sqlite3 *db = kit_open(kit->path, kit->key);
	g_autofree char *wal = g_strconcat(kit->path, "-wal", NULL);
	struct vault_disk file = { .name = kit->path }, log = { .name = wal },
	    gone = { .name = kit->dir }, temp = { 0 };
	struct vault_disk *all[] = { &file, &log, &gone, &temp };
	kit_exec(db, "CREATE TABLE page(n INTEGER PRIMARY KEY, pad BLOB)");
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		vault_disk_wrote(all[i], 1000);
		assert_false(all[i]->sought);
		vault_disk_wrote(all[i], 2 * 1024 * 1024);
	}
	for (size_t i = 0; i < 2; i++) {
		struct stat named, found;
		assert_int_equal(stat(all[i]->name, &named), 0);
		assert_int_equal(fstat(all[i]->fd, &found), 0);
		assert_int_equal(found.st_ino, named.st_ino);
	}
	assert_true(gone.sought);
	assert_int_equal(gone.fd, -1);
	assert_false(temp.sought);
	sqlite3_close(db);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_noise),
		TEST(plain_files_are_not),
		TEST(two_caches_differ),
		TEST(temp_files_are_noise),
		TEST(temp_store_is_memory),
		TEST(wrong_key),
		TEST(foreign_files),
		TEST(truncated_files),
		TEST(flipped_bits),
		TEST(a_flipped_bit_spoils_one_block),
		TEST(not_a_file),
		TEST(planted_journals),
		TEST(the_connection_is_pinned),
		TEST(vacuum_when_lifted),
		TEST(boasts_are_masked),
		TEST(a_full_disk_says_so),
		TEST(frames_go_out_together),
		TEST(the_disk_is_told_of_the_right_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
