# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libcare.a
libcare_a_SOURCES = care/care.h care/lab.c care/decimal.c \
	care/urgency.c
CARE_LIBS = libcare.a $(FHIR_LIBS)
