/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where SQLite's bytes lie in the vault's files. In a WAL, frames of 24 + 4096
 * bytes would straddle units, and a frame written later would rewrite bytes of
 * one that is already synced; so each frame has nine units of its own: one for
 * its header, eight for its page. Then no write of SQLite's needs a read first.
 */
#include "store/vault.h"

#define WAL_HEAD_BYTES 32
#define FRAME_HEAD_BYTES VAULT_FRAME_HEAD_BYTES
#define FRAME_BYTES (FRAME_HEAD_BYTES + VAULT_PAGE_BYTES)
#define FRAME_UNITS (1 + VAULT_PAGE_BYTES / VAULT_UNIT_BYTES)
#define FRAME_ON_DISK (FRAME_UNITS * VAULT_UNIT_BYTES)

static int64_t
wal_offset(int64_t at)
{
	if (at < WAL_HEAD_BYTES)
		return at;
	int64_t frame = (at - WAL_HEAD_BYTES) / FRAME_BYTES;
	int64_t in = (at - WAL_HEAD_BYTES) % FRAME_BYTES;
	int64_t place = VAULT_UNIT_BYTES + frame * FRAME_ON_DISK;
	if (in < FRAME_HEAD_BYTES)
		return place + in;
	return place + VAULT_UNIT_BYTES + in - FRAME_HEAD_BYTES;
}

static int64_t
wal_run(int64_t at)
{
	if (at < WAL_HEAD_BYTES)
		return WAL_HEAD_BYTES - at;
	int64_t in = (at - WAL_HEAD_BYTES) % FRAME_BYTES;
	return (in < FRAME_HEAD_BYTES ? FRAME_HEAD_BYTES : FRAME_BYTES) - in;
}

/* A crash may leave any size; what is cut short counts as far as it goes. */
static int64_t
wal_size(int64_t file_bytes)
{
	if (file_bytes <= VAULT_UNIT_BYTES)
		return MIN(file_bytes, WAL_HEAD_BYTES);
	int64_t frames = (file_bytes - VAULT_UNIT_BYTES) / FRAME_ON_DISK;
	int64_t rest = (file_bytes - VAULT_UNIT_BYTES) % FRAME_ON_DISK;
	int64_t size = WAL_HEAD_BYTES + frames * FRAME_BYTES;
	if (rest <= VAULT_UNIT_BYTES)
		return size + MIN(rest, FRAME_HEAD_BYTES);
	return size + FRAME_HEAD_BYTES + rest - VAULT_UNIT_BYTES;
}

int64_t
vault_map_offset(enum vault_kind kind, int64_t at)
{
	switch (kind) {
	case VAULT_MAIN:
		return VAULT_HEAD_BYTES + at;
	case VAULT_WAL:
		return wal_offset(at);
	case VAULT_TEMP:
		break;
	}
	return at;
}

int64_t
vault_map_run(enum vault_kind kind, int64_t at)
{
	return kind == VAULT_WAL ? wal_run(at) : INT64_MAX;
}

int
vault_map_live(enum vault_kind kind, int64_t unit)
{
	if (kind != VAULT_WAL)
		return VAULT_UNIT_BYTES;
	if (unit == 0)
		return WAL_HEAD_BYTES;
	return (unit - 1) % FRAME_UNITS == 0 ? FRAME_HEAD_BYTES
					     : VAULT_UNIT_BYTES;
}

int64_t
vault_map_size(enum vault_kind kind, int64_t file_bytes)
{
	switch (kind) {
	case VAULT_MAIN:
		return MAX(file_bytes - VAULT_HEAD_BYTES, 0);
	case VAULT_WAL:
		return wal_size(file_bytes);
	case VAULT_TEMP:
		break;
	}
	return file_bytes;
}
