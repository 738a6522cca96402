/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: memory that is locked, guarded and wiped, and the two ways one comes
 * in, a command's output and an inherited pipe. */
#define _GNU_SOURCE
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMAND_LIMIT_MS 60000
#define COMMAND_OUTPUT_MAX 65536
/* How long a finished command's open pipe can keep us: a child it left behind
 * may hold the other end. */
#define COMMAND_TICK_MS 50

struct base_secret {
	unsigned char *data;
	size_t len;
};

struct base_secret *
base_secret_new(size_t len_bytes)
{
	struct base_secret *s = g_new0(struct base_secret, 1);

	if (sodium_init() < 0)
		g_error("libsodium cannot start");
	s->data = sodium_malloc(MAX(len_bytes, 1));
	if (!s->data)
		g_error("no memory for a secret of %zu bytes", len_bytes);
	sodium_memzero(s->data, MAX(len_bytes, 1));
	s->len = len_bytes;
	return s;
}

struct base_secret *
base_secret_take(char *bytes, size_t len_bytes)
{
	struct base_secret *s = base_secret_new(len_bytes);

	memcpy(s->data, bytes, len_bytes);
	sodium_memzero(bytes, len_bytes);
	return s;
}

unsigned char *
base_secret_data(struct base_secret *s)
{
	return s->data;
}

size_t
base_secret_len(const struct base_secret *s)
{
	return s->len;
}

void
base_secret_free(struct base_secret *s)
{
	if (!s)
		return;
	sodium_free(s->data);
	g_free(s);
}

void
base_process_harden(void)
{
	struct rlimit none = { 0, 0 };

	/* Where a stream was closed, the next file opened would take its place and
	 * what is printed would go into it. Writing to these fails, as before. */
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			break;
	setrlimit(RLIMIT_CORE, &none);
	/* The leak checker is itself a ptrace of the process. */
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* ---- reading ------------------------------------------------------------- */

/* Bytes read, 0 at the end, -1 with errno; waits at most until deadline_ms of
 * the monotonic clock (0: for ever) and then fails with ETIMEDOUT. */
static ssize_t
read_by(int fd, void *buf, size_t size, int64_t deadline_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left;
	ssize_t n;

	if (fd < 0) { /* which poll() would wait on for ever */
		errno = EBADF;
		return -1;
	}
	for (;;) {
		left = deadline_ms ? deadline_ms - base_mono_ms() : -1;
		if (deadline_ms && left < 0)
			left = 0;
		switch (poll(&p, 1, (int)left)) {
		case -1:
			if (errno != EINTR)
				return -1;
			continue;
		case 0:
			errno = ETIMEDOUT;
			return -1;
		}
		n = read(fd, buf, size);
		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n;
	}
}

static struct base_secret *
secret_part(struct base_secret *s, size_t len_bytes)
{
	struct base_secret *part = base_secret_new(len_bytes);

	memcpy(part->data, s->data, len_bytes);
	return part;
}

struct base_secret *
base_secret_from_fd(int fd, size_t max_bytes, GError **error)
{
	BASE_AUTO(base_secret) all = base_secret_new(max_bytes + 1);
	size_t len = 0;
	ssize_t n = 0;
	int failed;

	while (len <= max_bytes &&
	    (n = read_by(fd, all->data + len, all->len - len, 0)) > 0)
		len += (size_t)n;
	failed = n < 0 ? errno : 0;
	close(fd);
	if (failed) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_PATH,
		    "reading a key from a pipe: %s", g_strerror(failed));
		return NULL;
	}
	if (len > max_bytes) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_PATH,
		    "a key from a pipe is longer than %zu bytes", max_bytes);
		return NULL;
	}
	return secret_part(all, len);
}

/* ---- a command ----------------------------------------------------------- */

struct command {
	pid_t pid;
	int out;
	int64_t deadline_ms;
	gboolean ended;
	int status;
};

static void G_GNUC_NORETURN
command_child(const char *command, int out)
{
	int null = open("/dev/null", O_RDWR);

	/* A session of its own: /dev/tty is out of reach, and the whole of it
	 * can be killed at once. */
	setsid();
	signal(SIGPIPE, SIG_DFL);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(null, 2) < 0)
		_exit(126);
	close_range(3, ~0U, 0);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static gboolean
command_start(struct command *c, const char *command, GError **error)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		goto failed;
	c->pid = fork();
	if (c->pid == 0)
		command_child(command, ends[1]);
	close(ends[1]);
	c->out = ends[0];
	if (c->pid > 0)
		return TRUE;
	close(c->out);
failed:
	g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
	    _("a command could not be started: %s"), g_strerror(errno));
	return FALSE;
}

static void
command_check(struct command *c)
{
	pid_t got;

	if (c->ended)
		return;
	got = waitpid(c->pid, &c->status, WNOHANG);
	if (got < 0 && errno == ECHILD)
		c->status = 0; /* somebody else's SIGCHLD took it */
	c->ended = got != 0 && !(got < 0 && errno == EINTR);
}

/* Reads until the end of output, or until the command itself is over. */
static gboolean
command_read(struct command *c, struct base_secret *out, size_t *len)
{
	int64_t now, until;
	gboolean last = FALSE;
	ssize_t n;

	while (*len < out->len) {
		now = base_mono_ms();
		if (now >= c->deadline_ms)
			return FALSE;
		until = last ? now : MIN(now + COMMAND_TICK_MS,
		    c->deadline_ms);
		n = read_by(c->out, out->data + *len, out->len - *len, until);
		if (n > 0) {
			*len += (size_t)n;
			continue;
		}
		if (n == 0 || errno != ETIMEDOUT || last)
			return n == 0 || errno == ETIMEDOUT;
		command_check(c);
		last = c->ended;
	}
	return TRUE;
}

static gboolean
command_finish(struct command *c)
{
	while (!c->ended && base_mono_ms() < c->deadline_ms) {
		command_check(c);
		if (!c->ended)
			g_usleep(2000);
	}
	if (!c->ended)
		return FALSE;
	return TRUE;
}

static void
command_stop(struct command *c)
{
	close(c->out);
	if (c->ended)
		return;
	kill(-c->pid, SIGKILL);
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	c->ended = TRUE;
}

static size_t
first_line(const struct base_secret *s, size_t len)
{
	const unsigned char *end = memchr(s->data, '\n', len);
	size_t n = end ? (size_t)(end - s->data) : len;

	return n > 0 && s->data[n - 1] == '\r' ? n - 1 : n;
}

static gboolean
command_judge(const struct command *c, gboolean in_time, size_t len,
    GError **error)
{
	if (!in_time)
		g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
		    _("the command did not finish within %d s"),
		    COMMAND_LIMIT_MS / 1000);
	else if (len > COMMAND_OUTPUT_MAX)
		g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
		    _("the command printed more than %d bytes"),
		    COMMAND_OUTPUT_MAX);
	else if (WIFSIGNALED(c->status))
		g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
		    _("the command was ended by signal %d"),
		    WTERMSIG(c->status));
	else if (WEXITSTATUS(c->status) != 0)
		g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
		    _("the command failed with exit code %d"),
		    WEXITSTATUS(c->status));
	else
		return TRUE;
	return FALSE;
}

struct base_secret *
base_secret_from_command(const char *command, GError **error)
{
	BASE_AUTO(base_secret) all = base_secret_new(COMMAND_OUTPUT_MAX + 1);
	struct command c = { .deadline_ms = base_mono_ms() +
		COMMAND_LIMIT_MS };
	size_t len = 0;
	gboolean in_time;

	if (!command_start(&c, command, error))
		return NULL;
	in_time = command_read(&c, all, &len);
	if (in_time && len <= COMMAND_OUTPUT_MAX)
		in_time = command_finish(&c);
	command_stop(&c);
	if (!command_judge(&c, in_time, len, error))
		return NULL;
	len = first_line(all, len);
	if (len > 0)
		return secret_part(all, len);
	g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
	    _("the command printed nothing"));
	return NULL;
}

struct base_secret *
base_secret_from_setting(const struct base_settings *settings,
    enum setting key, GError **error)
{
	g_autoptr(GError) why = NULL;
	struct base_secret *secret = base_secret_from_command(
	    base_setting(settings, key), &why);

	if (!secret)
		g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
		    _("The setting %s does not work: %s. Mend it, and try "
		      "again."), setting_defs[key].key, why->message);
	return secret;
}
