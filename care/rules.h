/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules of prescribing as dated, cited data (packs in rules/, qingnang-rules(5)),
 * the facts of a chart they are held against, and what they find. A rule of
 * medicine or law is a row of a pack; this room knows kinds of predicates, never
 * a drug or an article. A check that could not run is a finding, never silence.
 */
#ifndef QN_CARE_RULES_H
#define QN_CARE_RULES_H

#include "care/order.h"

/* ---- facts: care/facts.c ------------------------------------------------ */

enum fact_state { FACTS_NOT_LOADED, FACTS_LOADED, FACTS_REFUSED };
/* What of a chart was asked and answered: an unread section is a finding. */
enum fact_section { FACTS_ALLERGIES, FACTS_PROBLEMS, FACTS_DRUGS, FACTS_RESULTS,
	FACTS_VISITS, FACTS_SECTIONS_ };

/* What a decision support service did about a prescription. */
enum fact_service { SERVICE_NONE, SERVICE_UNASKED, SERVICE_ASKED,
	SERVICE_ANSWERED, SERVICE_SILENT };
/* All texts below belong to the facts. date_ms 0: unknown. */
struct fact_allergy {
	const char *words; char **marks;   /* "system|code"; empty: free text */
	gboolean severe, unconfirmed;
	const char *ref;
};
struct fact_problem {
	const char *words; char **marks;
	gboolean active, confirmed;
	int64_t date_ms;                   /* recorded */
	gboolean by_institution;           /* recorder/encounter names one */
	const char *ref;
	const struct fact_visit *visit;    /* of which it is; NULL: names none */
};
/* Handed out: when, for how many days (0 not stated), "28 {tablet}". */
struct fact_fill { int64_t date_ms; double days; const char *words, *ref; };
/* An order, statement or dispense of a drug by anyone. A dispense that names its
 * order is one of that order's fills, not a drug of its own. */
enum fact_drug_kind { FACT_ORDER, FACT_STATEMENT, FACT_PROPOSAL,
	FACT_DISPENSE };
struct fact_drug {
	enum fact_drug_kind kind;
	struct care_drug *drug;
	const char *ref, *status, *intent, *group, *requester_ref, *words;
	int64_t authored_ms, valid_until_ms;
	double supply_days; int allowed;   /* refills allowed, -1 not stated */
	int dispenses;                     /* completed, of this order */
	int64_t last_fill_ms;
	double last_fill_days;             /* supply handed then; 0 unknown */
	gboolean reported;                 /* reportedBoolean / patient statement */
	gboolean not_to_give;              /* doNotPerform */
	GArray *fills;                     /* struct fact_fill, oldest first */
	gboolean preparing;                /* a dispense of it is under way */
	char **reasons;                    /* diagnosis it was given for */
	const char *reason_words, *reason_ref;
	const char *regimen;               /* "5 mg|1/1d"; NULL: not coded */
	const char *bytes; size_t len;     /* of the resource; borrowed */
};
struct fact_result {
	char **marks;                      /* LOINC … */
	const char *words, *value, *unit, *interpretation, *ref;
	int64_t date_ms;
};
struct fact_visit {
	const char *class_code, *institution, *words, *ref;
	char **marks;                      /* diagnoses, reasons */
	int64_t start_ms, end_ms;
	gboolean admission;
};
struct care_prescriber {
	const char *ref, *name;
	gboolean verified;                 /* the login is this doctor's, now */
	gboolean profile_known;            /* the server said what follows */
	char **privileges;                 /* "system|code" qualifications */
	char **specialties;
	int64_t qualified_since_ms;
};
struct care_facts {
	int64_t now_ms;
	enum fact_state state[FACTS_SECTIONS_];
	int64_t fresh_ms;                  /* chart's last proof of freshness */
	const char *birth_date, *sex, *subject_ref;
	gboolean dead;
	GPtrArray *allergies, *problems, *drugs, *results, *visits; /* structs */
	gboolean none_known_allergy;
	GPtrArray *not_understood;         /* char *: refs with a modifier that
	                                    * is not known here */
	GPtrArray *said;                   /* char *: the patient's last words,
	                                    * by care_facts_say() */
	struct care_prescriber prescriber;
	gboolean guardian_present, guardian_consent; /* recorded on the server */
	const char *guardian_ref;
	int unread_messages;
	const char *service_name;          /* CDS service; NULL: none configured */
	enum fact_service service;
	GPtrArray *cards;                  /* struct fact_card */
	gboolean cards_unreadable;
	GStringChunk *text;
	struct facts_join *join;           /* care/facts.h */
};
/* key: what a reason given to it is kept under; of each card its own. */
struct fact_card { const char *key, *summary, *detail, *source, *indicator; };
struct care_facts *care_facts_new(int64_t now_ms);
void care_facts_free(struct care_facts *facts);
BASE_DEFINE_AUTO(care_facts, care_facts_free)
/* Takes what one resource of the chart says; what it does not know it leaves.
 * bytes outlive the facts. FALSE: not a document. Order does not matter; call
 * care_facts_join() after the last. */
gboolean care_facts_take(struct care_facts *facts, const char *bytes,
    size_t len);
void care_facts_join(struct care_facts *facts);
/* What the patient wrote last: red-flag phrases are looked for in it. */
void care_facts_say(struct care_facts *facts, const char *words);
/* The answer {"cards":[…]} of a CDS Hooks service becomes facts->cards; NULL or
 * what is none: no cards, and a finding says that it could not be read. */
void care_facts_cards(struct care_facts *facts, const char *json, size_t len);
/* "system|code" of a concept's codings; strv, owned. */
char **care_marks(const fhir_node *concept);
gboolean care_marked(char *const *marks, const char *prefix);

/* ---- packs: care/pack.c ------------------------------------------------- */

enum care_severity { SEVERITY_LOG, SEVERITY_WARN, SEVERITY_GATE,
	SEVERITY_BLOCK };
#define CARE_ERROR (care_error_quark())
/* The domain of this room's errors. */
GQuark care_error_quark(void);
enum care_error { CARE_ERROR_PACK, CARE_ERROR_VECTOR, CARE_ERROR_INCOMPLETE };

struct care_pack; /* one file */
/* The message says rule and member ("CN-25: parameters.days is no number"). */
struct care_pack *care_pack_read(const char *bytes, size_t len,
    GError **error);
void care_pack_free(struct care_pack *pack);
BASE_DEFINE_AUTO(care_pack, care_pack_free)
const char *care_pack_jurisdiction(const struct care_pack *pack);
const char *care_pack_title(const struct care_pack *pack);
/* "log" "warn" "gate" "block". */
const char *care_severity_word(enum care_severity severity);
/* Who signed it off and when; NULL without. */
const char *care_pack_signer(const struct care_pack *pack);
/* Runs every vector; failed: char * sentences, owned. Returns how many ran. */
int care_pack_test(const struct care_pack *pack, GPtrArray **failed);

struct care_rules; /* packs laid over each other, as of a date */
/* The later pack replaces rules of the same id. Takes no ownership; the packs
 * outlive it. Sentences for a pack without a signer or with failing vectors are
 * findings of every check ("pack"). */
struct care_rules *care_rules_new(const struct care_pack *const *packs,
    size_t n, int64_t now_ms);
void care_rules_free(struct care_rules *rules);
BASE_DEFINE_AUTO(care_rules, care_rules_free)

/* ---- findings: care/check.c --------------------------------------------- */

enum finding_kind { FINDING_RULE, FINDING_NOT_RUN, FINDING_SERVICE,
	FINDING_PACK };
struct care_finding {
	enum finding_kind kind;
	enum care_severity severity;
	const char *rule;          /* "CN-25"; service cards: the service's name */
	int line;                  /* of the prescription, -1: all of it */
	char *sentence;            /* in the catalogue's language */
	char *numbers;             /* what was compared, or NULL */
	char *evidence;            /* a gate that passed by the chart: which */
	char *asked;               /* what a reason answers: sentence and
	                            * numbers; NULL: whatever the rule asks */
	char *proof;               /* … or what the doctor gave */
	gboolean by_record;        /* a record that the patient supplied is
	                            * evidence once named, against a block too */
	const char *document, *article, *confidence, *list_source;
};
/* Records text for each of this rule's findings, or for the rule itself where it
 * has none. */
void care_findings_prove(const GPtrArray *findings, struct care_rx *rx,
    const char *rule, const char *text);
/* In the way of signing: a block, or a gate without evidence and proof. */
gboolean care_finding_open(const struct care_finding *finding);
/* All findings, the gravest first. GPtrArray of owned struct care_finding. */
GPtrArray *care_check(const struct care_rules *rules,
    const struct care_facts *facts, const struct care_rx *rx);
void care_finding_free(struct care_finding *finding);
/* For `x` and `rules explain`: document, article, dates, parameters, vectors as
 * text; owned, NULL: no such rule. */
char *care_rules_explain(const struct care_rules *rules, const char *id);
/* A row as a list shows it; texts borrowed. FALSE: no such rule. */
struct care_rule_about {
	const char *id, *jurisdiction, *pack, *from, *to, *kind, *sentence;
	const char *document, *article, *confidence; /* article NULL: not given */
	enum care_severity severity;
	int vectors;
	gboolean signed_off;
};
gboolean care_rules_about(const struct care_rules *rules, const char *id,
    struct care_rule_about *out);
/* Ids in order; borrowed, NULL-terminated, owned array. */
char **care_rules_ids(const struct care_rules *rules);
/* A jurisdiction where no pharmacist reviews before the order is active. */
gboolean care_rules_need_review(const struct care_rules *rules);
/* A renewal that supplies more days than the rules give to a short prescription
 * is a long-term one (CN-24, CN-25): which of the two it was, the old order need
 * not say. A new prescription is what the doctor says. */
gboolean care_rules_long_term(const struct care_rules *rules,
    const struct care_rx *rx);
/* An export of this kind ("drug-doctor": counts by drug and doctor) is refused;
 * the sentence that says why, owned, or NULL: it may leave. */
char *care_rules_refuse_export(const struct care_rules *rules,
    const char *kind);
/* Years that "record" or "chat" are kept by the server; 0: no rule says. */
int care_rules_keep_years(const struct care_rules *rules, const char *what);

/* ---- re-visit: care/revisit.c ------------------------------------------- */

/* What the chart has for "no first visit online" (F54), before anything is
 * prescribed: found by running the very rules that prescribing runs, for each
 * diagnosis of the chart in turn. */
struct care_revisit {
	const char *rule;          /* the id; NULL: no rule in force asks */
	/* Diagnoses and visits, the worse of the two: without them nothing can
	 * be said where nothing stands. */
	enum fact_state state;
	GPtrArray *evidence;       /* struct care_revisit_record, newest first */
	GPtrArray *wanting;        /* char *: a diagnosis and what it lacks */
};
/* A diagnosis that stands; text: as the rule names its evidence. */
struct care_revisit_record {
	char *ref, *words, *day;   /* day NULL: not stated */
	char *text;
};
/* Owned; the rules outlive it. */
struct care_revisit *care_revisit_new(const struct care_rules *rules,
    const struct care_facts *facts);
void care_revisit_free(struct care_revisit *revisit);
BASE_DEFINE_AUTO(care_revisit, care_revisit_free)

/* ---- renewal: care/renewal.c -------------------------------------------- */

/* One gate of rules.md "Renewal gates", in its order. */
enum gate_state { GATE_PASSED, GATE_FAILED, GATE_UNKNOWN };
struct care_gate {
	const char *id;            /* "active", "dispensed", …; or a rule's */
	enum gate_state state;
	char *sentence;            /* "last fill 2026-10-25, 28 of 28 days used" */
	char *evidence;            /* ref and date of what it rests on, or NULL */
};
enum renewal_class { RENEWAL_PASSES, RENEWAL_FAILS, RENEWAL_NO_PROTOCOL };
struct care_renewal {
	enum renewal_class class;
	GPtrArray *gates;          /* struct care_gate */
	/* struct fact_result of the facts that matter for this drug, newest
	 * first. */
	GPtrArray *monitoring;
	GPtrArray *fills;          /* char *: date, quantity, days */
	char *adherence;           /* "PDC 0.93 over 180 days", or NULL */
	char *early;               /* the early-renewal arithmetic, printed */
	/* char *: since the old order: unread messages, later orders,
	 * statements, results. */
	GPtrArray *differences;
};
/* prior: the old order among the facts' drugs by reference. No protocol: the
 * packs know no monitoring for this substance. */
struct care_renewal *care_renewal_check(const struct care_rules *rules,
    const struct care_facts *facts, const char *prior_ref);
/* A finding in the way of the order that the renewal would make is a gate of it
 * that holds, with the rule's id. */
void care_renewal_hold(struct care_renewal *renewal,
    const struct care_finding *finding);
void care_renewal_free(struct care_renewal *renewal);
BASE_DEFINE_AUTO(care_renewal, care_renewal_free)

#endif
