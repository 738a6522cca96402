/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the table of analytes: no code in two groups, each row of a group that
 * is there, with a source; known pairs of laboratories; there and back gives the
 * value again for every row; what the table does not say is refused: another
 * group, no unit, Lp(a), urea nitrogen in moles, what is no plain number.
 */
#include "tests/tap.h"
#include "care/analyte.h"

#include <string.h>

#define T(code) CARE_LOINC code

static const struct { const char *test, *value, *unit, *to_test, *to, *out; }
pairs[] = {
	{ T("4548-4"), "7.2", "%", T("59261-8"), "mmol/mol", "55" },
	{ T("59261-8"), "53", "mmol/mol", T("4548-4"), "%", "7.0" },
	{ T("2345-7"), "126", "mg/dL", T("14749-6"), "mmol/L", "6.99" },
	{ T("2160-0"), "1.0", "mg/dL", T("14682-9"), "umol/L", "88" },
	{ T("14682-9"), "88", "μmol/L", T("2160-0"), "mg/dL", "1.0" },
	{ T("3094-0"), "14", "mg/dL", T("22664-7"), "mmol/L", "5.0" },
	{ T("3091-6"), "30", "mg/dL", T("22664-7"), "mmol/L", "5.0" },
	{ T("2093-3"), "200", "mg/dL", T("14647-2"), "mmol/L", "5.17" },
	{ T("718-7"), "13.5", "g/dL", T("718-7"), "g/L", "135" },
	{ T("2823-3"), "4.1", "meq/L", T("2823-3"), "mmol/L", "4.1" },
	{ T("4548-4"), "7.20", "%", T("17856-6"), "%", "7.20" },
	{ T("59261-8"), "88", "mmol/mol", T("4548-4"), "%", "10.2" },
	{ T("4548-4"), "10.2", "%", T("59261-8"), "mmol/mol", "88" },
	{ T("4548-4"), "10.20", "%", T("59261-8"), "mmol/mol", "88.0" },
	{ T("2345-7"), "99", "mg/dL", T("14749-6"), "mmol/L", "5.5" },
	{ T("14749-6"), "6.99", "mmol/L", T("2345-7"), "mg/dL", "126" },
	/* left of the point nothing is rounded away, and of one digit two
	 * remain */
	{ T("14749-6"), "8", "mmol/L", T("2345-7"), "mg/dL", "144" },
	{ T("17861-6"), "8", "mg/dL", T("2000-8"), "mmol/L", "2.0" },
	/* refused */
	{ T("10835-7"), "30", "mg/dL", T("43583-4"), "nmol/L", NULL },
	{ T("14937-7"), "5", "mmol/L", T("22664-7"), "mg/dL", NULL },
	{ T("22664-7"), "5", "mmol/L", T("22664-7"), "mg/dL", NULL },
	{ T("2160-0"), "1.0", NULL, T("14682-9"), "umol/L", NULL },
	{ T("2160-0"), "1.0", "furlong", T("14682-9"), "umol/L", NULL },
	{ T("2160-0"), "1.0", "mg/dL", T("14749-6"), "mmol/L", NULL },
	{ T("2160-0"), "-1.0", "mg/dL", T("14682-9"), "umol/L", NULL },
	{ T("2160-0"), "1e3", "mg/dL", T("14682-9"), "umol/L", NULL },
	{ T("2160-0"), "high", "mg/dL", T("14682-9"), "umol/L", NULL },
	{ T("4548-4"), "2.0", "%", T("59261-8"), "mmol/mol", NULL },
	{ "urn:local|2160-0", "1", "mg/dL", T("14682-9"), "umol/L", NULL },
	/* the same words for a unit do not make two tests one */
	{ T("3094-0"), "140", "mg/L", T("3091-6"), "mg/L", NULL },
	{ "urn:local|a", "5", "mmol/L", "urn:local|b", "mmol/L", NULL },
	{ "urn:local|a", "5", "mmol/L", "urn:local|a", "mmol/L", "5" },
	{ "urn:local|a", "5", NULL, "urn:local|a", NULL, "5" },
};

static void
test_pairs(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *out = care_analyte_convert(pairs[i].test,
		    pairs[i].value, pairs[i].unit, pairs[i].to_test,
		    pairs[i].to);

		if (g_strcmp0(out, pairs[i].out) != 0)
			fail_msg("%s %s of %s: %s, not %s", pairs[i].value,
			    pairs[i].unit, pairs[i].test, out, pairs[i].out);
	}
}

static void
test_table(void **state)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL);

	for (const struct care_analyte *a = care_analytes; a->id; a++) {
		g_auto(GStrv) tests = care_analyte_tests(a);

		assert_true(*a->en && *a->zh && *a->also && *a->unit);
		for (char **t = tests; *t; t++) {
			assert_true(g_hash_table_add(seen, g_strdup(*t)));
			assert_ptr_equal(care_analyte_of(*t), a);
		}
	}
	for (const struct care_conversion *c = care_conversions; c->id; c++) {
		const struct care_analyte *a = care_analytes;

		while (a->id && strcmp(a->id, c->id) != 0)
			a++;
		assert_non_null(a->id);
		assert_true(strlen(c->source) > 8);
		assert_string_not_equal(c->unit, a->unit);
	}
}

/* One row there and back, of many values of one to four digits. */
static void
there_and_back(const struct care_conversion *c, const struct care_analyte *a)
{
	g_auto(GStrv) tests = care_analyte_tests(a);
	g_autofree char *own = c->code ? g_strconcat(CARE_LOINC, c->code,
	    NULL) : NULL;
	const char *test = own ? own : tests[0];
	/* An offset makes small numbers coarse: from the possible on. */
	double lowest = c->plus ? 10 : 0;

	for (int i = 1; i < 10000; i += 1 + i / 9) {
		for (int point = 0; point <= 2; point++) {
			static const int powers[] = { 1, 10, 100 };
			g_autofree char *v = point ? g_strdup_printf(
			    "%d.%0*d", i / powers[point], point,
			    i % powers[point]) : g_strdup_printf("%d", i);
			g_autofree char *out = care_analyte_convert(test, v,
			    c->unit, test, a->unit);
			g_autofree char *back = out ? care_analyte_convert(
			    test, out, a->unit, test, c->unit) : NULL;
			double off;

			assert_non_null(out);
			if (!back && g_ascii_strtod(v, NULL) >= lowest)
				fail_msg("%s: %s %s, %s", c->id, v, c->unit,
				    out);
			else if (!back)
				continue;
			if (g_ascii_strtod(v, NULL) < lowest)
				continue;
			off = g_ascii_strtod(back, NULL) -
			    g_ascii_strtod(v, NULL);
			/* Half a place of each of two roundings. */
			if (ABS(off) > (c->plus ? 1.1 : 0.11 *
			    g_ascii_strtod(v, NULL)))
				fail_msg("%s: %s, %s, %s", c->id, v, out,
				    back);
		}
	}
}

static void
test_there_and_back(void **state)
{
	for (const struct care_conversion *c = care_conversions; c->id; c++)
		for (const struct care_analyte *a = care_analytes; a->id; a++)
			if (strcmp(a->id, c->id) == 0)
				there_and_back(c, a);
}

static const struct { const char *now, *before, *change; } changes[] = {
	{ "7.2", "6.8", "+0.4" }, { "6.80", "7.2", "−0.40" },
	{ "0.3", "0.1", "+0.2" }, { "5", "5.0", "±0" }, { "-1", "2", "−3" },
	{ "7", NULL, NULL }, { "1e2", "1", NULL }, { ".5", "1", NULL },
	{ "158/94", "1", NULL }, { "158/94", "150/96", "+8/−2" },
	{ "158/94", "158/94", "±0/±0" }, { "158/94", "150/x", NULL },
	{ "1/2/3", "1/2/3", NULL }, { "158", "150/96", NULL }, { "1234567890123456", "1", NULL },
};

static void
test_changes(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autofree char *out = care_decimal_change(changes[i].now,
		    changes[i].before);

		if (g_strcmp0(out, changes[i].change) != 0)
			fail_msg("%s − %s: %s", changes[i].now,
			    changes[i].before, out);
	}
}

static const struct { const char *now, *before, *percent; } percents[] = {
	{ "7.2", "6.8", "+5.9 %" }, { "88", "100", "−12.0 %" },
	{ "5.0", "5", "±0 %" }, { "10", "0.5", "+1900.0 %" },
	{ "100.04", "100", "±0 %" }, { "100.05", "100", "+0.1 %" },
	{ "1", "0", NULL }, { "-1", "2", NULL }, { "0", "2", NULL },
	{ "158/94", "1", NULL }, { NULL, "1", NULL }, { "1", NULL, NULL },
};

static void
test_percents(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(percents); i++) {
		g_autofree char *out = care_decimal_percent(percents[i].now,
		    percents[i].before);

		if (g_strcmp0(out, percents[i].percent) != 0)
			fail_msg("%s to %s: %s", percents[i].before,
			    percents[i].now, out);
	}
}

/* To fewer decimals it is rounded once: 7.45 from 7.449 would be 7.5. */
static const struct {
	const char *values[4]; int places; const char *mean;
} means[] = {
	{ { "150", "151" }, 0, "151" }, { { "150", "151", "151" }, 0, "151" },
	{ { "6.8", "7.20" }, 2, "7.00" }, { { "1", "2.5" }, 1, "1.8" },
	{ { "6.994", "7.8" }, 1, "7.4" }, { { "6.994", "7.8" }, 0, "7" },
	{ { "7.449" }, 1, "7.4" }, { { "7.4", "7.5" }, 1, "7.5" },
	{ { "7", "8" }, 1, "7.5" }, { { "7" }, 1, "7.0" },
	{ { "-1", "-2" }, 0, "-2" }, { { "-0.1", "0.1" }, 1, "0.0" },
	{ { "-0.04" }, 1, "0.0" }, { { "-0.05" }, 1, "-0.1" },
	{ { "5" }, 0, "5" }, { { "5", "x" }, 0, NULL },
	{ { "5", "" }, 0, NULL },
	{ { "9223372036854775", "9223372036854775" }, 0, NULL },
	{ { "922337203685477" }, 4, NULL },
};

static void
test_places(void **state)
{
	assert_int_equal(care_decimal_places("7"), 0);
	assert_int_equal(care_decimal_places("-6.994"), 3);
	assert_int_equal(care_decimal_places("7.80"), 2);
	assert_int_equal(care_decimal_places("158/94"), -1);
	assert_int_equal(care_decimal_places(""), -1);
	assert_int_equal(care_decimal_places(NULL), -1);
}

static void
test_means(void **state)
{
	assert_null(care_decimal_mean(NULL, 0, 0));
	for (size_t i = 0; i < G_N_ELEMENTS(means); i++) {
		g_autofree char *out = NULL;
		size_t n = 0;

		while (n < 4 && means[i].values[n])
			n++;
		out = care_decimal_mean(means[i].values, n,
		    means[i].places);
		if (g_strcmp0(out, means[i].mean) != 0)
			fail_msg("mean %d: %s, not %s", (int)i, out,
			    means[i].mean);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_percents),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
