/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any two texts, separated by a blank, as decimals: the order is the reverse of
 * the reverse, equal to itself, and that of doubles where these are far apart.
 */
#include "fhir/fhir.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
same_as_doubles(const char *left, const char *right, int order)
{
	double a = g_ascii_strtod(left, NULL), b = g_ascii_strtod(right, NULL);

	if (isfinite(a) && isfinite(b) &&
	    fabs(a - b) > (fabs(a) + fabs(b)) * 1e-9 + 1e-300)
		must(order == (a < b ? -1 : 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *left = g_strndup((const char *)data, size);
	char *right = strchr(left, ' ');
	int order, reverse;

	if (!right)
		return 0;
	*right++ = '\0';
	if (!fhir_decimal_compare(left, right, &order)) {
		must(!fhir_decimal_compare(right, left, &order));
		return 0;
	}
	must(fhir_decimal_compare(right, left, &reverse) && order == -reverse);
	must(fhir_decimal_compare(left, left, &reverse) && reverse == 0);
	same_as_doubles(left, right, order);
	return 0;
}
