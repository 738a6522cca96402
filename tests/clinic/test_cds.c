/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of decision support, over the sockets: discovery and cards have the
 * shapes of CDS Hooks 2.0.1; every row of the interaction table makes its card
 * and a harmless pair none; what the prefetch brings is used, what it lacks is
 * read for those with a token and refused to others; and each fault of it does
 * what it says while FHIR goes on.
 */
#include <poll.h>
#include <unistd.h>

#include "clinic/cds.h"
#include "tests/clinic/client.h"

static struct clinic_proc *clinic;

static int
start(void **state)
{
	clinic = clinic_start("--renewals", "27", "--pace", "0", NULL);
	return 0;
}

static int
stop(void **state)
{
	clinic_stop(clinic);
	return 0;
}

#define ATC "http://www.whocc.no/atc"
#define INSTANCE "\"hookInstance\":\"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea\""
#define EMPTY "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}"

/* A Bundle of one order with that coding. Owned. */
static char *
bundle_of(const char *id, const char *system, const char *code,
    const char *more)
{
	return g_strdup_printf("{\"resourceType\":\"Bundle\",\"entry\":[{"
	    "\"resource\":{\"resourceType\":\"MedicationRequest\",\"id\":\"%s\""
	    ",\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"%s\","
	    "\"code\":\"%s\"}],\"text\":\"drug %s\"}%s}}]}", id, system, code,
	    code, more);
}

static struct reply *
call_about(const char *patient, const char *orders, const char *more)
{
	g_autofree char *body = g_strdup_printf("{\"hook\":\"order-sign\","
	    INSTANCE ",\"context\":{\"userId\":\"Practitioner/me\","
	    "\"patientId\":\"%s\",\"draftOrders\":%s}%s}", patient, orders,
	    more);

	return ask_bare(clinic, "POST", "/cds-services/practice-interactions",
	    "Content-Type: application/json\r\n", body);
}

/* With a whole prefetch: these drugs, these allergies. */
static struct reply *
call(const char *orders, const char *taken, const char *allergies)
{
	g_autofree char *more = g_strdup_printf(",\"prefetch\":{"
	    "\"medications\":%s,\"allergies\":%s}", taken, allergies);

	return call_about("p", orders, more);
}

static void
test_discovery(void **state)
{
	struct reply *r = ask_bare(clinic, "GET", "/cds-services", NULL, NULL);
	static const char *const hooks[] = { "order-sign",
		"medication-refill" };

	assert_int_equal(r->status, 200);
	assert_int_equal(json_array_size(dig(r->json, "services")), 2);
	for (int i = 0; i < 2; i++) {
		json_t *s = json_array_get(dig(r->json, "services"), i);

		assert_string_equal(dig_text(s, "hook"), hooks[i]);
		assert_non_null(strstr(dig_text(s, "description"),
		    "practice data"));
		assert_true(strlen(dig_text(s, "id")) > 5);
		assert_non_null(strstr(dig_text(s, "prefetch.medications"),
		    "{{context.patientId}}"));
		assert_non_null(dig(s, "prefetch.allergies"));
	}
	reply_free(r);
}

static void
card_is_whole(json_t *card)
{
	static const char *const levels[] = { "info", "warning", "critical",
		NULL };

	assert_true(g_uuid_string_is_valid(dig_text(card, "uuid")));
	assert_in_range(g_utf8_strlen(dig_text(card, "summary"), -1), 5, 139);
	assert_true(g_strv_contains(levels, dig_text(card, "indicator")));
	assert_non_null(strstr(dig_text(card, "source.label"),
	    "practice data"));
	assert_true(strlen(dig_text(card, "detail")) > 2);
}

/* Whichever of the two is the new one. */
static void
test_every_interaction(void **state)
{
	static const char *const levels[] = { "info", "warning", "critical" };

	assert_true(cds_interaction_count >= 15);
	for (size_t i = 0; i < cds_interaction_count * 2; i++) {
		const struct cds_interaction *t = &cds_interactions[i / 2];
		g_autofree char *a = bundle_of("x", ATC, i % 2 ? t->a : t->b,
		    "");
		g_autofree char *b = bundle_of("y", ATC, i % 2 ? t->b : t->a,
		    "");
		struct reply *r = call(a, b, EMPTY);
		json_t *card;
		gboolean found = FALSE;
		size_t n;

		assert_int_equal(r->status, 200);
		json_array_foreach(dig(r->json, "cards"), n, card) {
			card_is_whole(card);
			found |= strcmp(dig_text(card, "summary"),
			    t->summary) == 0 && strcmp(dig_text(card,
			    "indicator"), levels[t->indicator]) == 0;
		}
		if (!found)
			fail_msg("%s with %s: %s", t->a, t->b, r->body->str);
		reply_free(r);
	}
}

static size_t
cards(struct reply *r)
{
	size_t n = json_array_size(dig(r->json, "cards"));

	assert_int_equal(r->status, 200);
	assert_true(json_is_array(dig(r->json, "cards")));
	reply_free(r);
	return n;
}

static void
test_harmless(void **state)
{
	g_autofree char *a = bundle_of("x", ATC, "C08CA01", "");
	g_autofree char *b = bundle_of("y", ATC, "A10BA02", "");
	g_autofree char *words = bundle_of("z", "urn:none", "1", "");
	g_autofree char *warfarin = bundle_of("y", ATC, "B01AA03", "");
	g_autofree char *aspirin = bundle_of("x", ATC, "B01AC06",
	    ",\"priorPrescription\":{\"reference\":\"MedicationRequest/y\"}");
	g_autofree char *never = bundle_of("x", ATC, "B01AC06",
	    ",\"doNotPerform\":true");

	assert_int_equal(cards(call(a, b, EMPTY)), 0);
	/* A drug that cannot be checked is a card; one not to give is not. */
	assert_int_equal(cards(call(words, b, EMPTY)), 1);
	assert_int_equal(cards(call(never, warfarin, EMPTY)), 0);
	/* It takes the place of the other. */
	assert_int_equal(cards(call(aspirin, warfarin, EMPTY)), 0);
}

/* By product, by a part of a product, by a Medication, within the order. */
static void
test_ways_of_naming(void **state)
{
	g_autofree char *spironolactone = bundle_of("y", ATC, "C03DA01", "");
	static const char *const ways[] = {
		"\"medicationCodeableConcept\":{\"coding\":[{\"system\":"
		"\"https://qingnang.example/drug\",\"code\":\"QD0113\"}]}",
		"\"medicationCodeableConcept\":{\"coding\":[{\"system\":"
		"\"https://qingnang.example/drug\",\"code\":\"QD0129\"}]}",
		"\"medicationReference\":{\"reference\":\"Medication/qd0113\"}",
		"\"contained\":[{\"resourceType\":\"Medication\",\"id\":\"m\","
		"\"code\":{\"coding\":[{\"system\":\"" ATC "\",\"code\":"
		"\"C09CA03\"}]}}],\"medicationReference\":{\"reference\":"
		"\"#m\"}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		g_autofree char *orders = g_strdup_printf("{\"resourceType\":"
		    "\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
		    "\"MedicationRequest\",%s}}]}", ways[i]);

		assert_int_equal(cards(call(orders, spironolactone, EMPTY)),
		    1);
	}
}

static void
test_allergies(void **state)
{
	static const char *const pattern = "{\"resourceType\":\"Bundle\","
	    "\"entry\":[{\"resource\":{\"resourceType\":\"AllergyIntolerance\","
	    "\"verificationStatus\":{\"coding\":[{\"code\":\"%s\"}]},\"code\":{"
	    "\"coding\":[{\"code\":\"%s\"}]}}}]}";

	for (size_t i = 0; i < cds_allergen_count; i++) {
		const struct cds_allergen *t = &cds_allergens[i];
		g_autofree char *orders = bundle_of("x", ATC, t->atc, "");
		g_autofree char *real = g_strdup_printf(pattern, "confirmed",
		    t->code);
		g_autofree char *not = g_strdup_printf(pattern, "refuted",
		    t->code);

		assert_int_equal(cards(call(orders, EMPTY, real)), 1);
		assert_int_equal(cards(call(orders, EMPTY, not)), 0);
	}
}

/* rn18 takes warfarin, rn26 is allergic to penicillin: none of it is sent. */
static void
test_reads_the_chart(void **state)
{
	g_autofree char *ibuprofen = bundle_of("x", ATC, "M01AE01", "");
	g_autofree char *amoxicillin = bundle_of("x", ATC, "J01CA04", "");
	g_autofree char *server = g_strdup_printf(",\"fhirServer\":\"%s\","
	    "\"fhirAuthorization\":{\"access_token\":\"%s\"}",
	    clinic_word(clinic, "base"), clinic->bearer + strlen("Bearer "));
	g_autofree char *bad = g_strdup_printf(",\"fhirServer\":\"%s\","
	    "\"fhirAuthorization\":{\"access_token\":\"wrong\"}",
	    clinic_word(clinic, "base"));
	static const char *const refused[] = { "",
		",\"fhirServer\":\"http://localhost:9/fhir\"",
		",\"prefetch\":{\"medications\":" EMPTY "}" };
	struct reply *r;

	assert_int_equal(cards(call_about("rn18", ibuprofen, server)), 1);
	assert_int_equal(cards(call_about("rn26", amoxicillin, server)), 1);
	assert_int_equal(cards(call_about("rn0", amoxicillin, server)), 0);
	r = call_about("rn18", ibuprofen, bad);
	assert_int_equal(r->status, 412);
	reply_free(r);
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		r = call_about("rn18", ibuprofen, refused[i]);
		assert_int_equal(r->status, 412);
		reply_free(r);
	}
}

static void
test_refill(void **state)
{
	g_autofree char *orders = bundle_of("x", ATC, "B01AA03", "");
	g_autofree char *taken = bundle_of("y", ATC, "M01AE01", "");
	g_autofree char *body = g_strdup_printf("{\"hook\":"
	    "\"medication-refill\"," INSTANCE ",\"context\":{\"userId\":"
	    "\"Practitioner/me\",\"patientId\":\"p\",\"medications\":%s},"
	    "\"prefetch\":{\"medications\":%s,\"allergies\":" EMPTY "}}",
	    orders, taken);

	assert_int_equal(cards(ask_bare(clinic, "POST",
	    "/cds-services/practice-refill", NULL, body)), 1);
}

static void
test_refused(void **state)
{
	static const struct { const char *path, *body; int status; } v[] = {
		{ "/cds-services/nothing", "{}", 404 },
		{ "/cds-services/practice-refill", "", 400 },
		{ "/cds-services/practice-refill", "[]", 400 },
		{ "/cds-services/practice-refill", "{\"hook\":1}", 400 },
		{ "/cds-services/practice-refill",
		    "{\"hook\":\"patient-view\"," INSTANCE "}", 400 },
		{ "/cds-services/practice-refill", "{\"hook\":\"order-sign\","
		    "\"hookInstance\":\"1\",\"context\":{\"userId\":\"a\","
		    "\"patientId\":\"p\",\"draftOrders\":" EMPTY "}}", 400 },
		{ "/cds-services/practice-refill", "{\"hook\":\"order-sign\","
		    INSTANCE ",\"context\":{\"userId\":\"a\",\"draftOrders\":"
		    EMPTY "}}", 400 },
		{ "/cds-services/practice-refill", "{\"hook\":\"order-sign\","
		    INSTANCE ",\"context\":{\"userId\":\"a\",\"patientId\":"
		    "\"p\",\"draftOrders\":[]}}", 400 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(v); i++) {
		struct reply *r = ask_bare(clinic, "POST", v[i].path, NULL,
		    v[i].body);

		if (r->status != v[i].status)
			fail_msg("%s %s: %d", v[i].path, v[i].body, r->status);
		reply_free(r);
	}
	expect(clinic, 405, "GET", "/cds-services/practice-refill", NULL,
	    NULL);
}

/* ---- faults ------------------------------------------------------------- */

static void
fault(const char *text)
{
	struct reply *r = ask_bare(clinic, "POST", "/practice/fault", NULL,
	    text);

	assert_int_equal(r->status, 204);
	reply_free(r);
}

static void
test_faults(void **state)
{
	g_autofree char *orders = bundle_of("x", ATC, "B01AA03", "");
	struct reply *r;
	int64_t before = g_get_monotonic_time();

	fault("service-500");
	r = call(orders, EMPTY, EMPTY);
	assert_int_equal(r->status, 500);
	reply_free(r);
	expect(clinic, 200, "GET", "Patient/rn0", NULL, NULL);
	fault("off\nservice-garbage");
	r = call(orders, EMPTY, EMPTY);
	assert_int_equal(r->status, 200);
	assert_null(r->json);
	reply_free(r);
	fault("off\nservice-html");
	r = call(orders, EMPTY, EMPTY);
	assert_int_equal(r->status, 200);
	assert_null(r->json);
	reply_free(r);
	fault("off\nservice-wrong");
	r = call(orders, EMPTY, EMPTY);
	assert_true(json_is_integer(dig(r->json, "cards.0")));
	reply_free(r);
	fault("off\nservice-slow=60");
	before = g_get_monotonic_time();
	assert_int_equal(cards(call(orders, EMPTY, EMPTY)), 0);
	assert_true(g_get_monotonic_time() - before >= 60000);
	/* Faults of FHIR are not those of the service. */
	fault("off\n500");
	assert_int_equal(cards(call(orders, EMPTY, EMPTY)), 0);
	fault("off");
}

/* Nothing comes, and the connection stays; others are served meanwhile. */
static void
test_silence(void **state)
{
	static const char request[] = "POST /cds-services/practice-refill "
	    "HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
	struct pollfd p = { .events = POLLIN };

	fault("service-silent");
	p.fd = open_socket(clinic);
	send_bytes(p.fd, request, strlen(request));
	expect(clinic, 200, "GET", "Patient/rn0", NULL, NULL);
	assert_int_equal(poll(&p, 1, 300), 0);
	close(p.fd);
	fault("off");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_discovery),
		cmocka_unit_test(test_every_interaction),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_ways_of_naming),
		cmocka_unit_test(test_allergies),
		cmocka_unit_test(test_reads_the_chart),
		cmocka_unit_test(test_refill),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
