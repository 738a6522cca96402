/* SPDX-License-Identifier: Apache-2.0 */
/* One value in words: FHIR's datatypes told by their shape, since a field's name
 * does not say its type. */
#include "care/record_room.h"

#include <string.h>

/* Longer than this and without a blank it is no text to read. */
#define RUN_MAX_BYTES 400

/* All members are among these: "a|b|c". */
static gboolean
only(const fhir_node *node, const char *names)
{
	g_auto(GStrv) list = g_strsplit(names, "|", -1);
	struct fhir_each each;
	const char *key;

	fhir_each(&each, node);
	while (fhir_each_next(&each, &key))
		if (!g_strv_contains((const char *const *)list, key))
			return FALSE;
	return TRUE;
}

static gboolean
has(const fhir_node *node, const char *name)
{
	return fhir_child(node, name) != NULL;
}

/* ---- plain values ------------------------------------------------------- */

char *
record_date_words(const char *text)
{
	g_autoptr(GDateTime) at = NULL;
	char precision;
	int64_t ms;

	if (!fhir_time_ms(text, &ms, &precision) || precision != 't')
		return g_strdup(text);
	at = base_clock_date(ms);
	return g_date_time_format(at, "%Y-%m-%d %H:%M:%S");
}

static char *
text_words(const char *text, const char *field)
{
	char precision;
	int64_t ms;

	if (strlen(text) > RUN_MAX_BYTES && !strpbrk(text, " \n"))
		return g_strdup_printf(_("(%d characters)"),
		    (int)g_utf8_strlen(text, -1));
	if (strlen(text) > 10 && fhir_time_ms(text, &ms, &precision) &&
	    precision == 't')
		return record_date_words(text);
	return record_code_words(field, text);
}

static char *
plain_words(const fhir_node *node, const char *field)
{
	const char *text = fhir_text(node, NULL);

	switch (fhir_kind(node)) {
	case FHIR_STRING:
		return text_words(text ? text : "", field);
	case FHIR_NUMBER:
		return g_strdup(fhir_number(node, NULL));
	case FHIR_WORD:
		return g_strdup(fhir_bool(node, NULL) == 1 ? _("yes") :
		    fhir_bool(node, NULL) == 0 ? _("no") : "");
	default:
		return NULL;
	}
}

/* ---- datatypes ---------------------------------------------------------- */

void
record_join(GString *out, const char *between, const char *words)
{
	if (words && *words)
		g_string_append_printf(out, "%s%s", out->len ? between : "",
		    words);
}

/* "Amlodipine 5 mg [386864001]": what it is called, and each code and other name
 * it has. */
static char *
concept_words(const fhir_node *node, const char *field, const char *lang)
{
	const char *words = fhir_concept_words(node, lang);
	g_autoptr(GString) codes = g_string_new(NULL);
	size_t n = fhir_count(node, "coding");
	g_autofree char *named = NULL;

	for (size_t i = 0; i < n; i++) {
		const fhir_node *coding = fhir_at(node, "coding", i);
		const char *display = fhir_text(coding, "display");

		if (g_strcmp0(fhir_text(coding, "code"), words) != 0)
			record_join(codes, ", ", fhir_text(coding, "code"));
		if (g_strcmp0(display, words) != 0)
			record_join(codes, " ", display);
	}
	named = record_code_words(field, words ? words : "");
	return codes->len ? g_strdup_printf("%s [%s]", named, codes->str) :
	    g_steal_pointer(&named);
}

static char *
coding_words(const fhir_node *node, const char *field)
{
	const char *code = fhir_text(node, "code");
	const char *display = fhir_text(node, "display");
	const char *class = strcmp(field, "class") == 0 ?
	    care_visit_class(code) : NULL;

	if (class && class != code)
		display = class;

	if (!display)
		return g_strdup(code);
	return code ? g_strdup_printf("%s [%s]", display, code) :
	    g_strdup(display);
}

static char *
period_words(const fhir_node *node)
{
	const char *from = fhir_text(node, "start");
	const char *until = fhir_text(node, "end");
	g_autofree char *a = from ? record_date_words(from) : g_strdup("");
	g_autofree char *b = until ? record_date_words(until) : g_strdup("");

	return g_strdup_printf("%s – %s", a, b);
}

static char *
pair_words(const fhir_node *node, const char *first, const char *between,
    const char *second)
{
	g_autofree char *a = fhir_quantity_words(fhir_child(node, first));
	g_autofree char *b = fhir_quantity_words(fhir_child(node, second));

	return g_strdup_printf("%s%s%s", a ? a : "", between, b ? b : "");
}

/* The name, and where nobody knows it the address. */
static char *
reference_words(const fhir_node *node, const struct record_words *words)
{
	const char *ref = fhir_text(node, "reference");
	const char *display = fhir_text(node, "display");
	const char *number = fhir_text(node, "identifier.value");
	g_autofree char *known = ref && words->name ?
	    words->name(ref, words->user) : NULL;
	GString *out = g_string_new(display ? display : known ? known : "");

	if (number)
		record_join(out, " ", number);
	if (ref && *ref != '#')
		g_string_append_printf(out, out->len ? " (%s)" : "%s", ref);
	else if (ref && !out->len)
		g_string_append(out, ref);
	return g_string_free(out, FALSE);
}

static char *
quantity_words(const fhir_node *node)
{
	g_autofree char *words = fhir_quantity_words(node);
	const char *code = fhir_text(node, "code");
	const char *unit = fhir_text(node, "unit");

	if (words && (!code || unit))
		return g_steal_pointer(&words);
	return g_strdup_printf("%s%s%s", words ? words : "", words ? " " : "",
	    words && strstr(words, code ? code : "") ? "" : code ? code : "");
}

static char *
identifier_words(const fhir_node *node, const char *lang)
{
	const char *type = fhir_concept_words(fhir_child(node, "type"), lang);
	const char *value = fhir_text(node, "value");

	return g_strdup_printf("%s%s%s", type ? type : "", type ? " " : "",
	    value ? value : "");
}

char *
record_value_words(const fhir_node *node, const char *field,
    const struct record_words *words)
{
	if (fhir_kind(node) != FHIR_OBJECT)
		return plain_words(node, field);
	if (has(node, "coding") && only(node, "coding|text|_text|id"))
		return concept_words(node, field, words->lang);
	if (has(node, "reference") || (only(node,
	    "display|type|identifier|reference|id") && (has(node, "display") ||
	    has(node, "identifier"))))
		return only(node, "reference|display|type|identifier|id|"
		    "_reference|_display") ? reference_words(node, words) :
		    NULL;
	if ((has(node, "start") || has(node, "end")) &&
	    only(node, "start|end|id"))
		return period_words(node);
	if (has(node, "code") && only(node,
	    "system|version|code|display|userSelected|id"))
		return coding_words(node, field);
	if ((has(node, "unit") || has(node, "value")) && fhir_kind(
	    fhir_child(node, "value")) == FHIR_NUMBER && only(node,
	    "value|comparator|unit|system|code|id"))
		return quantity_words(node);
	if (has(node, "numerator") && only(node, "numerator|denominator|id"))
		return pair_words(node, "numerator", " / ", "denominator");
	if ((has(node, "low") || has(node, "high")) &&
	    only(node, "low|high|id"))
		return pair_words(node, "low", " – ", "high");
	if (has(node, "value") && only(node,
	    "use|type|system|value|period|assigner|id"))
		return identifier_words(node, words->lang);
	if (has(node, "text") && only(node, "text|id") &&
	    fhir_text(node, "text"))
		return g_strdup(fhir_text(node, "text"));
	return NULL;
}
