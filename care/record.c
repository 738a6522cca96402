/* SPDX-License-Identifier: Apache-2.0 */
/* A resource walked field by field. */
#include "care/care.h"
#include "care/record_room.h"

#include <string.h>

enum { DEPTH_MAX = 24, FILE_TEXT_MAX_BYTES = 200000 };

struct walk {
	const struct record_words *words;
	const fhir_node *root;
	GArray *lines;
	int depth;
	gboolean full;
};

static void
line_clear(void *p)
{
	g_free(((struct record_line *)p)->label);
	g_free(((struct record_line *)p)->text);
}

static struct walk
walk_new(const fhir_node *root, const struct record_words *words)
{
	struct walk w = { .words = words, .root = root };

	w.lines = g_array_new(FALSE, TRUE, sizeof(struct record_line));
	g_array_set_clear_func(w.lines, line_clear);
	return w;
}

/* Takes label and text. */
static void
put(struct walk *w, char *label, char *text, gboolean grave)
{
	struct record_line line = { .indent = w->depth, .label = label,
		.text = text, .grave = grave };

	if (w->lines->len >= RECORD_LINES_MAX) {
		g_free(label);
		g_free(text);
		if (w->full)
			return;
		w->full = TRUE;
		line.label = g_strdup("");
		line.text = g_strdup(_("… and more: it is all in the record "
		    "as it came"));
	}
	g_array_append_val(w->lines, line);
}

/* ---- what changes the meaning ------------------------------------------- */

static const char *const grave_codes[] = { "entered-in-error", "refuted",
	"not-done", "superseded", "cancelled", "stopped", "preliminary",
	"inactive", NULL };

static gboolean
is_grave(const char *field, const fhir_node *node)
{
	const char *code = fhir_text(node, NULL);

	if (!code)
		code = fhir_concept_code(node, NULL);
	if (strcmp(field, "doNotPerform") == 0)
		return fhir_bool(node, NULL) == 1;
	return (strcmp(field, "status") == 0 ||
	    strcmp(field, "docStatus") == 0 ||
	    strcmp(field, "verificationStatus") == 0 ||
	    strcmp(field, "clinicalStatus") == 0) && code &&
	    g_strv_contains(grave_codes, code);
}

/* ---- the walk ----------------------------------------------------------- */

static void object_walk(struct walk *w, const fhir_node *node);

/* The text of a file that came with the record. */
static gboolean
is_text_file(const fhir_node *node)
{
	const char *type = fhir_text(node, "contentType");
	const char *data = fhir_text(node, "data");

	return data && type && g_str_has_prefix(type, "text/") &&
	    strlen(data) <= FILE_TEXT_MAX_BYTES;
}

static void
file_text(struct walk *w, const fhir_node *node)
{
	const char *data = fhir_text(node, "data");
	g_autofree unsigned char *bytes = NULL;
	gsize len;

	if (!is_text_file(node))
		return;
	bytes = g_base64_decode(data, &len);
	put(w, g_strdup(""), base_text_show((const char *)bytes, (gssize)len,
	    BASE_MANY_LINES), FALSE);
}

/* An address that needs no login is nobody's to read: what follows "?" is left
 * out, and it says where a file lies, no more. */
static char *
address_words(const char *url)
{
	return g_strndup(url, strcspn(url, "?#"));
}

static void
extension_walk(struct walk *w, const char *field, const fhir_node *node)
{
	gboolean grave = strcmp(field, "modifierExtension") == 0;
	const char *url = fhir_text(node, "url");
	const char *tail = url ? strrchr(url, '/') : NULL;
	struct fhir_each each;
	const fhir_node *value;
	const char *key;

	fhir_each(&each, node);
	while ((value = fhir_each_next(&each, &key))) {
		char *said;

		if (!g_str_has_prefix(key, "value"))
			continue;
		said = record_value_words(value, key, w->words);
		put(w, g_strdup(tail && tail[1] ? tail + 1 : url ? url : ""),
		    said ? said : g_strdup("…"), grave);
		return;
	}
	put(w, g_strdup(tail && tail[1] ? tail + 1 : url ? url : ""),
	    g_strdup(""), grave);
	w->depth++;
	for (size_t i = 0; w->depth < DEPTH_MAX && i < fhir_count(node,
	    "extension"); i++)
		extension_walk(w, field, fhir_at(node, "extension", i));
	w->depth--;
}

/* "#med1": what is contained stands where it is named. */
static const fhir_node *
contained_of(struct walk *w, const fhir_node *node)
{
	const char *ref = fhir_text(node, "reference");
	size_t n = fhir_count(w->root, "contained");

	for (size_t i = 0; ref && *ref == '#' && i < n; i++) {
		const fhir_node *part = fhir_at(w->root, "contained", i);
		if (g_strcmp0(fhir_text(part, "id"), ref + 1) == 0)
			return part;
	}
	return NULL;
}

/* "H (high)" */
static char *
interpretation_words(const fhir_node *node, const struct record_words *words)
{
	const char *code = fhir_concept_code(node, NULL);
	const char *means = code ? care_interpretation_words(code) : "";
	char *said = record_value_words(node, "interpretation", words);
	char *both;

	if (!said || !*means || strcmp(means, code) == 0)
		return said;
	both = g_strdup_printf("%s (%s)", said, means);
	g_free(said);
	return both;
}

static gboolean
is_extension(const char *field)
{
	return strcmp(field, "extension") == 0 ||
	    strcmp(field, "modifierExtension") == 0;
}

static void
parts_walk(struct walk *w, const char *field, const fhir_node *node)
{
	put(w, record_label(field), g_strdup(""), FALSE);
	if (w->depth + 1 >= DEPTH_MAX)
		return;
	w->depth++;
	object_walk(w, node);
	if (fhir_child(node, "contentType"))
		file_text(w, node);
	w->depth--;
}

static void
one_walk(struct walk *w, const char *field, const fhir_node *node)
{
	const fhir_node *part = contained_of(w, node);
	char *said;

	if (is_extension(field)) {
		extension_walk(w, field, node);
		return;
	}
	if (part && w->depth + 1 < DEPTH_MAX) {
		parts_walk(w, field, part);
		return;
	}
	if (strcmp(field, "url") == 0 && fhir_text(node, NULL)) {
		put(w, record_label("address"), address_words(fhir_text(node,
		    NULL)), FALSE);
		return;
	}
	said = strcmp(field, "interpretation") == 0 ?
	    interpretation_words(node, w->words) :
	    record_value_words(node, field, w->words);
	if (said)
		put(w, record_label(field), said, is_grave(field, node));
	else
		parts_walk(w, field, node);
}

static void
field_walk(struct walk *w, const char *field, const fhir_node *node)
{
	struct fhir_each each;
	const fhir_node *one;

	if (fhir_kind(node) != FHIR_ARRAY) {
		one_walk(w, field, node);
		return;
	}
	fhir_each(&each, node);
	while (!w->full && (one = fhir_each_next(&each, NULL)))
		one_walk(w, field, one);
}

/* Of the frame; and what "#" shows where it is named. */
static gboolean
is_frame(struct walk *w, const fhir_node *node, const char *field)
{
	static const char *const frame[] = { "resourceType", "id", "meta",
		"text", "contained", "implicitRules", "language", NULL };

	if (strcmp(field, "id") == 0)
		return TRUE;
	return (node == w->root || fhir_child(node, "resourceType")) &&
	    g_strv_contains(frame, field);
}

static void
object_walk(struct walk *w, const fhir_node *node)
{
	struct fhir_each each;
	const fhir_node *value;
	const char *key;

	fhir_each(&each, node);
	while (!w->full && (value = fhir_each_next(&each, &key))) {
		if (is_frame(w, node, key) || (strcmp(key, "data") == 0 &&
		    is_text_file(node)))
			continue;
		if (*key == '_' && fhir_child(value, "extension"))
			field_walk(w, "extension",
			    fhir_child(value, "extension"));
		else if (*key != '_')
			field_walk(w, key, value);
	}
}

GArray *
care_record_lines(const fhir_node *resource, const struct record_words *words)
{
	struct walk w = walk_new(resource, words);
	char *narrative = fhir_narrative_words(resource);

	if (fhir_has_unknown_modifier(resource))
		put(&w, g_strdup("!"), g_strdup(_("NOT UNDERSTOOD: see the "
		    "hospital's system")), TRUE);
	object_walk(&w, resource);
	if (narrative)
		put(&w, g_strdup(_("in its own words")), narrative, FALSE);
	return w.lines;
}

/* ---- where it comes from ------------------------------------------------ */

static const char *const who_fields[] = { "author", "recorder", "asserter",
	"informationSource", "source", "sender", "requester", "performer",
	"participant", "careManager", "resultsInterpreter", "agent", NULL };
static const char *const when_fields[] = { "recorded", "recordedDate",
	"authoredOn", "authored", "issued", "date", "dateAsserted", "sent",
	"occurredDateTime", "occurredPeriod", "activity", "reason", NULL };

static void
put_text(struct walk *w, const char *label, const char *text)
{
	if (text && *text)
		put(w, g_strdup(label), g_strdup(text), FALSE);
}

/* A signature's bytes are read by qingnang verify, not by eye. */
static void
signatures_put(struct walk *w)
{
	size_t n = fhir_count(w->root, "signature");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *sig = fhir_at(w->root, "signature", i);
		g_autofree char *who = record_value_words(fhir_get(sig, "who"),
		    "who", w->words);
		const char *when = fhir_text(sig, "when");
		g_autofree char *at = record_date_words(when ? when : "");
		char *both = g_strdup_printf("%s %s", who ? who : "", at);

		put(w, g_strdup(_("signed by")), both, FALSE);
	}
}

static void
labels_put(struct walk *w, const char *path, const char *label)
{
	size_t n = fhir_count(w->root, path);

	for (size_t i = 0; i < n; i++) {
		char *said = record_value_words(fhir_at(w->root, path, i), "",
		    w->words);
		if (said)
			put(w, g_strdup(label), said, FALSE);
	}
}

GArray *
care_record_source(const fhir_node *resource, const struct record_words *words)
{
	struct walk w = walk_new(resource, words);
	const char *type = fhir_text(resource, "resourceType");
	const char *id = fhir_text(resource, "id");
	const char *updated = fhir_text(resource, "meta.lastUpdated");
	const char *made = care_made_words(fhir_made_by(resource));

	put(&w, g_strdup(_("record")), g_strdup_printf("%s/%s",
	    type ? type : "?", id ? id : "?"), FALSE);
	put_text(&w, _("version"), fhir_text(resource, "meta.versionId"));
	if (updated)
		put(&w, g_strdup(_("last changed")),
		    record_date_words(updated), FALSE);
	put_text(&w, _("system"), fhir_text(resource, "meta.source"));
	if (made)
		put(&w, g_strdup("!"), g_strdup(made), TRUE);
	labels_put(&w, "meta.security", _("label"));
	labels_put(&w, "meta.tag", _("label"));
	for (int i = 0; who_fields[i]; i++)
		if (fhir_child(resource, who_fields[i]))
			field_walk(&w, who_fields[i], fhir_child(resource,
			    who_fields[i]));
	for (int i = 0; when_fields[i]; i++)
		if (fhir_child(resource, when_fields[i]))
			field_walk(&w, when_fields[i], fhir_child(resource,
			    when_fields[i]));
	signatures_put(&w);
	return w.lines;
}
