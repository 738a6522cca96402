/* SPDX-License-Identifier: Apache-2.0 */
/* Discovery, and who a token is. */
#include <string.h>
#include "net/login_room.h"
#include "net/origin.h"

static const struct fhir_limits small = { 256 * 1024, 16 };

/* Base64url without padding (RFC 7515). Owned, NUL-terminated; or NULL. */
static char *
from_base64url(const char *text, size_t len)
{
	g_autofree char *plain = g_strndup(text, len);
	g_autofree char *padded = NULL;
	guchar *bytes;
	char *out;
	gsize n;

	g_strdelimit(g_strdelimit(plain, "-", '+'), "_", '/');
	padded = g_strconcat(plain, &"==="[3 - (4 - len % 4) % 4], NULL);
	bytes = g_base64_decode(padded, &n);
	out = g_strndup((const char *)bytes, n);
	g_free(bytes);
	return out;
}

char *
login_jwt_user(const char *jwt)
{
	const char *start = jwt ? strchr(jwt, '.') : NULL;
	const char *end = start ? strchr(start + 1, '.') : NULL;
	g_autofree char *payload = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	const char *user = NULL;
	struct fhir_ref ref;

	if (!end)
		return NULL;
	payload = from_base64url(start + 1, (size_t)(end - start) - 1);
	doc = fhir_parse(payload, strlen(payload), &small, NULL);
	if (!doc)
		return NULL;
	user = fhir_text(fhir_root(doc), "fhirUser");
	if (user)
		return g_strdup(user);
	/* OpenID Connect's own "profile" is a web page; FHIR's is a reference. */
	user = fhir_text(fhir_root(doc), "profile");
	return user && fhir_ref_parse(user, &ref) ? g_strdup(user) : NULL;
}

char *
login_user_ref(const char *user, const char *base, char *const *aliases)
{
	g_autofree char *ours = origin_resolve(base, user, aliases);
	struct fhir_ref ref;

	if (!ours || !fhir_ref_parse(user, &ref))
		return NULL;
	return g_strdup_printf("%s/%s", ref.type, ref.id);
}

static gboolean
lists(const fhir_node *root, const char *path, const char *word)
{
	size_t n = fhir_count(root, path);

	for (size_t i = 0; i < n; i++) {
		g_autofree char *at = g_strdup_printf("%s[%zu]", path, i);
		if (g_strcmp0(fhir_text(root, at), word) == 0)
			return TRUE;
	}
	return FALSE;
}

static void
take_configuration(struct login *login, const fhir_node *root)
{
	static const char methods[] = "token_endpoint_auth_methods_supported";

	if (!login->token_url)
		login->token_url = g_strdup(fhir_text(root, "token_endpoint"));
	if (!login->authorize_url)
		login->authorize_url = g_strdup(fhir_text(root,
		    "authorization_endpoint"));
	login->basic = lists(root, methods, "client_secret_basic") &&
	    !lists(root, methods, "client_secret_post");
}

static char *
configured(struct login *login, enum setting key)
{
	const char *url = base_setting(login->settings, key);

	return url && *url ? g_strdup(url) : NULL;
}

gboolean
login_discover(struct login *login, GError **error)
{
	BASE_AUTO(rest_answer) answer = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	struct rest_request request = { .bare = TRUE,
		.url = ".well-known/smart-configuration" };
	g_autofree char *words = NULL;
	gboolean by_code = strcmp(base_setting(login->settings, SET_AUTH),
	    "code") == 0;

	if (!login->discovered) {
		login->token_url = configured(login, SET_TOKEN_URL);
		login->authorize_url = configured(login, SET_AUTHORIZE_URL);
		login->discovered = TRUE;
	}
	if (login->token_url && (login->authorize_url || !by_code))
		return TRUE;
	answer = rest_once(login->rest, &request, error);
	if (!answer)
		return FALSE;
	/* A server that is down says nothing about where one logs in. */
	if ((answer->status >= 500 || net_error_of_status(answer->status) ==
	    NET_ERROR_THROTTLED) && !rest_ok(login->rest, answer, error))
		return FALSE;
	if (answer->status == 200 && answer->body)
		doc = fhir_parse(answer->body, answer->len, &small, NULL);
	if (doc)
		take_configuration(login, fhir_root(doc));
	if (login->token_url)
		return TRUE;
	words = g_strdup_printf("%d: %s", answer->status,
	    _("the server does not say where to log in; set token_url"));
	net_error_set(error, NET_ERROR_CONFIG, rest_host(login->rest), words);
	return FALSE;
}
