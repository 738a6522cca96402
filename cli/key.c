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
#include <poll.h>
#include <signal.h>
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

/* ---- the terminal ------------------------------------------------------- */

static const int hush_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

static volatile sig_atomic_t hush_caught;

static void
on_signal(int sig)
{
	hush_caught = sig;
}

/* A terminal without echo, and what is to be put back. */
struct hush {
	int fd;
	struct termios shown;
	struct sigaction actions[G_N_ELEMENTS(hush_signals)];
	sigset_t mask;
};

static gboolean
hush_begin(struct hush *h, int fd)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct termios hidden;
	sigset_t held;

	h->fd = fd;
	hush_caught = 0;
	if (tcgetattr(fd, &h->shown) != 0)
		return FALSE;
	/* Held but while we wait: none is missed between look and wait. */
	sigemptyset(&held);
	for (size_t i = 0; i < G_N_ELEMENTS(hush_signals); i++) {
		sigaction(hush_signals[i], NULL, &h->actions[i]);
		/* Who started us had it ignored (nohup), and so do we. */
		if (h->actions[i].sa_handler == SIG_IGN)
			continue;
		sigaction(hush_signals[i], &action, NULL);
		sigaddset(&held, hush_signals[i]);
	}
	sigprocmask(SIG_BLOCK, &held, &h->mask);
	hidden = h->shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &hidden);
	return TRUE;
}

/* Echo is back before a signal does what it came for. */
static void
hush_end(struct hush *h)
{
	tcsetattr(h->fd, TCSAFLUSH, &h->shown);
	if (hush_caught)
		dprintf(h->fd, "\n");
	for (size_t i = 0; i < G_N_ELEMENTS(hush_signals); i++)
		sigaction(hush_signals[i], &h->actions[i], NULL);
	sigprocmask(SIG_SETMASK, &h->mask, NULL);
	if (hush_caught)
		raise(hush_caught);
}

/* One byte; 0: the end, -1: a signal or an error. */
static ssize_t
hush_byte(const struct hush *h, char *c)
{
	struct pollfd p = { .fd = h->fd, .events = POLLIN };

	return hush_caught || ppoll(&p, 1, NULL, &h->mask) < 0 ? -1
	    : read(h->fd, c, 1);
}

/* One line without echo; the terminal is put back whatever happens. What was
 * typed before is thrown away, and so the question comes after that. Whoever
 * stopped us and lets us go on is asked again. */
static gboolean
read_hidden(int fd, const char *prompt, char *line, size_t size)
{
	struct hush h;
	ssize_t got;
	size_t n;
	char c;

	do {
		if (!hush_begin(&h, fd))
			return FALSE;
		dprintf(fd, "%s ", prompt);
		n = 0;
		while ((got = hush_byte(&h, &c)) == 1 && c != '\n' && c != '\r')
			if (n + 1 < size)
				line[n++] = c;
		line[n] = '\0';
		hush_end(&h);
	} while (hush_caught);
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
		return base_secret_from_setting(cli->settings,
		    SET_PASSPHRASE_COMMAND, error);
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

/* Trying again does not help where a command gave the wrong one. */
static void
blame_command(struct cli *cli, GError **error)
{
	const char *command = base_setting(cli->settings,
	    SET_PASSPHRASE_COMMAND);

	if (!error || !command || !*command || !g_error_matches(*error,
	    STORE_ERROR, STORE_ERROR_WRONG_PASSPHRASE))
		return;
	g_clear_error(error);
	g_set_error(error, CLI_ERROR, CLI_ERROR_COMMAND,
	    _("The passphrase is not right: what passphrase_command prints does "
	      "not open this cache. Nothing was changed; mend the command."));
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
	else
		blame_command(cli, error);
	return key;
}

struct store *
cli_store(struct cli *cli, GError **error)
{
	BASE_AUTO(base_secret) key = cli_key(cli, CLI_ASK_TERMINAL, error);

	return key ? store_open(cli->state_dir, key, STORE_SCREEN, error)
		   : NULL;
}
