/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/fhir.h"

#include <string.h>

static gboolean
is_error(const fhir_node *issue)
{
	const char *severity = fhir_text(issue, "severity");

	return severity && (strcmp(severity, "error") == 0 ||
	    strcmp(severity, "fatal") == 0);
}

/* The first error; else the first issue there is. */
static const fhir_node *
worst_issue(const fhir_node *outcome)
{
	size_t n = fhir_count(outcome, "issue");

	for (size_t i = 0; i < n; i++)
		if (is_error(fhir_at(outcome, "issue", i)))
			return fhir_at(outcome, "issue", i);
	return fhir_at(outcome, "issue", 0);
}

char *
fhir_outcome_words(const fhir_node *outcome)
{
	static const char *const paths[] = { "details.text", "diagnostics",
		"details.coding.display", "details.coding.code", "code" };
	const fhir_node *issue;

	if (g_strcmp0(fhir_text(outcome, "resourceType"),
	    "OperationOutcome") != 0)
		return NULL;
	issue = worst_issue(outcome);
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		const char *words = fhir_text(issue, paths[i]);

		if (words && *words)
			return g_strdup(words);
	}
	return NULL;
}
