/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside net/: news from the server as it happens. The feed makes the
 * Subscriptions, keeps the WebSocket, stores what arrives at once, and tells the
 * engine when the delta must run: after every binding, whenever something can
 * have been missed, and now and then to prove that nothing was. A frame is a
 * hint; the delta is the truth (wire.md §4).
 */
#ifndef QN_NET_FEED_H
#define QN_NET_FEED_H

#include "net/sync.h"

struct feed;
/* Watches the loop and the sync from then on; both outlive it. */
struct feed *feed_new(struct sync *sync);
void feed_free(struct feed *feed);
BASE_DEFINE_AUTO(feed, feed_free)
/* All of these take NULL: no feed (--once). */

/* Connected: who I am and what the server can do is known, or known anew. */
void feed_begin(struct feed *feed);
/* What is due by REST: making, binding, reading again. Its failures are its own:
 * the delta goes on by itself. Turns the loop. */
void feed_step(struct feed *feed);
/* Monotonic time when feed_step() has something to do. */
int64_t feed_due_ms(const struct feed *feed);

/* The delta must run now. */
gboolean feed_wants_delta(const struct feed *feed);
void feed_delta_begins(struct feed *feed);
void feed_delta_ended(struct feed *feed, gboolean fine);
/* Until the next delta, when nothing else asks for one. */
int64_t feed_interval_ms(const struct feed *feed);

/* BELL_LIVE: bound, and a delta that began after it has ended. Else
 * BELL_CATCHING_UP while that is on its way, BELL_POLLING when it is not. */
enum doorbell_state feed_state(const struct feed *feed);
/* Why it polls, in a sentence; or NULL. */
const char *feed_words(const struct feed *feed);

#endif
