/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drugs out of FHIR R4: Medication, MedicationKnowledge, and what an order itself
 * says. Servers differ; what is there is taken, what is not stays NULL.
 */
#include "care/order_room.h"

#include <string.h>

enum { LIST_MAX = 64 }; /* marks or ingredients of one drug */

static gboolean
has_han(const char *text)
{
	for (; text && *text; text = g_utf8_next_char(text))
		if (base_char_is_han(g_utf8_get_char(text)))
			return TRUE;
	return FALSE;
}

static void
set(char **field, const char *text)
{
	if (!*field && text && *text)
		*field = g_strdup(text);
}

/* ---- lists of marks ----------------------------------------------------- */

static void
list_add(GPtrArray *list, char *entry)
{
	if (list->len >= LIST_MAX || g_ptr_array_find_with_equal_func(list,
	    entry, g_str_equal, NULL))
		g_free(entry);
	else
		g_ptr_array_add(list, entry);
}

static void
list_codings(GPtrArray *list, const fhir_node *concept)
{
	struct fhir_each each;
	const fhir_node *coding;

	fhir_each(&each, fhir_child(concept, "coding"));
	while ((coding = fhir_each_next(&each, NULL))) {
		const char *system = fhir_text(coding, "system");
		const char *code = fhir_text(coding, "code");

		if (code)
			list_add(list, g_strdup_printf("%s|%s",
			    system ? system : "", code));
	}
}

static void
list_classes(GPtrArray *list, const fhir_node *knowledge)
{
	struct fhir_each each, inner;
	const fhir_node *node, *concept;

	fhir_each(&each, fhir_child(knowledge, "medicineClassification"));
	while ((node = fhir_each_next(&each, NULL))) {
		fhir_each(&inner, fhir_child(node, "classification"));
		while ((concept = fhir_each_next(&inner, NULL)))
			list_codings(list, concept);
	}
	fhir_each(&each, fhir_child(knowledge, "regulatory"));
	while ((node = fhir_each_next(&each, NULL))) {
		fhir_each(&inner, fhir_child(node, "schedule"));
		while ((concept = fhir_each_next(&inner, NULL)))
			list_codings(list, fhir_child(concept, "schedule"));
	}
}

static void
list_ingredient(GPtrArray *list, const fhir_node *ingredient)
{
	const fhir_node *concept = fhir_child(ingredient,
	    "itemCodeableConcept");
	const char *text = fhir_text(concept, "text");
	const char *ref = fhir_text(ingredient, "itemReference.reference");

	list_codings(list, concept);
	if (text && *text) {
		g_autofree char *folded = base_text_fold(text);

		list_add(list, g_strconcat("|", folded, NULL));
	}
	if (ref)
		list_add(list, g_strconcat("reference|", ref, NULL));
}

static char **
list_end(GPtrArray *list)
{
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

/* ---- parts -------------------------------------------------------------- */

/* The product's own code before a class's. */
static void
read_code(struct care_drug *drug, const fhir_node *concept)
{
	struct fhir_each each;
	const fhir_node *coding, *best = NULL;

	fhir_each(&each, fhir_child(concept, "coding"));
	while ((coding = fhir_each_next(&each, NULL))) {
		gboolean atc = g_strcmp0(fhir_text(coding, "system"),
		    CARE_ATC) == 0;

		if (fhir_text(coding, "code") && (!best || (!atc &&
		    g_strcmp0(fhir_text(best, "system"), CARE_ATC) == 0)))
			best = coding;
	}
	set(&drug->system, fhir_text(best, "system"));
	set(&drug->code, fhir_text(best, "code"));
	set(&drug->words, fhir_text(concept, "text"));
	set(&drug->words, fhir_text(best, "display"));
	set(&drug->words, fhir_text(concept, "coding.display"));
}

/* A unit as its code, or as it stands. */
static void
set_unit(char **field, const fhir_node *quantity)
{
	const struct care_unit *unit = care_unit_of(quantity);

	set(field, unit ? unit->code : NULL);
	set(field, fhir_text(quantity, "code"));
	set(field, fhir_text(quantity, "unit"));
}

static void
set_decimal(char **field, const fhir_node *quantity)
{
	g_autofree char *value = care_decimal_normal(fhir_number(quantity,
	    "value"));

	set(field, value);
}

static void
read_strength(struct care_drug *drug, const fhir_node *ratio)
{
	const fhir_node *per = fhir_child(ratio, "denominator");
	const struct care_unit *unit = care_unit_of(per);
	g_autofree char *value = care_decimal_normal(fhir_number(per, "value"));

	set_decimal(&drug->strength, fhir_child(ratio, "numerator"));
	set_unit(&drug->strength_unit, fhir_child(ratio, "numerator"));
	set_unit(&drug->piece_unit, per);
	/* "in 5 mL", not "in one tablet" */
	if (unit && unit->kind != KIND_COUNT && unit->kind != KIND_METERED &&
	    value) {
		set(&drug->per, value);
		set(&drug->per_unit, unit->code);
	}
}

/* "80/5 mg", "20 mg/25 ug": what tells two products of the same things apart.
 * Nothing is computed with it; one that is not stated leaves out all. */
static void
read_strengths(struct care_drug *drug, const fhir_node *list)
{
	g_autoptr(GString) plain = g_string_new(NULL);
	g_autoptr(GString) each_unit = g_string_new(NULL);
	g_autofree char *first = NULL;
	gboolean alike = TRUE;
	struct fhir_each each;
	const fhir_node *one;

	fhir_each(&each, list);
	while ((one = fhir_each_next(&each, NULL)) && plain->len < 60) {
		const fhir_node *n = fhir_get(one, "strength.numerator");
		g_autofree char *value = NULL, *unit = NULL;

		set_decimal(&value, n);
		set_unit(&unit, n);
		if (!value || !unit)
			return;
		if (!first)
			first = g_strdup(unit);
		alike &= strcmp(first, unit) == 0;
		g_string_append_printf(plain, "%s%s", plain->len ? "/" : "",
		    value);
		g_string_append_printf(each_unit, "%s%s %s", each_unit->len ?
		    "/" : "", value, unit);
	}
	g_string_append_printf(plain, " %s", first);
	set(&drug->strengths, alike ? plain->str : each_unit->str);
}

static void
read_ingredients(struct care_drug *drug, const fhir_node *list,
    GPtrArray *found, GPtrArray *marks)
{
	struct fhir_each each;
	const fhir_node *one;
	gboolean single = fhir_count(list, NULL) == 1;

	fhir_each(&each, list);
	while ((one = fhir_each_next(&each, NULL))) {
		list_ingredient(found, one);
		if (!single)
			continue;
		list_codings(marks, fhir_child(one, "itemCodeableConcept"));
		read_strength(drug, fhir_child(one, "strength"));
	}
	if (fhir_count(list, NULL) > 1) { /* counted all the same */
		set_unit(&drug->piece_unit, fhir_get(list,
		    "strength.denominator"));
		read_strengths(drug, list);
	}
}

static void
read_form(struct care_drug *drug, const fhir_node *form)
{
	set(&drug->form, fhir_text(form, "coding.code"));
	set(&drug->form_words, fhir_text(form, "text"));
	set(&drug->form_words, fhir_text(form, "coding.display"));
	set(&drug->form_display, fhir_text(form, "coding.display"));
}

static void
read_pack(struct care_drug *drug, const fhir_node *quantity)
{
	set_decimal(&drug->pack, quantity);
	set_unit(&drug->piece_unit, quantity);
}

static void
read_names(struct care_drug *drug, const fhir_node *synonyms)
{
	for (size_t i = 0; i < fhir_count(synonyms, NULL); i++) {
		g_autofree char *path = g_strdup_printf("[%zu]", i);
		const char *name = fhir_text(synonyms, path);
		char **field = has_han(name) ? &drug->generic_zh :
		    &drug->generic_en;

		set(*field ? &drug->brand : field, name);
	}
}

/* Without knowledge, the name of the one thing in it. */
static void
read_name_of_ingredient(struct care_drug *drug, const fhir_node *medication)
{
	const fhir_node *concept = fhir_get(medication,
	    "ingredient.itemCodeableConcept");
	const char *text = fhir_text(concept, "text");
	const char *display = fhir_text(concept, "coding.display");

	if (fhir_count(medication, "ingredient") != 1)
		return;
	set(has_han(text) ? &drug->generic_zh : &drug->generic_en, text);
	set(has_han(display) ? &drug->generic_zh : &drug->generic_en, display);
}

static void
read_dose(struct care_drug *drug, const fhir_node *knowledge)
{
	const fhir_node *dosage = fhir_get(knowledge,
	    "administrationGuidelines.dosage.dosage");
	const fhir_node *range = fhir_get(dosage, "doseAndRate.doseRange");
	const fhir_node *one = fhir_get(dosage, "doseAndRate.doseQuantity");

	set_decimal(&drug->dose_low, range ? fhir_child(range, "low") : one);
	set_decimal(&drug->dose_high, range ? fhir_child(range, "high") : one);
	set_unit(&drug->dose_unit, range ? fhir_child(range, "high") : one);
	set(&drug->dose_source, fhir_text(dosage, "text"));
}

static void
read_ref(struct care_drug *drug, const fhir_node *medication,
    const fhir_node *knowledge)
{
	const char *id = fhir_text(medication, "id");

	if (id)
		drug->ref = g_strconcat("Medication/", id, NULL);
	else
		set(&drug->ref, fhir_text(knowledge,
		    "associatedMedication.reference"));
}

static gboolean
marked_herbal(const struct care_drug *drug)
{
	for (char **m = drug->marks; *m; m++)
		if (g_str_has_suffix(*m, "|herbal-piece"))
			return TRUE;
	return g_strcmp0(drug->form, "HERB") == 0;
}

static void
read_medication(struct care_drug *drug, const fhir_node *medication,
    GPtrArray *marks, GPtrArray *ingredients)
{
	const fhir_node *amount = fhir_child(medication, "amount");

	read_code(drug, fhir_child(medication, "code"));
	list_codings(marks, fhir_child(medication, "code"));
	read_form(drug, fhir_child(medication, "form"));
	read_ingredients(drug, fhir_child(medication, "ingredient"),
	    ingredients, marks);
	read_pack(drug, fhir_child(amount, "numerator"));
	set_unit(&drug->pack_unit, fhir_child(amount, "denominator"));
}

static void
read_knowledge(struct care_drug *drug, const fhir_node *knowledge,
    GPtrArray *marks)
{
	const struct care_route *route = care_route_of(fhir_get(knowledge,
	    "intendedRoute[0]"));

	read_names(drug, fhir_child(knowledge, "synonym"));
	read_code(drug, fhir_child(knowledge, "code"));
	list_codings(marks, fhir_child(knowledge, "code"));
	list_classes(marks, knowledge);
	read_form(drug, fhir_child(knowledge, "doseForm"));
	read_pack(drug, fhir_get(knowledge, "packaging.quantity"));
	set(&drug->route, route ? route->code : NULL);
	read_dose(drug, knowledge);
}

static gboolean
is_type(const fhir_node *node, const char *type)
{
	return g_strcmp0(fhir_text(node, "resourceType"), type) == 0;
}

struct care_drug *
care_drug_read(const fhir_node *medication, const fhir_node *knowledge)
{
	GPtrArray *marks, *ingredients;
	struct care_drug *drug;

	if (!is_type(medication, "Medication"))
		medication = NULL;
	if (!is_type(knowledge, "MedicationKnowledge"))
		knowledge = NULL;
	if (!medication && !knowledge)
		return NULL;
	drug = g_new0(struct care_drug, 1);
	marks = g_ptr_array_new();
	ingredients = g_ptr_array_new();
	read_ref(drug, medication, knowledge);
	if (medication)
		read_medication(drug, medication, marks, ingredients);
	if (knowledge)
		read_knowledge(drug, knowledge, marks);
	if (medication)
		read_name_of_ingredient(drug, medication);
	else
		read_ingredients(drug, fhir_child(knowledge, "ingredient"),
		    ingredients, marks);
	drug->marks = list_end(marks);
	drug->ingredients = list_end(ingredients);
	drug->herbal = marked_herbal(drug);
	return drug;
}

/* ---- what an order says ------------------------------------------------- */

struct care_drug *
drug_of_concept(const fhir_node *concept)
{
	struct care_drug *drug = g_new0(struct care_drug, 1);
	GPtrArray *marks = g_ptr_array_new();

	read_code(drug, concept);
	list_codings(marks, concept);
	drug->marks = list_end(marks);
	drug->ingredients = g_new0(char *, 1);
	drug->claimed = TRUE;
	return drug;
}

static const fhir_node *
contained(const fhir_node *request, const char *id)
{
	struct fhir_each each;
	const fhir_node *node;

	fhir_each(&each, fhir_child(request, "contained"));
	while ((node = fhir_each_next(&each, NULL)))
		if (g_strcmp0(fhir_text(node, "id"), id) == 0)
			return node;
	return NULL;
}

static struct care_drug *
drug_of_reference(const fhir_node *request)
{
	const fhir_node *reference = fhir_child(request, "medicationReference");
	const char *ref = fhir_text(reference, "reference");
	struct care_drug *drug = ref && *ref == '#' ?
	    care_drug_read(contained(request, ref + 1), NULL) : NULL;
	struct fhir_ref parsed;

	if (drug)
		g_clear_pointer(&drug->ref, g_free); /* not on the server */
	else
		drug = drug_of_concept(NULL);
	if (fhir_ref_parse(ref, &parsed))
		drug->ref = g_strdup_printf("%s/%s", parsed.type, parsed.id);
	set(&drug->words, fhir_text(reference, "display"));
	drug->claimed = TRUE;
	return drug;
}

struct care_drug *
care_drug_of_order(const fhir_node *request)
{
	const fhir_node *concept = fhir_child(request,
	    "medicationCodeableConcept");

	return concept ? drug_of_concept(concept) : drug_of_reference(request);
}
