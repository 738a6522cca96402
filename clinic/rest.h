/* SPDX-License-Identifier: Apache-2.0 */
/* FHIR's interactions, without the sockets: a request in, an answer out. */
#ifndef QN_CLINIC_REST_H
#define QN_CLINIC_REST_H

#include "clinic/doc.h"

enum clinic_dialect { DIALECT_MEDPLUM, DIALECT_BACKPORT, DIALECT_HAPI };

struct clinic_answer;
struct clinic {
	struct clinic_db *db;
	char *base;               /* "http://127.0.0.1:1234/fhir" */
	enum clinic_dialect dialect;
	char *socket_url;         /* "ws://127.0.0.1:1234/ws" */
	char *token_url, *authorize_url;
	unsigned char seal[32];   /* of the paging links */
	int page_max;             /* resources on a page at most */
	/* Operations on a Subscription are answered by the socket's side. */
	struct clinic_feed *feed;
	int64_t stamp_ms;         /* not 0: what writes are stamped with */
	/* Misbehaves at an entry of a Bundle: TRUE when that was the answer. */
	gboolean (*misbehave)(void *user, const char *method, const char *path,
	    struct clinic_answer *answer);
	void *misbehave_user;
};

struct clinic_pair {
	char *name, *value;
};
/* Decodes a query or form; escapes and '+' undone. Array of struct
 * clinic_pair. */
GArray *clinic_query_parse(const char *text);
GArray *clinic_query_new(void);
void clinic_query_add(GArray *query, const char *name, const char *value);
const char *clinic_query_get(const GArray *query, const char *name);
/* The other way. Owned. */
char *clinic_query_text(const GArray *query);

struct clinic_request {
	const char *method;
	const char *path;         /* below base, without a leading '/' */
	const GArray *query;
	const char *if_match, *if_none_match, *if_none_exist, *prefer;
	const char *content_type, *accept, *security_context;
	const char *body;
	size_t len;
	const char *create_id;    /* what a create is to be called, or NULL */
};

struct clinic_answer {
	int status;
	GString *body;            /* NULL: none */
	const char *type;         /* NULL: application/fhir+json */
	char *type_owned;
	char *etag, *location, *modified, *allow;
	/* What the answer is about, for the entries of a Bundle. */
	struct clinic_row *row;
};
void clinic_answer_clear(struct clinic_answer *a);
/* Turns an error into status and OperationOutcome; takes it. */
void clinic_answer_error(struct clinic_answer *a, GError *error);

void clinic_rest(struct clinic *c, const struct clinic_request *r,
    struct clinic_answer *a);

/* ---- the parts of it ---------------------------------------------------- */

int64_t clinic_now_ms(const struct clinic *c);

/* capability.c */
GString *clinic_capability(struct clinic *c);

/* validate.c: what R4 demands of the types that a client writes. Errors are 422. */
gboolean clinic_validate(const char *type, json_t *tree, GError **error);

/* search.c: a searchset. */
GString *clinic_search(struct clinic *c, const char *type, const GArray *query,
    GError **error);
/* At most max ids that match a condition ("identifier=a|b"). NULL on error; an
 * empty condition is one. */
GPtrArray *clinic_search_ids(struct clinic *c, const char *type,
    const char *condition, int max, GError **error);
/* Does type/id match the query of a Subscription? deleted: as it was. */
gboolean clinic_search_matches(struct clinic *c, const char *type,
    const char *id, const GArray *query, gboolean deleted, GError **error);

/* history.c: id NULL: of the type. */
GString *clinic_history(struct clinic *c, const char *type, const char *id,
    const GArray *query, GError **error);

/* bundle.c: batch and transaction. */
void clinic_bundle(struct clinic *c, const struct clinic_request *r,
    struct clinic_answer *a);

/* page.c: what an opaque link carries. */
char *clinic_page_seal(const struct clinic *c, const char *plain);
char *clinic_page_open(const struct clinic *c, const char *sealed,
    GError **error);

/* feed.c: Subscription/ID/$operation. */
void clinic_feed_operation(struct clinic *c, const char *id, const char *name,
    const GArray *query, struct clinic_answer *a);
/* Checks and completes a Subscription before it is stored. */
gboolean clinic_feed_accepts(struct clinic *c, json_t *subscription,
    GError **error);

#endif
