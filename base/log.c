/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one line an event, one write a line, so that two threads or two
 * programs cannot mix theirs. What goes in is ids, numbers and constants; should
 * anything else slip in, it cannot drive the terminal that shows the log. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static int log_fd = -1;
static int log_level = BASE_LOG_OFF; /* atomic */

static const char *const level_words[] = { "off", "error", "info", "debug" };

gboolean
base_log_open(const char *path, enum base_log_level level, GError **error)
{
	int fd;

	base_log_close();
	if (level == BASE_LOG_OFF)
		return TRUE;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY, 0600);
	if (fd < 0 || fchmod(fd, 0600) < 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_PATH,
		    _("the log %s cannot be written: %s"), path,
		    g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return FALSE;
	}
	log_fd = fd;
	g_atomic_int_set(&log_level, (int)level);
	return TRUE;
}

/* Appends text with everything but printable ASCII as \xNN. */
static size_t
encode(char *line, size_t len, size_t size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c;

	for (; *text && len + 5 < size; text++) {
		c = (unsigned char)*text;
		if (c >= ' ' && c < 0x7f && c != '\\') {
			line[len++] = *text;
			continue;
		}
		line[len++] = '\\';
		line[len++] = 'x';
		line[len++] = hex[c >> 4];
		line[len++] = hex[c & 15];
	}
	return len;
}

void
base_log(enum base_log_level level, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES / 2], line[LINE_MAX_BYTES];
	g_autoptr(GDateTime) now = NULL;
	g_autofree char *stamp = NULL;
	int64_t ms = base_now_ms();
	va_list args;
	size_t len;

	if (level == BASE_LOG_OFF || (int)level > g_atomic_int_get(&log_level))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	now = g_date_time_new_from_unix_utc(ms / 1000);
	stamp = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
	len = (size_t)snprintf(line, sizeof(line), "%s.%03dZ %d %s ", stamp,
	    (int)(ms % 1000), (int)getpid(), level_words[level]);
	len = encode(line, len, sizeof(line), text);
	line[len++] = '\n';
	if (write(log_fd, line, len) < 0)
		return; /* a full disk must not stop a doctor */
}

void
base_log_close(void)
{
	g_atomic_int_set(&log_level, BASE_LOG_OFF);
	if (log_fd >= 0)
		close(log_fd);
	log_fd = -1;
}
