/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: each grant gives a token that works, PKCE and redirects are checked,
 * a refresh token works once, and a replay ends the login. */
#include "tests/clinic/client.h"

#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
/* RFC 7636 appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define REDIRECT "http%3A%2F%2F127.0.0.1%3A8737%2Fcallback"

static struct clinic_proc *clinic;

static int
start(void **state)
{
	clinic = clinic_start("--token-seconds", "777", NULL);
	return 0;
}

static int
stop(void **state)
{
	clinic_stop(clinic);
	return 0;
}

static struct reply *
token(const char *form)
{
	return ask_bare(clinic, "POST", "/oauth2/token", FORM, form);
}

static void
refused(int status, const char *form, const char *error)
{
	struct reply *r = token(form);

	assert_int_equal(r->status, status);
	assert_string_equal(dig_text(r->json, "error"), error);
	reply_free(r);
}

static gboolean
works(const char *access)
{
	g_autofree char *head = g_strdup_printf("Authorization: Bearer %s\r\n",
	    access);
	struct reply *r = ask_bare(clinic, "GET", "Patient", head, NULL);
	int status = r->status;

	reply_free(r);
	return status == 200;
}

static void
test_credentials(void **state)
{
	g_autofree char *good = g_strdup_printf(
	    "grant_type=client_credentials&client_id=%s&client_secret=%s",
	    clinic_word(clinic, "client_id"),
	    clinic_word(clinic, "client_secret"));
	g_autofree char *pair = g_strdup_printf("%s:%s",
	    clinic_word(clinic, "client_id"),
	    clinic_word(clinic, "client_secret"));
	g_autofree char *basic = g_base64_encode((guchar *)pair, strlen(pair));
	g_autofree char *head = g_strdup_printf(FORM
	    "Authorization: Basic %s\r\n", basic);
	struct reply *r = token(good);

	assert_true(works(dig_text(r->json, "access_token")));
	assert_int_equal(json_integer_value(dig(r->json, "expires_in")), 777);
	assert_string_equal(dig_text(r->json, "profile.reference"),
	    clinic_word(clinic, "practitioner"));
	assert_true(g_str_has_suffix(dig_text(r->json, "fhirUser"),
	    clinic_word(clinic, "practitioner")));
	assert_null(dig(r->json, "refresh_token"));
	reply_free(r);
	r = ask_bare(clinic, "POST", "/oauth2/token", head,
	    "grant_type=client_credentials");
	assert_int_equal(r->status, 200);
	reply_free(r);
	refused(401, "grant_type=client_credentials&client_id=practice"
	    "&client_secret=wrong", "invalid_client");
	refused(400, "grant_type=password", "unsupported_grant_type");
	refused(400, "", "unsupported_grant_type");
}

/* The code out of the redirect. */
static char *
authorize(void)
{
	struct reply *r = ask_bare(clinic, "GET", "/oauth2/authorize?"
	    "response_type=code&client_id=practice&state=a%26b&redirect_uri="
	    REDIRECT "&code_challenge=" CHALLENGE
	    "&code_challenge_method=S256", NULL, NULL);
	g_autofree char *to = reply_header(r, "location");
	g_auto(GStrv) parts = NULL;

	assert_int_equal(r->status, 302);
	assert_true(g_str_has_prefix(to,
	    "http://127.0.0.1:8737/callback?code="));
	assert_true(g_str_has_suffix(to, "&state=a%26b"));
	parts = g_strsplit_set(to, "=&", -1);
	reply_free(r);
	return g_strdup(parts[1]);
}

static char *
code_form(const char *code, const char *verifier, const char *redirect)
{
	return g_strdup_printf("grant_type=authorization_code&client_id="
	    "practice&code=%s&code_verifier=%s&redirect_uri=%s", code,
	    verifier, redirect);
}

static struct reply *
refresh(const char *with)
{
	g_autofree char *form = g_strdup_printf("grant_type=refresh_token"
	    "&client_id=practice&refresh_token=%s", with);

	return token(form);
}

static void
test_code_and_refresh(void **state)
{
	g_autofree char *code = authorize();
	g_autofree char *form = code_form(code, VERIFIER, REDIRECT);
	struct reply *first = token(form), *second, *replay;
	const char *old = dig_text(first->json, "refresh_token");

	assert_int_equal(first->status, 200);
	assert_true(works(dig_text(first->json, "access_token")));
	second = refresh(old);
	assert_int_equal(second->status, 200);
	assert_string_not_equal(dig_text(second->json, "refresh_token"), old);
	assert_true(works(dig_text(second->json, "access_token")));
	/* The old one again: a thief, so all of it ends. */
	replay = refresh(old);
	assert_int_equal(replay->status, 400);
	assert_string_equal(dig_text(replay->json, "error"), "invalid_grant");
	assert_false(works(dig_text(second->json, "access_token")));
	reply_free(replay);
	replay = refresh(dig_text(second->json, "refresh_token"));
	assert_int_equal(replay->status, 400);
	reply_free(replay);
	reply_free(second);
	reply_free(first);
}

static void
test_a_replayed_code(void **state)
{
	g_autofree char *code = authorize();
	g_autofree char *form = code_form(code, VERIFIER, REDIRECT);
	struct reply *r = token(form);

	assert_true(works(dig_text(r->json, "access_token")));
	refused(400, form, "invalid_grant");
	assert_false(works(dig_text(r->json, "access_token")));
	reply_free(r);
}

static void
test_pkce_is_checked(void **state)
{
	g_autofree char *one = authorize();
	g_autofree char *two = authorize();
	g_autofree char *verifier = code_form(one,
	    "0000000000000000000000000000000000000000000", REDIRECT);
	g_autofree char *redirect = code_form(two, VERIFIER,
	    "http%3A%2F%2F127.0.0.1%3A1%2F");
	g_autofree char *none = code_form("nonsense", VERIFIER, REDIRECT);

	refused(400, verifier, "invalid_grant");
	refused(400, redirect, "invalid_grant");
	refused(400, none, "invalid_grant");
}

static void
test_authorize_refuses(void **state)
{
	static const struct {
		int status;
		const char *query, *in_location;
	} v[] = {
		{ 400, "response_type=code&client_id=practice&redirect_uri="
		  "https%3A%2F%2Fevil.example%2F", NULL },
		{ 400, "response_type=code&client_id=other&redirect_uri="
		  REDIRECT, NULL },
		{ 302, "response_type=token&client_id=practice&redirect_uri="
		  REDIRECT, "error=unsupported_response_type" },
		{ 302, "response_type=code&client_id=practice&redirect_uri="
		  REDIRECT "&code_challenge=" CHALLENGE
		  "&code_challenge_method=plain", "error=invalid_request" },
	};
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(v); i++) {
		g_autofree char *path = g_strconcat("/oauth2/authorize?",
		    v[i].query, NULL);
		struct reply *r = ask_bare(clinic, "GET", path, NULL, NULL);
		g_autofree char *to = reply_header(r, "location");
		assert_int_equal(r->status, v[i].status);
		if (v[i].in_location)
			assert_non_null(strstr(to, v[i].in_location));
		else
			assert_null(to);
		reply_free(r);
	}
}

static void
test_discovery(void **state)
{
	struct reply *r = ask_bare(clinic, "GET",
	    ".well-known/smart-configuration", NULL, NULL);

	assert_string_equal(dig_text(r->json, "token_endpoint"),
	    clinic_word(clinic, "token_url"));
	assert_string_equal(dig_text(r->json, "authorization_endpoint"),
	    clinic_word(clinic, "authorize_url"));
	assert_string_equal(dig_text(r->json,
	    "code_challenge_methods_supported.0"), "S256");
	reply_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_code_and_refresh),
		cmocka_unit_test(test_a_replayed_code),
		cmocka_unit_test(test_pkce_is_checked),
		cmocka_unit_test(test_authorize_refuses),
		cmocka_unit_test(test_discovery),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
