/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/net/programs.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a home and its key -------------------------------------------------- */

static char *dir;
static struct base_secret *key;

void
home_begin(void)
{
	static const char *const names[] = { "XDG_CONFIG_HOME",
		"XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HOME" };

	dir = g_dir_make_tmp("qn-net-XXXXXX", NULL);
	assert_non_null(dir);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_setenv(names[i], dir, TRUE);
	key = vault_key_random();
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

void
home_end(void)
{
	base_secret_free(key);
	remove_all(dir);
	g_free(dir);
}

struct base_secret *
home_key(void)
{
	return key;
}

/* ---- the clinic ---------------------------------------------------------- */

struct clinic
clinic_start(const char *const *words)
{
	g_autofree char *path = test_program("qingnang-clinic");
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	struct clinic c = { 0 };
	char line[4096];
	int out[2];
	FILE *f;

	g_ptr_array_add(argv, path);
	for (; *words; words++)
		g_ptr_array_add(argv, (char *)*words);
	g_ptr_array_add(argv, NULL);
	assert_int_equal(pipe(out), 0);
	c.pid = fork();
	if (c.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		execv(path, (char **)argv->pdata);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof(line), f));
	c.words = fhir_parse(line, strlen(line), &fhir_limits_default, NULL);
	assert_non_null(c.words);
	fclose(f);
	return c;
}

void
clinic_stop(struct clinic *c)
{
	kill(c->pid, SIGTERM);
	waitpid(c->pid, NULL, 0);
	fhir_doc_free(c->words);
}

const char *
clinic_word(const struct clinic *c, const char *name)
{
	return fhir_text(fhir_root(c->words), name);
}

/* ---- a profile ----------------------------------------------------------- */

void
profile_write(const char *profile, const struct clinic *c, const char *dialect)
{
	BASE_AUTO(base_settings) s = base_settings_new();
	g_autofree char *path = base_profile_config_path(profile);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *secret = g_strdup_printf("echo %s",
	    clinic_word(c, "client_secret"));
	const struct { enum setting key; const char *value; } all[] = {
		{ SET_SERVER, clinic_word(c, "base") },
		{ SET_PRACTITIONER, clinic_word(c, "practitioner") },
		{ SET_AUTH, "client-credentials" },
		{ SET_CLIENT_ID, clinic_word(c, "client_id") },
		{ SET_CLIENT_SECRET_COMMAND, secret },
		{ SET_DIALECT, dialect ? dialect : "auto" },
	};

	g_mkdir_with_parents(parent, 0700);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		assert_true(base_setting_set(s, all[i].key, all[i].value,
		    NULL));
	assert_true(base_settings_save(s, path, NULL));
}

void
profile_set(const char *profile, enum setting which, const char *value)
{
	g_autofree char *path = base_profile_config_path(profile);
	BASE_AUTO(base_settings) s = base_settings_load(path, NULL);

	assert_non_null(s);
	assert_true(base_setting_set(s, which, value, NULL));
	assert_true(base_settings_save(s, path, NULL));
}

struct store *
profile_open(const char *profile)
{
	g_autofree char *state = base_profile_state_dir(profile, NULL);
	struct store *store = store_open(state, key, STORE_SCREEN, NULL);

	assert_non_null(store);
	return store;
}

int64_t
profile_rows(const char *profile)
{
	struct queue_filter all = { .lane = QUEUE_LANE_ALL };
	struct queue_counts counts = { 0 };
	BASE_AUTO(store) store = profile_open(profile);

	assert_true(store_queue_counts(store, &all, 0, &counts, NULL));
	return counts.rows;
}

int64_t
profile_unsent(const char *profile)
{
	struct outbox_counts counts;
	BASE_AUTO(store) store = profile_open(profile);

	assert_true(store_outbox_counts(store, &counts, NULL));
	return counts.waiting + counts.failed;
}

void
profile_reply(const char *profile, const char *text)
{
	struct queue_filter filter = { .lane = QUEUE_CONSULT };
	BASE_AUTO(store) store = profile_open(profile);
	BASE_AUTO(queue_page) page = store_queue(store, &filter, 0, 1, NULL);
	struct draft_key draft = { .consult = page->rows[0].consult };
	struct outbox_id id;

	assert_true(store_send(store, draft, page->rows[0].patient.id, text,
	    base_now_ms(), &id, NULL));
}

/* ---- qingnang-sync ------------------------------------------------------- */

static pid_t
start(const char *profile, const char *a, const char *b, int out,
    gboolean leads)
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
		int null = open("/dev/null", O_RDWR);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (leads)
			setsid();
		dup2(out >= 0 ? out : null, STDOUT_FILENO);
		if (out >= 0 || !g_getenv("QN_TEST_LOUD"))
			dup2(out >= 0 ? out : null, STDERR_FILENO);
		execl(path, path, "--profile", profile, "--key-fd", number, a,
		    b, (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	return pid;
}

pid_t
sync_start(const char *profile, const char *a, const char *b)
{
	return start(profile, a, b, -1, FALSE);
}

pid_t
sync_start_daemon(const char *profile)
{
	return start(profile, "--watch", NULL, -1, TRUE);
}

int
sync_ended(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

int
sync_run(const char *profile, const char *a, const char *b)
{
	return sync_ended(sync_start(profile, a, b));
}

int
sync_run_text(const char *profile, const char *a, const char *b,
    char **text_out)
{
	GString *text = g_string_new(NULL);
	char buf[512];
	int out[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	pid = start(profile, a, b, out[1], FALSE);
	close(out[1]);
	while ((n = read(out[0], buf, sizeof(buf))) > 0)
		g_string_append_len(text, buf, n);
	close(out[0]);
	*text_out = g_string_free(text, FALSE);
	return sync_ended(pid);
}

/* ---- a screen's end ------------------------------------------------------ */

struct doorbell *
ear_connect(const char *profile, const char *who)
{
	struct doorbell_line hello = { .verb = BELL_HELLO };
	g_autofree char *runtime = base_profile_runtime_dir(profile, NULL);
	int watch = doorbell_watch(runtime);
	struct pollfd fd = { watch, POLLIN, 0 };
	struct doorbell *bell;
	int end;

	assert_true(watch >= 0);
	while ((end = doorbell_connect(runtime, NULL)) < 0) {
		assert_int_equal(poll(&fd, 1, PROGRAMS_PATIENCE_MS), 1);
		doorbell_hung(watch);
	}
	close(watch);
	bell = doorbell_new(end);
	g_strlcpy(hello.word, who, sizeof(hello.word));
	assert_true(doorbell_send(bell, &hello));
	return bell;
}

void
ear_say(struct ear *ear, enum doorbell_verb verb, int64_t id, const char *word)
{
	struct doorbell_line line = { .verb = verb, .id = id,
		.limit_ms = 5000 };

	g_strlcpy(line.word, word, sizeof(line.word));
	assert_true(doorbell_send(ear->bell, &line));
}

void
ear_close(struct ear *ear)
{
	doorbell_free(ear->bell);
	g_queue_clear_full(&ear->lines, g_free);
}

static void
on_line(const struct doorbell_line *line, void *user)
{
	struct ear *ear = user;

	g_queue_push_tail(&ear->lines, g_memdup2(line, sizeof(*line)));
}

static void
next_line(struct ear *ear)
{
	struct pollfd fd = { doorbell_fd(ear->bell), POLLIN, 0 };
	struct doorbell_line *line;

	while (!(line = g_queue_pop_head(&ear->lines))) {
		assert_int_equal(poll(&fd, 1, PROGRAMS_PATIENCE_MS), 1);
		assert_true(doorbell_read(ear->bell, on_line, ear) ||
		    ear->lines.length > 0);
	}
	ear->line = *line;
	g_free(line);
}

void
ear_hear(struct ear *ear, enum doorbell_verb verb, int64_t id)
{
	do
		next_line(ear);
	while (ear->line.verb != verb || (id >= 0 && ear->line.id != id));
}

void
ear_hear_state(struct ear *ear, enum doorbell_state state)
{
	do
		ear_hear(ear, BELL_STATE, -1);
	while (ear->line.state != state);
}
