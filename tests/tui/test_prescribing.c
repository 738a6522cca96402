/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the screens of prescribing: who it is about stands on top of each;
 * the lane opens at its first row and says why a request fails; the sign key is
 * dead until the last line was on the screen; keys typed ahead reach no
 * prescription; a drug that was chosen goes with the word that stood for it; the
 * order line outlives a kill; the two typings of a new secret must agree; a clean
 * renewal is seen whole at 80 by 24 and costs one key to sign. A chart without its
 * dispenses must fail the lane's facts, and one without its allergy those of the
 * findings.
 */
#include "config.h"

#include <signal.h>

#include "tests/tap.h"
#include "store/rx.h"
#include "tests/tui/kit_rx.h"

/* An allergy to what is renewed; dropped: it is something else. */
static void
allergy(struct fixture *f, gboolean dropped)
{
	g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Bundle\","
	    "\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"%s\","
	    "\"id\":\"rn0-a\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":"
	    "\"2026-10-03T04:50:00.000Z\"},\"clinicalStatus\":{\"coding\":[{"
	    "\"system\":\"http://terminology.hl7.org/CodeSystem/"
	    "allergyintolerance-clinical\",\"code\":\"active\"}]},"
	    "\"code\":{\"coding\":[{\"system\":\"http://www.whocc.no/atc\","
	    "\"code\":\"C08CA01\"}],\"text\":\"氨氯地平\"},\"patient\":{"
	    "\"reference\":\"Patient/rn0\"}}}]}", dropped ? "Basic" :
	    "AllergyIntolerance");

	fixture_ingest_json(f, json);
}

/* ---- the lane ----------------------------------------------------------- */

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 24 }, { 80, 24 }, { 120, 36 } };

static void
golden(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *file = g_strdup_printf("%s-%d-%s", name, f->cols,
	    f->language);

	term_golden(t, file);
}

static void
walk(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	renewals(f, 4, NULL);
	packs_of_then(f);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "v");
	assert_true(row_has(t, 2, "▸"));
	golden(f, t, "lane");
	/* r would prepare here: what was pasted is not told to open a reply. */
	term_keys(t, "\033[200~abc\033[201~");
	assert_true(term_has(t, f->language[0] == 'z' ? "用不上粘贴的内容。" :
	    "pasted is not used here."));
	term_send(t, "r");
	fixture_answer(f, t);
	assert_true(row_has(t, 1, "顾银兰"));
	assert_true(row_has(t, 1, "66"));
	assert_true(term_has(t, "I10"));
	assert_true(term_has(t, "CN-03"));
	assert_true(f->cols < 80 || term_has(t, "SHA-256"));
	golden(f, t, "sign");
	term_keys(t, "x");
	assert_true(row_has(t, 1, f->language[0] == 'z' ? "规则" : "Rules"));
	assert_true(row_has(t, 1, "顾银兰") && row_has(t, 1, "66"));
	golden(f, t, "explain");
	term_keys(t, "\033");
	term_keys(t, "e");
	assert_true(row_has(t, 1, "顾银兰"));
	assert_true(row_has(t, 1, "66"));
	golden(f, t, "order");
	term_keys(t, "metformin 0.5 bid");
	assert_true(term_has(t, f->language[0] == 'z' ? "缓释片" :
	    "prolonged"));
	golden(f, t, "order-asks");
}

static void
everywhere(void (*screen)(struct fixture *f))
{
	static const char *const languages[] = { "en", "zh_CN" };

	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++) {
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			BASE_AUTO(fixture) f = fixture_new();

			f->cols = sizes[i].cols;
			f->rows = sizes[i].rows;
			f->language = languages[l];
			screen(f);
		}
	}
}

static void
test_screens(void **state)
{
	everywhere(walk);
}

/* ---- findings ----------------------------------------------------------- */

/* Ten tablets a day for 90 days, to somebody who is allergic to them. */
static void
type_the_worst(struct term *t)
{
	term_keys(t, "v");
	term_keys(t, "e");
	term_keys(t, "amlodipine 50mg po qd 90d");
}

static gboolean
facts_long(struct term *t)
{
	return term_has(t, "CN-25") && term_has(t, "90");
}

static gboolean
facts_allergy(struct term *t)
{
	return term_has(t, "CN-32-ALLERGY");
}

static void
findings(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	packs_of_then(f);
	allergy(f, FALSE);
	f->rows += 8; /* what speaks has to be seen, not scrolled to */
	t = fixture_term(f);
	type_the_worst(t);
	assert_true(facts_long(t));
	assert_true(facts_allergy(t));
	golden(f, t, "findings");
}

static void
test_findings(void **state)
{
	everywhere(findings);
}

/* The same without the allergy: one finding less is seen. */
static void
test_dropped_finding(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	packs_of_then(f);
	allergy(f, TRUE);
	t = fixture_term(f);
	type_the_worst(t);
	assert_true(facts_long(t));
	assert_false(facts_allergy(t));
}

/* Never handed out: the gate fails and the lane says so. */
static void
test_dropped_dispense(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, "MedicationDispense");
	t = fixture_term(f);
	term_keys(t, "v");
	assert_true(term_has(t, "never dispensed"));
	assert_true(term_has(t, "fails"));
	assert_true(term_has(t, "pass 0"));
}

/* What left the lane leaves the cursor on the one below it as they are listed, the
 * passing first, not on whichever came as early. */
static void
test_lane_goes_on(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 4, NULL);
	packs_of_then(f);
	allergy(f, FALSE);
	t = fixture_term(f);
	term_keys(t, "v");
	assert_true(row_has(t, 2, "方茂才"));
	term_keys(t, "j");
	assert_true(row_has(t, 4, "▸") && row_has(t, 4, "余静仪"));
	term_keys(t, "d");
	term_keys(t, "请先来复诊\r");
	assert_false(term_has(t, "余静仪"));
	assert_true(row_has(t, 4, "▸") && row_has(t, 4, "谭海泉"));
}

/* ---- the sight ---------------------------------------------------------- */

static void
test_sign_key_is_dead(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->cols = 60;
	f->rows = 16;
	renewals(f, 1, NULL);
	t = fixture_term(f);
	term_keys(t, "v");
	term_keys(t, "r");
	term_keys(t, "s");
	assert_true(term_has(t, "Read to the last line first"));
	term_keys(t, "G");
	term_keys(t, "s");
	assert_false(term_has(t, "Read to the last line first"));
}

/* What came into the chart after it was prepared is shown, and it cannot be signed
 * as it stands (F60). */
static void
test_chart_changed(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	packs_of_then(f);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "v");
	term_send(t, "r");
	fixture_answer(f, t);
	assert_false(term_has(t, "Cannot be signed"));
	allergy(f, FALSE);
	fixture_ring(f, t, "changed all 0");
	assert_true(term_has(t, "The chart has changed"));
	assert_true(term_has(t, "new or changed: allergy 氨氯地平"));
	term_keys(t, "G");
	term_keys(t, "s");
	assert_false(term_has(t, "signing key"));
	assert_true(term_has(t, "Cannot be signed"));
}

/* A clock that stands before the packs were written is said, once for all. */
static void
test_wrong_clock(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	t = fixture_term(f);
	term_keys(t, "v");
	term_keys(t, "r");
	assert_true(term_has(t, "clock says 2026-10-03, before the rules cn"));
	assert_true(term_has(t, "set the clock"));
}

/* r and what was typed behind it: nothing is asked, nothing declined. */
static void
test_typed_ahead(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 2, NULL);
	t = fixture_term(f);
	term_keys(t, "v");
	term_keys(t, "*rwno\rGs");
	assert_true(row_has(t, 1, "1/2"));
	assert_false(term_has(t, "Why it is withdrawn"));
}

static int
keys_counted(struct term *t, const char *keys)
{
	term_send(t, keys);
	return (int)g_utf8_strlen(keys, -1);
}

/* Twenty clean ones at 80 by 24: three keys for all of them, then one each, beside
 * the secret, which is chosen and typed once more; two that differ make no key. */
static void
twenty(const char *language)
{
	enum { N = 20 };
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	int keys = 0;

	f->cols = 80;
	f->rows = 24;
	f->language = language;
	renewals(f, N, NULL);
	packs_of_then(f);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	keys += keys_counted(t, "v");
	term_sync(t);
	keys += keys_counted(t, "*");
	term_sync(t);
	keys += keys_counted(t, "r");
	fixture_answer(f, t);
	keys += keys_counted(t, "s");
	term_keys(t, "long enough\r");
	term_keys(t, "something else\r");
	assert_true(term_has(t, "not the same") || term_has(t, "不同") ||
	    term_has(t, "不一致"));
	keys += keys_counted(t, "s");
	term_keys(t, "long enough\r");
	term_send(t, "long enough\r");
	for (int i = 1; i < N; i++) {
		g_autofree char *at = g_strdup_printf("%d/%d", i + 1, N);

		fixture_answer(f, t);
		assert_true(row_has(t, 1, at));
		assert_false(term_has(t, "PgDn"));
		keys += keys_counted(t, "s");
	}
	term_sync(t);
	assert_true(term_has(t, "20 prescriptions signed") ||
	    term_has(t, "已签 20 张处方"));
	/* v * r, and s once more as the secrets differed */
	assert_int_equal(keys, 3 + 1 + N);
}

static void
test_twenty_renewals(void **state)
{
	twenty("en");
	twenty("zh_CN");
}

/* ---- rejected ----------------------------------------------------------- */

/* What was signed here, as the server has it, and what the pharmacist says. */
static void
pharmacist_says(struct fixture *f, const char *words)
{
	BASE_AUTO(store) store = fixture_store(f);
	g_autoptr(GPtrArray) rows = store_rx_list(store,
	    (struct patient_id){ 0 }, 1u << RX_SIGNED, 1, NULL);
	g_autofree char *json = NULL;

	assert_int_equal(rows->len, 1);
	json = g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":"
	    "\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
	    "\"MedicationRequest\",\"id\":\"new\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2026-10-03T04:40:00.000Z\"},\"status\":\"draft\","
	    "\"intent\":\"order\",\"subject\":{\"reference\":\"Patient/rn0\"},"
	    "\"medicationCodeableConcept\":{\"text\":\"氨氯地平片 5 mg\"},"
	    "\"groupIdentifier\":{\"value\":\"%s\"},\"requester\":{"
	    "\"reference\":\"Practitioner/wu\"}}},{\"resource\":{"
	    "\"resourceType\":\"Task\",\"id\":\"review\",\"meta\":{"
	    "\"versionId\":\"2\",\"lastUpdated\":\"2026-10-03T04:41:00.000Z\"},"
	    "\"status\":\"rejected\",\"intent\":\"order\",\"code\":{\"coding\":"
	    "[{\"code\":\"fulfill\"}]},\"for\":{\"reference\":\"Patient/rn0\"},"
	    "\"focus\":{\"reference\":\"MedicationRequest/new\"},"
	    "\"statusReason\":{\"text\":\"%s\"}}}]}",
	    ((struct rx_row *)rows->pdata[0])->identifier, words);
	g_clear_pointer(&store, store_close);
	fixture_ingest_json(f, json);
}

#define PHARMACIST "与患者正在服用的地尔硫卓合用，请核对剂量"

/* Above all that is owed, in the pharmacist's words; e writes it anew. */
static void
rejected(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	packs_of_then(f);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "v");
	term_send(t, "r");
	fixture_answer(f, t);
	term_keys(t, "G");
	term_keys(t, "s");
	term_keys(t, "long enough\r");
	term_keys(t, "long enough\r");
	pharmacist_says(f, PHARMACIST);
	term_keys(t, "\033");
	fixture_ring(f, t, "changed all 0");
	term_keys(t, "g");
	assert_true(row_has(t, 2, "顾银兰") || row_has(t, 3, "顾银兰"));
	golden(f, t, "rejected-queue");
	term_keys(t, "\r");
	assert_true(row_has(t, 1, "顾银兰"));
	assert_true(row_has(t, 2, "地尔硫卓"));
	golden(f, t, "rejected");
	term_keys(t, "e");
	assert_true(term_has(t, "5 mg"));
	term_keys(t, "\033");
	/* The question goes, and what asked it, and the program stays. */
	term_keys(t, "w");
	term_keys(t, "other drug\r");
	assert_false(term_has(t, "地尔硫卓"));
	assert_true(term_has(t, "顾银兰"));
}

static void
test_rejected(void **state)
{
	everywhere(rejected);
}

/* The old order of a renewal, which another device wrote: shown as the server has
 * it, no machine's, and not to be edited as if it were prepared here. */
static void
test_elsewhere(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "P");
	assert_false(term_has(t, "No prescription"));
	term_keys(t, "\r");
	assert_true(term_has(t, "Not written on this device"));
	assert_false(term_has(t, "machine"));
	term_keys(t, "e");
	assert_true(term_has(t, "write a new prescription with p"));
	assert_true(term_has(t, "Not written on this device"));
}

/* Every letter that waits is refused. */
static void
server_refuses(struct fixture *f, const char *why)
{
	BASE_AUTO(store) store = fixture_store(f);
	struct outbox_entry *e;

	while ((e = store_outbox_next(store, base_now_ms(), NULL, NULL))) {
		assert_true(store_outbox_failed(store, e->id, why, NULL));
		outbox_entry_free(e);
	}
}

/* A withdrawal that did not happen is said on the prescription and in the list, in
 * words, also where the line is cut. */
static void
not_withdrawn(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	packs_of_then(f);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "v");
	term_send(t, "r");
	fixture_answer(f, t);
	term_keys(t, "G");
	term_keys(t, "s");
	term_keys(t, "long enough\r");
	term_keys(t, "long enough\r");
	pharmacist_says(f, PHARMACIST);
	term_keys(t, "\033");
	fixture_ring(f, t, "changed all 0");
	term_keys(t, "g");
	term_keys(t, "\r");
	term_keys(t, "w");
	term_keys(t, "other drug\r");
	server_refuses(f, "(412)");
	fixture_ring(f, t, "changed all 0");
	term_keys(t, "P");
	golden(f, t, "not-withdrawn-list");
	term_keys(t, "\r");
	golden(f, t, "not-withdrawn");
}

static void
test_not_withdrawn(void **state)
{
	everywhere(not_withdrawn);
}

/* ---- the order line ----------------------------------------------------- */

static void
test_another_word_another_drug(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	renewals(f, 1, NULL);
	t = fixture_term(f);
	term_keys(t, "v");
	term_keys(t, "e");
	term_keys(t, "metformin");
	assert_true(term_has(t, "prolonged-release tablet 0.5 g"));
	term_keys(t, "\033[B\r");
	term_keys(t, " 0.5g po bid 28d");
	assert_true(term_has(t, "56"));
	term_keys(t, "\025amlodipine 5mg po qd 28d");
	assert_true(term_has(t, "amlodipine tablet 5 mg, "));
	assert_false(term_has(t, "metformin tablet 0.5 g, "));
	term_keys(t, "\025metformin .5g po bid 28d");
	term_keys(t, "\033[B\r");
	assert_true(row_has(t, 2, "metformin .5g po"));
}

static void
test_line_outlives_a_kill(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();

	renewals(f, 1, NULL);
	for (int i = 0; i < 2; i++) {
		BASE_AUTO(term) t = fixture_term(f);

		term_keys(t, "v");
		term_keys(t, "e");
		if (i) {
			assert_true(term_has(t, "amlodipine 5mg q"));
			continue;
		}
		term_keys(t, "amlodipine 5mg q");
		f->shared->ahead_ms += 1000;
		term_sync(t);
		kill(term_pid(t), SIGKILL);
		term_exit(t);
		g_clear_pointer(&f->bell, doorbell_free);
	}
}

/* An old order of two dosages is not guessed at: what is refused says what it
 * said, and so does the question that is left. */
static void
two_dosages(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	renewals_with(f, 1, "\"dosageInstruction\": [",
	    "\"dosageInstruction\": [{\"text\":\"早餐前半片\"},");
	packs_of_then(f);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "v");
	term_keys(t, "r");
	assert_true(term_has(t, "早餐前半片"));
	term_keys(t, "e");
	assert_true(term_has(t, "早餐前半片"));
	term_keys(t, "\033[B\r");
	assert_true(row_has(t, 5, "早餐前半片"));
	golden(f, t, "two-dosages");
}

static void
test_two_dosages(void **state)
{
	everywhere(two_dosages);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_dropped_finding),
		cmocka_unit_test(test_dropped_dispense),
		cmocka_unit_test(test_lane_goes_on),
		cmocka_unit_test(test_sign_key_is_dead),
		cmocka_unit_test(test_chart_changed),
		cmocka_unit_test(test_wrong_clock),
		cmocka_unit_test(test_typed_ahead),
		cmocka_unit_test(test_twenty_renewals),
		cmocka_unit_test(test_rejected),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_not_withdrawn),
		cmocka_unit_test(test_another_word_another_drug),
		cmocka_unit_test(test_line_outlives_a_kill),
		cmocka_unit_test(test_two_dosages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
