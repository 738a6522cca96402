/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of predicates a rule may be of: name, function, parameters. The one
 * place: the reader of packs, qingnang-rules(5) and the tests go by this table.
 */
#include "care/pack.h"

static const char *const evidence_words[] = { "renewal", NULL };
static const char *const age_words[] = { "guardian-present",
	"guardian-consent", "specialty", NULL };
static const char *const origin_words[] = { "carried", "template", "program",
	"machine", NULL };
static const char *const fit_words[] = { "diagnosis", "stable", "adherence",
	"controlled", "chronic", NULL };
static const char *const since_words[] = { "admission", "problem", "goal",
	NULL };
static const char *const stated_words[] = { "diagnosis", "generic-name", "dose",
	"form", "frequency", "quantity", NULL };
static const char *const kept_words[] = { "record", "chat", NULL };
static const char *const export_words[] = { "drug-doctor", NULL };

#define INT(n) { n, PARAM_INT, TRUE, NULL }
#define INT_OR_NOT(n) { n, PARAM_INT, FALSE, NULL }
#define LIST(n) { n, PARAM_LIST, TRUE, NULL }
#define LIST_OR_NOT(n) { n, PARAM_LIST, FALSE, NULL }
#define LISTS(n) { n, PARAM_LISTS, TRUE, NULL }
#define TEXTS(n, words) { n, PARAM_TEXTS, TRUE, words }
#define TEXTS_OR_NOT(n, words) { n, PARAM_TEXTS, FALSE, words }
#define PAIRS(n) { n, PARAM_PAIRS, TRUE, NULL }
#define RANGES(n) { n, PARAM_RANGES, TRUE, NULL }

const struct rule_kind rule_kinds[] = {
	/* who and when */
	{ "diagnosis-recorded", check_diagnosis_recorded, {
	    INT("code_characters") } },
	{ "co-present", check_co_present, { TEXTS("off", NULL) } },
	{ "proof-required", check_proof_required, {
	    TEXTS_OR_NOT("evidence", evidence_words),
	    INT_OR_NOT("code_characters") } },
	{ "condition-changed", check_condition_changed, { LIST("phrases"),
	    INT("days") } },
	{ "prescriber-verified", check_prescriber_verified, { } },
	{ "prescriber-qualified", check_prescriber_qualified, {
	    INT("years") } },
	{ "signer", check_signer, { } },
	{ "alive", check_alive, { } },
	{ "age-needs", check_age_needs, { INT("years_at_most"),
	    TEXTS("needs", age_words), LIST_OR_NOT("specialties") } },
	{ "birth-date-exact", check_birth_date, { INT("years_at_most") } },
	{ "privilege", check_privilege, { LIST("drugs"), LIST("holders") } },
	/* what may be prescribed */
	{ "not-listed", check_not_listed, { LISTS("lists"),
	    LIST_OR_NOT("except") } },
	{ "only-listed", check_only_listed, { LIST_OR_NOT("drugs"),
	    LIST_OR_NOT("problems") } },
	{ "origin-not", check_origin, { TEXTS("origins", origin_words) } },
	{ "lines-at-most", check_lines, { INT("lines") } },
	{ "valid-days", check_valid_days, { INT("days") } },
	{ "supply-days", check_supply_days, { INT("days"),
	    INT("emergency_days") } },
	{ "supply-long", check_supply_long, { INT("days"),
	    INT("most_days") } },
	{ "refill-limit", check_refills, { LIST("drugs"), INT("refills"),
	    INT_OR_NOT("months") } },
	{ "clearly-stated", check_stated, { TEXTS("needs", stated_words),
	    TEXTS("forbidden", NULL) } },
	{ "delivery-route", check_delivery, { LIST("drugs") } },
	{ "pharmacist-review", check_review, { } },
	{ "export-refused", check_export, { TEXTS("exports", export_words) } },
	{ "kept", check_kept, { TEXTS("records", kept_words), INT("years") } },
	{ "trail", check_trail, { } },
	{ "chart-fresh", check_fresh, { INT("minutes") } },
	/* long-term prescriptions */
	{ "long-term-fit", check_long_term, { TEXTS("needs", fit_words),
	    LIST("chronic"), PAIRS("goals"), INT("stable_days"),
	    INT("adherence_percent"), INT("adherence_days"),
	    INT("control_days"), INT("code_characters") } },
	{ "first-long-term", check_first_long_term, { LIST("titles"),
	    INT("days") } },
	{ "changed-since", check_changed_since, {
	    TEXTS("events", since_words), PAIRS("goals") } },
	/* patient and drug */
	{ "allergy", check_allergy, { PAIRS("classes") } },
	{ "not-to-give", check_not_to_give, { } },
	{ "duplicate", check_duplicate, { INT("atc_characters") } },
	{ "interaction", check_interaction, { PAIRS("pairs") } },
	{ "contraindication", check_contraindication, { PAIRS("pairs") } },
	{ "pregnancy", check_pregnancy, { LIST("drugs"), LIST("signs"),
	    INT("days"), INT("years_from"), INT("years_to") } },
	{ "age-limit", check_age_limit, { LIST("drugs"),
	    INT_OR_NOT("years_below"), INT_OR_NOT("years_from") } },
	{ "renal", check_renal, { LIST("drugs"), LIST("tests"), INT("below"),
	    INT("days") } },
	{ "dose-range", check_dose, { INT("slip"), RANGES("ranges") } },
	/* renewals */
	{ "monitoring", check_monitoring, { LIST("drugs"), LISTS("tests"),
	    INT("days") } },
	{ "renewal-gates", check_renewal_gates, { INT("expired_days"),
	    INT("early_percent") } },
	{ NULL, NULL, { } },
};
