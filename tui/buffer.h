/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text a doctor is writing: UTF-8 with a caret, moved and deleted by grapheme
 * (UAX #29), with undo. Pure: it knows nothing of screens or the store. Positions
 * are bytes and always grapheme boundaries; columns are terminal columns.
 */
#ifndef QN_TUI_BUFFER_H
#define QN_TUI_BUFFER_H

#include "base/base.h"

struct buffer;

struct buffer *buffer_new(const char *text, size_t caret);
void buffer_free(struct buffer *b);
BASE_DEFINE_AUTO(buffer, buffer_free)

/* Borrowed, NUL-terminated. */
const char *buffer_text(const struct buffer *b);
size_t buffer_len(const struct buffer *b);
size_t buffer_caret(const struct buffer *b);
/* Graphemes, for "41 characters". */
size_t buffer_graphemes(const struct buffer *b);
/* Grows with every change: what was saved is compared with it. */
uint64_t buffer_version(const struct buffer *b);

/* At the caret. Newlines are kept (\r\n and \r become \n); other control
 * characters and bytes that are not UTF-8 are left out. Several calls with
 * typing TRUE are one step of undo, up to a blank or a newline. FALSE when the
 * text would pass BUFFER_MAX_BYTES: nothing was inserted. */
#define BUFFER_MAX_BYTES (1024 * 1024)
gboolean buffer_insert(struct buffer *b, const char *text, size_t len,
    gboolean typing);
/* The whole text, as one step of undo ($EDITOR came back). */
gboolean buffer_replace(struct buffer *b, const char *text, size_t len);

enum buffer_motion { BUFFER_LEFT, BUFFER_RIGHT, BUFFER_WORD_LEFT,
	BUFFER_WORD_RIGHT, BUFFER_START, BUFFER_END };
void buffer_move(struct buffer *b, enum buffer_motion motion);
void buffer_move_to(struct buffer *b, size_t at);
/* From the caret to where the motion would take it. */
void buffer_delete(struct buffer *b, enum buffer_motion motion);
/* Both of the logical line: between newlines. */
void buffer_delete_line_before(struct buffer *b);
void buffer_delete_line_after(struct buffer *b);

gboolean buffer_undo(struct buffer *b);
gboolean buffer_redo(struct buffer *b);

/* ---- as lines on a screen of cols columns ------------------------------- */

/* struct base_line; borrowed, valid until the next change or other width. Every
 * byte but the newlines lies in one line; a text that ends in a newline has an
 * empty last line. */
const GArray *buffer_lines(struct buffer *b, int cols);
void buffer_caret_cell(struct buffer *b, int cols, int *row, int *col);
/* Up and down by screen lines; the column is kept over short lines. FALSE at
 * the first and the last. */
gboolean buffer_move_rows(struct buffer *b, int cols, int rows);
/* Start or end of the screen line. */
void buffer_move_line_edge(struct buffer *b, int cols, gboolean end);

#endif
