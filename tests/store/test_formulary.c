/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: a drug is found by its code, names, brand, parts and pinyin, folded, the
 * better match first; a Medication and its knowledge are one drug whichever came
 * first; what is out of use is left out; 30,000 rows are searched in time. */
#include "tests/store/kit.h"
#include "store/rx.h"

static void
drug(struct kit *kit, const char *id, int version, const char *status,
    const char *code, const char *zh, const char *en, const char *ingredient)
{
	kit_put(kit->store, "{'resourceType':'Medication','id':'%s','meta':"
	    "{'versionId':'%d','lastUpdated':'%s'},'status':'%s','code':"
	    "{'coding':[{'system':'https://x/drug','code':'%s','display':'%s'},"
	    "{'system':'http://www.whocc.no/atc','code':'C08CA01'}],'text':"
	    "'%s'},'ingredient':[{'itemCodeableConcept':{'text':'%s'}}]}", id,
	    version, kit_time(version), status, code, en, zh, ingredient);
}

static void
knowledge(struct kit *kit, const char *id, const char *of, const char *code,
    const char *synonyms)
{
	g_autofree char *ref = of ? g_strdup_printf(
	    ",'associatedMedication':[{'reference':'Medication/%s'}]", of) :
	    g_strdup("");

	kit_put(kit->store, "{'resourceType':'MedicationKnowledge','id':'%s',"
	    "'status':'active','code':{'coding':[{'system':'https://x/drug',"
	    "'code':'%s'}]},'synonym':[%s]%s}", id, code, synonyms, ref);
}

static void
some(struct kit *kit)
{
	drug(kit, "d1", 1, "active", "QD0101", "氨氯地平片 5 mg",
	    "amlodipine tablets 5 mg", "氨氯地平");
	knowledge(kit, "d1", "d1", "QD0101",
	    "'氨氯地平','amlodipine','安络平'");
	drug(kit, "d2", 1, "active", "QD0102", "左旋氨氯地平片 2.5 mg",
	    "levamlodipine tablets 2.5 mg", "左旋氨氯地平");
	drug(kit, "d3", 1, "active", "QD0201", "阿托伐他汀钙片 20 mg",
	    "atorvastatin tablets 20 mg", "阿托伐他汀");
}

struct hit { enum formulary_match match; char ref[40]; };

/* The first and how many. */
static struct hit
first(struct kit *kit, const char *words, guint *n)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = store_formulary_find(kit->store, words, 20,
	    &error);
	struct hit hit = { 0 };

	assert_null(error);
	*n = rows->len;
	if (rows->len) {
		const struct formulary_row *row = rows->pdata[0];
		hit.match = row->match;
		g_strlcpy(hit.ref, row->ref, sizeof hit.ref);
	}
	return hit;
}

static void
matches(void **state)
{
	static const struct {
		const char *words; const char *ref;
		enum formulary_match match; guint n;
	} cases[] = {
		{ "QD0101", "Medication/d1", MATCH_CODE, 1 },
		{ "qd0101", "Medication/d1", MATCH_CODE, 1 },
		{ "氨氯地平", "Medication/d1", MATCH_NAME, 2 },
		{ " 氨氯地平 ", "Medication/d1", MATCH_NAME, 2 },
		{ "氨氯", "Medication/d1", MATCH_NAME_START, 2 },
		{ "AMLODIPINE", "Medication/d1", MATCH_NAME, 2 },
		{ "ａｍｌｏ", "Medication/d1", MATCH_NAME_START, 2 },
		{ "安络平", "Medication/d1", MATCH_BRAND, 1 },
		{ "安络", "Medication/d1", MATCH_BRAND, 1 },
		{ "伐他汀", "Medication/d3", MATCH_PART, 1 },
		{ "statin", "Medication/d3", MATCH_PART, 1 },
		{ "tablets 20", "Medication/d3", MATCH_PART, 1 },
		{ "20 atorva", "Medication/d3", MATCH_PART, 1 },
		{ "ALDP", "Medication/d1", MATCH_INITIALS, 1 },
		{ "anlvdi", "Medication/d1", MATCH_INITIALS, 1 },
		{ "anludi", "Medication/d1", MATCH_INITIALS, 1 },
		{ "没有的药", "", 0, 0 },
		{ "", "", 0, 0 }, { "  ", "", 0, 0 },
		{ "%", "", 0, 0 }, { "'", "", 0, 0 },
	};
	struct kit *kit = *state;
	guint n;

	some(kit);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct hit hit = first(kit, cases[i].words, &n);
		if (n != cases[i].n)
			print_message("# %s: %u\n", cases[i].words, n);
		assert_int_equal(n, cases[i].n);
		assert_string_equal(hit.ref, cases[i].ref);
		assert_int_equal(hit.match, cases[i].match);
	}
	assert_int_equal(store_formulary_count(kit->store), 3);
}

static void
get(void **state)
{
	struct kit *kit = *state;
	struct formulary_row *row;
	g_autoptr(GError) error = NULL;

	assert_int_equal(store_formulary_count(kit->store), 0);
	some(kit);
	row = store_formulary_get(kit->store, "https://x/drug", "QD0101", NULL,
	    &error);
	assert_string_equal(row->ref, "Medication/d1");
	assert_non_null(row->medication);
	assert_non_null(row->knowledge);
	formulary_row_free(row);
	row = store_formulary_get(kit->store, NULL, NULL, "Medication/d2",
	    &error);
	assert_string_equal(row->ref, "Medication/d2");
	assert_null(row->knowledge);
	formulary_row_free(row);
	assert_null(store_formulary_get(kit->store, "https://y", "QD0101",
	    NULL, &error));
	assert_null(store_formulary_get(kit->store, NULL, NULL,
	    "Medication/none", &error));
	assert_null(error);
}

/* Knowledge first, then its Medication; by reference and by code alone. */
static void
any_order(void **state)
{
	struct kit *kit = *state;
	guint n;

	knowledge(kit, "k", "d1", "QD0101", "'安络平'");
	assert_string_equal(first(kit, "安络平", &n).ref, "Medication/d1");
	drug(kit, "d1", 1, "active", "QD0101", "氨氯地平片", "amlodipine",
	    "氨氯地平");
	assert_int_equal(store_formulary_count(kit->store), 1);
	knowledge(kit, "k9", NULL, "QD9", "'络活平'");
	assert_string_equal(first(kit, "络活平", &n).ref,
	    "MedicationKnowledge/k9");
	drug(kit, "d9", 1, "active", "QD9", "另一药", "other", "另一");
	assert_string_equal(first(kit, "络活平", &n).ref, "Medication/d9");
	assert_int_equal(store_formulary_count(kit->store), 2);
	/* And one that is first its Medication. */
	drug(kit, "d8", 1, "active", "QD8", "第八药", "eighth", "第八");
	knowledge(kit, "k8", NULL, "QD8", "'八平'");
	assert_string_equal(first(kit, "八平", &n).ref, "Medication/d8");
}

static void
changes(void **state)
{
	struct kit *kit = *state;
	guint n;

	some(kit);
	drug(kit, "d3", 2, "active", "QD0201", "瑞舒伐他汀钙片", "rosuvastatin",
	    "瑞舒伐他汀");
	first(kit, "atorva", &n);
	assert_int_equal(n, 0);
	first(kit, "rosuva", &n);
	assert_int_equal(n, 1);
	drug(kit, "d3", 3, "inactive", "QD0201", "瑞舒伐他汀钙片",
	    "rosuvastatin", "瑞舒伐他汀");
	first(kit, "rosuva", &n);
	assert_int_equal(n, 0);
	first(kit, "伐他汀", &n);
	assert_int_equal(n, 0);
	assert_true(store_gone(kit->store, "Medication", "d2", NULL));
	first(kit, "左旋", &n);
	assert_int_equal(n, 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM drug_word"
	    " WHERE src NOT IN (SELECT n FROM formulary)"), 0);
}

static void
hostile(void **state)
{
	struct kit *kit = *state;
	g_autofree char *long_name = g_strnfill(100000, 'x');
	g_autoptr(GString) many = g_string_new("'a'");
	guint n;

	drug(kit, "d1", 1, "active", "QD0101", long_name, long_name,
	    long_name);
	for (int i = 0; i < 5000; i++)
		g_string_append_printf(many, ",'s%d'", i);
	knowledge(kit, "k", "d1", "QD0101", many->str);
	assert_true(kit_sql(kit->store, "SELECT count(*) FROM drug_word") <
	    300);
	assert_true(kit_sql(kit->store,
	    "SELECT max(length(word)) FROM drug_word") <= 200);
	kit_put(kit->store, "{'resourceType':'MedicationKnowledge','id':'e'}");
	kit_put(kit->store, "{'resourceType':'Medication','id':'e',"
	    "'code':{'coding':{'code':7}},'ingredient':'x','status':3}");
	first(kit, long_name, &n);
}

/* Synthetic rows as a hospital's: few substances, many products. */
static void
fill(struct kit *kit, int rows)
{
	static const char *const stems[] = { "氨氯地平", "二甲双胍", "阿托伐他汀",
		"左氧氟沙星", "奥美拉唑", "氯吡格雷", "头孢克肟", "布洛芬" };
	g_autoptr(GPtrArray) bytes = g_ptr_array_new_with_free_func(g_free);
	struct store_doc docs[STORE_BATCH_MAX];
	int n = 0;

	for (int i = 0; i < rows; i++) {
		char *json = kit_quotes(g_strdup_printf("{'resourceType':"
		    "'Medication','id':'m%d','status':'active','code':{'coding':"
		    "[{'system':'https://x/drug','code':'P%05d','display':"
		    "'product%d tablets %d mg'}],'text':'%s%d号片 %d mg'},"
		    "'ingredient':[{'itemCodeableConcept':{'text':'%s'}}]}", i,
		    i, i, i % 90, stems[i % 8], i, i % 90, stems[i % 8]));
		g_ptr_array_add(bytes, json);
		docs[n++] = (struct store_doc){ json, strlen(json) };
		if (n < STORE_BATCH_MAX && i + 1 < rows)
			continue;
		assert_true(store_ingest(kit->store, docs, (size_t)n, NULL,
		    NULL, NULL));
		n = 0;
	}
}

static void
fast(void **state)
{
	static const char *const words[] = { "P00777", "氨氯地平", "product29",
		"伐他汀299", "duct2999", "号片 17", "没有", "zzzz" };
	enum { LIMIT_US = 50000, TIMES = 5 };
	struct kit *kit = *state;
	gint64 began = g_get_monotonic_time();

	store_close(kit->store);
	kit_open(kit, STORE_SCREEN);
	fill(kit, 30000);
	print_message("# 30000 drugs in %d ms\n",
	    (int)((g_get_monotonic_time() - began) / 1000));
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		gint64 best = G_MAXINT64;
		guint n;
		for (int k = 0; k < TIMES; k++) {
			gint64 from = g_get_monotonic_time();
			first(kit, words[i], &n);
			best = MIN(best, g_get_monotonic_time() - from);
		}
		print_message("# %s: %u in %d us\n", words[i], n, (int)best);
		assert_true(best < LIMIT_US);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(matches), KIT_TEST(get), KIT_TEST(any_order),
		KIT_TEST(changes), KIT_TEST(hostile), KIT_TEST(fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
