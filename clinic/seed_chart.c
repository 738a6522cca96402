/* SPDX-License-Identifier: Apache-2.0 */
/* Problems and allergies, the wrong ones among them. */
#include "clinic/seed_priv.h"

#include <string.h>

#define CLINICAL(of) "http://terminology.hl7.org/CodeSystem/" of "-clinical"
#define VERIFICATION(of) \
	"http://terminology.hl7.org/CodeSystem/" of "-ver-status"
#define ICD10 "http://hl7.org/fhir/sid/icd-10"
#define SNOMED "http://snomed.info/sct"
#define ATC "http://www.whocc.no/atc"

/* So many days ago; of a baby, when it was half as old as today. */
static int64_t
noted_ms(const struct seed *g, const struct seed_person *p, int days)
{
	return g->opt->now_ms - MIN(days, p->age_days / 2) * SEED_DAY_MS;
}

/* ---- conditions ---- */

struct condition {
	const char *id_suffix, *clinical, *verification; /* clinical: or NULL */
	const char *code, *text;
	int years_ago;
};

static void
condition_put(struct seed *g, const struct seed_person *p,
    const struct condition *c)
{
	GString *s = seed_begin(g, "Condition", "%s-c-%s", p->id, c->id_suffix);
	char buf[SEED_TIME_SIZE];
	int64_t when = g->opt->now_ms - (c->years_ago * 365 +
	    (c->years_ago ? (p->index * 53 + c->code[1] * 17) % 200 : 0)) *
	    SEED_DAY_MS;
	int64_t noted = MIN(when, noted_ms(g, p, 200));

	/* con-5: nothing clinical is said of what was entered in error. */
	if (c->clinical)
		sj_concept(s, "clinicalStatus", CLINICAL("condition"),
		    c->clinical, NULL, NULL);
	sj_concept(s, "verificationStatus", VERIFICATION("condition"),
	    c->verification, NULL, NULL);
	sj_concepts1(s, "category",
	    "http://terminology.hl7.org/CodeSystem/condition-category",
	    "problem-list-item", NULL, NULL);
	sj_concept(s, "code", ICD10, c->code, NULL, c->text);
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_textf(s, "onsetDateTime", "%d", seed_year_of(when));
	sj_text(s, "recordedDate", seed_day(buf, noted));
	sj_ref(s, "recorder", g->me);
	seed_put(g, noted_ms(g, p, 200));
}

static void
conditions_put(struct seed *g, const struct seed_person *p)
{
	for (int d = 0; d < DISEASES_; d++) {
		const struct seed_disease *of = &seed_diseases[d];
		struct condition c = { of->icd10, "active", "confirmed",
			of->icd10, seed_lang(p, of->zh, of->en), p->began[d] };

		if (seed_has(p, (enum disease)d))
			condition_put(g, p, &c);
	}
	if (p->index < SEED_CAST && p->age_days > 50 * 365 && p->index % 2 == 0)
		condition_put(g, p, &(struct condition){ "past", "resolved",
		    "confirmed", "J18.9", seed_lang(p, "社区获得性肺炎",
		    "Community-acquired pneumonia"), 4 });
	if (p->traits & TRAIT_WRONG_CONDITION)
		condition_put(g, p, &(struct condition){ "wrong", NULL,
		    "entered-in-error", "E10.9", seed_lang(p, "1型糖尿病",
		    "Type 1 diabetes"), 1 });
}

/* ---- allergies ---- */

struct allergen {
	const char *system, *code, *zh, *en, *reaction_zh, *reaction_en;
	const char *category, *criticality;
};
static const struct allergen allergens[] = {
	{ SNOMED, "764146007", "青霉素", "Penicillin", "皮疹", "Rash",
	    "medication", "high" },
	{ SNOMED, "387406002", "磺胺类", "Sulfonamides", "皮疹 发热",
	    "Rash and fever", "medication", "high" },
	{ ATC, "J01D", "头孢菌素类", "Cephalosporins", "荨麻疹", "Urticaria",
	    "medication", "high" },
	{ SNOMED, "426722004", "碘造影剂", "Iodinated contrast", "胸闷 皮疹",
	    "Chest tightness, rash", "medication", "high" },
	{ SNOMED, "44027008", "海鲜", "Seafood", "口唇肿", "Lip swelling",
	    "food", "low" },
	{ ATC, "N02BA01", "阿司匹林", "Aspirin", "胃痛", "Stomach pain",
	    "medication", "low" },
};
static const struct allergen none_known = { SNOMED, "716186003",
	"无已知过敏", "No known allergy", NULL, NULL, NULL, NULL };
/* As patients say it: nobody has coded it, no check can use it. */
static const struct allergen as_told = { NULL, NULL,
	"小时候打一种消炎针起过疹子，名字记不得",
	"Some antibiotic as a child, name not remembered", NULL, NULL, NULL,
	NULL };

static void
reaction_write(GString *s, const struct seed_person *p,
    const struct allergen *a)
{
	sj_open(s, "reaction", '[');
	sj_open(s, NULL, '{');
	sj_concepts1(s, "manifestation", NULL, NULL, NULL,
	    seed_lang(p, a->reaction_zh, a->reaction_en));
	sj_text(s, "severity",
	    strcmp(a->criticality, "high") == 0 ? "severe" : "mild");
	sj_close(s, '}');
	sj_close(s, ']');
}

static void
allergy_put(struct seed *g, const struct seed_person *p, const char *patient,
    const char *suffix, const struct allergen *a, const char *verification)
{
	GString *s = seed_begin(g, "AllergyIntolerance", "%s-a-%s", patient,
	    suffix);
	gboolean refuted = strcmp(verification, "refuted") == 0;
	char buf[SEED_TIME_SIZE];
	int64_t when = noted_ms(g, p, 350 - p->index * 41 % 300);

	sj_concept(s, "clinicalStatus", CLINICAL("allergyintolerance"),
	    refuted ? "inactive" : "active", NULL, NULL);
	sj_concept(s, "verificationStatus", VERIFICATION("allergyintolerance"),
	    verification, NULL, NULL);
	if (a->category) {
		sj_text(s, "type", "allergy");
		sj_open(s, "category", '[');
		sj_text(s, NULL, a->category);
		sj_close(s, ']');
		sj_text(s, "criticality", a->criticality);
	}
	sj_concept(s, "code", a->system, a->code, NULL,
	    seed_lang(p, a->zh, a->en));
	sj_reff(s, "patient", "Patient/%s", patient);
	sj_text(s, "recordedDate", seed_day(buf, when));
	if (refuted) {
		sj_open(s, "note", '[');
		sj_open(s, NULL, '{');
		sj_text(s, "text", seed_lang(p, "皮试及激发试验阴性，已排除",
		    "Skin test and challenge negative: refuted"));
		sj_close(s, '}');
		sj_close(s, ']');
	}
	if (a->reaction_zh && !refuted)
		reaction_write(s, p, a);
	seed_put(g, when);
}

/* Never one that the person's own tablets belong to. */
static const struct allergen *
draw_allergen(struct seed_person *p)
{
	const struct allergen *a;

	do
		a = &allergens[seed_rng_range(&p->rng, 0,
		    (int)G_N_ELEMENTS(allergens) - 1)];
	while (strcmp(a->code, "N02BA01") == 0 && seed_takes(p, R_ASPIRIN));
	return a;
}

static void
allergies_put(struct seed *g, struct seed_person *p)
{
	/* The refuted one is penicillin; a living one beside it is another. */
	gboolean refuted = (p->traits & TRAIT_REFUTED_ALLERGY) != 0;

	if (p->traits & TRAIT_NO_KNOWN_ALLERGY)
		allergy_put(g, p, p->id, "none", &none_known, "confirmed");
	if (refuted)
		allergy_put(g, p, p->id, "refuted", &allergens[0], "refuted");
	if (p->traits & TRAIT_ALLERGY)
		allergy_put(g, p, p->id, "1", refuted ? &allergens[1]
		    : p->index == 4 ? &allergens[0] : draw_allergen(p),
		    "confirmed");
	if (p->traits & TRAIT_PENICILLIN)
		allergy_put(g, p, p->id, "1", &allergens[0], "confirmed");
	if (p->traits & TRAIT_TEXT_ALLERGY)
		allergy_put(g, p, p->id, "told", &as_told, "unconfirmed");
	if (p->traits & TRAIT_MERGED) {
		char old_id[40];

		/* Known to the old record alone: read together, or harm. */
		g_snprintf(old_id, sizeof old_id, "%s-old", p->id);
		allergy_put(g, p, old_id, "1", &allergens[2], "confirmed");
	}
}

void
seed_chart_put(struct seed *g, struct seed_person *p)
{
	conditions_put(g, p);
	allergies_put(g, p);
}
