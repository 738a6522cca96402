/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as the loop reads them, and the way to the shell and back. */
#include "config.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include "tui/engine.h"

static const int caught[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP,
	SIGCONT, SIGQUIT };

gboolean
signals_begin(struct signals *s)
{
	sigset_t mask;

	sigemptyset(&mask);
	for (size_t i = 0; i < G_N_ELEMENTS(caught); i++)
		sigaddset(&mask, caught[i]);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a full disk */
	sigprocmask(SIG_BLOCK, &mask, &s->old_mask);
	s->fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->fd >= 0;
}

void
signals_end(struct signals *s)
{
	if (s->fd >= 0)
		close(s->fd);
	sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
}

static void
one(struct tui *ui, uint32_t signo)
{
	switch (signo) {
	case SIGWINCH:
		canvas_resize(ui->canvas);
		ui_dirty(ui, DIRTY_SCREEN);
		break;
	case SIGTSTP:
		engine_suspend(ui);
		break;
	case SIGCONT: /* stopped by SIGSTOP from outside */
		canvas_leave(ui->canvas);
		canvas_return(ui->canvas);
		ui_dirty(ui, DIRTY_ALL);
		break;
	default:
		ui->leave = TRUE;
		ui->exit_code = 128 + (int)signo;
	}
}

void
signals_read(struct signals *s, struct tui *ui)
{
	struct signalfd_siginfo info;

	while (read(s->fd, &info, sizeof(info)) == sizeof(info))
		one(ui, info.ssi_signo);
}

/* ---- to the shell ------------------------------------------------------- */

/* SIGTSTP, not SIGSTOP: the kernel leaves it undone for a group that no shell
 * would ever continue. Whoever was stopped finds the SIGCONT that woke it.
 * curses' own handler would have its own idea of the screen. */
gboolean
engine_stop(void)
{
	struct sigaction plain = { .sa_handler = SIG_DFL }, old;
	sigset_t mask, pending;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTSTP);
	sigaction(SIGTSTP, &plain, &old);
	kill(0, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	sigaction(SIGTSTP, &old, NULL);
	return sigpending(&pending) == 0 && sigismember(&pending, SIGCONT) == 1;
}

void
engine_suspend(struct tui *ui)
{
	gboolean stopped;

	canvas_leave(ui->canvas);
	stopped = engine_stop();
	canvas_return(ui->canvas);
	if (!stopped)
		ui_say(ui, _("There is no shell to go back to here. q "
		    "leaves."));
	ui_dirty(ui, DIRTY_ALL);
}
