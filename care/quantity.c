/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much is handed out, and how long it lasts: exact arithmetic over dose,
 * strength, frequency and pack. A course has whole doses (every other day for 7
 * days is four), then pieces are rounded up.
 */
#include "care/order_room.h"

#include <string.h>

static const struct ratio unknown = { 0, 0 };

static enum care_kind
kind_of(const char *code)
{
	const struct care_unit *unit = care_unit_find(code);

	return unit ? unit->kind : KIND_COUNT;
}

static gboolean
is_counted(const char *code)
{
	return kind_of(code) == KIND_COUNT;
}

const char *
order_piece_unit(const struct care_order *order)
{
	const char *unit = order->drug ? order->drug->piece_unit : NULL;
	enum care_kind kind = kind_of(order->dose_unit);

	if (unit)
		return unit;
	return order->dose_unit && (kind == KIND_COUNT ||
	    kind == KIND_METERED) ? order->dose_unit : NULL;
}

/* 250 mg of "100 mg in 5 mL" are 12.5 mL. */
static struct ratio
by_strength(const struct care_drug *d, struct ratio dose, const char *unit,
    const char *piece)
{
	struct ratio n = ratio_over(ratio_times(dose, unit_factor(unit,
	    d->strength_unit)), ratio_of(d->strength));

	if (!d->per)
		return n;
	return ratio_times(ratio_times(n, ratio_of(d->per)),
	    unit_factor(d->per_unit, piece));
}

struct ratio
order_pieces(const struct care_order *order, const char *dose)
{
	const struct care_drug *d = order->drug;
	const char *piece = order_piece_unit(order);
	struct ratio factor = unit_factor(order->dose_unit, piece);

	if (!dose || !order->dose_unit || !piece)
		return unknown;
	if (ratio_good(factor))
		return ratio_times(ratio_of(dose), factor);
	return d && d->strength ? by_strength(d, ratio_of(dose),
	    order->dose_unit, piece) : unknown;
}

/* Days in a frequency's period; a month has no number of them. */
static struct ratio
period_days(const struct care_frequency *f)
{
	return ratio_times(ratio_of(f->period),
	    unit_factor(f->period_unit, "d"));
}

struct ratio
order_daily(const struct care_order *order)
{
	const struct care_frequency *f = order->frequency;

	if (!f || f->once)
		return unknown;
	return ratio_over(ratio_int(f->frequency), period_days(f));
}

struct ratio
order_doses(const struct care_order *order, int days)
{
	if (order->frequency && order->frequency->once)
		return ratio_int(1);
	if (days <= 0)
		return unknown;
	return ratio_up(ratio_times(order_daily(order), ratio_int(days)));
}

struct ratio
order_in_pieces(const struct care_order *order, const char *quantity,
    const char *unit)
{
	const char *piece = order_piece_unit(order);
	struct ratio factor = unit_factor(unit, piece);

	if (!quantity || !unit || !piece)
		return unknown;
	if (ratio_good(factor))
		return ratio_times(ratio_of(quantity), factor);
	if (order->drug && order->drug->pack &&
	    g_strcmp0(unit, order->drug->pack_unit ? order->drug->pack_unit :
	    "{pack}") == 0)
		return ratio_times(ratio_of(quantity),
		    ratio_of(order->drug->pack));
	return unknown;
}

/* ---- quantity ----------------------------------------------------------- */

/* Of an ointment's tube or an inhaler nobody cuts off a piece. */
static struct ratio
rounded(const struct care_order *order, struct ratio pieces, const char *unit)
{
	struct ratio pack = order->drug ? ratio_of(order->drug->pack) : unknown;

	if (is_counted(unit) || !ratio_good(pack))
		return ratio_up(pieces);
	return ratio_times(ratio_up(ratio_over(pieces, pack)), pack);
}

static char *
amount_words(const char *value, const char *unit, const char *lang)
{
	return g_strdup_printf("%s %s", value,
	    care_unit_words(unit, value, lang));
}

/* "4 盒", "2 盒又 2 片"; NULL: no pack, or less than one. */
static char *
packs_of(const struct care_order *order, struct ratio pieces, const char *lang)
{
	const struct care_drug *d = order->drug;
	struct ratio pack = d ? ratio_of(d->pack) : unknown;
	struct ratio n = ratio_over(pieces, pack), rest;
	const char *unit = d && d->pack_unit ? d->pack_unit : "{pack}";

	if (!ratio_good(n) || n.num < n.den)
		return NULL;
	rest = ratio_times((struct ratio){ n.num % n.den, n.den }, pack);
	g_autofree char *whole = ratio_text(ratio_int(n.num / n.den));
	g_autofree char *left = ratio_text(rest);
	g_autofree char *words = whole ? amount_words(whole, unit, lang) : NULL;

	if (!words || !left)
		return g_steal_pointer(&words);
	g_autofree char *pieces_left = amount_words(left,
	    order_piece_unit(order), lang);
	return g_strdup_printf(g_str_has_prefix(lang, "zh") ? "%s又 %s" :
	    "%s and %s", words, pieces_left);
}

char *
order_packs_words(const struct care_order *order, const char *quantity,
    const char *unit, const char *lang)
{
	struct ratio pieces = order_in_pieces(order, quantity, unit);
	const char *piece = order_piece_unit(order);
	gboolean zh = g_str_has_prefix(lang, "zh");
	g_autofree char *words = NULL;

	if (!ratio_good(pieces))
		return NULL;
	if (g_strcmp0(unit, piece) == 0) {
		words = packs_of(order, pieces, lang);
	} else {
		g_autofree char *n = ratio_text(pieces);

		words = n ? amount_words(n, piece, lang) : NULL;
	}
	return words ? g_strdup_printf(zh ? "（%s）" : " (%s)", words) : NULL;
}

/* "5 mg ÷ 5 mg/片" when the dose is not counted in pieces. */
static char *
dose_formula(const struct care_order *order, const char *piece,
    const char *lang)
{
	const struct care_drug *d = order->drug;
	const char *dose = order->dose_high ? order->dose_high : order->dose;
	g_autofree char *words = amount_words(dose, order->dose_unit, lang);

	if (ratio_good(unit_factor(order->dose_unit, piece)))
		return g_steal_pointer(&words);
	return g_strdup_printf("%s ÷ %s %s/%s%s%s", words, d->strength,
	    care_unit_words(d->strength_unit, d->strength, lang),
	    d->per && strcmp(d->per, "1") != 0 ? d->per : "",
	    d->per && strcmp(d->per, "1") != 0 ? " " : "",
	    care_unit_words(d->per ? d->per_unit : piece, "1", lang));
}

static char *
formula_words(const struct care_order *order, const char *quantity,
    const char *unit, const char *lang)
{
	gboolean zh = g_str_has_prefix(lang, "zh");
	const struct care_frequency *f = order->frequency;
	g_autofree char *dose = dose_formula(order, unit, lang);
	g_autofree char *sum = amount_words(quantity, unit, lang);
	g_autofree char *packs = order_packs_words(order, quantity, unit, lang);
	GString *out = g_string_new(dose);

	g_string_append_printf(out, " × %s", zh ? f->zh : f->en);
	if (!f->once)
		g_string_append_printf(out, " × %d %s", order->duration_days,
		    zh ? "天" : order->duration_days == 1 ? "day" : "days");
	g_string_append_printf(out, " = %s%s", sum, packs ? packs : "");
	return g_string_free(out, FALSE);
}

gboolean
care_order_quantity(const struct care_order *order, const char *lang,
    char **quantity, char **unit, char **formula)
{
	const char *piece = order_piece_unit(order);
	const char *dose = order->dose_high ? order->dose_high : order->dose;
	struct ratio n = ratio_times(order_pieces(order, dose),
	    order_doses(order, order->duration_days));

	*quantity = piece ? ratio_text(rounded(order, n, piece)) : NULL;
	*unit = *formula = NULL;
	if (!*quantity)
		return FALSE;
	*unit = g_strdup(piece);
	*formula = formula_words(order, *quantity, piece, lang);
	return TRUE;
}

/* ---- the other way ------------------------------------------------------ */

/* Whole days the quantity lasts. */
static struct ratio
lasting(const struct care_order *order)
{
	const char *dose = order->dose_high ? order->dose_high : order->dose;
	struct ratio a_day = ratio_times(order_pieces(order, dose),
	    order_daily(order));

	return ratio_over(order_in_pieces(order, order->quantity,
	    order->quantity_unit), a_day);
}

double
care_order_supply_days(const struct care_order *order)
{
	struct ratio days = lasting(order);

	if (!ratio_good(days) || days.num > (int64_t)1 << 40)
		return 0;
	return (double)(days.num * 10 / days.den) / 10;
}

static void
complete_amounts(struct care_order *order)
{
	g_autofree char *formula = NULL;
	struct ratio days;

	if (!order->quantity && order->duration_days > 0) {
		care_order_quantity(order, "en", &order->quantity,
		    &order->quantity_unit, &formula);
	} else if (!order->quantity && order->frequency &&
	    order->frequency->once) {
		care_order_quantity(order, "en", &order->quantity,
		    &order->quantity_unit, &formula);
	} else if (order->quantity && order->duration_days == 0 &&
	    !order->as_needed) {
		days = lasting(order);
		if (ratio_good(days) && days.den == 1 && days.num > 0 &&
		    days.num <= CARE_LINE_MAX_DAYS)
			order->duration_days = (int)days.num;
	}
}

/* Packs whose content is known are said in pieces. */
static void
complete_packs(struct care_order *order)
{
	const struct care_unit *unit = care_unit_find(order->quantity_unit);
	char *pieces;

	if (!order->quantity || !unit || unit->kind != KIND_PACK)
		return;
	pieces = ratio_text(order_in_pieces(order, order->quantity,
	    order->quantity_unit));
	if (!pieces)
		return;
	g_free(order->quantity);
	g_free(order->quantity_unit);
	order->quantity = pieces;
	order->quantity_unit = g_strdup(order_piece_unit(order));
}

void
care_order_complete(struct care_order *order)
{
	if (!order->route && order->drug)
		order->route = care_route_find(order->drug->route);
	if (order->refills < 0)
		order->refills = 0;
	complete_packs(order);
	complete_amounts(order);
}
