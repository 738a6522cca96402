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

/* What was read at once, and when. Looked at afterwards: a picture that is looked
 * at while it is painted would be painted later. */
struct chunk {
	gint64 at_us;
	size_t len;
	char bytes[65536];
};
#define CHUNKS_MAX 64
#define QUIET_MS 12

/* Reads until nothing comes for QUIET_MS. FALSE when the program ended. */
static bool
gather(struct glass *glass, struct chunk *chunks, size_t *n, int wait_ms)
{
	struct pollfd fd = { .fd = glass->fd, .events = POLLIN };
	for (*n = 0; *n < CHUNKS_MAX && poll(&fd, 1, *n ? QUIET_MS : wait_ms)
	    > 0;) {
		struct chunk *chunk = &chunks[*n];
		ssize_t got = 0, all = 0;
		do {
			got = read(glass->fd, chunk->bytes + all,
			    sizeof(chunk->bytes) - (size_t)all);
			all += MAX(got, 0);
		} while (got > 0 && all < (ssize_t)sizeof(chunk->bytes) / 2 &&
		    poll(&fd, 1, 0) > 0);
		chunk->at_us = g_get_monotonic_time();
		chunk->len = (size_t)all;
		*n += all > 0;
		if (got <= 0 && errno != EINTR)
			return false;
	}
	return true;
}

static gint64
show_all(struct glass *glass, const struct chunk *chunks, size_t n,
    bool (*seen)(struct glass *glass, void *user), void *user)
{
	gint64 at_us = -1;
	for (size_t i = 0; i < n; i++) {
		vterm_input_write(glass->vt, chunks[i].bytes, chunks[i].len);
		if (at_us < 0 && seen && seen(glass, user))
			at_us = chunks[i].at_us;
	}
	return at_us;
}

gint64
glass_until(struct glass *glass, bool (*seen)(struct glass *glass, void *user),
    void *user, int limit_ms)
{
	gint64 end = g_get_monotonic_time() + (gint64)limit_ms * 1000;
	struct chunk *chunks = g_new(struct chunk, CHUNKS_MAX);
	gint64 at_us = -1;
	bool alive = true;
	while (at_us < 0 && alive && g_get_monotonic_time() < end) {
		size_t n;
		alive = gather(glass, chunks, &n, 20);
		at_us = show_all(glass, chunks, n, seen, user);
	}
	g_free(chunks);
	return at_us;
}

void
glass_rest(struct glass *glass, int ms)
{
	gint64 end = g_get_monotonic_time() + (gint64)ms * 1000, now;
	struct chunk *chunks = g_new(struct chunk, CHUNKS_MAX);
	bool alive = true;
	while (alive && (now = g_get_monotonic_time()) < end) {
		size_t n;
		alive = gather(glass, chunks, &n,
		    (int)((end - now) / 1000) + 1);
		show_all(glass, chunks, n, NULL, NULL);
	}
	g_free(chunks);
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
