/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the canvas's files, which alone include curses: canvas.c (the terminal),
 * canvas_frame.c (styles and frames), canvas_blank.c (what blanks wear),
 * canvas_text.c (text and shapes), canvas_picture.c. Output only: keys are read by
 * input.c.
 */
#ifndef QN_TUI_CANVAS_CURSES_H
#define QN_TUI_CANVAS_CURSES_H

#include "tui/canvas.h"

/* Last: they define common words as macros. */
#include <curses.h>
#include <term.h>

enum { PAIRS_MAX = 240, DEPTH_256 = 0, DEPTH_16 = 1, DEPTH_NONE = 2 };

struct picture_pair { short fg, bg; };
struct paint { attr_t attrs; int pair; };
struct canvas {
	SCREEN *screen;
	const struct theme *theme;
	int rows, cols;
	int depth;              /* DEPTH_… */
	gboolean bright;        /* 16 colours, not 8 */
	gboolean mouse;
	enum element under;
	struct { short fg, bg; } pair[PAIRS_MAX];
	int n_pairs;
	GArray *picture_pairs;  /* struct picture_pair, from PAIRS_MAX + 1 on */
	GHashTable *picture_pair_of;
	int cursor_y, cursor_x;
	gboolean cursor_seen;
	int frame_fd;           /* a frame is gathered here; -1: it is not */
	int tty_fd;
};

/* canvas.c: past curses, straight to the terminal. */
void canvas_put_bytes(const char *bytes, size_t left);
void canvas_put(const char *bytes);
/* canvas_frame.c: what this terminal can show of the theme. */
void canvas_colours_begin(struct canvas *c);
struct paint canvas_paint(struct canvas *c, enum element element);
int canvas_pair(struct canvas *c, short fg, short bg); /* 0: none is left */
/* canvas_picture.c */
short canvas_picture_background(const struct canvas *c, int pair);
/* canvas_blank.c: before a frame goes out. */
void canvas_join_blanks(struct canvas *c);

#endif
