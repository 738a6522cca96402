/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal, taken and given back. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "tui/tui.h"

#include "tui/canvas_curses.h"

/* For the handler of a crash, which may know nothing else. */
static struct termios crash_termios;
static volatile sig_atomic_t crash_armed;
static int crash_fd = STDOUT_FILENO;

static const char modes_on[] = "\033[?2004h";
static const char modes_off[] = "\033[?2004l";
static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1000l";

void
canvas_put_bytes(const char *bytes, size_t left)
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

void
canvas_put(const char *bytes)
{
	canvas_put_bytes(bytes, strlen(bytes));
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
	canvas_put(on ? modes_on : modes_off);
	if (c->mouse)
		canvas_put(on ? mouse_on : mouse_off);
}

/* Nothing of ours is for the terminal line to translate; it would look at each
 * byte of a frame. */
static void
plain_output(void)
{
	struct termios line;

	if (tcgetattr(STDOUT_FILENO, &line) != 0)
		return;
	line.c_oflag &= ~(tcflag_t)OPOST;
	if (tcsetattr(STDOUT_FILENO, TCSANOW, &line) == 0)
		def_prog_mode(); /* what curses comes back to */
}

/* The description of the terminal is read once, by curses: what is wrong with it
 * is asked only when curses refused. */
static SCREEN *
screen_new(GError **error)
{
	g_autofree char *problem = tui_terminal_quick_problem();
	SCREEN *screen = NULL;

	if (!problem) {
		crash_arm();
		screen = newterm(NULL, stdout, stdin);
	}
	if (screen && cursor_address && clear_screen)
		return screen;
	if (screen) {
		endwin();
		delscreen(screen);
	}
	crash_armed = 0;
	if (!problem)
		problem = tui_terminal_problem();
	g_set_error_literal(error, BASE_ERROR, BASE_ERROR_CONFIG, problem ?
	    problem : _("This terminal cannot be used for screens."));
	return NULL;
}

struct canvas *
canvas_open(const struct theme *theme, gboolean mouse,
    GError **error)
{
	struct canvas *c;
	SCREEN *screen = screen_new(error);

	if (!screen)
		return NULL;
	c = g_new0(struct canvas, 1);
	c->screen = screen;
	c->theme = theme;
	c->mouse = mouse;
	raw();
	noecho();
	nonl();
	typeahead(-1); /* a frame is painted whole, whatever is typed */
	plain_output();
	canvas_colours_begin(c);
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
	if (c->picture_pairs) {
		g_array_unref(c->picture_pairs);
		g_hash_table_unref(c->picture_pair_of);
	}
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
tui_terminal_quick_problem(void)
{
	const char *term = g_getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return g_strdup(_("The screens need a terminal; standard input "
		    "or output is not one. For scripts: qingnang queue --json."));
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return g_strdup(_("The locale is not UTF-8. Try: "
		    "LC_ALL=C.UTF-8 qingnang"));
	if (!term || !*term)
		return g_strdup(_("TERM is not set. Try: "
		    "TERM=xterm-256color qingnang"));
	return NULL;
}

char *
tui_terminal_problem(void)
{
	char *problem = tui_terminal_quick_problem();
	const char *term = g_getenv("TERM");
	int status = 0;

	if (problem)
		return problem;
	if (setupterm(term, STDOUT_FILENO, &status) == ERR || status != 1)
		return g_strdup_printf(_("The terminal “%.40s” is unknown to "
		    "this machine. Try: TERM=xterm-256color qingnang"), term);
	if (!cursor_address || !clear_screen)
		return g_strdup_printf(_("The terminal “%.40s” cannot place "
		    "its cursor. Try: TERM=xterm-256color qingnang"), term);
	return NULL;
}
