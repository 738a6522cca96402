/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of text being typed: graphemes, the real cursor at the caret, a paste
 * up to its first newline. It scrolls sideways when it is longer than its place.
 */
#ifndef QN_TUI_FIELD_H
#define QN_TUI_FIELD_H

#include "tui/buffer.h"
#include "tui/canvas.h"
#include "tui/event.h"

struct field { struct buffer *buf; size_t max_bytes; };
void field_init(struct field *f, const char *text, size_t max_bytes);
void field_clear(struct field *f); /* frees */
const char *field_text(const struct field *f);
void field_set(struct field *f, const char *text);
/* Text, a paste, the caret by grapheme, word and end, ^U ^W ^K; FALSE: not one
 * of these. *changed (may be NULL): the text is another. */
gboolean field_event(struct field *f, const struct event *e,
    gboolean *changed);
/* In one row; focused: with the cursor. Bytes from `from` on in another element
 * by the caller: it draws over. */
void field_draw(struct field *f, struct canvas *c, struct area a,
    enum element element, gboolean focused);
/* Column of a byte of the text as field_draw() showed it; may lie outside. */
int field_col(const struct field *f, struct area a, size_t byte);

#endif
