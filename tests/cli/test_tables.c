/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that the tables and the papers agree: every command and option stands in
 * qingnang(1) and in each shell's completion, every setting in qingnang.conf(5)
 * with its default, every exit code in the manual, every type that is asked for
 * among its scopes; no name stands twice; every summary is there. And that the JSON
 * writer escapes what a terminal would obey.
 */
#include "tests/tap.h"
#include "cli/commands.h"

static char *
text_of(const char *name)
{
	g_autofree char *path = test_src(name);
	char *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void
commands_are_documented(void **state)
{
	static const char *const papers[] = { "man/qingnang.1",
		"completions/qingnang.bash", "completions/_qingnang",
		"completions/qingnang.fish" };

	for (size_t p = 0; p < G_N_ELEMENTS(papers); p++) {
		g_autofree char *text = text_of(papers[p]);

		for (size_t i = 0; cli_commands[i]; i++)
			if (!strstr(text, cli_commands[i]->name))
				fail_msg("%s: no %s", papers[p],
				    cli_commands[i]->name);
	}
}

static void
commands_are_whole(void **state)
{
	for (size_t i = 0; cli_commands[i]; i++) {
		assert_non_null(cli_commands[i]->args);
		assert_non_null(cli_commands[i]->summary);
		assert_non_null(cli_commands[i]->run);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(cli_commands[i]->name,
			    cli_commands[k]->name);
	}
}

static void
settings_are_documented(void **state)
{
	g_autofree char *text = text_of("man/qingnang.conf.5");

	for (int i = 0; i < SET_COUNT_; i++) {
		const struct setting_def *d = &setting_defs[i];
		g_autofree char *item = g_strdup_printf(".It Ic %s Ns = Ns",
		    d->key);
		g_autofree char *fallback = *d->fallback
		    ? g_strdup_printf("Default: %s.", d->fallback)
		    : g_strdup("Default: empty.");
		const char *at = strstr(text, item), *next;
		g_autofree char *entry = NULL;

		if (!at)
			fail_msg("no %s", item);
		next = strstr(at + 1, ".It Ic ");
		entry = next ? g_strndup(at, (gsize)(next - at))
			     : g_strdup(at);
		if (!strstr(entry, fallback))
			fail_msg("%s: %s", d->key, fallback);
		if (!strstr(entry, d->help))
			fail_msg("%s: another help", d->key);
	}
}

static void
exit_codes_are_documented(void **state)
{
	g_autofree char *text = text_of("man/qingnang.1");
	const char *section = strstr(text, ".Sh EXIT STATUS");

	assert_non_null(section);
	for (int code = BASE_EXIT_OK; code <= BASE_EXIT_BAD_SIGNATURE; code++) {
		g_autofree char *item = g_strdup_printf("\n.It %d\n", code);

		assert_non_null(strstr(section, item));
	}
}

/* Each type that the tables of net/ ask for stands among the scopes of
 * qingnang-fhir(7): a server that grants those and no more serves everything. */
static void
scopes_are_documented(void **state)
{
	static const char *const tables[] = { "net/chart.c", "net/wants.c",
		"net/me.c", "net/pull.c", "net/pull_rx.c", "net/file.c",
		"net/provenance.c", "net/push_file.c", "net/socket_bind.c" };
	g_autofree char *page = text_of("man/qingnang-fhir.7");
	g_autoptr(GRegex) types = g_regex_new("\"( ?[A-Z][a-z][A-Za-z]*)+ ?\"",
	    0, 0, NULL);
	guint n = 0;

	for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
		g_autofree char *text = text_of(tables[t]);
		g_autoptr(GMatchInfo) at = NULL;

		g_regex_match(types, text, 0, &at);
		for (; g_match_info_matches(at); g_match_info_next(at, NULL)) {
			g_autofree char *all = g_match_info_fetch(at, 0);
			g_auto(GStrv) names = g_strsplit_set(all, "\" ", -1);

			for (char **name = names; *name; name++) {
				g_autofree char *scope = g_strdup_printf(
				    "user/%s.", *name);

				if (!**name)
					continue;
				n++;
				if (!strstr(page, scope))
					fail_msg("%s: no %s", tables[t], scope);
			}
		}
	}
	assert_true(n >= 60);
}

static void
json_obeys_nobody(void **state)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out };
	BASE_AUTO(fhir_doc) doc = NULL;

	cli_json_object(&j, NULL);
	cli_json_text(&j, "a", "\x1b]0;x\x07\"\\\n\xc2\x9b" "31m\x7f\xff张");
	cli_json_int(&j, "b", -3);
	cli_json_text(&j, "c", NULL);
	cli_json_array(&j, "d");
	cli_json_bool(&j, NULL, TRUE);
	cli_json_close(&j, ']');
	cli_json_close(&j, '}');
	for (const char *p = out->str; *p; p++)
		assert_false((unsigned char)*p < 0x20 || *p == 0x7f);
	assert_null(strstr(out->str, "\xc2\x9b"));
	doc = fhir_parse(out->str, out->len, &fhir_limits_default, NULL);
	assert_non_null(doc);
	assert_string_equal(fhir_text(fhir_root(doc), "a"),
	    "\x1b]0;x\x07\"\\\n\xc2\x9b" "31m\x7f\xef\xbf\xbd张");
	assert_string_equal(fhir_number(fhir_root(doc), "b"), "-3");
}

static void
every_string_has_its_chinese(void **state)
{
	/* Every message of the sources, and none fuzzy or without words. */
	g_autofree char *src = test_src("");
	g_autofree char *command = g_strdup_printf("cd '%s' && "
	    "xgettext --from-code=UTF-8 --language=C --keyword=_ --keyword=N_ "
	    "--keyword=NGETTEXT:1,2 -o - base/*.[ch] fhir/*.[ch] care/*.[ch] "
	    "store/*.[ch] net/*.[ch] tui/*.[ch] cli/*.[ch] | "
	    "LC_ALL=C msgcmp po/zh_CN.po -", src);
	g_autofree char *err = NULL;
	const char *const argv[] = { "sh", "-c", command, NULL };
	int status = -1;

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &err, &status, NULL));
	if (status != 0)
		fail_msg("%.2000s", err);
}

/* What stands around a Chinese sign takes its room: "，", not ",". */
static void
chinese_has_its_own_stops(void **state)
{
	g_autofree char *text = text_of("po/zh_CN.po");
	g_autoptr(GRegex) half = g_regex_new(
	    "^(msgstr.*|\".*)[\\x{4e00}-\\x{9fff}”）][,;?!]",
	    G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) found = NULL;

	assert_non_null(half);
	if (g_regex_match(half, text, 0, &found)) {
		g_autofree char *line = g_match_info_fetch(found, 0);

		fail_msg("%s", line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_documented),
		cmocka_unit_test(commands_are_whole),
		cmocka_unit_test(settings_are_documented),
		cmocka_unit_test(exit_codes_are_documented),
		cmocka_unit_test(scopes_are_documented),
		cmocka_unit_test(json_obeys_nobody),
		cmocka_unit_test(every_string_has_its_chinese),
		cmocka_unit_test(chinese_has_its_own_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
