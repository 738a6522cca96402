/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes to what the server has: a prescription withdrawn, a renewal request
 * declined or handed on. Each document goes back as it came but for the members
 * named here, guarded by its version.
 */
#include "care/order_room.h"

#include <string.h>

enum { ENTRIES_MAX = 8 };

static gboolean
refuse(GError **error, const char *what)
{
	g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR, "%s", what);
	return FALSE;
}

/* {"text": words} as JSON; owned. */
static char *
text_concept(const char *words)
{
	struct fhir_out *out = fhir_out_new();
	size_t len;

	fhir_out_text(out, "text", words);
	return fhir_out_finish(out, &len);
}

/* One server document and how it is called. */
struct held {
	const struct care_body *body;
	struct fhir_doc *doc;
	const fhir_node *root;
	struct fhir_head head;
	char *ref;
};

static void
held_clear(struct held *held)
{
	fhir_doc_free(held->doc);
	g_free(held->ref);
}

static gboolean
held_read(struct held *held, const struct care_body *body, GError **error)
{
	memset(held, 0, sizeof(*held));
	held->body = body;
	held->doc = fhir_parse(body->bytes, body->len, NULL, error);
	if (!held->doc)
		return FALSE;
	held->root = fhir_root(held->doc);
	if (!fhir_head(held->root, &held->head, error))
		return FALSE;
	if (!held->head.version)
		return refuse(error, "a document without version");
	held->ref = g_strdup_printf("%s/%s", held->head.type, held->head.id);
	return TRUE;
}

static gboolean
put_changed(struct fhir_out *out, const struct held *held,
    const struct fhir_change *changes, size_t n, GError **error)
{
	size_t len;
	g_autofree char *bytes = fhir_edit(held->body->bytes, held->body->len,
	    changes, n, &len, error);

	if (!bytes)
		return FALSE;
	out_put_entry(out, held->ref, held->head.version, bytes, len);
	return TRUE;
}

static gboolean
is_one_of(const char *status, const char *const *list)
{
	return status && g_strv_contains(list, status);
}

/* ---- withdrawal --------------------------------------------------------- */

static const char *const task_open[] = { "draft", "requested", "received",
	"accepted", "ready", "in-progress", "on-hold", NULL };

/* What a withdrawal finds as it goes through the documents. */
struct withdrawal {
	struct fhir_out *out;
	const char *reason;   /* as JSON */
	const char *reason_words, *me_ref;
	int64_t now_ms;
	char *active_ref;     /* an order the pharmacist has approved, or NULL */
	char *active_version, *subject, *group_system, *group;
	gboolean told;        /* a Task that was cancelled tells it */
	guint orders, entries;
};

/* Nothing is left to take back of what was handed out for good or has ended. */
static gboolean
order_stands(const fhir_node *order)
{
	static const char *const standing[] = { "draft", "active", "on-hold",
		NULL };

	return is_one_of(fhir_text(order, "status"), standing);
}

gboolean
care_rx_stands(const struct care_body *bodies, size_t n)
{
	gboolean stands = FALSE;

	for (size_t i = 0; i < n && !stands; i++) {
		BASE_AUTO(fhir_doc) doc = fhir_parse(bodies[i].bytes,
		    bodies[i].len, NULL, NULL);

		stands = doc && order_stands(fhir_root(doc)) &&
		    g_strcmp0(fhir_text(fhir_root(doc), "resourceType"),
		    "MedicationRequest") == 0;
	}
	return stands;
}

static gboolean
withdraw_order(struct withdrawal *w, const struct held *held, GError **error)
{
	gboolean stop = g_strcmp0(fhir_text(held->root, "status"), "draft") !=
	    0;
	const struct fhir_change changes[] = {
		{ "status", stop ? "\"stopped\"" : "\"cancelled\"", FALSE },
		{ "statusReason", w->reason, FALSE },
	};

	if (!order_stands(held->root))
		return TRUE;
	if (stop && !w->active_ref) {
		w->active_ref = g_strdup(held->ref);
		w->active_version = g_strdup(held->head.version);
		w->subject = g_strdup(fhir_text(held->root,
		    "subject.reference"));
		w->group_system = g_strdup(fhir_text(held->root,
		    "groupIdentifier.system"));
		w->group = g_strdup(fhir_text(held->root,
		    "groupIdentifier.value"));
	}
	w->orders++;
	w->entries++;
	return put_changed(w->out, held, changes, G_N_ELEMENTS(changes), error);
}

static gboolean
withdraw_task(struct withdrawal *w, const struct held *held, GError **error)
{
	const struct fhir_change changes[] = {
		{ "status", "\"cancelled\"", FALSE },
		{ "statusReason", w->reason, FALSE },
	};

	if (!is_one_of(fhir_text(held->root, "status"), task_open))
		return TRUE; /* its answer stands; a Task of ours tells */
	w->told = TRUE;
	w->entries++;
	return put_changed(w->out, held, changes, G_N_ELEMENTS(changes), error);
}

/* The pharmacist approved it and may be handing it out: told by a Task. Its name
 * follows from the order's version, so that it is told once. */
static void
put_tell(const struct withdrawal *w)
{
	static const char space[] =
	    "urn:uuid:2f9d1c04-6a6b-4d52-8b7e-0c5a3f1e7d48";
	g_autofree char *what = g_strdup_printf("%s|%s", w->active_ref,
	    w->active_version);
	g_autofree char *name = care_uuid5(space, what);
	g_autofree char *when = fhir_instant(w->now_ms);
	struct fhir_out *t = fhir_out_new();

	fhir_out_text(t, "resourceType", "Task");
	out_identifier(t, name);
	fhir_out_open(t, "groupIdentifier", '{');
	fhir_out_text(t, "system", w->group ? w->group_system : NULL);
	fhir_out_text(t, "value", w->group);
	fhir_out_close(t);
	fhir_out_text(t, "status", "requested");
	fhir_out_text(t, "intent", "order");
	fhir_out_text(t, "priority", "urgent");
	out_task_code(t, "abort", "prescription withdrawn");
	fhir_out_reference(t, "focus", w->active_ref, NULL);
	fhir_out_reference(t, "for", w->subject, NULL);
	fhir_out_text(t, "authoredOn", when);
	fhir_out_reference(t, "requester", w->me_ref, NULL);
	out_pharmacist(t);
	out_concept(t, "reasonCode", NULL, NULL, NULL, w->reason_words);
	out_post_task(w->out, t, name);
}

static gboolean
withdraw_all(struct withdrawal *w, const struct care_body *bodies, size_t n,
    GError **error)
{
	for (size_t i = 0; i < n; i++) {
		struct held held;
		gboolean good = held_read(&held, &bodies[i], error);

		if (good && strcmp(held.head.type, "MedicationRequest") == 0)
			good = withdraw_order(w, &held, error);
		else if (good && strcmp(held.head.type, "Task") == 0)
			good = withdraw_task(w, &held, error);
		else if (good)
			good = refuse(error, "neither an order nor a task");
		held_clear(&held);
		if (!good)
			return FALSE;
	}
	if (w->active_ref) {
		put_tell(w);
		w->entries++;
	}
	if (w->orders == 0 || w->entries > ENTRIES_MAX)
		return refuse(error, "nothing to withdraw, or too much");
	return TRUE;
}

char *
care_rx_withdrawal(const struct care_body *bodies, size_t n,
    const char *reason, const char *me_ref, int64_t now_ms, size_t *len,
    GError **error)
{
	g_autofree char *json = reason && *reason ? text_concept(reason) : NULL;
	struct withdrawal w = { .reason = json, .reason_words = reason,
		.me_ref = me_ref, .now_ms = now_ms };
	gboolean good;

	if (!json || n > ENTRIES_MAX) {
		refuse(error, "a withdrawal has a reason");
		return NULL;
	}
	w.out = out_transaction();
	good = withdraw_all(&w, bodies, n, error);
	g_free(w.active_ref);
	g_free(w.active_version);
	g_free(w.subject);
	g_free(w.group_system);
	g_free(w.group);
	if (!good) {
		fhir_out_free(w.out);
		return NULL;
	}
	fhir_out_close(w.out);
	return fhir_out_finish(w.out, len);
}

/* ---- renewal requests --------------------------------------------------- */

static char *
change_task(const struct care_body *task, const struct fhir_change *changes,
    size_t n, size_t *len, GError **error)
{
	struct fhir_out *out = out_transaction();
	struct held held;
	gboolean good = held_read(&held, task, error);

	if (good && (strcmp(held.head.type, "Task") != 0 ||
	    !is_one_of(fhir_text(held.root, "status"), task_open)))
		good = refuse(error, "the request is no longer open");
	good = good && put_changed(out, &held, changes, n, error);
	held_clear(&held);
	if (!good) {
		fhir_out_free(out);
		return NULL;
	}
	fhir_out_close(out);
	return fhir_out_finish(out, len);
}

char *
care_task_decline(const struct care_body *task, const char *reason,
    size_t *len, GError **error)
{
	g_autofree char *json = reason && *reason ? text_concept(reason) : NULL;
	const struct fhir_change changes[] = {
		{ "status", "\"rejected\"", FALSE },
		{ "statusReason", json, FALSE },
	};

	if (!json) {
		refuse(error, "a decline has a reason");
		return NULL;
	}
	return change_task(task, changes, G_N_ELEMENTS(changes), len, error);
}

/* Without an owner it is whose role it names. */
static gboolean
has_pool(const struct care_body *task)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(task->bytes, task->len, NULL,
	    NULL);

	return doc && fhir_count(fhir_root(doc), "performerType") > 0;
}

/* The next owner has not accepted it yet: requested again, and told why. */
char *
care_task_forward(const struct care_body *task, const char *owner_ref,
    const char *reason, size_t *len, GError **error)
{
	struct fhir_ref parsed;
	g_autofree char *owner = NULL; /* none: the member goes */
	g_autofree char *note = reason && *reason ? text_concept(reason) : NULL;
	const struct fhir_change status = { "status", "\"requested\"", FALSE };
	struct fhir_change changes[3] = { status };
	size_t n = 2;

	if (owner_ref ? !fhir_ref_parse(owner_ref, &parsed) :
	    !has_pool(task)) {
		refuse(error, owner_ref ? "nobody to forward to" :
		    "it came to you alone: there is no pool to give it to");
		return NULL;
	}
	if (owner_ref)
		owner = g_strdup_printf("{\"reference\":\"%s/%s\"}",
		    parsed.type, parsed.id);
	changes[1] = (struct fhir_change){ "owner", owner, FALSE };
	if (note)
		changes[n++] = (struct fhir_change){ "note", note, TRUE };
	return change_task(task, changes, n, len, error);
}
