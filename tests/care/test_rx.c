/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what goes to the server for a prescription: the signed orders byte for
 * byte, one signature over all, at most eight entries, each named so that a second
 * try makes nothing new; that updates change the members they must and no other
 * byte; that a renewal carries the diagnosis and never the comments, and is made
 * twice by nobody; and that every change of a signed order is found and named.
 */
#include "tests/tap.h"
#include "tests/care/order_gen.h"

static const char jws[] = "aGVhZA.cGF5bG9hZA.c2ln";
static const char task[] = "{\"resourceType\": \"Task\",\"id\":\"t1\",\"meta\":"
    "{\"versionId\":\"3\"},\"status\":\"requested\",\"intent\":\"order\","
    "\"extension\":[{\"url\":\"urn:x\",\"valueDecimal\":0.10}],"
    "\"note\":[{\"text\":\"a\"}], \"odd\" : {\"kept\":1.50}}";

static struct fhir_doc *
parse(const char *bytes, size_t len)
{
	struct fhir_doc *doc = fhir_parse(bytes, len, NULL, NULL);

	assert_non_null(doc);
	return doc;
}

static struct care_rx *
some_rx(guint lines, gboolean renewal)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(lines);
	struct care_rx *rx = care_rx_new();

	for (guint i = 0; i < lines; i++)
		g_ptr_array_add(rx->orders, gen_order(rand));
	rx->subject_ref = g_strdup("Patient/p1");
	rx->requester_ref = g_strdup("Practitioner/me");
	rx->authored_ms = 1760000000000;
	if (renewal) {
		rx->task_ref = g_strdup("Task/t1");
		rx->task_version = g_strdup("3");
		rx->prior_ref = g_strdup("MedicationRequest/old");
		rx->prior_version = g_strdup("7");
	}
	care_rx_identify(rx, NULL);
	return rx;
}

static struct care_signed
signature(gboolean review, gboolean with_task)
{
	return (struct care_signed){ jws, "Practitioner/me", 1760000001000,
		review, with_task ? task : NULL, with_task ? strlen(task) : 0 };
}

static char *
transaction(const struct care_rx *rx, const struct care_signed *how,
    size_t *len)
{
	size_t collection_len;
	g_autofree char *bytes = care_rx_collection(rx, &collection_len, NULL);

	return bytes ? care_rx_transaction(rx, bytes, collection_len, how, len,
	    NULL) : NULL;
}

/* ---- what is sent ------------------------------------------------------- */

static const struct fhir_entry *
entry(const struct fhir_bundle *bundle, guint i)
{
	assert_true(i < bundle->entries->len);
	return &g_array_index(bundle->entries, struct fhir_entry, i);
}

static void
test_bytes(void **state)
{
	BASE_AUTO(care_rx) rx = some_rx(5, TRUE);
	struct care_signed how = signature(TRUE, TRUE);
	size_t len, sent_len;
	g_autofree char *bytes = care_rx_collection(rx, &len, NULL);
	g_autofree char *sent = care_rx_transaction(rx, bytes, len, &how,
	    &sent_len, NULL);
	BASE_AUTO(fhir_bundle) shown = fhir_bundle_cut(bytes, len, NULL, NULL);
	BASE_AUTO(fhir_bundle) cut = fhir_bundle_cut(sent, sent_len, NULL,
	    NULL);

	assert_int_equal(cut->entries->len, 8);
	for (guint i = 0; i < 5; i++) {
		const struct fhir_entry *a = entry(shown, i);
		const struct fhir_entry *b = entry(cut, i);

		assert_int_equal(a->resource_len, b->resource_len);
		assert_memory_equal(a->resource, b->resource, a->resource_len);
	}
}

static void
test_signature(void **state)
{
	BASE_AUTO(care_rx) rx = some_rx(3, FALSE);
	struct care_signed how = signature(TRUE, FALSE);
	size_t len;
	gsize data_len;
	g_autofree char *sent = transaction(rx, &how, &len);
	BASE_AUTO(fhir_doc) doc = parse(sent, len);
	const fhir_node *p = fhir_get(fhir_root(doc), "entry[3].resource");
	g_autofree guchar *data = g_base64_decode(fhir_text(p,
	    "signature.data"), &data_len);

	assert_string_equal(fhir_text(p, "resourceType"), "Provenance");
	assert_int_equal(fhir_count(p, "target"), 3);
	assert_int_equal(data_len, strlen(jws));
	assert_memory_equal(data, jws, data_len);
	for (int i = 0; i < 3; i++) {
		g_autofree char *full = g_strdup_printf("entry[%d].fullUrl", i);
		g_autofree char *target = g_strdup_printf(
		    "target[%d].reference", i);

		assert_string_equal(fhir_text(fhir_root(doc), full),
		    fhir_text(p, target));
	}
	assert_null(fhir_get(fhir_root(doc), "entry[3].request.ifNoneExist"));
}

/* Every line is guarded by its own identifier, and so is the review. */
static void
test_guards(void **state)
{
	BASE_AUTO(care_rx) rx = some_rx(2, TRUE);
	struct care_signed how = signature(TRUE, TRUE);
	size_t len;
	g_autofree char *sent = transaction(rx, &how, &len);
	BASE_AUTO(fhir_doc) doc = parse(sent, len);
	const fhir_node *root = fhir_root(doc);

	for (int i = 0; i < 2; i++) {
		g_autofree char *name = care_rx_line_identifier(rx, i);
		g_autofree char *want = g_strconcat("identifier="
		    "urn:ietf:rfc:3986|", name, NULL);
		g_autofree char *path = g_strdup_printf(
		    "entry[%d].request.ifNoneExist", i);

		assert_string_equal(fhir_text(root, path), want);
	}
	assert_non_null(fhir_text(root, "entry[3].request.ifNoneExist"));
	assert_string_equal(fhir_text(root, "entry[3].resource.status"),
	    "requested");
	assert_string_equal(fhir_text(root,
	    "entry[3].resource.groupIdentifier.value"), rx->identifier);
	assert_string_equal(fhir_text(root, "entry[4].request.method"), "PUT");
	assert_string_equal(fhir_text(root, "entry[4].request.url"), "Task/t1");
	assert_string_equal(fhir_text(root, "entry[4].request.ifMatch"),
	    "W/\"3\"");
	g_autofree char *again = transaction(rx, &how, &len);
	assert_string_equal(sent, again);
}

/* Without the members that were meant, the update is the server's bytes. */
static void
test_task_kept(void **state)
{
	BASE_AUTO(care_rx) rx = some_rx(1, TRUE);
	struct care_signed how = signature(FALSE, TRUE);
	size_t len, cut_len;
	g_autofree char *sent = transaction(rx, &how, &len);
	BASE_AUTO(fhir_bundle) cut = fhir_bundle_cut(sent, len, NULL, NULL);
	const struct fhir_entry *e = entry(cut, 2);
	const struct fhir_change undo[] = {
		{ "status", "\"requested\"", FALSE },
		{ "output", NULL, FALSE },
	};
	g_autofree char *back = fhir_edit(e->resource, e->resource_len, undo,
	    2, &cut_len, NULL);

	assert_string_equal(back, task);
	assert_non_null(strstr(sent, "\"status\":\"completed\""));
}

static void
test_active(void **state)
{
	BASE_AUTO(care_rx) rx = some_rx(1, FALSE);
	struct care_signed how = signature(FALSE, FALSE);
	size_t len, sent_len;
	char *where = NULL;
	g_autofree char *bytes = care_rx_collection(rx, &len, NULL);
	g_autofree char *sent = transaction(rx, &how, &sent_len);
	BASE_AUTO(fhir_doc) a = parse(bytes, len);
	BASE_AUTO(fhir_doc) b = parse(sent, sent_len);
	const fhir_node *order = fhir_get(fhir_root(b), "entry.resource");

	assert_int_equal(fhir_count(fhir_root(b), "entry"), 2);
	assert_string_equal(fhir_text(order, "status"), "active");
	assert_true(care_rx_same(fhir_get(fhir_root(a), "entry.resource"),
	    order, &where));
}

static void
refused(const struct care_rx *rx, const struct care_signed *how)
{
	size_t len;
	g_autofree char *sent = transaction(rx, how, &len);

	assert_null(sent);
}

static void
test_refused(void **state)
{
	BASE_AUTO(care_rx) six = some_rx(6, FALSE);
	BASE_AUTO(care_rx) none = some_rx(0, FALSE);
	BASE_AUTO(care_rx) one = some_rx(1, FALSE);
	BASE_AUTO(care_rx) other = some_rx(1, FALSE);
	BASE_AUTO(care_rx) renewal = some_rx(1, TRUE);
	struct care_signed how = signature(TRUE, FALSE);
	struct care_signed bare = how, with_task = signature(TRUE, TRUE);
	size_t len, sent_len;

	bare.jws = "";
	refused(six, &how);
	refused(none, &how);
	refused(one, &bare);
	refused(renewal, &how);
	g_free(renewal->task_ref);
	renewal->task_ref = g_strdup("Task/t2");
	refused(renewal, &with_task);
	g_autofree char *bytes = care_rx_collection(one, &len, NULL);
	g_autofree char *sent = care_rx_transaction(other, bytes, len, &how,
	    &sent_len, NULL);
	assert_null(sent);
	g_clear_pointer(&one->subject_ref, g_free);
	refused(one, &how);
}

/* What an order needs, taken away one by one: no collection, and it says why. */
static void
test_needs(void **state)
{
	static const size_t needed[] = {
		G_STRUCT_OFFSET(struct care_rx, identifier),
		G_STRUCT_OFFSET(struct care_rx, subject_ref),
		G_STRUCT_OFFSET(struct care_rx, requester_ref),
	};
	size_t len;

	for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
		BASE_AUTO(care_rx) rx = some_rx(1, FALSE);
		g_autoptr(GError) error = NULL;

		g_clear_pointer(&G_STRUCT_MEMBER(char *, rx, needed[i]),
		    g_free);
		assert_null(care_rx_collection(rx, &len, &error));
		assert_non_null(error);
	}
	BASE_AUTO(care_rx) rx = some_rx(1, FALSE);
	struct care_order *o = rx->orders->pdata[0];
	g_clear_pointer(&o->dose, g_free);
	o->route = care_route_find("po");
	assert_null(care_rx_collection(rx, &len, NULL));
	o->route = care_route_find("top");
	g_autofree char *free_dose = care_rx_collection(rx, &len, NULL);
	assert_non_null(free_dose);
	o->drug->herbal = TRUE;
	assert_null(care_rx_collection(rx, &len, NULL));
}

/* ---- withdrawal --------------------------------------------------------- */

static char *
withdraw(const char *order, const char *review, size_t *len)
{
	const struct care_body bodies[] = { { order, strlen(order) },
		{ review, strlen(review) } };

	return care_rx_withdrawal(bodies, 2, "开错", "Practitioner/me",
	    1760000000000, len, NULL);
}

#define ORDER(status) "{\"resourceType\":\"MedicationRequest\",\"id\":\"o1\"," \
    "\"meta\":{\"versionId\":\"4\"},\"status\":\"" status "\",\"subject\":" \
    "{\"reference\":\"Patient/p1\"},\"groupIdentifier\":{\"value\":\"g\"}," \
    "\"dispenseRequest\":{\"quantity\":{\"value\":28.0}}}"
#define REVIEW(status) "{\"resourceType\":\"Task\",\"id\":\"r1\",\"meta\":" \
    "{\"versionId\":\"2\"},\"status\":\"" status "\",\"intent\":\"order\"}"

static void
test_withdrawal(void **state)
{
	size_t len;
	g_autofree char *before = withdraw(ORDER("draft"), REVIEW("requested"),
	    &len);
	BASE_AUTO(fhir_doc) a = parse(before, len);
	g_autofree char *after = withdraw(ORDER("active"), REVIEW("completed"),
	    &len);
	BASE_AUTO(fhir_doc) b = parse(after, len);
	const fhir_node *x = fhir_root(a), *y = fhir_root(b);

	assert_int_equal(fhir_count(x, "entry"), 2);
	assert_string_equal(fhir_text(x, "entry[0].resource.status"),
	    "cancelled");
	assert_string_equal(fhir_text(x, "entry[0].resource.statusReason.text"),
	    "开错");
	assert_string_equal(fhir_text(x, "entry[0].request.ifMatch"),
	    "W/\"4\"");
	assert_string_equal(fhir_number(x,
	    "entry[0].resource.dispenseRequest.quantity.value"), "28.0");
	assert_string_equal(fhir_text(x, "entry[1].resource.status"),
	    "cancelled");
	assert_string_equal(fhir_text(y, "entry[0].resource.status"),
	    "stopped");
	assert_string_equal(fhir_text(y, "entry[1].resource.code.coding.code"),
	    "abort");
	assert_string_equal(fhir_text(y,
	    "entry[1].resource.focus.reference"), "MedicationRequest/o1");
	assert_non_null(fhir_text(y, "entry[1].request.ifNoneExist"));
}

static void
test_not_withdrawn(void **state)
{
	static const char *const gone[] = { ORDER("cancelled"),
		ORDER("stopped"), ORDER("entered-in-error"),
		ORDER("completed"),
		("{\"resourceType\":\"MedicationRequest\",\"id\":\"o1\","
		"\"status\":\"draft\"}") };
	struct care_body order = { ORDER("draft"), strlen(ORDER("draft")) };
	size_t len;

	for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
		assert_null(withdraw(gone[i], REVIEW("requested"), &len));
	assert_null(care_rx_withdrawal(&order, 1, "", "Practitioner/me", 1,
	    &len, NULL));
}

/* One line is still to come, the other is in the patient's hands. */
static void
test_half_withdrawn(void **state)
{
	static const char done[] = "{\"resourceType\":\"MedicationRequest\","
	    "\"id\":\"o2\",\"meta\":{\"versionId\":\"9\"},\"status\":"
	    "\"completed\"}";
	const struct care_body bodies[] = { { done, strlen(done) },
		{ ORDER("active"), strlen(ORDER("active")) } };
	size_t len;
	g_autofree char *bytes = care_rx_withdrawal(bodies, 2, "开错",
	    "Practitioner/me", 1760000000000, &len, NULL);
	BASE_AUTO(fhir_doc) doc = parse(bytes, len);

	assert_true(care_rx_stands(bodies, 2));
	assert_false(care_rx_stands(bodies, 1));
	assert_int_equal(fhir_count(fhir_root(doc), "entry"), 2);
	assert_string_equal(fhir_text(fhir_root(doc), "entry[0].resource.id"),
	    "o1");
	assert_string_equal(fhir_text(fhir_root(doc),
	    "entry[1].resource.code.coding.code"), "abort");
}

static void
test_requests(void **state)
{
	struct care_body open = { task, strlen(task) };
	struct care_body done = { REVIEW("completed"),
		strlen(REVIEW("completed")) };
	size_t len;
	g_autofree char *declined = care_task_decline(&open, "须\"面诊\"", &len,
	    NULL);
	BASE_AUTO(fhir_doc) a = parse(declined, len);
	g_autofree char *forwarded = care_task_forward(&open,
	    "Practitioner/other", "请看", &len, NULL);
	BASE_AUTO(fhir_doc) b = parse(forwarded, len);
	const fhir_node *x = fhir_root(a), *y = fhir_root(b);

	assert_string_equal(fhir_text(x, "entry.resource.status"), "rejected");
	assert_string_equal(fhir_text(x, "entry.resource.statusReason.text"),
	    "须\"面诊\"");
	assert_string_equal(fhir_text(x, "entry.request.ifMatch"), "W/\"3\"");
	assert_string_equal(fhir_text(y, "entry.resource.owner.reference"),
	    "Practitioner/other");
	assert_int_equal(fhir_count(y, "entry.resource.note"), 2);
	assert_string_equal(fhir_text(y, "entry.resource.note[1].text"),
	    "请看");
	assert_non_null(strstr(forwarded, "\"odd\" : {\"kept\":1.50}"));
	assert_null(care_task_decline(&open, "", &len, NULL));
	assert_null(care_task_decline(&done, "迟", &len, NULL));
	assert_null(care_task_forward(&open, "nobody", "x", &len, NULL));
}

/* ---- renewal ------------------------------------------------------------ */

static struct fhir_doc *
fixture(const char *name)
{
	g_autofree char *path = test_src(name);
	g_autofree char *bytes = NULL;
	gsize len;

	assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	return parse(bytes, len);
}

static void
test_renew(void **state)
{
	BASE_AUTO(fhir_doc) prior = fixture(
	    "tests/fuzz/corpus/care_rx/order.json");
	BASE_AUTO(fhir_doc) asked = parse(task, strlen(task));
	BASE_AUTO(care_rx) rx = care_rx_renew(fhir_root(prior), NULL,
	    fhir_root(asked), NULL, 1760000000000);
	const struct care_order *o = rx->orders->pdata[0];

	assert_string_equal(rx->diagnosis.code, "I10");
	assert_string_equal(rx->diagnosis.ref, "Condition/c1");
	assert_string_equal(rx->prior_ref, "MedicationRequest/o1");
	assert_string_equal(rx->prior_version, "4");
	assert_string_equal(rx->task_version, "3");
	assert_true(rx->long_term);
	assert_null(o->note);
	assert_int_equal(o->origin, ORIGIN_CARRIED);
	assert_string_equal(o->dose, "5");
	assert_ptr_equal(o->frequency, care_frequency_find("qd"));
	assert_ptr_equal(o->when, care_when_find("HS"));
	assert_int_equal(o->duration_days, 28);
	assert_int_equal(o->refills, 2);
	/* asked for by somebody, prescribed by nobody */
	BASE_AUTO(care_rx) asked_for = care_rx_renew(NULL, fhir_root(prior),
	    NULL, NULL, 1);
	o = asked_for->orders->pdata[0];
	assert_int_equal(o->origin, ORIGIN_MACHINE);
}

static void
test_once(void **state)
{
	BASE_AUTO(fhir_doc) prior = fixture(
	    "tests/fuzz/corpus/care_rx/order.json");
	BASE_AUTO(care_rx) here = care_rx_renew(fhir_root(prior), NULL, NULL,
	    NULL, 1760000000000);
	BASE_AUTO(care_rx) there = care_rx_renew(fhir_root(prior), NULL, NULL,
	    NULL, 1760000099000);
	g_autofree char *first = g_strdup(here->identifier);

	assert_string_equal(here->identifier, there->identifier);
	g_free(there->prior_version);
	there->prior_version = g_strdup("5");
	care_rx_identify(there, NULL);
	assert_string_not_equal(first, there->identifier);
	/* withdrawn, and again: the next name, alike on both */
	care_rx_identify(here, first);
	assert_string_not_equal(first, here->identifier);
	g_autofree char *second = g_strdup(here->identifier);
	care_rx_identify(here, first);
	assert_string_equal(second, here->identifier);
}

/* Of the DNS space and "0", as Python's uuid module makes it. */
static void
test_line_names(void **state)
{
	BASE_AUTO(care_rx) rx = care_rx_new();

	rx->identifier = g_strdup(
	    "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8");
	g_autofree char *zero = care_rx_line_identifier(rx, 0);
	g_autofree char *one = care_rx_line_identifier(rx, 1);
	assert_string_equal(zero,
	    "urn:uuid:6af613b6-569c-5c22-9c37-2ed93f31d3af");
	assert_string_not_equal(zero, one);
}

/* "One tablet" of 5 mg is not one of 10 mg: the dose is asked for again. */
static void
test_strength(void **state)
{
	BASE_AUTO(fhir_doc) prior = fixture(
	    "tests/fuzz/corpus/care_rx/pieces.json");
	BASE_AUTO(care_drug) five = gen_drug(0);
	BASE_AUTO(care_drug) ten = gen_drug(1);
	BASE_AUTO(care_rx) same = care_rx_renew(fhir_root(prior), NULL, NULL,
	    five, 1);
	BASE_AUTO(care_rx) other = care_rx_renew(fhir_root(prior), NULL, NULL,
	    ten, 1);
	const struct care_order *a = same->orders->pdata[0];
	const struct care_order *b = other->orders->pdata[0];

	assert_string_equal(a->dose, "1");
	assert_string_equal(a->drug->strength, "5");
	assert_null(b->dose);
	assert_null(b->quantity);
}

/* Two herbal orders of another system in one prescription: how the first is boiled
 * is what is shown, and nothing is lost track of. */
static void
test_herbs_elsewhere(void **state)
{
	static const char *const notes[] = { "水煎服", "冲服" };
	BASE_AUTO(care_rx) rx = care_rx_new();

	for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
		g_autofree char *text = g_strdup_printf("{\"resourceType\":"
		    "\"MedicationRequest\",\"id\":\"m%zu\",\"contained\":[{"
		    "\"resourceType\":\"Medication\",\"id\":\"a\","
		    "\"ingredient\":[{\"itemCodeableConcept\":{\"text\":"
		    "\"甘草\"},\"strength\":{\"numerator\":{\"value\":6,"
		    "\"system\":\"http://unitsofmeasure.org\",\"code\":"
		    "\"g\"},\"denominator\":{\"value\":1,\"code\":"
		    "\"{dose}\"}}}]}],\"medicationReference\":{\"reference\":"
		    "\"#a\"},\"dosageInstruction\":[{\"patientInstruction\":"
		    "\"%s\"}]}", i, notes[i]);
		BASE_AUTO(fhir_doc) doc = fhir_parse(text, strlen(text), NULL,
		    NULL);

		care_rx_read_order(rx, fhir_root(doc));
	}
	assert_true(rx->herbal);
	assert_int_equal(rx->orders->len, 2);
	assert_string_equal(rx->decoction, notes[0]);
}

/* More herbs of another system than one of ours can hold: the renewal is refused,
 * and not of the first sixty. */
static void
test_too_many_herbs(void **state)
{
	for (int n = 60; n <= 62; n++) {
		g_autoptr(GString) text = g_string_new("{\"resourceType\":"
		    "\"MedicationRequest\",\"id\":\"m\",\"contained\":[{"
		    "\"resourceType\":\"Medication\",\"id\":\"a\","
		    "\"ingredient\":[");
		BASE_AUTO(fhir_doc) doc = NULL;
		BASE_AUTO(care_rx) rx = NULL;

		for (int i = 0; i < n; i++)
			g_string_append_printf(text, "%s{"
			    "\"itemCodeableConcept\":{\"text\":\"h%d\"},"
			    "\"strength\":{\"denominator\":{\"code\":"
			    "\"{dose}\"}}}", i ? "," : "", i);
		g_string_append(text, "]}],\"medicationReference\":{"
		    "\"reference\":\"#a\"}}");
		doc = fhir_parse(text->str, text->len, NULL, NULL);
		assert_non_null(doc);
		rx = care_rx_renew(fhir_root(doc), NULL, NULL, NULL,
		    1760000000000);
		assert_int_equal(rx->orders->len, MIN(n, 61));
	}
}

/* ---- what was signed, and what stands ----------------------------------- */

static void
differs(const fhir_node *order, const char *bytes, size_t len,
    const char *from, const char *to, const char *want)
{
	g_autofree char *text = g_strndup(bytes, len);
	char *at = strstr(text, from);
	char *where = NULL;
	GString *changed;

	assert_non_null(at);
	changed = g_string_new_len(text, at - text);
	g_string_append(changed, to);
	g_string_append(changed, at + strlen(from));
	BASE_AUTO(fhir_doc) now = parse(changed->str, changed->len);
	gboolean same = care_rx_same(order, fhir_root(now), &where);
	if (g_strcmp0(where, want) != 0)
		print_message("# %s -> %s: %s\n", from, to, where);
	assert_true(same == !want);
	if (want)
		assert_string_equal(where, want);
	g_free(where);
	g_string_free(changed, TRUE);
}

static void
test_same(void **state)
{
	static const struct { const char *from, *to, *where; } cases[] = {
		{ "\"status\":\"draft\"", "\"status\":\"active\",\"text\":{\"status\":\"generated\"}", NULL },
		{ "\"id\":\"lines\"", "\"meta\":{\"versionId\":\"9\"}", NULL },
		{ "\"Patient/p1\"", "\"https://h.example/fhir/Patient/p1\"", NULL },
		{ "\"Patient/p1\"", "\"Patient/p2\"", "subject.reference" },
		{ "\"value\":5,", "\"value\":5.0,", NULL },
		{ "\"value\":5,", "\"value\":50,", "dosageInstruction[0].doseAndRate[0].doseQuantity.value" },
		{ "\"code\":\"mg\"", "\"code\":\"g\"", "dosageInstruction[0].doseAndRate[0].doseQuantity.code" },
		{ "\"numberOfRepeatsAllowed\":0", "\"numberOfRepeatsAllowed\":1", "dispenseRequest.numberOfRepeatsAllowed" },
		{ "\"intent\":\"order\"", "\"intent\":\"order\",\"note\":[{\"text\":\"x\"}]", "note" },
		{ "\"intent\":\"order\"", "\"intent\":\"order\",\"doNotPerform\":true", "doNotPerform" },
		{ "\"intent\":\"order\",", "", "intent" },
	};
	BASE_AUTO(fhir_doc) signed_order = fixture(
	    "tests/fuzz/corpus/care_rx/signed.json");
	const fhir_node *root = fhir_root(signed_order);
	size_t len;
	g_autofree char *bytes = fhir_write(root, &len);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		differs(root, bytes, len, cases[i].from, cases[i].to,
		    cases[i].where);
}

/* Every text and number of a signed order, changed one by one, is found. */
static void
test_every_leaf(void **state)
{
	BASE_AUTO(fhir_doc) doc = fixture(
	    "tests/fuzz/corpus/care_rx/signed.json");
	size_t len, changed = 0;
	g_autofree char *bytes = fhir_write(fhir_root(doc), &len);

	for (size_t i = 0; i < len; i++) {
		g_autofree char *copy = g_memdup2(bytes, len);
		char *where = NULL;

		if (!g_ascii_isdigit(bytes[i]))
			continue;
		copy[i] = bytes[i] == '1' ? '2' : '1';
		BASE_AUTO(fhir_doc) now = fhir_parse(copy, len, NULL, NULL);
		if (!now)
			continue;
		if (care_rx_same(fhir_root(doc), fhir_root(now), &where))
			fail_msg("at %zu: %.40s", i, bytes + i);
		assert_non_null(where);
		g_free(where);
		changed++;
	}
	assert_true(changed > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_task_kept),
		cmocka_unit_test(test_active),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_withdrawal),
		cmocka_unit_test(test_not_withdrawn),
		cmocka_unit_test(test_half_withdrawn),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_line_names),
		cmocka_unit_test(test_strength),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_herbs_elsewhere),
		cmocka_unit_test(test_too_many_herbs),
		cmocka_unit_test(test_every_leaf),
	};
	base_i18n_init("en");
	return cmocka_run_group_tests_name("prescriptions", tests, NULL, NULL);
}
