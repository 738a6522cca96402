/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of LOINC codes, what they are called, and the units of each. */
#include "care/analyte_room.h"

#include <string.h>

/* clang-format off */
const struct care_analyte care_analytes[] = {
	{ "hba1c", "HbA1c", "糖化血红蛋白", "hba1c a1c 糖化", "4548-4 17856-6 59261-8", "%" },
	{ "glucose", "Glucose", "血糖", "glucose glu 血糖", "2345-7 14749-6", "mmol/L" },
	{ "glucose-fasting", "Fasting glucose", "空腹血糖", "fpg 空腹血糖", "1558-6 14771-0", "mmol/L", "glucose" },
	{ "creatinine", "Creatinine", "肌酐", "creatinine crea cr 肌酐", "2160-0 14682-9", "umol/L" },
	{ "urea", "Urea", "尿素", "urea bun 尿素 尿素氮", "3094-0 3091-6 22664-7", "mmol/L" },
	{ "urate", "Uric acid", "尿酸", "urate ua 尿酸", "3084-1 14933-6", "umol/L" },
	{ "cholesterol", "Cholesterol", "总胆固醇", "cholesterol tc 胆固醇", "2093-3 14647-2", "mmol/L" },
	{ "hdl", "HDL cholesterol", "高密度脂蛋白胆固醇", "hdl 高密度", "2085-9 14646-4", "mmol/L" },
	{ "ldl", "LDL cholesterol", "低密度脂蛋白胆固醇", "ldl 低密度", "2089-1 22748-8", "mmol/L" },
	{ "ldl-calculated", "LDL cholesterol, calculated", "低密度脂蛋白胆固醇(计算)", "ldlc", "13457-7 39469-2", "mmol/L", "ldl" },
	{ "triglyceride", "Triglycerides", "甘油三酯", "triglyceride tg 甘油三酯", "2571-8 14927-8", "mmol/L" },
	{ "bilirubin", "Bilirubin", "总胆红素", "bilirubin tbil 胆红素", "1975-2 14631-6", "umol/L" },
	{ "bilirubin-direct", "Direct bilirubin", "直接胆红素", "dbil 直接胆红素", "1968-7 14629-0", "umol/L" },
	{ "calcium", "Calcium", "钙", "calcium ca 钙", "17861-6 2000-8", "mmol/L" },
	{ "phosphate", "Phosphate", "磷", "phosphate p 磷", "2777-1 14879-1", "mmol/L" },
	{ "magnesium", "Magnesium", "镁", "magnesium mg 镁", "19123-9 2601-3", "mmol/L" },
	{ "iron", "Iron", "铁", "iron fe 铁", "2498-4 14798-3", "umol/L" },
	{ "potassium", "Potassium", "钾", "potassium k 钾", "2823-3", "mmol/L" },
	{ "sodium", "Sodium", "钠", "sodium na 钠", "2951-2", "mmol/L" },
	{ "chloride", "Chloride", "氯", "chloride cl 氯", "2075-0", "mmol/L" },
	{ "t4-free", "Free T4", "游离甲状腺素", "ft4", "3024-7 14920-3", "pmol/L" },
	{ "t3-free", "Free T3", "游离三碘甲腺原氨酸", "ft3", "3051-0 14928-6", "pmol/L" },
	{ "testosterone", "Testosterone", "睾酮", "testosterone 睾酮", "2986-8 14913-8", "nmol/L" },
	{ "cortisol", "Cortisol", "皮质醇", "cortisol 皮质醇", "2143-6 14675-3", "nmol/L" },
	{ "vitamin-d", "25-hydroxyvitamin D3", "25-羟维生素D3", "vitd 维生素d", "1989-3 14635-7", "nmol/L" },
	{ "folate", "Folate", "叶酸", "folate 叶酸", "2284-8 14732-2", "nmol/L" },
	{ "b12", "Vitamin B12", "维生素B12", "b12", "2132-9 14685-2", "pmol/L" },
	{ "haemoglobin", "Haemoglobin", "血红蛋白", "hb hgb 血红蛋白", "718-7", "g/L" },
	{ "albumin", "Albumin", "白蛋白", "albumin alb 白蛋白", "1751-7", "g/L" },
	/* Lp(a) has two groups: particles differ in mass, so nothing converts. */
	{ "lpa-mass", "Lp(a), mass", "脂蛋白(a)质量浓度", "lpa", "10835-7", "mg/dL" },
	{ "lpa-moles", "Lp(a), moles", "脂蛋白(a)摩尔浓度", "lpa", "43583-4", "nmol/L", "lpa-mass" },
	{ .id = NULL },
};

#define MASS(of) "molar mass of " of " (IUPAC standard atomic weights 2021)"
#define UNITS "the same unit, scaled (UCUM)"
#define NGSP "NGSP % = 0.09148 × IFCC + 2.152 (ngsp.org, IFCC standardization)"

const struct care_conversion care_conversions[] = {
	{ "hba1c", NULL, "mmol/mol", "0.09148", "1", "2.152", NGSP },
	{ "glucose", NULL, "mg/dL", "10", "180.156", NULL, MASS("glucose") },
	{ "glucose-fasting", NULL, "mg/dL", "10", "180.156", NULL, MASS("glucose") },
	{ "creatinine", NULL, "mg/dL", "10000", "113.12", NULL, MASS("creatinine") },
	{ "creatinine", NULL, "mmol/L", "1000", "1", NULL, UNITS },
	/* Urea nitrogen is two atoms of nitrogen in each urea. */
	{ "urea", "3094-0", "mg/dL", "10", "28.014", NULL, "two nitrogens in a urea; " MASS("nitrogen") },
	{ "urea", "3091-6", "mg/dL", "10", "60.056", NULL, MASS("urea") },
	{ "urate", NULL, "mg/dL", "10000", "168.112", NULL, MASS("uric acid") },
	{ "urate", NULL, "mmol/L", "1000", "1", NULL, UNITS },
	{ "cholesterol", NULL, "mg/dL", "10", "386.65", NULL, MASS("cholesterol") },
	{ "hdl", NULL, "mg/dL", "10", "386.65", NULL, MASS("cholesterol") },
	{ "ldl", NULL, "mg/dL", "10", "386.65", NULL, MASS("cholesterol") },
	{ "ldl-calculated", NULL, "mg/dL", "10", "386.65", NULL, MASS("cholesterol") },
	{ "triglyceride", NULL, "mg/dL", "10", "885.43", NULL, MASS("triolein, the convention for triglycerides") },
	{ "bilirubin", NULL, "mg/dL", "10000", "584.67", NULL, MASS("bilirubin") },
	{ "bilirubin-direct", NULL, "mg/dL", "10000", "584.67", NULL, MASS("bilirubin") },
	{ "calcium", NULL, "mg/dL", "10", "40.078", NULL, MASS("calcium") },
	{ "phosphate", NULL, "mg/dL", "10", "30.974", NULL, MASS("phosphorus, as which it is weighed") },
	{ "magnesium", NULL, "mg/dL", "10", "24.305", NULL, MASS("magnesium") },
	{ "iron", NULL, "ug/dL", "10", "55.845", NULL, MASS("iron") },
	{ "potassium", NULL, "meq/L", "1", "1", NULL, "one charge each ion" },
	{ "sodium", NULL, "meq/L", "1", "1", NULL, "one charge each ion" },
	{ "chloride", NULL, "meq/L", "1", "1", NULL, "one charge each ion" },
	{ "t4-free", NULL, "ng/dL", "10000", "776.87", NULL, MASS("thyroxine") },
	{ "t3-free", NULL, "pg/mL", "1000", "650.97", NULL, MASS("triiodothyronine") },
	{ "testosterone", NULL, "ng/dL", "10", "288.43", NULL, MASS("testosterone") },
	{ "cortisol", NULL, "ug/dL", "10000", "362.46", NULL, MASS("cortisol") },
	{ "vitamin-d", NULL, "ng/mL", "1000", "400.64", NULL, MASS("calcifediol") },
	{ "folate", NULL, "ng/mL", "1000", "441.40", NULL, MASS("folic acid") },
	{ "b12", NULL, "pg/mL", "1000", "1355.38", NULL, MASS("cyanocobalamin") },
	{ "haemoglobin", NULL, "g/dL", "10", "1", NULL, UNITS },
	{ "albumin", NULL, "g/dL", "10", "1", NULL, UNITS },
	{ .id = NULL },
};
/* clang-format on */

/* ---- finding ------------------------------------------------------------ */

static gboolean
in_list(const char *list, const char *word)
{
	g_auto(GStrv) words = g_strsplit(list, " ", -1);

	return g_strv_contains((const char *const *)words, word);
}

static const char *
loinc_of(const char *test)
{
	return test && g_str_has_prefix(test, CARE_LOINC) ?
	    test + strlen(CARE_LOINC) : NULL;
}

const struct care_analyte *
care_analyte_of(const char *test)
{
	const char *code = loinc_of(test);

	for (const struct care_analyte *a = care_analytes; code && a->id; a++)
		if (in_list(a->codes, code))
			return a;
	return NULL;
}

const char *const care_analyte_beside[] = { "serum", "plasma", "blood",
	"s", "p", "b", "血清", "血浆", "全血", "静脉血", "酶法", "测定", "定量",
	"检测", "苦味酸法", "比色法", "速率法", "离子选择电极法", NULL };

/* All are measured in the blood: "血肌酐" is no other test. */
static void
names_add(GPtrArray *out, const char *name)
{
	static const char *const in[] = { "", "血", "血清" };
	g_autofree char *fold = base_text_fold(name);
	gboolean han = base_char_is_han(g_utf8_get_char(fold)) &&
	    !g_str_has_prefix(fold, "血");

	for (size_t i = 0; i < (han ? G_N_ELEMENTS(in) : 1); i++) {
		char *whole = g_strconcat(in[i], fold, NULL);

		if (g_ptr_array_find_with_equal_func(out, whole, g_str_equal,
		    NULL))
			g_free(whole);
		else
			g_ptr_array_add(out, whole);
	}
}

char **
care_analyte_names(const struct care_analyte *a)
{
	g_autoptr(GPtrArray) out = g_ptr_array_new();
	g_auto(GStrv) also = g_strsplit(a->also, " ", -1);

	names_add(out, a->en);
	names_add(out, a->zh);
	for (char **word = also; *word; word++)
		names_add(out, *word);
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_steal(out, NULL);
}

static gboolean
is_named(const struct care_analyte *a, const char *fold)
{
	g_auto(GStrv) names = care_analyte_names(a);

	return g_strv_contains((const char *const *)names, fold);
}

const struct care_analyte *
care_analyte_named(const char *fold)
{
	for (const struct care_analyte *a = care_analytes; a->id; a++)
		if (is_named(a, fold))
			return a;
	return NULL;
}

char **
care_analyte_tests(const struct care_analyte *analyte)
{
	char **tests = g_strsplit(analyte->codes, " ", -1);

	for (char **t = tests; *t; t++) {
		char *key = g_strconcat(CARE_LOINC, *t, NULL);

		g_free(*t);
		*t = key;
	}
	return tests;
}

/* ---- units --------------------------------------------------------------- */

/* "μmol/L" with either mu is umol/L, and a litre at the end may be written small,
 * as UCUM has it. Nothing else is read into a unit. */
static char *
unit_plain(const char *unit)
{
	GString *out = g_string_new(NULL);

	for (const char *p = unit; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		g_string_append_unichar(out, c == 0xB5 || c == 0x3BC ? 'u' :
		    c);
	}
	if (g_str_has_suffix(out->str, "/l") ||
	    g_str_has_suffix(out->str, "/dl") ||
	    g_str_has_suffix(out->str, "/ml"))
		out->str[out->len - 1] = 'L';
	return g_string_free(out, FALSE);
}

char *
care_ucum_words(const char *unit)
{
	static const char *const words[][2] = { { "umol/", "µmol/" },
		{ "ug/", "µg/" }, { "10*9/", "10⁹/" }, { "10*12/", "10¹²/" },
		{ "mm[Hg]", "mmHg" } };

	for (size_t i = 0; unit && i < G_N_ELEMENTS(words); i++)
		if (g_str_has_prefix(unit, words[i][0]))
			return g_strconcat(words[i][1],
			    unit + strlen(words[i][0]), NULL);
	return g_strdup(unit ? unit : "");
}

static const struct care_conversion as_it_is = { "", NULL, "", "1", "1", NULL,
	UNITS };

const struct care_conversion *
analyte_conversion(const struct care_analyte *a, const char *test,
    const char *unit)
{
	g_autofree char *plain = unit ? unit_plain(unit) : NULL;

	if (!a || !plain)
		return NULL;
	if (strcmp(plain, a->unit) == 0)
		return &as_it_is;
	for (const struct care_conversion *c = care_conversions; c->id; c++)
		if (strcmp(c->id, a->id) == 0 && strcmp(c->unit, plain) == 0 &&
		    (!c->code || g_strcmp0(c->code, loinc_of(test)) == 0))
			return c;
	return NULL;
}

const char *
care_analyte_source(const char *test, const char *unit)
{
	const struct care_conversion *c = analyte_conversion(
	    care_analyte_of(test), test, unit);

	return c ? c->source : NULL;
}

size_t
analyte_conversions(const struct care_analyte *a,
    const struct care_conversion *rows[CARE_ABOUT_MAX])
{
	size_t n = 0;

	rows[n++] = &as_it_is;
	for (const struct care_conversion *c = care_conversions; c->id; c++)
		if (strcmp(c->id, a->id) == 0 && n < CARE_ABOUT_MAX)
			rows[n++] = c;
	return n;
}

const char *
analyte_row_unit(const struct care_analyte *a,
    const struct care_conversion *row)
{
	return row == &as_it_is ? a->unit : row->unit;
}

static gboolean
unit_begins(const char *unit, const char *fold)
{
	g_autofree char *plain = unit_plain(fold);
	g_autofree char *folded = base_text_fold(unit);
	g_autofree char *wanted = base_text_fold(plain);

	return g_str_has_prefix(folded, wanted);
}

const char *
care_analyte_unit(const struct care_analyte *a, const char *fold)
{
	const struct care_conversion *rows[CARE_ABOUT_MAX];
	size_t n = analyte_conversions(a, rows);

	for (size_t i = 0; i < n; i++)
		if (unit_begins(analyte_row_unit(a, rows[i]), fold))
			return analyte_row_unit(a, rows[i]);
	return NULL;
}
