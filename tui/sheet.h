/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sheet: paragraphs in the elements of the theme, wrapped to the width and
 * scrolled: a renewal request, a prescription before its signature, findings. It
 * knows whether its end was on the screen, on which the sign key rests.
 */
#ifndef QN_TUI_SHEET_H
#define QN_TUI_SHEET_H

#include "tui/canvas.h"
#include "tui/request.h"

struct sheet;
struct sheet *sheet_new(void);
void sheet_free(struct sheet *s);
BASE_DEFINE_AUTO(sheet, sheet_free)
/* Forgets the paragraphs; the place on the screen and what was seen too. */
void sheet_clear(struct sheet *s);
/* The same before the same is added anew: who scrolled keeps the line, whatever
 * came to be above it. */
void sheet_again(struct sheet *s);
/* A paragraph; text passes the gate here. mark ("✓", "✗", "") stands before it,
 * and what wraps hangs under the text. */
void sheet_add(struct sheet *s, enum element element, const char *mark,
    const char *text);
/* The same in formatted words. */
void sheet_print(struct sheet *s, enum element element, const char *mark,
    const char *fmt, ...) G_GNUC_PRINTF(4, 5);
/* A heading, with an empty line before it unless it is the first. */
void sheet_head(struct sheet *s, const char *text);
void sheet_draw(struct sheet *s, struct canvas *c, struct area a);
/* Scrolls: down, up, pages, top, bottom; FALSE when it is none of these. */
gboolean sheet_request(struct sheet *s, enum request request);
/* By lines, for a view whose own list has the arrows. */
void sheet_scroll(struct sheet *s, int lines);
/* The last line was on the screen since the last sheet_clear(). Width or height
 * that change do not undo it. */
gboolean sheet_seen(const struct sheet *s);
/* All of it would be seen at once in so many rows. */
gboolean sheet_fits(struct sheet *s, int cols, int rows);
/* Lines below the screen as last drawn. */
int sheet_below(const struct sheet *s);

#endif
