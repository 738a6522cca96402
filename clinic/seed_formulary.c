/* SPDX-License-Identifier: Apache-2.0 */
/* The formulary as Medication and MedicationKnowledge, one of each a product. */
#include "clinic/formulary.h"

#include <string.h>

#define OURS "https://qingnang.example/"
#define UCUM "http://unitsofmeasure.org"
#define PRACTICE "练习数据，仅供演示，不得用于诊疗 "                           \
	"(practice data, not for care)"

/* ---- quantities --------------------------------------------------------- */

static void
measure(GString *s, const char *key, const char *value, const char *unit,
    const char *ucum)
{
	sj_open(s, key, '{');
	sj_raw(s, "value", value);
	sj_text(s, "unit", unit);
	sj_text(s, "system", UCUM);
	sj_text(s, "code", ucum);
	sj_close(s, '}');
}

static const char *
unit_words(const struct formulary_form *form, const char *ucum)
{
	if (strcmp(ucum, "ug") == 0)
		return "µg";
	if (strcmp(ucum, "[iU]") == 0)
		return "IU";
	if (strcmp(ucum, "[U]") == 0)
		return "U";
	if (strcmp(ucum, "[drp]") == 0)
		return "滴";
	if (strcmp(ucum, "{application}") == 0)
		return "薄层";
	return ucum[0] == '{' ? form->unit_zh : ucum;
}

/* "18 mg" in one piece; "18 mg/3 mL"; "1 %" is so many grams in a hundred. */
static void
strength_write(GString *s, const struct formulary_form *form, const char *text)
{
	g_auto(GStrv) halves = g_strsplit(text, "/", 2);
	g_auto(GStrv) top = g_strsplit(halves[0], " ", 2);
	gboolean percent = strcmp(top[1], "%") == 0;
	const char *value = "1", *unit = form->ucum;

	if (percent) {
		top[1][0] = 'g';
		value = "100";
	} else if (halves[1]) {
		char *blank = strchr(halves[1], ' ');

		if (blank)
			*blank = 0;
		value = blank ? halves[1] : "1";
		unit = blank ? blank + 1 : halves[1];
	}
	sj_open(s, "strength", '{');
	measure(s, "numerator", top[0], unit_words(form, top[1]), top[1]);
	measure(s, "denominator", value, unit_words(form, unit), unit);
	sj_close(s, '}');
}

/* ---- Medication --------------------------------------------------------- */

static void
part_write(GString *s, const struct formulary_form *form, const char *atc,
    const char *zh, const char *en, const char *strength)
{
	sj_open(s, NULL, '{');
	sj_concept(s, "itemCodeableConcept", ATC_SYSTEM,
	    atc && atc[0] ? atc : NULL, en, zh);
	sj_raw(s, "isActive", "true");
	strength_write(s, form, strength);
	sj_close(s, '}');
}

static void
ingredients_write(GString *s, const struct formulary_drug *d)
{
	const struct formulary_form *form = &formulary_forms[d->form];
	g_auto(GStrv) parts = g_strsplit(d->parts ? d->parts : "", ";", -1);
	g_auto(GStrv) strengths = g_strsplit(d->strength, "+", -1);

	sj_open(s, "ingredient", '[');
	if (!d->parts)
		part_write(s, form, d->atc, d->zh, d->en, d->strength);
	for (int i = 0; parts[i] && strengths[i]; i++) {
		g_auto(GStrv) one = g_strsplit(parts[i], ",", 3);

		part_write(s, form, one[0], one[1], one[2], strengths[i]);
	}
	sj_close(s, ']');
}

static char *
title(const struct formulary_drug *d)
{
	g_autofree char *name = formulary_name_zh(d);
	g_autofree char *strength = formulary_strength(d);

	return d->form == FORM_HERB ? g_strdup(name)
	    : g_strconcat(name, " ", strength, NULL);
}

static void
form_write(GString *s, const char *key, const struct formulary_form *form)
{
	sj_concept(s, key, OURS "dose-form", form->code, form->en, form->zh);
}

static void
medication_put(struct seed *g, const struct formulary_drug *d, const char *id,
    int64_t ms)
{
	const struct formulary_form *form = &formulary_forms[d->form];
	g_autofree char *words = title(d);
	GString *s = seed_begin(g, "Medication", "%s", id);

	formulary_concept(s, "code", d, words);
	sj_text(s, "status", "active");
	form_write(s, "form", form);
	sj_open(s, "amount", '{');
	measure(s, "numerator", d->pack, form->unit_zh, form->ucum);
	measure(s, "denominator", "1", "盒", "{pack}");
	sj_close(s, '}');
	ingredients_write(s, d);
	seed_put(g, ms);
}

/* ---- MedicationKnowledge ------------------------------------------------ */

struct mark {
	char letter;
	const char *kind, *code, *zh; /* kind: the end of its system's name */
};
static const struct mark schedules[] = {
	{ 'N', "controlled-drug", "narcotic", "麻醉药品" },
	{ 'P', "controlled-drug", "psychotropic-1", "第一类精神药品" },
	{ 'Q', "controlled-drug", "psychotropic-2", "第二类精神药品" },
	{ 'T', "controlled-drug", "toxic", "医疗用毒性药品" },
	{ 'E', "controlled-drug", "precursor", "药品类易制毒化学品" },
	{ 'a', "us-schedule", "CII", "CII" },
	{ 'b', "us-schedule", "CIII", "CIII" },
	{ 'c', "us-schedule", "CIV", "CIV" },
	{ 'd', "us-schedule", "CV", "CV" },
};
static const struct mark classes[] = {
	{ '1', "antimicrobial-level", "non-restricted", "非限制使用级" },
	{ '2', "antimicrobial-level", "restricted", "限制使用级" },
	{ '3', "antimicrobial-level", "special", "特殊使用级" },
	{ 'F', "storage", "refrigerated", "2–8 °C 冷藏" },
	{ 'X', "delivery", "no-courier", "不得网络零售配送" },
	{ 'C', "drug-kind", "patent-chinese", "中成药" },
};

static void
class_write(GString *s, const char *kind, const char *system, const char *code,
    const char *zh)
{
	sj_open(s, NULL, '{');
	sj_concept(s, "type", NULL, NULL, NULL, kind);
	sj_concepts1(s, "classification", system, code, NULL, zh);
	sj_close(s, '}');
}

static void
classes_write(GString *s, const struct formulary_drug *d)
{
	gboolean herb = d->form == FORM_HERB;

	sj_open(s, "medicineClassification", '[');
	if (d->atc) {
		g_autofree char *group = g_strndup(d->atc, 5);

		class_write(s, "ATC", ATC_SYSTEM, group, NULL);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
		g_autofree char *system = g_strconcat(OURS, classes[i].kind,
		    NULL);

		if (strchr(d->marks, classes[i].letter))
			class_write(s, classes[i].kind, system, classes[i].code,
			    classes[i].zh);
	}
	if (!strchr(d->marks, 'C'))
		class_write(s, "drug-kind", OURS "drug-kind",
		    herb ? "herbal-piece" : "western",
		    herb ? "中药饮片" : "西药");
	sj_close(s, ']');
}

static void
regulatory_write(GString *s, const struct formulary_drug *d)
{
	gboolean open = FALSE;

	for (size_t i = 0; i < G_N_ELEMENTS(schedules); i++) {
		g_autofree char *system = g_strconcat(OURS, schedules[i].kind,
		    NULL);

		if (!strchr(d->marks, schedules[i].letter))
			continue;
		if (!open)
			sj_open(s, "regulatory", '[');
		open = TRUE;
		sj_open(s, NULL, '{');
		sj_open(s, "regulatoryAuthority", '{');
		sj_text(s, "display", PRACTICE);
		sj_close(s, '}');
		sj_open(s, "schedule", '[');
		sj_open(s, NULL, '{');
		sj_concept(s, "schedule", system, schedules[i].code, NULL,
		    schedules[i].zh);
		sj_close(s, '}');
		sj_close(s, ']');
		sj_close(s, '}');
	}
	if (open)
		sj_close(s, ']');
}

/* "2.5-10 mg"; one number is both ends. */
static void
dose_write(GString *s, const struct formulary_drug *d)
{
	const struct formulary_form *form = &formulary_forms[d->form];
	g_auto(GStrv) halves = g_strsplit(d->dose, " ", 2);
	g_auto(GStrv) ends = g_strsplit(halves[0], "-", 2);
	const char *unit = unit_words(form, halves[1]);

	sj_open(s, "administrationGuidelines", '[');
	sj_open(s, NULL, '{');
	sj_open(s, "dosage", '[');
	sj_open(s, NULL, '{');
	sj_concept(s, "type", NULL, NULL, NULL, "usual single dose");
	sj_open(s, "dosage", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "text", PRACTICE);
	sj_open(s, "doseAndRate", '[');
	sj_open(s, NULL, '{');
	sj_open(s, "doseRange", '{');
	measure(s, "low", ends[0], unit, halves[1]);
	measure(s, "high", ends[1] ? ends[1] : ends[0], unit, halves[1]);
	g_string_append(s, "}}]}]}]}]");
}

static void
names_write(GString *s, const struct formulary_drug *d)
{
	sj_open(s, "synonym", '[');
	sj_text(s, NULL, d->zh);
	sj_text(s, NULL, d->en);
	if (d->brand)
		sj_text(s, NULL, d->brand);
	sj_close(s, ']');
}

static void
narrative_write(GString *s)
{
	sj_open(s, "text", '{');
	sj_text(s, "status", "generated");
	sj_text(s, "div", "<div xmlns=\"http://www.w3.org/1999/xhtml\">"
	    PRACTICE "</div>");
	sj_close(s, '}');
}

static void
knowledge_put(struct seed *g, const struct formulary_drug *d, const char *id,
    int64_t ms)
{
	const struct formulary_form *form = &formulary_forms[d->form];
	g_autofree char *words = title(d);
	GString *s = seed_begin(g, "MedicationKnowledge", "%s", id);

	narrative_write(s);
	formulary_concept(s, "code", d, words);
	sj_text(s, "status", "active");
	form_write(s, "doseForm", form);
	names_write(s, d);
	sj_open(s, "associatedMedication", '[');
	sj_reff(s, NULL, "Medication/%s", id);
	sj_close(s, ']');
	sj_concepts1(s, "intendedRoute", "http://snomed.info/sct", form->route,
	    NULL, form->route_zh);
	if (d->dose)
		dose_write(s, d);
	classes_write(s, d);
	sj_open(s, "packaging", '{');
	sj_concept(s, "type", NULL, NULL, NULL, "盒");
	measure(s, "quantity", d->pack, form->unit_zh, form->ucum);
	sj_close(s, '}');
	regulatory_write(s, d);
	seed_put(g, ms);
}

static void
drug_put(struct seed *g, const struct formulary_drug *d)
{
	g_autofree char *id = g_ascii_strdown(d->code, -1);
	int64_t ms = g->opt->now_ms - 60 * SEED_DAY_MS;

	medication_put(g, d, id, ms);
	knowledge_put(g, d, id, ms);
}

/* ---- made-up rows, for measuring ---------------------------------------- */

/* Names of no drug there is, in syllables of drugs there are, so that searches
 * by name and by initials meet as many neighbours as in a real list. */
static void
pad_put(struct seed *g, int n)
{
	static const char *const zh[] = { "洛", "沙", "替", "格", "西", "利",
		"氨", "普", "他", "非", "米", "罗", "多", "依", "匹", "坦", "克",
		"瑞", "巴", "卡", "德", "诺" };
	static const char *const en[] = { "lo", "sa", "ti", "gre", "ci", "li",
		"am", "pro", "ta", "fe", "mi", "ro", "do", "i", "pi", "tan",
		"cla", "re", "ba", "car", "de", "no" };
	static const char *const end_zh[] = { "平", "汀", "沙坦", "普利", "唑",
		"韦" };
	static const char *const end_en[] = { "pine", "tin", "sartan", "pril",
		"zole", "vir" };
	static const enum formulary_form_of forms[] = { FORM_TAB, FORM_CAP,
		FORM_ERTAB, FORM_INJ, FORM_SOL };
	static const char *const strengths[] = { "5 mg", "10 mg", "50 mg",
		"0.1 g", "0.5 g" };
	int k = (int)G_N_ELEMENTS(zh), a = n % k, b = n / k % k;
	int c = n / k / k % k, e = n % (int)G_N_ELEMENTS(end_zh);
	g_autofree char *code = g_strdup_printf("QX%05d", n);
	g_autofree char *name_zh = g_strconcat(zh[a], zh[b], zh[c], end_zh[e],
	    NULL);
	g_autofree char *name_en = g_strconcat(en[a], en[b], en[c], end_en[e],
	    NULL);
	struct formulary_drug d = { .code = code, .zh = name_zh,
		.en = name_en, .form = forms[n % 5],
		.strength = strengths[n / 5 % 5], .pack = "28", .marks = "" };

	drug_put(g, &d);
}

void
seed_formulary_put(struct seed *g, int rows)
{
	const struct formulary_drug *d;
	int n = 0;

	for (; (d = formulary_at((size_t)n)) && !g->failed; n++)
		drug_put(g, d);
	for (int i = 0; n < rows && !g->failed; i++, n++)
		pad_put(g, i);
}
