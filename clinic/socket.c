/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "clinic/feed.h"
#include "clinic/server.h"

#define INPUT_BYTES_MAX 65536
#define QUEUE_MAX 10000 /* frames a client may be behind */

/* A subscription bound to a socket. */
struct bound {
	char *id;
	int64_t ends_ms; /* then events stop and nobody says so */
};

struct clinic_socket {
	struct lws *wsi;
	struct clinic_feed *feed;
	GArray *bounds;
	GQueue queue;    /* of GString: LWS_PRE bytes, then the frame */
	GString *input;
	gboolean hang_up; /* once the queue is empty */
};

static void
bound_clear(void *p)
{
	g_free(((struct bound *)p)->id);
}

gboolean
clinic_socket_allowed(struct lws *wsi)
{
	char path[64] = "";

	return lws_hdr_copy(wsi, path, sizeof(path), WSI_TOKEN_GET_URI) > 0 &&
	    !strcmp(path, "/ws");
}

struct clinic_socket *
clinic_socket_new(struct lws *wsi)
{
	struct clinic_server *server = lws_context_user(lws_get_context(wsi));
	struct clinic_socket *s = g_new0(struct clinic_socket, 1);

	s->wsi = wsi;
	s->feed = server->clinic.feed;
	s->bounds = g_array_new(FALSE, FALSE, sizeof(struct bound));
	g_array_set_clear_func(s->bounds, bound_clear);
	g_queue_init(&s->queue);
	s->input = g_string_new(NULL);
	g_ptr_array_add(clinic_feed_ops(s->feed)->sockets, s);
	return s;
}

static void
string_free(void *p)
{
	g_string_free(p, TRUE);
}

/* Medplum: with the socket goes the Subscription. */
static void
drop_subscriptions(struct clinic_socket *s)
{
	struct clinic *c = clinic_feed_ops(s->feed)->c;
	guint i;

	for (i = 0; i < s->bounds->len; i++) {
		const char *id = g_array_index(s->bounds, struct bound, i).id;
		struct clinic_subscription *sub = clinic_feed_find(s->feed,
		    id);
		if (sub && !sub->dead)
			clinic_db_delete(c->db, "Subscription", id,
			    clinic_now_ms(c), NULL);
	}
}

void
clinic_socket_free(struct clinic_socket *s)
{
	if (!s)
		return;
	g_ptr_array_remove(clinic_feed_ops(s->feed)->sockets, s);
	if (clinic_feed_ops(s->feed)->c->dialect == DIALECT_MEDPLUM &&
	    !clinic_feed_ops(s->feed)->ending)
		drop_subscriptions(s);
	g_array_free(s->bounds, TRUE);
	g_queue_clear_full(&s->queue, string_free);
	g_string_free(s->input, TRUE);
	g_free(s);
}

/* ---- sending ------------------------------------------------------------ */

static void
send_text(struct clinic_socket *s, const char *text, size_t len)
{
	GString *frame = g_string_sized_new(LWS_PRE + len + 1);

	g_string_set_size(frame, LWS_PRE);
	g_string_append_len(frame, text, len);
	if (g_queue_get_length(&s->queue) >= QUEUE_MAX)
		s->hang_up = TRUE;
	g_queue_push_tail(&s->queue, frame);
	lws_callback_on_writable(s->wsi);
}

static void
send_words(struct clinic_socket *s, const char *word, const char *id)
{
	g_autofree char *text = g_strconcat(word, id ? " " : "", id, NULL);

	send_text(s, text, strlen(text));
}

static void
send_frame(struct clinic_socket *s, GString *frame)
{
	send_text(s, frame->str, frame->len);
	g_string_free(frame, TRUE);
}

/* For measuring how long a frame takes to a screen. */
static void
print_time(int len)
{
	printf("{\"frame_us\":%" G_GINT64_FORMAT ",\"bytes\":%d}\n",
	    g_get_monotonic_time(), len);
	fflush(stdout);
}

int
clinic_socket_write(struct clinic_socket *s)
{
	GString *frame = g_queue_pop_head(&s->queue);
	int n, len;

	if (!frame)
		return s->hang_up ? -1 : 0;
	len = frame->len - LWS_PRE;
	n = lws_write(s->wsi, (unsigned char *)frame->str + LWS_PRE, len,
	    LWS_WRITE_TEXT);
	g_string_free(frame, TRUE);
	if (n < len)
		return -1;
	if (clinic_feed_ops(s->feed)->frame_times)
		print_time(len);
	if (!g_queue_is_empty(&s->queue) || s->hang_up)
		lws_callback_on_writable(s->wsi);
	return 0;
}

/* ---- heartbeats --------------------------------------------------------- */

static void
arm(struct clinic_socket *s)
{
	lws_set_timer_usecs(s->wsi,
	    clinic_feed_ops(s->feed)->heartbeat_ms * LWS_US_PER_MS);
}

/* For every subscription ever bound here, also a dead or expired one. */
int
clinic_socket_timer(struct clinic_socket *s)
{
	struct clinic *c = clinic_feed_ops(s->feed)->c;
	guint i;

	for (i = 0; i < s->bounds->len; i++) {
		struct clinic_subscription *sub = clinic_feed_find(s->feed,
		    g_array_index(s->bounds, struct bound, i).id);
		if (sub)
			send_frame(s, clinic_frame(c, FRAME_HEARTBEAT, sub,
			    NULL, 0, NULL, 0));
	}
	arm(s);
	return 0;
}

/* ---- binding ------------------------------------------------------------ */

static void
bind_to(struct clinic_socket *s, const char *id, int64_t ends_ms)
{
	struct bound fresh = { g_strdup(id), ends_ms };
	guint i;

	for (i = 0; i < s->bounds->len; i++) {
		struct bound *b = &g_array_index(s->bounds, struct bound, i);
		if (strcmp(b->id, id))
			continue;
		b->ends_ms = MAX(b->ends_ms, ends_ms);
		g_free(fresh.id);
		return;
	}
	g_array_append_val(s->bounds, fresh);
}

static int
bind_token(struct clinic_socket *s, const char *token)
{
	struct clinic *c = clinic_feed_ops(s->feed)->c;
	const struct clinic_ticket *t = clinic_feed_ticket(s->feed, token);
	struct clinic_subscription *sub = t ?
	    clinic_feed_find(s->feed, t->subscription) : NULL;
	gboolean first = !s->bounds->len;

	if (!sub || t->ends_ms <= clinic_now_ms(c))
		return -1;
	bind_to(s, sub->id, t->ends_ms);
	send_frame(s, clinic_frame(c, FRAME_HANDSHAKE, sub, NULL, 0, NULL, 0));
	if (first)
		arm(s);
	return 0;
}

/* ---- what clients say --------------------------------------------------- */

static void
unbind(struct clinic_socket *s, const char *token)
{
	const struct clinic_ticket *t = clinic_feed_ticket(s->feed, token);
	guint i;

	for (i = 0; t && i < s->bounds->len; i++)
		if (!strcmp(g_array_index(s->bounds, struct bound, i).id,
		    t->subscription))
			g_array_remove_index(s->bounds, i--);
}

static int
hear_medplum(struct clinic_socket *s, const char *text, size_t len)
{
	json_t *said = json_loadb(text, len, 0, NULL);
	const char *type = json_string_value(json_object_get(said, "type"));
	const char *token = json_string_value(json_object_get(
	    json_object_get(said, "payload"), "token"));
	int rc = 0;

	if (!g_strcmp0(type, "bind-with-token") && token)
		rc = bind_token(s, token);
	else if (!g_strcmp0(type, "unbind-from-token") && token)
		unbind(s, token);
	else if (!g_strcmp0(type, "ping"))
		send_words(s, "{\"type\":\"pong\"}", NULL);
	else
		rc = -1;
	json_decref(said);
	return rc;
}

static int
hear_backport(struct clinic_socket *s, const char *text, size_t len)
{
	g_autofree char *line = g_strstrip(g_strndup(text, len));

	if (!g_str_has_prefix(line, "bind-with-token "))
		return -1;
	return bind_token(s, g_strchug(line + strlen("bind-with-token ")));
}

static int
hear_hapi(struct clinic_socket *s, const char *text, size_t len)
{
	g_autofree char *line = g_strstrip(g_strndup(text, len));
	struct clinic_subscription *sub;
	const char *id;

	if (!g_str_has_prefix(line, "bind ")) {
		send_words(s, "Unexpected client message", NULL);
		return 0;
	}
	id = line + strlen("bind ");
	if (g_str_has_prefix(id, "Subscription/"))
		id += strlen("Subscription/");
	sub = clinic_feed_find(s->feed, id);
	if (!sub || sub->dead || !sub->active) {
		send_words(s, "Invalid bind request - Unknown or inactive "
		    "subscription", NULL);
		s->hang_up = TRUE;
		return 0;
	}
	bind_to(s, id, INT64_MAX);
	send_words(s, "bound", id);
	return 0;
}

static int (*const hear[])(struct clinic_socket *s, const char *text,
    size_t len) = {
	[DIALECT_MEDPLUM] = hear_medplum,
	[DIALECT_BACKPORT] = hear_backport,
	[DIALECT_HAPI] = hear_hapi,
};

int
clinic_socket_receive(struct clinic_socket *s, const char *in, size_t len,
    gboolean final)
{
	int rc;

	if (!s || s->input->len + len > INPUT_BYTES_MAX)
		return -1;
	g_string_append_len(s->input, in, len);
	if (!final)
		return 0;
	rc = hear[clinic_feed_ops(s->feed)->c->dialect](s, s->input->str,
	    s->input->len);
	g_string_truncate(s->input, 0);
	return rc;
}

/* ---- events ------------------------------------------------------------- */

static gboolean
is_bound(const struct clinic_socket *s, const char *id, int64_t now_ms)
{
	guint i;

	for (i = 0; i < s->bounds->len; i++) {
		const struct bound *b = &g_array_index(s->bounds, struct bound,
		    i);
		if (!strcmp(b->id, id))
			return b->ends_ms > now_ms;
	}
	return FALSE;
}

void
clinic_sockets_tell(struct clinic_feed *f, struct clinic_subscription *sub,
    const struct clinic_event *event, const char *body, size_t len)
{
	struct clinic_feed_ops *ops = clinic_feed_ops(f);
	int64_t now_ms = clinic_now_ms(ops->c);
	guint i;

	for (i = 0; i < ops->sockets->len && !ops->silent; i++) {
		struct clinic_socket *s = ops->sockets->pdata[i];
		if (!is_bound(s, sub->id, now_ms))
			continue;
		if (ops->drop_every && ++ops->events % ops->drop_every == 0) {
			s->hang_up = TRUE;
			lws_callback_on_writable(s->wsi);
		} else if (ops->c->dialect == DIALECT_HAPI) {
			send_words(s, "ping", sub->id);
		} else {
			send_frame(s, clinic_frame(ops->c, FRAME_EVENT, sub,
			    event, sub->told, body, len));
		}
	}
}
