/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates of a renewal, in the order of the published predicate of the VA's
 * renewal protocol: each is shown with its numbers and dates, passed or not.
 * The numbers are a row of the packs (kind "renewal-gates"), the tests a drug
 * needs are rows of kind "monitoring".
 */
#include "care/renewal_room.h"

static void
free_gate(void *data)
{
	struct care_gate *gate = data;

	g_free(gate->sentence);
	g_free(gate->evidence);
	g_free(gate);
}

void
care_renewal_free(struct care_renewal *renewal)
{
	if (!renewal)
		return;
	g_ptr_array_unref(renewal->gates);
	g_ptr_array_unref(renewal->monitoring);
	g_ptr_array_unref(renewal->fills);
	g_ptr_array_unref(renewal->differences);
	g_free(renewal->adherence);
	g_free(renewal->early);
	g_free(renewal);
}

static struct care_renewal *
renewal_new(void)
{
	struct care_renewal *out = g_new0(struct care_renewal, 1);

	out->gates = g_ptr_array_new_with_free_func(free_gate);
	out->monitoring = g_ptr_array_new();
	out->fills = g_ptr_array_new_with_free_func(g_free);
	out->differences = g_ptr_array_new_with_free_func(g_free);
	return out;
}

static const struct fact_drug *
find_prior(const struct care_facts *facts, const char *ref)
{
	for (guint i = 0; ref && i < facts->drugs->len; i++) {
		const struct fact_drug *d = facts->drugs->pdata[i];

		if (g_strcmp0(d->ref, ref) == 0)
			return d;
	}
	return NULL;
}

static const struct rule *
find_row(const struct care_rules *rules)
{
	for (guint i = 0; i < rules->rules->len; i++) {
		const struct rule *rule = rules->rules->pdata[i];

		if (rule->kind->check == check_renewal_gates)
			return rule;
	}
	return NULL;
}

static enum renewal_class
class_of(const GPtrArray *gates, gboolean protocol)
{
	if (!protocol)
		return RENEWAL_NO_PROTOCOL;
	for (guint i = 0; i < gates->len; i++)
		if (((const struct care_gate *)gates->pdata[i])->state !=
		    GATE_PASSED)
			return RENEWAL_FAILS;
	return RENEWAL_PASSES;
}

struct care_renewal *
care_renewal_check(const struct care_rules *rules,
    const struct care_facts *facts, const char *prior_ref)
{
	BASE_AUTO(care_rx) rx = care_rx_new();
	struct renewal r = { .out = renewal_new(),
		.prior = find_prior(facts, prior_ref),
		.row = find_row(rules) };
	struct care_order *order;

	if (!r.prior) {
		gate_add(&r, "active", GATE_UNKNOWN, g_strdup(_("the old "
		    "order is not in the chart")), NULL);
		r.out->class = RENEWAL_FAILS;
		return r.out;
	}
	order = care_order_new();
	order->drug = care_drug_copy(r.prior->drug);
	g_ptr_array_add(rx->orders, order);
	rx->prior_ref = g_strdup(prior_ref);
	check_begin(&r.check, rules, facts, rx);
	r.out->class = class_of(r.out->gates, renewal_gates(&r));
	renewal_beside(&r);
	check_end(&r.check);
	return r.out;
}

void
care_renewal_hold(struct care_renewal *renewal,
    const struct care_finding *finding)
{
	struct care_gate *gate = g_new0(struct care_gate, 1);

	gate->id = finding->rule;
	gate->state = GATE_FAILED;
	gate->sentence = g_strdup_printf("%s: %s", finding->rule,
	    finding->sentence);
	gate->evidence = g_strdup(finding->numbers);
	g_ptr_array_add(renewal->gates, gate);
	renewal->class = RENEWAL_FAILS;
}
