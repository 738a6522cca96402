/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wall at run time: after this the program that draws has no network. The
 * filter is inherited by $EDITOR; unix sockets stay open (the doorbell), so it
 * is defence in depth and no more.
 *
 * The program for the kernel is written out here: libseccomp takes a third of a
 * millisecond of every start to come to the same one. tests/cli/test_guard holds
 * the two against each other.
 */
#include "cli/cli.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Machines whose low word of an argument comes first. Elsewhere the wall is that
 * of the build alone. */
#if defined(__x86_64__) && defined(__LP64__)
#define GUARD_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define GUARD_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define GUARD_ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef GUARD_ARCH

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	(uint32_t)offsetof(struct seccomp_data, field))
#define LOAD_HIGH(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	(uint32_t)offsetof(struct seccomp_data, field) + 4)
/* Steps over so many when the word in hand is (is not) this. */
#define JUMP(is, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (is), (yes), (no))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE(number) RETURN(SECCOMP_RET_ERRNO | (number))
#define DENY(call) JUMP(call, 0, 1), REFUSE(EPERM)

static const struct sock_filter program[] = {
	LOAD(arch),
	JUMP(GUARD_ARCH, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
#ifdef __X32_SYSCALL_BIT
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, __X32_SYSCALL_BIT, 0, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
#endif
	/* Nobody here traces, reads others' memory, or has a ring that could open
	 * sockets past the filter. */
	DENY(SYS_ptrace), DENY(SYS_process_vm_readv),
	DENY(SYS_process_vm_writev), DENY(SYS_io_uring_setup), DENY(SYS_bpf),
	DENY(SYS_perf_event_open), DENY(SYS_userfaultfd), DENY(SYS_kexec_load),
	DENY(SYS_mount), DENY(SYS_unshare),
	/* Any family but AF_UNIX. */
	JUMP(SYS_socket, 0, 6),
	LOAD_HIGH(args[0]),
	JUMP(0, 0, 3),
	LOAD(args[0]),
	JUMP(AF_UNIX, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	REFUSE(EAFNOSUPPORT),
	/* Pushing keys into a terminal; the kernel looks at the low 32 bits. */
	JUMP(SYS_ioctl, 0, 3),
	LOAD(args[1]),
	JUMP(TIOCSTI, 0, 1),
	REFUSE(EPERM),
	RETURN(SECCOMP_RET_ALLOW),
};

static const struct sock_fprog filter = {
	.len = G_N_ELEMENTS(program),
	.filter = (struct sock_filter *)program,
};

const struct sock_fprog *
cli_guard_program(void)
{
	return &filter;
}

#else

const struct sock_fprog *
cli_guard_program(void)
{
	return NULL;
}

#endif

gboolean
cli_guard(void)
{
	const struct sock_fprog *wall = cli_guard_program();

	return wall && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, wall, 0, 0) == 0;
}
