/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the two programs together: the real qingnang-sync against the real
 * practice clinic, over plain http and over TLS. A first sync, the doorbell, a
 * reply that goes out at a poke, fetches, one process a profile, and every way
 * of ending with its exit code.
 */
#include "tests/net/programs.h"
#include <poll.h>
#include <signal.h>

#include "store/rx.h"

#define HAODE "\xe5\xa5\xbd\xe7\x9a\x84"

static struct clinic plain, tls;

/* ---- tests --------------------------------------------------------------- */

static void
test_once(void **state)
{
	profile_write("once", &plain, NULL);
	assert_int_equal(sync_run("once", "--once", NULL), NET_EXIT_OK);
	assert_true(profile_rows("once") > 0);
	profile_reply("once", HAODE);
	assert_int_equal(profile_unsent("once"), 1);
	assert_int_equal(sync_run("once", "--once", NULL), NET_EXIT_OK);
	assert_int_equal(profile_unsent("once"), 0);
	assert_int_equal(sync_run("once", "--purge", NULL), NET_EXIT_OK);
	assert_int_equal(sync_run("once", "login", NULL), NET_EXIT_OK);
}

static void
test_once_tls(void **state)
{
	profile_write("tls", &tls, NULL);
	profile_set("tls", SET_CA_FILE, clinic_word(&tls, "ca"));
	assert_int_equal(sync_run("tls", "--once", NULL), NET_EXIT_OK);
	assert_true(profile_rows("tls") > 0);
	/* Without its authority it is a stranger. */
	profile_write("stranger", &tls, NULL);
	assert_int_equal(sync_run("stranger", "--once", NULL), NET_EXIT_OFFLINE);
	assert_int_equal(profile_rows("stranger"), 0);
}

/* A first patient of the clinic's, who reads the pressure at home. */
#define READING "Observation/pt0-home-bp0"

static guint
provenances(struct store *s)
{
	g_autoptr(GPtrArray) all = store_provenances(s, READING, NULL);

	assert_non_null(all);
	return all->len;
}

static void
test_doorbell(void **state)
{
	struct ear ear = { 0 };
	pid_t pid;

	profile_write("bell", &plain, "none");
	pid = sync_start("bell", "--watch", "--stay");
	ear.bell = ear_connect("bell", "screen");
	ear_say(&ear, BELL_ACTIVE, 1, "");
	ear_hear_state(&ear, BELL_POLLING);
	assert_true(profile_rows("bell") > 0);
	profile_reply("bell", HAODE);
	ear_say(&ear, BELL_POKE, 0, "");
	while (profile_unsent("bell") > 0)
		ear_hear(&ear, BELL_CHANGED, -1);
	ear_say(&ear, BELL_FETCH, 41, clinic_word(&plain, "practitioner"));
	ear_hear(&ear, BELL_ANSWER, 41);
	assert_string_equal(ear.line.word, "ok");
	ear_say(&ear, BELL_FETCH, 42, "Patient/no-such-patient");
	ear_hear(&ear, BELL_ANSWER, 42);
	assert_string_equal(ear.line.word, "gone");
	/* What vouches for a reading at home, by the one who asked for it. */
	{
		BASE_AUTO(store) s = profile_open("bell");

		assert_int_equal(provenances(s), 0);
		ear_say(&ear, BELL_FETCH, 43, DOORBELL_PROVENANCE READING);
		ear_hear(&ear, BELL_ANSWER, 43);
		assert_string_equal(ear.line.word, "ok");
		assert_true(provenances(s) > 0);
	}
	kill(pid, SIGTERM);
	ear_hear(&ear, BELL_BYE, -1);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
	ear_close(&ear);
}

/* Two screens; it ends with the last of them, and no sooner. */
static void
test_last_client(void **state)
{
	struct ear one = { 0 }, two = { 0 };
	pid_t pid;

	profile_write("last", &plain, NULL);
	assert_int_equal(sync_run("last", "--once", NULL), NET_EXIT_OK);
	pid = sync_start("last", NULL, NULL);
	one.bell = ear_connect("last", "screen");
	two.bell = ear_connect("last", "screen");
	ear_say(&one, BELL_FETCH, 1, clinic_word(&plain, "practitioner"));
	ear_hear(&one, BELL_ANSWER, 1);
	/* What waits to go is told to the others, not to the one who said it. */
	ear_say(&one, BELL_POKE, 0, "");
	do
		ear_hear(&two, BELL_CHANGED, -1);
	while (two.line.kind != BELL_KIND_OUTBOX);
	/* Each numbers its requests as it likes: an answer is for its asker. */
	ear_say(&two, BELL_FETCH, 7, "Patient/no-such-patient");
	ear_hear(&two, BELL_ANSWER, -1);
	assert_int_equal(two.line.id, 7);
	assert_string_equal(two.line.word, "gone");
	ear_close(&two);
	ear_say(&one, BELL_FETCH, 2, clinic_word(&plain, "practitioner"));
	ear_hear(&one, BELL_ANSWER, 2);
	ear_say(&one, BELL_QUIT, 0, "");
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
	ear_close(&one);
}

static void
fault(const struct clinic *c, const char *what)
{
	const char *base = clinic_word(c, "base");
	g_autofree char *url = g_strdup_printf("%.*s/practice/fault",
	    (int)(strstr(base, "/fhir") - base), base);
	const char *argv[] = { "curl", "-sf", "--data-binary", what, url, NULL };
	int status = -1;

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
	    NULL, &status, NULL));
	assert_int_equal(status, 0);
}

static void
on_nothing(const struct doorbell_line *line, void *user)
{
}

/* Until the other side has let go. */
static void
hung_up(struct ear *ear)
{
	struct pollfd fd = { doorbell_fd(ear->bell), POLLIN, 0 };

	do
		assert_int_equal(poll(&fd, 1, PROGRAMS_PATIENCE_MS), 1);
	while (doorbell_read(ear->bell, on_nothing, NULL));
}

/* Its last client gone, it stays while a reply waits for a server that has a bad
 * day, and ends when that is sent. */
static void
test_last_client_and_a_reply(void **state)
{
	static const char *const words[] = { "--seed", "3", "--patients", "2",
		"--pace", "0", NULL };
	struct clinic bad = clinic_start(words);
	struct ear ear = { 0 };
	pid_t pid;

	profile_write("unsent", &bad, "none");
	assert_int_equal(sync_run("unsent", "--once", NULL), NET_EXIT_OK);
	profile_reply("unsent", HAODE);
	fault(&bad, "500");
	pid = sync_start("unsent", NULL, NULL);
	ear.bell = ear_connect("unsent", "screen");
	ear_hear_state(&ear, BELL_OFFLINE);
	ear_say(&ear, BELL_QUIT, 0, "");
	hung_up(&ear);
	assert_int_equal(sync_run("unsent", "--check", NULL), NET_EXIT_RUNNING);
	assert_int_equal(profile_unsent("unsent"), 1);
	fault(&bad, "500=off");
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
	assert_int_equal(profile_unsent("unsent"), 0);
	ear_close(&ear);
	clinic_stop(&bad);
}

static void
test_refusals(void **state)
{
	assert_int_equal(sync_run("no-such", "--once", NULL), NET_EXIT_USAGE);
	assert_int_equal(sync_run("../x", "--once", NULL), NET_EXIT_USAGE);
	assert_int_equal(sync_run("once", "--nonsense", NULL), NET_EXIT_USAGE);
	assert_int_equal(sync_run("once", "nonsense", NULL), NET_EXIT_USAGE);
	profile_write("bad", &plain, NULL);
	profile_set("bad", SET_CLIENT_SECRET_COMMAND, "echo x");
	assert_int_equal(sync_run("bad", "--once", NULL), NET_EXIT_LOGIN);
	profile_set("bad", SET_SERVER, "http://127.0.0.1:1/fhir");
	assert_int_equal(sync_run("bad", "--once", NULL), NET_EXIT_OFFLINE);
}

static int
setup(void **state)
{
	static const char *const words[] = { "--seed", "3", "--patients", "6",
		"--pace", "0", NULL };
	static const char *const safe[] = { "--seed", "3", "--patients", "6",
		"--pace", "0", "--tls", NULL };

	home_begin();
	plain = clinic_start(words);
	tls = clinic_start(safe);
	return 0;
}

static int
teardown(void **state)
{
	clinic_stop(&plain);
	clinic_stop(&tls);
	home_end();
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
		cmocka_unit_test(test_last_client_and_a_reply),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
