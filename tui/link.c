/* SPDX-License-Identifier: Apache-2.0 */
/* Our end of the doorbell: what is heard becomes dirty bits and the status. */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "tui/engine.h"

/* Requests of which the answer is remembered. */
enum { ASKED_MAX = 8 };

struct link {
	struct doorbell *bell;
	int watch_fd;          /* while there is none: tells when one is hung */
	int tries;
	int64_t next_ms;       /* monotonic; when to connect again */
	unsigned heard;        /* dirty bits not yet taken */
	int active;            /* what qingnang-sync was told; -1 nothing */
	struct {
		int64_t id, until_ms; /* monotonic */
		int64_t file, limit_ms; /* of an attachment */
		enum ask_state state;
	} asked[ASKED_MAX];    /* the last ones, by id modulo */
	int64_t asked_last;
};

/* Seconds between attempts; the last holds on, on the clock's minute. */
static const int tries_ms[] = { 0, 100, 200, 400, 1000, 2000, 5000, 15000,
	60000 };
enum { TRIES_SHORT = 5, TRIES_ASK = 6 };

struct link *
link_new(void)
{
	struct link *l = g_new0(struct link, 1);

	l->active = -1;
	l->watch_fd = -1;
	return l;
}

static void
watch_end(struct link *l)
{
	if (l->watch_fd >= 0)
		close(l->watch_fd);
	l->watch_fd = -1;
}

void
link_free(struct link *l)
{
	if (!l)
		return;
	if (l->bell)
		doorbell_free(l->bell);
	watch_end(l);
	g_free(l);
}

int
link_fd(struct tui *ui)
{
	return ui->link->bell ? doorbell_fd(ui->link->bell)
			      : ui->link->watch_fd;
}

short
link_events(struct tui *ui)
{
	struct link *l = ui->link;

	return (short)(POLLIN |
	    (l->bell && doorbell_pending(l->bell) ? POLLOUT : 0));
}

int64_t
link_due_ms(struct tui *ui)
{
	return ui->link->bell || !ui->store || ui->link->next_ms == INT64_MAX
	    ? -1 : ui->link->next_ms;
}

/* Signing rests on a login that is this doctor's, now. */
static void
desk_state(struct tui *ui)
{
	enum doorbell_state state = ui->status.state;

	if (ui->desk)
		desk_verified(ui->desk, ui->status.connected &&
		    ui->status.known && (state == BELL_LIVE ||
		    state == BELL_POLLING || state == BELL_CATCHING_UP));
}

static void
lost(struct tui *ui)
{
	struct link *l = ui->link;

	if (l->bell)
		doorbell_free(l->bell);
	l->bell = NULL;
	l->active = -1;
	l->next_ms = base_mono_ms() +
	    tries_ms[MIN(l->tries, (int)G_N_ELEMENTS(tries_ms) - 1)];
	l->tries++;
	if (l->tries > TRIES_SHORT && !ui->status.given_up) {
		ui->status.given_up = TRUE;
		ui_dirty(ui, DIRTY_SCREEN);
	}
	if (ui->status.connected) {
		ui->status.connected = FALSE;
		ui->status.since_ms = base_now_ms();
		ui_dirty(ui, DIRTY_SCREEN);
	}
	desk_state(ui);
}

/* Asks the starter for qingnang-sync; it may be running already. */
static void
sync_ask(struct tui *ui)
{
	const struct tui_host *host = &ui->options->host;
	g_autoptr(GError) error = NULL;

	if (!host->sync_start || !ui->key)
		return;
	if (host->sync_start(host->user, ui->key, &error))
		return;
	ui->status.given_up = TRUE;
	if (ui->link->tries == 0)
		ui_fail(ui, _("qingnang-sync could not be started: what is here "
		    "can be read and written, nothing goes out."), error);
}

/* Another program rebuilt the cache, and what is open here is the one set aside:
 * what is "live" is not on this screen. */
static void
stand_aside(struct tui *ui)
{
	struct link *l = ui->link;

	l->next_ms = INT64_MAX;
	watch_end(l);
	ui->status.connected = FALSE;
	ui->status.given_up = TRUE;
	ui_say(ui, _("The cache was damaged and another program has made it "
	    "anew: quit and start again. Copy what you are writing first."));
	ui_dirty(ui, DIRTY_SCREEN);
}

void
link_tick(struct tui *ui)
{
	struct link *l = ui->link;
	struct doorbell_line hello = { .verb = BELL_HELLO, .word = "screen" };
	int fd;

	if (l->bell || !ui->store || base_mono_ms() < l->next_ms)
		return;
	if (store_standing(ui->store) == STORE_REPLACED) {
		stand_aside(ui);
		return;
	}
	/* Before it is tried: one that comes in between is not missed. */
	if (l->watch_fd < 0 && ui->options->runtime_dir)
		l->watch_fd = doorbell_watch(ui->options->runtime_dir);
	fd = ui->options->runtime_dir
	    ? doorbell_connect(ui->options->runtime_dir, NULL) : -1;
	if (fd < 0) {
		if (l->tries == 0 || l->tries > TRIES_ASK)
			sync_ask(ui);
		lost(ui);
		return;
	}
	l->bell = doorbell_new(fd);
	watch_end(l);
	l->tries = 0;
	ui->status.connected = TRUE;
	ui->status.given_up = FALSE;
	ui->status.known = FALSE;
	link_send(ui, &hello);
	l->heard |= DIRTY_DATA; /* what rang meanwhile was not heard */
	ui_dirty(ui, DIRTY_SCREEN);
}

static void
heard_change(struct tui *ui, const struct doorbell_line *line)
{
	struct link *l = ui->link;

	switch (line->kind) {
	case BELL_KIND_QUEUE:
		l->heard |= DIRTY_QUEUE;
		break;
	case BELL_KIND_CONSULT:
		l->heard |= DIRTY_QUEUE;
		if (!line->id || line->id == ui->open.key.consult.n)
			l->heard |= DIRTY_THREAD;
		break;
	case BELL_KIND_PATIENT:
		if (!line->id || line->id == ui->patient.n)
			l->heard |= DIRTY_CHART | DIRTY_THREAD;
		l->heard |= DIRTY_QUEUE;
		break;
	case BELL_KIND_OUTBOX:
		l->heard |= DIRTY_OUTBOX | DIRTY_THREAD | DIRTY_QUEUE;
		break;
	case BELL_KIND_ALL:
		l->heard |= DIRTY_DATA;
		break;
	}
}

/* What the doctor alone can mend is said when it begins; the header shows how
 * long it lasts. */
static const char *const advice[] = {
	[BELL_DISK_FAILS] = N_("The disk is full or cannot be written, so nothing "
	    "new comes in. Make room; it goes on by itself."),
	[BELL_CACHE_DAMAGED] = N_("The cache is damaged: quit and start again. "
	    "It is set aside and fetched from the server anew; drafts and "
	    "unsent replies are taken over where they can be read."),
};

static void
heard_state(struct tui *ui, const struct doorbell_line *line)
{
	gboolean new = !ui->status.known || ui->status.state != line->state;

	ui->status.known = TRUE;
	ui->status.state = line->state;
	ui->status.since_ms = line->since_ms;
	ui->status.fresh_ms = line->fresh_ms;
	desk_state(ui);
	if (line->state != BELL_CATCHING_UP)
		ui->status.total = ui->status.done = 0;
	/* What could not be asked for may be had now. */
	if (new)
		ui->link->heard |= DIRTY_CHART;
	if (new && line->state < G_N_ELEMENTS(advice) && advice[line->state])
		ui_say(ui, _(advice[line->state]));
	ui_dirty(ui, DIRTY_SCREEN);
}

static void
answered(struct tui *ui, const struct doorbell_line *line)
{
	static const struct { const char *word; enum ask_state state; }
	words[] = { { "ok", ASK_OK }, { "gone", ASK_GONE },
		{ "refused", ASK_REFUSED } };
	int at = (int)(line->id % ASKED_MAX);

	if (line->id <= 0 || ui->link->asked[at].id != line->id)
		return;
	ui->link->asked[at].state = ASK_FAILED;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(line->word, words[i].word) == 0)
			ui->link->asked[at].state = words[i].state;
	/* What it brought is looked at with it. */
	ui->link->heard |= DIRTY_CHART;
	ui_dirty(ui, DIRTY_SCREEN);
}

/* As long as it comes it is waited for. */
static void
heard_fetching(struct tui *ui, const struct doorbell_line *line)
{
	struct link *l = ui->link;

	ui->status.fetching.file = line->id;
	ui->status.fetching.done = line->done;
	ui->status.fetching.total = line->total;
	for (int i = 0; i < ASKED_MAX; i++)
		if (l->asked[i].id && l->asked[i].file == line->id)
			l->asked[i].until_ms = base_mono_ms() +
			    l->asked[i].limit_ms;
	ui_dirty(ui, DIRTY_SCREEN);
}

static void
heard(const struct doorbell_line *line, void *user)
{
	struct tui *ui = user;

	switch (line->verb) {
	case BELL_CHANGED:
		heard_change(ui, line);
		break;
	case BELL_STATE:
		heard_state(ui, line);
		break;
	case BELL_PROGRESS:
		ui->status.phase = line->phase;
		ui->status.done = line->done;
		ui->status.total = line->total;
		ui_dirty(ui, DIRTY_SCREEN);
		break;
	case BELL_FETCHING:
		heard_fetching(ui, line);
		break;
	case BELL_ANSWER:
		answered(ui, line);
		break;
	default:
		break;
	}
}

void
link_read(struct tui *ui)
{
	struct link *l = ui->link;

	if (l->bell && !doorbell_read(l->bell, heard, ui))
		lost(ui);
	else if (!l->bell && l->watch_fd >= 0 && doorbell_hung(l->watch_fd))
		l->next_ms = 0;
}

void
link_send(struct tui *ui, const struct doorbell_line *line)
{
	if (ui->link->bell)
		doorbell_send(ui->link->bell, line);
}

gboolean
link_waiting(struct tui *ui)
{
	return ui->link->heard != 0;
}

unsigned
link_heard(struct tui *ui)
{
	unsigned heard_now = ui->link->heard;

	ui->link->heard = 0;
	return heard_now;
}

void
link_active(struct tui *ui, gboolean active)
{
	struct doorbell_line line = { .verb = BELL_ACTIVE, .id = active };

	if (!ui->link->bell || ui->link->active == active)
		return;
	ui->link->active = active;
	link_send(ui, &line);
}

void
link_quit(struct tui *ui)
{
	struct doorbell_line line = { .verb = BELL_QUIT };

	link_send(ui, &line);
}

/* ---- questions ---------------------------------------------------------- */

static int64_t
ask(struct tui *ui, struct doorbell_line *line)
{
	struct link *l = ui->link;
	int at;

	if (!l->bell)
		return 0;
	line->id = ++l->asked_last;
	at = (int)(line->id % ASKED_MAX);
	l->asked[at].id = line->id;
	l->asked[at].until_ms = base_mono_ms() + line->limit_ms;
	l->asked[at].limit_ms = line->limit_ms;
	l->asked[at].file = g_str_has_prefix(line->word, "File/") ?
	    g_ascii_strtoll(line->word + strlen("File/"), NULL, 10) : 0;
	l->asked[at].state = ASK_WAITING;
	link_send(ui, line);
	return line->id;
}

int64_t
ui_ask(struct tui *ui, enum doorbell_verb verb, const char *ref,
    int64_t limit_ms)
{
	struct doorbell_line line = { .verb = verb, .limit_ms = limit_ms };

	g_strlcpy(line.word, ref, sizeof line.word);
	return ask(ui, &line);
}

int64_t
ui_ask_service(struct tui *ui, struct rx_id rx, int64_t limit_ms)
{
	struct doorbell_line line = { .verb = BELL_CHECK, .count = rx.n,
		.limit_ms = limit_ms };

	return ask(ui, &line);
}

enum ask_state
ui_asked(struct tui *ui, int64_t request)
{
	struct link *l = ui->link;
	int at = (int)(request % ASKED_MAX);

	if (request <= 0 || l->asked[at].id != request)
		return ASK_NONE;
	if (l->asked[at].state == ASK_WAITING && (!l->bell ||
	    base_mono_ms() >= l->asked[at].until_ms))
		l->asked[at].state = ASK_FAILED;
	return l->asked[at].state;
}

int64_t
ui_asked_due(struct tui *ui, int64_t request)
{
	const struct link *l = ui->link;
	int at = (int)(request % ASKED_MAX);

	/* Also when it is over: whoever asked has that still to draw. */
	return request > 0 && l->asked[at].id == request &&
	    l->asked[at].state == ASK_WAITING ? l->asked[at].until_ms : -1;
}
