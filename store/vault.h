/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault: a SQLite VFS that encrypts every file SQLite opens. Internal to
 * store/; what it promises and what not is qingnang-vault(7).
 *
 * On disk. Everything is kept in units of 512 bytes, each AES-256-XTS with its
 * number in the file as the tweak.
 *   cache.db      4096 bytes of vault header, then SQLite's file as it is
 *   cache.db-wal  SQLite's 32-byte header in unit 0; frame f at 512 + 4608 * f,
 *                 its 24-byte header in one unit and its page in eight
 *   temp files    as they are, under a key that dies with the handle
 *   cache.db-shm  not encrypted: SQLite maps it; page numbers, no content
 * Each file has a key of its own, derived from the data key, the salt in the
 * header of cache.db and the kind of file. There is never a rollback journal: a
 * cache is born in WAL mode and the pragma that would leave it is refused.
 */
#ifndef QN_STORE_VAULT_H
#define QN_STORE_VAULT_H

#include "store/store.h"

#include <sqlite3.h>
#include <stdbool.h>

#define VAULT_VFS "qingnang-vault"
#define VAULT_PAGE_BYTES 4096
#define VAULT_KEY_BYTES 32

/* ---- store/vault.c ------------------------------------------------------ */

/* Makes the VFS known to SQLite. Any number of calls, any thread. */
gboolean vault_register(GError **error);
/* The same under another name over another VFS: for tests of what lies
 * beneath. */
gboolean vault_register_over(const char *name, const char *beneath,
    GError **error);

/*
 * Opens or creates the database. Returns SQLite's code; not SQLITE_OK sets error
 * and leaves *db NULL. STORE_ERROR_DAMAGED: no cache of ours, or broken;
 * _WRONG_KEY: a whole cache, but this key is another's; _NEWER: a later format;
 * _FULL, _BUSY, _IO as they say.
 *
 * The connection is pinned: WAL, 4096-byte pages, no mmap, temp_store MEMORY,
 * defensive, ATTACH refused; busy timeout 5 s. One thread at a time. `key` is
 * not kept.
 */
int vault_open(const char *path, const struct base_secret *key, sqlite3 **db,
    GError **error);
int vault_open_vfs(const char *vfs, const char *path,
    const struct base_secret *key, sqlite3 **db, GError **error);

/* VACUUM attaches a nameless file, so the store lifts the refusal for its own
 * and puts it back. Meanwhile temp_store is FILE (a copy of the cache is no
 * matter for memory; the file is encrypted). Drops temporary tables. */
void vault_allow_attach(sqlite3 *db, bool allow);

/* What an SQLite code means, as a STORE_ERROR_*. */
enum store_error vault_error_code(int rc);
/* Sets error from the connection's last failure, "doing" named first. */
void vault_error_set(GError **error, sqlite3 *db, int rc, const char *doing);

/* ---- store/vault_map.c: where SQLite's bytes lie ------------------------ */

#define VAULT_UNIT_BYTES 512
enum vault_kind { VAULT_MAIN, VAULT_WAL, VAULT_TEMP };

/* Place of a byte in the file. */
int64_t vault_map_offset(enum vault_kind kind, int64_t at);
/* Bytes from `at` on that lie side by side in the file. */
int64_t vault_map_run(enum vault_kind kind, int64_t at);
/* How many bytes of a unit are SQLite's; the rest are zeros. */
int vault_map_live(enum vault_kind kind, int64_t unit);
/* SQLite's idea of the size of a file. */
int64_t vault_map_size(enum vault_kind kind, int64_t file_bytes);

#define VAULT_FRAME_HEAD_BYTES 24

/* ---- store/vault_cipher.c ----------------------------------------------- */

#define VAULT_SUBKEY_BYTES 64
struct vault_cipher; /* one file's key, ready for use */
/* The key of one kind of file; NULL salt: a random one (temp files). */
struct vault_cipher *vault_cipher_derive(const struct base_secret *data_key,
    const unsigned char *salt, enum vault_kind kind);
struct vault_cipher *vault_cipher_new(
    const unsigned char subkey[VAULT_SUBKEY_BYTES]);
struct vault_cipher *vault_cipher_copy(const struct vault_cipher *cipher);
/* Wipes it. */
void vault_cipher_free(struct vault_cipher *cipher);
BASE_DEFINE_AUTO(vault_cipher, vault_cipher_free)
/* In place, whole units, the first being number `unit` of the file. A 16-byte
 * block of zeros on disk is a hole and opens to zeros. */
void vault_seal(const struct vault_cipher *cipher, int64_t unit,
    unsigned char *bytes, size_t units);
void vault_unseal(const struct vault_cipher *cipher, int64_t unit,
    unsigned char *bytes, size_t units);

/* ---- store/vault_disk.c: no disk idle until a sync ---------------------- */

struct vault_disk {
	const char *name;      /* of the file; NULL: it has none */
	int64_t bytes;         /* written, and the disk was not told */
	bool sought;
	int fd;                /* SQLite's, once it was sought; or -1 */
};
void vault_disk_wrote(struct vault_disk *disk, int64_t bytes);

/* ---- store/vault_run.c: frames of a WAL, held to go out together -------- */

struct vault_run {
	sqlite3_file *real;    /* the WAL beneath */
	struct vault_disk *disk;
	unsigned char *bytes;  /* sealed */
	int64_t unit, units;   /* which those are; none is held */
};
void vault_run_init(struct vault_run *run, sqlite3_file *real,
    struct vault_disk *disk);
void vault_run_close(struct vault_run *run);
/* Is a piece of n bytes, whole units of its own, one to hold? */
bool vault_run_takes(const struct vault_run *run, int n);
/* SQLite's code; a commit and all before it is out when it is SQLITE_OK. */
int vault_run_add(struct vault_run *run, const struct vault_cipher *cipher,
    int64_t unit, const void *bytes, int n);
int vault_run_out(struct vault_run *run);
void vault_run_forget(struct vault_run *run);

/* ---- store/vault_head.c: the header of cache.db ------------------------- */

#define VAULT_HEAD_BYTES 4096
#define VAULT_SALT_BYTES 32
enum vault_verdict {
	VAULT_OK,
	VAULT_FOREIGN,   /* nothing of ours in it */
	VAULT_DAMAGED,   /* ours, but no copy of the header is whole */
	VAULT_NEWER,
	VAULT_WRONG_KEY,
};
/* A fresh header with a random salt. */
void vault_head_make(const struct base_secret *data_key,
    unsigned char head[VAULT_HEAD_BYTES]);
/* salt is set on VAULT_OK only. */
enum vault_verdict vault_head_check(const struct base_secret *data_key,
    const unsigned char head[VAULT_HEAD_BYTES],
    unsigned char salt[VAULT_SALT_BYTES]);

/* ---- store/vault_vfs.c -------------------------------------------------- */

int vault_vfs_register(const char *name, const char *beneath);
/* sqlite3_file_control() of "main": gives the just opened file its key. */
#define VAULT_FCNTL_UNLOCK 0x514e01
struct vault_unlock {
	const struct base_secret *key;
	enum vault_verdict verdict; /* set when SQLite's answer is SQLITE_OK */
};

/* ---- store/vault_file.c ------------------------------------------------- */

/* Memory that an open file over this VFS takes. */
int vault_file_bytes(const sqlite3_vfs *beneath);
int vault_file_open(sqlite3_file *base, enum vault_kind kind,
    sqlite3_vfs *beneath, const char *name, int flags, int *flags_out);

/* ---- store/slot.c: secrets of people into keys -------------------------- */

#define VAULT_STRETCH_SALT_BYTES 16
/* What a stored row or file may ask of this machine, whoever wrote it: asked
 * before vault_stretch(). */
gboolean vault_kdf_ok(const struct vault_kdf *kdf);
/* Argon2id; VAULT_KEY_BYTES, owned. NULL: no memory for it. */
struct base_secret *vault_stretch(const struct base_secret *secret,
    const unsigned char salt[VAULT_STRETCH_SALT_BYTES],
    const struct vault_kdf *kdf, GError **error);

/* The bytes of a secret that is only read. */
static inline const unsigned char *
vault_secret_bytes(const struct base_secret *secret)
{
	return base_secret_data((struct base_secret *)secret);
}

#endif
