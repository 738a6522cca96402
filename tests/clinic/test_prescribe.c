/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the way of a prescription through the clinic, over the sockets: five
 * orders, a signed Provenance, the review and the renewal's Task in one
 * transaction; references rewritten, the signature and every decimal as sent; a
 * second renewal fails whole; the faults of it; and the pharmacist answers.
 */
#include <unistd.h>

#include "tests/clinic/client.h"

static struct clinic_proc *clinic;

static int
start(void **state)
{
	clinic = clinic_start("--renewals", "3", "--pace", "2000", NULL);
	return 0;
}

static int
stop(void **state)
{
	clinic_stop(clinic);
	return 0;
}

/* The name of an entry: four digits of the prescription, and a number. */
#define URN "urn:uuid:5b0f6c1e-93b5-4c5a-8f7b-%s%08d"
/* Longer than a line, and with what escapes can look like. */
#define SIGNATURE "ZXlKaGJHY2lPaUpGVXpJMU5pSjkuZTMwLk1FUUNJQ3ZfLS0rLz09"

static void
order_add(GString *out, const char *rx, int n)
{
	g_string_append_printf(out, "%s{\"fullUrl\":\"" URN "\","
	    "\"resource\":{\"resourceType\":\"MedicationRequest\","
	    "\"identifier\":[{\"system\":\"urn:rx\",\"value\":\"%s-line%d\"}],"
	    "\"status\":\"draft\",\"intent\":\"order\","
	    "\"medicationCodeableConcept\":{\"coding\":[{\"system\":"
	    "\"https://qingnang.example/drug\",\"code\":\"QD0101\"}]},"
	    "\"subject\":{\"reference\":\"Patient/rn0\"},\"groupIdentifier\":{"
	    "\"system\":\"urn:rx\",\"value\":\"%s\"},\"dosageInstruction\":[{"
	    "\"doseAndRate\":[{\"doseQuantity\":{\"value\":5.0}}]}],"
	    "\"dispenseRequest\":{\"quantity\":{\"value\":28},"
	    "\"numberOfRepeatsAllowed\":0}},\"request\":{\"method\":\"POST\","
	    "\"url\":\"MedicationRequest\",\"ifNoneExist\":"
	    "\"identifier=urn:rx|%s-line%d\"}}", n ? "," : "", rx, n, rx, n,
	    rx, rx, n);
}

static void
provenance_add(GString *out, const char *rx, int orders)
{
	g_string_append(out, ",{\"resource\":{\"resourceType\":\"Provenance\","
	    "\"target\":[");
	for (int i = 0; i < orders; i++)
		g_string_append_printf(out, "%s{\"reference\":\"" URN
		    "\"}", i ? "," : "", rx, i);
	g_string_append(out, "],\"recorded\":\"2026-11-22T10:00:00.000Z\","
	    "\"agent\":[{\"who\":{\"reference\":"
	    "\"Practitioner/practice-doctor\"}}],\"signature\":[{\"type\":[{"
	    "\"system\":\"urn:iso-astm:E1762-95:2013\",\"code\":"
	    "\"1.2.840.10065.1.12.1.1\"}],\"when\":\"2026-11-22T10:00:00.000Z\""
	    ",\"who\":{\"reference\":\"Practitioner/practice-doctor\"},"
	    "\"sigFormat\":\"application/jose\",\"data\":\"" SIGNATURE "\"}]},"
	    "\"request\":{\"method\":\"POST\",\"url\":\"Provenance\"}}");
}

static void
review_add(GString *out, const char *rx)
{
	g_string_append_printf(out, ",{\"resource\":{\"resourceType\":\"Task\","
	    "\"identifier\":[{\"system\":\"urn:rx\",\"value\":\"%s-review\"}],"
	    "\"status\":\"requested\",\"intent\":\"order\",\"code\":{"
	    "\"coding\":[{\"system\":"
	    "\"http://hl7.org/fhir/CodeSystem/task-code\",\"code\":\"fulfill\""
	    "}],\"text\":\"pharmacist review\"},\"focus\":{\"reference\":"
	    "\"" URN "\"},\"performerType\":[{\"coding\":[{\"system\":"
	    "\"http://snomed.info/sct\",\"code\":\"46255001\"}]}]},\"request\":"
	    "{\"method\":\"POST\",\"url\":\"Task\",\"ifNoneExist\":"
	    "\"identifier=urn:rx|%s-review\"}}", rx, rx, 0, rx);
}

static void
renewal_add(GString *out, const char *task, const char *version)
{
	g_string_append_printf(out, ",{\"resource\":{\"resourceType\":\"Task\","
	    "\"id\":\"%s\",\"status\":\"completed\",\"intent\":\"order\"},"
	    "\"request\":{\"method\":\"PUT\",\"url\":\"Task/%s\",\"ifMatch\":"
	    "\"W/\\\"%s\\\"\"}}", task, task, version);
}

/* The Bundle of a prescription that answers a renewal's Task. Owned. */
static char *
prescription(const char *rx, int orders, const char *task, const char *version)
{
	GString *out = g_string_new("{\"resourceType\":\"Bundle\",\"type\":"
	    "\"transaction\",\"entry\":[");

	for (int i = 0; i < orders; i++)
		order_add(out, rx, i);
	provenance_add(out, rx, orders);
	review_add(out, rx);
	renewal_add(out, task, version);
	g_string_append(out, "]}");
	return g_string_free(out, FALSE);
}

static char *
version_of(const char *task)
{
	g_autofree char *path = g_strconcat("Task/", task, NULL);
	struct reply *r = ask(clinic, "GET", path, NULL, NULL);
	char *version = g_strdup(dig_text(r->json, "meta.versionId"));

	assert_int_equal(r->status, 200);
	reply_free(r);
	return version;
}

/* How many there are that match. */
static size_t
found(const char *query)
{
	struct reply *r = ask(clinic, "GET", query, NULL, NULL);
	size_t n = json_array_size(dig(r->json, "entry"));

	assert_int_equal(r->status, 200);
	reply_free(r);
	return n;
}

static void
fault(const char *text)
{
	struct reply *r = ask_bare(clinic, "POST", "/practice/fault", NULL,
	    text);

	assert_int_equal(r->status, 204);
	reply_free(r);
}

/* Reads until the pharmacist has answered; each look is a request, so time
 * passes, and the test's own time limit ends it when nobody comes. */
static void
await_status(const char *path, const char *status)
{
	for (;;) {
		struct reply *r = ask(clinic, "GET", path, NULL, NULL);
		gboolean there = strcmp(dig_text(r->json, "status"),
		    status) == 0;

		reply_free(r);
		if (there)
			return;
	}
}

static void
test_whole(void **state)
{
	g_autofree char *version = version_of("rn0-task-renew0");
	g_autofree char *body = prescription("0001", 5, "rn0-task-renew0",
	    version);
	struct reply *r = ask(clinic, "POST", "/fhir", NULL, body), *again;
	g_autofree char *order = NULL, *review = NULL, *signed_as = NULL;

	if (r->status != 200)
		fail_msg("%s", r->body->str);
	assert_int_equal(json_array_size(dig(r->json, "entry")), 8);
	order = g_strconcat("MedicationRequest/", dig_text(r->json,
	    "entry.0.resource.id"), NULL);
	assert_string_equal(dig_text(r->json,
	    "entry.5.resource.target.0.reference"), order);
	assert_int_equal(json_array_size(dig(r->json,
	    "entry.5.resource.target")), 5);
	assert_string_equal(dig_text(r->json,
	    "entry.6.resource.focus.reference"), order);
	signed_as = g_strconcat("Provenance/", dig_text(r->json,
	    "entry.5.resource.id"), NULL);
	review = g_strconcat("Task/", dig_text(r->json,
	    "entry.6.resource.id"), NULL);
	reply_free(r);
	/* As it was sent, at rest too. */
	r = ask(clinic, "GET", signed_as, NULL, NULL);
	assert_non_null(strstr(r->body->str, "\"data\":\"" SIGNATURE "\""));
	assert_non_null(strstr(r->body->str, "\"when\":"
	    "\"2026-11-22T10:00:00.000Z\",\"who\""));
	reply_free(r);
	r = ask(clinic, "GET", order, NULL, NULL);
	assert_non_null(strstr(r->body->str, "\"value\":5.0}"));
	reply_free(r);
	/* The same again, and another prescription for the same request. */
	again = ask(clinic, "POST", "/fhir", NULL, body);
	assert_int_equal(again->status, 412);
	assert_string_equal(dig_text(again->json, "resourceType"),
	    "OperationOutcome");
	reply_free(again);
	assert_int_equal(found("MedicationRequest?identifier=urn:rx|0001-line0"),
	    1);
	/* And then the pharmacist. */
	await_status(review, "completed");
	r = ask(clinic, "GET", order, NULL, NULL);
	assert_string_not_equal(dig_text(r->json, "status"), "draft");
	assert_non_null(strstr(r->body->str, "\"value\":5.0}"));
	reply_free(r);
}

static void
test_second_device(void **state)
{
	g_autofree char *version = version_of("rn1-task-renew0");
	g_autofree char *one = prescription("0002", 1, "rn1-task-renew0",
	    version);
	g_autofree char *other = prescription("0003", 1, "rn1-task-renew0",
	    version);
	struct reply *r = ask(clinic, "POST", "/fhir", NULL, one);

	assert_int_equal(r->status, 200);
	reply_free(r);
	r = ask(clinic, "POST", "/fhir", NULL, other);
	assert_int_equal(r->status, 412);
	reply_free(r);
	assert_int_equal(found("MedicationRequest?identifier=urn:rx|0003-line0"),
	    0);
	assert_int_equal(found("Task?identifier=urn:rx|0003-review"), 0);
}

/* Nine entries are one too many with a condition among them. */
static void
test_six_orders(void **state)
{
	g_autofree char *version = version_of("rn2-task-renew0");
	g_autofree char *body = prescription("0004", 6, "rn2-task-renew0",
	    version);
	struct reply *r = ask(clinic, "POST", "/fhir", NULL, body);

	assert_int_equal(r->status, 400);
	reply_free(r);
	assert_int_equal(found("MedicationRequest?identifier=urn:rx|0004-line0"),
	    0);
}

static void
test_faults(void **state)
{
	g_autofree char *version = version_of("rn2-task-renew0");
	g_autofree char *body = prescription("0005", 1, "rn2-task-renew0",
	    version);
	g_autofree char *request = g_strdup_printf("POST /fhir HTTP/1.1\r\n"
	    "Host: x\r\nAuthorization: %s\r\nContent-Type: "
	    "application/fhir+json\r\nContent-Length: %zu\r\n\r\n%s",
	    clinic->bearer, strlen(body), body);
	struct reply *r;
	char byte;
	int fd;

	fault("transaction-412*1");
	r = ask(clinic, "POST", "/fhir", NULL, body);
	assert_int_equal(r->status, 412);
	reply_free(r);
	assert_int_equal(found("MedicationRequest?identifier=urn:rx|0005-line0"),
	    0);
	/* Done, and nobody was told: it is found by its identifier. */
	fault("transaction-lost*1");
	fd = open_socket(clinic);
	send_bytes(fd, request, strlen(request));
	assert_true(read(fd, &byte, 1) <= 0);
	close(fd);
	assert_int_equal(found("MedicationRequest?identifier=urn:rx|0005-line0"),
	    1);
	/* Sent again it fails whole, for the Task has moved on. */
	r = ask(clinic, "POST", "/fhir", NULL, body);
	assert_int_equal(r->status, 412);
	reply_free(r);
	fault("off");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_second_device),
		cmocka_unit_test(test_six_orders),
		cmocka_unit_test(test_faults),
	};

	alarm(120); /* nobody came */
	return cmocka_run_group_tests(tests, start, stop);
}
