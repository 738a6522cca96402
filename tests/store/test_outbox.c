/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: a draft is bound to thread and patient and its damage is noticed; send
 * makes exact, R4-shaped bytes to the right people and drops the draft; order
 * within a thread, a refused one holding back the rest; what comes back joins
 * its entry once; a receipt is made anew after 412; a refused reply can be
 * retried or taken back; nothing of another patient is ever sent. */
#include "tests/store/kit.h"

static struct draft_key
consult_key(struct kit *kit, const char *id)
{
	return (struct draft_key){ .consult = store_consult_find(kit->store,
	    id) };
}

static struct patient_id
patient(struct kit *kit, const char *id)
{
	return store_patient_find(kit->store, id);
}

static void
standard(struct kit *kit)
{
	kit_me(kit->store);
	kit_patient(kit->store, "p", "张银兰");
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	kit_message(kit->store, "m", "h", "Patient/p", "Practitioner/me", -60,
	    "头晕");
}

static gboolean
save(struct kit *kit, const char *consult, const char *who, const char *text)
{
	return store_draft_save(kit->store, consult_key(kit, consult),
	    patient(kit, who), text, 3, NOW_MS, NULL);
}

static struct outbox_id
send_text(struct kit *kit, const char *text)
{
	struct outbox_id id = { 0 };

	assert_true(store_send(kit->store, consult_key(kit, "h"),
	    patient(kit, "p"), text, NOW_MS, &id, NULL));
	return id;
}

static struct outbox_entry *
next(struct kit *kit, int64_t now_ms, int64_t *wait)
{
	g_autoptr(GError) error = NULL;
	struct outbox_entry *entry = store_outbox_next(kit->store, now_ms,
	    wait, &error);

	assert_null(error);
	return entry;
}

/* The server's copy of an entry: its bytes with an id and a version. */
static char *
answer_of(const struct outbox_entry *entry, const char *id)
{
	return g_strdup_printf("{\"id\":\"%s\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"%s\"},%s", id, kit_time(1), entry->bytes + 1);
}

static void
draft_kept(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(draft) draft = NULL;
	BASE_AUTO(draft) none = NULL;
	BASE_AUTO(queue_page) page = NULL;

	standard(kit);
	assert_true(save(kit, "h", "p", "先别加药"));
	assert_true(save(kit, "h", "p", "先别加药。"));
	store_close(kit->store);
	kit_open(kit, STORE_SCREEN);
	draft = store_draft_load(kit->store, consult_key(kit, "h"), NULL);
	assert_string_equal(draft->text, "先别加药。");
	assert_int_equal(draft->caret, 3);
	assert_int_equal(draft->patient.n, patient(kit, "p").n);
	page = kit_queue(kit->store);
	assert_true(page->rows[0].draft);
	assert_true(store_draft_drop(kit->store, consult_key(kit, "h"), NULL));
	none = store_draft_load(kit->store, consult_key(kit, "h"), NULL);
	assert_null(none);
}

static void
draft_damage(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) sending = NULL;

	standard(kit);
	assert_true(save(kit, "h", "p", "5 mg qd"));
	kit_exec(kit->store, "UPDATE draft SET text = '50 mg qd'");
	assert_null(store_draft_load(kit->store, consult_key(kit, "h"),
	    &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_DAMAGED));
	assert_false(store_send(kit->store, consult_key(kit, "h"),
	    patient(kit, "p"), NULL, NOW_MS, NULL, &sending));
	assert_true(g_error_matches(sending, STORE_ERROR,
	    STORE_ERROR_DAMAGED));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM outbox"),
	    0);
}

static void
sent_bytes(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	BASE_AUTO(draft) draft = NULL;
	BASE_AUTO(thread) thread = NULL;
	BASE_AUTO(queue_page) page = NULL;
	struct outbox_counts counts;
	const fhir_node *root;

	standard(kit);
	assert_true(save(kit, "h", "p", "先别加药"));
	send_text(kit, NULL);
	draft = store_draft_load(kit->store, consult_key(kit, "h"), NULL);
	assert_null(draft);
	entry = next(kit, NOW_MS, NULL);
	assert_int_equal(entry->verb, OUTBOX_CREATE);
	assert_string_equal(entry->type, "Communication");
	assert_string_equal(entry->patient_ref, "Patient/p");
	assert_true(g_str_has_prefix(entry->identifier_value, "urn:uuid:"));
	doc = fhir_parse(entry->bytes, entry->len, NULL, NULL);
	root = fhir_root(doc);
	assert_string_equal(fhir_text(root, "partOf[0].reference"),
	    "Communication/h");
	assert_string_equal(fhir_text(root, "inResponseTo[0].reference"),
	    "Communication/m");
	assert_string_equal(fhir_text(root, "subject.reference"), "Patient/p");
	assert_string_equal(fhir_text(root, "sender.reference"),
	    "Practitioner/me");
	assert_int_equal(fhir_count(root, "recipient"), 1);
	assert_string_equal(fhir_text(root, "recipient[0].reference"),
	    "Patient/p");
	assert_string_equal(fhir_text(root, "payload[0].contentString"),
	    "先别加药");
	assert_string_equal(fhir_text(root, "identifier[0].value"),
	    entry->identifier_value);

	thread = kit_thread(kit->store, "h");
	assert_int_equal(thread->n, 2);
	assert_int_equal(thread->messages[1].state, MESSAGE_WAITING);
	assert_int_equal(thread->messages[1].outbox.n, entry->id.n);
	assert_int_equal(thread->messages[1].id.n, 0);
	assert_string_equal(thread->messages[1].text, "先别加药");
	/* Owed until the server has it. */
	page = kit_queue(kit->store);
	assert_true(page->rows[0].owed);
	assert_true(page->rows[0].unsent);
	assert_false(page->rows[0].draft);
	assert_true(store_outbox_counts(kit->store, &counts, NULL));
	assert_int_equal(counts.waiting, 1);
	assert_int_equal(counts.failed, 0);
}

static void
refused(struct kit *kit, const char *consult, const char *who,
    const char *text, enum store_error code)
{
	g_autoptr(GError) error = NULL;

	assert_false(store_send(kit->store, consult_key(kit, consult),
	    patient(kit, who), text, NOW_MS, NULL, &error));
	assert_true(g_error_matches(error, STORE_ERROR, (int)code));
}

static void
not_sent(void **state)
{
	struct kit *kit = *state;

	kit_patient(kit->store, "p", "甲");
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	refused(kit, "h", "p", "who am I", STORE_ERROR_INVALID);
	standard(kit);
	kit_patient(kit->store, "q", "乙");
	refused(kit, "h", "p", NULL, STORE_ERROR_NOTHING);
	refused(kit, "h", "p", " \n　", STORE_ERROR_NOTHING);
	refused(kit, "h", "q", "of another", STORE_ERROR_WRONG_PATIENT);
	assert_true(save(kit, "h", "q", "written beside q's chart"));
	refused(kit, "h", "p", NULL, STORE_ERROR_WRONG_PATIENT);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM outbox"),
	    0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM draft"), 1);
}

/* Text by hand clears only a draft that is a beginning of it. */
static void
text_and_draft(void **state)
{
	struct kit *kit = *state;

	standard(kit);
	assert_true(save(kit, "h", "p", "other words"));
	send_text(kit, "hello");
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM draft"), 1);
	assert_true(save(kit, "h", "p", "hel"));
	send_text(kit, "hello");
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM draft"), 0);
}

static void
order(void **state)
{
	struct kit *kit = *state;
	struct outbox_id first, second, other = { 0 };
	BASE_AUTO(outbox_entry) a = NULL;
	BASE_AUTO(outbox_entry) b = NULL;
	BASE_AUTO(outbox_entry) c = NULL;
	BASE_AUTO(thread) thread = NULL;
	int64_t wait;

	standard(kit);
	kit_header(kit->store, "h2", "p", "in-progress", "routine", "y", 1);
	first = send_text(kit, "one");
	second = send_text(kit, "two");
	assert_true(store_send(kit->store, consult_key(kit, "h2"),
	    patient(kit, "p"), "three", NOW_MS, &other, NULL));
	a = next(kit, NOW_MS, NULL);
	assert_int_equal(a->id.n, first.n);
	assert_true(store_outbox_again(kit->store, first, NOW_MS + 500, NULL));
	b = next(kit, NOW_MS, &wait);
	assert_int_equal(b->id.n, other.n);
	assert_true(store_outbox_sending(kit->store, other, NULL));
	assert_null(next(kit, NOW_MS, &wait));
	assert_int_equal(wait, 500);
	/* The refused one holds back those behind it. */
	assert_true(store_outbox_failed(kit->store, first, "403 no", NULL));
	assert_null(next(kit, NOW_MS + 1000, &wait));
	assert_int_equal(wait, -1);
	thread = kit_thread(kit->store, "h");
	assert_int_equal(thread->messages[1].state, MESSAGE_FAILED);
	assert_string_equal(thread->messages[1].reason, "403 no");
	assert_int_equal(thread->messages[2].state, MESSAGE_WAITING);
	assert_true(store_outbox_retry(kit->store, first, NULL));
	c = next(kit, NOW_MS, NULL);
	assert_int_equal(c->id.n, first.n);
	assert_true(second.n > first.n);
}

/* What was on the wire when the program died is there again, and known as such. */
static void
sending_survives(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) again = NULL;
	struct outbox_id id;

	standard(kit);
	id = send_text(kit, "one");
	assert_true(store_outbox_sending(kit->store, id, NULL));
	assert_null(next(kit, NOW_MS, NULL));
	store_close(kit->store);
	kit_open(kit, STORE_SYNC);
	again = next(kit, NOW_MS, NULL);
	assert_int_equal(again->id.n, id.n);
	assert_int_equal(again->state, OUTBOX_SENDING);
	assert_int_equal(again->attempts, 1);
}

static void
done(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;
	BASE_AUTO(thread) thread = NULL;
	BASE_AUTO(queue_page) page = NULL;
	g_autofree char *answer = NULL;
	struct store_doc doc;

	standard(kit);
	send_text(kit, "one");
	entry = next(kit, NOW_MS, NULL);
	assert_true(store_outbox_sending(kit->store, entry->id, NULL));
	answer = answer_of(entry, "s1");
	doc = (struct store_doc){ answer, strlen(answer) };
	assert_true(store_outbox_done(kit->store, entry->id, &doc, NULL));
	thread = kit_thread(kit->store, "h");
	assert_int_equal(thread->n, 2);
	assert_int_equal(thread->messages[1].state, MESSAGE_HERE);
	assert_int_equal(thread->messages[1].from, FROM_ME);
	assert_string_equal(thread->messages[1].ref, "Communication/s1");
	page = kit_queue(kit->store);
	assert_false(page->rows[0].owed);
	assert_false(page->rows[0].unsent);
	/* What the patient wrote, never shown here, is still unread. */
	assert_int_equal(page->rows[0].unread, 1);
	assert_null(next(kit, NOW_MS, NULL));
}

/* The socket brings it before the answer does: one message, entry done. */
static void
comes_back_first(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;
	BASE_AUTO(outbox_entry) now = NULL;
	BASE_AUTO(thread) thread = NULL;
	g_autofree char *answer = NULL;
	struct store_doc doc;

	standard(kit);
	send_text(kit, "one");
	entry = next(kit, NOW_MS, NULL);
	assert_true(store_outbox_sending(kit->store, entry->id, NULL));
	answer = answer_of(entry, "s1");
	kit_bytes(kit->store, answer, NULL);
	doc = (struct store_doc){ answer, strlen(answer) };
	now = store_outbox_get(kit->store, entry->id, NULL);
	assert_int_equal(now->state, OUTBOX_DONE);
	assert_true(store_outbox_done(kit->store, entry->id, &doc, NULL));
	thread = kit_thread(kit->store, "h");
	assert_int_equal(thread->n, 2);
	assert_int_equal(kit_sql(kit->store, "SELECT unread FROM queue"), 1);
}

static void
taken_back(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(draft) draft = NULL;
	struct outbox_id id;
	g_autoptr(GError) error = NULL;

	standard(kit);
	id = send_text(kit, "one");
	/* It may be on the wire: only what was refused is taken back. */
	assert_false(store_outbox_to_draft(kit->store, id, &error));
	assert_true(store_outbox_failed(kit->store, id, "422", NULL));
	assert_true(save(kit, "h", "p", "two"));
	assert_true(store_outbox_to_draft(kit->store, id, NULL));
	draft = store_draft_load(kit->store, consult_key(kit, "h"), NULL);
	assert_string_equal(draft->text, "one\ntwo");
	assert_null(next(kit, NOW_MS, NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT marks FROM queue"), 1);
}

static void
damaged_entry(void **state)
{
	struct kit *kit = *state;
	struct outbox_counts counts;

	standard(kit);
	send_text(kit, "5 mg");
	kit_exec(kit->store, "UPDATE outbox SET bytes ="
	    " replace(bytes, '5 mg', '50 mg')");
	assert_null(next(kit, NOW_MS, NULL));
	assert_true(store_outbox_counts(kit->store, &counts, NULL));
	assert_int_equal(counts.failed, 1);
	assert_int_equal(counts.waiting, 0);
}

static void
receipt(struct kit *kit)
{
	BASE_AUTO(thread) thread = NULL;

	standard(kit);
	thread = kit_thread(kit->store, "h");
	assert_true(store_read(kit->store, &thread->messages[0].id, 1, NOW_MS,
	    NULL));
}

static void
stale_receipt(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;
	BASE_AUTO(outbox_entry) again = NULL;
	const char *fresh = "{\"resourceType\":\"Communication\",\"id\":\"m\","
	    "\"meta\":{\"versionId\":\"7\",\"lastUpdated\":"
	    "\"2026-10-27T00:00:00Z\"},\"status\":\"completed\",\"x\":0.10,"
	    "\"partOf\":[{\"reference\":\"Communication/h\"}],\"payload\":"
	    "[{\"contentString\":\"头晕!\"}]}";
	struct store_doc doc = { fresh, strlen(fresh) };

	receipt(kit);
	entry = next(kit, NOW_MS, NULL);
	assert_true(store_outbox_sending(kit->store, entry->id, NULL));
	assert_true(store_outbox_rebase(kit->store, entry->id, &doc, NULL));
	again = next(kit, NOW_MS, NULL);
	assert_int_equal(again->id.n, entry->id.n);
	assert_string_equal(again->if_match, "7");
	assert_non_null(strstr(again->bytes, "\"x\":0.10"));
	assert_non_null(strstr(again->bytes, "\"received\""));
}

static void
receipt_said(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;
	const char *fresh = "{\"resourceType\":\"Communication\",\"id\":\"m\","
	    "\"meta\":{\"versionId\":\"7\",\"lastUpdated\":"
	    "\"2026-10-27T00:00:00Z\"},\"status\":\"completed\","
	    "\"received\":\"2026-10-27T00:00:00Z\","
	    "\"partOf\":[{\"reference\":\"Communication/h\"}],\"payload\":"
	    "[{\"contentString\":\"x\"}]}";
	struct store_doc doc = { fresh, strlen(fresh) };

	receipt(kit);
	entry = next(kit, NOW_MS, NULL);
	assert_true(store_outbox_rebase(kit->store, entry->id, &doc, NULL));
	assert_null(next(kit, NOW_MS, NULL));
}

/* A receipt that the server refuses holds back no words. */
static void
receipt_refused(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;
	BASE_AUTO(outbox_entry) reply = NULL;

	receipt(kit);
	entry = next(kit, NOW_MS, NULL);
	assert_true(store_outbox_failed(kit->store, entry->id, "403", NULL));
	send_text(kit, "one");
	reply = next(kit, NOW_MS, NULL);
	assert_int_equal(reply->verb, OUTBOX_CREATE);
}

static void
about_a_report(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;
	BASE_AUTO(thread) thread = NULL;
	BASE_AUTO(thread) after = NULL;
	struct draft_key key = { 0 };
	g_autofree char *answer = NULL;
	struct store_doc doc;

	standard(kit);
	kit_put(kit->store, "{'resourceType':'DiagnosticReport','id':'r',"
	    "'status':'final','code':{'text':'血脂'},'subject':{'reference':"
	    "'Patient/p'},'issued':'%s','resultsInterpreter':[{'reference':"
	    "'Practitioner/me'}]}", kit_time(-20));
	key.report = store_report_find(kit->store, "DiagnosticReport/r");
	assert_true(store_send(kit->store, key, patient(kit, "p"), "已阅",
	    NOW_MS, NULL, NULL));
	thread = store_report_thread(kit->store, key.report, 50, NULL);
	assert_string_equal(thread->complaint, "血脂");
	assert_int_equal(thread->n, 1);
	/* It has left the lane: what is queued is the answer. */
	assert_false(thread->owed);
	entry = next(kit, NOW_MS, NULL);
	assert_non_null(strstr(entry->bytes, "DiagnosticReport/r"));
	answer = answer_of(entry, "ack");
	doc = (struct store_doc){ answer, strlen(answer) };
	assert_true(store_outbox_done(kit->store, entry->id, &doc, NULL));
	after = store_report_thread(kit->store, key.report, 50, NULL);
	assert_false(after->owed);
	assert_int_equal(after->n, 1);
	assert_int_equal(after->messages[0].state, MESSAGE_HERE);
}

static void
loose_answer(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(outbox_entry) entry = NULL;

	kit_me(kit->store);
	kit_put(kit->store, "{'resourceType':'Communication','id':'l',"
	    "'status':'completed','sender':{'reference':'Patient/p'},"
	    "'recipient':[{'reference':'Practitioner/me'}],"
	    "'subject':{'reference':'Patient/p'},'sent':'%s',"
	    "'payload':[{'contentString':'one'}]}", kit_time(-5));
	assert_true(store_send(kit->store, consult_key(kit, "l"),
	    patient(kit, "p"), "two", NOW_MS, NULL, NULL));
	entry = next(kit, NOW_MS, NULL);
	assert_null(strstr(entry->bytes, "partOf"));
	assert_non_null(strstr(entry->bytes, "inResponseTo"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(draft_kept),
		KIT_TEST(draft_damage),
		KIT_TEST(sent_bytes),
		KIT_TEST(not_sent),
		KIT_TEST(text_and_draft),
		KIT_TEST(order),
		KIT_TEST(sending_survives),
		KIT_TEST(done),
		KIT_TEST(comes_back_first),
		KIT_TEST(taken_back),
		KIT_TEST(damaged_entry),
		KIT_TEST(stale_receipt),
		KIT_TEST(receipt_said),
		KIT_TEST(receipt_refused),
		KIT_TEST(about_a_report),
		KIT_TEST(loose_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
