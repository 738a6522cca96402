/* SPDX-License-Identifier: Apache-2.0 */
/* `results`: a patient's results page as lines, and one test in time as text. */
#include "cli/commands.h"

#include "tui/labs.h"

#include <stdio.h>
#include <string.h>

struct patient_id
cli_patient(struct store *store, const char *id, GError **error)
{
	struct patient_id patient = store_patient_find(store,
	    g_str_has_prefix(id, "Patient/") ? id + strlen("Patient/") : id);

	if (!patient.n)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "%s",
		    id);
	return patient;
}

/* ---- all tests ---------------------------------------------------------- */

static void
entry_json(struct cli_json *j, const char *key, const struct chart_entry *e)
{
	const char *reading = results_reading(e);

	cli_json_object(j, key);
	cli_json_text(j, "ref", e->ref);
	cli_json_text(j, "text", e->detail ? e->detail : e->value);
	cli_json_text(j, "value", e->value);
	cli_json_text(j, "unit", e->unit);
	cli_json_text(j, "ucum", e->ucum);
	cli_json_text(j, "date", e->date);
	cli_json_text(j, "reference_range", e->range);
	cli_json_text(j, "interpretation", reading);
	cli_json_bool(j, "computed", reading && !e->interpretation);
	cli_json_bool(j, "home", e->home);
	cli_json_text(j, "status", cli_entry_word(e->status));
	cli_json_close(j, '}');
}

static void
line_json(struct cli_json *j, const struct results_line *l)
{
	cli_json_object(j, NULL);
	cli_json_text(j, "name", l->name);
	cli_json_text(j, "test", l->row->test);
	cli_json_text(j, "analyte", l->analyte ? l->analyte->id : NULL);
	cli_json_text(j, "panel", l->row->panel);
	cli_json_bool(j, "critical", l->rank == 0);
	cli_json_bool(j, "out_of_range", l->rank <= 1);
	entry_json(j, "now", &l->row->now);
	if (l->before)
		entry_json(j, "before", l->before);
	else
		cli_json_text(j, "before", NULL);
	cli_json_text(j, "change", l->change);
	cli_json_close(j, '}');
}

static void
all_json(const struct results *r, const GArray *lines)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_object(&j, NULL);
	cli_json_patient(&j, "patient", &r->patient);
	cli_json_text(&j, "state", cli_section_state_word(r->state));
	cli_json_array(&j, "tests");
	for (guint i = 0; i < lines->len; i++)
		line_json(&j, &g_array_index(lines, struct results_line, i));
	cli_json_close(&j, ']');
	cli_json_close(&j, '}');
	puts(out->str);
}

static void
all_lines(const struct results *r, const GArray *lines)
{
	if (r->state != SECTION_LOADED)
		fprintf(stderr, "%s\n", r->state == SECTION_REFUSED ?
		    _("The server refused to show the results.") :
		    _("The results are not loaded yet."));
	for (guint i = 0; i < lines->len; i++) {
		const struct results_line *l = &g_array_index(lines,
		    struct results_line, i);
		g_autofree char *name = base_text_fit(l->name, 24);
		g_autofree char *value = base_text_fit(l->value, 18);

		printf("%s %s %s  %s\n", name, value, l->date, l->more);
	}
}

/* ---- one in time -------------------------------------------------------- */

static void
trend_json(const struct results *r, const struct trend *t,
    const GArray *periods)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *sentence = trend_sentence(t, 0);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_object(&j, NULL);
	cli_json_patient(&j, "patient", &r->patient);
	cli_json_text(&j, "name", t->name);
	cli_json_text(&j, "unit", t->unit);
	cli_json_text(&j, "sentence", sentence);
	cli_json_text(&j, "summary", t->summary);
	cli_json_array(&j, "values");
	for (guint i = 0; i < t->values->len; i++) {
		const struct trend_value *v = trend_at(t, i);

		cli_json_object(&j, NULL);
		cli_json_text(&j, "in_unit", v->number);
		entry_json(&j, "entry", v->e);
		cli_json_close(&j, '}');
	}
	cli_json_close(&j, ']');
	cli_json_array(&j, "drugs");
	for (guint i = 0; i < periods->len; i++) {
		const struct drug_period *d = &g_array_index(periods,
		    struct drug_period, i);

		cli_json_object(&j, NULL);
		cli_json_text(&j, "words", d->words);
		cli_json_time(&j, "from", d->from_ms);
		cli_json_time(&j, "until", d->until_ms == G_MAXINT64 ? 0 :
		    d->until_ms);
		cli_json_close(&j, '}');
	}
	cli_json_close(&j, ']');
	cli_json_close(&j, '}');
	puts(out->str);
}

static char *
day_text(int64_t ms)
{
	g_autoptr(GDateTime) day = base_clock_date(ms);

	return day ? g_date_time_format(day, "%Y-%m-%d") : g_strdup("");
}

static void
drug_line(const struct drug_period *d)
{
	g_autofree char *words = base_text_show(d->words, -1, BASE_ONE_LINE);
	g_autofree char *from = day_text(d->from_ms);
	g_autofree char *until = d->until_ms == G_MAXINT64 ? g_strdup("…") :
	    day_text(d->until_ms);

	printf("━ %s  %s – %s%s\n", words, from, until,
	    d->until_known ? "" : " ?");
}

static void
trend_lines(const struct trend *t, const GArray *periods)
{
	g_autofree char *sentence = trend_sentence(t, 0);

	printf("%s\n%s%s", sentence, t->summary, *t->summary ? "\n" : "");
	if (*t->notes)
		printf("%s\n", t->notes);
	for (guint i = 0; i < t->values->len; i++) {
		const struct trend_value *v = trend_at(t, i);
		g_autofree char *date = trend_date_words(t, i);
		g_autofree char *fit = base_text_fit(date, MAX(
		    t->date_cols, (int)strlen(date)));
		g_autofree char *words = trend_words(v);

		printf("%s  %s\n", fit, words);
	}
	for (guint i = 0; i < periods->len; i++)
		drug_line(&g_array_index(periods, struct drug_period, i));
}

static int
report_print(struct store *store, const struct results_line *line,
    gboolean json)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	GError *error = NULL;
	BASE_AUTO(report_text) report = report_text_read(store,
	    line->row->now.ref, &error);

	if (!report)
		return cli_fail(error);
	if (!json) {
		printf("%s  %s\n\n%s\n", line->name, line->date,
		    report->text);
		return BASE_EXIT_OK;
	}
	cli_json_object(&j, NULL);
	cli_json_text(&j, "name", line->name);
	cli_json_text(&j, "ref", line->row->now.ref);
	cli_json_text(&j, "text", report->text);
	cli_json_array(&j, "links");
	for (guint i = 0; i < report->links->len; i++)
		cli_json_text(&j, NULL, report->links->pdata[i]);
	cli_json_close(&j, ']');
	cli_json_close(&j, '}');
	puts(out->str);
	return BASE_EXIT_OK;
}

static int
one_test(struct store *store, const struct results *r, const GArray *lines,
    const char *typed, gboolean json)
{
	g_autoptr(GPtrArray) found = results_found(lines, typed);
	g_autoptr(GArray) periods = NULL;
	BASE_AUTO(trend) trend = NULL;
	GError *error = NULL;

	if (found->len != 1) {
		fprintf(stderr, found->len ? _("Several tests are called so:\n")
		    : _("No result of this patient is called so.\n"));
		for (guint i = 0; i < found->len; i++)
			fprintf(stderr, "  %s\n", ((struct results_line *)
			    found->pdata[i])->name);
		return BASE_EXIT_NOT_FOUND;
	}
	if (results_is_report(found->pdata[0]))
		return report_print(store, found->pdata[0], json);
	trend = trend_read(store, r->patient.id, found->pdata[0], &error);
	periods = trend ? store_drug_periods(store, r->patient.id, 40, &error)
	    : NULL;
	if (!periods)
		return cli_fail(error);
	if (json)
		trend_json(r, trend, periods);
	else
		trend_lines(trend, periods);
	return BASE_EXIT_OK;
}

/* ---- year on year ------------------------------------------------------- */

static void
year_json(struct cli_json *j, int year, const struct year_cell *cell)
{
	if (!cell->e)
		return;
	cli_json_object(j, NULL);
	cli_json_int(j, "year", year);
	entry_json(j, "entry", cell->e);
	cli_json_text(j, "change", cell->change);
	cli_json_text(j, "percent", cell->percent);
	cli_json_close(j, '}');
}

static void
years_json(const struct results *r, const GArray *rows, int from)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_object(&j, NULL);
	cli_json_patient(&j, "patient", &r->patient);
	cli_json_array(&j, "tests");
	for (guint i = 0; i < rows->len; i++) {
		const struct year_row *row = &g_array_index(rows,
		    struct year_row, i);

		cli_json_object(&j, NULL);
		cli_json_text(&j, "name", row->line->name);
		cli_json_array(&j, "years");
		for (int k = 0; k < YEARS_MAX; k++)
			year_json(&j, from + k, &row->cells[k]);
		cli_json_close(&j, ']');
		cli_json_close(&j, '}');
	}
	cli_json_close(&j, ']');
	cli_json_close(&j, '}');
	puts(out->str);
}

static void
years_lines(const GArray *rows)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct year_row *row = &g_array_index(rows,
		    struct year_row, i);

		printf("%s\n", row->line->name);
		for (int k = 0; k < YEARS_MAX; k++) {
			const struct year_cell *cell = &row->cells[k];

			if (cell->e)
				printf("  %s  %s  %s %s\n", cell->date,
				    cell->value, cell->change ? cell->change :
				    "", cell->percent ? cell->percent : "");
		}
	}
}

static int
years_print(struct store *store, const struct results *r,
    const GArray *lines, gboolean json)
{
	GError *error = NULL;
	int from;
	g_autoptr(GArray) rows = years_read(store, r->patient.id, lines,
	    base_now_ms(), &from, &error);

	if (!rows)
		return cli_fail(error);
	if (json)
		years_json(r, rows, from);
	else
		years_lines(rows);
	return BASE_EXIT_OK;
}

static int
results_run(struct cli *cli, int argc, char **argv)
{
	gboolean json = FALSE, years = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json,
		    N_("print a JSON object"), NULL },
		{ "years", 0, 0, G_OPTION_ARG_NONE, &years,
		    N_("year on year: change, percent and days"), NULL },
		{ NULL },
	};
	BASE_AUTO(store) store = NULL;
	BASE_AUTO(results) r = NULL;
	g_autoptr(GArray) lines = NULL;
	struct patient_id patient = { 0 };
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_results, entries, &argc, &argv, &code))
		return code;
	if (argc < 2) {
		fprintf(stderr, _("qingnang results: give a PATIENT, as "
		    "`qingnang queue --json` prints it.\n"));
		return BASE_EXIT_USAGE;
	}
	store = cli_store(cli, &error);
	if (store)
		patient = cli_patient(store, argv[1], &error);
	r = patient.n ? store_results(store, patient, base_now_ms(), &error) :
	    NULL;
	if (!r)
		return cli_fail(error);
	lines = results_lines_new(r, base_now_ms());
	if (years)
		return years_print(store, r, lines, json);
	if (argc > 2)
		return one_test(store, r, lines, argv[2], json);
	if (json)
		all_json(r, lines);
	else
		all_lines(r, lines);
	return BASE_EXIT_OK;
}

const struct cli_command cli_cmd_results = {
	.name = "results",
	.args = "PATIENT [TEST | --years] [--json]",
	.summary = N_("a patient's results, what is out of range first; one in "
	    "time"),
	.needs_profile = TRUE,
	.words = 2,
	.run = results_run,
};
