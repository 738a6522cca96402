/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what the feed does about a server that is wrong: a socket at another
 * address is never called, one that sends rubbish is hung up, and a server that
 * grants no Subscription is asked at intervals; each with a sentence why. And
 * that a send tries again what was refused, in time.
 */
#include "tests/tap.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "net/engine_room.h"
#include "net/socket_feed.h"
#include "tests/net/server.h"

enum { PATIENCE_S = 180 };

struct world {
	const char *socket_url;  /* NULL: no Subscription is granted */
	const char *frame;       /* said after the handshakes */
	struct test_server *server;
	char *dir;
	struct base_secret *key;
	struct store *store;
	struct base_settings *settings;
	struct loop *loop;
	struct broker *broker;
	struct engine *engine;
};

/* ---- the server ---------------------------------------------------------- */

static void
say(struct test_peer *peer, const char *text)
{
	size_t len = strlen(text);
	guint8 head[4] = { 0x81, 126, (guint8)(len >> 8), (guint8)len };

	test_write(peer, head, sizeof(head));
	test_write(peer, text, len);
}

static void
play(struct test_peer *peer, const struct test_request *r, struct world *w)
{
	g_autofree char *key = test_header(r, "sec-websocket-key");
	g_autofree char *both = g_strconcat(key ? key : "",
	    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", NULL);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
	g_autofree char *accept = NULL;
	guint8 digest[20];
	gsize n = sizeof(digest);

	g_checksum_update(sum, (const guchar *)both, -1);
	g_checksum_get_digest(sum, digest, &n);
	accept = g_base64_encode(digest, n);
	test_printf(peer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: "
	    "websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s"
	    "\r\n\r\n", accept);
	for (int i = 1; i <= 3; i++) {
		g_autofree char *text = g_strdup_printf("{\"resourceType\":"
		    "\"Bundle\",\"type\":\"history\",\"entry\":[{\"resource\":{"
		    "\"resourceType\":\"SubscriptionStatus\",\"type\":"
		    "\"handshake\",\"subscription\":{\"reference\":"
		    "\"Subscription/s%d\"}}}]}", i);
		say(peer, text);
	}
	say(peer, w->frame);
	/* A hang-up of ours with the client's frames unread would throw away what
	 * was just sent. */
	test_stall(peer);
}

static void
serve(struct test_peer *peer, const struct test_request *r, void *user)
{
	static int made; /* on the server's thread alone */
	struct world *w = user;
	g_autofree char *text = NULL;

	if (strstr(r->path, "/ws")) {
		play(peer, r, w);
	} else if (strcmp(r->method, "POST") == 0 &&
	    !g_str_has_suffix(r->path, "/Subscription")) {
		test_answer(peer, "404 Not Found", NULL, "{}"); /* no batches */
	} else if (strcmp(r->method, "POST") == 0 && !w->socket_url) {
		test_answer(peer, "403 Forbidden", NULL, "{}");
	} else if (strcmp(r->method, "POST") == 0) {
		text = g_strdup_printf("{\"resourceType\":\"Subscription\","
		    "\"id\":\"s%d\",\"status\":\"active\"}", made++ % 3 + 1);
		test_answer(peer, "201 Created", NULL, text);
	} else if (strstr(r->path, "$get-ws-binding-token")) {
		text = g_strdup_printf("{\"resourceType\":\"Parameters\","
		    "\"parameter\":[{\"name\":\"token\",\"valueString\":\"t\"},{"
		    "\"name\":\"websocket-url\",\"valueUrl\":\"%s\"}]}",
		    w->socket_url);
		test_answer(peer, "200 OK", NULL, text);
	} else if (strstr(r->path, "/Practitioner/1")) {
		test_answer(peer, "200 OK", NULL, "{\"resourceType\":"
		    "\"Practitioner\",\"id\":\"1\",\"meta\":{\"versionId\":"
		    "\"1\",\"lastUpdated\":\"2026-11-22T10:00:00Z\"}}");
	} else if (strchr(r->path, '?')) {
		test_answer(peer, "200 OK", NULL, "{\"resourceType\":"
		    "\"Bundle\",\"type\":\"searchset\"}");
	} else {
		test_answer(peer, "404 Not Found", NULL, "{}");
	}
}

/* ---- the engine ---------------------------------------------------------- */

static void
set(struct world *w, enum setting key, const char *value)
{
	assert_true(base_setting_set(w->settings, key, value, NULL));
}

static void
open_world(struct world *w, const char *socket_url, const char *frame)
{
	memset(w, 0, sizeof(*w));
	alarm(PATIENCE_S);
	w->socket_url = socket_url;
	w->frame = frame;
	w->dir = g_dir_make_tmp("qn-feed-XXXXXX", NULL);
	w->key = vault_key_random();
	w->store = store_open(w->dir, w->key, STORE_SYNC, NULL);
	assert_non_null(w->store);
	w->server = test_server_new(FALSE, serve, w);
	w->settings = base_settings_new();
	set(w, SET_SERVER, test_server_base(w->server));
	set(w, SET_PRACTITIONER, "Practitioner/1");
	set(w, SET_AUTH, "token-command");
	set(w, SET_TOKEN_COMMAND, "echo opaque");
	set(w, SET_DIALECT, "medplum");
	w->loop = loop_new();
	w->broker = broker_new(w->settings, NULL);
	w->engine = engine_new(w->loop, w->broker, w->settings, "test",
	    w->store, NULL);
	assert_non_null(w->engine);
	w->engine->feed = feed_new(&w->engine->s);
	w->engine->push_at_ms = -1;
}

static void
close_world(struct world *w)
{
	GDir *d;
	const char *name;

	engine_free(w->engine);
	broker_free(w->broker);
	loop_free(w->loop);
	test_server_free(w->server);
	store_close(w->store);
	base_secret_free(w->key);
	base_settings_free(w->settings);
	d = g_dir_open(w->dir, 0, NULL);
	while ((name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(w->dir, name, NULL);
		g_unlink(path);
	}
	g_dir_close(d);
	g_rmdir(w->dir);
	g_free(w->dir);
	alarm(0);
}

/* It polls and says these words; a hang-up that is heard before the frame's
 * fault says others first. */
static gboolean
polls_saying(struct world *w, const char *words)
{
	g_autofree char *note = NULL;

	if (!w->engine->pulled || w->engine->state != BELL_POLLING)
		return FALSE;
	note = store_note_get(w->store, "sync.error");
	return note && strstr(note, words);
}

/* Turns until it does; the alarm ends a test that never gets there. */
static void
polls(struct world *w, const char *words)
{
	for (;;) {
		engine_step(w->engine);
		assert_false(w->engine->stated &&
		    w->engine->state == BELL_LIVE);
		if (polls_saying(w, words))
			return;
		loop_turn(w->loop, engine_wait_ms(w->engine));
	}
}

static void
foreign(const char *url)
{
	struct world w;
	g_autofree char *seen = NULL;

	open_world(&w, url, "");
	polls(&w, "another address");
	seen = test_server_seen(w.server);
	assert_non_null(strstr(seen, "$get-ws-binding-token"));
	assert_null(strstr(seen, "/ws?"));
	close_world(&w);
}

static void
test_foreign(void **state)
{
	foreign("ws://localhost:9/ws?x");
	foreign("wss://fhir.example/ws?x");
	foreign("ws://127.0.0.1:1@fhir.example/ws?x");
}

static void
test_rubbish(void **state)
{
	static const char *const frames[] = { "\xff\xfe", "[[[[[[[[",
		"{\"resourceType\":\"Patient\",\"id\":\"1\"}" };

	for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
		struct world w;
		open_world(&w, "/ws", frames[i]);
		polls(&w, "not FHIR");
		close_world(&w);
	}
}

static void
test_not_granted(void **state)
{
	struct world w;

	open_world(&w, NULL, "");
	polls(&w, "does not allow");
	close_world(&w);
}

/* What a doctor sends tries a refused login again, but not each time. */
static void
test_eager(void **state)
{
	struct world w;
	int64_t now_ms = base_mono_ms();

	open_world(&w, NULL, "");
	w.engine->connected = FALSE;
	engine_state(w.engine, BELL_LOGIN_NEEDED, NULL);
	w.engine->last_try_ms = now_ms - 5000;
	w.engine->next_try_ms = now_ms + 300000;
	engine_poked(w.engine);
	assert_int_equal(w.engine->next_try_ms, now_ms + 300000);
	w.engine->last_try_ms = now_ms - 31000;
	engine_poked(w.engine);
	assert_int_equal(w.engine->next_try_ms, 0);
	engine_state(w.engine, BELL_OFFLINE, NULL);
	w.engine->last_try_ms = now_ms - 5000;
	w.engine->next_try_ms = now_ms + 60000;
	engine_poked(w.engine);
	assert_int_equal(w.engine->next_try_ms, 0);
	close_world(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_rubbish),
		cmocka_unit_test(test_not_granted),
		cmocka_unit_test(test_eager),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
