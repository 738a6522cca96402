/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qingnang-picture, from here. It inherits this program's filter (no network) and
 * adds its own; what it says is bounded here and checked by picture_parse(), and it
 * has so long for it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/files_view.h"

enum { PATIENCE_MS = 12000 };

struct picture_child {
	pid_t pid;
	int fd;               /* its answer */
	GByteArray *in;
	size_t most;          /* bytes of an answer */
	int cols, rows;
	enum picture_depth depth;
	int64_t until_ms;
};

static gboolean
fail(GError **error, const char *what)
{
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
	    "%s: %s", what, g_strerror(errno));
	return FALSE;
}

/* Sealed: what it decodes is what was read of the vault. */
static int
memory_of(GBytes *bytes, GError **error)
{
	int fd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	gsize left;
	const char *at = g_bytes_get_data(bytes, &left);

	while (fd >= 0 && left) {
		ssize_t n = write(fd, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += n;
		left -= (gsize)n;
	}
	if (fd >= 0 && left == 0 && lseek(fd, 0, SEEK_SET) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW |
	    F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
		return fd;
	fail(error, "memfd");
	if (fd >= 0)
		close(fd);
	return -1;
}

static void
become(const char *path, int in, int out, const struct picture_child *child)
{
	char cols[12], rows[12];
	sigset_t none;

	snprintf(cols, sizeof cols, "%d", child->cols);
	snprintf(rows, sizeof rows, "%d", child->rows);
	/* Its words are for nobody, and the terminal is not its own. */
	setsid();
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(open("/dev/null", O_RDWR | O_CLOEXEC), STDERR_FILENO);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execl(path, "qingnang-picture", cols, rows,
	    picture_depth_word(child->depth), (char *)NULL);
	_exit(127);
}

static gboolean
start(struct picture_child *child, int in, GError **error)
{
	g_autofree char *path = base_program_path("qingnang-picture");
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fail(error, "pipe");
	child->pid = fork();
	if (child->pid == 0)
		become(path, in, ends[1], child);
	close(ends[1]);
	child->fd = ends[0];
	fcntl(child->fd, F_SETFL, O_NONBLOCK);
	return child->pid > 0 || fail(error, "fork");
}

struct picture_child *
picture_child_new(GBytes *bytes, int cols, int rows, enum picture_depth depth,
    GError **error)
{
	BASE_AUTO(picture_child) child = g_new0(struct picture_child, 1);
	int in = memory_of(bytes, error);
	gboolean ok;

	child->fd = -1;
	child->cols = cols;
	child->rows = rows;
	child->depth = depth;
	child->most = picture_size_max(cols, rows);
	child->in = g_byte_array_new();
	child->until_ms = base_mono_ms() + PATIENCE_MS;
	if (in < 0)
		return NULL;
	ok = start(child, in, error);
	close(in);
	return ok ? g_steal_pointer(&child) : NULL;
}

void
picture_child_free(struct picture_child *child)
{
	if (!child)
		return;
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	if (child->fd >= 0)
		close(child->fd);
	g_byte_array_unref(child->in);
	g_free(child);
}

int
picture_child_fd(const struct picture_child *child)
{
	return child->fd;
}

int64_t
picture_child_due(const struct picture_child *child)
{
	return child->until_ms;
}

gboolean
picture_child_read(struct picture_child *child, struct picture **out)
{
	guint8 block[16384];
	ssize_t n;

	*out = NULL;
	while ((n = read(child->fd, block, sizeof block)) > 0) {
		g_byte_array_append(child->in, block, (guint)n);
		if (child->in->len > child->most)
			return TRUE; /* it says more than it was asked */
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return base_mono_ms() >= child->until_ms;
	*out = picture_parse(child->in->data, child->in->len, child->cols,
	    child->rows, child->depth);
	return TRUE;
}
