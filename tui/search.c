/* SPDX-License-Identifier: Apache-2.0 */
/* The search box: a line, and what it finds at every key; Enter goes there. */
#include "store/search.h"
#include "store/rx.h"
#include "tui/desk.h"
#include "tui/field.h"
#include "tui/list.h"
#include "tui/record.h"
#include "tui/ui.h"

#include <string.h>

/* Between two keys there is no time to look long; once the hands rest there is. */
enum { HITS_MAX = 50, ROW_ROWS = 2, KEY_MS = 4, REST_MS = 400,
	REST_AFTER_MS = 250 };

struct search_view {
	struct view view;
	struct field line;
	struct list list;
	struct search_page *page;  /* NULL: nothing was asked */
	char *fault;               /* one sentence, or NULL */
	int64_t rest_due_ms;       /* monotonic; -1: all was looked at */
};

static struct search_view *
self(struct view *v)
{
	return (struct search_view *)v;
}

/* ---- asking -------------------------------------------------------------- */

static void
forget(struct search_view *s)
{
	g_clear_pointer(&s->page, search_page_free);
	g_clear_pointer(&s->fault, g_free);
}

static void
look(struct view *v, int patience_ms)
{
	struct search_view *s = self(v);
	const char *text = field_text(&s->line);
	struct search_fault fault;
	BASE_AUTO(search_query) query = desk_search_parse(text, &fault);
	g_autoptr(GError) error = NULL;

	forget(s);
	s->rest_due_ms = -1;
	if (!query) {
		s->fault = search_fault_words(text, &fault);
		return;
	}
	if (!*text)
		return;
	s->page = store_search(v->ui->store, query, HITS_MAX, patience_ms,
	    &error);
	if (!s->page)
		ui_fail(v->ui, _("The cache could not be searched."), error);
	else if (patience_ms < REST_MS && s->page->cut &&
	    s->page->n < HITS_MAX)
		s->rest_due_ms = base_mono_ms() + REST_AFTER_MS;
}

static void
load(struct view *v)
{
	look(v, KEY_MS);
}

static int64_t
due(struct view *v)
{
	return self(v)->rest_due_ms;
}

static gboolean
busy(struct view *v)
{
	return self(v)->rest_due_ms >= 0;
}

static void
tick(struct view *v)
{
	if (self(v)->rest_due_ms < 0 ||
	    base_mono_ms() < self(v)->rest_due_ms)
		return;
	look(v, REST_MS);
	ui_dirty(v->ui, DIRTY_SCREEN);
}

static void
drop(struct view *v)
{
	forget(self(v));
	field_set(&self(v)->line, "");
}

/* ---- one hit ------------------------------------------------------------- */

static const enum element kinds[FOUND_KINDS_] = {
	[FOUND_PATIENT] = E_QUEUE_NAME, [FOUND_MESSAGE] = E_MESSAGE_PATIENT,
	[FOUND_TOPIC] = E_MESSAGE_PATIENT, [FOUND_ALLERGY] = E_CHART_ALLERGY,
	[FOUND_PROBLEM] = E_CHART_HEADING, [FOUND_DRUG] = E_CHART_HEADING,
	[FOUND_RESULT] = E_CHART_HEADING, [FOUND_DOCUMENT] = E_CHART_HEADING,
	[FOUND_VISIT] = E_CHART_HEADING, [FOUND_ENTRY] = E_CHART_HEADING,
	[FOUND_REPORT] = E_CHART_HEADING,
};

static int64_t
count(void *user)
{
	struct search_view *s = user;

	return s->page ? (int64_t)s->page->n : 0;
}

/* The end of a text that has so many columns. */
static const char *
tail(const char *text, int cols)
{
	while (*text && base_text_cols(text, -1) > cols)
		text = g_utf8_next_char(text);
	return text;
}

/* The hit is in sight: what is before it gives way first. */
static void
draw_line(const struct search_hit *hit, struct canvas *c, struct area a)
{
	char *part[SEARCH_PARTS];
	g_autofree char *before = NULL, *found = NULL, *after = NULL;
	int room, need, x = 3;
	const char *start;

	search_hit_show(hit, part);
	before = part[SEARCH_BEFORE];
	found = part[SEARCH_FOUND];
	after = part[SEARCH_BEHIND];
	room = a.cols - 5;
	need = base_text_cols(before, -1) + base_text_cols(found, -1) +
	    base_text_cols(after, -1);
	start = before;
	if (need > room)
		start = tail(before, MAX(room / 3, room -
		    base_text_cols(found, -1) - base_text_cols(after, -1)));
	if (start > before)
		canvas_text(c, a, 1, x - 1, 1, E_DIM, "…");
	x += canvas_text(c, a, 1, x, a.cols - x - 1, E_MESSAGE_TEXT, start);
	x += canvas_text(c, a, 1, x, a.cols - x - 1, E_SEARCH_HIT, found);
	if (base_text_cols(after, -1) > a.cols - x - 1) {
		g_autofree char *cut = base_text_cut(after,
		    MAX(a.cols - x - 1, 1));
		canvas_text(c, a, 1, x, a.cols - x - 1, E_MESSAGE_TEXT, cut);
	} else {
		canvas_text(c, a, 1, x, a.cols - x - 1, E_MESSAGE_TEXT, after);
	}
}

/* A date is no more exact than it was written. */
static char *
when_words(const struct search_hit *hit)
{
	if (hit->date && strlen(hit->date) < strlen("2026-01-31"))
		return base_text_show(hit->date, -1, BASE_ONE_LINE);
	return hit->when_ms ? base_time_words(hit->when_ms) : g_strdup("");
}

static void
draw_row(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct search_view *s = user;
	const struct search_hit *hit = &s->page->hits[i];
	const char *kind = desk_found_words(hit->kind);
	const char *status = desk_found_status(hit->status);
	g_autofree char *when = when_words(hit);
	g_autofree char *right = g_strdup_printf("%s%s%s  %s", status,
	    *status ? "  " : "", kind, when);
	int w = base_text_cols(right, -1), x = MAX(a.cols - w - 1, 3);
	g_autofree char *person = words_patient_fit(&hit->patient,
	    MAX(x - 3, 1));

	canvas_text(c, a, 0, 0, 1, E_QUEUE_NAME, selected ? "▸" : " ");
	canvas_text(c, a, 0, 2, x - 3, E_QUEUE_NAME, person);
	canvas_text(c, a, 0, x, a.cols - x, *status ? E_CHART_VOID :
	    kinds[hit->kind], right);
	draw_line(hit, c, a);
}

/* ---- the page ------------------------------------------------------------ */

static char *
found_words(const struct search_view *s)
{
	g_autofree char *n = NULL;

	if (!s->page)
		return g_strdup("");
	n = g_strdup_printf(s->page->cut ? _("the first %d") : _("%d found"),
	    (int)s->page->n);
	if (s->page->left <= 0)
		return g_steal_pointer(&n);
	return g_strdup_printf(_("%s; %d documents not searchable yet"), n,
	    (int)s->page->left);
}

/* Nothing is left out unsaid: of what is compared, with what and what not. */
static char *
compared_words(const struct search_view *s)
{
	if (!s->page || !s->page->said)
		return NULL;
	if (s->page->refused == 0)
		return g_strdup_printf(_("compared with %s"), s->page->said);
	return g_strdup_printf(_("compared with %s; %d in other units left "
	    "out"), s->page->said, s->page->refused);
}

static void
draw_empty(struct search_view *s, struct canvas *c, struct area a)
{
	const char *text = s->fault ? s->fault : s->page ?
	    _("Nothing was found.") : _("Names, pinyin, identifiers, messages, "
	    "diagnoses, drugs, results: creatinine > 120 since 2026-01. "
	    "Filters: patient: from: since: before: has:");

	canvas_sentence(c, area_part(a, 1, 2, MAX(a.rows - 1, 0), a.cols - 4),
	    s->fault ? E_ERROR : E_DIM, text);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct search_view *s = self(v);
	g_autofree char *compared = compared_words(s);
	int top = compared ? 2 : 1;
	struct area rest = area_part(a, top, 0, MAX(a.rows - top, 0), a.cols);
	g_autofree char *found = found_words(s);
	g_autofree char *cut = base_text_cut(found, MAX(a.cols / 2, 1));
	int w = base_text_cols(cut, -1), x;

	if (count(s))
		list_draw(&s->list, c, rest, FALSE);
	else
		draw_empty(s, c, rest);
	if (compared) {
		g_autofree char *note = base_text_cut(compared,
		    MAX(a.cols - 4, 1));
		canvas_text(c, a, 1, 2, a.cols - 3, E_DIM, note);
	}
	canvas_fill(c, area_part(a, 0, 0, 1, a.cols), E_PROMPT);
	x = canvas_text(c, a, 0, 0, a.cols, E_PROMPT, _(" search "));
	canvas_text(c, a, 0, a.cols - w - 1, w, E_PROMPT, cut);
	field_draw(&s->line, c, area_part(a, 0, x, 1, a.cols - x - w - 2),
	    E_PROMPT, focused);
}

/* ---- going there --------------------------------------------------------- */

static void
go(struct tui *ui, const struct search_hit *hit)
{
	struct message_id message = hit->message;
	const struct target target = { .kind = hit->consult.n ? QUEUE_CONSULT :
	    QUEUE_RESULT, .key = { hit->consult, hit->report } };
	gboolean thread = hit->kind == FOUND_MESSAGE || hit->kind ==
	    FOUND_TOPIC || hit->kind == FOUND_REPORT;
	struct patient_id patient = hit->patient.id;
	g_autofree char *ref = hit->kind == FOUND_PATIENT ? NULL :
	    g_strdup(hit->ref);

	ui_pop(ui); /* frees the view, and the hit */
	if (thread) {
		ui_open(ui, &target);
		if (message.n)
			thread_view_jump(ui->pane[PANE_THREAD], message);
		return;
	}
	ui_open_chart(ui, patient);
	if (!ref || ui->patient.n != patient.n)
		return;
	/* The record in words, and behind it its line in the chart. */
	chart_view_seek(ui->pane[PANE_CHART], ref);
	record_open(ui, ref, RECORD_WORDS);
}

static gboolean
request(struct view *v, enum request r)
{
	struct search_view *s = self(v);
	int64_t i = s->list.selected;

	if (r == REQ_CANCEL) {
		ui_pop(v->ui);
		return TRUE;
	}
	if (r == REQ_ACCEPT) {
		if (i >= 0 && i < count(s))
			go(v->ui, &s->page->hits[i]);
		return TRUE;
	}
	return r == REQ_COMPLETE;
}

static const struct { uint32_t key; enum request request; } moves[] = {
	{ K_DOWN, REQ_DOWN }, { K_UP, REQ_UP }, { K_PGDN, REQ_PAGE_DOWN },
	{ K_PGUP, REQ_PAGE_UP },
};

static gboolean
event(struct view *v, const struct event *e)
{
	struct search_view *s = self(v);
	gboolean changed;

	for (size_t i = 0; e->kind == EVENT_KEY && i < G_N_ELEMENTS(moves); i++)
		if (e->key == moves[i].key)
			return list_request(&s->list, moves[i].request);
	if (e->kind == EVENT_MOUSE && e->mouse != MOUSE_PRESS)
		return list_request(&s->list, e->mouse == MOUSE_WHEEL_UP ?
		    REQ_UP : REQ_DOWN);
	if (!field_event(&s->line, e, &changed))
		return FALSE;
	if (changed) {
		load(v);
		list_select(&s->list, 0);
	}
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_ACCEPT, REQ_CANCEL, REQ_NONE };

	return keys;
}

static void
search_free(struct view *v)
{
	forget(self(v));
	field_clear(&self(v)->line);
	g_free(self(v));
}

static const struct view_ops ops = {
	.name = "search",
	.place = PLACE_PAGE,
	.where = IN_PROMPT,
	.footer = footer,
	.load = load,
	.drop = drop,
	.draw = draw,
	.request = request,
	.event = event,
	.due = due,
	.tick = tick,
	.busy = busy,
	.free = search_free,
};

struct view *
search_view_new(struct tui *ui)
{
	static const struct list_ops list_ops = { .count = count,
		.draw = draw_row };
	struct search_view *s = g_new0(struct search_view, 1);

	s->view = (struct view){ .ops = &ops, .ui = ui };
	field_init(&s->line, "", SEARCH_QUERY_MAX_BYTES);
	list_init(&s->list, &list_ops, s, FALSE);
	s->list.height = ROW_ROWS;
	s->rest_due_ms = -1;
	return &s->view;
}
