/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the screens of prescribing: who it is about stands on top of each;
 * the lane opens at its first row and says why a request fails; the sign key is
 * dead until the last line was on the screen; keys typed ahead reach no
 * prescription; a drug that was chosen goes with the word that stood for it; the
 * order line outlives a kill; the two typings of a new secret must agree. A chart
 * without its dispenses must fail the lane's facts.
 */
#include "config.h"

#include <signal.h>

#include "tests/tap.h"
#include "tests/tui/fixture.h"

static const struct { const char *name, *sex, *born; } people[] = {
	{ "顾银兰", "female", "1960-03-04" }, { "方茂才", "male", "1962-07-09" },
	{ "余静仪", "female", "1951-01-30" }, { "谭海泉", "male", "1968-11-11" },
};

#define LIVE "state live 1791002400000 1791002440000"

/* Clean renewals of amlodipine, one a patient; without: a type to leave out. */
static void
renewals(struct fixture *f, int n, const char *without)
{
	g_autofree char *path = test_src("tests/fixtures/tui/renewal.json");
	g_autofree char *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	fixture_ingest(f, "formulary.json");
	for (int i = 0; i < n; i++) {
		GString *s = g_string_new(text);
		g_autofree char *id = g_strdup_printf("rn%d", i);
		int k = i % (int)G_N_ELEMENTS(people);

		g_string_replace(s, "@NAME", people[k].name, 0);
		g_string_replace(s, "@BORN", people[k].born, 0);
		g_string_replace(s, "@SEX", people[k].sex, 0);
		g_string_replace(s, "@N", id, 0);
		if (without)
			g_string_replace(s, without, "Basic", 0);
		fixture_ingest_json(f, s->str);
		g_string_free(s, TRUE);
		for (int c = 0; c < CHART_SECTIONS_; c++)
			fixture_section(f, id, (enum chart_section)c,
			    SECTION_LOADED);
	}
}

static gboolean
row_has(struct term *t, int y, const char *text)
{
	g_autofree char *row = term_row(t, y);

	return strstr(row, text) != NULL;
}

/* ---- the lane ----------------------------------------------------------- */

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 24 }, { 80, 24 }, { 120, 36 } };

static void
golden(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *file = g_strdup_printf("%s-%d-%s", name, f->cols,
	    f->language);

	term_golden(t, file);
}

static void
walk(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	renewals(f, 4, NULL);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "v");
	assert_true(row_has(t, 2, "▸"));
	golden(f, t, "lane");
	term_keys(t, "r");
	assert_true(row_has(t, 1, "顾银兰"));
	assert_true(row_has(t, 1, "66"));
	assert_true(term_has(t, "I10"));
	assert_true(f->cols < 120 || term_has(t, "CN-03"));
	/* The digest at its end is of these very bytes: no picture keeps. */
	if (!term_has(t, "SHA-256"))
		golden(f, t, "sign");
	term_keys(t, "x");
	assert_true(row_has(t, 1, f->language[0] == 'z' ? "规则" : "Rules"));
	golden(f, t, "explain");
	term_keys(t, "\033");
	term_keys(t, "e");
	assert_true(row_has(t, 1, "顾银兰"));
	assert_true(row_has(t, 1, "66"));
	golden(f, t, "order");
	term_keys(t, "metformin 0.5 bid");
	assert_true(term_has(t, f->language[0] == 'z' ? "缓释片" :
	    "prolonged"));
	golden(f, t, "order-asks");
}

static void
test_screens(void **state)
{
	static const char *const languages[] = { "en", "zh_CN" };

	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++) {
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			BASE_AUTO(fixture) f = fixture_new();

			f->cols = sizes[i].cols;
			f->rows = sizes[i].rows;
			f->language = languages[l];
			walk(f);
		}
	}
}

/* Never handed out: the gate fails and the lane says so. */
static void
test_dropped_dispense(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, "MedicationDispense");
	t = fixture_term(f);
	term_keys(t, "v");
	assert_true(term_has(t, "never dispensed"));
	assert_true(term_has(t, "fails"));
	assert_true(term_has(t, "pass 0"));
}

/* ---- the sight ---------------------------------------------------------- */

static void
test_sign_key_is_dead(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->cols = 60;
	f->rows = 16;
	renewals(f, 1, NULL);
	t = fixture_term(f);
	term_keys(t, "v");
	term_keys(t, "r");
	term_keys(t, "s");
	assert_true(term_has(t, "Read to the last line first"));
	term_keys(t, "G");
	term_keys(t, "s");
	assert_false(term_has(t, "Read to the last line first"));
}

/* r and what was typed behind it: nothing is asked, nothing declined. */
static void
test_typed_ahead(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 2, NULL);
	t = fixture_term(f);
	term_keys(t, "v");
	term_keys(t, "*rwno\rGs");
	assert_true(row_has(t, 1, "1/2"));
	assert_false(term_has(t, "Why it is withdrawn"));
}

static int
keys_counted(struct term *t, const char *keys)
{
	term_keys(t, keys);
	return (int)g_utf8_strlen(keys, -1);
}

/* Nobody answers what is new in the chart: after a while that is known. */
static int
sign_counted(struct fixture *f, struct term *t, const char *keys)
{
	f->shared->ahead_ms += 7000;
	term_sync(t);
	return keys_counted(t, keys);
}

/* Twenty clean ones cost at most three keys each, beside the secret, which is
 * chosen and typed once more; two that differ make no key. */
static void
test_twenty_renewals(void **state)
{
	enum { N = 20 };
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	int keys = 0;

	renewals(f, N, NULL);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	keys += keys_counted(t, "v");
	keys += keys_counted(t, "*");
	keys += keys_counted(t, "r");
	keys += sign_counted(f, t, "s");
	term_keys(t, "long enough\r");
	term_keys(t, "something else\r");
	assert_true(term_has(t, "not the same"));
	keys += keys_counted(t, "s");
	term_keys(t, "long enough\r");
	term_keys(t, "long enough\r");
	for (int i = 1; i < N; i++) {
		g_autofree char *at = g_strdup_printf("%d/%d", i + 1, N);

		assert_true(row_has(t, 1, at));
		keys += sign_counted(f, t, "s");
	}
	assert_true(term_has(t, "20 prescriptions signed"));
	assert_true(keys <= 3 * N);
}

/* ---- the order line ----------------------------------------------------- */

static void
test_another_word_another_drug(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	t = fixture_term(f);
	term_keys(t, "v");
	term_keys(t, "e");
	term_keys(t, "metformin");
	assert_true(term_has(t, "prolonged-release tablet 0.5 g"));
	term_keys(t, "\033[B\r");
	term_keys(t, " 0.5g po bid 28d");
	assert_true(term_has(t, "56"));
	term_keys(t, "\025amlodipine 5mg po qd 28d");
	assert_true(term_has(t, "amlodipine tablet 5 mg, "));
	assert_false(term_has(t, "metformin tablet 0.5 g, "));
}

static void
test_line_outlives_a_kill(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();

	renewals(f, 1, NULL);
	for (int i = 0; i < 2; i++) {
		BASE_AUTO(term) t = fixture_term(f);

		term_keys(t, "v");
		term_keys(t, "e");
		if (i) {
			assert_true(term_has(t, "amlodipine 5mg q"));
			continue;
		}
		term_keys(t, "amlodipine 5mg q");
		f->shared->ahead_ms += 1000;
		term_sync(t);
		kill(term_pid(t), SIGKILL);
		term_exit(t);
		g_clear_pointer(&f->bell, doorbell_free);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_dropped_dispense),
		cmocka_unit_test(test_sign_key_is_dead),
		cmocka_unit_test(test_typed_ahead),
		cmocka_unit_test(test_twenty_renewals),
		cmocka_unit_test(test_another_word_another_drug),
		cmocka_unit_test(test_line_outlives_a_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
