/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The starter's verb for links: the program gets the address as its one argument
 * and nothing else, no shell reads it, and what is no https address of one word
 * starts nothing. The one for files: the path of a file of ours, which goes
 * when the program ends.
 */
#include "tests/tap.h"
#include "cli/cli.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct base_settings *
programs(const char *link, const char *file, const char *files)
{
	struct base_settings *s = base_settings_new();

	assert_true(base_setting_set(s, SET_LINK_PROGRAM, link, NULL));
	assert_true(base_setting_set(s, SET_FILE_PROGRAM, file, NULL));
	assert_true(base_setting_set(s, SET_FILE_PROGRAMS, files, NULL));
	return s;
}

static char *
read_fifo(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);

	close(fd);
	text[MAX(n, 0)] = '\0';
	return g_strdup(text);
}

static void
links(void **state)
{
	static const char url[] = "https://viewer.example/$(id)?a=1&b=2;c";
	g_autofree char *dir = g_dir_make_tmp("qn-starter-XXXXXX", NULL);
	g_autofree char *fifo = g_build_filename(dir, "fifo", NULL);
	g_autofree char *program = g_build_filename(dir, "program", NULL);
	g_autofree char *script = g_strdup_printf("#!/bin/sh\n"
	    "printf '%%s|%%s' \"$#\" \"$1\" > '%s'\n", fifo);
	g_autofree char *said = NULL, *wanted = NULL;
	BASE_AUTO(starter) starter = NULL;

	alarm(60);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(g_file_set_contents(program, script, -1, NULL));
	assert_int_equal(g_chmod(program, 0700), 0);
	BASE_AUTO(base_settings) settings = programs(program, "", "");
	starter = starter_new("practice", settings, dir, NULL);
	assert_non_null(starter);
	assert_false(starter_link(starter, "http://viewer.example/", NULL));
	assert_false(starter_link(starter, "https://a.example/ -x", NULL));
	assert_false(starter_link(starter, "--help", NULL));
	assert_true(starter_link(starter, url, NULL));
	said = read_fifo(fifo);
	wanted = g_strdup_printf("1|%s", url);
	assert_string_equal(said, wanted);
	g_unlink(fifo);
	g_unlink(program);
	g_rmdir(dir);
}

/* Without a program, or one that is not there, nothing is started, and said. */
static void
none(void **state)
{
	static const char *const none_of[] = { "", "/nowhere/viewer" };

	for (size_t i = 0; i < G_N_ELEMENTS(none_of); i++) {
		BASE_AUTO(base_settings) settings = programs(none_of[i],
		    none_of[i], "");
		BASE_AUTO(starter) starter = starter_new("practice", settings,
		    "/", NULL);
		g_autoptr(GError) error = NULL;

		assert_false(starter_link(starter, "https://viewer.example/",
		    &error));
		assert_non_null(strstr(error->message, "link_program"));
		assert_false(starter_file(starter, "view-1-a/document.pdf", 0,
		    NULL));
	}
}

/* The program of its type gets the file's path; when it ends the file goes, and
 * names that lead elsewhere start nothing. */
static void
files(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-starter-XXXXXX", NULL);
	g_autofree char *fifo = g_build_filename(dir, "fifo", NULL);
	g_autofree char *program = g_build_filename(dir, "program", NULL);
	g_autofree char *own = g_build_filename(dir, "view-1-a", NULL);
	g_autofree char *file = g_build_filename(own, "document.pdf", NULL);
	g_autofree char *script = g_strdup_printf("#!/bin/sh\n"
	    "printf '%%s|%%s' \"$#\" \"$(cat \"$1\")\" > '%s'\n", fifo);
	g_autofree char *said = NULL;
	BASE_AUTO(starter) starter = NULL;
	int lock;

	alarm(60);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(g_file_set_contents(program, script, -1, NULL));
	assert_int_equal(g_chmod(program, 0700), 0);
	assert_int_equal(g_mkdir(own, 0700), 0);
	assert_true(g_file_set_contents(file, "%PDF-", -1, NULL));
	lock = open(file, O_RDONLY);
	g_autofree char *pairs = g_strdup_printf("image/*:false, "
	    "application/pdf:%s", program);
	BASE_AUTO(base_settings) settings = programs("", "false", pairs);
	starter = starter_new("practice", settings, dir, NULL);
	assert_non_null(starter);
	assert_false(starter_file(starter, "fifo", lock, NULL));
	assert_false(starter_file(starter, "view-1-a/../fifo", lock, NULL));
	assert_false(starter_file(starter, "view-/../x/document.pdf", lock,
	    NULL));
	assert_true(starter_file(starter, "view-1-a/document.pdf", lock, NULL));
	close(lock);
	said = read_fifo(fifo);
	assert_string_equal(said, "1|%PDF-");
	while (g_file_test(own, G_FILE_TEST_EXISTS))
		g_usleep(1000); /* alarm() ends it */
	g_unlink(fifo);
	g_unlink(program);
	g_rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links), cmocka_unit_test(none),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
