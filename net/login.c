/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "net/login_room.h"

/* The clock of the server and ours need not agree to the second. */
enum { EXPIRY_MARGIN_MS = 30000 };
static const struct fhir_limits token_limits = { 256 * 1024, 16 };

char *
login_form(const char *const *pairs)
{
	GString *form = g_string_new(NULL);

	for (; pairs[0]; pairs += 2) {
		g_autofree char *value = g_uri_escape_string(pairs[1], NULL,
		    FALSE);
		g_string_append_printf(form, "%s%s=%s", form->len ? "&" : "",
		    pairs[0], value);
	}
	return g_string_free(form, FALSE);
}

static void
take_token(struct login *login, const char *token, int64_t lasts_s)
{
	g_autofree char *copy = g_strdup(token);

	base_secret_free(login->token);
	login->token = base_secret_take(copy, strlen(copy) + 1);
	login->expires_ms = lasts_s > 0
	    ? base_mono_ms() + lasts_s * 1000 - EXPIRY_MARGIN_MS : 0;
}

/* Whoever the server names last counts: a token of another doctor must not
 * pass because an earlier one was mine. */
static void
take_user(struct login *login, const char *user)
{
	g_free(login->user);
	login->user = user ? login_user_ref(user, rest_base(login->rest),
	    rest_aliases(login->rest)) : NULL;
	if (user && !login->user)
		login->user = g_strdup("");
}

static void
identify(struct login *login, const fhir_node *root, const char *access)
{
	const char *profile = fhir_text(root, "profile.reference");
	const char *id_token = fhir_text(root, "id_token");
	g_autofree char *user = NULL;

	user = g_strdup(fhir_text(root, "fhirUser"));
	if (!user && id_token)
		user = login_jwt_user(id_token);
	if (!user && profile)
		user = g_strdup(profile);
	if (!user)
		user = login_jwt_user(access);
	take_user(login, user);
}

/* "wrong_secret: …" of a token endpoint; Medplum answers OperationOutcome. */
static char *
refusal_words(const fhir_node *root)
{
	const char *code = root ? fhir_text(root, "error") : NULL;
	const char *words = root ? fhir_text(root, "error_description") : NULL;

	if (!code)
		return root ? fhir_outcome_words(root) : NULL;
	return g_strdup_printf("%s%s%s", code, words ? ": " : "",
	    words ? words : "");
}

static gboolean
refused(struct login *login, const struct rest_answer *answer,
    const fhir_node *root, GError **error)
{
	int status = answer->status;
	g_autofree char *words = refusal_words(root);
	enum net_error code = status == 429 || status >= 500
	    ? net_error_of_status(status) : NET_ERROR_LOGIN;

	if (status >= 200 && status < 400)
		code = NET_ERROR_NOT_FHIR;
	net_error_set(error, code, rest_host(login->rest), words);
	return FALSE;
}

static gboolean
take_answer(struct login *login, const struct rest_answer *answer,
    GError **error)
{
	BASE_AUTO(fhir_doc) doc = answer->body ? fhir_parse(answer->body,
	    answer->len, &token_limits, NULL) : NULL;
	const fhir_node *root = doc ? fhir_root(doc) : NULL;
	const char *access = root ? fhir_text(root, "access_token") : NULL;
	const char *refresh, *lasts;

	if (answer->status != 200 || !access)
		return refused(login, answer, root, error);
	refresh = fhir_text(root, "refresh_token");
	lasts = fhir_number(root, "expires_in");
	/* Rotation: the old one is spent; keep the new one before anything. */
	if (refresh && !store_note_set(login->store, "sync.refresh", refresh,
	    error))
		return FALSE;
	take_token(login, access, lasts ? g_ascii_strtoll(lasts, NULL, 10) : 0);
	identify(login, root, access);
	return TRUE;
}

static gboolean
secret_of_client(struct login *login, struct base_secret **out, GError **error)
{
	const char *command = base_setting(login->settings,
	    SET_CLIENT_SECRET_COMMAND);
	g_autofree char *copy = NULL;
	BASE_AUTO(base_secret) line = NULL;

	*out = NULL;
	if (!command || !*command)
		return TRUE;
	line = broker_run(login->broker, rest_loop(login->rest),
	    BROKER_CLIENT_SECRET, error);
	if (!line)
		return FALSE;
	copy = g_strndup((const char *)base_secret_data(line),
	    base_secret_len(line));
	*out = base_secret_take(copy, strlen(copy) + 1);
	return TRUE;
}

/* One POST, the client named by Basic or in the form (RFC 6749 §2.3.1). */
static struct rest_answer *
post_form(struct login *login, const char *const *form,
    const struct base_secret *secret, GError **error)
{
	const char *id = base_setting(login->settings, SET_CLIENT_ID);
	const char *word = secret ? (const char *)base_secret_data(
	    (struct base_secret *)(uintptr_t)secret) : NULL;
	gboolean basic = login->basic && word;
	const char *client[] = { "client_id", id ? id : "",
		word ? "client_secret" : NULL, word, NULL };
	g_autofree char *fields = login_form(form);
	g_autofree char *who = login_form(client);
	g_autofree char *body = g_strconcat(fields, basic ? "" : "&",
	    basic ? "" : who, NULL);
	struct rest_request request = {
		.method = "POST", .url = login->token_url, .bare = TRUE,
		.elsewhere = TRUE, .body = body, .len = strlen(body),
		.content_type = "application/x-www-form-urlencoded",
		.user = basic ? id : NULL, .password = basic ? word : NULL,
	};
	struct rest_answer *answer = rest_once(login->rest, &request, error);

	explicit_bzero(body, strlen(body));
	explicit_bzero(who, strlen(who));
	explicit_bzero(fields, strlen(fields));
	return answer;
}

gboolean
login_exchange(struct login *login, const char *const *form, GError **error)
{
	BASE_AUTO(base_secret) secret = NULL;
	BASE_AUTO(rest_answer) answer = NULL;

	if (!login_discover(login, error) ||
	    !secret_of_client(login, &secret, error))
		return FALSE;
	answer = post_form(login, form, secret, error);
	if (answer && answer->status == 401 && secret) {
		/* Some take the client in one way only. */
		login->basic = !login->basic;
		rest_answer_free(answer);
		answer = post_form(login, form, secret, error);
	}
	return answer && take_answer(login, answer, error);
}

/* ---- providers ----------------------------------------------------------- */

static gboolean
fetch_by_command(struct login *login, GError **error)
{
	BASE_AUTO(base_secret) line = broker_run(login->broker,
	    rest_loop(login->rest), BROKER_TOKEN, error);
	g_autofree char *token = NULL, *user = NULL;

	if (!line)
		return FALSE;
	token = g_strndup((const char *)base_secret_data(line),
	    base_secret_len(line));
	for (const char *c = token; *c; c++)
		if (*c <= ' ' || *c > '~') {
			net_error_set(error, NET_ERROR_LOGIN,
			    rest_host(login->rest),
			    _("token_command printed something that is no "
			      "token"));
			return FALSE;
		}
	user = login_jwt_user(token);
	take_token(login, token, 0);
	take_user(login, user);
	explicit_bzero(token, strlen(token));
	return TRUE;
}

static gboolean
fetch_by_credentials(struct login *login, GError **error)
{
	const char *scope = base_setting(login->settings, SET_SCOPE);
	const char *form[] = { "grant_type", "client_credentials",
		scope && *scope ? "scope" : NULL, scope, NULL };

	return login_exchange(login, form, error);
}

static gboolean
fetch_by_refresh(struct login *login, GError **error)
{
	g_autofree char *refresh = store_note_get(login->store,
	    "sync.refresh");
	const char *form[] = { "grant_type", "refresh_token",
		"refresh_token", refresh, NULL };
	gboolean fine;

	if (!refresh || !*refresh) {
		net_error_set(error, NET_ERROR_LOGIN, rest_host(login->rest),
		    NULL);
		return FALSE;
	}
	fine = login_exchange(login, form, error);
	explicit_bzero(refresh, strlen(refresh));
	return fine;
}

static const struct login_provider providers[] = {
	{ "token-command", fetch_by_command },
	{ "client-credentials", fetch_by_credentials },
	{ "code", fetch_by_refresh },
};

static const struct login_provider *
provider_of(const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(providers); i++)
		if (g_strcmp0(providers[i].word, word) == 0)
			return &providers[i];
	return NULL;
}

static const char *
token_now(void *user, gboolean fresh, GError **error)
{
	struct login *login = user;
	gboolean old = login->expires_ms &&
	    base_mono_ms() >= login->expires_ms;

	if (!login->provider)
		return NULL;
	if ((fresh || old || !login->token) &&
	    !login->provider->fetch(login, error))
		return NULL;
	return (const char *)base_secret_data(login->token);
}

struct login *
login_new(struct rest *rest, struct broker *broker,
    const struct base_settings *settings, struct store *store)
{
	struct login *login = g_new0(struct login, 1);

	login->rest = rest;
	login->broker = broker;
	login->settings = settings;
	login->store = store;
	login->provider = provider_of(base_setting(settings, SET_AUTH));
	rest_on_token(rest, token_now, login);
	return login;
}

gboolean
login_ready(struct login *login, GError **error)
{
	g_autoptr(GError) why = NULL;

	token_now(login, FALSE, &why);
	if (!why)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&why));
	return FALSE;
}

enum login_identity
login_identity(const struct login *login, const char **ref_out)
{
	*ref_out = login->user;
	return login->user ? LOGIN_TOLD : LOGIN_UNTOLD;
}

void
login_free(struct login *login)
{
	if (!login)
		return;
	rest_on_token(login->rest, NULL, NULL);
	base_secret_free(login->token);
	g_free(login->token_url);
	g_free(login->authorize_url);
	g_free(login->user);
	g_free(login);
}
