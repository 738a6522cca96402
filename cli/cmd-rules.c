/* SPDX-License-Identifier: Apache-2.0 */
/* `qingnang rules`: what rules hold, what one says, and whether a pack is one. */
#include "cli/commands.h"
#include "tui/desk.h"

#include <stdio.h>
#include <string.h>

struct packs {
	GPtrArray *packs;
	struct care_rules *rules;
};

static void
free_pack(void *pack)
{
	care_pack_free(pack);
}

static void
packs_clear(struct packs *p)
{
	care_rules_free(p->rules);
	g_clear_pointer(&p->packs, g_ptr_array_unref);
}

static struct care_pack *
pack_read(const char *path, GError **error)
{
	g_autoptr(GError) why = NULL;
	struct care_pack *pack = desk_pack_file(path, &why);

	if (!pack) {
		g_autofree char *said = base_text_show(why->message, -1,
		    BASE_ONE_LINE);

		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("%s is no rule pack: %s"), path, said);
	}
	return pack;
}

static gboolean
packs_load(struct cli *cli, struct packs *p, GError **error)
{
	g_auto(GStrv) names = base_setting_list(cli->settings, SET_RULES);

	p->packs = g_ptr_array_new_with_free_func(free_pack);
	for (char **name = names; *name; name++) {
		g_autofree char *path = desk_pack_path(*name);
		struct care_pack *pack = pack_read(path ? path : *name, error);

		if (!pack)
			return FALSE;
		g_ptr_array_add(p->packs, pack);
	}
	p->rules = care_rules_new(
	    (const struct care_pack *const *)p->packs->pdata, p->packs->len,
	    base_now_ms());
	return TRUE;
}

/* ---- check -------------------------------------------------------------- */

static int
rules_check(const char *path)
{
	GError *error = NULL;
	BASE_AUTO(care_pack) pack = pack_read(path, &error);
	g_autoptr(GPtrArray) failed = NULL;
	g_autofree char *title = NULL;
	int ran;

	if (!pack)
		return cli_fail(error);
	title = base_text_show(care_pack_title(pack), -1, BASE_ONE_LINE);
	ran = care_pack_test(pack, &failed);
	printf("%s\n", title);
	for (guint i = 0; i < failed->len; i++) {
		g_autofree char *line = base_text_show(failed->pdata[i], -1,
		    BASE_ONE_LINE);

		printf("✗ %s\n", line);
	}
	printf(_("%d vectors, %u fail\n"), ran, failed->len);
	if (!care_pack_signer(pack))
		printf("%s\n", _("Nobody has signed this pack off."));
	return failed->len > 0 ? BASE_EXIT_FAILED : BASE_EXIT_OK;
}

/* ---- explain, list ------------------------------------------------------ */

static void
rule_fields(struct cli_json *j, const struct care_rule_about *r)
{
	cli_json_text(j, "id", r->id);
	cli_json_text(j, "jurisdiction", r->jurisdiction);
	cli_json_text(j, "severity", care_severity_word(r->severity));
	cli_json_text(j, "kind", r->kind);
	cli_json_text(j, "from", r->from);
	cli_json_text(j, "to", r->to);
	cli_json_text(j, "sentence", r->sentence);
	cli_json_text(j, "document", r->document);
	cli_json_text(j, "article", r->article);
	cli_json_text(j, "confidence", r->confidence);
	cli_json_int(j, "vectors", r->vectors);
	cli_json_text(j, "pack", r->pack);
	cli_json_bool(j, "signed_off", r->signed_off);
}

static void
rule_json(struct cli_json *j, const struct care_rule_about *r)
{
	cli_json_object(j, NULL);
	rule_fields(j, r);
	cli_json_close(j, '}');
}

static void
rule_text(const struct care_rule_about *r)
{
	g_autofree char *id = base_text_fit(r->id, 22);
	static const char *const words[] = {
		[SEVERITY_LOG] = N_("noted"), [SEVERITY_WARN] = N_("warning"),
		[SEVERITY_GATE] = N_("needs a reason"),
		[SEVERITY_BLOCK] = N_("not allowed"),
	};
	g_autofree char *severity = base_text_fit(_(words[r->severity]), 14);
	g_autofree char *sentence = base_text_show(r->sentence, -1,
	    BASE_ONE_LINE);

	printf("%s %s %s\n", id, severity, sentence);
}

static int
rules_list(struct cli *cli, gboolean as_json)
{
	struct packs p = { NULL };
	GError *error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	g_autofree char **ids = NULL;

	if (!packs_load(cli, &p, &error)) {
		packs_clear(&p);
		return cli_fail(error);
	}
	ids = care_rules_ids(p.rules);
	cli_json_array(&j, NULL);
	for (char **id = ids; *id; id++) {
		struct care_rule_about about;

		care_rules_about(p.rules, *id, &about);
		if (as_json)
			rule_json(&j, &about);
		else
			rule_text(&about);
	}
	cli_json_close(&j, ']');
	if (as_json)
		puts(out->str);
	packs_clear(&p);
	return BASE_EXIT_OK;
}

static void
explain_json(const struct care_rules *rules, const char *id, const char *text)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	struct care_rule_about about;

	care_rules_about(rules, id, &about);
	cli_json_object(&j, NULL);
	rule_fields(&j, &about);
	cli_json_text(&j, "explanation", text);
	cli_json_close(&j, '}');
	puts(out->str);
}

static int
rules_explain(struct cli *cli, const char *id, gboolean as_json)
{
	struct packs p = { NULL };
	GError *error = NULL;
	g_autofree char *text = NULL;
	gboolean loaded = packs_load(cli, &p, &error);

	text = loaded ? care_rules_explain(p.rules, id) : NULL;
	if (text && as_json)
		explain_json(p.rules, id, text);
	else if (text)
		fputs(text, stdout);
	packs_clear(&p);
	if (!loaded)
		return cli_fail(error);
	if (!text)
		fprintf(stderr, _("No rule of the packs in use has that id; "
				  "`qingnang rules list` prints them.\n"));
	return text ? BASE_EXIT_OK : BASE_EXIT_NOT_FOUND;
}

static int
rules_run(struct cli *cli, int argc, char **argv)
{
	gboolean as_json = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print JSON"), NULL },
		{ NULL },
	};
	const char *what;
	int code;

	if (!cli_options(&cli_cmd_rules, entries, &argc, &argv, &code))
		return code;
	what = argc > 1 ? argv[1] : "list";
	if (strcmp(what, "list") == 0 && argc <= 2)
		return rules_list(cli, as_json);
	if (strcmp(what, "check") == 0 && argc == 3 && !as_json)
		return rules_check(argv[2]);
	if (strcmp(what, "explain") == 0 && argc == 3)
		return rules_explain(cli, argv[2], as_json);
	fprintf(stderr, _("qingnang rules: say `list [--json]`, `explain ID "
			  "[--json]` or `check FILE`.\n"));
	return BASE_EXIT_USAGE;
}

const struct cli_command cli_cmd_rules = {
	.name = "rules",
	.args = "[list [--json] | explain ID [--json] | check FILE]",
	.summary = N_("the rules of prescribing: list, explain, check a pack"),
	.words = 2,
	.run = rules_run,
};
