/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reply being written. The draft is on disk at each pause in the typing, and
 * before anything else happens to it: sending, locking, leaving. It always names
 * its patient, and is bound to that patient and thread (F15, F22).
 */
#include "tui/attach.h"
#include "tui/composer_view.h"
#include "tui/editor.h"

#include <string.h>

/* A pause in the typing, and how long typing without a pause may go unsaved. */
#define PAUSE_MS 300
#define UNSAVED_MAX_MS 2000

static struct composer *
self(struct view *v)
{
	return (struct composer *)v;
}

static void
note_change(struct composer *p)
{
	p->changed_mono_ms = base_mono_ms();
	if (!p->unsaved_mono_ms)
		p->unsaved_mono_ms = p->changed_mono_ms;
	ui_dirty(p->view.ui, DIRTY_SCREEN);
}

/* ---- saving ------------------------------------------------------------- */

gboolean
composer_view_save(struct view *v, GError **error)
{
	struct composer *p = self(v);
	struct store *store = v->ui->store;
	int64_t now_ms = base_now_ms();
	gboolean ok;

	if (buffer_version(p->buf) == p->saved || !store)
		return TRUE;
	ok = buffer_len(p->buf) == 0 && !attach_rows(p)
	    ? store_draft_drop(store, p->key, error)
	    : store_draft_save(store, p->key, p->patient,
		buffer_text(p->buf), buffer_caret(p->buf), now_ms, error);
	p->failed = !ok;
	ui_dirty(v->ui, DIRTY_SCREEN);
	if (!ok)
		return FALSE;
	if (buffer_len(p->buf) == 0) /* its day went with the draft */
		g_clear_pointer(&p->due, g_free);
	p->saved = buffer_version(p->buf);
	p->saved_ms = now_ms;
	p->unsaved_mono_ms = 0;
	return TRUE;
}

static int64_t
due(struct view *v)
{
	const struct composer *p = self(v);

	if (!p->unsaved_mono_ms)
		return -1;
	return MIN(p->changed_mono_ms + PAUSE_MS,
	    p->unsaved_mono_ms + UNSAVED_MAX_MS);
}

static void
tick(struct view *v)
{
	struct composer *p = self(v);
	g_autoptr(GError) error = NULL;

	if (due(v) < 0 || due(v) > base_mono_ms() ||
	    composer_view_save(v, &error))
		return;
	/* Tried again at the next pause; what was typed stays on the screen. */
	p->unsaved_mono_ms = p->changed_mono_ms = base_mono_ms();
	ui_fail(v->ui,
	    g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL)
		? _("The draft cannot be saved: the disk is full. Make room; "
		    "what you typed stays here.")
		: _("The draft cannot be saved. What you typed stays here; "
		    "F8 shows why."), error);
}

gboolean
composer_view_take(struct view *v, const char *text, size_t len, size_t caret)
{
	struct composer *p = self(v);

	if (!buffer_replace(p->buf, text, len))
		return FALSE;
	buffer_move_to(p->buf, caret);
	note_change(p);
	return TRUE;
}

gboolean
composer_view_empty(struct view *v)
{
	return buffer_len(self(v)->buf) == 0 && !attach_rows(self(v));
}

enum composer_stand
composer_view_stand(struct view *v)
{
	struct composer *p = self(v);
	g_autoptr(GError) error = NULL;
	BASE_AUTO(draft) d = NULL;

	if (!v->ui->store || !p->saved_ms || !buffer_len(p->buf) ||
	    buffer_version(p->buf) != p->saved)
		return COMPOSER_STANDS;
	d = store_draft_load(v->ui->store, p->key, &error);
	if (error)
		return COMPOSER_STANDS;
	if (!d)
		return COMPOSER_GONE;
	return strcmp(d->text, buffer_text(p->buf)) ? COMPOSER_CHANGED
	    : COMPOSER_STANDS;
}

/* ---- keys --------------------------------------------------------------- */

/* What a key does to the caret or the text; one row a key. */
struct edit_key {
	uint32_t key;
	unsigned mods;
	gboolean deletes;
	enum buffer_motion motion;
};

static const struct edit_key edit_keys[] = {
	{ K_LEFT, 0, FALSE, BUFFER_LEFT },
	{ K_RIGHT, 0, FALSE, BUFFER_RIGHT },
	{ K_LEFT, MOD_CTRL, FALSE, BUFFER_WORD_LEFT },
	{ K_RIGHT, MOD_CTRL, FALSE, BUFFER_WORD_RIGHT },
	{ K_LEFT, MOD_ALT, FALSE, BUFFER_WORD_LEFT },
	{ K_RIGHT, MOD_ALT, FALSE, BUFFER_WORD_RIGHT },
	{ K_HOME, MOD_CTRL, FALSE, BUFFER_START },
	{ K_END, MOD_CTRL, FALSE, BUFFER_END },
	{ K_BACKSPACE, 0, TRUE, BUFFER_LEFT },
	{ K_DELETE, 0, TRUE, BUFFER_RIGHT },
	{ K_BACKSPACE, MOD_ALT, TRUE, BUFFER_WORD_LEFT },
	{ 'w', MOD_CTRL, TRUE, BUFFER_WORD_LEFT },
	{ K_DELETE, MOD_CTRL, TRUE, BUFFER_WORD_RIGHT },
};

static gboolean
edit_by_table(struct composer *p, const struct event *e)
{
	for (size_t i = 0; i < G_N_ELEMENTS(edit_keys); i++) {
		const struct edit_key *k = &edit_keys[i];

		if (k->key != e->key || k->mods != e->mods)
			continue;
		if (k->deletes)
			buffer_delete(p->buf, k->motion);
		else
			buffer_move(p->buf, k->motion);
		return TRUE;
	}
	return FALSE;
}

/* Keys that need the width of the screen line or the logical line. */
static gboolean
edit_lines(struct composer *p, const struct event *e)
{
	int cols = MAX(p->cols, 1);
	gboolean ctrl = e->mods == MOD_CTRL;

	if (e->key == K_UP || e->key == K_DOWN)
		buffer_move_rows(p->buf, cols, e->key == K_UP ? -1 : 1);
	else if (e->key == K_HOME || (ctrl && e->key == 'a'))
		buffer_move_line_edge(p->buf, cols, FALSE);
	else if (e->key == K_END)
		buffer_move_line_edge(p->buf, cols, TRUE);
	else if (ctrl && e->key == 'u')
		buffer_delete_line_before(p->buf);
	else if (ctrl && e->key == 'k')
		buffer_delete_line_after(p->buf);
	else
		return FALSE;
	return TRUE;
}

static void
insert(struct composer *p, const char *text, size_t len, gboolean typing)
{
	if (!buffer_insert(p->buf, text, len, typing))
		ui_say(p->view.ui, _("The reply would be longer than 1 MB; the "
				     "paste was left out."));
}

static gboolean
edit_key(struct composer *p, const struct event *e)
{
	char utf8[6];

	/* While results are offered the arrows choose one of them. */
	if (e->mods == 0 && (e->key == K_UP || e->key == K_DOWN) &&
	    fact_offers_step(&p->offers, e->key == K_UP ? -1 : 1))
		return TRUE;
	if (e->key == K_ENTER)
		insert(p, "\n", 1, TRUE);
	else if (event_is_text(e))
		insert(p, utf8, (size_t)g_unichar_to_utf8(e->key, utf8), TRUE);
	else
		return edit_by_table(p, e) || edit_lines(p, e);
	return TRUE;
}

static gboolean
event(struct view *v, const struct event *e)
{
	struct composer *p = self(v);
	uint64_t before = buffer_version(p->buf);

	if (e->kind == EVENT_PASTE)
		insert(p, e->text, e->len, FALSE);
	else if (e->kind != EVENT_KEY || !edit_key(p, e))
		return FALSE;
	if (buffer_version(p->buf) != before)
		note_change(p);
	fact_offers_update(&p->offers, v->ui, p->patient, p->buf);
	ui_dirty(v->ui, DIRTY_SCREEN);
	return TRUE;
}

/* ---- requests ----------------------------------------------------------- */

static void
empty_buffer(struct composer *p)
{
	buffer_free(p->buf);
	fact_offers_clear(&p->offers);
	g_clear_pointer(&p->due, g_free);
	p->buf = buffer_new(NULL, 0);
	p->saved = buffer_version(p->buf);
	p->unsaved_mono_ms = 0;
	p->saved_ms = 0;
	p->top = 0;
	g_clear_pointer(&p->files, g_ptr_array_unref);
}

void
composer_view_clear(struct view *v)
{
	empty_buffer(self(v));
}

static gboolean
is_blank(const char *text)
{
	while (*text && g_unichar_isspace(g_utf8_get_char(text)))
		text = g_utf8_next_char(text);
	return *text == '\0';
}

/* What is quoted may have been corrected since: said once, and the doctor
 * decides. */
static gboolean
quotes_stand(struct composer *p)
{
	g_autofree char *stale = p->told == buffer_version(p->buf) ? NULL :
	    results_quote_stale(p->view.ui->store, p->key,
	    buffer_text(p->buf));
	g_autofree char *said = NULL;

	if (!stale)
		return TRUE;
	p->told = buffer_version(p->buf);
	said = g_strdup_printf(_("%s ^S sends it as it stands."), stale);
	ui_say(p->view.ui, said);
	return FALSE;
}

static void
send(struct composer *p)
{
	struct tui *ui = p->view.ui;
	g_autoptr(GError) error = NULL;
	struct outbox_id entry;

	if (is_blank(buffer_text(p->buf)) && !attach_rows(p)) {
		ui_say(ui, _("There is nothing to send yet."));
		return;
	}
	if (ui_draft_gone(ui) || !quotes_stand(p))
		return;
	/* On disk as a draft first; then draft to outbox in one transaction. */
	if (!composer_view_save(&p->view, &error) ||
	    !store_send(ui->store, p->key, p->patient, NULL, base_now_ms(),
		&entry, &error)) {
		ui_fail(ui, _("The reply was not sent and is kept as you typed "
			      "it. F8 shows why."), error);
		return;
	}
	empty_buffer(p);
	ui_poke(ui);
	ui_dirty(ui, DIRTY_ALL);
	thread_view_end(ui->pane[PANE_THREAD]);
	ui_compose(ui, FALSE);
}

/* What the editor has saved so far becomes the draft. */
static void
take_edited(struct composer *p)
{
	struct tui *ui = p->view.ui;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize len = 0;

	text = editor_text(ui, &len, &error);
	if (!text)
		ui_fail(ui, _("The editor's text was not taken; the draft is as "
			      "it was. F8 shows why."), error);
	else if (!buffer_replace(p->buf, text, len))
		ui_say(ui, _("The editor's text is longer than 1 MB; the draft is "
			     "as it was."));
	else
		note_change(p);
}

static void
edited(struct composer *p, enum editor_end end, const GError *error)
{
	struct tui *ui = p->view.ui;

	if (end == EDITOR_FAILED)
		ui_fail(ui, _("The editor's text was not taken; the draft is as "
			      "it was. F8 shows why."), error);
	else
		take_edited(p);
	if (end != EDITOR_IDLE) /* else it goes on behind the lock */
		editor_end(ui);
	ui_dirty(ui, DIRTY_ALL);
}

static void
edit_outside(struct composer *p)
{
	g_autoptr(GError) error = NULL;
	enum editor_end end;

	composer_view_save(&p->view, NULL);
	end = editor_begin(p->view.ui, p->key, buffer_text(p->buf), &error);
	edited(p, end, error);
}

void
composer_edit_again(struct tui *ui)
{
	const struct draft_key *key = editor_key(ui);
	struct composer *p = ui->composer ? self(ui->composer) : NULL;
	g_autoptr(GError) error = NULL;
	enum editor_end end;

	if (!key)
		return;
	if (!p || p->key.consult.n != key->consult.n ||
	    p->key.report.n != key->report.n) {
		editor_end(ui); /* what it had saved is the draft */
		return;
	}
	end = editor_continue(ui, &error);
	edited(p, end, error);
}

static gboolean
request(struct view *v, enum request r)
{
	struct composer *p = self(v);

	switch (r) {
	case REQ_SEND:
		send(p);
		return TRUE;
	case REQ_PUT_DOWN:
		fact_offers_clear(&p->offers);
		ui_compose(v->ui, FALSE);
		return TRUE;
	case REQ_UNDO:
	case REQ_REDO:
		if (r == REQ_UNDO ? buffer_undo(p->buf) : buffer_redo(p->buf))
			note_change(p);
		return TRUE;
	case REQ_COMPLETE:
		if (fact_take(&p->offers, v->ui, p->key, p->buf))
			note_change(p);
		return TRUE;
	case REQ_ATTACH:
		attach_ask(p);
		return TRUE;
	case REQ_DETACH:
		if (!attach_take_back(p))
			ui_say(v->ui, _("Nothing is attached."));
		return TRUE;
	case REQ_EDITOR:
		edit_outside(p);
		return TRUE;
	default:
		return FALSE;
	}
}

static const enum request *
footer(struct view *v)
{
	static const enum request shown[] = { REQ_SEND, REQ_PUT_DOWN, REQ_NEXT,
		REQ_HELP, REQ_NONE };
	static const enum request offered[] = { REQ_COMPLETE, REQ_SEND,
		REQ_PUT_DOWN, REQ_HELP, REQ_NONE };

	return fact_offers_any(&self(v)->offers) ? offered : shown;
}

/* ---- life --------------------------------------------------------------- */

static void
composer_free(struct view *v)
{
	struct composer *p = self(v);

	composer_view_save(v, NULL);
	fact_offers_clear(&p->offers);
	g_clear_pointer(&p->files, g_ptr_array_unref);
	buffer_free(p->buf);
	g_free(p->due);
	g_free(p->name);
	g_free(p->person);
	g_free(p);
}

static const struct view_ops composer_ops = {
	.name = "composer",
	.place = PLACE_PANE,
	.where = IN_COMPOSER,
	.footer = footer,
	.draw = composer_view_draw,
	.rows = composer_view_rows,
	.request = request,
	.event = event,
	.due = due,
	.tick = tick,
	.free = composer_free,
};

struct view *
composer_view_new(struct tui *ui, struct draft_key key,
    const struct patient_brief *patient, GError **error)
{
	g_autoptr(GError) failed = NULL;
	BASE_AUTO(draft) draft = store_draft_load(ui->store, key, &failed);
	struct composer *p;

	if (failed) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return NULL;
	}
	if (draft && draft->patient.n != patient->id.n) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_WRONG_PATIENT,
		    "draft of another patient");
		return NULL;
	}
	p = g_new0(struct composer, 1);
	p->view = (struct view){ &composer_ops, ui };
	p->key = key;
	p->patient = patient->id;
	p->name = words_name(patient);
	p->person = words_person(patient);
	p->buf = buffer_new(draft ? draft->text : NULL,
	    draft ? draft->caret : 0);
	p->saved = buffer_version(p->buf);
	p->told = G_MAXUINT64;
	p->saved_ms = draft ? draft->saved_ms : 0;
	attach_load(p);
	if (key.report.n)
		p->due = store_recall_due(ui->store, key.report, NULL);
	return &p->view;
}

/* ---- a result answered (F42) -------------------------------------------- */

void
composer_view_recall(struct view *v, const char *due)
{
	struct composer *p = self(v);

	g_free(p->due);
	p->due = g_strdup(due);
	ui_dirty(v->ui, DIRTY_SCREEN);
}

gboolean
composer_view_quote(struct view *v, const char *lead,
    const GPtrArray *lines)
{
	struct composer *p = self(v);
	gboolean ok = buffer_insert(p->buf, lead, strlen(lead), FALSE);

	for (guint i = 0; ok && i < lines->len; i++)
		ok = fact_insert(v->ui, p->key, lines->pdata[i], p->buf) &&
		    buffer_insert(p->buf, "\n", 1, FALSE);
	note_change(p);
	return ok;
}
