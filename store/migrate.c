/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered migrations: store/schema/NNN.sql, built into the program. user_version
 * is the number of the last one that ran. */
#include "store/ingest.h"

#include <sys/statvfs.h>

static const char *const steps[] = {
#include "store/schema.inc"
};

#define FREE_MIN_BYTES ((uint64_t)16 << 20)

int
migrate_newest(void)
{
	return (int)G_N_ELEMENTS(steps);
}

/* A migration may write every page twice: into the WAL and back. */
static gboolean
space_enough(struct store *store, const char *path, GError **error)
{
	static const char sql[] = "SELECT page_count * page_size "
	    "FROM pragma_page_count, pragma_page_size";
	g_autofree char *dir = g_path_get_dirname(path);
	struct statvfs fs;
	int64_t bytes;

	if (!db_int(store, error, 0, &bytes, sql, ""))
		return FALSE;
	if (statvfs(dir, &fs) != 0 ||
	    (uint64_t)fs.f_bavail * fs.f_frsize >=
	    FREE_MIN_BYTES + 2 * (uint64_t)bytes)
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_FULL,
	    "no space to bring the cache up to date");
	return FALSE;
}

static gboolean
exec(struct store *store, const char *sql, GError **error)
{
	int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || db_fail(store, rc, error);
}

static gboolean
run_steps(struct store *store, void *data, GError **error)
{
	static const char sql[] = "PRAGMA user_version";
	g_autofree char *done = NULL;
	int64_t from;
	int before;

	/* Read again under the write lock: the other program may have been
	 * first. */
	if (!db_int(store, error, 0, &from, sql, ""))
		return FALSE;
	for (int64_t i = from; i < migrate_newest(); i++)
		if (!exec(store, steps[i], error))
			return FALSE;
	before = (int)from;
	if (before > 0 && !ingest_run(store, again_run, &before, error))
		return FALSE;
	done = g_strdup_printf("PRAGMA user_version=%d;"
	    "PRAGMA application_id=%d", migrate_newest(), DB_APPLICATION_ID);
	return exec(store, done, error);
}

gboolean
migrate(struct store *store, const char *path, GError **error)
{
	static const char version_sql[] = "PRAGMA user_version";
	static const char id_sql[] = "PRAGMA application_id";
	int64_t version, id;

	if (!db_int(store, error, 0, &version, version_sql, "") ||
	    !db_int(store, error, 0, &id, id_sql, ""))
		return FALSE;
	if (version > migrate_newest()) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NEWER,
		    "schema %d, this program knows %d", (int)version,
		    migrate_newest());
		return FALSE;
	}
	if (version > 0 && id != DB_APPLICATION_ID) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
		    "another program's database");
		return FALSE;
	}
	if (version == migrate_newest())
		return TRUE;
	return space_enough(store, path, error) &&
	    db_transact(store, DB_DURABLE, run_steps, NULL, error);
}
