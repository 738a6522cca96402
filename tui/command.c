/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: every request of the key table by its name, completed as one
 * types and explained beside it, so that it teaches the keys. A word of the help
 * text finds a command too: with an input method on, a doctor types Chinese.
 */
#include "tui/field.h"
#include "tui/lock.h"
#include "tui/request.h"

#include <string.h>

enum { OFFERED_MAX = 8, NAME_MAX_BYTES = 32,
	LINE_MAX_BYTES = 256, SLIPS_MAX = 3 };

struct command {
	struct view view;
	struct field line;
	enum request offered[OFFERED_MAX]; /* what fits the line so far */
	int n, chosen;                     /* chosen by Tab; -1 none */
	gboolean guessed;                  /* nothing fits; these are near */
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
	const char *text = field_text(&p->line);

	text += strspn(text, " ");
	return g_strndup(text, strcspn(text, " "));
}

static const char *
argument(struct command *p)
{
	const char *text = field_text(&p->line);

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

/* How many letters to change, add, leave out or swap to make one the other. */
static int
distance(const char *a, const char *b)
{
	int row[3][NAME_MAX_BYTES + 1], la = (int)strlen(a), lb;

	lb = (int)MIN(strlen(b), NAME_MAX_BYTES);
	for (int j = 0; j <= lb; j++)
		row[0][j] = j;
	for (int i = 1; i <= la; i++) {
		int *now = row[i % 3], *last = row[(i + 2) % 3];
		int *before = row[(i + 1) % 3];

		now[0] = i;
		for (int j = 1; j <= lb; j++) {
			int change = last[j - 1] + (a[i - 1] != b[j - 1]);

			now[j] = MIN(MIN(last[j], now[j - 1]) + 1, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = MIN(now[j], before[j - 2] + 1);
		}
	}
	return row[la % 3][lb];
}

/* Nothing is called so: the names that are a slip of the finger away. */
static void
guess(struct command *p, const char *folded)
{
	int most = MIN((int)strlen(folded) / 2, SLIPS_MAX);

	for (int want = 1; want <= most; want++)
		for (int r = 0; r < REQ_COUNT_ && p->n < OFFERED_MAX; r++)
			if (request_where((enum request)r) & IN_PANES &&
			    distance(tui_key_defs[r].id, folded) == want)
				p->offered[p->n++] = (enum request)r;
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
	p->guessed = p->n == 0;
	if (p->guessed)
		guess(p, folded);
}

/* ---- doing -------------------------------------------------------------- */

static void
set_line(struct command *p, const char *text)
{
	field_set(&p->line, text);
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
	return p->n == 1 && !p->guessed ? p->offered[0] : REQ_NONE;
}

static void
accept(struct command *p)
{
	struct tui *ui = p->view.ui;
	g_autofree char *word = first_word(p);
	g_autofree char *rest = g_strdup(argument(p));
	enum request r = meant(p);

	if (*word && r == REQ_NONE)
		return; /* the line above says what there is */
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
event(struct view *v, const struct event *e)
{
	struct command *p = self(v);
	gboolean changed;

	if (e->kind == EVENT_KEY && e->key == K_BACKSPACE &&
	    !*field_text(&p->line)) {
		ui_pop(v->ui);
		return TRUE;
	}
	if (!field_event(&p->line, e, &changed))
		return FALSE;
	if (changed)
		offer(p);
	return TRUE;
}

/* ---- drawing ------------------------------------------------------------ */

/* A line about what is offered, where it is not plainly what was typed. */
static char *
remark(struct command *p)
{
	g_autofree char *word = first_word(p);
	g_autofree char *shown = words_shown(word);

	if (!*shown)
		return NULL;
	if (p->guessed)
		return g_strdup_printf(p->n
		    ? _("'%s' is not a command. Tab takes the nearest:")
		    : _("'%s' is not a command. Esc, then ? shows all keys."),
		    shown);
	if (meant(p) == REQ_NONE)
		return g_strdup_printf(
		    _("'%s' may mean several commands: choose with Tab."),
		    shown);
	return NULL;
}

static int
rows(struct view *v, int cols, int max_rows)
{
	g_autofree char *said = remark(self(v));

	return MIN(self(v)->n + 1 + (said ? 1 : 0), max_rows);
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
	g_autofree char *said = remark(p);
	int shown = MIN(p->n, a.rows - 1), y = a.rows - 1 - shown;
	struct area line = area_part(a, a.rows - 1, 0, 1, a.cols);

	if (said && y > 0) {
		g_autofree char *cut = base_text_cut(said, a.cols - 3);

		canvas_text(c, a, y - 1, 2, a.cols - 2, E_DIM, cut);
	}
	for (int i = 0; i < shown; i++)
		draw_offer(p, c, a, y + i, i);
	canvas_fill(c, line, E_PROMPT);
	canvas_text(c, line, 0, 0, 1, E_PROMPT, ":");
	field_draw(&p->line, c, area_part(line, 0, 1, 1, line.cols - 1),
	    E_PROMPT, focused);
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
	field_clear(&self(v)->line);
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
	field_init(&p->line, NULL, LINE_MAX_BYTES);
	offer(p);
	return &p->view;
}
