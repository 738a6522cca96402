/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reply in the lower part of the thread pane. The thread view gives it rows
 * (ops->rows: how many it would like, frame included), draws it (ops->draw:
 * frame, patient's name, text; canvas_cursor() at the caret when focused) and the
 * engine hands it keys while ui->composing. Autosave: ops->due and ops->tick.
 * PgUp and PgDn that it does not take scroll the thread above it.
 */
#ifndef QN_TUI_COMPOSER_H
#define QN_TUI_COMPOSER_H

#include "tui/ui.h"

/* Loads the draft of that thread, or begins one; patient is copied. NULL with
 * error when the draft belongs to another patient or cannot be read. ops->free
 * saves first. */
struct view *composer_view_new(struct tui *ui, struct draft_key key,
    const struct patient_brief *patient, GError **error);
/* Saves what is not saved yet; FALSE: disk full and friends. */
gboolean composer_view_save(struct view *v, GError **error);
/* Text that is not on disk becomes the reply, and is saved when it can be. */
gboolean composer_view_take(struct view *v, const char *text, size_t len,
    size_t caret);
/* The lock is open again: the editor that it stopped goes on. */
void composer_edit_again(struct tui *ui);
/* A lead and these results, each on its line; struct results_line. */
gboolean composer_view_quote(struct view *v, const char *lead,
    const GPtrArray *lines);
/* The reply calls the patient back until that day; kept by the caller. */
void composer_view_recall(struct view *v, const char *due);
/* Nothing is written there. */
gboolean composer_view_empty(struct view *v);
/* How its draft stands in the store, while nothing of it is unsaved: another
 * window of this doctor may have sent or changed it. */
enum composer_stand { COMPOSER_STANDS, COMPOSER_CHANGED, COMPOSER_GONE };
enum composer_stand composer_view_stand(struct view *v);
/* What was written is no longer here to be sent. */
void composer_view_clear(struct view *v);

#endif
