/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/picture.h"

#include <png.h>
#include <string.h>

static gboolean
is_moving(const uint8_t *bytes, size_t len)
{
	/* APNG's control chunk comes before the first IDAT. */
	for (size_t at = 8; at + 12 <= len;) {
		const uint8_t *c = bytes + at;
		size_t n = (size_t)c[0] << 24 | (size_t)c[1] << 16 |
		    (size_t)c[2] << 8 | c[3];

		if (memcmp(c + 4, "acTL", 4) == 0)
			return TRUE;
		if (memcmp(c + 4, "IDAT", 4) == 0 ||
		    n > len - at - 12)
			break;
		at += n + 12;
	}
	return FALSE;
}

enum picture_end
decode_png(const uint8_t *bytes, size_t len, int want_px, struct picture *p,
    struct pixels *px)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	enum picture_end end = PICTURE_DAMAGED;

	if (!png_image_begin_read_from_memory(&image, bytes, len))
		return PICTURE_DAMAGED;
	end = picture_head(p, image.width, image.height);
	p->moves = is_moving(bytes, len);
	image.format = PNG_FORMAT_RGBA;
	if (end == PICTURE_OK && !pixels_new(px, (int)image.width,
	    (int)image.height))
		end = PICTURE_TOO_LARGE;
	if (end == PICTURE_OK && !png_image_finish_read(&image, NULL, px->rgba,
	    0, NULL))
		end = PICTURE_DAMAGED;
	png_image_free(&image);
	return end;
}
