/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes: check and parse agree; what was parsed is written, read and written
 * again the same; every reader of a resource takes it; an update of it is still
 * a sound document.
 */
#include "fhir/fhir.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
read_all(const fhir_node *root)
{
	g_autofree char *name = fhir_name_words(fhir_get(root, "name"));
	g_autofree char *value = fhir_value_words(root, "zh_CN");
	g_autofree char *range = fhir_range_words(root);
	g_autofree char *outcome = fhir_outcome_words(root);
	struct fhir_head head;
	struct fhir_ref ref;

	if (fhir_head(root, &head, NULL))
		must(strlen(head.type) < 40 && strlen(head.id) <= 64);
	fhir_concept_words(fhir_get(root, "code"), "zh");
	fhir_concept_code(fhir_get(root, "code"), NULL);
	fhir_interpretation(root);
	fhir_has_unknown_modifier(root);
	if (fhir_ref_at(root, "subject", &ref))
		must(*ref.type && *ref.id);
	must(!value || g_utf8_validate(value, -1, NULL));
	must(!name || *name);
}

static void
write_again(const fhir_node *root)
{
	size_t len, again_len;
	g_autofree char *text = fhir_write(root, &len);
	BASE_AUTO(fhir_doc) doc = fhir_parse(text, len, NULL, NULL);

	must(doc != NULL);
	g_autofree char *again = fhir_write(fhir_root(doc), &again_len);
	must(len == again_len && memcmp(text, again, len) == 0);
}

static void
update(const char *bytes, size_t size)
{
	size_t len;
	g_autofree char *out = fhir_set_received(bytes, size, 1790994660007,
	    &len, NULL);

	if (!out)
		return;
	BASE_AUTO(fhir_doc) doc = fhir_parse(out, len, NULL, NULL);
	must(doc && g_strcmp0(fhir_text(fhir_root(doc), "received"),
	    "2026-10-03T02:31:00.007Z") == 0);
}

/* Over lines it is the same document, and does not grow without bound. */
static void
pretty(const char *bytes, size_t size, const fhir_node *root)
{
	size_t len, was, is;
	g_autofree char *out = fhir_pretty(bytes, size, &len);
	BASE_AUTO(fhir_doc) doc = fhir_parse(out, len, &(struct fhir_limits){
	    fhir_limits_default.size_bytes * 32, 64 }, NULL);
	g_autofree char *before = fhir_write(root, &was);
	g_autofree char *after = doc ? fhir_write(fhir_root(doc), &is) : NULL;

	must(len <= size * 26 + 26);
	must(after && was == is && memcmp(before, after, was) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	BASE_AUTO(fhir_doc) doc = fhir_parse(bytes, size, NULL, NULL);

	must(fhir_check(bytes, size, NULL, NULL) == !!doc);
	if (!doc)
		return 0;
	read_all(fhir_root(doc));
	write_again(fhir_root(doc));
	update(bytes, size);
	pretty(bytes, size, fhir_root(doc));
	return 0;
}
