/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The practice clinic: qingnang-clinic on a loopback port of its own, and the
 * screens on the profile "practice". Invented patients, no passphrase, nothing
 * to configure. What was done there is kept, so that a second start is back
 * where the first one stopped; --fresh throws it away.
 */
#include "config.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLINIC_LINE_MAX 4096

struct clinic { pid_t pid; int out; };

/* The same clinic at every first start: its patients can be talked about. */
static const char *const default_args[] = { "--seed", "7", "--patients", "14",
	"--renewals", "41", "--pharmacist", "mixed", "--pace", "1", NULL };

static void
exec_clinic(const char *db, const char *const *args, int out)
{
	g_autofree char *path = base_program_path("qingnang-clinic");
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	int null = open("/dev/null", O_RDWR);

	/* It lives as long as this terminal's practice, however that ends. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setsid();
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	g_ptr_array_add(argv, (char *)"qingnang-clinic");
	g_ptr_array_add(argv, (char *)"--db");
	g_ptr_array_add(argv, (char *)db);
	for (; *args; args++)
		g_ptr_array_add(argv, (char *)*args);
	g_ptr_array_add(argv, NULL);
	execv(path, (char **)argv->pdata);
	_exit(127);
}

static gboolean
start_clinic(struct clinic *clinic, const char *db,
    const char *const *args, GError **error)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0 || (clinic->pid = fork()) < 0) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_START,
		    _("The practice clinic could not be started: %s."),
		    g_strerror(errno));
		return FALSE;
	}
	if (clinic->pid == 0)
		exec_clinic(db, args, ends[1]);
	close(ends[1]);
	clinic->out = ends[0];
	return TRUE;
}

static void
stop_clinic(struct clinic *clinic)
{
	kill(clinic->pid, SIGTERM);
	while (waitpid(clinic->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(clinic->out);
}

/* The one JSON line that says where it listens. */
static struct fhir_doc *
read_line_of(struct clinic *clinic, GError **error)
{
	char line[CLINIC_LINE_MAX];
	size_t n = 0;

	while (n < sizeof line && read(clinic->out, line + n, 1) == 1 &&
	    line[n] != '\n')
		n++;
	if (n == 0) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_START,
		    _("The practice clinic did not start. Try: qingnang practice "
		      "--fresh, or run qingnang-clinic by itself to see why."));
		return NULL;
	}
	return fhir_parse(line, n, &fhir_limits_default, error);
}

/* The profile's settings follow the clinic: its port is new at each start. */
static gboolean
write_profile(struct cli *cli, const struct fhir_doc *line,
    GError **error)
{
	static const struct { enum setting key; const char *field; } taken[] = {
		{ SET_SERVER, "base" }, { SET_PRACTITIONER, "practitioner" },
		{ SET_CLIENT_ID, "client_id" }, { SET_TOKEN_URL, "token_url" },
		/* Its table of interactions is practice data, and says so. */
		{ SET_CDS_URL, "cds_url" },
	};
	g_autofree char *secret_path =
	    g_build_filename(cli->state_dir, "clinic.secret", NULL);
	g_autofree char *quoted = g_shell_quote(secret_path);
	g_autofree char *command = g_strconcat("cat ", quoted, NULL);
	const char *secret = fhir_text(fhir_root(line), "client_secret");

	for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
		const char *value = fhir_text(fhir_root(line), taken[i].field);

		if (value && !base_setting_set(cli->settings, taken[i].key,
			value, error))
			return FALSE;
	}
	return g_file_set_contents_full(secret_path, secret ? secret : "", -1,
		   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error) &&
	    base_setting_set(cli->settings, SET_AUTH, "client-credentials",
		error) &&
	    base_setting_set(cli->settings, SET_CLIENT_SECRET_COMMAND, command,
		error) &&
	    base_settings_save(cli->settings, cli->config_path, error);
}

/* One practice at a time: two clinics cannot share one database. */
static int
practice_lock(struct cli *cli, GError **error)
{
	g_autofree char *path =
	    g_build_filename(cli->state_dir, "practice.lock", NULL);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	g_set_error(error, CLI_ERROR, CLI_ERROR_START,
	    _("The practice clinic is already open in another terminal. Leave "
	      "it there first (q)."));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* All that practice keeps; the lock stays. */
static void
throw_away(struct cli *cli)
{
	static const char *const files[] = { "clinic.db", "clinic.db-wal",
		"clinic.db-shm", "clinic.secret", "cache.db", "cache.db-wal",
		"cache.db-shm", "cache.damaged", "practice.key" };

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path =
		    g_build_filename(cli->state_dir, files[i], NULL);

		g_unlink(path);
	}
}

static int
run_on_clinic(struct cli *cli, struct clinic *clinic)
{
	struct fhir_doc *line;
	GError *error = NULL;
	gboolean ok;

	line = read_line_of(clinic, &error);
	ok = line && write_profile(cli, line, &error);
	if (line)
		fhir_doc_free(line);
	return ok ? cli_screens(cli, NULL) : cli_fail(error);
}

static int
run_locked(struct cli *cli, gboolean fresh,
    const char *const *clinic_args)
{
	g_autofree char *db = g_build_filename(cli->state_dir, "clinic.db",
	    NULL);
	struct clinic clinic;
	GError *error = NULL;
	int code;

	if (fresh)
		throw_away(cli);
	if (!start_clinic(&clinic, db, clinic_args, &error))
		return cli_fail(error);
	code = run_on_clinic(cli, &clinic);
	stop_clinic(&clinic);
	return code;
}

int
cli_practice(struct cli *caller, gboolean fresh,
    const char *const *clinic_args)
{
	struct cli cli;
	GError *error = NULL;
	int lock = -1, code;

	if (!cli_open(&cli, "practice", &error) ||
	    (lock = practice_lock(&cli, &error)) < 0) {
		cli_close(&cli);
		return cli_fail(error);
	}
	code = run_locked(&cli, fresh,
	    clinic_args && *clinic_args ? clinic_args : default_args);
	close(lock);
	cli_close(&cli);
	return code;
}
