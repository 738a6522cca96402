/* SPDX-License-Identifier: Apache-2.0 */
/* Allergies, problems, drugs and the rest of the chart, on their way in. What a
 * status means is a table; what is in none of them is "not understood". */
#include "store/entry.h"

/* SNOMED CT: situations recorded as "none known". */
static const char *const none_codes[] = {
	"716186003", /* no known allergy */
	"409137002", /* no known drug allergy */
	"428607008", /* no known environmental allergy */
	"429625007", /* no known food allergy */
	"1003774007", /* no known Hevea brasiliensis latex allergy */
	"160244002", /* no known allergies (older) */
	"160245001", /* no current problems or disability */
	NULL,
};

static gboolean
is_known_none(const fhir_node *concept)
{
	size_t count = fhir_count(concept, "coding");

	for (size_t i = 0; i < count; i++) {
		const char *code = fhir_text(fhir_at(concept, "coding", i),
		    "code");
		if (code && g_strv_contains(none_codes, code))
			return TRUE;
	}
	return FALSE;
}

static const char *
words_at(struct ingest *in, const fhir_node *root, const char *path)
{
	const fhir_node *node = fhir_get(root, path);

	if (fhir_count(node, NULL))
		node = fhir_at(node, NULL, 0);
	return fhir_concept_words(node, in->lang);
}

/* ---- allergies and problems --------------------------------------------- */

static const struct status_word verification[] = {
	{ NULL, ENTRY_PLAIN },
	{ "confirmed", ENTRY_PLAIN },
	{ "unconfirmed", ENTRY_UNCONFIRMED },
	{ "presumed", ENTRY_UNCONFIRMED },
	{ "provisional", ENTRY_UNCONFIRMED },
	{ "differential", ENTRY_UNCONFIRMED },
	{ "refuted", ENTRY_REFUTED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
};
static const struct status_word clinical[] = {
	{ NULL, ENTRY_PLAIN },
	{ "active", ENTRY_PLAIN },
	{ "recurrence", ENTRY_PLAIN },
	{ "relapse", ENTRY_PLAIN },
	{ "inactive", ENTRY_INACTIVE },
	{ "remission", ENTRY_INACTIVE },
	{ "resolved", ENTRY_RESOLVED },
};

/* Whether it is so at all comes before whether it is so now. */
static enum entry_status
condition_status(const struct doc *doc)
{
	const char *verified = fhir_concept_code(
	    fhir_get(doc->root, "verificationStatus"), NULL);
	const char *now = fhir_concept_code(
	    fhir_get(doc->root, "clinicalStatus"), NULL);
	enum entry_status status = STATUS_OF(doc, verified, verification);
	enum entry_status course = STATUS_OF(doc, now, clinical);

	if (status == ENTRY_PLAIN || (status == ENTRY_UNCONFIRMED &&
	    course != ENTRY_PLAIN))
		status = course;
	if (status == ENTRY_PLAIN && is_known_none(fhir_get(doc->root, "code")))
		status = ENTRY_KNOWN_NONE;
	return status;
}

/* The manifestations, and whether one of them was severe. */
static char *
reactions(struct ingest *in, const fhir_node *root, gboolean *severe)
{
	g_autoptr(GString) out = g_string_new(NULL);
	size_t count = fhir_count(root, "reaction");

	for (size_t i = 0; i < count; i++) {
		const fhir_node *reaction = fhir_at(root, "reaction", i);
		size_t signs = fhir_count(reaction, "manifestation");
		*severe |= g_strcmp0(fhir_text(reaction, "severity"),
		    "severe") == 0;
		for (size_t k = 0; k < signs; k++) {
			const char *words = fhir_concept_words(
			    fhir_at(reaction, "manifestation", k), in->lang);
			if (words)
				g_string_append_printf(out, "%s%s",
				    out->len ? ", " : "", words);
		}
	}
	return out->len ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

gboolean
project_allergy(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char *const dates[] = { "recordedDate", "onsetDateTime",
		"lastOccurrence", NULL };
	struct entry entry = { .section = CHART_ALLERGIES };
	const fhir_node *root = doc->root;
	g_autofree char *detail = reactions(in, root, &entry.severe);

	entry.severe |= g_strcmp0(fhir_text(root, "criticality"), "high") == 0;
	entry.words = words_at(in, root, "code");
	if (!entry.words)
		entry.words = words_at(in, root, "reaction.substance");
	entry.detail = detail;
	entry.status = condition_status(doc);
	entry_date(&entry, root, dates);
	return entries_drop(in, doc, error) &&
	    entry_put(in, doc, 0, &entry, error);
}

gboolean
project_condition(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char *const dates[] = { "onsetDateTime",
		"onsetPeriod.start", "recordedDate", NULL };
	struct entry entry = { .section = CHART_PROBLEMS };
	const fhir_node *root = doc->root;

	entry.words = words_at(in, root, "code");
	entry.detail = words_at(in, root, "stage.summary");
	if (!entry.detail)
		entry.detail = words_at(in, root, "severity");
	entry.status = condition_status(doc);
	entry_date(&entry, root, dates);
	return entries_drop(in, doc, error) &&
	    entry_put(in, doc, 0, &entry, error);
}

/* ---- drugs -------------------------------------------------------------- */

static const struct status_word drug_words[] = {
	{ NULL, ENTRY_PLAIN },
	{ "active", ENTRY_PLAIN },
	{ "intended", ENTRY_UNCONFIRMED },
	{ "unknown", ENTRY_UNCONFIRMED },
	{ "draft", ENTRY_UNCONFIRMED },
	{ "on-hold", ENTRY_ON_HOLD },
	{ "cancelled", ENTRY_CANCELLED },
	{ "stopped", ENTRY_CANCELLED },
	{ "not-taken", ENTRY_CANCELLED },
	{ "completed", ENTRY_COMPLETED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
};

/* Only an order that stands can be one not to give. */
static enum entry_status
drug_status(const struct doc *doc)
{
	enum entry_status status = STATUS_OF(doc,
	    fhir_text(doc->root, "status"), drug_words);

	if (fhir_bool(doc->root, "doNotPerform") == 1 &&
	    (status == ENTRY_PLAIN || status == ENTRY_UNCONFIRMED ||
	    status == ENTRY_ON_HOLD || status == ENTRY_NOT_UNDERSTOOD))
		return ENTRY_DO_NOT_PERFORM;
	return status;
}

gboolean
drug_of(struct ingest *in, const fhir_node *root, const char **words,
    int64_t *drug, GError **error)
{
	const char *ref = fhir_text(root, "medicationReference.reference");
	size_t count = fhir_count(root, "contained");

	*drug = 0;
	*words = words_at(in, root, "medicationCodeableConcept");
	if (*words || !ref)
		return TRUE;
	*words = fhir_text(root, "medicationReference.display");
	if (ref[0] != '#')
		return number_of_text(in->store, ref, drug, error);
	for (size_t i = 0; i < count; i++) {
		const fhir_node *part = fhir_at(root, "contained", i);
		const char *own;
		if (g_strcmp0(fhir_text(part, "id"), ref + 1) != 0)
			continue;
		own = words_at(in, part, "code");
		if (own)
			*words = own;
	}
	return TRUE;
}

/* One dosage as the orderer put it, else as the patient is told, else the
 * quantity alone; nothing is made up from codes. */
static char *
dosage_one(const fhir_node *node)
{
	const char *words = fhir_text(node, "text");

	if (!words)
		words = fhir_text(node, "patientInstruction");
	return words ? g_strdup(words) :
	    fhir_quantity_words(fhir_get(node, "doseAndRate.doseQuantity"));
}

/* All of them: half of "one in the morning, two in the evening" is wrong. */
static char *
dosage(const fhir_node *root)
{
	const fhir_node *all = fhir_child(root, "dosageInstruction");
	g_autoptr(GString) out = g_string_new(NULL);
	struct fhir_each each;
	const fhir_node *one;

	fhir_each(&each, all ? all : fhir_child(root, "dosage"));
	while ((one = fhir_each_next(&each, NULL))) {
		g_autofree char *words = dosage_one(one);

		if (words && *words)
			g_string_append_printf(out, "%s%s", out->len ? "; " :
			    "", words);
	}
	return out->len ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* Until when it is ordered, or was taken. */
static void
drug_until(const fhir_node *root, struct aside *aside)
{
	static const char *const ends[] = { "effectivePeriod.end",
		"dispenseRequest.validityPeriod.end",
		"dosageInstruction.timing.repeat.boundsPeriod.end" };

	for (size_t i = 0; i < G_N_ELEMENTS(ends) && !aside->until; i++)
		aside_until(aside, fhir_text(root, ends[i]));
}

gboolean
project_drug(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char *const dates[] = { "authoredOn", "effectiveDateTime",
		"effectivePeriod.start", "dateAsserted", NULL };
	struct entry entry = { .section = CHART_DRUGS };
	const fhir_node *root = doc->root;
	g_autofree char *detail = dosage(root);
	struct aside aside = { .made = fhir_made_by(root) };

	if (!entries_drop(in, doc, error))
		return FALSE;
	/* A proposal is a wish, not a drug. */
	if (g_strcmp0(fhir_text(root, "intent"), "proposal") == 0)
		return TRUE;
	if (!drug_of(in, root, &entry.words, &entry.drug, error))
		return FALSE;
	entry.test = fhir_concept_code(
	    fhir_get(root, "medicationCodeableConcept"), NULL);
	entry.detail = detail;
	entry.status = drug_status(doc);
	entry.value = fhir_number(root,
	    "dispenseRequest.numberOfRepeatsAllowed");
	entry_date(&entry, root, dates);
	drug_until(root, &aside);
	return aside_who(in, root, fhir_get(root, "requester") ? "requester" :
	    "informationSource", &aside, error) &&
	    entry_put(in, doc, 0, &entry, error) &&
	    aside_put(in, doc, &aside, error);
}

static const char *const not_given[] = { "entered-in-error", "cancelled",
	"declined", "stopped", "preparation", NULL };

gboolean
project_dispense(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "INSERT OR REPLACE INTO dispense(n, patient,"
	    " request, code, handed, days) VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
	static const char drop[] = "DELETE FROM dispense WHERE n=?1";
	const fhir_node *root = doc->root;
	const char *days = fhir_number(root, "daysSupply.value");
	const char *status = fhir_text(root, "status");
	int64_t handed, request;

	if (!doc->patient || !days ||
	    (status && g_strv_contains(not_given, status)) ||
	    (!fhir_time_ms(fhir_text(root, "whenHandedOver"), &handed, NULL) &&
	    !fhir_time_ms(fhir_text(root, "whenPrepared"), &handed, NULL)))
		return db_run(in->store, error, drop, "i", doc->n);
	return number_at(in->store, root, "authorizingPrescription", NULL,
	    &request, error) && db_run(in->store, error, sql, "iiisid", doc->n,
	    doc->patient, request, fhir_concept_code(
	    fhir_get(root, "medicationCodeableConcept"), NULL), handed,
	    g_ascii_strtod(days, NULL));
}
