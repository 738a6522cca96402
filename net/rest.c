/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/origin.h"
#include "net/rest_answer.h"
#include "net/rest_room.h"

enum {
	REDIRECTS_MAX = 5,
	CONNECT_S_MAX = 15,
	TOTAL_FACTOR = 10, /* a long page over a slow line, still bounded */
	SLOWEST = 16384,   /* bytes a second at which a file is waited for */
};

struct flight {
	struct rest *rest;
	CURL *easy;
	struct curl_slist *headers;
	char *url;
	char *body;         /* kept for a redirect that keeps the method */
	size_t body_len;
	gboolean post, no_follow;
	int hops;
	GByteArray *in;
	gboolean too_big;
	struct rest_answer *answer;
	rest_done_fn *done;
	void *user;
	char words[CURL_ERROR_SIZE];
};

/* The slist holds the token: wiped before it is given back. */
static void
headers_free(struct curl_slist *headers)
{
	for (struct curl_slist *h = headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

static void
flight_free(struct flight *f)
{
	curl_easy_cleanup(f->easy);
	headers_free(f->headers);
	if (f->body)
		explicit_bzero(f->body, f->body_len);
	g_free(f->body);
	g_free(f->url);
	if (f->in)
		g_byte_array_unref(f->in);
	rest_answer_free(f->answer);
	g_free(f);
}

static size_t
on_body(char *data, size_t size, size_t n, void *user)
{
	struct flight *f = user;

	if (f->in->len + n * size > f->rest->limits.size_bytes) {
		f->too_big = TRUE;
		return 0;
	}
	g_byte_array_append(f->in, (const guint8 *)data, (guint)(n * size));
	return n * size;
}

static size_t
on_header(char *data, size_t size, size_t n, void *user)
{
	struct flight *f = user;

	rest_answer_line(f->answer, data, size * n);
	return size * n;
}

static const struct { CURLcode curl; enum net_error code; } curl_codes[] = {
	{ CURLE_OPERATION_TIMEDOUT, NET_ERROR_TIMEOUT },
	{ CURLE_FILESIZE_EXCEEDED, NET_ERROR_TOO_BIG },
	{ CURLE_SSL_CONNECT_ERROR, NET_ERROR_TLS },
	{ CURLE_PEER_FAILED_VERIFICATION, NET_ERROR_TLS },
	{ CURLE_SSL_CIPHER, NET_ERROR_TLS },
	{ CURLE_SSL_ISSUER_ERROR, NET_ERROR_TLS },
	{ CURLE_SSL_INVALIDCERTSTATUS, NET_ERROR_TLS },
	{ CURLE_USE_SSL_FAILED, NET_ERROR_TLS },
	/* Files of our own: ca_file, client_cert, client_key. */
	{ CURLE_SSL_CERTPROBLEM, NET_ERROR_CONFIG },
	{ CURLE_SSL_CACERT_BADFILE, NET_ERROR_CONFIG },
	{ CURLE_BAD_CONTENT_ENCODING, NET_ERROR_NOT_FHIR },
	{ CURLE_WEIRD_SERVER_REPLY, NET_ERROR_NOT_FHIR },
	{ CURLE_UNSUPPORTED_PROTOCOL, NET_ERROR_NOT_FHIR },
	{ CURLE_URL_MALFORMAT, NET_ERROR_CONFIG },
};

/* The server refused us by an alert (in TLS 1.3 that for a missing certificate
 * comes when the handshake is over for us, at the first read), or it offers no TLS
 * that we take. curl has one code for this and for a forged certificate. */
static gboolean
no_handshake(CURLcode code, const char *words)
{
	static const char *const marks[] = { " alert ", "unsupported protocol",
		"wrong version number" };

	if (code != CURLE_SSL_CONNECT_ERROR && code != CURLE_RECV_ERROR)
		return FALSE;
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (strstr(words, marks[i]))
			return TRUE;
	return FALSE;
}

static enum net_error
net_code(CURLcode code, const char *words)
{
	if (no_handshake(code, words))
		return NET_ERROR_HANDSHAKE;
	for (size_t i = 0; i < G_N_ELEMENTS(curl_codes); i++)
		if (curl_codes[i].curl == code)
			return curl_codes[i].code;
	return NET_ERROR_OFFLINE;
}

static GError *
failure(struct flight *f, CURLcode code)
{
	GError *error = NULL;

	/* We broke it off ourselves: curl's words for that are no help. */
	if (f->too_big)
		net_error_set(&error, NET_ERROR_TOO_BIG, f->rest->host, NULL);
	else
		net_error_set(&error, net_code(code, f->words), f->rest->host,
		    *f->words ? f->words : curl_easy_strerror(code));
	return error;
}

/* Where a redirect leads, or NULL when the answer is none that we follow. */
static gboolean
is_redirect(const struct flight *f)
{
	int status = f->answer->status;

	if (!f->answer->location || f->no_follow)
		return FALSE;
	if (status == 307 || status == 308)
		return TRUE;
	return !f->post && status >= 301 && status <= 303;
}

/* TRUE: under way again. FALSE: error is set. */
static gboolean
follow(struct flight *f, GError **error)
{
	g_autofree char *to = origin_resolve(f->url, f->answer->location, NULL);

	if (!to || ++f->hops > REDIRECTS_MAX) {
		net_error_set(error, NET_ERROR_REDIRECT, f->rest->host,
		    to ? _("it sends us round in a circle") : NULL);
		return FALSE;
	}
	g_free(f->url);
	f->url = g_steal_pointer(&to);
	g_byte_array_set_size(f->in, 0);
	curl_easy_setopt(f->easy, CURLOPT_URL, f->url);
	curl_multi_add_handle(loop_multi(f->rest->loop), f->easy);
	return TRUE;
}

static struct rest_answer *
land(struct flight *f)
{
	struct rest_answer *answer = g_steal_pointer(&f->answer);

	answer->url = g_steal_pointer(&f->url);
	answer->len = f->in->len;
	if (answer->len > 0) {
		g_byte_array_append(f->in, (const guint8 *)"", 1);
		answer->body = (char *)g_byte_array_free(
		    g_steal_pointer(&f->in), FALSE);
	}
	if (answer->retry_ms > 0)
		f->rest->not_before_ms = base_mono_ms() + answer->retry_ms;
	base_log(BASE_LOG_DEBUG, "answer %d, %zu bytes", answer->status,
	    answer->len);
	return answer;
}

void
rest_flight_done(CURL *easy, CURLcode code, void *user)
{
	struct rest *rest = user;
	struct flight *f = NULL;
	g_autoptr(GError) error = NULL;
	struct rest_answer *answer = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&f);
	curl_multi_remove_handle(loop_multi(rest->loop), easy);
	if (code != CURLE_OK)
		error = failure(f, code);
	else if (is_redirect(f)) {
		if (follow(f, &error))
			return;
	} else
		answer = land(f);
	if (error)
		base_log(BASE_LOG_INFO, "request failed: error %d, curl %d",
		    error->code, (int)code);
	g_ptr_array_remove_fast(rest->flights, f);
	f->done(answer, g_steal_pointer(&error), f->user);
	flight_free(f);
}

void
rest_flight_progress(const struct rest *rest, const void *user, int64_t *done,
    int64_t *total)
{
	curl_off_t so_far = 0, all = -1;

	for (guint i = 0; i < rest->flights->len; i++) {
		const struct flight *f = rest->flights->pdata[i];

		if (f->user != user)
			continue;
		curl_easy_getinfo(f->easy, CURLINFO_SIZE_DOWNLOAD_T, &so_far);
		curl_easy_getinfo(f->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
		    &all);
	}
	*done = (int64_t)so_far;
	*total = MAX((int64_t)all, 0);
}

void
rest_cancel(struct rest *rest)
{
	while (rest->flights->len > 0) {
		struct flight *f = g_ptr_array_index(rest->flights, 0);
		GError *error = NULL;
		curl_multi_remove_handle(loop_multi(rest->loop), f->easy);
		g_ptr_array_remove_index_fast(rest->flights, 0);
		net_error_set(&error, NET_ERROR_STOPPED, rest->host, NULL);
		f->done(NULL, error, f->user);
		flight_free(f);
	}
}

static void
add_header(struct flight *f, const char *name, const char *value)
{
	g_autofree char *line = g_strdup_printf("%s: %s", name, value);

	f->headers = curl_slist_append(f->headers, line);
	explicit_bzero(line, strlen(line));
}

static void
set_headers(struct flight *f, const struct rest_request *request,
    const char *token)
{
	g_autofree char *bearer = NULL, *match = NULL;

	add_header(f, "Accept", request->accept ? request->accept
	    : request->bare ? "application/json" : "application/fhir+json");
	/* lws never answers 100-continue, and others only slow us down. */
	f->headers = curl_slist_append(f->headers, "Expect:");
	if (token) {
		bearer = g_strconcat("Bearer ", token, NULL);
		add_header(f, "Authorization", bearer);
		explicit_bzero(bearer, strlen(bearer));
	}
	if (request->if_match) {
		/* Quoted just so: Medplum ignores an unquoted one. */
		match = g_strdup_printf("W/\"%s\"", request->if_match);
		add_header(f, "If-Match", match);
	}
	if (request->if_none_exist)
		add_header(f, "If-None-Exist", request->if_none_exist);
	if (request->prefer)
		add_header(f, "Prefer", request->prefer);
	if (request->security_context)
		add_header(f, "X-Security-Context", request->security_context);
	if (f->post)
		add_header(f, "Content-Type", request->content_type
		    ? request->content_type
		    : "application/fhir+json; charset=utf-8");
	curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
}

static void
set_method(struct flight *f, const struct rest_request *request)
{
	const char *method = request->method ? request->method : "GET";

	f->post = strcmp(method, "GET") != 0 && strcmp(method, "DELETE") != 0;
	if (f->post) {
		/* A file has NUL bytes. */
		f->body = g_memdup2(request->body && request->len
		    ? request->body : "", MAX(request->len, 1));
		f->body_len = request->len;
		curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)request->len);
		curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, f->body);
	}
	if (strcmp(method, "GET") != 0 && strcmp(method, "POST") != 0)
		curl_easy_setopt(f->easy, CURLOPT_CUSTOMREQUEST, method);
	if (request->user) {
		curl_easy_setopt(f->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(f->easy, CURLOPT_USERNAME, request->user);
		curl_easy_setopt(f->easy, CURLOPT_PASSWORD,
		    request->password ? request->password : "");
	}
}

/* What is large by its nature has the time that it takes over a slow line. */
static void
set_patience(struct flight *f, const struct rest_request *request)
{
	const struct rest *rest = f->rest;
	size_t bytes = request->len + (request->meanwhile ?
	    rest->limits.size_bytes : 0);

	curl_easy_setopt(f->easy, CURLOPT_TIMEOUT, rest->timeout_s *
	    TOTAL_FACTOR + (long)(bytes / SLOWEST));
}

static void
set_text(CURL *easy, CURLoption option, const char *text)
{
	if (text && *text)
		curl_easy_setopt(easy, option, text);
}

/* TLS 1.2 or later, always verified; no scheme but the two. */
static void
set_transport(struct flight *f)
{
	const struct rest *rest = f->rest;
	CURL *easy = f->easy;
	long connect_s = MIN(rest->timeout_s, CONNECT_S_MAX);

	curl_easy_setopt(easy, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	set_text(easy, CURLOPT_CAINFO, rest->ca_file);
	set_text(easy, CURLOPT_SSLCERT, rest->client_cert);
	set_text(easy, CURLOPT_SSLKEY, rest->client_key);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, connect_s);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, rest->timeout_s);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "qingnang");
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
	    (curl_off_t)rest->limits.size_bytes);
}

/* A token in plain http goes to this machine and to no proxy. */
static void
set_proxy(struct flight *f, const struct origin *to)
{
	if (origin_loopback(to)) {
		curl_easy_setopt(f->easy, CURLOPT_PROXY, "");
		return;
	}
	set_text(f->easy, CURLOPT_PROXY, f->rest->proxy);
	set_text(f->easy, CURLOPT_NOPROXY, f->rest->no_proxy);
}

static char *
target(const struct rest *rest, const struct rest_request *request)
{
	if (request->bare && request->elsewhere)
		return g_strdup(request->url);
	return origin_resolve(rest->base, request->url, rest->aliases);
}

static struct flight *
flight_new(struct rest *rest, const struct rest_request *request,
    const struct origin *to, const char *token)
{
	struct flight *f = g_new0(struct flight, 1);

	f->rest = rest;
	f->easy = curl_easy_init();
	f->in = g_byte_array_new();
	f->answer = g_new0(struct rest_answer, 1);
	f->answer->retry_ms = -1;
	curl_easy_setopt(f->easy, CURLOPT_PRIVATE, f);
	curl_easy_setopt(f->easy, CURLOPT_ERRORBUFFER, f->words);
	curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(f->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(f->easy, CURLOPT_HEADERDATA, f);
	set_transport(f);
	set_proxy(f, to);
	set_patience(f, request);
	set_method(f, request);
	set_headers(f, request, token);
	return f;
}

gboolean
rest_start(struct rest *rest, const struct rest_request *request,
    rest_done_fn *done, void *user, GError **error)
{
	g_autofree char *url = target(rest, request);
	struct origin to = { 0 };
	const char *token = NULL;
	g_autoptr(GError) why = NULL;
	struct flight *f;

	if (!url || !origin_parse(url, &to) || !origin_allowed(&to)) {
		origin_clear(&to);
		net_error_set(error, NET_ERROR_LINK, rest->host, NULL);
		return FALSE;
	}
	if (!request->bare && rest->token)
		token = rest->token(rest->token_user, FALSE, &why);
	if (why) {
		origin_clear(&to);
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	f = flight_new(rest, request, &to, token);
	origin_clear(&to);
	f->url = g_steal_pointer(&url);
	f->done = done;
	f->user = user;
	f->no_follow = request->no_follow;
	curl_easy_setopt(f->easy, CURLOPT_URL, f->url);
	g_ptr_array_add(rest->flights, f);
	curl_multi_add_handle(loop_multi(rest->loop), f->easy);
	return TRUE;
}
