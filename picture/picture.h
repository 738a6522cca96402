/* SPDX-License-Identifier: Apache-2.0 */
/*
 * picture/: qingnang-picture, which turns the bytes of a picture into cells and
 * does nothing else. A program of its own, because what decodes pictures has been
 * a way into programs for thirty years: it gets the bytes on its standard input,
 * has no file, no network and little memory and time, and says what it saw on its
 * standard output (base/picture.c); who started it believes none of it unchecked.
 * Depends on base/ alone; chafa and the decoders are linked here and nowhere else.
 *
 * Never written anywhere else: anything of the picture.
 */
#ifndef QN_PICTURE_H
#define QN_PICTURE_H

#include "base/base.h"

enum {
	PICTURE_BYTES_MAX = 64 * 1024 * 1024,
	PICTURE_SIDE_MAX = 30000,
	PICTURE_CELLS_MAX = 500,               /* to a side */
};

/* A telephone's, and some more; the tests look at less. */
extern uint64_t picture_pixels_max;

/* Pixels, red, green, blue, opaque; owned. */
struct pixels { uint8_t *rgba; int width, height; };
void pixels_clear(struct pixels *px);

/* Each reads the head first: p->width_px, height_px, moves; then, when these are
 * allowed, the pixels. want_px: how wide it will be shown, at most; a decoder may
 * give fewer pixels than the picture has. */
typedef enum picture_end decode_fn(const uint8_t *bytes, size_t len,
    int want_px, struct picture *p, struct pixels *px);
decode_fn decode_png, decode_jpeg, decode_gif, decode_webp;
/* By the first bytes. */
decode_fn picture_decode;
/* TOO_LARGE for a head that asks for too much; DAMAGED for none at all. */
enum picture_end picture_head(struct picture *p, uint64_t width,
    uint64_t height);
gboolean pixels_new(struct pixels *px, int width, int height);
/* Over white; the alphas are then opaque. */
void pixels_flatten(struct pixels *px);
/* EXIF's orientation, 1 to 8: as it is to be seen. */
gboolean pixels_turn(struct pixels *px, int orientation);

/* Fills p->cells, cols and rows: at most so many, in proportion. */
enum picture_end picture_draw(const struct pixels *px, int cols, int rows,
    enum picture_depth depth, struct picture *p);
/* What the library does once, done while it may. */
void picture_warm_up(void);

/* No memory beyond bounds, no time, no file, no socket, no program: whatever is
 * not reading, writing and memory kills it. FALSE: it must not go on. */
gboolean picture_cage(void);

#endif
