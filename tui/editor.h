/* SPDX-License-Identifier: Apache-2.0 */
/* $VISUAL or $EDITOR on a text, outside of the screens. */
#ifndef QN_TUI_EDITOR_H
#define QN_TUI_EDITOR_H

#include "tui/ui.h"

/* Gives the terminal to the editor and takes it back. The text lies meanwhile in
 * a file of mode 0600 in a directory of its own under the runtime directory
 * (never /tmp), and both are gone afterwards, with whatever the editor left
 * beside it. Owned; NULL: no editor, it failed, or the file is not text. */
char *editor_edit(struct tui *ui, const char *text, gsize *len_out,
    GError **error);

#endif
