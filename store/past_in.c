/* SPDX-License-Identifier: Apache-2.0 */
/* The rest of the chart on its way in: visits, documents, intake answers, vaccines,
 * contracts, coverage, procedures, flags, and what was handed out of a drug. Where
 * a type says what stands in a table; a status that is in none of them is "not
 * understood". */
#include "store/entry.h"
#include "store/page.h"

#include <string.h>

/* ---- statuses ----------------------------------------------------------- */

static const struct status_word visit_words[] = {
	{ NULL, ENTRY_UNCONFIRMED },
	{ "planned", ENTRY_PLANNED },
	{ "arrived", ENTRY_ONGOING },
	{ "triaged", ENTRY_ONGOING },
	{ "in-progress", ENTRY_ONGOING },
	{ "onleave", ENTRY_ONGOING },
	{ "finished", ENTRY_PLAIN },
	{ "cancelled", ENTRY_CANCELLED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
	{ "unknown", ENTRY_UNCONFIRMED },
};
static const struct status_word document_words[] = {
	{ NULL, ENTRY_UNCONFIRMED },
	{ "current", ENTRY_PLAIN },
	{ "superseded", ENTRY_SUPERSEDED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
};
static const struct status_word document_state_words[] = {
	{ NULL, ENTRY_PLAIN },
	{ "final", ENTRY_PLAIN },
	{ "preliminary", ENTRY_PRELIMINARY },
	{ "amended", ENTRY_CORRECTED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
};
static const struct status_word intake_words[] = {
	{ NULL, ENTRY_UNCONFIRMED },
	{ "in-progress", ENTRY_ONGOING },
	{ "completed", ENTRY_PLAIN },
	{ "amended", ENTRY_CORRECTED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
	{ "stopped", ENTRY_CANCELLED },
};
static const struct status_word event_words[] = {
	{ NULL, ENTRY_UNCONFIRMED },
	{ "preparation", ENTRY_PLANNED },
	{ "in-progress", ENTRY_ONGOING },
	{ "not-done", ENTRY_NOT_DONE },
	{ "declined", ENTRY_NOT_DONE },
	{ "on-hold", ENTRY_ON_HOLD },
	{ "stopped", ENTRY_CANCELLED },
	{ "cancelled", ENTRY_CANCELLED },
	{ "completed", ENTRY_PLAIN },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
	{ "unknown", ENTRY_UNCONFIRMED },
};
static const struct status_word standing_words[] = {
	{ NULL, ENTRY_UNCONFIRMED },
	{ "active", ENTRY_PLAIN },
	{ "inactive", ENTRY_INACTIVE },
	{ "draft", ENTRY_UNCONFIRMED },
	{ "proposed", ENTRY_PLANNED },
	{ "planned", ENTRY_PLANNED },
	{ "waitlist", ENTRY_PLANNED },
	{ "suspended", ENTRY_ON_HOLD },
	{ "onhold", ENTRY_ON_HOLD },
	{ "finished", ENTRY_COMPLETED },
	{ "cancelled", ENTRY_CANCELLED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
};

/* ---- where a type says what --------------------------------------------- */

enum { PATHS = 5 };
static const struct past_def {
	const char *type;
	enum chart_section section;
	const char *words[PATHS];  /* concepts or strings; the first is it */
	const char *detail[PATHS]; /* … all of them, each once */
	const char *dates[PATHS], *until;
	const char *who[PATHS];    /* references; the first is it */
	const struct status_word *status; size_t statuses;
	const char *value;         /* a code or count kept as it is */
} defs[] = {
	{ "Encounter", CHART_VISITS, { "type", "reasonCode", "serviceType",
	    "class.display" }, { "reasonCode", "type",
	    "serviceProvider.display" }, { "period.start", "period.end" },
	    "period.end", { "participant.individual", "serviceProvider" },
	    visit_words, G_N_ELEMENTS(visit_words), "class.code" },
	{ "DocumentReference", CHART_DOCUMENTS, { "description",
	    "content.attachment.title", "type", "category" }, { "type",
	    "category", "content.attachment.title" }, { "date",
	    "content.attachment.creation", "context.period.start" }, NULL,
	    { "author", "authenticator", "custodian" }, document_words,
	    G_N_ELEMENTS(document_words), "content.attachment.contentType" },
	{ "QuestionnaireResponse", CHART_INTAKE, { "_questionnaire.extension.valueString" }, { NULL }, { "authored" }, NULL, { "author",
	    "source" }, intake_words, G_N_ELEMENTS(intake_words), NULL },
	{ "Immunization", CHART_VACCINES, { "vaccineCode" }, { "lotNumber",
	    "statusReason", "doseQuantity", "manufacturer.display" },
	    { "occurrenceDateTime", "recorded" }, NULL, { "performer.actor" },
	    event_words, G_N_ELEMENTS(event_words), NULL },
	{ "EpisodeOfCare", CHART_CONTRACT, { "type" }, { "diagnosis.role" },
	    { "period.start" }, "period.end", { "careManager",
	    "managingOrganization" }, standing_words,
	    G_N_ELEMENTS(standing_words), NULL },
	{ "CareTeam", CHART_CONTRACT, { "name", "category" }, { "category",
	    "reasonCode" }, { "period.start" }, "period.end",
	    { "participant.member", "managingOrganization" }, standing_words,
	    G_N_ELEMENTS(standing_words), NULL },
	{ "Coverage", CHART_COVERAGE, { "type", "class.name", "class.value" },
	    { "network", "relationship" }, { "period.start", "period.end" },
	    "period.end", { "payor" }, standing_words,
	    G_N_ELEMENTS(standing_words), NULL },
	{ "Procedure", CHART_PROCEDURES, { "code", "category" },
	    { "statusReason", "bodySite", "outcome", "complication" },
	    { "performedDateTime", "performedPeriod.start" },
	    "performedPeriod.end", { "performer.actor", "recorder" },
	    event_words, G_N_ELEMENTS(event_words), NULL },
	{ "Flag", CHART_FLAGS, { "code" }, { "category" }, { "period.start" },
	    "period.end", { "author" }, standing_words,
	    G_N_ELEMENTS(standing_words), NULL },
};

static const struct past_def *
def_of(const char *type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(defs); i++)
		if (strcmp(type, defs[i].type) == 0)
			return &defs[i];
	return NULL;
}

/* ---- words -------------------------------------------------------------- */

/* A string, a concept or a quantity; owned. */
static char *
said_at(struct ingest *in, const fhir_node *root, const char *path)
{
	const fhir_node *node = fhir_get(root, path);
	const char *words = fhir_text(root, path);

	if (!words)
		words = fhir_concept_words(node, in->lang);
	if (words)
		return *words ? g_strdup(words) : NULL;
	return fhir_quantity_words(node);
}

static char *
first_said(struct ingest *in, const fhir_node *root, const char *const *paths)
{
	for (int i = 0; i < PATHS && paths[i]; i++) {
		char *said = said_at(in, root, paths[i]);
		if (said)
			return said;
	}
	return NULL;
}

/* Each once, and not what the line is called already. */
static char *
all_said(struct ingest *in, const fhir_node *root, const char *const *paths,
    const char *but)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);

	for (int i = 0; i < PATHS && paths[i]; i++) {
		char *said = said_at(in, root, paths[i]);
		if (!said || g_strcmp0(said, but) == 0 ||
		    g_ptr_array_find_with_equal_func(all, said, g_str_equal,
		    NULL))
			g_free(said);
		else
			g_ptr_array_add(all, said);
	}
	if (all->len == 0)
		return NULL;
	g_ptr_array_add(all, NULL);
	return g_strjoinv(" · ", (char **)all->pdata);
}

/* ---- the line ----------------------------------------------------------- */

gboolean
aside_put(struct ingest *in, const struct doc *doc, const struct aside *a,
    GError **error)
{
	static const char sql[] = "INSERT INTO aside(e, until_ms, until, who,"
	    " by_words, what, made) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";

	return !doc->patient || db_run(in->store, error, sql, "iisisii",
	    doc->n * ENTRY_PARTS, a->until_ms, a->until, a->who, a->by,
	    a->what, (int64_t)a->made);
}

void
aside_until(struct aside *a, const char *until)
{
	if (until && fhir_time_ms(until, &a->until_ms, NULL))
		a->until = until;
}

gboolean
aside_who(struct ingest *in, const fhir_node *root, const char *path,
    struct aside *a, GError **error)
{
	const fhir_node *node = fhir_get(root, path);

	if (fhir_count(node, NULL))
		node = fhir_at(node, NULL, 0);
	if (!node)
		return TRUE;
	a->by = fhir_text(node, "display");
	return number_at(in->store, node, NULL, NULL, &a->who, error);
}

static gboolean
who_of(struct ingest *in, const fhir_node *root, const char *const *paths,
    struct aside *a, GError **error)
{
	for (int i = 0; i < PATHS && paths[i] && !a->who && !a->by; i++)
		if (!aside_who(in, root, paths[i], a, error))
			return FALSE;
	return TRUE;
}

/* A document says twice whether it stands. */
static enum entry_status
past_status(const struct past_def *def, const struct doc *doc)
{
	enum entry_status status = status_of(doc,
	    fhir_text(doc->root, "status"), def->status, def->statuses);

	if (def->section == CHART_DOCUMENTS && status == ENTRY_PLAIN)
		status = STATUS_OF(doc, fhir_text(doc->root, "docStatus"),
		    document_state_words);
	return status;
}

/* Answers carry no name; what asked them has one, or its address. */
static char *
past_words(struct ingest *in, const struct past_def *def,
    const fhir_node *root)
{
	char *words = first_said(in, root, def->words);
	const char *form = fhir_text(root, "questionnaire");

	if (words || def->section != CHART_INTAKE)
		return words;
	if (form && strrchr(form, '/') && strrchr(form, '/')[1])
		form = strrchr(form, '/') + 1;
	return g_strdup(form);
}

static int
answers_count(const fhir_node *item, int depth)
{
	struct fhir_each each;
	const fhir_node *one;
	int n = 0;

	fhir_each(&each, fhir_child(item, "item"));
	while (depth < 16 && (one = fhir_each_next(&each, NULL)))
		n += (int)fhir_count(one, "answer") +
		    answers_count(one, depth + 1);
	return n;
}

gboolean
project_past(struct ingest *in, const struct doc *doc, GError **error)
{
	const struct past_def *def = def_of(doc->head.type);
	const fhir_node *root = doc->root;
	struct entry entry = { .section = def->section };
	struct aside aside = { .made = fhir_made_by(root) };
	g_autofree char *words = past_words(in, def, root);
	g_autofree char *detail = all_said(in, root, def->detail, words);
	g_autofree char *count = NULL;

	if (!entries_drop(in, doc, error))
		return FALSE;
	entry.words = words;
	entry.detail = detail;
	entry.status = past_status(def, doc);
	entry.value = def->value ? fhir_text(root, def->value) : NULL;
	if (def->section == CHART_DOCUMENTS)
		entry.unit = fhir_number(root, "content.attachment.size");
	if (def->section == CHART_INTAKE)
		entry.value = count = g_strdup_printf("%d",
		    answers_count(root, 0));
	entry_date(&entry, root, def->dates);
	if (def->until)
		aside_until(&aside, fhir_text(root, def->until));
	return who_of(in, root, def->who, &aside, error) &&
	    entry_put(in, doc, 0, &entry, error) &&
	    aside_put(in, doc, &aside, error);
}

/* ---- what was handed out or given --------------------------------------- */

/* "28 tablets · 28 d": as the pharmacy wrote it. */
static char *
amount_words(const fhir_node *root)
{
	g_autofree char *amount = fhir_quantity_words(fhir_get(root,
	    "quantity"));
	g_autofree char *dose = fhir_quantity_words(fhir_get(root,
	    "dosage.dose"));
	g_autofree char *days = fhir_quantity_words(fhir_get(root,
	    "daysSupply"));
	const char *first = amount ? amount : dose;

	if (!first && !days)
		return NULL;
	return g_strconcat(first ? first : "", first && days ? " · " : "",
	    days ? days : "", NULL);
}

/* Used up then; unit of daysSupply is days. */
static void
used_up(const fhir_node *root, const struct entry *entry, struct aside *a)
{
	const char *days = fhir_number(root, "daysSupply.value");
	double n = days ? g_ascii_strtod(days, NULL) : 0;

	if (entry->date && n > 0 && n < 36500)
		a->until_ms = entry->date_ms + (int64_t)(n * 86400000.0);
}

gboolean
project_given(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char *const dates[] = { "whenHandedOver",
		"effectiveDateTime", "effectivePeriod.start", "whenPrepared",
		NULL };
	const fhir_node *root = doc->root;
	struct entry entry = { .section = (enum chart_section)ENTRY_FILLS };
	struct aside aside = { .made = fhir_made_by(root) };
	g_autofree char *amount = amount_words(root);

	if (!entries_drop(in, doc, error) ||
	    !drug_of(in, root, &entry.words, &entry.drug, error))
		return FALSE;
	entry.test = fhir_concept_code(fhir_get(root,
	    "medicationCodeableConcept"), NULL);
	entry.detail = amount;
	entry.status = STATUS_OF(doc, fhir_text(root, "status"), event_words);
	entry_date(&entry, root, dates);
	used_up(root, &entry, &aside);
	return aside_who(in, root, "performer.actor", &aside, error) &&
	    (number_at(in->store, root, "authorizingPrescription", NULL,
	    &aside.what, error)) &&
	    (aside.what || number_at(in->store, root, "request", NULL,
	    &aside.what, error)) &&
	    entry_put(in, doc, 0, &entry, error) &&
	    aside_put(in, doc, &aside, error);
}
