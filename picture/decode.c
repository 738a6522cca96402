/* SPDX-License-Identifier: Apache-2.0 */
/* Which decoder, and what they share: bounds, memory, white behind, upright. */
#include "picture/picture.h"

#include <stdlib.h>
#include <string.h>

uint64_t picture_pixels_max = 64 * 1000 * 1000;

static const struct {
	const char *type;
	enum picture_kind kind;
	decode_fn *decode;
} decoders[] = {
	{ "image/png", PICTURE_PNG, decode_png },
	{ "image/jpeg", PICTURE_JPEG, decode_jpeg },
	{ "image/gif", PICTURE_GIF, decode_gif },
	{ "image/webp", PICTURE_WEBP, decode_webp },
};

enum picture_end
picture_decode(const uint8_t *bytes, size_t len, int want_px, struct picture *p,
    struct pixels *px)
{
	const char *type = base_file_type(bytes, len);

	for (size_t i = 0; i < G_N_ELEMENTS(decoders); i++) {
		if (strcmp(decoders[i].type, type) != 0)
			continue;
		p->kind = decoders[i].kind;
		return len > PICTURE_BYTES_MAX ? PICTURE_TOO_LARGE :
		    decoders[i].decode(bytes, len, want_px, p, px);
	}
	return PICTURE_UNKNOWN;
}

enum picture_end
picture_head(struct picture *p, uint64_t width, uint64_t height)
{
	p->width_px = (uint32_t)MIN(width, G_MAXUINT32);
	p->height_px = (uint32_t)MIN(height, G_MAXUINT32);
	if (width == 0 || height == 0)
		return PICTURE_DAMAGED;
	if (width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX ||
	    width * height > picture_pixels_max)
		return PICTURE_TOO_LARGE;
	return PICTURE_OK;
}

gboolean
pixels_new(struct pixels *px, int width, int height)
{
	px->rgba = calloc((size_t)width * (size_t)height, 4);
	px->width = width;
	px->height = height;
	return px->rgba != NULL;
}

void
pixels_clear(struct pixels *px)
{
	free(px->rgba);
	*px = (struct pixels){ 0 };
}

void
pixels_flatten(struct pixels *px)
{
	size_t n = (size_t)px->width * (size_t)px->height;

	for (uint8_t *p = px->rgba; n--; p += 4) {
		unsigned a = p[3];

		for (int i = 0; a < 255 && i < 3; i++)
			p[i] = (uint8_t)((p[i] * a + 255 * (255 - a)) / 255);
		p[3] = 255;
	}
}

/* Where the pixel that will be seen at (x, y) is now; w and h as they are now. */
static size_t
source_of(int orientation, int x, int y, int w, int h)
{
	int sx = orientation > 4 ? y : x, sy = orientation > 4 ? x : y;

	if (orientation == 2 || orientation == 3 || orientation == 7 ||
	    orientation == 8)
		sx = w - 1 - sx;
	if (orientation == 3 || orientation == 4 || orientation == 6 ||
	    orientation == 7)
		sy = h - 1 - sy;
	return (size_t)sy * (size_t)w + (size_t)sx;
}

gboolean
pixels_turn(struct pixels *px, int orientation)
{
	gboolean lies = orientation > 4;
	struct pixels out;

	if (orientation < 2 || orientation > 8)
		return TRUE;
	if (!pixels_new(&out, lies ? px->height : px->width,
	    lies ? px->width : px->height))
		return FALSE;
	for (int y = 0; y < out.height; y++)
		for (int x = 0; x < out.width; x++)
			memcpy(out.rgba + ((size_t)y * (size_t)out.width +
			    (size_t)x) * 4, px->rgba + source_of(orientation,
			    x, y, px->width, px->height) * 4, 4);
	pixels_clear(px);
	*px = out;
	return TRUE;
}
