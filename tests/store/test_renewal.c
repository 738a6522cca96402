/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: a renewal request is in the queue when it is mine or my pool's, with its
 * deadline, and no longer when it is answered; a rejected prescription of mine is
 * above everything until it is replaced, withdrawn or reviewed anew; the order in
 * which resources arrive changes nothing; absent and circular references and
 * thousands of tasks do no harm; the short lanes are read from their index. */
#include "tests/store/kit_rx.h"

static void
standard(struct kit *kit)
{
	kit_me(kit->store);
	kit_patient(kit->store, "p", "张银兰");
	kit_put(kit->store, "{'resourceType':'PractitionerRole',"
	    "'id':'me-role','practitioner':{'reference':'Practitioner/me'},"
	    "'code':[{'coding':[{'code':'doctor'}]},{'coding':[{'code':'chief'}]"
	    "}],'specialty':[{'coding':[{'code':'cardio'}]}]}");
}

static struct queue_row
row(struct kit *kit, const char *ref)
{
	BASE_AUTO(queue_page) page = kit_queue(kit->store);
	const struct queue_row *found = kit_row(page, ref);
	struct queue_row copy = { 0 };

	if (found) {
		copy = *found;
		copy.ref = NULL;
	}
	return copy;
}
#define T row(kit, "Task/t")

static void
mine(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(queue_page) page = NULL;
	const struct queue_row *r;

	standard(kit);
	kit_renewal(kit->store, "t", "p", "氨氯地平片 5 mg", MINE
	    ",'priority':'urgent','authoredOn':'2026-10-26T00:00:00Z'");
	page = kit_queue(kit->store);
	r = kit_row(page, "Task/t");
	assert_non_null(r);
	assert_int_equal(r->kind, QUEUE_RENEWAL);
	assert_true(r->owed);
	assert_int_equal(r->task.n, r->key);
	assert_int_equal(r->consult.n, 0);
	assert_int_equal(r->report.n, 0);
	assert_string_equal(r->complaint, "氨氯地平片 5 mg");
	assert_string_equal(r->patient.name, "张银兰");
	assert_int_equal(r->priority, FHIR_URGENT);
	assert_int_equal(r->deadline_ms - r->since_ms, 4 * HOUR_MS);
}

static void
named_deadline(void **state)
{
	struct kit *kit = *state;
	int64_t ms;

	standard(kit);
	fhir_time_ms("2026-10-28T08:00:00Z", &ms, NULL);
	kit_renewal(kit->store, "t", "p", "x", MINE
	    ",'restriction':{'period':{'end':'2026-10-28T08:00:00Z'}}");
	assert_int_equal(T.deadline_ms, ms);
}

/* The statuses that are answered, and those that are not. */
static void
statuses(void **state)
{
	static const struct { const char *status; gboolean owed; } cases[] = {
		{ "requested", TRUE }, { "accepted", TRUE },
		{ "received", TRUE }, { "in-progress", TRUE },
		{ "completed", FALSE }, { "rejected", FALSE },
		{ "cancelled", FALSE }, { "failed", FALSE },
		{ "entered-in-error", FALSE }, { "draft", FALSE },
	};
	struct kit *kit = *state;

	standard(kit);
	kit_renewal(kit->store, "t", "p", "x", MINE);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		kit_task(kit->store, "t", (int)i + 2, "p", "approve",
		    cases[i].status, "t-p", MINE);
		assert_int_equal(T.key != 0, cases[i].owed);
	}
}

static void
pool(void **state)
{
	static const struct { const char *more; gboolean mine; } cases[] = {
		{ ",'performerType':[{'coding':[{'code':'doctor'}]}]", TRUE },
		{ ",'performerType':[{'coding':[{'code':'nurse'}]}]", FALSE },
		{ ",'performerType':[{'coding':[{'code':'nurse'}]},"
		  "{'coding':[{'code':'x'},{'code':'chief'}]}]", TRUE },
		{ ",'performerType':[{'coding':[{'code':'cardio'}]}]", TRUE },
		{ ",'performerType':[{'text':'doctor'}]", FALSE },
		{ ",'performerType':[{'coding':[{'code':'doctor'}]}],"
		  "'owner':{'reference':'Practitioner/other'}", FALSE },
		{ "", FALSE },
	};
	struct kit *kit = *state;
	BASE_AUTO(renewal_page) page = NULL;

	standard(kit);
	kit_renewal(kit->store, "t", "p", "x", "");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		kit_task(kit->store, "t", (int)i + 2, "p", "approve",
		    "requested", "t-p", cases[i].more);
		assert_int_equal(T.key != 0, cases[i].mine);
	}
	kit_task(kit->store, "t", 20, "p", "approve", "requested", "t-p",
	    cases[0].more);
	page = store_renewals(kit->store, 10, NULL);
	assert_int_equal(page->n, 1);
	assert_true(page->rows[0].pool);
	assert_false(page->rows[0].mine);
	/* My role changes, and with it my pool. */
	kit_put(kit->store, "{'resourceType':'PractitionerRole',"
	    "'id':'me-role','meta':{'versionId':'2','lastUpdated':'%s'},"
	    "'practitioner':{'reference':'Practitioner/me'},'code':[{'coding':"
	    "[{'code':'porter'}]}]}", kit_time(0));
	assert_int_equal(T.key, 0);
}

static void
me_changes(void **state)
{
	static const char *const other[] = { "Practitioner/other", NULL };
	struct kit *kit = *state;

	standard(kit);
	kit_renewal(kit->store, "t", "p", "x", MINE);
	assert_int_not_equal(T.key, 0);
	assert_true(store_me_set(kit->store, other, "别人", "", NULL));
	assert_int_equal(T.key, 0);
	kit_me(kit->store);
	assert_int_not_equal(T.key, 0);
}

static void
page_row(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(renewal_page) page = NULL;
	const struct renewal_row *r;
	g_autofree char *ref = NULL;

	standard(kit);
	kit_renewal(kit->store, "t", "p", "氨氯地平片", MINE);
	page = store_renewals(kit->store, 10, NULL);
	assert_int_equal(page->n, 1);
	r = &page->rows[0];
	assert_string_equal(r->ref, "Task/t");
	assert_string_equal(r->version, "1");
	assert_string_equal(r->status, "requested");
	assert_string_equal(r->proposal_ref, "MedicationRequest/t-p");
	assert_string_equal(r->prior_ref, "MedicationRequest/old");
	assert_string_equal(r->words, "氨氯地平片");
	assert_string_equal(r->patient.name, "张银兰");
	assert_true(r->mine);
	assert_false(r->pool);
	assert_int_equal(r->rx.n, 0);
	assert_int_equal(store_task_find(kit->store, "Task/t").n, r->task.n);
	assert_int_equal(store_task_find(kit->store, "t").n, r->task.n);
	assert_int_equal(store_task_find(kit->store, "Task/none").n, 0);
	ref = store_task_ref(kit->store, r->task);
	assert_string_equal(ref, "Task/t");
	assert_int_equal(store_task_patient(kit->store, r->task).n,
	    store_patient_find(kit->store, "p").n);
	assert_int_equal(store_rx_of_task(kit->store, r->task).n, 0);
}

/* The Task before its proposal, its proposal never, a focus that is an order. */
static void
any_order(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	kit_task(kit->store, "t", 1, "p", "approve", "requested", "t-p", MINE);
	assert_int_equal(T.kind, QUEUE_RENEWAL);
	assert_null(T.complaint);
	kit_order(kit->store, "t-p", 1, "p", "proposal", "draft", "厄贝沙坦",
	    "");
	{
		BASE_AUTO(queue_page) page = kit_queue(kit->store);
		assert_string_equal(kit_row(page, "Task/t")->complaint,
		    "厄贝沙坦");
	}
	/* It turns out to be an order that waits for another's approval. */
	kit_order(kit->store, "t-p", 2, "p", "order", "draft", "厄贝沙坦", "");
	assert_int_equal(T.key, 0);
}

static void
gone(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	kit_renewal(kit->store, "t", "p", "x", MINE);
	assert_true(store_gone(kit->store, "MedicationRequest", "t-p", NULL));
	assert_int_not_equal(T.key, 0);
	assert_true(store_gone(kit->store, "Task", "t", NULL));
	assert_int_equal(T.key, 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM rx_task"),
	    0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM due"), 0);
}

/* ---- rejected ----------------------------------------------------------- */

#define REVIEW ",'requester':{'reference':'Practitioner/me'}," \
	"'owner':{'reference':'Practitioner/pharmacist'}," \
	"'statusReason':{'text':'剂量过大'}"
#define GROUP ",'groupIdentifier':{'value':'" UUID "'}"

static void
rejected_setup(struct kit *kit)
{
	standard(kit);
	kit_order(kit->store, "a", 1, "p", "order", "draft", "华法林",
	    BY_ME GROUP ",'authoredOn':'2026-10-25T00:00:00Z'");
	kit_order(kit->store, "b", 1, "p", "order", "draft", "氨氯地平",
	    BY_ME GROUP ",'authoredOn':'2026-10-25T00:00:00Z'");
	kit_task(kit->store, "t", 1, "p", "fulfill", "requested", "a", REVIEW);
	assert_int_equal(T.key, 0);
	kit_task(kit->store, "t", 2, "p", "fulfill", "rejected", "a", REVIEW
	    ",'lastModified':'2026-10-25T08:00:00Z'");
}

static void
rejected(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(queue_page) page = NULL;
	int64_t ms;

	rejected_setup(kit);
	fhir_time_ms("2026-10-25T08:00:00Z", &ms, NULL);
	/* More urgent than it is nothing. */
	kit_header(kit->store, "h", "p", "in-progress", "stat", "胸痛", 1);
	kit_message(kit->store, "m", "h", "Patient/p", "Practitioner/me", -5,
	    "急");
	page = kit_queue(kit->store);
	assert_int_equal(page->n, 2);
	assert_string_equal(page->rows[0].ref, "Task/t");
	assert_int_equal(page->rows[0].kind, QUEUE_REJECTED);
	assert_int_equal(page->rows[0].since_ms, ms);
	assert_string_equal(page->rows[0].complaint, "华法林");
}

static void
rejected_withdrawn(void **state)
{
	struct kit *kit = *state;

	rejected_setup(kit);
	kit_order(kit->store, "a", 2, "p", "order", "cancelled", "华法林",
	    BY_ME GROUP);
	assert_int_not_equal(T.key, 0);
	kit_order(kit->store, "b", 2, "p", "order", "cancelled", "氨氯地平",
	    BY_ME GROUP);
	assert_int_equal(T.key, 0);
}

static void
rejected_replaced(void **state)
{
	struct kit *kit = *state;

	rejected_setup(kit);
	kit_order(kit->store, "n", 1, "p", "order", "draft", "华法林", BY_ME
	    ",'authoredOn':'2026-10-25T09:00:00Z','priorPrescription':"
	    "{'reference':'MedicationRequest/a'}");
	assert_int_equal(T.key, 0);
	/* Its replacement is taken back: it is owed again. */
	kit_order(kit->store, "n", 2, "p", "order", "cancelled", "华法林", BY_ME
	    ",'authoredOn':'2026-10-25T09:00:00Z','priorPrescription':"
	    "{'reference':'MedicationRequest/a'}");
	assert_int_not_equal(T.key, 0);
}

static void
reviewed_anew(void **state)
{
	struct kit *kit = *state;

	rejected_setup(kit);
	kit_task(kit->store, "u", 1, "p", "fulfill", "requested", "b", REVIEW
	    ",'lastModified':'2026-10-25T09:00:00Z'");
	assert_int_equal(T.key, 0);
	kit_task(kit->store, "u", 2, "p", "fulfill", "rejected", "b", REVIEW
	    ",'lastModified':'2026-10-25T10:00:00Z'");
	assert_int_not_equal(row(kit, "Task/u").key, 0);
}

static void
not_mine(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	kit_order(kit->store, "a", 1, "p", "order", "draft", "华法林",
	    ",'requester':{'reference':'Practitioner/other'}");
	kit_task(kit->store, "t", 1, "p", "fulfill", "rejected", "a", REVIEW);
	assert_int_equal(T.key, 0);
}

/* ---- counts ------------------------------------------------------------- */

static void
counts(void **state)
{
	const struct queue_filter lane = { .lane = QUEUE_RENEWAL };
	const struct queue_filter owed = { .lane = QUEUE_LANE_ALL,
		.owed_only = TRUE };
	struct kit *kit = *state;
	struct queue_counts c;
	g_autofree char *ref = NULL;
	BASE_AUTO(queue_page) page = NULL;
	int64_t key = 0;

	rejected_setup(kit);
	for (int i = 0; i < 5; i++) {
		g_autofree char *id = g_strdup_printf("r%d", i);
		g_autofree char *more = g_strdup_printf(MINE
		    ",'restriction':{'period':{'end':'2026-1%d-01T00:00:00Z'}}",
		    i < 2 ? 0 : 2);
		kit_renewal(kit->store, id, "p", "x", more);
	}
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	kit_message(kit->store, "m", "h", "Patient/p", "Practitioner/me", -5,
	    "问");
	assert_true(store_queue_counts(kit->store, NULL, NOW_MS, &c, NULL));
	assert_int_equal(c.rows, 7);
	assert_int_equal(c.owed[QUEUE_CONSULT], 1);
	assert_int_equal(c.owed[QUEUE_RESULT], 0);
	assert_int_equal(c.owed[QUEUE_RENEWAL], 5);
	assert_int_equal(c.owed[QUEUE_REJECTED], 1);
	assert_int_equal(c.overdue, kit_sql(kit->store, "SELECT count(*)"
	    " FROM queue WHERE rank=0 AND deadline<1793000000000"));
	assert_true(store_queue_counts(kit->store, &lane, NOW_MS, &c, NULL));
	assert_int_equal(c.matching, 5);
	assert_true(store_queue_counts(kit->store, &owed, NOW_MS, &c, NULL));
	assert_int_equal(c.matching, 7);
	page = store_queue(kit->store, &lane, 3, 10, NULL);
	assert_int_equal(page->n, 2);
	assert_int_equal(store_queue_place(kit->store, &lane,
	    page->rows[0].key), 3);
	assert_true(store_queue_next(kit->store, &lane, NULL, 0, &key));
	ref = store_task_ref(kit->store, (struct task_id){ key });
	assert_string_equal(ref, "Task/r0");
}

static void
policy(void **state)
{
	static const int hours[4] = { 1, 2, 3, 5 };
	struct kit *kit = *state;

	standard(kit);
	kit_renewal(kit->store, "t", "p", "x", MINE);
	assert_true(store_policy_set(kit->store, hours, NULL));
	assert_int_equal(T.deadline_ms - T.since_ms, 5 * HOUR_MS);
}

static void
lane_plan(void **state)
{
	struct kit *kit = *state;
	sqlite3_stmt *st;
	gboolean sorts = FALSE, index = FALSE;

	assert_int_equal(sqlite3_prepare_v2(kit->store->db,
	    "EXPLAIN QUERY PLAN SELECT q.key FROM queue q INDEXED BY queue_lane"
	    " WHERE q.kind=2 AND q.kind<>0 AND q.rank<=1"
	    " ORDER BY q.rank, q.a, q.b, q.key", -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *words = (const char *)sqlite3_column_text(st, 3);
		sorts |= strstr(words, "TEMP B-TREE") != NULL;
		index |= strstr(words, "queue_lane") != NULL;
	}
	sqlite3_finalize(st);
	assert_true(index);
	assert_false(sorts);
}

/* ---- hostile ------------------------------------------------------------ */

static void
circles(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	kit_order(kit->store, "a", 1, "p", "order", "draft", "x", BY_ME GROUP
	    ",'priorPrescription':{'reference':'MedicationRequest/b'},"
	    "'basedOn':[{'reference':'MedicationRequest/a'}]");
	kit_order(kit->store, "b", 1, "p", "order", "draft", "x", BY_ME GROUP
	    ",'priorPrescription':{'reference':'MedicationRequest/a'}");
	kit_order(kit->store, "s", 1, "p", "order", "draft", "x", BY_ME
	    ",'priorPrescription':{'reference':'MedicationRequest/s'}");
	kit_put(kit->store, "{'resourceType':'Task','id':'t','status':"
	    "'requested','focus':{'reference':'Task/t'},'owner':"
	    "{'reference':'Task/t'}}");
	kit_put(kit->store, "{'resourceType':'MedicationDispense','id':'d',"
	    "'status':'completed','subject':{'reference':'Patient/p'},"
	    "'partOf':[{'reference':'MedicationDispense/d'}]}");
	kit_put(kit->store, "{'resourceType':'SupplyDelivery','id':'d',"
	    "'status':'completed','basedOn':[{'reference':"
	    "'SupplyDelivery/d'}],'partOf':[{'reference':'Patient/p'}]}");
	assert_int_equal(T.key, 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM script"
	    " WHERE prior=n"), 0);
}

static void
huge(void **state)
{
	struct kit *kit = *state;
	g_autofree char *words = g_strnfill(300000, 'x');
	g_autofree char *task = kit_json("{'resourceType':'Task','id':'t',"
	    "'status':'requested','code':{'coding':[{'code':'approve'}]},"
	    "'focus':{'reference':'MedicationRequest/t-p'},'description':'%s',"
	    "'groupIdentifier':{'value':'%s'},'for':{'reference':'Patient/p'},"
	    "'owner':{'reference':'Practitioner/me'}}", words, words);

	standard(kit);
	kit_bytes(kit->store, task, NULL);
	kit_order(kit->store, "t-p", 1, "p", "proposal", "draft", words, "");
	assert_int_not_equal(T.key, 0);
}

/* Thousands of Tasks about one order are all there; how long it took is said. */
static void
thousands(void **state)
{
	enum { TASKS = 10000 };
	struct kit *kit = *state;
	g_autoptr(GPtrArray) bytes = g_ptr_array_new_with_free_func(g_free);
	g_autofree struct store_doc *docs = g_new0(struct store_doc, TASKS);
	gint64 began = g_get_monotonic_time();
	BASE_AUTO(renewal_page) page = NULL;

	standard(kit);
	kit_order(kit->store, "a", 1, "p", "order", "draft", "x", BY_ME GROUP);
	for (int i = 0; i < TASKS; i++) {
		g_ptr_array_add(bytes, kit_json("{'resourceType':'Task',"
		    "'id':'t%d','meta':{'versionId':'1'},'status':'%s',"
		    "'code':{'coding':[{'code':'approve'}]},'for':{'reference':"
		    "'Patient/p'},'focus':{'reference':'MedicationRequest/%s'},"
		    "'owner':{'reference':'Practitioner/me'},"
		    "'groupIdentifier':{'value':'" UUID "'}}", i,
		    i % 2 ? "requested" : "rejected", i % 2 ? "w" : "a"));
		docs[i].bytes = bytes->pdata[i];
		docs[i].len = strlen(docs[i].bytes);
	}
	for (int i = 0; i < TASKS; i += STORE_BATCH_MAX)
		assert_true(store_ingest(kit->store, docs + i, STORE_BATCH_MAX,
		    NULL, NULL, NULL));
	kit_order(kit->store, "a", 2, "p", "order", "draft", "y", BY_ME GROUP);
	kit_order(kit->store, "w", 2, "p", "proposal", "draft", "y", "");
	page = store_renewals(kit->store, TASKS, NULL);
	assert_int_equal(page->n, TASKS / 2);
	print_message("# %d tasks in %d ms\n", TASKS,
	    (int)((g_get_monotonic_time() - began) / 1000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(mine), KIT_TEST(named_deadline), KIT_TEST(statuses),
		KIT_TEST(pool), KIT_TEST(me_changes), KIT_TEST(page_row),
		KIT_TEST(any_order), KIT_TEST(gone), KIT_TEST(rejected),
		KIT_TEST(rejected_withdrawn), KIT_TEST(rejected_replaced),
		KIT_TEST(reviewed_anew), KIT_TEST(not_mine), KIT_TEST(counts),
		KIT_TEST(policy), KIT_TEST(lane_plan), KIT_TEST(circles),
		KIT_TEST(huge), KIT_TEST(thousands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
