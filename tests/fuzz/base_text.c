/* SPDX-License-Identifier: Apache-2.0 */
/* F65: whatever the bytes, what the gate lets out is UTF-8 without anything that
 * could drive a terminal, and going through twice changes nothing. */
#include "base/char.h"
#include "tests/fuzz/fuzz.h"

static void
check_shown(const char *text, enum base_lines lines)
{
	g_autofree char *again = base_text_show(text, -1, lines);
	const char *p;
	int marks = 0;

	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_cmpstr(text, ==, again);
	for (p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		uint8_t class = base_char_class(c);

		if (c == '\n' && lines == BASE_MANY_LINES) {
			marks = 9;
			continue;
		}
		g_assert_true((class & ~CHAR_COLS) == 0);
		marks = class == 0 ? marks + 1 : 0;
		g_assert_true(marks <= 8);
	}
}

static void
check_wrapped(const char *text, size_t len, int cols)
{
	g_autoptr(GArray) lines = base_text_wrap(text, len, cols, TRUE);
	const struct base_line *l;
	size_t at = 0;
	guint i;

	for (i = 0; i < lines->len; i++) {
		l = &g_array_index(lines, struct base_line, i);
		g_assert_true(l->start == at);
		at += l->len;
	}
	g_assert_true(at == len);
}

static void
check_graphemes(const char *text, size_t len)
{
	size_t at, next;

	for (at = 0; at < len; at = next) {
		next = base_grapheme_next(text, len, at);
		g_assert_true(next > at);
		g_assert_true(base_grapheme_prev(text, len, next) == at);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = size ? (const char *)data : "";
	g_autofree char *one = base_text_show(bytes, (gssize)size,
	    BASE_ONE_LINE);
	g_autofree char *many = base_text_show(bytes, (gssize)size,
	    BASE_MANY_LINES);
	g_autofree char *fit = base_text_fit(one, 17);
	g_autofree char *fold = base_text_fold(one);

	check_shown(one, BASE_ONE_LINE);
	check_shown(many, BASE_MANY_LINES);
	check_wrapped(bytes, size, 7);
	check_wrapped(many, strlen(many), 1 + (int)(size % 80));
	check_graphemes(bytes, size);
	g_assert_cmpint(base_text_cols(fit, -1), ==, 17);
	g_assert_true(g_utf8_validate(fold, -1, NULL));
	return 0;
}
