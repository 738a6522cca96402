/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "tests/net/server.h"

struct test_peer {
	int fd;
	SSL *ssl;
};

struct test_server {
	int fd, port, wake[2];
	char *base, *dir, *ca, *client;
	SSL_CTX *tls;
	test_serve_fn *serve;
	void *user;
	GThread *thread;
	GMutex lock;
	GString *seen;
	int count;
};

/* ---- certificates -------------------------------------------------------- */

static X509 *
certificate(EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, gboolean ca)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), ca ? 1 : 2);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)(ca ? "Test CA" : "127.0.0.1"), -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer
								: cert));
	X509_set_pubkey(cert, key);
	X509V3_set_ctx(&ctx, issuer ? issuer : cert, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, ca ? NID_basic_constraints
	    : NID_subject_alt_name, ca ? "critical,CA:TRUE"
	    : "IP:127.0.0.1,DNS:localhost,DNS:hospital.test");
	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
	X509_sign(cert, issuer_key ? issuer_key : key, EVP_sha256());
	return cert;
}

static void
make_tls(struct test_server *s)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *ca = certificate(ca_key, NULL, NULL, TRUE);
	X509 *cert = certificate(key, ca, ca_key, FALSE);
	FILE *f;

	s->dir = g_dir_make_tmp("qn-test-XXXXXX", NULL);
	s->ca = g_build_filename(s->dir, "ca.pem", NULL);
	f = fopen(s->ca, "w");
	PEM_write_X509(f, ca);
	fclose(f);
	s->tls = SSL_CTX_new(TLS_server_method());
	SSL_CTX_use_certificate(s->tls, cert);
	SSL_CTX_use_PrivateKey(s->tls, key);
	/* The server's own serves as a client's too. */
	s->client = g_build_filename(s->dir, "client.pem", NULL);
	f = fopen(s->client, "w");
	PEM_write_X509(f, cert);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	X509_free(ca);
	X509_free(cert);
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(key);
}

/* ---- bytes --------------------------------------------------------------- */

static gssize
peer_read(struct test_peer *p, void *buf, gsize len)
{
	return p->ssl ? SSL_read(p->ssl, buf, (int)len)
		      : recv(p->fd, buf, len, 0);
}

gboolean
test_write(struct test_peer *p, const void *bytes, gsize len)
{
	const char *at = bytes;

	while (len > 0) {
		gssize n = p->ssl ? SSL_write(p->ssl, at, (int)MIN(len, 65536))
				  : send(p->fd, at, len, MSG_NOSIGNAL);
		if (n <= 0)
			return FALSE;
		at += n;
		len -= (gsize)n;
	}
	return TRUE;
}

gboolean
test_printf(struct test_peer *p, const char *fmt, ...)
{
	va_list args;
	g_autofree char *text = NULL;

	va_start(args, fmt);
	text = g_strdup_vprintf(fmt, args);
	va_end(args);
	return test_write(p, text, strlen(text));
}

void
test_answer(struct test_peer *p, const char *status, const char *headers,
    const char *body)
{
	test_printf(p, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s"
	    "Connection: close\r\n\r\n%s", status, strlen(body),
	    headers ? headers : "Content-Type: application/fhir+json\r\n",
	    body);
}

void
test_stall(struct test_peer *p)
{
	char byte;

	while (peer_read(p, &byte, 1) > 0)
		;
}

char *
test_header(const struct test_request *r, const char *name)
{
	g_autofree char *key = g_strdup_printf("\n%s: ", name);
	char *at = strstr(r->head, key);

	if (!at)
		return NULL;
	at += strlen(key);
	return g_strndup(at, strcspn(at, "\r\n"));
}

/* ---- a request ----------------------------------------------------------- */

static void
lower_names(char *head)
{
	gboolean name = FALSE;

	for (char *c = head; *c; c++) {
		if (*c == '\n')
			name = TRUE;
		else if (*c == ':')
			name = FALSE;
		else if (name)
			*c = g_ascii_tolower(*c);
	}
}

static gboolean
read_request(struct test_peer *p, struct test_request *r)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *length = NULL;
	char buf[4096];
	char *end = NULL;
	gsize want, body;

	while (!(end = strstr(text->str, "\r\n\r\n"))) {
		gssize n = peer_read(p, buf, sizeof(buf));
		if (n <= 0 || text->len > 1 << 20)
			return FALSE;
		g_string_append_len(text, buf, n);
	}
	body = (gsize)(end - text->str) + 4;
	r->head = g_strndup(text->str, body);
	lower_names(r->head);
	length = test_header(r, "content-length");
	want = length ? (gsize)g_ascii_strtoull(length, NULL, 10) : 0;
	while (text->len - body < want) {
		gssize n = peer_read(p, buf, sizeof(buf));
		if (n <= 0)
			return FALSE;
		g_string_append_len(text, buf, n);
	}
	r->body = g_strndup(text->str + body, want);
	r->method = g_strndup(r->head, strcspn(r->head, " "));
	r->path = g_strdup(r->head + strlen(r->method) + 1);
	r->path[strcspn(r->path, " ")] = '\0';
	return TRUE;
}

/* A reset for what was not read would overtake the alert. */
static void
drain(int fd)
{
	char bytes[512];

	shutdown(fd, SHUT_WR);
	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}

static void
serve_one(struct test_server *s, int fd)
{
	struct test_peer p = { fd, NULL };
	struct test_request r = { 0 };

	if (s->tls) {
		p.ssl = SSL_new(s->tls);
		SSL_set_fd(p.ssl, fd);
	}
	if ((!p.ssl || SSL_accept(p.ssl) == 1) && read_request(&p, &r)) {
		g_mutex_lock(&s->lock);
		g_string_append_printf(s->seen, "%s%s %s", s->count ? "\n" : "",
		    r.method, r.path);
		s->count++;
		g_mutex_unlock(&s->lock);
		s->serve(&p, &r, s->user);
	}
	if (p.ssl) {
		if (!SSL_is_init_finished(p.ssl))
			drain(fd);
		SSL_shutdown(p.ssl);
		SSL_free(p.ssl);
	}
	g_free(r.method);
	g_free(r.path);
	g_free(r.head);
	g_free(r.body);
	close(fd);
}

static gpointer
server_thread(gpointer user)
{
	struct test_server *s = user;

	for (;;) {
		struct pollfd fds[2] = { { s->fd, POLLIN, 0 },
			{ s->wake[0], POLLIN, 0 } };
		if (poll(fds, 2, -1) < 0 && errno == EINTR)
			continue;
		if (fds[1].revents)
			return NULL;
		if (fds[0].revents) {
			int fd = accept(s->fd, NULL, NULL);
			if (fd >= 0)
				serve_one(s, fd);
		}
	}
}

struct test_server *
test_server_new(gboolean tls, test_serve_fn *serve, void *user)
{
	struct test_server *s = g_new0(struct test_server, 1);
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(to);

	s->serve = serve;
	s->user = user;
	s->seen = g_string_new(NULL);
	g_mutex_init(&s->lock);
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s->fd, (struct sockaddr *)&to, sizeof(to)) < 0 ||
	    listen(s->fd, 32) < 0 || pipe(s->wake) < 0 ||
	    getsockname(s->fd, (struct sockaddr *)&to, &len) < 0)
		g_error("test server: %s", g_strerror(errno));
	s->port = ntohs(to.sin_port);
	if (tls)
		make_tls(s);
	s->base = g_strdup_printf("http%s://127.0.0.1:%d/fhir", tls ? "s" : "",
	    s->port);
	s->thread = g_thread_new("server", server_thread, s);
	return s;
}

void
test_server_free(struct test_server *s)
{
	if (write(s->wake[1], "x", 1) < 0)
		g_error("test server: %s", g_strerror(errno));
	g_thread_join(s->thread);
	close(s->fd);
	close(s->wake[0]);
	close(s->wake[1]);
	if (s->tls)
		SSL_CTX_free(s->tls);
	if (s->ca) {
		g_unlink(s->ca);
		g_unlink(s->client);
		g_rmdir(s->dir);
	}
	g_mutex_clear(&s->lock);
	g_string_free(s->seen, TRUE);
	g_free(s->ca);
	g_free(s->client);
	g_free(s->dir);
	g_free(s->base);
	g_free(s);
}

const char *
test_server_base(const struct test_server *s)
{
	return s->base;
}

int
test_server_port(const struct test_server *s)
{
	return s->port;
}

const char *
test_server_ca(const struct test_server *s)
{
	return s->ca;
}

const char *
test_server_demand(struct test_server *s)
{
	SSL_CTX_load_verify_locations(s->tls, s->ca, NULL);
	SSL_CTX_set_verify(s->tls, SSL_VERIFY_PEER |
	    SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return s->client;
}

char *
test_server_seen(struct test_server *s)
{
	char *seen;

	g_mutex_lock(&s->lock);
	seen = g_strdup(s->seen->str);
	g_mutex_unlock(&s->lock);
	return seen;
}

int
test_server_count(struct test_server *s)
{
	int count;

	g_mutex_lock(&s->lock);
	count = s->count;
	g_mutex_unlock(&s->lock);
	return count;
}
