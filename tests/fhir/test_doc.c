/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that paths find what they name and nothing else, and that a document
 * read and written comes back the same: every decimal as the text it was, every
 * unknown field, in its order. jansson reads both and finds them equal. A long
 * array is walked in linear time.
 */
#include "tests/tap.h"
#include "fhir/fhir.h"

#include <jansson.h>

static struct fhir_doc *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct fhir_doc *doc = fhir_parse(text, strlen(text), NULL, &error);

	if (!doc)
		fail_msg("%s: %s", text, error->message);
	return doc;
}

static const char chart[] = "{\"resourceType\":\"Patient\",\"active\":true,"
    "\"deceasedBoolean\":false,\"n\":0.10,\"name\":[{\"family\":\"张\","
    "\"given\":[\"银\",\"兰\"]},{\"family\":\"Zhang\"}],\"empty\":[],"
    "\"note\":\"a\\n\\\"b\\\"\\u4e2d\",\"none\":null,"
    "\"code\":{\"coding\":[{\"display\":\"x\"},{\"display\":\"y\"}]},"
    "\"names\":\"not name\",\"k\\u0065y\":\"escaped\"}";

static void
test_paths(void **state)
{
	static const struct { const char *path, *text; } cases[] = {
		{ "resourceType", "Patient" },
		{ "name.family", "张" },
		{ "name[0].family", "张" },
		{ "name[1].family", "Zhang" },
		{ "name[2].family", NULL },
		{ "name.given[0]", "银" },
		{ "name.given[1]", "兰" },
		{ "name.given", NULL },
		{ "name.given.x", NULL },
		{ "code.coding[1].display", "y" },
		{ "code.coding.display", "x" },
		{ "note", "a\n\"b\"中" },
		{ "names", "not name" },
		{ "nam", NULL },
		{ "key", "escaped" },
		{ "active", NULL },
		{ "n", NULL },
		{ "none", NULL },
		{ "empty.x", NULL },
		{ "empty[0]", NULL },
		{ "resourceType.x", NULL },
		{ "resourceType[0]", NULL },
		{ "code[0].coding", NULL },
		{ "", NULL },
	};
	BASE_AUTO(fhir_doc) doc = parse(chart);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *text = fhir_text(fhir_root(doc), cases[i].path);

		if (g_strcmp0(text, cases[i].text) != 0)
			fail_msg("%s: %s", cases[i].path, text);
	}
}

static void
test_kinds(void **state)
{
	BASE_AUTO(fhir_doc) doc = parse(chart);
	const fhir_node *root = fhir_root(doc);

	assert_string_equal(fhir_number(root, "n"), "0.10");
	assert_null(fhir_number(root, "note"));
	assert_int_equal(fhir_bool(root, "active"), 1);
	assert_int_equal(fhir_bool(root, "deceasedBoolean"), 0);
	assert_int_equal(fhir_bool(root, "n"), -1);
	assert_int_equal(fhir_bool(root, "absent"), -1);
	assert_int_equal(fhir_count(root, "name"), 2);
	assert_int_equal(fhir_count(root, "name.given"), 2);
	assert_int_equal(fhir_count(root, "empty"), 0);
	assert_int_equal(fhir_count(root, "code"), 0);
	assert_int_equal(fhir_count(root, "absent"), 0);
	assert_string_equal(fhir_text(fhir_at(root, "name", 1), "family"),
	    "Zhang");
	assert_null(fhir_at(root, "name", 2));
	assert_null(fhir_at(root, "code", 0));
	assert_null(fhir_get(root, "absent"));
	assert_ptr_equal(fhir_get(root, NULL), root);
}

/* NULL is "absent" everywhere. */
static void
test_absent(void **state)
{
	assert_null(fhir_get(NULL, "a.b"));
	assert_null(fhir_text(NULL, "a"));
	assert_null(fhir_number(NULL, NULL));
	assert_int_equal(fhir_bool(NULL, "a"), -1);
	assert_int_equal(fhir_count(NULL, "a"), 0);
	assert_null(fhir_at(NULL, "a", 0));
}

static void
assert_writes(const char *in, const char *out)
{
	BASE_AUTO(fhir_doc) doc = parse(in);
	size_t len;
	g_autofree char *written = fhir_write(fhir_root(doc), &len);

	assert_string_equal(written, out);
	assert_int_equal(len, strlen(out));
}

static void
test_write(void **state)
{
	assert_writes("{}", "{}");
	assert_writes(" { \"z\" : [ 0.10 , 1E-2 , -0 , 1.0e+003 ] , \"a\" : "
	    "{ } , \"m\" : [ ] }\n",
	    "{\"z\":[0.10,1E-2,-0,1.0e+003],\"a\":{},\"m\":[]}");
	assert_writes("{\"t\":\"\\u0001\\u000b\\b\\f\\n\\r\\t\\\"\\\\\\/\\u4e2d"
	    "\\ud83d\\ude00\"}",
	    "{\"t\":\"\\u0001\\u000b\\b\\f\\n\\r\\t\\\"\\\\/中😀\"}");
	assert_writes("{\"a\\n\":null,\"_given\":[null,{\"x\":true}],"
	    "\"f\":false}",
	    "{\"a\\n\":null,\"_given\":[null,{\"x\":true}],\"f\":false}");
	assert_writes("{\"n\":123456789012345678901234567890.000100}",
	    "{\"n\":123456789012345678901234567890.000100}");
}

/* A part of a document is written by itself. */
static void
test_write_part(void **state)
{
	BASE_AUTO(fhir_doc) doc = parse(chart);
	g_autofree char *part = fhir_write(fhir_get(fhir_root(doc), "code"),
	    NULL);

	assert_string_equal(part,
	    "{\"coding\":[{\"display\":\"x\"},{\"display\":\"y\"}]}");
}

/* ---- the property ------------------------------------------------------- */

static void
random_string(GRand *rand, GString *out)
{
	static const char *const pieces[] = { "a", "Z", "中", "é", "😀", " ",
		"\\n", "\\\"", "\\\\", "\\u0001", "\x7f", "\xEF\xBF\xBF", "1" };
	int n = g_rand_int_range(rand, 0, 12);

	g_string_append_c(out, '"');
	while (n-- > 0)
		g_string_append(out, pieces[g_rand_int_range(rand, 0,
		    G_N_ELEMENTS(pieces))]);
	g_string_append_c(out, '"');
}

/* Every form of RFC 8259's number, digits and signs at random. */
static void
random_number(GRand *rand, GString *out)
{
	if (g_rand_boolean(rand))
		g_string_append_c(out, '-');
	if (g_rand_boolean(rand))
		g_string_append_c(out, '0');
	else
		g_string_append_printf(out, "%u", g_rand_int(rand) | 1);
	if (g_rand_boolean(rand))
		g_string_append_printf(out, ".%u%s",
		    g_rand_int_range(rand, 0, 1000),
		    g_rand_boolean(rand) ? "000" : "");
	if (g_rand_int_range(rand, 0, 3) == 0)
		g_string_append_printf(out, "%c%s%02d",
		    g_rand_boolean(rand) ? 'e' : 'E',
		    (const char *[]){ "", "+", "-" }[g_rand_int_range(rand, 0,
		    3)], g_rand_int_range(rand, 0, 30));
}

static void random_value(GRand *rand, GString *out, int depth);

static void
random_container(GRand *rand, GString *out, int depth, gboolean object)
{
	int n = g_rand_int_range(rand, 0, 24);

	g_string_append_c(out, object ? '{' : '[');
	for (int i = 0; i < n; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		if (object)
			g_string_append_printf(out, "\"k%d\":",
			    n - i);
		random_value(rand, out, depth + 1);
	}
	g_string_append_c(out, object ? '}' : ']');
}

static void
random_value(GRand *rand, GString *out, int depth)
{
	static const char *const words[] = { "true", "false", "null" };

	switch (g_rand_int_range(rand, 0, depth > 3 ? 3 : 5)) {
	case 0:
		random_string(rand, out);
		break;
	case 1:
		random_number(rand, out);
		break;
	case 2:
		g_string_append(out, words[g_rand_int_range(rand, 0, 3)]);
		break;
	case 3:
		random_container(rand, out, depth, TRUE);
		break;
	default:
		random_container(rand, out, depth, FALSE);
	}
}

/* Compact text with minimal escapes is its own image. */
static void
test_round_trip(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(20261003);

	for (int i = 0; i < 600; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		size_t len;

		random_container(rand, text, 0, TRUE);
		BASE_AUTO(fhir_doc) doc = parse(text->str);
		g_autofree char *out = fhir_write(fhir_root(doc), &len);

		if (len != text->len || memcmp(out, text->str, len) != 0)
			fail_msg("case %d: %s became %s", i, text->str, out);
	}
}

/* With any escapes and blanks: jansson, an outsider, sees no difference. */
static void
test_same_for_jansson(void **state)
{
	static const char *const docs[] = {
		chart,
		"{\"a\" :\t\"\\u0041\\/\\ud834\\udd1e\",\"b\":[ [ ],{ } , 1 ]}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(docs); i++) {
		BASE_AUTO(fhir_doc) doc = parse(docs[i]);
		g_autofree char *out = fhir_write(fhir_root(doc), NULL);
		json_t *before = json_loads(docs[i], 0, NULL);
		json_t *after = json_loads(out, 0, NULL);

		assert_non_null(before);
		assert_true(json_equal(before, after));
		json_decref(before);
		json_decref(after);
	}
}

static void
test_modifier(void **state)
{
	static const struct { const char *text; gboolean found; } cases[] = {
		{ "{\"resourceType\":\"Flag\"}", FALSE },
		{ "{\"modifierExtension\":[]}", FALSE },
		{ "{\"extension\":[{\"url\":\"modifierExtension\"}]}", FALSE },
		{ "{\"modifierExtension\":[{\"url\":\"x\"}],\"id\":\"1\"}",
			TRUE },
		{ "{\"id\":\"1\",\"modifierExtension\":[{\"url\":\"x\"}]}",
			TRUE },
		{ "{\"dosage\":[{},{\"modifierExtension\":[{\"url\":\"x\"}]}]}",
			TRUE },
		{ "{\"contained\":[{\"modifierExtension\":[{\"url\":\"x\"}]}]}",
			TRUE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		BASE_AUTO(fhir_doc) doc = parse(cases[i].text);

		if (fhir_has_unknown_modifier(fhir_root(doc)) != cases[i].found)
			fail_msg("%s", cases[i].text);
	}
	assert_false(fhir_has_unknown_modifier(NULL));
}

/* By its number each element of a long array is found from the one before it, also
 * behind many members: a document of some megabytes takes no minutes. */
static void
test_long(void **state)
{
	enum { MEMBERS = 100000, ELEMENTS = 300000 };
	g_autoptr(GString) text = g_string_new("{");
	BASE_AUTO(fhir_doc) doc = NULL;
	int64_t began_us;

	for (int i = 0; i < MEMBERS; i++)
		g_string_append_printf(text, "\"m%d\":0,", i);
	g_string_append(text, "\"list\":[");
	for (int i = 0; i < ELEMENTS; i++)
		g_string_append_printf(text, "%s{\"n\":%d}", i ? "," : "", i);
	g_string_append(text, "]}");
	doc = fhir_parse(text->str, text->len, NULL, NULL);
	assert_non_null(doc);
	began_us = g_get_monotonic_time();
	for (int i = 0; i < ELEMENTS; i++) {
		const fhir_node *e = fhir_at(fhir_root(doc), "list",
		    (size_t)i);

		assert_int_equal(atoi(fhir_number(e, "n")), i);
	}
	assert_true(g_get_monotonic_time() - began_us < 5 * G_USEC_PER_SEC);
	/* and back again, and past the end */
	assert_string_equal(fhir_number(fhir_root(doc), "list[7].n"), "7");
	assert_string_equal(fhir_number(fhir_root(doc), "list[3].n"), "3");
	assert_string_equal(fhir_number(fhir_root(doc), "list[4].n"), "4");
	assert_string_equal(fhir_number(fhir_root(doc), "m5"), "0");
	assert_null(fhir_at(fhir_root(doc), "list", ELEMENTS));
	assert_null(fhir_number(fhir_root(doc), "m"));
	assert_string_equal(fhir_number(fhir_root(doc), "list.n"), "0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_part),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_same_for_jansson),
		cmocka_unit_test(test_modifier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
