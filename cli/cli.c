/* SPDX-License-Identifier: Apache-2.0 */
/* Options, the table of subcommands, and how an error becomes a sentence. */
#include "config.h"
#include "cli/commands.h"
#include "tui/desk.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK(qn-cli-error-quark, cli_error)

const struct cli_command *const cli_commands[] = {
	&cli_cmd_login, &cli_cmd_sync, &cli_cmd_queue, &cli_cmd_search,
	&cli_cmd_show, &cli_cmd_chart, &cli_cmd_results, &cli_cmd_home,
	&cli_cmd_attachment, &cli_cmd_reply,
	&cli_cmd_ack, &cli_cmd_recall, &cli_cmd_renewals, &cli_cmd_renew,
	&cli_cmd_rx,
	&cli_cmd_status, &cli_cmd_practice, &cli_cmd_doctor,
	&cli_cmd_passphrase, &cli_cmd_signer, &cli_cmd_verify,
	&cli_cmd_rules, NULL,
};

/* ---- errors ------------------------------------------------------------- */

/* What a person is told, and the exit code; a domain's own message follows
 * where it adds a name or a line. */
struct cli_reason {
	GQuark (*domain)(void);
	int code;
	const char *sentence; /* N_(); %s is the error's own message */
	enum base_exit exit;
};

static const struct cli_reason cli_reasons[] = {
	{ store_error_quark, STORE_ERROR_WRONG_PASSPHRASE,
	    N_("The passphrase is not right. Nothing was changed; try again."),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_NO_SLOT,
	    N_("This profile has not been set up. Run: qingnang login"),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_SLOT_DAMAGED,
	    N_("The key file cache.key is damaged, so the cache cannot be "
	       "unlocked. Put it back from a backup, or move the profile's "
	       "directory away and run: qingnang login (%s)"),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_DAMAGED,
	    N_("The cache is damaged. Start qingnang: it saves your drafts and "
	       "unsent replies and fetches the rest again. (%s)"),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_REPLACED,
	    N_("The cache was damaged, and another program has made it anew "
	       "meanwhile. Run it again."),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_NEWER,
	    N_("The cache was written by a newer qingnang. Use that version, or "
	       "move the cache away; the server still has everything sent."),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_FULL,
	    N_("The disk is full. Make room and try again; nothing that was "
	       "saved before is lost."),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_BUSY,
	    N_("The cache is busy with another program. Try again in a moment."),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_IO,
	    N_("The cache cannot be read or written; its directory must be "
	       "yours: `qingnang doctor` names it. (%s)"),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_WRONG_KEY,
	    N_("The cache belongs to another key file. Put its own cache.key "
	       "back, or move cache.db away; the server still has everything "
	       "sent."),
	    BASE_EXIT_CACHE },
	{ store_error_quark, STORE_ERROR_NOT_FOUND,
	    N_("There is nothing with that id in the cache. `qingnang queue` "
	       "lists what is here."),
	    BASE_EXIT_NOT_FOUND },
	{ store_error_quark, STORE_ERROR_NOTHING,
	    N_("The reply is empty, so nothing was queued."), BASE_EXIT_USAGE },
	{ store_error_quark, STORE_ERROR_NO_SIGNER,
	    N_("There is no signing key yet. Make one with: qingnang signer "
	       "new"), BASE_EXIT_FAILED },
	{ store_error_quark, STORE_ERROR_SIGNER_THERE,
	    N_("There is a signing key already. --replace puts another in its "
	       "place; what the old one signed can still be checked."),
	    BASE_EXIT_FAILED },
	{ store_error_quark, STORE_ERROR_SIGNATURE,
	    N_("The signature does not hold: %s."), BASE_EXIT_BAD_SIGNATURE },
	{ cli_error_quark, CLI_ERROR_USAGE, "%s", BASE_EXIT_USAGE },
	{ cli_error_quark, CLI_ERROR_NO_SIGNATURE, "%s", BASE_EXIT_NOT_FOUND },
	{ cli_error_quark, CLI_ERROR_COMMAND, "%s", BASE_EXIT_CACHE },
	{ cli_error_quark, CLI_ERROR_NO_FILE, "%s", BASE_EXIT_NOT_FOUND },
	{ base_error_quark, BASE_ERROR_CONFIG, "%s", BASE_EXIT_USAGE },
};

static const struct cli_reason *
reason_of(const GError *error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cli_reasons); i++)
		if (error->domain == cli_reasons[i].domain() &&
		    error->code == cli_reasons[i].code)
			return &cli_reasons[i];
	return NULL;
}

char *
cli_sentence(const GError *error)
{
	const struct cli_reason *r = reason_of(error);
	g_autofree char *shown =
	    base_text_show(error->message, -1, BASE_ONE_LINE);
	const char *sentence, *hole;

	if (!r)
		return desk_signing_words(error);
	sentence = g_str_equal(r->sentence, "%s") ? "%s" : _(r->sentence);
	hole = strstr(sentence, "%s");
	if (!hole)
		return g_strdup(sentence);
	return g_strdup_printf("%.*s%s%s", (int)(hole - sentence), sentence,
	    shown, hole + 2);
}

int
cli_fail(GError *error)
{
	const struct cli_reason *r = reason_of(error);
	g_autofree char *sentence = cli_sentence(error);

	fprintf(stderr, "qingnang: %s\n", sentence);
	g_error_free(error);
	return r ? (int)r->exit : BASE_EXIT_FAILED;
}

/* ---- the profile -------------------------------------------------------- */

gboolean
cli_open(struct cli *cli, const char *profile, GError **error)
{
	g_autoptr(GError) missing = NULL;

	*cli = (struct cli){ .profile = profile,
		.practice = g_str_equal(profile, "practice") };
	if (!base_profile_name_ok(profile)) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("'%s' is not a profile name: use 1 to 32 letters, digits, "
		      "- or _."), profile);
		return FALSE;
	}
	cli->config_path = base_profile_config_path(profile);
	cli->settings = base_settings_load(cli->config_path, &missing);
	cli->configured = cli->settings != NULL;
	if (!cli->settings &&
	    !g_error_matches(missing, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		g_propagate_error(error, g_steal_pointer(&missing));
		return FALSE;
	}
	if (!cli->settings)
		cli->settings = base_settings_new();
	cli->state_dir = base_profile_state_dir(profile, error);
	if (!cli->state_dir)
		return FALSE;
	cli->runtime_dir = base_profile_runtime_dir(profile, error);
	return cli->runtime_dir != NULL;
}

void
cli_close(struct cli *cli)
{
	g_clear_pointer(&cli->settings, base_settings_free);
	g_clear_pointer(&cli->config_path, g_free);
	g_clear_pointer(&cli->state_dir, g_free);
	g_clear_pointer(&cli->runtime_dir, g_free);
}

/* ---- options ------------------------------------------------------------ */

enum { COLS_USAGE = 28 };

#define HELP_COLS 28 /* a command and its arguments; longer ones have a line */

static void
print_help(void)
{
	printf(_("Usage: qingnang [--profile NAME] [COMMAND [ARGUMENT…]]\n\n"
		 "Without a command: the screens. The first start asks whether to "
		 "try the practice\nclinic or to connect to a hospital.\n\n"));
	for (size_t i = 0; cli_commands[i]; i++) {
		g_autofree char *left = g_strdup_printf("%s %s",
		    cli_commands[i]->name, cli_commands[i]->args);

		/* A long one has its summary on the next line. */
		printf("  %-28s%s%*s%s\n", left,
		    strlen(left) > COLS_USAGE ? "\n" : "",
		    strlen(left) > COLS_USAGE ? COLS_USAGE + 3 : 1, "",
		    _(cli_commands[i]->summary));
	}
	printf(_("\n  --profile NAME   one hospital, one profile (default: "
		 "\"default\")\n"
		 "  --version, --help\n\n"
		 "`qingnang COMMAND --help` explains one command; qingnang(1) is "
		 "the manual.\n"));
}

static void
print_options(const struct cli_command *command, GOptionContext *context)
{
	g_autofree char *text = g_option_context_get_help(context, FALSE, NULL);
	const char *options = strstr(text, "\n\n"); /* after GLib's own usage */
	g_autofree char *usage = g_strchomp(g_strdup_printf("%s %s",
	    command->name, command->args));

	printf(_("Usage: qingnang %s\n\n%s\n"), usage, _(command->summary));
	fputs(options ? options + 1 : "", stdout);
}

static gboolean
too_many(const struct cli_command *command, int argc, char **argv)
{
	if (argc - 1 <= command->words)
		return FALSE;
	fprintf(stderr, _("qingnang %s: '%s' is one word too many. See: "
			  "qingnang %s --help\n"), command->name,
	    argv[command->words + 1], command->name);
	return TRUE;
}

int
cli_either(const struct cli_command *command, const char *one,
    const char *other)
{
	fprintf(stderr, _("qingnang %s: give either %s or %s, not both.\n"),
	    command->name, one, other);
	return BASE_EXIT_USAGE;
}

gboolean
cli_options(const struct cli_command *command,
    const GOptionEntry *entries, int *argc, char ***argv, int *exit_out)
{
	g_autoptr(GError) error = NULL;
	gboolean help = FALSE;
	const GOptionEntry own[] = {
		{ "help", 'h', G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &help,
		    NULL, NULL },
		{ NULL },
	};
	GOptionContext *context = g_option_context_new(NULL);
	gboolean ok;

	/* GLib's own --help says "prgname [OPTION…]"; ours says the command. */
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_translation_domain(context, "qingnang");
	g_option_context_add_main_entries(context, own, NULL);
	if (entries)
		g_option_context_add_main_entries(context, entries,
		    NULL);
	*exit_out = BASE_EXIT_USAGE;
	ok = g_option_context_parse(context, argc, argv, &error);
	if (!ok)
		fprintf(stderr, _("qingnang %s: %s. See: qingnang %s --help\n"),
		    command->name, error->message, command->name);
	if (ok && help) {
		print_options(command, context);
		*exit_out = BASE_EXIT_OK;
	}
	g_option_context_free(context);
	return ok && !help && !too_many(command, *argc, *argv);
}

static const struct cli_command *
find_command(const char *name)
{
	for (size_t i = 0; cli_commands[i]; i++)
		if (g_str_equal(cli_commands[i]->name, name))
			return cli_commands[i];
	return NULL;
}

static int
run_command(struct cli *cli, int argc, char **argv)
{
	const struct cli_command *command = find_command(argv[0]);

	if (!command) {
		fprintf(stderr, _("qingnang: '%s' is not a command. "
				  "`qingnang --help` lists them.\n"), argv[0]);
		return BASE_EXIT_USAGE;
	}
	if (command->needs_profile && !cli->configured) {
		gboolean asks = argc > 1 && (g_str_equal(argv[1], "--help") ||
		    g_str_equal(argv[1], "-h"));

		if (!asks) {
			fprintf(stderr, _("qingnang: profile '%s' is not set up "
					  "(no file %s). Run: qingnang login\n"),
			    cli->profile, cli->config_path);
			return BASE_EXIT_CACHE;
		}
	}
	return command->run(cli, argc, argv);
}

/* What stands before the command word: --profile NAME, --version, --help. */
struct cli_front { const char *profile; gboolean help, version; };

/* Returns the index of the command word, or argc; -1: unknown option. */
static int
parse_front(struct cli_front *front, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (g_str_equal(argv[i], "--profile") && i + 1 < argc)
			front->profile = argv[++i];
		else if (g_str_has_prefix(argv[i], "--profile="))
			front->profile = argv[i] + strlen("--profile=");
		else if (g_str_equal(argv[i], "--version"))
			front->version = TRUE;
		else if (g_str_equal(argv[i], "--help") ||
		    g_str_equal(argv[i], "-h"))
			front->help = TRUE;
		else
			return -i;
	}
	return i;
}

/* --profile may also stand after the command word ("everywhere"). */
static void
pull_profile(struct cli_front *front, int *argc, char **argv)
{
	int kept = 0;

	for (int i = 0; i < *argc; i++) {
		if (g_str_equal(argv[i], "--")) {
			while (i < *argc)
				argv[kept++] = argv[i++];
			break;
		}
		if (g_str_equal(argv[i], "--profile") && i + 1 < *argc)
			front->profile = argv[++i];
		else if (g_str_has_prefix(argv[i], "--profile="))
			front->profile = argv[i] + strlen("--profile=");
		else
			argv[kept++] = argv[i];
	}
	*argc = kept;
	argv[kept] = NULL;
}

static int
run_profile(const struct cli_front *front, int argc, char **argv)
{
	struct cli cli;
	GError *error = NULL;
	int code;

	if (!cli_open(&cli, front->profile, &error)) {
		cli_close(&cli);
		return cli_fail(error);
	}
	base_i18n_init(base_setting(cli.settings, SET_LANGUAGE));
	if (!base_clock_zone(base_setting(cli.settings, SET_TIME_ZONE)))
		fprintf(stderr, _("qingnang: time zone '%s' is not known here; "
				  "this machine's is used.\n"),
		    base_setting(cli.settings, SET_TIME_ZONE));
	code = argc > 0 ? run_command(&cli, argc, argv)
			: cli_screens(&cli, NULL);
	cli_close(&cli);
	return code;
}

/* What was printed is there, or the exit code says that it is not. */
static int
written(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fputs(_("qingnang: The output could not be written whole.\n"), stderr);
	return code == BASE_EXIT_OK ? BASE_EXIT_FAILED : code;
}

int
cli_main(int argc, char **argv)
{
	struct cli_front front = { .profile = "default" };
	int at;

	base_process_harden();
	base_i18n_init(NULL);
	at = parse_front(&front, argc, argv);
	if (at < 0 && g_str_equal(argv[-at], "--profile")) {
		fputs(_("qingnang: --profile needs a NAME.\n"), stderr);
		return BASE_EXIT_USAGE;
	}
	if (at < 0) {
		fprintf(stderr, _("qingnang: '%s' is not an option. "
				  "`qingnang --help` lists them.\n"), argv[-at]);
		return BASE_EXIT_USAGE;
	}
	if (front.version) {
		puts("qingnang " PACKAGE_VERSION);
		return written(BASE_EXIT_OK);
	}
	if (front.help) {
		print_help();
		return written(BASE_EXIT_OK);
	}
	argc -= at;
	pull_profile(&front, &argc, argv + at);
	return written(run_profile(&front, argc, argv + at));
}
