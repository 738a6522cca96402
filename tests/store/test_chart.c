/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what the chart says apart: not loaded, none recorded, known none,
 * refused; refuted, not to be given, preliminary, corrected, in error, not
 * understood; the latest of each test with the one before it; days of supply. */
#include "tests/store/kit.h"

static struct chart *
chart(struct kit *kit, const char *id)
{
	struct chart *c = store_chart(kit->store,
	    store_patient_find(kit->store, id), NOW_MS, NULL);

	assert_non_null(c);
	return c;
}

static const struct chart_entry *
entry(const struct chart *c, const char *ref)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->entries[i].ref, ref) == 0)
			return &c->entries[i];
	return NULL;
}

static void
sections(void **state)
{
	struct kit *kit = *state;
	struct patient_id p;
	BASE_AUTO(chart) fresh = NULL;
	BASE_AUTO(chart) loaded = NULL;
	GArray *unloaded;

	kit_me(kit->store);
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	p = store_patient_find(kit->store, "p");
	fresh = chart(kit, "p");
	for (int s = 0; s < CHART_SECTIONS_; s++)
		assert_int_equal(fresh->state[s], SECTION_NOT_LOADED);
	unloaded = store_patients_unloaded(kit->store, 10, NULL);
	assert_int_equal(unloaded->len, 1);
	g_array_unref(unloaded);
	for (int s = 0; s < CHART_SECTIONS_; s++)
		assert_true(store_section_set(kit->store, p,
		    (enum chart_section)s, s == CHART_DRUGS ?
		    SECTION_REFUSED : SECTION_LOADED, NULL));
	loaded = chart(kit, "p");
	assert_int_equal(loaded->state[CHART_ALLERGIES], SECTION_LOADED);
	assert_int_equal(loaded->state[CHART_DRUGS], SECTION_REFUSED);
	assert_int_equal(loaded->n, 0);
	unloaded = store_patients_unloaded(kit->store, 10, NULL);
	assert_int_equal(unloaded->len, 0);
	g_array_unref(unloaded);
	unloaded = store_patients_in_scope(kit->store, NULL);
	assert_int_equal(unloaded->len, 1);
	g_array_unref(unloaded);
}

static void
loading(void **state)
{
	struct kit *kit = *state;
	struct consult_id h;
	g_autofree char *id = NULL;
	GArray *list;

	kit_me(kit->store);
	kit_header(kit->store, "h", "p", "in-progress", "routine", "x", 1);
	h = store_consult_find(kit->store, "h");
	list = store_consults_unloaded(kit->store, 10, NULL);
	assert_int_equal(list->len, 1);
	assert_int_equal(g_array_index(list, struct consult_id, 0).n, h.n);
	g_array_unref(list);
	assert_true(store_consult_loaded(kit->store, h, NULL));
	list = store_consults_unloaded(kit->store, 10, NULL);
	assert_int_equal(list->len, 0);
	g_array_unref(list);
	id = store_consult_fhir_id(kit->store, h);
	assert_string_equal(id, "h");
}

static void
allergy(struct kit *kit, const char *id, const char *more)
{
	kit_put(kit->store, "{'resourceType':'AllergyIntolerance','id':'%s',"
	    "'patient':{'reference':'Patient/p'}%s}", id, more);
}

static void
allergies(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart) c = NULL;
	const struct chart_entry *e;

	allergy(kit, "a", ",'code':{'text':'青霉素'},'criticality':'high',"
	    "'reaction':[{'manifestation':[{'text':'皮疹'},{'text':'喉头水肿'}]}]");
	allergy(kit, "b", ",'code':{'text':'阿司匹林'},'verificationStatus':"
	    "{'coding':[{'code':'refuted'}]}");
	allergy(kit, "c", ",'code':{'coding':[{'system':"
	    "'http://snomed.info/sct','code':'716186003'}],'text':'none'}");
	allergy(kit, "d", ",'code':{'text':'x'},'verificationStatus':"
	    "{'coding':[{'code':'entered-in-error'}]}");
	allergy(kit, "e", ",'code':{'text':'y'},'clinicalStatus':"
	    "{'coding':[{'code':'resolved'}]}");
	allergy(kit, "f", ",'code':{'text':'z'},'verificationStatus':"
	    "{'coding':[{'code':'unconfirmed'}]}");
	allergy(kit, "g", ",'code':{'text':'m'},'modifierExtension':"
	    "[{'url':'http://x','valueBoolean':true}]");
	allergy(kit, "h", ",'code':{'text':'n'},'verificationStatus':"
	    "{'coding':[{'code':'zzz'}]}");
	c = chart(kit, "p");
	assert_int_equal(c->n, 8);
	e = &c->entries[0];
	assert_string_equal(e->ref, "AllergyIntolerance/a");
	assert_true(e->severe);
	assert_string_equal(e->words, "青霉素");
	assert_string_equal(e->detail, "皮疹, 喉头水肿");
	assert_int_equal(e->status, ENTRY_PLAIN);
	assert_int_equal(entry(c, "AllergyIntolerance/b")->status,
	    ENTRY_REFUTED);
	assert_int_equal(entry(c, "AllergyIntolerance/c")->status,
	    ENTRY_KNOWN_NONE);
	assert_int_equal(entry(c, "AllergyIntolerance/d")->status,
	    ENTRY_ENTERED_IN_ERROR);
	assert_int_equal(entry(c, "AllergyIntolerance/e")->status,
	    ENTRY_RESOLVED);
	assert_int_equal(entry(c, "AllergyIntolerance/f")->status,
	    ENTRY_UNCONFIRMED);
	assert_int_equal(entry(c, "AllergyIntolerance/g")->status,
	    ENTRY_NOT_UNDERSTOOD);
	assert_int_equal(entry(c, "AllergyIntolerance/h")->status,
	    ENTRY_NOT_UNDERSTOOD);
	assert_string_equal(c->entries[7].ref, "AllergyIntolerance/d");
}

static void
drug(struct kit *kit, const char *id, const char *status, const char *more)
{
	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'%s',"
	    "'status':'%s','intent':'order','subject':{'reference':"
	    "'Patient/p'}%s}", id, status, more);
}

static void
drugs(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart) c = NULL;
	const struct chart_entry *e;

	drug(kit, "a", "active", ",'medicationCodeableConcept':{'text':"
	    "'氨氯地平'},'dosageInstruction':[{'text':'5mg qd'}]");
	drug(kit, "b", "active", ",'doNotPerform':true,"
	    "'medicationCodeableConcept':{'text':'阿司匹林'}");
	drug(kit, "c", "on-hold", ",'medicationReference':{'reference':'#m'},"
	    "'contained':[{'resourceType':'Medication','id':'m','code':"
	    "{'text':'二甲双胍'}}]");
	drug(kit, "d", "active", ",'medicationReference':{'reference':"
	    "'Medication/x'},'dosageInstruction':[{'text':'早 1 片'},{"
	    "'patientInstruction':'晚 2 片'}]");
	drug(kit, "e", "completed", ",'doNotPerform':true");
	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'w',"
	    "'status':'draft','intent':'proposal','subject':{'reference':"
	    "'Patient/p'},'medicationCodeableConcept':{'text':'w'}}");
	kit_put(kit->store, "{'resourceType':'Medication','id':'x','code':"
	    "{'text':'缬沙坦'}}");
	kit_put(kit->store, "{'resourceType':'MedicationDispense','id':'d1',"
	    "'status':'completed','subject':{'reference':'Patient/p'},"
	    "'authorizingPrescription':[{'reference':'MedicationRequest/a'}],"
	    "'whenHandedOver':'%s','daysSupply':{'value':28}}",
	    kit_time(-60 * 24 * 20 + 60));
	c = chart(kit, "p");
	assert_int_equal(c->n, 5);
	e = entry(c, "MedicationRequest/a");
	assert_string_equal(e->words, "氨氯地平");
	assert_string_equal(e->detail, "5mg qd");
	assert_int_equal(e->days_left, 8);
	e = entry(c, "MedicationRequest/b");
	assert_int_equal(e->status, ENTRY_DO_NOT_PERFORM);
	assert_int_equal(e->days_left, G_MININT);
	e = entry(c, "MedicationRequest/c");
	assert_string_equal(e->words, "二甲双胍");
	assert_int_equal(e->status, ENTRY_ON_HOLD);
	e = entry(c, "MedicationRequest/d");
	assert_string_equal(e->words, "缬沙坦");
	assert_string_equal(e->detail, "早 1 片; 晚 2 片");
	assert_int_equal(entry(c, "MedicationRequest/e")->status,
	    ENTRY_COMPLETED);
}

static void
lab(struct kit *kit, const char *id, const char *status, const char *code,
    const char *value, const char *mark, int days_ago)
{
	kit_put(kit->store, "{'resourceType':'Observation','id':'%s',"
	    "'status':'%s','code':{'coding':[{'system':'http://loinc.org',"
	    "'code':'%s'}],'text':'t%s'},'subject':{'reference':'Patient/p'},"
	    "'effectiveDateTime':'%s','valueQuantity':{'value':%s,"
	    "'unit':'mmol/L'},'interpretation':[{'coding':[{'code':'%s'}]}],"
	    "'referenceRange':[{'low':{'value':3.9},'high':{'value':6.10}}]}",
	    id, status, code, code, kit_time(-days_ago * 1440), value, mark);
}

static void
results(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart) c = NULL;
	const struct chart_entry *e;

	lab(kit, "g1", "final", "glu", "5.60", "N", 30);
	lab(kit, "g2", "final", "glu", "7.10", "H", 10);
	lab(kit, "g3", "entered-in-error", "glu", "99.0", "HH", 5);
	lab(kit, "k1", "final", "k", "4.1", "N", 1);
	lab(kit, "c1", "preliminary", "cr", "88", "HH", 40);
	lab(kit, "n1", "corrected", "na", "140", "N", 2);
	kit_put(kit->store, "{'resourceType':'DiagnosticReport','id':'r',"
	    "'status':'final','code':{'text':'panel'},'subject':{'reference':"
	    "'Patient/p'},'result':[{'reference':'Observation/g2'}]}");
	c = chart(kit, "p");
	assert_int_equal(c->n, 4);
	/* Critical, then abnormal, then by date. */
	assert_string_equal(c->entries[0].ref, "Observation/c1");
	assert_int_equal(c->entries[0].status, ENTRY_PRELIMINARY);
	e = &c->entries[1];
	assert_string_equal(e->ref, "Observation/g2");
	assert_string_equal(e->value, "7.10");
	assert_string_equal(e->unit, "mmol/L");
	assert_string_equal(e->previous, "5.60");
	assert_string_equal(e->interpretation, "H");
	assert_non_null(strstr(e->range, "6.10"));
	assert_int_equal(e->report.n, store_report_find(kit->store, "r").n);
	assert_string_equal(c->entries[2].ref, "Observation/k1");
	assert_null(c->entries[2].previous);
	assert_int_equal(c->entries[3].status, ENTRY_CORRECTED);
}

static void
pressure(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart) c = NULL;

	kit_put(kit->store, "{'resourceType':'Observation','id':'bp',"
	    "'status':'final','code':{'text':'血压'},'subject':{'reference':"
	    "'Patient/p'},'effectiveDateTime':'2026-10-01','component':["
	    "{'code':{'coding':[{'system':'http://loinc.org','code':'8480-6'}]"
	    "},'valueQuantity':{'value':158,'unit':'mmHg'},'interpretation':"
	    "[{'coding':[{'code':'H'}]}]},"
	    "{'code':{'coding':[{'system':'http://loinc.org','code':'8462-4'}]"
	    "},'valueQuantity':{'value':94,'unit':'mmHg'}}]}");
	kit_put(kit->store, "{'resourceType':'Observation','id':'two',"
	    "'status':'final','code':{'text':'panel'},'subject':{'reference':"
	    "'Patient/p'},'component':[{'code':{'text':'one'},"
	    "'valueQuantity':{'value':1.0}},{'code':{'text':'two'},"
	    "'valueString':'+'}]}");
	c = chart(kit, "p");
	assert_int_equal(c->n, 3);
	assert_string_equal(c->entries[0].words, "血压");
	assert_string_equal(c->entries[0].value, "158/94");
	assert_string_equal(c->entries[0].detail, "158/94 mmHg");
	assert_string_equal(c->entries[0].interpretation, "H");
	assert_string_equal(c->entries[1].words, "one");
	assert_string_equal(c->entries[2].words, "two");
}

/* An update leaves nothing of the old version. */
static void
replaced(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart) c = NULL;

	lab(kit, "g1", "final", "glu", "5.60", "N", 30);
	lab(kit, "g1", "amended", "k", "4.0", "N", 30);
	c = chart(kit, "p");
	assert_int_equal(c->n, 1);
	assert_string_equal(c->entries[0].value, "4.0");
	assert_int_equal(c->entries[0].status, ENTRY_CORRECTED);
	assert_null(c->entries[0].previous);
}

/* A value that nobody interpreted may be the abnormal one: whoever reads the
 * chart judges it by its range, so none is left out here. */
static void
all_tests(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(chart) c = NULL;

	for (int i = 0; i < 50; i++) {
		g_autofree char *id = g_strdup_printf("o%d", i);
		lab(kit, id, "final", id, "1", i == 49 ? "L" : "N", 50 + i);
	}
	kit_put(kit->store, "{'resourceType':'Observation','id':'bare',"
	    "'status':'final','code':{'text':'K'},'subject':{'reference':"
	    "'Patient/p'},'effectiveDateTime':'2020-01-01','valueQuantity':"
	    "{'value':7.4},'referenceRange':[{'high':{'value':5.3}}]}");
	c = chart(kit, "p");
	assert_int_equal(c->n, 51);
	assert_string_equal(c->entries[0].ref, "Observation/o49");
	assert_null(entry(c, "Observation/bare")->interpretation);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(sections),
		KIT_TEST(loading),
		KIT_TEST(allergies),
		KIT_TEST(drugs),
		KIT_TEST(results),
		KIT_TEST(pressure),
		KIT_TEST(replaced),
		KIT_TEST(all_tests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
