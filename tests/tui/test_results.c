/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The results page at three widths and in both languages: what is out of range
 * first, marks with words, the value before with change and date, one test under
 * two codes and units in one row, what does not compare said so; a date in the
 * future, none, a part of one; no unit, a range upside down. The trend: the
 * sentence, the graph, the drug, the values, zoom. The patient is on every screen.
 * A redraw of the trend stays quick.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"
#include "store/results.h"

#define OBSERVATION(id, code, name, when, more) \
	"{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"" id "\"," \
	"\"meta\":{\"versionId\":\"1\",\"lastUpdated\":" \
	"\"2026-10-03T04:40:59.000Z\"},\"status\":\"final\",\"code\":{" \
	"\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code \
	"\"}],\"text\":\"" name "\"},\"subject\":{\"reference\":" \
	"\"Patient/p1\"}" when "," more "}}"
#define PART(code, v) "{\"code\":{\"coding\":[{\"system\":" \
	"\"http://loinc.org\",\"code\":\"" code "\"}]},\"valueQuantity\":{" \
	"\"value\":" v ",\"unit\":\"mmHg\"}}"
#define PRESSURE(id, when, high, low) OBSERVATION(id, "85354-9", "ZBP", when, \
	"\"component\":[" PART("8480-6", high) "," PART("8462-4", low) "]")
#define ON(date) ",\"effectiveDateTime\":\"" date "\""
#define QUANTITY(v, u) "\"valueQuantity\":{\"value\":" v ",\"unit\":\"" u "\"}"
#define RANGE(l, h) ",\"referenceRange\":[{\"low\":{\"value\":" l "}," \
	"\"high\":{\"value\":" h "}}]"

static const char bundle[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
    OBSERVATION("t1", "14749-6", "ZGlu", ON("2025-11-02"),
	QUANTITY("6.80", "mmol/L") RANGE("4.0", "6.0")) ","
    OBSERVATION("t2", "2345-7", "ZGlu", ON("2026-04"),
	QUANTITY("126", "mg/dL")) ","
    OBSERVATION("t3", "14749-6", "ZGlu", ON("2026-10-01"),
	QUANTITY("7.70", "mmol/L") RANGE("4.0", "6.0")) ","
    OBSERVATION("c1", "10835-7", "ZLpa", ON("2026-01-01"),
	QUANTITY("30", "mg/dL")) ","
    OBSERVATION("c2", "43583-4", "ZLpb", ON("2026-02-01"),
	QUANTITY("75", "nmol/L")) ","
    OBSERVATION("k1", "2823-3", "ZK", ON("2026-09-30"),
	QUANTITY("6.9", "mmol/L") ",\"interpretation\":[{\"coding\":[{"
	"\"code\":\"HH\"}]}]") ","
    OBSERVATION("u1", "x-1", "ZUnit", ON("2019"), "\"valueQuantity\":{"
	"\"value\":5}") ","
    OBSERVATION("u2", "x-2", "ZTurned", ON("2019-03"), QUANTITY("5", "g")
	RANGE("9", "1")) ","
    OBSERVATION("u3", "x-3", "ZAhead", ON("2031-01-01"), QUANTITY("5", "g"))
	","
    OBSERVATION("u4", "x-4", "ZNone", "", QUANTITY("5", "g")) ","
    OBSERVATION("u5", "x-5", "ZOther", ON("2026-01-01"), QUANTITY("5", "g"))
	","
    OBSERVATION("u6", "x-5", "ZOther", ON("2026-02-01"), QUANTITY("5", "mL"))
	","
    OBSERVATION("q1", "x-7", "ZLess", ON("2026-01-01"), "\"valueQuantity\":{"
	"\"value\":0.10,\"comparator\":\"<\",\"unit\":\"g\"}"
	RANGE("0.5", "4.2")) ","
    OBSERVATION("q2", "x-7", "ZLess", ON("2026-02-01"), QUANTITY("1.5", "g"))
	","
    OBSERVATION("q3", "x-7", "ZLess", ON("2026-03-01"), QUANTITY("2.5", "g"))
	","
    PRESSURE("p1a", ON("2026-09-30"), "150", "96") ","
    PRESSURE("p1b", ON("2026-10-01"), "158", "94") ","
    OBSERVATION("h1", "x-6", "ZHome", ON("2026-02-01"), QUANTITY("5", "g")
	",\"performer\":[{\"reference\":\"Patient/p1\"}]") "]}";

static int
row_of(struct term *t, const char *words)
{
	for (int y = 0; y < term_rows(t); y++) {
		g_autofree char *row = term_row(t, y);

		if (strstr(row, words))
			return y;
	}
	return -1;
}

static void
assert_on(struct term *t, const char *words)
{
	g_autofree char *all = NULL;

	if (row_of(t, words) >= 0)
		return;
	for (int y = 0; y < term_rows(t); y++) {
		g_autofree char *row = g_strchomp(term_row(t, y));
		char *longer = g_strconcat(all ? all : "", row, "\n", NULL);

		g_free(all);
		all = longer;
	}
	g_printerr("%s", all);
	fail_msg("“%s” is not on the screen", words);
}

/* The rows of a test: its own and the one below. */
static void
assert_says(struct term *t, const char *name, const char *words)
{
	int y = row_of(t, name);
	g_autofree char *row = NULL, *below = NULL;

	if (y < 0)
		fail_msg("no %s", name);
	row = term_row(t, y);
	below = term_row(t, y + 1);
	if (!strstr(row, words) && !strstr(below, words))
		fail_msg("“%s” is not in:\n%s\n%s", words, row, below);
}

/* Cells in braille: E2 A0..A3 xx. */
static int
curve_cells(struct term *t)
{
	int n = 0;

	for (int y = 0; y < term_rows(t); y++) {
		g_autofree char *row = term_row(t, y);

		for (const char *p = row; *p; p = g_utf8_next_char(p)) {
			gunichar c = g_utf8_get_char(p);

			n += c > 0x2800 && c <= 0x28FF;
		}
	}
	return n;
}

static struct term *
results_open(struct fixture *f, const char *language, int cols)
{
	struct term *t;

	fixture_ingest_json(f, bundle);
	f->rows = f->rows == 24 ? 24 : 60;
	f->cols = cols;
	f->language = language;
	t = fixture_term(f);
	term_keys(t, "/张\r");
	term_keys(t, "\r");
	term_keys(t, "\x14"); /* ^T */
	return t;
}

static void
test_page(void **state)
{
	static const int widths[] = { 60, 80, 120 };

	for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
		BASE_AUTO(fixture) f = fixture_new();
		BASE_AUTO(term) t = results_open(f, "en", widths[i]);

		assert_on(t, "张银兰");
		assert_on(t, "ZK");
		assert_on(t, "ZGlu");
		assert_true(row_of(t, "ZK") < row_of(t, "ZGlu"));
		assert_true(row_of(t, "ZGlu") < row_of(t, "ZUnit"));
		assert_says(t, "ZK", "6.9 mmol/L ↑↑");
		assert_says(t, "ZK", "critically high");
		assert_says(t, "ZGlu", "7.70 mmol/L ↑");
		assert_says(t, "ZGlu", "2026-10-01");
		assert_says(t, "ZGlu", "high (4.0–6.0), was 126 mg/dL");
		if (widths[i] < 80)
			continue;
		assert_says(t, "ZGlu", "(2026-04) ≈ 6.99, +0.71");
		assert_says(t, "ZBP", "was 150/96 mmHg");
		assert_says(t, "ZBP", "+8/−2");
		assert_says(t, "ZOther", "not comparable: other units");
		assert_says(t, "ZUnit", "no unit given");
		assert_says(t, "ZUnit", "2019");
		assert_says(t, "ZTurned", "2019-03");
		assert_says(t, "ZTurned", "(9–1)");
		assert_says(t, "ZAhead", "dated in the future");
		assert_says(t, "ZNone", "no date");
		assert_says(t, "ZLpa", "30 mg/dL");
		assert_says(t, "ZLpb", "75 nmol/L");
	}
}

static void
test_chinese(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = results_open(f, "zh_CN", 80);

	assert_on(t, "张银兰");
	assert_on(t, "女");
	assert_says(t, "ZUnit", "未注明单位");
	assert_says(t, "ZAhead", "日期在将来");
	term_keys(t, "\t");
	assert_on(t, "异常");
	assert_true(row_of(t, "ZUnit") < 0);
	assert_true(row_of(t, "ZGlu") > 0);
	term_keys(t, "\t");
	assert_on(t, "ZHome");
	assert_true(row_of(t, "ZGlu") < 0);
}

static void
test_trend(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = results_open(f, "en", 80);

	term_keys(t, "\t"); /* out of range: the critical one, then this */
	for (int i = 0; i < 20 && row_of(t, "▸ ZGlu") < 0; i++)
		term_keys(t, "j");
	term_keys(t, "\r");
	assert_on(t, "张银兰");
	assert_on(t, "ZGlu 7.70 mmol/L on 2026-10-01, up 0.90 in 11 months");
	assert_on(t, "2025-11-02");
	assert_on(t, "126 mg/dL ≈ 6.99");
	assert_on(t, "▲");
	assert_true(curve_cells(t) >= 30);
	term_keys(t, "j");
	assert_on(t, "ZGlu 126 mg/dL on 2026-04, up 0.19 in 5 months");
	term_keys(t, "+");
	assert_on(t, "2026-04");
	term_keys(t, "\x1b");
	assert_on(t, "out of range");
}

/* The newest value has no unit, one is dated in the future: the others are drawn,
 * the cursor begins at what has been. */
static void
test_odd_trend(void **state)
{
	static const char odd[] = "{\"resourceType\":\"Bundle\",\"type\":"
	    "\"collection\",\"entry\":["
	    OBSERVATION("zb1", "x-9", "ZBare", ON("2026-01-01"),
		QUANTITY("5", "g")) ","
	    OBSERVATION("zb2", "x-9", "ZBare", ON("2026-02-01"),
		QUANTITY("8", "g")) ","
	    OBSERVATION("zb3", "x-9", "ZBare", ON("2026-03-01"),
		"\"valueQuantity\":{\"value\":7}" RANGE("9", "1")) ","
	    OBSERVATION("zb4", "x-9", "ZBare", ON("2031-01-01"),
		QUANTITY("99", "g")) ","
	    OBSERVATION("zd1", "x-8", "ZDay", ON("2026-03-01T01:05:00Z"),
		QUANTITY("5", "g")) ","
	    OBSERVATION("zd2", "x-8", "ZDay", ON("2026-03-01T03:40:00Z"),
		QUANTITY("8", "g")) "]}";
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	fixture_ingest_json(f, odd);
	t = results_open(f, "en", 80);
	for (int i = 0; i < 40 && row_of(t, "▸ ZBare") < 0; i++)
		term_keys(t, "j");
	assert_says(t, "ZBare", "range upside down: not judged");
	term_keys(t, "\r");
	assert_on(t, "▸ 2026-03-01 7 (9–1) ! range upside down");
	assert_on(t, "2031-01-01 99 g ! dated in the future");
	assert_true(curve_cells(t) >= 5);
	/* Two of one day are told apart by their time. */
	term_keys(t, "\x1b");
	for (int i = 0; i < 40 && row_of(t, "▸ ZDay") < 0; i++)
		term_keys(t, "k");
	term_keys(t, "\r");
	assert_on(t, ":40, up 3 in less than a day");
	assert_on(t, "▸ 2026-03-01 ");
	assert_on(t, ":40 8 g");
	assert_on(t, ":05 5 g");
}

/* "< 0.10" is in the list as it stands, low for certain, and in no curve. */
static void
test_compared(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = results_open(f, "en", 80);

	for (int i = 0; i < 40 && row_of(t, "▸ ZLess") < 0; i++)
		term_keys(t, "j");
	assert_says(t, "ZLess", "2.5 g");
	assert_says(t, "ZLess", "was 1.5 g");
	term_keys(t, "\r");
	assert_on(t, "< 0.10 g ↓ low (0.5–4.2)");
	assert_on(t, "1 value with < or > is not drawn.");
	assert_on(t, "lowest 1.5, highest 2.5 g");
}

/* Two tests over each other: rings beside the line, each with its scale named;
 * panning moves the time, the cursor brings it back. */
static void
test_over(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = results_open(f, "en", 80);

	for (int i = 0; i < 40 && row_of(t, "▸ ZGlu") < 0; i++)
		term_keys(t, "j");
	term_keys(t, "\r");
	assert_true(row_of(t, "○") < 0);
	term_keys(t, "o");
	assert_on(t, "no second test");
	assert_true(row_of(t, "ZGlu") < 0); /* it is below already */
	for (int i = 0; i < 40 && row_of(t, "▸ ZOther") < 0; i++)
		term_keys(t, "j");
	term_keys(t, "\r");
	assert_on(t, "⠒ ZGlu mmol/L, left scale   ○ ZOther");
	assert_on(t, "◆");
	term_keys(t, "[");
	assert_on(t, "All of it is seen");
	term_keys(t, "+");
	term_keys(t, "+");
	assert_true(row_of(t, "2025-11-02") > row_of(t, "▲"));
	for (int i = 0; i < 9; i++)
		term_keys(t, "[");
	assert_true(row_of(t, "▲") < 0);
	term_keys(t, "jk");
	assert_on(t, "▲");
	term_keys(t, "o");
	term_keys(t, "g\r");
	assert_true(row_of(t, "○") < 0);
}

/* A test a row, a year a column; change and percent against the year before. */
static void
test_years(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = results_open(f, "en", 120);

	term_keys(t, "y");
	assert_on(t, "year on year");
	assert_on(t, "2025");
	assert_says(t, "ZGlu", "6.80 mmol/L ↑");
	assert_says(t, "ZGlu", "7.70 mmol/L ↑");
	assert_says(t, "ZGlu", "+0.90 +13.2 % 10-01");
	assert_true(row_of(t, "ZUnit") < 0); /* of one year alone */
	term_keys(t, "\x1b");
	assert_on(t, "all results");
}

/* The pages as they are, at three widths and in both languages. */
static void
test_golden(void **state)
{
	static const int widths[] = { 60, 80, 120 };
	static const char *const languages[] = { "en", "zh_CN" };
	static const struct { const char *name, *keys; } pages[] = {
		{ "results", "" }, { "years", "y" }, { "trend", "\x1bjjjjj\r" },
		{ "over", "o" }, { "trend-over", "j\r" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(widths); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(languages); k++) {
			BASE_AUTO(fixture) f = fixture_new();
			BASE_AUTO(term) t = NULL;

			f->rows = 24;
			t = results_open(f, languages[k], widths[i]);
			for (size_t p = 0; p < G_N_ELEMENTS(pages); p++) {
				g_autofree char *name = g_strdup_printf(
				    "%s-%d-%s", pages[p].name, widths[i],
				    languages[k]);

				for (const char *c = pages[p].keys; *c; c++)
					term_keys(t, (char[]){ *c, '\0' });
				term_golden(t, name);
			}
		}
}

/* The text is the Observation's, decimals untouched, offered as it is typed; the
 * draft knows which it is. */
static void
test_fact(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = results_open(f, "en", 120);
	BASE_AUTO(store) store = NULL;
	g_autoptr(GArray) facts = NULL;
	struct draft_key key = { 0 };

	term_keys(t, "\x1b");
	term_keys(t, "r");
	/* The count of them hides no part of a value. */
	term_keys(t, "@");
	{
		int y = row_of(t, " 1/");
		g_autofree char *row = y < 0 ? NULL : term_row(t, y);
		char *at = row ? strstr(row, " 1/") : NULL;

		assert_non_null(at);
		*at = '\0';
		g_strchomp(row);
		assert_true(g_str_has_suffix(row, ")") ||
		    g_str_has_suffix(row, "…"));
	}
	assert_on(t, "Tab complete");
	term_keys(t, "\x7f");
	term_keys(t, "Seen: @gl");
	assert_on(t, "▸ ZGlu 7.70 mmol/L (2026-10-01)");
	term_keys(t, "u\t");
	assert_on(t, "Seen: ZGlu 7.70 mmol/L (2026-10-01)");
	term_keys(t, " @zlp");
	assert_on(t, "▸ ZLpb 75 nmol/L");
	assert_on(t, "  ZLpa 30 mg/dL");
	term_keys(t, "\x1b[B");
	term_keys(t, "\t");
	assert_on(t, "30 mg/dL (2026-01-01)");
	term_keys(t, " @qqq");
	assert_on(t, "No result of this patient is called so.");
	term_keys(t, "\t");
	assert_on(t, "@qqq");
	term_keys(t, "\x1b");
	store = fixture_store(f);
	key.consult = fixture_consult(f, "c1");
	facts = store_facts(store, key, "ZGlu 7.70 mmol/L (2026-10-01), ZLpa "
	    "30 mg/dL (2026-01-01)", NULL);
	assert_int_equal(facts->len, 2);
	assert_string_equal(g_array_index(facts, struct fact, 0).ref,
	    "Observation/t3");
	assert_string_equal(g_array_index(facts, struct fact, 1).ref,
	    "Observation/c1");
}

/* The quoted Observation as the server has it by now. */
static void
corrected(struct fixture *f, const char *status, const char *value)
{
	g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Bundle\","
	    "\"type\":\"collection\",\"entry\":[{\"resource\":{"
	    "\"resourceType\":\"Observation\",\"id\":\"t3\",\"meta\":{"
	    "\"versionId\":\"2\",\"lastUpdated\":\"2026-10-03T04:50:59.000Z\"},"
	    "\"status\":\"%s\",\"code\":{\"coding\":[{\"system\":"
	    "\"http://loinc.org\",\"code\":\"14749-6\"}],\"text\":\"ZGlu\"},"
	    "\"subject\":{\"reference\":\"Patient/p1\"},"
	    "\"effectiveDateTime\":\"2026-10-01\",\"valueQuantity\":{"
	    "\"value\":%s,\"unit\":\"mmol/L\"}}}]}", status, value);

	fixture_ingest_json(f, json);
}

static int64_t
unsent(struct fixture *f)
{
	BASE_AUTO(store) store = fixture_store(f);
	struct outbox_counts counts;

	assert_true(store_outbox_counts(store, &counts, NULL));
	return counts.waiting;
}

/* A quotation is looked at once more when it is sent: corrected, in error or gone
 * since is said, and the same key sends; what stands goes at once. */
static void
test_stale(void **state)
{
	static const struct { const char *status, *value, *said; } all[] = {
		{ "amended", "7.70", NULL },
		{ "amended", "17.70", "was corrected, the chart says now: "
		    "17.70 mmol/L" },
		{ "corrected", "7.7", "says now: 7.7 mmol/L" },
		{ "entered-in-error", "7.70", "was entered in error" },
		{ NULL, NULL, "is not in the chart any more" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		BASE_AUTO(fixture) f = fixture_new();
		BASE_AUTO(term) t = results_open(f, "en", 120);

		term_keys(t, "\x1b");
		term_keys(t, "r");
		term_keys(t, "Seen: @glu\t");
		assert_on(t, "Seen: ZGlu 7.70 mmol/L (2026-10-01)");
		if (all[i].status) {
			corrected(f, all[i].status, all[i].value);
		} else {
			BASE_AUTO(store) store = fixture_store(f);

			assert_true(store_gone(store, "Observation", "t3",
			    NULL));
		}
		term_keys(t, "\x13");
		if (all[i].said) {
			assert_on(t, all[i].said);
			assert_int_equal(unsent(f), 0);
			term_keys(t, "\x13");
		}
		assert_int_equal(unsent(f), 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_chinese),
		cmocka_unit_test(test_trend), cmocka_unit_test(test_odd_trend),
		cmocka_unit_test(test_compared),
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_years),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_fact),
		cmocka_unit_test(test_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
