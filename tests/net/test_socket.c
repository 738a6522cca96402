/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the socket itself, over real connections: frames in pieces arrive
 * whole, those too large or hostile end it with a reason, a certificate of
 * another authority is refused with the reason, a failed connect is told once,
 * another origin is never called, and the queue between the threads holds under
 * a storm and at any moment of stopping.
 */
#include "tests/tap.h"
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "net/dialect.h"
#include "net/socket.h"
#include "net/socket_room.h"
#include "tests/net/server.h"

enum { PATIENCE_S = 240, CAP_BYTES = 100000 };

#define STATUS(type) "{\"resourceType\":\"Bundle\",\"type\":\"history\"," \
	"\"entry\":[{\"resource\":{\"resourceType\":\"SubscriptionStatus\"," \
	"\"type\":\"" type "\",\"subscription\":{\"reference\":" \
	"\"Subscription/s1\"}}}"
#define HANDSHAKE STATUS("handshake") "]}"
#define EVENT STATUS("event-notification") ",{\"resource\":{\"resourceType\":" \
	"\"Communication\",\"id\":\"m1\",\"status\":\"completed\"}}]}"

/* ---- a server that speaks the other end ---------------------------------- */

typedef void play_fn(struct test_peer *peer, void *user);
struct stage {
	play_fn *play;
	int count;
	GMutex mutex;
	GCond cond;
	gboolean over;       /* the client hung up on a flood */
};

static gboolean
upgrade(struct test_peer *peer, const struct test_request *request)
{
	g_autofree char *key = test_header(request, "sec-websocket-key");
	g_autofree char *both = NULL, *accept = NULL;
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
	guint8 digest[20];
	gsize len = sizeof(digest);

	if (!key)
		return FALSE;
	both = g_strconcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", NULL);
	g_checksum_update(sum, (const guchar *)both, -1);
	g_checksum_get_digest(sum, digest, &len);
	accept = g_base64_encode(digest, len);
	return test_printf(peer, "HTTP/1.1 101 Switching Protocols\r\n"
	    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
}

static void
serve(struct test_peer *peer, const struct test_request *request, void *user)
{
	struct stage *stage = user;

	if (!stage->play || !upgrade(peer, request)) {
		test_answer(peer, "403 Forbidden", NULL, "no");
		return;
	}
	stage->play(peer, stage);
	test_stall(peer);
}

enum { OP_MORE = 0, OP_TEXT = 1, OP_PING = 9, OP_FINAL = 0x80 };

static gboolean
send_frame(struct test_peer *peer, int op, const char *bytes, size_t len)
{
	guint8 head[10] = { (guint8)op };
	size_t n = 2;

	if (len < 126) {
		head[1] = (guint8)len;
	} else if (len < 65536) {
		head[1] = 126;
		head[2] = (guint8)(len >> 8);
		head[3] = (guint8)len;
		n = 4;
	} else {
		head[1] = 127;
		for (int i = 0; i < 8; i++)
			head[2 + i] = (guint8)((guint64)len >> (56 - 8 * i));
		n = 10;
	}
	return test_write(peer, head, n) && test_write(peer, bytes, len);
}

static void
say(struct test_peer *peer, const char *text)
{
	send_frame(peer, OP_TEXT | OP_FINAL, text, strlen(text));
}

static void
play_pieces(struct test_peer *peer, void *user)
{
	const char *text = EVENT;
	size_t third = strlen(text) / 3;

	send_frame(peer, OP_TEXT, text, third);
	send_frame(peer, OP_PING | OP_FINAL, "hm", 2);
	send_frame(peer, OP_MORE, text + third, third);
	send_frame(peer, OP_MORE | OP_FINAL, text + 2 * third,
	    strlen(text) - 2 * third);
}

/* Heartbeats and chatter are nobody's news. */
static void
play_heartbeats(struct test_peer *peer, void *user)
{
	for (int i = 0; i < 100; i++)
		say(peer, STATUS("heartbeat") "]}");
	say(peer, "{\"type\":\"pong\"}");
	say(peer, HANDSHAKE);
}

static void
play_large(struct test_peer *peer, void *user)
{
	g_autofree char *bytes = g_malloc(2 * CAP_BYTES);

	memset(bytes, ' ', 2 * CAP_BYTES);
	send_frame(peer, OP_TEXT | OP_FINAL, bytes, 2 * CAP_BYTES);
}

/* No piece is large, and there is no end to them. */
static void
play_endless(struct test_peer *peer, void *user)
{
	char bytes[1000];
	int op = OP_TEXT;

	memset(bytes, ' ', sizeof(bytes));
	while (send_frame(peer, op, bytes, sizeof(bytes)))
		op = OP_MORE;
}

static void
play_flood(struct test_peer *peer, void *user)
{
	const char *text = EVENT;

	struct stage *stage = user;

	while (send_frame(peer, OP_TEXT | OP_FINAL, text, strlen(text)))
		;
	g_mutex_lock(&stage->mutex);
	stage->over = TRUE;
	g_cond_signal(&stage->cond);
	g_mutex_unlock(&stage->mutex);
}

static void
play_hang_up(struct test_peer *peer, void *user)
{
	say(peer, HANDSHAKE);
	send_frame(peer, 8 | OP_FINAL, "", 0);
}

static void
play_storm(struct test_peer *peer, void *user)
{
	struct stage *stage = user;

	for (int i = 0; i < stage->count; i++)
		say(peer, EVENT);
}

static void
play_nothing(struct test_peer *peer, void *user)
{
}

/* ---- this end ------------------------------------------------------------ */

struct scene {
	struct stage stage;
	struct test_server *server;
	struct base_settings *settings;
	struct loop *loop;
	struct socket *socket;
};
static const struct fhir_limits limits = { .size_bytes = CAP_BYTES,
	.depth = 48 };

static struct socket *
socket_to(struct scene *s, const char *ca)
{
	g_autoptr(GError) error = NULL;
	struct origin origin;
	struct socket *socket;

	s->settings = base_settings_new();
	if (ca)
		base_setting_set(s->settings, SET_CA_FILE, ca, NULL);
	assert_true(origin_parse(test_server_base(s->server), &origin));
	socket = socket_new(s->loop, s->settings, &origin, &error);
	origin_clear(&origin);
	assert_null(error);
	assert_non_null(socket);
	return socket;
}

static void
open_scene(struct scene *s, gboolean tls, play_fn *play, int count)
{
	alarm(PATIENCE_S);
	memset(s, 0, sizeof(*s));
	s->stage.play = play;
	s->stage.count = count;
	s->loop = loop_new();
	s->server = test_server_new(tls, serve, &s->stage);
	s->socket = socket_to(s, test_server_ca(s->server));
	socket_open(s->socket, &dialect_medplum, &limits, "/ws", NULL);
}

static void
close_scene(struct scene *s)
{
	socket_free(s->socket);
	test_server_free(s->server);
	base_settings_free(s->settings);
	loop_free(s->loop);
	alarm(0);
}

static struct socket_event *
next(struct scene *s)
{
	struct socket_event *e;

	while (!(e = socket_next(s->socket)))
		loop_turn(s->loop, -1);
	return e;
}

static void
expect(struct scene *s, enum socket_kind kind)
{
	BASE_AUTO(socket_event) e = next(s);

	assert_int_equal(e->kind, kind);
}

static void
expect_frame(struct scene *s, enum frame_kind kind)
{
	BASE_AUTO(socket_event) e = next(s);

	assert_int_equal(e->kind, SOCKET_FRAME);
	assert_int_equal(e->frame->kind, kind);
}

static void
expect_end(struct scene *s, const char *words)
{
	struct socket_event *e = next(s);

	while (e->kind == SOCKET_FRAME) {
		socket_event_free(e);
		e = next(s);
	}
	assert_int_equal(e->kind, SOCKET_CLOSED);
	if (words)
		assert_non_null(strstr(e->reason, words));
	socket_event_free(e);
	/* Once. */
	loop_turn(s->loop, 0);
	assert_null(socket_next(s->socket));
}

/* ---- frames -------------------------------------------------------------- */

static void
test_pieces(void **state)
{
	struct scene s;

	open_scene(&s, FALSE, play_pieces, 0);
	expect(&s, SOCKET_OPENED);
	expect_frame(&s, FRAME_EVENT);
	close_scene(&s);
}

static void
test_heartbeats_wake_nobody(void **state)
{
	struct scene s;

	open_scene(&s, FALSE, play_heartbeats, 0);
	expect(&s, SOCKET_OPENED);
	expect_frame(&s, FRAME_HANDSHAKE);
	close_scene(&s);
}

static void
ends(play_fn *play, const char *words)
{
	struct scene s;

	open_scene(&s, FALSE, play, 0);
	expect(&s, SOCKET_OPENED);
	expect_end(&s, words);
	close_scene(&s);
}

static void
test_oversized(void **state)
{
	ends(play_large, "body_cap_bytes");
	ends(play_endless, "body_cap_bytes");
}

/* Nobody takes anything out: it ends by itself, having kept what fits. */
static void
test_flood(void **state)
{
	struct scene s;
	size_t kept = 0;
	struct socket_event *e;

	open_scene(&s, FALSE, play_flood, 0);
	g_mutex_lock(&s.stage.mutex);
	while (!s.stage.over)
		g_cond_wait(&s.stage.cond, &s.stage.mutex);
	g_mutex_unlock(&s.stage.mutex);
	expect(&s, SOCKET_OPENED);
	for (e = next(&s); e->kind == SOCKET_FRAME; e = next(&s)) {
		kept += e->frame->len;
		socket_event_free(e);
	}
	assert_non_null(strstr(e->reason, "more frames"));
	assert_in_range(kept, CAP_BYTES / 2, CAP_BYTES);
	socket_event_free(e);
	close_scene(&s);
}

static void
test_hang_up(void **state)
{
	ends(play_hang_up, "closed");
}

static void
hostile(const char *bytes, size_t len)
{
	char *copy = g_malloc(len + 1); /* as the socket hands it over */
	BASE_AUTO(frame) frame = NULL;

	memcpy(copy, bytes, len);
	copy[len] = '\0';
	frame = frame_read(&dialect_medplum, copy, len, &limits);

	assert_int_equal(frame->kind, FRAME_BAD);
}

static void
test_hostile(void **state)
{
	static const char *const bad[] = { "", "\xff\xfe", "<html></html>",
		"{\"resourceType\":\"Bundle\",\"x\":\"\xc3\x28\"}",
		"{\"resourceType\":\"Bundle\"}",
		"{\"resourceType\":\"Patient\",\"id\":\"1\"}" };
	g_autoptr(GString) deep = g_string_new("{\"resourceType\":\"Bundle\","
	    "\"type\":\"history\",\"entry\":[{\"resource\":{\"a\":");

	for (int i = 0; i < 64; i++)
		g_string_append(deep, "{\"a\":");
	g_string_append(deep, "1");
	for (int i = 0; i < 64; i++)
		g_string_append_c(deep, '}');
	g_string_append(deep, "}}]}");
	hostile(deep->str, deep->len);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		hostile(bad[i], strlen(bad[i]));
	hostile(EVENT, strlen(EVENT) - 1);
}

/* ---- connecting ---------------------------------------------------------- */

static void
test_refused(void **state)
{
	struct scene s;

	open_scene(&s, FALSE, NULL, 0); /* 403 */
	expect_end(&s, NULL);
	close_scene(&s);
}

static void
test_nobody_there(void **state)
{
	struct scene s;

	open_scene(&s, FALSE, play_nothing, 0);
	expect(&s, SOCKET_OPENED);
	socket_shut(s.socket); /* the server waits for it */
	test_server_free(s.server);
	s.server = NULL;
	socket_open(s.socket, &dialect_medplum, &limits, "/ws", NULL);
	expect_end(&s, NULL);
	s.server = test_server_new(FALSE, serve, &s.stage);
	close_scene(&s);
}

static void
test_right_ca(void **state)
{
	struct scene s;

	open_scene(&s, TRUE, play_heartbeats, 0);
	expect(&s, SOCKET_OPENED);
	expect_frame(&s, FRAME_HANDSHAKE);
	close_scene(&s);
}

static void
test_wrong_ca(void **state)
{
	struct test_server *other = test_server_new(TRUE, serve, NULL);
	struct scene s = { 0 };
	struct socket_event *e;

	alarm(PATIENCE_S);
	s.stage.play = play_nothing;
	s.loop = loop_new();
	s.server = test_server_new(TRUE, serve, &s.stage);
	s.socket = socket_to(&s, test_server_ca(other));
	socket_open(s.socket, &dialect_medplum, &limits, "/ws", NULL);
	e = next(&s);
	assert_int_equal(e->kind, SOCKET_CLOSED);
	assert_true(e->untrusted);
	assert_non_null(strstr(e->reason, "certificate"));
	assert_int_equal(test_server_count(s.server), 0);
	socket_event_free(e);
	close_scene(&s);
	test_server_free(other);
}

/* The chain is good, the name is not. */
static void
test_wrong_name(void **state)
{
	struct scene s = { 0 };
	struct socket_event *e;
	g_autoptr(GError) error = NULL;
	struct origin origin = { .scheme = (char *)"https",
		.host = (char *)"127.0.0.2" };

	alarm(PATIENCE_S);
	s.stage.play = play_nothing;
	s.loop = loop_new();
	s.server = test_server_new(TRUE, serve, &s.stage);
	origin.port = test_server_port(s.server);
	s.settings = base_settings_new();
	base_setting_set(s.settings, SET_CA_FILE, test_server_ca(s.server),
	    NULL);
	s.socket = socket_new(s.loop, s.settings, &origin, &error);
	assert_null(error);
	socket_open(s.socket, &dialect_medplum, &limits, "/ws", NULL);
	e = next(&s);
	assert_int_equal(e->kind, SOCKET_CLOSED);
	assert_int_equal(test_server_count(s.server), 0);
	socket_event_free(e);
	close_scene(&s);
}

static void
test_unreadable_ca(void **state)
{
	g_autoptr(GError) error = NULL;
	struct base_settings *settings = base_settings_new();
	struct loop *loop = loop_new();
	struct origin origin;

	assert_true(origin_parse("https://127.0.0.1:1/fhir", &origin));
	base_setting_set(settings, SET_CA_FILE, "/nowhere/ca.pem", NULL);
	assert_null(socket_new(loop, settings, &origin, &error));
	assert_true(g_error_matches(error, NET_ERROR, NET_ERROR_CONFIG));
	origin_clear(&origin);
	base_settings_free(settings);
	loop_free(loop);
}

/* ---- the queue ----------------------------------------------------------- */

static void
test_storm(void **state)
{
	enum { FRAMES = 300 };
	struct scene s;

	open_scene(&s, FALSE, play_storm, FRAMES);
	expect(&s, SOCKET_OPENED);
	for (int i = 0; i < FRAMES; i++) {
		expect_frame(&s, FRAME_EVENT);
		socket_say(s.socket, "{\"type\":\"ping\"}");
	}
	close_scene(&s);
}

/* At whatever moment it comes, nothing is left behind and nothing is late. */
static void
test_stopped_anywhere(void **state)
{
	for (int turns = 0; turns < 30; turns++) {
		struct scene s;
		open_scene(&s, turns % 2, play_storm, 50);
		for (int i = 0; i < turns / 2; i++)
			socket_event_free(next(&s));
		if (turns % 3 == 0)
			socket_shut(s.socket);
		if (turns % 3 == 1)
			socket_open(s.socket, &dialect_medplum, &limits,
			    "/ws", NULL);
		close_scene(&s);
	}
}

static void
test_shut_is_silent(void **state)
{
	struct scene s;

	open_scene(&s, FALSE, play_storm, 50);
	expect(&s, SOCKET_OPENED);
	socket_shut(s.socket);
	assert_null(socket_next(s.socket));
	socket_open(s.socket, &dialect_medplum, &limits, "/ws", NULL);
	expect(&s, SOCKET_OPENED);
	expect_frame(&s, FRAME_EVENT);
	close_scene(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_heartbeats_wake_nobody),
		cmocka_unit_test(test_oversized),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_hang_up),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_right_ca),
		cmocka_unit_test(test_wrong_ca),
		cmocka_unit_test(test_wrong_name),
		cmocka_unit_test(test_unreadable_ca),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_stopped_anywhere),
		cmocka_unit_test(test_shut_is_silent),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
