/* SPDX-License-Identifier: Apache-2.0 */
/* Patients "rn0", "rn1" …, made for the renewal lane: a chart in which what the
 * case says stands, and nothing else is in the way. */
#include "clinic/data/renewal.h"

#include <string.h>

/* Numbers of their own, beside the seeded patients and the newcomers. */
#define RENEWALS_FROM 20000000
#define COLLEAGUE "Practitioner/lin-zhixia"

gboolean
seed_renewal_person(struct seed_person *p,
    const struct clinic_seed_options *opt, int index)
{
	char id[16];

	if (index < 0 || index >= renewal_cases_count)
		return FALSE;
	g_snprintf(id, sizeof id, "rn%d", index);
	seed_person_of(p, opt, RENEWALS_FROM + index, id,
	    &renewal_cases[index].story);
	p->traits |= renewal_cases[index].traits;
	return TRUE;
}

/* ---- orders ------------------------------------------------------------- */

/* Handed out in the morning, each month anew, the last so many days ago. */
static int64_t
filled_ms(const struct seed *g, const struct renewal_case *c, int nth)
{
	int64_t today = g->opt->now_ms -
	    (g->opt->now_ms + 8 * SEED_HOUR_MS) % SEED_DAY_MS;

	return today + 9 * SEED_HOUR_MS - SEED_DAY_MS *
	    (c->fill_days + (c->fills - 1 - nth) * SEED_FILL_DAYS);
}

static void
drug_put(struct seed *g, const struct seed_person *p,
    const struct renewal_case *c, int nth)
{
	char id[40], group[48], before[48];
	struct seed_order o = { .id = id, .intent = "order", .prior = before,
		.status = c->flags & RENEWAL_STOPPED ? "stopped" : "active",
		.drug = p->drugs[nth], .group = group, .repeats = c->repeats,
		.days = SEED_FILL_DAYS, .requester = g->me,
		.named = c->flags & RENEWAL_UNCODED ? DRUG_BY_WORDS
		    : c->flags & RENEWAL_REFERENCED ? DRUG_BY_REFERENCE
		    : DRUG_BY_CODE,
		.reported = (c->flags & RENEWAL_REPORTED) != 0,
		.no_reason = (c->flags & RENEWAL_NO_REASON) != 0 };
	struct seed_order old;

	g_snprintf(id, sizeof id, "%s-m%d", p->id, nth);
	g_snprintf(before, sizeof before, "%sp", id);
	g_snprintf(group, sizeof group, "%s-1", p->id);
	seed_order_dated(&o, c->fills ? filled_ms(g, c, 0) - SEED_HOUR_MS
	    : g->opt->now_ms - 30 * SEED_DAY_MS);
	o.valid_ms = g->opt->now_ms - c->expired_days * SEED_DAY_MS;
	old = o;
	old.id = before;
	old.status = "completed";
	old.group = old.prior = NULL;
	old.named = DRUG_BY_CODE;
	seed_order_dated(&old, o.authored_ms - 84 * SEED_DAY_MS);
	seed_order_put(g, p, &old);
	for (int i = 0; i < 3; i++)
		seed_dispense_put(g, p, &old, i, old.authored_ms +
		    SEED_HOUR_MS + i * SEED_FILL_DAYS * SEED_DAY_MS,
		    "completed");
	seed_order_put(g, p, &o);
	for (int i = 0; i < c->fills; i++)
		seed_dispense_put(g, p, &o, i, filled_ms(g, c, i),
		    "completed");
	if (c->flags & RENEWAL_PREPARED)
		seed_dispense_put(g, p, &o, c->fills,
		    g->opt->now_ms - SEED_HOUR_MS, "preparation");
	if (nth == 0)
		seed_renewal_ask(g, p, &o, 0, g->opt->now_ms -
		    c->story.ago_min * SEED_MINUTE_MS,
		    (c->flags & RENEWAL_POOL) != 0);
}

/* Somebody else ordered the same substance since. */
static void
newer_put(struct seed *g, const struct seed_person *p)
{
	char id[40], group[48];
	struct seed_order o = { .id = id, .intent = "order",
		.status = "active", .drug = p->drugs[0], .group = group,
		.repeats = 0, .days = 14, .requester = COLLEAGUE };

	g_snprintf(id, sizeof id, "%s-newer", p->id);
	g_snprintf(group, sizeof group, "%s-9", p->id);
	seed_order_dated(&o, g->opt->now_ms - 9 * SEED_DAY_MS);
	seed_order_put(g, p, &o);
}

/* ---- the rest of the chart ---------------------------------------------- */

static void
labs_put(struct seed *g, struct seed_person *p, const struct renewal_case *c)
{
	unsigned panels = seed_panels_of(p) | BIT(seed_panel_main(p));
	struct seed_rng rng = seed_rng_make(g->opt->seed, (uint64_t)p->index,
	    2);

	for (int nth = 0; nth < 3 && c->lab_days; nth++) {
		int days = c->lab_days + nth * 118;
		struct seed_visit v = { .status = "final", .number = nth };

		v.taken_ms = g->opt->now_ms - days * SEED_DAY_MS;
		v.taken_ms -= (v.taken_ms + 8 * SEED_HOUR_MS) % SEED_DAY_MS -
		    8 * SEED_HOUR_MS - 20 * SEED_MINUTE_MS;
		v.issued_ms = v.taken_ms + 5 * SEED_HOUR_MS;
		seed_body_visit(p, days / 365.0, FALSE, &rng, v.values);
		for (int i = 0; i < PANELS_; i++)
			if (panels & BIT(i))
				seed_panel_put(g, p, (enum panel)i, &v);
	}
	if (seed_has(p, D_HTN))
		seed_home_put(g, p, &rng);
}

static void
pregnancy_put(struct seed *g, const struct seed_person *p)
{
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - 12 * SEED_DAY_MS;
	GString *s = seed_begin(g, "Observation", "%s-pregnant", p->id);

	sj_text(s, "status", "final");
	sj_concepts1(s, "category",
	    "http://terminology.hl7.org/CodeSystem/observation-category",
	    "social-history", NULL, NULL);
	sj_concept(s, "code", "http://loinc.org", "82810-3",
	    "Pregnancy status", seed_lang(p, "妊娠状态", "Pregnancy status"));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "effectiveDateTime", seed_instant(buf, when));
	sj_concept(s, "valueCodeableConcept", "http://snomed.info/sct",
	    "77386006", "Pregnant", seed_lang(p, "妊娠", "Pregnant"));
	seed_put(g, when);
	s = seed_begin(g, "Condition", "%s-c-Z33", p->id);
	sj_concept(s, "clinicalStatus",
	    "http://terminology.hl7.org/CodeSystem/condition-clinical",
	    "active", NULL, NULL);
	sj_concept(s, "verificationStatus",
	    "http://terminology.hl7.org/CodeSystem/condition-ver-status",
	    "confirmed", NULL, NULL);
	sj_concept(s, "code", "http://hl7.org/fhir/sid/icd-10", "Z33", NULL,
	    seed_lang(p, "妊娠状态", "Pregnant state"));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "recordedDate", seed_day(buf, when));
	seed_put(g, when);
}

static void
admission_put(struct seed *g, const struct seed_person *p)
{
	const struct seed_disease *why = &seed_diseases[p->story->why];
	GString *s = seed_begin(g, "Encounter", "%s-stay", p->id);
	char buf[SEED_TIME_SIZE];
	int64_t from = g->opt->now_ms - 15 * SEED_DAY_MS;
	int64_t until = g->opt->now_ms - 8 * SEED_DAY_MS;

	sj_text(s, "status", "finished");
	sj_open(s, "class", '{');
	sj_text(s, "system",
	    "http://terminology.hl7.org/CodeSystem/v3-ActCode");
	sj_text(s, "code", "IMP");
	sj_text(s, "display", "inpatient encounter");
	sj_close(s, '}');
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_open(s, "period", '{');
	sj_text(s, "start", seed_instant(buf, from));
	sj_text(s, "end", seed_instant(buf, until));
	sj_close(s, '}');
	sj_concepts1(s, "reasonCode", "http://hl7.org/fhir/sid/icd-10",
	    why->icd10, NULL, seed_lang(p, why->zh, why->en));
	sj_ref(s, "serviceProvider", "Organization/qingnang-hospital");
	seed_put(g, until);
}

/* Takes it every other day; the order says each day. */
static void
statement_put(struct seed *g, const struct seed_person *p)
{
	const struct seed_drug *d = &seed_drugs[p->drugs[0]];
	GString *s = seed_begin(g, "MedicationStatement", "%s-says", p->id);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - 6 * SEED_DAY_MS;

	sj_text(s, "status", "active");
	sj_concept(s, "medicationCodeableConcept",
	    "http://www.whocc.no/atc", d->atc, d->en,
	    seed_lang(p, d->zh, d->en));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "effectiveDateTime", seed_day(buf, when));
	sj_text(s, "dateAsserted", seed_instant(buf, when));
	sj_reff(s, "informationSource", "Patient/%s", p->id);
	sj_open(s, "dosage", '[');
	sj_open(s, NULL, '{');
	sj_textf(s, "text", "%s", seed_lang(p, "自述：隔日1次，每次1片",
	    "By own account: one tablet every other day"));
	sj_open(s, "timing", '{');
	sj_open(s, "repeat", '{');
	sj_raw(s, "frequency", "1");
	sj_raw(s, "period", "2");
	sj_text(s, "periodUnit", "d");
	g_string_append(s, "}}}]");
	seed_put(g, when);
}

static const struct {
	unsigned flag;
	void (*put)(struct seed *g, const struct seed_person *p);
} extras[] = {
	{ RENEWAL_NEWER, newer_put }, { RENEWAL_ADMITTED, admission_put },
	{ RENEWAL_STATEMENT, statement_put },
	{ RENEWAL_PREGNANT, pregnancy_put },
};

static void
case_put(struct seed *g, int index)
{
	const struct renewal_case *c = &renewal_cases[index];
	struct seed_person p;

	seed_renewal_person(&p, g->opt, index);
	seed_person_put(g, &p);
	seed_chart_put(g, &p);
	seed_past_put(g, &p);
	for (int i = 0; i < p.n_drugs; i++)
		drug_put(g, &p, c, i);
	labs_put(g, &p, c);
	for (size_t i = 0; i < G_N_ELEMENTS(extras); i++)
		if (c->flags & extras[i].flag)
			extras[i].put(g, &p);
	if (c->story.lines)
		seed_threads_put(g, &p);
}

void
seed_renewals_put(struct seed *g, int cases)
{
	for (int i = 0; i < MIN(cases, renewal_cases_count) && !g->failed; i++)
		case_put(g, i);
}
