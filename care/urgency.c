/* SPDX-License-Identifier: Apache-2.0 */
#include "care/care.h"

/* http://hl7.org/fhir/request-priority: stat is "immediately", asap is "the next
 * highest", urgent is "promptly". */
static const struct {
	const char *mark, *words;
} urgencies[] = {
	[FHIR_STAT] = { "‼", N_("immediately") },
	[FHIR_ASAP] = { "!", N_("as soon as possible") },
	[FHIR_URGENT] = { "!", N_("urgent") },
	[FHIR_ROUTINE] = { "", "" },
};

const char *
care_urgency_mark(enum fhir_priority p)
{
	return urgencies[p].mark;
}

const char *
care_urgency_words(enum fhir_priority p)
{
	return *urgencies[p].words ? _(urgencies[p].words) : "";
}
