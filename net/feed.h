/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The socket's side of the house: a hint of what changed, never the truth. It
 * runs libwebsockets on a thread of its own; everything below is called on the
 * main thread, and the callbacks come there too, while the loop turns, out of a
 * queue that the other thread fills and announces by loop_wake() (see
 * loop_on_turn()).
 */
#ifndef QN_NET_FEED_H
#define QN_NET_FEED_H

#include "net/sync.h"

struct feed_ops {
	/* Must not turn the loop. bytes NULL: fetch TYPE/ID; type NULL: something
	 * of mine changed, look (a delta). A deletion looks like an update, so
	 * the resource is read again whatever the bytes say. */
	void (*hint)(void *user, const char *type, const char *id,
	    const char *bytes, size_t len);
	void (*up)(void *user);   /* bound; a delta runs before "live" is said */
	void (*down)(void *user); /* told once for each up */
};

struct socket_feed;
/* Finds the dialect (SET_DIALECT, else by caps), makes the subscriptions by REST
 * and starts the thread. NULL without error: no socket here, poll. Turns the
 * loop. */
struct socket_feed *feed_open(struct sync *sync, const struct feed_ops *ops,
    void *user, GError **error);
/* At a safe point, when due: what needs REST (a fresh binding token before the
 * old one's exp, a subscription made again after a disconnect, back-off between).
 * Turns the loop. *wait_ms_out: call again after that long, -1: when woken. FALSE:
 * the server refuses sockets; close it and poll. */
gboolean feed_tend(struct socket_feed *feed, int64_t *wait_ms_out,
    GError **error);
/* A delta found what the socket should have brought: it is dead whatever its
 * heartbeats say. down() follows; feed_tend() makes it anew. */
void feed_remake(struct socket_feed *feed);
/* Stops and joins the thread; no callback follows. Takes NULL. */
void feed_close(struct socket_feed *feed);
BASE_DEFINE_AUTO(socket_feed, feed_close)

#endif
