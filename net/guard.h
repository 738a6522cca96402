/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What qingnang-sync gives up once it is set up: starting programs, looking into
 * other processes, writing into or reconfiguring a terminal's input, taking a
 * terminal as its own. Defence in depth: unix sockets and files stay reachable.
 */
#ifndef QN_NET_GUARD_H
#define QN_NET_GUARD_H

#include "net/net.h"

/* FALSE with error when the kernel takes no filter; the caller decides. */
gboolean guard_install(GError **error);

/* For the test: system calls that fail with EPERM. */
extern const char *const guard_denied_calls[]; /* NULL-terminated */

#endif
