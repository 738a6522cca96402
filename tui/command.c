/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: every request of the key table by its name, completed as one
 * types and explained beside it, so that it teaches the keys. A word of the help
 * text finds a command too: with an input method on, a doctor types Chinese.
 */
#include "tui/buffer.h"
#include "tui/lock.h"
#include "tui/request.h"

#include <string.h>

#define OFFERED_MAX 8

struct command {
	struct view view;
	struct buffer *line;
	enum request offered[OFFERED_MAX]; /* what fits the line so far */
	int n, chosen;                     /* chosen by Tab; -1 none */
};

static struct command *
self(struct view *v)
{
	return (struct command *)v;
}

/* ---- what fits ---------------------------------------------------------- */

/* The first word; what follows it is an argument ("filter 张"). */
static char *
first_word(struct command *p)
{
	const char *text = buffer_text(p->line);

	text += strspn(text, " ");
	return g_strndup(text, strcspn(text, " "));
}

static const char *
argument(struct command *p)
{
	const char *text = buffer_text(p->line);

	text += strspn(text, " ");
	text += strcspn(text, " ");
	return text + strspn(text, " ");
}

static gboolean
says(const char *translated, const char *folded)
{
	g_autofree char *words = base_text_fold(translated);

	return strstr(words, folded) != NULL;
}

/* 0: not at all; the higher the better. */
static int
fit(enum request r, const char *folded)
{
	const struct tui_key_def *d = &tui_key_defs[r];

	if (!(request_where(r) & IN_PANES))
		return 0;
	if (!strcmp(d->id, folded))
		return 4;
	if (g_str_has_prefix(d->id, folded))
		return 3;
	if (says(_(d->hint), folded))
		return 2;
	return says(_(d->help), folded) ? 1 : 0;
}

static void
offer(struct command *p)
{
	g_autofree char *word = first_word(p);
	g_autofree char *folded = base_text_fold(word);

	p->n = 0;
	p->chosen = -1;
	for (int want = 4; want > 0; want--)
		for (int r = 0; r < REQ_COUNT_ && p->n < OFFERED_MAX; r++)
			if (fit((enum request)r, folded) == want)
				p->offered[p->n++] = (enum request)r;
}

/* ---- doing -------------------------------------------------------------- */

static void
set_line(struct command *p, const char *text)
{
	buffer_replace(p->line, text, strlen(text));
}

static void
complete(struct command *p)
{
	g_autofree char *text = NULL;
	const char *rest = argument(p);

	if (p->n == 0)
		return;
	p->chosen = (p->chosen + 1) % p->n;
	text = g_strconcat(tui_key_defs[p->offered[p->chosen]].id,
	    *rest ? " " : "", rest, NULL);
	set_line(p, text);
}

/* An exact name, what Tab chose, or the only one that fits. */
static enum request
meant(struct command *p)
{
	g_autofree char *word = first_word(p);
	enum request r = request_find(word);

	if (r != REQ_NONE && request_where(r) & IN_PANES)
		return r;
	if (p->chosen >= 0)
		return p->offered[p->chosen];
	return p->n == 1 ? p->offered[0] : REQ_NONE;
}

static void
accept(struct command *p)
{
	struct tui *ui = p->view.ui;
	g_autofree char *word = first_word(p);
	g_autofree char *rest = g_strdup(argument(p));
	enum request r = meant(p);

	if (*word && r == REQ_NONE) {
		g_autofree char *shown = base_text_show(word, -1,
		    BASE_ONE_LINE);
		g_autofree char *say = g_strdup_printf(
		    p->n ? _("'%s' may mean several commands: choose with Tab.")
			 : _("'%s' is not a command. ? shows all keys."),
		    shown);

		ui_say(ui, say);
		if (p->n)
			return;
	}
	ui_pop(ui); /* frees p */
	if (r == REQ_FILTER && *rest)
		ui_filter(ui, rest);
	else if (r != REQ_NONE && *word)
		ui_request(ui, r);
}

static gboolean
request(struct view *v, enum request r)
{
	switch (r) {
	case REQ_ACCEPT:
		accept(self(v));
		return TRUE;
	case REQ_COMPLETE:
		complete(self(v));
		ui_dirty(v->ui, DIRTY_SCREEN);
		return TRUE;
	case REQ_CANCEL:
		ui_pop(v->ui);
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean
edit(struct command *p, const struct event *e)
{
	char utf8[6];
	gunichar c;

	if (e->kind == EVENT_PASTE) {
		buffer_insert(p->line, e->text, strcspn(e->text, "\r\n"),
		    FALSE);
	} else if (event_is_text(e)) {
		/* The fullwidth space of an input method ends a word too. */
		c = e->key == 0x3000 ? ' ' : e->key;
		buffer_insert(p->line, utf8,
		    (size_t)g_unichar_to_utf8(c, utf8), TRUE);
	} else if (e->key == K_BACKSPACE) {
		buffer_delete(p->line, BUFFER_LEFT);
	} else if (e->key == K_DELETE) {
		buffer_delete(p->line, BUFFER_RIGHT);
	} else {
		return FALSE;
	}
	return TRUE;
}

static gboolean
move(struct command *p, const struct event *e)
{
	static const struct { uint32_t key; enum buffer_motion motion; }
	moves[] = {
		{ K_LEFT, BUFFER_LEFT }, { K_RIGHT, BUFFER_RIGHT },
		{ K_HOME, BUFFER_START }, { K_END, BUFFER_END },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(moves); i++)
		if (e->kind == EVENT_KEY && moves[i].key == e->key) {
			buffer_move(p->line, moves[i].motion);
			return TRUE;
		}
	return FALSE;
}

static gboolean
event(struct view *v, const struct event *e)
{
	struct command *p = self(v);

	if (e->kind == EVENT_KEY && e->key == K_BACKSPACE &&
	    buffer_len(p->line) == 0) {
		ui_pop(v->ui);
		return TRUE;
	}
	ui_dirty(v->ui, DIRTY_SCREEN);
	if (edit(p, e)) {
		offer(p);
		return TRUE;
	}
	return move(p, e);
}

/* ---- drawing ------------------------------------------------------------ */

static int
rows(struct view *v, int cols, int max_rows)
{
	return MIN(self(v)->n + 1, max_rows);
}

static void
draw_offer(struct command *p, struct canvas *c, struct area a, int y, int i)
{
	const struct tui_key_def *d = &tui_key_defs[p->offered[i]];
	g_autofree char *key = request_key(p->offered[i], IN_PANES);
	struct area row = area_part(a, y, 0, 1, a.cols);

	if (i == p->chosen)
		canvas_under(c, E_SELECTED);
	canvas_fill(c, row, E_PROMPT);
	canvas_text(c, row, 0, 2, 14, E_PROMPT, d->id);
	canvas_text(c, row, 0, 18, 8, E_FOOTER_KEY, key);
	canvas_text(c, row, 0, 27, row.cols - 27, E_DIM, _(d->help));
	canvas_under(c, E_SCREEN);
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	struct command *p = self(v);
	int shown = MIN(p->n, a.rows - 1);
	struct area line = area_part(a, a.rows - 1, 0, 1, a.cols);
	g_autofree char *text = base_text_show(buffer_text(p->line), -1,
	    BASE_MANY_LINES);
	g_autofree char *before = g_strndup(buffer_text(p->line),
	    buffer_caret(p->line));
	g_autofree char *before_shown = base_text_show(before, -1,
	    BASE_MANY_LINES);

	for (int i = 0; i < shown; i++)
		draw_offer(p, c, a, a.rows - 1 - shown + i, i);
	canvas_fill(c, line, E_PROMPT);
	canvas_text(c, line, 0, 0, 1, E_PROMPT, ":");
	canvas_text(c, line, 0, 1, line.cols - 1, E_PROMPT, text);
	if (focused)
		canvas_cursor(c, line, 0, 1 + base_text_cols(before_shown, -1),
		    TRUE);
}

static const enum request *
footer(struct view *v)
{
	static const enum request shown[] = { REQ_ACCEPT, REQ_COMPLETE,
		REQ_CANCEL, REQ_NONE };

	return shown;
}

static void
command_free(struct view *v)
{
	buffer_free(self(v)->line);
	g_free(v);
}

static const struct view_ops command_ops = {
	.name = "command",
	.place = PLACE_PROMPT,
	.where = IN_PROMPT,
	.footer = footer,
	.draw = draw,
	.rows = rows,
	.request = request,
	.event = event,
	.free = command_free,
};

struct view *
command_view_new(struct tui *ui)
{
	struct command *p = g_new0(struct command, 1);

	p->view = (struct view){ &command_ops, ui };
	p->line = buffer_new(NULL, 0);
	offer(p);
	return &p->view;
}
