/* SPDX-License-Identifier: Apache-2.0 */
#include "clinic/feed.h"

void
clinic_feed_operation(struct clinic *c, const char *id, const char *name,
    struct clinic_answer *a)
{
	clinic_answer_error(a, g_error_new_literal(CLINIC_ERROR, 404,
	    "No such operation"));
}

gboolean
clinic_feed_accepts(struct clinic *c, json_t *subscription, GError **error)
{
	return TRUE;
}

gboolean clinic_socket_allowed(struct lws *wsi) { return FALSE; }
struct clinic_socket *clinic_socket_new(struct lws *wsi) { return NULL; }
int clinic_socket_receive(struct clinic_socket *s, const char *in, size_t len) { return -1; }
int clinic_socket_write(struct clinic_socket *s) { return -1; }
int clinic_socket_timer(struct clinic_socket *s) { return -1; }
void clinic_socket_free(struct clinic_socket *s) { }
