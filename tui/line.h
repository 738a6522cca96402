/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line that is typed: the filter, the command line. The caret moves as in the
 * composer; ^U and ^W clear, a paste is taken to its first newline; a text longer
 * than the line scrolls, so that the caret is always seen.
 */
#ifndef QN_TUI_LINE_H
#define QN_TUI_LINE_H

#include "tui/buffer.h"
#include "tui/canvas.h"
#include "tui/event.h"

enum { LINE_MAX_BYTES = 256 };

/* TRUE: the key was taken. *changed is set when the text is another one. */
gboolean line_event(struct buffer *b, const struct event *e, gboolean *changed);
/* In the first row of the area, with the cursor when focused. */
void line_draw(struct buffer *b, struct canvas *c, struct area a,
    enum element element, gboolean focused);

#endif
