/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the ways in: PKCE against RFC 7636's own vector; the code flow by
 * loopback redirect and by pasted address; a foreign or refused redirect; tokens
 * renewed with rotation, the new refresh token in the vault before its access
 * token is used; who a token says it is.
 */
#include "tests/tap.h"
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net/login.h"
#include "tests/net/server.h"

struct world {
	struct test_server *server;
	char *dir;
	struct base_secret *key;
	struct store *store;
	struct base_settings *settings;
	struct loop *loop;
	struct broker *broker;
	struct rest *rest;
	struct login *login;
	int refreshes;
	const char *refusal;     /* token endpoint's status, or NULL */
	const char *silent;      /* status in place of the configuration */
	char *challenge;         /* what the authorize address had */
};

static const char configuration[] = "{\"authorization_endpoint\":"
	"\"https://login.example/authorize\",\"token_endpoint\":\"%s/token\"}";

static char *
param(const char *text, const char *name)
{
	g_autoptr(GHashTable) all = g_uri_parse_params(text, -1, "&",
	    G_URI_PARAMS_WWW_FORM, NULL);

	return all ? g_strdup(g_hash_table_lookup(all, name)) : NULL;
}

static void
serve_token(struct test_peer *p, const struct test_request *r,
    struct world *w)
{
	g_autofree char *grant = param(r->body, "grant_type");
	g_autofree char *refresh = param(r->body, "refresh_token");
	g_autofree char *want = g_strdup_printf("refresh-%d", w->refreshes);
	g_autofree char *verifier = param(r->body, "code_verifier");
	g_autofree char *challenge = verifier ? login_challenge(verifier)
					      : NULL;
	g_autofree char *body = NULL;

	if (w->refusal) {
		test_answer(p, w->refusal, NULL, "{\"error\":\"invalid_grant\","
		    "\"error_description\":\"no more\"}");
		return;
	}
	/* Each refresh token is good once; the verifier fits its challenge. */
	if (strcmp(grant, "refresh_token") == 0
	    ? g_strcmp0(refresh, want) != 0
	    : g_strcmp0(challenge, w->challenge) != 0) {
		test_answer(p, "400 Bad Request", NULL,
		    "{\"error\":\"invalid_grant\"}");
		return;
	}
	w->refreshes++;
	body = g_strdup_printf("{\"access_token\":\"access-%d\",\"expires_in\":"
	    "3600,\"refresh_token\":\"refresh-%d\",\"profile\":{\"reference\":"
	    "\"Practitioner/1\"}}", w->refreshes, w->refreshes);
	test_answer(p, "200 OK", "Content-Type: application/json\r\n", body);
}

static void
serve(struct test_peer *p, const struct test_request *r, void *user)
{
	struct world *w = user;
	g_autofree char *text = NULL;

	if (strstr(r->path, "smart-configuration") && w->silent)
		test_answer(p, w->silent, NULL, "");
	else if (strstr(r->path, "smart-configuration")) {
		text = g_strdup_printf(configuration,
		    test_server_base(w->server));
		test_answer(p, "200 OK", NULL, text);
	} else if (g_str_has_suffix(r->path, "/token"))
		serve_token(p, r, w);
	else {
		text = test_header(r, "authorization");
		test_answer(p, "200 OK", NULL, text ? text : "none");
	}
}

static int
free_port(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(to);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	getsockname(fd, (struct sockaddr *)&to, &len);
	close(fd);
	return ntohs(to.sin_port);
}

static void
set(struct world *w, enum setting key, const char *value)
{
	assert_true(base_setting_set(w->settings, key, value, NULL));
}

static void
open_world(struct world *w, const char *auth)
{
	g_autofree char *port = g_strdup_printf("%d", free_port());

	memset(w, 0, sizeof(*w));
	w->dir = g_dir_make_tmp("qn-login-XXXXXX", NULL);
	w->key = vault_key_random();
	w->store = store_open(w->dir, w->key, STORE_SYNC, NULL);
	assert_non_null(w->store);
	w->settings = base_settings_new();
	w->server = test_server_new(FALSE, serve, w);
	set(w, SET_SERVER, test_server_base(w->server));
	set(w, SET_AUTH, auth);
	set(w, SET_CLIENT_ID, "me & co");
	set(w, SET_REDIRECT_PORT, port);
	set(w, SET_TOKEN_COMMAND, "echo from-the-command");
	w->loop = loop_new();
	w->broker = broker_new(w->settings, NULL);
	w->rest = rest_new(w->loop, w->settings, NULL);
	w->login = login_new(w->rest, w->broker, w->settings, w->store);
}

static void
remove_dir(const char *dir)
{
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		g_unlink(path);
	}
	g_dir_close(d);
	g_rmdir(dir);
}

static void
close_world(struct world *w)
{
	login_free(w->login);
	rest_free(w->rest);
	broker_free(w->broker);
	loop_free(w->loop);
	test_server_free(w->server);
	store_close(w->store);
	base_secret_free(w->key);
	base_settings_free(w->settings);
	remove_dir(w->dir);
	g_free(w->dir);
	g_free(w->challenge);
}

static void
expect_bearer(struct world *w, const char *want)
{
	BASE_AUTO(rest_answer) answer = rest_get(w->rest, "x", NULL);

	assert_non_null(answer);
	assert_string_equal(answer->body, want);
}

/* ---- pieces -------------------------------------------------------------- */

static void
test_challenge(void **state)
{
	g_autofree char *got = login_challenge(
	    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");

	assert_string_equal(got, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static char *
jwt(const char *payload)
{
	g_autofree char *body = g_base64_encode((const guchar *)payload,
	    strlen(payload));

	body[strcspn(body, "=")] = '\0';
	g_strdelimit(g_strdelimit(body, "+", '-'), "/", '_');
	return g_strdup_printf("e30.%s.sig", body);
}

static void
test_jwt(void **state)
{
	static const struct { const char *payload, *want; } cases[] = {
		{ "{\"fhirUser\":\"Practitioner/1\"}", "Practitioner/1" },
		{ "{\"fhirUser\":\"https://h/fhir/Practitioner/a>>?~\"}",
		    "https://h/fhir/Practitioner/a>>?~" },
		{ "{\"profile\":\"Practitioner/2\"}", "Practitioner/2" },
		{ "{\"profile\":\"https://people.example/me\"}", NULL },
		{ "{\"sub\":\"x\"}", NULL },
		{ "not json", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *token = jwt(cases[i].payload);
		g_autofree char *got = login_jwt_user(token);
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			assert_null(got);
	}
	assert_null(login_jwt_user("opaque"));
	assert_null(login_jwt_user("a.b"));
	assert_null(login_jwt_user("a.%%%%.c"));
	assert_null(login_jwt_user(""));
}

static void
test_user_ref(void **state)
{
	static const struct { const char *user, *want; } cases[] = {
		{ "Practitioner/1", "Practitioner/1" },
		{ "https://h.example/fhir/Practitioner/1", "Practitioner/1" },
		{ "https://other.example/fhir/Practitioner/1", NULL },
		{ "urn:uuid:1", NULL },
		{ "me", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = login_user_ref(cases[i].user,
		    "https://h.example/fhir/", NULL);
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			assert_null(got);
	}
}

static void
test_code_of(void **state)
{
	static const struct { const char *address, *want; } cases[] = {
		{ "http://127.0.0.1:1/callback?code=a%2Fb&state=S", "a/b" },
		{ "/callback?state=S&code=c HTTP/1.1", "c" },
		{ "http://x/?code=c&state=T", NULL },
		{ "http://x/?code=c", NULL },
		{ "http://x/?error=access_denied&state=S", NULL },
		{ "nothing", NULL },
		{ "http://x/?code=&state=S", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *got = login_code_of(cases[i].address, "S",
		    "h", &error);
		assert_true(!got == !!error);
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			assert_null(got);
	}
}

/* ---- the flow ------------------------------------------------------------ */

struct browser {
	struct world *w;
	FILE *out;               /* what the program prints */
	int typed;               /* where it reads what is pasted */
	gboolean paste;
	const char *answer;      /* NULL: the right code */
	int visited;             /* status of the page we were shown */
};

/* Reads the printed address, remembers its challenge, gives what comes back. */
static char *
come_back(struct browser *b)
{
	char *text = NULL;
	size_t len = 0;
	FILE *in = b->out;
	g_autofree char *address = NULL, *state = NULL, *redirect = NULL;

	while (getline(&text, &len, in) > 0 && !address)
		if (g_str_has_prefix(text, "https://login.example/authorize?"))
			address = g_strdup(g_strstrip(strchr(text, '?') + 1));
	free(text);
	assert_non_null(address);
	g_free(b->w->challenge);
	b->w->challenge = param(address, "code_challenge");
	state = param(address, "state");
	redirect = param(address, "redirect_uri");
	g_autofree char *client = param(address, "client_id");
	assert_string_equal(client, "me & co");
	g_autofree char *aud = param(address, "aud");
	assert_string_equal(aud, test_server_base(b->w->server));
	return g_strdup_printf("%s?%s&state=%s", redirect, b->answer
	    ? b->answer : "code=the-code", state);
}

static int
visit(const char *address)
{
	g_autoptr(GUri) uri = g_uri_parse(address, G_URI_FLAGS_ENCODED, NULL);
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)g_uri_get_port(uri)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	g_autofree char *request = g_strdup_printf("GET %s?%s HTTP/1.1\r\n"
	    "Host: x\r\n\r\n", g_uri_get_path(uri), g_uri_get_query(uri));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char buf[64] = "";

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_true(write(fd, request, strlen(request)) > 0);
	assert_true(read(fd, buf, sizeof(buf) - 1) > 12);
	close(fd);
	return atoi(buf + strlen("HTTP/1.1 "));
}

static gpointer
browse(gpointer user)
{
	struct browser *b = user;
	g_autofree char *address = come_back(b);

	if (b->paste) {
		g_autofree char *line = g_strconcat("rubbish\n", address, "\n",
		    NULL);
		assert_true(write(b->typed, line, strlen(line)) > 0);
	} else
		b->visited = visit(address);
	return NULL;
}

static gboolean
log_in(struct world *w, struct browser *b, GError **error)
{
	int said[2], typed[2];
	FILE *out;
	GThread *thread;
	gboolean fine;

	assert_int_equal(pipe(said), 0);
	assert_int_equal(pipe(typed), 0);
	out = fdopen(said[1], "w");
	b->w = w;
	b->out = fdopen(said[0], "r");
	b->typed = typed[1];
	thread = g_thread_new("browser", browse, b);
	fine = login_by_code(w->login, b->paste, typed[0], out, error);
	g_thread_join(thread);
	fclose(out);
	fclose(b->out);
	close(typed[0]);
	close(typed[1]);
	return fine;
}

static void
flow(gboolean paste)
{
	struct world w;
	struct browser b = { .paste = paste };
	g_autofree char *kept = NULL;
	const char *told;

	open_world(&w, "code");
	assert_true(log_in(&w, &b, NULL));
	assert_int_equal(b.visited, paste ? 0 : 200);
	assert_int_equal(login_identity(w.login, &told), LOGIN_TOLD);
	assert_string_equal(told, "Practitioner/1");
	expect_bearer(&w, "Bearer access-1");
	kept = store_note_get(w.store, "sync.refresh");
	assert_string_equal(kept, "refresh-1");
	close_world(&w);
}

static void
test_by_redirect(void **state)
{
	flow(FALSE);
}

static void
test_by_paste(void **state)
{
	flow(TRUE);
}

static void
test_refused_in_browser(void **state)
{
	struct world w;
	struct browser b = { .answer = "error=access_denied" };
	g_autoptr(GError) error = NULL;

	open_world(&w, "code");
	assert_false(log_in(&w, &b, &error));
	assert_int_equal(error->code, NET_ERROR_LOGIN);
	assert_non_null(strstr(error->message, "access_denied"));
	close_world(&w);
}

/* ---- renewal ------------------------------------------------------------- */

static void
test_rotation(void **state)
{
	struct world w;

	open_world(&w, "code");
	w.refreshes = 4;
	store_note_set(w.store, "sync.refresh", "refresh-4", NULL);
	expect_bearer(&w, "Bearer access-5");
	expect_bearer(&w, "Bearer access-5");
	/* A second process finds the one that is good. */
	login_free(w.login);
	w.login = login_new(w.rest, w.broker, w.settings, w.store);
	expect_bearer(&w, "Bearer access-6");
	close_world(&w);
}

static void
test_refused_refresh(void **state)
{
	static const char *const refusals[] = { "400 Bad Request",
		"401 Unauthorized" };

	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		struct world w;
		g_autoptr(GError) error = NULL;
		open_world(&w, "code");
		w.refusal = refusals[i];
		store_note_set(w.store, "sync.refresh", "refresh-0", NULL);
		assert_false(login_ready(w.login, &error));
		assert_int_equal(error->code, NET_ERROR_LOGIN);
		assert_non_null(strstr(error->message, "no more"));
		assert_null(strstr(error->message, "refresh-0"));
		close_world(&w);
	}
}

/* A server that is down is no wrong setting, and is asked again. */
static void
test_not_told_where(void **state)
{
	static const struct { const char *status; int code; } cases[] = {
		{ "503 Service Unavailable", NET_ERROR_SERVER },
		{ "429 Too Many Requests", NET_ERROR_THROTTLED },
		{ "404 Not Found", NET_ERROR_CONFIG },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct world w;
		g_autoptr(GError) error = NULL;
		open_world(&w, "code");
		w.silent = cases[i].status;
		store_note_set(w.store, "sync.refresh", "refresh-0", NULL);
		assert_false(login_ready(w.login, &error));
		assert_int_equal(error->code, cases[i].code);
		assert_memory_equal(strchr(error->message, '(') + 1,
		    w.silent, 3);
		w.silent = NULL;
		expect_bearer(&w, "Bearer access-1");
		close_world(&w);
	}
}

static void
test_never_logged_in(void **state)
{
	struct world w;
	g_autoptr(GError) error = NULL;

	open_world(&w, "code");
	assert_false(login_ready(w.login, &error));
	assert_int_equal(error->code, NET_ERROR_LOGIN);
	assert_int_equal(test_server_count(w.server), 0);
	close_world(&w);
}

static void
test_token_command(void **state)
{
	struct world w;
	const char *told;

	open_world(&w, "token-command");
	expect_bearer(&w, "Bearer from-the-command");
	assert_int_equal(login_identity(w.login, &told), LOGIN_UNTOLD);
	close_world(&w);
}

/* The sentence names the setting and why, and not the server, which was never
 * asked. */
static void
test_token_command_fails(void **state)
{
	struct world w;
	g_autoptr(GError) error = NULL;

	open_world(&w, "token-command");
	broker_free(w.broker);
	set(&w, SET_TOKEN_COMMAND, "exit 3");
	w.broker = broker_new(w.settings, NULL);
	login_free(w.login);
	w.login = login_new(w.rest, w.broker, w.settings, w.store);
	assert_false(login_ready(w.login, &error));
	assert_int_equal(error->code, NET_ERROR_COMMAND);
	assert_int_equal(net_error_exit(error), NET_EXIT_LOGIN);
	assert_non_null(strstr(error->message, "token_command"));
	assert_non_null(strstr(error->message, "3"));
	assert_int_equal(test_server_count(w.server), 0);
	close_world(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_jwt),
		cmocka_unit_test(test_user_ref),
		cmocka_unit_test(test_code_of),
		cmocka_unit_test(test_by_redirect),
		cmocka_unit_test(test_by_paste),
		cmocka_unit_test(test_refused_in_browser),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_refused_refresh),
		cmocka_unit_test(test_not_told_where),
		cmocka_unit_test(test_never_logged_in),
		cmocka_unit_test(test_token_command),
		cmocka_unit_test(test_token_command_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
