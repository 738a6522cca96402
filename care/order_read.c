/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An order out of a MedicationRequest of any system. What our order cannot say
 * exactly (several dosages, hours of the day, a rate) is left out whole,
 * so that it is asked for and never half understood.
 */
#include "care/order_room.h"

#include <string.h>

static gboolean
is_number(const fhir_node *node, const char *path, int *out)
{
	g_autofree char *text = care_decimal_normal(fhir_number(node, path));
	struct ratio n = ratio_of(text);

	if (!ratio_good(n) || n.den != 1 || n.num > 1000)
		return FALSE;
	*out = (int)n.num;
	return TRUE;
}

/* ---- timing ------------------------------------------------------------- */

/* A repeat that says more than its three numbers, when and bounds. */
static gboolean
says_more(const fhir_node *repeat)
{
	static const char *const known[] = { "frequency", "period",
		"periodUnit", "when", "dayOfWeek", "boundsDuration", "boundsPeriod", "count",
		NULL };
	struct fhir_each each;
	const char *key;

	fhir_each(&each, repeat);
	while (fhir_each_next(&each, &key))
		if (!g_strv_contains(known, key))
			return TRUE;
	return FALSE;
}

static gboolean
has_when(const fhir_node *repeat, const char *code)
{
	for (size_t i = 0; i < fhir_count(repeat, "when"); i++) {
		g_autofree char *path = g_strdup_printf("when[%zu]", i);

		if (g_strcmp0(fhir_text(repeat, path), code) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Once in 7 days is once a week, however another program writes it. */
static gboolean
same_period(const struct care_frequency *f, const char *period,
    const char *unit)
{
	int64_t days = strcmp(unit, "d") == 0 ?
	    g_ascii_strtoll(period, NULL, 10) : 0;

	if (strcmp(f->period, period) == 0 &&
	    g_strcmp0(f->period_unit, unit) == 0)
		return TRUE;
	return days > 0 && !strchr(period, '.') &&
	    g_strcmp0(f->period_unit, "wk") == 0 &&
	    days == 7 * g_ascii_strtoll(f->period, NULL, 10);
}

static gboolean
same_numbers(const struct care_frequency *f, int frequency,
    const char *period, const char *unit)
{
	return f->frequency == frequency && same_period(f, period, unit);
}

/* By its code first: "QD at bedtime" and "at bedtime" have the same numbers. */
static const struct care_frequency *
by_numbers(const fhir_node *repeat, const char *coded)
{
	const struct care_frequency *plain = NULL, *timed = NULL, *f;
	const char *unit = fhir_text(repeat, "periodUnit");
	g_autofree char *period = care_decimal_normal(fhir_number(repeat,
	    "period"));
	int frequency = 1;

	if (!period || !unit ||
	    (fhir_get(repeat, "frequency") &&
	    !is_number(repeat, "frequency", &frequency)))
		return NULL;
	for (f = care_frequencies; f->code; f++) {
		if (f->once || !same_numbers(f, frequency, period, unit))
			continue;
		if (f->when && !has_when(repeat, f->when))
			continue;
		if (coded && g_strcmp0(f->coded, coded) == 0)
			return f;
		/* its own time stands first */
		if (f->when)
			timed = timed || g_strcmp0(f->when, fhir_text(repeat,
			    "when[0]")) != 0 ? timed : f;
		else
			plain = plain ? plain : f;
	}
	return timed ? timed : plain;
}

static const struct care_frequency *
by_code(const char *coded)
{
	const struct care_frequency *f;

	for (f = care_frequencies; coded && f->code; f++)
		if (g_strcmp0(f->coded, coded) == 0)
			return f;
	return NULL;
}

static const struct care_frequency *
by_words(const char *words)
{
	g_autofree char *folded = words ? base_text_fold(words) : NULL;
	const struct care_frequency *f;

	for (f = care_frequencies; folded && f->code; f++)
		if (strcmp(f->code, folded) == 0 || strcmp(f->zh, words) == 0 ||
		    strcmp(f->en, folded) == 0 || spelling_is(f->also, folded))
			return f;
	return NULL;
}

static const struct care_frequency *
read_frequency(const fhir_node *timing)
{
	const fhir_node *repeat = fhir_child(timing, "repeat");
	const fhir_node *code = fhir_child(timing, "code");
	const char *coded = fhir_concept_code(code, CARE_GTS);
	int count;

	if (says_more(repeat) || fhir_get(timing, "event"))
		return NULL;
	if (fhir_get(repeat, "count"))
		return is_number(repeat, "count", &count) && count == 1 ?
		    care_frequency_find("once") : NULL;
	if (fhir_get(repeat, "period"))
		return by_numbers(repeat, coded);
	if (coded)
		return by_code(coded);
	return by_words(fhir_text(code, "text"));
}

/* FALSE: more than one time, or one that is not in the table. */
static gboolean
read_when(struct care_order *o, const fhir_node *repeat)
{
	const char *own = o->frequency ? o->frequency->when : NULL;

	for (size_t i = 0; i < fhir_count(repeat, "when"); i++) {
		g_autofree char *path = g_strdup_printf("when[%zu]", i);
		const char *code = fhir_text(repeat, path);

		if (own && g_strcmp0(code, own) == 0) {
			own = NULL;
			continue;
		}
		if (o->when || !care_when_find(code))
			return FALSE;
		o->when = care_when_find(code);
	}
	return TRUE;
}

/* FALSE: one that is no day of the week, or is said twice. */
static gboolean
read_weekdays(struct care_order *o, const fhir_node *repeat)
{
	struct fhir_each each;
	const fhir_node *day;

	fhir_each(&each, fhir_child(repeat, "dayOfWeek"));
	while ((day = fhir_each_next(&each, NULL))) {
		const char *code = fhir_text(day, NULL);
		unsigned i = 0, bit;

		while (care_weekdays[i].code &&
		    g_strcmp0(care_weekdays[i].code, code) != 0)
			i++;
		bit = 1u << i;
		if (!care_weekdays[i].code || (o->weekdays & bit))
			return FALSE;
		o->weekdays |= bit;
	}
	return order_weekdays_fit(o->frequency, o->weekdays);
}

static void
read_timing(struct care_order *o, const fhir_node *timing)
{
	const fhir_node *repeat = fhir_child(timing, "repeat");

	o->frequency = read_frequency(timing);
	if (read_when(o, repeat) && read_weekdays(o, repeat))
		return;
	o->frequency = NULL;
	o->when = NULL;
	o->weekdays = 0;
}

/* ---- amounts ------------------------------------------------------------ */

static void
read_amount(char **value, char **unit, const fhir_node *quantity)
{
	const struct care_unit *known = care_unit_of(quantity);
	const char *words = known ? known->code : fhir_text(quantity, "code");

	/* "< 5 mg" is no dose. */
	if (fhir_get(quantity, "comparator"))
		return;
	*value = care_decimal_normal(fhir_number(quantity, "value"));
	if (unit && *value)
		*unit = g_strdup(words ? words : fhir_text(quantity, "unit"));
}

static void
read_dose(struct care_order *o, const fhir_node *dosage)
{
	const fhir_node *one = fhir_at(dosage, "doseAndRate", 0);
	const fhir_node *range = fhir_child(one, "doseRange");

	if (fhir_count(dosage, "doseAndRate") != 1)
		return;
	read_amount(&o->dose, &o->dose_unit, range ? fhir_child(range, "low") :
	    fhir_child(one, "doseQuantity"));
	if (!range || !o->dose)
		return;
	g_autofree char *unit = NULL;
	read_amount(&o->dose_high, &unit, fhir_child(range, "high"));
	if (o->dose_high && g_strcmp0(unit, o->dose_unit) == 0)
		return;
	g_clear_pointer(&o->dose, g_free);
	g_clear_pointer(&o->dose_high, g_free);
	g_clear_pointer(&o->dose_unit, g_free);
}

static int
read_days(const fhir_node *duration)
{
	const struct care_unit *unit = care_unit_of(duration);
	g_autofree char *days = unit ? care_unit_convert(fhir_number(duration,
	    "value"), unit->code, "d") : NULL;
	struct ratio n = ratio_of(days);

	return ratio_good(n) && n.den == 1 && n.num <= 10000 ? (int)n.num : 0;
}

static void
read_dispense(struct care_order *o, const fhir_node *dispense)
{
	const char *repeats = fhir_number(dispense, "numberOfRepeatsAllowed");
	int n;

	read_amount(&o->quantity, &o->quantity_unit, fhir_child(dispense,
	    "quantity"));
	o->duration_days = read_days(fhir_child(dispense,
	    "expectedSupplyDuration"));
	if (g_strcmp0(repeats, "0") == 0)
		o->refills = 0;
	else if (is_number(dispense, "numberOfRepeatsAllowed", &n))
		o->refills = n;
}

static void
read_dosage(struct care_order *o, const fhir_node *dosage)
{
	const fhir_node *needed = fhir_child(dosage, "asNeededCodeableConcept");

	read_timing(o, fhir_child(dosage, "timing"));
	o->route = care_route_of(fhir_child(dosage, "route"));
	read_dose(o, dosage);
	o->as_needed_for = g_strdup(fhir_concept_words(needed, "zh"));
	o->as_needed = o->as_needed_for || needed ||
	    fhir_bool(dosage, "asNeededBoolean") == 1;
	o->note = g_strdup(fhir_text(dosage, "patientInstruction"));
	if (o->duration_days == 0)
		o->duration_days = read_days(fhir_get(dosage,
		    "timing.repeat.boundsDuration"));
}

/* Of several dosages ("one in the morning, two in the evening") only the route is
 * sure, when it is one. */
static void
read_shared(struct care_order *o, const fhir_node *dosages)
{
	const struct care_route *route = NULL;
	struct fhir_each each;
	const fhir_node *one;

	fhir_each(&each, dosages);
	while ((one = fhir_each_next(&each, NULL))) {
		const struct care_route *r = care_route_of(fhir_child(one,
		    "route"));

		if (!r || (route && r != route))
			return;
		route = r;
	}
	o->route = route;
}

struct care_order *
order_read(const fhir_node *request, enum order_by by)
{
	struct care_order *o = care_order_new();

	o->drug = care_drug_of_order(request);
	if (by == ORDER_OURS)
		drug_read_product(o->drug, request);
	o->origin = origin_of(fhir_text(get_extension(request, "origin"),
	    "valueCode"));
	read_dispense(o, fhir_child(request, "dispenseRequest"));
	if (fhir_count(request, "dosageInstruction") == 1)
		read_dosage(o, fhir_at(request, "dosageInstruction", 0));
	else
		read_shared(o, fhir_child(request, "dosageInstruction"));
	return o;
}
