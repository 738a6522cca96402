# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libfhir.a
libfhir_a_SOURCES = fhir/fhir.h fhir/scan.h fhir/error.c fhir/scan.c fhir/doc.c \
	fhir/time.c fhir/types.c fhir/words.c fhir/bundle.c fhir/outcome.c \
	fhir/build.c
libfhir_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
FHIR_LIBS = libfhir.a $(BASE_LIBS) $(JANSSON_LIBS)
