/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file for a program outside: it stands in the profile's runtime directory while
 * the program runs, and who started the program takes it away. Locked meanwhile, so
 * that what a crash left behind is known at the next start.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "tui/files_view.h"
#include "tui/scratch.h"

#define DIR_PREFIX "view-"

#define ZIP "application/zip"
#define BYTES "application/octet-stream"
#define OFFICE "application/vnd.openxmlformats-officedocument."

/* What is called inside looks like that from outside: such a type is believed
 * when the server names it and the bytes do not speak against it. */
static const struct { const char *type, *name, *looks; } names[] = {
	{ "application/pdf", "document.pdf" }, { "image/png", "document.png" },
	{ "image/jpeg", "document.jpg" }, { "image/gif", "document.gif" },
	{ "image/webp", "document.webp" }, { "image/tiff", "document.tiff" },
	{ "image/bmp", "document.bmp" }, { "image/heic", "document.heic" },
	{ "image/avif", "document.avif" },
	{ "application/dicom", "document.dcm" },
	{ "application/zip", "document.zip" }, { "audio/amr", "document.amr" },
	{ "audio/ogg", "document.ogg" }, { "audio/mpeg", "document.mp3" },
	{ "audio/wav", "document.wav" }, { "video/mp4", "document.mp4" },
	{ "text/plain", "document.txt" }, { BYTES, "document.bin" },
	{ OFFICE "wordprocessingml.document", "document.docx", ZIP },
	{ OFFICE "spreadsheetml.sheet", "document.xlsx", ZIP },
	{ OFFICE "presentationml.presentation", "document.pptx", ZIP },
	{ "application/vnd.oasis.opendocument.text", "document.odt", ZIP },
	{ "application/msword", "document.doc", BYTES },
	{ "application/vnd.ms-excel", "document.xls", BYTES },
};

const char *
outside_type(GBytes *bytes, const char *said)
{
	gsize len;
	const void *at = g_bytes_get_data(bytes, &len);
	const char *type = base_file_type(at, len);

	for (size_t i = 0; said && i < G_N_ELEMENTS(names); i++)
		if (g_strcmp0(names[i].looks, type) == 0 &&
		    strcmp(names[i].type, said) == 0)
			return names[i].type;
	return type;
}

static const char *
name_of(const char *type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(names[i].type, type) == 0)
			return names[i].name;
	return "document.bin";
}

char *
tui_file_program(const struct base_settings *settings, const char *name)
{
	const char *type = BYTES;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(names[i].name, name) == 0)
			type = names[i].type;
	return base_setting_program(settings, type);
}

static gboolean
fail(GError **error, const char *what)
{
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
	    "%s: %s", what, g_strerror(errno));
	return FALSE;
}

static gboolean
write_whole(int fd, GBytes *bytes)
{
	gsize left;
	const char *at = g_bytes_get_data(bytes, &left);

	while (left) {
		ssize_t n = write(fd, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FALSE;
		at += n;
		left -= (gsize)n;
	}
	return TRUE;
}

gboolean
outside_open(struct tui *ui, GBytes *bytes, const char *type, GError **error)
{
	const struct tui_host *host = &ui->options->host;
	g_autofree char *dir = scratch_dir_new(ui->options->runtime_dir,
	    DIR_PREFIX);
	g_autofree char *path = NULL, *base = NULL, *name = NULL;
	gboolean ok;
	int fd;

	if (!dir)
		return fail(error, "mkdtemp");
	path = g_build_filename(dir, name_of(type), NULL);
	base = g_path_get_basename(dir);
	name = g_build_filename(base, name_of(type), NULL);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	ok = fd >= 0 && flock(fd, LOCK_EX) == 0 && write_whole(fd, bytes);
	if (!ok)
		fail(error, "write");
	ok = ok && host->file_open(host->user, name, fd, error);
	if (fd >= 0)
		close(fd); /* the lock goes on with who was given it */
	if (!ok)
		scratch_remove(dir);
	return ok;
}

/* Nobody has it locked: the program has ended, or never began. */
static gboolean
is_left(const char *dir)
{
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;
	gboolean left = TRUE;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
		    O_NONBLOCK);

		left = left && (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0);
		if (fd >= 0)
			close(fd);
	}
	if (d)
		g_dir_close(d);
	return left;
}

void
outside_sweep(const char *runtime_dir)
{
	scratch_sweep(runtime_dir, DIR_PREFIX, is_left);
}
