/* SPDX-License-Identifier: Apache-2.0 */
/* The first line: whose practice, what is owed, how fresh it all is. */
#ifndef QN_TUI_HEADER_H
#define QN_TUI_HEADER_H

#include "tui/ui.h"

void header_draw(struct tui *ui, struct area a);
/* "live", "offline since 12:04", …: in words. Owned. */
char *header_status_words(const struct tui *ui);

#endif
