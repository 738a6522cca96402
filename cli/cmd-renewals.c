/* SPDX-License-Identifier: Apache-2.0 */
/* `renewals` lists the lane, `renew` does what the lane's keys do. */
#include "cli/rx.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 500 };

/* For a program, and for a person in the words of the lane. */
static const struct class_words { const char *name, *words; } classes[] = {
	[RENEWAL_PASSES] = { "passes", N_("passes") },
	[RENEWAL_FAILS] = { "fails", N_("fails") },
	[RENEWAL_NO_PROTOCOL] = { "no-protocol", N_("no protocol") },
};

static const struct class_words *
class_of(const struct desk_renewal *r)
{
	return &classes[r && r->judged ? r->judged->class :
	    RENEWAL_NO_PROTOCOL];
}

/* ---- JSON --------------------------------------------------------------- */

static void
texts_json(struct cli_json *j, const char *key, const GPtrArray *texts)
{
	cli_json_array(j, key);
	for (guint i = 0; texts && i < texts->len; i++)
		cli_json_text(j, NULL, texts->pdata[i]);
	cli_json_close(j, ']');
}

/* What the lane shows beside the gates. */
static void
beside_json(struct cli_json *j, const struct care_renewal *r)
{
	cli_json_array(j, "results");
	for (guint i = 0; r && i < r->monitoring->len; i++) {
		const struct fact_result *one = r->monitoring->pdata[i];

		cli_json_object(j, NULL);
		cli_json_text(j, "ref", one->ref);
		cli_json_text(j, "words", one->words);
		cli_json_text(j, "value", one->value);
		cli_json_text(j, "unit", one->unit);
		cli_json_text(j, "interpretation", one->interpretation);
		cli_json_time(j, "date", one->date_ms);
		cli_json_close(j, '}');
	}
	cli_json_close(j, ']');
	texts_json(j, "dispenses", r ? r->fills : NULL);
	cli_json_text(j, "adherence", r ? r->adherence : NULL);
	cli_json_text(j, "early", r ? r->early : NULL);
	texts_json(j, "differences", r ? r->differences : NULL);
}

static void
row_json(struct cli_json *j, const struct renewal_row *row,
    const struct desk_renewal *r)
{
	cli_json_object(j, NULL);
	cli_json_text(j, "task", row->ref);
	cli_json_patient(j, "patient", &row->patient);
	cli_json_text(j, "drug", row->words);
	cli_json_text(j, "status", row->status);
	cli_json_bool(j, "pool", row->pool);
	cli_json_time(j, "requested", row->requested_ms);
	cli_json_time(j, "deadline", row->deadline_ms);
	cli_json_text(j, "proposal", row->proposal_ref);
	cli_json_text(j, "prior", row->prior_ref);
	cli_json_text(j, "class", class_of(r)->name);
	cli_json_gates(j, r ? r->judged : NULL);
	beside_json(j, r ? r->judged : NULL);
	cli_json_int(j, "prescription", row->rx.n);
	cli_json_close(j, '}');
}

/* ---- lines -------------------------------------------------------------- */

static void
row_line(const struct renewal_row *row, const struct desk_renewal *r)
{
	g_autofree char *name = words_name(&row->patient);
	g_autofree char *name_fit = base_text_fit(name, 14);
	g_autofree char *drug = base_text_show(row->words ? row->words : "",
	    -1, BASE_ONE_LINE);
	g_autofree char *class_fit = base_text_fit(_(class_of(r)->words),
	    12);
	g_autofree char *marks = words_marks(&row->patient);

	printf("%s %s %s%s%s  %s\n", class_fit, name_fit, marks,
	    *marks ? "  " : "", drug, row->ref);
}

static int
renewals_run(struct cli *cli, int argc, char **argv)
{
	gboolean as_json = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print a JSON array"), NULL },
		{ NULL },
	};
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	BASE_AUTO(renewal_page) page = NULL;
	struct cli_desk d;
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_renewals, entries, &argc, &argv, &code))
		return code;
	if (cli_desk_open(cli, &d, &error))
		page = store_renewals(d.store, ROWS_MAX, &error);
	if (as_json)
		cli_json_array(&j, NULL);
	for (size_t i = 0; page && i < page->n; i++) {
		BASE_AUTO(desk_renewal) r = desk_renewal_read(d.desk,
		    page->rows[i].task, NULL);

		if (as_json)
			row_json(&j, &page->rows[i], r);
		else
			row_line(&page->rows[i], r);
	}
	if (as_json && page) {
		cli_json_close(&j, ']');
		puts(out->str);
	}
	cli_desk_close(&d);
	return page ? BASE_EXIT_OK : cli_fail(error);
}

const struct cli_command cli_cmd_renewals = {
	.name = "renewals",
	.args = "[--json]",
	.summary = N_("list the renewal requests and how they are judged"),
	.needs_profile = TRUE,
	.run = renewals_run,
};

/* ---- renew -------------------------------------------------------------- */

static gboolean
prepare(struct cli *cli, struct cli_desk *d, struct task_id task,
    char **proofs, GError **error)
{
	BASE_AUTO(care_rx) rx = desk_rx_renew(d->desk, task, error);
	BASE_AUTO(desk_chart) chart = rx ? desk_chart_read(d->desk,
	    store_task_patient(d->store, task), error) : NULL;
	g_autoptr(GPtrArray) findings = NULL;
	struct rx_id id;

	if (!chart || !cli_rx_prove(d->desk, chart, rx, proofs, error) ||
	    !desk_pend(d->desk, rx, chart, &id, error))
		return FALSE;
	cli_rx_ask(cli, d, id, FALSE);
	findings = desk_check(d->desk, chart, rx, id, error);
	if (!findings)
		return FALSE;
	cli_print_orders(rx);
	cli_print_findings(findings);
	printf(_("Prepared as %d. Sign it with: qingnang rx sign %d\n"),
	    (int)id.n, (int)id.n);
	return TRUE;
}

struct renew { char *decline, *reply, *forward, **proofs; };

static gboolean
forward(struct cli_desk *d, struct task_id task, const char *to, GError **error)
{
	gboolean pool = strcmp(to, "-") == 0;
	g_autofree char *ref = pool ? NULL : desk_doctor(d->desk, to, error);

	return (pool || ref) && desk_forward(d->desk, task, ref, NULL,
	    base_now_ms(), error);
}

static gboolean
renew_task(struct cli *cli, const char *ref, const struct renew *how,
    GError **error)
{
	struct cli_desk d;
	struct task_id task = { 0 };
	gboolean ok = FALSE;
	g_autofree char *said = base_text_cut(ref, CLI_SAID_COLS);

	if (cli_desk_open(cli, &d, error))
		task = store_task_find(d.store, ref);
	if (d.store && !task.n)
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("There is no renewal request “%s” here: qingnang "
		      "renewals lists them."), said);
	else if (task.n && how->decline)
		ok = desk_decline(d.desk, task, how->decline, how->reply ?
		    how->reply : how->decline, base_now_ms(), error);
	else if (task.n && how->forward)
		ok = forward(&d, task, how->forward, error);
	else if (task.n)
		ok = prepare(cli, &d, task, how->proofs, error);
	cli_desk_close(&d);
	if (ok)
		cli_poke(cli);
	return ok;
}

static int
renew_run(struct cli *cli, int argc, char **argv)
{
	struct renew how = { NULL, NULL, NULL, NULL };
	const GOptionEntry entries[] = {
		{ "decline", 0, 0, G_OPTION_ARG_STRING, &how.decline,
		    N_("decline it, with this reason"), "REASON" },
		{ "reply", 0, 0, G_OPTION_ARG_STRING, &how.reply,
		    N_("with --decline: what the patient reads"), "TEXT" },
		{ "forward", 0, 0, G_OPTION_ARG_STRING, &how.forward,
		    N_("forward it to a doctor, by name or Practitioner/ID, or - to the "
		       "pool"),
		    "REF" },
		{ "reason", 0, 0, G_OPTION_ARG_STRING_ARRAY, &how.proofs,
		    N_("evidence or reason for a gate"), "RULE=TEXT" },
		{ NULL },
	};
	GError *error = NULL;
	int code;

	if (!cli_options(&cli_cmd_renew, entries, &argc, &argv, &code))
		return code;
	if (argc != 2) {
		fprintf(stderr, _("qingnang renew: give one Task, as `qingnang "
				  "renewals` prints it.\n"));
		code = BASE_EXIT_USAGE;
	} else if (how.decline && how.forward) {
		code = cli_either(&cli_cmd_renew, "--decline", "--forward");
	} else {
		code = renew_task(cli, argv[1], &how, &error) ? BASE_EXIT_OK :
		    cli_fail(error);
	}
	g_free(how.decline);
	g_free(how.reply);
	g_free(how.forward);
	g_strfreev(how.proofs);
	return code;
}

const struct cli_command cli_cmd_renew = {
	.name = "renew",
	.args = "TASK [--decline REASON | --forward DOCTOR]",
	.summary = N_("prepare the renewal of a request, or answer it"),
	.needs_profile = TRUE,
	.words = 1,
	.run = renew_run,
};
