/* SPDX-License-Identifier: Apache-2.0 */
/* Interpretation of laboratory results: what the laboratory said, and, where it
 * said nothing, what its own range says. */
#include "care/care.h"

#include <string.h>

/* HL7 v3 ObservationInterpretation, the codes that say something of one value.
 * "<" and ">" are off the instrument's scale, so abnormal by themselves. */
static const struct interpretation {
	const char *code, *mark, *words;
	int rank;
} interpretations[] = {
	{ "HH", "↑↑", N_("critically high"), 0 },
	{ "HU", "↑↑", N_("significantly high"), 0 },
	{ "LL", "↓↓", N_("critically low"), 0 },
	{ "LU", "↓↓", N_("significantly low"), 0 },
	{ "AA", "!!", N_("critically abnormal"), 0 },
	{ "H", "↑", N_("high"), 1 },
	{ "L", "↓", N_("low"), 1 },
	{ "A", "!", N_("abnormal"), 1 },
	{ ">", "↑", N_("above the measuring range"), 1 },
	{ "<", "↓", N_("below the measuring range"), 1 },
	{ "POS", "+", N_("positive"), 1 },
	{ "DET", "+", N_("detected"), 1 },
	{ "RR", "+", N_("reactive"), 1 },
	{ "WR", "±", N_("weakly reactive"), 1 },
	{ "IND", "±", N_("indeterminate"), 1 },
	{ "E", "±", N_("equivocal"), 1 },
	{ "R", "R", N_("resistant"), 1 },
	{ "I", "I", N_("intermediate"), 1 },
	{ "NS", "NS", N_("non-susceptible"), 1 },
	{ "S", "S", N_("susceptible"), 2 },
	{ "N", "", "", 2 },
	{ "NEG", "−", N_("negative"), 2 },
	{ "ND", "−", N_("not detected"), 2 },
	{ "NR", "−", N_("non-reactive"), 2 },
	{ "U", "U", N_("significant change up"), 1 },
	{ "D", "D", N_("significant change down"), 1 },
	{ "B", "B", N_("better"), 2 },
	{ "W", "W", N_("worse"), 1 },
};

static const struct interpretation *
find_interpretation(const char *code)
{
	for (size_t i = 0; code && i < G_N_ELEMENTS(interpretations); i++)
		if (strcmp(code, interpretations[i].code) == 0)
			return &interpretations[i];
	return NULL;
}

/* A code that is not in the table is shown as it came: never dropped. */
const char *
care_interpretation_mark(const char *code)
{
	const struct interpretation *found = find_interpretation(code);

	if (!code)
		return "";
	return found ? found->mark : code;
}

const char *
care_interpretation_words(const char *code)
{
	const struct interpretation *found = find_interpretation(code);

	if (!code)
		return "";
	if (!found)
		return code;
	return *found->words ? _(found->words) : "";
}

int
care_interpretation_rank(const char *code)
{
	const struct interpretation *found = find_interpretation(code);

	return found ? found->rank : 3;
}

/* A range that is upside down, or of which a bound is no number, says nothing. */
static gboolean
bounds_are_sound(const char *low, const char *high)
{
	int order;

	if (!low || !high)
		return low || high;
	return fhir_decimal_compare(low, high, &order) && order <= 0;
}

const char *
care_interpret(const char *value, const char *low, const char *high)
{
	int order;

	if (!bounds_are_sound(low, high))
		return NULL;
	if (low && !fhir_decimal_compare(value, low, &order))
		return NULL;
	if (low && order < 0)
		return "L";
	if (high && !fhir_decimal_compare(value, high, &order))
		return NULL;
	return high && order > 0 ? "H" : "N";
}

static const char *
interpret_one(const char *value, const char *range)
{
	g_auto(GStrv) both = NULL;

	if (g_str_has_prefix(range, "≥ "))
		return care_interpret(value, range + strlen("≥ "), NULL);
	if (g_str_has_prefix(range, "≤ "))
		return care_interpret(value, NULL, range + strlen("≤ "));
	both = g_strsplit(range, "–", -1);
	if (g_strv_length(both) != 2)
		return NULL;
	return care_interpret(value, both[0], both[1]);
}

gboolean
care_range_reversed(const char *range)
{
	g_auto(GStrv) both = g_strsplit(range ? range : "", "–", -1);
	int order;

	return g_strv_length(both) == 2 &&
	    fhir_decimal_compare(both[0], both[1], &order) && order > 0;
}

/* "158/94" in "90–139 / 60–89": what either of them is. High before low. */
static const char *
interpret_pair(const char *value, const char *range)
{
	g_auto(GStrv) values = g_strsplit(value, "/", -1);
	g_auto(GStrv) ranges = g_strsplit(range, " / ", -1);
	const char *a, *b;

	if (g_strv_length(values) != 2 || g_strv_length(ranges) != 2)
		return NULL;
	a = interpret_one(values[0], ranges[0]);
	b = interpret_one(values[1], ranges[1]);
	if (!a || !b)
		return NULL;
	if (*a == 'H' || *b == 'H')
		return "H";
	return *a == 'L' ? a : b;
}

const char *
care_interpret_range(const char *value, const char *range)
{
	if (!value || !range)
		return NULL;
	return strchr(value, '/') ? interpret_pair(value, range) :
	    interpret_one(value, range);
}

const char *
care_interpret_compared(const char *comparator, const char *value,
    const char *range)
{
	const char *at = care_interpret_range(value, range);
	gboolean above = comparator && *comparator == '>';

	if (!at || !comparator || (*comparator != '<' && !above))
		return NULL;
	/* "> 250" is high where 250 itself is; at a bound only what lies beyond
	 * it is known to. */
	if (*at == (above ? 'H' : 'L'))
		return at;
	return NULL;
}
