/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the patient is, and allergies, problems, results and visits. What is
 * refuted is left out; what is not confirmed, preliminary or not understood is
 * never evidence for anything, but an allergy of that kind still warns.
 */
#include "care/facts.h"

#include <string.h>

static const char *const not_so[] = { "refuted", "entered-in-error", NULL };

static const char *
status_of(const fhir_node *root, const char *member)
{
	g_autofree char *path = g_strconcat(member, ".coding.code", NULL);

	return fhir_text(root, path);
}

static gboolean
status_is(const fhir_node *root, const char *member, const char *const *words)
{
	const char *status = status_of(root, member);

	return status && g_strv_contains(words, status);
}

/* ---- the patient and who stands beside ---------------------------------- */

void
facts_take_patient(struct facts_in *in)
{
	struct care_facts *facts = in->facts;
	const char *birth = fhir_text(in->root, "birthDate");
	int64_t ms;

	/* Of merged records the first speaks; a gap is filled by the others. */
	if (!facts->subject_ref)
		facts->subject_ref = in->ref;
	if (!facts->birth_date && fhir_time_ms(birth, &ms, NULL))
		facts->birth_date = facts_words(facts, birth);
	if (!facts->sex)
		facts->sex = facts_words(facts, fhir_text(in->root, "gender"));
	if (fhir_bool(in->root, "deceasedBoolean") == 1 ||
	    fhir_text(in->root, "deceasedDateTime"))
		facts->dead = TRUE;
}

/* v3-RoleCode: guardian, and the parents a child's guardian is by law. */
static const char *const guardian_marks[] = {
	"http://terminology.hl7.org/CodeSystem/v3-RoleCode|GUARD",
	"http://terminology.hl7.org/CodeSystem/v3-RoleCode|MTH",
	"http://terminology.hl7.org/CodeSystem/v3-RoleCode|FTH",
	"http://terminology.hl7.org/CodeSystem/v3-RoleCode|PRN",
	"http://terminology.hl7.org/CodeSystem/v2-0131|N", NULL
};

void
facts_take_relative(struct facts_in *in)
{
	g_auto(GStrv) marks = facts_marks(fhir_get(in->root, "relationship"));

	if (fhir_bool(in->root, "active") == 0 || in->modified)
		return;
	for (char **m = marks; *m; m++)
		if (g_strv_contains(guardian_marks, *m))
			in->facts->guardian_ref = in->ref;
}

/* A consent that is active and was given by a related person. */
void
facts_take_consent(struct facts_in *in)
{
	static const char *const active[] = { "active", NULL };
	const fhir_node *who = fhir_get(in->root, "performer");
	size_t count = fhir_count(who, NULL);

	if (in->modified || !facts_is(in->root, "status", active) ||
	    g_strcmp0(fhir_text(in->root, "provision.type"), "deny") == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct fhir_ref ref;

		if (fhir_ref_at(fhir_at(who, NULL, i), "", &ref) &&
		    strcmp(ref.type, "RelatedPerson") == 0)
			in->facts->guardian_consent = TRUE;
	}
}

/* ---- allergies ---------------------------------------------------------- */

/* SNOMED CT situations: no known allergy, no known drug allergy. */
static const char *const none_known[] = { "http://snomed.info/sct|716186003",
	"http://snomed.info/sct|409137002", "http://snomed.info/sct|160244002",
	NULL };
/* … and of things that are no drugs: they say nothing here. */
static const char *const other_none[] = { "http://snomed.info/sct|428607008",
	"http://snomed.info/sct|429625007", "http://snomed.info/sct|1003774007",
	NULL };

static gboolean
any_mark(char *const *marks, const char *const *words)
{
	for (; *marks; marks++)
		if (g_strv_contains(words, *marks))
			return TRUE;
	return FALSE;
}

static gboolean
severe(const fhir_node *root)
{
	size_t count = fhir_count(root, "reaction");

	if (g_strcmp0(fhir_text(root, "criticality"), "high") == 0)
		return TRUE;
	for (size_t i = 0; i < count; i++)
		if (g_strcmp0(fhir_text(fhir_at(root, "reaction", i),
		    "severity"), "severe") == 0)
			return TRUE;
	return FALSE;
}

/* The substance of each reaction counts like the code itself. */
static char **
allergy_marks(const fhir_node *root)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_auto(GStrv) marks = facts_marks(fhir_get(root, "code"));
	size_t count = fhir_count(root, "reaction");

	for (char **m = marks; *m; m++)
		g_ptr_array_add(all, g_strdup(*m));
	for (size_t i = 0; i < count; i++) {
		g_auto(GStrv) more = facts_marks(fhir_get(fhir_at(root,
		    "reaction", i), "substance"));

		for (char **m = more; *m; m++)
			g_ptr_array_add(all, g_strdup(*m));
	}
	g_ptr_array_add(all, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
}

void
facts_take_allergy(struct facts_in *in)
{
	static const char *const over[] = { "inactive", "resolved", NULL };
	static const char *const unsure[] = { "unconfirmed", "presumed", NULL };
	struct fact_allergy *allergy;
	g_auto(GStrv) marks = NULL;

	if (status_is(in->root, "verificationStatus", not_so) ||
	    status_is(in->root, "clinicalStatus", over))
		return;
	marks = allergy_marks(in->root);
	if (any_mark(marks, other_none))
		return;
	if (any_mark(marks, none_known)) {
		in->facts->none_known_allergy |= !in->modified;
		return;
	}
	allergy = g_new0(struct fact_allergy, 1);
	allergy->words = facts_concept(in->facts, fhir_get(in->root, "code"));
	allergy->marks = g_steal_pointer(&marks);
	allergy->severe = severe(in->root);
	allergy->unconfirmed = in->modified ||
	    status_is(in->root, "verificationStatus", unsure);
	allergy->ref = in->ref;
	g_ptr_array_add(in->facts->allergies, allergy);
}

/* ---- problems and flags ------------------------------------------------- */

/* Whom a diagnosis is from: "Patient" and "RelatedPerson" only tell of one. */
static gboolean
by_clinician(const fhir_node *root)
{
	static const char *const who[] = { "asserter", "recorder" };
	struct fhir_ref ref;

	for (size_t i = 0; i < G_N_ELEMENTS(who); i++)
		if (fhir_ref_at(root, who[i], &ref))
			return g_str_has_prefix(ref.type, "Practitioner");
	return FALSE;
}

void
facts_take_problem(struct facts_in *in)
{
	static const char *const over[] = { "inactive", "remission", "resolved",
		NULL };
	static const char *const unsure[] = { "unconfirmed", "provisional",
		"differential", NULL };
	static const char *const dates[] = { "recordedDate", "onsetDateTime",
		"onsetPeriod.start", NULL };
	struct fact_problem *problem;
	struct facts_diagnosed diagnosed = { 0 };
	struct fhir_ref ref;

	if (status_is(in->root, "verificationStatus", not_so))
		return;
	problem = g_new0(struct fact_problem, 1);
	problem->words = facts_concept(in->facts, fhir_get(in->root, "code"));
	problem->marks = facts_marks(fhir_get(in->root, "code"));
	problem->active = !status_is(in->root, "clinicalStatus", over) &&
	    !fhir_text(in->root, "abatementDateTime");
	problem->confirmed = !in->modified &&
	    !status_is(in->root, "verificationStatus", unsure);
	problem->date_ms = facts_time(in->root, dates);
	problem->by_institution = by_clinician(in->root);
	problem->ref = in->ref;
	g_ptr_array_add(in->facts->problems, problem);
	if (fhir_ref_at(in->root, "encounter", &ref)) {
		g_autofree char *text = g_strdup_printf("%s/%s", ref.type,
		    ref.id);

		diagnosed.problem = problem;
		diagnosed.visit = facts_words(in->facts, text);
		g_array_append_val(in->facts->join->diagnosed, diagnosed);
	}
}

/* An active flag is a problem for the rules: "pregnant", "dialysis". */
void
facts_take_flag(struct facts_in *in)
{
	static const char *const active[] = { "active", NULL };
	static const char *const dates[] = { "period.start", NULL };
	struct fact_problem *problem;
	int64_t end;

	if (!facts_is(in->root, "status", active) ||
	    (fhir_time_ms(fhir_text(in->root, "period.end"), &end, NULL) &&
	    end < in->facts->now_ms))
		return;
	problem = g_new0(struct fact_problem, 1);
	problem->words = facts_concept(in->facts, fhir_get(in->root, "code"));
	problem->marks = facts_marks(fhir_get(in->root, "code"));
	problem->active = TRUE;
	problem->date_ms = facts_time(in->root, dates);
	problem->ref = in->ref;
	g_ptr_array_add(in->facts->problems, problem);
}

/* ---- results ------------------------------------------------------------ */

static void
add_result(struct facts_in *in, const fhir_node *node, int64_t date_ms)
{
	struct care_facts *facts = in->facts;
	const char *number = fhir_number(node, "valueQuantity.value");
	g_autofree char *words = number ? NULL : fhir_value_words(node,
	    base_i18n_lang());
	struct fact_result *result;
	const char *unit = fhir_text(node, "valueQuantity.code");

	if (!number && !words)
		return;
	/* "< 0.5" is no number to count with. */
	if (number && fhir_text(node, "valueQuantity.comparator"))
		words = fhir_value_words(node, base_i18n_lang());
	result = g_new0(struct fact_result, 1);
	result->marks = facts_marks(fhir_get(node, "code"));
	result->words = facts_concept(facts, fhir_get(node, "code"));
	result->value = facts_shown(facts, words ? words : number);
	result->unit = facts_words(facts, unit ? unit :
	    fhir_text(node, "valueQuantity.unit"));
	result->interpretation = facts_words(facts, fhir_interpretation(node));
	result->ref = in->ref;
	result->date_ms = date_ms;
	g_ptr_array_add(facts->results, result);
}

void
facts_take_result(struct facts_in *in)
{
	/* A preliminary value may still change: it proves nothing. */
	static const char *const settled[] = { "final", "amended", "corrected",
		NULL };
	static const char *const dates[] = { "effectiveDateTime",
		"effectiveInstant", "effectivePeriod.start", "issued", NULL };
	int64_t date_ms = facts_time(in->root, dates);
	size_t count = fhir_count(in->root, "component");

	if (in->modified || !facts_is(in->root, "status", settled))
		return;
	add_result(in, in->root, date_ms);
	for (size_t i = 0; i < count; i++)
		add_result(in, fhir_at(in->root, "component", i), date_ms);
}

/* ---- visits ------------------------------------------------------------- */

static gboolean
is_virtual(const struct fact_visit *visit)
{
	return g_strcmp0(visit->class_code, "VR") == 0;
}

/* A guardian who takes part in a visit of today that is going on. */
static void
look_for_guardian(struct facts_in *in)
{
	static const char *const going_on[] = { "in-progress", "arrived", NULL };
	size_t count = fhir_count(in->root, "participant");

	if (!facts_is(in->root, "status", going_on))
		return;
	for (size_t i = 0; i < count; i++) {
		struct fhir_ref ref;

		if (fhir_ref_at(fhir_at(in->root, "participant", i),
		    "individual", &ref) &&
		    strcmp(ref.type, "RelatedPerson") == 0)
			in->facts->guardian_present = TRUE;
	}
}

void
facts_take_visit(struct facts_in *in)
{
	static const char *const no_visit[] = { "planned", "cancelled",
		"unknown", NULL };
	/* v3-ActCode: inpatient, acute and non-acute. */
	static const char *const admitted[] = { "IMP", "ACUTE", "NONAC", NULL };
	static const char *const starts[] = { "period.start", NULL };
	static const char *const ends[] = { "period.end", NULL };
	struct care_facts *facts = in->facts;
	struct fact_visit *visit;
	const char *where = fhir_text(in->root, "serviceProvider.display");

	g_hash_table_insert(facts->join->visits, (char *)in->ref, NULL);
	if (in->modified || facts_is(in->root, "status", no_visit))
		return;
	visit = g_new0(struct fact_visit, 1);
	visit->class_code = facts_words(facts, fhir_text(in->root,
	    "class.code"));
	visit->institution = facts_shown(facts, where ? where :
	    fhir_text(in->root, "serviceProvider.reference"));
	visit->words = facts_concept(facts, fhir_get(in->root, "reasonCode"));
	visit->marks = facts_marks(fhir_get(in->root, "reasonCode"));
	visit->start_ms = facts_time(in->root, starts);
	visit->end_ms = facts_time(in->root, ends);
	visit->admission = visit->class_code &&
	    g_strv_contains(admitted, visit->class_code);
	visit->ref = in->ref;
	g_ptr_array_add(facts->visits, visit);
	g_hash_table_insert(facts->join->visits, (char *)in->ref, visit);
	look_for_guardian(in);
}

/* A diagnosis of an encounter stands on that encounter: one that was online, or
 * that is not here to be looked at, is no visit to an institution. */
void
facts_join_chart(struct care_facts *facts)
{
	struct facts_join *join = facts->join;

	for (guint i = 0; i < join->diagnosed->len; i++) {
		const struct facts_diagnosed *d = &g_array_index(
		    join->diagnosed, struct facts_diagnosed, i);
		const struct fact_visit *visit = g_hash_table_lookup(
		    join->visits, d->visit);

		d->problem->by_institution = visit && !is_virtual(visit);
		d->problem->visit = visit;
	}
	g_array_set_size(join->diagnosed, 0);
}
