/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first start asks one question: try the practice clinic, or connect to my
 * hospital. Arrows and Enter, a digit, or the first letter; nothing to know
 * beforehand.
 */
#include "tui/lock.h"
#include "tui/request.h"

struct choice {
	enum tui_first first;
	const char *words, *more; /* N_() */
};

static const struct choice choices[] = {
	{ TUI_FIRST_PRACTICE, N_("Try the practice clinic"),
	    N_("Invented patients on this machine; nothing to set up.") },
	{ TUI_FIRST_CONNECT, N_("Connect to my hospital"),
	    N_("Its server's address and your Practitioner id.") },
};
#define CHOICES ((int)G_N_ELEMENTS(choices))

struct first {
	struct view view;
	int chosen;
};

static struct first *
self(struct view *v)
{
	return (struct first *)v;
}

static void
draw_choice(struct canvas *c, struct area a, int i, gboolean chosen)
{
	struct area row = area_part(a, 0, 0, 1, a.cols);

	if (chosen) {
		canvas_under(c, E_SELECTED);
		canvas_fill(c, row, E_LOCK_TEXT);
		canvas_cursor(c, row, 0, 0, FALSE);
	}
	canvas_print(c, row, 0, 1, row.cols - 1, E_STRONG, "%s %d  %s",
	    chosen ? "›" : " ", i + 1, _(choices[i].words));
	canvas_under(c, E_SCREEN);
	canvas_text(c, a, 1, 6, a.cols - 6, E_DIM, _(choices[i].more));
}

static void
draw(struct view *v, struct canvas *c, struct area a, gboolean focused)
{
	int cols = MIN(a.cols, 68), rows = 7 + 3 * CHOICES;
	struct area box = area_part(a, MAX((a.rows - rows) / 2, 0),
	    MAX((a.cols - cols) / 2, 0), MIN(rows, a.rows), cols);
	struct area in = area_part(box, 1, 3, box.rows - 2, box.cols - 6);

	canvas_fill(c, a, E_LOCK_TEXT);
	canvas_box(c, box, E_LOCK_FRAME);
	canvas_text(c, in, 0, 0, in.cols, E_STRONG,
	    _("Welcome to qingnang, the physician's pouch"));
	for (int i = 0; i < CHOICES; i++)
		draw_choice(c, area_part(in, 2 + 3 * i, 0, 2, in.cols), i,
		    i == self(v)->chosen);
	canvas_text(c, in, in.rows - 1, 0, in.cols, E_DIM,
	    _("↑ ↓ choose · Enter goes on · Esc leaves"));
}

static void
choose(struct view *v, enum tui_first first)
{
	*v->ui->options->first = first;
	v->ui->leave = TRUE;
}

static gboolean
event(struct view *v, const struct event *e)
{
	struct first *f = self(v);
	gunichar c = event_is_text(e) ? base_key_narrow(e->key) : e->key;

	if (e->kind != EVENT_KEY)
		return FALSE;
	if (c >= '1' && c < '1' + (gunichar)CHOICES)
		choose(v, choices[c - '1'].first);
	else if (c == K_ENTER || c == K_RIGHT)
		choose(v, choices[f->chosen].first);
	else if (c == K_ESC || c == 'q')
		choose(v, TUI_FIRST_LEAVE);
	else if (c == K_DOWN || c == 'j' || c == K_TAB)
		f->chosen = (f->chosen + 1) % CHOICES;
	else if (c == K_UP || c == 'k' || c == K_BACKTAB)
		f->chosen = (f->chosen + CHOICES - 1) % CHOICES;
	else
		return FALSE;
	ui_dirty(v->ui, DIRTY_SCREEN);
	return TRUE;
}

static void
first_free(struct view *v)
{
	g_free(v);
}

static const struct view_ops first_ops = {
	.name = "first",
	.place = PLACE_SCREEN,
	.where = IN_FIRST,
	.draw = draw,
	.event = event,
	.free = first_free,
};

struct view *
first_view_new(struct tui *ui)
{
	struct first *f = g_new0(struct first, 1);

	f->view = (struct view){ &first_ops, ui };
	return &f->view;
}

enum tui_first
tui_first_start(const struct tui_options *options)
{
	struct tui_options asking = *options;
	enum tui_first first = TUI_FIRST_LEAVE;

	asking.key = NULL;
	asking.first = &first;
	tui_run(&asking);
	return first;
}
