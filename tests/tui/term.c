/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include "tests/tap.h"
#include "tests/tui/term.h"

enum { GUARD_MS = 120000, MARK_FIRST = 1000000 };

struct term {
	int rows, cols, fd;
	pid_t pid;
	gboolean ended;
	int status;
	VTerm *vt;
	VTermScreen *screen;
	gboolean cursor_visible;
	VTermPos cursor;
	GByteArray *bytes;
	guint scanned;         /* of bytes, for marks */
	long mark, asked;
};

/* ---- the glass ---------------------------------------------------------- */

static int
on_cursor(VTermPos pos, VTermPos old, int visible, void *user)
{
	struct term *t = user;

	t->cursor = pos;
	return 1;
}

static int
on_prop(VTermProp prop, VTermValue *value, void *user)
{
	struct term *t = user;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		t->cursor_visible = value->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = {
	.movecursor = on_cursor,
	.settermprop = on_prop,
};

static void
glass_new(struct term *t)
{
	t->vt = vterm_new(t->rows, t->cols);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	t->cursor_visible = TRUE;
}

/* ---- the child ---------------------------------------------------------- */

static void
child_environment(const struct term_options *o)
{
	static const char *const gone[] = { "LANG", "LANGUAGE", "COLORTERM",
		"NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "LINES", "COLUMNS" };

	for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
		unsetenv(gone[i]);
	setenv("TERM", o->term ? o->term : "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (o->no_color)
		setenv("NO_COLOR", "1", 1);
	base_i18n_init(o->language ? o->language : "en");
	base_clock_zone("Asia/Shanghai");
	if (o->now_ms)
		base_clock_fix(o->now_ms);
}

/* As much of a shell as job control needs: what stops, stops it, and a SIGCONT
 * brings the job back to the foreground. */
static void
shell(const struct term_options *o)
{
	pid_t job = fork();
	int status;

	if (job == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		_exit(o->child(o->user));
	}
	setpgid(job, job);
	signal(SIGTTOU, SIG_IGN);
	while (waitpid(job, &status, WUNTRACED) == job) {
		if (WIFEXITED(status))
			_exit(WEXITSTATUS(status));
		if (WIFSIGNALED(status))
			_exit(128 + WTERMSIG(status));
		tcsetpgrp(STDIN_FILENO, getpid());
		kill(getpid(), SIGSTOP);
		tcsetpgrp(STDIN_FILENO, job);
		kill(-job, SIGCONT);
	}
	_exit(127);
}

struct term *
term_new(const struct term_options *o)
{
	struct term *t = g_new0(struct term, 1);
	struct winsize ws = { .ws_row = (unsigned short)o->rows,
		.ws_col = (unsigned short)o->cols };

	t->rows = o->rows;
	t->cols = o->cols;
	t->bytes = g_byte_array_new();
	t->asked = MARK_FIRST;
	glass_new(t);
	fflush(NULL);
	t->pid = forkpty(&t->fd, NULL, NULL, &ws);
	assert_true(t->pid >= 0);
	if (t->pid == 0) {
		child_environment(o);
		if (o->job)
			shell(o);
		_exit(o->child(o->user));
	}
	fcntl(t->fd, F_SETFL, O_NONBLOCK);
	return t;
}

static void
reap(struct term *t)
{
	if (t->ended)
		return;
	assert_int_equal(waitpid(t->pid, &t->status, 0), t->pid);
	t->ended = TRUE;
}

void
term_free(struct term *t)
{
	if (!t)
		return;
	if (!t->ended)
		kill(t->pid, SIGKILL);
	reap(t);
	close(t->fd);
	vterm_free(t->vt);
	g_byte_array_unref(t->bytes);
	g_free(t);
}

/* ---- bytes there and back ----------------------------------------------- */

static void
scan_marks(struct term *t)
{
	static const char begin[] = "\033]7799;";
	const char *s = (const char *)t->bytes->data + t->scanned, *at, *end;
	size_t left = t->bytes->len - t->scanned;

	while ((at = memmem(s, left, begin, sizeof(begin) - 1))) {
		left -= (size_t)(at - s);
		s = at;
		end = memchr(s, 7, left);
		if (!end)
			break;
		t->mark = strtol(s + sizeof(begin) - 1, NULL, 10);
		left -= (size_t)(end - s);
		s = end;
	}
	/* A beginning of a mark may be the end of what is here. */
	if (!at)
		s += left > sizeof(begin) ? left - sizeof(begin) : 0;
	t->scanned = (guint)(s - (const char *)t->bytes->data);
}

/* FALSE: the program has closed its terminal. */
static gboolean
read_some(struct term *t)
{
	char buf[16384];
	ssize_t n = read(t->fd, buf, sizeof(buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return TRUE;
	if (n <= 0)
		return FALSE;
	g_byte_array_append(t->bytes, (guint8 *)buf, (guint)n);
	vterm_input_write(t->vt, buf, (size_t)n);
	scan_marks(t);
	return TRUE;
}

/* Waits for something to read, or to be written when bytes wait. */
static short
wait_fd(struct term *t, gboolean writing)
{
	struct pollfd p = { .fd = t->fd,
		.events = (short)(POLLIN | (writing ? POLLOUT : 0)) };

	if (poll(&p, 1, GUARD_MS) <= 0) {
		g_autofree char *text = term_text(t);

		fail_msg("the program is silent; the screen:\n%s", text);
	}
	return p.revents;
}

static void
write_all(struct term *t, const char *bytes, size_t len)
{
	while (len) {
		short ready = wait_fd(t, TRUE);

		if ((ready & (POLLIN | POLLHUP)) && !read_some(t))
			return;
		if (ready & POLLOUT) {
			ssize_t n = write(t->fd, bytes, MIN(len, 1024));

			if (n > 0) {
				bytes += n;
				len -= (size_t)n;
			}
		}
	}
}

static void
wait_mark(struct term *t, long mark)
{
	while (t->mark < mark) {
		wait_fd(t, FALSE);
		if (!read_some(t)) {
			g_autofree char *text = term_text(t);

			fail_msg("the program has ended; the screen:\n%s",
			    text);
		}
	}
	vterm_screen_flush_damage(t->screen);
}

void
term_begin(struct term *t)
{
	wait_mark(t, 1);
}

void
term_sync(struct term *t)
{
	g_autofree char *ask = g_strdup_printf("\033[7799;%ldn", ++t->asked);

	write_all(t, ask, strlen(ask));
	wait_mark(t, t->asked);
}

void
term_keys_n(struct term *t, const char *bytes, size_t len)
{
	write_all(t, bytes, len);
	term_sync(t);
}

void
term_keys(struct term *t, const char *bytes)
{
	term_keys_n(t, bytes, strlen(bytes));
}

void
term_send(struct term *t, const char *bytes)
{
	write_all(t, bytes, strlen(bytes));
}

void
term_resize(struct term *t, int rows, int cols)
{
	struct winsize ws = { .ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols };

	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->vt, rows, cols);
	ioctl(t->fd, TIOCSWINSZ, &ws);
	kill(t->pid, SIGWINCH); /* at once, whatever the kernel's own does */
	term_sync(t);
}

int
term_exit(struct term *t)
{
	while (!t->ended) {
		wait_fd(t, FALSE);
		if (!read_some(t))
			reap(t);
	}
	return WIFEXITED(t->status) ? WEXITSTATUS(t->status)
	    : 128 + WTERMSIG(t->status);
}

void
term_stopped(struct term *t)
{
	assert_int_equal(waitpid(t->pid, &t->status, WUNTRACED), t->pid);
	assert_true(WIFSTOPPED(t->status));
}

int
term_pid(const struct term *t)
{
	return t->pid;
}

void
term_await(struct term *t, const char *text)
{
	gint64 end = g_get_monotonic_time() + GUARD_MS * 1000;

	while (!term_has(t, text)) {
		if (g_get_monotonic_time() > end) {
			g_autofree char *s = term_text(t);

			fail_msg("“%s” never came; the screen:\n%s", text, s);
		}
		wait_fd(t, FALSE);
		if (!read_some(t))
			fail_msg("“%s” never came: the program ended", text);
	}
}

void
term_until(struct term *t, const char *text)
{
	term_await(t, text);
	term_sync(t); /* the frame that holds it is whole */
}

void
term_watch(struct term *t, const char *text, int quiet_ms)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	int wait_ms = GUARD_MS;

	while (poll(&p, 1, wait_ms) > 0) {
		if (!read_some(t))
			fail_msg("“%s” never came: the program ended", text);
		vterm_screen_flush_damage(t->screen);
		wait_ms = term_has(t, text) ? quiet_ms : GUARD_MS;
	}
	if (!term_has(t, text)) {
		g_autofree char *s = term_text(t);

		fail_msg("“%s” never came; the screen:\n%s", text, s);
	}
}

/* ---- what is seen ------------------------------------------------------- */

int
term_rows(const struct term *t)
{
	return t->rows;
}

int
term_cols(const struct term *t)
{
	return t->cols;
}

static void
rgb(struct term *t, VTermColor colour, unsigned char out[3])
{
	vterm_screen_convert_color_to_rgb(t->screen, &colour);
	out[0] = colour.rgb.red;
	out[1] = colour.rgb.green;
	out[2] = colour.rgb.blue;
}

/* libvterm 0.1.4 gives (uint32_t)-1 for the second half of a wide cell. */
static void
chars_of(const VTermScreenCell *cell, char *out)
{
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++) {
		if (cell->chars[i] == (uint32_t)-1)
			break;
		out += g_unichar_to_utf8(cell->chars[i], out);
	}
	*out = '\0';
}

void
term_cell(struct term *t, int y, int x, struct term_cell *out)
{
	VTermScreenCell cell;

	memset(out, 0, sizeof(*out));
	vterm_screen_get_cell(t->screen, (VTermPos){ y, x }, &cell);
	chars_of(&cell, out->chars);
	out->width = cell.chars[0] == (uint32_t)-1 ? 0 : cell.width;
	/* Its colours are not kept there either. */
	if (!out->width && x > 0)
		vterm_screen_get_cell(t->screen, (VTermPos){ y, x - 1 },
		    &cell);
	if (out->width == 1 && !out->chars[0])
		out->chars[0] = ' ';
	out->bold = cell.attrs.bold;
	out->italic = cell.attrs.italic;
	out->underline = cell.attrs.underline != 0;
	out->reverse = cell.attrs.reverse;
	rgb(t, cell.fg, out->fg);
	rgb(t, cell.bg, out->bg);
}

char *
term_row(struct term *t, int y)
{
	GString *s = g_string_new(NULL);
	struct term_cell cell;

	for (int x = 0; x < t->cols; x++) {
		term_cell(t, y, x, &cell);
		g_string_append(s, cell.chars);
	}
	return g_strchomp(g_string_free(s, FALSE));
}

char *
term_text(struct term *t)
{
	GString *s = g_string_new(NULL);

	for (int y = 0; y < t->rows; y++) {
		g_autofree char *row = term_row(t, y);

		g_string_append(s, row);
		g_string_append_c(s, '\n');
	}
	return g_string_free(s, FALSE);
}

gboolean
term_has(struct term *t, const char *text)
{
	g_autofree char *all = term_text(t);

	return strstr(all, text) != NULL;
}

void
term_cursor(struct term *t, int *y, int *x, gboolean *visible)
{
	*y = t->cursor.row;
	*x = t->cursor.col;
	*visible = t->cursor_visible;
}

const GByteArray *
term_bytes(const struct term *t)
{
	return t->bytes;
}

/* ---- golden files ------------------------------------------------------- */

/* A digest is of bytes with names that are made anew each time. */
static void
mask_digests(char *text)
{
	static const char before[] = "SHA-256";

	while ((text = strstr(text, before))) {
		text += strlen(before);
		text += strspn(text, ":："); /* bytes of both colons */
		text += strspn(text, " \n"); /* it may stand on the next line */
		for (; g_ascii_isxdigit(*text); text++)
			*text = '0';
	}
}

static char *
golden_text(struct term *t)
{
	g_autofree char *text = term_text(t);

	mask_digests(text);

	return g_strdup_printf("%s-- %dx%d, cursor %d,%d %s\n", text, t->cols,
	    t->rows, t->cursor.row, t->cursor.col,
	    t->cursor_visible ? "seen" : "hidden");
}

static void
shot_write(struct term *t, const char *name)
{
	const char *dir = g_getenv("QN_SHOTS");
	g_autofree char *svg = NULL, *path = NULL;

	if (!dir)
		return;
	path = g_strdup_printf("%s/%s.svg", dir, name);
	svg = term_svg(t);
	assert_true(g_file_set_contents(path, svg, -1, NULL));
}

void
term_golden(struct term *t, const char *name)
{
	g_autofree char *file = g_strdup_printf("tests/tui/golden/%s.txt",
	    name);
	g_autofree char *path = test_src(file);
	g_autofree char *now = golden_text(t);
	g_autofree char *was = NULL;

	shot_write(t, name);
	if (!g_strcmp0(g_getenv("QN_GOLDEN"), "write")) {
		assert_true(g_file_set_contents(path, now, -1, NULL));
		return;
	}
	if (!g_file_get_contents(path, &was, NULL, NULL))
		fail_msg("%s is missing: QN_GOLDEN=write makes it", file);
	if (strcmp(was, now) != 0)
		fail_msg("%s: was\n%s\nis now\n%s", file, was, now);
}
