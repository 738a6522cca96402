/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of bad input given to the commands: one clear sentence on stderr, the
 * documented exit code, nothing changed. Wrong passphrase; unreadable, truncated
 * and foreign cache and key slot; a newer cache; unknown command, option, setting
 * (with its line), profile name; no terminal, an unknown TERM; an id that is not
 * here; an empty or non-UTF-8 reply; settings that are refused; a command of the
 * settings that fails; a signal while the passphrase is typed.
 */
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <glib/gstdio.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* One sentence: one line, ended, and ours. */
static void
assert_sentence(struct home *h)
{
	size_t len = strlen(h->err);

	if (!g_str_has_prefix(h->err, "qingnang") || len < 20 ||
	    strchr(h->err, '\n') != h->err + len - 1)
		fail_msg("not one sentence: [%s]", h->err);
}

#define assert_refused(h, code, ...)                                           \
	do {                                                                   \
		assert_int_equal(home_run(h, NULL, __VA_ARGS__, NULL), code);  \
		assert_sentence(h);                                            \
	} while (0)

static char *
state_file(struct home *h, const char *name)
{
	return g_build_filename(h->dir, "XDG_STATE_HOME", "qingnang", "p", name,
	    NULL);
}

/* A profile with an empty cache, without any server. */
static struct home *
offline_home(void)
{
	struct home *h = home_new();
	g_autofree char *dir = g_build_filename(h->dir, "XDG_CONFIG_HOME",
	    "qingnang", NULL);
	g_autofree char *conf = g_build_filename(dir, "p.conf", NULL);
	g_autofree char *pass = home_write(h, "pass", "correct horse\n");
	g_autofree char *text = g_strdup_printf("[server]\n"
	    "url=https://fhir.example.org/r4\n"
	    "practitioner=Practitioner/1\n"
	    "[cache]\npassphrase_command=cat %s\nkeyring_minutes=0\n", pass);

	g_mkdir_with_parents(dir, 0700);
	assert_true(g_file_set_contents(conf, text, -1, NULL));
	home_slot(h, "p", "correct horse");
	assert_int_equal(home_run(h, NULL, "--profile", "p", "queue",
	    "--json", NULL), 0);
	assert_string_equal(h->out, "[]\n");
	return h;
}

static void
words_that_are_not_known(void **state)
{
	struct home *h = offline_home();

	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "heal");
	assert_refused(h, BASE_EXIT_USAGE, "--quick");
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "queue",
	    "--colour");
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "../etc", "queue");
	assert_refused(h, BASE_EXIT_CACHE, "--profile", "nobody", "queue");
	assert_refused(h, BASE_EXIT_NOT_FOUND, "--profile", "p", "show",
	    "no-such-id");
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "status",
	    "--format", "{secret}");
	assert_refused(h, BASE_EXIT_USAGE, "--profile");
	assert_refused(h, BASE_EXIT_USAGE, "queue", "--profile", "p", "all");
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "show", "a", "b");
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "doctor", "now");
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "status", "--json",
	    "--format", "{owed}");
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "sync", "--once",
	    "--watch");
	home_free(h);
}

static void
wrong_passphrase(void **state)
{
	struct home *h = offline_home();
	g_autofree char *pass = home_write(h, "pass", "wrong horse\n");
	g_autofree char *slot = state_file(h, "cache.key");
	g_autofree char *before = NULL, *after = NULL;
	gsize before_len, after_len;

	assert_true(g_file_get_contents(slot, &before, &before_len, NULL));
	assert_refused(h, BASE_EXIT_CACHE, "--profile", "p", "queue");
	assert_non_null(strstr(h->err, "passphrase"));
	assert_true(g_file_get_contents(slot, &after, &after_len, NULL));
	assert_int_equal(before_len, after_len);
	assert_memory_equal(before, after, before_len);
	g_free(home_write(h, "pass", "correct horse\n"));
	assert_int_equal(home_run(h, NULL, "--profile", "p", "queue", NULL), 0);
	home_free(h);
}

static void
damaged_slot_is_another_sentence(void **state)
{
	struct home *h = offline_home();
	g_autofree char *slot = state_file(h, "cache.key");
	g_autofree char *bytes = NULL;
	gsize len;

	assert_true(g_file_get_contents(slot, &bytes, &len, NULL));
	assert_true(g_file_set_contents(slot, bytes, (gssize)len / 2, NULL));
	assert_refused(h, BASE_EXIT_CACHE, "--profile", "p", "queue");
	assert_null(strstr(h->err, "passphrase is not right"));
	assert_non_null(strstr(h->err, "cache.key"));
	assert_true(g_file_set_contents(slot, "not a slot at all", -1, NULL));
	assert_refused(h, BASE_EXIT_CACHE, "--profile", "p", "queue");
	assert_non_null(strstr(h->err, "cache.key"));
	home_free(h);
}

static void
foreign_and_truncated_cache(void **state)
{
	struct home *h = offline_home();
	g_autofree char *db = state_file(h, "cache.db");
	g_autofree char *wal = state_file(h, "cache.db-wal");
	g_autofree char *shm = state_file(h, "cache.db-shm");
	g_autofree char *bytes = NULL;
	g_autoptr(GString) foreign = g_string_new("SQLite format 3");
	gsize len;

	assert_true(g_file_get_contents(db, &bytes, &len, NULL));
	g_unlink(wal);
	g_unlink(shm);
	while (foreign->len < 8192)
		g_string_append_c(foreign, 'x');
	assert_true(g_file_set_contents(db, foreign->str, 8192, NULL));
	assert_refused(h, BASE_EXIT_CACHE, "--profile", "p", "queue");
	assert_true(g_file_set_contents(db, bytes, 1000, NULL));
	assert_refused(h, BASE_EXIT_CACHE, "--profile", "p", "queue");
	home_free(h);
}

/* A directory in its place; and, for those whom modes bind, one not theirs. */
static void
unreadable_cache(void **state)
{
	struct home *h = offline_home();
	g_autofree char *db = state_file(h, "cache.db");
	g_autofree char *wal = state_file(h, "cache.db-wal");
	g_autofree char *aside = state_file(h, "kept");

	g_unlink(wal);
	assert_int_equal(g_rename(db, aside), 0);
	assert_int_equal(g_mkdir(db, 0700), 0);
	assert_refused(h, BASE_EXIT_CACHE, "--profile", "p", "queue");
	assert_true(g_file_test(db, G_FILE_TEST_IS_DIR));
	assert_int_equal(g_rmdir(db), 0);
	assert_int_equal(g_rename(aside, db), 0);
	assert_int_equal(g_chmod(db, 0), 0);
	if (g_access(db, R_OK) != 0)
		assert_refused(h, BASE_EXIT_CACHE, "--profile", "p", "queue");
	assert_int_equal(g_chmod(db, 0600), 0);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "queue", NULL), 0);
	home_free(h);
}

/* The program's own words in UTF-8, whatever the locale is. */
static void
no_utf8_locale(void **state)
{
	struct home *h = offline_home();

	home_env(h, "LC_ALL", "C");
	assert_int_equal(home_run(h, NULL, "--profile", "p", "queue", NULL), 0);
	assert_refused(h, BASE_EXIT_NOT_FOUND, "--profile", "p", "reply", "x",
	    "-m", "三天后复查");
	home_env(h, "LC_ALL", "xx_XX.ISO-8859-1");
	assert_int_equal(home_run(h, NULL, "--profile", "p", "status", NULL),
	    0);
	home_free(h);
}

static void
settings_with_a_mistake(void **state)
{
	struct home *h = offline_home();
	static const struct { const char *text, *line; } wrong[] = {
		{ "[server]\nurl=https://a.example/\ncolour=red\n", ":3" },
		{ "[sever]\nurl=https://a.example/\n", ":1" },
		{ "[server]\nurl=http://hospital.example/\n", ":2" },
		{ "[screen]\n\nlock_minutes=soon\n", ":3" },
		{ "[queue]\nhours_stat=0\n", ":2" },
	};
	g_autofree char *conf = g_build_filename(h->dir, "XDG_CONFIG_HOME",
	    "qingnang", "p.conf", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		assert_true(g_file_set_contents(conf, wrong[i].text, -1,
		    NULL));
		assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "queue");
		if (!strstr(h->err, wrong[i].line))
			fail_msg("no line %s: %s", wrong[i].line, h->err);
	}
	home_free(h);
}

static void
replies_that_are_none(void **state)
{
	struct home *h = offline_home();

	assert_int_equal(home_run(h, "\xff\xfe", "--profile", "p", "reply", "x",
	    NULL), BASE_EXIT_USAGE);
	assert_sentence(h);
	assert_int_equal(home_run_bytes(h, "a\0b", 3, "--profile", "p",
	    "reply", "x", NULL), BASE_EXIT_USAGE);
	assert_sentence(h);
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "reply", "x",
	    "-m", "\033[31mred");
	assert_non_null(strstr(h->err, "control characters"));
	assert_refused(h, BASE_EXIT_NOT_FOUND, "--profile", "p", "reply", "x",
	    "-m", "a\tb\r\nc");
	assert_refused(h, BASE_EXIT_NOT_FOUND, "--profile", "p", "reply", "x",
	    "-m", "text");
	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p", "reply");
	home_free(h);
}

static void
screens_without_a_terminal(void **state)
{
	struct home *h = offline_home();

	assert_refused(h, BASE_EXIT_USAGE, "--profile", "p");
	assert_null(strchr(h->out, '\033'));
	home_free(h);
}

static void
secrets_come_from_nowhere_else(void **state)
{
	struct home *h = offline_home();
	g_autofree char *pass = g_build_filename(h->dir, "pass", NULL);

	/* A command that fails, and one that prints nothing. */
	g_unlink(pass);
	assert_refused(h, BASE_EXIT_FAILED, "--profile", "p", "queue");
	assert_non_null(strstr(h->err, "passphrase_command"));
	home_env(h, "QINGNANG_PASSPHRASE", "correct horse");
	assert_refused(h, BASE_EXIT_FAILED, "--profile", "p", "queue");
	home_free(h);
}

/* Whatever ends a program that asks for the passphrase, the terminal shows again
 * what is typed. */
static void
hidden_question_ends(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct home *h = offline_home();
	g_autofree char *program = test_program("qingnang");
	g_autofree char *conf = g_build_filename(h->dir, "XDG_CONFIG_HOME",
	    "qingnang", "p.conf", NULL);

	assert_true(g_file_set_contents(conf, "[cache]\nkeyring_minutes=0\n",
	    -1, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
		struct termios before, asking, after;
		g_autoptr(GString) all = g_string_new(NULL);
		int fd, status;
		char c;
		pid_t pid = forkpty(&fd, NULL, NULL, NULL);

		if (pid == 0) {
			/* A shell's background ignores two of them. */
			signal(signals[i], SIG_DFL);
			execle(program, "qingnang", "--profile", "p", "queue",
			    NULL, h->env);
			_exit(127);
		}
		assert_int_equal(tcgetattr(fd, &before), 0);
		while (!strstr(all->str, "Passphrase of profile 'p': ") &&
		    read(fd, &c, 1) == 1)
			g_string_append_c(all, c);
		assert_int_equal(tcgetattr(fd, &asking), 0);
		assert_false(asking.c_lflag & ECHO);
		if (signals[i] == SIGINT)
			assert_int_equal(write(fd, "\003", 1), 1);
		else
			kill(pid, signals[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signals[i]);
		assert_int_equal(tcgetattr(fd, &after), 0);
		assert_int_equal(after.c_lflag, before.c_lflag);
		close(fd);
	}
	home_free(h);
}

static void
login_without_a_server(void **state)
{
	struct home *h = home_new();
	g_autofree char *pass = home_write(h, "pass", "x\n");
	g_autofree char *command = g_strconcat("cat ", pass, NULL);

	assert_refused(h, BASE_EXIT_USAGE, "login");
	assert_refused(h, BASE_EXIT_USAGE, "login", "--server",
	    "http://hospital.example/fhir");
	assert_refused(h, BASE_EXIT_USAGE, "login", "--server",
	    "https://hospital.example/fhir", "--practitioner", "Dr Wu");
	home_free(h);
}

/* A disk that is full, and a stream that is closed: no program may take half an
 * answer for a whole one, and nothing else is written into. */
static void
output_that_is_not_taken(void **state)
{
	static const char *const to[] = { ">/dev/full", ">&-" };
	struct home *h = home_new();
	g_autofree char *program = test_program("qingnang");

	for (size_t i = 0; i < G_N_ELEMENTS(to); i++) {
		g_autofree char *line = g_strconcat("exec \"$0\" --help ",
		    to[i], NULL);
		const char *argv[] = { "/bin/sh", "-c", line, program, NULL };
		g_autofree char *said = NULL;
		int status;

		assert_true(g_spawn_sync(NULL, (char **)argv, h->env,
		    G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said,
		    &status, NULL));
		assert_int_equal(WEXITSTATUS(status), BASE_EXIT_FAILED);
		assert_string_equal(said, "qingnang: The output could not be "
		    "written whole.\n");
	}
	home_free(h);
}

/* What is not known is said again, and not in ten thousand letters. */
static void
ids_without_end(void **state)
{
	static const char *const words[][2] = { { "verify", NULL },
		{ "rx", "show" } };
	g_autofree char *id = g_strnfill(10000, 'x');
	struct home *h = home_new();

	home_clinic(h, "--patients", "0", NULL);
	assert_int_equal(home_login(h, "p", "Practitioner/practice-doctor"),
	    BASE_EXIT_OK);
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		assert_int_not_equal(home_run(h, "", "--profile", "p",
		    words[i][0], words[i][1] ? words[i][1] : id,
		    words[i][1] ? id : NULL, NULL), BASE_EXIT_OK);
		assert_true(strlen(h->err) < 200);
		assert_non_null(strstr(h->err, "…"));
	}
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_that_are_not_known),
		cmocka_unit_test(output_that_is_not_taken),
		cmocka_unit_test(ids_without_end),
		cmocka_unit_test(wrong_passphrase),
		cmocka_unit_test(damaged_slot_is_another_sentence),
		cmocka_unit_test(foreign_and_truncated_cache),
		cmocka_unit_test(unreadable_cache),
		cmocka_unit_test(no_utf8_locale),
		cmocka_unit_test(settings_with_a_mistake),
		cmocka_unit_test(replies_that_are_none),
		cmocka_unit_test(screens_without_a_terminal),
		cmocka_unit_test(secrets_come_from_nowhere_else),
		cmocka_unit_test(hidden_question_ends),
		cmocka_unit_test(login_without_a_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
