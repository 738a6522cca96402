/* SPDX-License-Identifier: Apache-2.0 */
/* Waits, dates and ages in words, on the hospital's date and not the machine's;
 * infants' ages; dates that are no dates. */
#include "base/base.h"
#include "tests/tap.h"

#define MINUTE INT64_C(60000)
/* 2026-03-01T17:30:00Z: the 2nd of March in Shanghai, the 1st in London. */
#define NOW_MS INT64_C(1772386200000)

static int
setup(void **state)
{
	base_clock_fix(NOW_MS);
	return base_clock_zone("Asia/Shanghai") ? 0 : -1;
}

static void
test_wait(void **state)
{
	static const struct {
		int64_t ms;
		const char *words;
	} cases[] = {
		{ -5 * MINUTE, "now" }, { 59999, "now" }, { MINUTE, "1 min" },
		{ 48 * MINUTE, "48 min" }, { 60 * MINUTE, "1 h 00" },
		{ 130 * MINUTE, "2 h 10" }, { 1439 * MINUTE, "23 h 59" },
		{ 1440 * MINUTE, "1 d" }, { 3 * 1440 * MINUTE, "3 d" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = base_wait_words(cases[i].ms);

		assert_string_equal(words, cases[i].words);
	}
}

static void
test_time(void **state)
{
	static const struct {
		int64_t before;
		const char *words;
	} cases[] = {
		{ 0, "today 01:30" },
		{ 90 * MINUTE, "today 00:00" },
		{ 91 * MINUTE, "yesterday 23:59" },
		{ 2 * 1440 * MINUTE, "02-28" },
		{ 70 * 1440 * MINUTE, "2025-12-22" },
		{ -1440 * MINUTE, "03-03" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = base_time_words(NOW_MS -
		    cases[i].before);

		assert_string_equal(words, cases[i].words);
	}
}

static void
test_zone(void **state)
{
	g_autofree char *here = base_clock_hhmm(NOW_MS);
	g_autofree char *there = NULL;

	assert_string_equal(here, "01:30");
	assert_false(base_clock_zone("Asia/Nowhere"));
	assert_false(base_clock_zone("../../etc/passwd"));
	assert_false(base_clock_zone("/etc/localtime"));
	assert_true(base_clock_zone_known("Europe/London"));
	assert_false(base_clock_zone_known("Europe/Paris\n"));
	/* A refused zone changes nothing. */
	assert_true(base_clock_zone("Europe/London"));
	there = base_clock_hhmm(NOW_MS);
	assert_string_equal(there, "17:30");
	assert_true(base_clock_zone("Asia/Shanghai"));
}

static void
check_age(const char *birth, const char *end, const char *words, int years)
{
	g_autofree char *got = base_age_words(birth, end);

	if (words)
		assert_string_equal(got, words);
	else
		assert_null(got);
	assert_int_equal(base_age_years(birth, end), years);
}

static void
test_age(void **state)
{
	check_age("1957-03-02", NULL, "69y", 69);
	check_age("1957-03-03", NULL, "68y", 68);
	check_age("2026-03-02", NULL, "0d", 0);
	check_age("2026-02-18", NULL, "12d", 0);
	check_age("2026-02-03", NULL, "27d", 0);
	check_age("2026-02-02", NULL, "1mo", 0);
	check_age("2025-10-01", NULL, "5mo", 0);
	check_age("2024-03-03", NULL, "23mo", 1);
	check_age("2024-03-02", NULL, "2y", 2);
	check_age("2019", NULL, "7y", 7);
	check_age("2019-03", NULL, "7y", 7);
	check_age("2019-04", NULL, "6y", 6);
	check_age("2026-02", NULL, "1mo", 0);
	check_age("1950-06-01", "2020-05-31", "69y", 69);
	check_age("1950-06-01", "2020-06", "70y", 70);
	check_age("1950-06-01", "2020", "70y", 70);
	/* 17:00Z of the day before the birthday is the birthday in Shanghai. */
	check_age("1950-06-01", "2020-05-31T17:00:00Z", "70y", 70);
}

static void
test_no_age(void **state)
{
	static const char *const wrong[] = { "", "19", "1957-13-01", "1957-02-30",
		"1957-3-2", "1957-03-02T00:00:00Z", "2026-03-03", "2027",
		"2026-04", "1895-01-01", "0000-01-01", "abcd", "1957-03-02x" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(wrong); i++)
		check_age(wrong[i], NULL, NULL, -1);
	check_age(NULL, NULL, NULL, -1);
	check_age("1950-06-01", "soon", NULL, -1);
	check_age("1950-06-01", "1949-01-01", NULL, -1);
}

/* Times far out of the calendar, from a server, must not end the program. */
static void
test_absurd_times(void **state)
{
	static const int64_t times[] = { G_MININT64, G_MAXINT64, -1, 0 };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(times); i++) {
		g_autofree char *words = base_time_words(times[i]);
		g_autofree char *wait = base_wait_words(times[i]);

		assert_non_null(words);
		assert_non_null(wait);
	}
}

static void
test_clocks(void **state)
{
	int64_t mono = base_mono_ms();

	assert_int_equal(base_now_ms(), NOW_MS);
	base_clock_fix(0);
	assert_true(base_now_ms() > NOW_MS - 1440 * MINUTE * 400);
	base_clock_fix(NOW_MS);
	assert_true(base_mono_ms() >= mono);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_wait, setup),
		cmocka_unit_test_setup(test_time, setup),
		cmocka_unit_test_setup(test_zone, setup),
		cmocka_unit_test_setup(test_age, setup),
		cmocka_unit_test_setup(test_no_age, setup),
		cmocka_unit_test_setup(test_absurd_times, setup),
		cmocka_unit_test_setup(test_clocks, setup),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
