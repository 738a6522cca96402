/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop: poll() over the terminal, the doorbell and the signals; whatever
 * happened is taken in, then one frame. Nothing is drawn twice in a turn, and
 * nothing wakes it but input, a due time of a view, and the clock's minute.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "tui/composer.h"
#include "tui/editor.h"
#include "tui/engine.h"
#include "tui/files_view.h"
#include "tui/lock.h"
#include "tui/step_up.h"
#include "tui/unsaved.h"

enum {
	READ_BYTES = 65536,
	HOLD_LOCAL_MS = 120,   /* a lone ESC on this machine … */
	HOLD_REMOTE_MS = 400,  /* … and over a line */
	RELOAD_MS = 50,        /* what the doorbell brings, at most so often */
	RELOAD_LATE_MS = 250,  /* … also while keys come without a pause */
	ACTIVE_MS = 30000,     /* "a doctor is at the keys" */
	MINUTE_MS = 60000,
};

enum { FD_TTY, FD_SIGNAL, FD_BELL, FD_VIEW, FDS_ };

struct loop {
	struct tui *ui;
	struct signals signals;
	gboolean keyed;        /* keys came in this turn */
	int64_t minute;        /* the clock's, as last drawn */
	gboolean seen_wanted;  /* a frame whose shown() hooks have not run */
	int64_t heard_ms;      /* since when something heard waits; 0 */
};

/* ---- keys --------------------------------------------------------------- */

static gboolean
tty_waiting(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&p, 1, 0) > 0 && (p.revents & POLLIN);
}

/* FALSE: the terminal is gone. */
static gboolean
tty_read(struct loop *l)
{
	char buf[READ_BYTES];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	if (n > 0) {
		input_feed(l->ui->input, buf, (size_t)n, base_mono_ms());
		explicit_bzero(buf, (size_t)n);
	}
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static void
load(struct tui *ui)
{
	static const unsigned bits[PANES_] = { DIRTY_QUEUE, DIRTY_THREAD,
		DIRTY_CHART };
	unsigned dirty = ui->dirty;

	ui->dirty &= DIRTY_SCREEN;
	if (!ui->store)
		return;
	for (int i = 0; i < PANES_; i++)
		if (dirty & bits[i])
			ui->pane[i]->ops->load(ui->pane[i]);
	for (guint i = 0; dirty & DIRTY_DATA && i < ui->over->len; i++) {
		struct view *v = g_ptr_array_index(ui->over, i);

		if (v->ops->load)
			v->ops->load(v);
	}
	/* Whatever changed: a reply of which the answer was lost is found to be
	 * on the server when the pull brings it, as a message like any. */
	if (dirty & DIRTY_DATA)
		store_outbox_counts(ui->store, &ui->outbox, NULL);
	if (dirty & DIRTY_OUTBOX)
		ui_draft_gone(ui);
}

/* A key means what the keys before it have brought about: the row that the
 * filter has left, not the one that stood there. Text is let through. */
static gboolean
needs_load(struct tui *ui, const struct event *e)
{
	return (ui->dirty & DIRTY_DATA) && !(event_is_text(e) &&
	    (ui_top(ui)->ops->where & IN_TEXT));
}

static void
events_run(struct loop *l)
{
	struct tui *ui = l->ui;
	int64_t now = base_mono_ms();
	struct event e;

	while (!ui->leave && input_next(ui->input, now, &e)) {
		if (e.kind == EVENT_MARK) {
			ui->mark_wanted = e.number;
			continue;
		}
		l->keyed = TRUE;
		ui->last_key_mono_ms = now;
		if (needs_load(ui, &e))
			load(ui);
		dispatch(ui, &e);
		if (ui->throw_away)
			input_discard(ui->input, now);
	}
}

/* What was typed before another patient's screen was seen is not meant for
 * them. */
static void
throw_away(struct loop *l)
{
	while (tty_waiting() && tty_read(l))
		input_discard(l->ui->input, base_mono_ms());
	l->ui->throw_away = FALSE;
}

/* ---- a turn ------------------------------------------------------------- */

static void
hear(struct loop *l)
{
	struct tui *ui = l->ui;
	int64_t now = base_mono_ms(), waited;

	if (!link_waiting(ui))
		return;
	if (!l->heard_ms)
		l->heard_ms = now;
	waited = now - l->heard_ms;
	if (now - ui->loaded_mono_ms < RELOAD_MS ||
	    (l->keyed && waited < RELOAD_LATE_MS))
		return;
	l->heard_ms = 0;
	ui->loaded_mono_ms = now;
	ui_dirty(ui, link_heard(ui));
}

static gboolean
quiet(struct loop *l)
{
	return !tty_waiting() && !(l->ui->dirty & DIRTY_ALL);
}

/* After the frame: what may wait until the doctor has seen it. */
static void
after_frame(struct loop *l)
{
	struct tui *ui = l->ui;

	if (ui->throw_away)
		throw_away(l);
	if (!l->seen_wanted || tty_waiting() || ui->leave)
		return;
	l->seen_wanted = FALSE;
	for (int i = 0; ui->store && !ui->over->len && i < PANES_; i++)
		if (ui->area[i].cols && ui->pane[i]->ops->shown)
			ui->pane[i]->ops->shown(ui->pane[i]);
	if (ui->over->len && ui_top(ui)->ops->shown)
		ui_top(ui)->ops->shown(ui_top(ui));
	if (ui->place_changed)
		session_save_place(ui);
}

static int64_t
view_due(struct view *v)
{
	return v && v->ops->due ? v->ops->due(v) : -1;
}

/* What a pane has still to do in its own time: a mark that was asked for waits
 * for it, a frame's own does not. */
static gboolean
pending(struct tui *ui)
{
	for (int i = 0; i < PANES_; i++)
		if (view_due(ui->pane[i]) >= 0)
			return TRUE;
	return ui->over->len && ui_top(ui)->ops->busy &&
	    ui_top(ui)->ops->busy(ui_top(ui));
}

static void
mark(struct loop *l, gboolean framed)
{
	struct tui *ui = l->ui;

	if (!ui->options->frame_mark || !quiet(l))
		return;
	if (ui->mark_wanted < 0 && framed)
		canvas_mark(ui->canvas, ui->frame);
	if (ui->mark_wanted < 0 || l->heard_ms || pending(ui))
		return;
	canvas_mark(ui->canvas, ui->mark_wanted);
	ui->mark_wanted = -1;
}

static void
frame(struct loop *l)
{
	struct tui *ui = l->ui;
	gboolean drawn = FALSE;

	if (ui->dirty & DIRTY_DATA)
		load(ui);
	if (ui->dirty & DIRTY_SCREEN) {
		ui->dirty = 0;
		canvas_begin(ui->canvas);
		layout_draw(ui);
		canvas_end(ui->canvas);
		ui->frame++;
		drawn = l->seen_wanted = TRUE;
	}
	after_frame(l);
	mark(l, drawn);
}

/* ---- time --------------------------------------------------------------- */

static void
due_min(int64_t *due, int64_t one)
{
	if (one >= 0 && (*due < 0 || one < *due))
		*due = one;
}

static int
poll_ms(struct loop *l)
{
	struct tui *ui = l->ui;
	int64_t now = base_mono_ms(), due = -1;

	if (ui->dirty & DIRTY_ALL)
		return 0;
	due_min(&due, now + MINUTE_MS - base_now_ms() % MINUTE_MS);
	due_min(&due, input_due_ms(ui->input));
	due_min(&due, link_due_ms(ui));
	due_min(&due, lock_due_ms(ui));
	due_min(&due, step_up_due_ms(ui));
	due_min(&due, view_due(ui->composer));
	due_min(&due, view_due(ui_top(ui)));
	for (int i = 0; i < PANES_; i++)
		due_min(&due, view_due(ui->pane[i]));
	if (l->heard_ms)
		due_min(&due, MAX(ui->loaded_mono_ms + RELOAD_MS, now));
	if (ui->store && now - ui->last_key_mono_ms < ACTIVE_MS)
		due_min(&due, ui->last_key_mono_ms + ACTIVE_MS);
	return (int)CLAMP(due - now, 0, MINUTE_MS);
}

static void
tick_view(struct view *v, int64_t now)
{
	int64_t due = view_due(v);

	if (due >= 0 && now >= due)
		v->ops->tick(v);
}

static void
tick(struct loop *l)
{
	struct tui *ui = l->ui;
	int64_t now = base_mono_ms(), minute = base_now_ms() / MINUTE_MS;
	int64_t lock = lock_due_ms(ui);

	if (minute != l->minute) {
		l->minute = minute;
		ui_dirty(ui, DIRTY_QUEUE);
	}
	tick_view(ui->composer, now);
	if (ui->over->len)
		tick_view(ui_top(ui), now);
	/* What a pane does in its own time, no key waits for. */
	for (int i = 0; !l->keyed && !tty_waiting() && i < PANES_; i++)
		tick_view(ui->pane[i], now);
	if (lock >= 0 && now >= lock)
		lock_now(ui);
	step_up_tick(ui);
	link_tick(ui);
	link_active(ui, now - ui->last_key_mono_ms < ACTIVE_MS);
}

static int
view_fd(struct view *v)
{
	return v->ops->fd ? v->ops->fd(v) : -1;
}

static void
turn(struct loop *l)
{
	struct tui *ui = l->ui;
	struct view *top = ui_top(ui);
	struct pollfd fd[FDS_] = {
		[FD_TTY] = { .fd = STDIN_FILENO, .events = POLLIN },
		[FD_SIGNAL] = { .fd = l->signals.fd, .events = POLLIN },
		[FD_BELL] = { .fd = link_fd(ui), .events = link_events(ui) },
		[FD_VIEW] = { .fd = view_fd(top), .events = POLLIN },
	};

	l->keyed = FALSE;
	if (poll(fd, FDS_, poll_ms(l)) < 0 && errno != EINTR)
		ui->leave = TRUE;
	if (fd[FD_SIGNAL].revents)
		signals_read(&l->signals, ui);
	if (fd[FD_TTY].revents && !tty_read(l)) {
		ui->leave = TRUE;
		ui->exit_code = 128 + SIGHUP;
	}
	if (fd[FD_BELL].revents)
		link_read(ui);
	if (fd[FD_VIEW].revents && top == ui_top(ui))
		top->ops->ready(top);
	events_run(l);
	tick(l);
	hear(l);
	if (!ui->leave)
		frame(l);
}

/* ---- begin and end ------------------------------------------------------ */

static struct tui *
tui_new(struct tui_options *options)
{
	struct tui *ui = g_new0(struct tui, 1);
	gboolean remote = g_getenv("SSH_CONNECTION") || g_getenv("SSH_TTY") ||
	    g_getenv("MOSH_KEY");

	ui->options = options;
	ui->input = input_new(remote ? HOLD_REMOTE_MS : HOLD_LOCAL_MS);
	ui->link = link_new();
	ui->over = g_ptr_array_new();
	ui->unsaved = g_ptr_array_new_with_free_func(unsaved_free);
	ui->pane[PANE_QUEUE] = queue_view_new(ui);
	ui->pane[PANE_THREAD] = thread_view_new(ui);
	ui->pane[PANE_CHART] = chart_view_new(ui);
	ui->mark_wanted = -1;
	if (options->runtime_dir)
		editor_sweep(options->runtime_dir);
	if (options->runtime_dir)
		outside_sweep(options->runtime_dir);
	ui->last_key_mono_ms = base_mono_ms();
	return ui;
}

static void
tui_free(struct tui *ui)
{
	session_close(ui);
	editor_end(ui);
	for (int i = 0; i < PANES_; i++)
		ui->pane[i]->ops->free(ui->pane[i]);
	link_free(ui->link);
	input_free(ui->input);
	g_ptr_array_unref(ui->over);
	g_ptr_array_unref(ui->unsaved);
	canvas_close(ui->canvas);
	theme_free(ui->theme);
	g_free(ui->notice);
	g_free(ui->notice_details);
	g_free(ui);
}

/* Unlocked by the caller's key, or by the doctor at the unlock screen. */
static gboolean
enter(struct tui *ui, GError **error)
{
	struct base_secret *key = ui->options->key;

	ui->options->key = NULL;
	if (key)
		return session_open(ui, key, error);
	ui_push(ui, ui->options->first ? first_view_new(ui)
				       : lock_view_new(ui));
	return TRUE;
}

static gboolean
terminal_take(struct tui *ui, GError **error)
{
	const struct base_settings *s = ui->options->settings;

	ui->theme = theme_load(s ? base_setting(s, SET_THEME) : NULL, error);
	if (!ui->theme)
		return FALSE;
	ui->canvas = canvas_open(ui->theme,
	    s && base_setting_bool(s, SET_MOUSE), error);
	return ui->canvas != NULL;
}

static void
unsent_words(const struct outbox_counts *n)
{
	if (n->waiting)
		printf(NGETTEXT("%d reply is not sent yet. qingnang-sync goes on "
		    "for up to a minute; `qingnang sync --watch` keeps it "
		    "running.\n",
		    "%d replies are not sent yet. qingnang-sync goes on "
		    "for up to a minute; `qingnang sync --watch` keeps it "
		    "running.\n", (unsigned long)n->waiting), (int)n->waiting);
	if (n->failed)
		printf(NGETTEXT("%d reply was refused by the server and is kept "
		    "here: R sends it once more, e takes it back.\n",
		    "%d replies were refused by the server and are kept "
		    "here: R sends one once more, e takes it back.\n",
		    (unsigned long)n->failed), (int)n->failed);
	fflush(stdout);
}

static void
run(struct loop *l)
{
	struct tui *ui = l->ui;

	l->minute = base_now_ms() / MINUTE_MS;
	frame(l);
	while (!ui->leave)
		turn(l);
	if (ui->store)
		store_outbox_counts(ui->store, &ui->outbox, NULL);
	link_quit(ui);
}

/* What the store says of itself is for the log; this is for the doctor. */
static void
say_error(const GError *error)
{
	g_autofree char *words = error->domain == STORE_ERROR ?
	    lock_sentence(error) : g_strdup(error->message);

	fprintf(stderr, "qingnang: %s\n", words);
}

int
tui_run(struct tui_options *options)
{
	struct loop l = { .ui = tui_new(options) };
	struct outbox_counts unsent = { 0 };
	g_autoptr(GError) error = NULL;
	int code;

	if (!signals_begin(&l.signals) || !terminal_take(l.ui, &error))
		l.ui->exit_code = BASE_EXIT_USAGE;
	else if (!enter(l.ui, &error))
		l.ui->exit_code = BASE_EXIT_CACHE;
	else
		run(&l);
	code = l.ui->exit_code;
	unsent = l.ui->outbox;
	tui_free(l.ui);
	signals_end(&l.signals);
	if (error)
		say_error(error);
	else if (isatty(STDOUT_FILENO))
		unsent_words(&unsent);
	return code;
}
