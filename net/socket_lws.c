/* SPDX-License-Identifier: Apache-2.0 */
/* The socket's own thread: it connects, cuts what comes into frames, sends what
 * it is told to, and says once how each connection ended. */
#include <string.h>
#include "net/socket_room.h"

enum { OUT_MAX = 64 };

/* ---- telling ------------------------------------------------------------- */

/* FALSE: the main thread is too far behind for this frame. */
static gboolean
tell(struct wire *w, enum socket_kind kind, struct frame *frame, char *reason)
{
	struct socket_event *event = g_new0(struct socket_event, 1);
	struct line *line = w->line;
	size_t len = frame ? frame->len : 0;
	gboolean fits;

	event->kind = kind;
	event->turn = w->open->turn;
	event->frame = frame;
	event->reason = reason;
	event->untrusted = w->untrusted;
	pthread_mutex_lock(&line->mutex);
	fits = line->waiting_bytes + len <= w->open->limits.size_bytes;
	if (fits) {
		line->waiting_bytes += len;
		g_queue_push_tail(&line->events, event);
		if (line->loop)
			loop_wake(line->loop);
	}
	pthread_mutex_unlock(&line->mutex);
	if (!fits)
		socket_event_free(event);
	return fits;
}

static void
clear(struct wire *w)
{
	while (!g_queue_is_empty(&w->out))
		g_string_free(g_queue_pop_head(&w->out), TRUE);
	g_byte_array_set_size(w->in, 0);
	g_clear_pointer(&w->distrust, g_free);
	w->untrusted = FALSE;
	w->wsi = NULL;
	w->busy = FALSE;
}

/* lws may return a failed connect, call back, or both: the first one tells. */
static void
ended(struct wire *w, const char *words)
{
	if (!w->busy)
		return;
	if (w->distrust)
		words = w->distrust;
	tell(w, SOCKET_CLOSED, NULL, g_strdup(words));
	clear(w);
}

/* ---- connecting ---------------------------------------------------------- */

static void
choose_proxy(struct wire *w, const struct order *o)
{
	g_autofree char *proxy = NULL;

	if (!o->by_proxy)
		return;
	proxy = g_strdup_printf("%s%s:%d", w->proxy_login, o->address,
	    w->proxy_port);
	lws_set_proxy(w->vhost, proxy);
}

static void
connect_to(struct wire *w, struct order *o)
{
	g_autofree char *host = origin_text(&w->origin);
	const char *name = strstr(host, "://") + 3;
	struct lws_client_connect_info info = {
		.context = w->lws, .vhost = w->vhost, .port = w->origin.port,
		.address = o->by_proxy ? w->origin.host : o->address,
		.host = name, .path = o->text, .pwsi = &w->wsi,
		.ietf_version_or_minus_one = -1, .userdata = w,
		.local_protocol_name = "feed", .alpn = "http/1.1",
	};

	clear(w);
	if (w->open)
		order_free(w->open);
	w->open = o;
	w->busy = TRUE;
	choose_proxy(w, o);
	/* The name was put into the context's own check of the certificate,
	 * where an address too is compared as what it is. */
	if (w->tls)
		info.ssl_connection = LCCSCF_USE_SSL |
		    LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	if (!lws_client_connect_via_info(&info))
		ended(w, "not connected");
}

/* The upgrade's own login, where a dialect needs one. */
static int
add_login(struct wire *w, struct lws *wsi, void *in, size_t len)
{
	unsigned char **at = in, *end = *at + len;
	g_autofree char *value = NULL;
	int rc;

	if (!w->open || !w->open->token)
		return 0;
	value = g_strconcat("Bearer ", w->open->token, NULL);
	rc = lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_AUTHORIZATION,
	    (unsigned char *)value, (int)strlen(value), at, end);
	explicit_bzero(value, strlen(value));
	return rc ? -1 : 0;
}

/* ---- receiving ----------------------------------------------------------- */

static void
kill_soon(struct lws *wsi)
{
	lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

/*
 * Never by returning -1 from a receive: lws 4.1.6 then waits for the peer's
 * close with its buffer full, and writes what the peer sends behind its end
 * (seen under valgrind with a frame of 200 kB).
 */
static void
give_up(struct wire *w, const char *why)
{
	struct lws *wsi = w->wsi;

	ended(w, why);
	kill_soon(wsi);
}

static void
take_frame(struct wire *w)
{
	size_t len = w->in->len;
	struct frame *frame;

	g_byte_array_append(w->in, (const guint8 *)"", 1);
	frame = frame_read(w->open->dialect, (char *)g_byte_array_free(w->in,
	    FALSE), len, &w->open->limits);
	w->in = g_byte_array_new();
	/* They come for ever; the main thread need not wake for them unless one
	 * counts events. */
	if ((frame->kind == FRAME_HEARTBEAT && !frame->number) ||
	    frame->kind == FRAME_NOTHING) {
		frame_free(frame);
	} else if (!tell(w, SOCKET_FRAME, frame, NULL)) {
		give_up(w, "more frames than can be kept");
	}
}

static void
receive(struct wire *w, struct lws *wsi, const void *in, size_t len)
{
	if (w->in->len + len > w->open->limits.size_bytes) {
		give_up(w, "a frame larger than body_cap_bytes");
		return;
	}
	g_byte_array_append(w->in, in, (guint)len);
	if (lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi))
		take_frame(w);
}

/* ---- sending ------------------------------------------------------------- */

static int
send_one(struct wire *w, struct lws *wsi)
{
	GString *text = g_queue_pop_head(&w->out);
	int len, n;

	if (!text)
		return 0;
	len = (int)text->len - LWS_PRE;
	n = lws_write(wsi, (unsigned char *)text->str + LWS_PRE, (size_t)len,
	    LWS_WRITE_TEXT);
	explicit_bzero(text->str, text->len);
	g_string_free(text, TRUE);
	if (n < len)
		return -1;
	if (!g_queue_is_empty(&w->out))
		lws_callback_on_writable(wsi);
	return 0;
}

static void
say(struct wire *w, const char *words)
{
	GString *text;

	if (!w->wsi || g_queue_get_length(&w->out) >= OUT_MAX)
		return;
	text = g_string_sized_new(LWS_PRE + strlen(words) + 1);
	g_string_set_size(text, LWS_PRE);
	g_string_append(text, words);
	g_queue_push_tail(&w->out, text);
	lws_callback_on_writable(w->wsi);
}

static void
shut(struct wire *w)
{
	struct lws *wsi = w->wsi;

	clear(w);
	if (wsi)
		kill_soon(wsi);
}

/* ---- orders -------------------------------------------------------------- */

static void
obey(struct wire *w, struct order *order)
{
	switch (order->kind) {
	case ORDER_OPEN:
		connect_to(w, order); /* keeps it */
		return;
	case ORDER_SAY:
		if (w->open && order->turn == w->open->turn)
			say(w, order->text);
		break;
	case ORDER_SHUT:
		shut(w);
		break;
	case ORDER_STOP:
		w->stop = TRUE;
		break;
	}
	order_free(order);
}

static struct order *
next_order(struct wire *w)
{
	struct order *order;

	pthread_mutex_lock(&w->line->mutex);
	order = g_queue_pop_head(&w->line->orders);
	pthread_mutex_unlock(&w->line->mutex);
	return order;
}

static void
obey_all(struct wire *w)
{
	struct order *order;

	while (!w->stop && (order = next_order(w)))
		obey(w, order);
}

/* What concerns the one connection that counts. */
static int
happened(struct wire *w, struct lws *wsi, enum lws_callback_reasons reason,
    void *in, size_t len)
{
	g_autofree char *words = NULL;

	switch (reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return add_login(w, wsi, in, len);
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		tell(w, SOCKET_OPENED, NULL, NULL);
		return 0;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		receive(w, wsi, in, len);
		return 0;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return send_one(w, wsi);
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		words = in ? g_strndup(in, len) : NULL;
		ended(w, words ? words : "not connected");
		return 0;
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_WSI_DESTROY:
		ended(w, "closed");
		return 0;
	default:
		return 0;
	}
}

int
wire_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
    void *in, size_t len)
{
	struct wire *w = lws_context_user(lws_get_context(wsi));

	if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED) {
		obey_all(w);
		return 0;
	}
	/* From one that was shut and is not yet gone nothing is taken. */
	return w && w->busy && wsi == w->wsi
	    ? happened(w, wsi, reason, in, len) : 0;
}

gpointer
wire_run(gpointer p)
{
	struct wire *w = p;

	while (!w->stop && lws_service(w->lws, 0) >= 0)
		;
	return NULL;
}
