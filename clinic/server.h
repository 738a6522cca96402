/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets' side: one lws loop that serves REST, login and the feed. */
#ifndef QN_CLINIC_SERVER_H
#define QN_CLINIC_SERVER_H

#include <libwebsockets.h>

#include "clinic/fault.h"
#include "clinic/login.h"
#include "clinic/options.h"
#include "clinic/rest.h"
#include "clinic/seed.h"
#include "clinic/tls.h"

struct clinic_server {
	struct clinic clinic;
	struct clinic_options options;
	struct lws_protocols protocols[2]; /* one, and the end */
	struct lws_context *lws;
	struct lws_vhost *vhost;
	struct clinic_login *login;
	char *origin;        /* "http://127.0.0.1:1234" */
	char *practitioner;  /* "Practitioner/ID" */
	struct clinic_tls tls;
	struct clinic_faults *faults;
	unsigned signature;  /* of the fault "signed": the last one given */
	struct clinic_patients *patients;     /* or NULL */
	struct clinic_pharmacist *pharmacist; /* or NULL */
	lws_sorted_usec_list_t tick;
};

/* http.c: the callback of the one lws protocol, and its data. */
extern const size_t clinic_http_session_bytes;
int clinic_http_callback(struct lws *wsi, enum lws_callback_reasons reason,
    void *session, void *in, size_t len);

/* ---- one HTTP request, as http.c hands it around ------------------------ */

struct clinic_exchange {
	struct clinic_server *server;
	struct lws *wsi;
	const char *method;
	char *path;          /* with the leading '/' */
	char *query_text;
	GArray *query;
	GHashTable *headers; /* name → value */
	GString *body;
	struct clinic_answer answer;
	GString *out;        /* body as it goes out */
	size_t sent;
	gboolean heads_sent, gzip, close;
	gboolean deaf;       /* turned away: its body is not listened to */
	gboolean drop;       /* the answer never arrives */
	gboolean cut;        /* half of it arrives */
	int64_t delay_ms;
	GPtrArray *extra;    /* more answer headers: name, value, … */
};
const char *clinic_header(const struct clinic_exchange *x, const char *name);

/* gate.c: decides what a request is, and answers it. */
void clinic_gate(struct clinic_exchange *x);

#endif
