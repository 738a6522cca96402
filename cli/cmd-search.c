/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "store/search.h"
#include "tui/desk.h"

#include <stdio.h>
#include <string.h>

/* A person waits for a command once. */
enum { PATIENCE_MS = 5000 };

static const char *const kind_ids[FOUND_KINDS_] = {
	[FOUND_PATIENT] = "patient", [FOUND_MESSAGE] = "message",
	[FOUND_TOPIC] = "topic", [FOUND_ALLERGY] = "allergy",
	[FOUND_PROBLEM] = "problem", [FOUND_DRUG] = "drug",
	[FOUND_RESULT] = "result", [FOUND_DOCUMENT] = "document",
	[FOUND_VISIT] = "visit", [FOUND_ENTRY] = "entry",
	[FOUND_REPORT] = "report",
};

static void
hit_json(struct cli_json *j, const struct search_hit *hit)
{
	cli_json_object(j, NULL);
	cli_json_text(j, "kind", kind_ids[hit->kind]);
	cli_json_text(j, "ref", hit->ref);
	cli_json_patient(j, "patient", &hit->patient);
	cli_json_time(j, "when", hit->when_ms);
	cli_json_text(j, "line", hit->line);
	cli_json_int(j, "from", (int64_t)hit->from_byte);
	cli_json_int(j, "to", (int64_t)hit->to_byte);
	cli_json_text(j, "as", hit->as);
	cli_json_close(j, '}');
}

/* The line with the hit between brackets. */
static char *
hit_marked(const struct search_hit *hit)
{
	char *part[SEARCH_PARTS];
	g_autofree char *before = NULL, *found = NULL, *after = NULL;

	search_hit_show(hit, part);
	before = part[SEARCH_BEFORE];
	found = part[SEARCH_FOUND];
	after = part[SEARCH_BEHIND];
	return g_strdup_printf(hit->to_byte > hit->from_byte ? "%s[%s]%s" :
	    "%s%s%s", before, found, after);
}

static void
hit_line(const struct search_hit *hit)
{
	g_autofree char *name = words_name(&hit->patient);
	g_autofree char *name_fit = base_text_fit(name, 14);
	/* A date is no more exact than it was written. */
	g_autofree char *when = hit->date && strlen(hit->date) <
	    strlen("2026-01-31") ? base_text_show(hit->date, -1, BASE_ONE_LINE)
	    : hit->when_ms ? base_time_words(hit->when_ms) : g_strdup("");
	g_autofree char *when_fit = base_text_fit(when, 16);
	g_autofree char *line = hit_marked(hit);
	g_autofree char *kind = base_text_fit(desk_found_words(hit->kind), 11);

	g_autofree char *marks = words_marks(&hit->patient);
	const char *status = desk_found_status(hit->status);

	printf("%s %s %s %s%s%s%s%s  %s\n", kind, name_fit, when_fit, marks,
	    *marks ? "  " : "", line, *status ? "  ! " : "", status,
	    hit->ref ? hit->ref : "");
}

static void
page_print(const struct search_page *page, gboolean as_json)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json json = { .out = out, .pretty = TRUE };

	if (as_json)
		cli_json_array(&json, NULL);
	for (size_t i = 0; i < page->n; i++)
		if (as_json)
			hit_json(&json, &page->hits[i]);
		else
			hit_line(&page->hits[i]);
	if (as_json) {
		cli_json_close(&json, ']');
		puts(out->str);
	}
	if (page->said)
		fprintf(stderr, _("Compared with %s.\n"), page->said);
	if (page->refused > 0)
		fprintf(stderr, _("Left out, for their units do not convert: "
		    "%d.\n"), page->refused);
	if (page->cut)
		fprintf(stderr, "%s\n", _("There is more: say more, or ask for "
		    "more with --limit."));
	if (page->left > 0)
		fprintf(stderr, _("The search index is not complete yet: %d "
		    "documents are to come.\n"), (int)page->left);
}

static int
search_for(struct cli *cli, const char *text, int limit, gboolean as_json)
{
	struct search_fault fault;
	BASE_AUTO(search_query) query = desk_search_parse(text, &fault);
	BASE_AUTO(store) store = NULL;
	BASE_AUTO(search_page) page = NULL;
	GError *error = NULL;

	if (!query) {
		g_autofree char *words = search_fault_words(text, &fault);

		fprintf(stderr, "qingnang: %s\n", words);
		return BASE_EXIT_USAGE;
	}
	store = cli_store(cli, &error);
	page = store ? store_search(store, query, limit,
	    PATIENCE_MS, &error) : NULL;
	if (!page)
		return cli_fail(error);
	page_print(page, as_json);
	return BASE_EXIT_OK;
}

static int
search_run(struct cli *cli, int argc, char **argv)
{
	gboolean as_json = FALSE;
	int limit = 50, code;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print a JSON array"), NULL },
		{ "limit", 0, 0, G_OPTION_ARG_INT, &limit,
		    N_("at most N hits (50; 200 at most)"), "N" },
		{ NULL },
	};
	g_autofree char *text = NULL;

	if (!cli_options(&cli_cmd_search, entries, &argc, &argv, &code))
		return code;
	text = g_strjoinv(" ", argv + 1);
	if (argc < 2 || limit < 1 || limit > 200) {
		fprintf(stderr, "qingnang: %s\n", _("usage: qingnang search "
		    "QUERY… [--json] [--limit 1–200]"));
		return BASE_EXIT_USAGE;
	}
	return search_for(cli, text, limit, as_json);
}

const struct cli_command cli_cmd_search = {
	.name = "search",
	.args = "QUERY… [--json] [--limit N]",
	.summary = N_("find names, messages, results and the rest of the chart"),
	.needs_profile = TRUE,
	.words = 64,
	.run = search_run,
};
