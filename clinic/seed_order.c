/* SPDX-License-Identifier: Apache-2.0 */
/* One order, or one dispense of it, as the hospital's system writes them: all
 * that a renewal carries over stands in the order. */
#include "clinic/formulary.h"

#include <string.h>

static const struct formulary_drug *
product_of(int drug)
{
	return formulary_find(seed_drug_codes[drug]);
}

static void
drug_write(GString *s, const struct seed_person *p, const struct seed_order *o)
{
	const struct seed_drug *d = &seed_drugs[o->drug];
	g_autofree char *words = g_strdup_printf("%s %s",
	    seed_lang(p, d->zh, d->en), d->strength);
	g_autofree char *id = g_ascii_strdown(seed_drug_codes[o->drug], -1);

	if (o->named == DRUG_BY_REFERENCE) {
		sj_open(s, "medicationReference", '{');
		sj_textf(s, "reference", "Medication/%s", id);
		sj_text(s, "display", words);
		sj_close(s, '}');
	} else if (o->named == DRUG_BY_WORDS) {
		sj_concept(s, "medicationCodeableConcept", NULL, NULL, NULL,
		    words);
	} else {
		formulary_concept(s, "medicationCodeableConcept",
		    product_of(o->drug), words);
	}
}

static char *
dose_words(const struct seed_person *p, const struct seed_drug *d)
{
	const struct seed_route *route = &seed_routes[d->route];
	g_autofree char *often = NULL;

	if (p->english) {
		often = d->times == 0 ? g_strdup("as needed")
		    : d->every == 7 ? g_strdup("once a week")
		    : g_strdup_printf("%s a day", d->times == 1 ? "once"
		        : d->times == 2 ? "twice" : "three times");
		return g_strdup_printf("%s %s %s %s, %s", d->dose, d->unit_en,
		    route->en, often, d->hint_en);
	}
	often = d->times == 0 ? g_strdup("必要时")
	    : d->every == 7 ? g_strdup("每周1次")
	    : g_strdup_printf("每日%d次", d->times);
	return g_strdup_printf("每次%s%s，%s，%s，%s", d->dose, d->unit_zh,
	    often, route->zh, d->hint_zh);
}

static void
timing_write(GString *s, const struct seed_drug *d)
{
	static const char *const often[] = { NULL, "QD", "BID", "TID" };

	if (d->times == 0) {
		sj_raw(s, "asNeededBoolean", "true");
		return;
	}
	sj_open(s, "timing", '{');
	sj_open(s, "repeat", '{');
	sj_raw(s, "frequency", d->times == 1 ? "1" : d->times == 2 ? "2" : "3");
	sj_raw(s, "period", d->every == 7 ? "7" : "1");
	sj_text(s, "periodUnit", "d");
	sj_close(s, '}');
	if (d->every == 1)
		sj_concept(s, "code",
		    "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation",
		    often[d->times], NULL, NULL);
	sj_close(s, '}');
}

static void
dosage_write(GString *s, const struct seed_person *p,
    const struct seed_drug *d)
{
	g_autofree char *words = dose_words(p, d);

	sj_open(s, "dosageInstruction", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "text", words);
	timing_write(s, d);
	sj_concept(s, "route", "http://snomed.info/sct",
	    seed_routes[d->route].code, NULL,
	    seed_lang(p, seed_routes[d->route].zh, seed_routes[d->route].en));
	sj_open(s, "doseAndRate", '[');
	sj_open(s, NULL, '{');
	sj_quantity(s, "doseQuantity", d->mg, d->ucum[0] == '{' ?
	    seed_lang(p, d->unit_zh, d->unit_en)
	    : strcmp(d->ucum, "ug") == 0 ? "µg" : d->ucum, d->ucum);
	sj_close(s, '}');
	sj_close(s, ']');
	sj_close(s, '}');
	sj_close(s, ']');
}

/* So many units for so many days; a drug taken when needed comes by the pack. */
static void
fill_write(GString *s, const struct seed_person *p,
    const struct seed_order *o)
{
	const struct seed_drug *d = &seed_drugs[o->drug];
	const char *ucum = formulary_forms[product_of(o->drug)->form].ucum;
	char n[12];

	g_snprintf(n, sizeof n, "%d", d->pack_units
	    ? d->pack_units * o->days / SEED_FILL_DAYS : 1);
	sj_quantity(s, "quantity", n, seed_lang(p, d->pack_units ? d->unit_zh
	    : "盒", d->pack_units ? d->unit_en : "pack"),
	    d->pack_units ? ucum : "{pack}");
}

static void
days_write(GString *s, const char *key, const struct seed_person *p,
    const struct seed_order *o)
{
	char n[12];

	g_snprintf(n, sizeof n, "%d", o->days);
	if (seed_drugs[o->drug].pack_units)
		sj_quantity(s, key, n, seed_lang(p, "天", "days"), "d");
}

static void
supply_write(GString *s, const struct seed_person *p,
    const struct seed_order *o)
{
	char buf[SEED_TIME_SIZE], n[12];

	g_snprintf(n, sizeof n, "%d", o->repeats);
	sj_open(s, "dispenseRequest", '{');
	sj_open(s, "validityPeriod", '{');
	sj_text(s, "start", seed_day(buf, o->authored_ms));
	sj_text(s, "end", seed_day(buf, o->valid_ms));
	sj_close(s, '}');
	sj_raw(s, "numberOfRepeatsAllowed", n);
	fill_write(s, p, o);
	days_write(s, "expectedSupplyDuration", p, o);
	sj_close(s, '}');
}

/* The diagnosis an order is for: the person's own that uses this drug. */
static enum disease
reason_of(const struct seed_person *p, int drug)
{
	/* Not the first choice, but for nothing else here. */
	static const struct { enum drug drug; enum disease d; } other[] = {
		{ R_LISINOPRIL, D_HTN }, { R_PERINDOPRIL, D_HTN },
		{ R_INDAPAMIDE, D_HTN }, { R_GLICLAZIDE, D_T2DM },
		{ R_DAPAGLIFLOZIN, D_T2DM }, { R_SITAGLIPTIN, D_T2DM },
	};

	for (int d = 0; d < DISEASES_; d++)
		for (int i = 0; seed_has(p, (enum disease)d) &&
		     seed_diseases[d].drugs[i] >= 0; i++)
			if (seed_diseases[d].drugs[i] == drug)
				return (enum disease)d;
	for (size_t i = 0; i < G_N_ELEMENTS(other); i++)
		if ((int)other[i].drug == drug && seed_has(p, other[i].d))
			return other[i].d;
	return (enum disease)p->story->why;
}

static void
reason_write(GString *s, const struct seed_person *p, int drug)
{
	enum disease why = reason_of(p, drug);
	const struct seed_disease *d = &seed_diseases[why];

	sj_concepts1(s, "reasonCode", "http://hl7.org/fhir/sid/icd-10",
	    d->icd10, NULL, seed_lang(p, d->zh, d->en));
	sj_open(s, "reasonReference", '[');
	sj_reff(s, NULL, "Condition/%s-c-%s", p->id, d->icd10);
	sj_close(s, ']');
}

void
seed_order_put(struct seed *g, const struct seed_person *p,
    const struct seed_order *o)
{
	GString *s = seed_begin(g, "MedicationRequest", "%s", o->id);
	char buf[SEED_TIME_SIZE];

	sj_text(s, "status", o->status);
	sj_text(s, "intent", o->intent);
	if (o->reported)
		sj_raw(s, "reportedBoolean", "true");
	drug_write(s, p, o);
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "authoredOn", seed_instant(buf, o->authored_ms));
	sj_ref(s, "requester", o->requester);
	if (!o->no_reason)
		reason_write(s, p, o->drug);
	if (o->group) {
		sj_open(s, "groupIdentifier", '{');
		sj_text(s, "system", "https://qingnang.example/rx");
		sj_text(s, "value", o->group);
		sj_close(s, '}');
	}
	dosage_write(s, p, &seed_drugs[o->drug]);
	supply_write(s, p, o);
	if (o->prior)
		sj_reff(s, "priorPrescription", "MedicationRequest/%s",
		    o->prior);
	seed_put(g, o->authored_ms);
}

void
seed_dispense_put(struct seed *g, const struct seed_person *p,
    const struct seed_order *o, int nth, int64_t when_ms, const char *status)
{
	GString *s = seed_begin(g, "MedicationDispense", "%s-d%d", o->id, nth);
	gboolean done = strcmp(status, "completed") == 0;
	char buf[SEED_TIME_SIZE];

	sj_text(s, "status", status);
	drug_write(s, p, o);
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_open(s, "performer", '[');
	sj_open(s, NULL, '{');
	sj_ref(s, "actor", SEED_PHARMACIST);
	sj_close(s, '}');
	sj_close(s, ']');
	sj_open(s, "authorizingPrescription", '[');
	sj_reff(s, NULL, "MedicationRequest/%s", o->id);
	sj_close(s, ']');
	fill_write(s, p, o);
	days_write(s, "daysSupply", p, o);
	sj_text(s, "whenPrepared", seed_instant(buf, when_ms - SEED_HOUR_MS));
	if (done)
		sj_text(s, "whenHandedOver", seed_instant(buf, when_ms));
	dosage_write(s, p, &seed_drugs[o->drug]);
	seed_put(g, when_ms);
}

/* The request of a patient to go on with an order. */
void
seed_renewal_ask(struct seed *g, const struct seed_person *p,
    const struct seed_order *old, int nth, int64_t when_ms, gboolean pool)
{
	char id[72], patient[40], buf[SEED_TIME_SIZE];
	struct seed_order ask = *old;
	GString *s;

	g_snprintf(id, sizeof id, "%s-renew", old->id);
	g_snprintf(patient, sizeof patient, "Patient/%s", p->id);
	ask.prior = old->id;
	ask.id = id;
	ask.status = "draft";
	ask.intent = "proposal";
	ask.group = NULL;
	ask.reported = FALSE;
	ask.requester = patient;
	ask.authored_ms = when_ms;
	ask.valid_ms = when_ms + 90 * SEED_DAY_MS;
	seed_order_put(g, p, &ask);
	s = seed_begin(g, "Task", "%s-task-renew%d", p->id, nth);
	sj_text(s, "status", "requested");
	sj_text(s, "intent", "order");
	sj_text(s, "priority", "routine");
	sj_concept(s, "code", "http://hl7.org/fhir/CodeSystem/task-code",
	    "approve", NULL, seed_lang(p, "续方", "Renewal"));
	sj_reff(s, "focus", "MedicationRequest/%s", id);
	sj_ref(s, "for", patient);
	sj_text(s, "authoredOn", seed_instant(buf, when_ms));
	sj_text(s, "lastModified", seed_instant(buf, when_ms));
	sj_ref(s, "requester", patient);
	if (pool)
		sj_concepts1(s, "performerType", "http://snomed.info/sct",
		    "309343006", NULL, seed_lang(p, "医师", "Physician"));
	else
		sj_ref(s, "owner", g->me);
	sj_open(s, "restriction", '{');
	sj_open(s, "period", '{');
	sj_text(s, "end", seed_instant(buf, when_ms + SEED_DAY_MS));
	sj_close(s, '}');
	sj_close(s, '}');
	seed_put(g, when_ms);
}
