/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a frame, in each dialect: what is found lies within the frame and
 * is checked JSON with that type and id; nothing else is believed.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include "net/dialect.h"

static void
within(const struct frame *frame, const struct frame_item *item)
{
	BASE_AUTO(fhir_doc) doc = NULL;
	struct fhir_head head;

	must(item->ref.type[0] && item->ref.id[0]);
	if (!item->bytes)
		return;
	must(item->bytes >= frame->bytes);
	must(item->bytes + item->len <= frame->bytes + frame->len);
	doc = fhir_parse(item->bytes, item->len, NULL, NULL);
	must(doc && fhir_head(fhir_root(doc), &head, NULL));
	must(strcmp(head.type, item->ref.type) == 0);
	must(strcmp(head.id, item->ref.id) == 0);
}

static void
read_as(const struct dialect *dialect, const uint8_t *data, size_t size)
{
	static const struct fhir_limits limits = { .size_bytes = 65536,
		.depth = 48 };
	char *bytes = g_malloc(size + 1);
	BASE_AUTO(frame) frame = NULL;

	memcpy(bytes, data, size);
	bytes[size] = '\0';
	frame = frame_read(dialect, bytes, size, &limits);
	must(frame->kind < FRAME_KINDS_);
	must(frame->items->len == 0 || frame->kind == FRAME_EVENT);
	must(frame->items->len <= FRAME_ITEMS_MAX);
	for (guint i = 0; i < frame->items->len; i++)
		within(frame, &g_array_index(frame->items, struct frame_item,
		    i));
}

static void
as_ticket(const uint8_t *data, size_t size)
{
	struct dialect_ticket ticket;

	if (dialect_ticket_read(&ticket, (const char *)data, size, 0,
	    &fhir_limits_default)) {
		must(ticket.token[0] && ticket.life_ms >= 0);
		dialect_ticket_clear(&ticket);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as(&dialect_medplum, data, size);
	read_as(&dialect_backport, data, size);
	read_as(&dialect_hapi, data, size);
	as_ticket(data, size);
	return 0;
}
