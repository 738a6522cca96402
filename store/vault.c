/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a database through the vault, and keeping the connection to what the
 * vault can answer for.
 */
#include "store/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BUSY_MS 5000

/* ---- errors -------------------------------------------------------------- */

enum store_error
vault_error_code(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_ERROR_DAMAGED;
	case SQLITE_FULL:
		return STORE_ERROR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STORE_ERROR_BUSY;
	default:
		return STORE_ERROR_IO;
	}
}

/* SQLite's sentence for the code, not sqlite3_errmsg(): that one may quote what
 * lies in a row. */
void
vault_error_set(GError **error, sqlite3 *db, int rc, const char *doing)
{
	int os = db ? sqlite3_system_errno(db) : 0;
	enum store_error code = vault_error_code(rc);

	/* SQLite says full of ENOSPC alone; a quota is full too. */
	if (code == STORE_ERROR_IO && (os == EDQUOT || os == EFBIG))
		code = STORE_ERROR_FULL;
	g_set_error(error, STORE_ERROR, code, "%s: %s%s%s", doing, sqlite3_errstr(rc), os ? ": " : "", os ? strerror(os) : "");
}

static int
fail_errno(GError **error, const char *doing, const char *path)
{
	int err = errno;
	bool full = err == ENOSPC || err == EDQUOT;
	g_set_error(error, STORE_ERROR,
	    full ? STORE_ERROR_FULL : STORE_ERROR_IO, "%s %s: %s", doing, path,
	    g_strerror(err));
	return full ? SQLITE_FULL : SQLITE_CANTOPEN;
}

/* ---- the VFS ------------------------------------------------------------- */

gboolean
vault_register_over(const char *name, const char *beneath, GError **error)
{
	int rc = vault_vfs_register(name, beneath);
	if (rc == SQLITE_OK)
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
	    "SQLite did not take the VFS %s: %s", name, sqlite3_errstr(rc));
	return FALSE;
}

gboolean
vault_register(GError **error)
{
	static gsize done;
	if (g_once_init_enter(&done))
		g_once_init_leave(&done,
		    vault_vfs_register(VAULT_VFS, NULL) == SQLITE_OK ? 1 : 2);
	if (done == 1)
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
	    "SQLite did not take the VFS %s", VAULT_VFS);
	return FALSE;
}

/* ---- a new file ---------------------------------------------------------- */

/* SQLite's own first page of an empty database, already in WAL mode: bytes 18
 * and 19 of its header are the write and read versions. */
static int
make_first_page(unsigned char page[VAULT_PAGE_BYTES])
{
	sqlite3 *db = NULL;
	sqlite3_int64 size = 0;
	int rc = sqlite3_open(":memory:", &db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "PRAGMA page_size = 4096;"
		    "PRAGMA encoding = 'UTF-8'; PRAGMA user_version = 0;"
		    "CREATE TABLE t(x); DROP TABLE t; VACUUM",
		    NULL, NULL, NULL);
	unsigned char *image = rc == SQLITE_OK
	    ? sqlite3_serialize(db, "main", &size, 0) : NULL;
	if (image && size == VAULT_PAGE_BYTES) {
		memcpy(page, image, VAULT_PAGE_BYTES);
		page[18] = page[19] = 2;
	} else if (rc == SQLITE_OK) {
		rc = SQLITE_INTERNAL;
	}
	sqlite3_free(image);
	sqlite3_close(db);
	return rc;
}

static bool
make_image(const struct base_secret *key,
    unsigned char image[VAULT_HEAD_BYTES + VAULT_PAGE_BYTES])
{
	unsigned char salt[VAULT_SALT_BYTES];
	vault_head_make(key, image);
	if (vault_head_check(key, image, salt) != VAULT_OK ||
	    make_first_page(image + VAULT_HEAD_BYTES) != SQLITE_OK)
		return false;
	BASE_AUTO(vault_cipher) cipher = vault_cipher_derive(key, salt,
	    VAULT_MAIN);
	vault_seal(cipher, VAULT_HEAD_BYTES / VAULT_UNIT_BYTES,
	    image + VAULT_HEAD_BYTES, VAULT_PAGE_BYTES / VAULT_UNIT_BYTES);
	return true;
}

static bool
write_synced(int fd, const unsigned char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0;
}

static bool
sync_dir_of(const char *path)
{
	g_autofree char *dir = g_path_get_dirname(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Whole or not at all, and of two programs that start together one wins: the
 * file gets its name by link(2) once it is complete. */
static int
create_file(const char *path, const struct base_secret *key, GError **error)
{
	unsigned char image[VAULT_HEAD_BYTES + VAULT_PAGE_BYTES];
	g_autofree char *temp = g_strdup_printf("%s.XXXXXX", path);
	if (!make_image(key, image)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
		    "the first page of %s could not be made", path);
		return SQLITE_ERROR;
	}
	int fd = g_mkstemp_full(temp, O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(error, "creating", path);
	bool ok = write_synced(fd, image, sizeof(image)) &&
	    (link(temp, path) == 0 || errno == EEXIST) && sync_dir_of(path);
	int rc = ok ? SQLITE_OK : fail_errno(error, "creating", path);
	close(fd);
	g_unlink(temp);
	return rc;
}

/* ---- opening -------------------------------------------------------------- */

static const struct {
	enum store_error code;
	int rc;
	const char *words;
} verdicts[] = {
	[VAULT_FOREIGN] = { STORE_ERROR_DAMAGED, SQLITE_NOTADB,
	    "is not a qingnang cache" },
	[VAULT_DAMAGED] = { STORE_ERROR_DAMAGED, SQLITE_NOTADB,
	    "has a damaged header" },
	[VAULT_NEWER] = { STORE_ERROR_NEWER, SQLITE_NOTADB,
	    "was written by a newer qingnang" },
	[VAULT_WRONG_KEY] = { STORE_ERROR_WRONG_KEY, SQLITE_AUTH,
	    "belongs to another key" },
};

static int
unlock_main(sqlite3 *db, const char *path, const struct base_secret *key,
    GError **error)
{
	struct vault_unlock unlock = { .key = key };
	int rc = sqlite3_file_control(db, "main", VAULT_FCNTL_UNLOCK, &unlock);
	if (rc != SQLITE_OK) {
		vault_error_set(error, db, rc, "reading the cache's header");
		return rc;
	}
	if (unlock.verdict == VAULT_OK)
		return SQLITE_OK;
	g_set_error(error, STORE_ERROR, verdicts[unlock.verdict].code, "%s %s",
	    path, verdicts[unlock.verdict].words);
	return verdicts[unlock.verdict].rc;
}

/* Pragmas that would leave what the vault was measured with. Reading them is
 * free. */
static bool
pragma_is_pinned(const char *name, const char *value)
{
	static const char *const pinned[] = { "page_size", "journal_mode",
		"mmap_size", "writable_schema", "temp_store_directory" };
	for (size_t i = 0; value && i < G_N_ELEMENTS(pinned); i++)
		if (g_ascii_strcasecmp(name, pinned[i]) == 0)
			return true;
	return false;
}

/* A second database would need a super-journal, whose name SQLite looks for at
 * the exact end of a file. user: not NULL while VACUUM may attach. */
static int
authorize(void *user, int action, const char *a, const char *b, const char *c,
    const char *d)
{
	switch (action) {
	case SQLITE_ATTACH:
		return user && a && *a == '\0' ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_DETACH:
		return user ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_PRAGMA:
		return pragma_is_pinned(a, b) ? SQLITE_DENY : SQLITE_OK;
	default:
		return SQLITE_OK;
	}
}

void
vault_allow_attach(sqlite3 *db, bool allow)
{
	static char allowed;
	sqlite3_exec(db, allow ? "PRAGMA temp_store = FILE"
			       : "PRAGMA temp_store = MEMORY", NULL, NULL,
	    NULL);
	sqlite3_set_authorizer(db, authorize, allow ? &allowed : NULL);
}

static int
check_mode(void *is_wal, int columns, char **values, char **names)
{
	*(bool *)is_wal = g_strcmp0(values[0], "wal") == 0;
	return 0;
}

/* Reads the first page, and with it the WAL's. */
static int
pin(sqlite3 *db)
{
	bool is_wal = false;
	sqlite3_busy_timeout(db, BUSY_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Debian's SQLite overwrites what is deleted, free pages included; what
	 * lies in a page is enough, the rest is encrypted. */
	int rc = sqlite3_exec(db, "PRAGMA temp_store = MEMORY;"
	    "PRAGMA secure_delete = FAST;"
	    "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;"
	    "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "PRAGMA journal_mode", check_mode,
		    &is_wal, NULL);
	if (rc == SQLITE_OK && !is_wal)
		rc = SQLITE_NOTADB;
	if (rc == SQLITE_OK)
		rc = sqlite3_set_authorizer(db, authorize, NULL);
	return rc;
}

static int
open_existing(const char *vfs, const char *path, const struct base_secret *key,
    sqlite3 **db, GError **error)
{
	int rc = sqlite3_open_v2(path, db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	    vfs);
	if (rc != SQLITE_OK) {
		vault_error_set(error, *db, rc, "opening the cache");
		return rc;
	}
	rc = unlock_main(*db, path, key, error);
	if (rc != SQLITE_OK)
		return rc;
	rc = pin(*db);
	if (rc != SQLITE_OK)
		vault_error_set(error, *db, rc, "reading the cache");
	return rc;
}

int
vault_open_vfs(const char *vfs, const char *path,
    const struct base_secret *key, sqlite3 **db, GError **error)
{
	*db = NULL;
	g_assert(base_secret_len(key) == VAULT_KEY_BYTES);
	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		int rc = create_file(path, key, error);
		if (rc != SQLITE_OK)
			return rc;
	}
	int rc = open_existing(vfs, path, key, db, error);
	if (rc != SQLITE_OK) {
		sqlite3_close(*db);
		*db = NULL;
	}
	return rc;
}

int
vault_open(const char *path, const struct base_secret *key, sqlite3 **db,
    GError **error)
{
	*db = NULL;
	if (!vault_register(error))
		return SQLITE_ERROR;
	return vault_open_vfs(VAULT_VFS, path, key, db, error);
}
