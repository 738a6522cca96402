/* SPDX-License-Identifier: Apache-2.0 */
/* WebP, made smaller while it is decoded; of a moving one, the first. */
#include "picture/picture.h"

#include <string.h>
#include <webp/decode.h>

/* libwebp's decoder alone does not open moving ones: the first frame is cut out
 * of its container (ANMF: 16 bytes, then the frame's own chunks). */
static gboolean
first_frame(const uint8_t *bytes, size_t len, GByteArray *out)
{
	static const guint8 head[] = "RIFF\0\0\0\0WEBP";

	for (size_t at = 12; at + 8 <= len;) {
		size_t n = (size_t)bytes[at + 4] | (size_t)bytes[at + 5] << 8 |
		    (size_t)bytes[at + 6] << 16 | (size_t)bytes[at + 7] << 24;

		if (n > len - at - 8)
			return FALSE;
		if (memcmp(bytes + at, "ANMF", 4) == 0 && n > 16) {
			uint32_t size = GUINT32_TO_LE((uint32_t)(4 + n - 16));

			g_byte_array_append(out, head, 12);
			memcpy(out->data + 4, &size, 4);
			g_byte_array_append(out, bytes + at + 24, (guint)(n -
			    16));
			return TRUE;
		}
		at += 8 + n + (n & 1);
	}
	return FALSE;
}

static enum picture_end
still(const uint8_t *bytes, size_t len, int want_px, struct pixels *px)
{
	WebPDecoderConfig config;
	int longer, width, height;

	if (!WebPInitDecoderConfig(&config) || WebPGetFeatures(bytes, len,
	    &config.input) != VP8_STATUS_OK || config.input.has_animation)
		return PICTURE_DAMAGED;
	width = config.input.width;
	height = config.input.height;
	longer = MAX(width, height);
	if ((uint64_t)width * (uint64_t)height > picture_pixels_max)
		return PICTURE_TOO_LARGE;
	if (longer > want_px) {
		width = MAX((int)((int64_t)width * want_px / longer), 1);
		height = MAX((int)((int64_t)height * want_px / longer), 1);
		config.options.use_scaling = 1;
		config.options.scaled_width = width;
		config.options.scaled_height = height;
	}
	if (!pixels_new(px, width, height))
		return PICTURE_TOO_LARGE;
	config.output.colorspace = MODE_RGBA;
	config.output.is_external_memory = 1;
	config.output.u.RGBA.rgba = px->rgba;
	config.output.u.RGBA.stride = width * 4;
	config.output.u.RGBA.size = (size_t)width * (size_t)height * 4;
	return WebPDecode(bytes, len, &config) == VP8_STATUS_OK ? PICTURE_OK :
	    PICTURE_DAMAGED;
}

enum picture_end
decode_webp(const uint8_t *bytes, size_t len, int want_px, struct picture *p,
    struct pixels *px)
{
	g_autoptr(GByteArray) frame = g_byte_array_new();
	WebPBitstreamFeatures f;
	enum picture_end end;

	if (WebPGetFeatures(bytes, len, &f) != VP8_STATUS_OK)
		return PICTURE_DAMAGED;
	end = picture_head(p, (uint64_t)MAX(f.width, 0),
	    (uint64_t)MAX(f.height, 0));
	p->moves = f.has_animation != 0;
	if (end != PICTURE_OK)
		return end;
	if (!f.has_animation)
		return still(bytes, len, want_px, px);
	return first_frame(bytes, len, frame) ? still(frame->data, frame->len,
	    want_px, px) : PICTURE_DAMAGED;
}
