/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the scripted patients, on a clock of the test's own: one answer to
 * each message of the doctor, after a believable time, fitting what was asked,
 * never the same twice, and an end; that they write anew, that new ones come,
 * that ordered tests are reported; and that who is dead or has closed is still.
 */
#include "tests/tap.h"

#include <jansson.h>

#include "clinic/patients_priv.h"

#define NOW_MS INT64_C(1795341600000)
#define ME "Practitioner/wu-kerong"

struct heard { GPtrArray *messages; int reports, patients, binaries; };

static void
hear(const struct clinic_row *row, void *user)
{
	struct heard *h = user;

	h->reports += strcmp(row->type, "DiagnosticReport") == 0;
	h->patients += strcmp(row->type, "Patient") == 0;
	h->binaries += strcmp(row->type, "Binary") == 0;
	if (strcmp(row->type, "Communication") == 0 &&
	    !strstr(row->json, "\"sender\":{\"reference\":\"" ME "\"}") &&
	    strstr(row->json, "\"payload\""))
		g_ptr_array_add(h->messages, json_loadb(row->json, row->len, 0,
		    NULL));
}

static void
decref(gpointer json)
{
	json_decref(json);
}

struct room {
	struct clinic_db *db;
	struct clinic_patients *patients;
	struct heard heard;
	int64_t now_ms;
	int written;
};

static void
room_open(struct room *r, double pace)
{
	struct clinic_seed_options seed = { .seed = 1, .patients = 12,
		.practitioner = ME, .now_ms = NOW_MS };
	struct clinic_patients_options options = { .seed = 1,
		.practitioner = ME, .pace = pace };

	*r = (struct room){ .now_ms = NOW_MS };
	r->db = clinic_db_open(NULL, NULL);
	assert_non_null(r->db);
	assert_true(clinic_seed(r->db, &seed, NULL));
	r->heard.messages = g_ptr_array_new_with_free_func(decref);
	clinic_on_write(r->db, hear, &r->heard);
	r->patients = clinic_patients_new(r->db, &options, NOW_MS);
}

static void
room_close(struct room *r)
{
	clinic_patients_free(r->patients);
	clinic_db_close(r->db);
	g_ptr_array_free(r->heard.messages, TRUE);
}

static void
doctor_writes(struct room *r, const char *thread, const char *words)
{
	g_autofree char *json = g_strdup_printf("{\"resourceType\":"
	    "\"Communication\",\"status\":\"completed\",\"partOf\":[{"
	    "\"reference\":\"Communication/%s\"}],\"subject\":{\"reference\":"
	    "\"Patient/pt0\"},\"sender\":{\"reference\":\"" ME "\"},"
	    "\"payload\":[{\"contentString\":\"%s\"}]}", thread, words);
	g_autofree char *id = g_strdup_printf("doctor%d", r->written++);

	assert_true(clinic_db_put(r->db, "Communication", id, json,
	    strlen(json), r->now_ms, NULL, NULL));
}

/* Lets time pass in steps as the clinic's loop does. */
static void
pass(struct room *r, int64_t ms)
{
	int64_t end = r->now_ms + ms, next;

	while ((next = clinic_patients_tick(r->patients, r->now_ms)) <= end)
		r->now_ms = next;
	r->now_ms = end;
}

static int
answers_in(struct room *r, const char *thread)
{
	int n = 0;

	for (guint i = 0; i < r->heard.messages->len; i++) {
		const json_t *m = g_ptr_array_index(r->heard.messages, i);
		const char *ref = json_string_value(json_object_get(
		    json_array_get(json_object_get(m, "partOf"), 0),
		    "reference"));

		n += json_object_get(m, "inResponseTo") &&
		    g_str_has_suffix(ref, thread);
	}
	return n;
}

static const char *
words_at(struct room *r, guint i)
{
	const json_t *m = g_ptr_array_index(r->heard.messages, i);

	return json_string_value(json_object_get(json_array_get(json_object_get(
	    m, "payload"), 0), "contentString"));
}

/* The newest answer in the thread. */
static const char *
last_answer(struct room *r, const char *thread)
{
	for (guint i = r->heard.messages->len; i-- > 0;) {
		const json_t *m = g_ptr_array_index(r->heard.messages, i);

		if (json_object_get(m, "inResponseTo") && strstr(
		    json_string_value(json_object_get(json_array_get(
		    json_object_get(m, "partOf"), 0), "reference")), thread))
			return words_at(r, i);
	}
	return "";
}

static void
test_one_answer_each(void **state)
{
	struct room r;

	room_open(&r, 1.0);
	doctor_writes(&r, "pt0-t1", "现在血压多少？");
	pass(&r, 19 * 1000);
	assert_int_equal(answers_in(&r, "pt0-t1"), 0);
	pass(&r, 72 * 1000);
	assert_int_equal(answers_in(&r, "pt0-t1"), 1);
	pass(&r, 600 * 1000);
	assert_int_equal(answers_in(&r, "pt0-t1"), 1);
	room_close(&r);
}

static void
test_pace(void **state)
{
	struct room r;

	room_open(&r, 10.0);
	doctor_writes(&r, "pt0-t1", "现在血压多少？");
	pass(&r, 9100);
	assert_int_equal(answers_in(&r, "pt0-t1"), 1);
	room_close(&r);
	room_open(&r, 0);
	doctor_writes(&r, "pt0-t1", "现在血压多少？");
	assert_true(clinic_patients_tick(r.patients, r.now_ms) == INT64_MAX);
	pass(&r, 3600 * 1000);
	assert_int_equal((int)r.heard.messages->len, 0);
	room_close(&r);
}

static void
test_answers_fit(void **state)
{
	static const struct { const char *asked, *thread, *one_of; } fit[] = {
		{ "这两天血压多少？", "pt0-t1", "/|血压计|胳膊" },
		{ "体温多少？", "pt8-t1", "36|37|发烧" },
		{ "晚上睡得怎么样？几点上床？", "pt5-t1", "小时|上床" },
		{ "What is your blood pressure today?", "pt6-t1",
		    "pulse|morning|monitor" },
		{ "对什么药过敏吗？", "pt3-t1", "病历|海鲜" },
	};
	struct room r;

	room_open(&r, 1.0);
	for (size_t i = 0; i < G_N_ELEMENTS(fit); i++)
		doctor_writes(&r, fit[i].thread, fit[i].asked);
	pass(&r, 91 * 1000);
	for (size_t i = 0; i < G_N_ELEMENTS(fit); i++) {
		const char *said = last_answer(&r, fit[i].thread);
		g_auto(GStrv) words = g_strsplit(fit[i].one_of, "|", -1);
		gboolean found = FALSE;

		for (char **w = words; *w; w++)
			found |= strstr(said, *w) != NULL;
		if (!found)
			fail_msg("%s → %s", fit[i].asked, said);
	}
	room_close(&r);
}

/* A child's mother writes, not the child. */
static void
test_kin_writes(void **state)
{
	struct room r;
	const json_t *m;

	room_open(&r, 1.0);
	doctor_writes(&r, "pt8-t1", "孩子今天咳得怎么样？");
	pass(&r, 91 * 1000);
	m = g_ptr_array_index(r.heard.messages, 0);
	assert_string_equal(json_string_value(json_object_get(json_object_get(m,
	    "sender"), "reference")), "RelatedPerson/pt8-kin");
	room_close(&r);
}

static void
test_never_twice_and_an_end(void **state)
{
	struct room r;
	g_autoptr(GHashTable) said = g_hash_table_new(g_str_hash, g_str_equal);
	int before;

	room_open(&r, 1.0);
	for (int i = 0; i < 20; i++) {
		doctor_writes(&r, "pt0-t1", "药怎么吃的？漏过吗？");
		pass(&r, 91 * 1000);
	}
	assert_in_range(answers_in(&r, "pt0-t1"), 3, TALK_CAP);
	for (guint i = 0; i < r.heard.messages->len; i++)
		if (!g_hash_table_add(said, (gpointer)words_at(&r, i)))
			fail_msg("twice: %s", words_at(&r, i));
	before = answers_in(&r, "pt0-t1");
	doctor_writes(&r, "pt0-t1", "好的。");
	pass(&r, 91 * 1000);
	assert_int_equal(answers_in(&r, "pt0-t1"), before);
	room_close(&r);
}

static void
test_farewell_ends(void **state)
{
	struct room r;

	room_open(&r, 1.0);
	doctor_writes(&r, "pt3-t1", "按时吃药，祝您早日康复。");
	pass(&r, 91 * 1000);
	assert_int_equal(answers_in(&r, "pt3-t1"), 1);
	doctor_writes(&r, "pt3-t1", "再见。");
	doctor_writes(&r, "pt3-t1", "记得按时吃药。");
	pass(&r, 91 * 1000);
	assert_int_equal(answers_in(&r, "pt3-t1"), 1);
	room_close(&r);
}

/* A read mark or a retraction is a new version, not a new message. */
static void
test_second_version_is_no_message(void **state)
{
	struct room r;

	room_open(&r, 1.0);
	doctor_writes(&r, "pt3-t1", "今天疼得怎么样？");
	r.written = 0;
	doctor_writes(&r, "pt3-t1", "今天疼得怎么样？");
	pass(&r, 91 * 1000);
	assert_int_equal(answers_in(&r, "pt3-t1"), 1);
	room_close(&r);
}

static void
test_closed_and_dead_are_still(void **state)
{
	struct room r;

	room_open(&r, 1.0);
	doctor_writes(&r, "pt11-t1", "您还好吗？");
	doctor_writes(&r, "pt0-t0", "药收到了吗？");
	doctor_writes(&r, "no-such-thread", "在吗？");
	pass(&r, 91 * 1000);
	assert_int_equal(answers_in(&r, "pt11-t1") + answers_in(&r, "pt0-t0") +
	    answers_in(&r, "no-such-thread"), 0);
	room_close(&r);
}

static void
test_picture(void **state)
{
	struct room r;
	const json_t *m, *file;

	room_open(&r, 1.0);
	doctor_writes(&r, "pt0-t1", "麻烦把血压计拍张照片发给我。");
	pass(&r, 91 * 1000);
	assert_int_equal(r.heard.binaries, 1);
	m = g_ptr_array_index(r.heard.messages, 0);
	file = json_object_get(json_array_get(json_object_get(m, "payload"), 1),
	    "contentAttachment");
	assert_string_equal(json_string_value(json_object_get(file,
	    "contentType")), "image/png");
	assert_true(g_str_has_prefix(json_string_value(json_object_get(file,
	    "url")), "Binary/"));
	room_close(&r);
}

/* The test that was ordered when the clinic opened, and one ordered now. */
static void
test_ordered_tests_are_reported(void **state)
{
	static const char order[] = "{\"resourceType\":\"ServiceRequest\","
	    "\"status\":\"active\",\"intent\":\"order\",\"code\":{\"text\":"
	    "\"血脂\"},\"subject\":{\"reference\":\"Patient/pt0\"},"
	    "\"requester\":{\"reference\":\"" ME "\"}}";
	struct room r;
	BASE_AUTO(clinic_row) done = NULL;

	room_open(&r, 1.0);
	assert_true(clinic_db_put(r.db, "ServiceRequest", "order1", order,
	    strlen(order), r.now_ms, NULL, NULL));
	pass(&r, 301 * 1000);
	assert_true(r.heard.reports >= 2);
	done = clinic_db_get(r.db, "ServiceRequest", "order1", NULL);
	assert_non_null(strstr(done->json, "\"status\":\"completed\""));
	room_close(&r);
}

/* In an hour of work patients write anew and new ones come; in an empty room
 * all falls still. */
static void
test_the_clinic_lives(void **state)
{
	struct room r;
	guint heard;
	int patients;

	room_open(&r, 1.0);
	for (int i = 0; i < 8; i++) {
		doctor_writes(&r, "pt0-t1", "好的。");
		pass(&r, 10 * SEED_MINUTE_MS);
	}
	assert_true(r.heard.patients >= 1);
	assert_true((int)r.heard.messages->len > answers_in(&r, "pt0-t1") + 3);
	pass(&r, 40 * SEED_MINUTE_MS);
	heard = r.heard.messages->len;
	patients = r.heard.patients;
	pass(&r, 600 * SEED_MINUTE_MS);
	assert_int_equal(r.heard.messages->len, heard);
	assert_int_equal(r.heard.patients, patients);
	room_close(&r);
}

/* A newcomer answers too, by the same rules. */
static void
test_newcomer_answers(void **state)
{
	struct room r;

	room_open(&r, 1.0);
	for (int i = 0; i < 40 && r.heard.patients == 0; i++) {
		doctor_writes(&r, "pt0-t1", "好的。");
		pass(&r, 10 * SEED_MINUTE_MS);
	}
	assert_true(r.heard.patients >= 1);
	doctor_writes(&r, "nw0-t1", "从什么时候开始的？");
	pass(&r, 91 * 1000);
	assert_int_equal(answers_in(&r, "nw0-t1"), 1);
	room_close(&r);
}

/* The tables: every topic can be answered in both languages, with a line that
 * needs no chart, and no line is longer than a message should be. */
static void
check_list(const char *const list[ANSWERS_MAX])
{
	gboolean plain = FALSE;

	assert_non_null(list[0]);
	for (int i = 0; i < ANSWERS_MAX && list[i]; i++) {
		assert_true(g_utf8_validate(list[i], -1, NULL));
		assert_true(strlen(list[i]) < 200);
		plain |= !strchr(list[i], '$');
	}
	assert_true(plain);
}

static void
test_tables(void **state)
{
	for (int i = 0; i <= answer_topics_count; i++) {
		const struct answer_topic *t = i < answer_topics_count
		    ? &answer_topics[i] : &answer_fallback;

		check_list(t->ask_zh);
		check_list(t->told_zh);
		check_list(t->ask_en);
		check_list(t->told_en);
	}
	assert_string_equal(answer_anew[answer_anew_count - 1].icd10, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_answer_each),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_answers_fit),
		cmocka_unit_test(test_kin_writes),
		cmocka_unit_test(test_never_twice_and_an_end),
		cmocka_unit_test(test_farewell_ends),
		cmocka_unit_test(test_second_version_is_no_message),
		cmocka_unit_test(test_closed_and_dead_are_still),
		cmocka_unit_test(test_picture),
		cmocka_unit_test(test_ordered_tests_are_reported),
		cmocka_unit_test(test_the_clinic_lives),
		cmocka_unit_test(test_newcomer_answers),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
