/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of the chart into a reply. */
#ifndef QN_TUI_FACT_H
#define QN_TUI_FACT_H

#include "tui/buffer.h"
#include "tui/ui.h"

/* The "@word" before the caret becomes the latest result it names; TRUE: the text
 * has changed. Says so where several fit, or none. */
gboolean fact_complete(struct tui *ui, struct patient_id patient,
    struct buffer *b);

#endif
