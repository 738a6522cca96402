/* SPDX-License-Identifier: Apache-2.0 */
/* The main thread's end: orders go out, events come in, names are looked up on
 * a thread that nobody waits for. */
#include <netdb.h>
#include <string.h>
#include "net/socket_room.h"

struct socket {
	struct wire *wire;
	struct line *line;
	GThread *thread;
	char *look_host;     /* the server's, or its proxy's */
	gboolean by_proxy;
	int turn;
	guint looked;        /* which of a name's addresses is next */
};

/* ---- the line ------------------------------------------------------------ */

void
order_free(struct order *order)
{
	if (order->token)
		explicit_bzero(order->token, strlen(order->token));
	if (order->text)
		explicit_bzero(order->text, strlen(order->text));
	g_free(order->token);
	g_free(order->text);
	g_free(order->address);
	g_free(order);
}

void
socket_event_free(struct socket_event *event)
{
	if (!event)
		return;
	frame_free(event->frame);
	g_free(event->reason);
	g_free(event);
}

static void
line_clear(void *p)
{
	struct line *line = p;

	while (!g_queue_is_empty(&line->orders))
		order_free(g_queue_pop_head(&line->orders));
	while (!g_queue_is_empty(&line->events))
		socket_event_free(g_queue_pop_head(&line->events));
	pthread_mutex_destroy(&line->mutex);
}

static void
line_unref(struct line *line)
{
	g_atomic_rc_box_release_full(line, line_clear);
}

static struct line *
line_new(struct loop *loop)
{
	struct line *line = g_atomic_rc_box_new0(struct line);

	pthread_mutex_init(&line->mutex, NULL);
	g_queue_init(&line->orders);
	g_queue_init(&line->events);
	line->loop = loop;
	return line;
}

/* lws_cancel_service() is the one call of lws that any thread may make. */
static void
line_order(struct line *line, struct order *order)
{
	pthread_mutex_lock(&line->mutex);
	if (line->lws) {
		g_queue_push_tail(&line->orders, order);
		lws_cancel_service(line->lws);
		order = NULL;
	}
	pthread_mutex_unlock(&line->mutex);
	if (order)
		order_free(order);
}

static void
line_tell(struct line *line, struct socket_event *event)
{
	pthread_mutex_lock(&line->mutex);
	g_queue_push_tail(&line->events, event);
	if (line->loop)
		loop_wake(line->loop);
	pthread_mutex_unlock(&line->mutex);
}

/* ---- names --------------------------------------------------------------- */

/* A look-up may take a minute; whoever asked may be gone by then. */
struct look {
	struct line *line;
	struct order *order;
	char *host;
	guint which;
};

static char *
numeric(const struct addrinfo *list, guint which)
{
	char text[NI_MAXHOST];
	const struct addrinfo *a = list;
	guint n = 0;

	for (const struct addrinfo *each = list; each; each = each->ai_next)
		n++;
	for (which %= MAX(n, 1); which > 0; which--)
		a = a->ai_next;
	if (!a || getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text),
	    NULL, 0, NI_NUMERICHOST) != 0)
		return NULL;
	return g_strdup(text);
}

static char *
look_up(const char *host, guint which, const char **words_out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list = NULL;
	int err = getaddrinfo(host, NULL, &hints, &list);
	char *address = err == 0 ? numeric(list, which) : NULL;

	*words_out = err ? gai_strerror(err) : "no address";
	if (list)
		freeaddrinfo(list);
	return address;
}

static gpointer
look_run(gpointer p)
{
	struct look *look = p;
	const char *words;
	struct socket_event *event;

	look->order->address = look_up(look->host, look->which, &words);
	if (look->order->address) {
		line_order(look->line, look->order);
	} else {
		event = g_new0(struct socket_event, 1);
		event->kind = SOCKET_CLOSED;
		event->turn = look->order->turn;
		event->reason = g_strdup(words);
		line_tell(look->line, event);
		order_free(look->order);
	}
	line_unref(look->line);
	g_free(look->host);
	g_free(look);
	return NULL;
}

/* ---- orders -------------------------------------------------------------- */

static struct order *
order_new(struct socket *s, enum order_kind kind, const char *text)
{
	struct order *order = g_new0(struct order, 1);

	order->kind = kind;
	order->turn = s->turn;
	order->text = g_strdup(text);
	return order;
}

void
socket_open(struct socket *s, const struct dialect *dialect,
    const struct fhir_limits *limits, const char *path, const char *token)
{
	struct look *look = g_new0(struct look, 1);

	socket_shut(s);
	look->order = order_new(s, ORDER_OPEN, path);
	look->order->token = g_strdup(token);
	look->order->dialect = dialect;
	look->order->limits = *limits;
	look->order->by_proxy = s->by_proxy;
	look->host = g_strdup(s->look_host);
	look->which = s->looked++;
	look->line = g_atomic_rc_box_acquire(s->line);
	g_thread_unref(g_thread_new("look-up", look_run, look));
}

void
socket_say(struct socket *s, const char *text)
{
	line_order(s->line, order_new(s, ORDER_SAY, text));
}

void
socket_shut(struct socket *s)
{
	s->turn++;
	line_order(s->line, order_new(s, ORDER_SHUT, NULL));
}

struct socket_event *
socket_next(struct socket *s)
{
	struct socket_event *event;

	do {
		pthread_mutex_lock(&s->line->mutex);
		event = g_queue_pop_head(&s->line->events);
		if (event && event->frame)
			s->line->waiting_bytes -= event->frame->len;
		pthread_mutex_unlock(&s->line->mutex);
		if (!event || event->turn == s->turn)
			return event;
		socket_event_free(event);
	} while (TRUE);
}

/* ---- life ---------------------------------------------------------------- */

static const struct lws_protocols protocols[] = {
	{ .name = "feed", .callback = wire_callback, .rx_buffer_size = 65536 },
	{ 0 }
};

static void
no_log(int level, const char *text)
{
}

static gboolean
make_lws(struct wire *wire, int timeout_s)
{
	static const lws_retry_bo_t idle = { .secs_since_valid_ping = 120,
		.secs_since_valid_hangup = 150 };
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN, .protocols = protocols,
		.user = wire, .gid = -1, .uid = -1, .vhost_name = "feed",
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		.timeout_secs = (unsigned)timeout_s,
		.retry_and_idle_policy = &idle,
		.provided_client_ssl_ctx = wire->tls,
		/* Ours to choose: lws would take http_proxy by itself. */
		.http_proxy_address = "",
	};

	lws_set_log_level(0, no_log);
	if (wire->tls)
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	wire->lws = lws_create_context(&info);
	if (wire->lws)
		wire->vhost = lws_create_vhost(wire->lws, &info);
	return wire->vhost != NULL;
}

static gboolean
find_way(struct socket *s, const struct base_settings *settings,
    GError **error)
{
	struct wire *wire = s->wire;
	struct socket_proxy proxy = { 0 };

	if (!socket_proxy_for(settings, &wire->origin, &proxy, error))
		return FALSE;
	s->by_proxy = proxy.host != NULL;
	s->look_host = s->by_proxy ? proxy.host : g_strdup(wire->origin.host);
	wire->proxy_port = proxy.port;
	wire->proxy_login = proxy.login;
	return TRUE;
}

struct socket *
socket_new(struct loop *loop, const struct base_settings *settings,
    const struct origin *origin, GError **error)
{
	BASE_AUTO(socket) s = g_new0(struct socket, 1);
	struct wire *wire = s->wire = g_new0(struct wire, 1);

	s->line = wire->line = line_new(loop);
	wire->origin.scheme = g_strdup(origin->scheme);
	wire->origin.host = g_strdup(origin->host);
	wire->origin.port = origin->port;
	g_queue_init(&wire->out);
	wire->in = g_byte_array_new();
	if (!find_way(s, settings, error))
		return NULL;
	if (strcmp(origin->scheme, "https") == 0) {
		wire->tls = socket_tls_new(wire, settings, error);
		if (!wire->tls)
			return NULL;
	}
	if (!make_lws(wire, (int)base_setting_int(settings,
	    SET_TIMEOUT_SECONDS))) {
		net_error_set(error, NET_ERROR_CONFIG, origin->host,
		    "libwebsockets");
		return NULL;
	}
	s->line->lws = wire->lws;
	s->thread = g_thread_new("socket", wire_run, wire);
	return g_steal_pointer(&s);
}

static void
wire_free(struct wire *wire)
{
	if (wire->lws)
		lws_context_destroy(wire->lws);
	SSL_CTX_free(wire->tls);
	if (wire->open)
		order_free(wire->open);
	while (!g_queue_is_empty(&wire->out))
		g_string_free(g_queue_pop_head(&wire->out), TRUE);
	g_byte_array_unref(wire->in);
	origin_clear(&wire->origin);
	g_free(wire->proxy_login);
	g_free(wire->distrust);
	g_free(wire);
}

void
socket_free(struct socket *s)
{
	if (!s)
		return;
	if (s->thread) {
		line_order(s->line, order_new(s, ORDER_STOP, NULL));
		g_thread_join(s->thread);
	}
	/* A look-up under way finds nobody any more. */
	pthread_mutex_lock(&s->line->mutex);
	s->line->lws = NULL;
	s->line->loop = NULL;
	pthread_mutex_unlock(&s->line->mutex);
	wire_free(s->wire);
	line_unref(s->line);
	g_free(s->look_host);
	g_free(s);
}

char *
socket_path(const char *base, const char *url, char *const *aliases)
{
	g_autofree char *plain = NULL, *full = NULL;
	struct origin origin;
	const char *path;

	if (g_ascii_strncasecmp(url, "ws://", 5) == 0)
		plain = g_strconcat("http", url + 2, NULL);
	else if (g_ascii_strncasecmp(url, "wss://", 6) == 0)
		plain = g_strconcat("https", url + 3, NULL);
	full = origin_resolve(base, plain ? plain : url, aliases);
	if (!full || !origin_parse(full, &origin))
		return NULL;
	origin_clear(&origin);
	path = strchr(strstr(full, "://") + 3, '/');
	return g_strdup(path ? path : "/");
}
