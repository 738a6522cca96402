/* SPDX-License-Identifier: Apache-2.0 */
/* The log is private, keeps to its level, and no byte in it can drive a terminal
 * or forge a line. Off means that there is no file. */
#include "base/base.h"
#include "tests/tap.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static void
test_log(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "log", NULL);
	g_autofree char *text = NULL, *long_word = g_strnfill(5000, 'x');
	g_auto(GStrv) lines = NULL;
	struct stat st;

	assert_true(base_log_open(path, BASE_LOG_OFF, NULL));
	base_log(BASE_LOG_ERROR, "nothing");
	assert_int_not_equal(stat(path, &st), 0);
	base_clock_fix(INT64_C(1772386200123));
	assert_true(base_log_open(path, BASE_LOG_INFO, NULL));
	base_log(BASE_LOG_INFO, "a\nb\033[31m %s\\", "\344\270\255\177");
	base_log(BASE_LOG_DEBUG, "too fine");
	base_log(BASE_LOG_ERROR, "%s", long_word);
	base_log_close();
	base_log(BASE_LOG_ERROR, "after the end");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	assert_int_equal(g_strv_length(lines), 3);
	assert_true(g_str_has_prefix(lines[0], "2026-03-01T17:30:00.123Z "));
	assert_true(g_str_has_suffix(lines[0],
	    " info a\\x0ab\\x1b[31m \\xe4\\xb8\\xad\\x7f\\x5c"));
	assert_true(strlen(lines[1]) < 1024);
	g_unlink(path);
	g_rmdir(dir);
}

static void
test_unusable(void **state)
{
	g_autoptr(GError) error = NULL;

	assert_false(base_log_open("/nowhere/at/all", BASE_LOG_INFO, &error));
	assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_PATH));
	base_log(BASE_LOG_ERROR, "into nothing");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_unusable),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
