/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/sync.h"

enum {
	PAUSE_MS = 5,        /* between batches a draft gets its turn */
	NAMED_MAX = 16,      /* more than that at once is "several" */
};

void
sync_breathe(struct sync *sync)
{
	if (sync->breathe)
		sync->breathe(sync, sync->breathe_user);
}

void
sync_progress_print(FILE *out, enum doorbell_phase phase, int64_t done,
    int64_t total)
{
	static const char *const words[] = {
		[BELL_PHASE_QUEUE] = N_("queue"),
		[BELL_PHASE_CHARTS] = N_("charts"),
		[BELL_PHASE_HISTORY] = N_("history"),
	};

	if (!out)
		return;
	fprintf(out, "\r%s %d", _(words[phase]), (int)done);
	if (total)
		fprintf(out, "/%d", (int)total);
	fputs("\033[K", out);
	fflush(out);
}

void
sync_progress(struct sync *s, enum doorbell_phase phase, int64_t done,
    int64_t total)
{
	bell_progress(s->bell, phase, done, total);
	sync_progress_print(s->progress, phase, done, total);
}

static void
ring_some(struct sync *s, enum doorbell_kind kind, const GArray *ids)
{
	/* consult_id and patient_id are both one number. */
	G_STATIC_ASSERT(sizeof(struct consult_id) == sizeof(int64_t));
	G_STATIC_ASSERT(sizeof(struct patient_id) == sizeof(int64_t));
	if (!ids || ids->len == 0)
		return;
	if (ids->len > NAMED_MAX) {
		bell_changed(s->bell, kind, 0);
		return;
	}
	for (guint i = 0; i < ids->len; i++)
		bell_changed(s->bell, kind,
		    ((const int64_t *)(const void *)ids->data)[i]);
}

static void
ring(struct sync *s, struct store_ingested *in)
{
	s->arrived += in->added + in->updated;
	if (in->refused)
		base_log(BASE_LOG_INFO, "%d resources refused", in->refused);
	ring_some(s, BELL_KIND_CONSULT, in->consults);
	ring_some(s, BELL_KIND_PATIENT, in->patients);
	if (in->queue_changed)
		bell_changed(s->bell, BELL_KIND_QUEUE, 0);
	g_clear_pointer(&in->consults, g_array_unref);
	g_clear_pointer(&in->patients, g_array_unref);
}

gboolean
sync_ingest(struct sync *s, const struct store_doc *docs, size_t n,
    const struct store_mark *mark, GError **error)
{
	size_t at = 0;

	do {
		gboolean active = bell_active(s->bell);
		size_t some = MIN(n - at, (size_t)(active ? STORE_BATCH_SCREEN
		    : STORE_BATCH_MAX));
		gboolean last = at + some == n;
		struct store_ingested in = { 0 };
		/* An empty page has no documents, and no address to add to. */
		if (!store_ingest(s->store, docs ? docs + at : NULL, some,
		    last ? mark : NULL, &in, error))
			return FALSE;
		ring(s, &in);
		at += some;
		if (active && some > 1)
			loop_pause(s->loop, PAUSE_MS);
	} while (at < n);
	return TRUE;
}

gboolean
sync_ingest_one(struct sync *s, const char *bytes, size_t len, GError **error)
{
	struct store_doc doc = { bytes, len };

	return sync_ingest(s, &doc, 1, NULL, error);
}

enum sync_fetched
sync_fetch(struct sync *s, const char *type, const char *id, GError **error)
{
	g_autofree char *url = g_strdup_printf("%s/%s", type, id);
	BASE_AUTO(rest_answer) answer = rest_get(s->rest, url, error);

	if (!answer)
		return FETCH_FAILED;
	/* 404 may mean "not for you": what was read once stays until retention
	 * ends. */
	if (answer->status == 404)
		return FETCH_GONE;
	if (answer->status == 410) {
		if (!store_gone(s->store, type, id, error))
			return FETCH_FAILED;
		bell_changed(s->bell, BELL_KIND_ALL, 0);
		return FETCH_GONE;
	}
	if (!rest_ok(s->rest, answer, error))
		return FETCH_FAILED;
	return sync_ingest_one(s, answer->body, answer->len, error)
	    ? FETCH_OK : FETCH_FAILED;
}
