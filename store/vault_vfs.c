/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VFS: a thin layer over the system's own, which keeps naming, deleting and
 * finding files. What it opens is a vault_file.
 */
#include "store/vault.h"

static sqlite3_vfs *
beneath_of(sqlite3_vfs *vfs)
{
	return vfs->pAppData;
}

/* FALSE for journals: there are none in a vault, and one that somebody put there
 * is not read. */
static bool
kind_of(int flags, enum vault_kind *kind)
{
	const int temp = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB |
	    SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL;
	if (flags & temp)
		*kind = VAULT_TEMP;
	else if (flags & SQLITE_OPEN_WAL)
		*kind = VAULT_WAL;
	else if (flags & SQLITE_OPEN_MAIN_DB)
		*kind = VAULT_MAIN;
	else
		return false;
	return true;
}

static int
vault_vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base,
    int flags, int *flags_out)
{
	enum vault_kind kind;
	base->pMethods = NULL;
	if (!kind_of(flags, &kind))
		return SQLITE_CANTOPEN;
	return vault_file_open(base, kind, beneath_of(vfs), name, flags,
	    flags_out);
}

static int
vault_vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
	return beneath_of(vfs)->xDelete(beneath_of(vfs), name, sync_dir);
}

static int
vault_vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	if (g_str_has_suffix(name, "-journal")) {
		*out = 0;
		return SQLITE_OK;
	}
	return beneath_of(vfs)->xAccess(beneath_of(vfs), name, flags, out);
}

static int
vault_vfs_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	return beneath_of(vfs)->xFullPathname(beneath_of(vfs), name, size, out);
}

static int
vault_vfs_random(sqlite3_vfs *vfs, int n, char *out)
{
	return beneath_of(vfs)->xRandomness(beneath_of(vfs), n, out);
}

static int
vault_vfs_sleep(sqlite3_vfs *vfs, int us)
{
	return beneath_of(vfs)->xSleep(beneath_of(vfs), us);
}

static int
vault_vfs_time(sqlite3_vfs *vfs, double *out)
{
	return beneath_of(vfs)->xCurrentTime(beneath_of(vfs), out);
}

static int
vault_vfs_last_error(sqlite3_vfs *vfs, int n, char *out)
{
	return beneath_of(vfs)->xGetLastError(beneath_of(vfs), n, out);
}

/* No extension is ever loaded through the vault. */
static void *
vault_vfs_dlopen(sqlite3_vfs *vfs, const char *name)
{
	return NULL;
}

static void
vault_vfs_dlerror(sqlite3_vfs *vfs, int n, char *out)
{
	sqlite3_snprintf(n, out, "extensions are not loaded here");
}

/*
 * SQLite keeps a VFS for the life of the process, so this is never freed. Nobody
 * here asks how much memory SQLite has: not counting it spares a lock at every
 * allocation. It is too late to say so where SQLite was used before.
 */
int
vault_vfs_register(const char *name, const char *beneath)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_vfs *real = sqlite3_vfs_find(beneath);
	if (real == NULL)
		return SQLITE_ERROR;
	sqlite3_vfs *vfs = g_new0(sqlite3_vfs, 1);
	*vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = vault_file_bytes(real),
		.mxPathname = real->mxPathname,
		.zName = g_strdup(name),
		.pAppData = real,
		.xOpen = vault_vfs_open,
		.xDelete = vault_vfs_delete,
		.xAccess = vault_vfs_access,
		.xFullPathname = vault_vfs_path,
		.xDlOpen = vault_vfs_dlopen,
		.xDlError = vault_vfs_dlerror,
		.xRandomness = vault_vfs_random,
		.xSleep = vault_vfs_sleep,
		.xCurrentTime = vault_vfs_time,
		.xGetLastError = vault_vfs_last_error,
	};
	return sqlite3_vfs_register(vfs, 0);
}
