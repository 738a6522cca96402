/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the two programs together: the real qingnang-sync against the real
 * practice clinic, over plain http and over TLS. A first sync, the doorbell, a
 * reply that goes out at a poke, fetches, one process a profile, and every way
 * of ending with its exit code.
 */
#include "tests/tap.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/net.h"

enum { PATIENCE_MS = 20000 };

struct clinic { pid_t pid; int in; struct fhir_doc *words; };

static char *dir;
static struct base_secret *key;
static struct clinic plain, tls;

/* ---- processes ----------------------------------------------------------- */

static struct clinic
clinic_start(gboolean with_tls)
{
	g_autofree char *path = test_program("qingnang-clinic");
	struct clinic c = { 0 };
	int out[2];
	char line[4096];
	FILE *f;

	assert_int_equal(pipe(out), 0);
	c.pid = fork();
	if (c.pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		execl(path, path, "--seed", "3", "--patients", "6", "--pace",
		    "0", with_tls ? "--tls" : NULL, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof(line), f));
	c.words = fhir_parse(line, strlen(line), &fhir_limits_default, NULL);
	assert_non_null(c.words);
	c.in = dup(out[0]);
	fclose(f);
	return c;
}

static void
clinic_stop(struct clinic *c)
{
	kill(c->pid, SIGTERM);
	waitpid(c->pid, NULL, 0);
	close(c->in);
	fhir_doc_free(c->words);
}

static const char *
word(const struct clinic *c, const char *name)
{
	return fhir_text(fhir_root(c->words), name);
}

static void
write_profile(const char *profile, const struct clinic *c, const char *ca)
{
	BASE_AUTO(base_settings) s = base_settings_new();
	g_autofree char *path = base_profile_config_path(profile);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *secret = g_strdup_printf("echo %s",
	    word(c, "client_secret"));

	g_mkdir_with_parents(parent, 0700);
	assert_true(base_setting_set(s, SET_SERVER, word(c, "base"), NULL));
	assert_true(base_setting_set(s, SET_PRACTITIONER,
	    word(c, "practitioner"), NULL));
	assert_true(base_setting_set(s, SET_AUTH, "client-credentials", NULL));
	assert_true(base_setting_set(s, SET_CLIENT_ID, word(c, "client_id"),
	    NULL));
	assert_true(base_setting_set(s, SET_CLIENT_SECRET_COMMAND, secret,
	    NULL));
	if (ca)
		assert_true(base_setting_set(s, SET_CA_FILE, ca, NULL));
	assert_true(base_settings_save(s, path, NULL));
}

static pid_t
sync_start(const char *profile, const char *a, const char *b)
{
	g_autofree char *path = test_program("qingnang-sync");
	char number[16];
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	assert_true(write(fds[1], base_secret_data(key), 32) == 32);
	close(fds[1]);
	g_snprintf(number, sizeof(number), "%d", fds[0]);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, STDOUT_FILENO);
		if (!g_getenv("QN_TEST_LOUD"))
			dup2(null, STDERR_FILENO);
		execl(path, path, "--profile", profile, "--key-fd", number, a,
		    b, (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	return pid;
}

static int
ended(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
run(const char *profile, const char *a, const char *b)
{
	return ended(sync_start(profile, a, b));
}

/* ---- the doorbell -------------------------------------------------------- */

struct ear {
	struct doorbell *bell;
	enum doorbell_verb verb;    /* waited for */
	int64_t id;                 /* of it, or -1 */
	enum doorbell_state state;  /* of BELL_STATE */
	gboolean heard;
	char word[96];
	int progress;
};

static void
on_line(const struct doorbell_line *line, void *user)
{
	struct ear *ear = user;

	ear->progress += line->verb == BELL_PROGRESS;
	if (line->verb != ear->verb || (ear->id >= 0 && line->id != ear->id))
		return;
	if (line->verb == BELL_STATE && line->state != ear->state)
		return;
	ear->heard = TRUE;
	g_strlcpy(ear->word, line->word, sizeof(ear->word));
}

/* Until it comes; the test fails when it never does. */
static void
hear(struct ear *ear, enum doorbell_verb verb, int64_t id)
{
	struct pollfd fd = { doorbell_fd(ear->bell), POLLIN, 0 };

	ear->verb = verb;
	ear->id = id;
	ear->heard = FALSE;
	while (!ear->heard) {
		assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
		assert_true(doorbell_read(ear->bell, on_line, ear) ||
		    ear->heard);
	}
}

static struct doorbell *
connect_bell(const char *profile, const char *who)
{
	struct doorbell_line hello = { .verb = BELL_HELLO };
	g_autofree char *runtime = base_profile_runtime_dir(profile, NULL);
	int64_t end_ms = base_mono_ms() + PATIENCE_MS;
	struct doorbell *bell;
	int fd;

	while ((fd = doorbell_connect(runtime, NULL)) < 0) {
		assert_true(base_mono_ms() < end_ms);
		g_usleep(2000);
	}
	bell = doorbell_new(fd);
	g_strlcpy(hello.word, who, sizeof(hello.word));
	assert_true(doorbell_send(bell, &hello));
	return bell;
}

static struct store *
open_screen(const char *profile)
{
	g_autofree char *state = base_profile_state_dir(profile, NULL);
	struct store *store = store_open(state, key, STORE_SCREEN, NULL);

	assert_non_null(store);
	return store;
}

static int64_t
rows(const char *profile)
{
	struct queue_filter all = { .lane = QUEUE_LANE_ALL };
	struct queue_counts counts = { 0 };
	BASE_AUTO(store) store = open_screen(profile);

	assert_true(store_queue_counts(store, &all, 0, &counts, NULL));
	return counts.rows;
}

static void
reply(const char *profile)
{
	struct queue_filter filter = { .lane = QUEUE_CONSULT };
	BASE_AUTO(store) store = open_screen(profile);
	BASE_AUTO(queue_page) page = store_queue(store, &filter, 0, 1, NULL);
	struct draft_key draft = { .consult = page->rows[0].consult };
	struct outbox_id id;

	assert_true(store_send(store, draft, page->rows[0].patient.id,
	    "\xe5\xa5\xbd\xe7\x9a\x84", base_now_ms(), &id, NULL));
}

static int64_t
waiting(const char *profile)
{
	struct outbox_counts counts;
	BASE_AUTO(store) store = open_screen(profile);

	assert_true(store_outbox_counts(store, &counts, NULL));
	return counts.waiting + counts.failed;
}

/* ---- tests --------------------------------------------------------------- */

static void
test_once(void **state)
{
	write_profile("once", &plain, NULL);
	assert_int_equal(run("once", "--once", NULL), NET_EXIT_OK);
	assert_true(rows("once") > 0);
	reply("once");
	assert_int_equal(waiting("once"), 1);
	assert_int_equal(run("once", "--once", NULL), NET_EXIT_OK);
	assert_int_equal(waiting("once"), 0);
	assert_int_equal(run("once", "--purge", NULL), NET_EXIT_OK);
	assert_int_equal(run("once", "login", NULL), NET_EXIT_OK);
}

static void
test_once_tls(void **state)
{
	write_profile("tls", &tls, word(&tls, "ca"));
	assert_int_equal(run("tls", "--once", NULL), NET_EXIT_OK);
	assert_true(rows("tls") > 0);
	/* Without its authority it is a stranger. */
	write_profile("stranger", &tls, NULL);
	assert_int_equal(run("stranger", "--once", NULL), NET_EXIT_OFFLINE);
	assert_int_equal(rows("stranger"), 0);
}

static void
send_line(struct ear *ear, enum doorbell_verb verb, int64_t id,
    const char *ref)
{
	struct doorbell_line line = { .verb = verb, .id = id,
		.limit_ms = 5000 };

	g_strlcpy(line.word, ref, sizeof(line.word));
	assert_true(doorbell_send(ear->bell, &line));
}

static void
test_doorbell(void **state)
{
	struct ear ear = { .state = BELL_POLLING };
	pid_t pid;

	write_profile("bell", &plain, NULL);
	BASE_AUTO(base_settings) s = NULL;
	g_autofree char *path = base_profile_config_path("bell");
	s = base_settings_load(path, NULL);
	assert_true(base_setting_set(s, SET_DIALECT, "none", NULL));
	assert_true(base_settings_save(s, path, NULL));
	pid = sync_start("bell", "--watch", "--stay");
	ear.bell = connect_bell("bell", "screen");
	send_line(&ear, BELL_ACTIVE, 1, "");
	hear(&ear, BELL_STATE, -1);
	assert_true(rows("bell") > 0);
	/* Another one of the same profile is turned away. */
	assert_int_equal(run("bell", "--once", NULL), NET_EXIT_RUNNING);
	reply("bell");
	send_line(&ear, BELL_POKE, 0, "");
	while (waiting("bell") > 0)
		hear(&ear, BELL_CHANGED, -1);
	send_line(&ear, BELL_FETCH, 41, word(&plain, "practitioner"));
	hear(&ear, BELL_ANSWER, 41);
	assert_string_equal(ear.word, "ok");
	send_line(&ear, BELL_FETCH, 42, "Patient/no-such-patient");
	hear(&ear, BELL_ANSWER, 42);
	assert_string_equal(ear.word, "gone");
	kill(pid, SIGTERM);
	hear(&ear, BELL_BYE, -1);
	assert_int_equal(ended(pid), NET_EXIT_OK);
	doorbell_free(ear.bell);
}

/* Two screens; it ends with the last of them, and no sooner. */
static void
test_last_client(void **state)
{
	struct ear one = { .state = BELL_POLLING };
	struct doorbell *two;
	pid_t pid;

	write_profile("last", &plain, NULL);
	assert_int_equal(run("last", "--once", NULL), NET_EXIT_OK);
	pid = sync_start("last", NULL, NULL);
	one.bell = connect_bell("last", "screen");
	two = connect_bell("last", "screen");
	send_line(&one, BELL_FETCH, 1, word(&plain, "practitioner"));
	hear(&one, BELL_ANSWER, 1);
	doorbell_free(two);
	send_line(&one, BELL_FETCH, 2, word(&plain, "practitioner"));
	hear(&one, BELL_ANSWER, 2);
	send_line(&one, BELL_QUIT, 0, "");
	assert_int_equal(ended(pid), NET_EXIT_OK);
	doorbell_free(one.bell);
}

static void
test_refusals(void **state)
{
	BASE_AUTO(base_settings) s = NULL;
	g_autofree char *path = base_profile_config_path("bad");

	assert_int_equal(run("no-such", "--once", NULL), NET_EXIT_USAGE);
	assert_int_equal(run("../x", "--once", NULL), NET_EXIT_USAGE);
	assert_int_equal(run("once", "--nonsense", NULL), NET_EXIT_USAGE);
	assert_int_equal(run("once", "nonsense", NULL), NET_EXIT_USAGE);
	write_profile("bad", &plain, NULL);
	s = base_settings_load(path, NULL);
	assert_true(base_setting_set(s, SET_CLIENT_SECRET_COMMAND, "echo x",
	    NULL));
	assert_true(base_settings_save(s, path, NULL));
	assert_int_equal(run("bad", "--once", NULL), NET_EXIT_LOGIN);
	assert_true(base_setting_set(s, SET_SERVER, "http://127.0.0.1:1/fhir",
	    NULL));
	assert_true(base_settings_save(s, path, NULL));
	assert_int_equal(run("bad", "--once", NULL), NET_EXIT_OFFLINE);
}

static int
setup(void **state)
{
	dir = g_dir_make_tmp("qn-serve-XXXXXX", NULL);
	g_setenv("XDG_CONFIG_HOME", dir, TRUE);
	g_setenv("XDG_STATE_HOME", dir, TRUE);
	g_setenv("XDG_RUNTIME_DIR", dir, TRUE);
	g_setenv("HOME", dir, TRUE);
	key = vault_key_random();
	plain = clinic_start(FALSE);
	tls = clinic_start(TRUE);
	return 0;
}

static void
remove_all(const char *path)
{
	GDir *d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		if (g_file_test(child, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
			remove_all(child);
		else
			g_unlink(child);
	}
	if (d)
		g_dir_close(d);
	g_rmdir(path);
}

static int
teardown(void **state)
{
	clinic_stop(&plain);
	clinic_stop(&tls);
	base_secret_free(key);
	remove_all(dir);
	g_free(dir);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_once_tls),
		cmocka_unit_test(test_doorbell),
		cmocka_unit_test(test_last_client),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
