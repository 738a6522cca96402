/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the socket telling us everything? Heartbeats prove TCP and no more, so a
 * delta looks now and then. What it finds first is a suspect: the socket gets a
 * moment to bring it too, for the two may have crossed, and is remade if it does
 * not.
 */
#include <string.h>
#include "net/socket_feed.h"

enum {
	GRACE_MS = 2000,
	INTERVAL_MS = 20000,   /* the first; doubled while nothing is found */
	STRIKES_MAX = 3,       /* then it is asked at intervals for a while */
	REFS_MAX = 1000,
};

static int64_t
poll_ms(const struct feed *feed)
{
	return base_setting_int(feed->s->settings, SET_POLL_SECONDS) * 1000;
}

static struct binding *
covering(struct feed *feed, const char *scope)
{
	for (guint i = 0; i < feed->bindings->len; i++) {
		struct binding *b = g_ptr_array_index(feed->bindings, i);
		if (binding_names(b, scope))
			return b;
	}
	return NULL;
}

void
feed_live_reset(struct feed *feed)
{
	feed->interval_ms = MIN(INTERVAL_MS, poll_ms(feed));
	feed->suspect_ms = 0;
	feed->delta_live = FALSE;
	g_hash_table_remove_all(feed->told);
	g_hash_table_remove_all(feed->suspects);
}

void
feed_found(struct sync *sync, const char *scope, const char *type,
    const char *id, void *user)
{
	struct feed *feed = user;
	struct binding *b = covering(feed, scope);
	char *ref;

	if (!feed->delta_live || !b || b->pinged || b->asked)
		return;
	ref = g_strdup_printf("%s/%s", type, id);
	if (g_hash_table_contains(feed->told, ref) ||
	    g_hash_table_size(feed->suspects) >= REFS_MAX)
		g_free(ref);
	else
		g_hash_table_add(feed->suspects, ref);
}

void
feed_told(struct feed *feed, const struct fhir_ref *ref)
{
	g_autofree char *name = g_strdup_printf("%s/%s", ref->type, ref->id);

	feed->strikes = 0;
	g_hash_table_remove(feed->suspects, name);
	if (g_hash_table_size(feed->told) < REFS_MAX)
		g_hash_table_add(feed->told, g_steal_pointer(&name));
}

static gboolean
is_of(gpointer ref, gpointer value, gpointer user)
{
	const struct binding *b = user;

	for (guint i = 0; i + 1 < b->criteria->len; i++) {
		const char *criterion = g_ptr_array_index(b->criteria, i);
		size_t type = strcspn(criterion, "?");
		if (strncmp(ref, criterion, type) == 0 &&
		    ((const char *)ref)[type] == '/')
			return TRUE;
	}
	return FALSE;
}

/* A ping names nothing: it speaks for all of its kind. */
void
feed_pinged(struct feed *feed, struct binding *b)
{
	feed->strikes = 0;
	feed->wanted = TRUE;
	b->pinged = TRUE;
	g_hash_table_foreach_remove(feed->suspects, is_of, b);
}

static void
each_asked(struct feed *feed, gboolean begins)
{
	for (guint i = 0; i < feed->bindings->len; i++) {
		struct binding *b = g_ptr_array_index(feed->bindings, i);
		b->asked = begins && b->pinged;
		if (begins)
			b->pinged = FALSE;
	}
}

void
feed_delta_begins(struct feed *feed)
{
	if (!feed)
		return;
	feed->wanted = FALSE;
	feed->delta_turn = feed->stage == FEED_BOUND ? feed->turn : -1;
	feed->delta_live = feed->caught_up;
	g_hash_table_remove_all(feed->told);
	each_asked(feed, TRUE);
}

void
feed_delta_ended(struct feed *feed, gboolean fine)
{
	gboolean ours;

	if (!feed)
		return;
	ours = fine && feed->stage == FEED_BOUND &&
	    feed->delta_turn == feed->turn;
	each_asked(feed, FALSE);
	if (!fine)
		feed->wanted = FALSE; /* the engine comes back to it */
	if (ours && feed->delta_live &&
	    g_hash_table_size(feed->suspects) > 0 && !feed->suspect_ms)
		feed->suspect_ms = base_mono_ms() + GRACE_MS;
	else if (ours && feed->delta_live)
		feed->interval_ms = MIN(feed->interval_ms * 2, poll_ms(feed));
	if (ours && !feed->caught_up) {
		feed->caught_up = TRUE;
		feed->failures = 0;
		g_clear_pointer(&feed->words, g_free);
	}
	feed->delta_live = FALSE;
}

void
feed_judge(struct feed *feed)
{
	if (!feed->suspect_ms || base_mono_ms() < feed->suspect_ms)
		return;
	feed->suspect_ms = 0;
	if (g_hash_table_size(feed->suspects) == 0)
		return;
	base_log(BASE_LOG_INFO, "the socket is silent: %d not told",
	    (int)g_hash_table_size(feed->suspects));
	feed->stale = TRUE;
	if (++feed->strikes > STRIKES_MAX)
		feed_refused(feed, _("The server's WebSocket leaves things out; "
		    "it is asked at intervals instead."));
	else
		feed_lost(feed, _("The server's WebSocket had fallen silent; "
		    "it is made anew."));
}

int64_t
feed_interval_ms(const struct feed *feed)
{
	return feed && feed->caught_up ? feed->interval_ms : -1;
}
