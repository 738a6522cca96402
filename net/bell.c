/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>
#include "net/bell.h"

enum { CLIENTS_MAX = 16 };

struct client {
	struct bell *bell;
	struct doorbell *end;
	int64_t number;     /* never used twice */
	gboolean greeted, screen, active, leaving;
};

struct bell {
	struct loop *loop;
	int listen_fd;
	GPtrArray *clients; /* struct client */
	int64_t last;       /* number of the last client */
	const struct bell_ops *ops;
	void *user;
	struct doorbell_line state;
};

static void
client_free(struct client *c)
{
	loop_unwatch(c->bell->loop, doorbell_fd(c->end));
	doorbell_free(c->end);
	g_free(c);
}

static void
drop(struct client *c)
{
	struct bell *bell = c->bell;

	g_ptr_array_remove_fast(bell->clients, c);
	client_free(c);
	bell->ops->left(bell->user, (int)bell->clients->len);
}

static void
hello(struct client *c, const struct doorbell_line *line)
{
	c->greeted = TRUE;
	c->screen = strcmp(line->word, "screen") == 0;
	if (c->bell->state.verb == BELL_STATE)
		doorbell_send(c->end, &c->bell->state);
	c->bell->ops->came(c->bell->user, c->bell->clients->len == 1);
}

/* Other windows of this doctor show what now waits, also while offline. */
static void
tell_others(struct client *c)
{
	struct doorbell_line line = { .verb = BELL_CHANGED,
		.kind = BELL_KIND_OUTBOX };

	for (guint i = 0; i < c->bell->clients->len; i++) {
		struct client *other = g_ptr_array_index(c->bell->clients, i);

		if (other != c && other->greeted)
			doorbell_send(other->end, &line);
	}
}

static void
on_line(const struct doorbell_line *line, void *user)
{
	struct client *c = user;
	struct bell *bell = c->bell;

	switch (line->verb) {
	case BELL_HELLO:
		hello(c, line);
		break;
	case BELL_POKE:
		tell_others(c);
		bell->ops->poke(bell->user);
		break;
	case BELL_ACTIVE:
		c->active = line->id != 0;
		break;
	case BELL_FETCH:
		bell->ops->fetch(bell->user, &(struct bell_asker){ c->number,
		    line->id }, line->word, line->limit_ms);
		break;
	case BELL_CHECK:
		bell->ops->check(bell->user, &(struct bell_asker){ c->number,
		    line->id }, (struct rx_id){ line->count },
		    line->limit_ms);
		break;
	case BELL_PULL:
	case BELL_PURGE:
		bell->ops->asked(bell->user, c->number, line->verb, line->id);
		break;
	case BELL_STAY:
		bell->ops->stay(bell->user);
		break;
	case BELL_QUIT:
		c->leaving = TRUE;
		break;
	default: /* not of our grammar, or for the other side: a hint lost */
		break;
	}
}

static void
on_ready(int fd, void *user)
{
	struct client *c = user;

	if (!doorbell_read(c->end, on_line, c) || c->leaving)
		drop(c);
}

static void
on_knock(int fd, void *user)
{
	struct bell *bell = user;
	struct client *c;
	int peer = doorbell_accept(fd);

	if (peer < 0)
		return;
	if (bell->clients->len >= CLIENTS_MAX) {
		close(peer);
		return;
	}
	c = g_new0(struct client, 1);
	c->bell = bell;
	c->number = ++bell->last;
	c->end = doorbell_new(peer);
	g_ptr_array_add(bell->clients, c);
	loop_watch(bell->loop, peer, on_ready, c);
}

struct bell *
bell_new(struct loop *loop, const char *runtime_dir,
    const struct bell_ops *ops, void *user, GError **error)
{
	int fd = doorbell_listen(runtime_dir, error);
	struct bell *bell;

	if (fd < 0)
		return NULL;
	bell = g_new0(struct bell, 1);
	bell->loop = loop;
	bell->listen_fd = fd;
	bell->ops = ops;
	bell->user = user;
	bell->clients = g_ptr_array_new();
	bell->state.verb = BELL_UNKNOWN;
	loop_watch(loop, fd, on_knock, bell);
	return bell;
}

void
bell_free(struct bell *bell)
{
	struct doorbell_line bye = { .verb = BELL_BYE };

	if (!bell)
		return;
	bell_ring(bell, &bye);
	for (guint i = 0; i < bell->clients->len; i++)
		client_free(g_ptr_array_index(bell->clients, i));
	g_ptr_array_unref(bell->clients);
	loop_unwatch(bell->loop, bell->listen_fd);
	close(bell->listen_fd);
	g_free(bell);
}

int
bell_clients(const struct bell *bell)
{
	return bell ? (int)bell->clients->len : 0;
}

gboolean
bell_active(const struct bell *bell)
{
	for (guint i = 0; bell && i < bell->clients->len; i++) {
		const struct client *c = g_ptr_array_index(bell->clients, i);
		if (c->screen && c->active)
			return TRUE;
	}
	return FALSE;
}

/* A client whose pipe is full is hung up on by doorbell_send; its end shows at
 * the next read. */
void
bell_ring(struct bell *bell, const struct doorbell_line *line)
{
	for (guint i = 0; bell && i < bell->clients->len; i++) {
		struct client *c = g_ptr_array_index(bell->clients, i);
		if (c->greeted)
			doorbell_send(c->end, line);
	}
}

void
bell_changed(struct bell *bell, enum doorbell_kind kind, int64_t id)
{
	struct doorbell_line line = { .verb = BELL_CHANGED, .kind = kind,
		.id = id };

	bell_ring(bell, &line);
}

void
bell_progress(struct bell *bell, enum doorbell_phase phase, int64_t done,
    int64_t total)
{
	struct doorbell_line line = { .verb = BELL_PROGRESS, .phase = phase,
		.done = done, .total = total };

	bell_ring(bell, &line);
}

void
bell_fetching(struct bell *bell, int64_t file, int64_t done, int64_t total)
{
	struct doorbell_line line = { .verb = BELL_FETCHING, .id = file,
		.done = done, .total = total };

	bell_ring(bell, &line);
}

static void
tell(struct bell *bell, int64_t client, const struct doorbell_line *line)
{
	for (guint i = 0; bell && i < bell->clients->len; i++) {
		struct client *c = g_ptr_array_index(bell->clients, i);
		if (c->number == client)
			doorbell_send(c->end, line);
	}
}

void
bell_answer(struct bell *bell, const struct bell_asker *asker,
    const char *word)
{
	struct doorbell_line line = { .verb = BELL_ANSWER,
		.id = asker->request_id };

	g_strlcpy(line.word, word, sizeof(line.word));
	tell(bell, asker->client, &line);
}

void
bell_ended(struct bell *bell, int64_t client, int64_t request_id,
    enum net_exit code, int64_t count)
{
	struct doorbell_line line = { .verb = BELL_ENDED, .id = request_id,
		.code = (int64_t)code, .count = count };

	tell(bell, client, &line);
}

void
bell_state(struct bell *bell, enum doorbell_state state, int64_t since_ms,
    int64_t fresh_ms)
{
	if (!bell)
		return;
	bell->state.verb = BELL_STATE;
	bell->state.state = state;
	bell->state.since_ms = since_ms;
	bell->state.fresh_ms = fresh_ms;
	bell_ring(bell, &bell->state);
}
