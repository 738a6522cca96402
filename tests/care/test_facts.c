/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a chart's resources come to as facts: what is refuted, inactive,
 * preliminary or entered in error is no fact; what carries a modifier nobody
 * knows is named; a dispense goes to its order; a diagnosis of an online visit is
 * none of an institution; and the prescriber is who the roles say.
 */
#include "tests/tap.h"
#include "care/rules.h"

#define NOW_MS INT64_C(1795312800000) /* 2026-11-22T02:00Z */

static void
take(struct care_facts *facts, const char *json)
{
	g_autofree char *text = g_strdelimit(g_strdup(json), "'", '"');

	assert_true(care_facts_take(facts, text, strlen(text)));
}

/* How many allergies, problems, drugs, results, visits one resource makes. */
static const struct { const char *json; guint n[5]; } counted[] = {
	{ "{'resourceType':'AllergyIntolerance','id':'1'}", { 1 } },
	{ "{'resourceType':'AllergyIntolerance','id':'1','verificationStatus':"
	  "{'coding':[{'code':'refuted'}]}}", { 0 } },
	{ "{'resourceType':'AllergyIntolerance','id':'1','verificationStatus':"
	  "{'coding':[{'code':'entered-in-error'}]}}", { 0 } },
	{ "{'resourceType':'AllergyIntolerance','id':'1','clinicalStatus':"
	  "{'coding':[{'code':'resolved'}]}}", { 0 } },
	{ "{'resourceType':'AllergyIntolerance','id':'1','code':{'coding':[{"
	  "'system':'http://snomed.info/sct','code':'429625007'}]}}", { 0 } },
	/* an allergy with a modifier still warns */
	{ "{'resourceType':'AllergyIntolerance','id':'1',"
	  "'modifierExtension':[{'url':'x'}]}", { 1 } },
	{ "{'resourceType':'Condition','id':'1'}", { 0, 1 } },
	{ "{'resourceType':'Condition','id':'1','verificationStatus':"
	  "{'coding':[{'code':'refuted'}]}}", { 0, 0 } },
	{ "{'resourceType':'Flag','id':'1','status':'active'}", { 0, 1 } },
	{ "{'resourceType':'Flag','id':'1','status':'inactive'}", { 0, 0 } },
	{ "{'resourceType':'MedicationRequest','id':'1','status':'active'}",
	  { 0, 0, 1 } },
	{ "{'resourceType':'MedicationRequest','id':'1','status':"
	  "'entered-in-error'}", { 0, 0, 0 } },
	{ "{'resourceType':'MedicationStatement','id':'1'}", { 0, 0, 1 } },
	{ "{'resourceType':'MedicationDispense','id':'1','status':'completed'}",
	  { 0, 0, 1 } },
	{ "{'resourceType':'MedicationDispense','id':'1','status':'cancelled'}",
	  { 0, 0, 0 } },
	{ "{'resourceType':'Observation','id':'1','status':'final',"
	  "'valueQuantity':{'value':1}}", { 0, 0, 0, 1 } },
	{ "{'resourceType':'Observation','id':'1','status':'preliminary',"
	  "'valueQuantity':{'value':1}}", { 0, 0, 0, 0 } },
	{ "{'resourceType':'Observation','id':'1','status':'final',"
	  "'modifierExtension':[{'url':'x'}],'valueQuantity':{'value':1}}",
	  { 0, 0, 0, 0 } },
	{ "{'resourceType':'Observation','id':'1','status':'final',"
	  "'component':[{'valueQuantity':{'value':1}},{'valueQuantity':"
	  "{'value':2}}]}", { 0, 0, 0, 2 } },
	{ "{'resourceType':'Encounter','id':'1','status':'finished'}",
	  { 0, 0, 0, 0, 1 } },
	{ "{'resourceType':'Encounter','id':'1','status':'planned'}",
	  { 0, 0, 0, 0, 0 } },
	{ "{'resourceType':'Communication','id':'1','status':'completed'}",
	  { 0 } },
};

static void
modifiers_are_honoured(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(counted); i++) {
		BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);
		const GPtrArray *all[5];

		take(facts, counted[i].json);
		care_facts_join(facts);
		all[0] = facts->allergies;
		all[1] = facts->problems;
		all[2] = facts->drugs;
		all[3] = facts->results;
		all[4] = facts->visits;
		for (int n = 0; n < 5; n++)
			if (all[n]->len != counted[i].n[n])
				fail_msg("%s: %d: %u", counted[i].json, n,
				    all[n]->len);
		assert_int_equal(facts->not_understood->len,
		    strstr(counted[i].json, "modifierExtension") ? 1 : 0);
	}
}

static void
what_is_no_resource_is_refused(void **state)
{
	static const char *const texts[] = { "", "[]", "{}", "null",
		"{\"resourceType\":\"Patient\"}", "<html>" };
	BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_false(care_facts_take(facts, texts[i],
		    strlen(texts[i])));
}

static void
an_allergy_says_how_sure_it_is(void **state)
{
	BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);
	const struct fact_allergy *a;

	take(facts, "{'resourceType':'AllergyIntolerance','id':'1',"
	    "'verificationStatus':{'coding':[{'code':'unconfirmed'}]},"
	    "'code':{'text':'青霉素\\u001b[1m'},'reaction':[{'severity':"
	    "'severe','substance':[{'coding':[{'system':'s','code':'c'}]}]}]}");
	take(facts, "{'resourceType':'AllergyIntolerance','id':'2','code':{"
	    "'coding':[{'system':'http://snomed.info/sct','code':"
	    "'716186003'}]}}");
	assert_true(facts->none_known_allergy);
	assert_int_equal(facts->allergies->len, 1);
	a = facts->allergies->pdata[0];
	assert_true(a->severe && a->unconfirmed);
	assert_null(strchr(a->words, '\x1b'));
	assert_true(care_marked(a->marks, "s|c"));
	assert_false(care_marked(a->marks, "s|d"));
}

/* ---- diagnoses and visits ----------------------------------------------- */

static const struct { const char *who, *class_code; gboolean institution; }
    diagnosed[] = {
	{ "'recorder':{'reference':'Practitioner/1'}", NULL, TRUE },
	{ "'recorder':{'reference':'PractitionerRole/1'}", NULL, TRUE },
	{ "'asserter':{'reference':'Patient/1'},'recorder':{'reference':"
	  "'Practitioner/1'}", NULL, FALSE },
	{ "'recorder':{'reference':'RelatedPerson/1'}", NULL, FALSE },
	{ "'note':[]", NULL, FALSE },
	{ "'encounter':{'reference':'Encounter/e'}", "AMB", TRUE },
	{ "'encounter':{'reference':'Encounter/e'}", "VR", FALSE },
	/* not here to be looked at */
	{ "'encounter':{'reference':'Encounter/e'},'recorder':{'reference':"
	  "'Practitioner/1'}", NULL, FALSE },
};

static void
an_online_diagnosis_is_no_institutions(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(diagnosed); i++) {
		BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);
		g_autofree char *problem = g_strdup_printf("{'resourceType':"
		    "'Condition','id':'1',%s}", diagnosed[i].who);
		g_autofree char *visit = g_strdup_printf("{'resourceType':"
		    "'Encounter','id':'e','status':'finished','class':{"
		    "'code':'%s'}}", diagnosed[i].class_code);
		const struct fact_problem *p;

		take(facts, problem);
		if (diagnosed[i].class_code)
			take(facts, visit); /* after it: order is no matter */
		care_facts_join(facts);
		p = facts->problems->pdata[0];
		if (p->by_institution != diagnosed[i].institution)
			fail_msg("%s %s", diagnosed[i].who,
			    diagnosed[i].class_code);
	}
}

static void
a_guardian_takes_part_today(void **state)
{
	BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);

	take(facts, "{'resourceType':'RelatedPerson','id':'m','relationship':[{"
	    "'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
	    "v3-RoleCode','code':'MTH'}]}]}");
	take(facts, "{'resourceType':'Encounter','id':'1','status':'finished',"
	    "'participant':[{'individual':{'reference':'RelatedPerson/m'}}]}");
	take(facts, "{'resourceType':'Consent','id':'1','status':'draft',"
	    "'performer':[{'reference':'RelatedPerson/m'}]}");
	assert_string_equal(facts->guardian_ref, "RelatedPerson/m");
	assert_false(facts->guardian_present || facts->guardian_consent);
	take(facts, "{'resourceType':'Encounter','id':'2','status':"
	    "'in-progress','participant':[{'individual':{'reference':"
	    "'RelatedPerson/m'}}]}");
	take(facts, "{'resourceType':'Consent','id':'2','status':'active',"
	    "'performer':[{'reference':'RelatedPerson/m'}]}");
	assert_true(facts->guardian_present && facts->guardian_consent);
}

/* ---- drugs --------------------------------------------------------------- */

static void
a_dispense_goes_to_its_order(void **state)
{
	BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);
	const struct fact_drug *d;
	const struct fact_fill *fill;

	take(facts, "{'resourceType':'MedicationDispense','id':'f2','status':"
	    "'completed','whenHandedOver':'2026-11-01','daysSupply':{'value':"
	    "30},'authorizingPrescription':[{'reference':"
	    "'http://h/fhir/MedicationRequest/1/_history/3'}]}");
	take(facts, "{'resourceType':'MedicationDispense','id':'f1','status':"
	    "'completed','whenHandedOver':'2026-10-01',"
	    "'authorizingPrescription':[{'reference':'MedicationRequest/1'}]}");
	take(facts, "{'resourceType':'MedicationDispense','id':'f9','status':"
	    "'completed','whenHandedOver':'2026-09-01',"
	    "'authorizingPrescription':[{'reference':'MedicationRequest/9'}]}");
	take(facts, "{'resourceType':'MedicationRequest','id':'1','status':"
	    "'active','intent':'order','authoredOn':'2026-09-30','requester':{"
	    "'reference':'Practitioner/7'},'medicationReference':{'reference':"
	    "'Medication/m'},'dosageInstruction':[{'timing':{'repeat':{"
	    "'frequency':1,'period':1,'periodUnit':'d'}},'doseAndRate':[{"
	    "'doseQuantity':{'value':5.0,'code':'mg'}}]}],'dispenseRequest':{"
	    "'numberOfRepeatsAllowed':2,'expectedSupplyDuration':{'value':4,"
	    "'code':'wk'},'validityPeriod':{'end':'2026-12-31'}}}");
	take(facts, "{'resourceType':'Medication','id':'m','code':{'coding':[{"
	    "'system':'http://www.whocc.no/atc','code':'C08CA01'}],'text':"
	    "'氨氯地平片'}}");
	care_facts_join(facts);
	assert_int_equal(facts->drugs->len, 2);
	d = facts->drugs->pdata[0];
	assert_string_equal(d->drug->code, "C08CA01");
	assert_string_equal(d->regimen, "5 mg|1/1d");
	assert_string_equal(d->requester_ref, "Practitioner/7");
	assert_int_equal(d->allowed, 2);
	assert_int_equal(d->dispenses, 2);
	assert_true(d->supply_days == 28 && d->last_fill_days == 30);
	fill = &g_array_index(d->fills, struct fact_fill, 0);
	assert_string_equal(fill->ref, "MedicationDispense/f1");
	assert_true(fill->days == 28);
	/* one whose order is not here is not lost */
	d = facts->drugs->pdata[1];
	assert_int_equal(d->kind, FACT_DISPENSE);
	assert_int_equal(d->fills->len, 1);
}

static void
an_order_says_what_it_is(void **state)
{
	static const struct { const char *with; enum fact_drug_kind kind;
		gboolean reported, not_to_give; } orders[] = {
		{ "'intent':'order'", FACT_ORDER, FALSE, FALSE },
		{ "'intent':'proposal'", FACT_PROPOSAL, FALSE, FALSE },
		{ "'intent':'plan'", FACT_PROPOSAL, FALSE, FALSE },
		{ "'reportedBoolean':true", FACT_ORDER, TRUE, FALSE },
		{ "'reportedReference':{'reference':'Patient/1'}", FACT_ORDER,
		    TRUE, FALSE },
		{ "'doNotPerform':true", FACT_ORDER, FALSE, TRUE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
		BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);
		g_autofree char *json = g_strdup_printf("{'resourceType':"
		    "'MedicationRequest','id':'1',%s}", orders[i].with);
		const struct fact_drug *d;

		take(facts, json);
		d = facts->drugs->pdata[0];
		assert_int_equal(d->kind, orders[i].kind);
		assert_int_equal(d->reported, orders[i].reported);
		assert_int_equal(d->not_to_give, orders[i].not_to_give);
		assert_int_equal(d->allowed, -1);
	}
}

/* ---- the prescriber ------------------------------------------------------ */

static void
the_prescriber_is_who_the_roles_say(void **state)
{
	BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);
	struct care_prescriber *me = &facts->prescriber;

	me->ref = "Practitioner/1";
	take(facts, "{'resourceType':'Practitioner','id':'1','name':[{'text':"
	    "'吴'}],'qualification':[{'code':{'coding':[{'system':'t','code':"
	    "'intermediate'}]},'period':{'start':'2020-01-01'}},{'code':{"
	    "'coding':[{'system':'t','code':'old'}]},'period':{'start':"
	    "'2001-01-01','end':'2010-01-01'}}]}");
	take(facts, "{'resourceType':'Practitioner','id':'2','qualification':[{"
	    "'code':{'coding':[{'system':'t','code':'senior'}]}}]}");
	take(facts, "{'resourceType':'PractitionerRole','id':'r','practitioner':"
	    "{'reference':'Practitioner/1'},'specialty':[{'coding':[{'system':"
	    "'s','code':'child'}]}]}");
	take(facts, "{'resourceType':'PractitionerRole','id':'q','active':"
	    "false,'practitioner':{'reference':'Practitioner/1'},'specialty':["
	    "{'coding':[{'system':'s','code':'heart'}]}]}");
	care_facts_join(facts);
	assert_true(me->profile_known);
	assert_string_equal(me->name, "吴");
	assert_true(care_marked(me->privileges, "t|intermediate"));
	assert_false(care_marked(me->privileges, "t|old"));
	assert_false(care_marked(me->privileges, "t|senior"));
	assert_true(care_marked(me->specialties, "s|child"));
	assert_false(care_marked(me->specialties, "s|heart"));
	assert_true(me->qualified_since_ms == INT64_C(1577836800000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modifiers_are_honoured),
		cmocka_unit_test(what_is_no_resource_is_refused),
		cmocka_unit_test(an_allergy_says_how_sure_it_is),
		cmocka_unit_test(an_online_diagnosis_is_no_institutions),
		cmocka_unit_test(a_guardian_takes_part_today),
		cmocka_unit_test(a_dispense_goes_to_its_order),
		cmocka_unit_test(an_order_says_what_it_is),
		cmocka_unit_test(the_prescriber_is_who_the_roles_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
