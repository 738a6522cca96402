/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place where qingnang-sync's main thread waits: curl's transfers, the
 * doorbell, signals and the commands' child in a single curl_multi_poll. The
 * pull and the push are written straight on; each wait of theirs is a turn of
 * this loop, so the doorbell is served meanwhile.
 */
#ifndef QN_NET_LOOP_H
#define QN_NET_LOOP_H

#include <curl/curl.h>
#include "net/net.h"

struct loop;
struct loop *loop_new(void);
void loop_free(struct loop *loop);
BASE_DEFINE_AUTO(loop, loop_free)

CURLM *loop_multi(struct loop *loop);
/* The one taker of finished transfers. */
void loop_on_done(struct loop *loop,
    void (*done)(CURL *easy, CURLcode code, void *user), void *user);

/* Called once in each turn: for a queue that another thread fills before it
 * calls loop_wake(). Must not turn the loop. NULL takes it off. */
void loop_on_turn(struct loop *loop, void (*turn)(void *user), void *user);

/* ready() may watch and unwatch; it must not turn the loop. */
typedef void loop_ready_fn(int fd, void *user);
void loop_watch(struct loop *loop, int fd, loop_ready_fn *ready, void *user);
void loop_unwatch(struct loop *loop, int fd);

/* Waits at most timeout_ms (-1: for ever), then serves what came. */
void loop_turn(struct loop *loop, int timeout_ms);
/* Serves for that long; FALSE when asked to stop meanwhile. */
gboolean loop_pause(struct loop *loop, int64_t ms);
/* SIGTERM and SIGINT end in loop_stop(). */
gboolean loop_catch_signals(struct loop *loop, GError **error);
void loop_stop(struct loop *loop);
gboolean loop_stopping(const struct loop *loop);
/* From any thread. */
void loop_wake(struct loop *loop);

#endif
