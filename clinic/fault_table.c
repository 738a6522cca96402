/* SPDX-License-Identifier: Apache-2.0 */
/* Each fault: what it concerns and what it does. */
#include <string.h>

#include "clinic/fault.h"
#include "clinic/feed.h"
#include "clinic/param.h"
#include "clinic/server.h"

static gboolean
fail(struct clinic_exchange *x, int status, const char *why)
{
	clinic_answer_error(&x->answer, g_error_new_literal(CLINIC_ERROR,
	    status, why));
	return TRUE;
}

static void
header(struct clinic_exchange *x, const char *name, const char *value)
{
	g_ptr_array_add(x->extra, g_strdup(name));
	g_ptr_array_add(x->extra, g_strdup(value));
}

/* ---- which requests ----------------------------------------------------- */

static gboolean
is_write(const struct clinic_exchange *x, const char *path)
{
	return strcmp(x->method, "GET") && strcmp(x->method, "HEAD") &&
	    !g_str_has_suffix(path, "_search");
}

static gboolean
is_bundle(const struct clinic_exchange *x, const char *path)
{
	return !strcmp(x->method, "POST") && !*path;
}

static gboolean
is_read(const struct clinic_exchange *x, const char *path)
{
	return !is_write(x, path) && strcmp(path, "metadata");
}

static gboolean
is_update(const struct clinic_exchange *x, const char *path)
{
	return !strcmp(x->method, "PUT");
}

static gboolean
is_search(const struct clinic_exchange *x, const char *path)
{
	return is_read(x, path) && (!strchr(path, '/') ||
	    g_str_has_suffix(path, "_search"));
}

static gboolean
is_one(const struct clinic_exchange *x, const char *path)
{
	return strchr(path, '/') != NULL;
}

gboolean
clinic_fault_of_type(const char *path, const char *type)
{
	size_t n = strlen(type);

	return !strncmp(path, type, n) && (!path[n] || path[n] == '/');
}

static gboolean
is_file(const struct clinic_exchange *x, const char *path)
{
	return clinic_fault_of_type(path, "Binary");
}

static gboolean
is_new_file(const struct clinic_exchange *x, const char *path)
{
	return is_file(x, path) && !strcmp(x->method, "POST");
}

/* ---- instead of an answer ----------------------------------------------- */

static gboolean
do_500(struct clinic_exchange *x, const char *path, const char *arg)
{
	return fail(x, 500, "The server has a bad day, as it was told to");
}

static gboolean
do_429(struct clinic_exchange *x, const char *path, const char *arg)
{
	header(x, "Retry-After:", "1");
	return fail(x, 429, "Too many requests");
}

static gboolean
do_429_bare(struct clinic_exchange *x, const char *path, const char *arg)
{
	return fail(x, 429, "Too many requests");
}

static gboolean
do_429_ratelimit(struct clinic_exchange *x, const char *path, const char *arg)
{
	header(x, "RateLimit:", "\"default\";r=0;t=1");
	return fail(x, 429, "Too many requests");
}

static gboolean
do_401(struct clinic_exchange *x, const char *path, const char *arg)
{
	clinic_login_expire_all(x->server->login);
	return fail(x, 401, "The token has expired");
}

static gboolean
do_403(struct clinic_exchange *x, const char *path, const char *arg)
{
	return fail(x, 403, "A policy forbids this");
}

static gboolean
do_404(struct clinic_exchange *x, const char *path, const char *arg)
{
	return fail(x, 404, "There is no such thing");
}

static gboolean
do_gone(struct clinic_exchange *x, const char *path, const char *arg)
{
	return fail(x, 410, "The resource was deleted");
}

static gboolean
do_stale(struct clinic_exchange *x, const char *path, const char *arg)
{
	return fail(x, 412, "The resource is not of the version in If-Match");
}

static gboolean
do_conflict(struct clinic_exchange *x, const char *path, const char *arg)
{
	return fail(x, 409, "Somebody else is writing this");
}

static gboolean
do_file_413(struct clinic_exchange *x, const char *path, const char *arg)
{
	return fail(x, 413, "The file is too long");
}

/* As a server that wraps a file whatever was asked for. */
static gboolean
do_file_wrapped(struct clinic_exchange *x, const char *path, const char *arg)
{
	g_hash_table_insert(x->headers, g_strdup("accept"),
	    g_strdup("application/fhir+json"));
	return FALSE;
}

static gboolean
do_html(struct clinic_exchange *x, const char *path, const char *arg)
{
	x->answer.status = 200;
	x->answer.type = "text/html; charset=utf-8";
	x->answer.body = g_string_new("<!DOCTYPE html><html><head><title>Sign"
	    " in</title></head><body>Please sign in.</body></html>");
	return TRUE;
}

static gboolean
do_redirect_loop(struct clinic_exchange *x, const char *path, const char *arg)
{
	x->answer.status = 302;
	x->answer.location = g_strconcat(x->server->clinic.base, "/", path,
	    *x->query_text ? "?" : "", x->query_text, NULL);
	return TRUE;
}

static gboolean
do_redirect(struct clinic_exchange *x, const char *path, const char *arg)
{
	x->answer.status = 302;
	x->answer.location = g_strconcat(arg, "/", path, NULL);
	return TRUE;
}

static gboolean
do_slow(struct clinic_exchange *x, const char *path, const char *arg)
{
	x->delay_ms += g_ascii_strtoll(arg, NULL, 10);
	return FALSE;
}

/* Longer than anybody waits; and then nothing comes. */
static gboolean
do_service_silent(struct clinic_exchange *x, const char *path, const char *arg)
{
	x->delay_ms += 3600 * 1000;
	x->drop = TRUE;
	return FALSE;
}

static gboolean
answer_service(struct clinic_exchange *x, const char *text)
{
	x->answer.status = 200;
	x->answer.type = "application/json";
	x->answer.body = g_string_new(text);
	return TRUE;
}

static gboolean
do_service_garbage(struct clinic_exchange *x, const char *path,
    const char *arg)
{
	return answer_service(x, "{\"cards\":[{\"summary\":\"\xff\", <");
}

/* A proxy's, say. */
static gboolean
do_service_html(struct clinic_exchange *x, const char *path, const char *arg)
{
	answer_service(x, "<!DOCTYPE html><title>Sign in</title>");
	x->answer.type = "text/html";
	return TRUE;
}

/* JSON, but hardly one member as CDS Hooks has it. */
static gboolean
do_service_wrong(struct clinic_exchange *x, const char *path, const char *arg)
{
	return answer_service(x, "{\"cards\":[7,{},{\"summary\":9,"
	    "\"indicator\":\"purple\",\"source\":\"x\"},{\"summary\":"
	    "\"\\u001b[31m\\u202egnp\",\"detail\":null,\"indicator\":"
	    "\"critical\",\"source\":{\"label\":\"\\u0007\"}}],"
	    "\"systemActions\":0}");
}

/* ---- a spoiled answer --------------------------------------------------- */

static void
do_drop(struct clinic_exchange *x, const char *arg)
{
	x->drop = TRUE;
}

static void
do_cut(struct clinic_exchange *x, const char *arg)
{
	x->cut = TRUE;
}

/* Addresses at another origin, signed anew at each read: the one before is void
 * from then on. */
static void
do_signed(struct clinic_exchange *x, const char *arg)
{
	const char *port = strrchr(x->server->origin, ':');
	g_autofree char *to = NULL;

	if (!x->answer.body || !strstr(x->answer.body->str,
	    "\"url\":\"Binary/"))
		return;
	to = g_strdup_printf("\"url\":\"https://localhost%s/signed/%u/Binary/",
	    port, ++x->server->signature);
	g_string_replace(x->answer.body, "\"url\":\"Binary/", to, 0);
}

static void
do_truncate(struct clinic_exchange *x, const char *arg)
{
	if (x->answer.body)
		g_string_truncate(x->answer.body, x->answer.body->len / 2);
}

/* Puts members at the front of the answer's object. */
static void
put_first(struct clinic_exchange *x, const char *text, size_t len)
{
	GString *body = x->answer.body;

	if (body && body->len && body->str[0] == '{')
		g_string_insert_len(body, 1, text, len);
}

static void
do_twice(struct clinic_exchange *x, const char *arg)
{
	static const char twice[] = "\"resourceType\":\"Basic\",";

	put_first(x, twice, strlen(twice));
}

static void
do_bad_utf8(struct clinic_exchange *x, const char *arg)
{
	static const char bad[] = "\"language\":\"\xff\xfe\",";

	put_first(x, bad, strlen(bad));
}

static void
do_nul(struct clinic_exchange *x, const char *arg)
{
	static const char bad[] = "\"language\":\"a\0b\",";

	put_first(x, bad, sizeof(bad) - 1);
}

static void
do_deep(struct clinic_exchange *x, const char *arg)
{
	int64_t n = g_ascii_strtoll(arg, NULL, 10), i;
	g_autoptr(GString) text = g_string_new("\"deep\":");

	for (i = 0; i < n; i++)
		g_string_append(text, "{\"a\":");
	g_string_append_c(text, '1');
	for (i = 0; i < n; i++)
		g_string_append_c(text, '}');
	g_string_append_c(text, ',');
	put_first(x, text->str, text->len);
}

static void
do_huge(struct clinic_exchange *x, const char *arg)
{
	size_t n = g_ascii_strtoull(arg, NULL, 10);
	GString *text = g_string_sized_new(n + 32);

	g_string_append(text, "\"language\":\"");
	g_string_set_size(text, text->len + n);
	memset(text->str + text->len - n, 'a', n);
	g_string_append(text, "\",");
	put_first(x, text->str, text->len);
	g_string_free(text, TRUE);
}

static void
do_no_id(struct clinic_exchange *x, const char *arg)
{
	if (x->answer.body)
		g_string_replace(x->answer.body, "\"entry\":[",
		    "\"entry\":[{\"resource\":{\"resourceType\":"
		    "\"Communication\",\"status\":\"completed\"},"
		    "\"search\":{\"mode\":\"match\"}},", 1);
}

/* The link that is there loses its meaning to the one put before it. */
static void
put_next(struct clinic_exchange *x, const char *url)
{
	g_autofree char *link = g_strdup_printf(
	    "\"link\":[{\"relation\":\"next\",\"url\":\"%s\"},", url);

	if (!x->answer.body)
		return;
	g_string_replace(x->answer.body, "\"relation\":\"next\"",
	    "\"relation\":\"related\"", 0);
	g_string_replace(x->answer.body, "\"link\":[", link, 1);
}

static void
do_foreign_next(struct clinic_exchange *x, const char *arg)
{
	put_next(x, arg);
}

static void
do_next_loop(struct clinic_exchange *x, const char *arg)
{
	g_autofree char *url = g_strconcat(x->server->origin, x->path,
	    *x->query_text ? "?" : "", x->query_text, NULL);

	put_next(x, url);
}

/* ---- elsewhere ---------------------------------------------------------- */

static void
turn_silent(struct clinic_server *s, const char *arg)
{
	clinic_feed_ops(s->clinic.feed)->silent = arg != NULL;
}

static void
turn_socket_drop(struct clinic_server *s, const char *arg)
{
	clinic_feed_ops(s->clinic.feed)->drop_every = arg ?
	    g_ascii_strtoll(arg, NULL, 10) : 0;
}

static void
turn_late(struct clinic_server *s, const char *arg)
{
	clinic_db_late(s->clinic.db, arg ? g_ascii_strtoll(arg, NULL, 10) : 0);
}

static void
turn_doctor(struct clinic_server *s, const char *arg)
{
	clinic_login_be(s->login, arg ? arg : s->practitioner);
}

const struct clinic_fault clinic_fault_table[] = {
	{ .name = "500", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth request gets 500 and is not done",
	  .before = do_500 },
	{ .name = "429", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth request gets 429 with Retry-After: 1",
	  .before = do_429 },
	{ .name = "429-bare", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth request gets 429 without any hint",
	  .before = do_429_bare },
	{ .name = "429-ratelimit", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth request gets 429 with RateLimit alone",
	  .before = do_429_ratelimit },
	{ .name = "expired-token", .arg = FAULT_EVERY, .standard = "1",
	  .help = "at every ARGth request all access tokens end, with 401",
	  .before = do_401 },
	{ .name = "403", .arg = FAULT_WORD, .standard = "Patient",
	  .help = "requests to the type ARG get 403", .before = do_403,
	  .per_type = TRUE },
	{ .name = "403-write", .arg = FAULT_WORD, .standard = "Communication",
	  .help = "writes to the type ARG get 403, reading is allowed",
	  .before = do_403, .concerns = is_write, .per_type = TRUE },
	{ .name = "404", .arg = FAULT_WORD, .standard = "Patient",
	  .help = "requests to the type ARG get 404", .before = do_404,
	  .per_type = TRUE },
	{ .name = "gone", .arg = FAULT_WORD, .standard = "Patient",
	  .help = "each resource of the type ARG is 410", .before = do_gone,
	  .concerns = is_one, .per_type = TRUE },
	{ .name = "stale", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth update gets 412", .before = do_stale,
	  .concerns = is_update },
	{ .name = "conflict", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth write gets 409", .before = do_conflict,
	  .concerns = is_write },
	{ .name = "html", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth request gets a login page, with 200",
	  .before = do_html },
	{ .name = "redirect-loop", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth read is redirected to itself",
	  .before = do_redirect_loop, .concerns = is_read },
	{ .name = "redirect", .arg = FAULT_WORD,
	  .standard = "http://localhost:9",
	  .help = "reads are redirected to the origin ARG",
	  .before = do_redirect, .concerns = is_read },
	{ .name = "slow", .arg = FAULT_MS, .standard = "500",
	  .help = "each answer waits ARG ms", .before = do_slow },
	{ .name = "drop-answer", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth write is done, its answer never arrives",
	  .after = do_drop, .concerns = is_write },
	{ .name = "cut", .arg = FAULT_EVERY, .standard = "1",
	  .help = "at every ARGth read the connection ends within the body",
	  .after = do_cut, .concerns = is_read },
	{ .name = "truncate", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth read is answered by half of the JSON",
	  .after = do_truncate, .concerns = is_read },
	{ .name = "duplicate-keys", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth read is answered with resourceType twice",
	  .after = do_twice, .concerns = is_read },
	{ .name = "bad-utf8", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth read is answered with bytes ff fe in a string",
	  .after = do_bad_utf8, .concerns = is_read },
	{ .name = "nul", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth read is answered with a NUL in a string",
	  .after = do_nul, .concerns = is_read },
	{ .name = "deep", .arg = FAULT_BYTES, .standard = "64",
	  .help = "reads are answered with ARG objects in one another",
	  .after = do_deep, .concerns = is_read },
	{ .name = "huge", .arg = FAULT_BYTES, .standard = "104857600",
	  .help = "reads are answered with ARG bytes more",
	  .after = do_huge, .concerns = is_read },
	{ .name = "no-id", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth search brings a resource without an id",
	  .after = do_no_id, .concerns = is_search },
	{ .name = "foreign-next", .arg = FAULT_WORD,
	  .standard = "http://localhost:9/fhir/Patient?_page=x",
	  .help = "searches have ARG as their next link",
	  .after = do_foreign_next, .concerns = is_search },
	{ .name = "next-loop", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth search has itself as its next link",
	  .after = do_next_loop, .concerns = is_search },
	{ .name = "silent-socket", .arg = FAULT_NONE, .standard = "",
	  .help = "WebSockets bring heartbeats and no event",
	  .turn = turn_silent },
	{ .name = "socket-drop", .arg = FAULT_EVERY, .standard = "10",
	  .help = "the WebSocket closes instead of every ARGth event",
	  .turn = turn_socket_drop },
	{ .name = "late-commit", .arg = FAULT_MS, .standard = "2000",
	  .help = "every second version is stamped ARG ms before it is seen",
	  .turn = turn_late },
	{ .name = "transaction-412", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth Bundle gets 412 and is not done",
	  .before = do_stale, .concerns = is_bundle },
	{ .name = "transaction-lost", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth Bundle is done, its answer never arrives",
	  .after = do_drop, .concerns = is_bundle },
	{ .name = "transaction-slow", .arg = FAULT_MS, .standard = "2000",
	  .help = "each Bundle is done, its answer waits ARG ms",
	  .before = do_slow, .concerns = is_bundle },
	{ .name = "file-413", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth file that is sent gets 413",
	  .before = do_file_413, .concerns = is_new_file },
	{ .name = "file-lost", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth file is kept, its answer never arrives",
	  .after = do_drop, .concerns = is_new_file },
	{ .name = "file-slow", .arg = FAULT_MS, .standard = "2000",
	  .help = "files are answered after ARG ms",
	  .before = do_slow, .concerns = is_file },
	{ .name = "file-wrapped", .arg = FAULT_NONE, .standard = "",
	  .help = "files are answered as Binary resources",
	  .before = do_file_wrapped, .concerns = is_file },
	{ .name = "signed", .arg = FAULT_NONE, .standard = "",
	  .help = "files stand at addresses elsewhere, new at each read",
	  .after = do_signed, .concerns = is_read },
	{ .name = "service-silent", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth call of decision support is never answered",
	  .before = do_service_silent, .of_service = TRUE },
	{ .name = "service-slow", .arg = FAULT_MS, .standard = "2000",
	  .help = "decision support answers after ARG ms",
	  .before = do_slow, .of_service = TRUE },
	{ .name = "service-500", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth call of decision support gets 500",
	  .before = do_500, .of_service = TRUE },
	{ .name = "service-garbage", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth call of decision support gets half a JSON",
	  .before = do_service_garbage, .of_service = TRUE },
	{ .name = "service-html", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth call of decision support gets a web page",
	  .before = do_service_html, .of_service = TRUE },
	{ .name = "service-wrong", .arg = FAULT_EVERY, .standard = "1",
	  .help = "every ARGth call of decision support gets senseless cards",
	  .before = do_service_wrong, .of_service = TRUE },
	{ .name = "other-doctor", .arg = FAULT_WORD,
	  .standard = "Practitioner/somebody-else",
	  .help = "tokens are those of ARG", .turn = turn_doctor },
};
const size_t clinic_fault_count = G_N_ELEMENTS(clinic_fault_table);
