/* SPDX-License-Identifier: Apache-2.0 */
/* A clinic to test against, and the smallest client: one request, one
 * connection, bytes as they are. Everything fails the test on its own. */
#ifndef QN_TESTS_CLINIC_CLIENT_H
#define QN_TESTS_CLINIC_CLIENT_H

#include <jansson.h>

#include "tests/tap.h"

struct clinic_proc {
	GPid pid;
	int out;             /* its stdout */
	int port;
	json_t *line;        /* what it printed */
	char *bearer;        /* "Bearer …" */
};
/* Starts qingnang-clinic with these arguments (NULL ends them), reads its line
 * and takes a token. */
struct clinic_proc *clinic_start(const char *first, ...);
/* SIGTERM; it must end with 0. */
void clinic_stop(struct clinic_proc *c);
const char *clinic_word(const struct clinic_proc *c, const char *name);

struct reply {
	int status;
	char *head;   /* status line and headers */
	GString *body;
	json_t *json; /* of the body, or NULL */
};
/* path is below /fhir, or begins with '/'. headers: lines "A: b\r\n", or NULL.
 * body NULL: none. */
struct reply *ask(struct clinic_proc *c, const char *method, const char *path,
    const char *headers, const char *body);
/* The same without a token and without a Content-Type. */
struct reply *ask_bare(struct clinic_proc *c, const char *method,
    const char *path, const char *headers, const char *body);
void reply_free(struct reply *r);
/* Value of a header, or NULL. Owned. */
char *reply_header(const struct reply *r, const char *name);
/* ask() whose status must be that, and the rest is not looked at. */
void expect(struct clinic_proc *c, int status, const char *method,
    const char *path, const char *headers, const char *body);
/* Member of a member…: "entry.0.resource.id". */
json_t *dig(json_t *v, const char *path);
const char *dig_text(json_t *v, const char *path);

/* Bytes by hand: connects, sends; read_reply() reads one answer. */
int open_socket(struct clinic_proc *c);
void send_bytes(int fd, const char *bytes, size_t len);
struct reply *read_reply(int fd, gboolean head_only);

/* ---- WebSocket ---------------------------------------------------------- */

struct ws {
	int fd;
};
struct ws *ws_open(struct clinic_proc *c, const char *path);
void ws_send(struct ws *w, const char *text);
/* The next text frame; NULL when the other side closed. Owned. */
char *ws_next(struct ws *w);
void ws_close(struct ws *w);

#endif
