/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one row of a pack: its head, the parameters its kind asks for, and the
 * sentence, whose braces may name nothing that is not there. */
#include "care/pack.h"

#include <string.h>

#define NUMBER_MAX 1000000

static const char *const severity_words[] = {
	[SEVERITY_LOG] = "log", [SEVERITY_WARN] = "warn",
	[SEVERITY_GATE] = "gate", [SEVERITY_BLOCK] = "block", NULL,
};
static const char *const scope_words[] = {
	[SCOPE_ALL] = "all", [SCOPE_LONG_TERM] = "long-term",
	[SCOPE_SHORT_TERM] = "short-term", [SCOPE_CO_PRESENT] = "co-present",
	[SCOPE_RENEWAL] = "renewal", [SCOPE_NEW] = "new",
	[SCOPE_HERBAL] = "herbal", NULL,
};
static const struct pack_member rule_members[] = {
	{ "id", '"', TRUE }, { "from", '"', TRUE }, { "to", '"', FALSE },
	{ "severity", '"', TRUE }, { "kind", '"', TRUE },
	{ "parameters", '{', TRUE }, { "only", '"', FALSE },
	{ "unknown", '"', FALSE }, { "sentence", '{', TRUE },
	{ "document", '"', TRUE }, { "article", '"', FALSE },
	{ "confidence", '"', TRUE }, { "evidence", '{', FALSE },
	{ "vectors", '[', TRUE }, { NULL },
};
static const struct pack_member words_members[] = {
	{ "zh", '"', TRUE }, { "en", '"', TRUE }, { NULL },
};

static int
word_index(const char *const *words, const char *text)
{
	for (int i = 0; text && words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

const char *
care_severity_word(enum care_severity severity)
{
	return severity_words[severity];
}

/* ---- parameters --------------------------------------------------------- */

static gboolean
read_int(struct rule_value *value, const fhir_node *node)
{
	const char *text = fhir_number(node, NULL);
	char *end;

	if (!text)
		return FALSE;
	value->number = g_ascii_strtoll(text, &end, 10);
	return *end == '\0' && ABS(value->number) <= NUMBER_MAX;
}

static gboolean
add_list(const struct care_pack *pack, struct rule_value *value,
    const char *name)
{
	struct pack_list *list = name ? g_hash_table_lookup(pack->lists, name)
	    : NULL;

	if (!list)
		return FALSE;
	g_ptr_array_add(value->lists, list);
	return TRUE;
}

static gboolean
read_lists(const struct care_pack *pack, struct rule_value *value,
    const fhir_node *node)
{
	size_t count = fhir_count(node, NULL);

	for (size_t i = 0; i < count; i++)
		if (!add_list(pack, value, fhir_text(fhir_at(node, NULL, i),
		    NULL)))
			return FALSE;
	return count > 0;
}

static gboolean
read_texts(struct rule_value *value, const fhir_node *node,
    const char *const *words)
{
	size_t count = fhir_count(node, NULL);

	for (size_t i = 0; i < count; i++) {
		const char *text = fhir_text(fhir_at(node, NULL, i), NULL);

		if (!text || !*text || (words && word_index(words, text) < 0))
			return FALSE;
		g_ptr_array_add(value->texts, (char *)text);
	}
	return pack_kind(node) == '[';
}

static gboolean
decimal(const char *text)
{
	int order;

	return text && fhir_decimal_compare(text, "0", &order) && order >= 0;
}

static gboolean
read_pair(const struct care_pack *pack, struct rule_value *value,
    const fhir_node *node, enum care_severity severity, const char *where,
    GError **error)
{
	static const struct pack_member members[] = {
		{ "a", '"', TRUE }, { "b", '"', TRUE },
		{ "severity", '"', FALSE }, { "sentence", '{', FALSE },
		{ "below", '"', FALSE }, { NULL },
	};
	struct rule_pair pair = { .severity = severity };
	const char *word = fhir_text(node, "severity");

	if (!pack_members(node, members, where, error))
		return FALSE;
	pair.a = g_hash_table_lookup(pack->lists, fhir_text(node, "a"));
	pair.b = g_hash_table_lookup(pack->lists, fhir_text(node, "b"));
	if (!pair.a || !pair.b)
		return pack_wrong(error, where, "%s is no list",
		    fhir_text(node, pair.a ? "b" : "a"));
	if (word && word_index(severity_words, word) < 0)
		return pack_wrong(error, where, "severity %.20s is not known",
		    word);
	if (word)
		pair.severity = (enum care_severity)word_index(severity_words,
		    word);
	pair.below = fhir_text(node, "below");
	if (pair.below && !decimal(pair.below))
		return pack_wrong(error, where, "below is no decimal");
	pair.sentence = fhir_get(node, "sentence");
	if (pair.sentence && !pack_members(pair.sentence, words_members, where,
	    error))
		return FALSE;
	g_array_append_val(value->pairs, pair);
	return TRUE;
}

static gboolean
read_range(const struct care_pack *pack, struct rule_value *value,
    const fhir_node *node, const char *where, GError **error)
{
	static const struct pack_member members[] = {
		{ "drugs", '"', TRUE }, { "low", '"', TRUE },
		{ "high", '"', TRUE }, { "unit", '"', TRUE }, { NULL },
	};
	struct rule_range range = { 0 };

	if (!pack_members(node, members, where, error))
		return FALSE;
	range.drugs = g_hash_table_lookup(pack->lists, fhir_text(node,
	    "drugs"));
	range.low = fhir_text(node, "low");
	range.high = fhir_text(node, "high");
	range.unit = fhir_text(node, "unit");
	if (!range.drugs)
		return pack_wrong(error, where, "%s is no list",
		    fhir_text(node, "drugs"));
	if (!decimal(range.low) || !decimal(range.high))
		return pack_wrong(error, where, "low or high is no decimal");
	g_array_append_val(value->ranges, range);
	return TRUE;
}

static gboolean
read_rows(const struct care_pack *pack, const struct rule *rule,
    const struct rule_parameter *known, struct rule_value *value,
    const fhir_node *node, GError **error)
{
	size_t count = fhir_count(node, NULL);

	if (pack_kind(node) != '[')
		return pack_wrong(error, rule->id,
		    "parameters.%s is no array", known->name);
	for (size_t i = 0; i < count; i++) {
		const fhir_node *row = fhir_at(node, NULL, i);
		g_autofree char *where = g_strdup_printf(
		    "%s: parameters.%s[%zu]", rule->id, known->name, i);

		if (known->type == PARAM_PAIRS
		    ? !read_pair(pack, value, row, rule->severity, where,
			error)
		    : !read_range(pack, value, row, where, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
read_value(const struct care_pack *pack, struct rule *rule,
    const struct rule_parameter *known, struct rule_value *value,
    const fhir_node *node, GError **error)
{
	gboolean right = TRUE;

	value->given = TRUE;
	switch (known->type) {
	case PARAM_INT:
		if (!read_int(value, node))
			return pack_wrong(error, rule->id,
			    "parameters.%s is no number", known->name);
		return TRUE;
	case PARAM_LIST:
		right = add_list(pack, value, fhir_text(node, NULL));
		break;
	case PARAM_LISTS:
		right = read_lists(pack, value, node);
		break;
	case PARAM_TEXTS:
		if (!read_texts(value, node, known->words))
			return pack_wrong(error, rule->id,
			    "parameters.%s holds what is not known",
			    known->name);
		return TRUE;
	case PARAM_PAIRS:
	case PARAM_RANGES:
		return read_rows(pack, rule, known, value, node, error);
	case PARAM_NONE:
		break;
	}
	return right || pack_wrong(error, rule->id,
	    "parameters.%s names no list of this pack", known->name);
}

static void
value_init(struct rule_value *value)
{
	value->lists = g_ptr_array_new();
	value->texts = g_ptr_array_new();
	value->pairs = g_array_new(FALSE, TRUE, sizeof(struct rule_pair));
	value->ranges = g_array_new(FALSE, TRUE, sizeof(struct rule_range));
}

static gboolean
read_parameters(struct care_pack *pack, struct rule *rule, GError **error)
{
	const fhir_node *node = fhir_get(rule->node, "parameters"), *value;
	const struct rule_parameter *known = rule->kind->parameters;
	struct pack_member members[RULE_PARAMETERS_MAX + 1] = { { NULL } };
	g_autofree char *where = g_strconcat(rule->id, ": parameters", NULL);
	size_t n = 0;

	for (; n < RULE_PARAMETERS_MAX && known[n].name; n++)
		members[n] = (struct pack_member){ known[n].name, '*',
			known[n].needed };
	if (!pack_members(node, members, where, error))
		return FALSE;
	for (size_t i = 0; i < n; i++) {
		value = fhir_get(node, known[i].name);
		if (value && pack_kind(value) != 'n' &&
		    !read_value(pack, rule, &known[i], &rule->values[i], value,
			error))
			return FALSE;
	}
	return TRUE;
}

/* ---- the sentence ------------------------------------------------------- */

static gboolean
known_brace(const struct rule *rule, const char *name, size_t len)
{
	static const char *const given[] = { "what", "drug", "numbers" };
	const struct rule_parameter *p = rule->kind->parameters;

	for (size_t i = 0; i < G_N_ELEMENTS(given); i++)
		if (strlen(given[i]) == len && !memcmp(given[i], name, len))
			return TRUE;
	for (size_t i = 0; i < RULE_PARAMETERS_MAX && p[i].name; i++)
		if (strlen(p[i].name) == len && !memcmp(p[i].name, name, len))
			return p[i].type == PARAM_INT;
	return FALSE;
}

static gboolean
check_braces(const struct rule *rule, const char *text, GError **error)
{
	const char *open = text, *close;

	while ((open = strchr(open, '{'))) {
		close = strchr(open, '}');
		if (!close || !known_brace(rule, open + 1,
		    (size_t)(close - open - 1)))
			return pack_wrong(error, rule->id,
			    "sentence: %.30s names nothing", open);
		open = close;
	}
	return TRUE;
}

/* What only a prescription can fill is left open. */
static char *
statement_of(const struct rule *rule)
{
	const struct rule_parameter *p = rule->kind->parameters;
	static const char *const open[] = { "{drug}", "{what}", "{numbers}" };
	GString *out = g_string_new(pack_words(rule->sentence));

	for (size_t i = 0; i < RULE_PARAMETERS_MAX && p[i].name; i++) {
		g_autofree char *brace = g_strdup_printf("{%s}", p[i].name);
		g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT,
		    rule->values[i].number);

		g_string_replace(out, brace, number, 0);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(open); i++)
		g_string_replace(out, open[i], "…", 0);
	return g_string_free(out, FALSE);
}

static gboolean
read_sentence(struct rule *rule, GError **error)
{
	g_autofree char *where = g_strconcat(rule->id, ": sentence", NULL);

	rule->sentence = fhir_get(rule->node, "sentence");
	if (!pack_members(rule->sentence, words_members, where, error) ||
	    !check_braces(rule, fhir_text(rule->sentence, "zh"), error) ||
	    !check_braces(rule, fhir_text(rule->sentence, "en"), error))
		return FALSE;
	rule->statement = statement_of(rule);
	return TRUE;
}

/* ---- the row ------------------------------------------------------------ */

static gboolean
read_dates(struct rule *rule, GError **error)
{
	rule->from = fhir_text(rule->node, "from");
	rule->to = fhir_text(rule->node, "to");
	if (!pack_date(rule->from, &rule->from_ms))
		return pack_wrong(error, rule->id, "from is no day");
	if (rule->to && !pack_date(rule->to, &rule->to_ms))
		return pack_wrong(error, rule->id, "to is no day");
	if (rule->to && rule->to_ms <= rule->from_ms)
		return pack_wrong(error, rule->id, "to is not after from");
	return TRUE;
}

static gboolean
read_words(struct rule *rule, GError **error)
{
	static const char *const sure[] = { "H", "M", NULL };
	const char *severity = fhir_text(rule->node, "severity");
	const char *unknown = fhir_text(rule->node, "unknown");
	const char *only = fhir_text(rule->node, "only");
	int s = word_index(severity_words, severity);
	int u = unknown ? word_index(severity_words, unknown) : SEVERITY_WARN;
	int o = only ? word_index(scope_words, only) : SCOPE_ALL;

	if (s < 0 || u < 0 || o < 0)
		return pack_wrong(error, rule->id, "%s is not known",
		    s < 0 ? "severity" : u < 0 ? "unknown" : "only");
	rule->severity = (enum care_severity)s;
	rule->unknown = (enum care_severity)u;
	rule->scope = (enum rule_scope)o;
	rule->document = fhir_text(rule->node, "document");
	rule->article = fhir_text(rule->node, "article");
	rule->confidence = fhir_text(rule->node, "confidence");
	rule->evidence = pack_words(fhir_get(rule->node, "evidence"));
	if (word_index(sure, rule->confidence) < 0)
		return pack_wrong(error, rule->id, "confidence is H or M");
	return TRUE;
}

static gboolean
read_kind(struct rule *rule, GError **error)
{
	const char *name = fhir_text(rule->node, "kind");

	for (const struct rule_kind *k = rule_kinds; k->name; k++)
		if (strcmp(k->name, name) == 0)
			rule->kind = k;
	return rule->kind || pack_wrong(error, rule->id,
	    "kind %.60s is not known", name);
}

/* One vector a side is the least that shows what a rule does. */
static gboolean
read_vectors(struct rule *rule, GError **error)
{
	size_t count;

	rule->vectors = fhir_get(rule->node, "vectors");
	count = fhir_count(rule->vectors, NULL);
	if (count < 2)
		return pack_wrong(error, rule->id, "fewer than two vectors");
	for (size_t i = 0; i < count; i++) {
		g_autofree char *where = g_strdup_printf("%s: vectors[%zu]",
		    rule->id, i);

		if (!vector_check(rule, fhir_at(rule->vectors, NULL, i), where,
		    error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
twice(const struct care_pack *pack, const struct rule *rule)
{
	for (guint i = 0; i + 1 < pack->rules->len; i++) {
		const struct rule *other = pack->rules->pdata[i];

		/* two periods of one rule may stand in one pack */
		if (strcmp(other->id, rule->id) == 0 &&
		    (!other->to_ms || rule->from_ms < other->to_ms))
			return TRUE;
	}
	return FALSE;
}

gboolean
pack_rule_read(struct care_pack *pack, const fhir_node *node, GError **error)
{
	const char *id = fhir_text(node, "id");
	struct rule *rule;

	if (!id || !*id || strlen(id) > 64)
		return pack_wrong(error, "rules", "a row has no id");
	if (!pack_members(node, rule_members, id, error))
		return FALSE;
	rule = g_new0(struct rule, 1);
	for (size_t i = 0; i < RULE_PARAMETERS_MAX; i++)
		value_init(&rule->values[i]);
	g_ptr_array_add(pack->rules, rule);
	rule->pack = pack;
	rule->id = id;
	rule->node = node;
	if (!read_dates(rule, error) || !read_words(rule, error) ||
	    !read_kind(rule, error) || !read_parameters(pack, rule, error) ||
	    !read_sentence(rule, error) || !read_vectors(rule, error))
		return FALSE;
	return !twice(pack, rule) ||
	    pack_wrong(error, id, "stands twice in the same time");
}

void
pack_rule_free(void *data)
{
	struct rule *rule = data;

	for (size_t i = 0; i < RULE_PARAMETERS_MAX; i++) {
		g_ptr_array_unref(rule->values[i].lists);
		g_ptr_array_unref(rule->values[i].texts);
		g_array_unref(rule->values[i].pairs);
		g_array_unref(rule->values[i].ranges);
	}
	g_free(rule->statement);
	g_free(rule);
}
