/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue's title with all of its lanes: the chosen lane is seen whole at every
 * width in both languages, no word is cut, a mark says where lanes are left out,
 * and a lane that nobody needs is not named. A filter stands beside them. And
 * the patient who has a request, but no consultation.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"

enum { LANES = 5 };

static const struct { const char *language; const char *lane[LANES]; }
    words[] = {
	{ "en", { "[all 12]", "[replies 9]", "[results 1]", "[renewals 1]",
	    "[rejected 1]" } },
	{ "zh_CN", { "[全部 12]", "[问诊 9]", "[结果 1]", "[续方 1]",
	    "[退方 1]" } },
};

/* A Task of mine about an order, and the order. */
static void
task(struct fixture *f, const char *id, const char *patient,
    const char *intent, const char *status)
{
	g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Bundle\","
	    "\"type\":\"collection\",\"entry\":[{\"resource\":"
	    "{\"resourceType\":\"MedicationRequest\",\"id\":\"%s-m\","
	    "\"meta\":{\"versionId\":\"1\",\"lastUpdated\":"
	    "\"2026-10-03T04:20:00Z\"},\"status\":\"draft\",\"intent\":\"%s\","
	    "\"requester\":{\"reference\":\"Practitioner/wu\"},\"subject\":"
	    "{\"reference\":\"Patient/%s\"},\"medicationCodeableConcept\":"
	    "{\"text\":\"氨氯地平片 5 mg\"}}},{\"resource\":{\"resourceType\":"
	    "\"Task\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2026-10-03T04:20:00Z\"},\"status\":\"%s\","
	    "\"intent\":\"order\",\"code\":{\"coding\":[{\"system\":"
	    "\"http://hl7.org/fhir/CodeSystem/task-code\",\"code\":\"approve\""
	    "}]},\"authoredOn\":\"2026-10-03T12:00:00+08:00\",\"owner\":"
	    "{\"reference\":\"Practitioner/wu\"},\"requester\":{\"reference\":"
	    "\"Practitioner/wu\"},\"for\":{\"reference\":\"Patient/%s\"},"
	    "\"focus\":{\"reference\":\"MedicationRequest/%s-m\"}}}]}", id,
	    intent, patient, id, status, patient, id);

	fixture_ingest_json(f, json);
}

/* A renewal that is asked for, and an order of mine that was rejected. */
static void
tasks(struct fixture *f)
{
	task(f, "ren", "p1", "proposal", "requested");
	task(f, "rej", "p3", "order", "rejected");
}

static struct fixture *
fixture_wide(int cols, const char *language)
{
	struct fixture *f = fixture_new();

	f->cols = cols;
	f->language = language;
	return f;
}

/* The queue's part of the title's row. */
static char *
title_of(struct term *t)
{
	char *row = term_row(t, 1);
	char *end = strstr(row, "│");

	if (end)
		*end = '\0';
	return row;
}

/* Every lane named is one of the whole words, chosen or not. */
static void
assert_whole(const char *title, int l)
{
	g_autofree char *rest = g_strdup(title);

	for (int i = 0; i < LANES; i++) {
		g_autofree char *bare = g_strdup(words[l].lane[i] + 1);
		char *at;

		bare[strlen(bare) - 1] = '\0';
		at = strstr(rest, bare);
		if (at)
			memset(at, ' ', strlen(bare));
	}
	for (const char *mark = "▌‹›[] "; *rest && *mark;
	    mark = g_utf8_next_char(mark)) {
		g_autofree char *m = g_strndup(mark, g_utf8_next_char(mark) -
		    mark);
		g_auto(GStrv) parts = g_strsplit(rest, m, -1);

		g_free(rest);
		rest = g_strjoinv("", parts);
	}
	if (*rest)
		fail_msg("cut: “%s” of “%s”", rest, title);
}

static void
chosen_is_seen(int cols, int l)
{
	BASE_AUTO(fixture) f = fixture_wide(cols, words[l].language);
	BASE_AUTO(term) t = NULL;

	tasks(f);
	t = fixture_term(f);
	for (int i = 0; i <= LANES; i++) {
		g_autofree char *title = title_of(t);

		if (!strstr(title, words[l].lane[i % LANES]))
			fail_msg("%d: no %s in “%s”", cols,
			    words[l].lane[i % LANES], title);
		assert_whole(title, l);
		term_keys(t, "\t");
	}
}

static void
test_chosen_lane(void **state)
{
	static const int cols[] = { 60, 80, 100, 120, 200 };

	for (size_t l = 0; l < G_N_ELEMENTS(words); l++)
		for (size_t i = 0; i < G_N_ELEMENTS(cols); i++)
			chosen_is_seen(cols[i], (int)l);
}

/* At 80 columns not all have room: said on the side where some are left out. */
static void
test_marks(void **state)
{
	BASE_AUTO(fixture) f = fixture_wide(80, "en");
	BASE_AUTO(term) t = NULL;
	g_autofree char *first = NULL, *last = NULL;

	tasks(f);
	t = fixture_term(f);
	first = title_of(t);
	assert_non_null(strstr(first, "›"));
	assert_null(strstr(first, "‹"));
	term_keys(t, "\033[Z");
	last = title_of(t);
	assert_non_null(strstr(last, "[rejected 1]"));
	assert_non_null(strstr(last, "‹"));
	assert_null(strstr(last, "›"));
}

/* Without such work neither lane is named, and nothing is left out. */
static void
test_no_empty_lane(void **state)
{
	BASE_AUTO(fixture) f = fixture_wide(80, "en");
	BASE_AUTO(term) t = fixture_term(f);
	g_autofree char *title = title_of(t);

	assert_non_null(strstr(title, "results 1"));
	assert_null(strstr(title, "renewals"));
	assert_null(strstr(title, "rejected"));
	assert_null(strstr(title, "›"));
}

static void
test_filter_beside_lanes(void **state)
{
	BASE_AUTO(fixture) f = fixture_wide(80, "en");
	BASE_AUTO(term) t = NULL;
	g_autofree char *title = NULL;

	tasks(f);
	t = fixture_term(f);
	term_keys(t, "\t\t\t/张\r");
	title = title_of(t);
	assert_non_null(strstr(title, "[renewals 1]"));
	assert_non_null(strstr(title, "/张"));
}

/* One who has a request and no consultation: named on top with sex and age, and
 * every key of the empty thread does something or says why not. */
static void
test_no_consultation(void **state)
{
	BASE_AUTO(fixture) f = fixture_wide(60, "en");
	BASE_AUTO(term) t = NULL;
	g_autofree char *title = NULL, *foot = NULL;

	fixture_ingest_json(f, "{\"resourceType\":\"Bundle\",\"type\":"
	    "\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
	    "\"Patient\",\"id\":\"alone\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2026-10-03T04:00:02Z\"},\"name\":[{\"text\":"
	    "\"林玉堂\"}],\"gender\":\"male\",\"birthDate\":\"1964-02-01\"}}"
	    "]}");
	task(f, "ren", "alone", "proposal", "requested");
	t = fixture_term(f);
	term_keys(t, "\t\t\t");
	term_keys(t, "\r");
	assert_true(term_has(t, "林玉堂"));
	term_keys(t, "\033");
	title = term_row(t, 1);
	assert_non_null(strstr(title, "林玉堂"));
	assert_non_null(strstr(title, "62"));
	foot = term_row(t, term_rows(t) - 1);
	assert_null(strstr(foot, "reply"));
	term_keys(t, "r");
	assert_true(term_has(t, "This patient has no open consultation."));
	assert_false(term_has(t, "Reply to"));
	term_keys(t, "c");
	assert_true(term_has(t, "Chart 林玉堂"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chosen_lane),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_no_empty_lane),
		cmocka_unit_test(test_filter_beside_lanes),
		cmocka_unit_test(test_no_consultation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
