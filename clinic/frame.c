/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames. Medplum's status is the R5 resource and its event number is always
 * "0"; the Backport guide's R4 form is a Parameters that counts.
 */
#include "clinic/feed.h"

#define BACKPORT "http://hl7.org/fhir/uv/subscriptions-backport/" \
	"StructureDefinition/"

static const char *const kind_names[] = {
	[FRAME_HANDSHAKE] = "handshake", [FRAME_HEARTBEAT] = "heartbeat",
	[FRAME_EVENT] = "event-notification",
	[FRAME_QUERY_STATUS] = "query-status",
	[FRAME_QUERY_EVENT] = "query-event",
};

/* A frame in the making. */
struct frame {
	struct clinic *c;
	enum clinic_frame kind;
	const struct clinic_subscription *sub;
	const struct clinic_event *event;
	int64_t number;
	char now[CLINIC_STAMP_SIZE];
	GString *out;
};

static void
put_id(struct frame *f)
{
	g_autofree char *id = g_uuid_string_random();

	g_string_append_printf(f->out, "\"id\":\"%s\"", id);
}

static const char *
status_of(const struct frame *f)
{
	return f->sub->dead ? "off" : f->sub->active ? "active" : "requested";
}

/* ---- Medplum ------------------------------------------------------------ */

static void
medplum_status(struct frame *f)
{
	char at[CLINIC_STAMP_SIZE];

	g_string_append(f->out, "{\"resource\":{\"resourceType\":"
	    "\"SubscriptionStatus\",");
	put_id(f);
	g_string_append_printf(f->out, ",\"status\":\"active\",\"type\":"
	    "\"%s\",\"subscription\":{\"reference\":\"Subscription/%s\"}",
	    kind_names[f->kind], f->sub->id);
	if (f->event) {
		clinic_stamp(f->event->at_ms, at);
		g_string_append_printf(f->out, ",\"notificationEvent\":[{"
		    "\"eventNumber\":\"0\",\"timestamp\":\"%s\",\"focus\":{"
		    "\"reference\":\"%s/%s\"}}]", at, f->event->type,
		    f->event->id);
	}
	g_string_append(f->out, "}}");
}

static void
medplum_resource(struct frame *f, const char *body, size_t len)
{
	g_string_append(f->out, ",{\"resource\":");
	g_string_append_len(f->out, body, len);
	g_string_append_printf(f->out, ",\"fullUrl\":\"%s/%s/%s\"}",
	    f->c->base, f->event->type, f->event->id);
}

/* ---- Backport ----------------------------------------------------------- */

static void
part(struct frame *f, const char *name, const char *value, const char *text)
{
	g_string_append_printf(f->out, "{\"name\":\"%s\",\"%s\":\"%s\"}", name,
	    value, text);
}

static void
backport_event(struct frame *f)
{
	char at[CLINIC_STAMP_SIZE];

	clinic_stamp(f->event->at_ms, at);
	g_string_append_printf(f->out, ",{\"name\":\"notification-event\","
	    "\"part\":[{\"name\":\"event-number\",\"valueString\":\"%"
	    G_GINT64_FORMAT "\"},", f->number);
	part(f, "timestamp", "valueInstant", at);
	g_string_append_printf(f->out, ",{\"name\":\"focus\","
	    "\"valueReference\":{\"reference\":\"%s/%s/%s\"}}]}", f->c->base,
	    f->event->type, f->event->id);
}

static void
backport_parameters(struct frame *f)
{
	g_string_append_printf(f->out, "\"resource\":{\"resourceType\":"
	    "\"Parameters\",");
	put_id(f);
	g_string_append_printf(f->out, ",\"meta\":{\"profile\":[\""
	    BACKPORT "backport-subscription-status-r4\"]},\"parameter\":["
	    "{\"name\":\"subscription\",\"valueReference\":{\"reference\":"
	    "\"%s/Subscription/%s\"}},", f->c->base, f->sub->id);
	if (f->sub->topic) {
		g_string_append(f->out, "{\"name\":\"topic\","
		    "\"valueCanonical\":");
		clinic_json_quote(f->out, f->sub->topic);
		g_string_append(f->out, "},");
	}
	part(f, "status", "valueCode", status_of(f));
	g_string_append_c(f->out, ',');
	part(f, "type", "valueCode", kind_names[f->kind]);
	g_string_append_printf(f->out, ",{\"name\":"
	    "\"events-since-subscription-start\",\"valueString\":\"%"
	    G_GINT64_FORMAT "\"}", f->sub->told);
	if (f->event)
		backport_event(f);
	g_string_append(f->out, "]}");
}

static void
backport_status(struct frame *f)
{
	g_autofree char *urn = g_uuid_string_random();

	g_string_append_printf(f->out, "{\"fullUrl\":\"urn:uuid:%s\",", urn);
	backport_parameters(f);
	g_string_append_printf(f->out, ",\"request\":{\"method\":\"GET\","
	    "\"url\":\"%s/Subscription/%s/$status\"},\"response\":{"
	    "\"status\":\"200\"}}", f->c->base, f->sub->id);
}

static void
backport_resource(struct frame *f, const char *body, size_t len)
{
	const struct clinic_event *e = f->event;
	const char *method = e->deleted ? "DELETE" :
	    e->created ? "POST" : "PUT";

	g_string_append_printf(f->out, ",{\"fullUrl\":\"%s/%s/%s\"",
	    f->c->base, e->type, e->id);
	if (!e->deleted) {
		g_string_append(f->out, ",\"resource\":");
		g_string_append_len(f->out, body, len);
	}
	g_string_append_printf(f->out, ",\"request\":{\"method\":\"%s\","
	    "\"url\":\"%s%s%s\"},\"response\":{\"status\":\"%s\"}}", method,
	    e->type, e->created ? "" : "/", e->created ? "" : e->id,
	    e->deleted ? "204" : e->created ? "201" : "200");
}

static const struct {
	const char *meta;
	void (*status)(struct frame *f);
	void (*resource)(struct frame *f, const char *body, size_t len);
} forms[] = {
	[DIALECT_MEDPLUM] = { "", medplum_status, medplum_resource },
	[DIALECT_BACKPORT] = { "\"meta\":{\"profile\":[\"" BACKPORT
	    "backport-subscription-notification-r4\"]},",
	    backport_status, backport_resource },
};

GString *
clinic_frame(struct clinic *c, enum clinic_frame kind,
    const struct clinic_subscription *sub, const struct clinic_event *event,
    int64_t number, const char *body, size_t len)
{
	int form = c->dialect == DIALECT_MEDPLUM ? DIALECT_MEDPLUM :
	    DIALECT_BACKPORT;
	struct frame f = { .c = c, .kind = kind, .sub = sub, .event = event,
		.number = number, .out = g_string_sized_new(len + 1024) };

	clinic_stamp(clinic_now_ms(c), f.now);
	g_string_append(f.out, "{\"resourceType\":\"Bundle\",");
	put_id(&f);
	g_string_append_printf(f.out, ",%s\"type\":\"history\","
	    "\"timestamp\":\"%s\",\"entry\":[", forms[form].meta, f.now);
	forms[form].status(&f);
	if (event)
		forms[form].resource(&f, body, len);
	g_string_append(f.out, "]}");
	return f.out;
}
