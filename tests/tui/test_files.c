/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures and files on the screen, at three widths and in both languages: the
 * patient on top, what the file is in words, the picture in cells (also in few
 * colours and in none); the list of several; a file that is fetched, that comes
 * later, that cannot be had, that is no picture, that is damaged; each wait can be
 * left; a picture is drawn anew for another size.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "tests/tap.h"
#include "tests/tui/fixture.h"
#include "store/file.h"

static char *
meter(void)
{
	g_autofree char *path = test_src("tests/fixtures/tui/meter.png");
	g_autofree char *bytes = NULL;
	gsize len;

	assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	return g_base64_encode((const guchar *)bytes, len);
}

/* The newest message of the thread that /张 opens. */
static void
message(struct fixture *f, const char *id, const char *time, const char *file)
{
	g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Bundle\","
	    "\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
	    "\"Communication\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2026-10-03T%s:00.000Z\"},\"partOf\":[{"
	    "\"reference\":\"Communication/c1\"}],\"status\":\"completed\","
	    "\"subject\":{\"reference\":\"Patient/p1\"},\"sender\":{"
	    "\"reference\":\"Patient/p1\"},\"sent\":\"2026-10-03T%s:00Z\","
	    "\"payload\":[{\"contentString\":\"给您看看\"},"
	    "{\"contentAttachment\":{%s}}]}}]}", id, time, time, file);

	fixture_ingest_json(f, json);
}

static void
picture(struct fixture *f)
{
	g_autofree char *data = meter();
	g_autofree char *file = g_strdup_printf("\"contentType\":\"image/png\","
	    "\"title\":\"血压计.png\",\"size\":7908,\"data\":\"%s\"", data);

	message(f, "pic", "04:30", file);
}

static struct term *
open_thread(struct fixture *f)
{
	struct term *t = fixture_term(f);

	term_keys(t, "/张\r");
	term_keys(t, "\r");
	return t;
}

static gboolean
row_has(struct term *t, int y, const char *text)
{
	g_autofree char *row = term_row(t, y);

	return strstr(row, text) != NULL;
}

static int
blocks(struct term *t)
{
	g_autofree char *text = term_text(t);
	int n = 0;

	for (const char *c = text; *c; c = g_utf8_next_char(c)) {
		gunichar ch = g_utf8_get_char(c);

		n += (ch >= 0x2580 && ch <= 0x259f) ||
		    (ch > 0x2800 && ch <= 0x28ff);
	}
	return n;
}

static void
shown(void **state)
{
	static const struct { int cols, rows; } sizes[] = { { 60, 24 },
		{ 80, 24 }, { 120, 36 } };
	static const char *const languages[] = { "en", "zh_CN" };

	for (size_t i = 0; i < 6; i++) {
		BASE_AUTO(fixture) f = fixture_new();
		g_autofree char *name = NULL;

		f->cols = sizes[i / 2].cols;
		f->rows = sizes[i / 2].rows;
		f->language = languages[i % 2];
		picture(f);
		BASE_AUTO(term) t = open_thread(f);
		term_keys(t, "o");
		/* Of this thread there is another file too: the list. */
		assert_true(row_has(t, 1, "张银兰"));
		name = g_strdup_printf("files-%d-%s", f->cols, f->language);
		term_golden(t, name);
		term_keys(t, "G");
		term_keys(t, "\r");
		assert_true(row_has(t, 1, "张银兰"));
		assert_true(row_has(t, 1, "68"));
		assert_true(term_has(t, "血压计.png"));
		assert_true(term_has(t, "192×160"));
		assert_true(blocks(t) > 60);
		g_free(name);
		name = g_strdup_printf("picture-%d-%s", f->cols, f->language);
		term_golden(t, name);
		term_keys(t, "\x1b");
		assert_false(term_has(t, "192×160"));
	}
}

static void
few_colours(void **state)
{
	static const char *const terms[] = { "xterm-16color", "xterm", "vt100",
		NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(terms); i++) {
		BASE_AUTO(fixture) f = fixture_new();

		f->term = terms[i];
		f->no_color = !terms[i];
		picture(f);
		BASE_AUTO(term) t = open_thread(f);
		term_keys(t, "o");
		term_keys(t, "G");
		term_keys(t, "\r");
		assert_true(term_has(t, "192×160"));
		if (blocks(t) < 60)
			fail_msg("%s: %d cells", terms[i], blocks(t));
	}
}

static void
another_size(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();

	picture(f);
	BASE_AUTO(term) t = open_thread(f);
	term_keys(t, "o");
	term_keys(t, "G");
	term_keys(t, "\r");
	int large = blocks(t);
	term_resize(t, 20, 70);
	term_sync(t);
	assert_true(blocks(t) > 20 && blocks(t) < large);
	assert_true(term_has(t, "192×160"));
}

/* ---- fetching ----------------------------------------------------------- */

static struct file_id
wanted_one(struct fixture *f)
{
	BASE_AUTO(store) s = fixture_store(f);
	g_autoptr(GArray) all = store_files_wanted(s, 10, NULL);

	assert_int_equal(all->len, 1);
	return g_array_index(all, struct file_id, 0);
}

static struct term *
asked(struct fixture *f)
{
	struct term *t;

	message(f, "far", "04:31", "\"contentType\":\"image/png\",\"title\":"
	    "\"皮疹.png\",\"url\":\"Binary/b1\"");
	t = fixture_term(f);
	fixture_ring(f, t, "state live 1791002400000 1791002440000");
	term_keys(t, "/张\r");
	term_keys(t, "\r");
	term_keys(t, "o");
	term_keys(t, "G");
	term_keys(t, "\r");
	return t;
}

static void
comes_from_afar(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = asked(f);
	g_autofree char *path = test_src("tests/fixtures/tui/meter.png");
	g_autofree char *bytes = NULL;
	gsize len;

	assert_true(term_has(t, "Being fetched from the server"));
	{
		struct file_id id = wanted_one(f);
		g_autofree char *line = g_strdup_printf("fetching %d 3565158 "
		    "12582912", (int)id.n);

		fixture_ring(f, t, "fetching 4711 1 2");
		assert_false(term_has(t, " MB"));
		fixture_ring(f, t, line);
		assert_true(term_has(t, "3.4 MB of 12.0 MB (28 %)"));
		g_free(line);
		line = g_strdup_printf("fetching %d 3565158 0", (int)id.n);
		fixture_ring(f, t, line);
		assert_true(term_has(t, "3.4 MB so far"));
	}
	assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	{
		struct file_id id = wanted_one(f);
		BASE_AUTO(store) s = fixture_store(f);

		assert_true(store_file_put(s, id, "image/png", bytes, len,
		    1 << 24, FIXTURE_NOW_MS, NULL));
	}
	fixture_ring(f, t, "answer 1 ok");
	assert_true(term_has(t, "192×160"));
	assert_true(blocks(t) > 60);
}

/* Text too, though it was fetched after the view was opened; and whose it is
 * stands on top, as on the help over a file. */
static void
text_comes(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = asked(f);

	{
		struct file_id id = wanted_one(f);
		BASE_AUTO(store) s = fixture_store(f);

		assert_true(store_file_put(s, id, "text/plain",
		    "first line\nsecond", 17, 1 << 24, FIXTURE_NOW_MS, NULL));
	}
	term_keys(t, "?");
	assert_true(row_has(t, 1, "张银兰"));
	term_keys(t, "\x1b");
	fixture_ring(f, t, "answer 1 ok");
	assert_true(term_has(t, "second"));
	assert_false(term_has(t, "no picture"));
	assert_true(row_has(t, 1, "张银兰"));
	term_keys(t, "\x1b");
	assert_true(row_has(t, 1, "Files"));
	assert_true(row_has(t, 1, "张银兰"));
}

static void
cannot_come(void **state)
{
	static const struct { enum file_state why; const char *words; }
	all[] = {
		{ FILE_GONE, "does not have this file any more" },
		{ FILE_REFUSED, "does not give this file to your login" },
		{ FILE_TOO_LARGE, "larger than body_cap_bytes" },
		{ FILE_ODD, "gave for this file is none" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		BASE_AUTO(fixture) f = fixture_new();
		BASE_AUTO(term) t = asked(f);
		struct file_id id = wanted_one(f);
		BASE_AUTO(store) s = fixture_store(f);

		assert_true(store_file_cannot(s, id, all[i].why, NULL));
		fixture_ring(f, t, "answer 1 gone");
		assert_true(term_has(t, all[i].words));
		/* Asked once more, and left. */
		term_keys(t, "R");
		assert_true(term_has(t, "Being fetched"));
		term_keys(t, "\x1b");
		assert_false(term_has(t, "Being fetched"));
	}
}

static void
server_away(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = asked(f);

	fixture_ring(f, t, "answer 1 failed");
	assert_true(term_has(t, "fetched when it is back"));
	wanted_one(f);
}

/* ---- what is no picture ------------------------------------------------- */

static void
one_sentence(void **state)
{
	static const struct { const char *data, *words; } all[] = {
		{ "JVBERi0xLjQK", "no picture" },
		{ "iVBORw0KGgoAAAANSUhEUgAA", "is damaged" },
		/* TIFF, BMP, HEIC, AVIF: named, and what is to be done */
		{ "SUkqAAgAAAA=", "image/tiff" },
		{ "SUkqAAgAAAA=", "this kind are not shown" },
		{ "SUkqAAgAAAA=", "file_program" },
		{ "Qk06AAAAAAAAADYAAAA=", "image/bmp" },
		{ "Qk06AAAAAAAAADYAAAA=", "file_program" },
		{ "AAAAGGZ0eXBoZWljAAAAAA==", "image/heic" },
		{ "AAAAGGZ0eXBoZWl4AAAAAA==", "file_program" },
		{ "AAAAGGZ0eXBhdmlmAAAAAA==", "image/avif" },
		{ "aGVsbG8gZG9jdG9y", "hello doctor" },
		{ "====", "is none" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		BASE_AUTO(fixture) f = fixture_new();
		g_autofree char *file = g_strdup_printf("\"contentType\":"
		    "\"image/png\",\"title\":\"x\",\"data\":\"%s\"",
		    all[i].data);

		message(f, "odd", "04:32", file);
		BASE_AUTO(term) t = open_thread(f);
		term_keys(t, "o");
		term_keys(t, "G");
		term_keys(t, "\r");
		if (!term_has(t, all[i].words))
			fail_msg("no “%s” in:\n%s", all[i].words, term_text(t));
		term_keys(t, "\x1b");
	}
}

static void
none_here(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "o");
	assert_true(term_has(t, "Open a patient first"));
}

/* ---- with a reply ------------------------------------------------------- */

static void
attach(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *to = g_build_filename(f->dir, name, NULL);
	g_autofree char *from = test_src("tests/fixtures/tui/meter.png");
	g_autofree char *bytes = NULL, *begun = NULL;
	gsize len;

	assert_true(g_file_get_contents(from, &bytes, &len, NULL));
	assert_true(g_file_set_contents(to, bytes, (gssize)len, NULL));
	term_keys(t, "\x0f"); /* ^O */
	assert_true(term_has(t, "at most 20 MB"));
	/* The rest by Tab: no other name begins so. */
	begun = g_strndup(to, strlen(to) - 3);
	term_keys(t, begun);
	term_keys(t, "\t");
	term_keys(t, "\r");
	/* It may go: the vault has it. */
	assert_int_equal(g_remove(to), 0);
}

static void
goes_with_a_reply(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = open_thread(f);

	term_keys(t, "r");
	attach(f, t, "zz-one.png");
	assert_true(term_has(t, "[picture] zz-one.png  8 KB"));
	attach(f, t, "zz-two.png");
	assert_true(term_has(t, "zz-two.png"));
	term_keys(t, "\x18"); /* ^X */
	assert_false(term_has(t, "zz-two.png"));
	/* Laid down and taken up: it is still there. */
	term_keys(t, "\x1b");
	term_keys(t, "\x1b");
	term_keys(t, "\r");
	assert_true(term_has(t, "zz-one.png"));
	term_keys(t, "r");
	term_keys(t, "\x13"); /* ^S, without a word */
	assert_true(term_has(t, "waiting"));
	assert_true(term_has(t, "[picture] zz-one.png  8 KB"));
	{
		BASE_AUTO(store) s = fixture_store(f);
		BASE_AUTO(outbox_entry) e = store_outbox_next(s,
		    FIXTURE_NOW_MS, NULL, NULL);

		assert_non_null(e);
		assert_true(e->files);
		BASE_AUTO(file_send) file = store_file_unsent(s, e, NULL);
		assert_string_equal(file->content_type, "image/png");
		assert_string_equal(file->patient_ref, "Patient/p1");
		assert_int_equal(file->len, 7908);
		assert_true(store_file_sent(s, e, file, "b7", NULL));
		BASE_AUTO(outbox_entry) now = store_outbox_get(s, e->id, NULL);
		assert_false(now->files);
		assert_non_null(strstr(now->bytes, "\"url\":\"Binary/b7\""));
	}
}

static void
cannot_be_attached(void **state)
{
	static const struct { const char *path, *words; } all[] = {
		{ "/nowhere/x.png", "cannot be attached" },
		{ "/", "it is not a file" },
		{ "/dev/null", "it is not a file" },
	};
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = open_thread(f);

	term_keys(t, "r");
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		term_keys(t, "\x0f");
		term_keys(t, all[i].path);
		term_keys(t, "\r");
		assert_true(term_has(t, all[i].words));
		term_keys(t, "\x1b");
	}
	term_keys(t, "\x18");
	assert_true(term_has(t, "Nothing is attached"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shown), cmocka_unit_test(few_colours),
		cmocka_unit_test(another_size),
		cmocka_unit_test(comes_from_afar),
		cmocka_unit_test(text_comes),
		cmocka_unit_test(cannot_come), cmocka_unit_test(server_away),
		cmocka_unit_test(one_sentence), cmocka_unit_test(none_here),
		cmocka_unit_test(goes_with_a_reply),
		cmocka_unit_test(cannot_be_attached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
