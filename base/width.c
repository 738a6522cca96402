/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How wide a character is on the terminal, and whether it may be shown at all.
 *
 * The width is glibc's wcwidth(), which xterm, tmux and ncurses agree with. It is
 * asked in a C.UTF-8 locale of our own, so that the answer does not hang on
 * setlocale(): every UTF-8 locale of glibc has the same widths. Answers are kept
 * in pages of 256 characters, each filled when it is first asked for: a screen of
 * Chinese has some sixty characters in as many pages. Every thread finds the same
 * answer, so it does not matter who writes it.
 */
#define _GNU_SOURCE
#include "base/char.h"

#include <locale.h>
#include <unictype.h>
#include <wchar.h>

#define PAGE_CHARS 256
#define PAGE_COUNT (0x110000 / PAGE_CHARS)
#define NOT_ASKED 0xff /* no class of base/char.h */

static uint8_t *pages[PAGE_COUNT];

/* Format characters that have a shape of their own: the Arabic and Syriac number
 * and abbreviation signs. All others of category Cf are instructions. */
static gboolean
has_shape(gunichar c)
{
	return (c >= 0x600 && c <= 0x605) || c == 0x6dd || c == 0x70f ||
	    (c >= 0x890 && c <= 0x891) || c == 0x8e2 || c == 0x110bd ||
	    c == 0x110cd;
}

static gboolean
is_line_break(gunichar c)
{
	return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 ||
	    c == 0x2029;
}

static uint8_t
classify(gunichar c)
{
	uc_general_category_t category = uc_general_category(c);
	int cols;

	if (c == '\t')
		return CHAR_TAB;
	if (is_line_break(c))
		return CHAR_BREAK;
	if (uc_is_general_category(c, UC_CONTROL))
		return CHAR_DROP;
	/* Before "unassigned": tags and variation selectors not yet assigned are
	 * invisible too. */
	if (uc_is_property_default_ignorable_code_point(c))
		return CHAR_DROP;
	if (category.bitmask & UC_CATEGORY_MASK_Cf)
		return has_shape(c) ? 1 : CHAR_DROP;
	if (category.bitmask & (UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Co |
	    UC_CATEGORY_MASK_Cs))
		return CHAR_UNKNOWN | 1;
	cols = wcwidth((wchar_t)c);
	if (cols < 0 || cols > 2)
		return CHAR_UNKNOWN | 1;
	return (uint8_t)cols;
}

static locale_t
width_locale(void)
{
	static gsize ready;
	static locale_t utf8;

	if (g_once_init_enter(&ready)) {
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
		g_once_init_leave(&ready, 1);
	}
	return utf8;
}

static uint8_t *
page_new(size_t number)
{
	uint8_t *page = g_malloc(PAGE_CHARS);

	memset(page, NOT_ASKED, PAGE_CHARS);
	if (!g_atomic_pointer_compare_and_exchange(&pages[number], NULL,
	    page)) {
		g_free(page);
		page = g_atomic_pointer_get(&pages[number]);
	}
	return page;
}

static uint8_t
ask(gunichar c)
{
	locale_t ours = width_locale();
	locale_t before = ours ? uselocale(ours) : (locale_t)0;
	uint8_t class = classify(c);

	if (ours)
		uselocale(before);
	return class;
}

uint8_t
base_char_class(gunichar c)
{
	uint8_t *page, class;

	if (c > 0x10ffff)
		return CHAR_UNKNOWN | 1;
	page = g_atomic_pointer_get(&pages[c / PAGE_CHARS]);
	if (!page)
		page = page_new(c / PAGE_CHARS);
	class = __atomic_load_n(&page[c % PAGE_CHARS], __ATOMIC_RELAXED);
	if (class == NOT_ASKED) {
		class = ask(c);
		__atomic_store_n(&page[c % PAGE_CHARS], class,
		    __ATOMIC_RELAXED);
	}
	return class;
}

int
base_char_cols(gunichar c)
{
	return base_char_class(c) & CHAR_COLS;
}

int
base_text_cols(const char *text, gssize len)
{
	size_t at = 0, end = len < 0 ? strlen(text) : (size_t)len;
	int cols = 0;
	gunichar c;

	while (at < end) {
		if ((unsigned char)text[at] < 0x80) {
			cols += text[at] >= ' ' && text[at] != 0x7f;
			at++;
			continue;
		}
		at += base_char_next(text + at, end - at, &c);
		cols += base_char_cols(c);
	}
	return cols;
}

/* Blocks of Han characters; the gaps within a block are unassigned. */
gboolean
base_char_is_han(gunichar c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) ||
	    c == 0x3005 || c == 0x3007 || (c >= 0xf900 && c <= 0xfaff) ||
	    (c >= 0x20000 && c <= 0x323af);
}

/* What a key gives under a Chinese input method, beside the fullwidth forms. */
static const struct {
	uint16_t typed;
	char key;
} narrow[] = {
	{ 0x3000, ' ' }, { 0x3001, '/' }, { 0x3002, '.' },
	{ 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201c, '"' }, { 0x201d, '"' },
	{ 0x3008, '<' }, { 0x3009, '>' }, { 0x300a, '<' }, { 0x300b, '>' },
	{ 0x3010, '[' }, { 0x3011, ']' }, { 0x300c, '{' }, { 0x300d, '}' },
	{ 0x3014, '[' }, { 0x3015, ']' }, { 0x2026, '^' }, { 0x2014, '_' },
	{ 0xffe5, '$' }, { 0x00a5, '$' }, { 0x00b7, '`' }, { 0x00d7, '*' },
	{ 0xff61, '.' }, { 0xff64, '/' },
};

gunichar
base_key_narrow(gunichar c)
{
	size_t i;

	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xff01 + '!';
	for (i = 0; i < G_N_ELEMENTS(narrow); i++)
		if (narrow[i].typed == c)
			return (gunichar)narrow[i].key;
	return c;
}
