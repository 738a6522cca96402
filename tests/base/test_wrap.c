/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphemes and wrapping, as properties over texts put together at random from
 * Chinese, emoji, marks, right-to-left and wrong bytes: next and prev are each
 * other's inverse, an editor's lines tile the text, no line is too wide.
 */
#include "base/base.h"
#include "tests/tap.h"

static const char *const pieces[] = {
	"a", "word", " ", "  ", "\n", "\r\n", "\t", "血", "压", "，", "。", "“", "”",
	"（", "）", "158/94", "5mg", "e\314\201", "\314\201", "שלום", "مرحبا",
	"\360\237\221\251\342\200\215\360\237\221\247", "\360\237\221\215\360\237\217\275",
	"\360\237\207\250\360\237\207\263", "\360\237\207\250", "각", "\341\204\200",
	"\341\205\241", "\342\200\215", "\377", "\344\270", "\360\237", "\200",
	"\302\240", "\343\200\200", "नि", "\340\270\263", "\302\205",
};

static GString *
random_text(GRand *rand)
{
	GString *text = g_string_new(NULL);
	int count = g_rand_int_range(rand, 0, 40);

	while (count-- > 0)
		g_string_append(text, pieces[g_rand_int_range(rand, 0,
		    G_N_ELEMENTS(pieces))]);
	return text;
}

static void
check_graphemes(const GString *t)
{
	size_t at = 0, next;

	while (at < t->len) {
		next = base_grapheme_next(t->str, t->len, at);
		assert_true(next > at && next <= t->len);
		assert_int_equal(base_grapheme_prev(t->str, t->len, next), at);
		at = next;
	}
	assert_int_equal(base_grapheme_next(t->str, t->len, t->len), t->len);
	assert_int_equal(base_grapheme_prev(t->str, t->len, 0), 0);
}

static gboolean
is_boundary(const GString *t, size_t at)
{
	size_t i = 0;

	while (i < at)
		i = base_grapheme_next(t->str, t->len, i);
	return i == at;
}

static void
check_line(const GString *t, const struct base_line *l, int cols)
{
	const char *end = t->str + l->start + l->len;
	size_t first;

	assert_true(l->start + l->len <= t->len);
	assert_true(is_boundary(t, l->start));
	if (l->cols > cols) { /* one grapheme alone, wider than the line */
		first = base_grapheme_next(t->str, t->len, l->start);
		assert_true(first >= l->start + l->len ||
		    base_text_cols(t->str + first,
			(gssize)(end - t->str - first)) == 0);
	}
	assert_int_equal(base_text_cols(t->str + l->start, (gssize)l->len),
	    l->cols);
}

static void
check_wrap(const GString *t, int cols, gboolean keep)
{
	g_autoptr(GArray) lines = base_text_wrap(t->str, t->len, cols, keep);
	const struct base_line *l;
	size_t at = 0;
	guint i;

	assert_true(lines->len >= 1);
	for (i = 0; i < lines->len; i++) {
		l = &g_array_index(lines, struct base_line, i);
		check_line(t, l, cols);
		if (keep)
			assert_int_equal(l->start, at);
		/* What lies between two lines is blank or a newline. */
		for (; at < l->start; at++)
			assert_non_null(memchr(" \t\r\n\302\205", t->str[at],
			    6));
		at = l->start + l->len;
	}
	if (keep)
		assert_int_equal(at, t->len);
}

static void
test_properties(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(12);
	int i;

	for (i = 0; i < 3000; i++) {
		g_autoptr(GString) t = random_text(rand);
		int cols = g_rand_int_range(rand, 1, 30);

		check_graphemes(t);
		check_wrap(t, cols, TRUE);
		check_wrap(t, cols, FALSE);
	}
}

static void
check_lines(const char *text, int cols, gboolean keep, const char *expected)
{
	g_autoptr(GArray) lines = base_text_wrap(text, strlen(text), cols,
	    keep);
	g_autoptr(GString) out = g_string_new(NULL);
	const struct base_line *l;
	guint i;

	for (i = 0; i < lines->len; i++) {
		l = &g_array_index(lines, struct base_line, i);
		g_string_append_printf(out, "%s%.*s", i ? "|" : "",
		    (int)l->len, text + l->start);
	}
	assert_string_equal(out->str, expected);
}

static void
test_examples(void **state)
{
	check_lines("", 10, FALSE, "");
	check_lines("one two three", 8, FALSE, "one two|three");
	check_lines("one two three", 7, FALSE, "one two|three");
	check_lines("one two three", 7, TRUE, "one two| three");
	check_lines("先别加药。请测", 8, FALSE, "先别加|药。请测");
	check_lines("（早晚）各测", 6, FALSE, "（早|晚）各|测");
	check_lines("abcdefgh", 3, FALSE, "abc|def|gh");
	check_lines("血压", 1, FALSE, "血|压");
	check_lines("a\n\nb\n", 9, FALSE, "a||b");
	check_lines("a\n\nb\n", 9, TRUE, "a\n|\n|b\n|");
	check_lines("a   \nb", 9, FALSE, "a|b");
	check_lines("a    b", 3, TRUE, "a  |  b");
	/* A name with dots is one word while a line has room for it. */
	check_lines("in cache.db.old", 12, FALSE, "in|cache.db.old");
	check_lines("留在 cache.db.old", 12, FALSE, "留在|cache.db.old");
	check_lines("cache.db.old", 8, FALSE, "cache.|db.old");
	check_lines("好.再测", 4, FALSE, "好.|再测");
}

/* A number and its unit stay together, in the reader's wrap and the editor's;
 * only a line that has room for neither parts them. */
static void
test_quantities(void **state)
{
	check_lines("Atorvastatin 20 mg at night", 16, FALSE,
	    "Atorvastatin|20 mg at night");
	check_lines("Atorvastatin 20 mg at night", 16, TRUE,
	    "Atorvastatin |20 mg at night");
	check_lines("take 2  tablets", 8, FALSE, "take|2|tablets");
	check_lines("量 158/94 mmHg", 14, FALSE, "量 158/94 mmHg");
	check_lines("量 158/94 mmHg", 13, FALSE, "量|158/94 mmHg");
	check_lines("量 158/94 mmHg", 9, FALSE, "量|158/94|mmHg");
	check_lines("每次20毫克口服", 8, FALSE, "每次|20毫克口|服");
	check_lines("每天 2 次口服", 8, FALSE, "每天|2 次口服");
	check_lines("HbA1c was 7.2 %", 14, FALSE, "HbA1c was|7.2 %");
	check_lines("glucose 140 mg/dL", 15, FALSE, "glucose|140 mg/dL");
	check_lines("每日 10 毫升,", 8, FALSE, "每日|10 毫升,");
	/* A word that begins like a unit is none. */
	check_lines("in 2019 medicine", 9, FALSE, "in 2019|medicine");
	check_lines("in 2019 he", 8, FALSE, "in 2019|he");
}

static void
test_graphemes(void **state)
{
	static const struct {
		const char *text;
		size_t first;
	} cases[] = {
		{ "ab", 1 }, { "e\314\201x", 3 }, { "\r\nx", 2 },
		{ "\360\237\221\251\342\200\215\360\237\221\247x", 11 },
		{ "\360\237\207\250\360\237\207\263\360\237\207\250", 8 },
		{ "\360\237\221\215\360\237\217\275", 8 },
		{ "각", 3 }, { "\341\204\200\341\205\241\341\206\250x", 9 },
		{ "\377\377", 1 }, { "\n\314\201", 1 },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_int_equal(base_grapheme_next(cases[i].text,
		    strlen(cases[i].text), 0), cases[i].first);
}

/* 1 MB of each, wrapped: ends only if wrapping is linear. */
static void
test_megabyte(void **state)
{
	static const char *const units[] = { "a", "中", " ", "\314\201", "\n",
		"\360\237\207\250", "\377", "\200", "a \342\200\213", "1 g",
		".a" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(units); i++) {
		g_autoptr(GString) t = g_string_new(NULL);
		g_autoptr(GArray) keep = NULL, eat = NULL;

		while (t->len < 1 << 20)
			g_string_append(t, units[i]);
		keep = base_text_wrap(t->str, t->len, 40, TRUE);
		eat = base_text_wrap(t->str, t->len, 40, FALSE);
		assert_true(keep->len >= 1 && eat->len >= 1);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_quantities),
		cmocka_unit_test(test_graphemes),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_megabyte),
	};

	return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
