/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside net/: how servers say over a WebSocket that something changed
 * (wire.md §4). A dialect is one table of functions, and they are pure: bytes
 * in, a frame out. What to do about a frame is the feed's affair.
 */
#ifndef QN_NET_DIALECT_H
#define QN_NET_DIALECT_H

#include "net/caps.h"

enum frame_kind {
	FRAME_NOTHING,   /* understood, and of no interest */
	FRAME_HANDSHAKE, /* this subscription is bound to this socket */
	FRAME_HEARTBEAT, /* proves TCP and no more */
	FRAME_EVENT,     /* with what changed, or its names */
	FRAME_PING,      /* something changed: ask */
	FRAME_REFUSED,   /* the server does not know the subscription any more */
	FRAME_BAD,       /* hostile or broken: not to be listened to further */
	FRAME_KINDS_
};
/* A resource that changed. bytes point into the frame; NULL: fetch it. */
struct frame_item {
	struct fhir_ref ref;
	const char *bytes; size_t len;
};
struct frame {
	enum frame_kind kind;
	char subscription[65];
	int64_t number;      /* of its last event, counted by the server; 0 none */
	GArray *items;       /* struct frame_item; FRAME_EVENT */
	char *bytes; size_t len;
};
enum { FRAME_ITEMS_MAX = 200 };

/* What a Subscription is to say. */
struct dialect_ask {
	const char *const *criteria; /* "Communication?recipient=…"; NULL last */
	const char *topic;           /* canonical, or NULL */
};
struct dialect {
	const char *name;        /* as SET_DIALECT spells it */
	gboolean keeps;          /* a Subscription outlives its socket */
	gboolean tokens;         /* $get-ws-binding-token says where and by what */
	gboolean topics;         /* one Subscription holds several criteria */
	gboolean authorize;      /* the upgrade itself wants our login */
	const char *first_status;
	/* The text that binds a Subscription to the socket. Owned. */
	char *(*bind)(const char *id, const char *token);
	/* Fills in what the bytes mean; bytes and len are set. */
	void (*read)(struct frame *frame, const struct fhir_limits *limits);
};
extern const struct dialect dialect_medplum, dialect_backport, dialect_hapi;

/* By the setting, or by what the server says of itself; NULL: none, so ask it at
 * intervals. */
const struct dialect *dialect_pick(const char *setting,
    const struct caps *caps);

/* Takes bytes. Never NULL: what cannot be read is FRAME_BAD. */
struct frame *frame_read(const struct dialect *dialect, char *bytes, size_t len,
    const struct fhir_limits *limits);
void frame_free(struct frame *frame);
BASE_DEFINE_AUTO(frame, frame_free)

/* Body of the POST. Owned JSON. */
char *dialect_subscription(const struct dialect *dialect,
    const struct dialect_ask *ask);

/* The answer of $get-ws-binding-token. */
struct dialect_ticket {
	char *token, *url;
	int64_t life_ms;     /* from now on, by the server's clock; 0: no end */
};
/* date_ms is the answer's Date. Cleared and FALSE when it is no such answer. */
gboolean dialect_ticket_read(struct dialect_ticket *ticket, const char *bytes,
    size_t len, int64_t date_ms, const struct fhir_limits *limits);
void dialect_ticket_clear(struct dialect_ticket *ticket);

/* ---- shared by the dialects --------------------------------------------- */

/* A notification Bundle: its entry[0] tells kind, subscription and number, the
 * others what changed. */
void frame_read_bundle(struct frame *frame, const struct fhir_limits *limits);
/* What entry[0] says; fields stay as they are where it says nothing. */
struct frame_status {
	const char *type;        /* borrowed from the document */
	struct fhir_ref subscription, focus[FRAME_ITEMS_MAX];
	guint n_focus;
	int64_t number;
};
void frame_status_read(const fhir_node *root, struct frame_status *out);
/* A JSON string with its quotes. */
void dialect_quote(GString *out, const char *text);

#endif
