/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the socket brings is shown at once and read again: a deletion looks like
 * an update. A heartbeat proves TCP only; that the socket is alive is proved by
 * a delta that finds nothing the socket should have brought.
 */
#include <string.h>
#include "net/engine_room.h"
#include "net/pull.h"

enum { HINTS_MAX = 500, HINTED_MAX = 5000, FRAME_LATE_MS = 5000 };

static void
on_hint(void *user, const char *type, const char *id, const char *bytes,
    size_t len)
{
	struct engine *e = user;
	char *ref;

	if (!type || e->hints->len >= HINTS_MAX) {
		e->delta_at_ms = 0;
		return;
	}
	/* On screen first; the second look follows. */
	if (bytes)
		sync_ingest_one(&e->s, bytes, len, NULL);
	ref = g_strdup_printf("%s/%s", type, id);
	g_ptr_array_add(e->hints, ref);
	if (g_hash_table_size(e->hinted) > HINTED_MAX)
		g_hash_table_remove_all(e->hinted);
	g_hash_table_add(e->hinted, g_strdup(ref));
}

static void
on_up(void *user)
{
	struct engine *e = user;

	base_log(BASE_LOG_INFO, "socket up");
	e->feed_up = TRUE;
	e->feed_proved = FALSE;
	e->delta_at_ms = 0;
}

static void
on_down(void *user)
{
	struct engine *e = user;

	base_log(BASE_LOG_INFO, "socket down");
	e->feed_up = FALSE;
	e->feed_proved = FALSE;
	e->tend_at_ms = 0;
	e->delta_at_ms = 0;
	if (e->state == BELL_LIVE)
		engine_state(e, BELL_POLLING, NULL);
}

static const struct feed_ops ops = { on_hint, on_up, on_down };

void
engine_feed_open(struct engine *e)
{
	g_autoptr(GError) error = NULL;

	if (e->feed || e->feed_tried)
		return;
	e->feed_tried = TRUE;
	e->tend_at_ms = 0;
	e->feed = feed_open(&e->s, &ops, e, &error);
	if (error)
		base_log(BASE_LOG_INFO, "no socket: %d", error->code);
}

void
engine_feed_tend(struct engine *e)
{
	g_autoptr(GError) error = NULL;
	int64_t wait_ms = -1;

	if (!e->feed || e->tend_at_ms < 0 || base_mono_ms() < e->tend_at_ms)
		return;
	e->tend_at_ms = -1; /* a down() meanwhile sets it anew */
	if (!feed_tend(e->feed, &wait_ms, &error)) {
		base_log(BASE_LOG_INFO, "no socket: %d",
		    error ? error->code : 0);
		engine_feed_close(e);
		return;
	}
	if (wait_ms >= 0 && e->tend_at_ms < 0)
		e->tend_at_ms = base_mono_ms() + wait_ms;
}

void
engine_feed_close(struct engine *e)
{
	g_clear_pointer(&e->feed, feed_close);
	e->feed_up = FALSE;
}

/* Read again, and what it refers to fetched: its header, patient, chart. */
static gboolean
settle(struct engine *e, struct wants *wants, const struct fhir_ref *ref,
    GError **error)
{
	struct sync *s = &e->s;
	g_autofree char *bytes = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	size_t len;

	if (sync_fetch(s, ref->type, ref->id, error) == FETCH_FAILED)
		return FALSE;
	bytes = store_body(s->store, ref->type, ref->id, &len, NULL);
	doc = bytes ? fhir_parse(bytes, len, rest_limits(s->rest), NULL) : NULL;
	if (doc)
		wants_look(wants, s->store, fhir_root(doc));
	return TRUE;
}

gboolean
engine_feed_hints(struct engine *e, GError **error)
{
	BASE_AUTO(wants) wants = NULL;

	if (e->hints->len == 0)
		return TRUE;
	wants = wants_new();
	while (e->hints->len > 0) {
		g_autofree char *ref = g_ptr_array_steal_index(e->hints, 0);
		g_autoptr(GError) why = NULL;
		struct fhir_ref parsed;
		if (!fhir_ref_parse(ref, &parsed) ||
		    settle(e, wants, &parsed, &why))
			continue;
		e->delta_at_ms = 0; /* the truth will tell */
		if (net_error_passing(why)) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
	}
	return pull_settle(&e->s, wants, error);
}

/* ---- is it alive? -------------------------------------------------------- */

void
engine_feed_suspect(struct engine *e)
{
	struct sync *s = &e->s;

	/* What a delta found before the socket was up proves nothing. */
	if (e->feed_up && e->feed_proved && s->news->len > 0) {
		for (guint i = 0; i < s->news->len; i++)
			g_ptr_array_add(e->suspects, g_strdup(
			    g_ptr_array_index(s->news, i)));
		e->judge_at_ms = base_mono_ms() + FRAME_LATE_MS;
	}
	g_ptr_array_set_size(s->news, 0);
}

/* A frame may come a moment after the delta that found its resource. */
void
engine_feed_judge(struct engine *e)
{
	guint missed = 0;

	if (e->suspects->len == 0 || base_mono_ms() < e->judge_at_ms)
		return;
	for (guint i = 0; i < e->suspects->len; i++)
		missed += !g_hash_table_contains(e->hinted,
		    g_ptr_array_index(e->suspects, i));
	g_ptr_array_set_size(e->suspects, 0);
	g_hash_table_remove_all(e->hinted);
	if (!missed || !e->feed || !e->feed_up)
		return;
	base_log(BASE_LOG_ERROR, "the socket missed %u: made anew", missed);
	feed_remake(e->feed);
}
