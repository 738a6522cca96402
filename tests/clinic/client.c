/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "tests/clinic/client.h"

#define PATIENCE_SECONDS 20 /* then the test has failed */
#define LINE_BYTES_MAX 65536

/* ---- the program -------------------------------------------------------- */

static json_t *
read_line(int fd)
{
	g_autoptr(GString) line = g_string_new(NULL);
	char c;

	while (line->len < LINE_BYTES_MAX && read(fd, &c, 1) == 1 && c != '\n')
		g_string_append_c(line, c);
	return json_loads(line->str, 0, NULL);
}

static void
take_token(struct clinic_proc *c)
{
	g_autofree char *form = g_strdup_printf("grant_type=client_credentials"
	    "&client_id=%s&client_secret=%s", clinic_word(c, "client_id"),
	    clinic_word(c, "client_secret"));
	struct reply *r = ask_bare(c, "POST", "/oauth2/token",
	    "Content-Type: application/x-www-form-urlencoded\r\n", form);

	assert_int_equal(r->status, 200);
	c->bearer = g_strconcat("Bearer ", dig_text(r->json, "access_token"),
	    NULL);
	reply_free(r);
}

/* A test that fails leaves no clinic behind. */
static void
die_with_us(void *unused)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static void
start(struct clinic_proc *c, GPtrArray *argv)
{
	g_autoptr(GError) error = NULL;
	const char *base;

	g_spawn_async_with_pipes(NULL, (char **)argv->pdata, NULL,
	    G_SPAWN_DO_NOT_REAP_CHILD, die_with_us, NULL, &c->pid, NULL,
	    &c->out, NULL, &error);
	assert_null(error);
	c->line = read_line(c->out);
	assert_non_null(c->line);
	base = clinic_word(c, "base");
	assert_non_null(base);
	c->port = atoi(strrchr(base, ':') + 1);
	if (g_str_has_prefix(base, "http:"))
		take_token(c);
}

struct clinic_proc *
clinic_start(const char *first, ...)
{
	struct clinic_proc *c = g_new0(struct clinic_proc, 1);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *program = test_program("qingnang-clinic");
	const char *arg;
	va_list list;

	g_ptr_array_add(argv, program);
	va_start(list, first);
	for (arg = first; arg; arg = va_arg(list, const char *))
		g_ptr_array_add(argv, (char *)arg);
	va_end(list);
	g_ptr_array_add(argv, NULL);
	start(c, argv);
	return c;
}

void
clinic_stop(struct clinic_proc *c)
{
	int status = -1;

	kill(c->pid, SIGTERM);
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	if (!WIFEXITED(status))
		fail_msg("ended by signal %d", WTERMSIG(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	g_spawn_close_pid(c->pid);
	close(c->out);
	json_decref(c->line);
	g_free(c->bearer);
	g_free(c);
}

const char *
clinic_word(const struct clinic_proc *c, const char *name)
{
	return json_string_value(json_object_get(c->line, name));
}

/* ---- bytes -------------------------------------------------------------- */

int
open_socket(struct clinic_proc *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(c->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { PATIENCE_SECONDS, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

void
send_bytes(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
		if (n <= 0)
			return; /* the other side may hang up early */
		bytes += n;
		len -= n;
	}
}

/* ---- HTTP --------------------------------------------------------------- */

char *
reply_header(const struct reply *r, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(r->head, "\r\n", -1);
	size_t n = strlen(name);
	int i;

	for (i = 0; lines[i]; i++)
		if (!g_ascii_strncasecmp(lines[i], name, n) &&
		    lines[i][n] == ':')
			return g_strstrip(g_strdup(lines[i] + n + 1));
	return NULL;
}

struct reply *
read_reply(int fd, gboolean head_only)
{
	struct reply *r = g_new0(struct reply, 1);
	g_autoptr(GString) head = g_string_new(NULL);
	g_autofree char *length = NULL;
	char buf[65536];
	ssize_t n, want;
	char c;

	while (!g_str_has_suffix(head->str, "\r\n\r\n") &&
	    read(fd, &c, 1) == 1)
		g_string_append_c(head, c);
	r->head = g_strdup(head->str);
	r->body = g_string_new(NULL);
	if (sscanf(r->head, "HTTP/1.1 %d", &r->status) != 1)
		return r; /* status 0: no answer */
	length = reply_header(r, "content-length");
	want = length && !head_only ? atol(length) : 0;
	while (want > 0 && (n = read(fd, buf, MIN(want,
	    (ssize_t)sizeof(buf)))) > 0) {
		g_string_append_len(r->body, buf, n);
		want -= n;
	}
	r->json = json_loadb(r->body->str, r->body->len, 0, NULL);
	return r;
}

struct reply *
ask_bare(struct clinic_proc *c, const char *method, const char *path,
    const char *headers, const char *body)
{
	g_autoptr(GString) text = g_string_new(NULL);
	int fd = open_socket(c);
	struct reply *r;

	g_string_append_printf(text, "%s %s%s HTTP/1.1\r\nHost: 127.0.0.1:%d"
	    "\r\nConnection: close\r\n%s", method, *path == '/' ? "" :
	    "/fhir/", path, c->port, headers ? headers : "");
	if (body)
		g_string_append_printf(text, "Content-Length: %zu\r\n",
		    strlen(body));
	g_string_append_printf(text, "\r\n%s", body ? body : "");
	send_bytes(fd, text->str, text->len);
	r = read_reply(fd, !strcmp(method, "HEAD"));
	close(fd);
	return r;
}

struct reply *
ask(struct clinic_proc *c, const char *method, const char *path,
    const char *headers, const char *body)
{
	gboolean typed = headers && strstr(headers, "Content-Type:");
	g_autofree char *all = g_strdup_printf("Authorization: %s\r\n%s%s",
	    c->bearer, body && !typed ?
	    "Content-Type: application/fhir+json\r\n" : "",
	    headers ? headers : "");

	return ask_bare(c, method, path, all, body);
}

void
reply_free(struct reply *r)
{
	g_free(r->head);
	g_string_free(r->body, TRUE);
	json_decref(r->json);
	g_free(r);
}

void
expect(struct clinic_proc *c, int status, const char *method,
    const char *path, const char *headers, const char *body)
{
	struct reply *r = ask(c, method, path, headers, body);

	if (r->status != status)
		print_message("%s %s: %s\n", method, path, r->body->str);
	assert_int_equal(r->status, status);
	if (status >= 400 && !r->json)
		fail_msg("%s %s: no JSON", method, path);
	if (status >= 400 && strcmp(method, "HEAD"))
		assert_string_equal(dig_text(r->json, "resourceType"),
		    "OperationOutcome");
	reply_free(r);
}

json_t *
dig(json_t *v, const char *path)
{
	g_auto(GStrv) names = g_strsplit(path, ".", -1);
	int i;

	for (i = 0; v && names[i]; i++)
		v = json_is_array(v) ? json_array_get(v, atoi(names[i])) :
		    json_object_get(v, names[i]);
	return v;
}

const char *
dig_text(json_t *v, const char *path)
{
	return json_string_value(dig(v, path));
}

/* ---- WebSocket (RFC 6455) ----------------------------------------------- */

struct ws *
ws_open(struct clinic_proc *c, const char *path)
{
	g_autofree char *text = g_strdup_printf("GET %s HTTP/1.1\r\nHost: "
	    "127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	    "Sec-WebSocket-Version: 13\r\n\r\n", path, c->port);
	struct ws *w = g_new0(struct ws, 1);
	struct reply *r;

	w->fd = open_socket(c);
	send_bytes(w->fd, text, strlen(text));
	r = read_reply(w->fd, TRUE);
	if (r->status != 101) {
		close(w->fd);
		g_free(w);
		w = NULL;
	}
	reply_free(r);
	return w;
}

void
ws_send(struct ws *w, const char *text)
{
	size_t len = strlen(text), i;
	g_autoptr(GString) frame = g_string_new("\x81");
	static const unsigned char mask[4] = { 1, 2, 3, 4 };

	if (len < 126) {
		g_string_append_c(frame, 0x80 | len);
	} else {
		g_string_append_c(frame, (char)(0x80 | 126));
		g_string_append_c(frame, len >> 8);
		g_string_append_c(frame, len & 255);
	}
	g_string_append_len(frame, (const char *)mask, 4);
	for (i = 0; i < len; i++)
		g_string_append_c(frame, text[i] ^ mask[i % 4]);
	send_bytes(w->fd, frame->str, frame->len);
}

static gboolean
read_all(int fd, unsigned char *to, size_t len)
{
	while (len) {
		ssize_t n = read(fd, to, len);
		if (n <= 0)
			return FALSE;
		to += n;
		len -= n;
	}
	return TRUE;
}

char *
ws_next(struct ws *w)
{
	unsigned char head[2], more[8];
	size_t len, extra, i;
	char *text;

	if (!read_all(w->fd, head, 2) || (head[0] & 15) == 8)
		return NULL;
	len = head[1] & 127;
	extra = len == 126 ? 2 : len == 127 ? 8 : 0;
	if (!read_all(w->fd, more, extra))
		return NULL;
	for (i = 0, len = extra ? 0 : len; i < extra; i++)
		len = len << 8 | more[i];
	assert_true(len < 100000000);
	text = g_malloc(len + 1);
	text[len] = 0;
	if (read_all(w->fd, (unsigned char *)text, len))
		return text;
	g_free(text);
	return NULL;
}

void
ws_close(struct ws *w)
{
	static const char bye[] = { (char)0x88, (char)0x80, 1, 2, 3, 4 };

	send_bytes(w->fd, bye, sizeof(bye));
	close(w->fd);
	g_free(w);
}
