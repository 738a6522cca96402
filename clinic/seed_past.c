/* SPDX-License-Identifier: Apache-2.0 */
/* The rest of a chart: visits, vaccinations, procedures, flags. */
#include "clinic/seed_priv.h"

#include <string.h>

/* Evidence of a re-visit: who has chronic disease was seen here before. */
static void
encounter_put(struct seed *g, const struct seed_person *p, int nth,
    int64_t start_ms)
{
	const struct seed_disease *why = &seed_diseases[p->story->why];
	GString *s = seed_begin(g, "Encounter", "%s-e%d", p->id, nth);
	char buf[SEED_TIME_SIZE];

	sj_text(s, "status", "finished");
	sj_open(s, "class", '{');
	sj_text(s, "system",
	    "http://terminology.hl7.org/CodeSystem/v3-ActCode");
	sj_text(s, "code", "AMB");
	sj_close(s, '}');
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_open(s, "participant", '[');
	sj_open(s, NULL, '{');
	sj_ref(s, "individual", g->me);
	sj_close(s, '}');
	sj_close(s, ']');
	sj_open(s, "period", '{');
	sj_text(s, "start", seed_instant(buf, start_ms));
	sj_text(s, "end", seed_instant(buf, start_ms + 12 * SEED_MINUTE_MS));
	sj_close(s, '}');
	sj_concepts1(s, "reasonCode", "http://hl7.org/fhir/sid/icd-10",
	    why->icd10, NULL, seed_lang(p, why->zh, why->en));
	sj_ref(s, "serviceProvider", "Organization/qingnang-hospital");
	seed_put(g, start_ms + 12 * SEED_MINUTE_MS);
}

static void
vaccination_put(struct seed *g, const struct seed_person *p)
{
	GString *s = seed_begin(g, "Immunization", "%s-flu", p->id);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - (30 + p->index % 20) * SEED_DAY_MS;

	sj_text(s, "status", "completed");
	sj_concept(s, "vaccineCode", "http://www.whocc.no/atc", "J07BB", NULL,
	    seed_lang(p, "流感疫苗", "Influenza vaccine"));
	sj_reff(s, "patient", "Patient/%s", p->id);
	sj_text(s, "occurrenceDateTime", seed_day(buf, when));
	sj_raw(s, "primarySource", "true");
	seed_put(g, when);
}

static void
procedure_put(struct seed *g, const struct seed_person *p)
{
	GString *s = seed_begin(g, "Procedure", "%s-stent", p->id);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - p->began[D_CAD] * 365 * SEED_DAY_MS;

	sj_text(s, "status", "completed");
	sj_concept(s, "code", "http://snomed.info/sct", "415070008", NULL,
	    seed_lang(p, "冠状动脉支架植入术",
	        "Percutaneous coronary intervention with stent"));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "performedDateTime", seed_day(buf, when));
	sj_open(s, "reasonReference", '[');
	sj_reff(s, NULL, "Condition/%s-c-%s", p->id,
	    seed_diseases[D_CAD].icd10);
	sj_close(s, ']');
	seed_put(g, when);
}

static void
flag_put(struct seed *g, const struct seed_person *p, const char *suffix,
    const char *zh, const char *en)
{
	GString *s = seed_begin(g, "Flag", "%s-flag-%s", p->id, suffix);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - 120 * SEED_DAY_MS;

	sj_text(s, "status", "active");
	sj_concepts1(s, "category",
	    "http://terminology.hl7.org/CodeSystem/flag-category", "safety",
	    NULL, NULL);
	sj_concept(s, "code", NULL, NULL, NULL, seed_lang(p, zh, en));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_open(s, "period", '{');
	sj_text(s, "start", seed_day(buf, when));
	sj_close(s, '}');
	sj_ref(s, "author", g->me);
	seed_put(g, when);
}

void
seed_past_put(struct seed *g, struct seed_person *p)
{
	/* Ten in the morning, on days of their own. */
	int64_t day = g->opt->now_ms - (45 + p->index * 7 % 40) * SEED_DAY_MS;
	int64_t ten = day - (day + 8 * SEED_HOUR_MS) % SEED_DAY_MS +
	    10 * SEED_HOUR_MS;
	int visits = p->newcomer ? 1 : MIN(p->visits - 1, 3);

	for (int i = visits; i-- > 0;)
		encounter_put(g, p, i, ten - i * 92 * SEED_DAY_MS +
		    (p->index * 13 % 50) * SEED_MINUTE_MS);
	if (p->visits > 3 && p->age_days > 60 * 365 && p->index % 3 != 1)
		vaccination_put(g, p);
	if (seed_has(p, D_CAD))
		procedure_put(g, p);
	if (seed_takes(p, R_WARFARIN))
		flag_put(g, p, "bleed", "抗凝治疗中，出血风险",
		    "On anticoagulant, bleeding risk");
	if (seed_has(p, D_PD))
		flag_put(g, p, "fall", "跌倒风险", "Falls risk");
}
