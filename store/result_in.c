/* SPDX-License-Identifier: Apache-2.0 */
/* Observations and the conclusions of reports, on their way into the chart. */
#include "store/entry.h"

static const struct status_word result_words[] = {
	{ NULL, ENTRY_NOT_UNDERSTOOD },
	{ "final", ENTRY_PLAIN },
	{ "registered", ENTRY_PRELIMINARY },
	{ "preliminary", ENTRY_PRELIMINARY },
	{ "partial", ENTRY_PRELIMINARY },
	{ "amended", ENTRY_CORRECTED },
	{ "corrected", ENTRY_CORRECTED },
	{ "appended", ENTRY_CORRECTED },
	{ "cancelled", ENTRY_CANCELLED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
	{ "unknown", ENTRY_UNCONFIRMED },
};

static const char *const dates[] = { "effectiveDateTime",
	"effectivePeriod.start", "effectiveInstant", "issued", NULL };

/* What makes two results the same test: its first code, else its words. */
static char *
test_key(const fhir_node *code, const char *words)
{
	const fhir_node *coding = fhir_at(code, "coding", 0);
	const char *system = fhir_text(coding, "system");
	const char *value = fhir_text(coding, "code");

	if (value)
		return g_strconcat(system ? system : "", "|", value, NULL);
	return words ? base_text_fold(words) : NULL;
}

/* An Observation and a component have the same elements. */
struct reading {
	const fhir_node *node;  /* has code, value[x], referenceRange … */
	const char *words;
};

static gboolean
reading_put(struct ingest *in, const struct doc *doc, int part,
    const struct reading *r, const struct entry *base, GError **error)
{
	const fhir_node *quantity = fhir_get(r->node, "valueQuantity");
	g_autofree char *test = test_key(fhir_get(r->node, "code"), r->words);
	g_autofree char *detail = fhir_value_words(r->node, in->lang);
	g_autofree char *range = fhir_range_words(r->node);
	g_autofree char *unit = fhir_unit_words(quantity);
	struct entry entry = *base;

	entry.test = test;
	entry.words = r->words;
	entry.detail = detail;
	entry.value = fhir_number(quantity, "value");
	entry.unit = unit;
	entry.range = range;
	entry.interp = fhir_interpretation(r->node);
	return entry_put(in, doc, part, &entry, error);
}

/* LOINC: a blood pressure is read as one, "158/94". */
static const char *
component_value(const fhir_node *root, const char *loinc, const char **unit)
{
	size_t count = fhir_count(root, "component");

	for (size_t i = 0; i < count; i++) {
		const fhir_node *part = fhir_at(root, "component", i);
		const char *code = fhir_concept_code(fhir_get(part, "code"),
		    "http://loinc.org");
		if (g_strcmp0(code, loinc) != 0)
			continue;
		*unit = fhir_text(part, "valueQuantity.unit");
		if (!*unit)
			*unit = fhir_text(part, "valueQuantity.code");
		return fhir_number(part, "valueQuantity.value");
	}
	return NULL;
}

/* The graver of the two components' marks. */
static const char *
pressure_mark(const fhir_node *root)
{
	static const char *const order[] = { "HH", "LL", "AA", "H", "L", "A",
		"N", NULL };
	size_t count = fhir_count(root, "component");
	size_t best = G_N_ELEMENTS(order) - 1;

	for (size_t i = 0; i < count; i++) {
		const char *mark = fhir_interpretation(
		    fhir_at(root, "component", i));
		for (size_t k = 0; k < best; k++)
			if (g_strcmp0(mark, order[k]) == 0)
				best = k;
	}
	return order[best];
}

#define LOINC_SYSTOLIC "8480-6"
#define LOINC_DIASTOLIC "8462-4"

static gboolean
pressure_put(struct ingest *in, const struct doc *doc,
    const struct entry *base, gboolean *done, GError **error)
{
	const char *unit = NULL, *other = NULL;
	const char *high = component_value(doc->root, LOINC_SYSTOLIC, &unit);
	const char *low = component_value(doc->root, LOINC_DIASTOLIC, &other);
	g_autofree char *value = NULL, *detail = NULL, *test = NULL;
	struct entry entry = *base;

	*done = high && low && g_strcmp0(unit, other) == 0;
	if (!*done)
		return TRUE;
	value = g_strconcat(high, "/", low, NULL);
	detail = g_strconcat(value, unit ? " " : NULL, unit, NULL);
	test = test_key(fhir_get(doc->root, "code"), entry.words);
	entry.test = test;
	entry.value = value;
	entry.detail = detail;
	entry.unit = unit;
	entry.interp = fhir_interpretation(doc->root);
	if (!entry.interp)
		entry.interp = pressure_mark(doc->root);
	return entry_put(in, doc, 0, &entry, error);
}

static gboolean
components_put(struct ingest *in, const struct doc *doc, int part,
    const struct entry *base, GError **error)
{
	size_t count = fhir_count(doc->root, "component");

	for (size_t i = 0; i < count; i++) {
		const fhir_node *node = fhir_at(doc->root, "component", i);
		struct reading r = { node, fhir_concept_words(
		    fhir_get(node, "code"), in->lang) };
		if (!reading_put(in, doc, part++, &r, base, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
project_observation(struct ingest *in, const struct doc *doc, GError **error)
{
	struct reading whole = { doc->root, fhir_concept_words(
	    fhir_get(doc->root, "code"), in->lang) };
	struct entry base = { .section = CHART_RESULTS, .words = whole.words };
	g_autofree char *value = fhir_value_words(doc->root, in->lang);
	gboolean done;

	base.status = STATUS_OF(doc, fhir_text(doc->root, "status"),
	    result_words);
	entry_date(&base, doc->root, dates);
	if (!entries_drop(in, doc, error) ||
	    !pressure_put(in, doc, &base, &done, error))
		return FALSE;
	if (done)
		return TRUE;
	/* A panel that only lists its members says nothing of its own. */
	if (value && !reading_put(in, doc, 0, &whole, &base, error))
		return FALSE;
	return components_put(in, doc, 1, &base, error);
}

gboolean
chart_conclusion(struct ingest *in, const struct doc *doc, int64_t issued_ms,
    GError **error)
{
	struct entry entry = { .section = CHART_RESULTS };
	const fhir_node *root = doc->root;
	g_autofree char *key = NULL, *test = NULL;

	entry.words = fhir_concept_words(fhir_get(root, "code"), in->lang);
	entry.detail = fhir_text(root, "conclusion");
	entry.status = STATUS_OF(doc, fhir_text(root, "status"), result_words);
	entry_date(&entry, root, dates);
	if (!entry.date)
		entry.date_ms = issued_ms;
	/* A panel's Observation may carry the same code. */
	key = test_key(fhir_get(root, "code"), entry.words);
	test = g_strconcat("report ", key, NULL);
	entry.test = test;
	return entries_drop(in, doc, error) && (!entry.detail ||
	    entry_put(in, doc, 0, &entry, error));
}
