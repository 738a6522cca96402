/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scripted server on a thread of the test: real sockets, real TLS, and the
 * liberty to answer wrongly. One request a connection.
 */
#ifndef QN_TESTS_NET_SERVER_H
#define QN_TESTS_NET_SERVER_H

#include <glib.h>

struct test_request {
	char *method, *path; /* path with its query */
	char *head;          /* all header lines, lower-case names */
	char *body;
};
struct test_peer;
/* On the server's thread. Returns when the answer is written. */
typedef void test_serve_fn(struct test_peer *peer,
    const struct test_request *request, void *user);

struct test_server;
/* tls: with a certificate for 127.0.0.1 of a CA made for this run. */
struct test_server *test_server_new(gboolean tls, test_serve_fn *serve,
    void *user);
void test_server_free(struct test_server *server);
const char *test_server_base(const struct test_server *server); /* …/fhir */
int test_server_port(const struct test_server *server);
/* PEM file of the CA; TLS alone. */
const char *test_server_ca(const struct test_server *server);
/* From then on only who shows a certificate of that CA is served. The PEM file
 * of one, with its key; TLS alone, before the first connection. */
const char *test_server_demand(struct test_server *server);
/* "GET /fhir/x" of each request so far, joined by '\n'. Owned. */
char *test_server_seen(struct test_server *server);
int test_server_count(struct test_server *server);

/* For serve(): FALSE when the client hung up. */
gboolean test_write(struct test_peer *peer, const void *bytes, gsize len);
gboolean test_printf(struct test_peer *peer, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
/* Status line, extra header lines (each with \r\n) or NULL, and a body. */
void test_answer(struct test_peer *peer, const char *status,
    const char *headers, const char *body);
/* Says nothing until the client gives up. */
void test_stall(struct test_peer *peer);
/* Value of a header line, owned, or NULL. */
char *test_header(const struct test_request *request, const char *name);

#endif
