/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose each document of a part is and from whom, two bytes each: when a filter
 * means many people, what is left of a part is looked up here, for to go through
 * the tokens of all of them costs more than all the rest. Two people may have the
 * same two bytes: the text of a candidate is asked again.
 */
#include "store/search_room.h"

#include <string.h>

enum {
	WHO_A_ROW = 1920,       /* a row is less than a page */
	ROWS = 32,              /* a part has keys for so many */
};
G_STATIC_ASSERT(WHO_A_ROW * ROWS >= SEARCH_PART_MAX);
G_STATIC_ASSERT(WHO_A_ROW % 64 == 0);

uint16_t
search_who_of(int64_t n)
{
	return (uint16_t)((uint64_t)n * UINT64_C(0x9e3779b97f4a7c15) >> 48);
}

static int64_t
key(int64_t p, enum search_who which, size_t i)
{
	return (p * SEARCH_WHOS + which) * ROWS + (int64_t)(i / WHO_A_ROW);
}

gboolean
search_who_write(struct store *store, int64_t p, enum search_who which,
    const uint16_t *who, size_t n, GError **error)
{
	static const char sql[] = "INSERT INTO search_who(k, bytes)"
	    " VALUES(?1, ?2)";
	uint16_t row[WHO_A_ROW];

	for (size_t i = 0; i < n; i += WHO_A_ROW) {
		size_t some = MIN(n - i, WHO_A_ROW);

		for (size_t k = 0; k < some; k++)
			row[k] = GUINT16_TO_LE(who[i + k]);
		if (!db_run(store, error, sql, "ib", key(p, which, i),
		    (const void *)row, some * sizeof *row))
			return FALSE;
	}
	return TRUE;
}

/* The row from document i on; FALSE: it is not there as it should. */
static gboolean
row_read(struct store *store, int64_t p, enum search_who which, size_t i,
    size_t docs, uint16_t row[WHO_A_ROW], GError **error)
{
	static const char sql[] = "SELECT bytes FROM search_who WHERE k=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", key(p, which, i));
	size_t n = MIN(docs - i, WHO_A_ROW);
	gboolean failed = st == NULL, ok = FALSE;

	if (st && db_row(store, st, &failed, error)) {
		ok = (size_t)sqlite3_column_bytes(st, 0) == n * sizeof *row;
		if (ok)
			memcpy(row, sqlite3_column_blob(st, 0),
			    n * sizeof *row);
	}
	db_done(st);
	for (size_t k = 0; ok && k < n; k++)
		row[k] = GUINT16_FROM_LE(row[k]);
	return ok || (!failed && db_fail(store, SQLITE_CORRUPT, error));
}

gboolean
search_who_read(struct store *store, int64_t p, enum search_who which,
    uint16_t *who, size_t docs, GError **error)
{
	uint16_t row[WHO_A_ROW];

	for (size_t i = 0; i < docs; i += WHO_A_ROW) {
		if (!row_read(store, p, which, i, docs, row, error))
			return FALSE;
		memcpy(who + i, row, MIN(docs - i, WHO_A_ROW) * sizeof *row);
	}
	return TRUE;
}

void
search_who_add(guint8 *set, int64_t n)
{
	uint16_t who = search_who_of(n);

	set[who / 8] |= (guint8)(1 << who % 8);
}

static uint64_t
word_keep(uint64_t word, const uint16_t *who, const guint8 *set)
{
	for (uint64_t left = word; left; left &= left - 1) {
		int i = __builtin_ctzll(left);

		if (!(set[who[i] / 8] & 1 << who[i] % 8))
			word &= ~(UINT64_C(1) << i);
	}
	return word;
}

gboolean
search_who_keep(struct store *store, int64_t p, enum search_who which,
    const guint8 *set, uint64_t *bits, size_t docs, GError **error)
{
	uint16_t row[WHO_A_ROW];

	for (size_t i = 0; i < docs; i += WHO_A_ROW) {
		size_t words = (MIN(docs - i, WHO_A_ROW) + 63) / 64;
		uint64_t *at = bits + i / 64, any = 0;

		for (size_t w = 0; w < words; w++)
			any |= at[w];
		if (!any)
			continue;
		if (!row_read(store, p, which, i, docs, row, error))
			return FALSE;
		for (size_t w = 0; w < words; w++)
			at[w] = word_keep(at[w], row + 64 * w, set);
	}
	return TRUE;
}
