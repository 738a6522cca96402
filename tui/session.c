/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store, opened and closed, and the place where the doctor was: one note
 * "ui.place" of a few numbers. Written when a thread was opened or left, at the
 * lock and at the end; never a patient's text.
 */
#include <inttypes.h>
#include <stdio.h>

#include "tui/composer.h"
#include "tui/engine.h"
#include "tui/unsaved.h"

#define PLACE_NOTE "ui.place"

void
session_save_place(struct tui *ui)
{
	g_autofree char *thread = thread_view_place(ui->pane[PANE_THREAD]);
	g_autofree char *chart = chart_view_place(ui->pane[PANE_CHART]);
	g_autofree char *text = NULL;

	ui->place_changed = FALSE;
	if (!ui->store)
		return;
	text = g_strdup_printf("1 %d %" PRId64 " %" PRId64 " %" PRId64 " %d %d"
	    " %s %s", queue_view_lane_now(ui->pane[PANE_QUEUE]),
	    queue_view_key(ui->pane[PANE_QUEUE]), ui->open.key.consult.n,
	    ui->open.key.report.n, (int)ui->focus, (int)ui->composing, thread,
	    chart);
	store_note_set(ui->store, PLACE_NOTE, text, NULL);
}

static void
restore_place(struct tui *ui)
{
	g_autofree char *text = store_note_get(ui->store, PLACE_NOTE);
	char thread[64] = "-", chart[64] = "-";
	int lane = QUEUE_LANE_ALL, focus = 0, composing = 0;
	int64_t row = 0, consult = 0, report = 0;

	if (!text || sscanf(text, "1 %d %" SCNd64 " %" SCNd64 " %" SCNd64
	    " %d %d %63s %63s", &lane, &row, &consult, &report, &focus,
	    &composing, thread, chart) < 6)
		return;
	queue_view_lane(ui->pane[PANE_QUEUE],
	    CLAMP(lane, QUEUE_LANE_ALL, QUEUE_KINDS_ - 1));
	queue_view_go(ui->pane[PANE_QUEUE], row);
	if (!consult && !report)
		return;
	ui_open(ui, &(struct target){ .row = row,
		.key = { { consult }, { report } } });
	if (!ui->patient.n) { /* it is no longer here */
		ui_close_thread(ui);
		ui_quiet(ui);
		return;
	}
	thread_view_go(ui->pane[PANE_THREAD], thread);
	chart_view_go(ui->pane[PANE_CHART], chart);
	ui_focus(ui, (enum pane)CLAMP(focus, 0, PANES_ - 1));
	if (composing && ui->composer)
		ui_compose(ui, TRUE);
}

static char *
rescue_words(const struct store_rescue *rescue)
{
	g_autofree char *name = g_path_get_basename(rescue->aside);

	if (rescue->lost_known || rescue->unread)
		return g_strdup_printf(_("The cache was damaged and is fetched "
		    "again. Saved from it: %d drafts, %d replies; what else you "
		    "had written could not be read and is left in %s."),
		    rescue->drafts, rescue->outbox, name);
	return g_strdup_printf(_("The cache was damaged and is fetched again; "
	    "saved from it: %d drafts, %d replies."), rescue->drafts,
	    rescue->outbox);
}

static struct store *
open_or_rebuild(struct tui *ui,
    const struct base_secret *key, GError **error)
{
	const char *dir = ui->options->state_dir;
	struct store_rescue rescue = { 0 };
	g_autofree char *words = NULL;
	GError *why = NULL;
	struct store *store = store_open(dir, key, STORE_SCREEN, &why);

	if (store)
		return store;
	if (!g_error_matches(why, STORE_ERROR, STORE_ERROR_DAMAGED)) {
		g_propagate_error(error, why);
		return NULL;
	}
	g_error_free(why);
	store = store_rebuild(dir, key, STORE_SCREEN, &rescue, error);
	if (store && rescue.aside) {
		words = rescue_words(&rescue);
		ui_say(ui, words);
	}
	g_free(rescue.aside);
	return store;
}

gboolean
session_open(struct tui *ui, struct base_secret *key, GError **error)
{
	ui->store = open_or_rebuild(ui, key, error);
	if (!ui->store) {
		base_secret_free(key);
		return FALSE;
	}
	ui->key = key;
	ui->desk = desk_new(ui->store, ui->options->settings);
	unsaved_save(ui);
	restore_place(ui);
	unsaved_show(ui);
	ui_dirty(ui, DIRTY_ALL);
	return TRUE;
}

static void
composer_lay_down(struct tui *ui)
{
	struct view *v = ui->composer;

	if (!v)
		return;
	if (!composer_view_save(v, NULL))
		unsaved_keep(ui);
	ui->composer = NULL;
	ui->composing = FALSE;
	v->ops->free(v);
}

void
session_close(struct tui *ui)
{
	if (ui->store)
		session_save_place(ui);
	composer_lay_down(ui);
	while (ui->over->len)
		ui_pop(ui);
	for (int i = 0; i < PANES_; i++)
		if (ui->pane[i]->ops->drop)
			ui->pane[i]->ops->drop(ui->pane[i]);
	ui_quiet(ui);
	ui->open = (struct target){ 0 };
	ui->patient = (struct patient_id){ 0 };
	ui->focus = PANE_QUEUE;
	g_clear_pointer(&ui->signer, signer_free);
	g_clear_pointer(&ui->signing.first, base_secret_free);
	g_clear_pointer(&ui->desk, desk_free);
	if (ui->store)
		store_close(ui->store);
	ui->store = NULL;
	if (ui->key)
		base_secret_free(ui->key);
	ui->key = NULL;
}
