/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: orders, the Tasks about them, and prescriptions of mine. */
#ifndef QN_STORE_SCRIPT_H
#define QN_STORE_SCRIPT_H

#include "store/ingest.h"
#include "store/rx.h"

/* References of one list that are looked at; more are somebody's mistake. */
#define REFS_MAX ((size_t)64)

/* The pharmacist or the courier has it, or had it just now: its patient stays in
 * scope for so long after its last news. The numbers of rx.server. */
#define RX_ON_WAY "(5, 6, 9, 10, 11)"
#define RX_WAY_MS (INT64_C(14) * 86400000)
G_STATIC_ASSERT(RX_AWAITING == 5 && RX_ACTIVE == 6 && RX_DISPENSED == 9 &&
    RX_DELIVERED == 10 && RX_NOT_DELIVERED == 11);

/* ---- store/script_in.c: orders and what became of them, on their way in -- */

gboolean project_script(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_fill(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean project_delivery(struct ingest *in, const struct doc *doc,
    GError **error);
/* All that hangs on an order: its tasks, its prescription, and those of the
 * order it renews. */
gboolean script_touch(struct ingest *in, int64_t n, GError **error);
gboolean fill_touch(struct ingest *in, int64_t n, GError **error);
/* Joins every order of mine that has no prescription yet. */
gboolean scripts_again(struct ingest *in, GError **error);

/* ---- store/rx_task_in.c -------------------------------------------------- */

/* A Task about an order; others leave no row. */
gboolean rx_task_project(struct ingest *in, const struct doc *doc,
    GError **error);
gboolean rx_task_touch(struct ingest *in, int64_t n, GError **error);
/* After I or a role of mine has changed: all of them. */
gboolean rx_tasks_again(struct ingest *in, GError **error);

/* ---- store/owed_rx.c ----------------------------------------------------- */

/* The queue row of a renewal request or of a rejected prescription. */
gboolean owed_rx_task(struct ingest *in, int64_t n, GError **error);
/* TRUE while a request of this status waits for an answer. */
gboolean renewal_open(const char *status);
/* Intents of what was ordered, not wished. */
gboolean intent_ordered(const char *intent);

#endif
