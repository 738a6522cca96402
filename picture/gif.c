/* SPDX-License-Identifier: Apache-2.0 */
/* GIF: its first picture. */
#include "picture/picture.h"

#include <gif_lib.h>
#include <string.h>

struct source { const uint8_t *bytes; size_t len, at; };

static int
feed(GifFileType *gif, GifByteType *to, int n)
{
	struct source *s = gif->UserData;
	size_t some = MIN((size_t)MAX(n, 0), s->len - s->at);

	memcpy(to, s->bytes + s->at, some);
	s->at += some;
	return (int)some;
}

static gboolean
skip_extension(GifFileType *gif, int *clear)
{
	GifByteType *block;
	int code;

	if (DGifGetExtension(gif, &code, &block) == GIF_ERROR)
		return FALSE;
	while (block) {
		/* Graphics control: the colour that is none. */
		if (code == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4 &&
		    (block[1] & 1))
			*clear = block[4];
		if (DGifGetExtensionNext(gif, &block) == GIF_ERROR)
			return FALSE;
	}
	return TRUE;
}

/* To the first picture's own head. */
static gboolean
image_find(GifFileType *gif, int *clear)
{
	GifRecordType record;

	while (DGifGetRecordType(gif, &record) != GIF_ERROR) {
		if (record == IMAGE_DESC_RECORD_TYPE)
			return DGifGetImageDesc(gif) != GIF_ERROR;
		if (record != EXTENSION_RECORD_TYPE ||
		    !skip_extension(gif, clear))
			return FALSE;
	}
	return FALSE;
}

static void
line_put(const struct pixels *px, const ColorMapObject *map, int clear, int y,
    const GifPixelType *line)
{
	uint8_t *to = px->rgba + (size_t)y * (size_t)px->width * 4;

	for (int x = 0; x < px->width; x++, to += 4) {
		if (line[x] == clear || line[x] >= map->ColorCount)
			continue;
		to[0] = map->Colors[line[x]].Red;
		to[1] = map->Colors[line[x]].Green;
		to[2] = map->Colors[line[x]].Blue;
		to[3] = 255;
	}
}

static gboolean
lines_read(GifFileType *gif, int clear, struct pixels *px)
{
	static const struct { int first, step; } passes[] = { { 0, 8 },
		{ 4, 8 }, { 2, 4 }, { 1, 2 } };
	const ColorMapObject *map = gif->Image.ColorMap ? gif->Image.ColorMap :
	    gif->SColorMap;
	g_autofree GifPixelType *line = g_malloc((gsize)px->width);
	int n = gif->Image.Interlace ? 4 : 1;

	for (int i = 0; map && i < n; i++)
		for (int y = n == 1 ? 0 : passes[i].first; y < px->height;
		    y += n == 1 ? 1 : passes[i].step) {
			if (DGifGetLine(gif, line, px->width) == GIF_ERROR)
				return FALSE;
			line_put(px, map, clear, y, line);
		}
	return map != NULL;
}

/* Another one behind it, as far as its head goes. */
static gboolean
another(GifFileType *gif)
{
	int clear;

	return image_find(gif, &clear);
}

enum picture_end
decode_gif(const uint8_t *bytes, size_t len, int want_px, struct picture *p,
    struct pixels *px)
{
	struct source source = { bytes, len, 0 };
	GifFileType *gif = DGifOpen(&source, feed, NULL);
	enum picture_end end = PICTURE_DAMAGED;
	int clear = -1;

	if (!gif)
		return PICTURE_DAMAGED;
	end = picture_head(p, (uint64_t)MAX(gif->SWidth, 0),
	    (uint64_t)MAX(gif->SHeight, 0));
	if (end == PICTURE_OK)
		end = image_find(gif, &clear) ? picture_head(p,
		    (uint64_t)MAX(gif->Image.Width, 0),
		    (uint64_t)MAX(gif->Image.Height, 0)) : PICTURE_DAMAGED;
	if (end == PICTURE_OK && !pixels_new(px, gif->Image.Width,
	    gif->Image.Height))
		end = PICTURE_TOO_LARGE;
	if (end == PICTURE_OK && !lines_read(gif, clear, px))
		end = PICTURE_DAMAGED;
	if (end == PICTURE_OK)
		p->moves = another(gif);
	DGifCloseFile(gif, NULL);
	return end;
}
