/* SPDX-License-Identifier: Apache-2.0 */
/* Predicates about what may be prescribed: lists, number of lines, days, what an
 * order must state. And the rows that hold for the record, not for a drug. */
#include "care/pack.h"

#include <string.h>

/* ---- lists -------------------------------------------------------------- */

static char *
unidentified(const struct check *c, guint line)
{
	const struct care_drug *drug = check_order(c, line)->drug;

	return g_strdup_printf(drug->claimed ? _("%s is not identified: the "
	    "formulary has no such product, and what the old order says of it "
	    "is not proof.") : _("%s cannot be identified: it has no code that "
	    "the lists know, so it was not held against them."),
	    check_drug_words(c, line));
}

/* By which code or name it is listed; the code system's address is nobody's word.
 * A list of a whole system names no code: the drug's own stands there. Owned. */
static char *
listed_by(const struct care_drug *drug, const char *by)
{
	const char *code = strrchr(by, '|');

	if (!code || code[1])
		return g_strdup(code ? code + 1 : by);
	for (char **mark = drug->marks; mark && *mark; mark++)
		if (g_str_has_prefix(*mark, by))
			return g_strdup(*mark + strlen(by));
	return NULL;
}

static void
one_not_listed(struct check *c, guint line, const struct care_drug *drug)
{
	const struct rule_value *lists = rule_value(c->rule, "lists");
	const struct pack_list *except = rule_list(c->rule, "except");
	const char *by;
	gboolean judged = FALSE;

	if (except && !drug->claimed && check_listed(c, except, drug, &by))
		return;
	for (guint i = 0; i < lists->lists->len; i++) {
		const struct pack_list *list = lists->lists->pdata[i];

		/* what an order says of itself convicts, and clears of nothing */
		judged |= !drug->claimed && check_can_list(list, drug);
		if (!check_listed(c, list, drug, &by))
			continue;
		check_found(c, (struct found){ .line = (int)line,
		    .what = list->title, .list = list,
		    .numbers = listed_by(drug, by) });
		return;
	}
	if (!judged)
		check_not_run(c, (int)line, unidentified(c, line));
}

void
check_not_listed(struct check *c)
{
	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct care_drug *drug = check_order(c, i)->drug;

		if (drug)
			one_not_listed(c, i, drug);
	}
}

/* The hospital's own lists: what is not on them needs a reason. */
void
check_only_listed(struct check *c)
{
	const struct pack_list *drugs = rule_list(c->rule, "drugs");
	const struct pack_list *problems = rule_list(c->rule, "problems");
	const struct care_code *d = &c->rx->diagnosis;
	g_autofree char *mark = g_strdup_printf("%s|%s", d->system ? d->system :
	    "", d->code ? d->code : "");
	char *const marks[] = { mark, NULL };
	const char *by;

	if (!drugs && !problems) {
		check_not_run(c, LINE_ALL, g_strdup(_("The hospital's own lists "
		    "of drugs and diseases are not loaded.")));
		return;
	}
	if (problems && !check_marked(problems, marks, d->words))
		check_found(c, (struct found){ .line = LINE_ALL,
		    .what = d->words ? d->words : mark, .list = problems });
	for (guint i = 0; drugs && i < c->rx->orders->len; i++) {
		const struct care_drug *drug = check_order(c, i)->drug;

		if (drug && !check_listed(c, drugs, drug, &by))
			check_found(c, (struct found){ .line = (int)i,
			    .what = check_drug_words(c, i), .list = drugs });
	}
}

void
check_delivery(struct check *c)
{
	const struct pack_list *drugs = rule_list(c->rule, "drugs");
	const char *by;

	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct care_drug *drug = check_order(c, i)->drug;

		if (drug && check_listed(c, drugs, drug, &by))
			check_found(c, (struct found){ .line = (int)i,
			    .what = by, .list = drugs });
	}
}

/* ---- lines -------------------------------------------------------------- */

static const char *
origin_word(enum care_origin origin)
{
	static const char *const words[] = {
		[ORIGIN_DOCTOR] = "doctor", [ORIGIN_CARRIED] = "carried",
		[ORIGIN_TEMPLATE] = "template", [ORIGIN_PROGRAM] = "program",
		[ORIGIN_MACHINE] = "machine",
	};

	return words[origin];
}

static const char *
origin_said(enum care_origin origin)
{
	static const char *const words[] = {
		[ORIGIN_DOCTOR] = N_("typed"),
		[ORIGIN_CARRIED] = N_("carried over"),
		[ORIGIN_TEMPLATE] = N_("from a template"),
		[ORIGIN_PROGRAM] = N_("from a program"),
		[ORIGIN_MACHINE] = N_("from a machine"),
	};

	return _(words[origin]);
}

void
check_origin(struct check *c)
{
	const struct rule_value *origins = rule_value(c->rule, "origins");

	for (guint i = 0; i < c->rx->orders->len; i++) {
		const char *word = origin_word(check_order(c, i)->origin);

		for (guint n = 0; n < origins->texts->len; n++)
			if (strcmp(origins->texts->pdata[n], word) == 0)
				check_found(c, (struct found){
				    .line = (int)i, .what = origin_said(
					check_order(c, i)->origin) });
	}
}

/* Western and patent drugs count together; herbal pieces are a prescription of
 * their own, of any number of herbs. */
void
check_lines(struct check *c)
{
	guint herbs = 0, others;

	for (guint i = 0; i < c->rx->orders->len; i++)
		if (check_order(c, i)->drug && check_order(c, i)->drug->herbal)
			herbs++;
	others = c->rx->orders->len - herbs;
	if ((herbs > 0 && others > 0) || (c->rx->herbal && others > 0))
		check_found(c, (struct found){ .line = LINE_ALL,
		    .what = _("herbal pieces beside other drugs"),
		    .numbers = g_strdup_printf("%u + %u", herbs, others) });
	if ((int64_t)others > rule_int(c->rule, "lines"))
		check_found(c, (struct found){ .line = LINE_ALL,
		    .numbers = g_strdup_printf("%u > %" G_GINT64_FORMAT, others,
			rule_int(c->rule, "lines")) });
}

/* ---- days --------------------------------------------------------------- */

void
check_valid_days(struct check *c)
{
	int64_t most = rule_int(c->rule, "days");

	if (c->rx->valid_days < 0 || c->rx->valid_days > most)
		check_found(c, (struct found){ .line = LINE_ALL,
		    .numbers = g_strdup_printf("%d > %" G_GINT64_FORMAT,
			c->rx->valid_days, most) });
}

static char *
days_against(double days, int64_t most)
{
	return g_strdup_printf("%g > %" G_GINT64_FORMAT, days, most);
}

/* The doses of a herbal prescription are its days: one 付 a day. */
static double
supply_of(struct check *c, guint line)
{
	double days = c->rx->herbal ? c->rx->herbal_doses :
	    check_supply(c, line);

	if (days <= 0)
		check_not_run(c, (int)line, g_strdup_printf(_("How many days %s "
		    "lasts is not known."), check_drug_words(c, line)));
	return days;
}

void
check_supply_days(struct check *c)
{
	int64_t most = rule_int(c->rule, c->rx->emergency ? "emergency_days" :
	    "days");

	for (guint i = 0; i < c->rx->orders->len; i++) {
		double days = supply_of(c, i);

		if (days > (double)most)
			check_found(c, (struct found){ .line = (int)i,
			    .numbers = days_against(days, most) });
		if (c->rx->herbal)
			break;
	}
}

void
check_supply_long(struct check *c)
{
	int64_t most = rule_int(c->rule, "most_days");
	int64_t plain = rule_int(c->rule, "days");

	for (guint i = 0; i < c->rx->orders->len; i++) {
		double days = supply_of(c, i);

		if (days > (double)most)
			check_found_as(c, SEVERITY_BLOCK, (struct found){
			    .line = (int)i,
			    .numbers = days_against(days, most) });
		else if (days > (double)plain)
			check_found(c, (struct found){ .line = (int)i,
			    .numbers = days_against(days, plain) });
		if (c->rx->herbal)
			break;
	}
}

/* The last refill begins refills × supply after the day of writing: it must lie
 * within the months. */
static gboolean
too_late(struct check *c, guint line, char **numbers)
{
	const struct care_order *order = check_order(c, line);
	int64_t from = c->rx->authored_ms ? c->rx->authored_ms :
	    c->facts->now_ms;
	double days = order->refills * check_supply(c, line);
	int64_t last = from + (int64_t)(days * DAY_MS);
	g_autoptr(GDateTime) begin = base_clock_date(from);
	g_autoptr(GDateTime) end = g_date_time_add_months(begin,
	    (int)rule_int(c->rule, "months"));
	g_autofree char *last_day = check_day(last), *end_day = NULL;

	if (!end || last <= g_date_time_to_unix(end) * 1000)
		return FALSE;
	end_day = g_date_time_format(end, "%Y-%m-%d");
	*numbers = g_strdup_printf("%d × %g d: %s > %s", order->refills,
	    check_supply(c, line), last_day, end_day);
	return TRUE;
}

void
check_refills(struct check *c)
{
	const struct pack_list *drugs = rule_list(c->rule, "drugs");
	int64_t most = rule_int(c->rule, "refills");
	const char *by;

	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct care_order *order = check_order(c, i);
		char *numbers = NULL;

		if (!order->drug || !check_listed(c, drugs, order->drug, &by))
			continue;
		if (order->refills > most)
			numbers = g_strdup_printf("%d > %" G_GINT64_FORMAT,
			    order->refills, most);
		else if (!rule_has(c->rule, "months") ||
		    !too_late(c, i, &numbers))
			continue;
		check_found(c, (struct found){ .line = (int)i, .list = drugs,
		    .numbers = numbers });
	}
}

/* ---- what an order must state ------------------------------------------- */

static gboolean
line_states(const struct care_order *o, const char *need)
{
	if (strcmp(need, "generic-name") == 0)
		return o->drug && (o->drug->generic_zh || o->drug->generic_en);
	if (strcmp(need, "dose") == 0)
		return o->dose && o->dose_unit;
	if (strcmp(need, "form") == 0)
		return o->drug && (o->drug->herbal || (!o->drug->claimed &&
		    (o->drug->form || o->drug->form_words ||
		    o->drug->piece_unit)));
	if (strcmp(need, "frequency") == 0)
		return (o->drug && o->drug->herbal) || o->frequency ||
		    o->as_needed;
	if (strcmp(need, "quantity") == 0)
		return (o->drug && o->drug->herbal) ||
		    (o->quantity && o->quantity_unit);
	return TRUE;
}

static const char *
need_words(const char *need)
{
	static const struct { const char *need, *words; } all[] = {
		{ "diagnosis", N_("the diagnosis") },
		{ "generic-name", N_("the generic name") },
		{ "dose", N_("dose and unit") }, { "form", N_("the form") },
		{ "frequency", N_("the frequency") },
		{ "quantity", N_("quantity and unit") },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		if (strcmp(all[i].need, need) == 0)
			return _(all[i].words);
	return need;
}

static void
find_wanting(struct check *c, int line, const char *need)
{
	g_autofree char *what = g_strdup_printf(_("%s not stated"),
	    need_words(need));

	check_found(c, (struct found){ .line = line, .what = what });
}

static void
line_stated(struct check *c, guint line)
{
	const struct rule_value *needs = rule_value(c->rule, "needs");
	const struct rule_value *words = rule_value(c->rule, "forbidden");
	const struct care_order *order = check_order(c, line);
	g_autofree char *note = order->note ? base_text_fold(order->note) :
	    NULL;

	for (guint i = 0; i < needs->texts->len; i++)
		if (!line_states(order, needs->texts->pdata[i]))
			find_wanting(c, (int)line, needs->texts->pdata[i]);
	for (guint i = 0; note && i < words->texts->len; i++) {
		g_autofree char *word = base_text_fold(words->texts->pdata[i]);

		if (strstr(note, word)) {
			g_autofree char *what = g_strdup_printf(
			    _("“%s” may not be written"),
			    (const char *)words->texts->pdata[i]);

			check_found(c, (struct found){ .line = (int)line,
			    .what = what });
		}
	}
}

void
check_stated(struct check *c)
{
	const struct rule_value *needs = rule_value(c->rule, "needs");
	const struct care_code *d = &c->rx->diagnosis;

	for (guint i = 0; i < needs->texts->len; i++)
		if (strcmp(needs->texts->pdata[i], "diagnosis") == 0 &&
		    !d->code && !(d->words && *d->words))
			find_wanting(c, LINE_ALL, "diagnosis");
	for (guint i = 0; i < c->rx->orders->len; i++)
		line_stated(c, i);
}

/* ---- rows about record and trail ---------------------------------------- */

void
check_review(struct check *c)
{
	if (c->rx->orders->len > 0)
		check_found(c, (struct found){ .line = LINE_ALL });
}

/* Neither is about a prescription: care_rules_refuse_export() and
 * care_rules_keep_years() ask them, and their vectors ask here. */
void
check_export(struct check *c)
{
	const struct rule_value *kinds = rule_value(c->rule, "exports");

	for (guint i = 0; c->asked && i < kinds->texts->len; i++)
		if (strcmp(kinds->texts->pdata[i], c->asked) == 0)
			check_found(c, (struct found){ .line = LINE_ALL,
			    .what = c->asked });
}

void
check_kept(struct check *c)
{
	const struct rule_value *records = rule_value(c->rule, "records");

	for (guint i = 0; c->asked && i < records->texts->len; i++)
		if (strcmp(records->texts->pdata[i], c->asked) == 0 &&
		    c->asked_years <= rule_int(c->rule, "years"))
			check_found(c, (struct found){ .line = LINE_ALL,
			    .what = c->asked });
}

/* The trail hangs on the prescription's identifier. */
void
check_trail(struct check *c)
{
	if (!c->rx->identifier || !*c->rx->identifier)
		check_found(c, (struct found){ .line = LINE_ALL });
}

void
check_fresh(struct check *c)
{
	int64_t minutes = rule_int(c->rule, "minutes");
	int64_t age = (c->facts->now_ms - c->facts->fresh_ms) / 60000;

	if (c->facts->fresh_ms && age <= minutes)
		return;
	if (!c->facts->fresh_ms)
		check_not_run(c, LINE_ALL, g_strdup(_("This chart was never "
		    "proved fresh: what another doctor changed may be "
		    "missing.")));
	else
		check_not_run(c, LINE_ALL, g_strdup_printf(_("The chart is %d "
		    "minutes old: what has changed since may be missing."),
		    (int)MIN(age, G_MAXINT)));
}
