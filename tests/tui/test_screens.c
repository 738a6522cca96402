/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screens as they are seen, on a small invented clinic: golden pictures at
 * 60, 80 and 120 columns in English and Chinese, and beside each the facts that
 * must hold whatever the picture: the patient's name on top, the allergy's text,
 * the cursor's cell. A store without the allergy must fail those facts.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"
#include "store/search.h"

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 24 }, { 80, 24 }, { 120, 36 } };
static const char *const languages[] = { "en", "zh_CN" };

static void
golden(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *file = g_strdup_printf("%s-%d-%s", name, f->cols,
	    f->language);

	term_golden(t, file);
}

static struct fixture *
fixture_at(size_t size, size_t language)
{
	struct fixture *f = fixture_new();

	f->cols = sizes[size].cols;
	f->rows = sizes[size].rows;
	f->language = languages[language];
	return f;
}

/* A screen at every size in every language. */
static void
everywhere(void (*screen)(struct fixture *f))
{
	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++) {
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			BASE_AUTO(fixture) f = fixture_at(i, l);

			screen(f);
		}
	}
}

static void
ring_live(struct fixture *f, struct term *t)
{
	fixture_ring(f, t, "state live 1791002400000 1791002440000");
}

static void
open_zhang(struct term *t)
{
	term_keys(t, "/张");
	term_keys(t, "\r");
	term_keys(t, "\r");
}

/* ---- facts -------------------------------------------------------------- */

static gboolean
row_has(struct term *t, int y, const char *text)
{
	g_autofree char *row = term_row(t, y);

	return strstr(row, text) != NULL;
}

/* Who is on the screen stands on top, with sex and age. */
static gboolean
facts_name(struct term *t, const char *name, const char *age)
{
	return row_has(t, 1, name) && row_has(t, 1, age);
}

static gboolean
facts_allergy(struct term *t)
{
	return term_has(t, "青霉素") && term_has(t, "皮疹") &&
	    term_has(t, "‼");
}

static gboolean
cursor_at(struct term *t, const char *text)
{
	g_autofree char *row = NULL;
	gboolean visible;
	int y, x;
	const char *at;

	term_cursor(t, &y, &x, &visible);
	row = term_row(t, y);
	at = strstr(row, text);
	return visible && at && base_text_cols(row, at - row) +
	    base_text_cols(text, -1) == x;
}

/* ---- screens ------------------------------------------------------------ */

static void
queue(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	ring_live(f, t);
	assert_true(term_has(t, "小豆"));
	assert_true(row_has(t, 0, "●"));
	assert_true(row_has(t, 0, "12:41"));
	golden(f, t, "queue");
}

static void
thread(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	ring_live(f, t);
	open_zhang(t);
	assert_true(term_has(t, "医生,要不要加药?"));
	assert_true(facts_name(t, "张银兰", "68"));
	assert_int_equal(facts_allergy(t), f->cols >= 120);
	golden(f, t, "thread");
}

static void
chart(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	ring_live(f, t);
	open_zhang(t);
	term_keys(t, "c");
	assert_true(facts_name(t, "张银兰", "68"));
	assert_true(facts_allergy(t));
	golden(f, t, "chart");
}

static void
composer(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	ring_live(f, t);
	open_zhang(t);
	term_keys(t, "r");
	term_keys(t, "先别加药。请连续三天早晚各测一次,发给我。");
	assert_true(facts_name(t, "张银兰", "68"));
	assert_true(cursor_at(t, "发给我。"));
	golden(f, t, "composer");
}

static void
help(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "?");
	assert_true(term_has(t, "PgDn"));
	golden(f, t, "help");
}

/* The hit stands in its line; Enter goes to that message. */
static void
search(struct fixture *f)
{
	BASE_AUTO(store) store = fixture_store(f);
	BASE_AUTO(term) t = NULL;
	int64_t left = 1;

	while (left > 0)
		assert_true(store_search_index(store, 200, &left, NULL));
	t = fixture_term(f);
	ring_live(f, t);
	term_keys(t, "S");
	term_keys(t, "加");
	assert_true(term_has(t, "要不要加药"));
	term_keys(t, "药");
	assert_true(term_has(t, "张银兰"));
	assert_true(cursor_at(t, "加药"));
	golden(f, t, "search");
	/* what was found of each kind, results by value, and what is wrong */
	term_keys(t, "\025血");
	golden(f, t, "search-kinds");
	/* the result is called HbA1c */
	term_keys(t, "\025糖化血红蛋白 > 7");
	assert_true(term_has(t, "HbA1c 7.2 %"));
	term_keys(t, "\025hba1c > 7");
	assert_true(term_has(t, "7.2"));
	assert_true(term_has(t, "HbA1c 7.2 %"));
	golden(f, t, "search-value");
	/* Enter: the record in words; behind it its line in the chart */
	term_keys(t, "\r");
	assert_true(facts_name(t, "张银兰", "68"));
	assert_true(term_has(t, "7.2") && !term_has(t, "hba1c > 7"));
	term_keys(t, "\033");
	assert_true(term_has(t, "HbA1c"));
	term_keys(t, "S\025头 since:soon");
	golden(f, t, "search-fault");
	term_keys(t, "\025加药\r");
	assert_true(facts_name(t, "张银兰", "68"));
	assert_true(term_has(t, "医生,要不要加药?"));
	term_keys(t, "\033[21~");
	term_keys(t, "foo:x");
	assert_true(term_has(t, "foo:"));
	assert_true(term_has(t, "since:"));
}

static void
offline(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	fixture_ring(f, t, "state offline 1791000240000 1791000180000");
	assert_true(row_has(t, 0, "○"));
	assert_true(row_has(t, 0, "12:04"));
	golden(f, t, "offline");
	/* Why, and what now, in the words of the half with the network. */
	{
		BASE_AUTO(store) beside = fixture_store(f);

		assert_true(store_note_set(beside, "sync.error",
		    "fhir.example cannot be reached", NULL));
	}
	term_keys(t, "x");
	assert_true(term_has(t, "fhir.example cannot be reached"));
	assert_true(row_has(t, 1, f->language[0] == 'z' ? "连接" :
	    "Connection"));
}

static void
failure(struct fixture *f)
{
	BASE_AUTO(term) t = NULL;

	f->refuse_sync = TRUE;
	f->deaf = TRUE;
	t = fixture_term(f);
	term_until(t, "✗");
	golden(f, t, "error");
	term_keys(t, "x");
	assert_true(term_has(t, "qingnang-sync: not found"));
}

static void
lock(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	open_zhang(t);
	term_keys(t, "L");
	assert_false(term_has(t, "张银兰"));
	assert_false(term_has(t, "青霉素"));
	golden(f, t, "lock");
}

/* Nothing of what a patient wrote drives the terminal or hides in it. */
static void
hostile(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);
	const GByteArray *bytes;

	ring_live(f, t);
	term_keys(t, "/evil\r\r");
	bytes = term_bytes(t);
	assert_null(memmem(bytes->data, bytes->len, "\033]0;owned", 9));
	assert_null(memmem(bytes->data, bytes->len, "\xe2\x80\xae", 3));
	assert_null(memmem(bytes->data, bytes->len, "\xc2\x9b", 2));
	assert_null(memmem(bytes->data, bytes->len, "\xe2\x80\x8d", 3));
	assert_true(term_has(t, "ABC"));
	golden(f, t, "hostile");
}

/* A megabyte in one message: shown as far as a doctor would read on, and
 * whole at a key. */
static void
megabyte(struct fixture *f)
{
	g_autoptr(GString) json = g_string_new("{\"resourceType\":\"Bundle\","
	    "\"type\":\"collection\",\"entry\":[{\"resource\":{"
	    "\"resourceType\":\"Communication\",\"id\":\"long\",\"meta\":{"
	    "\"versionId\":\"1\",\"lastUpdated\":\"2026-10-03T04:40:59.000Z\"},"
	    "\"partOf\":[{\"reference\":\"Communication/c9\"}],\"status\":"
	    "\"completed\",\"subject\":{\"reference\":\"Patient/p9\"},"
	    "\"sender\":{\"reference\":\"Patient/p9\"},\"sent\":"
	    "\"2026-10-03T12:40:00+08:00\",\"payload\":[{\"contentString\":\"");
	BASE_AUTO(term) t = NULL;

	g_string_append(json, "第一行 the first line");
	while (json->len < 1 << 20)
		g_string_append(json, " 头有点胀 word 👨‍👩‍👧 à\u0301\u202e");
	g_string_append(json, " the very end 末尾\"}]}}]}");
	fixture_ingest_json(f, json->str);
	t = fixture_term(f);
	ring_live(f, t);
	term_keys(t, "/evil\r\r");
	assert_true(row_has(t, 1, "Hostile"));
	assert_true(term_has(t, "第一行 the first line"));
	golden(f, t, "megabyte");
	term_keys(t, "G");
	assert_true(term_has(t, f->language[0] == 'z' ? "1024 KB" :
	    "1024 KB in all"));
	term_keys(t, "x");
	term_keys(t, "G");
	assert_true(term_has(t, "末尾"));
	term_keys(t, "\033");
	term_keys(t, "r");
	term_keys(t, "好");
	assert_true(cursor_at(t, "好"));
}

#define SCREEN_TEST(name)                                                      \
	static void                                                            \
	test_##name(void **state)                                              \
	{                                                                      \
		everywhere(name);                                              \
	}
SCREEN_TEST(queue)
SCREEN_TEST(thread)
SCREEN_TEST(chart)
SCREEN_TEST(composer)
SCREEN_TEST(help)
SCREEN_TEST(search)
SCREEN_TEST(offline)
SCREEN_TEST(failure)
SCREEN_TEST(lock)
SCREEN_TEST(hostile)
SCREEN_TEST(megabyte)

/* ---- the facts can fail ------------------------------------------------- */

static void
test_dropped_allergy(void **state)
{
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = NULL;

	{
		BASE_AUTO(store) s = fixture_store(f);

		assert_true(store_gone(s, "AllergyIntolerance", "a1", NULL));
	}
	t = fixture_term(f);
	open_zhang(t);
	assert_true(facts_name(t, "张银兰", "68"));
	assert_false(facts_allergy(t));
}

/* ---- colours ------------------------------------------------------------ */

/* The text is the same without a colour: colour says nothing alone. */
static char *
text_with(const char *term, gboolean no_color, const char *theme)
{
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = NULL;

	f->term = term;
	f->no_color = no_color;
	assert_true(base_setting_set(f->settings, SET_THEME, theme, NULL));
	t = fixture_term(f);
	ring_live(f, t);
	open_zhang(t);
	return term_text(t);
}

static void
test_colours_say_nothing(void **state)
{
	static const struct { const char *term; gboolean none;
		const char *theme; } ways[] = {
		{ "xterm", FALSE, "dark" }, { "vt100", FALSE, "dark" },
		{ "xterm-256color", TRUE, "dark" },
		{ "xterm-256color", FALSE, "light" },
		{ "xterm-256color", FALSE, "high-contrast" },
		{ "xterm-256color", FALSE, "mono" },
	};
	g_autofree char *want = text_with("xterm-256color", FALSE, "dark");

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		g_autofree char *got = text_with(ways[i].term, ways[i].none,
		    ways[i].theme);

		assert_string_equal(got, want);
	}
}

static gboolean
is_grey(const unsigned char c[3])
{
	return c[0] == c[1] && c[1] == c[2];
}

static void
test_no_color(void **state)
{
	BASE_AUTO(fixture) f = fixture_at(2, 0);
	BASE_AUTO(term) t = NULL;
	struct term_cell cell;

	f->no_color = TRUE;
	t = fixture_term(f);
	open_zhang(t);
	for (int y = 0; y < term_rows(t); y++) {
		for (int x = 0; x < term_cols(t); x++) {
			term_cell(t, y, x, &cell);
			assert_true(is_grey(cell.fg) && is_grey(cell.bg));
		}
	}
}

/* No word in the colour of its ground. */
static void
assert_readable(struct term *t, const char *way)
{
	struct term_cell c;

	for (int y = 0; y < term_rows(t); y++)
		for (int x = 0; x < term_cols(t); x++) {
			term_cell(t, y, x, &c);
			if (c.chars[0] && strcmp(c.chars, " ") != 0 &&
			    memcmp(c.fg, c.bg, sizeof c.fg) == 0)
				fail_msg("%s: '%s' at %d,%d cannot be seen",
				    way, c.chars, y, x);
		}
}

/* The same screen in every theme, and as terminals with fewer colours, or a
 * doctor who wants none, get it. */
static void
test_shots_of_themes(void **state)
{
	static const struct { const char *name, *theme, *term;
		gboolean none; } ways[] = {
		{ "theme-light", "light", "xterm-256color", FALSE },
		{ "theme-high-contrast", "high-contrast", "xterm-256color",
		    FALSE },
		{ "theme-mono", "mono", "xterm-256color", FALSE },
		{ "theme-no-color", "dark", "xterm-256color", TRUE },
		{ "theme-16", "dark", "xterm-16color", FALSE },
		{ "theme-16-light", "light", "xterm-16color", FALSE },
		{ "theme-8", "dark", "xterm", FALSE },
		{ "theme-8-light", "light", "xterm", FALSE },
		{ "theme-2", "dark", "vt100", FALSE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		BASE_AUTO(fixture) f = fixture_at(2, 0);
		BASE_AUTO(term) t = NULL;

		f->term = ways[i].term;
		f->no_color = ways[i].none;
		assert_true(base_setting_set(f->settings, SET_THEME,
		    ways[i].theme, NULL));
		t = fixture_term(f);
		ring_live(f, t);
		open_zhang(t);
		assert_true(facts_name(t, "张银兰", "68"));
		assert_true(facts_allergy(t));
		assert_readable(t, ways[i].name);
		term_golden(t, ways[i].name);
		term_keys(t, "\033");
		assert_readable(t, ways[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_chart),
		cmocka_unit_test(test_composer),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_megabyte),
		cmocka_unit_test(test_dropped_allergy),
		cmocka_unit_test(test_colours_say_nothing),
		cmocka_unit_test(test_no_color),
		cmocka_unit_test(test_shots_of_themes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
