/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of our own (jansson writes them), and changes to a server's document
 * that touch nothing else: those are cuts in its bytes. */
#include "fhir/scan.h"

#include <jansson.h>
#include <string.h>

static void
put_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_string(text));
}

static json_t *
reference_to(const char *ref)
{
	return json_pack("{s:s}", "reference", ref);
}

/* FHIR has no empty values: what is absent adds nothing. */
static void
put_reference(json_t *object, const char *key, const char *ref)
{
	if (ref)
		json_object_set_new(object, key, reference_to(ref));
}

/* A list of references with one in it. */
static void
put_reference_list(json_t *object, const char *key, const char *ref)
{
	if (ref)
		json_object_set_new(object, key, json_pack("[o]",
		    reference_to(ref)));
}

static void
put_recipients(json_t *object, const char *const *refs)
{
	json_t *list;

	if (!refs || !*refs)
		return;
	list = json_array();
	for (; *refs; refs++)
		json_array_append_new(list, reference_to(*refs));
	json_object_set_new(object, "recipient", list);
}

/* The report first: it is what the message answers. */
static void
put_about(json_t *object, const struct fhir_reply *r)
{
	json_t *list = json_array();

	if (r->about_ref)
		json_array_append_new(list, reference_to(r->about_ref));
	for (size_t i = 0; i < r->n_quotes; i++)
		json_array_append_new(list, json_pack("{s:s,s:s}",
		    "reference", r->quotes[i].ref,
		    "display", r->quotes[i].words));
	if (json_array_size(list) > 0)
		json_object_set(object, "about", list);
	json_decref(list);
}

static char *
dump_owned(json_t *object, size_t *len)
{
	size_t size = json_dumpb(object, NULL, 0, JSON_COMPACT);
	char *bytes = g_malloc(size + 1);

	json_dumpb(object, bytes, size, JSON_COMPACT);
	bytes[size] = '\0';
	*len = size;
	json_decref(object);
	return bytes;
}

static gboolean
is_text(const char *text)
{
	return text && *text && g_utf8_validate(text, -1, NULL);
}

static gboolean
is_reference(const char *ref)
{
	struct fhir_ref parsed;

	return !ref || fhir_ref_parse(ref, &parsed);
}

/* A file may go without a word. */
static gboolean
payload_is_sound(const struct fhir_reply *r)
{
	for (size_t i = 0; i < r->n_files; i++)
		if (!is_text(r->files[i].content_type) ||
		    !is_text(r->files[i].url))
			return FALSE;
	return is_text(r->text) || (r->n_files && r->text && !*r->text);
}

static gboolean
reply_is_sound(const struct fhir_reply *r)
{
	for (const char *const *ref = r->recipient_refs; ref && *ref; ref++)
		if (!is_reference(*ref))
			return FALSE;
	for (size_t i = 0; i < r->n_quotes; i++)
		if (!r->quotes[i].ref || !is_reference(r->quotes[i].ref) ||
		    !is_text(r->quotes[i].words))
			return FALSE;
	return payload_is_sound(r) && is_text(r->identifier_system) &&
	    is_text(r->identifier_value) && r->sender_ref &&
	    is_reference(r->sender_ref) && is_reference(r->consult_ref) &&
	    is_reference(r->in_response_to) && is_reference(r->about_ref) &&
	    is_reference(r->subject_ref);
}

static void
put_file(json_t *list, const struct fhir_file *f)
{
	json_t *a = json_object(), *payload = json_object();

	put_text(a, "contentType", f->content_type);
	put_text(a, "url", f->url);
	json_object_set_new(a, "size", json_integer(f->size_bytes));
	if (f->title && *f->title)
		put_text(a, "title", f->title);
	json_object_set_new(payload, "contentAttachment", a);
	json_array_append_new(list, payload);
}

static void
put_payload(json_t *c, const struct fhir_reply *reply)
{
	json_t *list = json_array();

	if (is_text(reply->text))
		json_array_append_new(list, json_pack("{s:s}", "contentString",
		    reply->text));
	for (size_t i = 0; i < reply->n_files; i++)
		put_file(list, &reply->files[i]);
	json_object_set_new(c, "payload", list);
}

char *
fhir_build_reply(const struct fhir_reply *reply, size_t *len)
{
	g_autofree char *sent = fhir_instant(reply->sent_ms);
	json_t *c;

	if (!reply_is_sound(reply) || !sent)
		return NULL;
	c = json_object();
	put_text(c, "resourceType", "Communication");
	json_object_set_new(c, "identifier", json_pack("[{s:s,s:s}]",
	    "system", reply->identifier_system,
	    "value", reply->identifier_value));
	put_reference_list(c, "partOf", reply->consult_ref);
	put_reference_list(c, "inResponseTo", reply->in_response_to);
	put_text(c, "status", "completed");
	put_reference(c, "subject", reply->subject_ref);
	put_about(c, reply);
	put_text(c, "sent", sent);
	put_recipients(c, reply->recipient_refs);
	put_reference(c, "sender", reply->sender_ref);
	put_payload(c, reply);
	return dump_owned(c, len);
}

/* ---- received ----------------------------------------------------------- */

struct find_received {
	const char *bytes;
	int depth;
	gboolean at_key, at_type; /* whose value comes next */
	gboolean found, odd, is_communication; /* odd: received is no string */
	struct scan_slice old; /* the value with its quotes */
	size_t root_end;       /* the root's closing brace */
};

static void
find_open(void *user, enum scan_kind kind, size_t at)
{
	struct find_received *f = user;

	f->odd |= f->depth == 1 && f->at_key;
	f->depth++;
}

static void
find_close(void *user, size_t end)
{
	struct find_received *f = user;

	if (--f->depth == 0)
		f->root_end = end - 1;
}

static void
find_key(void *user, const struct scan_slice *key)
{
	struct find_received *f = user;

	f->at_key = f->depth == 1 && scan_slice_is(f->bytes, key, "received");
	f->at_type = f->depth == 1 && scan_slice_is(f->bytes, key, "resourceType");
}

static void
find_scalar(void *user, enum scan_kind kind, const struct scan_slice *raw)
{
	struct find_received *f = user;

	if (f->depth != 1)
		return;
	f->odd |= f->at_key && kind != SCAN_STRING;
	if (kind != SCAN_STRING)
		return;
	if (f->at_type)
		f->is_communication = scan_slice_is(f->bytes, raw, "Communication");
	if (!f->at_key)
		return;
	f->found = TRUE;
	f->old.at = raw->at - 1;
	f->old.len = raw->len + 2;
}

static const struct scan_sink find_sink = {
	.open = find_open,
	.close = find_close,
	.key = find_key,
	.scalar = find_scalar,
};

char *
fhir_set_received(const char *bytes, size_t len, int64_t received_ms,
    size_t *out_len, GError **error)
{
	g_autofree char *instant = fhir_instant(received_ms);
	struct find_received f = { .bytes = bytes };
	GString *out;

	if (!scan_run(bytes, len, NULL, &find_sink, &f, error))
		return NULL;
	if (!f.is_communication || f.odd || !instant) {
		g_set_error(error, FHIR_ERROR, FHIR_ERROR_NOT_FHIR,
		    "not a Communication");
		return NULL;
	}
	out = g_string_sized_new(len + 64);
	if (!f.found)
		f.old.at = f.root_end;
	g_string_append_len(out, bytes, (gssize)f.old.at);
	g_string_append_printf(out, "%s\"%s\"", f.found ? "" : ",\"received\":",
	    instant);
	g_string_append_len(out, bytes + f.old.at + f.old.len,
	    (gssize)(len - f.old.at - f.old.len));
	*out_len = out->len;
	return g_string_free(out, FALSE);
}
