/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What could not be looked at is a finding, whatever the packs say: a section
 * that is not here, an allergy in free text, a drug without a code, a silent
 * service, a pack that nobody signed, a clock that cannot be right.
 */
#include "care/pack.h"

#include <string.h>

static void
gap_sections(struct check *c)
{
	static const char *const missing[FACTS_SECTIONS_] = {
		[FACTS_ALLERGIES] = N_("Allergies are not loaded: they were "
				       "not checked."),
		[FACTS_PROBLEMS] = N_("Problems are not loaded: they were not "
				      "checked."),
		[FACTS_DRUGS] = N_("The patient's drugs are not loaded: "
				   "duplicates and interactions were not "
				   "checked."),
		[FACTS_RESULTS] = N_("Results are not loaded: they were not "
				     "checked."),
		[FACTS_VISITS] = N_("Visits are not loaded: they were not "
				    "checked."),
	};
	static const char *const refused[FACTS_SECTIONS_] = {
		[FACTS_ALLERGIES] = N_("The server refused to show allergies: "
				       "they were not checked."),
		[FACTS_PROBLEMS] = N_("The server refused to show problems: "
				      "they were not checked."),
		[FACTS_DRUGS] = N_("The server refused to show the patient's "
				   "drugs: duplicates and interactions were "
				   "not checked."),
		[FACTS_RESULTS] = N_("The server refused to show results: they "
				     "were not checked."),
		[FACTS_VISITS] = N_("The server refused to show visits: they "
				    "were not checked."),
	};

	for (int s = 0; s < FACTS_SECTIONS_; s++)
		if (c->facts->state[s] == FACTS_NOT_LOADED)
			check_not_run(c, LINE_ALL, g_strdup(_(missing[s])));
		else if (c->facts->state[s] == FACTS_REFUSED)
			check_not_run(c, LINE_ALL, g_strdup(_(refused[s])));
}

static void
gap_allergies(struct check *c)
{
	const struct care_facts *f = c->facts;

	for (guint i = 0; i < f->allergies->len; i++) {
		const struct fact_allergy *a = f->allergies->pdata[i];

		if (!a->marks || !*a->marks)
			check_not_run(c, LINE_ALL, g_strdup_printf(
			    _("The allergy \"%s\" has no code: it was compared "
			      "by its words alone."),
			    a->words ? a->words : "?"));
	}
	if (f->state[FACTS_ALLERGIES] == FACTS_LOADED &&
	    f->allergies->len == 0 && !f->none_known_allergy)
		check_not_run(c, LINE_ALL, g_strdup(_("No allergy is on "
		    "record, nor that none is known: ask.")));
}

static void
gap_drugs(struct check *c)
{
	for (guint i = 0; i < c->rx->orders->len; i++) {
		const struct care_drug *drug = check_order(c, i)->drug;

		if (!drug)
			check_not_run(c, (int)i, g_strdup(_("This line names no "
			    "drug: nothing of it was checked.")));
		else if (!drug->code && !drug->herbal)
			check_not_run(c, (int)i, g_strdup_printf(_("%s has no "
			    "code: allergies, interactions and duplicates were "
			    "compared by its name alone."),
			    check_drug_words(c, i)));
	}
	for (guint i = 0; i < c->facts->drugs->len; i++) {
		const struct fact_drug *d = c->facts->drugs->pdata[i];

		if (check_taken_now(c, d) && !d->drug->code &&
		    !d->drug->herbal)
			check_not_run(c, LINE_ALL, g_strdup_printf(_("%s in the "
			    "chart has no code: it was compared by its name "
			    "alone."), d->words ? d->words : d->ref));
	}
}

static void
gap_not_understood(struct check *c)
{
	for (guint i = 0; i < c->facts->not_understood->len; i++)
		check_not_run(c, LINE_ALL, g_strdup_printf(_("%s carries a "
		    "modifier that is not understood here: look at it in the "
		    "hospital's system."),
		    (const char *)c->facts->not_understood->pdata[i]));
}

/* ---- the decision support service --------------------------------------- */

/* CDS Hooks indicators; what is none of them warns. */
static enum care_severity
card_severity(const char *indicator)
{
	return g_strcmp0(indicator, "info") == 0 ? SEVERITY_LOG :
	    g_strcmp0(indicator, "critical") == 0 ? SEVERITY_GATE :
	    SEVERITY_WARN;
}

static void
gap_cards(struct check *c)
{
	const struct care_facts *f = c->facts;

	for (guint i = 0; i < f->cards->len; i++) {
		const struct fact_card *card = f->cards->pdata[i];
		struct care_finding *finding = g_new0(struct care_finding, 1);

		finding->kind = FINDING_SERVICE;
		finding->severity = card_severity(card->indicator);
		finding->rule = card->key;
		finding->line = LINE_ALL;
		finding->sentence = g_strdup(card->summary);
		finding->numbers = g_strdup(card->detail);
		finding->document = card->source;
		finding->proof = g_strdup(care_rx_proof(c->rx, finding->rule,
		    NULL));
		g_ptr_array_add(c->findings, finding);
	}
}

/* Its host: a doctor has no use for the rest of an address. Owned. */
static char *
service_words(const char *name)
{
	const char *host = name ? strstr(name, "://") : NULL;

	if (!host)
		return g_strdup(name ? name : "CDS");
	return g_strndup(host + 3, strcspn(host + 3, "/?#"));
}

static void
gap_service(struct check *c)
{
	const struct care_facts *f = c->facts;
	g_autofree char *name = service_words(f->service_name);

	if (f->service == SERVICE_UNASKED)
		check_not_run(c, LINE_ALL, g_strdup_printf(_("decision support "
		    "(%s) has not been asked yet: that takes a prepared "
		    "prescription and the server."), name));
	else if (f->service == SERVICE_ASKED)
		check_not_run(c, LINE_ALL, g_strdup_printf(_("decision support "
		    "(%s) was asked and has not answered yet."), name));
	else if (f->service == SERVICE_SILENT)
		check_not_run(c, LINE_ALL, g_strdup_printf(_("decision support "
		    "(%s) did not answer: its checks are missing."), name));
	if (f->cards_unreadable && f->service == SERVICE_ANSWERED)
		check_not_run(c, LINE_ALL, g_strdup_printf(_("what decision "
		    "support (%s) answered could not be read: its checks are "
		    "missing."), name));
	gap_cards(c);
}

/* ---- the packs themselves ----------------------------------------------- */

static void
pack_finding(struct check *c, const struct care_pack *pack,
    enum care_severity severity, char *sentence)
{
	struct care_finding *finding = g_new0(struct care_finding, 1);

	finding->kind = FINDING_PACK;
	finding->severity = severity;
	finding->rule = pack->jurisdiction;
	finding->line = LINE_ALL;
	finding->sentence = base_text_show(sentence, -1, BASE_ONE_LINE);
	finding->document = pack->title;
	g_free(sentence);
	g_ptr_array_add(c->findings, finding);
}

static void
gap_pack(struct check *c, const struct care_pack *pack)
{
	if (pack->failing > 0)
		pack_finding(c, pack, SEVERITY_WARN, g_strdup_printf(
		    _("%d of %d vectors of the rules \"%s\" fail: run "
		      "qingnang rules check."), pack->failing, pack->vectors,
		    pack->title));
}

/* All that nobody signed off in one sentence: it is said at every check. */
static void
gap_unsigned(struct check *c)
{
	g_autoptr(GString) names = g_string_new(NULL);
	const struct care_pack *first = NULL;

	for (guint i = 0; i < c->rules->packs->len; i++) {
		const struct care_pack *pack = c->rules->packs->pdata[i];

		if (pack->signer)
			continue;
		first = first ? first : pack;
		g_string_append_printf(names, "%s%s (%s)",
		    names->len ? ", " : "", pack->jurisdiction, pack->version);
	}
	if (first)
		pack_finding(c, first, SEVERITY_WARN, g_strdup_printf(
		    _("Nobody has signed off the rules %s: no legal advice."),
		    names->str));
}

/* The clock is one, however many packs are younger than it says. */
static void
gap_clock(struct check *c)
{
	g_autoptr(GString) names = g_string_new(NULL);
	g_autofree char *day = check_day(c->facts->now_ms);
	const struct care_pack *last = NULL;

	for (guint i = 0; i < c->rules->packs->len; i++) {
		const struct care_pack *pack = c->rules->packs->pdata[i];

		if (c->facts->now_ms >= pack->date_ms - DAY_MS)
			continue;
		if (!last || pack->date_ms > last->date_ms)
			last = pack;
		g_string_append_printf(names, "%s%s", names->len ? ", " : "",
		    pack->jurisdiction);
	}
	if (last)
		pack_finding(c, last, SEVERITY_WARN, g_strdup_printf(
		    _("This machine's clock says %s, before the rules %s of "
		      "%s were written: set the clock."), day, names->str,
		    last->date));
}

void
check_gaps(struct check *c)
{
	gap_sections(c);
	gap_allergies(c);
	gap_drugs(c);
	gap_not_understood(c);
	gap_service(c);
	if (!c->rules->packs)
		return;
	if (c->rules->packs->len == 0)
		check_not_run(c, LINE_ALL, g_strdup(_("No rules are loaded: "
		    "nothing was checked.")));
	gap_unsigned(c);
	gap_clock(c);
	for (guint i = 0; i < c->rules->packs->len; i++)
		gap_pack(c, c->rules->packs->pdata[i]);
}
