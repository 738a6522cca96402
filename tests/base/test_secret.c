/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets come in whole or not at all: from commands (stdin closed to them, no
 * terminal, first line only, failures named) and from a pipe; what they were
 * read from is wiped. */
#include "base/base.h"
#include "tests/tap.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void
check_command(const char *command, const char *expected)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) s = base_secret_from_command(command, &error);

	if (!expected) {
		assert_null(s);
		assert_true(g_error_matches(error, BASE_ERROR,
		    BASE_ERROR_COMMAND));
		return;
	}
	assert_non_null(s);
	assert_int_equal(base_secret_len(s), strlen(expected));
	assert_memory_equal(base_secret_data(s), expected, strlen(expected));
}

static void
test_command(void **state)
{
	check_command("echo geheim", "geheim");
	check_command("printf geheim", "geheim");
	check_command("printf 'one\\r\\ntwo\\n'", "one");
	check_command("printf '密码\\n'", "密码");
	check_command("cat; echo end", "end");         /* stdin is empty */
	check_command("(exec </dev/tty) 2>/dev/null && echo tty || echo none",
	    "none");
	/* A child left behind holds the pipe; it must not hold us. */
	check_command("echo key; sleep 300 & exit 0", "key");
}

static void
test_command_fails(void **state)
{
	check_command("exit 3", NULL);
	check_command("echo half; exit 1", NULL);
	check_command("true", NULL);
	check_command("echo", NULL);
	check_command("kill -9 $$", NULL);
	check_command("no-such-command-here", NULL);
	check_command("head -c 100000 /dev/zero | tr '\\0' x", NULL);
}

static void
test_take(void **state)
{
	char bytes[] = "secret";
	BASE_AUTO(base_secret) s = base_secret_take(bytes, 6);
	BASE_AUTO(base_secret) empty = base_secret_new(0);

	assert_memory_equal(base_secret_data(s), "secret", 6);
	assert_memory_equal(bytes, "\0\0\0\0\0\0", 6);
	assert_int_equal(base_secret_len(empty), 0);
}

static struct base_secret *
through_pipe(const char *bytes, size_t len, size_t max, GError **error)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, len), (ssize_t)len);
	close(ends[1]);
	return base_secret_from_fd(ends[0], max, error);
}

static void
test_fd(void **state)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) exact = through_pipe("a\0b\n", 4, 4, NULL);
	BASE_AUTO(base_secret) long_one = through_pipe("abcde", 5, 4, &error);

	assert_int_equal(base_secret_len(exact), 4);
	assert_memory_equal(base_secret_data(exact), "a\0b\n", 4);
	assert_null(long_one);
	assert_non_null(error);
	g_clear_error(&error);
	assert_null(base_secret_from_fd(-1, 4, &error));
	assert_non_null(error);
}

static void
test_harden(void **state)
{
	struct rlimit core;

	base_process_harden();
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(core.rlim_max, 0);
#ifndef __SANITIZE_ADDRESS__
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
#endif
	/* The paths still work: they read /proc/self/exe. */
	g_autofree char *path = base_program_path("qingnang-sync");

	assert_true(g_path_is_absolute(path));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_command_fails),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_fd),
		cmocka_unit_test(test_harden),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
