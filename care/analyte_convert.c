/* SPDX-License-Identifier: Apache-2.0 */
/* A value in another unit of its analyte: exact arithmetic, rounded once. */
#include "care/analyte_room.h"
#include "care/order_room.h"

#include <string.h>

/* ---- arithmetic --------------------------------------------------------- */

enum { PLACES_MAX = 9 };

static const struct ratio refused = { 0, 0 };

static struct ratio
ratio_plus(struct ratio a, struct ratio b, int sign)
{
	int64_t left, right, sum, den;

	if (!ratio_good(a) || !ratio_good(b) ||
	    __builtin_mul_overflow(a.num, b.den, &left) ||
	    __builtin_mul_overflow(b.num, a.den, &right) ||
	    __builtin_mul_overflow(a.den, b.den, &den) ||
	    __builtin_add_overflow(left, sign * right, &sum) || sum <= 0)
		return refused;
	return (struct ratio){ sum, den };
}

static struct ratio
to_group(const struct care_conversion *c, struct ratio v)
{
	v = ratio_over(ratio_times(v, ratio_of(c->times)), ratio_of(c->over));
	return c->plus ? ratio_plus(v, ratio_of(c->plus), 1) : v;
}

static struct ratio
from_group(const struct care_conversion *c, struct ratio v)
{
	if (c->plus)
		v = ratio_plus(v, ratio_of(c->plus), -1);
	return ratio_over(ratio_times(v, ratio_of(c->over)),
	    ratio_of(c->times));
}

static int
significant(const char *value)
{
	int n = 0;

	for (; *value; value++)
		if (g_ascii_isdigit(*value) && (n > 0 || *value != '0'))
			n++;
	return n;
}

/* Rounded half up to so many places; trailing zeros stay, they are what is
 * known. */
static char *
at_places(struct ratio v, int places)
{
	__extension__ typedef __int128 wide;
	wide num = v.num, den = v.den, scaled;

	places = CLAMP(places, 0, PLACES_MAX);
	for (int i = 0; i < places; i++)
		num *= 10;
	scaled = (num * 2 + den) / (den * 2);
	return scaled > (wide)1 << 62 ? NULL : decimal_places_text("",
	    (int64_t)scaled, places);
}

/* Places for so many significant digits; what stands left of the point is never
 * rounded. */
static int
places_of(struct ratio v, int digits)
{
	__extension__ typedef __int128 wide;
	wide num = v.num, den = v.den;

	/* Digits left of the point are spent; zeros right of it cost none. */
	for (wide least = den; digits > 0 && least <= num; digits--)
		least *= 10;
	for (wide small = num * 10; small < den && digits < PLACES_MAX;
	    digits++)
		small *= 10;
	return digits;
}

/* With an offset the digits of a value say nothing of its precision: the last
 * place counts, as many times larger as the step. */
static int
places_by_step(const char *value, const struct care_conversion *from,
    const struct care_conversion *into)
{
	struct ratio step = ratio_over(ratio_times(ratio_of(from->times),
	    ratio_of(into->over)), ratio_times(ratio_of(from->over),
	    ratio_of(into->times)));
	int places = MAX(care_decimal_places(value), 0);

	if (!ratio_good(step))
		return places;
	for (double s = (double)step.num / (double)step.den; s >= 3; s /= 10)
		places--;
	for (double s = (double)step.num / (double)step.den; s < 0.3; s *= 10)
		places++;
	return places;
}

/* As exact as the value that was written; of one digit two remain, or 8 mg/dL of
 * calcium would be 2 mmol/L. */
static char *
rounded(struct ratio v, const char *value, const struct care_conversion *from,
    const struct care_conversion *into)
{
	int digits = MAX(significant(value), 2), places;
	g_autofree char *text = NULL;

	if (!ratio_good(v))
		return NULL;
	if (from->plus || into->plus)
		return at_places(v, places_by_step(value, from, into));
	places = places_of(v, digits);
	text = at_places(v, places);
	/* 0.996 became 1.00: a digit too many. */
	return text && places > 0 && significant(text) > digits ?
	    at_places(v, places - 1) : g_steal_pointer(&text);
}

static char *
converted(const struct care_conversion *from, const char *value,
    const struct care_conversion *into)
{
	if (!from || !into)
		return NULL;
	return from == into ? g_strdup(value) : rounded(from_group(into,
	    to_group(from, ratio_of(value))), value, from, into);
}

char *
care_analyte_convert(const char *test, const char *value, const char *unit,
    const char *to_test, const char *to)
{
	const struct care_analyte *a = care_analyte_of(test);

	if (!value)
		return NULL;
	if (g_strcmp0(test, to_test) == 0 && g_strcmp0(unit, to) == 0)
		return g_strdup(value);
	return care_analyte_of(to_test) != a ? NULL : converted(
	    analyte_conversion(a, test, unit), value,
	    analyte_conversion(a, to_test, to));
}

char *
care_analyte_in(const struct care_analyte *a, const char *test,
    const char *value, const char *unit, const char *to)
{
	return converted(analyte_conversion(a, test, unit), value,
	    analyte_conversion(a, test, to));
}

gboolean
care_analyte_order(const struct care_analyte *a, const char *test,
    const char *value, const char *unit, const char *number, const char *to,
    int *order)
{
	const struct care_conversion *from = analyte_conversion(a, test, unit);
	const struct care_conversion *into = analyte_conversion(a, test, to);
	struct ratio x, y;

	if (!from || !into)
		return FALSE;
	x = to_group(from, ratio_of(value));
	y = to_group(into, ratio_of(number));
	if (!ratio_good(x))
		return FALSE;
	/* What is measured is more than nothing, and than less than that. */
	if (!ratio_good(y) && g_ascii_strtod(number, NULL) > 0)
		return FALSE;
	*order = ratio_good(y) ? ratio_compare(x, y) : 1;
	return TRUE;
}

static double
part(const char *decimal, double without)
{
	return decimal ? g_ascii_strtod(decimal, NULL) : without;
}

static double
about(const struct care_conversion *from, double value,
    const struct care_conversion *to)
{
	value = value * part(from->times, 1) / part(from->over, 1) +
	    part(from->plus, 0);
	return (value - part(to->plus, 0)) * part(to->over, 1) /
	    part(to->times, 1);
}

size_t
care_analyte_about(const struct care_analyte *a, double number,
    const char *unit, struct care_about out[CARE_ABOUT_MAX])
{
	const struct care_conversion *rows[CARE_ABOUT_MAX];
	size_t n = analyte_conversions(a, rows), found = 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(analyte_row_unit(a, rows[i]), unit) != 0)
			continue;
		for (size_t k = 0; k < n && found < CARE_ABOUT_MAX; k++)
			out[found++] = (struct care_about){ analyte_row_unit(a,
				rows[k]), about(rows[i], number, rows[k]) };
	}
	return found;
}

