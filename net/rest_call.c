/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/origin.h"
#include "net/rest_room.h"

enum { BACKOFF_MS = 1000, BACKOFF_MAX_MS = 60000, DEPTH = 48 };

static double
machine_random(void *user)
{
	return g_random_double();
}

/* The server's address without a trailing query, with a trailing slash. */
static gboolean
take_server(struct rest *rest, const char *server, GError **error)
{
	struct origin origin = { 0 };
	gboolean fine = server && !strpbrk(server, "?#") &&
	    origin_parse(server, &origin);

	if (!fine || !origin_allowed(&origin)) {
		net_error_set(error, NET_ERROR_CONFIG,
		    server && *server ? server : NULL,
		    _("server must be an https address; http is for this "
		      "machine alone"));
		origin_clear(&origin);
		return FALSE;
	}
	rest->base = g_strconcat(server, g_str_has_suffix(server, "/")
	    ? "" : "/", NULL);
	rest->host = g_strdup(origin.host);
	origin_clear(&origin);
	return TRUE;
}

static char *
setting(const struct base_settings *s, enum setting key)
{
	return g_strdup(base_setting(s, key));
}

struct rest *
rest_new(struct loop *loop, const struct base_settings *s, GError **error)
{
	struct rest *rest = g_new0(struct rest, 1);
	const char *aliases = base_setting(s, SET_ORIGIN_ALIASES);

	rest->loop = loop;
	rest->flights = g_ptr_array_new();
	rest->random = machine_random;
	rest->aliases = g_strsplit_set(aliases ? aliases : "", ";, ", -1);
	rest->ca_file = setting(s, SET_CA_FILE);
	rest->client_cert = setting(s, SET_CLIENT_CERT);
	rest->client_key = setting(s, SET_CLIENT_KEY);
	rest->proxy = setting(s, SET_PROXY);
	rest->no_proxy = setting(s, SET_NO_PROXY);
	rest->limits.size_bytes = (size_t)base_setting_int(s,
	    SET_BODY_CAP_BYTES);
	rest->limits.depth = DEPTH;
	rest->timeout_s = (long)MAX(1, base_setting_int(s,
	    SET_TIMEOUT_SECONDS));
	if (!take_server(rest, base_setting(s, SET_SERVER), error)) {
		rest_free(rest);
		return NULL;
	}
	loop_on_done(loop, rest_flight_done, rest);
	return rest;
}

void
rest_free(struct rest *rest)
{
	if (!rest)
		return;
	rest_cancel(rest);
	loop_on_done(rest->loop, NULL, NULL);
	g_ptr_array_unref(rest->flights);
	g_strfreev(rest->aliases);
	g_free(rest->base);
	g_free(rest->host);
	g_free(rest->ca_file);
	g_free(rest->client_cert);
	g_free(rest->client_key);
	g_free(rest->proxy);
	g_free(rest->no_proxy);
	g_free(rest);
}

const char *
rest_base(const struct rest *rest)
{
	return rest->base;
}

const char *
rest_host(const struct rest *rest)
{
	return rest->host;
}

char *const *
rest_aliases(const struct rest *rest)
{
	return rest->aliases;
}

struct loop *
rest_loop(struct rest *rest)
{
	return rest->loop;
}

const struct fhir_limits *
rest_limits(const struct rest *rest)
{
	return &rest->limits;
}

void
rest_on_token(struct rest *rest, rest_token_fn *token, void *user)
{
	rest->token = token;
	rest->token_user = user;
}

int64_t
rest_not_before_ms(const struct rest *rest)
{
	return rest->not_before_ms;
}

int
rest_flying(const struct rest *rest)
{
	return (int)rest->flights->len;
}

void
rest_random(struct rest *rest, double (*random)(void *user), void *user)
{
	rest->random = random;
	rest->random_user = user;
}

int64_t
rest_backoff_ms(struct rest *rest, int attempt)
{
	int64_t ms = BACKOFF_MAX_MS;

	if (attempt >= 1 && attempt < 7)
		ms = MIN(BACKOFF_MS << (attempt - 1), BACKOFF_MAX_MS);
	return ms / 2 + (int64_t)(rest->random(rest->random_user) *
	    (double)(ms / 2));
}

struct landing {
	gboolean done;
	struct rest_answer *answer;
	GError *error;
};

static void
on_landed(struct rest_answer *answer, GError *error, void *user)
{
	struct landing *l = user;

	l->done = TRUE;
	l->answer = answer;
	l->error = error;
}

/* The server asked for quiet: keep it, serving the doorbell. */
static gboolean
keep_quiet(struct rest *rest, GError **error)
{
	int64_t ms = rest->not_before_ms - base_mono_ms();

	if (ms <= 0 || loop_pause(rest->loop, ms))
		return TRUE;
	net_error_set(error, NET_ERROR_STOPPED, rest->host, NULL);
	return FALSE;
}

static void
meanwhile(struct rest *rest, const struct rest_request *request,
    const struct landing *l)
{
	int64_t done, total;

	rest_flight_progress(rest, l, &done, &total);
	request->meanwhile(request->meanwhile_user, done, total);
}

struct rest_answer *
rest_once(struct rest *rest, const struct rest_request *request,
    GError **error)
{
	struct landing l = { 0 };

	if (!keep_quiet(rest, error) ||
	    !rest_start(rest, request, on_landed, &l, error))
		return NULL;
	while (!l.done) {
		if (loop_stopping(rest->loop))
			rest_cancel(rest);
		else
			loop_turn(rest->loop, -1);
		if (!l.done && request->meanwhile)
			meanwhile(rest, request, &l);
	}
	if (l.error)
		g_propagate_error(error, l.error);
	return l.answer;
}

struct rest_answer *
rest_call(struct rest *rest, const struct rest_request *request,
    GError **error)
{
	struct rest_answer *answer = rest_once(rest, request, error);
	g_autoptr(GError) why = NULL;

	if (!answer || answer->status != 401 || request->bare || !rest->token)
		return answer;
	rest->token(rest->token_user, TRUE, &why);
	if (why) {
		rest_answer_free(answer);
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	rest_answer_free(answer);
	return rest_once(rest, request, error);
}

/* A line that was cut is tried once more at once; one that stays cut is for the
 * caller to say, soon, so that the screen says it too. */
static gboolean
is_busy(const struct rest_answer *answer, const GError *error, int attempt)
{
	if (error)
		return attempt == 1 &&
		    g_error_matches(error, NET_ERROR, NET_ERROR_OFFLINE);
	switch (answer->status) {
	case 408: case 425: case 429: case 500: case 502: case 503: case 504:
		return TRUE;
	default:
		return FALSE;
	}
}

struct rest_answer *
rest_ask(struct rest *rest, const struct rest_request *request, GError **error)
{
	for (int attempt = 1;; attempt++) {
		g_autoptr(GError) why = NULL;
		BASE_AUTO(rest_answer) answer = rest_call(rest, request, &why);
		int64_t ms;
		if (!is_busy(answer, why, attempt) || attempt == REST_TRIES) {
			if (why)
				g_propagate_error(error,
				    g_steal_pointer(&why));
			return g_steal_pointer(&answer);
		}
		ms = answer && answer->retry_ms >= 0
		    ? answer->retry_ms : rest_backoff_ms(rest, attempt);
		if (!loop_pause(rest->loop, ms)) {
			net_error_set(error, NET_ERROR_STOPPED, rest->host,
			    NULL);
			return NULL;
		}
	}
}

struct rest_answer *
rest_get(struct rest *rest, const char *url, GError **error)
{
	struct rest_request request = { .url = url };

	return rest_ask(rest, &request, error);
}

char *
rest_words(const struct rest *rest, const struct rest_answer *answer)
{
	BASE_AUTO(fhir_doc) doc = NULL;
	g_autofree char *words = NULL;

	if (answer->body)
		doc = fhir_parse(answer->body, answer->len, &rest->limits,
		    NULL);
	if (doc)
		words = fhir_outcome_words(fhir_root(doc));
	if (!answer->request_id)
		return g_steal_pointer(&words);
	return g_strdup_printf(_("%s; request %s"), words ? words : "",
	    answer->request_id);
}

gboolean
rest_ok(const struct rest *rest, const struct rest_answer *answer,
    GError **error)
{
	g_autofree char *words = NULL, *detail = NULL;

	if (answer->status >= 200 && answer->status < 300)
		return TRUE;
	words = rest_words(rest, answer);
	detail = g_strdup_printf("%d%s%s", answer->status, words ? ": " : "",
	    words ? words : "");
	net_error_set(error, net_error_of_status(answer->status), rest->host,
	    detail);
	return FALSE;
}
