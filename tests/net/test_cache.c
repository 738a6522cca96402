/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves what a running qingnang-sync does when its cache fails it: a damaged file
 * is let go of and the screens are told so, and the next start rebuilds; a cache
 * made anew beside it is never written through the old one; a full disk is said,
 * and it goes on when there is room.
 */
#define _GNU_SOURCE
#include "tests/net/programs.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct clinic clinic;

static char *
cache_path(const char *profile)
{
	g_autofree char *state = base_profile_state_dir(profile, NULL);

	return g_build_filename(state, "cache.db", NULL);
}

/* In step, all of it in the file itself, and a screen on it. */
static pid_t
serve(const char *profile, struct ear *ear)
{
	pid_t pid;

	profile_write(profile, &clinic, "none");
	assert_int_equal(sync_run(profile, "--once", NULL), NET_EXIT_OK);
	pid = sync_start_daemon(profile);
	ear->bell = ear_connect(profile, "screen");
	ear_hear_state(ear, BELL_POLLING);
	return pid;
}

static void
leave(struct ear *ear)
{
	ear_say(ear, BELL_QUIT, 0, "");
	ear_close(ear);
}

/* Noise over everything but the first page. */
static void
spoil(const char *profile)
{
	g_autofree char *path = cache_path(profile);
	unsigned char noise[4096];
	struct stat st;
	int fd = open(path, O_WRONLY);

	memset(noise, 0xa5, sizeof(noise));
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	for (off_t at = 8192; at < st.st_size; at += (off_t)sizeof(noise))
		assert_int_equal(pwrite(fd, noise, sizeof(noise), at),
		    (ssize_t)sizeof(noise));
	close(fd);
}

/* Whether a process has a file open whose name says so. */
static gboolean
has_open(pid_t pid, const char *name)
{
	g_autofree char *dir = g_strdup_printf("/proc/%d/fd", (int)pid);
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *fd;
	gboolean found = FALSE;

	while (d && (fd = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, fd, NULL);
		g_autofree char *to = g_file_read_link(path, NULL);
		found |= to && strstr(to, name);
	}
	if (d)
		g_dir_close(d);
	return found;
}

static struct store *
rebuild(const char *profile, struct store_rescue *report)
{
	g_autofree char *state = base_profile_state_dir(profile, NULL);
	struct store *store = store_rebuild(state, home_key(), STORE_SCREEN,
	    report, NULL);

	assert_non_null(store);
	return store;
}

static void
test_damaged(void **state)
{
	struct ear ear = { 0 };
	pid_t pid = serve("damaged", &ear);
	g_autofree char *text = NULL, *runtime = NULL;
	struct store_rescue report = { 0 };

	spoil("damaged");
	ear_say(&ear, BELL_PULL, 5, "");
	ear_hear_state(&ear, BELL_CACHE_DAMAGED);
	/* It is held for the screen that is here, without the file. */
	assert_int_equal(sync_run_text("damaged", "--once", NULL, &text),
	    NET_EXIT_CACHE);
	assert_non_null(strstr(text, "The cache is damaged"));
	assert_null(strstr(text, "refuse"));
	assert_true(!has_open(pid, "cache.db"));
	/* The next start. */
	store_close(rebuild("damaged", &report));
	assert_non_null(report.aside);
	g_free(report.aside);
	leave(&ear);
	assert_int_equal(sync_ended(pid), NET_EXIT_CACHE);
	pid = sync_start_daemon("damaged");
	ear.bell = ear_connect("damaged", "screen");
	ear_hear_state(&ear, BELL_POLLING);
	assert_true(profile_rows("damaged") > 0);
	leave(&ear);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
}

/* Two screens: one was started again and has rebuilt, the other is still here. */
static void
test_damaged_two_screens(void **state)
{
	g_autofree char *runtime = base_profile_runtime_dir("two", NULL);
	struct ear old = { 0 };
	int fd;
	pid_t pid = serve("two", &old);
	struct store_rescue report = { 0 };

	spoil("two");
	ear_say(&old, BELL_PULL, 5, "");
	ear_hear_state(&old, BELL_CACHE_DAMAGED);
	/* It holds, and says so to whoever asks; the first may have been told
	 * before the state. */
	ear_say(&old, BELL_PULL, 6, "");
	ear_hear(&old, BELL_ENDED, 6);
	assert_int_equal(sync_run("two", "--purge", NULL), NET_EXIT_CACHE);
	store_close(rebuild("two", &report));
	g_free(report.aside);
	/* The new screen is hung up on, if it was quick enough at all. */
	fd = doorbell_connect(runtime, NULL);
	assert_int_equal(sync_ended(pid), NET_EXIT_CACHE);
	ear_close(&old);
	if (fd >= 0)
		close(fd);
}

/* By the next start of qingnang-sync itself; what was written is named. */
static void
test_rebuilt_by_sync(void **state)
{
	g_autofree char *text = NULL, *path = cache_path("alone");

	profile_write("alone", &clinic, "none");
	assert_int_equal(sync_run("alone", "--once", NULL), NET_EXIT_OK);
	assert_true(g_file_set_contents(path, "not a cache", -1, NULL));
	assert_int_equal(sync_run_text("alone", "--once", NULL, &text),
	    NET_EXIT_OK);
	assert_non_null(strstr(text, "could not be read and is left in"));
	assert_non_null(strstr(text, "cache.db.damaged-"));
	assert_true(profile_rows("alone") > 0);
}

static void
test_replaced(void **state)
{
	struct ear ear = { 0 };
	pid_t pid = serve("replaced", &ear);
	g_autofree char *dir = base_profile_state_dir("replaced", NULL);
	g_autofree char *note = g_build_filename(dir, "cache.damaged", NULL);
	struct store_rescue report = { 0 };
	struct doorbell_line poke = { .verb = BELL_POKE };

	assert_true(g_file_set_contents(note, "", 0, NULL));
	store_close(rebuild("replaced", &report));
	/* Unless something has woken it before. */
	doorbell_send(ear.bell, &poke);
	ear_hear(&ear, BELL_BYE, -1);
	assert_int_equal(sync_ended(pid), NET_EXIT_CACHE);
	g_free(report.aside);
	ear_close(&ear);
	assert_int_equal(profile_rows("replaced"), 0);
	assert_int_equal(sync_run("replaced", "--once", NULL), NET_EXIT_OK);
	assert_true(profile_rows("replaced") > 0);
}

static void
limit(pid_t pid, rlim_t bytes)
{
	struct rlimit l = { bytes, RLIM_INFINITY };

	assert_int_equal(prlimit(pid, RLIMIT_FSIZE, &l, NULL), 0);
}

static void
test_disk_full(void **state)
{
	struct ear ear = { 0 };
	pid_t pid = serve("full", &ear);
	g_autofree char *text = NULL;

	limit(pid, 4096);
	profile_reply("full", "kept while there is no room");
	ear_say(&ear, BELL_POKE, 0, "");
	ear_hear_state(&ear, BELL_DISK_FAILS);
	assert_int_equal(sync_run_text("full", "--once", NULL, &text),
	    NET_EXIT_CACHE);
	assert_non_null(strstr(text, "disk is full"));
	assert_int_equal(profile_unsent("full"), 1);
	limit(pid, RLIM_INFINITY);
	/* By itself, within its back-off. */
	ear_hear_state(&ear, BELL_POLLING);
	assert_int_equal(profile_unsent("full"), 0);
	leave(&ear);
	assert_int_equal(sync_ended(pid), NET_EXIT_OK);
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
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_damaged_two_screens),
		cmocka_unit_test(test_rebuilt_by_sync),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_disk_full),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
