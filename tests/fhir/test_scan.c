/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the scanner takes every document it should and refuses each kind
 * of bad one with its own error, at any size and depth; and that jansson, written
 * by others, comes to the same verdict.
 */
#include "tests/tap.h"
#include "fhir/fhir.h"

#include <jansson.h>

#define OK (-1)

/* A literal with its length, since some hold NUL. */
#define DOC(text) (text), sizeof(text) - 1

static const struct sample {
	const char *what;
	const char *bytes;
	size_t len;
	int error; /* enum fhir_error or OK */
} samples[] = {
	{ "empty object", DOC("{}"), OK },
	{ "blanks", DOC(" \t\r\n{ \"a\" : [ ] , \"b\" : { } }\n "), OK },
	{ "all kinds", DOC("{\"a\":[1,\"x\",true,false,null,{}]}"), OK },
	{ "numbers", DOC("{\"a\":[0,-0,10,0.10,-1.5,1E-2,1e+10,2E5]}"), OK },
	{ "escapes", DOC("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u4e2d\"}"), OK },
	{ "a pair", DOC("{\"a\":\"\\ud83d\\ude00\"}"), OK },
	{ "Chinese", DOC("{\"姓\":\"欧阳\"}"), OK },
	{ "four bytes", DOC("{\"a\":\"\xF0\xA0\xAE\xB7\"}"), OK },
	{ "DEL", DOC("{\"a\":\"\x7f\"}"), OK },
	{ "U+FFFF", DOC("{\"a\":\"\xEF\xBF\xBF\"}"), OK },
	{ "last code point", DOC("{\"a\":\"\xF4\x8F\xBF\xBF\"}"), OK },
	{ "same key, other object", DOC("{\"a\":{\"a\":{\"a\":1}}}"), OK },
	{ "same key, next object", DOC("{\"a\":[{\"b\":1},{\"b\":1}]}"), OK },
	{ "empty key", DOC("{\"\":1}"), OK },

	{ "nothing", DOC(""), FHIR_ERROR_SYNTAX },
	{ "blank", DOC("  \n"), FHIR_ERROR_SYNTAX },
	{ "BOM", DOC("\xEF\xBB\xBF{}"), FHIR_ERROR_SYNTAX },
	{ "HTML", DOC("<!DOCTYPE html><html></html>"), FHIR_ERROR_NOT_FHIR },
	{ "XML", DOC(" \n<Patient/>"), FHIR_ERROR_NOT_FHIR },
	{ "array", DOC("[{}]"), FHIR_ERROR_NOT_FHIR },
	{ "string", DOC("\"x\""), FHIR_ERROR_NOT_FHIR },
	{ "number", DOC("1"), FHIR_ERROR_NOT_FHIR },
	{ "prose", DOC("Bad Gateway"), FHIR_ERROR_SYNTAX },

	{ "cut after the brace", DOC("{"), FHIR_ERROR_SYNTAX },
	{ "cut in a key", DOC("{\"a"), FHIR_ERROR_SYNTAX },
	{ "cut after a key", DOC("{\"a\""), FHIR_ERROR_SYNTAX },
	{ "cut after a colon", DOC("{\"a\":"), FHIR_ERROR_SYNTAX },
	{ "cut in a string", DOC("{\"a\":\"xy"), FHIR_ERROR_SYNTAX },
	{ "cut in an escape", DOC("{\"a\":\"\\"), FHIR_ERROR_SYNTAX },
	{ "cut in \\u", DOC("{\"a\":\"\\u12"), FHIR_ERROR_SYNTAX },
	{ "cut in a number", DOC("{\"a\":-"), FHIR_ERROR_SYNTAX },
	{ "cut in a word", DOC("{\"a\":tru"), FHIR_ERROR_SYNTAX },
	{ "cut in an array", DOC("{\"a\":[1,"), FHIR_ERROR_SYNTAX },
	{ "cut after a value", DOC("{\"a\":1"), FHIR_ERROR_SYNTAX },
	{ "bytes after the end", DOC("{}x"), FHIR_ERROR_SYNTAX },
	{ "two documents", DOC("{}{}"), FHIR_ERROR_SYNTAX },

	{ "comma before }", DOC("{\"a\":1,}"), FHIR_ERROR_SYNTAX },
	{ "comma before ]", DOC("{\"a\":[1,]}"), FHIR_ERROR_SYNTAX },
	{ "comma first", DOC("{,\"a\":1}"), FHIR_ERROR_SYNTAX },
	{ "no comma", DOC("{\"a\":1 \"b\":2}"), FHIR_ERROR_SYNTAX },
	{ "no comma in array", DOC("{\"a\":[1 2]}"), FHIR_ERROR_SYNTAX },
	{ "no colon", DOC("{\"a\" 1}"), FHIR_ERROR_SYNTAX },
	{ "bare key", DOC("{a:1}"), FHIR_ERROR_SYNTAX },
	{ "single quotes", DOC("{'a':1}"), FHIR_ERROR_SYNTAX },
	{ "comment", DOC("{/**/}"), FHIR_ERROR_SYNTAX },
	{ "wrong bracket", DOC("{\"a\":[1}"), FHIR_ERROR_SYNTAX },
	{ "wrong brace", DOC("{\"a\":1]"), FHIR_ERROR_SYNTAX },
	{ "no value", DOC("{\"a\":}"), FHIR_ERROR_SYNTAX },

	{ "01", DOC("{\"a\":01}"), FHIR_ERROR_SYNTAX },
	{ "-01", DOC("{\"a\":-01}"), FHIR_ERROR_SYNTAX },
	{ "1.", DOC("{\"a\":1.}"), FHIR_ERROR_SYNTAX },
	{ ".5", DOC("{\"a\":.5}"), FHIR_ERROR_SYNTAX },
	{ "+1", DOC("{\"a\":+1}"), FHIR_ERROR_SYNTAX },
	{ "1e", DOC("{\"a\":1e}"), FHIR_ERROR_SYNTAX },
	{ "1e+", DOC("{\"a\":1e+}"), FHIR_ERROR_SYNTAX },
	{ "0x1", DOC("{\"a\":0x1}"), FHIR_ERROR_SYNTAX },
	{ "1_0", DOC("{\"a\":1_0}"), FHIR_ERROR_SYNTAX },
	{ "NaN", DOC("{\"a\":NaN}"), FHIR_ERROR_SYNTAX },
	{ "-Infinity", DOC("{\"a\":-Infinity}"), FHIR_ERROR_SYNTAX },
	{ "True", DOC("{\"a\":True}"), FHIR_ERROR_SYNTAX },
	{ "nullx", DOC("{\"a\":nullx}"), FHIR_ERROR_SYNTAX },

	{ "control character", DOC("{\"a\":\"\x01\"}"), FHIR_ERROR_SYNTAX },
	{ "newline in a string", DOC("{\"a\":\"\n\"}"), FHIR_ERROR_SYNTAX },
	{ "bad escape", DOC("{\"a\":\"\\x\"}"), FHIR_ERROR_SYNTAX },
	{ "bad \\u", DOC("{\"a\":\"\\u12g4\"}"), FHIR_ERROR_SYNTAX },

	{ "NUL outside", DOC("{\0}"), FHIR_ERROR_NOT_UTF8 },
	{ "NUL in a string", DOC("{\"a\":\"\0\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "NUL in a key", DOC("{\"a\0\":1}"), FHIR_ERROR_NOT_UTF8 },
	{ "NUL at the end", DOC("{}\0"), FHIR_ERROR_NOT_UTF8 },
	{ "escaped NUL", DOC("{\"a\":\"\\u0000\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "UTF-16", DOC("{\0\"\0a\0"), FHIR_ERROR_NOT_UTF8 },
	{ "Latin-1", DOC("{\"a\":\"M\xFCller\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "overlong", DOC("{\"a\":\"\xC0\xAF\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "overlong of 3", DOC("{\"a\":\"\xE0\x80\xAF\"}"),
		FHIR_ERROR_NOT_UTF8 },
	{ "surrogate in UTF-8", DOC("{\"a\":\"\xED\xA0\x80\"}"),
		FHIR_ERROR_NOT_UTF8 },
	{ "above U+10FFFF", DOC("{\"a\":\"\xF4\x90\x80\x80\"}"),
		FHIR_ERROR_NOT_UTF8 },
	{ "cut sequence", DOC("{\"a\":\"\xE4\xB8\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "sequence at the end", DOC("{\"a\":\"\xE4"), FHIR_ERROR_NOT_UTF8 },
	{ "GBK", DOC("{\"a\":\"\xD6\xD0\xCE\xC4\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "lone high", DOC("{\"a\":\"\\ud800\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "lone low", DOC("{\"a\":\"\\udc00\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "two high", DOC("{\"a\":\"\\ud800\\ud800\"}"), FHIR_ERROR_NOT_UTF8 },
	{ "high and text", DOC("{\"a\":\"\\ud800abcdef\"}"),
		FHIR_ERROR_NOT_UTF8 },

	{ "duplicate", DOC("{\"a\":1,\"a\":2}"), FHIR_ERROR_DUPLICATE_KEY },
	{ "duplicate in the deep", DOC("{\"x\":[{\"ab\":1,\"c\":{},\"ab\":2}]}"),
		FHIR_ERROR_DUPLICATE_KEY },
	{ "duplicate by escape", DOC("{\"abc\":1,\"\\u0061bc\":2}"),
		FHIR_ERROR_DUPLICATE_KEY },
	{ "two empty keys", DOC("{\"\":1,\"\":2}"), FHIR_ERROR_DUPLICATE_KEY },
	{ "long alike", DOC("{\"abcdefgh1\":1,\"abcdefgh2\":2}"), OK },
	{ "prefix", DOC("{\"abcdefgh\":1,\"abcdefghi\":2}"), OK },
};

static void
test_samples(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		const struct sample *s = &samples[i];
		g_autoptr(GError) error = NULL;
		/* A heap copy of exact size: ASan sees one byte too far. */
		g_autofree char *bytes = g_memdup2(s->bytes, s->len);
		gboolean ok = fhir_check(bytes, s->len, NULL, &error);
		BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, s->len, NULL, NULL);
		int code = ok ? OK : error->code;

		if (code != s->error)
			fail_msg("%s: %d, not %d (%s)", s->what, code, s->error,
			    ok ? "taken" : error->message);
		if (!!doc != ok)
			fail_msg("%s: check and parse disagree", s->what);
	}
}

/* Every document cut at every byte is refused, without reading beyond. */
static void
test_cut_anywhere(void **state)
{
	static const char whole[] = "{\"resourceType\":\"Basic\",\"n\":[-0.10,"
	    "1E-2,true,null],\"t\":\"\\ud83d\\ude00中\\n\",\"o\":{\"a\":{}}}";

	assert_true(fhir_check(whole, sizeof(whole) - 1, NULL, NULL));
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		g_autofree char *part = g_memdup2(whole, len);

		assert_false(fhir_check(part, len, NULL, NULL));
		assert_null(fhir_parse(part, len, NULL, NULL));
	}
}

static char *
nested(int depth, const char *open, const char *close)
{
	GString *s = g_string_new("{\"a\":");

	for (int i = 1; i < depth; i++)
		g_string_append(s, open);
	g_string_append(s, "1");
	for (int i = 1; i < depth; i++)
		g_string_append(s, close);
	g_string_append(s, "}");
	return g_string_free(s, FALSE);
}

static int
check_code(const char *text, const struct fhir_limits *limits)
{
	g_autoptr(GError) error = NULL;

	if (fhir_check(text, strlen(text), limits, &error))
		return OK;
	assert_int_equal(error->domain, FHIR_ERROR);
	return error->code;
}

static void
test_depth(void **state)
{
	static const struct { int depth, error; } cases[] = {
		{ 1, OK }, { 48, OK }, { 49, FHIR_ERROR_TOO_DEEP },
		{ 64, FHIR_ERROR_TOO_DEEP }, { 100000, FHIR_ERROR_TOO_DEEP },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *lists = nested(cases[i].depth, "[", "]");
		g_autofree char *objects = nested(cases[i].depth, "{\"b\":",
		    "}");

		assert_int_equal(check_code(lists, NULL), cases[i].error);
		assert_int_equal(check_code(objects, NULL), cases[i].error);
	}
}

/* A limit beyond what the scanner has room for is not a licence. */
static void
test_depth_ceiling(void **state)
{
	static const struct fhir_limits wide = { 1 << 20, 1000000 };
	g_autofree char *deep = nested(5000, "[", "]");
	g_autofree char *fair = nested(200, "[", "]");

	assert_int_equal(check_code(deep, &wide), FHIR_ERROR_TOO_DEEP);
	assert_int_equal(check_code(fair, &wide), OK);
}

static void
test_size(void **state)
{
	static const struct fhir_limits ten = { 10, 48 };

	assert_int_equal(check_code("{\"a\":123}", &ten), OK);
	assert_int_equal(check_code("{\"a\":1234}", &ten), OK);
	assert_int_equal(check_code("{\"a\":12345}", &ten), FHIR_ERROR_TOO_BIG);
	assert_null(fhir_parse("{\"a\":12345}", 11, &ten, NULL));
}

/* The bytes are not touched when the length alone is too much. */
static void
test_size_before_reading(void **state)
{
	g_autoptr(GError) error = NULL;

	assert_null(fhir_parse("{}", (size_t)100 << 20, NULL, &error));
	assert_int_equal(error->code, FHIR_ERROR_TOO_BIG);
}

static void
test_megabyte_string(void **state)
{
	g_autoptr(GString) s = g_string_new("{\"t\":\"");

	for (int i = 0; i < 350000; i++)
		g_string_append(s, "血");
	g_string_append(s, "\"}");
	assert_int_equal(check_code(s->str, NULL), OK);
	s->str[6 + 3 * 340000] = 'x'; /* breaks one character near the end */
	assert_int_equal(check_code(s->str, NULL), FHIR_ERROR_NOT_UTF8);
}

/* Many keys take the sorted path; the last one is a duplicate of the n-th. */
static char *
many_keys(int n, int again)
{
	GString *s = g_string_new("{");

	for (int i = 0; i < n; i++)
		g_string_append_printf(s, "\"extension%d\":{\"a\":%d},", i, i);
	g_string_append_printf(s, "\"extension%d\":0}", again);
	return g_string_free(s, FALSE);
}

static void
test_many_keys(void **state)
{
	static const int sizes[] = { 14, 15, 16, 17, 18, 63, 64, 65, 200000 };

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		int n = sizes[i];
		g_autofree char *fresh = many_keys(n, n);
		g_autofree char *first = many_keys(n, 0);
		g_autofree char *last = many_keys(n, n - 1);

		assert_int_equal(check_code(fresh, NULL), OK);
		assert_int_equal(check_code(first, NULL),
		    FHIR_ERROR_DUPLICATE_KEY);
		assert_int_equal(check_code(last, NULL),
		    FHIR_ERROR_DUPLICATE_KEY);
	}
}

/* What is refused names the place. */
static void
test_offset(void **state)
{
	g_autoptr(GError) error = NULL;

	assert_false(fhir_check("{\"a\":01}", 8, NULL, &error));
	assert_non_null(strstr(error->message, "byte 6"));
}

/* Every byte of a document replaced by every value: jansson and we agree, but for
 * NUL, which it takes for a blank behind a number. */
static void
test_jansson_agrees(void **state)
{
	static const char whole[] = "{\"a\":[0.10,-1E-2,true],\"中\":\"\\ud83d"
	    "\\ude00\\n\",\"b\":{\"c\":null}}";
	size_t len = sizeof(whole) - 1;
	int taken = 0;

	for (size_t i = 0; i < len * 256; i++) {
		g_autofree char *doc = g_memdup2(whole, len);
		gboolean ok;
		json_t *tree;

		doc[i / 256] = (char)(i % 256);
		ok = fhir_check(doc, len, NULL, NULL);
		tree = json_loadb(doc, len, JSON_REJECT_DUPLICATES, NULL);
		if (ok != !!tree && (ok || i % 256 != 0))
			fail_msg("byte %zu = %zu: %s", i / 256, i % 256,
			    ok ? "jansson refuses" : "jansson takes it");
		taken += ok;
		json_decref(tree);
	}
	assert_true(taken > 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_depth_ceiling),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_size_before_reading),
		cmocka_unit_test(test_megabyte_string),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_jansson_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
