/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An open file of the vault. The file beneath keeps doing the locking and the
 * shared memory. Each xWrite is one xWrite beneath, or a part of one, so what a
 * power cut may tear is what it may tear on a plain disk.
 */
#include "store/vault.h"

#include <string.h>

/* Its place in the shared memory, as SQLite's file format has it. */
enum { WAL_WRITE_LOCK = 0 };

struct vault_file {
	sqlite3_file base;
	enum vault_kind kind;
	struct vault_cipher *cipher;     /* NULL: main, not yet unlocked */
	struct vault_cipher *of_wal;     /* main only, for the WAL to come */
	int64_t temp_bytes;              /* temp only: exact size */
	unsigned char *buffer;           /* whole units; never plain at rest */
	size_t buffer_bytes;
	struct vault_disk disk;
	struct vault_run run;            /* main only: frames for its WAL */
	struct vault_run *held;          /* WAL only: the same */
	sqlite3_file *real;              /* lies behind this struct */
};

/* Units that hold the bytes [at, at + n), and whether some of their bytes are
 * another's. */
struct span {
	int64_t first, end;  /* units */
	int64_t from;        /* offset in the file of byte `at` */
	bool head_shared, tail_shared;
	bool contiguous;
};

static struct vault_file *
vault_of(sqlite3_file *file)
{
	return (struct vault_file *)file;
}

static struct span
span_of(enum vault_kind kind, int64_t at, int64_t n)
{
	struct span span = { .from = vault_map_offset(kind, at) };
	int64_t to = vault_map_offset(kind, at + n - 1) + 1;
	span.first = span.from / VAULT_UNIT_BYTES;
	span.end = (to + VAULT_UNIT_BYTES - 1) / VAULT_UNIT_BYTES;
	span.head_shared = span.from % VAULT_UNIT_BYTES != 0;
	span.tail_shared = to - (span.end - 1) * VAULT_UNIT_BYTES <
	    vault_map_live(kind, span.end - 1);
	span.contiguous = to - span.from == n;
	return span;
}

static int64_t
span_units(const struct span *span)
{
	return span->end - span->first;
}

/* The file's own buffer, so that no write allocates. */
static unsigned char *
buffer_of(struct vault_file *file, int64_t units)
{
	size_t need = (size_t)units * VAULT_UNIT_BYTES;
	if (need <= file->buffer_bytes)
		return file->buffer;
	unsigned char *grown = sqlite3_malloc64(need);
	if (grown == NULL)
		return NULL;
	sqlite3_free(file->buffer);
	file->buffer = grown;
	file->buffer_bytes = need;
	return grown;
}

/* Reads and opens whole units; what lies behind the end is zeros, as with
 * SQLite's own VFS. */
static int
load_units(struct vault_file *file, int64_t unit, unsigned char *into,
    int64_t units)
{
	int rc = file->real->pMethods->xRead(file->real, into,
	    (int)(units * VAULT_UNIT_BYTES), unit * VAULT_UNIT_BYTES);
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	vault_unseal(file->cipher, unit, into, (size_t)units);
	return rc;
}

/* Copies between SQLite's bytes and the units in the buffer, run by run. */
static void
copy_runs(const struct vault_file *file, const struct span *span,
    unsigned char *units, unsigned char *bytes, int64_t n, int64_t at,
    bool into_units)
{
	for (int64_t done = 0, run; done < n; done += run) {
		run = MIN(n - done, vault_map_run(file->kind, at + done));
		unsigned char *place = units +
		    vault_map_offset(file->kind, at + done) -
		    span->first * VAULT_UNIT_BYTES;
		if (into_units)
			memcpy(place, bytes + done, (size_t)run);
		else
			memcpy(bytes + done, place, (size_t)run);
	}
}

/* What is held of a WAL, before its file is looked at. */
static int
let_out(struct vault_file *file)
{
	return file->held ? vault_run_out(file->held) : SQLITE_OK;
}

static int
vault_read(sqlite3_file *base, void *bytes, int n, sqlite3_int64 at)
{
	struct vault_file *file = vault_of(base);
	if (file->cipher == NULL) { /* SQLite peeks at the header on opening */
		memset(bytes, 0, (size_t)n);
		return SQLITE_IOERR_SHORT_READ;
	}
	if (n <= 0)
		return SQLITE_OK;
	struct span span = span_of(file->kind, at, n);
	int rc = let_out(file);
	if (rc != SQLITE_OK)
		return rc;
	if (span.contiguous && !span.head_shared &&
	    n % VAULT_UNIT_BYTES == 0) {
		rc = load_units(file, span.first, bytes, span_units(&span));
	} else {
		unsigned char *units = buffer_of(file, span_units(&span));
		if (units == NULL)
			return SQLITE_IOERR_NOMEM;
		rc = load_units(file, span.first, units, span_units(&span));
		if (rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ)
			copy_runs(file, &span, units, bytes, n, at, false);
		memset(units, 0, (size_t)span_units(&span) * VAULT_UNIT_BYTES);
	}
	if (rc == SQLITE_OK && file->kind == VAULT_TEMP &&
	    at + n > file->temp_bytes)
		return SQLITE_IOERR_SHORT_READ;
	return rc;
}

/* Bytes of the outer units that this write does not bring. */
static int
load_shared(struct vault_file *file, const struct span *span,
    unsigned char *units)
{
	int rc = SQLITE_OK;
	if (span->head_shared || (span->tail_shared && span_units(span) == 1))
		rc = load_units(file, span->first, units, 1);
	if ((rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ) &&
	    span->tail_shared && span_units(span) > 1)
		rc = load_units(file, span->end - 1, units +
		    (span_units(span) - 1) * VAULT_UNIT_BYTES, 1);
	return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : rc;
}

static int
vault_write(sqlite3_file *base, const void *bytes, int n, sqlite3_int64 at)
{
	struct vault_file *file = vault_of(base);
	if (file->cipher == NULL)
		return SQLITE_READONLY;
	if (n <= 0)
		return SQLITE_OK;
	struct span span = span_of(file->kind, at, n);
	if (file->held && span.contiguous && !span.head_shared &&
	    !span.tail_shared && vault_run_takes(file->held, n))
		return vault_run_add(file->held, file->cipher, span.first,
		    bytes, n);
	int rc = let_out(file);
	if (rc != SQLITE_OK)
		return rc;
	unsigned char *units = buffer_of(file, span_units(&span));
	if (units == NULL)
		return SQLITE_IOERR_NOMEM;
	int64_t len = span_units(&span) * VAULT_UNIT_BYTES;
	if (!span.contiguous || len != n)
		memset(units, 0, (size_t)len);
	rc = load_shared(file, &span, units);
	if (rc != SQLITE_OK)
		return rc;
	copy_runs(file, &span, units, (unsigned char *)bytes, n, at, true);
	vault_seal(file->cipher, span.first, units, (size_t)span_units(&span));
	rc = file->real->pMethods->xWrite(file->real, units, (int)len,
	    span.first * VAULT_UNIT_BYTES);
	if (rc != SQLITE_OK)
		return rc;
	file->temp_bytes = MAX(file->temp_bytes, at + n);
	vault_disk_wrote(&file->disk, len);
	return rc;
}

/* The unit that the new end falls into keeps nothing of what was behind it. */
static int
cut_last_unit(struct vault_file *file, int64_t unit, int64_t keep)
{
	unsigned char *units = buffer_of(file, 1);
	if (units == NULL)
		return SQLITE_IOERR_NOMEM;
	int rc = load_units(file, unit, units, 1);
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	memset(units + keep, 0, (size_t)(VAULT_UNIT_BYTES - keep));
	vault_seal(file->cipher, unit, units, 1);
	return file->real->pMethods->xWrite(file->real, units,
	    VAULT_UNIT_BYTES, unit * VAULT_UNIT_BYTES);
}

static int
vault_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct vault_file *file = vault_of(base);
	int rc = let_out(file);
	if (rc != SQLITE_OK)
		return rc;
	if (file->cipher == NULL)
		return SQLITE_READONLY;
	int64_t end = size ? vault_map_offset(file->kind, size - 1) + 1
			   : vault_map_offset(file->kind, 0);
	int64_t unit = end / VAULT_UNIT_BYTES, keep = end % VAULT_UNIT_BYTES;
	if (keep && keep < vault_map_live(file->kind, unit))
		rc = cut_last_unit(file, unit, keep);
	if (rc != SQLITE_OK)
		return rc;
	rc = file->real->pMethods->xTruncate(file->real,
	    (unit + (keep != 0)) * VAULT_UNIT_BYTES);
	if (rc == SQLITE_OK)
		file->temp_bytes = size;
	return rc;
}

static int
vault_size(sqlite3_file *base, sqlite3_int64 *size)
{
	struct vault_file *file = vault_of(base);
	if (file->kind == VAULT_TEMP) {
		*size = file->temp_bytes;
		return SQLITE_OK;
	}
	int rc = let_out(file);
	if (rc == SQLITE_OK)
		rc = file->real->pMethods->xFileSize(file->real, size);
	if (rc == SQLITE_OK)
		*size = vault_map_size(file->kind, *size);
	return rc;
}

static int
vault_close(sqlite3_file *base)
{
	struct vault_file *file = vault_of(base);
	if (file->held)
		vault_run_close(file->held);
	int rc = file->real->pMethods->xClose(file->real);
	vault_cipher_free(file->cipher);
	vault_cipher_free(file->of_wal);
	sqlite3_free(file->buffer);
	file->base.pMethods = NULL;
	return rc;
}

static int
vault_sync(sqlite3_file *base, int flags)
{
	sqlite3_file *real = vault_of(base)->real;
	int rc = let_out(vault_of(base));
	return rc == SQLITE_OK ? real->pMethods->xSync(real, flags) : rc;
}

static int
vault_lock(sqlite3_file *base, int level)
{
	sqlite3_file *real = vault_of(base)->real;
	return real->pMethods->xLock(real, level);
}

static int
vault_unlock(sqlite3_file *base, int level)
{
	sqlite3_file *real = vault_of(base)->real;
	return real->pMethods->xUnlock(real, level);
}

static int
vault_reserved(sqlite3_file *base, int *held)
{
	sqlite3_file *real = vault_of(base)->real;
	return real->pMethods->xCheckReservedLock(real, held);
}

static void
derive_keys(struct vault_file *file, const struct base_secret *key,
    const unsigned char *salt)
{
	vault_cipher_free(file->cipher);
	vault_cipher_free(file->of_wal);
	file->of_wal = vault_cipher_derive(key, salt, VAULT_WAL);
	file->cipher = vault_cipher_derive(key, salt, VAULT_MAIN);
}

static int
file_unlock(struct vault_file *file, struct vault_unlock *unlock)
{
	unsigned char head[VAULT_HEAD_BYTES], salt[VAULT_SALT_BYTES];
	if (file->kind != VAULT_MAIN)
		return SQLITE_MISUSE;
	int rc = file->real->pMethods->xRead(file->real, head, sizeof(head), 0);
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	unlock->verdict = vault_head_check(unlock->key, head, salt);
	if (unlock->verdict == VAULT_OK)
		derive_keys(file, unlock->key, salt);
	return SQLITE_OK;
}

/* What would map the file, grow it in chunks or write in other ways than
 * xWrite is never heard of beneath. */
static int
vault_control(sqlite3_file *base, int op, void *arg)
{
	struct vault_file *file = vault_of(base);
	switch (op) {
	case VAULT_FCNTL_UNLOCK:
		return file_unlock(file, arg);
	case SQLITE_FCNTL_MMAP_SIZE:
	case SQLITE_FCNTL_CHUNK_SIZE:
	case SQLITE_FCNTL_SIZE_HINT:
	case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
	case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
	case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE:
		return SQLITE_NOTFOUND;
	default:
		return file->real->pMethods->xFileControl(file->real, op, arg);
	}
}

static int
vault_sector(sqlite3_file *base)
{
	sqlite3_file *real = vault_of(base)->real;
	return real->pMethods->xSectorSize(real);
}

/* Only what stays true through the vault. */
static int
vault_traits(sqlite3_file *base)
{
	sqlite3_file *real = vault_of(base)->real;
	return real->pMethods->xDeviceCharacteristics(real) &
	    (SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_SEQUENTIAL |
	    SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_IMMUTABLE);
}

static int
vault_shm_map(sqlite3_file *base, int region, int size, int extend,
    void volatile **out)
{
	sqlite3_file *real = vault_of(base)->real;
	return real->pMethods->xShmMap(real, region, size, extend, out);
}

static int
vault_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
	sqlite3_file *real = vault_of(base)->real;
	if (offset == WAL_WRITE_LOCK && (flags & SQLITE_SHM_UNLOCK))
		vault_run_forget(&vault_of(base)->run);
	return real->pMethods->xShmLock(real, offset, n, flags);
}

static void
vault_shm_barrier(sqlite3_file *base)
{
	sqlite3_file *real = vault_of(base)->real;
	real->pMethods->xShmBarrier(real);
}

static int
vault_shm_unmap(sqlite3_file *base, int drop)
{
	sqlite3_file *real = vault_of(base)->real;
	return real->pMethods->xShmUnmap(real, drop);
}

/* Version 2: shared memory, but no xFetch, so that nothing is ever mapped. */
static const sqlite3_io_methods vault_methods = {
	.iVersion = 2,
	.xClose = vault_close,
	.xRead = vault_read,
	.xWrite = vault_write,
	.xTruncate = vault_truncate,
	.xSync = vault_sync,
	.xFileSize = vault_size,
	.xLock = vault_lock,
	.xUnlock = vault_unlock,
	.xCheckReservedLock = vault_reserved,
	.xFileControl = vault_control,
	.xSectorSize = vault_sector,
	.xDeviceCharacteristics = vault_traits,
	.xShmMap = vault_shm_map,
	.xShmLock = vault_shm_lock,
	.xShmBarrier = vault_shm_barrier,
	.xShmUnmap = vault_shm_unmap,
};

/* The key of a file that is opened with it; the main file gets its own later,
 * when its header is read. */
static int
first_key(struct vault_file *file, const char *name)
{
	if (file->kind == VAULT_MAIN)
		return SQLITE_OK;
	if (file->kind == VAULT_TEMP) {
		file->cipher = vault_cipher_derive(NULL, NULL, VAULT_TEMP);
		return SQLITE_OK;
	}
	struct vault_file *main_file =
	    vault_of(sqlite3_database_file_object(name));
	if (main_file->base.pMethods != &vault_methods ||
	    main_file->of_wal == NULL)
		return SQLITE_CANTOPEN;
	file->cipher = vault_cipher_copy(main_file->of_wal);
	file->held = &main_file->run;
	vault_run_init(file->held, file->real, &file->disk);
	return SQLITE_OK;
}

int
vault_file_open(sqlite3_file *base, enum vault_kind kind, sqlite3_vfs *beneath,
    const char *name, int flags, int *flags_out)
{
	struct vault_file *file = vault_of(base);
	memset(file, 0, sizeof(*file));
	file->kind = kind;
	file->disk.name = kind == VAULT_TEMP ? NULL : name;
	file->real = (sqlite3_file *)(file + 1);
	file->real->pMethods = NULL;
	int rc = first_key(file, name);
	if (rc == SQLITE_OK)
		rc = beneath->xOpen(beneath, name, file->real, flags,
		    flags_out);
	if (rc == SQLITE_OK) {
		file->base.pMethods = &vault_methods;
		return rc;
	}
	if (file->real->pMethods)
		file->real->pMethods->xClose(file->real);
	vault_cipher_free(file->cipher);
	return rc;
}

int
vault_file_bytes(const sqlite3_vfs *beneath)
{
	return (int)sizeof(struct vault_file) + beneath->szOsFile;
}
