/* SPDX-License-Identifier: Apache-2.0 */
/* One record of the cache, as `show` prints it. */
#ifndef QN_CLI_RECORD_H
#define QN_CLI_RECORD_H

#include "cli/cli.h"

enum cli_record { CLI_RECORD_TEXT, CLI_RECORD_JSON, CLI_RECORD_RAW };
/* By "Type/id"; STORE_ERROR_NOT_FOUND when it is not here. */
gboolean cli_record_print(struct store *store, const char *ref,
    enum cli_record how, GError **error);

#endif
