/* SPDX-License-Identifier: Apache-2.0 */
/* Who made a record, and what vouches for it: what is here, and what the server
 * says when it is asked. Unknown, none and refused are three sentences. */
#include "tui/record.h"

#include "care/record.h"
#include "store/page.h"
#include "store/rx.h"

#include <string.h>

enum { PROVENANCES_MAX = 20, ASK_MS = 20000 };

/* ---- words -------------------------------------------------------------- */

static char *
name_of(const char *ref, void *user)
{
	return store_name_of(user, ref);
}

void
record_words_init(struct record_words *words, struct tui *ui)
{
	*words = (struct record_words){ .name = name_of, .user = ui->store,
		.lang = base_i18n_lang() };
}

void
record_lines_add(struct sheet *s, GArray *lines)
{
	for (guint i = 0; i < lines->len; i++) {
		const struct record_line *l = &g_array_index(lines,
		    struct record_line, i);
		gboolean both = *l->label && *l->text;

		sheet_print(s, l->grave ? E_CHART_CRITICAL : *l->text ?
		    E_CHART_TEXT : E_CHART_DETAIL, l->grave ? "!" : "",
		    "%*s%s%s%s", MIN(l->indent, 8) * 2, "", l->label,
		    both ? ": " : "", l->text);
	}
}

/* ---- asking ------------------------------------------------------------- */

static gboolean
is_away(const struct tui *ui)
{
	return !ui->status.known || (ui->status.state != BELL_LIVE &&
	    ui->status.state != BELL_POLLING &&
	    ui->status.state != BELL_CATCHING_UP);
}

void
record_ask(struct tui *ui, const struct fhir_ref *ref,
    struct record_asked *asked)
{
	g_autofree char *word = NULL;
	gboolean away = is_away(ui);

	if (asked->id && (!asked->away || away))
		return;
	word = g_strdup_printf(DOORBELL_PROVENANCE "%s/%s", ref->type,
	    ref->id);
	asked->id = ui_ask(ui, BELL_FETCH, word, ASK_MS);
	asked->away = away;
}

/* ---- the source --------------------------------------------------------- */

static void
source_of(struct sheet *s, struct tui *ui, const char *type, const char *id)
{
	struct record_words words;
	g_autofree char *bytes = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	g_autoptr(GArray) lines = NULL;
	size_t len;

	bytes = store_body(ui->store, type, id, &len, NULL);
	doc = bytes ? fhir_parse(bytes, len, NULL, NULL) : NULL;
	if (!doc)
		return;
	record_words_init(&words, ui);
	lines = care_record_source(fhir_root(doc), &words);
	record_lines_add(s, lines);
}

/* Where none is here, and where some are. */
static const char *const states[][2] = {
	[ASK_NONE] = {
	    N_("Not known: nobody is there to ask the server. Is qingnang-sync "
	    "running?"),
	    N_("Whether there is more is not known: nobody is there to ask the "
	    "server.") },
	[ASK_WAITING] = { N_("The server is being asked …"),
	    N_("The server is being asked for more …") },
	[ASK_OK] = { N_("None: the server has none of this record."), NULL },
	[ASK_FAILED] = {
	    N_("Not known: the server cannot be reached now. It is asked when "
	    "it is back; R asks again."),
	    N_("Whether there is more is not known: the server cannot be "
	    "reached now. R asks again.") },
	[ASK_GONE] = { N_("Not known: this server keeps none, or cannot be "
	    "asked for it."), NULL },
	[ASK_REFUSED] = {
	    N_("! Refused: the server does not show it to your login."),
	    N_("! The server does not show your login whether there is more.") },
};

static void
provenance_add(struct sheet *s, struct tui *ui, const char *ref,
    enum ask_state state)
{
	g_autoptr(GPtrArray) all = store_provenances(ui->store, ref, NULL);
	guint n = all ? MIN(all->len, (guint)PROVENANCES_MAX) : 0;
	const char *words = states[state][n > 0];

	for (guint i = 0; i < n; i++) {
		struct fhir_ref parsed;

		if (!fhir_ref_parse(all->pdata[i], &parsed))
			continue;
		sheet_head(s, _("Provenance"));
		source_of(s, ui, parsed.type, parsed.id);
	}
	if (n == 0)
		sheet_head(s, _("Provenance"));
	if (words)
		sheet_add(s, state == ASK_REFUSED ? E_CHART_CRITICAL :
		    E_CHART_STATE, "", _(words));
}

void
record_source_add(struct sheet *s, struct tui *ui, const struct fhir_ref *ref,
    const struct record_asked *asked)
{
	g_autofree char *full = g_strdup_printf("%s/%s", ref->type, ref->id);

	sheet_head(s, _("Source"));
	source_of(s, ui, ref->type, ref->id);
	provenance_add(s, ui, full, ui_asked(ui, asked->id));
}
