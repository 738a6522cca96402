/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server says was deleted since the delta before: _deleted=true on
 * Medplum, the history of a type where its CapabilityStatement offers that (HAPI).
 * Whole lists of a hospital's, so ids alone are kept of them, and what is in
 * our cache is read once more: only its 410 takes it out.
 */
#ifndef QN_NET_GONE_H
#define QN_NET_GONE_H

#include "net/job.h"

enum { GONE_OVERLAP_MS = 60000, GONE_PAGES_MAX = 20 };
#define GONE_MARK "gone"
/* Before the first of these, and where answers carry no Date: how far the
 * messages of my threads were seen (pull.c). */
#define GONE_MARK_BEFORE "part-of"

/* Adds what to ask beside a delta; nothing where the server cannot tell, or
 * before a first sync. Returns how many. */
guint gone_ask(struct sync *sync, GPtrArray *urls);
/* One answer: "Type/id" of ours into refs. *next_out: owned, a further page. */
void gone_take(struct sync *sync, const struct many_answer *answer,
    GHashTable *refs, char **next_out);
/* The pages after it. FALSE for what stops everything. */
gboolean gone_follow(struct sync *sync, char *next, GHashTable *refs,
    GError **error);

#endif
