/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: the filter that cli/guard.c writes out says what libseccomp's own says,
 * for every system call number, foreign machines and x32 included, and for the
 * arguments that it looks at; and, in a child, that the kernel takes it and then
 * no network socket opens and no key is pushed into a terminal.
 */
#define _GNU_SOURCE
#include "cli/cli.h"
#include "tests/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pty.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 1024
#define PROGRAM_MAX 512

/* ---- the same rules, given to libseccomp ---------------------------------- */

static const int denied[] = {
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(io_uring_setup), SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(kexec_load),
	SCMP_SYS(mount), SCMP_SYS(unshare),
};

static struct sock_fprog
libseccomp_s(struct sock_filter program[PROGRAM_MAX])
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t n;

	for (size_t i = 0; i < G_N_ELEMENTS(denied); i++)
		assert_int_equal(seccomp_rule_add(filter,
		    SCMP_ACT_ERRNO(EPERM), denied[i], 0), 0);
	assert_int_equal(seccomp_rule_add(filter,
	    SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
	    SCMP_A0(SCMP_CMP_NE, AF_UNIX)), 0);
	assert_int_equal(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
	    SCMP_SYS(ioctl), 1,
	    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI)), 0);
	assert_int_equal(seccomp_export_bpf(filter, fd), 0);
	n = pread(fd, program, PROGRAM_MAX * sizeof(*program), 0);
	assert_in_range(n, 8, PROGRAM_MAX * sizeof(*program) - 1);
	close(fd);
	seccomp_release(filter);
	return (struct sock_fprog){
		.len = (unsigned short)(n / (ssize_t)sizeof(*program)),
		.filter = program };
}

/* ---- what the kernel does with a program: as much of it as filters use ----- */

static uint32_t
word_at(const struct seccomp_data *data, uint32_t at)
{
	uint32_t word;

	assert_in_range(at, 0, sizeof(*data) - sizeof(word));
	memcpy(&word, (const char *)data + at, sizeof(word));
	return word;
}

static gboolean
holds(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return a == f->k;
	case BPF_JGE:
		return a >= f->k;
	case BPF_JGT:
		return a > f->k;
	case BPF_JSET:
		return (a & f->k) != 0;
	default:
		fail_msg("jump %#x", f->code);
		return FALSE;
	}
}

static uint32_t
verdict(const struct sock_fprog *p, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (unsigned at = 0; at < p->len; at++) {
		const struct sock_filter *f = &p->filter[at];

		if (f->code == (BPF_LD | BPF_W | BPF_ABS))
			a = word_at(data, f->k);
		else if (f->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= f->k;
		else if (f->code == (BPF_JMP | BPF_JA))
			at += f->k;
		else if (f->code == (BPF_RET | BPF_K))
			return f->k;
		else if (BPF_CLASS(f->code) == BPF_JMP)
			at += holds(f, a) ? f->jt : f->jf;
		else
			fail_msg("instruction %#x", f->code);
	}
	fail_msg("the program has no end");
	return 0;
}

/* One thread or all of a program that has one. */
static uint32_t
plain(uint32_t verdict_)
{
	return verdict_ == SECCOMP_RET_KILL_THREAD ? SECCOMP_RET_KILL_PROCESS
	    : verdict_;
}

static void
says_what_libseccomp_says(void **state)
{
	static const uint64_t words[] = { 0, 1, 2, 10, 16, 17, AF_MAX, TIOCSTI,
		TIOCSTI - 1, TIOCGWINSZ, 1ull << 32, 1ull << 32 | AF_UNIX,
		1ull << 32 | TIOCSTI, UINT32_MAX, UINT64_MAX };
	static const uint32_t bases[] = { 0, 0x40000000 };
	const struct sock_fprog *ours = cli_guard_program();
	struct sock_filter program[PROGRAM_MAX];
	struct sock_fprog theirs = libseccomp_s(program);
	int refused = 0;

	if (!ours)
		return; /* a machine that has the wall of the build alone */
	for (size_t b = 0; b < G_N_ELEMENTS(bases); b++)
	for (uint32_t call = 0; call < CALLS; call++)
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
	for (size_t j = 0; j < G_N_ELEMENTS(words); j++) {
		struct seccomp_data data = { .nr = (int)(bases[b] + call),
			.arch = seccomp_arch_native(),
			.args = { words[i], words[j] } };
		uint32_t is = plain(verdict(ours, &data));

		refused += is != SECCOMP_RET_ALLOW;
		if (is != plain(verdict(&theirs, &data)))
			fail_msg("call %d (%#lx, %#lx): %#x", data.nr,
			    (long)words[i], (long)words[j], is);
	}
	assert_in_range(refused, 1000, INT_MAX);
}

static void
another_machine_s_calls_end_it(void **state)
{
	struct seccomp_data data = { .nr = SYS_read, .arch = AUDIT_ARCH_MIPS };

	if (cli_guard_program())
		assert_int_equal(verdict(cli_guard_program(), &data),
		    SECCOMP_RET_KILL_PROCESS);
}

/* The number of the first thing that is not as it should be. */
static int
behind_the_filter(int tty)
{
	char byte = 'x';

	if (!cli_guard())
		return 1;
	if (socket(AF_INET, SOCK_STREAM, 0) != -1 || errno != EAFNOSUPPORT)
		return 2;
	if (socket(AF_INET6, SOCK_DGRAM, 0) != -1 || errno != EAFNOSUPPORT)
		return 3;
	if (socket(AF_UNIX, SOCK_STREAM, 0) < 0)
		return 4;
	if (ioctl(tty, TIOCSTI, &byte) != -1 || errno != EPERM)
		return 5;
	if (syscall(SYS_ptrace, 0, 0, 0, 0) != -1 || errno != EPERM)
		return 6;
	if (syscall(SYS_io_uring_setup, 1, NULL) != -1 || errno != EPERM)
		return 7;
	if (open("/dev/null", O_RDWR) < 0 || !isatty(tty))
		return 8;
	return 0;
}

static void
the_kernel_takes_it(void **state)
{
	int fd, status = -1;
	pid_t pid = forkpty(&fd, NULL, NULL, NULL);

	if (pid == 0)
		_exit(behind_the_filter(STDIN_FILENO));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(fd);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_libseccomp_says),
		cmocka_unit_test(another_machine_s_calls_end_it),
		cmocka_unit_test(the_kernel_takes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
