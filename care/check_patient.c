/* SPDX-License-Identifier: Apache-2.0 */
/* Predicates of a drug against the patient: allergies, problems, pregnancy,
 * kidneys. */
#include "care/pack.h"

#include <string.h>

/* ---- allergies ---------------------------------------------------------- */

static char *
allergy_numbers(const struct fact_allergy *a)
{
	return g_strdup_printf("%s%s%s", a->ref ? a->ref : "",
	    a->severe ? _(", severe") : "",
	    a->unconfirmed ? _(", not confirmed") : "");
}

static gboolean
same_substance(const struct fact_allergy *a, const struct care_drug *drug)
{
	for (char **mark = a->marks; mark && *mark; mark++) {
		const char *bar = strrchr(*mark, '|');

		for (char **in = drug->ingredients; in && *in; in++)
			if (strcmp(*in, *mark) == 0)
				return TRUE;
		for (char **m = drug->marks; m && *m; m++)
			if (strcmp(*m, *mark) == 0)
				return TRUE;
		if (drug->code && drug->system && bar &&
		    strcmp(bar + 1, drug->code) == 0 &&
		    strncmp(*mark, drug->system, (size_t)(bar - *mark)) == 0 &&
		    strlen(drug->system) == (size_t)(bar - *mark))
			return TRUE;
	}
	return FALSE;
}

/* Long enough to mean something: two Han characters, or four letters. */
static gboolean
telling(const char *word)
{
	glong chars = g_utf8_strlen(word, -1);

	return chars >= 4 || (chars >= 2 &&
	    base_char_is_han(g_utf8_get_char(word)));
}

/* "penicillin rash" names penicillin, and 青霉素V钾片 is a 青霉素. */
static gboolean
same_words(struct check *c, const struct fact_allergy *a,
    const struct care_drug *drug)
{
	g_autofree char *said = a->words ? base_text_fold(a->words) : NULL;
	const char *names = check_names(c, drug);
	g_auto(GStrv) each = NULL;

	if (!said || !telling(said))
		return FALSE;
	if (strstr(names, said))
		return TRUE;
	each = g_strsplit(names, "\n", -1);
	for (char **name = each; *name; name++)
		if (telling(*name) && strstr(said, *name))
			return TRUE;
	return FALSE;
}

static gboolean
allergy_class(struct check *c, const struct fact_allergy *a, guint line,
    const struct care_drug *drug)
{
	const struct rule_value *classes = rule_value(c->rule, "classes");
	const char *by;

	for (guint i = 0; i < classes->pairs->len; i++) {
		const struct rule_pair *pair = &g_array_index(classes->pairs,
		    struct rule_pair, i);

		if (!check_marked(pair->a, a->marks, a->words) ||
		    !check_listed(c, pair->b, drug, &by))
			continue;
		check_found_as(c, pair->severity, (struct found){
		    .line = (int)line, .what = a->words, .list = pair->b,
		    .numbers = allergy_numbers(a),
		    .sentence = pair->sentence });
		return TRUE;
	}
	return FALSE;
}

static void
allergy_line(struct check *c, const struct fact_allergy *a, guint line)
{
	const struct care_drug *drug = check_order(c, line)->drug;

	if (!drug)
		return;
	if (same_substance(a, drug) || same_words(c, a, drug))
		check_found(c, (struct found){ .line = (int)line,
		    .what = a->words, .numbers = allergy_numbers(a) });
	else
		allergy_class(c, a, line, drug);
}

void
check_allergy(struct check *c)
{
	for (guint i = 0; i < c->facts->allergies->len; i++)
		for (guint n = 0; n < c->rx->orders->len; n++)
			allergy_line(c, c->facts->allergies->pdata[i], n);
}

/* ---- problems ----------------------------------------------------------- */

static void
contraindicated(struct check *c, const struct rule_pair *pair, guint line,
    const struct fact_problem *p)
{
	const char *by;

	if (!p->active || !check_marked(pair->b, p->marks, p->words) ||
	    !check_listed(c, pair->a, check_order(c, line)->drug, &by))
		return;
	check_found_as(c, pair->severity, (struct found){ .line = (int)line,
	    .what = p->words, .list = pair->a, .sentence = pair->sentence,
	    .numbers = g_strdup_printf("%s%s", p->ref ? p->ref : "",
		p->confirmed ? "" : _(", not confirmed")) });
}

void
check_contraindication(struct check *c)
{
	const struct rule_value *pairs = rule_value(c->rule, "pairs");

	for (guint i = 0; i < pairs->pairs->len; i++)
		for (guint n = 0; n < c->rx->orders->len; n++)
			for (guint p = 0; check_order(c, n)->drug &&
			    p < c->facts->problems->len; p++)
				contraindicated(c, &g_array_index(pairs->pairs,
				    struct rule_pair, i), n,
				    c->facts->problems->pdata[p]);
}

/* ---- pregnancy ---------------------------------------------------------- */

static const struct fact_problem *
pregnancy(const struct check *c)
{
	const struct pack_list *signs = rule_list(c->rule, "signs");
	int64_t days = rule_int(c->rule, "days");

	for (guint i = 0; i < c->facts->problems->len; i++) {
		const struct fact_problem *p = c->facts->problems->pdata[i];

		/* one that was recorded years ago is over */
		if (p->active && check_marked(signs, p->marks, p->words) &&
		    check_days_since(c->facts, p->date_ms) <= days)
			return p;
	}
	return NULL;
}

static gboolean
could_be_pregnant(const struct check *c)
{
	int youngest, oldest;

	if (g_strcmp0(c->facts->sex, "male") == 0)
		return FALSE;
	return !check_age(c, &youngest, &oldest) ||
	    (oldest >= rule_int(c->rule, "years_from") &&
	    youngest <= rule_int(c->rule, "years_to"));
}

void
check_pregnancy(struct check *c)
{
	const struct pack_list *drugs = rule_list(c->rule, "drugs");
	const struct fact_problem *p = pregnancy(c);
	const char *by;

	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct care_drug *drug = check_order(c, i)->drug;

		if (!drug || !check_listed(c, drugs, drug, &by))
			continue;
		if (p)
			check_found(c, (struct found){ .line = (int)i,
			    .what = p->words, .list = drugs,
			    .numbers = g_strdup(p->ref) });
		else if (could_be_pregnant(c))
			check_not_run(c, (int)i, g_strdup_printf(_("Whether the "
			    "patient is pregnant is not recorded, and %s "
			    "matters for that."), check_drug_words(c, i)));
	}
}

/* ---- kidneys ------------------------------------------------------------ */

static void
renal_line(struct check *c, guint line, const struct pack_list *drugs)
{
	const struct fact_result *r = check_latest(c, rule_list(c->rule,
	    "tests"));
	g_autofree char *below = g_strdup_printf("%" G_GINT64_FORMAT,
	    rule_int(c->rule, "below"));
	g_autofree char *day = r ? check_day(r->date_ms) : NULL;
	int since = r ? check_days_since(c->facts, r->date_ms) : -1, order;

	if (!r || since < 0 || since > rule_int(c->rule, "days") ||
	    !fhir_decimal_compare(r->value, below, &order)) {
		check_not_run(c, (int)line, g_strdup_printf(_("No kidney "
		    "function young enough is known, and %s depends on it."),
		    check_drug_words(c, line)));
		return;
	}
	if (order < 0)
		check_found(c, (struct found){ .line = (int)line,
		    .list = drugs, .what = r->words,
		    .numbers = g_strdup_printf("%s %s < %s (%s, %s)", r->value,
			r->unit ? r->unit : "", below, day,
			r->ref ? r->ref : "") });
}

void
check_renal(struct check *c)
{
	const struct pack_list *drugs = rule_list(c->rule, "drugs");
	const char *by;

	for (guint i = 0; i < c->rx->orders->len; i++)
		if (check_order(c, i)->drug &&
		    check_listed(c, drugs, check_order(c, i)->drug, &by))
			renal_line(c, i, drugs);
}
