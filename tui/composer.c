/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reply being written. The draft is on disk at each pause in the typing, and
 * before anything else happens to it: sending, locking, leaving. It always names
 * its patient, and is bound to that patient and thread (F15, F22).
 */
#include "tui/composer.h"
#include "tui/buffer.h"
#include "tui/editor.h"

#include <string.h>

/* A pause in the typing, and how long typing without a pause may go unsaved. */
#define PAUSE_MS 300
#define UNSAVED_MAX_MS 2000

struct composer {
	struct view view;
	struct draft_key key;
	struct patient_id patient;
	char *name, *person;     /* patient's, shown-safe; sex, age, flags */
	struct buffer *buf;
	uint64_t saved;          /* version that is on disk */
	int64_t changed_mono_ms; /* last change; first unsaved one */
	int64_t unsaved_mono_ms; /* 0: nothing is unsaved */
	int64_t saved_ms;        /* when the draft was saved; 0 never */
	gboolean failed;         /* the last save did not succeed */
	int top, cols;           /* first row seen; width of the text */
};

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
	ok = buffer_len(p->buf) == 0
	    ? store_draft_drop(store, p->key, error)
	    : store_draft_save(store, p->key, p->patient,
		buffer_text(p->buf), buffer_caret(p->buf), now_ms, error);
	p->failed = !ok;
	ui_dirty(v->ui, DIRTY_SCREEN);
	if (!ok)
		return FALSE;
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
		    "x shows why."), error);
}

gboolean
composer_view_empty(struct view *v)
{
	return buffer_len(self(v)->buf) == 0;
}

/* ---- drawing ------------------------------------------------------------ */

static void
draw_frame(struct composer *p, struct canvas *c, struct area a,
    gboolean focused)
{
	int around = base_text_cols(_(" Reply to %s "), -1) - 2;
	g_autofree char *who = words_fit(p->name, p->person,
	    a.cols - 4 - around);
	g_autofree char *title = g_strdup_printf(_(" Reply to %s "), who);

	canvas_fill(c, a, E_COMPOSER_TEXT);
	canvas_box(c, a, E_COMPOSER_FRAME);
	canvas_text(c, a, 0, 2, a.cols - 4,
	    focused ? E_COMPOSER_TITLE : E_COMPOSER_FRAME, title);
}

static char *
state_words(struct composer *p)
{
	size_t n = buffer_graphemes(p->buf);
	g_autofree char *at = NULL;

	if (n == 0)
		return g_strdup("");
	if (p->failed)
		return g_strdup(_(" not saved "));
	if (buffer_version(p->buf) != p->saved)
		return g_strdup_printf(NGETTEXT(" %zu character ",
		    " %zu characters ", n), n);
	at = base_clock_hhmm(p->saved_ms);
	return g_strdup_printf(NGETTEXT(" draft saved %s, %zu character ",
	    " draft saved %s, %zu characters ", n), at, n);
}

static void
draw_state(struct composer *p, struct canvas *c, struct area a)
{
	g_autofree char *words = state_words(p);

	if (a.cols > 6)
		canvas_text_right(c, a, a.rows - 1, 2, a.cols - 4,
		    p->failed ? E_ERROR : E_COMPOSER_STATE, words);
}

/* A slice of the text as it is shown: the gate is for what was pasted, too. */
static char *
shown_slice(struct composer *p, size_t start, size_t len)
{
	return base_text_show(buffer_text(p->buf) + start, (gssize)len,
	    BASE_MANY_LINES);
}

static void
draw_line(struct composer *p, struct canvas *c, struct area text, int y,
    const struct base_line *line)
{
	g_autofree char *shown = NULL;
	size_t len = line->len;

	if (len && buffer_text(p->buf)[line->start + len - 1] == '\n')
		len--;
	shown = shown_slice(p, line->start, len);
	canvas_text(c, text, y, 0, text.cols, E_COMPOSER_TEXT, shown);
}

/* The caret's row, its column as shown, and that row on the screen. */
static void
follow_caret(struct composer *p, int rows, int *row, int *col)
{
	const GArray *lines = buffer_lines(p->buf, p->cols);
	const struct base_line *line;
	g_autofree char *before = NULL;

	buffer_caret_cell(p->buf, p->cols, row, col);
	line = &g_array_index(lines, struct base_line, (guint)*row);
	before = shown_slice(p, line->start,
	    buffer_caret(p->buf) - line->start);
	*col = base_text_cols(before, -1);
	p->top = CLAMP(p->top, MAX(*row - rows + 1, 0), *row);
	p->top = MIN(p->top, MAX((int)lines->len - rows, 0));
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct composer *p = self(v);
	struct area text = area_part(a, 1, 2, a.rows - 2, a.cols - 4);
	const GArray *lines;
	int row, col;

	draw_frame(p, c, a, focused);
	draw_state(p, c, a);
	if (text.rows < 1 || text.cols < 4)
		return;
	/* A column stays free for the caret behind a full line. */
	p->cols = text.cols - 1;
	follow_caret(p, text.rows, &row, &col);
	lines = buffer_lines(p->buf, p->cols);
	for (int y = 0; y < text.rows && p->top + y < (int)lines->len; y++)
		draw_line(p, c, text, y,
		    &g_array_index(lines, struct base_line,
			(guint)(p->top + y)));
	if (buffer_len(p->buf) == 0)
		canvas_text(c, text, 0, 0, text.cols, E_DIM,
		    focused ? _("Type the reply. ^S sends it; Esc keeps it as a "
				"draft.")
			    : _("r or Enter: reply"));
	if (focused)
		canvas_cursor(c, text, row - p->top, col, TRUE);
}

static int
rows(struct view *v, int cols, int max_rows)
{
	struct composer *p = self(v);
	int wanted = (int)buffer_lines(p->buf, MAX(cols - 5, 1))->len;

	return CLAMP(wanted + 3, MIN(5, max_rows), max_rows);
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
	ui_dirty(v->ui, DIRTY_SCREEN);
	return TRUE;
}

/* ---- requests ----------------------------------------------------------- */

static void
empty_buffer(struct composer *p)
{
	buffer_free(p->buf);
	p->buf = buffer_new(NULL, 0);
	p->saved = buffer_version(p->buf);
	p->unsaved_mono_ms = 0;
	p->saved_ms = 0;
	p->top = 0;
}

static gboolean
is_blank(const char *text)
{
	while (*text && g_unichar_isspace(g_utf8_get_char(text)))
		text = g_utf8_next_char(text);
	return *text == '\0';
}

static void
send(struct composer *p)
{
	struct tui *ui = p->view.ui;
	g_autoptr(GError) error = NULL;
	struct outbox_id entry;

	if (is_blank(buffer_text(p->buf))) {
		ui_say(ui, _("There is nothing to send yet."));
		return;
	}
	/* On disk as a draft first; then draft to outbox in one transaction. */
	if (!composer_view_save(&p->view, &error) ||
	    !store_send(ui->store, p->key, p->patient, NULL, base_now_ms(),
		&entry, &error)) {
		ui_fail(ui, _("The reply was not sent and is kept as you typed "
			      "it. x shows why."), error);
		return;
	}
	empty_buffer(p);
	ui_poke(ui);
	ui_dirty(ui, DIRTY_ALL);
	thread_view_end(ui->pane[PANE_THREAD]);
	ui_compose(ui, FALSE);
}

static void
edit_outside(struct composer *p)
{
	struct tui *ui = p->view.ui;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize len = 0;

	composer_view_save(&p->view, NULL);
	text = editor_edit(ui, buffer_text(p->buf), &len, &error);
	if (!text)
		ui_fail(ui, _("The editor's text was not taken; the draft is as "
			      "it was. x shows why."), error);
	else if (!buffer_replace(p->buf, text, len))
		ui_say(ui, _("The editor's text is longer than 1 MB; the draft is "
			     "as it was."));
	else
		note_change(p);
	ui_dirty(ui, DIRTY_ALL);
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
		ui_compose(v->ui, FALSE);
		return TRUE;
	case REQ_UNDO:
	case REQ_REDO:
		if (r == REQ_UNDO ? buffer_undo(p->buf) : buffer_redo(p->buf))
			note_change(p);
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

	return shown;
}

/* ---- life --------------------------------------------------------------- */

static void
composer_free(struct view *v)
{
	struct composer *p = self(v);

	composer_view_save(v, NULL);
	buffer_free(p->buf);
	g_free(p->name);
	g_free(p->person);
	g_free(p);
}

static const struct view_ops composer_ops = {
	.name = "composer",
	.place = PLACE_PANE,
	.where = IN_COMPOSER,
	.footer = footer,
	.draw = draw,
	.rows = rows,
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
	p->saved_ms = draft ? draft->saved_ms : 0;
	return &p->view;
}
