/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include "net/error.h"
#include "net/guard.h"

/* The sanitizers' own leak check looks at its threads by ptrace. */
#if defined(__SANITIZE_ADDRESS__)
#define PTRACE_CALLS
#else
#define PTRACE_CALLS "ptrace",
#endif

const char *const guard_denied_calls[] = {
	"execve", "execveat", PTRACE_CALLS "process_vm_readv",
	"process_vm_writev", "pidfd_getfd", "kcmp", "setsid", "keyctl",
	"add_key", "request_key", "bpf", "perf_event_open", "userfaultfd",
	"mount", "umount2", "pivot_root", "chroot", "unshare", "setns",
	"init_module", "finit_module", "delete_module", "kexec_load", "swapon",
	"swapoff", "acct", "quotactl", "reboot", NULL
};

/* Typing for the user, changing or taking a terminal, making a new one. */
static const unsigned long denied_ioctls[] = {
	TIOCSTI, TCSETS, TCSETSW, TCSETSF, TCSETA, TCSETAW, TCSETAF, TIOCSCTTY,
	TIOCSPGRP, TIOCSWINSZ, TIOCSETD, TIOCCONS, TIOCSPTLCK, TIOCGPTN,
	0x541c /* TIOCLINUX: paste and more, on a console */,
};

static int
deny_calls(scmp_filter_ctx filter)
{
	for (size_t i = 0; guard_denied_calls[i]; i++) {
		int call = seccomp_syscall_resolve_name(guard_denied_calls[i]);
		int err;
		if (call == __NR_SCMP_ERROR)
			continue; /* not on this machine */
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
		if (err < 0)
			return err;
	}
	return 0;
}

/* The kernel looks at 32 bits of the request: so must the filter. */
static int
deny_ioctls(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < G_N_ELEMENTS(denied_ioctls); i++) {
		int err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
		    SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff,
		    denied_ioctls[i]));
		if (err < 0)
			return err;
	}
	return 0;
}

gboolean
guard_install(GError **error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int err = filter ? deny_calls(filter) : -ENOMEM;

	if (err == 0)
		err = deny_ioctls(filter);
	if (err == 0)
		err = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	if (err < 0)
		g_set_error(error, NET_ERROR, NET_ERROR_CONFIG, "seccomp: %s",
		    g_strerror(-err));
	return err == 0;
}
