/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: what a transaction's end means. */
#ifndef QN_STORE_TRANSACTION_H
#define QN_STORE_TRANSACTION_H

#include "store/rx_row.h"

/* The server took it: its prescription knows. */
gboolean transaction_done(struct ingest *in, int64_t n, GError **error);
/* The queue row of the Task it is about. */
gboolean transaction_touch(struct ingest *in, int64_t n, GError **error);
/* A transaction-response: its resources come in, what it only located is
 * wanted. */
gboolean transaction_answer(struct ingest *in, const struct store_doc *answer,
    GError **error);

#endif
