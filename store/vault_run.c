/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of a WAL on their way out. SQLite writes each in two pieces, 750 for 200
 * rows, and a call costs more than the bytes in it: so pieces that lie side by
 * side are held and go out together. The header that ends a transaction is not
 * held and takes all before it along; until then the frames are nobody's but the
 * writer's, who lets them out before it reads, cuts or syncs the file, and
 * forgets them with the write lock: their places are another's from then on.
 */
#include "store/vault.h"

#include <string.h>

/* SQLite's own VFS writes less than 128 KiB at once. */
enum { RUN_UNITS = (128 * 1024 - 1) / VAULT_UNIT_BYTES };

void
vault_run_init(struct vault_run *run, sqlite3_file *real,
    struct vault_disk *disk)
{
	*run = (struct vault_run){ .real = real, .disk = disk };
}

void
vault_run_close(struct vault_run *run)
{
	sqlite3_free(run->bytes);
	vault_run_init(run, NULL, NULL);
}

int
vault_run_out(struct vault_run *run)
{
	int64_t len = run->units * VAULT_UNIT_BYTES;

	if (len == 0)
		return SQLITE_OK;
	run->units = 0;
	int rc = run->real->pMethods->xWrite(run->real, run->bytes, (int)len,
	    run->unit * VAULT_UNIT_BYTES);
	vault_disk_wrote(run->disk, len);
	return rc;
}

void
vault_run_forget(struct vault_run *run)
{
	run->units = 0;
}

/* Where the next piece goes; NULL with rc: no memory, or what was held could not
 * go out. */
static unsigned char *
place_for(struct vault_run *run, int64_t unit, int64_t units, int *rc)
{
	*rc = SQLITE_OK;
	if (unit != run->unit + run->units || run->units + units > RUN_UNITS)
		*rc = vault_run_out(run);
	if (*rc == SQLITE_OK && run->bytes == NULL) {
		run->bytes = sqlite3_malloc(RUN_UNITS * VAULT_UNIT_BYTES);
		*rc = run->bytes ? SQLITE_OK : SQLITE_NOMEM;
	}
	if (*rc != SQLITE_OK)
		return NULL;
	if (run->units == 0)
		run->unit = unit;
	return run->bytes + run->units * VAULT_UNIT_BYTES;
}

/* Bytes 4 to 7 of a frame's header: the size of the file after the commit, 0 in
 * all frames but the last. */
static bool
commits(const unsigned char *bytes, int n)
{
	static const unsigned char none[4];

	return n == VAULT_FRAME_HEAD_BYTES &&
	    memcmp(bytes + 4, none, sizeof(none)) != 0;
}

bool
vault_run_takes(const struct vault_run *run, int n)
{
	return n == VAULT_FRAME_HEAD_BYTES ||
	    (n == VAULT_PAGE_BYTES && run->units > 0);
}

int
vault_run_add(struct vault_run *run, const struct vault_cipher *cipher,
    int64_t unit, const void *bytes, int n)
{
	int64_t units = (n + VAULT_UNIT_BYTES - 1) / VAULT_UNIT_BYTES;
	int rc;
	unsigned char *place = place_for(run, unit, units, &rc);

	if (place == NULL)
		return rc;
	memcpy(place, bytes, (size_t)n);
	memset(place + n, 0, (size_t)(units * VAULT_UNIT_BYTES - n));
	vault_seal(cipher, unit, place, (size_t)units);
	run->units += units;
	return commits(bytes, n) ? vault_run_out(run) : SQLITE_OK;
}
