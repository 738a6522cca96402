/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/: REST, WebSocket and its three dialects, login, the pull and the push:
 * qingnang-sync. It writes into the store and rings the doorbell; it cannot
 * draw. One process per profile (a lock). Everything it receives is untrusted.
 *
 * Never logged: tokens, bodies, query strings, presigned URLs, names.
 */
#ifndef QN_NET_H
#define QN_NET_H

#include "store/store.h"

/* Exit codes: enum base_exit, under the names this room uses. */
enum net_exit {
	NET_EXIT_OK = BASE_EXIT_OK,
	NET_EXIT_FAILED = BASE_EXIT_FAILED,
	NET_EXIT_USAGE = BASE_EXIT_USAGE,
	NET_EXIT_OFFLINE = BASE_EXIT_OFFLINE,
	NET_EXIT_LOGIN = BASE_EXIT_LOGIN,
	NET_EXIT_WRONG_DOCTOR = BASE_EXIT_WRONG_DOCTOR,
	NET_EXIT_CACHE = BASE_EXIT_CACHE,
	NET_EXIT_RUNNING = BASE_EXIT_RUNNING,
	NET_EXIT_UNSENT = BASE_EXIT_UNSENT,
};

/* qingnang-sync, from its arguments to its exit code. */
int net_main(int argc, char **argv);

#endif
