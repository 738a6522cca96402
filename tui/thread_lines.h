/* SPDX-License-Identifier: Apache-2.0 */
/* A thread as lines of a given width: made once, drawn many times. */
#ifndef QN_TUI_THREAD_LINES_H
#define QN_TUI_THREAD_LINES_H

#include "tui/ui.h"

enum line_kind { LINE_BLANK, LINE_HEAD, LINE_TEXT, LINE_FILE, LINE_NOTE,
	LINE_RULE, LINE_EARLIER };
struct thread_line {
	enum line_kind kind;
	int message;           /* index in the thread; -1 none */
	enum element element;
	size_t start, len;     /* of message_text.shown, LINE_TEXT */
	char *words;           /* other kinds; owned */
};
struct message_text {
	char *shown;           /* through the gate, bounded */
	gboolean cut;          /* there is more of it than is laid out here */
	int first, lines;      /* its place among the lines, head included */
	int seen;              /* of these, how many were on the glass */
};
struct thread_lines {
	GArray *line;          /* struct thread_line */
	struct message_text *text;
	size_t n;
	int cols;
	gboolean refused;      /* while made: one above was refused */
};

enum { MESSAGE_LAID_OUT_BYTES = 16 * 1024 };

/* What an open result says, above what was written about it. */
struct thread_said { enum element element; char *words; };
/* rule_before: index of the first message that was unread; -1 none. said: GArray
 * of struct thread_said, or NULL. */
struct thread_lines *thread_lines_new(const struct thread *t, int cols,
    int rule_before, const GArray *said);
void thread_lines_free(struct thread_lines *l);
BASE_DEFINE_AUTO(thread_lines, thread_lines_free)
void thread_lines_draw(const struct thread_lines *l, const struct thread *t,
    struct canvas *c, struct area a, int i);
enum element message_element(const struct message_row *m);
/* Who it is from. Owned. */
char *message_head_words(const struct message_row *m);

#endif
