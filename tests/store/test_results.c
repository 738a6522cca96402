/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the results page's reading: the latest sound result beside the one
 * before, also across merged records; what is dated ahead of now, in error or
 * cancelled never stands for the latest while there is another; absent values,
 * narratives and files are not dropped; a series by date; when drugs were taken;
 * bad input (no unit, no date, 10,000 on one day, members in a circle). Prints how
 * long a chart of 20,000 observations takes.
 */
#include "tests/store/kit.h"
#include "store/results.h"

static struct results *
results(struct kit *kit)
{
	GError *error = NULL;
	struct results *r = store_results(kit->store,
	    store_patient_find(kit->store, "p"), NOW_MS, &error);

	if (!r)
		fail_msg("%s", error->message);
	return r;
}

static const struct result_row *
row(const struct results *r, const char *test)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->rows[i].test, test) == 0)
			return &r->rows[i];
	fail_msg("no row %s", test);
	return NULL;
}

#define CODE(c) "'code':{'coding':[{'system':'urn:local','code':'x" c "'},{" \
	"'system':'http://loinc.org','code':'" c "'}],'text':'T" c "'}"
#define HBA1C CODE("4548-4")

static void
observation(struct kit *kit, const char *id, const char *patient,
    const char *when, const char *more)
{
	kit_put(kit->store, "{'resourceType':'Observation','id':'%s',"
	    "'status':'final','subject':{'reference':'Patient/%s'}%s%s%s,%s}",
	    id, patient, when ? ",'effectiveDateTime':'" : "", when ? when :
	    "", when ? "'" : "", more);
}

#define PERCENT(v) HBA1C ",'valueQuantity':{'value':" v ",'unit':'%'," \
	"'system':'http://unitsofmeasure.org','code':'%'}"

static void
latest(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(results) r = NULL;
	const struct result_row *a;

	kit_put(kit->store, "{'resourceType':'Patient','id':'p'}");
	observation(kit, "o1", "p", "2019", PERCENT("6.80"));
	observation(kit, "o2", "p", "2025-03", PERCENT("7.0"));
	observation(kit, "o3", "p", "2025-11-02", PERCENT("7.20"));
	observation(kit, "o4", "p", "2099-01-01", PERCENT("99"));
	observation(kit, "o5", "p", "2025-12-01", PERCENT("1") ",'method':{}");
	kit_put(kit->store, "{'resourceType':'Observation','id':'o5','meta':{"
	    "'versionId':'9'},'status':'entered-in-error','subject':{"
	    "'reference':'Patient/p'},'effectiveDateTime':'2025-12-01',"
	    HBA1C ",'valueInteger':1}");
	observation(kit, "f", "p", "2099", CODE("9-9") ",'valueInteger':3");
	kit_put(kit->store, "{'resourceType':'DiagnosticReport','id':'d',"
	    "'status':'final','code':{'text':'Sugar'},'subject':{'reference':"
	    "'Patient/p'},'result':[{'reference':'Observation/o3'},"
	    "{'reference':'Observation/nowhere'}]}");
	r = results(kit);
	a = row(r, "http://loinc.org|4548-4");
	assert_string_equal(a->now.ref, "Observation/o3");
	assert_string_equal(a->now.value, "7.20");
	assert_string_equal(a->now.ucum, "%");
	assert_string_equal(a->before.ref, "Observation/o2");
	assert_string_equal(a->before.date, "2025-03");
	assert_string_equal(a->panel, "Sugar");
	a = row(r, "http://loinc.org|9-9");
	assert_string_equal(a->now.value ? a->now.value : a->now.detail, "3");
	assert_null(a->before.ref);
}

static void
merged(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(results) r = NULL;
	const struct result_row *a;

	kit_put(kit->store, "{'resourceType':'Patient','id':'p','link':[{"
	    "'type':'replaces','other':{'reference':'Patient/q'}}]}");
	observation(kit, "o1", "p", "2025-01-01", PERCENT("6"));
	observation(kit, "o2", "q", "2025-02-01", PERCENT("7"));
	observation(kit, "o3", "p", "2025-03-01", PERCENT("8"));
	r = results(kit);
	a = row(r, "http://loinc.org|4548-4");
	assert_string_equal(a->now.ref, "Observation/o3");
	assert_string_equal(a->before.ref, "Observation/o2");
}

static const struct { const char *id, *more, *test, *detail; } shown[] = {
	{ "a", "'code':{'text':'A'},'dataAbsentReason':{'text':'clotted'}", "a",
	  "clotted" },
	{ "b", "'code':{'text':'B'},'text':{'div':'<div><p>Cells seen</p>"
	  "</div>'}", "b", "Cells seen" },
	{ "c", "'code':{'text':'C'},'valueQuantity':{'value':3.10}", "c",
	  "3.10" },
	{ "e", "'code':{'text':'E'},'valueRatio':{'numerator':{'value':1}}",
	  "e", "1:?" },
	{ "g", "'code':{'text':'G'},'component':[{'code':{'text':'G1'},"
	  "'dataAbsentReason':{'coding':[{'code':'error'}]}}]", "g1", "" },
	{ "h", "'code':{'text':'H'},'component':[{" CODE("8480-6")
	  ",'valueQuantity':{'value':250,'comparator':'>'}},{" CODE("8462-4")
	  ",'valueQuantity':{'value':90}}]", "http://loinc.org|8480-6",
	  "> 250" },
	{ "i", "'code':{'text':'I'},'component':[{" CODE("8480-6")
	  ",'valueQuantity':{'value':158,'unit':'mmHg'},'referenceRange':[{"
	  "'high':{'value':139}}]},{" CODE("8462-4") ",'valueQuantity':{"
	  "'value':94,'unit':'mmHg'},'referenceRange':[{'high':{'value':89}}]}"
	  ",{'code':{'text':'Mean'},'valueQuantity':{'value':115}}]", "i",
	  "158/94 mmHg" },
};

static void
nothing_is_dropped(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(results) r = NULL;

	kit_put(kit->store, "{'resourceType':'Patient','id':'p'}");
	for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
		observation(kit, shown[i].id, "p", NULL, shown[i].more);
	kit_put(kit->store, "{'resourceType':'DiagnosticReport','id':'d',"
	    "'status':'final','code':{'text':'CT'},'subject':{'reference':"
	    "'Patient/p'},'presentedForm':[{'title':'CT.pdf'}],"
	    "'conclusionCode':[{'text':'stone'}]}");
	r = results(kit);
	for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
		const char *detail = row(r, shown[i].test)->now.detail;

		assert_non_null(detail);
		if (!strstr(detail, shown[i].detail))
			fail_msg("%s: “%s”", shown[i].id, detail);
	}
	assert_string_equal(row(r, "mean")->now.detail, "115");
	assert_non_null(strstr(row(r, "report ct")->now.detail, "stone\n["));
	assert_non_null(strstr(row(r, "report ct")->now.detail, "] CT.pdf"));
	assert_null(row(r, "c")->now.unit);
	assert_null(row(r, "c")->now.date);
}

static void
home(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(results) r = NULL;

	kit_put(kit->store, "{'resourceType':'Patient','id':'p'}");
	observation(kit, "a", "p", "2025-01-01", "'code':{'text':'A'},"
	    "'valueInteger':1,'performer':[{'reference':'Practitioner/x'}]");
	observation(kit, "b", "p", "2025-01-01", "'code':{'text':'B'},"
	    "'valueInteger':1,'performer':[{'reference':'Patient/p'}]");
	r = results(kit);
	assert_false(row(r, "a")->now.home);
	assert_true(row(r, "b")->now.home);
}

static void
series(void **state)
{
	static const char *const tests[] = { "http://loinc.org|4548-4",
		"http://loinc.org|59261-8", NULL };
	struct kit *kit = *state;
	BASE_AUTO(result_series) all = NULL;
	BASE_AUTO(result_series) some = NULL;
	struct patient_id p;

	kit_put(kit->store, "{'resourceType':'Patient','id':'p'}");
	observation(kit, "o2", "p", "2025-03", PERCENT("7"));
	observation(kit, "o1", "p", "2019", PERCENT("6"));
	observation(kit, "o3", "p", "2025-11-02", CODE("59261-8")
	    ",'valueQuantity':{'value':55,'unit':'mmol/mol'}");
	p = store_patient_find(kit->store, "p");
	all = store_result_series(kit->store, p, tests, 100, NULL);
	assert_int_equal(all->n, 3);
	assert_int_equal(all->earlier, 0);
	assert_string_equal(all->points[0].ref, "Observation/o1");
	assert_string_equal(all->points[2].ref, "Observation/o3");
	some = store_result_series(kit->store, p, tests, 2, NULL);
	assert_int_equal(some->n, 2);
	assert_int_equal(some->earlier, 1);
	assert_string_equal(some->points[0].ref, "Observation/o2");
}

static void
periods(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GArray) all = NULL;
	const struct drug_period *d;

	kit_put(kit->store, "{'resourceType':'Patient','id':'p'}");
	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'m1',"
	    "'status':'completed','intent':'order','subject':{'reference':"
	    "'Patient/p'},'authoredOn':'2025-01-01','medicationCodeable"
	    "Concept':{'text':'M1'}}");
	kit_put(kit->store, "{'resourceType':'MedicationDispense','id':'e',"
	    "'status':'completed','subject':{'reference':'Patient/p'},"
	    "'authorizingPrescription':[{'reference':'MedicationRequest/m1'}],"
	    "'whenHandedOver':'2025-01-02','daysSupply':{'value':10},"
	    "'medicationCodeableConcept':{'text':'M1'}}");
	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'m2',"
	    "'status':'active','intent':'order','doNotPerform':false,"
	    "'subject':{'reference':"
	    "'Patient/p'},'authoredOn':'2025-02-01','medicationCodeable"
	    "Concept':{'text':'M2'}}");
	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'m3',"
	    "'status':'entered-in-error','intent':'order','subject':{"
	    "'reference':'Patient/p'},'authoredOn':'2025-02-01','medication"
	    "CodeableConcept':{'text':'M3'}}");
	/* One not to give is none that was taken, standing or ended. */
	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'m4',"
	    "'status':'active','intent':'order','doNotPerform':true,'subject':{"
	    "'reference':'Patient/p'},'authoredOn':'2025-02-01','medication"
	    "CodeableConcept':{'text':'M4'}}");
	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'m5',"
	    "'status':'stopped','intent':'order','doNotPerform':true,'subject':"
	    "{'reference':'Patient/p'},'authoredOn':'2025-02-01','medication"
	    "CodeableConcept':{'text':'M5'}}");
	all = store_drug_periods(kit->store, store_patient_find(kit->store,
	    "p"), 20, NULL);
	assert_non_null(all);
	assert_int_equal(all->len, 2);
	d = &g_array_index(all, struct drug_period, 0);
	assert_string_equal(d->words, "M1");
	assert_int_equal(d->until_ms - d->from_ms, INT64_C(11) * 86400000);
	d = &g_array_index(all, struct drug_period, 1);
	assert_true(d->until_ms == G_MAXINT64);
}

/* ---- much of it --------------------------------------------------------- */

enum { MANY = 20000, TESTS = 60 };

static void
many_put(struct kit *kit, int n, int tests, gboolean one_day)
{
	struct store_doc docs[STORE_BATCH_MAX];
	struct store_ingested out = { 0 };
	int in_batch = 0;

	for (int i = 0; i < n; i++) {
		g_autofree char *day = fhir_instant(INT64_C(1420070400000) +
		    (one_day ? 0 : (int64_t)i * 15768000));
		char *json = g_strdup_printf("{\"resourceType\":"
		    "\"Observation\",\"id\":\"m%d\",\"status\":\"final\","
		    "\"subject\":{\"reference\":\"Patient/p\"},"
		    "\"effectiveDateTime\":\"%s\",\"code\":{\"coding\":[{"
		    "\"system\":\"http://loinc.org\",\"code\":\"%d-0\"}]},"
		    "\"hasMember\":[{\"reference\":\"Observation/m%d\"}],"
		    "\"valueQuantity\":{\"value\":%d.%d,\"unit\":\"g\"}}", i,
		    day, i % tests, (i + 1) % n, i % 90, i % 10);

		docs[in_batch++] = (struct store_doc){ json, strlen(json) };
		if (in_batch < STORE_BATCH_MAX && i + 1 < n)
			continue;
		assert_true(store_ingest(kit->store, docs, (size_t)in_batch,
		    NULL, &out, NULL));
		store_ingested_clear(&out);
		while (in_batch > 0)
			g_free((char *)docs[--in_batch].bytes);
	}
}

static int64_t
chart_us(struct kit *kit)
{
	int64_t from = g_get_monotonic_time();
	BASE_AUTO(chart) c = store_chart(kit->store,
	    store_patient_find(kit->store, "p"), NOW_MS, NULL);
	BASE_AUTO(results) r = results(kit);

	assert_int_equal(r->n, TESTS);
	return g_get_monotonic_time() - from;
}

static void
many(void **state)
{
	struct kit *kit = *state;
	int64_t best = G_MAXINT64;

	kit_put(kit->store, "{'resourceType':'Patient','id':'p'}");
	many_put(kit, MANY, TESTS, FALSE);
	for (int i = 0; i < 5; i++)
		best = MIN(best, chart_us(kit));
	print_message("chart and results of %d observations: %d us\n", MANY,
	    (int)best);
	assert_true(best < 200 * 1000);
}

static void
one_day(void **state)
{
	static const char *const test[] = { "http://loinc.org|0-0", NULL };
	struct kit *kit = *state;
	BASE_AUTO(result_series) s = NULL;
	BASE_AUTO(results) r = NULL;

	kit_put(kit->store, "{'resourceType':'Patient','id':'p'}");
	many_put(kit, 10000, 1, TRUE);
	r = results(kit);
	assert_int_equal(r->n, 1);
	assert_non_null(r->rows[0].before.ref);
	s = store_result_series(kit->store, r->patient.id, test, 5000, NULL);
	assert_int_equal(s->n, 5000);
	assert_int_equal(s->earlier, 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(latest), KIT_TEST(merged),
		KIT_TEST(nothing_is_dropped), KIT_TEST(home),
		KIT_TEST(series), KIT_TEST(periods), KIT_TEST(many),
		KIT_TEST(one_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
