/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with the built programs against the practice clinic over TLS: an ordinary
 * renewal is prepared without an open finding, signed on a terminal, comes to the
 * pharmacist once whatever becomes of the answer (lost, 412, slow, qingnang-sync
 * killed), is active when the pharmacist says so and verifies; what the pharmacy
 * did with it comes back, and what of it can be withdrawn is, or it is said that
 * the server refused; a rejected one stands on top of the queue with the
 * pharmacist's words; of two devices that renew the same one wins and the other is
 * told; what changed in the chart brings a prepared one back; no program and no
 * pipe signs; and bad input is a sentence each.
 */
#include "tests/tap.h"
#include "tests/cli/kit_rx.h"

#include <glib/gstdio.h>

/* The doctor that a clinic with files has. */
#define ME "Practitioner/practice-doctor"

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
	const fhir_node *first = fhir_at(fhir_root(doc), "all", 0);
	assert_string_equal(fhir_text(first, "kind"), "rejected");
	assert_int_equal(home_run(h, NULL, P, "show", fhir_text(first, "id"),
	    NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "reply", fhir_text(first, "id"),
	    "-m", "x", NULL), BASE_EXIT_USAGE);
	assert_non_null(strstr(h->err, "rx list"));
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

/* The server refuses the withdrawal once: the prescription stands, and says so in
 * words until it is withdrawn after all. */
static void
withdrawal_refused(void **state)
{
	struct home *h = clinic("review", "transaction-412=2");
	GPid sync = device(h, "p");
	g_autofree char *id = renew(h, "p", TASK), *letter = NULL;
	int64_t until = base_mono_ms() + PATIENCE_MS;

	signs(h, "p", id);
	comes_to(h, "p", id, "active");
	assert_int_equal(cancel(h, id), 0);
	while (g_strcmp0(letter, "refused") != 0 && base_mono_ms() < until) {
		g_free(letter);
		letter = row(h, "p", id, "withdrawal");
		home_run(h, NULL, P, "sync", "--once", NULL);
	}
	assert_string_equal(letter, "refused");
	comes_to(h, "p", id, "active");
	assert_int_equal(home_run(h, NULL, P, "rx", "list", NULL), 0);
	assert_non_null(strstr(h->out, "NOT withdrawn: "));
	assert_int_equal(cancel(h, id), 0);
	comes_to(h, "p", id, "withdrawn");
	assert_int_equal(home_run(h, NULL, P, "rx", "list", NULL), 0);
	assert_null(strstr(h->out, "NOT withdrawn"));
	home_sync_stop(sync, 0);
	home_free(h);
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

/* ---- gates and blocks --------------------------------------------------- */

/* The request whose one failed gate is this; owned. */
static char *
failed_by(struct home *h, const char *gate)
{
	assert_int_equal(home_run(h, NULL, P, "renewals", "--json", NULL), 0);
	BASE_AUTO(fhir_doc) doc = home_json(h);
	const fhir_node *root = fhir_root(doc);

	for (size_t i = 0; i < fhir_count(root, "all"); i++) {
		const fhir_node *r = fhir_at(root, "all", i);
		int failed = 0, this = 0;

		for (size_t g = 0; g < fhir_count(r, "gates"); g++) {
			const fhir_node *at = fhir_at(r, "gates", g);

			if (strcmp(fhir_text(at, "state"), "passed") == 0)
				continue;
			failed++;
			this += strcmp(fhir_text(at, "id"), gate) == 0 &&
			    strcmp(fhir_text(at, "state"), "failed") == 0;
		}
		if (failed == 1 && this == 1)
			return g_strdup(fhir_text(r, "task"));
	}
	fail_msg("no request fails by %s alone", gate);
	return NULL;
}

/* A renewal that comes too early is no dead end and no free pass: it is signed
 * with a reason, and the reason goes with it. */
static void
gate_wants_a_reason(void **state)
{
	struct home *h = clinic("review", NULL);
	GPid sync = device(h, "p");
	g_autofree char *task = failed_by(h, "early"), *id = NULL, *with = NULL;

	id = renew(h, "p", task);
	cannot_sign(h, "p", id, "early");
	assert_int_equal(home_run(h, NULL, P, "rx", "cancel", id, "--why",
	    "x", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "renew", task, "--reason",
	    "early=外出一月，提前备药", NULL), 0);
	with = prepared(h);
	assert_int_equal(home_run(h, NULL, P, "rx", "show", with, "--json",
	    NULL), 0);
	assert_non_null(strstr(h->out, "外出一月"));
	signs(h, "p", with);
	comes_to(h, "p", with, "active");
	verifies(h, with);
	home_sync_stop(sync, 0);
	home_free(h);
}

/* A doctor who sits with the patient is known by name, and named. */
static void
beside_the_patient(void **state)
{
	struct home *h = clinic("off", NULL);
	g_autofree char *me = NULL;

	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	assert_int_not_equal(home_run(h, NULL, P, "rx", "new", "rn0",
	    "氨氯地平片 5mg po qd 7d", "--diagnosis", "感冒", "--with",
	    "没有这个人", NULL), 0);
	assert_non_null(strstr(h->err, "No doctor"));
	/* A diagnosis that stands nowhere: blocked, but not beside a colleague. */
	assert_int_equal(home_run(h, NULL, P, "rx", "new", "rn0",
	    "氨氯地平片 5mg po qd 7d", "--diagnosis", "感冒", NULL), 0);
	assert_non_null(strstr(h->out, "✗ CN-01"));
	assert_int_equal(home_run(h, NULL, P, "rx", "new", "rn0",
	    "氨氯地平片 5mg po qd 7d", "--diagnosis", "感冒", "--with",
	    "Practitioner/lin-zhixia", NULL), 0);
	assert_null(strstr(h->out, "✗ CN-01"));
	assert_non_null(strstr(h->out, "Practitioner/lin-zhixia"));
	home_free(h);
}

/* Five are one prescription; with a sixth nothing is prepared. */
static void
six_drugs(void **state)
{
	static const char *const drugs[] = { "氨氯地平片 5mg po qd 7d",
		"二甲双胍片 0.5g po bid 7d", "阿托伐他汀钙片 20mg po qd 7d",
		"氯吡格雷片 75mg po qd 7d", "呋塞米片 20mg po qd 7d",
		"比索洛尔片 2.5mg po qd 7d" };
	struct home *h = clinic("off", NULL);

	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	assert_int_not_equal(home_run(h, NULL, P, "rx", "new", "rn0",
	    "--diagnosis", "高血压病", drugs[0], drugs[1], drugs[2], drugs[3],
	    drugs[4], drugs[5], NULL), 0);
	assert_non_null(strstr(h->err, "at most 5 drugs"));
	assert_int_equal(home_run(h, NULL, P, "rx", "list", "--json", NULL),
	    0);
	assert_null(strstr(h->out, "pended"));
	if (home_run(h, NULL, P, "rx", "new", "rn0", "--diagnosis",
	    "高血压病", drugs[0], drugs[1], drugs[2], drugs[3], drugs[4],
	    NULL))
		fail_msg("%s", h->err);
	home_free(h);
}

/* ---- bad input ---------------------------------------------------------- */

/* A patient as the server has them: no birth date, an allergy in words. */
static void
record_write(struct home *h)
{
	g_autofree char *dir = g_build_filename(h->dir, "record", NULL);

	g_mkdir(dir, 0700);
	g_free(home_write(h, "record/p.json", "{\"resourceType\":\"Patient\","
	    "\"id\":\"nb\",\"active\":true,\"name\":[{\"text\":\"无名氏\"}],"
	    "\"gender\":\"male\"}"));
	g_free(home_write(h, "record/a.json", "{\"resourceType\":"
	    "\"AllergyIntolerance\",\"id\":\"nb-a\",\"code\":{\"text\":"
	    "\"某种消炎药\"},\"patient\":{\"reference\":\"Patient/nb\"}}"));
	g_free(home_write(h, "record/c.json", "{\"resourceType\":"
	    "\"Communication\",\"id\":\"nb-c\",\"status\":\"in-progress\","
	    "\"topic\":{\"text\":\"咨询\"},\"subject\":{\"reference\":"
	    "\"Patient/nb\"},\"recipient\":[{\"reference\":\"" ME "\"}]}"));
	g_free(home_write(h, "record/m.json", "{\"resourceType\":"
	    "\"Communication\",\"id\":\"nb-m\",\"status\":\"completed\","
	    "\"partOf\":[{\"reference\":\"Communication/nb-c\"}],\"subject\":{"
	    "\"reference\":\"Patient/nb\"},\"sender\":{\"reference\":"
	    "\"Patient/nb\"},\"recipient\":[{\"reference\":\"" ME "\"}],"
	    "\"payload\":[{\"contentString\":\"医生好\"}]}"));
}

static void
bad_record(void **state)
{
	struct home *h = home_new();
	g_autofree char *dir = g_build_filename(h->dir, "record", NULL);

	home_env(h, "ASAN_OPTIONS", "detect_leaks=0");
	record_write(h);
	home_clinic(h, "--tls", "--seed", "7", "--renewals", "1", "--pace", "0",
	    "--load", dir, NULL);
	assert_int_equal(home_login(h, "p", NULL), 0);
	assert_int_equal(home_run(h, NULL, P, "sync", "--once", NULL), 0);
	if (home_run(h, NULL, P, "rx", "new", "nb", "氨氯地平片 5mg po qd 7d",
	    "--diagnosis", "高血压病", NULL))
		fail_msg("%s", h->err);
	assert_non_null(strstr(h->out, "birth date is not known"));
	assert_non_null(strstr(h->out, "某种消炎药"));
	assert_non_null(strstr(h->out, "by its words alone"));
	assert_non_null(strstr(h->out, "✗ CN-01"));
	home_free(h);
}

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

/* Findings of the prescription that are in the way, apart from who signs. */
static int
rules_in_the_way(struct home *h, const char *id)
{
	assert_int_equal(home_run(h, NULL, P, "rx", "show", id, "--json", NULL),
	    0);
	BASE_AUTO(fhir_doc) doc = home_json(h);
	const fhir_node *root = fhir_root(doc);
	int n = 0;

	for (size_t i = 0; i < fhir_count(root, "findings"); i++)
		n += fhir_bool(fhir_at(root, "findings", i), "open") == 1;
	return n;
}

/* What the lane says passes, no rule stops at its sight; and a stay in hospital
 * since the old order is said by the lane already. */
static void
what_passes_is_signed(void **state)
{
	struct home *h = clinic("review", NULL);
	GPid sync = device(h, "p");
	int passed = 0, held = 0;

	assert_int_equal(home_run(h, NULL, P, "renewals", "--json", NULL), 0);
	held = strstr(h->out, "\"CN-29\"") != NULL;
	BASE_AUTO(fhir_doc) doc = home_json(h);
	const fhir_node *root = fhir_root(doc);

	for (size_t i = 0; i < fhir_count(root, "all"); i++) {
		const fhir_node *r = fhir_at(root, "all", i);

		if (g_strcmp0(fhir_text(r, "class"), "passes") != 0)
			continue;
		g_autofree char *id = renew(h, "p", fhir_text(r, "task"));
		assert_int_equal(rules_in_the_way(h, id), 0);
		passed++;
	}
	assert_true(passed > 3);
	assert_true(held);
	home_sync_stop(sync, 0);
	home_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary),
		cmocka_unit_test(handed_out),
		cmocka_unit_test(rejected),
		cmocka_unit_test(what_passes_is_signed),
		cmocka_unit_test(answers_go_astray),
		cmocka_unit_test(withdrawal_refused),
		cmocka_unit_test(killed_while_it_sends),
		cmocka_unit_test(two_devices),
		cmocka_unit_test(program_and_machine),
		cmocka_unit_test(offline),
		cmocka_unit_test(gate_wants_a_reason),
		cmocka_unit_test(beside_the_patient),
		cmocka_unit_test(six_drugs),
		cmocka_unit_test(bad_record),
		cmocka_unit_test(bad_lines),
	};

	return cmocka_run_group_tests_name("prescriptions by commands", tests,
	    NULL, NULL);
}
