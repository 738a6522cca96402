/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen as cells. The files of canvas_curses.h alone include curses. Text
 * given here has passed base_text_show(); it is clipped by columns, and neither a
 * grapheme nor a wide cell is ever split: where half of one would fit, a blank
 * stands.
 */
#ifndef QN_TUI_CANVAS_H
#define QN_TUI_CANVAS_H

#include "tui/theme.h"

struct area { int y, x, rows, cols; };

struct canvas;
/* Takes over the terminal of stdin and stdout. theme is borrowed. */
struct canvas *canvas_open(const struct theme *theme, gboolean mouse,
    GError **error);
/* Gives the terminal back as it was. */
void canvas_close(struct canvas *c);
BASE_DEFINE_AUTO(canvas, canvas_close)

int canvas_rows(const struct canvas *c);
int canvas_cols(const struct canvas *c);
/* The window changed its size: asks the terminal. */
void canvas_resize(struct canvas *c);
/* Terminal back to the shell, and taken again (SIGTSTP, $EDITOR). */
void canvas_leave(struct canvas *c);
void canvas_return(struct canvas *c);
/* What is on the glass is unknown: the next frame is drawn whole. */
void canvas_forget(struct canvas *c);
/* Lines printed on the terminal after canvas_close() are the caller's. */

/* A frame: begin, draw, end. Nothing reaches the terminal before the end. */
void canvas_begin(struct canvas *c);
void canvas_end(struct canvas *c);
/* OSC 7799 ; number BEL (tests). */
void canvas_mark(struct canvas *c, long number);
void canvas_bell(struct canvas *c);

/* Draws at (y, x) of the area at most cols columns; returns the columns used. y
 * or x outside of the area draws nothing. */
int canvas_text(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text);
int canvas_text_n(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text, size_t len);
/* A sentence, wrapped into the area; what is past its last row is left out. */
void canvas_sentence(struct canvas *c, struct area a, enum element element,
    const char *text);
/* The same, and what is cut ends in "…": a value may not look like a shorter
 * one. */
void canvas_text_cut(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text);
/* Right-aligned within cols columns from x. */
void canvas_text_right(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text);
/* The same in formatted words; returns the columns used. */
int canvas_print(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *fmt, ...) G_GNUC_PRINTF(7, 8);
/* A picture in its own colours, from the area's corner; clipped. */
void canvas_picture(struct canvas *c, struct area a, const struct picture *p);
/* The colours to ask qingnang-picture for; light: the screen's ground is. */
enum picture_depth canvas_picture_depth(const struct canvas *c,
    gboolean light);
void canvas_fill(struct canvas *c, struct area a, enum element element);
void canvas_hline(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element);
void canvas_vline(struct canvas *c, struct area a, int y, int x, int rows,
    enum element element);
void canvas_box(struct canvas *c, struct area a, enum element element);
/* While set, what is drawn takes this element's background and attributes: a
 * selected row. E_SCREEN: none. */
void canvas_under(struct canvas *c, enum element element);
/* Where the terminal's cursor is when the frame ends: the caret, or unseen on
 * the selected row. The last call of a frame holds. */
void canvas_cursor(struct canvas *c, struct area a, int y, int x,
    gboolean visible);

/* Part of an area; clipped to it. */
struct area area_part(struct area a, int y, int x, int rows, int cols);

#endif
