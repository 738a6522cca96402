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

/* Exit codes of qingnang-sync, shared with qingnang (see qingnang(1)). */
enum net_exit {
	NET_EXIT_OK = 0,
	NET_EXIT_FAILED = 1,
	NET_EXIT_USAGE = 2,
	NET_EXIT_OFFLINE = 3,       /* the server could not be reached */
	NET_EXIT_LOGIN = 4,         /* a login is needed, or was refused */
	NET_EXIT_WRONG_DOCTOR = 5,  /* the token is another practitioner's */
	NET_EXIT_CACHE = 6,         /* the cache cannot be opened */
	NET_EXIT_RUNNING = 7,       /* another qingnang-sync has the profile */
	NET_EXIT_UNSENT = 8,        /* done, but something was not sent */
};

int net_main(int argc, char **argv);

#endif
