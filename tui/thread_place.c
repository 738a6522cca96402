/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader's line is remembered as a message and a line of it, so that whatever
 * arrives, the text before the eye stays where it is.
 */
#include <inttypes.h>
#include <stdio.h>

#include "tui/thread_view.h"

enum { CONTEXT_LINES = 3 };

static struct thread_view *
self(struct view *v)
{
	return (struct thread_view *)v;
}

static void
anchor_keep(struct thread_view *t)
{
	struct thread_line *line;
	int i;

	if (!t->lines || t->position != AT_ANCHOR)
		return;
	for (i = (int)t->list.top; i < (int)t->lines->line->len; i++) {
		line = &g_array_index(t->lines->line, struct thread_line, i);
		if (line->message < 0)
			continue;
		t->top.message = t->thread->messages[line->message].id.n;
		t->top.outbox = t->thread->messages[line->message].outbox.n;
		t->top.line = (int)t->list.top -
		    t->lines->text[line->message].first;
		return;
	}
}

void
thread_lines_drop(struct thread_view *t)
{
	anchor_keep(t);
	g_clear_pointer(&t->lines, thread_lines_free);
}

void
thread_rule_find(struct thread_view *t)
{
	for (size_t i = 0; !t->rule_set && i < t->thread->n; i++) {
		if (t->thread->messages[i].unread) {
			t->rule = t->thread->messages[i].id;
			t->rule_set = TRUE;
		}
	}
}

static int
message_index(const struct thread_view *t, int64_t message,
    int64_t outbox)
{
	for (int i = 0; i < (int)t->thread->n; i++) {
		const struct message_row *m = &t->thread->messages[i];

		if ((message && m->id.n == message) ||
		    (outbox && m->outbox.n == outbox))
			return i;
	}
	return -1;
}

static int
rule_line(const struct thread_view *t)
{
	for (guint i = 0; i < t->lines->line->len; i++)
		if (g_array_index(t->lines->line, struct thread_line,
		    i).kind == LINE_RULE)
			return (int)i;
	return 0;
}

static void
position_set(struct thread_view *t)
{
	int i = message_index(t, t->top.message, t->top.outbox);

	if (t->position == AT_END)
		t->list.top = t->lines->line->len;
	else if (t->position == AT_UNREAD)
		t->list.top = MAX(rule_line(t) - CONTEXT_LINES, 0);
	else if (i >= 0)
		t->list.top = t->lines->text[i].first + t->top.line;
	t->position = AT_ANCHOR;
}

void
thread_lay_out(struct thread_view *t, int cols)
{
	if (t->lines && t->lines->cols == cols)
		return;
	thread_lines_drop(t);
	t->lines = thread_lines_new(t->thread, cols,
	    t->rule_set ? message_index(t, t->rule.n, 0) : -1, t->said);
	position_set(t);
}

char *
thread_view_place(struct view *v)
{
	struct thread_view *t = self(v);

	anchor_keep(t);
	if (!t->thread || !t->top.message)
		return g_strdup("-");
	return g_strdup_printf("%" PRId64 ":%d", t->top.message, t->top.line);
}

/* An unread message goes before the place where one was. */
void
thread_view_go(struct view *v, const char *place)
{
	struct thread_view *t = self(v);

	if (t->position == AT_UNREAD ||
	    sscanf(place, "%" SCNd64 ":%d", &t->top.message, &t->top.line) != 2)
		return;
	t->position = AT_ANCHOR;
}

void
thread_count_below(struct thread_view *t)
{
	int end = (int)t->list.top + t->rows;

	t->unread_below = 0;
	for (size_t i = 0; i < t->thread->n; i++)
		if (t->thread->messages[i].unread &&
		    t->lines->text[i].first >= end)
			t->unread_below++;
}

void
thread_keep_end(struct thread_view *t, int rows)
{
	int64_t end = MIN(t->list.top + t->rows, t->lines->line->len);

	if (t->rows > rows)
		t->list.top = MAX(t->list.top, end - rows);
}
