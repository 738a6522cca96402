/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures made by the encoders themselves: left half dark red, right half light
 * blue, a white stripe on top, so that it is seen which side is up. */
#ifndef QN_TESTS_PICTURE_MAKE_H
#define QN_TESTS_PICTURE_MAKE_H

#include <glib.h>

GByteArray *make_png(int width, int height);
/* Its head says that size, whatever is in it; its checksum is right. */
void make_png_lie(GByteArray *png, guint32 width, guint32 height);
/* One colour, so that it packs a thousandfold. */
GByteArray *make_png_bomb(int width, int height);
/* orientation 0: without EXIF. progressive: in several scans. */
GByteArray *make_jpeg(int width, int height, int orientation,
    gboolean progressive);
GByteArray *make_gif(int width, int height, int frames);
GByteArray *make_webp(int width, int height);

#endif
