/* SPDX-License-Identifier: Apache-2.0 */
/* The glass as SVG: a rectangle for each run of one background, a text for each
 * run of one style; wide cells take two columns whatever the font thinks. */
#include "tests/tui/term.h"

enum { CELL_W = 10, CELL_H = 21, BASELINE = 16, FONT = 16, FONT_WIDE = 18,
	PAD = 14 };

static const char font[] = "'DejaVu Sans Mono','Noto Sans Mono CJK SC',"
    "'Noto Sans CJK SC',monospace";
static const char font_wide[] = "'Noto Sans Mono CJK SC','Noto Sans CJK SC',"
    "'DejaVu Sans Mono',monospace";

static void
colours_of(const struct term_cell *c, unsigned char fg[3], unsigned char bg[3])
{
	memcpy(fg, c->reverse ? c->bg : c->fg, 3);
	memcpy(bg, c->reverse ? c->fg : c->bg, 3);
}

static void
put_rect(GString *s, int x, int y, int w, int h, const unsigned char c[3])
{
	g_string_append_printf(s, "<rect x=\"%d\" y=\"%d\" width=\"%d\" "
	    "height=\"%d\" fill=\"#%02x%02x%02x\"/>\n", x, y, w, h, c[0], c[1],
	    c[2]);
}

static void
put_text(GString *s, int x, int y, const struct term_cell *c, const char *text)
{
	g_autofree char *safe = g_markup_escape_text(text, -1);
	unsigned char fg[3], bg[3];
	int cols = (int)g_utf8_strlen(text, -1);

	colours_of(c, fg, bg);
	g_string_append_printf(s, "<text x=\"%d\" y=\"%d\" fill=\"#%02x%02x%02x\""
	    "%s%s%s", x, y + BASELINE, fg[0], fg[1], fg[2],
	    c->bold ? " font-weight=\"bold\"" : "",
	    c->italic ? " font-style=\"italic\"" : "",
	    c->underline ? " text-decoration=\"underline\"" : "");
	if (c->width == 2)
		g_string_append_printf(s, " font-family=\"%s\" "
		    "font-size=\"%d\" dx=\"1\"", font_wide, FONT_WIDE);
	else if (cols > 1)
		g_string_append_printf(s, " textLength=\"%d\"", cols * CELL_W);
	g_string_append_printf(s, ">%s</text>\n", safe);
}

static gboolean
same_style(const struct term_cell *a, const struct term_cell *b)
{
	return !memcmp(a->fg, b->fg, 3) && !memcmp(a->bg, b->bg, 3) &&
	    a->bold == b->bold && a->italic == b->italic &&
	    a->underline == b->underline && a->reverse == b->reverse;
}

static gboolean
is_ascii(const struct term_cell *c)
{
	return c->width == 1 && c->chars[0] > 0 && !c->chars[1];
}

static void
row_backgrounds(struct term *t, GString *s, int y)
{
	for (int x = 0, from = 0; x < term_cols(t); x++) {
		struct term_cell a, b;
		unsigned char fg[3], bg[3], next_bg[3];

		term_cell(t, y, x, &a);
		colours_of(&a, fg, bg);
		if (x + 1 < term_cols(t)) {
			term_cell(t, y, x + 1, &b);
			colours_of(&b, fg, next_bg);
			if (!memcmp(bg, next_bg, 3))
				continue;
		}
		put_rect(s, PAD + from * CELL_W, PAD + y * CELL_H,
		    (x + 1 - from) * CELL_W, CELL_H, bg);
		from = x + 1;
	}
}

/* Lines of a box meet in every font when they are drawn, not written. */
static gboolean
put_line(GString *s, int x, int y, const struct term_cell *c)
{
	static const struct { const char *chars; int l, r, u, d; } lines[] = {
		{ "─", 1, 1, 0, 0 }, { "│", 0, 0, 1, 1 }, { "┌", 0, 1, 0, 1 },
		{ "┐", 1, 0, 0, 1 }, { "└", 0, 1, 1, 0 }, { "┘", 1, 0, 1, 0 },
		{ "┴", 1, 1, 1, 0 }, { "┬", 1, 1, 0, 1 },
	};
	unsigned char fg[3], bg[3];
	int mx = x + CELL_W / 2, my = y + CELL_H / 2;

	colours_of(c, fg, bg);
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		if (strcmp(lines[i].chars, c->chars) != 0)
			continue;
		if (lines[i].l || lines[i].r)
			put_rect(s, lines[i].l ? x : mx, my,
			    lines[i].l && lines[i].r ? CELL_W
			    : CELL_W - CELL_W / 2 + (lines[i].l ? 1 : 0), 1,
			    fg);
		if (lines[i].u)
			put_rect(s, mx, y, 1, my - y + 1, fg);
		if (lines[i].d)
			put_rect(s, mx, my, 1, y + CELL_H - my, fg);
		return TRUE;
	}
	return FALSE;
}

static void
row_texts(struct term *t, GString *s, int y)
{
	struct term_cell a, b;

	for (int x = 0; x < term_cols(t);) {
		g_autoptr(GString) run = g_string_new(NULL);
		int from = x;

		term_cell(t, y, x++, &a);
		if (!a.width || (!strcmp(a.chars, " ") && !a.underline))
			continue;
		if (put_line(s, PAD + from * CELL_W, PAD + y * CELL_H, &a))
			continue;
		g_string_append(run, a.chars);
		while (is_ascii(&a) && x < term_cols(t)) {
			term_cell(t, y, x, &b);
			if (!is_ascii(&b) || !same_style(&a, &b))
				break;
			g_string_append(run, b.chars);
			x++;
		}
		put_text(s, PAD + from * CELL_W, PAD + y * CELL_H, &a,
		    run->str);
	}
}

static void
put_cursor(struct term *t, GString *s)
{
	static const unsigned char ink[3] = { 0xe0, 0xb0, 0x50 };
	gboolean visible;
	int y, x;

	term_cursor(t, &y, &x, &visible);
	if (visible)
		put_rect(s, PAD + x * CELL_W, PAD + y * CELL_H + 1, 2,
		    CELL_H - 2, ink);
}

char *
term_svg(struct term *t)
{
	GString *s = g_string_new(NULL);
	int w = term_cols(t) * CELL_W + 2 * PAD;
	int h = term_rows(t) * CELL_H + 2 * PAD;
	struct term_cell c;

	term_cell(t, term_rows(t) / 2, term_cols(t) - 1, &c);
	g_string_append_printf(s, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<rect "
	    "width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%02x%02x%02x\"/>\n"
	    "<g font-family=\"%s\" font-size=\"%d\" xml:space=\"preserve\">\n",
	    w, h, w, h, w, h, c.bg[0], c.bg[1], c.bg[2], font, FONT);
	for (int y = 0; y < term_rows(t); y++) {
		row_backgrounds(t, s, y);
		row_texts(t, s, y);
	}
	put_cursor(t, s);
	g_string_append(s, "</g></svg>\n");
	return g_string_free(s, FALSE);
}
