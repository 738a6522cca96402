/* SPDX-License-Identifier: Apache-2.0 */
/* What an order still needs: the question after the last word. */
#include "care/line_room.h"

static struct care_question *
need(struct line *l, enum care_part part, const char *sentence)
{
	return line_ask(l, part, l->n, l->n, g_strdup(sentence));
}

static void
need_dose(struct line *l)
{
	const struct care_drug *d = l->out->order->drug;
	struct care_question *q = need(l, PART_DOSE, l->herbal ?
	    _("How many grams?") : _("Which dose?"));
	g_autofree char *piece = d && d->piece_unit ?
	    line_unit_text(d, d->piece_unit) : NULL;
	g_autofree char *unit = d && d->strength_unit ?
	    line_unit_text(d, d->strength_unit) : NULL;

	if (l->herbal)
		return;
	if (d && d->strength && unit && !d->per)
		line_choice(q, "%s%s", d->strength, unit);
	if (piece)
		line_choice(q, "1%s", piece);
}

static void
need_route(struct line *l)
{
	struct care_question *q = need(l, PART_ROUTE, _("By which route?"));

	for (const struct care_route *r = care_routes; r->code; r++)
		line_choice(q, "%s", r->code);
}

static void
need_days(struct line *l)
{
	static const int usual[] = { 3, 7, 14, 28 };
	const struct care_order *o = l->out->order;
	double days = care_order_supply_days(o);
	struct care_question *q;

	if (o->quantity && days >= 1) {
		q = need(l, PART_DURATION, _("The quantity lasts no whole "
		    "number of days: for how many is it?"));
		line_choice(q, "%dd", (int)days);
		line_choice(q, "%dd", (int)days + 1);
		return;
	}
	q = need(l, PART_DURATION, _("For how many days?"));
	for (size_t i = 0; i < G_N_ELEMENTS(usual); i++)
		line_choice(q, "%dd", usual[i]);
}

static void
need_quantity(struct line *l)
{
	const struct care_drug *d = l->out->order->drug;
	struct care_question *q = need(l, PART_QUANTITY,
	    _("How much is handed out? It cannot be computed."));
	g_autofree char *pack = d && d->pack ? line_unit_text(d,
	    d->pack_unit ? d->pack_unit : "{pack}") : NULL;

	if (pack)
		line_choice(q, "x1%s", pack);
}

static gboolean
was_asked(const struct line *l, enum care_part part)
{
	for (guint i = 0; i < l->out->questions->len; i++) {
		const struct care_question *q = l->out->questions->pdata[i];

		if (q->part == part)
			return TRUE;
	}
	return FALSE;
}

void
line_settle_needs(struct line *l)
{
	const struct care_order *o = l->out->order;
	gboolean free_dose = o->route && o->route->dose_free && !l->herbal;
	gboolean once = o->frequency && o->frequency->once;

	if (!o->dose && !free_dose && !l->refused && !was_asked(l, PART_DOSE))
		need_dose(l);
	if (l->herbal)
		return;
	if (!o->frequency && !o->as_needed && !was_asked(l, PART_FREQUENCY))
		line_ask_frequency(l, l->n, l->n, g_strdup(_("How often?")));
	if (!order_weekdays_fit(o->frequency, o->weekdays) &&
	    !was_asked(l, PART_FREQUENCY))
		line_ask_frequency(l, l->n, l->n, g_strdup(_("The days of the "
		    "week do not fit how often it is.")));
	if (!o->route && o->drug && !was_asked(l, PART_ROUTE))
		need_route(l);
	if (o->duration_days == 0 && !o->as_needed && !once &&
	    !was_asked(l, PART_DURATION) && !was_asked(l, PART_QUANTITY))
		need_days(l);
	if (!o->quantity && o->drug && (o->frequency || o->as_needed) &&
	    (o->duration_days > 0 || o->as_needed || once) &&
	    (o->dose || free_dose) && !was_asked(l, PART_QUANTITY))
		need_quantity(l);
}
