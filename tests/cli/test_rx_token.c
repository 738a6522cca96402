/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with the built programs and SoftHSM2: a prescription is signed by a token
 * through `rx sign`, comes to the pharmacist and verifies; a token that is pulled
 * out while it is asked for its PIN, or a wrong PIN, signs nothing and sends
 * nothing, and says so in a sentence; put back, it signs the same prescription.
 */
#include "tests/tap.h"
#include "tests/cli/kit_hsm.h"
#include "tests/cli/kit_rx.h"

#define PIN HSM_PIN

static void
pull(struct home *h)
{
	hsm_pull(h->dir);
}

static void
token_new(struct home *h)
{
	const char *const words[] = { "--profile", "p", "signer", "token",
		hsm_module(), NULL };
	const struct home_talk talk[] = { { "PIN of the token:", PIN, NULL },
		{ NULL, NULL, NULL } };
	g_autofree char *said = NULL;
	int code;

	hsm(h);
	said = home_talk(h, words, talk, &code);
	if (code != 0)
		fail_msg("%s", said);
}

/* Nothing was signed: said why, prepared as before, no letter in the outbox. */
static void
signs_nothing(struct home *h, const char *id, const char *pin,
    void (*before)(struct home *h), const char *why)
{
	const char *const words[] = { "--profile", "p", "rx", "sign", id,
		NULL };
	const struct home_talk talk[] = { { "PIN:", pin, before },
		{ NULL, NULL, NULL } };
	g_autofree char *said = NULL, *state = NULL;
	int code;

	said = home_talk(h, words, talk, &code);
	assert_int_not_equal(code, 0);
	if (!strstr(said, why))
		fail_msg("not said: %s\n%s", why, said);
	state = row(h, "p", id, "state");
	assert_string_equal(state, "pended");
}

static void
by_token(void **state)
{
	struct home *h = clinic("review", NULL);
	const char *const words[] = { "--profile", "p", "rx", "sign", "42",
		NULL };
	const struct home_talk talk[] = { { "PIN:", PIN, NULL },
		{ NULL, NULL, NULL } };
	g_autofree char *id = NULL, *said = NULL;
	GPid sync;
	int code;

	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	token_new(h);
	sync = sync_up(h, "p");
	id = renew(h, "p", TASK);
	assert_string_equal(id, words[4]);
	signs_nothing(h, id, "654321", NULL, "not right");
	signs_nothing(h, id, PIN, pull, "token");
	hsm_put_back(h->dir);
	said = home_talk(h, words, talk, &code);
	if (code != 0)
		fail_msg("%s", said);
	/* What the token remembers of the wrong one. */
	assert_non_null(strstr(said, "A wrong PIN was typed before"));
	comes_to(h, "p", id, "active");
	verifies(h, id);
	home_sync_stop(sync, 0);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(by_token) };

	return cmocka_run_group_tests_name("prescriptions by a token", tests,
	    NULL, NULL);
}
