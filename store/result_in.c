/* SPDX-License-Identifier: Apache-2.0 */
/* Observations and the conclusions of reports, on their way into the chart. */
#include "store/entry.h"

#include <string.h>

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

/* What makes two results the same test: its LOINC code, else its first code, else
 * its words. */
static char *
test_key(const fhir_node *code, const char *words)
{
	const char *loinc = fhir_concept_code(code, FHIR_LOINC);
	const fhir_node *coding = fhir_at(code, "coding", 0);
	const char *system = fhir_text(coding, "system");
	const char *value = fhir_text(coding, "code");

	if (loinc)
		return g_strconcat(FHIR_LOINC, "|", loinc, NULL);
	if (value)
		return g_strconcat(system ? system : "", "|", value, NULL);
	return words ? base_text_fold(words) : NULL;
}

/* An Observation and a component have the same elements. */
struct reading {
	const fhir_node *node;  /* has code, value[x], referenceRange … */
	const char *words;
};

/* Of a unit that is UCUM's; where no system is named the words decide. */
static const char *
ucum_code(const fhir_node *quantity)
{
	return g_strcmp0(fhir_text(quantity, "system"), FHIR_UCUM) == 0 ?
	    fhir_text(quantity, "code") : NULL;
}

static gboolean
has_category(const fhir_node *root, const char *code)
{
	size_t n = fhir_count(root, "category");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *category = fhir_at(root, "category", i);
		size_t codes = fhir_count(category, "coding");

		for (size_t k = 0; k < codes; k++)
			if (g_strcmp0(fhir_text(fhir_at(category, "coding",
			    k), "code"), code) == 0)
				return TRUE;
	}
	return FALSE;
}

/* Measured by the patient or one of theirs, or filed so. */
static gboolean
is_home(const fhir_node *root)
{
	size_t n = fhir_count(root, "performer");

	for (size_t i = 0; i < n; i++) {
		struct fhir_ref ref;

		if (fhir_ref_at(fhir_at(root, "performer", i), NULL, &ref) &&
		    (strcmp(ref.type, "Patient") == 0 ||
		    strcmp(ref.type, "RelatedPerson") == 0))
			return TRUE;
	}
	return has_category(root, "home");
}

/* A value, or why there is none; NULL: neither. Owned. */
static char *
said(const fhir_node *node, const char *lang)
{
	char *words = fhir_value_words(node, lang);

	return words ? words : fhir_absent_words(node, lang);
}

static gboolean
reading_put(struct ingest *in, const struct doc *doc, int part,
    const struct reading *r, const struct entry *base, GError **error)
{
	const fhir_node *quantity = fhir_get(r->node, "valueQuantity");
	g_autofree char *test = test_key(fhir_get(r->node, "code"), r->words);
	g_autofree char *detail = said(r->node, in->lang);
	g_autofree char *range = fhir_range_words(r->node);
	g_autofree char *unit = fhir_unit_words(quantity);
	struct entry entry = *base;

	entry.test = test;
	entry.words = r->words;
	entry.detail = detail;
	entry.value = fhir_number(quantity, "value");
	entry.unit = unit;
	entry.ucum = ucum_code(quantity);
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
		    FHIR_LOINC);
		if (g_strcmp0(code, loinc) != 0)
			continue;
		/* "> 250" is no plain number: it stands on its own line. */
		if (fhir_text(part, "valueQuantity.comparator"))
			return NULL;
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
is_pressure_part(const fhir_node *part)
{
	const char *code = fhir_concept_code(fhir_get(part, "code"),
	    FHIR_LOINC);

	return g_strcmp0(code, LOINC_SYSTOLIC) == 0 ||
	    g_strcmp0(code, LOINC_DIASTOLIC) == 0;
}

/* "90–139 / 60–89", as the values stand; NULL when one has none. */
static char *
pressure_range(const fhir_node *root)
{
	static const char *const order[] = { LOINC_SYSTOLIC, LOINC_DIASTOLIC };
	char *range[2] = { NULL, NULL }, *both;
	size_t count = fhir_count(root, "component");

	for (size_t i = 0; i < count; i++)
		for (int k = 0; k < 2; k++) {
			const fhir_node *part = fhir_at(root, "component", i);

			if (!range[k] && g_strcmp0(fhir_concept_code(fhir_get(
			    part, "code"), FHIR_LOINC), order[k]) == 0)
				range[k] = fhir_range_words(part);
		}
	both = range[0] && range[1] ? g_strconcat(range[0], " / ", range[1],
	    NULL) : NULL;
	g_free(range[0]);
	g_free(range[1]);
	return both;
}

static gboolean
pressure_put(struct ingest *in, const struct doc *doc,
    const struct entry *base, gboolean *done, GError **error)
{
	const char *unit = NULL, *other = NULL;
	const char *high = component_value(doc->root, LOINC_SYSTOLIC, &unit);
	const char *low = component_value(doc->root, LOINC_DIASTOLIC, &other);
	g_autofree char *value = NULL, *detail = NULL, *test = NULL,
	    *range = NULL;
	struct entry entry = *base;

	*done = high && low && g_strcmp0(unit, other) == 0;
	if (!*done)
		return TRUE;
	value = g_strconcat(high, "/", low, NULL);
	detail = g_strconcat(value, unit ? " " : NULL, unit, NULL);
	test = test_key(fhir_get(doc->root, "code"), entry.words);
	range = pressure_range(doc->root);
	entry.test = test;
	entry.value = value;
	entry.detail = detail;
	entry.unit = unit;
	entry.range = range;
	entry.interp = fhir_interpretation(doc->root);
	if (!entry.interp)
		entry.interp = pressure_mark(doc->root);
	return entry_put(in, doc, 0, &entry, error);
}

/* pressure: its two parts stand as one already. */
static gboolean
components_put(struct ingest *in, const struct doc *doc, gboolean pressure,
    const struct entry *base, GError **error)
{
	size_t count = fhir_count(doc->root, "component");

	for (size_t i = 0; i < count; i++) {
		const fhir_node *node = fhir_at(doc->root, "component", i);
		struct reading r = { node, fhir_concept_words(
		    fhir_get(node, "code"), in->lang) };

		if (pressure && is_pressure_part(node))
			continue;
		if (!reading_put(in, doc, (int)i + 1, &r, base, error))
			return FALSE;
	}
	return TRUE;
}

/* What has neither a value nor a reason nor parts says it in its narrative. */
static gboolean
narrative_put(struct ingest *in, const struct doc *doc,
    const struct entry *base, GError **error)
{
	g_autofree char *detail = NULL, *test = NULL;
	struct entry entry = *base;

	if (fhir_count(doc->root, "component") > 0 ||
	    fhir_count(doc->root, "hasMember") > 0)
		return TRUE;
	detail = fhir_narrative_words(doc->root);
	test = test_key(fhir_get(doc->root, "code"), entry.words);
	entry.test = test;
	entry.detail = detail;
	return !detail || entry_put(in, doc, 0, &entry, error);
}

gboolean
project_observation(struct ingest *in, const struct doc *doc, GError **error)
{
	struct reading whole = { doc->root, fhir_concept_words(
	    fhir_get(doc->root, "code"), in->lang) };
	struct entry base = { .section = CHART_RESULTS, .words = whole.words,
		.home = is_home(doc->root) };
	g_autofree char *value = said(doc->root, in->lang);
	gboolean done;

	base.status = STATUS_OF(doc, fhir_text(doc->root, "status"),
	    result_words);
	entry_date(&base, doc->root, dates);
	if (!entries_drop(in, doc, error) ||
	    !pressure_put(in, doc, &base, &done, error))
		return FALSE;
	/* A panel that only lists its members says nothing of its own. */
	if (!done && value && !reading_put(in, doc, 0, &whole, &base, error))
		return FALSE;
	if (!done && !value && !narrative_put(in, doc, &base, error))
		return FALSE;
	return components_put(in, doc, done, &base, error);
}

/* ---- reports ------------------------------------------------------------ */

static void
add_line(GString *out, const char *line)
{
	if (!line || !*line)
		return;
	if (out->len)
		g_string_append_c(out, '\n');
	g_string_append(out, line);
}

/* The conclusion in words and codes, then the files it came in; where a report
 * says nothing so and has no results either, its narrative. */
static char *
report_words(const fhir_node *root, const char *lang)
{
	GString *out = g_string_new(fhir_text(root, "conclusion"));
	size_t codes = fhir_count(root, "conclusionCode");
	size_t files = fhir_count(root, "presentedForm");

	for (size_t i = 0; i < codes; i++)
		add_line(out, fhir_concept_words(fhir_at(root,
		    "conclusionCode", i), lang));
	for (size_t i = 0; i < files; i++) {
		const fhir_node *form = fhir_at(root, "presentedForm", i);
		const char *title = fhir_text(form, "title");
		const char *type = fhir_text(form, "contentType");
		g_autofree char *line = g_strdup_printf("[%s] %s", _("file"),
		    title ? title : type ? type : "");

		add_line(out, line);
	}
	if (!out->len && !fhir_count(root, "result")) {
		g_autofree char *text = fhir_narrative_words(root);

		add_line(out, text);
	}
	if (out->len)
		return g_string_free(out, FALSE);
	g_string_free(out, TRUE);
	return NULL;
}

gboolean
chart_conclusion(struct ingest *in, const struct doc *doc, int64_t issued_ms,
    GError **error)
{
	struct entry entry = { .section = CHART_RESULTS };
	const fhir_node *root = doc->root;
	g_autofree char *key = NULL, *test = NULL;
	g_autofree char *detail = report_words(root, in->lang);

	entry.words = fhir_concept_words(fhir_get(root, "code"), in->lang);
	entry.detail = detail;
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
