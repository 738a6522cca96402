/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One WebSocket to the server's own origin, on a thread of its own, with a
 * queue to and from the main thread; every function here is for the main
 * thread. The server's certificate is always verified; CA, client certificate
 * and proxy are REST's. Frames are bounded before they are kept and checked
 * before they are handed over; heartbeats end on the socket's thread.
 */
#ifndef QN_NET_SOCKET_H
#define QN_NET_SOCKET_H

#include "net/dialect.h"
#include "net/origin.h"

enum socket_kind { SOCKET_OPENED, SOCKET_FRAME, SOCKET_CLOSED };
struct socket_event {
	enum socket_kind kind;
	struct frame *frame;
	char *reason;        /* SOCKET_CLOSED: the library's words, or NULL */
	gboolean untrusted;  /* … it was the certificate */
	int turn;
};
void socket_event_free(struct socket_event *event);
BASE_DEFINE_AUTO(socket_event, socket_event_free)

struct socket;
/* Wakes the loop whenever socket_next() has something. NET_ERROR_CONFIG when a
 * certificate file of the settings cannot be read. */
struct socket *socket_new(struct loop *loop,
    const struct base_settings *settings, const struct origin *origin,
    GError **error);
void socket_free(struct socket *socket);
BASE_DEFINE_AUTO(socket, socket_free)

/* path with its query, on the origin; token (or NULL) is for the upgrade. An
 * open one is shut first; the end is always told by SOCKET_CLOSED, once. */
void socket_open(struct socket *socket, const struct dialect *dialect,
    const struct fhir_limits *limits, const char *path, const char *token);
void socket_say(struct socket *socket, const char *text);
/* Nothing more of it is heard, its end included. */
void socket_shut(struct socket *socket);
struct socket_event *socket_next(struct socket *socket); /* owned, or NULL */

/* "http://…" of a ws address and the other way round need no table elsewhere:
 * the address a server names for its socket, as path and query on our own
 * origin; NULL when it is of another origin. Owned. */
char *socket_path(const char *base, const char *url, char *const *aliases);

#endif
