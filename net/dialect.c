/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/dialect.h"

static const struct dialect *const dialects[] = {
	&dialect_medplum, &dialect_backport, &dialect_hapi,
};

/* ---- which --------------------------------------------------------------- */

static gboolean
names(const char *software, const char *word)
{
	g_autofree char *low = g_ascii_strdown(software ? software : "", -1);

	return strstr(low, word) != NULL;
}

/* Medplum too announces a socket address in its statement: its name decides
 * first. */
static const struct dialect *
by_statement(const struct caps *caps)
{
	if (!caps_known(caps) || !caps_type(caps, "Subscription"))
		return NULL;
	if (names(caps_software(caps), "medplum"))
		return &dialect_medplum;
	if (caps_binding_token(caps))
		return &dialect_backport;
	return caps_websocket(caps) ? &dialect_hapi : NULL;
}

const struct dialect *
dialect_pick(const char *setting, const struct caps *caps)
{
	if (!setting || strcmp(setting, "auto") == 0)
		return by_statement(caps);
	for (size_t i = 0; i < G_N_ELEMENTS(dialects); i++)
		if (strcmp(setting, dialects[i]->name) == 0)
			return dialects[i];
	return NULL;
}

/* ---- the Subscription ---------------------------------------------------- */

#define BACKPORT "http://hl7.org/fhir/uv/subscriptions-backport/" \
	"StructureDefinition/backport-"

void
dialect_quote(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text; text++) {
		if ((unsigned char)*text < ' ')
			g_string_append_printf(out, "\\u%04x", *text);
		else if (*text == '"' || *text == '\\')
			g_string_append_printf(out, "\\%c", *text);
		else
			g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

/* The guide's R4 form: the topic stands as criteria, what of it beside it. */
static void
put_topic(GString *out, const struct dialect_ask *ask)
{
	g_string_append(out, "\"meta\":{\"profile\":[\"" BACKPORT
	    "subscription\"]},\"criteria\":");
	dialect_quote(out, ask->topic);
	g_string_append(out, ",\"_criteria\":{\"extension\":[");
	for (size_t i = 0; ask->criteria[i]; i++) {
		g_string_append(out, i ? "," : "");
		g_string_append(out, "{\"url\":\"" BACKPORT
		    "filter-criteria\",\"valueString\":");
		dialect_quote(out, ask->criteria[i]);
		g_string_append_c(out, '}');
	}
	g_string_append(out, "]},");
}

static void
put_channel(GString *out, gboolean full)
{
	g_string_append(out, "\"channel\":{\"type\":\"websocket\"");
	if (full)
		g_string_append(out, ",\"payload\":\"application/fhir+json\","
		    "\"_payload\":{\"extension\":[{\"url\":\"" BACKPORT
		    "payload-content\",\"valueCode\":\"full-resource\"}]}");
	g_string_append(out, "}}");
}

char *
dialect_subscription(const struct dialect *dialect,
    const struct dialect_ask *ask)
{
	GString *out = g_string_new("{\"resourceType\":\"Subscription\",");

	g_string_append_printf(out, "\"status\":\"%s\",\"reason\":\"A doctor "
	    "waits for this\",", dialect->first_status);
	if (ask->topic) {
		put_topic(out, ask);
	} else {
		g_string_append(out, "\"criteria\":");
		dialect_quote(out, ask->criteria[0]);
		g_string_append_c(out, ',');
	}
	put_channel(out, dialect->topics);
	return g_string_free(out, FALSE);
}

/* ---- the ticket ---------------------------------------------------------- */

enum { SECONDS_MAX = 0x7fffffff };
static const struct fhir_limits small = { .size_bytes = 65536, .depth = 16 };

static int64_t
number_at(const fhir_node *node, const char *path)
{
	const char *text = fhir_number(node, path);

	return text ? CLAMP(g_ascii_strtoll(text, NULL, 10), 0,
	    SECONDS_MAX) : 0;
}

static char *
payload_of(const char *jwt)
{
	const char *start = strchr(jwt, '.');
	const char *end = start ? strchr(start + 1, '.') : NULL;
	g_autofree char *text = NULL;
	guchar *bytes;
	gsize len;

	if (!end)
		return NULL;
	text = g_strndup(start + 1, (gsize)(end - start) - 1);
	g_strdelimit(text, "-", '+');
	g_strdelimit(text, "_", '/');
	{
		g_autofree char *padded = g_strconcat(text,
		    &"==="[3 - (4 - strlen(text) % 4) % 4], NULL);
		bytes = g_base64_decode(padded, &len);
	}
	bytes = g_realloc(bytes, len + 1);
	bytes[len] = '\0';
	return (char *)bytes;
}

/* The token's own end counts: what a server says beside it was measured to be
 * wrong. Clocks differ, so its length is what is taken from it. */
static int64_t
life_of(const char *token, const char *expiration, int64_t date_ms)
{
	g_autofree char *payload = payload_of(token);
	BASE_AUTO(fhir_doc) doc = payload ? fhir_parse(payload,
	    strlen(payload), &small, NULL) : NULL;
	int64_t ends_ms = doc ? number_at(fhir_root(doc), "exp") * 1000 : 0;
	int64_t from_ms = doc ? number_at(fhir_root(doc), "iat") * 1000 : 0;

	if (!ends_ms && expiration)
		fhir_time_ms(expiration, &ends_ms, NULL);
	if (!ends_ms)
		return 0;
	if (!from_ms)
		from_ms = date_ms ? date_ms : base_now_ms();
	return MAX(ends_ms - from_ms, 1);
}

static const char *
value_of(const fhir_node *root, const char *name)
{
	static const char *const values[] = { "valueString", "valueUrl",
		"valueUri", "valueDateTime", "valueInstant" };

	for (size_t i = 0; i < fhir_count(root, "parameter"); i++) {
		const fhir_node *p = fhir_at(root, "parameter", i);
		if (g_strcmp0(fhir_text(p, "name"), name) != 0)
			continue;
		for (size_t k = 0; k < G_N_ELEMENTS(values); k++)
			if (fhir_text(p, values[k]))
				return fhir_text(p, values[k]);
	}
	return NULL;
}

gboolean
dialect_ticket_read(struct dialect_ticket *ticket, const char *bytes,
    size_t len, int64_t date_ms, const struct fhir_limits *limits)
{
	BASE_AUTO(fhir_doc) doc = bytes ? fhir_parse(bytes, len, limits, NULL)
					: NULL;
	const fhir_node *root = doc ? fhir_root(doc) : NULL;
	const char *token = root ? value_of(root, "token") : NULL;
	const char *url = root ? value_of(root, "websocket-url") : NULL;

	memset(ticket, 0, sizeof(*ticket));
	if (!token || !*token || !url)
		return FALSE;
	ticket->token = g_strdup(token);
	ticket->url = g_strdup(url);
	ticket->life_ms = life_of(token, value_of(root, "expiration"), date_ms);
	return TRUE;
}

void
dialect_ticket_clear(struct dialect_ticket *ticket)
{
	if (ticket->token)
		explicit_bzero(ticket->token, strlen(ticket->token));
	g_clear_pointer(&ticket->token, g_free);
	g_clear_pointer(&ticket->url, g_free);
}
