/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: each fault of the table does what it says and ends when told; each is
 * named once, and in the manual. */
#include "clinic/fault.h"
#include "tests/clinic/client.h"

#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p\"}"

static struct clinic_proc *clinic;

static int
start(void **state)
{
	clinic = clinic_start("--dialect", "backport", NULL);
	expect(clinic, 201, "PUT", "Patient/p", NULL, PATIENT);
	return 0;
}

static int
stop(void **state)
{
	clinic_stop(clinic);
	return 0;
}

static void
fault(const char *text)
{
	struct reply *r = ask_bare(clinic, "POST", "/practice/fault", NULL,
	    text);

	if (r->status != 204)
		print_message("%s: %s\n", text, r->body->str);
	assert_int_equal(r->status, 204);
	reply_free(r);
}

static void
no_faults(void)
{
	fault("off");
	expect(clinic, 200, "GET", "Patient/p", NULL, NULL);
}

static void
test_table(void **state)
{
	g_autofree char *path = test_src("man/qingnang-clinic.1");
	g_autofree char *manual = NULL;
	size_t i, k;

	assert_true(g_file_get_contents(path, &manual, NULL, NULL));
	for (i = 0; i < clinic_fault_count; i++) {
		const struct clinic_fault *f = &clinic_fault_table[i];
		g_autofree char *with = g_strdup_printf("\n.It Cm %s Ns",
		    f->name);
		g_autofree char *bare = g_strdup_printf("\n.It Cm %s\n",
		    f->name);
		if (!strstr(manual, with) && !strstr(manual, bare))
			fail_msg("%s is not in the manual", f->name);
		assert_true(f->before || f->after || f->turn);
		assert_non_null(f->standard);
		for (k = 0; k < i; k++)
			assert_string_not_equal(f->name,
			    clinic_fault_table[k].name);
		fault(f->name); /* with its own argument */
		no_faults();
	}
}

/* Those whose effect is a status of a GET or PUT of Patient/p. */
static void
test_statuses(void **state)
{
	static const struct {
		const char *fault, *method;
		int status;
		const char *header, *value;
	} v[] = {
		{ "500", "GET", 500, NULL, NULL },
		{ "429", "GET", 429, "Retry-After", "1" },
		{ "429-bare", "GET", 429, NULL, NULL },
		{ "429-ratelimit", "GET", 429, "RateLimit",
		  "\"default\";r=0;t=1" },
		{ "403=Patient", "GET", 403, NULL, NULL },
		{ "403=Pat", "GET", 200, NULL, NULL },
		{ "403-write=Patient", "PUT", 403, NULL, NULL },
		{ "403-write=Patient", "GET", 200, NULL, NULL },
		{ "404=Patient", "PUT", 404, NULL, NULL },
		{ "gone=Patient", "GET", 410, NULL, NULL },
		{ "stale", "PUT", 412, NULL, NULL },
		{ "stale", "GET", 200, NULL, NULL },
		{ "conflict", "PUT", 409, NULL, NULL },
		{ "html", "GET", 200, "Content-Type",
		  "text/html; charset=utf-8" },
		{ "redirect=http://localhost:9", "GET", 302, "Location",
		  "http://localhost:9/Patient/p" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++) {
		struct reply *r;
		g_autofree char *value = NULL;
		fault(v[i].fault);
		r = ask(clinic, v[i].method, "Patient/p", NULL,
		    *v[i].method == 'P' ? PATIENT : NULL);
		if (r->status != v[i].status)
			print_message("%s\n", v[i].fault);
		assert_int_equal(r->status, v[i].status);
		if (v[i].header) {
			value = reply_header(r, v[i].header);
			assert_string_equal(value, v[i].value);
		}
		reply_free(r);
		no_faults();
	}
}

/* A fault of one type strikes a batch's entries of that type and no other, and
 * its count goes down at those alone. */
static void
test_entries(void **state)
{
	static const char bundle[] = "{\"resourceType\":\"Bundle\","
	    "\"type\":\"%s\",\"entry\":[{\"request\":{\"method\":\"GET\","
	    "\"url\":\"Observation?_count=1\"}},{\"request\":{"
	    "\"method\":\"GET\",\"url\":\"Patient/p\"}}]}";
	g_autofree char *batch = g_strdup_printf(bundle, "batch");
	g_autofree char *whole = g_strdup_printf(bundle, "transaction");
	struct reply *r;

	fault("403=Patient*1");
	reply_free(ask(clinic, "GET", "Observation?_count=1", NULL, NULL));
	r = ask(clinic, "POST", "", NULL, batch);
	assert_int_equal(r->status, 200);
	assert_non_null(strstr(r->body->str, "\"status\":\"200\""));
	assert_non_null(strstr(r->body->str, "\"status\":\"403\",\"outcome\""));
	reply_free(r);
	r = ask(clinic, "POST", "", NULL, batch);
	assert_null(strstr(r->body->str, "\"status\":\"403\""));
	reply_free(r);
	fault("gone=Patient");
	r = ask(clinic, "POST", "", NULL, whole);
	assert_int_equal(r->status, 410);
	reply_free(r);
	no_faults();
}

static void
test_bare_429_has_no_hint(void **state)
{
	struct reply *r;

	fault("429-bare*1");
	r = ask(clinic, "GET", "Patient/p", NULL, NULL);
	assert_int_equal(r->status, 429);
	assert_null(reply_header(r, "Retry-After"));
	assert_null(reply_header(r, "RateLimit"));
	reply_free(r);
}

/* Those that spoil a searchset: what must be in the bytes, and whether they
 * are still JSON. */
static void
test_spoiled(void **state)
{
	static const struct {
		const char *fault, *has;
		gboolean json;
	} v[] = {
		{ "truncate", "", FALSE },
		{ "cut", "", FALSE },
		{ "duplicate-keys", "{\"resourceType\":\"Basic\","
		  "\"resourceType\":\"Bundle\"", TRUE },
		{ "bad-utf8", "\"language\":\"\xff\xfe\"", FALSE },
		{ "nul", "\"language\":\"a", FALSE },
		{ "deep=3", "{\"deep\":{\"a\":{\"a\":{\"a\":1}}}", TRUE },
		{ "huge=1000", "{\"language\":\"aaaaaaaaaa", TRUE },
		{ "no-id", "{\"resource\":{\"resourceType\":\"Communication\","
		  "\"status\"", TRUE },
		{ "foreign-next=http://x/", "{\"relation\":\"next\",\"url\":"
		  "\"http://x/\"}", TRUE },
		{ "next-loop", "{\"relation\":\"next\",\"url\":\"http://", TRUE },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++) {
		struct reply *r;
		fault(v[i].fault);
		r = ask(clinic, "GET", "Patient?_id=p", NULL, NULL);
		if (!strstr(r->body->str, v[i].has) ||
		    (r->json != NULL) != v[i].json)
			fail_msg("%s: %s", v[i].fault, r->body->str);
		reply_free(r);
		no_faults();
	}
}

static void
test_redirect_loop(void **state)
{
	struct reply *r;
	g_autofree char *to = NULL;

	fault("redirect-loop");
	r = ask(clinic, "GET", "Patient?_id=p", NULL, NULL);
	to = reply_header(r, "Location");
	assert_true(g_str_has_suffix(to, "/fhir/Patient?_id=p"));
	reply_free(r);
	no_faults();
}

static void
test_every_and_times(void **state)
{
	fault("500=3");
	expect(clinic, 200, "GET", "Patient/p", NULL, NULL);
	expect(clinic, 200, "GET", "Patient/p", NULL, NULL);
	expect(clinic, 500, "GET", "Patient/p", NULL, NULL);
	expect(clinic, 200, "GET", "Patient/p", NULL, NULL);
	fault("off\n500*2");
	expect(clinic, 500, "GET", "Patient/p", NULL, NULL);
	expect(clinic, 500, "GET", "Patient/p", NULL, NULL);
	expect(clinic, 200, "GET", "Patient/p", NULL, NULL);
	expect(clinic, 400, "POST", "/practice/fault", NULL, "nonsense");
	expect(clinic, 400, "POST", "/practice/fault", NULL, "500=x");
	expect(clinic, 400, "POST", "/practice/fault", NULL, "500*0");
	no_faults();
}

static void
test_dropped_answers_are_stored(void **state)
{
	struct reply *r;

	fault("drop-answer*1");
	r = ask(clinic, "PUT", "Patient/dropped", NULL,
	    "{\"resourceType\":\"Patient\",\"id\":\"dropped\"}");
	assert_int_equal(r->status, 0); /* not a byte of an answer */
	assert_string_equal(r->head, "");
	reply_free(r);
	expect(clinic, 200, "GET", "Patient/dropped", NULL, NULL);
}

static void
test_expired_token(void **state)
{
	struct clinic_proc *c = clinic_start("--fault", "expired-token*1",
	    NULL);

	expect(c, 401, "GET", "Patient", NULL, NULL);
	expect(c, 401, "GET", "Patient", NULL, NULL); /* still that token */
	clinic_stop(c);
}

/* Stamped 10 s before it is seen: a poller for what is newer misses it. */
static void
test_late_commit(void **state)
{
	struct clinic_proc *c = clinic_start("--fault", "late-commit=10000",
	    NULL);
	struct reply *first = ask(c, "POST", "Patient", NULL,
	    "{\"resourceType\":\"Patient\"}");
	struct reply *second = ask(c, "POST", "Patient", NULL,
	    "{\"resourceType\":\"Patient\"}");
	const char *a = dig_text(first->json, "meta.lastUpdated");
	const char *b = dig_text(second->json, "meta.lastUpdated");

	/* One of two is late; which is the clinic's. */
	{
		g_autoptr(GDateTime) x = g_date_time_new_from_iso8601(a, NULL);
		g_autoptr(GDateTime) y = g_date_time_new_from_iso8601(b, NULL);
		int64_t apart = g_date_time_difference(y, x);
		assert_true(ABS(apart) > 5 * G_USEC_PER_SEC);
	}
	reply_free(first);
	reply_free(second);
	clinic_stop(c);
}

static void
test_other_doctor(void **state)
{
	g_autofree char *form = g_strdup_printf(
	    "grant_type=client_credentials&client_id=%s&client_secret=%s",
	    clinic_word(clinic, "client_id"),
	    clinic_word(clinic, "client_secret"));
	struct reply *r;

	fault("other-doctor=Practitioner/x");
	r = ask_bare(clinic, "POST", "/oauth2/token", NULL, form);
	assert_string_equal(dig_text(r->json, "profile.reference"),
	    "Practitioner/x");
	reply_free(r);
	no_faults();
}

/* ---- the sockets' faults ------------------------------------------------ */

static struct ws *
bound_socket(struct clinic_proc *c)
{
	struct reply *r = ask(c, "POST", "Subscription", NULL,
	    "{\"resourceType\":\"Subscription\",\"status\":\"active\","
	    "\"reason\":\"t\",\"criteria\":\"Patient?\",\"channel\":{"
	    "\"type\":\"websocket\"}}");
	g_autofree char *path = g_strdup_printf(
	    "Subscription/%s/$get-ws-binding-token",
	    dig_text(r->json, "id"));
	g_autofree char *hello = NULL;
	struct ws *w = ws_open(c, "/ws");

	reply_free(r);
	r = ask(c, "GET", path, NULL, NULL);
	hello = g_strconcat("bind-with-token ", dig_text(r->json,
	    "parameter.0.valueString"), NULL);
	reply_free(r);
	ws_send(w, hello);
	g_free(ws_next(w)); /* the handshake */
	return w;
}

static void
test_silent_socket(void **state)
{
	struct clinic_proc *c = clinic_start("--dialect", "backport",
	    "--fault", "silent-socket", "--heartbeat-ms", "5", NULL);
	struct ws *w = bound_socket(c);
	int i;

	expect(c, 201, "PUT", "Patient/p", NULL, PATIENT);
	for (i = 0; i < 5; i++) {
		g_autofree char *text = ws_next(w);
		assert_non_null(strstr(text, "\"heartbeat\""));
	}
	ws_close(w);
	clinic_stop(c);
}

static void
test_socket_drop(void **state)
{
	struct clinic_proc *c = clinic_start("--dialect", "backport",
	    "--fault", "socket-drop=2", NULL);
	struct ws *w = bound_socket(c);
	g_autofree char *event = NULL;

	expect(c, 201, "PUT", "Patient/p", NULL, PATIENT);
	event = ws_next(w);
	assert_non_null(strstr(event, "event-notification"));
	expect(c, 200, "PUT", "Patient/p", NULL, PATIENT);
	assert_null(ws_next(w));
	ws_close(w);
	clinic_stop(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_bare_429_has_no_hint),
		cmocka_unit_test(test_spoiled),
		cmocka_unit_test(test_redirect_loop),
		cmocka_unit_test(test_every_and_times),
		cmocka_unit_test(test_dropped_answers_are_stored),
		cmocka_unit_test(test_expired_token),
		cmocka_unit_test(test_late_commit),
		cmocka_unit_test(test_other_doctor),
		cmocka_unit_test(test_silent_socket),
		cmocka_unit_test(test_socket_drop),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
