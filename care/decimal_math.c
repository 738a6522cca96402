/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic with what a doctor writes: short decimals, as fractions of whole
 * numbers. What does not fit says so; nothing is rounded but where it is asked.
 */
#include "care/order_room.h"

#include <string.h>

enum { DIGITS_MAX = 12 };

/* ---- as typed ----------------------------------------------------------- */

/* Digits and one point, fullwidth ones made narrow; NULL: something else. */
static char *
narrow(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text && out->len <= 64; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		if (c >= 0xFF10 && c <= 0xFF19)
			c = c - 0xFF10 + '0';
		else if (c == 0xFF0E)
			c = '.';
		if (c != '.' && (c < '0' || c > '9'))
			break;
		g_string_append_c(out, (char)c);
	}
	if (*text) {
		g_string_free(out, TRUE);
		return NULL;
	}
	return g_string_free(out, FALSE);
}

char *
care_decimal_normal(const char *text)
{
	g_autofree char *plain = text && g_utf8_validate(text, -1, NULL) ?
	    narrow(text) : NULL;
	const char *whole = plain;
	char *point = plain ? strchr(plain, '.') : NULL;
	size_t fraction_len = 0;

	if (!plain || !*plain || strcmp(plain, ".") == 0 ||
	    (point && strchr(point + 1, '.')) || (point && !point[1]))
		return NULL;
	if (point) {
		*point++ = '\0';
		fraction_len = strlen(point);
		while (fraction_len > 0 && point[fraction_len - 1] == '0')
			point[--fraction_len] = '\0';
	}
	whole += strspn(whole, "0");
	if (strlen(whole) + fraction_len > DIGITS_MAX)
		return NULL;
	if (!*whole && fraction_len == 0)
		return NULL;
	return g_strdup_printf("%s%s%s", *whole ? whole : "0",
	    fraction_len > 0 ? "." : "", fraction_len > 0 ? point : "");
}

/* ---- fractions ---------------------------------------------------------- */

static const struct ratio none = { 0, 0 };

gboolean
ratio_good(struct ratio a)
{
	return a.den > 0;
}

static int64_t
common(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

struct ratio
ratio_int(int64_t n)
{
	return (struct ratio){ n, 1 };
}

/* Of positive parts, in lowest terms. */
static struct ratio
reduced(int64_t num, int64_t den)
{
	int64_t by = common(num, den);

	return (struct ratio){ num / by, den / by };
}

struct ratio
ratio_of(const char *decimal)
{
	g_autofree char *text = care_decimal_normal(decimal);
	int64_t num = 0, den = 1;
	gboolean fraction = FALSE;

	if (!text)
		return none;
	for (const char *p = text; *p; p++) {
		if (*p == '.') {
			fraction = TRUE;
			continue;
		}
		num = num * 10 + (*p - '0');
		if (fraction)
			den *= 10;
	}
	return reduced(num, den);
}

struct ratio
ratio_times(struct ratio a, struct ratio b)
{
	struct ratio left, right, out;

	if (!ratio_good(a) || !ratio_good(b))
		return none;
	if (a.num == 0 || b.num == 0)
		return ratio_int(0);
	left = reduced(a.num, b.den);
	right = reduced(b.num, a.den);
	if (__builtin_mul_overflow(left.num, right.num, &out.num) ||
	    __builtin_mul_overflow(left.den, right.den, &out.den))
		return none;
	return out;
}

struct ratio
ratio_over(struct ratio a, struct ratio b)
{
	if (!ratio_good(b) || b.num == 0)
		return none;
	return ratio_times(a, (struct ratio){ b.den, b.num });
}

struct ratio
ratio_up(struct ratio a)
{
	if (!ratio_good(a))
		return none;
	return ratio_int(a.num / a.den + (a.num % a.den != 0));
}

int
ratio_compare(struct ratio a, struct ratio b)
{
	struct ratio q = ratio_over(a, b);

	if (!ratio_good(q)) /* far apart: the quotients decide */
		return (double)a.num / (double)a.den <
		    (double)b.num / (double)b.den ? -1 : 1;
	return (q.num > q.den) - (q.num < q.den);
}

char *
ratio_text(struct ratio a)
{
	g_autofree char *text = NULL;
	int64_t num = a.num, den = a.den;
	int digits = 0;

	if (!ratio_good(a) || num <= 0)
		return NULL;
	while (num % den != 0) {
		if (++digits > DIGITS_MAX ||
		    __builtin_mul_overflow(num, 10, &num))
			return NULL;
	}
	text = g_strdup_printf("%0*" G_GINT64_FORMAT, digits + 1, num / den);
	if (digits == 0)
		return care_decimal_normal(text);
	g_autofree char *whole = g_strndup(text, strlen(text) - (size_t)digits);
	g_autofree char *out = g_strconcat(whole, ".",
	    text + strlen(text) - digits, NULL);
	return care_decimal_normal(out);
}

/* ---- the public ones ---------------------------------------------------- */

char *
care_decimal_times(const char *a, const char *b)
{
	return ratio_text(ratio_times(ratio_of(a), ratio_of(b)));
}

char *
care_decimal_over_up(const char *a, const char *b)
{
	return ratio_text(ratio_up(ratio_over(ratio_of(a), ratio_of(b))));
}

struct ratio
unit_factor(const char *from, const char *to)
{
	const struct care_unit *a = from ? care_unit_find(from) : NULL;
	const struct care_unit *b = to ? care_unit_find(to) : NULL;

	if (from && g_strcmp0(from, to) == 0)
		return ratio_int(1);
	if (!a || !b || a->kind != b->kind || a->num == 0 || b->num == 0)
		return none;
	return ratio_over(reduced(a->num, a->den), reduced(b->num, b->den));
}

char *
care_unit_convert(const char *value, const char *from, const char *to)
{
	return ratio_text(ratio_times(ratio_of(value), unit_factor(from, to)));
}
