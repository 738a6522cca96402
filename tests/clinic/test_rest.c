/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: over a real socket the clinic creates, reads, updates and deletes,
 * keeps the bytes it was sent, honours conditions and versions, and answers
 * every kind of mistake by its status and an OperationOutcome. */
#include <gio/gio.h>
#include <unistd.h>

#include "tests/clinic/client.h"

#define PATIENT "{\"resourceType\":\"Patient\",\"active\":true}"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static struct clinic_proc *clinic, *plain;

static int
start_all(void **state)
{
	clinic = clinic_start("--dialect", "hapi", "--max-body", "100000",
	    NULL);
	plain = clinic_start(NULL); /* Medplum's dialect */
	return 0;
}

static int
stop_all(void **state)
{
	clinic_stop(clinic);
	clinic_stop(plain);
	return 0;
}

static char *
create(struct clinic_proc *c, const char *type, const char *body)
{
	struct reply *r = ask(c, "POST", type, NULL, body);
	char *id = g_strdup(dig_text(r->json, "id"));

	if (r->status != 201)
		print_message("%s\n", r->body->str);
	assert_int_equal(r->status, 201);
	assert_non_null(id);
	reply_free(r);
	return id;
}

static void
test_bytes_are_kept(void **state)
{
	static const char sent[] = "{ \"resourceType\" : \"Observation\",\n"
	    "\"status\":\"final\", \"code\":{\"text\":\"K\\u207a\"},"
	    "\"valueQuantity\":{\"value\":0.10,\"x-unknown\":[1.0,1e-2,"
	    "12345678901234567890.5]},\"_z\":{\"id\":\"\xe5\xbc\xa0\"} }";
	static const char tail[] = ",\n\"status\":\"final\", \"code\":{\"text\""
	    ":\"K\\u207a\"},\"valueQuantity\":{\"value\":0.10,\"x-unknown\":"
	    "[1.0,1e-2,12345678901234567890.5]},\"_z\":{\"id\":"
	    "\"\xe5\xbc\xa0\"} }";
	g_autofree char *id = create(clinic, "Observation", sent);
	g_autofree char *path = g_strconcat("Observation/", id, NULL);
	struct reply *r = ask(clinic, "GET", path, NULL, NULL);
	g_autofree char *head = g_strdup_printf("{ \"resourceType\" : "
	    "\"Observation\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"", id);

	assert_int_equal(r->status, 200);
	assert_true(g_str_has_prefix(r->body->str, head));
	assert_true(g_str_has_suffix(r->body->str, tail));
	reply_free(r);
}

static void
test_headers_of_a_create(void **state)
{
	struct reply *r = ask(clinic, "POST", "Patient", NULL, PATIENT);
	g_autofree char *etag = reply_header(r, "etag");
	g_autofree char *location = reply_header(r, "location");
	g_autofree char *modified = reply_header(r, "last-modified");
	g_autofree char *want = g_strdup_printf("%s/Patient/%s/_history/1",
	    clinic_word(clinic, "base"), dig_text(r->json, "id"));

	assert_string_equal(etag, "W/\"1\"");
	assert_string_equal(location, want);
	assert_non_null(modified);
	reply_free(r);
	r = ask(clinic, "POST", "Patient", "Prefer: return=minimal\r\n",
	    PATIENT);
	assert_int_equal(r->status, 201);
	assert_int_equal(r->body->len, 0);
	reply_free(r);
}

static void
test_versions(void **state)
{
	g_autofree char *id = create(clinic, "Patient", PATIENT);
	g_autofree char *path = g_strconcat("Patient/", id, NULL);
	g_autofree char *v1 = g_strconcat(path, "/_history/1", NULL);
	g_autofree char *v9 = g_strconcat(path, "/_history/9", NULL);
	g_autofree char *history = g_strconcat(path, "/_history", NULL);
	g_autofree char *body = g_strdup_printf("{\"resourceType\":\"Patient\""
	    ",\"id\":\"%s\",\"active\":false}", id);
	struct reply *r;

	expect(clinic, 412, "PUT", path, "If-Match: W/\"7\"\r\n", body);
	expect(clinic, 400, "PUT", path, "If-Match: 1\r\n", body);
	expect(clinic, 200, "PUT", path, "If-Match: W/\"1\"\r\n", body);
	expect(clinic, 412, "PUT", path, "If-Match: W/\"1\"\r\n", body);
	expect(clinic, 304, "GET", path, "If-None-Match: W/\"2\"\r\n", NULL);
	expect(clinic, 200, "GET", path, "If-None-Match: W/\"1\"\r\n", NULL);
	r = ask(clinic, "GET", v1, NULL, NULL);
	assert_true(json_is_true(dig(r->json, "active")));
	reply_free(r);
	expect(clinic, 404, "GET", v9, NULL, NULL);
	expect(clinic, 204, "DELETE", path, NULL, NULL);
	expect(clinic, 410, "GET", path, NULL, NULL);
	expect(clinic, 200, "GET", v1, NULL, NULL);
	r = ask(clinic, "GET", history, NULL, NULL);
	assert_int_equal(json_array_size(dig(r->json, "entry")), 3);
	assert_string_equal(dig_text(r->json, "entry.0.request.method"),
	    "DELETE");
	assert_null(dig(r->json, "entry.0.resource"));
	assert_string_equal(dig_text(r->json, "entry.2.response.etag"),
	    "W/\"1\"");
	reply_free(r);
	/* A deleted one comes to life again. */
	expect(clinic, 201, "PUT", path, NULL, body);
	expect(clinic, 200, "GET", path, NULL, NULL);
}

/* Medplum ignores an unquoted If-Match: the write goes through. */
static void
test_medplum_ignores_unquoted(void **state)
{
	g_autofree char *id = create(plain, "Patient", PATIENT);
	g_autofree char *path = g_strconcat("Patient/", id, NULL);
	g_autofree char *body = g_strdup_printf("{\"resourceType\":\"Patient\""
	    ",\"id\":\"%s\"}", id);

	expect(plain, 200, "PUT", path, "If-Match: nonsense\r\n", body);
	expect(plain, 412, "PUT", path, "If-Match: W/\"nonsense\"\r\n", body);
}

static void
test_update_as_create(void **state)
{
	struct reply *r = ask(clinic, "PUT", "Patient/new-one", NULL,
	    "{\"resourceType\":\"Patient\",\"id\":\"new-one\"}");

	assert_int_equal(r->status, 201);
	reply_free(r);
	expect(clinic, 400, "PUT", "Patient/new-two", NULL,
	    "{\"resourceType\":\"Patient\",\"id\":\"other\"}");
	expect(clinic, 400, "PUT", "Patient/new-two", NULL, PATIENT);
	expect(clinic, 412, "PUT", "Patient/new-two", "If-Match: W/\"1\"\r\n",
	    "{\"resourceType\":\"Patient\",\"id\":\"new-two\"}");
}

#define NAMED(value) "{\"resourceType\":\"Patient\",\"identifier\":[{" \
	"\"system\":\"urn:t\",\"value\":\"" value "\"}]}"

static void
test_if_none_exist(void **state)
{
	static const char *const one =
	    "If-None-Exist: identifier=urn%3At%7Cone\r\n";
	struct reply *r = ask(clinic, "POST", "Patient", one, NAMED("one"));
	g_autofree char *id = g_strdup(dig_text(r->json, "id"));

	assert_int_equal(r->status, 201);
	reply_free(r);
	r = ask(clinic, "POST", "Patient", one, NAMED("one"));
	assert_int_equal(r->status, 200);
	assert_string_equal(dig_text(r->json, "id"), id);
	reply_free(r);
	expect(clinic, 201, "POST", "Patient", NULL, NAMED("one"));
	expect(clinic, 412, "POST", "Patient", one, NAMED("one"));
	expect(clinic, 400, "POST", "Patient", "If-None-Exist: nonsense=1\r\n",
	    NAMED("one"));
	expect(clinic, 412, "POST", "Patient", "If-None-Exist: _count=3\r\n",
	    NAMED("one"));
}

static void
test_conditional_update_and_delete(void **state)
{
	static const char *const at = "Patient?identifier=urn:t%7Ccond";

	expect(clinic, 201, "PUT", at, NULL, NAMED("cond"));
	expect(clinic, 200, "PUT", at, NULL, NAMED("cond"));
	expect(clinic, 201, "POST", "Patient", NULL, NAMED("cond"));
	expect(clinic, 412, "PUT", at, NULL, NAMED("cond"));
	expect(clinic, 412, "DELETE", at, NULL, NULL);
	expect(clinic, 201, "PUT", "Patient?identifier=urn:t%7Calone", NULL,
	    NAMED("alone"));
	expect(clinic, 204, "DELETE", "Patient?identifier=urn:t%7Calone", NULL,
	    NULL);
	expect(clinic, 204, "DELETE", "Patient?identifier=urn:t%7Calone", NULL,
	    NULL);
}

static void
test_mistakes(void **state)
{
	static const struct {
		int status;
		const char *method, *path, *headers, *body;
	} v[] = {
		{ 404, "GET", "Patient/none", NULL, NULL },
		{ 404, "GET", "Nonsense", NULL, NULL },
		{ 404, "GET", "Nonsense/1", NULL, NULL },
		{ 404, "GET", "/elsewhere", NULL, NULL },
		{ 404, "GET", "Patient/1/2/3", NULL, NULL },
		{ 404, "DELETE", "Patient/none", NULL, NULL },
		{ 404, "GET", "Patient/none/_history", NULL, NULL },
		{ 405, "PATCH", "Patient/1", NULL, "[]" },
		{ 405, "POST", "Patient/1", NULL, PATIENT },
		{ 405, "PUT", "metadata", NULL, PATIENT },
		{ 406, "GET", "Patient/none", "Accept: application/xml\r\n",
		  NULL },
		{ 406, "GET", "Patient?_format=xml", NULL, NULL },
		{ 415, "POST", "Patient", "Content-Type: text/plain\r\n",
		  PATIENT },
		{ 415, "POST", "Patient", "Content-Encoding: gzip\r\n",
		  PATIENT },
		{ 415, "POST", "Patient/_search", NULL, "_id=1" },
		{ 400, "POST", "Patient", NULL, "" },
		{ 400, "POST", "Patient", NULL, "{" },
		{ 400, "POST", "Patient", NULL, "[]" },
		{ 400, "POST", "Patient", NULL, "{\"resourceType\":\"Task\"}" },
		{ 400, "POST", "Patient", NULL,
		  "{\"resourceType\":\"Patient\",\"resourceType\":\"Patient\"}" },
		{ 400, "POST", "Patient", NULL,
		  "{\"resourceType\":\"Patient\",\"a\":\"\xff\"}" },
		{ 422, "POST", "Communication", NULL,
		  "{\"resourceType\":\"Communication\"}" },
		{ 422, "POST", "Communication", NULL,
		  "{\"resourceType\":\"Communication\",\"status\":\"zzz\"}" },
		{ 422, "POST", "Communication", NULL,
		  "{\"resourceType\":\"Communication\",\"status\":1}" },
		{ 422, "POST", "Communication", NULL, "{\"resourceType\":"
		  "\"Communication\",\"status\":\"completed\",\"note\":[]}" },
		{ 422, "POST", "MedicationRequest", NULL, "{\"resourceType\":"
		  "\"MedicationRequest\",\"status\":\"draft\",\"intent\":"
		  "\"order\",\"subject\":{\"reference\":\"Patient/1\"}}" },
		{ 422, "POST", "Task", NULL, "{\"resourceType\":\"Task\","
		  "\"status\":\"requested\",\"intent\":\"zzz\"}" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++)
		expect(clinic, v[i].status, v[i].method, v[i].path,
		    v[i].headers, v[i].body);
	/* What is 422 elsewhere is 400 on Medplum. */
	expect(plain, 400, "POST", "Communication", NULL,
	    "{\"resourceType\":\"Communication\",\"status\":\"zzz\"}");
}

static void
test_tokens_are_needed(void **state)
{
	static const char *const bad[] = { NULL, "Authorization: Bearer x\r\n",
		"Authorization: Basic eDp4\r\n" };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		struct reply *r = ask_bare(clinic, "GET", "Patient", bad[i],
		    NULL);
		assert_int_equal(r->status, 401);
		assert_string_equal(dig_text(r->json, "issue.0.code"),
		    "login");
		reply_free(r);
	}
}

static void
test_lengths(void **state)
{
	static const char chunked[] = "POST /fhir/Patient HTTP/1.1\r\nHost: x"
	    "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
	static const char endless[] = "POST /fhir/Patient HTTP/1.1\r\nHost: x"
	    "\r\n\r\n";
	static const char huge[] = "POST /fhir/Patient HTTP/1.1\r\nHost: x"
	    "\r\nContent-Length: 100001\r\n\r\n";
	static const struct {
		const char *text;
		int status;
	} v[] = { { chunked, 411 }, { endless, 411 }, { huge, 413 } };
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++) {
		int fd = open_socket(clinic);
		struct reply *r;
		char c;
		send_bytes(fd, v[i].text, strlen(v[i].text));
		r = read_reply(fd, FALSE);
		assert_int_equal(r->status, v[i].status);
		assert_string_equal(dig_text(r->json, "resourceType"),
		    "OperationOutcome");
		assert_true(read(fd, &c, 1) <= 0); /* and hangs up */
		reply_free(r);
		close(fd);
	}
}

/* One connection, several requests, one of them in two pieces. */
static void
test_keep_alive(void **state)
{
	g_autofree char *get = g_strdup_printf("GET /fhir/metadata HTTP/1.1"
	    "\r\nHost: x\r\nAuthorization: %s\r\n\r\n", clinic->bearer);
	g_autofree char *head = g_strdup_printf("POST /fhir/Patient HTTP/1.1"
	    "\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: "
	    "application/fhir+json\r\nExpect: 100-continue\r\n"
	    "Content-Length: %zu\r\n\r\n", clinic->bearer, strlen(PATIENT));
	int fd = open_socket(clinic), i;
	struct reply *r;

	for (i = 0; i < 3; i++) {
		send_bytes(fd, get, strlen(get));
		r = read_reply(fd, FALSE);
		assert_int_equal(r->status, 200);
		assert_string_equal(dig_text(r->json, "fhirVersion"), "4.0.1");
		reply_free(r);
	}
	send_bytes(fd, head, strlen(head));
	r = read_reply(fd, TRUE);
	assert_int_equal(r->status, 100);
	reply_free(r);
	send_bytes(fd, PATIENT, 10);
	send_bytes(fd, &PATIENT[10], strlen(PATIENT) - 10);
	r = read_reply(fd, FALSE);
	assert_int_equal(r->status, 201);
	reply_free(r);
	close(fd);
}

static void
test_gzip(void **state)
{
	struct reply *r = ask(clinic, "GET", "metadata",
	    "Accept-Encoding: gzip\r\n", NULL);
	g_autoptr(GConverter) z = G_CONVERTER(g_zlib_decompressor_new(
	    G_ZLIB_COMPRESSOR_FORMAT_GZIP));
	g_autofree char *how = reply_header(r, "content-encoding");
	g_autofree char *text = g_malloc(1 << 20);
	gsize in = 0, out = 0;

	assert_string_equal(how, "gzip");
	assert_int_equal(g_converter_convert(z, r->body->str, r->body->len,
	    text, 1 << 20, G_CONVERTER_INPUT_AT_END, &in, &out, NULL),
	    G_CONVERTER_FINISHED);
	assert_true(out > 4 * r->body->len);
	assert_true(g_str_has_prefix(text,
	    "{\"resourceType\":\"CapabilityStatement\""));
	reply_free(r);
}

static void
test_binary(void **state)
{
	struct reply *r = ask(clinic, "POST", "Binary",
	    "Content-Type: image/png\r\nX-Security-Context: Patient/7\r\n",
	    "\x89PNG\r\n\x1a\n\xff");
	g_autofree char *path = g_strconcat("Binary/", dig_text(r->json,
	    "id"), NULL);
	g_autofree char *type = NULL;

	assert_int_equal(r->status, 201);
	assert_string_equal(dig_text(r->json, "securityContext.reference"),
	    "Patient/7");
	reply_free(r);
	r = ask(clinic, "GET", path, NULL, NULL);
	type = reply_header(r, "content-type");
	assert_string_equal(type, "image/png");
	assert_int_equal(r->body->len, 9);
	assert_memory_equal(r->body->str, "\x89PNG\r\n\x1a\n\xff", 9);
	reply_free(r);
	r = ask(clinic, "GET", path, "Accept: application/fhir+json\r\n",
	    NULL);
	assert_string_equal(dig_text(r->json, "contentType"), "image/png");
	reply_free(r);
}

static void
test_capability_is_true(void **state)
{
	struct reply *r = ask_bare(clinic, "GET", "metadata", NULL, NULL);
	json_t *type, *param;
	size_t i, k, tried = 0;

	json_array_foreach(dig(r->json, "rest.0.resource"), i, type) {
		if (i % 7)
			continue; /* enough of them */
		json_array_foreach(json_object_get(type, "searchParam"), k,
		    param) {
			gboolean date = !strcmp(dig_text(param, "type"),
			    "date");
			g_autofree char *path = g_strdup_printf("%s?%s=%s",
			    dig_text(type, "type"), dig_text(param, "name"),
			    date ? "2020" : "x");
			expect(clinic, 200, "GET", path, NULL, NULL);
			tried++;
		}
	}
	assert_true(tried > 50);
	reply_free(r);
}

static void
test_head_and_405_allow(void **state)
{
	struct reply *r = ask(clinic, "HEAD", "metadata", NULL, NULL);
	g_autofree char *allow = NULL;

	assert_int_equal(r->status, 200);
	reply_free(r);
	r = ask(clinic, "PUT", "Patient/_search", NULL, PATIENT);
	allow = reply_header(r, "allow");
	assert_int_equal(r->status, 405);
	assert_string_equal(allow, "POST");
	reply_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_are_kept),
		cmocka_unit_test(test_headers_of_a_create),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_medplum_ignores_unquoted),
		cmocka_unit_test(test_update_as_create),
		cmocka_unit_test(test_if_none_exist),
		cmocka_unit_test(test_conditional_update_and_delete),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_tokens_are_needed),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_keep_alive),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_capability_is_true),
		cmocka_unit_test(test_head_and_405_allow),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
