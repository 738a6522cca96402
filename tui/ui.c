/* SPDX-License-Identifier: Apache-2.0 */
/* What the views may ask of the engine. */
#include "tui/composer.h"
#include "tui/engine.h"
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

gboolean
ui_compose_end(struct tui *ui)
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

/* Words that are under way already are not sent twice. While they are open for
 * writing, the place stays: the next letter is no command. */
gboolean
ui_draft_gone(struct tui *ui)
{
	struct view *v = ui->composer;

	if (!v || ui->editing || composer_view_stand(v) != COMPOSER_GONE)
		return FALSE;
	composer_view_clear(v);
	if (!ui->composing)
		ui_compose_end(ui);
	ui_say(ui, _("This draft was sent or cleared in another window."));
	ui_dirty(ui, DIRTY_SCREEN | DIRTY_THREAD | DIRTY_QUEUE);
	return TRUE;
}

/* Before one writes on: what lies in the store, as another window left it. */
static void
composer_renew(struct tui *ui)
{
	if (!ui_draft_gone(ui) && ui->composer && !ui->composing &&
	    composer_view_stand(ui->composer) == COMPOSER_CHANGED)
		ui_compose_end(ui);
}

void
ui_compose(struct tui *ui, gboolean on)
{
	if (on) {
		composer_renew(ui);
		ui_focus(ui, PANE_THREAD);
		composer_begin(ui, TRUE);
	} else if (ui->composer && composer_view_empty(ui->composer)) {
		ui_compose_end(ui);
	} else if (ui->composer) {
		g_autoptr(GError) error = NULL;

		ui->composing = FALSE;
		if (!composer_view_save(ui->composer, &error))
			ui_compose_end(ui);
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

	if (!ui_compose_end(ui))
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
	if (!ui_compose_end(ui))
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
	if (!ui_compose_end(ui))
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
