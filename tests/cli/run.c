/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/tap.h"
#include "tests/cli/run.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct vault_kdf cheap = { .ops = 1, .mem_bytes = 8192 };

struct home *
home_new(void)
{
	struct home *h = g_new0(struct home, 1);
	const char *const dirs[] = { "XDG_CONFIG_HOME", "XDG_STATE_HOME",
		"XDG_CACHE_HOME", "XDG_RUNTIME_DIR" };

	h->dir = g_dir_make_tmp("qingnang-XXXXXX", NULL);
	assert_non_null(h->dir);
	h->env = g_get_environ();
	home_env(h, "HOME", h->dir);
	home_env(h, "LC_ALL", "C.UTF-8");
	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
		g_autofree char *path =
		    g_build_filename(h->dir, dirs[i], NULL);

		g_mkdir(path, 0700);
		home_env(h, dirs[i], path);
	}
	return h;
}

static void
remove_tree(const char *path)
{
	GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK)
	    ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_tree(child);
	}
	if (dir)
		g_dir_close(dir);
	g_remove(path);
}

void
home_free(struct home *h)
{
	home_clinic_stop(h);
	remove_tree(h->dir);
	g_strfreev(h->env);
	g_free(h->bin);
	g_free(h->dir);
	g_free(h->out);
	g_free(h->err);
	g_free(h);
}

void
home_env(struct home *h, const char *name, const char *value)
{
	h->env = g_environ_setenv(h->env, name, value, TRUE);
}

char *
home_write(struct home *h, const char *name, const char *text)
{
	char *path = g_build_filename(h->dir, name, NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static char *
program_of(struct home *h, const char *name)
{
	return h->bin ? g_build_filename(h->bin, name, NULL) :
	    test_program(name);
}

static char **
words_of(struct home *h, const char *program, const char *first, va_list more)
{
	GPtrArray *argv = g_ptr_array_new();

	g_ptr_array_add(argv, program_of(h, program));
	for (const char *w = first; w; w = va_arg(more, const char *))
		g_ptr_array_add(argv, g_strdup(w));
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

/* An empty GBytes has no data at all. */
static char *
text_of_bytes(GBytes *bytes)
{
	gsize len;
	const char *data = g_bytes_get_data(bytes, &len);

	return g_strndup(data ? data : "", len);
}

/* A pipe that holds all of the input: whoever ends without reading it breaks
 * nobody's pipe. */
static int
input_pipe(GBytes *in)
{
	gsize len;
	const char *data = g_bytes_get_data(in, &len);
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	if (len > 4096)
		assert_true(fcntl(ends[1], F_SETPIPE_SZ, (int)len) >= (int)len);
	assert_int_equal(write(ends[1], data, len), (ssize_t)len);
	close(ends[1]);
	return ends[0];
}

static int
run_words(struct home *h, GBytes *in, const char *const *argv)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
	    G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
	g_autoptr(GSubprocess) process = NULL;
	g_autoptr(GBytes) out = NULL, err = NULL;

	g_subprocess_launcher_set_environ(launcher, h->env);
	g_subprocess_launcher_take_stdin_fd(launcher, input_pipe(in));
	process = g_subprocess_launcher_spawnv(launcher, argv, NULL);
	assert_non_null(process);
	assert_true(g_subprocess_communicate(process, NULL, NULL, &out,
	    &err, NULL));
	g_free(h->out);
	g_free(h->err);
	h->out = text_of_bytes(out);
	h->err = text_of_bytes(err);
	return g_subprocess_get_if_exited(process)
	    ? g_subprocess_get_exit_status(process)
	    : 128 + g_subprocess_get_term_sig(process);
}

int
home_run(struct home *h, const char *input, const char *word, ...)
{
	g_autoptr(GBytes) in = g_bytes_new(input ? input : "",
	    input ? strlen(input) : 0);
	g_auto(GStrv) argv = NULL;
	va_list more;

	va_start(more, word);
	argv = words_of(h, "qingnang", word, more);
	va_end(more);
	return run_words(h, in, (const char *const *)argv);
}

int
home_run_bytes(struct home *h, const char *input, size_t len, const char *word,
    ...)
{
	g_autoptr(GBytes) in = g_bytes_new(input, len);
	g_auto(GStrv) argv = NULL;
	va_list more;

	va_start(more, word);
	argv = words_of(h, "qingnang", word, more);
	va_end(more);
	return run_words(h, in, (const char *const *)argv);
}

/* A clinic dies with its test, also with one that fails: it would hold the pipe
 * that the harness reads. */
static void
die_with_test(void *data)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

char *
home_talk(struct home *h, const char *const *words,
    const struct home_talk *talk, int *code)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *program = program_of(h, "qingnang");
	size_t from = 0;
	int fd, status;
	char block[1024];
	ssize_t n;
	pid_t pid;

	g_ptr_array_add(argv, program);
	for (size_t i = 0; words[i]; i++)
		g_ptr_array_add(argv, (char *)words[i]);
	g_ptr_array_add(argv, NULL);
	pid = forkpty(&fd, NULL, NULL, NULL);
	alarm(240);
	assert_true(pid >= 0);
	if (pid == 0) {
		execve(program, (char **)argv->pdata, h->env);
		_exit(127);
	}
	while ((n = read(fd, block, sizeof block)) > 0) {
		char *at;

		g_string_append_len(all, block, n);
		while (talk->asked && (at = strstr(all->str + from,
		    talk->asked))) {
			from = (size_t)(at - all->str) + strlen(talk->asked);
			if (talk->before)
				talk->before(h);
			if (talk->typed)
				dprintf(fd, "%s\n", talk->typed);
			talk++;
		}
	}
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	alarm(0);
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	if (talk->asked)
		fail_msg("never asked: %s\n%s", talk->asked, all->str);
	return g_string_free(g_steal_pointer(&all), FALSE);
}

GPid
home_sync(struct home *h, const char *profile)
{
	g_autofree char *program = program_of(h, "qingnang-sync");
	const char *argv[] = { program, "--profile", profile, "--stay", NULL };
	GPid pid = 0;

	assert_true(g_spawn_async(h->dir, (char **)argv, h->env,
	    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
	    die_with_test, NULL, &pid, NULL));
	return pid;
}

void
home_sync_stop(GPid pid, int how)
{
	kill(pid, how ? how : SIGTERM);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	g_spawn_close_pid(pid);
}

void
home_clinic(struct home *h, const char *word, ...)
{
	g_autoptr(GString) line = g_string_new(NULL);
	g_auto(GStrv) argv = NULL;
	va_list more;
	char c;

	va_start(more, word);
	argv = words_of(h, "qingnang-clinic", word, more);
	va_end(more);
	assert_true(g_spawn_async_with_pipes(h->dir, argv, h->env,
	    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
	    die_with_test, NULL, &h->clinic, NULL,
	    &h->clinic_out, NULL, NULL));
	while (read(h->clinic_out, &c, 1) == 1 && c != '\n')
		g_string_append_c(line, c);
	h->line = fhir_parse(line->str, line->len, &fhir_limits_default, NULL);
	assert_non_null(h->line);
}

void
home_clinic_stop(struct home *h)
{
	if (!h->clinic)
		return;
	kill(h->clinic, SIGTERM);
	waitpid(h->clinic, NULL, 0);
	g_spawn_close_pid(h->clinic);
	close(h->clinic_out);
	fhir_doc_free(h->line);
	h->clinic = 0;
}

const char *
home_clinic_field(struct home *h, const char *field)
{
	return fhir_text(fhir_root(h->line), field);
}

void
home_slot(struct home *h, const char *profile, const char *passphrase)
{
	g_autofree char *dir = g_build_filename(h->dir, "XDG_STATE_HOME",
	    "qingnang", profile, NULL);
	g_autofree char *copy = g_strdup(passphrase);
	BASE_AUTO(base_secret) secret = base_secret_take(copy, strlen(copy));
	BASE_AUTO(base_secret) key = NULL;

	g_mkdir_with_parents(dir, 0700);
	assert_true(vault_slot_create(dir, secret, &cheap, &key, NULL));
}

int
home_login(struct home *h, const char *profile, const char *practitioner)
{
	g_autofree char *secret = home_write(h, "client.secret",
	    home_clinic_field(h, "client_secret"));
	g_autofree char *secret_command = g_strconcat("cat ", secret, NULL);
	g_autofree char *pass = home_write(h, "passphrase", "correct horse");
	g_autofree char *pass_command = g_strconcat("cat ", pass, NULL);
	const char *ca = home_clinic_field(h, "ca");

	home_slot(h, profile, "correct horse");
	return home_run(h, NULL, "--profile", profile, "login", "--server",
	    home_clinic_field(h, "base"), "--client-id",
	    home_clinic_field(h, "client_id"), "--client-secret-command",
	    secret_command, "--passphrase-command", pass_command,
	    "--practitioner", practitioner ? practitioner
		: home_clinic_field(h, "practitioner"),
	    ca ? "--ca-file" : NULL, ca, NULL);
}

struct fhir_doc *
home_json(struct home *h)
{
	/* The reader wants an object; a queue is an array. */
	g_autofree char *text = g_strdup_printf("{\"all\":%s}", h->out);
	struct fhir_doc *doc = fhir_parse(text, strlen(text),
	    &fhir_limits_default, NULL);

	if (!doc)
		print_message("# not JSON: %s\n", h->out);
	assert_non_null(doc);
	return doc;
}
