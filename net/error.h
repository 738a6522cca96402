/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can go wrong between here and the server, and the sentence a doctor
 * reads of it: what happened, which server, what now. One table (error.c) gives
 * sentence, exit code and doorbell state of each.
 */
#ifndef QN_NET_ERROR_H
#define QN_NET_ERROR_H

#include "net/net.h"

#define NET_ERROR (net_error_quark())
GQuark net_error_quark(void);
enum net_error {
	NET_ERROR_OFFLINE,      /* no route, no name, refused, cut off */
	NET_ERROR_TIMEOUT,
	NET_ERROR_TLS,          /* its certificate */
	NET_ERROR_HANDSHAKE,    /* no TLS with it: too old, or it wants ours */
	NET_ERROR_TOO_BIG,      /* the answer passed SET_BODY_CAP_BYTES */
	NET_ERROR_REDIRECT,     /* to another origin, or in a circle */
	NET_ERROR_LINK,         /* a next link to another origin */
	NET_ERROR_NOT_FHIR,     /* HTML, broken JSON, another resource */
	NET_ERROR_LOGIN,        /* 401, or the token endpoint refused */
	NET_ERROR_COMMAND,      /* what brings secret or token does not work */
	NET_ERROR_REFUSED,      /* 403 */
	NET_ERROR_NOT_FOUND,    /* 404 */
	NET_ERROR_GONE,         /* 410 */
	NET_ERROR_CONFLICT,     /* 409, 412 */
	NET_ERROR_INVALID,      /* 400, 422 and their like */
	NET_ERROR_THROTTLED,    /* 429 */
	NET_ERROR_SERVER,       /* 5xx */
	NET_ERROR_WRONG_DOCTOR,
	NET_ERROR_CONFIG,       /* a setting is missing or impossible */
	NET_ERROR_STOPPED,      /* we are asked to end */
	NET_ERROR_COUNT_
};

/* detail (may be NULL) is appended: the server's or the library's own words,
 * already bounded; it passes the gate of base_text_show() here. */
void net_error_set(GError **error, enum net_error code, const char *host,
    const char *detail);
/* The sentence a person reads of any error here. Owned. */
char *net_error_words(const GError *error);
enum net_exit net_error_exit(const GError *error);
enum doorbell_state net_error_state(const GError *error);
/* TRUE, with error set, for a state that the store is the reason of. */
gboolean net_error_of_state(GError **error, enum doorbell_state state);
/* Worth another try by itself: the network, a busy server. */
gboolean net_error_passing(const GError *error);
/* The same of a state: it mends itself. */
gboolean net_error_state_passing(enum doorbell_state state);
/* NET_ERROR_ code of an HTTP status ≥ 400. */
enum net_error net_error_of_status(int status);

#endif
