/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HAPI on R4: words. "bind ID" → "bound ID", then "ping ID" whenever something
 * matched: what it was, a search tells.
 */
#include <string.h>
#include "net/dialect.h"

static char *
hapi_bind(const char *id, const char *token)
{
	return g_strconcat("bind ", id, NULL);
}

static void
take_id(struct frame *frame, const char *word)
{
	struct fhir_ref ref;

	if (fhir_ref_parse(word, &ref))
		word = ref.id;
	g_strlcpy(frame->subscription, word, sizeof(frame->subscription));
}

static void
hapi_read(struct frame *frame, const struct fhir_limits *limits)
{
	enum { LINE_BYTES_MAX = 1024 };
	static const struct {
		const char *word; enum frame_kind kind;
	} says[] = {
		{ "bound", FRAME_HANDSHAKE }, { "ping", FRAME_PING },
		{ "Invalid", FRAME_REFUSED }, { "Unexpected", FRAME_REFUSED },
	};
	g_auto(GStrv) words = NULL;
	g_autofree char *line = NULL;

	frame->kind = FRAME_BAD;
	if (frame->len > LINE_BYTES_MAX ||
	    !g_utf8_validate(frame->bytes, (gssize)frame->len, NULL))
		return;
	line = g_strstrip(g_strndup(frame->bytes, frame->len));
	words = g_strsplit(line, " ", 3);
	frame->kind = FRAME_NOTHING;
	for (size_t i = 0; words[0] && i < G_N_ELEMENTS(says); i++)
		if (strcmp(words[0], says[i].word) == 0)
			frame->kind = says[i].kind;
	if (words[0] && words[1])
		take_id(frame, words[1]);
}

const struct dialect dialect_hapi = {
	.name = "hapi", .keeps = TRUE, .authorize = TRUE,
	.first_status = "requested", .bind = hapi_bind, .read = hapi_read,
};
