/* SPDX-License-Identifier: Apache-2.0 */
/* Prescriptions by the built programs: a doctor at the practice clinic. */
#ifndef QN_TESTS_CLI_KIT_RX_H
#define QN_TESTS_CLI_KIT_RX_H

#include "tests/cli/run.h"

#include <signal.h>
#include <stdio.h>

#define SECRET "sign here please"
enum { PATIENCE_MS = 180000 };

/* ---- a doctor at the clinic --------------------------------------------- */

#define P "--profile", "p"
#define TASK "Task/rn0-task-renew0"

static inline void
signer_new(struct home *h, const char *profile)
{
	const char *const words[] = { "--profile", profile, "signer", "new",
		NULL };
	const struct home_talk talk[] = {
		{ "Choose a signing secret", SECRET },
		{ "once more:", SECRET }, { NULL, NULL } };
	g_autofree char *said = NULL;
	int code;

	said = home_talk(h, words, talk, &code);
	assert_int_equal(code, 0);
}

/* Until it says that the login is the doctor's. */
static inline GPid
sync_up(struct home *h, const char *profile)
{
	GPid pid = home_sync(h, profile);
	int64_t until = base_mono_ms() + PATIENCE_MS;

	while (base_mono_ms() < until) {
		home_run(h, NULL, "--profile", profile, "status", NULL);
		if (strstr(h->out, "Connection: live"))
			return pid;
	}
	fail_msg("never live: %s%s", h->out, h->err);
	return pid;
}

/* A profile logged in, synced, with a key to sign by, and a sync that runs. */
static inline GPid
device(struct home *h, const char *profile)
{
	assert_int_equal(home_login(h, profile, NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", profile, "sync",
	    "--once", NULL), 0);
	signer_new(h, profile);
	return sync_up(h, profile);
}

static inline struct home *
clinic(const char *how, const char *fault)
{
	struct home *h = home_new();

	/* The leak checker traces, and behind the filter nobody does. */
	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	home_clinic(h, "--tls", "--seed", "7", "--renewals", "41", "--pace",
	    "600", "--pharmacist", how, fault ? "--fault" : NULL, fault, NULL);
	return h;
}

/* ---- prescriptions ------------------------------------------------------ */

/* The local number that was printed last. */
static inline char *
prepared(struct home *h)
{
	const char *at = strstr(h->out, "rx sign ");

	if (!at)
		fail_msg("not prepared: %s%s", h->out, h->err);
	at += strlen("rx sign ");
	return g_strndup(at, strspn(at, "0123456789"));
}

static inline char *
renew(struct home *h, const char *profile, const char *task)
{
	assert_int_equal(home_run(h, NULL, "--profile", profile, "renew", task,
	    NULL), 0);
	return prepared(h);
}

/* A member of the prescription's row; owned. */
static inline char *
row(struct home *h, const char *profile, const char *id, const char *member)
{
	assert_int_equal(home_run(h, NULL, "--profile", profile, "rx", "list",
	    "--json", NULL), 0);
	BASE_AUTO(fhir_doc) doc = home_json(h);
	const fhir_node *root = fhir_root(doc);

	for (size_t i = 0; i < fhir_count(root, "all"); i++) {
		const fhir_node *r = fhir_at(root, "all", i);

		if (g_strcmp0(fhir_number(r, "id"), id) == 0)
			return g_strdup(fhir_text(r, member));
	}
	return NULL;
}

/* Round after round with the server until it has the state, by the clock: a round
 * beside other work is longer, and the pharmacist does not hurry for it. */
static inline void
comes_to(struct home *h, const char *profile, const char *id,
    const char *state)
{
	int64_t until = base_mono_ms() + PATIENCE_MS;
	g_autofree char *now = NULL;

	while (base_mono_ms() < until) {
		g_free(now);
		now = row(h, profile, id, "state");
		if (g_strcmp0(now, state) == 0)
			return;
		home_run(h, NULL, "--profile", profile, "sync", "--once",
		    NULL);
	}
	fail_msg("prescription %s is %s, not %s", id, now, state);
}

static inline char *
sign(struct home *h, const char *profile, const char *id, int *code)
{
	const char *const words[] = { "--profile", profile, "rx", "sign", id,
		NULL };
	const struct home_talk talk[] = { { "PIN:", SECRET }, { NULL, NULL } };

	return home_talk(h, words, talk, code);
}

/* It may not even ask for the secret. */
static inline void
cannot_sign(struct home *h, const char *profile, const char *id,
    const char *why)
{
	const char *const words[] = { "--profile", profile, "rx", "sign", id,
		NULL };
	const struct home_talk talk[] = { { NULL, NULL } };
	int code;
	g_autofree char *said = home_talk(h, words, talk, &code);

	assert_int_not_equal(code, 0);
	assert_null(strstr(said, "PIN:"));
	if (!strstr(said, why))
		fail_msg("not said: %s\n%s", why, said);
}

static inline void
signs(struct home *h, const char *profile, const char *id)
{
	int code;
	g_autofree char *said = sign(h, profile, id, &code);

	if (code != 0)
		fail_msg("not signed: %s", said);
}

/* Verified, and signed once on the server: its Provenance may come with a later
 * round than the order that it is about. */
static inline void
verifies(struct home *h, const char *id)
{
	g_autofree char *identifier = row(h, "p", id, "identifier");
	int64_t until = base_mono_ms() + PATIENCE_MS;
	int n;

	for (;;) {
		if (home_run(h, NULL, P, "verify", identifier, NULL) != 0)
			fail_msg("not verified: %s%s", h->out, h->err);
		n = 0;
		for (const char *at = h->out; (at = strstr(at, "Provenance/"));
		    at++)
			n++;
		if (n > 0 || base_mono_ms() > until)
			break;
		home_run(h, NULL, P, "sync", "--once", NULL);
	}
	assert_int_equal(n, 1);
}

#endif
