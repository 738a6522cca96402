/* SPDX-License-Identifier: Apache-2.0 */
/* Predicates of long-term prescriptions and of renewals. */
#include "care/pack.h"

#include <string.h>

/* ---- fit for a long-term prescription ----------------------------------- */

struct fit {
	guint line;
	GString *evidence, *missing;
};

static void
fit_note(GString *to, const char *text)
{
	if (to->len > 0)
		g_string_append(to, _("; "));
	g_string_append(to, text);
}

/* The newest result that shows the goal of this drug's class. */
static const struct fact_result *
goal_result(struct check *c, guint line, const struct rule_pair **goal)
{
	const struct rule_value *goals = rule_value(c->rule, "goals");
	const struct care_drug *drug = check_order(c, line)->drug;
	const char *by;

	for (guint i = 0; drug && i < goals->pairs->len; i++) {
		*goal = &g_array_index(goals->pairs, struct rule_pair, i);
		if (check_listed(c, (*goal)->a, drug, &by))
			return check_latest(c, (*goal)->b);
	}
	*goal = NULL;
	return NULL;
}

static gboolean
goal_met(const struct fact_result *r, const struct rule_pair *goal)
{
	int order;

	if (!goal->below)
		return !check_abnormal(r);
	return r->value && fhir_decimal_compare(r->value, goal->below,
	    &order) && order < 0;
}

static char *
result_words(const struct fact_result *r)
{
	g_autofree char *day = check_day(r->date_ms);

	return g_strdup_printf(_("%s %s %s (%s)"), r->words ? r->words : "",
	    r->value ? r->value : "", r->unit ? r->unit : "", day);
}

static gboolean
fit_diagnosis(struct check *c, guint line, char **said)
{
	const struct fact_problem *p = check_diagnosis(c,
	    (int)rule_int(c->rule, "code_characters"));

	if (!p || !p->confirmed)
		return FALSE;
	*said = g_strdup(p->ref ? p->ref : p->words);
	return TRUE;
}

static gboolean
fit_chronic(struct check *c, guint line, char **said)
{
	const struct care_code *d = &c->rx->diagnosis;
	g_autofree char *mark = g_strdup_printf("%s|%s", d->system ? d->system :
	    "", d->code ? d->code : "");
	char *const marks[] = { mark, NULL };

	if (d->words || d->code)
		*said = g_strdup(d->words ? d->words : mark);
	return check_marked(rule_list(c->rule, "chronic"), marks, d->words);
}

static char *
order_regimen(const struct care_order *o)
{
	return o->frequency ? facts_regimen(o->dose, o->dose_unit,
	    o->frequency->frequency, o->frequency->period,
	    o->frequency->period_unit) : NULL;
}

/* An order with this very regimen is old enough, and none since differs. */
static gboolean
fit_stable(struct check *c, guint line, char **said)
{
	const struct care_order *o = check_order(c, line);
	g_autofree char *now = order_regimen(o);
	int oldest = -1;

	for (guint i = 0; now && o->drug && i < c->facts->drugs->len; i++) {
		const struct fact_drug *d = c->facts->drugs->pdata[i];
		int since = check_days_since(c->facts, d->authored_ms);

		if (d->kind != FACT_ORDER || d->not_to_give ||
		    !care_drug_same_substance(d->drug, o->drug))
			continue;
		if (g_strcmp0(d->regimen, now) == 0)
			oldest = MAX(oldest, since);
		else if (since <= rule_int(c->rule, "stable_days"))
			return FALSE;
	}
	if (oldest >= 0)
		*said = g_strdup_printf(_("same dose for %d days"), oldest);
	return oldest >= rule_int(c->rule, "stable_days");
}

static gboolean
fit_adherence(struct check *c, guint line, char **said)
{
	const struct care_drug *drug = check_order(c, line)->drug;
	int days;
	double pdc = drug ? check_adherence(c->facts, drug,
	    (int)CLAMP(rule_int(c->rule, "adherence_days"), 1, 3660), &days) :
	    -1;

	if (pdc < 0)
		return FALSE;
	*said = g_strdup_printf(_("PDC %.2f/%d d"), pdc, days);
	return pdc * 100 + 1e-9 >= (double)rule_int(c->rule,
	    "adherence_percent");
}

/* Where no test shows the goal of a drug: no critical result and no admission in
 * the time that counts. */
static gboolean
fit_quiet(struct check *c, char **said)
{
	int64_t days = rule_int(c->rule, "control_days");

	for (guint i = 0; i < c->facts->results->len; i++) {
		const struct fact_result *r = c->facts->results->pdata[i];
		int since = check_days_since(c->facts, r->date_ms);

		if (since >= 0 && since <= days && check_critical(r))
			return FALSE;
	}
	for (guint i = 0; i < c->facts->visits->len; i++) {
		const struct fact_visit *v = c->facts->visits->pdata[i];
		int since = check_days_since(c->facts, v->start_ms);

		if (v->admission && since >= 0 && since <= days)
			return FALSE;
	}
	*said = g_strdup_printf(_("no admission and no critical result in %d "
	    "days"), (int)days);
	return TRUE;
}

static gboolean
fit_controlled(struct check *c, guint line, char **said)
{
	const struct rule_pair *goal;
	const struct fact_result *r = goal_result(c, line, &goal);
	int since = r ? check_days_since(c->facts, r->date_ms) : -1;

	if (!goal)
		return c->facts->state[FACTS_RESULTS] == FACTS_LOADED &&
		    c->facts->state[FACTS_VISITS] == FACTS_LOADED &&
		    fit_quiet(c, said);
	if (r)
		*said = result_words(r);
	return r && since >= 0 && since <= rule_int(c->rule, "control_days") &&
	    goal_met(r, goal);
}

static const struct fit_need {
	const char *name, *words;
	gboolean (*met)(struct check *c, guint line, char **said);
} fit_needs[] = {
	{ "diagnosis", N_("definite diagnosis"), fit_diagnosis },
	{ "stable", N_("stable regimen"), fit_stable },
	{ "adherence", N_("good adherence"), fit_adherence },
	{ "controlled", N_("controlled"), fit_controlled },
	{ "chronic", N_("chronic disease"), fit_chronic },
};

static void
fit_one(struct check *c, struct fit *fit, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fit_needs); i++) {
		g_autofree char *said = NULL, *all = NULL;
		gboolean met;

		if (strcmp(fit_needs[i].name, name) != 0)
			continue;
		met = fit_needs[i].met(c, fit->line, &said);
		all = said ? g_strdup_printf(_("%s (%s)"),
		    _(fit_needs[i].words), said) : g_strdup(_(fit_needs[i].words));
		fit_note(met ? fit->evidence : fit->missing, all);
	}
}

void
check_long_term(struct check *c)
{
	const struct rule_value *needs = rule_value(c->rule, "needs");

	for (guint i = 0; i < c->rx->orders->len; i++) {
		g_autoptr(GString) evidence = g_string_new(NULL);
		g_autoptr(GString) missing = g_string_new(NULL);
		struct fit fit = { i, evidence, missing };

		for (guint n = 0; n < needs->texts->len; n++)
			fit_one(c, &fit, needs->texts->pdata[n]);
		check_found(c, (struct found){ .line = (int)i,
		    .what = missing->str,
		    .numbers = missing->len > 0 ? g_strdup(missing->str) :
			NULL,
		    .evidence = missing->len > 0 ? NULL :
			g_strdup(evidence->str) });
	}
}

/* ---- the first one ------------------------------------------------------ */

static gboolean
had_before(struct check *c, guint line)
{
	const struct care_drug *drug = check_order(c, line)->drug;

	for (guint i = 0; drug && i < c->facts->drugs->len; i++) {
		const struct fact_drug *d = c->facts->drugs->pdata[i];

		if (d->kind == FACT_ORDER && !d->reported && !d->not_to_give &&
		    d->supply_days >= (double)rule_int(c->rule, "days") &&
		    g_strcmp0(d->status, "draft") != 0 &&
		    g_strcmp0(d->status, "cancelled") != 0 &&
		    care_drug_same_substance(d->drug, drug))
			return TRUE;
	}
	return FALSE;
}

void
check_first_long_term(struct check *c)
{
	const struct pack_list *titles = rule_list(c->rule, "titles");
	const struct care_prescriber *me = &c->facts->prescriber;

	for (guint i = 0; i < c->rx->orders->len; i++) {
		if (had_before(c, i))
			continue;
		if (!me->profile_known)
			check_not_run(c, LINE_ALL, g_strdup(_("The server "
			    "holds no profile of the prescriber, so titles, "
			    "specialty and privileges were not checked.")));
		else
			check_found(c, (struct found){ .line = (int)i,
			    .evidence = check_marked(titles, me->privileges,
				NULL) ? g_strdup(titles->title) : NULL });
	}
}

/* ---- what has changed since the last prescription ----------------------- */

static gboolean
speaks_of(const struct check *c, const char *event)
{
	const struct rule_value *events = rule_value(c->rule, "events");

	for (guint i = 0; i < events->texts->len; i++)
		if (strcmp(events->texts->pdata[i], event) == 0)
			return TRUE;
	return FALSE;
}

static void
since_visits(struct check *c, guint line, int64_t since_ms)
{
	for (guint i = 0; i < c->facts->visits->len; i++) {
		const struct fact_visit *v = c->facts->visits->pdata[i];
		g_autofree char *day = check_day(v->start_ms);

		if (v->admission && v->start_ms > since_ms)
			check_found(c, (struct found){ .line = (int)line,
			    .what = _("an admission"),
			    .numbers = g_strdup_printf("%s, %s", v->ref
				? v->ref : "", day) });
	}
}

static void
since_problems(struct check *c, guint line, int64_t since_ms)
{
	for (guint i = 0; i < c->facts->problems->len; i++) {
		const struct fact_problem *p = c->facts->problems->pdata[i];
		g_autofree char *what = NULL;

		if (!p->active || p->date_ms <= since_ms)
			continue;
		what = g_strdup_printf(_("a new problem (%s)"),
		    p->words ? p->words : "?");
		check_found(c, (struct found){ .line = (int)line, .what = what,
		    .numbers = g_strdup(p->ref) });
	}
}

static void
since_goal(struct check *c, guint line, int64_t since_ms)
{
	const struct rule_pair *goal;
	const struct fact_result *r = goal_result(c, line, &goal);

	if (r && r->date_ms > since_ms && !goal_met(r, goal))
		check_found(c, (struct found){ .line = (int)line,
		    .what = _("a goal that is not met"),
		    .numbers = result_words(r) });
}

void
check_changed_since(struct check *c)
{
	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct fact_drug *prior = check_prior(c, i);

		if (!prior || !prior->authored_ms)
			continue;
		if (speaks_of(c, "admission"))
			since_visits(c, i, prior->authored_ms);
		if (speaks_of(c, "problem"))
			since_problems(c, i, prior->authored_ms);
		if (speaks_of(c, "goal"))
			since_goal(c, i, prior->authored_ms);
	}
}

/* ---- monitoring --------------------------------------------------------- */

static void
monitor_line(struct check *c, guint line)
{
	const struct rule_value *tests = rule_value(c->rule, "tests");
	int64_t days = rule_int(c->rule, "days");
	g_autoptr(GString) evidence = g_string_new(NULL);
	g_autoptr(GString) missing = g_string_new(NULL);

	for (guint i = 0; i < tests->lists->len; i++) {
		const struct pack_list *list = tests->lists->pdata[i];
		const struct fact_result *r = check_latest(c, list);
		int since = r ? check_days_since(c->facts, r->date_ms) : -1;
		g_autofree char *said = r ? result_words(r) : NULL;
		g_autofree char *none = g_strdup_printf(_("%s: none"),
		    list->title);

		fit_note(since >= 0 && since <= days ? evidence : missing,
		    r ? said : none);
	}
	check_found(c, (struct found){ .line = (int)line,
	    .what = missing->len > 0 ? missing->str : evidence->str,
	    .list = rule_list(c->rule, "drugs"),
	    .numbers = missing->len > 0 ? g_strdup(missing->str) : NULL,
	    .evidence = missing->len > 0 ? NULL : g_strdup(evidence->str) });
}

void
check_monitoring(struct check *c)
{
	const struct pack_list *drugs = rule_list(c->rule, "drugs");
	const char *by;

	for (guint i = 0; i < c->rx->orders->len; i++)
		if (check_order(c, i)->drug &&
		    check_listed(c, drugs, check_order(c, i)->drug, &by))
			monitor_line(c, i);
}

/* The gates of a renewal are care_renewal_check()'s. */
void
check_renewal_gates(struct check *c)
{
}
