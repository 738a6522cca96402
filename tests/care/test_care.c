/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that marks and words agree with the codes, and that nothing is
 * interpreted by a guess.
 */
#include "tests/tap.h"
#include "care/care.h"

static void
test_urgency(void **state)
{
	for (int p = FHIR_STAT; p < FHIR_ROUTINE; p++) {
		assert_true(*care_urgency_mark((enum fhir_priority)p) != '\0');
		assert_true(*care_urgency_words((enum fhir_priority)p) != '\0');
	}
	assert_string_equal(care_urgency_mark(FHIR_STAT), "‼");
	assert_string_equal(care_urgency_mark(FHIR_URGENT), "!");
	assert_string_equal(care_urgency_mark(FHIR_ROUTINE), "");
	assert_string_equal(care_urgency_words(FHIR_ROUTINE), "");
}

static const struct { const char *code, *mark, *words; int rank; } codes[] = {
	{ "HH", "↑↑", "critically high", 0 },
	{ "LL", "↓↓", "critically low", 0 },
	{ "AA", "!!", "critically abnormal", 0 },
	{ "H", "↑", "high", 1 },
	{ "L", "↓", "low", 1 },
	{ "A", "!", "abnormal", 1 },
	{ "N", "", "", 2 },
	{ "NEG", "−", "negative", 2 },
	{ "POS", "+", "positive", 1 },
	/* one we do not know is shown as it came */
	{ "XYZ", "XYZ", "XYZ", 3 },
	{ "h", "h", "h", 3 },
	{ NULL, "", "", 3 },
};

static void
test_interpretation(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
		const char *code = codes[i].code;

		assert_string_equal(care_interpretation_mark(code),
		    codes[i].mark);
		assert_string_equal(care_interpretation_words(code),
		    codes[i].words);
		assert_int_equal(care_interpretation_rank(code), codes[i].rank);
	}
}

static const struct { const char *value, *low, *high, *said; } ranges[] = {
	{ "7.2", "4.0", "6.0", "H" },
	{ "6.0", "4.0", "6.00", "N" },
	{ "6.0000000000000000001", "4.0", "6.0", "H" },
	{ "4", "4.0", "6.0", "N" },
	{ "3.99", "4.0", "6.0", "L" },
	{ "3.99", "4.0", NULL, "L" },
	{ "5", NULL, "5.2", "N" },
	{ "5.3", NULL, "5.2", "H" },
	{ "-1", "-2", "0", "N" },
	/* never a guess */
	{ "5", NULL, NULL, NULL },
	{ NULL, "4", "6", NULL },
	{ "", "4", "6", NULL },
	{ "<5", "4", "6", NULL },
	{ "5", "x", "6", NULL },
	{ "5", "4", "x", NULL },
	{ "3", "4", "x", NULL },
	{ "5", "6", "4", NULL },
};

/* Words of a range that say anything more say nothing here. */
static void
test_interpret_range(void **state)
{
	static const struct { const char *value, *range, *said; } rows[] = {
		{ "6.2", "3.9–6.1", "H" }, { "6.1", "3.9–6.1", "N" },
		{ "3.8", "3.9–6.1", "L" }, { "7", "≤ 6.1", "H" },
		{ "3", "≥ 3.9", "L" }, { "6", "3.9–6.1 mg/dL", NULL },
		{ "6", "3.9–6.1 (women)", NULL }, { "6", "negative", NULL },
		{ "6", "< 5", NULL }, { "6", "1–2–3", NULL },
		{ "6", "", NULL }, { "6", NULL, NULL }, { NULL, "1–2", NULL },
		{ "158/94", "90–140", NULL },
		{ "158/94", "90–139 / 60–89", "H" },
		{ "120/94", "90–139 / 60–89", "H" },
		{ "120/80", "90–139 / 60–89", "N" },
		{ "85/80", "90–139 / 60–89", "L" },
		{ "120/50", "≤ 139 / ≥ 60", "L" },
		{ "158/50", "≤ 139 / ≥ 60", "H" },
		{ "120/80/1", "90–139 / 60–89", NULL },
		{ "120/80", "90–139 / x", NULL },
		{ "120", "90–139 / 60–89", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *said = care_interpret_range(rows[i].value,
		    rows[i].range);

		if (g_strcmp0(said, rows[i].said) != 0)
			fail_msg("%s in %s: %s", rows[i].value, rows[i].range,
			    said);
	}
}

/* "> 250" says something only where all above 250 is the same. */
static void
test_interpret_compared(void **state)
{
	static const struct { const char *with, *value, *range, *said; }
	rows[] = {
		{ "> 250 mg", "250", "90–139", "H" },
		{ ">= 250", "250", "90–139", "H" },
		{ "> 100", "100", "90–139", NULL },
		{ "> 10", "10", "90–139", NULL },
		{ "> 139", "139", "90–139", NULL },
		{ "< 0.10", "0.10", "0.5–4.2", "L" },
		{ "<= 0.10", "0.10", "≥ 0.5", "L" },
		{ "< 0.10", "0.10", "≤ 0.5", NULL },
		{ "< 100", "100", "90–139", NULL },
		{ "< 200", "200", "90–139", NULL },
		{ "< 0.10", "0.10", NULL, NULL },
		{ "about 5", "5", "1–2", NULL }, { NULL, "5", "1–2", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *said = care_interpret_compared(rows[i].with,
		    rows[i].value, rows[i].range);

		if (g_strcmp0(said, rows[i].said) != 0)
			fail_msg("%s in %s: %s", rows[i].with, rows[i].range,
			    said);
	}
}

static void
test_interpret(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		const char *said = care_interpret(ranges[i].value,
		    ranges[i].low, ranges[i].high);

		if (g_strcmp0(said, ranges[i].said) != 0)
			fail_msg("%s in %s..%s: %s", ranges[i].value,
			    ranges[i].low, ranges[i].high, said);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urgency),
		cmocka_unit_test(test_interpretation),
		cmocka_unit_test(test_interpret),
		cmocka_unit_test(test_interpret_range),
		cmocka_unit_test(test_interpret_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
