# SPDX-License-Identifier: Apache-2.0
# libpicture.a is everything but main, so that the tests can link it.
noinst_LIBRARIES += libpicture.a
libpicture_a_SOURCES = picture/picture.h picture/cage.c picture/decode.c \
	picture/draw.c picture/gif.c picture/jpeg.c picture/png.c \
	picture/webp.c
libpicture_a_CPPFLAGS = $(AM_CPPFLAGS) $(CHAFA_CFLAGS) $(PNG_CFLAGS) \
	$(JPEG_CFLAGS) $(WEBP_CFLAGS) $(SECCOMP_CFLAGS)
PICTURE_LIBS = libpicture.a $(BASE_LIBS) $(CHAFA_LIBS) $(PNG_LIBS) \
	$(JPEG_LIBS) $(WEBP_LIBS) -lgif $(SECCOMP_LIBS)

bin_PROGRAMS += qingnang-picture
qingnang_picture_SOURCES = picture/main.c
qingnang_picture_LDADD = $(PICTURE_LIBS)
