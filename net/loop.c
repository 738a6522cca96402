/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "net/error.h"
#include "net/loop.h"

struct watch {
	int fd;
	loop_ready_fn *ready;
	void *user;
};

struct loop {
	CURLM *multi;
	GArray *watches; /* struct watch */
	void (*done)(CURL *easy, CURLcode code, void *user);
	void *done_user;
	void (*turn)(void *user);
	void *turn_user;
	int signal_fd;
	gboolean stopping;
};

struct loop *
loop_new(void)
{
	struct loop *loop = g_new0(struct loop, 1);

	loop->multi = curl_multi_init();
	g_assert(loop->multi);
	curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, 8L);
	curl_multi_setopt(loop->multi, CURLMOPT_PIPELINING,
	    (long)CURLPIPE_MULTIPLEX);
	loop->watches = g_array_new(FALSE, FALSE, sizeof(struct watch));
	loop->signal_fd = -1;
	return loop;
}

void
loop_free(struct loop *loop)
{
	if (!loop)
		return;
	curl_multi_cleanup(loop->multi);
	g_array_unref(loop->watches);
	if (loop->signal_fd >= 0)
		close(loop->signal_fd);
	g_free(loop);
}

CURLM *
loop_multi(struct loop *loop)
{
	return loop->multi;
}

void
loop_on_done(struct loop *loop,
    void (*done)(CURL *easy, CURLcode code, void *user), void *user)
{
	loop->done = done;
	loop->done_user = user;
}

void
loop_on_turn(struct loop *loop, void (*turn)(void *user), void *user)
{
	loop->turn = turn;
	loop->turn_user = user;
}

void
loop_watch(struct loop *loop, int fd, loop_ready_fn *ready, void *user)
{
	struct watch watch = { fd, ready, user };

	g_array_append_val(loop->watches, watch);
}

static struct watch *
watch_of(struct loop *loop, int fd)
{
	for (guint i = 0; i < loop->watches->len; i++) {
		struct watch *w = &g_array_index(loop->watches, struct watch,
		    i);
		if (w->fd == fd)
			return w;
	}
	return NULL;
}

void
loop_unwatch(struct loop *loop, int fd)
{
	struct watch *w = watch_of(loop, fd);

	if (w)
		g_array_remove_index(loop->watches,
		    (guint)(w - (struct watch *)(void *)loop->watches->data));
}

/* A callback may change the list: look each descriptor up anew. */
static void
serve(struct loop *loop, const struct curl_waitfd *fds, guint n)
{
	for (guint i = 0; i < n; i++) {
		struct watch *w = watch_of(loop, fds[i].fd);
		if (fds[i].revents && w)
			w->ready(w->fd, w->user);
	}
}

static void
finish(struct loop *loop)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(loop->multi, &left)))
		if (msg->msg == CURLMSG_DONE && loop->done)
			loop->done(msg->easy_handle, msg->data.result,
			    loop->done_user);
}

static void
perform(struct loop *loop)
{
	int running;

	curl_multi_perform(loop->multi, &running);
	finish(loop);
	if (loop->turn)
		loop->turn(loop->turn_user);
}

void
loop_turn(struct loop *loop, int timeout_ms)
{
	guint n = loop->watches->len;
	g_autofree struct curl_waitfd *fds = g_new0(struct curl_waitfd, n + 1);
	long due_ms = -1;

	/* What curl wants done at once needs no look at the descriptors. */
	curl_multi_timeout(loop->multi, &due_ms);
	if (due_ms == 0) {
		perform(loop);
		return;
	}
	for (guint i = 0; i < n; i++) {
		fds[i].fd = g_array_index(loop->watches, struct watch, i).fd;
		fds[i].events = CURL_WAIT_POLLIN;
	}
	if (timeout_ms < 0)
		timeout_ms = G_MAXINT;
	curl_multi_poll(loop->multi, fds, n, timeout_ms, NULL);
	serve(loop, fds, n);
	perform(loop);
}

gboolean
loop_pause(struct loop *loop, int64_t ms)
{
	int64_t end_ms = base_mono_ms() + ms;
	int64_t left_ms = ms;

	while (!loop->stopping && left_ms > 0) {
		loop_turn(loop, (int)MIN(left_ms, G_MAXINT));
		left_ms = end_ms - base_mono_ms();
	}
	return !loop->stopping;
}

static void
on_signal(int fd, void *user)
{
	struct loop *loop = user;
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		loop->stopping = TRUE;
}

gboolean
loop_catch_signals(struct loop *loop, GError **error)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	loop->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (loop->signal_fd < 0) {
		g_set_error(error, NET_ERROR, NET_ERROR_CONFIG, "signalfd: %s",
		    g_strerror(errno));
		return FALSE;
	}
	loop_watch(loop, loop->signal_fd, on_signal, loop);
	return TRUE;
}

void
loop_stop(struct loop *loop)
{
	loop->stopping = TRUE;
	loop_wake(loop);
}

gboolean
loop_stopping(const struct loop *loop)
{
	return loop->stopping;
}

void
loop_wake(struct loop *loop)
{
	curl_multi_wakeup(loop->multi);
}
