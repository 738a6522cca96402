/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/setup.h"

/* Options that are settings by another name. */
struct login_option { const char *name, *arg, *help; enum setting key; };

static const struct login_option login_options[] = {
	{ "server", "URL", N_("the hospital's FHIR base address"), SET_SERVER },
	{ "practitioner", "REF", N_("who I am: Practitioner/ID"),
	    SET_PRACTITIONER },
	{ "client-id", "ID", N_("OAuth client id"), SET_CLIENT_ID },
	{ "client-secret-command", "CMD",
	    N_("a command that prints the client secret"),
	    SET_CLIENT_SECRET_COMMAND },
	{ "token-command", "CMD", N_("a command that prints a bearer token"),
	    SET_TOKEN_COMMAND },
	{ "token-url", "URL", N_("token address, where it is not discovered"),
	    SET_TOKEN_URL },
	{ "authorize-url", "URL",
	    N_("login page, where it is not discovered"), SET_AUTHORIZE_URL },
	{ "scope", "WORDS", N_("scopes to ask for"), SET_SCOPE },
	{ "passphrase-command", "CMD",
	    N_("a command that prints the cache's passphrase"),
	    SET_PASSPHRASE_COMMAND },
	{ "ca-file", "FILE", N_("the hospital's own certificate authority"),
	    SET_CA_FILE },
	{ "client-cert", "FILE", N_("client certificate"), SET_CLIENT_CERT },
	{ "client-key", "FILE", N_("its key"), SET_CLIENT_KEY },
	{ "dialect", "WORD", N_("WebSocket: auto, medplum, backport, hapi or none"),
	    SET_DIALECT },
	{ "time-zone", "NAME", N_("the hospital's time zone, e.g. Asia/Shanghai"),
	    SET_TIME_ZONE },
	{ "language", "WORD", N_("en or zh_CN"), SET_LANGUAGE },
};
#define N_LOGIN G_N_ELEMENTS(login_options)

/* How one logs in follows from what one was given. */
static const char *
auth_of(const struct base_settings *s)
{
	if (*base_setting(s, SET_TOKEN_COMMAND))
		return "token-command";
	if (*base_setting(s, SET_CLIENT_SECRET_COMMAND))
		return "client-credentials";
	return "code";
}

static const char *
given(char *const values[N_LOGIN], enum setting key)
{
	for (size_t i = 0; i < N_LOGIN; i++)
		if (login_options[i].key == key && values[i])
			return values[i];
	return NULL;
}

/* The way given now takes the place of the way of a login before. */
static gboolean
one_way(struct cli *cli, char *const values[N_LOGIN], GError **error)
{
	gboolean token = given(values, SET_TOKEN_COMMAND) != NULL;
	gboolean secret = given(values, SET_CLIENT_SECRET_COMMAND) != NULL;

	if (token && secret) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("--token-command and --client-secret-command are two "
		      "ways to log in; give one of them."));
		return FALSE;
	}
	return (!token && !secret) || base_setting_set(cli->settings,
	    token ? SET_CLIENT_SECRET_COMMAND : SET_TOKEN_COMMAND, "", error);
}

static gboolean
apply(struct cli *cli, char *const values[N_LOGIN], GError **error)
{
	if (!one_way(cli, values, error))
		return FALSE;
	for (size_t i = 0; i < N_LOGIN; i++)
		if (values[i] && !base_setting_set(cli->settings,
			login_options[i].key, values[i], error))
			return FALSE;
	return base_setting_set(cli->settings, SET_AUTH,
	    auth_of(cli->settings), error);
}

static int
login_run(struct cli *cli, int argc, char **argv)
{
	char *values[N_LOGIN] = { NULL };
	GOptionEntry entries[N_LOGIN + 2] = { 0 };
	gboolean paste = FALSE;
	GError *error = NULL;
	int code = BASE_EXIT_OK;

	for (size_t i = 0; i < N_LOGIN; i++)
		entries[i] = (GOptionEntry){ .long_name = login_options[i].name,
			.arg = G_OPTION_ARG_STRING, .arg_data = &values[i],
			.description = _(login_options[i].help),
			.arg_description = login_options[i].arg };
	entries[N_LOGIN] = (GOptionEntry){ .long_name = "paste",
		.arg = G_OPTION_ARG_NONE, .arg_data = &paste,
		.description = _("paste the address the browser ends at "
				 "(a login over SSH)") };
	if (cli_options(&cli_cmd_login, entries, &argc, &argv, &code))
		code = apply(cli, values, &error) ?
		    setup_connect(cli, paste, NULL) : cli_fail(error);
	for (size_t i = 0; i < N_LOGIN; i++)
		g_free(values[i]);
	return code;
}

const struct cli_command cli_cmd_login = {
	.name = "login",
	.args = "[OPTION…]",
	.summary = N_("set up a profile and log in to the hospital's server"),
	.run = login_run,
};
