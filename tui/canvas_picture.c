/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of a picture: each has colours of its own, more pairs of them than a theme
 * has, so they are numbered behind the theme's. */
#include "config.h"

#include "tui/canvas_curses.h"

/* Where the terminal has no pairs to spare they come out of the theme's. */
enum { PAIRS_PLENTY = 4096 };

enum picture_depth
canvas_picture_depth(const struct canvas *c, gboolean light)
{
	if (c->depth == DEPTH_NONE)
		return light ? PICTURE_MONO_LIGHT : PICTURE_MONO;
	if (c->depth == DEPTH_256 && COLOR_PAIRS >= PAIRS_PLENTY)
		return PICTURE_256;
	return c->bright && COLOR_PAIRS > 256 ? PICTURE_16 : PICTURE_8;
}

short
canvas_picture_background(const struct canvas *c, int pair)
{
	guint at = (guint)(pair - PAIRS_MAX - 1);

	return c->picture_pairs && pair > PAIRS_MAX &&
	    at < c->picture_pairs->len ? g_array_index(c->picture_pairs,
	    struct picture_pair, at).bg : COLOUR_DEFAULT;
}

static int
pair_new(struct canvas *c, struct picture_pair p, gpointer key)
{
	int pair = PAIRS_MAX + 1 + (int)c->picture_pairs->len;

	if (pair >= COLOR_PAIRS)
		return 0;
	g_array_append_val(c->picture_pairs, p);
	g_hash_table_insert(c->picture_pair_of, key, GINT_TO_POINTER(pair));
	init_extended_pair(pair, p.fg, p.bg);
	return pair;
}

static int
pair_of(struct canvas *c, short fg, short bg)
{
	gpointer key = GINT_TO_POINTER(((int)fg + 1) << 16 | ((int)bg + 1));
	int pair;

	if (c->depth != DEPTH_256 || COLOR_PAIRS < PAIRS_PLENTY)
		return canvas_pair(c, fg, bg);
	if (!c->picture_pairs) {
		c->picture_pairs = g_array_new(FALSE, FALSE,
		    sizeof(struct picture_pair));
		c->picture_pair_of = g_hash_table_new(NULL, NULL);
	}
	pair = GPOINTER_TO_INT(g_hash_table_lookup(c->picture_pair_of, key));
	return pair ? pair : pair_new(c, (struct picture_pair){ fg, bg }, key);
}

void
canvas_picture(struct canvas *c, struct area a, const struct picture *p)
{
	for (int y = 0; y < MIN((int)p->rows, a.rows); y++)
		for (int x = 0; x < MIN((int)p->cols, a.cols); x++) {
			const struct picture_cell *at = &p->cells[y * p->cols +
			    x];
			const wchar_t w[2] = { (wchar_t)at->c, 0 };
			int pair = c->depth == DEPTH_NONE ? 0 :
			    pair_of(c, at->fg, at->bg);
			cchar_t cell;

			if (a.y + y >= c->rows || a.x + x >= c->cols)
				continue;
			/* The pair's number passes a short's. */
			setcchar(&cell, w, A_NORMAL, 0, &pair);
			mvwadd_wch(stdscr, a.y + y, a.x + x, &cell);
		}
}
