/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens: where they come from (a table of providers, by SET_AUTH), when they
 * are fetched anew, and whose they are. A refresh token lives in the vault
 * (note "sync.refresh") and is stored before its access token is used; the
 * profile's lock sees to it that one process refreshes at a time.
 */
#ifndef QN_NET_LOGIN_H
#define QN_NET_LOGIN_H

#include <stdio.h>
#include "net/broker.h"
#include "net/rest.h"

struct login;
/* store and broker outlive it. Becomes rest's token provider. */
struct login *login_new(struct rest *rest, struct broker *broker,
    const struct base_settings *settings, struct store *store);
void login_free(struct login *login);
BASE_DEFINE_AUTO(login, login_free)

/* Makes sure that there is a token. TRUE without one where none is configured
 * (a server on this machine that wants none). */
gboolean login_ready(struct login *login, GError **error);

/* What the server said of who the token is. */
enum login_identity {
	LOGIN_UNTOLD,  /* it says nothing: identity rests on configuration */
	LOGIN_TOLD,
};
/* ref_out, when told: borrowed, "Practitioner/1" or another's. */
enum login_identity login_identity(const struct login *login,
    const char **ref_out);

/* The authorization code flow on a terminal: prints the address, then takes the
 * redirect on the loopback port (unless paste) or the pasted address on in_fd. */
gboolean login_by_code(struct login *login, gboolean paste, int in_fd,
    FILE *out, GError **error);

/* ---- pieces, for the tests ---------------------------------------------- */

/* RFC 7636, S256: verifier → challenge. Owned. */
char *login_challenge(const char *verifier);
/* fhirUser, else a FHIR "profile", in the payload of a JWT whose signature is
 * not checked: it came straight from the token endpoint over TLS. Owned or
 * NULL. */
char *login_jwt_user(const char *jwt);
/* "Practitioner/1" of an absolute or relative reference; NULL when it is no
 * person or program, or of another origin than base. Owned. */
char *login_user_ref(const char *user, const char *base,
    char *const *aliases);
/* The code of a redirected address, when its state is ours. error in the words
 * of the server otherwise. Owned. */
char *login_code_of(const char *address, const char *state, const char *host,
    GError **error);

#endif
