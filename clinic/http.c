/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 on lws: a request is gathered whole, answered by gate.c, and sent.
 * Traps of 4.1.6 that are met here: chunked bodies hang (411 instead), Expect is
 * never answered (done here), session data survives keep-alive (remade at each
 * request, and is not there after a failed handshake), the path comes without its
 * first '/'.
 */
#include <gio/gio.h>
#include <string.h>

#include "clinic/feed.h"
#include "clinic/server.h"

#define PIECE_BYTES 65536
#define HEAD_BYTES 65536
#define GZIP_FROM_BYTES 1400
#define LINGER_MS 200

struct session {
	struct clinic_exchange *x;
	struct clinic_socket *socket; /* once it is a WebSocket */
	struct lws *wsi;
	gboolean lingering;
};

const size_t clinic_http_session_bytes = sizeof(struct session);

/* ---- an exchange -------------------------------------------------------- */

static void
exchange_free(struct clinic_exchange *x)
{
	if (!x)
		return;
	g_free(x->path);
	g_free(x->query_text);
	if (x->query)
		g_array_free(x->query, TRUE);
	g_hash_table_destroy(x->headers);
	g_string_free(x->body, TRUE);
	if (x->out)
		g_string_free(x->out, TRUE);
	g_ptr_array_free(x->extra, TRUE);
	clinic_answer_clear(&x->answer);
	g_free(x);
}

const char *
clinic_header(const struct clinic_exchange *x, const char *name)
{
	return g_hash_table_lookup(x->headers, name);
}

static const struct {
	enum lws_token_indexes token;
	const char *method;
} methods[] = {
	{ WSI_TOKEN_GET_URI, "GET" }, { WSI_TOKEN_POST_URI, "POST" },
	{ WSI_TOKEN_PUT_URI, "PUT" }, { WSI_TOKEN_DELETE_URI, "DELETE" },
	{ WSI_TOKEN_PATCH_URI, "PATCH" }, { WSI_TOKEN_HEAD_URI, "HEAD" },
	{ WSI_TOKEN_OPTIONS_URI, "OPTIONS" },
};

static const struct {
	enum lws_token_indexes token;
	const char *name;
} known_headers[] = {
	{ WSI_TOKEN_HOST, "host" },
	{ WSI_TOKEN_HTTP_ACCEPT, "accept" },
	{ WSI_TOKEN_HTTP_ACCEPT_ENCODING, "accept-encoding" },
	{ WSI_TOKEN_HTTP_AUTHORIZATION, "authorization" },
	{ WSI_TOKEN_HTTP_CONTENT_LENGTH, "content-length" },
	{ WSI_TOKEN_HTTP_CONTENT_TYPE, "content-type" },
	{ WSI_TOKEN_HTTP_CONTENT_ENCODING, "content-encoding" },
	{ WSI_TOKEN_HTTP_EXPECT, "expect" },
	{ WSI_TOKEN_HTTP_IF_MATCH, "if-match" },
	{ WSI_TOKEN_HTTP_IF_NONE_MATCH, "if-none-match" },
	{ WSI_TOKEN_HTTP_TRANSFER_ENCODING, "transfer-encoding" },
};

static const char *const own_headers[] = { "if-none-exist:", "prefer:",
	"x-security-context:" };

static char *
copy_token(struct lws *wsi, enum lws_token_indexes token)
{
	int n = lws_hdr_total_length(wsi, token);
	char *text = g_malloc(n + 1);

	if (lws_hdr_copy(wsi, text, n + 1, token) < 0)
		*text = 0;
	return text;
}

static void
copy_headers(struct clinic_exchange *x)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(known_headers); i++)
		if (lws_hdr_total_length(x->wsi, known_headers[i].token) > 0)
			g_hash_table_insert(x->headers,
			    g_strdup(known_headers[i].name),
			    copy_token(x->wsi, known_headers[i].token));
	for (i = 0; i < G_N_ELEMENTS(own_headers); i++) {
		const char *name = own_headers[i];
		int len = strlen(name);
		int n = lws_hdr_custom_length(x->wsi, name, len);
		char *value;
		if (n <= 0)
			continue;
		value = g_malloc0(n + 1);
		lws_hdr_custom_copy(x->wsi, value, n + 1, name, len);
		g_hash_table_insert(x->headers, g_strndup(name, len - 1),
		    value);
	}
}

/* lws has undone the escapes of each part: the query is put together from
 * parts that it kept apart. */
static void
copy_query(struct clinic_exchange *x)
{
	int i, n;

	x->query = clinic_query_new();
	for (i = 0; (n = lws_hdr_fragment_length(x->wsi,
	    WSI_TOKEN_HTTP_URI_ARGS, i)) > 0; i++) {
		g_autofree char *part = g_malloc(n + 1);
		char *eq;
		if (lws_hdr_copy_fragment(x->wsi, part, n + 1,
		    WSI_TOKEN_HTTP_URI_ARGS, i) < 0)
			break;
		eq = strchr(part, '=');
		if (eq)
			*eq++ = 0;
		clinic_query_add(x->query, part, eq ? eq : "");
	}
	x->query_text = clinic_query_text(x->query);
}

static struct clinic_exchange *
exchange_new(struct lws *wsi, const char *path)
{
	struct clinic_exchange *x = g_new0(struct clinic_exchange, 1);
	size_t i;

	x->server = lws_context_user(lws_get_context(wsi));
	x->wsi = wsi;
	x->method = "";
	for (i = 0; i < G_N_ELEMENTS(methods); i++)
		if (lws_hdr_total_length(wsi, methods[i].token) > 0)
			x->method = methods[i].method;
	x->path = g_strconcat(*path == '/' ? "" : "/", path, NULL);
	x->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    g_free);
	x->body = g_string_new(NULL);
	x->extra = g_ptr_array_new_with_free_func(g_free);
	copy_headers(x);
	copy_query(x);
	return x;
}

/* ---- sending ------------------------------------------------------------ */

static void
compress(struct clinic_exchange *x)
{
	g_autoptr(GZlibCompressor) z = NULL;
	GString *out;
	gsize in = 0;
	GConverterResult r = G_CONVERTER_CONVERTED;
	static char buf[PIECE_BYTES];

	if (!x->gzip || x->out->len < GZIP_FROM_BYTES)
		return;
	z = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 4);
	out = g_string_sized_new(x->out->len / 4);
	while (r != G_CONVERTER_FINISHED) {
		gsize took = 0, gave = 0;
		r = g_converter_convert(G_CONVERTER(z), x->out->str + in,
		    x->out->len - in, buf, sizeof(buf),
		    G_CONVERTER_INPUT_AT_END, &took, &gave, NULL);
		if (r == G_CONVERTER_ERROR) {
			g_string_free(out, TRUE);
			return;
		}
		in += took;
		g_string_append_len(out, buf, gave);
	}
	g_string_free(x->out, TRUE);
	x->out = out;
	g_ptr_array_add(x->extra, g_strdup("Content-Encoding:"));
	g_ptr_array_add(x->extra, g_strdup("gzip"));
}

struct head {
	struct lws *wsi;
	unsigned char *p, *end;
	gboolean failed;
};

static void
put(struct head *h, const char *name, const char *value)
{
	if (value && lws_add_http_header_by_name(h->wsi,
	    (const unsigned char *)name, (const unsigned char *)value,
	    strlen(value), &h->p, h->end))
		h->failed = TRUE;
}

static gboolean
no_body(const struct clinic_exchange *x)
{
	return x->answer.status == 204 || x->answer.status == 304;
}

static void
put_answer_headers(struct clinic_exchange *x, struct head *h)
{
	const struct clinic_answer *a = &x->answer;
	guint i;

	if (x->out->len)
		put(h, "Content-Type:", a->type ? a->type :
		    "application/fhir+json; charset=utf-8");
	put(h, "ETag:", a->etag);
	put(h, "Location:", a->location);
	put(h, "Last-Modified:", a->modified);
	put(h, "Allow:", a->allow);
	put(h, "Cache-Control:", "no-store");
	for (i = 0; i + 1 < x->extra->len; i += 2)
		put(h, x->extra->pdata[i], x->extra->pdata[i + 1]);
	if (x->close)
		put(h, "Connection:", "close");
}

static int
send_head(struct clinic_exchange *x)
{
	static unsigned char buf[LWS_PRE + HEAD_BYTES];
	struct head h = { x->wsi, buf + LWS_PRE, buf + sizeof(buf) - 1 };

	if (lws_add_http_header_status(x->wsi, x->answer.status, &h.p, h.end))
		return -1;
	put_answer_headers(x, &h);
	if (!no_body(x) && lws_add_http_header_content_length(x->wsi,
	    x->out->len, &h.p, h.end))
		return -1;
	if (h.failed || lws_finalize_write_http_header(x->wsi, buf + LWS_PRE,
	    &h.p, h.end))
		return -1;
	x->heads_sent = TRUE;
	return 0;
}

/* A close with unread bytes is a reset, which may overtake the answer: what
 * still comes is read and thrown away for a while. */
static void
linger(struct session *s)
{
	exchange_free(s->x);
	s->x = NULL;
	s->lingering = TRUE;
	lws_set_timer_usecs(s->wsi, LINGER_MS * LWS_US_PER_MS);
}

static int
done(struct session *s)
{
	gboolean close = s->x->close;
	struct lws *wsi = s->x->wsi;

	if (close && s->x->deaf) {
		linger(s);
		return 0;
	}
	exchange_free(s->x);
	s->x = NULL;
	if (close)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
send_piece(struct session *s)
{
	static unsigned char buf[LWS_PRE + PIECE_BYTES];
	struct clinic_exchange *x = s->x;
	size_t left = x->out->len - x->sent, n = MIN(left, PIECE_BYTES);
	gboolean last;

	if (!n || !strcmp(x->method, "HEAD") || no_body(x))
		return done(s);
	if (x->cut)
		n = MIN(n, x->out->len / 2);
	last = n == left;
	memcpy(buf + LWS_PRE, x->out->str + x->sent, n);
	if (lws_write(x->wsi, buf + LWS_PRE, n,
	    last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
		return -1;
	x->sent += n;
	if (x->cut)
		return -1;
	if (last)
		return done(s);
	lws_callback_on_writable(x->wsi);
	return 0;
}

static int
start_sending(struct session *s)
{
	struct clinic_exchange *x = s->x;

	if (x->drop)
		return -1;
	compress(x);
	if (send_head(x))
		return -1;
	if (!x->out->len || no_body(x))
		return done(s);
	lws_callback_on_writable(x->wsi);
	return 0;
}

/* ---- receiving ---------------------------------------------------------- */

static int
answer(struct session *s)
{
	struct clinic_exchange *x = s->x;
	const char *accept = clinic_header(x, "accept-encoding");

	x->gzip = accept && strstr(accept, "gzip");
	clinic_gate(x);
	if (!x->out)
		x->out = x->answer.body ? x->answer.body : g_string_new(NULL);
	if (x->out == x->answer.body)
		x->answer.body = NULL;
	if (x->delay_ms > 0) {
		lws_set_timer_usecs(x->wsi, x->delay_ms * LWS_USEC_PER_SEC /
		    1000);
		return 0;
	}
	return start_sending(s);
}

/* Answers without reading the body, and hangs up. */
static int
turn_away(struct session *s, int status, const char *why)
{
	clinic_answer_error(&s->x->answer, g_error_new_literal(CLINIC_ERROR,
	    status, why));
	s->x->out = g_steal_pointer(&s->x->answer.body);
	s->x->close = TRUE;
	s->x->deaf = TRUE;
	return start_sending(s);
}

static int
answer_expect(struct clinic_exchange *x)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	unsigned char buf[LWS_PRE + sizeof(go_on)];

	memcpy(buf + LWS_PRE, go_on, sizeof(go_on) - 1);
	return lws_write(x->wsi, buf + LWS_PRE, sizeof(go_on) - 1,
	    LWS_WRITE_HTTP_HEADERS) < 0 ? -1 : 0;
}

static int
begin(struct session *s, struct lws *wsi, const char *path)
{
	const char *length;
	gboolean body;

	exchange_free(s->x);
	s->wsi = wsi;
	s->lingering = FALSE;
	s->x = exchange_new(wsi, path);
	length = clinic_header(s->x, "content-length");
	body = !strcmp(s->x->method, "POST") || !strcmp(s->x->method, "PUT") ||
	    !strcmp(s->x->method, "PATCH");
	if (clinic_header(s->x, "transfer-encoding") || (body && !length))
		return turn_away(s, 411, "A Content-Length is needed");
	if (clinic_header(s->x, "content-encoding"))
		return turn_away(s, 415, "Bodies are taken plain only");
	if (length && g_ascii_strtoull(length, NULL, 10) >
	    (guint64)s->x->server->options.body_max)
		return turn_away(s, 413, "The body is too long");
	if (!body)
		return length && strcmp(length, "0") ?
		    turn_away(s, 400, "A body where none belongs") : answer(s);
	if (clinic_header(s->x, "expect"))
		return answer_expect(s->x);
	return 0;
}

static int
receive(struct session *s, const char *in, size_t len)
{
	if (s->lingering || (s->x && s->x->deaf))
		return 0;
	if (!s->x)
		return -1;
	if (s->x->body->len + len > (gsize)s->x->server->options.body_max)
		return -1;
	g_string_append_len(s->x->body, in, len);
	return 0;
}

int
clinic_http_callback(struct lws *wsi, enum lws_callback_reasons reason,
    void *session, void *in, size_t len)
{
	struct session *s = session;

	/* A TLS handshake that fails at once closes what never had one. */
	if (!s && reason == LWS_CALLBACK_CLOSED_HTTP)
		return 0;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return begin(s, wsi, in);
	case LWS_CALLBACK_HTTP_BODY:
		return receive(s, in, len);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (s->lingering || (s->x && s->x->deaf))
			return 0;
		return s->x ? answer(s) : -1;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return s->x && s->x->heads_sent ? send_piece(s) : 0;
	case LWS_CALLBACK_TIMER:
		if (s->socket)
			return clinic_socket_timer(s->socket);
		if (s->lingering)
			return -1;
		return s->x ? start_sending(s) : 0;
	case LWS_CALLBACK_CLOSED_HTTP:
		exchange_free(s->x);
		s->x = NULL;
		return 0;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return clinic_socket_allowed(wsi) ? 0 : -1;
	case LWS_CALLBACK_ESTABLISHED:
		s->socket = clinic_socket_new(wsi);
		return 0;
	case LWS_CALLBACK_RECEIVE:
		return clinic_socket_receive(s->socket, in, len,
		    lws_is_final_fragment(wsi) &&
		    !lws_remaining_packet_payload(wsi));
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return clinic_socket_write(s->socket);
	case LWS_CALLBACK_CLOSED:
		clinic_socket_free(s->socket);
		s->socket = NULL;
		return 0;
	default:
		return lws_callback_http_dummy(wsi, reason, session, in, len);
	}
}
