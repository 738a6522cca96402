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

/* ---- a number and its unit ---------------------------------------------- */

/* "20 / mg" at a line's end is misread: a dose stays whole, by a blank or two and
 * by nothing at all ("20毫克"). The units of doses, results and times: UCUM's as
 * they are written in the clinic, and the Chinese ones. A unit goes on with what
 * is no letter: "mg/dL". */
static const char *const latin_units[] = {
	"%", "‰", "°C", "°F", "℃", "℉", "g", "kg", "mg", "ug", "µg", "μg",
	"mcg", "ng", "pg", "l", "L", "ml", "mL", "dl", "dL", "µl", "µL", "μl",
	"μL", "ul", "uL", "fl", "fL", "mol", "mmol", "umol", "µmol", "μmol",
	"nmol", "pmol", "meq", "mEq", "mosm", "mOsm", "IU", "mIU", "uIU", "µIU",
	"μIU", "U", "mU", "u", "mmHg", "kPa", "cmH2O", "m", "cm", "mm", "m2",
	"m²", "kcal", "kJ", "bpm", "s", "sec", "min", "mins", "h", "hr", "hrs",
	"hour", "hours", "d", "day", "days", "week", "weeks", "month", "months",
	"year", "years", "tablet", "tablets", "capsule", "capsules", "puff",
	"puffs", "drop", "drops", "units", "x10", "×10",
};
static const char *const chinese_units[] = {
	"克", "毫克", "微克", "千克", "公斤", "升", "毫升", "毫摩", "微摩",
	"单位", "国际单位", "万单位", "毫米汞柱", "次", "片", "粒", "支", "袋",
	"瓶", "滴", "喷", "揿", "贴", "丸", "颗", "分", "秒", "小时", "天", "日",
	"周", "月", "个月", "年", "岁", "度",
};

enum { BLANKS_IN_QUANTITY = 2, UNIT_BYTES = 16 };

/* Where the unit ends that begins at `at`; at when none does. */
static size_t
unit_end(const struct wrap *w, size_t at)
{
	const char *text = w->text + at;
	size_t left = w->len - at, n;

	for (size_t i = 0; i < G_N_ELEMENTS(latin_units); i++) {
		n = strlen(latin_units[i]);
		if (n > left || memcmp(text, latin_units[i], n) ||
		    (n < left && g_ascii_isalpha(text[n])))
			continue;
		while (n < left && (g_ascii_isalnum(text[n]) ||
		    text[n] == '/'))
			n++;
		return at + n;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(chinese_units); i++) {
		n = strlen(chinese_units[i]);
		if (n <= left && !memcmp(text, chinese_units[i], n))
			return at + n;
	}
	return at;
}

static gboolean
behind_number(const struct wrap *w, size_t start, size_t at)
{
	size_t before = at;

	while (before > start && w->text[before - 1] == ' ' &&
	    at - before < BLANKS_IN_QUANTITY)
		before--;
	return before > start && g_ascii_isdigit(w->text[before - 1]);
}

/* Would a line that ends before at part a number from its unit, or the unit? */
static gboolean
parts_quantity(const struct wrap *w, size_t start, size_t at)
{
	size_t from = at;

	while (from < w->len && w->text[from] == ' ' &&
	    from - at < BLANKS_IN_QUANTITY)
		from++;
	while (TRUE) {
		if (behind_number(w, start, from) && unit_end(w, from) > at)
			return TRUE;
		if (from <= start || (from < at && at - from > UNIT_BYTES))
			return FALSE;
		from--;
	}
}

/* A dot within a name (cache.db, www.example.org): libunistring 1.0 would end a
 * line there, UAX #14 has no break before the letter (LB29). */
static gboolean
parts_name(const struct wrap *w, size_t at)
{
	return w->text[at - 1] == '.' && g_ascii_isalpha(w->text[at]);
}

/* ---- lines -------------------------------------------------------------- */

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

/* A break, the last that was passed; at: the line's start when there is none. */
struct fit { size_t at; int cols; };

/* One line from start; returns where the next one begins. */
static size_t
wrap_line(struct wrap *w, size_t start)
{
	struct fit fit = { start, 0 }, poor = { start, 0 };
	size_t at, next, digit = w->len; /* digit: behind the last one */
	int cols = 0, more;
	gboolean blank, near;

	for (at = start; at < w->len; at = next, cols += more) {
		next = base_grapheme_next(w->text, w->len, at);
		if (is_newline(w, at)) {
			emit(w, start, w->keep_blanks ? next : at, cols);
			return next;
		}
		blank = next - at == 1 && is_blank(w->text[at]);
		more = base_text_cols(w->text + at, (gssize)(next - at));
		near = at >= digit &&
		    at - digit <= UNIT_BYTES + BLANKS_IN_QUANTITY;
		if (at > start && (w->breaks[at] == UC_BREAK_POSSIBLE ||
		    (blank && w->keep_blanks)))
			*(parts_name(w, at) || (near && parts_quantity(w, start,
			    at)) ? &poor : &fit) = (struct fit){ at, cols };
		if (g_ascii_isdigit(w->text[at]))
			digit = next;
		if (cols + more <= w->cols || at == start ||
		    (blank && !w->keep_blanks))
			continue;
		if (fit.at == start)
			fit = poor.at > start ? poor : (struct fit){ at, cols };
		emit(w, start, fit.at, fit.cols);
		return fit.at;
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
