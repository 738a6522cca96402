/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An order as a person reads it aloud. Units and frequencies in words, since "U",
 * "μg" and "qd" are what is misread (ISMP's List of Error-Prone Abbreviations);
 * decimals without naked point or trailing zero. The language is a parameter:
 * what was signed does not change with the screen.
 */
#include "care/order_room.h"

#include <string.h>

static gboolean
is_zh(const char *lang)
{
	return g_str_has_prefix(lang, "zh");
}

static void
put_amount(GString *out, const char *value, const char *high, const char *unit,
    const char *lang)
{
	const char *words = care_unit_words(unit, high ? high : value, lang);

	g_string_append(out, value);
	if (high)
		g_string_append_printf(out, "–%s", high);
	if (*words)
		g_string_append_printf(out, " %s", words);
}

static const char *
form_words(const struct care_drug *d, const char *lang)
{
	if (is_zh(lang))
		return d->form_words;
	return d->form_display ? d->form_display : d->form_words;
}

/* The generic name with its form, unless it ends so already. */
static void
put_name(GString *out, const struct care_drug *d, const char *lang)
{
	const char *name = care_drug_words(d, lang);
	const char *form = form_words(d, lang);

	g_string_append(out, name);
	if (name == d->words || d->herbal || !form || !*form ||
	    g_str_has_suffix(name, form))
		return;
	g_string_append_printf(out, "%s%s", is_zh(lang) ? "" : " ", form);
}

/* "5 mg", "100 mg/5 mL"; what the document's own words hold already is not said
 * twice. */
static void
put_strength(GString *out, const struct care_drug *d, const char *lang)
{
	if (d->herbal || care_drug_words(d, lang) == d->words)
		return;
	if (d->strengths)
		g_string_append_printf(out, " %s", d->strengths);
	if (!d->strength || !d->strength_unit)
		return;
	g_string_append_c(out, ' ');
	put_amount(out, d->strength, NULL, d->strength_unit, lang);
	if (!d->per)
		return;
	g_string_append_c(out, '/');
	if (strcmp(d->per, "1") == 0)
		g_string_append(out, care_unit_words(d->per_unit, "1", lang));
	else
		put_amount(out, d->per, NULL, d->per_unit, lang);
}

char *
care_drug_product(const struct care_drug *drug, const char *lang)
{
	GString *out = g_string_new(NULL);

	/* Of a combination the document's words alone have the strengths. */
	if (!drug->strength && drug->words && !drug->herbal && is_zh(lang)) {
		g_string_append(out, drug->words);
	} else {
		put_name(out, drug, lang);
		put_strength(out, drug, lang);
	}
	return g_string_free(out, FALSE);
}

/* The dose in the drug's other measure: of pieces the substance, and of the
 * substance pieces. NULL: there is none, or it is no short decimal. */
static char *
other_dose(const struct care_order *o, const char *dose, gboolean *pieces,
    const char **unit)
{
	const struct care_drug *d = o->drug;
	struct ratio n = order_pieces(o, dose);

	*unit = order_piece_unit(o);
	*pieces = !ratio_good(unit_factor(o->dose_unit, *unit));
	if (*pieces || !d || !d->strength || !d->strength_unit)
		return *pieces ? ratio_text(n) : NULL;
	*unit = d->strength_unit;
	n = ratio_times(n, ratio_of(d->strength));
	if (d->per)
		n = ratio_over(ratio_times(n, unit_factor(order_piece_unit(o),
		    d->per_unit)), ratio_of(d->per));
	return ratio_text(n);
}

static void
put_dose(GString *out, const struct care_order *o, const char *lang)
{
	gboolean pieces;
	const char *unit;
	g_autofree char *low = other_dose(o, o->dose, &pieces, &unit);
	g_autofree char *high = o->dose_high ? other_dose(o, o->dose_high,
	    &pieces, &unit) : NULL;
	gboolean both = low && (high || !o->dose_high);

	if (both && pieces)
		put_amount(out, low, high, unit, lang);
	else
		put_amount(out, o->dose, o->dose_high, o->dose_unit, lang);
	if (!both)
		return;
	g_string_append(out, is_zh(lang) ? "（" : " (");
	if (pieces)
		put_amount(out, o->dose, o->dose_high, o->dose_unit, lang);
	else
		put_amount(out, low, high, unit, lang);
	g_string_append(out, is_zh(lang) ? "）" : ")");
}

/* The next part of the sentence. */
static void
comma(GString *out, const char *lang)
{
	g_string_append(out, is_zh(lang) ? "，" : ", ");
}

static void
put_part(GString *out, const char *words, const char *lang)
{
	comma(out, lang);
	g_string_append(out, words);
}

static void
put_needed(GString *out, const struct care_order *o, const char *lang)
{
	put_part(out, is_zh(lang) ? "必要时" : "as needed", lang);
	if (o->as_needed_for)
		g_string_append_printf(out, is_zh(lang) ? "（%s）" : " for %s",
		    o->as_needed_for);
}

static void
put_days(GString *out, int days, const char *lang)
{
	comma(out, lang);
	if (is_zh(lang))
		g_string_append_printf(out, "%d 天", days);
	else
		g_string_append_printf(out, days == 1 ? "for %d day" :
		    "for %d days", days);
}

static void
put_quantity(GString *out, const struct care_order *o, const char *lang)
{
	g_autofree char *packs = order_packs_words(o, o->quantity,
	    o->quantity_unit, lang);

	put_part(out, is_zh(lang) ? "共 " : "dispense ", lang);
	put_amount(out, o->quantity, NULL, o->quantity_unit, lang);
	if (packs)
		g_string_append(out, packs);
}

static void
put_refills(GString *out, int refills, const char *lang)
{
	if (refills == 0) {
		put_part(out, is_zh(lang) ? "不续配" : "no refills", lang);
		return;
	}
	comma(out, lang);
	if (is_zh(lang))
		g_string_append_printf(out, "可续配 %d 次", refills);
	else
		g_string_append_printf(out, refills == 1 ? "%d refill" :
		    "%d refills", refills);
}

/* "（周一、周四）", " on Monday and Thursday" */
static void
put_weekdays(GString *out, const struct care_order *o, const char *lang)
{
	gboolean zh = is_zh(lang), first = TRUE;

	for (unsigned i = 0; care_weekdays[i].code; i++) {
		if (!(o->weekdays & 1u << i))
			continue;
		g_string_append(out, !first ? (zh ? "、" : " and ") :
		    zh ? "（" : " on ");
		g_string_append(out, zh ? care_weekdays[i].zh :
		    care_weekdays[i].en);
		first = FALSE;
	}
	if (zh && !first)
		g_string_append(out, "）");
}

static void
put_use(GString *out, const struct care_order *o, const char *lang)
{
	gboolean zh = is_zh(lang);

	if (o->route)
		put_part(out, zh ? o->route->zh : o->route->en, lang);
	if (o->dose) {
		put_part(out, zh ? "每次 " : "", lang);
		put_dose(out, o, lang);
	}
	if (o->frequency)
		put_part(out, zh ? o->frequency->zh : o->frequency->en, lang);
	put_weekdays(out, o, lang);
	if (o->when)
		put_part(out, zh ? o->when->zh : o->when->en, lang);
	if (o->as_needed)
		put_needed(out, o, lang);
}

/* 附子 9 g（先煎） */
static void
put_herb(GString *out, const struct care_order *o, const char *lang)
{
	if (o->dose) {
		g_string_append_c(out, ' ');
		put_amount(out, o->dose, NULL, o->dose_unit, lang);
	}
	if (o->preparation)
		g_string_append_printf(out, is_zh(lang) ? "（%s）" : " (%s)",
		    o->preparation);
}

char *
care_order_sentence(const struct care_order *order, const char *lang)
{
	GString *out = g_string_new(NULL);
	const struct care_drug *d = order->drug;

	if (d)
		put_name(out, d, lang);
	if (d && d->herbal) {
		put_herb(out, order, lang);
		return g_string_free(out, FALSE);
	}
	if (d)
		put_strength(out, d, lang);
	put_use(out, order, lang);
	if (order->duration_days > 0)
		put_days(out, order->duration_days, lang);
	if (order->quantity)
		put_quantity(out, order, lang);
	if (order->refills >= 0)
		put_refills(out, order->refills, lang);
	if (order->note)
		g_string_append_printf(out, is_zh(lang) ? "。嘱：%s" :
		    ". Note: %s", order->note);
	return g_string_free(out, FALSE);
}
