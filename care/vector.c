/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors: a chart and a prescription in a few words, and what the rule must
 * say. What a vector leaves out is the pack's "plain" case. The words are those
 * of qingnang-rules(5).
 */
#include "care/vector_room.h"

const fhir_node *
vector_sample(const struct care_pack *pack, const char *name)
{
	const char *known;
	const fhir_node *value;

	for (size_t i = 0; pack_member_at(pack->samples, i, &known, &value);
	    i++)
		if (strcmp(known, name) == 0)
			return value;
	return NULL;
}

gboolean
vector_when(const struct rule *rule, const fhir_node *node, int64_t *ms)
{
	const char *text = fhir_text(node, "now");

	*ms = MAX(rule->pack->date_ms, rule->from_ms) + DAY_MS / 6;
	return !text || fhir_time_ms(text, ms, NULL);
}

/* ---- small readers ------------------------------------------------------ */

const fhir_node *
vector_pick(const struct vector *v, const char *path)
{
	const fhir_node *own = fhir_get(v->node, path);

	return own ? own : fhir_get(v->pack->plain, path);
}

int
vector_int(const fhir_node *node, const char *path, int fallback)
{
	const char *text = fhir_number(node, path);

	return text ? (int)CLAMP(g_ascii_strtoll(text, NULL, 10), -100000,
	    100000) : fallback;
}

gboolean
vector_bool(const fhir_node *node, const char *path, gboolean fallback)
{
	int b = fhir_bool(node, path);

	return b < 0 ? fallback : b;
}

gboolean
vector_stated(const struct vector *v, const char *path, gboolean fallback)
{
	return vector_bool(vector_pick(v, path), NULL, fallback);
}

char **
vector_marks(const struct vector *v, const fhir_node *array)
{
	g_autoptr(GPtrArray) marks = g_ptr_array_new();
	size_t count = fhir_count(array, NULL);

	for (size_t i = 0; i < count; i++) {
		const char *text = fhir_text(fhir_at(array, NULL, i), NULL);
		char *mark = text ? pack_code(v->pack, text) : NULL;

		if (mark)
			g_ptr_array_add(marks, mark);
	}
	g_ptr_array_add(marks, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&marks), FALSE);
}

void
vector_mark_split(const char *mark, char **system, char **code)
{
	const char *bar = mark ? strrchr(mark, '|') : NULL;

	if (!bar)
		return;
	*system = g_strndup(mark, (gsize)(bar - mark));
	*code = g_strdup(bar + 1);
}

struct care_drug *
vector_drug(const struct vector *v, const char *name)
{
	struct care_drug *drug = g_new0(struct care_drug, 1);
	const fhir_node *sample = vector_sample(v->pack, name);
	const char *code = fhir_text(sample, "code");
	g_autofree char *mark = code ? pack_code(v->pack, code) : NULL;
	const char *colon = strchr(name, ':');

	drug->marks = vector_marks(v, fhir_get(sample, "marks"));
	drug->ingredients = g_new0(char *, 1);
	if (!sample) {
		drug->herbal = g_str_has_prefix(name, "herb:");
		drug->words = g_strdup(colon ? colon + 1 : name);
		drug->generic_zh = g_strdup(drug->words);
		return drug;
	}
	vector_mark_split(mark, &drug->system, &drug->code);
	drug->generic_zh = g_strdup(fhir_text(sample, "zh"));
	drug->generic_en = g_strdup(fhir_text(sample, "en"));
	drug->words = g_strdup(drug->generic_zh ? drug->generic_zh :
	    drug->generic_en);
	drug->strength = g_strdup(fhir_text(sample, "strength"));
	drug->strength_unit = g_strdup(fhir_text(sample, "strength_unit"));
	drug->piece_unit = g_strdup(fhir_text(sample, "piece"));
	drug->dose_low = g_strdup(fhir_text(sample, "low"));
	drug->dose_high = g_strdup(fhir_text(sample, "high"));
	drug->dose_unit = g_strdup(fhir_text(sample, "range_unit"));
	return drug;
}

/* ---- does it hold? ------------------------------------------------------ */

/* The gravest of what a rule said. */
static const char *
said(const struct check *c, const struct rule *rule)
{
	const char *worst = "absent";
	int rank = -2;

	for (guint i = 0; i < c->findings->len; i++) {
		const struct care_finding *f = c->findings->pdata[i];
		gboolean shut = f->evidence || (f->severity == SEVERITY_GATE &&
		    f->proof);
		int at = f->kind == FINDING_NOT_RUN ? 10 : shut ? -1 :
		    (int)f->severity;

		if (g_strcmp0(f->rule, rule->id) != 0 || at < rank)
			continue;
		rank = at;
		worst = at == 10 ? "not-run" : shut ? "passed" :
		    care_severity_word(f->severity);
	}
	return worst;
}

static const char *
gate_said(const struct care_rules *rules, const struct vector *v)
{
	static const char *const words[] = { [GATE_PASSED] = "passed",
		[GATE_FAILED] = "failed", [GATE_UNKNOWN] = "unknown" };
	BASE_AUTO(care_renewal) renewal = care_renewal_check(rules, v->facts,
	    v->rx->prior_ref);
	const char *gate = fhir_text(v->node, "gate");

	for (guint i = 0; i < renewal->gates->len; i++) {
		const struct care_gate *g = renewal->gates->pdata[i];

		if (g_strcmp0(g->id, gate) == 0)
			return words[g->state];
	}
	return "absent";
}

/* rx.proofs: given to what the rule asked, as a doctor would. */
static void
prove(const struct vector *v, const struct check *c)
{
	const fhir_node *proofs = vector_pick(v, "rx.proofs"), *value;
	const char *rule;

	for (size_t i = 0; pack_member_at(proofs, i, &rule, &value); i++)
		if (fhir_text(value, NULL))
			care_findings_prove(c->findings, v->rx, rule,
			    fhir_text(value, NULL));
}

static void
run(struct check *c, const struct care_rules *rules, const struct vector *v)
{
	check_begin(c, rules, v->facts, v->rx);
	c->rule = v->rule;
	c->asked = fhir_text(v->node, "export");
	if (!c->asked)
		c->asked = fhir_text(v->node, "record");
	c->asked_years = vector_int(v->node, "years", 0);
	if (rule_in_force(v->rule, v->facts->now_ms))
		check_rule(c);
}

static const char *
outcome(const struct care_rules *rules, const struct vector *v)
{
	struct check c;
	const char *word;

	if (v->rule->kind->check == check_renewal_gates)
		return gate_said(rules, v);
	run(&c, rules, v);
	if (vector_pick(v, "rx.proofs")) {
		prove(v, &c);
		check_end(&c);
		run(&c, rules, v);
	}
	word = said(&c, v->rule);
	check_end(&c);
	return word;
}

char *
vector_run(const struct care_rules *rules, const struct rule *rule,
    const fhir_node *node, size_t n)
{
	struct vector v = { .rule = rule, .pack = rule->pack, .node = node };
	const char *expect = fhir_text(node, "expect"), *got;
	int64_t now_ms;

	if (!vector_when(rule, node, &now_ms))
		return g_strdup_printf("%s: vector %zu: no time", rule->id, n);
	v.facts = care_facts_new(now_ms);
	v.rx = care_rx_new();
	vector_set_facts(&v);
	vector_set_rx(&v);
	got = outcome(rules, &v);
	care_rx_free(v.rx);
	care_facts_free(v.facts);
	if (strcmp(got, expect) == 0)
		return NULL;
	return g_strdup_printf("%s: vector %zu (%s): expected %s, found %s",
	    rule->id, n + 1, fhir_text(node, "case"), expect, got);
}
