/* SPDX-License-Identifier: Apache-2.0 */
/* Predicates about who prescribes for whom, and when: diagnosis, re-visit,
 * prescriber, age. */
#include "care/pack.h"

#include <string.h>

/* A record the patient supplied counts when the doctor names it: then it is
 * evidence, said as what it is. */
static void
take_supplied_record(struct care_finding *finding)
{
	g_autofree char *said = NULL;

	finding->by_record = TRUE;
	if (!finding->proof || !*finding->proof)
		return;
	said = g_strdup_printf(_("record supplied by the patient, named by the "
	    "doctor: %s"), finding->proof);
	finding->evidence = base_text_show(said, -1, BASE_ONE_LINE);
}

/* "Encounter/3 市一院 2024-03-02"; an institution that is only a reference has
 * no name to say. */
static char *
visit_words(const struct fact_visit *v)
{
	g_autofree char *day = v->start_ms ? check_day(v->start_ms) : NULL;
	gboolean named = v->institution &&
	    !g_str_has_prefix(v->institution, "Organization/");

	return g_strdup_printf("%s%s%s%s%s", v->ref, named ? " " : "",
	    named ? v->institution : "", day ? " " : "", day ? day : "");
}

/* Which record says it, of which day, and of which visit where it names one. */
static char *
problem_evidence(const struct fact_problem *p)
{
	g_autofree char *day = p->date_ms ? check_day(p->date_ms) : NULL;
	g_autofree char *visit = p->visit ? visit_words(p->visit) : NULL;
	const char *ref = p->ref ? p->ref : "";
	const char *words = p->words ? p->words : "";
	/* TRANSLATORS: a record, the diagnosis it states, its day. */
	g_autofree char *said = day ? g_strdup_printf(_("%s %s, %s"), ref,
	    words, day) : g_strdup_printf("%s %s", ref, words);

	return visit ? g_strdup_printf(_("%s, from %s"), said, visit) :
	    g_steal_pointer(&said);
}

static char *
problem_wanting(const struct fact_problem *p)
{
	/* TRANSLATORS: a record, the diagnosis it states, what it lacks. */
	return g_strdup_printf(_("%s %s: %s"), p->ref ? p->ref : "", p->words ?
	    p->words : "", p->confirmed ?
	    _("not from a visit to an institution") : _("not confirmed"));
}

void
check_diagnosis_recorded(struct check *c)
{
	const struct fact_problem *p = check_diagnosis(c,
	    (int)rule_int(c->rule, "code_characters"));
	gboolean stands = p && p->confirmed && p->by_institution;
	const char *words = c->rx->diagnosis.words;
	struct care_finding *finding = check_found(c, (struct found){
	    .line = LINE_ALL, .what = words ? words : _("none"),
	    .numbers = p && !stands ? problem_wanting(p) : NULL,
	    .evidence = stands ? problem_evidence(p) : NULL });

	if (!stands)
		take_supplied_record(finding);
}

void
check_co_present(struct check *c)
{
	const struct rule_value *off = rule_value(c->rule, "off");
	const struct care_rx *rx = c->rx;

	/* both doctors are named, or it is no joint consultation */
	if (!rx->co_doctor_ref || !rx->co_doctor_words || !rx->requester_ref ||
	    strcmp(rx->co_doctor_ref, rx->requester_ref) == 0)
		return;
	for (guint i = 0; i < off->texts->len; i++)
		g_ptr_array_add(c->off, off->texts->pdata[i]);
	check_found(c, (struct found){ .line = LINE_ALL,
	    .what = rx->co_doctor_words });
}

/* A renewal of a clinic's own order, for a diagnosis that stands in the chart. */
static char *
renewal_evidence(struct check *c, int characters)
{
	const struct fact_problem *p = check_diagnosis(c, characters);
	g_autofree char *day = NULL, *problem = NULL;

	if (!c->rx->prior_ref || !p || !p->confirmed)
		return NULL;
	for (guint i = 0; i < c->facts->drugs->len; i++) {
		const struct fact_drug *d = c->facts->drugs->pdata[i];

		if (g_strcmp0(d->ref, c->rx->prior_ref) != 0 ||
		    d->kind != FACT_ORDER || d->reported || d->not_to_give)
			continue;
		day = check_day(d->authored_ms);
		problem = problem_evidence(p);
		return g_strdup_printf(_("renewal of %s of %s; %s"), d->ref,
		    day, problem);
	}
	return NULL;
}

void
check_proof_required(struct check *c)
{
	const struct rule_value *by = rule_value(c->rule, "evidence");
	char *evidence = NULL;

	if (by->texts->len > 0)
		evidence = renewal_evidence(c, rule_has(c->rule,
		    "code_characters") ? (int)rule_int(c->rule,
		    "code_characters") : 99);
	check_found(c, (struct found){ .line = LINE_ALL,
	    .what = c->rx->co_doctor_words, .evidence = evidence });
}

/* ---- a changed condition ------------------------------------------------ */

static const char *
phrase_in(const struct pack_list *phrases, const char *said)
{
	g_autofree char *folded = base_text_fold(said);

	for (char **name = phrases->names; *name; name++)
		if (strstr(folded, *name))
			return *name;
	return NULL;
}

void
check_condition_changed(struct check *c)
{
	const struct pack_list *phrases = rule_list(c->rule, "phrases");
	int days = (int)rule_int(c->rule, "days");

	for (guint i = 0; i < c->facts->said->len; i++) {
		const char *hit = phrase_in(phrases, c->facts->said->pdata[i]);

		if (hit)
			check_found(c, (struct found){ .line = LINE_ALL,
			    .what = hit, .list = phrases });
	}
	for (guint i = 0; i < c->facts->results->len; i++) {
		const struct fact_result *r = c->facts->results->pdata[i];
		int since = check_days_since(c->facts, r->date_ms);
		g_autofree char *what = NULL;

		if (!check_critical(r) || since < 0 || since > days)
			continue;
		what = g_strdup_printf("%s %s", r->words ? r->words : "",
		    r->value ? r->value : "");
		check_found(c, (struct found){ .line = LINE_ALL, .what = what,
		    .of = r->ref ? r->ref : "", .numbers = g_strdup_printf(_("%s, %d days ago"), r->ref
			? r->ref : "", since) });
	}
}

/* ---- the prescriber ----------------------------------------------------- */

void
check_prescriber_verified(struct check *c)
{
	if (!c->facts->prescriber.verified)
		check_found(c, (struct found){ .line = LINE_ALL,
		    .what = c->facts->prescriber.name });
}

/* Sole control of the signature: who signs is who prescribes. */
void
check_signer(struct check *c)
{
	const char *me = c->facts->prescriber.ref;

	if (!me || g_strcmp0(c->rx->requester_ref, me) != 0)
		check_found(c, (struct found){ .line = LINE_ALL,
		    .what = c->rx->requester_ref,
		    .numbers = g_strdup_printf("%s ≠ %s", c->rx->requester_ref
			? c->rx->requester_ref : "?", me ? me : "?") });
}

static char *
no_profile(void)
{
	return g_strdup(_("The server holds no profile of the prescriber, so "
			  "titles, specialty and privileges were not "
			  "checked."));
}

void
check_prescriber_qualified(struct check *c)
{
	const struct care_prescriber *me = &c->facts->prescriber;
	int64_t years = rule_int(c->rule, "years");
	g_autoptr(GDateTime) since = NULL, due = NULL, now = NULL;

	if (!me->profile_known || !me->qualified_since_ms) {
		check_not_run(c, LINE_ALL, no_profile());
		return;
	}
	since = base_clock_date(me->qualified_since_ms);
	due = g_date_time_add_years(since, (int)years);
	now = base_clock_date(c->facts->now_ms);
	if (due && g_date_time_compare(due, now) > 0)
		check_found(c, (struct found){ .line = LINE_ALL,
		    .what = me->name, .numbers = g_date_time_format(since,
			_("qualified since %Y-%m-%d")) });
}

void
check_privilege(struct check *c)
{
	const struct pack_list *drugs = rule_list(c->rule, "drugs");
	const struct pack_list *holders = rule_list(c->rule, "holders");
	const struct care_prescriber *me = &c->facts->prescriber;
	const char *by;

	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct care_drug *drug = check_order(c, i)->drug;

		if (!drug || !check_listed(c, drugs, drug, &by))
			continue;
		if (!me->profile_known)
			check_not_run(c, LINE_ALL, no_profile());
		else if (!check_marked(holders, me->privileges, NULL))
			check_found(c, (struct found){ .line = (int)i,
			    .what = by, .list = drugs });
	}
}

/* ---- the patient -------------------------------------------------------- */

void
check_alive(struct check *c)
{
	if (c->facts->dead)
		check_found(c, (struct found){ .line = LINE_ALL });
}

static char *
no_birth_date(void)
{
	return g_strdup(_("The patient's birth date is not known, so no rule "
			  "about age was checked."));
}

static const char *
need_words(const char *need)
{
	static const struct { const char *need, *words; } all[] = {
		{ "guardian-present", N_("guardian present") },
		{ "guardian-consent", N_("guardian's consent") },
		{ "specialty", N_("a doctor of the specialty") },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		if (strcmp(all[i].need, need) == 0)
			return _(all[i].words);
	return need;
}

static gboolean
need_met(const struct check *c, const char *need, GString *evidence)
{
	const struct care_facts *f = c->facts;
	const struct pack_list *s = rule_list(c->rule, "specialties");
	gboolean met = FALSE;

	if (strcmp(need, "guardian-present") == 0)
		met = f->guardian_present;
	else if (strcmp(need, "guardian-consent") == 0)
		met = f->guardian_consent;
	else if (strcmp(need, "specialty") == 0)
		met = s && check_marked(s, f->prescriber.specialties, NULL);
	if (met)
		g_string_append_printf(evidence, "%s%s", evidence->len > 0
		    ? ", " : "", need_words(need));
	return met;
}

void
check_age_needs(struct check *c)
{
	const struct rule_value *needs = rule_value(c->rule, "needs");
	g_autoptr(GString) evidence = g_string_new(NULL);
	g_autoptr(GString) missing = g_string_new(NULL);
	int youngest, oldest;

	if (!check_age(c, &youngest, &oldest)) {
		check_not_run(c, LINE_ALL, no_birth_date());
		return;
	}
	if (youngest > rule_int(c->rule, "years_at_most"))
		return;
	for (guint i = 0; i < needs->texts->len; i++)
		if (!need_met(c, needs->texts->pdata[i], evidence))
			g_string_append_printf(missing, "%s%s",
			    missing->len > 0 ? ", " : "",
			    need_words(needs->texts->pdata[i]));
	check_found(c, (struct found){ .line = LINE_ALL, .what = missing->str,
	    .numbers = g_strdup_printf(_("born %s"), c->facts->birth_date),
	    .evidence = missing->len > 0 ? NULL :
		g_strdup(evidence->str) });
}

/* An infant's age is written in days or months: for that the day of birth must
 * be known. */
void
check_birth_date(struct check *c)
{
	int youngest, oldest;

	if (!check_age(c, &youngest, &oldest)) {
		check_not_run(c, LINE_ALL, no_birth_date());
		return;
	}
	if (youngest <= rule_int(c->rule, "years_at_most") &&
	    strlen(c->facts->birth_date) < 10)
		check_found(c, (struct found){ .line = LINE_ALL,
		    .what = c->facts->birth_date });
}

void
check_age_limit(struct check *c)
{
	const struct pack_list *drugs = rule_list(c->rule, "drugs");
	gboolean below = rule_has(c->rule, "years_below");
	gboolean from = rule_has(c->rule, "years_from");
	int youngest, oldest;
	const char *by;

	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct care_drug *drug = check_order(c, i)->drug;

		if (!drug || !check_listed(c, drugs, drug, &by))
			continue;
		if (!check_age(c, &youngest, &oldest))
			check_not_run(c, LINE_ALL, no_birth_date());
		else if ((below && youngest < rule_int(c->rule,
		    "years_below")) || (from && oldest >= rule_int(c->rule,
		    "years_from")))
			check_found(c, (struct found){ .line = (int)i,
			    .list = drugs, .numbers = g_strdup_printf(
				_("born %s"), c->facts->birth_date) });
	}
}
