/* SPDX-License-Identifier: Apache-2.0 */
/* What a row of the whole chart says. One that is not plainly so is never shown
 * plainly, and a word stands for every mark. */
#include "tui/chart_page.h"

#include "care/record.h"
#include "store/results.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
/* A contract is renewed before it ends. */
enum { RENEWAL_DAYS = 60 };

const enum chart_section chart_page_order[] = { CHART_ALLERGIES, CHART_FLAGS,
	CHART_PROBLEMS, CHART_DRUGS, CHART_VISITS, CHART_DOCUMENTS,
	CHART_INTAKE, CHART_PROCEDURES, CHART_VACCINES, CHART_CONTRACT,
	CHART_COVERAGE };
const int chart_page_order_n = G_N_ELEMENTS(chart_page_order);

/* ---- dates -------------------------------------------------------------- */

static char *
date_words(const char *date, int64_t ms)
{
	struct chart_entry e = { .date = date, .date_ms = ms };

	return chart_date_words(&e);
}

char *
chart_row_dates(const struct page_line *l)
{
	g_autofree char *from = chart_date_words(&l->entry);
	g_autofree char *until = l->until ? date_words(l->until, l->until_ms) :
	    NULL;

	if (!until || g_strcmp0(from, until) == 0)
		return g_steal_pointer(&from);
	return g_strdup_printf("%s – %s", from ? from : "", until);
}

/* ---- words -------------------------------------------------------------- */

static const char *const nameless[CHART_SECTIONS_] = {
	[CHART_ALLERGIES] = N_("(no name)"), [CHART_PROBLEMS] = N_("(no name)"),
	[CHART_DRUGS] = N_("(a drug without a name)"),
	[CHART_VISITS] = N_("Visit"), [CHART_DOCUMENTS] = N_("Document"),
	[CHART_INTAKE] = N_("Questionnaire"), [CHART_VACCINES] = N_("Vaccine"),
	[CHART_CONTRACT] = N_("Contract"), [CHART_COVERAGE] = N_("Insurance, "
	    "kind unknown"), [CHART_PROCEDURES] = N_("Procedure"),
	[CHART_FLAGS] = N_("(no name)"),
};

/* No name on a row is long enough to hide the others. */
enum { WORDS_MAX_BYTES = 600 };

static char *
shown(const char *text)
{
	g_autofree char *cut = NULL;
	const char *end;

	if (!text || strlen(text) <= WORDS_MAX_BYTES)
		return words_shown(text);
	end = text + WORDS_MAX_BYTES;
	while (end > text && (*end & 0xc0) == 0x80)
		end--;
	cut = g_strndup(text, (gsize)(end - text));
	return base_text_show(cut, -1, BASE_ONE_LINE);
}

static char *
shown_whole(const char *text)
{
	g_autofree char *s = shown(text);

	return text && strlen(text) > WORDS_MAX_BYTES ?
	    g_strconcat(s, " …", NULL) : g_steal_pointer(&s);
}

char *
chart_row_words(const struct page_line *l)
{
	g_autofree char *words = shown_whole(l->entry.words);
	const char *name = nameless[l->entry.section];

	if (*words)
		return g_steal_pointer(&words);
	return g_strdup(name ? _(name) : l->entry.ref);
}

static void
join(GString *out, const char *text)
{
	g_autofree char *s = shown_whole(text);

	if (*s)
		g_string_append_printf(out, "%s%s", out->len ? " · " : "", s);
}

static void
join_special(GString *out, const struct page_line *l)
{
	g_autofree char *size = NULL, *answers = NULL;
	int n = l->entry.value ? atoi(l->entry.value) : 0;

	switch (l->entry.section) {
	case CHART_VISITS:
		join(out, care_visit_class(l->entry.value));
		break;
	case CHART_DOCUMENTS:
		size = words_size(l->entry.unit ? g_ascii_strtoll(
		    l->entry.unit, NULL, 10) : 0);
		join(out, l->entry.value);
		join(out, size);
		break;
	case CHART_INTAKE:
		answers = g_strdup_printf(NGETTEXT("%d answer", "%d answers",
		    (unsigned long)n), n);
		join(out, answers);
		break;
	default:
		break;
	}
}

char *
chart_row_detail(const struct page_line *l)
{
	GString *out = g_string_new(NULL);

	join(out, l->entry.detail);
	join_special(out, l);
	if (l->by) {
		g_autofree char *by = g_strdup_printf(_("by %s"), l->by);
		join(out, by);
	} else if (l->entry.section == CHART_COVERAGE ||
	    l->entry.section == CHART_INTAKE) {
		join(out, l->entry.section == CHART_COVERAGE ?
		    _("payer unknown") : _("source unknown"));
	}
	join(out, care_made_words(l->made));
	if (l->other_record)
		join(out, _("from a merged record"));
	return g_string_free(out, FALSE);
}

/* ---- marks -------------------------------------------------------------- */

static gboolean
has_term(const struct page_line *l)
{
	return l->entry.section == CHART_CONTRACT ||
	    l->entry.section == CHART_COVERAGE;
}

static void
term_marks(GPtrArray *marks, const struct page_line *l, int64_t now_ms)
{
	int64_t days = (l->until_ms - now_ms) / DAY_MS;

	if (l->entry.status != ENTRY_PLAIN || !l->until_ms)
		return;
	if (l->until_ms < now_ms)
		g_ptr_array_add(marks, g_strdup(_("has ended")));
	else if (l->entry.section == CHART_CONTRACT && days <= RENEWAL_DAYS)
		g_ptr_array_add(marks, g_strdup_printf(_("renewal due in %d "
		    "d"), (int)days));
}

GPtrArray *
chart_row_marks(const struct page_line *l, int64_t now_ms)
{
	GPtrArray *marks = g_ptr_array_new_with_free_func(g_free);
	const char *status = chart_status_words(l->entry.status);

	if (status)
		g_ptr_array_add(marks, g_strdup(status));
	if (l->entry.severe && chart_is_sound(&l->entry))
		g_ptr_array_add(marks, g_strdup(_("severe, high risk")));
	if (l->entry.date && l->entry.date_ms > now_ms + RESULT_AHEAD_MS &&
	    l->entry.status != ENTRY_PLANNED)
		g_ptr_array_add(marks, g_strdup(has_term(l) ?
		    _("not begun yet") : _("dated in the future")));
	if (l->until && l->until_ms < l->entry.date_ms && l->entry.date)
		g_ptr_array_add(marks, g_strdup(_("ends before it begins")));
	if (has_term(l))
		term_marks(marks, l, now_ms);
	return marks;
}

/* ---- drugs -------------------------------------------------------------- */

char *
chart_drug_name(const struct drug_time *t)
{
	char *words = shown_whole(t->words);

	if (*words)
		return words;
	g_free(words);
	return g_strdup(_(nameless[CHART_DRUGS]));
}

char *
chart_drug_left(const struct drug_time *t)
{
	if (t->days_left == G_MININT)
		return NULL;
	if (t->days_left < 0)
		return g_strdup_printf(_("used up %d d ago"), -t->days_left);
	return g_strdup_printf(_("%d d left"), t->days_left);
}

static char *
day_of(int64_t ms)
{
	g_autoptr(GDateTime) day = base_clock_date(ms);

	return day ? g_date_time_format(day, "%Y-%m-%d") : g_strdup("?");
}

static void
handed_join(GString *out, const struct drug_time *t)
{
	g_autofree char *times = g_strdup_printf(NGETTEXT("handed out %d time",
	    "handed out %d times", (unsigned long)t->handed), t->handed);

	if (!t->fills->len) {
		join(out, _("no dispense recorded"));
		return;
	}
	join(out, times);
	for (guint i = t->fills->len; i-- > 0;) {
		const struct page_line *l = t->fills->pdata[i];
		g_autofree char *date = chart_date_words(&l->entry);
		g_autofree char *last = NULL;

		last = g_strdup_printf("%s %s%s%s%s%s", _("last"),
		    date ? date : "?", l->entry.detail ? ", " : "",
		    l->entry.detail ? l->entry.detail : "",
		    chart_status_words(l->entry.status) ? " ! " : "",
		    chart_status_words(l->entry.status) ?
		    chart_status_words(l->entry.status) : "");
		join(out, last);
		return;
	}
}

static void
gaps_join(GString *out, const struct drug_time *t)
{
	g_autofree char *from = t->gaps ? day_of(t->gap.from_ms) : NULL;
	g_autofree char *until = t->gaps ? day_of(t->gap.until_ms) : NULL;
	g_autofree char *words = NULL;
	int days = (int)((t->gap.until_ms - t->gap.from_ms) / DAY_MS);

	if (!t->gaps)
		return;
	words = g_strdup_printf(NGETTEXT("%d gap, %d d without from %s to %s",
	    "%d gaps, the last %d d from %s to %s", (unsigned long)t->gaps),
	    t->gaps, days, from, until);
	join(out, words);
}

char *
chart_drug_words(const struct drug_time *t)
{
	GString *out = g_string_new(NULL);
	int n = (int)t->orders->len;
	g_autofree char *orders = g_strdup_printf(NGETTEXT("%d order",
	    "%d orders", (unsigned long)n), n);

	join(out, n ? orders : _("no order of it is here"));
	handed_join(out, t);
	if (t->refills >= 0) {
		g_autofree char *left = g_strdup_printf(NGETTEXT(
		    "%d refill left", "%d refills left",
		    (unsigned long)t->refills), t->refills);
		join(out, left);
	}
	gaps_join(out, t);
	return g_string_free(out, FALSE);
}
