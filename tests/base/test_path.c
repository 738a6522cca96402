/* SPDX-License-Identifier: Apache-2.0 */
/* A test runs in the build tree, so data and programs are found there; a
 * profile's directories are private, and refused where they cannot be. */
#include "base/base.h"
#include "tests/tap.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_tree(void **state)
{
	g_autofree char *header = base_data_path("base/base.h");
	g_autofree char *locale = base_data_path("locale");
	g_autofree char *program = base_program_path("qingnang-sync");
	const char *build = g_getenv("QN_TEST_BUILDDIR");

	assert_true(g_file_test(header, G_FILE_TEST_IS_REGULAR));
	assert_true(g_str_has_suffix(locale, "/po/locale"));
	assert_true(g_str_has_suffix(program, "/qingnang-sync"));
	if (build)
		assert_true(g_str_has_prefix(program, build));
}

static void
test_names(void **state)
{
	static const char *const bad[] = { "", ".", "..", "a/b", "a b", "a.b",
		"é", "x23456789012345678901234567890123", "a\n" };
	size_t i;

	assert_true(base_profile_name_ok("default"));
	assert_true(base_profile_name_ok("x2345678901234567890123456789012"));
	assert_false(base_profile_name_ok(NULL));
	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		assert_false(base_profile_name_ok(bad[i]));
		assert_null(base_profile_state_dir(bad[i], &error));
		assert_null(base_profile_runtime_dir(bad[i], NULL));
		assert_true(g_error_matches(error, BASE_ERROR,
		    BASE_ERROR_PATH));
	}
}

static void
check_private(const char *path)
{
	struct stat st;

	assert_non_null(path);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void
test_directories(void **state)
{
	g_autofree char *top = g_dir_make_tmp("qn-XXXXXX", NULL);
	g_autofree char *state_dir = NULL, *again = NULL, *run = NULL;
	g_autofree char *fallback = NULL, *config = NULL, *house = NULL;

	g_setenv("XDG_STATE_HOME", top, TRUE);
	g_setenv("XDG_RUNTIME_DIR", top, TRUE);
	g_setenv("XDG_CONFIG_HOME", top, TRUE);
	config = base_profile_config_path("one");
	assert_true(g_str_has_suffix(config, "/qingnang/one.conf"));
	state_dir = base_profile_state_dir("one", NULL);
	check_private(state_dir);
	g_chmod(state_dir, 0755);
	again = base_profile_state_dir("one", NULL);
	check_private(again);
	run = base_profile_runtime_dir("two", NULL);
	check_private(run);
	g_unsetenv("XDG_RUNTIME_DIR");
	fallback = base_profile_runtime_dir("one", NULL);
	check_private(fallback);
	assert_true(g_str_has_suffix(fallback, "/one/run"));
	house = g_build_filename(top, "qingnang", NULL);
	g_rmdir(fallback);
	g_rmdir(run);
	g_rmdir(state_dir);
	/* A link in the place of the directory is not followed. */
	assert_int_equal(symlink("/tmp", state_dir), 0);
	assert_null(base_profile_state_dir("one", NULL));
	g_unlink(state_dir);
	g_rmdir(house);
	g_rmdir(top);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_directories),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
