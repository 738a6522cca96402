/* SPDX-License-Identifier: Apache-2.0 */
/* Whose words a resource is. */
#include "fhir/fhir.h"

#include <string.h>

/* http://terminology.hl7.org/CodeSystem/v3-ObservationValue: asserted by an
 * artificial intelligence, by a device. */
static const char *const machine_labels[] = { "AIAST", "DEVAST", NULL };

static gboolean
labelled_machine(const fhir_node *root)
{
	size_t count = fhir_count(root, "meta.security");

	for (size_t i = 0; i < count; i++) {
		const char *code = fhir_text(fhir_at(root, "meta.security", i),
		    "code");
		if (code && g_strv_contains(machine_labels, code))
			return TRUE;
	}
	return FALSE;
}

static gboolean
names_one(const fhir_node *root, const char *const *paths,
    const char *const *types)
{
	struct fhir_ref ref;

	for (; *paths; paths++) {
		const fhir_node *node = fhir_get(root, *paths);
		size_t n = fhir_count(node, NULL);

		for (size_t i = 0; i < MAX(n, 1); i++)
			if (fhir_ref_at(n ? fhir_at(node, NULL, i) : node, NULL,
			    &ref) && g_strv_contains(types, ref.type))
				return TRUE;
	}
	return FALSE;
}

/* Answers are nobody's until somebody is named: an intake bot asks in no one's
 * name. */
enum fhir_made
fhir_made_by(const fhir_node *root)
{
	static const char *const makers[] = { "author", "source", "recorder",
		"asserter", "informationSource", "sender", "performer.actor",
		"performer", "participant.individual", NULL };
	static const char *const tellers[] = { "author", "source", "sender",
		"informationSource", NULL };
	static const char *const devices[] = { "Device", NULL };
	static const char *const theirs[] = { "Patient", "RelatedPerson",
		NULL };

	if (labelled_machine(root) || names_one(root, makers, devices))
		return FHIR_MADE_BY_MACHINE;
	if (names_one(root, tellers, theirs))
		return FHIR_MADE_BY_PATIENT;
	return g_strcmp0(fhir_text(root, "resourceType"),
	    "QuestionnaireResponse") == 0 && !fhir_get(root, "author") &&
	    !fhir_get(root, "source") ? FHIR_MADE_UNKNOWN :
	    FHIR_MADE_BY_PERSON;
}
