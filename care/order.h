/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is prescribed, as values: a drug of the formulary, one order line, a
 * prescription. Read from and written as FHIR R4 (MedicationRequest, Medication,
 * MedicationKnowledge), typed as a line, echoed as a sentence.
 *
 * Decimals are texts everywhere and never pass through floating point; units are
 * UCUM codes ("mg", "mL", "{tablet}"). All texts of a struct are its own and go
 * with it; a NULL text is "not stated". Nothing here guesses: what was not said
 * stays NULL and is asked for.
 */
#ifndef QN_CARE_ORDER_H
#define QN_CARE_ORDER_H

#include "fhir/fhir.h"

/* ---- a drug: care/drug.c ------------------------------------------------ */

/* A product of the formulary (Medication joined with its MedicationKnowledge) or
 * what an old order says of one. */
struct care_drug {
	char *ref;                 /* "Medication/x", or NULL */
	char *system, *code;       /* code NULL: uncoded, text alone */
	char *generic_zh, *generic_en, *brand;
	char *words;               /* as the document names it */
	char *strength, *strength_unit; /* of one piece: "5" "mg"; NULL */
	char *strengths;           /* of several ingredients: "80/5 mg"; words */
	char *per, *per_unit;      /* liquids: in "5" "mL"; NULL: one piece */
	char *form;                /* form code, or NULL */
	char *form_words;          /* 片: as the document says it */
	char *form_display;        /* tablet: the coding's display, or NULL */
	char *piece_unit;          /* what is counted: "{tablet}", "mL" */
	char *pack, *pack_unit;    /* "28" pieces in a "{pack}", or NULL */
	char *route;               /* the usual route: care_route.code, or NULL */
	char *dose_low, *dose_high, *dose_unit; /* usual single dose, or NULL */
	char *dose_source;         /* where that range stands */
	char **marks;              /* "system|code": ATC, legal status, antimicrobial
	                            * level, storage …; NULL-terminated */
	char **ingredients;        /* "system|code" or "|folded words" */
	gboolean herbal;           /* a herbal piece (中药饮片) */
	/* Only what a document says of itself, whoever wrote it: nothing of it
	 * clears the drug of a list (CN-20). FALSE: the formulary's. */
	gboolean claimed;
};
/* medication: Medication; knowledge: its MedicationKnowledge or NULL. NULL when it
 * is neither. */
struct care_drug *care_drug_read(const fhir_node *medication,
    const fhir_node *knowledge);
/* What an order itself says: medicationCodeableConcept, a contained Medication,
 * or only the display of a reference. Never NULL, and always claimed: our own
 * extensions are not read, since anybody may write them. */
struct care_drug *care_drug_of_order(const fhir_node *request);
struct care_drug *care_drug_copy(const struct care_drug *drug);
void care_drug_free(struct care_drug *drug);
BASE_DEFINE_AUTO(care_drug, care_drug_free)
/* The name a prescription states: generic, in the language; borrowed. */
const char *care_drug_words(const struct care_drug *drug, const char *lang);
/* The product, by which two of one name are told apart: "二甲双胍缓释片 0.5 g". Owned. */
char *care_drug_product(const struct care_drug *drug, const char *lang);
/* Same substance: a common coded ingredient, the same ATC substance (7
 * characters), or the same folded generic name. */
gboolean care_drug_same_substance(const struct care_drug *a,
    const struct care_drug *b);
/* A mark "system|code" begins with prefix ("http://www.whocc.no/atc|C08"). */
gboolean care_drug_marked(const struct care_drug *drug, const char *prefix);

/* ---- codes: care/timing.c, care/route.c, care/unit.c -------------------- */

/*
 * The words of these tables stand in both languages beside each other and not in
 * the catalogue: a prescription is written in the language its text was signed
 * in, whatever the screen speaks. also: other spellings, folded, separated by
 * blanks, "_" for a blank in one. code NULL ends each table.
 */
/* A frequency (HL7 GTSAbbreviation where it has one, and FHIR Timing.repeat). */
struct care_frequency {
	const char *code;          /* "bid": what lines and forms write */
	const char *also;          /* "b.i.d bd 一日两次" */
	const char *en, *zh;       /* "twice a day", "每日两次" */
	int frequency;
	const char *period;        /* "every 8 h": "8", whole */
	const char *period_unit;   /* UCUM: h d wk mo */
	const char *when;          /* a Timing.repeat.when that is part of it: HS */
	const char *coded;         /* its GTSAbbreviation code, or NULL */
	gboolean once;             /* a single dose; the three above are empty */
};
extern const struct care_frequency care_frequencies[];
const struct care_frequency *care_frequency_find(const char *code);
/* When in the day: HL7 EventTiming. */
struct care_when { const char *code, *also, *en, *zh; };
extern const struct care_when care_whens[];
/* A row by its code; NULL: none. */
const struct care_when *care_when_find(const char *code);
/* Days of the week, Monday first: FHIR's days-of-week. */
extern const struct care_when care_weekdays[];
/* Routes: SNOMED CT, with the usual abbreviations. dose_free: ointments and the
 * like, whose dose need not be counted. */
struct care_route { const char *code, *snomed, *also, *en, *zh;
	gboolean dose_free; };
extern const struct care_route care_routes[];
/* By our code, or by a CodeableConcept's SNOMED coding or words. */
const struct care_route *care_route_find(const char *code);
const struct care_route *care_route_of(const fhir_node *concept);

/* Units, UCUM; what is counted has an annotation ("{tablet}"). */
enum care_kind { KIND_MASS, KIND_VOLUME, KIND_ACTIVITY, KIND_AMOUNT,
	KIND_COUNT,   /* tablets: counted out one by one */
	KIND_METERED, /* drops, puffs: handed out in whole packs */
	KIND_PACK, KIND_TIME };
struct care_unit {
	const char *code;          /* "mg", "{tablet}" */
	enum care_kind kind;
	const char *also;          /* as above */
	const char *en, *ens, *zh; /* "tablet", "tablets", "片" */
	int num, den;              /* of the kind's base unit, 0: none */
};
extern const struct care_unit care_units[];
const struct care_unit *care_unit_find(const char *code);
/* A Quantity's unit: its UCUM code, else its words; NULL: neither is known. */
const struct care_unit *care_unit_of(const fhir_node *quantity);
/* "tablets" | "片"; a code we do not know as it is without braces. One for the
 * value "1". Borrowed, or from the code. */
const char *care_unit_words(const char *code, const char *value,
    const char *lang);

/* ---- one line ----------------------------------------------------------- */

enum care_origin {
	ORIGIN_DOCTOR,   /* typed by the doctor */
	ORIGIN_CARRIED,  /* from a prescription a doctor signed */
	ORIGIN_TEMPLATE,
	ORIGIN_PROGRAM,  /* a command fed by a program */
	ORIGIN_MACHINE,  /* intake, translation, suggestion: cannot be signed */
};
struct care_order {
	struct care_drug *drug;
	char *dose, *dose_high, *dose_unit; /* "5" "mg" | "1" "2" "{tablet}" */
	const struct care_frequency *frequency;
	const struct care_when *when;
	/* bit i: care_weekdays[i]; as many as a weekly frequency's times, or 0 */
	unsigned weekdays;
	const struct care_route *route;
	gboolean as_needed;
	char *as_needed_for;
	int duration_days;         /* 0: not stated */
	char *quantity, *quantity_unit;     /* dispensed; NULL: not stated */
	int refills;               /* numberOfRepeatsAllowed; -1 not stated */
	char *note;                /* to the patient; may be NULL */
	enum care_origin origin;
	/* of a renewal: the old order's dosage in its own words, where this order
	 * does not hold it; else NULL. Safe to show, and ends in "…" where it
	 * was cut. */
	char *was;
	/* a herb of a herbal prescription: dose is grams for one 付 */
	char *preparation;         /* 先煎 后下 包煎 烊化 另煎 冲服, or NULL */
};
struct care_order *care_order_new(void);
struct care_order *care_order_copy(const struct care_order *order);
void care_order_free(struct care_order *order);
BASE_DEFINE_AUTO(care_order, care_order_free)

/* ---- the typed line: care/line.c ---------------------------------------- */

/* How words met a drug. By initials: offered, never taken. */
enum care_hit { HIT_CODE, HIT_NAME, HIT_NAME_START, HIT_BRAND, HIT_PART,
	HIT_INITIALS };
struct care_candidate { struct care_drug *drug; enum care_hit hit; };
struct care_lookup {
	/* Candidates for the words before the first number or code, best first;
	 * GPtrArray of owned struct care_candidate, never NULL. */
	GPtrArray *(*find)(void *user, const char *words, int limit);
	void *user;
};
/* A word of the line, and what it was taken for: for colouring and completion. */
enum care_part { PART_DRUG, PART_STRENGTH, PART_DOSE, PART_ROUTE,
	PART_FREQUENCY, PART_WHEN, PART_DURATION, PART_QUANTITY, PART_REFILLS,
	PART_NEEDED, PART_PREPARATION, PART_NOTE, PART_UNKNOWN };
struct care_span { size_t start, end; enum care_part part; }; /* bytes */
/* Something the doctor must say: several drugs fit, "5" has no unit, "q" is no
 * frequency, a unit that does not fit the form. */
struct care_question {
	enum care_part part;
	size_t start, end;         /* where in the line */
	char *sentence;            /* translated */
	GPtrArray *choices;        /* char *: what to put there; may be empty */
};
struct care_line {
	struct care_order *order;  /* what is certain so far */
	GArray *spans;             /* struct care_span */
	GPtrArray *questions;      /* struct care_question */
	GPtrArray *candidates;     /* struct care_candidate, when drug is open */
	gboolean complete;         /* no question, all that an order needs */
};
/* A line is at most this long; a longer one is one question and no more. */
enum { CARE_LINE_MAX_BYTES = 1000 };
/* Slips of the hand, not rules of medicine: more than this asks. */
enum { CARE_LINE_MAX_DAYS = 366, CARE_LINE_MAX_PIECES = 10000,
	CARE_LINE_MAX_REFILLS = 12 };
/* Never fails: what is wrong is a question. Accepts fullwidth forms, ".5",
 * "0.50", "5 mg", "5.0mg", half-typed words. chosen: a drug picked from the
 * candidates, or NULL. */
struct care_line *care_line_parse(const char *text,
    const struct care_lookup *lookup, const struct care_drug *chosen,
    gboolean herbal);
void care_line_free(struct care_line *line);
BASE_DEFINE_AUTO(care_line, care_line_free)
/* Gives an order the formulary's drug of today, when it is the one the order
 * names; a dose that was counted for another strength is left open. */
void care_order_use(struct care_order *order, const struct care_drug *now);
/* The line that parses back to this very order (with its drug chosen). Owned. */
char *care_line_write(const struct care_order *order);

/* Quantity from dose, frequency and days, where the arithmetic is exact: the
 * doses of the course are whole, then pieces are rounded up (to packs, for what
 * is not counted), packs said. *formula in the language: "1 片 × 每日 2 次 × 28 天 =
 * 56 片（4 盒）". All owned; FALSE: it cannot be computed. */
gboolean care_order_quantity(const struct care_order *order, const char *lang,
    char **quantity, char **unit, char **formula);
/* Fills what is not stated and follows: the route from the formulary, quantity
 * from days or days from quantity where exact, refills none. */
void care_order_complete(struct care_order *order);
/* Days the quantity lasts, cut to one decimal; 0 unknown. */
double care_order_supply_days(const struct care_order *order);
/* "氨氯地平片 5 mg，口服，每次 1 片（5 mg），每日一次，28 天，共 28 片（4 盒），不续配":
 * units and frequency in words, no naked point, no trailing zero. lang "zh"|"en";
 * owned. */
char *care_order_sentence(const struct care_order *order, const char *lang);

/* ---- decimals as doctors write them: care/decimal_math.c ---------------- */

/* ".5" → "0.5", "5.0" → "5", "０.５０" → "0.5"; NULL: not a plain positive
 * decimal of at most 12 digits. Owned. */
char *care_decimal_normal(const char *text);
/* Exact: product of decimal texts; quotient rounded up to whole pieces.
 * Owned, normal; NULL when not decimals or too long. */
char *care_decimal_times(const char *a, const char *b);
char *care_decimal_over_up(const char *a, const char *b);
/* value in `to`, exactly, where a table of UCUM factors says so (g mg ug, L mL,
 * h d wk …); NULL: not convertible. Owned. */
char *care_unit_convert(const char *value, const char *from, const char *to);

/* ---- a prescription: care/rx.c, care/rx_write.c, care/rx_read.c --------- */

struct care_code { char *system, *code, *words, *ref; }; /* ref: Condition/x */
/* A gate that was passed: what the doctor gave for it, and what that answered,
 * the finding's sentence with its numbers; asked NULL: whatever the rule asks. */
struct care_proof { char *rule, *asked, *text; };
struct care_rx {
	char *identifier;          /* "urn:uuid:…" of the prescription; the lines
	                            * have their own (care_rx_line_identifier) */
	char *subject_ref, *requester_ref, *subject_words;
	gboolean herbal;
	char *language;            /* "zh" | "en" of its texts; NULL is zh */
	/* struct care_order; of a herbal one the first says frequency, route,
	 * days and refills for all */
	GPtrArray *orders;
	struct care_code diagnosis;
	char *consult_ref;         /* Communication the visit stands in, or NULL */
	/* renewal */
	char *prior_ref, *prior_version, *based_on_ref; /* old order; proposal */
	char *task_ref, *task_version;                  /* renewal Task */
	int64_t authored_ms;
	int valid_days;            /* 0: today only (CN-23) */
	gboolean long_term, emergency;
	char *co_doctor_ref, *co_doctor_words;  /* F49: co-present, or NULL */
	/* herbal */
	int herbal_doses;          /* 付 */
	char *decoction;           /* words of 煎法, 服法 */
	GPtrArray *proofs;         /* struct care_proof */
};
struct care_rx *care_rx_new(void);
struct care_rx *care_rx_copy(const struct care_rx *rx);
void care_rx_free(struct care_rx *rx);
BASE_DEFINE_AUTO(care_rx, care_rx_free)
/* Gives it its identifier: of a renewal without Task the UUIDv5 of the prior
 * order and its version, so that two devices make the same one; else a random
 * one. withdrawn: the identifier of the earlier attempt that was withdrawn, from
 * which the next follows, or NULL. */
void care_rx_identify(struct care_rx *rx, const char *withdrawn);
/* "urn:uuid:" of line i, UUIDv5 of the identifier; owned, NULL: no identifier. */
char *care_rx_line_identifier(const struct care_rx *rx, int i);
/* Records what was given for a gate; a later text replaces the earlier one to the
 * same question. asked: care_finding.asked, so that a reason never answers what
 * was not asked when it was given. */
void care_rx_prove(struct care_rx *rx, const char *rule, const char *asked,
    const char *text);
const char *care_rx_proof(const struct care_rx *rx, const char *rule,
    const char *asked);

/*
 * The exact bytes that are shown and signed: a Bundle of type collection with
 * the MedicationRequests (intent order, status draft), written once, never
 * again. Line i's fullUrl is "urn:uuid:" of UUIDv5(identifier, i). The display
 * texts in it are those on the screen. NULL with FHIR_ERROR_* when something an
 * order needs is missing.
 */
char *care_rx_collection(const struct care_rx *rx, size_t *len,
    GError **error);
/* "黄芪 15 g、附子 9 g（先煎）；共 7 付；…" of a herbal one, in its language. Owned. */
char *care_rx_herbs_sentence(const struct care_rx *rx);
/* A pended prescription of those bytes: all fields of struct care_rx, proofs and
 * origins included, come back (extensions of our own namespace, documented in
 * qingnang-fhir(7)). */
struct care_rx *care_rx_read(const char *bytes, size_t len, GError **error);
/* One more order of a prescription that another system wrote, or another device:
 * what of it R4 says, no extension of ours. The first gives what they share. */
void care_rx_read_order(struct care_rx *rx, const fhir_node *request);
/*
 * What goes to the server (wire.md, states): a transaction of at most 8
 * entries – the orders as they stand in the collection (ifNoneExist on their
 * identifier), one Provenance with the signature over all of them, the
 * pharmacist-review Task (ifNoneExist), and the renewal Task's update when there
 * is one (ifMatch; task_bytes is the server's Task, changed only where it must).
 * review FALSE: a jurisdiction without pharmacist review; status is active.
 */
struct care_signed {
	const char *jws;           /* compact serialisation */
	const char *signer_ref;
	int64_t when_ms;
	gboolean review;
	const char *task_bytes; size_t task_len;
};
char *care_rx_transaction(const struct care_rx *rx,
    const char *collection, size_t collection_len,
    const struct care_signed *how, size_t *len, GError **error);
/* Withdrawal of a prescription by me: those of its orders (server's bytes,
 * versions) that still stand to cancelled or stopped with a statusReason, its
 * review Task to cancelled or a Task that tells the pharmacist; one transaction
 * with ifMatch on each. What was handed out for good (completed) stays as it is. */
struct care_body { const char *bytes; size_t len; };
/* An order among them can still be taken back. */
gboolean care_rx_stands(const struct care_body *bodies, size_t n);
char *care_rx_withdrawal(const struct care_body *bodies, size_t n,
    const char *reason, const char *me_ref, int64_t now_ms, size_t *len,
    GError **error);
/* A renewal request declined or forwarded: a transaction with the Task's update,
 * guarded by its version. owner_ref NULL: back to the pool its performerType
 * names. */
char *care_task_decline(const struct care_body *task, const char *reason,
    size_t *len, GError **error);
char *care_task_forward(const struct care_body *task, const char *owner_ref,
    const char *reason, size_t *len, GError **error);
/* A renewal made from an old order: everything carried over but the comments. What
 * is not sure to mean the same (hours of the day, several dosages, a dose counted
 * for another strength) is left open and asked for. */
struct care_rx *care_rx_renew(const fhir_node *prior, const fhir_node *proposal,
    const fhir_node *task, const struct care_drug *formulary_drug_or_null,
    int64_t now_ms);
/* The first difference between the signed payload and the resource as it stands
 * on the server, outside the listed set (id, meta, text, status, references the
 * server rewrote, …); path into *where, owned. TRUE: none. */
gboolean care_rx_same(const fhir_node *signed_order, const fhir_node *now,
    char **where);

#endif
