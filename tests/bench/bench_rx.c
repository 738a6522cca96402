/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, renewing and prescribing, Proof: an order line read as one types, every
 * shipped rule over a chart of twelve drugs, and a search of the formulary over
 * 30,000 rows. DIR gets a cache of its own for the formulary; RULES has the packs.
 *
 * usage: bench_rx DIR RULES
 */
#include "care/rules.h"
#include "store/rx.h"
#include "tests/bench/figure.h"
#include "tests/care/order_gen.h"

#include <string.h>

#define NOW_MS INT64_C(1793000000000)
enum { LINES = 1000, CHECKS = 200, DRUGS = 30000, SEARCHES = 20 };

static double
since(gint64 start)
{
	return (double)(g_get_monotonic_time() - start);
}

/* ---- the order line ----------------------------------------------------- */

static void
bench_line(void)
{
	struct care_lookup lookup = gen_lookup();
	struct samples took = { 0 };

	for (int i = 0; i < LINES; i++) {
		gint64 start = g_get_monotonic_time();

		care_line_free(care_line_parse("metformin 0.5g bid pc 4w "
		    "refill 3", &lookup, NULL, FALSE));
		samples_add(&took, since(start));
	}
	figure("an order line read, p99", samples_quantile(&took, 0.99) / 1000,
	    "ms", FIGURE_AT_MOST, 1, NULL);
	samples_clear(&took);
}

/* ---- the rules ---------------------------------------------------------- */

static struct care_pack *
shipped(const char *rules, const char *name)
{
	g_autofree char *path = g_strdup_printf("%s/%s.json", rules, name);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	struct care_pack *pack = NULL;
	gsize len;

	if (g_file_get_contents(path, &text, &len, &error))
		pack = care_pack_read(text, len, &error);
	if (!pack)
		bench_die("a rule pack", error);
	return pack;
}

static void
take(struct care_facts *facts, const char *json)
{
	g_autofree char *text = g_strdelimit(g_strdup(json), "'", '"');

	if (!care_facts_take(facts, text, strlen(text)))
		bench_die("a fact", NULL);
}

static struct care_facts *
twelve_drugs(void)
{
	static const char *const atc[] = { "B01AA03", "C09CA03", "C10AA05",
		"A10BA02", "A10BK01", "C07AB02", "H03AA01", "A02BC01",
		"B01AC06", "M04AA03", "C03DA01", "N06AB06" };
	struct care_facts *facts = care_facts_new(NOW_MS);

	for (int s = 0; s < FACTS_SECTIONS_; s++)
		facts->state[s] = FACTS_LOADED;
	facts->fresh_ms = NOW_MS;
	take(facts, "{'resourceType':'Patient','id':'1','gender':'male',"
	    "'birthDate':'1960-02-03'}");
	take(facts, "{'resourceType':'Condition','id':'1','code':{'coding':[{"
	    "'system':'http://hl7.org/fhir/sid/icd-10','code':'I10'}]},"
	    "'recordedDate':'2020-01-01'}");
	for (size_t i = 0; i < G_N_ELEMENTS(atc); i++) {
		g_autofree char *json = g_strdup_printf("{'resourceType':"
		    "'MedicationRequest','id':'d%zu','status':'active',"
		    "'intent':'order','medicationCodeableConcept':{'coding':[{"
		    "'system':'http://www.whocc.no/atc','code':'%s'}],'text':"
		    "'药%zu'}}", i, atc[i], i);

		take(facts, json);
	}
	care_facts_join(facts);
	return facts;
}

static void
bench_check(const char *where)
{
	BASE_AUTO(care_pack) cn = shipped(where, "cn");
	BASE_AUTO(care_pack) herbal = shipped(where, "herbal");
	const struct care_pack *both[] = { cn, herbal };
	BASE_AUTO(care_rules) rules = care_rules_new(both, 2, NOW_MS);
	BASE_AUTO(care_facts) facts = twelve_drugs();
	BASE_AUTO(care_rx) rx = care_rx_new();
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	struct samples took = { 0 };

	while (rx->orders->len < 5)
		g_ptr_array_add(rx->orders, gen_order(rand));
	for (int i = 0; i < CHECKS; i++) {
		gint64 start = g_get_monotonic_time();

		g_ptr_array_unref(care_check(rules, facts, rx));
		samples_add(&took, since(start));
	}
	figure("5 lines checked against 12 drugs, p50",
	    samples_quantile(&took, 0.5) / 1000, "ms", FIGURE_AT_MOST, 5,
	    NULL);
	samples_clear(&took);
}

/* ---- the formulary ------------------------------------------------------ */

static void
formulary_fill(struct store *store)
{
	static const char *const stems[] = { "氨氯地平", "二甲双胍",
		"阿托伐他汀", "左氧氟沙星", "奥美拉唑", "氯吡格雷" };
	g_autoptr(GPtrArray) bytes = g_ptr_array_new_with_free_func(g_free);
	struct store_doc docs[STORE_BATCH_MAX];
	g_autoptr(GError) error = NULL;
	size_t n = 0;

	for (int i = 0; i < DRUGS; i++) {
		const char *stem = stems[i % (int)G_N_ELEMENTS(stems)];
		char *json = g_strdelimit(g_strdup_printf("{'resourceType':"
		    "'Medication','id':'m%d','status':'active','code':{'coding'"
		    ":[{'system':'https://x/drug','code':'P%05d','display':"
		    "'product%d tablets %d mg'}],'text':'%s%d号片 %d mg'}}", i,
		    i, i, i % 90, stem, i, i % 90), "'", '"');

		g_ptr_array_add(bytes, json);
		docs[n++] = (struct store_doc){ json, strlen(json) };
		if (n < STORE_BATCH_MAX && i + 1 < DRUGS)
			continue;
		if (!store_ingest(store, docs, n, NULL, NULL, &error))
			bench_die("the formulary", error);
		n = 0;
	}
}

static void
bench_formulary(const char *dir)
{
	static const char *const words[] = { "P00777", "氨氯地平", "product29",
		"伐他汀299", "duct2999", "号片 17", "没有", "zzzz" };
	struct store *store = bench_open(dir, STORE_SCREEN);
	struct samples took = { 0 };

	formulary_fill(store);
	for (int i = 0; i < SEARCHES * (int)G_N_ELEMENTS(words); i++) {
		gint64 start = g_get_monotonic_time();
		GPtrArray *rows = store_formulary_find(store, words[i %
		    (int)G_N_ELEMENTS(words)], 20, NULL);

		if (!rows)
			bench_die("a search of the formulary", NULL);
		g_ptr_array_unref(rows);
		samples_add(&took, since(start));
	}
	figure("formulary of 30,000 searched, p99",
	    samples_quantile(&took, 0.99) / 1000, "ms", FIGURE_AT_MOST, 50,
	    NULL);
	samples_clear(&took);
	store_close(store);
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	bench_line();
	bench_check(argv[2]);
	bench_formulary(argv[1]);
	return figure_status();
}
