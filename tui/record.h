/* SPDX-License-Identifier: Apache-2.0 */
/* Where a row comes from, and the record as it came: tui/record.c. */
#ifndef QN_TUI_RECORD_H
#define QN_TUI_RECORD_H

#include "tui/ui.h"

enum record_part {
	RECORD_SOURCE, /* who, when, which version; then the bytes */
	RECORD_WORDS,  /* every field in words; then the source */
};
/* The page of refs[at] ("Type/id"), Tab goes on to the others; takes refs, whose
 * strings it frees. */
struct view *record_view_new(struct tui *ui, GPtrArray *refs, guint at,
    enum record_part part);
/* The pictures and files of one. */
void record_files(struct tui *ui, const char *ref);
/* Of one; NULL ref says that there is none. */
void record_open(struct tui *ui, const char *ref, enum record_part part);

#endif
