/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Step-up before a signature: the signing secret or the token's PIN, typed by a
 * person. Where there is no signing key yet, it is made here.
 */
#ifndef QN_TUI_STEP_UP_H
#define QN_TUI_STEP_UP_H

#include "tui/ui.h"

/* Calls opened() once ui->signer is valid; at once when it is. Esc calls nobody.
 * The asker outlives the questions. */
void step_up(struct view *asker, void (*opened)(struct view *asker));
/* When what could sign is wiped from memory, not just out of date; -1: there is
 * nothing. */
int64_t step_up_due_ms(const struct tui *ui);
void step_up_tick(struct tui *ui);

#endif
