/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/glass.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

struct glass {
	int fd;
	pid_t pid;
	gint64 started_us;
	VTerm *vt;
	VTermScreen *screen;
};

static void
answer(const char *bytes, size_t len, void *user)
{
	struct glass *glass = user;
	if (write(glass->fd, bytes, len) < 0)
		return;
}

struct glass *
glass_start(const char *const *argv, const char *const *env)
{
	const struct winsize size = { .ws_row = GLASS_ROWS,
		.ws_col = GLASS_COLS };
	struct glass *glass = g_new0(struct glass, 1);
	glass->vt = vterm_new(GLASS_ROWS, GLASS_COLS);
	vterm_set_utf8(glass->vt, 1);
	vterm_output_set_callback(glass->vt, answer, glass);
	glass->screen = vterm_obtain_screen(glass->vt);
	vterm_screen_reset(glass->screen, 1);
	glass->started_us = g_get_monotonic_time();
	glass->pid = forkpty(&glass->fd, NULL, NULL, &size);
	if (glass->pid == 0) {
		execve(argv[0], (char **)argv, (char **)env);
		_exit(127);
	}
	return glass;
}

/* FALSE at the end. *at_us: when the bytes were there. */
static bool
take_in(struct glass *glass, int wait_ms, gint64 *at_us, bool *some)
{
	struct pollfd fd = { .fd = glass->fd, .events = POLLIN };
	char bytes[65536];
	*some = false;
	if (poll(&fd, 1, wait_ms) <= 0)
		return true;
	ssize_t n = read(glass->fd, bytes, sizeof(bytes));
	if (n <= 0)
		return n < 0 && errno == EINTR;
	*at_us = g_get_monotonic_time();
	*some = true;
	vterm_input_write(glass->vt, bytes, (size_t)n);
	return true;
}

gint64
glass_until(struct glass *glass, bool (*seen)(struct glass *glass, void *user),
    void *user, int limit_ms)
{
	gint64 end = g_get_monotonic_time() + (gint64)limit_ms * 1000;
	gint64 at_us = -1;
	bool some;
	while (g_get_monotonic_time() < end) {
		if (!take_in(glass, 20, &at_us, &some))
			return -1;
		if (some && seen(glass, user))
			return at_us;
	}
	return -1;
}

void
glass_rest(struct glass *glass, int ms)
{
	gint64 end = g_get_monotonic_time() + (gint64)ms * 1000, at_us, now;
	bool some;
	while ((now = g_get_monotonic_time()) < end)
		if (!take_in(glass, (int)((end - now) / 1000) + 1, &at_us,
		    &some))
			return;
}

void
glass_type(struct glass *glass, const char *keys)
{
	if (write(glass->fd, keys, strlen(keys)) < 0)
		return;
}

static bool
cell_at(struct glass *glass, int y, int x, VTermScreenCell *cell)
{
	VTermPos pos = { y, x };
	memset(cell, 0, sizeof(*cell));
	return vterm_screen_get_cell(glass->screen, pos, cell) != 0;
}

char *
glass_row(struct glass *glass, int y)
{
	GString *row = g_string_new(NULL);
	VTermScreenCell cell;
	for (int x = 0; y >= 0 && x < GLASS_COLS; x++) {
		if (!cell_at(glass, y, x, &cell) ||
		    cell.chars[0] == (uint32_t)-1)
			continue;
		if (cell.chars[0] == 0)
			g_string_append_c(row, ' ');
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL &&
		    cell.chars[i]; i++)
			g_string_append_unichar(row, cell.chars[i]);
	}
	return g_strchomp(g_string_free(row, FALSE));
}

char *
glass_text(struct glass *glass)
{
	GString *all = g_string_new(NULL);
	for (int y = 0; y < GLASS_ROWS; y++) {
		g_autofree char *row = glass_row(glass, y);
		g_string_append_printf(all, "%s\n", row);
	}
	return g_string_free(all, FALSE);
}

guint
glass_row_hash(struct glass *glass, int y)
{
	guint hash = 5381;
	VTermScreenCell cell;
	for (int x = 0; x < GLASS_COLS; x++) {
		if (!cell_at(glass, y, x, &cell))
			continue;
		hash = hash * 33 + cell.chars[0];
		hash = hash * 33 + (guint)(cell.attrs.reverse << 1 |
		    cell.attrs.bold);
		for (size_t i = 0; i < sizeof(cell.bg); i++)
			hash = hash * 33 + ((unsigned char *)&cell.bg)[i];
	}
	return hash;
}

gint64
glass_started_us(const struct glass *glass)
{
	return glass->started_us;
}

pid_t
glass_pid(const struct glass *glass)
{
	return glass->pid;
}

void
glass_stop(struct glass *glass)
{
	int status;
	kill(glass->pid, SIGTERM);
	for (int i = 0; i < 500; i++) {
		glass_rest(glass, 2); /* or it blocks on a full pty */
		if (waitpid(glass->pid, &status, WNOHANG) != 0)
			break;
		if (i == 400)
			kill(glass->pid, SIGKILL);
	}
	close(glass->fd);
	vterm_free(glass->vt);
	g_free(glass);
}
