/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From amounts to dose, strength and quantity. What does not fit the drug, or
 * contradicts itself, is a question with what could be meant.
 */
#include "care/line_room.h"

#include <string.h>

/* ---- which amount is what ----------------------------------------------- */

struct roles { const struct line_amount *strength, *dose; };

static gboolean
is_counted(const struct line *l, const struct line_amount *a)
{
	const struct care_unit *unit = line_unit(l, a->unit, a->unit_len);

	return unit && (unit->kind == KIND_COUNT ||
	    unit->kind == KIND_METERED);
}

static void
too_many(struct line *l, const struct line_amount *a)
{
	g_autofree char *word = line_slice(l, a->start, a->end);

	line_span(l, PART_UNKNOWN, a->start, a->end);
	line_ask(l, PART_DOSE, a->start, a->end, g_strdup_printf(
	    _("“%s”: is it the dose, or what is handed out?"), word));
}

/* 瓶 is a vial until the drug says that it comes in bottles. */
static gboolean
is_pack(const struct line *l, const struct line_amount *a)
{
	const struct care_unit *unit = line_unit(l, a->unit, a->unit_len);

	return unit && unit->kind == KIND_PACK && !a->is_dose;
}

static void
hand_out(struct line *l, const struct line_amount *a)
{
	l->quantity = *a;
	l->quantity.value = g_strdup(a->value);
	l->quantity.high = g_strdup(a->high);
	l->quantity.per = NULL;
	l->quantity_said = TRUE;
	line_span(l, PART_QUANTITY, a->start, a->end);
}

/* One more amount that nothing marks: the first is the dose, of two the first is
 * the strength; pieces after the frequency are what is handed out. */
static void
give_role(struct line *l, struct roles *r, struct line_amount *a)
{
	if (is_pack(l, a) && !l->quantity_said) {
		hand_out(l, a);
	} else if (a->per && !r->strength) {
		r->strength = a;
	} else if (a->is_dose && (!r->dose || !r->dose->is_dose)) {
		if (r->dose && !r->strength)
			r->strength = r->dose;
		r->dose = a;
	} else if (!r->dose) {
		r->dose = a;
	} else if (a->after_frequency && is_counted(l, a) && a->value &&
	    !l->quantity_said) {
		hand_out(l, a);
		l->quantity_implied = TRUE;
	} else if (!r->strength && r->dose->is_dose) {
		r->strength = a;
	} else if (!r->strength && !a->after_frequency) {
		r->strength = r->dose;
		r->dose = a;
	} else {
		too_many(l, a);
	}
}

/* ---- strength ----------------------------------------------------------- */

static char *
strength_words(const struct care_drug *d)
{
	g_autofree char *unit = line_unit_text(d, d->strength_unit);

	return g_strconcat(d->strength, unit, NULL);
}

/* "80/5mg" of a combination: not a number, the very words. */
static gboolean
is_strengths(const struct care_drug *d, const struct line *l,
    const struct line_amount *a)
{
	g_autofree char *own = d->strengths ? base_text_fold(d->strengths) :
	    NULL;
	const char *s = l->s + a->start, *end = l->s + a->end;

	for (const char *p = own; p && *p; p++) {
		while (s < end && *s == ' ')
			s++;
		if (*p == ' ')
			continue;
		if (s >= end || *s++ != *p)
			return FALSE;
	}
	return own && s == end;
}

static void
settle_strength(struct line *l, const struct line_amount *a)
{
	const struct care_drug *d = l->out->order->drug;
	const struct care_unit *unit = line_unit(l, a->unit, a->unit_len);
	struct ratio typed, has;

	line_span(l, PART_STRENGTH, a->start, a->end);
	if (!d || (!d->strengths && !a->value) || is_strengths(d, l, a))
		return;
	g_autofree char *word = line_slice(l, a->start, a->end);
	if (d->strengths) {
		line_choice(line_ask(l, PART_STRENGTH, a->start, a->end,
		    g_strdup_printf(_("“%s” is not this drug's strength, which "
		    "is %s."), word, d->strengths)), "%s", d->strengths);
		return;
	}
	if (!d->strength || !d->strength_unit) {
		line_ask(l, PART_STRENGTH, a->start, a->end, g_strdup_printf(
		    _("The formulary states no single strength of this drug: "
		    "“%s” cannot be compared."), word));
		return;
	}
	typed = unit ? ratio_times(ratio_of(a->value), unit_factor(unit->code,
	    d->strength_unit)) : (struct ratio){ 0, 0 };
	has = ratio_of(d->strength);
	if (a->per && d->per)
		typed = ratio_over(ratio_times(typed, ratio_of(d->per)),
		    ratio_of(a->per));
	if (ratio_good(typed) && ratio_compare(typed, has) == 0 && !a->high)
		return;
	g_autofree char *own = strength_words(d);
	line_choice(line_ask(l, PART_STRENGTH, a->start, a->end,
	    g_strdup_printf(_("“%s” is not this drug's strength, which is %s."),
	    word, own)), "%s", own);
}

/* ---- dose --------------------------------------------------------------- */

/* The amount with this unit, unless it stands there already. */
static void
unit_choice(struct care_question *q, const struct line_amount *a,
    const struct care_drug *d, const char *unit)
{
	g_autofree char *words = unit ? line_unit_text(d, unit) : NULL;
	g_autofree char *choice = words ? g_strdup_printf("%s%s%s%s", a->value,
	    a->high ? "-" : "", a->high ? a->high : "", words) : NULL;

	if (choice && !g_ptr_array_find_with_equal_func(q->choices, choice,
	    g_str_equal, NULL))
		line_choice(q, "%s", choice);
}

static void
ask_unit(struct line *l, enum care_part part, const struct line_amount *a)
{
	const struct care_drug *d = l->out->order->drug;
	g_autofree char *word = line_slice(l, a->start, a->end);
	struct care_question *q = line_ask(l, part, a->start, a->end,
	    g_strdup_printf(_("“%s” of what? The unit is missing."), word));

	if (l->herbal)
		unit_choice(q, a, NULL, "g");
	for (guint i = 0; !l->herbal && i < l->out->candidates->len; i++) {
		const struct care_candidate *c = l->out->candidates->pdata[i];

		unit_choice(q, a, c->drug, c->drug->strength_unit);
		unit_choice(q, a, c->drug, c->drug->piece_unit);
	}
	if (d && !l->herbal) {
		unit_choice(q, a, d, d->strength_unit);
		unit_choice(q, a, d, d->piece_unit);
	}
}

/* A unit that has nothing to do with how the drug comes. */
static void
ask_misfit(struct line *l, const struct line_amount *a)
{
	const struct care_drug *d = l->out->order->drug;
	g_autofree char *word = line_slice(l, a->start, a->end);
	const char *lang = base_i18n_lang();
	g_autofree char *unit = line_unit_text(d, d->piece_unit ?
	    d->piece_unit : d->strength_unit);
	struct care_question *q = line_ask(l, PART_DOSE, a->start, a->end,
	    g_strdup_printf(_("“%s” does not fit this drug, which is measured "
	    "in %s."), word, care_unit_words(d->piece_unit ? d->piece_unit :
	    d->strength_unit, "2", lang)));

	if (d->strength && d->strength_unit && d->piece_unit) {
		g_autofree char *own = strength_words(d);

		line_choice(q, "%s", own);
		line_choice(q, "1%s", unit);
	}
}

/* The smallest part of a piece that can be given, as one over; 0: any. Tablets are
 * broken in four, what is counted otherwise is not. */
static int
parts_of(const char *piece)
{
	const struct care_unit *unit = care_unit_find(piece);
	static const char *const any[] = { "{ampule}", "{vial}", "{pen}",
		"{syringe}", NULL };

	if (!unit || (unit->kind != KIND_COUNT && unit->kind != KIND_METERED) ||
	    g_strv_contains(any, piece))
		return 0;
	return strcmp(piece, "{tablet}") == 0 ? 4 : 1;
}

static void
check_pieces(struct line *l, const struct line_amount *a, const char *dose)
{
	const struct care_order *o = l->out->order;
	struct ratio n = order_pieces(o, dose);
	const char *piece = order_piece_unit(o);
	int parts = parts_of(piece);
	struct ratio split = ratio_times(n, ratio_int(parts));

	g_autofree char *word = line_slice(l, a->start, a->end);

	if (ratio_good(n) && n.num / n.den > CARE_LINE_MAX_PIECES) {
		line_ask(l, PART_DOSE, a->start, a->end, g_strdup_printf(
		    _("“%s” is a huge dose: is it a slip?"), word));
		return;
	}
	if (!ratio_good(n) || parts == 0 || split.den == 1)
		return;
	g_autofree char *unit = line_unit_text(o->drug, piece);
	g_autofree char *exact = ratio_text(n);
	struct ratio up = ratio_up(split);
	g_autofree char *below = ratio_text(ratio_over(ratio_int(up.num - 1),
	    ratio_int(parts)));
	g_autofree char *above = ratio_text(ratio_over(up, ratio_int(parts)));
	struct care_question *q = line_ask(l, PART_DOSE, a->start, a->end,
	    g_strdup_printf(_("“%s” is %s %s, which cannot be divided so."),
	    word, exact ? exact : "…", care_unit_words(piece, exact,
	    base_i18n_lang())));

	if (below)
		line_choice(q, "%s%s", below, unit);
	if (above)
		line_choice(q, "%s%s", above, unit);
}

static gboolean
fits(const struct care_order *o)
{
	const struct care_drug *d = o->drug;
	const struct care_unit *unit = care_unit_find(o->dose_unit);

	if (!d || (!d->piece_unit && !d->strength_unit))
		return TRUE;
	if (ratio_good(order_pieces(o, o->dose)) ||
	    ratio_good(unit_factor(o->dose_unit, d->strength_unit)))
		return TRUE;
	/* drops of a bottle, an application of a tube */
	return unit && unit->kind == KIND_METERED && (!d->piece_unit ||
	    care_unit_find(d->piece_unit) == NULL ||
	    care_unit_find(d->piece_unit)->kind != KIND_COUNT);
}

static void
settle_herb(struct line *l, const struct line_amount *a,
    const struct care_unit *unit)
{
	g_autofree char *word = line_slice(l, a->start, a->end);

	if (unit->kind != KIND_MASS)
		line_ask(l, PART_DOSE, a->start, a->end, g_strdup_printf(
		    _("“%s”: herbs are weighed in grams."), word));
	if (a->high)
		line_ask(l, PART_DOSE, a->start, a->end, g_strdup_printf(
		    _("“%s”: a herb has one weight."), word));
}

static void
settle_dose(struct line *l, const struct line_amount *a)
{
	struct care_order *o = l->out->order;
	const struct care_unit *unit = line_unit(l, a->unit, a->unit_len);
	gboolean broken = !a->value || (a->high && ratio_compare(
	    ratio_of(a->value), ratio_of(a->high)) >= 0);

	line_span(l, PART_DOSE, a->start, a->end);
	l->refused |= !a->value;
	if (a->value && broken) {
		g_autofree char *word = line_slice(l, a->start, a->end);

		line_ask(l, PART_DOSE, a->start, a->end, g_strdup_printf(
		    _("“%s” does not go from less to more."), word));
	}
	if (broken) {
		l->refused = TRUE;
		return;
	}
	if (!unit) {
		ask_unit(l, PART_DOSE, a);
		l->refused = TRUE;
		return;
	}
	o->dose = g_strdup(a->value);
	o->dose_high = g_strdup(a->high);
	o->dose_unit = g_strdup(unit->code);
	if (l->herbal)
		settle_herb(l, a, unit);
	else if (!fits(o))
		ask_misfit(l, a);
	else
		check_pieces(l, a, a->high ? a->high : a->value);
}

/* ---- quantity ----------------------------------------------------------- */

/* Both said: the quantity is what the days take, or that in whole packs. */
static void
check_agreement(struct line *l)
{
	struct care_order *o = l->out->order;
	g_autofree char *quantity = NULL;
	g_autofree char *unit = NULL;
	g_autofree char *formula = NULL;
	struct care_order plain = *o;
	struct ratio have, want, pack;
	const char *lang = base_i18n_lang();
	double days = care_order_supply_days(o);

	plain.quantity = NULL;
	if (o->as_needed || o->dose_high || o->duration_days == 0 ||
	    !care_order_quantity(&plain, lang, &quantity, &unit, &formula))
		return;
	have = order_in_pieces(o, o->quantity, o->quantity_unit);
	want = ratio_of(quantity);
	pack = o->drug ? ratio_of(o->drug->pack) : (struct ratio){ 0, 0 };
	if (!ratio_good(have) || ratio_compare(have, want) == 0)
		return;
	if (ratio_good(pack) && ratio_compare(have, ratio_times(pack,
	    ratio_up(ratio_over(want, pack)))) == 0)
		return;
	g_autofree char *words = line_unit_text(o->drug, unit);
	struct care_question *q = line_ask(l, PART_QUANTITY,
	    l->quantity.start, l->quantity.end, g_strdup_printf(
	    _("The quantity lasts %.4g days and the line says %d: %s."), days,
	    o->duration_days, formula));
	line_choice(q, "x%s%s", quantity, words);
}

static void
check_quantity(struct line *l, const struct line_amount *a)
{
	struct care_order *o = l->out->order;
	g_autofree char *word = line_slice(l, a->start, a->end);
	const struct care_unit *unit = care_unit_find(o->quantity_unit);
	struct ratio n = ratio_of(o->quantity);
	struct ratio pieces = order_in_pieces(o, o->quantity,
	    o->quantity_unit);

	if (a->high)
		line_ask(l, PART_QUANTITY, a->start, a->end, g_strdup_printf(
		    _("“%s”: a quantity is one number."), word));
	else if (unit->kind != KIND_VOLUME && unit->kind != KIND_MASS &&
	    n.den != 1)
		line_ask(l, PART_QUANTITY, a->start, a->end, g_strdup_printf(
		    _("“%s” is no whole number."), word));
	else if (n.num / n.den > CARE_LINE_MAX_PIECES)
		line_ask(l, PART_QUANTITY, a->start, a->end, g_strdup_printf(
		    _("“%s” is a huge quantity: is it a slip?"), word));
	else if (o->drug && o->drug->piece_unit && unit->kind != KIND_PACK &&
	    !ratio_good(pieces))
		line_ask(l, PART_QUANTITY, a->start, a->end, g_strdup_printf(
		    _("“%s” is not how this drug is counted."), word));
}

static void
settle_quantity(struct line *l)
{
	struct care_order *o = l->out->order;
	const struct line_amount *a = &l->quantity;
	const struct care_unit *unit = line_unit(l, a->unit, a->unit_len);
	const char *piece = order_piece_unit(o);

	if (!l->quantity_said || !a->value)
		return;
	if (!unit && a->unit_len == 0)
		unit = care_unit_find(piece);
	if (!unit) {
		ask_unit(l, PART_QUANTITY, a);
		return;
	}
	o->quantity = g_strdup(a->value);
	o->quantity_unit = g_strdup(unit->code);
	check_quantity(l, a);
	/* "5mg qd 1片" could as well be the dose */
	if (l->quantity_implied && !o->as_needed &&
	    care_order_supply_days(o) > 0 && care_order_supply_days(o) <= 1)
		too_many(l, a);
}

/* How often and how long is said once for the whole decoction. */
static void
settle_herbal(struct line *l)
{
	struct care_order *o = l->out->order;

	if (l->quantity_said)
		too_many(l, &l->quantity);
	if (!o->frequency && !o->when && !o->route && !o->as_needed &&
	    o->duration_days == 0 && o->refills < 0)
		return;
	line_ask(l, PART_UNKNOWN, l->tail, l->n, g_strdup(
	    _("A herb has its grams and preparation; how it is taken is said "
	    "once for all of them.")));
	o->frequency = NULL;
	o->when = NULL;
	o->route = NULL;
	o->as_needed = FALSE;
	g_clear_pointer(&o->as_needed_for, g_free);
	o->duration_days = 0;
	o->refills = -1;
}

void
line_settle(struct line *l)
{
	struct roles r = { NULL, NULL };

	for (guint i = 0; i < l->amounts->len; i++)
		give_role(l, &r, &g_array_index(l->amounts, struct line_amount,
		    i));
	if (r.strength)
		settle_strength(l, r.strength);
	if (r.dose)
		settle_dose(l, r.dose);
	if (l->herbal) {
		settle_herbal(l);
		return;
	}
	settle_quantity(l);
	care_order_complete(l->out->order);
	if (l->quantity_said)
		check_agreement(l);
}
