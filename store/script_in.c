/* SPDX-License-Identifier: Apache-2.0 */
/* Orders as prescribing sees them, and what became of them: dispensed,
 * delivered. Each touches the requests, reviews and prescriptions it bears on. */
#include "store/entry.h"
#include "store/rx_row.h"

#define DAY_MS INT64_C(86400000)

/* A day stands until it is over. */
static int64_t
end_at(const fhir_node *root, const char *path)
{
	char precision;
	int64_t ms;

	if (!fhir_time_ms(fhir_text(root, path), &ms, &precision))
		return 0;
	return precision == 'd' ? ms + DAY_MS : ms;
}

static int64_t
start_at(const fhir_node *root, const char *path, int64_t fallback)
{
	int64_t ms;

	return fhir_time_ms(fhir_text(root, path), &ms, NULL) ? ms : fallback;
}

/* ---- touching ----------------------------------------------------------- */

gboolean
script_touch(struct ingest *in, int64_t n, GError **error)
{
	/* An order's own tasks, its group's, and those of what it renews: a
	 * rejected one is answered by its replacement. */
	static const char *const tasks[] = {
		"SELECT n FROM rx_task WHERE focus=?1",
		"SELECT t.n FROM script s JOIN rx_task t ON t.grp = s.grp"
		" WHERE s.n=?1",
		"SELECT t.n FROM script s JOIN script o ON o.grp = s.grp"
		" AND o.patient = s.patient JOIN rx_task t ON t.focus = o.n"
		" WHERE s.n=?1 LIMIT 1000",
		"SELECT t.n FROM script s JOIN rx_task t ON t.focus = s.prior"
		" WHERE s.n=?1 AND s.prior<>0",
		"SELECT t.n FROM script s JOIN script o ON o.prior = s.prior"
		" JOIN rx_task t ON t.focus = o.n OR t.grp = o.grp"
		" WHERE s.n=?1 AND s.prior<>0 LIMIT 1000",
		"SELECT t.n FROM script s JOIN script p ON p.n = s.prior"
		" JOIN rx_task t ON t.grp = p.grp WHERE s.n=?1 AND s.prior<>0",
	};
	static const char *const rxs[] = {
		"SELECT rx FROM script WHERE n=?1",
		"SELECT r.n FROM script s JOIN rx r ON r.prior = s.prior"
		" WHERE s.n=?1 AND s.prior<>0",
		"SELECT p.rx FROM script s JOIN script p ON p.n = s.prior"
		" WHERE s.n=?1 AND s.prior<>0",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(tasks); i++)
		if (!touch_rows(in, in->tasks, tasks[i], n, error))
			return FALSE;
	for (size_t i = 0; i < G_N_ELEMENTS(rxs); i++)
		if (!touch_rows(in, in->rxs, rxs[i], n, error))
			return FALSE;
	return TRUE;
}

/* ---- MedicationRequest -------------------------------------------------- */

/* basedOn may name several things; the proposal is an order's own kind. */
static gboolean
based_on(struct ingest *in, const fhir_node *root, int64_t *n, GError **error)
{
	size_t count = MIN(fhir_count(root, "basedOn"), REFS_MAX);

	*n = 0;
	for (size_t i = 0; i < count && !*n; i++)
		if (!number_at(in->store, fhir_at(root, "basedOn", i), NULL,
		    "MedicationRequest", n, error))
			return FALSE;
	return TRUE;
}

static gboolean
script_put(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "INSERT INTO script(n, patient, intent,"
	    " status, reason, requester, prior, based, grp, authored, until,"
	    " words, drug) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
	    " ?12, ?13) ON CONFLICT(n) DO UPDATE SET patient=?2, intent=?3,"
	    " status=?4, reason=?5, requester=?6, prior=?7, based=?8, grp=?9,"
	    " authored=?10, until=?11, words=?12, drug=?13";
	const fhir_node *root = doc->root;
	int64_t requester, prior, based, drug;
	const char *words;

	if (!number_at(in->store, root, "requester", NULL, &requester, error) ||
	    !number_at(in->store, root, "priorPrescription",
	    "MedicationRequest", &prior, error) ||
	    !based_on(in, root, &based, error) ||
	    !drug_of(in, root, &words, &drug, error))
		return FALSE;
	return db_run(in->store, error, sql, "iisssiiisiisi", doc->n,
	    doc->patient, fhir_text(root, "intent"), fhir_text(root, "status"),
	    fhir_concept_words(fhir_get(root, "statusReason"), in->lang),
	    requester, prior == doc->n ? (int64_t)0 : prior, based,
	    fhir_text(root, "groupIdentifier.value"), start_at(root,
	    "authoredOn", doc->head.updated_ms), end_at(root,
	    "dispenseRequest.validityPeriod.end"), words, drug);
}

gboolean
project_script(struct ingest *in, const struct doc *doc, GError **error)
{
	return project_drug(in, doc, error) &&
	    (!doc->update || script_touch(in, doc->n, error)) &&
	    script_put(in, doc, error) &&
	    rx_join(in, doc, error) &&
	    script_touch(in, doc->n, error);
}

gboolean
scripts_again(struct ingest *in, GError **error)
{
	static const char sql[] = "SELECT s.n, b.bytes, s.patient FROM script s"
	    " JOIN body b USING(n) WHERE s.rx IS NULL AND s.grp IS NOT NULL"
	    " AND s.requester IN (SELECT n FROM me)";
	sqlite3_stmt *st = db_query(in->store, error, sql, "");
	gboolean failed = FALSE, ok = st != NULL;

	while (ok && db_row(in->store, st, &failed, error)) {
		BASE_AUTO(fhir_doc) tree = fhir_parse(
		    sqlite3_column_blob(st, 1),
		    (size_t)sqlite3_column_bytes(st, 1), NULL, NULL);
		struct doc doc = { .n = sqlite3_column_int64(st, 0),
			.patient = sqlite3_column_int64(st, 2) };
		if (!tree)
			continue;
		doc.root = fhir_root(tree);
		ok = rx_join(in, &doc, error) &&
		    script_touch(in, doc.n, error);
	}
	db_done(st);
	return ok && !failed;
}

/* ---- MedicationDispense, SupplyDelivery --------------------------------- */

enum { FILL_DISPENSE, FILL_DELIVERY };

/* What is delivered hangs on a dispense or on the order itself. */
gboolean
fill_touch(struct ingest *in, int64_t n, GError **error)
{
	static const char sql[] = "SELECT s.rx FROM fill f JOIN script s"
	    " ON s.n = f.what WHERE f.n=?1 AND s.rx IS NOT NULL"
	    " UNION SELECT s.rx FROM fill f JOIN fill d ON d.n = f.what"
	    " JOIN script s ON s.n = d.what WHERE f.n=?1 AND s.rx IS NOT NULL"
	    " UNION SELECT s.rx FROM script s WHERE s.n=?1 AND s.rx IS NOT NULL";

	return touch_rows(in, in->rxs, sql, n, error);
}

static gboolean
fill_put(struct ingest *in, const struct doc *doc, int kind, int64_t what,
    const char *reason, int64_t at, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO fill(n, kind, what,"
	    " status, reason, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6)";

	if (doc->update && !fill_touch(in, doc->n, error))
		return FALSE;
	return db_run(in->store, error, sql, "iiissi", doc->n, (int64_t)kind,
	    what == doc->n ? (int64_t)0 : what,
	    fhir_text(doc->root, "status"), reason, at) &&
	    fill_touch(in, doc->n, error);
}

gboolean
project_fill(struct ingest *in, const struct doc *doc, GError **error)
{
	const fhir_node *root = doc->root;
	int64_t what, at = doc->head.updated_ms;

	at = start_at(root, "whenPrepared", at);
	at = start_at(root, "whenHandedOver", at);
	return project_dispense(in, doc, error) &&
	    project_given(in, doc, error) && number_at(in->store, root, "authorizingPrescription",
	    "MedicationRequest", &what, error) &&
	    fill_put(in, doc, FILL_DISPENSE, what, fhir_concept_words(
	    fhir_get(root, "statusReasonCodeableConcept"), in->lang), at,
	    error);
}

/* Only an extension of this address says what it is based on. */
#define BASED_ON "http://hl7.org/fhir/StructureDefinition/event-basedOn"

/* A member of a list names the order or the dispense. 0: it names neither. */
static gboolean
delivered_at(struct store *store, const fhir_node *member, const char *path,
    int64_t *what, GError **error)
{
	struct fhir_ref ref;

	if (!fhir_ref_at(member, path, &ref) ||
	    (strcmp(ref.type, "MedicationRequest") &&
	    strcmp(ref.type, "MedicationDispense")))
		return TRUE;
	return number_of(store, ref.type, ref.id, what, error);
}

/* R4 has basedOn for a SupplyRequest, partOf for a part delivery, and an extension
 * for any other request; servers put the order or the dispense in each. */
static gboolean
delivered_what(struct store *store, const fhir_node *root, int64_t *what,
    GError **error)
{
	static const struct { const char *list, *path, *url; } places[] = {
		{ "extension", "valueReference", BASED_ON },
		{ "basedOn", NULL, NULL }, { "partOf", NULL, NULL },
	};

	for (size_t p = 0; p < G_N_ELEMENTS(places); p++) {
		size_t count = MIN(fhir_count(root, places[p].list), REFS_MAX);

		for (size_t i = 0; i < count && !*what; i++) {
			const fhir_node *m = fhir_at(root, places[p].list, i);

			if (places[p].url && g_strcmp0(fhir_text(m, "url"),
			    places[p].url) != 0)
				continue;
			if (!delivered_at(store, m, places[p].path, what,
			    error))
				return FALSE;
		}
	}
	return TRUE;
}

gboolean
project_delivery(struct ingest *in, const struct doc *doc, GError **error)
{
	const fhir_node *root = doc->root;
	int64_t what = 0, at = doc->head.updated_ms;

	at = start_at(root, "occurrencePeriod.end", at);
	at = start_at(root, "occurrenceDateTime", at);
	return delivered_what(in->store, root, &what, error) &&
	    fill_put(in, doc, FILL_DELIVERY, what, NULL, at, error);
}
