/* SPDX-License-Identifier: Apache-2.0 */
/* A picture as cells, as qingnang-picture writes it and qingnang reads it. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 20, CELL_BYTES = 8 };
static const char sign[] = { 'Q', 'N', 'P', '1' };

static const struct { const char *word; int n; } depths[] = {
	[PICTURE_256] = { "256", 256 },
	[PICTURE_16] = { "16", 16 },
	[PICTURE_8] = { "8", 8 },
	[PICTURE_MONO] = { "mono", 0 },
	[PICTURE_MONO_LIGHT] = { "mono-light", 0 },
};

const char *
picture_depth_word(enum picture_depth depth)
{
	return depths[depth].word;
}

gboolean
picture_depth_find(const char *word, enum picture_depth *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(depths); i++)
		if (strcmp(depths[i].word, word) == 0) {
			*out = (enum picture_depth)i;
			return TRUE;
		}
	return FALSE;
}

/* ---- writing ------------------------------------------------------------ */

static void
put(GByteArray *out, uint32_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		g_byte_array_append(out, (const guint8[]){ (guint8)(n >>
		    8 * i) }, 1);
}

void
picture_format(const struct picture *p, GByteArray *out)
{
	size_t n = (size_t)p->cols * p->rows;

	g_byte_array_append(out, (const guint8 *)sign, sizeof sign);
	put(out, (uint32_t)p->end, 1);
	put(out, (uint32_t)p->kind, 1);
	put(out, (p->moves ? 1 : 0) | (p->broken ? 2 : 0), 2);
	put(out, p->width_px, 4);
	put(out, p->height_px, 4);
	put(out, p->cols, 2);
	put(out, p->rows, 2);
	for (size_t i = 0; i < n; i++) {
		put(out, p->cells[i].c, 4);
		put(out, (uint16_t)p->cells[i].fg, 2);
		put(out, (uint16_t)p->cells[i].bg, 2);
	}
}

/* ---- reading ------------------------------------------------------------ */

static uint32_t
take(const guint8 **at, int bytes)
{
	uint32_t n = 0;

	for (int i = 0; i < bytes; i++)
		n |= (uint32_t)*(*at)++ << 8 * i;
	return n;
}

static gboolean
colour_ok(int16_t colour, int colours)
{
	return colour >= -1 && colour < colours;
}

gboolean
picture_char_ok(uint32_t c)
{
	return c == ' ' || (c >= 0x2580 && c <= 0x259f) ||
	    (c >= 0x2800 && c <= 0x28ff);
}

static gboolean
head_parse(const guint8 **at, struct picture *p)
{
	uint32_t end, kind, flags;

	if (memcmp(*at, sign, sizeof sign) != 0)
		return FALSE;
	*at += sizeof sign;
	end = take(at, 1);
	kind = take(at, 1);
	flags = take(at, 2);
	p->width_px = take(at, 4);
	p->height_px = take(at, 4);
	p->cols = (uint16_t)take(at, 2);
	p->rows = (uint16_t)take(at, 2);
	p->end = (enum picture_end)end;
	p->kind = (enum picture_kind)kind;
	p->moves = flags & 1;
	p->broken = (flags & 2) != 0;
	return end < PICTURE_ENDS_ && kind < PICTURE_KINDS_ && flags <= 3;
}

static gboolean
cells_parse(const guint8 *at, int colours, struct picture *p)
{
	size_t n = (size_t)p->cols * p->rows;

	p->cells = g_new(struct picture_cell, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct picture_cell *cell = &p->cells[i];

		cell->c = take(&at, 4);
		cell->fg = (int16_t)take(&at, 2);
		cell->bg = (int16_t)take(&at, 2);
		if (!picture_char_ok(cell->c) ||
		    !colour_ok(cell->fg, colours) ||
		    !colour_ok(cell->bg, colours))
			return FALSE;
	}
	return TRUE;
}

size_t
picture_size_max(int cols, int rows)
{
	return HEAD_BYTES + (size_t)cols * (size_t)rows * CELL_BYTES;
}

struct picture *
picture_parse(const void *bytes, size_t len, int cols, int rows,
    enum picture_depth depth)
{
	BASE_AUTO(picture) p = g_new0(struct picture, 1);
	const guint8 *at = bytes;

	if (len < HEAD_BYTES || !head_parse(&at, p) || p->cols > cols ||
	    p->rows > rows || len != picture_size_max(p->cols, p->rows))
		return NULL;
	/* Cells there are when and only when it could be shown. */
	if ((p->end == PICTURE_OK) != (p->cols > 0 && p->rows > 0) ||
	    !cells_parse(at, depths[depth].n, p))
		return NULL;
	return g_steal_pointer(&p);
}

void
picture_free(struct picture *p)
{
	if (!p)
		return;
	g_free(p->cells);
	g_free(p);
}

/* ---- what a file is ----------------------------------------------------- */

/* By its first bytes; a name and a server may say anything. */
static const struct { const char *type; size_t at, len; const char *sign; }
types[] = {
	{ "image/png", 0, 8, "\x89PNG\r\n\x1a\n" },
	{ "image/jpeg", 0, 3, "\xff\xd8\xff" },
	{ "image/gif", 0, 6, "GIF87a" },
	{ "image/gif", 0, 6, "GIF89a" },
	{ "image/webp", 8, 4, "WEBP" },
	{ "image/tiff", 0, 4, "II*\0" },
	{ "image/tiff", 0, 4, "MM\0*" },
	{ "image/bmp", 0, 2, "BM" },
	{ "image/heic", 4, 8, "ftypheic" },
	{ "image/heic", 4, 8, "ftypheix" },
	{ "image/heic", 4, 8, "ftyphevc" },
	{ "image/heic", 4, 8, "ftypmif1" },
	{ "image/heic", 4, 8, "ftypmsf1" },
	{ "image/avif", 4, 8, "ftypavif" },
	{ "application/dicom", 128, 4, "DICM" },
	{ "application/pdf", 0, 5, "%PDF-" },
	{ "application/zip", 0, 4, "PK\x03\x04" },
	{ "audio/amr", 0, 5, "#!AMR" },
	{ "audio/ogg", 0, 4, "OggS" },
	{ "audio/mpeg", 0, 3, "ID3" },
	{ "audio/wav", 8, 4, "WAVE" },
	{ "video/mp4", 4, 4, "ftyp" },
};

static gboolean
is_plain_text(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)bytes[i] < 0x20 && !strchr("\t\n\r\f",
		    bytes[i]))
			return FALSE;
	return len > 0 && g_utf8_validate_len(bytes, len, NULL);
}

const char *
base_file_type(const void *bytes, size_t len)
{
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (len >= types[i].at + types[i].len &&
		    memcmp((const char *)bytes + types[i].at, types[i].sign,
		    types[i].len) == 0)
			return types[i].type;
	return is_plain_text(bytes, len) ? "text/plain" :
	    "application/octet-stream";
}

/* ---- one that is to be sent --------------------------------------------- */

static gboolean
refuse(const char *name, const char *why, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_PATH,
	    _("%s cannot be attached: %s."), name, why);
	return FALSE;
}

static gboolean
read_whole(int fd, char *to, gsize len)
{
	while (len) {
		ssize_t n = read(fd, to, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FALSE;
		to += n;
		len -= (gsize)n;
	}
	return TRUE;
}

gboolean
base_file_read(const char *path, int64_t most_bytes, char **title,
    char **bytes, gsize *len, GError **error)
{
	g_autofree char *base = g_path_get_basename(path);
	g_autofree char *name = g_utf8_make_valid(base, -1);
	g_autofree char *most = g_strdup_printf(_("it is larger than %d MB"),
	    (int)(most_bytes / 1024 / 1024));
	/* A pipe that nobody writes to must not hold us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	gboolean ok;

	if (fd < 0)
		return refuse(name, g_strerror(errno), error);
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (!ok)
		refuse(name, _("it is not a file"), error);
	else if (st.st_size == 0)
		ok = refuse(name, _("it is empty"), error);
	else if (st.st_size > most_bytes)
		ok = refuse(name, most, error);
	if (ok) {
		*len = (gsize)st.st_size;
		*bytes = g_malloc(*len);
		ok = read_whole(fd, *bytes, *len);
		if (!ok) {
			g_clear_pointer(bytes, g_free);
			refuse(name, _("it could not be read"), error);
		}
	}
	close(fd);
	if (ok)
		*title = g_steal_pointer(&name);
	return ok;
}
