/* SPDX-License-Identifier: Apache-2.0 */
/* A result answered: acknowledged, explained, recalled (F42). Only what is open on
 * the screen is answered, never a row that nobody has read. */
#include "tui/composer.h"
#include "tui/results_view.h"
#include "tui/ask.h"

/* An acknowledgement is one key: so long it can be taken back. */
#define HOLD_MS 5000
enum { TOLD_MAX = 12 };

/* ---- which -------------------------------------------------------------- */

static gboolean
is_open(const struct tui *ui, struct report_id report)
{
	return report.n && ui->open.key.report.n == report.n;
}

/* The open result; from the queue the selected one is opened first. n 0: none,
 * and said. */
static struct report_id
open_result(struct tui *ui, gboolean *fresh)
{
	const struct queue_row *row = ui->focus == PANE_QUEUE ?
	    queue_view_selected(ui->pane[PANE_QUEUE]) : NULL;
	struct report_id none = { 0 };

	*fresh = FALSE;
	if (row && row->kind == QUEUE_RESULT && !is_open(ui, row->report)) {
		ui_open(ui, &(struct target){ .row = row->key,
			.kind = row->kind, .key = { .report = row->report } });
		*fresh = TRUE;
	}
	if (ui->open.key.report.n && (!row || row->kind == QUEUE_RESULT))
		return ui->open.key.report;
	ui_say(ui, _("This is not a result: open one of the result lane."));
	return none;
}

/* ---- acknowledged ------------------------------------------------------- */

void
respond_ack(struct tui *ui)
{
	g_autoptr(GError) error = NULL;
	gboolean fresh;
	struct report_id report = open_result(ui, &fresh);

	if (!report.n)
		return;
	if (fresh) {
		ui_say(ui, _("Here it is: read it, then the same key "
		    "acknowledges it."));
		return;
	}
	if (!store_result_seen(ui->store, report, _("Seen."), base_now_ms(),
	    HOLD_MS, &ui->acked.first, &ui->acked.last, &error)) {
		ui_fail(ui, _("The result was not acknowledged; it stays in the "
		    "lane. x shows why."), error);
		return;
	}
	ui->acked.report = report;
	ui_poke(ui);
	ui_dirty(ui, DIRTY_ALL);
	ui_say(ui, _("Acknowledged. u takes it back within five seconds; n "
	    "goes on."));
}

void
respond_unack(struct tui *ui)
{
	g_autoptr(GError) error = NULL;

	if (!ui->acked.report.n) {
		ui_say(ui, _("There is no acknowledgement to take back."));
		return;
	}
	if (store_result_unseen(ui->store, ui->acked.report, ui->acked.first,
	    ui->acked.last, &error))
		ui_say(ui, _("Taken back: the result is in the lane again."));
	else
		ui_fail(ui, _("It has been sent already and cannot be taken "
		    "back; a reply about the result can still be sent."),
		    error);
	ui->acked.report.n = 0;
	ui_poke(ui);
	ui_dirty(ui, DIRTY_ALL);
}

/* ---- explained ---------------------------------------------------------- */

/* The reply with what the report says; a draft that is there stays as it is. */
static gboolean
quote(struct tui *ui, struct report_id report, const char *lead)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(results) results = store_report_results(ui->store, report,
	    &error);
	g_autoptr(GArray) lines = NULL;
	g_autoptr(GPtrArray) told = NULL;

	if (!results) {
		results_fail(ui, error);
		return FALSE;
	}
	ui_compose(ui, TRUE);
	if (!ui->composer || !ui->composing)
		return FALSE;
	if (!composer_view_empty(ui->composer)) {
		ui_say(ui, _("A draft is here already: it stays as it is; "
		    "@ quotes a result."));
		return TRUE;
	}
	lines = results_lines_new(results, base_now_ms());
	told = results_told(lines, TOLD_MAX);
	return composer_view_quote(ui->composer, lead, told);
}

void
respond_explain(struct tui *ui)
{
	gboolean fresh;
	struct report_id report = open_result(ui, &fresh);

	if (report.n)
		quote(ui, report, _("About your results:\n"));
}

/* ---- recalled ----------------------------------------------------------- */

static gboolean
recall(struct view *asker, const char *typed)
{
	struct tui *ui = asker->ui;
	struct report_id report = ui->open.key.report;
	g_autofree char *due = results_due(typed, base_now_ms());
	g_autofree char *lead = NULL;
	g_autoptr(GError) error = NULL;

	if (!due) {
		ui_say(ui, _("Not a day to come: 2026-12-07, 12-07, 14d or "
		    "2w."));
		return FALSE;
	}
	lead = g_strdup_printf(_("Please come back for a check by %s.\n"),
	    due);
	if (!quote(ui, report, lead))
		return TRUE;
	if (!store_recall_set(ui->store, report, due, &error))
		ui_fail(ui, _("The day of the recall could not be kept."),
		    error);
	else
		composer_view_recall(ui->composer, due);
	return TRUE;
}

void
respond_recall(struct tui *ui)
{
	gboolean fresh;
	struct report_id report = open_result(ui, &fresh);

	if (report.n)
		ui_push(ui, ask_view_new(ui->pane[PANE_THREAD],
		    _("Come back until (2w, 12-07)"), "2w", recall));
}
