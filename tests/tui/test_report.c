/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An imaging report read as text: conclusion, codes, the narrative without its
 * tags, a text file that came with it, a PDF by its name, control bytes as what
 * they are; its links, of which only https addresses of one word are offered, and
 * none is opened without an answer. A panel within a panel in a circle, and
 * members that are not there, end.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/tui/fixture.h"
#include "tui/labs.h"

static const char bundle[] = "{\"resourceType\":\"Bundle\",\"type\":"
    "\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
    "\"DiagnosticReport\",\"id\":\"ct\",\"meta\":{\"versionId\":\"1\","
    "\"lastUpdated\":\"2026-10-03T04:00:00.000Z\"},\"status\":\"final\","
    "\"code\":{\"text\":\"CT-Report\"},\"subject\":{\"reference\":"
    "\"Patient/p1\"},\"issued\":\"2026-10-01T08:00:00Z\",\"conclusion\":"
    "\"No stone. See (https://text.example/9?a=1), and http://no.example.\","
    "\"conclusionCode\":[{\"coding\":[{\"code\":\"N20.0\"}],"
    "\"text\":\"Kidney\"}],\"text\":{\"status\":\"generated\",\"div\":"
    "\"<div><p>Both kidneys <b>normal</b>.</p><script>bad()</script>"
    "<table><tr><td>left</td><td>11 cm</td></tr></table></div>\"},"
    "\"presentedForm\":[{\"contentType\":\"text/plain\",\"title\":"
    "\"note.txt\",\"data\":\"V3JpdHRlbiAbWzMxbWJ5IGhhbmQu\"},{"
    "\"contentType\":\"application/pdf\",\"title\":\"ct.pdf\",\"url\":"
    "\"http://plain.example/ct.pdf\"},{\"url\":\"https://x.example/a b\"},"
    "{\"url\":\"javascript:alert(1)\"},{\"url\":"
    "\"https://pacs.example/s?id=1&v=2\"}],\"imagingStudy\":[{"
    "\"reference\":\"ImagingStudy/is\"},{\"reference\":"
    "\"ImagingStudy/nowhere\"}]}},{\"resource\":{\"resourceType\":"
    "\"ImagingStudy\",\"id\":\"is\",\"status\":\"available\",\"subject\":{"
    "\"reference\":\"Patient/p1\"},\"endpoint\":[{\"reference\":"
    "\"Endpoint/e\"},{\"reference\":\"Endpoint/gone\"}]}},{\"resource\":{"
    "\"resourceType\":\"Endpoint\",\"id\":\"e\",\"status\":\"active\","
    "\"address\":\"https://viewer.example/42\"}}]}";

static const struct { const char *url; gboolean ok; } links[] = {
	{ "https://a.example/x?y=1&z=%20#f", TRUE },
	{ "https://10.0.0.1:8443/", TRUE }, { "http://a.example", FALSE },
	{ "https://", FALSE }, { "https:///x", FALSE },
	{ "https://a.example/ b", FALSE }, { "https://a.example/\n", FALSE },
	{ "https://a.example/'x", FALSE }, { "https://a.example/\"", FALSE },
	{ "https://a.example/`id`", FALSE }, { "https://-x", FALSE },
	{ "file:///etc/passwd", FALSE }, { "-https://a", FALSE },
	{ "https://a.example/\\", FALSE }, { "https://b\xc3\xbc.example", FALSE },
	{ "", FALSE },
};

static void
test_links(void **state)
{
	g_autofree char *tail = g_strnfill(3000, 'a');
	g_autofree char *longest = g_strconcat("https://a/", tail, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(links); i++)
		if (report_link_ok(links[i].url) != links[i].ok)
			fail_msg("%s", links[i].url);
	assert_false(report_link_ok(longest));
}

static void
test_text(void **state)
{
	static const char *const said[] = { "No stone.", "Kidney (N20.0)",
		"Both kidneys normal.", "11 cm", "note.txt", "by hand.",
		"ct.pdf", "[1] https://viewer.example/42",
		"[2] https://pacs.example/s?id=1&v=2",
		"[3] https://text.example/9?a=1" };
	static const char *const unsaid[] = { "<", "bad()", "javascript",
		"plain.example", "x.example", "\x1b" };
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(store) store = NULL;
	BASE_AUTO(report_text) r = NULL;

	fixture_ingest_json(f, bundle);
	store = fixture_store(f);
	r = report_text_read(store, "DiagnosticReport/ct", NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
		if (!strstr(r->text, said[i]))
			fail_msg("“%s” is not in: %s", said[i], r->text);
	for (size_t i = 0; i < G_N_ELEMENTS(unsaid); i++)
		if (strstr(r->text, unsaid[i]))
			fail_msg("“%s” is in: %s", unsaid[i], r->text);
	assert_int_equal(r->links->len, 3);
	assert_string_equal(r->links->pdata[2], "https://text.example/9?a=1");
	assert_null(report_text_read(store, "DiagnosticReport/no", NULL));
	assert_null(report_text_read(store, "#x", NULL));
}

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
test_page(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	fixture_ingest_json(f, bundle);
	f->language = "en";
	f->cols = 80;
	f->rows = 40;
	t = fixture_term(f);
	term_keys(t, "/张\r");
	term_keys(t, "\r");
	term_keys(t, "t");
	for (int i = 0; i < 40 && !on(t, "▸ CT-Report"); i++)
		term_keys(t, "j");
	term_keys(t, "\r");
	assert_true(on(t, "Both kidneys normal."));
	assert_true(on(t, "张银兰"));
	term_keys(t, "\r");
	assert_true(on(t, "Open which link with xdg-open?"));
	term_keys(t, "4\r");
	assert_true(on(t, "none of the links"));
	assert_string_equal(f->shared->link, "");
	term_keys(t, "\x15" "1\r");
	assert_string_equal(f->shared->link, "https://viewer.example/42");
	term_keys(t, "\x1b");
	assert_true(on(t, "all results"));
}

/* ---- as pictures -------------------------------------------------------- */

static const struct { int cols, rows; } sizes[] = { { 60, 24 }, { 80, 24 },
	{ 120, 36 } };

struct said { const char *screen, *row; const char *const *facts; };

/* Every word of the report stands on the screens that one pages through. */
static void
read_report(const struct said *what, size_t size, const char *language)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	g_autofree char *row = g_strconcat("▸ ", what->row, NULL);
	g_autofree char *name = g_strdup_printf("%s-%d-%s", what->screen,
	    sizes[size].cols, language);
	GString *all = g_string_new(NULL);

	fixture_ingest(f, "reports.json");
	f->cols = sizes[size].cols;
	f->rows = sizes[size].rows;
	f->language = language;
	t = fixture_term(f);
	term_keys(t, "/张\r");
	term_keys(t, "\r");
	term_keys(t, "t");
	for (int i = 0; i < 40 && !on(t, row); i++)
		term_keys(t, "j");
	assert_true(on(t, row));
	term_keys(t, "\r");
	term_golden(t, name);
	for (int page = 0; page < 6; page++) {
		for (int y = 0; y < term_rows(t); y++) {
			g_autofree char *line = g_strstrip(term_row(t, y));

			g_string_append(all, line);
		}
		assert_true(on(t, "张银兰"));
		term_keys(t, "\x06");
	}
	for (const char *const *fact = what->facts; *fact; fact++)
		if (!strstr(all->str, *fact))
			fail_msg("%s: no “%s” in %s", name, *fact, all->str);
	g_string_free(all, TRUE);
}

static void
test_pictures(void **state)
{
	static const char *const ct[] = { "胸部CT平扫", "2026-10-01",
		"磨玻璃结节", "6 mm", "建议 12 个月后", "主动脉及冠状动脉钙化",
		"气管居中", "112.4 mGy·cm", "胸部CT.pdf", "180 KB",
		"https://pacs.hospital.example/viewer?study=42", NULL };
	static const char *const biopsy[] = { "胃窦黏膜活检病理",
		"2026-09-20", "肠上皮化生", "Hp(−)", "K29.4", "补充报告.txt",
		"Ki-67", NULL };
	static const struct said all[] = {
		{ "report-imaging", "胸部CT平扫", ct },
		{ "report-pathology", "胃窦黏膜", biopsy },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		for (size_t size = 0; size < G_N_ELEMENTS(sizes); size++) {
			read_report(&all[i], size, "en");
			read_report(&all[i], size, "zh_CN");
		}
}

/* ---- circles ------------------------------------------------------------ */

static void
test_circle(void **state)
{
	static const char circle[] = "{\"resourceType\":\"Bundle\",\"type\":"
	    "\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
	    "\"DiagnosticReport\",\"id\":\"rc\",\"status\":\"final\",\"code\":{"
	    "\"text\":\"C\"},\"subject\":{\"reference\":\"Patient/p1\"},"
	    "\"result\":[{\"reference\":\"Observation/ca\"},{\"reference\":"
	    "\"Observation/nowhere\"}]}},{\"resource\":{\"resourceType\":"
	    "\"Observation\",\"id\":\"ca\",\"status\":\"final\",\"code\":{"
	    "\"text\":\"CA\"},\"subject\":{\"reference\":\"Patient/p1\"},"
	    "\"hasMember\":[{\"reference\":\"Observation/cb\"},{\"reference\":"
	    "\"Observation/ca\"}]}},{\"resource\":{\"resourceType\":"
	    "\"Observation\",\"id\":\"cb\",\"status\":\"final\",\"code\":{"
	    "\"text\":\"CB\"},\"subject\":{\"reference\":\"Patient/p1\"},"
	    "\"valueQuantity\":{\"value\":7.20,\"unit\":\"%\"},\"hasMember\":[{"
	    "\"reference\":\"Observation/ca\"},{\"reference\":"
	    "\"Observation/gone\"}],\"derivedFrom\":[{\"reference\":"
	    "\"Observation/cb\"}]}}]}";
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(store) store = NULL;
	BASE_AUTO(results) r = NULL;

	fixture_ingest_json(f, circle);
	store = fixture_store(f);
	r = store_report_results(store, store_report_find(store,
	    "DiagnosticReport/rc"), NULL);
	assert_int_equal(r->n, 1);
	assert_string_equal(r->rows[0].now.detail, "7.20 %");
	/* What it names and is not here is counted, not passed over. */
	assert_int_equal(r->missing, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links), cmocka_unit_test(test_text),
		cmocka_unit_test(test_page), cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_circle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
