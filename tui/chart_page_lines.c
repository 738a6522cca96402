/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the chart's page: each row as it is read at these columns. */
#include "tui/chart_page_view.h"

#include <string.h>

static const int zoom_months[CHART_ZOOMS] = { 3, 6, 12, 36, 120, 0 };

/* ---- lines -------------------------------------------------------------- */

/* Wrapped, never cut: half the name of a drug is a wrong drug. Takes right. */
static void
text_add(struct chart_page_view *p, int row, int indent, enum element e,
    const char *text, char *right, enum element right_element)
{
	int room = right ? base_text_cols(right, -1) + 1 : 0;
	int cols = MAX(p->cols - indent - 1 - room, 8);
	g_autoptr(GArray) wrap = NULL;

	if (base_text_cols(text, -1) <= cols) {
		struct text_line l = { .row = row, .indent = indent,
			.element = e, .right_element = right_element,
			.text = g_strdup(text), .right = right };
		g_array_append_val(p->lines, l);
		return;
	}
	wrap = base_text_wrap(text, strlen(text), cols, FALSE);
	for (guint i = 0; i < wrap->len; i++) {
		struct base_line *b = &g_array_index(wrap, struct base_line, i);
		struct text_line l = { .row = row, .indent = indent,
			.element = e, .right_element = right_element,
			.text = g_strndup(text + b->start, b->len),
			.right = i == 0 ? right : NULL };
		g_array_append_val(p->lines, l);
	}
}

static void
head_lines(struct chart_page_view *p, int i, const struct row *r)
{
	int64_t total = p->page->sections[r->section].total;
	struct text_line gap = { .row = -1 };
	struct text_line head = { .row = i, .indent = 2, .head = TRUE,
		.element = E_CHART_HEADING };

	if (p->lines->len)
		g_array_append_val(p->lines, gap);
	head.text = total ? g_strdup_printf("%s  %" G_GINT64_FORMAT,
	    chart_section_name(r->section), total) :
	    g_strdup(chart_section_name(r->section));
	g_array_append_val(p->lines, head);
}

/* Not loaded, none recorded, known none (that is a row), refused, not kept. */
static void
state_lines(struct chart_page_view *p, int i, const struct row *r)
{
	enum section_state state = p->page->state[r->section];
	gboolean some = p->page->sections[r->section].total > 0;
	const char *words = chart_state_words(state);

	if (state == SECTION_NOT_LOADED && some)
		words = _("… not yet complete");
	text_add(p, i, 2, state == SECTION_REFUSED ? E_CHART_CRITICAL :
	    E_CHART_STATE, words ? words : chart_section_none(r->section),
	    NULL, 0);
}

static enum element
line_element(const struct page_line *l)
{
	if (!chart_is_sound(&l->entry))
		return E_CHART_VOID;
	if (l->entry.status == ENTRY_NOT_UNDERSTOOD ||
	    l->entry.status == ENTRY_DO_NOT_PERFORM)
		return E_CHART_CRITICAL;
	if ((l->entry.section == CHART_ALLERGIES ||
	    l->entry.section == CHART_FLAGS) &&
	    l->entry.status != ENTRY_KNOWN_NONE)
		return E_CHART_ALLERGY;
	return E_CHART_TEXT;
}

/* What is only not yet, or not any more, alarms nobody. */
static enum element
mark_element(const struct page_line *l)
{
	return !chart_is_sound(&l->entry) ||
	    l->entry.status == ENTRY_PLANNED ||
	    l->entry.status == ENTRY_ONGOING ? E_CHART_STATE :
	    E_CHART_CRITICAL;
}

static void
marks_lines(struct chart_page_view *p, int i, const struct page_line *l)
{
	g_autoptr(GPtrArray) marks = chart_row_marks(l, base_now_ms());

	for (guint k = 0; k < marks->len; k++) {
		g_autofree char *mark = g_strdup_printf("! %s",
		    (char *)marks->pdata[k]);
		text_add(p, i, 4, mark_element(l), mark, NULL, 0);
	}
}

static void
line_lines(struct chart_page_view *p, int i, const struct row *r)
{
	const struct page_line *l = r->line;
	g_autofree char *words = chart_row_words(l);
	g_autofree char *detail = chart_row_detail(l);
	g_autofree char *named = NULL;

	if (l->entry.status == ENTRY_KNOWN_NONE)
		named = g_strdup_printf(_("known none: %s"), words);
	else if (l->entry.section == CHART_ALLERGIES &&
	    chart_is_sound(&l->entry))
		named = g_strdup_printf("%s%s", l->entry.severe ? "‼ " : "! ",
		    words);
	text_add(p, i, 2, line_element(l), named ? named : words,
	    chart_row_dates(l), E_CHART_DETAIL);
	marks_lines(p, i, l);
	if (*detail)
		text_add(p, i, 4, E_CHART_DETAIL, detail, NULL, 0);
}

/* ---- the drugs ---------------------------------------------------------- */

static int64_t
window_begin(struct chart_page_view *p, int64_t now_ms)
{
	int64_t first = timeline_begin(p->times);
	int months = zoom_months[p->zoom];
	int64_t from = now_ms - (int64_t)months * 30 * 86400000 -
	    (int64_t)months * 36000000;

	if (months == 0)
		return first ? MIN(first, now_ms - 86400000) :
		    now_ms - 86400000;
	return from;
}

/* From when to when the bars are, and what their cells mean. */
static void
axis_lines(struct chart_page_view *p, int i, const struct row *r)
{
	int64_t now_ms = base_now_ms(), from_ms = window_begin(p, now_ms);
	g_autoptr(GDateTime) a = base_clock_date(from_ms);
	g_autoptr(GDateTime) b = base_clock_date(now_ms);
	g_autofree char *from = g_date_time_format(a, "%Y-%m-%d");
	g_autofree char *until = g_date_time_format(b, "%Y-%m-%d");
	g_autofree char *both = NULL;
	int blanks = p->cols - 5 - 20;

	both = g_strdup_printf("%s%*s%s", from, MAX(blanks, 1), "", until);
	text_add(p, i, 4, E_CHART_DETAIL, both, NULL, 0);
	text_add(p, i, 4, E_CHART_DETAIL, _("█ in hand  ░ ordered, none in "
	    "hand  ▒ by report  · none"), NULL, 0);
}

static void
drug_lines(struct chart_page_view *p, int i, const struct row *r)
{
	const struct drug_time *t = r->drug;
	int64_t now_ms = base_now_ms(), from_ms = window_begin(p, now_ms);
	g_autofree char *name = chart_drug_name(t);
	g_autofree char *words = chart_drug_words(t);
	g_autofree char *bar = timeline_bar(t, from_ms, now_ms,
	    MAX(p->cols - 5, 8));
	g_autofree char *detail = t->now ? chart_row_detail(t->now) : NULL;

	text_add(p, i, 2, t->now ? line_element(t->now) : E_CHART_TEXT, name,
	    chart_drug_left(t), t->days_left <= 7 ? E_CHART_ABNORMAL :
	    E_CHART_DETAIL);
	if (t->now)
		marks_lines(p, i, t->now);
	if (detail && *detail)
		text_add(p, i, 4, E_CHART_DETAIL, detail, NULL, 0);
	text_add(p, i, 4, timeline_stands(t) ? E_CHART_TEXT : E_CHART_VOID,
	    bar, NULL, 0);
	text_add(p, i, 4, E_CHART_DETAIL, words, NULL, 0);
}

static void
more_lines(struct chart_page_view *p, int i, const struct row *r)
{
	const struct page_section *of = &p->page->sections[r->section];
	int64_t left = r->section == CHART_DRUGS ?
	    (int64_t)p->times->len - p->drugs : of->total - (int64_t)of->n;
	g_autofree char *words = g_strdup_printf(_("… %d more: Enter"),
	    (int)left);

	text_add(p, i, 2, E_CHART_STATE, words, NULL, 0);
}

void
chart_page_lines_make(struct chart_page_view *p, int cols)
{
	static void (*const add[])(struct chart_page_view *, int,
	    const struct row *) = { [ROW_HEAD] = head_lines,
		[ROW_STATE] = state_lines,
		[ROW_AXIS] = axis_lines, [ROW_LINE] = line_lines,
		[ROW_DRUG] = drug_lines, [ROW_MORE] = more_lines };

	if (p->cols == cols)
		return;
	p->cols = cols;
	g_array_set_size(p->lines, 0);
	for (int i = 0; i < (int)p->rows->len; i++) {
		const struct row *r = chart_page_row_at(p, i);
		add[r->kind](p, i, r);
	}
}
