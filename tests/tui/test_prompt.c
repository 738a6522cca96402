/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines that are typed: the filter and the command line. ^U clears, the caret
 * moves and is always seen, a filter longer than its title ends in "…", a word
 * that is no command is answered while it is typed, and a composer names its
 * patient whole or with the name's end cut, never sex and age.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"

static gboolean
row_has(struct term *t, int y, const char *text)
{
	g_autofree char *row = term_row(t, y);

	return strstr(row, text) != NULL;
}

static int
prompt_row(struct term *t)
{
	return term_rows(t) - 2;
}

/* ---- the filter --------------------------------------------------------- */

static void
test_clear(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "/李伟");
	assert_true(term_has(t, "2 found"));
	term_keys(t, "\025"); /* ^U */
	assert_false(row_has(t, prompt_row(t), "李伟"));
	assert_true(term_has(t, "小豆"));
	term_keys(t, "宋 帕金森\027"); /* ^W */
	assert_true(row_has(t, prompt_row(t), "/ 宋"));
	assert_false(row_has(t, prompt_row(t), "帕金森"));
	assert_true(term_has(t, "1 found"));
}

static void
test_caret(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	gboolean visible;
	int y, x;

	term_keys(t, "/伟\033[D李");
	assert_true(row_has(t, prompt_row(t), "/ 李伟"));
	assert_true(term_has(t, "2 found"));
	term_cursor(t, &y, &x, &visible);
	assert_true(visible);
	assert_int_equal(y, prompt_row(t));
	assert_int_equal(x, 3 + 2);
}

/* The title ends in "…" at every width; what is typed last is seen below. */
static void
test_long_filter(void **state)
{
	static const int cols[] = { 60, 80, 100, 120, 200 };

	for (size_t i = 0; i < G_N_ELEMENTS(cols); i++) {
		BASE_AUTO(fixture) f = fixture_new();
		BASE_AUTO(term) t = NULL;
		g_autofree char *text = g_strnfill(120, 'q');
		gboolean visible;
		int y, x;

		f->cols = cols[i];
		t = fixture_term(f);
		term_keys(t, "/");
		term_keys(t, text);
		term_keys(t, "END");
		assert_true(row_has(t, 1, "/qqqq"));
		assert_true(row_has(t, 1, "q…"));
		assert_true(row_has(t, 1, "[all 10]"));
		assert_true(row_has(t, prompt_row(t), "qEND "));
		term_cursor(t, &y, &x, &visible);
		assert_true(visible && x < f->cols);
	}
}

/* A paste is its first line, without what no line may hold. */
static void
test_paste(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "/\033[200~李\033]0;x\007伟\rn\033[201~");
	assert_true(row_has(t, prompt_row(t), "/ 李"));
	assert_false(row_has(t, 1, "Reply"));
	term_keys(t, "\025");
	for (int i = 0; i < 20; i++)
		term_keys(t, "\033[200~张银兰张银兰张银兰张银兰\033[201~");
	term_keys(t, "\033");
	assert_true(term_has(t, "小豆"));
}

/* ---- the command line --------------------------------------------------- */

static void
test_unknown_command(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, ":fitler");
	assert_true(term_has(t, "'fitler' is not a command. Tab takes the "
	    "nearest:"));
	assert_true(term_has(t, "  filter"));
	term_keys(t, "\r"); /* a guess is never done unasked */
	assert_true(row_has(t, prompt_row(t), ":fitler"));
	term_keys(t, "\t");
	assert_true(row_has(t, prompt_row(t), ":filter"));
	term_keys(t, "\025zzzzqqqq");
	assert_true(term_has(t, "'zzzzqqqq' is not a command. Esc, then ?"));
	term_keys(t, "\r");
	assert_true(row_has(t, prompt_row(t), ":zzzzqqqq"));
	term_keys(t, "\025");
	assert_true(row_has(t, prompt_row(t), ":"));
	assert_false(term_has(t, "is not a command"));
	term_keys(t, "p");
	assert_true(term_has(t, "'p' may mean several commands"));
}

static void
test_command_runs(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, ":filter 宋\r");
	assert_true(term_has(t, "宋曼"));
	assert_false(term_has(t, "小豆"));
	term_keys(t, ":lane\t\r");
	assert_true(row_has(t, 1, "[replies"));
}

/* ---- the composer's title ----------------------------------------------- */

static const char long_name[] = "{\"resourceType\":\"Bundle\",\"type\":"
    "\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\","
    "\"id\":\"p2\",\"meta\":{\"versionId\":\"2\",\"lastUpdated\":"
    "\"2026-10-03T04:40:59.000Z\"},\"name\":[{\"text\":\"Maximiliana Konstanze "
    "Wolkenstein-Trostburg von der Lerchenau zu Rodenegg\"}],\"gender\":"
    "\"female\",\"birthDate\":\"1962-05-04\"}}]}";

static void
test_composer_names(void **state)
{
	static const int cols[] = { 60, 80, 120 };

	for (size_t i = 0; i < G_N_ELEMENTS(cols); i++) {
		BASE_AUTO(fixture) f = fixture_new();
		BASE_AUTO(term) t = NULL;

		fixture_ingest_json(f, long_name);
		f->cols = cols[i];
		t = fixture_term(f);
		term_keys(t, "/帕金森\r");
		term_keys(t, "\r");
		term_keys(t, "r");
		assert_true(term_has(t, "─ Reply to Maximiliana"));
		assert_true(term_has(t, "…  F 64y ─"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_caret),
		cmocka_unit_test(test_long_filter),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_unknown_command),
		cmocka_unit_test(test_command_runs),
		cmocka_unit_test(test_composer_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
