/* SPDX-License-Identifier: Apache-2.0 */
/* qingnang-sync from its arguments to its end: lock, key, cache, filter. */
#define _GNU_SOURCE
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "net/engine.h"
#include "net/error.h"
#include "net/guard.h"
#include "net/option.h"

enum { KEY_BYTES = 32, HANDOVER_MS = 10000, HANDOVER_STEP_MS = 50 };

struct start {
	struct net_options options;
	struct base_settings *settings;
	char *state_dir, *runtime_dir;
	int lock_fd;
	struct broker *broker;
	struct base_secret *key;
	struct store *store;
};

static enum net_exit
complain(enum net_exit code, const GError *error)
{
	fprintf(stderr, "qingnang-sync: %s\n", error->message);
	return code;
}

/* ---- one process a profile ------------------------------------------------ */

/* The holder's pid stands in the file, for a login that takes over. */
static void
sign_lock(int fd)
{
	char text[24];
	int len = g_snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) < 0)
		base_log(BASE_LOG_ERROR, "lock file: %d", errno);
}

/* A login ends the one that runs: refresh tokens rotate, and two must never use
 * one. The screen starts another. */
static gboolean
take_over(int fd)
{
	char text[24] = "";
	pid_t pid;

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return FALSE;
	pid = (pid_t)g_ascii_strtoll(text, NULL, 10);
	if (pid <= 1 || kill(pid, SIGTERM) < 0)
		return FALSE;
	for (int ms = 0; ms < HANDOVER_MS; ms += HANDOVER_STEP_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return TRUE;
		g_usleep(HANDOVER_STEP_MS * 1000);
	}
	return FALSE;
}

static enum net_exit
lock_profile(struct start *st)
{
	g_autofree char *path = g_build_filename(st->state_dir, "sync.lock",
	    NULL);

	st->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (st->lock_fd < 0) {
		fprintf(stderr, "qingnang-sync: %s: %s\n", path,
		    g_strerror(errno));
		return NET_EXIT_FAILED;
	}
	if (flock(st->lock_fd, LOCK_EX | LOCK_NB) < 0 &&
	    (st->options.mode != MODE_LOGIN || !take_over(st->lock_fd))) {
		fprintf(stderr, _("qingnang-sync: another one already keeps "
		    "profile %s in step; it sends and fetches by itself\n"),
		    st->options.profile);
		return NET_EXIT_RUNNING;
	}
	sign_lock(st->lock_fd);
	return NET_EXIT_OK;
}

/* ---- key and cache -------------------------------------------------------- */

/* 32 raw bytes, or 64 hex digits with or without a newline. */
static struct base_secret *
key_of(struct base_secret *raw)
{
	const char *text = (const char *)base_secret_data(raw);
	size_t len = base_secret_len(raw);
	BASE_AUTO(base_secret) key = base_secret_new(KEY_BYTES);

	if (len == KEY_BYTES) {
		memcpy(base_secret_data(key), text, KEY_BYTES);
		return g_steal_pointer(&key);
	}
	while (len > 0 && g_ascii_isspace(text[len - 1]))
		len--;
	if (len != 2 * KEY_BYTES)
		return NULL;
	for (size_t i = 0; i < KEY_BYTES; i++) {
		int high = g_ascii_xdigit_value(text[2 * i]);
		int low = g_ascii_xdigit_value(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return NULL;
		base_secret_data(key)[i] = (unsigned char)(high << 4 | low);
	}
	return g_steal_pointer(&key);
}

static struct base_secret *
key_from_fd(int fd, GError **error)
{
	BASE_AUTO(base_secret) raw = base_secret_from_fd(fd,
	    2 * KEY_BYTES + 2, error);
	struct base_secret *key = raw ? key_of(raw) : NULL;

	if (raw && !key)
		g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "%s",
		    _("what came on --key-fd is not a key"));
	return key;
}

/* By hand or from cron: the passphrase command, else the keyring. */
static struct base_secret *
key_alone(struct start *st, GError **error)
{
	const char *command = base_setting(st->settings,
	    SET_PASSPHRASE_COMMAND);
	BASE_AUTO(base_secret) passphrase = NULL;
	struct base_secret *key = NULL;

	if (!command || !*command) {
		key = vault_keyring_get(st->state_dir);
		if (!key)
			g_set_error(error, STORE_ERROR,
			    STORE_ERROR_WRONG_PASSPHRASE, "%s",
			    _("the cache is locked; start it by qingnang, or "
			      "set passphrase_command"));
		return key;
	}
	passphrase = base_secret_from_command(command, error);
	if (!passphrase)
		return NULL;
	if (vault_slot_exists(st->state_dir))
		return vault_slot_open(st->state_dir, passphrase, error);
	vault_slot_create(st->state_dir, passphrase, &vault_kdf_default, &key,
	    error);
	return key;
}

static struct store *
open_cache(struct start *st, GError **error)
{
	g_autoptr(GError) why = NULL;
	struct store_rescue report = { 0 };
	struct store *store = store_open(st->state_dir, st->key, STORE_SYNC,
	    &why);

	if (store)
		return store;
	if (!g_error_matches(why, STORE_ERROR, STORE_ERROR_DAMAGED)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	store = store_rebuild(st->state_dir, st->key, STORE_SYNC, &report,
	    error);
	if (store)
		fprintf(stderr, _("qingnang-sync: the cache was damaged and was "
		    "made anew; %d drafts and %d unsent entries were saved, the "
		    "old files are %s\n"), report.drafts, report.outbox,
		    report.aside ? report.aside : "-");
	g_free(report.aside);
	return store;
}

static enum net_exit
open_all(struct start *st)
{
	g_autoptr(GError) error = NULL;

	st->key = st->options.key_fd >= 0
	    ? key_from_fd(st->options.key_fd, &error) : key_alone(st, &error);
	if (st->key)
		st->store = open_cache(st, &error);
	return st->store ? NET_EXIT_OK : complain(NET_EXIT_CACHE, error);
}

/* ---- running -------------------------------------------------------------- */

static enum net_exit
purge(struct engine *engine)
{
	g_autoptr(GError) error = NULL;
	int n = engine_purge(engine, TRUE, &error);

	if (n < 0)
		return complain(NET_EXIT_CACHE, error);
	printf(NGETTEXT("%d patient removed from this machine\n",
	    "%d patients removed from this machine\n", n), n);
	return NET_EXIT_OK;
}

static enum net_exit
run_mode(struct start *st, struct engine *engine)
{
	const struct net_options *o = &st->options;
	/* The starter made us a session's leader; a person at a terminal, who
	 * ends us by Ctrl-C, did not. */
	gboolean ours = getsid(0) == getpid();
	struct engine_serve how = { .runtime_dir = st->runtime_dir,
		.stay = o->stay || (o->watch && !ours),
		.out = o->watch && isatty(STDOUT_FILENO) ? stdout : NULL };

	switch (o->mode) {
	case MODE_ONCE:
		return engine_once(engine, stdout, isatty(STDOUT_FILENO));
	case MODE_CHECK:
		return engine_check(engine);
	case MODE_PURGE:
		return purge(engine);
	case MODE_LOGIN:
		return engine_login(engine, strcmp(base_setting(st->settings,
		    SET_AUTH), "code") == 0, o->paste, STDIN_FILENO, stdout);
	default:
		return engine_serve(engine, &how);
	}
}

static enum net_exit
run(struct start *st)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(loop) loop = loop_new();
	BASE_AUTO(engine) engine = NULL;

	if (!loop_catch_signals(loop, &error))
		return complain(NET_EXIT_FAILED, error);
	/* Without the filter all else still holds: say so, and go on. */
	if (!guard_install(&error))
		base_log(BASE_LOG_ERROR, "no filter");
	g_clear_error(&error);
	engine = engine_new(loop, st->broker, st->settings,
	    st->options.profile, st->store, &error);
	if (!engine)
		return complain(net_error_exit(error), error);
	return run_mode(st, engine);
}

static void
open_log(struct start *st)
{
	static const char *const words[] = { [BASE_LOG_OFF] = "off",
		[BASE_LOG_ERROR] = "error", [BASE_LOG_INFO] = "info",
		[BASE_LOG_DEBUG] = "debug" };
	const char *word = base_setting(st->settings, SET_LOG_LEVEL);
	g_autofree char *path = g_build_filename(st->state_dir, "sync.log",
	    NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_strcmp0(word, words[i]) == 0)
			base_log_open(path, (enum base_log_level)i, NULL);
}

static enum net_exit
begin(struct start *st)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = base_profile_config_path(st->options.profile);
	enum net_exit code;

	st->settings = base_settings_load(path, &error);
	if (!st->settings)
		return complain(NET_EXIT_USAGE, error);
	base_i18n_init(base_setting(st->settings, SET_LANGUAGE));
	st->state_dir = base_profile_state_dir(st->options.profile, &error);
	if (st->state_dir)
		st->runtime_dir = base_profile_runtime_dir(
		    st->options.profile, &error);
	if (!st->runtime_dir)
		return complain(NET_EXIT_FAILED, error);
	code = lock_profile(st);
	if (code != NET_EXIT_OK)
		return code;
	open_log(st);
	/* Before anything is open that a command should not see. */
	st->broker = broker_new(st->settings, &error);
	if (!st->broker)
		return complain(NET_EXIT_FAILED, error);
	code = open_all(st);
	return code == NET_EXIT_OK ? run(st) : code;
}

int
net_main(int argc, char **argv)
{
	struct start st = { .lock_fd = -1 };
	g_autoptr(GError) error = NULL;
	enum net_exit code;

	base_process_harden();
	signal(SIGPIPE, SIG_IGN);
	base_i18n_init(NULL);
	if (!net_options_parse(&st.options, &argc, &argv, &error)) {
		net_options_clear(&st.options);
		return complain(NET_EXIT_USAGE, error);
	}
	if (st.options.version) {
		puts("qingnang-sync " PACKAGE_VERSION);
		net_options_clear(&st.options);
		return NET_EXIT_OK;
	}
	code = begin(&st);
	store_close(st.store);
	base_secret_free(st.key);
	broker_free(st.broker);
	base_settings_free(st.settings);
	base_log_close();
	if (st.lock_fd >= 0)
		close(st.lock_fd);
	g_free(st.state_dir);
	g_free(st.runtime_dir);
	net_options_clear(&st.options);
	return code;
}
