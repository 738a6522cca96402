/* SPDX-License-Identifier: Apache-2.0 */
/* Between rest.c, which routes and reads, and rest_write.c. */
#ifndef QN_CLINIC_REST_PRIV_H
#define QN_CLINIC_REST_PRIV_H

#include "clinic/rest.h"

/* A request on its way through the interactions. */
struct clinic_call {
	struct clinic *c;
	const struct clinic_request *r;
	struct clinic_answer *a;
	char **path;           /* segments */
	const char *type, *id; /* of it, or NULL */
	GError *error;
};

void clinic_call_fail(struct clinic_call *k, int status, const char *why);
/* After a write: what is there now. */
void clinic_call_written(struct clinic_call *k, int status, const char *id);
/* Is the Content-Type one of these? FALSE made it a 415. */
gboolean clinic_call_content(struct clinic_call *k, const char *const *types);
/* The Content-Types of a resource, closed by NULL. */
extern const char *const clinic_json_types[];

/* The interactions that write; the names are those of the routes. */
void clinic_do_create(struct clinic_call *k);
void clinic_do_update(struct clinic_call *k);
void clinic_do_update_where(struct clinic_call *k);
void clinic_do_delete(struct clinic_call *k);
void clinic_do_delete_where(struct clinic_call *k);

#endif
