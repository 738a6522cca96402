/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What vouches for one resource, when somebody looks for it: the pull brings only
 * what I myself signed, and a search by target is one short request.
 */
#ifndef QN_NET_PROVENANCE_H
#define QN_NET_PROVENANCE_H

#include "net/sync.h"

/* FETCH_OK: asked and stored, it may be none. FETCH_GONE: the server keeps no
 * such records; FETCH_REFUSED: not for this login; else the network. */
enum sync_fetched provenance_fetch(struct sync *sync,
    const struct fhir_ref *target);

#endif
