/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
/*
 * Proves, in a child, that after the filter no program can be started, no other
 * process looked into and no terminal typed into or reconfigured; and that what
 * qingnang-sync needs goes on: sockets, threads, files, reading a terminal.
 */
#include "tests/tap.h"
#include <errno.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "net/guard.h"

static gpointer
nothing(gpointer user)
{
	return user;
}

/* The number of the first thing that is not as it should be. */
static int
behind_the_filter(int tty)
{
	char *const argv[] = { (char *)(uintptr_t)"true", NULL };
	struct termios t;
	struct winsize size = { 24, 80, 0, 0 };
	char byte = 'x';
	struct iovec io = { &byte, 1 };
	GThread *thread;

	if (!guard_install(NULL))
		return 1;
	if (execv("/bin/true", argv) != -1 || errno != EPERM)
		return 2;
	if (process_vm_readv(getppid(), &io, 1, &io, 1, 0) != -1 ||
	    errno != EPERM)
		return 3;
	if (ioctl(tty, TIOCSTI, &byte) != -1 || errno != EPERM)
		return 4;
	if (tcgetattr(tty, &t) != 0)
		return 5;
	if (tcsetattr(tty, TCSANOW, &t) != -1 || errno != EPERM)
		return 6;
	if (ioctl(tty, TIOCSWINSZ, &size) != -1 || errno != EPERM)
		return 7;
	if (setsid() != -1 || errno != EPERM)
		return 8;
	/* The kernel looks at 32 bits of a request. */
	if (syscall(SYS_ioctl, tty, 0x100000000ul | TIOCSTI, &byte) != -1 ||
	    errno != EPERM)
		return 9;
	if (socket(AF_INET, SOCK_STREAM, 0) < 0 ||
	    socket(AF_UNIX, SOCK_STREAM, 0) < 0)
		return 10;
	thread = g_thread_new("t", nothing, &byte);
	if (g_thread_join(thread) != &byte)
		return 11;
	return 0;
}

static void
test_filter(void **state)
{
	int master, tty, status;
	pid_t pid;

	assert_int_equal(openpty(&master, &tty, NULL, NULL, NULL), 0);
	pid = fork();
	if (pid == 0)
		_exit(behind_the_filter(tty));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(master);
	close(tty);
}

/* No name twice, and each known to this machine or to none. */
static void
test_table(void **state)
{
	for (size_t i = 0; guard_denied_calls[i]; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(guard_denied_calls[i],
			    guard_denied_calls[k]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
