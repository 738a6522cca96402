/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blanks without a colour of their own. A gap between two words shows nothing but
 * its background, yet to curses a blank in another foreground is another cell: it
 * would change the colours before the gap and after it. Painted as the word
 * before them, the gaps halve what a frame sends, and the time it takes: working
 * out a change of colour is most of what curses does.
 */
#include "tui/canvas_curses.h"

enum { WIDE_FIRST = 0x1100 }; /* before it, no character is wide */
/* What makes a blank visible. */
#define SEEN (A_REVERSE | A_STANDOUT | A_UNDERLINE | A_BLINK)

static short
background(const struct canvas *c, const cchar_t *cell)
{
	int pair = cell->ext_color;

	return pair > 0 && pair <= c->n_pairs ? c->pair[pair - 1].bg
	    : canvas_picture_background(c, pair);
}

static gboolean
is_blank(const cchar_t *cell)
{
	return cell->chars[0] == L' ' && !cell->chars[1];
}

static int
cell_cols(const cchar_t *cell)
{
	return cell->chars[0] < WIDE_FIRST ? 1
	    : MAX(wcwidth(cell->chars[0]), 1);
}

/* A run of blanks that are painted anew, all as one. Only their style is written:
 * putting the characters again, curses would measure each. */
struct run { int from, to; attr_t attr; int pair; };

static void
run_paint(const struct run *run, int y)
{
	if (run->to > run->from)
		mvwchgat(stdscr, y, run->from, run->to - run->from, run->attr,
		    (short)run->pair, NULL);
}

static void
run_add(struct run *run, int y, int x, const cchar_t *as)
{
	attr_t attr = as->attr & ~(A_CHARTEXT | A_COLOR);

	if (run->to != x || run->attr != attr || run->pair != as->ext_color) {
		run_paint(run, y);
		*run = (struct run){ x, x, attr, as->ext_color };
	}
	run->to++;
}

/* Row by row; `before` is the last cell of the row above. */
static void
join_row(const struct canvas *c, int y, const cchar_t *before, cchar_t *row,
    int n)
{
	short bg = background(c, before);
	struct run run = { 0 };
	int x = 0, next;

	/* A wide character is one cell here, and two columns. */
	for (cchar_t *cell = row; cell < row + n; before = cell++, x = next) {
		next = x + cell_cols(cell);
		if (cell->ext_color == before->ext_color &&
		    !((cell->attr ^ before->attr) & ~A_CHARTEXT))
			continue;
		if (!is_blank(cell) || background(c, cell) != bg ||
		    ((cell->attr | before->attr) & SEEN)) {
			bg = background(c, cell);
			continue;
		}
		cell->attr = (before->attr & ~A_CHARTEXT) |
		    (cell->attr & A_CHARTEXT);
		cell->ext_color = before->ext_color;
		run_add(&run, y, x, cell);
	}
	run_paint(&run, y);
}

void
canvas_join_blanks(struct canvas *c)
{
	g_autofree cchar_t *row = g_new0(cchar_t, (size_t)c->cols + 1);
	cchar_t before = { 0 };

	for (int y = 0; y < c->rows; y++) {
		int n = 0;

		if (mvwin_wchnstr(stdscr, y, 0, row, c->cols) == ERR)
			continue;
		while (n < c->cols && row[n].chars[0])
			n++;
		join_row(c, y, &before, row, n);
		if (n > 0)
			before = row[n - 1];
	}
}
