/* SPDX-License-Identifier: Apache-2.0 */
/* The screens on a profile: starter, key, filter, then tui_run(). */
#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

struct screens_host { struct cli *cli; struct starter *starter; };

static gboolean
host_sync_start(void *user, const struct base_secret *key,
    GError **error)
{
	struct screens_host *host = user;

	return starter_sync(host->starter, key, error);
}

static gboolean
host_link_open(void *user, const char *url, GError **error)
{
	struct screens_host *host = user;

	return starter_link(host->starter, url, error);
}

static gboolean
host_file_open(void *user, const char *name, int lock, GError **error)
{
	struct screens_host *host = user;

	return starter_file(host->starter, name, lock, error);
}

static struct base_secret *
host_unlock(void *user,
    const struct base_secret *passphrase, GError **error)
{
	struct cli *cli = ((struct screens_host *)user)->cli;
	struct base_secret *key = vault_slot_open(cli->state_dir, passphrase,
	    error);

	if (key)
		cli_key_keep(cli, key);
	return key;
}

static struct base_secret *
host_unlock_practice(void *user,
    const struct base_secret *passphrase, GError **error)
{
	return cli_key(((struct screens_host *)user)->cli, CLI_ASK_NEVER,
	    error);
}

static void
host_forget_key(void *user)
{
	cli_key_forget(((struct screens_host *)user)->cli);
}

/* The key without a question: keyring or command. The unlock screen asks where
 * neither has it; another error is the doctor's to hear. */
static gboolean
quiet_key(struct cli *cli, struct base_secret **key,
    GError **error)
{
	g_autoptr(GError) locked = NULL;

	*key = cli_key(cli, CLI_ASK_NEVER, &locked);
	if (*key || g_error_matches(locked, CLI_ERROR, CLI_ERROR_TERMINAL))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&locked));
	return FALSE;
}

static int
run_screens(struct cli *cli, struct starter *starter,
    struct base_secret *key)
{
	struct screens_host host = { cli, starter };
	struct tui_options options = {
		.profile = cli->profile,
		.state_dir = cli->state_dir,
		.runtime_dir = cli->runtime_dir,
		.settings = cli->settings,
		.key = key,
		.practice = cli->practice,
		.host = {
			.user = &host,
			.sync_start = host_sync_start,
			.link_open = host_link_open,
			.file_open = host_file_open,
			.unlock = cli->practice ? host_unlock_practice
						: host_unlock,
			.forget_key = host_forget_key,
		},
	};

	cli_guard();
	return tui_run(&options);
}

static int
first_start(struct cli *cli)
{
	struct tui_options options = { .profile = cli->profile,
		.state_dir = cli->state_dir, .runtime_dir = cli->runtime_dir,
		.settings = cli->settings };

	switch (tui_first_start(&options)) {
	case TUI_FIRST_PRACTICE:
		return cli_practice(cli, FALSE, NULL);
	case TUI_FIRST_CONNECT:
		return cli_setup(cli);
	case TUI_FIRST_LEAVE:
		break;
	}
	return BASE_EXIT_OK;
}

int
cli_screens(struct cli *cli, struct base_secret *key)
{
	BASE_AUTO(starter) starter = NULL;
	g_autofree char *problem = tui_terminal_quick_problem();
	GError *error = NULL;

	if (problem) {
		fprintf(stderr, "qingnang: %s\n", problem);
		base_secret_free(key);
		return BASE_EXIT_USAGE;
	}
	if (!key && !cli->configured && !cli->practice)
		return first_start(cli);
	starter = starter_new(cli->profile, cli->settings, cli->runtime_dir,
	    &error);
	if (!starter || (!key && !quiet_key(cli, &key, &error))) {
		base_secret_free(key);
		return cli_fail(error);
	}
	return run_screens(cli, starter, key);
}
