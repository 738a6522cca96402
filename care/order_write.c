/* SPDX-License-Identifier: Apache-2.0 */
/* An order as R4's Dosage, and the pieces FHIR is built of. */
#include "care/order_room.h"

#include <string.h>

void
out_quantity(struct fhir_out *out, const char *key, const char *value,
    const char *unit, const char *lang)
{
	if (!value)
		return;
	fhir_out_open(out, key, '{');
	fhir_out_number(out, "value", value);
	if (unit) {
		fhir_out_text(out, "unit", care_unit_words(unit, value, lang));
		/* one that UCUM does not know is words alone */
		if (care_unit_find(unit)) {
			fhir_out_text(out, "system", FHIR_UCUM);
			fhir_out_text(out, "code", unit);
		}
	}
	fhir_out_close(out);
}

void
out_concept(struct fhir_out *out, const char *key, const char *system,
    const char *code, const char *display, const char *text)
{
	fhir_out_open(out, key, '{');
	if (code) {
		fhir_out_open(out, "coding", '[');
		fhir_out_open(out, NULL, '{');
		fhir_out_text(out, "system", system);
		fhir_out_text(out, "code", code);
		fhir_out_text(out, "display", display);
		fhir_out_close(out);
		fhir_out_close(out);
	}
	fhir_out_text(out, "text", text);
	fhir_out_close(out);
}

void
out_extension(struct fhir_out *out, const char *name)
{
	g_autofree char *url = g_strconcat(CARE_EXT, name, NULL);

	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "url", url);
}

const fhir_node *
get_extension(const fhir_node *node, const char *name)
{
	struct fhir_each each;
	const fhir_node *one;

	fhir_each(&each, fhir_child(node, "extension"));
	while ((one = fhir_each_next(&each, NULL))) {
		const char *url = fhir_text(one, "url");

		if (url && g_str_has_prefix(url, CARE_EXT) &&
		    strcmp(url + strlen(CARE_EXT), name) == 0)
			return one;
	}
	return NULL;
}

/* ---- origin ------------------------------------------------------------- */

static const char *const origins[] = {
	[ORIGIN_DOCTOR] = "doctor",
	[ORIGIN_CARRIED] = "carried",
	[ORIGIN_TEMPLATE] = "template",
	[ORIGIN_PROGRAM] = "program",
	[ORIGIN_MACHINE] = "machine",
};

const char *
origin_code(enum care_origin origin)
{
	return origins[origin];
}

/* What does not say where it comes from is not taken for a doctor's. */
enum care_origin
origin_of(const char *code)
{
	for (size_t i = 0; code && i < G_N_ELEMENTS(origins); i++)
		if (strcmp(origins[i], code) == 0)
			return (enum care_origin)i;
	return ORIGIN_MACHINE;
}

/* ---- timing ------------------------------------------------------------- */

static void
write_repeat(struct fhir_out *out, const struct care_order *o)
{
	const struct care_frequency *f = o->frequency;

	fhir_out_open(out, "repeat", '{');
	if (f && f->once)
		fhir_out_int(out, "count", 1);
	if (f && !f->once) {
		fhir_out_int(out, "frequency", f->frequency);
		fhir_out_number(out, "period", f->period);
		fhir_out_text(out, "periodUnit", f->period_unit);
	}
	fhir_out_open(out, "dayOfWeek", '[');
	for (unsigned i = 0; care_weekdays[i].code; i++)
		if (o->weekdays & 1u << i)
			fhir_out_text(out, NULL, care_weekdays[i].code);
	fhir_out_close(out);
	fhir_out_open(out, "when", '[');
	fhir_out_text(out, NULL, f ? f->when : NULL);
	fhir_out_text(out, NULL, o->when ? o->when->code : NULL);
	fhir_out_close(out);
	fhir_out_close(out);
}

static void
write_timing(struct fhir_out *out, const struct care_order *o,
    const char *lang)
{
	const struct care_frequency *f = o->frequency;

	fhir_out_open(out, "timing", '{');
	write_repeat(out, o);
	if (f)
		out_concept(out, "code", CARE_GTS, f->coded, NULL,
		    g_str_has_prefix(lang, "zh") ? f->zh : f->en);
	fhir_out_close(out);
}

static void
write_needed(struct fhir_out *out, const struct care_order *o)
{
	if (o->as_needed_for)
		out_concept(out, "asNeededCodeableConcept", NULL, NULL, NULL,
		    o->as_needed_for);
	else if (o->as_needed)
		fhir_out_bool(out, "asNeededBoolean", TRUE);
}

static void
write_dose(struct fhir_out *out, const struct care_order *o, const char *lang)
{
	fhir_out_open(out, "doseAndRate", '[');
	fhir_out_open(out, NULL, '{');
	if (o->dose_high) {
		fhir_out_open(out, "doseRange", '{');
		out_quantity(out, "low", o->dose, o->dose_unit, lang);
		out_quantity(out, "high", o->dose_high, o->dose_unit, lang);
		fhir_out_close(out);
	} else {
		out_quantity(out, "doseQuantity", o->dose, o->dose_unit, lang);
	}
	fhir_out_close(out);
	fhir_out_close(out);
}

void
order_write_dosage(struct fhir_out *out, const struct care_order *o,
    const char *lang)
{
	gboolean zh = g_str_has_prefix(lang, "zh");

	write_timing(out, o, lang);
	write_needed(out, o);
	if (o->route)
		out_concept(out, "route", CARE_SNOMED, o->route->snomed, NULL,
		    zh ? o->route->zh : o->route->en);
	if (!o->drug->herbal)
		write_dose(out, o, lang);
}
