/* SPDX-License-Identifier: Apache-2.0 */
/* Predicates of a drug against other drugs, and of its dose. */
#include "care/order_room.h"
#include "care/pack.h"

#include <string.h>

static const char *
fact_words(const struct check *c, const struct fact_drug *d)
{
	const char *words = care_drug_words(d->drug, c->lang);

	return words ? words : d->words ? d->words : "?";
}

/* Where and since when: "MedicationRequest/3, 2026-10-25". */
static char *
fact_place(const struct fact_drug *d)
{
	g_autofree char *day = d->authored_ms ? check_day(d->authored_ms) :
	    NULL;

	return g_strdup_printf("%s%s%s", d->ref ? d->ref : "", day ? ", " : "",
	    day ? day : "");
}

/* ---- what is not to be given -------------------------------------------- */

void
check_not_to_give(struct check *c)
{
	static const char *const over[] = { "cancelled", "stopped", NULL };

	for (guint i = 0; i < c->facts->drugs->len; i++) {
		const struct fact_drug *d = c->facts->drugs->pdata[i];

		if (!d->not_to_give || d->kind != FACT_ORDER ||
		    (d->status && g_strv_contains(over, d->status)))
			continue;
		for (guint n = 0; n < c->rx->orders->len; n++) {
			const struct care_drug *drug = check_order(c, n)->drug;

			if (drug && care_drug_same_substance(drug, d->drug))
				check_found(c, (struct found){ .line = (int)n,
				    .what = fact_words(c, d),
				    .numbers = fact_place(d) });
		}
	}
}

/* ---- duplicates --------------------------------------------------------- */

static const char atc[] = CARE_ATC "|";

static gboolean
has_atc(const struct care_drug *drug, const char *code, size_t n)
{
	g_autofree char *mark = g_strdup_printf("%s%.*s", atc, (int)n, code);

	return care_drug_marked(drug, mark) || (drug->code &&
	    g_strcmp0(drug->system, CARE_ATC) == 0 &&
	    g_str_has_prefix(drug->code, mark + strlen(atc)));
}

/* A substance has an ATC code for each use: any of one, and any of the other. */
static gboolean
share_class(const struct care_drug *a, const struct care_drug *b, size_t n)
{
	for (char **mark = a->marks; mark && *mark; mark++)
		if (g_str_has_prefix(*mark, atc) &&
		    strlen(*mark + strlen(atc)) >= n &&
		    has_atc(b, *mark + strlen(atc), n))
			return TRUE;
	return a->code && g_strcmp0(a->system, CARE_ATC) == 0 &&
	    strlen(a->code) >= n && has_atc(b, a->code, n);
}

static gboolean
duplicates(const struct check *c, const struct care_drug *a,
    const struct care_drug *b)
{
	size_t n = (size_t)MAX(rule_int(c->rule, "atc_characters"), 1);

	if (a->herbal && b->herbal)
		return FALSE;
	return care_drug_same_substance(a, b) || share_class(a, b, n);
}

void
check_duplicate(struct check *c)
{
	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct care_drug *drug = check_order(c, i)->drug;

		for (guint n = 0; drug && n < i; n++)
			if (check_order(c, n)->drug && duplicates(c, drug,
			    check_order(c, n)->drug))
				check_found(c, (struct found){ .line = (int)i,
				    .what = check_drug_words(c, n) });
		for (guint n = 0; drug && n < c->facts->drugs->len; n++) {
			const struct fact_drug *d = c->facts->drugs->pdata[n];

			if (check_taken_now(c, d) && duplicates(c, drug,
			    d->drug))
				check_found(c, (struct found){ .line = (int)i,
				    .what = fact_words(c, d),
				    .numbers = fact_place(d) });
		}
	}
}

/* ---- interactions ------------------------------------------------------- */

/* Either way round; a drug does not interact with itself. */
static gboolean
interact(struct check *c, const struct rule_pair *pair,
    const struct care_drug *a, const struct care_drug *b)
{
	const char *by;

	return (check_listed(c, pair->a, a, &by) &&
	    check_listed(c, pair->b, b, &by)) ||
	    (check_listed(c, pair->b, a, &by) &&
	    check_listed(c, pair->a, b, &by));
}

static void
interaction_line(struct check *c, const struct rule_pair *pair, guint line)
{
	const struct care_drug *drug = check_order(c, line)->drug;
	const char *by;

	if (!drug || (!check_listed(c, pair->a, drug, &by) &&
	    !check_listed(c, pair->b, drug, &by)))
		return;
	for (guint n = 0; n < line; n++)
		if (check_order(c, n)->drug && interact(c, pair, drug,
		    check_order(c, n)->drug))
			check_found_as(c, pair->severity, (struct found){
			    .line = (int)line, .list = pair->a,
			    .what = check_drug_words(c, n),
			    .sentence = pair->sentence });
	for (guint n = 0; n < c->facts->drugs->len; n++) {
		const struct fact_drug *d = c->facts->drugs->pdata[n];

		if (check_taken_now(c, d) && interact(c, pair, drug, d->drug))
			check_found_as(c, pair->severity, (struct found){
			    .line = (int)line, .list = pair->a,
			    .what = fact_words(c, d),
			    .sentence = pair->sentence,
			    .numbers = fact_place(d) });
	}
}

void
check_interaction(struct check *c)
{
	const struct rule_value *pairs = rule_value(c->rule, "pairs");

	for (guint i = 0; i < pairs->pairs->len; i++)
		for (guint n = 0; n < c->rx->orders->len; n++)
			interaction_line(c, &g_array_index(pairs->pairs,
			    struct rule_pair, i), n);
}

/* ---- doses -------------------------------------------------------------- */

struct usual { const char *low, *high, *unit, *source; };

static gboolean
usual_dose(struct check *c, const struct care_drug *drug, struct usual *out)
{
	const struct rule_value *ranges = rule_value(c->rule, "ranges");
	const char *by;

	*out = (struct usual){ drug->dose_low, drug->dose_high,
		drug->dose_unit, drug->dose_source };
	if (out->low && out->high && out->unit)
		return TRUE;
	for (guint i = 0; i < ranges->ranges->len; i++) {
		const struct rule_range *r = &g_array_index(ranges->ranges,
		    struct rule_range, i);

		if (!check_listed(c, r->drugs, drug, &by))
			continue;
		*out = (struct usual){ r->low, r->high, r->unit,
			r->drugs->about };
		return TRUE;
	}
	return FALSE;
}

/* The dose in the range's unit; a dose in pieces by the strength of one. Owned,
 * NULL when the units do not meet. */
static char *
dose_in(const struct care_order *o, const char *dose, const char *unit)
{
	char *direct = care_unit_convert(dose, o->dose_unit, unit);
	g_autofree char *whole = NULL;

	if (direct)
		return direct;
	if (!o->drug->strength || !o->drug->strength_unit || o->drug->per ||
	    g_strcmp0(o->dose_unit, o->drug->piece_unit) != 0)
		return NULL;
	whole = care_decimal_times(dose, o->drug->strength);
	return whole ? care_unit_convert(whole, o->drug->strength_unit, unit) :
	    NULL;
}

static gboolean
within(const char *value, const char *low, const char *high)
{
	int to_low, to_high;

	return value && fhir_decimal_compare(value, low, &to_low) &&
	    fhir_decimal_compare(value, high, &to_high) && to_low >= 0 &&
	    to_high <= 0;
}

/* Off by the factor: dose × slip or dose ÷ slip would be usual. The division is
 * done on the range's side, so that it stays exact. */
static gboolean
slipped(const char *dose, const struct usual *u, const char *slip)
{
	g_autofree char *more = care_decimal_times(dose, slip);
	g_autofree char *low = care_decimal_times(u->low, slip);
	g_autofree char *high = care_decimal_times(u->high, slip);

	return within(more, u->low, u->high) ||
	    (low && high && within(dose, low, high));
}

static void
dose_line(struct check *c, guint line)
{
	const struct care_order *o = check_order(c, line);
	g_autofree char *slip = g_strdup_printf("%" G_GINT64_FORMAT,
	    rule_int(c->rule, "slip"));
	g_autofree char *dose = NULL, *most = NULL;
	struct usual u;
	gboolean off;

	if (!o->drug || !o->dose || !o->dose_unit ||
	    !usual_dose(c, o->drug, &u))
		return;
	dose = dose_in(o, o->dose, u.unit);
	most = dose_in(o, o->dose_high ? o->dose_high : o->dose, u.unit);
	if (!dose || !most) {
		check_not_run(c, (int)line, g_strdup_printf(_("The dose of %s "
		    "is in another unit than its usual dose (%s): it was not "
		    "compared."), check_drug_words(c, line), u.unit));
		return;
	}
	if (within(dose, u.low, u.high) && within(most, u.low, u.high))
		return;
	off = slipped(dose, &u, slip) || slipped(most, &u, slip);
	check_found_as(c, off ? c->rule->severity : SEVERITY_LOG,
	    (struct found){ .line = (int)line, .source = u.source,
	    .what = off ? _("a slip of the decimal point?") : "",
	    .numbers = g_strdup_printf(_("%s %s; usual %s–%s %s"), most, u.unit,
		u.low, u.high, u.unit) });
}

void
check_dose(struct check *c)
{
	for (guint i = 0; i < c->rx->orders->len; i++)
		dose_line(c, i);
}
