/* SPDX-License-Identifier: Apache-2.0 */
/* Courses of a patient's drugs, renewals asked for, the order not to give. The
 * last dispense is placed so that days_left come out. */
#include "clinic/formulary.h"

#include <string.h>

/* An order, the fills on it, and for those with a past the order before. */
static void
course_put(struct seed *g, struct seed_person *p, int nth)
{
	int group = MAX(nth, 1);
	/* All lines of one prescription were written at one time. */
	gboolean new = nth == 0 && p->story->begun_days;
	int fills = p->visits > 3 && !(p->story->begun_days && group == 1)
	    ? 1 + (p->index + p->age_days) % 3 : 1;
	int64_t last = g->opt->now_ms -
	    (SEED_FILL_DAYS - p->days_left[nth]) * SEED_DAY_MS +
	    (group * 7 - 50) * SEED_MINUTE_MS;
	int64_t month = SEED_FILL_DAYS * SEED_DAY_MS;
	int64_t first = last - (fills - 1) * month, earlier = first - 3 * month;
	char id[40], before[48], number[48], number_before[56];
	struct seed_order o = { .id = id, .status = "active",
		.intent = "order", .drug = p->drugs[nth], .requester = g->me,
		.group = number, .repeats = 2, .days = SEED_FILL_DAYS };
	struct seed_order old;

	g_snprintf(id, sizeof id, "%s-m%d", p->id, nth);
	g_snprintf(before, sizeof before, "%sp", id);
	g_snprintf(number, sizeof number, "%s-%d", p->id, group);
	g_snprintf(number_before, sizeof number_before, "%sp", number);
	seed_order_dated(&o, first - 2 * SEED_HOUR_MS);
	if (p->died_ms)
		o.status = "stopped";
	old = o;
	old.id = before;
	old.status = "completed";
	old.group = number_before;
	seed_order_dated(&old, earlier - 2 * SEED_HOUR_MS);
	if (p->visits > 3 && !new) {
		seed_order_put(g, p, &old);
		for (int i = 0; i < 3; i++)
			seed_dispense_put(g, p, &old, i, earlier + i * month,
			    "completed");
		o.prior = before;
	}
	seed_order_put(g, p, &o);
	for (int i = 0; i < fills; i++)
		seed_dispense_put(g, p, &o, i, first + i * month, "completed");
}

/* ---- renewals ---- */

static void
renewal_put(struct seed *g, struct seed_person *p, int nth)
{
	int64_t when = g->opt->now_ms -
	    (p->story->ago_min + 3) * SEED_MINUTE_MS;
	char id[40];
	struct seed_order o = { .id = id, .drug = p->drugs[nth], .repeats = 2,
		.days = SEED_FILL_DAYS };

	g_snprintf(id, sizeof id, "%s-m%d", p->id, nth);
	/* In larger clinics some lie in the pool, for whoever takes them. */
	seed_renewal_ask(g, p, &o, nth, when,
	    p->index >= SEED_CAST && p->index % 2);
}

/* ---- not to be given ---- */

static void
forbidden_put(struct seed *g, struct seed_person *p)
{
	const struct seed_drug *d = &seed_drugs[R_IBUPROFEN];
	g_autofree char *words = g_strdup_printf("%s %s",
	    seed_lang(p, d->zh, d->en), d->strength);
	GString *s = seed_begin(g, "MedicationRequest", "%s-m-not", p->id);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - 150 * SEED_DAY_MS;

	sj_text(s, "status", "active");
	sj_text(s, "intent", "order");
	sj_raw(s, "doNotPerform", "true");
	formulary_concept(s, "medicationCodeableConcept",
	    formulary_find(seed_drug_codes[R_IBUPROFEN]), words);
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "authoredOn", seed_instant(buf, when));
	sj_ref(s, "requester", g->me);
	sj_concepts1(s, "reasonCode", NULL, NULL, NULL,
	    seed_has(p, D_CKD) || seed_has(p, D_HF) ? seed_lang(p,
	    "肾功能减退、心力衰竭风险：不用非甾体抗炎药",
	    "Reduced renal function, risk of heart failure: no NSAID") :
	    seed_lang(p, "有过消化道溃疡：不用非甾体抗炎药",
	    "Peptic ulcer in the past: no NSAID"));
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
