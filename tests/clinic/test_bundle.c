/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: a batch answers entry by entry; a transaction is done whole or not at
 * all, rewrites urn:uuid references, and honours its conditions. */
#include "tests/clinic/client.h"

static struct clinic_proc *clinic, *medplum;

static int
start(void **state)
{
	clinic = clinic_start("--dialect", "backport", NULL);
	medplum = clinic_start(NULL);
	return 0;
}

static int
stop(void **state)
{
	clinic_stop(clinic);
	clinic_stop(medplum);
	return 0;
}

static int64_t
count(struct clinic_proc *c, const char *type)
{
	g_autofree char *path = g_strconcat(type, "?_summary=count", NULL);
	struct reply *r = ask(c, "GET", path, NULL, NULL);
	int64_t n = json_integer_value(dig(r->json, "total"));

	assert_int_equal(r->status, 200);
	reply_free(r);
	return n;
}

static struct reply *
post(struct clinic_proc *c, const char *type, const char *entries)
{
	g_autofree char *body = g_strdup_printf("{\"resourceType\":\"Bundle\","
	    "\"type\":\"%s\",\"entry\":[%s]}", type, entries);

	return ask(c, "POST", "/fhir", NULL, body);
}

#define TASK(id, more) "{\"resourceType\":\"Task\",\"id\":\"" id "\"," \
	"\"status\":\"requested\",\"intent\":\"order\"" more "}"
#define PUT_TASK(id, more) "{\"resource\":" TASK(id, more) ",\"request\":{" \
	"\"method\":\"PUT\",\"url\":\"Task/" id "\"}}"

static void
test_batch(void **state)
{
	struct reply *r = post(clinic, "batch", PUT_TASK("b1", "") ","
	    "{\"request\":{\"method\":\"GET\",\"url\":\"Task/none\"}},"
	    "{\"request\":{\"method\":\"GET\",\"url\":\"Task?_id=b1\"}},"
	    "{\"request\":{\"method\":\"POST\",\"url\":\"Task\"},\"resource\":"
	    "{\"resourceType\":\"Task\"}},"
	    "{\"request\":{\"method\":\"DELETE\",\"url\":\"Task/b1\"}}");

	assert_int_equal(r->status, 200);
	assert_string_equal(dig_text(r->json, "type"), "batch-response");
	assert_string_equal(dig_text(r->json, "entry.0.response.status"),
	    "201");
	assert_string_equal(dig_text(r->json, "entry.0.response.etag"),
	    "W/\"1\"");
	assert_string_equal(dig_text(r->json, "entry.1.response.status"),
	    "404");
	assert_string_equal(dig_text(r->json,
	    "entry.1.response.outcome.issue.0.code"), "not-found");
	assert_string_equal(dig_text(r->json,
	    "entry.2.resource.entry.0.resource.id"), "b1");
	assert_string_equal(dig_text(r->json, "entry.3.response.status"),
	    "422");
	assert_string_equal(dig_text(r->json, "entry.4.response.status"),
	    "204");
	reply_free(r);
}

static void
test_references_are_rewritten(void **state)
{
	struct reply *r = post(clinic, "transaction",
	    "{\"fullUrl\":\"urn:uuid:aaa\",\"request\":{\"method\":\"POST\","
	    "\"url\":\"Provenance\"},\"resource\":{\"resourceType\":"
	    "\"Provenance\",\"recorded\":\"2026-01-01T00:00:00Z\",\"target\":[{"
	    "\"reference\":\"urn:uuid:bbb\"}],\"agent\":[{\"who\":{\"display\":"
	    "\"urn:uuid:ccc\"}}],\"x\":0.10}},"
	    "{\"fullUrl\":\"urn:uuid:bbb\",\"request\":{\"method\":\"POST\","
	    "\"url\":\"Patient\"},\"resource\":{\"resourceType\":\"Patient\"}}");
	g_autofree char *want = NULL;

	assert_int_equal(r->status, 200);
	assert_string_equal(dig_text(r->json, "type"), "transaction-response");
	want = g_strconcat("Patient/", dig_text(r->json,
	    "entry.1.resource.id"), NULL);
	assert_string_equal(dig_text(r->json,
	    "entry.0.resource.target.0.reference"), want);
	assert_string_equal(dig_text(r->json,
	    "entry.0.resource.agent.0.who.display"), "urn:uuid:ccc");
	assert_non_null(strstr(r->body->str, "\"x\":0.10"));
	expect(clinic, 200, "GET", want, NULL, NULL);
	reply_free(r);
}

static void
test_all_or_nothing(void **state)
{
	int64_t tasks = count(clinic, "Task"), flags = count(clinic, "Flag");
	struct reply *r = post(clinic, "transaction",
	    PUT_TASK("t1", "") ",{\"request\":{\"method\":\"POST\",\"url\":"
	    "\"Flag\"},\"resource\":{\"resourceType\":\"Flag\"}}");

	assert_int_equal(r->status, 422);
	assert_string_equal(dig_text(r->json, "resourceType"),
	    "OperationOutcome");
	reply_free(r);
	assert_int_equal(count(clinic, "Task"), tasks);
	assert_int_equal(count(clinic, "Flag"), flags);
	expect(clinic, 404, "GET", "Task/t1", NULL, NULL);
	expect(clinic, 404, "GET", "Task/t1/_history", NULL, NULL);
}

/* A renewal's transaction: the second doctor's whole bundle fails. */
static void
test_if_match_guards_the_whole(void **state)
{
	static const char *const entries = "{\"resource\":" TASK("g1",
	    ",\"owner\":{\"reference\":\"Practitioner/a\"}") ",\"request\":{"
	    "\"method\":\"PUT\",\"url\":\"Task/g1\",\"ifMatch\":\"W/\\\"1\\\"\""
	    "}},{\"request\":{\"method\":\"POST\",\"url\":\"Basic\"},"
	    "\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}"
	    "}}";
	struct reply *r;

	expect(clinic, 201, "PUT", "Task/g1", NULL, TASK("g1", ""));
	r = post(clinic, "transaction", entries);
	assert_int_equal(r->status, 200);
	reply_free(r);
	r = post(clinic, "transaction", entries);
	assert_int_equal(r->status, 412);
	reply_free(r);
	assert_int_equal(count(clinic, "Basic"), 1);
}

#define BASIC(value) "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}," \
	"\"identifier\":[{\"system\":\"urn:b\",\"value\":\"" value "\"}]}"
#define POST_BASIC(urn, value) "{\"fullUrl\":\"" urn "\",\"resource\":" \
	BASIC(value) ",\"request\":{\"method\":\"POST\",\"url\":\"Basic\"," \
	"\"ifNoneExist\":\"identifier=urn:b|" value "\"}}"

static void
test_if_none_exist_and_names(void **state)
{
	static const char *const entries = POST_BASIC("urn:uuid:1", "v") ","
	    PUT_TASK("n1", ",\"focus\":{\"reference\":\"urn:uuid:1\"}");
	struct reply *r = post(clinic, "transaction", entries);
	g_autofree char *focus = g_strdup(dig_text(r->json,
	    "entry.1.resource.focus.reference"));

	assert_string_equal(dig_text(r->json, "entry.0.response.status"),
	    "201");
	reply_free(r);
	r = post(clinic, "transaction", entries);
	assert_string_equal(dig_text(r->json, "entry.0.response.status"),
	    "200");
	assert_string_equal(dig_text(r->json,
	    "entry.1.resource.focus.reference"), focus);
	reply_free(r);
	r = post(clinic, "transaction", POST_BASIC("urn:uuid:1", "w") ","
	    POST_BASIC("urn:uuid:2", "w"));
	assert_int_equal(r->status, 400);
	reply_free(r);
}

static void
test_refused(void **state)
{
	static const char *const v[] = {
		"{\"request\":{\"method\":\"POST\"}}", "{}",
		"{\"request\":{\"method\":\"BREW\",\"url\":\"Task\"}}",
		"{\"request\":{\"method\":\"POST\",\"url\":\"Task\"},"
		"\"resource\":1}",
		"{\"request\":{\"method\":\"POST\",\"url\":\"Task\"}}",
		"{\"request\":{\"method\":\"POST\",\"url\":\"\"},\"resource\":{"
		"\"resourceType\":\"Bundle\",\"type\":\"batch\"}}",
		PUT_TASK("d1", "") "," PUT_TASK("d1", ""),
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++) {
		struct reply *r = post(clinic, "transaction", v[i]);
		if (r->status != 400)
			print_message("%s\n", v[i]);
		assert_int_equal(r->status, 400);
		reply_free(r);
	}
	expect(clinic, 400, "POST", "/fhir", NULL,
	    "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}");
	expect(clinic, 400, "POST", "/fhir", NULL,
	    "{\"resourceType\":\"Patient\"}");
	expect(clinic, 200, "POST", "/fhir", NULL,
	    "{\"resourceType\":\"Bundle\",\"type\":\"batch\"}");
}

/* Nine entries, one of them conditional: Medplum refuses, others do not. */
static void
test_medplum_limits(void **state)
{
	g_autoptr(GString) nine = g_string_new(POST_BASIC("urn:uuid:1", "m"));
	struct reply *r;
	int i;

	for (i = 0; i < 8; i++)
		g_string_append_printf(nine, ",{\"request\":{\"method\":"
		    "\"POST\",\"url\":\"Patient\"},\"resource\":{"
		    "\"resourceType\":\"Patient\"}}");
	r = post(medplum, "transaction", nine->str);
	assert_int_equal(r->status, 400);
	reply_free(r);
	r = post(clinic, "transaction", nine->str);
	assert_int_equal(r->status, 200);
	reply_free(r);
	r = post(medplum, "transaction", POST_BASIC("urn:uuid:1", "m"));
	assert_null(dig(r->json, "entry.0.response.etag"));
	assert_non_null(dig(r->json, "entry.0.resource.meta.versionId"));
	reply_free(r);
}

#define UUID "urn:uuid:5b0f6c1e-93b5-4c5a-8f7b-000000000001"
#define OTHER "urn:uuid:5b0f6c1e-93b5-4c5a-8f7b-000000000002"
/* A Basic whose identifier is value, in an entry named full. */
#define NAMED(full, value) "{\"fullUrl\":\"" full "\",\"resource\":{" \
	"\"resourceType\":\"Basic\",\"code\":{\"text\":\"see " full "\"}," \
	"\"identifier\":[{\"system\":\"urn:i\",\"value\":\"" value "\"}]," \
	"\"subject\":{\"reference\":\"" full "\"}},\"request\":{\"method\":" \
	"\"POST\",\"url\":\"Basic\",\"ifNoneExist\":\"identifier=urn:i|" value \
	"\"}}"

/* By R4 links are replaced; Medplum replaces the name of an entry in every
 * string, so that an identifier of the same UUID is lost. */
static void
test_what_is_rewritten(void **state)
{
	struct reply *r = post(clinic, "transaction", NAMED(UUID, UUID));
	const char *id;

	assert_int_equal(r->status, 200);
	assert_string_equal(dig_text(r->json,
	    "entry.0.resource.identifier.0.value"), UUID);
	assert_string_equal(dig_text(r->json, "entry.0.resource.code.text"),
	    "see " UUID);
	assert_non_null(strstr(dig_text(r->json,
	    "entry.0.resource.subject.reference"), "Basic/"));
	reply_free(r);
	r = post(medplum, "transaction", NAMED(UUID, UUID));
	assert_int_equal(r->status, 200);
	id = dig_text(r->json, "entry.0.resource.identifier.0.value");
	assert_true(g_str_has_prefix(id, "Basic/"));
	assert_true(g_str_has_prefix(dig_text(r->json,
	    "entry.0.resource.code.text"), "see Basic/"));
	reply_free(r);
	/* Again: it is not found, and there are two. */
	r = post(medplum, "transaction", NAMED(UUID, UUID));
	assert_string_equal(dig_text(r->json, "entry.0.response.status"),
	    "201");
	reply_free(r);
	/* With names of their own all is well. */
	r = post(medplum, "transaction", NAMED(UUID, OTHER));
	assert_string_equal(dig_text(r->json,
	    "entry.0.resource.identifier.0.value"), OTHER);
	reply_free(r);
	r = post(medplum, "transaction", NAMED(UUID, OTHER));
	assert_string_equal(dig_text(r->json, "entry.0.response.status"),
	    "200");
	reply_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_references_are_rewritten),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_if_match_guards_the_whole),
		cmocka_unit_test(test_if_none_exist_and_names),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_medplum_limits),
		cmocka_unit_test(test_what_is_rewritten),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
