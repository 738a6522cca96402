/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what happens beside a qingnang-sync that runs, with the real programs: a
 * command that wants something is served by it and told how it ended; one that
 * watches keeps it from ending, and goes on when it ends; after a login or a
 * command a screen's own is there at once, without anybody asking again.
 */
#include "tests/net/programs.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct clinic clinic;

/* A screen's, with a screen on it; the first sync is over. */
static pid_t
serve(const char *profile, struct ear *ear)
{
	pid_t pid;

	profile_write(profile, &clinic, "none");
	pid = sync_start_daemon(profile);
	ear->bell = ear_connect(profile, "screen");
	ear_hear_state(ear, BELL_POLLING);
	/* The daily purge comes after the first pull, before the next. */
	ear_say(ear, BELL_PULL, 1, "");
	ear_hear(ear, BELL_ENDED, 1);
	return pid;
}

static void
leave(struct ear *ear)
{
	ear_say(ear, BELL_QUIT, 0, "");
	ear_close(ear);
}

static void
test_once_beside(void **state)
{
	struct ear ear = { 0 };
	pid_t pid = serve("once", &ear);
	g_autofree char *text = NULL, *last = NULL;

	profile_reply("once", "queued by a script");
	assert_int_equal(profile_unsent("once"), 1);
	assert_int_equal(sync_run_text("once", "--once", NULL, &text),
	    NET_EXIT_OK);
	assert_int_equal(profile_unsent("once"), 0);
	assert_non_null(strstr(text, "in the queue"));
	assert_non_null(strstr(text, "0 unsent"));
	/* It was the running one that did it, and it goes on. */
	ear_say(&ear, BELL_PULL, 77, "");
	ear_hear(&ear, BELL_ENDED, 77);
	assert_int_equal(ear.line.code, NET_EXIT_OK);
	assert_int_equal(ear.line.count, 0);
	leave(&ear);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
}

/* The end is the server's, in its words. */
static void
test_once_beside_offline(void **state)
{
	static const char *const words[] = { "--seed", "3", "--patients", "2",
		"--pace", "0", NULL };
	struct clinic away = clinic_start(words);
	struct ear ear = { 0 };
	g_autofree char *text = NULL;
	pid_t pid;

	profile_write("away", &away, "none");
	pid = sync_start_daemon("away");
	ear.bell = ear_connect("away", "screen");
	ear_hear_state(&ear, BELL_POLLING);
	clinic_stop(&away);
	assert_int_equal(sync_run_text("away", "--once", NULL, &text),
	    NET_EXIT_OFFLINE);
	assert_non_null(strstr(text, "cannot be reached"));
	leave(&ear);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
}

/* A patient of whom only the file is left, long past the time. */
static void
leave_queue(const char *profile)
{
	static const char gone[] = "{\"resourceType\":\"Communication\","
	    "\"id\":\"test-old\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":"
	    "\"2020-01-01T00:00:00Z\"},\"status\":\"in-progress\",\"subject\":"
	    "{\"reference\":\"Patient/test-old\"},\"topic\":{\"text\":\"cough\"}"
	    ",\"recipient\":[{\"reference\":\"%s\"}]}";
	g_autofree char *text = g_strdup_printf(gone,
	    clinic_word(&clinic, "practitioner"));
	struct store_doc doc = { text, strlen(text) };
	struct store_ingested in = { 0 };
	BASE_AUTO(store) store = profile_open(profile);

	assert_true(store_ingest(store, &doc, 1, NULL, &in, NULL));
	assert_int_equal(in.added, 1);
	store_ingested_clear(&in);
	base_clock_fix(base_now_ms() - INT64_C(100) * 86400000);
	assert_true(store_gone(store, "Communication", "test-old", NULL));
	base_clock_fix(0);
}

static void
test_purge_beside(void **state)
{
	struct ear ear = { 0 };
	pid_t pid = serve("purge", &ear);
	g_autofree char *text = NULL;

	leave_queue("purge");
	{
		BASE_AUTO(store) store = profile_open("purge");
		assert_int_not_equal(store_patient_find(store,
		    "test-old").n, 0);
	}
	assert_int_equal(sync_run_text("purge", "--purge", NULL, &text),
	    NET_EXIT_OK);
	assert_string_equal(text, "1 patient removed from this machine\n");
	{
		BASE_AUTO(store) store = profile_open("purge");
		assert_int_equal(store_patient_find(store, "test-old").n, 0);
	}
	leave(&ear);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
}

/* The advice at the end of a screen: `sync --watch` while the other one is in
 * its time of grace. A server that takes no reply keeps it there. */
static void
test_watch_takes_over(void **state)
{
	static const char *const words[] = { "--seed", "3", "--patients", "2",
		"--pace", "0", NULL };
	struct clinic away = clinic_start(words);
	struct ear ear = { 0 };
	pid_t pid, watch;

	profile_write("grace", &away, "none");
	pid = sync_start_daemon("grace");
	ear.bell = ear_connect("grace", "screen");
	ear_hear_state(&ear, BELL_POLLING);
	clinic_stop(&away);
	profile_reply("grace", "unsent");
	leave(&ear);
	watch = sync_start("grace", "--watch", NULL);
	/* Two clients of one: the watching one and this. */
	ear.bell = ear_connect("grace", "command");
	kill(pid, SIGTERM);
	ear_hear(&ear, BELL_BYE, -1);
	ear_close(&ear);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
	/* It serves now; what waits is still there. */
	ear.bell = ear_connect("grace", "screen");
	ear_hear_state(&ear, BELL_OFFLINE);
	assert_int_equal(profile_unsent("grace"), 1);
	leave(&ear);
	kill(watch, SIGTERM);
	assert_int_equal(sync_ended(watch), NET_EXIT_OK);
}

/* A client that watches is a client: the other does not end by itself. */
static void
test_watch_attaches(void **state)
{
	struct ear ear = { 0 }, other = { 0 };
	pid_t pid = serve("attach", &ear), watch;
	struct pollfd fd;

	watch = sync_start("attach", "--watch", NULL);
	/* By the answer of the next one the watching one has said hello. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(sync_run("attach", "--once", NULL),
		    NET_EXIT_OK);
	leave(&ear);
	other.bell = ear_connect("attach", "command");
	leave(&other);
	other.bell = ear_connect("attach", "command");
	fd = (struct pollfd){ doorbell_fd(other.bell), POLLIN, 0 };
	assert_int_equal(poll(&fd, 1, PROGRAMS_PATIENCE_MS), 1);
	ear_close(&other);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	kill(watch, SIGTERM);
	assert_int_equal(sync_ended(watch), NET_EXIT_OK);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
}

static void
test_stay_attaches(void **state)
{
	struct ear ear = { 0 };
	pid_t pid = serve("stay", &ear), stay;

	stay = sync_start("stay", "--stay", NULL);
	for (int i = 0; i < 2; i++)
		assert_int_equal(sync_run("stay", "--once", NULL),
		    NET_EXIT_OK);
	leave(&ear);
	kill(stay, SIGTERM);
	assert_int_equal(sync_ended(stay), NET_EXIT_OK);
	/* It was told to stay. */
	ear.bell = ear_connect("stay", "screen");
	ear_hear_state(&ear, BELL_POLLING);
	leave(&ear);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	kill(pid, SIGTERM);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
}

/* A login ends the one that runs. The screen's starter starts another at once,
 * which waits in line without waking, and is there when the login ends. */
static void
test_login_beside(void **state)
{
	struct ear ear = { 0 };
	pid_t pid = serve("login", &ear), login, next, third;
	int64_t ended_ms;
	int fd;
	g_autofree char *hold = NULL, *go = NULL, *command = NULL;

	/* The login takes as long as the doctor does. */
	hold = g_build_filename(g_getenv("HOME"), "hold", NULL);
	assert_int_equal(mkfifo(hold, 0600), 0);
	command = g_strdup_printf("test ! -p %s || read x < %s; echo %s",
	    hold, hold, clinic_word(&clinic, "client_secret"));
	profile_set("login", SET_CLIENT_SECRET_COMMAND, command);
	login = sync_start("login", "login", NULL);
	ear_hear(&ear, BELL_BYE, -1);
	ear_close(&ear);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
	next = sync_start_daemon("login");
	third = sync_start_daemon("login");
	/* One of the two is turned away, the other waits. */
	pid = waitpid(-1, NULL, 0);
	assert_true(pid == next || pid == third);
	next = pid == next ? third : next;
	{
		g_autofree char *runtime = base_profile_runtime_dir("login",
		    NULL);
		assert_int_equal(doorbell_connect(runtime, NULL), -1);
	}
	fd = open(hold, O_WRONLY);
	assert_int_equal(write(fd, "\n", 1), 1);
	close(fd);
	unlink(hold);
	assert_int_equal(sync_ended(login), NET_EXIT_OK);
	ended_ms = base_mono_ms();
	ear.bell = ear_connect("login", "screen");
	assert_true(base_mono_ms() - ended_ms < 2000);
	leave(&ear);
	assert_int_equal(sync_ended(next), NET_EXIT_OK);
}

static int
setup(void **state)
{
	static const char *const words[] = { "--seed", "3", "--patients", "4",
		"--pace", "0", NULL };

	home_begin();
	clinic = clinic_start(words);
	return 0;
}

static int
teardown(void **state)
{
	clinic_stop(&clinic);
	home_end();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once_beside),
		cmocka_unit_test(test_once_beside_offline),
		cmocka_unit_test(test_purge_beside),
		cmocka_unit_test(test_watch_takes_over),
		cmocka_unit_test(test_watch_attaches),
		cmocka_unit_test(test_stay_attaches),
		cmocka_unit_test(test_login_beside),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
