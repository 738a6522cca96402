/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that qingnang(1) and what the commands print with --json are one: every
 * field of every command, at the practice clinic, stands in that command's part of
 * the manual, and every field that the manual names is printed. That every option
 * of a command's --help stands in the manual and in the completions of bash, zsh
 * and fish, where they speak of that command.
 */
#include "tests/tap.h"
#include "tests/cli/kit_rx.h"
#include "cli/commands.h"

#include <glib/gstdio.h>

static char *
text_of(const char *name)
{
	g_autofree char *path = test_src(name);
	char *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

/* ---- the manual --------------------------------------------------------- */

static gboolean
is_field(const char *word)
{
	return *word && strspn(word, "abcdefghijklmnopqrstuvwxyz_") ==
	    strlen(word);
}

/* Words behind Va, to the end of the line. */
static void
fields_of(GHashTable *fields, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	gboolean on = FALSE;

	for (char **word = words; *line == '.' && *word; word++) {
		if (strcmp(*word, "Va") == 0 || strcmp(*word, ".Va") == 0)
			on = TRUE;
		else if (on && is_field(*word))
			g_hash_table_add(fields, g_strdup(*word));
	}
}

/* Name of a part to the set of fields it names. */
static GHashTable *
parts_new(void)
{
	g_autofree char *text = text_of("man/qingnang.1");
	char *at = strstr(text, ".Sh JSON OUTPUT"), *end;
	GHashTable *parts = g_hash_table_new_full(g_str_hash, g_str_equal,
	    g_free, (GDestroyNotify)g_hash_table_unref);
	GHashTable *fields = NULL;
	g_auto(GStrv) lines = NULL;

	assert_non_null(at);
	end = strstr(at, ".Sh ENVIRONMENT");
	assert_non_null(end);
	*end = '\0';
	lines = g_strsplit(at, "\n", -1);
	for (char **line = lines; *line; line++) {
		if (g_str_has_prefix(*line, ".Ss ")) {
			fields = g_hash_table_new_full(g_str_hash,
			    g_str_equal, g_free, NULL);
			g_hash_table_insert(parts, g_strdup(*line + 4),
			    fields);
		} else if (fields) {
			fields_of(fields, *line);
		}
	}
	return parts;
}

/* ---- what is printed ---------------------------------------------------- */

struct seen { GHashTable *fields, *patient; };

static void
look(struct seen *seen, GHashTable *into, const fhir_node *node)
{
	struct fhir_each each;
	const fhir_node *child;
	const char *key;

	fhir_each(&each, node);
	while ((child = fhir_each_next(&each, &key))) {
		if (key)
			g_hash_table_add(into, g_strdup(key));
		/* The server's own record is the server's. */
		if (g_strcmp0(key, "resource") != 0)
			look(seen, g_strcmp0(key, "patient") == 0 ?
			    seen->patient : into, child);
	}
}

/* One command, its fields added to those of its part. Words are parted by
 * blanks, "_" is a blank within one. */
static void
run_for(struct home *h, GHashTable *printed, const char *part,
    const char *command)
{
	struct seen seen = { g_hash_table_lookup(printed, part),
		g_hash_table_lookup(printed, "patient") };
	g_auto(GStrv) words = g_strsplit(command, " ", -1);
	const char *w[6] = { 0 };
	BASE_AUTO(fhir_doc) doc = NULL;
	int code;

	if (!seen.fields) {
		seen.fields = g_hash_table_new_full(g_str_hash, g_str_equal,
		    g_free, NULL);
		g_hash_table_insert(printed, g_strdup(part), seen.fields);
	}
	assert_true(g_strv_length(words) <= G_N_ELEMENTS(w));
	for (size_t i = 0; words[i]; i++)
		w[i] = g_strdelimit(words[i], "_", ' ');
	code = home_run(h, NULL, P, w[0], w[1], w[2], w[3], w[4], w[5], NULL);
	if (code != 0)
		fail_msg("%s: %d: %s", command, code, h->err);
	doc = home_json(h);
	look(&seen, seen.fields, fhir_child(fhir_root(doc), "all"));
}

static const struct { const char *part, *command; } runs[] = {
	{ "queue", "queue --json" },
	{ "show", "show pt0-t1 --json" },
	{ "show", "show pt1-r0-inr --json" },
	{ "show", "show rn0-task-renew0 --json" },
	{ "show", "show Encounter/pt6-e-in --json" },
	{ "chart", "chart pt0 --json" },
	{ "search", "search 头 --json" },
	{ "search", "search 肌酐_>_0.1_mg/dL --json" },
	{ "results", "results pt0 --json" },
	{ "results", "results pt0 肌酐 --json" },
	{ "results", "results pt0 --years --json" },
	{ "home", "home --json" },
	{ "home", "home pt0 --json" },
	{ "attachment", "attachment Communication/pt0-t1-8 --json" },
	{ "renewals", "renewals --json" },
	{ "rx list , rx show , rx new", "rx new pt0 氨氯地平_5mg_qd_28d "
	    "--json" },
	{ "rx list , rx show , rx new", "rx list --json" },
	{ "rx list , rx show , rx new", "rx show 1 --json" },
	{ "ack , recall", "ack pt1-r0-inr --json" },
	{ "ack , recall", "recall pt4-r0-bnp 14d --json" },
	{ "status", "status --json" },
	{ "signer", "signer --json" },
	{ "rules list , rules explain", "rules list --json" },
	{ "rules list , rules explain", "rules explain CN-25 --json" },
};

/* Every part has each field that was printed for it, and no other. */
static void
assert_same(GHashTable *parts, GHashTable *printed)
{
	GHashTableIter i, k;
	void *part, *named, *field;

	g_hash_table_iter_init(&i, parts);
	while (g_hash_table_iter_next(&i, &part, &named)) {
		GHashTable *seen = g_hash_table_lookup(printed, part);

		if (!seen)
			fail_msg("nothing was printed for %s", (char *)part);
		g_hash_table_iter_init(&k, named);
		while (g_hash_table_iter_next(&k, &field, NULL))
			if (!g_hash_table_contains(seen, field))
				fail_msg("%s does not print %s", (char *)part,
				    (char *)field);
		g_hash_table_iter_init(&k, seen);
		while (g_hash_table_iter_next(&k, &field, NULL))
			if (!g_hash_table_contains(named, field))
				fail_msg("%s is not in the manual of %s",
				    (char *)field, (char *)part);
	}
	assert_int_equal(g_hash_table_size(parts), g_hash_table_size(printed));
}

/* Too quick a heart at noon of the last three days: what the seed's patients read
 * on which day depends on the hour. A directory for --load; owned. */
static char *
three_days(struct home *h)
{
	static const char form[] = "{\"resourceType\":\"Observation\","
	    "\"id\":\"noon%d\",\"status\":\"final\",\"code\":{\"coding\":[{"
	    "\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}],\"text\":"
	    "\"心率\"},\"subject\":{\"reference\":\"Patient/pt0\"},"
	    "\"performer\":[{\"reference\":\"Patient/pt0\"}],"
	    "\"effectiveDateTime\":\"%sT12:00:00Z\",\"valueQuantity\":{"
	    "\"value\":121,\"unit\":\"/min\"},\"interpretation\":[{\"coding\":"
	    "[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
	    "v3-ObservationInterpretation\",\"code\":\"H\"}]}]}";
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	char *dir = g_build_filename(h->dir, "load", NULL);

	assert_int_equal(g_mkdir(dir, 0700), 0);
	for (int i = 1; i <= 3; i++) {
		g_autoptr(GDateTime) then = g_date_time_add_days(now, -i);
		g_autofree char *day = g_date_time_format(then, "%Y-%m-%d");
		g_autofree char *name = g_strdup_printf("load/%d.json", i);
		g_autofree char *text = g_strdup_printf(form, i, day);

		g_free(home_write(h, name, text));
	}
	return dir;
}

static void
every_field_is_in_the_manual(void **state)
{
	struct home *h = home_new();
	g_autoptr(GHashTable) parts = parts_new();
	g_autoptr(GHashTable) printed = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
	g_autofree char *id = NULL, *verify = NULL, *load = three_days(h);
	GPid sync;

	g_hash_table_insert(printed, g_strdup("patient"), g_hash_table_new_full(
	    g_str_hash, g_str_equal, g_free, NULL));
	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	home_clinic(h, "--tls", "--seed", "7", "--patients", "12",
	    "--renewals", "1", "--pace", "0", "--load", load, NULL);
	sync = device(h, "p");
	for (size_t i = 0; i < G_N_ELEMENTS(runs); i++)
		run_for(h, printed, runs[i].part, runs[i].command);
	id = renew(h, "p", TASK);
	signs(h, "p", id);
	comes_to(h, "p", id, "awaiting-review");
	verify = g_strdup_printf("verify %s --json", id);
	run_for(h, printed, "verify", verify);
	assert_same(parts, printed);
	home_sync_stop(sync, 0);
	home_free(h);
}

/* ---- options ------------------------------------------------------------ */

/* What a paper says of one command: of a page its items, of a completion its case
 * or, in fish, the lines that are for it. */
static char *
part_of(const char *paper, const char *text, const char *command)
{
	static const struct { const char *end, *pattern; } ways[] = {
		{ ".1", "\n\\.It Ic %s(?![a-z]).*?(?=\n\\.Sh|\n\\.It Ic "
		    "(?!%1$s(?![a-z])))" },
		{ ".fish", "(\nfor [^\n]*)?\n[^\n]*from [^'\n]*"
		    "(?<![a-z])%s(?![a-z])[^'\n]*'[^\n]*" },
		{ "", "\n\t([a-z|]*\\|)?%s(\\|[a-z|]*)?\\) .*?;;" },
	};
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GMatchInfo) found = NULL;
	g_autoptr(GString) pattern = NULL;
	g_autoptr(GRegex) regex = NULL;
	size_t way = 0;

	while (!g_str_has_suffix(paper, ways[way].end))
		way++;
	pattern = g_string_new(ways[way].pattern);
	g_string_replace(pattern, "%1$s", command, 0);
	g_string_replace(pattern, "%s", command, 0);
	regex = g_regex_new(pattern->str, G_REGEX_DOTALL, 0, NULL);
	assert_non_null(regex);
	for (g_regex_match(regex, text, 0, &found); g_match_info_matches(found);
	    g_match_info_next(found, NULL)) {
		g_autofree char *one = g_match_info_fetch(found, 0);

		g_string_append(all, one);
	}
	return g_string_free(g_steal_pointer(&all), FALSE);
}

/* The option's name whole: "Fl -json" or "Fl -json | -raw" of a page, "json" of
 * fish, "--json". */
static gboolean
has_option(const char *paper, const char *part, const char *name)
{
	g_autofree char *pattern = g_strdup_printf("%s%s(?![a-z-])",
	    g_str_has_suffix(paper, ".1") ? "Fl ([^\\n]* )?-" : g_str_has_suffix(paper,
	    ".fish") ? "(?<![a-z-])" : "--", name);

	return g_regex_match_simple(pattern, part, 0, 0);
}

static void
options_of(struct home *h, const char *const *papers, const char *command,
    GString *missing)
{
	g_autofree char *help = g_strdup(h->out);
	g_autoptr(GRegex) option = g_regex_new("^ .*?--([a-z][a-z-]*)",
	    G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) found = NULL;

	g_regex_match(option, help, 0, &found);
	for (; g_match_info_matches(found); g_match_info_next(found, NULL)) {
		g_autofree char *name = g_match_info_fetch(found, 1);

		for (size_t p = 0; papers[p]; p++) {
			g_autofree char *text = text_of(papers[p]);
			g_autofree char *part = part_of(papers[p], text,
			    command);

			if (strcmp(name, "help") != 0 &&
			    !has_option(papers[p], part, name))
				g_string_append_printf(missing,
				    "%s: no --%s of %s\n", papers[p], name,
				    command);
		}
	}
}

/* zsh offers no option behind a word that no rule of the command expects. */
static void
zsh_expects_every_word(void **state)
{
	g_autofree char *text = text_of("completions/_qingnang");

	for (size_t i = 0; cli_commands[i]; i++) {
		const struct cli_command *c = cli_commands[i];
		g_autofree char *part = part_of("completions/_qingnang", text,
		    c->name);
		gboolean any = strstr(part, "'*:") != NULL;

		for (int word = 1; word <= MIN(c->words, 9) && !any; word++) {
			char rule[] = { '\'', (char)('0' + word), ':', '\0' };

			if (!strstr(part, rule))
				fail_msg("%s: word %d is not expected", c->name,
				    word);
		}
	}
}

static void
every_option_is_written_down(void **state)
{
	static const char *const papers[] = { "man/qingnang.1",
		"completions/qingnang.bash", "completions/_qingnang",
		"completions/qingnang.fish", NULL };
	g_autoptr(GString) missing = g_string_new(NULL);
	struct home *h = home_new();

	for (size_t i = 0; cli_commands[i]; i++) {
		assert_int_equal(home_run(h, NULL, cli_commands[i]->name,
		    "--help", NULL), 0);
		options_of(h, papers, cli_commands[i]->name, missing);
	}
	if (missing->len)
		fail_msg("%s", missing->str);
	home_free(h);
}

/* A quotation holds one word: ".Ql a , b" would be one of two. */
static void
quotations_hold_one_word(void **state)
{
	static const char *const pages[] = { "man/qingnang.1",
		"man/qingnang-sync.1", "man/qingnang-clinic.1",
		"man/qingnang.conf.5", "man/qingnang-fhir.7",
		"man/qingnang-rules.5", "man/qingnang-vault.7" };

	for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
		g_autofree char *text = text_of(pages[i]);
		g_autoptr(GRegex) two = g_regex_new("^\\.(.* )?Ql \\S+ , .*",
		    G_REGEX_MULTILINE, 0, NULL);
		g_autoptr(GMatchInfo) found = NULL;

		if (g_regex_match(two, text, 0, &found)) {
			g_autofree char *line = g_match_info_fetch(found, 0);

			fail_msg("%s: %s", pages[i], line);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_in_the_manual),
		cmocka_unit_test(every_option_is_written_down),
		cmocka_unit_test(zsh_expects_every_word),
		cmocka_unit_test(quotations_hold_one_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
