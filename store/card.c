/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decision support service said. An answer holds for the bytes that were
 * asked about: their hash is taken when it is asked, before the bytes are read
 * for the question, and compared whenever the answer is.
 */
#include "store/rx_row.h"

#define JSON_MAX ((size_t)1 << 20)

struct cards {
	int64_t rx;
	enum card_state state;
	const char *json;
	size_t len;
};

static gboolean
bytes_hash(struct store *store, int64_t rx, unsigned char hash[HASH_BYTES],
    gboolean *found, GError **error)
{
	static const char sql[] = "SELECT bytes FROM rx WHERE n=?1 AND own";
	sqlite3_stmt *st = db_query(store, error, sql, "i", rx);
	gboolean failed = FALSE;

	*found = st && db_row(store, st, &failed, error);
	if (*found)
		hash_parts(hash, "b", sqlite3_column_blob(st, 0),
		    (size_t)sqlite3_column_bytes(st, 0));
	db_done(st);
	return st && !failed;
}

static gboolean
ask(struct store *store, const struct cards *c, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO card(rx, hash, state)"
	    " VALUES(?1, ?2, ?3)";
	unsigned char hash[HASH_BYTES];
	gboolean found;

	if (!bytes_hash(store, c->rx, hash, &found, error))
		return FALSE;
	if (found)
		return db_run(store, error, sql, "ibi", c->rx, hash,
		    sizeof hash, (int64_t)c->state);
	g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
	    "no such prescription");
	return FALSE;
}

static gboolean
put(struct store *store, void *data, GError **error)
{
	static const char answer[] = "UPDATE card SET state=?2, json=?3"
	    " WHERE rx=?1";
	static const char drop[] = "DELETE FROM card WHERE rx=?1";
	const struct cards *c = data;

	switch (c->state) {
	case CARDS_ASKED:
		return ask(store, c, error);
	case CARDS_NONE:
		return db_run(store, error, drop, "i", c->rx);
	default:
		break;
	}
	if (!db_run(store, error, answer, "iib", c->rx, (int64_t)c->state,
	    c->json, c->json ? c->len : 0))
		return FALSE;
	if (sqlite3_changes(store->db))
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
	    "nothing was asked about this prescription");
	return FALSE;
}

gboolean
store_cards_put(struct store *store, struct rx_id id, enum card_state state,
    const char *json, size_t len, GError **error)
{
	struct cards c = { id.n, state, json, len };

	if (json && (len > JSON_MAX || !fhir_check(json, len, NULL, NULL)))
		c = (struct cards){ id.n, CARDS_SILENT, NULL, 0 };
	return db_transact(store, DB_NORMAL, put, &c, error);
}

enum card_state
store_cards_get(struct store *store, struct rx_id id, char **json, size_t *len,
    GError **error)
{
	static const char sql[] = "SELECT hash, state, json FROM card"
	    " WHERE rx=?1";
	unsigned char hash[HASH_BYTES];
	enum card_state state = CARDS_NONE;
	gboolean found, failed = FALSE;
	sqlite3_stmt *st;

	*json = NULL;
	*len = 0;
	if (!bytes_hash(store, id.n, hash, &found, error) || !found)
		return CARDS_NONE;
	st = db_query(store, error, sql, "i", id.n);
	if (st && db_row(store, st, &failed, error) &&
	    hash_matches(st, 0, hash)) {
		state = (enum card_state)CLAMP(sqlite3_column_int(st, 1),
		    CARDS_NONE, CARDS_SILENT);
		*len = (size_t)sqlite3_column_bytes(st, 2);
		if (*len)
			*json = g_strndup(sqlite3_column_blob(st, 2), *len);
	}
	db_done(st);
	return state;
}
