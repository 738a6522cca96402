/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: a FHIR date means the interval it should, and nonsense means none. */
#include "clinic/date.h"
#include "tests/tap.h"

#define DAY INT64_C(86400000)

static void
test_intervals(void **state)
{
	static const struct {
		const char *text;
		int64_t lo, span;
	} v[] = {
		{ "1970", 0, 365 * DAY },
		{ "2024", INT64_C(1704067200000), 366 * DAY },
		{ "2024-02", INT64_C(1706745600000), 29 * DAY },
		{ "2023-12", INT64_C(1701388800000), 31 * DAY },
		{ "1969-12-31", -DAY, DAY },
		{ "2024-02-29", INT64_C(1709164800000), DAY },
		{ "1970-01-01T00:00Z", 0, 60000 },
		{ "1970-01-01T00:00:01Z", 1000, 1000 },
		{ "1970-01-01T00:00:01", 1000, 1000 },
		{ "1970-01-01T00:00:01.2Z", 1200, 100 },
		{ "1970-01-01T00:00:01.234Z", 1234, 1 },
		{ "1970-01-01T00:00:01.234999Z", 1234, 1 },
		{ "1970-01-01T08:00:00+08:00", 0, 1000 },
		{ "1970-01-01T08:00:00 08:00", 0, 1000 },
		{ "1969-12-31T18:30:00-05:30", 0, 1000 },
	};
	struct clinic_interval at;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++) {
		if (!clinic_date_parse(v[i].text, &at))
			fail_msg("%s is a date", v[i].text);
		assert_int_equal(at.lo, v[i].lo);
		assert_int_equal(at.hi - at.lo, v[i].span);
	}
}

static void
test_nonsense(void **state)
{
	static const char *const v[] = { "", "x", "19", "0000", "2024-",
		"2024-13", "2024-00", "2023-02-29", "2024-1-1", "2024-01-01T",
		"2024-01-01T1:00Z", "2024-01-01T10", "2024-01-01T10:60Z",
		"2024-01-01T25:00Z", "2024-01-01T10:00:00.Z",
		"2024-01-01T10:00:00+8", "2024-01-01T10:00:00+15:00",
		"2024-01-01T10:00:00Zx", "2024-01-01x", "-2024" };
	struct clinic_interval at;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++)
		if (clinic_date_parse(v[i], &at))
			fail_msg("%s is no date", v[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
