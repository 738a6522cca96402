/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that hold everywhere, where no view takes them. */
#include "tui/engine.h"
#include "tui/lock.h"
#include "tui/unsaved.h"
#include "tui/chart_page.h"
#include "tui/header.h"
#include "tui/record.h"
#include "tui/results_view.h"
#include "tui/rx_view.h"
#include "tui/ui.h"

static void
do_next(struct tui *ui)
{
	struct target t;

	if (queue_view_next(ui->pane[PANE_QUEUE], &t))
		ui_open(ui, &t);
	else
		ui_say(ui, _("Nothing more is owed here."));
}

/* What is selected in the queue; FALSE: nothing is. */
static gboolean
selected_open(struct tui *ui)
{
	const struct queue_row *row = queue_view_selected(
	    ui->pane[PANE_QUEUE]);

	if (row)
		ui_open(ui, &(struct target){ .row = row->key,
			.kind = row->kind,
			.key = { row->consult, row->report } });
	return row != NULL;
}

static void
do_reply(struct tui *ui)
{
	if ((ui->focus == PANE_QUEUE || !ui->patient.n) &&
	    !selected_open(ui))
		return;
	if (ui->over->len)
		return; /* a renewal: it is answered by its own keys */
	if (thread_view_thread(ui->pane[PANE_THREAD]))
		ui_compose(ui, TRUE);
	else
		ui_say(ui, _("This patient has no open consultation."));
}

/* Shown, gone to, put away: wherever the chart lies. */
static void
do_chart(struct tui *ui)
{
	if (!ui->patient.n)
		ui_say(ui, _("Open a patient first: Enter."));
	else
		ui_focus(ui, ui->focus == PANE_CHART ? PANE_THREAD
		    : PANE_CHART);
}

static void
do_back(struct tui *ui)
{
	const char *filter = ui_filter_text(ui);

	if (ui->focus == PANE_CHART)
		ui_focus(ui, PANE_THREAD);
	else if (ui->focus == PANE_THREAD)
		ui_focus(ui, PANE_QUEUE);
	else if (filter && *filter)
		ui_filter(ui, NULL);
}

/* Why the header does not say live, and what to do: qingnang-sync's own sentence;
 * NULL: there is none. Owned. */
static char *
connection_details(const struct tui *ui)
{
	g_autofree char *why = store_note_get(ui->store, "sync.error");
	g_autofree char *status = header_status_words(ui);

	if (!why || !*why || !ui->status.known ||
	    ui->status.state == BELL_LIVE)
		return NULL;
	return g_strdup_printf("%s\n\n%s", status, why);
}

static void
do_details(struct tui *ui)
{
	g_autofree char *text = NULL, *connection = NULL;

	if (!ui->notice)
		connection = connection_details(ui);
	if (connection) {
		ui_push(ui, page_view_new(ui, _("Connection"), connection));
		return;
	}
	if (!ui->notice) {
		ui_say(ui, _("There is nothing more to say here."));
		return;
	}
	text = g_strdup_printf("%s\n\n%s", ui->notice,
	    ui->notice_details ? ui->notice_details : "");
	ui_push(ui, page_view_new(ui, _("Details"), text));
}

static void
do_open(struct tui *ui)
{
	if (ui->focus == PANE_THREAD)
		ui_compose(ui, TRUE);
}

static void
do_filter(struct tui *ui)
{
	ui_focus(ui, PANE_QUEUE);
	ui_push(ui, filter_view_new(ui));
}

static void
do_lane(struct tui *ui, int by)
{
	int lanes = QUEUE_KINDS_ + 1;
	int lane = queue_view_lane_now(ui->pane[PANE_QUEUE]) + 1;

	queue_view_lane(ui->pane[PANE_QUEUE], (lane + by + lanes) % lanes - 1);
}

static void
do_lane_next(struct tui *ui)
{
	do_lane(ui, 1);
}

static void
do_lane_prev(struct tui *ui)
{
	do_lane(ui, -1);
}

static void
do_renewals(struct tui *ui)
{
	ui_push(ui, renewal_view_new(ui, (struct task_id){ 0 }));
}

static void
do_prescribe(struct tui *ui)
{
	g_autoptr(GError) error = NULL;
	struct view *order = NULL;
	struct care_rx *rx;

	if (!ui->patient.n) {
		ui_say(ui, _("Open a patient first: Enter."));
		return;
	}
	rx = desk_rx_new(ui->desk, ui->patient, ui->open.key.consult, &error);
	if (rx)
		order = order_view_new(ui, rx, ui->patient,
		    (struct rx_id){ 0 }, &error);
	if (order)
		ui_push(ui, order);
	else
		ui_fail(ui, error->message, error);
}

static void
do_results(struct tui *ui)
{
	if (ui->patient.n)
		ui_push(ui, results_view_new(ui));
	else
		ui_say(ui, _("Open a patient first: Enter."));
}

/* From the queue the selected patient is opened first: a page is always of the
 * patient who is open. */
static gboolean
patient_wanted(struct tui *ui)
{
	if (!ui->over->len && (ui->focus == PANE_QUEUE || !ui->patient.n))
		selected_open(ui);
	if (ui->patient.n)
		return TRUE;
	ui_say(ui, _("Open a patient first: Enter."));
	return FALSE;
}

static void
do_chart_page(struct tui *ui)
{
	if (patient_wanted(ui))
		ui_push(ui, chart_page_view_new(ui));
}

static void
do_source(struct tui *ui)
{
	const struct queue_row *row;

	if (ui->focus == PANE_THREAD) {
		thread_view_source(ui->pane[PANE_THREAD]);
	} else if (ui->focus == PANE_CHART) {
		chart_view_source(ui->pane[PANE_CHART]);
	} else {
		row = queue_view_selected(ui->pane[PANE_QUEUE]);
		record_open(ui, row ? row->ref : NULL, RECORD_SOURCE);
	}
}

static void
do_home(struct tui *ui)
{
	ui_push(ui, home_list_view_new(ui));
}

static void
do_rx_list(struct tui *ui)
{
	ui_push(ui, rx_list_view_new(ui, ui->patient));
}

static void
do_search(struct tui *ui)
{
	ui_push(ui, search_view_new(ui));
}

static void
do_files(struct tui *ui)
{
	if (thread_view_thread(ui->pane[PANE_THREAD]))
		thread_view_files(ui->pane[PANE_THREAD]);
	else
		ui_say(ui, _("Open a patient first: Enter."));
}

static void
do_command(struct tui *ui)
{
	ui_push(ui, command_view_new(ui));
}

static void
do_help(struct tui *ui)
{
	ui_push(ui, help_view_new(ui, ui_top(ui)->ops->where));
}

static void
do_redraw(struct tui *ui)
{
	canvas_forget(ui->canvas);
	ui_dirty(ui, DIRTY_ALL);
}

static void
do_put_down(struct tui *ui)
{
	ui_compose(ui, FALSE);
}

static void
do_quit(struct tui *ui)
{
	/* Behind the lock too: the screen there says why. */
	if (!unsaved_any(ui) && ui_compose_end(ui))
		ui->leave = TRUE;
}

static void (*const everywhere[REQ_COUNT_])(struct tui *ui) = {
	[REQ_OPEN] = do_open,
	[REQ_BACK] = do_back,
	[REQ_NEXT] = do_next,
	[REQ_REPLY] = do_reply,
	[REQ_CHART] = do_chart,
	[REQ_FILTER] = do_filter,
	[REQ_LANE_NEXT] = do_lane_next,
	[REQ_LANE_PREV] = do_lane_prev,
	[REQ_DETAILS] = do_details,
	[REQ_PUT_DOWN] = do_put_down,
	[REQ_RENEWALS] = do_renewals,
	[REQ_PRESCRIBE] = do_prescribe,
	[REQ_RX_LIST] = do_rx_list,
	[REQ_HOME] = do_home,
	[REQ_ACK] = respond_ack,
	[REQ_UNACK] = respond_unack,
	[REQ_EXPLAIN] = respond_explain,
	[REQ_RECALL] = respond_recall,
	[REQ_RESULTS] = do_results,
	[REQ_CHART_PAGE] = do_chart_page,
	[REQ_SOURCE] = do_source,
	[REQ_COMMAND] = do_command,
	[REQ_SEARCH] = do_search,
	[REQ_FILES] = do_files,
	[REQ_LOCK] = lock_now,
	[REQ_HELP] = do_help,
	[REQ_REDRAW] = do_redraw,
	[REQ_SUSPEND] = engine_suspend,
	[REQ_QUIT] = do_quit,
};

static gboolean
ask(struct view *v, enum request request)
{
	return v && v->ops->request && v->ops->request(v, request);
}

void
ui_request(struct tui *ui, enum request request)
{
	struct view *top = ui_top(ui);

	ui_dirty(ui, DIRTY_SCREEN);
	if (ask(top, request))
		return;
	if (top == ui->composer && ask(ui->pane[PANE_THREAD], request))
		return;
	if (ui->over->len && top->ops->place == PLACE_SCREEN &&
	    request != REQ_REDRAW && request != REQ_QUIT)
		return;
	if (everywhere[request])
		everywhere[request](ui);
}
