/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many reads at once: as one batch Bundle where the server takes it, which is
 * one wake of this process instead of dozens, else six at a time.
 */
#include <string.h>
#include "net/job.h"

enum { BATCH_MAX = 40, TOGETHER_MAX = 6 };

struct many {
	struct sync *sync;
	many_page_fn *page;
	void *user;
};

static char *
batch_body(char *const *urls, size_t n)
{
	GString *body = g_string_new("{\"resourceType\":\"Bundle\","
	    "\"type\":\"batch\",\"entry\":[");

	/* URLs are escaped already: nothing in them needs JSON's escapes. */
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(body, "%s{\"request\":{\"method\":"
		    "\"GET\",\"url\":\"%s\"}}", i ? "," : "", urls[i]);
	g_string_append(body, "]}");
	return g_string_free(body, FALSE);
}

static gboolean
deliver_batch(struct many *many, const struct rest_answer *answer,
    const struct fhir_bundle *bundle, size_t first, GError **error)
{
	for (guint i = 0; i < bundle->entries->len; i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);
		g_autofree char *status = g_strndup(e->status ? e->status : "",
		    e->status_len);
		struct many_answer one = {
			.status = (int)g_ascii_strtoll(status, NULL, 10),
			.bytes = e->resource, .len = e->resource_len,
			.date_ms = answer->date_ms,
		};
		if (!many->page(first + i, &one, many->user, error))
			return FALSE;
	}
	return TRUE;
}

/* FALSE without error: this server does not do batches as we expect. */
static gboolean
by_batch(struct many *many, char *const *urls, size_t first, size_t n,
    GError **error)
{
	struct sync *s = many->sync;
	g_autofree char *body = batch_body(urls + first, n);
	struct rest_request request = { .method = "POST", .url = "",
		.body = body, .len = strlen(body) };
	BASE_AUTO(rest_answer) answer = rest_ask(s->rest, &request, error);
	BASE_AUTO(fhir_bundle) bundle = NULL;

	if (!answer && g_error_matches(*error, NET_ERROR, NET_ERROR_TOO_BIG))
		g_clear_error(error); /* together too much: one by one */
	if (!answer)
		return FALSE;
	if (answer->status == 401)
		return rest_ok(s->rest, answer, error);
	if (answer->status == 200 && answer->body)
		bundle = fhir_bundle_cut(answer->body, answer->len,
		    rest_limits(s->rest), NULL);
	if (!bundle || bundle->entries->len != n) {
		base_log(BASE_LOG_INFO, "no batches here: %d", answer->status);
		caps_no_batch(s->caps);
		return FALSE;
	}
	return deliver_batch(many, answer, bundle, first, error);
}

void
many_answer_of(const struct rest_answer *answer, struct many_answer *out)
{
	*out = (struct many_answer){ .status = MANY_TOO_BIG };
	if (!answer)
		return;
	out->status = answer->status;
	out->bytes = answer->body;
	out->len = answer->len;
	out->date_ms = answer->date_ms;
}

struct slot {
	struct rest_answer *answer;
	GError *error;
	int *left;
};

static void
on_slot(struct rest_answer *answer, GError *error, void *user)
{
	struct slot *slot = user;

	slot->answer = answer;
	slot->error = error;
	--*slot->left;
}

static void
slots_clear(struct slot *slots, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rest_answer_free(slots[i].answer);
		g_clear_error(&slots[i].error);
	}
}

static gboolean
land_slot(struct many *many, struct slot *slot, const char *url, size_t i,
    GError **error)
{
	int status = slot->answer ? slot->answer->status : 0;
	g_autoptr(GError) why = NULL;
	struct many_answer one;

	/* Throttled, unlucky or logged out: once more, patiently, alone. */
	if (slot->error || status == 401 || status == 429 || status >= 500) {
		g_clear_error(&slot->error);
		rest_answer_free(slot->answer);
		slot->answer = rest_get(many->sync->rest, url, &why);
	}
	if (why && why->code != NET_ERROR_TOO_BIG) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	many_answer_of(slot->answer, &one);
	return many->page(i, &one, many->user, error);
}

static gboolean
by_few(struct many *many, char *const *urls, size_t first, size_t n,
    GError **error)
{
	struct rest *rest = many->sync->rest;
	struct loop *loop = many->sync->loop;
	struct slot slots[TOGETHER_MAX] = { 0 };
	int left = 0;
	gboolean fine = TRUE;

	for (size_t i = 0; i < n; i++) {
		struct rest_request request = { .url = urls[first + i] };
		slots[i].left = &left;
		if (rest_start(rest, &request, on_slot, &slots[i],
		    &slots[i].error))
			left++;
	}
	while (left > 0) {
		if (loop_stopping(loop))
			rest_cancel(rest);
		else
			loop_turn(loop, -1);
	}
	for (size_t i = 0; i < n && fine; i++)
		fine = land_slot(many, &slots[i], urls[first + i], first + i,
		    error);
	slots_clear(slots, n);
	return fine;
}

static gboolean
by_few_all(struct many *many, char *const *urls, size_t first, size_t n,
    GError **error)
{
	for (size_t at = 0; at < n; at += TOGETHER_MAX)
		if (!by_few(many, urls, first + at,
		    MIN(n - at, (size_t)TOGETHER_MAX), error))
			return FALSE;
	return TRUE;
}

gboolean
many_get(struct sync *sync, char *const *urls, size_t n, many_page_fn *page,
    void *user, GError **error)
{
	struct many many = { sync, page, user };

	for (size_t at = 0; at < n; at += BATCH_MAX) {
		size_t some = MIN(n - at, (size_t)BATCH_MAX);
		g_autoptr(GError) why = NULL;
		gboolean fine = some > 1 && caps_batch(sync->caps) &&
		    by_batch(&many, urls, at, some, &why);
		if (!fine && !why)
			by_few_all(&many, urls, at, some, &why);
		if (why) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
	}
	return TRUE;
}
