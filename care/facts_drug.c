/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drugs of a chart: orders, statements, proposals and what was handed out. A
 * dispense belongs to the order it names; one that names none is a drug of its
 * own.
 */
#include "care/facts.h"

#include <string.h>

/* ---- regimen ------------------------------------------------------------ */

char *
facts_regimen(const char *dose, const char *unit, int frequency,
    const char *period, const char *period_unit)
{
	g_autofree char *normal = dose ? care_decimal_normal(dose) : NULL;
	int64_t weeks;

	if (!normal || !unit || frequency <= 0 || !period || !period_unit)
		return NULL;
	/* Once a week and once in 7 days are one regimen. */
	weeks = strcmp(period_unit, "wk") == 0 && !strchr(period, '.') ?
	    g_ascii_strtoll(period, NULL, 10) : 0;
	if (weeks > 0 && weeks < 100)
		return g_strdup_printf("%s %s|%d/%dd", normal, unit, frequency,
		    (int)weeks * 7);
	return g_strdup_printf("%s %s|%d/%s%s", normal, unit, frequency, period,
	    period_unit);
}

static const struct care_frequency *
coded_frequency(const char *code)
{
	const struct care_frequency *f = care_frequencies;

	for (; code && f->code; f++)
		if (g_strcmp0(f->coded, code) == 0 ||
		    g_ascii_strcasecmp(f->code, code) == 0)
			return f;
	return NULL;
}

static const char *
regimen_of(struct care_facts *facts, const fhir_node *dosage)
{
	const fhir_node *rate = fhir_get(dosage, "doseAndRate.doseQuantity");
	const fhir_node *repeat = fhir_get(dosage, "timing.repeat");
	const char *frequency = fhir_number(repeat, "frequency");
	const char *period = fhir_number(repeat, "period");
	const char *period_unit = fhir_text(repeat, "periodUnit");
	const char *unit = fhir_text(rate, "code");
	int times = frequency ? (int)g_ascii_strtoll(frequency, NULL, 10) : 1;
	g_autofree char *text = NULL;

	if (!period) {
		const struct care_frequency *f = coded_frequency(fhir_text(
		    dosage, "timing.code.coding.code"));

		if (!f || f->once)
			return NULL;
		times = f->frequency;
		period = f->period;
		period_unit = f->period_unit;
	}
	text = facts_regimen(fhir_number(rate, "value"),
	    unit ? unit : fhir_text(rate, "unit"), times, period, period_unit);
	return facts_words(facts, text);
}

/* ---- drugs -------------------------------------------------------------- */

static double
number_at(const fhir_node *root, const char *path)
{
	const char *text = fhir_number(root, path);
	double number = text ? g_ascii_strtod(text, NULL) : 0;

	return number > 0 && number < 100000 ? number : 0;
}

/* A Duration in days; a unit that is none of these says nothing. */
static double
days_at(const fhir_node *root, const char *path)
{
	static const struct { const char *unit; double days; } units[] = {
		{ "d", 1 }, { "day", 1 }, { "days", 1 }, { "天", 1 },
		{ "日", 1 }, { "wk", 7 }, { "h", 1.0 / 24 },
	};
	g_autofree char *value = g_strconcat(path, ".value", NULL);
	g_autofree char *code = g_strconcat(path, ".code", NULL);
	g_autofree char *words = g_strconcat(path, ".unit", NULL);
	const char *unit = fhir_text(root, code);

	if (!unit)
		unit = fhir_text(root, words);
	for (size_t i = 0; unit && i < G_N_ELEMENTS(units); i++)
		if (strcmp(unit, units[i].unit) == 0)
			return number_at(root, value) * units[i].days;
	return unit ? 0 : number_at(root, value);
}

static struct fact_drug *
add_drug(struct facts_in *in, enum fact_drug_kind kind)
{
	struct fact_drug *drug = g_new0(struct fact_drug, 1);

	drug->kind = kind;
	drug->drug = care_drug_of_order(in->root);
	drug->ref = in->ref;
	drug->status = facts_words(in->facts, fhir_text(in->root, "status"));
	drug->allowed = -1;
	drug->fills = g_array_new(FALSE, TRUE, sizeof(struct fact_fill));
	drug->words = facts_shown(in->facts, drug->drug->words);
	drug->bytes = in->bytes;
	drug->len = in->len;
	g_ptr_array_add(in->facts->drugs, drug);
	return drug;
}

static void
take_reasons(struct facts_in *in, struct fact_drug *drug)
{
	drug->reasons = facts_marks(fhir_get(in->root, "reasonCode"));
	drug->reason_words = facts_concept(in->facts, fhir_get(in->root,
	    "reasonCode"));
	drug->reason_ref = facts_ref(in->facts, in->root, "reasonReference");
}

static void
take_supply(struct facts_in *in, struct fact_drug *drug)
{
	const fhir_node *request = fhir_get(in->root, "dispenseRequest");
	const char *repeats = fhir_number(request, "numberOfRepeatsAllowed");
	static const char *const ends[] = { "validityPeriod.end", NULL };

	drug->allowed = request ? 0 : -1;
	if (repeats)
		drug->allowed = (int)CLAMP(g_ascii_strtoll(repeats, NULL, 10),
		    0, 999);
	drug->supply_days = days_at(request, "expectedSupplyDuration");
	drug->valid_until_ms = facts_time(request, ends);
	drug->regimen = regimen_of(in->facts, fhir_get(in->root,
	    "dosageInstruction"));
}

void
facts_take_order(struct facts_in *in)
{
	static const char *const wishes[] = { "proposal", "plan", NULL };
	static const char *const dates[] = { "authoredOn", NULL };
	struct fact_drug *drug;

	drug = add_drug(in, facts_is(in->root, "intent", wishes)
	    ? FACT_PROPOSAL : FACT_ORDER);
	drug->intent = facts_words(in->facts, fhir_text(in->root, "intent"));
	drug->group = facts_words(in->facts, fhir_text(in->root,
	    "groupIdentifier.value"));
	drug->requester_ref = facts_ref(in->facts, in->root, "requester");
	drug->authored_ms = facts_time(in->root, dates);
	drug->reported = fhir_bool(in->root, "reportedBoolean") == 1 ||
	    fhir_get(in->root, "reportedReference") != NULL;
	drug->not_to_give = fhir_bool(in->root, "doNotPerform") == 1;
	take_reasons(in, drug);
	take_supply(in, drug);
}

void
facts_take_statement(struct facts_in *in)
{
	static const char *const dates[] = { "dateAsserted",
		"effectiveDateTime", "effectivePeriod.start", NULL };
	static const char *const not_taken[] = { "not-taken", NULL };
	struct fact_drug *drug = add_drug(in, FACT_STATEMENT);

	drug->authored_ms = facts_time(in->root, dates);
	drug->reported = TRUE;
	drug->not_to_give = facts_is(in->root, "status", not_taken);
	take_reasons(in, drug);
	drug->regimen = regimen_of(in->facts, fhir_get(in->root, "dosage"));
}

void
facts_take_medication(struct facts_in *in)
{
	struct care_drug *drug = in->modified ? NULL :
	    care_drug_read(in->root, NULL);

	if (drug)
		g_hash_table_replace(in->facts->join->medications,
		    (char *)in->ref, drug);
}

/* ---- dispenses ---------------------------------------------------------- */

void
facts_take_dispense(struct facts_in *in)
{
	static const char *const given[] = { "completed", NULL };
	static const char *const coming[] = { "preparation", "in-progress",
		"on-hold", NULL };
	static const char *const dates[] = { "whenHandedOver", "whenPrepared",
		NULL };
	struct facts_fill fill = { 0 };
	g_autofree char *quantity = NULL;

	/* cancelled, declined, stopped: nothing reached the patient */
	fill.preparing = facts_is(in->root, "status", coming);
	if (in->modified ||
	    (!fill.preparing && !facts_is(in->root, "status", given)))
		return;
	quantity = fhir_quantity_words(fhir_get(in->root, "quantity"));
	fill.order = facts_ref(in->facts, in->root, "authorizingPrescription");
	fill.fill.date_ms = facts_time(in->root, dates);
	fill.fill.days = days_at(in->root, "daysSupply");
	fill.fill.words = facts_shown(in->facts, quantity);
	fill.fill.ref = in->ref;
	fill.drug = care_drug_of_order(in->root);
	g_array_append_val(in->facts->join->fills, fill);
}

static struct fact_drug *
drug_by_ref(const struct care_facts *facts, const char *ref)
{
	for (guint i = 0; i < facts->drugs->len; i++) {
		struct fact_drug *drug = facts->drugs->pdata[i];

		if (g_strcmp0(drug->ref, ref) == 0)
			return drug;
	}
	return NULL;
}

static int
by_date(const void *a, const void *b)
{
	int64_t left = ((const struct fact_fill *)a)->date_ms;
	int64_t right = ((const struct fact_fill *)b)->date_ms;

	return (left > right) - (left < right);
}

/* A fill that does not say its days lasts as long as its order says. */
static void
settle_fills(struct fact_drug *drug)
{
	const struct fact_fill *last;

	g_array_sort(drug->fills, by_date);
	drug->dispenses = (int)drug->fills->len;
	for (guint i = 0; i < drug->fills->len; i++) {
		struct fact_fill *fill = &g_array_index(drug->fills,
		    struct fact_fill, i);

		if (fill->days <= 0)
			fill->days = drug->supply_days;
	}
	if (drug->fills->len == 0)
		return;
	last = &g_array_index(drug->fills, struct fact_fill,
	    drug->fills->len - 1);
	drug->last_fill_ms = last->date_ms;
	drug->last_fill_days = last->days;
}

/* A fill may name no order, or one that is not here (older than the chart): it is
 * then a drug by itself, so that it is not lost. */
static void
join_fill(struct care_facts *facts, struct facts_fill *fill)
{
	struct fact_drug *drug = fill->order ? drug_by_ref(facts, fill->order) :
	    NULL;

	if (!drug) {
		drug = g_new0(struct fact_drug, 1);
		drug->kind = FACT_DISPENSE;
		drug->drug = g_steal_pointer(&fill->drug);
		drug->ref = fill->fill.ref;
		drug->words = facts_shown(facts, drug->drug->words);
		drug->authored_ms = fill->fill.date_ms;
		drug->allowed = -1;
		drug->fills = g_array_new(FALSE, TRUE,
		    sizeof(struct fact_fill));
		g_ptr_array_add(facts->drugs, drug);
	}
	if (fill->preparing)
		drug->preparing = TRUE;
	else
		g_array_append_val(drug->fills, fill->fill);
}

void
facts_join_drugs(struct care_facts *facts)
{
	struct facts_join *join = facts->join;

	for (guint i = 0; i < join->fills->len; i++)
		join_fill(facts, &g_array_index(join->fills, struct facts_fill,
		    i));
	g_array_set_size(join->fills, 0);
	for (guint i = 0; i < facts->drugs->len; i++) {
		struct fact_drug *drug = facts->drugs->pdata[i];
		const struct care_drug *known = drug->drug->ref
		    ? g_hash_table_lookup(join->medications, drug->drug->ref)
		    : NULL;

		if (known && !drug->drug->code) {
			care_drug_free(drug->drug);
			drug->drug = care_drug_copy(known);
		}
		settle_fills(drug);
	}
}
