/* SPDX-License-Identifier: Apache-2.0 */
/* Directories for other programs, made, removed, and swept after a crash. */
#include "config.h"
#include "tui/scratch.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *
scratch_dir_new(const char *runtime_dir, const char *prefix)
{
	char *dir = g_strdup_printf("%s/%s%d-XXXXXX", runtime_dir, prefix,
	    (int)getpid());
	int why;

	if (g_mkdtemp_full(dir, 0700))
		return dir;
	why = errno;
	g_free(dir);
	errno = why;
	return NULL;
}

void
scratch_remove(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(path, name, NULL);
		GStatBuf st;

		if (g_lstat(file, &st) == 0 && S_ISDIR(st.st_mode))
			scratch_remove(file);
		else
			g_unlink(file);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(path);
}

void
scratch_sweep(const char *runtime_dir, const char *prefix,
    gboolean (*is_left)(const char *path))
{
	GDir *dir = g_dir_open(runtime_dir, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(runtime_dir, name,
		    NULL);
		int pid = g_str_has_prefix(name, prefix) ?
		    atoi(name + strlen(prefix)) : 0;

		if (pid > 0 && kill(pid, 0) && errno == ESRCH &&
		    (!is_left || is_left(path)))
			scratch_remove(path);
	}
	if (dir)
		g_dir_close(dir);
}
