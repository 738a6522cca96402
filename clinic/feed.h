/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions and their WebSockets, in three dialects (wire.md §4). */
#ifndef QN_CLINIC_FEED_H
#define QN_CLINIC_FEED_H

#include <libwebsockets.h>

#include "clinic/rest.h"

struct clinic_feed;
struct clinic_feed *clinic_feed_new(struct clinic *c, int token_seconds);
void clinic_feed_free(struct clinic_feed *f);

/* One WebSocket, from the lws callback. */
struct clinic_socket;
gboolean clinic_socket_allowed(struct lws *wsi);
struct clinic_socket *clinic_socket_new(struct lws *wsi);
int clinic_socket_receive(struct clinic_socket *s, const char *in, size_t len);
int clinic_socket_write(struct clinic_socket *s);
int clinic_socket_timer(struct clinic_socket *s);
void clinic_socket_free(struct clinic_socket *s);

#endif
