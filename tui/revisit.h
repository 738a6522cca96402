/* SPDX-License-Identifier: Apache-2.0 */
/* What the panes say of the re-visit (F54). */
#ifndef QN_TUI_REVISIT_H
#define QN_TUI_REVISIT_H

#include "tui/ui.h"

/* One line of so many columns beside a conversation (a sentence to be wrapped,
 * where nothing stands), and the whole of it for the chart; NULL: no rule asks,
 * nothing is said. r NULL: the rules could not be read. Owned. */
char *revisit_brief(const struct care_revisit *r, int cols);
char *revisit_whole(const struct care_revisit *r);
/* It stands: prescribing for a diagnosis of the chart is possible here. */
gboolean revisit_stands(const struct care_revisit *r);
/* How it looks: quiet where it stands. */
enum element revisit_element(const struct care_revisit *r);

#endif
