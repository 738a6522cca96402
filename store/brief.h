/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: a patient's brief, read from any statement that joins
 * patient p and the record m that replaced it. */
#ifndef QN_STORE_BRIEF_H
#define QN_STORE_BRIEF_H

#include "store/ingest.h"

#define BRIEF_COLUMNS "p.n, p.id, p.name, p.sex, p.birth, p.deceased, m.id," \
	" p.known, p.dead, p.inactive, p.alike"
#define BRIEF_COUNT 11
#define BRIEF_JOIN(key) " LEFT JOIN patient p ON p.n = " key \
	" LEFT JOIN patient m ON m.n = p.merged"

/* Columns from `at` on. Strings are copied into text. */
void brief_read(sqlite3_stmt *st, int at, GStringChunk *text,
    struct patient_brief *out);
gboolean brief_get(struct store *store, int64_t patient, GStringChunk *text,
    struct patient_brief *out, GError **error);
/* "Type/id" of an id's column. */
const char *ref_keep(GStringChunk *text, const char *type, sqlite3_stmt *st,
    int column);
/* NULL stays NULL. */
const char *text_keep(GStringChunk *text, sqlite3_stmt *st, int column);

#endif
