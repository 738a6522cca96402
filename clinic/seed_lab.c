/* SPDX-License-Identifier: Apache-2.0 */
/* Years of laboratory reports, and what was measured at home. */
#include "clinic/seed_priv.h"

#include <string.h>

#define LOINC "http://loinc.org"
#define INTERPRETATION \
	"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
#define LABORATORY "Organization/qingnang-lab"

/* Younger ones cannot blow into a spirometer as told. */
#define BLOWS_DAYS (9 * 365)

/* ---- values ---- */

struct bounds { double low, high; gboolean target; };

/* A child's blood has bounds of its own (those of WS/T 779-2021, coarser). */
static const struct { enum lab lab; int below_years; double low, high; }
children[] = {
	{ L_HB, 1, 97, 141 }, { L_HB, 6, 112, 149 }, { L_HB, 13, 118, 156 },
	{ L_WBC, 1, 4.8, 14.6 }, { L_WBC, 6, 4.4, 11.9 },
	{ L_WBC, 13, 4.3, 11.3 }, { L_PLT, 1, 190, 579 },
	{ L_PLT, 6, 188, 472 }, { L_PLT, 13, 167, 453 },
};

/* On warfarin the range is the target of the treatment. */
static struct bounds
bounds_of(const struct seed_person *p, enum lab lab)
{
	const struct seed_lab *l = &seed_labs[lab];

	if (lab == L_INR && seed_takes(p, R_WARFARIN))
		return (struct bounds){ 2.00, 3.00, TRUE };
	for (size_t i = 0; i < G_N_ELEMENTS(children); i++)
		if (children[i].lab == lab &&
		    p->age_days < children[i].below_years * 365)
			return (struct bounds){ children[i].low,
				children[i].high, FALSE };
	return (struct bounds){ p->male ? l->low_m : l->low_f,
		p->male ? l->high_m : l->high_f, FALSE };
}

void
seed_lab_text(const struct seed_person *p, enum lab lab, double value,
    char *buf, size_t size)
{
	char fmt[8];

	(void)p;
	g_snprintf(fmt, sizeof fmt, "%%.%df", seed_labs[lab].decimals);
	g_ascii_formatd(buf, (int)size, fmt, value);
}

/* From the value as printed, as a reader would judge it. */
const char *
seed_lab_flag(const struct seed_person *p, enum lab lab, const char *text)
{
	const struct seed_lab *l = &seed_labs[lab];
	struct bounds b = bounds_of(p, lab);
	double v = g_ascii_strtod(text, NULL);

	if (l->critical_high >= 0 && v >= l->critical_high)
		return "HH";
	if (l->critical_low >= 0 && v <= l->critical_low)
		return "LL";
	if (b.high >= 0 && v > b.high)
		return "H";
	return b.low >= 0 && v < b.low ? "L" : "N";
}

/* ---- one Observation ---- */

static void
category_write(GString *s, const char *code)
{
	sj_concepts1(s, "category",
	    "http://terminology.hl7.org/CodeSystem/observation-category", code,
	    NULL, NULL);
}

static void
range_write(GString *s, const struct seed_person *p, enum lab lab)
{
	const struct seed_lab *l = &seed_labs[lab];
	struct bounds b = bounds_of(p, lab);
	char text[16];

	sj_open(s, "referenceRange", '[');
	sj_open(s, NULL, '{');
	if (b.low >= 0) {
		seed_lab_text(p, lab, b.low, text, sizeof text);
		sj_quantity(s, "low", text, l->unit, l->ucum);
	}
	if (b.high >= 0) {
		seed_lab_text(p, lab, b.high, text, sizeof text);
		sj_quantity(s, "high", text, l->unit, l->ucum);
	}
	if (b.target)
		sj_concept(s, "type",
		    "http://terminology.hl7.org/CodeSystem/"
		    "referencerange-meaning", "therapeutic", NULL,
		    seed_lang(p, "抗凝目标", "Target"));
	sj_close(s, '}');
	sj_close(s, ']');
}

static void
value_put(struct seed *g, const struct seed_person *p, enum lab lab,
    const struct seed_visit *v)
{
	const struct seed_lab *l = &seed_labs[lab];
	char buf[SEED_TIME_SIZE], text[16];
	GString *s = seed_begin(g, "Observation", "%s-o%d-%s", p->id, v->number,
	    l->loinc);

	seed_lab_text(p, lab, v->values[lab], text, sizeof text);
	sj_text(s, "status", v->status);
	category_write(s, "laboratory");
	sj_concept(s, "code", LOINC, l->loinc, l->en,
	    seed_lang(p, l->zh, l->en));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "effectiveDateTime", seed_instant(buf, v->taken_ms));
	sj_text(s, "issued", seed_instant(buf, v->issued_ms));
	sj_refs1(s, "performer", LABORATORY);
	sj_open(s, "valueQuantity", '{');
	sj_raw(s, "value", text);
	if (l->unit[0])
		sj_text(s, "unit", l->unit);
	sj_text(s, "system", "http://unitsofmeasure.org");
	sj_text(s, "code", l->ucum);
	sj_close(s, '}');
	sj_concepts1(s, "interpretation", INTERPRETATION,
	    seed_lab_flag(p, lab, text), NULL, NULL);
	if (strcmp(v->status, "corrected") == 0) {
		sj_open(s, "note", '[');
		sj_open(s, NULL, '{');
		sj_text(s, "text", seed_lang(p,
		    "更正：首次报告为他人标本，以本次结果为准",
		    "Corrected: the first report was another sample"));
		sj_close(s, '}');
		sj_close(s, ']');
	}
	range_write(s, p, lab);
	seed_put(g, v->issued_ms);
}

/* ---- one report ---- */

static void
report_put(struct seed *g, const struct seed_person *p, enum panel panel,
    const struct seed_visit *v)
{
	const struct seed_panel *of = &seed_panels[panel];
	GString *s = seed_begin(g, "DiagnosticReport", "%s-r%d-%s", p->id,
	    v->number, of->key);
	char buf[SEED_TIME_SIZE];

	if (v->request_id) {
		sj_open(s, "basedOn", '[');
		sj_reff(s, NULL, "ServiceRequest/%s", v->request_id);
		sj_close(s, ']');
	}
	sj_text(s, "status", v->status);
	sj_concepts1(s, "category",
	    "http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", NULL, NULL);
	sj_concept(s, "code", LOINC, of->loinc, of->en,
	    seed_lang(p, of->zh, of->en));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "effectiveDateTime", seed_instant(buf, v->taken_ms));
	sj_text(s, "issued", seed_instant(buf, v->issued_ms));
	sj_refs1(s, "performer", LABORATORY);
	if (v->mine)
		sj_refs1(s, "resultsInterpreter", g->me);
	sj_open(s, "result", '[');
	for (int i = 0; of->labs[i] >= 0; i++)
		sj_reff(s, NULL, "Observation/%s-o%d-%s", p->id, v->number,
		    seed_labs[of->labs[i]].loinc);
	sj_close(s, ']');
	seed_put(g, v->issued_ms);
}

void
seed_panel_put(struct seed *g, const struct seed_person *p, enum panel panel,
    const struct seed_visit *visit)
{
	const struct seed_panel *of = &seed_panels[panel];

	for (int i = 0; of->labs[i] >= 0; i++)
		value_put(g, p, (enum lab)of->labs[i], visit);
	report_put(g, p, panel, visit);
}

void
seed_request_put(struct seed *g, const struct seed_person *p, const char *id,
    enum panel panel, const char *status, int64_t ms)
{
	const struct seed_panel *of = &seed_panels[panel];
	GString *s = seed_begin(g, "ServiceRequest", "%s", id);
	char buf[SEED_TIME_SIZE];

	sj_text(s, "status", status);
	sj_text(s, "intent", "order");
	sj_concepts1(s, "category", "http://snomed.info/sct", "108252007", NULL,
	    seed_lang(p, "检验", "Laboratory"));
	sj_text(s, "priority", "routine");
	sj_concept(s, "code", LOINC, of->loinc, of->en,
	    seed_lang(p, of->zh, of->en));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "authoredOn", seed_instant(buf, ms));
	sj_ref(s, "requester", g->me);
	sj_refs1(s, "performer", LABORATORY);
	seed_put(g, ms);
}

/* ---- years of them ---- */

unsigned
seed_panels_of(const struct seed_person *p)
{
	unsigned panels = 0;

	for (int d = 0; d < DISEASES_; d++)
		if (seed_has(p, (enum disease)d))
			panels |= seed_diseases[d].panels;
	if (seed_takes(p, R_WARFARIN))
		panels |= BIT(P_COAG);
	else
		panels &= ~BIT(P_COAG);
	if (p->age_days < BLOWS_DAYS)
		panels &= ~BIT(P_SPIRO);
	return panels;
}

enum panel
seed_panel_main(const struct seed_person *p)
{
	const struct seed_disease *why = &seed_diseases[p->story->why];

	if (p->story->lab >= 0)
		for (int i = 0; i < PANELS_; i++)
			for (int j = 0; seed_panels[i].labs[j] >= 0; j++)
				if (seed_panels[i].labs[j] == p->story->lab)
					return (enum panel)i;
	for (int i = 0; i < PANELS_; i++)
		if (why->panels & BIT(i) &&
		    (i != P_SPIRO || p->age_days >= BLOWS_DAYS))
			return (enum panel)i;
	return P_CBC;
}

static void
remember(struct seed_person *p, const double values[LABS_], gboolean newest)
{
	for (int lab = 0; lab < LABS_; lab++)
		seed_lab_text(p, (enum lab)lab, values[lab], newest
		    ? p->latest[lab] : p->previous[lab], sizeof p->latest[lab]);
}

/* Reports come in the afternoon of the morning's blood. */
static void
visit_times(struct seed *g, const struct seed_person *p,
    struct seed_visit *v, int nth, struct seed_rng *rng, double *years_ago)
{
	int days = nth == 0 ? seed_rng_range(rng, 6, 30)
	                    : 30 + nth * 118 + seed_rng_range(rng, -12, 12);

	if (p->died_ms)
		days += 40;
	v->number = nth;
	v->taken_ms = g->opt->now_ms - days * SEED_DAY_MS;
	v->taken_ms -= (v->taken_ms + 8 * SEED_HOUR_MS) % SEED_DAY_MS -
	    (8 * 60 + seed_rng_range(rng, 0, 50)) * SEED_MINUTE_MS;
	v->issued_ms = v->taken_ms + seed_rng_range(rng, 290, 420) *
	    SEED_MINUTE_MS;
	*years_ago = days / 365.0;
}

/* The newest report of a story that waits for me: blood this morning. */
static void
owed_times(struct seed *g, const struct seed_person *p, struct seed_visit *v)
{
	v->issued_ms = g->opt->now_ms -
	    (p->story->ago_min + 25) * SEED_MINUTE_MS;
	v->taken_ms = v->issued_ms - 4 * SEED_HOUR_MS;
}

static const char *
status_of(const struct seed_person *p, int nth, enum panel panel)
{
	if (nth == 1 && p->traits & TRAIT_CORRECTED)
		return "corrected";
	if (nth == 0 && p->traits & TRAIT_PRELIMINARY &&
	    panel != seed_panel_main(p))
		return "preliminary";
	return "final";
}

static void
visit_put(struct seed *g, struct seed_person *p, int nth,
    struct seed_rng *rng)
{
	unsigned panels = seed_panels_of(p) | BIT(seed_panel_main(p));
	enum panel first = seed_panel_main(p);
	struct seed_visit v = { 0 };
	gboolean owed = nth == 0 && p->story->flags & STORY_RESULT &&
	    !p->newcomer;
	double years_ago;
	char request[48];

	visit_times(g, p, &v, nth, rng, &years_ago);
	/* Of one in a great crowd, what the consultation is about. */
	if (p->visits == 1 && p->age_days > 3 * 365)
		panels = BIT(first);
	/* Nobody looked at the INR before the warfarin. */
	if (years_ago >= SEED_BEGUN_YEARS)
		panels &= ~BIT(P_COAG);
	seed_body_visit(p, nth == 0 ? 0 : years_ago, nth == 0, rng, v.values);
	if (nth < 2)
		remember(p, v.values, nth == 0);
	for (int i = 0; i < PANELS_; i++) {
		struct seed_visit one = v;

		/* Not everything every time. */
		if (!(panels & BIT(i)) ||
		    (nth > 0 && i != (int)first && (nth + i) % 2))
			continue;
		one.status = status_of(p, nth, (enum panel)i);
		one.mine = owed && i == (int)first;
		/* A preliminary one is of today as well. */
		if (one.mine || strcmp(one.status, "preliminary") == 0)
			owed_times(g, p, &one);
		if (one.mine) {
			g_snprintf(request, sizeof request, "%s-sr0", p->id);
			one.request_id = request;
			seed_request_put(g, p, request, first, "completed",
			    g->opt->now_ms - 6 * SEED_DAY_MS);
		}
		seed_panel_put(g, p, (enum panel)i, &one);
	}
}

/* On warfarin the INR is looked at every month, between the visits too. */
static void
inr_series_put(struct seed *g, struct seed_person *p, struct seed_rng *rng)
{
	for (int i = 1; i <= p->visits; i++) {
		struct seed_visit v = { .status = "final", .number = 100 + i };

		v.issued_ms = g->opt->now_ms - (i * 29 + 31) * SEED_DAY_MS;
		v.taken_ms = v.issued_ms - 5 * SEED_HOUR_MS;
		seed_body_visit(p, i * 29 / 365.0, FALSE, rng, v.values);
		seed_panel_put(g, p, P_COAG, &v);
	}
}

/* ---- at home ---- */

static void
pressure_component(GString *s, const char *code, const char *zh, int value)
{
	char n[12];

	g_snprintf(n, sizeof n, "%d", value);
	sj_open(s, NULL, '{');
	sj_concept(s, "code", LOINC, code, NULL, zh);
	sj_quantity(s, "valueQuantity", n, "mmHg", "mm[Hg]");
	sj_close(s, '}');
}

static void
pressure_put(struct seed *g, const struct seed_person *p, int nth, int sys,
    int dia, int64_t ms)
{
	GString *s = seed_begin(g, "Observation", "%s-home-bp%d", p->id, nth);
	char buf[SEED_TIME_SIZE];

	sj_text(s, "status", "final");
	category_write(s, "vital-signs");
	sj_concept(s, "code", LOINC, "85354-9", "Blood pressure",
	    seed_lang(p, "家庭血压", "Home blood pressure"));
	sj_reff(s, "subject", "Patient/%s", p->id);
	sj_text(s, "effectiveDateTime", seed_instant(buf, ms));
	sj_open(s, "performer", '[');
	sj_reff(s, NULL, "Patient/%s", p->id);
	sj_close(s, ']');
	/* Home readings: high from 135/85 on (2024 Chinese guideline). */
	sj_concepts1(s, "interpretation", INTERPRETATION,
	    sys >= 135 || dia >= 85 ? "H" : "N", NULL, NULL);
	sj_open(s, "component", '[');
	pressure_component(s, "8480-6", seed_lang(p, "收缩压", "Systolic"),
	    sys);
	pressure_component(s, "8462-4", seed_lang(p, "舒张压", "Diastolic"),
	    dia);
	sj_close(s, ']');
	seed_put(g, ms);
}

/* Who vouches for the readings: nobody of the hospital. */
static void
pressure_source_put(struct seed *g, const struct seed_person *p, int64_t ms)
{
	GString *s = seed_begin(g, "Provenance", "%s-home", p->id);
	char buf[SEED_TIME_SIZE];

	sj_open(s, "target", '[');
	for (int i = 0; i < p->home_days; i++)
		sj_reff(s, NULL, "Observation/%s-home-bp%d", p->id, i);
	sj_close(s, ']');
	sj_text(s, "recorded", seed_instant(buf, ms));
	sj_open(s, "agent", '[');
	sj_open(s, NULL, '{');
	sj_concept(s, "type", "http://terminology.hl7.org/CodeSystem/"
	    "provenance-participant-type", "author", NULL, seed_lang(p,
	    "填写人", "Author"));
	sj_reff(s, "who", "Patient/%s", p->id);
	sj_close(s, '}');
	sj_open(s, NULL, '{');
	sj_concept(s, "type", "http://terminology.hl7.org/CodeSystem/"
	    "provenance-participant-type", "assembler", NULL, seed_lang(p,
	    "仪器", "Device"));
	sj_open(s, "who", '{');
	sj_text(s, "display", seed_lang(p, "上臂式血压计,读数由患者抄录",
	    "Upper-arm monitor, copied by the patient"));
	sj_close(s, '}');
	sj_close(s, '}');
	sj_close(s, ']');
	seed_put(g, ms);
}

void
seed_home_put(struct seed *g, struct seed_person *p, struct seed_rng *rng)
{
	for (int i = p->home_days; i > 0; i--) {
		int sys = p->sys + seed_rng_range(rng, -6, 6);
		int dia = p->dia + seed_rng_range(rng, -4, 4);
		int64_t ms = g->opt->now_ms - (i - 1) * SEED_DAY_MS -
		    (p->story->ago_min + seed_rng_range(rng, 10, 60)) *
		    SEED_MINUTE_MS;

		/* The last is the one the patient writes about. */
		pressure_put(g, p, p->home_days - i, i == 1 ? p->sys : sys,
		    i == 1 ? p->dia : dia, ms);
	}
	if (p->home_days > 0)
		pressure_source_put(g, p, g->opt->now_ms -
		    p->story->ago_min * SEED_MINUTE_MS);
}

void
seed_labs_put(struct seed *g, struct seed_person *p)
{
	struct seed_rng rng = p->rng;

	/* A stream of its own: more visits change nothing else. */
	rng = seed_rng_make(seed_rng_next(&rng), (uint64_t)p->index, 2);
	for (int nth = 0; nth < p->visits; nth++)
		visit_put(g, p, nth, &rng);
	if (seed_takes(p, R_WARFARIN) && p->visits > 3)
		inr_series_put(g, p, &rng);
	if (seed_has(p, D_HTN) && !p->died_ms)
		seed_home_put(g, p, &rng);
}
