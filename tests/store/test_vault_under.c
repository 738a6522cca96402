/* SPDX-License-Identifier: Apache-2.0 */
/* A VFS beneath the vault that writes down what it is asked to write, and can be
 * out of space. Everything goes through to the system's own VFS. */
#include "tests/store/test_vault_kit.h"

struct under under = { .writable_bytes = -1 };

struct under_handle {
	sqlite3_file base;
	enum under_file file;
	sqlite3_file *real;
};

static sqlite3_file *
real_of(sqlite3_file *base)
{
	return ((struct under_handle *)base)->real;
}

static void
note(sqlite3_file *base, enum under_verb verb, int64_t at, const void *bytes,
    int n)
{
	if (!under.recording)
		return;
	struct under_event event = { verb,
		base ? ((struct under_handle *)base)->file : UNDER_MAIN, at,
		bytes ? g_bytes_new(bytes, (gsize)n) : NULL };
	g_array_append_val(under.events, event);
}

static int
under_read(sqlite3_file *base, void *bytes, int n, sqlite3_int64 at)
{
	return real_of(base)->pMethods->xRead(real_of(base), bytes, n, at);
}

static int
under_write(sqlite3_file *base, const void *bytes, int n, sqlite3_int64 at)
{
	if (under.writable_bytes >= 0) {
		if (n > under.writable_bytes)
			return SQLITE_FULL;
		under.writable_bytes -= n;
	}
	note(base, UNDER_WRITE, at, bytes, n);
	return real_of(base)->pMethods->xWrite(real_of(base), bytes, n, at);
}

static int
under_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	note(base, UNDER_TRUNCATE, size, NULL, 0);
	return real_of(base)->pMethods->xTruncate(real_of(base), size);
}

static int
under_sync(sqlite3_file *base, int flags)
{
	note(base, UNDER_SYNC, 0, NULL, 0);
	return SQLITE_OK; /* what is durable is for the simulation to say */
}

static int
under_size(sqlite3_file *base, sqlite3_int64 *size)
{
	return real_of(base)->pMethods->xFileSize(real_of(base), size);
}

static int
under_close(sqlite3_file *base)
{
	return real_of(base)->pMethods->xClose(real_of(base));
}

static int
under_lock(sqlite3_file *base, int level)
{
	return real_of(base)->pMethods->xLock(real_of(base), level);
}

static int
under_unlock(sqlite3_file *base, int level)
{
	return real_of(base)->pMethods->xUnlock(real_of(base), level);
}

static int
under_reserved(sqlite3_file *base, int *held)
{
	return real_of(base)->pMethods->xCheckReservedLock(real_of(base), held);
}

static int
under_control(sqlite3_file *base, int op, void *arg)
{
	return real_of(base)->pMethods->xFileControl(real_of(base), op, arg);
}

static int
under_sector(sqlite3_file *base)
{
	return real_of(base)->pMethods->xSectorSize(real_of(base));
}

/* Boasts of everything, so that the vault must mask it. */
static int
under_traits(sqlite3_file *base)
{
	return real_of(base)->pMethods->xDeviceCharacteristics(real_of(base)) |
	    SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_ATOMIC4K |
	    SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_BATCH_ATOMIC;
}

static int
under_shm_map(sqlite3_file *base, int region, int size, int extend,
    void volatile **out)
{
	return real_of(base)->pMethods->xShmMap(real_of(base), region, size,
	    extend, out);
}

static int
under_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
	return real_of(base)->pMethods->xShmLock(real_of(base), offset, n,
	    flags);
}

static void
under_shm_barrier(sqlite3_file *base)
{
	real_of(base)->pMethods->xShmBarrier(real_of(base));
}

static int
under_shm_unmap(sqlite3_file *base, int drop)
{
	return real_of(base)->pMethods->xShmUnmap(real_of(base), drop);
}

static const sqlite3_io_methods under_methods = {
	.iVersion = 2,
	.xClose = under_close,
	.xRead = under_read,
	.xWrite = under_write,
	.xTruncate = under_truncate,
	.xSync = under_sync,
	.xFileSize = under_size,
	.xLock = under_lock,
	.xUnlock = under_unlock,
	.xCheckReservedLock = under_reserved,
	.xFileControl = under_control,
	.xSectorSize = under_sector,
	.xDeviceCharacteristics = under_traits,
	.xShmMap = under_shm_map,
	.xShmLock = under_shm_lock,
	.xShmBarrier = under_shm_barrier,
	.xShmUnmap = under_shm_unmap,
};

static int
under_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags,
    int *flags_out)
{
	struct under_handle *handle = (struct under_handle *)base;
	sqlite3_vfs *real = vfs->pAppData;
	memset(handle, 0, sizeof(*handle));
	handle->real = (sqlite3_file *)(handle + 1);
	handle->file = flags & SQLITE_OPEN_MAIN_DB ? UNDER_MAIN
	    : flags & SQLITE_OPEN_WAL ? UNDER_WAL : UNDER_TEMP;
	int rc = real->xOpen(real, name, handle->real, flags, flags_out);
	if (handle->real->pMethods)
		handle->base.pMethods = &under_methods;
	return rc;
}

void
under_register(void)
{
	static sqlite3_vfs vfs;
	sqlite3_vfs *real = sqlite3_vfs_find(NULL);
	if (vfs.zName)
		return;
	/* The system's VFS looks at its own pAppData in xOpen alone. */
	vfs = *real;
	vfs.zName = UNDER_VFS;
	vfs.pNext = NULL;
	vfs.szOsFile = (int)sizeof(struct under_handle) + real->szOsFile;
	vfs.pAppData = real;
	vfs.xOpen = under_open;
	assert_int_equal(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
}

static void
event_clear(void *event)
{
	g_clear_pointer(&((struct under_event *)event)->bytes, g_bytes_unref);
}

void
under_start(void)
{
	under_stop();
	under.events = g_array_new(FALSE, FALSE, sizeof(struct under_event));
	g_array_set_clear_func(under.events, event_clear);
	under.recording = true;
}

void
under_stop(void)
{
	under.recording = false;
	g_clear_pointer(&under.events, g_array_unref);
}

void
under_mark(int64_t n)
{
	note(NULL, UNDER_MARK, n, NULL, 0);
}
