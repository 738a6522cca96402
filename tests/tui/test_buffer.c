/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the composer's buffer: the caret always stands between graphemes;
 * deletion takes whole graphemes (emoji, combining marks, Han); undo back to the
 * start and redo to the end give the same bytes after any sequence of edits;
 * lines hold every byte once and the caret's cell is where it is; a paste of
 * 100 KB is one step.
 */
#include "tests/tap.h"
#include "tui/buffer.h"

static gboolean
is_boundary(const struct buffer *b, size_t at)
{
	const char *text = buffer_text(b);
	size_t len = buffer_len(b), i = 0;

	while (i < at)
		i = base_grapheme_next(text, len, i);
	return i == at;
}

static void
deletes_graphemes(void **state)
{
	/* e + acute, flag, Han, family by ZWJ */
	const char *text = "e\xcc\x81" "\xf0\x9f\x87\xa8\xf0\x9f\x87\xb3" "张"
	    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7";
	BASE_AUTO(buffer) b = buffer_new(text, strlen(text));

	assert_int_equal(buffer_graphemes(b), 4);
	for (int left = 3; left >= 0; left--) {
		buffer_delete(b, BUFFER_LEFT);
		assert_int_equal(buffer_graphemes(b), left);
	}
	assert_int_equal(buffer_len(b), 0);
	buffer_delete(b, BUFFER_LEFT);
	assert_int_equal(buffer_len(b), 0);
}

static void
cleans_what_comes_in(void **state)
{
	BASE_AUTO(buffer) b = buffer_new(NULL, 0);

	assert_true(buffer_insert(b, "a\x1b[31m\r\nb\rc\x00" "d\xff" "e", 15,
	    FALSE));
	assert_string_equal(buffer_text(b), "a[31m\nb\ncde");
}

static void
typing_is_undone_by_words(void **state)
{
	BASE_AUTO(buffer) b = buffer_new("", 0);
	const char *typed = "take it daily";

	for (const char *p = typed; *p; p++)
		assert_true(buffer_insert(b, p, 1, TRUE));
	assert_true(buffer_undo(b));
	assert_string_equal(buffer_text(b), "take it ");
	assert_true(buffer_undo(b));
	assert_string_equal(buffer_text(b), "take ");
	assert_true(buffer_redo(b));
	assert_true(buffer_redo(b));
	assert_false(buffer_redo(b));
	assert_string_equal(buffer_text(b), typed);
}

static void
words_and_lines(void **state)
{
	BASE_AUTO(buffer) b = buffer_new("先别加药,请 take 5mg\n第二行", 0);

	buffer_move(b, BUFFER_WORD_RIGHT);
	assert_int_equal(buffer_caret(b), strlen("先别加药"));
	buffer_move(b, BUFFER_END);
	buffer_move(b, BUFFER_WORD_LEFT);
	buffer_delete_line_after(b);
	assert_string_equal(buffer_text(b), "先别加药,请 take 5mg\n");
	buffer_delete(b, BUFFER_LEFT);
	buffer_delete(b, BUFFER_WORD_LEFT);
	assert_string_equal(buffer_text(b), "先别加药,请 take ");
	buffer_delete_line_before(b);
	assert_string_equal(buffer_text(b), "");
}

static void
up_and_down_keep_the_column(void **state)
{
	BASE_AUTO(buffer) b = buffer_new("一二三四五\n六\n七八九十", 0);
	int row, col;

	buffer_move_line_edge(b, 40, TRUE);
	buffer_caret_cell(b, 40, &row, &col);
	assert_int_equal(row, 0);
	assert_int_equal(col, 10);
	assert_true(buffer_move_rows(b, 40, 1));
	buffer_caret_cell(b, 40, &row, &col);
	assert_int_equal(col, 2);
	assert_true(buffer_move_rows(b, 40, 1));
	buffer_caret_cell(b, 40, &row, &col);
	assert_int_equal(row, 2);
	assert_int_equal(col, 8);
	assert_false(buffer_move_rows(b, 40, 1));
}

static void
a_paste_is_one_step(void **state)
{
	g_autoptr(GString) paste = g_string_new(NULL);
	BASE_AUTO(buffer) b = buffer_new("甲", strlen("甲"));
	const GArray *lines;
	size_t covered = 0;

	while (paste->len < 100 * 1024)
		g_string_append(paste, "血压 158/94 mmHg,头有点胀。\n");
	assert_true(buffer_insert(b, paste->str, paste->len, FALSE));
	lines = buffer_lines(b, 40);
	for (guint i = 0; i < lines->len; i++) {
		const struct base_line *l =
		    &g_array_index(lines, struct base_line, i);

		assert_int_equal(l->start, covered);
		covered += l->len;
	}
	assert_int_equal(covered, buffer_len(b));
	assert_true(buffer_undo(b));
	assert_string_equal(buffer_text(b), "甲");
}

static void
too_much_is_refused_whole(void **state)
{
	g_autofree char *big = g_strnfill(BUFFER_MAX_BYTES + 1, 'x');
	BASE_AUTO(buffer) b = buffer_new("kept", 4);

	assert_false(buffer_insert(b, big, BUFFER_MAX_BYTES + 1, FALSE));
	assert_string_equal(buffer_text(b), "kept");
}

static void
random_edit(struct buffer *b, GRand *rand)
{
	static const char *const bits[] = { "a", " ", "\n", "药", "e\xcc\x81",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", "word ",
		"\xcc\x81", "\xe2\x80\x8d", "(", "，" };
	const char *bit = bits[g_rand_int_range(rand, 0,
	    G_N_ELEMENTS(bits))];

	switch (g_rand_int_range(rand, 0, 8)) {
	case 0:
		buffer_delete(b, g_rand_int_range(rand, 0, 6));
		break;
	case 1:
		buffer_move(b, g_rand_int_range(rand, 0, 6));
		break;
	case 2:
		buffer_move_rows(b, 7, g_rand_int_range(rand, -2, 3));
		break;
	case 3:
		buffer_move_to(b, (size_t)g_rand_int_range(rand, 0, 200));
		break;
	case 4:
		buffer_move_line_edge(b, 7, g_rand_boolean(rand));
		break;
	default:
		buffer_insert(b, bit, strlen(bit), g_rand_boolean(rand));
	}
}

static void
undo_and_redo_are_inverse(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(20261122);

	for (int round = 0; round < 60; round++) {
		BASE_AUTO(buffer) b = buffer_new("起始 start", 0);
		g_autofree char *after = NULL;
		int row, col;

		for (int i = 0; i < 120; i++) {
			random_edit(b, rand);
			buffer_caret_cell(b, 7, &row, &col);
			assert_in_range(col, 0, 7);
		}
		buffer_move_to(b, buffer_caret(b));
		assert_true(is_boundary(b, buffer_caret(b)));
		after = g_strdup(buffer_text(b));
		while (buffer_undo(b))
			;
		assert_string_equal(buffer_text(b), "起始 start");
		while (buffer_redo(b))
			;
		assert_string_equal(buffer_text(b), after);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deletes_graphemes),
		cmocka_unit_test(cleans_what_comes_in),
		cmocka_unit_test(typing_is_undone_by_words),
		cmocka_unit_test(words_and_lines),
		cmocka_unit_test(up_and_down_keep_the_column),
		cmocka_unit_test(a_paste_is_one_step),
		cmocka_unit_test(too_much_is_refused_whole),
		cmocka_unit_test(undo_and_redo_are_inverse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
