/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the signature: the signer in use, and the public keys that are
 * known. What it is to sign is store/sign.c's. */
#include "store/sign.h"

#include <string.h>

void
token_place_clear(struct token_place *place)
{
	g_clear_pointer(&place->module, g_free);
	g_clear_pointer(&place->label, g_free);
	g_clear_pointer(&place->serial, g_free);
	g_clear_pointer(&place->id, g_free);
	place->id_len = 0;
}

void
signer_row_clear(struct signer_row *row)
{
	token_place_clear(&row->place);
	*row = (struct signer_row){ 0 };
}

/* ---- the signer --------------------------------------------------------- */

static const char *
or_empty(const char *text)
{
	return text ? text : "";
}

static void
row_hash(const struct signer_row *r, unsigned char hash[HASH_BYTES])
{
	hash_parts(hash, "ibiiibbbsssb", (int64_t)r->kind, &r->key,
	    sizeof r->key, r->from_ms, (int64_t)r->kdf.ops,
	    (int64_t)r->kdf.mem_bytes, r->salt, sizeof r->salt, r->nonce,
	    sizeof r->nonce, r->wrapped, sizeof r->wrapped, r->place.module,
	    r->place.label, r->place.serial, or_empty((char *)r->place.id),
	    r->place.id_len);
}

static gboolean
blob_read(sqlite3_stmt *st, int column, void *out, size_t len)
{
	const void *bytes = sqlite3_column_blob(st, column);

	if (!bytes || (size_t)sqlite3_column_bytes(st, column) != len)
		return FALSE;
	memcpy(out, bytes, len);
	return TRUE;
}

gboolean
signer_row_read(sqlite3_stmt *st, struct signer_row *r)
{
	unsigned char hash[HASH_BYTES];

	*r = (struct signer_row){ .kind = (enum signer_kind)
		sqlite3_column_int(st, 0),
		.from_ms = sqlite3_column_int64(st, 2),
		.kdf.ops = (uint64_t)sqlite3_column_int64(st, 3),
		.kdf.mem_bytes = (uint64_t)sqlite3_column_int64(st, 4),
		.place.module = g_strdup(db_col(st, 8)),
		.place.label = g_strdup(db_col(st, 9)),
		.place.serial = g_strdup(db_col(st, 10)),
		.place.id_len = (size_t)sqlite3_column_bytes(st, 11) };
	r->place.id = g_memdup2(sqlite3_column_blob(st, 11), r->place.id_len);
	if (!blob_read(st, 1, &r->key, sizeof r->key) ||
	    !blob_read(st, 5, r->salt, sizeof r->salt) ||
	    !blob_read(st, 6, r->nonce, sizeof r->nonce) ||
	    !blob_read(st, 7, r->wrapped, sizeof r->wrapped))
		return FALSE;
	row_hash(r, hash);
	return hash_matches(st, 12, hash) &&
	    (r->kind == SIGNER_SOFTWARE || r->kind == SIGNER_TOKEN);
}

gboolean
signer_row_get(struct store *store, struct signer_row *row, GError **error)
{
	static const char sql[] = "SELECT " SIGNER_COLUMNS " FROM signer"
	    " WHERE n=1";
	sqlite3_stmt *st = db_query(store, error, sql, "");
	gboolean failed = FALSE, found = FALSE, whole = FALSE;

	*row = (struct signer_row){ 0 };
	if (st && db_row(store, st, &failed, error)) {
		found = TRUE;
		whole = signer_row_read(st, row);
	}
	db_done(st);
	if (st && !failed && !found)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NO_SIGNER,
		    "no signing key");
	else if (found && !whole)
		g_set_error(error, STORE_ERROR, STORE_ERROR_SIGNER_DAMAGED,
		    "the signing key's row is not what was written");
	if (!whole)
		signer_row_clear(row);
	return whole;
}

/* ---- known keys --------------------------------------------------------- */

struct public_row {
	const char *thumbprint, *jwk, *words;
	int64_t from_ms;
};

static void
public_hash(const struct public_row *row, unsigned char hash[HASH_BYTES])
{
	hash_parts(hash, "sssi", row->thumbprint, row->jwk, row->words,
	    row->from_ms);
}

/* A key that was known before keeps its first day. */
static gboolean
public_put(struct store *store, const struct public_row *row, GError **error)
{
	static const char sql[] = "INSERT INTO signer_public(thumbprint, jwk,"
	    " words, from_ms, hash) VALUES(?1, ?2, ?3, ?4, ?5)"
	    " ON CONFLICT(thumbprint) DO NOTHING";
	unsigned char hash[HASH_BYTES];

	public_hash(row, hash);
	return db_run(store, error, sql, "sssib", row->thumbprint, row->jwk,
	    row->words, row->from_ms, hash, sizeof hash);
}

static gboolean
public_read(sqlite3_stmt *st, struct public_row *row)
{
	unsigned char hash[HASH_BYTES];

	*row = (struct public_row){ db_col(st, 0), db_col(st, 1), db_col(st, 2),
		sqlite3_column_int64(st, 3) };
	public_hash(row, hash);
	return row->thumbprint && row->jwk && row->words &&
	    hash_matches(st, 4, hash);
}

gboolean
signer_known(struct store *store, const char *thumbprint)
{
	static const char sql[] = "SELECT thumbprint, jwk, words, from_ms, hash"
	    " FROM signer_public WHERE thumbprint=?1";
	sqlite3_stmt *st = db_query(store, NULL, sql, "s", thumbprint);
	struct public_row row;
	gboolean failed = FALSE;
	gboolean known = st && db_row(store, st, &failed, NULL) &&
	    public_read(st, &row);

	db_done(st);
	return known;
}

/* ---- writing ------------------------------------------------------------ */

struct putting { const struct signer_row *row; gboolean replace; };

static gboolean
row_insert(struct store *store, const struct signer_row *r, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO signer(n, "
	    SIGNER_COLUMNS ") VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
	    " ?11, ?12, ?13)";
	unsigned char hash[HASH_BYTES];

	row_hash(r, hash);
	return db_run(store, error, sql, "ibiiibbbsssbb", (int64_t)r->kind,
	    &r->key, sizeof r->key, r->from_ms, (int64_t)r->kdf.ops,
	    (int64_t)r->kdf.mem_bytes, r->salt, sizeof r->salt, r->nonce,
	    sizeof r->nonce, r->wrapped, sizeof r->wrapped,
	    or_empty(r->place.module), or_empty(r->place.label),
	    or_empty(r->place.serial), or_empty((char *)r->place.id),
	    r->place.id_len, hash, sizeof hash);
}

static gboolean
row_put(struct store *store, void *data, GError **error)
{
	static const char there[] = "SELECT count(*) FROM signer";
	struct putting *p = data;
	g_autofree char *jwk = jws_jwk(&p->row->key);
	g_autofree char *thumbprint = jws_thumbprint(&p->row->key);
	struct public_row known = { thumbprint, jwk,
		or_empty(p->row->place.label), p->row->from_ms };
	int64_t n;

	if (!db_int(store, error, 0, &n, there, ""))
		return FALSE;
	if (n && !p->replace) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_SIGNER_THERE,
		    "there is a signing key already");
		return FALSE;
	}
	return row_insert(store, p->row, error) &&
	    public_put(store, &known, error);
}

gboolean
signer_row_put(struct store *store, const struct signer_row *row,
    gboolean replace, GError **error)
{
	struct putting p = { row, replace };

	return db_transact(store, DB_DURABLE, row_put, &p, error);
}

/* ---- after damage ------------------------------------------------------- */

gboolean
signer_row_save(struct store *into, sqlite3_stmt *st, gboolean *saved,
    GError **error)
{
	struct signer_row row;
	gboolean ok = TRUE;

	if (signer_row_read(st, &row)) {
		*saved = TRUE;
		ok = row_insert(into, &row, error);
	}
	signer_row_clear(&row);
	return ok;
}

gboolean
signer_public_save(struct store *into, sqlite3_stmt *st, gboolean *saved,
    GError **error)
{
	struct public_row row;

	if (!public_read(st, &row))
		return TRUE;
	*saved = TRUE;
	return public_put(into, &row, error);
}
