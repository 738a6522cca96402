/* SPDX-License-Identifier: Apache-2.0 */
/* What predicates look at: lists, ages, days, results, what is taken now. */
#include "care/pack.h"

#include <stdio.h>
#include <string.h>

/* ---- lines -------------------------------------------------------------- */

const struct care_order *
check_order(const struct check *c, guint i)
{
	return c->rx->orders->pdata[i];
}

const char *
check_drug_words(const struct check *c, guint i)
{
	const struct care_order *order = check_order(c, i);
	const char *words = order->drug ? care_drug_words(order->drug, c->lang)
	    : NULL;

	return words ? words : _("a drug without a name");
}

double
check_supply(const struct check *c, guint i)
{
	const struct care_order *order = check_order(c, i);
	double supply = care_order_supply_days(order);

	return MAX(supply, (double)order->duration_days);
}

/* ---- lists -------------------------------------------------------------- */

const char *
check_names(struct check *c, const struct care_drug *drug)
{
	const char *const names[] = { drug->generic_zh, drug->generic_en,
		drug->words, drug->brand };
	char *known = g_hash_table_lookup(c->names, drug);
	GString *all;

	if (known)
		return known;
	all = g_string_new("\n");
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *folded = names[i] ? base_text_fold(names[i]) :
		    NULL;

		if (folded && *folded)
			g_string_append_printf(all, "%s\n", folded);
	}
	known = g_string_free(all, FALSE);
	g_hash_table_insert(c->names, (void *)drug, known);
	return known;
}

/* name is folded; "=x" is a whole line of lines. */
static gboolean
named(const char *lines, const char *name)
{
	g_autofree char *whole = NULL;

	if (*name != '=')
		return strstr(lines, name) != NULL;
	whole = g_strdup_printf("\n%s\n", name + 1);
	return strstr(lines, whole) != NULL;
}

static gboolean
drug_coded(const struct care_drug *drug, const char *prefix)
{
	size_t system_len = drug->system ? strlen(drug->system) : 0;

	if (care_drug_marked(drug, prefix) ||
	    care_marked(drug->ingredients, prefix))
		return TRUE;
	return drug->code && strlen(prefix) > system_len &&
	    strncmp(prefix, drug->system ? drug->system : "",
		system_len) == 0 && prefix[system_len] == '|' &&
	    g_str_has_prefix(drug->code, prefix + system_len + 1);
}

gboolean
check_listed(struct check *c, const struct pack_list *list,
    const struct care_drug *drug, const char **by)
{
	for (char **code = list->codes; *code; code++)
		if (drug_coded(drug, *code)) {
			*by = *code;
			return TRUE;
		}
	for (char **name = list->names; *name; name++)
		if (named(check_names(c, drug), *name)) {
			*by = *name;
			return TRUE;
		}
	return FALSE;
}

static gboolean
has_system(char *const *marks, const char *code, size_t len)
{
	for (; marks && *marks; marks++)
		if (strncmp(*marks, code, len) == 0)
			return TRUE;
	return FALSE;
}

gboolean
check_can_list(const struct pack_list *list, const struct care_drug *drug)
{
	/* A herbal piece goes by its name, and so it needs one. */
	if (drug->herbal || !*list->codes)
		return drug->generic_zh || drug->generic_en || drug->words;
	for (char **code = list->codes; *code; code++) {
		size_t len = (size_t)(strrchr(*code, '|') - *code) + 1;

		if (has_system(drug->marks, *code, len) ||
		    has_system(drug->ingredients, *code, len))
			return TRUE;
		if (drug->code && drug->system &&
		    strlen(drug->system) == len - 1 &&
		    strncmp(drug->system, *code, len - 1) == 0)
			return TRUE;
	}
	return FALSE;
}

gboolean
check_marked(const struct pack_list *list, char *const *marks,
    const char *words)
{
	g_autofree char *folded = NULL, *lines = NULL;

	for (char **code = list->codes; *code; code++)
		if (care_marked(marks, *code))
			return TRUE;
	if (!words || !*list->names)
		return FALSE;
	folded = base_text_fold(words);
	lines = g_strdup_printf("\n%s\n", folded);
	for (char **name = list->names; *name; name++)
		if (named(lines, *name))
			return TRUE;
	return FALSE;
}

/* ---- days and ages ------------------------------------------------------ */

char *
check_day(int64_t ms)
{
	g_autoptr(GDateTime) date = base_clock_date(ms);

	return date ? g_date_time_format(date, "%Y-%m-%d") : g_strdup("?");
}

static int
day_number(int64_t ms)
{
	g_autoptr(GDateTime) date = base_clock_date(ms);
	GDate day;
	int y, m, d;

	if (!date)
		return 0;
	g_date_time_get_ymd(date, &y, &m, &d);
	g_date_clear(&day, 1);
	g_date_set_dmy(&day, (GDateDay)d, (GDateMonth)m, (GDateYear)y);
	return (int)g_date_get_julian(&day);
}

int
check_days_since(const struct care_facts *facts, int64_t ms)
{
	return ms ? day_number(facts->now_ms) - day_number(ms) : -1;
}

/* Whole years from y-m-d to now. */
static int
years_to(int64_t now_ms, int y, int m, int d)
{
	g_autoptr(GDateTime) now = base_clock_date(now_ms);
	int ny, nm, nd;

	g_date_time_get_ymd(now, &ny, &nm, &nd);
	return ny - y - (nm < m || (nm == m && nd < d));
}

gboolean
check_age(const struct check *c, int *youngest, int *oldest)
{
	int y = 0, m = 0, d = 0, parts;

	if (!c->facts->birth_date)
		return FALSE;
	parts = sscanf(c->facts->birth_date, "%4d-%2d-%2d", &y, &m, &d);
	if (parts < 1 || y < 1800)
		return FALSE;
	*youngest = years_to(c->facts->now_ms, y, parts > 1 ? m : 12,
	    parts > 2 ? d : 31);
	*oldest = years_to(c->facts->now_ms, y, parts > 1 ? m : 1,
	    parts > 2 ? d : 1);
	/* A partial date may lie in the future of its own year. */
	*youngest = MAX(*youngest, 0);
	return *oldest >= 0 && *oldest < 150;
}

/* ---- drugs of the chart ------------------------------------------------- */

static gboolean
is_one_of(const char *text, const char *const *words)
{
	return text && g_strv_contains(words, text);
}

gboolean
check_taken_now(const struct check *c, const struct fact_drug *drug)
{
	static const char *const ended[] = { "stopped", "cancelled",
		"completed", "entered-in-error", "not-taken", "intended",
		"declined", NULL };

	if (drug->not_to_give || drug->kind == FACT_PROPOSAL ||
	    (drug->ref && g_strcmp0(drug->ref, c->rx->prior_ref) == 0) ||
	    (drug->group && g_strcmp0(drug->group, c->rx->identifier) == 0))
		return FALSE;
	if (drug->kind == FACT_DISPENSE)
		return check_days_since(c->facts, drug->last_fill_ms) <=
		    (drug->last_fill_days > 0 ? drug->last_fill_days : 30);
	return !is_one_of(drug->status, ended);
}

static gboolean
later(const struct fact_drug *a, const struct fact_drug *b)
{
	return !b || a->authored_ms > b->authored_ms;
}

const struct fact_drug *
check_prior(const struct check *c, guint line)
{
	const struct care_order *order = check_order(c, line);
	const struct fact_drug *prior = NULL;

	for (guint i = 0; i < c->facts->drugs->len; i++) {
		const struct fact_drug *drug = c->facts->drugs->pdata[i];

		if (c->rx->prior_ref && g_strcmp0(drug->ref,
		    c->rx->prior_ref) == 0)
			return drug;
		if (drug->kind == FACT_ORDER && !drug->reported &&
		    !drug->not_to_give && order->drug &&
		    g_strcmp0(drug->status, "draft") != 0 &&
		    care_drug_same_substance(drug->drug, order->drug) &&
		    later(drug, prior))
			prior = drug;
	}
	return prior;
}

double
check_adherence(const struct care_facts *facts, const struct care_drug *drug,
    int window_days, int *days)
{
	int today = day_number(facts->now_ms), first = today + 1;
	g_autofree char *covered = g_malloc0((size_t)window_days + 1);
	int sum = 0;

	for (guint i = 0; i < facts->drugs->len; i++) {
		const struct fact_drug *d = facts->drugs->pdata[i];

		if (!care_drug_same_substance(d->drug, drug))
			continue;
		for (guint n = 0; n < d->fills->len; n++) {
			const struct fact_fill *fill = &g_array_index(d->fills,
			    struct fact_fill, n);
			int from = day_number(fill->date_ms) - today +
			    window_days;
			int left = (int)fill->days + MIN(from, 0);

			if (!fill->date_ms || left <= 0 || from > window_days)
				continue;
			from = MAX(from, 0);
			first = MIN(first, today - window_days + from);
			/* what an early fill left over is taken after it */
			for (; left > 0 && from < window_days; from++)
				if (!covered[from]) {
					covered[from] = 1;
					left--;
				}
		}
	}
	*days = today - first;
	if (first > today || *days <= 0)
		return -1;
	for (int i = window_days - *days; i < window_days; i++)
		sum += covered[i];
	return (double)sum / *days;
}

/* ---- results and problems ----------------------------------------------- */

const struct fact_result *
check_latest(const struct check *c, const struct pack_list *tests)
{
	const struct fact_result *latest = NULL;

	for (guint i = 0; i < c->facts->results->len; i++) {
		const struct fact_result *r = c->facts->results->pdata[i];

		if (check_marked(tests, r->marks, NULL) &&
		    (!latest || r->date_ms > latest->date_ms))
			latest = r;
	}
	return latest;
}

gboolean
check_abnormal(const struct fact_result *result)
{
	static const char *const abnormal[] = { "H", "HH", "HU", "L", "LL",
		"LU", "A", "AA", ">", "<", NULL };

	return is_one_of(result->interpretation, abnormal);
}

gboolean
check_critical(const struct fact_result *result)
{
	static const char *const critical[] = { "HH", "LL", "AA", NULL };

	return is_one_of(result->interpretation, critical);
}

/* The first characters of two ICD-10 codes are the same, the dot not counted. */
static gboolean
same_start(const char *a, const char *b, int characters)
{
	for (; characters > 0; characters--) {
		a += *a == '.';
		b += *b == '.';
		if (*a == '\0' || *a++ != *b++)
			return FALSE;
	}
	return TRUE;
}

/* Two codings are the same diagnosis when their first characters are (of ICD-10,
 * three: the category); in other systems when they are equal. */
static gboolean
same_code(const struct care_code *wanted, const char *mark, int characters)
{
	const char *system = wanted->system ? wanted->system : "";
	size_t len = strlen(system);

	if (strncmp(mark, system, len) != 0 || mark[len] != '|')
		return FALSE;
	if (strcmp(mark + len + 1, wanted->code) == 0)
		return TRUE;
	return characters > 0 && strstr(system, "icd-10") &&
	    same_start(wanted->code, mark + len + 1, characters);
}

static gboolean
same_diagnosis(const struct care_code *wanted, const struct fact_problem *p,
    int characters)
{
	if (wanted->ref && g_strcmp0(wanted->ref, p->ref) == 0)
		return TRUE;
	for (char **mark = p->marks; wanted->code && *mark; mark++)
		if (same_code(wanted, *mark, characters))
			return TRUE;
	if (!wanted->code && wanted->words && p->words) {
		g_autofree char *a = base_text_fold(wanted->words);
		g_autofree char *b = base_text_fold(p->words);

		return *a && strcmp(a, b) == 0;
	}
	return FALSE;
}

const struct fact_problem *
check_diagnosis(const struct check *c, int characters)
{
	const struct fact_problem *unsure = NULL;

	for (guint i = 0; i < c->facts->problems->len; i++) {
		const struct fact_problem *p = c->facts->problems->pdata[i];

		if (!p->active || !same_diagnosis(&c->rx->diagnosis, p,
		    characters))
			continue;
		if (p->confirmed && p->by_institution)
			return p;
		unsure = p;
	}
	return unsure;
}
