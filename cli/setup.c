/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connecting to a hospital: what `qingnang login` does, from options or, where
 * these are silent and there is a terminal, from questions on plain lines.
 * Order: settings checked, passphrase and key slot, settings saved, login at the
 * server. A login that fails leaves the profile; the same command goes on.
 */
#include "cli/setup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct question {
	enum setting key;
	const char *prompt; /* N_() */
	const char *example;
};

static const struct question questions[] = {
	{ SET_SERVER, N_("Address of the hospital's FHIR server"),
	    "https://fhir.example.org/r4" },
	{ SET_PRACTITIONER, N_("Who you are there"), "Practitioner/123" },
	{ SET_CLIENT_ID, N_("Client id that the hospital gave qingnang"),
	    "qingnang" },
};

static gboolean
ask_line(const struct question *q, char *line, size_t size)
{
	printf(_("%s (like %s): "), _(q->prompt), q->example);
	fflush(stdout);
	if (!fgets(line, (int)size, stdin))
		return FALSE;
	g_strstrip(line);
	return *line != '\0';
}

/* Asks until the answer is one the settings take. */
static gboolean
answer(struct cli *cli, const struct question *q,
    GError **error)
{
	char line[512];

	while (ask_line(q, line, sizeof line)) {
		g_autoptr(GError) bad = NULL;

		if (base_setting_set(cli->settings, q->key, line, &bad))
			return TRUE;
		printf("%s\n", bad->message);
	}
	g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
	    _("Nothing was set up: %s was not answered."), _(q->prompt));
	return FALSE;
}

static gboolean
is_missing(struct cli *cli, enum setting key)
{
	const char *value = base_setting(cli->settings, key);

	/* A token command brings its own identity to the server. */
	if (key == SET_CLIENT_ID &&
	    *base_setting(cli->settings, SET_TOKEN_COMMAND))
		return FALSE;
	return !value || !*value;
}

gboolean
setup_ask_missing(struct cli *cli, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(questions); i++) {
		const struct question *q = &questions[i];

		if (!is_missing(cli, q->key))
			continue;
		if (!isatty(STDIN_FILENO)) {
			g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
			    _("%s is missing, and there is no terminal to ask "
			      "on. See: qingnang login --help"), _(q->prompt));
			return FALSE;
		}
		if (!answer(cli, q, error))
			return FALSE;
	}
	return TRUE;
}

struct base_secret *
setup_new_passphrase(GError **error)
{
	for (;;) {
		BASE_AUTO(base_secret) first = cli_ask_secret(
		    _("Choose a passphrase for the patients' data on this "
		      "machine:"), error);
		BASE_AUTO(base_secret) second = first ? cli_ask_secret(
		    _("The same passphrase once more:"), error) : NULL;

		if (!second)
			return NULL;
		if (base_secret_len(first) == 0)
			printf(_("It must not be empty.\n"));
		else if (base_secret_len(first) != base_secret_len(second) ||
		    memcmp(base_secret_data(first), base_secret_data(second),
			base_secret_len(first)) != 0)
			printf(_("The two differ; once more.\n"));
		else
			return g_steal_pointer(&first);
	}
}

/* The key of an existing slot, or a new slot. */
static struct base_secret *
slot_key(struct cli *cli, GError **error)
{
	const char *command = base_setting(cli->settings,
	    SET_PASSPHRASE_COMMAND);
	BASE_AUTO(base_secret) passphrase = NULL;
	struct base_secret *key = NULL;

	if (vault_slot_exists(cli->state_dir))
		return cli_key(cli, CLI_ASK_TERMINAL, error);
	passphrase = *command ? base_secret_from_setting(cli->settings,
	    SET_PASSPHRASE_COMMAND, error) : setup_new_passphrase(error);
	if (passphrase)
		vault_slot_create(cli->state_dir, passphrase,
		    &vault_kdf_default, &key, error);
	return key;
}

static int
log_in(struct cli *cli, const struct base_secret *key,
    gboolean paste)
{
	const char *args[] = { "login", paste ? "--paste" : NULL, NULL };
	GError *error = NULL;
	int code = cli_run_sync(cli, key, args, &error);

	return code < 0 ? cli_fail(error) : code;
}

/* A login that was refused changes nothing of a profile that was set up before:
 * what worked until then works on. */
static void
put_back(struct cli *cli, const char *before, int code)
{
	if (!before || (code != BASE_EXIT_LOGIN &&
	    code != BASE_EXIT_WRONG_DOCTOR))
		return;
	if (g_file_set_contents_full(cli->config_path, before, -1,
	    G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
		fprintf(stderr, _("qingnang: The settings of profile '%s' are "
		    "as they were before.\n"), cli->profile);
}

int
setup_connect(struct cli *cli, gboolean paste, struct base_secret **key_out)
{
	BASE_AUTO(base_secret) key = NULL;
	g_autofree char *before = NULL;
	GError *error = NULL;
	int code;

	if (cli->configured)
		g_file_get_contents(cli->config_path, &before, NULL, NULL);

	if (!setup_ask_missing(cli, &error))
		return cli_fail(error);
	key = slot_key(cli, &error);
	if (!key ||
	    !base_settings_save(cli->settings, cli->config_path, &error))
		return cli_fail(error);
	cli->configured = TRUE;
	code = log_in(cli, key, paste);
	put_back(cli, before, code);
	if (key_out && code == BASE_EXIT_OK)
		*key_out = g_steal_pointer(&key);
	return code;
}

int
cli_setup(struct cli *cli)
{
	struct base_secret *key = NULL;
	int code = setup_connect(cli, FALSE, &key);

	/* Who has just chosen the passphrase is not asked for it. */
	return code == BASE_EXIT_OK ? cli_screens(cli, key) : code;
}
