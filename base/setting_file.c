/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings file. GLib reads and writes the format; it knows no line numbers,
 * so a pass of our own goes before it and finds, line by line, what a person got
 * wrong. Values are taken from GLib's reading alone.
 */
#include "base/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES 65536

struct scan {
	const char *path;
	int line;
	char *section;
	int lines[SET_COUNT_]; /* where each setting stands, 0: nowhere */
};

static gboolean G_GNUC_PRINTF(3, 4)
scan_fail(const struct scan *s, GError **error, const char *fmt, ...)
{
	g_autofree char *why = NULL;
	va_list args;

	va_start(args, fmt);
	why = g_strdup_vprintf(fmt, args);
	va_end(args);
	g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "%s:%d: %s", s->path,
	    s->line, why);
	return FALSE;
}

/* ---- the nearest known name ---------------------------------------------- */

/* Edit distance; words are short, longer ones are as far as can be. */
static int
distance(const char *a, const char *b)
{
	enum { WORD_MAX = 48 };
	int row[WORD_MAX + 1], above, left, here;
	size_t i, j, n = strlen(b);

	if (n > WORD_MAX || strlen(a) > WORD_MAX)
		return WORD_MAX;
	for (j = 0; j <= n; j++)
		row[j] = (int)j;
	for (i = 1; a[i - 1]; i++) {
		above = row[0]++;
		for (j = 1; j <= n; j++) {
			left = row[j - 1] + 1;
			here = above + (a[i - 1] != b[j - 1]);
			above = row[j];
			row[j] = MIN(MIN(here, left), above + 1);
		}
	}
	return row[n];
}

/* The setting whose name is nearest; one of the same section is nearer. */
static enum setting
nearest(const char *section, const char *key)
{
	int i, far, best = 0, best_far = G_MAXINT;

	for (i = 0; i < SET_COUNT_; i++) {
		far = 2 * distance(key, setting_defs[i].key) +
		    (strcmp(section, setting_defs[i].section) != 0);
		if (far < best_far) {
			best_far = far;
			best = i;
		}
	}
	return (enum setting)best;
}

static const char *
nearest_section(const char *section)
{
	int i, far, best = 0, best_far = G_MAXINT;

	for (i = 0; i < SET_COUNT_; i++) {
		far = distance(section, setting_defs[i].section);
		if (far < best_far) {
			best_far = far;
			best = i;
		}
	}
	return setting_defs[best].section;
}

static gboolean
section_known(const char *section)
{
	int i;

	for (i = 0; i < SET_COUNT_; i++)
		if (strcmp(setting_defs[i].section, section) == 0)
			return TRUE;
	return FALSE;
}

/* ---- line by line -------------------------------------------------------- */

static gboolean
scan_section(struct scan *s, char *line, GError **error)
{
	char *end = strchr(line, ']');

	if (!end || end[1] != '\0')
		return scan_fail(s, error, _("a section is written [name]"));
	*end = '\0';
	g_free(s->section);
	s->section = g_strdup(line + 1);
	if (section_known(s->section))
		return TRUE;
	return scan_fail(s, error,
	    _("unknown section [%s]; is [%s] meant?"), s->section,
	    nearest_section(s->section));
}

static gboolean
scan_key(struct scan *s, char *line, GError **error)
{
	char *equals = strchr(line, '=');
	enum setting key, near;

	if (!equals)
		return scan_fail(s, error, _("a setting is written key = value"));
	*equals = '\0';
	g_strchomp(line);
	if (!s->section)
		return scan_fail(s, error,
		    _("“%s” stands before the first [section]"), line);
	key = setting_find(s->section, line);
	if (key == SET_COUNT_) {
		near = nearest(s->section, line);
		return scan_fail(s, error,
		    _("unknown setting “%s” in [%s]; is “%s” in [%s] meant?"),
		    line, s->section, setting_defs[near].key,
		    setting_defs[near].section);
	}
	if (s->lines[key])
		return scan_fail(s, error,
		    _("“%s” was already set in line %d"), line, s->lines[key]);
	s->lines[key] = s->line;
	return TRUE;
}

static gboolean
scan_line(struct scan *s, char *line, GError **error)
{
	if (!g_utf8_validate(line, -1, NULL))
		return scan_fail(s, error, _("this line is not UTF-8 text"));
	g_strstrip(line);
	if (*line == '\0' || *line == '#')
		return TRUE;
	return *line == '[' ? scan_section(s, line, error) :
	    scan_key(s, line, error);
}

static gboolean
scan_text(struct scan *s, const char *text, size_t len, GError **error)
{
	g_auto(GStrv) lines = NULL;
	char **line;
	gboolean ok = TRUE;

	if (memchr(text, '\0', len)) {
		s->line = 1;
		return scan_fail(s, error,
		    _("this is not a settings file: it holds a zero byte"));
	}
	lines = g_strsplit(text, "\n", -1);
	for (line = lines; ok && *line; line++) {
		s->line++;
		ok = scan_line(s, *line, error);
	}
	return ok;
}

static gboolean
take_value(struct base_settings *set, struct scan *s, GKeyFile *file,
    enum setting key, GError **error)
{
	const struct setting_def *def = &setting_defs[key];
	g_autofree char *value = NULL, *allowed = NULL;
	g_autoptr(GError) escape = NULL;

	s->line = s->lines[key];
	value = g_key_file_get_string(file, def->section, def->key, &escape);
	if (escape)
		return scan_fail(s, error,
		    _("the value of “%s” has a wrong escape; write \\\\ for a backslash"),
		    def->key);
	g_strchomp(value);
	allowed = setting_check(key, value);
	if (allowed)
		return scan_fail(s, error,
		    _("“%s” cannot be “%s”; allowed: %s"), def->key, value,
		    allowed);
	return base_setting_set(set, key, value, error);
}

struct base_settings *
base_settings_parse(const char *text, size_t len, const char *path,
    GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	BASE_AUTO(base_settings) set = base_settings_new();
	g_autofree char *copy = g_strndup(text, len);
	struct scan s = { .path = path };
	gboolean ok;
	int key;

	/* The caller's bytes need not end in a zero; the copy does. */
	ok = scan_text(&s, copy, len, error);
	g_free(s.section);
	if (!ok)
		return NULL;
	if (!g_key_file_load_from_data(file, copy, strlen(copy),
	    G_KEY_FILE_NONE, error)) {
		g_prefix_error(error, "%s: ", path);
		return NULL;
	}
	for (key = 0; key < SET_COUNT_; key++)
		if (s.lines[key] &&
		    !take_value(set, &s, file, (enum setting)key, error))
			return NULL;
	return g_steal_pointer(&set);
}

/* ---- the file ------------------------------------------------------------ */

static gboolean
file_fail(const char *path, int code, GError **error)
{
	g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
	    "%s: %s", path, g_strerror(code));
	return FALSE;
}

/* A regular file of bounded size: a settings path may name anything. */
static gboolean
read_file(const char *path, GString *text, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char buf[4096];
	ssize_t n = 0;

	if (fd < 0)
		return file_fail(path, errno, error);
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		close(fd);
		return file_fail(path, S_ISDIR(st.st_mode) ? EISDIR : EINVAL,
		    error);
	}
	while (text->len <= FILE_MAX_BYTES &&
	    (n = read(fd, buf, sizeof(buf))) > 0)
		g_string_append_len(text, buf, n);
	if (n < 0) {
		n = errno;
		close(fd);
		return file_fail(path, (int)n, error);
	}
	close(fd);
	return text->len <= FILE_MAX_BYTES || file_fail(path, EFBIG, error);
}

struct base_settings *
base_settings_load(const char *path, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (!read_file(path, text, error))
		return NULL;
	return base_settings_parse(text->str, text->len, path, error);
}

/* Writes all, to the disk, under a name of its own; then takes the place. */
static gboolean
replace_file(const char *path, const char *text, size_t len, GError **error)
{
	g_autofree char *temp = g_strconcat(path, ".XXXXXX", NULL);
	g_autofree char *dir = g_path_get_dirname(path);
	size_t done = 0;
	ssize_t n = 0;
	int fd, dir_fd, code;

	fd = g_mkstemp_full(temp, O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return file_fail(temp, errno, error);
	while (done < len && (n = write(fd, text + done, len - done)) >= 0)
		done += (size_t)n;
	if (n < 0 || fsync(fd) < 0 || rename(temp, path) < 0) {
		code = errno;
		close(fd);
		unlink(temp);
		return file_fail(path, code, error);
	}
	close(fd);
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd >= 0) {
		fsync(dir_fd);
		close(dir_fd);
	}
	return TRUE;
}

gboolean
base_settings_save(const struct base_settings *s, const char *path,
    GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *text = NULL;
	const struct setting_def *def;
	size_t len;
	int i;

	if (g_mkdir_with_parents(dir, 0700) < 0)
		return file_fail(dir, errno, error);
	/* What the doctor wrote beside the values stays. */
	g_key_file_load_from_file(file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
	for (i = 0; i < SET_COUNT_; i++) {
		def = &setting_defs[i];
		if (s->values[i])
			g_key_file_set_string(file, def->section, def->key,
			    s->values[i]);
		else
			g_key_file_remove_key(file, def->section, def->key,
			    NULL);
	}
	text = g_key_file_to_data(file, &len, NULL);
	return replace_file(path, text, len, error);
}
