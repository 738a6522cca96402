/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that decimals are compared exactly at any length, and that nothing else
 * is a decimal. */
#include "tests/tap.h"
#include "fhir/fhir.h"

/* Ascending; members of one row are equal. */
static const char *const ladder[][6] = {
	{ "-1e10", "-10000000000" },
	{ "-100.5", "-1.005e2", "-1005E-1" },
	{ "-100" },
	{ "-10" },
	{ "-2" },
	{ "-1" },
	{ "-0.3" },
	{ "-0.29999999999999999999999999" },
	{ "-1e-300" },
	{ "0", "-0", "0.000", "0e5", "-0.0E-3", "0E+999" },
	{ "1e-300" },
	{ "0.1", "0.10", "1e-1", "0.01E1", "00.1", "100e-3" },
	{ "0.29999999999999999999999999" },
	{ "0.3" },
	{ "0.30000000000000000000000001" },
	{ "1", "1.0" },
	{ "2" },
	{ "5.2", "5.20" },
	{ "5.21" },
	{ "9.99" },
	{ "10", "1e1", "10.0" },
	{ "10.001" },
	{ "10.01" },
	{ "99" },
	{ "100" },
	{ "120" },
	{ "120.00000000000000000001" },
	{ "9007199254740992" },
	{ "9007199254740993" },
	{ "99999999999999999999" },
	{ "100000000000000000000" },
	{ "123456789012345678901234567890" },
	{ "123456789012345678901234567891" },
};

static void
test_ladder(void **state)
{
	size_t n = G_N_ELEMENTS(ladder);

	for (size_t i = 0; i < n * 6; i++)
		for (size_t j = 0; j < n * 6; j++) {
			const char *a = ladder[i / 6][i % 6];
			const char *b = ladder[j / 6][j % 6];
			int order = 7, wanted = (i / 6 > j / 6) -
			    (i / 6 < j / 6);

			if (!a || !b)
				continue;
			assert_true(fhir_decimal_compare(a, b, &order));
			if (order != wanted)
				fail_msg("%s and %s: %d", a, b, order);
		}
}

static void
test_no_decimals(void **state)
{
	static const char *const texts[] = { "", "-", "+1", ".5", "1.", "1e",
		"1e+", "abc", "1 ", " 1", "1,5", "<5", "0x1", "1e9999999",
		"NaN", "１", "158/94" };
	int order;

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		assert_false(fhir_decimal_compare(texts[i], "1", &order));
		assert_false(fhir_decimal_compare("1", texts[i], &order));
	}
	assert_false(fhir_decimal_compare(NULL, "1", &order));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_no_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
