/* SPDX-License-Identifier: Apache-2.0 */
/* Which door a request is at: login, discovery, practice's own, or FHIR. */
#include <string.h>

#include "clinic/cds.h"
#include "clinic/server.h"

static void
refuse(struct clinic_exchange *x, int status, const char *why)
{
	clinic_answer_error(&x->answer, g_error_new_literal(CLINIC_ERROR,
	    status, why));
}

static void
at_token(struct clinic_exchange *x)
{
	g_autofree char *text = g_strndup(x->body->str, x->body->len);
	g_autoptr(GArray) form = clinic_query_parse(text);

	clinic_login_token(x->server->login, x->server->clinic.base, form,
	    clinic_header(x, "authorization"), &x->answer);
	g_ptr_array_add(x->extra, g_strdup("Pragma:"));
	g_ptr_array_add(x->extra, g_strdup("no-cache"));
}

static void
at_authorize(struct clinic_exchange *x)
{
	clinic_login_authorize(x->server->login, x->query, &x->answer);
}

static void
at_discovery(struct clinic_exchange *x)
{
	struct clinic *c = &x->server->clinic;

	x->answer.status = 200;
	x->answer.type = "application/json";
	x->answer.body = g_string_new(NULL);
	g_string_append_printf(x->answer.body, "{\"issuer\":\"%s\","
	    "\"authorization_endpoint\":\"%s\",\"token_endpoint\":\"%s\","
	    "\"token_endpoint_auth_methods_supported\":["
	    "\"client_secret_basic\",\"client_secret_post\"],"
	    "\"grant_types_supported\":[\"authorization_code\","
	    "\"client_credentials\",\"refresh_token\"],"
	    "\"response_types_supported\":[\"code\"],"
	    "\"code_challenge_methods_supported\":[\"S256\"],"
	    "\"scopes_supported\":[\"user/*.cruds\",\"offline_access\","
	    "\"openid\",\"fhirUser\"],"
	    "\"capabilities\":[\"launch-standalone\",\"client-public\","
	    "\"client-confidential-symmetric\",\"permission-offline\","
	    "\"permission-user\",\"permission-v2\"]}",
	    x->server->origin, c->authorize_url, c->token_url);
}

/* ---- FHIR --------------------------------------------------------------- */

static void
to_fhir(struct clinic_exchange *x, const char *path)
{
	struct clinic_request r = {
		.method = strcmp(x->method, "HEAD") ? x->method : "GET",
		.path = path, .query = x->query,
		.if_match = clinic_header(x, "if-match"),
		.if_none_match = clinic_header(x, "if-none-match"),
		.if_none_exist = clinic_header(x, "if-none-exist"),
		.prefer = clinic_header(x, "prefer"),
		.content_type = clinic_header(x, "content-type"),
		.accept = clinic_header(x, "accept"),
		.security_context = clinic_header(x, "x-security-context"),
		.body = x->body->str, .len = x->body->len,
	};

	clinic_rest(&x->server->clinic, &r, &x->answer);
}

static gboolean
public_path(const struct clinic_exchange *x, const char *path)
{
	return !strcmp(path, "metadata") && !strcmp(x->method, "GET");
}

static void
at_fhir(struct clinic_exchange *x)
{
	const char *path = x->path + strlen("/fhir");
	size_t n;
	g_autofree char *bare = NULL;

	while (*path == '/')
		path++;
	n = strlen(path);
	while (n && path[n - 1] == '/')
		n--;
	bare = g_strndup(path, n);
	if (!public_path(x, bare) && !clinic_login_ok(x->server->login,
	    clinic_header(x, "authorization")))
		refuse(x, 401, "A valid Bearer token is needed");
	else if (!clinic_faults_before(x->server->faults, x, bare))
		to_fhir(x, bare);
	clinic_faults_after(x->server->faults, x, bare);
}

/* A file by a signed address: no login, and one that comes along is a fault of
 * the client's. */
static void
at_signed(struct clinic_exchange *x)
{
	char *path = NULL;
	unsigned n = (unsigned)g_ascii_strtoull(x->path + strlen("/signed/"),
	    &path, 10);

	if (clinic_header(x, "authorization"))
		refuse(x, 400, "A login came to an address that needs none");
	else if (n != x->server->signature || *path != '/')
		refuse(x, 403, "The signature has run out");
	else
		to_fhir(x, path + 1);
}

/* ---- decision support --------------------------------------------------- */

static void
at_services(struct clinic_exchange *x)
{
	clinic_cds_services(&x->answer);
}

/* Open to all; a chart is read for those alone who bring a token. */
static void
at_service(struct clinic_exchange *x)
{
	const char *id = strrchr(x->path, '/') + 1;

	if (!clinic_faults_before(x->server->faults, x, id))
		clinic_cds_call(&x->server->clinic, x->server->login, id,
		    x->body->str, x->body->len, &x->answer);
	clinic_faults_after(x->server->faults, x, id);
}

/* Faults are switched while the clinic runs: one a line, as for --fault. */
static void
at_fault(struct clinic_exchange *x)
{
	g_autofree char *text = g_strndup(x->body->str, x->body->len);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GError *error = NULL;
	int i;

	for (i = 0; lines[i] && !error; i++)
		if (*g_strstrip(lines[i]))
			clinic_faults_set(x->server->faults, lines[i], &error);
	if (error)
		clinic_answer_error(&x->answer, error);
	else
		x->answer.status = 204;
}

static const struct {
	const char *method; /* NULL: any */
	const char *path;
	gboolean below;     /* and everything under it */
	void (*answer)(struct clinic_exchange *x);
} doors[] = {
	{ "POST", "/oauth2/token", FALSE, at_token },
	{ "GET", "/oauth2/authorize", FALSE, at_authorize },
	{ "GET", "/.well-known/smart-configuration", FALSE, at_discovery },
	{ "GET", "/fhir/.well-known/smart-configuration", FALSE,
	  at_discovery },
	{ "POST", "/practice/fault", FALSE, at_fault },
	{ "GET", "/cds-services", FALSE, at_services },
	{ "POST", "/cds-services", TRUE, at_service },
	{ "GET", "/signed", TRUE, at_signed },
	{ NULL, "/fhir", TRUE, at_fhir },
};

static gboolean
is_at(const struct clinic_exchange *x, size_t i)
{
	size_t n = strlen(doors[i].path);

	if (strncmp(x->path, doors[i].path, n))
		return FALSE;
	return !x->path[n] || (doors[i].below && x->path[n] == '/');
}

void
clinic_gate(struct clinic_exchange *x)
{
	gboolean there = FALSE;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(doors); i++) {
		if (!is_at(x, i))
			continue;
		there = TRUE;
		if (doors[i].method && strcmp(doors[i].method, x->method))
			continue;
		doors[i].answer(x);
		return;
	}
	refuse(x, there ? 405 : 404, there ?
	    "This method is not for this address" :
	    "There is nothing at this address");
}
