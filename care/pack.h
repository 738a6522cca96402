/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the rules: a pack as it was read, the kinds of predicates, and what a
 * predicate is given. The format is qingnang-rules(5).
 */
#ifndef QN_CARE_PACK_H
#define QN_CARE_PACK_H

#include "care/care.h"
#include "care/facts.h"

#define DAY_MS (INT64_C(86400000))
#define RULE_PARAMETERS_MAX 8

/* ---- a pack ------------------------------------------------------------- */

/* Drugs, problems, tests, titles or phrases: by "system|code-prefix" and by
 * names, folded; a name with "=" before it is the whole name. */
struct pack_list {
	const char *name, *title, *source, *date;
	gboolean practice;         /* practice data: said on the screen */
	char **codes, **names;
	char *about;               /* "antibiotics (…, 2026-01-01)" */
};
enum parameter_type {
	PARAM_NONE,
	PARAM_INT,
	PARAM_LIST,                /* the name of a list */
	PARAM_LISTS,               /* names of lists */
	PARAM_TEXTS,               /* texts, of the words where there are some */
	PARAM_PAIRS,               /* {a, b, severity, sentence, below} */
	PARAM_RANGES,              /* {drugs, low, high, unit} */
};
struct rule_parameter {
	const char *name;
	enum parameter_type type;
	gboolean needed;
	const char *const *words;  /* of PARAM_TEXTS */
};
struct rule_pair {
	const struct pack_list *a, *b;
	enum care_severity severity;
	const fhir_node *sentence; /* {zh, en}, or NULL */
	const char *below;         /* a goal: the result is under it */
};
struct rule_range {
	const struct pack_list *drugs;
	const char *low, *high, *unit;
};
struct rule_value {
	gboolean given;
	int64_t number;
	GPtrArray *lists;          /* const struct pack_list *, borrowed */
	GPtrArray *texts;          /* const char *, borrowed */
	GArray *pairs, *ranges;
};
/* On whom a row speaks at all. */
enum rule_scope { SCOPE_ALL, SCOPE_LONG_TERM, SCOPE_SHORT_TERM,
	SCOPE_CO_PRESENT, SCOPE_RENEWAL, SCOPE_NEW, SCOPE_HERBAL };

struct check;
struct rule_kind {
	const char *name;
	void (*check)(struct check *c);
	struct rule_parameter parameters[RULE_PARAMETERS_MAX];
};
extern const struct rule_kind rule_kinds[]; /* name NULL ends */

struct rule {
	const struct care_pack *pack;
	const char *id, *from, *to, *document, *article, *confidence, *evidence;
	int64_t from_ms, to_ms;    /* to_ms 0: no end */
	enum care_severity severity, unknown;
	enum rule_scope scope;
	const struct rule_kind *kind;
	struct rule_value values[RULE_PARAMETERS_MAX];
	const fhir_node *node, *sentence, *vectors;
	char *statement;           /* the sentence with its numbers, for lists */
};

struct care_pack {
	struct fhir_doc *doc;
	const char *jurisdiction, *title, *version, *date;
	int64_t date_ms;
	char *signer;              /* "name, date"; NULL */
	const fhir_node *systems, *samples, *plain;
	GHashTable *lists;         /* name → struct pack_list, owned */
	GPtrArray *rules;          /* struct rule, owned */
	int failing, vectors;      /* as care_pack_read() saw it */
};

/* "atc|C08" with the pack's short names of systems; NULL: no such short name.
 * Owned. */
char *pack_code(const struct care_pack *pack, const char *text);
/* A day as "2026-01-31"; its first instant in UTC. */
gboolean pack_date(const char *text, int64_t *ms);
gboolean pack_rule_read(struct care_pack *pack, const fhir_node *node,
    GError **error);
void pack_rule_free(void *rule);
/* Members are known and of the right type; where is the row's name. */
struct pack_member { const char *name; char type; gboolean needed; };
gboolean pack_members(const fhir_node *node, const struct pack_member *members,
    const char *where, GError **error);
/* What it is: '{' '[' '"' '0' (a number) 't' (true, false) 'n' (null); NUL for
 * absent. And member i of an object, FALSE past the last. */
char pack_kind(const fhir_node *node);
gboolean pack_member_at(const fhir_node *object, size_t i, const char **name,
    const fhir_node **value);
gboolean pack_wrong(GError **error, const char *where, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);
/* {zh, en} in the catalogue's language. */
const char *pack_words(const fhir_node *bilingual);

/* ---- rules -------------------------------------------------------------- */

struct care_rules {
	GPtrArray *rules;          /* const struct rule *, in order of packs */
	GPtrArray *packs;          /* const struct care_pack * */
	int64_t now_ms;
};
gboolean rule_in_force(const struct rule *rule, int64_t now_ms);
const struct rule *rules_find(const struct care_rules *rules, const char *id);
int64_t rule_int(const struct rule *rule, const char *name);
gboolean rule_has(const struct rule *rule, const char *name);
/* NULL: not given. */
const struct pack_list *rule_list(const struct rule *rule, const char *name);
const struct rule_value *rule_value(const struct rule *rule, const char *name);

/* ---- a check ------------------------------------------------------------ */

struct check {
	const struct care_rules *rules;
	const struct care_facts *facts;
	const struct care_rx *rx;
	const struct rule *rule;
	GPtrArray *findings;
	GPtrArray *off;            /* ids switched off, borrowed */
	GHashTable *names;         /* struct care_drug * → its folded names */
	const char *lang;
	/* of a vector alone */
	const char *asked;         /* an export, a record */
	int64_t asked_years;
};
#define LINE_ALL (-1)

void check_begin(struct check *c, const struct care_rules *rules,
    const struct care_facts *facts, const struct care_rx *rx);
void check_end(struct check *c);
/* Runs the rule in c->rule if it speaks of this prescription at all. */
void check_rule(struct check *c);
/* What a predicate found. numbers and evidence are taken; what fills "{what}" of
 * the sentence. evidence: the gate passes by it. */
struct found {
	int line;
	char *numbers, *evidence;
	const char *what;
	const char *of; /* which record, where numbers say how long ago: a
	                 * reason outlives midnight */
	const struct pack_list *list;
	const char *source;
	const fhir_node *sentence; /* instead of the rule's */
};
/* The finding as it was added; the check's. */
struct care_finding *check_found(struct check *c, struct found found);
struct care_finding *check_found_as(struct check *c,
    enum care_severity severity, struct found found);
/* The rule could not be held against this; said once a sentence. sentence is
 * taken. */
void check_not_run(struct check *c, int line, char *sentence);

/* Orders of the prescription. */
const struct care_order *check_order(const struct check *c, guint i);
const char *check_drug_words(const struct check *c, guint i);
/* Days a line lasts: what is stated, or the quantity if that is longer; 0
 * unknown. */
double check_supply(const struct check *c, guint i);
/* A drug is of the list; by: the member that says so, borrowed. */
gboolean check_listed(struct check *c, const struct pack_list *list,
    const struct care_drug *drug, const char **by);
/* The list can speak of this drug at all: it has a code of one of its systems,
 * or the list goes by names alone. */
gboolean check_can_list(const struct pack_list *list,
    const struct care_drug *drug);
gboolean check_marked(const struct pack_list *list, char *const *marks,
    const char *words);
/* The drug's names, folded, one a line. */
const char *check_names(struct check *c, const struct care_drug *drug);
/* Given now, as far as the chart says; never what is renewed or this very
 * prescription. */
gboolean check_taken_now(const struct check *c, const struct fact_drug *drug);
/* Ages in whole years; a partial birth date has two. FALSE: unknown. */
gboolean check_age(const struct check *c, int *youngest, int *oldest);
/* The order that is renewed, or the newest earlier one of the substance. */
const struct fact_drug *check_prior(const struct check *c, guint line);
/* The newest result of these tests, or NULL. */
const struct fact_result *check_latest(const struct check *c,
    const struct pack_list *tests);
gboolean check_abnormal(const struct fact_result *result);
gboolean check_critical(const struct fact_result *result);
/* "2026-10-25" in the hospital's zone. Owned. */
char *check_day(int64_t ms);
/* Whole days from then to now in the hospital's zone; -1: no date. */
int check_days_since(const struct care_facts *facts, int64_t ms);
/* The diagnosis of the prescription among the chart's problems. */
const struct fact_problem *check_diagnosis(const struct check *c,
    int characters);
/* "PDC 0.93 over 180 days": days covered by fills over days since the first of
 * them in the window; -1 unknown. days: of the window that was looked at. */
double check_adherence(const struct care_facts *facts,
    const struct care_drug *drug, int window_days, int *days);

/* Predicates: care/check_*.c; one line each in care/kind.c. */
#define RULE_KIND(fn) void fn(struct check *c)
RULE_KIND(check_diagnosis_recorded);
RULE_KIND(check_co_present);
RULE_KIND(check_proof_required);
RULE_KIND(check_condition_changed);
RULE_KIND(check_prescriber_verified);
RULE_KIND(check_prescriber_qualified);
RULE_KIND(check_signer);
RULE_KIND(check_alive);
RULE_KIND(check_age_needs);
RULE_KIND(check_birth_date);
RULE_KIND(check_privilege);
RULE_KIND(check_not_listed);
RULE_KIND(check_only_listed);
RULE_KIND(check_origin);
RULE_KIND(check_lines);
RULE_KIND(check_valid_days);
RULE_KIND(check_supply_days);
RULE_KIND(check_supply_long);
RULE_KIND(check_refills);
RULE_KIND(check_stated);
RULE_KIND(check_delivery);
RULE_KIND(check_review);
RULE_KIND(check_export);
RULE_KIND(check_kept);
RULE_KIND(check_trail);
RULE_KIND(check_fresh);
RULE_KIND(check_long_term);
RULE_KIND(check_first_long_term);
RULE_KIND(check_changed_since);
RULE_KIND(check_allergy);
RULE_KIND(check_not_to_give);
RULE_KIND(check_duplicate);
RULE_KIND(check_interaction);
RULE_KIND(check_contraindication);
RULE_KIND(check_pregnancy);
RULE_KIND(check_age_limit);
RULE_KIND(check_renal);
RULE_KIND(check_dose);
RULE_KIND(check_monitoring);
RULE_KIND(check_renewal_gates);

/* What could not be looked at, whatever the rules: care/check_gap.c. */
void check_gaps(struct check *c);

/* ---- vectors: care/vector.c --------------------------------------------- */

/* One vector of a rule: NULL when it holds, else one sentence. Owned. */
char *vector_run(const struct care_rules *rules, const struct rule *rule,
    const fhir_node *vector, size_t n);
gboolean vector_check(const struct rule *rule, const fhir_node *vector,
    const char *where, GError **error);

#endif
