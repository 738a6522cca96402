/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with the built program on a cache where a prescription was signed and a
 * server has taken it: verify says so (0); what a server may rewrite does not
 * count; a changed order is named with its member, an order that was vouched for
 * and not signed, another signer or time beside the signature, a changed
 * signature and an unknown key are each found (10); what is not here is said (9).
 * It finds the same by order, Provenance and prescription.
 */
#include "tests/tap.h"
#include "tests/cli/run.h"
#include "care/order.h"

#include <glib/gstdio.h>

#define PASSPHRASE "vault words"
#define SIGNED_MS INT64_C(1793000000000)
#define RX "urn:uuid:0d8b1c1e-5a52-4f0e-9c1a-3f2c7a1b9e01"

struct ward {
	struct home *h;
	char *state_dir;
	struct base_secret *key;
	int version;
	/* As the server has them. */
	char *orders[2], *provenance;
};

static struct store *
open_store(struct ward *w)
{
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(w->state_dir, w->key, STORE_SYNC,
	    &error);

	if (!store)
		fail_msg("%s", error->message);
	return store;
}

/* ---- what was signed ---------------------------------------------------- */

static struct care_order *
order_of(const char *name, const char *dose)
{
	g_autofree char *json = g_strdup_printf("{\"resourceType\":"
	    "\"MedicationRequest\",\"medicationCodeableConcept\":{\"coding\":"
	    "[{\"system\":\"urn:practice\",\"code\":\"%s\"}],\"text\":"
	    "\"%s\"}}", name, name);
	BASE_AUTO(fhir_doc) doc = fhir_parse(json, strlen(json), NULL, NULL);
	struct care_order *o = care_order_new();

	o->drug = care_drug_of_order(fhir_root(doc));
	o->dose = g_strdup(dose);
	o->dose_unit = g_strdup("mg");
	o->frequency = care_frequency_find("qd");
	o->route = care_route_find("po");
	o->duration_days = 28;
	o->quantity = g_strdup("28");
	o->quantity_unit = g_strdup("{tablet}");
	o->refills = 0;
	o->origin = ORIGIN_DOCTOR;
	assert_non_null(o->frequency);
	return o;
}

static struct care_rx *
prescription(void)
{
	struct care_rx *rx = care_rx_new();

	rx->identifier = g_strdup(RX);
	rx->subject_ref = g_strdup("Patient/p1");
	rx->requester_ref = g_strdup("Practitioner/me");
	rx->authored_ms = SIGNED_MS;
	g_ptr_array_add(rx->orders, order_of("氨氯地平片", "5"));
	g_ptr_array_add(rx->orders, order_of("地高辛片", "0.125"));
	return rx;
}

static void
keep(struct store *store, const char *bytes, size_t len, const char *jws,
    const char *all, size_t all_len)
{
	static const char text[] = "{\"resourceType\":\"Patient\",\"id\":"
	    "\"p1\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":"
	    "\"2026-01-01T00:00:00Z\"},\"name\":[{\"text\":\"张三\"}]}";
	const struct store_doc doc = { text, strlen(text) };
	struct rx_pend pend = { .identifier = RX, .words = "氨氯地平片",
		.bytes = bytes, .len = len };
	g_autoptr(GError) error = NULL;
	struct rx_id id;

	assert_true(store_ingest(store, &doc, 1, NULL, NULL, NULL));
	pend.patient = store_patient_find(store, "p1");
	pend.stamp = store_chart_stamp(store, pend.patient, NULL);
	if (!store_rx_pend(store, &pend, SIGNED_MS, &id, &error) ||
	    !store_rx_send(store, id, jws, all, all_len, SIGNED_MS, &error))
		fail_msg("%s", error->message);
	assert_int_equal(id.n, store_rx_find(store, RX).n);
}

/* The transaction's bytes, signed by a key of the vault. own: it is mine, and
 * in the outbox. */
static char *
transaction(struct store *store, gboolean own, size_t *len)
{
	BASE_AUTO(care_rx) rx = prescription();
	g_autofree char *words = g_strdup("sign here please");
	BASE_AUTO(base_secret) secret = base_secret_take(words, strlen(words));
	static const struct vault_kdf cheap = { .ops = 1, .mem_bytes = 8192 };
	g_autoptr(GError) error = NULL;
	size_t n;
	g_autofree char *bytes = care_rx_collection(rx, &n, &error);

	if (!bytes)
		fail_msg("%s", error->message);
	assert_true(store_signer_create(store, secret, &cheap, FALSE, SIGNED_MS,
	    NULL));
	BASE_AUTO(signer) signer = store_signer_open(store, secret, 60, NULL);
	g_autofree char *jws = signer_sign(signer, bytes, n, SIGNED_MS, NULL);
	const struct care_signed how = { .jws = jws, .when_ms = SIGNED_MS,
		.signer_ref = "Practitioner/me", .review = TRUE };
	char *all = care_rx_transaction(rx, bytes, n, &how, len, &error);

	if (!all)
		fail_msg("%s", error->message);
	if (own)
		keep(store, bytes, n, jws, all, *len);
	return all;
}

/* ---- the server --------------------------------------------------------- */

static char *
replace(const char *text, const char *what, const char *with)
{
	g_auto(GStrv) parts = g_strsplit(text, what, -1);

	if (!parts[0] || !parts[1])
		fail_msg("no %s in %s", what, text);
	return g_strjoinv(with, parts);
}

/* It gives an id and a meta, and keeps the rest. */
static char *
taken(const char *bytes, size_t len, const char *id)
{
	return g_strdup_printf("{\"id\":\"%s\",\"meta\":{\"versionId\":\"@\","
	    "\"lastUpdated\":\"@\"},%.*s", id, (int)len - 1, bytes + 1);
}

static void
put(struct ward *w, const char *text)
{
	BASE_AUTO(store) store = open_store(w);
	g_auto(GStrv) parts = g_strsplit(text, "\"@\"", 3);
	int v = ++w->version;
	g_autofree char *when = fhir_instant(SIGNED_MS + v * 60000);
	g_autofree char *now = g_strdup_printf("%s\"%d\"%s\"%s\"%s", parts[0],
	    v, parts[1], when, parts[2]);
	struct store_doc doc = { now, strlen(now) };
	struct store_ingested out = { 0 };

	assert_true(store_ingest(store, &doc, 1, NULL, &out, NULL));
	assert_int_equal(out.refused, 0);
	assert_int_equal(out.same, 0);
	store_ingested_clear(&out);
}

static void
serve(struct ward *w, const char *all, size_t len)
{
	BASE_AUTO(fhir_bundle) bundle = fhir_bundle_cut(all, len, NULL, NULL);
	g_autofree char *names[2] = { NULL, NULL };
	g_autofree char *linked = NULL;
	int n = 0;

	for (guint i = 0; i < bundle->entries->len; i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);
		g_autofree char *text = g_strndup(e->resource, e->resource_len);

		if (strstr(text, "\"resourceType\":\"MedicationRequest\"") &&
		    n < 2) {
			names[n] = g_strndup(e->full_url, e->full_url_len);
			w->orders[n] = taken(text, strlen(text),
			    n ? "m1" : "m0");
			n++;
		} else if (strstr(text, "\"resourceType\":\"Provenance\"")) {
			w->provenance = taken(text, strlen(text), "pv");
		}
	}
	assert_int_equal(n, 2);
	linked = replace(w->provenance, names[0], "MedicationRequest/m0");
	g_free(w->provenance);
	w->provenance = replace(linked, names[1], "MedicationRequest/m1");
	g_free(names[1]);
	names[1] = NULL;
	put(w, w->orders[0]);
	put(w, w->orders[1]);
	put(w, w->provenance);
}

static int
setup(void **state)
{
	struct ward *w = g_new0(struct ward, 1);
	g_autofree char *dir = NULL, *path = NULL, *all = NULL;
	g_autofree char *words = g_strdup(PASSPHRASE);
	BASE_AUTO(base_secret) passphrase = base_secret_take(words,
	    strlen(words));
	size_t len;

	w->h = home_new();
	dir = g_build_filename(w->h->dir, "XDG_CONFIG_HOME", "qingnang", NULL);
	path = g_build_filename(dir, "p.conf", NULL);
	g_mkdir_with_parents(dir, 0700);
	assert_true(g_file_set_contents(path, "[server]\n"
	    "url=http://127.0.0.1:9/fhir\npractitioner=Practitioner/me\n"
	    "[cache]\npassphrase_command=echo " PASSPHRASE "\n", -1, NULL));
	home_slot(w->h, "p", PASSPHRASE);
	w->state_dir = g_build_filename(w->h->dir, "XDG_STATE_HOME", "qingnang",
	    "p", NULL);
	w->key = vault_slot_open(w->state_dir, passphrase, NULL);
	assert_non_null(w->key);
	{
		BASE_AUTO(store) store = open_store(w);
		all = transaction(store, TRUE, &len);
	}
	serve(w, all, len);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct ward *w = *state;

	home_free(w->h);
	base_secret_free(w->key);
	g_free(w->state_dir);
	g_free(w->orders[0]);
	g_free(w->orders[1]);
	g_free(w->provenance);
	g_free(w);
	return 0;
}

/* ---- asking ------------------------------------------------------------- */

static void
says(struct ward *w, const char *id, int code, const char *words)
{
	int got = home_run(w->h, NULL, "--profile", "p", "verify", id, NULL);

	if (got != code || !strstr(w->h->out, words))
		fail_msg("%d instead of %d; no '%s' in: %s%s", got, code, words,
		    w->h->out, w->h->err);
}

static void
put_changed(struct ward *w, const char *text, const char *what,
    const char *with)
{
	g_autofree char *changed = replace(text, what, with);

	put(w, changed);
}

static void
it_stands(void **state)
{
	struct ward *w = *state;
	static const char *const ids[] = { "MedicationRequest/m0", "m1",
		"Provenance/pv", RX };

	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		says(w, ids[i], 0, "MedicationRequest/m0: stands");
		says(w, ids[i], 0, "MedicationRequest/m1: stands");
		says(w, ids[i], 0, "by a key of this vault");
		says(w, ids[i], 0, "Practitioner/me");
	}
	/* The pharmacist's approval, and a server's narrative. */
	put_changed(w, w->orders[0], "\"status\":\"draft\"",
	    "\"status\":\"active\",\"text\":{\"status\":\"generated\","
	    "\"div\":\"<div>x</div>\"}");
	says(w, RX, 0, "MedicationRequest/m0: stands");
}

static void
as_json(void **state)
{
	struct ward *w = *state;

	assert_int_equal(home_run(w->h, NULL, "--profile", "p", "verify", RX,
	    "--json", NULL), 0);
	BASE_AUTO(fhir_doc) doc = home_json(w->h);
	const fhir_node *v = fhir_at(fhir_root(doc), "all", 0);
	assert_int_equal(fhir_count(fhir_root(doc), "all"), 2);
	assert_string_equal(fhir_text(v, "provenance"), "Provenance/pv");
	assert_string_equal(fhir_text(v, "prescription"), RX);
	assert_string_equal(fhir_text(v, "signer"), "Practitioner/me");
	assert_int_equal(fhir_bool(v, "holds"), 1);
	assert_int_equal(fhir_bool(v, "known"), 1);
	assert_int_equal(fhir_bool(v, "good"), 1);
	assert_int_equal(fhir_count(v, "orders"), 2);
	assert_int_equal(fhir_bool(fhir_at(v, "orders", 1), "same"), 1);
	assert_int_equal(strlen(fhir_text(v, "thumbprint")), 43);
	g_autofree char *when = fhir_instant(SIGNED_MS);
	assert_string_equal(fhir_text(v, "signed"), when);
	/* And this machine's own. */
	v = fhir_at(fhir_root(doc), "all", 1);
	assert_null(fhir_text(v, "provenance"));
	assert_int_equal(fhir_bool(v, "good"), 1);
	assert_int_equal(fhir_count(v, "orders"), 2);
}

static void
changes_are_named(void **state)
{
	struct ward *w = *state;
	static const struct { const char *what, *with, *where; } changes[] = {
		{ "\"value\":28,", "\"value\":280,", "quantity.value" },
		{ "\"intent\":\"order\"", "\"intent\":\"plan\"", "intent" },
		{ "Patient/p1", "Patient/p2", "subject.reference" },
		{ "\"numberOfRepeatsAllowed\":0",
		    "\"numberOfRepeatsAllowed\":9", "numberOfRepeatsAllowed" },
		{ "0.125", "1.25", "" },
		{ "\"intent\":\"order\"", "\"intent\":\"order\","
		    "\"doNotPerform\":true", "doNotPerform" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		put_changed(w, w->orders[1], changes[i].what, changes[i].with);
		says(w, RX, 10, "MedicationRequest/m0: stands");
		says(w, RX, 10, "MedicationRequest/m1: CHANGED");
		says(w, "m1", 10, changes[i].where);
		put(w, w->orders[1]);
		says(w, RX, 0, "MedicationRequest/m1: stands");
	}
}

static void
another_order_beside(void **state)
{
	struct ward *w = *state;

	put_changed(w, w->provenance, "{\"reference\":\"MedicationRequest/m1\"}",
	    "{\"reference\":\"MedicationRequest/m1\"},"
	    "{\"reference\":\"MedicationRequest/m9\"}");
	put_changed(w, w->orders[0], "{\"id\":\"m0\"", "{\"id\":\"m9\"");
	says(w, "m9", 10, "m9: NOT among");
	/* An identifier of its own does not help it. */
	put_changed(w, w->orders[0], "\"identifier\":[{",
	    "\"identifier\":[{\"value\":\"x\"},{");
	says(w, "m0", 10, "CHANGED");
}

static void
the_claims_beside(void **state)
{
	struct ward *w = *state;
	g_autofree char *when = fhir_instant(SIGNED_MS);
	g_autofree char *later = fhir_instant(SIGNED_MS + 1000);

	put_changed(w, w->provenance, "Practitioner/me", "Practitioner/other");
	says(w, RX, 10, "signature.who");
	put_changed(w, w->provenance, when, later);
	says(w, RX, 10, "signature.when");
	put(w, w->provenance);
	says(w, RX, 0, "holds");
}

static void
a_changed_signature(void **state)
{
	struct ward *w = *state;
	const char *data = strstr(w->provenance, "\"data\":\"");
	g_autofree char *broken = g_strdup(w->provenance);
	size_t at = (size_t)(data - w->provenance) + 8 + 400;

	broken[at] = broken[at] == 'A' ? 'B' : 'A';
	put(w, broken);
	says(w, "Provenance/pv", 10, "does NOT hold");
	says(w, "m0", 10, "does NOT hold");
	put_changed(w, w->provenance, "\"data\":\"", "\"data\":\"AAAA");
	says(w, "m0", 10, "does NOT hold");
	put_changed(w, w->provenance, "\"data\":", "\"nodata\":");
	says(w, "m0", 10, "does NOT hold");
}

static void
a_key_of_nobody(void **state)
{
	struct ward *w = *state;
	g_autofree char *words = g_strdup("sign here please");
	BASE_AUTO(base_secret) secret = base_secret_take(words, strlen(words));
	BASE_AUTO(care_rx) rx = prescription();
	g_autofree char *dir = g_dir_make_tmp("qn-other-XXXXXX", NULL);
	g_autofree char *bytes = NULL, *all = NULL, *remove = NULL;
	size_t len;

	/* The same prescription, signed in another vault. */
	{
		BASE_AUTO(base_secret) key = vault_key_random();
		BASE_AUTO(store) other = store_open(dir, key, STORE_SYNC, NULL);
		all = transaction(other, FALSE, &len);
	}
	g_clear_pointer(&w->orders[0], g_free);
	g_clear_pointer(&w->orders[1], g_free);
	g_clear_pointer(&w->provenance, g_free);
	serve(w, all, len);
	says(w, RX, 10, "UNKNOWN");
	says(w, RX, 10, "MedicationRequest/m1: stands");
	remove = g_strdup_printf("rm -r '%s'", dir);
	assert_int_equal(system(remove), 0);
}

static void
what_is_not_here(void **state)
{
	struct ward *w = *state;

	assert_int_equal(home_run(w->h, NULL, "--profile", "p", "verify",
	    "nothing", NULL), 9);
	assert_non_null(strstr(w->h->err, "nothing"));
	assert_string_equal(w->h->out, "");
	assert_int_equal(home_run(w->h, NULL, "--profile", "p", "verify",
	    NULL), 2);
	{
		BASE_AUTO(store) store = open_store(w);
		assert_true(store_gone(store, "MedicationRequest", "m1", NULL));
	}
	says(w, "m0", 9, "not in the cache");
	{
		BASE_AUTO(store) store = open_store(w);
		assert_true(store_gone(store, "Provenance", "pv", NULL));
	}
	assert_int_equal(home_run(w->h, NULL, "--profile", "p", "verify",
	    "m0", NULL), 9);
	assert_string_equal(w->h->out, "");
	says(w, RX, 9, "This machine's copy");
}

/* The server can take its Provenance away or change it: what was signed here is
 * kept here. */
static void
the_own_copy(void **state)
{
	struct ward *w = *state;
	g_autofree char *number = NULL;

	{
		BASE_AUTO(store) store = open_store(w);
		number = g_strdup_printf("%d",
		    (int)store_rx_find(store, RX).n);
		assert_true(store_gone(store, "Provenance", "pv", NULL));
	}
	says(w, number, 0, "This machine's copy");
	says(w, number, 0, "MedicationRequest/m1: stands");
	assert_null(strstr(w->h->out, "Provenance/"));
	put_changed(w, w->orders[1], "0.125", "1.25");
	says(w, number, 10, "MedicationRequest/m1: CHANGED");
	says(w, RX, 10, "MedicationRequest/m1: CHANGED");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_stands),
		TEST(as_json),
		TEST(changes_are_named),
		TEST(another_order_beside),
		TEST(the_claims_beside),
		TEST(a_changed_signature),
		TEST(a_key_of_nobody),
		TEST(what_is_not_here),
		TEST(the_own_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
