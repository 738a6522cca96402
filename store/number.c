/* SPDX-License-Identifier: Apache-2.0 */
/* A number for every resource and every reference. */
#include "store/ingest.h"

#include <stdio.h>

/* Enough for the threads and people of some batches. */
#define NUMBERS_MAX 16384

/*
 * Ids are random, so an index over them touches a page for every insert; over
 * eight bytes instead of fifty it is small enough to stay in memory. FNV-1a; two
 * of one hash are told apart by their ids, and that there is one of each is seen
 * to by looking before inserting, under the write lock.
 */
int64_t
number_hash(const char *type, const char *id)
{
	uint64_t h = G_GUINT64_CONSTANT(14695981039346656037);

	for (const char *c = type; *c; c++)
		h = (h ^ (unsigned char)*c) * G_GUINT64_CONSTANT(1099511628211);
	h = (h ^ '/') * G_GUINT64_CONSTANT(1099511628211);
	for (const char *c = id; *c; c++)
		h = (h ^ (unsigned char)*c) * G_GUINT64_CONSTANT(1099511628211);
	return (int64_t)h;
}

static gboolean
number_make(struct store *store, const char *type, const char *id, int64_t *n,
    GError **error)
{
	static const char insert[] =
	    "INSERT INTO resource(type, id, h) VALUES(?1, ?2, ?3)";
	static const char patient[] = "INSERT INTO patient(n, id, left_ms)"
	    " VALUES(?1, ?2, ?3)";
	static const char own[] = "UPDATE resource SET patient=?1 WHERE n=?1";

	if (!db_run(store, error, insert, "ssi", type, id,
	    number_hash(type, id)))
		return FALSE;
	*n = sqlite3_last_insert_rowid(store->db);
	if (strcmp(type, "Patient") != 0)
		return TRUE;
	return db_run(store, error, patient, "isi", *n, id, base_now_ms()) &&
	    db_run(store, error, own, "i", *n);
}

static const char find_sql[] = "SELECT n FROM resource"
    " WHERE h=?3 AND id=?1 AND type=?2";

int64_t
number_find(struct store *store, const char *type, const char *id)
{
	int64_t n;

	db_int(store, NULL, 0, &n, find_sql, "ssi", id, type,
	    number_hash(type, id));
	return n;
}

int64_t
number_called(struct store *store, const char *type, const char *ref)
{
	struct fhir_ref parsed;

	if (!strchr(ref, '/'))
		return number_find(store, type, ref);
	return fhir_ref_parse(ref, &parsed) && strcmp(parsed.type, type) == 0 ?
	    number_find(store, type, parsed.id) : 0;
}

gboolean
number_of(struct store *store, const char *type, const char *id, int64_t *n,
    GError **error)
{
	char key[128];
	int64_t *known;

	snprintf(key, sizeof key, "%s/%s", type, id);
	known = g_hash_table_lookup(store->numbers, key);
	if (known) {
		*n = *known;
		return TRUE;
	}
	if (!db_int(store, error, 0, n, find_sql, "ssi", id, type,
	    number_hash(type, id)) ||
	    (*n == 0 && !number_make(store, type, id, n, error)))
		return FALSE;
	if (g_hash_table_size(store->numbers) >= NUMBERS_MAX)
		g_hash_table_remove_all(store->numbers);
	g_hash_table_insert(store->numbers, g_strdup(key),
	    g_memdup2(n, sizeof *n));
	return TRUE;
}

gboolean
number_of_text(struct store *store, const char *ref, int64_t *n,
    GError **error)
{
	struct fhir_ref parsed;

	*n = 0;
	if (!ref || !fhir_ref_parse(ref, &parsed))
		return TRUE;
	return number_of(store, parsed.type, parsed.id, n, error);
}

gboolean
number_at(struct store *store, const fhir_node *node, const char *path,
    const char *type, int64_t *n, GError **error)
{
	struct fhir_ref ref;

	*n = 0;
	if (!fhir_ref_at(node, path, &ref) ||
	    (type && strcmp(ref.type, type) != 0))
		return TRUE;
	return number_of(store, ref.type, ref.id, n, error);
}

char *
number_ref(struct store *store, int64_t n)
{
	static const char sql[] =
	    "SELECT type || '/' || id FROM resource WHERE n=?1";

	return n ? db_text(store, NULL, sql, "i", n) : NULL;
}
