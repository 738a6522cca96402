/* SPDX-License-Identifier: Apache-2.0 */
/* `home`: who reads out of range at home, or what one patient read. */
#include "cli/commands.h"
#include "tui/desk.h"

#include "store/rx.h"
#include "tui/labs.h"

#include <stdio.h>

#define DAY_MS INT64_C(86400000)
enum { DAYS_FIRST = 28, DAYS_MOST = 3660 };

/* ---- of all ------------------------------------------------------------- */

static void
run_json(struct cli_json *j, const struct home_run *run)
{
	cli_json_object(j, NULL);
	cli_json_patient(j, "patient", &run->patient);
	cli_json_text(j, "name", run->name);
	cli_json_int(j, "days", run->days);
	cli_json_bool(j, "critical", run->rank == 0);
	cli_json_text(j, "last", run->value);
	cli_json_text(j, "date", run->date);
	cli_json_text(j, "ref", run->ref);
	cli_json_close(j, '}');
}

static void
run_line(const struct home_run *run)
{
	g_autofree char *name = words_name(&run->patient);
	g_autofree char *fit = base_text_fit(name, 14);
	g_autofree char *marks = words_marks(&run->patient);

	printf("%3d  %s %s  %s%s%s  %s  Patient/%s\n", run->days, fit,
	    run->date, marks, *marks ? "  " : "", run->name, run->value,
	    run->patient.fhir_id);
}

static int
runs_print(struct store *store, gboolean json)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	GError *error = NULL;
	BASE_AUTO(home_runs) runs = home_runs_read(store, base_now_ms(),
	    &error);

	if (!runs)
		return cli_fail(error);
	if (json)
		cli_json_array(&j, NULL);
	for (guint i = 0; i < runs->runs->len; i++) {
		const struct home_run *run = &g_array_index(runs->runs,
		    struct home_run, i);

		if (json)
			run_json(&j, run);
		else
			run_line(run);
	}
	if (json) {
		cli_json_close(&j, ']');
		puts(out->str);
	}
	return BASE_EXIT_OK;
}

/* ---- of one ------------------------------------------------------------- */

static void
day_json(struct cli_json *j, const struct home_day *day)
{
	static const char *const parts[] = { "morning", "evening", "untimed" };

	cli_json_object(j, NULL);
	cli_json_text(j, "date", day->date);
	for (int part = 0; part < HOME_PARTS_; part++) {
		cli_json_array(j, parts[part]);
		for (guint i = 0; i < day->values->len; i++) {
			const struct home_value *v = &g_array_index(
			    day->values, struct home_value, i);

			if ((int)v->part != part)
				continue;
			cli_json_object(j, NULL);
			cli_json_text(j, "ref", v->e->ref);
			cli_json_text(j, "text", v->e->detail);
			cli_json_text(j, "in_unit", v->number);
			cli_json_bool(j, "out_of_range", v->out);
			cli_json_close(j, '}');
		}
		cli_json_close(j, ']');
	}
	cli_json_text(j, "mean", day->mean);
	cli_json_close(j, '}');
}

static void
sheets_json(const struct patient_brief *brief, const GPtrArray *sheets)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_object(&j, NULL);
	cli_json_patient(&j, "patient", brief);
	cli_json_array(&j, "tests");
	for (guint i = 0; i < sheets->len; i++) {
		const struct home_sheet *s = sheets->pdata[i];

		cli_json_object(&j, NULL);
		cli_json_text(&j, "name", s->name);
		cli_json_text(&j, "unit", s->unit);
		cli_json_text(&j, "mean", s->mean);
		cli_json_int(&j, "readings", s->n);
		cli_json_int(&j, "out_of_range", s->out);
		cli_json_array(&j, "days");
		for (guint k = 0; k < s->days->len; k++)
			day_json(&j, s->days->pdata[k]);
		cli_json_close(&j, ']');
		cli_json_close(&j, '}');
	}
	cli_json_close(&j, ']');
	cli_json_close(&j, '}');
	puts(out->str);
}

static void
sheet_lines(const struct home_sheet *s)
{
	g_autofree char *words = home_sheet_words(s);

	printf("%s\n%-10s  %s | %s | %s | %s\n", words, _("day"), _("morning"),
	    _("evening"), _("no time"), _("mean"));
	for (guint i = 0; i < s->days->len; i++) {
		const struct home_day *day = s->days->pdata[i];
		g_autofree char *morning = home_cell(day, HOME_MORNING);
		g_autofree char *evening = home_cell(day, HOME_EVENING);
		g_autofree char *untimed = home_cell(day, HOME_UNTIMED);

		printf("%s  %s | %s | %s | %s\n", day->date, morning, evening,
		    untimed, day->mean ? day->mean : "");
	}
	putchar('\n');
}

static int
sheets_print(struct store *store, const char *id, int days, gboolean json)
{
	g_autoptr(GStringChunk) text = g_string_chunk_new(256);
	g_autoptr(GPtrArray) sheets = NULL;
	BASE_AUTO(home_readings) readings = NULL;
	struct patient_brief brief = { 0 };
	int64_t now_ms = base_now_ms();
	GError *error = NULL;
	struct patient_id patient = cli_patient(store, id, &error);

	if (patient.n && store_patient_brief(store, patient, text, &brief,
	    &error))
		readings = store_home_readings(store, patient, now_ms -
		    days * DAY_MS, now_ms + RESULT_AHEAD_MS, &error);
	if (!readings)
		return cli_fail(error);
	sheets = home_sheets_new(readings);
	if (json) {
		sheets_json(&brief, sheets);
		return BASE_EXIT_OK;
	}
	for (guint i = 0; i < sheets->len; i++)
		sheet_lines(sheets->pdata[i]);
	return BASE_EXIT_OK;
}

static int
home_run(struct cli *cli, int argc, char **argv)
{
	gboolean json = FALSE;
	int days = DAYS_FIRST;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json,
		    N_("print JSON"), NULL },
		{ "days", 0, 0, G_OPTION_ARG_INT, &days,
		    N_("the last N days (28)"), "N" },
		{ NULL },
	};
	BASE_AUTO(store) store = NULL;
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_home, entries, &argc, &argv, &code))
		return code;
	if (days < 1 || days > DAYS_MOST) {
		fprintf(stderr, _("qingnang home: --days is 1 to %d.\n"),
		    DAYS_MOST);
		return BASE_EXIT_USAGE;
	}
	store = cli_store(cli, &error);
	if (!store)
		return cli_fail(error);
	return argc > 1 ? sheets_print(store, argv[1], days, json) :
	    runs_print(store, json);
}

const struct cli_command cli_cmd_home = {
	.name = "home",
	.args = "[PATIENT] [--days N] [--json]",
	.summary = N_("who reads out of range at home; what one patient read"),
	.needs_profile = TRUE,
	.words = 1,
	.run = home_run,
};
