/* SPDX-License-Identifier: Apache-2.0 */
/* Renewals of invented patients, for the screens of prescribing. */
#ifndef QN_TESTS_TUI_KIT_RX_H
#define QN_TESTS_TUI_KIT_RX_H

#include "tests/tap.h"
#include "store/rx.h"
#include "tests/tui/fixture.h"

static const struct { const char *name, *sex, *born; } people[] = {
	{ "顾银兰", "female", "1960-03-04" }, { "方茂才", "male", "1962-07-09" },
	{ "余静仪", "female", "1951-01-30" }, { "谭海泉", "male", "1968-11-11" },
};

#define LIVE "state live 1791002400000 1791002440000"

/* Clean renewals of amlodipine, one a patient; without: text that gives way. */
static inline void
renewals_with(struct fixture *f, int n, const char *without, const char *with)
{
	g_autofree char *path = test_src("tests/fixtures/tui/renewal.json");
	g_autofree char *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	fixture_ingest(f, "formulary.json");
	for (int i = 0; i < n; i++) {
		GString *s = g_string_new(text);
		g_autofree char *id = g_strdup_printf("rn%d", i);
		int k = i % (int)G_N_ELEMENTS(people);

		g_string_replace(s, "@NAME", people[k].name, 0);
		g_string_replace(s, "@BORN", people[k].born, 0);
		g_string_replace(s, "@SEX", people[k].sex, 0);
		g_string_replace(s, "@N", id, 0);
		if (without)
			g_string_replace(s, without, with, 0);
		fixture_ingest_json(f, s->str);
		g_string_free(s, TRUE);
		for (int c = 0; c < CHART_SECTIONS_; c++)
			fixture_section(f, id, (enum chart_section)c,
			    SECTION_LOADED);
	}
}

/* … a type to leave out. */
static inline void
renewals(struct fixture *f, int n, const char *without)
{
	renewals_with(f, n, without, "Basic");
}

/* The shipped packs as if they had been written before the fixture's day: another
 * test looks at a clock that is wrong. */
static inline void
packs_of_then(struct fixture *f)
{
	static const char *const names[] = { "cn", "herbal" };
	g_autoptr(GString) paths = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *file = g_strdup_printf("rules/%s.json",
		    names[i]);
		g_autofree char *from = test_src(file);
		g_autofree char *to = g_strdup_printf("%s/%s.json", f->dir,
		    names[i]);
		g_autofree char *text = NULL;
		GString *s;

		assert_true(g_file_get_contents(from, &text, NULL, NULL));
		s = g_string_new(text);
		assert_true(g_string_replace(s, "2026-11-", "2026-09-", 0) > 0);
		assert_true(g_file_set_contents(to, s->str, -1, NULL));
		g_string_free(s, TRUE);
		g_string_append_printf(paths, "%s%s", i ? "," : "", to);
	}
	assert_true(base_setting_set(f->settings, SET_RULES, paths->str,
	    NULL));
}

static inline gboolean
row_has(struct term *t, int y, const char *text)
{
	g_autofree char *row = term_row(t, y);

	return strstr(row, text) != NULL;
}

#endif
