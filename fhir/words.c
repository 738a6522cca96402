/* SPDX-License-Identifier: Apache-2.0 */
/* Datatypes in the words a doctor reads. What comes out is still text from
 * outside: it passes base_text_show() before it is shown. */
#include "fhir/fhir.h"

#include <string.h>

#define URL_TRANSLATION "http://hl7.org/fhir/StructureDefinition/translation"
#define URL_INTERPRETATION \
	"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

/* Takes an array's first element, so that a caller may pass "code" or
 * "category" alike. */
static const fhir_node *
first_of(const fhir_node *node)
{
	return fhir_count(node, NULL) > 0 ? fhir_at(node, NULL, 0) : node;
}

static const char *
non_empty(const char *text)
{
	return text && *text ? text : NULL;
}

/* ---- codes -------------------------------------------------------------- */

/* "zh" or "zh_CN" asked for, "zh-CN" or "zh-Hans" offered: the language counts. */
static gboolean
same_language(const char *wanted, const char *offered)
{
	size_t len = strcspn(wanted, "-_");

	return g_ascii_strncasecmp(wanted, offered, len) == 0 &&
	    (offered[len] == '\0' || offered[len] == '-');
}

/* The sub-extension with that url. */
static const fhir_node *
extension_part(const fhir_node *extension, const char *url)
{
	size_t n = fhir_count(extension, "extension");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *part = fhir_at(extension, "extension", i);

		if (g_strcmp0(fhir_text(part, "url"), url) == 0)
			return part;
	}
	return NULL;
}

/* The translation extension of a primitive's sibling ("_display", "_text"). */
static const char *
translation(const fhir_node *primitive, const char *lang)
{
	size_t n = fhir_count(primitive, "extension");

	for (size_t i = 0; i < n && lang; i++) {
		const fhir_node *e = fhir_at(primitive, "extension", i);
		const char *offered, *words;

		if (g_strcmp0(fhir_text(e, "url"), URL_TRANSLATION) != 0)
			continue;
		offered = fhir_text(extension_part(e, "lang"), "valueCode");
		words = fhir_text(extension_part(e, "content"), "valueString");
		if (offered && words && *words && same_language(lang, offered))
			return words;
	}
	return NULL;
}

/* The first coding that has this member. */
static const char *
coding_text(const fhir_node *concept, const char *name)
{
	size_t n = fhir_count(concept, "coding");
	const char *text = NULL;

	for (size_t i = 0; i < n && !text; i++)
		text = non_empty(fhir_text(fhir_at(concept, "coding", i),
		    name));
	return text;
}

static const char *
coding_translation(const fhir_node *concept, const char *lang)
{
	size_t n = fhir_count(concept, "coding");
	const char *text = NULL;

	for (size_t i = 0; i < n && !text; i++)
		text = translation(fhir_get(fhir_at(concept, "coding", i),
		    "_display"), lang);
	return text;
}

const char *
fhir_concept_words(const fhir_node *concept, const char *lang)
{
	const char *words;

	concept = first_of(concept);
	words = translation(fhir_get(concept, "_text"), lang);
	if (!words)
		words = non_empty(fhir_text(concept, "text"));
	if (!words)
		words = coding_translation(concept, lang);
	if (!words)
		words = coding_text(concept, "display");
	return words ? words : coding_text(concept, "code");
}

const char *
fhir_concept_code(const fhir_node *concept, const char *system)
{
	size_t n;

	concept = first_of(concept);
	n = fhir_count(concept, "coding");
	for (size_t i = 0; i < n; i++) {
		const fhir_node *coding = fhir_at(concept, "coding", i);
		const char *code = non_empty(fhir_text(coding, "code"));

		if (code && (!system ||
		    g_strcmp0(fhir_text(coding, "system"), system) == 0))
			return code;
	}
	return NULL;
}

const char *
fhir_interpretation(const fhir_node *observation)
{
	const fhir_node *concept = fhir_get(observation, "interpretation");
	const char *code = fhir_concept_code(concept, URL_INTERPRETATION);

	return code ? code : fhir_concept_code(concept, NULL);
}

/* ---- names -------------------------------------------------------------- */

/* Which of several names to show, the best first; a use that is not here is
 * never shown: old and maiden names. */
static const char *const name_uses[] = { "usual", "official", "", "temp",
	"nickname", "anonymous" };

static int
name_rank(const fhir_node *name)
{
	const char *use = fhir_text(name, "use");

	for (size_t i = 0; i < G_N_ELEMENTS(name_uses); i++)
		if (strcmp(use ? use : "", name_uses[i]) == 0)
			return (int)i;
	return -1;
}

static void
append_word(GString *out, const char *word, const char *gap)
{
	if (!word || !*word)
		return;
	if (out->len > 0)
		g_string_append(out, gap);
	g_string_append(out, word);
}

static gboolean
starts_han(const char *text)
{
	return text && base_char_is_han(g_utf8_get_char(text));
}

/* Chinese: family first and nothing between. Else the given names first. */
static char *
name_of_parts(const fhir_node *name)
{
	const char *family = fhir_text(name, "family");
	size_t n = fhir_count(name, "given");
	GString *out = g_string_new(NULL);
	gboolean han = starts_han(family) ||
	    (!family && starts_han(fhir_text(name, "given[0]")));

	if (han)
		append_word(out, family, "");
	for (size_t i = 0; i < n; i++)
		append_word(out, fhir_text(fhir_at(name, "given", i), NULL),
		    han ? "" : " ");
	if (!han)
		append_word(out, family, " ");
	if (out->len > 0)
		return g_string_free(out, FALSE);
	g_string_free(out, TRUE);
	return NULL;
}

char *
fhir_one_name_words(const fhir_node *name)
{
	const char *text = non_empty(fhir_text(name, "text"));

	return text ? g_strdup(text) : name_of_parts(name);
}

char *
fhir_name_words(const fhir_node *names)
{
	size_t n = fhir_count(names, NULL);
	char *best = NULL;
	int best_rank = G_MAXINT;

	for (size_t i = 0; i < n; i++) {
		const fhir_node *name = fhir_at(names, NULL, i);
		int rank = name_rank(name);
		char *words = rank >= 0 && rank < best_rank ?
		    fhir_one_name_words(name) : NULL;

		if (!words)
			continue;
		g_free(best);
		best = words;
		best_rank = rank;
	}
	return best;
}
