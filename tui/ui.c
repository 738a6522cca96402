/* SPDX-License-Identifier: Apache-2.0 */
/* What the views may ask of the engine, and the requests that hold everywhere. */
#include <signal.h>
#include <unistd.h>

#include "tui/composer.h"
#include "tui/engine.h"
#include "tui/lock.h"
#include "tui/unsaved.h"
#include "tui/chart_page.h"
#include "tui/record.h"
#include "tui/results_view.h"
#include "tui/rx_view.h"
#include "tui/ui.h"

void
ui_dirty(struct tui *ui, unsigned dirty)
{
	ui->dirty |= dirty | DIRTY_SCREEN;
}

/* ---- one sentence ------------------------------------------------------- */

void
ui_quiet(struct tui *ui)
{
	if (!ui->notice)
		return;
	g_clear_pointer(&ui->notice, g_free);
	g_clear_pointer(&ui->notice_details, g_free);
	ui_dirty(ui, DIRTY_SCREEN);
}

static void
say(struct tui *ui, const char *sentence, const char *details,
    gboolean is_error)
{
	ui_quiet(ui);
	ui->notice = base_text_show(sentence, -1, BASE_ONE_LINE);
	if (details)
		ui->notice_details = base_text_show(details, -1,
		    BASE_MANY_LINES);
	ui->notice_is_error = is_error;
	ui_dirty(ui, DIRTY_SCREEN);
}

void
ui_say(struct tui *ui, const char *sentence)
{
	say(ui, sentence, NULL, FALSE);
}

void
ui_fail(struct tui *ui, const char *sentence, const GError *error)
{
	say(ui, sentence, error ? error->message : NULL, TRUE);
}

/* ---- what is on the screen ---------------------------------------------- */

struct view *
ui_top(struct tui *ui)
{
	if (ui->over->len)
		return g_ptr_array_index(ui->over, ui->over->len - 1);
	if (ui->composing && ui->composer)
		return ui->composer;
	return ui->pane[ui->focus];
}

void
ui_push(struct tui *ui, struct view *v)
{
	g_ptr_array_add(ui->over, v);
	if (v->ops->load)
		v->ops->load(v);
	ui_dirty(ui, DIRTY_SCREEN);
}

void
ui_pop(struct tui *ui)
{
	struct view *v;

	if (!ui->over->len)
		return;
	v = g_ptr_array_remove_index(ui->over, ui->over->len - 1);
	if (v->ops->free)
		v->ops->free(v);
	ui_dirty(ui, DIRTY_SCREEN);
}

void
ui_leave(struct tui *ui, struct view *v)
{
	g_ptr_array_remove(ui->over, v);
	if (v->ops->free)
		v->ops->free(v);
	ui_dirty(ui, DIRTY_SCREEN);
}

void
ui_focus(struct tui *ui, enum pane pane)
{
	if (pane != PANE_QUEUE && !ui->patient.n &&
	    !ui->open.key.consult.n && !ui->open.key.report.n)
		return;
	ui->focus = pane;
	ui->composing = FALSE;
	ui->chart_shown = pane == PANE_CHART;
	ui_dirty(ui, DIRTY_SCREEN);
}

/* ---- the composer ------------------------------------------------------- */

/* Saved before it goes; a draft that cannot be saved stays on the screen. */
static gboolean
composer_end(struct tui *ui)
{
	g_autoptr(GError) error = NULL;
	struct view *v = ui->composer;

	ui->composing = FALSE;
	if (!v)
		return TRUE;
	if (!composer_view_save(v, &error)) {
		ui->composing = TRUE;
		ui_fail(ui, _("The draft could not be saved: make room on the "
		    "disk, then go on. It stays here until then."), error);
		return FALSE;
	}
	ui->composer = NULL;
	v->ops->free(v);
	ui_dirty(ui, DIRTY_SCREEN | DIRTY_QUEUE);
	return TRUE;
}

static void
composer_begin(struct tui *ui, gboolean composing)
{
	const struct thread *t = thread_view_thread(ui->pane[PANE_THREAD]);
	g_autoptr(GError) error = NULL;

	if (!ui->composer && t)
		ui->composer = composer_view_new(ui, ui->open.key, &t->patient,
		    &error);
	if (!ui->composer && t)
		ui_fail(ui, _("The draft of this patient could not be "
		    "opened."), error);
	ui->composing = composing && ui->composer;
}

void
ui_compose(struct tui *ui, gboolean on)
{
	if (on) {
		ui_focus(ui, PANE_THREAD);
		composer_begin(ui, TRUE);
	} else if (ui->composer && composer_view_empty(ui->composer)) {
		composer_end(ui);
	} else if (ui->composer) {
		g_autoptr(GError) error = NULL;

		ui->composing = FALSE;
		if (!composer_view_save(ui->composer, &error))
			composer_end(ui);
	}
	ui_dirty(ui, DIRTY_SCREEN | DIRTY_QUEUE);
}

/* A draft that lies there is seen when the thread is opened. */
static void
composer_find(struct tui *ui)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(draft) d = store_draft_load(ui->store, ui->open.key, &error);

	if (d || error)
		composer_begin(ui, FALSE);
}

/* ---- opening a thread --------------------------------------------------- */

static void
thread_load(struct tui *ui)
{
	const struct thread *t;

	thread_view_show(ui->pane[PANE_THREAD]);
	t = thread_view_thread(ui->pane[PANE_THREAD]);
	ui->patient = t ? t->patient.id : (struct patient_id){ 0 };
	ui->dirty &= ~(unsigned)DIRTY_THREAD;
	if (t)
		composer_find(ui);
}

/* A request about a prescription is read beside the patient's consultation. */
static void
task_place(struct tui *ui, struct patient_id patient)
{
	ui->open.key.consult = store_consult_of_patient(ui->store, patient);
	thread_load(ui);
	ui->patient = patient;
}

/* What a pharmacist rejected: each is read, and written anew or withdrawn. */
static void
rejected_show(struct tui *ui, struct patient_id patient)
{
	enum { ROWS_MAX = 20 };
	g_autoptr(GPtrArray) rows = store_rx_list(ui->store, patient,
	    1u << RX_REJECTED, ROWS_MAX, NULL);
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(struct rx_id));

	for (guint i = 0; rows && i < rows->len; i++)
		g_array_append_val(ids, ((struct rx_row *)rows->pdata[i])->id);
	if (ids->len)
		ui_push(ui, sign_view_new(ui, ids));
	else
		g_array_unref(ids);
}

static void
task_show(struct tui *ui, const struct target *target)
{
	if (target->kind == QUEUE_RENEWAL)
		ui_push(ui, renewal_view_new(ui,
		    (struct task_id){ target->row }));
	else if (target->kind == QUEUE_REJECTED)
		rejected_show(ui, ui->patient);
}

void
ui_open(struct tui *ui, const struct target *target)
{
	struct patient_id patient = { 0 };

	if (!composer_end(ui))
		return;
	ui->open = *target;
	if (!target->key.consult.n && !target->key.report.n)
		patient = store_task_patient(ui->store,
		    (struct task_id){ target->row });
	if (patient.n)
		task_place(ui, patient);
	else
		thread_load(ui);
	ui->focus = PANE_THREAD;
	ui->chart_shown = FALSE;
	ui->throw_away = TRUE;
	if (target->row)
		queue_view_go(ui->pane[PANE_QUEUE], target->row);
	task_show(ui, target);
	ui_dirty(ui, DIRTY_CHART);
	ui->place_changed = TRUE;
}

void
ui_open_chart(struct tui *ui, struct patient_id patient)
{
	if (!composer_end(ui))
		return;
	ui->open = (struct target){ .kind = QUEUE_CONSULT };
	task_place(ui, patient);
	ui->focus = PANE_CHART;
	ui->chart_shown = TRUE;
	ui->throw_away = TRUE;
	ui_dirty(ui, DIRTY_CHART);
	ui->place_changed = TRUE;
}

void
ui_close_thread(struct tui *ui)
{
	if (!composer_end(ui))
		return;
	ui->open = (struct target){ 0 };
	ui->patient = (struct patient_id){ 0 };
	thread_view_show(ui->pane[PANE_THREAD]);
	ui->focus = PANE_QUEUE;
	ui->chart_shown = FALSE;
	ui_dirty(ui, DIRTY_CHART);
	ui->place_changed = TRUE;
}

void
ui_filter(struct tui *ui, const char *text)
{
	queue_view_filter(ui->pane[PANE_QUEUE], text);
}

const char *
ui_filter_text(struct tui *ui)
{
	return queue_view_filter_text(ui->pane[PANE_QUEUE]);
}

void
ui_poke(struct tui *ui)
{
	struct doorbell_line line = { .verb = BELL_POKE };

	link_send(ui, &line);
	ui_dirty(ui, DIRTY_OUTBOX | DIRTY_THREAD | DIRTY_QUEUE);
}

/* ---- requests that hold everywhere -------------------------------------- */

static void
do_next(struct tui *ui)
{
	struct target t;

	if (queue_view_next(ui->pane[PANE_QUEUE], &t))
		ui_open(ui, &t);
	else
		ui_say(ui, _("Nothing more is owed here."));
}

static void
do_reply(struct tui *ui)
{
	const struct queue_row *row;

	if (ui->focus == PANE_QUEUE || !ui->patient.n) {
		row = queue_view_selected(ui->pane[PANE_QUEUE]);
		if (!row)
			return;
		ui_open(ui, &(struct target){ .row = row->key,
			.kind = row->kind,
			.key = { row->consult, row->report } });
	}
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

static void
do_details(struct tui *ui)
{
	g_autofree char *text = NULL;

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
open_selected(struct tui *ui)
{
	const struct queue_row *row;

	if (!ui->over->len && (ui->focus == PANE_QUEUE || !ui->patient.n)) {
		row = queue_view_selected(ui->pane[PANE_QUEUE]);
		if (row)
			ui_open(ui, &(struct target){ .row = row->key,
				.kind = row->kind,
				.key = { row->consult, row->report } });
	}
	if (ui->patient.n)
		return TRUE;
	ui_say(ui, _("Open a patient first: Enter."));
	return FALSE;
}

static void
do_chart_page(struct tui *ui)
{
	if (open_selected(ui))
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
	if (!unsaved_any(ui) && composer_end(ui))
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
