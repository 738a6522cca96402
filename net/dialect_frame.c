/* SPDX-License-Identifier: Apache-2.0 */
/* A frame as it came, and what it means. */
#include <string.h>
#include "net/dialect.h"

struct frame *
frame_read(const struct dialect *dialect, char *bytes, size_t len,
    const struct fhir_limits *limits)
{
	struct frame *frame = g_new0(struct frame, 1);

	frame->bytes = bytes;
	frame->len = len;
	frame->items = g_array_new(FALSE, FALSE, sizeof(struct frame_item));
	dialect->read(frame, limits);
	return frame;
}

void
frame_free(struct frame *frame)
{
	if (!frame)
		return;
	g_array_unref(frame->items);
	g_free(frame->bytes);
	g_free(frame);
}

/* ---- entry[0] ------------------------------------------------------------ */

static void
take_number(struct frame_status *out, const char *text)
{
	int64_t n = text ? g_ascii_strtoll(text, NULL, 10) : 0;

	out->number = MAX(out->number, n);
}

static void
take_focus(struct frame_status *out, const fhir_node *node, const char *path)
{
	if (out->n_focus < FRAME_ITEMS_MAX &&
	    fhir_ref_at(node, path, &out->focus[out->n_focus]))
		out->n_focus++;
}

/* R4B and R5, and Medplum on R4: the resource of that name. */
static void
read_status(const fhir_node *root, struct frame_status *out)
{
	size_t n = fhir_count(root, "notificationEvent");

	out->type = fhir_text(root, "type");
	fhir_ref_at(root, "subscription", &out->subscription);
	take_number(out, fhir_text(root, "eventsSinceSubscriptionStart"));
	for (size_t i = 0; i < n; i++) {
		const fhir_node *event = fhir_at(root, "notificationEvent", i);
		take_number(out, fhir_text(event, "eventNumber"));
		take_focus(out, event, "focus");
	}
}

static void
read_parts(const fhir_node *event, struct frame_status *out)
{
	for (size_t i = 0; i < fhir_count(event, "part"); i++) {
		const fhir_node *part = fhir_at(event, "part", i);
		const char *name = fhir_text(part, "name");
		if (g_strcmp0(name, "event-number") == 0)
			take_number(out, fhir_text(part, "valueString"));
		else if (g_strcmp0(name, "focus") == 0)
			take_focus(out, part, "valueReference");
	}
}

/* R4 by the guide. */
static void
read_parameters(const fhir_node *root, struct frame_status *out)
{
	for (size_t i = 0; i < fhir_count(root, "parameter"); i++) {
		const fhir_node *p = fhir_at(root, "parameter", i);
		const char *name = fhir_text(p, "name");
		if (g_strcmp0(name, "type") == 0)
			out->type = fhir_text(p, "valueCode");
		else if (g_strcmp0(name, "subscription") == 0)
			fhir_ref_at(p, "valueReference", &out->subscription);
		else if (g_strcmp0(name,
		    "events-since-subscription-start") == 0)
			take_number(out, fhir_text(p, "valueString"));
		else if (g_strcmp0(name, "notification-event") == 0)
			read_parts(p, out);
	}
}

static gboolean
is_part(const fhir_node *extension, const char *name)
{
	const char *url = fhir_text(extension, "url");

	return url && (strcmp(url, name) == 0 ||
	    (g_str_has_suffix(url, name) &&
	     url[strlen(url) - strlen(name) - 1] == '.'));
}

static void
read_event_extension(const fhir_node *event, struct frame_status *out)
{
	for (size_t i = 0; i < fhir_count(event, "extension"); i++) {
		const fhir_node *e = fhir_at(event, "extension", i);
		if (is_part(e, "eventNumber"))
			take_number(out, fhir_text(e, "valueString"));
		else if (is_part(e, "focus"))
			take_focus(out, e, "valueReference");
	}
}

/* R4 by the rule for resources of later versions: a Basic whose extensions are
 * named "…SubscriptionStatus.type" and so on. */
static void
read_basic(const fhir_node *root, struct frame_status *out)
{
	for (size_t i = 0; i < fhir_count(root, "extension"); i++) {
		const fhir_node *e = fhir_at(root, "extension", i);
		if (is_part(e, "type"))
			out->type = fhir_text(e, "valueCode");
		else if (is_part(e, "subscription"))
			fhir_ref_at(e, "valueReference", &out->subscription);
		else if (is_part(e, "eventsSinceSubscriptionStart"))
			take_number(out, fhir_text(e, "valueString"));
		else if (is_part(e, "notificationEvent"))
			read_event_extension(e, out);
	}
}

void
frame_status_read(const fhir_node *root, struct frame_status *out)
{
	static const struct {
		const char *type;
		void (*read)(const fhir_node *root, struct frame_status *out);
	} forms[] = {
		{ "SubscriptionStatus", read_status },
		{ "Parameters", read_parameters },
		{ "Basic", read_basic },
	};
	const char *type = fhir_text(root, "resourceType");

	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
		if (g_strcmp0(type, forms[i].type) == 0)
			forms[i].read(root, out);
}

/* ---- the Bundle ---------------------------------------------------------- */

static enum frame_kind
kind_of(const char *type)
{
	static const struct {
		const char *type; enum frame_kind kind;
	} kinds[] = {
		{ "handshake", FRAME_HANDSHAKE },
		{ "heartbeat", FRAME_HEARTBEAT },
		{ "event-notification", FRAME_EVENT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (g_strcmp0(type, kinds[i].type) == 0)
			return kinds[i].kind;
	return FRAME_NOTHING;
}

static gboolean
has_item(const struct frame *frame, const struct fhir_ref *ref)
{
	for (guint i = 0; i < frame->items->len; i++) {
		const struct frame_item *item = &g_array_index(frame->items,
		    struct frame_item, i);
		if (strcmp(item->ref.type, ref->type) == 0 &&
		    strcmp(item->ref.id, ref->id) == 0)
			return TRUE;
	}
	return FALSE;
}

static void
add_item(struct frame *frame, const struct frame_item *item)
{
	if (frame->items->len < FRAME_ITEMS_MAX && !has_item(frame, &item->ref))
		g_array_append_val(frame->items, *item);
}

/* The resource itself; an entry without one (deleted, or told by name alone)
 * by its address. */
static void
add_entry(struct frame *frame, const struct fhir_entry *e,
    const struct fhir_limits *limits)
{
	struct frame_item item = { .bytes = e->resource,
		.len = e->resource_len };
	g_autofree char *url = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	struct fhir_head head;

	if (e->resource) {
		doc = fhir_parse(e->resource, e->resource_len, limits, NULL);
		if (!doc || !fhir_head(fhir_root(doc), &head, NULL))
			return;
		g_strlcpy(item.ref.type, head.type, sizeof(item.ref.type));
		g_strlcpy(item.ref.id, head.id, sizeof(item.ref.id));
	} else {
		url = g_strndup(e->full_url ? e->full_url : "",
		    e->full_url_len);
		if (!fhir_ref_parse(url, &item.ref))
			return;
	}
	add_item(frame, &item);
}

void
frame_read_bundle(struct frame *frame, const struct fhir_limits *limits)
{
	BASE_AUTO(fhir_bundle) bundle = fhir_bundle_cut(frame->bytes,
	    frame->len, limits, NULL);
	g_autofree struct frame_status *status = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	const struct fhir_entry *first = NULL;

	frame->kind = FRAME_BAD;
	if (bundle && bundle->entries->len > 0)
		first = &g_array_index(bundle->entries, struct fhir_entry, 0);
	if (first && first->resource)
		doc = fhir_parse(first->resource, first->resource_len, limits,
		    NULL);
	if (!doc)
		return;
	status = g_new0(struct frame_status, 1);
	frame_status_read(fhir_root(doc), status);
	frame->kind = kind_of(status->type);
	frame->number = status->number;
	g_strlcpy(frame->subscription, status->subscription.id,
	    sizeof(frame->subscription));
	if (frame->kind != FRAME_EVENT)
		return;
	for (guint i = 1; i < bundle->entries->len; i++)
		add_entry(frame, &g_array_index(bundle->entries,
		    struct fhir_entry, i), limits);
	for (guint i = 0; i < status->n_focus; i++) {
		struct frame_item named = { .ref = status->focus[i] };
		add_item(frame, &named);
	}
}
