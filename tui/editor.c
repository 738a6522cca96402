/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tui/editor.h"

#include "tui/buffer.h"
#include "tui/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct editing {
	struct draft_key key;
	char *dir, *path, *command;
	struct editor_child child;
	struct termios termios;
};

/* ---- the file ----------------------------------------------------------- */

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

#define DIR_PREFIX "edit-"

static gboolean
file_make(struct editing *e, const char *runtime_dir, const char *text,
    GError **error)
{
	e->dir = scratch_dir_new(runtime_dir, DIR_PREFIX);
	if (!e->dir)
		return fail(error, "mkdtemp");
	e->path = g_build_filename(e->dir, "reply.txt", NULL);
	return write_text(e->path, text, error);
}

void
editor_sweep(const char *runtime_dir)
{
	scratch_sweep(runtime_dir, DIR_PREFIX, NULL);
}

/* ---- the editor --------------------------------------------------------- */

static const char *
editor_command(void)
{
	const char *visual = g_getenv("VISUAL"), *editor = g_getenv("EDITOR");

	return visual && *visual ? visual : editor && *editor ? editor : "vi";
}

static int64_t
idle_ms(const struct tui *ui)
{
	int64_t minutes = base_setting_int(ui->options->settings,
	    SET_LOCK_MINUTES);

	return minutes > 0 ? minutes * 60 * 1000 : -1;
}

static enum editor_end
ended(struct tui *ui, int status, GError **error)
{
	/* An editor is work at the keys too. */
	ui->last_key_mono_ms = base_mono_ms();
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return EDITOR_DONE;
	g_set_error(error, BASE_ERROR, BASE_ERROR_COMMAND,
	    _("The editor (%s) ended with an error. Set EDITOR to one that is "
	      "installed."), ui->editing->command);
	return EDITOR_FAILED;
}

static enum editor_end
wait_for(struct tui *ui, GError **error)
{
	int status = 0, signo = 0;
	enum editor_end end;

	end = editor_child_wait(&ui->editing->child, idle_ms(ui), &status,
	    &signo);
	canvas_return(ui->canvas);
	if (end == EDITOR_DONE)
		return ended(ui, status, error);
	if (end == EDITOR_LEAVE) {
		ui->leave = TRUE;
		ui->exit_code = 128 + signo;
	} else {
		ui->last_key_mono_ms = base_mono_ms() - idle_ms(ui);
	}
	return end;
}

enum editor_end
editor_begin(struct tui *ui, struct draft_key key, const char *text,
    GError **error)
{
	struct editing *e = g_new0(struct editing, 1);

	ui->editing = e;
	e->key = key;
	e->command = g_strdup(editor_command());
	e->child.termios = &e->termios;
	if (!file_make(e, ui->options->runtime_dir, text, error))
		return EDITOR_FAILED;
	canvas_leave(ui->canvas); /* while the terminal is still ours */
	if (editor_child_start(&e->child, e->command, e->path, error))
		return wait_for(ui, error);
	canvas_return(ui->canvas);
	return EDITOR_FAILED;
}

enum editor_end
editor_continue(struct tui *ui, GError **error)
{
	canvas_leave(ui->canvas);
	return wait_for(ui, error);
}

const struct draft_key *
editor_key(const struct tui *ui)
{
	return ui->editing ? &ui->editing->key : NULL;
}

char *
editor_text(const struct tui *ui, gsize *len_out, GError **error)
{
	return read_text(ui->editing->path, len_out, error);
}

void
editor_end(struct tui *ui)
{
	struct editing *e = g_steal_pointer(&ui->editing);

	if (!e)
		return;
	editor_child_end(&e->child);
	if (e->dir)
		scratch_remove(e->dir);
	g_free(e->dir);
	g_free(e->path);
	g_free(e->command);
	g_free(e);
}
