/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server says it can do: its CapabilityStatement, read once a run. A
 * server that has none is taken to be able to do everything, and is believed
 * when it refuses.
 */
#ifndef QN_NET_CAPS_H
#define QN_NET_CAPS_H

#include "net/rest.h"

struct caps;
/* Passing errors are reported; a refusal or nonsense gives unknown caps. */
struct caps *caps_load(struct rest *rest, GError **error);
struct caps *caps_unknown(void);
void caps_free(struct caps *caps);
BASE_DEFINE_AUTO(caps, caps_free)

gboolean caps_known(const struct caps *caps);
gboolean caps_type(const struct caps *caps, const char *type);
gboolean caps_param(const struct caps *caps, const char *type,
    const char *param);
/* The history of the whole type is offered. */
gboolean caps_history(const struct caps *caps, const char *type);
gboolean caps_batch(const struct caps *caps);
/* The server refused a batch after all. */
void caps_no_batch(struct caps *caps);
/* software.name, for the dialect of the socket; or NULL. */
const char *caps_software(const struct caps *caps);
/* Extension capabilitystatement-websocket's url; or NULL. */
const char *caps_websocket(const struct caps *caps);
/* The Backport guide's $get-ws-binding-token is offered. */
gboolean caps_binding_token(const struct caps *caps);
/* Canonicals of its topics; NULL-terminated, never NULL. */
const char *const *caps_topics(const struct caps *caps);

#endif
