/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hospital's formulary: products with their generic names, strengths, marks
 * and usual doses (clinic/data/formulary*.c), written as Medication and
 * MedicationKnowledge. Practice data: real generic names and ATC codes, invented
 * products, packs and brands, doses from common knowledge without a source.
 */
#ifndef QN_CLINIC_FORMULARY_H
#define QN_CLINIC_FORMULARY_H

#include "clinic/seed_priv.h"

#define DRUG_SYSTEM "https://qingnang.example/drug"
#define ATC_SYSTEM "http://www.whocc.no/atc"

enum formulary_form_of {
	FORM_TAB, FORM_ERTAB, FORM_ECTAB, FORM_CHTAB, FORM_CAP, FORM_ERCAP,
	FORM_ECCAP, FORM_SCAP, FORM_GRAN, FORM_POWD, FORM_SOL, FORM_SUSP,
	FORM_INJ, FORM_INJP, FORM_PEN, FORM_INH, FORM_MDI, FORM_NEB, FORM_NAS,
	FORM_EYE, FORM_CRM, FORM_OINT, FORM_GEL, FORM_LOT, FORM_PATCH,
	FORM_SUPP, FORM_PILL, FORM_DROPP, FORM_HERB, FORMS_
};

/* What is counted of it, and how it is taken. before and after make the
 * product's name of the generic one. */
struct formulary_form {
	const char *code, *zh, *en, *before_zh, *after_zh;
	const char *ucum, *unit_zh, *unit_en;
	const char *route, *route_zh, *route_en; /* SNOMED CT */
};
extern const struct formulary_form formulary_forms[FORMS_];

/*
 * strength: of one piece, or "18 mg/3 mL", "1 %", with "+" between the parts of a
 * combination. dose: usual single dose, "2.5-10 mg". marks: N narcotic, P and Q
 * psychotropic I and II, T toxic, E precursor; a b c d US schedule II to V;
 * 1 2 3 antimicrobial non-restricted, restricted, special; F cold; X no courier;
 * C patent Chinese medicine. parts: "ATC,zh,en;…" of a combination.
 */
struct formulary_drug {
	const char *code, *atc, *zh, *en;
	enum formulary_form_of form;
	const char *strength, *pack, *dose, *marks, *brand, *parts;
};
#define FORMULARY_LIST(name) \
	extern const struct formulary_drug formulary_##name[]; \
	extern const size_t formulary_##name##_count
FORMULARY_LIST(heart);
FORMULARY_LIST(body);
FORMULARY_LIST(mind);
FORMULARY_LIST(more);
FORMULARY_LIST(herb);

/* All lists as one, by number; NULL after the last. */
const struct formulary_drug *formulary_at(size_t i);
/* By product code; NULL: none. */
const struct formulary_drug *formulary_find(const char *code);
/* "氨氯地平片", "amlodipine tablet"; owned. */
char *formulary_name_zh(const struct formulary_drug *drug);
char *formulary_name_en(const struct formulary_drug *drug);
/* "5 mg", "200 mg/50 mg", units as people write them. Owned. */
char *formulary_strength(const struct formulary_drug *drug);
/* The CodeableConcept of a product: product and ATC codings, text. */
void formulary_concept(GString *s, const char *key,
    const struct formulary_drug *drug, const char *text);
/* Both resources of each product, and made-up ones until there are rows. */
void seed_formulary_put(struct seed *g, int rows);

#endif
