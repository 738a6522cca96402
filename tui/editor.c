/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tui/editor.h"

#include "tui/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static gboolean
fail(GError **error, const char *what)
{
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
	    "%s: %s", what, g_strerror(errno));
	return FALSE;
}

static gboolean
write_text(const char *path, const char *text, GError **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	size_t len = strlen(text), done = 0;

	if (fd < 0)
		return fail(error, "open");
	while (done < len) {
		ssize_t n = write(fd, text + done, len - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	return done == len || fail(error, "write");
}

static void
run_child(const char *editor, const char *path)
{
	/* $EDITOR may hold options ("vim -n"), so the shell splits it; the path
	 * is an argument and is not split. */
	g_autofree char *script = g_strdup_printf("exec %s \"$1\"", editor);
	sigset_t none;

	/* The loop reads its signals from a descriptor and blocks them. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", script, "sh", path, (char *)NULL);
	_exit(127);
}

static gboolean
run_editor(const char *path, GError **error)
{
	const char *visual = g_getenv("VISUAL"), *editor = g_getenv("EDITOR");
	const char *command = visual && *visual ? visual
	    : editor && *editor ? editor : "vi";
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return fail(error, "fork");
	if (pid == 0)
		run_child(command, path);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return TRUE;
	g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
	    _("The editor (%s) ended with an error. Set EDITOR to one that is "
	      "installed."), command);
	return FALSE;
}

/* Not followed, bounded, and text: an editor can leave anything. */
static char *
read_text(const char *path, gsize *len_out, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char block[4096];
	ssize_t n;

	if (fd < 0) {
		fail(error, "open");
		return NULL;
	}
	while ((n = read(fd, block, sizeof block)) > 0 &&
	    text->len <= BUFFER_MAX_BYTES)
		g_string_append_len(text, block, n);
	close(fd);
	explicit_bzero(block, sizeof block);
	/* The newline at a file's end is the editor's, not the reply's. */
	if (text->len && text->str[text->len - 1] == '\n')
		g_string_truncate(text, text->len - 1);
	*len_out = text->len;
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Backup and swap files are copies of the reply: all goes. */
static void
remove_dir(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(path, name, NULL);

		g_unlink(file);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(path);
}

char *
editor_edit(struct tui *ui, const char *text, gsize *len_out, GError **error)
{
	g_autofree char *dir = g_build_filename(ui->options->runtime_dir,
	    "edit-XXXXXX", NULL);
	g_autofree char *path = NULL;
	char *edited = NULL;

	if (!g_mkdtemp_full(dir, 0700)) {
		fail(error, "mkdtemp");
		return NULL;
	}
	path = g_build_filename(dir, "reply.txt", NULL);
	if (write_text(path, text, error)) {
		canvas_leave(ui->canvas);
		if (run_editor(path, error))
			edited = read_text(path, len_out, error);
		canvas_return(ui->canvas);
		/* An editor is work at the keys too. */
		ui->last_key_mono_ms = base_mono_ms();
	}
	remove_dir(dir);
	return edited;
}
