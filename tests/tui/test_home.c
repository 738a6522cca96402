/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the sheet of home readings is what the store has (F43): every
 * reading stands once, on its day and in its half of it, the means are worked out
 * anew here and read as the readings do, and nothing of a
 * laboratory's is among them. And who is on the list of three days: calendar days
 * in a row, the last of them the last reading, not longer ago than a week; a day
 * between, a day in range, two days, an old run, a retracted reading are no run.
 * And the screens.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"
#include "tui/labs.h"

#define DAY_MS INT64_C(86400000)

/* ---- resources ---------------------------------------------------------- */

static void
pressure(GString *out, const char *id, const char *patient, int days_ago,
    int hour, int sys, int dia, const char *status)
{
	g_autofree char *when = fhir_instant((FIXTURE_NOW_MS / DAY_MS -
	    days_ago) * DAY_MS + (hour - 8) * INT64_C(3600000));

	g_string_append_printf(out, "%s{\"resource\":{\"resourceType\":"
	    "\"Observation\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2026-10-03T04:40:59.000Z\"},\"status\":\"%s\","
	    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"
	    "\"85354-9\"}],\"text\":\"家庭血压\"},\"subject\":{\"reference\":"
	    "\"Patient/%s\"},\"effectiveDateTime\":\"%s\",\"performer\":[{"
	    "\"reference\":\"Patient/%s\"}],\"component\":[{\"code\":{"
	    "\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}"
	    "]},\"valueQuantity\":{\"value\":%d,\"unit\":\"mmHg\"},"
	    "\"referenceRange\":[{\"high\":{\"value\":134}}]},{\"code\":{"
	    "\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}"
	    "]},\"valueQuantity\":{\"value\":%d,\"unit\":\"mmHg\"},"
	    "\"referenceRange\":[{\"high\":{\"value\":84}}]}]}}",
	    out->len ? "," : "", id, status, patient, when, patient, sys, dia);
}

static void
glucose(GString *out, const char *id, const char *when, const char *value,
    const char *unit)
{
	g_string_append_printf(out, ",{\"resource\":{\"resourceType\":"
	    "\"Observation\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2026-10-03T04:40:59.000Z\"},\"status\":"
	    "\"final\",\"category\":[{\"coding\":[{\"code\":\"home\"}]}],"
	    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"
	    "\"2345-7\"}],\"text\":\"血糖\"},\"subject\":{\"reference\":"
	    "\"Patient/p1\"},\"effectiveDateTime\":\"%s\",\"valueQuantity\":{"
	    "\"value\":%s,\"unit\":\"%s\"},\"referenceRange\":[{\"low\":{"
	    "\"value\":4.4},\"high\":{\"value\":7.0}}]}}", id, when, value,
	    unit);
}

static void
ingest(struct fixture *f, GString *entries)
{
	g_autofree char *bundle = g_strdup_printf("{\"resourceType\":"
	    "\"Bundle\",\"type\":\"collection\",\"entry\":[%s]}",
	    entries->str);

	fixture_ingest_json(f, bundle);
}

enum { DAYS = 14 };

/* Two readings a day; of p1 all are high but the second evening's. */
static void
ingest_p1(struct fixture *f)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (int day = 0; day < DAYS; day++)
		for (int half = 0; half < 2; half++) {
			g_autofree char *id = g_strdup_printf("bp%d-%d", day,
			    half);
			gboolean fine = day == 1 && half == 1;

			pressure(out, id, "p1", day, half ? 20 : 7, fine ? 128 :
			    150 + day, fine ? 80 : 90 + half, "final");
		}
	pressure(out, "bp-wrong", "p1", 0, 9, 250, 140, "entered-in-error");
	glucose(out, "g1", "2026-10-02", "7.8", "mmol/L");
	glucose(out, "g2", "2026-10-01T22:30:00Z", "126", "mg/dL");
	glucose(out, "g3", "2026-10", "9.9", "mmol/L");
	ingest(f, out);
}

/* ---- the sheet is the store's ------------------------------------------- */

static const struct home_sheet *
sheet(const GPtrArray *sheets, const char *name)
{
	for (guint i = 0; i < sheets->len; i++) {
		const struct home_sheet *s = sheets->pdata[i];

		if (strcmp(s->name, name) == 0)
			return s;
	}
	fail_msg("no sheet of %s", name);
	return NULL;
}

/* How often a resource stands in the sheet, and where last. */
static int
times(const struct home_sheet *s, const char *ref, const char **date,
    enum home_part *part)
{
	int n = 0;

	for (guint i = 0; i < s->days->len; i++) {
		const struct home_day *day = s->days->pdata[i];

		for (guint k = 0; k < day->values->len; k++) {
			const struct home_value *v = &g_array_index(
			    day->values, struct home_value, k);

			if (strcmp(v->e->ref, ref) != 0)
				continue;
			n++;
			*date = day->date;
			*part = v->part;
		}
	}
	return n;
}

static void
sheet_is_the_store(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(store) store = NULL;
	BASE_AUTO(home_readings) readings = NULL;
	g_autoptr(GPtrArray) sheets = NULL;
	const struct home_sheet *bp, *sugar;
	int sum = 0, low = 0;

	assert_true(base_clock_zone("Asia/Shanghai"));
	ingest_p1(f);
	store = fixture_store(f);
	readings = store_home_readings(store, store_patient_find(store, "p1"),
	    FIXTURE_NOW_MS - 60 * DAY_MS, FIXTURE_NOW_MS + DAY_MS, NULL);
	sheets = home_sheets_new(readings);
	bp = sheet(sheets, "家庭血压");
	assert_int_equal(bp->n, 2 * DAYS);
	assert_int_equal(bp->out, 2 * DAYS - 1);
	assert_int_equal(bp->days->len, DAYS);
	for (int day = 0; day < DAYS; day++)
		for (int half = 0; half < 2; half++) {
			g_autofree char *ref = g_strdup_printf(
			    "Observation/bp%d-%d", day, half);
			g_autofree char *want = NULL;
			g_autoptr(GDateTime) at = base_clock_date(
			    FIXTURE_NOW_MS - day * DAY_MS);
			const char *date = NULL;
			enum home_part part = HOME_UNTIMED;

			want = g_date_time_format(at, "%Y-%m-%d");
			assert_int_equal(times(bp, ref, &date, &part), 1);
			assert_string_equal(date, want);
			assert_int_equal(part, half ? HOME_EVENING :
			    HOME_MORNING);
			sum += day == 1 && half ? 128 : 150 + day;
			low += day == 1 && half ? 80 : 90 + half;
		}
	{
		g_autofree char *mean = g_strdup_printf("%d/%d",
		    (sum * 2 + 2 * DAYS) / (4 * DAYS),
		    (low * 2 + 2 * DAYS) / (4 * DAYS));

		assert_string_equal(bp->mean, mean);
	}
	/* 126 mg/dL is 6.99 mmol/L; a month is no day. */
	sugar = sheet(sheets, "血糖");
	assert_int_equal(sugar->n, 2);
	assert_string_equal(((struct home_day *)sugar->days->pdata[0])->date,
	    "2026-10-02");
	assert_true(home_has_untimed(sugar));
	assert_string_equal(sugar->unit, "mmol/L");
	assert_string_equal(((struct home_day *)sugar->days->pdata[0])->mean,
	    "7.4");
}

/* ---- a mean reads as the readings do ------------------------------------- */

struct sugars { const char *values[4], *units[4], *mean, *first_day; };

static void
check_mean(const struct sugars *row)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(store) store = NULL;
	BASE_AUTO(home_readings) readings = NULL;
	g_autoptr(GPtrArray) sheets = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	const struct home_sheet *s;

	for (int i = 0; row->values[i]; i++) {
		g_autofree char *id = g_strdup_printf("g%d", i);
		g_autofree char *when = g_strdup_printf("2026-10-0%d", i + 1);

		glucose(out, id, when, row->values[i], row->units[i]);
	}
	g_string_erase(out, 0, 1);
	ingest(f, out);
	store = fixture_store(f);
	readings = store_home_readings(store, store_patient_find(store, "p1"),
	    FIXTURE_NOW_MS - 60 * DAY_MS, FIXTURE_NOW_MS + DAY_MS, NULL);
	sheets = home_sheets_new(readings);
	s = sheet(sheets, "血糖");
	assert_string_equal(s->mean, row->mean);
	assert_string_equal(((struct home_day *)s->days->pdata[s->days->len -
	    1])->mean, row->first_day);
}

static void
means(void **state)
{
	static const char mmol[] = "mmol/L", mg[] = "mg/dL";
	static const struct sugars rows[] = {
		{ { "7.8", "7.1" }, { mmol, mmol }, "7.5", "7.8" },
		/* a day of a converted reading alone */
		{ { "126", "7.8" }, { mg, mmol }, "7.4", "7.0" },
		{ { "7", "8" }, { mmol, mmol }, "7.5", "7.0" },
		{ { "7.25", "7.1", "8" }, { mmol, mmol, mmol }, "7.5", "7.3" },
		{ { "126", "133" }, { mg, mg }, "130", "126" },
		{ { "36.5", "37" }, { "Cel", "Cel" }, "36.8", "36.5" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		check_mean(&rows[i]);
}

/* ---- three days --------------------------------------------------------- */

struct days { const char *patient; int ago[8]; int high[8]; int run; };

static void
runs(void **state)
{
	/* The readings' days, newest first, and whether each is high. */
	static const struct days rows[] = {
		{ "p2", { 0, 1, 2, -1 }, { 1, 1, 1 }, 3 },
		{ "p3", { 0, 1, -1 }, { 1, 1 }, 0 },
		{ "p4", { 0, 1, 3, 4, -1 }, { 1, 1, 1, 1 }, 0 },
		{ "p5", { 0, 1, 2, 3, -1 }, { 0, 1, 1, 1 }, 0 },
		{ "p6", { 6, 7, 8, 9, -1 }, { 1, 1, 1, 1 }, 4 },
		{ "p7", { 8, 9, 10, -1 }, { 1, 1, 1 }, 0 },
		{ "p8", { 1, 2, 3, 4, -1 }, { 1, 1, 1, 0 }, 3 },
	};
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(store) store = NULL;
	BASE_AUTO(home_runs) found = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	guint expected = 0;

	assert_true(base_clock_zone("Asia/Shanghai"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (int k = 0; rows[i].ago[k] >= 0; k++) {
			g_autofree char *id = g_strdup_printf("r%d-%d",
			    (int)i, k);

			pressure(out, id, rows[i].patient, rows[i].ago[k], 7,
			    rows[i].high[k] ? 160 : 120, 80, "final");
		}
	/* Two days, and a third that was retracted. */
	pressure(out, "w0", "p9", 0, 7, 160, 80, "final");
	pressure(out, "w1", "p9", 1, 7, 160, 80, "final");
	pressure(out, "w2", "p9", 2, 7, 160, 80, "entered-in-error");
	ingest(f, out);
	store = fixture_store(f);
	found = home_runs_read(store, FIXTURE_NOW_MS, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int days = 0;

		for (guint k = 0; k < found->runs->len; k++) {
			const struct home_run *r = &g_array_index(found->runs,
			    struct home_run, k);

			if (strcmp(r->patient.fhir_id, rows[i].patient) == 0)
				days = r->days;
		}
		if (days != rows[i].run)
			fail_msg("%s: %d days, not %d", rows[i].patient, days,
			    rows[i].run);
		expected += rows[i].run > 0;
	}
	assert_int_equal(found->runs->len, expected);
}

/* ---- screens ------------------------------------------------------------ */

static void
screens(void **state)
{
	static const int widths[] = { 60, 80, 120 };
	static const char *const languages[] = { "en", "zh_CN" };

	for (size_t i = 0; i < G_N_ELEMENTS(widths); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(languages); k++) {
			BASE_AUTO(fixture) f = fixture_new();
			BASE_AUTO(term) t = NULL;
			g_autofree char *list = g_strdup_printf(
			    "home-list-%d-%s", widths[i], languages[k]);
			g_autofree char *sheet_name = g_strdup_printf(
			    "home-%d-%s", widths[i], languages[k]);

			ingest_p1(f);
			f->cols = widths[i];
			f->rows = 24;
			f->language = languages[k];
			t = fixture_term(f);
			term_keys(t, "H");
			term_golden(t, list);
			term_keys(t, "\r");
			term_golden(t, sheet_name);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sheet_is_the_store), cmocka_unit_test(means),
		cmocka_unit_test(runs), cmocka_unit_test(screens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
