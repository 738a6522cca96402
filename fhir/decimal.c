/* SPDX-License-Identifier: Apache-2.0 */
/* Decimals compared as the texts they are. A double would call 0.1 + 0.2 above
 * 0.3; a laboratory's limit is not the place for that. */
#include "fhir/fhir.h"

#include <string.h>

/* A number of JSON's grammar, as ±0.DIGITS × 10^point with the digits stripped
 * of zeros at both ends (none at all: zero). */
struct decimal {
	gboolean negative;
	const char *whole, *fraction;
	size_t whole_len, fraction_len;
	int64_t point;
};

enum { EXPONENT_MAX = 1000000, DIGITS_MAX = 1000000 };

static size_t
digits_len(const char *text)
{
	return strspn(text, "0123456789");
}

static gboolean
read_exponent(const char **p, int64_t *exponent)
{
	gboolean negative;
	size_t len;

	*exponent = 0;
	if (**p != 'e' && **p != 'E')
		return TRUE;
	(*p)++;
	negative = **p == '-';
	if (**p == '-' || **p == '+')
		(*p)++;
	len = digits_len(*p);
	if (len == 0)
		return FALSE;
	for (size_t i = 0; i < len && *exponent <= EXPONENT_MAX; i++)
		*exponent = *exponent * 10 + ((*p)[i] - '0');
	*p += len;
	if (negative)
		*exponent = -*exponent;
	return ABS(*exponent) <= EXPONENT_MAX;
}

/* Digit i of the whole and the fraction written side by side. */
static char
digit_at(const struct decimal *d, size_t i)
{
	return i < d->whole_len ? d->whole[i] : d->fraction[i - d->whole_len];
}

static size_t
digit_count(const struct decimal *d)
{
	return d->whole_len + d->fraction_len;
}

static gboolean
read_decimal(const char *text, struct decimal *out)
{
	int64_t exponent;

	memset(out, 0, sizeof(*out));
	out->negative = *text == '-';
	text += out->negative;
	out->whole = text;
	out->whole_len = digits_len(text);
	text += out->whole_len;
	if (out->whole_len == 0 || out->whole_len > DIGITS_MAX)
		return FALSE;
	if (*text == '.') {
		out->fraction = ++text;
		out->fraction_len = digits_len(text);
		text += out->fraction_len;
		if (out->fraction_len == 0 || out->fraction_len > DIGITS_MAX)
			return FALSE;
	}
	if (!read_exponent(&text, &exponent) || *text != '\0')
		return FALSE;
	out->point = (int64_t)out->whole_len + exponent;
	return TRUE;
}

/* The first digit that is not zero; digit_count() when the number is zero. */
static size_t
first_digit(const struct decimal *d)
{
	size_t i = 0;

	while (i < digit_count(d) && digit_at(d, i) == '0')
		i++;
	return i;
}

static int
compare_digits(const struct decimal *a, size_t i, const struct decimal *b,
    size_t j)
{
	while (i < digit_count(a) || j < digit_count(b)) {
		char left = i < digit_count(a) ? digit_at(a, i++) : '0';
		char right = j < digit_count(b) ? digit_at(b, j++) : '0';

		if (left != right)
			return left < right ? -1 : 1;
	}
	return 0;
}

/* Without the signs. */
static int
compare_sizes(const struct decimal *a, const struct decimal *b)
{
	size_t i = first_digit(a), j = first_digit(b);
	gboolean zero_a = i == digit_count(a), zero_b = j == digit_count(b);
	int64_t power_a = a->point - (int64_t)i;
	int64_t power_b = b->point - (int64_t)j;

	if (zero_a || zero_b)
		return zero_b - zero_a;
	if (power_a != power_b)
		return power_a < power_b ? -1 : 1;
	return compare_digits(a, i, b, j);
}

static gboolean
is_zero(const struct decimal *d)
{
	return first_digit(d) == digit_count(d);
}

gboolean
fhir_decimal_compare(const char *left, const char *right, int *order)
{
	struct decimal a, b;

	if (!left || !right || !read_decimal(left, &a) ||
	    !read_decimal(right, &b))
		return FALSE;
	a.negative = a.negative && !is_zero(&a);
	b.negative = b.negative && !is_zero(&b);
	if (a.negative != b.negative)
		*order = a.negative ? -1 : 1;
	else
		*order = a.negative ? compare_sizes(&b, &a) :
		    compare_sizes(&a, &b);
	return TRUE;
}
