/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the primitive types: dates of every precision and zone to the
 * millisecond and none that the calendar lacks, ids and references that cannot
 * be mistaken for one another.
 */
#include "tests/tap.h"
#include "fhir/fhir.h"

#include <inttypes.h>

static const struct {
	const char *text;
	int64_t ms;
	char precision;
} times[] = {
	{ "2026", 1767225600000, 'y' },
	{ "2026-10", 1790812800000, 'm' },
	{ "2026-10-03", 1790985600000, 'd' },
	{ "2024-02-29", 1709164800000, 'd' },
	{ "2000-02-29", 951782400000, 'd' },
	{ "1970-01-01", 0, 'd' },
	{ "1969-12-31", -86400000, 'd' },
	{ "1900-03-01", -2203891200000, 'd' },
	{ "0001-01-01", -62135596800000, 'd' },
	{ "9999-12-31", 253402214400000, 'd' },
	{ "2026-10-03T02:31:00Z", 1790994660000, 't' },
	{ "2026-10-03T10:31:00+08:00", 1790994660000, 't' },
	{ "2026-10-02T21:31:00-05:00", 1790994660000, 't' },
	{ "2026-10-03T08:01:00+05:30", 1790994660000, 't' },
	{ "2026-10-03T16:31:00+14:00", 1790994660000, 't' },
	{ "2026-10-03T02:31:00.5Z", 1790994660500, 't' },
	{ "2026-10-03T02:31:00.007Z", 1790994660007, 't' },
	{ "2026-10-03T02:31:00.123456789Z", 1790994660123, 't' },
	{ "2026-10-03T02:31:00.9999Z", 1790994660999, 't' },
	{ "1969-12-31T23:59:59.999Z", -1, 't' },
	{ "2016-12-31T23:59:60Z", 1483228800000, 't' },
	{ "2026-01-01T00:00:00+08:00", 1767196800000, 't' },
};

static void
test_times(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		int64_t ms = 1;
		char precision = '?';

		if (!fhir_time_ms(times[i].text, &ms, &precision))
			fail_msg("%s refused", times[i].text);
		if (ms != times[i].ms || precision != times[i].precision)
			fail_msg("%s: %" PRId64 " %c", times[i].text, ms,
			    precision);
		assert_true(fhir_time_ms(times[i].text, &ms, NULL));
	}
}

/* Every day of 400 years against GLib's calendar. */
static void
test_calendar(void **state)
{
	GDate date;

	g_date_set_dmy(&date, 1, G_DATE_JANUARY, 1800);
	for (int64_t day = -62091; g_date_get_year(&date) < 2200; day++) {
		char text[16];
		int64_t ms;

		g_snprintf(text, sizeof(text), "%04d-%02d-%02d",
		    g_date_get_year(&date), g_date_get_month(&date),
		    g_date_get_day(&date));
		assert_true(fhir_time_ms(text, &ms, NULL));
		assert_int_equal(ms, day * 86400000);
		g_date_add_days(&date, 1);
	}
}

static const char *const no_times[] = {
	"", "2", "202", "20261", "0000", "0000-01-01", "2026-", "2026-1",
	"2026-00", "2026-13", "2026-10-", "2026-10-3", "2026-10-00",
	"2026-10-32", "2026-02-30", "2026-02-29", "1900-02-29", "2026-04-31",
	"2026-10-03T", "2026-10-03T02", "2026-10-03T02:31",
	"2026-10-03T02:31Z", "2026-10-03T02:31:00", "2026-10-03 02:31:00Z",
	"2026-10-03t02:31:00Z", "2026-10-03T02:31:00z",
	"2026-10-03T24:00:00Z", "2026-10-03T02:60:00Z",
	"2026-10-03T02:31:61Z", "2026-10-03T02:31:00.Z",
	"2026-10-03T02:31:00+8", "2026-10-03T02:31:00+0800",
	"2026-10-03T02:31:00+15:00", "2026-10-03T02:31:00+14:30",
	"2026-10-03T02:31:00+08:60", "2026-10-03T02:31:00Zx",
	"2026T02:31:00Z", "2026-10T02:31:00Z", " 2026", "2026 ",
	"-2026-01-01", "+2026", "2026/10/03", "今天",
};

static void
test_no_times(void **state)
{
	int64_t ms;

	for (size_t i = 0; i < G_N_ELEMENTS(no_times); i++)
		if (fhir_time_ms(no_times[i], &ms, NULL))
			fail_msg("%s taken", no_times[i]);
	assert_false(fhir_time_ms(NULL, &ms, NULL));
}

static void
test_instant(void **state)
{
	static const int64_t samples[] = { 0, -1, -1000, -1001, 1790994660007,
		253402300799999, -62135596800000 };
	g_autofree char *text = fhir_instant(1790994660007);

	assert_string_equal(text, "2026-10-03T02:31:00.007Z");
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *t = fhir_instant(samples[i]);
		int64_t back;
		char precision;

		assert_true(fhir_time_ms(t, &back, &precision));
		assert_int_equal(back, samples[i]);
		assert_int_equal(precision, 't');
	}
	assert_null(fhir_instant(G_MAXINT64));
	assert_null(fhir_instant(G_MININT64));
}

static const struct { const char *text, *type, *id; } references[] = {
	{ "Patient/123", "Patient", "123" },
	{ "Patient/a.B-9", "Patient", "a.B-9" },
	{ "Patient/123/_history/4", "Patient", "123" },
	{ "https://host/base/Patient/123", "Patient", "123" },
	{ "http://host/Patient/123", "Patient", "123" },
	{ "https://host:8443/a/b/R4/Patient/1/_history/2", "Patient", "1" },
	{ "MedicationRequest/"
	    "0123456789012345678901234567890123456789012345678901234567890123",
	    "MedicationRequest",
	    "0123456789012345678901234567890123456789012345678901234567890123" },
	{ "Patient/"
	    "01234567890123456789012345678901234567890123456789012345678901234",
	    NULL, NULL },
	{ "#med1", NULL, NULL },
	{ "#", NULL, NULL },
	{ "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", NULL, NULL },
	{ "urn:oid:1.2.3", NULL, NULL },
	{ "Patient", NULL, NULL },
	{ "Patient/", NULL, NULL },
	{ "/Patient/1", NULL, NULL },
	{ "/1", NULL, NULL },
	{ "patient/1", NULL, NULL },
	{ "P/1", NULL, NULL },
	{ "base/Patient/1", NULL, NULL },
	{ "Patient/1/", NULL, NULL },
	{ "Patient/1?x=y", NULL, NULL },
	{ "Patient?identifier=1", NULL, NULL },
	{ "Patient/a_b", NULL, NULL },
	{ "Patient/1\n", NULL, NULL },
	{ "Patient/张", NULL, NULL },
	{ "https://Patient/123", NULL, NULL },
	{ "ftp://host/Patient/123", NULL, NULL },
	{ "/_history/1", NULL, NULL },
	{ "", NULL, NULL },
};

static void
test_references(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(references); i++) {
		struct fhir_ref ref;
		gboolean ok = fhir_ref_parse(references[i].text, &ref);

		if (ok != (references[i].type != NULL))
			fail_msg("%s: %s", references[i].text,
			    ok ? "taken" : "refused");
		if (ok) {
			assert_string_equal(ref.type, references[i].type);
			assert_string_equal(ref.id, references[i].id);
		}
	}
	assert_false(fhir_ref_parse(NULL, &(struct fhir_ref){ 0 }));
}

static void
test_reference_at(void **state)
{
	static const char text[] = "{\"subject\":{\"reference\":\"Patient/1\"},"
	    "\"partOf\":[{\"reference\":\"Communication/2\"},"
	    "{\"reference\":\"Communication/3\"}],"
	    "\"sender\":{\"display\":\"x\"}}";
	BASE_AUTO(fhir_doc) doc = fhir_parse(text, sizeof(text) - 1, NULL,
	    NULL);
	const fhir_node *root = fhir_root(doc);
	struct fhir_ref ref;

	assert_true(fhir_ref_at(root, "subject", &ref));
	assert_string_equal(ref.id, "1");
	assert_true(fhir_ref_at(root, "partOf", &ref));
	assert_string_equal(ref.id, "2");
	assert_true(fhir_ref_at(root, "partOf[1]", &ref));
	assert_string_equal(ref.id, "3");
	assert_false(fhir_ref_at(root, "sender", &ref));
	assert_false(fhir_ref_at(root, "absent", &ref));
}

static const struct {
	const char *text;
	int error; /* enum fhir_error, -1 none */
	const char *id, *version;
	int64_t updated_ms;
} heads[] = {
	{ "{\"resourceType\":\"Patient\",\"id\":\"a\",\"meta\":{\"versionId\":"
	  "\"3\",\"lastUpdated\":\"2026-10-03T02:31:00.007Z\"}}", -1, "a", "3",
	  1790994660007 },
	{ "{\"resourceType\":\"Patient\",\"id\":\"a\"}", -1, "a", NULL, 0 },
	{ "{\"resourceType\":\"Patient\",\"id\":\"a\",\"meta\":{\"versionId\":"
	  "\"x\\ny\",\"lastUpdated\":\"soon\"}}", -1, "a", NULL, 0 },
	{ "{\"resourceType\":\"Patient\"}", FHIR_ERROR_NO_ID, NULL, NULL, 0 },
	{ "{\"resourceType\":\"Patient\",\"id\":7}", FHIR_ERROR_NO_ID, NULL,
	  NULL, 0 },
	{ "{\"resourceType\":\"Patient\",\"id\":\"\"}", FHIR_ERROR_NO_ID, NULL,
	  NULL, 0 },
	{ "{\"resourceType\":\"Patient\",\"id\":\"../x\"}", FHIR_ERROR_NO_ID,
	  NULL, NULL, 0 },
	{ "{\"id\":\"a\"}", FHIR_ERROR_NOT_FHIR, NULL, NULL, 0 },
	{ "{\"resourceType\":[],\"id\":\"a\"}", FHIR_ERROR_NOT_FHIR, NULL, NULL,
	  0 },
	{ "{\"resourceType\":\"Pat ient\",\"id\":\"a\"}", FHIR_ERROR_NOT_FHIR,
	  NULL, NULL, 0 },
	{ "{}", FHIR_ERROR_NOT_FHIR, NULL, NULL, 0 },
};

static void
test_heads(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
		BASE_AUTO(fhir_doc) doc = fhir_parse(heads[i].text,
		    strlen(heads[i].text), NULL, NULL);
		g_autoptr(GError) error = NULL;
		struct fhir_head head;
		gboolean ok = fhir_head(fhir_root(doc), &head, &error);

		assert_int_equal(ok ? -1 : error->code, heads[i].error);
		if (!ok)
			continue;
		assert_string_equal(head.type, "Patient");
		assert_string_equal(head.id, heads[i].id);
		assert_int_equal(g_strcmp0(head.version, heads[i].version), 0);
		assert_int_equal(head.updated_ms, heads[i].updated_ms);
	}
}

static void
test_priority(void **state)
{
	assert_int_equal(fhir_priority_of("stat"), FHIR_STAT);
	assert_int_equal(fhir_priority_of("asap"), FHIR_ASAP);
	assert_int_equal(fhir_priority_of("urgent"), FHIR_URGENT);
	assert_int_equal(fhir_priority_of("routine"), FHIR_ROUTINE);
	assert_int_equal(fhir_priority_of("STAT"), FHIR_ROUTINE);
	assert_int_equal(fhir_priority_of("zzz"), FHIR_ROUTINE);
	assert_int_equal(fhir_priority_of(NULL), FHIR_ROUTINE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_no_times),
		cmocka_unit_test(test_instant),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_reference_at),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_priority),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
