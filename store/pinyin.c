/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pinyin of Han text by ICU ("Han-Latin/Names; Latin-ASCII"), a character at a
 * time, and our own table where a word is read otherwise. Reached from net/ alone
 * (store_pinyin_use()), so that qingnang, whose start it would cost, does not link
 * ICU.
 */
#include "store/rx.h"

#include <unicode/utrans.h>

/* Words, the longest first where one begins another. Readings of names and of the
 * pharmacopoeia's Chinese (药典 names, surnames); what ICU reads right by itself is
 * not here. */
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
	{ "散", "san" }, { "率", "lü" },
	/* surnames that are read as nothing else is */
	{ "缪", "miao" }, { "覃", "qin" }, { "仇", "qiu" },
	{ "单", "dan" }, { "解", "jie" }, { "查", "zha" },
	{ "曾", "zeng" }, { "尉迟", "yu chi" }, { "万俟", "mo qi" },
};

static UTransliterator *icu;
static GHashTable *known;   /* code point -> reading, "" none */

static gboolean
icu_open(void)
{
	static const UChar id[] = u"Han-Latin/Names; Latin-ASCII";
	UErrorCode code = U_ZERO_ERROR;

	if (icu)
		return TRUE;
	icu = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
	if (U_FAILURE(code))
		icu = NULL;
	if (!known)
		known = g_hash_table_new_full(g_direct_hash, g_direct_equal,
		    NULL, g_free);
	return icu != NULL;
}

/* One Han character's reading in small Latin letters, "" where there is none. */
static char *
icu_read(gunichar c)
{
	enum { ROOM = 64 };
	UChar text[ROOM];
	UErrorCode code = U_ZERO_ERROR;
	int32_t len = 0, limit;
	GString *out = g_string_new(NULL);

	U16_APPEND_UNSAFE(text, len, c);
	text[len] = 0;
	limit = len;
	utrans_transUChars(icu, text, &len, ROOM, 0, &limit, &code);
	for (int32_t i = 0; U_SUCCESS(code) && i < len; i++)
		if (text[i] < 0x80 && g_ascii_isalpha((char)text[i]))
			g_string_append_c(out, g_ascii_tolower((char)text[i]));
	return g_string_free(out, FALSE);
}

static const char *
reading(gunichar c)
{
	void *key = GUINT_TO_POINTER(c);
	char *found = g_hash_table_lookup(known, key);

	if (!found) {
		found = icu_read(c);
		g_hash_table_insert(known, key, found);
	}
	return found;
}

/* ---- a text ------------------------------------------------------------- */

static void
say(const char *words, GString *full, GString *initials)
{
	gboolean begins = TRUE;

	for (; *words; words++) {
		if (*words == ' ') {
			begins = TRUE;
			continue;
		}
		/* What a keyboard has for ü. */
		if (!g_ascii_isalpha(*words)) {
			g_string_append_c(full, 'v');
			words++;
			continue;
		}
		g_string_append_c(full, *words);
		if (begins)
			g_string_append_c(initials, *words);
		begins = FALSE;
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
store_pinyin_icu(const char *text, char **full, char **initials)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GString) first = g_string_new(NULL);
	gboolean han = FALSE;
	size_t len;

	if (!icu_open())
		return FALSE;
	for (const char *at = text; *at; at += len) {
		gunichar c = g_utf8_get_char(at);
		const char *read = corrected(at, &len);
		if (!read) {
			len = (size_t)(g_utf8_next_char(at) - at);
			read = g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN ?
			    reading(c) : NULL;
		}
		if (read) {
			han = TRUE;
			say(read, all, first);
		} else if (c < 0x80 && g_ascii_isalnum((char)c)) {
			g_string_append_c(all, (char)c);
			g_string_append_c(first, (char)c);
		}
	}
	if (!han || !first->len)
		return FALSE;
	*full = g_string_free(g_steal_pointer(&all), FALSE);
	*initials = g_string_free(g_steal_pointer(&first), FALSE);
	return TRUE;
}

void
store_pinyin_end(void)
{
	g_clear_pointer(&icu, utrans_close);
	g_clear_pointer(&known, g_hash_table_unref);
}
