/* SPDX-License-Identifier: Apache-2.0 */
#include "store/brief.h"
#include "store/rx.h"

#include <string.h>

const char *
text_keep(GStringChunk *text, sqlite3_stmt *st, int column)
{
	const char *words = db_col(st, column);

	return words ? g_string_chunk_insert(text, words) : NULL;
}

/* Fifty of these are a page: printf would be a fifth of its time. */
const char *
ref_keep(GStringChunk *text, const char *type, sqlite3_stmt *st, int column)
{
	const char *id = db_col(st, column);
	size_t len = (size_t)sqlite3_column_bytes(st, column);
	size_t type_len = strlen(type);
	char ref[128];

	if (!id || type_len + 1 + len > sizeof ref)
		return NULL;
	memcpy(ref, type, type_len);
	ref[type_len] = '/';
	memcpy(ref + type_len + 1, id, len);
	return g_string_chunk_insert_len(text, ref,
	    (gssize)(type_len + 1 + len));
}

void
brief_read(sqlite3_stmt *st, int at, GStringChunk *text,
    struct patient_brief *out)
{
	out->id.n = sqlite3_column_int64(st, at);
	out->fhir_id = text_keep(text, st, at + 1);
	out->name = text_keep(text, st, at + 2);
	out->sex = text_keep(text, st, at + 3);
	out->birth_date = text_keep(text, st, at + 4);
	out->deceased_date = text_keep(text, st, at + 5);
	out->merged_into = text_keep(text, st, at + 6);
	out->flags = 0;
	if (!sqlite3_column_int(st, at + 7))
		out->flags |= PATIENT_UNKNOWN;
	if (sqlite3_column_int(st, at + 8))
		out->flags |= PATIENT_DECEASED;
	if (out->merged_into)
		out->flags |= PATIENT_MERGED;
	if (sqlite3_column_int(st, at + 9))
		out->flags |= PATIENT_INACTIVE;
	if (sqlite3_column_int(st, at + 10))
		out->flags |= PATIENT_ALIKE;
}

gboolean
brief_get(struct store *store, int64_t patient, GStringChunk *text,
    struct patient_brief *out, GError **error)
{
	static const char sql[] = "SELECT " BRIEF_COLUMNS
	    " FROM (SELECT ?1 AS n) q" BRIEF_JOIN("q.n");
	sqlite3_stmt *st = db_query(store, error, sql, "i", patient);
	gboolean failed = FALSE;

	*out = (struct patient_brief){ .flags = PATIENT_UNKNOWN };
	if (st && db_row(store, st, &failed, error))
		brief_read(st, 0, text, out);
	db_done(st);
	return st && !failed;
}

gboolean
store_patient_brief(struct store *store, struct patient_id patient,
    GStringChunk *text, struct patient_brief *out, GError **error)
{
	db_fresh(store);
	return brief_get(store, patient.n, text, out, error);
}
