# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = base/base.h base/char.h base/setting.h base/fold_table.h base/error.c \
	base/text.c base/grapheme.c base/wrap.c base/width.c base/fold.c \
	base/clock.c base/secret.c base/log.c base/path.c base/picture.c base/i18n.c \
	base/setting.c base/setting_file.c base/doorbell.c base/doorbell_line.c
EXTRA_DIST += base/fold-table.awk
libbase_a_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(GIO_CFLAGS)
BASE_LIBS = libbase.a $(GIO_LIBS) $(GLIB_LIBS) $(SODIUM_LIBS) $(UNISTRING_LIBS)
