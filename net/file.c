/* SPDX-License-Identifier: Apache-2.0 */
#include "net/file.h"
#include "net/origin.h"

#include <string.h>

enum { HOPS_MAX = 3, AT_ONCE = 64, MEGA = 1024 * 1024, RING_MS = 250 };

/* On its way: where from, and the answer. */
struct errand {
	struct sync *sync;
	struct file_id id;
	struct file_want want;
	char *url;              /* a secret when it is elsewhere */
	gboolean fresh;         /* its resource was read just now */
	enum file_state cannot; /* FILE_HERE: it may still come */
	int64_t ring_ms;        /* monotonic: not before, how much is here */
};

static void
errand_clear(struct errand *e)
{
	if (e->url)
		explicit_bzero(e->url, strlen(e->url));
	g_free(e->url);
}

/* ---- where it is -------------------------------------------------------- */

static struct fhir_doc *
parse(struct sync *s, const char *bytes, size_t len)
{
	return bytes ? fhir_parse(bytes, len, rest_limits(s->rest), NULL) :
	    NULL;
}

static gboolean
url_take(struct errand *e, const struct fhir_doc *doc, size_t place,
    gboolean *by_reference)
{
	g_autoptr(GArray) files = doc ? fhir_files(fhir_root(doc)) : NULL;
	const struct fhir_file *f = files && place < files->len ?
	    &g_array_index(files, struct fhir_file, place) : NULL;

	if (!f || !f->url)
		return FALSE;
	errand_clear(e);
	e->url = g_strdup(f->url);
	*by_reference = f->by_reference;
	return TRUE;
}

/* What the status of a refusal means for the file; FALSE: nothing yet. */
static gboolean
cannot(struct errand *e, int status)
{
	if (status == 404 || status == 410)
		e->cannot = FILE_GONE;
	else if (status == 401 || status == 403)
		e->cannot = FILE_REFUSED;
	else if (status == 413)
		e->cannot = FILE_TOO_LARGE;
	else if (status >= 400 && status < 500 && status != 408 &&
	    status != 425 && status != 429)
		e->cannot = FILE_ODD;
	return e->cannot != FILE_HERE;
}

static struct rest_answer *
asked(struct errand *e, const struct rest_request *request, GError **error)
{
	GError *why = NULL;
	struct rest_answer *answer = rest_ask(e->sync->rest, request, &why);

	if (!answer && (why->code == NET_ERROR_TOO_BIG ||
	    why->code == NET_ERROR_LINK || why->code == NET_ERROR_REDIRECT)) {
		e->cannot = why->code == NET_ERROR_TOO_BIG ? FILE_TOO_LARGE :
		    FILE_REFUSED;
		g_error_free(why);
		return NULL;
	}
	if (!answer) {
		g_propagate_error(error, why);
		return NULL;
	}
	/* A login that no longer holds is no property of the file. */
	if (!(answer->status == 401 && !request->bare) &&
	    !cannot(e, answer->status) && answer->status < 400)
		return answer;
	if (e->cannot == FILE_HERE)
		rest_ok(e->sync->rest, answer, error);
	rest_answer_free(answer);
	return NULL;
}

static struct fhir_doc *
resource_read(struct errand *e, const char *type, const char *id,
    GError **error)
{
	g_autofree char *url = g_strdup_printf("%s/%s", type, id);
	struct rest_request request = { .url = url };
	BASE_AUTO(rest_answer) answer = asked(e, &request, error);
	struct fhir_doc *doc = answer ? parse(e->sync, answer->body,
	    answer->len) : NULL;

	if (answer && !doc)
		e->cannot = FILE_ODD;
	return doc;
}

/* As the store has it; what stands elsewhere is read anew by refresh(). */
static gboolean
place_find(struct errand *e, GError **error)
{
	size_t len;
	g_autofree char *bytes = store_body(e->sync->store, e->want.type,
	    e->want.id, &len, error);
	BASE_AUTO(fhir_doc) doc = parse(e->sync, bytes, len);
	gboolean by_reference = FALSE;
	struct fhir_ref ref;

	if (!url_take(e, doc, (size_t)e->want.place, &by_reference)) {
		e->cannot = FILE_ODD;
		return FALSE;
	}
	if (!by_reference)
		return TRUE;
	if (!fhir_ref_parse(e->url, &ref)) {
		e->cannot = FILE_ODD;
		return FALSE;
	}
	if (strcmp(ref.type, "Binary") == 0)
		return TRUE;
	/* A document or a picture with a resource of its own: its first. */
	BASE_AUTO(fhir_doc) other = resource_read(e, ref.type, ref.id, error);
	if (!other)
		return FALSE;
	e->fresh = TRUE;
	if (url_take(e, other, 0, &by_reference) && !by_reference)
		return TRUE;
	e->cannot = FILE_ODD;
	return FALSE;
}

static gboolean
refresh(struct errand *e, GError **error)
{
	BASE_AUTO(fhir_doc) doc = NULL;
	gboolean by_reference;

	if (e->fresh)
		return TRUE;
	doc = resource_read(e, e->want.type, e->want.id, error);
	e->fresh = TRUE;
	if (!doc)
		return FALSE;
	if (url_take(e, doc, (size_t)e->want.place, &by_reference))
		return TRUE;
	e->cannot = FILE_GONE;
	return FALSE;
}

/* ---- the bytes ---------------------------------------------------------- */

/* A large file over a slow line: how far it is; and what the doctor does
 * meanwhile does not wait for it. */
static void
meanwhile(void *user, int64_t done, int64_t total)
{
	struct errand *e = user;

	if (done > 0 && base_mono_ms() >= e->ring_ms) {
		bell_fetching(e->sync->bell, e->id.n, done, total);
		e->ring_ms = base_mono_ms() + RING_MS;
	}
	sync_breathe(e->sync);
}

/* The login goes to the server alone. */
static struct rest_answer *
ask_at(struct errand *e, GError **error)
{
	struct rest *rest = e->sync->rest;
	g_autofree char *ours = origin_resolve(rest_base(rest), e->url,
	    rest_aliases(rest));
	struct rest_request request = { .url = ours ? ours : e->url,
		.accept = "*/*", .no_follow = TRUE, .bare = !ours,
		.elsewhere = !ours, .meanwhile = meanwhile,
		.meanwhile_user = e };

	if (!ours && !g_str_has_prefix(e->url, "https://")) {
		e->cannot = FILE_REFUSED;
		return NULL;
	}
	if (!ours && !refresh(e, error))
		return NULL;
	if (!ours)
		request.url = e->url;
	return asked(e, &request, error);
}

static struct rest_answer *
ask(struct errand *e, GError **error)
{
	for (int hop = 0; hop <= HOPS_MAX; hop++) {
		struct rest_answer *answer = ask_at(e, error);
		g_autofree char *to = NULL;

		if (!answer || answer->status < 300)
			return answer;
		to = answer->location && answer->url ?
		    g_uri_resolve_relative(answer->url, answer->location,
		    G_URI_FLAGS_ENCODED, NULL) : NULL;
		rest_answer_free(answer);
		if (!to)
			break;
		errand_clear(e);
		e->url = g_steal_pointer(&to);
		e->fresh = TRUE;
	}
	e->cannot = FILE_REFUSED;
	return NULL;
}

static gboolean
is_json(const char *content_type)
{
	return content_type && (strcmp(content_type,
	    "application/fhir+json") == 0 ||
	    strcmp(content_type, "application/json") == 0);
}

/* Servers answer with the file or with a Binary resource around it. */
static GBytes *
unwrap(struct errand *e, const struct rest_answer *answer, char **type_out)
{
	BASE_AUTO(fhir_doc) doc = is_json(answer->content_type) ?
	    parse(e->sync, answer->body, answer->len) : NULL;
	const fhir_node *root = doc ? fhir_root(doc) : NULL;
	const char *data;

	if (g_strcmp0(fhir_text(root, "resourceType"), "Binary") != 0) {
		*type_out = g_strdup(answer->content_type);
		return g_bytes_new(answer->body, answer->len);
	}
	*type_out = g_strdup(fhir_text(root, "contentType"));
	data = fhir_text(root, "data");
	return fhir_base64(data ? data : "");
}

static gboolean
keep(struct errand *e, const struct rest_answer *answer, GError **error)
{
	struct sync *s = e->sync;
	g_autofree char *type = NULL;
	g_autoptr(GBytes) bytes = unwrap(e, answer, &type);
	int64_t cap = base_setting_int(s->settings, SET_FILES_MB) * MEGA;

	if (!bytes) {
		e->cannot = FILE_ODD;
		return FALSE;
	}
	base_log(BASE_LOG_DEBUG, "file of %zu bytes",
	    g_bytes_get_size(bytes));
	return store_file_put(s->store, e->id, type, g_bytes_get_data(bytes,
	    NULL), g_bytes_get_size(bytes), cap, base_now_ms(), error);
}

static enum sync_fetched
end(struct errand *e, gboolean fine, GError **error)
{
	if (fine)
		return FETCH_OK;
	if (e->cannot == FILE_HERE ||
	    !store_file_cannot(e->sync->store, e->id, e->cannot, error))
		return FETCH_FAILED;
	return FETCH_GONE;
}

enum sync_fetched
file_fetch(struct sync *sync, struct file_id id, GError **error)
{
	struct errand e = { .sync = sync, .id = id, .cannot = FILE_HERE,
		.ring_ms = base_mono_ms() + RING_MS };
	BASE_AUTO(rest_answer) answer = NULL;
	GError *why = NULL;
	enum sync_fetched got;
	int64_t before = sync->file_coming;

	if (!store_file_wanted(sync->store, id, &e.want, &why)) {
		if (why)
			g_propagate_error(error, why);
		return why ? FETCH_FAILED : FETCH_OK; /* it is here already */
	}
	sync->file_coming = id.n;
	if (place_find(&e, error))
		answer = ask(&e, error);
	sync->file_coming = before;
	got = end(&e, answer && keep(&e, answer, error), error);
	errand_clear(&e);
	return got;
}

gboolean
file_fetch_wanted(struct sync *sync)
{
	g_autoptr(GArray) all = store_files_wanted(sync->store, AT_ONCE, NULL);

	for (guint i = 0; all && i < all->len; i++) {
		g_autoptr(GError) error = NULL;

		if (loop_stopping(sync->loop))
			return FALSE;
		/* One that the network keeps back keeps back the rest. */
		if (file_fetch(sync, g_array_index(all, struct file_id, i),
		    &error) == FETCH_FAILED)
			break;
	}
	if (all && all->len)
		bell_changed(sync->bell, BELL_KIND_ALL, 0);
	return TRUE;
}
