/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screens as they are seen, on a small invented clinic: golden pictures at
 * 60, 80 and 120 columns, and beside each the facts that must hold whatever the
 * picture: the patient's name on top, the allergy's text, the cursor's cell. When
 * the allergy is dropped from the store, the facts must fail.
 */
#include "tests/tap.h"
#include "tests/tui/fixture.h"

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 24 }, { 80, 24 }, { 120, 36 } };

static char *
golden_name(const struct fixture *f, const char *name)
{
	return g_strdup_printf("%s-%d-%s", name, f->cols,
	    f->language ? f->language : "en");
}

static void
golden(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *file = golden_name(f, name);

	term_golden(t, file);
}

/* Runs a screen at every size. */
static void
at_sizes(void (*screen)(struct fixture *f))
{
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		BASE_AUTO(fixture) f = fixture_new();

		f->cols = sizes[i].cols;
		f->rows = sizes[i].rows;
		screen(f);
	}
}

static void
live(struct fixture *f, struct term *t)
{
	fixture_ring(f, t, "state live 1791002400000 1791002440000");
}

static void
queue(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	live(f, t);
	assert_true(term_has(t, "小豆"));
	assert_true(term_has(t, "live"));
	golden(f, t, "queue");
}

static void
test_queue(void **state)
{
	at_sizes(queue);
}

static void
open_zhang(struct term *t)
{
	term_keys(t, "/张");
	term_keys(t, "\r");
	term_keys(t, "\r");
}

static void
thread(struct fixture *f)
{
	BASE_AUTO(term) t = fixture_term(f);

	live(f, t);
	open_zhang(t);
	assert_true(term_has(t, "医生,要不要加药?"));
	golden(f, t, "thread");
	term_keys(t, "c");
	assert_true(term_has(t, "青霉素"));
	golden(f, t, "chart");
}

static void
test_thread(void **state)
{
	at_sizes(thread);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
