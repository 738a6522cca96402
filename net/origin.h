/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a request may go. A token is only ever sent to the one configured
 * origin (scheme, host, port; RFC 6454).
 */
#ifndef QN_NET_ORIGIN_H
#define QN_NET_ORIGIN_H

#include "net/net.h"

struct origin {
	char *scheme, *host; /* lower case */
	int port;
};
/* Takes http and https alone, without user information. */
gboolean origin_parse(const char *url, struct origin *out);
void origin_clear(struct origin *origin);
gboolean origin_same(const struct origin *a, const struct origin *b);
gboolean origin_loopback(const struct origin *origin);
/* https, or http to a loopback address. */
gboolean origin_allowed(const struct origin *origin);
/* "https://host:port", the port left out when it is the scheme's own. Owned. */
char *origin_text(const struct origin *origin);

/*
 * url against base; NULL when it is no URL or leaves base's origin. An origin
 * among the aliases (NULL-terminated, or NULL) is taken as base's and written
 * as base's, so that nothing is ever sent to the alias. Owned.
 */
char *origin_resolve(const char *base, const char *url,
    char *const *aliases);

#endif
