/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CN-52: whatever was changed after signing is seen, without a network. First the
 * JWS by itself; then what it signed beside each order as it stands in the cache;
 * and what the Provenance says of it, which is not signed, beside what is.
 */
#include "cli/verify.h"
#include "care/order.h"

#include <string.h>

static void
order_free(void *data)
{
	struct verify_order *order = data;

	g_free(order->ref);
	g_free(order->identifier);
	g_free(order->difference);
	g_free(order);
}

void
verify_signature_free(struct verify_signature *v)
{
	g_free(v->provenance);
	g_free(v->signer_ref);
	g_free(v->why);
	g_free(v->prescription);
	g_free(v->difference);
	g_ptr_array_unref(v->orders);
	jws_clear(&v->jws);
	g_free(v);
}

gboolean
verify_is_partial(const struct verify_signature *v)
{
	for (guint i = 0; i < v->orders->len; i++) {
		const struct verify_order *order = v->orders->pdata[i];

		if (!order->ref)
			return TRUE;
	}
	return FALSE;
}

gboolean
verify_is_good(const struct verify_signature *v)
{
	if (v->why || !v->jws.known || v->difference || v->orders->len == 0)
		return FALSE;
	for (guint i = 0; i < v->orders->len; i++) {
		const struct verify_order *order = v->orders->pdata[i];

		if (order->difference)
			return FALSE;
	}
	return TRUE;
}

/* ---- what was signed, beside what stands -------------------------------- */

/* MedicationRequests of the payload by the identifiers they bear. */
static const fhir_node *
signed_order(const fhir_node *bundle, size_t i, const char **identifier)
{
	const fhir_node *order = fhir_get(fhir_at(bundle, "entry", i),
	    "resource");

	*identifier = fhir_text(order, "identifier.value");
	return order;
}

static gboolean
bears(const fhir_node *resource, const char *identifier)
{
	size_t n = fhir_count(resource, "identifier");

	for (size_t i = 0; i < n; i++)
		if (g_strcmp0(fhir_text(fhir_at(resource, "identifier", i),
		    "value"), identifier) == 0)
			return TRUE;
	return FALSE;
}

static struct fhir_doc *
body(struct store *store, const char *ref)
{
	struct fhir_ref parts;
	g_autofree char *bytes = NULL;
	size_t len;

	if (!fhir_ref_parse(ref, &parts))
		return NULL;
	bytes = store_body(store, parts.type, parts.id, &len, NULL);
	return bytes ? fhir_parse(bytes, len, NULL, NULL) : NULL;
}

static struct verify_order *
order_add(struct verify_signature *v, const char *ref, const char *identifier,
    const char *difference)
{
	struct verify_order *order = g_new0(struct verify_order, 1);

	order->ref = g_strdup(ref);
	order->identifier = g_strdup(identifier);
	order->difference = g_strdup(difference);
	g_ptr_array_add(v->orders, order);
	return order;
}

/* A target that is here: which signed order it is, and whether it still is. */
static void
target_check(struct verify_signature *v, const fhir_node *bundle,
    const char *ref, const fhir_node *now, gboolean *seen)
{
	size_t n = fhir_count(bundle, "entry");

	for (size_t i = 0; i < n; i++) {
		const char *identifier;
		const fhir_node *order = signed_order(bundle, i, &identifier);
		g_autofree char *where = NULL;

		if (seen[i] || !identifier || !bears(now, identifier))
			continue;
		seen[i] = TRUE;
		care_rx_same(order, now, &where);
		order_add(v, ref, identifier, where);
		return;
	}
	order_add(v, ref, NULL, "identifier");
}

static void
targets_check(struct store *store, struct verify_signature *v,
    const char *const *targets, const fhir_node *bundle)
{
	size_t n = fhir_count(bundle, "entry");
	g_autofree gboolean *seen = g_new0(gboolean, n + 1);

	for (size_t i = 0; targets[i]; i++) {
		BASE_AUTO(fhir_doc) doc = body(store, targets[i]);

		if (doc)
			target_check(v, bundle, targets[i], fhir_root(doc),
			    seen);
	}
	for (size_t i = 0; i < n; i++) {
		const char *identifier;

		signed_order(bundle, i, &identifier);
		if (!seen[i])
			order_add(v, NULL, identifier, NULL);
	}
}

/* ---- what the Provenance says ------------------------------------------- */

static gboolean
same_ref(const char *a, const char *b)
{
	struct fhir_ref left, right;

	return fhir_ref_parse(a, &left) && fhir_ref_parse(b, &right) &&
	    strcmp(left.type, right.type) == 0 &&
	    strcmp(left.id, right.id) == 0;
}

/* Who and when stand beside the signature, unsigned: held against the requester
 * and the time that are. Servers may cut an instant to seconds. */
static void
claims_check(struct verify_signature *v, const fhir_node *signature,
    const fhir_node *bundle)
{
	size_t n = fhir_count(bundle, "entry");
	const char *who = fhir_text(signature, "who.reference");
	int64_t when_ms = 0;

	for (size_t i = 0; i < n && !v->difference; i++) {
		const char *identifier;
		const char *requester = fhir_text(signed_order(bundle, i,
		    &identifier), "requester.reference");

		if (!who || !requester || !same_ref(who, requester))
			v->difference = g_strdup("signature.who");
	}
	if (!v->difference && (!fhir_time_ms(fhir_text(signature, "when"),
	    &when_ms, NULL) || ABS(when_ms - v->jws.signed_ms) >= 1000))
		v->difference = g_strdup("signature.when");
}

/* signature: the Provenance's claims; NULL: this machine's own copy has none. */
static void
payload_check(struct store *store, struct verify_signature *v,
    const char *const *targets, const fhir_node *signature)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(v->jws.payload, v->jws.len, NULL,
	    NULL);
	const fhir_node *bundle = doc ? fhir_root(doc) : NULL;

	if (g_strcmp0(fhir_text(bundle, "resourceType"), "Bundle") != 0 ||
	    fhir_count(bundle, "entry") == 0) {
		v->why = g_strdup(_("what was signed is not a prescription"));
		return;
	}
	v->prescription = g_strdup(fhir_text(bundle, "identifier.value"));
	if (signature)
		claims_check(v, signature, bundle);
	targets_check(store, v, targets, bundle);
}

/* ---- finding ------------------------------------------------------------ */

static struct verify_signature *
jws_check(struct store *store, const char *text, const char *const *targets,
    const fhir_node *signature)
{
	struct verify_signature *v = g_new0(struct verify_signature, 1);
	g_autoptr(GError) error = NULL;

	v->orders = g_ptr_array_new_with_free_func(order_free);
	if (store_jws_verify(store, text, &v->jws, &error))
		payload_check(store, v, targets, signature);
	else
		v->why = g_strdup(error->message);
	return v;
}

static struct verify_signature *
signature_check(struct store *store, const char *ref, const fhir_node *root,
    const fhir_node *signature)
{
	const char *data = fhir_text(signature, "data");
	gsize len = 0;
	g_autofree guchar *bytes = data ? g_base64_decode(data, &len) : NULL;
	g_autofree char *text = g_strndup(bytes ? (char *)bytes : "", len);
	size_t n = fhir_count(root, "target");
	g_autofree const char **targets = g_new0(const char *, n + 1);
	struct verify_signature *v;

	for (size_t i = 0, k = 0; i < n; i++) {
		targets[k] = fhir_text(fhir_at(root, "target", i),
		    "reference");
		k += targets[k] != NULL;
	}
	v = jws_check(store, text, targets, signature);
	v->provenance = g_strdup(ref);
	v->signer_ref = g_strdup(fhir_text(signature, "who.reference"));
	return v;
}

/* Signatures of another format (a pharmacist's picture) are not ours to say
 * anything about. */
static void
provenance_check(struct store *store, const char *ref, GPtrArray *out)
{
	BASE_AUTO(fhir_doc) doc = body(store, ref);
	const fhir_node *root = doc ? fhir_root(doc) : NULL;
	size_t n = fhir_count(root, "signature");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *signature = fhir_at(root, "signature", i);

		if (g_strcmp0(fhir_text(signature, "sigFormat"),
		    "application/jose") == 0)
			g_ptr_array_add(out, signature_check(store, ref, root,
			    signature));
	}
}

/* Keeps those of one prescription. A broken one says which it is no more, so
 * that by this way it is not found. */
static void
keep_prescription(GPtrArray *all, const char *identifier)
{
	for (guint i = all->len; i > 0; i--) {
		const struct verify_signature *v = all->pdata[i - 1];

		if (g_strcmp0(v->prescription, identifier) != 0)
			g_ptr_array_remove_index(all, i - 1);
	}
}

/* ---- by what a person has at hand --------------------------------------- */

/* What this machine keeps of a prescription of mine, beside what the server has
 * of it by now. */
static void
own_check(struct store *store, struct rx_id id, GPtrArray *out)
{
	BASE_AUTO(rx_row) row = store_rx_get(store, id, NULL);
	g_auto(GStrv) refs = NULL;
	g_autoptr(GPtrArray) orders = g_ptr_array_new();

	if (!row || !row->jws)
		return;
	refs = store_rx_refs(store, id, NULL);
	for (size_t i = 0; refs && refs[i]; i++)
		if (g_str_has_prefix(refs[i], "MedicationRequest/"))
			g_ptr_array_add(orders, refs[i]);
	g_ptr_array_add(orders, NULL);
	g_ptr_array_add(out, jws_check(store, row->jws,
	    (const char *const *)orders->pdata, NULL));
}

static gboolean
add_all(struct store *store, const char *ref, GPtrArray *out, GError **error)
{
	g_autoptr(GPtrArray) refs = store_provenances(store, ref, error);

	for (guint i = 0; refs && i < refs->len; i++)
		provenance_check(store, refs->pdata[i], out);
	return refs != NULL;
}

/* By its identifier or local number: the own copy, and whatever the server has
 * that was signed under that identifier. */
static gboolean
prescription_find(struct store *store, const char *id, GPtrArray *out,
    GError **error)
{
	struct rx_id rx = store_rx_find(store, id);
	BASE_AUTO(rx_row) row = rx.n ? store_rx_get(store, rx, NULL) : NULL;

	if (!add_all(store, NULL, out, error))
		return FALSE;
	keep_prescription(out, row ? row->identifier : id);
	if (rx.n)
		own_check(store, rx, out);
	return TRUE;
}

static gboolean
order_find(struct store *store, const char *id, GPtrArray *out, GError **error)
{
	g_autofree char *ref = strchr(id, '/') ? g_strdup(id)
	    : g_strconcat("MedicationRequest/", id, NULL);

	return add_all(store, ref, out, error);
}

static gboolean
find(struct store *store, const char *id, GPtrArray *out, GError **error)
{
	if (g_str_has_prefix(id, "Provenance/")) {
		provenance_check(store, id, out);
		return TRUE;
	}
	if (g_str_has_prefix(id, "urn:uuid:") || (!strchr(id, '/') &&
	    store_rx_find(store, id).n))
		return prescription_find(store, id, out, error);
	return order_find(store, id, out, error);
}

GPtrArray *
verify_find(struct store *store, const char *id, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)verify_signature_free);
	g_autofree char *said = base_text_cut(id, CLI_SAID_COLS);

	if (!find(store, id, all, error))
		return NULL;
	if (all->len > 0)
		return g_steal_pointer(&all);
	g_set_error(error, CLI_ERROR, CLI_ERROR_NO_SIGNATURE,
	    _("No signature about %s is in the cache."), said);
	return NULL;
}
