/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A renewal: the old order again, with its diagnosis and never its comments. A
 * dose in pieces goes with the strength it was written for.
 */
#include "care/order_room.h"
#include "care/record_room.h"

#include <string.h>

static char *
ref_of(const fhir_node *resource)
{
	struct fhir_head head;

	return resource && fhir_head(resource, &head, NULL) ?
	    g_strdup_printf("%s/%s", head.type, head.id) : NULL;
}

static char *
version_of(const fhir_node *resource)
{
	struct fhir_head head;

	return resource && fhir_head(resource, &head, NULL) ?
	    g_strdup(head.version) : NULL;
}

static void
drop_dose(struct care_order *o)
{
	g_clear_pointer(&o->dose, g_free);
	g_clear_pointer(&o->dose_high, g_free);
	g_clear_pointer(&o->dose_unit, g_free);
	g_clear_pointer(&o->quantity, g_free);
	g_clear_pointer(&o->quantity_unit, g_free);
}

/* The very product, by its code or by reference. */
static gboolean
is_product(const struct care_drug *then, const struct care_drug *now)
{
	if (then->code)
		return g_strcmp0(then->code, now->code) == 0 &&
		    g_strcmp0(then->system, now->system) == 0;
	return then->ref && g_strcmp0(then->ref, now->ref) == 0;
}

/* Words that name another thing than the code does leave it open which is meant;
 * a brand that the formulary does not know does too. */
static gboolean
is_meant(const struct care_drug *then, const struct care_drug *now)
{
	return care_drug_same_substance(then, now) ||
	    (is_product(then, now) && !then->words && !then->generic_zh &&
	    !then->generic_en);
}

/* "Two tablets" of another strength is another dose. */
static gboolean
dose_holds(const struct care_order *o, const struct care_drug *now)
{
	const struct care_drug *then = o->drug;
	struct ratio factor;

	if (!o->dose_unit || (now->strength_unit && ratio_good(unit_factor(
	    o->dose_unit, now->strength_unit))))
		return TRUE;
	if (is_product(then, now))
		return TRUE;
	factor = then->strength_unit && now->strength_unit ? unit_factor(
	    then->strength_unit, now->strength_unit) : (struct ratio){ 0, 0 };
	return ratio_good(factor) && then->strength && now->strength &&
	    ratio_compare(ratio_times(ratio_of(then->strength), factor),
	    ratio_of(now->strength)) == 0;
}

void
care_order_use(struct care_order *o, const struct care_drug *now)
{
	if (!is_meant(o->drug, now))
		return;
	if (!dose_holds(o, now))
		drop_dose(o);
	care_drug_free(o->drug);
	o->drug = care_drug_copy(now);
}

static void
carry(struct care_rx *rx, const struct care_drug *formulary_drug,
    enum care_origin origin)
{
	for (guint i = 0; i < rx->orders->len; i++) {
		struct care_order *o = rx->orders->pdata[i];

		g_clear_pointer(&o->note, g_free);
		o->origin = origin;
		if (formulary_drug && !rx->herbal)
			care_order_use(o, formulary_drug);
	}
}

/* ---- what could not be carried over ------------------------------------- */

/* Of texts without end, what a doctor can read. */
enum { WAS_COLS = 1000, WAS_MAX_BYTES = 16 * WAS_COLS };

/* A dosage as it was put, else each of its fields. */
static void
dosage_words(GString *out, const fhir_node *dosage)
{
	const struct record_words how = { .lang = base_i18n_lang() };
	const char *text = fhir_text(dosage, "text");
	g_autoptr(GArray) lines = text ? NULL :
	    care_record_lines(dosage, &how);
	g_autoptr(GString) one = g_string_new(text);

	for (guint i = 0; lines && i < lines->len; i++) {
		const struct record_line *l = &g_array_index(lines,
		    struct record_line, i);
		g_autofree char *said = g_strdup_printf("%s %s", l->label,
		    l->text);

		if (*l->text)
			record_join(one, ", ", said);
	}
	record_join(out, _("; "), one->str);
}

/* The question that is left is the doctor's to answer: with what stood there. */
static void
keep_words(struct care_order *o, const fhir_node *prior)
{
	const fhir_node *dosages = fhir_child(prior, "dosageInstruction");
	gboolean dose = o->dose || (o->route && o->route->dose_free);
	gboolean often = o->frequency || o->as_needed;
	g_autoptr(GString) all = g_string_new(NULL);
	struct fhir_each each;
	const fhir_node *one;

	if (dose && often && fhir_count(dosages, NULL) <= 1)
		return;
	fhir_each(&each, dosages);
	while (all->len < WAS_MAX_BYTES && (one = fhir_each_next(&each, NULL)))
		dosage_words(all, one);
	if (all->len) {
		g_autofree char *shown = base_text_show(all->str, -1,
		    BASE_ONE_LINE);

		o->was = base_text_cut(shown, WAS_COLS);
	}
}

/* Without the old order there is only what was asked for, and whoever wrote that
 * was no doctor: it cannot be signed as it is. */
struct care_rx *
care_rx_renew(const fhir_node *prior, const fhir_node *proposal,
    const fhir_node *task, const struct care_drug *formulary_drug_or_null,
    int64_t now_ms)
{
	const fhir_node *from = prior ? prior : proposal;
	struct care_rx *rx;

	if (!from)
		return NULL;
	rx = care_rx_new();
	rx_read_context(rx, from);
	rx_read_orders(rx, from, ORDER_FOREIGN);
	carry(rx, formulary_drug_or_null, prior ? ORIGIN_CARRIED :
	    ORIGIN_MACHINE);
	if (prior && !rx->herbal && rx->orders->len == 1)
		keep_words(rx->orders->pdata[0], prior);
	rx->prior_ref = ref_of(prior);
	rx->prior_version = version_of(prior);
	rx->based_on_ref = ref_of(proposal);
	rx->task_ref = ref_of(task);
	rx->task_version = version_of(task);
	rx->authored_ms = now_ms;
	care_rx_identify(rx, NULL);
	return rx;
}
