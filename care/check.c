/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holding the rules against a prescription. This file runs the rows and makes
 * findings of what the predicates say; the predicates stand in check_*.c.
 */
#include "care/pack.h"

#include <stdlib.h>
#include <string.h>

void
care_finding_free(struct care_finding *finding)
{
	if (!finding)
		return;
	g_free(finding->sentence);
	g_free(finding->numbers);
	g_free(finding->evidence);
	g_free(finding->asked);
	g_free(finding->proof);
	g_free(finding);
}

static void
free_finding(void *data)
{
	care_finding_free(data);
}

gboolean
care_finding_open(const struct care_finding *finding)
{
	if (finding->severity == SEVERITY_BLOCK)
		return !finding->evidence;
	return finding->severity == SEVERITY_GATE && !finding->evidence &&
	    !finding->proof;
}

void
care_findings_prove(const GPtrArray *findings, struct care_rx *rx,
    const char *rule, const char *text)
{
	gboolean asks = FALSE;

	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];

		if (g_strcmp0(f->rule, rule) != 0)
			continue;
		care_rx_prove(rx, rule, f->asked, text);
		asks = TRUE;
	}
	if (!asks)
		care_rx_prove(rx, rule, NULL, text);
}

/* ---- sentences ---------------------------------------------------------- */

static const char *
brace(const struct check *c, const struct found *f, const char *name,
    size_t len, char number[24])
{
	const struct rule_parameter *p = c->rule->kind->parameters;

	if (len == 4 && memcmp(name, "drug", 4) == 0)
		return f->line >= 0 ? check_drug_words(c, (guint)f->line) : "";
	if (len == 4 && memcmp(name, "what", 4) == 0)
		return f->what;
	if (len == 7 && memcmp(name, "numbers", 7) == 0)
		return f->numbers;
	for (size_t i = 0; i < RULE_PARAMETERS_MAX && p[i].name; i++)
		if (strlen(p[i].name) == len && !memcmp(p[i].name, name, len)) {
			g_snprintf(number, 24, "%" G_GINT64_FORMAT,
			    c->rule->values[i].number);
			return number;
		}
	return NULL;
}

static char *
sentence_of(const struct check *c, const struct found *f)
{
	const char *at = pack_words(f->sentence ? f->sentence :
	    c->rule->sentence);
	GString *out = g_string_new(NULL);
	const char *open, *close;
	char number[24];

	while ((open = strchr(at, '{')) && (close = strchr(open, '}'))) {
		const char *value = brace(c, f, open + 1,
		    (size_t)(close - open - 1), number);

		g_string_append_len(out, at, open - at);
		g_string_append(out, value ? value : "");
		at = close + 1;
	}
	g_string_append(out, at);
	return g_string_free(out, FALSE);
}

/* ---- findings ----------------------------------------------------------- */

/* Packs and charts are from outside: whatever is shown went through the gate. */
static char *
shown(char *taken)
{
	char *text = taken ? base_text_show(taken, -1, BASE_ONE_LINE) : NULL;

	g_free(taken);
	return text;
}

static struct care_finding *
add_finding(struct check *c, enum finding_kind kind, int line)
{
	struct care_finding *finding = g_new0(struct care_finding, 1);

	finding->kind = kind;
	finding->line = line;
	if (c->rule) {
		finding->rule = c->rule->id;
		finding->document = c->rule->document;
		finding->article = c->rule->article;
		finding->confidence = c->rule->confidence;
	}
	g_ptr_array_add(c->findings, finding);
	return finding;
}

/* A reason answers what was asked and nothing else: another pair, another value
 * of the same rule asks anew. */
static char *
asked_of(const struct care_finding *finding, const char *numbers)
{
	return numbers && !strstr(finding->sentence, numbers) ?
	    g_strdup_printf("%s %s", finding->sentence, numbers) :
	    g_strdup(finding->sentence);
}

static void
take_proof(const struct check *c, struct care_finding *finding)
{
	finding->proof = g_strdup(care_rx_proof(c->rx, finding->rule,
	    finding->asked));
}

struct care_finding *
check_found_as(struct check *c, enum care_severity severity, struct found f)
{
	struct care_finding *finding = add_finding(c, FINDING_RULE, f.line);

	finding->severity = severity;
	finding->sentence = shown(sentence_of(c, &f));
	if (f.list && f.list->practice) {
		char *said = g_strconcat(finding->sentence, _(" [practice "
		    "data]"), NULL);

		g_free(finding->sentence);
		finding->sentence = said;
	}
	finding->numbers = shown(f.numbers);
	finding->evidence = shown(f.evidence);
	finding->asked = asked_of(finding, f.of ? f.of : finding->numbers);
	take_proof(c, finding);
	finding->list_source = f.list ? f.list->about : f.source;
	return finding;
}

struct care_finding *
check_found(struct check *c, struct found f)
{
	return check_found_as(c, c->rule->severity, f);
}

/* Of a sentence that is there already only the rule's name is added. */
void
check_not_run(struct check *c, int line, char *sentence)
{
	struct care_finding *finding;
	enum care_severity severity = c->rule ? c->rule->unknown :
	    SEVERITY_WARN;

	sentence = shown(sentence);
	for (guint i = 0; i < c->findings->len; i++) {
		char *more;

		finding = c->findings->pdata[i];
		if (finding->kind != FINDING_NOT_RUN || finding->line != line ||
		    strcmp(finding->sentence, sentence) != 0)
			continue;
		g_free(sentence);
		finding->severity = MAX(finding->severity, severity);
		if (!c->rule)
			return;
		more = finding->numbers ? g_strconcat(finding->numbers, " ",
		    c->rule->id, NULL) : g_strdup(c->rule->id);
		g_free(finding->numbers);
		finding->numbers = more;
		return;
	}
	finding = add_finding(c, FINDING_NOT_RUN, line);
	finding->severity = severity;
	finding->sentence = sentence;
	if (c->rule) {
		finding->numbers = g_strdup(c->rule->id);
		finding->asked = g_strdup(sentence);
		take_proof(c, finding);
	}
}

/* ---- running ------------------------------------------------------------ */

void
check_begin(struct check *c, const struct care_rules *rules,
    const struct care_facts *facts, const struct care_rx *rx)
{
	*c = (struct check){ .rules = rules, .facts = facts, .rx = rx };
	c->findings = g_ptr_array_new_with_free_func(free_finding);
	c->off = g_ptr_array_new();
	c->names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	c->lang = base_i18n_lang();
	/* Rows that switch others off come first, wherever they stand. */
	for (guint i = 0; i < rules->rules->len; i++) {
		c->rule = rules->rules->pdata[i];
		if (c->rule->kind->check == check_co_present)
			check_rule(c);
	}
	c->rule = NULL;
	g_ptr_array_set_size(c->findings, 0);
}

void
check_end(struct check *c)
{
	g_ptr_array_unref(c->findings);
	g_ptr_array_unref(c->off);
	g_hash_table_unref(c->names);
}

static gboolean
in_scope(const struct check *c)
{
	const struct care_rx *rx = c->rx;

	switch (c->rule->scope) {
	case SCOPE_LONG_TERM:
		return rx->long_term;
	case SCOPE_SHORT_TERM:
		return !rx->long_term;
	case SCOPE_CO_PRESENT:
		return rx->co_doctor_ref != NULL;
	case SCOPE_RENEWAL:
		return rx->prior_ref != NULL;
	case SCOPE_NEW:
		return rx->prior_ref == NULL;
	case SCOPE_HERBAL:
		return rx->herbal;
	case SCOPE_ALL:
		break;
	}
	return TRUE;
}

void
check_rule(struct check *c)
{
	for (guint i = 0; i < c->off->len; i++)
		if (strcmp(c->off->pdata[i], c->rule->id) == 0)
			return;
	if (in_scope(c))
		c->rule->kind->check(c);
}

static int
rank(const struct care_finding *f)
{
	return care_finding_open(f) ? 10 + (int)f->severity : f->evidence ? -1
	    : (int)f->severity;
}

/* Of equal gravity what is wrong with this drug comes before what is said of every
 * prescription: a tenfold slip may not stand below the screen. */
static const int places[] = {
	[FINDING_RULE] = 0, [FINDING_SERVICE] = 1, [FINDING_NOT_RUN] = 2,
	[FINDING_PACK] = 3,
};

static int
by_gravity(const void *a, const void *b)
{
	const struct care_finding *left = *(struct care_finding *const *)a;
	const struct care_finding *right = *(struct care_finding *const *)b;

	if (rank(left) != rank(right))
		return rank(right) - rank(left);
	if (rank(left) >= (int)SEVERITY_WARN &&
	    places[left->kind] != places[right->kind])
		return places[left->kind] - places[right->kind];
	if (left->line != right->line)
		return left->line - right->line;
	return g_strcmp0(left->rule, right->rule);
}

GPtrArray *
care_check(const struct care_rules *rules, const struct care_facts *facts,
    const struct care_rx *rx)
{
	struct check c;
	GPtrArray *findings;

	check_begin(&c, rules, facts, rx);
	for (guint i = 0; i < rules->rules->len; i++) {
		c.rule = rules->rules->pdata[i];
		check_rule(&c);
	}
	c.rule = NULL;
	check_gaps(&c);
	findings = g_ptr_array_ref(c.findings);
	check_end(&c);
	g_ptr_array_sort(findings, by_gravity);
	return findings;
}
