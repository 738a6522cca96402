/* SPDX-License-Identifier: Apache-2.0 */
/* The lock, the unlock screen, the first start, and the command line. */
#ifndef QN_TUI_LOCK_H
#define QN_TUI_LOCK_H

#include "tui/ui.h"

/* Locks: session_close(), forget_key, and the lock view pushed. */
void lock_now(struct tui *ui);
/* The view that asks for the passphrase and calls session_open(). */
struct view *lock_view_new(struct tui *ui);
/* Why the cache does not open, in the doctor's language. Owned. */
char *lock_sentence(const GError *error);
/* Monotonic time at which the idle lock falls; -1: never. */
int64_t lock_due_ms(const struct tui *ui);

/* The one question of the first start; answers into options->first. */
struct view *first_view_new(struct tui *ui);

struct view *command_view_new(struct tui *ui); /* the ":" line */

#endif
