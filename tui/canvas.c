/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that includes curses. Output only: keys are read by input.c. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "tui/canvas.h"
#include "tui/tui.h"

/* Last: they define common words as macros. */
#include <curses.h>
#include <term.h>

enum { PAIRS_MAX = 240, DEPTH_256 = 0, DEPTH_16 = 1, DEPTH_NONE = 2 };

struct paint { attr_t attrs; int pair; };
struct canvas {
	SCREEN *screen;
	const struct theme *theme;
	int rows, cols;
	int depth;              /* DEPTH_… */
	gboolean bright;        /* 16 colours, not 8 */
	gboolean mouse;
	enum element under;
	struct { short fg, bg; } pair[PAIRS_MAX];
	int n_pairs;
	int cursor_y, cursor_x;
	gboolean cursor_seen;
	int frame_fd;           /* a frame is gathered here; -1: it is not */
	int tty_fd;
};

/* For the handler of a crash, which may know nothing else. */
static struct termios crash_termios;
static volatile sig_atomic_t crash_armed;
static int crash_fd = STDOUT_FILENO;

static const char modes_on[] = "\033[?2004h";
static const char modes_off[] = "\033[?2004l";
static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1000l";

static void
put_bytes(const char *bytes, size_t left)
{
	ssize_t n;

	while (left) {
		n = write(STDOUT_FILENO, bytes, left);
		if (n < 0 && errno != EINTR)
			return; /* the terminal is gone */
		if (n > 0) {
			bytes += n;
			left -= (size_t)n;
		}
	}
}

static void
put_raw(const char *bytes)
{
	put_bytes(bytes, strlen(bytes));
}

/* ---- the terminal, taken and given back --------------------------------- */

static void
crashed(int sig)
{
	static const char reset[] =
	    "\033[?2004l\033[?1006l\033[?1000l\033[0m\033[?25h\033[?1049l\r\n";

	if (crash_armed) {
		crash_armed = 0;
		if (write(crash_fd, reset, sizeof(reset) - 1) < 0)
			sig = SIGABRT;
		tcsetattr(STDIN_FILENO, TCSANOW, &crash_termios);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
crash_arm(void)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	struct sigaction sa = { .sa_handler = crashed,
		.sa_flags = (int)SA_RESETHAND | SA_NODEFER };

	if (tcgetattr(STDIN_FILENO, &crash_termios))
		return;
	crash_armed = 1;
	for (size_t i = 0; i < G_N_ELEMENTS(sigs); i++)
		sigaction(sigs[i], &sa, NULL);
}

static void
modes(struct canvas *c, gboolean on)
{
	put_raw(on ? modes_on : modes_off);
	if (c->mouse)
		put_raw(on ? mouse_on : mouse_off);
}

static void
colours_begin(struct canvas *c)
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

struct canvas *
canvas_open(const struct theme *theme, gboolean mouse,
    GError **error)
{
	struct canvas *c;
	g_autofree char *problem = tui_terminal_problem();
	SCREEN *screen;

	if (problem) {
		g_set_error_literal(error, BASE_ERROR, BASE_ERROR_CONFIG,
		    problem);
		return NULL;
	}
	crash_arm();
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		g_set_error_literal(error, BASE_ERROR, BASE_ERROR_CONFIG,
		    _("This terminal cannot be used for screens."));
		return NULL;
	}
	c = g_new0(struct canvas, 1);
	c->screen = screen;
	c->theme = theme;
	c->mouse = mouse;
	raw();
	noecho();
	nonl();
	typeahead(-1); /* a frame is painted whole, whatever is typed */
	colours_begin(c);
	c->rows = LINES;
	c->cols = COLS;
	canvas_resize(c);
	modes(c, TRUE);
	c->tty_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	c->frame_fd = memfd_create("frame", MFD_CLOEXEC);
	crash_fd = c->tty_fd;
	return c;
}

void
canvas_close(struct canvas *c)
{
	if (!c)
		return;
	modes(c, FALSE);
	curs_set(1);
	endwin();
	crash_armed = 0;
	crash_fd = STDOUT_FILENO;
	close(c->tty_fd);
	if (c->frame_fd >= 0)
		close(c->frame_fd);
	delscreen(c->screen);
	g_free(c);
}

void
canvas_leave(struct canvas *c)
{
	modes(c, FALSE);
	curs_set(1);
	endwin();
	crash_armed = 0;
}

void
canvas_return(struct canvas *c)
{
	crash_armed = 1;
	reset_prog_mode(); /* not left to the next frame: that is gathered */
	canvas_resize(c);
	canvas_forget(c);
	modes(c, TRUE);
}

int
canvas_rows(const struct canvas *c)
{
	return c->rows;
}

int
canvas_cols(const struct canvas *c)
{
	return c->cols;
}

void
canvas_resize(struct canvas *c)
{
	struct winsize ws = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_row || !ws.ws_col)
		return;
	if (ws.ws_row == c->rows && ws.ws_col == c->cols)
		return;
	c->rows = ws.ws_row;
	c->cols = ws.ws_col;
	resize_term(c->rows, c->cols);
	canvas_forget(c);
}

void
canvas_forget(struct canvas *c)
{
	clearok(curscr, TRUE);
}

char *
tui_terminal_problem(void)
{
	const char *term = g_getenv("TERM");
	int status = 0;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return g_strdup(_("The screens need a terminal; standard input "
		    "or output is not one. For scripts: qingnang queue --json."));
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return g_strdup(_("The locale is not UTF-8. Try: "
		    "LC_ALL=C.UTF-8 qingnang"));
	if (!term || !*term)
		return g_strdup(_("TERM is not set. Try: "
		    "TERM=xterm-256color qingnang"));
	if (setupterm(term, STDOUT_FILENO, &status) == ERR || status != 1)
		return g_strdup_printf(_("The terminal “%.40s” is unknown to "
		    "this machine. Try: TERM=xterm-256color qingnang"), term);
	if (!cursor_address || !clear_screen)
		return g_strdup_printf(_("The terminal “%.40s” cannot place "
		    "its cursor. Try: TERM=xterm-256color qingnang"), term);
	return NULL;
}

/* ---- styles ------------------------------------------------------------- */

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

static int
pair_of(struct canvas *c, short fg, short bg)
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

/* Eight colours: a bright one is the plain one in bold. */
static short
eight(const struct canvas *c, short colour, attr_t *attrs)
{
	if (c->depth != DEPTH_16 || c->bright || colour < 8)
		return colour;
	if (attrs)
		*attrs |= A_BOLD;
	return (short)(colour - 8);
}

static struct paint
paint_of(struct canvas *c, enum element element)
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
	fg = eight(c, fg, &p.attrs);
	bg = eight(c, bg, NULL);
	p.pair = pair_of(c, fg, bg);
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
	p = paint_of(c, E_SCREEN);
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
	put_bytes(bytes, (size_t)len);
	munmap(bytes, (size_t)len);
}

void
canvas_end(struct canvas *c)
{
	gboolean gathered = gather_begin(c);

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

	put_raw(mark);
}

void
canvas_bell(struct canvas *c)
{
	put_raw("\007");
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

/* ---- text --------------------------------------------------------------- */

static void
put_cell(struct canvas *c, int y, int x, struct paint p,
    const wchar_t *w)
{
	cchar_t cell;

	if (y < 0 || x < 0 || y >= c->rows || x >= c->cols)
		return;
	setcchar(&cell, w, p.attrs, (short)p.pair, NULL);
	mvwadd_wch(stdscr, y, x, &cell);
}

/* A grapheme may be several cells (an emoji and its skin tone): each spacing
 * character takes the marks that follow it, as many as curses holds. */
static void
put_grapheme(struct canvas *c, int y, int x, struct paint p,
    const char *s, const char *end)
{
	wchar_t w[CCHARW_MAX + 1];
	int n = 0, at = x;

	for (; s < end; s = g_utf8_next_char(s)) {
		gunichar ch = g_utf8_get_char(s);
		int cols = base_char_cols(ch);

		if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0))
			ch = 0xfffd, cols = 1; /* the gate was missed */
		if (cols > 0 && n) {
			w[n] = 0;
			put_cell(c, y, at, p, w);
			at += MAX(base_char_cols((gunichar)w[0]), 0);
			n = 0;
		}
		if ((cols > 0 || n) && n < CCHARW_MAX - 1)
			w[n++] = (wchar_t)ch;
	}
	if (n) {
		w[n] = 0;
		put_cell(c, y, at, p, w);
	}
}

static int
grapheme_cols(const char *s, size_t len)
{
	return len == 1 ? 1 : base_text_cols(s, (gssize)len);
}

int
canvas_text_n(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text, size_t len)
{
	int limit = MIN(cols, a.cols - x), used = 0, w;
	struct paint p;
	size_t next;

	if (y < 0 || y >= a.rows || x < 0 || limit <= 0)
		return 0;
	p = paint_of(c, element);
	for (size_t at = 0; at < len; at = next) {
		next = base_grapheme_next(text, len, at);
		w = grapheme_cols(text + at, next - at);
		if (used + w > limit)
			break;
		put_grapheme(c, a.y + y, a.x + x + used, p, text + at,
		    text + next);
		used += w;
	}
	return used;
}

int
canvas_text(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text)
{
	return canvas_text_n(c, a, y, x, cols, element, text, strlen(text));
}

void
canvas_sentence(struct canvas *c, struct area a, enum element element,
    const char *text)
{
	g_autoptr(GArray) wrap = base_text_wrap(text, strlen(text),
	    MAX(a.cols, 2), FALSE);

	for (guint i = 0; i < wrap->len && (int)i < a.rows; i++) {
		struct base_line *l = &g_array_index(wrap, struct base_line,
		    i);

		canvas_text_n(c, a, (int)i, 0, a.cols, element,
		    text + l->start, l->len);
	}
}

void
canvas_text_right(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *text)
{
	int w = base_text_cols(text, -1);

	if (w > cols)
		canvas_text(c, a, y, x, cols, element, text);
	else
		canvas_text(c, a, y, x + cols - w, w, element, text);
}

int
canvas_print(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element, const char *fmt, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	return canvas_text(c, a, y, x, cols, element, text);
}

/* ---- shapes ------------------------------------------------------------- */

static void
repeat(struct canvas *c, struct area a, int y, int x, int n,
    gboolean down, enum element element, const wchar_t *w)
{
	struct paint p = paint_of(c, element);

	for (int i = 0; i < n; i++) {
		int row = down ? y + i : y, col = down ? x : x + i;

		if (row >= 0 && row < a.rows && col >= 0 && col < a.cols)
			put_cell(c, a.y + row, a.x + col, p, w);
	}
}

void
canvas_fill(struct canvas *c, struct area a, enum element element)
{
	for (int y = 0; y < a.rows; y++)
		repeat(c, a, y, 0, a.cols, FALSE, element, L" ");
}

void
canvas_hline(struct canvas *c, struct area a, int y, int x, int cols,
    enum element element)
{
	repeat(c, a, y, x, cols, FALSE, element, L"─");
}

void
canvas_vline(struct canvas *c, struct area a, int y, int x, int rows,
    enum element element)
{
	repeat(c, a, y, x, rows, TRUE, element, L"│");
}

void
canvas_box(struct canvas *c, struct area a, enum element element)
{
	int b = a.rows - 1, r = a.cols - 1;

	if (b < 1 || r < 1)
		return;
	canvas_hline(c, a, 0, 1, r - 1, element);
	canvas_hline(c, a, b, 1, r - 1, element);
	canvas_vline(c, a, 1, 0, b - 1, element);
	canvas_vline(c, a, 1, r, b - 1, element);
	repeat(c, a, 0, 0, 1, FALSE, element, L"┌");
	repeat(c, a, 0, r, 1, FALSE, element, L"┐");
	repeat(c, a, b, 0, 1, FALSE, element, L"└");
	repeat(c, a, b, r, 1, FALSE, element, L"┘");
}
