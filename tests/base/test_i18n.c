/* SPDX-License-Identifier: Apache-2.0 */
/* The language that was asked for is the one that is shown, on a machine with no
 * locale but C.UTF-8: by the setting, by LANGUAGE, by a LANG that is missing.
 * The catalogue is compiled here. */
#include "base/base.h"
#include "tests/tap.h"

#include <glib/gstdio.h>
#include <langinfo.h>

struct catalogue {
	char *dir;
};

static int
setup(void **state)
{
	static const char po[] = "msgid \"\"\nmsgstr \"Content-Type: text/plain; "
		"charset=UTF-8\\n\"\nmsgid \"%d min\"\nmsgstr \"%d分\"\n"
		"msgid \"%dy\"\nmsgstr \"%d岁\"\n";
	struct catalogue *c = g_new0(struct catalogue, 1);
	g_autofree char *messages = NULL, *po_path = NULL, *mo_path = NULL;
	const char *argv[] = { "msgfmt", "-o", NULL, NULL, NULL };
	int status = -1;

	c->dir = g_dir_make_tmp("qn-XXXXXX", NULL);
	messages = g_build_filename(c->dir, "zh_CN", "LC_MESSAGES", NULL);
	po_path = g_build_filename(messages, "zh_CN.po", NULL);
	mo_path = g_build_filename(messages, "qingnang.mo", NULL);
	g_mkdir_with_parents(messages, 0700);
	g_file_set_contents(po_path, po, -1, NULL);
	argv[2] = mo_path;
	argv[3] = po_path;
	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
	    NULL, NULL, &status, NULL);
	g_unlink(po_path);
	*state = c;
	return status;
}

static int
teardown(void **state)
{
	static const char *const parts[] = { "zh_CN/LC_MESSAGES/qingnang.mo",
		"zh_CN/LC_MESSAGES", "zh_CN", "" };
	struct catalogue *c = *state;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *path = g_build_filename(c->dir, parts[i],
		    NULL);

		g_remove(path);
	}
	g_free(c->dir);
	g_free(c);
	return 0;
}

static const struct {
	const char *lc_all, *lc_ctype, *lang, *language; /* the environment */
	const char *setting, *settled, *words;
} cases[] = {
	{ "C.UTF-8", NULL, NULL, NULL, "zh_CN", "zh_CN", "48分" },
	{ "C", NULL, NULL, NULL, "zh_CN", "zh_CN", "48分" },
	{ "POSIX", NULL, NULL, NULL, "zh_CN", "zh_CN", "48分" },
	{ NULL, NULL, NULL, NULL, "zh_CN", "zh_CN", "48分" },
	{ NULL, "C.UTF-8", NULL, NULL, "zh_CN", "zh_CN", "48分" },
	{ NULL, NULL, "zh_CN.UTF-8", NULL, NULL, "zh_CN", "48分" },
	{ NULL, NULL, "zh_CN.GB18030", NULL, "", "zh_CN", "48分" },
	{ NULL, NULL, "C.UTF-8", "zh_CN:en", NULL, "zh_CN", "48分" },
	{ NULL, NULL, "de_DE.UTF-8", "fr:zh_TW:en", NULL, "zh_CN", "48分" },
	{ NULL, NULL, "zh_CN.UTF-8", NULL, "en", "en", "48 min" },
	{ NULL, NULL, "zh_CN.UTF-8", "en", NULL, "en", "48 min" },
	{ "C.UTF-8", NULL, NULL, NULL, NULL, "en", "48 min" },
	{ NULL, NULL, "de_DE.UTF-8", NULL, NULL, "en", "48 min" },
	{ NULL, NULL, NULL, NULL, "klingon", "en", "48 min" },
};

static void
set_env(const char *name, const char *value)
{
	if (value)
		g_setenv(name, value, TRUE);
	else
		g_unsetenv(name);
}

static void
test_languages(void **state)
{
	struct catalogue *c = *state;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = NULL;

		set_env("LC_ALL", cases[i].lc_all);
		set_env("LC_CTYPE", cases[i].lc_ctype);
		set_env("LANG", cases[i].lang);
		set_env("LANGUAGE", cases[i].language);
		set_env("LC_MESSAGES", NULL);
		assert_true(base_i18n_init(cases[i].setting));
		assert_string_equal(nl_langinfo(CODESET), "UTF-8");
		bindtextdomain("qingnang", c->dir);
		assert_string_equal(base_i18n_language(), cases[i].settled);
		words = base_wait_words(48 * 60000);
		assert_string_equal(words, cases[i].words);
	}
}

static void
test_numbers_have_points(void **state)
{
	g_autofree char *text = NULL;

	set_env("LC_ALL", NULL);
	set_env("LC_NUMERIC", "de_DE.UTF-8");
	assert_true(base_i18n_init(NULL));
	text = g_strdup_printf("%.1f", 7.2);
	assert_string_equal(text, "7.2");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_numbers_have_points),
	};

	return cmocka_run_group_tests_name("i18n", tests, setup, teardown);
}
