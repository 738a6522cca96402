/* SPDX-License-Identifier: Apache-2.0 */
/* Setting up a profile: shared by `login`, `passphrase` and the first start. */
#ifndef QN_CLI_SETUP_H
#define QN_CLI_SETUP_H

#include "cli/cli.h"

/* Asks on plain lines for each setting that a profile needs and lacks. */
gboolean setup_ask_missing(struct cli *cli, GError **error);
/* Asks for a new passphrase twice, until both agree. Owned. */
struct base_secret *setup_new_passphrase(GError **error);
/* Key slot, settings file and login; returns an exit code and has said why.
 * key may be NULL; else, on success, it is the cache's key, owned. */
int setup_connect(struct cli *cli, gboolean paste, struct base_secret **key);

#endif
