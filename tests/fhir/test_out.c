/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what is written: the JSON writer leaves no empty value behind and escapes
 * what JSON must, and an edit changes the members it names and not another byte,
 * whatever stands around them.
 */
#include "tests/tap.h"
#include "fhir/fhir.h"

static void
test_empty(void **state)
{
	struct fhir_out *out = fhir_out_new();
	size_t len;

	fhir_out_text(out, "resourceType", "Task");
	fhir_out_text(out, "a", NULL);
	fhir_out_text(out, "b", "");
	fhir_out_open(out, "c", '{');
	fhir_out_open(out, "d", '[');
	fhir_out_open(out, NULL, '{');
	fhir_out_close(out);
	fhir_out_close(out);
	fhir_out_close(out);
	fhir_out_reference(out, "e", NULL, "words");
	fhir_out_number(out, "f", NULL);
	g_autofree char *bytes = fhir_out_finish(out, &len);
	assert_string_equal(bytes, "{\"resourceType\":\"Task\"}");
	assert_int_equal(len, strlen(bytes));
}

static void
test_values(void **state)
{
	struct fhir_out *out = fhir_out_new();
	size_t len;

	fhir_out_text(out, "resourceType", "Task");
	fhir_out_open(out, "list", '[');
	fhir_out_text(out, NULL, "\"\\\n\x01é");
	fhir_out_open(out, NULL, '{'); /* taken back, and its comma */
	fhir_out_close(out);
	fhir_out_int(out, NULL, -5);
	fhir_out_close(out);
	fhir_out_number(out, "n", "0.50");
	fhir_out_bool(out, "no", FALSE);
	fhir_out_raw(out, "raw", "[1.0]", 5);
	fhir_out_reference(out, "for", "Patient/p", NULL);
	g_autofree char *bytes = fhir_out_finish(out, &len);
	assert_string_equal(bytes, "{\"resourceType\":\"Task\",\"list\":["
	    "\"\\\"\\\\\\n\\u0001é\",-5],\"n\":0.50,\"no\":false,"
	    "\"raw\":[1.0],\"for\":{\"reference\":\"Patient/p\"}}");
	assert_int_equal(len, strlen(bytes));
}

/* ---- edits -------------------------------------------------------------- */

static const struct {
	const char *name, *before;
	struct fhir_change changes[3];
	size_t n;
	const char *after; /* NULL: refused */
} edits[] = {
	{ "a value", "{ \"a\" : 1.50 , \"b\":\"x\" }",
	    { { "b", "\"y\"", FALSE } }, 1, "{ \"a\" : 1.50 , \"b\":\"y\" }" },
	{ "a new member", "{\"a\":1}", { { "b", "{}", FALSE } }, 1,
	    "{\"a\":1,\"b\":{}}" },
	{ "into nothing", "{}", { { "b", "2", FALSE } }, 1, "{\"b\":2}" },
	{ "the first goes", "{\"a\":1, \"b\":2}", { { "a", NULL, FALSE } }, 1,
	    "{ \"b\":2}" },
	{ "the last goes", "{\"a\":1, \"b\":2}", { { "b", NULL, FALSE } }, 1,
	    "{\"a\":1}" },
	{ "the only one goes", "{\"a\":[1,{\"a\":2}]}", { { "a", NULL, FALSE } },
	    1, "{}" },
	{ "neighbours go", "{\"a\":1,\"b\":2,\"c\":3}", { { "a", NULL, FALSE },
	    { "b", NULL, FALSE } }, 2, "{\"c\":3}" },
	{ "the absent goes", "{\"a\":1}", { { "b", NULL, FALSE } }, 1,
	    "{\"a\":1}" },
	{ "one more element", "{\"a\":[1, 2 ]}", { { "a", "3", TRUE } }, 1,
	    "{\"a\":[1, 2 ,3]}" },
	{ "the first element", "{\"a\":[ ]}", { { "a", "3", TRUE } }, 1,
	    "{\"a\":[ 3]}" },
	{ "a new array", "{\"z\":0}", { { "a", "3", TRUE } }, 1,
	    "{\"z\":0,\"a\":[3]}" },
	{ "no array", "{\"a\":{}}", { { "a", "3", TRUE } }, 1, NULL },
	{ "of the root alone", "{\"in\":{\"a\":1},\"a\":2}",
	    { { "a", "3", FALSE } }, 1, "{\"in\":{\"a\":1},\"a\":3}" },
	{ "a text that looks so", "{\"t\":\"\\\"a\\\":1\",\"a\":2}",
	    { { "a", "3", FALSE } }, 1, "{\"t\":\"\\\"a\\\":1\",\"a\":3}" },
	{ "an escaped key", "{\"\\u0061\":2}", { { "a", "3", FALSE } }, 1,
	    "{\"\\u0061\":3}" },
	{ "set and go", "{\"a\":1,\"b\":2}", { { "a", NULL, FALSE },
	    { "c", "3", FALSE }, { "b", "4", FALSE } }, 3,
	    "{\"b\":4,\"c\":3}" },
	{ "no document", "{\"a\":1", { { "a", "3", FALSE } }, 1, NULL },
};

static void
test_edits(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
		size_t len = 0;
		g_autoptr(GError) error = NULL;
		g_autofree char *after = fhir_edit(edits[i].before,
		    strlen(edits[i].before), edits[i].changes, edits[i].n,
		    &len, &error);

		if (g_strcmp0(after, edits[i].after) != 0)
			print_message("# %s: %s\n", edits[i].name, after);
		assert_int_equal(error != NULL, edits[i].after == NULL);
		if (!edits[i].after) {
			assert_null(after);
			continue;
		}
		assert_string_equal(after, edits[i].after);
		assert_int_equal(len, strlen(after));
	}
}

/* Blanks alone change: a number keeps its text, a string its escapes. */
static void
test_pretty(void **state)
{
	static const char in[] = "{\"a\":[1.0,{},[]] ,\"b\":{\"c\":0.10},"
	    "\"d\":\"x{,\\\"y\\u202e\",\"e\":-1.50E+3}";
	static const char out[] = "{\n  \"a\": [\n    1.0,\n    {},\n    []\n  ],"
	    "\n  \"b\": {\n    \"c\": 0.10\n  },\n  \"d\": "
	    "\"x{,\\\"y\\u202e\",\n  \"e\": -1.50E+3\n}";
	size_t len;
	g_autofree char *pretty = fhir_pretty(in, strlen(in), &len);

	assert_string_equal(pretty, out);
	assert_int_equal(len, strlen(out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_pretty),
	};
	return cmocka_run_group_tests_name("what is written", tests, NULL,
	    NULL);
}
