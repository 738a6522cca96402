/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one list of the house: queue, thread, chart, help. It knows how many items
 * there are and draws those that are seen; an item is asked for by its number, so
 * a hundred thousand rows cost as much as fifty.
 */
#ifndef QN_TUI_LIST_H
#define QN_TUI_LIST_H

#include "tui/canvas.h"
#include "tui/request.h"

struct list;
struct list_ops {
	int64_t (*count)(void *user);
	/* Called before drawing: these items will be asked for. */
	void (*want)(void *user, int64_t first, int n);
	void (*draw)(void *user, struct canvas *c, struct area a, int64_t i,
	    gboolean selected);
};
struct list {
	const struct list_ops *ops;
	void *user;
	int height;       /* rows of an item, 1 or more */
	gboolean scrolls; /* no selection: the keys move the text */
	int64_t selected; /* -1: nothing */
	int64_t top;      /* first item seen */
	int seen;         /* items that fit, from the last draw */
};

void list_init(struct list *l, const struct list_ops *ops, void *user,
    gboolean scrolls);
void list_draw(struct list *l, struct canvas *c, struct area a,
    gboolean focused);
/* j k g G PgUp PgDn; FALSE when it is none of them. */
gboolean list_request(struct list *l, enum request request);
void list_select(struct list *l, int64_t i);
/* Keeps the selected item on the row of the screen where it is, at its new
 * number. */
void list_moved(struct list *l, int64_t selected_now);
/* Item at a row of the area last drawn; -1. */
int64_t list_at(const struct list *l, int y);

#endif
