/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: rows of half-typed order lines, with their hashes. */
#ifndef QN_STORE_LINE_H
#define QN_STORE_LINE_H

#include "store/ingest.h"
#include "store/rx.h"

struct line_row {
	int64_t patient, caret, saved_ms;
	const char *patient_ref, *text;
};
#define LINE_COLUMNS "patient_ref, text, caret, saved, hash"
void line_hash(const struct line_row *row, unsigned char hash[HASH_BYTES]);
/* FALSE: not what was saved. Borrowed of the row. */
gboolean line_read(sqlite3_stmt *st, struct line_row *row);
gboolean line_put(struct store *store, const struct line_row *row,
    GError **error);

#endif
