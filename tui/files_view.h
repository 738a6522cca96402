/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of pictures and files: files.c (the list), picture.c (one),
 * picture_child.c (qingnang-picture at work). */
#ifndef QN_TUI_FILES_VIEW_H
#define QN_TUI_FILES_VIEW_H

#include "store/file.h"
#include "tui/ui.h"

/* ---- files.c ------------------------------------------------------------ */

/* What stands in the list: the file, and of which message. Owned. */
struct files_item { struct file_row *row; char *when; };
GPtrArray *files_items_new(void);
/* All files of that resource; when is copied. */
void files_add(struct tui *ui, GPtrArray *items, const char *ref,
    const char *when);
/* Of one file its view, of several the list, the cursor on `at`. Takes items. */
void files_open(struct tui *ui, GPtrArray *items, guint at);

/* ---- picture.c ---------------------------------------------------------- */

/* Takes row. */
struct view *picture_view_new(struct tui *ui, struct file_row *row);
/* "[picture] name  42 KB" */
char *files_words(const char *title, const char *content_type,
    int64_t size_bytes);

/* ---- outside.c ---------------------------------------------------------- */

/* What the bytes are, where they leave it open as the server said it. */
const char *outside_type(GBytes *bytes, const char *said);
/* The bytes to the program of their type, through a file that lives as long as it
 * runs. */
gboolean outside_open(struct tui *ui, GBytes *bytes, const char *type,
    GError **error);
/* What was left by one that was killed. */
void outside_sweep(const char *runtime_dir);

/* ---- picture_child.c ---------------------------------------------------- */

struct picture_child;
/* The bytes reach it through memory that no file system names. */
struct picture_child *picture_child_new(GBytes *bytes, int cols, int rows,
    enum picture_depth depth, GError **error);
void picture_child_free(struct picture_child *child); /* ends it */
BASE_DEFINE_AUTO(picture_child, picture_child_free)
int picture_child_fd(const struct picture_child *child);
int64_t picture_child_due(const struct picture_child *child);
/* What has come so far. FALSE while there is more to come; TRUE at the end:
 * *out is the answer, NULL when it gave none that holds. */
gboolean picture_child_read(struct picture_child *child, struct picture **out);

#endif
