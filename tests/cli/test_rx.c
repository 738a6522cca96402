/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with the built programs against the practice clinic over TLS: an ordinary
 * renewal is prepared without an open finding, signed on a terminal, comes to the
 * pharmacist once whatever becomes of the answer (lost, 412, slow, qingnang-sync
 * killed), is active when the pharmacist says so and verifies; what the pharmacy
 * did with it comes back, and what of it can be withdrawn is; a rejected one
 * stands on top of the queue with the pharmacist's words; of two devices that
 * renew the same one wins and the other is told; what changed in the chart brings
 * a prepared one back; no program and no pipe signs; and bad input is a sentence
 * each.
 */
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <signal.h>
#include <stdio.h>

#define SECRET "sign here please"
enum { PATIENCE_MS = 180000 };

/* ---- a doctor at the clinic --------------------------------------------- */

#define P "--profile", "p"
#define TASK "Task/rn0-task-renew0"

static void
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
static GPid
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
static GPid
device(struct home *h, const char *profile)
{
	assert_int_equal(home_login(h, profile, NULL), 0);
	assert_int_equal(home_run(h, NULL, "--profile", profile, "sync",
	    "--once", NULL), 0);
	signer_new(h, profile);
	return sync_up(h, profile);
}

static struct home *
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
static char *
prepared(struct home *h)
{
	const char *at = strstr(h->out, "rx sign ");

	if (!at)
		fail_msg("not prepared: %s%s", h->out, h->err);
	at += strlen("rx sign ");
	return g_strndup(at, strspn(at, "0123456789"));
}

static char *
renew(struct home *h, const char *profile, const char *task)
{
	assert_int_equal(home_run(h, NULL, "--profile", profile, "renew", task,
	    NULL), 0);
	return prepared(h);
}

/* A member of the prescription's row; owned. */
static char *
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
static void
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

static char *
sign(struct home *h, const char *profile, const char *id, int *code)
{
	const char *const words[] = { "--profile", profile, "rx", "sign", id,
		NULL };
	const struct home_talk talk[] = { { "PIN:", SECRET }, { NULL, NULL } };

	return home_talk(h, words, talk, code);
}

/* It may not even ask for the secret. */
static void
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

static void
signs(struct home *h, const char *profile, const char *id)
{
	int code;
	g_autofree char *said = sign(h, profile, id, &code);

	if (code != 0)
		fail_msg("not signed: %s", said);
}

/* Orders of this prescription on the server: how often it was written there. */
static void
verifies(struct home *h, const char *id)
{
	g_autofree char *identifier = row(h, "p", id, "identifier");
	const char *at;
	int n = 0;

	assert_int_equal(home_run(h, NULL, P, "verify", identifier, NULL), 0);
	for (at = h->out; (at = strstr(at, "Provenance/")); at++)
		n++;
	assert_int_equal(n, 1);
}

/* ---- what is proved ----------------------------------------------------- */

static int
cancel(struct home *h, const char *id)
{
	return home_run(h, NULL, P, "rx", "cancel", id, "--why",
	    "the patient asks", NULL);
}

static void
ordinary(void **state)
{
	struct home *h = clinic("review", NULL);
	GPid sync = device(h, "p");
	g_autofree char *id = renew(h, "p", TASK);

	assert_int_equal(home_run(h, NULL, P, "rx", "show", id, "--json",
	    NULL), 0);
	assert_null(strstr(h->out, "\"open\": true"));
	/* A pack that nobody signed off says so, and is in nobody's way. */
	assert_non_null(strstr(h->out, "Nobody has signed off"));
	assert_int_not_equal(home_run(h, SECRET "\n", P, "rx", "sign", id,
	    NULL), 0);
	assert_non_null(strstr(h->err, "a program may prepare"));
	signs(h, "p", id);
	comes_to(h, "p", id, "active");
	verifies(h, id);
	cannot_sign(h, "p", id, "signed or withdrawn already");
	/* Taken back after it was active. */
	if (cancel(h, id))
		fail_msg("not withdrawn: %s", h->err);
	comes_to(h, "p", id, "withdrawn");
	assert_int_not_equal(cancel(h, id), 0);
	assert_non_null(strstr(h->err, "withdrawn already"));
	home_sync_stop(sync, 0);
	home_free(h);
}

/* What the pharmacy did with it comes to the doctor, also when the patient stands
 * in no lane any more; its refills can be taken back. */
static void
handed_out(void **state)
{
	static const struct { const char *how, *state; } ways[] = {
		{ "approve", "delivered" }, { "lose", "not-delivered" },
		{ "keep", "not-delivered" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		struct home *h = clinic(ways[i].how, NULL);
		GPid sync = device(h, "p");
		g_autofree char *id = renew(h, "p", TASK);

		signs(h, "p", id);
		comes_to(h, "p", id, ways[i].state);
		if (cancel(h, id))
			fail_msg("%s: %s", ways[i].how, h->err);
		comes_to(h, "p", id, "withdrawn");
		home_sync_stop(sync, 0);
		home_free(h);
	}
}

static void
rejected(void **state)
{
	struct home *h = clinic("reject", NULL);
	GPid sync = device(h, "p");
	g_autofree char *id = renew(h, "p", TASK), *why = NULL;

	signs(h, "p", id);
	comes_to(h, "p", id, "rejected");
	why = row(h, "p", id, "reason");
	assert_non_null(why);
	assert_int_equal(home_run(h, NULL, P, "queue", "--json", NULL), 0);
	BASE_AUTO(fhir_doc) doc = home_json(h);
	assert_string_equal(fhir_text(fhir_at(fhir_root(doc), "all", 0),
	    "kind"), "rejected");
	home_sync_stop(sync, 0);
	home_free(h);
}

/* Whatever becomes of the answer, it is there once. */
static void
answers_go_astray(void **state)
{
	static const char *const faults[] = { "transaction-lost=2",
		"transaction-412=2", "transaction-slow=300" };

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		struct home *h = clinic("review", faults[i]);
		GPid sync = device(h, "p");
		g_autofree char *id = renew(h, "p", TASK);

		signs(h, "p", id);
		comes_to(h, "p", id, "active");
		verifies(h, id);
		home_sync_stop(sync, 0);
		home_free(h);
	}
}

/* Killed while it sends, its answer on the way. */
static void
killed_while_it_sends(void **state)
{
	struct home *h = clinic("review", "transaction-slow=1500");
	GPid sync = device(h, "p");
	g_autofree char *id = renew(h, "p", TASK);

	signs(h, "p", id);
	home_sync_stop(sync, SIGKILL);
	sync = sync_up(h, "p");
	comes_to(h, "p", id, "active");
	verifies(h, id);
	home_sync_stop(sync, 0);
	home_free(h);
}

static void
two_devices(void **state)
{
	struct home *h = clinic("review", NULL);
	GPid one = device(h, "p"), two = device(h, "q");
	g_autofree char *first = renew(h, "p", TASK);
	g_autofree char *second = renew(h, "q", TASK);

	signs(h, "p", first);
	comes_to(h, "p", first, "active");
	/* The chart is read anew first: the other device's order is seen, and
	 * shown as what is different. */
	cannot_sign(h, "q", second, "later order");
	comes_to(h, "q", second, "replaced");
	home_sync_stop(one, 0);
	home_sync_stop(two, 0);
	home_free(h);
}

static void
program_and_machine(void **state)
{
	struct home *h = clinic("approve", NULL);
	GPid sync = device(h, "p");
	g_autofree char *id = NULL, *other = NULL;

	assert_int_equal(home_run(h, NULL, P, "rx", "new", "rn0",
	    "氨氯地平 5mg qd 7d", "--diagnosis", "高血压病", "--machine", NULL),
	    0);
	id = prepared(h);
	cannot_sign(h, "p", id, "written by a machine");
	assert_int_equal(home_run(h, NULL, P, "rx", "new", "rn0",
	    "氨氯地平 5mg qd 7d", "--diagnosis", "高血压病", NULL), 0);
	other = prepared(h);
	cannot_sign(h, "p", other, "CN-21");
	home_sync_stop(sync, 0);
	home_free(h);
}

static void
offline(void **state)
{
	struct home *h = clinic("approve", NULL);
	GPid sync = device(h, "p");
	g_autofree char *id = NULL, *now = NULL;

	comes_to(h, "p", "1", "dispensed");
	home_sync_stop(sync, 0);
	home_clinic_stop(h);
	id = renew(h, "p", TASK);
	now = row(h, "p", id, "state");
	assert_string_equal(now, "pended");
	cannot_sign(h, "p", id, "not verified for this session");
	home_free(h);
}

/* ---- bad input ---------------------------------------------------------- */

static void
bad_lines(void **state)
{
	static const struct { const char *line, *said; } bad[] = {
		{ "ALDP 5 qd", "which?" },
		{ "foobarium 5mg qd 7d", "No drug here" },
		{ "氨氯地平 -5mg qd 7d", "below zero" },
		{ "氨氯地平片 0mg qd 7d", "qingnang: " },
		{ "氨氯地平片 99999999999mg qd 7d", "qingnang: " },
		{ "氨氯地平片 5ml qd 7d", "qingnang: " },
		{ "遵医嘱", "No drug here" },
		{ "", "qingnang: " },
	};
	struct home *h = clinic("off", NULL);

	assert_int_equal(home_login(h, "p", NULL), 0);
	/* The formulary was never loaded. */
	assert_int_not_equal(home_run(h, NULL, P, "rx", "new", "rn0",
	    "氨氯地平 5mg qd 7d", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		assert_int_not_equal(home_run(h, NULL, P, "rx", "new", "rn0",
		    bad[i].line, NULL), 0);
		if (!strstr(h->err, bad[i].said))
			fail_msg("%s: %s", bad[i].line, h->err);
		assert_string_equal(h->out, "");
	}
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary),
		cmocka_unit_test(handed_out),
		cmocka_unit_test(rejected),
		cmocka_unit_test(answers_go_astray),
		cmocka_unit_test(killed_while_it_sends),
		cmocka_unit_test(two_devices),
		cmocka_unit_test(program_and_machine),
		cmocka_unit_test(offline),
		cmocka_unit_test(bad_lines),
	};

	return cmocka_run_group_tests_name("prescriptions by commands", tests,
	    NULL, NULL);
}
