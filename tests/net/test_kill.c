/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that kill -9 costs nothing: the real qingnang-sync is killed again and
 * again in the middle of its first sync and while a reply is on its way, each
 * time one step further. What is here in the end is what a profile sees that was
 * never disturbed, and the reply stands there once.
 */
#include "tests/tap.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/net.h"

enum { PATIENCE_MS = 20000, KILLS = 12, STRIDE = 3 };

#define REPLY "once and no more"

static char *dir;
static struct base_secret *key;
static struct fhir_doc *clinic;
static pid_t clinic_pid;

/* ---- programs ------------------------------------------------------------ */

static void
clinic_start(void)
{
	g_autofree char *path = test_program("qingnang-clinic");
	char line[4096];
	int out[2];
	FILE *f;

	assert_int_equal(pipe(out), 0);
	clinic_pid = fork();
	if (clinic_pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		execl(path, path, "--seed", "5", "--patients", "6", "--pace",
		    "0", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof(line), f));
	clinic = fhir_parse(line, strlen(line), &fhir_limits_default, NULL);
	assert_non_null(clinic);
	fclose(f);
}

static void
write_profile(const char *profile)
{
	BASE_AUTO(base_settings) s = base_settings_new();
	const fhir_node *c = fhir_root(clinic);
	g_autofree char *path = base_profile_config_path(profile);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *secret = g_strdup_printf("echo %s",
	    fhir_text(c, "client_secret"));
	const struct { enum setting key; const char *value; } all[] = {
		{ SET_SERVER, fhir_text(c, "base") },
		{ SET_PRACTITIONER, fhir_text(c, "practitioner") },
		{ SET_AUTH, "client-credentials" },
		{ SET_CLIENT_ID, fhir_text(c, "client_id") },
		{ SET_CLIENT_SECRET_COMMAND, secret },
		{ SET_DIALECT, "none" },
	};

	g_mkdir_with_parents(parent, 0700);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		assert_true(base_setting_set(s, all[i].key, all[i].value,
		    NULL));
	assert_true(base_settings_save(s, path, NULL));
}

static pid_t
sync_start(const char *profile, const char *mode)
{
	g_autofree char *path = test_program("qingnang-sync");
	char number[16];
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	assert_true(write(fds[1], base_secret_data(key), 32) == 32);
	close(fds[1]);
	g_snprintf(number, sizeof(number), "%d", fds[0]);
	pid = fork();
	if (pid == 0) {
		dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		execl(path, path, "--profile", profile, "--key-fd", number,
		    mode, (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	return pid;
}

static void
once(const char *profile)
{
	int status;

	waitpid(sync_start(profile, "--once"), &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), NET_EXIT_OK);
}

/* ---- killing ------------------------------------------------------------- */

struct ear { int lines, outbox; gboolean done; };

static void
on_line(const struct doorbell_line *line, void *user)
{
	struct ear *ear = user;

	ear->lines += line->verb == BELL_CHANGED ||
	    line->verb == BELL_PROGRESS;
	ear->outbox += line->verb == BELL_CHANGED &&
	    line->kind == BELL_KIND_OUTBOX;
	ear->done |= line->verb == BELL_STATE && line->state == BELL_POLLING;
}

static struct doorbell *
attach(const char *profile)
{
	g_autofree char *runtime = base_profile_runtime_dir(profile, NULL);
	int64_t end_ms = base_mono_ms() + PATIENCE_MS;
	struct doorbell_line hello = { .verb = BELL_HELLO },
	    active = { .verb = BELL_ACTIVE, .id = 1 };
	struct doorbell *bell;
	int fd;

	while ((fd = doorbell_connect(runtime, NULL)) < 0) {
		assert_true(base_mono_ms() < end_ms);
		g_usleep(1000);
	}
	bell = doorbell_new(fd);
	g_strlcpy(hello.word, "screen", sizeof(hello.word));
	assert_true(doorbell_send(bell, &hello));
	assert_true(doorbell_send(bell, &active));
	return bell;
}

/*
 * Runs it until so many lines (each follows a commit) or changes of the outbox
 * were heard, and kills it there. TRUE: it came to the end before.
 */
static gboolean
kill_after(const char *profile, int lines, int outbox)
{
	pid_t pid = sync_start(profile, "--watch");
	struct doorbell *bell = attach(profile);
	struct pollfd fd = { doorbell_fd(bell), POLLIN, 0 };
	struct ear ear = { 0 };
	int status;

	while (!ear.done && ear.lines < lines && ear.outbox < outbox) {
		assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
		assert_true(doorbell_read(bell, on_line, &ear));
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status));
	doorbell_free(bell);
	return ear.done;
}

/* ---- what is here -------------------------------------------------------- */

static struct store *
open_cache(const char *profile)
{
	g_autofree char *state = base_profile_state_dir(profile, NULL);
	struct store *store = store_open(state, key, STORE_SCREEN, NULL);

	assert_non_null(store);
	return store;
}

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
	BASE_AUTO(store) store = open_cache(profile);
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

static void
reply(const char *profile)
{
	struct queue_filter filter = { .lane = QUEUE_CONSULT };
	BASE_AUTO(store) store = open_cache(profile);
	BASE_AUTO(queue_page) page = store_queue(store, &filter, 0, 1, NULL);
	struct draft_key draft = { .consult = page->rows[0].consult };
	struct outbox_id id;

	assert_true(store_send(store, draft, page->rows[0].patient.id, REPLY,
	    base_now_ms(), &id, NULL));
}

/* ---- tests --------------------------------------------------------------- */

static void
test_pull(void **state)
{
	g_autofree char *calm = NULL, *killed = NULL;
	int kills = 0;

	write_profile("calm");
	write_profile("killed");
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

	reply("killed");
	for (int i = 1; i <= 3; i++)
		kill_after("killed", G_MAXINT, i);
	once("killed");
	once("killed");
	killed = tell("killed");
	write_profile("server");
	once("server");
	server = tell("server");
	assert_int_equal(times(server, REPLY), 1);
	assert_string_equal(killed, server);
}

static int
setup(void **state)
{
	dir = g_dir_make_tmp("qn-kill-XXXXXX", NULL);
	g_setenv("XDG_CONFIG_HOME", dir, TRUE);
	g_setenv("XDG_STATE_HOME", dir, TRUE);
	g_setenv("XDG_RUNTIME_DIR", dir, TRUE);
	g_setenv("HOME", dir, TRUE);
	key = vault_key_random();
	clinic_start();
	return 0;
}

static void
remove_all(const char *path)
{
	GDir *d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		if (g_file_test(child, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
			remove_all(child);
		else
			g_unlink(child);
	}
	if (d)
		g_dir_close(d);
	g_rmdir(path);
}

static int
teardown(void **state)
{
	kill(clinic_pid, SIGTERM);
	waitpid(clinic_pid, NULL, 0);
	fhir_doc_free(clinic);
	base_secret_free(key);
	remove_all(dir);
	g_free(dir);
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
