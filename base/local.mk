# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = base/base.h base/error.c
libbase_a_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(GIO_CFLAGS)
BASE_LIBS = libbase.a $(GIO_LIBS) $(GLIB_LIBS) $(SODIUM_LIBS) $(UNISTRING_LIBS)
