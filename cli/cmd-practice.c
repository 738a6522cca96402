/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

static int
practice_run(struct cli *cli, int argc, char **argv)
{
	gboolean fresh = FALSE;
	g_auto(GStrv) rest = NULL;
	const GOptionEntry entries[] = {
		{ "fresh", 0, 0, G_OPTION_ARG_NONE, &fresh,
		    N_("forget what was done there and begin anew"), NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest,
		    NULL, N_("[-- OPTIONS OF qingnang-clinic…]") },
		{ NULL },
	};
	int code;

	if (!cli_options(&cli_cmd_practice, entries, &argc, &argv, &code))
		return code;
	return cli_practice(cli, fresh, (const char *const *)rest);
}

const struct cli_command cli_cmd_practice = {
	.name = "practice",
	.args = "[--fresh]",
	.summary = N_("the screens on a clinic of invented patients"),
	.run = practice_run,
};
