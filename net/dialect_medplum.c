/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Medplum (measured on 5.0.10): JSON both ways. Closing the socket deletes the
 * Subscription; the event number is always "0"; when the binding token ends,
 * events stop while heartbeats go on; a delete looks like an update.
 */
#include "net/dialect.h"

static char *
medplum_bind(const char *id, const char *token)
{
	GString *out = g_string_new(
	    "{\"type\":\"bind-with-token\",\"payload\":{\"token\":");

	dialect_quote(out, token);
	g_string_append(out, "}}");
	return g_string_free(out, FALSE);
}

/* Besides Bundles it says {"type":"pong"} and the like. */
static void
medplum_read(struct frame *frame, const struct fhir_limits *limits)
{
	BASE_AUTO(fhir_doc) doc = NULL;

	frame_read_bundle(frame, limits);
	if (frame->kind != FRAME_BAD)
		return;
	doc = fhir_parse(frame->bytes, frame->len, limits, NULL);
	if (doc && fhir_text(fhir_root(doc), "type") &&
	    !fhir_text(fhir_root(doc), "resourceType"))
		frame->kind = FRAME_NOTHING;
}

const struct dialect dialect_medplum = {
	.name = "medplum", .tokens = TRUE, .first_status = "active",
	.bind = medplum_bind, .read = medplum_read,
};
