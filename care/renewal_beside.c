/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Beside the gates: the results that bear on the drug, its fills, and what has
 * changed in the chart since it was ordered.
 */
#include "care/renewal_room.h"

#define ADHERENCE_WINDOW_DAYS 180

static int
newest_first(const void *a, const void *b)
{
	const struct fact_result *left = *(struct fact_result *const *)a;
	const struct fact_result *right = *(struct fact_result *const *)b;

	return (left->date_ms < right->date_ms) -
	    (left->date_ms > right->date_ms);
}

static void
add_tests(struct renewal *r, const struct pack_list *tests)
{
	const GPtrArray *results = r->check.facts->results;

	for (guint i = 0; i < results->len; i++) {
		struct fact_result *result = results->pdata[i];

		if (check_marked(tests, result->marks, NULL) &&
		    !g_ptr_array_find(r->out->monitoring, result, NULL))
			g_ptr_array_add(r->out->monitoring, result);
	}
}

/* Tests this drug needs, and readings that show its goal. */
static void
list_results(struct renewal *r)
{
	struct check *c = &r->check;
	const char *by;

	for (guint i = 0; i < c->rules->rules->len; i++) {
		const struct rule *rule = c->rules->rules->pdata[i];
		const struct rule_value *v;

		if (renewal_watches(r, rule)) {
			v = rule_value(rule, "tests");
			for (guint n = 0; n < v->lists->len; n++)
				add_tests(r, v->lists->pdata[n]);
		}
		if (rule->kind->check != check_long_term)
			continue;
		v = rule_value(rule, "goals");
		for (guint n = 0; n < v->pairs->len; n++) {
			const struct rule_pair *goal = &g_array_index(v->pairs,
			    struct rule_pair, n);

			if (check_listed(c, goal->a, r->prior->drug, &by))
				add_tests(r, goal->b);
		}
	}
	g_ptr_array_sort(r->out->monitoring, newest_first);
}

static void
list_fills(struct renewal *r)
{
	int days;
	double pdc = check_adherence(r->check.facts, r->prior->drug,
	    ADHERENCE_WINDOW_DAYS, &days);

	for (guint i = r->prior->fills->len; i > 0; i--) {
		const struct fact_fill *fill = &g_array_index(
		    r->prior->fills, struct fact_fill, i - 1);
		g_autofree char *day = check_day(fill->date_ms);

		g_ptr_array_add(r->out->fills, g_strdup_printf(
		    _("%s, %s, %g days"), day, fill->words ? fill->words : "?",
		    fill->days));
	}
	if (pdc >= 0)
		r->out->adherence = g_strdup_printf(_("PDC %.2f over %d days"),
		    pdc, days);
}

static void
differ(struct renewal *r, const char *fmt, const char *words, const char *ref,
    int64_t ms)
{
	g_autofree char *place = renewal_place(ref, ms);
	g_autofree char *text = g_strdup_printf(_("%s: %s (%s)"), fmt,
	    words ? words : "?", place);

	g_ptr_array_add(r->out->differences, base_text_show(text, -1,
	    BASE_ONE_LINE));
}

static void
differ_drugs(struct renewal *r)
{
	const GPtrArray *drugs = r->check.facts->drugs;

	for (guint i = 0; i < drugs->len; i++) {
		const struct fact_drug *d = drugs->pdata[i];

		if (renewal_is_newer(r, d))
			differ(r, _("later order"), d->words, d->ref,
			    d->authored_ms);
		else if (d->kind == FACT_STATEMENT && d->authored_ms >
		    r->prior->authored_ms)
			differ(r, d->not_to_give ? _("says it is not taken") :
			    _("says it is taken"), d->words, d->ref,
			    d->authored_ms);
		else if (d->not_to_give && care_drug_same_substance(d->drug,
		    r->prior->drug))
			differ(r, _("NOT to be given"), d->words, d->ref,
			    d->authored_ms);
	}
}

static void
differ_chart(struct renewal *r)
{
	const struct care_facts *f = r->check.facts;
	int64_t since = r->prior->authored_ms;

	for (guint i = 0; i < f->problems->len; i++) {
		const struct fact_problem *p = f->problems->pdata[i];

		if (p->active && p->date_ms > since)
			differ(r, _("new problem"), p->words, p->ref,
			    p->date_ms);
	}
	for (guint i = 0; i < f->visits->len; i++) {
		const struct fact_visit *v = f->visits->pdata[i];

		if (v->admission && v->start_ms > since)
			differ(r, _("admission"), v->words, v->ref,
			    v->start_ms);
	}
	for (guint i = 0; i < f->results->len; i++) {
		const struct fact_result *v = f->results->pdata[i];

		if (check_abnormal(v) && v->date_ms > since)
			differ(r, v->words, v->value, v->ref, v->date_ms);
	}
}

static void
list_differences(struct renewal *r)
{
	int unread = r->check.facts->unread_messages;

	if (unread > 0)
		g_ptr_array_add(r->out->differences, g_strdup_printf(
		    NGETTEXT("%d unread message of this patient",
		    "%d unread messages of this patient", unread), unread));
	differ_drugs(r);
	differ_chart(r);
}

void
renewal_beside(struct renewal *r)
{
	list_results(r);
	list_fills(r);
	list_differences(r);
}
