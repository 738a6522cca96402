/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that kill -9 costs nothing: the real qingnang-sync is killed again and
 * again in the middle of its first sync and while a reply is on its way, each
 * time one step further. What is here in the end is what a profile sees that was
 * never disturbed, and the reply stands there once.
 */
#include "tests/net/programs.h"
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

enum { KILLS = 12, STRIDE = 3 };

#define REPLY "once and no more"

static struct clinic clinic;

static void
once(const char *profile)
{
	assert_int_equal(sync_run(profile, "--once", NULL), NET_EXIT_OK);
}

/* ---- killing ------------------------------------------------------------- */

struct count { int lines, outbox; gboolean done; };

static void
on_line(const struct doorbell_line *line, void *user)
{
	struct count *ear = user;

	ear->lines += line->verb == BELL_CHANGED ||
	    line->verb == BELL_PROGRESS;
	ear->outbox += line->verb == BELL_CHANGED &&
	    line->kind == BELL_KIND_OUTBOX;
	ear->done |= line->verb == BELL_STATE && line->state == BELL_POLLING;
}

/*
 * Runs it until so many lines (each follows a commit) or changes of the outbox
 * were heard, and kills it there. TRUE: it came to the end before.
 */
static gboolean
kill_after(const char *profile, int lines, int outbox)
{
	pid_t pid = sync_start(profile, "--watch", NULL);
	struct doorbell *bell = ear_connect(profile, "screen");
	struct pollfd fd = { doorbell_fd(bell), POLLIN, 0 };
	struct doorbell_line active = { .verb = BELL_ACTIVE, .id = 1 };
	struct count ear = { 0 };
	int status;

	assert_true(doorbell_send(bell, &active));
	while (!ear.done && ear.lines < lines && ear.outbox < outbox) {
		assert_int_equal(poll(&fd, 1, PROGRAMS_PATIENCE_MS), 1);
		assert_true(doorbell_read(bell, on_line, &ear));
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status));
	doorbell_free(bell);
	return ear.done;
}

/* ---- what is here -------------------------------------------------------- */

static void
tell_thread(GString *out, struct store *store, struct consult_id id)
{
	BASE_AUTO(thread) t = store_thread(store, id, 1000, NULL);

	g_string_append_printf(out, "  %s %d\n", t->status, t->loaded);
	for (size_t i = 0; i < t->n; i++)
		g_string_append_printf(out, "  %s %d %s\n", t->messages[i].ref,
		    (int)t->messages[i].state, t->messages[i].text);
}

static gint
by_ref(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
tell_chart(GString *out, struct store *store, struct patient_id id)
{
	BASE_AUTO(chart) c = store_chart(store, id, 0, NULL);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

	for (int i = 0; i < CHART_SECTIONS_; i++)
		g_string_append_printf(out, "  %d", (int)c->state[i]);
	for (size_t i = 0; i < c->n; i++)
		g_ptr_array_add(lines, g_strdup_printf("\n  %s %s",
		    c->entries[i].ref, c->entries[i].words));
	g_ptr_array_sort(lines, by_ref);
	for (guint i = 0; i < lines->len; i++)
		g_string_append(out, g_ptr_array_index(lines, i));
	g_string_append_c(out, '\n');
}

/* What the screens show of the server's, in words; what was read is local. */
static char *
tell(const char *profile)
{
	struct queue_filter all = { .lane = QUEUE_LANE_ALL };
	BASE_AUTO(store) store = profile_open(profile);
	BASE_AUTO(queue_page) page = store_queue(store, &all, 0, 1000, NULL);
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
	GString *out = g_string_new(NULL);

	assert_non_null(page);
	for (size_t i = 0; i < page->n; i++) {
		const struct queue_row *r = &page->rows[i];
		GString *row = g_string_new(NULL);
		g_string_printf(row, "%s %s %d\n", r->ref, r->complaint,
		    r->owed);
		if (r->kind == QUEUE_CONSULT)
			tell_thread(row, store, r->consult);
		tell_chart(row, store, r->patient.id);
		g_ptr_array_add(rows, g_string_free(row, FALSE));
	}
	g_ptr_array_sort(rows, by_ref);
	for (guint i = 0; i < rows->len; i++)
		g_string_append(out, g_ptr_array_index(rows, i));
	return g_string_free(out, FALSE);
}

static int
times(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

/* ---- tests --------------------------------------------------------------- */

static void
test_pull(void **state)
{
	g_autofree char *calm = NULL, *killed = NULL;
	int kills = 0;

	profile_write("calm", &clinic, "none");
	profile_write("killed", &clinic, "none");
	once("calm");
	for (int i = 0; i < KILLS && !kill_after("killed", 1 + i * STRIDE,
	    G_MAXINT); i++)
		kills++;
	assert_true(kills >= 5);
	once("killed");
	calm = tell("calm");
	killed = tell("killed");
	assert_true(times(calm, "Communication/") > 6);
	assert_string_equal(calm, killed);
}

/* At the first change of the outbox it is being sent, at the second the answer
 * is here. */
static void
test_push(void **state)
{
	g_autofree char *killed = NULL, *server = NULL;

	profile_reply("killed", REPLY);
	for (int i = 1; i <= 3; i++)
		kill_after("killed", G_MAXINT, i);
	once("killed");
	once("killed");
	killed = tell("killed");
	profile_write("server", &clinic, "none");
	once("server");
	server = tell("server");
	assert_int_equal(times(server, REPLY), 1);
	assert_string_equal(killed, server);
}

static int
setup(void **state)
{
	static const char *const words[] = { "--seed", "5", "--patients", "6",
		"--pace", "0", NULL };

	home_begin();
	clinic = clinic_start(words);
	return 0;
}

static int
teardown(void **state)
{
	clinic_stop(&clinic);
	home_end();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pull),
		cmocka_unit_test(test_push),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
