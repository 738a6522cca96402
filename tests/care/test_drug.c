/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a drug is taken to be: read from the formulary (Medication and
 * MedicationKnowledge) with its strength, form, route, range and marks; read from
 * an order in each of the ways a MedicationRequest may name it, and then only as
 * that document's claim; that an order cannot clear its own drug of a rule, by
 * extension, coding or words, and that a renewal carries over what is sure to mean
 * the same, leaves the rest open, and asks for it.
 */
#include "tests/tap.h"
#include "care/order.h"
#include "care/rules.h"

#define PRODUCT "https://qingnang.example/drug"
#define UCUM(value, code) "{\"value\":" value ",\"system\":" \
	"\"http://unitsofmeasure.org\",\"code\":\"" code "\"}"
#define CODE(code, atc, en, text) "\"coding\":[{\"system\":\"" PRODUCT "\"," \
	"\"code\":\"" code "\",\"display\":\"" en "\"},{\"system\":" \
	"\"http://www.whocc.no/atc\",\"code\":\"" atc "\"}],\"text\":\"" text "\""
#define PART(atc, text, value, unit) "{\"itemCodeableConcept\":{\"coding\":[{" \
	"\"system\":\"http://www.whocc.no/atc\",\"code\":\"" atc "\"}],\"text\":" \
	"\"" text "\"},\"strength\":{\"numerator\":" UCUM(value, unit) "," \
	"\"denominator\":" UCUM("1", "{tablet}") "}}"

static const char amlodipine[] = "{\"resourceType\":\"Medication\",\"id\":"
    "\"qd0101\",\"code\":{" CODE("QD0101", "C08CA01", "amlodipine tablets 5 mg",
    "氨氯地平片 5 mg") "},\"form\":{\"coding\":[{\"system\":"
    "\"https://qingnang.example/dose-form\",\"code\":\"TAB\",\"display\":"
    "\"tablet\"}],\"text\":\"片\"},\"amount\":{\"numerator\":"
    UCUM("28", "{tablet}") ",\"denominator\":" UCUM("1", "{pack}") "},"
    "\"ingredient\":[" PART("C08CA01", "氨氯地平", "5", "mg") "]}";
static const char about_amlodipine[] = "{\"resourceType\":"
    "\"MedicationKnowledge\",\"id\":\"qd0101\",\"code\":{"
    CODE("QD0101", "C08CA01", "amlodipine tablets 5 mg", "氨氯地平片 5 mg") "},"
    "\"synonym\":[\"氨氯地平\",\"amlodipine\",\"安络平\"],\"intendedRoute\":[{"
    "\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":"
    "\"26643006\"}],\"text\":\"口服\"}],\"administrationGuidelines\":[{"
    "\"dosage\":[{\"type\":{\"text\":\"usual\"},\"dosage\":[{\"text\":\"练习数据\","
    "\"doseAndRate\":[{\"doseRange\":{\"low\":" UCUM("2.5", "mg") ",\"high\":"
    UCUM("10", "mg") "}}]}]}]}],\"medicineClassification\":[{\"type\":{\"text\":"
    "\"delivery\"},\"classification\":[{\"coding\":[{\"system\":"
    "\"https://qingnang.example/delivery\",\"code\":\"no-courier\"}]}]}],"
    "\"packaging\":{\"quantity\":" UCUM("14", "{tablet}") "},\"regulatory\":[{"
    "\"schedule\":[{\"schedule\":{\"coding\":[{\"system\":"
    "\"https://qingnang.example/us-schedule\",\"code\":\"CV\"}]}}]}]}";
static const char mixed[] = "{\"resourceType\":\"Medication\",\"id\":\"qd0401\","
    "\"code\":{" CODE("QD0401", "C09DB01", "valsartan amlodipine 80/5 mg",
    "缬沙坦氨氯地平片 80/5 mg") "},\"ingredient\":["
    PART("C09CA03", "缬沙坦", "80", "mg") ","
    PART("C08CA01", "氨氯地平", "5.0", "mg") "]}";
static const char syrup[] = "{\"resourceType\":\"Medication\",\"id\":\"qd0402\","
    "\"code\":{" CODE("QD0402", "M01AE01", "ibuprofen suspension",
    "布洛芬混悬液") "},\"ingredient\":[{\"itemCodeableConcept\":{\"text\":"
    "\"布洛芬\"},\"strength\":{\"numerator\":" UCUM("100", "mg") ","
    "\"denominator\":" UCUM("5", "mL") "}}]}";

static struct fhir_doc *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct fhir_doc *doc = fhir_parse(text, strlen(text), NULL, &error);

	assert_null(error);
	return doc;
}

static struct care_drug *
read_drug(const char *medication, const char *knowledge)
{
	BASE_AUTO(fhir_doc) a = parse(medication);
	BASE_AUTO(fhir_doc) b = knowledge ? parse(knowledge) : NULL;

	return care_drug_read(fhir_root(a), b ? fhir_root(b) : NULL);
}

static struct care_drug *
ordered(const char *members)
{
	g_autofree char *text = g_strdup_printf("{\"resourceType\":"
	    "\"MedicationRequest\",\"id\":\"m1\",%s}", members);
	BASE_AUTO(fhir_doc) doc = parse(text);

	return care_drug_of_order(fhir_root(doc));
}

/* ---- the formulary ------------------------------------------------------ */

static void
test_product(void **state)
{
	BASE_AUTO(care_drug) d = read_drug(amlodipine, about_amlodipine);

	assert_string_equal(d->ref, "Medication/qd0101");
	assert_string_equal(d->system, PRODUCT);
	assert_string_equal(d->code, "QD0101");
	assert_string_equal(d->generic_zh, "氨氯地平");
	assert_string_equal(d->generic_en, "amlodipine");
	assert_string_equal(d->brand, "安络平");
	assert_string_equal(d->strength, "5");
	assert_string_equal(d->strength_unit, "mg");
	assert_null(d->per);
	assert_null(d->strengths);
	assert_string_equal(d->form, "TAB");
	assert_string_equal(d->piece_unit, "{tablet}");
	assert_string_equal(d->pack, "28"); /* the product's own, not 14 */
	assert_string_equal(d->pack_unit, "{pack}");
	assert_string_equal(d->route, "po");
	assert_string_equal(d->dose_low, "2.5");
	assert_string_equal(d->dose_high, "10");
	assert_string_equal(d->dose_source, "练习数据");
	assert_true(care_drug_marked(d, "http://www.whocc.no/atc|C08CA01"));
	assert_true(care_drug_marked(d,
	    "https://qingnang.example/us-schedule|CV"));
	assert_true(care_drug_marked(d,
	    "https://qingnang.example/delivery|no-courier"));
	assert_false(d->claimed);
	assert_false(d->herbal);
}

/* Parts of a combination have no strength to compute with, and are told apart. */
static void
test_mixed(void **state)
{
	BASE_AUTO(care_drug) d = read_drug(mixed, NULL);
	BASE_AUTO(care_drug) one = read_drug(amlodipine, NULL);
	BASE_AUTO(care_order) o = care_order_new();

	assert_null(d->strength);
	assert_string_equal(d->strengths, "80/5 mg");
	assert_string_equal(d->piece_unit, "{tablet}");
	assert_true(care_drug_same_substance(d, one));
	d->generic_zh = g_strdup("缬沙坦氨氯地平");
	o->drug = g_steal_pointer(&d);
	o->dose = g_strdup("1");
	o->dose_unit = g_strdup("{tablet}");
	g_autofree char *words = care_order_sentence(o, "zh");
	assert_string_equal(words, "缬沙坦氨氯地平 80/5 mg，每次 1 片");
	o->drug->generic_en = g_strdup("valsartan and amlodipine");
	g_autofree char *en = care_order_sentence(o, "en");
	assert_string_equal(en, "valsartan and amlodipine 80/5 mg, 1 tablet");
}

static void
test_liquid(void **state)
{
	BASE_AUTO(care_drug) d = read_drug(syrup, NULL);

	assert_string_equal(d->strength, "100");
	assert_string_equal(d->per, "5");
	assert_string_equal(d->per_unit, "mL");
	assert_string_equal(d->generic_zh, "布洛芬");
}

/* ---- an order's own words ----------------------------------------------- */

static void
test_ways(void **state)
{
	g_autofree char *inside = g_strdup_printf("\"contained\":[%s],"
	    "\"medicationReference\":{\"reference\":\"#qd0101\"}", amlodipine);
	BASE_AUTO(care_drug) coded = ordered("\"medicationCodeableConcept\":{"
	    CODE("QD0101", "C08CA01", "amlodipine", "氨氯地平片") "}");
	BASE_AUTO(care_drug) contained = ordered(inside);
	BASE_AUTO(care_drug) by_ref = ordered("\"medicationReference\":{"
	    "\"reference\":\"Medication/qd0101\",\"display\":\"氨氯地平片\"}");
	BASE_AUTO(care_drug) words = ordered("\"medicationCodeableConcept\":{"
	    "\"text\":\"自制合剂\"}");
	BASE_AUTO(care_drug) lost = ordered("\"medicationReference\":{"
	    "\"reference\":\"#none\"}");
	BASE_AUTO(care_drug) nothing = ordered("\"status\":\"active\"");
	const struct care_drug *all[] = { coded, contained, by_ref, words, lost,
		nothing };

	assert_string_equal(coded->code, "QD0101");
	assert_string_equal(contained->strength, "5");
	assert_null(contained->ref); /* it is on no server */
	assert_string_equal(by_ref->ref, "Medication/qd0101");
	assert_null(by_ref->code);
	assert_string_equal(by_ref->words, "氨氯地平片");
	assert_null(words->code);
	assert_string_equal(words->words, "自制合剂");
	assert_null(lost->words);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		assert_true(all[i]->claimed);
}

#define EXT "https://qingnang.example/fhir/StructureDefinition/"
#define MEMBER(url, text) "{\"url\":\"" url "\",\"valueString\":\"" text "\"}"
static const char spoofed[] = "\"status\":\"active\",\"intent\":\"order\","
    "\"extension\":[{\"extension\":[" MEMBER("generic-zh", "氨氯地平") ","
    MEMBER("form", "TAB") "," MEMBER("strength", "5") ","
    MEMBER("mark", "http://www.whocc.no/atc|C08CA01") ","
    MEMBER("kind", "herbal-piece") "," MEMBER("source", "formulary") "],"
    "\"url\":\"" EXT "product\"}],\"medicationCodeableConcept\":{\"text\":"
    "\"神秘胶囊\"}";

/* Our own extensions are anybody's to write. */
static void
test_spoofed(void **state)
{
	BASE_AUTO(care_drug) d = ordered(spoofed);

	assert_true(d->claimed);
	assert_false(d->herbal);
	assert_null(d->generic_zh);
	assert_null(d->strength);
	assert_false(care_drug_marked(d, ""));
}

/* ---- against the rules -------------------------------------------------- */

static struct care_rx *
renew(const char *members, const struct care_drug *formulary)
{
	g_autofree char *text = g_strdup_printf("{\"resourceType\":"
	    "\"MedicationRequest\",\"id\":\"m1\",\"meta\":{\"versionId\":\"2\"},"
	    "\"subject\":{\"reference\":\"Patient/p1\"},%s}", members);
	BASE_AUTO(fhir_doc) doc = parse(text);

	return care_rx_renew(fhir_root(doc), NULL, NULL, formulary,
	    1760000000000);
}

static struct care_rules *
chinese_rules(struct care_pack **pack)
{
	g_autofree char *path = test_src("rules/cn.json"), *bytes = NULL;
	g_autoptr(GError) error = NULL;
	gsize len;

	assert_true(g_file_get_contents(path, &bytes, &len, &error));
	*pack = care_pack_read(bytes, len, &error);
	assert_null(error);
	return care_rules_new((const struct care_pack *const *)pack, 1,
	    1760000000000);
}

/* Whether a rule is in the way of this prescription. */
static gboolean
in_the_way(const struct care_rx *rx, const char *rule)
{
	struct care_pack *pack;
	struct care_rules *rules = chinese_rules(&pack);
	struct care_facts *facts = care_facts_new(1760000000000);
	GPtrArray *found = care_check(rules, facts, rx);
	gboolean open = FALSE;

	for (guint i = 0; i < found->len; i++) {
		const struct care_finding *f = found->pdata[i];

		open |= g_strcmp0(f->rule, rule) == 0 && care_finding_open(f);
	}
	g_ptr_array_unref(found);
	care_facts_free(facts);
	care_rules_free(rules);
	care_pack_free(pack);
	return open;
}

#define CODED "\"medicationCodeableConcept\":{" \
	CODE("QD0101", "C08CA01", "amlodipine", "氨氯地平片") "}"

static void
test_not_identified(void **state)
{
	BASE_AUTO(care_drug) product = read_drug(amlodipine, about_amlodipine);
	BASE_AUTO(care_rx) known = renew(CODED, product);
	BASE_AUTO(care_rx) missing = renew(CODED, NULL);
	BASE_AUTO(care_rx) other = renew(spoofed, product);
	const struct care_order *o = known->orders->pdata[0];

	assert_false(o->drug->claimed);
	assert_string_equal(o->drug->form, "TAB");
	assert_false(in_the_way(known, "CN-20"));
	/* the same codes without the formulary prove nothing */
	assert_true(in_the_way(missing, "CN-20"));
	assert_true(in_the_way(other, "CN-20"));
}

/* A code that says one thing and words that say another are not put together. */
static void
test_contradiction(void **state)
{
	BASE_AUTO(care_drug) product = read_drug(amlodipine, about_amlodipine);
	BASE_AUTO(care_rx) rx = renew("\"medicationCodeableConcept\":{"
	    "\"coding\":[{\"system\":\"" PRODUCT "\",\"code\":\"QD0101\"}],"
	    "\"text\":\"阿普唑仑片\"}", product);
	BASE_AUTO(care_rx) bare = renew("\"medicationReference\":{"
	    "\"reference\":\"Medication/qd0101\"}", product);
	const struct care_order *o = rx->orders->pdata[0];
	const struct care_order *b = bare->orders->pdata[0];

	assert_true(o->drug->claimed);
	assert_true(in_the_way(rx, "CN-20"));
	assert_string_equal(b->drug->code, "QD0101");
	assert_false(b->drug->claimed);
}

/* What a pended prescription says of its drugs is ours, and lasts. */
static void
test_kept(void **state)
{
	BASE_AUTO(care_drug) product = read_drug(amlodipine, about_amlodipine);
	const struct care_drug *drugs[] = { product, NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(drugs); i++) {
		BASE_AUTO(care_rx) rx = renew(CODED ",\"dosageInstruction\":[{"
		    "\"asNeededBoolean\":true,\"doseAndRate\":[{"
		    "\"doseQuantity\":" UCUM("1", "{tablet}") "}]}]", drugs[i]);
		size_t len;
		g_autoptr(GError) error = NULL;

		rx->requester_ref = g_strdup("Practitioner/me");
		g_autofree char *bytes = care_rx_collection(rx, &len, &error);
		assert_null(error);
		BASE_AUTO(care_rx) back = care_rx_read(bytes, len, &error);
		const struct care_order *o = back->orders->pdata[0];
		assert_int_equal(o->drug->claimed, drugs[i] == NULL);
		assert_int_equal(in_the_way(back, "CN-20"), drugs[i] == NULL);
		assert_false(!drugs[i] && in_the_way(rx, "CN-30-AGE"));
	}
}

/* ---- what a renewal is sure of ------------------------------------------ */

#define DOSAGE(timing, more) "{\"timing\":{\"repeat\":{" timing "}}," \
	"\"route\":{\"coding\":[{\"system\":\"http://snomed.info/sct\"," \
	"\"code\":\"26643006\"}]},\"doseAndRate\":[{\"doseQuantity\":" \
	UCUM("1", "{tablet}") "}]" more "}"
#define WEEKLY "\"frequency\":1,\"period\":1,\"periodUnit\":\"wk\""

static const struct {
	const char *dosages, *line;
} carried[] = {
	{ DOSAGE(WEEKLY ",\"dayOfWeek\":[\"mon\"]", ""), "氨氯地平片 1tablet po qw @mon" },
	{ DOSAGE("\"frequency\":2,\"period\":1,\"periodUnit\":\"wk\",\"dayOfWeek\":[\"thu\",\"mon\"]", ""), "氨氯地平片 1tablet po biw @mon @thu" },
	{ DOSAGE(WEEKLY, ""), "氨氯地平片 1tablet po qw" },
	/* as many days as times, each once, or it is asked */
	{ DOSAGE(WEEKLY ",\"dayOfWeek\":[\"mon\",\"tue\"]", ""), "氨氯地平片 1tablet po" },
	{ DOSAGE("\"frequency\":2,\"period\":1,\"periodUnit\":\"wk\",\"dayOfWeek\":[\"mon\",\"mon\"]", ""), "氨氯地平片 1tablet po" },
	{ DOSAGE(WEEKLY ",\"dayOfWeek\":[\"someday\"]", ""), "氨氯地平片 1tablet po" },
	{ DOSAGE("\"dayOfWeek\":[\"mon\"]", ""), "氨氯地平片 1tablet po" },
	{ DOSAGE("\"frequency\":1,\"period\":1,\"periodUnit\":\"d\",\"timeOfDay\":[\"08:00:00\"]", ""), "氨氯地平片 1tablet po" },
	{ DOSAGE("\"when\":[\"HS\"]", ",\"asNeededBoolean\":true"), "氨氯地平片 1tablet po @hs prn" },
	/* two dosages: only what they share */
	{ DOSAGE("\"when\":[\"MORN\"]", "") "," DOSAGE("\"when\":[\"EVE\"]", ""), "氨氯地平片 po" },
	{ DOSAGE(WEEKLY, "") ",{\"text\":\"加一片\"}", "氨氯地平片" },
};

static void
test_carried(void **state)
{
	BASE_AUTO(care_drug) product = read_drug(amlodipine, about_amlodipine);

	for (size_t i = 0; i < G_N_ELEMENTS(carried); i++) {
		g_autofree char *members = g_strdup_printf(CODED
		    ",\"dosageInstruction\":[%s]", carried[i].dosages);
		BASE_AUTO(care_rx) rx = renew(members, product);
		g_autofree char *line = care_line_write(
		    rx->orders->pdata[0]);

		assert_string_equal(line, carried[i].line);
	}
}

/* ---- what is left open is asked ----------------------------------------- */

static GPtrArray *
find_chosen(void *user, const char *words, int limit)
{
	return g_ptr_array_new();
}

#define DAILY "\"frequency\":1,\"period\":1,\"periodUnit\":\"d\""
#define SUPPLY ",\"reasonCode\":[{\"text\":\"高血压病\"}]," \
	"\"dispenseRequest\":{\"expectedSupplyDuration\":" UCUM("28", "d") \
	",\"quantity\":" UCUM("28", "{tablet}") "}"

/* A dosage that has no text is said field by field. */
#define ONE "route 26643006, dose 1 tablet {tablet}"

/* The questions of the order line that a renewal is taken up in, joined. */
static const struct {
	const char *dosages, *asks;
	const char *was; /* what is repeated of the old order; NULL: nothing */
} asked[] = {
	{ DOSAGE(DAILY, ",\"text\":\"每日一片\""), "", NULL },
	/* at 8 and at 20 o'clock: how often is not concluded from the hours */
	{ DOSAGE("\"timeOfDay\":[\"08:00:00\",\"20:00:00\"]", ""),
	    "How often?", "time of day 08:00:00, time of day 20:00:00, " ONE },
	{ DOSAGE(DAILY ",\"timeOfDay\":[\"08:00:00\"]", ""), "How often?",
	    "times 1, period 1, unit of period d, time of day 08:00:00, " ONE },
	/* one in the morning, two in the evening; first one, later two */
	{ DOSAGE("\"when\":[\"MORN\"]", "") ","
	    DOSAGE("\"when\":[\"EVE\"]", ""), "Which dose?|How often?",
	    "when MORN, " ONE "; when EVE, " ONE },
	{ DOSAGE(DAILY, ",\"sequence\":1") ","
	    DOSAGE("\"frequency\":2,\"period\":1,\"periodUnit\":\"d\"",
	    ",\"sequence\":2"), "Which dose?|How often?",
	    "times 1, period 1, unit of period d, " ONE ", step 1; "
	    "times 2, period 1, unit of period d, " ONE ", step 2" },
	/* the route is the formulary's, and is said in the sentence */
	{ DOSAGE(DAILY, "") ",{\"text\":\"加一片\"}",
	    "Which dose?|How often?",
	    "times 1, period 1, unit of period d, " ONE "; 加一片" },
	/* its own words, where it has some */
	{ DOSAGE("\"when\":[\"MORN\"]", ",\"text\":\"早 1 片\"") ","
	    DOSAGE("\"when\":[\"EVE\"]", ",\"text\":\"晚 2 片\""),
	    "Which dose?|How often?", "早 1 片; 晚 2 片" },
};

/* What our line cannot say of an old order is asked in a sentence each, with its
 * choices, blocks until it is answered, and is not concluded from the rest. */
static void
test_asked(void **state)
{
	static const struct care_lookup lookup = { find_chosen, NULL };
	BASE_AUTO(care_drug) product = read_drug(amlodipine, about_amlodipine);

	for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
		g_autofree char *members = g_strdup_printf(CODED SUPPLY
		    ",\"dosageInstruction\":[%s]", asked[i].dosages);
		BASE_AUTO(care_rx) rx = renew(members, product);
		const struct care_order *o = rx->orders->pdata[0];
		g_autofree char *text = care_line_write(o);
		BASE_AUTO(care_line) line = care_line_parse(text, &lookup,
		    o->drug, FALSE);
		g_autoptr(GString) all = g_string_new(NULL);

		for (guint n = 0; n < line->questions->len; n++) {
			const struct care_question *q =
			    line->questions->pdata[n];

			g_string_append_printf(all, "%s%s", n ? "|" : "",
			    q->sentence);
			assert_true(q->choices->len > 0);
		}
		assert_string_equal(all->str, asked[i].asks);
		if (g_strcmp0(o->was, asked[i].was) != 0)
			fail_msg("%zu: %s", i, o->was);
		assert_int_equal(line->complete, !*asked[i].asks);
		assert_int_equal(in_the_way(rx, "CN-30"), *asked[i].asks != 0);
	}
}

/* Half an instruction says that it is half. */
static void
test_was_is_cut(void **state)
{
	BASE_AUTO(care_drug) product = read_drug(amlodipine, about_amlodipine);
	g_autoptr(GString) text = g_string_new(NULL);

	for (int i = 0; i < 1000; i++)
		g_string_append(text, "早一片");
	g_autofree char *members = g_strdup_printf(CODED
	    ",\"dosageInstruction\":[{\"text\":\"%s\"}]", text->str);
	BASE_AUTO(care_rx) rx = renew(members, product);
	const struct care_order *o = rx->orders->pdata[0];

	assert_int_equal(base_text_cols(o->was, -1), 999);
	assert_true(g_str_has_prefix(o->was, "早一片早"));
	assert_true(g_str_has_suffix(o->was, "片早…"));
}

/* As needed is how often; the form is the formulary's and never the order's. */
static void
test_stated(void **state)
{
	BASE_AUTO(care_drug) product = read_drug(amlodipine, about_amlodipine);
	static const char members[] = CODED ",\"reasonCode\":[{\"text\":"
	    "\"心绞痛\"}],\"dispenseRequest\":{\"quantity\":" UCUM("28",
	    "{tablet}") "},\"dosageInstruction\":["
	    DOSAGE("", ",\"asNeededBoolean\":true") "]";
	BASE_AUTO(care_rx) needed = renew(members, product);
	BASE_AUTO(care_rx) claimed = renew(members, NULL);
	BASE_AUTO(care_rx) open = renew(members, product);
	struct care_order *o = open->orders->pdata[0];

	o->as_needed = FALSE;
	assert_false(in_the_way(needed, "CN-30"));
	assert_true(in_the_way(claimed, "CN-30"));
	assert_true(in_the_way(open, "CN-30"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_product),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_liquid),
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_spoofed),
		cmocka_unit_test(test_not_identified),
		cmocka_unit_test(test_contradiction),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_carried),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_was_is_cut),
		cmocka_unit_test(test_stated),
	};
	base_i18n_init("en");
	return cmocka_run_group_tests_name("drugs", tests, NULL, NULL);
}
