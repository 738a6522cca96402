/* SPDX-License-Identifier: Apache-2.0 */
/* What a command beside us asks for: everything new now, or the purge now. The
 * one who asked is told when it has ended, and how. */
#include <string.h>
#include "net/engine_room.h"
#include "net/error.h"

enum { DAY_MS = 86400000 };

/* ---- purge --------------------------------------------------------------- */

int
engine_purge(struct engine *e, gboolean now, GError **error)
{
	g_autofree char *note = store_note_get(e->s.store, "sync.purged");
	int64_t last_ms = note ? g_ascii_strtoll(note, NULL, 10) : 0;
	g_autofree char *text = NULL;
	int n;

	if (!now && base_now_ms() - last_ms < DAY_MS)
		return 0;
	n = store_purge(e->s.store, base_now_ms(), (int)base_setting_int(
	    e->s.settings, SET_RETENTION_DAYS), error);
	if (n < 0)
		return -1;
	if (n > 0)
		bell_changed(e->s.bell, BELL_KIND_ALL, 0);
	text = g_strdup_printf("%" G_GINT64_FORMAT, base_now_ms());
	store_note_set(e->s.store, "sync.purged", text, NULL);
	return n;
}

/* ---- rounds -------------------------------------------------------------- */

void
engine_asked(void *user, int64_t client, enum doorbell_verb verb,
    int64_t request_id)
{
	struct engine *e = user;
	struct round round = { .client = client, .verb = verb,
		.request_id = request_id, .arrived = e->s.arrived };

	if (e->rounds->len >= ROUNDS_MAX || !e->s.store) {
		bell_ended(e->s.bell, client, request_id, e->s.store
		    ? NET_EXIT_FAILED : NET_EXIT_CACHE, 0);
		return;
	}
	g_array_append_val(e->rounds, round);
	if (verb != BELL_PULL)
		return;
	/* A person waits for it: no time of waiting holds it back. */
	e->poked = TRUE;
	e->next_try_ms = 0;
}

gboolean
engine_rounds(const struct engine *e, enum doorbell_verb verb)
{
	for (guint i = 0; i < e->rounds->len; i++)
		if (g_array_index(e->rounds, struct round, i).verb == verb)
			return TRUE;
	return FALSE;
}

/* Those asked for while a pull runs may want what it has passed already. */
void
engine_rounds_begin(struct engine *e)
{
	for (guint i = 0; i < e->rounds->len; i++)
		g_array_index(e->rounds, struct round, i).begun = TRUE;
}

static void
tell(struct engine *e, const struct round *r, enum net_exit code, int64_t count)
{
	bell_ended(e->s.bell, r->client, r->request_id, code, count);
}

void
engine_rounds_end(struct engine *e, enum net_exit code)
{
	for (guint i = 0; i < e->rounds->len;) {
		struct round r = g_array_index(e->rounds, struct round, i);
		if (r.verb != BELL_PULL || (code == NET_EXIT_OK && !r.begun)) {
			i++;
			continue;
		}
		g_array_remove_index(e->rounds, i);
		tell(e, &r, code, e->s.arrived - r.arrived);
	}
}

gboolean
engine_serve_purges(struct engine *e, GError **error)
{
	for (guint i = 0; i < e->rounds->len;) {
		struct round r = g_array_index(e->rounds, struct round, i);
		g_autoptr(GError) why = NULL;
		int n;
		if (r.verb != BELL_PURGE) {
			i++;
			continue;
		}
		g_array_remove_index(e->rounds, i);
		n = engine_purge(e, TRUE, &why);
		tell(e, &r, n < 0 ? net_error_exit(why) : NET_EXIT_OK,
		    MAX(n, 0));
		if (n < 0) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
	}
	return TRUE;
}
