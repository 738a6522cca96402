/* SPDX-License-Identifier: Apache-2.0 */
/* `show TYPE/ID`: any record in words with its source, as JSON beside it, or the
 * bytes as they came. */
#include "cli/record.h"

#include "care/record.h"
#include "store/page.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct record {
	struct fhir_ref ref;
	char *bytes; size_t len;
	struct fhir_doc *doc;
	struct record_words words;
	GPtrArray *provenances;  /* "Provenance/x" */
};

static char *
name_of(const char *ref, void *user)
{
	return store_name_of(user, ref);
}

static void
record_clear(struct record *r)
{
	g_free(r->bytes);
	fhir_doc_free(r->doc);
	if (r->provenances)
		g_ptr_array_unref(r->provenances);
}

static gboolean
record_take(struct record *r, struct store *store, const char *ref,
    GError **error)
{
	*r = (struct record){ .words = { .name = name_of, .user = store,
		.lang = base_i18n_lang() } };
	if (!fhir_ref_parse(ref, &r->ref)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "%s",
		    ref);
		return FALSE;
	}
	r->bytes = store_body(store, r->ref.type, r->ref.id, &r->len, error);
	r->doc = r->bytes ? fhir_parse(r->bytes, r->len, NULL, error) : NULL;
	r->provenances = r->doc ? store_provenances(store, ref, error) : NULL;
	return r->provenances != NULL;
}

/* ---- as it came --------------------------------------------------------- */

/* A terminal is not to be driven by what a patient wrote; a pipe gets every byte
 * as it came. */
static void
raw_print(const struct record *r)
{
	if (isatty(STDOUT_FILENO)) {
		g_autofree char *pretty = fhir_pretty(r->bytes, r->len, NULL);
		g_autofree char *shown = base_text_show(pretty, -1,
		    BASE_MANY_LINES);
		puts(shown);
		return;
	}
	fwrite(r->bytes, 1, r->len, stdout);
}

/* ---- words -------------------------------------------------------------- */

static void
lines_print(GArray *lines)
{
	for (guint i = 0; i < lines->len; i++) {
		const struct record_line *l = &g_array_index(lines,
		    struct record_line, i);
		g_autofree char *label = base_text_show(l->label, -1,
		    BASE_ONE_LINE);
		g_autofree char *text = base_text_show(l->text, -1,
		    BASE_MANY_LINES);

		printf("  %*s%s%s%s%s\n", l->indent * 2, "",
		    l->grave && strcmp(label, "!") != 0 ? "! " : "", label,
		    *label && *text ? strcmp(label, "!") == 0 ? " " : ": " :
		    "", text);
	}
}

static void
provenance_print(struct record *r, const char *ref)
{
	struct record of;

	if (!record_take(&of, r->words.user, ref, NULL))
		return;
	{
		g_autoptr(GArray) lines = care_record_source(
		    fhir_root(of.doc), &r->words);

		printf("\n%s\n", _("Provenance"));
		lines_print(lines);
	}
	record_clear(&of);
}

static void
text_print(struct record *r)
{
	g_autoptr(GArray) lines = care_record_lines(fhir_root(r->doc),
	    &r->words);
	g_autoptr(GArray) source = care_record_source(fhir_root(r->doc),
	    &r->words);

	lines_print(lines);
	printf("\n%s\n", _("Source"));
	lines_print(source);
	for (guint i = 0; i < r->provenances->len; i++)
		provenance_print(r, r->provenances->pdata[i]);
}

/* ---- JSON --------------------------------------------------------------- */

static void
lines_json(struct cli_json *j, const char *key, GArray *lines)
{
	cli_json_array(j, key);
	for (guint i = 0; i < lines->len; i++) {
		const struct record_line *l = &g_array_index(lines,
		    struct record_line, i);

		cli_json_object(j, NULL);
		cli_json_int(j, "level", l->indent);
		cli_json_text(j, "label", l->label);
		cli_json_text(j, "text", l->text);
		cli_json_bool(j, "grave", l->grave);
		cli_json_close(j, '}');
	}
	cli_json_close(j, ']');
}

static void
json_print(struct record *r)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };
	g_autoptr(GArray) lines = care_record_lines(fhir_root(r->doc),
	    &r->words);
	g_autoptr(GArray) source = care_record_source(fhir_root(r->doc),
	    &r->words);
	g_autofree char *ref = g_strdup_printf("%s/%s", r->ref.type,
	    r->ref.id);

	cli_json_object(&j, NULL);
	cli_json_text(&j, "ref", ref);
	lines_json(&j, "words", lines);
	lines_json(&j, "source", source);
	cli_json_array(&j, "provenance");
	for (guint i = 0; i < r->provenances->len; i++)
		cli_json_text(&j, NULL, r->provenances->pdata[i]);
	cli_json_close(&j, ']');
	cli_json_raw(&j, "resource", r->bytes, r->len);
	cli_json_close(&j, '}');
	puts(out->str);
}

gboolean
cli_record_print(struct store *store, const char *ref, enum cli_record how,
    GError **error)
{
	struct record r;
	gboolean ok = record_take(&r, store, ref, error);

	if (ok && how == CLI_RECORD_RAW)
		raw_print(&r);
	else if (ok && how == CLI_RECORD_JSON)
		json_print(&r);
	else if (ok)
		text_print(&r);
	record_clear(&r);
	return ok;
}
