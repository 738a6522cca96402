/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request, one answer, over curl on the main thread. An answer of any HTTP
 * status is an answer; GError is for what never became one. The body is capped
 * after inflation and before anything reads it. Redirects are followed by hand
 * and on the same origin alone.
 */
#ifndef QN_NET_REST_H
#define QN_NET_REST_H

#include "net/error.h"
#include "net/loop.h"

struct rest_request {
	const char *method;        /* NULL: GET */
	const char *url;           /* relative to the base, or of its origin */
	const char *if_match;      /* version id; sent as W/"…" */
	const char *if_none_exist; /* search, without the "?" */
	const char *prefer;        /* "return=representation" */
	const char *content_type;  /* NULL with a body: application/fhir+json */
	const char *accept;        /* NULL: FHIR; bare: plain JSON */
	const char *security_context; /* "Patient/ID": whose a Binary is */
	gboolean no_follow;        /* a redirect is an answer */
	const char *body; size_t len;
	const char *user, *password; /* HTTP Basic instead of the token */
	gboolean bare;             /* without the token: discovery, login */
	gboolean elsewhere;        /* the login's own origin; only with bare */
	/* A file: called while it comes, between two turns of the loop, with the
	 * bytes so far and in all (0: unknown). It may turn the loop. Not of
	 * rest_start(). */
	void (*meanwhile)(void *user, int64_t done, int64_t total);
	void *meanwhile_user;
};

struct rest_answer {
	int status;
	char *body; size_t len;    /* NUL-terminated; NULL when empty */
	char *content_type;        /* without parameters, lower case; or NULL */
	char *version;             /* ETag's version id, or NULL */
	char *location;            /* or NULL */
	char *request_id;          /* or NULL */
	char *url;                 /* where it came from in the end */
	int64_t date_ms;           /* the server's Date, 0: none */
	int64_t retry_ms;          /* asked to wait that long; -1: not asked */
};
void rest_answer_free(struct rest_answer *answer);
BASE_DEFINE_AUTO(rest_answer, rest_answer_free)

struct rest;
/* Settings: server, TLS, proxy, limits. NET_ERROR_CONFIG when they are wrong. */
struct rest *rest_new(struct loop *loop, const struct base_settings *settings,
    GError **error);
void rest_free(struct rest *rest);
BASE_DEFINE_AUTO(rest, rest_free)

const char *rest_base(const struct rest *rest);   /* ends in "/" */
const char *rest_host(const struct rest *rest);   /* for sentences */
char *const *rest_aliases(const struct rest *rest);
struct loop *rest_loop(struct rest *rest);
/* The limits every parse of an answer uses. */
const struct fhir_limits *rest_limits(const struct rest *rest);

/* Who brings the token. fresh: the server refused the one before. Returns a
 * borrowed string, NULL with error; NULL without error: none is needed. */
typedef const char *rest_token_fn(void *user, gboolean fresh, GError **error);
void rest_on_token(struct rest *rest, rest_token_fn *token, void *user);

/* In flight together, at most six; done() owns answer or error and must not
 * turn the loop. rest_start itself never calls it. */
typedef void rest_done_fn(struct rest_answer *answer, GError *error,
    void *user);
gboolean rest_start(struct rest *rest, const struct rest_request *request,
    rest_done_fn *done, void *user, GError **error);

/* Once: one round trip, turning the loop. */
struct rest_answer *rest_once(struct rest *rest,
    const struct rest_request *request, GError **error);
/* With one fresh token after a 401. For what must not be sent twice blindly. */
struct rest_answer *rest_call(struct rest *rest,
    const struct rest_request *request, GError **error);
/* A read: also waits and asks again at 429, 5xx and a cut line, as the server
 * says or with back-off, at most REST_TRIES times. */
enum { REST_TRIES = 5 };
struct rest_answer *rest_get(struct rest *rest, const char *url,
    GError **error);
/* The same for a POST that changes nothing (a batch of searches). */
struct rest_answer *rest_ask(struct rest *rest,
    const struct rest_request *request, GError **error);

/* TRUE for 2xx; else error has the sentence with the server's words. */
gboolean rest_ok(const struct rest *rest, const struct rest_answer *answer,
    GError **error);
/* The server's own words of a refusal, with its request id. Owned, or NULL. */
char *rest_words(const struct rest *rest, const struct rest_answer *answer);
/* No request before then (monotonic): the server asked for it. 0: none. */
int64_t rest_not_before_ms(const struct rest *rest);
int rest_flying(const struct rest *rest);
/* Ends what is in flight: each done() gets NET_ERROR_STOPPED. */
void rest_cancel(struct rest *rest);

/* Stop of what is under way after a failure: next try after attempt n ≥ 1, with
 * jitter, between half of and all of min(1 s · 2^(n−1), 60 s). */
int64_t rest_backoff_ms(struct rest *rest, int attempt);
/* Tests: not the machine's randomness. Returns [0,1). */
void rest_random(struct rest *rest, double (*random)(void *user), void *user);

#endif
