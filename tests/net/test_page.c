/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a page longer than a transaction (a server that ignores _count, or
 * one asked for 1000) is whole in the end: killed at every one of its writes, the
 * watermark has moved only when all of it is here, and asked again nothing is
 * lost and nothing stands twice.
 */
#include "tests/store/kit_crash.h"
#include "net/sync.h"

enum { PAGE = 1000, MARK = 42 };

static void
page_run(struct store *store)
{
	g_autofree struct store_doc *docs = g_new0(struct store_doc, PAGE);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	const struct store_mark mark = { "scope", MARK };
	struct sync sync = { .store = store };

	for (int i = 0; i < PAGE; i++) {
		char *doc = kit_quotes(g_strdup_printf("{'resourceType':"
		    "'Communication','id':'n%d','meta':{'versionId':'1',"
		    "'lastUpdated':'%s'},'status':'completed','partOf':"
		    "[{'reference':'Communication/h'}],'sender':{'reference':"
		    "'Patient/p'},'sent':'%s','payload':[{'contentString':"
		    "'x'}]}", i, kit_time(1), kit_time(1)));
		g_ptr_array_add(all, doc);
		docs[i] = (struct store_doc){ doc, strlen(doc) };
	}
	if (!sync_ingest(&sync, docs, PAGE, &mark, NULL))
		_exit(1);
}

static int64_t
here(struct store *store)
{
	return kit_sql(store, "SELECT count(*) FROM message");
}

static void
page_killed(void **state)
{
	struct kit *kit = *state;
	g_autofree char *master = g_dir_make_tmp("qn-page-XXXXXX", NULL);
	gboolean killed = TRUE;
	int between = 0;

	kit_me(kit->store);
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	store_close(kit->store);
	kit->store = NULL;
	copy_cache(kit->dir, master);
	for (int n = 1; killed; n++) {
		copy_cache(master, kit->dir);
		killed = killed_at(kit, page_run, KILLED, n);
		kit_open(kit, STORE_SYNC);
		assert_int_equal(here(kit->store) % STORE_BATCH_MAX, 0);
		assert_int_equal(store_watermark(kit->store, "scope"),
		    here(kit->store) == PAGE ? MARK : 0);
		between += here(kit->store) > 0 && here(kit->store) < PAGE;
		page_run(kit->store);
		assert_int_equal(here(kit->store), PAGE);
		assert_int_equal(kit_sql(kit->store,
		    "SELECT unread FROM queue"), PAGE);
		assert_int_equal(store_watermark(kit->store, "scope"), MARK);
		store_close(kit->store);
		kit->store = NULL;
	}
	kit_wipe(master);
	assert_true(between > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { KIT_TEST(page_killed) };

	take_pwrite();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
