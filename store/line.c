/* SPDX-License-Identifier: Apache-2.0 */
/* The order line while it is typed: one for a patient, on disk at each pause. */
#include "store/line.h"

void
line_hash(const struct line_row *row, unsigned char hash[HASH_BYTES])
{
	hash_parts(hash, "ssii", row->patient_ref, row->text, row->caret,
	    row->saved_ms);
}

gboolean
line_put(struct store *store, const struct line_row *row, GError **error)
{
	static const char sql[] = "INSERT INTO line(patient, patient_ref, text,"
	    " caret, saved, hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT(patient) DO UPDATE SET patient_ref=?2, text=?3,"
	    " caret=?4, saved=?5, hash=?6";
	unsigned char hash[HASH_BYTES];

	line_hash(row, hash);
	return db_run(store, error, sql, "issiib", row->patient,
	    row->patient_ref, row->text, row->caret, row->saved_ms, hash,
	    sizeof hash);
}

static gboolean
save(struct store *store, void *data, GError **error)
{
	struct line_row *row = data;
	g_autofree char *ref = number_ref(store, row->patient);

	if (!ref) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "an order line of no patient");
		return FALSE;
	}
	row->patient_ref = ref;
	return line_put(store, row, error);
}

gboolean
store_line_save(struct store *store, struct patient_id patient,
    const char *line, size_t caret, int64_t now_ms, GError **error)
{
	struct line_row row = { .patient = patient.n, .text = line,
		.caret = (int64_t)caret, .saved_ms = now_ms };

	return db_transact(store, DB_DURABLE, save, &row, error);
}

char *
store_line_load(struct store *store, struct patient_id patient, size_t *caret,
    GError **error)
{
	static const char sql[] = "SELECT " LINE_COLUMNS " FROM line"
	    " WHERE patient=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", patient.n);
	gboolean failed = FALSE;
	struct line_row row;
	char *line = NULL;

	if (st && db_row(store, st, &failed, error)) {
		if (line_read(st, &row)) {
			line = g_strdup(row.text);
			if (caret)
				*caret = MIN((size_t)row.caret, strlen(line));
		} else {
			g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
			    "the order line is not what was saved");
		}
	}
	db_done(st);
	return line;
}

gboolean
line_read(sqlite3_stmt *st, struct line_row *row)
{
	unsigned char hash[HASH_BYTES];

	*row = (struct line_row){ .patient_ref = db_col(st, 0),
		.text = db_col(st, 1), .caret = sqlite3_column_int64(st, 2),
		.saved_ms = sqlite3_column_int64(st, 3) };
	line_hash(row, hash);
	return row->text && hash_matches(st, 4, hash);
}

static gboolean
drop(struct store *store, void *data, GError **error)
{
	static const char sql[] = "DELETE FROM line WHERE patient=?1";

	return db_run(store, error, sql, "i", *(int64_t *)data);
}

gboolean
store_line_drop(struct store *store, struct patient_id patient, GError **error)
{
	return db_transact(store, DB_DURABLE, drop, &patient.n, error);
}
