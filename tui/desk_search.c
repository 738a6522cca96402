/* SPDX-License-Identifier: Apache-2.0 */
/* What a doctor looks for: a test that is compared goes by any of its names. */
#include "care/analyte.h"
#include "tui/desk.h"

struct search_query *
desk_search_parse(const char *text, struct search_fault *fault)
{
	struct search_query *query = search_query_parse(text, fault);
	const struct care_analyte *analyte;
	g_autofree char *name = NULL;

	if (!query || !query->op)
		return query;
	g_ptr_array_add(query->terms, NULL);
	name = g_strjoinv(" ", (char **)query->terms->pdata);
	g_ptr_array_set_size(query->terms, (int)query->terms->len - 1);
	analyte = care_analyte_named(name);
	if (analyte)
		query->tests = care_analyte_tests(analyte);
	return query;
}
