/* SPDX-License-Identifier: Apache-2.0 */
/* The feed's states, and what arrives. */
#include <string.h>
#include "net/pull.h"
#include "net/rest_room.h"
#include "net/socket_feed.h"

enum {
	QUICK_MS = 500,        /* the first attempt after a loss, with jitter */
	REFUSED_MS = 300000,   /* what will not mend soon */
	MAKE_MS = 15000,       /* for a Subscription to become active */
	REREADS_MAX = 100,
};

/* ---- losing it ----------------------------------------------------------- */

static void
retry_in(struct feed *feed, int64_t ms, const char *words)
{
	if (feed->socket)
		socket_shut(feed->socket);
	feed->stage = FEED_WAITING;
	feed->due_ms = base_mono_ms() + ms;
	feed->caught_up = FALSE;
	feed->turn++;
	/* Not freed here: somebody may be going through them. */
	feed->stale |= !feed->dialect->keeps;
	feed_live_reset(feed);
	if (words) {
		g_free(feed->words);
		feed->words = g_strdup(words);
	}
}

void
feed_lost(struct feed *feed, const char *words)
{
	struct rest *rest = feed->s->rest;
	int64_t ms;

	feed->failures++;
	ms = feed->failures == 1
	    ? rest_backoff_ms(rest, 1) * QUICK_MS / 1000
	    : rest_backoff_ms(rest, feed->failures - 1);
	base_log(BASE_LOG_INFO, "socket lost, again in %d ms", (int)ms);
	/* From here on the delta alone brings what is new. */
	feed->wanted |= feed->failures == 2;
	retry_in(feed, ms, words);
}

void
feed_refused(struct feed *feed, const char *words)
{
	feed->failures++;
	feed->polling = TRUE;
	feed->wanted = TRUE;
	base_log(BASE_LOG_INFO, "socket refused");
	retry_in(feed, REFUSED_MS, words);
}

/* ---- what arrives -------------------------------------------------------- */

static void
bound(struct feed *feed, const struct frame *frame)
{
	struct binding *b = binding_of(feed, frame->subscription);

	if (!b)
		return;
	b->bound = TRUE;
	b->answer_by_ms = 0;
	b->number = MAX(b->number, frame->number);
	for (guint i = 0; i < feed->bindings->len; i++) {
		b = g_ptr_array_index(feed->bindings, i);
		if (!b->bound)
			return;
	}
	if (feed->stage != FEED_BINDING)
		return;
	feed->stage = FEED_BOUND;
	feed->wanted = TRUE;
	feed->polling = FALSE;
	feed->due_ms = INT64_MAX;
	feed_live_reset(feed);
}

/* A server that counts shows what was lost. */
static void
count(struct feed *feed, const struct frame *frame)
{
	struct binding *b = binding_of(feed, frame->subscription);

	if (!b || !frame->number)
		return;
	if (frame->number > b->number + (int64_t)frame->items->len)
		feed->wanted = TRUE;
	b->number = MAX(b->number, frame->number);
}

static void
read_again(struct feed *feed, const struct fhir_ref *ref)
{
	char *name = g_strdup_printf("%s/%s", ref->type, ref->id);

	if (feed->rereads->len >= REREADS_MAX ||
	    g_ptr_array_find_with_equal_func(feed->rereads, name, g_str_equal,
		NULL)) {
		feed->wanted |= feed->rereads->len >= REREADS_MAX;
		g_free(name);
		return;
	}
	g_ptr_array_add(feed->rereads, name);
}

/* The version that is here already: a delete looks so, on some servers. */
static gboolean
is_known(struct feed *feed, const struct fhir_head *head)
{
	g_autofree char *version = store_version(feed->s->store, head->type,
	    head->id);

	return head->version && g_strcmp0(version, head->version) == 0;
}

static gboolean
store_item(struct feed *feed, const struct frame_item *item)
{
	struct sync *s = feed->s;
	BASE_AUTO(fhir_doc) doc = fhir_parse(item->bytes, item->len,
	    rest_limits(s->rest), NULL);
	struct fhir_head head;

	if (!doc || !fhir_head(fhir_root(doc), &head, NULL) ||
	    is_known(feed, &head))
		return FALSE;
	if (!sync_ingest_one(s, item->bytes, item->len, NULL)) {
		feed->wanted = TRUE;
		return TRUE;
	}
	wants_look(feed->wants, s->store, fhir_root(doc));
	feed->settle |= wants_any(feed->wants) ||
	    !fhir_get(fhir_root(doc), "partOf");
	return TRUE;
}

/* Only what was asked for: a server may tell what it likes. */
static gboolean
was_asked(struct feed *feed, const struct frame_item *item)
{
	size_t len = strlen(item->ref.type);

	for (guint i = 0; i < feed->bindings->len; i++) {
		struct binding *b = g_ptr_array_index(feed->bindings, i);
		for (guint k = 0; k + 1 < b->criteria->len; k++) {
			const char *c = g_ptr_array_index(b->criteria, k);
			if (strncmp(c, item->ref.type, len) == 0 &&
			    c[len] == '?')
				return TRUE;
		}
	}
	return FALSE;
}

static void
event(struct feed *feed, const struct frame *frame)
{
	count(feed, frame);
	for (guint i = 0; i < frame->items->len; i++) {
		const struct frame_item *item = &g_array_index(frame->items,
		    struct frame_item, i);
		if (!was_asked(feed, item))
			continue;
		feed_told(feed, &item->ref);
		if (!item->bytes || !store_item(feed, item))
			read_again(feed, &item->ref);
	}
	if (frame->items->len == 0)
		feed->wanted = TRUE;
}

static void
ping(struct feed *feed, const struct frame *frame)
{
	struct binding *b = binding_of(feed, frame->subscription);

	if (b)
		feed_pinged(feed, b);
}

static void
refused(struct feed *feed, const struct frame *frame)
{
	feed->stale = TRUE;
	feed_lost(feed, NULL);
}

static void
bad(struct feed *feed, const struct frame *frame)
{
	feed_lost(feed, _("The server's WebSocket sent something that is not "
	    "FHIR; it was hung up."));
}

static void
nothing(struct feed *feed, const struct frame *frame)
{
}

static void
take_frame(struct feed *feed, const struct frame *frame)
{
	static void (*const takers[FRAME_KINDS_])(struct feed *feed,
	    const struct frame *frame) = {
		[FRAME_NOTHING] = nothing, [FRAME_HANDSHAKE] = bound,
		[FRAME_HEARTBEAT] = count, [FRAME_EVENT] = event,
		[FRAME_PING] = ping, [FRAME_REFUSED] = refused,
		[FRAME_BAD] = bad,
	};

	takers[frame->kind](feed, frame);
}

static void
closed(struct feed *feed, const struct socket_event *e)
{
	g_autoptr(GError) error = NULL;

	net_error_set(&error, e->untrusted ? NET_ERROR_TLS : NET_ERROR_OFFLINE,
	    rest_host(feed->s->rest), e->reason);
	feed_lost(feed, error->message);
}

static void
take(struct feed *feed, struct socket_event *e)
{
	if (e->kind == SOCKET_OPENED) {
		feed->stage = FEED_BINDING;
		feed->due_ms = INT64_MAX;
		feed_bind(feed);
	} else if (e->kind == SOCKET_FRAME) {
		take_frame(feed, e->frame);
	} else {
		closed(feed, e);
	}
}

/* At every turn of the loop, so that news need not wait for a page of a
 * search; never within a transaction, since those do not turn it. */
static void
drain(void *user)
{
	struct feed *feed = user;
	struct socket_event *e;

	if (!feed->socket || feed->draining)
		return;
	feed->draining = TRUE;
	while ((e = socket_next(feed->socket))) {
		take(feed, e);
		socket_event_free(e);
	}
	feed->draining = FALSE;
}

/* ---- steps --------------------------------------------------------------- */

static void
open_socket(struct feed *feed)
{
	struct rest *rest = feed->s->rest;
	const char *token = NULL;

	if (feed->dialect->authorize && rest->token)
		token = rest->token(rest->token_user, FALSE, NULL);
	feed->stage = FEED_OPENING;
	feed->turn++;
	feed->due_ms = base_mono_ms() + base_setting_int(feed->s->settings,
	    SET_TIMEOUT_SECONDS) * 1000;
	socket_open(feed->socket, feed->dialect, rest_limits(rest), feed->path,
	    token);
}

static void
begin(struct feed *feed)
{
	if (feed->stale)
		g_ptr_array_set_size(feed->bindings, 0);
	feed->stale = FALSE;
	if (feed->stage == FEED_WAITING)
		feed->make_by_ms = base_mono_ms() + MAKE_MS;
	feed->stage = FEED_MAKING;
	if (!feed_make(feed))
		return;
	if (feed_all_active(feed)) {
		if (feed_tickets(feed))
			open_socket(feed);
	} else if (base_mono_ms() > feed->make_by_ms) {
		feed->stale = TRUE;
		feed_refused(feed, _("The server does not begin the "
		    "Subscription that was asked for."));
	}
}

static void
too_slow(struct feed *feed)
{
	g_autoptr(GError) error = NULL;

	net_error_set(&error, NET_ERROR_TIMEOUT, rest_host(feed->s->rest),
	    NULL);
	feed_lost(feed, error->message);
}

static void
look_again(struct feed *feed)
{
	while (feed->rereads->len > 0) {
		struct fhir_ref ref;
		g_autofree char *name = g_ptr_array_steal_index(feed->rereads,
		    0);
		if (fhir_ref_parse(name, &ref))
			sync_fetch(feed->s, ref.type, ref.id, NULL);
	}
}

/* A new patient, a thread not here: all that belongs to them. */
static void
settle(struct feed *feed)
{
	BASE_AUTO(wants) wants = NULL;

	if (!feed->settle)
		return;
	feed->settle = FALSE;
	wants = g_steal_pointer(&feed->wants);
	feed->wants = wants_new();
	if (!pull_settle(feed->s, wants, NULL))
		feed->wanted = TRUE;
}

void
feed_step(struct feed *feed)
{
	if (!feed || feed->stage == FEED_OFF)
		return;
	look_again(feed);
	settle(feed);
	if (base_mono_ms() < feed_due_ms(feed))
		return;
	switch (feed->stage) {
	case FEED_WAITING:
	case FEED_MAKING:
		begin(feed);
		break;
	case FEED_OPENING:
		too_slow(feed);
		break;
	case FEED_BINDING:
	case FEED_BOUND:
		feed_rebind(feed);
		if (feed->stage == FEED_BOUND)
			feed_judge(feed);
		break;
	case FEED_OFF:
		break;
	}
}

int64_t
feed_due_ms(const struct feed *feed)
{
	int64_t due_ms;

	if (!feed || feed->stage == FEED_OFF)
		return INT64_MAX;
	if (feed->rereads->len > 0 || feed->settle)
		return 0;
	due_ms = feed->due_ms;
	if (feed->stage == FEED_BINDING || feed->stage == FEED_BOUND)
		due_ms = MIN(due_ms, feed_rebind_due_ms(feed));
	if (feed->suspect_ms)
		due_ms = MIN(due_ms, feed->suspect_ms);
	return due_ms;
}

gboolean
feed_wants_delta(const struct feed *feed)
{
	return feed && feed->wanted;
}

enum doorbell_state
feed_state(const struct feed *feed)
{
	enum { PATIENCE = 2 };

	if (!feed || feed->stage == FEED_OFF || feed->polling)
		return BELL_POLLING;
	if (feed->stage == FEED_BOUND && feed->caught_up)
		return BELL_LIVE;
	return feed->failures < PATIENCE ? BELL_CATCHING_UP : BELL_POLLING;
}

const char *
feed_words(const struct feed *feed)
{
	return feed ? feed->words : NULL;
}

/* ---- life ---------------------------------------------------------------- */

static gboolean
make_socket(struct feed *feed)
{
	g_autoptr(GError) error = NULL;
	struct origin origin = { 0 };

	if (feed->socket)
		return TRUE;
	if (origin_parse(rest_base(feed->s->rest), &origin))
		feed->socket = socket_new(feed->s->loop, feed->s->settings,
		    &origin, &error);
	origin_clear(&origin);
	if (error) {
		g_free(feed->words);
		feed->words = g_strdup(error->message);
	}
	return feed->socket != NULL;
}

void
feed_begin(struct feed *feed)
{
	g_autofree char *scope = NULL;

	if (!feed)
		return;
	feed->dialect = dialect_pick(base_setting(feed->s->settings,
	    SET_DIALECT), feed->s->caps);
	if (!feed->dialect || !make_socket(feed)) {
		feed->stage = FEED_OFF;
		return;
	}
	scope = g_strjoinv(",", feed->s->me);
	if (g_strcmp0(scope, feed->scope) != 0) {
		g_free(feed->scope);
		feed->scope = g_steal_pointer(&scope);
		feed->stale = TRUE;
		feed->failures = 0;
		feed->polling = FALSE;
		retry_in(feed, 0, NULL);
	}
}

struct feed *
feed_new(struct sync *sync)
{
	struct feed *feed = g_new0(struct feed, 1);

	feed->s = sync;
	feed->stage = FEED_OFF;
	feed->bindings = g_ptr_array_new_with_free_func(binding_free);
	feed->rereads = g_ptr_array_new_with_free_func(g_free);
	feed->wants = wants_new();
	feed->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    NULL);
	feed->suspects = g_hash_table_new_full(g_str_hash, g_str_equal,
	    g_free, NULL);
	sync->found = feed_found;
	sync->found_user = feed;
	loop_on_turn(sync->loop, drain, feed);
	return feed;
}

void
feed_free(struct feed *feed)
{
	if (!feed)
		return;
	loop_on_turn(feed->s->loop, NULL, NULL);
	feed->s->found = NULL;
	socket_free(feed->socket);
	g_ptr_array_unref(feed->bindings);
	g_ptr_array_unref(feed->rereads);
	wants_free(feed->wants);
	g_hash_table_unref(feed->told);
	g_hash_table_unref(feed->suspects);
	g_free(feed->scope);
	g_free(feed->path);
	g_free(feed->words);
	g_free(feed);
}
