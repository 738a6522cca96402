/* SPDX-License-Identifier: Apache-2.0 */
/* Inside net/: what rest.c and rest_call.c share. */
#ifndef QN_NET_REST_ROOM_H
#define QN_NET_REST_ROOM_H

#include "net/rest.h"

struct rest {
	struct loop *loop;
	char *base;                /* ends in "/" */
	char *host;                /* as a doctor reads it */
	char **aliases;
	char *ca_file, *client_cert, *client_key, *proxy, *no_proxy;
	struct fhir_limits limits;
	long timeout_s;
	GPtrArray *flights;        /* struct flight */
	int64_t not_before_ms;     /* monotonic */
	rest_token_fn *token;
	void *token_user;
	double (*random)(void *user);
	void *random_user;
};

void rest_flight_done(CURL *easy, CURLcode code, void *user);
/* How far the one is whose done() gets that user. */
void rest_flight_progress(const struct rest *rest, const void *user,
    int64_t *done, int64_t *total);

#endif
