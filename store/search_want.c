/* SPDX-License-Identifier: Apache-2.0 */
/* A query as the index is asked: words, filters and comparisons alike are tokens
 * that a document must have. */
#include "store/search_room.h"

#include <string.h>

static const struct { const char *type; enum message_from from; } senders[] = {
	{ "Patient", FROM_PATIENT }, { "Practitioner", FROM_COLLEAGUE },
	{ "PractitionerRole", FROM_COLLEAGUE }, { "CareTeam", FROM_COLLEAGUE },
	{ "Organization", FROM_COLLEAGUE }, { "RelatedPerson", FROM_RELATED },
	{ "Device", FROM_DEVICE },
};

enum message_from
search_sender_kind(const char *type)
{
	for (size_t i = 0; type && i < G_N_ELEMENTS(senders); i++)
		if (strcmp(type, senders[i].type) == 0)
			return senders[i].from;
	return FROM_UNKNOWN;
}

static struct search_clause *
any_of(GPtrArray *clauses)
{
	struct search_clause *c = search_clause_add(clauses, SEARCH_HAS_TOKEN,
	    "", "", 0);

	g_ptr_array_set_size(c->tokens, 0);
	return c;
}

static void
or_mark(struct search_clause *c, char what, int64_t n)
{
	g_ptr_array_add(c->tokens, g_strdup_printf("%c%c%" G_GINT64_FORMAT,
	    SEARCH_MARK_OF, what, n));
}

static void
or_marks(struct search_clause *c, char what, const GArray *list)
{
	for (guint i = 0; i < list->len; i++)
		or_mark(c, what, g_array_index(list, int64_t, i));
}

/* A few are looked for each; many by what stands beside each document. */
enum { FEW_PEOPLE = 3 };

static void
people_want(GPtrArray *clauses, enum search_who who, GHashTable *people)
{
	static const char marks[] = { [SEARCH_WHOSE] = 'p',
		[SEARCH_SENDER] = 's' };
	gboolean many = g_hash_table_size(people) > FEW_PEOPLE;
	struct search_clause *c = any_of(clauses);
	GHashTableIter iter;
	void *n;

	if (many) {
		c->kind = SEARCH_AMONG;
		c->who = who;
		c->set = g_malloc0(SEARCH_WHO_SET_BYTES);
	}
	g_hash_table_iter_init(&iter, people);
	while (g_hash_table_iter_next(&iter, &n, NULL))
		if (many)
			search_who_add(c->set, (intptr_t)n);
		else
			or_mark(c, marks[who], (intptr_t)n);
}

/* I am a colleague of nobody but others. */
static void
from_want(const struct finder *f, GPtrArray *clauses)
{
	const GArray *me = f->store->me;
	unsigned from = f->query->from;
	struct search_clause *c = any_of(clauses);

	if (from & 1u << FROM_ME)
		or_marks(c, 's', me);
	for (int i = 0; from >> i; i++)
		if (from & 1u << i && i != FROM_ME)
			or_mark(c, 't', i);
	if (c->tokens->len == 0)
		or_mark(c, 's', 0);
	if (from & 1u << FROM_COLLEAGUE && !(from & 1u << FROM_ME) && me->len) {
		c = any_of(clauses);
		c->without = TRUE;
		or_marks(c, 's', me);
	}
}

static void
value_want(const struct search_query *q, GPtrArray *clauses)
{
	char at[SEARCH_VALUE_BYTES + 1], end[SEARCH_VALUE_BYTES + 1];
	struct search_clause *c;
	gboolean more = q->op == SEARCH_MORE || q->op == SEARCH_MORE_EQUAL;
	gboolean less = q->op == SEARCH_LESS || q->op == SEARCH_LESS_EQUAL;

	search_value_token(g_ascii_strtod(q->number, NULL), at);
	g_snprintf(end, sizeof end, "%c%s", SEARCH_MARK_VALUE, more ?
	    "ffffff" : "000000");
	c = search_clause_add(clauses, SEARCH_BETWEEN, "", less ? end : at,
	    SEARCH_VALUE_BYTES);
	g_ptr_array_add(c->tokens, g_strdup(more ? end : at));
}

static void
has_want(const struct search_query *q, GPtrArray *clauses)
{
	struct search_clause *c = any_of(clauses);

	for (int i = 0; q->has >> i; i++)
		if (q->has & 1u << i)
			or_mark(c, 'h', INT64_C(1) << i);
}

static gboolean
says_anything(const struct search_query *q)
{
	return q->terms->len || q->patient || q->from || q->from_name ||
	    q->has || q->since_ms != G_MININT64 || q->before_ms != G_MAXINT64;
}

gboolean
search_want(struct finder *f, GPtrArray *clauses)
{
	const struct search_query *q = f->query;

	search_clauses_of_terms(clauses, q->terms, q->test ? q->test_terms :
	    0);
	if (q->test)
		search_test_want(clauses, q->test);
	if ((q->terms->len && !clauses->len) || !says_anything(q) ||
	    (f->patients && !g_hash_table_size(f->patients)) ||
	    (f->senders && !g_hash_table_size(f->senders)))
		return FALSE;
	if (f->patients)
		people_want(clauses, SEARCH_WHOSE, f->patients);
	if (f->senders)
		people_want(clauses, SEARCH_SENDER, f->senders);
	if (q->from)
		from_want(f, clauses);
	if (q->has)
		has_want(q, clauses);
	if (q->op && !q->test)
		value_want(q, clauses);
	return TRUE;
}
