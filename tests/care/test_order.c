/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves an order's arithmetic and words: the quantity of a course is exact, whole
 * and in packs where nobody cuts one open, is not computed from what is not known,
 * and comes with the sum that was done; days follow from a quantity only when
 * whole; the sentences in both languages say all of it.
 */
#include "tests/tap.h"
#include "tests/care/order_gen.h"

/* Drugs of order_gen.c: 0 amlodipine 5 mg, 5 a combination, 6 a suspension of
 * 100 mg/5 mL in 100 mL, 7 insulin 100/mL in 3 mL, 8 an inhaler of 200 puffs. */
static const struct {
	int drug;
	const char *dose, *high, *unit, *frequency;
	int days;
	const char *quantity, *formula; /* NULL: it cannot be computed */
} sums[] = {
	{ 0, "5", NULL, "mg", "qd", 28, "28", "5 mg ÷ 5 mg/片 × 每日一次 × 28 天 = 28 片（1 盒）" },
	{ 0, "1", NULL, "{tablet}", "bid", 28, "56", "1 片 × 每日两次 × 28 天 = 56 片（2 盒）" },
	{ 0, "0.5", NULL, "{tablet}", "qd", 7, "4", "0.5 片 × 每日一次 × 7 天 = 4 片" },
	{ 0, "5000", NULL, "ug", "qd", 30, "30", "5000 微克 ÷ 5 mg/片 × 每日一次 × 30 天 = 30 片（1 盒又 2 片）" },
	{ 0, "1", "2", "{tablet}", "qd", 7, "14", "2 片 × 每日一次 × 7 天 = 14 片" },
	{ 0, "1", NULL, "{tablet}", "qod", 7, "4", "1 片 × 隔日一次 × 7 天 = 4 片" },
	{ 0, "1", NULL, "{tablet}", "qw", 28, "4", "1 片 × 每周一次 × 28 天 = 4 片" },
	{ 0, "1", NULL, "{tablet}", "once", 0, "1", "1 片 × 立即一次 = 1 片" },
	{ 5, "1", NULL, "{tablet}", "qd", 14, "14", "1 片 × 每日一次 × 14 天 = 14 片（2 盒）" },
	{ 6, "200", NULL, "mg", "tid", 3, "100", "200 mg ÷ 100 mg/5 mL × 每日三次 × 3 天 = 100 mL（1 瓶）" },
	{ 7, "10", NULL, "[iU]", "qn", 28, "3", "10 单位 ÷ 100 单位/mL × 每晚一次 × 28 天 = 3 mL（1 支）" },
	{ 8, "2", NULL, "{puff}", "qid", 30, "400", "2 揿 × 每日四次 × 30 天 = 400 揿（2 瓶）" },
	/* what is not known is not made up */
	{ 5, "80", NULL, "mg", "qd", 14, NULL, NULL },
	{ 0, "5", NULL, "mL", "qd", 14, NULL, NULL },
	{ 0, "5", NULL, "mg", NULL, 14, NULL, NULL },
	{ 0, "5", NULL, "mg", "qd", 0, NULL, NULL },
	{ 0, "5", NULL, "mg", "qmonth", 28, NULL, NULL },
	{ 0, NULL, NULL, NULL, "qd", 28, NULL, NULL },
	{ 0, "999999999999", NULL, "g", "q1h", 366, NULL, NULL },
};

static struct care_order *
order_of(size_t i)
{
	struct care_order *o = care_order_new();

	o->drug = gen_drug(sums[i].drug);
	o->dose = g_strdup(sums[i].dose);
	o->dose_high = g_strdup(sums[i].high);
	o->dose_unit = g_strdup(sums[i].unit);
	o->frequency = care_frequency_find(sums[i].frequency);
	o->duration_days = sums[i].days;
	return o;
}

static void
test_sums(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sums); i++) {
		BASE_AUTO(care_order) o = order_of(i);
		g_autofree char *quantity = NULL, *unit = NULL, *formula = NULL;
		gboolean done = care_order_quantity(o, "zh", &quantity, &unit,
		    &formula);

		if (g_strcmp0(formula, sums[i].formula) != 0)
			print_message("# %zu: %s\n", i, formula);
		assert_int_equal(done, sums[i].quantity != NULL);
		if (!done) {
			assert_null(quantity);
			assert_null(formula);
			continue;
		}
		assert_string_equal(quantity, sums[i].quantity);
		assert_string_equal(unit, o->drug->piece_unit);
		assert_string_equal(formula, sums[i].formula);
	}
}

/* Days from a quantity: only whole ones. */
static void
test_complete(void **state)
{
	static const struct { const char *quantity, *unit; int days, refills;
	    double lasts; const char *pieces; } rows[] = {
		{ "56", "{tablet}", 28, 0, 28, "56" },
		{ "2", "{pack}", 28, 0, 28, "56" },
		{ "55", "{tablet}", 0, 0, 27.5, "55" },
		{ "3", "mL", 0, 0, 0, "3" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		BASE_AUTO(care_order) o = order_of(1);

		o->duration_days = 0;
		o->quantity = g_strdup(rows[i].quantity);
		o->quantity_unit = g_strdup(rows[i].unit);
		care_order_complete(o);
		assert_int_equal(o->duration_days, rows[i].days);
		assert_int_equal(o->refills, rows[i].refills);
		assert_string_equal(o->route->code, "po");
		assert_string_equal(o->quantity, rows[i].pieces);
		assert_true(care_order_supply_days(o) == rows[i].lasts);
	}
}

/* What was said stays as it was said. */
static void
test_kept(void **state)
{
	BASE_AUTO(care_order) o = order_of(0);

	o->quantity = g_strdup("14");
	o->quantity_unit = g_strdup("{tablet}");
	o->route = care_route_find("sl");
	o->refills = 3;
	care_order_complete(o);
	assert_string_equal(o->quantity, "14");
	assert_int_equal(o->duration_days, 28);
	assert_string_equal(o->route->code, "sl");
	assert_int_equal(o->refills, 3);
}

static void
test_sentence(void **state)
{
	BASE_AUTO(care_order) o = order_of(0);

	care_order_complete(o);
	o->note = g_strdup("早餐后");
	g_autofree char *zh = care_order_sentence(o, "zh");
	g_autofree char *en = care_order_sentence(o, "en");
	assert_string_equal(zh, "氨氯地平片 5 mg，口服，每次 1 片（5 mg），每日一次，"
	    "28 天，共 28 片（1 盒），不续配。嘱：早餐后");
	assert_string_equal(en, "amlodipine tablet 5 mg, by mouth, 1 tablet "
	    "(5 mg), once a day, for 28 days, dispense 28 tablets (1 pack), "
	    "no refills. Note: 早餐后");
}

static void
test_weekly(void **state)
{
	BASE_AUTO(care_order) o = order_of(8);

	o->frequency = care_frequency_find("biw");
	o->weekdays = 1u << 0 | 1u << 3;
	o->as_needed = TRUE;
	g_autofree char *zh = care_order_sentence(o, "zh");
	g_autofree char *en = care_order_sentence(o, "en");
	assert_string_equal(zh, "缬沙坦氨氯地平片 80/5 mg，每次 1 片，每周两次（周一、周四），"
	    "必要时，14 天");
	assert_string_equal(en, "valsartan and amlodipine tablet 80/5 mg, "
	    "1 tablet, twice a week on Monday and Thursday, as needed, for "
	    "14 days");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_weekly),
	};
	base_i18n_init("en");
	return cmocka_run_group_tests_name("orders", tests, NULL, NULL);
}
