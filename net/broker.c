/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/broker.h"
#include "net/error.h"

enum { ANSWER_BYTES_MAX = 65536 };

static const enum setting command_settings[BROKER_COMMANDS_] = {
	[BROKER_TOKEN] = SET_TOKEN_COMMAND,
	[BROKER_CLIENT_SECRET] = SET_CLIENT_SECRET_COMMAND,
};

struct broker {
	pid_t pid;
	int fd; /* SOCK_SEQPACKET: one packet asks, one answers */
};

static gboolean
answer(int fd, char mark, const void *bytes, size_t len)
{
	g_autofree char *packet = g_malloc(ANSWER_BYTES_MAX);
	gboolean sent;

	len = MIN(len, (size_t)ANSWER_BYTES_MAX - 1);
	packet[0] = mark;
	memcpy(packet + 1, bytes, len);
	sent = send(fd, packet, len + 1, MSG_NOSIGNAL) == (ssize_t)len + 1;
	explicit_bzero(packet, len + 1);
	return sent;
}

static gboolean
serve_one(int fd, unsigned char number, const struct base_settings *settings)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) secret = NULL;
	const char *command;

	if (number >= BROKER_COMMANDS_)
		return FALSE;
	command = base_setting(settings, command_settings[number]);
	if (!command || !*command)
		return answer(fd, '-', "", 0);
	secret = base_secret_from_setting(settings, command_settings[number],
	    &error);
	if (!secret)
		return answer(fd, '-', error->message, strlen(error->message));
	return answer(fd, '+', base_secret_data(secret),
	    base_secret_len(secret));
}

G_NORETURN static void
child(int fd, const struct base_settings *settings)
{
	unsigned char number;
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Ctrl-C is the parent's to handle; its end closes our socket. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	while (recv(fd, &number, 1, 0) == 1)
		if (!serve_one(fd, number, settings))
			break;
	_exit(0);
}

struct broker *
broker_new(const struct base_settings *settings, GError **error)
{
	struct broker *broker;
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0 ||
	    (pid = fork()) < 0) {
		g_set_error(error, NET_ERROR, NET_ERROR_CONFIG, "%s",
		    g_strerror(errno));
		return NULL;
	}
	if (pid == 0) {
		close(fds[0]);
		child(fds[1], settings);
	}
	close(fds[1]);
	broker = g_new0(struct broker, 1);
	broker->pid = pid;
	broker->fd = fds[0];
	return broker;
}

static void
on_answer(int fd, void *user)
{
	gboolean *here = user;

	*here = TRUE;
}

/* Waits for the packet while the doorbell goes on. */
static gboolean
wait_answer(struct broker *broker, struct loop *loop)
{
	gboolean here = FALSE;

	loop_watch(loop, broker->fd, on_answer, &here);
	while (!here && !loop_stopping(loop))
		loop_turn(loop, -1);
	loop_unwatch(loop, broker->fd);
	return here;
}

struct base_secret *
broker_run(struct broker *broker, struct loop *loop,
    enum broker_command command, GError **error)
{
	unsigned char number = (unsigned char)command;
	g_autofree char *packet = g_malloc0(ANSWER_BYTES_MAX);
	struct base_secret *secret = NULL;
	ssize_t n = -1;

	if (send(broker->fd, &number, 1, MSG_NOSIGNAL) == 1 &&
	    wait_answer(broker, loop))
		n = recv(broker->fd, packet, ANSWER_BYTES_MAX - 1, 0);
	if (n > 1 && packet[0] == '+') {
		secret = base_secret_new((size_t)n - 1);
		memcpy(base_secret_data(secret), packet + 1, (size_t)n - 1);
	} else if (n > 1 && !loop_stopping(loop)) {
		g_set_error_literal(error, NET_ERROR, NET_ERROR_COMMAND,
		    packet + 1);
	} else {
		net_error_set(error, loop_stopping(loop) ? NET_ERROR_STOPPED :
		    NET_ERROR_COMMAND, NULL, NULL);
	}
	explicit_bzero(packet, ANSWER_BYTES_MAX);
	return secret;
}

void
broker_free(struct broker *broker)
{
	if (!broker)
		return;
	close(broker->fd);
	kill(broker->pid, SIGTERM);
	waitpid(broker->pid, NULL, 0);
	g_free(broker);
}
