/* SPDX-License-Identifier: Apache-2.0 */
/* Styles, and the frame that is painted at once. */
#include "config.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tui/canvas_curses.h"

/* ---- styles ------------------------------------------------------------- */

void
canvas_colours_begin(struct canvas *c)
{
	const char *no = g_getenv("NO_COLOR");

	c->depth = DEPTH_NONE;
	if ((no && *no) || !has_colors() || start_color() == ERR)
		return;
	use_default_colors();
	if (COLORS >= 256)
		c->depth = DEPTH_256;
	else if (COLORS >= 8)
		c->depth = DEPTH_16;
	c->bright = COLORS >= 16;
}
static attr_t
attrs_of(unsigned a)
{
	attr_t out = A_NORMAL;

	if (a & ATTR_BOLD)
		out |= A_BOLD;
	if (a & ATTR_DIM)
		out |= A_DIM;
	if (a & ATTR_UNDERLINE)
		out |= A_UNDERLINE;
	if (a & ATTR_REVERSE)
		out |= A_REVERSE;
	if (a & ATTR_ITALIC)
		out |= A_ITALIC;
	return out;
}

int
canvas_pair(struct canvas *c, short fg, short bg)
{
	int i;

	for (i = 0; i < c->n_pairs; i++)
		if (c->pair[i].fg == fg && c->pair[i].bg == bg)
			return i + 1;
	if (c->n_pairs >= MIN(PAIRS_MAX, COLOR_PAIRS - 1))
		return 0;
	c->pair[i].fg = fg;
	c->pair[i].bg = bg;
	c->n_pairs++;
	init_extended_pair(i + 1, fg, bg);
	return i + 1;
}

static short
either(short own, short under, short screen)
{
	if (own != COLOUR_INHERIT)
		return own;
	if (under != COLOUR_INHERIT)
		return under;
	return screen != COLOUR_INHERIT ? screen : COLOUR_DEFAULT;
}

/* Of sixteen colours: those on which only light ones can be read. */
#define SET(a, b, c, d, e) \
	(1u << (a) | 1u << (b) | 1u << (c) | 1u << (d) | 1u << (e))
static const unsigned dark_ground = SET(COLOR_BLACK, COLOR_RED, COLOR_BLUE,
    COLOR_MAGENTA, 8 + COLOR_BLACK);
/* … and those that are lost on a marked row, whichever mark it has. */
static const unsigned lost_on_dark = SET(COLOR_BLACK, COLOR_RED, COLOR_BLUE,
    8 + COLOR_RED, 8 + COLOR_BLUE) | 1u << (8 + COLOR_BLACK);
static const unsigned lost_on_light = SET(COLOR_WHITE, 8 + COLOR_WHITE,
    8 + COLOR_YELLOW, 8 + COLOR_CYAN, 8 + COLOR_GREEN);

static gboolean
is_in(unsigned set, short colour)
{
	return colour >= 0 && colour < 16 && (set >> colour & 1);
}

/* Sixteen colours have no shades: on a row that is marked by one, a red word
 * would be a riddle. It says what it is, so it may go without its colour. */
static short
readable(short fg, short bg)
{
	if (bg < 0)
		return fg;
	if (is_in(dark_ground, bg))
		return is_in(lost_on_dark, fg) ? 8 + COLOR_WHITE : fg;
	return is_in(lost_on_light, fg) ? COLOR_BLACK : fg;
}

/* Eight colours: a bright one is the plain one in bold. Not grey, which would be
 * black, and on black nothing: it is as the rest is. */
static short
eight_fg(short fg, short bg, attr_t *attrs)
{
	if (fg < 8)
		return fg;
	if (fg == 8 + COLOR_BLACK)
		return is_in(dark_ground, bg) ? COLOR_WHITE : COLOR_BLACK;
	*attrs |= A_BOLD;
	return (short)(fg - 8);
}

/* A row whose mark is the ground itself now, or was grey, is underlined. */
static short
eight_bg(short bg, short screen, attr_t *attrs)
{
	short ground = screen < 8 ? screen : (short)(screen - 8);
	short own = bg < 8 ? bg : bg == 8 + COLOR_BLACK ? ground :
	    (short)(bg - 8);

	if (bg != screen && own == ground)
		*attrs |= A_UNDERLINE;
	return own;
}

struct paint
canvas_paint(struct canvas *c, enum element element)
{
	const struct theme_style *own = &c->theme->style[element];
	const struct theme_style *under = &c->theme->style[c->under];
	const struct theme_style *screen = &c->theme->style[E_SCREEN];
	struct paint p = { A_NORMAL, 0 };
	gboolean none = c->under == E_SCREEN;
	int d = c->depth;
	short fg, bg;

	if (d == DEPTH_NONE) {
		p.attrs = attrs_of(own->mono | (none ? 0 : under->mono));
		return p;
	}
	p.attrs = attrs_of(own->attrs | (none ? 0 : under->attrs));
	fg = either(own->fg[d], none ? COLOUR_INHERIT : under->fg[d],
	    screen->fg[d]);
	/* A selected row keeps one background under all its words. */
	bg = none ? either(own->bg[d], COLOUR_INHERIT, screen->bg[d])
	    : either(under->bg[d], own->bg[d], screen->bg[d]);
	if (fg == bg && fg >= 0) /* a word in the colour of its row's mark */
		fg = either(COLOUR_INHERIT, under->fg[d], screen->fg[d]);
	if (d == DEPTH_16 && !none)
		fg = readable(fg, bg);
	if (d == DEPTH_16 && !c->bright) {
		bg = eight_bg(bg, screen->bg[d], &p.attrs);
		fg = eight_fg(fg, bg, &p.attrs);
	}
	p.pair = canvas_pair(c, fg, bg);
	return p;
}

/* ---- a frame ------------------------------------------------------------ */

void
canvas_begin(struct canvas *c)
{
	struct paint p;
	cchar_t blank;

	c->under = E_SCREEN;
	c->cursor_y = c->cursor_x = 0;
	c->cursor_seen = FALSE;
	p = canvas_paint(c, E_SCREEN);
	setcchar(&blank, L" ", p.attrs, (short)p.pair, NULL);
	wbkgrndset(stdscr, &blank);
	werase(stdscr);
}

/*
 * curses flushes at every line it clears: a hundred writes for a screen. They are
 * gathered in memory and go out as one, so that a frame is one packet on a slow
 * line and is never seen half.
 */
static gboolean
gather_begin(struct canvas *c)
{
	return c->frame_fd >= 0 && c->tty_fd >= 0 &&
	    ftruncate(c->frame_fd, 0) == 0 &&
	    lseek(c->frame_fd, 0, SEEK_SET) == 0 &&
	    dup2(c->frame_fd, STDOUT_FILENO) >= 0;
}

static void
gather_end(struct canvas *c)
{
	off_t len = lseek(c->frame_fd, 0, SEEK_CUR);
	char *bytes;

	dup2(c->tty_fd, STDOUT_FILENO);
	if (len <= 0)
		return;
	bytes = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED, c->frame_fd, 0);
	if (bytes == MAP_FAILED) {
		canvas_forget(c); /* this frame is lost, the next is whole */
		return;
	}
	canvas_put_bytes(bytes, (size_t)len);
	munmap(bytes, (size_t)len);
}

void
canvas_end(struct canvas *c)
{
	gboolean gathered = gather_begin(c);

	canvas_join_blanks(c);
	curs_set(c->cursor_seen ? 1 : 0);
	wmove(stdscr, CLAMP(c->cursor_y, 0, c->rows - 1),
	    CLAMP(c->cursor_x, 0, c->cols - 1));
	wrefresh(stdscr);
	if (gathered)
		gather_end(c);
}

void
canvas_mark(struct canvas *c, long number)
{
	g_autofree char *mark = g_strdup_printf("\033]7799;%ld\007", number);

	canvas_put(mark);
}

void
canvas_bell(struct canvas *c)
{
	canvas_put("\007");
}

void
canvas_under(struct canvas *c, enum element element)
{
	c->under = element;
}

void
canvas_cursor(struct canvas *c, struct area a, int y, int x,
    gboolean visible)
{
	c->cursor_y = a.y + CLAMP(y, 0, MAX(a.rows - 1, 0));
	c->cursor_x = a.x + CLAMP(x, 0, MAX(a.cols - 1, 0));
	c->cursor_seen = visible;
}

struct area
area_part(struct area a, int y, int x, int rows, int cols)
{
	struct area p = { a.y + y, a.x + x, rows, cols };

	p.rows = CLAMP(rows, 0, MAX(a.rows - y, 0));
	p.cols = CLAMP(cols, 0, MAX(a.cols - x, 0));
	return p;
}
