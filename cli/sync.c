/* SPDX-License-Identifier: Apache-2.0 */
/* qingnang-sync in the foreground, and a word on its doorbell. */
#include "config.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
exec_sync(struct cli *cli, int key_fd, const char *const *args)
{
	g_autofree char *path = base_program_path("qingnang-sync");
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	char number[16];

	/* `kill` of the command a script started ends what it started. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);

	g_snprintf(number, sizeof number, "%d", key_fd);
	g_ptr_array_add(argv, (char *)"qingnang-sync");
	/* `login` is a word, not an option: it stands first. */
	if (args[0] && args[0][0] != '-')
		g_ptr_array_add(argv, (char *)*args++);
	g_ptr_array_add(argv, (char *)"--profile");
	g_ptr_array_add(argv, (char *)cli->profile);
	if (key_fd >= 0) {
		fcntl(key_fd, F_SETFD, 0);
		g_ptr_array_add(argv, (char *)"--key-fd");
		g_ptr_array_add(argv, number);
	}
	for (; *args; args++)
		g_ptr_array_add(argv, (char *)*args);
	g_ptr_array_add(argv, NULL);
	execv(path, (char **)argv->pdata);
	_exit(127);
}

int
cli_run_sync(struct cli *cli, const struct base_secret *key,
    const char *const *args, GError **error)
{
	int key_fd = key ? cli_key_pipe(key, error) : -1;
	int status = 0;
	pid_t pid;

	if (key && key_fd < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		exec_sync(cli, key_fd, args);
	if (key_fd >= 0)
		close(key_fd);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) {
		g_set_error(error, CLI_ERROR, CLI_ERROR_START,
		    _("qingnang-sync could not be started: it is neither beside "
		      "qingnang nor installed."));
		return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : BASE_EXIT_FAILED;
}

gboolean
cli_poke(struct cli *cli)
{
	const struct doorbell_line hello = { .verb = BELL_HELLO,
		.word = "command" };
	const struct doorbell_line poke = { .verb = BELL_POKE };
	const struct doorbell_line quit = { .verb = BELL_QUIT };
	int fd = doorbell_connect(cli->runtime_dir, NULL);
	struct doorbell *bell;

	if (fd < 0)
		return FALSE; /* nobody listens; the next sync sends it */
	bell = doorbell_new(fd);
	doorbell_send(bell, &hello);
	doorbell_send(bell, &poke);
	doorbell_send(bell, &quit);
	doorbell_free(bell);
	return TRUE;
}
