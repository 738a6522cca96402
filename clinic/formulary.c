/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of the formulary as one, and the words and codes of a product. */
#include "clinic/formulary.h"

#include <string.h>

#define LIST(name) { formulary_##name, &formulary_##name##_count }
static const struct {
	const struct formulary_drug *rows;
	const size_t *count;
} lists[] = { LIST(heart), LIST(body), LIST(mind), LIST(more), LIST(herb) };

const struct formulary_drug *
formulary_at(size_t i)
{
	for (size_t l = 0; l < G_N_ELEMENTS(lists); l++) {
		if (i < *lists[l].count)
			return &lists[l].rows[i];
		i -= *lists[l].count;
	}
	return NULL;
}

const struct formulary_drug *
formulary_find(const char *code)
{
	const struct formulary_drug *d;

	for (size_t i = 0; (d = formulary_at(i)); i++)
		if (strcmp(d->code, code) == 0)
			return d;
	return NULL;
}

char *
formulary_name_zh(const struct formulary_drug *drug)
{
	const struct formulary_form *f = &formulary_forms[drug->form];

	return g_strconcat(f->before_zh, drug->zh, f->after_zh, NULL);
}

char *
formulary_name_en(const struct formulary_drug *drug)
{
	return g_strconcat(drug->en, " ", formulary_forms[drug->form].en, NULL);
}

char *
formulary_strength(const struct formulary_drug *drug)
{
	static const struct { const char *ucum, *words; } units[] = {
		{ " ug", " µg" }, { "[iU]", "IU" }, { "[U]", "U" }, { "+", "/" },
	};
	GString *s = g_string_new(drug->strength);

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		g_string_replace(s, units[i].ucum, units[i].words, 0);
	return g_string_free(s, FALSE);
}

void
formulary_concept(GString *s, const char *key,
    const struct formulary_drug *drug, const char *text)
{
	g_autofree char *name = formulary_name_en(drug);
	g_autofree char *strength = formulary_strength(drug);
	g_autofree char *display = g_strconcat(name, " ", strength, NULL);

	sj_open(s, key, '{');
	sj_open(s, "coding", '[');
	sj_coding(s, DRUG_SYSTEM, drug->code, display);
	if (drug->atc)
		sj_coding(s, ATC_SYSTEM, drug->atc, drug->en);
	sj_close(s, ']');
	sj_text(s, "text", text);
	sj_close(s, '}');
}
