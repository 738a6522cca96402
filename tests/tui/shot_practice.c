/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No test: the pictures of the READMEs. Runs `qingnang practice` in a home of its
 * own and writes what is on the glass as practice-LANGUAGE.svg into QN_SHOTS.
 */
#include <glib/gstdio.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/tui/term.h"

enum { ROWS = 32, COLS = 120, QUIET_MS = 400 };

struct pose {
	const char *language, *patient, *reply;
	const char *live, *title; /* words to wait for */
	char *home;
};

static int
child(void *user)
{
	struct pose *p = user;
	g_autofree char *program = test_program("qingnang");

	setenv("HOME", p->home, 1);
	setenv("XDG_RUNTIME_DIR", p->home, 1);
	setenv("LANGUAGE", p->language, 1);
	execl(program, "qingnang", "practice", "--", "--seed", "7",
	    "--patients", "14", "--pace", "0", NULL);
	return 127;
}

static void
write_svg(struct term *t, const char *language)
{
	g_autofree char *name = g_strdup_printf("practice-%s.svg", language);
	g_autofree char *path = g_build_filename(g_getenv("QN_SHOTS"), name,
	    NULL);
	g_autofree char *svg = term_svg(t);

	assert_true(g_file_set_contents(path, svg, -1, NULL));
}

static void
take(struct pose *p)
{
	struct term_options o = { .rows = ROWS, .cols = COLS,
		.language = p->language, .child = child, .user = p };
	BASE_AUTO(term) t = term_new(&o);
	g_autofree char *filter = g_strdup_printf("/%s", p->patient);

	term_watch(t, p->live, 1500);
	term_send(t, filter);
	term_watch(t, p->title, QUIET_MS);
	term_send(t, "\r");
	term_watch(t, p->title, QUIET_MS);
	term_send(t, "\r");
	term_watch(t, p->patient, QUIET_MS);
	term_send(t, "\033");
	term_watch(t, p->patient, QUIET_MS);
	term_send(t, "\033");
	term_watch(t, p->patient, QUIET_MS);
	term_send(t, "r");
	term_watch(t, p->patient, QUIET_MS);
	term_send(t, p->reply);
	term_watch(t, p->patient, 2000);
	write_svg(t, p->language);
	term_send(t, "\021");
	assert_int_equal(term_exit(t), 0);
}

static void
remove_all(const char *dir)
{
	g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			remove_all(path);
		else
			g_unlink(path);
	}
	g_rmdir(dir);
}

static void
pictures(void **state)
{
	struct pose all[] = {
		{ "en", "Varga", "Thank you. Is the cough dry, and is it worse "
		    "at night?", "live", "qingnang", NULL },
		{ "zh_CN", "欧阳", "先别加药。请连续三天早晚各测一次血压，"
		    "发给我。", "实时", "青囊", NULL },
	};

	if (!g_getenv("QN_SHOTS"))
		fail_msg("QN_SHOTS is not set");
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		all[i].home = g_dir_make_tmp("qingnang-shot-XXXXXX", NULL);
		take(&all[i]);
		remove_all(all[i].home);
		g_free(all[i].home);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(pictures) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
