/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions in the outbox: all of one arrives or nothing. What became of one
 * whose answer was lost is asked by the identifiers it would have created, then by
 * the versions it would have changed.
 */
#include "store/transaction.h"

/* ---- what it asks for --------------------------------------------------- */

static struct fhir_doc *
bundle_of(const char *bytes, size_t len)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);

	if (!doc || g_strcmp0(fhir_text(fhir_root(doc), "resourceType"),
	    "Bundle") != 0)
		return NULL;
	return g_steal_pointer(&doc);
}

/* "MedicationRequest?identifier=…" of an If-None-Exist. */
static char *
create_question(const fhir_node *entry)
{
	const char *url = fhir_text(entry, "request.url");
	const char *none = fhir_text(entry, "request.ifNoneExist");
	g_autofree char *query = NULL;

	if (!url || !none || !g_ascii_isalpha(*url) ||
	    strspn(url, G_CSET_A_2_Z G_CSET_a_2_z) != strlen(url))
		return NULL;
	query = g_uri_escape_string(none, "=&%:/", FALSE);
	return g_strconcat(url, "?", query, NULL);
}

static char *
change_question(const fhir_node *entry)
{
	struct fhir_ref ref;

	if (!fhir_text(entry, "request.ifMatch") ||
	    !fhir_ref_at(entry, "request.url", &ref))
		return fhir_text(entry, "request.ifMatch") &&
		    fhir_ref_parse(fhir_text(entry, "request.url"), &ref) ?
		    g_strconcat(ref.type, "/", ref.id, NULL) : NULL;
	return g_strconcat(ref.type, "/", ref.id, NULL);
}

char **
store_outbox_questions(const struct outbox_entry *e)
{
	static char *(*const kinds[])(const fhir_node *) = { create_question,
		change_question };
	BASE_AUTO(fhir_doc) doc = e->verb == OUTBOX_TRANSACTION ?
	    bundle_of(e->bytes, e->len) : NULL;
	g_autoptr(GPtrArray) out = g_ptr_array_new();
	size_t entries = doc ? MIN(fhir_count(fhir_root(doc), "entry"),
	    REFS_MAX) : 0;

	for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
		for (size_t i = 0; i < entries; i++) {
			char *question = kinds[k](fhir_at(fhir_root(doc),
			    "entry", i));
			if (question)
				g_ptr_array_add(out, question);
		}
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&out), FALSE);
}

/* ---- what was found ----------------------------------------------------- */

static gboolean
identifier_in(const fhir_node *a, const fhir_node *b)
{
	size_t n = MIN(fhir_count(a, "identifier"), REFS_MAX);
	size_t m = MIN(fhir_count(b, "identifier"), REFS_MAX);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++) {
			const char *x = fhir_text(fhir_at(a, "identifier", i),
			    "value");
			if (x && g_strcmp0(x, fhir_text(fhir_at(b,
			    "identifier", k), "value")) == 0)
				return TRUE;
		}
	return FALSE;
}

static gboolean
same_text(const fhir_node *a, const fhir_node *b, const char *path)
{
	return g_strcmp0(fhir_text(a, path), fhir_text(b, path)) == 0;
}

/* W/"3" */
static gboolean
version_is(const char *if_match, const char *version)
{
	g_autofree char *quoted = version ?
	    g_strdup_printf("W/\"%s\"", version) : NULL;

	return quoted && strcmp(quoted, if_match) == 0;
}

struct tally { int creates, created, changes, changed, same; };

static void
tally_create(struct tally *t, const fhir_node *wanted, const fhir_node *found)
{
	if (same_text(wanted, found, "resourceType") &&
	    identifier_in(wanted, found))
		t->created++;
}

/* Another version: ours, if it says what we said. */
static void
tally_change(struct tally *t, const fhir_node *entry, const fhir_node *found)
{
	const fhir_node *wanted = fhir_get(entry, "resource");
	const char *match = fhir_text(entry, "request.ifMatch");

	if (!same_text(wanted, found, "resourceType") ||
	    !same_text(wanted, found, "id"))
		return;
	if (version_is(match, fhir_text(found, "meta.versionId")))
		return;
	t->changed++;
	t->same += same_text(wanted, found, "status") &&
	    same_text(wanted, found, "owner.reference") &&
	    same_text(wanted, found, "intent");
}

static void
tally_doc(struct tally *t, const fhir_node *bundle, const fhir_node *found)
{
	size_t entries = MIN(fhir_count(bundle, "entry"), REFS_MAX);

	for (size_t i = 0; i < entries; i++) {
		const fhir_node *entry = fhir_at(bundle, "entry", i);
		if (fhir_text(entry, "request.ifNoneExist"))
			tally_create(t, fhir_get(entry, "resource"), found);
		else if (fhir_text(entry, "request.ifMatch"))
			tally_change(t, entry, found);
	}
}

static void
tally_wanted(struct tally *t, const fhir_node *bundle)
{
	size_t entries = MIN(fhir_count(bundle, "entry"), REFS_MAX);

	for (size_t i = 0; i < entries; i++) {
		const fhir_node *entry = fhir_at(bundle, "entry", i);
		if (fhir_text(entry, "request.ifNoneExist"))
			t->creates++;
		else if (fhir_text(entry, "request.ifMatch"))
			t->changes++;
	}
}

/* One thing it would have created proves it. A version that moved on otherwise
 * can never be met again. */
static enum outbox_found
tally_says(const struct tally *t)
{
	if (t->created)
		return OUTBOX_FOUND_ALL;
	if (!t->changed)
		return OUTBOX_FOUND_NONE;
	return !t->creates && t->same >= t->changes ? OUTBOX_FOUND_ALL :
	    OUTBOX_FOUND_CHANGED;
}

struct finding {
	int64_t n;
	const struct store_doc *docs;
	size_t n_docs;
	enum outbox_found found;
};

static void
finding_read(struct finding *f, const struct letter *letter)
{
	BASE_AUTO(fhir_doc) bundle = bundle_of(letter->bytes, letter->len);
	struct tally tally = { 0 };

	f->found = OUTBOX_FOUND_NONE;
	if (!bundle)
		return;
	tally_wanted(&tally, fhir_root(bundle));
	for (size_t i = 0; i < f->n_docs; i++) {
		BASE_AUTO(fhir_doc) doc = fhir_parse(f->docs[i].bytes,
		    f->docs[i].len, NULL, NULL);
		if (doc)
			tally_doc(&tally, fhir_root(bundle), fhir_root(doc));
	}
	f->found = tally_says(&tally);
}

gboolean
transaction_done(struct ingest *in, int64_t n, GError **error)
{
	static const char which[] = "SELECT rx.n FROM outbox o JOIN rx"
	    " ON rx.identifier = o.value AND rx.own WHERE o.n=?1"
	    " AND o.system='" RX_SYSTEM "' AND o.verb=2";
	static const char local[] = "UPDATE rx SET local=2 WHERE n=?1"
	    " AND local=1";
	static const char thread[] = "SELECT thread FROM outbox WHERE n=?1";
	int64_t rx, task;

	if (!db_int(in->store, error, 0, &rx, which, "i", n) ||
	    !db_int(in->store, error, 0, &task, thread, "i", n))
		return FALSE;
	touch(in->rxs, rx);
	touch(in->tasks, task);
	return db_run(in->store, error, local, "i", rx);
}

static gboolean
found_put(struct ingest *in, void *data, GError **error)
{
	static const char sql[] = "SELECT " LETTER_COLUMNS " FROM outbox"
	    " WHERE n=?1 AND verb=2 AND state<3";
	static const char done[] = "UPDATE outbox SET state=3, reason=NULL"
	    " WHERE n=?1 AND state<3";
	static const char failed_sql[] = "UPDATE outbox SET state=2, reason=?2"
	    " WHERE n=?1 AND state<3";
	struct finding *f = data;
	gboolean failed = FALSE;
	struct letter letter;
	sqlite3_stmt *st = db_query(in->store, error, sql, "i", f->n);

	/* Found here meanwhile: by the delta. */
	f->found = OUTBOX_FOUND_ALL;
	if (st && db_row(in->store, st, &failed, error) &&
	    letter_read(st, 0, &letter))
		finding_read(f, &letter);
	db_done(st);
	if (!st || failed)
		return FALSE;
	for (size_t i = 0; i < f->n_docs; i++)
		if (ingest_doc(in, &f->docs[i], error) == INGESTED_ERROR)
			return FALSE;
	if (f->found == OUTBOX_FOUND_NONE)
		return TRUE;
	if (f->found == OUTBOX_FOUND_CHANGED)
		return db_run(in->store, error, failed_sql, "is", f->n,
		    N_("changed on the server meanwhile")) &&
		    transaction_touch(in, f->n, error);
	return db_run(in->store, error, done, "i", f->n) &&
	    transaction_done(in, f->n, error);
}

gboolean
transaction_touch(struct ingest *in, int64_t n, GError **error)
{
	static const char thread[] = "SELECT thread FROM outbox WHERE n=?1";
	int64_t task;

	if (!db_int(in->store, error, 0, &task, thread, "i", n))
		return FALSE;
	touch(in->tasks, task);
	return TRUE;
}

gboolean
store_outbox_found(struct store *store, struct outbox_id id,
    const struct store_doc *docs, size_t n, enum outbox_found *found,
    GError **error)
{
	struct finding f = { id.n, docs, n, OUTBOX_FOUND_NONE };

	if (!ingest_transact(store, DB_DURABLE, found_put, &f, error))
		return FALSE;
	if (f.found != OUTBOX_FOUND_NONE)
		g_hash_table_remove(store->in_flight, &id.n);
	*found = f.found;
	return TRUE;
}

/* ---- the answer --------------------------------------------------------- */

static gboolean
want(struct store *store, const char *location, int64_t now_ms, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO wanted(ref, asked)"
	    " VALUES(?1, ?2)";
	g_autofree char *text = NULL;
	struct fhir_ref ref;

	if (!location || !fhir_ref_parse(location, &ref))
		return TRUE;
	text = g_strconcat(ref.type, "/", ref.id, NULL);
	return db_run(store, error, sql, "si", text, now_ms);
}

/* Where an entry has no resource, what it located is fetched later. */
static gboolean
locations_take(struct ingest *in, const struct store_doc *answer,
    GError **error)
{
	BASE_AUTO(fhir_doc) doc = bundle_of(answer->bytes, answer->len);
	size_t entries = doc ? MIN(fhir_count(fhir_root(doc), "entry"),
	    REFS_MAX) : 0;

	for (size_t i = 0; i < entries; i++) {
		const fhir_node *entry = fhir_at(fhir_root(doc), "entry", i);
		if (!fhir_get(entry, "resource") && !want(in->store,
		    fhir_text(entry, "response.location"), in->now_ms, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
transaction_answer(struct ingest *in, const struct store_doc *answer,
    GError **error)
{
	BASE_AUTO(fhir_bundle) bundle = fhir_bundle_cut(answer->bytes,
	    answer->len, NULL, NULL);

	/* It was taken, whatever it says: the delta brings the rest. */
	for (guint i = 0; bundle && i < MIN(bundle->entries->len, REFS_MAX);
	    i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);
		struct store_doc doc = { e->resource, e->resource_len };
		if (e->resource &&
		    ingest_doc(in, &doc, error) == INGESTED_ERROR)
			return FALSE;
	}
	return locations_take(in, answer, error);
}

char **
store_wanted(struct store *store, int limit, GError **error)
{
	static const char sql[] = "SELECT ref FROM wanted ORDER BY asked, ref"
	    " LIMIT ?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i",
	    (int64_t)CLAMP(limit, 0, 1000));
	g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(g_free);
	gboolean failed = st == NULL;

	while (!failed && db_row(store, st, &failed, error))
		g_ptr_array_add(out, g_strdup(db_col(st, 0)));
	db_done(st);
	if (failed)
		return NULL;
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&out), FALSE);
}

static gboolean
wanted_drop(struct store *store, void *data, GError **error)
{
	static const char sql[] = "DELETE FROM wanted WHERE ref=?1";

	return db_run(store, error, sql, "s", (const char *)data);
}

gboolean
store_wanted_done(struct store *store, const char *ref, GError **error)
{
	return db_transact(store, DB_NORMAL, wanted_drop, (void *)ref, error);
}

/* ---- what is no new prescription ---------------------------------------- */

struct telling {
	const char *key, *transaction;
	size_t len;
	int64_t patient, now_ms;
};

/* The Task it answers, so that the queue shows it as waiting; else the
 * patient. */
static char *
answers(const struct telling *t, const char *patient_ref)
{
	BASE_AUTO(fhir_doc) doc = bundle_of(t->transaction, t->len);
	size_t entries = doc ? MIN(fhir_count(fhir_root(doc), "entry"),
	    REFS_MAX) : 0;

	for (size_t i = 0; i < entries; i++) {
		g_autofree char *ref = change_question(fhir_at(fhir_root(doc),
		    "entry", i));
		if (ref && g_str_has_prefix(ref, "Task/"))
			return g_steal_pointer(&ref);
	}
	return doc ? g_strdup(patient_ref) : NULL;
}

static gboolean
tell_put(struct ingest *in, void *data, GError **error)
{
	static const char drop[] = "DELETE FROM outbox WHERE value=?1"
	    " AND system='" RX_TELL_SYSTEM "' AND state=2 AND value<>''";
	static const char live[] = "SELECT EXISTS(SELECT 1 FROM outbox"
	    " WHERE value=?1 AND system='" RX_TELL_SYSTEM "' AND state<2"
	    " AND value<>'')";
	const struct telling *t = data;
	g_autofree char *patient_ref = number_ref(in->store, t->patient);
	g_autofree char *thread_ref = answers(t, patient_ref);
	struct letter letter = { .verb = OUTBOX_TRANSACTION, .type = "Bundle",
		.target = "", .if_match = "", .system = RX_TELL_SYSTEM,
		.value = t->key, .bytes = t->transaction, .len = t->len,
		.thread_ref = thread_ref, .patient_ref = patient_ref,
		.created_ms = t->now_ms, .patient = t->patient };
	int64_t any, n;

	if (!db_run(in->store, error, drop, "s", t->key) ||
	    !db_int(in->store, error, 0, &any, live, "s", t->key))
		return FALSE;
	if (any || !patient_ref || !thread_ref) {
		g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID,
		    any ? "this waits to be sent already" :
		    "not a transaction that can be sent");
		return FALSE;
	}
	if (!number_of_text(in->store, thread_ref, &letter.thread, error) ||
	    !letter_put(in->store, &letter, OUTBOX_WAITING, &n, error))
		return FALSE;
	touch(in->tasks, letter.thread);
	return TRUE;
}

gboolean
store_rx_tell(struct store *store, const char *key, struct patient_id patient,
    const char *transaction, size_t len, int64_t now_ms, GError **error)
{
	struct telling t = { key, transaction, len, patient.n, now_ms };

	return ingest_transact(store, DB_DURABLE, tell_put, &t, error);
}
