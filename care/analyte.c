/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of LOINC codes, and conversions within a group. */
#include "care/analyte.h"
#include "care/order_room.h"

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

static const struct care_conversion as_it_is = { "", NULL, "", "1", "1", NULL,
	UNITS };

/* How a test's unit comes to the group's own; NULL: it does not. */
static const struct care_conversion *
conversion_of(const struct care_analyte *a, const char *test, const char *unit)
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
	const struct care_conversion *c = conversion_of(care_analyte_of(test),
	    test, unit);

	return c ? c->source : NULL;
}

/* ---- arithmetic --------------------------------------------------------- */

enum { PLACES_MAX = 9 };

static const struct ratio refused = { 0, 0 };

static struct ratio
ratio_plus(struct ratio a, struct ratio b, int sign)
{
	int64_t left, right, sum, den;

	if (!ratio_good(a) || !ratio_good(b) ||
	    __builtin_mul_overflow(a.num, b.den, &left) ||
	    __builtin_mul_overflow(b.num, a.den, &right) ||
	    __builtin_mul_overflow(a.den, b.den, &den) ||
	    __builtin_add_overflow(left, sign * right, &sum) || sum <= 0)
		return refused;
	return (struct ratio){ sum, den };
}

static struct ratio
to_group(const struct care_conversion *c, struct ratio v)
{
	v = ratio_over(ratio_times(v, ratio_of(c->times)), ratio_of(c->over));
	return c->plus ? ratio_plus(v, ratio_of(c->plus), 1) : v;
}

static struct ratio
from_group(const struct care_conversion *c, struct ratio v)
{
	if (c->plus)
		v = ratio_plus(v, ratio_of(c->plus), -1);
	return ratio_over(ratio_times(v, ratio_of(c->over)),
	    ratio_of(c->times));
}

static int
significant(const char *value)
{
	int n = 0;

	for (; *value; value++)
		if (g_ascii_isdigit(*value) && (n > 0 || *value != '0'))
			n++;
	return n;
}

/* Rounded half up to so many places; trailing zeros stay, they are what is
 * known. */
static char *
at_places(struct ratio v, int places)
{
	__extension__ typedef __int128 wide;
	wide num = v.num, den = v.den, scaled;
	char buf[64];
	int64_t whole, rest, power = 1;

	places = CLAMP(places, 0, PLACES_MAX);
	for (int i = 0; i < places; i++)
		power *= 10;
	scaled = (num * power * 2 + den) / (den * 2);
	if (scaled > (wide)1 << 62)
		return NULL;
	whole = (int64_t)scaled / power;
	rest = (int64_t)scaled % power;
	if (places == 0)
		g_snprintf(buf, sizeof buf, "%" G_GINT64_FORMAT, whole);
	else
		g_snprintf(buf, sizeof buf, "%" G_GINT64_FORMAT ".%0*"
		    G_GINT64_FORMAT, whole, places, rest);
	return g_strdup(buf);
}

/* Places for so many significant digits; what stands left of the point is never
 * rounded. */
static int
places_of(struct ratio v, int digits)
{
	__extension__ typedef __int128 wide;
	wide num = v.num, den = v.den;

	/* Digits left of the point are spent; zeros right of it cost none. */
	for (wide least = den; digits > 0 && least <= num; digits--)
		least *= 10;
	for (wide small = num * 10; small < den && digits < PLACES_MAX;
	    digits++)
		small *= 10;
	return digits;
}

/* With an offset the digits of a value say nothing of its precision: the last
 * place counts, as many times larger as the step. */
static int
places_by_step(const char *value, const struct care_conversion *from,
    const struct care_conversion *into)
{
	struct ratio step = ratio_over(ratio_times(ratio_of(from->times),
	    ratio_of(into->over)), ratio_times(ratio_of(from->over),
	    ratio_of(into->times)));
	int places = MAX(care_decimal_places(value), 0);

	if (!ratio_good(step))
		return places;
	for (double s = (double)step.num / (double)step.den; s >= 3; s /= 10)
		places--;
	for (double s = (double)step.num / (double)step.den; s < 0.3; s *= 10)
		places++;
	return places;
}

/* As exact as the value that was written; of one digit two remain, or 8 mg/dL of
 * calcium would be 2 mmol/L. */
static char *
rounded(struct ratio v, const char *value, const struct care_conversion *from,
    const struct care_conversion *into)
{
	int digits = MAX(significant(value), 2), places;
	g_autofree char *text = NULL;

	if (!ratio_good(v))
		return NULL;
	if (from->plus || into->plus)
		return at_places(v, places_by_step(value, from, into));
	places = places_of(v, digits);
	text = at_places(v, places);
	/* 0.996 became 1.00: a digit too many. */
	return text && places > 0 && significant(text) > digits ?
	    at_places(v, places - 1) : g_steal_pointer(&text);
}

char *
care_analyte_convert(const char *test, const char *value, const char *unit,
    const char *to_test, const char *to)
{
	const struct care_analyte *a = care_analyte_of(test);
	const struct care_conversion *from = conversion_of(a, test, unit);
	const struct care_conversion *into = care_analyte_of(to_test) == a ?
	    conversion_of(a, to_test, to) : NULL;

	if (!value || !unit || !to)
		return NULL;
	if (g_strcmp0(unit, to) == 0 && (g_strcmp0(test, to_test) == 0 ||
	    from == into))
		return g_strdup(value);
	if (!from || !into)
		return NULL;
	if (from == into)
		return g_strdup(value);
	return rounded(from_group(into, to_group(from, ratio_of(value))), value,
	    from, into);
}

char *
care_analyte_in(const struct care_analyte *a, const char *test,
    const char *value, const char *unit, const char *to)
{
	const struct care_conversion *from = conversion_of(a, test, unit);
	const struct care_conversion *into = conversion_of(a, test, to);

	if (!from || !into)
		return NULL;
	return from == into ? g_strdup(value) : rounded(from_group(into,
	    to_group(from, ratio_of(value))), value, from, into);
}

gboolean
care_analyte_order(const struct care_analyte *a, const char *test,
    const char *value, const char *unit, const char *number, const char *to,
    int *order)
{
	const struct care_conversion *from = conversion_of(a, test, unit);
	const struct care_conversion *into = conversion_of(a, test, to);
	struct ratio x, y;

	if (!from || !into)
		return FALSE;
	x = to_group(from, ratio_of(value));
	y = to_group(into, ratio_of(number));
	if (!ratio_good(x))
		return FALSE;
	/* What is measured is more than nothing, and than less than that. */
	if (!ratio_good(y) && g_ascii_strtod(number, NULL) > 0)
		return FALSE;
	*order = ratio_good(y) ? ratio_compare(x, y) : 1;
	return TRUE;
}

static double
part(const char *decimal, double without)
{
	return decimal ? g_ascii_strtod(decimal, NULL) : without;
}

static double
about(const struct care_conversion *from, double value,
    const struct care_conversion *to)
{
	value = value * part(from->times, 1) / part(from->over, 1) +
	    part(from->plus, 0);
	return (value - part(to->plus, 0)) * part(to->over, 1) /
	    part(to->times, 1);
}

/* The rows of an analyte, what it has itself first; how many. */
static size_t
rows_of(const struct care_analyte *a,
    const struct care_conversion *rows[CARE_ABOUT_MAX])
{
	size_t n = 0;

	rows[n++] = &as_it_is;
	for (const struct care_conversion *c = care_conversions; c->id; c++)
		if (strcmp(c->id, a->id) == 0 && n < CARE_ABOUT_MAX)
			rows[n++] = c;
	return n;
}

static const char *
row_unit(const struct care_analyte *a, const struct care_conversion *row)
{
	return row == &as_it_is ? a->unit : row->unit;
}

size_t
care_analyte_about(const struct care_analyte *a, double number,
    const char *unit, struct care_about out[CARE_ABOUT_MAX])
{
	const struct care_conversion *rows[CARE_ABOUT_MAX];
	size_t n = rows_of(a, rows), found = 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(row_unit(a, rows[i]), unit) != 0)
			continue;
		for (size_t k = 0; k < n && found < CARE_ABOUT_MAX; k++)
			out[found++] = (struct care_about){ row_unit(a,
				rows[k]), about(rows[i], number, rows[k]) };
	}
	return found;
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
	size_t n = rows_of(a, rows);

	for (size_t i = 0; i < n; i++)
		if (unit_begins(row_unit(a, rows[i]), fold))
			return row_unit(a, rows[i]);
	return NULL;
}

/* ---- change ------------------------------------------------------------- */

/* As a whole number of 10^-fraction; FALSE: not plain, or too long. */
static gboolean
plain_decimal(const char *text, int64_t *digits, int *fraction)
{
	gboolean negative = text && *text == '-', point = FALSE;
	int n = 0;

	*digits = *fraction = 0;
	for (text += negative ? 1 : 0; text && *text; text++) {
		if (*text == '.' && !point && n > 0) {
			point = TRUE;
			continue;
		}
		if (!g_ascii_isdigit(*text) || ++n > 15)
			return FALSE;
		*digits = *digits * 10 + (*text - '0');
		*fraction += point;
	}
	if (negative)
		*digits = -*digits;
	return n > 0;
}

static char *
one_change(const char *now, const char *before)
{
	int64_t a, b, change, power = 1;
	int fraction_a, fraction_b, fraction;
	const char *sign;

	if (!now || !before || !plain_decimal(now, &a, &fraction_a) ||
	    !plain_decimal(before, &b, &fraction_b))
		return NULL;
	fraction = MAX(fraction_a, fraction_b);
	for (int i = fraction_a; i < fraction; i++)
		if (__builtin_mul_overflow(a, 10, &a))
			return NULL;
	for (int i = fraction_b; i < fraction; i++)
		if (__builtin_mul_overflow(b, 10, &b))
			return NULL;
	for (int i = 0; i < fraction; i++)
		power *= 10;
	if (__builtin_sub_overflow(a, b, &change) || change == G_MININT64)
		return NULL;
	sign = change > 0 ? "+" : change < 0 ? "−" : "±";
	change = ABS(change);
	if (fraction == 0 || change == 0)
		return g_strdup_printf("%s%" G_GINT64_FORMAT, sign,
		    change / power);
	return g_strdup_printf("%s%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT,
	    sign, change / power, fraction, change % power);
}

char *
care_decimal_change(const char *now, const char *before)
{
	g_auto(GStrv) a = g_strsplit(now ? now : "", "/", 3);
	g_auto(GStrv) b = g_strsplit(before ? before : "", "/", 3);
	g_autofree char *high = NULL, *low = NULL;

	if (g_strv_length(a) != 2 || g_strv_length(b) != 2)
		return one_change(now, before);
	high = one_change(a[0], b[0]);
	low = one_change(a[1], b[1]);
	return high && low ? g_strconcat(high, "/", low, NULL) : NULL;
}

/* ---- percent, mean ------------------------------------------------------ */

char *
care_decimal_percent(const char *now, const char *before)
{
	int64_t a, b, tenths, half;
	int fraction_a, fraction_b;

	if (!now || !before || !plain_decimal(now, &a, &fraction_a) ||
	    !plain_decimal(before, &b, &fraction_b) || a <= 0 || b <= 0)
		return NULL;
	for (; fraction_a < fraction_b; fraction_a++)
		if (__builtin_mul_overflow(a, 10, &a))
			return NULL;
	for (; fraction_b < fraction_a; fraction_b++)
		if (__builtin_mul_overflow(b, 10, &b))
			return NULL;
	if (__builtin_mul_overflow(ABS(a - b), 2000, &half))
		return NULL;
	tenths = (half / b + 1) / 2;
	if (tenths == 0)
		return g_strdup("±0 %");
	return g_strdup_printf("%s%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT " %%",
	    a > b ? "+" : "−", tenths / 10, tenths % 10);
}

int
care_decimal_places(const char *value)
{
	int64_t digits;
	int places;

	return plain_decimal(value, &digits, &places) ? places : -1;
}

/* All of them as whole numbers of 10^-fraction, added up. */
static gboolean
decimal_sum(const char *const *values, size_t n, int64_t *out, int *places)
{
	int64_t sum = 0;
	int fraction = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t digits;
		int own;

		if (!values[i] || !plain_decimal(values[i], &digits, &own))
			return FALSE;
		for (; fraction < own; fraction++)
			if (__builtin_mul_overflow(sum, 10, &sum))
				return FALSE;
		for (; own < fraction; own++)
			if (__builtin_mul_overflow(digits, 10, &digits))
				return FALSE;
		if (__builtin_add_overflow(sum, digits, &sum))
			return FALSE;
	}
	*out = sum;
	*places = fraction;
	return n > 0 && sum != G_MININT64;
}

char *
care_decimal_mean(const char *const *values, size_t n, int places)
{
	int64_t sum, count = (int64_t)n, power = 1, mean;
	int fraction;

	if (!decimal_sum(values, n, &sum, &fraction))
		return NULL;
	for (; fraction < places; fraction++)
		if (__builtin_mul_overflow(sum, 10, &sum))
			return NULL;
	for (; fraction > places; fraction--)
		if (__builtin_mul_overflow(count, 10, &count))
			return NULL;
	if (__builtin_mul_overflow(ABS(sum), 2, &mean))
		return NULL;
	mean = (mean / count + 1) / 2;
	for (int i = 0; i < places; i++)
		power *= 10;
	if (places == 0)
		return g_strdup_printf("%s%" G_GINT64_FORMAT, sum < 0 && mean ?
		    "-" : "", mean);
	return g_strdup_printf("%s%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT,
	    sum < 0 && mean ? "-" : "", mean / power, places, mean % power);
}
