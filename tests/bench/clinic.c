/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/clinic.h"
#include "tests/bench/figure.h"
#include "tests/bench/gen.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CATCH_UP_MS 120000

/* ---- programs ---------------------------------------------------------------- */

pid_t
bench_spawn(const char *const *argv, int out_fd)
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

void
bench_stop(pid_t pid)
{
	int status;
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
}

/* ---- the clinic -------------------------------------------------------------- */

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
set_place(const char *work)
{
	static const char *const names[][2] = { { "XDG_STATE_HOME", "state" },
		{ "XDG_CONFIG_HOME", "config" }, { "XDG_RUNTIME_DIR", "run" } };
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *dir = g_build_filename(work, names[i][1],
		    NULL);
		g_mkdir_with_parents(dir, 0700);
		g_setenv(names[i][0], dir, TRUE);
	}
}

static void
write_profile(const struct bench_clinic *clinic, const char *work)
{
	g_autofree char *dir = g_strdup_printf("%s/config/qingnang", work);
	g_autofree char *path = g_strdup_printf("%s/" BENCH_PROFILE ".conf",
	    dir);
	g_autofree char *text = g_strdup_printf("[server]\nurl=%s\n"
	    "practitioner=" GEN_ME "\nauth=client-credentials\n"
	    "token_url=%s\nclient_id=%s\nclient_secret_command=echo %s\n"
	    "[cache]\npassphrase_command=echo bench\n[screen]\nlanguage=en\n"
	    "lock_minutes=0\ntime_zone=UTC\n", clinic->base,
	    clinic->token_url, clinic->client_id, clinic->client_secret);
	g_mkdir_with_parents(dir, 0700);
	if (!g_file_set_contents(path, text, -1, NULL) ||
	    g_chmod(path, 0600) != 0)
		bench_die("the bench's profile", NULL);
}

/* FALSE: nothing within the time. */
static bool
read_line(int fd, char *line, size_t size, int limit_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	while (len + 1 < size && poll(&p, 1, limit_ms) > 0 &&
	    read(fd, line + len, 1) == 1 && line[len] != '\n')
		len++;
	line[len] = '\0';
	return len > 0;
}

struct bench_clinic *
bench_clinic_start(const char *work, const char *build)
{
	g_autofree char *program = g_strdup_printf("%s/qingnang-clinic", build);
	const char *const argv[] = { program, "--seed", "7", "--patients", "5",
		"--pace", "0", "--frame-times", NULL };
	struct bench_clinic *clinic = g_new0(struct bench_clinic, 1);
	char line[4096];
	int fds[2];
	if (pipe(fds) != 0)
		bench_die("pipe", NULL);
	clinic->pid = bench_spawn(argv, fds[1]);
	clinic->out_fd = fds[0];
	close(fds[1]);
	if (!read_line(clinic->out_fd, line, sizeof(line), 10000))
		bench_die("the clinic", NULL);
	clinic->base = word_of(line, "base");
	clinic->token_url = word_of(line, "token_url");
	clinic->client_id = word_of(line, "client_id");
	clinic->client_secret = word_of(line, "client_secret");
	set_place(work);
	write_profile(clinic, work);
	return clinic;
}

void
bench_clinic_stop(struct bench_clinic *clinic)
{
	bench_stop(clinic->pid);
	close(clinic->out_fd);
	g_free(clinic->base);
	g_free(clinic->token_url);
	g_free(clinic->client_id);
	g_free(clinic->client_secret);
	g_free(clinic);
}

gint64
bench_clinic_frame_us(struct bench_clinic *clinic, int limit_ms)
{
	static const char name[] = "\"frame_us\":";
	char line[256];
	while (read_line(clinic->out_fd, line, sizeof(line), limit_ms)) {
		const char *at = strstr(line, name);
		if (at)
			return g_ascii_strtoll(at + strlen(name), NULL, 10);
	}
	return -1;
}

/* ---- requests ---------------------------------------------------------------- */

/* What answers one HTTP request on loopback; the connection is not kept. */
static char *
request(const char *method, const char *url, const char *type,
    const char *token, const char *body)
{
	const char *host = strstr(url, "://") + 3, *path = strchr(host, '/');
	const char *port = strchr(host, ':');
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port + 1)),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	g_autofree char *text = g_strdup_printf("%s %s HTTP/1.1\r\n"
	    "Host: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "%s%s%sConnection: close\r\n\r\n%s", method, path, type, strlen(body), token ? "Authorization: Bearer " : "", token ? token : "",
	    token ? "\r\n" : "", body);
	GString *answer = g_string_new(NULL);
	char bytes[4096];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bench_die("a request to the clinic", NULL);
	for (ssize_t n; (n = read(fd, bytes, sizeof(bytes))) > 0;)
		g_string_append_len(answer, bytes, n);
	close(fd);
	if (!g_str_has_prefix(answer->str, "HTTP/1.1 20"))
		bench_die(answer->str, NULL);
	return g_string_free(answer, FALSE);
}

static char *
take_token(const struct bench_clinic *clinic)
{
	g_autofree char *form = g_strdup_printf("grant_type=client_credentials"
	    "&client_id=%s&client_secret=%s", clinic->client_id,
	    clinic->client_secret);
	g_autofree char *answer = request("POST", clinic->token_url,
	    "application/x-www-form-urlencoded", NULL, form);
	return word_of(answer, "access_token");
}

void
bench_clinic_send(struct bench_clinic *clinic, const char *name,
    const char *json)
{
	static char *token;
	g_autofree char *url = g_strdup_printf("%s/%s", clinic->base, name);
	if (!token)
		token = take_token(clinic);
	g_free(request(strchr(name, '/') ? "PUT" : "POST", url,
	    "application/fhir+json", token, json));
}

/* ---- sync -------------------------------------------------------------------- */

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

void
bench_wait_live(const char *run)
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

/* ---- strace ------------------------------------------------------------------ */

#define LOOK_S .001  /* a wait that was none */
#define BUSY_S .1    /* what was waited for came and was dealt with: one waking */

/* When a wait returned; 0: no such line. "PID 1700000000.123456 poll(…) = 0
 * <3.210000>", or what resumed: its time is that of the return already. */
static double
wake_time(const char *line)
{
	const char *open = strrchr(line, '<');
	double at = g_ascii_strtod(line + strcspn(line, " ") + 1, NULL);
	double took = open ? g_ascii_strtod(open + 1, NULL) : 0;
	if (took < LOOK_S)
		return 0;
	return strstr(line, " resumed>") ? at : at + took;
}

int
bench_trace_wakes(const char *path, gint64 from_us, gint64 to_us)
{
	double last = 0;
	g_autofree char *text = NULL;
	int wakes = 0;
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return -1;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		double at = wake_time(*line);
		if (at * 1e6 < (double)from_us || at * 1e6 >= (double)to_us)
			continue;
		wakes += at - last > BUSY_S;
		last = MAX(last, at);
	}
	return wakes;
}

pid_t
bench_traced_pid(pid_t strace)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children",
	    (int)strace, (int)strace);
	g_autofree char *text = NULL;
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return -1;
	return (pid_t)atoi(text);
}
