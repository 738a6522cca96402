/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a pack is refused for and what of it is shown: a missing member, an
 * unknown kind or number, a bad date, a failing vector; that a hospital's pack
 * replaces by id (also how much of a code makes two diagnoses the same) and an old
 * rule ends on its day; that nobody passes a block; that whatever could not be
 * checked is said; and that the gates of a renewal print their numbers. Every kind
 * stands in qingnang-rules(5).
 */
#include "tests/tap.h"
#include "care/pack.h"

#include <stdio.h>

#define NOW_MS INT64_C(1795312800000) /* 2026-11-22T02:00Z */

static const char plain_pack[] =
    "{'jurisdiction':'cn-ward','title':'Ward','version':'1',"
    "'date':'2026-11-22','signer':{'name':'Li','date':'2026-11-22'},"
    "'rules':[{'id':'CN-24','from':'2026-11-01','to':null,"
    "'severity':'gate','only':'short-term','kind':'supply-days',"
    "'parameters':{'days':14,'emergency_days':3},"
    "'sentence':{'zh':'{drug} {days} {numbers}',"
    "'en':'{drug}: {days} ({numbers})'},"
    "'document':'Ward rule 7','confidence':'H','vectors':["
    "{'case':'14','rx':{'lines':[{'drug':'uncoded:x','days':14}]},"
    "'expect':'absent'},"
    "{'case':'15','rx':{'lines':[{'drug':'uncoded:x','days':15}]},"
    "'expect':'gate'}]}]}";

/* The plain pack with one text replaced. */
static struct care_pack *
read_with(const char *from, const char *to, GError **error)
{
	g_autoptr(GString) text = g_string_new(plain_pack);

	if (from)
		assert_true(g_string_replace(text, from, to, 1) == 1);
	g_string_replace(text, "'", "\"", 0);
	return care_pack_read(text->str, text->len, error);
}

static const struct { const char *from, *to, *said; } wrongs[] = {
	{ "'title':'Ward',", "", "title is missing" },
	{ "'days':14,", "", "days is missing" },
	{ "'days':14,", "'days':'14',", "CN-24: parameters.days is no number" },
	{ "'days':14,", "'days':1.5,", "CN-24: parameters.days is no number" },
	{ "'days':14,", "'days':14,'weeks':2,", "weeks is not known" },
	{ "'kind':'supply-days'", "'kind':'supply-weeks'",
	    "CN-24: kind supply-weeks is not known" },
	{ "'from':'2026-11-01'", "'from':'2026-13-01'", "CN-24: from is no day" },
	{ "'from':'2026-11-01'", "'from':'2026-11'", "CN-24: from is no day" },
	{ "'to':null", "'to':'2026-10-01'", "CN-24: to is not after from" },
	{ "'severity':'gate'", "'severity':'grave'", "severity is not known" },
	{ "'only':'short-term'", "'only':'often'", "only is not known" },
	{ "'confidence':'H'", "'confidence':'sure'", "confidence is H or M" },
	{ "{days} ({numbers})", "{weeks}", "names nothing" },
	{ "{days} ({numbers})", "{days", "names nothing" },
	{ "'expect':'absent'", "'expect':'maybe'", "expect is not known" },
	{ "'uncoded:x','days':15", "'y','days':15", "y is no sample" },
	{ "'days':15}", "'day':15}", "day is not known" },
	{ "'name':'Li','date':'2026-11-22'", "'name':'Li','date':'now'",
	    "signer: date is no day" },
	{ "'name':'Li',", "", "signer: name is missing" },
	{ "'rules':[", "'rules':[7,", "a row has no id" },
	{ "'rules':[", "'rules':[", NULL },
};

static void
a_wrong_pack_is_refused(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrongs); i++) {
		g_autoptr(GError) error = NULL;
		BASE_AUTO(care_pack) pack = read_with(wrongs[i].from,
		    wrongs[i].to, &error);

		if (!wrongs[i].said) {
			assert_non_null(pack);
			continue;
		}
		assert_null(pack);
		if (!strstr(error->message, wrongs[i].said))
			fail_msg("%s: %s", wrongs[i].to, error->message);
		assert_int_equal(error->code, CARE_ERROR_PACK);
	}
}

/* ---- a chart and a prescription ----------------------------------------- */

static struct care_drug *
drug_of(const char *zh, const char *atc)
{
	struct care_drug *drug = g_new0(struct care_drug, 1);

	drug->words = g_strdup(zh);
	drug->generic_zh = g_strdup(zh);
	drug->generic_en = g_strdup(zh);
	drug->piece_unit = g_strdup("{tablet}");
	drug->marks = g_new0(char *, 2);
	drug->ingredients = g_new0(char *, 1);
	if (atc) {
		drug->system = g_strdup("http://www.whocc.no/atc");
		drug->code = g_strdup(atc);
		drug->marks[0] = g_strconcat("http://www.whocc.no/atc|", atc,
		    NULL);
	}
	return drug;
}

static void
add_line(struct care_rx *rx, const char *zh, const char *atc, int days)
{
	struct care_order *order = care_order_new();

	order->drug = drug_of(zh, atc);
	order->dose = g_strdup("1");
	order->dose_unit = g_strdup("{tablet}");
	order->frequency = &care_frequencies[0];
	order->duration_days = days;
	order->quantity = g_strdup_printf("%d", days);
	order->quantity_unit = g_strdup("{tablet}");
	order->refills = 0;
	g_ptr_array_add(rx->orders, order);
}

static struct care_rx *
rx_of(const char *zh, const char *atc, int days)
{
	struct care_rx *rx = care_rx_new();

	rx->requester_ref = g_strdup("Practitioner/1");
	rx->diagnosis.system = g_strdup("http://hl7.org/fhir/sid/icd-10");
	rx->diagnosis.code = g_strdup("I10");
	add_line(rx, zh, atc, days);
	return rx;
}

static void
take(struct care_facts *facts, const char *json)
{
	g_autofree char *text = g_strdelimit(g_strdup(json), "'", '"');

	assert_true(care_facts_take(facts, text, strlen(text)));
}

static struct care_facts *
facts_of(int64_t now_ms)
{
	struct care_facts *facts = care_facts_new(now_ms);

	for (int s = 0; s < FACTS_SECTIONS_; s++)
		facts->state[s] = FACTS_LOADED;
	facts->fresh_ms = now_ms;
	facts->none_known_allergy = TRUE;
	facts->prescriber.ref = "Practitioner/1";
	facts->prescriber.verified = TRUE;
	take(facts, "{'resourceType':'Patient','id':'1','gender':'male',"
	    "'birthDate':'1960-02-03'}");
	take(facts, "{'resourceType':'Condition','id':'1','code':{'coding':[{"
	    "'system':'http://hl7.org/fhir/sid/icd-10','code':'I10'}]},"
	    "'recorder':{'reference':'Practitioner/9'},"
	    "'recordedDate':'2020-01-01'}");
	return facts;
}

static struct care_pack *
shipped(const char *name)
{
	g_autofree char *file = g_strdup_printf("rules/%s.json", name);
	g_autofree char *path = test_src(file), *text = NULL;
	struct care_pack *pack;
	gsize len;

	assert_true(g_file_get_contents(path, &text, &len, NULL));
	pack = care_pack_read(text, len, NULL);
	assert_non_null(pack);
	return pack;
}

static const struct care_finding *
find(const GPtrArray *findings, const char *rule)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];

		if (g_strcmp0(f->rule, rule) == 0)
			return f;
	}
	return NULL;
}

static gboolean
said(const GPtrArray *findings, enum finding_kind kind, const char *words)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];

		if (f->kind == kind && strstr(f->sentence, words))
			return TRUE;
	}
	return FALSE;
}

/* ---- packs over each other ---------------------------------------------- */

static void
the_later_pack_replaces(void **state)
{
	BASE_AUTO(care_pack) cn = shipped("cn");
	BASE_AUTO(care_pack) ward = read_with(NULL, NULL, NULL);
	const struct care_pack *both[] = { cn, ward };
	BASE_AUTO(care_rules) alone = care_rules_new(both, 1, NOW_MS);
	BASE_AUTO(care_rules) rules = care_rules_new(both, 2, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("氨氯地平片", "C08CA01", 10);
	g_autoptr(GPtrArray) strict = care_check(alone, facts, rx);
	g_autoptr(GPtrArray) loose = care_check(rules, facts, rx);

	assert_non_null(find(strict, "CN-24"));
	assert_true(care_finding_open(find(strict, "CN-24")));
	assert_string_equal(find(strict, "CN-24")->numbers, "10 > 7");
	assert_null(find(loose, "CN-24"));
	assert_non_null(find(loose, "CN-03"));
}

/* ---- the same diagnosis ------------------------------------------------- */

/* CN-01 of a hospital whose signer wants n characters of ICD-10. */
#define SAME(n, e112) "{'jurisdiction':'cn-ward','title':'Ward'," \
	"'version':'1','date':'2026-11-22','signer':{'name':'Li'," \
	"'date':'2026-11-22'},'systems':{'icd10':" \
	"'http://hl7.org/fhir/sid/icd-10'},'plain':{'rx':{'diagnosis':{" \
	"'code':'icd10|E11.9'},'lines':[]}},'rules':[{'id':'CN-01'," \
	"'from':'2018-07-17','to':null,'severity':'block'," \
	"'kind':'diagnosis-recorded','parameters':{'code_characters':" n \
	"},'sentence':{'zh':'{what}','en':'{what}'}," \
	"'document':'Ward rule 8','confidence':'H','vectors':[" \
	"{'case':'the very code','facts':{'problems':[{" \
	"'code':'icd10|E11.9'}]},'expect':'passed'}," \
	"{'case':'another subtype','facts':{'problems':[{" \
	"'code':'icd10|E11.2'}]},'expect':'" e112 "'}]}]}"

static const struct {
	const char *overlay; /* NULL: cn alone, as it is shipped */
	const char *chart;   /* the code that stands there; E11.9 is written */
	gboolean same;
} same_codes[] = {
	{ NULL, "E11.2", TRUE },
	{ NULL, "E11.9", TRUE },
	{ NULL, "E10.9", FALSE },
	{ SAME("4", "block"), "E11.2", FALSE },
	{ SAME("4", "block"), "E11.901", TRUE },
	{ SAME("0", "block"), "E11.901", FALSE },
	{ SAME("0", "block"), "E11.9", TRUE },
	{ SAME("2", "passed"), "E10.9", TRUE },
};

/* How long two codes agree is a number of the pack, and the hospital's overlay
 * decides it; the program has none of its own. */
static void
the_pack_says_what_is_the_same(void **state)
{
	BASE_AUTO(care_pack) cn = shipped("cn");

	for (size_t i = 0; i < G_N_ELEMENTS(same_codes); i++) {
		const char *said = same_codes[i].overlay;
		g_autofree char *text = g_strdelimit(g_strdup(said ? said :
		    "{}"), "'", '"');
		g_autoptr(GError) error = NULL;
		BASE_AUTO(care_pack) ward = said ? care_pack_read(text,
		    strlen(text), &error) : NULL;
		const struct care_pack *both[] = { cn, ward };
		BASE_AUTO(care_rules) rules = care_rules_new(both, said ? 2 : 1,
		    NOW_MS);
		BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
		BASE_AUTO(care_rx) rx = rx_of("二甲双胍片", "A10BA02", 7);
		g_autofree char *problem = g_strdup_printf("{'resourceType':"
		    "'Condition','id':'2','code':{'coding':[{'system':"
		    "'http://hl7.org/fhir/sid/icd-10','code':'%s'}]},"
		    "'recorder':{'reference':'Practitioner/9'},"
		    "'recordedDate':'2020-01-01'}", same_codes[i].chart);
		g_autoptr(GPtrArray) failed = NULL, findings = NULL;

		if (error)
			fail_msg("%s", error->message);
		if (ward) {
			assert_int_equal(care_pack_test(ward, &failed), 2);
			assert_int_equal(failed->len, 0);
		}
		take(facts, problem);
		g_free(rx->diagnosis.code);
		rx->diagnosis.code = g_strdup("E11.9");
		findings = care_check(rules, facts, rx);
		assert_non_null(find(findings, "CN-01"));
		if (care_finding_open(find(findings, "CN-01")) ==
		    same_codes[i].same)
			fail_msg("%zu: %s", i, same_codes[i].chart);
	}
}

static void
a_rule_ends_on_its_day(void **state)
{
	BASE_AUTO(care_pack) pack = read_with("'to':null",
	    "'to':'2026-12-01'", NULL);
	const struct care_pack *one[] = { pack };
	static const struct { const char *day; gboolean holds; } days[] = {
		{ "2026-11-30", TRUE }, { "2026-12-01", FALSE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
		int64_t ms;
		struct care_rule_about about;

		assert_true(fhir_time_ms(days[i].day, &ms, NULL));
		BASE_AUTO(care_rules) rules = care_rules_new(one, 1, ms);
		assert_int_equal(care_rules_about(rules, "CN-24", &about),
		    days[i].holds);
	}
}

/* A clock that is behind switches no rule off, and is said. */
static void
a_wrong_clock_is_said(void **state)
{
	BASE_AUTO(care_pack) pack = shipped("cn");
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, 1);
	BASE_AUTO(care_facts) facts = facts_of(86400000);
	BASE_AUTO(care_rx) rx = rx_of("吗啡片", "N02AA01", 1);
	g_autoptr(GPtrArray) findings = care_check(rules, facts, rx);

	assert_non_null(find(findings, "CN-20"));
	assert_true(said(findings, FINDING_PACK, "clock says 1970-01-02"));
}

static void
an_unsigned_or_failing_pack_is_said(void **state)
{
	BASE_AUTO(care_pack) cn = shipped("cn");
	BASE_AUTO(care_pack) bad = read_with("'days':14,", "'days':13,", NULL);
	const struct care_pack *both[] = { cn, bad };
	BASE_AUTO(care_rules) rules = care_rules_new(both, 2, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("氨氯地平片", "C08CA01", 7);
	g_autoptr(GPtrArray) findings = care_check(rules, facts, rx);
	g_autoptr(GPtrArray) failed = NULL;

	assert_true(said(findings, FINDING_PACK, "Nobody has signed off"));
	assert_true(said(findings, FINDING_PACK, "1 of 2 vectors"));
	assert_string_equal(care_pack_signer(bad), "Li, 2026-11-22");
	assert_int_equal(care_pack_test(bad, &failed), 2);
	assert_string_equal(failed->pdata[0],
	    "CN-24: vector 1 (14): expected absent, found gate");
}

/* ---- open, passed, never ------------------------------------------------ */

static void
no_proof_passes_a_block(void **state)
{
	BASE_AUTO(care_pack) pack = shipped("cn");
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("吗啡片", "N02AA01", 8);
	g_autoptr(GPtrArray) findings = NULL;

	findings = care_check(rules, facts, rx);
	care_rx_prove(rx, "CN-20", find(findings, "CN-20")->asked,
	    "because I say so");
	care_findings_prove(findings, rx, "CN-24", "a long way to travel");
	g_ptr_array_unref(findings);
	findings = care_check(rules, facts, rx);
	assert_true(care_finding_open(find(findings, "CN-20")));
	assert_false(care_finding_open(find(findings, "CN-24")));
	assert_string_equal(find(findings, "CN-24")->proof,
	    "a long way to travel");
	/* the gravest first */
	for (guint i = 1; i < findings->len; i++)
		assert_true(care_finding_open(findings->pdata[i - 1]) >=
		    care_finding_open(findings->pdata[i]));
}

static int
open_of(const GPtrArray *findings, const char *rule)
{
	int n = 0;

	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];

		n += g_strcmp0(f->rule, rule) == 0 && care_finding_open(f);
	}
	return n;
}

/* What was given for one line answers neither another line nor more days of the
 * same; what was asked before stays answered. */
static void
a_reason_answers_what_was_asked(void **state)
{
	BASE_AUTO(care_pack) pack = shipped("cn");
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("氨氯地平片", "C08CA01", 8);
	BASE_AUTO(care_rx) longer = rx_of("氨氯地平片", "C08CA01", 9);
	GPtrArray *findings = care_check(rules, facts, rx);

	assert_int_equal(open_of(findings, "CN-24"), 1);
	care_findings_prove(findings, rx, "CN-24", "a long way to travel");
	care_findings_prove(findings, longer, "CN-24", "a long way to travel");
	g_ptr_array_unref(findings);
	findings = care_check(rules, facts, rx);
	assert_int_equal(open_of(findings, "CN-24"), 0);
	g_ptr_array_unref(findings);
	add_line(rx, "二甲双胍片", "A10BA02", 8);
	findings = care_check(rules, facts, rx);
	assert_int_equal(open_of(findings, "CN-24"), 1);
	g_ptr_array_unref(findings);
	findings = care_check(rules, facts, longer);
	assert_int_equal(open_of(findings, "CN-24"), 1);
	g_ptr_array_unref(findings);
}

static void
what_could_not_run_is_said(void **state)
{
	BASE_AUTO(care_pack) pack = shipped("cn");
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("神秘胶囊", NULL, 7);
	g_autoptr(GPtrArray) findings = NULL;

	facts->state[FACTS_DRUGS] = FACTS_REFUSED;
	facts->state[FACTS_RESULTS] = FACTS_NOT_LOADED;
	facts->service = SERVICE_SILENT;
	facts->service_name = "hospital CDS";
	facts->fresh_ms = 0;
	facts->birth_date = NULL;
	take(facts, "{'resourceType':'AllergyIntolerance','id':'a',"
	    "'code':{'text':'某种药'}}");
	take(facts, "{'resourceType':'Observation','id':'o','status':'final',"
	    "'modifierExtension':[{'url':'http://x/y'}]}");
	findings = care_check(rules, facts, rx);
	assert_true(said(findings, FINDING_NOT_RUN, "refused to show the "
	    "patient's drugs"));
	assert_true(said(findings, FINDING_NOT_RUN, "Results are not loaded"));
	assert_true(said(findings, FINDING_NOT_RUN, "(hospital CDS) did not"));
	assert_true(said(findings, FINDING_NOT_RUN, "某种药"));
	assert_true(said(findings, FINDING_NOT_RUN, "has no code"));
	assert_true(said(findings, FINDING_NOT_RUN, "Observation/o carries"));
	assert_true(said(findings, FINDING_NOT_RUN, "never proved fresh"));
	assert_true(said(findings, FINDING_NOT_RUN, "birth date"));
	/* a drug that cannot be identified blocks (CN-20) */
	assert_true(said(findings, FINDING_NOT_RUN, "cannot be identified"));
	assert_true(care_finding_open(find(findings, "CN-20")));
}

static void
no_rules_is_said(void **state)
{
	BASE_AUTO(care_rules) rules = care_rules_new(NULL, 0, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("氨氯地平片", "C08CA01", 7);
	g_autoptr(GPtrArray) findings = care_check(rules, facts, rx);

	assert_true(said(findings, FINDING_NOT_RUN, "No rules are loaded"));
	assert_false(care_rules_need_review(rules));
}

static void
cards_stand_among_the_findings(void **state)
{
	static const char json[] = "{\"cards\":[{\"summary\":\"Bleeding \x1b[1m"
	    "risk\",\"indicator\":\"critical\",\"source\":{\"label\":\"Ward "
	    "CDS\"}},{\"summary\":\"FYI\",\"indicator\":\"info\"}]}";
	BASE_AUTO(care_rules) rules = care_rules_new(NULL, 0, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("氨氯地平片", "C08CA01", 7);
	g_autofree char *escaped = NULL;
	g_autoptr(GPtrArray) findings = NULL, none = NULL;
	g_auto(GStrv) parts = g_strsplit(json, "\x1b", 2);

	escaped = g_strjoinv("\\u001b", parts);
	facts->service = SERVICE_ANSWERED;
	care_facts_cards(facts, escaped, strlen(escaped));
	findings = care_check(rules, facts, rx);
	assert_true(said(findings, FINDING_SERVICE, "FYI"));
	assert_true(said(findings, FINDING_SERVICE, "Bleeding"));
	assert_false(said(findings, FINDING_SERVICE, "\x1b"));
	assert_int_equal(((struct care_finding *)findings->pdata[0])->kind,
	    FINDING_SERVICE); /* the gravest first */
	assert_true(care_finding_open(findings->pdata[0]));
	care_facts_cards(facts, "{\"answers\":[]}", 14);
	none = care_check(rules, facts, rx);
	assert_true(said(none, FINDING_NOT_RUN, "could not be read"));
}

/* A code that lists a drug is shown, its system's address is not. */
static void
no_address_is_shown(void **state)
{
	BASE_AUTO(care_pack) pack = shipped("cn");
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("地西泮片", "N05BA01", 7);
	g_autoptr(GPtrArray) findings = care_check(rules, facts, rx);
	const struct care_finding *f = find(findings, "CN-20");

	assert_non_null(f);
	assert_non_null(strstr(f->numbers, "N05BA"));
	assert_null(strstr(f->numbers, "://"));
	assert_null(strstr(f->sentence, "://"));
}

/* Nor of one that comes later, nor of one that begins with the same words. */
static void
a_reason_is_one_card_s(void **state)
{
	static const char json[] = "{\"cards\":["
	    "{\"summary\":\"Warfarin + A\",\"indicator\":\"critical\"},"
	    "{\"summary\":\"Warfarin + A\",\"detail\":\"other\","
	    "\"indicator\":\"critical\"},"
	    "{\"summary\":\"Warfarin + B\",\"indicator\":\"critical\"}]}";
	BASE_AUTO(care_rules) rules = care_rules_new(NULL, 0, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("氨氯地平片", "C08CA01", 7);
	g_autoptr(GPtrArray) findings = NULL;

	facts->service = SERVICE_ANSWERED;
	care_facts_cards(facts, json, strlen(json));
	care_rx_prove(rx, "CDS Warfarin + A", NULL, "INR tomorrow");
	findings = care_check(rules, facts, rx);
	assert_false(care_finding_open(find(findings, "CDS Warfarin + A")));
	assert_true(care_finding_open(find(findings, "CDS Warfarin + A#2")));
	assert_true(care_finding_open(find(findings, "CDS Warfarin + B")));
}

/* A card of a megabyte is a finding that can be read. */
static void
a_card_without_end(void **state)
{
	BASE_AUTO(care_rules) rules = care_rules_new(NULL, 0, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("氨氯地平片", "C08CA01", 7);
	g_autofree char *fill = g_strnfill(400000, 'W');
	g_autofree char *json = g_strdup_printf("{\"cards\":[{\"summary\":"
	    "\"%s\",\"detail\":\"%s\",\"source\":{\"label\":\"%s\"}}]}",
	    fill, fill, fill);
	g_autoptr(GPtrArray) findings = NULL;
	const struct care_finding *f;

	facts->service = SERVICE_ANSWERED;
	care_facts_cards(facts, json, strlen(json));
	findings = care_check(rules, facts, rx);
	f = findings->pdata[0];
	for (guint i = 0; i < findings->len && f->kind != FINDING_SERVICE; i++)
		f = findings->pdata[i];
	assert_int_equal(f->kind, FINDING_SERVICE);
	assert_true(base_text_cols(f->sentence, -1) <= 280);
	assert_non_null(strstr(f->sentence, "…"));
	assert_true(base_text_cols(f->numbers, -1) <= 1200);
	assert_true(base_text_cols(f->document, -1) <= 280);
	assert_true(base_text_cols(f->rule, -1) <= 64);
}

/* What is not shown is not passed over in silence. */
static void
more_cards_than_are_read(void **state)
{
	for (int n = 49; n <= 51; n++) {
		struct care_facts *facts = care_facts_new(NOW_MS);
		g_autoptr(GString) json = g_string_new("{\"cards\":[");

		for (int i = 0; i < n; i++)
			g_string_append_printf(json, "%s{\"summary\":\"%d\"}",
			    i ? "," : "", i);
		g_string_append(json, "]}");
		care_facts_cards(facts, json->str, json->len);
		assert_int_equal(facts->cards->len, MIN(n, 50));
		assert_int_equal(facts->cards_unreadable, n > 50);
		care_facts_free(facts);
	}
}

/* ---- questions to the rules --------------------------------------------- */

static void
packs_answer_questions(void **state)
{
	BASE_AUTO(care_pack) cn = shipped("cn");
	BASE_AUTO(care_pack) us = shipped("us");
	const struct care_pack *one[] = { cn }, *other[] = { us };
	BASE_AUTO(care_rules) china = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_rules) states = care_rules_new(other, 1, NOW_MS);
	g_autofree char *why = care_rules_refuse_export(china, "drug-doctor");
	g_autofree char *none = care_rules_refuse_export(china, "my-queue");
	g_autofree char *text = care_rules_explain(china, "cn-25");

	assert_true(care_rules_need_review(china));
	assert_false(care_rules_need_review(states));
	assert_non_null(why);
	assert_null(none);
	assert_int_equal(care_rules_keep_years(china, "record"), 15);
	assert_int_equal(care_rules_keep_years(china, "chat"), 3);
	assert_int_equal(care_rules_keep_years(states, "chat"), 0);
	assert_non_null(strstr(text, "长期处方管理规范(试行) 2021"));
	assert_non_null(strstr(text, "most_days = 84"));
	assert_non_null(strstr(text, "nobody"));
	assert_null(care_rules_explain(china, "CN-99"));
}

/* Which rows of the design are there, with their severity. */
static const struct { const char *id, *severity; } rows[] = {
	{ "CN-01", "block" }, { "CN-02", "log" }, { "CN-03", "gate" },
	{ "CN-04", "gate" }, { "CN-05", "block" }, { "CN-06", "block" },
	{ "CN-07", "gate" }, { "CN-09", "gate" }, { "CN-20", "block" },
	{ "CN-21", "block" }, { "CN-22", "block" }, { "CN-23", "block" },
	{ "CN-24", "gate" }, { "CN-25", "gate" }, { "CN-26", "gate" },
	{ "CN-27", "block" }, { "CN-28", "gate" }, { "CN-29", "gate" },
	{ "CN-30", "block" }, { "CN-31", "block" }, { "CN-32-ALLERGY", "gate" },
	{ "CN-32-DUPLICATE", "warn" }, { "CN-32-INTERACTION", "warn" },
	{ "CN-32-CONTRAINDICATION", "gate" }, { "CN-33", "warn" },
	{ "CN-34", "gate" }, { "CN-36", "log" }, { "CN-37", "block" },
	{ "CN-50-RECORD", "log" }, { "CN-50-CHAT", "log" }, { "CN-51", "log" },
	{ "CN-52", "block" }, { "CN-57", "gate" }, { "RENEWAL", "gate" },
};

static void
every_row_is_shipped(void **state)
{
	BASE_AUTO(care_pack) cn = shipped("cn");
	const struct care_pack *one[] = { cn };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct care_rule_about about;

		if (!care_rules_about(rules, rows[i].id, &about))
			fail_msg("no %s", rows[i].id);
		assert_string_equal(care_severity_word(about.severity),
		    rows[i].severity);
		assert_true(*about.document && *about.sentence);
		assert_true(about.vectors >= 2);
	}
}

static void
every_kind_is_documented(void **state)
{
	g_autofree char *path = test_src("man/qingnang-rules.5"), *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	for (const struct rule_kind *k = rule_kinds; k->name; k++) {
		const char *at = strstr(text, k->name);

		if (!at)
			fail_msg("%s", k->name);
		for (const struct rule_kind *o = rule_kinds; o < k; o++)
			assert_string_not_equal(o->name, k->name);
		for (size_t p = 0; p < RULE_PARAMETERS_MAX &&
		    k->parameters[p].name; p++)
			if (!strstr(at, k->parameters[p].name))
				fail_msg("%s %s", k->name,
				    k->parameters[p].name);
	}
}

/* ---- a renewal ---------------------------------------------------------- */

#define ORDER(id, day, extra) "{'resourceType':'MedicationRequest','id':'" id  \
	"','status':'active','intent':'order'," extra "'authoredOn':'" day "'," \
	"'requester':{'reference':'Practitioner/2'},"                           \
	"'reasonCode':[{'text':'高血压病'}],'medicationCodeableConcept':{"        \
	"'coding':[{'system':'http://www.whocc.no/atc','code':'C08CA01'}],"     \
	"'text':'氨氯地平片'},'dispenseRequest':{'numberOfRepeatsAllowed':1,"        \
	"'expectedSupplyDuration':{'value':28,'code':'d'}}}"
#define FILL(id, day, status) "{'resourceType':'MedicationDispense','id':'"    \
	id "','status':'" status "','authorizingPrescription':[{'reference':"   \
	"'MedicationRequest/old'}],'whenHandedOver':'" day "','quantity':{"     \
	"'value':28,'unit':'片'},'medicationCodeableConcept':{'coding':[{"       \
	"'system':'http://www.whocc.no/atc','code':'C08CA01'}]}}"

static const struct care_gate *
gate(const struct care_renewal *renewal, const char *id)
{
	for (guint i = 0; i < renewal->gates->len; i++) {
		const struct care_gate *g = renewal->gates->pdata[i];

		if (strcmp(g->id, id) == 0)
			return g;
	}
	fail_msg("no gate %s", id);
	return NULL;
}

static void
take_renewal(struct care_facts *facts)
{
	take(facts, ORDER("old", "2026-09-20", ""));
	take(facts, FILL("f2", "2026-10-25", "completed"));
	take(facts, FILL("f1", "2026-09-20", "completed"));
	take(facts, FILL("f0", "2026-11-01", "declined"));
	take(facts, "{'resourceType':'Observation','id':'bp','status':'final',"
	    "'code':{'coding':[{'system':'http://loinc.org','code':"
	    "'85354-9'}]},'effectiveDateTime':'2026-11-20','component':[{"
	    "'code':{'coding':[{'system':'http://loinc.org','code':'8480-6'}],"
	    "'text':'收缩压'},'valueQuantity':{'value':128,'unit':'mmHg'}}]}");
	take(facts, "{'resourceType':'Observation','id':'pre','status':"
	    "'preliminary','code':{'coding':[{'system':'http://loinc.org',"
	    "'code':'8480-6'}]},'valueQuantity':{'value':190}}");
}

static void
a_renewal_prints_its_numbers(void **state)
{
	static const char *const order[] = { "active", "clinic-order",
		"dispensed", "no-refills-left", "nothing-in-preparation",
		"no-newer-order", "diagnosis", "monitoring", "early" };
	BASE_AUTO(care_pack) pack = shipped("cn");
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_renewal) renewal = NULL;
	const struct fact_result *reading;

	take_renewal(facts);
	care_facts_join(facts);
	renewal = care_renewal_check(rules, facts, "MedicationRequest/old");
	assert_int_equal(renewal->gates->len, G_N_ELEMENTS(order));
	for (guint i = 0; i < renewal->gates->len; i++) {
		const struct care_gate *g = renewal->gates->pdata[i];

		assert_string_equal(g->id, order[i]);
		if (g->state != GATE_PASSED)
			fail_msg("%s: %s", g->id, g->sentence);
	}
	assert_int_equal(renewal->class, RENEWAL_PASSES);
	assert_string_equal(gate(renewal, "dispensed")->sentence,
	    "last fill 2026-10-25, 28 of 28 days used");
	assert_string_equal(gate(renewal, "no-refills-left")->sentence,
	    "1 + 1 allowed − 2 dispensed = 0 left");
	assert_string_equal(renewal->early, "28 days since the last fill / 28 "
	    "days' supply = 1.00, threshold 0.75");
	assert_string_equal(renewal->adherence, "PDC 0.89 over 63 days");
	assert_int_equal(renewal->fills->len, 2);
	assert_int_equal(renewal->monitoring->len, 1);
	reading = renewal->monitoring->pdata[0];
	assert_string_equal(reading->value, "128");
	assert_int_equal(renewal->differences->len, 0);
}

static void
a_renewal_shows_what_differs(void **state)
{
	BASE_AUTO(care_pack) pack = shipped("cn");
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_renewal) renewal = NULL;

	take_renewal(facts);
	take(facts, ORDER("new", "2026-11-10", ""));
	take(facts, ORDER("no", "2026-11-11", "'doNotPerform':true,"));
	take(facts, ORDER("wish", "2026-11-12", "")); /* not a proposal */
	take(facts, FILL("f3", "2026-11-21", "in-progress"));
	take(facts, "{'resourceType':'MedicationStatement','id':'s','status':"
	    "'not-taken','dateAsserted':'2026-11-15',"
	    "'medicationCodeableConcept':{'text':'氨氯地平'}}");
	facts->unread_messages = 2;
	care_facts_join(facts);
	renewal = care_renewal_check(rules, facts, "MedicationRequest/old");
	assert_int_equal(renewal->class, RENEWAL_FAILS);
	assert_int_equal(gate(renewal, "no-newer-order")->state, GATE_FAILED);
	assert_int_equal(gate(renewal, "nothing-in-preparation")->state,
	    GATE_FAILED);
	assert_int_equal(renewal->differences->len, 5);
	assert_string_equal(renewal->differences->pdata[0],
	    "2 unread messages of this patient");
}

/* What was not read is not passed. */
static void
an_unread_chart_passes_no_gate(void **state)
{
	BASE_AUTO(care_pack) pack = shipped("cn");
	const struct care_pack *one[] = { pack };
	BASE_AUTO(care_rules) rules = care_rules_new(one, 1, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_renewal) renewal = NULL;

	take_renewal(facts);
	facts->state[FACTS_DRUGS] = FACTS_NOT_LOADED;
	care_facts_join(facts);
	renewal = care_renewal_check(rules, facts, "MedicationRequest/old");
	assert_int_equal(gate(renewal, "no-newer-order")->state, GATE_UNKNOWN);
	assert_int_equal(gate(renewal, "nothing-in-preparation")->state,
	    GATE_UNKNOWN);
	assert_int_equal(renewal->class, RENEWAL_FAILS);
}

/* ---- how long it takes: printed, not judged ----------------------------- */

static void
the_time_is_printed(void **state)
{
	BASE_AUTO(care_pack) cn = shipped("cn");
	BASE_AUTO(care_pack) herbal = shipped("herbal");
	const struct care_pack *both[] = { cn, herbal };
	BASE_AUTO(care_rules) rules = care_rules_new(both, 2, NOW_MS);
	BASE_AUTO(care_facts) facts = facts_of(NOW_MS);
	BASE_AUTO(care_rx) rx = rx_of("布洛芬片", "M01AE01", 28);
	static const char *const atc[] = { "B01AA03", "C09CA03", "C10AA05",
		"A10BA02", "A10BK01", "C07AB02", "H03AA01", "A02BC01",
		"B01AC06", "M04AA03", "C03DA01", "N06AB06" };
	gint64 begun;
	int rounds = 50;

	for (size_t i = 0; i < G_N_ELEMENTS(atc); i++) {
		g_autofree char *json = g_strdup_printf("{'resourceType':"
		    "'MedicationRequest','id':'d%zu','status':'active',"
		    "'intent':'order','medicationCodeableConcept':{'coding':[{"
		    "'system':'http://www.whocc.no/atc','code':'%s'}],'text':"
		    "'药%zu'}}", i, atc[i], i);

		take(facts, json);
	}
	care_facts_join(facts);
	add_line(rx, "缬沙坦胶囊", "C09CA03", 28);
	add_line(rx, "二甲双胍片", "A10BA02", 28);
	begun = g_get_monotonic_time();
	for (int i = 0; i < rounds; i++)
		g_ptr_array_unref(care_check(rules, facts, rx));
	printf("# 3 lines against 12 drugs: %.2f ms\n",
	    (double)(g_get_monotonic_time() - begun) / 1000 / rounds);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_cards_than_are_read),
		cmocka_unit_test(a_wrong_pack_is_refused),
		cmocka_unit_test(the_later_pack_replaces),
		cmocka_unit_test(the_pack_says_what_is_the_same),
		cmocka_unit_test(a_rule_ends_on_its_day),
		cmocka_unit_test(a_wrong_clock_is_said),
		cmocka_unit_test(an_unsigned_or_failing_pack_is_said),
		cmocka_unit_test(no_proof_passes_a_block),
		cmocka_unit_test(a_reason_answers_what_was_asked),
		cmocka_unit_test(what_could_not_run_is_said),
		cmocka_unit_test(no_rules_is_said),
		cmocka_unit_test(cards_stand_among_the_findings),
		cmocka_unit_test(no_address_is_shown),
		cmocka_unit_test(a_reason_is_one_card_s),
		cmocka_unit_test(a_card_without_end),
		cmocka_unit_test(packs_answer_questions),
		cmocka_unit_test(every_row_is_shipped),
		cmocka_unit_test(every_kind_is_documented),
		cmocka_unit_test(a_renewal_prints_its_numbers),
		cmocka_unit_test(a_renewal_shows_what_differs),
		cmocka_unit_test(an_unread_chart_passes_no_gate),
		cmocka_unit_test(the_time_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
