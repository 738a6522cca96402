/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OAuth 2.0 for one practice doctor and one client: client credentials,
 * authorization code with PKCE S256, refresh with rotation. Logins live in
 * memory and end with the program.
 */
#ifndef QN_CLINIC_LOGIN_H
#define QN_CLINIC_LOGIN_H

#include "clinic/rest.h"

struct clinic_login;
struct clinic_login *clinic_login_new(const char *practitioner,
    int token_seconds);
void clinic_login_free(struct clinic_login *l);

const char *clinic_login_client_id(const struct clinic_login *l);
const char *clinic_login_client_secret(const struct clinic_login *l);

/* The token endpoint. authorization is the header, or NULL. */
void clinic_login_token(struct clinic_login *l, const char *base,
    const GArray *form, const char *authorization, struct clinic_answer *a);
/* The authorize endpoint; it asks nobody: a redirect with the code. */
void clinic_login_authorize(struct clinic_login *l, const GArray *query,
    struct clinic_answer *a);
/* TRUE when the Authorization header holds a token that is good now. */
gboolean clinic_login_ok(struct clinic_login *l, const char *authorization);
/* Tokens are from now on this practitioner's. */
void clinic_login_be(struct clinic_login *l, const char *practitioner);
/* Every access token ends now; refresh tokens go on. */
void clinic_login_expire_all(struct clinic_login *l);

#endif
