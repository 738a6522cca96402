/* SPDX-License-Identifier: Apache-2.0 */
/* Inside net/: what the parts of the feed share: socket_feed.c (its states and
 * what arrives), socket_bind.c (Subscriptions), socket_live.c (liveness). */
#ifndef QN_NET_SOCKET_FEED_H
#define QN_NET_SOCKET_FEED_H

#include "net/feed.h"
#include "net/socket.h"

enum feed_stage {
	FEED_OFF,        /* no dialect, or nothing to be had by one */
	FEED_WAITING,    /* until due_ms, then from the beginning */
	FEED_MAKING,     /* Subscriptions that the server still prepares */
	FEED_OPENING,    /* the socket connects */
	FEED_BINDING,    /* until each Subscription has shaken hands */
	FEED_BOUND,
};

/* One Subscription. */
struct binding {
	GPtrArray *criteria;   /* "Communication?recipient=…", NULL last */
	char *topic;           /* or NULL */
	char *id;              /* the server's; NULL: not made */
	gboolean active;
	gboolean bound;        /* has shaken hands on this socket */
	gboolean pinged;       /* something of it is still to be asked for … */
	gboolean asked;        /* … and is being asked for */
	char *token;
	int64_t rebind_ms;     /* monotonic; INT64_MAX: never */
	int64_t ends_wall_ms;  /* by our clock; INT64_MAX: never */
	int64_t answer_by_ms;  /* monotonic; a handshake is awaited; or 0 */
	int64_t number;        /* of the last event */
};

struct feed {
	struct sync *s;
	const struct dialect *dialect;
	struct socket *socket;
	enum feed_stage stage;
	GPtrArray *bindings;   /* struct binding */
	char *scope;           /* who I was when they were made */
	char *path;            /* of the socket */
	int64_t due_ms;        /* monotonic */
	int failures;          /* in a row */
	int turn;              /* sockets so far */
	gboolean caught_up;    /* a delta begun on this socket has ended */
	gboolean wanted;       /* a delta */
	gboolean draining;
	gboolean stale;        /* the bindings are to be made anew */
	gboolean polling;      /* given up for a while */
	int64_t make_by_ms;
	char *words;
	GPtrArray *rereads;    /* "Type/id" */
	struct wants *wants;   /* what the news name and is not here */
	gboolean settle;       /* … or a thread or patient may be new */

	/* liveness */
	int delta_turn;        /* whose delta runs; -1: of none, or not caught up */
	gboolean delta_live;   /* it can prove something */
	int64_t interval_ms;
	GHashTable *told;      /* "Type/id" that came since the delta began */
	GHashTable *suspects;  /* "Type/id" that a delta found first */
	int64_t suspect_ms;    /* they must have come by then; 0: none */
	int strikes;           /* silent sockets in a row */
};

/* The socket is gone or to be remade; words (or NULL) say why. */
void feed_lost(struct feed *feed, const char *words);
/* As feed_lost(), for what trying again will not mend soon. */
void feed_refused(struct feed *feed, const char *words);

/* ---- socket_bind.c -------------------------------------------------------- */

void binding_free(void *binding);
struct binding *binding_of(struct feed *feed, const char *id);
gboolean binding_names(const struct binding *b, const char *criterion);
/* Makes what is not made and looks at what is not active. FALSE: not now, and
 * feed_lost() was called. */
gboolean feed_make(struct feed *feed);
gboolean feed_all_active(const struct feed *feed);
/* Fetches tickets and the address; FALSE as above. */
gboolean feed_tickets(struct feed *feed);
/* Says the binding words of all of them. */
void feed_bind(struct feed *feed);
/* Fresh tickets for those that end soon, on the live socket. */
void feed_rebind(struct feed *feed);
int64_t feed_rebind_due_ms(const struct feed *feed);
/* What was made in vain, or in an earlier life, is taken back. */
void feed_forget(struct feed *feed);

/* ---- socket_live.c -------------------------------------------------------- */

/* Hooked into the sync: a delta brought this first. */
void feed_found(struct sync *sync, const char *scope, const char *type,
    const char *id, void *user);
/* It came over the socket. */
void feed_told(struct feed *feed, const struct fhir_ref *ref);
void feed_pinged(struct feed *feed, struct binding *b);
/* The time of grace is over: remade, when a suspect is left. */
void feed_judge(struct feed *feed);
void feed_live_reset(struct feed *feed);

#endif
