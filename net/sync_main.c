/* SPDX-License-Identifier: Apache-2.0 */
/* qingnang-sync from its arguments to its end: lock, key, cache, filter. */
#include "config.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "net/beside.h"
#include "net/engine.h"
#include "net/error.h"
#include "net/guard.h"
#include "net/option.h"

enum { KEY_BYTES = 32 };

struct start {
	struct net_options options;
	struct base_settings *settings;
	char *state_dir, *runtime_dir;
	struct lock *lock;
	gboolean beside;   /* another process has the profile */
	struct broker *broker;
	struct base_secret *key;
	struct store *store;
};

static enum net_exit
complain(enum net_exit code, const GError *error)
{
	g_autofree char *words = net_error_words(error);

	fprintf(stderr, "qingnang-sync: %s\n", words);
	return code;
}

/* ---- one process a profile ------------------------------------------------ */

/* The starter made us a session's leader; a person at a terminal, who ends us by
 * Ctrl-C, did not. */
static gboolean
watched_by_hand(const struct net_options *o)
{
	return o->stay || (o->watch && getsid(0) != getpid());
}

static enum net_exit
running(struct start *st)
{
	fprintf(stderr, _("qingnang-sync: another one already keeps profile %s "
	    "in step; it sends and fetches by itself\n"), st->options.profile);
	return NET_EXIT_RUNNING;
}

static enum net_exit
print_purged(int n)
{
	printf(NGETTEXT("%d patient removed from this machine\n",
	    "%d patients removed from this machine\n", n), n);
	return NET_EXIT_OK;
}

static enum net_exit open_all(struct start *st);

static enum net_exit
told(struct start *st, const struct beside_answer *answer)
{
	g_autoptr(GError) error = NULL;
	enum net_exit code;

	if (st->options.mode == MODE_PURGE && answer->code == NET_EXIT_OK)
		return print_purged((int)answer->count);
	/* Then it could not write down why. */
	if (net_error_of_state(&error, answer->state))
		return complain(answer->code, error);
	code = open_all(st);
	return code == NET_EXIT_OK ? engine_told(st->store, answer->code,
	    answer->count, stdout) : code;
}

/* TRUE: the profile is ours. */
static gboolean
lock_profile(struct start *st, enum net_exit *code_out)
{
	g_autoptr(GError) error = NULL;
	struct beside beside = { .options = &st->options,
		.runtime_dir = st->runtime_dir,
		.person = watched_by_hand(&st->options),
		.out = isatty(STDOUT_FILENO) ? stdout : NULL };
	struct beside_answer answer = { .code = NET_EXIT_OK };

	beside.lock = st->lock = lock_new(st->state_dir, &error);
	switch (st->lock ? beside_take(&beside, &answer, &error)
			 : BESIDE_FAILED) {
	case BESIDE_OURS:
		return TRUE;
	case BESIDE_ASKED:
		st->beside = TRUE;
		*code_out = told(st, &answer);
		break;
	case BESIDE_RUNNING:
		*code_out = running(st);
		break;
	case BESIDE_STOPPED:
		*code_out = st->options.mode == MODE_SERVE ? NET_EXIT_OK
							   : NET_EXIT_FAILED;
		break;
	case BESIDE_FAILED:
		*code_out = complain(NET_EXIT_FAILED, error);
		break;
	}
	return FALSE;
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
	passphrase = base_secret_from_setting(st->settings,
	    SET_PASSPHRASE_COMMAND, error);
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
	/* Only who has the profile may make its cache anew. */
	if (st->beside ||
	    !g_error_matches(why, STORE_ERROR, STORE_ERROR_DAMAGED)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	store = store_rebuild(st->state_dir, st->key, STORE_SYNC, &report,
	    error);
	if (store && report.aside)
		fprintf(stderr, report.lost_known || report.unread
		    ? _("qingnang-sync: the cache was damaged and was made anew; "
			"%d drafts and %d unsent entries were saved, what else "
			"was written could not be read and is left in %s\n")
		    : _("qingnang-sync: the cache was damaged and was made anew; "
			"%d drafts and %d unsent entries were saved, the old "
			"files are %s\n"), report.drafts, report.outbox,
		    report.aside);
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
	return print_purged(n);
}

static enum net_exit
run_mode(struct start *st, struct engine *engine)
{
	const struct net_options *o = &st->options;
	struct engine_serve how = { .runtime_dir = st->runtime_dir,
		.stay = watched_by_hand(o),
		.out = o->watch && isatty(STDOUT_FILENO) ? stdout : NULL };
	enum net_exit code;

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
		code = engine_serve(engine, &how);
		if (code == NET_EXIT_CACHE) {
			g_clear_pointer(&st->store, store_close);
			engine_hold(engine, st->state_dir);
		}
		/* Its doorbell still hangs there: who finds it gone reads this. */
		lock_sign(st->lock, LOCK_ENDS);
		return code;
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
	enum net_exit code = NET_EXIT_FAILED;

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
	/* Before anything is open that a command should not see. */
	st->broker = broker_new(st->settings, &error);
	if (!st->broker)
		return complain(NET_EXIT_FAILED, error);
	if (!lock_profile(st, &code))
		return code;
	open_log(st);
	code = open_all(st);
	return code == NET_EXIT_OK ? run(st) : code;
}

int
net_main(int argc, char **argv)
{
	struct start st = { 0 };
	g_autoptr(GError) error = NULL;
	enum net_exit code;

	base_process_harden();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a full disk */
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
	lock_free(st.lock);
	g_free(st.state_dir);
	g_free(st.runtime_dir);
	net_options_clear(&st.options);
	return code;
}
