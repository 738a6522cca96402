/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a doctor reads of names, codes, values, ranges and errors: the
 * right name of several, the right language, decimals as they came.
 */
#include "tests/tap.h"
#include "fhir/fhir.h"

/* Input, and the words expected of it (NULL: none). */
struct sample { const char *json, *words; };

static struct fhir_doc *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct fhir_doc *doc = fhir_parse(text, strlen(text), NULL, &error);

	if (!doc)
		fail_msg("%s: %s", text, error->message);
	return doc;
}

static void
assert_words(const struct sample *s, const char *words)
{
	if (g_strcmp0(words, s->words) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", s->json, words, s->words);
}

static const struct sample names[] = {
	{ "{\"name\":[{\"family\":\"张\",\"given\":[\"银兰\"]}]}", "张银兰" },
	{ "{\"name\":[{\"family\":\"欧阳\",\"given\":[\"娜\",\"娜\"]}]}",
		"欧阳娜娜" },
	{ "{\"name\":[{\"text\":\"张 银兰 女士\",\"family\":\"张\"}]}",
		"张 银兰 女士" },
	{ "{\"name\":[{\"family\":\"Chalmers\",\"given\":[\"Peter\","
	  "\"James\"]}]}", "Peter James Chalmers" },
	{ "{\"name\":[{\"family\":\"张\"}]}", "张" },
	{ "{\"name\":[{\"given\":[\"Ann\"]}]}", "Ann" },
	{ "{\"name\":[{\"given\":[\"银\",\"兰\"]}]}", "银兰" },
	/* old and maiden names never, though they stand first or alone */
	{ "{\"name\":[{\"use\":\"old\",\"text\":\"旧名\"},"
	  "{\"use\":\"official\",\"text\":\"新名\"}]}", "新名" },
	{ "{\"name\":[{\"use\":\"maiden\",\"text\":\"Windsor\"}]}", NULL },
	{ "{\"name\":[{\"use\":\"old\",\"text\":\"旧名\"}]}", NULL },
	{ "{\"name\":[{\"use\":\"zzz\",\"text\":\"?\"}]}", NULL },
	/* usual before official before the rest */
	{ "{\"name\":[{\"use\":\"official\",\"text\":\"O\"},"
	  "{\"use\":\"usual\",\"text\":\"U\"}]}", "U" },
	{ "{\"name\":[{\"use\":\"nickname\",\"text\":\"N\"},"
	  "{\"text\":\"P\"}]}", "P" },
	{ "{\"name\":[{\"text\":\"A\"},{\"text\":\"B\"}]}", "A" },
	/* a better use without words does not hide a worse one with some */
	{ "{\"name\":[{\"use\":\"usual\"},{\"use\":\"nickname\","
	  "\"text\":\"N\"}]}", "N" },
	{ "{\"name\":[{\"text\":\"\",\"family\":\"李\"}]}", "李" },
	{ "{\"name\":[{}]}", NULL },
	{ "{\"name\":[]}", NULL },
	{ "{}", NULL },
	{ "{\"name\":\"hospital\"}", NULL },
};

static void
test_names(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		BASE_AUTO(fhir_doc) doc = parse(names[i].json);
		g_autofree char *words = fhir_name_words(fhir_get(
		    fhir_root(doc), "name"));

		assert_words(&names[i], words);
	}
}

#define ZH "\"_display\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/" \
	"StructureDefinition/translation\",\"extension\":[{\"url\":\"lang\"," \
	"\"valueCode\":\"zh-CN\"},{\"url\":\"content\"," \
	"\"valueString\":\"高血压\"}]}]}"

static const struct sample concepts[] = {
	{ "{\"text\":\"血压高\",\"coding\":[{\"display\":\"x\"}]}", "血压高" },
	{ "{\"coding\":[{\"code\":\"38341003\",\"display\":\"Hypertension\"," ZH
	  "}]}", "高血压" },
	{ "{\"coding\":[{\"code\":\"1\"},{\"code\":\"2\","
	  "\"display\":\"two\"}]}", "two" },
	{ "{\"coding\":[{\"code\":\"1\"},{\"code\":\"2\"}]}", "1" },
	{ "{\"text\":\"\",\"coding\":[{\"display\":\"\",\"code\":\"c\"}]}",
		"c" },
	{ "{\"coding\":[]}", NULL },
	{ "{}", NULL },
};

static void
test_concepts(void **state)
{
	BASE_AUTO(fhir_doc) both = parse(concepts[1].json);

	for (size_t i = 0; i < G_N_ELEMENTS(concepts); i++) {
		BASE_AUTO(fhir_doc) doc = parse(concepts[i].json);

		assert_words(&concepts[i], fhir_concept_words(fhir_root(doc),
		    "zh_CN"));
	}
	assert_string_equal(fhir_concept_words(fhir_root(both), "zh"),
	    "高血压");
	assert_string_equal(fhir_concept_words(fhir_root(both), "en"),
	    "Hypertension");
	assert_string_equal(fhir_concept_words(fhir_root(both), NULL),
	    "Hypertension");
	assert_null(fhir_concept_words(NULL, "zh"));
}

static void
test_concept_code(void **state)
{
	BASE_AUTO(fhir_doc) doc = parse("{\"code\":{\"coding\":["
	    "{\"system\":\"a\"},{\"system\":\"a\",\"code\":\"1\"},"
	    "{\"system\":\"b\",\"code\":\"2\"}]},"
	    "\"list\":[{\"coding\":[{\"code\":\"3\"}]}]}");
	const fhir_node *code = fhir_get(fhir_root(doc), "code");

	assert_string_equal(fhir_concept_code(code, "b"), "2");
	assert_string_equal(fhir_concept_code(code, NULL), "1");
	assert_null(fhir_concept_code(code, "c"));
	assert_string_equal(fhir_concept_code(fhir_get(fhir_root(doc), "list"),
	    NULL), "3");
	assert_null(fhir_concept_code(NULL, NULL));
}

static const struct sample values[] = {
	{ "{\"valueQuantity\":{\"value\":7.20,\"unit\":\"%\"}}", "7.20 %" },
	{ "{\"valueQuantity\":{\"value\":0.50,\"comparator\":\"<\","
	  "\"unit\":\"mmol/L\"}}", "< 0.50 mmol/L" },
	{ "{\"valueQuantity\":{\"value\":1E-2,\"code\":\"mg\"}}", "1E-2 mg" },
	{ "{\"valueQuantity\":{\"value\":1.5,\"code\":\"1\"}}", "1.5" },
	{ "{\"valueQuantity\":{\"value\":3.82,\"unit\":\"{INR}\"}}", "3.82 INR" },
	{ "{\"valueQuantity\":{\"value\":80,\"code\":\"{beats}/min\"}}",
	  "80 beats/min" },
	{ "{\"valueQuantity\":{\"value\":5,\"code\":\"mg{total}/L\"}}",
	  "5 mg/L" },
	{ "{\"valueQuantity\":{\"value\":5,\"unit\":\"{\"}}", "5 {" },
	{ "{\"valueQuantity\":{\"value\":5,\"unit\":\"{}\"}}", "5" },
	{ "{\"valueQuantity\":{\"value\":3}}", "3" },
	{ "{\"valueQuantity\":{\"value\":\"3\",\"unit\":\"g\"}}", NULL },
	{ "{\"valueQuantity\":{\"unit\":\"g\"}}", NULL },
	{ "{\"valueCodeableConcept\":{\"text\":\"阳性\"}}", "阳性" },
	{ "{\"valueString\":\"a\\nb\"}", "a\nb" },
	{ "{\"valueBoolean\":true}", "yes" },
	{ "{\"valueBoolean\":false}", "no" },
	{ "{\"valueInteger\":-0}", "-0" },
	{ "{\"valueRange\":{\"low\":{\"value\":1.0,\"unit\":\"d\"},"
	  "\"high\":{\"value\":2.0,\"unit\":\"d\"}}}", "1.0–2.0 d" },
	{ "{\"valueRange\":{\"high\":{\"value\":2.0,\"unit\":\"d\"}}}",
		"≤ 2.0 d" },
	{ "{\"valueRange\":{\"low\":{\"value\":5,\"unit\":\"d\"},"
	  "\"high\":{\"value\":2,\"unit\":\"wk\"}}}", "5 d–2 wk" },
	{ "{\"valueRange\":{\"low\":{\"value\":5,\"unit\":\"d\"},"
	  "\"high\":{\"value\":7}}}", "5–7 d" },
	{ "{\"valueRatio\":{\"numerator\":{\"value\":1},"
	  "\"denominator\":{\"value\":128}}}", "1:128" },
	{ "{\"valueRatio\":{\"numerator\":{\"value\":1}}}", "1:?" },
	{ "{\"valueRatio\":{}}", NULL },
	{ "{\"valueTime\":\"08:30:00\"}", "08:30:00" },
	{ "{\"valueDateTime\":\"2026-10\"}", "2026-10" },
	{ "{\"valuePeriod\":{\"start\":\"2026-10-01\"}}", "2026-10-01–" },
	{ "{\"valuePeriod\":{}}", NULL },
	{ "{\"valueSampledData\":{\"data\":\"1 2\"}}",
	  "a recorded curve, 2 samples" },
	{ "{\"dataAbsentReason\":{\"text\":\"lost\"}}", NULL },
	{ "{}", NULL },
};

static void
test_values(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		BASE_AUTO(fhir_doc) doc = parse(values[i].json);
		g_autofree char *words = fhir_value_words(fhir_root(doc), "en");

		assert_words(&values[i], words);
	}
	assert_null(fhir_value_words(NULL, "en"));
}

static const struct sample ranges[] = {
	{ "{\"referenceRange\":[{\"low\":{\"value\":45},"
	  "\"high\":{\"value\":84.0}}]}", "45–84.0" },
	{ "{\"referenceRange\":[{\"high\":{\"value\":5.20}}]}", "≤ 5.20" },
	{ "{\"referenceRange\":[{\"low\":{\"value\":1.0}}]}", "≥ 1.0" },
	{ "{\"referenceRange\":[{\"text\":\"阴性\"}]}", "阴性" },
	{ "{\"referenceRange\":[{\"low\":{\"value\":1},\"text\":\"x\"}]}",
		"≥ 1" },
	{ "{\"referenceRange\":[{\"low\":{\"value\":1},\"high\":{\"value\":2},"
	  "\"appliesTo\":[{\"text\":\"女性\"}]}]}", "1–2 (女性)" },
	{ "{\"referenceRange\":[{\"low\":{\"value\":2},\"high\":{\"value\":3},"
	  "\"type\":{\"coding\":[{\"code\":\"therapeutic\"}],\"text\":"
	  "\"目标\"}}]}", "2–3 (目标)" },
	{ "{\"referenceRange\":[{\"low\":{\"value\":2},\"type\":{\"coding\":[{"
	  "\"code\":\"normal\"}]}}]}", "≥ 2" },
	{ "{\"referenceRange\":[{\"low\":{\"value\":9},\"type\":{\"text\":"
	  "\"goal\"}},{\"low\":{\"value\":2}}]}", "≥ 2" },
	{ "{\"referenceRange\":[{\"low\":{\"value\":9},\"type\":{\"text\":"
	  "\"goal\"},\"appliesTo\":[{\"text\":\"men\"}]}]}",
	  "≥ 9 (goal, men)" },
	{ "{\"referenceRange\":[{}]}", NULL },
	{ "{\"referenceRange\":[]}", NULL },
	{ "{}", NULL },
};

static void
test_ranges(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		BASE_AUTO(fhir_doc) doc = parse(ranges[i].json);
		g_autofree char *words = fhir_range_words(fhir_root(doc));

		assert_words(&ranges[i], words);
	}
}

#define V3 "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

static const struct sample interpretations[] = {
	{ "{\"interpretation\":[{\"coding\":[{\"code\":\"H\"}]}]}", "H" },
	{ "{\"interpretation\":[{\"coding\":[{\"system\":\"local\","
	  "\"code\":\"9\"},{\"system\":\"" V3 "\",\"code\":\"LL\"}]}]}", "LL" },
	{ "{\"interpretation\":[{\"text\":\"high\"}]}", NULL },
	{ "{}", NULL },
};

static void
test_interpretations(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(interpretations); i++) {
		BASE_AUTO(fhir_doc) doc = parse(interpretations[i].json);

		assert_words(&interpretations[i],
		    fhir_interpretation(fhir_root(doc)));
	}
}

#define OUTCOME "{\"resourceType\":\"OperationOutcome\",\"issue\":"

static const struct sample outcomes[] = {
	{ OUTCOME "[{\"severity\":\"error\",\"code\":\"invalid\",\"details\":"
	  "{\"text\":\"Bad id\"},\"diagnostics\":\"stack\"}]}", "Bad id" },
	{ OUTCOME "[{\"severity\":\"warning\",\"diagnostics\":\"w\"},"
	  "{\"severity\":\"fatal\",\"diagnostics\":\"f\"}]}", "f" },
	{ OUTCOME "[{\"severity\":\"information\",\"code\":\"informational\"}]}",
		"informational" },
	{ OUTCOME "[{\"severity\":\"error\",\"details\":{\"coding\":[{\"code\":"
	  "\"MSG_X\",\"display\":\"No such\"}]}}]}", "No such" },
	{ OUTCOME "[]}", NULL },
	{ "{\"resourceType\":\"OperationOutcome\"}", NULL },
	{ "{\"resourceType\":\"Patient\",\"issue\":[{\"diagnostics\":\"x\"}]}",
		NULL },
};

static void
test_outcomes(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++) {
		BASE_AUTO(fhir_doc) doc = parse(outcomes[i].json);
		g_autofree char *words = fhir_outcome_words(fhir_root(doc));

		assert_words(&outcomes[i], words);
	}
	assert_null(fhir_outcome_words(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_concepts),
		cmocka_unit_test(test_concept_code),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_interpretations),
		cmocka_unit_test(test_outcomes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
