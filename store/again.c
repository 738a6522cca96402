/* SPDX-License-Identifier: Apache-2.0 */
/* After a migration: bodies that were here before a projection of their type was
 * made or changed are projected once more, in the migration's transaction. */
#include "store/search_room.h"

/* A type a schema version made or changed a projection of. */
static const struct { int version; const char *type; } changed[] = {
	{ 2, "Medication" },
	{ 2, "MedicationDispense" },
	{ 2, "MedicationKnowledge" },
	{ 2, "MedicationRequest" },
	{ 2, "SupplyDelivery" },
	{ 2, "Task" },
	{ 3, "Provenance" },
	{ 5, "DiagnosticReport" },
	{ 5, "Observation" },
	{ 7, "Observation" },
	{ 9, "DocumentReference" },
	{ 9, "Encounter" },
	{ 9, "Flag" },
	{ 9, "Immunization" },
	{ 9, "MedicationDispense" },
	{ 9, "MedicationRequest" },
	{ 9, "MedicationStatement" },
	{ 9, "Procedure" },
	{ 9, "QuestionnaireResponse" },
};

static gboolean
row_again(struct ingest *in, sqlite3_stmt *st, GError **error)
{
	BASE_AUTO(fhir_doc) tree = fhir_parse(sqlite3_column_blob(st, 2),
	    (size_t)sqlite3_column_bytes(st, 2), NULL, NULL);
	struct doc doc = { .n = sqlite3_column_int64(st, 0),
		.patient = sqlite3_column_int64(st, 1), .update = TRUE,
		.awaited = TRUE };

	if (!tree || !fhir_head(fhir_root(tree), &doc.head, NULL))
		return TRUE;
	doc.root = fhir_root(tree);
	if (!search_touch(in->store, doc.n, error))
		return FALSE;
	return project_again(in, &doc, error);
}

static gboolean
type_again(struct ingest *in, const char *type, GError **error)
{
	static const char sql[] = "SELECT r.n, r.patient, b.bytes"
	    " FROM resource r JOIN body b USING(n) WHERE r.type=?1 AND r.here";
	sqlite3_stmt *st = db_query(in->store, error, sql, "s", type);
	gboolean failed = st == NULL;

	while (!failed && db_row(in->store, st, &failed, error))
		failed = !row_again(in, st, error);
	db_done(st);
	return !failed;
}

gboolean
again_run(struct ingest *in, void *data, GError **error)
{
	int from = *(int *)data;

	for (size_t i = 0; i < G_N_ELEMENTS(changed); i++)
		if (from < changed[i].version &&
		    !type_again(in, changed[i].type, error))
			return FALSE;
	return TRUE;
}
