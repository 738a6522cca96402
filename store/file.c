/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments of what is here, and what is known of their bytes. */
#include "store/file.h"
#include "store/ingest.h"

void
file_row_free(struct file_row *row)
{
	if (!row)
		return;
	g_free(row->ref);
	g_free(row->title);
	g_free(row->content_type);
	g_free(row);
}

/* ---- what there is ------------------------------------------------------ */

struct owner {
	int64_t n, patient;
	const char *ref;
};

/* A message is its thread's, everything else carries its patient. */
static gboolean
owner_find(struct store *store, const char *ref, struct owner *o,
    GError **error)
{
	static const char sql[] = "SELECT coalesce(r.patient,"
	    " (SELECT c.patient FROM message m JOIN consult c ON c.n = m.thread"
	    "  WHERE m.n = r.n),"
	    " (SELECT p.patient FROM message m JOIN report p ON p.n = m.about"
	    "  WHERE m.n = r.n), 0) FROM resource r WHERE r.n=?1";
	struct fhir_ref parsed;

	*o = (struct owner){ .ref = ref };
	if (!fhir_ref_parse(ref, &parsed))
		return TRUE;
	o->n = number_find(store, parsed.type, parsed.id);
	return !o->n || db_int(store, error, 0, &o->patient, sql, "i", o->n);
}

/* Of another version of its resource it is as good as never fetched. */
static gboolean
row_known(struct store *store, const struct owner *o, struct file_row *row,
    GError **error)
{
	static const char sql[] = "SELECT f.n, f.state, f.type, f.size,"
	    " f.version IS r.version FROM file f JOIN resource r ON r.n=f.owner"
	    " WHERE f.owner=?1 AND f.place=?2";
	sqlite3_stmt *st = db_query(store, error, sql, "ii", o->n,
	    (int64_t)row->place);
	gboolean failed = FALSE;

	if (st && db_row(store, st, &failed, error)) {
		row->id.n = sqlite3_column_int64(st, 0);
		if (sqlite3_column_int(st, 4))
			row->state = (enum file_state)CLAMP(
			    sqlite3_column_int(st, 1), FILE_WANTED, FILE_ODD);
		if (row->state == FILE_HERE) {
			row->size_bytes = sqlite3_column_int64(st, 3);
			if (!row->content_type)
				row->content_type = g_strdup(db_col(st, 2));
		}
	}
	db_done(st);
	return st && !failed;
}

static struct file_row *
row_of(const struct owner *o, const struct fhir_file *f, int place)
{
	struct file_row *row = g_new0(struct file_row, 1);

	row->ref = g_strdup(o->ref);
	row->place = place;
	row->patient.n = o->patient;
	row->title = g_strdup(f->title);
	row->content_type = g_strdup(f->content_type);
	row->size_bytes = f->size_bytes;
	row->state = f->data ? FILE_HERE : f->url ? FILE_AWAY : FILE_ODD;
	return row;
}

static struct fhir_doc *
body_doc(struct store *store, const char *ref, GError **error)
{
	g_autofree char *bytes = NULL;
	struct fhir_ref parsed;
	size_t len;

	if (!fhir_ref_parse(ref, &parsed))
		return NULL;
	bytes = store_body(store, parsed.type, parsed.id, &len, error);
	return bytes ? fhir_parse(bytes, len, NULL, error) : NULL;
}

GPtrArray *
store_files(struct store *store, const char *ref, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)file_row_free);
	g_autoptr(GArray) files = NULL;
	GError *why = NULL;
	struct owner owner;

	db_fresh(store);
	if (!owner_find(store, ref, &owner, error))
		return NULL;
	BASE_AUTO(fhir_doc) doc = body_doc(store, ref, &why);
	if (why && !g_error_matches(why, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
		g_propagate_error(error, why);
		return NULL;
	}
	g_clear_error(&why);
	if (!doc)
		return g_steal_pointer(&rows);
	files = fhir_files(fhir_root(doc));
	for (guint i = 0; i < files->len; i++) {
		const struct fhir_file *f = &g_array_index(files,
		    struct fhir_file, i);
		struct file_row *row = row_of(&owner, f, (int)i);

		g_ptr_array_add(rows, row);
		if (row->state == FILE_AWAY &&
		    !row_known(store, &owner, row, error))
			return NULL;
	}
	return g_steal_pointer(&rows);
}

/* ---- its bytes ---------------------------------------------------------- */

static GBytes *
bytes_inline(struct store *store, const struct file_row *row, GError **error)
{
	BASE_AUTO(fhir_doc) doc = body_doc(store, row->ref, error);
	g_autoptr(GArray) files = doc ? fhir_files(fhir_root(doc)) : NULL;
	const struct fhir_file *f = files && (guint)row->place < files->len ?
	    &g_array_index(files, struct fhir_file, (guint)row->place) : NULL;
	GBytes *bytes = f && f->data ? fhir_base64(f->data) : NULL;

	if (!bytes && doc)
		g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
		    "the attachment is not base64");
	return bytes;
}

static gboolean
touch_row(struct store *store, void *data, GError **error)
{
	static const char sql[] = "UPDATE file SET used=?2 WHERE n=?1";
	const int64_t *to = data;

	return db_run(store, error, sql, "ii", to[0], to[1]);
}

GBytes *
store_file_bytes(struct store *store, const struct file_row *row,
    int64_t now_ms, GError **error)
{
	static const char sql[] = "SELECT b.bytes, f.hash FROM file_body b"
	    " JOIN file f ON f.n = b.n WHERE f.n=?1 AND f.state=1";
	unsigned char hash[HASH_BYTES];
	GBytes *bytes = NULL;
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	if (row->state != FILE_HERE)
		return NULL;
	if (!row->id.n)
		return bytes_inline(store, row, error);
	st = db_query(store, error, sql, "i", row->id.n);
	if (st && db_row(store, st, &failed, error)) {
		bytes = g_bytes_new(sqlite3_column_blob(st, 0),
		    (gsize)sqlite3_column_bytes(st, 0));
		hash_parts(hash, "b", g_bytes_get_data(bytes, NULL),
		    g_bytes_get_size(bytes));
		if (!hash_matches(st, 1, hash)) {
			g_clear_pointer(&bytes, g_bytes_unref);
			g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
			    "the file is not what was fetched");
		}
	}
	db_done(st);
	if (bytes)
		db_transact(store, DB_NORMAL, touch_row,
		    (int64_t[]){ row->id.n, now_ms }, NULL);
	return bytes;
}

/* ---- wanted ------------------------------------------------------------- */

static gboolean
want(struct store *store, void *data, GError **error)
{
	static const char sql[] = "INSERT INTO file(owner, place, version,"
	    " patient, state) SELECT n, ?2, version, nullif(?3, 0), 0"
	    " FROM resource WHERE n=?1"
	    " ON CONFLICT(owner, place) DO UPDATE SET state=0,"
	    " version=excluded.version, patient=excluded.patient";
	static const char body[] = "DELETE FROM file_body WHERE n=?1";
	static const char find[] = "SELECT n FROM file WHERE owner=?1"
	    " AND place=?2";
	struct file_row *row = data;
	struct owner o;

	if (!owner_find(store, row->ref, &o, error))
		return FALSE;
	if (!o.n) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "no such resource");
		return FALSE;
	}
	return db_run(store, error, sql, "iii", o.n, (int64_t)row->place,
	    o.patient) &&
	    db_int(store, error, 0, &row->id.n, find, "ii", o.n,
	    (int64_t)row->place) &&
	    db_run(store, error, body, "i", row->id.n);
}

gboolean
store_file_want(struct store *store, struct file_row *row, GError **error)
{
	if (!db_transact(store, DB_NORMAL, want, row, error))
		return FALSE;
	row->state = FILE_WANTED;
	return TRUE;
}
