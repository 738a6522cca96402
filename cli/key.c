/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the key of the cache comes from, in this order: the practice profile's
 * key file, the kernel keyring, passphrase_command, the terminal. Never an
 * argument, never the environment.
 */
#include "config.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define KEY_FILE_MAX 64
#define PASSPHRASE_MAX 1024

void
cli_key_keep(struct cli *cli, const struct base_secret *key)
{
	int64_t minutes = base_setting_int(cli->settings, SET_KEYRING_MINUTES);

	if (minutes > 0 && !cli->practice)
		vault_keyring_put(cli->state_dir, key, (int)minutes * 60);
}

void
cli_key_forget(struct cli *cli)
{
	vault_keyring_revoke(cli->state_dir);
}

static struct base_secret *
kept_key(struct cli *cli)
{
	return base_setting_int(cli->settings, SET_KEYRING_MINUTES) > 0
	    ? vault_keyring_get(cli->state_dir) : NULL;
}

/* The practice clinic's patients are invented, and it must open without a
 * question: its key lies in a file beside its cache. No other profile does. */
static struct base_secret *
practice_key(struct cli *cli, GError **error)
{
	g_autofree char *path =
	    g_build_filename(cli->state_dir, "practice.key", NULL);
	struct base_secret *key;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0)
		return base_secret_from_fd(fd, KEY_FILE_MAX, error);
	key = vault_key_random();
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0 ||
	    write(fd, base_secret_data(key), base_secret_len(key)) !=
		(ssize_t)base_secret_len(key) || fsync(fd) != 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
		    "%s: %s", path, g_strerror(errno));
		g_clear_pointer(&key, base_secret_free);
	}
	if (fd >= 0)
		close(fd);
	return key;
}

/* One line without echo; the terminal is put back whatever happens. What was
 * typed before is thrown away, and so the question comes after that. */
static gboolean
read_hidden(int fd, const char *prompt, char *line, size_t size)
{
	struct termios shown, hidden;
	size_t n = 0;
	ssize_t got = 0;
	char c;

	if (tcgetattr(fd, &shown) != 0)
		return FALSE;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &hidden);
	dprintf(fd, "%s ", prompt);
	while ((got = read(fd, &c, 1)) == 1 && c != '\n' && c != '\r')
		if (n + 1 < size)
			line[n++] = c;
	tcsetattr(fd, TCSAFLUSH, &shown);
	line[n] = '\0';
	return got == 1;
}

struct base_secret *
cli_ask_secret(const char *prompt, GError **error)
{
	char line[PASSPHRASE_MAX];
	struct base_secret *secret = NULL;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_TERMINAL,
		    _("A passphrase is needed and there is no terminal to ask "
		      "on. For scripts, set passphrase_command in the profile."));
		return NULL;
	}
	if (read_hidden(fd, prompt, line, sizeof line))
		secret = base_secret_take(line, strlen(line));
	else
		g_set_error(error, CLI_ERROR, CLI_ERROR_TERMINAL,
		    _("No passphrase was given."));
	explicit_bzero(line, sizeof line);
	dprintf(fd, "\n");
	close(fd);
	return secret;
}

static struct base_secret *
ask_passphrase(struct cli *cli, enum cli_ask ask,
    GError **error)
{
	const char *command = base_setting(cli->settings,
	    SET_PASSPHRASE_COMMAND);
	g_autofree char *prompt = NULL;

	if (command && *command)
		return base_secret_from_command(command, error);
	if (ask == CLI_ASK_NEVER) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_TERMINAL,
		    _("The cache is locked. Set passphrase_command in the "
		      "profile, or start qingnang once and unlock it."));
		return NULL;
	}
	prompt = g_strdup_printf(_("Passphrase of profile '%s':"),
	    cli->profile);
	return cli_ask_secret(prompt, error);
}

struct base_secret *
cli_key(struct cli *cli, enum cli_ask ask, GError **error)
{
	BASE_AUTO(base_secret) passphrase = NULL;
	struct base_secret *key;

	if (cli->practice)
		return practice_key(cli, error);
	if (!vault_slot_exists(cli->state_dir)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NO_SLOT,
		    "no key slot in %s", cli->state_dir);
		return NULL;
	}
	key = kept_key(cli);
	if (key)
		return key;
	passphrase = ask_passphrase(cli, ask, error);
	if (!passphrase)
		return NULL;
	key = vault_slot_open(cli->state_dir, passphrase, error);
	if (key)
		cli_key_keep(cli, key);
	return key;
}

struct store *
cli_store(struct cli *cli, GError **error)
{
	BASE_AUTO(base_secret) key = cli_key(cli, CLI_ASK_TERMINAL, error);

	return key ? store_open(cli->state_dir, key, STORE_SCREEN, error)
		   : NULL;
}
