/* SPDX-License-Identifier: Apache-2.0 */
/* What a doctor looks for: a test that is compared goes by what it is, whatever a
 * laboratory calls it and in whichever of its units. */
#include "care/analyte.h"
#include "tui/desk.h"

#include <math.h>

const char *
desk_found_words(enum found_kind kind)
{
	static const char *const words[FOUND_KINDS_] = {
		[FOUND_PATIENT] = N_("patient"),
		[FOUND_MESSAGE] = N_("message"), [FOUND_TOPIC] = N_("topic"),
		[FOUND_ALLERGY] = N_("allergy"),
		[FOUND_PROBLEM] = N_("diagnosis"), [FOUND_DRUG] = N_("drug"),
		[FOUND_RESULT] = N_("test result"),
		[FOUND_DOCUMENT] = N_("document"), [FOUND_VISIT] = N_("visit"),
		[FOUND_ENTRY] = N_("chart entry"),
		[FOUND_REPORT] = N_("report"),
	};

	return _(words[kind]);
}

/* What is not plain is said, as the chart says it. */
const char *
desk_found_status(enum entry_status status)
{
	static const char *const words[] = {
		[ENTRY_UNCONFIRMED] = N_("unconfirmed"),
		[ENTRY_REFUTED] = N_("refuted"),
		[ENTRY_INACTIVE] = N_("inactive"),
		[ENTRY_RESOLVED] = N_("resolved"),
		[ENTRY_ENTERED_IN_ERROR] = N_("entered in error"),
		[ENTRY_PRELIMINARY] = N_("preliminary"),
		[ENTRY_CORRECTED] = N_("corrected"),
		[ENTRY_CANCELLED] = N_("cancelled"),
		[ENTRY_ON_HOLD] = N_("on hold"),
		[ENTRY_COMPLETED] = N_("completed"),
		[ENTRY_DO_NOT_PERFORM] = N_("not to be given"),
		[ENTRY_KNOWN_NONE] = N_("none known"),
		[ENTRY_NOT_UNDERSTOOD] = N_("not understood"),
		[ENTRY_PLANNED] = N_("planned, not yet"),
		[ENTRY_ONGOING] = N_("still going on"),
		[ENTRY_NOT_DONE] = N_("NOT DONE"),
		[ENTRY_SUPERSEDED] = N_("superseded by a newer one"),
	};

	return words[status] ? _(words[status]) : "";
}

/* ---- one result ---------------------------------------------------------- */

static gboolean
order(const struct search_test *test, const char *code, const char *value,
    const char *unit, int *out, char **as)
{
	const struct care_analyte *analyte = care_analyte_of(code);
	g_autofree char *in = NULL;

	if (!analyte)
		analyte = test->of;
	in = care_analyte_in(analyte, code, value, unit, test->unit);
	if (!in)
		return FALSE;
	/* As it stands: of as many digits as it has. */
	if (strcmp(in, value) == 0)
		return fhir_decimal_compare(value, test->number, out);
	if (!care_analyte_order(analyte, code, value, unit, test->number,
	    test->unit, out))
		return FALSE;
	*as = g_strconcat(in, " ", test->unit, NULL);
	return TRUE;
}

/* ---- the test ------------------------------------------------------------ */

static void
list_add(GPtrArray *to, char **list)
{
	for (char **p = list; *p; p++)
		g_ptr_array_add(to, *p);
	g_free(list);
}

static char **
list_end(GPtrArray *list)
{
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

/* From where on, and to where: a little more than that, for it is rounded. */
static struct search_bound
bound_of(enum search_op op, const struct care_about *about)
{
	double room = fabs(about->value) * 1e-9;
	gboolean more = op == SEARCH_MORE || op == SEARCH_MORE_EQUAL;
	gboolean less = op == SEARCH_LESS || op == SEARCH_LESS_EQUAL;

	return (struct search_bound){ about->unit, less ? -HUGE_VAL :
		about->value - room, more ? HUGE_VAL : about->value + room };
}

static void
bounds_set(struct search_test *test, enum search_op op)
{
	struct care_about about[CARE_ABOUT_MAX];

	test->n = care_analyte_about(test->of, g_ascii_strtod(test->number,
	    NULL), test->unit, about);
	test->bounds = g_new(struct search_bound, test->n + 1);
	for (size_t i = 0; i < test->n; i++)
		test->bounds[i] = bound_of(op, &about[i]);
}

static const char *const signs[] = {
	[SEARCH_NO_OP] = "", [SEARCH_MORE] = ">", [SEARCH_MORE_EQUAL] = "≥",
	[SEARCH_LESS] = "<", [SEARCH_LESS_EQUAL] = "≤", [SEARCH_EQUAL] = "=",
};

static struct search_test *
test_new(const struct care_analyte *analyte, const struct search_query *query,
    const char *unit)
{
	struct search_test *test = g_new0(struct search_test, 1);
	GPtrArray *codes = g_ptr_array_new(), *names = g_ptr_array_new();
	g_autofree char *read = care_ucum_words(unit);

	test->of = analyte;
	for (const struct care_analyte *a = care_analytes; a->id; a++) {
		if (a != analyte && g_strcmp0(a->kin, analyte->id) != 0)
			continue;
		list_add(codes, care_analyte_tests(a));
		list_add(names, care_analyte_names(a));
	}
	test->codes = list_end(codes);
	test->names = list_end(names);
	test->beside = care_analyte_beside;
	test->number = g_strdup(query->number);
	test->unit = g_strdup(unit);
	test->said = g_strconcat(signs[query->op], " ", query->number, " ",
	    read, NULL);
	test->order = order;
	bounds_set(test, query->op);
	return test;
}

/* ---- the query ----------------------------------------------------------- */

/* What stands before the comparison. */
static const struct care_analyte *
analyte_of(const struct search_query *query)
{
	g_autoptr(GString) name = g_string_new(NULL);

	for (guint i = 0; i < query->test_terms; i++)
		g_string_append_printf(name, "%s%s", i ? " " : "",
		    (const char *)query->terms->pdata[i]);
	return care_analyte_named(name->str);
}

/* "1.4 m" on its way to mg/dL is no other word. */
static const char *
unit_begun(struct search_query *query, const struct care_analyte *analyte)
{
	const char *unit = NULL;

	if (query->terms->len > query->test_terms)
		unit = care_analyte_unit(analyte, query->terms->pdata[
		    query->test_terms]);
	if (unit)
		g_ptr_array_remove_index(query->terms, query->test_terms);
	return unit;
}

struct search_query *
desk_search_parse(const char *text, struct search_fault *fault)
{
	struct search_query *query = search_query_parse(text, fault);
	const struct care_analyte *analyte;
	const char *unit;

	if (!query || !query->op || !(analyte = analyte_of(query)))
		return query;
	unit = query->unit ? care_analyte_unit(analyte, query->unit) :
	    unit_begun(query, analyte);
	if (query->unit && !unit) {
		*fault = (struct search_fault){ SEARCH_FAULT_UNIT,
			query->unit_at, query->unit_at + strcspn(text +
			query->unit_at, " \t\"") };
		search_query_free(query);
		return NULL;
	}
	query->test = test_new(analyte, query, unit ? unit : analyte->unit);
	return query;
}
