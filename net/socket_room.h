/* SPDX-License-Identifier: Apache-2.0 */
/* Inside net/: what the main thread's end of a socket (socket.c) and its own
 * thread (socket_lws.c) share. */
#ifndef QN_NET_SOCKET_ROOM_H
#define QN_NET_SOCKET_ROOM_H

#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include "net/socket.h"

enum order_kind { ORDER_OPEN, ORDER_SAY, ORDER_SHUT, ORDER_STOP };
struct order {
	enum order_kind kind;
	int turn;
	char *text;          /* SAY: the words; OPEN: the path */
	char *token;         /* OPEN: or NULL */
	char *address;       /* OPEN: numeric; the proxy's when there is one */
	gboolean by_proxy;
	const struct dialect *dialect;
	struct fhir_limits limits;
};
void order_free(struct order *order);

/* Both ends and a look-up under way hold one each. The mutex guards both queues
 * and lws, which is NULL once the thread is gone. */
struct line {
	pthread_mutex_t mutex; /* of a kind that race checkers know */
	GQueue orders;       /* struct order */
	GQueue events;       /* struct socket_event */
	size_t waiting_bytes;
	struct lws_context *lws;
	struct loop *loop;   /* NULL with lws */
};

/* What the thread owns: touched by it alone once it runs. */
struct wire {
	struct line *line;
	struct lws_context *lws;
	struct lws_vhost *vhost;
	SSL_CTX *tls;        /* NULL: a plain one, on this machine */
	struct origin origin;
	int proxy_port;
	char *proxy_login;   /* "user:password@" or "" */

	struct lws *wsi;     /* the one that counts; others are ending */
	gboolean busy;       /* connecting or open: an end is still to be told */
	gboolean stop;
	struct order *open;
	GByteArray *in;
	GQueue out;          /* GString: LWS_PRE bytes, then the words */
	gboolean untrusted;
	char *distrust;      /* what the certificate's check said */
};
gpointer wire_run(gpointer wire);
int wire_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
    void *in, size_t len);

/* ---- socket_tls.c --------------------------------------------------------- */

/* For one origin: its name is checked against the certificate. */
SSL_CTX *socket_tls_new(struct wire *wire, const struct base_settings *settings,
    GError **error);

/* ---- socket_proxy.c ------------------------------------------------------- */

struct socket_proxy { char *host, *login; int port; };
/* As curl chooses: the setting, else the environment; never for this machine.
 * FALSE with error when it is of a kind that only REST can use. host NULL: no
 * proxy. */
gboolean socket_proxy_for(const struct base_settings *settings,
    const struct origin *origin, struct socket_proxy *out, GError **error);
/* A list as in no_proxy: names with their subdomains, addresses, nets, "*". */
gboolean socket_proxy_excepted(const char *list, const char *host);

#endif
