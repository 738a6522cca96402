/* SPDX-License-Identifier: Apache-2.0 */
/* A graph in braille: a cell is two dots wide and four high (Unicode 10.0, block
 * 2800). The first curve is a line; what lies over it are rings: two marks that
 * are told apart without colour. */
#include "tui/results_view.h"

#include <math.h>

enum { RING = 1, CURSOR = 2 };

int
trend_plot_col(const struct trend_plot *p, int64_t ms, int cols)
{
	double span = (double)MAX(p->until_ms - p->from_ms, 1);
	double at = ((double)ms - (double)p->from_ms) / span;

	return (int)lround(CLAMP(at, 0, 1) * (cols - 1));
}

/* Dots from the top. */
static int
dot_row(const struct trend_curve *p, double y, int dots)
{
	double span = p->high > p->low ? p->high - p->low : 1;

	return (int)lround((1 - CLAMP((y - p->low) / span, 0, 1)) *
	    (dots - 1));
}

struct cells {
	struct area a;
	unsigned char *dots;       /* braille bits */
	unsigned char *marks;      /* RING, CURSOR */
};

static void
dot_set(struct cells *cells, int x, int y)
{
	static const unsigned char bits[4][2] = { { 0x01, 0x08 },
		{ 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
	struct area a = cells->a;

	if (x >= 0 && y >= 0 && x < a.cols * 2 && y < a.rows * 4)
		cells->dots[y / 4 * a.cols + x / 2] |= bits[y % 4][x % 2];
}

static void
line_set(struct cells *cells, int x0, int y0, int x1, int y1)
{
	int steps = MAX(MAX(ABS(x1 - x0), ABS(y1 - y0)), 1);

	for (int i = 0; i <= steps; i++)
		dot_set(cells, x0 + (x1 - x0) * i / steps,
		    y0 + (y1 - y0) * i / steps);
}

static void
mark_set(const struct trend_plot *p, const struct trend_curve *curve,
    struct cells *cells, int64_t ms, double y, int mark)
{
	int x = trend_plot_col(p, ms, cells->a.cols);

	if (cells->a.rows > 0 && cells->a.cols > 0)
		cells->marks[dot_row(curve, y, cells->a.rows) *
		    cells->a.cols + x] |= (unsigned char)mark;
}

static void
curve_set(const struct trend_plot *p, const struct trend_curve *curve,
    struct cells *cells)
{
	struct area a = cells->a;
	int x0 = -1, y0 = 0;

	for (size_t i = 0; i < curve->n; i++) {
		const struct trend_point *at = &curve->points[i];
		int x, y;

		if (at->ms < p->from_ms || at->ms > p->until_ms)
			continue;
		if (curve->rings) {
			mark_set(p, curve, cells, at->ms, at->y, RING);
			continue;
		}
		x = trend_plot_col(p, at->ms, a.cols * 2);
		y = dot_row(curve, at->y, a.rows * 4);
		line_set(cells, x0 < 0 ? x : x0, x0 < 0 ? y : y0, x, y);
		x0 = x;
		y0 = y;
	}
}

static void
cell_draw(struct canvas *c, struct area a, int y, int x, unsigned char bits,
    unsigned char mark, gboolean band)
{
	char cell[8] = { 0 };

	if (mark & CURSOR)
		g_strlcpy(cell, "◆", sizeof cell);
	else if (mark & RING)
		g_strlcpy(cell, "○", sizeof cell);
	else if (bits)
		g_unichar_to_utf8(0x2800u + bits, cell);
	else if (band)
		g_strlcpy(cell, "·", sizeof cell);
	else
		return;
	canvas_text(c, a, y, x, 1, mark & RING ? E_CHART_HEADING :
	    bits || mark ? E_STRONG : E_DIM, cell);
}

void
trend_plot_draw(const struct trend_plot *p, struct canvas *c, struct area a)
{
	size_t size = (size_t)MAX(a.rows * a.cols, 1);
	g_autofree unsigned char *dots = g_malloc0(size);
	g_autofree unsigned char *marks = g_malloc0(size);
	struct cells cells = { a, dots, marks };
	const struct trend_curve *first = &p->curves[0];
	gboolean band = p->band_low <= p->band_high;
	int top = band ? dot_row(first, p->band_high, a.rows * 4) / 4 : 1;
	int end = band ? dot_row(first, p->band_low, a.rows * 4) / 4 : 0;

	for (size_t i = 0; i < p->n; i++)
		curve_set(p, &p->curves[i], &cells);
	if (p->cursor_ms >= p->from_ms && p->cursor_ms <= p->until_ms)
		mark_set(p, first, &cells, p->cursor_ms, p->cursor_y, CURSOR);
	for (int y = 0; y < a.rows; y++)
		for (int x = 0; x < a.cols; x++)
			cell_draw(c, a, y, x, dots[y * a.cols + x],
			    marks[y * a.cols + x], y >= top && y <= end);
}
