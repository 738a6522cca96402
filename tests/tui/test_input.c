/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a terminal become the right keys however they are cut into pieces: a
 * split arrow is no Esc, a lone ESC is one after its time, a paste is text whole,
 * and no bytes at all make it read beyond them or stop for good.
 */
#include "tests/tap.h"
#include "tui/event.h"

enum { HOLD_MS = 100 };

static char *
name_of(const struct event *e)
{
	if (e->kind == EVENT_PASTE)
		return g_strdup_printf("paste:%zu", e->len);
	if (e->kind == EVENT_MOUSE)
		return g_strdup_printf("mouse:%d,%d,%d", (int)e->mouse, e->y,
		    e->x);
	if (e->kind == EVENT_MARK)
		return g_strdup_printf("mark:%ld", e->number);
	if (e->key > 0x20 && e->key < K_NONE) {
		char c[8] = "";

		g_unichar_to_utf8(e->key, c);
		return g_strdup_printf("%s%s", e->mods & MOD_CTRL ? "^" : "",
		    c);
	}
	return g_strdup_printf("%x/%u", e->key, e->mods);
}

/* Events of what is there now, separated by blanks. */
static char *
drain(struct input *in, int64_t now_ms)
{
	GString *s = g_string_new(NULL);
	struct event e;

	while (input_next(in, now_ms, &e)) {
		g_autofree char *name = name_of(&e);

		g_string_append_printf(s, "%s%s", s->len ? " " : "", name);
	}
	return g_string_free(s, FALSE);
}

static void
expect(struct input *in, const char *bytes, int64_t now_ms, const char *want)
{
	g_autofree char *got = NULL;

	input_feed(in, bytes, strlen(bytes), now_ms);
	got = drain(in, now_ms);
	assert_string_equal(got, want);
}

static char *
key(enum key k, unsigned mods)
{
	return g_strdup_printf("%x/%u", k, mods);
}

static const struct { const char *bytes; enum key key; unsigned mods; }
sequences[] = {
	{ "\033[A", K_UP, 0 }, { "\033OA", K_UP, 0 }, { "\033[B", K_DOWN, 0 },
	{ "\033[C", K_RIGHT, 0 }, { "\033[D", K_LEFT, 0 },
	{ "\033[H", K_HOME, 0 }, { "\033[1~", K_HOME, 0 },
	{ "\033[7~", K_HOME, 0 }, { "\033[F", K_END, 0 },
	{ "\033[4~", K_END, 0 }, { "\033[3~", K_DELETE, 0 },
	{ "\033[5~", K_PGUP, 0 }, { "\033[6~", K_PGDN, 0 },
	{ "\033[Z", K_BACKTAB, 0 }, { "\033OP", K_F1, 0 },
	{ "\033[11~", K_F1, 0 }, { "\033[[A", K_F1, 0 },
	{ "\033[15~", K_F5, 0 }, { "\033[24~", K_F12, 0 },
	{ "\033[1;5C", K_RIGHT, MOD_CTRL }, { "\033[3;5~", K_DELETE, MOD_CTRL },
	{ "\r", K_ENTER, 0 }, { "\t", K_TAB, 0 }, { "\177", K_BACKSPACE, 0 },
	{ "\b", K_BACKSPACE, 0 },
};

/* Whole, and cut after every byte. */
static void
test_sequences(void **state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sequences); i++) {
		g_autofree char *want = key(sequences[i].key,
		    sequences[i].mods);
		const char *s = sequences[i].bytes;

		for (size_t cut = 0; cut < strlen(s); cut++) {
			struct input *in = input_new(HOLD_MS);
			g_autofree char *head = g_strndup(s, cut);

			expect(in, head, 1000, "");
			expect(in, s + cut, 1000 + HOLD_MS - 1, want);
			input_free(in);
		}
	}
}

static void
test_lone_esc(void **state)
{
	struct input *in = input_new(HOLD_MS);
	g_autofree char *esc = key(K_ESC, 0), *got = NULL, *both = NULL;

	expect(in, "\033", 1000, "");
	assert_int_equal(input_due_ms(in), 1000 + HOLD_MS);
	got = drain(in, 1000 + HOLD_MS);
	assert_string_equal(got, esc);
	assert_int_equal(input_due_ms(in), -1);
	both = g_strdup_printf("%s j", esc);
	expect(in, "\033j", 5000, both); /* typed on: certain at once */
	input_free(in);
}

/* Let go too early: still the arrow, and held longer from then on. */
static void
test_late_arrow(void **state)
{
	struct input *in = input_new(HOLD_MS);
	g_autofree char *esc = key(K_ESC, 0), *up = key(K_UP, 0), *got = NULL;

	expect(in, "\033", 1000, "");
	got = drain(in, 1000 + HOLD_MS);
	assert_string_equal(got, esc);
	expect(in, "[A", 1300, up);
	expect(in, "\033", 9000, "");
	assert_int_equal(input_due_ms(in), 9000 + 2 * HOLD_MS);
	input_free(in);
}

static void
test_bracket_after_esc(void **state)
{
	struct input *in = input_new(HOLD_MS);
	g_autofree char *got = NULL;

	expect(in, "\033", 1000, "");
	got = drain(in, 1000 + HOLD_MS);
	expect(in, "[q", 1200, "[ q");
	input_free(in);
}

static void
test_text(void **state)
{
	struct input *in = input_new(HOLD_MS);

	expect(in, "aZ张:é", 0, "a Z 张 : é");
	expect(in, "\xe5", 0, "");
	expect(in, "\xbc\xa0", 1, "张");
	expect(in, "\xff\xc0x", 2, "x");
	expect(in, "\x13\x1a", 3, "^s ^z");
	input_free(in);
}

static void
test_paste(void **state)
{
	struct input *in = input_new(HOLD_MS);
	g_autofree char *big = g_strnfill(120000, 'q');
	g_autofree char *whole = g_strconcat("\033[200~", big, "\033[A\033[201",
	    NULL);
	struct event e;

	for (size_t at = 0; at < strlen(whole); at += 4000)
		input_feed(in, whole + at, MIN(4000, strlen(whole) - at), 10);
	assert_false(input_next(in, 10, &e));
	input_feed(in, "~x", 2, 20);
	assert_true(input_next(in, 20, &e));
	assert_int_equal(e.kind, EVENT_PASTE);
	assert_int_equal(e.len, 120003);
	assert_memory_equal(e.text + 120000, "\033[A", 3);
	assert_true(input_next(in, 20, &e));
	assert_int_equal(e.key, 'x');
	input_free(in);
}

/* The end mark was lost: what was pasted is there after a while. */
static void
test_paste_without_end(void **state)
{
	struct input *in = input_new(HOLD_MS);
	g_autofree char *got = NULL;

	expect(in, "\033[200~abc", 10, "");
	got = drain(in, input_due_ms(in));
	assert_string_equal(got, "paste:3");
	input_free(in);
}

static void
test_mouse_and_answers(void **state)
{
	struct input *in = input_new(HOLD_MS);

	expect(in, "\033[<0;5;7M\033[<0;5;7m", 0, "mouse:0,6,4");
	expect(in, "\033[<64;1;1M\033[<65;1;1M", 0, "mouse:1,0,0 mouse:2,0,0");
	expect(in, "\033]11;rgb:0000/0000/0000\033\\a", 0, "a");
	expect(in, "\033P>|XTerm\033\\b\033[?1;2c", 0, "b");
	expect(in, "\033[7799;12n", 0, "mark:12");
	input_free(in);
}

/* Typed ahead: keys go, the beginning of a sequence goes with its end, a test's
 * mark stays. */
static void
test_discard(void **state)
{
	struct input *in = input_new(HOLD_MS);

	input_feed(in, "abc\033[7799;4n\033", 13, 0);
	input_feed(in, "", 0, 0);
	input_discard(in, 0);
	expect(in, "", 0, "mark:4");
	input_free(in);
}

/* Any bytes: it ends, and gives no more events than bytes. */
static void
test_noise(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7799);
	static const char likely[] = "\033\033\033[[[O~;<?0129MmA]P\\\007\xe5";

	for (int round = 0; round < 3000; round++) {
		struct input *in = input_new(HOLD_MS);
		struct event e;
		int bytes = 0, events = 0;
		int64_t now = 0;

		for (int k = 0; k < 40; k++) {
			char c = g_rand_boolean(rand)
			    ? likely[g_rand_int_range(rand, 0,
			      sizeof(likely) - 1)]
			    : (char)g_rand_int_range(rand, 0, 256);

			input_feed(in, &c, 1, now += g_rand_int_range(rand, 0,
			    60));
			bytes++;
			while (input_next(in, now, &e))
				events++;
		}
		now += 100000;
		while (input_next(in, now, &e))
			events++;
		assert_true(events <= bytes);
		input_free(in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences),
		cmocka_unit_test(test_lone_esc),
		cmocka_unit_test(test_late_arrow),
		cmocka_unit_test(test_bracket_after_esc),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_paste_without_end),
		cmocka_unit_test(test_mouse_and_answers),
		cmocka_unit_test(test_discard),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
