/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reply's files go before it, one by one, each with its own type and its patient
 * as security context. A Binary has no identifier: one whose answer was lost is
 * sent again, and the reply names the one whose id was kept.
 */
#include <string.h>
#include "net/push_room.h"
#include "store/file.h"

/* "Binary/ID" of the answer; FALSE: it does not say. */
static gboolean
id_of(struct sync *s, const struct rest_answer *answer, struct fhir_ref *ref)
{
	BASE_AUTO(fhir_doc) doc = NULL;
	struct fhir_head head;

	if (answer->location && fhir_ref_parse(answer->location, ref) &&
	    strcmp(ref->type, "Binary") == 0)
		return TRUE;
	doc = answer->body ? fhir_parse(answer->body, answer->len,
	    rest_limits(s->rest), NULL) : NULL;
	if (!doc || !fhir_head(fhir_root(doc), &head, NULL) ||
	    strcmp(head.type, "Binary") != 0)
		return FALSE;
	g_strlcpy(ref->type, head.type, sizeof ref->type);
	g_strlcpy(ref->id, head.id, sizeof ref->id);
	return TRUE;
}

static gboolean
take_answer(struct sync *s, const struct outbox_entry *e,
    const struct file_send *file, const struct rest_answer *answer,
    GError **error)
{
	int status = answer->status;
	struct fhir_ref ref;

	if (status >= 200 && status < 300)
		return id_of(s, answer, &ref) ? store_file_sent(s->store, e,
		    file, ref.id, error) : push_fail(s, e, answer, error);
	if (status == 401)
		return rest_ok(s->rest, answer, error);
	if (status == 413)
		return store_outbox_failed(s->store, e->id,
		    _("the server does not take a file of this size"), error);
	if (status == 429 || status == 408 || status == 425 || status >= 500)
		return push_later(s, e, answer->retry_ms, error);
	return push_fail(s, e, answer, error);
}

gboolean
push_file(struct sync *s, const struct outbox_entry *e, GError **error)
{
	GError *why = NULL;
	BASE_AUTO(file_send) file = store_file_unsent(s->store, e, &why);
	BASE_AUTO(rest_answer) answer = NULL;
	struct rest_request request = { .method = "POST", .url = "Binary",
		.prefer = "return=minimal" };

	/* Lost with a damaged cache: the words are still there, and said so. */
	if (!file && (!why || why->code == STORE_ERROR_DAMAGED)) {
		g_clear_error(&why);
		return store_outbox_failed(s->store, e->id,
		    _("its file is no longer here: edit it again, and attach "
		      "the file once more"), error);
	}
	if (!file) {
		g_propagate_error(error, why);
		return FALSE;
	}
	request.content_type = file->content_type;
	request.security_context = file->patient_ref;
	request.body = file->bytes;
	request.len = file->len;
	answer = rest_call(s->rest, &request, error);
	if (answer && take_answer(s, e, file, answer, error))
		return TRUE;
	push_later(s, e, -1, NULL);
	return FALSE;
}
