/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables hold together: every request has a key, one that is no letter, and
 * words; no key means two things in one place; every theme of the house names
 * every element, and a wrong theme is refused by file and line.
 */
#include <glib/gstdio.h>
#include <stdio.h>

#include "tests/tap.h"
#include "tui/request.h"
#include "tui/theme.h"

static char **
names_of(const struct tui_key_def *d)
{
	g_autofree char *all = g_strstrip(g_strconcat(d->keys, " ", d->also,
	    NULL));

	return g_strsplit(all, " ", -1);
}

static void
test_keys(void **state)
{
	assert_int_equal(tui_key_defs_n, REQ_COUNT_);
	for (size_t i = 0; i < tui_key_defs_n; i++) {
		const struct tui_key_def *d = &tui_key_defs[i];
		g_auto(GStrv) names = names_of(d);
		gboolean no_letter = FALSE;

		assert_true(*d->id && *d->help && *d->hint && d->where);
		assert_int_equal(request_find(d->id), i);
		for (int k = 0; names[k]; k++) {
			struct event e;

			if (!key_parse(names[k], &e))
				fail_msg("%s: no such key: %s", d->id,
				    names[k]);
			if (!event_is_text(&e) || !g_unichar_isalpha(e.key))
				no_letter = TRUE;
		}
		if (!no_letter)
			fail_msg("%s has only letters", d->id);
	}
}

/* Each key of each request reaches that request, in each of its places. */
static void
test_keys_reach(void **state)
{
	for (size_t i = 0; i < tui_key_defs_n; i++) {
		g_auto(GStrv) names = names_of(&tui_key_defs[i]);

		for (int k = 0; names[k]; k++) {
			for (unsigned w = 1; w <= IN_FIRST; w <<= 1) {
				struct event e;

				if (!(tui_key_defs[i].where & w))
					continue;
				assert_true(key_parse(names[k], &e));
				if (event_is_text(&e) && (w & IN_TEXT))
					continue;
				if (request_of(&e, w) != (enum request)i)
					fail_msg("%s in place %u is not %s",
					    names[k], w, tui_key_defs[i].id);
			}
		}
	}
}

static void
test_fullwidth(void **state)
{
	static const struct { uint32_t key; enum request request; } typed[] = {
		{ 0xff1a, REQ_COMMAND }, { 0xff1f, REQ_HELP },
		{ 0xff0f, REQ_FILTER }, { 0x3001, REQ_FILTER },
		{ 0xff4e, REQ_NEXT }, { 0x3000, REQ_PAGE_DOWN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(typed); i++) {
		struct event e = { .kind = EVENT_KEY, .key = typed[i].key };

		assert_int_equal(request_of(&e, IN_QUEUE), typed[i].request);
		assert_int_equal(request_of(&e, IN_COMPOSER), REQ_NONE);
	}
}

/* Where letters are text the footer shows another key. */
static void
test_key_shown(void **state)
{
	g_autofree char *list = request_key(REQ_NEXT, IN_QUEUE);
	g_autofree char *text = request_key(REQ_NEXT, IN_COMPOSER);

	assert_string_equal(list, "n");
	assert_string_equal(text, "^N");
}

static const char *const themes[] = { "dark", "light", "high-contrast",
	"mono" };

static gboolean
names_element(const char *text, const char *id)
{
	g_autofree char *line = g_strdup_printf("\n%s =", id);

	return strstr(text, line) != NULL;
}

static void
test_themes(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(themes); i++) {
		g_autofree char *file = g_strdup_printf("themes/%s.theme",
		    themes[i]);
		g_autofree char *path = test_src(file);
		g_autofree char *text = NULL;
		g_autoptr(GError) error = NULL;

		if (!tui_theme_check(path, &error))
			fail_msg("%s", error->message);
		assert_true(g_file_get_contents(path, &text, NULL, NULL));
		for (int k = 0; tui_theme_elements[k]; k++)
			if (!names_element(text, tui_theme_elements[k]))
				fail_msg("%s does not name %s", file,
				    tui_theme_elements[k]);
	}
}

static void
test_elements_unique(void **state)
{
	for (int i = 0; tui_theme_elements[i]; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(tui_theme_elements[i],
			    tui_theme_elements[k]);
}

static const struct { const char *text, *says; } wrong[] = {
	{ "inherit = dark\n\nqueue.urgnt = red\n", ":3: " },
	{ "queue.urgent = redd\n", ":1: " },
	{ "queue.urgent = 256\n", ":1: " },
	{ "# fine\nqueue.urgent\n", ":2: " },
	{ "queue.urgent = 12/200\n", ":1: " },
	{ "dim = red ; mono red\n", ":1: " },
};

static void
test_wrong_themes(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-theme-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "x.theme", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;

		assert_true(g_file_set_contents(path, wrong[i].text, -1, NULL));
		assert_false(tui_theme_check(path, &error));
		if (!strstr(error->message, wrong[i].says) ||
		    !strstr(error->message, "x.theme"))
			fail_msg("%s", error->message);
	}
	remove(path);
	remove(dir);
}

/* One's own lies beside the settings and is called by its name; one that is
 * nowhere is a sentence that names those there are. */
static void
test_own_theme(void **state)
{
	g_autofree char *home = g_dir_make_tmp("qn-theme-XXXXXX", NULL);
	g_autofree char *conf = NULL, *dir = NULL, *path = NULL;
	g_autoptr(GError) error = NULL;

	g_setenv("XDG_CONFIG_HOME", home, TRUE);
	conf = base_profile_config_path("default");
	dir = g_path_get_dirname(conf);
	assert_true(g_str_has_prefix(dir, home));
	path = g_build_filename(dir, "ward.theme", NULL);
	assert_false(tui_theme_check("ward", &error));
	assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_CONFIG));
	assert_non_null(strstr(error->message, "ward.theme"));
	assert_non_null(strstr(error->message, "high-contrast"));
	assert_int_equal(g_mkdir_with_parents(dir, 0700), 0);
	assert_true(g_file_set_contents(path, "inherit = light\n"
	    "error = red\n", -1, NULL));
	assert_true(tui_theme_check("ward", NULL));
	assert_true(g_file_set_contents(path, "inherit = light\n"
	    "errors = red\n", -1, NULL));
	g_clear_error(&error);
	assert_false(tui_theme_check("ward", &error));
	assert_non_null(strstr(error->message, "ward.theme:2"));
	g_unlink(path);
	g_rmdir(dir);
	g_rmdir(home);
}

static void
test_circular_theme(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-theme-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "x.theme", NULL);
	g_autofree char *text = g_strdup_printf("inherit = %s\n", path);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	assert_false(tui_theme_check(path, NULL));
	remove(path);
	remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_keys_reach),
		cmocka_unit_test(test_fullwidth),
		cmocka_unit_test(test_key_shown),
		cmocka_unit_test(test_themes),
		cmocka_unit_test(test_elements_unique),
		cmocka_unit_test(test_wrong_themes),
		cmocka_unit_test(test_own_theme),
		cmocka_unit_test(test_circular_theme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
