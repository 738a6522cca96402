/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions of the outbox: a signed prescription, a withdrawal, an answer to a
 * request. One POST to the base, whole or not at all. After an answer that did
 * not arrive, and after a conflict, what it would have made is looked for before
 * anything else happens: nothing is signed or sent twice.
 */
#include <string.h>
#include "net/push_room.h"

/* ---- looking for it ----------------------------------------------------- */

struct search {
	GPtrArray *answers;     /* struct rest_answer; the docs point into them */
	GPtrArray *bundles;
	GArray *docs;           /* struct store_doc */
};

static void
search_clear(struct search *search)
{
	g_array_unref(search->docs);
	g_ptr_array_unref(search->bundles);
	g_ptr_array_unref(search->answers);
}

static void
search_init(struct search *search)
{
	search->answers = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)rest_answer_free);
	search->bundles = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)fhir_bundle_free);
	search->docs = g_array_new(FALSE, FALSE, sizeof(struct store_doc));
}

/* A read gives itself, a search its entries. FALSE: it is none of these. */
static gboolean
take_found(struct sync *s, struct search *search, struct rest_answer *answer,
    gboolean is_search)
{
	struct fhir_bundle *bundle;
	struct store_doc doc = { answer->body, answer->len };

	if (!is_search) {
		g_array_append_val(search->docs, doc);
		return answer->body != NULL;
	}
	bundle = fhir_bundle_cut(answer->body ? answer->body : "", answer->len,
	    rest_limits(s->rest), NULL);
	if (!bundle)
		return FALSE;
	g_ptr_array_add(search->bundles, bundle);
	for (guint i = 0; i < bundle->entries->len; i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);

		doc = (struct store_doc){ e->resource, e->resource_len };
		if (e->resource)
			g_array_append_val(search->docs, doc);
	}
	return TRUE;
}

static gboolean
ask(struct sync *s, struct search *search, const char *question,
    GError **error)
{
	struct rest_answer *answer = rest_get(s->rest, question, error);

	if (!answer)
		return FALSE;
	g_ptr_array_add(search->answers, answer);
	if (answer->status == 404 || answer->status == 410)
		return TRUE;
	if (!rest_ok(s->rest, answer, error))
		return FALSE;
	if (take_found(s, search, answer, strchr(question, '?') != NULL))
		return TRUE;
	net_error_set(error, NET_ERROR_NOT_FHIR, rest_host(s->rest), NULL);
	return FALSE;
}

static gboolean
look(struct sync *s, const struct outbox_entry *e, enum outbox_found *found,
    GError **error)
{
	g_auto(GStrv) questions = store_outbox_questions(e);
	struct search search;
	gboolean fine = TRUE;

	search_init(&search);
	for (size_t i = 0; fine && questions[i]; i++)
		fine = ask(s, &search, questions[i], error);
	fine = fine && store_outbox_found(s->store, e->id,
	    (const struct store_doc *)(void *)search.docs->data,
	    search.docs->len, found, error);
	search_clear(&search);
	return fine;
}

/* ---- after it ----------------------------------------------------------- */

/* What the answer only located. */
static gboolean
fetch_wanted(struct sync *s, GError **error)
{
	enum { AT_ONCE = 16 };
	g_auto(GStrv) wanted = store_wanted(s->store, AT_ONCE, error);

	for (size_t i = 0; wanted && wanted[i]; i++) {
		struct fhir_ref ref;

		if (fhir_ref_parse(wanted[i], &ref) && sync_fetch(s, ref.type,
		    ref.id, error) == FETCH_FAILED)
			return FALSE;
		if (!store_wanted_done(s->store, wanted[i], error))
			return FALSE;
	}
	return wanted != NULL;
}

static gboolean
conflict(struct sync *s, const struct outbox_entry *e,
    const struct rest_answer *answer, GError **error)
{
	enum outbox_found found;

	if (!look(s, e, &found, error))
		return FALSE;
	return found != OUTBOX_FOUND_NONE || push_fail(s, e, answer, error);
}

static gboolean
take_answer(struct sync *s, const struct outbox_entry *e,
    const struct rest_answer *answer, GError **error)
{
	struct store_doc doc = { answer->body, answer->len };
	int status = answer->status;

	if (status >= 200 && status < 300)
		return store_outbox_done(s->store, e->id,
		    answer->body ? &doc : NULL, error) &&
		    fetch_wanted(s, error);
	if (status == 409 || status == 412)
		return conflict(s, e, answer, error);
	if (status == 429 || status == 408 || status == 425 || status >= 500)
		return push_later(s, e, answer->retry_ms, error);
	if (status == 401)
		return rest_ok(s->rest, answer, error);
	return push_fail(s, e, answer, error);
}

/* ---- sending ------------------------------------------------------------ */

/* The answer was lost: is it there now? */
static gboolean
lost(struct sync *s, const struct outbox_entry *e, GError *why, GError **error)
{
	enum outbox_found found = OUTBOX_FOUND_NONE;

	if (why->code != NET_ERROR_STOPPED && look(s, e, &found, NULL) &&
	    found != OUTBOX_FOUND_NONE) {
		g_error_free(why);
		return TRUE;
	}
	push_later(s, e, -1, NULL);
	g_propagate_error(error, why);
	return FALSE;
}

gboolean
push_bundle(struct sync *s, const struct outbox_entry *e, GError **error)
{
	struct rest_request request = { .method = "POST", .url = "",
		.body = e->bytes, .len = e->len,
		.prefer = "return=representation" };
	enum outbox_found found = OUTBOX_FOUND_NONE;
	BASE_AUTO(rest_answer) answer = NULL;
	GError *why = NULL;

	if ((e->state == OUTBOX_SENDING || e->attempts > 0) &&
	    !look(s, e, &found, error)) {
		push_later(s, e, -1, NULL);
		return FALSE;
	}
	if (found != OUTBOX_FOUND_NONE)
		return TRUE;
	if (!store_outbox_sending(s->store, e->id, error))
		return FALSE;
	bell_changed(s->bell, BELL_KIND_OUTBOX, e->id.n);
	answer = rest_call(s->rest, &request, &why);
	if (!answer)
		return lost(s, e, why, error);
	if (take_answer(s, e, answer, error))
		return TRUE;
	push_later(s, e, -1, NULL);
	return FALSE;
}
