/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what this client writes: a reply with exactly the fields it should
 * have, and an update of a server's resource in which every other byte is the
 * server's.
 */
#include "tests/tap.h"
#include "fhir/fhir.h"

#include <jansson.h>

static const char *const to_patient[] = { "Patient/p1", NULL };

static struct fhir_reply
sample_reply(void)
{
	return (struct fhir_reply){
		.consult_ref = "Communication/c1",
		.in_response_to = "Communication/m7",
		.subject_ref = "Patient/p1",
		.sender_ref = "Practitioner/d1",
		.recipient_refs = to_patient,
		.text = "先别加药。\n\"158/94\"",
		.identifier_system = "urn:ietf:rfc:3986",
		.identifier_value = "urn:uuid:0d5f4b7c",
		.sent_ms = 1790994660007,
	};
}

static void
test_reply(void **state)
{
	struct fhir_reply reply = sample_reply();
	size_t len;
	g_autofree char *bytes = fhir_build_reply(&reply, &len);

	assert_string_equal(bytes, "{\"resourceType\":\"Communication\","
	    "\"identifier\":[{\"system\":\"urn:ietf:rfc:3986\",\"value\":"
	    "\"urn:uuid:0d5f4b7c\"}],"
	    "\"partOf\":[{\"reference\":\"Communication/c1\"}],"
	    "\"inResponseTo\":[{\"reference\":\"Communication/m7\"}],"
	    "\"status\":\"completed\","
	    "\"subject\":{\"reference\":\"Patient/p1\"},"
	    "\"sent\":\"2026-10-03T02:31:00.007Z\","
	    "\"recipient\":[{\"reference\":\"Patient/p1\"}],"
	    "\"sender\":{\"reference\":\"Practitioner/d1\"},"
	    "\"payload\":[{\"contentString\":\"先别加药。\\n\\\"158/94\\\"\"}]}");
	assert_int_equal(len, strlen(bytes));
}

/* What is absent leaves no trace: FHIR knows no empty lists or nulls. */
static void
test_reply_least(void **state)
{
	struct fhir_reply reply = sample_reply();
	size_t len;

	reply.consult_ref = reply.in_response_to = reply.subject_ref = NULL;
	reply.recipient_refs = NULL;
	reply.about_ref = "DiagnosticReport/r1";
	g_autofree char *bytes = fhir_build_reply(&reply, &len);
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);
	const fhir_node *root = fhir_root(doc);

	assert_string_equal(fhir_text(root, "about.reference"),
	    "DiagnosticReport/r1");
	assert_null(fhir_get(root, "partOf"));
	assert_null(fhir_get(root, "inResponseTo"));
	assert_null(fhir_get(root, "subject"));
	assert_null(fhir_get(root, "recipient"));
	assert_null(strstr(bytes, "null"));
}

static void
test_reply_refused(void **state)
{
	static const char *const bad_to[] = { "Patient/p1", "p2", NULL };
	struct fhir_reply good = sample_reply(), bad[8];
	size_t len;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		bad[i] = good;
	bad[0].text = "";
	bad[1].text = "\xff";
	bad[2].text = NULL;
	bad[3].sender_ref = NULL;
	bad[4].consult_ref = "#c1";
	bad[5].recipient_refs = bad_to;
	bad[6].identifier_value = NULL;
	bad[7].sent_ms = G_MAXINT64;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		if (fhir_build_reply(&bad[i], &len))
			fail_msg("reply %zu was built", i);
}

#define AT "\"2026-10-03T02:31:00.007Z\""

/* Before, after. */
static const struct { const char *before, *after; } updates[] = {
	{ "{\"resourceType\":\"Communication\",\"id\":\"m\"}",
	  "{\"resourceType\":\"Communication\",\"id\":\"m\",\"received\":" AT
	  "}" },
	{ "{\"received\":\"2020\",\"resourceType\":\"Communication\"}",
	  "{\"received\":" AT ",\"resourceType\":\"Communication\"}" },
	/* another object's "received", blanks, decimals, unknown fields */
	{ " {\n  \"resourceType\" : \"Communication\",\n  \"x\":{\"received\":"
	  "\"2020\"},\n  \"price\": 0.10,\n  \"note\":\"\\u4e2d\\/\"\n}\n",
	  " {\n  \"resourceType\" : \"Communication\",\n  \"x\":{\"received\":"
	  "\"2020\"},\n  \"price\": 0.10,\n  \"note\":\"\\u4e2d\\/\"\n"
	  ",\"received\":" AT "}\n" },
	{ "{\"resourceType\":\"Communication\", \"received\" : \"2020\" ,"
	  "\"_received\":{\"id\":\"a\"},\"n\":[1E-2,-0]}",
	  "{\"resourceType\":\"Communication\", \"received\" : " AT " ,"
	  "\"_received\":{\"id\":\"a\"},\"n\":[1E-2,-0]}" },
	{ "{\"resourceType\":\"Communication\",\"rec\\u0065ived\":\"2020\"}",
	  "{\"resourceType\":\"Communication\",\"rec\\u0065ived\":" AT "}" },
};

static void
test_received(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(updates); i++) {
		g_autoptr(GError) error = NULL;
		size_t len = 0;
		g_autofree char *out = fhir_set_received(updates[i].before,
		    strlen(updates[i].before), 1790994660007, &len, &error);

		assert_non_null(out);
		assert_int_equal(len, strlen(out));
		assert_string_equal(out, updates[i].after);
		assert_true(fhir_check(out, len, NULL, NULL));
	}
}

static void
test_received_refused(void **state)
{
	static const struct { const char *text; int error; } cases[] = {
		{ "{\"resourceType\":\"Task\"}", FHIR_ERROR_NOT_FHIR },
		{ "{}", FHIR_ERROR_NOT_FHIR },
		{ "{\"resourceType\":\"Communication\",\"received\":7}",
			FHIR_ERROR_NOT_FHIR },
		{ "{\"resourceType\":\"Communication\",\"received\":{}}",
			FHIR_ERROR_NOT_FHIR },
		{ "{\"resourceType\":\"Communication\"", FHIR_ERROR_SYNTAX },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		size_t len;

		assert_null(fhir_set_received(cases[i].text,
		    strlen(cases[i].text), 0, &len, &error));
		assert_int_equal(error->code, cases[i].error);
	}
}

/* An independent reader sees one field added and nothing else. */
static void
test_received_by_jansson(void **state)
{
	static const char text[] = "{\"resourceType\":\"Communication\","
	    "\"extension\":[{\"url\":\"x\",\"valueDecimal\":1.10}],"
	    "\"zzz\":{\"deep\":[[{}]]},\"payload\":[{\"contentString\":\"中\"}]}";
	size_t len;
	g_autofree char *out = fhir_set_received(text, sizeof(text) - 1, 0,
	    &len, NULL);
	json_t *before = json_loads(text, 0, NULL);
	json_t *after = json_loads(out, 0, NULL);

	assert_string_equal(json_string_value(json_object_get(after,
	    "received")), "1970-01-01T00:00:00.000Z");
	json_object_del(after, "received");
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_reply_least),
		cmocka_unit_test(test_reply_refused),
		cmocka_unit_test(test_received),
		cmocka_unit_test(test_received_refused),
		cmocka_unit_test(test_received_by_jansson),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
