/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doorbell's end in qingnang-sync: several clients, all of this user. A
 * client that does not read is dropped, never waited for.
 */
#ifndef QN_NET_BELL_H
#define QN_NET_BELL_H

#include "net/loop.h"
#include "store/rx.h"

struct bell;
/* Who asked: every client numbers its requests from 1, so the number alone names
 * none. */
struct bell_asker { int64_t client, request_id; };
/* What clients ask for; called while the loop turns, must not turn it. */
struct bell_ops {
	void (*poke)(void *user);
	/* bell_answer() is due. */
	void (*fetch)(void *user, const struct bell_asker *asker,
	    const char *ref, int64_t limit_ms);
	/* Decision support; bell_answer() is due. */
	void (*check)(void *user, const struct bell_asker *asker,
	    struct rx_id rx, int64_t limit_ms);
	void (*stay)(void *user);
	/* BELL_PULL, BELL_PURGE; bell_ended() is due to that client. */
	void (*asked)(void *user, int64_t client, enum doorbell_verb verb,
	    int64_t request_id);
	void (*came)(void *user, gboolean first); /* a client said hello */
	void (*left)(void *user, int remaining);
};
struct bell *bell_new(struct loop *loop, const char *runtime_dir,
    const struct bell_ops *ops, void *user, GError **error);
/* All of these take NULL: no doorbell (--once, tests). */
void bell_free(struct bell *bell);
BASE_DEFINE_AUTO(bell, bell_free)

int bell_clients(const struct bell *bell);
/* A doctor is at the keys of a screen. */
gboolean bell_active(const struct bell *bell);
void bell_ring(struct bell *bell, const struct doorbell_line *line);
void bell_changed(struct bell *bell, enum doorbell_kind kind, int64_t id);
void bell_progress(struct bell *bell, enum doorbell_phase phase, int64_t done,
    int64_t total);
/* Of an attachment, by its number in the store. */
void bell_fetching(struct bell *bell, int64_t file, int64_t done,
    int64_t total);
/* Both to the one who asked, if it is still there. */
void bell_answer(struct bell *bell, const struct bell_asker *asker,
    const char *word);
void bell_ended(struct bell *bell, int64_t client, int64_t request_id,
    enum net_exit code, int64_t count);
/* Also told to each client that comes later. */
void bell_state(struct bell *bell, enum doorbell_state state, int64_t since_ms,
    int64_t fresh_ms);

#endif
