/* SPDX-License-Identifier: Apache-2.0 */
/* A report read as text. A link of it goes to the configured program, after a
 * question that names the host. */
#include "tui/ask.h"
#include "tui/record.h"
#include "tui/results_view.h"

#include <string.h>

struct report_view {
	struct view view;
	struct list list;
	struct patient_id patient;
	char *ref, *name;
	GStringChunk *text;      /* of brief */
	struct patient_brief brief;
	struct report_text *report;
	GArray *wrap;            /* struct base_line of its text */
	int cols;
	guint chosen;            /* the link that is asked about */
};

static struct report_view *
self(struct view *v)
{
	return (struct report_view *)v;
}

static void
drop(struct view *v)
{
	struct report_view *r = self(v);

	g_clear_pointer(&r->wrap, g_array_unref);
	g_clear_pointer(&r->report, report_text_free);
	g_clear_pointer(&r->text, g_string_chunk_free);
	r->cols = 0;
}

static void
load(struct view *v)
{
	struct report_view *r = self(v);
	g_autoptr(GError) error = NULL;

	drop(v);
	r->text = g_string_chunk_new(256);
	if (store_patient_brief(v->ui->store, r->patient, r->text, &r->brief,
	    &error))
		r->report = report_text_read(v->ui->store, r->ref, &error);
	if (!r->report)
		results_fail(v->ui, error);
}

static int64_t
count(void *user)
{
	struct report_view *r = user;

	return r->wrap ? r->wrap->len : 0;
}

static void
draw_line(void *user, struct canvas *c, struct area a, int64_t i,
    gboolean selected)
{
	struct report_view *r = user;
	const struct base_line *l = &g_array_index(r->wrap, struct base_line,
	    (guint)i);

	canvas_text_n(c, a, 0, 2, a.cols - 4, E_MESSAGE_TEXT,
	    r->report->text + l->start, l->len);
}

static const struct list_ops lines_ops = { .count = count, .draw = draw_line };

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct report_view *r = self(v);

	if (!r->report)
		return;
	if (r->cols != a.cols) {
		g_clear_pointer(&r->wrap, g_array_unref);
		r->wrap = base_text_wrap(r->report->text,
		    strlen(r->report->text), MAX(a.cols - 4, 2), FALSE);
		r->cols = a.cols;
	}
	list_draw(&r->list, c, a, focused);
}

static void
title(struct view *v, struct canvas *c, struct area a)
{
	struct report_view *r = self(v);

	results_title(c, a, r->report ? &r->brief : NULL, r->name);
}

/* ---- links -------------------------------------------------------------- */

static gboolean
answer(struct view *v, const char *typed)
{
	struct report_view *r = self(v);
	struct tui_host *host = &v->ui->options->host;
	g_autoptr(GError) error = NULL;
	guint64 n = g_ascii_strtoull(typed, NULL, 10);

	if (!r->report || n < 1 || n > r->report->links->len) {
		ui_say(v->ui, _("That is none of the links."));
		return FALSE;
	}
	if (!host->link_open || !host->link_open(host->user,
	    r->report->links->pdata[n - 1], &error))
		ui_fail(v->ui, _("The link could not be opened."), error);
	else
		ui_say(v->ui, _("The link was given to the program."));
	return TRUE;
}

static void
ask(struct report_view *r)
{
	struct tui *ui = r->view.ui;
	const char *program = base_setting(ui->options->settings,
	    SET_LINK_PROGRAM);
	g_autofree char *label = NULL;

	if (!r->report || !r->report->links->len) {
		ui_say(ui, _("This report has no links."));
		return;
	}
	if (!*program) {
		ui_say(ui, _("No program for links is set (link_program)."));
		return;
	}
	label = g_strdup_printf(_("Open which link with %s? The number:"),
	    program);
	ui_push(ui, ask_view_new(&r->view, label, r->report->links->len == 1 ?
	    "1" : NULL, answer));
}

static gboolean
request(struct view *v, enum request q)
{
	struct report_view *r = self(v);

	if (list_request(&r->list, q))
		return TRUE;
	if (q == REQ_OPEN)
		ask(r);
	else if (q == REQ_SOURCE)
		record_open(v->ui, r->ref, RECORD_SOURCE);
	else if (q == REQ_OVER) /* its key is that of files elsewhere */
		record_files(v->ui, r->ref);
	else if (q == REQ_BACK || q == REQ_RESULTS)
		ui_pop(v->ui);
	else
		return q == REQ_LANE_NEXT || q == REQ_LANE_PREV;
	return TRUE;
}

static const enum request *
footer(struct view *v)
{
	static const enum request keys[] = { REQ_PAGE_DOWN, REQ_OPEN,
		REQ_SOURCE, REQ_BACK };

	return keys;
}

static void
report_free(struct view *v)
{
	struct report_view *r = self(v);

	drop(v);
	g_free(r->ref);
	g_free(r->name);
	g_free(r);
}

static char *
whose(struct view *v)
{
	return words_patient_of(v->ui, self(v)->patient);
}

static const struct view_ops ops = {
	.name = "report",
	.place = PLACE_PAGE,
	.where = IN_RESULTS,
	.footer = footer,
	.load = load,
	.drop = drop,
	.title = title,
	.whose = whose,
	.draw = draw,
	.request = request,
	.free = report_free,
};

struct view *
report_view_new(struct tui *ui, struct patient_id patient,
    const struct results_line *line)
{
	struct report_view *r = g_new0(struct report_view, 1);

	r->view = (struct view){ .ops = &ops, .ui = ui };
	r->patient = patient;
	r->ref = g_strdup(line->row->now.ref);
	r->name = g_strdup(line->name);
	list_init(&r->list, &lines_ops, r, TRUE);
	return &r->view;
}
