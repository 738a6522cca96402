/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the engine: loop.c, link.c, ui.c, dispatch.c. */
#ifndef QN_TUI_ENGINE_H
#define QN_TUI_ENGINE_H

#include <signal.h>

#include "tui/ui.h"

/* dispatch.c: one event to the view that has the keys. */
void dispatch(struct tui *ui, const struct event *e);

/* link.c: our end of the doorbell. Connects again by itself, more and more
 * seldom, at last with the clock's minute. */
struct link *link_new(void);
void link_free(struct link *l);
int link_fd(struct tui *ui);              /* -1: not connected */
short link_events(struct tui *ui);        /* for poll */
int64_t link_due_ms(struct tui *ui);      /* -1: never */
void link_tick(struct tui *ui);           /* connects when it is time */
void link_read(struct tui *ui);
void link_send(struct tui *ui, const struct doorbell_line *line);
unsigned link_heard(struct tui *ui);      /* dirty bits since, and forgets */
gboolean link_waiting(struct tui *ui);    /* something was heard */
void link_active(struct tui *ui, gboolean active);
void link_quit(struct tui *ui);

/* signals.c: what the loop reads from a descriptor. */
struct signals { int fd; sigset_t old_mask; };
gboolean signals_begin(struct signals *s);
void signals_end(struct signals *s);
void signals_read(struct signals *s, struct tui *ui);
/* The terminal goes back to the shell for a while. */
void engine_suspend(struct tui *ui);
/* Stops us and our job until the shell continues it; FALSE, at once, where there
 * is no shell to do so. The terminal has been given back. */
gboolean engine_stop(void);

#endif
