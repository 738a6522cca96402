/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: `qingnang practice` of an installation below a DESTDIR, and of the same
 * one moved to a path with a space and reached by a link, finds its clinic, its
 * sync, its theme and its catalogue: the queue comes, and it can be left. */
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* Owned: the directory of the installed programs. */
static char *
installed(struct home *h)
{
	g_autofree char *package = g_build_filename(h->dir, "pkg", NULL);
	g_autofree char *destdir = g_strdup_printf("DESTDIR=%s", package);
	const char *build = g_getenv("QN_TEST_BUILDDIR");
	const char *const argv[] = { "make", "-s", "-C", build ? build : ".",
		"install", destdir, NULL };
	g_autofree char *said = NULL;
	int status;

	assert_true(g_spawn_sync(NULL, (char **)argv, h->env,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
	    NULL, &said, &status, NULL));
	if (!g_spawn_check_wait_status(status, NULL))
		fail_msg("make install: %s", said);
	return g_build_filename(package, QN_BINDIR, NULL);
}

static void
practise(struct home *h)
{
	static const char *const words[] = { "practice", "--fresh", NULL };
	/* A row of the queue is drawn; the command line then takes the words. */
	const struct home_talk talk[] = { { "待回复", ":q\r" },
		{ NULL, NULL } };
	g_autofree char *said = NULL;
	int code;

	said = home_talk(h, words, talk, &code);
	assert_int_equal(code, 0);
	assert_int_equal(home_run(h, NULL, "--profile", "practice", "status",
	    "--json", NULL), 0);
}

static void
moved(void **state)
{
	struct home *h = home_new();
	g_autofree char *away = g_build_filename(h->dir, "moved away", NULL);
	g_autofree char *link = g_build_filename(h->dir, "bin", NULL);
	g_autofree char *prefix = NULL, *bin = NULL;

	(void)state;
	h->env = g_environ_unsetenv(h->env, "MAKEFLAGS");
	h->env = g_environ_unsetenv(h->env, "MAKELEVEL");
	/* The leak checker traces, and behind the filter nobody does. */
	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	home_env(h, "TERM", "xterm-256color");
	home_env(h, "COLUMNS", "100");
	home_env(h, "LINES", "30");
	h->bin = installed(h);
	home_env(h, "LANGUAGE", "zh_CN");
	practise(h);

	prefix = g_path_get_dirname(h->bin);
	assert_int_equal(g_rename(prefix, away), 0);
	bin = g_build_filename(away, "bin", NULL);
	assert_int_equal(symlink(bin, link), 0);
	g_free(h->bin);
	h->bin = g_strdup(link);
	practise(h);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(moved) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
