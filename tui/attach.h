/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a reply: asked for by path, kept in the vault, seen above the words. */
#ifndef QN_TUI_ATTACH_H
#define QN_TUI_ATTACH_H

#include "tui/composer_view.h"

/* Reads what is attached to the draft. */
void attach_load(struct composer *p);
/* Asks for a path, says the limit, and keeps the file. */
void attach_ask(struct composer *p);
/* The last one goes again. FALSE: there is none. */
gboolean attach_take_back(struct composer *p);
int attach_rows(const struct composer *p);
void attach_draw(const struct composer *p, struct canvas *c, struct area a);
/* What a path that was begun can only mean; owned. *several: there are more. */
char *attach_complete(const char *typed, gboolean *several);

#endif
