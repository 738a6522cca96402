/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the way to a server that stands behind a proxy and asks for a client
 * certificate, for REST and the WebSocket alike: both go by CONNECT to the
 * proxy with its login, both are let in with the certificate and refused
 * without, and a name in no_proxy never reaches the proxy (for the socket
 * test_dialect proves that).
 */
#include "tests/tap.h"
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net/dialect.h"
#include "net/rest.h"
#include "net/socket.h"
#include "tests/net/server.h"

#define HANDSHAKE "{\"resourceType\":\"Bundle\",\"type\":\"history\"," \
	"\"entry\":[{\"resource\":{\"resourceType\":\"SubscriptionStatus\"," \
	"\"type\":\"handshake\",\"subscription\":{\"reference\":" \
	"\"Subscription/s1\"}}}]}"

/* ---- a proxy -------------------------------------------------------------- */

struct proxy {
	int fd, wake[2], port, to_port;
	GThread *thread;
	GMutex lock;
	GString *seen;       /* heads of what was asked */
};

static int
tcp(int port, gboolean listens)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((guint16)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int rc = listens ? bind(fd, (struct sockaddr *)&to, sizeof(to))
			 : connect(fd, (struct sockaddr *)&to, sizeof(to));

	g_assert(rc == 0 && (!listens || listen(fd, 8) == 0));
	return fd;
}

static gboolean
pass(int from, int to)
{
	char buf[4096];
	ssize_t n = recv(from, buf, sizeof(buf), 0);

	return n > 0 && send(to, buf, (size_t)n, MSG_NOSIGNAL) == n;
}

static void
tunnel(struct proxy *p, int a, int b)
{
	struct pollfd fds[] = { { a, POLLIN, 0 }, { b, POLLIN, 0 },
		{ p->wake[0], POLLIN, 0 } };

	while (poll(fds, 3, -1) > 0 && !fds[2].revents) {
		if (fds[0].revents && !pass(a, b))
			break;
		if (fds[1].revents && !pass(b, a))
			break;
	}
}

/* The head to its empty line, a byte at a time: what follows is not ours. */
static gboolean
read_head(struct proxy *p, int fd)
{
	g_autoptr(GString) head = g_string_new(NULL);
	char c;

	while (!g_str_has_suffix(head->str, "\r\n\r\n")) {
		if (head->len > 4096 || recv(fd, &c, 1, 0) != 1)
			return FALSE;
		g_string_append_c(head, c);
	}
	g_mutex_lock(&p->lock);
	g_string_append(p->seen, head->str);
	g_mutex_unlock(&p->lock);
	return g_str_has_prefix(head->str, "CONNECT ");
}

static gpointer
proxy_run(gpointer user)
{
	static const char fine[] = "HTTP/1.1 200 OK\r\n\r\n";
	struct proxy *p = user;

	for (;;) {
		struct pollfd fds[] = { { p->fd, POLLIN, 0 },
			{ p->wake[0], POLLIN, 0 } };
		int fd, to;
		poll(fds, 2, -1);
		if (fds[1].revents)
			return NULL;
		fd = accept(p->fd, NULL, NULL);
		if (read_head(p, fd) && send(fd, fine, sizeof(fine) - 1,
		    MSG_NOSIGNAL) > 0) {
			to = tcp(p->to_port, FALSE);
			tunnel(p, fd, to);
			close(to);
		}
		close(fd);
	}
}

static struct proxy *
proxy_new(int to_port)
{
	struct proxy *p = g_new0(struct proxy, 1);
	struct sockaddr_in at;
	socklen_t len = sizeof(at);

	p->fd = tcp(0, TRUE);
	p->to_port = to_port;
	assert_int_equal(getsockname(p->fd, (struct sockaddr *)&at, &len), 0);
	p->port = ntohs(at.sin_port);
	assert_int_equal(pipe(p->wake), 0);
	p->seen = g_string_new(NULL);
	g_mutex_init(&p->lock);
	p->thread = g_thread_new("proxy", proxy_run, p);
	return p;
}

static void
proxy_free(struct proxy *p)
{
	assert_true(write(p->wake[1], "x", 1) == 1);
	g_thread_join(p->thread);
	close(p->fd);
	close(p->wake[0]);
	close(p->wake[1]);
	g_string_free(p->seen, TRUE);
	g_mutex_clear(&p->lock);
	g_free(p);
}

/* ---- the server ---------------------------------------------------------- */

static void
serve(struct test_peer *peer, const struct test_request *request, void *user)
{
	g_autofree char *key = test_header(request, "sec-websocket-key");
	g_autofree char *both = NULL, *accept = NULL;
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
	guint8 digest[20];
	gsize len = sizeof(digest), n = strlen(HANDSHAKE);

	if (!key) {
		test_answer(peer, "200 OK", NULL, "{}");
		return;
	}
	both = g_strconcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", NULL);
	g_checksum_update(sum, (const guchar *)both, -1);
	g_checksum_get_digest(sum, digest, &len);
	accept = g_base64_encode(digest, len);
	test_printf(peer, "HTTP/1.1 101 Switching Protocols\r\n"
	    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
	guint8 head[] = { 0x81, 126, (guint8)(n >> 8), (guint8)n };
	test_write(peer, head, sizeof(head));
	test_write(peer, HANDSHAKE, n);
	test_stall(peer);
}

/* ---- this end ------------------------------------------------------------ */

struct world {
	struct test_server *server;
	struct proxy *proxy;
	struct base_settings *settings;
	struct loop *loop;
	char *base;
};

static void
set(struct world *w, enum setting key, const char *value)
{
	assert_true(base_setting_set(w->settings, key, value, NULL));
}

static void
open_world(struct world *w, gboolean certified, const char *no_proxy)
{
	g_autofree char *proxy = NULL;
	const char *client;

	w->server = test_server_new(TRUE, serve, NULL);
	client = test_server_demand(w->server);
	w->proxy = proxy_new(test_server_port(w->server));
	w->settings = base_settings_new();
	w->loop = loop_new();
	w->base = g_strdup_printf("https://hospital.test:%d/fhir",
	    test_server_port(w->server));
	proxy = g_strdup_printf("http://wu:s%%40cret%%201@127.0.0.1:%d",
	    w->proxy->port);
	set(w, SET_SERVER, w->base);
	set(w, SET_CA_FILE, test_server_ca(w->server));
	set(w, SET_PROXY, proxy);
	set(w, SET_NO_PROXY, no_proxy);
	set(w, SET_TIMEOUT_SECONDS, "5");
	if (certified) {
		set(w, SET_CLIENT_CERT, client);
		set(w, SET_CLIENT_KEY, client);
	}
}

static void
close_world(struct world *w)
{
	base_settings_free(w->settings);
	loop_free(w->loop);
	proxy_free(w->proxy);
	test_server_free(w->server);
	g_free(w->base);
}

/* "wu:s@cret 1"; lws writes the scheme in lower case. */
#define LOGIN "asic d3U6c0BjcmV0IDE="

static void
expect_proxied(struct world *w)
{
	g_autofree char *line = g_strdup_printf("CONNECT hospital.test:%d ",
	    test_server_port(w->server));

	g_autofree char *seen = NULL;

	g_mutex_lock(&w->proxy->lock);
	seen = g_strdup(w->proxy->seen->str);
	g_mutex_unlock(&w->proxy->lock);
	assert_non_null(strstr(seen, line));
	assert_non_null(strstr(seen, LOGIN));
}

static struct rest_answer *
ask(struct world *w, GError **error)
{
	BASE_AUTO(rest) rest = rest_new(w->loop, w->settings, error);
	struct rest_request request = { .url = "metadata", .bare = TRUE };

	assert_non_null(rest);
	return rest_once(rest, &request, error);
}

static enum socket_kind
listen_to(struct world *w)
{
	static const struct fhir_limits limits = { .size_bytes = 100000,
		.depth = 48 };
	struct origin origin;
	struct socket *socket;
	struct socket_event *e;
	enum socket_kind kind;

	assert_true(origin_parse(w->base, &origin));
	socket = socket_new(w->loop, w->settings, &origin, NULL);
	origin_clear(&origin);
	assert_non_null(socket);
	socket_open(socket, &dialect_medplum, &limits, "/ws", NULL);
	do {
		while (!(e = socket_next(socket)))
			loop_turn(w->loop, -1);
		kind = e->kind;
		socket_event_free(e);
	} while (kind == SOCKET_OPENED);
	socket_free(socket);
	return kind;
}

/* ---- tests --------------------------------------------------------------- */

static void
test_rest(void **state)
{
	struct world w;
	BASE_AUTO(rest_answer) answer = NULL;

	open_world(&w, TRUE, "other.test");
	answer = ask(&w, NULL);
	assert_non_null(answer);
	assert_int_equal(answer->status, 200);
	expect_proxied(&w);
	close_world(&w);
}

static void
test_socket(void **state)
{
	struct world w;

	open_world(&w, TRUE, "other.test");
	assert_int_equal(listen_to(&w), SOCKET_FRAME);
	expect_proxied(&w);
	close_world(&w);
}

static void
test_without_certificate(void **state)
{
	struct world w;
	g_autoptr(GError) error = NULL;

	open_world(&w, FALSE, "other.test");
	assert_null(ask(&w, &error));
	assert_non_null(error);
	assert_int_equal(listen_to(&w), SOCKET_CLOSED);
	assert_int_equal(test_server_count(w.server), 0);
	close_world(&w);
}

/* The name leads nowhere, and that is asked of the resolver alone. */
static void
test_no_proxy(void **state)
{
	struct world w;
	g_autoptr(GError) error = NULL;

	open_world(&w, TRUE, "hospital.test");
	set(&w, SET_TIMEOUT_SECONDS, "1");
	assert_null(ask(&w, &error));
	assert_non_null(error);
	assert_int_equal(w.proxy->seen->len, 0);
	close_world(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_socket),
		cmocka_unit_test(test_without_certificate),
		cmocka_unit_test(test_no_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
