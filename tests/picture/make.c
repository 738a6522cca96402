/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"
#include "tests/picture/make.h"

#include <gif_lib.h>
#include <png.h>
#include <stdio.h>
#include <webp/encode.h>
#include <zlib.h>

/* After stdio.h, which it needs. */
#include <jpeglib.h>

static guint8 *
rgb(int width, int height)
{
	static const guint8 red[] = { 120, 10, 10 }, blue[] = { 150, 180, 255 };
	guint8 *px = g_malloc((gsize)width * (gsize)height * 3);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			guint8 *p = px + ((gsize)y * (gsize)width + (gsize)x) *
			    3;

			if (y < height / 4)
				memset(p, 255, 3);
			else
				memcpy(p, x < width / 2 ? red : blue, 3);
		}
	return px;
}

/* ---- PNG ---------------------------------------------------------------- */

GByteArray *
make_png(int width, int height)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
		.width = (png_uint_32)width, .height = (png_uint_32)height,
		.format = PNG_FORMAT_RGB };
	g_autofree guint8 *px = rgb(width, height);
	png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(image);
	GByteArray *out = g_byte_array_new();

	g_byte_array_set_size(out, (guint)len);
	assert_true(png_image_write_to_memory(&image, out->data, &len, 0, px, 0,
	    NULL));
	g_byte_array_set_size(out, (guint)len);
	return out;
}

static void
put_be(guint8 *at, guint32 n)
{
	n = GUINT32_TO_BE(n);
	memcpy(at, &n, 4);
}

void
make_png_lie(GByteArray *png, guint32 width, guint32 height)
{
	guint8 *head = png->data + 8;

	put_be(head + 8, width);
	put_be(head + 12, height);
	put_be(head + 21, (guint32)crc32(0, head + 4, 17));
}

static void
chunk(GByteArray *out, const char *type, const guint8 *data, guint32 len)
{
	guint8 word[4];
	guint start = out->len + 4;

	put_be(word, len);
	g_byte_array_append(out, word, 4);
	g_byte_array_append(out, (const guint8 *)type, 4);
	if (len)
		g_byte_array_append(out, data, len);
	put_be(word, (guint32)crc32(0, out->data + start, len + 4));
	g_byte_array_append(out, word, 4);
}

/* Row by row: the bomb is not unpacked here. */
GByteArray *
make_png_bomb(int width, int height)
{
	GByteArray *out = g_byte_array_new();
	g_autofree guint8 *row = g_malloc0((gsize)width + 1);
	g_autofree guint8 *packed = g_malloc(1 << 20);
	guint8 head[13] = { 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0 };
	z_stream z = { .next_out = packed, .avail_out = 1 << 20 };

	put_be(head, (guint32)width);
	put_be(head + 4, (guint32)height);
	g_byte_array_append(out, (const guint8 *)"\x89PNG\r\n\x1a\n", 8);
	chunk(out, "IHDR", head, sizeof head);
	assert_int_equal(deflateInit(&z, 9), Z_OK);
	for (int y = 0; y < height; y++) {
		z.next_in = row;
		z.avail_in = (uInt)width + 1;
		assert_int_equal(deflate(&z, Z_NO_FLUSH), Z_OK);
	}
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	chunk(out, "IDAT", packed, (guint32)z.total_out);
	chunk(out, "IEND", NULL, 0);
	deflateEnd(&z);
	return out;
}

/* ---- JPEG --------------------------------------------------------------- */

static void
exif(struct jpeg_compress_struct *c, int orientation)
{
	const guint8 bytes[] = { 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0,
		0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0,
		(guint8)orientation, 0, 0, 0, 0, 0, 0 };

	jpeg_write_marker(c, JPEG_APP0 + 1, bytes, sizeof bytes);
}

GByteArray *
make_jpeg(int width, int height, int orientation, gboolean progressive)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	g_autofree guint8 *px = rgb(width, height);
	GByteArray *out = g_byte_array_new();
	unsigned char *bytes = NULL;
	unsigned long len = 0;

	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &bytes, &len);
	c.image_width = (JDIMENSION)width;
	c.image_height = (JDIMENSION)height;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	if (progressive)
		jpeg_simple_progression(&c);
	jpeg_start_compress(&c, TRUE);
	if (orientation)
		exif(&c, orientation);
	for (int y = 0; y < height; y++) {
		JSAMPROW row = px + (gsize)y * (gsize)width * 3;

		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	g_byte_array_append(out, bytes, (guint)len);
	free(bytes);
	return out;
}

/* ---- GIF ---------------------------------------------------------------- */

static int
take(GifFileType *gif, const GifByteType *bytes, int n)
{
	g_byte_array_append(gif->UserData, bytes, (guint)n);
	return n;
}

/* The first as the others; those behind it are all white. */
GByteArray *
make_gif(int width, int height, int frames)
{
	static GifColorType colours[4] = { { 120, 10, 10 }, { 150, 180, 255 },
		{ 255, 255, 255 }, { 0, 0, 0 } };
	GByteArray *out = g_byte_array_new();
	GifFileType *gif = EGifOpen(out, take, NULL);
	ColorMapObject *map = GifMakeMapObject(4, colours);
	g_autofree GifPixelType *line = g_malloc((gsize)width);

	EGifSetGifVersion(gif, TRUE);
	assert_int_equal(EGifPutScreenDesc(gif, width, height, 2, 0, map),
	    GIF_OK);
	for (int f = 0; f < frames; f++) {
		assert_int_equal(EGifPutImageDesc(gif, 0, 0, width, height,
		    FALSE, NULL), GIF_OK);
		for (int y = 0; y < height; y++) {
			for (int x = 0; x < width; x++)
				line[x] = f > 0 || y < height / 4 ? 2 :
				    x < width / 2 ? 0 : 1;
			EGifPutLine(gif, line, width);
		}
	}
	EGifCloseFile(gif, NULL);
	GifFreeMapObject(map);
	return out;
}

GByteArray *
make_webp(int width, int height)
{
	g_autofree guint8 *px = rgb(width, height);
	GByteArray *out = g_byte_array_new();
	uint8_t *bytes = NULL;
	size_t len = WebPEncodeLosslessRGB(px, width, height, width * 3,
	    &bytes);

	g_byte_array_append(out, bytes, (guint)len);
	WebPFree(bytes);
	return out;
}
