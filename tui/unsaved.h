/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reply that the disk would not take when the lock fell. The store is closed
 * and its key wiped, so the text waits in locked memory (base_secret), by the
 * server's name of its thread and patient: the cache may be another one by the
 * time it is opened. It goes to the disk, or back into the composer, at unlock.
 */
#ifndef QN_TUI_UNSAVED_H
#define QN_TUI_UNSAVED_H

#include "tui/ui.h"

/* The composer's text, if it is not on disk and there is any. */
void unsaved_keep(struct tui *ui);
gboolean unsaved_any(const struct tui *ui);
/* The store is open again: what can be saved now is. Before the composer loads
 * its draft. */
void unsaved_save(struct tui *ui);
/* What still cannot be saved goes back under the doctor's eyes. */
void unsaved_show(struct tui *ui);
/* An element of ui->unsaved: wipes it. */
void unsaved_free(void *unsaved);

#endif
