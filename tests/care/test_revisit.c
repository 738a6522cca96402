/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that what is said of the re-visit (F54) is what prescribing does: over
 * charts whose diagnoses stand or lack something, a diagnosis is evidence exactly
 * when CN-01 lets a prescription for it pass; the record and its visit are named;
 * what lacks something says what; and where no rule asks nothing is said.
 */
#include "tests/tap.h"
#include "care/rules.h"

#define NOW_MS INT64_C(1795312800000) /* 2026-11-22T02:00Z */

static struct care_rules *
rules_of(const char *name, struct care_pack **pack)
{
	g_autofree char *file = g_strdup_printf("rules/%s.json", name);
	g_autofree char *path = test_src(file);
	g_autofree char *text = NULL;
	gsize len;

	assert_true(g_file_get_contents(path, &text, &len, NULL));
	*pack = care_pack_read(text, len, NULL);
	assert_non_null(*pack);
	return care_rules_new((const struct care_pack *const *)pack, 1,
	    NOW_MS);
}

static void
take(struct care_facts *facts, const char *json)
{
	g_autofree char *text = g_strdelimit(g_strdup(json), "'", '"');

	assert_true(care_facts_take(facts, text, strlen(text)));
}

/* What is said of a Condition, and of the visit it names. */
static const struct {
	const char *condition, *visit;
	gboolean stands;
	const char *said; /* in the evidence, or in what it lacks */
} charts[] = {
	{ "'recorder':{'reference':'Practitioner/9'}", NULL, TRUE,
	  "Condition/1 高血压病, 2020-01-01" },
	{ "'encounter':{'reference':'Encounter/e'}", "AMB", TRUE,
	  "from Encounter/e 市一院 2020-01-01" },
	{ "'encounter':{'reference':'Encounter/e'}", "VR", FALSE,
	  "not from a visit to an institution" },
	{ "'encounter':{'reference':'Encounter/e'}", NULL, FALSE,
	  "not from a visit to an institution" },
	{ "'recorder':{'reference':'Patient/1'}", NULL, FALSE,
	  "not from a visit to an institution" },
	{ "'recorder':{'reference':'Practitioner/9'},'verificationStatus':{"
	  "'coding':[{'code':'provisional'}]}", NULL, FALSE,
	  "Condition/1 高血压病: not confirmed" },
	/* over: neither evidence nor in want of anything */
	{ "'recorder':{'reference':'Practitioner/9'},'clinicalStatus':{"
	  "'coding':[{'code':'resolved'}]}", NULL, FALSE, NULL },
	{ "'recorder':{'reference':'Practitioner/9'},'verificationStatus':{"
	  "'coding':[{'code':'refuted'}]}", NULL, FALSE, NULL },
};

static struct care_facts *
chart_of(size_t i)
{
	struct care_facts *facts = care_facts_new(NOW_MS);
	g_autofree char *problem = g_strdup_printf("{'resourceType':"
	    "'Condition','id':'1','code':{'coding':[{'system':"
	    "'http://hl7.org/fhir/sid/icd-10','code':'I10'}],'text':"
	    "'高血压病'},'recordedDate':'2020-01-01',%s}",
	    charts[i].condition);

	for (int s = 0; s < FACTS_SECTIONS_; s++)
		facts->state[s] = FACTS_LOADED;
	take(facts, "{'resourceType':'Patient','id':'1'}");
	take(facts, problem);
	if (charts[i].visit) {
		g_autofree char *visit = g_strdup_printf("{'resourceType':"
		    "'Encounter','id':'e','status':'finished','class':{"
		    "'code':'%s'},'period':{'start':'2020-01-01'},"
		    "'serviceProvider':{'display':'市一院'}}",
		    charts[i].visit);

		take(facts, visit);
	}
	care_facts_join(facts);
	return facts;
}

/* The same diagnosis prescribed for: CN-01 is not in the way. */
static gboolean
is_prescribed(const struct care_rules *rules, const struct care_facts *facts)
{
	BASE_AUTO(care_rx) rx = care_rx_new();
	g_autoptr(GPtrArray) findings = NULL;

	rx->diagnosis.system = g_strdup("http://hl7.org/fhir/sid/icd-10");
	rx->diagnosis.code = g_strdup("I10");
	rx->diagnosis.words = g_strdup("高血压病");
	findings = care_check(rules, facts, rx);
	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];

		if (g_strcmp0(f->rule, "CN-01") == 0)
			return !care_finding_open(f);
	}
	fail_msg("CN-01 says nothing");
	return FALSE;
}

static void
what_is_said_is_what_is_done(void **state)
{
	struct care_pack *pack;
	BASE_AUTO(care_rules) rules = rules_of("cn", &pack);

	for (size_t i = 0; i < G_N_ELEMENTS(charts); i++) {
		BASE_AUTO(care_facts) facts = chart_of(i);
		BASE_AUTO(care_revisit) r = care_revisit_new(rules, facts);
		gboolean stands = r->evidence->len > 0;
		const char *said = stands ? ((struct care_revisit_record *)
		    r->evidence->pdata[0])->text : r->wanting->len > 0 ?
		    r->wanting->pdata[0] : NULL;

		assert_string_equal(r->rule, "CN-01");
		assert_int_equal(r->state, FACTS_LOADED);
		if (stands != charts[i].stands ||
		    stands != is_prescribed(rules, facts))
			fail_msg("%zu: stands %d", i, stands);
		if (!charts[i].said != !said || (said && !strstr(said,
		    charts[i].said)))
			fail_msg("%zu: %s", i, said);
	}
	care_pack_free(pack);
}

/* The newest first; a record that rests on another is not counted twice. */
static void
the_newest_comes_first(void **state)
{
	struct care_pack *pack;
	BASE_AUTO(care_rules) rules = rules_of("cn", &pack);
	BASE_AUTO(care_facts) facts = chart_of(0);
	BASE_AUTO(care_revisit) r = NULL;
	const struct care_revisit_record *first;

	take(facts, "{'resourceType':'Condition','id':'2','code':{'text':"
	    "'痛风'},'recordedDate':'2024-05-06','recorder':{'reference':"
	    "'Practitioner/9'}}");
	take(facts, "{'resourceType':'Condition','id':'3','code':{'text':"
	    "'高血压病'},'recordedDate':'2025-01-01','recorder':{'reference':"
	    "'Patient/1'}}");
	r = care_revisit_new(rules, facts);
	assert_int_equal(r->evidence->len, 2);
	first = r->evidence->pdata[0];
	assert_string_equal(first->words, "痛风");
	assert_string_equal(first->day, "2024-05-06");
	care_pack_free(pack);
}

/* A chart that was not read says so; a pack without such a rule, nothing. */
static void
what_is_not_known_is_said(void **state)
{
	struct care_pack *cn, *us;
	BASE_AUTO(care_rules) china = rules_of("cn", &cn);
	BASE_AUTO(care_rules) states = rules_of("us", &us);
	BASE_AUTO(care_facts) facts = care_facts_new(NOW_MS);
	BASE_AUTO(care_revisit) before = care_revisit_new(china, facts);
	BASE_AUTO(care_revisit) refused = NULL;
	BASE_AUTO(care_revisit) elsewhere = care_revisit_new(states, facts);

	assert_int_equal(before->state, FACTS_NOT_LOADED);
	assert_int_equal(before->evidence->len, 0);
	facts->state[FACTS_PROBLEMS] = FACTS_LOADED;
	facts->state[FACTS_VISITS] = FACTS_REFUSED;
	refused = care_revisit_new(china, facts);
	assert_int_equal(refused->state, FACTS_REFUSED);
	assert_null(elsewhere->rule);
	care_pack_free(cn);
	care_pack_free(us);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_what_is_done),
		cmocka_unit_test(the_newest_comes_first),
		cmocka_unit_test(what_is_not_known_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
