/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results in the chart: the day is the hospital's, a date as exact as it was
 * written; what the server did not interpret is read by value and range, and
 * stands with the abnormal; what cannot be read so gets no mark; a comparator is
 * never lost; a range in another unit says its unit.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"

#define RESULT(id, name, when, quantity, range) \
	"{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"" id "\"," \
	"\"meta\":{\"versionId\":\"1\",\"lastUpdated\":" \
	"\"2026-10-03T04:40:59.000Z\"},\"status\":\"final\",\"category\":[{" \
	"\"coding\":[{\"code\":\"laboratory\"}]}],\"code\":{\"text\":\"" name \
	"\"},\"subject\":{\"reference\":\"Patient/p1\"}," \
	"\"effectiveDateTime\":\"" when "\",\"valueQuantity\":{" quantity \
	"},\"referenceRange\":[{" range "}]}}"
#define MMOL(v) "\"value\":" v ",\"unit\":\"mmol/L\""
#define RANGE(l, h, u) "\"low\":{\"value\":" l ",\"unit\":\"" u "\"}," \
	"\"high\":{\"value\":" h ",\"unit\":\"" u "\"}"

static const char results[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
    RESULT("r1", "zhigh", "2026-10-02T20:30:00Z", MMOL("9.90"),
	RANGE("3.5", "5.5", "mmol/L")) ","
    RESULT("r2", "aplain", "2026-09", MMOL("4.1"),
	RANGE("3.5", "5.5", "mmol/L")) ","
    RESULT("r3", "bother", "2026-10-01", MMOL("9.9"),
	RANGE("63", "99", "mg/dL")) ","
    RESULT("r4", "cless", "2019", MMOL("0.10") ",\"comparator\":\"<\"",
	RANGE("1", "2", "mmol/L")) "]}";

/* The row that names a test, and the one below it. */
static char *
result_rows(struct term *t, const char *name, int *y_out)
{
	for (int y = 0; y < term_rows(t) - 1; y++) {
		g_autofree char *row = term_row(t, y);
		g_autofree char *below = term_row(t, y + 1);

		if (!strstr(row, name))
			continue;
		if (y_out)
			*y_out = y;
		return g_strconcat(row, "\n", below, NULL);
	}
	fail_msg("%s is not on the screen", name);
	return NULL;
}

static void
assert_says(struct term *t, const char *name, const char *says)
{
	g_autofree char *rows = result_rows(t, name, NULL);

	if (!strstr(rows, says))
		fail_msg("“%s” is not in:\n%s", says, rows);
}

static void
test_results(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autofree char *high = NULL, *plain = NULL, *other = NULL;
	int y_high, y_plain;

	fixture_ingest_json(f, results);
	f->rows = 70;
	t = fixture_term(f);
	term_keys(t, "/张\r");
	term_keys(t, "\r");
	high = result_rows(t, "zhigh", &y_high);
	plain = result_rows(t, "aplain", &y_plain);
	assert_true(y_high < y_plain);
	assert_says(t, "zhigh", "9.90 mmol/L ↑");
	assert_says(t, "zhigh", "high (3.5–5.5)");
	assert_says(t, "zhigh", "10-03"); /* in Shanghai */
	assert_says(t, "aplain", "4.1 mmol/L");
	assert_says(t, "aplain", "09");
	assert_says(t, "bother", "(63–99 mg/dL)");
	other = result_rows(t, "bother", NULL);
	assert_null(strstr(other, "↑"));
	assert_says(t, "cless", "< 0.10 mmol/L");
	assert_says(t, "cless", "2019");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
