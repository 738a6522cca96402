/* SPDX-License-Identifier: Apache-2.0 */
/* What the prescribing commands share. They go through the desk, as the screens
 * do. */
#ifndef QN_CLI_RX_H
#define QN_CLI_RX_H

#include "cli/commands.h"
#include "tui/desk.h"

/* A command's cache and desk; of the login nothing is known yet. */
struct cli_desk {
	struct store *store;
	struct desk *desk;
};
gboolean cli_desk_open(struct cli *cli, struct cli_desk *out, GError **error);
void cli_desk_close(struct cli_desk *d);

/* What a running qingnang-sync says of the login; asks first for a fresh read of
 * subject_ref (NULL: not) and for decision support about rx (n 0: not), and waits
 * a few seconds at most. FALSE: nobody is there, or it is not this doctor's
 * login. */
gboolean cli_sync_ask(struct cli *cli, const char *subject_ref,
    struct rx_id rx);
/* Before a prescription is looked at: the desk is told of the login, and what is
 * still to be signed is asked about; chart: the patient's too. */
void cli_rx_ask(struct cli *cli, struct cli_desk *d, struct rx_id id,
    gboolean chart);

/* The prescription of an ID: local number, "urn:uuid:…", MedicationRequest/x.
 * n 0 with error. */
struct rx_id cli_rx_find(struct store *store, const char *id, GError **error);
/* What --reason RULE=TEXT gave, to what the rule asks of rx now; FALSE: not
 * written so, or rx cannot be checked. */
gboolean cli_rx_prove(struct desk *desk, const struct desk_chart *chart,
    struct care_rx *rx, char **proofs, GError **error);
/* The JSON's word of a state: "pended", "awaiting-review". */
const char *cli_rx_state_word(enum rx_state state);
void cli_json_rx(struct cli_json *j, const struct rx_row *row);
/* The gates of a renewal request; judged may be NULL. */
void cli_json_gates(struct cli_json *j, const struct care_renewal *judged);
void cli_json_findings(struct cli_json *j, const char *key,
    const GPtrArray *findings);
/* `rx sign ID`, cmd-rx-sign.c. */
gboolean cli_rx_sign(struct cli *cli, int argc, char **argv, GError **error);
/* The prescription and everything that speaks, on standard output. */
void cli_print_orders(const struct care_rx *rx);
void cli_print_findings(const GPtrArray *findings);
/* What was not passed; judged may be NULL. */
void cli_print_gates(const struct care_renewal *judged);

#endif
