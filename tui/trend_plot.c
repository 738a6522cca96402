/* SPDX-License-Identifier: Apache-2.0 */
/* A graph in braille: a cell is two dots wide and four high (Unicode 10.0, block
 * 2800). */
#include "tui/results_view.h"

#include <math.h>

int
trend_plot_col(const struct trend_plot *p, int64_t ms, int cols)
{
	double span = (double)MAX(p->until_ms - p->from_ms, 1);
	double at = ((double)ms - (double)p->from_ms) / span;

	return (int)lround(CLAMP(at, 0, 1) * (cols - 1));
}

/* Dots from the top. */
static int
dot_row(const struct trend_plot *p, double y, int dots)
{
	double span = p->high > p->low ? p->high - p->low : 1;

	return (int)lround((1 - CLAMP((y - p->low) / span, 0, 1)) *
	    (dots - 1));
}

static void
dot_set(unsigned char *cells, struct area a, int x, int y)
{
	static const unsigned char bits[4][2] = { { 0x01, 0x08 },
		{ 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

	if (x >= 0 && y >= 0 && x < a.cols * 2 && y < a.rows * 4)
		cells[y / 4 * a.cols + x / 2] |= bits[y % 4][x % 2];
}

static void
line_set(unsigned char *cells, struct area a, int x0, int y0, int x1, int y1)
{
	int steps = MAX(MAX(ABS(x1 - x0), ABS(y1 - y0)), 1);

	for (int i = 0; i <= steps; i++)
		dot_set(cells, a, x0 + (x1 - x0) * i / steps,
		    y0 + (y1 - y0) * i / steps);
}

static void
points_set(const struct trend_plot *p, struct area a, unsigned char *cells)
{
	int x0 = -1, y0 = 0;

	for (size_t i = 0; i < p->n; i++) {
		int x, y;

		if (p->points[i].ms < p->from_ms ||
		    p->points[i].ms > p->until_ms)
			continue;
		x = trend_plot_col(p, p->points[i].ms, a.cols * 2);
		y = dot_row(p, p->points[i].y, a.rows * 4);
		line_set(cells, a, x0 < 0 ? x : x0, x0 < 0 ? y : y0, x, y);
		x0 = x;
		y0 = y;
	}
}

void
trend_plot_draw(const struct trend_plot *p, struct canvas *c, struct area a)
{
	g_autofree unsigned char *cells = g_malloc0((size_t)MAX(a.rows *
	    a.cols, 1));
	gboolean band = p->band_low <= p->band_high;
	int top = band ? dot_row(p, p->band_high, a.rows * 4) / 4 : 1;
	int end = band ? dot_row(p, p->band_low, a.rows * 4) / 4 : 0;

	points_set(p, a, cells);
	for (int y = 0; y < a.rows; y++)
		for (int x = 0; x < a.cols; x++) {
			unsigned char bits = cells[y * a.cols + x];
			char cell[8] = { 0 };

			if (bits)
				g_unichar_to_utf8(0x2800u + bits, cell);
			else if (y >= top && y <= end)
				g_strlcpy(cell, "·", sizeof cell);
			else
				continue;
			canvas_text(c, a, y, x, 1, bits ? E_STRONG : E_DIM,
			    cell);
		}
}
