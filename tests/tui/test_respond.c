/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result lane's keys (F42): a row is opened before it is acknowledged, one key
 * acknowledges it and it leaves the lane, u takes it back; an explanation opens
 * with the report's values quoted word for word, a recall with its day, and both
 * leave the lane when sent. The outbox holds what was done, without a network.
 */
#include "config.h"

#include "store/results.h"
#include "tests/tap.h"
#include "tests/tui/fixture.h"

static gboolean
on(struct term *t, const char *words)
{
	for (int y = 0; y < term_rows(t); y++) {
		g_autofree char *row = term_row(t, y);

		if (strstr(row, words))
			return TRUE;
	}
	return FALSE;
}

static void
assert_on(struct term *t, const char *words)
{
	for (int y = 0; !on(t, words) && y < term_rows(t); y++) {
		g_autofree char *row = term_row(t, y);

		g_printerr("%s\n", row);
	}
	if (!on(t, words))
		fail_msg("“%s” is not on the screen", words);
}

/* The lane of results, its one row selected. */
static struct term *
lane(struct fixture *f)
{
	struct term *t;

	f->cols = 120;
	f->rows = 30;
	f->language = "en";
	t = fixture_term(f);
	for (int i = 0; i < 6 && !on(t, "[results 1]"); i++)
		term_keys(t, "\t");
	assert_on(t, "[results 1]");
	return t;
}

static struct outbox_entry *
outbox_first(struct fixture *f, int64_t *n)
{
	BASE_AUTO(store) store = fixture_store(f);
	struct outbox_counts counts;

	assert_true(store_outbox_counts(store, &counts, NULL));
	*n = counts.waiting;
	return store_outbox_next(store, G_MAXINT64 / 2, NULL, NULL);
}

static void
acknowledged(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = lane(f);
	BASE_AUTO(outbox_entry) e = NULL;
	int64_t n;

	term_keys(t, "a");
	assert_on(t, "read it, then the same key");
	assert_on(t, "[results 1]");
	assert_on(t, "肾功能");
	/* What is read before it is acknowledged. */
	assert_on(t, "肌酐  131 umol/L ↑↑  critically high");
	term_keys(t, "a");
	assert_on(t, "Acknowledged. u takes it back");
	assert_on(t, "[results 0]");
	assert_on(t, "↑1 unsent");
	e = outbox_first(f, &n);
	assert_int_equal(n, 1);
	assert_non_null(strstr(e->bytes, "DiagnosticReport/dr1"));
	assert_null(strstr(e->bytes, "contentAttachment"));
	term_keys(t, "u");
	assert_on(t, "in the lane again");
	assert_on(t, "[results 1]");
	assert_true(!on(t, "unsent"));
	term_keys(t, "u");
	assert_on(t, "There is no acknowledgement to take back.");
}

/* Not a result: nothing is acknowledged. */
static void
another(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	int64_t n;

	f->cols = 120;
	f->rows = 30;
	f->language = "en";
	t = fixture_term(f);
	term_keys(t, "g\r");
	term_keys(t, "a");
	assert_on(t, "This is not a result");
	outbox_entry_free(outbox_first(f, &n)); /* a receipt at most */
	assert_int_equal(n, 0);
}

static void
explained(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = lane(f);
	BASE_AUTO(outbox_entry) e = NULL;
	int64_t n;

	term_keys(t, "E");
	assert_on(t, "About your results:");
	assert_on(t, "肌酐 131 umol/L (2026-10-03)");
	term_keys(t, "Fine.\x13");
	assert_on(t, "[results 0]");
	e = outbox_first(f, &n);
	assert_int_equal(n, 1);
	assert_non_null(strstr(e->bytes, "\"recipient\":[{\"reference\":"
	    "\"Patient/p3\"}]"));
	assert_non_null(strstr(e->bytes, "肌酐 131 umol/L (2026-10-03)\\nFine."));
	assert_non_null(strstr(e->bytes, "{\"reference\":\"Observation/o6\","
	    "\"display\":\"肌酐 131 umol/L (2026-10-03)\"}"));
}

static void
recalled(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = lane(f);
	BASE_AUTO(outbox_entry) e = NULL;
	int64_t n;

	term_keys(t, "A");
	assert_on(t, "Come back until");
	term_keys(t, "\x15soon\r");
	assert_on(t, "Not a day to come");
	term_keys(t, "\x15" "12-07\r");
	assert_on(t, "recall, until 2026-12-07");
	assert_on(t, "Please come back for a check by 2026-12-07.");
	/* Put down and taken up again: it is still a recall. */
	term_keys(t, "\x1b");
	term_keys(t, "\x1b");
	term_keys(t, "\r");
	assert_on(t, "recall, until 2026-12-07");
	term_keys(t, "r\x13");
	assert_on(t, "[results 0]");
	assert_on(t, "↑2 unsent");
	e = outbox_first(f, &n);
	assert_int_equal(n, 2);
	assert_string_equal(e->type, "Communication");
}

/* A draft that is there is not written over. */
static void
draft_stays(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = lane(f);

	term_keys(t, "r");
	term_keys(t, "mine");
	term_keys(t, "\x1b");
	term_keys(t, "E");
	assert_on(t, "A draft is here already");
	assert_on(t, "mine");
	assert_true(!on(t, "About your results"));
}

/* ---- as pictures -------------------------------------------------------- */

static const struct { int cols, rows; } sizes[] = { { 60, 24 }, { 80, 24 },
	{ 120, 36 } };
/* What is pressed on the open result, and what stands there then. */
static const struct { const char *screen; const char *const keys[4];
	const char *const en[6], *const zh[6]; gboolean draft; }
screens[] = {
	{ "respond-acknowledged", { "a" },
	    { "Acknowledged. u takes it back", "↑1 unsent" },
	    { "已阅。五秒内按 u 可撤回", "↑1" } },
	{ "respond-explain", { "E" },
	    { "朱雪山", "About your results:",
	    "肌酐 131 umol/L (2026-10-03)" },
	    { "朱雪山", "您的检查结果说明如下：", "肌酐 131 umol/L" },
	    TRUE },
	{ "respond-recall-day", { "A" },
	    { "Come back until" }, { "复查期限" } },
	{ "respond-recall", { "A", "\x15", "12-07\r" },
	    { "recall, until 2026-12-07", "2026-12-07." },
	    { "召回", "2026-12-07" }, TRUE },
};

static void
picture(size_t i, size_t size, gboolean zh)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	const char *const *facts = zh ? screens[i].zh : screens[i].en;
	g_autofree char *name = g_strdup_printf("%s-%d-%s", screens[i].screen,
	    sizes[size].cols, zh ? "zh_CN" : "en");

	f->cols = sizes[size].cols;
	f->rows = sizes[size].rows;
	f->language = zh ? "zh_CN" : "en";
	t = fixture_term(f);
	for (int k = 0; k < 6 && !on(t, zh ? "[结果 1]" : "[results 1]"); k++)
		term_keys(t, "\t");
	term_keys(t, "\r"); /* open: it is read before it is answered */
	for (size_t k = 0; k < 4 && screens[i].keys[k]; k++)
		term_keys(t, screens[i].keys[k]);
	for (size_t k = 0; k < 6 && facts[k]; k++)
		assert_on(t, facts[k]);
	/* The pause after which a draft is saved, whoever else is busy. */
	if (screens[i].draft)
		term_until(t, zh ? "已存" : "saved");
	term_golden(t, name);
}

static void
pictures(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(screens); i++)
		for (size_t size = 0; size < G_N_ELEMENTS(sizes); size++) {
			picture(i, size, FALSE);
			picture(i, size, TRUE);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acknowledged), cmocka_unit_test(another),
		cmocka_unit_test(explained), cmocka_unit_test(recalled),
		cmocka_unit_test(draft_stays), cmocka_unit_test(pictures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
