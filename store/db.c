/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: statements, transactions, and what an SQLite code means. */
#include "store/db.h"
#include "store/vault.h"

/* SQLite's own busy handler sleeps up to 100 ms and past the gaps that a writer
 * leaves between its batches; one millisecond at a time does not. */
#define BUSY_TRIES 10000
#define BUSY_SLEEP_US 1000

static int
busy(void *data, int tries)
{
	if (tries >= BUSY_TRIES)
		return 0;
	g_usleep(BUSY_SLEEP_US);
	return 1;
}

int
db_open(const char *path, const struct base_secret *key, sqlite3 **db,
    GError **error)
{
	int rc = vault_open(path, key, db, error);

	if (rc == SQLITE_OK)
		sqlite3_busy_handler(*db, busy, NULL);
	return rc;
}

gboolean
db_fail(struct store *store, int rc, GError **error)
{
	int kind = rc & 0xff;

	vault_error_set(error, store->db, rc, "the cache");
	if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB)
		store_damage_note(store);
	return FALSE;
}

static sqlite3_stmt *
statement(struct store *store, const char *sql, GError **error)
{
	sqlite3_stmt *st = g_hash_table_lookup(store->statements, sql);
	int rc;

	if (st)
		return st;
	rc = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    &st, NULL);
	if (rc != SQLITE_OK) {
		db_fail(store, rc, error);
		/* Our own text: no value is bound yet. */
		if ((rc & 0xff) == SQLITE_ERROR)
			g_prefix_error(error, "%s: ",
			    sqlite3_errmsg(store->db));
		return NULL;
	}
	g_hash_table_insert(store->statements, (void *)sql, st);
	return st;
}

void
db_statements_free(struct store *store)
{
	GHashTableIter iter;
	void *st;

	g_hash_table_iter_init(&iter, store->statements);
	while (g_hash_table_iter_next(&iter, NULL, &st))
		sqlite3_finalize(st);
	g_hash_table_remove_all(store->statements);
}

static int
bind_one(sqlite3_stmt *st, int i, char type, va_list *ap)
{
	const char *text;
	const void *bytes;

	switch (type) {
	case 'i':
		return sqlite3_bind_int64(st, i, va_arg(*ap, int64_t));
	case 'd':
		return sqlite3_bind_double(st, i, va_arg(*ap, double));
	case 's':
		text = va_arg(*ap, const char *);
		return sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC);
	case 'b':
		bytes = va_arg(*ap, const void *);
		return sqlite3_bind_blob64(st, i, bytes,
		    va_arg(*ap, size_t), SQLITE_STATIC);
	case 'n': /* in an integer's place */
		(void)va_arg(*ap, int64_t);
		return sqlite3_bind_null(st, i);
	default:
		g_assert_not_reached();
	}
}

static sqlite3_stmt *
query(struct store *store, GError **error, const char *sql, const char *types,
    va_list *ap)
{
	sqlite3_stmt *st = statement(store, sql, error);
	int rc;

	for (int i = 0; st && types[i]; i++) {
		rc = bind_one(st, i + 1, types[i], ap);
		if (rc != SQLITE_OK) {
			db_fail(store, rc, error);
			db_done(st);
			return NULL;
		}
	}
	return st;
}

sqlite3_stmt *
db_query(struct store *store, GError **error, const char *sql,
    const char *types, ...)
{
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, types);
	st = query(store, error, sql, types, &ap);
	va_end(ap);
	return st;
}

gboolean
db_row(struct store *store, sqlite3_stmt *st, gboolean *failed, GError **error)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return TRUE;
	if (rc != SQLITE_DONE) {
		db_fail(store, rc, error);
		*failed = TRUE;
	}
	return FALSE;
}

void
db_done(sqlite3_stmt *st)
{
	if (st) {
		sqlite3_reset(st);
		sqlite3_clear_bindings(st);
	}
}

gboolean
db_run(struct store *store, GError **error, const char *sql, const char *types,
    ...)
{
	gboolean failed = FALSE;
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, types);
	st = query(store, error, sql, types, &ap);
	va_end(ap);
	if (!st)
		return FALSE;
	while (db_row(store, st, &failed, error))
		;
	db_done(st);
	return !failed;
}

gboolean
db_int(struct store *store, GError **error, int64_t fallback, int64_t *out,
    const char *sql, const char *types, ...)
{
	gboolean failed = FALSE;
	sqlite3_stmt *st;
	va_list ap;

	*out = fallback;
	va_start(ap, types);
	st = query(store, error, sql, types, &ap);
	va_end(ap);
	if (!st)
		return FALSE;
	if (db_row(store, st, &failed, error) &&
	    sqlite3_column_type(st, 0) != SQLITE_NULL)
		*out = sqlite3_column_int64(st, 0);
	db_done(st);
	return !failed;
}

static gboolean
text_of(struct store *store, sqlite3_stmt *st, char **out, GError **error)
{
	gboolean failed = st == NULL;

	*out = NULL;
	if (st && db_row(store, st, &failed, error))
		*out = g_strdup(db_col(st, 0));
	db_done(st);
	return !failed;
}

char *
db_text(struct store *store, GError **error, const char *sql,
    const char *types, ...)
{
	sqlite3_stmt *st;
	char *text;
	va_list ap;

	va_start(ap, types);
	st = query(store, error, sql, types, &ap);
	va_end(ap);
	text_of(store, st, &text, error);
	return text;
}

gboolean
db_text_get(struct store *store, GError **error, char **out, const char *sql,
    const char *types, ...)
{
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, types);
	st = query(store, error, sql, types, &ap);
	va_end(ap);
	return text_of(store, st, out, error);
}

void
db_forget(struct store *store)
{
	g_hash_table_remove_all(store->numbers);
	store->me_known = FALSE;
}

void
db_fresh(struct store *store)
{
	static const char sql[] = "PRAGMA data_version";
	int64_t version;

	if (!db_int(store, NULL, 0, &version, sql, "") ||
	    version != store->data_version)
		db_forget(store);
	store->data_version = version;
}

/* synchronous cannot change inside a transaction. */
static gboolean
set_durable(struct store *store, gboolean durable, GError **error)
{
	static const char full[] = "PRAGMA synchronous=FULL";
	static const char normal[] = "PRAGMA synchronous=NORMAL";

	if (store->durable == durable)
		return TRUE;
	if (!db_run(store, error, durable ? full : normal, ""))
		return FALSE;
	store->durable = durable;
	return TRUE;
}

gboolean
db_transact(struct store *store, enum db_durability how, db_work work,
    void *data, GError **error)
{
	static const char begin[] = "BEGIN IMMEDIATE";
	static const char commit[] = "COMMIT";
	static const char rollback[] = "ROLLBACK";
	gboolean durable = how == DB_DURABLE || store->role == STORE_SCREEN;
	gboolean ok;

	g_assert(!store->in_transaction);
	if (!set_durable(store, durable, error) ||
	    !db_run(store, error, begin, ""))
		return FALSE;
	store->in_transaction = TRUE;
	db_fresh(store);
	/* What is written into a file set aside is lost: better not written. */
	ok = work(store, data, error) && store_is_mine(store, error) &&
	    db_run(store, error, commit, "");
	store->in_transaction = FALSE;
	if (!ok) {
		/* A full disk may have rolled it back already. */
		if (!sqlite3_get_autocommit(store->db))
			db_run(store, NULL, rollback, "");
		db_forget(store);
	}
	return ok;
}
