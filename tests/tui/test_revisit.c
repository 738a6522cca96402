/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that thread and chart say on what the re-visit rests (F54): the record,
 * its day and its visit, or that there is none and that therefore nothing is
 * diagnosed or prescribed here. The visit dropped from the very same chart must
 * give the other sentence, and one that arrives while the thread is open the
 * first; a hospital without such a rule reads nothing.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 24 }, { 80, 24 }, { 120, 36 } };
static const char *const languages[] = { "en", "zh_CN" };

#define RESOURCE(type, id) "{\"resource\":{\"resourceType\":\"" type \
	"\",\"id\":\"" id "\",\"meta\":{\"versionId\":\"2\"," \
	"\"lastUpdated\":\"2026-10-03T04:20:00.000Z\"},"
#define BUNDLE(entry) "{\"resourceType\":\"Bundle\",\"type\":" \
	"\"collection\",\"entry\":[" entry "]}"

/* Margaret Hill's diagnosis, confirmed on a visit. */
static const char diagnosis[] = BUNDLE(RESOURCE("Condition", "d4")
    "\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},"
    "\"verificationStatus\":{\"coding\":[{\"code\":\"confirmed\"}]},"
    "\"code\":{\"text\":\"Atrial fibrillation\"},\"subject\":{\"reference\":"
    "\"Patient/p4\"},\"recordedDate\":\"2023-02-14\",\"encounter\":{"
    "\"reference\":\"Encounter/af\"}}}");
static const char visit[] = BUNDLE(RESOURCE("Encounter", "af")
    "\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{"
    "\"reference\":\"Patient/p4\"},\"period\":{\"start\":\"2023-02-14\"},"
    "\"serviceProvider\":{\"display\":\"St Luke's\"}}}");

static void
golden(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *file = g_strdup_printf("%s-%d-%s", name, f->cols,
	    f->language);

	term_golden(t, file);
}

static struct term *
open_hill(struct fixture *f)
{
	struct term *t = fixture_term(f);

	fixture_ring(f, t, "state live 1791002400000 1791002440000");
	term_keys(t, "/Hill");
	term_keys(t, "\r");
	term_keys(t, "\r");
	return t;
}

static gboolean
is_chinese(const struct fixture *f)
{
	return f->language && g_str_has_prefix(f->language, "zh");
}

static gboolean
facts_stands(struct fixture *f, struct term *t)
{
	return term_has(t, is_chinese(f) ? "复诊依据：Atrial fib" :
	    "Re-visit: Atrial fib") && term_has(t, "2023-02-14");
}

static gboolean
facts_missing(struct fixture *f, struct term *t)
{
	return term_has(t, is_chinese(f) ? "! 无复诊依据" :
	    "! No evidence of a re-visit");
}

/* The chart names the visit and where it was. */
static void
look(struct fixture *f, gboolean with_visit)
{
	BASE_AUTO(term) t = NULL;

	fixture_ingest_json(f, diagnosis);
	if (with_visit)
		fixture_ingest_json(f, visit);
	t = open_hill(f);
	assert_int_equal(facts_stands(f, t), with_visit);
	assert_int_equal(facts_missing(f, t), !with_visit);
	golden(f, t, with_visit ? "revisit" : "no-revisit");
	term_keys(t, "c");
	assert_int_equal(term_has(t, "St Luke's"), with_visit);
	assert_int_equal(term_has(t, "CN-01"), !with_visit);
	golden(f, t, with_visit ? "revisit-chart" : "no-revisit-chart");
}

static void
everywhere(gboolean with_visit)
{
	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++) {
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			BASE_AUTO(fixture) f = fixture_new();

			f->cols = sizes[i].cols;
			f->rows = sizes[i].rows;
			f->language = languages[l];
			look(f, with_visit);
		}
	}
}

static void
test_stands(void **state)
{
	everywhere(TRUE);
}

static void
test_visit_dropped(void **state)
{
	everywhere(FALSE);
}

/* What arrives is said without a key; who is next is not told of the last. */
static void
test_visit_arrives(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->language = "en";
	fixture_ingest_json(f, diagnosis);
	t = open_hill(f);
	assert_true(facts_missing(f, t));
	fixture_ingest_json(f, visit);
	fixture_ring(f, t, "changed all 0");
	assert_true(facts_stands(f, t));
	term_keys(t, "\033\033");
	term_keys(t, "/张");
	term_keys(t, "\r");
	term_keys(t, "\r");
	assert_true(term_has(t, "Re-visit: 2型糖尿病 2019-06-11"));
	assert_false(term_has(t, "Atrial fib"));
}

/* The server shows no diagnoses: that is not "none". */
static void
test_refused(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->language = "en";
	fixture_section(f, "p4", CHART_PROBLEMS, SECTION_REFUSED);
	t = open_hill(f);
	assert_true(term_has(t, "! Re-visit not checked"));
	assert_false(facts_missing(f, t));
}

static void
test_no_rule(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->language = "en";
	assert_true(base_setting_set(f->settings, SET_RULES, "us", NULL));
	t = open_hill(f);
	assert_true(term_has(t, "heart racing"));
	assert_false(term_has(t, "e-visit"));
}

/* A pack that is not there leaves a sentence, and the thread. */
static void
test_no_pack(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->language = "en";
	assert_true(base_setting_set(f->settings, SET_RULES, "nowhere", NULL));
	t = open_hill(f);
	assert_true(term_has(t, "heart racing"));
	assert_true(term_has(t, "! Re-visit not checked: no rules"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stands),
		cmocka_unit_test(test_visit_dropped),
		cmocka_unit_test(test_visit_arrives),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_rule),
		cmocka_unit_test(test_no_pack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
