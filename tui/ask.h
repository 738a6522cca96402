/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks for one line (a reason, an address) or a secret above the footer. The
 * answer goes to the asker; Esc leaves and calls nobody.
 */
#ifndef QN_TUI_ASK_H
#define QN_TUI_ASK_H

#include "tui/ui.h"

/* The answer is not blank; FALSE keeps the question open (the asker has said
 * why). The asker outlives the question. */
typedef gboolean (*ask_text_fn)(struct view *asker, const char *text);
struct view *ask_view_new(struct view *asker, const char *label,
    const char *text, ask_text_fn answer);
/* The same for a path, completed by Tab. */
struct view *ask_path_view_new(struct view *asker, const char *label,
    ask_text_fn answer);
/* The same for a secret: locked memory, no echo. The answer borrows it. */
typedef gboolean (*ask_secret_fn)(struct view *asker,
    const struct base_secret *secret);
struct view *ask_secret_view_new(struct view *asker, const char *label,
    ask_secret_fn answer);

#endif
