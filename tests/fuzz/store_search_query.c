/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what a doctor types: it is a query, or the fault lies inside the
 * text and can be said; its numbers are decimals, its words are folded, and it
 * is never asked for more terms than it may have.
 */
#include "store/search_room.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
is_folded(const char *term)
{
	must(*term && strlen(term) <= 8 * SEARCH_QUERY_MAX_BYTES);
	must(g_utf8_validate(term, -1, NULL));
	for (const char *p = term; *p; p++)
		must(!g_ascii_isupper(*p));
}

static void
query_holds(const struct search_query *q)
{
	g_autoptr(GPtrArray) clauses = search_clauses_new();
	int order;

	must(q->terms->len <= SEARCH_TERMS_MAX);
	for (guint i = 0; i < q->terms->len; i++)
		is_folded(q->terms->pdata[i]);
	if (q->op) {
		must(q->terms->len > 0 && q->number != NULL);
		must(fhir_decimal_compare(q->number, q->number, &order));
		must(order == 0);
	}
	search_clauses_of_terms(clauses, q->terms, 0);
	for (guint i = 0; i < clauses->len; i++) {
		struct search_clause *c = clauses->pdata[i];

		must(c->tokens->len == 1 && *(char *)c->tokens->pdata[0]);
		must(strlen(c->tokens->pdata[0]) <= SEARCH_TOKEN_MAX_BYTES + 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	struct search_fault fault;
	BASE_AUTO(search_query) query = search_query_parse(text, &fault);
	g_autofree char *words = NULL;

	if (query) {
		must(fault.kind == SEARCH_FAULT_NONE);
		query_holds(query);
		return 0;
	}
	must(fault.kind != SEARCH_FAULT_NONE && fault.from <= fault.to &&
	    fault.to <= strlen(text));
	if (fault.kind == SEARCH_FAULT_BYTES)
		return 0;
	words = search_fault_words(text, &fault);
	must(*words && g_utf8_validate(words, -1, NULL));
	return 0;
}
