/* SPDX-License-Identifier: Apache-2.0 */
/* What the screens of prescribing say alike. */
#include "tui/rx_view.h"

/* ---- states ------------------------------------------------------------- */

static const char *const states[RX_STATES_] = {
	[RX_PENDED] = N_("prepared"),
	[RX_RETURNED] = N_("chart has changed"),
	[RX_SIGNED] = N_("signed, to be sent"),
	[RX_UNKNOWN] = N_("signed, answer unknown"),
	[RX_REFUSED] = N_("refused by the server"),
	[RX_AWAITING] = N_("awaiting the pharmacist"),
	[RX_ACTIVE] = N_("active"),
	[RX_REJECTED] = N_("rejected by the pharmacist"),
	[RX_WITHDRAWN] = N_("withdrawn"),
	[RX_DISPENSED] = N_("dispensed"),
	[RX_DELIVERED] = N_("delivered"),
	[RX_NOT_DELIVERED] = N_("not delivered"),
	[RX_EXPIRED] = N_("expired"),
	[RX_REPLACED] = N_("replaced"),
};

const char *
rx_state_words(enum rx_state state)
{
	return _(states[state]);
}

/* ---- a prescription ----------------------------------------------------- */

static void
herbal_head(struct sheet *s, const struct care_rx *rx)
{
	if (!rx->herbal)
		return;
	sheet_print(s, E_STRONG, "", NGETTEXT("Herbal prescription, %d dose. "
	    "%s", "Herbal prescription, %d doses. %s", rx->herbal_doses),
	    rx->herbal_doses, rx->decoction ? rx->decoction : "");
}

void
rx_sheet_orders(struct sheet *s, const struct care_rx *rx)
{
	const char *lang = base_i18n_language();

	herbal_head(s, rx);
	for (guint i = 0; i < rx->orders->len; i++) {
		const struct care_order *order = rx->orders->pdata[i];
		g_autofree char *mark = g_strdup_printf("%u", i + 1);
		g_autofree char *words = care_order_sentence(order, lang);

		sheet_add(s, E_STRONG, mark, words ? words : "");
		if (order->note)
			sheet_add(s, E_CHART_DETAIL, "", order->note);
		if (order->origin == ORIGIN_MACHINE)
			sheet_add(s, E_ERROR, "✗", _("Written by a machine: "
			    "cannot be signed; type it anew."));
	}
	if (rx->diagnosis.words)
		sheet_print(s, E_CHART_TEXT, "", _("Diagnosis: %s%s%s"),
		    rx->diagnosis.words, rx->diagnosis.code ? " " : "",
		    rx->diagnosis.code ? rx->diagnosis.code : "");
	else
		sheet_add(s, E_ERROR, "✗", _("No diagnosis is stated."));
}

/* ---- findings ----------------------------------------------------------- */

static const struct { enum element element; const char *mark, *word; }
severities[] = {
	[SEVERITY_LOG] = { E_DIM, "·", N_("note") },
	[SEVERITY_WARN] = { E_CHART_ABNORMAL, "!", N_("warning") },
	[SEVERITY_GATE] = { E_CHART_ABNORMAL, "?", N_("needs a reason") },
	[SEVERITY_BLOCK] = { E_CHART_CRITICAL, "✗", N_("not allowed") },
};

static void
finding_add(struct sheet *s, const struct care_finding *f)
{
	gboolean passed = f->severity == SEVERITY_GATE &&
	    !care_finding_open(f);
	const char *rests = f->proof ? f->proof : f->evidence;

	if (passed)
		sheet_print(s, E_STATUS_LIVE, "✓", _("%s %s — passed: %s"),
		    f->rule, f->sentence, rests ? rests : "");
	else
		sheet_print(s, severities[f->severity].element,
		    severities[f->severity].mark, "%s %s: %s%s%s", f->rule,
		    _(severities[f->severity].word), f->sentence,
		    f->numbers ? " " : "", f->numbers ? f->numbers : "");
}

/* Notes for the record alone stand last and in one line. */
void
rx_sheet_findings(struct sheet *s, const GPtrArray *findings)
{
	g_autoptr(GString) notes = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];

		if (f->severity == SEVERITY_LOG)
			g_string_append_printf(notes, "%s%s",
			    notes->len ? ", " : "", f->rule);
		else
			finding_add(s, f);
	}
	if (notes->len)
		sheet_print(s, E_DIM, "·", _("Also on record: %s"),
		    notes->str);
}

void
rx_explain(struct tui *ui, const struct care_finding *f)
{
	const struct care_rules *rules = desk_rules(ui->desk, NULL);
	g_autofree char *rule = rules ? care_rules_explain(rules, f->rule) :
	    NULL;
	g_autofree char *text = g_strdup_printf("%s\n%s%s\n%s", f->sentence,
	    f->numbers ? f->numbers : "", f->numbers ? "\n" : "",
	    rule ? rule : "");

	ui_push(ui, page_view_new(ui, f->rule, text));
}

/* ---- a renewal ---------------------------------------------------------- */

static const struct { enum element element; const char *mark; } gates[] = {
	[GATE_PASSED] = { E_STATUS_LIVE, "✓" },
	[GATE_FAILED] = { E_CHART_CRITICAL, "✗" },
	[GATE_UNKNOWN] = { E_CHART_ABNORMAL, "?" },
};

static void
results_add(struct sheet *s, const GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++) {
		const struct fact_result *r = results->pdata[i];
		g_autofree char *day = base_time_words(r->date_ms);
		const char *mark = care_interpretation_mark(r->interpretation);

		sheet_print(s, *mark ? E_CHART_ABNORMAL : E_CHART_TEXT, mark,
		    "%s %s %s  %s", r->words, r->value ? r->value : "",
		    r->unit ? r->unit : "", day);
	}
}

static void
lines_add(struct sheet *s, const char *head, const GPtrArray *lines,
    enum element element)
{
	if (lines->len)
		sheet_head(s, head);
	for (guint i = 0; i < lines->len; i++)
		sheet_add(s, element, "", lines->pdata[i]);
}

void
rx_sheet_renewal(struct sheet *s, const struct care_renewal *r)
{
	sheet_head(s, _("Gates"));
	for (guint i = 0; i < r->gates->len; i++) {
		const struct care_gate *g = r->gates->pdata[i];

		sheet_print(s, gates[g->state].element, gates[g->state].mark,
		    "%s%s%s", g->sentence, g->evidence ? " — " : "",
		    g->evidence ? g->evidence : "");
	}
	if (r->early)
		sheet_add(s, E_CHART_DETAIL, "", r->early);
	lines_add(s, _("New since the old order"), r->differences,
	    E_CHART_ABNORMAL);
	if (r->monitoring->len) {
		sheet_head(s, _("Results that matter for this drug"));
		results_add(s, r->monitoring);
	}
	lines_add(s, _("Handed out"), r->fills, E_CHART_TEXT);
	if (r->adherence)
		sheet_add(s, E_CHART_DETAIL, "", r->adherence);
}
