/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures and files of the server's, into the vault. What the server keeps
 * itself is asked for with the login; an address elsewhere (signed by the server
 * for a while) is read anew from its resource, used once, without the login, and
 * neither kept nor written down.
 */
#ifndef QN_NET_FILE_H
#define QN_NET_FILE_H

#include "net/sync.h"
#include "store/file.h"

/* One that is wanted. FETCH_FAILED: the network, and it stays wanted; else why it
 * cannot be had stands in the store. */
enum sync_fetched file_fetch(struct sync *sync, struct file_id id,
    GError **error);
/* All that are wanted, and rings. FALSE: we are asked to end. */
gboolean file_fetch_wanted(struct sync *sync);

#endif
