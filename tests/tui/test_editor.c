/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outside of the screens: $EDITOR and the shell. The editor's text comes back and
 * leaves nothing behind, whatever the editor does; the idle lock falls over it,
 * shows nothing, holds no key, loses nothing, and gives way to the passphrase
 * alone; a signal keeps what was saved; ^Z stops where there is a shell to
 * continue us and says so where there is none.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/tui/fixture.h"

/* ---- an editor ---------------------------------------------------------- */

/* Written beside the profile; "$1" is the reply's file. */
static void
editor_is(struct fixture *f, const char *script)
{
	g_autofree char *path = g_build_filename(f->dir, "editor.sh", NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\ncd '%s'\n%s\n",
	    f->dir, script);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	assert_int_equal(g_chmod(path, 0700), 0);
	g_setenv("EDITOR", path, TRUE);
	g_unsetenv("VISUAL");
}

static char *
file_text(struct fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->dir, name, NULL);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text ? text : g_strdup("");
}

static int
dirs_left(struct fixture *f)
{
	g_autoptr(GDir) dir = g_dir_open(f->dir, 0, NULL);
	const char *name;
	int n = 0;

	while ((name = g_dir_read_name(dir)))
		n += g_str_has_prefix(name, "edit-");
	return n;
}

static struct term *
composer(struct fixture *f)
{
	struct term *t = fixture_term(f);

	term_keys(t, "/张\r");
	term_keys(t, "\r");
	term_keys(t, "r");
	term_keys(t, "先别加药");
	return t;
}

static char *
draft_of(struct fixture *f)
{
	struct draft_key key = { .consult = fixture_consult(f, "c1") };
	BASE_AUTO(store) s = fixture_store(f);
	BASE_AUTO(draft) d = store_draft_load(s, key, NULL);

	return g_strdup(d ? d->text : "");
}

/* ---- there and back ----------------------------------------------------- */

static void
test_there_and_back(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autofree char *modes = NULL, *was = NULL, *draft = NULL;

	editor_is(f, "stat -c %a \"$1\" \"${1%/*}\" > modes; cp \"$1\" was;"
	    "printf '，明天再测' >> \"$1\"; echo x > \"${1%/*}/.swp\";"
	    "mkdir \"${1%/*}/sub\"; cp \"$1\" \"${1%/*}/sub/backup~\"");
	t = composer(f);
	term_keys(t, "\005");
	assert_true(term_has(t, "先别加药，明天再测"));
	modes = file_text(f, "modes");
	was = file_text(f, "was");
	assert_string_equal(modes, "600\n700\n");
	assert_string_equal(was, "先别加药");
	assert_int_equal(dirs_left(f), 0);
	term_until(t, "draft saved");
	draft = draft_of(f);
	assert_string_equal(draft, "先别加药，明天再测");
}

static void
test_failing_editor(void **state)
{
	static const char *const scripts[] = { "echo zzz > \"$1\"; exit 1",
		"rm \"$1\"", "rm \"$1\"; ln -s /etc/passwd \"$1\"",
		"kill -9 $$" };

	for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
		BASE_AUTO(fixture) f = fixture_new();
		BASE_AUTO(term) t = NULL;

		editor_is(f, scripts[i]);
		t = composer(f);
		term_keys(t, "\005");
		assert_true(term_has(t, "The editor's text was not taken"));
		assert_true(term_has(t, "先别加药"));
		assert_false(term_has(t, "zzz"));
		assert_int_equal(dirs_left(f), 0);
		term_keys(t, "\033[19~"); /* the key the sentence names */
		assert_true(term_has(t, "Details"));
		term_keys(t, "\033");
		assert_true(term_has(t, "先别加药"));
	}
}

/* A program that was killed leaves its editor's file: the next one removes it,
 * and not the file of one that lives. */
static void
test_swept(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	g_autofree char *gone = g_build_filename(f->dir, "edit-999999999-abc",
	    NULL);
	g_autofree char *mine = g_strdup_printf("%s/edit-%d-abc", f->dir,
	    (int)getpid());
	g_autofree char *file = g_build_filename(gone, "reply.txt", NULL);

	assert_int_equal(g_mkdir(gone, 0700) + g_mkdir(mine, 0700), 0);
	assert_true(g_file_set_contents(file, "plain", -1, NULL));
	{
		BASE_AUTO(term) t = fixture_term(f);

		assert_int_equal(dirs_left(f), 1);
	}
	g_rmdir(mine);
}

/* ---- the lock ----------------------------------------------------------- */

enum { IDLE_MS = 5 * 60 * 1000 };

/* Five minutes pass; the wait is woken as the kernel's own timer would. */
static void
idle(struct fixture *f, struct term *t)
{
	f->shared->ahead_ms += IDLE_MS + 1;
	kill(term_pid(t), SIGCHLD);
}

static gboolean
holds_cache(const struct term *t)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/fd", term_pid(t));
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	gboolean holds = FALSE;
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *link = g_build_filename(path, name, NULL);
		g_autofree char *to = g_file_read_link(link, NULL);

		holds |= to && strstr(to, "cache.db") != NULL;
	}
	return holds;
}

/* Says so whenever it goes on, and ends with a line. */
static const char waits[] = "printf saved > \"$1\";"
    "trap 'printf EDITOR-ON' CONT;"
    "sh -c 'read x; echo $x > got' < /dev/tty & printf EDITOR-ON;"
    "while wait; [ ! -e got ]; do :; done;"
    "printf saved-and-%s \"$(cat got)\" > \"$1\"";

static void
assert_locked(struct fixture *f, struct term *t)
{
	term_until(t, "locked");
	assert_false(term_has(t, "EDITOR-ON"));
	assert_false(term_has(t, "张银兰"));
	assert_false(holds_cache(t));
	assert_int_equal(f->shared->forgotten, 1);
}

static void
test_lock_over_editor(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	editor_is(f, waits);
	t = composer(f);
	assert_true(holds_cache(t));
	term_send(t, "\005");
	term_await(t, "EDITOR-ON");
	idle(f, t);
	assert_locked(f, t);
	term_keys(t, "wrong\r");
	assert_true(term_has(t, "not right"));
	term_send(t, FIXTURE_PASSPHRASE "\r");
	term_await(t, "EDITOR-ON");
	term_send(t, "on\n"); /* the editor's again */
	term_until(t, "saved-and-on");
	term_sync(t);
	assert_true(term_has(t, "Reply to 张银兰"));
	assert_int_equal(dirs_left(f), 0);
}

/* Locked, then left, killed or hung up: what the editor had saved is the draft,
 * and no file stays. */
static void
test_left_behind_lock(void **state)
{
	static const struct { const char *keys; int sig, code; } ends[] = {
		{ "\021", 0, 0 }, { NULL, SIGTERM, 128 + SIGTERM },
		{ NULL, SIGHUP, 128 + SIGHUP },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
		BASE_AUTO(fixture) f = fixture_new();
		BASE_AUTO(term) t = NULL;
		g_autofree char *draft = NULL;

		editor_is(f, waits);
		t = composer(f);
		term_send(t, "\005");
		term_await(t, "EDITOR-ON");
		idle(f, t);
		assert_locked(f, t);
		if (ends[i].keys)
			term_send(t, ends[i].keys);
		else
			kill(term_pid(t), ends[i].sig);
		assert_int_equal(term_exit(t), ends[i].code);
		assert_int_equal(dirs_left(f), 0);
		draft = draft_of(f);
		assert_string_equal(draft, "saved");
	}
}

/* An editor that stops for nobody is stopped all the same. */
static void
test_stubborn_editor(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autofree char *script = g_strconcat("trap '' TSTP HUP;", waits, NULL);

	editor_is(f, script);
	t = composer(f);
	term_send(t, "\005");
	term_await(t, "EDITOR-ON");
	idle(f, t);
	assert_locked(f, t);
	term_send(t, FIXTURE_PASSPHRASE "\r");
	term_await(t, "EDITOR-ON");
	term_send(t, "on\n");
	term_until(t, "saved-and-on");
}

/* Who types in the editor is at work: the kernel notes when the terminal was
 * read last. */
static void
test_work_in_editor(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	struct timespec now[2] = { { .tv_sec = time(NULL) + 20 },
		{ .tv_nsec = UTIME_OMIT } };

	editor_is(f, "tty > tty; printf EDITOR-ON; read x;"
	    "printf worked > \"$1\"");
	t = composer(f);
	term_send(t, "\005");
	term_await(t, "EDITOR-ON");
	{
		g_autofree char *tty = file_text(f, "tty");

		assert_int_equal(utimensat(AT_FDCWD, g_strchomp(tty), now, 0),
		    0);
	}
	idle(f, t);
	term_send(t, "\n");
	term_until(t, "worked");
	assert_int_equal(f->shared->forgotten, 0);
}

static void
test_lock_when_idle(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = composer(f);

	f->shared->ahead_ms += IDLE_MS - 60000;
	term_sync(t);
	assert_true(term_has(t, "张银兰"));
	f->shared->ahead_ms += 60001;
	term_sync(t);
	assert_locked(f, t);
	term_keys(t, FIXTURE_PASSPHRASE "\r");
	term_sync(t);
	assert_true(term_has(t, "先别加药"));
	assert_true(term_has(t, "Reply to 张银兰"));
}

/* ---- a full disk -------------------------------------------------------- */

/* Where the screens' process looks before each write of the cache. */
static volatile int *disk_is_full;

static ssize_t
full_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	if (!disk_is_full || !*disk_is_full)
		return pwrite(fd, bytes, len, at);
	errno = ENOSPC;
	return -1;
}

static void
take_pwrite(struct fixture *f)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");

	disk_is_full = &f->shared->disk_full;
	assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite",
	    (sqlite3_syscall_ptr)full_pwrite), SQLITE_OK);
	vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)full_pwrite);
}

static void
give_pwrite(struct fixture *f)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");

	f->shared->disk_full = FALSE;
	vfs->xSetSystemCall(vfs, NULL, NULL);
	disk_is_full = NULL;
}

/* What was typed and could not be saved outlives the lock, which says so and
 * cannot be left by ^Q; it is saved when there is room, and shown again, unsaved,
 * when there is none. */
static void
full_and_locked(gboolean at_unlock, const char *then)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	BASE_AUTO(store) beside = NULL;
	g_autofree char *draft = NULL;

	take_pwrite(f);
	t = composer(f);
	beside = fixture_store(f); /* as qingnang-sync holds it open */
	f->shared->disk_full = TRUE;
	term_keys(t, "再量血压");
	f->shared->ahead_ms += IDLE_MS + 1;
	term_sync(t);
	assert_locked(f, t);
	assert_true(term_has(t, "not on disk"));
	assert_false(term_has(t, "再量血压"));
	term_keys(t, "\021");
	assert_true(term_has(t, "locked"));
	f->shared->disk_full = at_unlock;
	term_keys(t, FIXTURE_PASSPHRASE "\r");
	term_sync(t);
	assert_true(term_has(t, "先别加药再量血压"));
	assert_true(term_has(t, "Reply to 张银兰"));
	if (then)
		assert_true(term_has(t, then));
	f->shared->disk_full = FALSE;
	term_send(t, "\033\021");
	assert_int_equal(term_exit(t), 0);
	g_clear_pointer(&beside, store_close);
	give_pwrite(f);
	draft = draft_of(f);
	assert_string_equal(draft, "先别加药再量血压");
}

static void
test_full_disk_lock(void **state)
{
	full_and_locked(FALSE, NULL);
}

static void
test_full_disk_unlock(void **state)
{
	full_and_locked(TRUE, "not saved");
}

/* ---- signals ------------------------------------------------------------ */

static void
test_term_in_editor(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autofree char *draft = NULL;

	editor_is(f, waits);
	t = composer(f);
	term_send(t, "\005");
	term_await(t, "EDITOR-ON");
	kill(term_pid(t), SIGTERM);
	assert_int_equal(term_exit(t), 128 + SIGTERM);
	assert_int_equal(dirs_left(f), 0);
	draft = draft_of(f);
	assert_string_equal(draft, "saved");
}

/* ---- the shell ---------------------------------------------------------- */

static void
test_suspend(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autofree char *before = NULL, *after = NULL;

	f->job = TRUE;
	t = fixture_term(f);
	before = term_text(t);
	term_send(t, "\032");
	term_stopped(t);
	kill(term_pid(t), SIGCONT);
	term_sync(t);
	after = term_text(t);
	assert_string_equal(before, after);
}

static void
test_no_shell(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "\032");
	assert_true(term_has(t, "There is no shell to go back to here."));
	assert_true(term_has(t, "小豆"));
}

/* ^Z in the editor stops us both; the shell brings the editor back. */
static void
test_suspend_in_editor(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->job = TRUE;
	editor_is(f, "printf EDITOR-ON; kill -TSTP 0; printf worked > \"$1\"");
	t = composer(f);
	term_send(t, "\005");
	term_await(t, "EDITOR-ON");
	term_stopped(t);
	kill(term_pid(t), SIGCONT);
	term_until(t, "worked");
	term_sync(t);
	assert_true(term_has(t, "Reply to 张银兰"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_failing_editor),
		cmocka_unit_test(test_swept),
		cmocka_unit_test(test_lock_over_editor),
		cmocka_unit_test(test_left_behind_lock),
		cmocka_unit_test(test_stubborn_editor),
		cmocka_unit_test(test_work_in_editor),
		cmocka_unit_test(test_lock_when_idle),
		cmocka_unit_test(test_full_disk_lock),
		cmocka_unit_test(test_full_disk_unlock),
		cmocka_unit_test(test_term_in_editor),
		cmocka_unit_test(test_suspend),
		cmocka_unit_test(test_no_shell),
		cmocka_unit_test(test_suspend_in_editor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
