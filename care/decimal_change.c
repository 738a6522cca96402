/* SPDX-License-Identifier: Apache-2.0 */
/* One decimal beside another: what changed, in percent too, and their mean. Of
 * whole numbers of the last place, so that nothing is rounded unasked. */
#include "care/care.h"
#include "care/order_room.h"

enum { DIGITS_MAX = 15 };

/* digits × 10^-places */
struct plain {
	int64_t digits;
	int places;
};

/* FALSE: not plain, or too long. */
static gboolean
plain_read(const char *text, struct plain *out)
{
	gboolean negative = text && *text == '-', point = FALSE;
	int n = 0;

	*out = (struct plain){ 0 };
	for (text += negative ? 1 : 0; text && *text; text++) {
		if (*text == '.' && !point && n > 0) {
			point = TRUE;
			continue;
		}
		if (!g_ascii_isdigit(*text) || ++n > DIGITS_MAX)
			return FALSE;
		out->digits = out->digits * 10 + (*text - '0');
		out->places += point;
	}
	if (negative)
		out->digits = -out->digits;
	return n > 0;
}

/* FALSE: it does not fit. */
static gboolean
times_ten(int64_t *n, int times)
{
	for (; times > 0; times--)
		if (__builtin_mul_overflow(*n, 10, n))
			return FALSE;
	return TRUE;
}

/* Both to as many places as the longer has. */
static gboolean
plain_align(struct plain *a, struct plain *b)
{
	int places = MAX(a->places, b->places);

	if (!times_ten(&a->digits, places - a->places) ||
	    !times_ten(&b->digits, places - b->places))
		return FALSE;
	a->places = b->places = places;
	return TRUE;
}

static gboolean
plain_pair(const char *left, const char *right, struct plain *a,
    struct plain *b)
{
	return plain_read(left, a) && plain_read(right, b) &&
	    plain_align(a, b);
}

char *
decimal_places_text(const char *sign, int64_t digits, int places)
{
	int64_t power = 1;

	for (int i = 0; i < places; i++)
		power *= 10;
	return places == 0 ? g_strdup_printf("%s%" G_GINT64_FORMAT, sign,
	    digits) : g_strdup_printf("%s%" G_GINT64_FORMAT ".%0*"
	    G_GINT64_FORMAT, sign, digits / power, places, digits % power);
}

int
care_decimal_places(const char *value)
{
	struct plain v;

	return plain_read(value, &v) ? v.places : -1;
}

/* ---- change ------------------------------------------------------------- */

static char *
one_change(const char *now, const char *before)
{
	struct plain a, b;
	int64_t change;

	if (!plain_pair(now, before, &a, &b) ||
	    __builtin_sub_overflow(a.digits, b.digits, &change) ||
	    change == G_MININT64)
		return NULL;
	if (change == 0)
		return g_strdup("±0");
	return decimal_places_text(change > 0 ? "+" : "−", ABS(change),
	    a.places);
}

char *
care_decimal_change(const char *now, const char *before)
{
	g_auto(GStrv) a = g_strsplit(now ? now : "", "/", 3);
	g_auto(GStrv) b = g_strsplit(before ? before : "", "/", 3);
	g_autofree char *high = NULL, *low = NULL;

	if (g_strv_length(a) != 2 || g_strv_length(b) != 2)
		return one_change(now, before);
	high = one_change(a[0], b[0]);
	low = one_change(a[1], b[1]);
	return high && low ? g_strconcat(high, "/", low, NULL) : NULL;
}

char *
care_decimal_percent(const char *now, const char *before)
{
	g_autofree char *number = NULL;
	int64_t tenths, half;
	struct plain a, b;

	if (!plain_pair(now, before, &a, &b) || a.digits <= 0 ||
	    b.digits <= 0 || __builtin_mul_overflow(ABS(a.digits - b.digits),
	    2000, &half))
		return NULL;
	tenths = (half / b.digits + 1) / 2;
	if (tenths == 0)
		return g_strdup("±0 %");
	number = decimal_places_text(a.digits > b.digits ? "+" : "−", tenths,
	    1);
	return g_strconcat(number, " %", NULL);
}

/* ---- mean --------------------------------------------------------------- */

static gboolean
plain_sum(const char *const *values, size_t n, struct plain *sum)
{
	*sum = (struct plain){ 0 };
	for (size_t i = 0; i < n; i++) {
		struct plain one;

		if (!plain_read(values[i], &one) || !plain_align(sum, &one) ||
		    __builtin_add_overflow(sum->digits, one.digits,
		    &sum->digits))
			return FALSE;
	}
	return n > 0 && sum->digits != G_MININT64;
}

char *
care_decimal_mean(const char *const *values, size_t n, int places)
{
	int64_t count = (int64_t)n, twice;
	struct plain sum;

	if (places < 0 || places > DIGITS_MAX || !plain_sum(values, n, &sum) ||
	    !times_ten(&sum.digits, places - sum.places) ||
	    !times_ten(&count, sum.places - places) ||
	    __builtin_mul_overflow(ABS(sum.digits), 2, &twice))
		return NULL;
	twice = (twice / count + 1) / 2;
	return decimal_places_text(sum.digits < 0 && twice ? "-" : "", twice,
	    places);
}
