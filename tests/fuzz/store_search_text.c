/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a text and, behind the first line, what is looked for in it: folded
 * bytes lead back into the text in order, tokens lie inside it and are short, and a
 * text that holds the term has every token that the index would be asked for.
 */
#include "store/search_room.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

struct said { GHashTable *all; size_t len; };

static int
take(void *user, const char *token, size_t len, size_t from, size_t to)
{
	struct said *said = user;

	must(len > 0 && len <= SEARCH_TOKEN_MAX_BYTES);
	must(from <= to && to <= said->len);
	must(g_utf8_validate(token, (gssize)len, NULL));
	/* Two words behind one another are a token with one blank in it. */
	must(!memchr(token, ' ', len) || (token[0] == SEARCH_MARK_PAIR &&
	    len <= SEARCH_PAIR_ROOM));
	g_hash_table_add(said->all, g_strndup(token, len));
	return 0;
}

static gboolean
has(GHashTable *all, const struct search_clause *c)
{
	GHashTableIter iter;
	void *token;

	if (c->kind == SEARCH_HAS_TOKEN)
		return g_hash_table_contains(all, c->tokens->pdata[0]);
	g_hash_table_iter_init(&iter, all);
	while (g_hash_table_iter_next(&iter, &token, NULL))
		if (g_str_has_prefix(token, c->tokens->pdata[0]))
			return TRUE;
	return FALSE;
}

static void
finds(const struct search_text *t, const struct said *said, size_t len,
    const char *term)
{
	g_autoptr(GPtrArray) terms = g_ptr_array_new();
	g_autoptr(GPtrArray) clauses = search_clauses_new();
	size_t from, to;

	if (!search_text_find(t, term, &from, &to))
		return;
	must(from <= to && to <= len);
	g_ptr_array_add(terms, (char *)term);
	search_clauses_of_terms(clauses, terms, 0);
	for (guint i = 0; i < clauses->len; i++)
		must(has(said->all, clauses->pdata[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *line = size ? memchr(text, '\n', size) : NULL;
	size_t len = line ? (size_t)(line - text) : size;
	struct search_text t = { 0 }, term = { 0 };
	struct said said;

	if (!size)
		return 0;
	search_text_set(&t, text, len);
	for (size_t i = 0; i < t.len; i++)
		must(t.at[i] <= t.at[i + 1] && t.at[i + 1] <= len);
	must(g_utf8_validate(t.fold, (gssize)t.len, NULL));
	said = (struct said){ g_hash_table_new_full(g_str_hash, g_str_equal,
	    g_free, NULL), t.len };
	must(search_tokens(t.fold, t.len, take, &said) == 0);
	if (line) {
		search_text_set(&term, line + 1, size - len - 1);
		if (strlen(term.fold) == term.len)
			finds(&t, &said, len, g_strstrip(term.fold));
	}
	g_hash_table_unref(said.all);
	search_text_clear(&t);
	search_text_clear(&term);
	return 0;
}
