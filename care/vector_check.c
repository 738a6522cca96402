/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is it a vector? Each member of a known name and kind, each drug one of the
 * pack's samples. The words are those of qingnang-rules(5).
 */
#include "care/vector_room.h"

/* What is expected; absent: no finding of this rule. */
static const char *const expect_words[] = { "absent", "log", "warn", "gate",
	"block", "passed", "not-run", "failed", "unknown", NULL };

static const struct pack_member vector_members[] = {
	{ "case", '"', TRUE }, { "now", '"', FALSE }, { "facts", '{', FALSE },
	{ "rx", '{', FALSE }, { "expect", '"', TRUE }, { "gate", '"', FALSE },
	{ "export", '"', FALSE }, { "record", '"', FALSE },
	{ "years", '0', FALSE }, { NULL },
};
static const struct pack_member facts_members[] = {
	{ "age", '"', FALSE }, { "birth", '"', FALSE }, { "sex", '"', FALSE },
	{ "dead", 't', FALSE }, { "missing", '[', FALSE },
	{ "none_known_allergy", 't', FALSE }, { "allergies", '[', FALSE },
	{ "problems", '[', FALSE }, { "drugs", '[', FALSE },
	{ "results", '[', FALSE }, { "visits", '[', FALSE },
	{ "prescriber", '{', FALSE }, { "guardian_present", 't', FALSE },
	{ "guardian_consent", 't', FALSE }, { "said", '[', FALSE },
	{ "fresh_minutes", '0', FALSE }, { "unread", '0', FALSE }, { NULL },
};
static const struct pack_member rx_members[] = {
	{ "lines", '[', FALSE }, { "diagnosis", '{', FALSE },
	{ "long_term", 't', FALSE }, { "emergency", 't', FALSE },
	{ "valid_days", '0', FALSE }, { "herbal", 't', FALSE },
	{ "doses", '0', FALSE }, { "co_doctor", '"', FALSE },
	{ "prior", '"', FALSE }, { "proofs", '{', FALSE },
	{ "identifier", '"', FALSE }, { "requester", '"', FALSE }, { NULL },
};
static const struct pack_member line_members[] = {
	{ "drug", '"', TRUE }, { "dose", '"', FALSE }, { "unit", '"', FALSE },
	{ "frequency", '"', FALSE }, { "days", '0', FALSE },
	{ "quantity", '"', FALSE }, { "quantity_unit", '"', FALSE },
	{ "refills", '0', FALSE }, { "origin", '"', FALSE },
	{ "note", '"', FALSE }, { "as_needed", 't', FALSE },
	{ "claimed", 't', FALSE }, { NULL },
};
static const struct pack_member allergy_members[] = {
	{ "code", '"', FALSE }, { "words", '"', FALSE },
	{ "severe", 't', FALSE }, { "unconfirmed", 't', FALSE }, { NULL },
};
static const struct pack_member problem_members[] = {
	{ "code", '"', FALSE }, { "words", '"', FALSE },
	{ "days", '0', FALSE }, { "active", 't', FALSE },
	{ "confirmed", 't', FALSE }, { "institution", 't', FALSE },
	{ "ref", '"', FALSE }, { NULL },
};
static const struct pack_member drug_members[] = {
	{ "drug", '"', TRUE }, { "ref", '"', FALSE }, { "kind", '"', FALSE },
	{ "status", '"', FALSE }, { "days", '0', FALSE },
	{ "supply", '0', FALSE }, { "allowed", '0', FALSE },
	{ "regimen", '"', FALSE }, { "reason", '"', FALSE },
	{ "reported", 't', FALSE }, { "not_to_give", 't', FALSE },
	{ "preparing", 't', FALSE }, { "ended_days", '0', FALSE },
	{ "requester", '"', FALSE }, { "fills", '[', FALSE }, { NULL },
};
static const struct pack_member fill_members[] = {
	{ "days", '0', TRUE }, { "supply", '0', TRUE }, { NULL },
};
static const struct pack_member result_members[] = {
	{ "code", '"', TRUE }, { "words", '"', FALSE }, { "value", '"', FALSE },
	{ "unit", '"', FALSE }, { "interpretation", '"', FALSE },
	{ "days", '0', TRUE }, { NULL },
};
static const struct pack_member visit_members[] = {
	{ "days", '0', TRUE }, { "admission", 't', FALSE },
	{ "words", '"', FALSE }, { NULL },
};
static const struct pack_member prescriber_members[] = {
	{ "verified", 't', FALSE }, { "profile", 't', FALSE },
	{ "privileges", '[', FALSE }, { "specialties", '[', FALSE },
	{ "years", '0', FALSE }, { "days", '0', FALSE }, { NULL },
};
static const struct pack_member sample_members[] = {
	{ "code", '"', FALSE }, { "zh", '"', FALSE }, { "en", '"', FALSE },
	{ "marks", '[', FALSE }, { "strength", '"', FALSE },
	{ "strength_unit", '"', FALSE }, { "piece", '"', FALSE },
	{ "low", '"', FALSE }, { "high", '"', FALSE },
	{ "range_unit", '"', FALSE }, { NULL },
};

static gboolean
rows_fit(const fhir_node *rows, const struct pack_member *members,
    const char *where, GError **error)
{
	size_t count = fhir_count(rows, NULL);

	for (size_t i = 0; i < count; i++)
		if (!pack_members(fhir_at(rows, NULL, i), members, where,
		    error))
			return FALSE;
	return TRUE;
}

/* "uncoded:x" and "herb:x" need no sample. */
static gboolean
drug_fits(const struct care_pack *pack, const char *name, const char *where,
    GError **error)
{
	const fhir_node *sample;

	if (g_str_has_prefix(name, "uncoded:") ||
	    g_str_has_prefix(name, "herb:"))
		return TRUE;
	sample = vector_sample(pack, name);
	if (!sample)
		return pack_wrong(error, where, "%.60s is no sample", name);
	return pack_members(sample, sample_members, where, error);
}

static gboolean
drugs_fit(const struct care_pack *pack, const fhir_node *rows,
    const struct pack_member *members, const char *where, GError **error)
{
	size_t count = fhir_count(rows, NULL);

	for (size_t i = 0; i < count; i++) {
		const fhir_node *row = fhir_at(rows, NULL, i);
		const char *name = fhir_text(row, NULL);

		if (!name && !pack_members(row, members, where, error))
			return FALSE;
		if (!drug_fits(pack, name ? name : fhir_text(row, "drug"),
		    where, error) || !rows_fit(fhir_get(row, "fills"),
		    fill_members, where, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
facts_fit(const struct care_pack *pack, const fhir_node *facts,
    const char *where, GError **error)
{
	const fhir_node *me = fhir_get(facts, "prescriber");

	return !facts || (pack_members(facts, facts_members, where, error) &&
	    rows_fit(fhir_get(facts, "allergies"), allergy_members, where,
		error) &&
	    rows_fit(fhir_get(facts, "problems"), problem_members, where,
		error) &&
	    rows_fit(fhir_get(facts, "results"), result_members, where,
		error) &&
	    rows_fit(fhir_get(facts, "visits"), visit_members, where, error) &&
	    (!me || pack_members(me, prescriber_members, where, error)) &&
	    drugs_fit(pack, fhir_get(facts, "drugs"), drug_members, where,
		error));
}

static gboolean
rx_fits(const struct care_pack *pack, const fhir_node *rx, const char *where,
    GError **error)
{
	return !rx || (pack_members(rx, rx_members, where, error) &&
	    drugs_fit(pack, fhir_get(rx, "lines"), line_members, where,
		error));
}

gboolean
vector_check(const struct rule *rule, const fhir_node *vector,
    const char *where, GError **error)
{
	const struct care_pack *pack = rule->pack;
	int64_t ms;

	if (!pack_members(vector, vector_members, where, error))
		return FALSE;
	if (!g_strv_contains(expect_words, fhir_text(vector, "expect")))
		return pack_wrong(error, where, "expect is not known");
	if (!vector_when(rule, vector, &ms))
		return pack_wrong(error, where, "now is no time");
	return facts_fit(pack, fhir_get(vector, "facts"), where, error) &&
	    rx_fits(pack, fhir_get(vector, "rx"), where, error) &&
	    facts_fit(pack, fhir_get(pack->plain, "facts"), "plain", error) &&
	    rx_fits(pack, fhir_get(pack->plain, "rx"), "plain", error);
}
