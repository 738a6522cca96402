/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/beside.h"
#include "net/sync.h"

enum {
	STEP_MS = 50,           /* between looks while one starts or ends */
	STEP_LONG_MS = 1000,    /* … and while a login has the profile */
	PATIENCE_MS = 10000,    /* of a command that nobody answers */
	REQUEST = 1,
};

/* A connection to the one that runs. */
struct talk {
	struct beside *beside;
	struct loop *loop;
	struct doorbell *bell;
	gboolean gone, ended, stated;
	struct beside_answer answer;
};

/* ---- hearing ------------------------------------------------------------- */

static void
heard_end(struct talk *t, const struct doorbell_line *line)
{
	if (line->id != REQUEST)
		return;
	t->ended = TRUE;
	t->answer.count = line->count;
	t->answer.code = line->code <= NET_EXIT_UNSENT
	    ? (enum net_exit)line->code : NET_EXIT_FAILED;
}

static void
heard_state(struct talk *t, const struct doorbell_line *line)
{
	FILE *out = t->beside->out;
	gboolean known = t->stated && t->answer.state == line->state;

	t->stated = TRUE;
	t->answer.state = line->state;
	if (known || !out || t->beside->options->mode != MODE_SERVE)
		return;
	fprintf(out, "%s\n", doorbell_state_name(line->state));
	fflush(out);
}

static void
heard(const struct doorbell_line *line, void *user)
{
	struct talk *t = user;

	switch (line->verb) {
	case BELL_ENDED:
		heard_end(t, line);
		break;
	case BELL_STATE:
		heard_state(t, line);
		break;
	case BELL_PROGRESS:
		if (t->beside->options->mode == MODE_ONCE)
			sync_progress_print(t->beside->out, line->phase,
			    line->done, line->total);
		break;
	default:
		break;
	}
}

static void
on_ready(int fd, void *user)
{
	struct talk *t = user;

	if (!doorbell_read(t->bell, heard, t))
		t->gone = TRUE;
}

/* ---- talking ------------------------------------------------------------- */

static void
say(struct talk *t, enum doorbell_verb verb)
{
	struct doorbell_line line = { .verb = verb, .id = REQUEST,
		.word = "command" };

	if (!doorbell_send(t->bell, &line))
		t->gone = TRUE;
}

static gboolean
talk_begin(struct talk *t)
{
	int fd = doorbell_connect(t->beside->runtime_dir, NULL);

	if (fd < 0)
		return FALSE;
	t->bell = doorbell_new(fd);
	t->gone = t->stated = FALSE;
	loop_watch(t->loop, fd, on_ready, t);
	say(t, BELL_HELLO);
	return TRUE;
}

static void
talk_end(struct talk *t)
{
	loop_unwatch(t->loop, doorbell_fd(t->bell));
	g_clear_pointer(&t->bell, doorbell_free);
}

static void
listen_on(struct talk *t)
{
	while (!t->gone && !t->ended && !loop_stopping(t->loop))
		loop_turn(t->loop, -1);
}

/* ---- what to do beside it ------------------------------------------------ */

/* FALSE: it ended, or is not there yet. */
static gboolean
ask(struct talk *t)
{
	if (!talk_begin(t))
		return FALSE;
	say(t, t->beside->options->mode == MODE_PURGE ? BELL_PURGE : BELL_PULL);
	listen_on(t);
	if (t->beside->options->mode == MODE_ONCE && t->beside->out)
		fputs("\r\033[K", t->beside->out);
	talk_end(t);
	return t->ended;
}

static void
stay_with(struct talk *t)
{
	if (!talk_begin(t))
		return;
	if (t->beside->options->stay)
		say(t, BELL_STAY);
	if (t->beside->out) {
		fputs(_("Another one keeps the profile in step: this one stays "
		    "with it, and goes on when it ends.\n"), t->beside->out);
		fflush(t->beside->out);
	}
	listen_on(t);
	talk_end(t);
}

static enum beside_end
take_by_asking(struct talk *t)
{
	int64_t until_ms = base_mono_ms() + PATIENCE_MS;

	for (;;) {
		if (lock_take(t->beside->lock, LOCK_BRIEFLY))
			return BESIDE_OURS;
		if (ask(t))
			return BESIDE_ASKED;
		if (base_mono_ms() >= until_ms)
			return BESIDE_RUNNING;
		if (!loop_pause(t->loop, STEP_MS))
			return BESIDE_STOPPED;
	}
}

static enum beside_end
take_by_staying(struct talk *t)
{
	int64_t step_ms = STEP_MS;

	for (;;) {
		if (lock_take(t->beside->lock, LOCK_SERVES))
			return BESIDE_OURS;
		stay_with(t);
		if (!loop_pause(t->loop, step_ms))
			return BESIDE_STOPPED;
		step_ms = lock_use(t->beside->lock) == LOCK_BRIEFLY
		    ? MIN(step_ms * 2, STEP_LONG_MS) : STEP_MS;
	}
}

/* A screen's own: it is not needed beside one that serves, and after a login or a
 * command it must be there at once. */
static enum beside_end
take_for_screen(struct beside *b)
{
	int fd;

	if (lock_take(b->lock, LOCK_SERVES))
		return BESIDE_OURS;
	fd = doorbell_connect(b->runtime_dir, NULL);
	if (fd >= 0) {
		BASE_AUTO(doorbell) bell = doorbell_new(fd);
		return BESIDE_RUNNING;
	}
	/* Read after its doorbell was tried: what it says then holds. */
	if (lock_use(b->lock) == LOCK_SERVES)
		return BESIDE_RUNNING;
	return lock_in_line(b->lock, LOCK_SERVES) ? BESIDE_OURS
						  : BESIDE_RUNNING;
}

static enum beside_end
take_with_loop(struct beside *b, struct beside_answer *answer_out,
    GError **error)
{
	BASE_AUTO(loop) loop = loop_new();
	struct talk t = { .beside = b, .loop = loop };
	enum beside_end end;

	if (!loop_catch_signals(loop, error))
		return BESIDE_FAILED;
	end = b->options->mode == MODE_SERVE ? take_by_staying(&t)
					     : take_by_asking(&t);
	*answer_out = t.answer;
	return loop_stopping(loop) ? BESIDE_STOPPED : end;
}

enum beside_end
beside_take(struct beside *b, struct beside_answer *answer_out, GError **error)
{
	gboolean serves = b->options->mode == MODE_SERVE;

	if (lock_take(b->lock, serves ? LOCK_SERVES : LOCK_BRIEFLY))
		return BESIDE_OURS;
	switch (b->options->mode) {
	case MODE_LOGIN:
		/* Refresh tokens rotate, and two must never use one. */
		return lock_take_over(b->lock) ? BESIDE_OURS : BESIDE_RUNNING;
	case MODE_CHECK:
		return BESIDE_RUNNING;
	default:
		return serves && !b->person ? take_for_screen(b)
		    : take_with_loop(b, answer_out, error);
	}
}
