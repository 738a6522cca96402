/* SPDX-License-Identifier: Apache-2.0 */
/* The chart's pane. */
#include <inttypes.h>

#include "tui/chart_lines.h"
#include "tui/record.h"
#include "tui/list.h"
#include "tui/revisit.h"
#include "tui/rx_view.h"

enum { PANE_COLS = 34 };

struct chart_view {
	struct view view;
	struct list list;
	struct chart *chart;
	struct chart_lines lines;
	int64_t top_wanted;    /* of the next patient: where the doctor was */
	char *seek;            /* the entry to be on top when drawn; or NULL */
	struct care_revisit *revisit; /* NULL: not read, or it cannot be */
	gboolean revisit_known;
	gboolean revisit_due;  /* to be read (anew) when no key waits */
	gboolean unasked;      /* the rules in force want none */
	int64_t fetched;       /* the patient whose chart was asked for; 0: none */
};

static struct chart_view *
self(struct view *v)
{
	return (struct chart_view *)v;
}

static void
revisit_drop(struct chart_view *h)
{
	g_clear_pointer(&h->revisit, care_revisit_free);
	h->revisit_known = h->revisit_due = FALSE;
}

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
	if (another) {
		revisit_drop(h);
		h->fetched = 0;
	}
	h->revisit_due = chart != NULL;
	chart_free(h->chart);
	h->chart = chart;
	h->lines.cols = 0;
	if (another)
		h->list.top = h->top_wanted;
	h->top_wanted = 0;
}

static void
drop(struct view *v)
{
	struct chart_view *h = self(v);

	chart_lines_clear(&h->lines);
	g_clear_pointer(&h->chart, chart_free);
	g_clear_pointer(&h->seek, g_free);
	revisit_drop(h);
	h->list.top = 0;
}

/* ---- the re-visit (F54) ------------------------------------------------- */

/* Reading the packs takes some 30 ms, once: that waits until the hands rest. */
enum { REST_MS = 200 };

static int64_t
due(struct view *v)
{
	if (!self(v)->revisit_due || !v->ui->desk)
		return -1;
	return desk_has_rules(v->ui->desk) ? 0 :
	    v->ui->last_key_mono_ms + REST_MS;
}

/* Of a patient who is not in the queue, found by search, nobody brings the chart
 * by itself; and in a first sync what is looked at goes first. Asked for once. */
enum { FETCH_MS = 30000 };

static gboolean
is_wanting(const struct chart *chart)
{
	for (int s = 0; s < CHART_OTHER; s++)
		if (chart->state[s] == SECTION_NOT_LOADED)
			return TRUE;
	return FALSE;
}

static void
fetch_wanting(struct chart_view *h)
{
	struct tui *ui = h->view.ui;
	int64_t patient = h->chart ? h->chart->patient.id.n : 0;
	g_autofree char *ref = NULL;

	if (!patient || patient == h->fetched || !is_wanting(h->chart) ||
	    !h->chart->patient.fhir_id || !ui->status.known)
		return;
	ref = g_strconcat("Patient/", h->chart->patient.fhir_id, NULL);
	ui_ask(ui, BELL_FETCH, ref, FETCH_MS);
	h->fetched = patient;
}

static void
tick(struct view *v)
{
	struct chart_view *h = self(v);

	fetch_wanting(h);
	care_revisit_free(h->revisit);
	h->revisit = desk_revisit(v->ui->desk, v->ui->patient, NULL);
	h->revisit_known = TRUE;
	h->revisit_due = FALSE;
	h->unasked = h->revisit && !h->revisit->rule;
	h->lines.cols = 0;
	ui_dirty(v->ui, DIRTY_SCREEN);
}

gboolean
chart_view_revisit(struct view *v, const struct care_revisit **out)
{
	*out = self(v)->revisit;
	return self(v)->revisit_known;
}

gboolean
chart_view_unasked(struct view *v)
{
	return self(v)->unasked;
}

/* ---- drawing ------------------------------------------------------------ */

static int64_t
count(void *user)
{
	return ((struct chart_view *)user)->lines.line->len;
}

static void
draw_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct chart_view *h = user;
	const struct chart_line *l = &g_array_index(h->lines.line,
	    struct chart_line, i);
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

/* What the pane does not list is nowhere in it. */
static void
seek(struct chart_view *h)
{
	for (guint i = 0; h->seek && i < h->lines.line->len; i++) {
		const char *ref = g_array_index(h->lines.line,
		    struct chart_line, i).ref;

		if (g_strcmp0(ref, h->seek) != 0)
			continue;
		h->list.top = i;
		break;
	}
	g_clear_pointer(&h->seek, g_free);
}

static void
lay_out(struct chart_view *h, int cols)
{
	g_autofree char *whole = h->revisit_known ? revisit_whole(h->revisit) :
	    NULL;
	g_autofree char *said = whole ? rx_plain(h->view.ui, whole) : NULL;

	h->lines.revisit = said;
	h->lines.revisit_element = revisit_element(h->revisit);
	chart_lines_make(&h->lines, h->chart, cols);
	h->lines.revisit = NULL;
}

static void
draw(struct view *v, struct canvas *c, struct area a,
    gboolean focused)
{
	struct chart_view *h = self(v);

	if (!h->chart)
		return;
	if (h->lines.cols != a.cols)
		lay_out(h, a.cols);
	seek(h);
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
	chart_lines_free(&self(v)->lines);
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
	.due = due,
	.tick = tick,
	.free = chart_view_free,
};

struct view *
chart_view_new(struct tui *ui)
{
	static const struct list_ops list_ops = { .count = count,
		.draw = draw_line };
	struct chart_view *h = g_new0(struct chart_view, 1);

	h->view = (struct view){ .ops = &ops, .ui = ui };
	chart_lines_init(&h->lines);
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

/* What stands in the pane, on one line, with its section. */
static char *
row_name(const struct chart *chart, const char *ref)
{
	for (size_t i = 0; i < chart->n; i++) {
		const struct chart_entry *e = &chart->entries[i];

		if (g_strcmp0(e->ref, ref) != 0)
			continue;
		return g_strdup_printf("%s: %s%s%s", chart_section_name(
		    e->section), e->words ? e->words : "", e->detail ? "  " :
		    "", e->detail ? e->detail : "");
	}
	return NULL;
}

/* Begins with the first entry in sight, named, and Tab goes through all that the
 * pane lists. */
void
chart_view_source(struct view *v)
{
	struct chart_view *h = self(v);
	GPtrArray *rows = record_rows_new();
	const char *last = NULL;
	guint at = 0;

	/* Keys may be quicker than the first picture of it. */
	if (h->chart && !h->lines.cols)
		chart_lines_make(&h->lines, h->chart, PANE_COLS);
	for (guint i = 0; h->chart && i < h->lines.line->len; i++) {
		const char *ref = g_array_index(h->lines.line,
		    struct chart_line, i).ref;
		g_autofree char *name = NULL;

		if (!ref || g_strcmp0(ref, last) == 0)
			continue;
		if (i <= h->list.top)
			at = rows->len;
		name = row_name(h->chart, ref);
		record_rows_add(rows, ref, name);
		last = ref;
	}
	if (rows->len) {
		ui_push(v->ui, record_view_new(v->ui, rows, at,
		    RECORD_SOURCE));
		return;
	}
	g_ptr_array_unref(rows);
	record_open(v->ui, NULL, RECORD_SOURCE);
}

void
chart_view_seek(struct view *v, const char *ref)
{
	g_free(self(v)->seek);
	self(v)->seek = g_strdup(ref);
}
