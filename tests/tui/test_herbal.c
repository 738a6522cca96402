/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of a herbal prescription on the screen: it is a prescription of its own
 * (no western drug goes into it), its herbs keep the order and the words they were
 * typed with, doses and decoction stand on the sight, and 海藻 with 甘草, one of
 * the eighteen incompatibilities, asks for a reason on both.
 */
#include "config.h"

#include "tests/tui/kit_rx.h"

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 48 }, { 80, 44 }, { 120, 40 } };

static void
golden(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *file = g_strdup_printf("%s-%d-%s", name, f->cols,
	    f->language);

	term_golden(t, file);
}

static int
row_of(struct term *t, const char *words)
{
	for (int y = 0; y < term_rows(t); y++)
		if (row_has(t, y, words))
			return y;
	return -1;
}

/* The form's rows from the line on, and Enter. */
static void
form(struct term *t, int row)
{
	while (row-- > 0)
		term_keys(t, "\033[B");
	term_keys(t, "\r");
}

static void
back_to_the_line(struct term *t)
{
	for (int i = 0; i < 20; i++)
		term_keys(t, "\033[A");
}

static void
herbal(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	fixture_ingest(f, "herbs.json");
	packs_of_then(f);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "/张\r");
	term_keys(t, "\r");
	term_keys(t, "p");
	form(t, 5); /* its kind */
	back_to_the_line(t);
	assert_true(term_has(t, "附子 9g 先煎"));
	form(t, 4);
	term_keys(t, "\02514\r");
	form(t, 1);
	term_keys(t, "水煎400ml 早晚温服\r");
	back_to_the_line(t);
	term_keys(t, "黄芪 30g\r");
	term_keys(t, "茯苓 15g 后下\r");
	term_keys(t, "海藻 9g\r");
	term_keys(t, "甘草 6g\r");
	assert_true(row_of(t, "30 g") >= 0);
	assert_true(row_of(t, "30 g") < row_of(t, "15 g"));
	assert_true(row_of(t, "15 g") < row_of(t, "9 g"));
	assert_true(row_has(t, row_of(t, "15 g"), "后下"));
	assert_true(term_has(t, "HERB-18"));
	assert_true(term_has(t, "水煎400ml 早晚温服"));
	golden(f, t, "herbal");
	/* A western drug is no herb, and goes into no prescription of them. */
	term_keys(t, "amlodipine 5mg po qd 28d");
	term_keys(t, "\r");
	assert_true(row_of(t, "6 g") >= 0);
	assert_true(term_has(t, f->language[0] == 'z' ? "不是饮片" :
	    "no herb"));
	term_keys(t, "\025");
	term_send(t, "\023");
	fixture_answer(f, t);
	assert_true(term_has(t, "14"));
	assert_true(term_has(t, "水煎400ml 早晚温服"));
	assert_true(term_has(t, "HERB-18"));
	golden(f, t, "herbal-sight");
}

static void
test_herbal(void **state)
{
	static const char *const languages[] = { "en", "zh_CN" };

	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++)
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			BASE_AUTO(fixture) f = fixture_new();

			f->cols = sizes[i].cols;
			f->rows = sizes[i].rows;
			f->language = languages[l];
			herbal(f);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_herbal) };

	return cmocka_run_group_tests_name("herbal prescriptions", tests, NULL,
	    NULL);
}
