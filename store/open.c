/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing: one connection a program. */
#include "store/search_room.h"
#include "store/vault.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

/*
 * The screen reads a page of rows at a time; sync goes over the whole cache. A
 * checkpoint moves each page once, however often it was written: at 32 MB of WAL
 * instead of 4 ingest takes a quarter less, and reading it again after a crash
 * takes 50 ms. It is for sync to do; the screen, whose
 * drafts should not wait for it, checkpoints only where sync does not run.
 */
static const char *const cache_sql[] = {
	[STORE_SCREEN] = "PRAGMA synchronous=FULL; PRAGMA cache_size=-4096;"
	    "PRAGMA wal_autocheckpoint=10000",
	[STORE_SYNC] = "PRAGMA synchronous=FULL; PRAGMA cache_size=-16384;"
	    "PRAGMA wal_autocheckpoint=8000",
};

char *
store_cache_path(const char *dir)
{
	return g_build_filename(dir, "cache.db", NULL);
}

/*
 * Damage is often met long after opening, which reads a page or two. It is noted
 * beside the cache, so that the next start rebuilds instead of stumbling again.
 */
char *
store_damage_path(const char *dir)
{
	return g_build_filename(dir, "cache.damaged", NULL);
}

static uint64_t
inode_of(const char *dir)
{
	g_autofree char *path = store_cache_path(dir);
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_ino : 0;
}

/* A cache that was moved aside meanwhile says nothing about the new one. */
void
store_damage_note(struct store *store)
{
	g_autofree char *path = store_damage_path(store->dir);

	if (store->inode && store->inode == inode_of(store->dir))
		g_file_set_contents_full(path, "", 0, G_FILE_SET_CONTENTS_NONE,
		    0600, NULL);
}

gboolean
store_damaged(const char *dir)
{
	g_autofree char *path = store_damage_path(dir);

	return g_access(path, F_OK) == 0;
}

enum store_standing
store_standing(const struct store *store)
{
	if (store->inode && store->inode != inode_of(store->dir))
		return STORE_REPLACED;
	return store_damaged(store->dir) ? STORE_DAMAGED : STORE_STANDS;
}

gboolean
store_is_mine(const struct store *store, GError **error)
{
	if (!store->inode || store->inode == inode_of(store->dir))
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_REPLACED,
	    "the cache was set aside and made anew by another program");
	return FALSE;
}

static gboolean
damage_noted(const char *dir, GError **error)
{
	if (!store_damaged(dir))
		return FALSE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
	    "a page could not be read before");
	return TRUE;
}

static struct store *
store_new(const char *dir, enum store_role role)
{
	struct store *store = g_new0(struct store, 1);

	store->role = role;
	store->dir = g_strdup(dir);
	store->statements = g_hash_table_new(g_direct_hash, g_direct_equal);
	store->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    g_free);
	store->in_flight = g_hash_table_new_full(g_int64_hash, g_int64_equal,
	    g_free, NULL);
	store->me = g_array_new(FALSE, FALSE, sizeof(int64_t));
	store->durable = TRUE; /* SQLite's default */
	store->data_version = -1;
	return store;
}

struct store *
store_open(const char *dir, const struct base_secret *key, enum store_role role,
    GError **error)
{
	g_autofree char *path = store_cache_path(dir);
	BASE_AUTO(store) store = store_new(dir, role);

	if (damage_noted(dir, error))
		return NULL;
	if (db_open(path, key, &store->db, error) != SQLITE_OK)
		return NULL;
	store->inode = inode_of(dir);
	if (sqlite3_exec(store->db, cache_sql[role], NULL, NULL, NULL) !=
	    SQLITE_OK) {
		db_fail(store, sqlite3_errcode(store->db), error);
		return NULL;
	}
	if (!migrate(store, path, error))
		return NULL;
	return g_steal_pointer(&store);
}

void
store_close(struct store *store)
{
	if (!store)
		return;
	search_merge_free(store->merge);
	db_statements_free(store);
	sqlite3_close(store->db);
	g_hash_table_unref(store->statements);
	g_hash_table_unref(store->numbers);
	g_hash_table_unref(store->in_flight);
	g_array_unref(store->me);
	g_free(store->me_ref);
	g_free(store->me_name);
	g_free(store->me_specialty);
	g_free(store->dir);
	g_free(store);
}

/* Pages are kept while there is much to write; afterwards the memory goes back
 * to the system. */
void
store_rest(struct store *store)
{
	sqlite3_db_release_memory(store->db);
	g_hash_table_remove_all(store->numbers);
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
