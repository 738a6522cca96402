/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

struct signer_options {
	char *label;
	gboolean replace, as_json;
};

/* ---- what there is ------------------------------------------------------ */

static void
info_json(const struct signer_info *info)
{
	static const char *const kinds[] = { [SIGNER_NONE] = "none",
		[SIGNER_SOFTWARE] = "software", [SIGNER_TOKEN] = "token" };
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_object(&j, NULL);
	cli_json_text(&j, "kind", kinds[info->kind]);
	cli_json_text(&j, "thumbprint", info->thumbprint);
	cli_json_time(&j, "since", info->from_ms);
	cli_json_text(&j, "label", info->words);
	cli_json_text(&j, "module", info->module);
	cli_json_close(&j, '}');
	puts(out->str);
}

static void
info_text(const struct signer_info *info)
{
	g_autofree char *since = base_time_words(info->from_ms);
	g_autofree char *label = base_text_show(info->words ? info->words : "",
	    -1, BASE_ONE_LINE);
	g_autofree char *module = base_text_show(info->module ? info->module :
	    "", -1, BASE_ONE_LINE);

	if (info->kind == SIGNER_NONE) {
		puts(_("There is no signing key yet. Make one with: qingnang "
		       "signer new"));
		return;
	}
	if (info->kind == SIGNER_TOKEN)
		printf(_("A token signs: %s (%s), since %s\n"), label, module,
		    since);
	else
		printf(_("A key in the vault signs, since %s\n"), since);
	printf(_("Its thumbprint: %s\n"), info->thumbprint);
}

static gboolean
show(struct cli *cli, struct store *store, const struct signer_options *o,
    const char *word, GError **error)
{
	struct signer_info info;

	if (!store_signer(store, &info, error))
		return FALSE;
	if (o->as_json)
		info_json(&info);
	else
		info_text(&info);
	signer_info_clear(&info);
	return TRUE;
}

/* ---- making and naming -------------------------------------------------- */

/* Before a person types for nothing. */
static gboolean
may_make(struct store *store, const struct signer_options *o, GError **error)
{
	struct signer_info info;
	gboolean may;

	if (!store_signer(store, &info, error)) {
		/* One that is damaged may be replaced. */
		if (!o->replace || !error || !g_error_matches(*error,
		    STORE_ERROR, STORE_ERROR_SIGNER_DAMAGED))
			return FALSE;
		g_clear_error(error);
		return TRUE;
	}
	may = info.kind == SIGNER_NONE || o->replace;
	signer_info_clear(&info);
	if (!may)
		g_set_error(error, STORE_ERROR, STORE_ERROR_SIGNER_THERE,
		    "there is a signing key already");
	return may;
}

static gboolean
make(struct cli *cli, struct store *store, const struct signer_options *o,
    const char *word, GError **error)
{
	BASE_AUTO(base_secret) secret = NULL;

	if (!may_make(store, o, error))
		return FALSE;
	secret = cli_signing_secret_new(error);
	return secret && store_signer_create(store, secret, &vault_kdf_default,
	    o->replace, base_now_ms(), error) &&
	    show(cli, store, o, NULL, error);
}

static gboolean
name_token(struct cli *cli, struct store *store,
    const struct signer_options *o, const char *module, GError **error)
{
	BASE_AUTO(base_secret) pin = NULL;

	if (!may_make(store, o, error))
		return FALSE;
	pin = cli_signing_secret(_("PIN of the token:"), error);
	return pin && store_signer_token(store, module, o->label, pin,
	    o->replace, base_now_ms(), error) &&
	    show(cli, store, o, NULL, error);
}

static gboolean
is_software(struct store *store, GError **error)
{
	struct signer_info info;
	enum signer_kind kind;

	if (!store_signer(store, &info, error))
		return FALSE;
	kind = info.kind;
	signer_info_clear(&info);
	if (kind == SIGNER_NONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NO_SIGNER,
		    "no signing key");
	else if (kind == SIGNER_TOKEN)
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("A token signs here; its PIN is changed by the token's own "
		      "program."));
	return kind == SIGNER_SOFTWARE;
}

static gboolean
change(struct cli *cli, struct store *store, const struct signer_options *o,
    const char *word, GError **error)
{
	BASE_AUTO(base_secret) old = NULL;
	BASE_AUTO(base_secret) fresh = NULL;
	BASE_AUTO(signer) signer = NULL;

	if (!is_software(store, error))
		return FALSE;
	old = cli_signing_secret(_("Present signing secret:"), error);
	/* Checked first: nobody types a new one twice for nothing. */
	signer = old ? store_signer_open(store, old, 0, error) : NULL;
	fresh = signer ? cli_signing_secret_new(error) : NULL;
	if (!fresh || !store_signer_change(store, old, fresh,
	    &vault_kdf_default, error))
		return FALSE;
	if (!o->as_json)
		puts(_("The signing secret is changed. The key is the same."));
	return !o->as_json || show(cli, store, o, NULL, error);
}

/* ---- the command -------------------------------------------------------- */

static const struct verb {
	const char *word;
	int words; /* with itself */
	gboolean (*run)(struct cli *cli, struct store *store,
	    const struct signer_options *o, const char *word, GError **error);
} verbs[] = {
	{ "new", 1, make },
	{ "token", 2, name_token },
	{ "secret", 1, change },
};

static const struct verb *
verb_of(int argc, char **argv)
{
	static const struct verb plain = { NULL, 0, show };

	if (argc == 1)
		return &plain;
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (g_str_equal(argv[1], verbs[i].word) &&
		    argc == 1 + verbs[i].words)
			return &verbs[i];
	return NULL;
}

static int
run_verb(struct cli *cli, const struct verb *verb,
    const struct signer_options *o, const char *word)
{
	GError *error = NULL;
	BASE_AUTO(store) store = cli_store(cli, &error);

	if (!store)
		return cli_fail(error);
	/* A token's library meets here the filter that it will sign under. */
	cli_guard();
	return verb->run(cli, store, o, word, &error) ? BASE_EXIT_OK
						      : cli_fail(error);
}

static int
signer_run(struct cli *cli, int argc, char **argv)
{
	struct signer_options o = { 0 };
	g_autofree char *label = NULL;
	const GOptionEntry entries[] = {
		{ "label", 0, 0, G_OPTION_ARG_STRING, &label,
		    N_("the token's label, where there are several"), "LABEL" },
		{ "replace", 0, 0, G_OPTION_ARG_NONE, &o.replace,
		    N_("in place of the present signing key"), NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.as_json,
		    N_("print a JSON object"), NULL },
		{ NULL },
	};
	const struct verb *verb;
	int code;

	if (!cli_options(&cli_cmd_signer, entries, &argc, &argv, &code))
		return code;
	o.label = label;
	verb = verb_of(argc, argv);
	if (!verb) {
		fprintf(stderr, _("qingnang signer: say new, token MODULE, "
				  "secret, or nothing.\n"));
		return BASE_EXIT_USAGE;
	}
	return run_verb(cli, verb, &o, argc > 2 ? argv[2] : NULL);
}

const struct cli_command cli_cmd_signer = {
	.name = "signer",
	.args = "[new|token MODULE|secret] [--json]",
	.summary = N_("the key that signs prescriptions"),
	.needs_profile = TRUE,
	.words = 2,
	.run = signer_run,
};
