/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/rand.h>
#include <string.h>

#include "clinic/login.h"

#define CODE_SECONDS 60
#define SCOPE "user/*.cruds offline_access openid fhirUser"

/* A session of the doctor's; what was given out for it points here. */
struct session {
	gboolean revoked;
	gboolean public_client; /* came by PKCE, has no secret */
};

enum grant_kind { GRANT_ACCESS, GRANT_REFRESH, GRANT_CODE };

/* A token or a code. One that was used stays, so that a replay is seen. */
struct grant {
	enum grant_kind kind;
	struct session *session;
	int64_t ends_ms;
	gboolean used;
	char *challenge, *redirect; /* of a code */
};

struct clinic_login {
	char *practitioner;
	int token_seconds;
	char *client_id, *client_secret;
	GHashTable *grants; /* token → struct grant */
	GPtrArray *sessions;
};

static char *
random_word(void)
{
	unsigned char raw[24];
	char *word;

	if (RAND_bytes(raw, sizeof(raw)) != 1)
		g_error("no random numbers");
	word = g_base64_encode(raw, sizeof(raw));
	g_strdelimit(word, "+", '-');
	g_strdelimit(word, "/", '_');
	return word;
}

static void
grant_free(void *p)
{
	struct grant *g = p;

	g_free(g->challenge);
	g_free(g->redirect);
	g_free(g);
}

struct clinic_login *
clinic_login_new(const char *practitioner, int token_seconds)
{
	struct clinic_login *l = g_new0(struct clinic_login, 1);

	l->practitioner = g_strdup(practitioner);
	l->token_seconds = token_seconds;
	l->client_id = g_strdup("practice");
	l->client_secret = random_word();
	l->grants = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    grant_free);
	l->sessions = g_ptr_array_new_with_free_func(g_free);
	return l;
}

void
clinic_login_free(struct clinic_login *l)
{
	g_free(l->practitioner);
	g_free(l->client_id);
	g_free(l->client_secret);
	g_hash_table_destroy(l->grants);
	g_ptr_array_free(l->sessions, TRUE);
	g_free(l);
}

const char *
clinic_login_client_id(const struct clinic_login *l)
{
	return l->client_id;
}

const char *
clinic_login_client_secret(const struct clinic_login *l)
{
	return l->client_secret;
}

static int64_t
now_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

static struct session *
new_session(struct clinic_login *l, gboolean public_client)
{
	struct session *s = g_new0(struct session, 1);

	s->public_client = public_client;
	g_ptr_array_add(l->sessions, s);
	return s;
}

/* Returns the word, owned by the table. */
static const char *
give(struct clinic_login *l, enum grant_kind kind, struct session *s,
    int seconds)
{
	struct grant *g = g_new0(struct grant, 1);
	char *word = random_word();

	g->kind = kind;
	g->session = s;
	g->ends_ms = seconds ? now_ms() + seconds * (int64_t)1000 : INT64_MAX;
	g_hash_table_insert(l->grants, word, g);
	return word;
}

/* ---- answers ------------------------------------------------------------ */

static void
refuse(struct clinic_answer *a, int status, const char *code, const char *why)
{
	a->status = status;
	a->type = "application/json";
	a->body = g_string_new(NULL);
	g_string_append_printf(a->body, "{\"error\":\"%s\","
	    "\"error_description\":\"%s\"}", code, why);
}

static void
answer_tokens(struct clinic_login *l, const char *base, struct session *s,
    gboolean refresh, struct clinic_answer *a)
{
	a->status = 200;
	a->type = "application/json";
	a->body = g_string_new(NULL);
	g_string_append_printf(a->body, "{\"access_token\":\"%s\","
	    "\"token_type\":\"Bearer\",\"expires_in\":%d,\"scope\":\"%s\","
	    "\"fhirUser\":\"%s/%s\",\"profile\":{\"reference\":\"%s\"}",
	    give(l, GRANT_ACCESS, s, l->token_seconds), l->token_seconds,
	    SCOPE, base, l->practitioner, l->practitioner);
	if (refresh)
		g_string_append_printf(a->body, ",\"refresh_token\":\"%s\"",
		    give(l, GRANT_REFRESH, s, 0));
	g_string_append_c(a->body, '}');
}

/* ---- who asks ----------------------------------------------------------- */

/* RFC 6749 2.3.1: Basic, or in the form. */
static gboolean
client_ok(struct clinic_login *l, const GArray *form, const char *header)
{
	const char *id = clinic_query_get(form, "client_id");
	const char *secret = clinic_query_get(form, "client_secret");
	g_autofree char *want = g_strconcat(l->client_id, ":",
	    l->client_secret, NULL);
	g_autofree char *plain = NULL;
	gsize len = 0;

	if (!header)
		return !g_strcmp0(id, l->client_id) &&
		    !g_strcmp0(secret, l->client_secret);
	if (g_ascii_strncasecmp(header, "Basic ", 6) || !header[6])
		return FALSE;
	plain = (char *)g_base64_decode(header + 6, &len);
	return len == strlen(want) && !memcmp(plain, want, len);
}

/* S256 of RFC 7636. */
static gboolean
verifier_ok(const char *challenge, const char *verifier)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *text = NULL;
	guint8 raw[32];
	gsize len = sizeof(raw);

	if (!verifier || strlen(verifier) < 43 || strlen(verifier) > 128)
		return FALSE;
	g_checksum_update(sum, (const guchar *)verifier, -1);
	g_checksum_get_digest(sum, raw, &len);
	text = g_base64_encode(raw, len);
	g_strdelimit(text, "+", '-');
	g_strdelimit(text, "/", '_');
	text[strcspn(text, "=")] = 0;
	return !strcmp(text, challenge);
}

/* ---- grants ------------------------------------------------------------- */

/* A word that is taken once. A second time it ends the whole login. */
static struct grant *
redeem(struct clinic_login *l, const char *word, enum grant_kind kind)
{
	struct grant *g = word ? g_hash_table_lookup(l->grants, word) : NULL;

	if (!g || g->kind != kind)
		return NULL;
	if (g->used)
		g->session->revoked = TRUE;
	if (g->used || g->session->revoked || g->ends_ms <= now_ms())
		return NULL;
	g->used = TRUE;
	return g;
}

struct asking {
	struct clinic_login *l;
	const char *base;
	const GArray *form;
	const char *header;
	struct clinic_answer *a;
};

static void
by_credentials(struct asking *k)
{
	if (client_ok(k->l, k->form, k->header))
		answer_tokens(k->l, k->base, new_session(k->l, FALSE), FALSE,
		    k->a);
	else
		refuse(k->a, 401, "invalid_client", "Unknown client or secret");
}

static void
by_code(struct asking *k)
{
	const char *id = clinic_query_get(k->form, "client_id");
	const char *redirect = clinic_query_get(k->form, "redirect_uri");
	struct grant *g;

	if (g_strcmp0(id, k->l->client_id) &&
	    !client_ok(k->l, k->form, k->header)) {
		refuse(k->a, 401, "invalid_client", "Unknown client");
		return;
	}
	g = redeem(k->l, clinic_query_get(k->form, "code"), GRANT_CODE);
	if (!g || g_strcmp0(redirect, g->redirect) ||
	    !verifier_ok(g->challenge,
		clinic_query_get(k->form, "code_verifier")))
		refuse(k->a, 400, "invalid_grant", "Not a code, or not yours");
	else
		answer_tokens(k->l, k->base, g->session, TRUE, k->a);
}

static void
by_refresh(struct asking *k)
{
	struct grant *g = redeem(k->l, clinic_query_get(k->form,
	    "refresh_token"), GRANT_REFRESH);

	if (!g)
		refuse(k->a, 400, "invalid_grant",
		    "The refresh token is not good any more");
	else
		answer_tokens(k->l, k->base, g->session, TRUE, k->a);
}

static const struct {
	const char *type;
	void (*give)(struct asking *k);
} grants[] = {
	{ "client_credentials", by_credentials },
	{ "authorization_code", by_code },
	{ "refresh_token", by_refresh },
};

void
clinic_login_token(struct clinic_login *l, const char *base,
    const GArray *form, const char *authorization, struct clinic_answer *a)
{
	struct asking k = { l, base, form, authorization, a };
	const char *type = clinic_query_get(form, "grant_type");
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(grants); i++)
		if (!g_strcmp0(type, grants[i].type)) {
			grants[i].give(&k);
			return;
		}
	refuse(a, 400, "unsupported_grant_type", "No such grant here");
}

/* ---- the authorize endpoint --------------------------------------------- */

/* RFC 8252: a loopback address, whatever its port. */
static gboolean
redirect_ok(const char *uri)
{
	g_autoptr(GUri) u = uri ? g_uri_parse(uri, G_URI_FLAGS_NONE, NULL) :
	    NULL;
	const char *host = u ? g_uri_get_host(u) : NULL;

	return host && !g_uri_get_fragment(u) &&
	    !strcmp(g_uri_get_scheme(u), "http") &&
	    (!strcmp(host, "127.0.0.1") || !strcmp(host, "localhost") ||
		!strcmp(host, "::1"));
}

static void
redirect(struct clinic_answer *a, const char *uri, const char *name,
    const char *value, const char *state)
{
	GString *to = g_string_new(uri);

	g_string_append_printf(to, "%c%s=", strchr(uri, '?') ? '&' : '?',
	    name);
	g_string_append_uri_escaped(to, value, NULL, FALSE);
	if (state) {
		g_string_append(to, "&state=");
		g_string_append_uri_escaped(to, state, NULL, FALSE);
	}
	a->status = 302;
	a->location = g_string_free(to, FALSE);
}

void
clinic_login_authorize(struct clinic_login *l, const GArray *query,
    struct clinic_answer *a)
{
	const char *uri = clinic_query_get(query, "redirect_uri");
	const char *state = clinic_query_get(query, "state");
	const char *challenge = clinic_query_get(query, "code_challenge");
	const char *code;
	struct grant *g;

	if (!redirect_ok(uri) ||
	    g_strcmp0(clinic_query_get(query, "client_id"), l->client_id)) {
		refuse(a, 400, "invalid_request",
		    "Unknown client, or not a loopback redirect_uri");
		return;
	}
	if (g_strcmp0(clinic_query_get(query, "response_type"), "code")) {
		redirect(a, uri, "error", "unsupported_response_type", state);
		return;
	}
	if (!challenge || g_strcmp0(clinic_query_get(query,
	    "code_challenge_method"), "S256")) {
		redirect(a, uri, "error", "invalid_request", state);
		return;
	}
	code = give(l, GRANT_CODE, new_session(l, TRUE), CODE_SECONDS);
	g = g_hash_table_lookup(l->grants, code);
	g->challenge = g_strdup(challenge);
	g->redirect = g_strdup(uri);
	redirect(a, uri, "code", code, state);
}

/* ---- using a token ------------------------------------------------------ */

gboolean
clinic_login_ok(struct clinic_login *l, const char *authorization)
{
	struct grant *g;

	if (!authorization || g_ascii_strncasecmp(authorization, "Bearer ", 7))
		return FALSE;
	g = g_hash_table_lookup(l->grants, authorization + 7);
	return g && g->kind == GRANT_ACCESS && !g->session->revoked &&
	    g->ends_ms > now_ms();
}

void
clinic_login_be(struct clinic_login *l, const char *practitioner)
{
	g_free(l->practitioner);
	l->practitioner = g_strdup(practitioner);
}

void
clinic_login_expire_all(struct clinic_login *l)
{
	GHashTableIter at;
	void *value;

	g_hash_table_iter_init(&at, l->grants);
	while (g_hash_table_iter_next(&at, NULL, &value)) {
		struct grant *g = value;
		if (g->kind == GRANT_ACCESS)
			g->ends_ms = 0;
	}
}
