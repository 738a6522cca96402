# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libfhir.a
libfhir_a_SOURCES = fhir/fhir.h fhir/error.c \
	fhir/scan.h fhir/scan.c fhir/keys.h fhir/keys.c fhir/string.c \
	fhir/doc.c fhir/bundle.c fhir/time.c fhir/types.c fhir/decimal.c \
	fhir/value.c fhir/words.c \
	fhir/outcome.c fhir/file.c fhir/build.c fhir/out.c fhir/edit.c \
	fhir/made.c fhir/pretty.c
libfhir_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
FHIR_LIBS = libfhir.a $(BASE_LIBS) $(JANSSON_LIBS)
