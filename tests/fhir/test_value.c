/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that no value of an Observation is lost: each of the eleven value[x] of
 * R4 (and R5's Attachment) with every element it may carry, the reasons there is
 * none, and a narrative as text. With QN_HL7_EXAMPLES naming the directory of
 * HL7's official R4 examples, each Observation there says something, and every
 * number of its value stands in what is said.
 */
#include "tests/tap.h"
#include "fhir/fhir.h"

#include <string.h>

/* value[x] of http://hl7.org/fhir/R4/observation.html, and what is shown. */
static const struct { const char *type, *json, *shown; } kinds[] = {
	{ "Quantity", "{\"value\":7.20,\"unit\":\"%\"}", "7.20 %" },
	{ "Quantity", "{\"value\":0.50,\"comparator\":\"<=\",\"unit\":\"g\"}",
	  "<= 0.50 g" },
	{ "CodeableConcept", "{\"coding\":[{\"display\":\"Negative\"}]}",
	  "Negative" },
	{ "CodeableConcept", "{\"coding\":[{\"code\":\"A+\"}]}", "A+" },
	{ "String", "\"dark \\n yellow\"", "dark \n yellow" },
	{ "Boolean", "true", "yes" },
	{ "Boolean", "false", "no" },
	{ "Integer", "0", "0" },
	{ "Range", "{\"low\":{\"value\":1.0,\"unit\":\"g\"},"
	  "\"high\":{\"value\":2.50,\"unit\":\"g\"}}", "1.0–2.50 g" },
	{ "Range", "{\"low\":{\"value\":5}}", "≥ 5" },
	{ "Ratio", "{\"numerator\":{\"value\":1},\"denominator\":"
	  "{\"value\":128}}", "1:128" },
	{ "Ratio", "{\"numerator\":{\"value\":30.0,\"unit\":\"mg\"},"
	  "\"denominator\":{\"value\":1,\"unit\":\"g\",\"comparator\":\">\"}}",
	  "30.0 mg:> 1 g" },
	{ "Ratio", "{\"denominator\":{\"value\":128}}", "?:128" },
	{ "SampledData", "{\"origin\":{\"value\":2048,\"unit\":\"uV\"},"
	  "\"period\":10,\"factor\":1.612,\"lowerLimit\":-3300,"
	  "\"upperLimit\":3300,\"dimensions\":1,\"data\":\"2041 E  2037 L\"}",
	  "a recorded curve, 4 samples, one each 10 ms, zero at 2048 × 1.612 "
	  "uV, -3300…3300" },
	{ "SampledData", "{\"origin\":{\"value\":0},\"period\":2,"
	  "\"dimensions\":3,\"data\":\"1\"}", "a recorded curve, 1 sample, "
	  "one each 2 ms, 3 channels, zero at 0" },
	{ "Time", "\"06:30:00\"", "06:30:00" },
	{ "DateTime", "\"2019-03\"", "2019-03" },
	{ "Period", "{\"start\":\"2019\",\"end\":\"2020-01-02\"}",
	  "2019–2020-01-02" },
	{ "Period", "{\"end\":\"2020\"}", "–2020" },
	{ "Attachment", "{\"contentType\":\"application/pdf\",\"title\":"
	  "\"ECG\"}", "[file ECG, application/pdf]" },
	{ "Attachment", "{\"contentType\":\"image/png\"}", "[file image/png]" },
};
static const char *const r4_types[] = { "Quantity", "CodeableConcept",
	"String", "Boolean", "Integer", "Range", "Ratio", "SampledData", "Time",
	"DateTime", "Period" };

static struct fhir_doc *
parse(const char *json)
{
	g_autoptr(GError) error = NULL;
	struct fhir_doc *doc = fhir_parse(json, strlen(json), NULL, &error);

	if (!doc)
		fail_msg("%s: %s", json, error->message);
	return doc;
}

static void
test_kinds(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *json = g_strdup_printf("{\"value%s\":%s}",
		    kinds[i].type, kinds[i].json);
		BASE_AUTO(fhir_doc) doc = parse(json);
		g_autofree char *words = fhir_value_words(fhir_root(doc), "en");

		assert_non_null(words);
		assert_string_equal(words, kinds[i].shown);
	}
	for (size_t t = 0; t < G_N_ELEMENTS(r4_types); t++) {
		gboolean has = FALSE;

		for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
			has |= strcmp(r4_types[t], kinds[i].type) == 0;
		if (!has)
			fail_msg("value%s has no row", r4_types[t]);
	}
}

#define URL "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
#define BECAUSE(code) "\"extension\":[{\"url\":\"" URL \
	"\",\"valueCode\":\"" code "\"}]"

static const struct { const char *json, *shown; } absent[] = {
	{ "{\"dataAbsentReason\":{\"coding\":[{\"code\":\"not-performed\"}]}}",
	  "no value: not performed" },
	{ "{\"dataAbsentReason\":{\"text\":\"clotted\"}}",
	  "no value: clotted" },
	{ "{\"dataAbsentReason\":{\"coding\":[{\"code\":\"q9\","
	  "\"display\":\"Lost\"}]}}", "no value: Lost" },
	{ "{\"dataAbsentReason\":{\"coding\":[{\"code\":\"q9\"}]}}",
	  "no value: q9" },
	{ "{\"_valueString\":{" BECAUSE("asked-declined") "}}",
	  "no value: declined to answer" },
	{ "{\"valueQuantity\":{" BECAUSE("error") "}}",
	  "no value: error of the measurement" },
	{ "{\"valueQuantity\":{\"unit\":\"g\",\"_value\":{" BECAUSE("masked")
	  "}}}", "no value: withheld" },
	{ "{\"valueQuantity\":{\"value\":1}}", NULL },
	{ "{}", NULL },
};

static void
test_absent(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(absent); i++) {
		BASE_AUTO(fhir_doc) doc = parse(absent[i].json);
		g_autofree char *words = fhir_absent_words(fhir_root(doc),
		    "en");

		assert_int_equal(words == NULL, absent[i].shown == NULL);
		if (words)
			assert_string_equal(words, absent[i].shown);
	}
}

static const struct { const char *div, *shown; } narratives[] = {
	{ "<div>a<script>bad(1 < 2)</script>b<STYLE>x{}</STYLE> c</div>",
	  "ab c" },
	{ "<div>a<script>never ended", "a" },
	{ "<div xmlns=\\\"x\\\"><p>One</p><p>two <b>bold</b>&amp;&lt;</p></div>",
	  "One\ntwo bold&<" },
	{ "<div><table><tr><td>K</td><td>4.1</td></tr><tr><td>Na</td>"
	  "<td>140</td></tr></table></div>", "K 4.1\nNa 140" },
	{ "<div><!-- a <p> --> shown &#x4e2d;&#20013;&bogus;</div>",
	  "shown 中中&bogus;" },
	{ "<div>a<br/>b<img src='x' alt='>'/></div>", "a\nb'/>" },
	{ "<div>open <p", "open" },
	{ "<div><p> </p></div>", NULL },
};

static void
test_narratives(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(narratives); i++) {
		g_autofree char *json = g_strdup_printf(
		    "{\"text\":{\"div\":\"%s\"}}", narratives[i].div);
		BASE_AUTO(fhir_doc) doc = parse(json);
		g_autofree char *words = fhir_narrative_words(fhir_root(doc));

		assert_int_equal(words == NULL, narratives[i].shown == NULL);
		if (words)
			assert_string_equal(words, narratives[i].shown);
	}
}

/* ---- HL7's own ---------------------------------------------------------- */

/* Every number of an element stands in the words; samples are counted. */
static void
assert_numbers(const fhir_node *value, const char *words, const char *file)
{
	struct fhir_each each;
	const char *key, *number = fhir_number(value, NULL);
	const fhir_node *child;

	if (number && !strstr(words, number))
		fail_msg("%s: %s is not in “%s”", file, number, words);
	fhir_each(&each, value);
	while ((child = fhir_each_next(&each, &key)))
		if (g_strcmp0(key, "dimensions") != 0)
			assert_numbers(child, words, file);
}

static gboolean
says_something(const fhir_node *node, const char *file)
{
	g_autofree char *words = fhir_value_words(node, "en");
	g_autofree char *reason = fhir_absent_words(node, "en");
	struct fhir_each each;
	const char *key;
	const fhir_node *child;

	fhir_each(&each, node);
	while ((child = fhir_each_next(&each, &key))) {
		if (!key || !g_str_has_prefix(key, "value"))
			continue;
		if (!words && !reason)
			fail_msg("%s: %s says nothing", file, key);
		if (words)
			assert_numbers(child, words, file);
	}
	return words || reason;
}

static void
test_examples(void **state)
{
	const char *dir = g_getenv("QN_HL7_EXAMPLES");
	g_autoptr(GDir) files = dir ? g_dir_open(dir, 0, NULL) : NULL;
	const char *name;
	int n = 0, silent = 0;

	assert_non_null(files);
	while ((name = g_dir_read_name(files))) {
		g_autofree char *path = NULL, *bytes = NULL, *text = NULL;
		gsize len;
		BASE_AUTO(fhir_doc) doc = NULL;
		gboolean says;

		if (!g_str_has_prefix(name, "Observation-"))
			continue;
		path = g_build_filename(dir, name, NULL);
		assert_true(g_file_get_contents(path, &bytes, &len, NULL));
		doc = fhir_parse(bytes, len, NULL, NULL);
		assert_non_null(doc);
		says = says_something(fhir_root(doc), name);
		for (size_t i = 0; i < fhir_count(fhir_root(doc), "component");
		    i++)
			says |= says_something(fhir_at(fhir_root(doc),
			    "component", i), name);
		text = fhir_narrative_words(fhir_root(doc));
		says |= fhir_count(fhir_root(doc), "hasMember") > 0;
		silent += !says;
		if (!says && !text)
			fail_msg("%s says nothing at all", name);
		n++;
	}
	print_message("%d Observations, %d by their narrative alone\n", n,
	    silent);
	assert_true(n > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_narratives),
	};
	const struct CMUnitTest examples[] = {
		cmocka_unit_test(test_examples),
	};

	/* By tests/interop/examples.sh, where HL7's files are. */
	if (g_getenv("QN_HL7_EXAMPLES"))
		return cmocka_run_group_tests(examples, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
