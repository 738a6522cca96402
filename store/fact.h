/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: the results a draft quotes. */
#ifndef QN_STORE_FACT_H
#define QN_STORE_FACT_H

#include "store/outbox.h"
#include "store/results.h"

struct fact_row {
	int64_t thread;
	const char *thread_ref, *ref, *words;
};
void fact_hash(const struct fact_row *row, unsigned char hash[HASH_BYTES]);
#define FACT_COLUMNS "thread_ref, ref, words, hash"
/* FALSE: not what was saved. Borrowed of the row. */
gboolean fact_read(sqlite3_stmt *st, int at, struct fact_row *row);
/* Once, however often it is put. */
gboolean fact_put(struct store *store, const struct fact_row *row,
    GError **error);
gboolean facts_drop(struct store *store, int64_t thread, GError **error);
/* A reply has gone: a recall's day went with it, and the quotations unless another
 * draft is left. */
gboolean facts_sent(struct store *store, int64_t thread, GError **error);

/* Completes the Tasks to me that have this report in focus; each an update of its
 * own behind the version that is here. */
gboolean report_tasks_complete(struct store *store, int64_t report,
    int64_t at_ms, GError **error);
/* … of a draft; within a transaction. */
gboolean recall_set(struct store *store, int64_t report, const char *due,
    GError **error);
/* The Task that keeps what the patient is asked to do, until when. */
gboolean report_recall(struct store *store, int64_t report, const char *due,
    int64_t at_ms, GError **error);
/* The Task's bytes, completed; NULL: it is open no more, or not mine. Owned. */
char *task_completed(struct store *store, const char *bytes, size_t len,
    int64_t at_ms, size_t *out_len);
/* The moment an answer to a report is stamped with: now, and never before it was
 * issued, whatever this machine's clock says. 0 in *at: no such report. */
gboolean report_answer_ms(struct store *store, int64_t report, int64_t now_ms,
    int64_t *at, GError **error);

#endif
