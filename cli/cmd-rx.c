/* SPDX-License-Identifier: Apache-2.0 */
/* `rx`: prescriptions by commands. A program may write and prepare; only a
 * person at a terminal signs (cmd-rx-sign.c). */
#include "cli/rx.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_MAX = 1000, ALL_STATES = (1 << RX_STATES_) - 1 };

struct rx_options {
	gboolean json, long_term, emergency, herbal, machine;
	char *diagnosis, *reason, *beside;
	char **proofs;
	int doses;
};

/* ---- rx new ------------------------------------------------------------- */

static gboolean
usage(GError **error, const char *sentence)
{
	g_set_error_literal(error, CLI_ERROR, CLI_ERROR_USAGE, sentence);
	return FALSE;
}

/* What the line still asks, with its choices: one sentence. */
static gboolean
line_ask(const struct care_line *line, GError **error)
{
	const struct care_question *q = line->questions->len ?
	    line->questions->pdata[0] : NULL;
	g_autoptr(GString) text = g_string_new(q ? q->sentence :
	    _("The line is not complete yet."));

	for (guint i = 0; q && i < q->choices->len; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : " ",
		    (const char *)q->choices->pdata[i]);
	return usage(error, text->str);
}

static gboolean
line_add(struct cli_desk *d, struct care_rx *rx, const char *text,
    enum care_origin origin, GError **error)
{
	struct care_lookup lookup = desk_lookup(d->desk);
	BASE_AUTO(care_line) line = care_line_parse(text, &lookup, NULL,
	    rx->herbal);
	struct care_order *order;

	if (!line->complete)
		return line_ask(line, error);
	order = care_order_copy(line->order);
	order->origin = origin;
	g_ptr_array_add(rx->orders, order);
	return TRUE;
}

/* A problem of the chart by its words or code, else the words alone. */
static void
diagnose(struct care_rx *rx, const struct care_facts *facts,
    const char *words)
{
	for (guint i = 0; i < facts->problems->len; i++) {
		const struct fact_problem *p = facts->problems->pdata[i];
		const char *mark = p->marks && p->marks[0] ? p->marks[0] : "";
		const char *bar = strchr(mark, '|');

		if (g_strcmp0(p->words, words) != 0 &&
		    !(bar && strcmp(bar + 1, words) == 0))
			continue;
		rx->diagnosis.words = g_strdup(p->words);
		rx->diagnosis.ref = g_strdup(p->ref);
		rx->diagnosis.system = bar ? g_strndup(mark,
		    (gsize)(bar - mark)) : NULL;
		rx->diagnosis.code = bar ? g_strdup(bar + 1) : NULL;
		return;
	}
	rx->diagnosis.words = g_strdup(words);
}

/* A person at a terminal typed the line; from anywhere else it is a program's,
 * which may prepare and not be signed. */
static gboolean
typed_here(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static gboolean
new_fill(struct cli_desk *d, struct care_rx *rx,
    const struct desk_chart *chart, const struct rx_options *o, int lines,
    char **line, GError **error)
{
	rx->herbal = o->herbal;
	rx->herbal_doses = o->doses;
	rx->long_term = o->long_term;
	rx->emergency = o->emergency;
	if (o->diagnosis)
		diagnose(rx, chart->facts, o->diagnosis);
	for (int i = 0; i < lines; i++)
		if (!line_add(d, rx, line[i], o->machine ? ORIGIN_MACHINE :
		    typed_here() ? ORIGIN_DOCTOR : ORIGIN_PROGRAM, error))
			return FALSE;
	return desk_rx_beside(d->desk, rx, o->beside, error) &&
	    cli_rx_prove(d->desk, chart, rx, o->proofs, error);
}

static void
new_print(struct cli_desk *d, const struct care_rx *rx,
    const GPtrArray *findings, struct rx_id id, gboolean json)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	BASE_AUTO(rx_row) row = store_rx_get(d->store, id, NULL);

	if (json && row) {
		cli_json_object(&j, NULL);
		cli_json_rx(&j, row);
		cli_json_findings(&j, "findings", findings);
		cli_json_close(&j, '}');
		puts(out->str);
		return;
	}
	cli_print_orders(rx);
	cli_print_findings(findings);
	printf(_("Prepared as %d. Sign it with: qingnang rx sign %d\n"),
	    (int)id.n, (int)id.n);
}

static const char *
bare(const char *ref)
{
	return g_str_has_prefix(ref, "Patient/") ? ref + 8 : ref;
}

static gboolean
rx_new(struct cli *cli, const struct rx_options *o, int argc, char **argv,
    GError **error)
{
	struct cli_desk d;
	struct patient_id patient = { 0 };
	BASE_AUTO(care_rx) rx = NULL;
	BASE_AUTO(desk_chart) chart = NULL;
	g_autoptr(GPtrArray) findings = NULL;
	struct rx_id id;

	if (argc < 2)
		return usage(error, _("rx new wants a patient and at least one "
		    "line: rx new PATIENT \"amlodipine 5mg qd 28d\"."));
	if (!cli_desk_open(cli, &d, error))
		return FALSE;
	patient = store_patient_find(d.store, bare(argv[0]));
	if (patient.n)
		rx = desk_rx_new(d.desk, patient,
		    store_consult_of_patient(d.store, patient), error);
	else
		usage(error, _("There is no such patient here."));
	if (rx)
		chart = desk_chart_read(d.desk, patient, error);
	if (chart && new_fill(&d, rx, chart, o, argc - 1, argv + 1, error) &&
	    desk_pend(d.desk, rx, chart, &id, error)) {
		cli_rx_ask(cli, &d, id, FALSE);
		findings = desk_check(d.desk, chart, rx, id, error);
	}
	if (findings)
		new_print(&d, rx, findings, id, o->json);
	/* The chart goes before the store it was read from. */
	g_clear_pointer(&chart, desk_chart_free);
	cli_desk_close(&d);
	return findings != NULL;
}

/* ---- rx list, rx show, rx cancel ---------------------------------------- */

static void
row_line(const struct rx_row *row)
{
	g_autofree char *name = words_name(&row->brief);
	g_autofree char *name_fit = base_text_fit(name, 14);
	g_autofree char *state = base_text_fit(desk_state_words(row->state),
	    24);
	g_autofree char *words = base_text_show(row->words ? row->words : "",
	    -1, BASE_ONE_LINE);

	g_autofree char *told = desk_withdrawal_words(row);
	g_autofree char *safe = base_text_show(told ? told : "", -1,
	    BASE_ONE_LINE);
	g_autofree char *marks = words_marks(&row->brief);

	printf("%4d %s %s %s%s%s\n", (int)row->id.n, state, name_fit, marks,
	    *marks ? "  " : "", words);
	if (told)
		printf("     %s %s\n", row->withdrawal == RX_LETTER_REFUSED ?
		    "✗" : "·", safe);
}

static gboolean
rx_list(struct cli *cli, const struct rx_options *o, int argc, char **argv,
    GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	BASE_AUTO(store) store = cli_store(cli, error);
	struct patient_id patient = { 0 };
	g_autoptr(GPtrArray) rows = NULL;

	if (!store)
		return FALSE;
	if (argc > 0)
		patient = store_patient_find(store, bare(argv[0]));
	if (argc > 0 && !patient.n)
		return usage(error, _("There is no such patient here."));
	rows = store_rx_list(store, patient, ALL_STATES, ROWS_MAX, error);
	if (o->json && rows)
		cli_json_array(&j, NULL);
	for (guint i = 0; rows && i < rows->len; i++) {
		if (o->json) {
			cli_json_object(&j, NULL);
			cli_json_rx(&j, rows->pdata[i]);
			cli_json_close(&j, '}');
		} else {
			row_line(rows->pdata[i]);
		}
	}
	if (o->json && rows) {
		cli_json_close(&j, ']');
		puts(out->str);
	}
	return rows != NULL;
}

static void
show_print(const struct desk_sight *sight, gboolean json)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	if (!json) {
		row_line(sight->row);
		cli_print_orders(sight->rx);
		cli_print_gates(sight->renewal);
		cli_print_findings(sight->findings);
		return;
	}
	cli_json_object(&j, NULL);
	cli_json_rx(&j, sight->row);
	cli_json_findings(&j, "findings", sight->findings);
	cli_json_gates(&j, sight->renewal);
	cli_json_array(&j, "differences");
	for (guint i = 0; i < sight->differences->len; i++)
		cli_json_text(&j, NULL, sight->differences->pdata[i]);
	cli_json_close(&j, ']');
	cli_json_close(&j, '}');
	puts(out->str);
}

static gboolean
rx_show(struct cli *cli, const struct rx_options *o, int argc, char **argv,
    GError **error)
{
	struct cli_desk d;
	struct desk_sight *sight = NULL;
	struct rx_id id;

	if (argc != 1)
		return usage(error, _("Give one prescription, as `qingnang rx "
		    "list` prints it."));
	if (!cli_desk_open(cli, &d, error))
		return FALSE;
	id = cli_rx_find(d.store, argv[0], error);
	if (id.n)
		cli_rx_ask(cli, &d, id, FALSE);
	if (id.n)
		sight = desk_sight_new(d.desk, id, error);
	if (sight)
		show_print(sight, o->json);
	desk_sight_free(sight);
	cli_desk_close(&d);
	return sight != NULL;
}

static gboolean
rx_cancel(struct cli *cli, const struct rx_options *o, int argc, char **argv,
    GError **error)
{
	struct cli_desk d;
	struct rx_id id;
	gboolean ok;

	if (argc != 1 || !o->reason)
		return usage(error, _("rx cancel wants a prescription and a "
		    "reason: rx cancel ID --why TEXT."));
	if (!cli_desk_open(cli, &d, error))
		return FALSE;
	id = cli_rx_find(d.store, argv[0], error);
	ok = id.n && desk_withdraw(d.desk, id, o->reason, base_now_ms(),
	    error);
	cli_desk_close(&d);
	if (ok)
		cli_poke(cli);
	return ok;
}

/* ---- the command -------------------------------------------------------- */

static gboolean
sign_word(struct cli *cli, const struct rx_options *o, int argc, char **argv,
    GError **error)
{
	return cli_rx_sign(cli, argc, argv, error);
}

static const struct {
	const char *word;
	gboolean (*run)(struct cli *cli, const struct rx_options *o, int argc,
	    char **argv, GError **error);
} verbs[] = {
	{ "new", rx_new }, { "list", rx_list }, { "show", rx_show },
	{ "cancel", rx_cancel }, { "sign", sign_word },
};

static int
dispatch(struct cli *cli, const struct rx_options *o, int argc, char **argv)
{
	GError *error = NULL;

	for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(argv[1], verbs[i].word) == 0)
			return verbs[i].run(cli, o, argc - 2, argv + 2,
			    &error) ? BASE_EXIT_OK : cli_fail(error);
	fprintf(stderr, _("qingnang rx: say new, list, show, sign or "
			  "cancel.\n"));
	return BASE_EXIT_USAGE;
}

static int
rx_run(struct cli *cli, int argc, char **argv)
{
	struct rx_options o = { .doses = 7 };
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json,
		    N_("print JSON"), NULL },
		{ "diagnosis", 0, 0, G_OPTION_ARG_STRING, &o.diagnosis,
		    N_("new: the diagnosis, by words or code of the chart"),
		    "TEXT" },
		{ "reason", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.proofs,
		    N_("new: evidence or reason for a gate"), "RULE=TEXT" },
		{ "long-term", 0, 0, G_OPTION_ARG_NONE, &o.long_term,
		    N_("new: a long-term prescription"), NULL },
		{ "emergency", 0, 0, G_OPTION_ARG_NONE, &o.emergency,
		    N_("new: an emergency prescription"), NULL },
		{ "herbal", 0, 0, G_OPTION_ARG_NONE, &o.herbal,
		    N_("new: herbs, one a line"), NULL },
		{ "doses", 0, 0, G_OPTION_ARG_INT, &o.doses,
		    N_("new: doses of a herbal prescription"), "N" },
		{ "with", 0, 0, G_OPTION_ARG_STRING, &o.beside,
		    N_("new: the doctor who sits with the patient, by name or "
		       "Practitioner/ID"), "DOCTOR" },
		{ "machine", 0, 0, G_OPTION_ARG_NONE, &o.machine,
		    N_("new: the lines are a machine's and cannot be signed"),
		    NULL },
		{ "why", 0, 0, G_OPTION_ARG_STRING, &o.reason,
		    N_("cancel: why"), "TEXT" },
		{ NULL },
	};
	int code;

	if (!cli_options(&cli_cmd_rx, entries, &argc, &argv, &code))
		return code;
	code = dispatch(cli, &o, argc, argv);
	g_free(o.diagnosis);
	g_free(o.beside);
	g_free(o.reason);
	g_strfreev(o.proofs);
	return code;
}

const struct cli_command cli_cmd_rx = {
	.name = "rx",
	.args = "new PATIENT LINE… | list [PATIENT] | show ID | sign ID | "
	    "cancel ID --why TEXT",
	.summary = N_("write, list, show, sign and withdraw prescriptions"),
	.needs_profile = TRUE,
	.words = 64,
	.run = rx_run,
};
