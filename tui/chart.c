/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chart: allergies first, problems, drugs, results. Four things are told
 * apart in words in every section: not loaded, none recorded, known none, and
 * refused by the server. An entry that is not plainly so is never shown plainly.
 */
#include <inttypes.h>
#include <stdio.h>

#include "care/care.h"
#include "tui/list.h"
#include "tui/ui.h"

enum chart_line_kind { CHART_LINE_BLANK, CHART_LINE_HEAD, CHART_LINE_TEXT };
struct chart_line {
	enum chart_line_kind kind;
	enum element element;
	int indent;
	char *words;           /* from the left */
	char *right;           /* from the right edge, or NULL */
	enum element right_element;
};

struct chart_view {
	struct view view;
	struct list list;
	struct chart *chart;
	GArray *lines;
	int64_t top_wanted;    /* of the next patient: where the doctor was */
	int cols;              /* that they were made for; 0: to be made */
};

static struct chart_view *
self(struct view *v)
{
	return (struct chart_view *)v;
}

/* ---- lines -------------------------------------------------------------- */

static void
line_add(struct chart_view *h, struct chart_line line)
{
	g_array_append_val(h->lines, line);
}

/* Wrapped, never cut: half the name of a drug is a wrong drug. Takes right. */
static void
text_add(struct chart_view *h, enum element e, int indent,
    const char *words, char *right, enum element right_element)
{
	int room = right ? base_text_cols(right, -1) + 1 : 0;
	int cols = MAX(h->cols - indent - 1 - room, 8);
	g_autoptr(GArray) wrap = base_text_wrap(words, strlen(words), cols,
	    FALSE);

	for (guint i = 0; i < wrap->len; i++) {
		struct base_line *b = &g_array_index(wrap, struct base_line, i);

		line_add(h, (struct chart_line){ .kind = CHART_LINE_TEXT,
			.element = e, .indent = indent,
			.words = g_strndup(words + b->start, b->len),
			.right = i == 0 ? right : NULL,
			.right_element = right_element });
	}
}

static void
lines_clear(struct chart_view *h)
{
	for (guint i = 0; i < h->lines->len; i++) {
		g_free(g_array_index(h->lines, struct chart_line, i).words);
		g_free(g_array_index(h->lines, struct chart_line, i).right);
	}
	g_array_set_size(h->lines, 0);
	h->cols = 0;
}

/* ---- what an entry is --------------------------------------------------- */

static const char *const status_words[] = {
	[ENTRY_PLAIN] = NULL,
	[ENTRY_UNCONFIRMED] = N_("unconfirmed"),
	[ENTRY_REFUTED] = N_("REFUTED: not so"),
	[ENTRY_INACTIVE] = N_("inactive"),
	[ENTRY_RESOLVED] = N_("resolved"),
	[ENTRY_ENTERED_IN_ERROR] = N_("ENTERED IN ERROR"),
	[ENTRY_PRELIMINARY] = N_("preliminary"),
	[ENTRY_CORRECTED] = N_("corrected"),
	[ENTRY_CANCELLED] = N_("cancelled"),
	[ENTRY_ON_HOLD] = N_("on hold"),
	[ENTRY_COMPLETED] = N_("completed"),
	[ENTRY_DO_NOT_PERFORM] = N_("DO NOT GIVE"),
	[ENTRY_KNOWN_NONE] = NULL,
	[ENTRY_NOT_UNDERSTOOD] = N_("NOT UNDERSTOOD: see the hospital's "
	    "system"),
};

/* No longer, or never, what it says. */
static gboolean
is_void(enum entry_status s)
{
	return s == ENTRY_REFUTED || s == ENTRY_INACTIVE ||
	    s == ENTRY_RESOLVED || s == ENTRY_ENTERED_IN_ERROR ||
	    s == ENTRY_CANCELLED || s == ENTRY_COMPLETED;
}

static char *
shown(const char *text)
{
	return base_text_show(text ? text : "", -1, BASE_ONE_LINE);
}

static enum element
entry_element(const struct chart_entry *e)
{
	if (is_void(e->status))
		return E_CHART_VOID;
	if (e->status == ENTRY_DO_NOT_PERFORM ||
	    e->status == ENTRY_NOT_UNDERSTOOD)
		return E_CHART_CRITICAL;
	if (e->section == CHART_ALLERGIES && e->status != ENTRY_KNOWN_NONE)
		return E_CHART_ALLERGY;
	return E_CHART_TEXT;
}

static void
add_status(struct chart_view *h, const struct chart_entry *e)
{
	g_autofree char *words = NULL;

	if (!status_words[e->status])
		return;
	words = g_strdup_printf("! %s", _(status_words[e->status]));
	text_add(h, is_void(e->status) ? E_CHART_STATE : E_CHART_CRITICAL, 2,
	    words, NULL, 0);
}

static void
add_detail(struct chart_view *h, const char *detail)
{
	g_autofree char *text = shown(detail);

	if (*text)
		text_add(h, E_CHART_DETAIL, 3, text, NULL, 0);
}

/* ---- entries by section ------------------------------------------------- */

static char *
date_words(const struct chart_entry *e)
{
	g_autofree char *date = shown(e->date);

	/* As exact as it was written, the time of day apart. */
	return *date ? g_strndup(date, MIN(strlen(date), 10)) : NULL;
}

static void
add_plain(struct chart_view *h, const struct chart_entry *e)
{
	g_autofree char *words = shown(e->words);
	g_autofree char *text = NULL;

	if (e->status == ENTRY_KNOWN_NONE) {
		text = g_strdup_printf(_("known none: %s"), words);
		text_add(h, E_CHART_STATE, 1, text, NULL, 0);
		return;
	}
	text = g_strdup_printf("%s%s", e->section == CHART_ALLERGIES &&
	    !is_void(e->status) ? (e->severe ? "‼ " : "! ") : "", words);
	text_add(h, entry_element(e), 1, text, date_words(e), E_CHART_DETAIL);
	if (e->severe && e->section == CHART_ALLERGIES && !is_void(e->status))
		text_add(h, E_CHART_ALLERGY, 3, _("severe, high risk"), NULL,
		    0);
	add_status(h, e);
	add_detail(h, e->detail);
}

static char *
supply_words(const struct chart_entry *e)
{
	if (e->days_left == G_MININT || is_void(e->status))
		return NULL;
	if (e->days_left < 0)
		return g_strdup_printf(_("used up %d d ago"), -e->days_left);
	return g_strdup_printf(_("%d d left"), e->days_left);
}

enum { DAYS_LOW = 7 };

static void
add_drug(struct chart_view *h, const struct chart_entry *e)
{
	g_autofree char *words = shown(e->words);

	text_add(h, entry_element(e), 1, words, supply_words(e),
	    e->days_left <= DAYS_LOW ? E_CHART_ABNORMAL : E_CHART_DETAIL);
	add_status(h, e);
	add_detail(h, e->detail);
}

static enum element
result_element(const struct chart_entry *e)
{
	int rank = care_interpretation_rank(e->interpretation);

	if (is_void(e->status))
		return E_CHART_VOID;
	if (rank == 0)
		return E_CHART_CRITICAL;
	return rank == 1 ? E_CHART_ABNORMAL : E_CHART_TEXT;
}

/* "↑ 7.2 % high": the mark, the value, the word. */
static char *
value_words(const struct chart_entry *e)
{
	g_autofree char *value = shown(e->value ? e->value : e->detail);
	g_autofree char *unit = shown(e->value ? e->unit : NULL);
	const char *mark = care_interpretation_mark(e->interpretation);

	return g_strdup_printf("%s%s%s%s%s", value, *unit ? " " : "", unit,
	    *mark ? " " : "", mark);
}

/* The year is left out while it is this one. */
static char *
day_words(const struct chart_entry *e)
{
	g_autoptr(GDateTime) now = base_clock_date(base_now_ms());
	g_autofree char *date = date_words(e);
	g_autofree char *year = g_strdup_printf("%d-",
	    g_date_time_get_year(now));

	if (date && g_str_has_prefix(date, year))
		return g_strdup(date + strlen(year));
	return g_steal_pointer(&date);
}

/* "high (4.0–6.0), before 6.8" */
static char *
result_words(const struct chart_entry *e)
{
	g_autofree char *range = shown(e->range);
	g_autofree char *previous = shown(e->previous);
	GString *s = g_string_new(care_interpretation_words(e->interpretation));

	if (*range)
		g_string_append_printf(s, "%s(%s)", s->len ? " " : "", range);
	if (*previous) {
		g_string_append(s, s->len ? ", " : "");
		g_string_append_printf(s, _("was %s"), previous);
	}
	return g_string_free(s, FALSE);
}

static void
add_result(struct chart_view *h, const struct chart_entry *e)
{
	g_autofree char *words = shown(e->words);
	g_autofree char *more = result_words(e);
	g_autofree char *day = day_words(e);

	text_add(h, result_element(e), 1, words, value_words(e),
	    result_element(e));
	if (*more || day)
		text_add(h, E_CHART_DETAIL, 3, more, g_steal_pointer(&day),
		    E_CHART_DETAIL);
	add_status(h, e);
}

static const struct {
	const char *name, *none;
	void (*add)(struct chart_view *h, const struct chart_entry *e);
} sections[CHART_SECTIONS_] = {
	[CHART_ALLERGIES] = { N_("Allergies"), N_("no allergy recorded "
	    "(nobody said there is none)"), add_plain },
	[CHART_PROBLEMS] = { N_("Problems"), N_("none recorded"), add_plain },
	[CHART_DRUGS] = { N_("Drugs"), N_("none recorded"), add_drug },
	[CHART_RESULTS] = { N_("Results"), N_("none recorded"), add_result },
	[CHART_OTHER] = { N_("Other"), NULL, add_plain },
};

/* ---- a section ---------------------------------------------------------- */

static int
section_count(const struct chart_view *h, int s)
{
	int n = 0;

	for (size_t i = 0; i < h->chart->n; i++)
		n += (int)h->chart->entries[i].section == s;
	return n;
}

/* "Current drugs": what was finished or withdrawn is counted, not listed; a
 * chronic patient has dozens of them. */
static gboolean
is_past(const struct chart_entry *e)
{
	return e->section == CHART_DRUGS &&
	    (e->status == ENTRY_COMPLETED || e->status == ENTRY_CANCELLED);
}

static void
add_entries(struct chart_view *h, int s)
{
	g_autofree char *words = NULL;
	int past = 0;

	for (size_t i = 0; i < h->chart->n; i++) {
		const struct chart_entry *e = &h->chart->entries[i];

		if ((int)e->section != s)
			continue;
		if (is_past(e))
			past++;
		else
			sections[s].add(h, e);
	}
	if (!past)
		return;
	words = g_strdup_printf(NGETTEXT("and %d past prescription",
	    "and %d past prescriptions", (unsigned long)past), past);
	text_add(h, E_CHART_STATE, 1, words, NULL, 0);
}

static void
add_section(struct chart_view *h, int s)
{
	enum section_state state = h->chart->state[s];
	int n = section_count(h, s);

	if (!n && !sections[s].none)
		return;
	if (h->lines->len)
		line_add(h, (struct chart_line){ CHART_LINE_BLANK });
	line_add(h, (struct chart_line){ .kind = CHART_LINE_HEAD,
		.words = g_strdup(_(sections[s].name)) });
	if (state == SECTION_REFUSED)
		text_add(h, E_CHART_CRITICAL, 1,
		    _("! the server refused to show this"), NULL, 0);
	else if (state == SECTION_NOT_LOADED)
		text_add(h, E_CHART_STATE, 1, n ? _("… not yet complete")
		    : _("… not yet loaded"), NULL, 0);
	else if (!n)
		text_add(h, E_CHART_STATE, 1, _(sections[s].none), NULL, 0);
	add_entries(h, s);
}

static void
add_person(struct chart_view *h)
{
	const struct patient_brief *p = &h->chart->patient;
	g_autofree char *into = NULL;

	if (p->flags & PATIENT_DECEASED) {
		g_autofree char *date = shown(p->deceased_date);
		g_autofree char *words = g_strdup_printf(
		    _("† This patient has died. %s"), date);

		text_add(h, E_FLAG, 1, words, NULL, 0);
	}
	if (p->flags & PATIENT_MERGED) {
		into = g_strdup_printf(_("! This record was merged into "
		    "another: %s"), p->merged_into ? p->merged_into : "");
		text_add(h, E_FLAG, 1, into, NULL, 0);
	}
	if (p->flags & PATIENT_ALIKE)
		text_add(h, E_FLAG, 1, _("! Another patient here has the same "
		    "name: look at age and sex."), NULL, 0);
}

static void
lines_make(struct chart_view *h, int cols)
{
	if (h->cols == cols)
		return;
	lines_clear(h);
	h->cols = cols;
	add_person(h);
	for (int s = 0; s < CHART_SECTIONS_; s++)
		add_section(h, s);
}

/* ---- the pane ----------------------------------------------------------- */

static void
load(struct view *v)
{
	struct chart_view *h = self(v);
	g_autoptr(GError) error = NULL;
	struct chart *chart = NULL;
	gboolean another;

	if (v->ui->patient.n) {
		chart = store_chart(v->ui->store, v->ui->patient, base_now_ms(),
		    &error);
		if (!chart)
			ui_fail(v->ui, _("The chart could not be read from the "
			    "cache."), error);
	}
	another = !chart || !h->chart ||
	    chart->patient.id.n != h->chart->patient.id.n;
	chart_free(h->chart);
	h->chart = chart;
	h->cols = 0;
	if (another)
		h->list.top = h->top_wanted;
	h->top_wanted = 0;
}

static void
drop(struct view *v)
{
	struct chart_view *h = self(v);

	lines_clear(h);
	g_clear_pointer(&h->chart, chart_free);
	h->list.top = 0;
}

static int64_t
count(void *user)
{
	return ((struct chart_view *)user)->lines->len;
}

static void
draw_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct chart_view *h = user;
	const struct chart_line *l = &g_array_index(h->lines, struct chart_line,
	    i);
	int x = l->indent;

	switch (l->kind) {
	case CHART_LINE_BLANK:
		return;
	case CHART_LINE_HEAD:
		x = 1 + canvas_text(c, a, 0, 1, a.cols - 1, E_CHART_HEADING,
		    l->words);
		canvas_hline(c, a, 0, x + 1, a.cols - x - 2, E_FRAME);
		return;
	case CHART_LINE_TEXT:
		canvas_text(c, a, 0, x, a.cols - x, l->element, l->words);
		if (l->right)
			canvas_text_right(c, a, 0, x, a.cols - x - 1,
			    l->right_element, l->right);
	}
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct chart_view *h = self(v);
	g_autofree char *words = NULL;
	int x = 1;

	if (!h->chart)
		return;
	x += canvas_text(c, a, 0, x, a.cols - x, E_TITLE_DIM, _("Chart")) + 1;
	words = words_patient_fit(&h->chart->patient, a.cols - x);
	canvas_text(c, a, 0, x, a.cols - x, E_STRONG, words);
}

static void
draw(struct view *v, struct canvas *c, struct area a,
    gboolean focused)
{
	struct chart_view *h = self(v);

	if (!h->chart)
		return;
	lines_make(h, a.cols);
	if (focused)
		canvas_cursor(c, a, 0, 0, FALSE);
	list_draw(&h->list, c, a, focused);
}

static gboolean
request(struct view *v, enum request r)
{
	return list_request(&self(v)->list, r);
}

static gboolean
event(struct view *v, const struct event *e)
{
	if (e->kind != EVENT_MOUSE || e->mouse == MOUSE_PRESS)
		return FALSE;
	for (int i = 0; i < 3; i++)
		list_request(&self(v)->list, e->mouse == MOUSE_WHEEL_UP
		    ? REQ_UP : REQ_DOWN);
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_REPLY, REQ_NEXT, REQ_BACK,
		REQ_HELP };

	return keys;
}

static void
chart_view_free(struct view *v)
{
	drop(v);
	g_array_unref(self(v)->lines);
	g_free(self(v));
}

static const struct view_ops ops = {
	.name = "chart",
	.place = PLACE_PANE,
	.where = IN_CHART,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.draw = draw,
	.request = request,
	.event = event,
	.free = chart_view_free,
};

struct view *
chart_view_new(struct tui *ui)
{
	static const struct list_ops list_ops = { .count = count,
		.draw = draw_line };
	struct chart_view *h = g_new0(struct chart_view, 1);

	h->view = (struct view){ .ops = &ops, .ui = ui };
	h->lines = g_array_new(FALSE, FALSE, sizeof(struct chart_line));
	list_init(&h->list, &list_ops, h, TRUE);
	return &h->view;
}

char *
chart_view_place(struct view *v)
{
	return g_strdup_printf("%" PRId64, self(v)->list.top);
}

void
chart_view_go(struct view *v, const char *place)
{
	self(v)->top_wanted = g_ascii_strtoll(place, NULL, 10);
}
