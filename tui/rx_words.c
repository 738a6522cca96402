/* SPDX-License-Identifier: Apache-2.0 */
/* What the screens of prescribing say alike. */
#include "tui/rx_view.h"

#include <string.h>

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
desk_state_words(enum rx_state state)
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

char *
rx_was_words(const struct care_order *order)
{
	return order->was ? g_strdup_printf(_("The old order says: %s"),
	    order->was) : NULL;
}

/* ---- references --------------------------------------------------------- */

/* "Type/id" in a sentence is for the record; a doctor reads what it is. */
static const struct { const char *type, *words; } kinds[] = {
	{ "MedicationRequest", N_("order") },
	{ "MedicationDispense", N_("dispense") },
	{ "MedicationStatement", N_("statement") },
	{ "Observation", N_("test result") },
	{ "Condition", N_("diagnosis") },
	{ "Encounter", N_("visit") },
	{ "AllergyIntolerance", N_("allergy") },
	{ "Patient", N_("the patient's record") },
	{ "Task", N_("request") },
};

static gboolean
is_id(char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '.';
}

static char *
doctor_name(struct tui *ui, const char *ref)
{
	g_autofree char *me = store_me_ref(ui->store);
	g_autofree char *bytes = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	const char *name;
	size_t len = 0;

	if (me && strcmp(me, ref) == 0)
		return g_strdup(_("you"));
	bytes = store_body(ui->store, "Practitioner", strchr(ref, '/') + 1,
	    &len, NULL);
	doc = bytes ? fhir_parse(bytes, len, NULL, NULL) : NULL;
	name = doc ? fhir_text(fhir_root(doc), "name.0.text") : NULL;
	return name ? g_strdup(name) : g_strdup(_("a doctor"));
}

/* What stands for the reference at p, and its length; NULL: none begins here. */
static char *
ref_words(struct tui *ui, const char *p, size_t *len)
{
	const char *slash = p + strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz");
	g_autofree char *type = g_strndup(p, (gsize)(slash - p));
	g_autofree char *ref = NULL;

	if (slash == p || *slash != '/' || !is_id(slash[1]))
		return NULL;
	*len = (size_t)(slash - p) + 1;
	while (is_id(p[*len]))
		++*len;
	ref = g_strndup(p, *len);
	if (strcmp(type, "Practitioner") == 0)
		return doctor_name(ui, ref);
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(type, kinds[i].type) == 0)
			return g_strdup(_(kinds[i].words));
	return NULL;
}

char *
rx_plain(struct tui *ui, const char *text)
{
	GString *out = g_string_new(NULL);
	char before = ' ';

	for (const char *p = text; *p;) {
		size_t len = 1;
		g_autofree char *words = g_ascii_isalpha(*p) &&
		    !g_ascii_isalnum(before) ? ref_words(ui, p, &len) : NULL;

		before = *p;
		if (words) {
			g_string_append(out, words);
			p += len;
			/* "order, 2026-09-04" is one thing. */
			if (p[0] == ',' && p[1] == ' ' && g_ascii_isdigit(p[2]))
				p++;
			continue;
		}
		g_string_append_c(out, *p++);
	}
	return g_string_free(out, FALSE);
}

/* ---- findings ----------------------------------------------------------- */

static const struct { enum element element; const char *mark, *word; }
severities[] = {
	[SEVERITY_LOG] = { E_DIM, "·", NULL },
	[SEVERITY_WARN] = { E_CHART_ABNORMAL, "!", NULL },
	[SEVERITY_GATE] = { E_CHART_ABNORMAL, "?", N_("needs a reason") },
	[SEVERITY_BLOCK] = { E_CHART_CRITICAL, "✗", N_("not allowed") },
};

static gboolean
has_passed(const struct care_finding *f)
{
	return f->severity >= SEVERITY_GATE && !care_finding_open(f);
}

enum element
rx_finding_element(const struct care_finding *f)
{
	return has_passed(f) ? E_STATUS_LIVE : severities[f->severity].element;
}

const char *
rx_finding_mark(const struct care_finding *f)
{
	return has_passed(f) ? "✓" : severities[f->severity].mark;
}

/* Whose sentence it is: a card's key would say the sentence itself. */
static const char *
said_by(const struct care_finding *f)
{
	return f->kind == FINDING_PACK ? NULL : f->kind == FINDING_SERVICE ?
	    "CDS" : f->rule;
}

/* What passed names what it rests on; what did not, what it asks. */
char *
rx_finding_words(struct tui *ui, const struct care_finding *f)
{
	const char *rests = f->proof ? f->proof : f->evidence;
	const char *word = f->kind == FINDING_NOT_RUN ? N_("not checked") :
	    severities[f->severity].word;
	const char *numbers = f->numbers && !strstr(f->sentence, f->numbers) ?
	    f->numbers : NULL;
	const char *by = said_by(f);
	g_autofree char *all = NULL;

	if (has_passed(f))
		all = g_strdup_printf(_("%s passed: %s"), f->rule,
		    rests ? rests : f->sentence);
	else
		all = g_strdup_printf("%s%s%s%s%s%s%s",
		    by ? by : "", by ? " " : "",
		    word ? _(word) : "", word ? _(": ") : "", f->sentence,
		    numbers ? " " : "", numbers ? numbers : "");
	return rx_plain(ui, all);
}

char *
rx_notes_words(const GPtrArray *findings)
{
	g_autoptr(GString) notes = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];

		if (f->severity == SEVERITY_LOG)
			g_string_append_printf(notes, "%s%s",
			    notes->len ? ", " : "", f->rule ? f->rule :
			    f->sentence);
	}
	return notes->len ? g_strdup_printf(_("on record: %s"),
	    notes->str) : NULL;
}

/* What is in the way or warns, one each. */
void
rx_sheet_open(struct tui *ui, struct sheet *s, const GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];
		g_autofree char *words = f->severity == SEVERITY_LOG ||
		    has_passed(f) ? NULL : rx_finding_words(ui, f);

		if (words)
			sheet_add(s, rx_finding_element(f), rx_finding_mark(f),
			    words);
	}
}

static void
join(GString *all, const char *words)
{
	g_string_append_printf(all, "%s%s", all->len ? " · " : "", words);
}

static void
explain_add(GString *out, const struct care_rules *rules,
    const struct care_finding *f)
{
	g_autofree char *rule = rules && f->rule ?
	    care_rules_explain(rules, f->rule) : NULL;
	const char *const lines[] = { f->sentence, f->numbers, f->evidence,
		f->proof, rule ? rule : f->document };

	if (out->len)
		g_string_append_c(out, '\n');
	g_string_append_printf(out, "%s %s\n", rx_finding_mark(f),
	    f->rule ? f->rule : "");
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
		if (lines[i])
			g_string_append_printf(out, "%s\n", lines[i]);
}

void
rx_explain(struct tui *ui, const struct care_finding *f)
{
	g_autoptr(GString) out = g_string_new(NULL);

	explain_add(out, desk_rules(ui->desk, NULL), f);
	ui_push(ui, page_view_new(ui, f->rule ? f->rule : _("Rules"),
	    out->str));
}

void
rx_explain_all(struct tui *ui, const GPtrArray *findings)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++)
		explain_add(out, desk_rules(ui->desk, NULL),
		    findings->pdata[i]);
	ui_push(ui, page_view_new(ui, _("Rules"), out->str));
}

/* ---- a renewal ---------------------------------------------------------- */

static const struct { enum element element; const char *mark; } gates[] = {
	[GATE_PASSED] = { E_STATUS_LIVE, "✓" },
	[GATE_FAILED] = { E_CHART_CRITICAL, "✗" },
	[GATE_UNKNOWN] = { E_CHART_ABNORMAL, "?" },
};

/* One line a test: the newest first, the ones before behind it. */
static void
result_add(struct sheet *s, const GPtrArray *results, guint i)
{
	const struct fact_result *r = results->pdata[i];
	const char *mark = care_interpretation_mark(r->interpretation);
	g_autofree char *day = base_time_words(r->date_ms);
	GString *line = g_string_new(NULL);

	g_string_append_printf(line, "%s %s %s  %s", r->words,
	    r->value ? r->value : "", r->unit ? r->unit : "", day);
	for (guint k = i + 1; k < results->len; k++) {
		const struct fact_result *old = results->pdata[k];
		g_autofree char *then = base_time_words(old->date_ms);

		if (strcmp(old->words, r->words) == 0)
			g_string_append_printf(line, " ← %s  %s",
			    old->value ? old->value : "", then);
	}
	sheet_add(s, *mark ? E_CHART_ABNORMAL : E_CHART_TEXT, mark, line->str);
	g_string_free(line, TRUE);
}

static gboolean
seen_before(const GPtrArray *results, guint i)
{
	const struct fact_result *r = results->pdata[i];

	for (guint k = 0; k < i; k++)
		if (strcmp(((struct fact_result *)results->pdata[k])->words,
		    r->words) == 0)
			return TRUE;
	return FALSE;
}

static void
results_add(struct sheet *s, const GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++)
		if (!seen_before(results, i))
			result_add(s, results, i);
}

static void
differences_add(struct tui *ui, struct sheet *s, const GPtrArray *lines)
{
	if (lines->len)
		sheet_head(s, _("New since the old order"));
	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *words = rx_plain(ui, lines->pdata[i]);

		sheet_add(s, E_CHART_ABNORMAL, "!", words);
	}
}

/* The last ones, on one line, and how regularly. */
static void
fills_add(struct sheet *s, const struct care_renewal *r)
{
	enum { FILLS_SHOWN = 3 };
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = 0; i < MIN(r->fills->len, FILLS_SHOWN); i++)
		g_string_append_printf(line, "%s%s", i ? " · " : "",
		    (const char *)r->fills->pdata[i]);
	if (r->adherence)
		g_string_append_printf(line, "%s%s", line->len ? " · " : "",
		    r->adherence);
	if (line->len)
		sheet_print(s, E_CHART_TEXT, "", _("Handed out: %s"),
		    line->str);
}

/* A proof whose day the sentence says already is not said twice. */
static char *
gate_words(struct tui *ui, const struct care_gate *g)
{
	g_autofree char *said = rx_plain(ui, g->sentence);
	g_autofree char *proof = g->evidence ? rx_plain(ui, g->evidence) : NULL;
	const char *day = proof ? strrchr(proof, ' ') : NULL;

	if (!proof || strstr(said, proof) || (day && strstr(said, day + 1)))
		return g_steal_pointer(&said);
	return g_strdup_printf("%s — %s", said, proof);
}

void
rx_sheet_renewal(struct tui *ui, struct sheet *s, const struct care_renewal *r)
{
	sheet_head(s, _("Gates"));
	for (guint i = 0; i < r->gates->len; i++) {
		const struct care_gate *g = r->gates->pdata[i];
		g_autofree char *words = gate_words(ui, g);

		sheet_add(s, gates[g->state].element, gates[g->state].mark,
		    words);
	}
	differences_add(ui, s, r->differences);
	if (r->monitoring->len)
		sheet_head(s, _("Results that matter for this drug"));
	results_add(s, r->monitoring);
	fills_add(s, r);
}

/* The test that the drug needs is among the findings. */
static gboolean
is_said_there(const struct care_gate *g)
{
	return strcmp(g->id, "monitoring") == 0;
}

/* A failed gate stands among the findings, where its reason is asked for. */
void
rx_sheet_facts(struct tui *ui, struct sheet *s, const struct care_renewal *r)
{
	for (guint i = 0; i < r->gates->len; i++) {
		const struct care_gate *g = r->gates->pdata[i];
		g_autofree char *words = rx_plain(ui, g->sentence);

		if (g->state == GATE_UNKNOWN)
			sheet_add(s, gates[g->state].element,
			    gates[g->state].mark, words);
	}
	results_add(s, r->monitoring);
	fills_add(s, r);
}

/* The results it rests on stand above, with the ones before them. */
static gboolean
rests_on_results(const struct care_finding *f, const struct care_renewal *r)
{
	for (guint i = 0; r && !f->proof && i < r->monitoring->len; i++) {
		const struct fact_result *result = r->monitoring->pdata[i];

		if (f->evidence && g_str_has_prefix(f->evidence,
		    result->words))
			return TRUE;
	}
	return FALSE;
}

/* What a rule before has said already is not said twice. */
static void
join_new(GString *all, const char *rests)
{
	/* Packs and catalogues write either stop. */
	g_auto(GStrv) halves = g_strsplit(rests, "；", -1);
	g_autofree char *whole = g_strjoinv("; ", halves);
	g_auto(GStrv) parts = g_strsplit(whole, "; ", -1);
	gboolean first = TRUE;

	for (guint i = 0; parts[i]; i++) {
		if (strstr(all->str, parts[i]))
			continue;
		g_string_append(all, first ? _(": ") : _("; "));
		g_string_append(all, parts[i]);
		first = FALSE;
	}
}

static void
passed_rules(struct tui *ui, struct sheet *s, const GPtrArray *findings,
    const struct care_renewal *r)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];
		const char *rests = f->proof ? f->proof : f->evidence;
		g_autofree char *plain = NULL;

		if (!has_passed(f))
			continue;
		join(all, f->rule);
		plain = rx_plain(ui, rests ? rests : f->sentence);
		if (!rests_on_results(f, r))
			join_new(all, plain);
	}
	if (all->len)
		sheet_add(s, E_STATUS_LIVE, "✓", all->str);
}

static void
passed_gates(struct tui *ui, struct sheet *s, const struct care_renewal *r)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < r->gates->len; i++) {
		const struct care_gate *g = r->gates->pdata[i];
		g_autofree char *words = rx_plain(ui, g->sentence);

		if (g->state == GATE_PASSED && !is_said_there(g))
			join(all, words);
	}
	if (all->len)
		sheet_add(s, E_STATUS_LIVE, "✓", all->str);
}

void
rx_sheet_passed(struct tui *ui, struct sheet *s, const GPtrArray *findings,
    const struct care_renewal *r)
{
	passed_rules(ui, s, findings, r);
	if (r)
		passed_gates(ui, s, r);
}
