/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock: by key, after idle minutes, and at the start. The screen shows no
 * patient, the store is closed and its key wiped, the kernel's copy revoked; only
 * the passphrase opens again (F62). What is typed here lives in locked memory.
 */
#include "tui/lock.h"
#include "tui/composer.h"
#include "tui/secret.h"
#include "tui/unsaved.h"

#define FIELD_COLS 40

struct lock {
	struct view view;
	struct secret typed;
	char *error;      /* one sentence */
	gboolean opening; /* said on the screen, then done */
};

static struct lock *
self(struct view *v)
{
	return (struct lock *)v;
}

static gboolean
needs_passphrase(const struct tui *ui)
{
	return ui->options->host.unlock != NULL && !ui->options->practice;
}

/* ---- what is typed ------------------------------------------------------ */

static gboolean
event(struct view *v, const struct event *e)
{
	struct lock *l = self(v);

	if (l->opening)
		return TRUE;
	g_clear_pointer(&l->error, g_free);
	ui_dirty(v->ui, DIRTY_SCREEN);
	if (e->kind == EVENT_KEY && e->key == K_ENTER)
		l->opening = TRUE;
	else
		return secret_event(&l->typed, e);
	return TRUE;
}

/* ---- opening ------------------------------------------------------------ */

static struct base_secret *
unlock(struct lock *l, GError **error)
{
	struct tui *ui = l->view.ui;
	struct tui_host *host = &ui->options->host;
	BASE_AUTO(base_secret) passphrase = secret_take(&l->typed);

	if (!host->unlock) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
		    "no way to unlock");
		return NULL;
	}
	return host->unlock(host->user, passphrase, error);
}

char *
lock_sentence(const GError *error)
{
	static const struct { int code; const char *sentence; } sentences[] = {
		{ STORE_ERROR_WRONG_PASSPHRASE,
		    N_("The passphrase is not right. Try again.") },
		{ STORE_ERROR_SLOT_DAMAGED,
		    N_("The key file cache.key is damaged: put it back from a "
		       "backup.") },
		{ STORE_ERROR_NEWER,
		    N_("The cache was written by a newer qingnang; use that "
		       "one.") },
		{ STORE_ERROR_BUSY,
		    N_("The cache is busy with another program. Try again.") },
		{ STORE_ERROR_FULL, N_("The disk is full. Make room and try "
				       "again; nothing is lost.") },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++)
		if (g_error_matches(error, STORE_ERROR, sentences[i].code))
			return g_strdup(_(sentences[i].sentence));
	return g_strdup_printf(_("The cache cannot be opened: %s"),
	    error->message);
}

/* The frame that says so is on the glass: deriving the key takes a moment. */
static void
shown(struct view *v)
{
	struct lock *l = self(v);
	struct tui *ui = v->ui;
	g_autoptr(GError) error = NULL;
	struct base_secret *key;

	if (!l->opening)
		return;
	key = unlock(l, &error);
	secret_forget(&l->typed);
	l->opening = FALSE;
	ui_dirty(ui, DIRTY_ALL);
	if (key && session_open(ui, key, &error)) {
		ui->last_key_mono_ms = base_mono_ms();
		ui->throw_away = TRUE;
		ui_pop(ui); /* frees l */
		composer_edit_again(ui);
		return;
	}
	l->error = lock_sentence(error);
}

/* ---- drawing ------------------------------------------------------------ */

static const char *
prompt_of(const struct lock *l)
{
	if (l->opening)
		return _("Opening …");
	return needs_passphrase(l->view.ui)
	    ? _("Passphrase, then Enter:")
	    : _("The practice clinic needs no passphrase: press Enter.");
}

static const char *
rest_words(const struct tui *ui)
{
	return unsaved_any(ui)
	    ? _("Your reply is not on disk: make room there, then unlock. "
		"Until then it is kept here.")
	    : _("Drafts are kept. ^Q leaves.");
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct lock *l = self(v);
	int cols = MIN(a.cols, FIELD_COLS + 24);
	struct area box = area_part(a, MAX((a.rows - 9) / 2, 0),
	    MAX((a.cols - cols) / 2, 0), MIN(9, a.rows), cols);
	struct area in = area_part(box, 1, 3, box.rows - 2, box.cols - 6);
	g_autofree char *name = g_strdup_printf(_("qingnang — locked — %s"),
	    v->ui->options->profile);

	canvas_fill(c, a, E_LOCK_TEXT);
	canvas_box(c, box, E_LOCK_FRAME);
	canvas_text(c, in, 0, 0, in.cols, E_STRONG, name);
	canvas_text(c, in, 2, 0, in.cols, E_LOCK_TEXT, prompt_of(l));
	if (needs_passphrase(v->ui))
		secret_draw(&l->typed, c, area_part(in, 3, 0, 1,
		    MIN(FIELD_COLS, in.cols)), focused && !l->opening);
	canvas_sentence(c, area_part(in, 5, 0, MAX(in.rows - 5, 0), in.cols),
	    l->error || unsaved_any(v->ui) ? E_ERROR : E_DIM,
	    l->error ? l->error : rest_words(v->ui));
}

static void
lock_free(struct view *v)
{
	struct lock *l = self(v);

	secret_clear(&l->typed);
	g_free(l->error);
	g_free(l);
}

static const struct view_ops lock_ops = {
	.name = "lock",
	.place = PLACE_SCREEN,
	.where = IN_LOCK,
	.draw = draw,
	.event = event,
	.shown = shown,
	.free = lock_free,
};

struct view *
lock_view_new(struct tui *ui)
{
	struct lock *l = g_new0(struct lock, 1);

	l->view = (struct view){ &lock_ops, ui };
	secret_init(&l->typed);
	return &l->view;
}

/* ---- when --------------------------------------------------------------- */

void
lock_now(struct tui *ui)
{
	struct tui_host *host = &ui->options->host;

	if (!ui->key)
		return;
	session_close(ui);
	if (host->forget_key)
		host->forget_key(host->user);
	while (ui->over->len > 0)
		ui_pop(ui);
	ui_push(ui, lock_view_new(ui));
	ui_dirty(ui, DIRTY_ALL);
}

int64_t
lock_due_ms(const struct tui *ui)
{
	int64_t minutes = base_setting_int(ui->options->settings,
	    SET_LOCK_MINUTES);

	if (!ui->key || minutes <= 0)
		return -1;
	return ui->last_key_mono_ms + minutes * 60 * 1000;
}
