/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a Bundle is cut at the right bytes: the slices are the document's
 * own, untouched, whatever stands around and within them.
 */
#include "tests/tap.h"
#include "fhir/fhir.h"

static struct fhir_bundle *
cut(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct fhir_bundle *bundle = fhir_bundle_cut(text, strlen(text), NULL,
	    &error);

	if (!bundle)
		fail_msg("%s: %s", text, error->message);
	return bundle;
}

static const struct fhir_entry *
entry(const struct fhir_bundle *bundle, guint i)
{
	assert_true(i < bundle->entries->len);
	return &g_array_index(bundle->entries, struct fhir_entry, i);
}

static void
assert_slice(const char *slice, size_t len, const char *text)
{
	if (!text) {
		assert_null(slice);
		return;
	}
	assert_non_null(slice);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(slice, text, len);
}

#define BUNDLE "{\"resourceType\":\"Bundle\","

static void
test_searchset(void **state)
{
	static const char text[] = BUNDLE "\"type\":\"searchset\",\"total\":12,"
	    "\"link\":[{\"relation\":\"self\",\"url\":\"http://h/self\"},"
	    "{\"url\":\"http:\\/\\/h\\/next?a=1&b=\\u5f20\","
	    "\"relation\":\"next\"}],\"entry\":[\n"
	    "  {\"fullUrl\":\"http://h/Patient/1\", \"resource\" : { \"id\" :"
	    " \"1\" , \"n\":0.10,\"entry\":[{\"resource\":{}}]} ,"
	    "\"search\":{\"mode\":\"match\"}},\n"
	    "  {\"search\":{\"mode\":\"include\"},\"resource\":{}}]}";
	BASE_AUTO(fhir_bundle) bundle = cut(text);
	const struct fhir_entry *first = entry(bundle, 0);
	const struct fhir_entry *second = entry(bundle, 1);

	assert_string_equal(bundle->type, "searchset");
	assert_int_equal(bundle->total, 12);
	assert_string_equal(bundle->next, "http://h/next?a=1&b=张");
	assert_int_equal(bundle->entries->len, 2);
	assert_slice(first->full_url, first->full_url_len,
	    "http://h/Patient/1");
	assert_slice(first->resource, first->resource_len, "{ \"id\" : \"1\" , "
	    "\"n\":0.10,\"entry\":[{\"resource\":{}}]}");
	assert_slice(first->mode, first->mode_len, "match");
	assert_slice(first->status, 0, NULL);
	assert_slice(second->resource, second->resource_len, "{}");
	assert_slice(second->mode, second->mode_len, "include");
	/* the document's own bytes */
	assert_true(first->resource > text &&
	    first->resource < text + sizeof(text));
}

static void
test_batch_response(void **state)
{
	BASE_AUTO(fhir_bundle) bundle = cut(BUNDLE "\"type\":\"batch-response\","
	    "\"entry\":[{\"response\":{\"status\":\"201 Created\",\"outcome\":"
	    "{\"resourceType\":\"OperationOutcome\",\"status\":\"no\"}}},"
	    "{\"response\":{\"outcome\":{\"status\":\"deeper\"}}},{}]}");

	assert_int_equal(bundle->entries->len, 3);
	assert_slice(entry(bundle, 0)->status, entry(bundle, 0)->status_len,
	    "201 Created");
	assert_null(entry(bundle, 0)->resource);
	assert_null(entry(bundle, 1)->status);
	assert_null(entry(bundle, 2)->status);
	assert_null(bundle->next);
	assert_int_equal(bundle->total, -1);
}

static void
test_empty(void **state)
{
	BASE_AUTO(fhir_bundle) bundle = cut(BUNDLE "\"type\":\"searchset\"}");

	assert_int_equal(bundle->entries->len, 0);
	assert_null(bundle->next);
}

/* What only looks like an entry, a resource, a link or a total. */
static void
test_lookalikes(void **state)
{
	static const char *const texts[] = {
		BUNDLE "\"entry\":{\"resource\":{}}}",
		BUNDLE "\"entry\":[[{\"resource\":{}}]]}",
		BUNDLE "\"entry\":[\"resource\"]}",
		BUNDLE "\"entry\":null}",
		BUNDLE "\"contained\":[{\"resource\":{}}]}",
		BUNDLE "\"meta\":{\"entry\":[{\"resource\":{}}]}}",
		BUNDLE "\"link\":{\"relation\":\"next\",\"url\":\"x\"}}",
		BUNDLE "\"link\":[{\"relation\":\"next\"},{\"url\":\"x\"}]}",
		BUNDLE "\"link\":[{\"relation\":\"next\",\"url\":\"\"}]}",
		BUNDLE "\"x\":[{\"relation\":\"next\",\"url\":\"x\"}]}",
		BUNDLE "\"total\":\"12\",\"x\":{\"total\":12}}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		BASE_AUTO(fhir_bundle) bundle = cut(texts[i]);

		if (bundle->entries->len > 0 || bundle->next ||
		    bundle->total != -1)
			fail_msg("%s", texts[i]);
	}
}

static void
test_resource_not_object(void **state)
{
	BASE_AUTO(fhir_bundle) bundle = cut(BUNDLE "\"entry\":["
	    "{\"resource\":null},{\"resource\":\"{}\"},{\"resource\":[{}]}]}");

	assert_int_equal(bundle->entries->len, 3);
	for (guint i = 0; i < 3; i++)
		assert_null(entry(bundle, i)->resource);
}

/* A key that an escape disguises is the same key. */
static void
test_escaped_keys(void **state)
{
	BASE_AUTO(fhir_bundle) bundle = cut("{\"resource\\u0054ype\":"
	    "\"B\\u0075ndle\",\"\\u0065ntry\":[{\"r\\u0065source\":{}}]}");

	assert_int_equal(bundle->entries->len, 1);
	assert_slice(entry(bundle, 0)->resource,
	    entry(bundle, 0)->resource_len, "{}");
}

static void
test_long_type(void **state)
{
	BASE_AUTO(fhir_bundle) bundle = cut(BUNDLE
	    "\"type\":\"a-type-longer-than-any-that-fhir-has\"}");

	assert_string_equal(bundle->type, "");
}

static const struct { const char *text; int error; } wrong[] = {
	{ "{\"resourceType\":\"Patient\",\"entry\":[]}", FHIR_ERROR_NOT_FHIR },
	{ "{\"entry\":[{\"resource\":{}}]}", FHIR_ERROR_NOT_FHIR },
	{ "{\"x\":{\"resourceType\":\"Bundle\"}}", FHIR_ERROR_NOT_FHIR },
	{ "<html>", FHIR_ERROR_NOT_FHIR },
	{ BUNDLE "\"entry\":[{\"resource\":{\"a\":1,\"a\":2}}]}",
		FHIR_ERROR_DUPLICATE_KEY },
	{ BUNDLE "\"entry\":[{\"resource\":{}},", FHIR_ERROR_SYNTAX },
	{ BUNDLE "\"entry\":[{\"resource\":{\"a\":\"\xff\"}}]}",
		FHIR_ERROR_NOT_UTF8 },
};

static void
test_wrong(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(fhir_bundle_cut(wrong[i].text,
		    strlen(wrong[i].text), NULL, &error));
		assert_int_equal(error->code, wrong[i].error);
	}
}

/* 500 entries of one page: each slice parses alone and is in its place. */
static void
test_page(void **state)
{
	g_autoptr(GString) text = g_string_new(BUNDLE "\"entry\":[");

	for (int i = 0; i < 500; i++)
		g_string_append_printf(text, "%s{\"resource\":{\"resourceType\":"
		    "\"Basic\",\"id\":\"b%d\",\"v\":%d.%d0}}", i ? "," : "", i,
		    i, i);
	g_string_append(text, "]}");
	BASE_AUTO(fhir_bundle) bundle = cut(text->str);
	assert_int_equal(bundle->entries->len, 500);
	for (guint i = 0; i < 500; i++) {
		const struct fhir_entry *e = entry(bundle, i);
		BASE_AUTO(fhir_doc) doc = fhir_parse(e->resource,
		    e->resource_len, NULL, NULL);
		g_autofree char *id = g_strdup_printf("b%u", i);

		assert_non_null(doc);
		assert_string_equal(fhir_text(fhir_root(doc), "id"), id);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_searchset),
		cmocka_unit_test(test_batch_response),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_lookalikes),
		cmocka_unit_test(test_resource_not_object),
		cmocka_unit_test(test_escaped_keys),
		cmocka_unit_test(test_long_type),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
