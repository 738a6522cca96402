/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, what the pharmacy handed out, renewals asked for, the order not to
 * give. The last dispense is placed so that days_left come out. */
#include "clinic/seed_priv.h"

#include <string.h>

#define ATC "http://www.whocc.no/atc"
#define FILL_DAYS 28

static void
drug_write(GString *s, const struct seed_person *p, const struct seed_drug *d)
{
	g_autofree char *words = g_strdup_printf("%s %s",
	    seed_lang(p, d->zh, d->en), d->strength);

	sj_concept(s, "medicationCodeableConcept", ATC, d->atc, d->en, words);
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

static void
fill_write(GString *s, const struct seed_person *p, const struct seed_drug *d)
{
	char n[12];

	g_snprintf(n, sizeof n, "%d", d->pack_units ? d->pack_units : 1);
	sj_quantity(s, "quantity", n, seed_lang(p, d->pack_units ? d->unit_zh
	    : "盒", d->pack_units ? d->unit_en : "pack"), NULL);
}

static void
supply_write(GString *s, const struct seed_person *p,
    const struct seed_drug *d, int64_t from_ms)
{
	char buf[SEED_TIME_SIZE];

	sj_open(s, "dispenseRequest", '{');
	sj_open(s, "validityPeriod", '{');
	sj_text(s, "start", seed_day(buf, from_ms));
	sj_text(s, "end", seed_day(buf, from_ms + 90 * SEED_DAY_MS));
	sj_close(s, '}');
	sj_raw(s, "numberOfRepeatsAllowed", "2");
	fill_write(s, p, d);
	if (d->pack_units)
		sj_quantity(s, "expectedSupplyDuration", "28",
		    seed_lang(p, "天", "days"), "d");
	sj_close(s, '}');
}

/* The diagnosis an order is for: the person's own that uses this drug. */
static enum disease
reason_of(const struct seed_person *p, int drug)
{
	for (int d = 0; d < DISEASES_; d++)
		for (int i = 0; seed_has(p, (enum disease)d) &&
		     seed_diseases[d].drugs[i] >= 0; i++)
			if (seed_diseases[d].drugs[i] == drug)
				return (enum disease)d;
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

struct order {
	const char *id, *status, *intent, *prior;
	int64_t authored_ms;
	int drug;
	const char *requester;
	int group; /* prescription it is a line of */
};

static void
order_put(struct seed *g, const struct seed_person *p, const struct order *o)
{
	const struct seed_drug *d = &seed_drugs[o->drug];
	GString *s = seed_begin(g, "MedicationRequest", "%s", o->id);
	char buf[SEED_TIME_SIZE];

	sj_text(s, "status", o->status);
	sj_text(s, "intent", o->intent);
	drug_write(s, p, d);
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "authoredOn", seed_instant(buf, o->authored_ms));
	sj_ref(s, "requester", o->requester);
	reason_write(s, p, o->drug);
	if (strcmp(o->intent, "order") == 0) {
		sj_open(s, "groupIdentifier", '{');
		sj_text(s, "system", "https://qingnang.example/rx");
		sj_textf(s, "value", "%s-%d%s", p->id, o->group,
		    strcmp(o->status, "completed") == 0 ? "p" : "");
		sj_close(s, '}');
	}
	dosage_write(s, p, d);
	supply_write(s, p, d, o->authored_ms);
	if (o->prior)
		sj_reff(s, "priorPrescription", "MedicationRequest/%s",
		    o->prior);
	seed_put(g, o->authored_ms);
}

static void
dispense_put(struct seed *g, const struct seed_person *p, const char *order,
    int nth, int drug, int64_t when)
{
	const struct seed_drug *d = &seed_drugs[drug];
	GString *s = seed_begin(g, "MedicationDispense", "%s-d%d", order, nth);
	char buf[SEED_TIME_SIZE];

	sj_text(s, "status", "completed");
	drug_write(s, p, d);
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_open(s, "performer", '[');
	sj_open(s, NULL, '{');
	sj_ref(s, "actor", "Practitioner/he-qingyue");
	sj_close(s, '}');
	sj_close(s, ']');
	sj_open(s, "authorizingPrescription", '[');
	sj_reff(s, NULL, "MedicationRequest/%s", order);
	sj_close(s, ']');
	fill_write(s, p, d);
	if (d->pack_units)
		sj_quantity(s, "daysSupply", "28", seed_lang(p, "天", "days"),
		    "d");
	sj_text(s, "whenPrepared", seed_instant(buf, when - SEED_HOUR_MS));
	sj_text(s, "whenHandedOver", seed_instant(buf, when));
	dosage_write(s, p, d);
	seed_put(g, when);
}

/* An order, the fills on it, and for those with a past the order before. */
static void
course_put(struct seed *g, struct seed_person *p, int nth)
{
	int drug = p->drugs[nth], group = MAX(nth, 1);
	/* All lines of one prescription were written at one time. */
	int fills = p->visits > 3 ? 1 + (p->index + p->age_days) % 3 : 1;
	int64_t last = g->opt->now_ms -
	    (FILL_DAYS - p->days_left[nth]) * SEED_DAY_MS +
	    (group * 7 - 50) * SEED_MINUTE_MS;
	int64_t first = last - (fills - 1) * FILL_DAYS * SEED_DAY_MS;
	char id[40], before[48];
	struct order o = { id, "active", "order", NULL,
		first - 2 * SEED_HOUR_MS, drug, g->me, group };

	g_snprintf(id, sizeof id, "%s-m%d", p->id, nth);
	g_snprintf(before, sizeof before, "%sp", id);
	if (p->died_ms)
		o.status = "stopped";
	if (p->visits > 3) {
		int64_t earlier = first - 3 * FILL_DAYS * SEED_DAY_MS;

		order_put(g, p, &(struct order){ before, "completed", "order",
		    NULL, earlier - 2 * SEED_HOUR_MS, drug, g->me, group });
		for (int i = 0; i < 3; i++)
			dispense_put(g, p, before, i, drug,
			    earlier + i * FILL_DAYS * SEED_DAY_MS);
		o.prior = before;
	}
	order_put(g, p, &o);
	for (int i = 0; i < fills; i++)
		dispense_put(g, p, id, i, drug,
		    first + i * FILL_DAYS * SEED_DAY_MS);
}

/* ---- renewals ---- */

static void
renewal_put(struct seed *g, struct seed_person *p, int nth)
{
	char id[40], prior[40], patient[40], buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms -
	    (p->story->ago_min + 3) * SEED_MINUTE_MS;
	GString *s;

	g_snprintf(id, sizeof id, "%s-m%d-renew", p->id, nth);
	g_snprintf(prior, sizeof prior, "%s-m%d", p->id, nth);
	g_snprintf(patient, sizeof patient, "Patient/%s", p->id);
	order_put(g, p, &(struct order){ id, "draft", "proposal", prior, when,
	    p->drugs[nth], patient });
	s = seed_begin(g, "Task", "%s-task-renew%d", p->id, nth);
	sj_text(s, "status", "requested");
	sj_text(s, "intent", "order");
	sj_text(s, "priority", "routine");
	sj_concept(s, "code", "http://hl7.org/fhir/CodeSystem/task-code",
	    "approve", NULL, seed_lang(p, "续方", "Renewal"));
	sj_reff(s, "focus", "MedicationRequest/%s", id);
	sj_ref(s, "for", patient);
	sj_text(s, "authoredOn", seed_instant(buf, when));
	sj_text(s, "lastModified", seed_instant(buf, when));
	sj_ref(s, "requester", patient);
	/* In larger clinics some lie in the pool, for whoever takes them. */
	if (p->index >= SEED_CAST && p->index % 2)
		sj_concepts1(s, "performerType", "http://snomed.info/sct",
		    "309343006", NULL, seed_lang(p, "医师", "Physician"));
	else
		sj_ref(s, "owner", g->me);
	sj_open(s, "restriction", '{');
	sj_open(s, "period", '{');
	sj_text(s, "end", seed_instant(buf, when + SEED_DAY_MS));
	sj_close(s, '}');
	sj_close(s, '}');
	seed_put(g, when);
}

/* ---- not to be given ---- */

static void
forbidden_put(struct seed *g, struct seed_person *p)
{
	GString *s = seed_begin(g, "MedicationRequest", "%s-m-not", p->id);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - 150 * SEED_DAY_MS;

	sj_text(s, "status", "active");
	sj_text(s, "intent", "order");
	sj_raw(s, "doNotPerform", "true");
	drug_write(s, p, &seed_drugs[R_IBUPROFEN]);
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "authoredOn", seed_instant(buf, when));
	sj_ref(s, "requester", g->me);
	sj_concepts1(s, "reasonCode", NULL, NULL, NULL, seed_lang(p,
	    "肾功能减退、心力衰竭风险：不用非甾体抗炎药",
	    "Reduced renal function, risk of heart failure: no NSAID"));
	seed_put(g, when);
}

/* What people buy for themselves. */
static void
own_drug_put(struct seed *g, struct seed_person *p)
{
	GString *s = seed_begin(g, "MedicationStatement", "%s-own", p->id);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - 60 * SEED_DAY_MS;

	sj_text(s, "status", "active");
	sj_concept(s, "medicationCodeableConcept", NULL, NULL, NULL,
	    seed_lang(p, "深海鱼油软胶囊(自购)", "Fish oil capsules (own)"));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "effectiveDateTime", seed_day(buf, when));
	sj_text(s, "dateAsserted", seed_instant(buf, when));
	sj_reff(s, "informationSource", "Patient/%s", p->id);
	seed_put(g, when);
}

void
seed_drugs_put(struct seed *g, struct seed_person *p)
{
	for (int i = 0; i < p->n_drugs; i++)
		course_put(g, p, i);
	if (p->story->flags & STORY_RENEWAL && !p->newcomer)
		for (int i = 0; i < MIN(p->n_drugs, 2); i++)
			renewal_put(g, p, i);
	if (p->traits & TRAIT_DO_NOT_GIVE)
		forbidden_put(g, p);
	if (p->index % 5 == 3 && p->age_days > 40 * 365)
		own_drug_put(g, p);
}
