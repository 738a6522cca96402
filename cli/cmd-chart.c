/* SPDX-License-Identifier: Apache-2.0 */
/* `chart`: a patient's whole chart as the page shows it. */
#include "cli/commands.h"

#include "tui/chart_page.h"

#include <stdio.h>

enum { CHART_LIMIT = 200, CHART_LIMIT_MAX = 100000 };

/* The words of the JSON; index by the enums. */
static const char *const made_words[] = {
	[FHIR_MADE_BY_PERSON] = "person", [FHIR_MADE_BY_MACHINE] = "machine",
	[FHIR_MADE_BY_PATIENT] = "patient", [FHIR_MADE_UNKNOWN] = "unknown",
};

/* ---- JSON --------------------------------------------------------------- */

static void
line_json(struct cli_json *j, const struct page_line *l, int64_t now_ms)
{
	g_autoptr(GPtrArray) marks = chart_row_marks(l, now_ms);

	cli_json_object(j, NULL);
	cli_json_text(j, "ref", l->entry.ref);
	cli_json_text(j, "words", l->entry.words);
	cli_json_text(j, "detail", l->entry.detail);
	cli_json_text(j, "status", cli_entry_word(l->entry.status));
	cli_json_text(j, "date", l->entry.date);
	cli_json_text(j, "until", l->until);
	cli_json_text(j, "by", l->by);
	cli_json_text(j, "made_by", made_words[l->made]);
	cli_json_bool(j, "merged_record", l->other_record);
	cli_json_array(j, "marks");
	for (guint i = 0; i < marks->len; i++)
		cli_json_text(j, NULL, marks->pdata[i]);
	cli_json_close(j, ']');
	cli_json_close(j, '}');
}

static void
lines_json(struct cli_json *j, const char *key, GPtrArray *lines,
    int64_t now_ms)
{
	cli_json_array(j, key);
	for (guint i = 0; i < lines->len; i++)
		line_json(j, lines->pdata[i], now_ms);
	cli_json_close(j, ']');
}

static void
drugs_json(struct cli_json *j, const GPtrArray *times, int64_t now_ms)
{
	cli_json_array(j, "drugs");
	for (guint i = 0; i < times->len; i++) {
		const struct drug_time *t = times->pdata[i];

		cli_json_object(j, NULL);
		cli_json_text(j, "words", t->words);
		cli_json_bool(j, "current", timeline_stands(t));
		cli_json_known(j, "days_left", t->days_left != G_MININT,
		    t->days_left);
		cli_json_known(j, "refills_left", t->refills >= 0, t->refills);
		cli_json_int(j, "handed_out", t->handed);
		cli_json_int(j, "gaps", t->gaps);
		lines_json(j, "orders", t->orders, now_ms);
		lines_json(j, "dispenses", t->fills, now_ms);
		cli_json_close(j, '}');
	}
	cli_json_close(j, ']');
}

static void
section_json(struct cli_json *j, const struct chart_page *page,
    enum chart_section s, int64_t now_ms)
{
	const struct page_section *of = &page->sections[s];

	cli_json_object(j, cli_section_word(s));
	cli_json_text(j, "state", cli_section_state_word(page->state[s]));
	cli_json_int(j, "count", of->total);
	if (s != CHART_DRUGS) {
		cli_json_array(j, "entries");
		for (size_t i = 0; i < of->n; i++)
			line_json(j, &of->lines[i], now_ms);
		cli_json_close(j, ']');
	}
	cli_json_close(j, '}');
}

static void
page_json(const struct chart_page *page, const GPtrArray *times,
    int64_t now_ms)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_object(&j, NULL);
	cli_json_patient(&j, "patient", &page->patient);
	cli_json_object(&j, "sections");
	for (int i = 0; i < chart_page_order_n; i++)
		section_json(&j, page, chart_page_order[i], now_ms);
	cli_json_close(&j, '}');
	drugs_json(&j, times, now_ms);
	cli_json_close(&j, '}');
	puts(out->str);
}

/* ---- lines -------------------------------------------------------------- */

static void
line_text(const struct page_line *l, int64_t now_ms)
{
	g_autoptr(GPtrArray) marks = chart_row_marks(l, now_ms);
	g_autofree char *words = chart_row_words(l);
	g_autofree char *dates = chart_row_dates(l);
	g_autofree char *detail = chart_row_detail(l);

	printf("  %s%s%s%s\n", dates ? dates : "", dates ? "  " : "",
	    l->entry.status == ENTRY_KNOWN_NONE ? _("known none: ") : "",
	    words);
	for (guint i = 0; i < marks->len; i++)
		printf("    ! %s\n", (char *)marks->pdata[i]);
	if (*detail)
		printf("    %s\n", detail);
}

static void
drug_text(const struct drug_time *t, int64_t now_ms)
{
	g_autofree char *name = chart_drug_name(t);
	g_autofree char *left = chart_drug_left(t);
	g_autofree char *words = chart_drug_words(t);
	g_autofree char *detail = t->now ? chart_row_detail(t->now) : NULL;
	g_autoptr(GPtrArray) marks = t->now ? chart_row_marks(t->now, now_ms) :
	    NULL;

	printf("  %s%s%s\n", name, left ? "  " : "", left ? left : "");
	for (guint i = 0; marks && i < marks->len; i++)
		printf("    ! %s\n", (char *)marks->pdata[i]);
	if (detail && *detail)
		printf("    %s\n", detail);
	printf("    %s\n", words);
}

static void
section_text(const struct chart_page *page, const GPtrArray *times,
    enum chart_section s, int64_t now_ms)
{
	const struct page_section *of = &page->sections[s];
	const char *state = chart_state_words(page->state[s]);

	printf("\n%s\n", chart_section_name(s));
	if (state)
		printf("  %s\n", state);
	else if (!of->total)
		printf("  %s\n", chart_section_none(s));
	for (guint i = 0; s == CHART_DRUGS && i < times->len; i++)
		drug_text(times->pdata[i], now_ms);
	for (size_t i = 0; s != CHART_DRUGS && i < of->n; i++)
		line_text(&of->lines[i], now_ms);
	if (s != CHART_DRUGS && (int64_t)of->n < of->total)
		printf(_("  … %d more: --limit\n"),
		    (int)(of->total - (int64_t)of->n));
}

static void
page_text(const struct chart_page *page, const GPtrArray *times,
    int64_t now_ms)
{
	g_autofree char *who = words_patient(&page->patient);

	printf("%s\n", who);
	for (int i = 0; i < chart_page_order_n; i++)
		section_text(page, times, chart_page_order[i], now_ms);
}

/* ---- the command -------------------------------------------------------- */

static gboolean
chart(struct cli *cli, const char *id, int limit, gboolean as_json,
    GError **error)
{
	BASE_AUTO(store) store = cli_store(cli, error);
	struct patient_id patient = { 0 };
	BASE_AUTO(chart_page) page = NULL;
	g_autoptr(GPtrArray) times = NULL;
	int64_t now_ms = base_now_ms();
	int limits[CHART_SECTIONS_];

	for (int s = 0; s < CHART_SECTIONS_; s++)
		limits[s] = limit;
	if (store)
		patient = cli_patient(store, id, error);
	if (patient.n)
		page = store_chart_page(store, patient, limits, error);
	if (!page)
		return FALSE;
	times = timeline_new(page, now_ms);
	if (as_json)
		page_json(page, times, now_ms);
	else
		page_text(page, times, now_ms);
	return TRUE;
}

static int
chart_run(struct cli *cli, int argc, char **argv)
{
	gboolean as_json = FALSE;
	int limit = CHART_LIMIT, code;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print a JSON object"), NULL },
		{ "limit", 0, 0, G_OPTION_ARG_INT, &limit,
		    N_("at most N lines of a section (200)"), "N" },
		{ NULL },
	};
	GError *error = NULL;

	if (!cli_options(&cli_cmd_chart, entries, &argc, &argv, &code))
		return code;
	if (argc != 2 || limit < 1 || limit > CHART_LIMIT_MAX) {
		fprintf(stderr, "qingnang: %s\n", _("usage: qingnang chart "
		    "PATIENT [--json] [--limit N]"));
		return BASE_EXIT_USAGE;
	}
	return chart(cli, argv[1], limit, as_json, &error) ? BASE_EXIT_OK :
	    cli_fail(error);
}

const struct cli_command cli_cmd_chart = {
	.name = "chart",
	.args = "PATIENT [--json] [--limit N]",
	.summary = N_("a patient's whole chart: drugs in time, visits, "
	    "documents and the rest"),
	.needs_profile = TRUE,
	.words = 1,
	.run = chart_run,
};
