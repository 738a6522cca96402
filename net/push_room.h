/* SPDX-License-Identifier: Apache-2.0 */
/* Between push.c (replies and receipts) and push_bundle.c (transactions). */
#ifndef QN_NET_PUSH_ROOM_H
#define QN_NET_PUSH_ROOM_H

#include "net/job.h"
#include "net/push.h"
#include "store/rx.h"

/* Tried again not before; ms < 0: by back-off. */
gboolean push_later(struct sync *sync, const struct outbox_entry *e,
    int64_t ms, GError **error);
/* Refused for good, with the server's words. */
gboolean push_fail(struct sync *sync, const struct outbox_entry *e,
    const struct rest_answer *answer, GError **error);
/* One file of an entry that has some, before it. */
gboolean push_file(struct sync *sync, const struct outbox_entry *e,
    GError **error);
/* One OUTBOX_TRANSACTION on its way; FALSE for what stops everything. */
gboolean push_bundle(struct sync *sync, const struct outbox_entry *e,
    GError **error);

#endif
