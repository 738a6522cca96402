# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = store/store.h store/error.c
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(CRYPTO_CFLAGS) $(SODIUM_CFLAGS) $(KEYUTILS_CFLAGS)
STORE_LIBS = libstore.a $(FHIR_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS) $(KEYUTILS_LIBS)
