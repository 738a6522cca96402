/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The starter: a small child made before the filter is loaded and before the
 * terminal is touched, because a filter is inherited and qingnang-sync needs the
 * network. It waits on a socket pair for a verb of a fixed list, knows its
 * profile and its programs from birth, and takes nothing else from its parent but
 * the read end of a pipe that holds the key, and an https address.
 */
#include "config.h"
#include "cli/cli.h"
#include "tui/labs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct starter { int fd; pid_t pid; const struct base_settings *settings; };

struct starter_ask { uint32_t verb; };
enum { URL_MAX_BYTES = 2048 };
/* What a starter knows from birth. */
struct starter_self {
	const char *profile, *runtime_dir;
	const struct base_settings *settings; /* the programs */
};
struct starter_link_ask { struct starter_ask ask; char url[URL_MAX_BYTES]; };

/* The descriptor that came with a message, or -1. */
static int
taken_fd(struct msghdr *message)
{
	int fd = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c;
	     c = CMSG_NXTHDR(message, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

/* In the grandchild: a daemon without a terminal. */
static void
become_sync(const char *profile, int key_fd)
{
	g_autofree char *path = base_program_path("qingnang-sync");
	char number[16];
	int null = open("/dev/null", O_RDWR);

	setsid();
	signal(SIGCHLD, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	fcntl(key_fd, F_SETFD, 0);
	g_snprintf(number, sizeof number, "%d", key_fd);
	execl(path, "qingnang-sync", "--profile", profile, "--watch", "--key-fd",
	    number, (char *)NULL);
	_exit(127);
}

static void
start_sync(const char *profile, int key_fd)
{
	pid_t pid = key_fd >= 0 ? fork() : -1;

	if (pid == 0)
		become_sync(profile, key_fd);
	if (key_fd >= 0)
		close(key_fd);
}

/* In the grandchild: the program, its one argument, and no terminal. */
static void
become_link(const char *program, const char *url)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	signal(SIGCHLD, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execlp(program, program, url, (char *)NULL);
	_exit(127);
}

/* What the screens ask is looked at once more: they show what comes from
 * outside, and this process has no filter. */
static void
start_link(const char *program, struct starter_link_ask *ask, size_t len)
{
	size_t room = len - sizeof ask->ask;

	if (!*program || room < 2 || room > sizeof ask->url ||
	    ask->url[room - 1] != '\0' || strlen(ask->url) != room - 1 ||
	    !report_link_ok(ask->url))
		return;
	if (fork() == 0)
		become_link(program, ask->url);
}

/* "view-…/document.ext", and no way out of that directory. */
static gboolean
file_name_ok(const char *name)
{
	static const char dir[] = "view-", file[] = "/document.";
	const char *slash = strchr(name, '/');

	if (!g_str_has_prefix(name, dir) || !slash ||
	    !g_str_has_prefix(slash, file))
		return FALSE;
	for (const char *c = name; *c; c++)
		if (!g_ascii_isalnum(*c) && *c != '-' && c != slash &&
		    c != slash + strlen(file) - 1)
			return FALSE;
	return TRUE;
}

/* In the grandchild: the program, and the file as long as it runs. The lock is
 * held by having it open. */
static void
keep_file(const struct starter_self *self, const char *name)
{
	g_autofree char *path = g_build_filename(self->runtime_dir, name, NULL);
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *document = g_path_get_basename(path);
	g_autofree char *program = tui_file_program(self->settings, document);
	pid_t pid;

	setsid();
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid == 0)
		become_link(program, path);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	unlink(path);
	rmdir(dir);
	_exit(0);
}

static void
start_file(const struct starter_self *self, struct starter_link_ask *ask,
    size_t len, int lock)
{
	size_t room = len - sizeof ask->ask;

	if (lock >= 0 && room >= 2 &&
	    room <= sizeof ask->url && ask->url[room - 1] == '\0' &&
	    strlen(ask->url) == room - 1 && file_name_ok(ask->url) &&
	    fork() == 0)
		keep_file(self, ask->url);
}

static void
starter_loop(int fd, const struct starter_self *self)
{
	for (;;) {
		struct starter_link_ask all = { { 0 }, "" };
		struct starter_ask *ask = &all.ask;
		struct iovec io = { &all, sizeof all };
		char control[CMSG_SPACE(sizeof(int))];
		struct msghdr message = { .msg_iov = &io, .msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof control };
		ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
		int key_fd;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0); /* the parent is gone */
		key_fd = taken_fd(&message);
		if (n == (ssize_t)sizeof *ask && ask->verb == STARTER_SYNC) {
			start_sync(self->profile, key_fd);
			continue;
		}
		if (n > (ssize_t)sizeof *ask && ask->verb == STARTER_FILE)
			start_file(self, &all, (size_t)n, key_fd);
		if (key_fd >= 0)
			close(key_fd);
		if (n > (ssize_t)sizeof *ask && ask->verb == STARTER_LINK)
			start_link(base_setting(self->settings,
			    SET_LINK_PROGRAM), &all, (size_t)n);
	}
}

static void
starter_child(int fd, const struct starter_self *self)
{
	prctl(PR_SET_NAME, "qingnang-start");
	/* Keys typed in the terminal are for the screens; children end by
	 * themselves and are not waited for. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	setsid();
	starter_loop(fd, self);
}

struct starter *
starter_new(const char *profile, const struct base_settings *settings,
    const char *runtime_dir, GError **error)
{
	const struct starter_self self = { profile, runtime_dir, settings };
	struct starter *starter;
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0 ||
	    (pid = fork()) < 0) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_START,
		    _("No process could be started: %s."), g_strerror(errno));
		return NULL;
	}
	if (pid == 0) {
		close(ends[0]);
		starter_child(ends[1], &self);
	}
	close(ends[1]);
	starter = g_new0(struct starter, 1);
	starter->fd = ends[0];
	starter->pid = pid;
	starter->settings = settings;
	return starter;
}

int
cli_key_pipe(const struct base_secret *key, GError **error)
{
	/* A key is far smaller than a pipe's buffer: no reader is needed yet. */
	struct base_secret *bytes = (struct base_secret *)key;
	ssize_t len = (ssize_t)base_secret_len(key);
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0 ||
	    write(ends[1], base_secret_data(bytes), (size_t)len) != len) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_START,
		    _("The key could not be handed to qingnang-sync: %s."),
		    g_strerror(errno));
		return -1;
	}
	close(ends[1]);
	return ends[0];
}

gboolean
starter_sync(struct starter *starter, const struct base_secret *key,
    GError **error)
{
	struct starter_ask ask = { STARTER_SYNC };
	struct iovec io = { &ask, sizeof ask };
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct msghdr message = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);
	int fd = cli_key_pipe(key, error);
	gboolean ok;

	if (fd < 0)
		return FALSE;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	ok = sendmsg(starter->fd, &message, MSG_NOSIGNAL) == sizeof ask;
	close(fd);
	if (!ok)
		g_set_error(error, CLI_ERROR, CLI_ERROR_START,
		    _("qingnang-sync cannot be started any more: start qingnang "
		      "again. What you type is kept."));
	return ok;
}

/* The starter does not answer, so what cannot begin is seen here. */
static gboolean
is_there(const char *program, GError **error)
{
	g_autofree char *path = *program ? g_find_program_in_path(program) :
	    NULL;

	if (!path)
		g_set_error(error, CLI_ERROR, CLI_ERROR_START,
		    _("There is no program “%s” on this machine: see "
		      "link_program, file_program and file_programs in "
		      "qingnang.conf(5)."), program);
	return path != NULL;
}

gboolean
starter_link(struct starter *starter, const char *url, GError **error)
{
	struct starter_link_ask ask = { { STARTER_LINK }, "" };
	size_t len = strlen(url) + 1;

	if (!is_there(base_setting(starter->settings, SET_LINK_PROGRAM),
	    error))
		return FALSE;
	if (report_link_ok(url) && len <= sizeof ask.url) {
		memcpy(ask.url, url, len);
		len += sizeof ask.ask;
		if (send(starter->fd, &ask, len, MSG_NOSIGNAL) == (ssize_t)len)
			return TRUE;
	}
	g_set_error(error, CLI_ERROR, CLI_ERROR_START,
	    _("The program for links cannot be started."));
	return FALSE;
}

gboolean
starter_file(struct starter *starter, const char *name, int lock,
    GError **error)
{
	struct starter_link_ask ask = { { STARTER_FILE }, "" };
	size_t len = MIN(strlen(name) + 1, sizeof ask.url);
	struct iovec io = { &ask, sizeof ask.ask + len };
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct msghdr message = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);
	g_autofree char *document = g_path_get_basename(name);
	g_autofree char *program = tui_file_program(starter->settings,
	    document);

	if (!is_there(program, error))
		return FALSE;
	memcpy(ask.url, name, len);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof lock);
	memcpy(CMSG_DATA(c), &lock, sizeof lock);
	if (file_name_ok(name) && sendmsg(starter->fd, &message,
	    MSG_NOSIGNAL) == (ssize_t)io.iov_len)
		return TRUE;
	g_set_error(error, CLI_ERROR, CLI_ERROR_START,
	    _("The program for files cannot be started."));
	return FALSE;
}

void
starter_free(struct starter *starter)
{
	if (!starter)
		return;
	close(starter->fd);
	waitpid(starter->pid, NULL, 0);
	g_free(starter);
}
