/* SPDX-License-Identifier: Apache-2.0 */
/* Between the thread's files: thread.c (the pane), thread_place.c (where the
 * reader is), thread_act.c (what is done with a message). */
#ifndef QN_TUI_THREAD_VIEW_H
#define QN_TUI_THREAD_VIEW_H

#include "tui/list.h"
#include "tui/thread_lines.h"

enum position { AT_ANCHOR, AT_UNREAD, AT_END };

struct anchor { int64_t message, outbox; int line; };

struct thread_view {
	struct view view;
	struct list list;
	struct thread *thread;
	GArray *said;                /* struct thread_said; NULL: no result */
	struct thread_lines *lines;  /* NULL: to be laid out */
	struct anchor top;           /* the reader's line */
	enum position position;      /* where the next layout begins */
	struct message_id rule;      /* the first unread when it was opened */
	gboolean rule_set;
	int limit;
	int rows;                    /* of the text, from the last draw */
	int unread_below;
	int64_t read_sum;            /* of the ids last given to store_read() */
};

/* ---- thread_place.c ----------------------------------------------------- */

/* Forgets the lines, and remembers the reader's place among them. */
void thread_lines_drop(struct thread_view *t);
/* Notes the first unread message, once for each opening. */
void thread_rule_find(struct thread_view *t);
/* Makes the lines for these columns and puts the reader's place back. */
void thread_lay_out(struct thread_view *t, int cols);
/* A composer that opens or grows pushes the text up: the line that is being
 * answered stays in sight. */
void thread_keep_end(struct thread_view *t, int rows);
/* Counts the unread messages below the last row. */
void thread_count_below(struct thread_view *t);

/* ---- thread_act.c ------------------------------------------------------- */

/* What was all on the glass is read. */
void thread_shown(struct view *v);
/* The first message here that the server refused; NULL. */
const struct message_row *thread_refused(const struct thread_view *t);
/* The refused one: sent once more; taken back into the composer. TRUE. */
gboolean thread_retry(struct thread_view *t);
gboolean thread_to_draft(struct thread_view *t);
/* The first message in sight that is not laid out whole, on a page. FALSE:
 * there is none. */
gboolean thread_whole(struct thread_view *t);

#endif
