/* SPDX-License-Identifier: Apache-2.0 */
/* The sheet of what a patient read at home, and the page of those who read out of
 * range three days in a row (F43). */
#include "tui/results_view.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
enum { DAYS_FIRST = 28, DAYS_LEAST = 7, DAYS_MOST = 3584, DATE_COLS = 11 };

/* ---- the sheet ---------------------------------------------------------- */

struct sheet_line {
	const struct home_sheet *sheet;  /* its head, or a day of it */
	const struct home_day *day;      /* NULL: the head */
	gboolean columns;                /* the names of the columns */
};
struct home_view {
	struct view view;
	struct list list;
	struct patient_id patient;
	struct patient_brief brief;
	int days;
	GStringChunk *text;
	struct home_readings *readings;
	GPtrArray *sheets;
	GArray *lines;                   /* struct sheet_line */
};

static struct home_view *
self(struct view *v)
{
	return (struct home_view *)v;
}

static void
drop(struct view *v)
{
	struct home_view *h = self(v);

	g_clear_pointer(&h->lines, g_array_unref);
	g_clear_pointer(&h->sheets, g_ptr_array_unref);
	g_clear_pointer(&h->readings, home_readings_free);
	g_clear_pointer(&h->text, g_string_chunk_free);
}

static void
line_add(struct home_view *h, struct sheet_line line)
{
	g_array_append_val(h->lines, line);
}

static void
lines_make(struct home_view *h)
{
	h->lines = g_array_new(FALSE, FALSE, sizeof(struct sheet_line));
	for (guint i = 0; i < h->sheets->len; i++) {
		const struct home_sheet *s = h->sheets->pdata[i];

		if (i)
			line_add(h, (struct sheet_line){ 0 });
		line_add(h, (struct sheet_line){ .sheet = s });
		line_add(h, (struct sheet_line){ .sheet = s, .columns = TRUE });
		for (guint k = 0; k < s->days->len; k++)
			line_add(h, (struct sheet_line){ .sheet = s,
				.day = s->days->pdata[k] });
	}
}

static void
load(struct view *v)
{
	struct home_view *h = self(v);
	g_autoptr(GError) error = NULL;
	int64_t now_ms = base_now_ms();

	drop(v);
	h->text = g_string_chunk_new(256);
	if (store_patient_brief(v->ui->store, h->patient, h->text, &h->brief,
	    &error))
		h->readings = store_home_readings(v->ui->store, h->patient,
		    now_ms - h->days * DAY_MS, now_ms + RESULT_AHEAD_MS,
		    &error);
	if (!h->readings) {
		results_fail(v->ui, error);
		return;
	}
	h->sheets = home_sheets_new(h->readings);
	lines_make(h);
}

static int64_t
count(void *user)
{
	struct home_view *h = user;

	return h->lines ? h->lines->len : 0;
}

/* Date, morning, evening, without a time, mean. */
static void
draw_cells(struct canvas *c, struct area a, const char *const cells[5],
    const enum element e[5], gboolean untimed)
{
	int parts = untimed ? 4 : 3;
	int cols = MAX((a.cols - DATE_COLS - 2) / parts, 4), x = 1;

	canvas_text(c, a, 0, x, DATE_COLS, e[0], cells[0]);
	x += DATE_COLS;
	for (int i = 1; i < 5; i++) {
		if (i == 3 && !untimed)
			continue;
		canvas_text(c, a, 0, x, cols - 1, e[i], cells[i]);
		x += cols;
	}
}

static void
draw_day(struct canvas *c, struct area a, const struct home_sheet *s,
    const struct home_day *day)
{
	g_autofree char *morning = home_cell(day, HOME_MORNING);
	g_autofree char *evening = home_cell(day, HOME_EVENING);
	g_autofree char *untimed = home_cell(day, HOME_UNTIMED);
	const char *const cells[] = { day->date, morning, evening, untimed,
		day->mean ? day->mean : "" };
	enum element e = day->out ? E_CHART_ABNORMAL : E_CHART_TEXT;
	const enum element elements[] = { E_CHART_DETAIL, e, e, e,
		E_CHART_TEXT };

	draw_cells(c, a, cells, elements, home_has_untimed(s));
}

static void
draw_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	static const enum element dim[] = { E_DIM, E_DIM, E_DIM, E_DIM, E_DIM };
	struct home_view *h = user;
	const struct sheet_line *l = &g_array_index(h->lines,
	    struct sheet_line, (guint)i);
	const char *const heads[] = { _("day"), _("morning"), _("evening"),
		_("no time"), _("mean") };

	if (l->day) {
		draw_day(c, a, l->sheet, l->day);
	} else if (l->columns) {
		draw_cells(c, a, heads, dim, home_has_untimed(l->sheet));
	} else if (l->sheet) {
		g_autofree char *words = home_sheet_words(l->sheet);

		canvas_text(c, a, 0, 1, a.cols - 2, E_CHART_HEADING, words);
	}
}

static const struct list_ops sheet_ops = { .count = count, .draw = draw_line };

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct home_view *h = self(v);

	if (count(h))
		list_draw(&h->list, c, a, focused);
	else
		canvas_sentence(c, area_part(a, 1, 3, 3, a.cols - 6),
		    E_CHART_VOID, _("Nothing was read at home in this time: "
		    "- looks further back."));
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct home_view *h = self(v);
	g_autofree char *what = g_strdup_printf(NGETTEXT("read at home, %d day",
	    "read at home, %d days", (unsigned long)h->days), h->days);

	results_title(c, a, h->readings ? &h->brief : NULL, what);
}

static gboolean
request(struct view *v, enum request q)
{
	struct home_view *h = self(v);

	if (list_request(&h->list, q))
		return TRUE;
	switch (q) {
	case REQ_ZOOM_IN:
	case REQ_ZOOM_OUT:
		h->days = q == REQ_ZOOM_IN ? MAX(h->days / 2, DAYS_LEAST) :
		    MIN(h->days * 2, DAYS_MOST);
		load(v);
		return TRUE;
	case REQ_BACK:
	case REQ_HOME:
	case REQ_RESULTS:
		ui_pop(v->ui);
		return TRUE;
	default:
		return q == REQ_OPEN || q == REQ_LANE_NEXT ||
		    q == REQ_LANE_PREV;
	}
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_ZOOM_OUT, REQ_ZOOM_IN,
		REQ_BACK, REQ_HELP };

	return keys;
}

static void
home_free(struct view *v)
{
	drop(v);
	g_free(v);
}

static char *
whose(struct view *v)
{
	return words_patient_of(v->ui, self(v)->patient);
}

static const struct view_ops ops = {
	.name = "home",
	.place = PLACE_PAGE,
	.where = IN_RESULTS,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.free = home_free,
};

struct view *
home_view_new(struct tui *ui, struct patient_id patient)
{
	struct home_view *h = g_new0(struct home_view, 1);

	h->view = (struct view){ .ops = &ops, .ui = ui };
	h->patient = patient;
	h->days = DAYS_FIRST;
	list_init(&h->list, &sheet_ops, h, TRUE);
	return &h->view;
}
