/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: drugs and surnames are read as they are said, also where a character
 * alone is read otherwise; ü is typed v or u; a text without Han has no pinyin. */
#include "tests/tap.h"
#include "store/pinyin.h"

static const struct { const char *text, *full, *initials; } cases[] = {
	{ "氨氯地平", "anlvdiping", "aldp" },
	{ "氨氯地平片 5 mg", "anlvdipingpian5mg", "aldpp5mg" },
	{ "二甲双胍", "erjiashuanggua", "ejsg" },
	{ "阿托伐他汀", "atuofatating", "atftt" },
	{ "重组人胰岛素", "chongzurenyidaosu", "czryds" },
	{ "长春西汀", "changchunxiting", "ccxt" },
	{ "王不留行", "wangbuliuxing", "wblx" },
	{ "氯化钾缓释片 HIV", "lvhuajiahuanshipianHIV", "lhjhspHIV" },
	{ "白术", "baizhu", "bz" }, { "阿胶", "ejiao", "ej" },
	{ "党参", "dangshen", "ds" }, { "枳壳", "zhiqiao", "zq" },
	{ "没药", "moyao", "my" },
	{ "缪", "miao", "m" }, { "覃", "qin", "q" }, { "曾", "zeng", "z" },
};

static void
readings(void **state)
{
	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *full = NULL, *initials = NULL;
		assert_true(pinyin_read(cases[i].text, &full, &initials));
		assert_string_equal(full, cases[i].full);
		assert_string_equal(initials, cases[i].initials);
	}
}

static void
none(void **state)
{
	static const char *const texts[] = { "", "amlodipine 5 mg", "½", "あ" };

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *full = NULL, *initials = NULL;
		assert_false(pinyin_read(texts[i], &full, &initials));
		assert_null(full);
		assert_null(initials);
	}
}

static void
with_u(void **state)
{
	static const struct { const char *v, *u; } words[] = {
		{ "lvhuajia", "luhuajia" }, { "nvlve", "nulue" },
		{ "zhangyinlan", NULL }, { "hiv", NULL }, { "v", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *u = pinyin_with_u(words[i].v);
		assert_int_equal(g_strcmp0(u, words[i].u), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(readings),
		cmocka_unit_test(none),
		cmocka_unit_test(with_u) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
