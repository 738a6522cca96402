/* SPDX-License-Identifier: Apache-2.0 */
/* Packs laid over each other: which rows hold on a day, and what they say of
 * themselves. */
#include "care/pack.h"

#include <string.h>

gboolean
rule_in_force(const struct rule *rule, int64_t now_ms)
{
	return rule->from_ms <= now_ms &&
	    (!rule->to_ms || now_ms < rule->to_ms);
}

/* A clock that is behind the pack would switch its rules off: they hold from the
 * pack's own day on, and the wrong clock is said. */
static int64_t
day_for(const struct care_pack *pack, int64_t now_ms)
{
	return MAX(now_ms, pack->date_ms);
}

static void
lay_over(GPtrArray *rules, const struct rule *rule)
{
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *old = rules->pdata[i];

		if (strcmp(old->id, rule->id) == 0) {
			rules->pdata[i] = (void *)rule;
			return;
		}
	}
	g_ptr_array_add(rules, (void *)rule);
}

struct care_rules *
care_rules_new(const struct care_pack *const *packs, size_t n, int64_t now_ms)
{
	struct care_rules *rules = g_new0(struct care_rules, 1);

	rules->rules = g_ptr_array_new();
	rules->packs = g_ptr_array_new();
	rules->now_ms = now_ms;
	for (size_t i = 0; i < n; i++) {
		const struct care_pack *pack = packs[i];

		g_ptr_array_add(rules->packs, (void *)pack);
		for (guint r = 0; r < pack->rules->len; r++)
			if (rule_in_force(pack->rules->pdata[r],
			    day_for(pack, now_ms)))
				lay_over(rules->rules, pack->rules->pdata[r]);
	}
	return rules;
}

void
care_rules_free(struct care_rules *rules)
{
	if (!rules)
		return;
	g_ptr_array_unref(rules->rules);
	g_ptr_array_unref(rules->packs);
	g_free(rules);
}

/* ---- reading a row ------------------------------------------------------ */

const struct rule *
rules_find(const struct care_rules *rules, const char *id)
{
	for (guint i = 0; id && i < rules->rules->len; i++) {
		const struct rule *rule = rules->rules->pdata[i];

		if (g_ascii_strcasecmp(rule->id, id) == 0)
			return rule;
	}
	return NULL;
}

const struct rule_value *
rule_value(const struct rule *rule, const char *name)
{
	const struct rule_parameter *p = rule->kind->parameters;

	for (size_t i = 0; i < RULE_PARAMETERS_MAX && p[i].name; i++)
		if (strcmp(p[i].name, name) == 0)
			return &rule->values[i];
	g_assert_not_reached();
}

int64_t
rule_int(const struct rule *rule, const char *name)
{
	return rule_value(rule, name)->number;
}

gboolean
rule_has(const struct rule *rule, const char *name)
{
	return rule_value(rule, name)->given;
}

const struct pack_list *
rule_list(const struct rule *rule, const char *name)
{
	const struct rule_value *value = rule_value(rule, name);

	return value->lists->len > 0 ? value->lists->pdata[0] : NULL;
}

/* ---- questions ---------------------------------------------------------- */

char **
care_rules_ids(const struct care_rules *rules)
{
	char **ids = g_new0(char *, rules->rules->len + 1);

	for (guint i = 0; i < rules->rules->len; i++)
		ids[i] = (char *)((const struct rule *)
		    rules->rules->pdata[i])->id;
	return ids;
}

gboolean
care_rules_about(const struct care_rules *rules, const char *id,
    struct care_rule_about *out)
{
	const struct rule *rule = rules_find(rules, id);

	if (!rule)
		return FALSE;
	*out = (struct care_rule_about){
		.id = rule->id,
		.jurisdiction = rule->pack->jurisdiction,
		.pack = rule->pack->title,
		.from = rule->from,
		.to = rule->to,
		.kind = rule->kind->name,
		.sentence = rule->statement,
		.document = rule->document,
		.article = rule->article,
		.confidence = rule->confidence,
		.severity = rule->severity,
		.vectors = (int)fhir_count(rule->vectors, NULL),
		.signed_off = rule->pack->signer != NULL,
	};
	return TRUE;
}

static const struct rule *
next_of_kind(const struct care_rules *rules, void (*check)(struct check *c),
    guint *i)
{
	while (*i < rules->rules->len) {
		const struct rule *rule = rules->rules->pdata[(*i)++];

		if (rule->kind->check == check)
			return rule;
	}
	return NULL;
}

gboolean
care_rules_need_review(const struct care_rules *rules)
{
	guint i = 0;

	return next_of_kind(rules, check_review, &i) != NULL;
}

gboolean
care_rules_long_term(const struct care_rules *rules, const struct care_rx *rx)
{
	const struct rule *rule;
	guint at = 0;

	while (rx->prior_ref && !rx->herbal &&
	    (rule = next_of_kind(rules, check_supply_days, &at))) {
		int days = rule_int(rule, "days");

		for (guint i = 0; i < rx->orders->len; i++) {
			const struct care_order *o = rx->orders->pdata[i];

			if (rule->scope == SCOPE_SHORT_TERM &&
			    MAX(care_order_supply_days(o),
			    (double)o->duration_days) > days)
				return TRUE;
		}
	}
	return FALSE;
}

static gboolean
value_names(const struct rule_value *value, const char *text)
{
	for (guint i = 0; i < value->texts->len; i++)
		if (strcmp(value->texts->pdata[i], text) == 0)
			return TRUE;
	return FALSE;
}

char *
care_rules_refuse_export(const struct care_rules *rules, const char *kind)
{
	const struct rule *rule;
	guint i = 0;

	while ((rule = next_of_kind(rules, check_export, &i)))
		if (value_names(rule_value(rule, "exports"), kind))
			return g_strdup_printf("%s (%s)", rule->statement,
			    rule->id);
	return NULL;
}

int
care_rules_keep_years(const struct care_rules *rules, const char *what)
{
	const struct rule *rule;
	int years = 0;
	guint i = 0;

	while ((rule = next_of_kind(rules, check_kept, &i)))
		if (value_names(rule_value(rule, "records"), what))
			years = MAX(years, (int)rule_int(rule, "years"));
	return years;
}

/* ---- explaining --------------------------------------------------------- */

static void
explain_lists(GString *out, const struct rule *rule)
{
	for (size_t i = 0; i < RULE_PARAMETERS_MAX; i++)
		for (guint n = 0; n < rule->values[i].lists->len; n++) {
			const struct pack_list *list =
			    rule->values[i].lists->pdata[n];

			g_string_append_printf(out, "  %s%s\n", list->about,
			    list->practice ? _(" (practice data, not an "
					       "official list)") : "");
		}
}

static void
explain_pairs(GString *out, const struct rule *rule)
{
	for (size_t i = 0; i < RULE_PARAMETERS_MAX; i++)
		for (guint n = 0; n < rule->values[i].pairs->len; n++) {
			const struct rule_pair *pair = &g_array_index(
			    rule->values[i].pairs, struct rule_pair, n);

			g_string_append_printf(out, "  %s + %s: %s\n",
			    pair->a->title, pair->b->title,
			    care_severity_word(pair->severity));
		}
}

static void
explain_ranges(GString *out, const struct rule *rule)
{
	for (size_t i = 0; i < RULE_PARAMETERS_MAX; i++)
		for (guint n = 0; n < rule->values[i].ranges->len; n++) {
			const struct rule_range *range = &g_array_index(
			    rule->values[i].ranges, struct rule_range, n);

			g_string_append_printf(out, "  %s: %s–%s %s\n",
			    range->drugs->title, range->low, range->high,
			    range->unit);
		}
}

static void
explain_parameters(GString *out, const struct rule *rule)
{
	const struct rule_parameter *p = rule->kind->parameters;

	for (size_t i = 0; i < RULE_PARAMETERS_MAX && p[i].name; i++) {
		const struct rule_value *value = &rule->values[i];

		if (!value->given)
			continue;
		if (p[i].type == PARAM_INT)
			g_string_append_printf(out, "  %s = %" G_GINT64_FORMAT
			    "\n", p[i].name, value->number);
		for (guint n = 0; n < value->texts->len; n++)
			g_string_append_printf(out, "  %s: %s\n", p[i].name,
			    (const char *)value->texts->pdata[n]);
	}
	explain_lists(out, rule);
	explain_pairs(out, rule);
	explain_ranges(out, rule);
}

static void
explain_vectors(GString *out, const struct rule *rule)
{
	size_t count = fhir_count(rule->vectors, NULL);

	g_string_append_printf(out, "%s\n", _("Vectors:"));
	for (size_t i = 0; i < count; i++) {
		const fhir_node *vector = fhir_at(rule->vectors, NULL, i);

		g_string_append_printf(out, "  %s → %s\n",
		    fhir_text(vector, "case"), fhir_text(vector, "expect"));
	}
}

char *
care_rules_explain(const struct care_rules *rules, const char *id)
{
	const struct rule *rule = rules_find(rules, id);
	GString *out;
	g_autofree char *shown = NULL;

	if (!rule)
		return NULL;
	out = g_string_new(NULL);
	g_string_append_printf(out, "%s  %s  %s\n%s\n", rule->id,
	    rule->pack->jurisdiction, care_severity_word(rule->severity),
	    rule->statement);
	g_string_append_printf(out, _("Document: %s\n"), rule->document);
	g_string_append_printf(out, _("Article: %s\n"),
	    rule->article ? rule->article : _("not given"));
	g_string_append_printf(out, _("In force: %s to %s\n"), rule->from,
	    rule->to ? rule->to : "…");
	g_string_append_printf(out, _("Confidence: %s\n"),
	    g_str_equal(rule->confidence, "H")
		? _("H, its content was seen in at least one source")
		: _("M, from knowledge; the pack's signer is to check it"));
	g_string_append_printf(out, _("Pack: %s %s (%s), signed off by %s\n"),
	    rule->pack->title, rule->pack->version, rule->pack->date,
	    rule->pack->signer ? rule->pack->signer : _("nobody"));
	if (*rule->evidence)
		g_string_append_printf(out, _("Passes by itself: %s\n"),
		    rule->evidence);
	g_string_append_printf(out, _("Kind: %s\n"), rule->kind->name);
	explain_parameters(out, rule);
	explain_vectors(out, rule);
	shown = base_text_show(out->str, (gssize)out->len, BASE_MANY_LINES);
	g_string_free(out, TRUE);
	return g_steal_pointer(&shown);
}
