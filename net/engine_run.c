/* SPDX-License-Identifier: Apache-2.0 */
/* The three ways of running: once, serving, logging in. */
#include <stdio.h>
#include <string.h>
#include "net/engine_room.h"
#include "net/file.h"
#include "store/search.h"

enum {
	GRACE_MS = 60000, /* for the first client to come, and the outbox to go */
	DAILY_LOOK_MS = 3600000,
	/* What search finds follows what was ingested, in slices: short ones,
	 * with room between, while a doctor is at the keys. */
	INDEX_SLICE = 500,
	INDEX_SLICE_SCREEN = 50,
	INDEX_PAUSE_MS = 20,
};

/* ---- once ---------------------------------------------------------------- */

static enum net_exit
sorry(struct engine *e, const GError *error)
{
	g_autofree char *words = net_error_words(error);

	engine_state(e, net_error_state(error), words);
	fprintf(stderr, "qingnang-sync: %s\n", words);
	return net_error_exit(error);
}

static gboolean
print_counts(struct store *store, int64_t arrived, FILE *out,
    int64_t *unsent_out, GError **error)
{
	struct queue_filter all = { .lane = QUEUE_LANE_ALL };
	struct queue_counts queue;
	struct outbox_counts outbox;
	int64_t owed = 0;

	if (!store_queue_counts(store, &all, base_now_ms(), &queue, error) ||
	    !store_outbox_counts(store, &outbox, error))
		return FALSE;
	for (int k = 0; k < QUEUE_KINDS_; k++)
		owed += queue.owed[k];
	fprintf(out, _("%d in the queue, %d owed; %d new or changed; %d "
	    "unsent, %d refused\n"), (int)queue.rows,
	    (int)owed, (int)arrived, (int)outbox.waiting, (int)outbox.failed);
	if (outbox.failed)
		fprintf(stderr, NGETTEXT("qingnang-sync: %d reply was refused "
		    "by the server and is kept here; `qingnang show` of its "
		    "consultation says why.\n", "qingnang-sync: %d replies were "
		    "refused by the server and are kept here; `qingnang show` "
		    "of their consultations says why.\n",
		    (unsigned long)outbox.failed), (int)outbox.failed);
	*unsent_out = outbox.waiting + outbox.failed;
	return TRUE;
}

enum net_exit
engine_told(struct store *store, enum net_exit code, int64_t arrived,
    FILE *out)
{
	g_autofree char *words = store_note_get(store, "sync.error");
	g_autoptr(GError) error = NULL;
	int64_t unsent = 0;

	if (code != NET_EXIT_OK) {
		fprintf(stderr, "qingnang-sync: %s\n", words && *words ? words
		    : _("the one that runs for this profile could not do it"));
		return code;
	}
	if (!print_counts(store, arrived, out, &unsent, &error)) {
		g_autofree char *why = net_error_words(error);
		fprintf(stderr, "qingnang-sync: %s\n", why);
		return net_error_exit(error);
	}
	return unsent ? NET_EXIT_UNSENT : NET_EXIT_OK;
}

static gboolean
index_all(struct engine *e, GError **error)
{
	int64_t left = 1;

	while (left > 0 && !loop_stopping(e->s.loop))
		if (!store_search_index(e->s.store, INDEX_SLICE, &left, error))
			return FALSE;
	return TRUE;
}

enum net_exit
engine_once(struct engine *e, FILE *out, gboolean chatty)
{
	g_autoptr(GError) error = NULL;
	int64_t unsent = 0;
	gboolean fine;

	e->s.progress = chatty ? out : NULL;
	/* Replies first: they must not wait for a long first sync. */
	fine = engine_connect(e, &error) && engine_push(e, &error) &&
	    engine_pull(e, &error) && engine_push(e, &error) &&
	    file_fetch_wanted(&e->s) &&
	    engine_purge(e, FALSE, &error) >= 0 && index_all(e, &error);
	if (chatty)
		fputs("\r\033[K", out);
	if (!fine)
		return error ? sorry(e, error) : NET_EXIT_FAILED;
	engine_state(e, BELL_POLLING, NULL);
	if (!print_counts(e->s.store, e->s.arrived, out, &unsent, &error))
		return sorry(e, error);
	return unsent ? NET_EXIT_UNSENT : NET_EXIT_OK;
}

enum net_exit
engine_check(struct engine *e)
{
	g_autoptr(GError) error = NULL;

	return engine_connect(e, &error) ? NET_EXIT_OK
	    : error ? sorry(e, error) : NET_EXIT_FAILED;
}

/* ---- serving ------------------------------------------------------------- */

static void
on_stay(void *user)
{
	struct engine *e = user;

	e->stay = TRUE;
}

static void
on_came(void *user, gboolean first)
{
	struct engine *e = user;

	e->had_client = TRUE;
	e->alone_since_ms = 0;
}

static void
on_left(void *user, int remaining)
{
	struct engine *e = user;

	if (remaining == 0)
		e->alone_since_ms = base_mono_ms();
}

static const struct bell_ops ops = {
	.poke = engine_poked, .fetch = engine_fetch, .check = engine_check_rx,
	.stay = on_stay, .asked = engine_asked, .came = on_came, .left = on_left,
};

/* Ends with its last client, but not with a reply in hand while there is hope
 * of sending it soon. */
static gboolean
may_end(struct engine *e)
{
	struct outbox_counts outbox = { 0 };
	int64_t alone_ms;

	if (e->stay || bell_clients(e->s.bell) > 0)
		return FALSE;
	alone_ms = base_mono_ms() - e->alone_since_ms;
	if (alone_ms >= GRACE_MS)
		return TRUE;
	return e->had_client &&
	    store_outbox_counts(e->s.store, &outbox, NULL) &&
	    outbox.waiting == 0;
}

static int
wait_ms(struct engine *e)
{
	int ms = engine_wait_ms(e);

	if (e->stay || bell_clients(e->s.bell) > 0)
		return ms;
	/* An outbox that waits has its own times; else until grace ends. */
	return MIN(ms, (int)CLAMP(e->alone_since_ms + GRACE_MS -
	    base_mono_ms(), 0, GRACE_MS));
}

static void
look_daily(struct engine *e, int64_t *next_ms)
{
	if (base_mono_ms() < *next_ms)
		return;
	*next_ms = base_mono_ms() + DAILY_LOOK_MS;
	engine_purge(e, FALSE, NULL);
}

/* One slice more; in how many ms the next is due, -1: nothing is left, or it
 * cannot be written now. What the slices took goes back with the last: was_ms
 * is what the one before said. */
static int
index_some(struct engine *e, int was_ms)
{
	gboolean active = bell_active(e->s.bell);
	g_autoptr(GError) error = NULL;
	int64_t left = 0;

	if (!store_search_index(e->s.store, active ? INDEX_SLICE_SCREEN :
	    INDEX_SLICE, &left, &error))
		base_log(BASE_LOG_INFO, "search index: %s", error->message);
	if (left <= 0 && was_ms >= 0)
		store_rest(e->s.store);
	return left <= 0 ? -1 : active ? INDEX_PAUSE_MS : 0;
}

/* What lies in the file is not to be trusted, or it is the file no more. */
static enum net_exit
let_go(struct engine *e)
{
	g_clear_pointer(&e->feed, feed_free);
	rest_cancel(e->s.rest);
	g_clear_pointer(&e->decision, decision_free);
	e->s.store = NULL;
	e->connected = FALSE;
	engine_rounds_end(e, NET_EXIT_CACHE);
	fprintf(stderr, "qingnang-sync: %s\n", _("The cache is damaged: start "
	    "again, and it is set aside and fetched from the server anew."));
	return NET_EXIT_CACHE;
}

void
engine_hold(struct engine *e, const char *state_dir)
{
	e->state = BELL_CACHE_DAMAGED;
	bell_state(e->s.bell, e->state, base_now_ms(), e->s.fresh_ms);
	/* A new client may be the program that has rebuilt it. */
	while (!loop_stopping(e->s.loop) && bell_clients(e->s.bell) > 0 &&
	    store_damaged(state_dir)) {
		loop_turn(e->s.loop, -1);
		/* What is asked for meanwhile cannot be done. */
		engine_rounds_end(e, NET_EXIT_CACHE);
	}
}

enum net_exit
engine_serve(struct engine *e, const struct engine_serve *how)
{
	g_autoptr(GError) error = NULL;
	int64_t purge_at_ms = 0;
	int index_ms = -1;

	e->out = how->out;
	e->stay = how->stay;
	e->alone_since_ms = base_mono_ms();
	e->s.bell = bell_new(e->s.loop, how->runtime_dir, &ops, e, &error);
	if (!e->s.bell) {
		fprintf(stderr, "qingnang-sync: %s\n", error->message);
		return NET_EXIT_FAILED;
	}
	e->feed = feed_new(&e->s);
	e->decision = decision_new(&e->s);
	e->push_at_ms = 0;
	engine_state(e, BELL_CATCHING_UP, NULL);
	while (!loop_stopping(e->s.loop)) {
		if (store_standing(e->s.store) != STORE_STANDS)
			return let_go(e);
		engine_step(e);
		look_daily(e, &purge_at_ms);
		if (store_standing(e->s.store) != STORE_STANDS)
			continue;
		index_ms = index_some(e, index_ms);
		if (may_end(e))
			break;
		if (!loop_stopping(e->s.loop))
			loop_turn(e->s.loop, index_ms < 0 ? wait_ms(e) :
			    MIN(index_ms, wait_ms(e)));
	}
	return NET_EXIT_OK;
}

/* ---- login --------------------------------------------------------------- */

enum net_exit
engine_login(struct engine *e, gboolean by_code, gboolean paste, int in_fd,
    FILE *out)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *name = NULL, *known = NULL, *ref = NULL;
	const char *told;
	gboolean fine;

	fine = (!by_code || login_by_code(e->s.login, paste, in_fd, out,
	    &error)) &&
	    engine_connect(e, &error);
	if (!fine)
		return error ? sorry(e, error) : NET_EXIT_FAILED;
	known = store_me_name(e->s.store);
	ref = store_me_ref(e->s.store);
	name = base_text_show(known ? known : "", -1, BASE_ONE_LINE);
	fprintf(out, _("Logged in at %s as %s (%s).\n"), rest_host(e->s.rest),
	    *name ? name : "?", ref);
	if (login_identity(e->s.login, &told) == LOGIN_UNTOLD)
		fprintf(out, "%s\n", _("The server does not say whose login "
		    "this is; that it is yours rests on the practitioner "
		    "setting."));
	return NET_EXIT_OK;
}
