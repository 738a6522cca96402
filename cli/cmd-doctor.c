/* SPDX-License-Identifier: Apache-2.0 */
/* `qingnang doctor`: looks at what qingnang stands on and says what to mend. */
#include "cli/commands.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Each check returns NULL when all is well, else one sentence (owned) that says
 * what to mend; note (owned, may stay NULL) is what it saw. */
struct doctor_check {
	const char *name; /* N_() */
	gboolean needs_profile;
	char *(*check)(struct cli *cli, char **note);
};

static char *
check_terminal(struct cli *cli, char **note)
{
	const char *term = g_getenv("TERM");

	/* A script may ask too; it needs no screen. */
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		*note = g_strdup(_("none here; commands work, the screens need "
				   "one"));
		return NULL;
	}
	*note = g_strdup_printf("TERM=%s", term ? term : "");
	return tui_terminal_problem();
}

static char *
check_locale(struct cli *cli, char **note)
{
	*note = g_strdup_printf("%s, %s", nl_langinfo(CODESET),
	    base_i18n_language());
	if (g_str_equal(nl_langinfo(CODESET), "UTF-8"))
		return NULL;
	return g_strdup(_("This machine has no UTF-8 locale: ask for C.UTF-8 "
			  "(Debian: apt-get install locales)."));
}

static char *
check_theme(struct cli *cli, char **note)
{
	const char *theme = base_setting(cli->settings, SET_THEME);
	g_autofree char *file = g_strdup_printf("themes/%s.theme", theme);
	g_autofree char *path = base_data_path(file);
	g_autoptr(GError) error = NULL;

	*note = g_strdup(theme);
	return tui_theme_check(path, &error) ? NULL : g_strdup(error->message);
}

static char *
check_profile(struct cli *cli, char **note)
{
	*note = g_strdup(cli->config_path);
	if (cli->configured)
		return NULL;
	return g_strdup_printf(_("Profile '%s' is not set up. Run: qingnang "
				 "login"), cli->profile);
}

static char *
check_cache(struct cli *cli, char **note)
{
	GError *error = NULL;
	BASE_AUTO(store) store = cli_store(cli, &error);
	char *sentence;

	*note = g_strdup(cli->state_dir);
	if (store)
		return NULL;
	sentence = cli_sentence(error);
	g_error_free(error);
	return sentence;
}

/* qingnang-sync looks at the server and prints its own sentence. */
static char *
check_server(struct cli *cli, char **note)
{
	static const char *const args[] = { "--check", NULL };
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) key = cli_key(cli, CLI_ASK_TERMINAL, &error);
	int code = key ? cli_run_sync(cli, key, args, &error) : -1;

	*note = g_strdup(base_setting(cli->settings, SET_SERVER));
	/* One that runs has said on the doorbell what is wrong, if anything. */
	if (code == BASE_EXIT_OK || code == BASE_EXIT_RUNNING)
		return NULL;
	return error ? cli_sentence(error)
		     : g_strdup(_("See the sentence above."));
}

static const struct doctor_check checks[] = {
	{ N_("terminal"), FALSE, check_terminal },
	{ N_("locale"), FALSE, check_locale },
	{ N_("theme"), FALSE, check_theme },
	{ N_("profile"), FALSE, check_profile },
	{ N_("cache"), TRUE, check_cache },
	{ N_("server"), TRUE, check_server },
};

static int
doctor_run(struct cli *cli, int argc, char **argv)
{
	int code, ill = 0;

	if (!cli_options(&cli_cmd_doctor, NULL, &argc, &argv, &code))
		return code;
	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
		const struct doctor_check *c = &checks[i];
		g_autofree char *note = NULL, *sentence = NULL, *name = NULL;

		if (c->needs_profile && !cli->configured)
			continue;
		fflush(stdout);
		sentence = c->check(cli, &note);
		name = base_text_fit(_(c->name), 10);
		printf("%s %s %s\n", sentence ? "✗" : "✓", name,
		    note ? note : "");
		if (sentence)
			printf("  %s\n", sentence);
		ill += sentence != NULL;
	}
	return ill ? BASE_EXIT_FAILED : BASE_EXIT_OK;
}

const struct cli_command cli_cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = N_("check terminal, locale, cache and server; say what to mend"),
	.run = doctor_run,
};
