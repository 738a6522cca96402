/* SPDX-License-Identifier: Apache-2.0 */
/* Between renewal.c (what is seen) and renewal_act.c (what is done). */
#ifndef QN_TUI_RENEWAL_VIEW_H
#define QN_TUI_RENEWAL_VIEW_H

#include "tui/list.h"
#include "tui/rx_view.h"

/* Where a row stands in the lane; the first three as care/ says. */
enum group { GROUP_PASSES = RENEWAL_PASSES, GROUP_FAILS = RENEWAL_FAILS,
	GROUP_NONE = RENEWAL_NO_PROTOCOL, GROUP_PREPARED, GROUP_OPEN };

struct request_row {
	const struct renewal_row *row;
	enum group group;
	gboolean judged, marked;
	char *why;                 /* the first gate that did not pass */
};
struct renewal_view {
	struct view view;
	struct list list;
	struct renewal_page *page;
	GArray *rows;              /* struct request_row */
	GHashTable *marked;        /* task numbers */
	int64_t want;              /* task to select */
	guint next;                /* to be judged */
	struct task_id asked;      /* whose reason or doctor is being asked */
	gboolean touched;          /* a key came: nothing moves from then on */
	struct sheet *sheet;
	int64_t shown;             /* task in the sheet */
	struct desk_renewal *open;
};

/* NULL: no such row. */
struct request_row *renewal_row(struct renewal_view *r, int64_t i);
struct request_row *renewal_selected(struct renewal_view *r);
void renewal_load(struct view *v);
/* Marks, prepares, signs, edits, declines, forwards; FALSE: none of these. */
gboolean renewal_act(struct renewal_view *r, enum request request);

#endif
