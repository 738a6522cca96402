/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: bytes stay as they came; only a newer version replaces; a bad document
 * is counted and stops nothing; a watermark moves with its page and never back;
 * what is referred to before it is here is filled when it comes; who is merged
 * and who is alike; a deleted resource takes what hung on it and stays away. */
#include "tests/store/kit.h"

static void
bytes_verbatim(void **state)
{
	struct kit *kit = *state;
	const char *doc = "{ \"resourceType\":\"Basic\",\n\t\"id\":\"b\","
	    "\"x\":0.10, \"x2\":1.0e+2}";
	g_autofree char *body = NULL;
	size_t len;

	kit_bytes(kit->store, doc, NULL);
	body = store_body(kit->store, "Basic", "b", &len, NULL);
	assert_int_equal(len, strlen(doc));
	assert_memory_equal(body, doc, len);
}

static struct store_ingested
versioned(struct kit *kit, const char *version, int minutes, const char *name)
{
	return kit_put(kit->store, "{'resourceType':'Patient','id':'p',"
	    "'meta':{'versionId':'%s','lastUpdated':'%s'},"
	    "'name':[{'text':'%s'}]}", version, kit_time(minutes), name);
}

static void
newer_wins(void **state)
{
	struct kit *kit = *state;
	g_autofree char *version = NULL;
	struct store_ingested got;

	got = versioned(kit, "zz", 10, "second");
	assert_int_equal(got.added, 1);
	got = versioned(kit, "aa", 5, "first, late");
	assert_int_equal(got.same, 1);
	assert_int_equal(got.updated, 0);
	got = versioned(kit, "zz", 10, "again");
	assert_int_equal(got.same, 1);
	got = versioned(kit, "mm", 10, "same stamp, later arrival");
	assert_int_equal(got.updated, 1);
	got = versioned(kit, "bb", 11, "third");
	assert_int_equal(got.updated, 1);
	version = store_version(kit->store, "Patient", "p");
	assert_string_equal(version, "bb");
	assert_null(store_version(kit->store, "Patient", "q"));
}

static void
bad_documents(void **state)
{
	struct kit *kit = *state;
	static const char *const bytes[] = { "<html>", ("{\"resourceType\":"
	    "\"Patient\",\"id\":\"ok\"}"), "{\"resourceType\":\"Patient\"}", "",
	    "{\"id\":\"x\"}", "[1]" };
	struct store_doc docs[G_N_ELEMENTS(bytes)];
	struct store_mark mark = { "scope", 1000 };
	struct store_ingested out;
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(bytes); i++)
		docs[i] = (struct store_doc){ bytes[i], strlen(bytes[i]) };
	assert_true(store_ingest(kit->store, docs, G_N_ELEMENTS(docs), &mark,
	    &out, &error));
	assert_int_equal(out.added, 1);
	assert_int_equal(out.refused, 5);
	assert_int_equal(out.patients->len, 1);
	store_ingested_clear(&out);
	assert_int_equal(store_watermark(kit->store, "scope"), 1000);
	mark.watermark_ms = 500;
	assert_true(store_ingest(kit->store, NULL, 0, &mark, NULL, NULL));
	assert_int_equal(store_watermark(kit->store, "scope"), 1000);
	assert_int_equal(store_watermark(kit->store, "other"), 0);
}

static void
message_before_header(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(queue_page) before = NULL;
	BASE_AUTO(queue_page) after = NULL;
	const struct queue_row *row;

	kit_me(kit->store);
	kit_message(kit->store, "m1", "h", "Patient/p", "Practitioner/me", -30,
	    "头晕");
	before = kit_queue(kit->store);
	row = kit_row(before, "Communication/h");
	assert_non_null(row);
	assert_null(row->complaint);
	assert_true(row->owed);

	kit_header(kit->store, "h", "p", "in-progress", "urgent", "高血压", 1);
	kit_patient(kit->store, "p", "张银兰");
	after = kit_queue(kit->store);
	assert_int_equal(after->n, 1);
	row = kit_row(after, "Communication/h");
	assert_string_equal(row->complaint, "高血压");
	assert_string_equal(row->patient.name, "张银兰");
	assert_int_equal(row->patient.flags, 0);
	assert_int_equal(row->priority, FHIR_URGENT);
	assert_int_equal(row->since_ms, NOW_MS - 30 * 60000);
	assert_int_equal(row->key, before->rows[0].key);
}

static void
patient_before_it_comes(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(queue_page) page = NULL;

	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	page = kit_queue(kit->store);
	assert_true(page->rows[0].patient.flags & PATIENT_UNKNOWN);
	assert_string_equal(page->rows[0].patient.fhir_id, "p");
	assert_null(page->rows[0].patient.name);
}

/* An answer to a loose message that is not here yet, then the message. */
static void
answer_before_loose(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(thread) thread = NULL;

	kit_put(kit->store, "{'resourceType':'Communication','id':'r',"
	    "'status':'completed','inResponseTo':[{'reference':"
	    "'Communication/l'}],'sender':{'reference':'Practitioner/x'},"
	    "'sent':'%s','payload':[{'contentString':'two'}]}", kit_time(-1));
	kit_put(kit->store, "{'resourceType':'Communication','id':'l',"
	    "'status':'completed','sender':{'reference':'Patient/p'},"
	    "'subject':{'reference':'Patient/p'},'sent':'%s',"
	    "'payload':[{'contentString':'one'}]}", kit_time(-5));
	thread = kit_thread(kit->store, "Communication/r");
	assert_string_equal(thread->ref, "Communication/l");
	assert_int_equal(thread->n, 2);
	assert_string_equal(thread->messages[0].text, "one");
	assert_string_equal(thread->messages[1].text, "two");
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM queue"), 1);
}

/* The answered message turns out to be of a thread: its answer moves there. */
static void
answer_moves(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(thread) thread = NULL;

	kit_put(kit->store, "{'resourceType':'Communication','id':'r',"
	    "'status':'completed','inResponseTo':[{'reference':"
	    "'Communication/m'}],'sender':{'reference':'Practitioner/x'},"
	    "'sent':'%s','payload':[{'contentString':'two'}]}", kit_time(-1));
	kit_message(kit->store, "m", "h", "Patient/p", "Practitioner/me", -5,
	    "one");
	thread = kit_thread(kit->store, "h");
	assert_int_equal(thread->n, 2);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM queue"), 1);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM consult"),
	    1);
}

static unsigned
flags_of(struct kit *kit, const char *id)
{
	BASE_AUTO(chart) chart = store_chart(kit->store,
	    store_patient_find(kit->store, id), NOW_MS, NULL);

	assert_non_null(chart);
	return chart->patient.flags;
}

static void
alike_and_merged(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart) chart = NULL;

	kit_patient(kit->store, "a", "李桂芳");
	assert_int_equal(flags_of(kit, "a"), 0);
	kit_patient(kit->store, "b", "李桂芳");
	assert_int_equal(flags_of(kit, "a"), PATIENT_ALIKE);
	assert_int_equal(flags_of(kit, "b"), PATIENT_ALIKE);

	/* b says that a replaced it: one person, no longer alike. */
	kit_put(kit->store, "{'resourceType':'Patient','id':'b',"
	    "'meta':{'versionId':'2','lastUpdated':'%s'},'active':false,"
	    "'name':[{'text':'李桂芳'}],'link':[{'type':'replaced-by',"
	    "'other':{'reference':'Patient/a'}}]}", kit_time(1));
	assert_int_equal(flags_of(kit, "a"), 0);
	assert_int_equal(flags_of(kit, "b"), PATIENT_MERGED | PATIENT_INACTIVE);

	kit_put(kit->store, "{'resourceType':'AllergyIntolerance','id':'al',"
	    "'patient':{'reference':'Patient/b'},'code':{'text':'青霉素'}}");
	chart = store_chart(kit->store, store_patient_find(kit->store, "a"),
	    NOW_MS, NULL);
	assert_int_equal(chart->n, 1);
	assert_string_equal(chart->entries[0].words, "青霉素");

	/* a's own word alone (replaces) marks one that says nothing. */
	kit_patient(kit->store, "c", "王");
	kit_put(kit->store, "{'resourceType':'Patient','id':'d','name':"
	    "[{'text':'王'}],'link':[{'type':'replaces','other':"
	    "{'reference':'Patient/c'}}]}");
	assert_int_equal(flags_of(kit, "c"), PATIENT_MERGED);
	assert_int_equal(flags_of(kit, "d"), 0);
}

static void
deceased(void **state)
{
	struct kit *kit = *state;

	kit_put(kit->store, "{'resourceType':'Patient','id':'a',"
	    "'deceasedBoolean':true}");
	kit_put(kit->store, "{'resourceType':'Patient','id':'b',"
	    "'deceasedDateTime':'2025-01-02'}");
	kit_put(kit->store, "{'resourceType':'Patient','id':'c',"
	    "'deceasedBoolean':false}");
	assert_int_equal(flags_of(kit, "a"), PATIENT_DECEASED);
	assert_int_equal(flags_of(kit, "b"), PATIENT_DECEASED);
	assert_int_equal(flags_of(kit, "c"), 0);
}

static void
gone(void **state)
{
	struct kit *kit = *state;

	kit_me(kit->store);
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	kit_message(kit->store, "m1", "h", "Patient/p", "Practitioner/me", -9,
	    "1");
	kit_message(kit->store, "m2", "h", "Patient/p", "Practitioner/me", -8,
	    "2");
	assert_true(store_gone(kit->store, "Communication", "m2", NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT unread FROM queue"), 1);
	assert_null(store_version(kit->store, "Communication", "m2"));
	assert_int_equal(kit_message(kit->store, "m2", "h", "Patient/p",
	    "Practitioner/me", -8, "2").same, 1);
	assert_true(store_gone(kit->store, "Communication", "h", NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM queue"), 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM message"),
	    0);
	assert_true(store_gone(kit->store, "Communication", "never", NULL));
}

static void
retention(void **state)
{
	struct kit *kit = *state;
	struct draft_key key = { 0 };
	int64_t later = NOW_MS + 91 * 24 * HOUR_MS;

	kit_me(kit->store);
	kit_patient(kit->store, "p", "甲");
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	kit_message(kit->store, "m", "h", "Patient/p", "Practitioner/me", -9,
	    "1");
	kit_patient(kit->store, "q", "乙");
	kit_header(kit->store, "g", "q", "in-progress", "routine", "x", 1);
	key.consult = store_consult_find(kit->store, "g");
	assert_true(store_draft_save(kit->store, key,
	    store_patient_find(kit->store, "q"), "draft", 5, NOW_MS, NULL));
	assert_int_equal(store_purge(kit->store, later, 90, NULL), 0);

	kit_header(kit->store, "h", "p", "completed", "routine", "x", 2);
	kit_header(kit->store, "g", "q", "completed", "routine", "x", 2);
	assert_int_equal(store_purge(kit->store, NOW_MS + HOUR_MS, 90, NULL),
	    0);
	/* q has a draft: it stays. */
	assert_int_equal(store_purge(kit->store, later, 90, NULL), 1);
	assert_int_equal(store_patient_find(kit->store, "p").n, 0);
	assert_null(store_body(kit->store, "Communication", "m", NULL, NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM message"),
	    0);
	assert_true(store_patient_find(kit->store, "q").n != 0);
	assert_true(store_draft_drop(kit->store, key, NULL));
	assert_int_equal(store_purge(kit->store, later, 90, NULL), 1);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM body"), 0);
	/* And what comes back is as if new. */
	kit_patient(kit->store, "p", "甲");
	assert_int_equal(flags_of(kit, "p"), 0);
}

/* Three patients leave my queue on three days: each goes 90 days after that, to
 * the millisecond, and takes no other along. */
static void
retention_by_days(void **state)
{
	static const char *const ids[] = { "a", "b", "c" };
	struct kit *kit = *state;
	int64_t day_ms = 24 * HOUR_MS;

	kit_me(kit->store);
	for (int i = 0; i < 3; i++) {
		kit_patient(kit->store, ids[i], ids[i]);
		kit_header(kit->store, ids[i], ids[i], "in-progress",
		    "routine", "x", 1);
		base_clock_fix(NOW_MS + i * day_ms);
		kit_header(kit->store, ids[i], ids[i], "completed", "routine",
		    "x", 2);
	}
	for (int i = 0; i < 3; i++) {
		int64_t due = NOW_MS + (90 + i) * day_ms;
		base_clock_fix(due);
		assert_int_equal(store_purge(kit->store, due - 1, 90, NULL),
		    0);
		assert_true(store_patient_find(kit->store, ids[i]).n != 0);
		assert_int_equal(store_purge(kit->store, due, 90, NULL), 1);
		assert_int_equal(store_patient_find(kit->store, ids[i]).n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(bytes_verbatim),
		KIT_TEST(newer_wins),
		KIT_TEST(bad_documents),
		KIT_TEST(message_before_header),
		KIT_TEST(patient_before_it_comes),
		KIT_TEST(answer_before_loose),
		KIT_TEST(answer_moves),
		KIT_TEST(alike_and_merged),
		KIT_TEST(deceased),
		KIT_TEST(gone),
		KIT_TEST(retention),
		KIT_TEST(retention_by_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
