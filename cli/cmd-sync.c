/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

static int
sync_run(struct cli *cli, int argc, char **argv)
{
	gboolean once = FALSE, watch = FALSE, stay = FALSE, purge = FALSE;
	const GOptionEntry entries[] = {
		{ "once", 0, 0, G_OPTION_ARG_NONE, &once,
		    N_("bring the queue, send what waits, and end"), NULL },
		{ "watch", 0, 0, G_OPTION_ARG_NONE, &watch,
		    N_("stay and keep the cache live until stopped"), NULL },
		{ "stay", 0, 0, G_OPTION_ARG_NONE, &stay,
		    N_("the same, also when the last screen closes"), NULL },
		{ "purge", 0, 0, G_OPTION_ARG_NONE, &purge,
		    N_("remove patients past their retention now"), NULL },
		{ NULL },
	};
	BASE_AUTO(base_secret) key = NULL;
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_sync, entries, &argc, &argv, &code))
		return code;
	if (once && (watch || stay))
		return cli_either(&cli_cmd_sync, "--once",
		    watch ? "--watch" : "--stay");
	key = cli_key(cli, CLI_ASK_TERMINAL, &error);
	if (key) {
		const char *args[4] = { NULL };
		size_t n = 0;

		if (purge)
			args[n++] = "--purge";
		if (watch || stay)
			args[n++] = "--watch";
		if (stay)
			args[n++] = "--stay";
		if (n == 0)
			args[n++] = "--once";
		code = cli_run_sync(cli, key, args, &error);
	}
	return error ? cli_fail(error) : code;
}

const struct cli_command cli_cmd_sync = {
	.name = "sync",
	.args = "[--once|--watch|--stay|--purge]",
	.summary = N_("fetch and send now, or keep doing so"),
	.needs_profile = TRUE,
	.run = sync_run,
};
