/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view: one short file and one ops table. A view reads the store in load(),
 * draws from what it has loaded in draw(), and answers requests. It never
 * touches curses, never waits, and keeps no patient data after drop().
 */
#ifndef QN_TUI_VIEW_H
#define QN_TUI_VIEW_H

#include "tui/canvas.h"
#include "tui/request.h"

struct tui;
struct view;

enum view_place {
	PLACE_PANE,   /* one of the three panes, or inside one (the composer) */
	PLACE_PROMPT, /* the line above the footer; may grow upwards */
	PLACE_PAGE,   /* over the panes; header and footer stay */
	PLACE_SCREEN, /* the whole screen: lock, first start */
};

/* Any function but draw may be NULL. */
struct view_ops {
	const char *name;
	enum view_place place;
	unsigned where;          /* which keys of the table hold here */
	/* The requests of the footer, at most four, REQ_NONE at the end. */
	const enum request *(*footer)(struct view *v);
	/* Reads from the store what will be drawn. */
	void (*load)(struct view *v);
	/* Forgets every text of a patient: lock, end. */
	void (*drop)(struct view *v);
	/* PLACE_PANE: its line of title. */
	void (*title)(struct view *v, struct canvas *c, struct area a);
	void (*draw)(struct view *v, struct canvas *c, struct area a,
	    gboolean focused);
	/* Whose it is, in words (words_patient()); NULL: of many, or of nobody.
	 * Without it a page over it names nobody. Owned. */
	char *(*whose)(struct view *v);
	/* How many rows it would like (PLACE_PROMPT, the composer). */
	int (*rows)(struct view *v, int cols, int max_rows);
	/* TRUE: taken. */
	gboolean (*request)(struct view *v, enum request request);
	/* Keys that are in no table: text, the caret, a paste, the mouse. */
	gboolean (*event)(struct view *v, const struct event *e);
	/* The frame is on the glass and no key is waiting. */
	void (*shown)(struct view *v);
	/* A descriptor to be read when something came, of the view on top; -1:
	 * none. */
	int (*fd)(struct view *v);
	void (*ready)(struct view *v);
	/* Monotonic time at which tick() is wanted; -1: not. */
	int64_t (*due)(struct view *v);
	void (*tick)(struct view *v);
	/* Still working out what will be drawn: a frame mark waits for it. */
	gboolean (*busy)(struct view *v);
	void (*free)(struct view *v);
};

/* First member of every view's own struct. */
struct view {
	const struct view_ops *ops;
	struct tui *ui;
};

#endif
