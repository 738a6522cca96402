/* SPDX-License-Identifier: Apache-2.0 */
/* A drug as a value: its texts, its name, and whether two are one substance. */
#include "care/order_room.h"

#include <string.h>

/* All texts of the struct: what is copied, freed and compared. */
static const size_t texts[] = {
#define TEXT(field) G_STRUCT_OFFSET(struct care_drug, field)
	TEXT(ref), TEXT(system), TEXT(code), TEXT(generic_zh), TEXT(generic_en),
	TEXT(brand), TEXT(words), TEXT(strength), TEXT(strength_unit),
	TEXT(strengths), TEXT(per), TEXT(per_unit), TEXT(form), TEXT(form_words), TEXT(form_display),
	TEXT(piece_unit), TEXT(pack), TEXT(pack_unit), TEXT(route),
	TEXT(dose_low), TEXT(dose_high), TEXT(dose_unit), TEXT(dose_source),
#undef TEXT
};

struct care_drug *
care_drug_copy(const struct care_drug *drug)
{
	struct care_drug *copy;

	if (!drug)
		return NULL;
	copy = g_new0(struct care_drug, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		G_STRUCT_MEMBER(char *, copy, texts[i]) =
		    g_strdup(G_STRUCT_MEMBER(char *, drug, texts[i]));
	copy->marks = g_strdupv(drug->marks);
	copy->ingredients = g_strdupv(drug->ingredients);
	copy->herbal = drug->herbal;
	copy->claimed = drug->claimed;
	return copy;
}

void
care_drug_free(struct care_drug *drug)
{
	if (!drug)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(G_STRUCT_MEMBER(char *, drug, texts[i]));
	g_strfreev(drug->marks);
	g_strfreev(drug->ingredients);
	g_free(drug);
}

static const char *
first_of(const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (names[i] && *names[i])
			return names[i];
	return "";
}

const char *
care_drug_words(const struct care_drug *drug, const char *lang)
{
	gboolean zh = g_str_has_prefix(lang, "zh");
	const char *const names[] = {
		zh ? drug->generic_zh : drug->generic_en,
		drug->words,
		zh ? drug->generic_en : drug->generic_zh,
		drug->brand,
		drug->code,
	};

	return first_of(names, G_N_ELEMENTS(names));
}

gboolean
care_drug_marked(const struct care_drug *drug, const char *prefix)
{
	for (char **m = drug->marks; m && *m; m++)
		if (g_str_has_prefix(*m, prefix))
			return TRUE;
	return FALSE;
}

/* ---- one substance ------------------------------------------------------ */

static gboolean
listed(char *const *list, const char *entry)
{
	return list && g_strv_contains((const char *const *)list, entry);
}

/* By code, or by the folded words of a single ingredient. */
static gboolean
share_ingredient(const struct care_drug *a, const struct care_drug *b)
{
	for (char **i = a->ingredients; i && *i; i++)
		if (listed(b->ingredients, *i))
			return TRUE;
	return FALSE;
}

/* ATC's fifth level, seven characters, is the chemical substance. */
static gboolean
share_atc(const struct care_drug *a, const struct care_drug *b)
{
	static const char atc[] = CARE_ATC "|";

	for (char **m = a->marks; m && *m; m++)
		if (g_str_has_prefix(*m, atc) &&
		    strlen(*m) == strlen(atc) + 7 && listed(b->marks, *m))
			return TRUE;
	return FALSE;
}

static gboolean
named_as(const struct care_drug *a, const struct care_drug *b)
{
	const char *const names[] = { b->generic_zh, b->generic_en, b->words };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i] && drug_named(a, names[i]))
			return TRUE;
	return FALSE;
}

gboolean
care_drug_same_substance(const struct care_drug *a, const struct care_drug *b)
{
	return share_ingredient(a, b) || share_atc(a, b) || named_as(a, b) ||
	    named_as(b, a);
}
