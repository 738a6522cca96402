/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate (F65), widths, cutting and folding. Proves that no control byte, bidi
 * control or invisible character passes, that nothing readable is lost, that any
 * bytes come out as UTF-8, and that widths do not hang on setlocale().
 */
#include "base/base.h"
#include "tests/tap.h"

struct pair {
	const char *in, *out;
};

static void
check_show(const struct pair *p, size_t count, enum base_lines lines)
{
	size_t i;

	for (i = 0; i < count; i++) {
		g_autofree char *out = base_text_show(p[i].in, -1, lines);

		assert_string_equal(out, p[i].out);
	}
}

static void
test_one_line(void **state)
{
	static const struct pair cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "  a \t b\r\nc  ", "a b c" },
		{ "血压 158/94", "血压 158/94" },
		{ "\033[31mred\033[0m", "[31mred[0m" },
		{ "\033]0;title\007x", "]0;titlex" },
		{ "a\302\233" "31mb", "a31mb" },                /* C1 CSI */
		{ "ab\342\200\256cd\342\200\254", "abcd" },     /* RLO, PDF */
		{ "a\342\201\246b\342\201\251", "ab" },         /* LRI, PDI */
		{ "a\342\200\213\302\255\357\273\277b", "ab" }, /* ZWSP SHY BOM */
		{ "a\363\240\201\201b", "ab" },                 /* tag */
		{ "\342\230\272\357\270\217", "\342\230\272" }, /* VS16 */
		{ "\360\237\221\251\342\200\215\360\237\221\247",
			"\360\237\221\251\360\237\221\247" },   /* ZWJ emoji */
		{ "\360\237\207\250\360\237\207\263",
			"\360\237\207\250\360\237\207\263" },   /* flag of CN */
		{ "\315\270", "\357\277\275" },                 /* U+0378 */
		{ "\356\200\200", "\357\277\275" },             /* private */
		{ "\314\201a", "\342\227\214\314\201a" },       /* lone mark */
		{ "a\302\205b\342\200\250c", "a b c" },         /* NEL, LS */
		{ "\343\205\244x", "x" },                       /* filler */
	};

	check_show(cases, G_N_ELEMENTS(cases), BASE_ONE_LINE);
}

static void
test_many_lines(void **state)
{
	static const struct pair cases[] = {
		{ "a\r\nb\rc\nd", "a\nb\nc\nd" },
		{ "a\n\r\n\rb", "a\n\n\nb" },
		{ "a\tb", "a       b" },
		{ "药\tb", "药      b" },
		{ "12345678\tb", "12345678        b" },
		{ "x\n\tb", "x\n        b" },
		{ "  a  ", "  a  " },
		{ "a\n\314\201", "a\n\342\227\214\314\201" },
		{ "\a\b\v", "\n" },
	};

	check_show(cases, G_N_ELEMENTS(cases), BASE_MANY_LINES);
}

static void
test_bad_bytes(void **state)
{
	static const struct pair cases[] = {
		{ "a\377b", "a\357\277\275b" },
		{ "\344\270", "\357\277\275" },
		{ "\300\257x", "\357\277\275\357\277\275x" },
	};
	g_autofree char *nul = base_text_show("a\0b", 3, BASE_ONE_LINE);
	size_t i;

	assert_string_equal(nul, "ab");
	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = base_text_show(cases[i].in, -1,
		    BASE_MANY_LINES);

		assert_true(g_utf8_validate(out, -1, NULL));
		assert_non_null(strstr(out, "\357\277\275"));
		assert_null(strchr(out, (char)0xff));
	}
}

static void
test_marks(void **state)
{
	g_autoptr(GString) zalgo = g_string_new("a");
	g_autofree char *out = NULL;
	int i;

	for (i = 0; i < 5000; i++)
		g_string_append(zalgo, "\314\201");
	g_string_append(zalgo, "b\314\201");
	out = base_text_show(zalgo->str, (gssize)zalgo->len, BASE_ONE_LINE);
	assert_int_equal(strlen(out), 1 + 8 * 2 + 1 + 2);
	assert_int_equal(base_text_cols(out, -1), 2);
}

/* One pass each; a quadratic gate would not end within the suite's limit. */
static void
test_megabyte(void **state)
{
	static const char *const units[] = { "\377", "\314\201", "\t", "\033[",
		"\342\200\215", "\360\237\207\250", "\r", "中" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(units); i++) {
		g_autoptr(GString) s = g_string_new(NULL);
		g_autofree char *one = NULL, *many = NULL;

		while (s->len < 1 << 20)
			g_string_append(s, units[i]);
		one = base_text_show(s->str, (gssize)s->len, BASE_ONE_LINE);
		many = base_text_show(s->str, (gssize)s->len, BASE_MANY_LINES);
		assert_true(g_utf8_validate(one, -1, NULL));
		assert_true(g_utf8_validate(many, -1, NULL));
		assert_true(strlen(many) <= 8 * s->len);
	}
}

static void
test_cols(void **state)
{
	static const struct {
		const char *text;
		int cols;
	} cases[] = {
		{ "", 0 }, { "abc", 3 }, { "高血压", 6 }, { "ｱ", 1 }, { "Ａ", 2 },
		{ "e\314\201", 1 }, { "\360\237\230\200", 2 }, { "●", 1 },
		{ "…", 1 }, { "\360\237\207\250\360\237\207\263", 2 },
		{ "\342\200\215", 0 }, { "\033", 0 }, { "가", 2 }, { "µ", 1 },
	};
	size_t i;

	/* The process's locale is "C": nobody called setlocale(). */
	for (i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_int_equal(base_text_cols(cases[i].text, -1),
		    cases[i].cols);
	assert_int_equal(base_text_cols("高血压", 3), 2);
	assert_int_equal(base_char_cols(0x110000), 1);
}

static void
test_cut_and_fit(void **state)
{
	static const struct {
		const char *text;
		int cols;
		const char *cut, *fit;
	} cases[] = {
		{ "张银兰", 6, "张银兰", "张银兰" },
		{ "张银兰", 8, "张银兰", "张银兰  " },
		{ "张银兰", 5, "张银…", "张银…" },
		{ "张银兰", 4, "张…", "张… " },
		{ "张银兰", 1, "…", "…" },
		{ "张银兰", 0, "", "" },
		{ "张银兰", -3, "", "" },
		{ "ae\314\201b", 2, "a…", "a…" },
		{ "ae\314\201", 2, "ae\314\201", "ae\314\201" },
		{ "", 3, "", "   " },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *cut = base_text_cut(cases[i].text,
		    cases[i].cols);
		g_autofree char *fit = base_text_fit(cases[i].text,
		    cases[i].cols);

		assert_string_equal(cut, cases[i].cut);
		assert_string_equal(fit, cases[i].fit);
	}
}

static void
test_fold(void **state)
{
	static const struct pair cases[] = {
		{ "HbA1c", "hba1c" },
		{ "ＨｂＡ１ｃ", "hba1c" },
		{ "臺灣後頭", "台湾后头" },
		{ "張銀蘭", "张银兰" },
		{ "张\342\200\213银兰", "张银兰" },
		{ "乾燥", "干燥" },
		{ "Straße", "strasse" },
		{ "µmol", "μmol" },
		{ "㎎", "mg" },
		{ "ｱｽﾋﾟﾘﾝ", "アスピリン" },
		{ "E\314\201", "é" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *once = base_text_fold(cases[i].in);
		g_autofree char *twice = base_text_fold(once);

		assert_string_equal(once, cases[i].out);
		assert_string_equal(twice, once);
	}
}

static void
test_keys(void **state)
{
	assert_int_equal(base_key_narrow(0xff1a), ':');
	assert_int_equal(base_key_narrow(0xff1f), '?');
	assert_int_equal(base_key_narrow(0xff0f), '/');
	assert_int_equal(base_key_narrow(0x3001), '/');
	assert_int_equal(base_key_narrow(0x3000), ' ');
	assert_int_equal(base_key_narrow(0xff4a), 'j');
	assert_int_equal(base_key_narrow('q'), 'q');
	assert_int_equal(base_key_narrow(0x4e2d), 0x4e2d);
	assert_true(base_char_is_han(0x4e2d));
	assert_true(base_char_is_han(0x20000));
	assert_false(base_char_is_han('a'));
	assert_false(base_char_is_han(0x3042));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_bad_bytes),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_megabyte),
		cmocka_unit_test(test_cols),
		cmocka_unit_test(test_cut_and_fit),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
