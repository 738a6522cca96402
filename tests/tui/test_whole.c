/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole chart and where a row comes from: golden pictures at 60, 80 and 120
 * columns in English and Chinese, and the facts beside them: what is grave is
 * said in words, the drugs' gap is told, a row's source has version and who
 * vouched, the JSON keeps its numbers, a text document is read. And the guard:
 * on every screen of a patient stand name, sex and age, what died or was merged
 * or has a namesake is marked.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 24 }, { 80, 24 }, { 120, 36 } };
static const char *const languages[] = { "en", "zh_CN" };

static struct fixture *
fixture_at(size_t size, size_t language)
{
	struct fixture *f = fixture_new();

	fixture_ingest(f, "chart.json");
	f->cols = sizes[size].cols;
	f->rows = sizes[size].rows;
	f->language = languages[language];
	return f;
}

static void
golden(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *file = g_strdup_printf("%s-%d-%s", name, f->cols,
	    f->language);

	term_golden(t, file);
}

static void
open_zhang(struct term *t)
{
	term_keys(t, "/张\r");
	term_keys(t, "\r");
}

static void
everywhere(void (*screen)(struct fixture *f))
{
	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++)
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			BASE_AUTO(fixture) f = fixture_at(i, l);

			screen(f);
		}
}

static gboolean
zh(const struct fixture *f)
{
	return strcmp(f->language, "zh_CN") == 0;
}

/* A row that has both. */
static gboolean
row_with(struct term *t, const char *one, const char *other)
{
	for (int y = 0; y < term_rows(t); y++) {
		g_autofree char *row = term_row(t, y);

		if (strstr(row, one) && strstr(row, other))
			return TRUE;
	}
	return FALSE;
}

#define assert_has(t, words) do { if (!term_has(t, words)) { \
	g_autofree char *all_ = term_text(t); \
	fail_msg("“%s” is not in:\n%s", words, all_); } } while (0)

/* ---- the page ----------------------------------------------------------- */

static void
whole(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	t = fixture_term(f);
	open_zhang(t);
	term_keys(t, "C");
	assert_true(row_with(t, "张银兰", "68"));
	assert_has(t, "青霉素");
	golden(f, t, "whole");
	term_keys(t, "\t\t\t"); /* flags, problems, drugs */
	golden(f, t, "whole-drugs");
	term_keys(t, "\t");
	golden(f, t, "whole-visits");
}

static void
test_whole(void **state)
{
	everywhere(whole);
}

/* The text of a line stands whatever the picture. */
static void
test_sections(void **state)
{
	static const char *const facts[] = { "跌倒高风险", "青霉素",
		"REFUTED: not so", "! DO NOT GIVE", "硝苯地平控释片",
		"handed out 3 times", "gap", "骨科住院", "ENTERED IN ERROR",
		"planned, not yet", "dated in the future", "2031",
		"心内科出院小结", "preliminary", "胸片.pdf", "180 KB",
		"就诊前预问诊", "written by a machine", "3 answers",
		"预问诊机器人", "cancelled", "nobody is named",
		"阑尾切除术", "1989", "NOT UNDERSTOOD", "2019-03",
		"流感疫苗", "NOT DONE", "发热", "家庭医生签约",
		"renewal due in 27 d", "城镇职工医保", "天津医保中心",
		"2016" };
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = NULL;

	f->rows = 140;
	t = fixture_term(f);
	open_zhang(t);
	term_keys(t, "C");
	for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
		assert_has(t, facts[i]);
}

/* Four things apart, and a fifth. */
static void
test_states(void **state)
{
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = NULL;

	fixture_section(f, "p1", CHART_COVERAGE, SECTION_REFUSED);
	fixture_section(f, "p1", CHART_VISITS, SECTION_NOT_LOADED);
	fixture_section(f, "p3", CHART_DOCUMENTS, SECTION_NOT_LOADED);
	fixture_section(f, "p3", CHART_COVERAGE, SECTION_NOT_KEPT);
	fixture_section(f, "p3", CHART_CONTRACT, SECTION_REFUSED);
	f->rows = 140;
	t = fixture_term(f);
	open_zhang(t);
	term_keys(t, "C");
	assert_has(t, "… not yet complete");
	assert_has(t, "the server refused");
	term_keys(t, "\033");
	term_keys(t, "\033\033/朱\r");
	term_keys(t, "C");
	assert_has(t, "朱");
	assert_has(t, "… not yet loaded");
	assert_has(t, "the server keeps no such records");
	assert_has(t, "the server refused");
	assert_has(t, "none recorded");
}

/* ---- where a row comes from --------------------------------------------- */

static void
source(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	open_zhang(t);
	term_keys(t, "C");
	term_keys(t, "\t\t\t\tjj"); /* the visit of August */
	term_keys(t, "X");
	assert_has(t, "Encounter/e1");
	assert_has(t, "何清越");
	assert_true(row_with(t, "张银兰", "68"));
	golden(f, t, "source");
	term_keys(t, "X");
	assert_has(t, zh(f) ? "门诊" : "AMB");
	golden(f, t, "record");
}

static void
test_source(void **state)
{
	everywhere(source);
}

/* A message's, a result's, a queue row's, the pane's; and numbers untouched. */
static void
test_sources(void **state)
{
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = NULL;

	f->rows = 60;
	t = fixture_term(f);
	term_keys(t, "/张\r");
	term_keys(t, "X");
	assert_has(t, "Communication/");
	assert_has(t, "\"resourceType\": \"Communication\"");
	term_keys(t, "\033");
	term_keys(t, "\r");
	term_keys(t, "X");
	assert_has(t, "医生,要不要加药?");
	term_keys(t, "\033[Z"); /* the message before */
	assert_has(t, "血压计.jpg");
	term_keys(t, "\033");
	term_keys(t, "tX");
	assert_has(t, "\"resourceType\": \"Observation\"");
	term_keys(t, "\033\033");
	term_keys(t, "cX");
	assert_has(t, "\"resourceType\": \"AllergyIntolerance\"");
}

/* Enter reads a document's text, and answers with their questions. */
static void
test_opened(void **state)
{
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = NULL;

	f->rows = 60;
	t = fixture_term(f);
	open_zhang(t);
	term_keys(t, "C");
	term_keys(t, "\t\t\t\t\tj\r"); /* the discharge letter */
	assert_has(t, "低盐饮食");
	assert_has(t, "出院小结.txt");
	term_keys(t, "\033");
	term_keys(t, "ko"); /* the film before it: its file is not here yet */
	assert_has(t, "胸片.pdf");
	assert_true(row_with(t, "张银兰", "68"));
	term_keys(t, "\033");
	term_keys(t, "\t\r");
	assert_has(t, "哪里不舒服?");
	assert_has(t, "头胀");
	assert_has(t, "3.0 天");
	assert_has(t, "written by a machine");
}

/* A hundred visits, one of them without an end to its name: twenty at first, the
 * others when asked for; a record of a megabyte is shown as far as it can be
 * read, and says how the rest is had. */
static void
test_much(void **state)
{
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = NULL;
	g_autofree char *name = g_strnfill(200000, 'n');
	g_autofree char *data = g_strnfill(1000000, 'A');
	GString *s = g_string_new("{\"resourceType\":\"Bundle\",\"type\":"
	    "\"collection\",\"entry\":[");

	for (int i = 0; i < 100; i++)
		g_string_append_printf(s, "%s{\"resource\":{\"resourceType\":"
		    "\"Encounter\",\"id\":\"v%d\",\"status\":\"finished\","
		    "\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":"
		    "\"Patient/p1\"},\"type\":[{\"text\":\"visit no %d %s\"}],"
		    "\"period\":{\"start\":\"2024-01-%02dT0%d:00:00Z\"}}}",
		    i ? "," : "", i, i, i == 50 ? name : "", 1 + i % 28,
		    i / 28);
	g_string_append_printf(s, ",{\"resource\":{\"resourceType\":"
	    "\"DocumentReference\",\"id\":\"huge\",\"status\":\"current\","
	    "\"date\":\"2026-10-02\",\"description\":\"huge scan\","
	    "\"subject\":{\"reference\":\"Patient/p1\"},\"content\":[{"
	    "\"attachment\":{\"contentType\":\"image/png\",\"data\":"
	    "\"%s\"}}]}}]}", data);
	fixture_ingest_json(f, s->str);
	g_string_free(s, TRUE);
	f->rows = 120;
	t = fixture_term(f);
	open_zhang(t);
	term_keys(t, "C\t\t\t\t");
	assert_has(t, "… 84 more: Enter");
	assert_false(term_has(t, "visit no 0 "));
	for (int i = 0; i < 20; i++)
		term_keys(t, "j");
	term_keys(t, "\r");
	assert_false(term_has(t, "more: Enter"));
	term_keys(t, "\t"); /* the documents: the scan is the newest */
	assert_has(t, "huge scan");
	term_keys(t, "X");
	assert_has(t, "DocumentReference/huge");
	term_keys(t, "G");
	assert_has(t, "more bytes: qingnang show DocumentReference/huge "
	    "--raw");
}

/* ---- the guard ---------------------------------------------------------- */

struct walk { const char *keys, *what; };
/* Every view of a patient, from the open thread; each is left by Esc. */
static const struct walk views[] = {
	{ "", "thread" },
	{ "c", "chart" },
	{ "r", "composer" },
	{ "C", "the whole chart" },
	{ "C\r", "a record" },
	{ "X", "the source of a message" },
	{ "o", "files" },
	{ "t", "results" },
	{ "t\r", "trend" },
	{ "p", "order" },
	{ "P", "prescriptions" },
	{ "?", "help over a patient" },
	{ "C?", "help over the chart" },
	{ "t?", "help over results" },
	{ "t\r?", "help over a trend" },
	{ "C\r?", "help over a record" },
	{ "p?", "help over an order" },
	{ "P?", "help over prescriptions" },
	{ ":", "command" },
};

static void
leave(struct term *t)
{
	for (int i = 0; i < 4; i++)
		term_keys(t, "\033");
}

static void
walk(struct fixture *f, const char *find, const char *name, const char *age,
    const char *sex, const char *mark)
{
	for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
		BASE_AUTO(term) t = fixture_term(f);

		term_keys(t, find);
		term_keys(t, "\r");
		for (const char *k = views[i].keys; *k; k++) {
			char key[2] = { *k, '\0' };

			term_keys(t, key);
		}
		if (!row_with(t, name, age) || !row_with(t, name, sex) ||
		    (mark && !row_with(t, name, mark))) {
			g_autofree char *all = term_text(t);

			fail_msg("%s at %d columns: %s is not whole:\n%s",
			    views[i].what, f->cols, name, all);
		}
		leave(t);
	}
}

static void
test_guard(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		BASE_AUTO(fixture) f = fixture_at(i, 1);

		walk(f, "/张\r", "张银兰", "68岁", "女", NULL);
	}
}

/* Who has died, has a namesake, or stands in two records that are one. */
static void
test_guard_marks(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i += 2) {
		BASE_AUTO(fixture) f = fixture_at(i, 1);

		walk(f, "/阿大\r", "陈阿大", "岁", "男", "†已故");
		walk(f, "/李伟\r", "李伟", "岁", "男", "同名");
		walk(f, "/并档\r", "马并档", "65岁", "男", "已并档");
	}
}

/* Read from one record, what the other says stands there too, and is told. */
static void
test_merged(void **state)
{
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "/并档\r\r");
	assert_has(t, "碘造影剂过敏史");
	term_keys(t, "C");
	assert_has(t, "碘造影剂过敏史");
	assert_has(t, "from a merged record");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_opened),
		cmocka_unit_test(test_much),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_guard_marks),
		cmocka_unit_test(test_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
