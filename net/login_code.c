/* SPDX-License-Identifier: Apache-2.0 */
/* accept4 */
#define _GNU_SOURCE
/*
 * OAuth 2.0 authorization code with PKCE (RFC 7636), as SMART App Launch 2
 * wants it: the browser comes back to a fixed loopback port, or the doctor, who
 * is on another machine over SSH, pastes the address it ended at.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net/login_room.h"

enum { RANDOM_BYTES = 32, LINE_BYTES_MAX = 8192, PATIENCE_MS = 600000 };
#define CALLBACK_PATH "/callback"

struct visit { /* one browser connection */
	struct code_wait *wait;
	int fd;
	GString *text;
};

struct code_wait {
	struct loop *loop;
	const char *state, *host;
	int listen_fd, in_fd;
	GString *typed;
	GPtrArray *visits;   /* struct visit */
	char *code;
	GError *error;       /* the server said no */
	FILE *out;
};

static char *
base64url(const guint8 *bytes, size_t len)
{
	char *text = g_base64_encode(bytes, len);
	size_t end = strcspn(text, "=");

	text[end] = '\0';
	return g_strdelimit(g_strdelimit(text, "+", '-'), "/", '_');
}

static char *
random_word(void)
{
	guint8 bytes[RANDOM_BYTES];
	ssize_t n;

	do
		n = getrandom(bytes, sizeof(bytes), 0);
	while (n < 0 && errno == EINTR);
	g_assert(n == (ssize_t)sizeof(bytes));
	return base64url(bytes, sizeof(bytes));
}

char *
login_challenge(const char *verifier)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize len = sizeof(digest);

	g_checksum_update(sum, (const guchar *)verifier, -1);
	g_checksum_get_digest(sum, digest, &len);
	return base64url(digest, len);
}

char *
login_code_of(const char *address, const char *state, const char *host,
    GError **error)
{
	const char *query = strchr(address, '?');
	g_autofree char *plain = query ? g_strndup(query + 1,
	    strcspn(query + 1, "# \r\n")) : NULL;
	g_autoptr(GHashTable) params = plain ? g_uri_parse_params(plain, -1,
	    "&", G_URI_PARAMS_WWW_FORM, NULL) : NULL;
	const char *code = params ? g_hash_table_lookup(params, "code") : NULL;
	const char *refusal = params ? g_hash_table_lookup(params, "error")
				     : NULL;

	if (code && *code && g_strcmp0(g_hash_table_lookup(params, "state"),
	    state) == 0)
		return g_strdup(code);
	net_error_set(error, NET_ERROR_LOGIN, host, refusal ? refusal : code
	    ? _("that address belongs to another login; begin again")
	    : _("that is not the address the browser ended at"));
	return NULL;
}

/* A refusal of the server ends the wait; a stranger's address does not. */
static gboolean
take_address(struct code_wait *wait, const char *address)
{
	g_autoptr(GError) error = NULL;

	wait->code = login_code_of(address, wait->state, wait->host, &error);
	if (wait->code)
		return TRUE;
	if (strstr(address, "error=") && strstr(address, wait->state))
		wait->error = g_steal_pointer(&error);
	return FALSE;
}

static void
visit_free(struct visit *visit)
{
	loop_unwatch(visit->wait->loop, visit->fd);
	close(visit->fd);
	g_string_free(visit->text, TRUE);
	g_free(visit);
}

static void
reply_page(int fd, gboolean fine)
{
	const char *words = fine
	    ? _("You are logged in. Close this page and go back to qingnang.")
	    : _("This is not a login that qingnang began.");
	g_autofree char *page = g_strdup_printf("<!doctype html><meta "
	    "charset=\"utf-8\"><title>qingnang</title><p>%s</p>\n", words);
	g_autofree char *text = g_strdup_printf("HTTP/1.1 %s\r\n"
	    "Content-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
	    "Cache-Control: no-store\r\nConnection: close\r\n\r\n%s",
	    fine ? "200 OK" : "404 Not Found", strlen(page), page);

	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		base_log(BASE_LOG_INFO, "browser went away: %d", errno);
}

static void
on_visit(int fd, void *user)
{
	struct visit *visit = user;
	char buf[1024];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n > 0)
		g_string_append_len(visit->text, buf, n);
	if (n > 0 && !strchr(visit->text->str, '\n') &&
	    visit->text->len < LINE_BYTES_MAX)
		return;
	if (g_str_has_prefix(visit->text->str, "GET " CALLBACK_PATH "?"))
		reply_page(fd, take_address(visit->wait,
		    visit->text->str + strlen("GET ")));
	else
		reply_page(fd, FALSE);
	g_ptr_array_remove_fast(visit->wait->visits, visit);
}

static void
on_knock(int fd, void *user)
{
	struct code_wait *wait = user;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct visit *visit;

	if (peer < 0)
		return;
	visit = g_new0(struct visit, 1);
	visit->wait = wait;
	visit->fd = peer;
	visit->text = g_string_new(NULL);
	g_ptr_array_add(wait->visits, visit);
	loop_watch(wait->loop, peer, on_visit, visit);
}

static void
on_typed(int fd, void *user)
{
	struct code_wait *wait = user;
	char buf[1024];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n <= 0) {
		loop_unwatch(wait->loop, fd);
		wait->in_fd = -1;
		return;
	}
	g_string_append_len(wait->typed, buf, n);
	if (!memchr(buf, '\n', (size_t)n) && wait->typed->len < LINE_BYTES_MAX)
		return;
	if (!take_address(wait, wait->typed->str) && !wait->error)
		fprintf(wait->out, "%s\n", _("That is not the address the "
		    "browser ended at. Copy all of it, and paste it here:"));
	fflush(wait->out);
	g_string_truncate(wait->typed, 0);
}

static int
listen_loopback(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    listen(fd, 4) == 0)
		return fd;
	close(fd);
	return -1;
}

static char *
wait_for_code(struct login *login, const char *state, int listen_fd, int in_fd,
    FILE *out, GError **error)
{
	struct code_wait wait = { .loop = rest_loop(login->rest),
		.state = state, .host = rest_host(login->rest), .in_fd = in_fd,
		.listen_fd = listen_fd, .out = out };
	int64_t end_ms = base_mono_ms() + PATIENCE_MS;

	wait.typed = g_string_new(NULL);
	wait.visits = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)visit_free);
	if (wait.listen_fd >= 0)
		loop_watch(wait.loop, wait.listen_fd, on_knock, &wait);
	if (in_fd >= 0)
		loop_watch(wait.loop, in_fd, on_typed, &wait);
	while (!wait.code && !wait.error && !loop_stopping(wait.loop) &&
	    (wait.in_fd >= 0 || wait.listen_fd >= 0) &&
	    base_mono_ms() < end_ms)
		loop_turn(wait.loop, (int)(end_ms - base_mono_ms()));
	g_ptr_array_unref(wait.visits);
	g_string_free(wait.typed, TRUE);
	if (wait.in_fd >= 0)
		loop_unwatch(wait.loop, wait.in_fd);
	if (wait.listen_fd >= 0) {
		loop_unwatch(wait.loop, wait.listen_fd);
		close(wait.listen_fd);
	}
	if (wait.error)
		g_propagate_error(error, wait.error);
	else if (!wait.code)
		net_error_set(error, NET_ERROR_LOGIN, wait.host,
		    _("nobody came back from the browser"));
	return wait.code;
}

static char *
authorize_address(struct login *login, const char *redirect,
    const char *verifier, const char *state)
{
	g_autofree char *challenge = login_challenge(verifier);
	const char *id = base_setting(login->settings, SET_CLIENT_ID);
	const char *scope = base_setting(login->settings, SET_SCOPE);
	/* As it is configured: a server may compare it to the letter. */
	const char *base = base_setting(login->settings, SET_SERVER);
	const char *pairs[] = { "response_type", "code", "client_id",
		id ? id : "", "redirect_uri", redirect, "scope",
		scope && *scope ? scope : "openid fhirUser offline_access",
		"state", state, "aud", base,
		"code_challenge", challenge, "code_challenge_method", "S256",
		NULL };
	g_autofree char *query = login_form(pairs);

	return g_strdup_printf("%s%c%s", login->authorize_url,
	    strchr(login->authorize_url, '?') ? '&' : '?', query);
}

static void
say_address(FILE *out, const char *address, gboolean paste)
{
	fprintf(out, "%s\n\n%s\n\n%s\n", _("Open this address in a browser and "
	    "log in there:"), address, paste
	    ? _("Then copy the address the browser ends at (it may say that the "
	    "page cannot be shown), paste it here and press Enter:")
	    : _("This program then goes on by itself. "
	    "If the browser runs on another machine, copy the address it ends "
	    "at (it may say that the page cannot be shown), paste it here and "
	    "press Enter:"));
	fflush(out);
}

gboolean
login_by_code(struct login *login, gboolean paste, int in_fd, FILE *out,
    GError **error)
{
	int port = (int)base_setting_int(login->settings, SET_REDIRECT_PORT);
	g_autofree char *redirect = g_strdup_printf(
	    "http://127.0.0.1:%d" CALLBACK_PATH, port);
	g_autofree char *verifier = random_word(), *state = random_word();
	g_autofree char *address = NULL, *code = NULL;
	int listen_fd;

	if (!login_discover(login, error))
		return FALSE;
	if (!login->authorize_url) {
		net_error_set(error, NET_ERROR_CONFIG, rest_host(login->rest),
		    _("the server does not say where to log in; set "
		      "authorize_url"));
		return FALSE;
	}
	address = authorize_address(login, redirect, verifier, state);
	/* Before the address is shown: a quick browser must find us. */
	listen_fd = paste ? -1 : listen_loopback(port);
	say_address(out, address, paste);
	code = wait_for_code(login, state, listen_fd, in_fd, out, error);
	if (!code)
		return FALSE;
	const char *form[] = { "grant_type", "authorization_code", "code", code,
		"redirect_uri", redirect, "code_verifier", verifier, NULL };
	return login_exchange(login, form, error);
}
