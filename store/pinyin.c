/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pinyin of Han text: a table of each character's reading, made from ICU's
 * Han-Latin/Names (tests/store/test_pinyin_table.c), and our own where a word is
 * read otherwise. ü is v, as keyboards have it.
 */
#include "store/pinyin.h"

#include "store/pinyin_table.h"

/* Words, the longest first where one begins another. Readings of names and of the
 * pharmacopoeia's Chinese (药典 names, surnames); what the table reads right by
 * itself is not here. */
static const struct { const char *han, *read; } corrections[] = {
	/* drugs and herbs */
	{ "地塞米松", "di sai mi song" }, { "重组", "chong zu" },
	{ "重酒石酸", "zhong jiu shi suan" }, { "重楼", "chong lou" },
	{ "长春", "chang chun" }, { "长效", "chang xiao" },
	{ "长托宁", "chang tuo ning" }, { "王不留行", "wang bu liu xing" },
	{ "行气", "xing qi" }, { "血余炭", "xue yu tan" },
	{ "白术", "bai zhu" }, { "苍术", "cang zhu" },
	{ "莪术", "e zhu" }, { "阿胶", "e jiao" },
	{ "阿魏", "e wei" }, { "党参", "dang shen" },
	{ "人参", "ren shen" }, { "丹参", "dan shen" },
	{ "玄参", "xuan shen" }, { "苦参", "ku shen" },
	{ "沙参", "sha shen" }, { "太子参", "tai zi shen" },
	{ "西洋参", "xi yang shen" }, { "红参", "hong shen" },
	{ "参苓", "shen ling" }, { "参麦", "shen mai" },
	{ "参芪", "shen qi" }, { "蛤蚧", "ge jie" },
	{ "海蛤壳", "hai ge qiao" }, { "枳壳", "zhi qiao" },
	{ "黄柏", "huang bai" }, { "侧柏", "ce bai" },
	{ "牛蒡", "niu bang" }, { "薏苡", "yi yi" },
	{ "茜草", "qian cao" }, { "仙茅", "xian mao" },
	{ "车前", "che qian" }, { "没药", "mo yao" },
	{ "降香", "jiang xiang" }, { "降压", "jiang ya" },
	{ "降糖", "jiang tang" }, { "调脂", "tiao zhi" },
	{ "乐", "le" }, { "地", "di" }, { "片", "pian" },
	{ "血", "xue" }, { "和", "he" }, { "曲", "qu" },
	{ "散", "san" }, { "率", "lv" },
	/* surnames that are read as nothing else is */
	{ "缪", "miao" }, { "覃", "qin" }, { "仇", "qiu" },
	{ "单", "dan" }, { "解", "jie" }, { "查", "zha" },
	{ "曾", "zeng" }, { "尉迟", "yu chi" }, { "万俟", "mo qi" },
};

const char *
pinyin_syllable(gunichar c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pinyin_ranges); i++) {
		const struct pinyin_range *range = &pinyin_ranges[i];

		if (c < range->first)
			break;
		if (c <= range->last) {
			unsigned int n = pinyin_readings[range->at +
			    (c - range->first)];

			return n ? pinyin_syllables[n] : NULL;
		}
	}
	return NULL;
}

/* ---- a text ------------------------------------------------------------- */

void
pinyin_say(const char *words, GString *full, GString *initials)
{
	gboolean begins = TRUE;

	for (; *words; words++) {
		if (*words != ' ') {
			g_string_append_c(full, *words);
			if (begins)
				g_string_append_c(initials, *words);
		}
		begins = *words == ' ';
	}
}

static const char *
corrected(const char *text, size_t *len)
{
	for (size_t i = 0; i < G_N_ELEMENTS(corrections); i++)
		if (g_str_has_prefix(text, corrections[i].han)) {
			*len = strlen(corrections[i].han);
			return corrections[i].read;
		}
	return NULL;
}

gboolean
pinyin_read(const char *text, char **full, char **initials)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GString) first = g_string_new(NULL);
	gboolean han = FALSE;
	size_t len;

	for (const char *at = text; *at; at += len) {
		gunichar c = g_utf8_get_char(at);
		const char *read = c < 0x80 ? NULL : corrected(at, &len);

		if (!read) {
			len = (size_t)(g_utf8_next_char(at) - at);
			read = pinyin_syllable(c);
		}
		if (read) {
			han = TRUE;
			pinyin_say(read, all, first);
		} else if (c < 0x80 && g_ascii_isalnum((char)c)) {
			g_string_append_c(all, (char)c);
			g_string_append_c(first, (char)c);
		}
	}
	if (!han)
		return FALSE;
	*full = g_string_free(g_steal_pointer(&all), FALSE);
	*initials = g_string_free(g_steal_pointer(&first), FALSE);
	return TRUE;
}

char *
pinyin_with_u(const char *full)
{
	char *with = NULL;

	for (size_t i = 1; full[0] && full[i]; i++)
		if (full[i] == 'v' && (full[i - 1] == 'l' ||
		    full[i - 1] == 'n')) {
			if (!with)
				with = g_strdup(full);
			with[i] = 'u';
		}
	return with;
}
