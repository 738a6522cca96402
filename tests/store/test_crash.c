/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: a program killed at any write of a send, an ingest or an answer leaves
 * either all of it or nothing: a draft or its entry, never both, never neither;
 * a full disk costs no draft; a newer or damaged cache is told apart; a rebuild
 * saves drafts and outbox, and counts what it could not. */
#include "tests/store/kit_crash.h"

#include "store/file.h"
#include "store/results.h"
#include "store/vault.h"

#include <fcntl.h>
#include <sys/statvfs.h>

/* ---- send --------------------------------------------------------------- */

static void
with_draft(struct kit *kit)
{
	struct draft_key key;

	kit_me(kit->store);
	kit_patient(kit->store, "p", "甲");
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	kit_message(kit->store, "m", "h", "Patient/p", "Practitioner/me", -60,
	    "头晕");
	key = (struct draft_key){ .consult = store_consult_find(kit->store,
	    "h") };
	assert_true(store_draft_save(kit->store, key,
	    store_patient_find(kit->store, "p"), "先别加药", 0, NOW_MS, NULL));
}

static void
send_run(struct store *store)
{
	struct draft_key key = { .consult = store_consult_find(store, "h") };

	if (!store_send(store, key, store_patient_find(store, "p"), NULL,
	    NOW_MS, NULL, NULL))
		_exit(1);
}

static void
send_check(struct store *store)
{
	struct draft_key key = { .consult = store_consult_find(store, "h") };
	g_autoptr(GError) error = NULL;
	BASE_AUTO(draft) draft = store_draft_load(store, key, &error);
	BASE_AUTO(outbox_entry) entry = store_outbox_next(store, NOW_MS, NULL,
	    &error);

	assert_null(error);
	assert_int_equal((draft != NULL) + (entry != NULL), 1);
	if (draft)
		assert_string_equal(draft->text, "先别加药");
	else
		assert_non_null(strstr(entry->bytes, "先别加药"));
	assert_int_equal(kit_sql(store, "SELECT marks FROM queue"),
	    draft ? 1 : 2);
}

static void
send_killed(void **state)
{
	with_draft(*state);
	each_write(*state, send_run, send_check);
}

/* ---- an answer ---------------------------------------------------------- */

static void
done_run(struct store *store)
{
	BASE_AUTO(outbox_entry) entry = store_outbox_next(store, NOW_MS, NULL,
	    NULL);
	g_autofree char *answer = NULL;
	struct store_doc doc;

	if (!entry || !store_outbox_sending(store, entry->id, NULL))
		_exit(1);
	answer = g_strdup_printf("{\"id\":\"s\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"%s\"},%s", kit_time(1), entry->bytes + 1);
	doc = (struct store_doc){ answer, strlen(answer) };
	if (!store_outbox_done(store, entry->id, &doc, NULL))
		_exit(1);
}

static void
done_check(struct store *store)
{
	int64_t done = kit_sql(store,
	    "SELECT count(*) FROM outbox WHERE state = 3");

	assert_int_equal(kit_sql(store, "SELECT count(*) FROM outbox"), 1);
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM message"),
	    1 + done);
	assert_int_equal(kit_sql(store, "SELECT rank FROM queue"), done);
}

static void
done_killed(void **state)
{
	struct kit *kit = *state;

	with_draft(kit);
	send_run(kit->store);
	each_write(kit, done_run, done_check);
}

/* ---- a page of a search ------------------------------------------------- */

#define PAGE 12

static void
ingest_run(struct store *store)
{
	struct store_doc docs[PAGE];
	struct store_mark mark = { "scope", 42 };
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

	for (int i = 0; i < PAGE; i++) {
		char *doc = kit_quotes(g_strdup_printf("{'resourceType':"
		    "'Communication','id':'n%d','status':'completed','partOf':"
		    "[{'reference':'Communication/h'}],'sender':{'reference':"
		    "'Patient/p'},'sent':'%s','payload':[{'contentString':"
		    "'x'}]}", i, kit_time(i)));
		g_ptr_array_add(all, doc);
		docs[i] = (struct store_doc){ doc, strlen(doc) };
	}
	if (!store_ingest(store, docs, PAGE, &mark, NULL, NULL))
		_exit(1);
	g_ptr_array_unref(all);
}

static void
ingest_check(struct store *store)
{
	int64_t whole = store_watermark(store, "scope") == 42;

	assert_int_equal(kit_sql(store, "SELECT count(*) FROM message"),
	    1 + whole * PAGE);
	assert_int_equal(kit_sql(store, "SELECT unread FROM queue"),
	    1 + whole * PAGE);
	assert_int_equal(kit_sql(store, "SELECT count(*) FROM body"),
	    3 + whole * PAGE);
}

static void
ingest_killed(void **state)
{
	with_draft(*state);
	each_write(*state, ingest_run, ingest_check);
}

/* ---- a full disk -------------------------------------------------------- */

static void
disk_full(void **state)
{
	struct kit *kit = *state;
	struct draft_key key;
	struct patient_id p;
	g_autoptr(GError) error = NULL;
	BASE_AUTO(draft) draft = NULL;
	BASE_AUTO(draft) later = NULL;
	gboolean saved;

	with_draft(kit);
	key = (struct draft_key){ .consult = store_consult_find(kit->store,
	    "h") };
	p = store_patient_find(kit->store, "p");
	fate = DISK_FULL;
	saved = store_draft_save(kit->store, key, p, "more words", 0, NOW_MS,
	    &error);
	fate = LIVE;
	assert_false(saved);
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL));
	draft = store_draft_load(kit->store, key, NULL);
	assert_string_equal(draft->text, "先别加药");
	assert_true(store_draft_save(kit->store, key, p, "more words", 0,
	    NOW_MS, NULL));
	later = store_draft_load(kit->store, key, NULL);
	assert_string_equal(later->text, "more words");
}

/* ---- newer, foreign, damaged -------------------------------------------- */

static void
not_opened(struct kit *kit, enum store_error code)
{
	g_autoptr(GError) error = NULL;

	assert_null(store_open(kit->dir, kit->key, STORE_SYNC, &error));
	assert_true(g_error_matches(error, STORE_ERROR, (int)code));
}

static void
reopen_as(struct kit *kit, const char *sql, enum store_error code)
{
	kit_exec(kit->store, sql);
	store_close(kit->store);
	kit->store = NULL;
	not_opened(kit, code);
}

static void
newer(void **state)
{
	reopen_as(*state, "PRAGMA user_version = 999", STORE_ERROR_NEWER);
}

/* The disk that the store asks about its free space. */
static gboolean no_room;

int
statvfs(const char *path, struct statvfs *fs)
{
	memset(fs, 0, sizeof *fs);
	fs->f_frsize = 4096;
	fs->f_bavail = no_room ? 4095 : 1 << 20; /* just under 16 MB */
	return 0;
}

static void
migration_asks_for_room(void **state)
{
	struct kit *kit = *state;
	g_autofree char *path = g_build_filename(kit->dir, "cache.db", NULL);
	g_autofree char *older = g_strdup_printf("PRAGMA user_version = %d",
	    migrate_newest() - 1);

	no_room = TRUE;
	reopen_as(kit, older, STORE_ERROR_FULL);
	not_opened(kit, STORE_ERROR_FULL); /* as it was: nothing half done */
	assert_int_equal(g_unlink(path), 0);
	not_opened(kit, STORE_ERROR_FULL);
	no_room = FALSE;
	kit_open(kit, STORE_SCREEN);
	store_close(kit->store);
	no_room = TRUE; /* nothing to migrate: no room needed */
	kit_open(kit, STORE_SCREEN);
	no_room = FALSE;
}

static void
notes_are_kept(void **state)
{
	struct kit *kit = *state;
	g_autofree char *first = NULL, *second = NULL;

	assert_null(store_note_get(kit->store, "ui.place"));
	assert_true(store_note_set(kit->store, "ui.place", "张 3", NULL));
	assert_true(store_note_set(kit->store, "sync.state", "live", NULL));
	store_close(kit->store);
	kit_open(kit, STORE_SCREEN);
	first = store_note_get(kit->store, "ui.place");
	assert_string_equal(first, "张 3");
	assert_true(store_note_set(kit->store, "ui.place", "4", NULL));
	second = store_note_get(kit->store, "ui.place");
	assert_string_equal(second, "4");
}

static void
foreign(void **state)
{
	reopen_as(*state, "PRAGMA application_id = 7", STORE_ERROR_DAMAGED);
}

/* Noise over a page of the file; page numbers are SQLite's. */
static void
spoil(struct kit *kit, int64_t page)
{
	g_autofree char *path = g_build_filename(kit->dir, "cache.db", NULL);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	unsigned char noise[VAULT_PAGE_BYTES];

	memset(noise, 0xa5, sizeof noise);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, noise, sizeof noise,
	    vault_map_offset(VAULT_MAIN, (page - 1) * VAULT_PAGE_BYTES)),
	    (ssize_t)sizeof noise);
	close(fd);
}

static int64_t
root_of(struct kit *kit, const char *name)
{
	g_autofree char *sql = g_strdup_printf("SELECT rootpage FROM"
	    " sqlite_schema WHERE name = '%s'", name);

	return kit_sql(kit->store, sql);
}

static void
rebuilt(struct kit *kit, int drafts, int outbox, int lost)
{
	struct store_rescue report;
	g_autoptr(GError) error = NULL;

	kit->store = store_rebuild(kit->dir, kit->key, STORE_SYNC, &report,
	    &error);
	assert_null(error);
	assert_non_null(kit->store);
	assert_int_equal(report.drafts, drafts);
	assert_int_equal(report.outbox, outbox);
	assert_int_equal(report.lost_known, lost);
	assert_true(g_file_test(report.aside, G_FILE_TEST_EXISTS));
	g_free(report.aside);
}

/* What the doctor attached is nowhere else: two files go with a letter that
 * waits, one with the draft. */
static const struct file_new attached[] = {
	{ "皮疹.jpg", "image/jpeg", "\xff\xd8\xff" "one", 6 },
	{ "报告.pdf", "application/pdf", "%PDF-two", 8 },
	{ "草稿.png", "image/png", "\x89PNG three", 10 },
};

static void
with_files(struct kit *kit, struct draft_key key, struct patient_id p)
{
	assert_true(store_send_files(kit->store, key, p, "附件", attached, 2,
	    NOW_MS, NULL, NULL));
	assert_true(store_file_attach(kit->store, key, p, &attached[2], NOW_MS,
	    NULL));
}

/* Byte for byte, each with what it goes with. */
static void
files_stand(struct kit *kit, struct draft_key key)
{
	g_autoptr(GPtrArray) mine = store_file_attached(kit->store, key, NULL);
	BASE_AUTO(outbox_entry) e = NULL;
	BASE_AUTO(file_send) first = NULL;
	const struct own_file *one;

	assert_int_equal(mine->len, 1);
	one = mine->pdata[0];
	assert_string_equal(one->title, attached[2].title);
	assert_int_equal(one->size_bytes, attached[2].len);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM own_file"),
	    3);
	e = store_outbox_get(kit->store, (struct outbox_id){ kit_sql(
	    kit->store, "SELECT max(n) FROM outbox") }, NULL);
	assert_true(e->files);
	first = store_file_unsent(kit->store, e, NULL);
	assert_int_equal(first->len, attached[0].len);
	assert_memory_equal(first->bytes, attached[0].bytes, first->len);
}

/* The queue is noise; a draft and the letters stand, one letter has changed, and
 * the files of both. */
static void
rebuild(void **state)
{
	struct kit *kit = *state;
	struct draft_key key;
	struct patient_id p;
	BASE_AUTO(draft) draft = NULL;
	BASE_AUTO(outbox_entry) entry = NULL;
	g_autoptr(GArray) facts = NULL;
	g_autoptr(GError) error = NULL;
	int64_t page;

	with_draft(kit);
	key = (struct draft_key){ .consult = store_consult_find(kit->store,
	    "h") };
	p = store_patient_find(kit->store, "p");
	assert_true(store_fact_add(kit->store, key, "Observation/o", "7.20 %",
	    NULL));
	for (int i = 0; i < 3; i++)
		assert_true(store_send(kit->store, key, p, "回复", NOW_MS,
		    NULL, NULL));
	with_files(kit, key, p);
	kit_exec(kit->store, "UPDATE outbox SET value = 'x' WHERE n = 3");
	assert_true(store_ingest(kit->store, NULL, 0,
	    &(struct store_mark){ "scope", 9 }, NULL, NULL));
	page = root_of(kit, "queue_order");
	kit_exec(kit->store, "PRAGMA wal_checkpoint(TRUNCATE)");
	store_close(kit->store);
	spoil(kit, page);
	kit_open(kit, STORE_SYNC);
	assert_null(store_queue(kit->store, NULL, 0, 50, &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED));
	store_close(kit->store);

	/* Met once, it is not opened again but rebuilt. */
	not_opened(kit, STORE_ERROR_DAMAGED);
	rebuilt(kit, 1, 3, 1);
	assert_int_equal(store_watermark(kit->store, "scope"), 0);
	/* The thread comes again from the server, and finds its draft. */
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	key.consult = store_consult_find(kit->store, "h");
	draft = store_draft_load(kit->store, key, NULL);
	assert_string_equal(draft->text, "先别加药");
	assert_int_equal(draft->patient.n,
	    store_patient_find(kit->store, "p").n);
	/* … which still knows what it quotes. */
	facts = store_facts(kit->store, key, "7.20 %", NULL);
	assert_int_equal(facts->len, 1);
	files_stand(kit, key);
	entry = store_outbox_next(kit->store, NOW_MS, NULL, NULL);
	assert_int_equal(entry->consult.n, key.consult.n);
	assert_int_equal(kit_sql(kit->store, "SELECT marks FROM queue"), 3);
}

/* Drafts over many pages, one of which is noise: the others are saved. */
static void
rebuild_in_part(void **state)
{
	struct kit *kit = *state;
	g_autofree char *words = g_strnfill(1500, 'w');
	struct store_rescue report;
	int64_t page;

	with_draft(kit);
	for (int i = 0; i < 20; i++) {
		g_autofree char *id = g_strdup_printf("h%d", i);
		struct draft_key key;
		kit_header(kit->store, id, "p", "in-progress", "routine", "x",
		    1);
		key = (struct draft_key){ .consult = store_consult_find(
		    kit->store, id) };
		assert_true(store_draft_save(kit->store, key,
		    store_patient_find(kit->store, "p"), words, 0, NOW_MS,
		    NULL));
	}
	page = kit_sql(kit->store, "SELECT pageno FROM dbstat"
	    " WHERE name = 'draft' AND pagetype = 'leaf'"
	    " ORDER BY path LIMIT 1 OFFSET 4");
	kit_exec(kit->store, "PRAGMA wal_checkpoint(TRUNCATE)");
	store_damage_note(kit->store);
	store_close(kit->store);
	spoil(kit, page);
	kit->store = store_rebuild(kit->dir, kit->key, STORE_SYNC, &report,
	    NULL);
	assert_non_null(kit->store);
	assert_true(report.drafts >= 16 && report.drafts < 21);
	assert_true(report.lost_known >= 1);
	assert_false(report.unread);
	g_free(report.aside);
}

/* Beside a rebuild: who has the old file open writes no more into it, and a
 * second rebuild takes the first one's cache as it is. */
static void
rebuild_beside(void **state)
{
	struct kit *kit = *state;
	struct store_rescue report = { 0 };
	struct store *old = kit->store;
	g_autoptr(GError) error = NULL;
	g_autofree char *note = NULL;

	assert_int_equal(store_standing(old), STORE_STANDS);
	store_damage_note(old);
	assert_int_equal(store_standing(old), STORE_DAMAGED);
	assert_true(store_damaged(kit->dir));
	rebuilt(kit, 0, 0, 0);
	assert_false(store_damaged(kit->dir));
	assert_true(store_note_set(kit->store, "ui.place", "new", NULL));
	assert_int_equal(store_standing(old), STORE_REPLACED);
	assert_false(store_note_set(old, "ui.place", "old", &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_REPLACED));
	/* Its damage is not the new one's. */
	store_damage_note(old);
	assert_false(store_damaged(kit->dir));
	store_close(old);
	store_close(kit->store);
	kit->store = store_rebuild(kit->dir, kit->key, STORE_SYNC, &report,
	    NULL);
	assert_non_null(kit->store);
	assert_null(report.aside);
	note = store_note_get(kit->store, "ui.place");
	assert_string_equal(note, "new");
}

static void
rebuild_of_nothing(void **state)
{
	struct kit *kit = *state;
	g_autofree char *path = g_build_filename(kit->dir, "cache.db", NULL);
	struct store_rescue report;

	store_close(kit->store);
	assert_true(g_file_set_contents(path, "not a cache", -1, NULL));
	not_opened(kit, STORE_ERROR_DAMAGED);
	kit->store = store_rebuild(kit->dir, kit->key, STORE_SYNC, &report,
	    NULL);
	assert_non_null(kit->store);
	assert_true(report.unread);
	assert_true(g_file_test(report.aside, G_FILE_TEST_EXISTS));
	g_free(report.aside);
	kit_patient(kit->store, "p", "甲");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(send_killed),
		KIT_TEST(done_killed),
		KIT_TEST(ingest_killed),
		KIT_TEST(disk_full),
		KIT_TEST(newer),
		KIT_TEST(migration_asks_for_room),
		KIT_TEST(notes_are_kept),
		KIT_TEST(foreign),
		KIT_TEST(rebuild),
		KIT_TEST(rebuild_in_part),
		KIT_TEST(rebuild_beside),
		KIT_TEST(rebuild_of_nothing),
	};

	take_pwrite();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
