/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: the frames of the three dialects are those of tests/fixtures/frames
 * (written after wire.md §4), the criteria are honoured, and Medplum's traps
 * are there: no numbers, a socket's end deletes, silence after the token. */
#include "tests/clinic/client.h"

#define TOPIC "http://example.org/SubscriptionTopic/any"
#define MINE "Communication?recipient=Practitioner/me&status=in-progress"

/* ---- comparing ---------------------------------------------------------- */

struct known {
	const char *name, *value;
	json_t *resource;
};

static gboolean same(json_t *want, json_t *is, const struct known *k);

/* "*" is any text; $NAME is replaced; $RESOURCE is the whole resource. */
static gboolean
same_text(const char *want, json_t *is, const struct known *k)
{
	g_autoptr(GString) full = g_string_new(want);

	if (!strcmp(want, "$RESOURCE"))
		return json_equal(k[0].resource, is);
	if (!json_is_string(is))
		return FALSE;
	if (!strcmp(want, "*"))
		return json_string_length(is) > 0;
	for (; k->name; k++)
		g_string_replace(full, k->name, k->value, 0);
	return !strcmp(full->str, json_string_value(is));
}

static gboolean
same_object(json_t *want, json_t *is, const struct known *k)
{
	const char *name;
	json_t *part;

	if (json_object_size(want) != json_object_size(is))
		return FALSE;
	json_object_foreach(want, name, part)
		if (!same(part, json_object_get(is, name), k))
			return FALSE;
	return TRUE;
}

static gboolean
same(json_t *want, json_t *is, const struct known *k)
{
	json_t *part;
	size_t i;

	if (json_is_string(want))
		return same_text(json_string_value(want), is, k);
	if (json_is_object(want))
		return json_is_object(is) && same_object(want, is, k);
	if (!json_is_array(want) || json_array_size(want) !=
	    json_array_size(is))
		return json_equal(want, is);
	json_array_foreach(want, i, part)
		if (!same(part, json_array_get(is, i), k))
			return FALSE;
	return TRUE;
}

static json_t *
fixture(const char *name)
{
	g_autofree char *rel = g_strdup_printf("tests/fixtures/frames/%s.json",
	    name);
	g_autofree char *path = test_src(rel);
	json_t *v = json_load_file(path, 0, NULL);

	if (!v)
		fail_msg("no fixture %s", path);
	return v;
}

/* The next frame must be that of the fixture. */
static void
expect_frame(struct ws *w, const char *name, const struct known *k)
{
	g_autofree char *text = ws_next(w);
	json_t *is = text ? json_loads(text, 0, NULL) : NULL;
	json_t *want = fixture(name);

	if (!same(want, is, k))
		fail_msg("not %s: %s", name, text ? text : "(closed)");
	json_decref(want);
	json_decref(is);
}

/* The next frame that is no heartbeat. */
static char *
next_event(struct ws *w)
{
	char *text;

	while ((text = ws_next(w)) && strstr(text, "\"heartbeat\""))
		g_free(text);
	return text;
}

/* ---- what every dialect does -------------------------------------------- */

static char *
subscribe(struct clinic_proc *c, const char *status, const char *criteria)
{
	g_autofree char *body = g_strdup_printf("{\"resourceType\":"
	    "\"Subscription\",\"status\":\"%s\",\"reason\":\"t\",%s,"
	    "\"channel\":{\"type\":\"websocket\"}}", status, criteria);
	struct reply *r = ask(c, "POST", "Subscription", NULL, body);
	char *id = g_strdup(dig_text(r->json, "id"));

	if (r->status != 201)
		print_message("%s\n", r->body->str);
	assert_int_equal(r->status, 201);
	reply_free(r);
	return id;
}

/* A new token; expiration_out may be NULL. Owned. */
static char *
ticket(struct clinic_proc *c, const char *id, char **expiration_out)
{
	g_autofree char *path = g_strdup_printf(
	    "Subscription/%s/$get-ws-binding-token", id);
	struct reply *r = ask(c, "GET", path, NULL, NULL);
	char *token = NULL;
	json_t *p;
	size_t i;

	assert_int_equal(r->status, 200);
	json_array_foreach(dig(r->json, "parameter"), i, p) {
		const char *name = dig_text(p, "name");
		if (!strcmp(name, "token"))
			token = g_strdup(dig_text(p, "valueString"));
		if (!strcmp(name, "expiration") && expiration_out)
			*expiration_out = g_strdup(dig_text(p,
			    "valueDateTime"));
		if (!strcmp(name, "websocket-url"))
			assert_true(g_str_has_suffix(dig_text(p, "valueUrl"),
			    "/ws"));
	}
	assert_non_null(token);
	reply_free(r);
	return token;
}

/* Writes a message; the whole resource as the server has it. */
static json_t *
write_message(struct clinic_proc *c, const char *to, const char *status)
{
	g_autofree char *body = g_strdup_printf("{\"resourceType\":"
	    "\"Communication\",\"status\":\"%s\",\"recipient\":[{"
	    "\"reference\":\"Practitioner/%s\"}]}", status, to);
	struct reply *r = ask(c, "POST", "Communication", NULL, body);
	json_t *v = json_incref(r->json);

	assert_int_equal(r->status, 201);
	reply_free(r);
	return v;
}

static void
bind_medplum(struct ws *w, const char *token)
{
	g_autofree char *text = g_strdup_printf("{\"type\":\"bind-with-token\""
	    ",\"payload\":{\"token\":\"%s\"}}", token);

	ws_send(w, text);
}

/* ---- Medplum ------------------------------------------------------------ */

static void
test_medplum_frames(void **state)
{
	struct clinic_proc *c = clinic_start("--heartbeat-ms", "20", NULL);
	g_autofree char *sub = subscribe(c, "active",
	    "\"criteria\":\"" MINE "\"");
	g_autofree char *token = ticket(c, sub, NULL);
	struct ws *w = ws_open(c, "/ws");
	struct known k[] = { { "$SUB", sub, NULL },
		{ "$BASE", clinic_word(c, "base"), NULL },
		{ "$ID", "-", NULL }, { NULL, NULL, NULL } };
	g_autofree char *text = NULL;
	json_t *is, *want;

	bind_medplum(w, token);
	expect_frame(w, "medplum-handshake", k);
	expect_frame(w, "medplum-heartbeat", k);
	json_decref(write_message(c, "another", "in-progress"));
	json_decref(write_message(c, "me", "completed"));
	k[0].resource = write_message(c, "me", "in-progress");
	k[2].value = dig_text(k[0].resource, "id");
	text = next_event(w);
	is = json_loads(text, 0, NULL);
	want = fixture("medplum-event");
	if (!same(want, is, k))
		fail_msg("not the event: %s", text);
	json_decref(want);
	json_decref(is);
	json_decref(k[0].resource);
	ws_close(w);
	clinic_stop(c);
}

/* A delete looks like an update: the resource as it was. */
static void
test_medplum_delete_looks_like_update(void **state)
{
	struct clinic_proc *c = clinic_start(NULL);
	g_autofree char *sub = subscribe(c, "active",
	    "\"criteria\":\"" MINE "\"");
	g_autofree char *token = ticket(c, sub, NULL);
	json_t *message = write_message(c, "me", "in-progress"), *event;
	g_autofree char *path = g_strconcat("Communication/",
	    dig_text(message, "id"), NULL);
	struct ws *w = ws_open(c, "/ws");
	g_autofree char *hello = NULL, *text = NULL;

	bind_medplum(w, token);
	hello = ws_next(w);
	expect(c, 204, "DELETE", path, NULL, NULL);
	text = next_event(w);
	event = json_loads(text, 0, NULL);
	assert_true(json_equal(dig(event, "entry.1.resource"), message));
	assert_string_equal(dig_text(event,
	    "entry.0.resource.notificationEvent.0.eventNumber"), "0");
	json_decref(event);
	json_decref(message);
	ws_close(w);
	clinic_stop(c);
}

/* Waits until the server has seen the close, without a clock. */
static void
until_gone(struct clinic_proc *c, const char *sub)
{
	g_autofree char *path = g_strconcat("Subscription/", sub, NULL);
	struct reply *r;
	int status, tries = 0;

	do {
		r = ask(c, "GET", path, NULL, NULL);
		status = r->status;
		reply_free(r);
	} while (status == 200 && tries++ < 10000);
	assert_int_equal(status, 410);
}

static void
test_medplum_close_deletes(void **state)
{
	struct clinic_proc *c = clinic_start("--heartbeat-ms", "5", NULL);
	g_autofree char *sub = subscribe(c, "active",
	    "\"criteria\":\"" MINE "\"");
	g_autofree char *token = ticket(c, sub, NULL);
	struct ws *w = ws_open(c, "/ws");
	g_autofree char *path = g_strdup_printf(
	    "Subscription/%s/$get-ws-binding-token", sub);
	struct known k[] = { { "$SUB", sub, NULL }, { NULL, NULL, NULL } };
	int i;

	bind_medplum(w, token);
	expect_frame(w, "medplum-handshake", k);
	ws_close(w);
	until_gone(c, sub);
	expect(c, 404, "GET", path, NULL, NULL);
	/* The old token still shakes hands and beats, and tells nothing. */
	w = ws_open(c, "/ws");
	bind_medplum(w, token);
	expect_frame(w, "medplum-handshake", k);
	json_decref(write_message(c, "me", "in-progress"));
	for (i = 0; i < 5; i++)
		expect_frame(w, "medplum-heartbeat", k);
	ws_close(w);
	clinic_stop(c);
}

/* exp of the token, which counts; expiration says an hour more. */
static int64_t
exp_of(const char *token)
{
	g_auto(GStrv) parts = g_strsplit(token, ".", 3);
	g_autofree char *b64 = g_strdup_printf("%s===", parts[1]);
	g_autofree char *text = NULL;
	json_t *claims;
	gsize len;
	int64_t at;

	g_strdelimit(b64, "-", '+');
	g_strdelimit(b64, "_", '/');
	b64[strlen(parts[1]) + (4 - strlen(parts[1]) % 4) % 4] = 0;
	text = (char *)g_base64_decode(b64, &len);
	claims = json_loadb(text, len, 0, NULL);
	at = json_integer_value(json_object_get(claims, "exp"));
	json_decref(claims);
	return at;
}

/* With tokens of one second: events end with exp, heartbeats do not. */
static void
test_medplum_silence_after_exp(void **state)
{
	struct clinic_proc *c = clinic_start("--heartbeat-ms", "5",
	    "--binding-seconds", "1", NULL);
	g_autofree char *sub = subscribe(c, "active",
	    "\"criteria\":\"" MINE "\"");
	g_autofree char *said = NULL;
	g_autofree char *token = ticket(c, sub, &said);
	g_autoptr(GDateTime) expiration = g_date_time_new_from_iso8601(said,
	    NULL);
	struct known k[] = { { "$SUB", sub, NULL }, { NULL, NULL, NULL } };
	struct ws *w = ws_open(c, "/ws");
	int64_t end = exp_of(token);
	int i;

	assert_int_equal(g_date_time_to_unix(expiration), end + 3600);
	bind_medplum(w, token);
	g_free(ws_next(w));
	/* The heartbeats are the clock: read them past exp. */
	while (g_get_real_time() / G_USEC_PER_SEC <= end)
		g_free(ws_next(w));
	json_decref(write_message(c, "me", "in-progress"));
	for (i = 0; i < 5; i++)
		expect_frame(w, "medplum-heartbeat", k);
	ws_close(w);
	clinic_stop(c);
}

/* ---- Backport ----------------------------------------------------------- */

static const char *const by_topic = "\"criteria\":\"" TOPIC "\","
    "\"_criteria\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/"
    "subscriptions-backport/StructureDefinition/backport-filter-criteria\","
    "\"valueString\":\"" MINE "\"}]}";

static void
test_backport_frames(void **state)
{
	struct clinic_proc *c = clinic_start("--dialect", "backport", NULL);
	g_autofree char *sub = subscribe(c, "active", by_topic);
	g_autofree char *token = ticket(c, sub, NULL);
	g_autofree char *hello = g_strconcat("bind-with-token ", token, NULL);
	g_autofree char *events = g_strdup_printf("Subscription/%s/$events?"
	    "eventsSinceNumber=2", sub);
	struct known k[] = { { "$SUB", sub, NULL },
		{ "$BASE", clinic_word(c, "base"), NULL },
		{ "$TOPIC", TOPIC, NULL },
		{ "$ID", "-", NULL }, { NULL, NULL, NULL } };
	struct ws *w = ws_open(c, "/ws");
	struct reply *r;

	ws_send(w, hello);
	expect_frame(w, "backport-handshake", k);
	json_decref(write_message(c, "another", "in-progress"));
	k[0].resource = write_message(c, "me", "in-progress");
	k[3].value = dig_text(k[0].resource, "id");
	expect_frame(w, "backport-event", k);
	json_decref(k[0].resource);
	ws_close(w);
	/* Unlike Medplum's it lives on, and counts what nobody heard. */
	k[0].resource = write_message(c, "me", "in-progress");
	r = ask(c, "GET", events, NULL, NULL);
	assert_int_equal(json_array_size(dig(r->json, "entry")), 2);
	assert_true(json_equal(dig(r->json, "entry.1.resource"),
	    k[0].resource));
	assert_string_equal(dig_text(r->json,
	    "entry.0.resource.parameter.5.part.0.valueString"), "2");
	reply_free(r);
	json_decref(k[0].resource);
	clinic_stop(c);
}

static void
test_backport_heartbeat(void **state)
{
	struct clinic_proc *c = clinic_start("--dialect", "backport",
	    "--heartbeat-ms", "10", NULL);
	g_autofree char *sub = subscribe(c, "active", by_topic);
	g_autofree char *token = ticket(c, sub, NULL);
	g_autofree char *hello = g_strconcat("bind-with-token ", token, NULL);
	struct known k[] = { { "$SUB", sub, NULL },
		{ "$BASE", clinic_word(c, "base"), NULL },
		{ "$TOPIC", TOPIC, NULL }, { NULL, NULL, NULL } };
	struct ws *w;

	json_decref(write_message(c, "me", "in-progress"));
	w = ws_open(c, "/ws");
	ws_send(w, hello);
	g_free(ws_next(w));
	expect_frame(w, "backport-heartbeat", k);
	ws_close(w);
	clinic_stop(c);
}

/* ---- HAPI --------------------------------------------------------------- */

static void
until_active(struct clinic_proc *c, const char *sub)
{
	g_autofree char *path = g_strconcat("Subscription/", sub, NULL);
	gboolean active = FALSE;
	int tries = 0;

	while (!active && tries++ < 100000) {
		struct reply *r = ask(c, "GET", path, NULL, NULL);
		active = !g_strcmp0(dig_text(r->json, "status"), "active");
		reply_free(r);
	}
	assert_true(active);
}

static void
expect_words(struct ws *w, json_t *words, const char *name, const char *sub)
{
	g_autoptr(GString) want = g_string_new(dig_text(words, name));
	g_autofree char *is = ws_next(w);

	g_string_replace(want, "$SUB", sub, 0);
	assert_string_equal(is, want->str);
}

static void
test_hapi(void **state)
{
	struct clinic_proc *c = clinic_start("--dialect", "hapi", NULL);
	g_autofree char *sub = subscribe(c, "requested",
	    "\"criteria\":\"" MINE "\"");
	g_autofree char *hello = g_strconcat("bind ", sub, NULL);
	struct reply *r = ask(c, "GET", "metadata", NULL, NULL);
	json_t *words = fixture("hapi");
	struct ws *w;

	assert_true(g_str_has_suffix(dig_text(r->json,
	    "rest.0.extension.0.url"), "capabilitystatement-websocket"));
	assert_true(g_str_has_suffix(dig_text(r->json,
	    "rest.0.extension.0.valueUri"), "/ws"));
	reply_free(r);
	until_active(c, sub);
	w = ws_open(c, "/ws");
	ws_send(w, hello);
	expect_words(w, words, "bound", sub);
	json_decref(write_message(c, "another", "in-progress"));
	json_decref(write_message(c, "me", "in-progress"));
	expect_words(w, words, "event", sub);
	json_decref(words);
	ws_close(w);
	clinic_stop(c);
}

/* ---- mistakes ----------------------------------------------------------- */

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"\"criteria\":\"" TOPIC "\"", "\"criteria\":\"Nonsense?a=b\"",
		"\"criteria\":\"Communication?nonsense=b\"",
		"\"criteria\":\"" MINE "\",\"channel\":{\"type\":\"email\"}",
	};
	struct clinic_proc *c = clinic_start(NULL);
	struct ws *w;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *body = g_strdup_printf("{\"resourceType\":"
		    "\"Subscription\",\"status\":\"active\",\"reason\":\"t\","
		    "%s%s}", bad[i], i == 3 ? "" :
		    ",\"channel\":{\"type\":\"websocket\"}");
		expect(c, 400, "POST", "Subscription", NULL, body);
	}
	assert_null(ws_open(c, "/elsewhere"));
	w = ws_open(c, "/ws");
	bind_medplum(w, "nonsense");
	assert_null(ws_next(w));
	ws_close(w);
	w = ws_open(c, "/ws");
	ws_send(w, "bind-with-token nonsense");
	assert_null(ws_next(w));
	ws_close(w);
	clinic_stop(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_medplum_frames),
		cmocka_unit_test(test_medplum_delete_looks_like_update),
		cmocka_unit_test(test_medplum_close_deletes),
		cmocka_unit_test(test_medplum_silence_after_exp),
		cmocka_unit_test(test_backport_frames),
		cmocka_unit_test(test_backport_heartbeat),
		cmocka_unit_test(test_hapi),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
