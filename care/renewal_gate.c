/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates themselves. What the chart did not load, or no pack states, leaves
 * its gate unknown, never passed.
 */
#include "care/record_room.h"
#include "care/renewal_room.h"

void
gate_add(struct renewal *r, const char *id, enum gate_state state,
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

char *
renewal_place(const char *ref, int64_t ms)
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
	g_autofree char *status = record_code_words("status", d->status ?
	    d->status : "?");
	int since = end ? check_days_since(r->check.facts, end) : -1;
	int64_t most = r->row ? rule_int(r->row, "expired_days") : 0;

	if (active && (!d->valid_until_ms || d->valid_until_ms >= now))
		gate_add(r, "active", GATE_PASSED, g_strdup(_("the order is "
		    "active")), renewal_place(d->ref, d->authored_ms));
	else if (!active && !completed)
		gate_add(r, "active", GATE_FAILED, g_strdup_printf(
		    _("the order's status is %s"), status), NULL);
	else if (!r->row)
		gate_add(r, "active", GATE_UNKNOWN, g_strdup(_("no pack says "
		    "how long an order may have been over")), NULL);
	else if (!end)
		gate_add(r, "active", GATE_UNKNOWN, g_strdup(_("when the order "
		    "ended is not known")), NULL);
	else
		gate_add(r, "active", passed_if(since <= most),
		    g_strdup_printf(_("over since %s: %d days, at most %d"),
			day, MAX(since, 0), (int)most),
		    renewal_place(d->ref, d->authored_ms));
}

static void
gate_clinic_order(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	gboolean clinic = d->kind == FACT_ORDER && !d->reported &&
	    !d->not_to_give;

	gate_add(r, "clinic-order", passed_if(clinic), g_strdup_printf(clinic
	    ? _("ordered by %s") : _("no order of a clinic, but reported"),
	    d->requester_ref ? d->requester_ref : "?"),
	    clinic ? renewal_place(d->ref, d->authored_ms) : NULL);
}

static void
gate_dispensed(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	int used = check_days_since(r->check.facts, d->last_fill_ms);
	g_autofree char *day = check_day(d->last_fill_ms);
	const struct fact_fill *last;

	if (d->dispenses == 0) {
		gate_add(r, "dispensed", GATE_FAILED, g_strdup(_("never "
		    "dispensed")), NULL);
		return;
	}
	last = &g_array_index(d->fills, struct fact_fill, d->fills->len - 1);
	gate_add(r, "dispensed", GATE_PASSED, d->last_fill_days > 0 ?
	    g_strdup_printf(_("last fill %s, %d of %g days used"), day, used,
	    d->last_fill_days) : g_strdup_printf(_("last fill %s, %d days ago"),
	    day, used), renewal_place(last->ref, last->date_ms));
}

/* numberOfRepeatsAllowed does not count the first supply (FHIR R4). */
static void
gate_refills(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	int left = 1 + d->allowed - d->dispenses;

	if (d->allowed < 0) {
		gate_add(r, "no-refills-left", GATE_UNKNOWN, g_strdup(_("the "
		    "order does not say how many refills it allows")), NULL);
		return;
	}
	gate_add(r, "no-refills-left", passed_if(left <= 0), g_strdup_printf(
	    _("1 + %d allowed − %d dispensed = %d left"), d->allowed,
	    d->dispenses, MAX(left, 0)), renewal_place(d->ref, d->authored_ms));
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
	gate_add(r, gate, GATE_UNKNOWN, g_strdup(_("the patient's drugs are "
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
		g_autofree char *place = renewal_place(d->ref, d->authored_ms);

		if (!in_preparation(d) || (d != r->prior && !same_drug(r, d)))
			continue;
		gate_add(r, "nothing-in-preparation", GATE_FAILED,
		    g_strdup_printf(_("in preparation already: %s"), place),
		    NULL);
		return;
	}
	if (!drugs_read(r, "nothing-in-preparation"))
		return;
	gate_add(r, "nothing-in-preparation", GATE_PASSED, g_strdup(_("nothing "
	    "in preparation")), NULL);
}

gboolean
renewal_is_newer(const struct renewal *r, const struct fact_drug *d)
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
		g_autofree char *place = renewal_place(d->ref, d->authored_ms);

		if (!renewal_is_newer(r, d))
			continue;
		gate_add(r, "no-newer-order", GATE_FAILED, g_strdup_printf(
		    _("ordered again since: %s by %s"), place,
		    d->requester_ref ? d->requester_ref : "?"), NULL);
		return;
	}
	if (!drugs_read(r, "no-newer-order"))
		return;
	gate_add(r, "no-newer-order", GATE_PASSED, g_strdup(_("no newer order "
	    "of the same substance")), NULL);
}

static void
gate_diagnosis(struct renewal *r)
{
	const struct fact_drug *d = r->prior;
	gboolean has = d->reason_ref || d->reason_words ||
	    (d->reasons && *d->reasons);

	gate_add(r, "diagnosis", passed_if(has), has ? g_strdup_printf(
	    _("diagnosis carried over: %s"), d->reason_words ? d->reason_words
	    : d->reason_ref ? d->reason_ref : *d->reasons)
	    : g_strdup(_("the old order states no diagnosis")),
	    has ? g_strdup(d->ref) : NULL);
}

gboolean
renewal_watches(struct renewal *r, const struct rule *rule)
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
		if (!renewal_watches(r, c->rule))
			continue;
		any = TRUE;
		c->rule->kind->check(c);
		for (; had < c->findings->len; had++) {
			const struct care_finding *f =
			    c->findings->pdata[had];

			gate_add(r, "monitoring", passed_if(f->evidence !=
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
		gate_add(r, "early", GATE_UNKNOWN, g_strdup(_("days since the "
		    "last fill or the days it lasts are not known")), NULL);
		return;
	}
	due = used * 100 >= (double)percent * d->last_fill_days;
	r->out->early = g_strdup_printf(_("%d days since the last fill / %g "
	    "days' supply = %.2f, threshold %.2f"), used, d->last_fill_days,
	    used / d->last_fill_days, (double)percent / 100);
	gate_add(r, "early", passed_if(due), g_strdup(r->out->early),
	    renewal_place(d->ref, d->last_fill_ms));
}

/* ---- all of them -------------------------------------------------------- */

gboolean
renewal_gates(struct renewal *r)
{
	gboolean watched;

	gate_active(r);
	gate_clinic_order(r);
	gate_dispensed(r);
	gate_refills(r);
	gate_preparation(r);
	gate_newer(r);
	gate_diagnosis(r);
	watched = gate_monitoring(r);
	gate_early(r);
	return watched;
}
