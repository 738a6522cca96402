/* SPDX-License-Identifier: Apache-2.0 */
/* Inside net/: what login.c and login_code.c share. */
#ifndef QN_NET_LOGIN_ROOM_H
#define QN_NET_LOGIN_ROOM_H

#include "net/login.h"

struct login_provider {
	const char *word; /* of SET_AUTH */
	gboolean (*fetch)(struct login *login, GError **error);
};

struct login {
	struct rest *rest;
	struct broker *broker;
	const struct base_settings *settings;
	struct store *store;
	const struct login_provider *provider;
	struct base_secret *token;   /* NUL-terminated */
	int64_t expires_ms;          /* monotonic; 0: not told */
	char *token_url, *authorize_url;
	gboolean basic;              /* the token endpoint wants HTTP Basic */
	gboolean discovered;
	char *user;                  /* what the server said of me, or NULL */
};

/* Fills token_url and authorize_url from the settings or the server. */
gboolean login_discover(struct login *login, GError **error);
/* POSTs a form (name, value, …, NULL) to the token endpoint, adding the client;
 * takes the token, stores a new refresh token, notes the identity. */
gboolean login_exchange(struct login *login, const char *const *form,
    GError **error);
/* application/x-www-form-urlencoded; also a URL's query. Owned. */
char *login_form(const char *const *pairs);

#endif
