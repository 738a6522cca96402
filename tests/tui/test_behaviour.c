/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the screens do: a reply goes out and its state is seen; the next owed item
 * comes once; what was typed ahead never reaches another patient; a message that
 * arrives moves nothing; only what was shown is read; the place is kept over a
 * restart and a kill; signals and sizes restore or redraw; every wrong start is
 * one sentence.
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/tui/fixture.h"

static gboolean
row_has(struct term *t, int y, const char *text)
{
	g_autofree char *row = term_row(t, y);

	return strstr(row, text) != NULL;
}

/* The line that holds the text; -1. */
static int
line_of(struct term *t, const char *text)
{
	for (int y = 0; y < term_rows(t); y++)
		if (row_has(t, y, text))
			return y;
	return -1;
}

static void
open_name(struct term *t, const char *name)
{
	g_autofree char *keys = g_strdup_printf("/%s\r", name);

	term_keys(t, keys);
	term_keys(t, "\r");
}

static int
unread_of(struct fixture *f, const char *consult)
{
	struct consult_id id = fixture_consult(f, consult);
	BASE_AUTO(store) s = fixture_store(f);
	BASE_AUTO(thread) t = store_thread(s, id, 100, NULL);
	int n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->messages[i].unread;
	return n;
}

static char *
message_json(const char *id, const char *consult, const char *patient,
    const char *text)
{
	return g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":"
	    "\"collection\",\"entry\":[{\"resource\":{\"resourceType\":"
	    "\"Communication\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2026-10-03T04:40:59.000Z\"},\"partOf\":[{"
	    "\"reference\":\"Communication/%s\"}],\"status\":\"completed\","
	    "\"subject\":{\"reference\":\"Patient/%s\"},\"sender\":{"
	    "\"reference\":\"Patient/%s\"},\"recipient\":[{\"reference\":"
	    "\"Practitioner/wu\"}],\"sent\":\"2026-10-03T12:40:00+08:00\","
	    "\"payload\":[{\"contentString\":\"%s\"}]}}]}", id, consult,
	    patient, patient, text);
}

static void
arrives(struct fixture *f, struct term *t, const char *id, const char *consult,
    const char *patient, const char *text)
{
	g_autofree char *json = message_json(id, consult, patient, text);

	fixture_ingest_json(f, json);
	fixture_ring(f, t, "changed all 0");
	term_sync(t);
}

/* ---- a reply ------------------------------------------------------------ */

static void
test_reply(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	struct outbox_counts n = { 0 };

	open_name(t, "张");
	term_keys(t, "r");
	term_keys(t, "先别加药。");
	term_keys(t, "\023");
	assert_true(term_has(t, "↑ waiting"));
	assert_true(row_has(t, 0, "↑1 unsent"));
	assert_true(row_has(t, 1, "张银兰"));
	term_send(t, "q");
	assert_int_equal(term_exit(t), 0);
	assert_true(term_has(t, "1 reply is not sent yet"));
	{
		BASE_AUTO(store) s = fixture_store(f);

		assert_true(store_outbox_counts(s, &n, NULL));
	}
	assert_int_equal(n.waiting, 1);
}

static struct outbox_entry *
reply_waiting(struct store *s)
{
	struct outbox_entry *e;

	while ((e = store_outbox_next(s, FIXTURE_NOW_MS, NULL, NULL))) {
		if (!strcmp(e->type, "Communication") &&
		    e->verb == OUTBOX_CREATE)
			break;
		assert_true(store_outbox_done(s, e->id, NULL, NULL));
		outbox_entry_free(e);
	}
	assert_non_null(e);
	return e;
}

/* Its answer was lost with the qingnang-sync that sent it; the next one's pull
 * brings it back as a message. Nobody rings for the outbox then, and the header
 * kept it as unsent. */
static void
test_reply_comes_back(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	g_autofree char *json = NULL;

	open_name(t, "张");
	term_keys(t, "r");
	term_keys(t, "先别加药。\023");
	assert_true(row_has(t, 0, "↑1 unsent"));
	{
		BASE_AUTO(store) s = fixture_store(f);
		struct outbox_entry *e = reply_waiting(s);

		/* Its own bytes, as the server has them: with an id and a stamp. */
		assert_true(e->bytes[0] == '{');
		json = g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":"
		    "\"collection\",\"entry\":[{\"resource\":{\"id\":\"there\","
		    "\"meta\":{\"versionId\":\"1\",\"lastUpdated\":"
		    "\"2026-10-03T04:41:30.000Z\"},%s}]}", e->bytes + 1);
		outbox_entry_free(e);
	}
	fixture_ingest_json(f, json);
	fixture_ring(f, t, "changed consult 0");
	assert_false(row_has(t, 0, "unsent"));
	assert_true(term_has(t, "✓"));
}

/* The server refused it: said with its words, sent again or edited by a key. */
static void
test_refused_reply(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	struct outbox_entry *e;

	open_name(t, "张");
	term_keys(t, "r");
	term_keys(t, "先别加药。\023");
	{
		BASE_AUTO(store) s = fixture_store(f);

		e = reply_waiting(s);
		assert_true(store_outbox_failed(s, e->id, "not \033[31mallowed",
		    NULL));
		outbox_entry_free(e);
	}
	fixture_ring(f, t, "changed outbox 0");
	assert_true(term_has(t, "✗ refused"));
	assert_true(term_has(t, "not [31mallowed"));
	assert_true(row_has(t, 0, "✗1 refused"));
	assert_true(row_has(t, term_rows(t) - 1, "R try again"));
	/* The next does not overtake it, and says what it waits for. */
	assert_false(term_has(t, "waits for the refused"));
	term_keys(t, "r");
	term_keys(t, "明天再量。\023");
	assert_true(term_has(t, "waits for the refused"));
	term_keys(t, "e");
	assert_true(term_has(t, "Reply to 张银兰"));
	assert_true(term_has(t, "先别加药。"));
	assert_false(term_has(t, "✗ refused"));
}

/* What another window does with the draft that lies here. */
static void
elsewhere(struct fixture *f, gboolean sent)
{
	struct draft_key key = { .consult = fixture_consult(f, "c1") };
	BASE_AUTO(store) s = fixture_store(f);
	BASE_AUTO(draft) d = store_draft_load(s, key, NULL);

	assert_non_null(d);
	if (sent)
		assert_true(store_send(s, key, d->patient, NULL,
		    FIXTURE_NOW_MS, &(struct outbox_id){ 0 }, NULL));
	else
		assert_true(store_draft_save(s, key, d->patient,
		    "别处改过", 0, FIXTURE_NOW_MS, NULL));
}

/* Two windows of one doctor: a draft that went from the other is not offered
 * here once more, put down or open, with news of it or without; what is typed
 * next is still text; and a draft that was changed there is written on. */
static void
test_draft_sent_elsewhere(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	open_name(t, "张");
	term_keys(t, "r");
	term_keys(t, "先别加药");
	term_keys(t, "\033");
	elsewhere(f, FALSE);
	term_keys(t, "r");
	assert_true(term_has(t, "别处改过"));
	assert_false(term_has(t, "先别加药"));
	elsewhere(f, TRUE);
	fixture_ring(f, t, "changed outbox 0");
	assert_true(term_has(t, "in another window"));
	assert_true(row_has(t, 0, "↑1 unsent"));
	term_keys(t, "q再量一次");
	assert_true(term_has(t, "q再量一次"));
	term_keys(t, "\033");
	elsewhere(f, TRUE);
	term_keys(t, "r");
	assert_true(term_has(t, "in another window"));
	assert_true(term_has(t, "Type the reply"));
	term_keys(t, "第三条");
	term_keys(t, "\033");
	term_keys(t, "r");
	elsewhere(f, TRUE);
	term_keys(t, "\023");
	assert_true(term_has(t, "in another window"));
	{
		BASE_AUTO(store) s = fixture_store(f);
		struct outbox_counts counts = { 0 };

		assert_true(store_outbox_counts(s, &counts, NULL));
		assert_int_equal(counts.waiting, 3);
	}
}

/* ---- going on ----------------------------------------------------------- */

static void
test_next_never_repeats(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash,
	    g_str_equal, g_free, NULL);
	int n = 0;

	for (; !term_has(t, "Nothing more is owed"); n++) {
		assert_true(n < 20);
		term_keys(t, "n");
		if (!term_has(t, "Nothing more is owed")) {
			char *title = term_row(t, 1);

			if (!g_hash_table_add(seen, title))
				fail_msg("again: %s", title);
		}
	}
	assert_int_equal(g_hash_table_size(seen), 10);
}

/* Keys behind the one that opens another patient are thrown away. */
static void
test_typed_ahead(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	g_autofree char *title = NULL;

	term_keys(t, "nrwrong patient\023n");
	assert_false(term_has(t, "Reply to"));
	assert_false(term_has(t, "wrong patient"));
	title = term_row(t, 1);
	assert_non_null(strstr(title, "小豆"));
	term_keys(t, "r");
	assert_true(term_has(t, "Reply to 小豆"));
}

/* A fast filter and Enter open what the filter left. */
static void
test_fast_filter(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "/宋\r\r");
	assert_true(row_has(t, 1, "宋曼"));
	assert_false(row_has(t, 1, "小豆"));
}

/* Who types a name means the first who has it, wherever the cursor was. */
static void
test_filter_first(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "G");
	term_keys(t, "/李");
	assert_true(term_has(t, "2 found"));
	assert_true(row_has(t, 2, "▸"));
}

static void
test_filter_live(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "/李");
	assert_true(term_has(t, "李伟"));
	assert_false(term_has(t, "宋曼"));
	assert_true(term_has(t, "2 found"));
	term_keys(t, "\177宋");
	assert_true(term_has(t, "宋曼"));
	term_keys(t, "x\033");
	assert_true(term_has(t, "小豆")); /* Esc: as it was before */
}

static void
test_lanes(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "\t\t");
	assert_true(term_has(t, "[results 1]"));
	assert_true(term_has(t, "肾功能"));
	assert_false(term_has(t, "小豆"));
	term_keys(t, "\033[Z");
	assert_true(term_has(t, "[replies 9]"));
}

static void
test_input_method(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	term_keys(t, "\xe4\xbd\xa0"); /* 你 */
	assert_true(term_has(t, "input method"));
	term_keys(t, "\xef\xbc\x9f"); /* ？ */
	assert_true(term_has(t, "one line down"));
}

/* ---- what arrives ------------------------------------------------------- */

static void
test_reader_stays(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	int before;

	f->rows = 16;
	f->cols = 80;
	t = fixture_term(f);
	open_name(t, "张");
	term_keys(t, "g");
	before = line_of(t, "医生您好");
	assert_true(before >= 0);
	arrives(f, t, "new1", "c1", "p1", "刚才又量了一次");
	assert_int_equal(line_of(t, "医生您好"), before);
	assert_false(term_has(t, "刚才又量了一次"));
	assert_true(row_has(t, 1, "↓1 new"));
	term_keys(t, "G");
	assert_true(term_has(t, "刚才又量了一次"));
	assert_false(row_has(t, 1, "↓1 new"));
}

/* The selected row stays the same patient on the same line of the screen. */
static void
test_selection_stays(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	int before;

	term_keys(t, "jjj");
	before = line_of(t, "▸");
	assert_true(row_has(t, before, "朱雪山"));
	arrives(f, t, "new2", "c2", "p2", "还在吗");
	assert_true(row_has(t, line_of(t, "▸"), "朱雪山"));
}

/* Only what was on the glass whole is read. */
static void
test_read_when_shown(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	g_autofree char *line = g_strnfill(3000, 'w');
	g_autofree char *json = message_json("long", "c2", "p2", line);
	BASE_AUTO(term) t = NULL;

	fixture_ingest_json(f, json);
	f->rows = 16;
	t = fixture_term(f);
	assert_int_equal(unread_of(f, "c2"), 2);
	open_name(t, "宋");
	term_keys(t, "g");
	assert_int_equal(unread_of(f, "c2"), 1);
	for (int i = 0; i < 12; i++)
		term_keys(t, " ");
	term_keys(t, "G");
	assert_int_equal(unread_of(f, "c2"), 0);
}

static void
test_huge_message(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	g_autofree char *text = g_strnfill(1024 * 1024, 'm');
	g_autofree char *all = g_strconcat(text, " END", NULL);
	g_autofree char *json = message_json("huge", "c2", "p2", all);
	BASE_AUTO(term) t = NULL;

	fixture_ingest_json(f, json);
	t = fixture_term(f);
	open_name(t, "宋");
	term_keys(t, "G");
	assert_true(term_has(t, "1.0 MB in all"));
	assert_false(term_has(t, "END"));
	assert_int_equal(unread_of(f, "c2"), 1);
	term_keys(t, "x");
	term_keys(t, "G");
	assert_true(term_has(t, "END"));
	assert_int_equal(unread_of(f, "c2"), 0);
	term_keys(t, "\033");
	assert_true(row_has(t, 1, "宋曼"));
}

static void
test_marks_of_messages(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	open_name(t, "咳嗽");
	assert_true(term_has(t, "retracted"));
	assert_true(row_has(t, 1, "y 1988-05-05  namesake"));
	term_keys(t, "\033");
	term_keys(t, "\033");
	open_name(t, "血糖");
	assert_true(term_has(t, "Not understood"));
	term_keys(t, "\033");
	term_keys(t, "\033");
	open_name(t, "腿肿");
	assert_true(row_has(t, 1, "†died"));
	assert_true(term_has(t, "† This patient has died."));
	assert_true(term_has(t, "2026-10-01"));
	assert_false(term_has(t, "13:10"));
	assert_true(term_has(t, "not yet loaded"));
}

/* A chart that is not here is asked for when it is looked at. */
static void
test_chart_is_fetched(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	fixture_ring(f, t, "state live 1791002400000 1791002440000");
	open_name(t, "腿肿");
	assert_true(term_has(t, "not yet loaded"));
	fixture_answer(f, t);
}

/* ---- the place ---------------------------------------------------------- */

/* Same thread, same pane with the keys, same line of the chart, same row. */
static void
test_place_kept(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	int row, line;

	{
		BASE_AUTO(term) t = fixture_term(f);

		open_name(t, "张");
		term_keys(t, "\033");
		term_keys(t, "\033");
		term_keys(t, "\r");
		term_keys(t, "c");
		term_keys(t, "jj");
		row = line_of(t, "▸");
		line = line_of(t, "皮疹");
		term_send(t, "q");
		assert_int_equal(term_exit(t), 0);
	}
	{
		BASE_AUTO(term) t = fixture_term(f);

		assert_true(row_has(t, 1, "▌ Chart 张银兰"));
		assert_true(row >= 0 && line_of(t, "▸") == row);
		assert_true(line >= 0 && line_of(t, "皮疹") == line);
		assert_true(term_has(t, "医生,要不要加药?"));
	}
}

static void
test_kill_keeps_draft(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();

	{
		BASE_AUTO(term) t = fixture_term(f);

		open_name(t, "张");
		term_keys(t, "r");
		term_keys(t, "半句话");
		term_until(t, "draft saved");
		kill(term_pid(t), SIGKILL);
		assert_int_equal(term_exit(t), 128 + SIGKILL);
	}
	{
		BASE_AUTO(term) t = fixture_term(f);

		assert_true(term_has(t, "半句话"));
		assert_true(term_has(t, "Reply to 张银兰"));
	}
}

/* ---- signals and sizes -------------------------------------------------- */

static void
ended_by(int sig)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	const GByteArray *bytes;

	open_name(t, "张");
	term_keys(t, "r");
	term_keys(t, "半句话");
	kill(term_pid(t), sig);
	assert_int_equal(term_exit(t), 128 + sig);
	bytes = term_bytes(t);
	assert_non_null(memmem(bytes->data, bytes->len, "\033[?1049l", 8));
	assert_non_null(memmem(bytes->data, bytes->len, "\033[?2004l", 8));
	{
		BASE_AUTO(term) again = fixture_term(f);

		assert_true(term_has(again, "半句话"));
	}
}

static void
test_sigterm(void **state)
{
	ended_by(SIGTERM);
}

static void
test_sighup(void **state)
{
	ended_by(SIGHUP);
}

static void
test_crash_restores(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	const GByteArray *bytes;

	kill(term_pid(t), SIGABRT);
	assert_int_equal(term_exit(t), 128 + SIGABRT);
	bytes = term_bytes(t);
	assert_non_null(memmem(bytes->data, bytes->len, "\033[?1049l", 8));
}

static void
test_sizes(void **state)
{
	static const struct { int rows, cols; } sizes[] = { { 5, 10 },
		{ 1, 1 }, { 24, 80 }, { 16, 60 }, { 15, 60 }, { 24, 59 },
		{ 60, 220 }, { 2, 300 }, { 36, 120 } };
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);
	g_autofree char *before = NULL, *after = NULL;

	open_name(t, "张");
	before = term_text(t);
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		gboolean fits = sizes[i].rows >= 16 && sizes[i].cols >= 60;

		term_resize(t, sizes[i].rows, sizes[i].cols);
		if (sizes[i].cols > 20 && sizes[i].rows > 1)
			assert_int_equal(!fits, term_has(t, "window"));
		else if (sizes[i].cols >= 10)
			assert_true(term_has(t, "60×16"));
		if (fits)
			assert_true(row_has(t, 1, "张银兰"));
	}
	after = term_text(t);
	assert_string_equal(before, after);
}

static void
test_winch_storm(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = fixture_term(f);

	open_name(t, "张");
	for (int i = 0; i < 300; i++)
		kill(term_pid(t), SIGWINCH);
	term_resize(t, 24, 80);
	assert_true(row_has(t, 1, "张银兰"));
}

static void
test_start_too_small(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->rows = 5;
	f->cols = 10;
	t = fixture_term(f);
	assert_true(term_has(t, "Enlarge to"));
	assert_true(term_has(t, "60×16")); /* whole, even there */
	term_resize(t, 24, 80);
	assert_true(term_has(t, "小豆"));
}

/* ---- wrong starts ------------------------------------------------------- */

static int
child_problem(void *user)
{
	struct fixture *f = user;
	struct tui_options o = { .profile = "test", .state_dir = f->dir,
		.runtime_dir = f->dir, .settings = f->settings,
		.key = vault_key_random() };

	return tui_run(&o);
}

static void
refused_start(const char *term, const char *says, int code)
{
	BASE_AUTO(fixture) f = fixture_new();
	struct term_options o = { .rows = 24, .cols = 80, .term = term,
		.child = child_problem, .user = f };
	BASE_AUTO(term) t = NULL;

	if (!term)
		assert_true(base_setting_set(f->settings, SET_THEME, "nosuch",
		    NULL));
	t = term_new(&o);
	assert_int_equal(term_exit(t), code);
	if (!term_has(t, says)) {
		g_autofree char *text = term_text(t);

		fail_msg("%s", text);
	}
}

static void
test_unknown_terminal(void **state)
{
	refused_start("nosuchterm", "“nosuchterm” is unknown", BASE_EXIT_USAGE);
	refused_start("dumb", "cannot place its cursor", BASE_EXIT_USAGE);
}

/* The next attempt would be five seconds away: it is the doorbell itself that
 * tells of being there. */
static void
test_sync_comes_late(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;
	struct pollfd p = { .events = POLLIN };

	f->deaf = TRUE;
	t = fixture_term(f);
	term_until(t, "not connected");
	f->bell_fd = p.fd = doorbell_listen(f->dir, NULL);
	assert_true(p.fd >= 0);
	assert_int_equal(poll(&p, 1, 2000), 1);
	f->deaf = FALSE;
	fixture_ring(f, t, "state live 1791000240000 1791002400000");
	assert_true(row_has(t, 0, "live"));
}

/* What is wrong with this machine is not said of the server, and what to do is
 * one sentence that a key takes away. */
static void
test_store_states(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	f->cols = 120;
	t = fixture_term(f);
	fixture_ring(f, t, "state disk-fails 1791000240000 1791000180000");
	assert_true(row_has(t, 0, "cannot write"));
	assert_true(term_has(t, "Make room"));
	assert_false(term_has(t, "refuses"));
	term_keys(t, "j");
	/* Said once for as long as it lasts. */
	fixture_ring(f, t, "state disk-fails 1791000240000 1791000180000");
	assert_false(term_has(t, "Make room"));
	fixture_ring(f, t, "state live 1791000240000 1791002400000");
	assert_true(row_has(t, 0, "live"));
	fixture_ring(f, t, "state cache-damaged 1791000240000 1791000180000");
	assert_true(row_has(t, 0, "cache damaged"));
	assert_true(term_has(t, "start again"));
	assert_false(term_has(t, "refuses"));
}

static void
test_unknown_theme(void **state)
{
	refused_start(NULL, "nosuch.theme", BASE_EXIT_USAGE);
}

static void
test_wrong_key(void **state)
{
	refused_start("xterm", "qingnang: The cache cannot be opened: ",
	    BASE_EXIT_CACHE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_reply_comes_back),
		cmocka_unit_test(test_refused_reply),
		cmocka_unit_test(test_draft_sent_elsewhere),
		cmocka_unit_test(test_next_never_repeats),
		cmocka_unit_test(test_typed_ahead),
		cmocka_unit_test(test_fast_filter),
		cmocka_unit_test(test_filter_first),
		cmocka_unit_test(test_filter_live),
		cmocka_unit_test(test_lanes),
		cmocka_unit_test(test_input_method),
		cmocka_unit_test(test_reader_stays),
		cmocka_unit_test(test_selection_stays),
		cmocka_unit_test(test_read_when_shown),
		cmocka_unit_test(test_huge_message),
		cmocka_unit_test(test_marks_of_messages),
		cmocka_unit_test(test_chart_is_fetched),
		cmocka_unit_test(test_place_kept),
		cmocka_unit_test(test_kill_keeps_draft),
		cmocka_unit_test(test_sigterm),
		cmocka_unit_test(test_sighup),
		cmocka_unit_test(test_crash_restores),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_winch_storm),
		cmocka_unit_test(test_start_too_small),
		cmocka_unit_test(test_unknown_terminal),
		cmocka_unit_test(test_unknown_theme),
		cmocka_unit_test(test_sync_comes_late),
		cmocka_unit_test(test_store_states),
		cmocka_unit_test(test_wrong_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
