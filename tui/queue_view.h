/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the queue's files: queue.c (the pane), queue_load.c (rows and counts
 * from the store), queue_row.c (one row drawn).
 */
#ifndef QN_TUI_QUEUE_VIEW_H
#define QN_TUI_QUEUE_VIEW_H

#include "tui/list.h"
#include "tui/ui.h"

struct queue_view {
	struct view view;
	struct list list;
	struct queue_filter filter;
	char *text;              /* filter.text */
	struct queue_scan *scan; /* with words: what they leave; or NULL */
	struct queue_scan *fresh; /* the same anew, until it is whole; or NULL */
	struct queue_scan *before; /* of the text before this one; or NULL */
	gboolean stale;          /* the queue changed since fresh began */
	struct queue_page *page;
	int64_t page_at;         /* number of its first row */
	struct queue_counts counts;
	gboolean counted;        /* counts are of what the page shows */
	int64_t count_due_ms;    /* when to count; -1 not */
	int64_t cost_ms;         /* of the last count */
	int64_t counted_ms;      /* when it ended */
	int64_t key;             /* of the selected row; 0 none */
	int64_t want_key;        /* to be selected once loaded */
	GArray *seen;            /* int64_t: rows that n has shown */
	gboolean failed;
};

/* ---- queue_load.c ------------------------------------------------------- */

/* The view's functions of the same names. */
void queue_view_load(struct view *v);
void queue_view_drop(struct view *v);
int64_t queue_view_due(struct view *v);
void queue_view_tick(struct view *v);
/* Row number i of the filtered queue; borrowed until the next call, NULL past
 * the end. */
const struct queue_row *queue_view_row(struct queue_view *q, int64_t i);
/* The list will ask for n rows from first. */
void queue_view_want(struct queue_view *q, int64_t first, int n);
void queue_view_count_now(struct queue_view *q);
/* Remembers which row is selected. */
void queue_view_note_selected(struct queue_view *q);

/* ---- queue_row.c -------------------------------------------------------- */

/* One line or two, by the list's height. */
void queue_row_draw(struct queue_view *q, struct canvas *c, struct area a,
    const struct queue_row *row, gboolean selected);

#endif
