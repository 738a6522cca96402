/* SPDX-License-Identifier: Apache-2.0 */
/* Inside net/: what engine.c and its ways of running share. */
#ifndef QN_NET_ENGINE_ROOM_H
#define QN_NET_ENGINE_ROOM_H

#include <stdio.h>
#include "net/decision.h"
#include "net/engine.h"
#include "net/feed.h"

enum { FETCHES_MAX = 64, ROUNDS_MAX = 16 };

struct fetch {
	struct bell_asker asker;
	int64_t until_ms; /* monotonic */
	char ref[DOORBELL_WORD_BYTES];
};

/* What a command beside us asked for. */
struct round {
	int64_t client, request_id;
	enum doorbell_verb verb; /* BELL_PULL, BELL_PURGE */
	gboolean begun;          /* a pull that began after it runs */
	int arrived;             /* resources before it */
};

struct engine {
	struct sync s;
	FILE *out;
	enum doorbell_state state;
	gboolean stated;
	int64_t since_ms;      /* wall clock */
	struct feed *feed;     /* serving; else NULL */
	struct decision *decision; /* serving; else NULL */
	gboolean connected;
	gboolean pulled;       /* since it connected */
	gboolean poked;
	gboolean breathing, pushing;
	gboolean between;      /* no pull is under way, but a file is fetched */
	int failures;
	int64_t next_try_ms, last_try_ms, delta_at_ms; /* monotonic */
	int64_t push_at_ms;    /* wall clock, as the outbox has it; -1: never */
	GArray *fetches;       /* struct fetch */
	GArray *rounds;        /* struct round */

	/* serving */
	gboolean stay, had_client;
	int64_t alone_since_ms; /* monotonic; 0: not alone */
};

void engine_state(struct engine *e, enum doorbell_state state,
    const char *words);
gboolean engine_connect(struct engine *e, GError **error);
gboolean engine_push(struct engine *e, GError **error);
gboolean engine_pull(struct engine *e, GError **error);
void engine_step(struct engine *e);
int engine_wait_ms(struct engine *e);
void engine_poked(void *user);
void engine_fetch(void *user, const struct bell_asker *asker,
    const char *ref, int64_t limit_ms);
void engine_check_rx(void *user, const struct bell_asker *asker,
    struct rx_id rx, int64_t limit_ms);

/* ---- engine_round.c ------------------------------------------------------ */

void engine_asked(void *user, int64_t client, enum doorbell_verb verb,
    int64_t request_id);
gboolean engine_rounds(const struct engine *e, enum doorbell_verb verb);
void engine_rounds_begin(struct engine *e);
void engine_rounds_end(struct engine *e, enum net_exit code);
gboolean engine_serve_purges(struct engine *e, GError **error);

#endif
