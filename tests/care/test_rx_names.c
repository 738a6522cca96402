/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that no entry of a prescription's transaction is called as something
 * that is to last: a server may replace an entry's name in every string, and
 * what is searched afterwards must still be there.
 */
#include "tests/tap.h"

#include <string.h>

#include "care/order.h"

static struct care_order *
order_new(void)
{
	static const char json[] = "{\"resourceType\":\"MedicationRequest\","
	    "\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"urn:d\","
	    "\"code\":\"1\"}],\"text\":\"氨氯地平片\"}}";
	BASE_AUTO(fhir_doc) doc = fhir_parse(json, strlen(json), NULL, NULL);
	struct care_order *o = care_order_new();

	o->drug = care_drug_of_order(fhir_root(doc));
	o->dose = g_strdup("5");
	o->dose_unit = g_strdup("mg");
	o->frequency = care_frequency_find("qd");
	o->route = care_route_find("po");
	o->duration_days = 28;
	o->quantity = g_strdup("28");
	o->quantity_unit = g_strdup("{tablet}");
	o->refills = 0;
	o->origin = ORIGIN_DOCTOR;
	return o;
}

static char *
transaction(int lines, size_t *len)
{
	BASE_AUTO(care_rx) rx = care_rx_new();
	const struct care_signed how = { .jws = "a.b.c", .when_ms = 1,
		.signer_ref = "Practitioner/me", .review = TRUE };
	g_autoptr(GError) error = NULL;
	size_t n;

	care_rx_identify(rx, NULL);
	rx->subject_ref = g_strdup("Patient/p1");
	rx->requester_ref = g_strdup("Practitioner/me");
	rx->authored_ms = 1795341600000;
	for (int i = 0; i < lines; i++)
		g_ptr_array_add(rx->orders, order_new());
	g_autofree char *bytes = care_rx_collection(rx, &n, &error);
	if (!bytes)
		fail_msg("%s", error->message);
	char *all = care_rx_transaction(rx, bytes, n, &how, len, &error);
	if (!all)
		fail_msg("%s", error->message);
	return all;
}

static void
test_names_do_not_last(void **state)
{
	size_t len;
	g_autofree char *all = transaction(5, &len);
	BASE_AUTO(fhir_bundle) b = fhir_bundle_cut(all, len, NULL, NULL);

	assert_non_null(b);
	assert_int_equal(b->entries->len, 7);
	for (guint i = 0; i < b->entries->len; i++) {
		const struct fhir_entry *e = &g_array_index(b->entries,
		    struct fhir_entry, i);
		g_autofree char *name = g_strndup(e->full_url,
		    e->full_url_len);
		g_autofree char *named = g_strdup_printf(
		    "\"reference\":\"%s\"", name);
		g_autofree char *called = g_strdup_printf(
		    "\"fullUrl\":\"%s\"", name);
		g_auto(GStrv) all_of_it = g_strsplit(all, name, -1);
		g_auto(GStrv) links = g_strsplit(all, named, -1);
		g_auto(GStrv) urls = g_strsplit(all, called, -1);

		/* One name, some links, and nothing else. */
		assert_int_equal(g_strv_length(urls) - 1, 1);
		if (g_strv_length(all_of_it) - 1 !=
		    g_strv_length(links) - 1 + 1)
			fail_msg("%s stands in something that lasts", name);
		/* The orders are linked to. */
		assert_true(i >= 5 || g_strv_length(links) - 1 >= 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_do_not_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
