/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to store/: one connection, its statements, its transactions. Every
 * write goes through db_transact(), so no path leaves one open. Statements are
 * found by the address of their text: write it as a static array beside its one
 * caller, and it is prepared once.
 */
#ifndef QN_STORE_DB_H
#define QN_STORE_DB_H

#include "store/store.h"

#include <sqlite3.h>

#define DB_APPLICATION_ID 0x516e676e /* "Qngn" */

struct store {
	uint64_t inode;   /* of cache.db as it was opened */
	sqlite3 *db;
	enum store_role role;
	char *dir;
	GHashTable *statements; /* address of SQL -> sqlite3_stmt */
	gboolean in_transaction, durable;

	/* What was read of the cache and holds until another connection writes
	 * (db_fresh()): who I am, and the numbers of references. */
	int64_t data_version;
	gboolean me_known;
	char *me_ref, *me_name, *me_specialty;
	GArray *me;             /* int64_t, resource numbers that are me */
	int hours[4];
	int64_t answers_from_ms; /* store_answers_from() */
	GHashTable *numbers;    /* "Type/id" -> n */

	GHashTable *touched;    /* indexed resources that change: search_in.c */
	int64_t search_at;      /* of this transaction: the last one indexed */
	struct search_merge *merge; /* under way: search_merge.c; or NULL */

	GHashTable *in_flight;  /* outbox numbers this connection is sending */
};

/* ---- store/db.c --------------------------------------------------------- */

/* Opens the file itself; an SQLite code, error set unless SQLITE_OK. */
int db_open(const char *path, const struct base_secret *key, sqlite3 **db,
    GError **error);
/* error from the connection's last failure; always FALSE. */
gboolean db_fail(struct store *store, int rc, GError **error);
void db_statements_free(struct store *store);
/* Drops what was cached of the file if another connection has written. */
void db_fresh(struct store *store);
void db_forget(struct store *store);

/*
 * Binds by types: i int64_t, d double, s const char* (NULL is null), b const
 * void* and size_t, n null in an int64_t's place. Strings must live until
 * db_done(). NULL on error.
 */
sqlite3_stmt *db_query(struct store *store, GError **error, const char *sql,
    const char *types, ...);
/* TRUE while there is a row. FALSE at the end or on error: look at *failed. */
gboolean db_row(struct store *store, sqlite3_stmt *st, gboolean *failed,
    GError **error);
void db_done(sqlite3_stmt *st);
/* One statement that gives no rows. */
gboolean db_run(struct store *store, GError **error, const char *sql,
    const char *types, ...);
/* First column of the first row; fallback without a row. FALSE on error. */
gboolean db_int(struct store *store, GError **error, int64_t fallback,
    int64_t *out, const char *sql, const char *types, ...);
/* The same of a text, owned; NULL: no row, an SQL NULL or an error. */
char *db_text(struct store *store, GError **error, const char *sql,
    const char *types, ...);
/* … where those are not one: FALSE on error alone. */
gboolean db_text_get(struct store *store, GError **error, char **out,
    const char *sql, const char *types, ...);
static inline const char *
db_col(sqlite3_stmt *st, int column)
{
	return (const char *)sqlite3_column_text(st, column);
}

/* BEGIN IMMEDIATE, work, COMMIT; ROLLBACK if work says FALSE or COMMIT fails.
 * DB_DURABLE: on disk when it returns. */
enum db_durability { DB_NORMAL, DB_DURABLE };
typedef gboolean (*db_work)(struct store *store, void *data, GError **error);
gboolean db_transact(struct store *store, enum db_durability how, db_work work,
    void *data, GError **error);

/* ---- store/migrate.c ---------------------------------------------------- */

gboolean migrate(struct store *store, const char *path, GError **error);
int migrate_newest(void);

/* ---- store/open.c ------------------------------------------------------- */

char *store_cache_path(const char *dir);
char *store_damage_path(const char *dir);
void store_damage_note(struct store *store);
/* FALSE: the file open here is no longer the profile's cache. */
gboolean store_is_mine(const struct store *store, GError **error);

/* ---- store/hash.c: drafts and the outbox notice damage ------------------ */

#define HASH_BYTES 32
/* Parts by the letters of db_query(); each is framed by its length. */
void hash_parts(unsigned char out[HASH_BYTES], const char *types, ...);
gboolean hash_matches(sqlite3_stmt *st, int column,
    const unsigned char hash[HASH_BYTES]);

#endif
