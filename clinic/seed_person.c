/* SPDX-License-Identifier: Apache-2.0 */
/* Who comes: patients, and those who write for them. */
#include "clinic/seed_priv.h"

#include <string.h>

#define HOSPITAL "Organization/qingnang-hospital"

/* ---- making a person ---- */

/* What the first patients' charts have that is wrong, or worth a look. */
static const unsigned cast_traits[SEED_CAST] = {
	[0] = TRAIT_REFUTED_ALLERGY | TRAIT_ALLERGY,
	[1] = TRAIT_NO_KNOWN_ALLERGY,
	[2] = TRAIT_WRONG_CONDITION | TRAIT_NO_KNOWN_ALLERGY,
	[3] = TRAIT_TEXT_ALLERGY,
	[4] = TRAIT_DO_NOT_GIVE | TRAIT_PRELIMINARY | TRAIT_ALLERGY,
	[6] = TRAIT_ALLERGY,
	[8] = TRAIT_NO_KNOWN_ALLERGY,
	[9] = TRAIT_MERGED | TRAIT_CORRECTED | TRAIT_ALLERGY,
	[10] = TRAIT_ALIKE | TRAIT_HOSTILE,
	[11] = TRAIT_DIED | TRAIT_NO_KNOWN_ALLERGY,
};
/* Newcomers have numbers of their own, whatever the seeded ones were. */
#define NEWCOMERS_FROM 10000000
/* The one whose name the alike bears. */
#define ALIKE_TO 5

struct odds { unsigned trait; int per_thousand; };
static const struct odds odds[] = {
	{ TRAIT_REFUTED_ALLERGY, 20 }, { TRAIT_DO_NOT_GIVE, 15 },
	{ TRAIT_MERGED, 10 }, { TRAIT_CORRECTED, 20 },
	{ TRAIT_PRELIMINARY, 20 }, { TRAIT_WRONG_CONDITION, 10 },
	{ TRAIT_TEXT_ALLERGY, 30 }, { TRAIT_NO_KNOWN_ALLERGY, 450 },
	{ TRAIT_ALLERGY, 200 },
};

static unsigned
draw_traits(struct seed_person *p)
{
	unsigned traits = 0;

	if (p->index < SEED_CAST)
		return cast_traits[p->index];
	for (size_t i = 0; i < G_N_ELEMENTS(odds); i++)
		if (seed_rng_range(&p->rng, 0, 999) < odds[i].per_thousand)
			traits |= odds[i].trait;
	/* No chart says both: nothing known, and something. */
	if (traits & (TRAIT_ALLERGY | TRAIT_TEXT_ALLERGY))
		traits &= ~(unsigned)TRAIT_NO_KNOWN_ALLERGY;
	/* Nor does a child's chart say what only an adult's can. */
	if (p->story->age_max < 18 || p->story->flags & STORY_INFANT)
		traits &= ~(unsigned)(TRAIT_TEXT_ALLERGY | TRAIT_ALLERGY |
		    TRAIT_REFUTED_ALLERGY | TRAIT_DO_NOT_GIVE);
	return traits;
}

/* One after the other, so that none comes twice before all have come. */
static const struct seed_story *
newcomer_story(int index, uint64_t seed)
{
	int fresh = 0, at = 0, nth;

	for (int i = 0; i < seed_stories_count; i++)
		fresh += seed_stories[i].fresh != NULL;
	nth = (int)(((uint64_t)index + seed) % (uint64_t)fresh);
	while (!seed_stories[at].fresh || nth-- > 0)
		at++;
	return &seed_stories[at];
}

static const struct seed_story *
draw_story(struct seed_person *p, const struct clinic_seed_options *opt)
{
	const struct seed_story *story;

	if (p->index < SEED_CAST)
		return &seed_stories[p->index];
	if (p->newcomer)
		return newcomer_story(p->index, opt->seed);
	do
		story = &seed_stories[seed_rng_range(&p->rng, 0,
		    seed_stories_count - 1)];
	while (story->flags & STORY_SPECIAL);
	return story;
}

static void
draw_birth(struct seed_person *p, int64_t now_ms)
{
	const struct seed_story *st = p->story;
	int years = seed_rng_range(&p->rng, st->age_min, st->age_max);
	int y, m, d;
	int64_t today = (now_ms + 8 * SEED_HOUR_MS) / SEED_DAY_MS, born;

	p->age_days = years * 365 + years / 4 + seed_rng_range(&p->rng, 5, 350);
	if (st->flags & STORY_INFANT)
		p->age_days = years * 30 + seed_rng_range(&p->rng, 3, 25);
	born = today - p->age_days;
	seed_civil_of(born, &y, &m, &d);
	g_snprintf(p->birth, sizeof p->birth, "%04d-%02d-%02d", y, m, d);
}

/* Diseases that often come along, for those drawn at random. */
static void
draw_companions(struct seed_person *p)
{
	static const struct { enum disease d; int age, percent; char sex; }
	with[] = {
		{ D_HTN, 45, 40, 0 }, { D_LIPID, 45, 30, 0 },
		{ D_T2DM, 50, 15, 0 }, { D_BPH, 60, 30, 'm' },
		{ D_OSTEO, 62, 25, 'f' }, { D_OA, 60, 20, 0 },
		{ D_NAFLD, 35, 15, 0 }, { D_GERD, 35, 10, 0 },
	};
	int age = p->age_days / 365;

	for (size_t i = 0; i < G_N_ELEMENTS(with); i++)
		if (age >= with[i].age &&
		    (!with[i].sex || (with[i].sex == 'm') == p->male) &&
		    seed_rng_chance(&p->rng, with[i].percent))
			p->diseases |= BIT(with[i].d);
}

static void
draw_onsets(struct seed_person *p)
{
	int age = p->age_days / 365;

	for (int d = 0; d < DISEASES_; d++) {
		int years = seed_rng_range(&p->rng, seed_diseases[d].years_min,
		    seed_diseases[d].years_max);

		p->began[d] = (signed char)MIN(years, MAX(age - 2, 0));
	}
}

/* How much past a person has: the first few a whole one, a great crowd only as
 * much as a queue needs. */
static void
draw_depth(struct seed_person *p)
{
	static const struct { int below, visits, home_days; } depth[] = {
		{ 60, 9, 14 }, { 500, 3, 4 }, { G_MAXINT, 1, 0 },
	};
	int i = 0;

	while (p->index >= depth[i].below)
		i++;
	p->visits = p->newcomer ? 4 : depth[i].visits;
	p->home_days = p->newcomer ? 5 : depth[i].home_days;
	p->old_thread = i == 0 && !p->newcomer &&
	    p->story->relation == REL_NONE;
	p->pictures = i == 0 || p->newcomer;
	if (p->age_days < 3 * 365)
		p->visits = 1;
}

static gboolean
taken_already(const struct seed_person *p, int drug)
{
	for (int i = 0; i < p->n_drugs; i++)
		if (p->drugs[i] == drug)
			return TRUE;
	return FALSE;
}

gboolean
seed_takes(const struct seed_person *p, enum drug drug)
{
	return taken_already(p, (int)drug);
}

/* Of these two nobody gets both: same class, or a pair one should not give
 * without need. */
static gboolean
excluded(const struct seed_person *p, int drug)
{
	static const signed char pairs[][2] = {
		{ R_ATORVASTATIN, R_ROSUVASTATIN },
		{ R_METOPROLOL, R_BISOPROLOL },
		{ R_ASPIRIN, R_WARFARIN }, { R_CLOPIDOGREL, R_WARFARIN },
		{ R_VALSARTAN, R_ACEI_ARNI }, { R_PERINDOPRIL, R_ACEI_ARNI },
		{ R_LISINOPRIL, R_ACEI_ARNI }, { R_VALSARTAN, R_LISINOPRIL },
		{ R_VALSARTAN, R_PERINDOPRIL }, { R_AMLODIPINE, R_ACEI_ARNI },
		{ R_ASPIRIN, R_CLOPIDOGREL }, { R_METOPROLOL, R_SALBUTAMOL },
		{ R_TAMSULOSIN, R_ACEI_ARNI },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
		if ((pairs[i][0] == drug && taken_already(p, pairs[i][1])) ||
		    (pairs[i][1] == drug && taken_already(p, pairs[i][0])))
			return TRUE;
	return FALSE;
}

static void
take(struct seed_person *p, int drug)
{
	if (p->n_drugs == SEED_DRUGS_MAX || taken_already(p, drug) ||
	    excluded(p, drug))
		return;
	p->days_left[p->n_drugs] = seed_rng_range(&p->rng, 1, 26);
	p->drugs[p->n_drugs++] = (signed char)drug;
}

static void
take_for(struct seed_person *p, enum disease d)
{
	for (int i = 0; seed_diseases[d].drugs[i] >= 0; i++)
		take(p, seed_diseases[d].drugs[i]);
}

static void
draw_drugs(struct seed_person *p)
{
	const struct seed_story *st = p->story;
	unsigned told = st->drugs[0] >= 0 ? st->diseases : 0;

	for (int i = 0; i < (int)sizeof st->drugs && st->drugs[i] >= 0; i++)
		take(p, st->drugs[i]);
	/* What the thread is about comes first: $drug1 is of that disease. */
	if (!(told & BIT(st->why)))
		take_for(p, (enum disease)st->why);
	for (int d = 0; d < DISEASES_; d++)
		if (seed_has(p, (enum disease)d) && !(told & BIT(d)))
			take_for(p, (enum disease)d);
	if (st->begun_days)
		p->days_left[0] = SEED_FILL_DAYS - st->begun_days;
	if (st->flags & STORY_RENEWAL && p->n_drugs)
		p->days_left[0] = seed_rng_range(&p->rng, 2, 5);
	/* The first two are lines of one prescription. */
	p->days_left[1] = p->days_left[0];
}

static void
draw_names(struct seed_person *p, const struct clinic_seed_options *opt)
{
	static const struct { gboolean male; int years; } kin[] = {
		[REL_DAUGHTER] = { FALSE, -27 }, [REL_SON] = { TRUE, -27 },
		[REL_MOTHER] = { FALSE, 29 }, [REL_WIFE] = { FALSE, -2 },
	};
	int age = p->age_days / 365;

	seed_name_make(&p->name, &p->rng, p->english, p->male, age);
	if (p->traits & TRAIT_ALIKE) {
		struct seed_person other;

		seed_person_make(&other, opt, ALIKE_TO, FALSE);
		p->name = other.name;
	}
	if (p->story->relation == REL_NONE)
		return;
	g_snprintf(p->kin_id, sizeof p->kin_id, "%s-kin", p->id);
	age += kin[p->story->relation].years;
	if (p->story->relation == REL_MOTHER || p->story->relation == REL_WIFE)
		seed_name_make(&p->kin, &p->rng, p->english, FALSE, age);
	else
		seed_name_kin(&p->kin, &p->rng, &p->name, p->english,
		    kin[p->story->relation].male, age);
}

void
seed_person_make(struct seed_person *p, const struct clinic_seed_options *opt,
    int index, gboolean newcomer)
{
	memset(p, 0, sizeof *p);
	p->index = newcomer ? NEWCOMERS_FROM + index : index;
	p->newcomer = newcomer;
	p->rng = seed_rng_make(opt->seed, (uint64_t)p->index, 1);
	g_snprintf(p->id, sizeof p->id, newcomer ? "nw%d" : "pt%d", index);
	p->story = draw_story(p, opt);
	p->traits = draw_traits(p);
	p->english = (p->story->flags & STORY_EN) != 0;
	p->male = p->story->sex ? p->story->sex == 'm'
	                        : seed_rng_chance(&p->rng, 50);
	draw_birth(p, opt->now_ms);
	p->diseases = p->story->diseases;
	if (index >= SEED_CAST)
		draw_companions(p);
	draw_onsets(p);
	draw_depth(p);
	draw_drugs(p);
	draw_names(p, opt);
	if (p->traits & TRAIT_DIED)
		p->died_ms = opt->now_ms - 4 * SEED_DAY_MS -
		    90 * SEED_MINUTE_MS;
	seed_body_make(p);
}

void
seed_person_of(struct seed_person *p, const struct clinic_seed_options *opt,
    int number, const char *id, const struct seed_story *story)
{
	memset(p, 0, sizeof *p);
	p->index = number;
	p->rng = seed_rng_make(opt->seed, (uint64_t)number, 1);
	g_strlcpy(p->id, id, sizeof p->id);
	p->story = story;
	p->english = (story->flags & STORY_EN) != 0;
	p->male = story->sex == 'm';
	p->diseases = story->diseases;
	p->pictures = TRUE;
	p->visits = 4;
	p->home_days = 7;
	draw_birth(p, opt->now_ms);
	draw_onsets(p);
	draw_names(p, opt);
	for (int i = 0; story->drugs[i] >= 0; i++)
		p->drugs[p->n_drugs++] = story->drugs[i];
	seed_body_make(p);
}

gboolean
seed_person_known(struct seed_person *p,
    const struct clinic_seed_options *opt, const char *id)
{
	gboolean newcomer = strncmp(id, "nw", 2) == 0;
	gboolean renewal = strncmp(id, "rn", 2) == 0;
	char *end;
	gint64 n;

	if ((!newcomer && !renewal && strncmp(id, "pt", 2) != 0) ||
	    !g_ascii_isdigit(id[2]) || strlen(id) > 9)
		return FALSE;
	n = g_ascii_strtoll(id + 2, &end, 10);
	if (*end)
		return FALSE;
	if (renewal)
		return seed_renewal_person(p, opt, (int)n);
	seed_person_make(p, opt, (int)n, newcomer);
	return TRUE;
}

/* ---- writing a person ---- */

static void
name_write(GString *s, const struct seed_name *name)
{
	sj_open(s, "name", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "use", "official");
	sj_text(s, "text", name->text);
	sj_text(s, "family", name->family);
	sj_open(s, "given", '[');
	sj_text(s, NULL, name->given);
	sj_close(s, ']');
	sj_close(s, '}');
	sj_close(s, ']');
}

static void
patient_write(struct seed *g, const struct seed_person *p, const char *id,
    const char *number, gboolean active)
{
	static const struct { const char *zh, *en; } wards[] = {
		{ "杏林区", "Xinglin District" }, { "橘井区", "Jujing District" },
		{ "悬壶街", "Xuanhu Street" }, { "青囊里", "Qingnang Lane" },
		{ "董奉路", "Dongfeng Road" } };
	size_t ward = (size_t)p->index % G_N_ELEMENTS(wards);
	GString *s = seed_begin(g, "Patient", "%s", id);
	char buf[SEED_TIME_SIZE];

	sj_open(s, "identifier", '[');
	sj_open(s, NULL, '{');
	sj_text(s, "use", "usual");
	sj_text(s, "system", "https://qingnang.example/mrn");
	sj_text(s, "value", number);
	sj_close(s, '}');
	sj_close(s, ']');
	sj_raw(s, "active", active ? "true" : "false");
	name_write(s, &p->name);
	sj_text(s, "gender", p->male ? "male" : "female");
	sj_text(s, "birthDate", p->birth);
	if (p->died_ms)
		sj_text(s, "deceasedDateTime", seed_instant(buf, p->died_ms));
	sj_open(s, "address", '[');
	sj_open(s, NULL, '{');
	sj_textf(s, "text", p->english ? "%s, Demo City" : "演示市%s",
	    seed_lang(p, wards[ward].zh, wards[ward].en));
	sj_close(s, '}');
	sj_close(s, ']');
	sj_open(s, "communication", '[');
	sj_open(s, NULL, '{');
	sj_concept(s, "language", "urn:ietf:bcp:47",
	    seed_lang(p, "zh-CN", "en"), NULL, NULL);
	sj_raw(s, "preferred", "true");
	sj_close(s, '}');
	sj_close(s, ']');
	sj_refs1(s, "generalPractitioner", g->me);
	sj_ref(s, "managingOrganization", HOSPITAL);
}

static void
link_write(GString *s, const char *other, const char *type)
{
	sj_open(s, "link", '[');
	sj_open(s, NULL, '{');
	sj_reff(s, "other", "Patient/%s", other);
	sj_text(s, "type", type);
	sj_close(s, '}');
	sj_close(s, ']');
}

static void
kin_put(struct seed *g, const struct seed_person *p)
{
	static const struct { const char *code, *zh, *en, *sex; } kin[] = {
		[REL_DAUGHTER] = { "DAUC", "女儿", "Daughter", "female" },
		[REL_SON] = { "SONC", "儿子", "Son", "male" },
		[REL_MOTHER] = { "MTH", "母亲", "Mother", "female" },
		[REL_WIFE] = { "WIFE", "妻子", "Wife", "female" },
	};
	GString *s = seed_begin(g, "RelatedPerson", "%s", p->kin_id);
	int rel = (int)p->story->relation;

	sj_raw(s, "active", "true");
	sj_reff(s, "patient", "Patient/%s", p->id);
	sj_concepts1(s, "relationship",
	    "http://terminology.hl7.org/CodeSystem/v3-RoleCode", kin[rel].code,
	    NULL, seed_lang(p, kin[rel].zh, kin[rel].en));
	name_write(s, &p->kin);
	sj_text(s, "gender", kin[rel].sex);
	seed_put(g, g->opt->now_ms - 300 * SEED_DAY_MS);
}

void
seed_person_put(struct seed *g, struct seed_person *p)
{
	int64_t known_ms = g->opt->now_ms - 400 * SEED_DAY_MS;
	char number[16], old_id[40];

	g_snprintf(number, sizeof number, "QN%08d", p->index * 3 + 1204);
	patient_write(g, p, p->id, number, TRUE);
	if (p->traits & TRAIT_MERGED) {
		g_snprintf(old_id, sizeof old_id, "%s-old", p->id);
		link_write(g->json, old_id, "replaces");
	}
	seed_put(g, p->newcomer ? g->opt->now_ms
	                        : p->died_ms ? p->died_ms : known_ms);
	if (p->traits & TRAIT_MERGED) {
		g_snprintf(number, sizeof number, "QX%08d",
		    p->index * 3 + 1205);
		patient_write(g, p, old_id, number, FALSE);
		link_write(g->json, p->id, "replaced-by");
		seed_put(g, known_ms);
	}
	if (p->kin_id[0])
		kin_put(g, p);
}
