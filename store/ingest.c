/* SPDX-License-Identifier: Apache-2.0 */
/* Resources in: the version rule, the bytes, then the projection of the type. */
#include "store/rx_row.h"
#include "store/search_room.h"

static const struct { const char *type; project_fn project; } projections[] = {
	{ "AllergyIntolerance", project_allergy },
	{ "CareTeam", project_past },
	{ "Communication", project_communication },
	{ "Condition", project_condition },
	{ "Coverage", project_past },
	{ "Device", project_named },
	{ "DiagnosticReport", project_report },
	{ "DocumentReference", project_past },
	{ "Encounter", project_past },
	{ "EpisodeOfCare", project_past },
	{ "Flag", project_past },
	{ "Immunization", project_past },
	{ "Medication", project_medication },
	{ "MedicationAdministration", project_given },
	{ "MedicationDispense", project_fill },
	{ "MedicationKnowledge", project_knowledge },
	{ "MedicationRequest", project_script },
	{ "MedicationStatement", project_drug },
	{ "Observation", project_observation },
	{ "Organization", project_named },
	{ "Patient", project_patient },
	{ "Practitioner", project_named },
	{ "PractitionerRole", project_role },
	{ "Procedure", project_past },
	{ "Provenance", project_provenance },
	{ "QuestionnaireResponse", project_past },
	{ "RelatedPerson", project_named },
	{ "ServiceRequest", project_request },
	{ "SupplyDelivery", project_delivery },
	{ "Task", project_task },
};

static project_fn
projection(const char *type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(projections); i++)
		if (strcmp(type, projections[i].type) == 0)
			return projections[i].project;
	return NULL;
}

/* What the store has of a resource. */
struct known {
	int64_t n, updated;
	gboolean here, same;
};

static gboolean
known_get(struct store *store, const struct fhir_head *head,
    struct known *out, GError **error)
{
	static const char sql[] = "SELECT n, updated, here, version"
	    " FROM resource WHERE h=?3 AND id=?1 AND type=?2";
	sqlite3_stmt *st = db_query(store, error, sql, "ssi", head->id,
	    head->type, number_hash(head->type, head->id));
	gboolean failed = FALSE;

	*out = (struct known){ 0 };
	if (!st)
		return FALSE;
	if (db_row(store, st, &failed, error)) {
		out->n = sqlite3_column_int64(st, 0);
		out->updated = sqlite3_column_int64(st, 1);
		out->here = sqlite3_column_int(st, 2);
		out->same = out->here && head->version &&
		    g_strcmp0(db_col(st, 3), head->version) == 0;
	}
	db_done(st);
	return !failed;
}

/* Version ids have no order; only the server's stamps do. */
static gboolean
is_stale(const struct known *known, const struct fhir_head *head)
{
	return known->same || head->updated_ms < known->updated;
}

/* Of a Communication its thread tells whose it is, and an index over patients
 * would cost a page for each message. */
static int64_t
kept_patient(const struct doc *doc)
{
	return strcmp(doc->head.type, "Communication") == 0 ? 0 : doc->patient;
}

static gboolean
resource_put(struct store *store, struct doc *doc, const struct known *known,
    const struct store_doc *bytes, GError **error)
{
	static const char insert[] = "INSERT INTO resource(type, id, version,"
	    " updated, here, patient, h) VALUES(?1, ?2, ?3, ?4, 1, ?5, ?6)";
	static const char update[] = "UPDATE resource SET version=?2, updated=?3,"
	    " here=1 WHERE n=?1";
	static const char whose[] = "UPDATE resource SET patient=?2"
	    " WHERE n=?1 AND patient IS NOT ?2";
	static const char body[] = "INSERT INTO body(n, bytes) VALUES(?1, ?2)";
	static const char replace[] = "UPDATE body SET bytes=?2 WHERE n=?1";
	const struct fhir_head *head = &doc->head;
	int64_t patient = kept_patient(doc);

	if (known->n == 0) {
		if (!db_run(store, error, insert, patient ? "sssiii" :
		    "sssini", head->type, head->id, head->version,
		    head->updated_ms, patient,
		    number_hash(head->type, head->id)))
			return FALSE;
		doc->n = sqlite3_last_insert_rowid(store->db);
	} else {
		doc->n = known->n;
		if (!db_run(store, error, update, "isi", doc->n, head->version,
		    head->updated_ms) || (patient &&
		    !db_run(store, error, whose, "ii", doc->n, patient)))
			return FALSE;
	}
	return db_run(store, error, known->here ? replace : body, "ib", doc->n,
	    bytes->bytes, bytes->len);
}

/* A Patient's own number is made as a reference's would be, with its row. */
static gboolean
patient_of(struct store *store, struct doc *doc, struct known *known,
    GError **error)
{
	static const char *const paths[] = { "subject", "patient", "for",
		"beneficiary" };

	if (strcmp(doc->head.type, "Patient") == 0) {
		if (!number_of(store, "Patient", doc->head.id, &doc->patient,
		    error))
			return FALSE;
		known->n = doc->patient;
		return TRUE;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(paths) && !doc->patient; i++)
		if (!number_at(store, doc->root, paths[i], "Patient",
		    &doc->patient, error))
			return FALSE;
	return TRUE;
}

enum ingested
ingest_doc(struct ingest *in, const struct store_doc *bytes, GError **error)
{
	BASE_AUTO(fhir_doc) tree = fhir_parse(bytes->bytes, bytes->len, NULL,
	    NULL);
	struct store *store = in->store;
	struct doc doc = { 0 };
	struct known known;
	project_fn project;

	if (!tree || !fhir_head(fhir_root(tree), &doc.head, NULL))
		return INGESTED_REFUSED;
	doc.root = fhir_root(tree);
	if (!known_get(store, &doc.head, &known, error))
		return INGESTED_ERROR;
	if (is_stale(&known, &doc.head))
		return INGESTED_SAME;
	doc.update = known.here;
	doc.awaited = known.n != 0;
	if (!patient_of(store, &doc, &known, error) ||
	    (known.n && !search_touch(store, known.n, error)) ||
	    !resource_put(store, &doc, &known, bytes, error))
		return INGESTED_ERROR;
	touch(in->patients, doc.patient);
	project = projection(doc.head.type);
	if (project && !project(in, &doc, error))
		return INGESTED_ERROR;
	return doc.update ? INGESTED_UPDATED : INGESTED_ADDED;
}

gboolean
project_again(struct ingest *in, const struct doc *doc, GError **error)
{
	project_fn project = projection(doc->head.type);

	touch(in->patients, doc->patient);
	return !project || project(in, doc, error);
}

gboolean
touch_rows(struct ingest *in, GHashTable *set, const char *sql, int64_t n,
    GError **error)
{
	sqlite3_stmt *st = db_query(in->store, error, sql, "i", n);
	gboolean failed = FALSE;

	while (st && db_row(in->store, st, &failed, error))
		touch(set, sqlite3_column_int64(st, 0));
	db_done(st);
	return st && !failed;
}

/* ---- one transaction ---------------------------------------------------- */

void
ingest_begin(struct ingest *in, struct store *store)
{
	static const char live[] = "SELECT EXISTS(SELECT 1 FROM outbox"
	    " WHERE state < 3 AND value <> '')";
	static const char indexed[] = "SELECT value FROM meta"
	    " WHERE key='search.at'";
	GHashTable **sets[] = { &in->consults, &in->reports, &in->patients,
		&in->tasks, &in->rxs, &in->senders, &in->sides, &in->owned,
		&in->named };
	int64_t any;

	*in = (struct ingest){ .store = store, .now_ms = base_now_ms() };
	for (size_t i = 0; i < G_N_ELEMENTS(sets); i++)
		*sets[i] = g_hash_table_new(g_direct_hash, g_direct_equal);
	in->alike = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);
	in->lang = g_str_has_prefix(base_i18n_language(), "zh") ? "zh" : "en";
	in->outbox_live = db_int(store, NULL, 0, &any, live, "") && any;
	db_int(store, NULL, 0, &store->search_at, indexed, "");
}

void
ingest_clear(struct ingest *in)
{
	g_hash_table_unref(in->consults);
	g_hash_table_unref(in->reports);
	g_hash_table_unref(in->patients);
	g_hash_table_unref(in->tasks);
	g_hash_table_unref(in->rxs);
	g_clear_pointer(&in->my_codes, g_hash_table_unref);
	g_hash_table_unref(in->senders);
	g_hash_table_unref(in->sides);
	g_hash_table_unref(in->owned);
	g_hash_table_unref(in->named);
	g_hash_table_unref(in->alike);
}

static gboolean
senders_changed(struct ingest *in, GError **error)
{
	static const char sql[] = "SELECT key, sender FROM queue WHERE kind=?1";
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	if (g_hash_table_size(in->senders) == 0)
		return TRUE;
	g_hash_table_remove_all(in->sides);
	st = db_query(in->store, error, sql, "i", (int64_t)QUEUE_CONSULT);
	if (!st)
		return FALSE;
	while (db_row(in->store, st, &failed, error))
		if (touched(in->senders, sqlite3_column_int64(st, 1)))
			touch(in->consults, sqlite3_column_int64(st, 0));
	db_done(st);
	return !failed;
}

static gboolean
each(struct ingest *in, GHashTable *set,
    gboolean (*work)(struct ingest *, int64_t, GError **), GError **error)
{
	GHashTableIter iter;
	void *n;

	g_hash_table_iter_init(&iter, set);
	while (g_hash_table_iter_next(&iter, &n, NULL))
		if (!work(in, (intptr_t)n, error))
			return FALSE;
	return TRUE;
}

gboolean
ingest_finish(struct ingest *in, GError **error)
{
	GHashTableIter iter;
	void *fold;

	g_hash_table_iter_init(&iter, in->alike);
	while (g_hash_table_iter_next(&iter, &fold, NULL))
		if (!alike_refresh(in->store, fold, error))
			return FALSE;
	return senders_changed(in, error) &&
	    each(in, in->consults, owed_consult, error) &&
	    each(in, in->reports, owed_report, error) &&
	    each(in, in->rxs, rx_refresh, error) &&
	    each(in, in->tasks, owed_rx_task, error);
}

struct wrapped {
	struct ingest in;
	gboolean (*work)(struct ingest *, void *, GError **);
	void *data;
};

static gboolean
run_wrapped(struct store *store, void *data, GError **error)
{
	struct wrapped *w = data;
	gboolean ok;

	ingest_begin(&w->in, store);
	ok = me_load(store, error) && w->work(&w->in, w->data, error) &&
	    ingest_finish(&w->in, error) && search_finish(&w->in, error);
	search_forget(store);
	ingest_clear(&w->in);
	return ok;
}

gboolean
ingest_run(struct store *store, gboolean (*work)(struct ingest *, void *,
    GError **), void *data, GError **error)
{
	struct wrapped w = { .work = work, .data = data };

	return run_wrapped(store, &w, error);
}

gboolean
ingest_transact(struct store *store, enum db_durability how,
    gboolean (*work)(struct ingest *, void *, GError **), void *data,
    GError **error)
{
	struct wrapped w = { .work = work, .data = data };

	return db_transact(store, how, run_wrapped, &w, error);
}

/* ---- the public calls --------------------------------------------------- */

struct page {
	const struct store_doc *docs;
	size_t n;
	const struct store_mark *mark;
	struct store_ingested *out;
};

static void
numbers_out(GHashTable *set, GArray **out)
{
	GHashTableIter iter;
	void *key;

	if (!*out)
		*out = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_hash_table_iter_init(&iter, set);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		int64_t n = (intptr_t)key;
		g_array_append_val(*out, n);
	}
}

G_STATIC_ASSERT(sizeof(struct consult_id) == sizeof(int64_t));
G_STATIC_ASSERT(sizeof(struct patient_id) == sizeof(int64_t));

static gboolean
ingest_page(struct ingest *in, void *data, GError **error)
{
	static const char mark[] = "INSERT INTO mark(scope, watermark)"
	    " VALUES(?1, ?2) ON CONFLICT(scope) DO UPDATE SET"
	    " watermark=max(watermark, excluded.watermark)";
	struct page *page = data;
	int counts[INGESTED_ERROR] = { 0 };

	for (size_t i = 0; i < page->n; i++) {
		enum ingested result = ingest_doc(in, &page->docs[i], error);
		if (result == INGESTED_ERROR)
			return FALSE;
		counts[result]++;
	}
	if (page->mark && !db_run(in->store, error, mark, "si",
	    page->mark->scope, page->mark->watermark_ms))
		return FALSE;
	if (!ingest_finish(in, error))
		return FALSE;
	*page->out = (struct store_ingested){
		.added = counts[INGESTED_ADDED],
		.updated = counts[INGESTED_UPDATED],
		.same = counts[INGESTED_SAME],
		.refused = counts[INGESTED_REFUSED],
		.queue_changed = in->queue_changed,
		.consults = page->out->consults,
		.patients = page->out->patients,
	};
	numbers_out(in->consults, &page->out->consults);
	numbers_out(in->patients, &page->out->patients);
	/* Done above: what the numbers were needed for. */
	g_hash_table_remove_all(in->consults);
	g_hash_table_remove_all(in->reports);
	g_hash_table_remove_all(in->rxs);
	g_hash_table_remove_all(in->tasks);
	g_hash_table_remove_all(in->senders);
	g_hash_table_remove_all(in->alike);
	return TRUE;
}

gboolean
store_ingest(struct store *store, const struct store_doc *docs, size_t n,
    const struct store_mark *mark, struct store_ingested *out, GError **error)
{
	struct store_ingested own = { 0 };
	struct page page = { docs, n, mark, out ? out : &own };
	gboolean ok;

	g_return_val_if_fail(n <= STORE_BATCH_MAX, FALSE);
	if (out)
		*out = own;
	ok = ingest_transact(store, DB_NORMAL, ingest_page, &page, error);
	store_ingested_clear(out ? (ok ? &own : out) : &own);
	return ok;
}

void
store_ingested_clear(struct store_ingested *out)
{
	g_clear_pointer(&out->consults, g_array_unref);
	g_clear_pointer(&out->patients, g_array_unref);
}

int64_t
store_watermark(struct store *store, const char *scope)
{
	static const char sql[] = "SELECT watermark FROM mark WHERE scope=?1";
	int64_t ms;

	db_int(store, NULL, 0, &ms, sql, "s", scope);
	return ms;
}

char *
store_version(struct store *store, const char *type, const char *id)
{
	static const char sql[] = "SELECT version FROM resource"
	    " WHERE h=?3 AND id=?1 AND type=?2 AND here";

	return db_text(store, NULL, sql, "ssi", id, type,
	    number_hash(type, id));
}

char *
store_body(struct store *store, const char *type, const char *id, size_t *len,
    GError **error)
{
	static const char sql[] = "SELECT bytes FROM body JOIN resource USING(n)"
	    " WHERE h=?3 AND id=?1 AND type=?2";
	sqlite3_stmt *st = db_query(store, error, sql, "ssi", id, type,
	    number_hash(type, id));
	gboolean failed = FALSE;
	char *bytes = NULL;

	if (st && db_row(store, st, &failed, error)) {
		size_t n = (size_t)sqlite3_column_bytes(st, 0);
		bytes = g_malloc(n + 1);
		memcpy(bytes, sqlite3_column_blob(st, 0), n);
		bytes[n] = '\0';
		if (len)
			*len = n;
	} else if (st && !failed) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "%s/%s is not in the cache", type, id);
	}
	db_done(st);
	return bytes;
}
