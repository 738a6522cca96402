/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of our own in the runtime directory, for what another program reads
 * or writes. Its name tells whose it is, should we be killed. */
#ifndef QN_TUI_SCRATCH_H
#define QN_TUI_SCRATCH_H

#include "base/base.h"

/* Owned; NULL with errno when it cannot be made. */
char *scratch_dir_new(const char *runtime_dir, const char *prefix);
/* With all in it: an editor's backup and swap files are copies of the reply. */
void scratch_remove(const char *path);
/* Removes those whose program has ended and of which is_left (NULL: any) says
 * that nobody has them. */
void scratch_sweep(const char *runtime_dir, const char *prefix,
    gboolean (*is_left)(const char *path));

#endif
