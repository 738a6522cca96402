/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside net/: one process a profile. The holder of DIR/sync.lock writes its pid
 * and what it does into it, for those who come beside it: a login ends it, a
 * command asks it, one that is to serve waits in line until a login or a command
 * has ended.
 */
#ifndef QN_NET_LOCK_H
#define QN_NET_LOCK_H

#include "net/net.h"

enum lock_use {
	LOCK_SERVES,   /* it has, or will have, a doorbell */
	LOCK_ENDS,     /* it had one */
	LOCK_BRIEFLY,  /* a login or a command: it never has one */
	LOCK_USES_
};
struct lock;
struct lock *lock_new(const char *state_dir, GError **error);
/* Lets go of it. */
void lock_free(struct lock *lock);
BASE_DEFINE_AUTO(lock, lock_free)

/* Never waits. */
gboolean lock_take(struct lock *lock, enum lock_use use);
/* Ours: what it is used for from now on. */
void lock_sign(struct lock *lock, enum lock_use use);
/* Another's. */
enum lock_use lock_use(const struct lock *lock);
/* Ends who has it, and takes it; waits at most some seconds. */
gboolean lock_take_over(struct lock *lock);
/* Waits for it as long as it takes, without ever waking. FALSE: another one
 * waits already. */
gboolean lock_in_line(struct lock *lock, enum lock_use use);

#endif
