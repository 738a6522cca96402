/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a row comes from, on one key: every row of the thread and of the chart's
 * pane is reached and named on top, what waits in the outbox too. What vouches
 * for it is asked of the server when it is looked for; none, not kept, refused,
 * away and nobody to ask are five sentences, in both languages, at three widths.
 */
#include "config.h"

#include "store/page.h"
#include "store/rx.h"
#include "tests/tap.h"
#include "tests/tui/fixture.h"

#define LIVE "state live 1791002400000 1791002440000"
#define OFFLINE "state offline 1791002400000 1791002440000"
#define PROVENANCE "{\"resourceType\":\"Bundle\",\"type\":\"collection\"," \
	"\"entry\":[{\"resource\":{\"resourceType\":\"Device\",\"id\":\"cuff\"," \
	"\"deviceName\":[{\"name\":\"上臂式血压计 U30\",\"type\":" \
	"\"user-friendly-name\"}]}},{\"resource\":{\"resourceType\":" \
	"\"Provenance\",\"id\":\"pv1\",\"target\":[{\"reference\":\"%s\"}]," \
	"\"recorded\":\"2026-10-03T10:00:00+08:00\",\"agent\":[{\"who\":{" \
	"\"reference\":\"Device/cuff\"}}]}}]}"

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 24 }, { 80, 24 }, { 120, 36 } };

#define assert_has(t, words) do { if (!term_has(t, words)) { \
	g_autofree char *all_ = term_text(t); \
	fail_msg("“%s” is not in:\n%s", words, all_); } } while (0)

static struct term *
open_zhang(struct fixture *f, const char *state)
{
	struct term *t = fixture_term(f);

	if (state)
		fixture_ring(f, t, state);
	term_keys(t, "/张\r");
	term_keys(t, "\r");
	return t;
}

/* ---- what vouches for it ------------------------------------------------ */

static void
test_answers(void **state)
{
	static const struct { const char *answer, *en, *zh; } all[] = {
		{ NULL, "The server is being asked", "正在向服务器查询" },
		{ "answer 1 ok", "None: the server has none",
		    "没有：服务器上没有" },
		{ "answer 1 gone", "this server keeps none",
		    "这台服务器不保存" },
		{ "answer 1 refused", "! Refused:", "! 被拒绝：" },
		{ "answer 1 failed", "cannot be reached now",
		    "现在连不上服务器" },
	};

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(all); i++) {
		gboolean zh = i % 2;
		BASE_AUTO(fixture) f = fixture_new();
		BASE_AUTO(term) t = NULL;

		f->language = zh ? "zh_CN" : "en";
		f->cols = 120;
		f->rows = 36;
		t = open_zhang(f, LIVE);
		term_keys(t, "cX");
		if (all[i / 2].answer)
			fixture_ring(f, t, all[i / 2].answer);
		for (size_t k = 0; k < G_N_ELEMENTS(all); k++)
			if (term_has(t, zh ? all[k].zh : all[k].en) !=
			    (k == i / 2))
				fail_msg("“%s” after %s", all[k].en,
				    all[i / 2].answer);
	}
}

/* Offline it is said at once; when the server is back it is asked by itself. */
static void
test_away(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->rows = 36;
	t = open_zhang(f, OFFLINE);
	term_keys(t, "cX");
	fixture_ring(f, t, "answer 1 failed");
	assert_has(t, "cannot be reached now");
	fixture_ring(f, t, LIVE);
	assert_has(t, "The server is being asked");
	fixture_ring(f, t, "answer 2 ok");
	assert_has(t, "None: the server has none");
	term_keys(t, "R");
	assert_has(t, "The server is being asked");
}

static void
test_nobody(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->deaf = TRUE;
	f->rows = 36;
	t = open_zhang(f, NULL);
	term_keys(t, "cX");
	assert_has(t, "nobody is there to ask");
}

/* It comes: who vouched is named, and who had scrolled keeps the line. */
static void
comes(size_t size, const char *language)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autofree char *json = g_strdup_printf(PROVENANCE,
	    "AllergyIntolerance/a1");
	g_autofree char *name = g_strdup_printf("source-provenance-%d-%s",
	    sizes[size].cols, language);
	g_autofree char *before = NULL, *after = NULL;

	f->cols = sizes[size].cols;
	f->rows = sizes[size].rows;
	f->language = language;
	t = open_zhang(f, LIVE);
	term_keys(t, "cX");
	assert_has(t, "▸ ");
	term_keys(t, "jjjjj");
	before = term_row(t, 8);
	fixture_ingest_json(f, json);
	fixture_ring(f, t, "answer 1 ok");
	after = term_row(t, 8);
	assert_string_equal(before, after);
	term_keys(t, "g");
	assert_has(t, "上臂式血压计 U30");
	term_golden(t, name);
}

static void
test_comes(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		comes(i, "en");
		comes(i, "zh_CN");
	}
}

/* ---- every row ---------------------------------------------------------- */

/* A row that ends so: a1 is not a10. */
static gboolean
has_line(struct term *t, const char *end)
{
	for (int y = 0; y < term_rows(t); y++) {
		g_autofree char *row = term_row(t, y);

		if (g_str_has_suffix(g_strchomp(row), end))
			return TRUE;
	}
	return FALSE;
}

/* Tab goes once around: each ref of the store's is seen, and its words on top. */
static void
around(struct term *t, GHashTable *wanted)
{
	for (int i = 0; i < 400 && g_hash_table_size(wanted); i++) {
		GHashTableIter at;
		gpointer ref, words;

		assert_has(t, "▸ ");
		g_hash_table_iter_init(&at, wanted);
		while (g_hash_table_iter_next(&at, &ref, &words)) {
			if (!has_line(t, ref))
				continue;
			if (!term_has(t, words))
				fail_msg("%s is not named “%s”", (char *)ref,
				    (char *)words);
			g_hash_table_iter_remove(&at);
			break;
		}
		term_keys(t, "\t");
	}
	assert_int_equal(g_hash_table_size(wanted), 0);
}

static void
test_thread_rows(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, g_free);

	f->cols = 120;
	f->rows = 60;
	{
		BASE_AUTO(store) s = fixture_store(f);
		BASE_AUTO(thread) thread = store_thread(s, fixture_consult(f,
		    "c1"), 100, NULL);

		assert_true(thread->n >= 3);
		for (size_t i = 0; i < thread->n; i++)
			g_hash_table_insert(wanted, g_strdup(
			    thread->messages[i].ref), g_utf8_substring(
			    thread->messages[i].text, 0,
			    MIN(g_utf8_strlen(thread->messages[i].text, -1),
			    10)));
	}
	t = open_zhang(f, LIVE);
	term_keys(t, "X");
	around(t, wanted);
}

static void
test_chart_rows(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, g_free);

	f->cols = 120;
	f->rows = 60;
	{
		BASE_AUTO(store) s = fixture_store(f);
		BASE_AUTO(chart) chart = store_chart(s, store_patient_find(s,
		    "p1"), FIXTURE_NOW_MS, NULL);

		for (size_t i = 0; i < chart->n; i++)
			if (chart->entries[i].section <= CHART_RESULTS &&
			    chart->entries[i].status != ENTRY_COMPLETED &&
			    chart->entries[i].status != ENTRY_CANCELLED)
				g_hash_table_insert(wanted, g_strdup(
				    chart->entries[i].ref), g_strdup(
				    chart->entries[i].words));
		assert_true(g_hash_table_size(wanted) > 5);
	}
	t = open_zhang(f, LIVE);
	term_keys(t, "cX");
	around(t, wanted);
}

/* A reply that waits is a row as well: the very bytes that will go. */
static void
test_outbox_row(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->cols = 120;
	f->rows = 50;
	t = open_zhang(f, OFFLINE);
	term_keys(t, "r");
	term_keys(t, "再量三天\x13");
	term_keys(t, "X");
	assert_has(t, "in the outbox");
	assert_has(t, "▸ ");
	assert_has(t, "\"contentString\": \"再量三天\"");
	assert_has(t, "张银兰");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_comes),
		cmocka_unit_test(test_thread_rows),
		cmocka_unit_test(test_chart_rows),
		cmocka_unit_test(test_outbox_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
