/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The editor's process. It has a process group of its own, as a shell's job has,
 * so that it can be stopped with its children while the terminal is ours.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tui/editor.h"
#include "tui/engine.h"

enum {
	STOP_MS = 500,   /* to restore the terminal when asked to stop */
	HANGUP_MS = 2000 /* to save its own when hung up */
};

/* ---- who has the terminal ----------------------------------------------- */

/* From the background SIGTTOU would stop us for it. */
static void
foreground(pid_t group)
{
	sigset_t mask, old;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTTOU);
	sigprocmask(SIG_BLOCK, &mask, &old);
	tcsetpgrp(STDIN_FILENO, group);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static struct timespec
terminal_read(void)
{
	struct stat st = { 0 };

	fstat(STDIN_FILENO, &st);
	return st.st_atim;
}

/* ---- begin -------------------------------------------------------------- */

static void
run(const char *command, const char *path)
{
	/* $EDITOR may hold options ("vim -n"), so the shell splits it; the path
	 * is an argument and is not split. */
	g_autofree char *script = g_strdup_printf("exec %s \"$1\"", command);
	static const int ours[] = { SIGINT, SIGQUIT, SIGTSTP, SIGPIPE, SIGTTOU,
		SIGTTIN, SIGCHLD };
	sigset_t none;

	setpgid(0, 0);
	foreground(getpid());
	for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
		signal(ours[i], SIG_DFL);
	/* The loop reads its signals from a descriptor and blocks them. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl("/bin/sh", "sh", "-c", script, "sh", path, (char *)NULL);
	_exit(127);
}

gboolean
editor_child_start(struct editor_child *c, const char *command,
    const char *path, GError **error)
{
	c->saved = FALSE;
	c->pid = fork();
	if (c->pid == 0)
		run(command, path);
	if (c->pid > 0) {
		setpgid(c->pid, c->pid); /* whoever is first */
		return TRUE;
	}
	c->pid = 0;
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
	    "fork: %s", g_strerror(errno));
	return FALSE;
}

/* ---- waiting ------------------------------------------------------------ */

/* Milliseconds until the lock is due; -1 never. The kernel notes when a terminal
 * was read, to some seconds. */
static int64_t
idle_left_ms(struct editor_child *c, int64_t idle_ms)
{
	struct timespec read = terminal_read();
	int64_t now = base_mono_ms(), ago;

	if (idle_ms < 0)
		return -1;
	if (read.tv_sec != c->read.tv_sec || read.tv_nsec != c->read.tv_nsec) {
		c->read = read;
		ago = g_get_real_time() / 1000 - (int64_t)read.tv_sec * 1000 -
		    read.tv_nsec / 1000000;
		c->began_mono_ms = now - MAX(ago, 0);
	}
	return MAX(c->began_mono_ms + idle_ms - now, 0);
}

/* The next of SIGCHLD and what ends us, which the loop blocks; 0: none came. */
static int
next_signal(int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	sigset_t set;
	int signo;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	signo = ms < 0 ? sigwaitinfo(&set, NULL)
	    : sigtimedwait(&set, NULL, &t);
	return MAX(signo, 0);
}

static void
child_signals(gboolean block)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* FALSE: it did neither within the time. */
static gboolean
ended_or_stopped(struct editor_child *c, int64_t ms, int *status)
{
	int64_t end = base_mono_ms() + ms, left;

	while (waitpid(c->pid, status, WNOHANG | WUNTRACED) != c->pid) {
		left = end - base_mono_ms();
		if (left <= 0)
			return FALSE;
		next_signal(left);
	}
	if (!WIFSTOPPED(*status))
		c->pid = 0;
	return TRUE;
}

/* Asked first, so that it gives the terminal back as it found it. */
static void
stop(struct editor_child *c, int *status)
{
	c->saved = tcgetattr(STDIN_FILENO, c->termios) == 0;
	kill(-c->pid, SIGTSTP);
	if (ended_or_stopped(c, STOP_MS, status))
		c->saved = FALSE;
	else
		kill(-c->pid, SIGSTOP);
}

static void
go_on(struct editor_child *c)
{
	foreground(c->pid);
	if (c->saved)
		tcsetattr(STDIN_FILENO, TCSANOW, c->termios);
	c->saved = FALSE;
	kill(-c->pid, SIGCONT);
}

/* ^Z in the editor: we are the shell's job, so we stop with it. */
static void
stopped_itself(struct editor_child *c)
{
	foreground(getpgrp());
	engine_stop();
	go_on(c);
}

static enum editor_end
wait_on(struct editor_child *c, int64_t idle_ms, int *status, int *signo)
{
	int64_t left;

	while (TRUE) {
		if (waitpid(c->pid, status, WNOHANG | WUNTRACED) == c->pid) {
			if (!WIFSTOPPED(*status)) {
				c->pid = 0;
				return EDITOR_DONE;
			}
			stopped_itself(c);
		}
		left = idle_left_ms(c, idle_ms);
		if (left == 0) {
			stop(c, status);
			return c->pid ? EDITOR_IDLE : EDITOR_DONE;
		}
		*signo = next_signal(left);
		if (*signo == SIGTERM || *signo == SIGHUP) {
			editor_child_end(c);
			return EDITOR_LEAVE;
		}
	}
}

enum editor_end
editor_child_wait(struct editor_child *c, int64_t idle_ms, int *status,
    int *signo)
{
	enum editor_end end;

	child_signals(TRUE);
	c->began_mono_ms = base_mono_ms();
	c->read = terminal_read();
	go_on(c);
	end = wait_on(c, idle_ms, status, signo);
	foreground(getpgrp());
	child_signals(FALSE);
	return end;
}

/* ---- end ---------------------------------------------------------------- */

void
editor_child_end(struct editor_child *c)
{
	int status;

	if (!c->pid)
		return;
	child_signals(TRUE);
	foreground(c->pid); /* or its last words to the terminal stop it */
	kill(-c->pid, SIGHUP);
	kill(-c->pid, SIGCONT);
	if (!ended_or_stopped(c, HANGUP_MS, &status) || c->pid) {
		kill(-c->pid, SIGKILL);
		waitpid(c->pid, &status, 0);
	}
	c->pid = 0;
	foreground(getpgrp());
	child_signals(FALSE);
}
