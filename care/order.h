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
	char *per, *per_unit;      /* liquids: in "5" "mL"; NULL: one piece */
	char *form;                /* form code, or NULL */
	char *form_words;          /* 片, tablet */
	char *piece_unit;          /* what is counted: "{tablet}", "mL" */
	char *pack;                /* pieces in a pack, or NULL */
	char *route;               /* the usual route: care_route.code, or NULL */
	char *dose_low, *dose_high, *dose_unit; /* usual single dose, or NULL */
	char *dose_source;         /* where that range stands */
	char **marks;              /* "system|code": ATC, legal status, antimicrobial
	                            * level, storage …; NULL-terminated */
	char **ingredients;        /* "system|code" or "|folded words" */
	gboolean herbal;           /* a herbal piece (中药饮片) */
};
/* medication: Medication; knowledge: its MedicationKnowledge or NULL. NULL when it
 * is neither. */
struct care_drug *care_drug_read(const fhir_node *medication,
    const fhir_node *knowledge);
/* What an order itself says: medicationCodeableConcept, a contained Medication,
 * or only the display of a reference. Never NULL. */
struct care_drug *care_drug_of_order(const fhir_node *request);
struct care_drug *care_drug_copy(const struct care_drug *drug);
void care_drug_free(struct care_drug *drug);
BASE_DEFINE_AUTO(care_drug, care_drug_free)
/* The name a prescription states: generic, in the language; borrowed. */
const char *care_drug_words(const struct care_drug *drug, const char *lang);
/* Same substance: a common coded ingredient, the same ATC substance (7
 * characters), or the same folded generic name. */
gboolean care_drug_same_substance(const struct care_drug *a,
    const struct care_drug *b);
/* A mark "system|code" begins with prefix ("http://www.whocc.no/atc|C08"). */
gboolean care_drug_marked(const struct care_drug *drug, const char *prefix);

/* ---- codes: care/timing.c, care/route.c, care/unit.c -------------------- */

/* A frequency (HL7 GTSAbbreviation where it has one, and FHIR Timing.repeat). */
struct care_frequency {
	const char *code;          /* "BID"; what lines and forms write, lower case */
	const char *also;          /* other spellings, blank-separated: "bd 2/日" */
	const char *words;         /* N_("twice a day") */
	int frequency;
	const char *period;        /* decimal text */
	const char *period_unit;   /* h d wk mo */
	const char *when;          /* a Timing.repeat.when that is part of it: HS */
	const char *coded;         /* its GTSAbbreviation code, or NULL */
	gboolean once;             /* a single dose */
};
extern const struct care_frequency care_frequencies[]; /* code NULL ends */
/* When in the day: HL7 EventTiming. */
struct care_when { const char *code, *also, *words; };
extern const struct care_when care_whens[];
/* Routes: SNOMED CT, with the usual abbreviations. */
struct care_route { const char *code, *snomed, *also, *words; };
extern const struct care_route care_routes[];

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
	const struct care_route *route;
	gboolean as_needed;
	char *as_needed_for;
	int duration_days;         /* 0: not stated */
	char *quantity, *quantity_unit;     /* dispensed; NULL: not stated */
	int refills;               /* numberOfRepeatsAllowed; -1 not stated */
	char *note;                /* to the patient; may be NULL */
	enum care_origin origin;
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
/* Never fails: what is wrong is a question. Accepts fullwidth forms, ".5",
 * "0.50", "5 mg", "5.0mg", half-typed words. chosen: a drug picked from the
 * candidates, or NULL. */
struct care_line *care_line_parse(const char *text,
    const struct care_lookup *lookup, const struct care_drug *chosen,
    gboolean herbal);
void care_line_free(struct care_line *line);
BASE_DEFINE_AUTO(care_line, care_line_free)
/* The line that parses back to this very order (with its drug chosen). Owned. */
char *care_line_write(const struct care_order *order);

/* Quantity and days' supply, each from the other where the arithmetic is exact
 * (dose in strength units, whole pieces rounded up, packs said). *formula:
 * "1 片 × 2/日 × 28 日 = 56 片(4 盒)", owned, NULL when it cannot be said. */
gboolean care_order_quantity(const struct care_order *order, char **quantity,
    char **unit, char **formula);
/* Days the quantity lasts, one decimal at most; 0 unknown. */
double care_order_supply_days(const struct care_order *order);
/* "氨氯地平片 5 mg,口服,每次 1 片(5 mg),每日一次,28 天,共 28 片(4 盒),不续配": units
 * and frequency in words, no naked point, no trailing zero. lang "zh"|"en". */
char *care_order_sentence(const struct care_order *order, const char *lang);

/* ---- decimals as doctors write them: care/decimal.c --------------------- */

/* ".5" → "0.5", "5.0" → "5", "０.５０" → "0.5"; NULL: not a plain positive
 * decimal of at most 12 digits. Owned. */
char *care_decimal_normal(const char *text);
/* Exact: product and sum of decimal texts; quotient rounded up to whole pieces.
 * Owned, normal; NULL when not decimals or too long. */
char *care_decimal_times(const char *a, const char *b);
char *care_decimal_over_up(const char *a, const char *b);
/* value in `to`, exactly, where a table of UCUM factors says so (g mg ug, L mL,
 * h d wk …); NULL: not convertible. Owned. */
char *care_unit_convert(const char *value, const char *from, const char *to);

/* ---- a prescription: care/rx.c, care/rx_write.c, care/rx_read.c --------- */

struct care_code { char *system, *code, *words, *ref; }; /* ref: Condition/x */
/* A gate that was passed: what the doctor gave for it. */
struct care_proof { char *rule, *text; };
struct care_rx {
	char *identifier;          /* "urn:uuid:…" of the prescription; the lines
	                            * have their own, derived from it */
	char *subject_ref, *requester_ref, *subject_words;
	gboolean herbal;
	GPtrArray *orders;         /* struct care_order */
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
void care_rx_prove(struct care_rx *rx, const char *rule, const char *text);
const char *care_rx_proof(const struct care_rx *rx, const char *rule);

/*
 * The exact bytes that are shown and signed: a Bundle of type collection with
 * the MedicationRequests (intent order, status draft), written once, never
 * again. Line i's fullUrl is "urn:uuid:" of UUIDv5(identifier, i). The display
 * texts in it are those on the screen. NULL with FHIR_ERROR_* when something an
 * order needs is missing.
 */
char *care_rx_collection(const struct care_rx *rx, size_t *len,
    GError **error);
/* A pended prescription of those bytes: all fields of struct care_rx, proofs and
 * origins included, come back (extensions of our own namespace, documented in
 * qingnang-fhir(7)). */
struct care_rx *care_rx_read(const char *bytes, size_t len, GError **error);
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
/* Withdrawal of a prescription by me: its orders (server's bytes, versions) to
 * cancelled or stopped with a statusReason, its review Task to cancelled or a
 * Task that tells the pharmacist; one transaction with ifMatch on each. */
struct care_body { const char *bytes; size_t len; };
char *care_rx_withdrawal(const struct care_body *bodies, size_t n,
    const char *reason, const char *me_ref, int64_t now_ms, size_t *len,
    GError **error);
/* A renewal request declined or forwarded: the Task's update. */
char *care_task_decline(const struct care_body *task, const char *reason,
    size_t *len, GError **error);
char *care_task_forward(const struct care_body *task, const char *owner_ref,
    const char *reason, size_t *len, GError **error);
/* A renewal made from an old order: everything carried over but the comments. */
struct care_rx *care_rx_renew(const fhir_node *prior, const fhir_node *proposal,
    const fhir_node *task, const struct care_drug *formulary_drug_or_null,
    int64_t now_ms);
/* The first difference between the signed payload and the resource as it stands
 * on the server, outside the listed set (id, meta, text, status, references the
 * server rewrote, …); path into *where, owned. TRUE: none. */
gboolean care_rx_same(const fhir_node *signed_order, const fhir_node *now,
    char **where);

#endif
