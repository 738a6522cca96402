/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that one request over real sockets ends well or in the right error:
 * TLS is verified, a token stays on its origin, bodies are capped after
 * inflation, redirects and quiet times are kept, and each refusal becomes one
 * sentence that names the server. Of a large answer it is told how much is here,
 * and other requests are made meanwhile.
 */
#include "tests/tap.h"
#include <gio/gio.h>
#include "net/rest.h"
#include "tests/net/server.h"

struct world {
	struct test_server *server;
	struct base_settings *settings;
	struct loop *loop;
	struct rest *rest;
};

static double
no_jitter(void *user)
{
	return 0;
}

static const char *
token(void *user, gboolean fresh, GError **error)
{
	int *fresh_count = user;

	if (fresh)
		++*fresh_count;
	return *fresh_count ? "second-token" : "first-token";
}

static int fresh_tokens;

static void
open_world(struct world *w, gboolean tls, test_serve_fn *serve, void *user)
{
	w->server = test_server_new(tls, serve, user);
	w->settings = base_settings_new();
	w->loop = loop_new();
	assert_true(base_setting_set(w->settings, SET_SERVER,
	    test_server_base(w->server), NULL));
	assert_true(base_setting_set(w->settings, SET_TIMEOUT_SECONDS, "1",
	    NULL));
	assert_true(base_setting_set(w->settings, SET_BODY_CAP_BYTES, "1048576",
	    NULL));
	if (tls)
		assert_true(base_setting_set(w->settings, SET_CA_FILE,
		    test_server_ca(w->server), NULL));
	w->rest = rest_new(w->loop, w->settings, NULL);
	assert_non_null(w->rest);
	rest_random(w->rest, no_jitter, NULL);
	fresh_tokens = 0;
	rest_on_token(w->rest, token, &fresh_tokens);
}

static void
close_world(struct world *w)
{
	rest_free(w->rest);
	loop_free(w->loop);
	base_settings_free(w->settings);
	test_server_free(w->server);
}

static void
expect_error(struct world *w, const char *url, int code)
{
	g_autoptr(GError) error = NULL;
	struct rest_answer *answer = rest_get(w->rest, url, &error);

	assert_null(answer);
	assert_non_null(error);
	assert_int_equal(error->domain, NET_ERROR);
	assert_int_equal(error->code, code);
	assert_non_null(strstr(error->message, "127.0.0.1"));
	assert_null(strchr(error->message, '\n'));
}

/* ---- the ordinary -------------------------------------------------------- */

static void
serve_echo(struct test_peer *p, const struct test_request *r, void *user)
{
	g_autofree char *auth = test_header(r, "authorization");
	g_autofree char *match = test_header(r, "if-match");
	g_autofree char *none = test_header(r, "if-none-exist");
	g_autofree char *type = test_header(r, "content-type");
	g_autofree char *length = test_header(r, "content-length");
	g_autofree char *expect = test_header(r, "expect");
	g_autofree char *chunked = test_header(r, "transfer-encoding");
	g_autofree char *body = g_strdup_printf("%s|%s|%s|%s|%s|%s|%s|%s|%s|%s",
	    r->method, r->path, auth ? auth : "-", match ? match : "-",
	    none ? none : "-", type ? type : "-", length ? length : "-",
	    expect ? expect : "-", chunked ? chunked : "-", r->body);

	test_answer(p, "200 OK", "ETag: W/\"7\"\r\nX-Request-Id: r-1\r\n"
	    "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
	    "Content-Type: application/FHIR+json; charset=utf-8\r\n", body);
}

static void
ordinary(gboolean tls)
{
	struct world w;
	struct rest_request put = { .method = "PUT", .url = "Task/1",
		.if_match = "3", .if_none_exist = "identifier=a|b",
		.body = "{}", .len = 2 };
	struct rest_answer *answer;

	open_world(&w, tls, serve_echo, NULL);
	answer = rest_call(w.rest, &put, NULL);
	assert_non_null(answer);
	assert_string_equal(answer->body, "PUT|/fhir/Task/1|Bearer first-token|"
	    "W/\"3\"|identifier=a|b|application/fhir+json; charset=utf-8|2|-|-|"
	    "{}");
	assert_int_equal(answer->status, 200);
	assert_string_equal(answer->version, "7");
	assert_string_equal(answer->request_id, "r-1");
	assert_string_equal(answer->content_type, "application/fhir+json");
	assert_int_equal(answer->date_ms, 1795341600000);
	rest_answer_free(answer);
	answer = rest_get(w.rest, "Patient?name=%E5%BC%A0&_count=2", NULL);
	assert_non_null(strstr(answer->body, "GET|/fhir/Patient?name=%E5%BC%A0"
	    "&_count=2|"));
	rest_answer_free(answer);
	close_world(&w);
}

static void
test_plain(void **state)
{
	ordinary(FALSE);
}

static void
test_tls(void **state)
{
	ordinary(TRUE);
}

/* ---- who it is ----------------------------------------------------------- */

static void
test_wrong_ca(void **state)
{
	struct world w, other;

	open_world(&w, TRUE, serve_echo, NULL);
	open_world(&other, TRUE, serve_echo, NULL);
	rest_free(w.rest);
	assert_true(base_setting_set(w.settings, SET_CA_FILE,
	    test_server_ca(other.server), NULL));
	w.rest = rest_new(w.loop, w.settings, NULL);
	expect_error(&w, "metadata", NET_ERROR_TLS);
	assert_int_equal(test_server_count(w.server), 0);
	close_world(&other);
	close_world(&w);
}

/* A certificate of ours that is wanted, and files of ours that are not there, are
 * not the server's fault. */
static void
test_own_certificate(void **state)
{
	static const enum setting files[] = { SET_CLIENT_CERT, SET_CA_FILE };
	struct world w;

	open_world(&w, TRUE, serve_echo, NULL);
	test_server_demand(w.server);
	expect_error(&w, "metadata", NET_ERROR_HANDSHAKE);
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		rest_free(w.rest);
		assert_true(base_setting_set(w.settings, files[i],
		    "/nonexistent/of-mine.pem", NULL));
		w.rest = rest_new(w.loop, w.settings, NULL);
		expect_error(&w, "metadata", NET_ERROR_CONFIG);
	}
	assert_int_equal(test_server_count(w.server), 0);
	close_world(&w);
}

static void
test_server_down(void **state)
{
	struct world w;

	open_world(&w, FALSE, serve_echo, NULL);
	test_server_free(w.server);
	expect_error(&w, "metadata", NET_ERROR_OFFLINE);
	w.server = test_server_new(FALSE, serve_echo, NULL);
	close_world(&w);
}

static void
test_plain_http_elsewhere(void **state)
{
	struct world w;
	g_autoptr(GError) error = NULL;
	struct rest_request bare = { .url = "http://192.0.2.1/token",
		.bare = TRUE, .elsewhere = TRUE };

	open_world(&w, FALSE, serve_echo, NULL);
	assert_null(rest_once(w.rest, &bare, &error));
	assert_int_equal(error->code, NET_ERROR_LINK);
	close_world(&w);
}

static void
test_other_origin(void **state)
{
	static const char *const urls[] = { "https://evil.example/fhir/Patient",
		"http://127.0.0.1:1/fhir/Patient", "//evil.example/x",
		"ftp://127.0.0.1/x", "http://user@127.0.0.1/x", "file:///etc/x" };
	struct world w;

	open_world(&w, FALSE, serve_echo, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(urls); i++)
		expect_error(&w, urls[i], NET_ERROR_LINK);
	assert_int_equal(test_server_count(w.server), 0);
	close_world(&w);
}

/* ---- redirects ----------------------------------------------------------- */

struct redirect { const char *status, *to; int port; };

static void
serve_redirect(struct test_peer *p, const struct test_request *r, void *user)
{
	const struct redirect *redirect = user;
	g_autofree char *auth = test_header(r, "authorization");
	g_autofree char *line = NULL;

	if (strcmp(r->path, "/fhir/end") == 0) {
		test_answer(p, "200 OK", NULL, auth ? auth : "no token");
		return;
	}
	if (redirect->port)
		line = g_strdup_printf("Location: http://127.0.0.1:%d/fhir/end"
		    "\r\n", redirect->port);
	else
		line = g_strdup_printf("Location: %s\r\n", redirect->to);
	test_answer(p, redirect->status, line, "");
}

static void
test_redirect_here(void **state)
{
	struct redirect redirect = { "302 Found", "/fhir/end", 0 };
	struct world w;
	struct rest_answer *answer;

	open_world(&w, FALSE, serve_redirect, &redirect);
	answer = rest_get(w.rest, "begin", NULL);
	assert_string_equal(answer->body, "Bearer first-token");
	assert_true(g_str_has_suffix(answer->url, "/fhir/end"));
	rest_answer_free(answer);
	close_world(&w);
}

/* The other origin must hear nothing at all, least of all the token. */
static void
test_redirect_elsewhere(void **state)
{
	struct world other, w;
	struct redirect redirect = { "307 Temporary Redirect", NULL, 0 };

	open_world(&other, FALSE, serve_echo, NULL);
	redirect.port = test_server_port(other.server);
	open_world(&w, FALSE, serve_redirect, &redirect);
	expect_error(&w, "begin", NET_ERROR_REDIRECT);
	assert_int_equal(test_server_count(other.server), 0);
	close_world(&w);
	close_world(&other);
}

static void
test_redirect_loop(void **state)
{
	struct redirect redirect = { "301 Moved", "/fhir/begin", 0 };
	struct world w;

	open_world(&w, FALSE, serve_redirect, &redirect);
	expect_error(&w, "begin", NET_ERROR_REDIRECT);
	assert_int_equal(test_server_count(w.server), 6);
	close_world(&w);
}

/* ---- bodies -------------------------------------------------------------- */

static void
serve_flood(struct test_peer *p, const struct test_request *r, void *user)
{
	static char block[65536];

	memset(block, ' ', sizeof(block));
	test_printf(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 1600; i++)
		if (!test_printf(p, "%zx\r\n", sizeof(block)) ||
		    !test_write(p, block, sizeof(block)) ||
		    !test_write(p, "\r\n", 2))
			return;
	test_write(p, "0\r\n\r\n", 5);
}

static void
serve_huge_length(struct test_peer *p, const struct test_request *r,
    void *user)
{
	test_printf(p, "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n");
	test_stall(p);
}

static GBytes *
bomb(void)
{
	g_autoptr(GZlibCompressor) gz = g_zlib_compressor_new(
	    G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
	g_autoptr(GOutputStream) memory =
	    g_memory_output_stream_new_resizable();
	g_autoptr(GOutputStream) out = g_converter_output_stream_new(memory,
	    G_CONVERTER(gz));
	g_autofree char *zeros = g_malloc0(1 << 20);

	for (int i = 0; i < 32; i++)
		assert_true(g_output_stream_write_all(out, zeros, 1 << 20,
		    NULL, NULL, NULL));
	assert_true(g_output_stream_close(out, NULL, NULL));
	return g_memory_output_stream_steal_as_bytes(
	    G_MEMORY_OUTPUT_STREAM(memory));
}

static void
serve_bomb(struct test_peer *p, const struct test_request *r, void *user)
{
	gsize len;
	const void *bytes = g_bytes_get_data(user, &len);

	test_printf(p, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
	    "Content-Length: %zu\r\n\r\n", len);
	test_write(p, bytes, len);
}

static void
serve_chunks(struct test_peer *p, const struct test_request *r, void *user)
{
	test_printf(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n");
}

static void
serve_cut(struct test_peer *p, const struct test_request *r, void *user)
{
	test_printf(p, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"re");
}

static void
serve_noise(struct test_peer *p, const struct test_request *r, void *user)
{
	test_write(p, "\x16\x03\x01\x02 hello\n\n\n", 13);
}

static void
serve_stall(struct test_peer *p, const struct test_request *r, void *user)
{
	test_stall(p);
}

static void
test_bodies(void **state)
{
	g_autoptr(GBytes) bytes = bomb();
	const struct { test_serve_fn *serve; int error; } cases[] = {
		{ serve_flood, NET_ERROR_TOO_BIG },
		{ serve_huge_length, NET_ERROR_TOO_BIG },
		{ serve_bomb, NET_ERROR_TOO_BIG },
		{ serve_cut, NET_ERROR_OFFLINE },
		{ serve_noise, NET_ERROR_NOT_FHIR },
		{ serve_stall, NET_ERROR_TIMEOUT },
	};

	assert_true(g_bytes_get_size(bytes) < 100000);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct world w;
		open_world(&w, FALSE, cases[i].serve, bytes);
		expect_error(&w, "Patient", cases[i].error);
		close_world(&w);
	}
}

static void
test_chunked(void **state)
{
	struct world w;
	struct rest_answer *answer;

	open_world(&w, FALSE, serve_chunks, NULL);
	answer = rest_get(w.rest, "x", NULL);
	assert_string_equal(answer->body, "{\"a\":1}");
	rest_answer_free(answer);
	close_world(&w);
}

/* ---- refusals ------------------------------------------------------------ */

#define OUTCOME "{\"resourceType\":\"OperationOutcome\",\"issue\":[{" \
	"\"severity\":\"error\",\"code\":\"invalid\",\"details\":{\"text\":" \
	"\"Kein Zutritt\\u001b[2J\"}}]}"

static void
serve_status(struct test_peer *p, const struct test_request *r, void *user)
{
	test_answer(p, user, "X-Request-Id: q9\r\n", OUTCOME);
}

static void
test_statuses(void **state)
{
	static const struct { const char *status; int error; } cases[] = {
		{ "400 Bad Request", NET_ERROR_INVALID },
		{ "401 Unauthorized", NET_ERROR_LOGIN },
		{ "403 Forbidden", NET_ERROR_REFUSED },
		{ "404 Not Found", NET_ERROR_NOT_FOUND },
		{ "410 Gone", NET_ERROR_GONE },
		{ "412 Precondition Failed", NET_ERROR_CONFLICT },
		{ "422 Unprocessable", NET_ERROR_INVALID },
		{ "429 Too Many", NET_ERROR_THROTTLED },
		{ "500 Oops", NET_ERROR_SERVER },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct world w;
		struct rest_request get = { .url = "x" };
		g_autoptr(GError) error = NULL;
		struct rest_answer *answer;
		open_world(&w, FALSE, serve_status,
		    (void *)(uintptr_t)cases[i].status);
		answer = rest_once(w.rest, &get, NULL);
		assert_non_null(answer);
		assert_false(rest_ok(w.rest, answer, &error));
		assert_int_equal(error->code, cases[i].error);
		assert_non_null(strstr(error->message, "Kein Zutritt"));
		assert_non_null(strstr(error->message, "q9"));
		assert_null(strchr(error->message, 0x1b));
		rest_answer_free(answer);
		close_world(&w);
	}
}

static void
serve_expired(struct test_peer *p, const struct test_request *r, void *user)
{
	g_autofree char *auth = test_header(r, "authorization");

	if (strcmp(auth, "Bearer second-token") == 0)
		test_answer(p, "200 OK", NULL, "fine");
	else
		test_answer(p, "401 Unauthorized", NULL, OUTCOME);
}

static void
test_expired_token(void **state)
{
	struct world w;
	struct rest_answer *answer;

	open_world(&w, FALSE, serve_expired, NULL);
	answer = rest_get(w.rest, "x", NULL);
	assert_int_equal(answer->status, 200);
	assert_int_equal(fresh_tokens, 1);
	assert_int_equal(test_server_count(w.server), 2);
	rest_answer_free(answer);
	close_world(&w);
}

/* ---- quiet times --------------------------------------------------------- */

struct busy { int left; const char *headers; };

static void
serve_busy(struct test_peer *p, const struct test_request *r, void *user)
{
	struct busy *busy = user;

	if (busy->left-- > 0)
		test_answer(p, "429 Too Many", busy->headers, OUTCOME);
	else
		test_answer(p, "200 OK", NULL, "fine");
}

static void
test_throttled(void **state)
{
	static const char *const headers[] = { "Retry-After: 0\r\n",
		"RateLimit: \"fhir\";r=0;t=0\r\n", NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
		struct busy busy = { headers[i] ? 3 : 1, headers[i] };
		struct world w;
		struct rest_answer *answer;
		open_world(&w, FALSE, serve_busy, &busy);
		answer = rest_get(w.rest, "x", NULL);
		assert_int_equal(answer->status, 200);
		assert_int_equal(test_server_count(w.server),
		    headers[i] ? 4 : 2);
		rest_answer_free(answer);
		close_world(&w);
	}
}

static void
test_asked_to_wait(void **state)
{
	struct busy busy = { 1, "Retry-After: 30\r\n" };
	struct rest_request get = { .url = "x" };
	struct world w;
	struct rest_answer *answer;

	open_world(&w, FALSE, serve_busy, &busy);
	answer = rest_once(w.rest, &get, NULL);
	assert_int_equal(answer->retry_ms, 30000);
	assert_true(rest_not_before_ms(w.rest) > base_mono_ms() + 20000);
	rest_answer_free(answer);
	close_world(&w);
}

static void
test_backoff(void **state)
{
	static const int64_t least_ms[] = { 500, 1000, 2000, 4000, 8000, 16000,
		30000, 30000 };
	struct world w;

	open_world(&w, FALSE, serve_echo, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(least_ms); i++)
		assert_int_equal(rest_backoff_ms(w.rest, (int)i + 1),
		    least_ms[i]);
	close_world(&w);
}

static void
test_stopped(void **state)
{
	struct world w;

	open_world(&w, FALSE, serve_stall, NULL);
	loop_stop(w.loop);
	expect_error(&w, "x", NET_ERROR_STOPPED);
	close_world(&w);
}

/* ---- while it comes ------------------------------------------------------ */

enum { HALF = 50000 };

struct slow {
	GAsyncQueue *seen;      /* the client has the first half */
	struct world *world;
	int64_t done, total;
	int calls, inner;
};

static void
serve_halves(struct test_peer *p, const struct test_request *r, void *user)
{
	struct slow *slow = user;
	g_autofree char *half = g_malloc0(HALF);

	if (!strstr(r->path, "large")) {
		test_answer(p, "200 OK", NULL, "small");
		return;
	}
	test_printf(p, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n"
	    "Content-Type: image/png\r\n\r\n", 2 * HALF);
	test_write(p, half, HALF);
	g_async_queue_pop(slow->seen);
	test_write(p, half, HALF);
}

/* Another request is made when the large one is half here. */
static void
on_half(void *user, int64_t done, int64_t total)
{
	struct slow *slow = user;

	assert_true(done >= slow->done);
	slow->calls++;
	slow->done = done;
	slow->total = total;
	if (slow->inner || done < HALF)
		return;
	slow->inner++;
	/* The server has one thread: the rest first, then the small one. */
	g_async_queue_push(slow->seen, slow);
	{
		BASE_AUTO(rest_answer) a = rest_get(slow->world->rest, "small",
		    NULL);

		assert_string_equal(a->body, "small");
	}
}

static void
test_meanwhile(void **state)
{
	struct world w;
	struct slow slow = { .seen = g_async_queue_new(), .world = &w };
	struct rest_request request = { .url = "large", .meanwhile = on_half,
		.meanwhile_user = &slow };

	open_world(&w, FALSE, serve_halves, &slow);
	{
		BASE_AUTO(rest_answer) a = rest_ask(w.rest, &request, NULL);

		assert_non_null(a);
		assert_int_equal(a->len, 2 * HALF);
	}
	assert_int_equal(slow.inner, 1);
	assert_int_equal(slow.total, 2 * HALF);
	assert_true(slow.done >= HALF && slow.done < 2 * HALF + 1);
	close_world(&w);
	g_async_queue_unref(slow.seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meanwhile),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_wrong_ca),
		cmocka_unit_test(test_own_certificate),
		cmocka_unit_test(test_server_down),
		cmocka_unit_test(test_plain_http_elsewhere),
		cmocka_unit_test(test_other_origin),
		cmocka_unit_test(test_redirect_here),
		cmocka_unit_test(test_redirect_elsewhere),
		cmocka_unit_test(test_redirect_loop),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_chunked),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_expired_token),
		cmocka_unit_test(test_throttled),
		cmocka_unit_test(test_asked_to_wait),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
