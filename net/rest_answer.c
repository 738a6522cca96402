/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <curl/curl.h>
#include "net/rest_answer.h"

enum { RETRY_S_MAX = 3600 };

void
rest_answer_free(struct rest_answer *answer)
{
	if (!answer)
		return;
	g_free(answer->body);
	g_free(answer->content_type);
	g_free(answer->version);
	g_free(answer->location);
	g_free(answer->request_id);
	g_free(answer->url);
	g_free(answer);
}

char *
rest_etag_version(const char *value)
{
	const char *start = g_str_has_prefix(value, "W/") ? value + 2 : value;
	size_t len = strlen(start);

	if (len < 3 || start[0] != '"' || start[len - 1] != '"')
		return NULL;
	if (memchr(start + 1, '"', len - 2))
		return NULL;
	return g_strndup(start + 1, len - 2);
}

/* The number behind one of the names; -1 when there is none. */
static int64_t
field(const char *value, const char *short_name, const char *long_name)
{
	g_auto(GStrv) parts = g_strsplit_set(value, ";,", 32);
	int64_t found = -1;

	for (size_t i = 0; parts[i]; i++) {
		char *eq = strchr(g_strstrip(parts[i]), '=');
		if (!eq)
			continue;
		*eq = '\0';
		if (g_ascii_strcasecmp(parts[i], short_name) == 0 ||
		    g_ascii_strcasecmp(parts[i], long_name) == 0)
			found = g_ascii_strtoll(eq + 1, NULL, 10);
	}
	return found;
}

int64_t
rest_ratelimit_reset_s(const char *value)
{
	return field(value, "t", "reset");
}

int64_t
rest_ratelimit_wait_s(const char *value)
{
	return field(value, "r", "remaining") == 0
	    ? rest_ratelimit_reset_s(value) : -1;
}

static void
take_type(struct rest_answer *answer, const char *value)
{
	g_free(answer->content_type);
	answer->content_type = g_ascii_strdown(value,
	    (gssize)strcspn(value, "; \t"));
}

static void
take_version(struct rest_answer *answer, const char *value)
{
	g_free(answer->version);
	answer->version = rest_etag_version(value);
}

static void
take_location(struct rest_answer *answer, const char *value)
{
	g_free(answer->location);
	answer->location = g_strdup(value);
}

static void
take_request_id(struct rest_answer *answer, const char *value)
{
	g_free(answer->request_id);
	answer->request_id = g_strndup(value, 80);
}

static void
take_date(struct rest_answer *answer, const char *value)
{
	time_t t = curl_getdate(value, NULL);

	answer->date_ms = t > 0 ? (int64_t)t * 1000 : 0;
}

/* RFC 9110: seconds, or a date, which is measured against the answer's own. */
static void
take_retry(struct rest_answer *answer, const char *value)
{
	char *end;
	int64_t s = g_ascii_strtoll(value, &end, 10);
	time_t t;

	if (end == value || *end) {
		t = curl_getdate(value, NULL);
		if (t <= 0)
			return;
		s = (int64_t)t - (answer->date_ms ? answer->date_ms / 1000
						  : base_now_ms() / 1000);
	}
	answer->retry_ms = CLAMP(s, 0, RETRY_S_MAX) * 1000;
}

static void
take_ratelimit(struct rest_answer *answer, const char *value)
{
	gboolean refused = answer->status == 429 || answer->status == 503;
	int64_t s = refused ? rest_ratelimit_reset_s(value)
			    : rest_ratelimit_wait_s(value);

	if (s >= 0 && answer->retry_ms < 0)
		answer->retry_ms = MIN(s, RETRY_S_MAX) * 1000;
}

static const struct header_def {
	const char *name;
	void (*take)(struct rest_answer *answer, const char *value);
} header_defs[] = {
	{ "content-type", take_type },
	{ "etag", take_version },
	{ "location", take_location },
	{ "x-request-id", take_request_id },
	{ "x-correlation-id", take_request_id },
	{ "date", take_date },
	{ "retry-after", take_retry },
	{ "ratelimit", take_ratelimit },
};

static void
begin(struct rest_answer *answer, const char *line)
{
	const char *space = strchr(line, ' ');

	g_clear_pointer(&answer->content_type, g_free);
	g_clear_pointer(&answer->version, g_free);
	g_clear_pointer(&answer->location, g_free);
	g_clear_pointer(&answer->request_id, g_free);
	answer->date_ms = 0;
	answer->retry_ms = -1;
	answer->status = space ? (int)g_ascii_strtoll(space, NULL, 10) : 0;
}

void
rest_answer_line(struct rest_answer *answer, const char *line, size_t len)
{
	g_autofree char *text = g_strstrip(g_strndup(line, len));
	char *colon;

	if (g_str_has_prefix(text, "HTTP/")) {
		begin(answer, text);
		return;
	}
	colon = strchr(text, ':');
	if (!colon)
		return;
	*colon = '\0';
	for (size_t i = 0; i < G_N_ELEMENTS(header_defs); i++)
		if (g_ascii_strcasecmp(text, header_defs[i].name) == 0)
			header_defs[i].take(answer, g_strstrip(colon + 1));
}
