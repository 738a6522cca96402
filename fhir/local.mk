# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libfhir.a
libfhir_a_SOURCES = fhir/fhir.h fhir/error.c
libfhir_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
FHIR_LIBS = libfhir.a $(BASE_LIBS) $(JANSSON_LIBS)
