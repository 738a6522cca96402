/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wall at run time: after this the program that draws has no network. The
 * filter is inherited by $EDITOR; unix sockets stay open (the doorbell), so it
 * is defence in depth and no more.
 */
#include "cli/cli.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Denied outright: nobody here traces, reads others' memory, or has a ring that
 * could open sockets past the filter. */
static const int denied_calls[] = {
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(io_uring_setup), SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(kexec_load),
	SCMP_SYS(mount), SCMP_SYS(unshare),
};

static int
add_rules(scmp_filter_ctx filter)
{
	int rc = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(denied_calls) && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
		    denied_calls[i], 0);
	/* Any family but AF_UNIX, numbers below it and above it. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT),
		    SCMP_SYS(socket), 1,
		    SCMP_A0(SCMP_CMP_NE, AF_UNIX));
	/* Pushing keys into a terminal; only the low 32 bits count. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
		    SCMP_SYS(ioctl), 1,
		    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI));
	return rc;
}

gboolean
cli_guard(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc;

	if (!filter)
		return FALSE;
	rc = add_rules(filter);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	return rc == 0;
}
