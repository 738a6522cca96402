/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with the built program, on a terminal of its own: a signing secret is
 * asked for twice and makes a key, is changed, and is refused when wrong; a
 * SoftHSM token is named and signs for under the program's own seccomp filter; a
 * wrong PIN and a token that is not there are one sentence each; and no secret is
 * taken from a pipe, a passphrase command or the keyring.
 */
#include "tests/tap.h"
#include "tests/cli/kit_hsm.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PASSPHRASE "vault words"
#define SECRET "sign here please"
#define OTHER "another secret!"

#define TALK(h, code, words, ...) home_talk(h, (const char *const []) words, \
	(const struct home_talk []) { __VA_ARGS__, { NULL, NULL } }, code)
#define WORDS(...) { "--profile", "p", "signer", __VA_ARGS__, NULL }

/* A profile with a passphrase command: it opens the cache, and never signs. */
static struct home *
profile(void)
{
	struct home *h = home_new();
	g_autofree char *dir = g_build_filename(h->dir, "XDG_CONFIG_HOME",
	    "qingnang", NULL);
	g_autofree char *path = g_build_filename(dir, "p.conf", NULL);

	g_mkdir_with_parents(dir, 0700);
	assert_true(g_file_set_contents(path, "[server]\n"
	    "url=http://127.0.0.1:9/fhir\npractitioner=Practitioner/x\n"
	    "[cache]\npassphrase_command=echo " PASSPHRASE "\n", -1, NULL));
	home_slot(h, "p", PASSPHRASE);
	/* The leak checker traces, and behind the filter nobody does. */
	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	return h;
}

static char *
thumbprint(struct home *h, const char *kind)
{
	assert_int_equal(home_run(h, NULL, "--profile", "p", "signer", "--json",
	    NULL), 0);
	BASE_AUTO(fhir_doc) doc = fhir_parse(h->out, strlen(h->out), NULL,
	    NULL);
	assert_non_null(doc);
	assert_string_equal(fhir_text(fhir_root(doc), "kind"), kind);
	return g_strdup(fhir_text(fhir_root(doc), "thumbprint"));
}

static void
a_key_of_ones_own(void **state)
{
	struct home *h = profile();
	g_autofree char *none = thumbprint(h, "none"), *first = NULL;
	g_autofree char *second = NULL, *third = NULL, *said = NULL;
	int code;

	assert_null(none);
	said = TALK(h, &code, WORDS("new"), { "Choose a signing secret",
	    "short" }, { "at least 8", NULL },
	    { "Choose a signing secret", SECRET },
	    { "once more:", SECRET "x" }, { "The two differ", NULL }, { "Choose a signing secret", SECRET },
	    { "once more:", SECRET });
	assert_int_equal(code, 0);
	assert_null(strstr(said, SECRET)); /* no echo */
	first = thumbprint(h, "software");
	assert_non_null(strstr(said, first));

	g_free(said);
	said = TALK(h, &code, WORDS("secret"), { "Present signing secret:",
	    OTHER });
	assert_int_equal(code, 1);
	assert_non_null(strstr(said, "not right"));
	g_free(said);
	said = TALK(h, &code, WORDS("secret"), { "Present signing secret:",
	    SECRET }, { "Choose a signing secret", OTHER },
	    { "once more:", OTHER });
	assert_int_equal(code, 0);
	second = thumbprint(h, "software");
	assert_string_equal(first, second);

	/* Not a second one unasked, and not asked for in vain. */
	g_free(said);
	said = TALK(h, &code, WORDS("new"), { "--replace", NULL });
	assert_int_equal(code, 1);
	assert_null(strstr(said, "Choose"));
	g_free(said);
	said = TALK(h, &code, WORDS("new", "--replace"),
	    { "Choose a signing secret", SECRET }, { "once more:", SECRET });
	assert_int_equal(code, 0);
	third = thumbprint(h, "software");
	assert_string_not_equal(first, third);
	home_free(h);
}

/* The cache opens by its command; the signing secret does not come that way. */
static void
nothing_from_a_pipe(void **state)
{
	struct home *h = profile();

	static const char *const verbs[] = { "new", "secret", "token" };

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		assert_int_not_equal(home_run(h, SECRET "\n" SECRET "\n",
		    "--profile", "p", "signer", verbs[i],
		    i == 2 ? "/lib/x.so" : NULL, NULL), 0);
		if (i != 1)
			assert_non_null(strstr(h->err, "by a person"));
		assert_string_equal(h->out, "");
	}
	g_free(thumbprint(h, "none"));
	assert_int_equal(home_run(h, NULL, "--profile", "p", "signer", "what",
	    NULL), 2);
	assert_int_equal(home_run(h, NULL, "--profile", "p", "signer", "token",
	    NULL), 2);
	home_free(h);
}

static void
a_token_under_the_filter(void **state)
{
	struct home *h = profile();
	g_autofree char *said = NULL, *print = NULL, *again = NULL;
	int code;

	hsm(h);
	said = TALK(h, &code, WORDS("token", hsm_module()), { "PIN of the token:",
	    "654321" });
	assert_int_equal(code, 1);
	assert_non_null(strstr(said, "not right"));
	g_free(said);
	said = TALK(h, &code, WORDS("token", hsm_module(), "--label", "other"),
	    { "PIN of the token:", "123456" });
	assert_int_equal(code, 1);
	assert_non_null(strstr(said, "the token is not there"));
	g_free(said);
	said = TALK(h, &code, WORDS("token", hsm_module()), { "PIN of the token:",
	    "123456" });
	assert_int_equal(code, 0);
	assert_non_null(strstr(said, "吴医生"));
	assert_null(strstr(said, "123456"));
	print = thumbprint(h, "token");
	g_free(said);
	said = TALK(h, &code, WORDS("secret"), { "own program", NULL });
	assert_int_equal(code, 2);
	again = thumbprint(h, "token");
	assert_string_equal(print, again);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_of_ones_own),
		cmocka_unit_test(nothing_from_a_pipe),
		cmocka_unit_test(a_token_under_the_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
