/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body in numbers: what a laboratory would find in someone with these
 * diseases on these drugs, and how it moved over the years. Only as true as
 * practice needs, but it hangs together: HbA1c follows glucose (mean glucose
 * mmol/L = 1.59·HbA1c − 2.59, ADAG 2008), eGFR creatinine (CKD-EPI 2009), total
 * cholesterol its parts.
 */
#include "clinic/seed_priv.h"

#include <math.h>
#include <string.h>

/* CKD-EPI 2009 without the race term; creatinine in µmol/L. */
int
seed_egfr(double creatinine_umol, gboolean male, int age)
{
	double k = male ? 0.9 : 0.7, a = male ? -0.411 : -0.329;
	double ratio = creatinine_umol / 88.4 / k;
	double e = 141 * pow(MIN(ratio, 1), a) * pow(MAX(ratio, 1), -1.209) *
	    pow(0.993, age) * (male ? 1 : 1.018);

	return (int)lround(e);
}

/* The creatinine that gives this eGFR: bisection, as the formula falls. */
static double
creatinine_for(double egfr, gboolean male, int age)
{
	double low = 25, high = 900;

	for (int i = 0; i < 30; i++) {
		double mid = (low + high) / 2;

		if (seed_egfr(mid, male, age) > egfr)
			low = mid;
		else
			high = mid;
	}
	return high;
}

struct base { enum lab lab; double f_low, f_high, m_low, m_high; };
/* In health. CREA holds eGFR until a visit turns it into creatinine. */
static const struct base healthy[] = {
	{ L_FPG, 4.7, 5.5, 4.8, 5.6 }, { L_UREA, 4, 6, 4.5, 6.5 },
	{ L_URATE, 230, 310, 290, 380 }, { L_K, 3.9, 4.5, 3.9, 4.5 },
	{ L_NA, 138, 143, 138, 143 }, { L_TG, 0.9, 1.5, 1.0, 1.6 },
	{ L_HDL, 1.25, 1.6, 1.1, 1.4 }, { L_LDL, 2.3, 3.0, 2.3, 3.0 },
	{ L_ALT, 13, 26, 16, 32 }, { L_AST, 16, 26, 18, 30 },
	{ L_TSH, 1.2, 3.0, 1.2, 3.0 }, { L_FT4, 14, 18, 14, 18 },
	{ L_INR, 0.95, 1.05, 0.95, 1.05 }, { L_HB, 122, 138, 138, 155 },
	{ L_WBC, 4.8, 7.5, 5.0, 7.8 }, { L_PLT, 180, 270, 170, 260 },
	{ L_BNP, 60, 180, 50, 160 }, { L_ACR, 6, 18, 5, 16 },
	{ L_VITD, 22, 30, 22, 32 }, { L_CA, 2.2, 2.4, 2.2, 2.4 },
	{ L_FEV1, 78, 84, 77, 83 }, { L_FERRITIN, 40, 110, 80, 220 },
};

/* A disease moves a test to a range of its own; drift is per year, towards
 * today. The later of two wins. */
struct shift {
	enum disease d; enum lab lab; double low, high, drift;
};
static const struct shift shifts[] = {
	{ D_T2DM, L_FPG, 6.6, 8.6, 0.15 }, { D_T2DM, L_TG, 1.5, 2.3, 0 },
	{ D_T2DM, L_ACR, 15, 60, 4 }, { D_LIPID, L_TG, 1.6, 2.6, 0 },
	{ D_LIPID, L_LDL, 3.9, 4.6, 0 }, { D_CAD, L_LDL, 3.4, 4.0, 0 },
	{ D_STROKE, L_LDL, 3.5, 4.1, 0 }, { D_NAFLD, L_ALT, 48, 75, 2 },
	{ D_NAFLD, L_AST, 36, 50, 1 }, { D_GOUT, L_URATE, 500, 570, 0 },
	{ D_CKD, L_URATE, 410, 460, 4 }, { D_CKD, L_UREA, 9.5, 13, 0.6 },
	{ D_CKD, L_HB, 104, 118, -2 }, { D_CKD, L_ACR, 120, 380, 20 },
	{ D_CKD, L_K, 4.6, 5.1, 0.05 }, { D_HYPOTHY, L_TSH, 1.6, 3.8, 0 },
	{ D_AF, L_BNP, 420, 900, 20 }, { D_HF, L_BNP, 1100, 2600, -150 },
	{ D_ANAEMIA, L_HB, 92, 104, 8 }, { D_ANAEMIA, L_FERRITIN, 6, 12, 2 },
	{ D_OSTEO, L_VITD, 14, 24, 1 }, { D_COPD, L_FEV1, 52, 64, -1 },
	{ D_ASTHMA, L_FEV1, 69, 76, 0 },
};

/* What a drug makes of it, from the day it was begun. */
struct effect { enum drug r; enum lab lab; double factor, add; };
static const struct effect effects[] = {
	{ R_ATORVASTATIN, L_LDL, 0.55, 0 }, { R_ROSUVASTATIN, L_LDL, 0.50, 0 },
	{ R_ATORVASTATIN, L_ALT, 1, 5 }, { R_ROSUVASTATIN, L_ALT, 1, 4 },
	{ R_FEBUXOSTAT, L_URATE, 0.66, 0 }, { R_INDAPAMIDE, L_K, 1, -0.35 },
	{ R_FUROSEMIDE, L_K, 1, -0.35 }, { R_SPIRONOLACTONE, L_K, 1, 0.35 },
	{ R_VALSARTAN, L_K, 1, 0.1 }, { R_ACEI_ARNI, L_K, 1, 0.1 },
	{ R_WARFARIN, L_INR, 2.45, 0 }, { R_WARFARIN, L_PT, 2.3, 0 },
};

/* Around the true value, from day to day; a share of it. */
static const double noise[LABS_] = {
	[L_FPG] = 0.06, [L_CREA] = 0.03, [L_UREA] = 0.06, [L_URATE] = 0.04,
	[L_K] = 0.03, [L_NA] = 0.008, [L_TG] = 0.12, [L_HDL] = 0.03,
	[L_LDL] = 0.05, [L_ALT] = 0.10, [L_AST] = 0.08, [L_TSH] = 0.10,
	[L_FT4] = 0.04, [L_INR] = 0.09, [L_HB] = 0.02, [L_WBC] = 0.10,
	[L_PLT] = 0.06, [L_BNP] = 0.10, [L_ACR] = 0.15, [L_VITD] = 0.06,
	[L_CA] = 0.015, [L_FEV1] = 0.02, [L_FERRITIN] = 0.08,
};

static void
blood_pressure(struct seed_person *p)
{
	int age = p->age_days / 365;

	p->sys = seed_rng_range(&p->rng, 108, 124) + (age > 60 ? 5 : 0);
	p->dia = seed_rng_range(&p->rng, 66, 78);
	if (seed_has(p, D_HTN)) {
		gboolean high = p->story->flags & STORY_BP_HIGH;

		p->sys = high ? seed_rng_range(&p->rng, 154, 166)
		              : seed_rng_range(&p->rng, 124, 138);
		p->dia = high ? seed_rng_range(&p->rng, 92, 99)
		              : seed_rng_range(&p->rng, 74, 86);
	}
	p->pulse = seed_rng_range(&p->rng, 66, 84);
}

void
seed_body_make(struct seed_person *p)
{
	int age = p->age_days / 365;
	double best = age > 75 ? 72 : age > 60 ? 82 : 98;

	for (size_t i = 0; i < G_N_ELEMENTS(healthy); i++)
		p->base[healthy[i].lab] = seed_rng_real(&p->rng,
		    p->male ? healthy[i].m_low : healthy[i].f_low,
		    p->male ? healthy[i].m_high : healthy[i].f_high);
	for (size_t i = 0; i < G_N_ELEMENTS(shifts); i++) {
		const struct shift *by = &shifts[i];
		double v = seed_rng_real(&p->rng, by->low, by->high);

		if (!seed_has(p, by->d))
			continue;
		p->base[by->lab] = v;
		p->drift[by->lab] = by->drift;
	}
	p->base[L_EGFR] = seed_has(p, D_CKD)
	    ? seed_rng_real(&p->rng, 34, 52) : seed_rng_real(&p->rng, best - 8,
	    best + 8);
	p->drift[L_EGFR] = seed_has(p, D_CKD) ? -3.0 : -0.8;
	if (age < 13) {
		p->base[L_HB] = seed_rng_real(&p->rng, 121, 132);
		p->base[L_WBC] = seed_rng_real(&p->rng, 5.8, 8.8);
		p->base[L_PLT] = seed_rng_real(&p->rng, 230, 340);
	}
	p->base[L_PT] = 12.6;
	blood_pressure(p);
}

static double
level(const struct seed_person *p, enum lab lab, double years_ago)
{
	double v = p->base[lab] - p->drift[lab] * years_ago;

	for (size_t i = 0; i < G_N_ELEMENTS(effects); i++)
		if (effects[i].lab == lab && years_ago < SEED_BEGUN_YEARS &&
		    seed_takes(p, effects[i].r))
			v = v * effects[i].factor + effects[i].add;
	return v;
}

static void
as_the_story_tells(const struct seed_person *p, double values[LABS_])
{
	enum lab lab = (enum lab)p->story->lab;

	values[lab] = p->story->value;
	if (lab == L_HBA1C)
		values[L_FPG] = 1.59 * p->story->value - 2.59 - 0.4;
	else if (lab == L_INR)
		values[L_PT] = 12.6 * p->story->value * 0.94;
	else if (lab == L_ALT)
		values[L_AST] = p->story->value * 0.7;
	else if (lab == L_TSH)
		values[L_FT4] = 12.9;
}

void
seed_body_visit(const struct seed_person *p, double years_ago,
    gboolean newest, struct seed_rng *rng, double values[LABS_])
{
	int age = MAX((int)(p->age_days / 365 - years_ago), 1);
	double egfr = MAX(level(p, L_EGFR, years_ago), 16), jitter;

	for (int lab = 0; lab < LABS_; lab++) {
		double v = MAX(level(p, (enum lab)lab, years_ago), 0.01);

		jitter = seed_rng_real(rng, -noise[lab], noise[lab]);
		values[lab] = v * (1 + jitter);
	}
	/* Mean glucose runs a little above the fasting one. */
	jitter = seed_rng_real(rng, -0.12, 0.12);
	values[L_HBA1C] = (level(p, L_FPG, years_ago) + 0.4 + 2.59) / 1.59 +
	    jitter;
	jitter = seed_rng_real(rng, -noise[L_CREA], noise[L_CREA]);
	values[L_CREA] = creatinine_for(egfr, p->male, age) * (1 + jitter);
	values[L_PT] = 12.6 * values[L_INR] * 0.94 + 0.6;
	if (newest && p->story->lab >= 0)
		as_the_story_tells(p, values);
	values[L_EGFR] = seed_egfr(floor(values[L_CREA] + 0.5), p->male, age);
	values[L_TC] = values[L_LDL] + values[L_HDL] + values[L_TG] / 2.2;
}
