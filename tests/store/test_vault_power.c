/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: a power cut loses no synced transaction through the vault. Every write
 * and sync beneath it is recorded; then the disk is made as it could be after a
 * cut at some moment: what was synced is whole, what was not is there or not,
 * in any order, sector by sector, torn inside a sector, or (the harshest model)
 * with the sector being written turned to garbage. Each such disk is opened.
 *
 * The same simulation over plain SQLite must lose something under the harshest
 * model: else it would prove nothing.
 */
#include "tests/store/test_vault_kit.h"

#define TRANSACTIONS 45
#define CELLS 12
#define CUTS 134
#define SECTOR 512
#define BLOCK 16

#define OVER_UNDER "test-vault-power"

/* What becomes of a sector that was written but not synced. */
enum tear {
	TEAR_NONE,    /* old or new */
	TEAR_BLOCKS,  /* also: some of its 16-byte blocks old, some new */
	TEAR_GARBAGE, /* also: neither */
	TEARS_
};

struct disk { GByteArray *file[UNDER_FILES_]; };

/* ---- the workload ---------------------------------------------------------- */

static void
transaction(sqlite3 *db, int64_t n)
{
	g_autofree char *sql = g_strdup_printf("BEGIN;"
	    "INSERT INTO done(n, pad) VALUES(%d, randomblob(%d));"
	    "UPDATE cell SET n = %d, pad = randomblob(400); COMMIT", (int)n,
	    (int)(n * 997 % 6000), (int)n);
	kit_exec(db, sql);
	under_mark(n);
}

static void
workload(sqlite3 *db)
{
	for (int64_t n = 1; n <= TRANSACTIONS; n++)
		transaction(db, n);
}

static void
prepare(sqlite3 *db)
{
	kit_exec(db, "PRAGMA synchronous = FULL;"
	    "PRAGMA wal_autocheckpoint = 22; PRAGMA cache_size = 10;"
	    "CREATE TABLE done(n INTEGER PRIMARY KEY, pad BLOB);"
	    "CREATE TABLE cell(i INTEGER PRIMARY KEY, n INT, pad BLOB);"
	    "INSERT INTO done VALUES(0, NULL); WITH RECURSIVE r(i) AS"
	    " (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 12)"
	    " INSERT INTO cell SELECT i, 0, NULL FROM r;"
	    "PRAGMA wal_checkpoint(TRUNCATE)");
	assert_int_equal(kit_int(db, "SELECT count(*) FROM cell"), CELLS);
}

/* ---- the disk --------------------------------------------------------------- */

static void
put(GByteArray *file, int64_t at, const guint8 *bytes, size_t len)
{
	guint old = file->len, end = (guint)at + (guint)len;
	if (end > old) {
		g_byte_array_set_size(file, end);
		memset(file->data + old, 0, end - old);
	}
	memcpy(file->data + at, bytes, len);
}

static void
put_blocks(GRand *rand, GByteArray *file, int64_t at, const guint8 *bytes,
    size_t len)
{
	for (size_t i = 0; i < len; i += BLOCK)
		if (g_rand_boolean(rand))
			put(file, at + (int64_t)i, bytes + i,
			    MIN(BLOCK, len - i));
}

/* Whatever the write was, the drive garbles the sector under its head whole. */
static void
put_garbage(GRand *rand, GByteArray *file, int64_t at)
{
	guint8 noise[SECTOR];
	for (int i = 0; i < SECTOR; i++)
		noise[i] = (guint8)g_rand_int(rand);
	put(file, at / SECTOR * SECTOR, noise, SECTOR);
}

/* One unsynced write at the moment of the cut, sector by sector of the disk. */
static void
apply_torn(GRand *rand, GByteArray *file, int64_t at, const guint8 *bytes,
    size_t len, enum tear tear)
{
	for (size_t done = 0, n; done < len; done += n) {
		int64_t place = at + (int64_t)done;
		n = MIN(len - done, (size_t)(SECTOR - place % SECTOR));
		int dice = g_rand_int_range(rand, 0, 8);
		if (dice < 4)
			put(file, place, bytes + done, n);
		else if (dice == 4 && tear == TEAR_BLOCKS)
			put_blocks(rand, file, place, bytes + done, n);
		else if (dice == 4 && tear == TEAR_GARBAGE)
			put_garbage(rand, file, place);
	}
}

static void
apply(struct disk *disk, const struct under_event *event)
{
	GByteArray *file = disk->file[event->file];
	gsize len = 0;
	if (event->verb == UNDER_TRUNCATE) {
		guint old = file->len;
		g_byte_array_set_size(file, (guint)event->at);
		if (file->len > old)
			memset(file->data + old, 0, file->len - old);
	} else if (event->verb == UNDER_WRITE) {
		const guint8 *bytes = g_bytes_get_data(event->bytes, &len);
		put(file, event->at, bytes, len);
	}
}

static const struct under_event *
event_at(guint i)
{
	return &g_array_index(under.events, struct under_event, i);
}

/* Is event i made durable by a sync of its file before the cut? */
static bool
synced(guint i, guint cut)
{
	for (guint j = i + 1; j < cut; j++)
		if (event_at(j)->verb == UNDER_SYNC &&
		    event_at(j)->file == event_at(i)->file)
			return true;
	return false;
}

/* A cut right before event number `cut`. Unsynced writes hit the disk shuffled;
 * an unsynced truncation happened or not. */
static int64_t
cut_power(struct disk *disk, guint cut, GRand *rand, enum tear tear)
{
	int64_t reported = 0;
	g_autoptr(GArray) loose = g_array_new(FALSE, FALSE, sizeof(guint));
	for (guint i = 0; i < cut; i++) {
		const struct under_event *event = event_at(i);
		if (event->verb == UNDER_MARK)
			reported = event->at;
		else if (event->file != UNDER_TEMP && synced(i, cut))
			apply(disk, event);
		else if (event->file != UNDER_TEMP)
			g_array_append_val(loose, i);
	}
	for (guint left = loose->len; left > 0; left--) {
		guint pick = (guint)g_rand_int_range(rand, 0, (int)left);
		const struct under_event *event =
		    event_at(g_array_index(loose, guint, pick));
		gsize len = 0;
		if (event->verb == UNDER_WRITE) {
			const guint8 *bytes =
			    g_bytes_get_data(event->bytes, &len);
			apply_torn(rand, disk->file[event->file], event->at,
			    bytes, len, tear);
		} else if (g_rand_boolean(rand)) {
			apply(disk, event);
		}
		g_array_remove_index_fast(loose, pick);
	}
	return reported;
}

/* ---- after the cut ----------------------------------------------------------- */

struct subject {
	const char *vfs;     /* what the workload ran on */
	bool vault;
	GByteArray *base;    /* main file before the workload */
	char *path;          /* where disks are laid out */
	const struct base_secret *key;
};

static sqlite3 *
subject_open(const struct subject *subject, const char *vfs, const char *path)
{
	sqlite3 *db = NULL;
	int rc = subject->vault
	    ? vault_open_vfs(vfs ? vfs : VAULT_VFS, path, subject->key, &db,
	    NULL)
	    : sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE, vfs);
	if (rc != SQLITE_OK)
		g_clear_pointer(&db, sqlite3_close);
	return db;
}

static int64_t
int_or(sqlite3 *db, const char *sql, int64_t fallback)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = fallback;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

/* Whole, nothing half done, and at least up to the last reported number. */
static bool
survived(const struct subject *subject, int64_t reported)
{
	sqlite3 *db = subject_open(subject, NULL, subject->path);
	if (db == NULL)
		return false;
	int64_t n = int_or(db, "SELECT max(n) FROM done", -1);
	bool ok = n >= reported && n <= TRANSACTIONS &&
	    int_or(db, "SELECT count(*) FROM done", -1) == n + 1 &&
	    int_or(db, "SELECT count(*) FROM cell", -1) == CELLS &&
	    int_or(db, "SELECT min(n) FROM cell", -1) == n &&
	    int_or(db, "SELECT max(n) FROM cell", -1) == n &&
	    int_or(db, "SELECT count(*) FROM pragma_integrity_check"
	    " WHERE integrity_check = 'ok'", 0) == 1;
	sqlite3_close(db);
	return ok;
}

static void
lay_out(const struct subject *subject, const struct disk *disk)
{
	const char *const rest[] = { "-shm", "-journal" };
	g_autofree char *wal = g_strconcat(subject->path, "-wal", NULL);
	for (int i = 0; i < 2; i++) {
		g_autofree char *path =
		    g_strconcat(subject->path, rest[i], NULL);
		g_unlink(path);
	}
	kit_write(subject->path, disk->file[UNDER_MAIN]);
	kit_write(wal, disk->file[UNDER_WAL]);
}

/* Returns how many of the cuts lost something. */
static int
count_losses(const struct subject *subject, enum tear tear)
{
	GRand *rand = g_rand_new_with_seed(400 + tear);
	int losses = 0;
	for (int i = 0; i < CUTS; i++) {
		struct disk disk = { { g_byte_array_new(), g_byte_array_new(),
		    NULL } };
		guint cut = (guint)g_rand_int_range(rand, 1,
		    (int)under.events->len + 1);
		g_byte_array_append(disk.file[UNDER_MAIN], subject->base->data,
		    subject->base->len);
		int64_t reported = cut_power(&disk, cut, rand, tear);
		lay_out(subject, &disk);
		losses += !survived(subject, reported);
		g_byte_array_unref(disk.file[UNDER_MAIN]);
		g_byte_array_unref(disk.file[UNDER_WAL]);
	}
	g_rand_free(rand);
	return losses;
}

static void
record(struct subject *subject, struct kit *kit, const char *suffix)
{
	g_autofree char *live = g_strconcat(kit->path, suffix, NULL);
	under_register();
	assert_true(vault_register(NULL));
	subject->path = g_strconcat(live, ".cut", NULL);
	subject->key = kit->key;
	sqlite3 *db = subject_open(subject, subject->vfs, live);
	assert_non_null(db);
	if (!subject->vault)
		kit_exec(db, "PRAGMA journal_mode = WAL");
	prepare(db);
	subject->base = kit_bytes(live);
	under_start();
	workload(db);
	under.recording = false;
	sqlite3_close(db);
}

static void
forget(struct subject *subject)
{
	under_stop();
	g_byte_array_unref(subject->base);
	g_free(subject->path);
}

static void
the_vault_loses_nothing(void **state)
{
	struct subject subject = { .vfs = OVER_UNDER, .vault = true };
	under_register();
	assert_true(vault_register_over(OVER_UNDER, UNDER_VFS, NULL));
	record(&subject, *state, ".vault");
	for (int tear = 0; tear < TEARS_; tear++)
		assert_int_equal(count_losses(&subject, tear), 0);
	forget(&subject);
}

static void
the_simulation_can_lose(void **state)
{
	struct subject subject = { .vfs = UNDER_VFS, .vault = false };
	record(&subject, *state, ".plain");
	assert_int_equal(count_losses(&subject, TEAR_NONE), 0);
	assert_true(count_losses(&subject, TEAR_GARBAGE) > 0);
	forget(&subject);
}

/* What a sync does not cover may go: with the syncs unheard, commits are lost. */
static void
without_syncs_it_loses(void **state)
{
	struct subject subject = { .vfs = OVER_UNDER, .vault = true };
	under_register();
	record(&subject, *state, ".unsynced");
	for (guint i = 0; i < under.events->len; i++) {
		struct under_event *event = &g_array_index(under.events,
		    struct under_event, i);
		if (event->verb == UNDER_SYNC)
			event->file = UNDER_TEMP;
	}
	int losses = count_losses(&subject, TEAR_NONE);
	assert_in_range(losses, 1, CUTS);
	forget(&subject);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_vault_loses_nothing,
		    kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(the_simulation_can_lose,
		    kit_setup, kit_teardown),
		cmocka_unit_test_setup_teardown(without_syncs_it_loses,
		    kit_setup, kit_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
