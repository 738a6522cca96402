/* SPDX-License-Identifier: Apache-2.0 */
/* Our tokenizer, as FTS5 wants one. A query's strings are tokens already. */
#include "store/search_room.h"

struct tokenizer { struct search_text text; };
struct pass {
	void *user;
	int (*token)(void *, int, const char *, int, int, int);
};

static int
create(void *user, const char **args, int n, Fts5Tokenizer **out)
{
	struct tokenizer *t = g_new0(struct tokenizer, 1);

	*out = (Fts5Tokenizer *)t;
	return SQLITE_OK;
}

static void
delete(Fts5Tokenizer *tokenizer)
{
	struct tokenizer *t = (struct tokenizer *)tokenizer;

	search_text_clear(&t->text);
	g_free(t);
}

static int
pass_on(void *user, const char *token, size_t len, size_t from, size_t to)
{
	struct pass *pass = user;

	return pass->token(pass->user, 0, token, (int)len, (int)from, (int)to);
}

static int
tokenize(Fts5Tokenizer *tokenizer, void *user, int flags, const char *text,
    int len, int (*token)(void *, int, const char *, int, int, int))
{
	struct tokenizer *t = (struct tokenizer *)tokenizer;
	struct pass pass = { user, token };

	if (len <= 0)
		return SQLITE_OK;
	if (flags & FTS5_TOKENIZE_QUERY)
		return token(user, 0, text, len, 0, len);
	search_text_set(&t->text, text, (size_t)len);
	return search_tokens(t->text.fold, t->text.len, pass_on, &pass);
}

int
search_tokenizer_add(sqlite3 *db)
{
	static fts5_tokenizer ours = { create, delete, tokenize };
	sqlite3_stmt *st = NULL;
	fts5_api *api = NULL;
	int rc = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_pointer(st, 1, (void *)&api, "fts5_api_ptr",
		    NULL);
	if (rc == SQLITE_OK)
		sqlite3_step(st);
	sqlite3_finalize(st);
	if (rc == SQLITE_OK && !api)
		rc = SQLITE_ERROR;
	return rc == SQLITE_OK ? api->xCreateTokenizer(api, "qingnang", NULL,
	    &ours, NULL) : rc;
}
