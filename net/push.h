/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes out: the outbox's very bytes, in order within a consultation. After
 * an answer that did not arrive the identifier is searched before and after the
 * retry, so that nothing is said twice.
 */
#ifndef QN_NET_PUSH_H
#define QN_NET_PUSH_H

#include "net/sync.h"

/*
 * Sends what may go now. FALSE for what stops everything (offline, login, the
 * store); what the server refuses is kept in its entry. *wait_ms_out: look
 * again after that long, -1: only when poked. Sends nothing unless
 * who_checked.
 */
gboolean push_run(struct sync *sync, int64_t *wait_ms_out, GError **error);

#endif
