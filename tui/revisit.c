/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence of the re-visit in words: which record of which day, or that there
 * is none, and that therefore no diagnosis is made and nothing prescribed here.
 */
#include "tui/revisit.h"

gboolean
revisit_stands(const struct care_revisit *r)
{
	return r && r->evidence->len > 0;
}

static char *
stands_words(const struct care_revisit *r, const char *what)
{
	if (r->evidence->len == 1)
		return g_strdup_printf(_("Re-visit: %s"), what);
	return g_strdup_printf(NGETTEXT("Re-visit: %s (1 of %d)",
	    "Re-visit: %s (1 of %d)", r->evidence->len), what,
	    (int)r->evidence->len);
}

static char *
brief_of(const struct care_revisit *r, const char *words)
{
	const struct care_revisit_record *first = r->evidence->pdata[0];
	g_autofree char *what = first->day ? g_strdup_printf("%s %s", words,
	    first->day) : g_strdup(words);

	return stands_words(r, what);
}

/* The name of the diagnosis gives way, never its day. */
static char *
stands_brief(const struct care_revisit *r, int cols)
{
	const struct care_revisit_record *first = r->evidence->pdata[0];
	char *said = brief_of(r, first->words);
	int over = base_text_cols(said, -1) - cols;
	g_autofree char *cut = NULL;

	if (over <= 0)
		return said;
	g_free(said);
	cut = base_text_cut(first->words,
	    MAX(base_text_cols(first->words, -1) - over, 2));
	return brief_of(r, cut);
}

static char *
missing_words(const struct care_revisit *r, gboolean whole)
{
	if (!r)
		return g_strdup(_("! Re-visit not checked: no rules could be "
		    "read."));
	if (r->state == FACTS_NOT_LOADED)
		return g_strdup(_("… re-visit: the chart is not yet loaded"));
	if (r->state == FACTS_REFUSED)
		return g_strdup(_("! Re-visit not checked: the server shows no "
		    "diagnoses. No diagnosis, no prescription here."));
	return g_strdup(!whole ? _("! No evidence of a re-visit: no "
	    "diagnosis, no prescription here.") : _("! No evidence of a "
	    "re-visit: the chart has no definite diagnosis made at a hospital. "
	    "No diagnosis, no prescription here, unless the patient has a "
	    "record and you name it when prescribing."));
}

char *
revisit_brief(const struct care_revisit *r, int cols)
{
	if (r && !r->rule)
		return NULL;
	return revisit_stands(r) ? stands_brief(r, cols) :
	    missing_words(r, FALSE);
}

char *
revisit_whole(const struct care_revisit *r)
{
	g_autofree char *said = NULL;
	GString *all;

	if (r && !r->rule)
		return NULL;
	if (revisit_stands(r)) {
		const struct care_revisit_record *first =
		    r->evidence->pdata[0];

		return stands_words(r, first->text);
	}
	said = missing_words(r, TRUE);
	all = g_string_new(said);
	if (r && r->rule)
		g_string_append_printf(all, " %s", r->rule);
	for (guint i = 0; r && i < r->wanting->len; i++)
		g_string_append_printf(all, " · %s",
		    (const char *)r->wanting->pdata[i]);
	return g_string_free(all, FALSE);
}

enum element
revisit_element(const struct care_revisit *r)
{
	return revisit_stands(r) || (r && r->state == FACTS_NOT_LOADED) ?
	    E_CHART_DETAIL : E_CHART_ABNORMAL;
}
