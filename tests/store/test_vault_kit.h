/* SPDX-License-Identifier: Apache-2.0 */
/* What the vault's tests share: a directory, a key, short ways to ask SQLite;
 * and a VFS to put beneath the vault. */
#ifndef QN_TEST_VAULT_KIT_H
#define QN_TEST_VAULT_KIT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem; include this first */
#endif

#include "store/vault.h"
#include "tests/tap.h"

#include <glib/gstdio.h>

struct kit {
	char *dir, *path;
	struct base_secret *key;
};

static inline struct base_secret *
kit_key(unsigned char fill)
{
	struct base_secret *key = base_secret_new(VAULT_KEY_BYTES);
	memset(base_secret_data(key), fill, VAULT_KEY_BYTES);
	return key;
}

static inline int
kit_setup(void **state)
{
	struct kit *kit = g_new0(struct kit, 1);
	kit->dir = g_dir_make_tmp("qn-vault-XXXXXX", NULL);
	kit->path = g_build_filename(kit->dir, "cache.db", NULL);
	kit->key = kit_key(0x5a);
	*state = kit;
	return kit->dir ? 0 : -1;
}

static inline int
kit_teardown(void **state)
{
	struct kit *kit = *state;
	GDir *dir = g_dir_open(kit->dir, 0, NULL);
	const char *name;
	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(kit->dir, name, NULL);
		g_unlink(path);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(kit->dir);
	base_secret_free(kit->key);
	g_free(kit->dir);
	g_free(kit->path);
	g_free(kit);
	return 0;
}

static inline sqlite3 *
kit_open(const char *path, const struct base_secret *key)
{
	g_autoptr(GError) error = NULL;
	sqlite3 *db = NULL;
	if (vault_open(path, key, &db, &error) != SQLITE_OK)
		fail_msg("%s", error->message);
	return db;
}

static inline void
kit_exec(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static inline int64_t
kit_int(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	int64_t n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

static inline char *
kit_text(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	char *text = g_strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return text;
}

static inline void
kit_whole(sqlite3 *db)
{
	g_autofree char *words = kit_text(db, "PRAGMA integrity_check");
	assert_string_equal(words, "ok");
}

/* Owned bytes of a file; empty when there is none. */
static inline GByteArray *
kit_bytes(const char *path)
{
	char *bytes = NULL;
	gsize len = 0;
	g_file_get_contents(path, &bytes, &len, NULL);
	return g_byte_array_new_take((guint8 *)bytes, len);
}

static inline void
kit_write(const char *path, const GByteArray *bytes)
{
	assert_true(g_file_set_contents(path, (const char *)bytes->data,
	    (gssize)bytes->len, NULL));
}

/* ---- noise ---------------------------------------------------------------- */

/* Chi-square of the bytes against an even spread; 255 degrees of freedom: noise
 * has about 255 ± 23. */
static inline double
kit_chi_square(const guint8 *bytes, size_t len)
{
	double count[256] = { 0 }, even = (double)len / 256, sum = 0;
	for (size_t i = 0; i < len; i++)
		count[bytes[i]]++;
	for (int i = 0; i < 256; i++)
		sum += (count[i] - even) * (count[i] - even) / even;
	return sum;
}

/* Adds each aligned 16-byte block to the set; returns how many were in it. */
static inline size_t
kit_repeats(GHashTable *set, const guint8 *bytes, size_t len)
{
	size_t repeats = 0;
	for (size_t at = 0; at + 16 <= len; at += 16)
		if (!g_hash_table_add(set, g_bytes_new(bytes + at, 16)))
			repeats++;
	return repeats;
}

static inline GHashTable *
kit_block_set(void)
{
	return g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
	    (GDestroyNotify)g_bytes_unref, NULL);
}

static inline bool
kit_contains(const guint8 *bytes, size_t len, const char *word)
{
	return memmem(bytes, len, word, strlen(word)) != NULL;
}

/* ---- a VFS to lie beneath the vault: test_vault_under.c ------------------- */

#define UNDER_VFS "test-under"
enum under_file { UNDER_MAIN, UNDER_WAL, UNDER_TEMP, UNDER_FILES_ };
enum under_verb { UNDER_WRITE, UNDER_TRUNCATE, UNDER_SYNC, UNDER_MARK };
struct under_event {
	enum under_verb verb;
	enum under_file file;
	int64_t at;      /* offset; size; mark */
	GBytes *bytes;   /* UNDER_WRITE */
};
/* One log for the process; under_start() empties it. */
struct under {
	GArray *events;        /* struct under_event, while recording */
	bool recording;
	int64_t writable_bytes; /* what still fits on the disk; -1: all */
};
extern struct under under;
void under_register(void); /* UNDER_VFS, over the system's own */
void under_start(void);
void under_stop(void); /* frees the log */
void under_mark(int64_t n);

#endif
