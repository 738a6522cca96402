/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside net/: what qingnang-sync does with its time: connect, send, fetch,
 * wait; what state it is in, and what it says of it on the doorbell, in the
 * store (note "sync.state") and to a person.
 */
#ifndef QN_NET_ENGINE_H
#define QN_NET_ENGINE_H

#include "net/sync.h"

struct engine;
/* Everything outlives the engine. settings is checked; store is open. */
struct engine *engine_new(struct loop *loop, struct broker *broker,
    const struct base_settings *settings, const char *profile,
    struct store *store, GError **error);
void engine_free(struct engine *engine);
BASE_DEFINE_AUTO(engine, engine_free)
struct sync *engine_sync(struct engine *engine);

/* Connect, send, fetch, send, end. Prints a line of counts on out, progress on
 * it too when chatty. */
enum net_exit engine_once(struct engine *engine, FILE *out, gboolean chatty);
/* The same, done by another process that runs for the profile: what came of
 * it, on out or stderr. */
enum net_exit engine_told(struct store *store, enum net_exit code,
    int64_t arrived, FILE *out);
/* Connects: is the server there, does the login hold, is it this doctor's? */
enum net_exit engine_check(struct engine *engine);
/* Until stopped, or, unless stay, its last client left. NET_EXIT_CACHE: the cache
 * is damaged or was replaced; nothing uses the store any more. */
struct engine_serve {
	const char *runtime_dir;
	gboolean stay;
	FILE *out;           /* a person watches: a line for each new state */
};
enum net_exit engine_serve(struct engine *engine,
    const struct engine_serve *how);
/* After NET_EXIT_CACHE, with the store closed: tells the screens that the cache
 * is damaged for as long as they are here and it is not made anew. */
void engine_hold(struct engine *engine, const char *state_dir);
/* On a terminal: logs in, checks who it is, says so. */
enum net_exit engine_login(struct engine *engine, gboolean by_code,
    gboolean paste, int in_fd, FILE *out);
/* Retention: now, or when the last time is a day ago. -1: error. */
int engine_purge(struct engine *engine, gboolean now, GError **error);

#endif
