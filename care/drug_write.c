/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A drug into an order: the concept that every system reads, and the extension
 * "product" for what of a formulary's product a MedicationRequest has no place
 * for. Table and extension have the same order, so the bytes are stable.
 */
#include "care/order_room.h"

#include <string.h>

static const struct { const char *name; size_t offset; } members[] = {
#define MEMBER(name, field) { name, G_STRUCT_OFFSET(struct care_drug, field) }
	MEMBER("generic-zh", generic_zh), MEMBER("generic-en", generic_en),
	MEMBER("brand", brand), MEMBER("strength", strength),
	MEMBER("strength-unit", strength_unit),
	MEMBER("strengths", strengths), MEMBER("per", per),
	MEMBER("per-unit", per_unit), MEMBER("form", form),
	MEMBER("form-words", form_words), MEMBER("form-display", form_display),
	MEMBER("piece-unit", piece_unit), MEMBER("pack", pack),
	MEMBER("pack-unit", pack_unit), MEMBER("route", route),
	MEMBER("dose-low", dose_low), MEMBER("dose-high", dose_high),
	MEMBER("dose-unit", dose_unit), MEMBER("dose-source", dose_source),
#undef MEMBER
};

static const char name[] = "product";

static void
put(struct fhir_out *out, const char *url, const char *text)
{
	if (!text || !*text)
		return;
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "url", url);
	fhir_out_text(out, "valueString", text);
	fhir_out_close(out);
}

static void
put_ref(struct fhir_out *out, const char *ref)
{
	if (!ref)
		return;
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "url", "medication");
	fhir_out_reference(out, "valueReference", ref, NULL);
	fhir_out_close(out);
}

void
drug_write_product(struct fhir_out *out, const struct care_drug *drug)
{
	fhir_out_open(out, NULL, '{');
	fhir_out_open(out, "extension", '[');
	put_ref(out, drug->ref);
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		put(out, members[i].name, G_STRUCT_MEMBER(char *, drug,
		    members[i].offset));
	for (char **m = drug->marks; m && *m; m++)
		put(out, "mark", *m);
	for (char **i = drug->ingredients; i && *i; i++)
		put(out, "ingredient", *i);
	put(out, "kind", drug->herbal ? "herbal-piece" : "drug");
	put(out, "source", drug->claimed ? "order" : "formulary");
	fhir_out_close(out);
	fhir_out_text(out, "url", CARE_EXT "product");
	fhir_out_close(out);
}

static char **
field_of(struct care_drug *drug, const char *url)
{
	for (size_t i = 0; url && i < G_N_ELEMENTS(members); i++)
		if (strcmp(members[i].name, url) == 0)
			return &G_STRUCT_MEMBER(char *, drug,
			    members[i].offset);
	return NULL;
}

static void
read_member(struct care_drug *drug, const fhir_node *node, GPtrArray *marks,
    GPtrArray *ingredients)
{
	const char *url = fhir_text(node, "url");
	const char *text = fhir_text(node, "valueString");
	const char *ref = fhir_text(node, "valueReference.reference");
	char **field = field_of(drug, url);

	if (ref && g_strcmp0(url, "medication") == 0) {
		g_free(drug->ref);
		drug->ref = g_strdup(ref);
	}
	if (!text)
		return;
	if (field) {
		g_free(*field);
		*field = g_strdup(text);
	} else if (g_strcmp0(url, "mark") == 0) {
		g_ptr_array_add(marks, g_strdup(text));
	} else if (g_strcmp0(url, "ingredient") == 0) {
		g_ptr_array_add(ingredients, g_strdup(text));
	} else if (g_strcmp0(url, "kind") == 0) {
		drug->herbal = strcmp(text, "herbal-piece") == 0;
	} else if (g_strcmp0(url, "source") == 0) {
		drug->claimed = strcmp(text, "formulary") != 0;
	}
}

gboolean
drug_read_product(struct care_drug *drug, const fhir_node *node)
{
	const fhir_node *product = get_extension(node, name), *member;
	GPtrArray *marks, *ingredients;
	struct fhir_each each;

	if (!product)
		return FALSE;
	marks = g_ptr_array_new();
	ingredients = g_ptr_array_new();
	fhir_each(&each, fhir_child(product, "extension"));
	while ((member = fhir_each_next(&each, NULL)))
		read_member(drug, member, marks, ingredients);
	g_ptr_array_add(marks, NULL);
	g_ptr_array_add(ingredients, NULL);
	g_strfreev(drug->marks);
	g_strfreev(drug->ingredients);
	drug->marks = (char **)g_ptr_array_free(marks, FALSE);
	drug->ingredients = (char **)g_ptr_array_free(ingredients, FALSE);
	return TRUE;
}

static void
put_coding(struct fhir_out *out, const char *system, const char *code,
    const char *display)
{
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "system", system && *system ? system : NULL);
	fhir_out_text(out, "code", code);
	fhir_out_text(out, "display", display);
	fhir_out_close(out);
}

/* The drug's own code, then its ATC codes, which duplicate-therapy checks of other
 * systems look for. */
void
drug_write_concept(struct fhir_out *out, const char *key,
    const struct care_drug *drug, const char *lang)
{
	static const char atc[] = CARE_ATC "|";

	fhir_out_open(out, key, '{');
	fhir_out_open(out, "coding", '[');
	if (drug->code)
		put_coding(out, drug->system, drug->code, drug->generic_en);
	for (char **m = drug->marks; m && *m; m++)
		if (g_str_has_prefix(*m, atc) && g_strcmp0(drug->code,
		    *m + strlen(atc)) != 0)
			put_coding(out, CARE_ATC, *m + strlen(atc), NULL);
	fhir_out_close(out);
	fhir_out_text(out, "text", drug->words ? drug->words :
	    care_drug_words(drug, lang));
	fhir_out_close(out);
}
