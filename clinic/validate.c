/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What R4 demands of the types that clients write: elements that must be there
 * and codes of required bindings. The rest of R4 is not checked.
 */
#include <string.h>

#include "clinic/rest.h"

/* Values of required bindings, each list closed by NULL. */
#define CODES(name, ...) \
	static const char *const name[] = { __VA_ARGS__, NULL }

CODES(event_status, "preparation", "in-progress", "not-done", "on-hold",
    "stopped", "completed", "entered-in-error", "unknown");
CODES(priority, "routine", "urgent", "asap", "stat");
CODES(gender, "male", "female", "other", "unknown");
CODES(task_status, "draft", "requested", "received", "accepted", "rejected",
    "ready", "cancelled", "in-progress", "on-hold", "failed", "completed",
    "entered-in-error");
CODES(task_intent, "unknown", "proposal", "plan", "order", "original-order",
    "reflex-order", "filler-order", "instance-order", "option");
CODES(order_status, "active", "on-hold", "cancelled", "completed",
    "entered-in-error", "stopped", "draft", "unknown");
CODES(order_intent, "proposal", "plan", "order", "original-order",
    "reflex-order", "filler-order", "instance-order", "option");
CODES(request_status, "draft", "active", "on-hold", "revoked", "completed",
    "entered-in-error", "unknown");
CODES(request_intent, "proposal", "plan", "directive", "order",
    "original-order", "reflex-order", "filler-order", "instance-order",
    "option");
CODES(observation_status, "registered", "preliminary", "final", "amended",
    "corrected", "cancelled", "entered-in-error", "unknown");
CODES(report_status, "registered", "partial", "preliminary", "final",
    "amended", "corrected", "appended", "cancelled", "entered-in-error",
    "unknown");
CODES(composition_status, "preliminary", "final", "amended",
    "entered-in-error");
CODES(document_status, "current", "superseded", "entered-in-error");
CODES(subscription_status, "requested", "active", "error", "off");
CODES(channel_type, "rest-hook", "websocket", "email", "sms", "message");
CODES(encounter_status, "planned", "arrived", "triaged", "in-progress",
    "onleave", "finished", "cancelled", "entered-in-error", "unknown");
CODES(statement_status, "active", "completed", "entered-in-error",
    "intended", "stopped", "on-hold", "unknown", "not-taken");
CODES(dispense_status, "preparation", "in-progress", "cancelled", "on-hold",
    "completed", "entered-in-error", "stopped", "declined", "unknown");
CODES(answer_status, "in-progress", "completed", "amended",
    "entered-in-error", "stopped");
CODES(flag_status, "active", "inactive", "entered-in-error");
CODES(immunization_status, "completed", "entered-in-error", "not-done");
CODES(criticality, "low", "high", "unable-to-assess");
CODES(audit_action, "C", "R", "U", "D", "E");

struct rule {
	const char *type;
	const char *path;         /* "a|b": one of them */
	gboolean required;
	const char *const *codes; /* or NULL */
};

static const struct rule rules[] = {
	{ "AllergyIntolerance", "patient", TRUE, NULL },
	{ "AllergyIntolerance", "criticality", FALSE, criticality },
	{ "AuditEvent", "type", TRUE, NULL },
	{ "AuditEvent", "recorded", TRUE, NULL },
	{ "AuditEvent", "agent", TRUE, NULL },
	{ "AuditEvent", "source", TRUE, NULL },
	{ "AuditEvent", "action", FALSE, audit_action },
	{ "Basic", "code", TRUE, NULL },
	{ "Binary", "contentType", TRUE, NULL },
	{ "Communication", "status", TRUE, event_status },
	{ "Communication", "priority", FALSE, priority },
	{ "Composition", "status", TRUE, composition_status },
	{ "Composition", "type", TRUE, NULL },
	{ "Composition", "date", TRUE, NULL },
	{ "Composition", "author", TRUE, NULL },
	{ "Composition", "title", TRUE, NULL },
	{ "Condition", "subject", TRUE, NULL },
	{ "DiagnosticReport", "status", TRUE, report_status },
	{ "DiagnosticReport", "code", TRUE, NULL },
	{ "DocumentReference", "status", TRUE, document_status },
	{ "DocumentReference", "content", TRUE, NULL },
	{ "Encounter", "status", TRUE, encounter_status },
	{ "Encounter", "class", TRUE, NULL },
	{ "Flag", "status", TRUE, flag_status },
	{ "Flag", "code", TRUE, NULL },
	{ "Flag", "subject", TRUE, NULL },
	{ "Immunization", "status", TRUE, immunization_status },
	{ "Immunization", "vaccineCode", TRUE, NULL },
	{ "Immunization", "patient", TRUE, NULL },
	{ "Immunization", "occurrenceDateTime|occurrenceString", TRUE, NULL },
	{ "MedicationDispense", "status", TRUE, dispense_status },
	{ "MedicationDispense",
	  "medicationCodeableConcept|medicationReference", TRUE, NULL },
	{ "MedicationRequest", "status", TRUE, order_status },
	{ "MedicationRequest", "intent", TRUE, order_intent },
	{ "MedicationRequest", "subject", TRUE, NULL },
	{ "MedicationRequest", "priority", FALSE, priority },
	{ "MedicationRequest",
	  "medicationCodeableConcept|medicationReference", TRUE, NULL },
	{ "MedicationStatement", "status", TRUE, statement_status },
	{ "MedicationStatement", "subject", TRUE, NULL },
	{ "MedicationStatement",
	  "medicationCodeableConcept|medicationReference", TRUE, NULL },
	{ "Observation", "status", TRUE, observation_status },
	{ "Observation", "code", TRUE, NULL },
	{ "Patient", "gender", FALSE, gender },
	{ "Practitioner", "gender", FALSE, gender },
	{ "Procedure", "status", TRUE, event_status },
	{ "Procedure", "subject", TRUE, NULL },
	{ "Provenance", "target", TRUE, NULL },
	{ "Provenance", "recorded", TRUE, NULL },
	{ "Provenance", "agent", TRUE, NULL },
	{ "QuestionnaireResponse", "status", TRUE, answer_status },
	{ "ServiceRequest", "status", TRUE, request_status },
	{ "ServiceRequest", "intent", TRUE, request_intent },
	{ "ServiceRequest", "subject", TRUE, NULL },
	{ "ServiceRequest", "priority", FALSE, priority },
	{ "Subscription", "status", TRUE, subscription_status },
	{ "Subscription", "reason", TRUE, NULL },
	{ "Subscription", "criteria", TRUE, NULL },
	{ "Subscription", "channel", TRUE, NULL },
	{ "Subscription", "channel.type", TRUE, channel_type },
	{ "Task", "status", TRUE, task_status },
	{ "Task", "intent", TRUE, task_intent },
	{ "Task", "priority", FALSE, priority },
};

/* The value at a path of objects, alternatives tried in order. */
static json_t *
value_at(json_t *tree, const char *path)
{
	g_auto(GStrv) ways = g_strsplit(path, "|", -1);
	int i, k;

	for (i = 0; ways[i]; i++) {
		g_auto(GStrv) names = g_strsplit(ways[i], ".", -1);
		json_t *v = tree;
		for (k = 0; v && names[k]; k++)
			v = json_object_get(v, names[k]);
		if (v)
			return v;
	}
	return NULL;
}

static gboolean
refuse(GError **error, const struct rule *r, const char *what)
{
	g_set_error(error, CLINIC_ERROR, 422, "%s.%s: %s", r->type, r->path,
	    what);
	return FALSE;
}

static gboolean
check(const struct rule *r, json_t *tree, GError **error)
{
	json_t *v = value_at(tree, r->path);
	const char *code;

	if (!v)
		return !r->required || refuse(error, r, "is required");
	if (!r->codes)
		return TRUE;
	code = json_string_value(v);
	if (!code)
		return refuse(error, r, "must be a code");
	return g_strv_contains(r->codes, code) ||
	    refuse(error, r, "is not of its required value set");
}

/* No JSON null, no empty array, object or string anywhere: FHIR has none. */
static gboolean
has_empty(json_t *v, gboolean in_array)
{
	const char *name;
	json_t *part;
	size_t i;

	if (json_is_null(v))
		return !in_array; /* a place holder beside _name is allowed */
	if (json_is_string(v))
		return !json_string_length(v);
	if (json_is_array(v)) {
		json_array_foreach(v, i, part)
			if (has_empty(part, TRUE))
				return TRUE;
		return !json_array_size(v);
	}
	if (!json_is_object(v))
		return FALSE;
	json_object_foreach(v, name, part)
		if (has_empty(part, FALSE))
			return TRUE;
	return !json_object_size(v);
}

gboolean
clinic_validate(const char *type, json_t *tree, GError **error)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(rules); i++)
		if (!strcmp(rules[i].type, type) &&
		    !check(&rules[i], tree, error))
			return FALSE;
	if (!has_empty(tree, FALSE))
		return TRUE;
	g_set_error(error, CLINIC_ERROR, 422,
	    "%s: an empty value stands somewhere in it", type);
	return FALSE;
}
