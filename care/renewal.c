/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates of a renewal, in the order of the published predicate of the VA's
 * renewal protocol: each is shown with its numbers and dates, passed or not. The
 * numbers are a row of the packs (kind "renewal-gates"), the tests a drug needs
 * are rows of kind "monitoring".
 */
#include "care/pack.h"

#include <string.h>

#define ADHERENCE_WINDOW_DAYS 180

struct renewal {
	struct check check;
	const struct rule *row;    /* renewal-gates; NULL: no pack has one */
	const struct fact_drug *prior;
	struct care_renewal *out;
};

static void
add_gate(struct renewal *r, const char *id, enum gate_state state,
    char *sentence, char *evidence)
{
	struct care_gate *gate = g_new0(struct care_gate, 1);

	gate->id = id;
	gate->state = state;
	gate->sentence = base_text_show(sentence, -1, BASE_ONE_LINE);
	gate->evidence = evidence;
	g_free(sentence);
	g_ptr_array_add(r->out->gates, gate);
}

static enum gate_state
passed_if(gboolean holds)
{
	return holds ? GATE_PASSED : GATE_FAILED;
}

static char *
place_of(const char *ref, int64_t ms)
{
	g_autofree char *day = ms ? check_day(ms) : NULL;

	return g_strdup_printf("%s%s%s", ref ? ref : "", day ? ", " : "",
	    day ? day : "");
}

/* ---- the gates ---------------------------------------------------------- */

/* When an order ended: as it says, or when its last supply did. */
static int64_t
ended_ms(const struct fact_drug *d)
{
	if (d->valid_until_ms)
		return d->valid_until_ms;
	if (d->last_fill_ms && d->last_fill_days > 0)
		return d->last_fill_ms + (int64_t)(d->last_fill_days * DAY_MS);
	return 0;
}

static void
gate_active(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	int64_t now = r->check.facts->now_ms, end = ended_ms(d);
	gboolean active = g_strcmp0(d->status, "active") == 0;
	gboolean completed = g_strcmp0(d->status, "completed") == 0;
	g_autofree char *day = end ? check_day(end) : NULL;
	int since = end ? check_days_since(r->check.facts, end) : -1;
	int64_t most = r->row ? rule_int(r->row, "expired_days") : 0;

	if (active && (!d->valid_until_ms || d->valid_until_ms >= now))
		add_gate(r, "active", GATE_PASSED, g_strdup(_("the order is "
		    "active")), place_of(d->ref, d->authored_ms));
	else if (!active && !completed)
		add_gate(r, "active", GATE_FAILED, g_strdup_printf(
		    _("the order's status is %s"), d->status ? d->status :
		    "?"), NULL);
	else if (!r->row)
		add_gate(r, "active", GATE_UNKNOWN, g_strdup(_("no pack says "
		    "how long an order may have been over")), NULL);
	else if (!end)
		add_gate(r, "active", GATE_UNKNOWN, g_strdup(_("when the order "
		    "ended is not known")), NULL);
	else
		add_gate(r, "active", passed_if(since <= most),
		    g_strdup_printf(_("over since %s: %d days, at most %d"),
			day, MAX(since, 0), (int)most),
		    place_of(d->ref, d->authored_ms));
}

static void
gate_clinic_order(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	gboolean clinic = d->kind == FACT_ORDER && !d->reported &&
	    !d->not_to_give;

	add_gate(r, "clinic-order", passed_if(clinic), g_strdup_printf(clinic
	    ? _("ordered by %s") : _("no order of a clinic, but reported"),
	    d->requester_ref ? d->requester_ref : "?"),
	    clinic ? place_of(d->ref, d->authored_ms) : NULL);
}

static void
gate_dispensed(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	int used = check_days_since(r->check.facts, d->last_fill_ms);
	g_autofree char *day = check_day(d->last_fill_ms);
	const struct fact_fill *last;

	if (d->dispenses == 0) {
		add_gate(r, "dispensed", GATE_FAILED, g_strdup(_("never "
		    "dispensed")), NULL);
		return;
	}
	last = &g_array_index(d->fills, struct fact_fill, d->fills->len - 1);
	add_gate(r, "dispensed", GATE_PASSED, d->last_fill_days > 0 ?
	    g_strdup_printf(_("last fill %s, %d of %g days used"), day, used,
	    d->last_fill_days) : g_strdup_printf(_("last fill %s, %d days ago"),
	    day, used), place_of(last->ref, last->date_ms));
}

/* numberOfRepeatsAllowed does not count the first supply (FHIR R4). */
static void
gate_refills(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	int left = 1 + d->allowed - d->dispenses;

	if (d->allowed < 0) {
		add_gate(r, "no-refills-left", GATE_UNKNOWN, g_strdup(_("the "
		    "order does not say how many refills it allows")), NULL);
		return;
	}
	add_gate(r, "no-refills-left", passed_if(left <= 0), g_strdup_printf(
	    _("1 + %d allowed − %d dispensed = %d left"), d->allowed,
	    d->dispenses, MAX(left, 0)), place_of(d->ref, d->authored_ms));
}

static gboolean
same_drug(const struct renewal *r, const struct fact_drug *d)
{
	return d != r->prior && !d->not_to_give &&
	    care_drug_same_substance(d->drug, r->prior->drug);
}

/* Nothing can be said to be absent from what was not read. */
static gboolean
drugs_read(struct renewal *r, const char *gate)
{
	if (r->check.facts->state[FACTS_DRUGS] == FACTS_LOADED)
		return TRUE;
	add_gate(r, gate, GATE_UNKNOWN, g_strdup(_("the patient's drugs are "
	    "not loaded")), NULL);
	return FALSE;
}

static gboolean
in_preparation(const struct fact_drug *d)
{
	return d->preparing || (d->kind == FACT_ORDER &&
	    g_strcmp0(d->status, "draft") == 0);
}

static void
gate_preparation(struct renewal *r)
{
	const GPtrArray *drugs = r->check.facts->drugs;

	for (guint i = 0; i < drugs->len; i++) {
		const struct fact_drug *d = drugs->pdata[i];
		g_autofree char *place = place_of(d->ref, d->authored_ms);

		if (!in_preparation(d) || (d != r->prior && !same_drug(r, d)))
			continue;
		add_gate(r, "nothing-in-preparation", GATE_FAILED,
		    g_strdup_printf(_("in preparation already: %s"), place),
		    NULL);
		return;
	}
	if (!drugs_read(r, "nothing-in-preparation"))
		return;
	add_gate(r, "nothing-in-preparation", GATE_PASSED, g_strdup(_("nothing "
	    "in preparation")), NULL);
}

static gboolean
is_newer_order(const struct renewal *r, const struct fact_drug *d)
{
	static const char *const none[] = { "cancelled", "draft", NULL };

	return d->kind == FACT_ORDER && !d->reported && same_drug(r, d) &&
	    d->authored_ms > r->prior->authored_ms &&
	    !(d->status && g_strv_contains(none, d->status));
}

static void
gate_newer(struct renewal *r)
{
	const GPtrArray *drugs = r->check.facts->drugs;

	for (guint i = 0; i < drugs->len; i++) {
		const struct fact_drug *d = drugs->pdata[i];
		g_autofree char *place = place_of(d->ref, d->authored_ms);

		if (!is_newer_order(r, d))
			continue;
		add_gate(r, "no-newer-order", GATE_FAILED, g_strdup_printf(
		    _("ordered again since: %s by %s"), place,
		    d->requester_ref ? d->requester_ref : "?"), NULL);
		return;
	}
	if (!drugs_read(r, "no-newer-order"))
		return;
	add_gate(r, "no-newer-order", GATE_PASSED, g_strdup(_("no newer order "
	    "of the same substance")), NULL);
}

static void
gate_diagnosis(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	gboolean has = d->reason_ref || d->reason_words ||
	    (d->reasons && *d->reasons);

	add_gate(r, "diagnosis", passed_if(has), has ? g_strdup_printf(
	    _("diagnosis carried over: %s"), d->reason_words ? d->reason_words
	    : d->reason_ref ? d->reason_ref : *d->reasons)
	    : g_strdup(_("the old order states no diagnosis")),
	    has ? g_strdup(d->ref) : NULL);
}

static gboolean
watches(struct renewal *r, const struct rule *rule)
{
	const char *by;

	return rule->kind->check == check_monitoring && check_listed(
	    &r->check, rule_list(rule, "drugs"), r->prior->drug, &by);
}

/* One gate for each row that speaks of this drug. FALSE: none does. */
static gboolean
gate_monitoring(struct renewal *r)
{
	struct check *c = &r->check;
	gboolean any = FALSE;

	for (guint i = 0; i < c->rules->rules->len; i++) {
		guint had = c->findings->len;

		c->rule = c->rules->rules->pdata[i];
		if (!watches(r, c->rule))
			continue;
		any = TRUE;
		c->rule->kind->check(c);
		for (; had < c->findings->len; had++) {
			const struct care_finding *f =
			    c->findings->pdata[had];

			add_gate(r, "monitoring", passed_if(f->evidence !=
			    NULL), g_strdup_printf("%s (%s)", f->sentence,
			    f->rule), g_strdup(f->evidence));
		}
	}
	c->rule = NULL;
	return any;
}

static void
gate_early(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	int used = check_days_since(r->check.facts, d->last_fill_ms);
	int64_t percent = r->row ? rule_int(r->row, "early_percent") : 0;
	gboolean due;

	if (!r->row || used < 0 || d->last_fill_days <= 0) {
		add_gate(r, "early", GATE_UNKNOWN, g_strdup(_("days since the "
		    "last fill or the days it lasts are not known")), NULL);
		return;
	}
	due = used * 100 >= (double)percent * d->last_fill_days;
	r->out->early = g_strdup_printf(_("%d days since the last fill / %g "
	    "days' supply = %.2f, threshold %.2f"), used, d->last_fill_days,
	    used / d->last_fill_days, (double)percent / 100);
	add_gate(r, "early", passed_if(due), g_strdup(r->out->early),
	    place_of(d->ref, d->last_fill_ms));
}

/* ---- beside the gates --------------------------------------------------- */

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

		if (watches(r, rule)) {
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
	g_autofree char *place = place_of(ref, ms);
	g_autofree char *text = g_strdup_printf("%s: %s (%s)", fmt,
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

		if (is_newer_order(r, d))
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

/* ---- all of it ---------------------------------------------------------- */

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

static void
all_gates(struct renewal *r)
{
	gboolean protocol;

	gate_active(r);
	gate_clinic_order(r);
	gate_dispensed(r);
	gate_refills(r);
	gate_preparation(r);
	gate_newer(r);
	gate_diagnosis(r);
	protocol = gate_monitoring(r);
	gate_early(r);
	list_results(r);
	list_fills(r);
	list_differences(r);
	r->out->class = class_of(r->out->gates, protocol);
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
		add_gate(&r, "active", GATE_UNKNOWN, g_strdup(_("the old order "
		    "is not in the chart")), NULL);
		r.out->class = RENEWAL_FAILS;
		return r.out;
	}
	order = care_order_new();
	order->drug = care_drug_copy(r.prior->drug);
	g_ptr_array_add(rx->orders, order);
	rx->prior_ref = g_strdup(prior_ref);
	check_begin(&r.check, rules, facts, rx);
	all_gates(&r);
	check_end(&r.check);
	return r.out;
}
