/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wrapping text to a width. libunistring says where a line may end (UAX #14);
 * we fill lines by graphemes, so that a cell never gets half a character, and
 * cut a word only where nothing else fits. Linear: what is read twice, from the
 * last possible break to the overflow, holds no break and is not read again.
 */
#include "base/char.h"

#include <unilbrk.h>

struct wrap {
	const char *text;
	size_t len;
	int cols;             /* width to fill */
	gboolean keep_blanks;
	const char *breaks;   /* per byte, libunistring's UC_BREAK_… */
	GArray *lines;
};

static gboolean
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static gboolean
is_newline(const struct wrap *w, size_t at)
{
	gunichar c;

	if ((unsigned char)w->text[at] < 0x80)
		return (base_char_class((gunichar)w->text[at]) &
		    CHAR_BREAK) != 0;
	base_char_next(w->text + at, w->len - at, &c);
	return (base_char_class(c) & CHAR_BREAK) != 0;
}

static void
emit(struct wrap *w, size_t start, size_t end, int cols)
{
	struct base_line line = { .start = start };

	while (!w->keep_blanks && end > start && is_blank(w->text[end - 1]))
		cols -= w->text[--end] == ' ';
	line.len = end - start;
	line.cols = cols;
	g_array_append_val(w->lines, line);
}

/* One line from start; returns where the next one begins. */
static size_t
wrap_line(struct wrap *w, size_t start)
{
	size_t at, next, fit = start; /* fit: the last possible break */
	int cols = 0, fit_cols = 0, more;
	gboolean blank;

	for (at = start; at < w->len; at = next, cols += more) {
		next = base_grapheme_next(w->text, w->len, at);
		if (is_newline(w, at)) {
			emit(w, start, w->keep_blanks ? next : at, cols);
			return next;
		}
		blank = next - at == 1 && is_blank(w->text[at]);
		more = base_text_cols(w->text + at, (gssize)(next - at));
		if (at > start && (w->breaks[at] == UC_BREAK_POSSIBLE ||
		    (blank && w->keep_blanks))) {
			fit = at;
			fit_cols = cols;
		}
		if (cols + more <= w->cols || at == start ||
		    (blank && !w->keep_blanks))
			continue;
		if (fit == start) {
			fit = at;
			fit_cols = cols;
		}
		emit(w, start, fit, fit_cols);
		return fit;
	}
	emit(w, start, at, cols);
	return at;
}

GArray *
base_text_wrap(const char *text, size_t len, int cols, gboolean keep_blanks)
{
	g_autofree char *breaks = g_malloc(len + 1);
	struct wrap w = { .text = text, .len = len, .cols = MAX(cols, 1),
		.keep_blanks = keep_blanks, .breaks = breaks };
	size_t at = 0;

	w.lines = g_array_new(FALSE, FALSE, sizeof(struct base_line));
	u8_possible_linebreaks((const uint8_t *)text, len, "UTF-8", breaks);
	while (at < len)
		at = wrap_line(&w, at);
	/* A newline separates lines for an editor, ends one for a reader. */
	if (w.lines->len == 0 || (keep_blanks && len > 0 &&
	    is_newline(&w, base_grapheme_prev(text, len, len))))
		emit(&w, len, len, 0);
	return w.lines;
}
