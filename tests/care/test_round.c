/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves for thousands of generated orders and prescriptions, the same at each
 * run: an order written as a line is read back as that order; a prescription
 * written as the collection is read back with every member, and writes the same
 * bytes again; the sentence of each has no naked point and no trailing zero.
 */
#include "tests/tap.h"
#include "tests/care/order_gen.h"

enum { ORDERS = 20000, PRESCRIPTIONS = 3000 };

static void
fail_with(const char *where, const char *text)
{
	print_message("# %s differs: %s\n", where, text);
	fail();
}

static void
line_of(const struct care_order *o, gboolean herbal)
{
	g_autofree char *text = care_line_write(o);
	BASE_AUTO(care_line) line = care_line_parse(text, NULL, o->drug,
	    herbal);
	const char *where = order_difference(o, line->order);

	if (where)
		fail_with(where, text);
	g_autofree char *again = care_line_write(line->order);
	assert_string_equal(again, text);
}

static void
row_of(const struct care_order *o)
{
	BASE_AUTO(care_order) whole = care_order_copy(o);

	care_order_complete(whole);
	line_of(whole, FALSE);
}

static void
test_lines(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(20261122);

	for (int i = 0; i < ORDERS; i++) {
		BASE_AUTO(care_order) o = gen_order(rand);

		line_of(o, FALSE);
	}
	for (int i = 0; i < ORDERS / 10; i++) {
		BASE_AUTO(care_order) o = gen_herb(rand);

		line_of(o, TRUE);
	}
}

/* Each row of each table, with each drug, by its own code. */
static void
test_rows(void **state)
{
	for (int d = 0; d < GEN_DRUGS - 2; d++) {
		BASE_AUTO(care_order) o = care_order_new();

		o->drug = gen_drug(d);
		o->dose = g_strdup("1");
		o->dose_unit = g_strdup(o->drug->piece_unit);
		o->refills = 0;
		o->route = &care_routes[0];
		for (o->frequency = care_frequencies; o->frequency->code;
		    o->frequency++) {
			o->when = NULL;
			row_of(o);
			for (o->when = care_whens; o->when->code; o->when++)
				row_of(o);
			o->when = NULL;
		}
		o->frequency = NULL;
		o->as_needed = TRUE;
		for (o->route = care_routes; o->route->code; o->route++)
			row_of(o);
		o->route = &care_routes[0];
		for (o->when = care_whens; o->when->code; o->when++)
			row_of(o);
	}
}

static void
test_prescriptions(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);

	assert_true(base_clock_zone("Asia/Shanghai"));
	for (int i = 0; i < PRESCRIPTIONS; i++) {
		BASE_AUTO(care_rx) rx = gen_rx(rand);
		size_t len, again_len;
		g_autoptr(GError) error = NULL;
		g_autofree char *bytes = care_rx_collection(rx, &len, &error);

		assert_null(error);
		BASE_AUTO(care_rx) back = care_rx_read(bytes, len, &error);
		assert_null(error);
		if (rx_difference(rx, back))
			fail_with(rx_difference(rx, back), bytes);
		g_autofree char *again = care_rx_collection(back, &again_len,
		    &error);
		assert_null(error);
		assert_int_equal(len, again_len);
		assert_string_equal(bytes, again);
	}
}

static void
test_sentences(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(3);
	g_autoptr(GRegex) bad = g_regex_new("(^|[^0-9])\\.[0-9]|"
	    "[0-9]\\.([^0-9]|$)|[0-9]\\.[0-9]*0([^0-9]|$)", 0, 0, NULL);

	for (int i = 0; i < ORDERS; i++) {
		BASE_AUTO(care_order) o = gen_order(rand);
		g_clear_pointer(&o->note, g_free);
		g_clear_pointer(&o->as_needed_for, g_free);
		g_autofree char *zh = care_order_sentence(o, "zh");
		g_autofree char *en = care_order_sentence(o, "en");

		if (g_regex_match(bad, zh, 0, NULL))
			fail_with("decimal", zh);
		if (g_regex_match(bad, en, 0, NULL))
			fail_with("decimal", en);
	}
}

/* ---- the manual --------------------------------------------------------- */

#define OURS "https://qingnang.example/fhir/StructureDefinition/"

/* Each name as one word of a page: "Li proof", ", proof". */
static gboolean
is_documented(const char *page, const char *name)
{
	g_autofree char *quoted = g_regex_escape_string(name, -1);
	g_autofree char *pattern = g_strdup_printf("(?m)^\\.(It )?(Li|Pq).*"
	    "[ ,]%s( |$)", quoted);

	return g_regex_match_simple(pattern, page, 0, 0);
}

static int
undocumented(const char *page, const fhir_node *node)
{
	struct fhir_each each;
	const fhir_node *one;
	const char *url = fhir_kind(node) == FHIR_OBJECT ?
	    fhir_text(node, "url") : NULL;
	int wrong = 0;

	if (url && g_str_has_prefix(url, OURS))
		url += strlen(OURS);
	if (url && !is_documented(page, url)) {
		print_message("# qingnang-fhir(7) says nothing of %s\n", url);
		wrong++;
	}
	if (fhir_kind(node) != FHIR_OBJECT && fhir_kind(node) != FHIR_ARRAY)
		return wrong;
	fhir_each(&each, node);
	while ((one = fhir_each_next(&each, NULL)))
		wrong += undocumented(page, one);
	return wrong;
}

/* Every extension that a prescription can carry, and their members. */
static void
test_documented(void **state)
{
	g_autofree char *path = test_src("man/qingnang-fhir.7"), *page = NULL;
	g_autoptr(GRand) rand = g_rand_new_with_seed(11);
	int wrong = 0;

	assert_true(g_file_get_contents(path, &page, NULL, NULL));
	assert_false(is_documented(page, "no-such-extension"));
	for (int i = 0; i < 200 && wrong == 0; i++) {
		BASE_AUTO(care_rx) rx = gen_rx(rand);
		size_t len;
		g_autofree char *bytes = care_rx_collection(rx, &len, NULL);
		BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);

		wrong = undocumented(page, fhir_root(doc));
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_prescriptions),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_documented),
	};
	base_i18n_init("en");
	return cmocka_run_group_tests_name("round trips", tests, NULL, NULL);
}
