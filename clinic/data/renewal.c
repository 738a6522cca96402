/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of the renewal lane. Most pass; each gate has its own who fail. */
#include "clinic/data/renewal.h"

#define WHO(sex_, age, of, why_, ...) .story = { .complaint = "续方",         \
	.priority = "routine", .status = "in-progress", .sex = sex_,            \
	.age_min = age, .age_max = age + 1, .diseases = of, .why = why_,        \
	.lab = -1, .drugs = { __VA_ARGS__, -1 }
#define ASKS(minutes) .ago_min = minutes }
#define WRITES(minutes, words) .ago_min = minutes, .lines = words }
#define GOOD(labs, fill) .gate = "", .lab_days = labs, .fill_days = fill,     \
	.fills = 3, .repeats = 2, .expired_days = -4
#define END { 0, 0, NULL, NULL }

static const struct seed_line dizzy[] = {
	{ 'P', 0, "医生，续方的药我还想问一句：这几天站起来有点头晕，量血压 $bp，要不要减量？", NULL },
	END
};
static const struct seed_line muscles[] = {
	{ 'P', 0, "吴医生您好，申请了续方。最近大腿肌肉酸痛，不知道跟这个药有没有关系。", NULL },
	{ 'P', 6, "小便颜色正常，没有发烧。", NULL },
	END
};
static const struct seed_line halved[] = {
	{ 'P', 0, "医生，上个月我自己改成隔天吃一片了，血压也还好，这次能不能少开一点？", NULL },
	END
};

const struct renewal_case renewal_cases[] = {
	{ WHO('f', 63, BIT(D_HTN), D_HTN, R_AMLODIPINE), ASKS(31), GOOD(40, 25) },
	{ WHO('m', 58, BIT(D_T2DM), D_T2DM, R_METFORMIN), ASKS(38), GOOD(35, 24) },
	{ WHO('m', 66, BIT(D_LIPID), D_LIPID, R_ATORVASTATIN), ASKS(44), GOOD(60, 26) },
	{ WHO('f', 55, BIT(D_HTN), D_HTN, R_VALSARTAN), ASKS(52), GOOD(45, 23) },
	{ WHO('f', 70, BIT(D_HTN), D_HTN, R_PERINDOPRIL), ASKS(57), GOOD(50, 27) },
	{ WHO('m', 61, BIT(D_CAD) | BIT(D_LIPID), D_CAD, R_ROSUVASTATIN, R_ASPIRIN), ASKS(63), GOOD(55, 24) },
	{ WHO('m', 72, BIT(D_CAD), D_CAD, R_ASPIRIN), ASKS(70), GOOD(80, 26) },
	{ WHO('f', 48, BIT(D_HYPOTHY), D_HYPOTHY, R_LEVOTHYROXINE), ASKS(76), GOOD(70, 25) },
	{ WHO('m', 51, BIT(D_GOUT), D_GOUT, R_FEBUXOSTAT), ASKS(83), GOOD(42, 24) },
	{ WHO('f', 67, BIT(D_OSTEO), D_OSTEO, R_ALENDRONATE), ASKS(90), GOOD(90, 27) },
	{ WHO('m', 69, BIT(D_BPH), D_BPH, R_TAMSULOSIN), ASKS(97), GOOD(65, 23) },
	{ WHO('f', 60, BIT(D_T2DM), D_T2DM, R_GLICLAZIDE, R_METFORMIN), ASKS(104), GOOD(33, 26), .flags = RENEWAL_REFERENCED },
	{ WHO('m', 57, BIT(D_T2DM), D_T2DM, R_DAPAGLIFLOZIN), ASKS(110), GOOD(48, 25) },
	{ WHO('m', 64, BIT(D_HTN), D_HTN, R_INDAPAMIDE), ASKS(117), GOOD(28, 24) },
	{ WHO('f', 74, BIT(D_STROKE) | BIT(D_LIPID), D_STROKE, R_CLOPIDOGREL), ASKS(125), GOOD(75, 28) },
	{ WHO('m', 62, BIT(D_CAD), D_CAD, R_METOPROLOL), ASKS(133), GOOD(66, 25), .flags = RENEWAL_POOL },
	{ WHO('m', 71, BIT(D_COPD), D_COPD, R_TIOTROPIUM), ASKS(140), GOOD(85, 24), .flags = RENEWAL_POOL },
	{ WHO('f', 53, BIT(D_LIPID), D_LIPID, R_ATORVASTATIN), ASKS(148), GOOD(62, 27), .flags = RENEWAL_POOL },
	{ WHO('m', 73, BIT(D_AF), D_AF, R_WARFARIN), ASKS(156), GOOD(18, 24) },
	{ WHO('m', 6, BIT(D_ASTHMA), D_ASTHMA, R_BUDESONIDE_NEB), .relation = REL_MOTHER, ASKS(20), GOOD(60, 25) },
	{ WHO('f', 65, BIT(D_HTN), D_HTN, R_AMLODIPINE), ASKS(163), .gate = "", .lab_days = 52, .fill_days = 40, .fills = 3, .repeats = 2, .expired_days = 38 },
	/* with something to read or to see first */
	{ WHO('f', 76, BIT(D_HTN), D_HTN, R_AMLODIPINE), WRITES(26, dizzy), GOOD(44, 26) },
	{ WHO('m', 59, BIT(D_LIPID), D_LIPID, R_ATORVASTATIN), WRITES(33, muscles), GOOD(58, 25) },
	{ WHO('f', 68, BIT(D_HTN), D_HTN, R_VALSARTAN), WRITES(47, halved), GOOD(39, 30), .flags = RENEWAL_STATEMENT },
	{ WHO('f', 31, BIT(D_HTN), D_HTN, R_VALSARTAN), ASKS(170), GOOD(36, 25), .flags = RENEWAL_PREGNANT },
	{ WHO('m', 45, BIT(D_GERD), D_GERD, R_RABEPRAZOLE), ASKS(176), GOOD(40, 24), .traits = TRAIT_TEXT_ALLERGY },
	{ WHO('f', 44, BIT(D_COPD), D_COPD, R_AMOXICILLIN), ASKS(181), GOOD(40, 24), .traits = TRAIT_PENICILLIN },
	{ WHO('f', 8, BIT(D_ECZEMA), D_ECZEMA, R_HYDROCORT), .flags = STORY_INFANT, .relation = REL_MOTHER, ASKS(187), GOOD(0, 24) },
	/* each gate */
	{ WHO('m', 60, BIT(D_HTN), D_HTN, R_AMLODIPINE), ASKS(195), .gate = "active", .lab_days = 60, .fill_days = 170, .fills = 3, .repeats = 2, .expired_days = 131 },
	{ WHO('f', 62, BIT(D_HTN), D_HTN, R_METOPROLOL), ASKS(199), .gate = "active", .lab_days = 60, .fill_days = 30, .fills = 3, .repeats = 2, .expired_days = -4, .flags = RENEWAL_STOPPED },
	{ WHO('m', 56, BIT(D_HTN), D_HTN, R_LISINOPRIL), ASKS(204), .gate = "clinic order", .lab_days = 45, .fill_days = 25, .fills = 3, .repeats = 2, .expired_days = -4, .flags = RENEWAL_REPORTED },
	{ WHO('f', 58, BIT(D_LIPID), D_LIPID, R_ROSUVASTATIN), ASKS(211), .gate = "dispensed", .lab_days = 45, .repeats = 0, .expired_days = -40 },
	{ WHO('m', 67, BIT(D_GOUT), D_GOUT, R_FEBUXOSTAT), ASKS(218), .gate = "no refills left", .lab_days = 45, .fill_days = 24, .fills = 1, .repeats = 2, .expired_days = -60 },
	{ WHO('f', 71, BIT(D_OSTEO), D_OSTEO, R_CALCIUM_D), ASKS(224), .gate = "in preparation", .lab_days = 45, .fill_days = 26, .fills = 3, .repeats = 2, .expired_days = -4, .flags = RENEWAL_PREPARED },
	{ WHO('m', 63, BIT(D_T2DM), D_T2DM, R_METFORMIN), ASKS(231), .gate = "newer order", .lab_days = 45, .fill_days = 25, .fills = 3, .repeats = 2, .expired_days = -4, .flags = RENEWAL_NEWER },
	{ WHO('f', 54, BIT(D_HTN), D_HTN, R_BISOPROLOL), ASKS(236), .gate = "diagnosis", .lab_days = 45, .fill_days = 25, .fills = 3, .repeats = 2, .expired_days = -4, .flags = RENEWAL_NO_REASON },
	{ WHO('m', 65, BIT(D_T2DM), D_T2DM, R_METFORMIN), ASKS(243), .gate = "monitoring", .lab_days = 400, .fill_days = 25, .fills = 3, .repeats = 2, .expired_days = -4 },
	{ WHO('f', 69, BIT(D_AF), D_AF, R_WARFARIN), ASKS(249), .gate = "monitoring", .fill_days = 25, .fills = 3, .repeats = 2, .expired_days = -4 },
	{ WHO('m', 75, BIT(D_HF), D_HF, R_FUROSEMIDE), ASKS(257), .gate = "admission", .lab_days = 40, .fill_days = 24, .fills = 3, .repeats = 2, .expired_days = -4, .flags = RENEWAL_ADMITTED },
	{ WHO('f', 57, BIT(D_HTN), D_HTN, R_AMLODIPINE), ASKS(262), .gate = "early", .lab_days = 45, .fill_days = 11, .fills = 3, .repeats = 2, .expired_days = -18 },
	{ WHO('m', 62, BIT(D_CAD), D_CAD, R_NITROGLYCERIN), ASKS(270), .gate = "uncoded drug", .lab_days = 45, .fill_days = 25, .fills = 3, .repeats = 2, .expired_days = -4, .flags = RENEWAL_UNCODED },
};
const int renewal_cases_count = G_N_ELEMENTS(renewal_cases);
