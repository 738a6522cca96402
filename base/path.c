/* SPDX-License-Identifier: Apache-2.0 */
/* Where things lie: the data that came with the program, its sibling programs,
 * and the doctor's own directories, which are made 0700 and checked. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_FILE "build-tree"
#define TREE_GROUP "build-tree"
#define TREE_DEPTH_MAX 3

/* ---- the build tree ------------------------------------------------------ */

struct tree {
	char *srcdir, *builddir;
};

static char *
own_dir(void)
{
	g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);

	return exe ? g_path_get_dirname(exe) : NULL;
}

static gboolean
same_dir(const char *a, const char *b)
{
	struct stat one, two;

	return stat(a, &one) == 0 && stat(b, &two) == 0 &&
	    one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* A file of that name which was copied elsewhere does not count. */
static gboolean
tree_read(const char *dir, struct tree *tree)
{
	g_autofree char *path = g_build_filename(dir, TREE_FILE, NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *src = NULL, *build = NULL;

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
		return FALSE;
	src = g_key_file_get_string(file, TREE_GROUP, "srcdir", NULL);
	build = g_key_file_get_string(file, TREE_GROUP, "builddir", NULL);
	if (!src || !build || !same_dir(dir, build))
		return FALSE;
	tree->srcdir = g_steal_pointer(&src);
	tree->builddir = g_steal_pointer(&build);
	return TRUE;
}

/* The programs stand beside the file, their tests in tests/ROOM/ below it. */
static gboolean
tree_look(struct tree *tree)
{
	g_autofree char *dir = own_dir();
	gboolean in_tests;
	char *up;
	int depth;

	in_tests = dir && strstr(dir, "/tests/");
	for (depth = 0; dir && depth < TREE_DEPTH_MAX; depth++) {
		if (tree_read(dir, tree))
			return TRUE;
		if (!in_tests)
			return FALSE;
		up = g_path_get_dirname(dir);
		g_free(dir);
		dir = up;
	}
	return FALSE;
}

/* Looked for once: a program does not move. NULL: this one is installed. */
static const struct tree *
tree_find(void)
{
	static struct tree tree;
	static gsize looked;

	if (g_once_init_enter(&looked))
		g_once_init_leave(&looked, tree_look(&tree) ? 1 : 2);
	return looked == 1 ? &tree : NULL;
}

/* ---- an installation ------------------------------------------------------ */

/*
 * An installation may have been moved as a whole, or stand below a DESTDIR: the
 * steps from the program's directory to the data are then those from QN_BINDIR
 * to where the data was to be. NULL: it stands where it was to stand.
 */
static char *
moved_path(const char *dir, const char *planned)
{
	const char *bin = QN_BINDIR;
	size_t fork = 0;

	if (!dir || strcmp(dir, bin) == 0)
		return NULL;
	for (size_t i = 0; bin[i] && bin[i] == planned[i]; i++)
		if (bin[i] == '/')
			fork = i;
	if (!g_str_has_suffix(dir, bin + fork))
		return NULL;
	return g_strdup_printf("%.*s%s",
	    (int)(strlen(dir) - strlen(bin + fork)), dir, planned + fork);
}

static char *
installed_path(const char *planned, const char *name)
{
	g_autofree char *dir = own_dir();
	g_autofree char *moved = moved_path(dir, planned);

	if (moved && access(moved, X_OK) == 0)
		planned = moved;
	return g_build_filename(planned, name, NULL);
}

static gboolean
is_locale(const char *name)
{
	return strcmp(name, "locale") == 0 || g_str_has_prefix(name, "locale/");
}

char *
base_data_path(const char *name)
{
	const struct tree *tree = tree_find();

	if (!tree) {
		if (is_locale(name))
			return installed_path(QN_LOCALEDIR,
			    name + strlen("locale"));
		return installed_path(QN_DATADIR, name);
	}
	if (is_locale(name))
		return g_build_filename(tree->builddir, "po", name, NULL);
	return g_build_filename(tree->srcdir, name, NULL);
}

char *
base_program_path(const char *name)
{
	const struct tree *tree = tree_find();
	g_autofree char *dir = NULL;
	char *path;

	if (tree)
		return g_build_filename(tree->builddir, name, NULL);
	dir = own_dir();
	if (dir) {
		path = g_build_filename(dir, name, NULL);
		if (access(path, X_OK) == 0)
			return path;
		g_free(path);
	}
	return g_build_filename(QN_BINDIR, name, NULL);
}

/* ---- a profile's directories --------------------------------------------- */

gboolean
base_profile_name_ok(const char *profile)
{
	size_t len = profile ? strlen(profile) : 0;
	size_t i;

	for (i = 0; i < len; i++)
		if (!g_ascii_isalnum(profile[i]) && profile[i] != '_' &&
		    profile[i] != '-')
			return FALSE;
	return len >= 1 && len <= 32;
}

/* XDG says that a relative path is to be ignored. GLib's own functions remember
 * the first answer, which tests that change the environment cannot use. */
static char *
xdg_dir(const char *variable, const char *below_home)
{
	const char *dir = g_getenv(variable);

	if (dir && g_path_is_absolute(dir))
		return g_strdup(dir);
	return g_build_filename(g_get_home_dir(), below_home, NULL);
}

static gboolean
path_fail(const char *path, const char *why, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_PATH,
	    _("the directory %s cannot be used: %s"), path, why);
	return FALSE;
}

/* Makes path 0700 and ours, or says why it cannot be. */
static gboolean
private_dir(const char *path, GError **error)
{
	struct stat st;
	gboolean ok;
	int fd;

	if (g_mkdir_with_parents(path, 0700) < 0)
		return path_fail(path, g_strerror(errno), error);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return path_fail(path, g_strerror(errno), error);
	ok = fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    ((st.st_mode & 07777) == 0700 || fchmod(fd, 0700) == 0);
	close(fd);
	if (!ok)
		return path_fail(path, _("it is not yours"), error);
	return TRUE;
}

static char *
private_take(char *path, GError **error)
{
	if (private_dir(path, error))
		return path;
	g_free(path);
	return NULL;
}

static gboolean
check_name(const char *profile, GError **error)
{
	if (base_profile_name_ok(profile))
		return TRUE;
	g_set_error(error, BASE_ERROR, BASE_ERROR_PATH,
	    _("a profile's name is 1 to 32 letters, digits, _ or -"));
	return FALSE;
}

char *
base_profile_config_path(const char *profile)
{
	g_autofree char *dir = xdg_dir("XDG_CONFIG_HOME", ".config");
	g_autofree char *name = g_strconcat(profile, ".conf", NULL);

	return g_build_filename(dir, "qingnang", name, NULL);
}

char *
base_profile_state_dir(const char *profile, GError **error)
{
	g_autofree char *dir = xdg_dir("XDG_STATE_HOME", ".local/state");

	if (!check_name(profile, error))
		return NULL;
	return private_take(g_build_filename(dir, "qingnang", profile, NULL),
	    error);
}

char *
base_profile_runtime_dir(const char *profile, GError **error)
{
	const char *run = g_getenv("XDG_RUNTIME_DIR");
	g_autofree char *state = NULL;
	struct stat st;

	if (!check_name(profile, error))
		return NULL;
	if (run && g_path_is_absolute(run) && stat(run, &st) == 0 &&
	    S_ISDIR(st.st_mode) && st.st_uid == geteuid())
		return private_take(g_build_filename(run, "qingnang", profile,
		    NULL), error);
	state = base_profile_state_dir(profile, error);
	if (!state)
		return NULL;
	return private_take(g_build_filename(state, "run", NULL), error);
}
