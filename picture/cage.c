/* SPDX-License-Identifier: Apache-2.0 */
/* The cage: limits, and a list of what the kernel still does for it. */
#include "picture/picture.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static const struct { int what; rlim_t most; } limits[] = {
#ifndef __SANITIZE_ADDRESS__ /* its shadow is terabytes of addresses */
	{ RLIMIT_AS, (rlim_t)640 * 1024 * 1024 },
#endif
	{ RLIMIT_CPU, 8 },
	{ RLIMIT_NOFILE, 3 },
	{ RLIMIT_FSIZE, 0 },  /* a pipe has no size */
	{ RLIMIT_CORE, 0 },
	{ RLIMIT_NPROC, 0 },
};

#ifndef __SANITIZE_ADDRESS__

static const int calls[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(clock_gettime),
	SCMP_SYS(getrandom), SCMP_SYS(sched_yield),
};

/* Memory, but none that can be run. */
static int
add_memory(scmp_filter_ctx filter)
{
	int err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
	    SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));

	if (err == 0)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW,
		    SCMP_SYS(mprotect), 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return err;
}

static gboolean
filter_load(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int err = filter ? add_memory(filter) : -ENOMEM;

	for (size_t i = 0; err == 0 && i < G_N_ELEMENTS(calls); i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	if (err == 0)
		err = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return err == 0;
}

#else

/* The sanitizer reads /proc and maps as it likes: the limits alone. */
static gboolean
filter_load(void)
{
	return TRUE;
}

#endif

gboolean
picture_cage(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
		struct rlimit r = { limits[i].most, limits[i].most };

		if (setrlimit((__rlimit_resource_t)limits[i].what, &r) != 0)
			return FALSE;
	}
	return prctl(PR_SET_DUMPABLE, 0) == 0 &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter_load();
}
