/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subscriptions and their WebSockets, in three dialects (wire.md §4).
 * subscription.c reads one, feed.c knows what is subscribed and what matches,
 * socket.c what is bound where, frame.c how each dialect says it.
 */
#ifndef QN_CLINIC_FEED_H
#define QN_CLINIC_FEED_H

#include <libwebsockets.h>

#include "clinic/rest.h"

/* One way to be told: a type and its query. */
struct clinic_criterion {
	char *type;
	GArray *query;
};

/* An event that was told, for $events. */
struct clinic_event {
	char *type, *id, *version;
	gboolean deleted, created;
	int64_t at_ms;
};

struct clinic_subscription {
	char *id;
	char *topic;          /* Backport, or NULL */
	GPtrArray *criteria;  /* of struct clinic_criterion */
	gboolean active;
	gboolean dead;        /* deleted; old tokens may still name it */
	int64_t told;         /* events since it began */
	GArray *events;       /* the last of them, Backport's */
};

/* ---- subscription.c: what one asks for ---------------------------------- */

/* Owned; its id is not set. Never NULL: criteria that are none are left out. */
struct clinic_subscription *clinic_subscription_of(json_t *tree);
/* As destroy functions. */
void clinic_subscription_free(void *subscription);
void clinic_event_clear(void *event);

/* ---- feed.c ------------------------------------------------------------- */

struct clinic_feed;
struct clinic_feed *clinic_feed_new(struct clinic *c, struct lws_context *lws,
    int token_seconds, int heartbeat_ms, gboolean frame_times);
void clinic_feed_free(struct clinic_feed *f);
struct clinic_subscription *clinic_feed_find(struct clinic_feed *f,
    const char *id);

/* A binding token, while the program runs. */
struct clinic_ticket {
	char *subscription;
	int64_t ends_ms;
};
const struct clinic_ticket *clinic_feed_ticket(struct clinic_feed *f,
    const char *token);

/* ---- socket.c: one WebSocket, from the lws callback --------------------- */

struct clinic_socket;
gboolean clinic_socket_allowed(struct lws *wsi);
struct clinic_socket *clinic_socket_new(struct lws *wsi);
int clinic_socket_receive(struct clinic_socket *s, const char *in, size_t len,
    gboolean final);
int clinic_socket_write(struct clinic_socket *s);
int clinic_socket_timer(struct clinic_socket *s);
void clinic_socket_free(struct clinic_socket *s);

/* What the sockets need of the feed. */
struct clinic_feed_ops {
	struct clinic *c;
	GPtrArray *sockets;
	int heartbeat_ms;
	gboolean frame_times; /* printed as they are written */
	gboolean silent;      /* fault: heartbeats, and no event */
	int drop_every;       /* fault: hang up at every so manieth event */
	int64_t events;       /* sent so far */
	gboolean ending;      /* the program is: nothing is deleted now */
};
struct clinic_feed_ops *clinic_feed_ops(struct clinic_feed *f);

/* Sends to every socket that is bound to the subscription. */
void clinic_sockets_tell(struct clinic_feed *f,
    struct clinic_subscription *sub, const struct clinic_event *event,
    const char *body, size_t len);

/* ---- frame.c ------------------------------------------------------------ */

enum clinic_frame { FRAME_HANDSHAKE, FRAME_HEARTBEAT, FRAME_EVENT,
	FRAME_QUERY_STATUS, FRAME_QUERY_EVENT };
/* A frame of Medplum or Backport, HAPI's being single words. event and body of
 * an event alone; number is the event's. */
GString *clinic_frame(struct clinic *c, enum clinic_frame kind,
    const struct clinic_subscription *sub, const struct clinic_event *event,
    int64_t number, const char *body, size_t len);

#endif
