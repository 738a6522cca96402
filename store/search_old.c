/* SPDX-License-Identifier: Apache-2.0 */
/* A tokenizer by the name of the one that schema 006 was made with: SQLite makes
 * and drops no table of FTS5 without. Migrations alone need it. */
#include "store/search_room.h"

static int
create(void *user, const char **args, int n, Fts5Tokenizer **out)
{
	*out = (Fts5Tokenizer *)user;
	return SQLITE_OK;
}

static void
delete(Fts5Tokenizer *tokenizer)
{
}

static int
tokenize(Fts5Tokenizer *tokenizer, void *user, int flags, const char *text,
    int len, int (*token)(void *, int, const char *, int, int, int))
{
	return SQLITE_OK;
}

int
search_old_tokenizer(sqlite3 *db)
{
	static fts5_tokenizer none = { create, delete, tokenize };
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
	return rc == SQLITE_OK ? api->xCreateTokenizer(api, "qingnang", db,
	    &none, NULL) : rc;
}
