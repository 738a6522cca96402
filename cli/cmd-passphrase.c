/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/setup.h"

#include <stdio.h>

static gboolean
change(struct cli *cli, GError **error)
{
	g_autofree char *prompt = g_strdup_printf(
	    _("Present passphrase of profile '%s':"), cli->profile);
	BASE_AUTO(base_secret) old = cli_ask_secret(prompt, error);
	BASE_AUTO(base_secret) key = NULL;
	BASE_AUTO(base_secret) new_pass = NULL;

	/* Checked first: nobody types a new one twice for nothing. */
	key = old ? vault_slot_open(cli->state_dir, old, error) : NULL;
	new_pass = key ? setup_new_passphrase(error) : NULL;
	if (new_pass)
		cli_key_forget(cli); /* by the old slot's name */
	return new_pass && vault_slot_change(cli->state_dir, old, new_pass,
	    &vault_kdf_default, error);
}

static int
passphrase_run(struct cli *cli, int argc, char **argv)
{
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_passphrase, NULL, &argc, &argv, &code))
		return code;
	if (!change(cli, &error))
		return cli_fail(error);
	printf(_("The passphrase is changed. The cache was not rewritten; the "
		 "old passphrase no longer opens it.\n"));
	if (*base_setting(cli->settings, SET_PASSPHRASE_COMMAND))
		printf(_("passphrase_command must print the new one from now "
			 "on: see %s\n"), cli->config_path);
	return BASE_EXIT_OK;
}

const struct cli_command cli_cmd_passphrase = {
	.name = "passphrase",
	.args = "",
	.summary = N_("change the passphrase of this profile"),
	.needs_profile = TRUE,
	.run = passphrase_run,
};
