/* SPDX-License-Identifier: Apache-2.0 */
/* Provenance: which resources it speaks of. A signature is found from the order
 * it signs, which says nothing of it itself. */
#include "store/ingest.h"
#include "store/rx.h"

gboolean
project_provenance(struct ingest *in, const struct doc *doc, GError **error)
{
	size_t count = fhir_count(doc->root, "target");

	if (!links_drop(in->store, doc->n, error))
		return FALSE;
	for (size_t i = 0; i < count; i++) {
		int64_t target;

		if (!number_at(in->store, fhir_at(doc->root, "target", i),
		    NULL, NULL, &target, error) ||
		    !link_add(in->store, doc->n, LINK_SIGNED, target, error))
			return FALSE;
	}
	return TRUE;
}

static void
collect(struct store *store, sqlite3_stmt *st, GPtrArray *out,
    gboolean *failed, GError **error)
{
	while (st && db_row(store, st, failed, error))
		g_ptr_array_add(out, g_strconcat("Provenance/", db_col(st, 0),
		    NULL));
	*failed |= st == NULL;
	db_done(st);
}

GPtrArray *
store_provenances(struct store *store, const char *ref, GError **error)
{
	static const char of_one[] = "SELECT r.id FROM link l"
	    " JOIN resource r ON r.n = l.a WHERE l.b=?1 AND l.kind=?2 AND r.here"
	    " ORDER BY r.updated DESC, r.n DESC";
	static const char of_all[] = "SELECT DISTINCT r.id FROM link l"
	    " JOIN resource r ON r.n = l.a WHERE l.kind=?1 AND r.here"
	    " ORDER BY r.updated DESC, r.n DESC";
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	gboolean failed = FALSE;
	struct fhir_ref target;

	if (!ref)
		collect(store, db_query(store, error, of_all, "i",
		    (int64_t)LINK_SIGNED), out, &failed, error);
	else if (fhir_ref_parse(ref, &target))
		collect(store, db_query(store, error, of_one, "ii",
		    number_find(store, target.type, target.id),
		    (int64_t)LINK_SIGNED), out, &failed, error);
	if (!failed)
		return out;
	g_ptr_array_unref(out);
	return NULL;
}
