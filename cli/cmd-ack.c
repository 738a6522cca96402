/* SPDX-License-Identifier: Apache-2.0 */
/* `ack` and `recall`: what the keys of the result lane do. An explanation is a
 * `reply` to the result. */
#include "cli/commands.h"

#include "tui/labs.h"

#include <stdio.h>

/* The result behind an id; a thread is none. */
static gboolean
find_report(struct store *store, const char *id, struct report_id *out,
    struct patient_id *patient, GError **error)
{
	struct cli_place place;
	BASE_AUTO(thread) thread = cli_thread(store, id, 1, &place, error);

	if (!thread)
		return FALSE;
	if (place.kind != QUEUE_RESULT) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("%s is no result; `qingnang queue` lists them."), id);
		return FALSE;
	}
	*out = place.report;
	*patient = thread->patient.id;
	return TRUE;
}

/* What lies in the outbox now: the answer leaves with the next sync. */
static void
queued_print(struct store *store, const char *id, gboolean json)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	struct outbox_counts counts = { 0 };

	store_outbox_counts(store, &counts, NULL);
	if (!json) {
		printf(_("Queued. It goes out as soon as qingnang-sync runs: "
		    "qingnang sync --once\n"));
		return;
	}
	cli_json_object(&j, NULL);
	cli_json_text(&j, "result", id);
	cli_json_bool(&j, "owed", FALSE);
	cli_json_int(&j, "unsent", counts.waiting);
	cli_json_close(&j, '}');
	puts(out->str);
}

/* ---- ack ---------------------------------------------------------------- */

static int
ack_run(struct cli *cli, int argc, char **argv)
{
	gboolean json = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json,
		    N_("print a JSON object"), NULL },
		{ NULL },
	};
	BASE_AUTO(store) store = NULL;
	struct report_id report;
	struct patient_id patient;
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_ack, entries, &argc, &argv, &code))
		return code;
	if (argc != 2) {
		fprintf(stderr, _("qingnang ack: give one ID, as `qingnang "
		    "queue` prints it.\n"));
		return BASE_EXIT_USAGE;
	}
	store = cli_store(cli, &error);
	if (!store || !find_report(store, argv[1], &report, &patient, &error) ||
	    !store_result_seen(store, report, _("Seen."), base_now_ms(), 0,
	    NULL, NULL, &error))
		return cli_fail(error);
	cli_poke(cli);
	queued_print(store, argv[1], json);
	return BASE_EXIT_OK;
}

const struct cli_command cli_cmd_ack = {
	.name = "ack",
	.args = "ID [--json]",
	.summary = N_("acknowledge a result: it leaves the lane"),
	.needs_profile = TRUE,
	.words = 1,
	.run = ack_run,
};

/* ---- recall ------------------------------------------------------------- */

static gboolean
recall(struct store *store, const char *id, const char *day,
    const char *message, GError **error)
{
	g_autofree char *due = results_due(day, base_now_ms());
	g_autofree char *text = NULL;
	struct report_id report;
	struct patient_id patient;

	if (!due) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("'%s' is not a day to come: 2026-12-07, 12-07, 14d or "
		    "2w."), day);
		return FALSE;
	}
	text = message ? g_strdup(message) :
	    g_strdup_printf(_("Please come back for a check by %s.\n"), due);
	return find_report(store, id, &report, &patient, error) &&
	    store_result_recall(store, report, patient, text, due,
	    base_now_ms(), error);
}

static int
recall_run(struct cli *cli, int argc, char **argv)
{
	gboolean json = FALSE;
	g_autofree char *message = NULL;
	const GOptionEntry entries[] = {
		{ "message", 'm', 0, G_OPTION_ARG_STRING, &message,
		    N_("what the patient reads"), "TEXT" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json,
		    N_("print a JSON object"), NULL },
		{ NULL },
	};
	BASE_AUTO(store) store = NULL;
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_recall, entries, &argc, &argv, &code))
		return code;
	if (argc != 3) {
		fprintf(stderr, _("qingnang recall: give the ID of a result and "
		    "a day.\n"));
		return BASE_EXIT_USAGE;
	}
	store = cli_store(cli, &error);
	if (!store || !recall(store, argv[1], argv[2], message, &error))
		return cli_fail(error);
	cli_poke(cli);
	queued_print(store, argv[1], json);
	return BASE_EXIT_OK;
}

const struct cli_command cli_cmd_recall = {
	.name = "recall",
	.args = "ID DAY [-m TEXT] [--json]",
	.summary = N_("ask the patient to come back about a result, until a day"),
	.needs_profile = TRUE,
	.words = 2,
	.run = recall_run,
};
