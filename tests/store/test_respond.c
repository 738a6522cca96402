/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a result answered leaves the lane in the transaction that queues the
 * answer (F42): seen without and with a Task (If-Match, made again after a 412, let
 * go where the Task is another's), taken back, refused and back in the lane, a
 * clock that is behind, amended later; explained (the Task goes with the reply);
 * recalled with a due day; asked about again by the patient. And that a reply
 * remembers the results it quotes word for word (F75), through a refusal,
 * and forgets what was edited.
 */
#include "tests/store/kit.h"
#include "store/results.h"

static void
report(struct kit *kit, int version, const char *status, int issued)
{
	kit_put(kit->store, "{'resourceType':'DiagnosticReport','id':'r',"
	    "'meta':{'versionId':'%d','lastUpdated':'%s'},'status':'%s',"
	    "'code':{'text':'血脂'},'subject':{'reference':'Patient/p'},"
	    "'performer':[{'reference':'Organization/lab'}],'issued':'%s',"
	    "'resultsInterpreter':[{'reference':'Practitioner/me'}]}", version,
	    kit_time(-100 + version), status, kit_time(issued));
}

static void
task(struct kit *kit, int version, const char *owner, const char *status)
{
	kit_put(kit->store, "{'resourceType':'Task','id':'t','meta':{"
	    "'versionId':'%d','lastUpdated':'%s'},'status':'%s','intent':"
	    "'order','focus':{'reference':'DiagnosticReport/r'},'owner':{"
	    "'reference':'Practitioner/%s'},'extension':[{'url':'urn:x',"
	    "'valueDecimal':0.10}]}", version, kit_time(-90 + version), status,
	    owner);
}

static struct report_id
standard(struct kit *kit)
{
	kit_me(kit->store);
	kit_patient(kit->store, "p", "张银兰");
	report(kit, 1, "final", -30);
	return store_report_find(kit->store, "DiagnosticReport/r");
}

static gboolean
owed(struct kit *kit)
{
	BASE_AUTO(queue_page) page = kit_queue(kit->store);
	const struct queue_row *row = kit_row(page, "DiagnosticReport/r");

	return row && row->owed;
}

static struct outbox_entry *
next(struct kit *kit, int64_t now_ms)
{
	g_autoptr(GError) error = NULL;
	struct outbox_entry *e = store_outbox_next(kit->store, now_ms, NULL,
	    &error);

	assert_null(error);
	return e;
}

static int64_t
waiting(struct kit *kit)
{
	struct outbox_counts c;

	assert_true(store_outbox_counts(kit->store, &c, NULL));
	return c.waiting;
}

/* The server takes what is next, as version 5. */
static void
taken(struct kit *kit, const char *id)
{
	BASE_AUTO(outbox_entry) e = next(kit, NOW_MS + HOUR_MS);
	g_autofree char *answer = NULL;
	struct store_doc doc;

	assert_non_null(e);
	answer = g_strdup_printf("{\"id\":\"%s\",\"meta\":{\"versionId\":"
	    "\"5\",\"lastUpdated\":\"%s\"},%s", id, kit_time(1),
	    e->verb == OUTBOX_UPDATE ? strstr(e->bytes, "\"status\"") :
	    e->bytes + 1);
	if (e->verb == OUTBOX_UPDATE) {
		g_autofree char *whole = g_strdup_printf("{\"resourceType\":"
		    "\"Task\",%s", answer + 1);

		g_free(answer);
		answer = g_steal_pointer(&whole);
	}
	doc = (struct store_doc){ answer, strlen(answer) };
	assert_true(store_outbox_sending(kit->store, e->id, NULL));
	assert_true(store_outbox_done(kit->store, e->id, &doc, NULL));
}

static void
seen_by_message(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	BASE_AUTO(outbox_entry) e = NULL;

	assert_true(owed(kit));
	assert_true(store_result_seen(kit->store, r, "Seen.", NOW_MS, 0, NULL,
	    NULL, NULL));
	assert_false(owed(kit));
	assert_int_equal(waiting(kit), 1);
	e = next(kit, NOW_MS);
	assert_int_equal(e->verb, OUTBOX_CREATE);
	assert_string_equal(e->type, "Communication");
	assert_non_null(strstr(e->bytes, "\"about\":[{\"reference\":"
	    "\"DiagnosticReport/r\"}]"));
	assert_non_null(strstr(e->bytes, "\"recipient\":[{\"reference\":"
	    "\"Organization/lab\"}]"));
	assert_null(strstr(e->bytes, "partOf"));
	taken(kit, "a");
	assert_false(owed(kit));
	assert_int_equal(waiting(kit), 0);
	report(kit, 2, "amended", -2);
	assert_false(owed(kit)); /* issued before I had seen it */
	report(kit, 3, "amended", 5);
	assert_true(owed(kit));
}

static void
seen_by_task(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	BASE_AUTO(outbox_entry) e = NULL;

	task(kit, 3, "me", "requested");
	assert_true(store_result_seen(kit->store, r, "Seen.", NOW_MS, 0, NULL,
	    NULL, NULL));
	assert_false(owed(kit));
	assert_int_equal(waiting(kit), 1);
	e = next(kit, NOW_MS);
	assert_int_equal(e->verb, OUTBOX_UPDATE);
	assert_string_equal(e->type, "Task");
	assert_string_equal(e->target_id, "t");
	assert_string_equal(e->if_match, "3");
	assert_non_null(strstr(e->bytes, "\"status\":\"completed\""));
	assert_non_null(strstr(e->bytes, "\"valueDecimal\":0.10"));
	taken(kit, "t");
	assert_false(owed(kit));
	assert_null(next(kit, NOW_MS + HOUR_MS));
}

static void
rebased(struct kit *kit, const char *owner, const char *status)
{
	BASE_AUTO(outbox_entry) e = next(kit, NOW_MS + HOUR_MS);
	g_autofree char *fresh = kit_quotes(g_strdup_printf("{'resourceType':"
	    "'Task','id':'t','meta':{'versionId':'4','lastUpdated':'%s'},"
	    "'status':'%s','intent':'order','priority':'stat','focus':{"
	    "'reference':'DiagnosticReport/r'},'owner':{'reference':"
	    "'Practitioner/%s'}}", kit_time(1), status, owner));
	struct store_doc doc = { fresh, strlen(fresh) };

	assert_true(store_outbox_rebase(kit->store, e->id, &doc, NULL));
}

static void
conflict(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	BASE_AUTO(outbox_entry) e = NULL;

	task(kit, 3, "me", "requested");
	assert_true(store_result_seen(kit->store, r, "Seen.", NOW_MS, 0, NULL,
	    NULL, NULL));
	rebased(kit, "me", "in-progress");
	assert_false(owed(kit));
	e = next(kit, NOW_MS);
	assert_string_equal(e->if_match, "4");
	assert_non_null(strstr(e->bytes, "\"priority\":\"stat\""));
	assert_non_null(strstr(e->bytes, "\"status\":\"completed\""));
	/* Meanwhile it has become another's: theirs is not completed. */
	rebased(kit, "other", "in-progress");
	assert_null(next(kit, NOW_MS + HOUR_MS));
	assert_true(owed(kit)); /* I interpret it, and nobody has seen it */
}

static void
taken_back(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	struct outbox_id first, last;
	BASE_AUTO(outbox_entry) e = NULL;
	g_autoptr(GError) error = NULL;

	assert_true(store_result_seen(kit->store, r, "Seen.", NOW_MS, 5000,
	    &first, &last, NULL));
	assert_false(owed(kit));
	assert_null(next(kit, NOW_MS + 4999));
	assert_true(store_result_unseen(kit->store, r, first, last, NULL));
	assert_true(owed(kit));
	assert_int_equal(waiting(kit), 0);
	assert_true(store_result_seen(kit->store, r, "Seen.", NOW_MS, 5000,
	    &first, &last, NULL));
	e = next(kit, NOW_MS + 5000);
	assert_non_null(e);
	assert_true(store_outbox_sending(kit->store, e->id, NULL));
	assert_false(store_result_unseen(kit->store, r, first, last, &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_INVALID));
	assert_false(owed(kit));
}

static void
refused(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	BASE_AUTO(queue_page) page = NULL;
	BASE_AUTO(outbox_entry) e = NULL;

	task(kit, 3, "me", "requested");
	assert_true(store_result_seen(kit->store, r, "Seen.", NOW_MS, 0, NULL,
	    NULL, NULL));
	e = next(kit, NOW_MS);
	assert_true(store_outbox_sending(kit->store, e->id, NULL));
	assert_false(owed(kit));
	assert_true(store_outbox_failed(kit->store, e->id, "403", NULL));
	page = kit_queue(kit->store);
	assert_true(kit_row(page, "DiagnosticReport/r")->owed);
	assert_true(kit_row(page, "DiagnosticReport/r")->failed);
	assert_true(store_outbox_retry(kit->store, e->id, NULL));
	assert_false(owed(kit));
}

/* This machine's clock is half an hour behind the laboratory's. */
static void
clock_behind(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);

	report(kit, 2, "final", 30);
	assert_true(store_result_seen(kit->store, r, "Seen.", NOW_MS, 0, NULL,
	    NULL, NULL));
	assert_false(owed(kit));
	taken(kit, "a");
	assert_false(owed(kit));
}

static void
explained(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	struct draft_key key = { .report = r };
	struct patient_id p = store_patient_find(kit->store, "p");
	BASE_AUTO(outbox_entry) letter = NULL;

	task(kit, 3, "me", "requested");
	assert_true(store_draft_save(kit->store, key, p, "血脂 5.2 mmol/L 好",
	    0, NOW_MS, NULL));
	assert_true(store_send(kit->store, key, p, NULL, NOW_MS, NULL, NULL));
	assert_false(owed(kit));
	assert_int_equal(waiting(kit), 2);
	letter = next(kit, NOW_MS);
	assert_non_null(strstr(letter->bytes, "\"recipient\":[{\"reference\":"
	    "\"Patient/p\"}]"));
	taken(kit, "a");
	taken(kit, "t");
	assert_false(owed(kit));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM task WHERE"
	    " status='completed'"), 1);
}

static void
recalled(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	struct patient_id p = store_patient_find(kit->store, "p");
	BASE_AUTO(outbox_entry) task_entry = NULL;
	static const char *const days[] = { "", "soon", "2026-13-01",
		"2026-11", "2026-11-20T10:00:00Z" };

	for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
		assert_false(store_result_recall(kit->store, r, p, "来",
		    days[i], NOW_MS, NULL));
		assert_true(owed(kit));
		assert_int_equal(waiting(kit), 0);
	}
	assert_true(store_result_recall(kit->store, r, p, "请来复查",
	    "2026-11-20", NOW_MS, NULL));
	assert_false(owed(kit));
	assert_int_equal(waiting(kit), 2);
	taken(kit, "a");
	task_entry = next(kit, NOW_MS);
	assert_string_equal(task_entry->type, "Task");
	assert_non_null(strstr(task_entry->bytes, "\"end\":\"2026-11-20\""));
	assert_non_null(strstr(task_entry->bytes, "\"owner\":{\"reference\":"
	    "\"Patient/p\"}"));
	taken(kit, "u");
	assert_false(owed(kit));
	assert_null(next(kit, NOW_MS + HOUR_MS));
}

static void
asked_again(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	struct draft_key key = { .report = r };
	struct patient_id p = store_patient_find(kit->store, "p");
	BASE_AUTO(thread) thread = NULL;

	assert_true(store_send(kit->store, key, p, "好的", NOW_MS, NULL,
	    NULL));
	taken(kit, "a");
	assert_false(owed(kit));
	kit_put(kit->store, "{'resourceType':'Communication','id':'q',"
	    "'status':'completed','inResponseTo':[{'reference':"
	    "'Communication/a'}],'subject':{'reference':'Patient/p'},"
	    "'sender':{'reference':'Patient/p'},'recipient':[{'reference':"
	    "'Practitioner/me'}],'sent':'%s','payload':[{'contentString':"
	    "'为什么?'}]}", kit_time(20));
	assert_true(owed(kit));
	thread = store_report_thread(kit->store, r, 50, NULL);
	assert_int_equal(thread->n, 2);
	assert_int_equal(thread->messages[1].from, FROM_PATIENT);
	assert_true(store_send(kit->store, key, p, "因为", NOW_MS + HOUR_MS,
	    NULL, NULL));
	assert_false(owed(kit));
}

/* ---- quotations --------------------------------------------------------- */

static guint
quoted(struct kit *kit, struct draft_key key, const char *text)
{
	g_autoptr(GArray) facts = store_facts(kit->store, key, text, NULL);

	assert_non_null(facts);
	return facts->len;
}

#define HBA1C "糖化血红蛋白 7.20 % (2026-10-03)"

static void
quotations(void **state)
{
	struct kit *kit = *state;
	struct report_id r = standard(kit);
	struct draft_key key = { .report = r };
	struct patient_id p = store_patient_find(kit->store, "p");
	BASE_AUTO(outbox_entry) e = NULL;

	for (int i = 0; i < 2; i++)
		assert_true(store_fact_add(kit->store, key, "Observation/o",
		    HBA1C, NULL));
	assert_true(store_fact_add(kit->store, key, "Observation/edited",
	    "肌酐 88 µmol/L", NULL));
	assert_int_equal(quoted(kit, key, "您的" HBA1C ",好。"), 1);
	assert_int_equal(quoted(kit, key, "您的糖化血红蛋白 7.3 %"), 0);
	assert_true(store_draft_save(kit->store, key, p, "您的" HBA1C
	    " 和肌酐 89 µmol/L", 0, NOW_MS, NULL));
	assert_true(store_send(kit->store, key, p, NULL, NOW_MS, NULL, NULL));
	e = next(kit, NOW_MS);
	assert_non_null(strstr(e->bytes, "\"about\":[{\"reference\":"
	    "\"DiagnosticReport/r\"},{\"reference\":\"Observation/o\","
	    "\"display\":\"" HBA1C "\"}]"));
	assert_null(strstr(e->bytes, "Observation/edited"));
	assert_int_equal(quoted(kit, key, HBA1C), 0);
	/* Refused and taken back: it is known again. */
	assert_true(store_outbox_failed(kit->store, e->id, "no", NULL));
	assert_true(store_outbox_to_draft(kit->store, e->id, NULL));
	assert_true(owed(kit));
	assert_int_equal(quoted(kit, key, HBA1C), 1);
	assert_true(store_draft_drop(kit->store, key, NULL));
	assert_int_equal(quoted(kit, key, HBA1C), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(seen_by_message), KIT_TEST(seen_by_task),
		KIT_TEST(conflict), KIT_TEST(taken_back), KIT_TEST(refused),
		KIT_TEST(clock_behind), KIT_TEST(explained),
		KIT_TEST(recalled), KIT_TEST(asked_again),
		KIT_TEST(quotations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
