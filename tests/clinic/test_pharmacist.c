/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the scripted pharmacist, on a clock of the test's own: who asks in
 * any of the accepted shapes is answered, after a believable time and once; an
 * approved order is dispensed and delivered, its bytes kept but for the status;
 * a rejected one stays as it was, with words; a withdrawal at any moment stops
 * what has not happened yet; and renewals and others' tasks are left alone.
 */
#include "tests/tap.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <unistd.h>

#include "clinic/pharmacist.h"

#define NOW_MS INT64_C(1795341600000)
#define CODE "http://hl7.org/fhir/CodeSystem/task-code"

struct room {
	struct clinic_db *db;
	struct clinic_pharmacist *ph;
	int64_t now_ms;
	int versions; /* written by the pharmacist */
};

static void
count(const struct clinic_row *row, void *user)
{
	struct room *r = user;

	r->versions++;
}

static void
room_open(struct room *r, enum pharmacist_mode mode)
{
	*r = (struct room){ .now_ms = NOW_MS };
	r->db = clinic_db_open(NULL, NULL);
	assert_non_null(r->db);
	r->ph = clinic_pharmacist_new(r->db, mode, 1, NOW_MS);
	clinic_on_write(r->db, count, r);
}

static void
room_close(struct room *r)
{
	clinic_pharmacist_free(r->ph);
	clinic_db_close(r->db);
}

static void
pass(struct room *r, int64_t s)
{
	int64_t end = r->now_ms + s * 1000, next;

	while ((next = clinic_pharmacist_tick(r->ph, r->now_ms)) <= end)
		r->now_ms = next;
	r->now_ms = end;
}

static void
put(struct room *r, const char *type, const char *id, const char *rest)
{
	g_autofree char *json = g_strdup_printf(
	    "{\"resourceType\":\"%s\",%s}", type, rest);

	if (!clinic_db_put(r->db, type, id, json, strlen(json), r->now_ms,
	    NULL, NULL))
		fail_msg("%s", json);
}

static char *
bytes(struct room *r, const char *type, const char *id)
{
	BASE_AUTO(clinic_row) row = clinic_db_get(r->db, type, id, NULL);

	return row && !row->deleted ? g_strdup(row->json) : g_strdup("");
}

/* "status", "owner.reference"; "" when absent. Owned. */
static char *
at(struct room *r, const char *type, const char *id, const char *path)
{
	g_autofree char *json = bytes(r, type, id);
	g_auto(GStrv) names = g_strsplit(path, ".", -1);
	json_t *tree = json_loads(json, 0, NULL), *v = tree;
	char *text;

	for (int i = 0; v && names[i]; i++)
		v = json_object_get(v, names[i]);
	text = g_strdup(json_is_string(v) ? json_string_value(v) : "");
	json_decref(tree);
	return text;
}

static void
must_be(struct room *r, const char *type, const char *id, const char *status)
{
	g_autofree char *now = at(r, type, id, "status");

	if (strcmp(now, status) != 0)
		fail_msg("%s/%s is %s, not %s", type, id, now, status);
}

#define GROUP(value) "\"groupIdentifier\":{\"system\":\"urn:g\",\"value\":\"" \
	value "\"}"
#define AMLODIPINE "QD0101"
#define WARFARIN "QD0189"

static void
order_put(struct room *r, const char *id, const char *group, const char *code,
    const char *status, const char *intent)
{
	g_autofree char *rest = g_strdup_printf("\"status\":\"%s\","
	    "\"intent\":\"%s\",\"medicationCodeableConcept\":{\"coding\":[{"
	    "\"system\":\"https://qingnang.example/drug\",\"code\":\"%s\"}]},"
	    "\"subject\":{\"reference\":\"Patient/p\"},\"groupIdentifier\":{"
	    "\"system\":\"urn:g\",\"value\":\"%s\"},\"dosageInstruction\":[{"
	    "\"text\":\"x\",\"doseAndRate\":[{\"doseQuantity\":{\"value\":0.50"
	    "}}]}],\"dispenseRequest\":{\"numberOfRepeatsAllowed\":0,"
	    "\"quantity\":{\"value\":28.0},\"expectedSupplyDuration\":{"
	    "\"value\":28}}", status, intent, code, group);

	put(r, "MedicationRequest", id, rest);
}

static void
draft_put(struct room *r, const char *id, const char *code)
{
	order_put(r, id, id, code, "draft", "order");
}

static void
review_put(struct room *r, const char *id, const char *order,
    const char *status)
{
	g_autofree char *rest = g_strdup_printf("\"status\":\"%s\","
	    "\"intent\":\"order\",\"code\":{\"coding\":[{\"system\":\"" CODE
	    "\",\"code\":\"fulfill\"}],\"text\":\"pharmacist review\"},"
	    "\"focus\":{\"reference\":\"MedicationRequest/%s\"},"
	    "\"performerType\":[{\"coding\":[{\"system\":"
	    "\"http://snomed.info/sct\",\"code\":\"46255001\"}]}]", status,
	    order);

	put(r, "Task", id, rest);
}

static void
test_approve_to_the_door(void **state)
{
	struct room r;
	g_autofree char *before = NULL, *after = NULL, *owner = NULL;
	g_autofree char *dispense = NULL, *way = NULL;

	room_open(&r, PHARMACIST_APPROVE);
	draft_put(&r, "o", AMLODIPINE);
	review_put(&r, "t", "o", "requested");
	before = bytes(&r, "MedicationRequest", "o");
	pass(&r, 14);
	must_be(&r, "Task", "t", "requested");
	pass(&r, 27);
	must_be(&r, "Task", "t", "completed");
	must_be(&r, "MedicationRequest", "o", "active");
	owner = at(&r, "Task", "t", "owner.reference");
	assert_string_equal(owner, "Practitioner/he-qingyue");
	/* Only the status is another, to the last byte. */
	after = bytes(&r, "MedicationRequest", "o");
	assert_string_equal(strstr(before, "\"intent\""),
	    strstr(after, "\"intent\""));
	pass(&r, 20);
	must_be(&r, "MedicationDispense", "o-ph", "preparation");
	pass(&r, 36);
	must_be(&r, "MedicationDispense", "o-ph", "completed");
	dispense = bytes(&r, "MedicationDispense", "o-ph");
	assert_non_null(strstr(dispense, "\"value\":0.50"));
	assert_non_null(strstr(dispense, "\"value\":28.0"));
	assert_non_null(strstr(dispense, "MedicationRequest/o"));
	assert_non_null(strstr(dispense, "whenHandedOver"));
	must_be(&r, "SupplyDelivery", "o-way", "in-progress");
	way = bytes(&r, "SupplyDelivery", "o-way");
	assert_non_null(strstr(way, "\"quantity\":{\"value\":28.0}"));
	must_be(&r, "MedicationRequest", "o", "active");
	pass(&r, 91);
	must_be(&r, "SupplyDelivery", "o-way", "completed");
	must_be(&r, "MedicationRequest", "o", "completed");
	assert_true(clinic_pharmacist_tick(r.ph, r.now_ms) == INT64_MAX);
	/* order and task; review: 2; dispense: 2; delivery: 2; order: 1 */
	assert_int_equal(r.versions, 2 + 2 + 2 + 2 + 1);
	room_close(&r);
}

static void
test_reject(void **state)
{
	struct room r;
	g_autofree char *words = NULL, *before = NULL, *after = NULL;

	room_open(&r, PHARMACIST_REJECT);
	draft_put(&r, "o", AMLODIPINE);
	before = bytes(&r, "MedicationRequest", "o");
	review_put(&r, "t", "o", "requested");
	pass(&r, 3600);
	must_be(&r, "Task", "t", "rejected");
	words = at(&r, "Task", "t", "statusReason.text");
	assert_true(strlen(words) > 30);
	after = bytes(&r, "MedicationRequest", "o");
	assert_string_equal(before, after);
	assert_int_equal(clinic_db_count(r.db, "MedicationDispense"), 0);
	/* Asked again, it is reviewed again. */
	review_put(&r, "t", "o", "requested");
	pass(&r, 41);
	must_be(&r, "Task", "t", "rejected");
	room_close(&r);
}

static void
test_slow(void **state)
{
	struct room r;

	room_open(&r, PHARMACIST_SLOW);
	draft_put(&r, "o", AMLODIPINE);
	review_put(&r, "t", "o", "requested");
	pass(&r, 3599);
	must_be(&r, "Task", "t", "requested");
	pass(&r, 3602);
	must_be(&r, "Task", "t", "completed");
	room_close(&r);
}

/* One of each fate, in the order that the manual promises. */
static void
test_mixed(void **state)
{
	static const struct { const char *task, *order, *dispense, *way; }
	want[] = {
		{ "completed", "completed", "completed", "completed" },
		{ "rejected", "draft", "", "" },
		{ "completed", "completed", "completed", "completed" },
		{ "completed", "completed", "completed", "completed" },
		{ "completed", "active", "completed", "abandoned" },
		{ "completed", "active", "declined", "" },
	};
	struct room r;

	room_open(&r, PHARMACIST_MIXED);
	for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
		g_autofree char *o = g_strdup_printf("o%zu", i);
		g_autofree char *t = g_strdup_printf("t%zu", i);

		draft_put(&r, o, AMLODIPINE);
		review_put(&r, t, o, "requested");
	}
	pass(&r, 10000);
	for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
		g_autofree char *o = g_strdup_printf("o%zu", i);
		g_autofree char *t = g_strdup_printf("t%zu", i);
		g_autofree char *d = g_strconcat(o, "-ph", NULL);
		g_autofree char *w = g_strconcat(o, "-way", NULL);

		must_be(&r, "Task", t, want[i].task);
		must_be(&r, "MedicationRequest", o, want[i].order);
		must_be(&r, "MedicationDispense", d, want[i].dispense);
		must_be(&r, "SupplyDelivery", w, want[i].way);
	}
	room_close(&r);
}

/* Each alone, for who waits for that one. */
static void
test_one_fate(void **state)
{
	static const struct { enum pharmacist_mode mode;
		const char *order, *dispense, *way; } want[] = {
		{ PHARMACIST_APPROVE, "completed", "completed", "completed" },
		{ PHARMACIST_REVIEW, "active", "", "" },
		{ PHARMACIST_LOSE, "active", "completed", "abandoned" },
		{ PHARMACIST_KEEP, "active", "declined", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
		struct room r;

		room_open(&r, want[i].mode);
		draft_put(&r, "o", AMLODIPINE);
		review_put(&r, "t", "o", "requested");
		pass(&r, 10000);
		must_be(&r, "Task", "t", "completed");
		must_be(&r, "MedicationRequest", "o", want[i].order);
		must_be(&r, "MedicationDispense", "o-ph", want[i].dispense);
		must_be(&r, "SupplyDelivery", "o-way", want[i].way);
		room_close(&r);
	}
}

/* Every shape of a request that is one, and those that are none. */
static void
test_shapes(void **state)
{
	static const struct { const char *task, *status; } shapes[] = {
		{ "\"code\":{\"coding\":[{\"system\":\"" CODE "\",\"code\":"
		    "\"fulfill\"}]},\"focus\":{\"reference\":"
		    "\"MedicationRequest/o\"}", "completed" },
		{ "\"code\":{\"coding\":[{\"code\":\"approve\"}]},\"focus\":{"
		    "\"reference\":\"MedicationRequest/o\"}", "completed" },
		{ "\"performerType\":[{\"coding\":[{\"code\":\"46255001\"}]}],"
		    GROUP("o"), "completed" },
		{ "\"owner\":{\"reference\":\"Practitioner/he-qingyue\"},"
		    "\"input\":[{\"type\":{\"text\":\"order\"},"
		    "\"valueReference\":{\"reference\":\"MedicationRequest/o\"}"
		    "}]", "completed" },
		{ "\"code\":{\"coding\":[{\"code\":\"approve\"}]},\"focus\":{"
		    "\"reference\":\"MedicationRequest/asked\"}", "requested" },
		{ "\"code\":{\"coding\":[{\"code\":\"fulfill\"}]},\"owner\":{"
		    "\"reference\":\"Practitioner/me\"},\"focus\":{"
		    "\"reference\":\"MedicationRequest/o\"}", "requested" },
		{ "\"code\":{\"coding\":[{\"code\":\"approve\"}]},"
		    "\"performerType\":[{\"coding\":[{\"code\":\"309343006\"}]}"
		    "],\"focus\":{\"reference\":\"MedicationRequest/o\"}",
		    "requested" },
		{ "\"focus\":{\"reference\":\"MedicationRequest/o\"}",
		    "requested" },
		{ "\"code\":{\"coding\":[{\"code\":\"fulfill\"}]},\"focus\":{"
		    "\"reference\":\"MedicationRequest/none\"}", "requested" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
		gboolean done = strcmp(shapes[i].status, "completed") == 0;
		g_autofree char *rest = g_strconcat("\"status\":\"requested\","
		    "\"intent\":\"order\",", shapes[i].task, NULL);
		struct room r;

		room_open(&r, PHARMACIST_APPROVE);
		draft_put(&r, "o", AMLODIPINE);
		order_put(&r, "asked", "asked", AMLODIPINE, "draft",
		    "proposal");
		put(&r, "Task", "t", rest);
		pass(&r, 125);
		print_message("shape %zu\n", i);
		must_be(&r, "Task", "t", shapes[i].status);
		must_be(&r, "MedicationRequest", "o",
		    done ? "active" : "draft");
		must_be(&r, "MedicationRequest", "asked", "draft");
		room_close(&r);
	}
}

/* All lines of a prescription, also when the Task names one. */
static void
test_whole_prescription(void **state)
{
	struct room r;

	room_open(&r, PHARMACIST_APPROVE);
	order_put(&r, "a", "g", AMLODIPINE, "draft", "order");
	order_put(&r, "b", "g", WARFARIN, "draft", "order");
	order_put(&r, "other", "h", AMLODIPINE, "draft", "order");
	review_put(&r, "t", "a", "requested");
	pass(&r, 41);
	must_be(&r, "MedicationRequest", "a", "active");
	must_be(&r, "MedicationRequest", "b", "active");
	must_be(&r, "MedicationRequest", "other", "draft");
	pass(&r, 3600);
	/* No courier carries warfarin. */
	must_be(&r, "SupplyDelivery", "a-way", "completed");
	must_be(&r, "MedicationDispense", "b-ph", "completed");
	must_be(&r, "SupplyDelivery", "b-way", "");
	room_close(&r);
}

static void
test_withdrawn_before_review(void **state)
{
	struct room r;

	room_open(&r, PHARMACIST_APPROVE);
	draft_put(&r, "o", AMLODIPINE);
	review_put(&r, "t", "o", "requested");
	pass(&r, 10);
	order_put(&r, "o", "o", AMLODIPINE, "cancelled", "order");
	review_put(&r, "t", "o", "cancelled");
	r.versions = 0;
	pass(&r, 3600);
	assert_int_equal(r.versions, 0);
	must_be(&r, "MedicationRequest", "o", "cancelled");
	/* The Task alone was forgotten: nothing to approve, it is told. */
	review_put(&r, "t2", "o", "requested");
	pass(&r, 3600);
	must_be(&r, "Task", "t2", "completed");
	must_be(&r, "MedicationRequest", "o", "cancelled");
	room_close(&r);
}

/* Stopped while the pharmacy prepares; with and without a word to it. */
static void
test_withdrawn_after(void **state)
{
	for (int told = 0; told < 2; told++) {
		struct room r;

		room_open(&r, PHARMACIST_APPROVE);
		draft_put(&r, "o", AMLODIPINE);
		review_put(&r, "t", "o", "requested");
		while (clinic_db_count(r.db, "MedicationDispense") == 0)
			pass(&r, 1);
		must_be(&r, "MedicationDispense", "o-ph", "preparation");
		order_put(&r, "o", "o", AMLODIPINE, "stopped", "order");
		if (told)
			review_put(&r, "told", "o", "requested");
		pass(&r, 3600);
		must_be(&r, "MedicationDispense", "o-ph", "stopped");
		must_be(&r, "SupplyDelivery", "o-way", "");
		must_be(&r, "MedicationRequest", "o", "stopped");
		must_be(&r, "Task", "told", told ? "completed" : "");
		room_close(&r);
	}
}

/* Closes the clinic, and opens it another day. */
static void
reopen(struct room *r, const char *path, enum pharmacist_mode mode)
{
	if (r->db)
		room_close(r);
	r->db = clinic_db_open(path, NULL);
	assert_non_null(r->db);
	r->ph = clinic_pharmacist_new(r->db, mode, 1, r->now_ms);
}

static void
test_taken_up_again(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-pharmacist-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "clinic.db", NULL);
	struct room r = { .now_ms = NOW_MS };

	reopen(&r, path, PHARMACIST_OFF);
	order_put(&r, "o", "g", AMLODIPINE, "draft", "order");
	order_put(&r, "o2", "g", AMLODIPINE, "draft", "order");
	review_put(&r, "t", "o", "requested");
	pass(&r, 3600);
	must_be(&r, "Task", "t", "requested");
	reopen(&r, path, PHARMACIST_APPROVE);
	pass(&r, 41);
	must_be(&r, "MedicationRequest", "o2", "active");
	while (clinic_db_count(r.db, "MedicationDispense") < 2)
		pass(&r, 1);
	reopen(&r, path, PHARMACIST_APPROVE);
	pass(&r, 3600);
	must_be(&r, "MedicationDispense", "o-ph", "completed");
	must_be(&r, "MedicationDispense", "o2-ph", "completed");
	room_close(&r);
	remove(path);
	rmdir(dir);
}

static void
test_pace(void **state)
{
	struct clinic_pharmacist *never;
	struct room r;

	r = (struct room){ .now_ms = NOW_MS };
	r.db = clinic_db_open(NULL, NULL);
	never = clinic_pharmacist_new(r.db, PHARMACIST_APPROVE, 0, NOW_MS);
	draft_put(&r, "o", AMLODIPINE);
	review_put(&r, "t", "o", "requested");
	assert_true(clinic_pharmacist_tick(never, NOW_MS + 86400000) ==
	    INT64_MAX);
	clinic_pharmacist_free(never);
	clinic_db_close(r.db);
	r.db = clinic_db_open(NULL, NULL);
	r.ph = clinic_pharmacist_new(r.db, PHARMACIST_APPROVE, 100, NOW_MS);
	draft_put(&r, "o", AMLODIPINE);
	review_put(&r, "t", "o", "requested");
	pass(&r, 2);
	must_be(&r, "Task", "t", "completed");
	room_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_approve_to_the_door),
		cmocka_unit_test(test_reject),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_one_fate),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_whole_prescription),
		cmocka_unit_test(test_withdrawn_before_review),
		cmocka_unit_test(test_withdrawn_after),
		cmocka_unit_test(test_taken_up_again),
		cmocka_unit_test(test_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
