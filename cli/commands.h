/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of the command table, one a file. */
#ifndef QN_CLI_COMMANDS_H
#define QN_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command cli_cmd_ack, cli_cmd_attachment,
    cli_cmd_chart, cli_cmd_home, cli_cmd_recall, cli_cmd_results,
    cli_cmd_doctor,
    cli_cmd_login,
    cli_cmd_passphrase, cli_cmd_practice, cli_cmd_queue, cli_cmd_renew,
    cli_cmd_renewals, cli_cmd_reply, cli_cmd_rules, cli_cmd_rx,
    cli_cmd_search, cli_cmd_show, cli_cmd_signer, cli_cmd_status, cli_cmd_sync,
    cli_cmd_verify;

#endif
