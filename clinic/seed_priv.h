/* SPDX-License-Identifier: Apache-2.0 */
/* What the seed's files share. Nothing outside clinic/seed*.c, names.c and
 * data/ includes this, but for patients*.c, who speak with the same words. */
#ifndef QN_CLINIC_SEED_PRIV_H
#define QN_CLINIC_SEED_PRIV_H

#include "clinic/seed.h"

/* The doctor when the clinic names none. */
#define SEED_ME "Practitioner/wu-kerong"

/* Takes one finished resource; updated_ms is when it was last touched, never
 * after now_ms. FALSE with error set stops the seeding. */
struct seed_sink {
	gboolean (*put)(void *user, const char *type, const char *id,
	    const char *json, size_t len, int64_t updated_ms, GError **error);
	void *user;
};
/* A new patient, "nw0", "nw1" …, while the clinic runs: the chart, and a
 * consultation that begins now. */
gboolean seed_newcomer(const struct clinic_seed_options *options, int index,
    const struct seed_sink *sink, GError **error);
/* The answer of the laboratory to an order of mine: what this body would give
 * now. words choose the panel (血脂, "lipid", a LOINC code); unknown words give
 * the one that tells most about the patient. FALSE without error when the
 * patient is not one of the seed's. */
gboolean seed_result(const struct clinic_seed_options *options,
    const char *patient_id, const char *request_id, const char *words,
    const struct seed_sink *sink, GError **error);
/* Into any sink: what clinic_seed() does to the storage. */
gboolean seed_all(const struct clinic_seed_options *options,
    const struct seed_sink *sink, GError **error);

#define SEED_MINUTE_MS ((int64_t)60 * 1000)
#define SEED_HOUR_MS (60 * SEED_MINUTE_MS)
#define SEED_DAY_MS (24 * SEED_HOUR_MS)

/* ---- chance: seed_text.c ------------------------------------------------ */

/* splitmix64: one number of state, any number of independent streams. */
struct seed_rng { uint64_t state; };
struct seed_rng seed_rng_make(uint64_t seed, uint64_t stream, uint64_t purpose);
uint64_t seed_rng_next(struct seed_rng *rng);
int seed_rng_range(struct seed_rng *rng, int low, int high); /* inclusive */
double seed_rng_real(struct seed_rng *rng, double low, double high);
gboolean seed_rng_chance(struct seed_rng *rng, int percent);

/*
 * Expands "{a|b}" to one of its choices (they do not nest) and "$slot" by the
 * callback, which appends to out and returns FALSE for a name it does not know
 * (the text is then left as it is). A slot's name is [a-z0-9_]+.
 */
typedef gboolean seed_slot_fn(GString *out, const char *name, size_t len,
    struct seed_rng *rng, void *user);
void seed_text_expand(GString *out, const char *pattern, struct seed_rng *rng,
    seed_slot_fn *slot, void *user);

/* Hospital time is UTC+8 all year. buf of 40. */
#define SEED_TIME_SIZE 40
const char *seed_instant(char *buf, int64_t ms);
const char *seed_day(char *buf, int64_t ms);
/* Days since 1970 of a civil date, and back. */
int64_t seed_days_of(int year, int month, int day);
void seed_civil_of(int64_t days, int *year, int *month, int *day);
int seed_year_of(int64_t ms);

/* ---- JSON out: seed_json.c ---------------------------------------------- */

/* key NULL inside arrays. Commas are put by looking at what was written. */
void sj_open(GString *s, const char *key, char bracket);
void sj_close(GString *s, char bracket);
void sj_text(GString *s, const char *key, const char *text);
void sj_textf(GString *s, const char *key, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);
void sj_raw(GString *s, const char *key, const char *number_or_word);
void sj_ref(GString *s, const char *key, const char *reference);
void sj_reff(GString *s, const char *key, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);
/* "key":[{"reference":…}] */
void sj_refs1(GString *s, const char *key, const char *reference);
void sj_coding(GString *s, const char *system, const char *code,
    const char *display);
/* CodeableConcept; code and text may be NULL. In an array with key NULL. */
void sj_concept(GString *s, const char *key, const char *system,
    const char *code, const char *display, const char *text);
/* "key":[CodeableConcept] */
void sj_concepts1(GString *s, const char *key, const char *system,
    const char *code, const char *display, const char *text);
void sj_quantity(GString *s, const char *key, const char *value,
    const char *unit, const char *ucum);

/* ---- what there is: clinic/data ------------------------------------------ */

enum disease {
	D_HTN, D_T2DM, D_LIPID, D_CKD, D_GOUT, D_COPD, D_ASTHMA, D_HYPOTHY,
	D_AF, D_CAD, D_HF, D_PD, D_OSTEO, D_GERD, D_ANXIETY, D_INSOMNIA,
	D_BPH, D_ANAEMIA, D_NAFLD, D_OA, D_MIGRAINE, D_STONE, D_RHINITIS,
	D_URTICARIA, D_ECZEMA, D_STROKE, DISEASES_
};
#define BIT(n) (1u << (n))

enum drug {
	R_AMLODIPINE, R_VALSARTAN, R_PERINDOPRIL, R_LISINOPRIL, R_INDAPAMIDE,
	R_METOPROLOL, R_BISOPROLOL, R_METFORMIN, R_GLICLAZIDE, R_DAPAGLIFLOZIN,
	R_SITAGLIPTIN, R_ATORVASTATIN, R_ROSUVASTATIN, R_ASPIRIN,
	R_CLOPIDOGREL, R_WARFARIN, R_FUROSEMIDE, R_SPIRONOLACTONE,
	R_FEBUXOSTAT, R_COLCHICINE, R_LEVOTHYROXINE, R_TIOTROPIUM,
	R_BUDESONIDE_FORMOTEROL, R_BUDESONIDE_NEB, R_SALBUTAMOL, R_MADOPAR,
	R_PRAMIPEXOLE, R_ALENDRONATE, R_CALCIUM_D, R_RABEPRAZOLE,
	R_SERTRALINE, R_ZOPICLONE, R_TAMSULOSIN, R_FERROUS, R_LORATADINE,
	R_FLUNARIZINE, R_ACEI_ARNI, R_NITROGLYCERIN, R_IBUPROFEN, R_HYDROCORT,
	R_AMOXICILLIN, DRUGS_
};

enum lab {
	L_FPG, L_HBA1C, L_CREA, L_EGFR, L_UREA, L_URATE, L_K, L_NA, L_TC, L_TG,
	L_HDL, L_LDL, L_ALT, L_AST, L_TSH, L_FT4, L_INR, L_PT, L_HB, L_WBC,
	L_PLT, L_BNP, L_ACR, L_VITD, L_CA, L_FEV1, L_FERRITIN, LABS_
};

enum panel {
	P_GLUCOSE, P_RENAL, P_LIPID, P_LIVER, P_THYROID, P_COAG, P_CBC, P_BNP,
	P_ACR, P_BONE, P_SPIRO, P_IRON, PANELS_
};

struct seed_disease {
	const char *icd10, *zh, *en;
	unsigned panels;          /* BIT(enum panel) */
	signed char drugs[6];     /* first choices, -1 ends */
	short years_min, years_max; /* how long ago it began */
};
extern const struct seed_disease seed_diseases[DISEASES_];

struct seed_drug {
	const char *atc, *zh, *en;      /* generic name with form */
	const char *strength;           /* of one unit: "5 mg" */
	const char *dose, *unit_zh, *unit_en; /* one dose in units: "1","片" */
	const char *mg, *ucum;          /* one dose as quantity: "5","mg" */
	short times, every;             /* times in so many days; 0: prn */
	short route;                    /* index into seed_routes */
	const char *hint_zh, *hint_en;  /* 早餐后 */
	short pack_units;               /* units dispensed for 28 days */
};
extern const struct seed_drug seed_drugs[DRUGS_];
/* The product of the formulary that each is. */
extern const char *const seed_drug_codes[DRUGS_];
struct seed_route { const char *code, *zh, *en; };
extern const struct seed_route seed_routes[];

struct seed_lab {
	const char *loinc, *zh, *en, *unit, *ucum;
	double low_f, high_f, low_m, high_m; /* reference; -1: no bound */
	double critical_low, critical_high;  /* -1: none */
	short decimals;
};
extern const struct seed_lab seed_labs[LABS_];
struct seed_panel {
	const char *key, *loinc, *zh, *en;
	signed char labs[8]; /* -1 ends */
};
extern const struct seed_panel seed_panels[PANELS_];

/* ---- stories ------------------------------------------------------------ */

/* One line of a thread. who: P patient, R related person, D me, X me and
 * retracted, C a specialist, L a colleague of my own field. gap_min is after
 * the line before. file: title of a picture sent with it. */
struct seed_line { char who; int gap_min; const char *text, *file; };

enum relation { REL_NONE, REL_DAUGHTER, REL_SON, REL_MOTHER, REL_WIFE };
enum story_flags {
	STORY_EN = 1 << 0,
	STORY_RESULT = 1 << 1,  /* the newest report waits for me */
	STORY_RENEWAL = 1 << 2, /* a Task approve with its proposal */
	STORY_ORDERED = 1 << 3, /* a test of mine without its result yet */
	STORY_DIARY = 1 << 4,   /* weeks of home readings come first */
	STORY_SPECIAL = 1 << 5, /* never drawn at random */
	STORY_GUEST = 1 << 6,   /* a colleague is in the thread */
	STORY_INFANT = 1 << 7,  /* age_min and age_max are months */
	STORY_BP_HIGH = 1 << 8, /* the pressure at home is up */
};
struct seed_story {
	const char *complaint;
	const char *priority, *status;
	char sex;                 /* 'f', 'm', or 0 */
	short age_min, age_max;   /* years */
	enum relation relation;
	unsigned flags, diseases; /* diseases: BIT(enum disease) */
	signed char why;          /* enum disease of reasonCode */
	signed char drugs[8];     /* -1 ends; instead of the diseases' own */
	signed char begun_days;   /* the first drug is new; 0: it is not */
	signed char lab;          /* enum lab: value in the newest; -1 */
	double value;
	short ago_min;            /* the last message was so many minutes ago */
	const struct seed_line *lines;
	const struct seed_line *fresh; /* a newcomer's; NULL: none comes */
	/* A second thread, beside the first; NULL: none. */
	const char *aside, *aside_status;
	const struct seed_line *aside_lines;
	int aside_ago_min;
};
extern const struct seed_story seed_stories[];
extern const int seed_stories_count;
/* The first stories are the first patients of every clinic. */
#define SEED_CAST 12

extern const struct seed_line seed_diary_lines[];
extern const struct seed_line *const seed_old_threads_zh[];
extern const struct seed_line *const seed_old_threads_en[];
extern const char *const seed_old_topics_zh[];
extern const char *const seed_old_topics_en[];
#define SEED_OLD_THREADS 6
extern const struct seed_line seed_hostile_lines[];

/* ---- names: names.c ------------------------------------------------------ */

struct seed_name { char text[80], family[40], given[40]; };
void seed_name_make(struct seed_name *out, struct seed_rng *rng,
    gboolean english, gboolean male, int age);
/* Same family (a child writing for a parent). */
void seed_name_kin(struct seed_name *out, struct seed_rng *rng,
    const struct seed_name *of, gboolean english, gboolean male, int age);

/* ---- a person ------------------------------------------------------------ */

enum trait {
	TRAIT_REFUTED_ALLERGY = 1 << 0,
	TRAIT_DO_NOT_GIVE = 1 << 1,
	TRAIT_MERGED = 1 << 2,        /* an old record points here */
	TRAIT_CORRECTED = 1 << 3,
	TRAIT_PRELIMINARY = 1 << 4,
	TRAIT_DIED = 1 << 5,
	TRAIT_ALIKE = 1 << 6,         /* named as another patient */
	TRAIT_WRONG_CONDITION = 1 << 7,
	TRAIT_TEXT_ALLERGY = 1 << 8,
	TRAIT_NO_KNOWN_ALLERGY = 1 << 9,
	TRAIT_ALLERGY = 1 << 10,      /* an ordinary, coded one */
	TRAIT_HOSTILE = 1 << 11,      /* a thread of text made to do harm */
	TRAIT_PENICILLIN = 1 << 12,   /* allergic to it */
};

#define SEED_DRUGS_MAX 10
struct seed_person {
	int index;
	struct seed_rng rng;
	char id[24];
	gboolean english, male, newcomer;
	int age_days;
	char birth[SEED_TIME_SIZE];
	struct seed_name name;
	const struct seed_story *story;
	unsigned traits, diseases;
	signed char began[DISEASES_];     /* years ago */
	signed char drugs[SEED_DRUGS_MAX];
	int n_drugs;
	int days_left[SEED_DRUGS_MAX];
	int visits, home_days;            /* how much history this one has */
	gboolean old_thread, pictures;
	/* the body; drawn once, then drifting */
	double base[LABS_], drift[LABS_]; /* drift: per year towards now */
	int sys, dia, pulse;              /* at home, lately */
	int told_sys, told_dia;           /* the reading last written about */
	char latest[LABS_][16];           /* newest value as text, or "" */
	char previous[LABS_][16];
	int64_t died_ms;
	char kin_id[32];
	struct seed_name kin;
	int binaries;
};

struct seed {
	const char *me; /* "Practitioner/ID" */
	const struct clinic_seed_options *opt;
	const struct seed_sink *sink;
	GError **error;
	gboolean failed;
	GString *json, *words;
	const char *type;
	char id[65];
};
/* seed.c: start a resource, hand it over. After a failure both do nothing. */
GString *seed_begin(struct seed *g, const char *type, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);
void seed_put(struct seed *g, int64_t updated_ms);

static inline gboolean seed_has(const struct seed_person *p, enum disease d)
{
	return (p->diseases & BIT(d)) != 0;
}
gboolean seed_takes(const struct seed_person *p, enum drug drug);
static inline const char *seed_lang(const struct seed_person *p,
    const char *zh, const char *en)
{
	return p->english ? en : zh;
}

/* seed_person.c */
void seed_person_make(struct seed_person *p,
    const struct clinic_seed_options *opt, int index, gboolean newcomer);
/* Somebody with this story and nothing left to chance but name and body. */
void seed_person_of(struct seed_person *p,
    const struct clinic_seed_options *opt, int number, const char *id,
    const struct seed_story *story);
/* From the id of a seeded patient ("pt17") or a newcomer ("nw3"); FALSE for any
 * other. */
gboolean seed_person_known(struct seed_person *p,
    const struct clinic_seed_options *opt, const char *id);
void seed_person_put(struct seed *g, struct seed_person *p);
void seed_staff_put(struct seed *g);
/* seed_chart.c, seed_past.c, seed_drug.c */
void seed_past_put(struct seed *g, struct seed_person *p);
/* seed_rest.c: insurance, contracts, intake, letters; and who they name. */
void seed_rest_put(struct seed *g, struct seed_person *p);
void seed_rest_staff(struct seed *g);
void seed_chart_put(struct seed *g, struct seed_person *p);
void seed_drugs_put(struct seed *g, struct seed_person *p);
/* seed_order.c */
#define SEED_FILL_DAYS 28
#define SEED_PHARMACIST "Practitioner/he-qingyue"
enum drug_named { DRUG_BY_CODE, DRUG_BY_WORDS, DRUG_BY_REFERENCE };
struct seed_order {
	const char *id, *status, *intent;
	const char *prior;        /* id of the order before, or NULL */
	int64_t authored_ms, valid_ms;
	int drug;                 /* enum drug */
	const char *requester;
	const char *group;        /* prescription it is a line of, or NULL */
	int repeats, days;        /* allowed; supply of one fill */
	enum drug_named named;
	gboolean reported;        /* the patient says so, nobody here wrote it */
	gboolean no_reason;
};
/* Written then, valid for ninety days. */
static inline void
seed_order_dated(struct seed_order *o, int64_t authored_ms)
{
	o->authored_ms = authored_ms;
	o->valid_ms = authored_ms + 90 * SEED_DAY_MS;
}
void seed_order_put(struct seed *g, const struct seed_person *p,
    const struct seed_order *o);
void seed_dispense_put(struct seed *g, const struct seed_person *p,
    const struct seed_order *o, int nth, int64_t when_ms, const char *status);
/* A proposal that goes on with old, and the Task that asks me (or the pool). */
void seed_renewal_ask(struct seed *g, const struct seed_person *p,
    const struct seed_order *old, int nth, int64_t when_ms, gboolean pool);
/* seed_renewal.c: so many of the cases made for the renewal lane. */
void seed_renewals_put(struct seed *g, int cases);
/* Patient "rnN" of the cases; FALSE: none. */
gboolean seed_renewal_person(struct seed_person *p,
    const struct clinic_seed_options *opt, int index);
/* seed_lab.c, seed_body.c */
/* Drugs were begun a year and a half ago, so that the past shows why. */
#define SEED_BEGUN_YEARS 1.5
void seed_body_make(struct seed_person *p);
void seed_labs_put(struct seed *g, struct seed_person *p);
/* A week or more of home readings. */
void seed_home_put(struct seed *g, struct seed_person *p,
    struct seed_rng *rng);
/* All values of one visit; they hang together (HbA1c on glucose, eGFR on
 * creatinine, total cholesterol on its parts). newest: as the story tells. */
void seed_body_visit(const struct seed_person *p, double years_ago,
    gboolean newest, struct seed_rng *rng, double values[LABS_]);
void seed_lab_text(const struct seed_person *p, enum lab lab, double value,
    char *buf, size_t size);
const char *seed_lab_flag(const struct seed_person *p, enum lab lab,
    const char *text);
int seed_egfr(double creatinine_umol, gboolean male, int age);
struct seed_visit {
	int number;
	int64_t taken_ms, issued_ms;
	const char *status;      /* of report and values */
	const char *request_id;  /* ServiceRequest answered, or NULL */
	gboolean mine;           /* I am the one who reads it */
	double values[LABS_];
};
void seed_panel_put(struct seed *g, const struct seed_person *p,
    enum panel panel, const struct seed_visit *visit);
/* My order for a test. */
void seed_request_put(struct seed *g, const struct seed_person *p,
    const char *id, enum panel panel, const char *status, int64_t ms);
unsigned seed_panels_of(const struct seed_person *p);
/* The panel that tells most about the disease the story is about. */
enum panel seed_panel_main(const struct seed_person *p);
/* seed_thread.c */
void seed_threads_put(struct seed *g, struct seed_person *p);
seed_slot_fn seed_person_slot; /* user: struct seed_person */
/* seed_image.c: what the title promises (血压计, 服药记录, 皮疹), of this person
 * or, NULL, of nobody. PNG as base64 text, owned. */
char *seed_image_make(const char *title, const struct seed_person *p,
    size_t *bytes_out);
/* A page of an examination's report, in base64. */
char *seed_pdf_make(const struct seed_person *person, size_t *bytes);
void seed_binary_put(struct seed *g, const char *id, const char *patient_id,
    const char *content_type, const char *base64, int64_t ms);

#endif
