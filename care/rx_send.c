/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes to the server: the signed orders as they stand in the collection, the
 * Provenance that carries the signature, the review Task, and the end of the
 * renewal Task, in one transaction (wire.md, "The states of a prescription").
 */
#include "care/order_room.h"

#include <string.h>

enum { ENTRIES_MAX = 8 };

static gboolean
refuse(GError **error, const char *what)
{
	g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR,
	    "prescription: %s", what);
	return FALSE;
}

static gboolean
is_reference(const char *ref)
{
	struct fhir_ref parsed;

	return fhir_ref_parse(ref, &parsed);
}

/* ---- entries ------------------------------------------------------------ */

/*
 * How the entry of a named thing is called within its transaction. Never as the
 * thing itself: Medplum replaces an entry's UUID in every string and condition
 * (fhir-router, batch.ts), and the identifier would be lost.
 */
static char *
entry_name(const char *name)
{
	return care_uuid5(name, "entry");
}

/* exist: the identifier whose presence makes it no new resource. */
static void
put_post(struct fhir_out *out, const char *full_url, const char *type,
    const char *bytes, size_t len, const char *exist)
{
	g_autofree char *query = exist ? g_strdup_printf("identifier="
	    CARE_URI "|%s", exist) : NULL;

	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "fullUrl", full_url);
	fhir_out_raw(out, "resource", bytes, len);
	fhir_out_open(out, "request", '{');
	fhir_out_text(out, "method", "POST");
	fhir_out_text(out, "url", type);
	fhir_out_text(out, "ifNoneExist", query);
	fhir_out_close(out);
	fhir_out_close(out);
}

void
out_put_entry(struct fhir_out *out, const char *ref, const char *version,
    const char *bytes, size_t len)
{
	g_autofree char *match = g_strdup_printf("W/\"%s\"", version);

	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "fullUrl", NULL);
	fhir_out_raw(out, "resource", bytes, len);
	fhir_out_open(out, "request", '{');
	fhir_out_text(out, "method", "PUT");
	fhir_out_text(out, "url", ref);
	fhir_out_text(out, "ifMatch", match);
	fhir_out_close(out);
	fhir_out_close(out);
}

struct fhir_out *
out_transaction(void)
{
	struct fhir_out *out = fhir_out_new();

	fhir_out_text(out, "resourceType", "Bundle");
	fhir_out_text(out, "type", "transaction");
	fhir_out_open(out, "entry", '[');
	return out;
}

void
out_task_code(struct fhir_out *out, const char *code, const char *words)
{
	out_concept(out, "code", "http://hl7.org/fhir/CodeSystem/task-code",
	    code, NULL, words);
}

/* SNOMED CT 46255001 |Pharmacist|. */
void
out_pharmacist(struct fhir_out *out)
{
	fhir_out_open(out, "performerType", '[');
	out_concept(out, NULL, CARE_SNOMED, "46255001", "Pharmacist", NULL);
	fhir_out_close(out);
}

void
out_identifier(struct fhir_out *out, const char *value)
{
	fhir_out_open(out, "identifier", '[');
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "system", CARE_URI);
	fhir_out_text(out, "value", value);
	fhir_out_close(out);
	fhir_out_close(out);
}

void
out_post_task(struct fhir_out *out, struct fhir_out *task,
    const char *identifier)
{
	size_t len;
	g_autofree char *bytes = fhir_out_finish(task, &len);
	g_autofree char *name = entry_name(identifier);

	put_post(out, name, "Task", bytes, len, identifier);
}

/* ---- the orders --------------------------------------------------------- */

static void
put_orders(struct fhir_out *out, const struct fhir_bundle *bundle,
    gboolean review, GPtrArray *names)
{
	static const struct fhir_change active = { "status", "\"active\"",
		FALSE };

	for (guint i = 0; i < bundle->entries->len; i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);
		g_autofree char *exist = g_strndup(e->full_url,
		    e->full_url_len);
		char *name = entry_name(exist);
		size_t len = e->resource_len;
		g_autofree char *changed = review ? NULL : fhir_edit(
		    e->resource, e->resource_len, &active, 1, &len, NULL);

		put_post(out, name, "MedicationRequest", changed ? changed :
		    e->resource, len, exist);
		g_ptr_array_add(names, name);
	}
}

/* ---- Provenance --------------------------------------------------------- */

static void
put_signature(struct fhir_out *out, const struct care_signed *how,
    const char *when)
{
	g_autofree char *data = g_base64_encode((const guchar *)how->jws,
	    strlen(how->jws));

	fhir_out_open(out, "signature", '[');
	fhir_out_open(out, NULL, '{');
	fhir_out_open(out, "type", '[');
	fhir_out_open(out, NULL, '{');
	fhir_out_text(out, "system", "urn:iso-astm:E1762-95:2013");
	fhir_out_text(out, "code", "1.2.840.10065.1.12.1.1");
	fhir_out_text(out, "display", "Author's Signature");
	fhir_out_close(out);
	fhir_out_close(out);
	fhir_out_text(out, "when", when);
	fhir_out_reference(out, "who", how->signer_ref, NULL);
	fhir_out_text(out, "targetFormat", "application/fhir+json");
	fhir_out_text(out, "sigFormat", "application/jose");
	fhir_out_text(out, "data", data);
	fhir_out_close(out);
	fhir_out_close(out);
}

static void
put_provenance(struct fhir_out *out, const struct care_rx *rx,
    const struct care_signed *how, const GPtrArray *names)
{
	g_autofree char *when = fhir_instant(how->when_ms);
	g_autofree char *name = care_uuid5(rx->identifier, "provenance");
	struct fhir_out *p = fhir_out_new();
	size_t len;

	fhir_out_text(p, "resourceType", "Provenance");
	fhir_out_open(p, "target", '[');
	for (guint i = 0; i < names->len; i++)
		fhir_out_reference(p, NULL, names->pdata[i], NULL);
	fhir_out_close(p);
	fhir_out_text(p, "recorded", when);
	fhir_out_open(p, "agent", '[');
	fhir_out_open(p, NULL, '{');
	out_concept(p, "type", "http://terminology.hl7.org/CodeSystem/"
	    "provenance-participant-type", "author", "Author", NULL);
	fhir_out_reference(p, "who", how->signer_ref, NULL);
	fhir_out_close(p);
	fhir_out_close(p);
	put_signature(p, how, when);
	g_autofree char *bytes = fhir_out_finish(p, &len);
	put_post(out, name, "Provenance", bytes, len, NULL);
}

/* ---- tasks -------------------------------------------------------------- */

static void
put_inputs(struct fhir_out *task, const GPtrArray *names)
{
	fhir_out_open(task, "input", '[');
	for (guint i = 0; i < names->len; i++) {
		fhir_out_open(task, NULL, '{');
		out_concept(task, "type", NULL, NULL, NULL, "order");
		fhir_out_reference(task, "valueReference", names->pdata[i],
		    NULL);
		fhir_out_close(task);
	}
	fhir_out_close(task);
}

/* A Task has one focus: the first order; the others are its inputs, and the
 * group is named. */
static void
put_review(struct fhir_out *out, const struct care_rx *rx,
    const struct care_signed *how, const GPtrArray *names)
{
	g_autofree char *when = fhir_instant(how->when_ms);
	g_autofree char *name = care_uuid5(rx->identifier, "review");
	struct fhir_out *t = fhir_out_new();

	fhir_out_text(t, "resourceType", "Task");
	out_identifier(t, name);
	fhir_out_open(t, "groupIdentifier", '{');
	fhir_out_text(t, "system", CARE_URI);
	fhir_out_text(t, "value", rx->identifier);
	fhir_out_close(t);
	fhir_out_text(t, "status", "requested");
	fhir_out_text(t, "intent", "order");
	fhir_out_text(t, "priority", rx->emergency ? "urgent" : "routine");
	out_task_code(t, "fulfill", "pharmacist review");
	fhir_out_reference(t, "focus", names->pdata[0], NULL);
	fhir_out_reference(t, "for", rx->subject_ref, rx->subject_words);
	fhir_out_text(t, "authoredOn", when);
	fhir_out_reference(t, "requester", rx->requester_ref, NULL);
	out_pharmacist(t);
	put_inputs(t, names);
	out_post_task(out, t, name);
}

/* The renewal is done: status and what came of it, nothing else. */
static gboolean
put_done(struct fhir_out *out, const struct care_rx *rx,
    const struct care_signed *how, const GPtrArray *names, GError **error)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(how->task_bytes, how->task_len,
	    NULL, error);
	g_autofree char *output = g_strdup_printf("{\"type\":{\"text\":"
	    "\"order\"},\"valueReference\":{\"reference\":\"%s\"}}",
	    (char *)names->pdata[0]);
	const struct fhir_change changes[] = {
		{ "status", "\"completed\"", FALSE },
		{ "output", output, TRUE },
	};
	struct fhir_head head;
	size_t len;

	if (!doc || !fhir_head(fhir_root(doc), &head, error))
		return FALSE;
	g_autofree char *ref = g_strdup_printf("%s/%s", head.type, head.id);
	if (g_strcmp0(rx->task_ref, ref) != 0 || !rx->task_version)
		return refuse(error, "another renewal's task");
	g_autofree char *bytes = fhir_edit(how->task_bytes, how->task_len,
	    changes, G_N_ELEMENTS(changes), &len, error);
	if (!bytes)
		return FALSE;
	out_put_entry(out, ref, rx->task_version, bytes, len);
	return TRUE;
}

/* ---- all of it ---------------------------------------------------------- */

/* The collection is this prescription's, and as many entries as may be. */
static gboolean
is_sendable(const struct care_rx *rx, const struct fhir_bundle *bundle,
    const struct care_signed *how, GError **error)
{
	guint n = bundle->entries->len;

	if (n == 0 || n + 1 + (how->review ? 1 : 0) +
	    (how->task_bytes ? 1 : 0) > ENTRIES_MAX)
		return refuse(error, "no line, or too many");
	if (!how->jws || !*how->jws || !is_reference(how->signer_ref) ||
	    how->when_ms <= 0)
		return refuse(error, "no signature");
	if (rx->task_ref && !how->task_bytes)
		return refuse(error, "the renewal's task is missing");
	for (guint i = 0; i < n; i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);
		g_autofree char *name = care_rx_line_identifier(rx, (int)i);

		if (!e->resource || !e->full_url || !name ||
		    strlen(name) != e->full_url_len ||
		    memcmp(name, e->full_url, e->full_url_len) != 0)
			return refuse(error, "another collection");
	}
	return TRUE;
}

char *
care_rx_transaction(const struct care_rx *rx, const char *collection,
    size_t collection_len, const struct care_signed *how, size_t *len,
    GError **error)
{
	BASE_AUTO(fhir_bundle) bundle = fhir_bundle_cut(collection,
	    collection_len, NULL, error);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	BASE_AUTO(fhir_out) out = NULL;

	if (!bundle || !is_sendable(rx, bundle, how, error))
		return NULL;
	out = out_transaction();
	put_orders(out, bundle, how->review, names);
	put_provenance(out, rx, how, names);
	if (how->review)
		put_review(out, rx, how, names);
	if (how->task_bytes && !put_done(out, rx, how, names, error))
		return NULL;
	fhir_out_close(out);
	return fhir_out_finish(g_steal_pointer(&out), len);
}
