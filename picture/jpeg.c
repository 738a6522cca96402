/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG, made smaller while it is decoded, and upright as EXIF says. */
#include "picture/picture.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

/* After stdio.h, which it needs. */
#include <jpeglib.h>

enum {
	SCANS_MAX = 60,   /* a progressive one may have thousands, each whole */
	EXIF_BYTES_MAX = 65533,
};

struct jpeg {
	struct jpeg_decompress_struct d;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf out;
};

static void
give_up(j_common_ptr d)
{
	longjmp(((struct jpeg *)(void *)d)->out, 1);
}

static void
say_nothing(j_common_ptr d, int level)
{
	/* Broken bytes in the middle are shown as they come; no end of them is
	 * an error of the picture. */
	if (level < 0)
		d->err->num_warnings++;
}

static void
watch(j_common_ptr d)
{
	if (((j_decompress_ptr)(void *)d)->input_scan_number > SCANS_MAX)
		give_up(d);
}

/* ---- EXIF (CIPA DC-008): the orientation alone ------------------------------ */

static unsigned
get(const uint8_t *at, int bytes, gboolean big)
{
	unsigned n = 0;

	for (int i = 0; i < bytes; i++)
		n |= (unsigned)at[i] << 8 * (big ? bytes - 1 - i : i);
	return n;
}

static int
orientation_of(const uint8_t *exif, size_t len)
{
	enum { ORIENTATION = 0x0112, ENTRY = 12, ENTRIES_MAX = 200 };
	const uint8_t *tiff = exif + 6;
	size_t at, n;
	gboolean big;

	if (len < 6 + 8 || memcmp(exif, "Exif\0", 6) != 0)
		return 1;
	len -= 6;
	big = tiff[0] == 'M';
	at = get(tiff + 4, 4, big);
	if (at > len - 2 || len < 2)
		return 1;
	n = MIN(get(tiff + at, 2, big), ENTRIES_MAX);
	for (at += 2; n-- && at + ENTRY <= len; at += ENTRY)
		if (get(tiff + at, 2, big) == ORIENTATION)
			return (int)get(tiff + at + 8, 2, big);
	return 1;
}

static int
orientation(const struct jpeg_decompress_struct *d)
{
	for (jpeg_saved_marker_ptr m = d->marker_list; m; m = m->next)
		if (m->marker == JPEG_APP0 + 1)
			return orientation_of(m->data, m->data_length);
	return 1;
}

/* ---- the picture -------------------------------------------------------- */

/* As few pixels as still fill the screen. */
static void
scale(struct jpeg_decompress_struct *d, int want_px)
{
	JDIMENSION longer = MAX(d->image_width, d->image_height);

	d->scale_denom = 8;
	d->scale_num = 1;
	while (d->scale_num < 8 && longer * d->scale_num / 8 <
	    (JDIMENSION)want_px)
		d->scale_num++;
}

/* Adobe writes CMYK the other way round. */
static void
row_rgba(const struct jpeg_decompress_struct *d, const uint8_t *from,
    uint8_t *to)
{
	for (JDIMENSION x = 0; x < d->output_width; x++, to += 4) {
		const uint8_t *c = from + (size_t)x * 4;

		for (int i = 0; i < 3; i++)
			to[i] = (uint8_t)(d->saw_Adobe_marker ?
			    c[i] * c[3] / 255 :
			    (255 - c[i]) * (255 - c[3]) / 255);
		to[3] = 255;
	}
}

static void
lines_read(struct jpeg *j, struct pixels *px)
{
	struct jpeg_decompress_struct *d = &j->d;
	gboolean cmyk = d->out_color_space == JCS_CMYK;
	JSAMPARRAY line = d->mem->alloc_sarray((j_common_ptr)d, JPOOL_IMAGE,
	    d->output_width * 4, 1);

	while (d->output_scanline < d->output_height) {
		uint8_t *to = px->rgba + (size_t)d->output_scanline *
		    (size_t)px->width * 4;

		jpeg_read_scanlines(d, line, 1);
		if (cmyk)
			row_rgba(d, line[0], to);
		else
			memcpy(to, line[0], (size_t)px->width * 4);
	}
}

static enum picture_end
read_all(struct jpeg *j, const uint8_t *bytes, size_t len, int want_px,
    struct picture *p, struct pixels *px)
{
	struct jpeg_decompress_struct *d = &j->d;
	enum picture_end end;

	jpeg_create_decompress(d);
	d->progress = &j->progress;
	jpeg_mem_src(d, bytes, len);
	jpeg_save_markers(d, JPEG_APP0 + 1, EXIF_BYTES_MAX);
	jpeg_read_header(d, TRUE);
	end = picture_head(p, d->image_width, d->image_height);
	if (end != PICTURE_OK)
		return end;
	scale(d, want_px);
	d->out_color_space = d->jpeg_color_space == JCS_CMYK ||
	    d->jpeg_color_space == JCS_YCCK ? JCS_CMYK : JCS_EXT_RGBA;
	jpeg_start_decompress(d);
	if (!pixels_new(px, (int)d->output_width, (int)d->output_height))
		return PICTURE_TOO_LARGE;
	lines_read(j, px);
	/* Bytes that are missing were made up: what there is, is shown and said. */
	p->broken = j->errors.num_warnings > 0;
	if (orientation(d) > 4) {
		uint32_t width = p->width_px;

		p->width_px = p->height_px;
		p->height_px = width;
	}
	return pixels_turn(px, orientation(d)) ? PICTURE_OK :
	    PICTURE_TOO_LARGE;
}

enum picture_end
decode_jpeg(const uint8_t *bytes, size_t len, int want_px, struct picture *p,
    struct pixels *px)
{
	struct jpeg *j = g_new0(struct jpeg, 1);
	volatile enum picture_end end = PICTURE_DAMAGED;

	j->d.err = jpeg_std_error(&j->errors);
	j->errors.error_exit = give_up;
	j->errors.emit_message = say_nothing;
	j->progress.progress_monitor = watch;
	if (setjmp(j->out) == 0)
		end = read_all(j, bytes, len, want_px, p, px);
	else
		end = j->errors.msg_code == 0 ? PICTURE_TOO_LARGE :
		    PICTURE_DAMAGED;
	jpeg_destroy_decompress(&j->d);
	g_free(j);
	return end;
}
