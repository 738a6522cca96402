/* SPDX-License-Identifier: Apache-2.0 */
/*
 * $VISUAL or $EDITOR on a reply, outside of the screens. The text lies meanwhile
 * in a file of mode 0600 in a directory of its own under the runtime directory
 * (never /tmp); both are gone afterwards, with whatever the editor left beside it.
 *
 * The idle lock falls over an editor too: it is stopped, the terminal is ours
 * again, and it goes on where it was once the passphrase was given. Work in the
 * editor is seen by the terminal's own time of last reading.
 */
#ifndef QN_TUI_EDITOR_H
#define QN_TUI_EDITOR_H

#include <time.h>

#include "tui/ui.h"

enum editor_end {
	EDITOR_DONE,   /* it has ended well: its text is wanted */
	EDITOR_FAILED, /* it never ran, or ended with an error */
	EDITOR_IDLE,   /* stopped: the lock is due; editor_continue() later */
	EDITOR_LEAVE,  /* a signal ends us, and it was hung up: ui->leave is set */
};

/* Gives the terminal to the editor, waits, and takes it back. One at a time. */
enum editor_end editor_begin(struct tui *ui, struct draft_key key,
    const char *text, GError **error);
enum editor_end editor_continue(struct tui *ui, GError **error);
/* The reply it was begun for; NULL: none is open. Borrowed. */
const struct draft_key *editor_key(const struct tui *ui);
/* What lies in the file now. Owned; NULL: it is gone, or is no text. */
char *editor_text(const struct tui *ui, gsize *len_out, GError **error);
/* Hangs up what still runs and removes every file. Safe to call again. */
void editor_end(struct tui *ui);
/* Removes what a killed program left there. */
void editor_sweep(const char *runtime_dir);

/* ---- editor_child.c: the process ---------------------------------------- */

struct termios;
struct editor_child {
	pid_t pid;              /* its own process group; 0: none */
	gboolean saved;         /* termios is the editor's */
	struct termios *termios;
	int64_t began_mono_ms;  /* idle is counted from here … */
	struct timespec read;   /* … unless the terminal was read since */
};

gboolean editor_child_start(struct editor_child *c, const char *command,
    const char *path, GError **error);
/* In the foreground, until it ends (*status, as of waitpid), nobody has typed
 * for idle_ms (-1: never), or we are asked to end (*signo). */
enum editor_end editor_child_wait(struct editor_child *c, int64_t idle_ms,
    int *status, int *signo);
/* SIGHUP, a moment, SIGKILL. */
void editor_child_end(struct editor_child *c);

#endif
