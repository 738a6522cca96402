/* SPDX-License-Identifier: Apache-2.0 */
/* A report as text: what it concludes, in words and codes, its narrative, the
 * files it came in, and where its pictures are to be seen. */
#include "tui/chart_lines.h"
#include "tui/labs.h"
#include "store/page.h"

#include <string.h>

enum { LINK_MAX_BYTES = 2000, TEXT_MAX_BYTES = 256 * 1024, LINKS_MAX = 9 };

/* ---- links -------------------------------------------------------------- */

#define LINK_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789-._~:/?#[]@!$&()*+,;=%"

/* https alone, and nothing that a program might take for more than one word. */
gboolean
report_link_ok(const char *url)
{
	const char *host = url + strlen("https://");

	if (!g_str_has_prefix(url, "https://") ||
	    strlen(url) > LINK_MAX_BYTES || !g_ascii_isalnum(*host))
		return FALSE;
	for (const char *c = url; *c; c++)
		if (!strchr(LINK_LETTERS, *c))
			return FALSE;
	return TRUE;
}

static void
link_add(struct report_text *out, const char *url)
{
	if (!url || !report_link_ok(url) || out->links->len >= LINKS_MAX ||
	    g_ptr_array_find_with_equal_func(out->links, url, g_str_equal,
	    NULL))
		return;
	g_ptr_array_add(out->links, g_strdup(url));
}

/* Addresses within what was written; the stop behind one is none of it. */
static void
links_in(struct report_text *out, const char *text)
{
	const char *at = text;

	while (at && (at = strstr(at, "https://"))) {
		size_t len = strspn(at, LINK_LETTERS);
		g_autofree char *url = NULL;

		while (len && strchr(".,;:!?)]*", at[len - 1]))
			len--;
		url = g_strndup(at, len);
		link_add(out, url);
		at += strlen("https://");
	}
}

static struct fhir_doc *
body_of(struct store *store, const struct fhir_ref *ref)
{
	size_t len;
	g_autofree char *bytes = store_body(store, ref->type, ref->id, &len,
	    NULL);

	return bytes ? fhir_parse(bytes, len, NULL, NULL) : NULL;
}

/* Endpoints of a study, by reference or contained. */
static void
endpoints_add(struct report_text *out, struct store *store,
    const fhir_node *study)
{
	size_t n = study ? fhir_count(study, "endpoint") : 0;

	for (size_t i = 0; i < n; i++) {
		struct fhir_ref ref;
		BASE_AUTO(fhir_doc) doc = NULL;

		if (!fhir_ref_at(fhir_at(study, "endpoint", i), NULL, &ref))
			continue;
		doc = body_of(store, &ref);
		link_add(out, doc ? fhir_text(fhir_root(doc), "address") :
		    NULL);
	}
}

static void
contained_add(struct report_text *out, struct store *store,
    const fhir_node *root)
{
	size_t n = fhir_count(root, "contained");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *one = fhir_at(root, "contained", i);
		const char *type = fhir_text(one, "resourceType");

		if (g_strcmp0(type, "Endpoint") == 0)
			link_add(out, fhir_text(one, "address"));
		if (g_strcmp0(type, "ImagingStudy") == 0)
			endpoints_add(out, store, one);
	}
}

static void
links_add(struct report_text *out, struct store *store, const fhir_node *root)
{
	size_t studies = fhir_count(root, "imagingStudy");
	size_t forms = fhir_count(root, "presentedForm");

	for (size_t i = 0; i < studies; i++) {
		struct fhir_ref ref;
		BASE_AUTO(fhir_doc) doc = NULL;

		if (!fhir_ref_at(fhir_at(root, "imagingStudy", i), NULL, &ref))
			continue;
		doc = body_of(store, &ref);
		if (!doc)
			continue;
		endpoints_add(out, store, fhir_root(doc));
		contained_add(out, store, fhir_root(doc));
	}
	for (size_t i = 0; i < forms; i++)
		link_add(out, fhir_text(fhir_at(root, "presentedForm", i),
		    "url"));
	contained_add(out, store, root);
}

/* ---- text --------------------------------------------------------------- */

static void
paragraph(GString *out, const char *head, const char *text)
{
	g_autofree char *shown = text ? base_text_show(text, -1,
	    BASE_MANY_LINES) : NULL;

	if (!shown || !*shown)
		return;
	if (out->len)
		g_string_append(out, "\n\n");
	if (head)
		g_string_append_printf(out, "%s\n", head);
	g_string_append(out, shown);
}

/* ---- its head ----------------------------------------------------------- */

/* What is no final report says so before anything else of it is read. */
static const struct { const char *status; enum entry_status is; } statuses[] = {
	{ "final", ENTRY_PLAIN }, { "preliminary", ENTRY_PRELIMINARY },
	{ "partial", ENTRY_PRELIMINARY }, { "registered", ENTRY_PRELIMINARY },
	{ "amended", ENTRY_CORRECTED }, { "corrected", ENTRY_CORRECTED },
	{ "appended", ENTRY_CORRECTED }, { "cancelled", ENTRY_CANCELLED },
	{ "entered-in-error", ENTRY_ENTERED_IN_ERROR },
	{ "unknown", ENTRY_UNCONFIRMED },
};

static const char *
status_words(const fhir_node *root)
{
	const char *status = fhir_text(root, "status");

	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++)
		if (g_strcmp0(statuses[i].status, status) == 0)
			return chart_status_words(statuses[i].is);
	return chart_status_words(ENTRY_NOT_UNDERSTOOD);
}

static char *
day_words(const fhir_node *root)
{
	static const char *const paths[] = { "effectiveDateTime",
		"effectivePeriod.start", "issued" };
	struct chart_entry e = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(paths) && !e.date; i++)
		e.date = fhir_text(root, paths[i]);
	return chart_date_words(&e);
}

static void
performers_add(GString *out, struct store *store, const fhir_node *root)
{
	size_t n = MIN(fhir_count(root, "performer"), (size_t)4);

	for (size_t i = 0; i < n; i++) {
		const fhir_node *who = fhir_at(root, "performer", i);
		const char *ref = fhir_text(who, "reference");
		const char *said = fhir_text(who, "display");
		g_autofree char *known = ref && !said ? store_name_of(store,
		    ref) : NULL;

		if (said || known)
			g_string_append_printf(out, " · %s", said ? said :
			    known);
	}
}

static void
head_add(GString *out, struct store *store, const fhir_node *root)
{
	const char *name = fhir_concept_words(fhir_get(root, "code"),
	    base_i18n_lang());
	const char *status = status_words(root);
	g_autofree char *day = day_words(root);
	g_autoptr(GString) line = g_string_new(day ? day : _("no date"));
	g_autofree char *grave = status ? g_strconcat("! ", status, NULL) :
	    NULL;

	performers_add(line, store, root);
	paragraph(out, NULL, name);
	if (out->len)
		g_string_append_c(out, '\n');
	{
		g_autofree char *shown = words_shown(line->str);

		g_string_append(out, shown);
	}
	paragraph(out, NULL, grave);
}

/* ---- its files ---------------------------------------------------------- */

/* Text that is in the report itself; other files are named. */
static char *
form_text(const fhir_node *form)
{
	const char *type = fhir_text(form, "contentType");
	const char *data = fhir_text(form, "data");
	g_autofree guchar *bytes = NULL;
	gsize len;

	if (!type || !g_str_has_prefix(type, "text/plain") || !data ||
	    strlen(data) > TEXT_MAX_BYTES * 4 / 3)
		return NULL;
	bytes = g_base64_decode(data, &len);
	return bytes && g_utf8_validate((char *)bytes, (gssize)len, NULL) ?
	    g_strndup((char *)bytes, len) : NULL;
}

/* After those that fields name. */
static void
written_links(struct report_text *out, const fhir_node *root)
{
	g_autofree char *narrative = fhir_narrative_words(root);
	size_t n = fhir_count(root, "presentedForm");

	links_in(out, fhir_text(root, "conclusion"));
	links_in(out, narrative);
	for (size_t i = 0; i < n; i++) {
		g_autofree char *text = form_text(fhir_at(root,
		    "presentedForm", i));

		links_in(out, text);
	}
}

static void
forms_add(GString *out, const fhir_node *root)
{
	size_t n = fhir_count(root, "presentedForm");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *form = fhir_at(root, "presentedForm", i);
		const char *title = fhir_text(form, "title");
		const char *type = fhir_text(form, "contentType");
		g_autofree char *text = form_text(form);
		g_autofree char *name = words_shown(title ? title : type ?
		    type : _("(no title)"));
		const char *bytes = fhir_number(form, "size");
		g_autofree char *size = words_size(bytes ? g_ascii_strtoll(
		    bytes, NULL, 10) : 0);
		g_autofree char *head = g_strdup_printf("[%s] %s%s%s",
		    words_file(type), name, *size ? "  " : "", size);

		if (text)
			paragraph(out, head, text);
		else
			paragraph(out, NULL, head);
	}
}

static void
codes_add(GString *out, const fhir_node *root)
{
	g_autoptr(GString) codes = g_string_new(NULL);
	size_t n = fhir_count(root, "conclusionCode");

	for (size_t i = 0; i < n; i++) {
		const fhir_node *code = fhir_at(root, "conclusionCode", i);
		const char *words = fhir_concept_words(code, base_i18n_lang());
		const char *value = fhir_concept_code(code, NULL);

		g_string_append_printf(codes, "%s%s%s%s%s", codes->len ? "\n" :
		    "", words ? words : "", value ? " (" : "", value ? value :
		    "", value ? ")" : "");
	}
	paragraph(out, _("Diagnosis:"), codes->str);
}

static void
text_add(struct report_text *out, struct store *store, const fhir_node *root)
{
	GString *text = g_string_new(NULL);
	g_autofree char *narrative = fhir_narrative_words(root);

	head_add(text, store, root);
	paragraph(text, _("Conclusion"), fhir_text(root, "conclusion"));
	codes_add(text, root);
	paragraph(text, _("As written"), narrative);
	forms_add(text, root);
	if (fhir_count(root, "presentedForm"))
		paragraph(text, NULL, _("o shows the files."));
	for (guint i = 0; i < out->links->len; i++)
		g_string_append_printf(text, "%s[%d] %s", i ? "\n" :
		    text->len ? "\n\n" : "", (int)i + 1,
		    (char *)out->links->pdata[i]);
	out->text = g_string_free(text, FALSE);
}

struct report_text *
report_text_read(struct store *store, const char *ref, GError **error)
{
	BASE_AUTO(report_text) out = g_new0(struct report_text, 1);
	BASE_AUTO(fhir_doc) doc = NULL;
	struct fhir_ref parsed;

	out->links = g_ptr_array_new_with_free_func(g_free);
	if (fhir_ref_parse(ref, &parsed))
		doc = body_of(store, &parsed);
	if (!doc) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "the report is not here");
		return NULL;
	}
	links_add(out, store, fhir_root(doc));
	written_links(out, fhir_root(doc));
	text_add(out, store, fhir_root(doc));
	return g_steal_pointer(&out);
}

void
report_text_free(struct report_text *report)
{
	if (!report)
		return;
	g_free(report->text);
	g_ptr_array_unref(report->links);
	g_free(report);
}
