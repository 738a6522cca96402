/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issue, §8: qingnang-sync on the filled cache, once it has caught up with the
 * practice clinic: resident memory, and how often it wakes when nothing happens.
 *
 * usage: bench_sync WORK BUILD_DIR
 *
 * The history in the cache counts as fetched already; else its charts would be
 * asked for one by one of a clinic that does not have them.
 */
#include "store/vault.h"
#include "tests/bench/figure.h"
#include "tests/bench/gen.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROFILE "bench"
#define CATCH_UP_MS 120000
#define SETTLE_S 3

static void
mark_fetched(const char *state)
{
	static const char sql[] = "UPDATE consult SET loaded = 1;"
	    "UPDATE patient SET loaded = 1";
	g_autofree char *path = g_build_filename(state, "cache.db", NULL);
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) key = bench_key(state);
	sqlite3 *db = NULL;
	if (vault_open(path, key, &db, &error) != SQLITE_OK)
		bench_die("the cache", error);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		bench_die(sqlite3_errmsg(db), NULL);
	sqlite3_close(db);
}

/* ---- the clinic -------------------------------------------------------------- */

static pid_t
spawn(const char *const *argv, int out_fd)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (out_fd >= 0)
		dup2(out_fd, STDOUT_FILENO);
	execv(argv[0], (char **)argv);
	_exit(127);
}

/* The words of the clinic's one JSON line; they need no unescaping. */
static char *
word_of(const char *line, const char *name)
{
	g_autofree char *start = g_strdup_printf("\"%s\":\"", name);
	const char *at = strstr(line, start);
	if (at == NULL)
		bench_die("the clinic's line", NULL);
	at += strlen(start);
	return g_strndup(at, strcspn(at, "\""));
}

static void
write_profile(const char *work, const char *line)
{
	g_autofree char *base = word_of(line, "base");
	g_autofree char *token = word_of(line, "token_url");
	g_autofree char *id = word_of(line, "client_id");
	g_autofree char *secret = word_of(line, "client_secret");
	g_autofree char *dir = g_strdup_printf("%s/config/qingnang", work);
	g_autofree char *path = g_strdup_printf("%s/" PROFILE ".conf", dir);
	g_autofree char *run = g_strdup_printf("%s/run", work);
	g_autofree char *text = g_strdup_printf("[server]\nurl=%s\n"
	    "practitioner=" GEN_ME "\nauth=client-credentials\n"
	    "token_url=%s\nclient_id=%s\nclient_secret_command=echo %s\n"
	    "[cache]\npassphrase_command=echo bench\n", base, token, id,
	    secret);
	g_mkdir_with_parents(dir, 0700);
	g_mkdir_with_parents(run, 0700);
	if (!g_file_set_contents(path, text, -1, NULL) ||
	    g_chmod(path, 0600) != 0)
		bench_die("the bench's profile", NULL);
}

static pid_t
start_clinic(const char *work, const char *build)
{
	g_autofree char *program = g_strdup_printf("%s/qingnang-clinic", build);
	const char *const argv[] = { program, "--seed", "7", "--patients", "5",
		"--pace", "0", NULL };
	char line[4096];
	size_t len = 0;
	int fds[2];
	if (pipe(fds) != 0)
		bench_die("pipe", NULL);
	pid_t pid = spawn(argv, fds[1]);
	close(fds[1]);
	while (len + 1 < sizeof(line) && read(fds[0], line + len, 1) == 1 &&
	    line[len] != '\n')
		len++;
	line[len] = '\0';
	write_profile(work, line);
	return pid;
}

/* ---- sync --------------------- */

static void
note_live(const struct doorbell_line *line, void *user)
{
	if (line->verb == BELL_STATE)
		*(bool *)user = line->state == BELL_LIVE;
}

static struct doorbell *
connect_bell(const char *run, gint64 end)
{
	const struct doorbell_line hello = { .verb = BELL_HELLO,
		.word = "command" };
	while (g_get_monotonic_time() < end) {
		int fd = doorbell_connect(run, NULL);
		if (fd >= 0) {
			struct doorbell *bell = doorbell_new(fd);
			doorbell_send(bell, &hello);
			return bell;
		}
		g_usleep(20000);
	}
	bench_die("qingnang-sync does not answer the door", NULL);
}

static void
wait_live(const char *run)
{
	gint64 end = g_get_monotonic_time() + CATCH_UP_MS * G_GINT64_CONSTANT(
	    1000);
	struct doorbell *bell = connect_bell(run, end);
	bool live = false;
	while (!live && g_get_monotonic_time() < end) {
		struct pollfd fd = { doorbell_fd(bell), POLLIN, 0 };
		if (poll(&fd, 1, 1000) > 0 &&
		    !doorbell_read(bell, note_live, &live))
			break;
	}
	doorbell_free(bell);
	if (!live)
		bench_die("qingnang-sync did not catch up", NULL);
}

static void
rest(void *user, int ms)
{
	g_usleep((gulong)ms * 1000);
}

static void
measure(pid_t pid, int seconds)
{
	g_autofree char *words = g_strdup_printf("in %d s at rest, all threads",
	    seconds);
	rest(NULL, SETTLE_S * 1000);
	figure("qingnang-sync resident, caught up", bench_resident_mb(pid),
	    "MB", FIGURE_AT_MOST, 25, NULL);
	figure("qingnang-sync wakes", bench_wakes(pid, seconds, rest, NULL),
	    "times", FIGURE_AT_MOST, seconds / 5, words);
}

static void
stop(pid_t pid)
{
	int status;
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: bench_sync WORK BUILD_DIR\n");
		return 2;
	}
	g_autofree char *state = g_strdup_printf("%s/state", argv[1]);
	g_autofree char *cache = g_strdup_printf("%s/qingnang/" PROFILE, state);
	g_autofree char *config = g_strdup_printf("%s/config", argv[1]);
	g_autofree char *runtime = g_strdup_printf("%s/run", argv[1]);
	g_autofree char *run = g_strdup_printf("%s/qingnang/" PROFILE, runtime);
	g_autofree char *program = g_strdup_printf("%s/qingnang-sync", argv[2]);
	const char *const sync_argv[] = { program, "--profile", PROFILE,
		"--watch", "--stay", NULL };
	g_setenv("XDG_STATE_HOME", state, TRUE);
	g_setenv("XDG_CONFIG_HOME", config, TRUE);
	g_setenv("XDG_RUNTIME_DIR", runtime, TRUE);
	mark_fetched(cache);
	pid_t clinic = start_clinic(argv[1], argv[2]);
	pid_t sync = spawn(sync_argv, -1);
	wait_live(run);
	measure(sync, 30);
	stop(sync);
	stop(clinic);
	return figure_status();
}
