/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "clinic/rest.h"

/* How FHIR calls what HTTP numbers. */
static const struct {
	int status;
	const char *code;
} issue_codes[] = {
	{ 400, "invalid" }, { 401, "login" }, { 403, "forbidden" },
	{ 404, "not-found" }, { 405, "not-supported" },
	{ 406, "not-supported" }, { 409, "conflict" }, { 410, "deleted" },
	{ 411, "required" }, { 412, "conflict" }, { 413, "too-long" },
	{ 415, "not-supported" }, { 422, "processing" }, { 429, "throttled" },
	{ 500, "exception" },
};

static const char *
issue_code(int status)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(issue_codes); i++)
		if (issue_codes[i].status == status)
			return issue_codes[i].code;
	return "exception";
}

void
clinic_answer_clear(struct clinic_answer *a)
{
	if (a->body)
		g_string_free(a->body, TRUE);
	g_free(a->type_owned);
	g_free(a->etag);
	g_free(a->location);
	g_free(a->modified);
	g_free(a->allow);
	if (a->row)
		clinic_row_free(a->row);
	memset(a, 0, sizeof(*a));
}

static int
status_of(const GError *error)
{
	if (error->domain != CLINIC_ERROR || error->code < 300 ||
	    error->code > 599)
		return 500;
	return error->code;
}

void
clinic_answer_error(struct clinic_answer *a, GError *error)
{
	g_autofree char *allow = g_steal_pointer(&a->allow);

	clinic_answer_clear(a);
	a->allow = g_steal_pointer(&allow);
	a->status = status_of(error);
	a->body = g_string_new("{\"resourceType\":\"OperationOutcome\","
	    "\"issue\":[{\"severity\":\"error\",\"code\":");
	clinic_json_quote(a->body, issue_code(a->status));
	g_string_append(a->body, ",\"details\":{\"text\":");
	clinic_json_quote(a->body, error->message);
	g_string_append(a->body, "}}]}");
	g_error_free(error);
}

/* ---- queries ------------------------------------------------------------ */

static void
pair_clear(void *p)
{
	struct clinic_pair *pair = p;

	g_free(pair->name);
	g_free(pair->value);
}

GArray *
clinic_query_new(void)
{
	GArray *query = g_array_new(FALSE, FALSE, sizeof(struct clinic_pair));

	g_array_set_clear_func(query, pair_clear);
	return query;
}

void
clinic_query_add(GArray *query, const char *name, const char *value)
{
	struct clinic_pair pair = { g_strdup(name), g_strdup(value) };

	g_array_append_val(query, pair);
}

/* Bad escapes stay as they are: then they match nothing. */
static char *
decode(const char *from, size_t len)
{
	g_autofree char *text = g_strndup(from, len);
	char *plain;

	g_strdelimit(text, "+", ' ');
	plain = g_uri_unescape_string(text, NULL);
	return plain && g_utf8_validate(plain, -1, NULL) ? plain :
	    (g_free(plain), g_utf8_make_valid(text, -1));
}

GArray *
clinic_query_parse(const char *text)
{
	GArray *query = clinic_query_new();

	while (text && *text) {
		size_t len = strcspn(text, "&");
		const char *eq = memchr(text, '=', len);
		size_t n = eq ? (size_t)(eq - text) : len;
		struct clinic_pair pair = { decode(text, n),
			eq ? decode(eq + 1, len - n - 1) : g_strdup("") };

		if (len)
			g_array_append_val(query, pair);
		else
			pair_clear(&pair);
		text += len + (text[len] == '&');
	}
	return query;
}

const char *
clinic_query_get(const GArray *query, const char *name)
{
	guint i;

	for (i = 0; i < query->len; i++) {
		struct clinic_pair *p = &g_array_index(query,
		    struct clinic_pair, i);
		if (!strcmp(p->name, name))
			return p->value;
	}
	return NULL;
}

char *
clinic_query_text(const GArray *query)
{
	GString *out = g_string_new(NULL);
	guint i;

	for (i = 0; i < query->len; i++) {
		struct clinic_pair *p = &g_array_index(query,
		    struct clinic_pair, i);
		if (i)
			g_string_append_c(out, '&');
		g_string_append_uri_escaped(out, p->name, ":", FALSE);
		g_string_append_c(out, '=');
		g_string_append_uri_escaped(out, p->value, ":/,", FALSE);
	}
	return g_string_free(out, FALSE);
}
