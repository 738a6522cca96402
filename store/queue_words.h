/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: between the files of the queue. */
#ifndef QN_STORE_QUEUE_WORDS_H
#define QN_STORE_QUEUE_WORDS_H

#include "store/brief.h"

/* Words of a filter; more than that are one long search anyway. */
#define QUEUE_WORDS_MAX 4
/* Folded, owned; how many. */
int queue_words(const char *text, char *words[QUEUE_WORDS_MAX]);

#define QUEUE_ROW_COLUMNS "q.key, q.kind, q.id, q.complaint, q.priority," \
	" q.rank, q.since, q.deadline, q.unread, q.marks, " BRIEF_COLUMNS
void queue_row_read(sqlite3_stmt *st, GStringChunk *text,
    struct queue_row *row);
struct queue_page *queue_page_new(int limit);
/* My answer waits to be sent and nothing came after it: owed until the server
 * has it, and still not the next thing to do. */
gboolean queue_is_answered(int marks, int unread);

#endif
