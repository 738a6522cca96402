/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clinic's storage: every version of every resource, as the bytes that were
 * sent with only id and meta spliced in, and the search index beside them. One
 * connection, one thread. A write becomes visible, and is told to those who
 * registered, at the commit.
 */
#ifndef QN_CLINIC_DB_H
#define QN_CLINIC_DB_H

#include "clinic/clinic.h"

#define CLINIC_ID_SIZE 65 /* [A-Za-z0-9.-]{1,64} and its end */
#define CLINIC_STAMP_SIZE 32

#define CLINIC_ERROR (clinic_error_quark())
GQuark clinic_error_quark(void);
/* The code of a GError of this room is the HTTP status that it becomes. */

struct clinic_db;
/* path NULL: in memory. */
struct clinic_db *clinic_db_open(const char *path, GError **error);
void clinic_db_close(struct clinic_db *db);
BASE_DEFINE_AUTO(clinic_db, clinic_db_close)

/* One version of a resource. Strings belong to the storage and live until the
 * callback returns, or until clinic_row_free() for a row that was got. */
struct clinic_row {
	int64_t num;        /* number of the version, ascending by commit */
	const char *type;
	const char *id;
	const char *version;
	const char *method; /* POST, PUT, DELETE: how it came to be */
	int64_t updated_ms; /* meta.lastUpdated */
	gboolean deleted;   /* then json is NULL */
	const char *json;
	size_t len;
};

/*
 * Creates (id NULL: a new random one) or updates, meta.versionId and
 * meta.lastUpdated = now_ms stamped. json must be a JSON object whose
 * resourceType is type; an id inside it is replaced by the one given. Content
 * is not validated beyond that. id_out may be NULL.
 */
gboolean clinic_db_put(struct clinic_db *db, const char *type, const char *id,
    const char *json, size_t len, int64_t now_ms, char id_out[CLINIC_ID_SIZE],
    GError **error);
gboolean clinic_db_delete(struct clinic_db *db, const char *type,
    const char *id, int64_t now_ms, GError **error);

/* The current version (also of a deleted resource), or NULL with *error clear
 * when there never was one. Free with clinic_row_free(). */
struct clinic_row *clinic_db_get(struct clinic_db *db, const char *type,
    const char *id, GError **error);
/* That version, current or not. */
struct clinic_row *clinic_db_vget(struct clinic_db *db, const char *type,
    const char *id, const char *version, GError **error);
/* The version before a version. */
struct clinic_row *clinic_db_before(struct clinic_db *db,
    const struct clinic_row *row, GError **error);
void clinic_row_free(struct clinic_row *row);
BASE_DEFINE_AUTO(clinic_row, clinic_row_free)

/* Every current resource of a type, not the deleted, in the order they were
 * first stored. FALSE from the callback ends it. Writing meanwhile is allowed
 * and not seen. */
gboolean clinic_db_each(struct clinic_db *db, const char *type,
    gboolean (*each)(const struct clinic_row *row, void *user), void *user,
    GError **error);
int64_t clinic_db_count(struct clinic_db *db, const char *type);

/* Many puts as one; they nest. Always use it for more than a few: each put
 * alone is a transaction of its own. */
gboolean clinic_db_begin(struct clinic_db *db, GError **error);
gboolean clinic_db_commit(struct clinic_db *db, GError **error);
void clinic_db_rollback(struct clinic_db *db);

/* Called after the commit, once per version, in order; also for deletes. More
 * than one may register. The callback may read and write (what it writes is
 * told after it returned). */
void clinic_on_write(struct clinic_db *db,
    void (*written)(const struct clinic_row *row, void *user), void *user);

/* Version ids that have no order (the Medplum way) instead of 1, 2, 3. */
void clinic_db_random_versions(struct clinic_db *db, gboolean random);
/* Every second version is stamped late_ms before it is committed; 0: none. */
void clinic_db_late(struct clinic_db *db, int64_t late_ms);
gboolean clinic_id_ok(const char *id);

/* "2026-11-22T18:46:13.123Z" */
void clinic_stamp(int64_t ms, char out[CLINIC_STAMP_SIZE]);

#endif
