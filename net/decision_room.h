/* SPDX-License-Identifier: Apache-2.0 */
/* Between decision.c (who is asked, and when it ends) and decision_body.c (what
 * is said and heard). */
#ifndef QN_NET_DECISION_ROOM_H
#define QN_NET_DECISION_ROOM_H

#include "net/decision.h"
#include "store/rx.h"

/* A service of the discovery document. */
struct service {
	char *id, *hook;
	GHashTable *prefetch;   /* key → template */
};
void service_free(void *service);
/* {"services":[…]} → GPtrArray of struct service, those with a hook of ours;
 * NULL: not such a document. */
GPtrArray *services_read(const char *bytes, size_t len,
    const struct fhir_limits *limits);
/* The request of a hook. Owned; NULL when the prescription is no document. */
char *question_write(struct sync *sync, const struct service *service,
    const struct rx_row *row);
/* The cards array's members, as JSON text without its brackets; owned, "" for
 * none, NULL when it is no answer. */
char *cards_read(const char *bytes, size_t len,
    const struct fhir_limits *limits);

#endif
