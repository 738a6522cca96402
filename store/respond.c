/* SPDX-License-Identifier: Apache-2.0 */
/* A result answered (wire.md, "What is owed"): seen, explained, recalled. Each is
 * one transaction: what the doctor did lies in the outbox, and the lane knows. */
#include "store/fact.h"

#define IDENTIFIER_SYSTEM "urn:ietf:rfc:3986"

static gboolean
refuse(GError **error, enum store_error code, const char *why)
{
	g_set_error_literal(error, STORE_ERROR, code, why);
	return FALSE;
}

gboolean
report_answer_ms(struct store *store, int64_t report, int64_t now_ms,
    int64_t *at, GError **error)
{
	static const char sql[] = "SELECT max(issued, ?2) FROM report"
	    " WHERE n=?1";

	return db_int(store, error, 0, at, sql, "ii", report, now_ms);
}

/* ---- Tasks -------------------------------------------------------------- */

static gboolean
is_open(const char *status)
{
	static const char *const open[] = { "draft", "requested", "received",
		"accepted", "ready", "in-progress", "on-hold", NULL };

	return status && g_strv_contains(open, status);
}

char *
task_completed(struct store *store, const char *bytes, size_t len,
    int64_t at_ms, size_t *out_len)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, len, NULL, NULL);
	g_autofree char *instant = fhir_instant(at_ms);
	g_autofree char *quoted = g_strdup_printf("\"%s\"", instant);
	const struct fhir_change changes[] = {
		{ "status", "\"completed\"", FALSE },
		{ "lastModified", quoted, FALSE },
	};
	struct fhir_ref owner;

	if (!doc || !instant || !is_open(fhir_text(fhir_root(doc), "status")) ||
	    !fhir_ref_at(fhir_root(doc), "owner", &owner) ||
	    !me_is(store, number_find(store, owner.type, owner.id)))
		return NULL;
	return fhir_edit(bytes, len, changes, G_N_ELEMENTS(changes), out_len,
	    NULL);
}

struct completing {
	int64_t report, patient, at_ms;
	const char *report_ref, *patient_ref;
	int put;                  /* letters */
};

static gboolean
task_put(struct store *store, struct completing *c, sqlite3_stmt *st,
    GError **error)
{
	g_autofree char *bytes = NULL;
	struct letter letter = { .verb = OUTBOX_UPDATE, .type = "Task",
		.target = db_col(st, 0), .if_match = db_col(st, 1),
		.system = "", .value = "", .thread_ref = c->report_ref,
		.patient_ref = c->patient_ref, .created_ms = c->at_ms,
		.thread = c->report, .patient = c->patient };
	int64_t n;

	bytes = task_completed(store, sqlite3_column_blob(st, 2),
	    (size_t)sqlite3_column_bytes(st, 2), c->at_ms, &letter.len);
	if (!bytes)
		return TRUE;
	letter.bytes = bytes;
	c->put++;
	return letter_put(store, &letter, OUTBOX_WAITING, &n, error);
}

/* Without a version there is no If-Match, and no safe update. */
static gboolean
tasks_put(struct store *store, struct completing *c, GError **error)
{
	static const char sql[] = "SELECT r.id, r.version, b.bytes FROM task t"
	    " JOIN resource r USING(n) JOIN body b USING(n)"
	    " WHERE t.target=?1 AND r.version IS NOT NULL AND NOT EXISTS("
	    "SELECT 1 FROM outbox o WHERE o.thread=?1 AND o.state<3"
	    " AND o.verb=1 AND o.target=r.id)";
	sqlite3_stmt *st = db_query(store, error, sql, "i", c->report);
	gboolean failed = st == NULL, ok = TRUE;

	while (!failed && ok && db_row(store, st, &failed, error))
		ok = task_put(store, c, st, error);
	db_done(st);
	return ok && !failed;
}

static gboolean
completing_of(struct store *store, int64_t report, struct completing *c,
    char **report_ref, char **patient_ref, GError **error)
{
	static const char sql[] = "SELECT patient FROM report WHERE n=?1";

	c->report = report;
	if (!db_int(store, error, 0, &c->patient, sql, "i", report))
		return FALSE;
	c->report_ref = *report_ref = number_ref(store, report);
	c->patient_ref = *patient_ref = number_ref(store, c->patient);
	return (c->report_ref && c->patient_ref) ||
	    refuse(error, STORE_ERROR_NOT_FOUND, "no such report");
}

gboolean
report_tasks_complete(struct store *store, int64_t report, int64_t at_ms,
    GError **error)
{
	struct completing c = { .at_ms = at_ms };
	g_autofree char *report_ref = NULL, *patient_ref = NULL;

	return completing_of(store, report, &c, &report_ref, &patient_ref,
	    error) && tasks_put(store, &c, error);
}

/* ---- seen --------------------------------------------------------------- */

struct seen {
	struct report_id report;
	const char *words;
	int64_t now_ms, hold_ms;
	int64_t first, last;      /* out */
};

/* Those who made the report hear that it was seen; the patient does not. */
static GPtrArray *
makers(const fhir_node *report)
{
	GPtrArray *to = g_ptr_array_new_with_free_func(g_free);
	size_t n = fhir_count(report, "performer");

	for (size_t i = 0; i < n; i++) {
		struct fhir_ref ref;

		if (fhir_ref_at(fhir_at(report, "performer", i), NULL, &ref) &&
		    strcmp(ref.type, "Patient") != 0)
			g_ptr_array_add(to, g_strconcat(ref.type, "/", ref.id,
			    NULL));
	}
	g_ptr_array_add(to, NULL);
	return to;
}

static gboolean
acknowledge(struct store *store, const struct completing *c, const char *words,
    GError **error)
{
	static const char sql[] = "SELECT bytes FROM body WHERE n=?1";
	g_autofree char *body = db_text(store, NULL, sql, "i", c->report);
	BASE_AUTO(fhir_doc) doc = body ? fhir_parse(body, strlen(body), NULL,
	    NULL) : NULL;
	g_autoptr(GPtrArray) to = makers(doc ? fhir_root(doc) : NULL);
	g_autofree char *uuid = g_uuid_string_random();
	g_autofree char *value = g_strconcat("urn:uuid:", uuid, NULL);
	g_autofree char *bytes = NULL;
	struct fhir_reply reply = { .about_ref = c->report_ref,
		.subject_ref = c->patient_ref, .sender_ref = store->me_ref,
		.recipient_refs = (const char *const *)to->pdata,
		.text = words, .identifier_system = IDENTIFIER_SYSTEM,
		.identifier_value = value, .sent_ms = c->at_ms };
	struct letter letter = { .verb = OUTBOX_CREATE,
		.type = "Communication", .target = "", .if_match = "",
		.system = IDENTIFIER_SYSTEM, .value = value,
		.thread_ref = c->report_ref, .patient_ref = c->patient_ref,
		.created_ms = c->at_ms, .thread = c->report,
		.patient = c->patient };
	int64_t n;

	bytes = fhir_build_reply(&reply, &letter.len);
	if (!bytes)
		return refuse(error, STORE_ERROR_INVALID,
		    "the acknowledgement could not be built");
	letter.bytes = bytes;
	return letter_put(store, &letter, OUTBOX_WAITING, &n, error);
}

static gboolean
newest_letter(struct store *store, int64_t *n, GError **error)
{
	static const char sql[] = "SELECT coalesce(max(n), 0) FROM outbox";

	return db_int(store, error, 0, n, sql, "");
}

static gboolean
seen_now(struct store *store, void *data, GError **error)
{
	static const char hold[] = "UPDATE outbox SET next_try=?3"
	    " WHERE n BETWEEN ?1 AND ?2";
	struct seen *s = data;
	struct completing c = { 0 };
	g_autofree char *report_ref = NULL, *patient_ref = NULL;

	if (!me_load(store, error))
		return FALSE;
	if (!store->me_ref)
		return refuse(error, STORE_ERROR_INVALID,
		    "who I am is not known yet");
	if (!report_answer_ms(store, s->report.n, s->now_ms, &c.at_ms, error) ||
	    !completing_of(store, s->report.n, &c, &report_ref, &patient_ref,
	    error) || !newest_letter(store, &s->first, error) ||
	    !tasks_put(store, &c, error) ||
	    (!c.put && !acknowledge(store, &c, s->words, error)) ||
	    !newest_letter(store, &s->last, error))
		return FALSE;
	s->first++;
	return (s->hold_ms <= 0 || db_run(store, error, hold, "iii", s->first,
	    s->last, s->now_ms + s->hold_ms)) &&
	    row_refresh(store, s->report.n, error);
}

gboolean
store_result_seen(struct store *store, struct report_id report,
    const char *words, int64_t now_ms, int64_t hold_ms,
    struct outbox_id *first, struct outbox_id *last, GError **error)
{
	struct seen s = { .report = report, .words = words, .now_ms = now_ms,
		.hold_ms = hold_ms };

	if (!db_transact(store, DB_DURABLE, seen_now, &s, error))
		return FALSE;
	if (first)
		first->n = s.first;
	if (last)
		last->n = s.last;
	return TRUE;
}

static gboolean
unseen_now(struct store *store, void *data, GError **error)
{
	static const char gone[] = "SELECT ?3 - ?2 + 1 - count(*) FROM outbox"
	    " WHERE n BETWEEN ?2 AND ?3 AND thread=?1 AND state=0"
	    " AND attempts=0";
	static const char drop[] = "DELETE FROM outbox WHERE n BETWEEN ?2"
	    " AND ?3 AND thread=?1";
	struct seen *s = data;
	int64_t missing;

	if (!db_int(store, error, 1, &missing, gone, "iii", s->report.n,
	    s->first, s->last))
		return FALSE;
	if (missing)
		return refuse(error, STORE_ERROR_INVALID,
		    "it has been sent already");
	return db_run(store, error, drop, "iii", s->report.n, s->first,
	    s->last) && row_refresh(store, s->report.n, error);
}

gboolean
store_result_unseen(struct store *store, struct report_id report,
    struct outbox_id first, struct outbox_id last, GError **error)
{
	struct seen s = { .report = report, .first = first.n, .last = last.n };

	return db_transact(store, DB_DURABLE, unseen_now, &s, error);
}

/* ---- recalled ----------------------------------------------------------- */

/* What the patient is asked to do, until when: for whoever looks after it. */
static char *
recall_task(struct store *store, const struct completing *c, const char *due,
    const char *value, size_t *len)
{
	BASE_AUTO(fhir_out) out = fhir_out_new();
	g_autofree char *now = fhir_instant(c->at_ms);

	fhir_out_text(out, "resourceType", "Task");
	fhir_out_open(out, "identifier", '[');
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "system", IDENTIFIER_SYSTEM);
	fhir_out_text(out, "value", value);
	fhir_out_close(out);
	fhir_out_close(out);
	fhir_out_text(out, "status", "requested");
	fhir_out_text(out, "intent", "order");
	fhir_out_open(out, "code", '{');
	fhir_out_text(out, "text", _("Recall"));
	fhir_out_close(out);
	fhir_out_reference(out, "focus", c->report_ref, NULL);
	fhir_out_reference(out, "for", c->patient_ref, NULL);
	fhir_out_text(out, "authoredOn", now);
	fhir_out_text(out, "lastModified", now);
	fhir_out_reference(out, "requester", store->me_ref, NULL);
	fhir_out_reference(out, "owner", c->patient_ref, NULL);
	fhir_out_open(out, "restriction", '{');
	fhir_out_open(out, "period", '{');
	fhir_out_text(out, "end", due);
	fhir_out_close(out);
	fhir_out_close(out);
	return fhir_out_finish(g_steal_pointer(&out), len);
}

gboolean
report_recall(struct store *store, int64_t report, const char *due,
    int64_t at_ms, GError **error)
{
	struct completing c = { .at_ms = at_ms };
	g_autofree char *report_ref = NULL, *patient_ref = NULL;
	g_autofree char *uuid = g_uuid_string_random();
	g_autofree char *value = g_strconcat("urn:uuid:", uuid, NULL);
	g_autofree char *bytes = NULL;
	struct letter letter = { .verb = OUTBOX_CREATE, .type = "Task",
		.target = "", .if_match = "", .system = IDENTIFIER_SYSTEM,
		.value = value, .created_ms = at_ms, .thread = report };
	int64_t n;

	if (!completing_of(store, report, &c, &report_ref, &patient_ref, error))
		return FALSE;
	bytes = recall_task(store, &c, due, value, &letter.len);
	letter.bytes = bytes;
	letter.thread_ref = report_ref;
	letter.patient_ref = patient_ref;
	letter.patient = c.patient;
	return letter_put(store, &letter, OUTBOX_WAITING, &n, error);
}

struct recall {
	struct report_id report;
	struct patient_id patient;
	const char *text, *due;
	int64_t now_ms;
};

static gboolean
recall_now(struct store *store, void *data, GError **error)
{
	struct recall *r = data;
	struct draft_key key = { .report = r->report };

	return recall_set(store, r->report.n, r->due, error) &&
	    send_letter(store, key, r->patient, r->text, r->now_ms, error);
}

gboolean
store_result_recall(struct store *store, struct report_id report,
    struct patient_id patient, const char *text_or_null, const char *due,
    int64_t now_ms, GError **error)
{
	struct recall r = { report, patient, text_or_null, due, now_ms };

	return db_transact(store, DB_DURABLE, recall_now, &r, error);
}
