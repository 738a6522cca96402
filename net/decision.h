/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decision support by CDS Hooks 2.0 (order-sign, medication-refill), at the
 * address the hospital names ([prescribing] cds_url). A question carries the
 * prescription's bytes and the prefetch from the cache, never a token. It never
 * holds anything up: answers come while the loop turns, and at its time limit a
 * question ends as "silent", which the rules show as a finding.
 */
#ifndef QN_NET_DECISION_H
#define QN_NET_DECISION_H

#include "net/sync.h"

struct decision;
/* The sync outlives it. */
struct decision *decision_new(struct sync *sync);
void decision_free(struct decision *d);
BASE_DEFINE_AUTO(decision, decision_free)
/* From the doorbell; answers there with ok or failed. Must not turn the loop. */
void decision_ask(struct decision *d, const struct bell_asker *asker,
    struct rx_id rx, int64_t limit_ms);
/* Sends what was asked since, ends what is overdue. */
void decision_step(struct decision *d);
/* Monotonic time when decision_step() has something to do; -1: nothing. */
int64_t decision_due_ms(const struct decision *d);

#endif
