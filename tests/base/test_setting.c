/* SPDX-License-Identifier: Apache-2.0 */
/* The settings table is whole; a wrong file is refused with its line and what is
 * allowed; saving is private, keeps comments and writes only what differs. */
#include "base/base.h"
#include "tests/tap.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static void
test_table(void **state)
{
	BASE_AUTO(base_settings) s = base_settings_new();
	int i, j;

	for (i = 0; i < SET_COUNT_; i++) {
		const struct setting_def *d = &setting_defs[i];

		assert_non_null(d->section);
		assert_non_null(d->key);
		assert_true(d->help && d->help[0]);
		assert_true((d->type == SETTING_ENUM) == (d->words != NULL));
		assert_true(d->type != SETTING_INT || d->min < d->max);
		for (j = 0; j < i; j++)
			assert_true(strcmp(setting_defs[j].key, d->key) != 0);
		/* Each default obeys its own rule. */
		assert_true(base_setting_set(s, (enum setting)i, d->fallback,
		    NULL));
		assert_string_equal(base_setting(s, (enum setting)i),
		    d->fallback);
	}
	assert_int_equal(base_setting_int(s, SET_RETENTION_DAYS), 90);
	assert_int_equal(base_setting_int(s, SET_LOCK_MINUTES), 5);
	assert_int_equal(base_setting_int(s, SET_BODY_CAP_BYTES), 33554432);
	assert_true(base_setting_bool(s, SET_MOUSE));
}

static void
check_value(enum setting key, const char *value, gboolean ok)
{
	BASE_AUTO(base_settings) s = base_settings_new();
	g_autoptr(GError) error = NULL;

	assert_int_equal(base_setting_set(s, key, value, &error), ok);
	assert_true(ok == (error == NULL));
	if (ok)
		assert_string_equal(base_setting(s, key), value);
	else
		assert_string_equal(base_setting(s, key),
		    setting_defs[key].fallback);
}

static void
shown_by(const char *pairs, const char *type, const char *program)
{
	BASE_AUTO(base_settings) s = base_settings_new();
	g_autofree char *got = NULL;

	assert_true(base_setting_set(s, SET_FILE_PROGRAM, "xdg-open", NULL));
	assert_true(base_setting_set(s, SET_FILE_PROGRAMS, pairs, NULL));
	got = base_setting_program(s, type);
	assert_string_equal(got, program);
}

/* One type before its kind, whatever the order; the rest has file_program. */
static void
test_programs(void **state)
{
	static const char pairs[] = "image/*:imv, application/pdf:zathura,"
	    "image/tiff:/opt/t";

	shown_by(pairs, "image/tiff", "/opt/t");
	shown_by(pairs, "image/png", "imv");
	shown_by(pairs, "application/pdf", "zathura");
	shown_by(pairs, "application/pdfx", "xdg-open");
	shown_by(pairs, "imagex/png", "xdg-open");
	shown_by("", "application/pdf", "xdg-open");
	check_value(SET_FILE_PROGRAMS, "application/pdf", FALSE);
	check_value(SET_FILE_PROGRAMS, "application/pdf:", FALSE);
	check_value(SET_FILE_PROGRAMS, "pdf:evince", FALSE);
	check_value(SET_FILE_PROGRAMS, "/:evince", FALSE);
	check_value(SET_FILE_PROGRAMS, pairs, TRUE);
}

static void
test_values(void **state)
{
	check_value(SET_SERVER, "https://fhir.example.org/r4", TRUE);
	check_value(SET_SERVER, "http://127.0.0.1:8080/fhir", TRUE);
	check_value(SET_SERVER, "http://[::1]:8080", TRUE);
	check_value(SET_SERVER, "http://localhost/", TRUE);
	check_value(SET_SERVER, "http://fhir.example.org", FALSE);
	check_value(SET_SERVER, "http://127.0.0.1.example.org", FALSE);
	check_value(SET_SERVER, "http://localhost@example.org/", FALSE);
	check_value(SET_SERVER, "http://192.168.1.5/fhir", FALSE);
	check_value(SET_SERVER, "https://user:pw@example.org", FALSE);
	check_value(SET_SERVER, "https://example.org/?x=1", FALSE);
	check_value(SET_SERVER, "ftp://example.org", FALSE);
	check_value(SET_SERVER, "fhir.example.org", FALSE);
	check_value(SET_PRACTITIONER, "Practitioner/a-1.B", TRUE);
	check_value(SET_PRACTITIONER, "Practitioner/", FALSE);
	check_value(SET_PRACTITIONER, "Patient/1", FALSE);
	check_value(SET_PRACTITIONER, "Practitioner/a/b", FALSE);
	check_value(SET_REDIRECT_PORT, "80", FALSE);
	check_value(SET_REDIRECT_PORT, "65535", TRUE);
	check_value(SET_REDIRECT_PORT, "1e4", FALSE);
	check_value(SET_REDIRECT_PORT, "99999999999999999999", FALSE);
	check_value(SET_DIALECT, "hapi", TRUE);
	check_value(SET_DIALECT, "HAPI", FALSE);
	check_value(SET_LANGUAGE, "zh_CN", TRUE);
	check_value(SET_MOUSE, "yes", FALSE);
	check_value(SET_CA_FILE, "ca.pem", FALSE);
	check_value(SET_CA_FILE, "/etc/ca.pem", TRUE);
	check_value(SET_TIME_ZONE, "Asia/Shanghai", TRUE);
	check_value(SET_TIME_ZONE, "Asia/Nowhere", FALSE);
	check_value(SET_THEME, "../x", FALSE);
	check_value(SET_PROXY, "http://proxy:3128", TRUE);
	check_value(SET_PROXY, "proxy:3128", FALSE);
	check_value(SET_ORIGIN_ALIASES, "https://a.org, https://b.org:8443",
	    TRUE);
	check_value(SET_ORIGIN_ALIASES, "https://a.org/path", FALSE);
	check_value(SET_SCOPE, "a\nb", FALSE);
	check_value(SET_SCOPE, "a\377", FALSE);
}

static void
check_refused(const char *text, const char *start, const char *hint)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_settings) s = base_settings_parse(text, strlen(text),
	    "a.conf", &error);

	assert_null(s);
	assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_CONFIG));
	assert_true(g_str_has_prefix(error->message, start));
	assert_non_null(strstr(error->message, hint));
}

static void
test_refused(void **state)
{
	check_refused("# x\n[server]\nurll = https://a\n", "a.conf:3:", "“url”");
	check_refused("[server]\nlock_minute=1\n", "a.conf:2:",
	    "“lock_minutes” in [screen]");
	check_refused("\n[sever]\n", "a.conf:2:", "[server]");
	check_refused("[server\n", "a.conf:1:", "[name]");
	check_refused("url=x\n", "a.conf:1:", "before the first");
	check_refused("[screen]\n\nbell\n", "a.conf:3:", "key = value");
	check_refused("[screen]\nbell=true\nbell=true\n", "a.conf:3:", "line 2");
	check_refused("[screen]\nlock_minutes = 9999\n", "a.conf:2:",
	    "from 0 to 1440");
	check_refused("[server]\nauth=x\n", "a.conf:2:", "client-credentials");
	check_refused("[server]\nurl=http://a.org\n", "a.conf:2:", "https://");
	check_refused("[server]\nscope=a\\q\n", "a.conf:2:", "escape");
	check_refused("[server]\nscope=\377\n", "a.conf:2:", "UTF-8");
	check_refused("[screen]\nbell[de]=true\n", "a.conf:2:", "“bell”");
}

static void
test_accepted(void **state)
{
	static const char text[] = "# mine\r\n[server]\r\nurl = https://a.org/r4 "
		"\r\nno_proxy = a.org,b.org c.org\n[screen]\nlanguage=zh_CN\n"
		"[server]\ntoken_command=echo a\\\\b # c\n";
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_settings) s = base_settings_parse(text, strlen(text),
	    "a.conf", &error);
	g_auto(GStrv) list = NULL;

	assert_null(error);
	assert_string_equal(base_setting(s, SET_SERVER), "https://a.org/r4");
	assert_string_equal(base_setting(s, SET_LANGUAGE), "zh_CN");
	assert_string_equal(base_setting(s, SET_TOKEN_COMMAND),
	    "echo a\\b # c");
	list = base_setting_list(s, SET_NO_PROXY);
	assert_int_equal(g_strv_length(list), 3);
	assert_string_equal(list[2], "c.org");
}

static void
test_file(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "sub", "a.conf", NULL);
	g_autofree char *sub = g_path_get_dirname(path), *text = NULL;
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_settings) s = base_settings_new();
	BASE_AUTO(base_settings) back = NULL;
	struct stat st;

	assert_null(base_settings_load(path, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
	g_clear_error(&error);
	base_setting_set(s, SET_SERVER, "https://a.org", NULL);
	base_setting_set(s, SET_TOKEN_COMMAND, "printf '\\t' | x", NULL);
	base_setting_set(s, SET_LOCK_MINUTES, "5", NULL);
	assert_true(base_settings_save(s, path, NULL));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_null(strstr(text, "lock_minutes"));
	back = base_settings_load(path, &error);
	assert_null(error);
	assert_string_equal(base_setting(back, SET_TOKEN_COMMAND),
	    "printf '\\t' | x");
	g_unlink(path);
	g_rmdir(sub);
	g_rmdir(dir);
}

static void
test_save_keeps(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "a.conf", NULL);
	g_autofree char *text = NULL;
	BASE_AUTO(base_settings) s = NULL;
	g_autoptr(GDir) files = NULL;

	g_file_set_contents(path, "# my own words\n[screen]\nbell=true\n", -1,
	    NULL);
	s = base_settings_load(path, NULL);
	assert_non_null(s);
	base_setting_set(s, SET_BELL, "false", NULL);
	base_setting_set(s, SET_THEME, "light", NULL);
	assert_true(base_settings_save(s, path, NULL));
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_non_null(strstr(text, "# my own words"));
	assert_non_null(strstr(text, "theme=light"));
	assert_null(strstr(text, "bell"));
	/* No temporary file stays. */
	files = g_dir_open(dir, 0, NULL);
	assert_string_equal(g_dir_read_name(files), "a.conf");
	assert_null(g_dir_read_name(files));
	g_unlink(path);
	g_rmdir(dir);
}

static void
test_not_a_file(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-XXXXXX", NULL);
	g_autofree char *big = g_build_filename(dir, "big", NULL);
	g_autofree char *hash = g_strnfill(70000, '#');
	g_autoptr(GError) error = NULL;

	assert_null(base_settings_load(dir, &error));
	assert_non_null(error);
	g_clear_error(&error);
	assert_null(base_settings_load("/dev/zero", &error));
	assert_non_null(error);
	g_clear_error(&error);
	g_file_set_contents(big, hash, -1, NULL);
	assert_null(base_settings_load(big, &error));
	assert_non_null(error);
	g_unlink(big);
	g_rmdir(dir);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_values), cmocka_unit_test(test_programs),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_save_keeps),
		cmocka_unit_test(test_not_a_file),
	};

	return cmocka_run_group_tests_name("setting", tests, NULL, NULL);
}
