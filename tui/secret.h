/* SPDX-License-Identifier: Apache-2.0 */
/* A secret being typed: locked memory, dots on the screen, wiped at once. */
#ifndef QN_TUI_SECRET_H
#define QN_TUI_SECRET_H

#include "tui/canvas.h"
#include "tui/event.h"

struct secret { struct base_secret *typed; size_t len; };
void secret_init(struct secret *s);
void secret_clear(struct secret *s);  /* wipes and frees */
void secret_forget(struct secret *s); /* wipes what was typed */
/* Text, Backspace, ^U, Esc (forgets), a paste's first line; FALSE: none of
 * these. */
gboolean secret_event(struct secret *s, const struct event *e);
/* What was typed, in locked memory of its own; an empty one is one NUL, which
 * opens nothing. Owned. */
struct base_secret *secret_take(const struct secret *s);
void secret_draw(const struct secret *s, struct canvas *c, struct area a,
    gboolean focused);

#endif
