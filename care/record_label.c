/* SPDX-License-Identifier: Apache-2.0 */
/* The names of FHIR's usual fields and codes in the doctor's words. */
#include "care/record_room.h"

#include <string.h>

struct word { const char *code, *words; };

static const struct word fields[] = {
	{ "abatementDateTime", N_("ended") },
	{ "about", N_("about") },
	{ "account", N_("account") },
	{ "active", N_("in use") },
	{ "activity", N_("activity") },
	{ "additionalInstruction", N_("also") },
	{ "address", N_("address") },
	{ "agent", N_("who") },
	{ "allergy", N_("allergy") },
	{ "answer", N_("answer") },
	{ "asNeededBoolean", N_("as needed") },
	{ "asNeededCodeableConcept", N_("as needed") },
	{ "asserter", N_("said by") },
	{ "attachment", N_("file") },
	{ "author", N_("author") },
	{ "authored", N_("answered on") },
	{ "authoredOn", N_("written on") },
	{ "authorizingPrescription", N_("prescription") },
	{ "availability", N_("availability") },
	{ "basedOn", N_("based on") },
	{ "beneficiary", N_("insured") },
	{ "birthDate", N_("born") },
	{ "bodySite", N_("site") },
	{ "boundsDuration", N_("for") },
	{ "boundsPeriod", N_("period") },
	{ "businessStatus", N_("progress") },
	{ "careManager", N_("care manager") },
	{ "category", N_("category") },
	{ "class", N_("class") },
	{ "clinicalStatus", N_("course") },
	{ "code", N_("code") },
	{ "codedDiagnosis", N_("diagnosis") },
	{ "collectedDateTime", N_("collected") },
	{ "collection", N_("collection") },
	{ "communication", N_("language") },
	{ "comparator", N_("comparator") },
	{ "component", N_("part") },
	{ "conclusion", N_("conclusion") },
	{ "conclusionCode", N_("conclusion") },
	{ "contact", N_("contact") },
	{ "contained", N_("contained") },
	{ "content", N_("content") },
	{ "contentAttachment", N_("file") },
	{ "contentReference", N_("see") },
	{ "contentString", N_("text") },
	{ "contentType", N_("file type") },
	{ "context", N_("visit") },
	{ "creation", N_("made on") },
	{ "criticality", N_("criticality") },
	{ "custodian", N_("kept by") },
	{ "dataAbsentReason", N_("why there is no value") },
	{ "data", N_("samples") },
	{ "date", N_("date") },
	{ "dateAsserted", N_("told on") },
	{ "daysSupply", N_("days of supply") },
	{ "deceasedBoolean", N_("died") },
	{ "deceasedDateTime", N_("died") },
	{ "denominator", N_("denominator") },
	{ "derivedFrom", N_("derived from") },
	{ "description", N_("description") },
	{ "destination", N_("sent to") },
	{ "detail", N_("detail") },
	{ "device", N_("device") },
	{ "diagnosis", N_("diagnosis") },
	{ "dimensions", N_("dimensions") },
	{ "dischargeDisposition", N_("discharged to") },
	{ "dispenseInterval", N_("every") },
	{ "dispenseRequest", N_("to be dispensed") },
	{ "display", N_("text") },
	{ "docStatus", N_("state of the document") },
	{ "doNotPerform", N_("do not give") },
	{ "dosage", N_("dosage") },
	{ "dosageInstruction", N_("dosage") },
	{ "dose", N_("dose") },
	{ "doseAndRate", N_("dose") },
	{ "doseNumberPositiveInt", N_("dose number") },
	{ "doseNumberString", N_("dose number") },
	{ "doseQuantity", N_("dose") },
	{ "doseRange", N_("dose") },
	{ "duration", N_("duration") },
	{ "effectiveDateTime", N_("date") },
	{ "effectivePeriod", N_("period") },
	{ "encounter", N_("visit") },
	{ "end", N_("until") },
	{ "entity", N_("made from") },
	{ "evidence", N_("evidence") },
	{ "expectedSupplyDuration", N_("days of supply") },
	{ "expirationDate", N_("expires") },
	{ "exposureRoute", N_("route of exposure") },
	{ "family", N_("family name") },
	{ "focus", N_("about") },
	{ "for", N_("patient") },
	{ "frequency", N_("times") },
	{ "fundingSource", N_("paid by") },
	{ "gender", N_("sex") },
	{ "generalPractitioner", N_("family doctor") },
	{ "given", N_("given name") },
	{ "groupIdentifier", N_("prescription number") },
	{ "hasMember", N_("includes") },
	{ "high", N_("upper bound") },
	{ "hospitalization", N_("stay") },
	{ "identifier", N_("number") },
	{ "image", N_("image") },
	{ "imagingStudy", N_("imaging study") },
	{ "individual", N_("who") },
	{ "informationSource", N_("told by") },
	{ "initialFill", N_("first fill") },
	{ "inResponseTo", N_("in answer to") },
	{ "insurance", N_("insurance") },
	{ "intent", N_("intent") },
	{ "interpretation", N_("interpretation") },
	{ "issued", N_("issued") },
	{ "item", N_("question") },
	{ "language", N_("language") },
	{ "lastModified", N_("last changed") },
	{ "lastOccurrence", N_("last time") },
	{ "link", N_("link") },
	{ "linkId", N_("question number") },
	{ "location", N_("place") },
	{ "lotNumber", N_("lot") },
	{ "low", N_("lower bound") },
	{ "managingOrganization", N_("organisation") },
	{ "manifestation", N_("manifestation") },
	{ "manufacturer", N_("maker") },
	{ "maritalStatus", N_("marital status") },
	{ "maxDosePerPeriod", N_("at most") },
	{ "media", N_("pictures") },
	{ "medicationCodeableConcept", N_("drug") },
	{ "medicationReference", N_("drug") },
	{ "medium", N_("medium") },
	{ "member", N_("member") },
	{ "method", N_("method") },
	{ "multipleBirthBoolean", N_("twin") },
	{ "name", N_("full name") },
	{ "note", N_("note") },
	{ "numberOfRepeatsAllowed", N_("repeats allowed") },
	{ "numerator", N_("numerator") },
	{ "occurredDateTime", N_("date") },
	{ "occurrenceDateTime", N_("date") },
	{ "occurrencePeriod", N_("period") },
	{ "onset", N_("since") },
	{ "onsetAge", N_("age at onset") },
	{ "onsetDateTime", N_("since") },
	{ "onsetPeriod", N_("since") },
	{ "onsetString", N_("since") },
	{ "origin", N_("origin") },
	{ "outcome", N_("outcome") },
	{ "owner", N_("owner") },
	{ "participant", N_("taking part") },
	{ "partOf", N_("part of") },
	{ "patient", N_("patient") },
	{ "patientInstruction", N_("told to the patient") },
	{ "payload", N_("message") },
	{ "payor", N_("payer") },
	{ "performedDateTime", N_("date") },
	{ "performedPeriod", N_("period") },
	{ "performer", N_("done by") },
	{ "period", N_("period") },
	{ "periodUnit", N_("unit of period") },
	{ "photo", N_("photo") },
	{ "policyHolder", N_("policy holder") },
	{ "preferred", N_("preferred") },
	{ "presentedForm", N_("report as a file") },
	{ "primarySource", N_("from who gave it") },
	{ "priority", N_("priority") },
	{ "priorPrescription", N_("prescription before") },
	{ "protocolApplied", N_("schedule") },
	{ "quantity", N_("quantity") },
	{ "questionnaire", N_("questionnaire") },
	{ "rate", N_("rate") },
	{ "rateQuantity", N_("rate") },
	{ "rateRatio", N_("rate") },
	{ "reaction", N_("reaction") },
	{ "reason", N_("reason") },
	{ "reasonCode", N_("reason") },
	{ "reasonReference", N_("reason") },
	{ "received", N_("received") },
	{ "receiver", N_("handed to") },
	{ "recipient", N_("recipient") },
	{ "recorded", N_("recorded") },
	{ "recordedDate", N_("recorded") },
	{ "recorder", N_("recorded by") },
	{ "referenceRange", N_("reference range") },
	{ "relatesTo", N_("relates to") },
	{ "relationship", N_("relationship") },
	{ "repeat", N_("timing") },
	{ "reportOrigin", N_("told by") },
	{ "request", N_("prescription") },
	{ "requester", N_("ordered by") },
	{ "responsibleParty", N_("responsible") },
	{ "restriction", N_("until when") },
	{ "result", N_("result") },
	{ "resultsInterpreter", N_("read by") },
	{ "role", N_("role") },
	{ "route", N_("route") },
	{ "sender", N_("sender") },
	{ "sent", N_("sent") },
	{ "sequence", N_("step") },
	{ "series", N_("series") },
	{ "serviceProvider", N_("where") },
	{ "serviceType", N_("service") },
	{ "severity", N_("severity") },
	{ "site", N_("site") },
	{ "size", N_("size") },
	{ "source", N_("answered by") },
	{ "specimen", N_("specimen") },
	{ "stage", N_("stage") },
	{ "start", N_("from") },
	{ "status", N_("status") },
	{ "statusHistory", N_("status before") },
	{ "statusReason", N_("why") },
	{ "subject", N_("patient") },
	{ "subscriber", N_("policy holder") },
	{ "subscriberId", N_("insurance number") },
	{ "substance", N_("substance") },
	{ "substitution", N_("substitution") },
	{ "suppliedItem", N_("supplied") },
	{ "supportingInfo", N_("see also") },
	{ "supportingInformation", N_("see also") },
	{ "target", N_("of") },
	{ "targetDisease", N_("against") },
	{ "team", N_("team") },
	{ "telecom", N_("telephone") },
	{ "text", N_("text") },
	{ "timing", N_("timing") },
	{ "title", N_("title") },
	{ "topic", N_("topic") },
	{ "type", N_("type") },
	{ "unit", N_("unit") },
	{ "use", N_("use") },
	{ "vaccineCode", N_("vaccine") },
	{ "validityPeriod", N_("valid") },
	{ "value", N_("value") },
	{ "valueAttachment", N_("value") },
	{ "valueBoolean", N_("value") },
	{ "valueCodeableConcept", N_("value") },
	{ "valueCoding", N_("value") },
	{ "valueDate", N_("value") },
	{ "valueDateTime", N_("value") },
	{ "valueDecimal", N_("value") },
	{ "valueInteger", N_("value") },
	{ "valuePeriod", N_("value") },
	{ "valueQuantity", N_("value") },
	{ "valueRange", N_("value") },
	{ "valueRatio", N_("value") },
	{ "valueSampledData", N_("value") },
	{ "valueString", N_("value") },
	{ "valueTime", N_("value") },
	{ "verificationStatus", N_("certainty") },
	{ "wasSubstituted", N_("substituted") },
	{ "whenHandedOver", N_("handed over") },
	{ "whenPrepared", N_("prepared") },
	{ "who", N_("who") },
};

static const struct word codes[] = {
	{ "active", N_("active") },
	{ "amended", N_("amended") },
	{ "appended", N_("appended") },
	{ "cancelled", N_("cancelled") },
	{ "completed", N_("completed") },
	{ "corrected", N_("corrected") },
	{ "current", N_("current") },
	{ "declined", N_("declined") },
	{ "draft", N_("draft") },
	{ "entered-in-error", N_("ENTERED IN ERROR") },
	{ "final", N_("final") },
	{ "finished", N_("finished") },
	{ "inactive", N_("inactive") },
	{ "in-progress", N_("in progress") },
	{ "not-done", N_("NOT DONE") },
	{ "not-taken", N_("not taken") },
	{ "on-hold", N_("on hold") },
	{ "onhold", N_("on hold") },
	{ "order", N_("order") },
	{ "original-order", N_("order") },
	{ "partial", N_("partial") },
	{ "plan", N_("plan") },
	{ "planned", N_("planned, not yet") },
	{ "preliminary", N_("preliminary") },
	{ "preparation", N_("being prepared") },
	{ "proposal", N_("proposal") },
	{ "refuted", N_("REFUTED: not so") },
	{ "registered", N_("registered") },
	{ "stopped", N_("stopped") },
	{ "superseded", N_("superseded by a newer one") },
	{ "unknown", N_("unknown") },
};

/* Of these fields a code is a word of FHIR's own. */
static const char *const coded[] = { "status", "intent", "docStatus",
	"clinicalStatus", "verificationStatus", NULL };

/* … and of these another. */
static const char *const sorted[] = { "category", "gender", "use",
	"criticality", NULL };
static const struct word sorts[] = {
	{ "laboratory", N_("laboratory") },
	{ "LAB", N_("laboratory") },
	{ "vital-signs", N_("vital signs") },
	{ "imaging", N_("imaging") },
	{ "RAD", N_("imaging") },
	{ "PAT", N_("pathology") },
	{ "exam", N_("examination") },
	{ "survey", N_("questionnaire") },
	{ "social-history", N_("social history") },
	{ "problem-list-item", N_("problem list") },
	{ "encounter-diagnosis", N_("diagnosis of a visit") },
	{ "medication", N_("drug") },
	{ "food", N_("food") },
	{ "environment", N_("environment") },
	{ "biologic", N_("biologic") },
	{ "female", N_("female") },
	{ "male", N_("male") },
	{ "official", N_("official") },
	{ "usual", N_("usual") },
	{ "high", N_("high risk") },
	{ "low", N_("low risk") },
	{ "unable-to-assess", N_("risk not known") },
};

static const struct word classes[] = {
	{ "AMB", N_("outpatient") },
	{ "EMER", N_("emergency") },
	{ "FLD", N_("in the field") },
	{ "HH", N_("home visit") },
	{ "IMP", N_("inpatient") },
	{ "ACUTE", N_("inpatient") },
	{ "NONAC", N_("inpatient") },
	{ "OBSENC", N_("observation stay") },
	{ "PRENC", N_("before admission") },
	{ "SS", N_("day case") },
	{ "VR", N_("online") },
};

static const char *
find(const struct word *words, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].code, code) == 0)
			return _(words[i].words);
	return NULL;
}

/* "statusReason" → "status reason"; owned. */
static char *
split_name(const char *field)
{
	GString *out = g_string_new(NULL);

	for (; *field; field++) {
		if (g_ascii_isupper(*field) && out->len)
			g_string_append_c(out, ' ');
		g_string_append_c(out, g_ascii_tolower(*field));
	}
	return g_string_free(out, FALSE);
}

char *
record_label(const char *field)
{
	const char *words = find(fields, G_N_ELEMENTS(fields), field);

	return words ? g_strdup(words) : split_name(field);
}

char *
record_code_words(const char *field, const char *code)
{
	const char *words = g_strv_contains(coded, field) ?
	    find(codes, G_N_ELEMENTS(codes), code) :
	    g_strv_contains(sorted, field) ?
	    find(sorts, G_N_ELEMENTS(sorts), code) : NULL;

	if (!words || strcmp(words, code) == 0)
		return g_strdup(code);
	return g_strdup_printf("%s (%s)", words, code);
}

const char *
care_visit_class(const char *code)
{
	const char *words = code ? find(classes, G_N_ELEMENTS(classes), code) :
	    NULL;

	return words ? words : code;
}

const char *
care_made_words(enum fhir_made made)
{
	switch (made) {
	case FHIR_MADE_BY_MACHINE:
		return _("written by a machine");
	case FHIR_MADE_BY_PATIENT:
		return _("told by the patient");
	case FHIR_MADE_UNKNOWN:
		return _("nobody is named: taken as a machine's");
	case FHIR_MADE_BY_PERSON:
		break;
	}
	return NULL;
}
