/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the storage: for db.c, db_write.c, index.c and
 * search.c alone. */
#ifndef QN_CLINIC_SQL_H
#define QN_CLINIC_SQL_H

#include <sqlite3.h>

#include "clinic/doc.h"

/*
 * A resource is a row of res; its versions are rows of version. What searches
 * ask is in ix_text (tokens, references, strings, URIs: value, and in extra the
 * system of a token or the type of a reference) and ix_date (the interval that
 * a date means). A deleted resource keeps its index rows; searches skip it.
 */
struct clinic_db {
	sqlite3 *sql;
	GHashTable *statements; /* SQL text → sqlite3_stmt */
	int depth;              /* of clinic_db_begin() */
	gboolean broken;        /* a nested part was rolled back */
	gboolean random_versions;
	int64_t late_ms;
	unsigned late_turn;
	GArray *untold;         /* numbers of versions not yet told */
	guint untold_before;    /* of them, when the transaction began */
	GArray *listeners;
	gboolean telling;
};

/* A cached statement, reset and unbound. sql must be a constant. NULL on error
 * (a 500). */
sqlite3_stmt *clinic_sql(struct clinic_db *db, const char *sql, GError **error);
/* Not cached, for composed text. Finalize it. */
sqlite3_stmt *clinic_sql_once(struct clinic_db *db, const char *sql,
    GError **error);
void clinic_sql_text(sqlite3_stmt *s, int at, const char *text);
/* Runs one that returns no rows. */
gboolean clinic_sql_run(struct clinic_db *db, sqlite3_stmt *s, GError **error);
gboolean clinic_sql_fail(struct clinic_db *db, GError **error);

/* Columns num, type, id, version, method, updated, body of the current row. */
#define CLINIC_ROW_COLUMNS \
	"v.num, r.type, r.id, v.ver, v.method, v.updated, v.body"
struct clinic_row *clinic_row_read(sqlite3_stmt *s);

/* Replaces the index rows of resource number res. */
gboolean clinic_index(struct clinic_db *db, int64_t res, const char *type,
    json_t *tree, GError **error);

/* "Type/id" of a literal reference, relative or absolute, and its type; NULL
 * when it is none. Owned. */
char *clinic_reference_local(const char *reference, char **type_out);
/* As strings are compared. Owned. */
char *clinic_fold(const char *text);

#endif
