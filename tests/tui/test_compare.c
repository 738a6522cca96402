/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: "creatinine > 120" finds what was measured, by its code or by all that it
 * is called, and nothing else that has the word in its name; in the unit that was
 * asked for, exactly, whatever unit a result has; and that a unit that does not
 * convert is said, in the query and in the results. */
#include "tests/store/kit.h"
#include "store/search.h"
#include "tui/desk.h"

/* ---- a panel of results -------------------------------------------------- */

struct result {
	const char *id, *code, *name, *value, *unit;
};

static void
result_put(struct store *store, const struct result *r, int minutes)
{
	g_autofree char *coding = r->code ? g_strdup_printf("'coding':[{"
	    "'system':'http://loinc.org','code':'%s'}],", r->code) :
	    g_strdup("");
	g_autofree char *unit = r->unit ? g_strdup_printf(",'unit':'%s'",
	    r->unit) : g_strdup("");

	kit_put(store, "{'resourceType':'Observation','id':'%s','meta':"
	    "{'versionId':'1','lastUpdated':'%s'},'status':'final','subject':"
	    "{'reference':'Patient/p1'},'code':{%s'text':'%s'},"
	    "'effectiveDateTime':'%s','valueQuantity':{'value':%s%s}}", r->id,
	    kit_time(minutes), coding, r->name, kit_time(minutes), r->value,
	    unit);
}

static void
index_all(struct store *store)
{
	int64_t left = 1;

	while (left)
		assert_true(store_search_index(store, 7, &left, NULL));
}

/* The newest last, so that they are found in the order they stand here. */
static void
results_put(struct store *store, const struct result *all, size_t n)
{
	kit_me(store);
	kit_patient(store, "p1", "张银兰");
	for (size_t i = 0; i < n; i++)
		result_put(store, &all[i], -(int)i - 10);
	index_all(store);
}

/* Ids found, blanks between, each with what it was compared as; owned. */
static char *
found(struct store *store, const char *text, int *refused)
{
	struct search_fault fault;
	BASE_AUTO(search_query) query = desk_search_parse(text, &fault);
	BASE_AUTO(search_page) page = NULL;
	GString *out = g_string_new(NULL);

	assert_non_null(query);
	page = store_search(store, query, 50, 60000, NULL);
	assert_non_null(page);
	assert_false(page->cut);
	for (size_t i = 0; i < page->n; i++)
		g_string_append_printf(out, "%s%s%s%s", out->len ? " " : "",
		    page->hits[i].ref + strlen("Observation/"),
		    page->hits[i].as ? "=" : "", page->hits[i].as ?
		    page->hits[i].as : "");
	*refused = page->refused;
	return g_string_free(out, FALSE);
}

struct ask { const char *text, *want; int refused; };

static void
ask_all(struct store *store, const struct ask *asks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int refused;
		g_autofree char *got = found(store, asks[i].text, &refused);

		if (strcmp(got, asks[i].want) != 0 ||
		    refused != asks[i].refused)
			print_error("“%s”: “%s”, refused %d\n", asks[i].text,
			    got, refused);
		assert_string_equal(got, asks[i].want);
		assert_int_equal(refused, asks[i].refused);
	}
}

/* ---- which test ---------------------------------------------------------- */

static void
by_what_it_is(void **state)
{
	static const struct result all[] = {
		{ "code", "2160-0", "Creat", "130", "umol/L" },
		{ "moles", "14682-9", "肌酐", "131", "μmol/L" },
		{ "ratio", "9318-7", "尿白蛋白/肌酐", "300", "mg/g" },
		{ "ratio2", NULL, "白蛋白/肌酐比值", "310", "mg/g" },
		{ "urine", "2161-8", "肌酐", "9000", "umol/L" },
		{ "urine2", NULL, "尿肌酐", "9000", "umol/L" },
		{ "name", NULL, "肌酐", "132", "umol/L" },
		{ "both", NULL, "血肌酐 (Cr)", "133", "umol/l" },
		{ "how", NULL, "肌酐（酶法）", "134", "umol/L" },
		{ "clear", NULL, "内生肌酐清除率", "125", "mL/min" },
		{ "low", "2160-0", "肌酐", "119", "umol/L" },
		{ "hb", NULL, "血红蛋白", "140", "g/L" },
		{ "a1c", NULL, "糖化血红蛋白", "9.1", "%" },
		{ "fast", "1558-6", "空腹血糖", "7.4", "mmol/L" },
		{ "glu", "2345-7", "血糖", "7.3", "mmol/L" },
		{ "other", NULL, "降钙素原", "0.8", "ng/mL" },
	};
	static const struct ask asks[] = {
		{ "肌酐 > 120", "code moles name both how", 0 },
		{ "creatinine>120", "code moles name both how", 0 },
		{ "血肌酐 ≤ 120", "low", 0 },
		{ "Cr = 132", "name", 0 },
		{ "血红蛋白 > 9", "hb", 0 },
		{ "HbA1c > 9 %", "a1c", 0 },
		/* who asks for glucose asks for the fasting one too */
		{ "血糖 > 7", "fast glu", 0 },
		{ "空腹血糖 > 7", "fast", 0 },
		/* what is in no table goes by its name */
		{ "降钙素 > 0.5", "other", 0 },
		{ "尿肌酐 > 120", "urine2", 0 },
	};
	struct kit *kit = *state;

	results_put(kit->store, all, G_N_ELEMENTS(all));
	ask_all(kit->store, asks, G_N_ELEMENTS(asks));
}

/* ---- units --------------------------------------------------------------- */

static void
by_unit(void **state)
{
	static const struct result all[] = {
		{ "us", "2160-0", "Creatinine", "1.5", "mg/dL" },
		{ "us2", "2160-0", "Creatinine", "1.35", "mg/dl" },
		{ "cn", "14682-9", "肌酐", "121", "umol/L" },
		/* a hair more than 120 umol/L */
		{ "edge", "2160-0", "Creatinine", "1.357442", "mg/dL" },
		{ "mmol", "14682-9", "肌酐", "0.2", "mmol/L" },
		{ "none", "2160-0", "肌酐", "400", NULL },
		{ "odd", "2160-0", "肌酐", "400", "U/L" },
		{ "ngsp", "4548-4", "HbA1c", "9.1", "%" },
		{ "ifcc", "59261-8", "HbA1c", "80", "mmol/mol" },
		{ "bun", "3094-0", "Urea nitrogen", "30", "mg/dL" },
		{ "urea", "3091-6", "Urea", "30", "mg/dL" },
		{ "what", NULL, "尿素", "30", "mg/dL" },
		{ "lpa", "10835-7", "Lp(a)", "50", "mg/dL" },
		{ "lpam", "43583-4", "Lp(a)", "125", "nmol/L" },
		{ "lpam2", "43583-4", "Lp(a)", "12", "nmol/L" },
	};
	static const struct ask asks[] = {
		{ "肌酐 > 120", "us=133 umol/L cn edge=120.0002 umol/L "
		    "mmol=200 umol/L", 2 },
		{ "肌酐 > 1.4 mg/dL", "us mmol=2.3 mg/dL", 2 },
		{ "肌酐 > 1.4mg/dl", "us mmol=2.3 mg/dL", 2 },
		{ "肌酐 > 1.4 mg", "us mmol=2.3 mg/dL", 2 },
		{ "肌酐 < 1.36 mg/dL", "us2 edge", 2 },
		{ "HbA1c > 9", "ngsp ifcc=9.5 %", 0 },
		{ "hba1c > 9 %", "ngsp ifcc=9.5 %", 0 },
		{ "hba1c > 75 mmol/mol", "ngsp=76 mmol/mol ifcc", 0 },
		/* nitrogen is not urea; without a code it is neither */
		{ "尿素 > 10", "bun=11 mmol/L", 1 },
		{ "尿素 > 4", "bun=11 mmol/L urea=5.0 mmol/L", 1 },
		/* particles have no mass in common */
		{ "lpa > 40", "lpa", 2 },
		{ "肌酐 > 100000", "", 2 },
		{ "肌酐 >= 0", "us=133 umol/L us2=119 umol/L cn "
		    "edge=120.0002 umol/L mmol=200 umol/L", 2 },
		{ "肌酐 < 0", "", 2 },
	};
	struct kit *kit = *state;

	results_put(kit->store, all, G_N_ELEMENTS(all));
	ask_all(kit->store, asks, G_N_ELEMENTS(asks));
}

static void
is_said(void **state)
{
	static const struct result all[] = {
		{ "us", "2160-0", "Creatinine", "1.5", "mg/dL" },
	};
	struct kit *kit = *state;
	struct search_fault fault;
	BASE_AUTO(search_query) bad = desk_search_parse(
	    "肌酐 > 3 kg/m2 头", &fault);
	BASE_AUTO(search_query) q = desk_search_parse("肌酐 > 120",
	    &(struct search_fault){ 0 });
	BASE_AUTO(search_page) page = NULL;
	char *part[SEARCH_PARTS];

	assert_null(bad);
	assert_int_equal(fault.kind, SEARCH_FAULT_UNIT);
	assert_int_equal(fault.from, strlen("肌酐 > 3 "));
	assert_int_equal(fault.to, strlen("肌酐 > 3 kg/m2"));
	results_put(kit->store, all, G_N_ELEMENTS(all));
	page = store_search(kit->store, q, 50, 60000, NULL);
	assert_string_equal(page->said, "> 120 µmol/L");
	assert_int_equal(page->n, 1);
	search_hit_show(&page->hits[0], part);
	assert_string_equal(part[SEARCH_FOUND], "1.5");
	assert_string_equal(part[SEARCH_BEHIND], " mg/dL (≈ 133 umol/L)");
	for (int i = 0; i < SEARCH_PARTS; i++)
		g_free(part[i]);
}

/* ---- the index misses nothing -------------------------------------------- */

/* Whatever compares as asked is found: the bounds of each unit are no narrower than
 * the arithmetic. */
static void
misses_nothing(void **state)
{
	static const char *const units[] = { "umol/L", "mg/dL", "mmol/L" };
	static const char *const ops[] = { ">", ">=", "<", "<=", "=" };
	struct kit *kit = *state;
	g_autoptr(GRand) rand = g_rand_new_with_seed(3);
	GPtrArray *keep = g_ptr_array_new_with_free_func(g_free);
	struct result all[60];
	int hits = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		int n = g_rand_int_range(rand, 1, 40);
		char *id = g_strdup_printf("r%d", (int)i);
		char *value = g_strdup_printf("%d.%d", n / 10, n % 10);

		g_ptr_array_add(keep, id);
		g_ptr_array_add(keep, value);
		all[i] = (struct result){ id, i % 2 ? "2160-0" : NULL, "肌酐",
			value, units[i % G_N_ELEMENTS(units)] };
	}
	results_put(kit->store, all, G_N_ELEMENTS(all));
	for (int i = 0; i < 300; i++) {
		int n = g_rand_int_range(rand, 1, 40);
		g_autofree char *text = g_strdup_printf("肌酐 %s %d.%d %s",
		    ops[i % 5], n / 10, n % 10, units[i / 5 % 3]);
		struct search_fault fault;
		BASE_AUTO(search_query) q = desk_search_parse(text, &fault);
		BASE_AUTO(search_page) page = NULL;
		size_t want = 0;

		assert_non_null(q);
		page = store_search(kit->store, q, 100, 60000, NULL);
		for (size_t k = 0; k < G_N_ELEMENTS(all); k++) {
			g_autofree char *as = NULL;
			int order;
			gboolean pass[] = { 0, 0, 0, 0, 0 };

			assert_true(q->test->order(q->test, all[k].code,
			    all[k].value, all[k].unit, &order, &as));
			pass[0] = order > 0;
			pass[1] = order >= 0;
			pass[2] = order < 0;
			pass[3] = order <= 0;
			pass[4] = order == 0;
			want += pass[i % 5];
		}
		assert_int_equal(page->n, want);
		hits += (int)want;
	}
	assert_true(hits > 1000);
	g_ptr_array_unref(keep);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(by_what_it_is), KIT_TEST(by_unit), KIT_TEST(is_said),
		KIT_TEST(misses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
