/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doorbell's socket and its two ends. A line may be lost, so neither end
 * keeps more than a bounded buffer for the other: a reader who is too slow loses
 * lines and is told "changed all" once there is room, a writer who floods is read
 * a bounded piece a turn.
 */
#define _GNU_SOURCE
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "doorbell"
#define SOCKET_NEW "doorbell.new"
#define LINE_MAX_BYTES 512
#define OUT_MAX_BYTES 65536
#define READ_MAX_BYTES 16384
#define BACKLOG 16

static int
bell_fail(const char *what, int code, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_DOORBELL, "%s: %s", what,
	    g_strerror(code));
	return -1;
}

static void
close_fd(int fd)
{
	int code = errno;

	if (fd >= 0)
		close(fd);
	errno = code;
}

/* A socket's path has room for 108 bytes; through the directory's descriptor
 * it fits wherever the directory lies. */
static int
bell_address(const char *runtime_dir, const char *name,
    struct sockaddr_un *address)
{
	int dir = open(runtime_dir, O_PATH | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof(address->sun_path),
	    "/proc/self/fd/%d/%s", dir, name);
	return dir;
}

static gboolean
same_user(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    peer.uid == geteuid();
}

static int
bell_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Whether somebody listens; EAGAIN is one whose backlog is full. */
static gboolean
bell_alive(const struct sockaddr_un *address)
{
	int fd = bell_socket();
	gboolean alive;

	if (fd < 0)
		return FALSE;
	alive = connect(fd, (const struct sockaddr *)address,
	    sizeof(*address)) == 0 || errno == EAGAIN;
	close_fd(fd);
	return alive;
}

/* It gets its name when one can connect to it, so that who watches for the name
 * need not try twice; and nobody can connect before, so that the mode is never
 * too wide. */
static int
bell_bind(int dir, const struct sockaddr_un *address)
{
	int fd;

	if (unlinkat(dir, SOCKET_NEW, 0) < 0 && errno != ENOENT)
		return -1;
	fd = bell_socket();
	if (fd < 0)
		return -1;
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 &&
	    fchmodat(dir, SOCKET_NEW, 0600, 0) == 0 &&
	    listen(fd, BACKLOG) == 0 &&
	    renameat(dir, SOCKET_NEW, dir, SOCKET_NAME) == 0)
		return fd;
	close_fd(fd);
	return -1;
}

int
doorbell_listen(const char *runtime_dir, GError **error)
{
	struct sockaddr_un address, old;
	int dir = bell_address(runtime_dir, SOCKET_NEW, &address);
	struct stat st;
	int fd = -1;

	if (dir < 0)
		return bell_fail(runtime_dir, errno, error);
	if (fstat(dir, &st) < 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0) {
		close_fd(dir);
		return bell_fail(runtime_dir, EACCES, error);
	}
	old = address;
	snprintf(old.sun_path, sizeof(old.sun_path), "/proc/self/fd/%d/%s",
	    dir, SOCKET_NAME);
	if (bell_alive(&old))
		errno = EADDRINUSE;
	else
		fd = bell_bind(dir, &address);
	close_fd(dir);
	return fd >= 0 ? fd : bell_fail(runtime_dir, errno, error);
}

int
doorbell_accept(int listen_fd)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0 && !same_user(fd)) {
		close_fd(fd);
		return -1;
	}
	return fd;
}

int
doorbell_connect(const char *runtime_dir, GError **error)
{
	struct sockaddr_un address;
	int dir = bell_address(runtime_dir, SOCKET_NAME, &address);
	int fd = -1;

	if (dir >= 0)
		fd = bell_socket();
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address,
	    sizeof(address)) < 0) {
		close_fd(fd);
		fd = -1;
	}
	close_fd(dir);
	if (fd < 0)
		return bell_fail(runtime_dir, errno, error);
	if (!same_user(fd)) {
		close_fd(fd);
		return bell_fail(runtime_dir, EACCES, error);
	}
	return fd;
}

/* ---- until there is one -------------------------------------------------- */

int
doorbell_watch(const char *runtime_dir)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd >= 0 && inotify_add_watch(fd, runtime_dir,
	    IN_MOVED_TO | IN_ONLYDIR) < 0) {
		close_fd(fd);
		fd = -1;
	}
	return fd;
}

gboolean
doorbell_hung(int watch_fd)
{
	char buf[4096] __attribute__((aligned(8)));
	gboolean hung = FALSE;
	ssize_t n;

	while ((n = read(watch_fd, buf, sizeof(buf))) > 0) {
		const struct inotify_event *e;
		for (ssize_t at = 0; at < n;
		     at += (ssize_t)(sizeof(*e) + e->len)) {
			e = (const void *)(buf + at);
			/* After an overflow nobody knows. */
			hung |= (e->mask & IN_Q_OVERFLOW) != 0 || (e->len &&
			    strcmp(e->name, SOCKET_NAME) == 0);
		}
	}
	return hung;
}

/* ---- an end -------------------------------------------------------------- */

struct doorbell {
	int fd;
	gboolean gone;     /* the peer is */
	gboolean lost;     /* a "changed" found no room */
	gboolean skipping; /* within a line that is too long */
	size_t in_len;
	char in[LINE_MAX_BYTES];
	GString *out;
};

struct doorbell *
doorbell_new(int fd)
{
	struct doorbell *d = g_new0(struct doorbell, 1);

	d->fd = fd;
	d->out = g_string_new(NULL);
	return d;
}

int
doorbell_fd(const struct doorbell *d)
{
	return d->fd;
}

static void
flush_out(struct doorbell *d)
{
	ssize_t n;

	while (!d->gone && d->out->len > 0) {
		n = send(d->fd, d->out->str, d->out->len, MSG_NOSIGNAL);
		if (n > 0)
			g_string_erase(d->out, 0, n);
		else if (n < 0 && errno == EINTR)
			continue;
		else if (n < 0 && errno != EAGAIN)
			d->gone = TRUE;
		else
			return;
	}
}

static void
append_line(struct doorbell *d, const struct doorbell_line *line)
{
	char buf[LINE_MAX_BYTES];
	size_t len = doorbell_format(line, buf, sizeof(buf));

	g_string_append_len(d->out, buf, (gssize)len);
}

gboolean
doorbell_flush(struct doorbell *d)
{
	static const struct doorbell_line all = { .verb = BELL_CHANGED,
		.kind = BELL_KIND_ALL };

	flush_out(d);
	if (d->lost && d->out->len <= OUT_MAX_BYTES / 2 && !d->gone) {
		d->lost = FALSE;
		append_line(d, &all);
		flush_out(d);
	}
	return !d->gone;
}

gboolean
doorbell_pending(const struct doorbell *d)
{
	return !d->gone && d->out->len > 0;
}

gboolean
doorbell_send(struct doorbell *d, const struct doorbell_line *line)
{
	if (!doorbell_flush(d))
		return FALSE;
	if (d->out->len + LINE_MAX_BYTES > OUT_MAX_BYTES) {
		d->lost |= line->verb == BELL_CHANGED;
		return FALSE;
	}
	append_line(d, line);
	flush_out(d);
	return !d->gone;
}

/* Gathers bytes to lines; a line longer than allowed is skipped to its end. */
static void
take_bytes(struct doorbell *d, const char *bytes, size_t len,
    void (*call)(const struct doorbell_line *line, void *user), void *user)
{
	struct doorbell_line line;
	size_t i;

	for (i = 0; i < len; i++) {
		if (bytes[i] != '\n') {
			if (d->in_len < sizeof(d->in))
				d->in[d->in_len++] = bytes[i];
			else
				d->skipping = TRUE;
			continue;
		}
		if (!d->skipping && doorbell_parse(d->in, d->in_len, &line))
			call(&line, user);
		d->in_len = 0;
		d->skipping = FALSE;
	}
}

gboolean
doorbell_read(struct doorbell *d,
    void (*line)(const struct doorbell_line *line, void *user), void *user)
{
	char buf[4096];
	size_t total = 0;
	ssize_t n;

	doorbell_flush(d);
	while (total < READ_MAX_BYTES) {
		n = recv(d->fd, buf, sizeof(buf), 0);
		if (n > 0) {
			total += (size_t)n;
			take_bytes(d, buf, (size_t)n, line, user);
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else {
			if (n == 0 || errno != EAGAIN)
				d->gone = TRUE;
			break;
		}
	}
	return !d->gone;
}

void
doorbell_free(struct doorbell *d)
{
	if (!d)
		return;
	close_fd(d->fd);
	g_string_free(d->out, TRUE);
	g_free(d);
}
