/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves, against the practice clinic over real sockets, in each dialect: an
 * event is in the store and on the doorbell without a search; around every
 * disconnect nothing is lost and nothing comes twice; a socket that only beats
 * its heart is found out and made anew; a fresh token is bound on the live
 * socket, and one that ended is noticed; a deletion is seen for what it is.
 */
#include "tests/tap.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/engine_room.h"
#include "net/socket_feed.h"

enum { PATIENCE_S = 240 }; /* then the test is killed, not waited for */

struct clinic {
	GPid pid;
	char *base, *token, *practitioner, *token_url, *ca;
	char *client_id, *client_secret;
};
struct world {
	struct clinic clinic;
	char *dir;
	struct base_secret *key;
	struct store *store;
	struct base_settings *settings;
	struct loop *loop;
	struct broker *broker;
	struct engine *engine;
	struct doorbell *ear;      /* a screen's end */
	int heard[8];              /* lines by enum doorbell_verb … */
	GArray *states;            /* … and the states, in order */
};

/* ---- the clinic ---------------------------------------------------------- */

static size_t
on_bytes(char *data, size_t size, size_t n, void *user)
{
	g_string_append_len(user, data, (gssize)(size * n));
	return size * n;
}

/* Another's request, straight to the clinic. Owned body. */
static char *
ask(struct clinic *c, const char *method, const char *url, const char *body)
{
	g_autofree char *bearer = g_strconcat("Authorization: Bearer ",
	    c->token ? c->token : "", NULL);
	struct curl_slist *headers = curl_slist_append(NULL, c->token
	    ? "Content-Type: application/fhir+json"
	    : "Content-Type: application/x-www-form-urlencoded");
	GString *answer = g_string_new(NULL);
	CURL *easy = curl_easy_init();

	headers = curl_slist_append(headers, "Expect:");
	if (c->token)
		headers = curl_slist_append(headers, bearer);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	if (c->ca)
		curl_easy_setopt(easy, CURLOPT_CAINFO, c->ca);
	if (body)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	assert_int_equal(curl_easy_perform(easy), CURLE_OK);
	curl_easy_cleanup(easy);
	curl_slist_free_all(headers);
	return g_string_free(answer, FALSE);
}

static char *
member(const char *json, const char *name)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(json, strlen(json),
	    &fhir_limits_default, NULL);

	assert_non_null(doc);
	return g_strdup(fhir_text(fhir_root(doc), name));
}

static void
clinic_login(struct clinic *c)
{
	g_autofree char *form = g_strdup_printf("grant_type=client_credentials"
	    "&client_id=%s&client_secret=%s", c->client_id, c->client_secret);
	g_autofree char *answer = ask(c, "POST", c->token_url, form);

	c->token = member(answer, "access_token");
	assert_non_null(c->token);
}

static void
clinic_start(struct clinic *c, const char *dialect, gboolean tls)
{
	g_autofree char *program = test_program("qingnang-clinic");
	const char *argv[] = { program, "--dialect", dialect,
		"--heartbeat-ms", "200", tls ? "--tls" : NULL, NULL };
	char line[4096];
	int out;
	FILE *in;

	assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
	    G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &c->pid, NULL, &out, NULL,
	    NULL));
	in = fdopen(out, "r");
	assert_non_null(fgets(line, sizeof(line), in));
	fclose(in);
	c->base = member(line, "base");
	c->practitioner = member(line, "practitioner");
	c->token_url = member(line, "token_url");
	c->client_id = member(line, "client_id");
	c->client_secret = member(line, "client_secret");
	c->ca = member(line, "ca");
	clinic_login(c);
}

static void
clinic_stop(struct clinic *c)
{
	kill(c->pid, SIGTERM);
	waitpid(c->pid, NULL, 0);
	g_free(c->base);
	g_free(c->token);
	g_free(c->practitioner);
	g_free(c->token_url);
	g_free(c->client_id);
	g_free(c->client_secret);
	g_free(c->ca);
}

static void
fault(struct world *w, const char *text)
{
	g_autofree char *origin = g_strndup(w->clinic.base,
	    strlen(w->clinic.base) - strlen("/fhir"));
	g_autofree char *url = g_strconcat(origin, "/practice/fault", NULL);

	g_free(ask(&w->clinic, "POST", url, text));
}

static void
put(struct world *w, const char *ref, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);
static void
put(struct world *w, const char *ref, const char *fmt, ...)
{
	g_autofree char *url = g_strdup_printf("%s/%s", w->clinic.base, ref);
	g_autofree char *body = NULL;
	va_list args;

	va_start(args, fmt);
	body = g_strdup_vprintf(fmt, args);
	va_end(args);
	for (char *p = body; *p; p++)
		if (*p == '\'')
			*p = '"';
	g_free(ask(&w->clinic, "PUT", url, body));
}

static void
message(struct world *w, const char *id)
{
	g_autofree char *ref = g_strconcat("Communication/", id, NULL);

	put(w, ref, "{'resourceType':'Communication','id':'%s','status':"
	    "'completed','partOf':[{'reference':'Communication/h1'}],"
	    "'subject':{'reference':'Patient/p1'},'sender':{'reference':"
	    "'Patient/p1'},'recipient':[{'reference':'%s'}],'sent':"
	    "'2026-11-22T10:00:00Z','payload':[{'contentString':'%s'}]}", id,
	    w->clinic.practitioner, id);
}

/* ---- the engine ---------------------------------------------------------- */

static void
on_nothing(void *user)
{
}

static void
on_came(void *user, gboolean first)
{
}

static void
on_left(void *user, int remaining)
{
}

static const struct bell_ops ops = {
	.poke = engine_poked, .fetch = engine_fetch, .check = engine_check_rx,
	.stay = on_nothing, .came = on_came, .left = on_left,
};

static void
on_line(const struct doorbell_line *line, void *user)
{
	struct world *w = user;

	if (line->verb < (int)G_N_ELEMENTS(w->heard))
		w->heard[line->verb]++;
	if (line->verb == BELL_STATE && (w->states->len == 0 ||
	    g_array_index(w->states, int, w->states->len - 1) !=
	    (int)line->state)) {
		int state = line->state;
		g_array_append_val(w->states, state);
	}
}

static void
on_ear(int fd, void *user)
{
	struct world *w = user;

	assert_true(doorbell_read(w->ear, on_line, w));
}

static void
set(struct world *w, enum setting key, const char *value)
{
	g_autoptr(GError) error = NULL;

	base_setting_set(w->settings, key, value, &error);
	assert_null(error);
}

static void
settings(struct world *w, const char *dialect)
{
	g_autofree char *secret = g_strconcat("echo ",
	    w->clinic.client_secret, NULL);

	w->settings = base_settings_new();
	set(w, SET_SERVER, w->clinic.base);
	set(w, SET_PRACTITIONER, w->clinic.practitioner);
	set(w, SET_AUTH, "client-credentials");
	set(w, SET_CLIENT_ID, w->clinic.client_id);
	set(w, SET_CLIENT_SECRET_COMMAND, secret);
	set(w, SET_TOKEN_URL, w->clinic.token_url);
	set(w, SET_DIALECT, dialect);
	/* No delta comes to help unless it is asked for. */
	set(w, SET_POLL_SECONDS, "3600");
	if (w->clinic.ca)
		set(w, SET_CA_FILE, w->clinic.ca);
}

static double
no_jitter(void *user)
{
	return 0;
}

static void
engine_start(struct world *w)
{
	g_autoptr(GError) error = NULL;
	struct doorbell_line hello = { .verb = BELL_HELLO, .word = "screen" };

	w->loop = loop_new();
	w->broker = broker_new(w->settings, &error);
	assert_non_null(w->broker);
	w->engine = engine_new(w->loop, w->broker, w->settings, "test",
	    w->store, &error);
	assert_non_null(w->engine);
	rest_random(engine_sync(w->engine)->rest, no_jitter, NULL);
	w->engine->s.bell = bell_new(w->loop, w->dir, &ops, w->engine, &error);
	assert_non_null(w->engine->s.bell);
	w->engine->feed = feed_new(&w->engine->s);
	w->engine->push_at_ms = -1;
	w->ear = doorbell_new(doorbell_connect(w->dir, &error));
	assert_null(error);
	doorbell_send(w->ear, &hello);
	loop_watch(w->loop, doorbell_fd(w->ear), on_ear, w);
}

static void
world_open(struct world *w, const char *dialect, const char *setting,
    gboolean tls)
{
	memset(w, 0, sizeof(*w));
	alarm(PATIENCE_S);
	w->dir = g_dir_make_tmp("qn-socket-XXXXXX", NULL);
	w->key = vault_key_random();
	w->store = store_open(w->dir, w->key, STORE_SYNC, NULL);
	assert_non_null(w->store);
	w->states = g_array_new(FALSE, FALSE, sizeof(int));
	clinic_start(&w->clinic, dialect, tls);
	settings(w, setting);
	put(w, "Patient/p1", "{'resourceType':'Patient','id':'p1','name':"
	    "[{'text':'Zhang San'}]}");
	put(w, "Communication/h1", "{'resourceType':'Communication','id':'h1',"
	    "'status':'in-progress','subject':{'reference':'Patient/p1'},"
	    "'topic':{'text':'headache'},'recipient':[{'reference':'%s'},"
	    "{'reference':'Patient/p1'}]}", w->clinic.practitioner);
	engine_start(w);
}

static void
wipe(const char *dir)
{
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		g_unlink(path);
	}
	g_dir_close(d);
	g_rmdir(dir);
}

static void
world_close(struct world *w)
{
	loop_unwatch(w->loop, doorbell_fd(w->ear));
	doorbell_free(w->ear);
	engine_free(w->engine);
	broker_free(w->broker);
	loop_free(w->loop);
	clinic_stop(&w->clinic);
	store_close(w->store);
	base_secret_free(w->key);
	base_settings_free(w->settings);
	g_array_unref(w->states);
	wipe(w->dir);
	g_free(w->dir);
	alarm(0);
}

/* ---- turning ------------------------------------------------------------- */

static void
turn(struct world *w)
{
	engine_step(w->engine);
	loop_turn(w->loop, engine_wait_ms(w->engine));
}

static gboolean
is_live(struct world *w)
{
	return w->engine->stated && w->engine->state == BELL_LIVE;
}

static void
until_live(struct world *w)
{
	while (!is_live(w))
		turn(w);
}

static gboolean
is_here(struct world *w, const char *id)
{
	g_autofree char *version = store_version(w->store, "Communication", id);

	return version != NULL;
}

static void
until_here(struct world *w, const char *id)
{
	while (!is_here(w, id))
		turn(w);
}

static size_t
messages(struct world *w)
{
	BASE_AUTO(thread) thread = store_thread(w->store,
	    store_consult_find(w->store, "Communication/h1"), 1000, NULL);

	assert_non_null(thread);
	return thread->n;
}

static const char *const dialects[] = { "medplum", "backport", "hapi" };

/* ---- the cases ----------------------------------------------------------- */

static void
event(const char *dialect, gboolean tls)
{
	struct world w;
	int64_t delta_ms;
	int changes;

	world_open(&w, dialect, "auto", tls);
	until_live(&w);
	assert_string_equal(w.engine->feed->dialect->name, dialect);
	delta_ms = w.engine->delta_at_ms;
	changes = w.heard[BELL_CHANGED];
	message(&w, "m1");
	until_here(&w, "m1");
	assert_int_equal(messages(&w), 1);
	while (w.heard[BELL_CHANGED] == changes)
		turn(&w);
	/* HAPI's ping asks for a search; the others brought it themselves. */
	if (strcmp(dialect, "hapi") != 0)
		assert_int_equal(w.engine->delta_at_ms, delta_ms);
	assert_true(is_live(&w));
	world_close(&w);
}

static void
test_event(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dialects); i++)
		event(dialects[i], FALSE);
}

static void
test_event_tls(void **state)
{
	event("medplum", TRUE);
}

/* A new patient comes with the chart that belongs to them. */
static void
test_new_patient(void **state)
{
	struct world w;
	struct patient_id patient = { 0 };

	world_open(&w, "medplum", "auto", FALSE);
	until_live(&w);
	put(&w, "Patient/p2", "{'resourceType':'Patient','id':'p2','name':"
	    "[{'text':'Li Si'}]}");
	put(&w, "Communication/h2", "{'resourceType':'Communication','id':"
	    "'h2','status':'in-progress','subject':{'reference':'Patient/p2'},"
	    "'recipient':[{'reference':'%s'}]}", w.clinic.practitioner);
	for (;;) {
		g_autofree char *name = store_version(w.store, "Patient", "p2");
		if (name)
			break;
		turn(&w);
	}
	patient = store_patient_find(w.store, "p2");
	assert_true(patient.n > 0);
	world_close(&w);
}

/* Some wait until it is live again, some come into the gap. */
static void
drops(const char *dialect)
{
	enum { MESSAGES = 12 };
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	g_autofree char *last = NULL;
	struct world w;
	int turns;

	world_open(&w, dialect, dialect, FALSE);
	until_live(&w);
	turns = w.engine->feed->turn;
	fault(&w, "socket-drop=4");
	for (int i = 0; i < MESSAGES; i++) {
		g_autofree char *id = g_strdup_printf("m%d", i);
		message(&w, id);
		if (g_rand_boolean(rand))
			until_live(&w);
	}
	fault(&w, "socket-drop=off");
	message(&w, "last");
	until_here(&w, "last");
	until_live(&w);
	assert_int_equal(messages(&w), MESSAGES + 1);
	assert_true(w.engine->feed->turn > turns);
	world_close(&w);
}

static void
test_drops(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dialects); i++)
		drops(dialects[i]);
}

/* After a drop nothing says "live" before a delta has ended. */
static void
test_delta_first(void **state)
{
	struct world w;
	gboolean here = FALSE;

	world_open(&w, "medplum", "auto", FALSE);
	until_live(&w);
	fault(&w, "socket-drop=1");
	message(&w, "m1");           /* its event is a hang-up */
	while (is_live(&w))
		turn(&w);
	fault(&w, "socket-drop=off");
	message(&w, "m2");           /* into the gap: nobody is told */
	while (!is_live(&w)) {
		turn(&w);
		here = is_here(&w, "m1") && is_here(&w, "m2");
	}
	assert_true(here);
	world_close(&w);
}

/* What would come with time is brought about: the delta, the end of grace. */
static void
silent(const char *dialect)
{
	struct world w;
	int turns;

	world_open(&w, dialect, dialect, FALSE);
	until_live(&w);
	turns = w.engine->feed->turn;
	fault(&w, "silent-socket");
	message(&w, "m1");
	w.engine->delta_at_ms = 0;
	until_here(&w, "m1");
	while (!w.engine->feed->suspect_ms)
		turn(&w);
	assert_true(is_live(&w));
	w.engine->feed->suspect_ms = 1;
	while (is_live(&w))
		turn(&w);
	assert_int_equal(w.engine->state, BELL_CATCHING_UP);
	assert_int_equal(w.engine->feed->strikes, 1);
	fault(&w, "silent-socket=off");
	until_live(&w);
	assert_true(w.engine->feed->turn > turns);
	message(&w, "m2");
	until_here(&w, "m2");
	assert_int_equal(w.engine->feed->strikes, 0);
	world_close(&w);
}

static void
test_silent(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dialects); i++)
		silent(dialects[i]);
}

/* A delta that finds nothing is no reason to doubt; it comes less often. */
static void
test_quiet(void **state)
{
	struct world w;
	int64_t interval_ms;
	int turns;

	world_open(&w, "medplum", "auto", FALSE);
	until_live(&w);
	turns = w.engine->feed->turn;
	message(&w, "m1");
	until_here(&w, "m1");
	interval_ms = w.engine->feed->interval_ms;
	w.engine->delta_at_ms = 0;
	engine_step(w.engine);
	assert_int_equal(w.engine->feed->interval_ms, 2 * interval_ms);
	assert_int_equal(w.engine->feed->suspect_ms, 0);
	assert_int_equal(w.engine->feed->turn, turns);
	assert_true(is_live(&w));
	world_close(&w);
}

static void
rebind(const char *dialect)
{
	struct world w;
	struct binding *b;
	g_autofree char *before = NULL;
	int64_t delta_ms;
	int turns;

	world_open(&w, dialect, dialect, FALSE);
	until_live(&w);
	turns = w.engine->feed->turn;
	delta_ms = w.engine->delta_at_ms;
	b = g_ptr_array_index(w.engine->feed->bindings, 0);
	/* By the token's own end, an hour; Medplum's "expiration" says two. */
	assert_in_range(b->rebind_ms - base_mono_ms(), 2600000, 2700000);
	before = g_strdup(b->token);
	b->rebind_ms = 0;
	while (strcmp(b->token, before) == 0 || b->answer_by_ms)
		turn(&w);
	message(&w, "m1");
	until_here(&w, "m1");
	assert_int_equal(w.engine->feed->turn, turns);
	assert_int_equal(w.engine->delta_at_ms, delta_ms);
	assert_true(is_live(&w));
	world_close(&w);
}

static void
test_rebind(void **state)
{
	rebind("medplum");
	rebind("backport");
}

/* A machine that slept over the end: heartbeats go on, events do not. */
static void
test_token_ended(void **state)
{
	struct world w;
	struct binding *b;
	int turns;

	world_open(&w, "medplum", "auto", FALSE);
	until_live(&w);
	turns = w.engine->feed->turn;
	b = g_ptr_array_index(w.engine->feed->bindings, 0);
	b->ends_wall_ms = base_now_ms();
	b->rebind_ms = 0;
	while (is_live(&w))
		turn(&w);
	until_live(&w);
	assert_true(w.engine->feed->turn > turns);
	message(&w, "m1");
	until_here(&w, "m1");
	world_close(&w);
}

/* The daily look of a sync that runs for three months: whoever left the queue is
 * kept for the days that are configured and gone the day after, each purge is
 * written down, and a second look on the same day does nothing. */
static void
test_retention(void **state)
{
	static const char old[] = "{\"resourceType\":\"Communication\",\"id\":"
	    "\"left\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":"
	    "\"2020-01-01T00:00:00Z\"},\"status\":\"in-progress\",\"subject\":"
	    "{\"reference\":\"Patient/left\"},\"topic\":{\"text\":\"cough\"}}";
	const int64_t day_ms = 86400000;
	struct store_doc doc = { old, strlen(old) };
	int64_t began_ms;
	struct world w;

	world_open(&w, "medplum", "auto", FALSE);
	until_live(&w);
	assert_true(store_ingest(w.store, &doc, 1, NULL, NULL, NULL));
	assert_true(store_gone(w.store, "Communication", "left", NULL));
	began_ms = base_now_ms();
	for (int day = 0; day <= 90; day++) {
		base_clock_fix(began_ms + day * day_ms);
		assert_int_not_equal(store_patient_find(w.store, "left").n, 0);
		assert_int_equal(engine_purge(w.engine, FALSE, NULL),
		    day == 90 ? 1 : 0);
	}
	assert_int_equal(store_patient_find(w.store, "left").n, 0);
	base_clock_fix(began_ms + 90 * day_ms + day_ms / 2);
	assert_int_equal(engine_purge(w.engine, FALSE, NULL), 0);
	base_clock_fix(0);
	message(&w, "m1");
	until_here(&w, "m1");
	world_close(&w);
}

/* On Medplum it looks like an update. */
static void
deleted(const char *dialect)
{
	struct world w;
	g_autofree char *url = NULL;

	world_open(&w, dialect, dialect, FALSE);
	message(&w, "m1");
	until_live(&w);
	assert_true(is_here(&w, "m1"));
	url = g_strconcat(w.clinic.base, "/Communication/m1", NULL);
	g_free(ask(&w.clinic, "DELETE", url, NULL));
	while (is_here(&w, "m1"))
		turn(&w);
	assert_true(is_live(&w));
	world_close(&w);
}

static void
test_deleted(void **state)
{
	deleted("medplum");
	deleted("backport");
}

/* Deaf to hints, the client still asks. */
static void
test_none(void **state)
{
	struct world w;

	world_open(&w, "medplum", "none", FALSE);
	while (!w.engine->pulled || w.engine->state != BELL_POLLING)
		turn(&w);
	message(&w, "m1");
	w.engine->delta_at_ms = 0;
	until_here(&w, "m1");
	assert_int_equal(w.engine->state, BELL_POLLING);
	world_close(&w);
}

/* The screen hears the states in their order. */
static void
test_states(void **state)
{
	static const int expected[] = { BELL_CATCHING_UP, BELL_LIVE,
		BELL_CATCHING_UP, BELL_LIVE };
	struct world w;

	world_open(&w, "medplum", "auto", FALSE);
	until_live(&w);
	while (w.states->len < 2)
		turn(&w);
	fault(&w, "socket-drop=1");
	message(&w, "m1");
	while (is_live(&w))
		turn(&w);
	fault(&w, "socket-drop=off");
	until_live(&w);
	while (w.states->len < G_N_ELEMENTS(expected))
		turn(&w);
	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
		assert_int_equal(g_array_index(w.states, int, i), expected[i]);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_event_tls),
		cmocka_unit_test(test_new_patient),
		cmocka_unit_test(test_drops),
		cmocka_unit_test(test_delta_first),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_rebind),
		cmocka_unit_test(test_token_ended),
		cmocka_unit_test(test_retention),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_states),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("socket and clinic", tests, NULL,
	    NULL);
}
