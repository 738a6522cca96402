/* SPDX-License-Identifier: Apache-2.0 */
/* A prescription's row as a doctor made it: hashed, its references in words. */
#include "store/rx_row.h"

static void
own_hash(const struct rx_own *o, unsigned char hash[HASH_BYTES])
{
	hash_parts(hash, "sssssbsiii", o->identifier, o->patient_ref,
	    o->task_ref, o->prior_ref, o->words, o->bytes, o->len, o->jws,
	    o->authored, o->until, o->stamp);
}

gboolean
rx_own_read(sqlite3_stmt *st, int at, struct rx_own *o)
{
	unsigned char hash[HASH_BYTES];

	*o = (struct rx_own){
		.identifier = db_col(st, at), .patient_ref = db_col(st, at + 1),
		.task_ref = db_col(st, at + 2), .prior_ref = db_col(st, at + 3),
		.words = db_col(st, at + 4),
		.bytes = sqlite3_column_blob(st, at + 5),
		.len = (size_t)sqlite3_column_bytes(st, at + 5),
		.jws = db_col(st, at + 6),
		.authored = sqlite3_column_int64(st, at + 7),
		.until = sqlite3_column_int64(st, at + 8),
		.stamp = sqlite3_column_int64(st, at + 9),
	};
	own_hash(o, hash);
	return hash_matches(st, at + 10, hash);
}

GPtrArray *
rx_identifiers(const char *bytes, size_t len)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);
	g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(g_free);
	const fhir_node *root = doc ? fhir_root(doc) : NULL;
	size_t entries = MIN(fhir_count(root, "entry"), REFS_MAX);

	if (g_strcmp0(fhir_text(root, "resourceType"), "Bundle") != 0)
		return NULL;
	for (size_t i = 0; i < entries; i++) {
		const fhir_node *order = fhir_get(fhir_at(root, "entry", i),
		    "resource");
		size_t ids = MIN(fhir_count(order, "identifier"), REFS_MAX);
		if (g_strcmp0(fhir_text(order, "resourceType"),
		    "MedicationRequest") != 0)
			continue;
		for (size_t k = 0; k < ids; k++) {
			const char *value = fhir_text(fhir_at(order,
			    "identifier", k), "value");
			if (value)
				g_ptr_array_add(out, g_strdup(value));
		}
	}
	return g_steal_pointer(&out);
}

static gboolean
lines_put(struct store *store, int64_t n, const struct rx_own *o,
    GError **error)
{
	static const char drop[] = "DELETE FROM rx_line WHERE rx=?1";
	static const char add[] = "INSERT OR IGNORE INTO rx_line(value, rx)"
	    " VALUES(?1, ?2)";
	g_autoptr(GPtrArray) ids = rx_identifiers(o->bytes, o->len);

	if (!db_run(store, error, drop, "i", n))
		return FALSE;
	for (guint i = 0; ids && i < ids->len; i++)
		if (!db_run(store, error, add, "si", ids->pdata[i], n))
			return FALSE;
	return TRUE;
}

gboolean
rx_own_put(struct store *store, const struct rx_own *o, int64_t patient,
    enum rx_local local, int64_t *n, GError **error)
{
	static const char sql[] = "INSERT INTO rx(identifier, patient, own,"
	    " local, changed, authored, until, stamp, task, prior, patient_ref,"
	    " task_ref, prior_ref, words, bytes, jws, hash) VALUES(?1, ?2, 1,"
	    " ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
	    " ON CONFLICT(identifier, patient) DO UPDATE SET own=1, local=?3,"
	    " changed=?4, authored=?4, until=?5, stamp=?6, why=0, other=0,"
	    " reason=NULL, task=?7, prior=?8, patient_ref=?9, task_ref=?10,"
	    " prior_ref=?11, words=?12, bytes=?13, jws=?14, hash=?15";
	static const char which[] = "SELECT n FROM rx WHERE identifier=?1"
	    " AND patient=?2";
	unsigned char hash[HASH_BYTES];
	int64_t task, prior;

	own_hash(o, hash);
	return number_of_text(store, o->task_ref, &task, error) &&
	    number_of_text(store, o->prior_ref, &prior, error) &&
	    db_run(store, error, sql, "siiiiiiissssbsb", o->identifier,
	    patient, (int64_t)local, o->authored, o->until, o->stamp, task,
	    prior, o->patient_ref, o->task_ref, o->prior_ref, o->words,
	    o->bytes, o->len, o->jws, hash, sizeof hash) &&
	    db_int(store, error, 0, n, which, "si", o->identifier, patient) &&
	    lines_put(store, *n, o, error);
}
