/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside net/: what to do where another process has the profile. A command that
 * wants something of the server asks it; one that is to watch stays with it as a
 * client, so that it does not end, and takes over when it does.
 */
#ifndef QN_NET_BESIDE_H
#define QN_NET_BESIDE_H

#include <stdio.h>

#include "net/lock.h"
#include "net/option.h"

struct beside {
	const struct net_options *options;
	const char *runtime_dir;
	struct lock *lock;
	gboolean person;        /* started by hand: watches until stopped */
	FILE *out;              /* a terminal, for states and counts; or NULL */
};
enum beside_end {
	BESIDE_OURS,            /* the profile is ours: go on */
	BESIDE_ASKED,           /* the other one did it: *answer_out */
	BESIDE_RUNNING,         /* the other one goes on, nothing was done */
	BESIDE_STOPPED,         /* we were asked to end */
	BESIDE_FAILED,          /* error is set */
};
struct beside_answer {
	enum net_exit code;
	int64_t count;
	enum doorbell_state state; /* the last that it told */
};
enum beside_end beside_take(struct beside *beside,
    struct beside_answer *answer_out, GError **error);

#endif
