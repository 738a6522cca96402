/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: a program killed at any write while a prescription is pended, signed,
 * answered, found or dropped leaves all of it or nothing: pended or in the outbox,
 * never both, never neither; a rebuild and the retention keep what a doctor wrote;
 * a cache of the first schema migrates whole, killed or not. */
#include "tests/store/kit_crash.h"
#include "tests/store/kit_rx.h"

static void
standard(struct kit *kit)
{
	kit_me(kit->store);
	kit_patient(kit->store, "p", "张银兰");
	kit_renewal(kit->store, "t", "p", "氨氯地平", MINE);
}

#define COUNT(store, sql) ((int)kit_sql(store, "SELECT count(*) FROM " sql))

/* ---- pended ------------------------------------------------------------- */

static void
pend_run(struct store *store)
{
	if (!kit_pend_of(store, "p", UUID, "Task/t", NULL, NULL, NULL))
		_exit(1);
}

static void
pend_check(struct store *store)
{
	int rows = COUNT(store, "rx");

	assert_int_equal(COUNT(store, "rx_line"), rows);
	assert_int_equal(kit_sql(store, "SELECT marks FROM queue"), rows);
	if (rows)
		assert_int_equal(kit_state(store, store_rx_find(store, UUID)),
		    RX_PENDED);
}

static void
pend_killed(void **state)
{
	standard(*state);
	each_write(*state, pend_run, pend_check);
}

/* ---- signed ------------------------------------------------------------- */

static void
send_run(struct store *store)
{
	if (!kit_send(store, store_rx_find(store, UUID), UUID, NULL))
		_exit(1);
}

static void
send_check(struct store *store)
{
	BASE_AUTO(rx_row) row = kit_rx(store, store_rx_find(store, UUID));
	BASE_AUTO(outbox_entry) entry = store_outbox_next(store, NOW_MS, NULL,
	    NULL);
	g_autofree char *going = kit_transaction(UUID);

	assert_int_equal(row->state, entry ? RX_SIGNED : RX_PENDED);
	assert_int_equal(row->jws != NULL, entry != NULL);
	assert_int_equal(kit_sql(store, "SELECT marks FROM queue"),
	    entry ? 2 : 1);
	if (entry)
		assert_string_equal(entry->bytes, going);
}

static void
send_killed(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	kit_pend(kit->store, UUID, "Task/t", NULL);
	each_write(kit, send_run, send_check);
}

/* ---- answered ----------------------------------------------------------- */

static char *
answer_of(void)
{
	return kit_json("{'resourceType':'Bundle','type':'transaction-response'"
	    ",'entry':[{'resource':{'resourceType':'MedicationRequest','id':"
	    "'s','status':'draft','intent':'order','subject':{'reference':"
	    "'Patient/p'},'identifier':[{'value':'" UUID "-1'}]},'response':"
	    "{'status':'201'}},{'response':{'status':'200','location':"
	    "'Task/t/_history/2'}}]}");
}

static void
done_run(struct store *store)
{
	BASE_AUTO(outbox_entry) entry = store_outbox_next(store, NOW_MS, NULL,
	    NULL);
	g_autofree char *answer = answer_of();
	struct store_doc doc = { answer, strlen(answer) };

	if (!entry || !store_outbox_sending(store, entry->id, NULL) ||
	    !store_outbox_done(store, entry->id, &doc, NULL))
		_exit(1);
}

/* Waiting, on the wire, or done with all its answer said. */
static void
done_check(struct store *store)
{
	struct rx_id id = store_rx_find(store, UUID);
	int done = COUNT(store, "outbox WHERE state=3");

	assert_int_equal(COUNT(store, "outbox"), 1);
	assert_int_equal(kit_state(store, id), done ? RX_AWAITING : RX_SIGNED);
	assert_int_equal(COUNT(store, "script WHERE rx IS NOT NULL"), done);
	assert_int_equal(COUNT(store, "wanted"), done);
	assert_int_equal(kit_sql(store, "SELECT marks FROM queue"),
	    done ? 0 : 2);
}

static void
done_killed(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	kit_pend(kit->store, UUID, "Task/t", NULL);
	assert_true(kit_send(kit->store, store_rx_find(kit->store, UUID), UUID,
	    NULL));
	each_write(kit, done_run, done_check);
}

/* After the crash nothing is sent again before it was asked for. */
static void
found_run(struct store *store)
{
	BASE_AUTO(outbox_entry) entry = store_outbox_next(store, NOW_MS, NULL,
	    NULL);
	g_autofree char *order = kit_json("{'resourceType':'MedicationRequest',"
	    "'id':'s','status':'draft','intent':'order','subject':{'reference':"
	    "'Patient/p'},'identifier':[{'value':'" UUID "-1'}]}");
	struct store_doc doc = { order, strlen(order) };
	enum outbox_found found;

	if (!entry || !(entry->state == OUTBOX_SENDING || entry->attempts) ||
	    !store_outbox_found(store, entry->id, &doc, 1, &found, NULL) ||
	    found != OUTBOX_FOUND_ALL)
		_exit(1);
}

static void
found_check(struct store *store)
{
	int done = COUNT(store, "outbox WHERE state=3");

	assert_int_equal(COUNT(store, "outbox"), 1);
	assert_int_equal(COUNT(store, "script WHERE rx IS NOT NULL"), done);
	assert_int_equal(COUNT(store, "rx WHERE local=2"), done);
}

static void
found_killed(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;

	standard(kit);
	kit_pend(kit->store, UUID, "Task/t", NULL);
	assert_true(kit_send(kit->store, store_rx_find(kit->store, UUID), UUID,
	    NULL));
	entry = store_outbox_next(kit->store, NOW_MS, NULL, NULL);
	assert_true(store_outbox_sending(kit->store, entry->id, NULL));
	each_write(kit, found_run, found_check);
}

/* ---- dropped ------------------------------------------------------------ */

static void
drop_run(struct store *store)
{
	if (!store_rx_drop(store, store_rx_find(store, UUID), NULL))
		_exit(1);
}

static void
drop_killed(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	kit_pend(kit->store, UUID, "Task/t", NULL);
	each_write(kit, drop_run, pend_check);
}

/* ---- rebuilt, retained -------------------------------------------------- */

static void
written(struct kit *kit)
{
	struct patient_id p;
	struct rx_id id;

	standard(kit);
	p = store_patient_find(kit->store, "p");
	kit_pend(kit->store, UUID, "Task/t", NULL);
	id = kit_pend(kit->store, UUID_B, NULL, NULL);
	assert_true(kit_send(kit->store, id, UUID_B, NULL));
	assert_true(store_line_save(kit->store, p, "氨氯地平 5", 3, NOW_MS,
	    NULL));
}

static void
rebuild(void **state)
{
	struct kit *kit = *state;
	struct store_rescue report;
	BASE_AUTO(rx_row) pended = NULL;
	BASE_AUTO(rx_row) sent = NULL;
	BASE_AUTO(outbox_entry) entry = NULL;
	g_autofree char *bytes = kit_collection(UUID), *line = NULL;
	size_t caret;

	written(kit);
	store_damage_note(kit->store);
	store_close(kit->store);
	kit->store = store_rebuild(kit->dir, kit->key, STORE_SYNC, &report,
	    NULL);
	assert_non_null(kit->store);
	g_free(report.aside);
	assert_int_equal(report.prescriptions, 2);
	assert_int_equal(report.drafts, 1);
	assert_int_equal(report.outbox, 1);
	assert_int_equal(report.lost_known, 0);
	/* Nothing of the chart is here yet: it is checked again first. */
	pended = kit_rx(kit->store, store_rx_find(kit->store, UUID));
	assert_int_equal(pended->state, RX_RETURNED);
	assert_string_equal(pended->bytes, bytes);
	assert_string_equal(pended->task_ref, "Task/t");
	assert_string_equal(pended->patient_ref, "Patient/p");
	sent = kit_rx(kit->store, store_rx_find(kit->store, UUID_B));
	assert_int_equal(sent->state, RX_SIGNED);
	assert_non_null(sent->jws);
	entry = store_outbox_next(kit->store, NOW_MS, NULL, NULL);
	assert_int_equal(entry->verb, OUTBOX_TRANSACTION);
	line = store_line_load(kit->store, store_patient_find(kit->store, "p"),
	    &caret, NULL);
	assert_string_equal(line, "氨氯地平 5");
	/* The same chart comes again: it is the one it was checked against. */
	standard(kit);
	assert_int_equal(kit_state(kit->store, pended->id), RX_PENDED);
	assert_int_equal(store_rx_of_task(kit->store,
	    store_task_find(kit->store, "Task/t")).n, pended->id.n);
}

static int
purge(struct kit *kit)
{
	return store_purge(kit->store, NOW_MS + 1000 * 24 * HOUR_MS, 30, NULL);
}

static void
retention(void **state)
{
	struct kit *kit = *state;
	struct patient_id p;
	struct rx_id id;

	written(kit);
	p = store_patient_find(kit->store, "p");
	kit_task(kit->store, "t", 2, "p", "approve", "cancelled", "t-p", MINE);
	assert_int_equal(COUNT(kit->store, "queue"), 0);
	assert_int_equal(purge(kit), 0);
	assert_true(store_line_drop(kit->store, p, NULL));
	assert_int_equal(purge(kit), 0);
	id = store_rx_find(kit->store, UUID);
	assert_true(store_rx_drop(kit->store, id, NULL));
	assert_int_equal(purge(kit), 0);
	/* The last of them is with the server. */
	kit_order(kit->store, "s", 1, "p", "order", "active", "x",
	    BY_ME ",'groupIdentifier':{'value':'" UUID_B "'}");
	assert_int_equal(purge(kit), 1);
	assert_int_equal(COUNT(kit->store, "rx"), 0);
	assert_int_equal(COUNT(kit->store, "rx_line"), 0);
	assert_int_equal(COUNT(kit->store, "script"), 0);
	assert_int_equal(COUNT(kit->store, "rx_task"), 0);
}

/* ---- a cache of the first schema ---------------------------------------- */

/* The names a statement gives, an owned copy each. */
static GPtrArray *
names_of(sqlite3 *db, const char *sql)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	sqlite3_stmt *st = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		g_ptr_array_add(names, g_strdup((const char *)
		    sqlite3_column_text(st, 0)));
	sqlite3_finalize(st);
	return names;
}

/* What the query names here and not there is dropped, each by `drop`. */
static void
drop_others(struct kit *kit, sqlite3 *first, const char *query,
    const char *drop)
{
	g_autoptr(GPtrArray) here = names_of(kit->store->db, query);
	g_autoptr(GPtrArray) there = names_of(first, query);

	for (guint i = 0; i < here->len; i++) {
		g_autofree char *sql = g_strdup_printf("%s %s", drop,
		    (const char *)here->pdata[i]);

		if (!g_ptr_array_find_with_equal_func(there, here->pdata[i],
		    g_str_equal, NULL))
			kit_exec(kit->store, sql);
	}
}

static void
drop_columns(struct kit *kit, sqlite3 *first)
{
	g_autoptr(GPtrArray) tables = names_of(first, "SELECT name FROM"
	    " sqlite_master WHERE type='table'");

	for (guint i = 0; i < tables->len; i++) {
		g_autofree char *query = g_strdup_printf("SELECT name FROM"
		    " pragma_table_info('%s')", (char *)tables->pdata[i]);
		g_autofree char *drop = g_strdup_printf("ALTER TABLE %s DROP"
		    " COLUMN", (char *)tables->pdata[i]);

		drop_others(kit, first, query, drop);
	}
}

/* What 002 and later made is taken away: 001 with data, as it was. */
static void
back_to_001(struct kit *kit)
{
	static const char *const sql[] = {
		"DELETE FROM queue WHERE kind>1",
		"DELETE FROM due WHERE key NOT IN (SELECT key FROM queue)",
		"DELETE FROM link WHERE kind>6", "PRAGMA user_version=1",
	};
	g_autofree char *path = test_src("store/schema/001.sql");
	g_autofree char *text = NULL;
	sqlite3 *first = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_int_equal(sqlite3_open(":memory:", &first), SQLITE_OK);
	assert_int_equal(sqlite3_exec(first, text, NULL, NULL, NULL),
	    SQLITE_OK);
	drop_others(kit, first, "SELECT name FROM sqlite_master WHERE"
	    " type='index' AND sql IS NOT NULL", "DROP INDEX");
	/* Those behind a virtual table go with it. */
	drop_others(kit, first, "SELECT name FROM sqlite_master WHERE"
	    " sql LIKE 'CREATE VIRTUAL%'", "DROP TABLE");
	drop_others(kit, first, "SELECT name FROM sqlite_master WHERE"
	    " type='table' AND name NOT LIKE 'sqlite%'", "DROP TABLE");
	drop_columns(kit, first);
	sqlite3_close(first);
	for (size_t i = 0; i < G_N_ELEMENTS(sql); i++)
		kit_exec(kit->store, sql[i]);
}

static void
old_cache(struct kit *kit)
{
	standard(kit);
	kit_order(kit->store, "f", 1, "p", "order", "active", "华法林", BY_ME
	    ",'groupIdentifier':{'value':'g'}");
	kit_put(kit->store, "{'resourceType':'MedicationDispense','id':'d',"
	    "'status':'completed','subject':{'reference':'Patient/p'},"
	    "'authorizingPrescription':[{'reference':'MedicationRequest/f'}]}");
	kit_put(kit->store, "{'resourceType':'Medication','id':'m','code':"
	    "{'text':'氨氯地平片'}}");
	kit_put(kit->store, "{'resourceType':'MedicationKnowledge','id':'m',"
	    "'associatedMedication':[{'reference':'Medication/m'}],'synonym':"
	    "['安络平']}");
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	kit_message(kit->store, "m1", "h", "Patient/p", "Practitioner/me", -5,
	    "问");
	back_to_001(kit);
}

static void
migrated(struct store *store)
{
	BASE_AUTO(renewal_page) page = store_renewals(store, 9, NULL);
	g_autoptr(GPtrArray) rows = store_formulary_find(store, "安络平", 9,
	    NULL);
	BASE_AUTO(rx_row) row = kit_rx(store, store_rx_find(store, "g"));

	assert_int_equal(page->n, 1);
	assert_string_equal(page->rows[0].ref, "Task/t");
	assert_string_equal(page->rows[0].words, "氨氯地平");
	assert_string_equal(page->rows[0].prior_ref, "MedicationRequest/old");
	assert_int_equal(rows->len, 1);
	assert_int_equal(row->state, RX_DISPENSED);
	assert_int_equal(COUNT(store, "queue"), 2);
	assert_int_equal(COUNT(store, "due"), 2);
}

static void
migration(void **state)
{
	struct kit *kit = *state;

	old_cache(kit);
	store_close(kit->store);
	kit_open(kit, STORE_SYNC);
	migrated(kit->store);
}

/* Opened by the child with writes that fail; whoever opens next finishes it. */
static void
migration_killed(void **state)
{
	old_cache(*state);
	each_write(*state, NULL, migrated);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(pend_killed), KIT_TEST(send_killed),
		KIT_TEST(done_killed), KIT_TEST(found_killed),
		KIT_TEST(drop_killed), KIT_TEST(rebuild),
		KIT_TEST(retention), KIT_TEST(migration),
		KIT_TEST(migration_killed),
	};

	take_pwrite();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
