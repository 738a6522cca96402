/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a chart bears a re-visit (F54; rules.md CN-01): each diagnosis that
 * stands in it is held against the rules that ask for one, as if it were
 * prescribed for.
 */
#include "care/pack.h"

#include <string.h>

void
care_revisit_free(struct care_revisit *revisit)
{
	if (!revisit)
		return;
	g_ptr_array_unref(revisit->evidence);
	g_ptr_array_unref(revisit->wanting);
	g_free(revisit);
}

static void
free_record(void *data)
{
	struct care_revisit_record *record = data;

	g_free(record->ref);
	g_free(record->words);
	g_free(record->day);
	g_free(record->text);
	g_free(record);
}

static const struct rule *
asking_rule(const struct care_rules *rules)
{
	for (guint i = 0; i < rules->rules->len; i++) {
		const struct rule *rule = rules->rules->pdata[i];

		if (rule->kind->check == check_diagnosis_recorded)
			return rule;
	}
	return NULL;
}

static int
by_day(const void *a, const void *b)
{
	const struct fact_problem *left = *(struct fact_problem *const *)a;
	const struct fact_problem *right = *(struct fact_problem *const *)b;

	if (left->date_ms != right->date_ms)
		return left->date_ms < right->date_ms ? 1 : -1;
	return g_strcmp0(left->ref, right->ref);
}

static GPtrArray *
newest_first(const struct care_facts *facts)
{
	GPtrArray *problems = g_ptr_array_new();

	for (guint i = 0; i < facts->problems->len; i++)
		g_ptr_array_add(problems, facts->problems->pdata[i]);
	g_ptr_array_sort(problems, by_day);
	return problems;
}

static void
add_record(GPtrArray *records, const struct fact_problem *p, const char *text)
{
	struct care_revisit_record *record;

	record = g_new0(struct care_revisit_record, 1);
	record->ref = g_strdup(p->ref);
	record->words = g_strdup(p->words ? p->words : "");
	record->day = p->date_ms ? check_day(p->date_ms) : NULL;
	record->text = g_strdup(text);
	g_ptr_array_add(records, record);
}

/* Two records of one diagnosis may rest on the same one: it is that one's. */
static void
hold(struct check *c, const struct fact_problem *p, struct care_rx *rx,
    struct care_revisit *out)
{
	const struct care_finding *f;

	g_free(rx->diagnosis.ref);
	g_free(rx->diagnosis.words);
	rx->diagnosis.ref = g_strdup(p->ref);
	rx->diagnosis.words = g_strdup(p->words);
	g_ptr_array_set_size(c->findings, 0);
	check_rule(c);
	if (c->findings->len == 0)
		return;
	f = c->findings->pdata[0];
	if (care_finding_open(f) && f->numbers)
		g_ptr_array_add(out->wanting, g_strdup(f->numbers));
	else if (f->evidence && p->ref &&
	    g_str_has_prefix(f->evidence, p->ref))
		add_record(out->evidence, p, f->evidence);
}

struct care_revisit *
care_revisit_new(const struct care_rules *rules,
    const struct care_facts *facts)
{
	struct care_revisit *out = g_new0(struct care_revisit, 1);
	g_autoptr(GPtrArray) problems = newest_first(facts);
	BASE_AUTO(care_rx) rx = care_rx_new();
	struct check c;

	out->evidence = g_ptr_array_new_with_free_func(free_record);
	out->wanting = g_ptr_array_new_with_free_func(g_free);
	out->state = facts->state[FACTS_PROBLEMS] != FACTS_LOADED ?
	    facts->state[FACTS_PROBLEMS] : facts->state[FACTS_VISITS];
	check_begin(&c, rules, facts, rx);
	c.rule = asking_rule(rules);
	out->rule = c.rule ? c.rule->id : NULL;
	for (guint i = 0; c.rule && i < problems->len; i++)
		if (((struct fact_problem *)problems->pdata[i])->active)
			hold(&c, problems->pdata[i], rx, out);
	check_end(&c);
	return out;
}
