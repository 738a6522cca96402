/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/push_room.h"

enum { REBASES_MAX = 3 };

/* ---- searching the identifier -------------------------------------------- */

enum found { FOUND_NONE, FOUND_HERE, FOUND_UNKNOWN };

/* "identifier=system|value"; in a header as it is, in a URL escaped. */
static char *
identifier_search(const struct outbox_entry *e, const char *keep)
{
	g_autofree char *system = g_uri_escape_string(e->identifier_system,
	    keep, FALSE);
	g_autofree char *value = g_uri_escape_string(e->identifier_value,
	    keep, FALSE);

	return g_strdup_printf("identifier=%s%s%s", system,
	    *keep ? "|" : "%7C", value);
}

static gboolean
first_resource(const struct fhir_bundle *bundle, struct store_doc *out)
{
	for (guint i = 0; i < bundle->entries->len; i++) {
		const struct fhir_entry *e = &g_array_index(bundle->entries,
		    struct fhir_entry, i);
		if (e->resource && !(e->mode_len == strlen("outcome") &&
		    memcmp(e->mode, "outcome", e->mode_len) == 0)) {
			out->bytes = e->resource;
			out->len = e->resource_len;
			return TRUE;
		}
	}
	return FALSE;
}

/* A server that ignores the parameter answers with strangers: look. */
static gboolean
has_identifier(struct sync *s, const struct store_doc *doc,
    const struct outbox_entry *e)
{
	BASE_AUTO(fhir_doc) parsed = fhir_parse(doc->bytes, doc->len,
	    rest_limits(s->rest), NULL);
	const fhir_node *root = parsed ? fhir_root(parsed) : NULL;
	size_t n = root ? fhir_count(root, "identifier") : 0;

	for (size_t i = 0; i < n; i++)
		if (g_strcmp0(fhir_text(fhir_at(root, "identifier", i),
		    "value"), e->identifier_value) == 0)
			return TRUE;
	return FALSE;
}

/* When it is there the entry is done, with the server's own version of it. */
static enum found
search_sent(struct sync *s, const struct outbox_entry *e, GError **error)
{
	g_autofree char *query = identifier_search(e, "");
	g_autofree char *url = g_strdup_printf("%s?%s", e->type, query);
	BASE_AUTO(rest_answer) answer = rest_get(s->rest, url, error);
	BASE_AUTO(fhir_bundle) bundle = NULL;
	struct store_doc doc;

	if (!answer || !rest_ok(s->rest, answer, error))
		return FOUND_UNKNOWN;
	bundle = fhir_bundle_cut(answer->body ? answer->body : "", answer->len,
	    rest_limits(s->rest), NULL);
	if (!bundle) {
		net_error_set(error, NET_ERROR_NOT_FHIR, rest_host(s->rest),
		    NULL);
		return FOUND_UNKNOWN;
	}
	if (!first_resource(bundle, &doc) || !has_identifier(s, &doc, e))
		return FOUND_NONE;
	return store_outbox_done(s->store, e->id, &doc, error) ? FOUND_HERE
							       : FOUND_UNKNOWN;
}

/* ---- what an answer means ------------------------------------------------ */

static void
rang(struct sync *s, const struct outbox_entry *e)
{
	bell_changed(s->bell, BELL_KIND_OUTBOX, e->id.n);
	if (e->consult.n)
		bell_changed(s->bell, BELL_KIND_CONSULT, e->consult.n);
	bell_changed(s->bell, BELL_KIND_QUEUE, 0);
}

gboolean
push_later(struct sync *s, const struct outbox_entry *e, int64_t ms,
    GError **error)
{
	if (ms < 0)
		ms = rest_backoff_ms(s->rest, e->attempts + 1);
	return store_outbox_again(s->store, e->id, base_now_ms() + ms, error);
}

gboolean
push_fail(struct sync *s, const struct outbox_entry *e,
    const struct rest_answer *answer, GError **error)
{
	g_autofree char *words = rest_words(s->rest, answer);
	g_autofree char *reason = words ? g_strdup(words)
	    : g_strdup_printf(_("the server refused it (%d)"), answer->status);

	base_log(BASE_LOG_INFO, "outbox %" G_GINT64_FORMAT " refused: %d",
	    e->id.n, answer->status);
	return store_outbox_failed(s->store, e->id, reason, error);
}

/* The body when the server sent it, else a read of what it made. */
static gboolean
done(struct sync *s, const struct outbox_entry *e,
    const struct rest_answer *answer, GError **error)
{
	BASE_AUTO(rest_answer) read = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	struct store_doc out = { answer->body, answer->len };
	g_autofree char *own = g_strdup_printf("%s/%s", e->type,
	    e->target_id ? e->target_id : "");
	struct fhir_head head;

	if (answer->body)
		doc = fhir_parse(answer->body, answer->len,
		    rest_limits(s->rest), NULL);
	if (doc && fhir_head(fhir_root(doc), &head, NULL) &&
	    strcmp(head.type, e->type) == 0)
		return store_outbox_done(s->store, e->id, &out, error);
	if (!answer->location && e->verb == OUTBOX_CREATE)
		return search_sent(s, e, error) != FOUND_UNKNOWN;
	read = rest_get(s->rest, e->verb == OUTBOX_CREATE
	    ? answer->location : own, error);
	if (!read || !rest_ok(s->rest, read, error))
		return FALSE;
	out.bytes = read->body;
	out.len = read->len;
	return store_outbox_done(s->store, e->id, &out, error);
}

static gboolean
rebase(struct sync *s, const struct outbox_entry *e,
    const struct rest_answer *refusal, GError **error)
{
	g_autofree char *url = g_strdup_printf("%s/%s", e->type, e->target_id);
	BASE_AUTO(rest_answer) answer = NULL;
	struct store_doc fresh;

	if (e->attempts > REBASES_MAX)
		return push_fail(s, e, refusal, error);
	answer = rest_get(s->rest, url, error);
	if (!answer)
		return FALSE;
	if (answer->status == 404 || answer->status == 410)
		return push_fail(s, e, answer, error);
	if (!rest_ok(s->rest, answer, error))
		return FALSE;
	fresh.bytes = answer->body;
	fresh.len = answer->len;
	return store_outbox_rebase(s->store, e->id, &fresh, error);
}

/* Several match on a create: it is there, more than once. */
static gboolean
conflict(struct sync *s, const struct outbox_entry *e,
    const struct rest_answer *answer, GError **error)
{
	if (e->verb == OUTBOX_UPDATE)
		return rebase(s, e, answer, error);
	switch (search_sent(s, e, error)) {
	case FOUND_HERE:
		return TRUE;
	case FOUND_NONE:
		return push_fail(s, e, answer, error);
	default:
		return FALSE;
	}
}

/* FALSE with NET_ERROR_LOGIN: nothing else can go either. */
static gboolean
take_answer(struct sync *s, const struct outbox_entry *e,
    const struct rest_answer *answer, GError **error)
{
	int status = answer->status;

	if (status >= 200 && status < 300)
		return done(s, e, answer, error);
	if (status == 409 || status == 412)
		return conflict(s, e, answer, error);
	if (status == 429 || status == 408 || status == 425 || status >= 500)
		return push_later(s, e, answer->retry_ms, error);
	if (status == 401)
		return rest_ok(s->rest, answer, error);
	return push_fail(s, e, answer, error);
}

/* ---- sending ------------------------------------------------------------- */

static struct rest_answer *
put_on_wire(struct sync *s, const struct outbox_entry *e, GError **error)
{
	gboolean create = e->verb == OUTBOX_CREATE;
	g_autofree char *none = create && e->identifier_value
	    ? identifier_search(e, ":/|") : NULL;
	g_autofree char *url = create ? g_strdup(e->type)
	    : g_strdup_printf("%s/%s", e->type, e->target_id);
	struct rest_request request = {
		.method = create ? "POST" : "PUT", .url = url,
		.body = e->bytes, .len = e->len, .if_none_exist = none,
		.if_match = create ? NULL : e->if_match,
		.prefer = "return=representation",
	};

	return rest_call(s->rest, &request, error);
}

/* The answer was lost: is it there now? */
static gboolean
lost(struct sync *s, const struct outbox_entry *e, GError *why, GError **error)
{
	enum found found = FOUND_NONE;

	if (e->verb == OUTBOX_CREATE && why->code != NET_ERROR_STOPPED)
		found = search_sent(s, e, NULL);
	if (found == FOUND_HERE) {
		g_error_free(why);
		return TRUE;
	}
	push_later(s, e, -1, NULL);
	g_propagate_error(error, why);
	return FALSE;
}

static gboolean
send_one(struct sync *s, const struct outbox_entry *e, GError **error)
{
	GError *why = NULL;
	BASE_AUTO(rest_answer) answer = NULL;

	/* Tried before, or under way when we died: it may have arrived. */
	if (e->verb == OUTBOX_CREATE && e->identifier_value &&
	    (e->state == OUTBOX_SENDING || e->attempts > 0)) {
		enum found found = search_sent(s, e, error);
		if (found == FOUND_UNKNOWN) {
			push_later(s, e, -1, NULL);
			return FALSE;
		}
		if (found == FOUND_HERE)
			return TRUE;
	}
	if (!store_outbox_sending(s->store, e->id, error))
		return FALSE;
	bell_changed(s->bell, BELL_KIND_OUTBOX, e->id.n);
	answer = put_on_wire(s, e, &why);
	if (!answer)
		return lost(s, e, why, error);
	if (take_answer(s, e, answer, error))
		return TRUE;
	/* What became of it is looked up before it is sent again. */
	push_later(s, e, -1, NULL);
	return FALSE;
}

gboolean
push_run(struct sync *s, int64_t *wait_ms_out, GError **error)
{
	*wait_ms_out = -1;
	while (s->who_checked && !loop_stopping(s->loop)) {
		g_autoptr(GError) why = NULL;
		BASE_AUTO(outbox_entry) e = store_outbox_next(s->store,
		    base_now_ms(), wait_ms_out, &why);
		gboolean fine;
		if (why) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
		if (!e)
			return TRUE;
		fine = e->files ? push_file(s, e, error) :
		    e->verb == OUTBOX_TRANSACTION ?
		    push_bundle(s, e, error) : send_one(s, e, error);
		rang(s, e);
		if (!fine)
			return FALSE;
	}
	return TRUE;
}
