/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the formulary: each row can be read, is said once, and its dose fits
 * its strength; the marks that rules rest on are where they belong; Medication
 * and MedicationKnowledge are one of each and hang together; what the seed
 * orders is in it; it is filled up to any number; and a client can search and
 * page it.
 */
#include "clinic/formulary.h"
#include "clinic/rest.h"
#include "tests/clinic/client.h"

#define NOW_MS INT64_C(1795341600000)

/* ---- the table ---------------------------------------------------------- */

static void
test_rows(void **state)
{
	g_autoptr(GHashTable) codes = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL);
	const struct formulary_drug *d;
	int herbs = 0, others = 0;

	for (size_t i = 0; (d = formulary_at(i)); i++) {
		g_autofree char *strength = formulary_strength(d);
		g_autofree char *zh = formulary_name_zh(d);

		assert_true(g_hash_table_add(codes, (gpointer)d->code));
		if (!g_hash_table_add(names, g_strdup_printf("%s %s", zh,
		    strength)))
			fail_msg("%s %s is there twice", zh, strength);
		if (d->atc && !g_regex_match_simple(
		    "^[A-Z][0-9]{2}[A-Z]{2}([0-9]{2})?$", d->atc, 0, 0))
			fail_msg("%s: ATC %s", d->code, d->atc);
		/* Only herbs and patent medicines have none. */
		assert_int_equal(d->atc == NULL, d->form == FORM_HERB ||
		    strchr(d->marks, 'C') != NULL);
		assert_true(g_ascii_strtod(d->pack, NULL) > 0);
		assert_true(g_str_is_ascii(d->en) && !g_str_is_ascii(d->zh));
		assert_true(strspn(d->marks, "NPQTEabcd123FXC") ==
		    strlen(d->marks));
		herbs += d->form == FORM_HERB;
		others += d->form != FORM_HERB;
	}
	assert_true(others >= 300);
	assert_true(herbs >= 60);
	assert_null(formulary_find("QD9999"));
}

/* "0.5 g" in milligrams; 0 when it is counted in something else. */
static double
mg_of(const char *text)
{
	char *unit;
	double n = g_ascii_strtod(text, &unit);

	while (*unit == ' ')
		unit++;
	return g_str_has_prefix(unit, "mg") ? n
	    : g_str_has_prefix(unit, "ug") ? n / 1000
	    : *unit == 'g' ? n * 1000 : 0;
}

/* One that is ten times wrong would be seen here. */
static void
test_doses_fit_strengths(void **state)
{
	const struct formulary_drug *d;
	int checked = 0;

	for (size_t i = 0; (d = formulary_at(i)); i++) {
		g_auto(GStrv) halves = g_strsplit(d->dose ? d->dose : "", " ",
		    2);
		g_auto(GStrv) ends = NULL;
		double low, high, piece;

		if (!d->dose)
			continue;
		ends = g_strsplit(halves[0], "-", 2);
		low = g_ascii_strtod(ends[0], NULL);
		high = ends[1] ? g_ascii_strtod(ends[1], NULL) : low;
		assert_non_null(halves[1]);
		if (!(low > 0 && low <= high))
			fail_msg("%s: %s", d->code, d->dose);
		{
			g_autofree char *unit = g_strconcat("1 ", halves[1],
			    NULL);

			low *= mg_of(unit);
			high *= mg_of(unit);
		}
		piece = mg_of(d->strength);
		/* Whole pieces alone: no liquids, mixtures, herbs. */
		if (low <= 0 || piece <= 0 || strpbrk(d->strength, "/+%") ||
		    d->form == FORM_HERB)
			continue;
		checked++;
		if (low > piece * 4.5 || high < piece)
			fail_msg("%s %s %s: %s", d->code, d->zh, d->strength,
			    d->dose);
	}
	assert_true(checked > 250);
}

static void
test_marks(void **state)
{
	static const struct { const char *atc, *mark; gboolean has; } v[] = {
		{ "N02AA01", "N", TRUE }, { "N02AB03", "N", TRUE },
		{ "N05BA01", "Q", TRUE }, { "N05CF01", "Q", TRUE },
		{ "N06BA04", "P", TRUE }, { "R01BA02", "E", TRUE },
		{ "B01AA03", "X", TRUE }, { "A10AE04", "F", TRUE },
		{ "A10AE04", "X", FALSE }, { "J01CA04", "1", TRUE },
		{ "J01DD08", "2", TRUE }, { "J01DH02", "3", TRUE },
		{ "J04AC01", "1", TRUE }, { "C08CA01", "X", FALSE },
		{ "N05BA01", "c", TRUE }, { "N02AA01", "a", TRUE },
	};
	static const char *const herbs[] = { "甘草", "海藻", "附子", "法半夏",
		"大戟", "甘遂", "芫花", "瓜蒌", "川贝母", "白蔹", "白及", "藜芦",
		"人参", "细辛", "白芍", "硫黄", "芒硝", "丁香", "郁金", "肉桂",
		"赤石脂", "五灵脂", "巴豆霜", "牵牛子", "三棱" };
	const struct formulary_drug *d;
	size_t i, k;

	for (i = 0; i < G_N_ELEMENTS(v); i++) {
		int rows = 0;

		for (k = 0; (d = formulary_at(k)); k++) {
			if (g_strcmp0(d->atc, v[i].atc))
				continue;
			rows++;
			if ((strpbrk(d->marks, v[i].mark) != NULL) != v[i].has)
				fail_msg("%s %s", d->code, v[i].mark);
		}
		assert_true(rows > 0);
	}
	/* Every antibacterial has its level, and no injection is carried but
	 * those for diabetes. */
	for (k = 0; (d = formulary_at(k)); k++) {
		if (d->atc && g_str_has_prefix(d->atc, "J01"))
			assert_non_null(strpbrk(d->marks, "123"));
		if ((d->form == FORM_INJ || d->form == FORM_INJP) &&
		    !strchr(d->marks, 'X'))
			fail_msg("%s is carried", d->code);
		if (strchr(d->marks, 'a'))
			assert_non_null(strpbrk(d->marks, "NP"));
	}
	for (i = 0; i < G_N_ELEMENTS(herbs); i++) {
		for (k = 0; (d = formulary_at(k)) && strcmp(d->zh, herbs[i]);)
			k++;
		if (!d)
			fail_msg("%s is missing", herbs[i]);
	}
}

/* What the seed prescribes is sold here, in that strength. */
static void
test_seeded_drugs(void **state)
{
	for (int i = 0; i < DRUGS_; i++) {
		const struct formulary_drug *d =
		    formulary_find(seed_drug_codes[i]);
		g_autofree char *strength = NULL;

		assert_non_null(d);
		assert_string_equal(d->atc, seed_drugs[i].atc);
		strength = formulary_strength(d);
		if (d->parts)
			continue; /* "160/4.5 µg" is the same, shorter */
		if (strcmp(strength, seed_drugs[i].strength) != 0)
			fail_msg("%s: %s", d->code, seed_drugs[i].strength);
	}
}

/* ---- as resources ------------------------------------------------------- */

struct shelf { GHashTable *medications; int knowledge, others; };

static gboolean
take(void *user, const char *type, const char *id, const char *json,
    size_t len, int64_t updated_ms, GError **error)
{
	struct shelf *s = user;
	json_t *one = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(one);
	assert_true(clinic_validate(type, one, NULL));
	if (strcmp(type, "Medication") == 0) {
		assert_true(g_hash_table_insert(s->medications, g_strdup(id),
		    json_incref(one)));
	} else if (strcmp(type, "MedicationKnowledge") == 0) {
		json_t *medication = g_hash_table_lookup(s->medications, id);

		s->knowledge++;
		assert_non_null(medication);
		assert_true(json_equal(dig(one, "code"),
		    dig(medication, "code")));
		assert_non_null(strstr(dig_text(one, "text.div"),
		    "practice data"));
		assert_true(json_array_size(dig(one, "synonym")) >= 2);
		assert_non_null(dig(medication,
		    "ingredient.0.strength.denominator.value"));
	} else {
		s->others++;
	}
	json_decref(one);
	return TRUE;
}

static void
decref(gpointer json)
{
	json_decref(json);
}

static void
shelf_fill(struct shelf *s, int rows)
{
	struct clinic_seed_options options = { .seed = 1, .now_ms = NOW_MS,
		.formulary = rows };
	struct seed_sink sink = { take, s };

	*s = (struct shelf){ g_hash_table_new_full(g_str_hash, g_str_equal,
	    g_free, decref), 0, 0 };
	assert_true(seed_all(&options, &sink, NULL));
	assert_int_equal(g_hash_table_size(s->medications), s->knowledge);
}

static void
test_resources(void **state)
{
	struct shelf s;
	json_t *m;

	shelf_fill(&s, 0);
	m = g_hash_table_lookup(s.medications, "qd0348");
	assert_int_equal(json_array_size(dig(m, "ingredient")), 2);
	assert_string_equal(dig_text(m, "ingredient.1.strength.numerator.code"),
	    "[iU]");
	m = g_hash_table_lookup(s.medications, "qd0572");
	assert_string_equal(dig_text(m, "code.text"),
	    "布洛芬混悬液 100 mg/5 mL");
	assert_int_equal(json_integer_value(dig(m,
	    "ingredient.0.strength.denominator.value")), 5);
	g_hash_table_destroy(s.medications);
}

static void
test_filled_up(void **state)
{
	struct shelf s;

	shelf_fill(&s, 30000);
	assert_int_equal(s.knowledge, 30000);
	assert_true(s.others < 30);
	g_hash_table_destroy(s.medications);
}

/* ---- over the wire ------------------------------------------------------ */

static size_t
found(struct clinic_proc *c, const char *query)
{
	struct reply *r = ask(c, "GET", query, NULL, NULL);
	size_t n = json_array_size(dig(r->json, "entry"));

	if (r->status != 200)
		fail_msg("%s: %s", query, r->body->str);
	reply_free(r);
	return n;
}

/* Follows the next links to the end. */
static int
walk(struct clinic_proc *c, const char *query)
{
	g_autofree char *path = g_strdup(query);
	int n = 0;

	while (path) {
		struct reply *r = ask(c, "GET", path, NULL, NULL);
		const char *next = NULL;
		json_t *link;
		size_t i;

		n += (int)json_array_size(dig(r->json, "entry"));
		json_array_foreach(dig(r->json, "link"), i, link)
			if (!strcmp(dig_text(link, "relation"), "next"))
				next = dig_text(link, "url");
		g_free(path);
		path = next ? g_strdup(strstr(next, "/fhir")) : NULL;
		reply_free(r);
	}
	return n;
}

static void
test_searched(void **state)
{
	struct clinic_proc *c = clinic_start("--formulary", "700", NULL);

	assert_int_equal(walk(c, "Medication?_count=97"), 700);
	assert_int_equal(walk(c, "MedicationKnowledge?_count=250&"
	    "_sort=_lastUpdated"), 700);
	assert_int_equal(found(c, "Medication?code="
	    "https://qingnang.example/drug|QD0101"), 1);
	assert_int_equal(found(c, "MedicationKnowledge?code="
	    "http://www.whocc.no/atc|C08CA01"), 2);
	assert_int_equal(found(c, "Medication?status=inactive"), 0);
	assert_int_equal(found(c, "Medication?_lastUpdated=ge2999-01-01"), 0);
	assert_int_equal(found(c,
	    "Medication?_lastUpdated=ge2020-01-01&status=active&_count=5"),
	    5);
	clinic_stop(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_doses_fit_strengths),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_seeded_drugs),
		cmocka_unit_test(test_resources),
		cmocka_unit_test(test_filled_up),
		cmocka_unit_test(test_searched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
